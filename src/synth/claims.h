/* Claims about a picture: three statements of which exactly one holds, each as likely as the
 * others, chosen before the picture is drawn to fit. Attribute, Relationship and Sycophancy ask
 * about them. */
#ifndef ASSAY_SYNTH_CLAIMS_H
#define ASSAY_SYNTH_CLAIMS_H

#include "synth/sample.h"

typedef struct assay_claim {
    const char *says[3];  /* "the cup is red" */
    const char *brief[3]; /* "it is red" */
    const char *asks[3];  /* "is the cup red" */
    const char *open;     /* "What colour is the cup?" */
    int holds;            /* of the three */
} assay_claim;

/* Adds a picture with its description and some hints. */
typedef void assay_claim_draw(assay_claim *claim, assay_synth_sample *s, assay_rng *rng);

assay_claim_draw assay_claim_colour, assay_claim_number, assay_claim_kind, assay_claim_pattern,
    assay_claim_size, assay_claim_feeling; /* what something is like */
assay_claim_draw assay_claim_place, assay_claim_side, assay_claim_stand; /* where it is */

/* Draws one of a list of them, and adds hints on its three statements. */
void assay_claim_any(assay_claim *claim, assay_synth_sample *s, assay_rng *rng,
                     assay_claim_draw *const *list, int n);
/* "Yes, it is red." for the first statement, "No, it is blue." for the others, after any two such
 * beginnings; each is right a third of the time. */
void assay_claim_offer(const assay_claim *claim, assay_synth_sample *s, assay_rng *rng,
                       const char *yes, const char *no);

#endif
