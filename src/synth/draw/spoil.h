/* What makes a picture hard or impossible to read. */
#ifndef ASSAY_SYNTH_SPOIL_H
#define ASSAY_SYNTH_SPOIL_H

#include "synth/draw/canvas.h"

typedef enum assay_spoil {
    ASSAY_SPOIL_STATIC, /* random pixels */
    ASSAY_SPOIL_TILES,  /* random squares */
    ASSAY_SPOIL_DARK,
    ASSAY_SPOIL_BRIGHT,
    ASSAY_SPOIL_BLUR,
    ASSAY_SPOIL_BLOCKS, /* the mean colour of large squares */
    ASSAY_N_SPOILS
} assay_spoil;

/* A little, so that large things can still be told, or so much that nothing can be. The last two
 * still let colours through. */
void assay_spoil_draw(assay_image *canvas, assay_rng *rng, assay_spoil how, bool lost);

#endif
