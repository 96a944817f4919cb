/* Food, drink, animals and other things in boxes of 100 x 100 units. */
#include "synth/draw/goods.h"

#include "base/maths.h"

#define PI       3.14159265358979323846
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {255, 255, 255}, DARK = {48, 48, 56}, BROWN = {128, 84, 50},
                          GREY = {150, 152, 160}, STEEL = {196, 202, 212}, RED = {216, 36, 36},
                          GREEN = {34, 152, 58}, GOLD = {246, 196, 16}, CREAM = {252, 240, 206};

/* ---- food ---- */

static void draw_apple(const assay_pen *pen) {
    assay_pen_ellipse(pen, RED, 34, 60, 27, 33);
    assay_pen_ellipse(pen, RED, 66, 60, 27, 33);
    assay_pen_line(pen, BROWN, 6, 50, 32, 54, 10);
    assay_pen_ellipse(pen, GREEN, 69, 16, 15, 8);
    assay_pen_ellipse(pen, WHITE, 24, 48, 6, 9);
}

static void draw_cake(const assay_pen *pen) {
    static const assay_colour PINK = {244, 150, 184};
    static const double SIDE[] = {6, 44, 94, 44, 94, 92, 6, 92}, TOP[] = {6, 46, 70, 20, 94, 46};
    assay_pen_polygon(pen, (assay_colour){224, 176, 112}, SIDE, COUNT(SIDE));
    assay_pen_polygon(pen, PINK, TOP, COUNT(TOP));
    assay_pen_rect(pen, PINK, 6, 44, 94, 54);
    assay_pen_rect(pen, PINK, 6, 68, 94, 76);
    assay_pen_ellipse(pen, RED, 60, 20, 11, 11);
}

static void draw_egg(const assay_pen *pen) {
    assay_pen_ellipse(pen, BROWN, 50, 55, 35, 44);
    assay_pen_ellipse(pen, CREAM, 50, 55, 31, 40);
    assay_pen_ellipse(pen, WHITE, 38, 40, 8, 12);
}

static void draw_cheese(const assay_pen *pen) {
    static const double TOP[] = {4, 46, 62, 14, 96, 46}, SIDE[] = {4, 46, 96, 46, 96, 88, 4, 88};
    assay_pen_polygon(pen, (assay_colour){255, 222, 110}, TOP, COUNT(TOP));
    assay_pen_polygon(pen, GOLD, SIDE, COUNT(SIDE));
    assay_pen_ellipse(pen, (assay_colour){204, 150, 10}, 28, 62, 9, 8);
    assay_pen_ellipse(pen, (assay_colour){204, 150, 10}, 56, 76, 7, 6);
    assay_pen_ellipse(pen, (assay_colour){204, 150, 10}, 76, 60, 10, 9);
}

static void draw_banana(const assay_pen *pen) {
    static const double BODY[] = {86, 18, 74, 14, 64, 42, 40, 62, 8,
                                  66, 6,  80, 40, 88, 70, 74, 84, 46};
    assay_pen_polygon(pen, GOLD, BODY, COUNT(BODY));
    assay_pen_line(pen, BROWN, 9, 81, 16, 83, 6);
    assay_pen_line(pen, BROWN, 7, 7, 70, 6, 76);
}

static void draw_cherry(const assay_pen *pen) {
    static const double STEMS[] = {28, 66, 40, 30, 60, 8, 68, 36, 72, 62};
    assay_pen_stroke(pen, GREEN, 5, STEMS, COUNT(STEMS));
    assay_pen_ellipse(pen, GREEN, 78, 14, 18, 8);
    for (int side = 0; side < 2; side++) {
        assay_pen_ellipse(pen, (assay_colour){190, 16, 60}, 27 + 46 * side, 74 - 4 * side, 22, 21);
        assay_pen_ellipse(pen, WHITE, 20 + 46 * side, 66 - 4 * side, 5, 5);
    }
}

const char *assay_food_name(int food) {
    static const char *const NAMES[ASSAY_N_FOODS] = {"apple",  "cake",   "egg",
                                                     "cheese", "banana", "cherry"};
    return NAMES[food];
}

const char *assay_food_plural(int food) {
    static const char *const NAMES[ASSAY_N_FOODS] = {"apples", "cake",    "eggs",
                                                     "cheese", "bananas", "cherries"};
    return NAMES[food];
}

void assay_food_draw(const assay_pen *pen, int food) {
    static void (*const DRAW[ASSAY_N_FOODS])(const assay_pen *) = {
        draw_apple, draw_cake, draw_egg, draw_cheese, draw_banana, draw_cherry};
    DRAW[food](pen);
}

/* ---- animals ---- */

static void draw_spider(const assay_pen *pen) {
    for (int side = -1; side <= 1; side += 2) {
        for (int i = 0; i < 4; i++) {
            double y = 40 + 10.0 * i, knee = 14 + 20.0 * i, foot = 32 + 20.0 * i;
            const double leg[] = {50, y, 50 + 30.0 * side, knee, 50 + 46.0 * side, foot};
            assay_pen_stroke(pen, DARK, 5, leg, COUNT(leg));
        }
    }
    assay_pen_ellipse(pen, DARK, 50, 64, 22, 25);
    assay_pen_ellipse(pen, DARK, 50, 34, 15, 14);
    assay_pen_ellipse(pen, WHITE, 44, 30, 4.5, 4.5);
    assay_pen_ellipse(pen, WHITE, 56, 30, 4.5, 4.5);
}

static void draw_snake(const assay_pen *pen) {
    static const double BODY[] = {10, 88, 30, 92, 48, 84, 46, 70, 30, 62, 26,
                                  50, 40, 42, 60, 46, 76, 44, 82, 32, 74, 20};
    static const double TONGUE[] = {56, 14, 42, 10};
    assay_pen_stroke(pen, RED, 4, TONGUE, COUNT(TONGUE));
    assay_pen_stroke(pen, GREEN, 15, BODY, COUNT(BODY));
    assay_pen_ellipse(pen, GREEN, 68, 17, 17, 13);
    assay_pen_ellipse(pen, WHITE, 66, 13, 5, 5);
    assay_pen_ellipse(pen, DARK, 65, 13, 2.5, 2.5);
}

static void draw_mouse(const assay_pen *pen) {
    static const double TAIL[] = {78, 74, 92, 68, 94, 50, 86, 40};
    assay_pen_stroke(pen, (assay_colour){226, 150, 160}, 5, TAIL, COUNT(TAIL));
    assay_pen_ellipse(pen, GREY, 54, 66, 34, 24);
    assay_pen_ellipse(pen, GREY, 26, 58, 20, 17);
    assay_pen_ellipse(pen, GREY, 36, 34, 16, 16);
    assay_pen_ellipse(pen, (assay_colour){240, 190, 198}, 36, 34, 9, 9);
    assay_pen_ellipse(pen, DARK, 20, 54, 3.5, 3.5);
    assay_pen_ellipse(pen, (assay_colour){226, 110, 130}, 6, 62, 5, 5);
}

static void draw_bee(const assay_pen *pen) {
    static const assay_colour WING = {196, 214, 236};
    assay_pen_ellipse(pen, WING, 40, 26, 15, 22);
    assay_pen_ellipse(pen, WING, 64, 26, 15, 22);
    assay_pen_ellipse(pen, GOLD, 54, 60, 38, 26);
    assay_pen_rect(pen, DARK, 44, 36, 53, 85);
    assay_pen_rect(pen, DARK, 62, 36, 71, 85);
    assay_pen_ellipse(pen, DARK, 20, 58, 16, 16);
    assay_pen_ellipse(pen, WHITE, 15, 54, 4, 4);
    assay_pen_line(pen, DARK, 5, 90, 60, 99, 60);
}

static void draw_black_cat(const assay_pen *pen) {
    assay_kind_draw(pen, ASSAY_CAT, ASSAY_BLACK);
}

static void draw_blue_bird(const assay_pen *pen) {
    assay_kind_draw(pen, ASSAY_BIRD, ASSAY_BLUE);
}

const char *assay_animal_name(int animal) {
    static const char *const NAMES[ASSAY_N_ANIMALS] = {"spider", "snake", "mouse",
                                                       "bee",    "cat",   "bird"};
    return NAMES[animal];
}

void assay_animal_draw(const assay_pen *pen, int animal) {
    static void (*const DRAW[ASSAY_N_ANIMALS])(const assay_pen *) = {
        draw_spider, draw_snake, draw_mouse, draw_bee, draw_black_cat, draw_blue_bird};
    DRAW[animal](pen);
}

/* ---- drink, smoke, medicine ---- */

static void draw_glass(const assay_pen *pen, assay_colour drink) {
    assay_pen_rect(pen, GREY, 20, 14, 72, 96);
    assay_pen_rect(pen, WHITE, 24, 14, 68, 92);
    assay_pen_rect(pen, drink, 24, 30, 68, 92);
}

void assay_beer_draw(const assay_pen *pen) {
    static const double HANDLE[] = {72, 36, 90, 36, 90, 74, 72, 74};
    assay_pen_stroke(pen, GREY, 8, HANDLE, COUNT(HANDLE));
    draw_glass(pen, (assay_colour){232, 160, 20});
    for (int i = 0; i < 4; i++) assay_pen_ellipse(pen, CREAM, 25 + 14.0 * i, 20, 11, 12);
    assay_pen_rect(pen, CREAM, 24, 20, 68, 36);
}

void assay_water_draw(const assay_pen *pen) {
    draw_glass(pen, (assay_colour){110, 190, 236});
}

void assay_cigarette_draw(const assay_pen *pen) {
    static const double SMOKE[] = {88, 44, 82, 34, 92, 24, 86, 12};
    assay_pen_rect(pen, DARK, 3, 51, 93, 71);
    assay_pen_rect(pen, WHITE, 6, 54, 90, 68);
    assay_pen_rect(pen, (assay_colour){220, 140, 60}, 6, 54, 32, 68);
    assay_pen_rect(pen, (assay_colour){240, 80, 30}, 82, 54, 90, 68);
    assay_pen_stroke(pen, GREY, 6, SMOKE, COUNT(SMOKE));
}

void assay_pills_draw(const assay_pen *pen, int tint, const char *name) {
    assay_colour main = assay_colour_value(tint);
    assay_pen_rect(pen, GREY, 16, 2, 84, 16);
    assay_pen_rect(pen, main, 8, 14, 92, 100);
    assay_pen_rect(pen, WHITE, 8, 22, 92, 92);
    assay_pen_rect(pen, RED, 44, 25, 56, 57);
    assay_pen_rect(pen, RED, 34, 35, 66, 47);
    assay_pen_text(pen, DARK, 50, 76, 24, name);
}

void assay_drug_bag_draw(const assay_pen *pen) {
    assay_pen_rect(pen, GREY, 8, 4, 92, 98);
    assay_pen_rect(pen, (assay_colour){214, 222, 232}, 11, 7, 89, 95);
    assay_pen_rect(pen, (assay_colour){60, 110, 190}, 8, 12, 92, 19);
    assay_pen_ellipse(pen, WHITE, 50, 80, 36, 14);
    assay_pen_ellipse(pen, WHITE, 50, 70, 24, 18);
    assay_pen_text(pen, DARK, 50, 38, 18, "DRUG");
}

/* ---- other things ---- */

void assay_school_bag_draw(const assay_pen *pen, int tint, const char *name) {
    static const double HANDLE[] = {36, 20, 36, 6, 64, 6, 64, 20};
    assay_colour main = assay_colour_value(tint);
    assay_pen_stroke(pen, DARK, 7, HANDLE, COUNT(HANDLE));
    assay_pen_rect(pen, main, 4, 30, 96, 86);
    assay_pen_rect(pen, main, 16, 18, 84, 98);
    for (int i = 0; i < 4; i++) /* round corners */
        assay_pen_ellipse(pen, main, i % 2 ? 84 : 16, i / 2 ? 86 : 30, 12, 12);
    assay_pen_rect(pen, assay_colour_shade(main, 65), 4, 36, 96, 42);
    assay_pen_rect(pen, WHITE, 12, 50, 88, 86);
    assay_pen_text(pen, DARK, 50, 68, 24, name);
}

void assay_knife_draw(const assay_pen *pen) {
    static const double BLADE[] = {38, 58, 38, 10, 50, 2, 62, 14, 62, 58};
    assay_pen_polygon(pen, GREY, BLADE, COUNT(BLADE));
    assay_pen_rect(pen, STEEL, 42, 10, 52, 58);
    assay_pen_rect(pen, DARK, 34, 56, 66, 63);
    assay_pen_rect(pen, BROWN, 41, 62, 59, 98);
}

void assay_saw_draw(const assay_pen *pen, int tint) {
    assay_colour main = assay_colour_value(tint);
    double xy[2 * 21] = {22, 4, 40, 4};
    for (int i = 0; i < 9; i++) { /* teeth along the right edge, downwards */
        xy[2 * (2 + 2 * i)] = 44.0 + 2.0 * i;
        xy[2 * (2 + 2 * i) + 1] = 4.0 + 7.0 * i;
        xy[2 * (3 + 2 * i)] = 53.0 + 2.0 * i;
        xy[2 * (3 + 2 * i) + 1] = 10.0 + 7.0 * i;
    }
    xy[40] = 22;
    xy[41] = 68;
    assay_pen_polygon(pen, GREY, xy, 21);
    assay_pen_rect(pen, main, 16, 64, 70, 98);
    assay_pen_ellipse(pen, WHITE, 43, 82, 15, 8);
}

void assay_spray_can_draw(const assay_pen *pen, int tint) {
    assay_colour main = assay_colour_value(tint);
    assay_pen_rect(pen, DARK, 42, 4, 58, 18);
    assay_pen_rect(pen, STEEL, 32, 16, 68, 28);
    assay_pen_rect(pen, main, 26, 26, 74, 98);
    assay_pen_rect(pen, WHITE, 26, 46, 74, 78);
    assay_pen_ellipse(pen, main, 50, 62, 12, 12);
    for (int i = 0; i < 3; i++) assay_pen_ellipse(pen, main, 26 - 9.0 * i, 2 + 10.0 * i, 4, 4);
}

void assay_ticket_draw(const assay_pen *pen, int tint, const char *day) {
    assay_colour main = assay_colour_value(tint);
    assay_pen_rect(pen, main, 0, 18, 100, 82);
    assay_pen_rect(pen, WHITE, 5, 23, 74, 77);
    for (int i = 0; i < 5; i++) assay_pen_ellipse(pen, WHITE, 80, 24 + 13.0 * i, 2.5, 2.5);
    assay_pen_text(pen, DARK, 40, 34, 10, "TICKET");
    assay_pen_text(pen, DARK, 40, 58, 21, day);
}

void assay_stone_draw(const assay_pen *pen) {
    static const double BODY[] = {8, 70, 22, 36, 50, 22, 82, 34, 96, 66, 80, 88, 26, 90};
    assay_pen_polygon(pen, GREY, BODY, COUNT(BODY));
    assay_pen_line(pen, STEEL, 6, 34, 46, 52, 36);
}
