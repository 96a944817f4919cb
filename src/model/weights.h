/* The weights of a language model and of a vision tower: which tensors there are and what shape each has.
 * How they are taken out of the files is in loader.h. */
#ifndef ASSAY_MODEL_WEIGHTS_H
#define ASSAY_MODEL_WEIGHTS_H

#include "model/hparams.h"
#include "model/loader.h"

typedef struct assay_text_layer {
    const float *attn_norm, *ffn_norm; /* [dim] */
    assay_matrix q;                    /* [n_heads * head_dim, dim] */
    assay_matrix k, v;                 /* [n_kv_heads * head_dim, dim] */
    assay_matrix o;                    /* [dim, n_heads * head_dim] */
    assay_matrix gate, up;             /* [ffn_dim, dim] */
    assay_matrix down;                 /* [dim, ffn_dim] */
} assay_text_layer;

typedef struct assay_text_weights {
    assay_matrix embed, output; /* [n_vocab, dim]; the same data when the file ties them */
    const float *norm;          /* [dim] */
    assay_text_layer *layers;   /* [n_layers] */
    assay_arena memory;         /* layers and vectors */
    uint64_t n_parameters;
} assay_text_weights;

typedef struct assay_vision_layer {
    const float *ln1_weight, *ln1_bias, *ln2_weight, *ln2_bias; /* [dim] */
    const float *q_bias, *k_bias, *v_bias, *o_bias;             /* [dim] */
    const float *up_bias, *down_bias;                           /* [ffn_dim], [dim] */
    assay_matrix q, k, v, o;                                    /* [dim, dim] */
    assay_matrix up, down;                                      /* [ffn_dim, dim], [dim, ffn_dim] */
} assay_vision_layer;

typedef struct assay_vision_weights {
    assay_matrix patch;                   /* [dim, 3 * patch * patch]: channel, row, column */
    const float *patch_bias;              /* [dim] */
    const float *position;                /* [n_patches, dim] */
    const float *post_weight, *post_bias; /* [dim], the norm after the last layer */
    assay_matrix connector;               /* [text dim, dim * scale * scale] */
    assay_vision_layer *layers;           /* [n_layers] */
    assay_arena memory;
    uint64_t n_parameters;
} assay_vision_weights;

/* Sets hp->n_vocab from the embedding when it is 0. After a failure the weights are empty and the files' bytes are
 * undefined. */
assay_status assay_text_weights_load(const assay_parts *parts, assay_text_hparams *hp,
                                     assay_text_weights *out, assay_error *err);
assay_status assay_vision_weights_load(const assay_parts *parts, const assay_vision_hparams *hp,
                                       int text_dim, assay_vision_weights *out, assay_error *err);
void assay_text_weights_free(assay_text_weights *weights); /* zeroed weights are fine */
void assay_vision_weights_free(assay_vision_weights *weights);

#endif
