/* Inside of assay_encoder (assay_encoder.h): what its files share. */
#ifndef ASSAY_MODEL_ENCODER_H
#define ASSAY_MODEL_ENCODER_H

#include "assay_encoder.h"
#include "base/sha256.h"
#include "format/tokenizer/tokenizer.h"
#include "model/parts.h"

typedef struct assay_encoder_hparams {
    int n_layers, dim, ffn_dim;
    int n_heads, head_dim; /* head_dim is a multiple of 4 */
    int n_context, n_vocab;
    int n_types; /* token types; every token here is of type 0 */
    float norm_eps;
    assay_pooling pooling;
} assay_encoder_hparams;

typedef struct assay_encoder_layer {
    assay_matrix q, k, v, o;                        /* [dim, dim] */
    assay_matrix up, down;                          /* [ffn_dim, dim], [dim, ffn_dim] */
    const float *q_bias, *k_bias, *v_bias, *o_bias; /* [dim] */
    const float *up_bias, *down_bias;               /* [ffn_dim], [dim] */
    const float *att_norm, *att_norm_bias;          /* [dim], the norm behind the attention */
    const float *out_norm, *out_norm_bias;          /* [dim], the norm behind the MLP */
} assay_encoder_layer;

typedef struct assay_encoder_weights {
    assay_matrix embed;            /* [n_vocab, dim] */
    const float *types, *position; /* [n_types, dim], [n_context, dim] */
    const float *norm, *norm_bias; /* [dim], of the embeddings */
    assay_encoder_layer *layers;   /* [n_layers] */
    assay_arena memory;            /* layers and vectors */
    uint64_t n_parameters;
} assay_encoder_weights;

/* Immutable once created. */
struct assay_encoder {
    assay_parts files;
    assay_tokenizer *tokenizer;
    assay_encoder_hparams hparams;
    assay_encoder_weights weights;
    assay_digest sha256;
    assay_encoder_info info;
};

/* E_UNSUPPORTED: another architecture, or a variant of it that this engine does not compute.
 * E_FORMAT: a number or tensor is missing or contradicts another. */
assay_status assay_encoder_hparams_read(const assay_parts *parts, assay_encoder_hparams *out,
                                        assay_error *err);
/* After a failure the weights are empty and the files' bytes are undefined. */
assay_status assay_encoder_weights_load(const assay_parts *parts, const assay_encoder_hparams *hp,
                                        assay_encoder_weights *out, assay_error *err);

#endif
