/* Byte-pair merging of one piece of text (Sennrich et al., arXiv 1508.07909, on bytes). */
#ifndef ASSAY_FORMAT_BPE_H
#define ASSAY_FORMAT_BPE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/tokenizer.h"

/* A table of merges, open addressing; immutable once filled. */
typedef struct assay_bpe_merge {
    int32_t left, right; /* tokens */
    int32_t id;          /* the token they become; -1: free slot */
    uint32_t rank;       /* lower is merged first */
} assay_bpe_merge;

typedef struct assay_bpe {
    int32_t byte_ids[256]; /* token of each single byte; -1: none, the byte is left out */
    assay_bpe_merge *merges;
    size_t mask; /* slots - 1 */
} assay_bpe;

/* Empty table for n merges. E_MEMORY. */
assay_status assay_bpe_create(assay_bpe *bpe, size_t n_merges, assay_error *err);
void assay_bpe_destroy(assay_bpe *bpe); /* accepts a zeroed one */
/* A pair that is there already keeps its rank. At most n_merges times. */
void assay_bpe_add(assay_bpe *bpe, assay_bpe_merge merge);

/* Memory that is reused from piece to piece. Zero-initialise. */
typedef struct assay_bpe_work {
    struct bpe_symbol *symbols; /* [cap] */
    uint64_t *heap;             /* [2 * cap] */
    size_t cap, n_heap;
} assay_bpe_work;
void assay_bpe_work_free(assay_bpe_work *work);

/* Appends the tokens of n > 0 bytes, n < 2^31. Time is n log n. E_MEMORY. */
assay_status assay_bpe_encode(const assay_bpe *bpe, assay_bpe_work *work, const char *piece,
                              size_t n, assay_ids *ids, assay_error *err);

#endif
