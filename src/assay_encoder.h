/* Text embeddings: encoders of the BERT kind (all-MiniLM-L6-v2, bge-small, e5-small and their like) out of GGUF
 * files, and pooled hidden states of any layer of a language model. The same bits everywhere, as all of Assay.
 *
 * Objects and lifetimes:   encoder (immutable, shared by any number of sessions and threads)
 *                            > encoder session (the buffers of one call at a time; one thread at a time)
 * A pool of threads is lent to a session and must outlive it. Nothing here prints, exits or reads files. */
#ifndef ASSAY_ENCODER_H
#define ASSAY_ENCODER_H

#include "assay.h"

/* How the vectors of a text's tokens become one; numbers as in GGUF's pooling_type. */
typedef enum assay_pooling {
    ASSAY_POOLING_DEFAULT = 0,
    ASSAY_POOLING_MEAN = 1, /* of all tokens, [CLS] and [SEP] too, as sentence-transformers does */
    ASSAY_POOLING_CLS = 2,  /* the first token's */
    ASSAY_POOLING_LAST = 3  /* the last token's */
} assay_pooling;

/* ---- encoders ---- */

typedef struct assay_encoder assay_encoder;
typedef struct assay_encoder_session assay_encoder_session;

/* One GGUF file of architecture bert, or all parts of a split one, as for assay_model_create: the bytes are taken
 * over, on failure too. E_FORMAT, E_UNSUPPORTED (architecture, tensor type, reranker), E_LIMIT, E_MEMORY. */
assay_status assay_encoder_create(const assay_model_file *files, size_t n_files,
                                  assay_encoder **out, assay_error *err);
void assay_encoder_destroy(assay_encoder *encoder); /* NULL is fine */

typedef struct assay_encoder_info {
    const char *name;   /* general.name, or "" */
    const char *sha256; /* of the files as given */
    int n_vocab, n_layers, n_heads, head_dim, dim, ffn_dim;
    int n_context;         /* positions: tokens of the longest text, [CLS] and [SEP] counted */
    assay_pooling pooling; /* the file's; mean when it names none */
    uint64_t n_parameters, n_bytes;
} assay_encoder_info;
const assay_encoder_info *assay_encoder_get_info(const assay_encoder *encoder);

/* Ids of UTF-8 text as the encoder reads it, [CLS] and [SEP] around it, not cut. Writes at most `cap`; *n is the full
 * count. The names of special tokens in the text are text. */
assay_status assay_encoder_tokenize(const assay_encoder *encoder, const char *text, size_t n_bytes,
                                    int32_t *ids, size_t cap, size_t *n, assay_error *err);

typedef struct assay_encoder_options {
    int max_tokens; /* a longer text is cut behind max_tokens - 1 and keeps its [SEP]; 0 = n_context */
    int n_batch; /* tokens that go through the layers together; 0 = 256; a longer text goes alone */
    assay_pooling pooling; /* DEFAULT = the file's */
    bool normalize;        /* embeddings of length 1 [true] */
    const char *kernels;   /* "scalar", "simd", NULL = best */
    assay_pool *pool;      /* lent; NULL = one thread */
    /* Called now and then with the share done (0..1); non-zero return cancels (E_CANCELLED). */
    int (*progress)(void *context, double done);
    void *progress_context;
} assay_encoder_options;
assay_encoder_options assay_encoder_defaults(void);

/* options NULL: the defaults. The encoder must outlive the session. */
assay_status assay_encoder_session_create(const assay_encoder *encoder,
                                          const assay_encoder_options *options,
                                          assay_encoder_session **out, assay_error *err);
void assay_encoder_session_destroy(assay_encoder_session *session); /* NULL is fine */

typedef struct assay_text {
    const char *bytes; /* UTF-8, not NUL-terminated */
    size_t n;
} assay_text;

/* out [n_texts, dim]. Short texts go through the layers together; the embedding of a text does not depend on what
 * else is in the call. E_FORMAT when the model gives no finite numbers. After a failure `out` is undefined. */
assay_status assay_encoder_embed(assay_encoder_session *s, const assay_text *texts, size_t n_texts,
                                 float *out, assay_error *err);
/* The same from the ids of one text, [CLS] and [SEP] included. E_LIMIT when they are more than max_tokens. */
assay_status assay_encoder_embed_ids(assay_encoder_session *s, const int32_t *ids, size_t n_ids,
                                     float *out /* [dim] */, assay_error *err);

/* One text's last layer, rows [n_rows, dim] that another runtime computed, pooled and normalized as assay_encoder_embed
 * does it (DEFAULT is mean): out [dim]. E_FORMAT when the result is not finite, E_ARGUMENT without rows. */
assay_status assay_encoder_pool(const float *rows, size_t n_rows, size_t dim, assay_pooling pooling,
                                bool normalize, float *out, assay_error *err);

/* ---- hidden states of a language model ---- */

/* Hidden state of every token of the prompt, [n_ids, dim], behind the timeline, which stays as it is. `layer`
 * counts as Hugging Face's hidden_states does: 0 the embeddings, i what block i gives, n_layers the last norm of
 * what the last block gives. Layers above `layer` are not computed. E_LIMIT when the prompt does not fit the
 * context, E_ARGUMENT for a layer that the model has not. */
assay_status assay_session_hidden_layer(assay_session *s, const assay_prompt *prompt, int layer,
                                        float *hidden, assay_error *err);
/* These states pooled (mean or last; DEFAULT is mean; CLS is the first token), [dim]. The prompt may not be empty.
 * E_FORMAT when the model gives no finite numbers. */
assay_status assay_session_embed(assay_session *s, const assay_prompt *prompt, int layer,
                                 assay_pooling pooling, bool normalize, float *out,
                                 assay_error *err);

#endif
