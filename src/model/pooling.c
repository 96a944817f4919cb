/* Mean, first or last row; L2 norm. Plain loops in the order of the index, which every compiler
 * leaves as they are: the work is nothing beside a single layer's. */
#include "model/pooling.h"

#include <string.h>

#include "base/maths.h"

assay_pooler assay_pooler_start(assay_pooling pooling, size_t dim, float *out) {
    memset(out, 0, dim * sizeof *out);
    return (assay_pooler){.pooling = pooling, .dim = dim, .out = out};
}

void assay_pooler_add(assay_pooler *p, const float *rows, size_t n) {
    if (n == 0) return;
    if (p->pooling == ASSAY_POOLING_MEAN) {
        for (size_t j = 0; j < n; j++) {
            for (size_t i = 0; i < p->dim; i++) p->out[i] += rows[j * p->dim + i];
        }
    } else if (p->pooling == ASSAY_POOLING_LAST) {
        memcpy(p->out, rows + (n - 1) * p->dim, p->dim * sizeof *rows);
    } else if (p->n == 0) {
        memcpy(p->out, rows, p->dim * sizeof *rows);
    }
    p->n += n;
}

bool assay_pooler_finish(assay_pooler *p, bool normalize) {
    if (p->pooling == ASSAY_POOLING_MEAN) {
        for (size_t i = 0; i < p->dim; i++) p->out[i] /= (float)p->n;
    }
    double squares = 0; /* finite for finite floats */
    for (size_t i = 0; i < p->dim; i++) squares += (double)p->out[i] * (double)p->out[i];
    if (!(squares < 1e300)) return false;
    double length = assay_sqrt(squares);
    for (size_t i = 0; normalize && length > 0 && i < p->dim; i++)
        p->out[i] = (float)((double)p->out[i] / length);
    return true;
}
