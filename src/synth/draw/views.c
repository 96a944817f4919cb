/* The views of a toy share their proportions, so that one can be matched with another. */
#include "synth/draw/views.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour DARK = {58, 60, 68}, PALE = {226, 238, 246}, WHITE = {255, 255, 255},
                          GREY = {150, 152, 158}, BROWN = {112, 72, 42}, LAMP = {255, 236, 140},
                          TAIL_LAMP = {232, 24, 24};

const char *assay_toy_name(assay_toy_kind kind) {
    static const char *const NAMES[ASSAY_N_TOYS] = {"car", "house", "cat", "cup"};
    return NAMES[kind];
}

const char *assay_toy_trim(assay_toy_kind kind) {
    static const char *const NAMES[ASSAY_N_TOYS] = {"roof", "roof", "collar", "saucer"};
    return NAMES[kind];
}

const char *assay_view_name(assay_view view) {
    static const char *const NAMES[ASSAY_N_VIEWS] = {"from the front", "from the back",
                                                     "from the side", "from above"};
    return NAMES[view];
}

/* A shape painted on a toy, centred at (x, y). */
static void paint_mark(const assay_pen *pen, const assay_toy *toy, assay_view view, double x,
                       double y, double size) {
    if (toy->marks[view] < 0) return;
    double xy[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(toy->marks[view], xy);
    for (int i = 0; i < n; i++) {
        xy[2 * i] = x + 0.01 * size * (xy[2 * i] - 50.0);
        xy[2 * i + 1] = y + 0.01 * size * (xy[2 * i + 1] - 50.0);
    }
    assay_pen_polygon(pen, toy->body == ASSAY_YELLOW ? DARK : WHITE, xy, n);
}

/* ---- car ---- */

static void car_front(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    static const double ROOF[] = {30, 8, 70, 8, 78, 24, 22, 24};
    static const double CABIN[] = {22, 24, 78, 24, 90, 48, 10, 48};
    static const double GLASS[] = {29, 26, 71, 26, 80, 46, 20, 46};
    static const double SMALL[] = {36, 29, 64, 29, 69, 43, 31, 43};
    assay_colour body = assay_colour_value(toy->body);
    assay_pen_rect(pen, DARK, 10, 76, 28, 96);
    assay_pen_rect(pen, DARK, 72, 76, 90, 96);
    assay_pen_polygon(pen, body, CABIN, COUNT(CABIN));
    assay_pen_polygon(pen, assay_colour_value(toy->trim), ROOF, COUNT(ROOF));
    assay_pen_rect(pen, body, 4, 46, 96, 84);
    if (view == ASSAY_FROM_FRONT) {
        assay_pen_polygon(pen, PALE, GLASS, COUNT(GLASS));
        for (int x = 18; x <= 82; x += 64) {
            assay_pen_ellipse(pen, WHITE, x, 61, 12, 12);
            assay_pen_ellipse(pen, LAMP, x, 61, 9.5, 9.5);
        }
        assay_pen_rect(pen, DARK, 32, 76, 68, 84);
    } else {
        assay_pen_polygon(pen, DARK, SMALL, COUNT(SMALL));
        assay_pen_rect(pen, WHITE, 5, 52, 23, 70);
        assay_pen_rect(pen, WHITE, 77, 52, 95, 70);
        assay_pen_rect(pen, TAIL_LAMP, 8, 55, 20, 67);
        assay_pen_rect(pen, TAIL_LAMP, 80, 55, 92, 67);
        assay_pen_rect(pen, WHITE, 34, 76, 66, 87);
        assay_pen_line(pen, DARK, 2.5, 39, 81.5, 61, 81.5);
    }
    paint_mark(pen, toy, view, 50, 61, 26);
}

static void car_side(const assay_pen *pen, const assay_toy *toy) {
    static const double CABIN[] = {10, 52, 28, 24, 66, 24, 84, 52};
    static const double ROOF[] = {26, 28, 34, 12, 60, 12, 69, 28};
    static const double REAR[] = {24, 48, 33, 31, 45, 31, 45, 48};
    static const double FRONT[] = {50, 48, 50, 31, 63, 31, 74, 48};
    static const double BODY[] = {2, 50, 90, 50, 99, 58, 99, 80, 1, 80};
    assay_colour body = assay_colour_value(toy->body);
    assay_pen_polygon(pen, body, CABIN, COUNT(CABIN));
    assay_pen_polygon(pen, assay_colour_value(toy->trim), ROOF, COUNT(ROOF));
    assay_pen_polygon(pen, body, BODY, COUNT(BODY));
    assay_pen_polygon(pen, PALE, REAR, COUNT(REAR));
    assay_pen_polygon(pen, PALE, FRONT, COUNT(FRONT));
    assay_pen_rect(pen, WHITE, 91, 58, 99, 68);
    assay_pen_rect(pen, LAMP, 93, 60, 99, 66);
    assay_pen_rect(pen, WHITE, 1, 56, 8, 68);
    assay_pen_rect(pen, TAIL_LAMP, 1, 58, 6, 66);
    for (int x = 22; x <= 78; x += 56) {
        assay_pen_ellipse(pen, DARK, x, 80, 14, 14);
        assay_pen_ellipse(pen, PALE, x, 80, 6, 6);
    }
    paint_mark(pen, toy, ASSAY_FROM_SIDE, 50, 65, 25);
}

static void car_above(const assay_pen *pen, const assay_toy *toy) {
    static const double BODY[] = {32, 4, 68, 4, 76, 12, 77, 90, 70, 96, 30, 96, 23, 90, 24, 12};
    static const double GLASS[] = {29, 30, 71, 30, 66, 42, 34, 42};
    static const double REAR[] = {34, 70, 66, 70, 70, 80, 30, 80};
    assay_pen_rect(pen, DARK, 18, 16, 30, 34);
    assay_pen_rect(pen, DARK, 70, 16, 82, 34);
    assay_pen_rect(pen, DARK, 18, 66, 30, 84);
    assay_pen_rect(pen, DARK, 70, 66, 82, 84);
    assay_pen_polygon(pen, assay_colour_value(toy->body), BODY, COUNT(BODY));
    assay_pen_polygon(pen, PALE, GLASS, COUNT(GLASS));
    assay_pen_polygon(pen, PALE, REAR, COUNT(REAR));
    assay_pen_rect(pen, assay_colour_value(toy->trim), 32, 42, 68, 70);
    assay_pen_rect(pen, LAMP, 28, 5, 38, 11);
    assay_pen_rect(pen, LAMP, 62, 5, 72, 11);
}

static void draw_car(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    if (view == ASSAY_FROM_SIDE)
        car_side(pen, toy);
    else if (view == ASSAY_FROM_ABOVE)
        car_above(pen, toy);
    else
        car_front(pen, toy, view);
}

/* ---- house ---- */

static void draw_window(const assay_pen *pen, double x0, double y0, double x1, double y1) {
    double x = 0.5 * (x0 + x1), y = 0.5 * (y0 + y1);
    assay_pen_rect(pen, WHITE, x0, y0, x1, y1);
    assay_pen_rect(pen, PALE, x0 + 3, y0 + 3, x1 - 3, y1 - 3);
    assay_pen_rect(pen, WHITE, x - 1.5, y0, x + 1.5, y1);
    assay_pen_rect(pen, WHITE, x0, y - 1.5, x1, y + 1.5);
}

static void draw_house(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    static const double GABLE[] = {2, 52, 50, 6, 98, 52};
    static const double SLOPE[] = {10, 14, 90, 14, 100, 52, 0, 52};
    assay_colour body = assay_colour_value(toy->body), roof = assay_colour_value(toy->trim);
    switch (view) {
    case ASSAY_FROM_FRONT:
    case ASSAY_FROM_BACK:
        assay_pen_rect(pen, body, 12, 48, 88, 96);
        assay_pen_polygon(pen, roof, GABLE, COUNT(GABLE));
        if (view == ASSAY_FROM_FRONT) {
            assay_pen_rect(pen, WHITE, 18, 57, 46, 96);
            assay_pen_rect(pen, BROWN, 21, 60, 43, 96);
            assay_pen_ellipse(pen, WHITE, 39, 78, 2.5, 2.5);
        } else {
            draw_window(pen, 18, 58, 46, 82);
        }
        paint_mark(pen, toy, view, 66, 72, 32);
        break;
    case ASSAY_FROM_SIDE:
        assay_pen_rect(pen, GREY, 64, 4, 78, 24);
        assay_pen_rect(pen, body, 5, 50, 95, 96);
        assay_pen_polygon(pen, roof, SLOPE, COUNT(SLOPE));
        draw_window(pen, 10, 60, 32, 84);
        draw_window(pen, 68, 60, 90, 84);
        paint_mark(pen, toy, view, 50, 73, 30);
        break;
    default:
        assay_pen_rect(pen, roof, 4, 14, 96, 50);
        assay_pen_rect(pen, assay_colour_shade(roof, 78), 4, 50, 96, 86);
        assay_pen_rect(pen, WHITE, 4, 48.5, 96, 51.5);
        assay_pen_rect(pen, GREY, 64, 24, 80, 40);
        assay_pen_rect(pen, DARK, 68, 28, 76, 36);
    }
}

/* ---- cup ---- */

static void draw_cup(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    static const double HANDLE[] = {72, 36, 88, 34, 95, 44, 92, 58, 80, 66, 70, 66};
    static const double WALL[] = {20, 20, 80, 20, 72, 84, 28, 84};
    assay_colour body = assay_colour_value(toy->body), saucer = assay_colour_value(toy->trim);
    if (view == ASSAY_FROM_ABOVE) {
        assay_pen_ellipse(pen, saucer, 50, 50, 49, 49);
        assay_pen_ellipse(pen, assay_colour_shade(saucer, 80), 50, 50, 36, 36);
        assay_pen_line(pen, body, 11, 70, 50, 91, 50);
        assay_pen_ellipse(pen, body, 50, 50, 31, 31);
        assay_pen_ellipse(pen, BROWN, 50, 50, 22, 22);
        return;
    }
    assay_pen page = *pen;
    if (view == ASSAY_FROM_BACK) page.flip = !page.flip;
    assay_pen_ellipse(&page, saucer, 50, 86, 48, 11);
    assay_pen_ellipse(&page, assay_colour_shade(saucer, 80), 50, 84, 26, 5);
    if (view != ASSAY_FROM_SIDE) assay_pen_stroke(&page, body, 9, HANDLE, COUNT(HANDLE));
    assay_pen_polygon(&page, body, WALL, COUNT(WALL));
    assay_pen_ellipse(&page, body, 50, 20, 30, 9);
    assay_pen_ellipse(&page, BROWN, 50, 20, 25, 6);
    if (view == ASSAY_FROM_SIDE)
        assay_pen_line(&page, assay_colour_shade(body, 70), 11, 50, 40, 50, 68);
    paint_mark(&page, toy, view, 50, 55, 36);
}

/* ---- cat ---- */

static void cat_sitting(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    static const double LEFT_EAR[] = {24, 32, 22, 2, 46, 14}, RIGHT_EAR[] = {54, 14, 78, 2, 76, 32};
    static const double TAIL[] = {50, 94, 50, 80, 57, 72, 53, 64};
    assay_colour fur = assay_colour_value(toy->body);
    assay_pen_ellipse(pen, fur, 50, 76, 28, 22);
    assay_pen_polygon(pen, fur, LEFT_EAR, COUNT(LEFT_EAR));
    assay_pen_polygon(pen, fur, RIGHT_EAR, COUNT(RIGHT_EAR));
    assay_pen_rect(pen, assay_colour_value(toy->trim), 27, 52, 73, 64);
    assay_pen_ellipse(pen, fur, 50, 33, 29, 23);
    if (view == ASSAY_FROM_BACK) {
        assay_pen_stroke(pen, assay_colour_shade(fur, 62), 9, TAIL, COUNT(TAIL));
        return;
    }
    for (int side = -1; side <= 1; side += 2) {
        assay_pen_ellipse(pen, WHITE, 50 + 12 * side, 29, 8, 8);
        assay_pen_ellipse(pen, DARK, 50 + 12 * side, 29, 3.5, 5.5);
        assay_pen_line(pen, DARK, 2, 50 + 15 * side, 41, 50 + 40 * side, 37);
        assay_pen_line(pen, DARK, 2, 50 + 15 * side, 45, 50 + 40 * side, 47);
        assay_pen_ellipse(pen, assay_colour_shade(fur, 75), 50 + 13 * side, 93, 10, 5);
    }
    assay_pen_ellipse(pen, WHITE, 50, 42, 5, 4);
}

static void cat_side(const assay_pen *pen, const assay_toy *toy) {
    static const double TAIL[] = {84, 56, 94, 46, 94, 30, 88, 18};
    static const double NEAR_EAR[] = {22, 20, 36, 2, 42, 26}, FAR_EAR[] = {8, 26, 12, 4, 26, 16};
    assay_colour fur = assay_colour_value(toy->body);
    assay_pen_stroke(pen, fur, 9, TAIL, COUNT(TAIL));
    for (int i = 0; i < 4; i++) {
        static const int X[4] = {38, 49, 70, 81};
        assay_pen_rect(pen, assay_colour_shade(fur, i % 2 ? 75 : 100), X[i] - 5, 66, X[i] + 5, 96);
    }
    assay_pen_ellipse(pen, fur, 60, 60, 32, 18);
    assay_pen_line(pen, assay_colour_value(toy->trim), 11, 29, 57, 45, 43);
    assay_pen_polygon(pen, fur, NEAR_EAR, COUNT(NEAR_EAR));
    assay_pen_polygon(pen, assay_colour_shade(fur, 75), FAR_EAR, COUNT(FAR_EAR));
    assay_pen_ellipse(pen, fur, 24, 34, 21, 18);
    assay_pen_ellipse(pen, WHITE, 16, 30, 6, 6);
    assay_pen_ellipse(pen, DARK, 15, 30, 2.5, 4);
    assay_pen_ellipse(pen, DARK, 4, 36, 3, 2.5);
}

static void cat_above(const assay_pen *pen, const assay_toy *toy) {
    static const double TAIL[] = {50, 82, 56, 90, 70, 94, 82, 88};
    static const double LEFT_EAR[] = {30, 22, 24, 2, 44, 10}, RIGHT_EAR[] = {56, 10, 76, 2, 70, 22};
    assay_colour fur = assay_colour_value(toy->body);
    assay_pen_stroke(pen, fur, 9, TAIL, COUNT(TAIL));
    for (int side = -1; side <= 1; side += 2) {
        assay_pen_ellipse(pen, assay_colour_shade(fur, 75), 50 + 21 * side, 50, 8, 8);
        assay_pen_ellipse(pen, assay_colour_shade(fur, 75), 50 + 22 * side, 78, 8, 8);
    }
    assay_pen_ellipse(pen, fur, 50, 62, 25, 29);
    assay_pen_rect(pen, assay_colour_value(toy->trim), 32, 33, 68, 45);
    assay_pen_polygon(pen, assay_colour_shade(fur, 75), LEFT_EAR, COUNT(LEFT_EAR));
    assay_pen_polygon(pen, assay_colour_shade(fur, 75), RIGHT_EAR, COUNT(RIGHT_EAR));
    assay_pen_ellipse(pen, fur, 50, 22, 24, 18);
}

static void draw_cat(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    if (view == ASSAY_FROM_SIDE)
        cat_side(pen, toy);
    else if (view == ASSAY_FROM_ABOVE)
        cat_above(pen, toy);
    else
        cat_sitting(pen, toy, view);
}

/* ---- all ---- */

void assay_toy_draw(const assay_pen *pen, const assay_toy *toy, assay_view view) {
    typedef void (*draw_toy)(const assay_pen *, const assay_toy *, assay_view);
    static const draw_toy TOYS[ASSAY_N_TOYS] = {draw_car, draw_house, draw_cat, draw_cup};
    TOYS[toy->kind](pen, toy, view);
}

void assay_block_draw(const assay_pen *pen, int front, int right, int top) {
    static const double FRONT[] = {2, 34, 66, 34, 66, 98, 2, 98};
    static const double RIGHT[] = {66, 34, 98, 4, 98, 68, 66, 98};
    static const double TOP[] = {2, 34, 34, 4, 98, 4, 66, 34};
    static const double EDGES[] = {2,  98, 2, 34, 34, 4,  98, 4,  98, 68,
                                   66, 98, 2, 98, 2,  34, 66, 34, 66, 98};
    assay_pen_polygon(pen, assay_colour_value(front), FRONT, 4);
    assay_pen_polygon(pen, assay_colour_value(right), RIGHT, 4);
    assay_pen_polygon(pen, assay_colour_value(top), TOP, 4);
    assay_pen_stroke(pen, WHITE, 3, EDGES, COUNT(EDGES));
    assay_pen_line(pen, WHITE, 3, 66, 34, 98, 4);
}
