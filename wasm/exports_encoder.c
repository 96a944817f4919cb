/* The shim's functions that embed texts; conventions: exports.c. */
#include "assay_encoder.h"
#include "base/arena.h"
#include "describe.h"
#include "format/tokenizer/tokenizer_file.h"
#include "web.h"

/* ---- encoders that the core computes ---------------------------------------------------------------- */

/* files: three words each, address and length of a block of assay_web_alloc and its name; the blocks are taken over, on
 * failure too. */
EXPORT assay_encoder *assay_web_encoder_create(assay_web *web, const assay_model_file *files,
                                               size_t n) {
    web_answer(web);
    assay_encoder *encoder = NULL;
    return assay_encoder_create(files, n, &encoder, &web->err) == ASSAY_OK ? encoder : NULL;
}
EXPORT void assay_web_encoder_destroy(assay_encoder *encoder) {
    assay_encoder_destroy(encoder);
}

EXPORT const char *assay_web_encoder_info(assay_web *web, const assay_encoder *encoder) {
    describe_encoder(web_answer(web), assay_encoder_get_info(encoder));
    return web_finish(web);
}

/* max_tokens: 0 for the model's own. */
EXPORT assay_encoder_session *assay_web_encoder_session_create(assay_web *web,
                                                               const assay_encoder *encoder,
                                                               assay_pool *pool, int max_tokens) {
    web_answer(web);
    assay_encoder_options options = assay_encoder_defaults();
    options.max_tokens = max_tokens;
    options.pool = pool;
    options.progress = web_progress;
    options.progress_context = web;
    assay_encoder_session *session = NULL;
    assay_status status = assay_encoder_session_create(encoder, &options, &session, &web->err);
    return status == ASSAY_OK ? session : NULL;
}
EXPORT void assay_web_encoder_session_destroy(assay_encoder_session *session) {
    assay_encoder_session_destroy(session);
}

/* texts: for each two words, address and length of its UTF-8; out [n, dim]. */
EXPORT int assay_web_encoder_embed(assay_web *web, assay_encoder_session *session,
                                   const assay_text *texts, size_t n, float *out) {
    web_answer(web);
    return (int)assay_encoder_embed(session, texts, n, out, &web->err);
}

/* ---- ends of an encoder that another runtime computes ----------------------------------------------- */

/* bytes: a GGUF file, tokenizer.json or vocab.txt; borrowed. */
EXPORT assay_tokenizer *assay_web_tokenizer_open(assay_web *web, const uint8_t *bytes, size_t n,
                                                 const char *what) {
    web_answer(web);
    assay_tokenizer *tokenizer = NULL;
    assay_status status = assay_tokenizer_open(bytes, n, what, &tokenizer, &web->err);
    return status == ASSAY_OK ? tokenizer : NULL;
}
EXPORT void assay_web_tokenizer_destroy(assay_tokenizer *tokenizer) {
    assay_tokenizer_destroy(tokenizer);
}

/* {"n_vocab","pad"}; pad: id of the padding token, -1 without one. */
EXPORT const char *assay_web_tokenizer_info(assay_web *web, const assay_tokenizer *tokenizer) {
    assay_buffer_print(web_answer(web), "{\"n_vocab\":%d,\"pad\":%d}",
                       assay_tokenizer_size(tokenizer),
                       (int)assay_tokenizer_get_specials(tokenizer)->pad);
    return web_finish(web);
}

/* Ids of a text as an encoder reads it, as a JSON array. */
EXPORT const char *assay_web_tokenizer_ids(assay_web *web, const assay_tokenizer *tokenizer,
                                           const char *text, size_t n, size_t max_tokens) {
    assay_buffer *out = web_answer(web);
    assay_ids ids = {0};
    assay_status status = assay_tokenize_within(tokenizer, text, n, max_tokens, &ids, &web->err);
    for (size_t i = 0; i < ids.n; i++)
        assay_buffer_print(out, "%s%d", i > 0 ? "," : "[", (int)ids.ids[i]);
    assay_buffer_print(out, ids.n > 0 ? "]" : "[]");
    assay_ids_free(&ids);
    return status == ASSAY_OK ? web_finish(web) : NULL;
}

/* pooling: a number of assay_pooling; out [dim], of length 1. */
EXPORT int assay_web_encoder_pool(assay_web *web, const float *rows, size_t n_rows, size_t dim,
                                  int pooling, float *out) {
    web_answer(web);
    return (int)assay_encoder_pool(rows, n_rows, dim, (assay_pooling)pooling, true, out, &web->err);
}
