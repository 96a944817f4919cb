/* Which tokens of a vocabulary may come next: all that are text, or those that a constraint's table allows. The sets are
 * kept for the states that were asked for last. */
#ifndef ASSAY_MODEL_TOKEN_MASK_H
#define ASSAY_MODEL_TOKEN_MASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay.h"
#include "model/pattern.h"

enum { ASSAY_MASK_SLOTS = 32 };

typedef struct assay_token_mask {
    const assay_model *model;
    const assay_pattern *pattern; /* NULL: no constraint */
    int n_vocab;
    size_t n_words;
    uint64_t *text;                /* [n_words], a bit for each token that is text */
    uint64_t *slots;               /* [ASSAY_MASK_SLOTS, n_words] */
    int of_slot[ASSAY_MASK_SLOTS]; /* state; 0: free */
    int32_t *stops;                /* [n_stops], the model's stop tokens */
    size_t n_stops, longest;       /* longest: bytes of a token that is text */
} assay_token_mask;

assay_status assay_token_mask_create(const assay_model *model, const assay_pattern *pattern,
                                     assay_token_mask *out, assay_error *err);
void assay_token_mask_destroy(assay_token_mask *mask); /* a zeroed one is fine */

/* The tokens that may follow in a state of the pattern (any without one); good until the next call. */
const uint64_t *assay_token_mask_at(assay_token_mask *mask, int state);
bool assay_token_mask_is_stop(const assay_token_mask *mask, int32_t id);
/* The state behind a token; 0 when it may not be. */
int assay_token_mask_step(const assay_token_mask *mask, int state, int32_t id);

#endif
