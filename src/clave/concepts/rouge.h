/* ROUGE-L (Lin 2004): how much two phrases have in common, by their longest common subsequence of words. */
#ifndef ASSAY_CLAVE_ROUGE_H
#define ASSAY_CLAVE_ROUGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* Words of a text: runs of letters, marks and digits, lower-cased. On ASCII text these are the tokens of the Python
 * package rouge-score without its stemmer. */
typedef struct assay_words {
    char *text;    /* the words, one behind the other */
    uint32_t *end; /* [n] where each ends in text */
    size_t n;
} assay_words;

/* The text is NUL-terminated UTF-8. E_LIMIT (4 GB of it), E_MEMORY. */
assay_status assay_words_split(const char *text, assay_words *out, assay_error *err);
void assay_words_free(assay_words *words); /* a zeroed one is fine */
bool assay_words_equal(const assay_words *a, const assay_words *b);

/* F of precision and recall of the common subsequence, 0 ... 1; 0 where either has no words. */
assay_status assay_rouge_l(const assay_words *a, const assay_words *b, double *f, assay_error *err);

#endif
