/* Hyper-parameters of an idefics3 model, out of GGUF metadata, with limits: every number that sizes
 * memory or a loop is checked here, once, before anything is allocated from it. */
#ifndef ASSAY_MODEL_HPARAMS_H
#define ASSAY_MODEL_HPARAMS_H

#include "base/status.h"
#include "format/gguf/gguf.h"

typedef struct assay_text_hparams {
    int n_layers, dim, ffn_dim;
    int n_heads, n_kv_heads, head_dim; /* n_heads is a multiple of n_kv_heads; head_dim of 4 */
    int n_vocab, n_context;            /* n_vocab is 0 when the file does not say */
    float norm_eps;
    double rope_theta;
} assay_text_hparams;

typedef struct assay_vision_hparams {
    int image_size, patch_size; /* pixels */
    int side, n_patches;        /* patches along an edge, and in a tile: side * side */
    int n_layers, dim, ffn_dim, n_heads, head_dim;
    int scale, n_tokens; /* pixel shuffle: scale x scale patches become one of n_tokens rows */
    float norm_eps;
    float mean[3], std[3]; /* of pixels in 0..1, by channel */
} assay_vision_hparams;

/* E_UNSUPPORTED: another architecture, or a variant of it that this engine does not compute.
 * E_FORMAT: a number is missing or contradicts another. */
assay_status assay_text_hparams_read(const assay_gguf *gguf, assay_text_hparams *out,
                                     assay_error *err);
assay_status assay_vision_hparams_read(const assay_gguf *gguf, const assay_text_hparams *text,
                                       assay_vision_hparams *out, assay_error *err);

#endif
