/* The idefics3 vision side: SigLIP tower, pixel shuffle, connector. */
#ifndef ASSAY_MODEL_VISION_H
#define ASSAY_MODEL_VISION_H

#include "model/model.h"

/* Bytes of arena that encoding one tile takes: buffers and scratch. 0 without vision. */
assay_status assay_vision_bytes(const assay_model *model, const assay_exec *exec, size_t *bytes,
                                assay_error *err);

/* pixels [image_size, image_size, 3] -> features [n_tokens, text dim]. Takes its buffers from the
 * session's arena; the caller resets it. */
assay_status assay_vision_encode(assay_session *s, const uint8_t *pixels, float *features,
                                 assay_error *err);

#endif
