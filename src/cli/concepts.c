/* assay concepts: a concept pool from labelled texts. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/concepts.h"
#include "cli/label_files.h"

#define DEFAULT_SEED   46
#define DEFAULT_K      8
#define DEFAULT_PHRASE 3

static const char about[] =
    "Makes a concept pool: short phrases that stand for what texts do, each of one value and one "
    "direction. Texts that people labelled\n"
    "are clustered, the central text of each cluster goes to an extractor, and what it says is "
    "deduplicated; the threshold below which\n"
    "a text has no concept is fitted to the texts that are unrelated to a value. The same input "
    "and seed give the same file.\n"
    "\n"
    "Extractors: builtin (no model), model (the language model of --model), endpoint (a chat "
    "endpoint; texts leave this machine), or a\n"
    "JSONL file of phrases that were extracted elsewhere.\n"
    "\n"
    "`assay concepts show POOL` lists what a pool holds, `assay concepts edit POOL` changes it by "
    "hand.\n";

static assay_status write_pool(assay_concepts_making *m, assay_error *err) {
    assay_buffer text = {0};
    assay_status status = assay_concepts_print(m->concepts, &text, err);
    if (status == ASSAY_OK) status = assay_os_write_file(m->options.out, text.data, text.len, err);
    assay_buffer_free(&text);
    return status;
}

static void print_summary(const assay_concepts_making *m) {
    size_t n = assay_concepts_count(m->concepts);
    const assay_concept_encoder *e = assay_concepts_encoder(m->concepts);
    double threshold = assay_concepts_threshold(m->concepts);
    if (m->options.json)
        printf("{\"concepts\":%zu,\"candidates\":%zu,\"asked\":%zu,\"threshold\":%.17g,"
               "\"encoder\":%s%s%s,\"sha256\":\"%s\"}\n",
               n, m->n_items, m->n_plan, threshold, e != NULL ? "\"" : "",
               e != NULL ? e->sha256 : "null", e != NULL ? "\"" : "",
               assay_concepts_sha256(m->concepts));
    else
        printf("%s: %zu concepts of %zu candidates from %zu texts, encoder %s, no concept below "
               "%.4f\nsha256 %s\n",
               m->options.out, n, m->n_items, m->n_plan, e != NULL ? e->name : "none", threshold,
               assay_concepts_sha256(m->concepts));
}

/* ---- the command ---- */

static assay_status check(const assay_concepts_options *o, assay_error *err) {
    if (o->values == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: which values? --values V");
    if (o->n_labels == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: which labels? --labels L");
    if (o->out == NULL) return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: where to? --out FILE");
    if (!o->force && assay_os_exists(o->out))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%.300s exists; --force replaces it", o->out);
    return ASSAY_OK;
}

static assay_status make(assay_concepts_making *m, assay_error *err) {
    const assay_concepts_options *o = &m->options;
    int64_t threads = o->host.threads > 0 ? o->host.threads : assay_os_cpu_count();
    assay_status status = check(o, err);
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    if (status == ASSAY_OK)
        status = assay_cli_read_values(o->host.program, o->values, &m->values, err);
    if (status == ASSAY_OK)
        status = assay_cli_read_labels(m->values, o->labels, o->n_labels, NULL, &m->labels, err);
    if (status == ASSAY_OK) status = assay_pool_create((int)threads, &m->pool, err);
    const assay_cli_embedder_options encoder = {.program = o->host.program,
                                                .encoder = o->encoder,
                                                .layer = o->layer,
                                                .kernels = o->host.kernels,
                                                .cache = o->host.cache,
                                                .offline = o->host.offline,
                                                .quiet = o->host.quiet,
                                                .pool = m->pool};
    if (status == ASSAY_OK) status = assay_cli_embedder_open(&encoder, &m->encoder, err);
    if (status == ASSAY_OK) status = assay_concepts_open_extractor(m, err);
    if (status == ASSAY_OK) assay_host_catch_interrupt();
    if (status == ASSAY_OK) status = assay_concepts_make(m, err);
    if (status == ASSAY_OK) status = write_pool(m, err);
    return status;
}

/* Not left in freed memory; volatile, so that no compiler finds it useless. */
static void forget_key(assay_concepts_making *m) {
    volatile char *key = m->key;
    for (size_t i = 0; i < sizeof m->key; i++) key[i] = 0;
}

static void clean_up(assay_concepts_making *m) {
    forget_key(m);
    assay_extractor_destroy(&m->extractor);
    assay_host_close(&m->host);
    assay_cli_embedder_close(&m->encoder);
    assay_pool_destroy(m->pool);
    assay_concepts_free(m->concepts);
    assay_labels_free(m->labels);
    assay_values_free(m->values);
    free(m->rows);
    free(m->plan);
    free(m->items);
    free(m->from);
    free(m->texts);
    free(m);
}

static bool parse(assay_concepts_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        {.name = "--values",
         .value = "V",
         .help = "value system: a JSON file, or the name of one in data/values",
         .text = &o->values},
        {.name = "--labels",
         .value = "L",
         .help = "labelled texts, JSONL or .csv; again for more files",
         .list = o->labels,
         .n_list = &o->n_labels,
         .list_max = ASSAY_CLI_LABEL_FILES},
        {.name = "--out", .value = "FILE", .help = "the pool to write, JSON", .text = &o->out},
        {.name = "--force", .help = "replace a file that is there", .flag = &o->force},
        {.name = "--extractor",
         .value = "X",
         .help = "builtin, model, endpoint, or a JSONL file [builtin]",
         .text = &o->extractor},
        ASSAY_EMBEDDER_ARGS(o),
        {.name = "--k",
         .value = "N",
         .help = "clusters of each value and direction [8]",
         .integer = &o->k,
         .low = 1,
         .high = 256},
        {.name = "--phrases",
         .value = "N",
         .help = "phrases of each text that is asked about [3]",
         .integer = &o->phrases,
         .low = 1,
         .high = ASSAY_MAX_PHRASES},
        {.name = "--share",
         .value = "P",
         .help = "of unrelated texts that may map to a concept [0.05]",
         .number = &o->share,
         .most = 1},
        {.name = "--seed",
         .value = "N",
         .help = "of the clusters [46]",
         .integer = &o->seed,
         .high = INT64_MAX},
        {.name = "--endpoint",
         .value = "URL",
         .help = "address up to /chat/completions; texts are sent there",
         .text = &o->endpoint.url},
        {.name = "--endpoint-model",
         .value = "NAME",
         .help = "model as the endpoint calls it",
         .text = &o->endpoint.model},
        {.name = "--endpoint-key-env",
         .value = "VAR",
         .help = "environment variable with its key [" ASSAY_ENDPOINT_KEY "]",
         .text = &o->key_variable},
        {.name = "--endpoint-ask-key", .help = "type the key unseen", .flag = &o->ask_key},
        {.name = "--endpoint-log",
         .value = "FILE",
         .help = "finished answers of this address and model, to go on from [OUT.asked.jsonl]",
         .text = &o->endpoint.log},
        {.name = "--endpoint-timeout",
         .value = "S",
         .help = "seconds of one request [60]",
         .number = &o->endpoint.timeout,
         .least = 0.1,
         .most = 3600},
        {.name = "--endpoint-tries",
         .value = "N",
         .help = "of one request [5]",
         .integer = &o->endpoint.tries,
         .low = 1,
         .high = 20},
        {.name = "--endpoint-pause",
         .value = "S",
         .help = "seconds before the second try, then doubled [1]",
         .number = &o->endpoint.pause,
         .most = 60},
        {.name = "--endpoint-rate",
         .value = "N",
         .help = "requests a minute at most; 0: no limit [60]",
         .integer = &o->endpoint.per_minute,
         .high = 100000},
        ASSAY_HOST_MODEL_ARGS(&o->host),
        ASSAY_HOST_ENGINE_ARGS(&o->host),
        {.name = "--json", .help = "print one JSON object", .flag = &o->json},
    };
    const assay_usage usage = {.command = "concepts",
                               .synopsis =
                                   "assay concepts --values V --labels L --out FILE [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_concepts(int argc, char **argv) {
    const char *name = argc > 2 ? argv[2] : "";
    if (strcmp(name, "show") == 0) return assay_concepts_show(argc, argv);
    if (strcmp(name, "edit") == 0) return assay_concepts_edit(argc, argv);
    assay_concepts_making *m = assay_calloc(1, sizeof *m);
    assay_error err = {0};
    int code;
    if (m == NULL) {
        assay_fail(&err, ASSAY_E_MEMORY, "concepts: out of memory");
        return assay_cli_fail(&err);
    }
    m->options = (assay_concepts_options){.extractor = "builtin",
                                          .key_variable = ASSAY_ENDPOINT_KEY,
                                          .k = DEFAULT_K,
                                          .phrases = DEFAULT_PHRASE,
                                          .seed = DEFAULT_SEED,
                                          .share = ASSAY_CONCEPT_SHARE,
                                          .endpoint = assay_endpoint_defaults()};
    if (parse(&m->options, argc, argv, &code)) {
        m->options.host.program = argv[0];
        code = make(m, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
        if (code == ASSAY_EXIT_DONE) print_summary(m);
    }
    clean_up(m);
    return code;
}
