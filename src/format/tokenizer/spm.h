/* SentencePiece's BPE: of all neighbours that are a token together, those with the highest score are
 * merged first (Kudo and Richardson, arXiv 1808.06226). */
#ifndef ASSAY_FORMAT_SPM_H
#define ASSAY_FORMAT_SPM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"
#include "format/tokenizer/heap.h"
#include "format/tokenizer/tokenizer.h"
#include "format/tokenizer/vocab.h"

/* Memory that is reused from piece to piece. Zero-initialise. */
typedef struct assay_spm_work {
    struct spm_symbol *symbols; /* [cap] */
    size_t cap;
    assay_heap heap;
} assay_spm_work;
void assay_spm_work_free(assay_spm_work *work);

/* True when no token has a space (U+2581) after anything else: then words can be merged by
 * themselves. */
bool assay_spm_words_apart(const assay_vocab *vocab);

/* Appends the tokens of text[0..n), n < 2^31, which has U+2581 for its spaces. A character that
 * is no token becomes those of its bytes, or `unknown` (-1: nothing). Time is n log n. E_MEMORY. */
assay_status assay_spm_encode(const assay_vocab *vocab, bool words_apart, int32_t unknown,
                              assay_spm_work *work, const char *text, size_t n, assay_ids *ids,
                              assay_error *err);

#endif
