/* What JavaScript may call. Every function only forwards to the public headers; nothing is decided here.
 *
 * Conventions, for the one JavaScript module that touches pointers:
 *   - objects are addresses (read them as unsigned); sizes are 32 bits;
 *   - text goes in as UTF-8 bytes with their length, or as a NUL-terminated string in a block of assay_web_alloc;
 *   - a function that gives an object or a string gives 0 on failure, one that gives a status gives 0 on success;
 *     assay_web_error() then holds the reason;
 *   - a string belongs to the `assay_web` (or the run) it was asked of, until that object's next call;
 *   - one thread calls, that of the worker which made the module. Two words of the assay_web may be shared with other threads by
 *     their address: the cancel flag and the progress. */
#include <stdatomic.h>
#include <stdlib.h>

#include "assay_eval.h"
#include "assay_generate.h"
#include "base/arena.h"
#include "base/os.h"
#include "base/sha256.h"
#include "describe.h"
#include "format/json.h"

/* Mirrors -sEXPORTED_FUNCTIONS=@wasm/exports.list; a test compares the two. */
#define EXPORT __attribute__((used, visibility("default")))

typedef struct assay_web {
    assay_error err;
    assay_buffer text;
    _Atomic int32_t cancel;   /* non-zero: the call that is running ends soon with "cancelled" */
    _Atomic int32_t progress; /* of the call that is running, in thousandths */
} assay_web;

/* Starts an answer in text: the error and the last string are forgotten. */
static assay_buffer *answer(assay_web *web) {
    web->err = (assay_error){0};
    web->text.len = 0;
    return &web->text;
}

static const char *finish(assay_web *web) {
    if (!web->text.failed) return web->text.data;
    assay_buffer_free(&web->text);
    web->text = (assay_buffer){0};
    assay_fail(&web->err, ASSAY_E_MEMORY, "out of memory while writing an answer");
    return NULL;
}

/* ---- the module itself ------------------------------------------------------------------------------ */

EXPORT void *assay_web_alloc(size_t n) {
    return assay_alloc(n, 1);
}
EXPORT void assay_web_free(void *block) {
    free(block);
}

EXPORT assay_web *assay_web_create(void) {
    return assay_calloc(1, sizeof(assay_web));
}
EXPORT void assay_web_destroy(assay_web *web) {
    if (web != NULL) assay_buffer_free(&web->text);
    free(web);
}

/* {"status":"format","text":"..."} of the last call that failed. */
EXPORT const char *assay_web_error(assay_web *web) {
    web->text.len = 0;
    assay_buffer_append(&web->text, "{", 1);
    describe_member(&web->text, "status", assay_status_name(web->err.status));
    assay_buffer_print(&web->text, "\"text\":");
    assay_json_string(&web->text, web->err.text);
    assay_buffer_append(&web->text, "}", 1);
    return finish(web);
}

/* Constants, and what this build is: describe_build. */
EXPORT const char *assay_web_constants(assay_web *web) {
    describe_build(answer(web));
    return finish(web);
}

EXPORT _Atomic int32_t *assay_web_cancel_flag(assay_web *web) {
    return &web->cancel;
}
EXPORT _Atomic int32_t *assay_web_progress(assay_web *web) {
    return &web->progress;
}
EXPORT double assay_web_peak_memory(void) {
    return (double)assay_os_peak_memory();
}

/* ---- hashing what is downloaded --------------------------------------------------------------------- */

EXPORT assay_sha256 *assay_web_sha256_create(void) {
    assay_sha256 *sha = assay_alloc(1, sizeof *sha);
    if (sha != NULL) assay_sha256_init(sha);
    return sha;
}
EXPORT void assay_web_sha256_update(assay_sha256 *sha, const uint8_t *bytes, size_t n) {
    assay_sha256_update(sha, bytes, n);
}
/* 64 hex digits; takes no more bytes afterwards. Freed with assay_web_free. */
EXPORT const char *assay_web_sha256_final(assay_web *web, assay_sha256 *sha) {
    assay_buffer *out = answer(web);
    assay_buffer_print(out, "%s", assay_sha256_final(sha).hex);
    return finish(web);
}

/* ---- model, threads, session ------------------------------------------------------------------------ */

/* files: for each file three words, address and length of its block (of assay_web_alloc) and its name for error sentences;
 * the n_text parts of the language model in any order, then the vision tower if n_vision is 1. Takes over all blocks, on failure
 * too; the words and the names are borrowed. */
EXPORT assay_model *assay_web_model_create(assay_web *web, const assay_model_file *files,
                                           size_t n_text, size_t n_vision) {
    answer(web);
    assay_model *model = NULL;
    assay_model_file vision = n_vision > 0 ? files[n_text] : (assay_model_file){0};
    return assay_model_create(files, n_text, vision, &model, &web->err) == ASSAY_OK ? model : NULL;
}
EXPORT void assay_web_model_destroy(assay_model *model) {
    assay_model_destroy(model);
}

EXPORT const char *assay_web_model_info(assay_web *web, const assay_model *model) {
    describe_model(answer(web), assay_model_get_info(model));
    return finish(web);
}

EXPORT assay_pool *assay_web_pool_create(assay_web *web, int n_threads) {
    answer(web);
    assay_pool *pool = NULL;
    return assay_pool_create(n_threads, &pool, &web->err) == ASSAY_OK ? pool : NULL;
}
EXPORT void assay_web_pool_destroy(assay_pool *pool) {
    assay_pool_destroy(pool);
}
EXPORT int assay_web_pool_threads(const assay_pool *pool) {
    return assay_pool_threads(pool);
}

static int on_progress(void *context, double done) {
    assay_web *web = context;
    atomic_store(&web->progress, (int32_t)(done * 1000));
    return atomic_load(&web->cancel) != 0;
}

/* kernels: "scalar", "simd", or 0 for the best; n_context: 0 for the model's own. */
EXPORT assay_session *assay_web_session_create(assay_web *web, const assay_model *model,
                                               assay_pool *pool, const char *kernels,
                                               int n_context) {
    answer(web);
    assay_session_options options = assay_session_defaults();
    options.pool = pool;
    options.kernels = kernels;
    options.n_context = n_context;
    options.progress = on_progress;
    options.progress_context = web;
    assay_session *session = NULL;
    return assay_session_create(model, &options, &session, &web->err) == ASSAY_OK ? session : NULL;
}
EXPORT void assay_web_session_destroy(assay_session *session) {
    assay_session_destroy(session);
}

/* ---- dataset ---------------------------------------------------------------------------------------- */

/* {"file":"index.jsonl","bytes":N} of a manifest. */
EXPORT const char *assay_web_manifest_index(assay_web *web, const char *manifest, size_t n) {
    assay_buffer *out = answer(web);
    char file[256];
    uint64_t bytes = 0;
    if (assay_manifest_index(manifest, n, file, sizeof file, &bytes, &web->err) != ASSAY_OK)
        return NULL;
    assay_buffer_append(out, "{", 1);
    describe_member(out, "file", file);
    assay_buffer_print(out, "\"bytes\":%llu}", (unsigned long long)bytes);
    return finish(web);
}

EXPORT assay_dataset *assay_web_dataset_open(assay_web *web, const char *manifest,
                                             size_t n_manifest, const char *index, size_t n_index) {
    answer(web);
    assay_dataset *dataset = NULL;
    assay_status status =
        assay_dataset_open(manifest, n_manifest, index, n_index, &dataset, &web->err);
    return status == ASSAY_OK ? dataset : NULL;
}
EXPORT void assay_web_dataset_close(assay_dataset *dataset) {
    assay_dataset_close(dataset);
}

EXPORT const char *assay_web_dataset_info(assay_web *web, const assay_dataset *dataset) {
    describe_dataset(answer(web), dataset);
    return finish(web);
}

EXPORT const char *assay_web_dataset_sample(assay_web *web, const assay_dataset *dataset,
                                            size_t i) {
    assay_buffer *out = answer(web);
    if (i >= assay_dataset_n_samples(dataset)) {
        assay_fail(&web->err, ASSAY_E_ARGUMENT, "the dataset has no sample %zu", i);
        return NULL;
    }
    describe_sample(out, assay_dataset_sample(dataset, i));
    return finish(web);
}

EXPORT int assay_web_shard_check(assay_web *web, const assay_dataset *dataset, size_t shard,
                                 const uint8_t *bytes, size_t n) {
    answer(web);
    return (int)assay_shard_check(dataset, shard, bytes, n, &web->err);
}

/* Checks image `image` of sample i, fetched by range or cut out of a shard, against its hash. */
EXPORT int assay_web_member_check(assay_web *web, const assay_dataset *dataset, size_t i, int image,
                                  const uint8_t *bytes, size_t n) {
    answer(web);
    const assay_sample *sample =
        i < assay_dataset_n_samples(dataset) ? assay_dataset_sample(dataset, i) : NULL;
    if (sample == NULL || image < 0 || image >= sample->n_images) {
        return (int)assay_fail(&web->err, ASSAY_E_ARGUMENT,
                               "the dataset has no sample %zu with an image %d", i, image);
    }
    return (int)assay_member_check(&sample->images[image], bytes, n, &web->err);
}

/* ---- run -------------------------------------------------------------------------------------------- */

/* recipe: JSON, or 0 for the default. */
EXPORT assay_run *assay_web_run_create(assay_web *web, const assay_dataset *dataset,
                                       const assay_model *model, assay_session *session,
                                       const char *recipe) {
    describe_build(answer(web));
    const char *build = finish(web);
    if (build == NULL) return NULL;
    assay_run *run = NULL;
    assay_run_options options = {
        .dataset = dataset, .model = model, .session = session, .recipe = recipe, .build = build};
    return assay_run_create(&options, &run, &web->err) == ASSAY_OK ? run : NULL;
}
EXPORT void assay_web_run_destroy(assay_run *run) {
    assay_run_destroy(run);
}

EXPORT const char *assay_web_run_header(assay_web *web, assay_run *run) {
    answer(web);
    const char *line = NULL;
    return assay_run_header(run, &line, &web->err) == ASSAY_OK ? line : NULL;
}

/* Bytes of the earlier record to keep, or -1. */
EXPORT double assay_web_run_resume(assay_web *web, assay_run *run, const char *record, size_t n) {
    answer(web);
    size_t keep = 0;
    return assay_run_resume(run, record, n, &keep, &web->err) == ASSAY_OK ? (double)keep : -1;
}

/* The next sample, as assay_web_dataset_sample gives it, or the text "null" when all are done. */
EXPORT const char *assay_web_run_next(assay_web *web, const assay_run *run) {
    assay_buffer *out = answer(web);
    const assay_sample *next = assay_run_next(run);
    if (next != NULL)
        describe_sample(out, next);
    else
        assay_buffer_print(out, "null");
    return finish(web);
}
EXPORT size_t assay_web_run_total(const assay_run *run) {
    return assay_run_total(run);
}
EXPORT size_t assay_web_run_done(const assay_run *run) {
    return assay_run_done(run);
}

/* images: for each image of the sample two words, address and length of its encoded file. */
EXPORT const char *assay_web_run_step(assay_web *web, assay_run *run, const assay_blob *images) {
    answer(web);
    const char *line = NULL;
    return assay_run_step(run, images, &line, &web->err) == ASSAY_OK ? line : NULL;
}

EXPORT const char *assay_web_run_close(assay_web *web, assay_run *run) {
    answer(web);
    const char *line = NULL;
    return assay_run_close(run, &line, &web->err) == ASSAY_OK ? line : NULL;
}

/* ---- generation ------------------------------------------------------------------------------------- */

/* Empties the timeline: the next turn begins a conversation. */
EXPORT int assay_web_generate_reset(assay_web *web, assay_session *session) {
    answer(web);
    return (int)assay_session_truncate(session, 0, &web->err);
}

/* A turn of the user. images: for each three words, address and length of its encoded file and its name (or 0). */
EXPORT int assay_web_generate_ask(assay_web *web, assay_session *session, const char *text,
                                  const assay_ask_image *images, size_t n_images, int tile_edge) {
    answer(web);
    const assay_ask ask = {
        .text = text, .images = images, .n_images = n_images, .tile_edge = tile_edge};
    return (int)assay_session_ask(session, &ask, &web->err);
}

/* options: JSON of n bytes, assay_generator_create_json. */
EXPORT assay_generator *assay_web_generate_create(assay_web *web, assay_session *session,
                                                  const char *options, size_t n) {
    answer(web);
    assay_generator *generator = NULL;
    assay_status status = assay_generator_create_json(session, options, n, &generator, &web->err);
    return status == ASSAY_OK ? generator : NULL;
}
EXPORT void assay_web_generate_destroy(assay_generator *generator) {
    assay_generator_destroy(generator);
}

/* The next piece: describe_piece. After "cancelled" it may be called again. */
EXPORT const char *assay_web_generate_next(assay_web *web, assay_generator *generator) {
    assay_buffer *out = answer(web);
    assay_piece piece;
    if (assay_generator_next(generator, &piece, &web->err) != ASSAY_OK) return NULL;
    describe_piece(out, &piece);
    return finish(web);
}

/* ---- records ---------------------------------------------------------------------------------------- */

EXPORT int assay_web_record_check(assay_web *web, const char *record, size_t n) {
    answer(web);
    return (int)assay_record_check(record, n, &web->err);
}

EXPORT const char *assay_web_report(assay_web *web, const assay_dataset *dataset,
                                    const char *record, size_t n) {
    assay_buffer *out = answer(web);
    char *json = NULL;
    if (assay_report(dataset, record, n, &json, &web->err) != ASSAY_OK) return NULL;
    assay_buffer_print(out, "%s", json);
    free(json);
    return finish(web);
}
