/* Hashed n-grams of a text: words and pairs of words, and characters 3 to 5 at a time inside words, as scikit-learn's
 * TfidfVectorizer counts them ("char_wb" for characters). No vocabulary is kept: a gram is a bucket. */
#ifndef ASSAY_CLAVE_NGRAMS_H
#define ASSAY_CLAVE_NGRAMS_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define ASSAY_GRAM_BUCKETS (1u << 18)

typedef enum assay_gram_kind {
    ASSAY_GRAM_WORDS, /* one and two at a time, of at least two letters or digits */
    ASSAY_GRAM_CHARS /* 3 to 5 inside what stands between white space, with a blank before and behind */
} assay_gram_kind;
#define ASSAY_GRAM_KINDS 2

typedef struct assay_gram {
    uint32_t bucket, count;
} assay_gram;

/* Scratch of one thread, and the grams of the text counted last. */
typedef struct assay_gram_counter {
    uint32_t *slots;   /* [ASSAY_GRAM_BUCKETS] 1 + index in grams, 0: none */
    uint32_t *letters; /* [cap] code points, lower case, white space as one ' ' */
    size_t n_letters, cap_letters;
    assay_gram *grams; /* [n] in order of first appearance */
    size_t n, cap;
} assay_gram_counter;

assay_status assay_gram_counter_init(assay_gram_counter *c, assay_error *err);
void assay_gram_counter_free(assay_gram_counter *c); /* a zeroed one is fine */
/* Takes "scenario response", UTF-8; either may be "". */
assay_status assay_gram_counter_read(assay_gram_counter *c, const char *scenario,
                                     const char *response, assay_error *err);
/* Counts the grams of one kind of the text that was read, into c->grams. */
assay_status assay_gram_counter_count(assay_gram_counter *c, assay_gram_kind kind,
                                      assay_error *err);

/* Sparse rows of texts, weighted by (1 + log count) * idf, idf = 1 + log((1 + n) / (1 + texts with it)), length 1. */
typedef struct assay_gram_index {
    size_t n;         /* texts */
    size_t *begin;    /* [n + 1] rows in bucket and weight */
    uint32_t *bucket; /* [begin[n]] */
    float *weight;    /* [begin[n]] */
    float *idf;       /* [ASSAY_GRAM_BUCKETS] */
} assay_gram_index;

typedef struct assay_gram_text {
    const char *scenario, *response;
} assay_gram_text;

assay_status assay_gram_index_build(assay_gram_counter *c, assay_gram_kind kind,
                                    const assay_gram_text *texts, size_t n, assay_gram_index *out,
                                    assay_error *err);
void assay_gram_index_free(assay_gram_index *index); /* a zeroed one is fine */
/* Weights of the counted text in an index's terms, [c->n]. */
void assay_gram_index_weigh(const assay_gram_index *index, const assay_gram_counter *c,
                            float *weight);
/* Dot products of all pairs of rows, [n, n]. */
assay_status assay_gram_index_products(const assay_gram_index *index, float *out, assay_error *err);

#endif
