/* What a picture is made of: six colours, six shapes, eighteen everyday objects, and a few props of
 * scenes. Few and bold, so that each can still be told at 40 pixels. */
#ifndef ASSAY_SYNTH_OBJECTS_H
#define ASSAY_SYNTH_OBJECTS_H

#include "synth/draw/canvas.h"

enum {
    ASSAY_RED,
    ASSAY_GREEN,
    ASSAY_BLUE,
    ASSAY_YELLOW,
    ASSAY_PURPLE,
    ASSAY_BLACK,
    ASSAY_N_COLOURS
};

enum {
    ASSAY_CIRCLE,
    ASSAY_SQUARE,
    ASSAY_TRIANGLE,
    ASSAY_STAR,
    ASSAY_HEART,
    ASSAY_CROSS,
    ASSAY_N_SHAPES,
    ASSAY_HOUSE = ASSAY_N_SHAPES,
    ASSAY_TREE,
    ASSAY_CAR,
    ASSAY_BOAT,
    ASSAY_CUP,
    ASSAY_FISH,
    ASSAY_CAT,
    ASSAY_KEY,
    ASSAY_FLOWER,
    ASSAY_BIKE,
    ASSAY_BIRD,
    ASSAY_CHAIR,
    ASSAY_LAMP,
    ASSAY_CLOCK,
    ASSAY_BOOK,
    ASSAY_HAT,
    ASSAY_PLANE,
    ASSAY_PHONE,
    ASSAY_N_KINDS
};
#define ASSAY_N_OBJECTS (ASSAY_N_KINDS - ASSAY_N_SHAPES)

const char *assay_colour_name(int colour); /* "red" */
assay_colour assay_colour_value(int colour);
const char *assay_kind_name(int kind);   /* "circle", "house"; all take the article "a" */
const char *assay_kind_plural(int kind); /* "circles", "houses" */

/* Fills the pen's box with a shape or an object, mainly of that colour. */
void assay_kind_draw(const assay_pen *pen, int kind, int colour);

/* Outline of a shape as a closed polygon; writes [n][2] drawing units, returns n (up to
 * ASSAY_POLYGON_MAX_POINTS). */
int assay_shape_outline(int shape, double *xy);

/* A board on a post with one word; `tint` of the board, white letters. The board is 100 units wide.
 */
void assay_sign_draw(const assay_pen *pen, int tint, const char *word);
/* lit: 0 red, 1 yellow, 2 green. */
void assay_traffic_light_draw(const assay_pen *pen, int lit);
/* degrees clockwise from "up" are the pen's turn. */
void assay_arrow_draw(const assay_pen *pen, assay_colour colour);
/* A bottle of the given colour with a skull (danger) or a heart on its label. */
void assay_bottle_draw(const assay_pen *pen, int colour, bool danger);

#endif
