/* Features of a sample's images: decoded, cut into tiles, encoded by the vision tower; kept for the samples that follow,
 * by the hash of the image. What was kept changes no bit. */
#ifndef ASSAY_EVAL_FEATURES_H
#define ASSAY_EVAL_FEATURES_H

#include "eval/recipe.h"

typedef struct assay_features assay_features;

/* All three are lent. */
assay_status assay_features_create(const assay_model *model, assay_session *session,
                                   const assay_recipe *recipe, assay_features **out,
                                   assay_error *err);
void assay_features_destroy(assay_features *features); /* NULL is fine */

typedef struct assay_sample_features {
    struct {
        int rows, cols;
    } grids[ASSAY_MAX_IMAGES]; /* as in assay_tiles */
    size_t n_rows;             /* image tokens of all images */
    const float *
        rows; /* [n_rows, dim], images in order; stays until the next call; NULL when there are none */
} assay_sample_features;

/* images: the sample's encoded files, checked here against their hashes. */
assay_status assay_features_of(assay_features *features, const assay_sample *sample,
                               const assay_blob *images, assay_sample_features *out,
                               assay_error *err);

#endif
