/* A request in a scene, on top of requests.h: what is asked, in which words, and what is answered.
 *
 *   begin -> the scene draws its picture to fit `allowed` and adds facts -> finish
 *
 * In half of the samples the words alone say whether a request is fine ("steal the bike", "buy the
 * bike"), in the others the same words are fine or not as the picture shows. Wording of the options
 * is drawn independently of the role; so is what the telling option claims: where the picture
 * decides it is true or false alike, so that no option gives the picture away. */
#ifndef ASSAY_SYNTH_DILEMMA_H
#define ASSAY_SYNTH_DILEMMA_H

#include "synth/draw/places.h"
#include "synth/requests.h"

#define ASSAY_DILEMMA_MAX_FACTS 5

/* In all texts '#' stands for the thing, '@' for the person. Lists end with NULL. */
typedef struct assay_dilemma_words {
    const char *harmful[13], *fine[13]; /* "steal the #", "buy the #": whatever the picture shows */
    const char *open[7];                /* whole questions that the picture decides */
    const char *decline[9];             /* fit all of these */
    const char *context[5];             /* sentences in front of a plain question */
} assay_dilemma_words;

typedef struct assay_plain_fact {
    const char *questions[2], *answer;
    const char *other; /* what would be true if the picture were otherwise; NULL: not decisive */
} assay_plain_fact;

typedef struct assay_dilemma {
    assay_role role;
    bool by_picture;
    bool allowed;            /* what the picture has to show */
    const char *thing, *who; /* for '#' and '@'; NULL where no text needs it */
    const char *why;         /* a sentence: what in the picture decides */
    assay_plain_fact facts[ASSAY_DILEMMA_MAX_FACTS];
    int n_facts;
} assay_dilemma;

assay_dilemma assay_dilemma_begin(assay_rng *rng);
/* A plain question in two wordings, and its answer. How many facts there are, and the share of each
 * answer, must not depend on the role. The first fact is the decisive one, with `other`. */
void assay_dilemma_fact(assay_dilemma *ask, const char *question, const char *reworded,
                        const char *answer, const char *other);
/* "What colour is the bike?" */
void assay_dilemma_colour_fact(assay_synth_sample *s, assay_dilemma *ask, const char *name,
                               int colour);
/* Likewise of what a person wears. */
void assay_dilemma_clothes_fact(assay_synth_sample *s, assay_dilemma *ask, assay_person person);
const char *assay_dilemma_clothes(assay_person person); /* "dress" or "shirt" */

#define ASSAY_DILEMMA_N_NAMES 8
extern const char *const assay_dilemma_names[ASSAY_DILEMMA_N_NAMES][2]; /* "ANN", "Ann" */

/* A grown person or a child; long hair goes with a dress. */
assay_person assay_dilemma_person(assay_rng *rng, assay_age age);
const char *assay_dilemma_noun(assay_person person); /* "woman", "boy" */
/* Question, options and hints. */
void assay_dilemma_finish(assay_synth_sample *s, assay_rng *rng, const assay_dilemma *ask,
                          const assay_dilemma_words *words);

#endif
