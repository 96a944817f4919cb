/* A turn of the user onto the timeline: images -> tiles -> features, text -> ids, both -> prefill. */
#include <stdlib.h>
#include <string.h>

#include "assay_generate.h"
#include "model/model.h"

#define MAX_IMAGES 64

typedef struct turn {
    assay_tiles *tiles; /* [n_images] */
    size_t n_images;
    int32_t *ids;
    size_t n_ids;
    float *features; /* [n_features, dim] */
    size_t n_features;
} turn;

static void turn_free(turn *t) {
    for (size_t i = 0; t->tiles != NULL && i < t->n_images; i++) assay_tiles_free(&t->tiles[i]);
    free(t->tiles);
    free(t->ids);
    free(t->features);
}

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "ask: out of memory");
}

static assay_status preprocess(const assay_model *model, const assay_ask *ask, turn *t,
                               assay_error *err) {
    assay_status status = ASSAY_OK;
    if (ask->n_images == 0) return ASSAY_OK;
    if (ask->n_images > MAX_IMAGES)
        return assay_fail(err, ASSAY_E_LIMIT, "ask: %zu images, at most %d fit a turn",
                          ask->n_images, MAX_IMAGES);
    t->tiles = assay_calloc(ask->n_images, sizeof *t->tiles);
    if (t->tiles == NULL) return no_memory(err);
    t->n_images = ask->n_images;
    for (size_t i = 0; i < ask->n_images && status == ASSAY_OK; i++) {
        const assay_ask_image *image = &ask->images[i];
        status = assay_model_preprocess(model, image->bytes, image->n,
                                        image->what != NULL ? image->what : "of the turn",
                                        ask->tile_edge > 0 ? ask->tile_edge : 1, &t->tiles[i], err);
    }
    return status;
}

/* The template of the whole conversation, and of it what is not in the timeline yet: with an empty answer before the
 * turn, all from the token that ends the answer on. */
static assay_status make_chat(const assay_model *model, const assay_ask *ask, bool goes_on, turn *t,
                              assay_error *err) {
    assay_chat_part parts[MAX_IMAGES + 1] = {{0}};
    for (size_t i = 0; i < t->n_images; i++)
        parts[i] = (assay_chat_part){.rows = t->tiles[i].rows, .cols = t->tiles[i].cols};
    parts[t->n_images].text = ask->text;
    const assay_chat_message messages[2] = {{ASSAY_ASSISTANT, NULL, 0},
                                            {ASSAY_USER, parts, t->n_images + 1}};
    const assay_chat_message *first = goes_on ? messages : messages + 1;
    assay_status status =
        assay_model_chat(model, first, goes_on ? 2 : 1, true, &t->ids, &t->n_ids, err);
    if (status != ASSAY_OK || !goes_on) return status;
    size_t at = 0;
    while (at < t->n_ids && !assay_model_is_stop(model, t->ids[at])) at++;
    t->n_ids -= at;
    memmove(t->ids, t->ids + at, t->n_ids * sizeof *t->ids);
    return ASSAY_OK;
}

static assay_status make_raw(const assay_model *model, const assay_ask *ask, turn *t,
                             assay_error *err) {
    size_t length = strlen(ask->text), cap = length + 1; /* a token has a byte at least */
    if (ask->n_images > 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "ask: raw text takes no images");
    t->ids = assay_alloc(cap, sizeof *t->ids);
    if (t->ids == NULL) return no_memory(err);
    assay_status status =
        assay_model_tokenize(model, ask->text, length, t->ids, cap, &t->n_ids, err);
    if (status == ASSAY_OK && (t->n_ids == 0 || t->n_ids > cap))
        return assay_fail(err, ASSAY_E_ARGUMENT, "ask: the text is no tokens");
    return status;
}

static assay_status encode(assay_session *s, turn *t, assay_error *err) {
    size_t rows = 0, per_tile = (size_t)s->model->info.image_tokens,
           dim = (size_t)s->model->text.dim;
    size_t pixels = (size_t)s->model->info.image_size * (size_t)s->model->info.image_size * 3;
    for (size_t i = 0; i < t->n_images; i++) t->n_features += (size_t)t->tiles[i].n * per_tile;
    if (t->n_features == 0) return ASSAY_OK;
    t->features = assay_alloc(t->n_features, dim * sizeof *t->features);
    if (t->features == NULL) return no_memory(err);
    for (size_t i = 0; i < t->n_images; i++) {
        for (int tile = 0; tile < t->tiles[i].n; tile++, rows += per_tile) {
            assay_status status = assay_session_encode_image(
                s, t->tiles[i].pixels + (size_t)tile * pixels, t->features + rows * dim, err);
            if (status != ASSAY_OK) return status;
        }
    }
    return ASSAY_OK;
}

assay_status assay_session_ask(assay_session *session, const assay_ask *ask, assay_error *err) {
    turn t = {0};
    assay_status status = ASSAY_OK;
    if (ask->raw) {
        status = make_raw(session->model, ask, &t, err);
    } else {
        status = preprocess(session->model, ask, &t, err);
        if (status == ASSAY_OK)
            status = make_chat(session->model, ask, session->length > 0, &t, err);
    }
    /* Before the images, which take long. */
    if (status == ASSAY_OK && t.n_ids > (size_t)session->n_context - session->length)
        status = assay_fail(err, ASSAY_E_LIMIT,
                            "ask: a turn of %zu tokens behind %zu does not fit a context of %d",
                            t.n_ids, session->length, session->n_context);
    if (status == ASSAY_OK) status = encode(session, &t, err);
    if (status == ASSAY_OK) {
        const assay_prompt prompt = {t.ids, t.n_ids, t.features, t.n_features};
        status = assay_session_prefill(session, &prompt, err);
    }
    turn_free(&t);
    return status;
}
