/* Writers for annotation tools. A skip is a label of its own, "skip", so that reading gives the same votes again; Argilla
 * has no place for time and note.
 *
 * doccano and Prodigy get a line for each text and person, Label Studio an annotation. Votes that differ in time or
 * note stand apart, because these belong to the line. */
#include "clave/labels/labels.h"

#include <stdlib.h>
#include <string.h>

/* ---- groups: votes of one text, person, time and note ---- */

static int compare_group(const assay_vote *x, const assay_vote *y) {
    if (x->text != y->text) return x->text < y->text ? -1 : 1;
    if (x->annotator != y->annotator) return x->annotator < y->annotator ? -1 : 1;
    if (x->time != y->time) return x->time < y->time ? -1 : 1;
    return strcmp(x->note, y->note);
}

static int compare_grouped(const void *a, const void *b) {
    const assay_vote *x = *(const assay_vote *const *)a, *y = *(const assay_vote *const *)b;
    int order = compare_group(x, y);
    return order != 0 ? order : (x->value > y->value) - (x->value < y->value);
}

typedef struct group_writer {
    const assay_labels *l;
    const assay_values *values;
    assay_buffer *out;
    const assay_vote **votes; /* [l->n_votes] group by group */
} group_writer;

static bool group_votes(group_writer *w) {
    size_t n = w->l->n_votes;
    w->votes = assay_alloc(n, sizeof *w->votes);
    if (w->votes == NULL) {
        w->out->failed = true;
        return false;
    }
    for (size_t i = 0; i < n; i++) w->votes[i] = &w->l->votes[i];
    if (n > 1) qsort(w->votes, n, sizeof *w->votes, compare_grouped);
    return true;
}

/* Behind the last vote of the group that begins at i. */
static size_t group_end(const group_writer *w, size_t i) {
    size_t end = i;
    while (end < w->l->n_votes && compare_group(w->votes[i], w->votes[end]) == 0) end++;
    return end;
}

static void write_member(assay_buffer *out, const char *key, const char *text) {
    assay_buffer_print(out, ",\"%s\":", key);
    assay_json_string(out, text);
}

static void write_optional(assay_buffer *out, const char *key, const char *text) {
    if (text[0] != '\0') write_member(out, key, text);
}

static const char *value_of(const group_writer *w, const assay_vote *v) {
    return assay_values_at(w->values, v->value)->id;
}

/* ---- doccano, Prodigy ---- */

/* ["security:adheres", ...] of a group. */
static void write_marks(const group_writer *w, size_t i, size_t end) {
    assay_buffer_print(w->out, "[");
    for (size_t j = i; j < end; j++)
        assay_buffer_print(w->out, "%s\"%s:%s\"", j > i ? "," : "", value_of(w, w->votes[j]),
                           assay_vote_word(w->votes[j]));
    assay_buffer_print(w->out, "]");
}

typedef void group_line(const group_writer *w, const assay_judged_text *text, size_t i, size_t end);

/* A line for each group, and one for each text without any (i == end). */
static void write_groups(const assay_labels *l, const assay_values *values, assay_buffer *out,
                         group_line *line) {
    group_writer w = {.l = l, .values = values, .out = out};
    if (!group_votes(&w)) return;
    size_t i = 0;
    for (size_t t = 0; t < l->n_texts && !out->failed; t++) {
        if (i == l->n_votes || w.votes[i]->text != t) line(&w, &l->texts[t], i, i);
        while (i < l->n_votes && w.votes[i]->text == t) {
            size_t end = group_end(&w, i);
            line(&w, &l->texts[t], i, end);
            i = end;
        }
    }
    free(w.votes);
}

static void doccano_line(const group_writer *w, const assay_judged_text *text, size_t i,
                         size_t end) {
    assay_buffer_print(w->out, "{\"text\":");
    assay_json_string(w->out, text->response);
    assay_buffer_print(w->out, ",\"label\":");
    write_marks(w, i, end);
    write_member(w->out, "item_id", text->id);
    write_optional(w->out, "scenario", text->scenario);
    write_optional(w->out, "source", text->source);
    if (end > i) {
        const assay_vote *v = w->votes[i];
        write_member(w->out, "annotator", w->l->annotators[v->annotator]);
        if (v->time != 0) assay_buffer_print(w->out, ",\"time\":%lld", (long long)v->time);
        write_optional(w->out, "note", v->note);
    }
    assay_buffer_print(w->out, "}\n");
}

void assay_labels_write_doccano(const assay_labels *l, const assay_values *values,
                                assay_buffer *out) {
    write_groups(l, values, out, doccano_line);
}

static void prodigy_line(const group_writer *w, const assay_judged_text *text, size_t i,
                         size_t end) {
    assay_buffer_print(w->out, "{\"text\":");
    assay_json_string(w->out, text->response);
    assay_buffer_print(w->out, ",\"meta\":{\"item_id\":");
    assay_json_string(w->out, text->id);
    write_optional(w->out, "scenario", text->scenario);
    write_optional(w->out, "source", text->source);
    if (end > i) write_optional(w->out, "note", w->votes[i]->note);
    assay_buffer_print(w->out, "}");
    if (end > i) {
        const assay_vote *v = w->votes[i];
        assay_buffer_print(w->out, ",\"options\":[");
        for (size_t j = i; j < end; j++) {
            const char *id = value_of(w, w->votes[j]), *word = assay_vote_word(w->votes[j]);
            assay_buffer_print(w->out, "%s{\"id\":\"%s:%s\",\"text\":\"%s: %s\"}", j > i ? "," : "",
                               id, word, id, word);
        }
        assay_buffer_print(w->out, "],\"accept\":");
        write_marks(w, i, end);
        assay_buffer_print(w->out, ",\"answer\":\"accept\"");
        write_member(w->out, "_annotator_id", w->l->annotators[v->annotator]);
        if (v->time != 0) assay_buffer_print(w->out, ",\"_timestamp\":%lld", (long long)v->time);
    }
    assay_buffer_print(w->out, "}\n");
}

void assay_labels_write_prodigy(const assay_labels *l, const assay_values *values,
                                assay_buffer *out) {
    write_groups(l, values, out, prodigy_line);
}

/* ---- Label Studio ---- */

static void write_result(const group_writer *w, const assay_vote *v) {
    assay_buffer_print(w->out,
                       "{\"from_name\":\"%s\",\"to_name\":\"response\",\"type\":\"choices\","
                       "\"value\":{\"choices\":[\"%s\"]}",
                       value_of(w, v), assay_vote_word(v));
    if (v->note[0] != '\0') {
        assay_buffer_print(w->out, ",\"meta\":{\"text\":[");
        assay_json_string(w->out, v->note);
        assay_buffer_print(w->out, "]}");
    }
    assay_buffer_print(w->out, "}");
}

static void write_annotation(const group_writer *w, size_t i, size_t end) {
    char time[32];
    const assay_vote *v = w->votes[i];
    assay_buffer_print(w->out, "{\"completed_by\":{\"email\":");
    assay_json_string(w->out, w->l->annotators[v->annotator]);
    assay_buffer_print(w->out, "}");
    if (v->time != 0) {
        assay_time_print(v->time, time);
        write_member(w->out, "created_at", time);
    }
    assay_buffer_print(w->out, ",\"was_cancelled\":false,\"result\":[");
    for (size_t j = i; j < end; j++) {
        if (j > i) assay_buffer_print(w->out, ",");
        write_result(w, w->votes[j]);
    }
    assay_buffer_print(w->out, "]}");
}

void assay_labels_write_label_studio(const assay_labels *l, const assay_values *values,
                                     assay_buffer *out) {
    group_writer w = {.l = l, .values = values, .out = out};
    size_t i = 0;
    if (!group_votes(&w)) return;
    assay_buffer_print(out, "[");
    for (size_t t = 0; t < l->n_texts && !out->failed; t++) {
        const assay_judged_text *text = &l->texts[t];
        assay_buffer_print(out, "%s{\"id\":%zu,\"data\":{\"id\":", t > 0 ? ",\n" : "\n", t + 1);
        assay_json_string(out, text->id);
        write_member(out, "scenario", text->scenario);
        write_member(out, "response", text->response);
        write_optional(out, "source", text->source);
        assay_buffer_print(out, "},\"annotations\":[");
        for (size_t first = i; i < l->n_votes && w.votes[i]->text == t;) {
            size_t end = group_end(&w, i);
            if (i > first) assay_buffer_print(out, ",");
            write_annotation(&w, i, end);
            i = end;
        }
        assay_buffer_print(out, "]}");
    }
    assay_buffer_print(out, "\n]\n");
    free(w.votes);
}

/* ---- Argilla ---- */

void assay_labels_write_argilla(const assay_labels *l, const assay_values *values,
                                assay_buffer *out) {
    size_t i = 0;
    assay_buffer_print(out, "[");
    for (size_t t = 0; t < l->n_texts && !out->failed; t++) {
        const assay_judged_text *text = &l->texts[t];
        assay_buffer_print(out, "%s{\"id\":", t > 0 ? ",\n" : "\n");
        assay_json_string(out, text->id);
        assay_buffer_print(out, ",\"fields\":{\"scenario\":");
        assay_json_string(out, text->scenario);
        write_member(out, "response", text->response);
        assay_buffer_print(out, "},\"metadata\":{");
        if (text->source[0] != '\0') {
            assay_buffer_print(out, "\"source\":");
            assay_json_string(out, text->source);
        }
        assay_buffer_print(out, "},\"suggestions\":{},\"responses\":{");
        for (size_t first = i; i < l->n_votes && l->votes[i].text == t; i++) {
            const assay_vote *v = &l->votes[i];
            bool opens = i == first || v[-1].value != v->value;
            bool closes = i + 1 == l->n_votes || v[1].text != t || v[1].value != v->value;
            if (i > first) assay_buffer_print(out, ",");
            if (opens) assay_buffer_print(out, "\"%s\":[", assay_values_at(values, v->value)->id);
            assay_buffer_print(out, "{\"value\":\"%s\",\"user_id\":", assay_vote_word(v));
            assay_json_string(out, l->annotators[v->annotator]);
            assay_buffer_print(out, "}%s", closes ? "]" : "");
        }
        assay_buffer_print(out, "}}");
    }
    assay_buffer_print(out, "\n]\n");
}
