/* Cards: one to four equal things, large, on a plain ground. */
#ifndef ASSAY_SYNTH_CARDS_H
#define ASSAY_SYNTH_CARDS_H

#include "synth/sample.h"

#define ASSAY_CARD_MAX_THINGS 4

typedef struct assay_card {
    int kind, colour, count;
} assay_card;

/* The sample's next picture, of any size. */
void assay_card_add(assay_synth_sample *s, assay_rng *rng, const assay_card *card);
/* "a red star", "two red stars" */
const char *assay_card_text(assay_synth_sample *s, const assay_card *card);

#endif
