/* What a doctor looks at: X-rays, a thermometer, a heart trace, cells under a microscope. Each fills
 * its canvas. */
#ifndef ASSAY_SYNTH_MEDICAL_H
#define ASSAY_SYNTH_MEDICAL_H

#include "synth/draw/objects.h"

enum { ASSAY_BREAK_UPPER, ASSAY_BREAK_MIDDLE, ASSAY_BREAK_LOWER, ASSAY_NO_BREAK, ASSAY_N_BREAKS };
enum { ASSAY_ROUND_CELLS, ASSAY_LONG_CELLS, ASSAY_SPIKY_CELLS, ASSAY_N_CELL_SHAPES };
enum { ASSAY_FAST_BEAT, ASSAY_SLOW_BEAT, ASSAY_UNEVEN_BEAT, ASSAY_NO_BEAT, ASSAY_N_BEATS };

#define ASSAY_LOWEST_DEGREE  36
#define ASSAY_HIGHEST_DEGREE 41
#define ASSAY_MANY_CELLS     15

/* breaks: [n] of n bones side by side, 1 or 2. */
void assay_bones_draw(assay_image *canvas, assay_rng *rng, const int *breaks, int n);
/* Both lungs with a white spot in one quarter: 0 top left, 1 top right, 2 bottom left, 3 bottom
 * right, 4 none. */
void assay_lungs_draw(assay_image *canvas, assay_rng *rng, int spot);
void assay_thermometer_draw(assay_image *canvas, assay_rng *rng, int degrees);
/* `count` beats at even distances, or 0 for a beat of the given sort. */
void assay_heart_trace_draw(assay_image *canvas, assay_rng *rng, int beat, int count);
/* 1 to 5 cells or ASSAY_MANY_CELLS. */
void assay_cells_draw(assay_image *canvas, assay_rng *rng, int shape, int colour, int count);

#endif
