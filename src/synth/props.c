/* Props of scenes: person, sign, traffic light, arrow, bottle, road. */
#include "synth/objects.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour DARK = {58, 60, 68}, WHITE = {255, 255, 255}, POST = {120, 122, 128};

void assay_person_draw(const assay_pen *pen, assay_person person) {
    static const assay_colour SKIN[4] = {
        {244, 208, 178}, {222, 170, 128}, {164, 112, 76}, {108, 72, 50}};
    static const assay_colour HAIR[4] = {
        {40, 34, 32}, {92, 60, 40}, {150, 104, 60}, {120, 118, 118}};
    static const double SHIRT[] = {30, 36, 70, 36, 74, 72, 26, 72};
    assay_colour skin = SKIN[person.skin], shirt = assay_colour_value(person.shirt);
    assay_pen_rect(pen, POST, 32, 70, 47, 98);
    assay_pen_rect(pen, POST, 53, 70, 68, 98);
    assay_pen_ellipse(pen, skin, 12, 62, 6, 6);
    assay_pen_ellipse(pen, skin, 88, 62, 6, 6);
    assay_pen_line(pen, shirt, 12, 33, 42, 15, 58);
    assay_pen_line(pen, shirt, 12, 67, 42, 85, 58);
    assay_pen_polygon(pen, shirt, SHIRT, COUNT(SHIRT));
    assay_pen_ellipse(pen, HAIR[person.hair], 50, 17, 17, 17);
    assay_pen_ellipse(pen, skin, 50, 21, 14, 14);
    assay_pen_ellipse(pen, DARK, 45, 19, 2, 2);
    assay_pen_ellipse(pen, DARK, 55, 19, 2, 2);
    assay_pen_line(pen, DARK, 2, 45, 27, 55, 27);
    if (person.hat < 0) return;
    assay_colour hat = assay_colour_value(person.hat);
    assay_pen_rect(pen, hat, 36, -6, 64, 10);
    assay_pen_rect(pen, hat, 26, 7, 74, 13);
}

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

void assay_road_draw(assay_image *canvas, assay_rng *rng) {
    static const assay_colour SKIES[3] = {{206, 228, 246}, {236, 232, 224}, {216, 220, 232}};
    static const assay_colour GRASS = {176, 206, 160}, ROAD = {128, 130, 136};
    static const double EDGES[] = {112, 190, 144, 190, 240, 256, 16, 256};
    assay_pen pen = assay_pen_pixels(canvas);
    assay_canvas_fill(canvas, SKIES[assay_rng_below(rng, 3)]);
    assay_pen_rect(&pen, GRASS, 0, 190, 256, 256);
    assay_pen_polygon(&pen, ROAD, EDGES, 4);
    assay_pen_rect(&pen, WHITE, 126, 198, 130, 212);
    assay_pen_rect(&pen, WHITE, 125, 226, 131, 250);
}
