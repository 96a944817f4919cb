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

#include "assay.h"
#include "base/os.h"
#include "base/sha256.h"
#include "describe.h"
#include "format/json.h"
#include "web.h"

assay_buffer *web_answer(assay_web *web) {
    web->err = (assay_error){0};
    web->text.len = 0;
    return &web->text;
}

const char *web_finish(assay_web *web) {
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
    return web_finish(web);
}

/* Constants, and what this build is: describe_build. */
EXPORT const char *assay_web_constants(assay_web *web) {
    describe_build(web_answer(web));
    return web_finish(web);
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
    assay_buffer *out = web_answer(web);
    assay_buffer_print(out, "%s", assay_sha256_final(sha).hex);
    return web_finish(web);
}

/* ---- model, threads, session ------------------------------------------------------------------------ */

/* files: for each file three words, address and length of its block (of assay_web_alloc) and its name for error sentences;
 * the n_text parts of the language model in any order, then the vision tower if n_vision is 1. Takes over all blocks, on failure
 * too; the words and the names are borrowed. */
EXPORT assay_model *assay_web_model_create(assay_web *web, const assay_model_file *files,
                                           size_t n_text, size_t n_vision) {
    web_answer(web);
    assay_model *model = NULL;
    assay_model_file vision = n_vision > 0 ? files[n_text] : (assay_model_file){0};
    return assay_model_create(files, n_text, vision, &model, &web->err) == ASSAY_OK ? model : NULL;
}
EXPORT void assay_web_model_destroy(assay_model *model) {
    assay_model_destroy(model);
}

EXPORT const char *assay_web_model_info(assay_web *web, const assay_model *model) {
    describe_model(web_answer(web), assay_model_get_info(model));
    return web_finish(web);
}

EXPORT assay_pool *assay_web_pool_create(assay_web *web, int n_threads) {
    web_answer(web);
    assay_pool *pool = NULL;
    return assay_pool_create(n_threads, &pool, &web->err) == ASSAY_OK ? pool : NULL;
}
EXPORT void assay_web_pool_destroy(assay_pool *pool) {
    assay_pool_destroy(pool);
}
EXPORT int assay_web_pool_threads(const assay_pool *pool) {
    return assay_pool_threads(pool);
}

int web_progress(void *context, double done) {
    assay_web *web = context;
    atomic_store(&web->progress, (int32_t)(done * 1000));
    return atomic_load(&web->cancel) != 0;
}

/* kernels: "scalar", "simd", or 0 for the best; n_context: 0 for the model's own. */
EXPORT assay_session *assay_web_session_create(assay_web *web, const assay_model *model,
                                               assay_pool *pool, const char *kernels,
                                               int n_context) {
    web_answer(web);
    assay_session_options options = assay_session_defaults();
    options.pool = pool;
    options.kernels = kernels;
    options.n_context = n_context;
    options.progress = web_progress;
    options.progress_context = web;
    assay_session *session = NULL;
    return assay_session_create(model, &options, &session, &web->err) == ASSAY_OK ? session : NULL;
}
EXPORT void assay_web_session_destroy(assay_session *session) {
    assay_session_destroy(session);
}
