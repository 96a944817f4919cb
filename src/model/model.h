/* Inside of assay_model and assay_session (assay.h), shared by the files of this folder. */
#ifndef ASSAY_MODEL_MODEL_H
#define ASSAY_MODEL_MODEL_H

#include "assay.h"
#include "base/sha256.h"
#include "format/tokenizer/tokenizer.h"
#include "model/hparams.h"
#include "model/weights.h"

/* Immutable once created. The tokenizer and the weights point into the files' blocks. */
struct assay_model {
    assay_parts text_files, vision_files;
    const assay_gguf *text_gguf, *vision_gguf; /* their metadata; vision_gguf NULL: no eyes */
    assay_tokenizer *tokenizer;
    assay_text_hparams text;
    assay_vision_hparams vision; /* zeroed without vision */
    assay_text_weights text_weights;
    assay_vision_weights vision_weights;
    int32_t image_token; /* id of "<image>", -1 without vision */
    assay_digest text_sha256, vision_sha256;
    assay_model_info info;
};

/* One timeline. Everything lies in one arena, made once: the long-lived part first, then, from
 * `work` on, the buffers of the running call and the scratch of its kernels, released at its end.
 */
struct assay_session {
    const assay_model *model;
    assay_exec exec; /* exec.scratch is &arena */
    assay_arena arena;
    int n_context, n_batch;
    assay_kv *layers; /* [n_layers], n_context slots each */
    assay_rope rope;  /* n_context positions */
    size_t length;    /* tokens in the timeline: slots [0, length) */
    float *last;      /* [dim], hidden state of the last token after the last norm */
    bool has_last;    /* false at the start and after a truncation */
    int (*progress)(void *context, double done);
    void *progress_context;
};

/* E_CANCELLED when the caller's progress function wants to stop. */
assay_status assay_session_tick(const assay_session *s, double done, assay_error *err);
/* E_LIMIT, E_ARGUMENT: it does not fit the rest of the context, an id is no token, or the features
 * are not those of its image tokens. */
assay_status assay_session_check_prompt(const assay_session *s, const assay_prompt *prompt,
                                        assay_error *err);

#endif
