/* Flat drawing with anti-aliased edges, the same bits on every platform: geometry in IEEE add,
 * multiply, divide and square root alone (sines from base/maths.h), rounded once to 1/256 pixel;
 * coverage and blending in integers. */
#ifndef ASSAY_SYNTH_CANVAS_H
#define ASSAY_SYNTH_CANVAS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/rng.h"
#include "format/image/image.h"

#define ASSAY_CANVAS_MAX_EDGE    512 /* pixels */
#define ASSAY_POLYGON_MAX_POINTS 96

typedef struct assay_colour {
    uint8_t r, g, b;
} assay_colour;

assay_colour assay_colour_shade(assay_colour colour, int percent); /* below 100 darker */

void assay_canvas_fill(assay_image *canvas, assay_colour colour);
/* Replaces `percent` of the pixels by random colours. */
void assay_canvas_static(assay_image *canvas, assay_rng *rng, int percent);
/* Replaces `percent` of the square tiles of `edge` pixels by random colours. */
void assay_canvas_tiles(assay_image *canvas, assay_rng *rng, int edge, int percent);

/* Maps a drawing's own box, 0..100 in both directions with y downwards, to a place on the canvas.
 */
typedef struct assay_pen {
    assay_image *canvas;
    double x, y;         /* pixels, where (50, 50) lies */
    double unit;         /* pixels of one drawing unit */
    double cosine, sine; /* of the turn around (50, 50) */
    bool flip;           /* left and right exchanged */
} assay_pen;

/* `size` pixels of the 100 x 100 box; `turn` in degrees, clockwise. */
assay_pen assay_pen_at(assay_image *canvas, double x, double y, double size, double turn,
                       bool flip);
/* Drawing units are pixels of the canvas. */
assay_pen assay_pen_pixels(assay_image *canvas);
/* The box is the largest square in the middle of the canvas: what reaches beyond it along the longer
 * edge has units below 0 or above 100. */
assay_pen assay_pen_page(assay_image *canvas);

/* xy: [n][2], n up to ASSAY_POLYGON_MAX_POINTS; even-odd rule. */
void assay_pen_polygon(const assay_pen *pen, assay_colour colour, const double *xy, int n);
void assay_pen_rect(const assay_pen *pen, assay_colour colour, double x0, double y0, double x1,
                    double y1);
void assay_pen_frame(const assay_pen *pen, assay_colour colour, double width, double x0, double y0,
                     double x1, double y1);
void assay_pen_ellipse(const assay_pen *pen, assay_colour colour, double x, double y, double rx,
                       double ry);
void assay_pen_line(const assay_pen *pen, assay_colour colour, double width, double x0, double y0,
                    double x1, double y1);
/* A polyline with round ends and joints; xy: [n][2]. */
void assay_pen_stroke(const assay_pen *pen, assay_colour colour, double width, const double *xy,
                      int n);

/* One line of text in a stroke font of printable ASCII, centred at (x, y); `height` of a capital in
 * drawing units. Characters without a glyph leave a gap. */
void assay_pen_text(const assay_pen *pen, assay_colour colour, double x, double y, double height,
                    const char *text);
/* The same from x to the right; y is the middle of a capital. */
void assay_pen_text_left(const assay_pen *pen, assay_colour colour, double x, double y,
                         double height, const char *text);
/* Written by hand from x to the right: slanted, with uneven strokes and places. */
void assay_pen_script(const assay_pen *pen, assay_colour colour, assay_rng *rng, double x, double y,
                      double height, const char *text);
/* Width of such a line in drawing units. */
double assay_text_width(double height, const char *text);

#endif
