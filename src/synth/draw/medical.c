/* Medical pictures, simplified to what is asked about. */
#include "synth/draw/medical.h"

#include "base/maths.h"
#include "synth/sample.h"

#define PI       3.14159265358979323846
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */
#define FAR      40.0 /* drawing units beyond the page that reach the edge of any canvas */

static const assay_colour FILM = {10, 14, 24}, FLESH = {44, 54, 74}, BONE = {226, 232, 238},
                          MARROW = {176, 186, 200}, INK = {34, 36, 44};

/* ---- X-rays ---- */

/* One piece of a bone's shaft with a jagged end at y1 (or y0 where `jag_top`). */
static void draw_piece(const assay_pen *pen, double y0, double y1, bool jag_top, bool jag_bottom) {
    double t = jag_top ? 5 : 0, b = jag_bottom ? 5 : 0;
    const double xy[] = {40, y0 + t, 45, y0 - t, 50, y0 + t, 55, y0 - t, 60, y0 + t,
                         60, y1 - b, 55, y1 + b, 50, y1 - b, 45, y1 + b, 40, y1 - b};
    assay_pen_polygon(pen, BONE, xy, COUNT(xy));
    assay_pen_rect(pen, MARROW, 47, y0 + 7, 53, y1 - 7);
}

static void draw_knobs(const assay_pen *pen, double y) {
    assay_pen_ellipse(pen, BONE, 43, y, 10, 9);
    assay_pen_ellipse(pen, BONE, 57, y, 10, 9);
}

static void draw_bone(const assay_pen *pen, int broken) {
    static const double HEIGHTS[3] = {30, 50, 70};
    assay_pen_rect(pen, FLESH, 26, -FAR, 74, 100 + FAR);
    if (broken == ASSAY_NO_BREAK) {
        draw_piece(pen, 8, 92, false, false);
        draw_knobs(pen, 8);
        draw_knobs(pen, 92);
        return;
    }
    double y = HEIGHTS[broken];
    assay_pen upper = *pen, lower = *pen;
    upper.x -= 4 * pen->unit * pen->cosine;
    lower.x += 5 * pen->unit * pen->cosine;
    draw_piece(&upper, 8, y - 5, false, true);
    draw_piece(&lower, y + 5, 92, true, false);
    draw_knobs(&upper, 8);
    draw_knobs(&lower, 92);
}

void assay_bones_draw(assay_image *canvas, assay_rng *rng, const int *breaks, int n) {
    assay_pen page = assay_pen_page(canvas);
    int turn = assay_rng_range(rng, -7, 7), shift = assay_rng_range(rng, -4, 4);
    double size = (n == 1 ? 88 : 80) * page.unit;
    assay_canvas_fill(canvas, FILM);
    for (int i = 0; i < n; i++) {
        double x = page.x + (n == 1 ? shift : i == 0 ? -24 : 24) * page.unit;
        assay_pen bone = assay_pen_at(canvas, x, page.y, size, turn, false);
        draw_bone(&bone, breaks[i]);
    }
}

void assay_lungs_draw(assay_image *canvas, assay_rng *rng, int spot) {
    static const double LUNG[] = {45, 12, 38, 14, 26, 30, 16, 56, 12, 82, 22, 88, 40, 82, 45, 70};
    static const assay_colour BODY = {120, 128, 142}, AIR = {26, 30, 42}, RIB = {84, 92, 108};
    static const assay_colour HEART = {170, 176, 186}, SPOT = {244, 246, 250};
    assay_pen page = assay_pen_page(canvas);
    assay_canvas_fill(canvas, FILM);
    assay_pen_ellipse(&page, BODY, 50, 58, 52, 58);
    for (int side = 0; side < 2; side++) {
        assay_pen half = page;
        half.flip = side == 1;
        assay_pen_polygon(&half, AIR, LUNG, COUNT(LUNG));
        for (int i = 0; i < 5; i++) {
            double y = 28 + 12.0 * i, out = 27 - 3.2 * i;
            assay_pen_line(&half, RIB, 2.6, 44, y - 6, out + 9, y - 3);
            assay_pen_line(&half, RIB, 2.6, out + 9, y - 3, out, y + 6);
        }
    }
    for (int i = 0; i < 9; i++) assay_pen_rect(&page, BONE, 46, 4 + 11 * i, 54, 12 + 11 * i);
    assay_pen_ellipse(&page, HEART, 55, 66, 11, 13);
    double dx = 2.0 * assay_rng_unit(rng) - 1.0, dy = 3.0 * assay_rng_unit(rng) - 1.5;
    if (spot > 3) return;
    double x = (spot % 2 ? 71 : 29) + dx, y = (spot / 2 ? 72 : 38) + dy;
    assay_pen_ellipse(&page, SPOT, x, y, 7.5, 7.5);
    assay_pen_ellipse(&page, SPOT, x + 4, y + 3, 5, 5);
}

/* ---- thermometer ---- */

void assay_thermometer_draw(assay_image *canvas, assay_rng *rng, int degrees) {
    static const assay_colour GROUNDS[3] = {{206, 226, 240}, {224, 236, 214}, {240, 226, 208}};
    static const assay_colour GLASS = {250, 252, 254}, EDGE = {120, 128, 140}, RED = {214, 24, 34};
    assay_pen pen = assay_pen_page(canvas);
    assay_canvas_fill(canvas, GROUNDS[assay_rng_below(rng, 3)]);
    double x = 36 + 8 * assay_rng_unit(rng);
    assay_pen_line(&pen, EDGE, 20, x, 12, x, 84);
    assay_pen_ellipse(&pen, EDGE, x, 84, 14, 14);
    assay_pen_line(&pen, GLASS, 17, x, 12, x, 84);
    assay_pen_ellipse(&pen, GLASS, x, 84, 12.5, 12.5);
    for (int d = ASSAY_LOWEST_DEGREE; d <= ASSAY_HIGHEST_DEGREE; d++) {
        double y = 70 - 12.0 * (d - ASSAY_LOWEST_DEGREE);
        const char text[3] = {(char)('0' + d / 10), (char)('0' + d % 10), 0};
        assay_pen_rect(&pen, INK, x + 5, y - 0.8, x + 14, y + 0.8);
        assay_pen_text_left(&pen, INK, x + 18, y, 9, text);
    }
    double top = 70 - 12.0 * (degrees - ASSAY_LOWEST_DEGREE);
    assay_pen_rect(&pen, RED, x - 4.5, top, x + 4.5, 84);
    assay_pen_ellipse(&pen, RED, x, 84, 9.5, 9.5);
    assay_pen_ellipse(&pen, (assay_colour){250, 150, 150}, x - 3, 81, 2.4, 2.4);
}

/* ---- heart trace ---- */

static void draw_beat(const assay_pen *pen, double x, double y) {
    const double xy[] = {x - 5.5, y,       x - 4,  y - 4, x - 2.5, y,     x - 1.5, y + 5,   x,
                         y - 36,  x + 1.8, y + 14, x + 3, y,       x + 5, y - 6,   x + 6.5, y};
    assay_pen_stroke(pen, INK, 2, xy, COUNT(xy));
}

static void draw_squares(assay_image *canvas) {
    static const assay_colour PAPER = {255, 244, 240}, LINE = {246, 190, 184};
    assay_pen pen = assay_pen_page(canvas);
    assay_canvas_fill(canvas, PAPER);
    for (double at = -FAR; at <= 100 + FAR; at += 10) {
        assay_pen_rect(&pen, LINE, at - 0.3, -FAR, at + 0.3, 100 + FAR);
        assay_pen_rect(&pen, LINE, -FAR, at - 0.3, 100 + FAR, at + 0.3);
    }
}

void assay_heart_trace_draw(assay_image *canvas, assay_rng *rng, int beat, int count) {
    /* Places of the uneven beats: near and far neighbours by turns. */
    static const double UNEVEN[3][5] = {
        {10, 24, 56, 68, 92}, {8, 40, 53, 66, 93}, {9, 22, 35, 70, 92}};
    assay_pen pen = assay_pen_page(canvas);
    double y = 56 + 6 * assay_rng_unit(rng);
    int which = (int)assay_rng_below(rng, 3), n = count;
    if (n == 0) n = beat == ASSAY_FAST_BEAT ? 7 : beat == ASSAY_SLOW_BEAT ? 3 : 5;
    draw_squares(canvas);
    if (beat == ASSAY_NO_BEAT && count == 0) {
        assay_pen_line(&pen, INK, 2, -FAR, y, 100 + FAR, y);
        return;
    }
    double from = -FAR, gap = 100.0 / n;
    for (int i = 0; i < n; i++) {
        double x = beat == ASSAY_UNEVEN_BEAT && count == 0 ? UNEVEN[which][i] : gap * (i + 0.5);
        assay_pen_line(&pen, INK, 2, from, y, x - 5.5, y);
        draw_beat(&pen, x, y);
        from = x + 6.5;
    }
    assay_pen_line(&pen, INK, 2, from, y, 100 + FAR, y);
}

/* ---- cells ---- */

static void draw_cell(const assay_pen *pen, int shape, assay_colour tint) {
    assay_colour rim = assay_colour_shade(tint, 74), core = assay_colour_shade(tint, 50);
    if (shape == ASSAY_LONG_CELLS) {
        assay_pen_line(pen, rim, 34, 8, 50, 92, 50);
        assay_pen_line(pen, tint, 24, 8, 50, 92, 50);
        assay_pen_ellipse(pen, core, 50, 50, 14, 8);
        return;
    }
    for (int i = 0; shape == ASSAY_SPIKY_CELLS && i < 8; i++) {
        double dx = 58 * assay_cos(PI * i / 4), dy = 58 * assay_sin(PI * i / 4);
        assay_pen_line(pen, rim, 9, 50, 50, 50 + dx, 50 + dy);
        assay_pen_ellipse(pen, rim, 50 + dx, 50 + dy, 8, 8);
    }
    double r = shape == ASSAY_SPIKY_CELLS ? 36 : 48;
    assay_pen_ellipse(pen, rim, 50, 50, r, r);
    assay_pen_ellipse(pen, tint, 50, 50, r - 6, r - 6);
    assay_pen_ellipse(pen, core, 54, 47, 0.36 * r, 0.36 * r);
}

void assay_cells_draw(assay_image *canvas, assay_rng *rng, int shape, int colour, int count) {
    static const double FEW[5][2] = {{34, 32}, {66, 68}, {68, 33}, {32, 67}, {50, 50}};
    static const assay_colour TINTS[4] = {
        {226, 70, 70}, {90, 180, 90}, {90, 130, 226}, {236, 200, 60}};
    assay_pen page = assay_pen_page(canvas);
    assay_canvas_fill(canvas, (assay_colour){18, 18, 22});
    assay_pen_ellipse(&page, (assay_colour){250, 246, 232}, 50, 50, 48, 48);
    double size = count == ASSAY_MANY_CELLS ? 13 : count == 5 ? 21 : 25;
    for (int i = 0; i < count; i++) {
        double x = 50, y = 50;
        int turn = assay_rng_range(rng, 0, 179);
        if (count == ASSAY_MANY_CELLS) { /* rows of 3, 4, 4 and 4 */
            int row = i < 3 ? 0 : (i + 1) / 4, column = i < 3 ? i : (i + 1) % 4;
            x = (i < 3 ? 31 : row % 2 ? 22 : 25) + (i < 3 ? 19 : 18) * column;
            y = row == 3 ? 78 : 23 + 18.5 * row;
            if (row == 3) x = 26 + 16 * column;
        } else if (count > 1) {
            x = FEW[i][0];
            y = FEW[i][1];
        }
        x += 3 * assay_rng_unit(rng) - 1.5;
        y += 3 * assay_rng_unit(rng) - 1.5;
        assay_pen cell = assay_pen_at(canvas, page.x + (x - 50) * page.unit,
                                      page.y + (y - 50) * page.unit, size * page.unit, turn, false);
        draw_cell(&cell, shape, TINTS[colour]);
    }
}
