/* What the parity tests share: inputs made from integers alone, golden files of
 * tests/golden/gen/parity.py, and how far the engine is from them. */
#ifndef ASSAY_PARITY_H
#define ASSAY_PARITY_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/os.h"
#include "base/sha256.h"
#include "format/json.h"
#include "test.h"

#define PARITY_MAX_FILE ((size_t)4 << 20)

/* [size, size, 3]: stripes, rings of products and some noise, as in parity.py. */
static inline void parity_tile(int tile, int size, uint8_t *pixels) {
    uint32_t state = (uint32_t)tile + 1;
    for (int y = 0; y < size; y++) {
        for (int x = 0; x < size; x++) {
            for (int c = 0; c < 3; c++) {
                state = state * 1664525u + 1013904223u;
                *pixels++ = (uint8_t)((x * (tile + 1) + y * (c + 2)) / 3 +
                                      x * y / 128 * (tile + 1) + (int)(state >> 16 & 31));
            }
        }
    }
}

static inline void *parity_alloc(size_t n, size_t size) {
    void *p = calloc(n + 1, size);
    if (p == NULL) abort();
    return p;
}

static inline cJSON *parity_read(const char *path) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *json = NULL;
    assay_error err = {0};
    assay_status status = assay_os_read_file(path, PARITY_MAX_FILE, &bytes, &n, &err);
    if (status == ASSAY_OK) status = assay_json_parse((const char *)bytes, n, path, &json, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    free(bytes);
    return json;
}

static inline const cJSON *parity_get(const cJSON *json, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(json, key);
}

/* Ids of an array; the caller frees them. */
static inline int32_t *parity_ids(const cJSON *array, size_t *n) {
    int32_t *ids = parity_alloc((size_t)cJSON_GetArraySize(array), sizeof *ids);
    const cJSON *item = NULL;
    *n = 0;
    cJSON_ArrayForEach(item, array) ids[(*n)++] = (int32_t)item->valuedouble;
    return ids;
}

static inline assay_model *parity_load(const char *preset, const char *type) {
    assay_model_file text = {.what = "text.gguf"}, vision = {.what = "vision.gguf"};
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(
        assay_model_random(preset, type, 1, &text.bytes, &text.n, &vision.bytes, &vision.n, &err),
        ASSAY_OK, err);
    if (text.bytes == NULL) return NULL;
    CHECK_STATUS(assay_model_create(&text, 1, vision, &model, &err), ASSAY_OK, err);
    return model;
}

static inline assay_session *parity_session(const assay_model *model, const char *kernels,
                                            assay_pool *pool) {
    assay_session_options options = assay_session_defaults();
    assay_session *s = NULL;
    assay_error err;
    options.kernels = kernels;
    options.pool = pool;
    options.n_context = 512; /* the longest prompt has 324 tokens, the longest option 40 */
    CHECK_STATUS(assay_session_create(model, &options, &s, &err), ASSAY_OK, err);
    return s;
}

/* Features [n_tiles, image_tokens, dim] of the first tiles; the caller frees them. */
static inline float *parity_features(assay_session *s, const assay_model_info *info, int n_tiles) {
    size_t of_tile = (size_t)info->image_tokens * (size_t)info->dim;
    uint8_t *pixels = parity_alloc((size_t)info->image_size * (size_t)info->image_size, 3);
    float *features = parity_alloc((size_t)n_tiles * of_tile, sizeof *features);
    assay_error err;
    for (int t = 0; t < n_tiles; t++) {
        parity_tile(t, info->image_size, pixels);
        CHECK_STATUS(assay_session_encode_image(s, pixels, features + (size_t)t * of_tile, &err),
                     ASSAY_OK, err);
    }
    free(pixels);
    return features;
}

/* Relative L2 distance of the components that a golden file keeps of [n, dim] values: row r has its
 * components (r + k * (dim / samples)) mod dim. */
static inline double parity_l2(const float *found, size_t n, size_t dim, size_t samples,
                               const cJSON *expected) {
    double above = 0, below = 0;
    const cJSON *item = expected != NULL ? expected->child : NULL;
    for (size_t r = 0; r < n; r++) {
        for (size_t k = 0; k < samples; k++, item = item->next) {
            if (item == NULL) return INFINITY;
            double want = item->valuedouble;
            double d = (double)found[r * dim + (r + k * (dim / samples)) % dim] - want;
            above += d * d;
            below += want * want;
        }
    }
    return item == NULL && below > 0 ? sqrt(above / below) : INFINITY;
}

static inline double parity_larger(double a, double b) {
    return b > a || isnan(b) ? b : a;
}

/* The largest difference of log-probabilities [n] from an array of a golden file; infinite when
 * that is not of the same length. */
static inline double parity_nat(const float *found, size_t n, const cJSON *expected) {
    double most = 0;
    const cJSON *item = NULL;
    size_t i = 0;
    if (expected == NULL || (size_t)cJSON_GetArraySize(expected) != n) return INFINITY;
    cJSON_ArrayForEach(item, expected) most =
        parity_larger(most, fabs((double)found[i++] - item->valuedouble));
    return most;
}

/* Appends the prompt of a case with its images; false when that failed. */
static inline bool parity_show(assay_session *s, const assay_model_info *info, const cJSON *one,
                               const float *features) {
    size_t n = 0, n_tiles = (size_t)parity_get(one, "n_tiles")->valuedouble;
    int32_t *ids = parity_ids(parity_get(one, "prompt"), &n);
    const assay_prompt prompt = {ids, n, n_tiles > 0 ? features : NULL,
                                 n_tiles * (size_t)info->image_tokens};
    assay_error err = {0};
    assay_status status = assay_session_truncate(s, 0, &err);
    if (status == ASSAY_OK) status = assay_session_prefill(s, &prompt, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    free(ids);
    return status == ASSAY_OK;
}

/* Log-probabilities of an option, [*n]; the caller frees them. */
static inline float *parity_score(assay_session *s, const cJSON *option, size_t *n) {
    int32_t *ids = parity_ids(option, n);
    float *found = parity_alloc(*n, sizeof *found);
    assay_error err;
    CHECK_STATUS(assay_session_score(s, &(assay_option){ids, *n, found}, 1, &err), ASSAY_OK, err);
    free(ids);
    return found;
}

/* Features of the first tile and log-probabilities of the first case, as one hash. */
static inline assay_digest parity_hash(const assay_model *model, const cJSON *one,
                                       const char *kernels, assay_pool *pool) {
    const assay_model_info *info = assay_model_get_info(model);
    assay_session *s = parity_session(model, kernels, pool);
    assay_sha256 sha;
    assay_sha256_init(&sha);
    if (s != NULL) {
        float *features = parity_features(s, info, 1);
        assay_sha256_update(&sha, features,
                            (size_t)info->image_tokens * (size_t)info->dim * sizeof *features);
        const cJSON *option = NULL;
        bool shown = parity_show(s, info, one, features);
        cJSON_ArrayForEach(option, parity_get(one, "options")) {
            size_t n = 0;
            float *found = shown ? parity_score(s, option, &n) : NULL;
            assay_sha256_update(&sha, found, n * sizeof *found);
            free(found);
        }
        free(features);
    }
    assay_session_destroy(s);
    return assay_sha256_final(&sha);
}

#endif
