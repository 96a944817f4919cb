/* The street runs to a point on the horizon; widths at a height are in proportion to the distance
 * from it. */
#include "synth/draw/road.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

#define HORIZON 40.0
#define VANISH  30.0 /* height of the point that all lanes run to */
#define HALF    56.0 /* half of the street's width at the height 100 */

static const assay_colour WHITE = {255, 255, 255}, POST = {120, 122, 128}, ROAD = {112, 116, 124};

static double width_at(double y) {
    return HALF * (y - VANISH) / (100.0 - VANISH);
}

/* x at height y of a place across the street, -1 its left edge, 1 its right edge. */
static double across(double place, double y) {
    return 50.0 + place * width_at(y);
}

static void paint(const assay_pen *pen, assay_colour colour, double left, double right, double top,
                  double bottom) {
    const double xy[] = {across(left, top),     top,    across(right, top),   top,
                         across(right, bottom), bottom, across(left, bottom), bottom};
    assay_pen_polygon(pen, colour, xy, 4);
}

assay_lanes assay_lanes_draw(assay_image *canvas, assay_rng *rng, int n_lanes) {
    static const assay_colour SKIES[3] = {{206, 228, 246}, {236, 232, 224}, {216, 220, 232}};
    static const assay_colour GRASS = {176, 206, 160};
    int edge = canvas->width < canvas->height ? canvas->width : canvas->height;
    assay_lanes street = {
        assay_pen_at(canvas, 0.5 * canvas->width, canvas->height - 0.5 * edge, edge, 0, false),
        n_lanes};
    const assay_pen *pen = &street.pen;
    assay_canvas_fill(canvas, SKIES[assay_rng_below(rng, 3)]);
    assay_pen_rect(pen, GRASS, -60, HORIZON, 160, 101);
    paint(pen, ROAD, -1, 1, HORIZON, 101);
    paint(pen, WHITE, -0.98, -0.94, HORIZON, 101);
    paint(pen, WHITE, 0.94, 0.98, HORIZON, 101);
    for (int i = 1; i < n_lanes; i++) {
        static const double DASHES[4][2] = {{43, 46}, {49, 54}, {58, 66}, {72, 88}};
        double place = -1.0 + 2.0 * i / n_lanes;
        for (int k = 0; k < 4; k++)
            paint(pen, WHITE, place - 0.025, place + 0.025, DASHES[k][0], DASHES[k][1]);
    }
    return street;
}

assay_pen assay_lanes_pen(const assay_lanes *street, double x, double y, double size) {
    const assay_pen *pen = &street->pen;
    return assay_pen_at(pen->canvas, pen->x + (x - 50.0) * pen->unit,
                        pen->y + (y - 50.0) * pen->unit, size * pen->unit, 0, false);
}

double assay_lanes_middle(const assay_lanes *street, int lane, double y) {
    return across(-1.0 + (2.0 * lane + 1.0) / street->n_lanes, y);
}

void assay_lanes_bonnet(const assay_lanes *street, int lane, int colour) {
    static const assay_colour LAMP = {255, 236, 140};
    const assay_pen *pen = &street->pen;
    assay_colour paintwork = assay_colour_value(colour);
    double x = assay_lanes_middle(street, lane, 96), half = 0.8 * HALF / street->n_lanes;
    assay_pen_ellipse(pen, assay_colour_shade(paintwork, 70), x, 101, half, 16);
    assay_pen_ellipse(pen, paintwork, x, 102.5, half - 1.5, 16);
    assay_pen_ellipse(pen, LAMP, x - 0.7 * half, 92, 4, 3);
    assay_pen_ellipse(pen, LAMP, x + 0.7 * half, 92, 4, 3);
}

void assay_lanes_crossing(const assay_lanes *street) {
    for (int i = 0; i < 7; i++) {
        double place = -0.9 + 0.27 * i;
        paint(&street->pen, WHITE, place, place + 0.15, 60, 76);
    }
}

void assay_lanes_arrow(const assay_lanes *street, int lane, int way) {
    static const double AHEAD[] = {50, 0, 84, 40, 62, 40, 62, 100, 38, 100, 38, 40, 16, 40};
    static const double ASIDE[] = {96,  34, 58,  70, 58, 46, 38, 46, 38,
                                   100, 14, 100, 14, 22, 58, 22, 58, 0};
    double xy[2 * COUNT(ASIDE)], middle = -1.0 + (2.0 * lane + 1.0) / street->n_lanes;
    const double *from = way == ASSAY_LANE_AHEAD ? AHEAD : ASIDE;
    int n = way == ASSAY_LANE_AHEAD ? COUNT(AHEAD) : COUNT(ASIDE);
    for (int i = 0; i < n; i++) {
        double aside = (from[2 * i] - 50.0) * 0.017 / street->n_lanes;
        xy[2 * i + 1] = 56.0 + 0.28 * from[2 * i + 1];
        xy[2 * i] = across(middle + (way == ASSAY_LANE_LEFT ? -aside : aside), xy[2 * i + 1]);
    }
    assay_pen_polygon(&street->pen, WHITE, xy, n);
}

/* ---- signs ---- */

void assay_stop_sign_draw(const assay_pen *pen) {
    static const double EDGE[] = {29, 0, 71, 0, 100, 29, 100, 71, 71, 100, 29, 100, 0, 71, 0, 29};
    static const double PLATE[] = {31, 4, 69, 4, 96, 31, 96, 69, 69, 96, 31, 96, 4, 69, 4, 31};
    assay_pen_rect(pen, POST, 45, 90, 55, 132);
    assay_pen_polygon(pen, WHITE, EDGE, COUNT(EDGE));
    assay_pen_polygon(pen, assay_colour_value(ASSAY_RED), PLATE, COUNT(PLATE));
    assay_pen_text(pen, WHITE, 50, 50, 21, "STOP");
}

void assay_way_sign_draw(const assay_pen *pen, int way) {
    double turn = 90.0 * (way - ASSAY_LANE_AHEAD);
    assay_pen_rect(pen, POST, 45, 90, 55, 132);
    assay_pen_ellipse(pen, WHITE, 50, 50, 50, 50);
    assay_pen_ellipse(pen, assay_colour_value(ASSAY_BLUE), 50, 50, 46, 46);
    assay_pen arrow = assay_pen_at(pen->canvas, pen->x, pen->y, 76.0 * pen->unit, turn, false);
    assay_arrow_draw(&arrow, WHITE);
}

void assay_limit_sign_draw(const assay_pen *pen, const char *number) {
    assay_pen_rect(pen, POST, 45, 90, 55, 132);
    assay_pen_ellipse(pen, assay_colour_value(ASSAY_RED), 50, 50, 50, 50);
    assay_pen_ellipse(pen, WHITE, 50, 50, 39, 39);
    assay_pen_text(pen, assay_colour_value(ASSAY_BLACK), 50, 50, 38, number);
}
