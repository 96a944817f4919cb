/* Words that tasks share: made-up ones, letters turned to capitals. */
#ifndef ASSAY_SYNTH_WORDS_H
#define ASSAY_SYNTH_WORDS_H

#include "synth/sample.h"

/* n different words that mean nothing ("dax"): consonant, vowel, consonant, some 400 of them, so
 * that they must be read in the question and cannot be known. */
void assay_made_up_words(assay_synth_sample *s, assay_rng *rng, const char **out, int n);
const char *assay_first_capital(assay_synth_sample *s, const char *text); /* "Red" */
const char *assay_all_capitals(assay_synth_sample *s, const char *text);  /* "RED" */

#endif
