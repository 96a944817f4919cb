/* Signs without words that allow or forbid, and bubbles that say what a person does not like. */
#ifndef ASSAY_SYNTH_RULES_H
#define ASSAY_SYNTH_RULES_H

#include "synth/draw/objects.h"

/* All fill the pen's box; round signs leave a field of 60 x 60 units in the middle. */
void assay_ring_draw(const assay_pen *pen);    /* white with a red edge */
void assay_slash_draw(const assay_pen *pen);   /* the red bar across it */
void assay_allowed_draw(const assay_pen *pen); /* white with a green edge */
void assay_speed_sign_draw(const assay_pen *pen, int limit);
void assay_parking_draw(const assay_pen *pen, bool allowed); /* blue P, or crossed out */
void assay_entry_draw(const assay_pen *pen,
                      bool allowed);        /* arrow on blue, or a white bar on red */
void assay_post_draw(const assay_pen *pen); /* under a sign */
/* Red standing or green walking figure. */
void assay_walk_light_draw(const assay_pen *pen, bool green);
/* White, with dots towards the lower left. */
void assay_bubble_draw(const assay_pen *pen);
/* A red bar with a white edge across the whole box. */
void assay_crossed_out_draw(const assay_pen *pen);

#endif
