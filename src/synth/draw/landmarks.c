/* All drawings are in a box of 100 x 100 units, y downwards. */
#include "synth/draw/landmarks.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {255, 255, 255}, INK = {30, 30, 34}, STONE = {226, 210, 176},
                          SHADE = {178, 158, 124}, DOOR = {112, 78, 52}, GLASS = {96, 144, 190},
                          METAL = {120, 124, 132}, WOOD = {164, 112, 64};

/* ---- houses ---- */

static void draw_temple(const assay_pen *pen) {
    static const double GABLE[] = {2, 36, 50, 6, 98, 36};
    assay_pen_polygon(pen, SHADE, GABLE, COUNT(GABLE));
    assay_pen_rect(pen, STONE, 6, 36, 94, 46);
    assay_pen_rect(pen, DOOR, 12, 46, 88, 86);
    for (int i = 0; i < 4; i++) assay_pen_rect(pen, STONE, 10 + 22.5 * i, 46, 22 + 22.5 * i, 86);
    assay_pen_rect(pen, STONE, 4, 84, 96, 91);
    assay_pen_rect(pen, SHADE, 0, 91, 100, 98);
}

static void draw_church(const assay_pen *pen) {
    static const assay_colour TILES = {164, 78, 64};
    static const double SPIRE[] = {8, 44, 27, 12, 46, 44},
                        ROOF[] = {40, 58, 52, 38, 92, 38, 100, 58};
    assay_pen_rect(pen, INK, 24, -6, 30, 18);
    assay_pen_rect(pen, INK, 17, 0, 37, 6);
    assay_pen_polygon(pen, TILES, ROOF, COUNT(ROOF));
    assay_pen_rect(pen, STONE, 42, 58, 98, 98);
    assay_pen_rect(pen, STONE, 12, 44, 42, 98);
    assay_pen_polygon(pen, TILES, SPIRE, COUNT(SPIRE));
    assay_pen_rect(pen, DOOR, 19, 74, 35, 98);
    assay_pen_ellipse(pen, DOOR, 27, 74, 8, 8);
    for (int i = 0; i < 2; i++) {
        assay_pen_rect(pen, GLASS, 54 + 22 * i, 72, 66 + 22 * i, 90);
        assay_pen_ellipse(pen, GLASS, 60 + 22 * i, 72, 6, 7);
    }
}

static void draw_mosque(const assay_pen *pen) {
    static const assay_colour DOME = {50, 140, 124};
    static const double TIP[] = {44, 16, 50, 0, 56, 16};
    assay_pen_polygon(pen, DOME, TIP, COUNT(TIP));
    assay_pen_ellipse(pen, DOME, 50, 42, 28, 29);
    assay_pen_rect(pen, STONE, 18, 50, 82, 98);
    for (int side = 0; side < 2; side++) {
        double x = 2 + 84 * side, roof[] = {x - 2, 22, x + 6, 2, x + 14, 22};
        assay_pen_rect(pen, STONE, x, 20, x + 12, 98);
        assay_pen_polygon(pen, DOME, roof, COUNT(roof));
        assay_pen_rect(pen, SHADE, x - 2, 38, x + 14, 43);
    }
    assay_pen_rect(pen, DOOR, 39, 72, 61, 98);
    assay_pen_ellipse(pen, DOOR, 50, 72, 11, 12);
}

void assay_prayer_house_draw(const assay_pen *pen, assay_prayer_house house) {
    if (house == ASSAY_TEMPLE)
        draw_temple(pen);
    else if (house == ASSAY_CHURCH)
        draw_church(pen);
    else
        draw_mosque(pen);
}

/* ---- flags, boards, things ---- */

void assay_flag_draw(const assay_pen *pen, int colour, int mark) {
    double shape[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(mark, shape);
    for (int i = 0; i < n; i++) {
        shape[2 * i] = 55.0 + 0.36 * (shape[2 * i] - 50.0);
        shape[2 * i + 1] = 36.0 + 0.36 * (shape[2 * i + 1] - 50.0);
    }
    assay_pen_rect(pen, METAL, 4, 2, 10, 100);
    assay_pen_rect(pen, assay_colour_value(colour), 10, 6, 100, 66);
    assay_pen_polygon(pen, WHITE, shape, n);
}

void assay_word_in_draw(const assay_pen *pen, double top, double bottom, const char *word) {
    double height = 0.56 * (bottom - top), width = assay_text_width(height, word);
    if (width > 86.0) height *= 86.0 / width;
    assay_pen_text(pen, INK, 50, 0.5 * (top + bottom), height, word);
}

void assay_word_board_draw(const assay_pen *pen, double top, double bottom, const char *word) {
    assay_pen_rect(pen, INK, 0, top, 100, bottom);
    assay_pen_rect(pen, WHITE, 2.5, top + 2.5, 97.5, bottom - 2.5);
    assay_word_in_draw(pen, top, bottom, word);
}

static void draw_balloon(const assay_pen *pen, assay_colour colour, double inset, double top,
                         double bottom) {
    const double tip[] = {16.0 + 2.0 * inset, bottom - 8.0,       40.0 - 2.0 * inset,
                          bottom - 8.0,       12.0 + 1.5 * inset, bottom + 24.0 - 3.5 * inset};
    const double r = 16.0 - inset;
    assay_pen_polygon(pen, colour, tip, COUNT(tip));
    assay_pen_rect(pen, colour, 16, top + inset, 84, bottom - inset);
    assay_pen_rect(pen, colour, inset, top + 16, 100 - inset, bottom - 16);
    for (int i = 0; i < 4; i++)
        assay_pen_ellipse(pen, colour, i % 2 ? 84 : 16, i / 2 ? bottom - 16 : top + 16, r, r);
}

void assay_speech_draw(const assay_pen *pen, double top, double bottom) {
    draw_balloon(pen, INK, 0, top, bottom);
    draw_balloon(pen, WHITE, 2.5, top, bottom);
}

void assay_bench_draw(const assay_pen *pen) {
    for (int side = 0; side < 2; side++)
        assay_pen_rect(pen, METAL, 10 + 74 * side, 50, 16 + 74 * side, 80);
    assay_pen_rect(pen, WOOD, 0, 48, 100, 57);
}

void assay_far_tree_draw(const assay_pen *pen) {
    static const assay_colour LEAVES = {158, 196, 146}, TRUNK = {176, 152, 128};
    assay_pen_rect(pen, TRUNK, 43, 56, 57, 98);
    assay_pen_ellipse(pen, LEAVES, 50, 26, 26, 24);
    assay_pen_ellipse(pen, LEAVES, 30, 46, 24, 21);
    assay_pen_ellipse(pen, LEAVES, 70, 46, 24, 21);
}

void assay_far_window_draw(const assay_pen *pen) {
    static const assay_colour FRAME = {178, 166, 150}, SKY = {206, 228, 242};
    assay_pen_rect(pen, FRAME, 0, 0, 100, 100);
    assay_pen_rect(pen, SKY, 8, 8, 46, 46);
    assay_pen_rect(pen, SKY, 54, 8, 92, 46);
    assay_pen_rect(pen, SKY, 8, 54, 46, 92);
    assay_pen_rect(pen, SKY, 54, 54, 92, 92);
}

void assay_badge_draw(const assay_pen *pen) {
    double star[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(ASSAY_STAR, star);
    for (int i = 0; i < 2 * n; i++) star[i] = 50.0 + 0.80 * (star[i] - 50.0);
    assay_pen_ellipse(pen, INK, 50, 50, 50, 50);
    assay_pen_ellipse(pen, WHITE, 50, 50, 45, 45);
    assay_pen_polygon(pen, (assay_colour){238, 140, 0}, star, n);
}
