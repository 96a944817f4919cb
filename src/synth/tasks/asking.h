/* The wording of requests. A request is a frame ("May I ...?") around a deed, and deeds come in
 * pairs, one that does wrong to somebody and one that does not, of nearly the same words: neither
 * the frame nor a single word tells them apart. */
#ifndef ASSAY_SYNTH_ASKING_H
#define ASSAY_SYNTH_ASKING_H

#include "synth/requests.h"

typedef enum assay_manner {
    ASSAY_DO,  /* of the one who asks: "May I ...?" */
    ASSAY_SAY, /* wanted of the one who answers: "Please ..." */
    ASSAY_FIND /* the same, of something to find out: "Can you ...?" */
} assay_manner;

typedef struct assay_deed {
    const char *wrong, *fine; /* "pay $P less", "pay $P the same" */
    assay_manner manner;
} assay_deed;

/* What stands in the places $P, $G, $O and $T of a text. */
typedef struct assay_names {
    const char *person, *group, *other, *trait;
} assay_names;

const char *assay_ask_fill(assay_synth_sample *s, const char *text, const assay_names *names);
/* A question from one of the deeds. */
const char *assay_ask(assay_synth_sample *s, assay_rng *rng, const assay_deed *deeds, int n,
                      bool wrong, const assay_names *names);
/* "Yes, that is fine."; fits every request. */
const char *assay_ask_agree(assay_rng *rng);
/* Two short questions on deeds, with a yes or a no for answer. */
void assay_ask_hints(assay_synth_sample *s, assay_rng *rng, const assay_deed *deeds, int n,
                     const assay_names *names);

#endif
