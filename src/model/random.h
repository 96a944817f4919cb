/* Parts of assay_model_random (assay.h): the vocabulary of a random model. */
#ifndef ASSAY_MODEL_RANDOM_H
#define ASSAY_MODEL_RANDOM_H

#include "base/arena.h"
#include "format/gguf/gguf.h"

/* A byte-level vocabulary of n_vocab tokens with a few merges, and SmolVLM's special tokens: the
 * first three at the start, the others at the end. With n_vocab = 49,280 every special has its true
 * id. */
typedef struct assay_random_vocab {
    assay_arena memory;
    const char **tokens; /* [n_vocab], UTF-8 */
    int32_t *types;      /* [n_vocab], as in tokenizer.ggml.token_type */
    int n_vocab, unknown, end_of_utterance;
} assay_random_vocab;

#define ASSAY_RANDOM_VOCAB_MIN 320

assay_status assay_random_vocab_make(int n_vocab, assay_random_vocab *out, assay_error *err);
void assay_random_vocab_put(const assay_random_vocab *vocab, assay_gguf_writer *w);
void assay_random_vocab_free(
    assay_random_vocab *vocab); /* a zeroed one is fine; not before the file is built */

#endif
