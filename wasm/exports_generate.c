/* The shim's functions that make text; conventions: exports.c. */
#include "assay_generate.h"
#include "describe.h"
#include "web.h"

/* ---- generation ------------------------------------------------------------------------------------- */

/* Empties the timeline: the next turn begins a conversation. */
EXPORT int assay_web_generate_reset(assay_web *web, assay_session *session) {
    web_answer(web);
    return (int)assay_session_truncate(session, 0, &web->err);
}

/* A turn of the user. images: for each three words, address and length of its encoded file and its name (or 0). */
EXPORT int assay_web_generate_ask(assay_web *web, assay_session *session, const char *text,
                                  const assay_ask_image *images, size_t n_images, int tile_edge) {
    web_answer(web);
    const assay_ask ask = {
        .text = text, .images = images, .n_images = n_images, .tile_edge = tile_edge};
    return (int)assay_session_ask(session, &ask, &web->err);
}

/* options: JSON of n bytes, assay_generator_create_json. */
EXPORT assay_generator *assay_web_generate_create(assay_web *web, assay_session *session,
                                                  const char *options, size_t n) {
    web_answer(web);
    assay_generator *generator = NULL;
    assay_status status = assay_generator_create_json(session, options, n, &generator, &web->err);
    return status == ASSAY_OK ? generator : NULL;
}
EXPORT void assay_web_generate_destroy(assay_generator *generator) {
    assay_generator_destroy(generator);
}

/* The next piece: describe_piece. After "cancelled" it may be called again. */
EXPORT const char *assay_web_generate_next(assay_web *web, assay_generator *generator) {
    assay_buffer *out = web_answer(web);
    assay_piece piece;
    if (assay_generator_next(generator, &piece, &web->err) != ASSAY_OK) return NULL;
    describe_piece(out, &piece);
    return web_finish(web);
}
