/* Toys that are known from every side: a car, a house, a cup and a cat, each with two colours and a
 * shape painted on some of its sides; and a block with a colour on each face. */
#ifndef ASSAY_SYNTH_VIEWS_H
#define ASSAY_SYNTH_VIEWS_H

#include "synth/draw/objects.h"

typedef enum assay_view {
    ASSAY_FROM_FRONT,
    ASSAY_FROM_BACK,
    ASSAY_FROM_SIDE,
    ASSAY_FROM_ABOVE,
    ASSAY_N_VIEWS
} assay_view;

typedef enum assay_toy_kind {
    ASSAY_TOY_CAR,
    ASSAY_TOY_HOUSE,
    ASSAY_TOY_CAT,
    ASSAY_TOY_CUP, /* its front is the side with the handle on the right */
    ASSAY_N_TOYS
} assay_toy_kind;

/* Body and trim are colours other than black. The trim is the roof, the collar or the saucer. From
 * above a house shows no body. */
typedef struct assay_toy {
    assay_toy_kind kind;
    int body, trim;
    int marks[ASSAY_N_VIEWS]; /* a shape on that side, or -1; none on a cat or from above */
} assay_toy;

const char *assay_toy_name(assay_toy_kind kind); /* "car" */
const char *assay_toy_trim(assay_toy_kind kind); /* "roof" */
const char *assay_view_name(assay_view view);    /* "from the front" */

/* Fills the pen's box. From the side a car looks to the right and a cat to the left, unless the pen
 * flips. */
void assay_toy_draw(const assay_pen *pen, const assay_toy *toy, assay_view view);

/* A cube seen from the front, a little from above and from the right: three faces, each of a colour.
 */
void assay_block_draw(const assay_pen *pen, int front, int right, int top);

#endif
