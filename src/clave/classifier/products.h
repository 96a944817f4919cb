/* What is seen of the labelled texts, as products of all pairs of them: one matrix a block of features, and a few
 * numbers for each (text, value).
 *
 * A block's products are centred (the mean over the texts taken off) and divided by their mean diagonal, so that blocks
 * of any size and kind weigh alike when they are added up. */
#ifndef ASSAY_CLAVE_PRODUCTS_H
#define ASSAY_CLAVE_PRODUCTS_H

#include "assay_clave.h"
#include "clave/classifier/ngrams.h"

typedef enum assay_block {
    ASSAY_BLOCK_WORDS,          /* n-grams of words, of scenario and response */
    ASSAY_BLOCK_CHARS,          /* n-grams of characters, of scenario and response */
    ASSAY_BLOCK_RESPONSE_CHARS, /* of the response alone */
    ASSAY_BLOCK_RESPONSE,       /* vectors, by view */
    ASSAY_BLOCK_SCENARIO,
    ASSAY_BLOCK_BOTH,
    ASSAY_BLOCK_DEFINITION, /* for each value: similarity to its definition */
    ASSAY_BLOCK_CONCEPTS    /* for each value: to its nearest adhering and opposing concept */
} assay_block;
#define ASSAY_BLOCKS        8
#define ASSAY_GRAM_BLOCKS   3 /* the first are n-grams */
#define ASSAY_SHARED_BLOCKS 6 /* the first have one matrix for all values */
#define ASSAY_BLOCK_BIT(b)  (1u << (b))
#define ASSAY_SIMILARITIES                                                                         \
    3 /* the definition; the nearest adhering, the nearest opposing concept */
#define ASSAY_MAX_CALIBRATED 4096 /* labelled texts */

extern const char *const assay_block_names[ASSAY_BLOCKS]; /* "words", ... */

/* Where a text's similarities for a block begin among the ASSAY_SIMILARITIES, and how many there are. */
typedef struct assay_similarity_range {
    size_t first, n;
} assay_similarity_range;
assay_similarity_range assay_block_similarities(unsigned block);

/* What a gram block counts of a text. */
assay_gram_kind assay_block_grams(unsigned block);
const char *assay_block_scenario(unsigned block, const assay_judged_text *text);
/* The view of a vector block; NULL when it is not there. */
const float *assay_block_view(unsigned block, const assay_vectors *vectors);

/* Similarities of one text to a value's definition and concepts, out [ASSAY_SIMILARITIES]; the same when learning and
 * when judging. vector, definition [dim], both or neither: without them the definition is compared by n-grams.
 * concepts NULL: zeros. */
void assay_similarities(const assay_value *value, const char *response, const float *vector,
                        const float *definition, size_t dim, const assay_concepts *concepts,
                        double out[ASSAY_SIMILARITIES]);

typedef struct assay_products {
    size_t n, n_values, dim;
    unsigned blocks;                   /* bits of what is there */
    float *k[ASSAY_SHARED_BLOCKS];     /* [n, n] centred and scaled, or NULL */
    double *mean[ASSAY_SHARED_BLOCKS]; /* [n] of each row's products before that */
    double scale[ASSAY_SHARED_BLOCKS]; /* 1 / mean diagonal; 0: the texts do not differ */
    double *similarity;                /* [n, n_values, ASSAY_SIMILARITIES] standardised */
    double *centre, *spread; /* [n_values, ASSAY_SIMILARITIES]; spread: 1 / deviation, or 0 */
} assay_products;

/* In the order of the labels. `wanted`: bits of the blocks to build, where they can be had. vectors: of the texts and
 * definitions, or NULL. concepts: NULL or a pool. E_LIMIT above ASSAY_MAX_CALIBRATED texts. */
assay_status assay_products_build(const assay_values *values, const assay_labels *labels,
                                  const assay_vectors *vectors, const assay_concepts *concepts,
                                  unsigned wanted, assay_products *out, assay_error *err);
void assay_products_free(assay_products *p); /* a zeroed one is fine */

/* Products of texts rows[0 .. n) with columns[0 .. m) for one value: the mean of the blocks of `set`, and the
 * regression's bias. out [n, m]. */
void assay_products_gather(const assay_products *p, unsigned set, size_t value,
                           const uint32_t *rows, size_t n, const uint32_t *columns, size_t m,
                           float *out);
/* Products of labels of any values, for what is learnt of all of them together: two labels of one value as above; of
 * different values, `sharing` of the products that do not depend on the value, and no bias. out [n, m]. */
typedef struct assay_labelled {
    uint32_t text, value;
} assay_labelled;
void assay_products_gather_labels(const assay_products *p, unsigned set, double sharing,
                                  const assay_labelled *rows, size_t n,
                                  const assay_labelled *columns, size_t m, float *out);
/* How alike values are where they learn together: as much of the weights' prior variance is common to all values as is
 * each value's own (Evgeniou and Pontil, "Regularized multi-task learning", 2004). */
#define ASSAY_SHARING 0.5
/* Weight of a block's products in a set. N-grams and vectors weigh alike, 1 together; similarities, of one or two numbers
 * where those have hundreds, come on top with little: a number with as much variance as all words would be believed from
 * two labels on. */
double assay_block_weight(unsigned set, unsigned block);

#endif
