/* A set is found by walking the table with the bytes of each token; most tokens end at their first byte. */
#include "model/token_mask.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "model/model.h"

static bool get_bit(const uint64_t *words, int32_t i) {
    return words[i / 64] >> (i % 64) & 1;
}
static void set_bit(uint64_t *words, int32_t i) {
    words[i / 64] |= (uint64_t)1 << (i % 64);
}

/* Control tokens are no text even where they have one: an image token without an image, a role, a tile's name. */
static bool is_text(const assay_model *model, int32_t id, size_t n_bytes) {
    return n_bytes > 0 && id != model->image_token && !assay_token_is_special(model->tokenizer, id);
}

static void look_at_vocabulary(assay_token_mask *m) {
    for (int32_t id = 0; id < m->n_vocab; id++) {
        size_t n = 0;
        assay_model_token(m->model, id, &n);
        if (assay_model_is_stop(m->model, id)) {
            m->stops[m->n_stops++] = id;
        } else if (is_text(m->model, id, n)) {
            set_bit(m->text, id);
            if (n > m->longest) m->longest = n;
        }
    }
}

assay_status assay_token_mask_create(const assay_model *model, const assay_pattern *pattern,
                                     assay_token_mask *out, assay_error *err) {
    int n_vocab = assay_model_get_info(model)->n_vocab;
    *out = (assay_token_mask){.model = model, .pattern = pattern, .n_vocab = n_vocab};
    out->n_words = ((size_t)n_vocab + 63) / 64;
    out->text = assay_calloc(out->n_words, sizeof *out->text);
    out->stops = assay_alloc((size_t)n_vocab, sizeof *out->stops);
    if (pattern != NULL)
        out->slots = assay_alloc(out->n_words, ASSAY_MASK_SLOTS * sizeof *out->slots);
    if (out->text == NULL || out->stops == NULL || (pattern != NULL && out->slots == NULL)) {
        assay_token_mask_destroy(out);
        return assay_fail(err, ASSAY_E_MEMORY, "generate: out of memory");
    }
    look_at_vocabulary(out);
    return ASSAY_OK;
}

void assay_token_mask_destroy(assay_token_mask *mask) {
    free(mask->text);
    free(mask->slots);
    free(mask->stops);
    *mask = (assay_token_mask){0};
}

int assay_token_mask_step(const assay_token_mask *mask, int state, int32_t id) {
    size_t n = 0;
    const char *bytes = assay_model_token(mask->model, id, &n);
    if (mask->pattern == NULL) return state;
    for (size_t i = 0; i < n && state != 0; i++)
        state = assay_pattern_step(mask->pattern, state, (uint8_t)bytes[i]);
    return state;
}

const uint64_t *assay_token_mask_at(assay_token_mask *mask, int state) {
    if (mask->pattern == NULL) return mask->text;
    int slot = state % ASSAY_MASK_SLOTS;
    uint64_t *words = mask->slots + (size_t)slot * mask->n_words;
    if (mask->of_slot[slot] == state) return words;
    memset(words, 0, mask->n_words * sizeof *words);
    for (int32_t id = 0; id < mask->n_vocab; id++)
        if (get_bit(mask->text, id) && assay_token_mask_step(mask, state, id) != 0)
            set_bit(words, id);
    mask->of_slot[slot] = state;
    return words;
}

bool assay_token_mask_is_stop(const assay_token_mask *mask, int32_t id) {
    for (size_t i = 0; i < mask->n_stops; i++)
        if (mask->stops[i] == id) return true;
    return false;
}
