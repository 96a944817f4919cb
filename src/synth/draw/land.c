/* Each quarter is drawn in a pen's box of its own; the ways come last, on top of its margins. */
#include "synth/draw/land.h"

#include "synth/sample.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {245, 245, 240}, ASPHALT = {104, 106, 112},
                          WATER = {44, 112, 196}, SHALLOW = {120, 176, 226};

/* ---- land uses ---- */

static void draw_lake(const assay_pen *pen, assay_rng *rng) {
    double rx = 36 + 6 * assay_rng_unit(rng), ry = 30 + 8 * assay_rng_unit(rng);
    assay_pen_ellipse(pen, (assay_colour){226, 210, 160}, 50, 50, rx + 4, ry + 4);
    assay_pen_ellipse(pen, (assay_colour){226, 210, 160}, 62, 60, 0.72 * rx + 4, 0.72 * ry + 4);
    assay_pen_ellipse(pen, SHALLOW, 50, 50, rx, ry);
    assay_pen_ellipse(pen, SHALLOW, 62, 60, 0.72 * rx, 0.72 * ry);
    assay_pen_ellipse(pen, WATER, 50, 50, rx - 4, ry - 4);
    assay_pen_ellipse(pen, WATER, 62, 60, 0.72 * rx - 4, 0.72 * ry - 4);
}

static void draw_forest(const assay_pen *pen, assay_rng *rng) {
    static const assay_colour CROWNS[3] = {{24, 84, 40}, {34, 104, 48}, {18, 70, 36}};
    assay_pen_rect(pen, (assay_colour){20, 66, 34}, 8, 8, 92, 92);
    for (int row = 0; row < 5; row++) {
        for (int column = 0; column < 5; column++) {
            double x = 14 + 18 * column + 5.0 * assay_rng_unit(rng) - 2.5;
            double y = 14 + 18 * row + 5.0 * assay_rng_unit(rng) - 2.5;
            assay_colour crown = CROWNS[assay_rng_below(rng, 3)];
            assay_pen_ellipse(pen, assay_colour_shade(crown, 60), x + 2, y + 2, 11, 11);
            assay_pen_ellipse(pen, crown, x, y, 10, 10);
            assay_pen_ellipse(pen, (assay_colour){60, 136, 70}, x - 3, y - 3, 4, 4);
        }
    }
}

static void draw_fields(const assay_pen *pen, assay_rng *rng) {
    static const assay_colour CROPS[4] = {
        {222, 190, 84}, {176, 128, 70}, {232, 212, 120}, {196, 156, 60}};
    int first = (int)assay_rng_below(rng, 4);
    bool upright = assay_chance(rng, 50);
    assay_pen turned = *pen;
    if (upright) turned = assay_pen_at(pen->canvas, pen->x, pen->y, 100 * pen->unit, 90, false);
    for (int i = 0; i < 2; i++) {
        assay_colour crop = CROPS[(first + i) % 4];
        double top = 6 + 45 * i;
        assay_pen_rect(&turned, crop, 6, top, 94, top + 43);
        for (double y = top + 4; y < top + 40; y += 9)
            assay_pen_rect(&turned, assay_colour_shade(crop, 78), 6, y, 94, y + 3.5);
    }
}

static void draw_roof(const assay_pen *pen, assay_rng *rng, double x, double y) {
    static const assay_colour ROOFS[3] = {{196, 70, 50}, {170, 84, 60}, {206, 96, 56}};
    assay_colour roof = ROOFS[assay_rng_below(rng, 3)];
    assay_pen_rect(pen, (assay_colour){90, 110, 70}, x - 11, y - 8, x + 16, y + 13);
    assay_pen_rect(pen, roof, x - 14, y - 11, x + 13, y);
    assay_pen_rect(pen, assay_colour_shade(roof, 72), x - 14, y, x + 13, y + 11);
    assay_pen_rect(pen, WHITE, x + 4, y - 8, x + 9, y - 3);
}

static void draw_houses(const assay_pen *pen, assay_rng *rng, int n) {
    static const double PLACES[5][2] = {{24, 24}, {76, 76}, {76, 24}, {24, 76}, {50, 50}};
    assay_pen_rect(pen, (assay_colour){168, 204, 130}, 4, 4, 96, 96);
    for (int i = 0; i < n; i++) draw_roof(pen, rng, PLACES[i][0], PLACES[i][1]);
}

static void draw_airport(const assay_pen *pen) {
    static const double PLANE[] = {64, 44, 67, 56, 88, 66, 88, 71, 67, 68, 66, 80, 72, 85, 72, 88,
                                   64, 86, 56, 88, 56, 85, 62, 80, 61, 68, 40, 71, 40, 66, 61, 56};
    assay_pen_rect(pen, (assay_colour){176, 178, 184}, 4, 4, 96, 96);
    assay_pen_rect(pen, (assay_colour){70, 72, 78}, 4, 10, 96, 34);
    for (double x = 9; x < 90; x += 16) assay_pen_rect(pen, WHITE, x, 20.5, x + 9, 23.5);
    assay_pen_polygon(pen, WHITE, PLANE, COUNT(PLANE));
}

static void draw_sports(const assay_pen *pen) {
    assay_pen_rect(pen, (assay_colour){188, 84, 60}, 4, 14, 96, 86);
    assay_pen_rect(pen, (assay_colour){70, 168, 76}, 10, 20, 90, 80);
    assay_pen_frame(pen, WHITE, 2.5, 12, 22, 88, 78);
    assay_pen_rect(pen, WHITE, 48.8, 22, 51.2, 78);
    assay_pen_ellipse(pen, WHITE, 50, 50, 14, 14);
    assay_pen_ellipse(pen, (assay_colour){70, 168, 76}, 50, 50, 11.5, 11.5);
    assay_pen_frame(pen, WHITE, 2.5, 12, 38, 24, 62);
    assay_pen_frame(pen, WHITE, 2.5, 76, 38, 88, 62);
}

static void draw_quarter(const assay_pen *pen, assay_rng *rng, assay_land_use use, int houses) {
    switch (use) {
    case ASSAY_LAKE:
        draw_lake(pen, rng);
        break;
    case ASSAY_FOREST:
        draw_forest(pen, rng);
        break;
    case ASSAY_FIELDS:
        draw_fields(pen, rng);
        break;
    case ASSAY_HOUSES:
        draw_houses(pen, rng, houses);
        break;
    case ASSAY_AIRPORT:
        draw_airport(pen);
        break;
    default:
        draw_sports(pen);
    }
}

/* ---- ways ---- */

/* Along the middle of the pen's box from left to right, far beyond it. */
static void draw_way(const assay_pen *pen, assay_way way) {
    if (way == ASSAY_RIVER) {
        double xy[2 * 33];
        for (int i = 0; i < 33; i++) {
            double t = (i % 8 - 4) / 4.0, bow = 2.5 * (1.0 - t * t);
            xy[2 * i] = -46 + 6.0 * i;
            xy[2 * i + 1] = 50 + (i / 8 % 2 ? bow : -bow);
        }
        assay_pen_stroke(pen, SHALLOW, 14, xy, 33);
        assay_pen_stroke(pen, WATER, 10.5, xy, 33);
        return;
    }
    if (way == ASSAY_ROAD) {
        assay_pen_rect(pen, ASPHALT, -50, 45, 150, 55);
        for (double x = -48; x < 150; x += 9) assay_pen_rect(pen, WHITE, x, 49.2, x + 5, 50.8);
        return;
    }
    if (way == ASSAY_PATH) {
        assay_pen_rect(pen, (assay_colour){150, 116, 76}, -50, 46, 150, 54);
        assay_pen_rect(pen, (assay_colour){222, 192, 140}, -50, 47.2, 150, 52.8);
        return;
    }
    assay_pen_rect(pen, (assay_colour){206, 196, 180}, -50, 44.5, 150, 55.5);
    for (double x = -48; x < 150; x += 5)
        assay_pen_rect(pen, (assay_colour){96, 64, 44}, x, 45.5, x + 2, 54.5);
    assay_pen_rect(pen, (assay_colour){40, 40, 46}, -50, 47, 150, 48.4);
    assay_pen_rect(pen, (assay_colour){40, 40, 46}, -50, 51.6, 150, 53);
}

/* Where the way runs over a river. */
static void draw_bridge(const assay_pen *pen) {
    assay_pen_rect(pen, (assay_colour){150, 104, 62}, 38, 42, 62, 45.5);
    assay_pen_rect(pen, (assay_colour){150, 104, 62}, 38, 54.5, 62, 58);
}

void assay_land_draw(const assay_land *land, assay_image *canvas, assay_rng *rng) {
    static const assay_colour MEADOWS[3] = {{150, 190, 108}, {164, 196, 120}, {140, 182, 110}};
    double w = canvas->width, h = canvas->height, edge = w < h ? w : h;
    assay_canvas_fill(canvas, MEADOWS[assay_rng_below(rng, 3)]);
    for (int i = 0; i < 4; i++) {
        double x = w * (i % 2 ? 0.765 : 0.235), y = h * (i / 2 ? 0.765 : 0.235);
        assay_pen pen = assay_pen_at(canvas, x, y, 0.40 * edge, 0, false);
        draw_quarter(&pen, rng, land->quarters[i], land->houses);
    }
    assay_pen across = assay_pen_at(canvas, 0.5 * w, 0.5 * h, edge, 0, false);
    assay_pen down = assay_pen_at(canvas, 0.5 * w, 0.5 * h, edge, 90, false);
    bool river_down = land->down == ASSAY_RIVER;
    draw_way(river_down ? &down : &across, river_down ? land->down : land->across);
    draw_way(river_down ? &across : &down, river_down ? land->across : land->down);
    if (river_down)
        draw_bridge(&across);
    else if (land->across == ASSAY_RIVER)
        draw_bridge(&down);
}
