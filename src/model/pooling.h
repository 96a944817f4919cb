/* The vectors of a text's tokens -> its embedding: assay_pooling of assay_encoder.h. */
#ifndef ASSAY_MODEL_POOLING_H
#define ASSAY_MODEL_POOLING_H

#include "assay_encoder.h"

/* Rows come in order, in any number of pieces: start, add ..., finish. Sums run over the rows in
 * their order, so how they are cut into pieces changes no bit. */
typedef struct assay_pooler {
    assay_pooling pooling; /* not DEFAULT */
    size_t dim, n;         /* n: rows so far */
    float *out;            /* [dim], the caller's */
} assay_pooler;

assay_pooler assay_pooler_start(assay_pooling pooling, size_t dim, float *out);
void assay_pooler_add(assay_pooler *p, const float *rows, size_t n);
/* At least one row was added. False when the result is not finite; normalize: to length 1, a zero
 * vector stays zero. */
bool assay_pooler_finish(assay_pooler *p, bool normalize);

#endif
