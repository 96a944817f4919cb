/* Byte-pair merging of one piece of text (Sennrich et al., arXiv 1508.07909), on bytes as GPT-2
 * does it or on characters. */
#ifndef ASSAY_FORMAT_BPE_H
#define ASSAY_FORMAT_BPE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/tokenizer/heap.h"
#include "format/tokenizer/tokenizer.h"
#include "format/tokenizer/vocab.h"

/* A table of merges, open addressing; immutable once filled. */
typedef struct assay_bpe_merge {
    int32_t left, right; /* tokens */
    int32_t id;          /* the token they become; -1: free slot */
    uint32_t rank;       /* lower is merged first */
} assay_bpe_merge;

typedef struct assay_bpe {
    assay_bpe_merge *merges;
    size_t mask;       /* slots - 1 */
    bool whole_pieces; /* a piece that is a token is taken without merging */
} assay_bpe;

/* Reads tokenizer.ggml.merges. A merge of or to what is no token of the vocabulary can never be
 * used and is left out. E_FORMAT for one that is not two texts with a space between. Zero-initialise;
 * destroy it also on failure. */
assay_status assay_bpe_load(assay_bpe *bpe, const assay_vocab *vocab, const assay_gguf *gguf,
                            assay_error *err);
void assay_bpe_destroy(assay_bpe *bpe); /* accepts a zeroed one */

/* Memory that is reused from piece to piece. Zero-initialise. */
typedef struct assay_bpe_work {
    struct bpe_symbol *symbols; /* [cap] */
    size_t cap;
    assay_heap heap;
} assay_bpe_work;
void assay_bpe_work_free(assay_bpe_work *work);

/* Appends the tokens of n > 0 bytes, n < 2^31. Bytes that the vocabulary has no token for are left
 * out. Time is n log n. E_MEMORY. */
assay_status assay_bpe_encode(const assay_bpe *bpe, const assay_vocab *vocab, assay_bpe_work *work,
                              const char *piece, size_t n, assay_ids *ids, assay_error *err);

#endif
