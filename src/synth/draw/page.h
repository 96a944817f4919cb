/* Laid out things to read: places and sizes in hundredths of the picture's width and height, so that
 * a page of any size looks the same when a model squashes it to a square; and the words that stand
 * on them. */
#ifndef ASSAY_SYNTH_PAGE_H
#define ASSAY_SYNTH_PAGE_H

#include "synth/sample.h"

typedef struct assay_page {
    assay_pen pen;         /* pixels */
    double unit_x, unit_y; /* pixels of a hundredth of the width, of the height */
} assay_page;

typedef enum assay_align { ASSAY_ALIGN_LEFT, ASSAY_ALIGN_CENTRE, ASSAY_ALIGN_RIGHT } assay_align;

assay_page assay_page_of(assay_image *canvas);
/* A sheet of pale paper with a shadow on a desk; the paper covers 4 to 96 in both directions. */
void assay_page_paper(const assay_page *page, assay_rng *rng);
void assay_page_rect(const assay_page *page, assay_colour colour, double x0, double y0, double x1,
                     double y1);
/* `width` of the line in hundredths of the height. */
void assay_page_frame(const assay_page *page, assay_colour colour, double width, double x0,
                      double y0, double x1, double y1);
void assay_page_line(const assay_page *page, assay_colour colour, double width, double x0,
                     double y0, double x1, double y1);
/* xy: [n][2], n up to ASSAY_POLYGON_MAX_POINTS. */
void assay_page_polygon(const assay_page *page, assay_colour colour, const double *xy, int n);
/* One line of text, y its middle, as high as `height` (of the picture's height) but never wider than
 * `room` (of its width). */
void assay_page_text(const assay_page *page, assay_colour colour, double x, double y, double height,
                     double room, assay_align align, const char *text);
/* The same by hand, from x to the right. */
void assay_page_script(const assay_page *page, assay_colour colour, assay_rng *rng, double x,
                       double y, double height, double room, const char *text);
/* A pen for a square drawing in the middle of this part of the page. */
assay_pen assay_page_pen(const assay_page *page, double x0, double y0, double x1, double y1);

/* ---- words, all of small letters ---- */

#define ASSAY_N_ITEMS       12
#define ASSAY_N_SHORT_ITEMS 6 /* the first ones: three letters */
#define ASSAY_N_NAMES       8
#define ASSAY_N_PLACES      8
#define ASSAY_N_DAYS        5

const char *assay_item_name(int i);                                 /* "tea": what a shop sells */
const char *assay_person_name(int i);                               /* "Ann" */
const char *assay_place_name(int i);                                /* "zoo" */
const char *assay_day_name(int i);                                  /* "Monday" to "Friday" */
const char *assay_capital(assay_synth_sample *s, const char *word); /* "Tea" */
const char *assay_upper(assay_synth_sample *s, const char *word);   /* "TEA" */

#endif
