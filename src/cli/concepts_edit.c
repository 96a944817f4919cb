/* assay concepts edit: a pool changed by hand. Options -> changes, checked against each other -> vectors of new texts ->
 * renames, mergers, pins, deletions -> another pool. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/concepts.h"
#include "format/json.h"

#define MAX_CHANGES 256 /* of each kind */

static const char about[] =
    "Changes a concept pool by hand. Numbers are those of `assay concepts show POOL.json`, and all "
    "of them mean the pool as it is\n"
    "given. Whatever the order of the options: first the renames, then the mergers (into the first "
    "number, which keeps its text\n"
    "unless another is given), then pins, then deletions. A concept that was renamed or merged is "
    "pinned, so that no later\n"
    "deduplication takes it away, unless it is unpinned as well. The threshold stays.\n";

typedef enum kind { RENAME, MERGE, PIN, UNPIN, DELETE, N_KINDS } kind;
static const char *const names[N_KINDS] = {"--rename", "--merge", "--pin", "--unpin", "--delete"};

typedef struct change {
    kind kind;
    const char *given; /* as on the command line */
    size_t first, n;   /* its numbers, in editing.numbers; from 0 on */
    bool has_text;     /* it brings a new text */
    char text[ASSAY_CONCEPT_BYTES + 1];
    size_t vector; /* row of that text */
} change;

typedef struct edit_options {
    const char *given[N_KINDS][MAX_CHANGES];
    size_t n_given[N_KINDS];
    const char *path, *values, *out;
    assay_host_options host;
    const char *encoder, *layer;
    bool force, json;
} edit_options;

typedef struct editing { /* all that belongs to one run of the command */
    edit_options options;
    assay_concepts_file file;
    assay_concepts *now; /* after the changes so far; NULL: the file's */
    change *changes;
    size_t n_changes, n_texts;
    size_t *numbers; /* of all changes, one behind the other */
    size_t n_numbers, cap_numbers;
    size_t *place;  /* [n of the file] where a concept is now */
    kind *shape;    /* [n] what is done to a concept's text; N_KINDS: nothing */
    kind *pinning;  /* [n] PIN, UNPIN or N_KINDS */
    float *vectors; /* [n_texts, dim]; NULL without an encoder */
} editing;

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
}

/* ---- the command line ---- */

static assay_status add_number(editing *e, size_t number, assay_error *err) {
    if (e->n_numbers == e->cap_numbers) {
        size_t cap = e->cap_numbers > 0 ? 2 * e->cap_numbers : 64, bytes = 0;
        size_t *more =
            assay_size_mul(cap, sizeof *more, &bytes) ? realloc(e->numbers, bytes) : NULL;
        if (more == NULL) return no_memory(err);
        e->numbers = more;
        e->cap_numbers = cap;
    }
    e->numbers[e->n_numbers++] = number;
    return ASSAY_OK;
}

/* "3", "3,5,8", and behind them "=TEXT" where the kind allows it. */
static assay_status read_change(editing *e, change *c, assay_error *err) {
    const char *at = c->given, *name = names[c->kind];
    size_t n = assay_concepts_count(e->file.concepts);
    c->first = e->n_numbers;
    for (;; at++) {
        size_t number = 0, digits = strspn(at, "0123456789");
        for (size_t i = 0; i < digits && number <= ASSAY_MAX_CONCEPTS; i++)
            number = number * 10 + (size_t)(at[i] - '0');
        at += digits;
        if (digits == 0 || (*at != ',' && *at != '=' && *at != '\0'))
            return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: no number of a concept", name,
                              c->given);
        if (number == 0 || number > n)
            return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: the pool has concepts 1 to %zu",
                              name, c->given, n);
        assay_status status = add_number(e, number - 1, err);
        if (status != ASSAY_OK) return status;
        c->n++;
        if (*at != ',') break;
    }
    c->has_text = *at == '=';
    if (c->has_text && (c->kind != RENAME && c->kind != MERGE))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: takes no text", name, c->given);
    if (c->has_text && !assay_concept_clean(at + 1, strlen(at + 1), c->text))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: no phrase of at most %d bytes", name,
                          c->given, ASSAY_CONCEPT_BYTES);
    if (c->kind == RENAME && (c->n != 1 || !c->has_text))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: give NUMBER=TEXT", name, c->given);
    if (c->kind == MERGE && c->n < 2)
        return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: give two numbers or more", name,
                          c->given);
    c->vector = c->has_text ? e->n_texts++ : 0;
    return ASSAY_OK;
}

/* Each concept gets one new shape at most, and what goes away is not pinned. */
static assay_status claim(editing *e, const change *c, assay_error *err) {
    bool pins = c->kind == PIN || c->kind == UNPIN;
    kind *taken = pins ? e->pinning : e->shape;
    for (size_t i = 0; i < c->n; i++) {
        size_t number = e->numbers[c->first + i];
        if (taken[number] != N_KINDS)
            return assay_fail(err, ASSAY_E_ARGUMENT, "%s %.60s: concept %zu is taken by %s already",
                              names[c->kind], c->given, number + 1, names[taken[number]]);
        taken[number] = c->kind;
    }
    return ASSAY_OK;
}

static assay_status check_pins(const editing *e, assay_error *err) {
    for (size_t k = 0; k < e->n_changes; k++) {
        const change *c = &e->changes[k];
        for (size_t i = c->kind == DELETE ? 0 : 1; i < c->n; i++) {
            size_t number = e->numbers[c->first + i];
            if ((c->kind == MERGE || c->kind == DELETE) && e->pinning[number] != N_KINDS)
                return assay_fail(err, ASSAY_E_ARGUMENT, "%s of concept %zu, which %s takes away",
                                  names[e->pinning[number]], number + 1, names[c->kind]);
        }
    }
    return ASSAY_OK;
}

static assay_status read_changes(editing *e, assay_error *err) {
    const edit_options *o = &e->options;
    size_t n = assay_concepts_count(e->file.concepts), n_changes = 0;
    assay_status status = ASSAY_OK;
    for (kind k = 0; k < N_KINDS; k++) n_changes += o->n_given[k];
    if (n_changes == 0) return assay_fail(err, ASSAY_E_ARGUMENT, "concepts edit: change what?");
    e->changes = assay_calloc(n_changes, sizeof *e->changes);
    e->place = assay_calloc(n + 1, sizeof *e->place);
    e->shape = assay_calloc(n + 1, sizeof *e->shape);
    e->pinning = assay_calloc(n + 1, sizeof *e->pinning);
    if (e->changes == NULL || e->place == NULL || e->shape == NULL || e->pinning == NULL)
        return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        e->place[i] = i;
        e->shape[i] = e->pinning[i] = N_KINDS;
    }
    for (kind k = 0; k < N_KINDS; k++) {
        for (size_t i = 0; i < o->n_given[k] && status == ASSAY_OK; i++) {
            change *c = &e->changes[e->n_changes++];
            *c = (change){.kind = k, .given = o->given[k][i]};
            status = read_change(e, c, err);
            if (status == ASSAY_OK) status = claim(e, c, err);
        }
    }
    return status == ASSAY_OK ? check_pins(e, err) : status;
}

/* ---- vectors of the new texts ---- */

static assay_status embed_with(editing *e, const assay_cli_embedder *encoder, assay_error *err) {
    const assay_embedder *m = &encoder->embedder;
    const assay_concept_encoder *pool = assay_concepts_encoder(e->file.concepts);
    size_t n_floats;
    assay_status status =
        assay_cli_embedder_match(encoder, e->options.path, pool->name, pool->sha256, err);
    if (status != ASSAY_OK) return status;
    const char **texts = assay_alloc(e->n_texts, sizeof *texts);
    if (assay_size_mul(e->n_texts, m->dim, &n_floats))
        e->vectors = assay_alloc(n_floats, sizeof *e->vectors);
    for (size_t i = 0; texts != NULL && i < e->n_changes; i++) {
        if (e->changes[i].has_text) texts[e->changes[i].vector] = e->changes[i].text;
    }
    status = texts == NULL || e->vectors == NULL
                 ? no_memory(err)
                 : m->embed(m->context, texts, e->n_texts, e->vectors, err);
    free(texts);
    return status;
}

static assay_status embed_texts(editing *e, assay_error *err) {
    const assay_host_options *h = &e->options.host;
    int64_t threads = h->threads > 0 ? h->threads : assay_os_cpu_count();
    assay_cli_embedder encoder = {0};
    assay_pool *pool = NULL;
    if (e->n_texts == 0 || assay_concepts_encoder(e->file.concepts) == NULL) return ASSAY_OK;
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    assay_status status = assay_pool_create((int)threads, &pool, err);
    const assay_cli_embedder_options options = {.program = h->program,
                                                .encoder = e->options.encoder,
                                                .layer = e->options.layer,
                                                .kernels = h->kernels,
                                                .cache = h->cache,
                                                .offline = h->offline,
                                                .quiet = h->quiet,
                                                .pool = pool};
    if (status == ASSAY_OK) status = assay_cli_embedder_open(&options, &encoder, err);
    if (status == ASSAY_OK) assay_host_catch_interrupt();
    if (status == ASSAY_OK) status = embed_with(e, &encoder, err);
    assay_cli_embedder_close(&encoder);
    assay_pool_destroy(pool);
    return status;
}

/* ---- the changes ---- */

static const assay_concepts *current(const editing *e) {
    return e->now != NULL ? e->now : e->file.concepts;
}

static void replace(editing *e, assay_concepts *next) {
    assay_concepts_free(e->now);
    e->now = next;
}

/* What came behind a concept that is gone moves up. */
static void close_gap(editing *e, size_t number) {
    size_t gap = e->place[number], n = assay_concepts_count(e->file.concepts);
    for (size_t i = 0; i < n; i++) e->place[i] -= e->place[i] > gap;
}

static assay_status merge(editing *e, const change *c, const float *vector, assay_error *err) {
    const size_t *numbers = e->numbers + c->first;
    assay_concepts *next = NULL;
    size_t *which = assay_alloc(c->n, sizeof *which);
    if (which == NULL) return no_memory(err);
    for (size_t i = 0; i < c->n; i++) {
        const assay_concept *first = assay_concepts_at(e->file.concepts, numbers[0]),
                            *other = assay_concepts_at(e->file.concepts, numbers[i]);
        which[i] = e->place[numbers[i]];
        /* Said here: the function's own sentence counts in the pool as it is by now. */
        if (strcmp(first->value, other->value) == 0 && first->valence == other->valence) continue;
        free(which);
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "--merge %.60s: concepts %zu and %zu are of two values or directions",
                          c->given, numbers[0] + 1, numbers[i] + 1);
    }
    assay_status status = assay_concepts_merge(current(e), which, c->n,
                                               c->has_text ? c->text : NULL, vector, &next, err);
    free(which);
    if (status != ASSAY_OK) return status;
    replace(e, next);
    for (size_t i = 1; i < c->n; i++) close_gap(e, numbers[i]);
    return ASSAY_OK;
}

static assay_status change_one(editing *e, const change *c, size_t number, const float *vector,
                               assay_error *err) {
    assay_concepts *next = NULL;
    size_t i = e->place[number];
    assay_status status = ASSAY_OK;
    if (c->kind == RENAME)
        status = assay_concepts_rename(current(e), i, c->text, vector, &next, err);
    else if (c->kind == DELETE)
        status = assay_concepts_delete(current(e), i, &next, err);
    else
        status = assay_concepts_pin(current(e), i, c->kind == PIN, &next, err);
    if (status != ASSAY_OK) return status;
    replace(e, next);
    if (c->kind == DELETE) close_gap(e, number);
    return ASSAY_OK;
}

/* The changes lie in the order of their kinds. */
static assay_status apply_changes(editing *e, assay_error *err) {
    size_t dim = assay_concepts_dim(e->file.concepts);
    assay_status status = ASSAY_OK;
    for (size_t k = 0; k < e->n_changes && status == ASSAY_OK; k++) {
        const change *c = &e->changes[k];
        const float *vector =
            c->has_text && e->vectors != NULL ? e->vectors + c->vector * dim : NULL;
        if (c->kind == MERGE) {
            status = merge(e, c, vector, err);
            continue;
        }
        for (size_t i = 0; i < c->n && status == ASSAY_OK; i++)
            status = change_one(e, c, e->numbers[c->first + i], vector, err);
    }
    return status;
}

/* ---- the command ---- */

static assay_status edit(editing *e, assay_error *err) {
    const edit_options *o = &e->options;
    assay_buffer text = {0};
    if (o->out == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts edit: where to? --out FILE");
    if (!o->force && assay_os_exists(o->out))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%.300s exists; --force replaces it", o->out);
    assay_status status =
        assay_concepts_file_read(o->host.program, o->path, o->values, &e->file, err);
    if (status == ASSAY_OK) status = read_changes(e, err);
    if (status == ASSAY_OK) status = embed_texts(e, err);
    if (status == ASSAY_OK) status = apply_changes(e, err);
    if (status == ASSAY_OK) status = assay_concepts_print(current(e), &text, err);
    if (status == ASSAY_OK) status = assay_os_write_file(o->out, text.data, text.len, err);
    assay_buffer_free(&text);
    return status;
}

static void print_summary(const editing *e) {
    size_t before = assay_concepts_count(e->file.concepts), n = assay_concepts_count(current(e));
    const char *sha256 = assay_concepts_sha256(current(e)),
               *from = assay_concepts_sha256(e->file.concepts);
    if (e->options.json)
        printf("{\"concepts\":%zu,\"before\":%zu,\"sha256\":\"%s\",\"sha256_before\":\"%s\"}\n", n,
               before, sha256, from);
    else
        printf("%s: %zu concepts of %zu\nsha256 %s\n", e->options.out, n, before, sha256);
}

static assay_arg list_of(edit_options *o, kind k, const char *value, const char *help) {
    return (assay_arg){.name = names[k],
                       .value = value,
                       .help = help,
                       .list = o->given[k],
                       .n_list = &o->n_given[k],
                       .list_max = MAX_CHANGES};
}

static bool parse(edit_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        list_of(o, RENAME, "I=TEXT", "another text; again for more, as all of these"),
        list_of(o, MERGE, "I,J[,...][=TEXT]", "into I: of one value and direction"),
        list_of(o, PIN, "I[,...]", "keep it, whatever is deduplicated"),
        list_of(o, UNPIN, "I[,...]", "do not"),
        list_of(o, DELETE, "I[,...]", "take it away"),
        {.name = "--out", .value = "FILE", .help = "the pool to write, JSON", .text = &o->out},
        {.name = "--force", .help = "replace a file that is there", .flag = &o->force},
        {.name = "--values",
         .value = "V",
         .help = "value system: a JSON file, or the name of one [found by the pool's hash of it]",
         .text = &o->values},
        {.name = "--encoder",
         .value = "E",
         .help = "the pool's own, for new texts: a GGUF file or an id [all-MiniLM-L6-v2]",
         .text = &o->encoder},
        ASSAY_EMBEDDER_LAYER_ARG(o),
        ASSAY_HOST_ENGINE_ARGS(&o->host),
        {.name = "--json", .help = "print one JSON object", .flag = &o->json},
    };
    const assay_usage usage = {.command = "concepts edit",
                               .synopsis = "assay concepts edit POOL.json CHANGES --out NEW.json",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = &o->path,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 3};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_concepts_edit(int argc, char **argv) {
    editing *e = assay_calloc(1, sizeof *e);
    assay_error err = {0};
    int code;
    if (e == NULL) {
        no_memory(&err);
        return assay_cli_fail(&err);
    }
    if (parse(&e->options, argc, argv, &code)) {
        e->options.host.program = argv[0];
        code = edit(e, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
        if (code == ASSAY_EXIT_DONE) print_summary(e);
    }
    assay_concepts_free(e->now);
    assay_concepts_file_close(&e->file);
    free(e->changes);
    free(e->numbers);
    free(e->place);
    free(e->shape);
    free(e->pinning);
    free(e->vectors);
    free(e);
    return code;
}
