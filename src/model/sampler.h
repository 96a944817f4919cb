/* One draw out of a distribution given by logits: temperature, top-k, top-p, min-p, in this order (assay_generate.h
 * gives the rules). The same bits everywhere: our own exp, sums in one order, ties by the lower id. */
#ifndef ASSAY_MODEL_SAMPLER_H
#define ASSAY_MODEL_SAMPLER_H

#include <stddef.h>
#include <stdint.h>

#include "base/rng.h"

typedef struct assay_candidate {
    float logit;
    int32_t id;
} assay_candidate;

typedef struct assay_sampler {
    float temperature; /* 0: the largest logit, without a random number */
    int top_k;         /* 0: all */
    float top_p;       /* above 0; 1: all */
    float min_p;       /* 0: all */
} assay_sampler;

/* An id out of n > 0 candidates with finite logits, in the order of their ids. Leaves them in another order. Time is
 * n log k, or n + m log n for the m candidates that top-p keeps. */
int32_t assay_sampler_draw(const assay_sampler *s, assay_rng *rng, assay_candidate *candidates,
                           size_t n);

/* The logit of a token that was said before. */
float assay_sampler_penalize(float logit, float penalty);

#endif
