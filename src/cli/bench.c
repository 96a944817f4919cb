/* assay bench: how fast the engine is, on a random model of a published shape.
 *
 *     model (random, or kept in a folder) -> for each number of threads: the kernel's ceiling, an
 * image tile, a prompt, single tokens, a sample with four options -> medians as a table or as JSON
 *
 * Weights do not change the time, so random ones measure the same as trained ones. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/os.h"
#include "base/rng.h"
#include "cli/cli.h"
#include "kernels/ceiling.h"
#include "model/model.h"

enum { MAX_RUNS = 8, MAX_REPEAT = 101 };
#define PROMPT         512 /* tokens */
#define DECODED        32
#define CONTEXT        1024
#define SAMPLE_TEXT    100
#define SAMPLE_OPTIONS 4
#define SAMPLE_OPTION  10

#define MAX_FILE ((size_t)3 << 30)

typedef struct bench_options {
    const char *preset, *type, *kernels, *model_dir, *threads;
    int64_t repeat;
    bool json;
} bench_options;

/* Medians of one number of threads; rates in multiply-adds. */
typedef struct result {
    int threads;                          /* 0: there are not as many */
    double tile, prefill, decode, sample; /* seconds: a tile, PROMPT tokens, one token, a sample */
    double ceiling;                       /* multiply-adds a second */
    uint64_t peak_memory;
} result;

/* Multiply-adds of the matrix products and of attention. */
typedef struct cost {
    double tile, prefill;
} cost;

static cost count_cost(const assay_model *model) {
    const assay_text_hparams *t = &model->text;
    const assay_vision_hparams *v = &model->vision;
    double q = (double)t->n_heads * t->head_dim, kv = (double)t->n_kv_heads * t->head_dim;
    double layer = t->dim * (2 * q + 2 * kv + 3.0 * t->ffn_dim) +
                   q * (PROMPT + 1); /* on average half the prompt is seen, twice */
    double block = 4.0 * v->dim * v->dim + 2.0 * v->dim * v->ffn_dim + 2.0 * v->n_patches * v->dim;
    double patch = v->n_layers * block + 3.0 * v->patch_size * v->patch_size * v->dim;
    double connector = (double)v->dim * v->scale * v->scale * t->dim * v->n_tokens;
    return (cost){v->n_patches * patch + connector, PROMPT * t->n_layers * layer};
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values, int n) {
    qsort(values, (size_t)n, sizeof *values, compare);
    return n % 2 == 1 ? values[n / 2] : 0.5 * (values[n / 2 - 1] + values[n / 2]);
}

/* ---- the model ---- */

/* One of the two files out of the folder; false when it is not there. */
static bool read_kept(const bench_options *o, const char *prefix, assay_model_file *file,
                      char *path, size_t size, assay_status *status, assay_error *err) {
    snprintf(path, size, "%s/%sbench-%s-%s.gguf", o->model_dir, prefix, o->preset, o->type);
    if (*status != ASSAY_OK || !assay_os_exists(path)) return false;
    *status = assay_os_read_file(path, MAX_FILE, &file->bytes, &file->n, err);
    return true;
}

static assay_status make_model(const bench_options *o, assay_model **out, assay_error *err) {
    assay_model_file text = {.what = "text model"}, vision = {.what = "vision model"};
    char text_path[512] = "", vision_path[512] = "";
    assay_status status = ASSAY_OK;
    bool kept =
        o->model_dir != NULL && read_kept(o, "", &text, text_path, sizeof text_path, &status, err);
    if (o->model_dir != NULL) {
        kept =
            read_kept(o, "mmproj-", &vision, vision_path, sizeof vision_path, &status, err) && kept;
    }
    if (status == ASSAY_OK && !kept) {
        free(text.bytes);
        free(vision.bytes);
        text.bytes = vision.bytes = NULL;
        fprintf(stderr, "making a random model %s, %s\n", o->preset, o->type);
        status = assay_model_random(o->preset, o->type, 1, &text.bytes, &text.n, &vision.bytes,
                                    &vision.n, err);
        if (status == ASSAY_OK && o->model_dir != NULL) {
            status = assay_os_make_folder(o->model_dir, err);
            if (status == ASSAY_OK)
                status = assay_os_write_file(text_path, text.bytes, text.n, err);
            if (status == ASSAY_OK)
                status = assay_os_write_file(vision_path, vision.bytes, vision.n, err);
        }
    }
    if (status != ASSAY_OK) {
        free(text.bytes);
        free(vision.bytes);
        return status;
    }
    return assay_model_create(&text, 1, vision, out, err);
}

/* ---- measurements ---- */

typedef struct bench {
    const assay_model *model;
    const assay_model_info *info;
    assay_session *session;
    int repeat;
    uint8_t *pixels; /* [image_size, image_size, 3] */
    float *features; /* [image_tokens, dim] */
    float *logits;   /* [n_vocab] */
    int32_t *ids;    /* [CONTEXT], ordinary tokens */
} bench;

static assay_status buffers_make(bench *b, assay_error *err) {
    assay_rng rng = assay_rng_seed(1, 0);
    size_t n_pixels = (size_t)b->info->image_size * (size_t)b->info->image_size * 3;
    b->pixels = assay_alloc(n_pixels, 1);
    b->features =
        assay_alloc((size_t)b->info->image_tokens * (size_t)b->info->dim, sizeof *b->features);
    b->logits = assay_alloc((size_t)b->info->n_vocab, sizeof *b->logits);
    b->ids = assay_alloc(CONTEXT, sizeof *b->ids);
    if (b->pixels == NULL || b->features == NULL || b->logits == NULL || b->ids == NULL) {
        return assay_fail(err, ASSAY_E_MEMORY, "bench: out of memory");
    }
    for (size_t i = 0; i < n_pixels; i++) b->pixels[i] = (uint8_t)(assay_rng_u64(&rng) >> 56);
    for (int i = 0; i < CONTEXT; i++)
        b->ids[i] = assay_rng_range(&rng, 3, 258); /* the single bytes */
    return ASSAY_OK;
}

static void buffers_free(bench *b) {
    free(b->pixels);
    free(b->features);
    free(b->logits);
    free(b->ids);
}

static assay_status prefill(bench *b, int n, assay_error *err) {
    const assay_prompt prompt = {.ids = b->ids, .n_ids = (size_t)n};
    return assay_session_prefill(b->session, &prompt, err);
}

static assay_status measure_tile(bench *b, double *seconds, assay_error *err) {
    double start = assay_os_seconds();
    assay_status status = assay_session_encode_image(b->session, b->pixels, b->features, err);
    *seconds = assay_os_seconds() - start;
    return status;
}

static assay_status measure_prefill(bench *b, double *seconds, assay_error *err) {
    assay_status status = assay_session_truncate(b->session, 0, err);
    double start = assay_os_seconds();
    if (status == ASSAY_OK) status = prefill(b, PROMPT, err);
    *seconds = assay_os_seconds() - start;
    return status;
}

/* One token after the other behind the prompt, each with its logits, as generation does; mean of a
 * token. */
static assay_status measure_decode(bench *b, double *seconds, assay_error *err) {
    assay_status status = assay_session_truncate(b->session, PROMPT, err);
    double start = assay_os_seconds();
    for (int i = 0; i < DECODED && status == ASSAY_OK; i++) {
        status = prefill(b, 1, err);
        if (status == ASSAY_OK) status = assay_session_logits(b->session, b->logits, err);
    }
    *seconds = (assay_os_seconds() - start) / DECODED;
    return status;
}

/* A question about an image whose features are there already, and its options. */
static assay_status measure_sample(bench *b, double *seconds, assay_error *err) {
    int32_t ids[CONTEXT];
    float logprobs[SAMPLE_OPTIONS][SAMPLE_OPTION];
    assay_option options[SAMPLE_OPTIONS];
    int n = 0, n_image = b->info->image_tokens;
    if (n_image + SAMPLE_TEXT + SAMPLE_OPTIONS * SAMPLE_OPTION > CONTEXT) {
        return assay_fail(err, ASSAY_E_LIMIT, "bench: %d tokens in an image are too many", n_image);
    }
    while (n < SAMPLE_TEXT / 2) ids[n] = b->ids[n], n++;
    for (int i = 0; i < n_image; i++) ids[n++] = b->model->image_token;
    while (n < SAMPLE_TEXT + n_image) ids[n] = b->ids[n], n++;
    for (int i = 0; i < SAMPLE_OPTIONS; i++) {
        options[i] = (assay_option){b->ids + 200 + i * SAMPLE_OPTION, SAMPLE_OPTION, logprobs[i]};
    }
    const assay_prompt prompt = {ids, (size_t)n, b->features, (size_t)n_image};
    assay_status status = assay_session_truncate(b->session, 0, err);
    double start = assay_os_seconds();
    if (status == ASSAY_OK) status = assay_session_prefill(b->session, &prompt, err);
    if (status == ASSAY_OK) status = assay_session_score(b->session, options, SAMPLE_OPTIONS, err);
    *seconds = assay_os_seconds() - start;
    return status;
}

typedef assay_status (*measurement)(bench *b, double *seconds, assay_error *err);

/* The median of b->repeat, after one that warms the caches. */
static assay_status repeat(bench *b, measurement measure, double *out, assay_error *err) {
    double seconds[MAX_REPEAT];
    assay_status status = measure(b, &seconds[0], err);
    for (int i = 0; i < b->repeat && status == ASSAY_OK; i++) status = measure(b, &seconds[i], err);
    if (status == ASSAY_OK) *out = median(seconds, b->repeat);
    return status;
}

static assay_status run_threads(const bench_options *o, bench *b, int threads, result *out,
                                assay_error *err) {
    assay_pool *pool = NULL;
    assay_session_options session = assay_session_defaults();
    *out = (result){.threads = threads};
    session.n_context = CONTEXT;
    session.kernels = o->kernels;
    assay_status status = assay_pool_create(threads, &pool, err);
    session.pool = pool;
    if (status == ASSAY_OK &&
        assay_pool_threads(pool) < threads) { /* a build or a host with fewer */
        out->threads = 0;
        assay_pool_destroy(pool);
        return ASSAY_OK;
    }
    if (status == ASSAY_OK) status = assay_session_create(b->model, &session, &b->session, err);
    if (status == ASSAY_OK) {
        out->ceiling = 1e9 * assay_ceiling_gmacs(&b->session->exec, 0.5);
        status = repeat(b, measure_tile, &out->tile, err);
    }
    if (status == ASSAY_OK) status = repeat(b, measure_prefill, &out->prefill, err);
    if (status == ASSAY_OK) status = repeat(b, measure_decode, &out->decode, err);
    if (status == ASSAY_OK) status = repeat(b, measure_sample, &out->sample, err);
    out->peak_memory = assay_os_peak_memory();
    assay_session_destroy(b->session);
    b->session = NULL;
    assay_pool_destroy(pool);
    return status;
}

/* ---- output ---- */

static void print_table(const bench_options *o, const bench *b, const cost *c,
                        const result *results, int n) {
    printf("%s, %s, random weights; kernels %s (%s); medians of %d, after one to warm up\n\n",
           o->preset, o->type, o->kernels != NULL ? o->kernels : "best", assay_kernels_isa(),
           b->repeat);
    printf("threads  tile, s  prefill, t/s  decode, t/s  sample, s  peak, MB  ceiling, GMAC/s  "
           "tile  prefill\n");
    for (int i = 0; i < n; i++) {
        const result *r = &results[i];
        printf("%7d  %7.2f  %12.1f  %11.1f  %9.3f  %8.0f  %15.1f  %3.0f%%  %6.0f%%\n", r->threads,
               r->tile, PROMPT / r->prefill, 1 / r->decode, r->sample,
               (double)r->peak_memory * 1e-6, r->ceiling * 1e-9,
               100 * c->tile / r->tile / r->ceiling, 100 * c->prefill / r->prefill / r->ceiling);
    }
    printf("\ntile      one image of %d x %d pixels through tower and connector, %.1f GMAC\n",
           b->info->image_size, b->info->image_size, c->tile * 1e-9);
    printf("prefill   a prompt of %d tokens, %.1f GMAC\n", PROMPT, c->prefill * 1e-9);
    printf("decode    single tokens behind %d others, each with its log-probabilities\n", PROMPT);
    printf("sample    prefill of %d text and %d image tokens, features cached (the tile is not "
           "included), and the scores of\n"
           "          %d options of %d tokens; tokenizing is not included\n",
           SAMPLE_TEXT, b->info->image_tokens, SAMPLE_OPTIONS, SAMPLE_OPTION);
    printf("peak      of the process until then, the making of the model included\n");
    printf("ceiling   8-bit multiply-adds on operands in the nearest cache, measured here and now; "
           "the last columns are the\n"
           "          shares of it that tile and prefill reach in all, attention and everything "
           "else included\n");
}

static void print_json(const bench_options *o, const bench *b, const cost *c, const result *results,
                       int n) {
    printf("{\"preset\":\"%s\",\"type\":\"%s\",\"kernels\":\"%s\",\"isa\":\"%s\",\"repeat\":%d,"
           "\"runs\":[",
           o->preset, o->type, o->kernels != NULL ? o->kernels : "best", assay_kernels_isa(),
           b->repeat);
    for (int i = 0; i < n; i++) {
        const result *r = &results[i];
        printf("%s{\"threads\":%d,\"tile_seconds\":%.6g,\"prefill_tokens_per_second\":%.6g,"
               "\"decode_tokens_per_second\":%.6g,\"sample_seconds\":%.6g,\"peak_memory\":%llu,"
               "\"ceiling_gmacs\":%.6g,\"tile_gmacs\":%.6g,\"prefill_gmacs\":%.6g}",
               i > 0 ? "," : "", r->threads, r->tile, PROMPT / r->prefill, 1 / r->decode, r->sample,
               (unsigned long long)r->peak_memory, r->ceiling * 1e-9, c->tile / r->tile * 1e-9,
               c->prefill / r->prefill * 1e-9);
    }
    printf("]}\n");
}

/* "1,2" -> numbers; false when it is anything else. */
static bool parse_threads(const char *text, int *out, int *n) {
    *n = 0;
    for (;;) {
        char *end = NULL;
        long value = strtol(text, &end, 10);
        if (end == text || value < 1 || value > ASSAY_MAX_THREADS || *n == MAX_RUNS) return false;
        out[(*n)++] = (int)value;
        if (*end == '\0') return true;
        if (*end != ',') return false;
        text = end + 1;
    }
}

static assay_status run_all(const bench_options *o, const int *threads, int n, assay_error *err) {
    result results[MAX_RUNS];
    assay_model *model = NULL;
    bench b = {.repeat = (int)o->repeat};
    assay_status status = make_model(o, &model, err);
    if (status == ASSAY_OK) {
        b.model = model;
        b.info = assay_model_get_info(model);
        status = b.info->n_context < CONTEXT
                     ? assay_fail(err, ASSAY_E_ARGUMENT,
                                  "bench: preset %s is too small to be timed", o->preset)
                     : buffers_make(&b, err);
    }
    int n_results = 0;
    for (int i = 0; i < n && status == ASSAY_OK; i++) {
        fprintf(stderr, "measuring with %d thread%s\n", threads[i], threads[i] > 1 ? "s" : "");
        status = run_threads(o, &b, threads[i], &results[n_results], err);
        if (status == ASSAY_OK && results[n_results].threads == 0) {
            fprintf(stderr, "this build, or this machine, has not as many: left out\n");
        } else {
            n_results++;
        }
    }
    if (status == ASSAY_OK) {
        cost c = count_cost(model);
        (o->json ? print_json : print_table)(o, &b, &c, results, n_results);
    }
    buffers_free(&b);
    assay_model_destroy(model);
    return status;
}

int assay_command_bench(int argc, char **argv) {
    bench_options o = {.preset = "smolvlm-256m", .type = "Q8_0", .threads = "1,2", .repeat = 3};
    const assay_arg args[] = {
        {.name = "--threads",
         .value = "LIST",
         .help = "numbers of threads to measure with [1,2]",
         .text = &o.threads},
        {.name = "--repeat",
         .value = "N",
         .help = "measurements of which the median counts [3]",
         .integer = &o.repeat,
         .low = 1,
         .high = MAX_REPEAT},
        {.name = "--preset",
         .value = "NAME",
         .help = "shape: smolvlm-256m, smolvlm-500m [smolvlm-256m]",
         .text = &o.preset},
        {.name = "--type",
         .value = "TYPE",
         .help = "of the weights, as in assay model random [Q8_0]",
         .text = &o.type},
        {.name = "--kernels",
         .value = "NAME",
         .help = "scalar or simd [the best there is]",
         .text = &o.kernels},
        {.name = "--model-dir",
         .value = "DIR",
         .help = "keep the random model there for the next time [nowhere]",
         .text = &o.model_dir},
        {.name = "--json", .help = "print one JSON object instead of a table", .flag = &o.json},
    };
    const assay_usage usage = {.command = "bench",
                               .synopsis = "assay bench [options]",
                               .about = "Measures the engine on a random model: an image tile, a "
                                        "prompt, single tokens, a sample.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .first = 2};
    int code = 0, threads[MAX_RUNS], n = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    if (!parse_threads(o.threads, threads, &n)) {
        fprintf(stderr, "assay bench: --threads takes up to %d numbers from 1 to %d, as in 1,2\n",
                MAX_RUNS, ASSAY_MAX_THREADS);
        return ASSAY_EXIT_USAGE;
    }
    assay_error err = {0};
    return run_all(&o, threads, n, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
