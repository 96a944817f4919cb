/* image -> tiles -> features, through a small cache. */
#include "eval/features.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define N_CACHED    16 /* images; the samples of a suite that share an image lie close together */
#define CACHE_BYTES (48u << 20) /* for large grids fewer images are kept, but always one */
#define GREY        128

typedef struct cached {
    char key[72];  /* the image's sha256, "grey RxC", or "" when empty */
    uint64_t used; /* call of the last use */
    int rows, cols;
    size_t n_rows;   /* image tokens */
    float *features; /* [n_rows, dim] */
} cached;

struct assay_features {
    const assay_model *model;
    assay_session *session;
    const assay_recipe *recipe;
    size_t dim, tile_tokens, tile_bytes;
    uint64_t call;
    cached cache[N_CACHED];
    float *rows; /* [cap, dim], those of the sample */
    size_t cap;
};

assay_status assay_features_create(const assay_model *model, assay_session *session,
                                   const assay_recipe *recipe, assay_features **out,
                                   assay_error *err) {
    const assay_model_info *info = assay_model_get_info(model);
    assay_features *f = assay_calloc(1, sizeof *f);
    *out = NULL;
    if (f == NULL) return assay_fail(err, ASSAY_E_MEMORY, "features: out of memory");
    f->model = model;
    f->session = session;
    f->recipe = recipe;
    f->dim = (size_t)info->dim; /* sizes that the model has checked */
    f->tile_tokens = (size_t)info->image_tokens;
    f->tile_bytes = (size_t)info->image_size * (size_t)info->image_size * 3;
    *out = f;
    return ASSAY_OK;
}

static void forget(cached *slot) {
    free(slot->features);
    *slot = (cached){0};
}

void assay_features_destroy(assay_features *f) {
    if (f == NULL) return;
    for (int i = 0; i < N_CACHED; i++) forget(&f->cache[i]);
    free(f->rows);
    free(f);
}

static cached *find_cached(assay_features *f, const char *key) {
    for (int i = 0; i < N_CACHED; i++) {
        if (strcmp(f->cache[i].key, key) == 0) return &f->cache[i];
    }
    return NULL;
}

/* An empty slot, after those that were not used for longest have made room for n floats. */
static cached *make_room(assay_features *f, size_t n) {
    for (;;) {
        size_t held = n * sizeof(float);
        cached *empty = NULL, *oldest = NULL;
        for (int i = 0; i < N_CACHED; i++) {
            cached *slot = &f->cache[i];
            if (slot->features == NULL) {
                empty = slot;
                continue;
            }
            held += slot->n_rows * f->dim * sizeof(float);
            if (oldest == NULL || slot->used < oldest->used) oldest = slot;
        }
        if (empty != NULL && (oldest == NULL || held <= CACHE_BYTES)) return empty;
        forget(oldest);
    }
}

static assay_status encode(assay_features *f, const assay_tiles *tiles, const char *key,
                           cached **out, assay_error *err) {
    size_t n_rows = (size_t)tiles->n * f->tile_tokens, tile_floats = f->tile_tokens * f->dim;
    float *features = assay_alloc((size_t)tiles->n, tile_floats * sizeof *features);
    if (features == NULL) return assay_fail(err, ASSAY_E_MEMORY, "features: out of memory");
    for (size_t i = 0; i < (size_t)tiles->n; i++) {
        assay_status status = assay_session_encode_image(
            f->session, tiles->pixels + i * f->tile_bytes, features + i * tile_floats, err);
        if (status != ASSAY_OK) {
            free(features);
            return status;
        }
    }
    cached *slot = make_room(f, n_rows * f->dim);
    *slot =
        (cached){.rows = tiles->rows, .cols = tiles->cols, .n_rows = n_rows, .features = features};
    snprintf(slot->key, sizeof slot->key, "%s", key);
    *out = slot;
    return ASSAY_OK;
}

/* A blind image has the grid of the image that it hides, so that the prompt is the same. */
static assay_status load(assay_features *f, const assay_member *member, assay_blob image,
                         cached **out, assay_error *err) {
    char key[72];
    bool grey = f->recipe->grey;
    assay_tiles tiles = {0};
    assay_status status = ASSAY_OK;
    snprintf(key, sizeof key, "%s", member->sha256);
    *out = grey ? NULL : find_cached(f, key);
    if (*out == NULL) {
        status = assay_model_preprocess(f->model, image.bytes, image.n, member->name,
                                        f->recipe->tile_edge, &tiles, err);
    }
    if (status == ASSAY_OK && grey) {
        memset(tiles.pixels, GREY, (size_t)tiles.n * f->tile_bytes);
        snprintf(key, sizeof key, "grey %dx%d", tiles.rows, tiles.cols);
        *out = find_cached(f, key);
    }
    if (status == ASSAY_OK && *out == NULL) status = encode(f, &tiles, key, out, err);
    assay_tiles_free(&tiles);
    if (status == ASSAY_OK) (*out)->used = ++f->call;
    return status;
}

static assay_status append(assay_features *f, const cached *from, size_t at, assay_error *err) {
    size_t need = at + from->n_rows;
    if (need > f->cap) {
        size_t bytes;
        float *longer = NULL;
        if (assay_size_mul(need, f->dim * sizeof *longer, &bytes)) longer = realloc(f->rows, bytes);
        if (longer == NULL) return assay_fail(err, ASSAY_E_MEMORY, "features: out of memory");
        f->rows = longer;
        f->cap = need;
    }
    memcpy(f->rows + at * f->dim, from->features, from->n_rows * f->dim * sizeof *f->rows);
    return ASSAY_OK;
}

assay_status assay_features_of(assay_features *f, const assay_sample *sample,
                               const assay_blob *images, assay_sample_features *out,
                               assay_error *err) {
    *out = (assay_sample_features){0};
    for (int i = 0; i < sample->n_images; i++) {
        const assay_member *member = &sample->images[i];
        cached *slot = NULL;
        assay_status status = assay_member_check(member, images[i].bytes, images[i].n, err);
        if (status == ASSAY_OK) status = load(f, member, images[i], &slot, err);
        if (status == ASSAY_OK) status = append(f, slot, out->n_rows, err);
        if (status != ASSAY_OK) return status;
        out->grids[i].rows = slot->rows;
        out->grids[i].cols = slot->cols;
        out->n_rows += slot->n_rows;
    }
    out->rows = out->n_rows > 0 ? f->rows : NULL;
    return ASSAY_OK;
}
