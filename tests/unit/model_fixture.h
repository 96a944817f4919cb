/* What the tests of the engine share: the tiny random model, its inputs, and a way to read results
 * as bits. */
#ifndef ASSAY_MODEL_FIXTURE_H
#define ASSAY_MODEL_FIXTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/pool.h"
#include "format/gguf/gguf.h"

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

/* ---- files that are changed ---- */

/* What file_remake leaves out of a file and puts into it; everything may be NULL. */
typedef struct file_change {
    const char *drop_key, *drop_tensor;
    const char *key; /* a new one: `text`, else `number` as f32, else `integer` as u32 */
    const char *text;
    float number;
    uint32_t integer;
    const char *tensor; /* a new one of n_dims F32 zeros */
    int n_dims;
    uint64_t dims[4];
} file_change;

static inline void file_copy_keys(assay_gguf_writer *w, const assay_gguf *from, const char *drop) {
    const char *key = NULL;
    char value[1];
    for (size_t i = 0; assay_gguf_describe(from, i, &key, value, sizeof value); i++)
        if (drop == NULL || strcmp(key, drop) != 0) assay_gguf_put_copy(w, from, i);
}

/* Tensors [begin, end) of a file, but for `drop`, into another. */
static inline void file_put_tensors(assay_gguf_writer *w, const assay_gguf *from, size_t begin,
                                    size_t end, const char *drop) {
    for (size_t i = begin; i < end; i++) {
        const assay_gguf_tensor *t = assay_gguf_tensor_at(from, i);
        if (drop == NULL || strcmp(t->name, drop) != 0)
            assay_gguf_put_tensor(w, t->name, (assay_type)t->type, t->n_dims, t->dims);
    }
}

static inline void file_copy_data(assay_gguf_writer *w, const assay_gguf *from,
                                  const uint8_t *bytes, size_t begin, size_t end,
                                  const char *drop) {
    size_t out = 0;
    for (size_t i = begin; i < end; i++) {
        const assay_gguf_tensor *t = assay_gguf_tensor_at(from, i);
        if (drop == NULL || strcmp(t->name, drop) != 0)
            memcpy(assay_gguf_tensor_data(w, out++), bytes + t->offset, (size_t)t->bytes);
    }
}

static inline void file_build(assay_gguf_writer *w, assay_model_file *out) {
    assay_error err = {0};
    if (assay_gguf_build(w, &out->bytes, &out->n, &err) != ASSAY_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
}

static inline void file_remake(assay_model_file *f, const file_change *c) {
    assay_gguf *g = NULL;
    assay_error err = {0};
    assay_model_file old = *f;
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL || assay_gguf_open(old.bytes, old.n, old.what, &g, &err) != ASSAY_OK) abort();
    size_t n = assay_gguf_n_tensors(g);
    file_copy_keys(w, g, c->drop_key);
    if (c->key != NULL && c->text != NULL) {
        assay_gguf_put_string(w, c->key, c->text);
    } else if (c->key != NULL && c->number != 0) {
        assay_gguf_put_f32(w, c->key, c->number);
    } else if (c->key != NULL) {
        assay_gguf_put_u32(w, c->key, c->integer);
    }
    file_put_tensors(w, g, 0, n, c->drop_tensor);
    if (c->tensor != NULL) assay_gguf_put_tensor(w, c->tensor, ASSAY_F32, c->n_dims, c->dims);
    file_build(w, f);
    file_copy_data(w, g, old.bytes, 0, n, c->drop_tensor);
    assay_gguf_close(g);
    assay_gguf_writer_destroy(w);
    free(old.bytes);
}

/* The keys of a split in one of its parts; a negative one is left out. */
typedef struct split_keys {
    int no, count, n_tensors;
} split_keys;

/* A part of a file: the tensors [begin, end) of it, and its metadata in part 0. */
static inline assay_model_file part_make(const assay_model_file *whole, size_t begin, size_t end,
                                         split_keys keys, const char *what) {
    assay_gguf *g = NULL;
    assay_error err = {0};
    assay_model_file part = {.what = what};
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL || assay_gguf_open(whole->bytes, whole->n, what, &g, &err) != ASSAY_OK) abort();
    if (keys.no == 0) file_copy_keys(w, g, NULL);
    if (keys.no >= 0) assay_gguf_put_u32(w, "split.no", (uint32_t)keys.no);
    if (keys.count >= 0) assay_gguf_put_u32(w, "split.count", (uint32_t)keys.count);
    if (keys.n_tensors >= 0) assay_gguf_put_u32(w, "split.tensors.count", (uint32_t)keys.n_tensors);
    file_put_tensors(w, g, begin, end, NULL);
    file_build(w, &part);
    file_copy_data(w, g, whole->bytes, begin, end, NULL);
    assay_gguf_close(g);
    assay_gguf_writer_destroy(w);
    return part;
}

static inline assay_model *tiny_load(const char *type) {
    tiny_files f = tiny_make(type, 1);
    assay_error err = {0};
    assay_model *model = NULL;
    return assay_model_create(&f.text, 1, f.vision, &model, &err) == ASSAY_OK ? model : NULL;
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
