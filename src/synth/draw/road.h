/* A street as its driver sees it, with what stands beside it and on it. */
#ifndef ASSAY_SYNTH_ROAD_H
#define ASSAY_SYNTH_ROAD_H

#include "synth/draw/objects.h"

#define ASSAY_MAX_LANES 3

/* Sky, grass and a street of n_lanes lanes of one direction fill the canvas. The pen's box is the
 * largest square at the bottom of the canvas; the horizon lies at 40. */
typedef struct assay_lanes {
    assay_pen pen;
    int n_lanes;
} assay_lanes;

assay_lanes assay_lanes_draw(assay_image *canvas, assay_rng *rng, int n_lanes);
/* A pen for a thing of the drawing unit's size, centred at (x, y) of the street's box. */
assay_pen assay_lanes_pen(const assay_lanes *street, double x, double y, double size);
/* Middle of a lane (counted from the left) at the height y > 40. */
double assay_lanes_middle(const assay_lanes *street, int lane, double y);
/* One's own car: its bonnet at the lower edge, on that lane. */
void assay_lanes_bonnet(const assay_lanes *street, int lane, int colour);
void assay_lanes_crossing(const assay_lanes *street);

enum { ASSAY_LANE_LEFT, ASSAY_LANE_AHEAD, ASSAY_LANE_RIGHT };
/* An arrow painted on a lane. */
void assay_lanes_arrow(const assay_lanes *street, int lane, int way);

/* Signs on a post; they fill the pen's box, the post reaches below it. */
void assay_stop_sign_draw(const assay_pen *pen);
void assay_way_sign_draw(const assay_pen *pen, int way);
void assay_limit_sign_draw(const assay_pen *pen, const char *number);

#endif
