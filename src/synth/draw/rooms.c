/* Floors and furniture from above. */
#include "synth/draw/rooms.h"

static const assay_colour WHITE = {255, 255, 255}, DARK = {58, 60, 68}, WOOD = {170, 116, 66},
                          STEEL = {176, 180, 188};

const char *assay_plan_room_name(assay_plan_room room) {
    static const char *const NAMES[ASSAY_N_ROOMS] = {"bedroom", "bathroom", "kitchen",
                                                     "living room", "dining room"};
    return NAMES[room];
}

const char *assay_plan_room_furniture(assay_plan_room room) {
    static const char *const NAMES[ASSAY_N_ROOMS] = {"bed", "bath", "stove", "sofa", "table"};
    return NAMES[room];
}

static void draw_bed(const assay_pen *pen) {
    static const assay_colour BLANKET = {216, 60, 60};
    assay_pen_rect(pen, WOOD, 20, 8, 80, 92);
    assay_pen_rect(pen, WHITE, 25, 14, 75, 88);
    assay_pen_rect(pen, BLANKET, 25, 40, 75, 88);
    assay_pen_rect(pen, STEEL, 28, 18, 48, 34);
    assay_pen_rect(pen, STEEL, 52, 18, 72, 34);
    assay_pen_rect(pen, WHITE, 29, 19, 47, 33);
    assay_pen_rect(pen, WHITE, 53, 19, 71, 33);
}

static void draw_bath(const assay_pen *pen) {
    static const assay_colour WATER = {96, 176, 236};
    assay_pen_ellipse(pen, STEEL, 26, 50, 20, 30);
    assay_pen_ellipse(pen, STEEL, 74, 50, 20, 30);
    assay_pen_rect(pen, STEEL, 24, 20, 76, 80);
    assay_pen_ellipse(pen, WHITE, 27, 50, 18, 27);
    assay_pen_ellipse(pen, WHITE, 73, 50, 18, 27);
    assay_pen_rect(pen, WHITE, 25, 23, 75, 77);
    assay_pen_ellipse(pen, WATER, 30, 50, 14, 19);
    assay_pen_ellipse(pen, WATER, 70, 50, 14, 19);
    assay_pen_rect(pen, WATER, 28, 31, 72, 69);
    assay_pen_ellipse(pen, DARK, 24, 50, 5, 5);
}

static void draw_stove(const assay_pen *pen) {
    assay_pen_rect(pen, DARK, 16, 14, 84, 86);
    assay_pen_rect(pen, STEEL, 20, 18, 80, 82);
    for (int i = 0; i < 4; i++) {
        double x = 36 + 28 * (i % 2), y = 35 + 30 * (i / 2);
        assay_pen_ellipse(pen, DARK, x, y, 11, 11);
        assay_pen_ellipse(pen, (assay_colour){220, 70, 40}, x, y, 6, 6);
    }
}

static void draw_sofa(const assay_pen *pen) {
    static const assay_colour CLOTH = {52, 116, 84}, SEAT = {92, 164, 124};
    assay_pen_rect(pen, CLOTH, 6, 22, 94, 46);
    assay_pen_rect(pen, CLOTH, 6, 22, 22, 80);
    assay_pen_rect(pen, CLOTH, 78, 22, 94, 80);
    assay_pen_rect(pen, SEAT, 23, 42, 49, 78);
    assay_pen_rect(pen, SEAT, 51, 42, 77, 78);
}

static void draw_dinner_table(const assay_pen *pen) {
    static const assay_colour CHAIR = {104, 66, 34};
    for (int x = 32; x <= 68; x += 36) {
        assay_pen_rect(pen, CHAIR, x - 11, 10, x + 11, 28);
        assay_pen_rect(pen, CHAIR, x - 11, 72, x + 11, 90);
    }
    assay_pen_rect(pen, WOOD, 12, 24, 88, 76);
    assay_pen_ellipse(pen, WHITE, 34, 50, 12, 12);
    assay_pen_ellipse(pen, WHITE, 66, 50, 12, 12);
}

void assay_plan_room_draw(const assay_pen *pen, assay_plan_room room) {
    typedef void (*draw_furniture)(const assay_pen *);
    static const draw_furniture FURNITURE[ASSAY_N_ROOMS] = {draw_bed, draw_bath, draw_stove,
                                                            draw_sofa, draw_dinner_table};
    static const assay_colour FLOORS[ASSAY_N_ROOMS] = {
        {250, 226, 226}, {218, 238, 250}, {252, 240, 206}, {222, 242, 224}, {238, 226, 212}};
    assay_pen_rect(pen, FLOORS[room], 0, 0, 100, 100);
    assay_pen inner = *pen;
    inner.unit *= 0.92;
    FURNITURE[room](&inner);
}

void assay_plan_walker_draw(const assay_pen *pen) {
    static const assay_colour BLUE = {24, 84, 226};
    static const double POINTER[] = {50, 0, 84, 62, 16, 62};
    assay_pen_polygon(pen, BLUE, POINTER, 3);
    assay_pen_ellipse(pen, BLUE, 50, 66, 30, 30);
    assay_pen_ellipse(pen, WHITE, 50, 66, 14, 14);
}
