/* assay embed: texts -> vectors, by an encoder (BERT) or by the pooled hidden states of a language
 * model. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_encoder.h"
#include "base/os.h"
#include "cli/cache.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/model_files.h"
#include "format/gguf.h"
#include "kernels/kernels.h"
#include "model/model.h"

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
    const char *program, *model, *kernels, *cache, *pooling;
    const char *texts[MAX_TEXTS];
    size_t n_texts;
    int64_t layer, max_tokens, threads;
    bool raw, json, offline, quiet;
} embed_options;

typedef struct embedding { /* all that belongs to one run of the command */
    embed_options options;
    assay_pooling pooling; /* as asked */
    assay_pool *pool;
    assay_encoder *encoder; /* one of the two */
    assay_encoder_session *encoder_session;
    assay_model *model;
    assay_session *session;
    size_t dim, n_texts;
    int layer, max_tokens;
    float *out;         /* [GROUP_TEXTS, dim] */
    assay_buffer lines; /* the texts of the group, one behind the other */
    size_t ends[GROUP_TEXTS], n_group;
    assay_buffer printed; /* a group's rows; with --json all of them */
    double start;
} embedding;

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return assay_host_interrupted();
}

/* ---- the model ---- */

static assay_status find_pooling(const char *name, assay_pooling *out, assay_error *err) {
    static const char *const names[] = {NULL, "mean", "cls", "last"};
    *out = ASSAY_POOLING_DEFAULT;
    if (name == NULL) return ASSAY_OK;
    for (int i = 1; i <= ASSAY_POOLING_LAST; i++) {
        if (strcmp(name, names[i]) == 0) *out = (assay_pooling)i;
    }
    if (*out != ASSAY_POOLING_DEFAULT) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "embed: --pooling %.40s, there are mean, cls and last",
                      name);
}

static const char *pooling_name(assay_pooling pooling) {
    return pooling == ASSAY_POOLING_CLS ? "cls" : pooling == ASSAY_POOLING_LAST ? "last" : "mean";
}

/* The first part has the metadata. */
static assay_status is_encoder(const assay_model_files *files, bool *yes, assay_error *err) {
    assay_gguf *gguf = NULL;
    const assay_model_file *f = &files->text[0];
    assay_status status = assay_gguf_open(f->bytes, f->n, f->what, &gguf, err);
    if (status != ASSAY_OK) return status;
    *yes = strcmp(assay_gguf_string_or(gguf, "general.architecture", ""), "bert") == 0;
    assay_gguf_close(gguf);
    return ASSAY_OK;
}

static assay_status open_encoder(embedding *e, assay_model_files *files, assay_error *err) {
    assay_encoder_options options = assay_encoder_defaults();
    assay_status status = assay_encoder_create(files->text, files->n_text, &e->encoder, err);
    for (size_t i = 0; i < files->n_text; i++) files->text[i].bytes = NULL; /* taken over */
    if (status != ASSAY_OK) return status;
    if (e->options.layer >= 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "embed: --layer is for language models");
    options.max_tokens = (int)e->options.max_tokens;
    options.pooling = e->pooling;
    options.normalize = !e->options.raw;
    options.kernels = e->options.kernels;
    options.pool = e->pool;
    options.progress = on_progress;
    const assay_encoder_info *info = assay_encoder_get_info(e->encoder);
    e->dim = (size_t)info->dim;
    if (e->pooling == ASSAY_POOLING_DEFAULT) e->pooling = info->pooling;
    e->max_tokens = options.max_tokens != 0 ? options.max_tokens : info->n_context;
    return assay_encoder_session_create(e->encoder, &options, &e->encoder_session, err);
}

static assay_status open_decoder(embedding *e, assay_model_files *files, assay_error *err) {
    assay_session_options options = assay_session_defaults();
    assay_status status = assay_model_files_create(files, &e->model, err);
    if (status != ASSAY_OK) return status;
    const assay_model_info *info = assay_model_get_info(e->model);
    e->layer = e->options.layer >= 0 ? (int)e->options.layer : info->n_layers;
    if (e->layer > info->n_layers) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "embed: --layer %d, the model has 0 to %d",
                          e->layer, info->n_layers);
    }
    options.n_context = (int)e->options.max_tokens;
    options.kernels = e->options.kernels;
    options.pool = e->pool;
    options.progress = on_progress;
    status = assay_session_create(e->model, &options, &e->session, err);
    if (status != ASSAY_OK) return status;
    e->dim = (size_t)info->dim;
    e->max_tokens = e->session->n_context;
    if (e->pooling == ASSAY_POOLING_DEFAULT) e->pooling = ASSAY_POOLING_MEAN;
    return ASSAY_OK;
}

/* Path of --model, which may be an id; of the default model without. */
static assay_status find_model(const embedding *e, assay_resolved *out, assay_error *err) {
    const embed_options *o = &e->options;
    const assay_cache_options cache = {
        .program = o->program, .folder = o->cache, .offline = o->offline, .quiet = o->quiet};
    if (o->model != NULL) return assay_cache_resolve(&cache, o->model, out, err);
    if (assay_cli_data_path(o->program, DEFAULT_MODEL, out->text, sizeof out->text))
        return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %zu bytes", sizeof out->text - 1);
}

/* A file of a known model that is not what the list says it is. */
static assay_status check_hash(const embedding *e, const assay_resolved *r, assay_error *err) {
    const char *found = e->encoder != NULL ? assay_encoder_get_info(e->encoder)->sha256
                                           : assay_model_get_info(e->model)->text_sha256;
    if (r->text_sha256[0] == '\0' || strcmp(r->text_sha256, found) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_CHECK, "%.300s: sha256 is %s, it has to be %s", r->text, found,
                      r->text_sha256);
}

static assay_status open_model(embedding *e, assay_error *err) {
    assay_resolved *resolved = assay_calloc(1, sizeof *resolved);
    assay_model_files files = {0};
    bool encoder = false;
    int64_t threads = e->options.threads > 0 ? e->options.threads : assay_os_cpu_count();
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    if (resolved == NULL) return assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
    assay_status status = assay_pool_create((int)threads, &e->pool, err);
    if (status == ASSAY_OK) status = find_model(e, resolved, err);
    if (status == ASSAY_OK) status = assay_model_files_read(resolved->text, &files, err);
    if (status == ASSAY_OK) status = is_encoder(&files, &encoder, err);
    if (status == ASSAY_OK)
        status = encoder ? open_encoder(e, &files, err) : open_decoder(e, &files, err);
    if (status == ASSAY_OK) status = check_hash(e, resolved, err);
    assay_model_files_free(&files);
    free(resolved);
    if (status != ASSAY_OK) return status;
    e->out = assay_alloc(GROUP_TEXTS * e->dim, sizeof *e->out);
    return e->out != NULL ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
}

/* ---- a group of texts ---- */

static assay_status embed_by_decoder(embedding *e, const assay_text *text, size_t index, float *out,
                                     assay_error *err) {
    assay_ids ids = {0};
    assay_status status =
        assay_tokenize_framed(e->model->tokenizer, text->bytes, text->n, false, &ids, err);
    if (status == ASSAY_OK && ids.n == 0) {
        status = assay_fail(err, ASSAY_E_FORMAT, "embed: text %zu has no tokens", index + 1);
    } else if (status == ASSAY_OK) {
        size_t most = (size_t)e->max_tokens;
        const assay_prompt prompt = {.ids = ids.ids, .n_ids = ids.n < most ? ids.n : most};
        status = assay_session_embed(e->session, &prompt, e->layer, e->pooling, !e->options.raw,
                                     out, err);
    }
    assay_ids_free(&ids);
    return status;
}

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
    assay_status status = ASSAY_OK;
    const char *lines = e->lines.data != NULL ? e->lines.data : "";
    if (e->lines.failed) return assay_fail(err, ASSAY_E_MEMORY, "embed: out of memory");
    for (size_t i = 0, at = 0; i < e->n_group; at = e->ends[i++])
        texts[i] = (assay_text){lines + at, e->ends[i] - at};
    if (e->encoder != NULL)
        status = assay_encoder_embed(e->encoder_session, texts, e->n_group, e->out, err);
    for (size_t i = 0; e->encoder == NULL && i < e->n_group && status == ASSAY_OK; i++)
        status = embed_by_decoder(e, &texts[i], e->n_texts + i, e->out + i * e->dim, err);
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
    const char *sha256 = e->encoder != NULL ? assay_encoder_get_info(e->encoder)->sha256
                                            : assay_model_get_info(e->model)->text_sha256;
    printf("{\"sha256\":\"%s\",\"dim\":%zu,\"pooling\":\"%s\",\"normalized\":%s", sha256, e->dim,
           pooling_name(e->pooling), e->options.raw ? "false" : "true");
    if (e->encoder == NULL) printf(",\"layer\":%d", e->layer);
    printf(",\"max_tokens\":%d,\"n\":%zu,\"seconds\":%.6f,\"embeddings\":[%s]}\n", e->max_tokens,
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
         .integer = &o->layer,
         .low = 0,
         .high = 1000},
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
    assay_status status = find_pooling(o->pooling, &e->pooling, err);
    if (status == ASSAY_OK && o->kernels != NULL && assay_kernels_find(o->kernels) == NULL) {
        status =
            assay_fail(err, ASSAY_E_ARGUMENT,
                       "this build has no kernels %.40s; there are scalar and simd", o->kernels);
    }
    if (status == ASSAY_OK) status = open_model(e, err);
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
    e->options.layer = -1;
    if (!parse(&e->options, argc, argv, &code)) {
        free(e);
        return code;
    }
    e->options.program = argv[0];
    code = embed_all(e, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
    assay_encoder_session_destroy(e->encoder_session);
    assay_encoder_destroy(e->encoder);
    assay_session_destroy(e->session);
    assay_model_destroy(e->model);
    assay_pool_destroy(e->pool);
    assay_buffer_free(&e->lines);
    assay_buffer_free(&e->printed);
    free(e->out);
    free(e);
    return code;
}
