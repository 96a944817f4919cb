/* Regular expressions and sets of words as a table over bytes: text -> tree -> NFA -> DFA.
 *
 * The whole text must match, after one optional space. Characters are UTF-8: a class becomes the byte sequences of
 * its code points. Everything is bounded, because a pattern may come from anywhere: {m,n} is unrolled and an
 * alternation can double the states at each step, so a pattern is refused once it grows too large. */
#ifndef ASSAY_MODEL_PATTERN_H
#define ASSAY_MODEL_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct assay_pattern {
    int n_states, n_classes;
    uint8_t class_of[256]; /* bytes that no state tells apart are of one class */
    uint16_t *next;        /* [n_states, n_classes]; 0: no text goes on like this */
    uint16_t
        *accept; /* [n_states]: 1 + the lowest label of what the text so far is; 0: nothing yet */
    bool *final; /* [n_states]: nothing longer is accepted */
} assay_pattern;

enum { ASSAY_PATTERN_START = 1 }; /* state 0 is the dead one */

/* A regular expression (label 0), or n words (labels 0 ... n - 1). E_ARGUMENT (a malformed expression, an empty word,
 * invalid UTF-8), E_UNSUPPORTED, E_LIMIT, E_MEMORY; the pattern is empty then. */
assay_status assay_pattern_regex(const char *text, assay_pattern *out, assay_error *err);
assay_status assay_pattern_words(const char *const *words, size_t n, assay_pattern *out,
                                 assay_error *err);
void assay_pattern_free(assay_pattern *pattern); /* a zeroed one is fine */

static inline int assay_pattern_step(const assay_pattern *p, int state, uint8_t byte) {
    return p->next[(size_t)state * (size_t)p->n_classes + p->class_of[byte]];
}

#endif
