/* Rows of all files -> one sorted set without duplicates. The files' rows join those of the files before only when they
 * fit; strings of a file that failed stay in the pool, where nothing points at them. */
#include "clave/labels/labels.h"

#include <stdlib.h>
#include <string.h>

/* ---- the builder ---- */

struct assay_labels_builder {
    const assay_values *values;
    assay_strings strings;
    assay_label_rows rows; /* sorted, no duplicates */
    const char **files;    /* [n_files] names, for the sentences */
    size_t n_files;
};

assay_labels_builder *assay_labels_builder_create(const assay_values *values) {
    assay_labels_builder *b = assay_calloc(1, sizeof *b);
    if (b != NULL) b->values = values;
    return b;
}

static void free_rows(assay_label_rows *rows) {
    free(rows->texts);
    free(rows->votes);
    *rows = (assay_label_rows){0};
}

void assay_labels_builder_free(assay_labels_builder *b) {
    if (b == NULL) return;
    assay_strings_free(&b->strings);
    free_rows(&b->rows);
    free(b->files);
    free(b);
}

/* ---- order ---- */

static int compare_places(uint32_t file_a, uint32_t line_a, uint32_t file_b, uint32_t line_b) {
    if (file_a != file_b) return file_a < file_b ? -1 : 1;
    return (line_a > line_b) - (line_a < line_b);
}

static int compare_texts(const void *a, const void *b) {
    const assay_text_row *x = a, *y = b;
    int order = x->id == y->id ? 0 : strcmp(x->id, y->id);
    return order != 0 ? order : compare_places(x->file, x->line, y->file, y->line);
}

/* Which of two votes are of one person, text and value: 0 when both. */
static int compare_votes_by(const assay_vote_row *x, const assay_vote_row *y) {
    int order = x->id == y->id ? 0 : strcmp(x->id, y->id);
    if (order == 0) order = x->value - y->value;
    if (order == 0 && x->annotator != y->annotator) order = strcmp(x->annotator, y->annotator);
    return order;
}

static int compare_votes(const void *a, const void *b) {
    const assay_vote_row *x = a, *y = b;
    int order = compare_votes_by(x, y);
    if (order == 0) order = compare_places(x->file, x->line, y->file, y->line);
    return order != 0 ? order : x->label - y->label + 8 * (x->skip - y->skip);
}

/* ---- joining ---- */

typedef struct join {
    const assay_labels_builder *b;
    assay_label_reader *r;
    uint32_t line;     /* of the first contradiction; 0: none */
    const char *which; /* what contradicts; NULL: two votes */
    uint32_t other_file, other_line;
    assay_vote_row vote, other;
    const char *id;
} join;

static bool is_first(join *j, uint32_t line, uint32_t other_file, uint32_t other_line) {
    if (j->line != 0 && j->line <= line) return false;
    j->line = line;
    j->other_file = other_file;
    j->other_line = other_line;
    return true;
}

static void join_texts(join *j, assay_label_rows *rows) {
    size_t n = 0;
    if (rows->n_texts > 1) qsort(rows->texts, rows->n_texts, sizeof *rows->texts, compare_texts);
    for (size_t i = 0; i < rows->n_texts; i++) {
        assay_text_row *x = &rows->texts[i], *kept = n > 0 ? &rows->texts[n - 1] : NULL;
        if (kept == NULL || kept->id != x->id) {
            rows->texts[n++] = *x;
            continue;
        }
        bool same = kept->scenario == x->scenario && kept->response == x->response;
        bool known = kept->source[0] != '\0' && x->source[0] != '\0';
        if (!same || (known && kept->source != x->source)) {
            if (is_first(j, x->line, kept->file, kept->line)) {
                j->which = same ? "source" : "text";
                j->id = x->id;
            }
        } else if (kept->source[0] == '\0') {
            kept->source = x->source;
        }
    }
    rows->n_texts = n;
}

/* Of equal votes the latest time and the note that is last in the alphabet stay: no order of files matters. */
static void join_votes(join *j, assay_label_rows *rows) {
    size_t n = 0;
    if (rows->n_votes > 1) qsort(rows->votes, rows->n_votes, sizeof *rows->votes, compare_votes);
    for (size_t i = 0; i < rows->n_votes; i++) {
        assay_vote_row *x = &rows->votes[i], *kept = n > 0 ? &rows->votes[n - 1] : NULL;
        if (kept == NULL || compare_votes_by(kept, x) != 0) {
            rows->votes[n++] = *x;
        } else if (kept->label != x->label || kept->skip != x->skip) {
            if (is_first(j, x->line, kept->file, kept->line)) {
                j->which = NULL;
                j->vote = *x;
                j->other = *kept;
            }
        } else {
            if (x->time > kept->time) kept->time = x->time;
            if (strcmp(x->note, kept->note) > 0) kept->note = x->note;
        }
    }
    rows->n_votes = n;
}

static const char *word_of(const assay_vote_row *vote) {
    return vote->skip ? "skip" : assay_valence_name((assay_valence)vote->label);
}

static assay_status contradiction(join *j) {
    char id[64], who[64], where[64];
    const char *file = j->other_file < j->b->n_files ? j->b->files[j->other_file] : j->r->name;
    assay_reader_shown(file, where);
    j->r->line = j->line;
    if (j->which != NULL)
        return assay_reader_fail(j->r, ASSAY_E_FORMAT, "the %s of \"%s\" is not that of %s:%u",
                                 j->which, assay_reader_shown(j->id, id), where, j->other_line);
    return assay_reader_fail(j->r, ASSAY_E_FORMAT, "%s says %s of \"%s\" for %s, but %s at %s:%u",
                             assay_reader_shown(j->vote.annotator, who), word_of(&j->vote),
                             assay_reader_shown(j->vote.id, id),
                             assay_values_at(j->b->values, j->vote.value)->id, word_of(&j->other),
                             where, j->other_line);
}

/* Rows of both, in `out`. */
static bool concatenate(const assay_label_rows *a, const assay_label_rows *b,
                        assay_label_rows *out) {
    size_t n_texts = a->n_texts + b->n_texts, n_votes = a->n_votes + b->n_votes;
    *out = (assay_label_rows){.n_texts = n_texts, .n_votes = n_votes};
    out->texts = assay_alloc(n_texts, sizeof *out->texts);
    out->votes = assay_alloc(n_votes, sizeof *out->votes);
    if (out->texts == NULL || out->votes == NULL) {
        free_rows(out);
        return false;
    }
    if (a->n_texts > 0) memcpy(out->texts, a->texts, a->n_texts * sizeof *a->texts);
    if (b->n_texts > 0) memcpy(out->texts + a->n_texts, b->texts, b->n_texts * sizeof *b->texts);
    if (a->n_votes > 0) memcpy(out->votes, a->votes, a->n_votes * sizeof *a->votes);
    if (b->n_votes > 0) memcpy(out->votes + a->n_votes, b->votes, b->n_votes * sizeof *b->votes);
    return true;
}

static assay_status join_file(assay_labels_builder *b, assay_label_reader *r) {
    assay_label_rows joined;
    join j = {.b = b, .r = r};
    const char *name = assay_strings_keep(&b->strings, r->name, strlen(r->name));
    const char **files = name == NULL || b->n_files == UINT32_MAX
                             ? NULL
                             : realloc(b->files, (b->n_files + 1) * sizeof *files);
    if (files == NULL) return assay_reader_memory(r);
    b->files = files;
    if (!concatenate(&b->rows, r->rows, &joined)) return assay_reader_memory(r);
    join_texts(&j, &joined);
    join_votes(&j, &joined);
    assay_status status = ASSAY_OK;
    if (j.line != 0)
        status = contradiction(&j);
    else if (joined.n_texts > ASSAY_LABELS_MAX_TEXTS || joined.n_votes > ASSAY_LABELS_MAX_VOTES)
        status = assay_fail(r->err, ASSAY_E_LIMIT,
                            "%.200s: more than %d texts or %d labels with the files before",
                            r->name, ASSAY_LABELS_MAX_TEXTS, ASSAY_LABELS_MAX_VOTES);
    if (status != ASSAY_OK) {
        free_rows(&joined);
        return status;
    }
    free_rows(&b->rows);
    b->rows = joined;
    b->files[b->n_files++] = name;
    return ASSAY_OK;
}

/* ---- adding a file ---- */

static assay_labels_read *find_format(const char *format) {
    static const struct {
        const char *name;
        assay_labels_read *read;
    } formats[] = {{"jsonl", assay_labels_read_jsonl},
                   {"csv", assay_labels_read_csv},
                   {"label-studio", assay_labels_read_label_studio},
                   {"doccano", assay_labels_read_doccano},
                   {"prodigy", assay_labels_read_prodigy},
                   {"argilla", assay_labels_read_argilla},
                   {"crowd-kit", assay_labels_read_crowd_kit},
                   {"mace", assay_labels_read_mace}};
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        if (strcmp(formats[i].name, format) == 0) return formats[i].read;
    }
    return NULL;
}

/* "folder/anna.jsonl" -> "anna" */
static const char *annotator_of(assay_strings *strings, const char *file) {
    for (const char *c = file; *c != '\0'; c++) {
        if ((*c == '/' || *c == '\\') && c[1] != '\0') file = c + 1;
    }
    const char *dot = strrchr(file, '.');
    return assay_strings_keep(strings, file,
                              dot != NULL && dot != file ? (size_t)(dot - file) : strlen(file));
}

static bool is_blank(const char *bytes, size_t n) {
    while (n > 0 && (bytes[n - 1] == ' ' || bytes[n - 1] == '\n' || bytes[n - 1] == '\r')) n--;
    return n == 0;
}

assay_status assay_labels_builder_add(assay_labels_builder *b, const char *format, const char *name,
                                      const char *bytes, size_t n, assay_error *err) {
    assay_labels_read *read = find_format(format);
    if (read == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "%.200s: there is no label format \"%.40s\"; it is one of jsonl, csv, "
                          "label-studio, doccano, prodigy, argilla, crowd-kit, mace",
                          name, format);
    assay_label_rows rows = {0};
    if (n == 0) bytes = "";
    assay_label_reader r = {.values = b->values,
                            .strings = &b->strings,
                            .rows = &rows,
                            .name = name,
                            .annotator = annotator_of(&b->strings, name),
                            .file = (uint32_t)b->n_files,
                            .line = 1,
                            .err = err};
    assay_status status = r.annotator == NULL ? assay_reader_memory(&r) : ASSAY_OK;
    if (status == ASSAY_OK) status = assay_labels_check_encoding(&r, &bytes, &n);
    r.line = 1;
    if (status == ASSAY_OK && is_blank(bytes, n))
        status = assay_reader_fail(&r, ASSAY_E_FORMAT, "the file is empty");
    if (status == ASSAY_OK) status = read(&r, bytes, n);
    if (status == ASSAY_OK) status = join_file(b, &r);
    free_rows(&rows);
    return status;
}

/* ---- the set ---- */

static int compare_strings(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of all who voted, sorted. */
static assay_status list_annotators(const assay_label_rows *rows, assay_labels *l,
                                    assay_error *err) {
    size_t n = 0;
    const char **names = l->annotators = assay_alloc(rows->n_votes, sizeof *names);
    if (names == NULL) return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    for (size_t i = 0; i < rows->n_votes; i++) names[i] = rows->votes[i].annotator;
    if (rows->n_votes > 1) qsort(names, rows->n_votes, sizeof *names, compare_strings);
    for (size_t i = 0; i < rows->n_votes; i++) {
        if (n == 0 || names[n - 1] != names[i]) names[n++] = names[i];
    }
    l->n_annotators = n;
    return ASSAY_OK;
}

/* Votes and texts are both in order of id. A vote without a text is reported where it stands first in the files. */
static assay_status index_votes(const assay_labels_builder *b, assay_labels *l, assay_error *err) {
    const assay_vote_row *lost = NULL;
    size_t t = 0;
    for (size_t i = 0; i < b->rows.n_votes; i++) {
        const assay_vote_row *row = &b->rows.votes[i];
        while (t < l->n_texts && strcmp(l->texts[t].id, row->id) < 0) t++;
        if (t == l->n_texts || l->texts[t].id != row->id) {
            if (lost == NULL || compare_places(row->file, row->line, lost->file, lost->line) < 0)
                lost = row;
            continue;
        }
        const char **who = bsearch(&row->annotator, l->annotators, l->n_annotators,
                                   sizeof *l->annotators, compare_strings);
        l->votes[i] = (assay_vote){.text = (uint32_t)t,
                                   .value = row->value,
                                   .annotator = (uint32_t)(who - l->annotators),
                                   .label = row->label,
                                   .skip = row->skip,
                                   .time = row->time,
                                   .note = row->note};
    }
    l->n_votes = b->rows.n_votes;
    if (lost == NULL) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%.200s:%u: no file holds the text of \"%s\"",
                      b->files[lost->file], lost->line, lost->id);
}

static assay_status fill(assay_labels_builder *b, assay_labels *l, assay_error *err) {
    const assay_label_rows *rows = &b->rows;
    l->texts = assay_alloc(rows->n_texts, sizeof *l->texts);
    l->votes = assay_alloc(rows->n_votes, sizeof *l->votes);
    if (l->texts == NULL || l->votes == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    for (size_t i = 0; i < rows->n_texts; i++) {
        const assay_text_row *row = &rows->texts[i];
        l->texts[i] = (assay_judged_text){row->id, row->scenario, row->response, row->source};
    }
    l->n_texts = rows->n_texts;
    assay_status status = list_annotators(rows, l, err);
    if (status == ASSAY_OK) status = index_votes(b, l, err);
    memcpy(l->values_sha256, assay_values_sha256(b->values), sizeof l->values_sha256);
    return status == ASSAY_OK ? assay_labels_hash(l, b->values, l->sha256, err) : status;
}

assay_status assay_labels_builder_finish(assay_labels_builder *b, assay_labels **out,
                                         assay_error *err) {
    *out = NULL;
    assay_labels *l = assay_calloc(1, sizeof *l);
    assay_status status =
        l != NULL ? fill(b, l, err) : assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    if (status == ASSAY_OK) {
        l->strings = b->strings; /* the set owns them now */
        b->strings = (assay_strings){0};
        *out = l;
    } else {
        assay_labels_free(l);
    }
    assay_labels_builder_free(b);
    return status;
}
