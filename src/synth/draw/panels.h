/* Comic panels: people from the shoulders up who speak, think or hold something. */
#ifndef ASSAY_SYNTH_PANELS_H
#define ASSAY_SYNTH_PANELS_H

#include "synth/draw/bust.h"

#define ASSAY_NOBODY (-1)

typedef struct assay_panel {
    assay_bust people[2]; /* left, right */
    int n_people;         /* 1: people[0] alone, large */
    int speaker;          /* of the bubble: 0, 1 or ASSAY_NOBODY */
    const char *word;     /* in the bubble, capitals; NULL: a thought of a thing */
    int thought;          /* kind of that thing */
    int thing, colour;    /* kind and colour of a thing in the panel; thing -1: none */
    int holder;           /* who has it: 0, 1, or ASSAY_NOBODY: it lies broken between them */
} assay_panel;

/* A page of n panels, 1..3: side by side, or one below the other where the page is not wide. */
void assay_panels_draw(const assay_panel *panels, int n, assay_image *canvas, assay_rng *rng);

#endif
