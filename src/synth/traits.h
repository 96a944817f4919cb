/* Questions on a picture that is chosen at random: a trait is one thing about it that may be so or
 * otherwise, with every way it may be. One trait is asked, all of them give hints. When each way is as
 * likely as the next, whatever else the sample says, nothing but the picture leads to the answer. */
#ifndef ASSAY_SYNTH_TRAITS_H
#define ASSAY_SYNTH_TRAITS_H

#include "synth/sample.h"

#define ASSAY_TRAIT_WORDINGS 3

typedef struct assay_trait {
    const char *questions[ASSAY_TRAIT_WORDINGS]; /* NULL after the last; at least one */
    const char *answer;                          /* around the words: "It is %s." */
    const char *check;                           /* "Is it %s?", or NULL */
    const char *const *words;                    /* [n] */
    int n, holds;                                /* words[holds] is so */
} assay_trait;

const char *assay_trait_answer(assay_synth_sample *s, const assay_trait *trait, int word);
/* Question and options (up to four) on traits[asked], then hints on all of them, at most 8. */
void assay_traits_ask(assay_synth_sample *s, assay_rng *rng, const assay_trait *traits, int n,
                      int asked);

#endif
