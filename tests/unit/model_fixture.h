/* What the tests of the engine share: the tiny random model, its inputs, and a way to read results
 * as bits. */
#ifndef ASSAY_MODEL_FIXTURE_H
#define ASSAY_MODEL_FIXTURE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/pool.h"

/* Shape of the preset "tiny". */
enum { TINY_SIZE = 64, TINY_TOKENS = 4, TINY_DIM = 96, TINY_VOCAB = 509, TINY_CONTEXT = 512 };
enum { TINY_GLOBAL = 469, TINY_FAKE = 506, TINY_IMAGE = 507, TINY_END = 508 };

/* The inputs of the golden files: high half of a linear congruential generator. */
static inline uint32_t noise_next(uint32_t *state) {
    *state = *state * 1664525u + 1013904223u;
    return *state >> 16;
}

static inline void noise_pixels(uint8_t *pixels, size_t n) {
    uint32_t state = 1;
    for (size_t i = 0; i < n; i++) pixels[i] = (uint8_t)(noise_next(&state) & 255);
}

/* Ids of single bytes. */
static inline void noise_ids(int32_t *ids, size_t n) {
    uint32_t state = 7;
    for (size_t i = 0; i < n; i++) ids[i] = (int32_t)(3 + noise_next(&state) % 256);
}

typedef struct tiny_files {
    assay_model_file text, vision;
} tiny_files;

/* Both blocks of the tiny model; freed by assay_model_create or tiny_free. */
static inline tiny_files tiny_make(const char *type, uint64_t seed) {
    tiny_files f = {{.what = "text.gguf"}, {.what = "vision.gguf"}};
    assay_error err = {0};
    if (assay_model_random("tiny", type, seed, &f.text.bytes, &f.text.n, &f.vision.bytes,
                           &f.vision.n, &err) != ASSAY_OK) {
        abort();
    }
    return f;
}

static inline void tiny_free(tiny_files *f) {
    free(f->text.bytes);
    free(f->vision.bytes);
}

static inline assay_model *tiny_load(const char *type) {
    tiny_files f = tiny_make(type, 1);
    assay_error err = {0};
    assay_model *model = NULL;
    return assay_model_create(f.text, f.vision, &model, &err) == ASSAY_OK ? model : NULL;
}

static inline assay_session *tiny_session(const assay_model *model, const char *kernels,
                                          assay_pool *pool, int n_batch, int n_context) {
    assay_session_options options = assay_session_defaults();
    assay_session *session = NULL;
    assay_error err = {0};
    options.kernels = kernels;
    options.pool = pool;
    options.n_batch = n_batch;
    options.n_context = n_context;
    return assay_session_create(model, &options, &session, &err) == ASSAY_OK ? session : NULL;
}

/* A prompt of 40 tokens with one image behind the first three. */
enum { PROMPT_IDS = 40 };
static inline void image_prompt(int32_t ids[PROMPT_IDS]) {
    noise_ids(ids, PROMPT_IDS);
    ids[0] = 1;
    ids[3] = TINY_FAKE;
    ids[4] = TINY_GLOBAL;
    for (int i = 0; i < TINY_TOKENS; i++) ids[5 + i] = TINY_IMAGE;
    ids[5 + TINY_TOKENS] = TINY_FAKE;
}

/* Everything a session computes on these inputs, to be compared as bits. */
enum { OUT_OPTIONS = 3, OUT_IDS = 12 };
typedef struct outputs {
    float features[TINY_TOKENS * TINY_DIM];
    float logits[TINY_VOCAB];
    float logprobs[OUT_OPTIONS][OUT_IDS];
    float hidden[PROMPT_IDS * TINY_DIM];
} outputs;

static inline void make_options(int32_t ids[OUT_OPTIONS][OUT_IDS],
                                float logprobs[OUT_OPTIONS][OUT_IDS],
                                assay_option options[OUT_OPTIONS]) {
    static const size_t lengths[OUT_OPTIONS] = {1, 5, OUT_IDS};
    int32_t all[OUT_OPTIONS * OUT_IDS];
    noise_ids(all, OUT_OPTIONS * OUT_IDS);
    for (int i = 0; i < OUT_OPTIONS; i++) {
        memcpy(ids[i], all + i * OUT_IDS, sizeof ids[i]);
        options[i] = (assay_option){ids[i], lengths[i], logprobs[i]};
    }
}

static inline assay_status compute_outputs(assay_session *s, outputs *out, assay_error *err) {
    uint8_t pixels[TINY_SIZE * TINY_SIZE * 3];
    int32_t ids[PROMPT_IDS], option_ids[OUT_OPTIONS][OUT_IDS];
    assay_option options[OUT_OPTIONS];
    memset(out, 0, sizeof *out);
    noise_pixels(pixels, sizeof pixels);
    image_prompt(ids);
    make_options(option_ids, out->logprobs, options);
    const assay_prompt prompt = {ids, PROMPT_IDS, out->features, TINY_TOKENS};
    assay_status status = assay_session_encode_image(s, pixels, out->features, err);
    if (status == ASSAY_OK) status = assay_session_hidden(s, &prompt, out->hidden, err);
    if (status == ASSAY_OK) status = assay_session_truncate(s, 0, err);
    if (status == ASSAY_OK) status = assay_session_prefill(s, &prompt, err);
    if (status == ASSAY_OK) status = assay_session_logits(s, out->logits, err);
    if (status == ASSAY_OK) status = assay_session_score(s, options, OUT_OPTIONS, err);
    return status;
}

#endif
