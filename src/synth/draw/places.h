/* Where a scene plays: grounds that fill a canvas of any size, and large props that stand there. */
#ifndef ASSAY_SYNTH_PLACES_H
#define ASSAY_SYNTH_PLACES_H

#include "synth/draw/people.h"

/* A pen for the box of `size` units around (x, y) of another pen's box. */
assay_pen assay_pen_inside(const assay_pen *pen, double x, double y, double size);

/* Each has its floor from 3/4 of the height down; one of a few pale tints. */
void assay_outdoors_draw(assay_image *canvas, assay_rng *rng);
void assay_room_draw(assay_image *canvas, assay_rng *rng);
/* The same with a grey road along the lower edge. */
void assay_street_draw(assay_image *canvas, assay_rng *rng);

/* The rest fill the pen's box. */
void assay_shop_draw(const assay_pen *pen, int tint); /* awning, and a shelf at 72 */
void assay_stairs_draw(const assay_pen *pen);         /* up to the right, the top step at 30 */
void assay_stool_draw(const assay_pen *pen);          /* its top at 4 */
void assay_wall_draw(const assay_pen *pen);           /* of bricks */
void assay_gate_draw(const assay_pen *pen, int tint); /* a door in a wall */
void assay_window_draw(const assay_pen *pen, int tint);
/* A person in bed, seen from above, eyes closed or open; 120 units long. */
void assay_bed_draw(const assay_pen *pen, assay_person person, int blanket);
/* A board on a post with two words, one above the other, or one if `second` is NULL. */
void assay_notice_draw(const assay_pen *pen, int tint, const char *first, const char *second);

#endif
