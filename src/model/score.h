/* Scoring of continuations. */
#ifndef ASSAY_MODEL_SCORE_H
#define ASSAY_MODEL_SCORE_H

#include "model/model.h"

/* Bytes of arena that scoring takes beside the decoder's, for batches of n tokens. */
assay_status assay_score_bytes(const assay_model *model, int n, size_t *bytes, assay_error *err);

#endif
