/* Props of scenes: sign, traffic light, arrow, bottle. */
#include "synth/draw/objects.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {255, 255, 255}, POST = {120, 122, 128};

void assay_sign_draw(const assay_pen *pen, int tint, const char *word) {
    assay_colour ink = tint == ASSAY_YELLOW ? assay_colour_value(ASSAY_BLACK) : WHITE;
    double height = 34.0, width = assay_text_width(height, word);
    if (width > 78.0) height *= 78.0 / width;
    assay_pen_rect(pen, POST, 45, 70, 55, 100);
    assay_pen_rect(pen, assay_colour_value(tint), 0, 18, 100, 76);
    assay_pen_frame(pen, ink, 2.5, 3, 21, 97, 73);
    assay_pen_text(pen, ink, 50, 47, height, word);
}

void assay_traffic_light_draw(const assay_pen *pen, int lit) {
    static const assay_colour LIT[3] = {{255, 30, 30}, {255, 214, 0}, {30, 230, 80}};
    static const assay_colour BOX = {36, 38, 44};
    assay_pen_rect(pen, POST, 46, 90, 54, 130);
    assay_pen_rect(pen, BOX, 28, 0, 72, 100);
    for (int i = 0; i < 3; i++) {
        assay_colour bulb = i == lit ? LIT[i] : assay_colour_shade(LIT[i], 26);
        assay_pen_ellipse(pen, bulb, 50, 18 + 32 * i, 14, 14);
    }
}

void assay_arrow_draw(const assay_pen *pen, assay_colour colour) {
    static const double ARROW[] = {50, 8, 88, 48, 62, 48, 62, 92, 38, 92, 38, 48, 12, 48};
    assay_pen_polygon(pen, colour, ARROW, COUNT(ARROW));
}

static void draw_skull(const assay_pen *pen, assay_colour ink) {
    assay_pen_line(pen, ink, 5, 32, 88, 68, 70);
    assay_pen_line(pen, ink, 5, 32, 70, 68, 88);
    assay_pen_ellipse(pen, ink, 50, 60, 15, 14);
    assay_pen_rect(pen, ink, 42, 66, 58, 80);
    assay_pen_ellipse(pen, WHITE, 44, 61, 4.5, 4.5);
    assay_pen_ellipse(pen, WHITE, 56, 61, 4.5, 4.5);
}

void assay_bottle_draw(const assay_pen *pen, int colour, bool danger) {
    static const double BODY[] = {22, 38, 78, 38, 78, 100, 22, 100};
    assay_colour main = assay_colour_value(colour), ink = assay_colour_value(ASSAY_BLACK);
    assay_pen_ellipse(pen, main, 50, 38, 28, 14);
    assay_pen_polygon(pen, main, BODY, COUNT(BODY));
    assay_pen_rect(pen, main, 39, 6, 61, 32);
    assay_pen_rect(pen, POST, 36, 0, 64, 10);
    assay_pen_rect(pen, WHITE, 26, 42, 74, 94);
    if (danger) {
        draw_skull(pen, ink);
        return;
    }
    double heart[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(ASSAY_HEART, heart);
    for (int i = 0; i < n; i++) {
        heart[2 * i] = 50.0 + 0.40 * (heart[2 * i] - 50.0);
        heart[2 * i + 1] = 69.0 + 0.40 * (heart[2 * i + 1] - 50.0);
    }
    assay_pen_polygon(pen, (assay_colour){230, 60, 110}, heart, n);
}
