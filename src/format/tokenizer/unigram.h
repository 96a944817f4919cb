/* SentencePiece's unigram model: of all ways to cut a text into tokens, the one with the highest sum
 * of scores (Kudo, arXiv 1804.10959), after normalisation. */
#ifndef ASSAY_FORMAT_UNIGRAM_H
#define ASSAY_FORMAT_UNIGRAM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "format/tokenizer/charsmap.h"
#include "format/tokenizer/tokenizer.h"
#include "format/tokenizer/trie.h"
#include "format/tokenizer/vocab.h"

typedef struct assay_unigram {
    assay_trie tokens;
    assay_charsmap charsmap;
    double unknown_score;
    bool add_space_prefix, merge_spaces; /* of white space: one space, none at either end */
} assay_unigram;                         /* immutable once loaded */

/* Zero-initialise; destroy it also on failure. E_FORMAT, E_MEMORY. */
assay_status assay_unigram_load(assay_unigram *model, const assay_vocab *vocab,
                                const assay_gguf *gguf, assay_error *err);
void assay_unigram_destroy(assay_unigram *model);

/* Memory that is reused from piece to piece. Zero-initialise. */
typedef struct assay_unigram_work {
    struct unigram_best *best; /* [cap] */
    size_t cap;
} assay_unigram_work;
void assay_unigram_work_free(assay_unigram_work *work);

/* Appends the tokens of text[0..n). Characters that no token covers become `unknown`, one for a row
 * of them (-1: nothing). Time is linear in n. E_MEMORY, E_LIMIT for a text that normalisation makes
 * too long. */
assay_status assay_unigram_encode(const assay_unigram *model, const assay_vocab *vocab,
                                  int32_t unknown, assay_unigram_work *work, const char *text,
                                  size_t n, assay_ids *ids, assay_error *err);

#endif
