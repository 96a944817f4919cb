/* The llama decoder: a batch of tokens through all layers, over the session's key/value store. */
#ifndef ASSAY_MODEL_DECODER_H
#define ASSAY_MODEL_DECODER_H

#include "model/model.h"

/* Buffers of one call; they live in the session's arena until the caller resets it. */
typedef struct assay_decoder_work {
    int n_max;         /* tokens */
    float *x;          /* [n_max, dim], the residual stream: embeddings in, hidden states out */
    float *h;          /* [n_max, dim] */
    float *q, *att;    /* [n_max, n_heads * head_dim] */
    float *k, *v;      /* [n_max, n_kv_heads * head_dim] */
    float *gate, *up;  /* [n_max, ffn_dim] */
    int *positions;    /* [n_max] */
    assay_span *spans; /* [n_max]; `end` may reach the token's own slot, and must */
} assay_decoder_work;

/* Bytes of arena for a batch of n tokens with `visible` slots: buffers and scratch. */
assay_status assay_decoder_bytes(const assay_model *model, const assay_exec *exec, int n,
                                 int visible, size_t *bytes, assay_error *err);
assay_status assay_decoder_work_make(assay_session *s, int n, assay_decoder_work *out,
                                     assay_error *err);

/* Embeddings of n ids into work->x. Rows of `features` replace those of image tokens; *n_used
 * counts them. */
void assay_decoder_embed(const assay_session *s, const int32_t *ids, int n, const float *features,
                         size_t *n_used, assay_decoder_work *work);

/* Runs n tokens whose keys and values go to slots first_slot ... first_slot + n - 1. Afterwards the
 * last n_keep rows of work->x hold their hidden states before the last norm; the other rows are
 * undefined. `done` and `share` place this batch in the progress of the call: it starts at `done`
 * and is `share` of the whole. */
assay_status assay_decoder_run(assay_session *s, assay_decoder_work *work, int n, int first_slot,
                               int n_keep, double done, double share, assay_error *err);

/* The same through the first n_layers layers alone, keeping every row. */
assay_status assay_decoder_run_layers(assay_session *s, assay_decoder_work *work, int n,
                                      int first_slot, int n_layers, double done, double share,
                                      assay_error *err);

/* The last norm: x [n, dim] -> out [n, dim]. */
void assay_decoder_norm(const assay_session *s, const float *x, int n, float *out);
/* Logits: h [n, dim], normed -> logits [n, n_vocab]. */
void assay_decoder_logits(const assay_session *s, const float *h, int n, float *logits);

#endif
