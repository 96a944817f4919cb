/* What the charts share: a title, and an axis of whole numbers from 0 to ASSAY_CHART_TOP. Private to
 * the task Chart. */
#ifndef ASSAY_SYNTH_CHART_H
#define ASSAY_SYNTH_CHART_H

#include "synth/draw/page.h"

#define ASSAY_CHART_TOP   5
#define ASSAY_CHART_LEFT  17.0 /* where the axis stands, hundredths of the width */
#define ASSAY_CHART_RIGHT 97.0

typedef struct assay_chart {
    assay_synth_sample *s;
    assay_rng *rng;
    assay_page page;
    double base, step; /* where zero lies, and the way from one whole number to the next */
    const char *title; /* NULL: none */
} assay_chart;

/* Adds the picture, with a ground and perhaps a title; with room below for labels; of foods or of
 * anything else. */
void assay_chart_begin(assay_chart *c, assay_synth_sample *s, assay_rng *rng, bool room_below,
                       bool foods);
void assay_chart_axes(const assay_chart *c);
/* A word below the axis. */
void assay_chart_label(const assay_chart *c, double x, double room, const char *text);
/* "A pie chart with the title Sales." */
const char *assay_chart_titled(const assay_chart *c, const char *sort);
void assay_chart_hint_title(const assay_chart *c);
/* Index of the largest or the smallest value. */
int assay_chart_extreme(const int *values, int n, bool most);

assay_task_draw assay_draw_line_chart, assay_draw_pie_chart;

#endif
