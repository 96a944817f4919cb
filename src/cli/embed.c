/* assay embed: texts -> vectors, by an encoder (BERT) or by the pooled hidden states of a language
 * model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/embedder.h"
#include "cli/host.h"

#define DEFAULT_MODEL "models/assay-mini/assay-mini-Q8_0.gguf"
#define MAX_TEXTS     256               /* --text, as often */
#define GROUP_TEXTS   64                /* lines that are embedded together */
#define GROUP_BYTES   ((size_t)4 << 20) /* or fewer, when they are this long */
#define MAX_LINE      ((size_t)16 << 20)

static const char about[] =
    "Turns every line of standard input (or every --text) into a vector: one JSON array a line. "
    "With an "
    "encoder (a GGUF file of\n"
    "architecture bert, such as all-MiniLM-L6-v2 or bge-small) it is the text's embedding; with a "
    "language "
    "model, the pooled\n"
    "hidden states of a layer. The same bits on every machine, for any number of threads.\n";

typedef struct embed_options {
    const char *program, *model, *kernels, *cache, *pooling, *layer;
    const char *texts[MAX_TEXTS];
    size_t n_texts;
    int64_t max_tokens, threads;
    bool raw, json, offline, quiet;
} embed_options;

typedef struct embedding { /* all that belongs to one run of the command */
    embed_options options;
    assay_pool *pool;
    assay_cli_embedder encoder;
    char path[ASSAY_CLI_PATH]; /* of the default model */
    size_t dim, n_texts;
    float *out;         /* [GROUP_TEXTS, dim] */
    assay_buffer lines; /* the texts of the group, one behind the other */
    size_t ends[GROUP_TEXTS], n_group;
    assay_buffer printed; /* a group's rows; with --json all of them */
    double start;
} embedding;

/* ---- the model ---- */

static const char *const poolings[] = {"", "mean", "cls", "last"};

static assay_status find_pooling(const char *name, assay_pooling *out, assay_error *err) {
    *out = ASSAY_POOLING_DEFAULT;
    if (name == NULL) return ASSAY_OK;
    for (int i = 1; i <= ASSAY_POOLING_LAST; i++) {
        if (strcmp(name, poolings[i]) == 0) *out = (assay_pooling)i;
    }
    if (*out != ASSAY_POOLING_DEFAULT) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "embed: --pooling %.40s, there are mean, cls and last",
                      name);
}

static assay_status open_model(embedding *e, assay_pooling pooling, assay_error *err) {
    const embed_options *o = &e->options;
    int64_t threads = o->threads > 0 ? o->threads : assay_os_cpu_count();
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    if (o->model == NULL &&
        !assay_cli_data_path(o->program, DEFAULT_MODEL, e->path, sizeof e->path))
        return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %zu bytes",
                          sizeof e->path - 1);
    assay_status status = assay_pool_create((int)threads, &e->pool, err);
    const assay_cli_embedder_options encoder = {.program = o->program,
                                                .encoder = o->model != NULL ? o->model : e->path,
                                                .layer = o->layer,
                                                .kernels = o->kernels,
                                                .cache = o->cache,
                                                .offline = o->offline,
                                                .quiet = o->quiet,
                                                .pool = e->pool,
                                                .pooling = pooling,
                                                .max_tokens = o->max_tokens,
                                                .raw = o->raw,
                                                .strict = true};
    if (status == ASSAY_OK) status = assay_cli_embedder_open(&encoder, &e->encoder, err);
    if (status != ASSAY_OK) return status;
    e->dim = e->encoder.embedder.dim;
    if (e->dim == 0) return assay_fail(err, ASSAY_E_ARGUMENT, "embed: --model none");
    e->out = assay_alloc(GROUP_TEXTS * e->dim, sizeof *e->out);
    return e->out != NULL ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
}

/* ---- a group of texts ---- */

static void print_rows(embedding *e) {
    for (size_t i = 0; i < e->n_group; i++) {
        bool comma = e->options.json && e->n_texts + i > 0;
        assay_buffer_print(&e->printed, "%s[", comma ? "," : "");
        for (size_t d = 0; d < e->dim; d++) {
            assay_buffer_print(&e->printed, "%s%.9g", d > 0 ? "," : "",
                               (double)e->out[i * e->dim + d]);
        }
        assay_buffer_print(&e->printed, "]%s", e->options.json ? "" : "\n");
    }
}

/* Embeds and prints what was gathered. */
static assay_status flush_group(embedding *e, assay_error *err) {
    assay_text texts[GROUP_TEXTS];
    const char *lines = e->lines.data != NULL ? e->lines.data : "";
    if (e->lines.failed) return assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
    for (size_t i = 0, at = 0; i < e->n_group; at = e->ends[i++])
        texts[i] = (assay_text){lines + at, e->ends[i] - at};
    assay_status status = assay_cli_embedder_embed(&e->encoder, texts, e->n_group, e->out, err);
    if (status != ASSAY_OK) return status;
    print_rows(e);
    if (e->printed.failed) return assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
    if (!e->options.json && e->printed.len > 0) {
        fwrite(e->printed.data, 1, e->printed.len, stdout);
        fflush(stdout);
        e->printed.len = 0;
    }
    e->n_texts += e->n_group;
    e->n_group = e->lines.len = 0;
    return ASSAY_OK;
}

/* What was appended to e->lines since the last text is one. */
static assay_status end_text(embedding *e, assay_error *err) {
    e->ends[e->n_group++] = e->lines.len;
    bool full = e->n_group == GROUP_TEXTS || e->lines.len >= GROUP_BYTES;
    return full ? flush_group(e, err) : ASSAY_OK;
}

static assay_status read_lines(embedding *e, assay_error *err) {
    assay_status status = ASSAY_OK;
    int c = 0;
    while (status == ASSAY_OK && c != EOF) {
        size_t begin = e->lines.len;
        while ((c = getchar()) != EOF && c != '\n' && e->lines.len - begin <= MAX_LINE) {
            char byte = (char)c;
            assay_buffer_append(&e->lines, &byte, 1);
        }
        if (c == EOF && ferror(stdin))
            return assay_fail(err, ASSAY_E_IO, "standard input: cannot be read");
        if (e->lines.len - begin > MAX_LINE)
            return assay_fail(err, ASSAY_E_LIMIT, "standard input: a line of more than %zu bytes",
                              MAX_LINE);
        if (c == EOF && e->lines.len == begin) break;
        if (e->lines.len > begin && e->lines.data[e->lines.len - 1] == '\r') e->lines.len--;
        status = end_text(e, err);
    }
    return status == ASSAY_OK ? flush_group(e, err) : status;
}

static assay_status take_texts(embedding *e, assay_error *err) {
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < e->options.n_texts && status == ASSAY_OK; i++) {
        assay_buffer_append(&e->lines, e->options.texts[i], strlen(e->options.texts[i]));
        status = end_text(e, err);
    }
    return status == ASSAY_OK ? flush_group(e, err) : status;
}

static void print_json(const embedding *e) {
    const assay_cli_embedder *m = &e->encoder;
    printf("{\"sha256\":\"%s\",\"dim\":%zu,\"pooling\":\"%s\",\"normalized\":%s", m->file_sha256,
           e->dim, poolings[m->pooling], m->normalize ? "true" : "false");
    if (m->model != NULL) printf(",\"layer\":%d", m->layer);
    printf(",\"max_tokens\":%d,\"n\":%zu,\"seconds\":%.6f,\"embeddings\":[%s]}\n", m->max_tokens,
           e->n_texts, assay_os_seconds() - e->start, e->printed.len > 0 ? e->printed.data : "");
}

/* ---- the command ---- */

static bool parse(embed_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        {.name = "--model",
         .value = "M",
         .help = "a GGUF file, or an id of assay model list [assay-mini]",
         .text = &o->model},
        {.name = "--text",
         .value = "TEXT",
         .help = "embed this; again for more [the lines of standard input]",
         .list = o->texts,
         .n_list = &o->n_texts,
         .list_max = MAX_TEXTS},
        {.name = "--pooling",
         .value = "P",
         .help = "mean, cls (the first token) or last [the model's own, else mean]",
         .text = &o->pooling},
        {.name = "--layer",
         .value = "N",
         .help = "of a language model: 0 its embeddings, N what block N gives [the last, normed]",
         .text = &o->layer},
        {.name = "--max-tokens",
         .value = "N",
         .help = "cut longer texts [the model's context, of a language model at most 4096]",
         .integer = &o->max_tokens,
         .low = 2,
         .high = ASSAY_CLI_MAX_CONTEXT},
        {.name = "--no-normalize", .help = "leave the vectors' length as it is", .flag = &o->raw},
        {.name = "--json", .help = "print one JSON object with all of them", .flag = &o->json},
        ASSAY_HOST_ENGINE_ARGS(o),
    };
    const assay_usage usage = {.command = "embed",
                               .synopsis = "assay embed [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

static assay_status embed_all(embedding *e, assay_error *err) {
    const embed_options *o = &e->options;
    assay_pooling pooling;
    assay_status status = find_pooling(o->pooling, &pooling, err);
    if (status == ASSAY_OK) status = open_model(e, pooling, err);
    if (status != ASSAY_OK) return status;
    assay_host_catch_interrupt();
    e->start = assay_os_seconds();
    status = o->n_texts > 0 ? take_texts(e, err) : read_lines(e, err);
    if (status == ASSAY_OK && o->json) print_json(e);
    return status;
}

int assay_command_embed(int argc, char **argv) {
    embedding *e = calloc(1, sizeof *e);
    assay_error err = {0};
    int code;
    if (e == NULL) return ASSAY_EXIT_INPUT;
    e->options.program = argv[0];
    if (!parse(&e->options, argc, argv, &code)) {
        free(e);
        return code;
    }
    code = embed_all(e, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
    assay_cli_embedder_close(&e->encoder);
    assay_pool_destroy(e->pool);
    assay_buffer_free(&e->lines);
    assay_buffer_free(&e->printed);
    free(e->out);
    free(e);
    return code;
}
