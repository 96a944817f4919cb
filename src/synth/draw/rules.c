/* Signs and bubbles. */
#include "synth/draw/rules.h"

#include <stdio.h>

#include "synth/draw/places.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {255, 255, 255}, DARK = {36, 38, 44}, POST = {120, 122, 128},
                          RED = {216, 36, 36}, GREEN = {34, 152, 58}, BLUE = {34, 88, 216};

static void draw_disc(const assay_pen *pen, assay_colour edge, assay_colour inside) {
    assay_pen_ellipse(pen, edge, 50, 50, 50, 50);
    assay_pen_ellipse(pen, inside, 50, 50, 38, 38);
}

void assay_ring_draw(const assay_pen *pen) {
    draw_disc(pen, RED, WHITE);
}

void assay_slash_draw(const assay_pen *pen) {
    assay_pen_line(pen, RED, 10, 20, 20, 80, 80);
}

void assay_allowed_draw(const assay_pen *pen) {
    draw_disc(pen, GREEN, WHITE);
}

void assay_speed_sign_draw(const assay_pen *pen, int limit) {
    char text[16];
    snprintf(text, sizeof text, "%d", limit);
    assay_ring_draw(pen);
    assay_pen_text(pen, DARK, 50, 50, 40, text);
}

void assay_parking_draw(const assay_pen *pen, bool allowed) {
    if (allowed) {
        assay_pen_rect(pen, BLUE, 2, 2, 98, 98);
        assay_pen_frame(pen, WHITE, 4, 6, 6, 94, 94);
    } else {
        draw_disc(pen, RED, BLUE);
    }
    assay_pen_text(pen, WHITE, 51, 50, allowed ? 60 : 46, "P");
    if (!allowed) assay_slash_draw(pen);
}

void assay_entry_draw(const assay_pen *pen, bool allowed) {
    assay_pen inside = assay_pen_inside(pen, 50, 50, 76);
    assay_pen_ellipse(pen, allowed ? BLUE : RED, 50, 50, 50, 50);
    if (allowed)
        assay_arrow_draw(&inside, WHITE);
    else
        assay_pen_rect(pen, WHITE, 14, 40, 86, 60);
}

void assay_post_draw(const assay_pen *pen) {
    assay_pen_rect(pen, POST, 46, 90, 54, 180);
}

static void draw_figure(const assay_pen *pen, assay_colour ink, double y, bool walking) {
    assay_pen_ellipse(pen, ink, 50, y - 15, 5.5, 5.5);
    assay_pen_line(pen, ink, 9, 50, y - 5, 50, y + 3);
    if (walking) {
        assay_pen_line(pen, ink, 4, 50, y - 6, 61, y + 2);
        assay_pen_line(pen, ink, 4, 50, y - 6, 39, y + 2);
        assay_pen_line(pen, ink, 5, 50, y + 4, 61, y + 18);
        assay_pen_line(pen, ink, 5, 50, y + 4, 39, y + 18);
    } else {
        assay_pen_line(pen, ink, 5, 47, y + 4, 47, y + 18);
        assay_pen_line(pen, ink, 5, 53, y + 4, 53, y + 18);
    }
}

void assay_walk_light_draw(const assay_pen *pen, bool green) {
    static const assay_colour LIT[2] = {{255, 30, 30}, {30, 230, 80}};
    assay_pen_rect(pen, POST, 46, 98, 54, 150);
    assay_pen_rect(pen, DARK, 22, 0, 78, 100);
    for (int i = 0; i < 2; i++) {
        bool lit = (i == 1) == green;
        assay_colour ink = lit ? LIT[i] : assay_colour_shade(LIT[i], 26);
        if (lit)
            assay_pen_rect(pen, assay_colour_shade(ink, 30), 25, 3 + 48.0 * i, 75, 49 + 48.0 * i);
        draw_figure(pen, ink, 25 + 48.0 * i, i == 1);
    }
}

void assay_bubble_draw(const assay_pen *pen) {
    static const double LOBES[][2] = {{28, 34}, {50, 26}, {72, 34}, {80, 54},
                                      {66, 70}, {38, 70}, {20, 54}};
    for (int inner = 0; inner < 2; inner++) {
        double grow = inner ? 0.0 : 2.0;
        assay_colour colour = inner ? WHITE : POST;
        for (int i = 0; i < 7; i++)
            assay_pen_ellipse(pen, colour, LOBES[i][0], LOBES[i][1], 20 + grow, 20 + grow);
        assay_pen_ellipse(pen, colour, 16, 90, 6 + grow, 6 + grow);
        assay_pen_ellipse(pen, colour, 4, 100, 4 + grow, 4 + grow);
    }
    assay_pen_ellipse(pen, WHITE, 50, 50, 30, 26);
}

void assay_crossed_out_draw(const assay_pen *pen) {
    assay_pen_line(pen, WHITE, 18, 0, 0, 100, 100);
    assay_pen_line(pen, RED, 11, 0, 0, 100, 100);
}
