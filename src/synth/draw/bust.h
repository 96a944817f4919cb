/* A person from the shoulders up, with a face that shows a feeling: for portraits and comics. */
#ifndef ASSAY_SYNTH_BUST_H
#define ASSAY_SYNTH_BUST_H

#include "synth/draw/objects.h"

typedef enum assay_feeling {
    ASSAY_FEELS_HAPPY,
    ASSAY_FEELS_SAD,
    ASSAY_FEELS_ANGRY,
    ASSAY_FEELS_SURPRISED,
    ASSAY_N_FEELINGS
} assay_feeling;

typedef enum assay_headwear {
    ASSAY_BARE_HEAD,
    ASSAY_WEARS_HAT,
    ASSAY_WEARS_CROWN,
    ASSAY_WEARS_GLASSES,
    ASSAY_N_HEADWEAR
} assay_headwear;

typedef struct assay_bust {
    int shirt;      /* colour */
    int skin, hair; /* 0..3, without meaning */
    bool long_hair;
    assay_feeling feeling;
    assay_headwear wears;
} assay_bust;

extern const char *const ASSAY_FEELING_NAMES[ASSAY_N_FEELINGS]; /* "happy" */
const char *assay_feeling_name(int feeling);
/* Happy and bare-headed; the rest from the rng. */
assay_bust assay_bust_any(assay_rng *rng);
/* Fills the pen's box; the shoulders end at its lower edge. */
void assay_bust_draw(const assay_pen *pen, assay_bust bust);

#endif
