/* Props that hold, hide or name something. */
#include "synth/draw/stage.h"

#include "base/maths.h"

#define PI       3.14159265358979323846
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour DARK = {58, 60, 68}, PALE = {246, 246, 240}, INK = {28, 28, 34},
                          WOOD = {176, 126, 78}, STEEL = {150, 154, 162};

/* A little of the colour in much white. */
static assay_colour tint_of(int colour) {
    assay_colour c = assay_colour_value(colour);
    return (assay_colour){(uint8_t)(210 + c.r * 45 / 255), (uint8_t)(210 + c.g * 45 / 255),
                          (uint8_t)(210 + c.b * 45 / 255)};
}

/* ---- what hides ---- */

void assay_box_draw(const assay_pen *pen, int colour, bool open) {
    assay_colour main = assay_colour_value(colour), shade = assay_colour_shade(main, 72);
    assay_pen_rect(pen, main, 6, 16, 94, 98);
    if (open) {
        assay_pen_rect(pen, tint_of(colour), 16, 26, 84, 90);
        assay_pen_rect(pen, shade, 16, 22, 84, 26);
        return;
    }
    assay_pen_rect(pen, shade, 0, 8, 100, 30);
    assay_pen_rect(pen, PALE, 43, 8, 57, 98);
    assay_pen_rect(pen, assay_colour_shade(PALE, 84), 43, 26, 57, 30);
}

void assay_curtain_draw(const assay_pen *pen, int colour, bool open) {
    static const double LEFT[] = {10, 10, 34, 10, 20, 60, 14, 98, 8, 98};
    static const double RIGHT[] = {90, 10, 66, 10, 80, 60, 86, 98, 92, 98};
    assay_colour main = assay_colour_value(colour), shade = assay_colour_shade(main, 76);
    assay_pen_rect(pen, STEEL, 8, 12, 92, 98);
    assay_pen_rect(pen, PALE, 13, 14, 87, 94);
    if (open) {
        assay_pen_polygon(pen, main, LEFT, COUNT(LEFT));
        assay_pen_polygon(pen, main, RIGHT, COUNT(RIGHT));
    } else {
        for (int i = 0; i < 10; i++)
            assay_pen_rect(pen, i % 2 ? shade : main, 5 + 9 * i, 10, 14 + 9 * i, 99);
    }
    assay_pen_line(pen, DARK, 5, 3, 9, 97, 9);
}

void assay_big_book_draw(const assay_pen *pen, int colour, bool open) {
    static const double COVER[] = {0, 16, 50, 20, 100, 16, 100, 86, 50, 90, 0, 86};
    static const double LEFT[] = {4, 12, 27, 11, 49, 17, 49, 85, 27, 80, 4, 81};
    static const double RIGHT[] = {96, 12, 73, 11, 51, 17, 51, 85, 73, 80, 96, 81};
    assay_colour main = assay_colour_value(colour);
    if (open) {
        assay_pen_polygon(pen, main, COVER, COUNT(COVER));
        assay_pen_polygon(pen, PALE, LEFT, COUNT(LEFT));
        assay_pen_polygon(pen, PALE, RIGHT, COUNT(RIGHT));
        for (int i = 0; i < 5; i++)
            assay_pen_line(pen, STEEL, 2.5, 59, 28 + 10 * i, i == 4 ? 76 : 89, 26 + 10 * i);
        return;
    }
    assay_pen_rect(pen, main, 18, 6, 82, 94);
    assay_pen_rect(pen, assay_colour_shade(main, 60), 18, 6, 27, 94);
    assay_pen_rect(pen, PALE, 27, 88, 80, 92);
    assay_pen_frame(pen, assay_colour_shade(main, 60), 2, 34, 14, 76, 80);
}

/* ---- furniture ---- */

void assay_desk_draw(const assay_pen *pen) {
    assay_pen_rect(pen, assay_colour_shade(WOOD, 80), 8, 56, 18, 100);
    assay_pen_rect(pen, assay_colour_shade(WOOD, 80), 82, 56, 92, 100);
    assay_pen_rect(pen, WOOD, 0, 50, 100, 60);
}

void assay_crate_draw(const assay_pen *pen) {
    assay_colour shade = assay_colour_shade(WOOD, 76);
    assay_pen_rect(pen, WOOD, 0, 0, 100, 100);
    for (int i = 1; i < 4; i++) assay_pen_rect(pen, shade, 0, 25 * i - 1.5, 100, 25 * i + 1.5);
    assay_pen_frame(pen, shade, 8, 0, 0, 100, 100);
}

void assay_dial_draw(const assay_pen *pen, int colour, int hour) {
    assay_pen_ellipse(pen, assay_colour_value(colour), 50, 50, 49, 49);
    assay_pen_ellipse(pen, PALE, 50, 50, 41, 41);
    for (int i = 0; i < 12; i++) {
        double angle = PI * i / 6.0, inner = i % 3 ? 35.0 : 30.0;
        assay_pen_line(pen, INK, i % 3 ? 2 : 4, 50 + inner * assay_sin(angle),
                       50 - inner * assay_cos(angle), 50 + 38 * assay_sin(angle),
                       50 - 38 * assay_cos(angle));
    }
    if (hour > 0) {
        double angle = PI * hour / 6.0;
        assay_pen_line(pen, INK, 4, 50, 50, 50, 20);
        assay_pen_line(pen, INK, 8, 50, 50, 50 + 20 * assay_sin(angle), 50 - 20 * assay_cos(angle));
    }
    assay_pen_ellipse(pen, INK, 50, 50, 5, 5);
}

/* ---- what is written on ---- */

/* As high as `height`, unless the word would be wider than `width`. */
static void draw_word(const assay_pen *pen, double x, double y, double height, double width,
                      const char *word) {
    double full = assay_text_width(height, word);
    if (full > width) height *= width / full;
    assay_pen_text(pen, INK, x, y, height, word);
}

void assay_board_draw(const assay_pen *pen, int colour, const char *word) {
    assay_pen_rect(pen, STEEL, 20, 70, 27, 100);
    assay_pen_rect(pen, STEEL, 73, 70, 80, 100);
    assay_pen_rect(pen, assay_colour_value(colour), 0, 20, 100, 76);
    assay_pen_rect(pen, PALE, 6, 26, 94, 70);
    draw_word(pen, 50, 48, 28, 78, word);
}

void assay_calendar_draw(const assay_pen *pen, int colour, const char *day) {
    assay_pen_rect(pen, assay_colour_shade(PALE, 88), 6, 10, 96, 98);
    assay_pen_rect(pen, PALE, 4, 8, 94, 96);
    assay_pen_rect(pen, assay_colour_value(colour), 4, 8, 94, 32);
    for (int i = 0; i < 3; i++) {
        assay_pen_ellipse(pen, PALE, 22 + 27 * i, 18, 4.5, 4.5);
        assay_pen_line(pen, DARK, 4, 22 + 27 * i, 3, 22 + 27 * i, 17);
    }
    draw_word(pen, 49, 64, 32, 78, day);
}

void assay_radio_draw(const assay_pen *pen, int colour, const char *word) {
    assay_colour main = assay_colour_value(colour);
    assay_pen_line(pen, DARK, 3, 80, 24, 96, 0);
    assay_pen_rect(pen, main, 0, 22, 100, 96);
    assay_pen_rect(pen, PALE, 6, 28, 94, 64);
    draw_word(pen, 50, 46, 26, 78, word);
    for (int i = 0; i < 3; i++)
        assay_pen_line(pen, assay_colour_shade(main, 60), 3, 10, 72 + 8 * i, 56, 72 + 8 * i);
    assay_pen_ellipse(pen, PALE, 70, 80, 8, 8);
    assay_pen_ellipse(pen, PALE, 88, 80, 8, 8);
}

void assay_jar_draw(const assay_pen *pen, int colour, const char *word) {
    assay_colour main = assay_colour_value(colour);
    assay_pen_rect(pen, main, 8, 22, 92, 96);
    assay_pen_ellipse(pen, main, 50, 24, 42, 12);
    assay_pen_ellipse(pen, main, 50, 94, 42, 6);
    assay_pen_rect(pen, STEEL, 16, 2, 84, 16);
    assay_pen_rect(pen, PALE, 4, 36, 96, 80);
    draw_word(pen, 50, 58, 28, 82, word);
}

/* ---- cloth ---- */

const char *assay_pattern_name(int pattern) {
    static const char *const NAMES[ASSAY_N_PATTERNS] = {"plain", "striped", "dotted", "checked"};
    return NAMES[pattern];
}

const char *assay_cloth_name(int cloth) {
    static const char *const NAMES[ASSAY_N_CLOTHS] = {"flag", "rug", "shirt"};
    return NAMES[cloth];
}

static void draw_pattern(const assay_pen *pen, int pattern, int colour, double x0, double y0,
                         double x1, double y1) {
    assay_colour main = assay_colour_value(colour);
    double w = x1 - x0, h = y1 - y0;
    assay_pen_rect(pen, pattern == ASSAY_PLAIN ? main : PALE, x0, y0, x1, y1);
    for (int i = 0; i < 4 && pattern == ASSAY_STRIPED; i++)
        assay_pen_rect(pen, main, x0, y0 + h * 2 * i / 7, x1, y0 + h * (2 * i + 1) / 7);
    for (int i = 0; i < 9 && pattern == ASSAY_DOTTED; i++)
        assay_pen_ellipse(pen, main, x0 + w * (2 * (i % 3) + 1) / 6, y0 + h * (2 * (i / 3) + 1) / 6,
                          0.1 * w, 0.1 * w);
    for (int i = 0; i < 16 && pattern == ASSAY_CHECKED; i++) {
        double left = x0 + w * (i % 4) / 4, top = y0 + h * (i / 4) / 4;
        if ((i % 4 + i / 4) % 2 == 0)
            assay_pen_rect(pen, main, left, top, left + w / 4, top + h / 4);
    }
    assay_pen_frame(pen, main, 3, x0, y0, x1, y1);
}

void assay_cloth_draw(const assay_pen *pen, int cloth, int pattern, int colour) {
    static const double LEFT[] = {26, 8, 26, 40, 10, 52, 0, 38},
                        RIGHT[] = {74, 8, 74, 40, 90, 52, 100, 38};
    assay_colour main = assay_colour_value(colour);
    switch (cloth) {
    case ASSAY_FLAG:
        assay_pen_line(pen, STEEL, 6, 10, 4, 10, 97);
        draw_pattern(pen, pattern, colour, 13, 6, 99, 66);
        break;
    case ASSAY_RUG:
        for (int i = 0; i < 9; i++) {
            assay_pen_line(pen, main, 3, 10 + 10 * i, 10, 10 + 10 * i, 3);
            assay_pen_line(pen, main, 3, 10 + 10 * i, 90, 10 + 10 * i, 97);
        }
        draw_pattern(pen, pattern, colour, 4, 10, 96, 90);
        break;
    default:
        assay_pen_polygon(pen, main, LEFT, COUNT(LEFT));
        assay_pen_polygon(pen, main, RIGHT, COUNT(RIGHT));
        draw_pattern(pen, pattern, colour, 24, 8, 76, 96);
        assay_pen_ellipse(pen, assay_colour_shade(main, 70), 50, 9, 12, 5);
    }
}
