/* BERT's tokenizer: clean, lower case, cut at spaces and punctuation, then of every word the longest
 * token that it starts with, and so on (Devlin et al., arXiv 1810.04805). */
#ifndef ASSAY_FORMAT_WORDPIECE_H
#define ASSAY_FORMAT_WORDPIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "format/tokenizer/tokenizer.h"
#include "format/tokenizer/vocab.h"

typedef struct assay_wordpiece {
    bool lowercase, strip_accents;
} assay_wordpiece;

/* From tokenizer.ggml.normalizer.*; lower case without accents where the file does not say. */
assay_status assay_wordpiece_load(assay_wordpiece *model, const assay_gguf *gguf, assay_error *err);

/* Appends the tokens of text[0..n). A word that is not made of tokens, or has more than 100
 * characters, becomes `unknown` (-1: nothing). Time is linear in n. E_MEMORY. */
assay_status assay_wordpiece_encode(const assay_wordpiece *model, const assay_vocab *vocab,
                                    int32_t unknown, const char *text, size_t n, assay_ids *ids,
                                    assay_error *err);

#endif
