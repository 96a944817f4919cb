/* Head and shoulders. The features of the face are large: they must be told at 70 pixels. */
#include "synth/draw/bust.h"

#include "synth/sample.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour DARK = {44, 40, 44}, WHITE = {255, 255, 255}, GOLD = {246, 196, 16};

const char *const ASSAY_FEELING_NAMES[ASSAY_N_FEELINGS] = {"happy", "sad", "angry", "surprised"};

const char *assay_feeling_name(int feeling) {
    return ASSAY_FEELING_NAMES[feeling];
}

assay_bust assay_bust_any(assay_rng *rng) {
    assay_bust bust = {0};
    bust.shirt = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    bust.skin = (int)assay_rng_below(rng, 4);
    bust.hair = (int)assay_rng_below(rng, 4);
    bust.long_hair = assay_chance(rng, 50);
    return bust;
}

/* A parabola from (x - r, y) over (x, y + bend) to (x + r, y). */
static void draw_curve(const assay_pen *pen, assay_colour colour, double width, double x, double y,
                       double r, double bend) {
    double xy[2 * 9];
    for (int i = 0; i < 9; i++) {
        double t = (i - 4) / 4.0;
        xy[2 * i] = x + r * t;
        xy[2 * i + 1] = y + bend * (1.0 - t * t);
    }
    assay_pen_stroke(pen, colour, width, xy, 9);
}

static void draw_eyes(const assay_pen *pen, assay_feeling feeling) {
    bool wide = feeling == ASSAY_FEELS_SURPRISED;
    for (int side = -1; side <= 1; side += 2) {
        double x = 50.0 + 10.5 * side;
        assay_pen_ellipse(pen, WHITE, x, 42, wide ? 7 : 6, wide ? 8 : 6);
        assay_pen_ellipse(pen, DARK, x, 42, 3.4, 3.8);
        if (feeling == ASSAY_FEELS_ANGRY)
            assay_pen_line(pen, DARK, 4, x + 7.0 * side, 29, x - 5.5 * side, 36);
        else if (feeling == ASSAY_FEELS_SAD)
            assay_pen_line(pen, DARK, 3, x + 7.0 * side, 35, x - 4.0 * side, 30);
        else
            draw_curve(pen, DARK, 2.6, x, wide ? 30 : 33, 6, -3);
    }
}

static void draw_mouth(const assay_pen *pen, assay_feeling feeling) {
    static const assay_colour RED = {170, 30, 40}, TEAR = {70, 150, 240};
    switch (feeling) {
    case ASSAY_FEELS_HAPPY: {
        static const double SMILE[] = {36, 53, 64, 53, 61, 60, 55, 65, 45, 65, 39, 60};
        assay_pen_polygon(pen, RED, SMILE, COUNT(SMILE));
        assay_pen_rect(pen, WHITE, 39.5, 53, 60.5, 56.5);
        break;
    }
    case ASSAY_FEELS_SAD:
        draw_curve(pen, DARK, 4, 50, 64, 11, -8);
        assay_pen_ellipse(pen, TEAR, 36, 55, 3.6, 5.5);
        break;
    case ASSAY_FEELS_ANGRY:
        assay_pen_rect(pen, DARK, 38, 56, 62, 64);
        assay_pen_rect(pen, WHITE, 40, 58, 60, 62);
        for (int x = 45; x < 60; x += 5) assay_pen_rect(pen, DARK, x - 0.6, 58, x + 0.6, 62);
        break;
    default:
        assay_pen_ellipse(pen, DARK, 50, 60, 7, 8.5);
        assay_pen_ellipse(pen, RED, 50, 62, 4.5, 5.5);
    }
}

static void draw_headwear(const assay_pen *pen, assay_headwear wears) {
    static const assay_colour FELT = {92, 62, 40}, BAND = {40, 30, 26};
    static const double CROWN[] = {26, 24, 22, -2, 36, 10, 50, -6, 64, 10, 78, -2, 74, 24};
    switch (wears) {
    case ASSAY_WEARS_HAT:
        assay_pen_rect(pen, FELT, 28, -8, 72, 20);
        assay_pen_rect(pen, BAND, 28, 12, 72, 19);
        assay_pen_ellipse(pen, FELT, 50, 22, 40, 5);
        break;
    case ASSAY_WEARS_CROWN:
        assay_pen_polygon(pen, GOLD, CROWN, COUNT(CROWN));
        for (int i = 0; i < 3; i++)
            assay_pen_ellipse(pen, (assay_colour){200, 30, 60}, 36 + 14 * i, 19, 3, 3);
        break;
    case ASSAY_WEARS_GLASSES:
        for (int side = -1; side <= 1; side += 2) {
            double x = 50.0 + 11.5 * side;
            assay_pen_frame(pen, DARK, 3.2, x - 10.5, 34, x + 10.5, 51);
            assay_pen_line(pen, DARK, 3, x + 10.0 * side, 40, x + 16.0 * side, 38);
        }
        break;
    default:
        break;
    }
}

void assay_bust_draw(const assay_pen *pen, assay_bust bust) {
    static const assay_colour SKIN[4] = {
        {244, 208, 178}, {222, 170, 128}, {164, 112, 76}, {116, 78, 54}};
    static const assay_colour HAIR[4] = {
        {40, 34, 32}, {104, 66, 40}, {206, 160, 84}, {150, 148, 150}};
    static const double SHOULDERS[] = {8,  100, 10, 86, 22, 76, 40, 72,
                                       60, 72,  78, 76, 90, 86, 92, 100};
    assay_colour skin = SKIN[bust.skin], hair = HAIR[bust.hair],
                 shirt = assay_colour_value(bust.shirt);
    if (bust.long_hair) {
        assay_pen_ellipse(pen, hair, 50, 38, 34, 34);
        assay_pen_rect(pen, hair, 17, 38, 83, 78);
    }
    assay_pen_polygon(pen, shirt, SHOULDERS, COUNT(SHOULDERS));
    assay_pen_rect(pen, assay_colour_shade(skin, 88), 41, 62, 59, 76);
    assay_pen_ellipse(pen, assay_colour_shade(skin, 88), 50, 76, 9, 5);
    assay_pen_ellipse(pen, hair, 50, 34, 29.5, 30);
    assay_pen_ellipse(pen, skin, 50, 45, 27, 28);
    assay_pen_ellipse(pen, skin, 23, 46, 4, 6);
    assay_pen_ellipse(pen, skin, 77, 46, 4, 6);
    if (bust.wears != ASSAY_WEARS_HAT && bust.wears != ASSAY_WEARS_CROWN)
        draw_curve(pen, hair, 9, 50, 27, 20, -8);
    draw_eyes(pen, bust.feeling);
    assay_pen_line(pen, assay_colour_shade(skin, 76), 2.6, 50, 44, 50, 51);
    draw_mouth(pen, bust.feeling);
    draw_headwear(pen, bust.wears);
}
