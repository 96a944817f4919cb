/* Grounds and large props. */
#include "synth/draw/places.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour WHITE = {255, 255, 255}, POST = {120, 122, 128}, DARK = {58, 60, 68},
                          GLASS = {196, 224, 240}, WOOD = {150, 106, 66};

assay_pen assay_pen_inside(const assay_pen *pen, double x, double y, double size) {
    assay_pen out = *pen;
    double dx = (x - 50.0) * pen->unit, dy = (y - 50.0) * pen->unit;
    if (pen->flip) dx = -dx;
    out.x = pen->x + (pen->cosine * dx - pen->sine * dy);
    out.y = pen->y + (pen->sine * dx + pen->cosine * dy);
    out.unit = pen->unit * size / 100.0;
    return out;
}

/* ---- grounds ---- */

static void fill_below(assay_image *canvas, assay_colour colour, double from, double to) {
    assay_pen pen = assay_pen_pixels(canvas);
    assay_pen_rect(&pen, colour, 0, from * canvas->height, canvas->width, to * canvas->height);
}

void assay_outdoors_draw(assay_image *canvas, assay_rng *rng) {
    static const assay_colour SKIES[3] = {{214, 234, 250}, {238, 236, 228}, {226, 226, 242}};
    static const assay_colour LAWN = {182, 212, 164};
    assay_canvas_fill(canvas, SKIES[assay_rng_below(rng, 3)]);
    fill_below(canvas, LAWN, 0.75, 1);
}

void assay_room_draw(assay_image *canvas, assay_rng *rng) {
    static const assay_colour WALLS[3] = {{250, 240, 222}, {232, 238, 246}, {238, 244, 234}};
    static const assay_colour FLOOR = {214, 190, 160};
    assay_canvas_fill(canvas, WALLS[assay_rng_below(rng, 3)]);
    fill_below(canvas, FLOOR, 0.75, 1);
}

void assay_street_draw(assay_image *canvas, assay_rng *rng) {
    static const assay_colour KERB = {206, 204, 198}, ROAD = {150, 152, 158};
    assay_outdoors_draw(canvas, rng);
    fill_below(canvas, KERB, 0.75, 0.79);
    fill_below(canvas, ROAD, 0.79, 1);
    assay_pen pen = assay_pen_pixels(canvas);
    for (int i = 0; i < 4; i++) {
        double left = (0.04 + 0.25 * i) * canvas->width;
        assay_pen_rect(&pen, WHITE, left, 0.89 * canvas->height, left + 0.15 * canvas->width,
                       0.91 * canvas->height);
    }
}

/* ---- props ---- */

void assay_shop_draw(const assay_pen *pen, int tint) {
    assay_colour main = assay_colour_value(tint);
    assay_pen_rect(pen, (assay_colour){244, 236, 218}, 2, 10, 98, 98);
    assay_pen_rect(pen, WOOD, 2, 72, 98, 98);
    assay_pen_rect(pen, assay_colour_shade(WOOD, 80), 0, 70, 100, 76);
    for (int i = 0; i < 8; i++) {
        assay_colour stripe = i % 2 ? WHITE : main;
        double left = 12.5 * i;
        assay_pen_rect(pen, stripe, left, 4, left + 12.5, 22);
        assay_pen_ellipse(pen, stripe, left + 6.25, 22, 6.25, 6);
    }
}

void assay_stairs_draw(const assay_pen *pen) {
    for (int i = 0; i < 4; i++) {
        assay_colour step = assay_colour_shade((assay_colour){214, 208, 200}, 100 - 8 * i);
        double left = 25.0 * i, top = 84.0 - 18.0 * i;
        assay_pen_rect(pen, step, left, top, 100, 100);
        assay_pen_rect(pen, DARK, left, top, left + 25, top + 2);
    }
}

void assay_stool_draw(const assay_pen *pen) {
    assay_pen_rect(pen, assay_colour_shade(WOOD, 80), 12, 10, 24, 100);
    assay_pen_rect(pen, assay_colour_shade(WOOD, 80), 76, 10, 88, 100);
    assay_pen_rect(pen, WOOD, 0, 4, 100, 18);
}

void assay_wall_draw(const assay_pen *pen) {
    static const assay_colour BRICK = {206, 140, 116}, JOINT = {232, 214, 202};
    assay_pen_rect(pen, JOINT, 0, 0, 100, 100);
    for (int row = 0; row < 8; row++) {
        for (int i = 0; i < 5; i++) {
            double left = 25.0 * i - (row % 2 ? 12.5 : 0.0), right = left + 23.0;
            if (left < 0.0) left = 0.0;
            if (right > 100.0) right = 100.0;
            if (right > left) assay_pen_rect(pen, BRICK, left, 12.5 * row, right, 12.5 * row + 11);
        }
    }
}

void assay_gate_draw(const assay_pen *pen, int tint) {
    assay_colour main = assay_colour_value(tint), shade = assay_colour_shade(main, 70);
    assay_pen_rect(pen, DARK, 16, 0, 84, 100);
    assay_pen_rect(pen, main, 21, 5, 79, 100);
    assay_pen_frame(pen, shade, 4, 29, 13, 71, 48);
    assay_pen_frame(pen, shade, 4, 29, 58, 71, 93);
    assay_pen_ellipse(pen, (assay_colour){236, 214, 120}, 71, 53, 4, 4);
}

void assay_window_draw(const assay_pen *pen, int tint) {
    assay_colour main = assay_colour_value(tint);
    assay_pen_rect(pen, main, 6, 6, 94, 94);
    for (int i = 0; i < 4; i++) {
        double left = i % 2 ? 53.0 : 14.0, top = i / 2 ? 53.0 : 14.0;
        assay_pen_rect(pen, GLASS, left, top, left + 33, top + 33);
        assay_pen_line(pen, WHITE, 3, left + 7, top + 20, left + 20, top + 7);
    }
    assay_pen_rect(pen, assay_colour_shade(main, 70), 0, 92, 100, 100);
}

void assay_bed_draw(const assay_pen *pen, assay_person person, int blanket) {
    assay_colour main = assay_colour_value(blanket);
    assay_pen_rect(pen, WOOD, 8, 0, 92, 118);
    assay_pen_rect(pen, WHITE, 13, 8, 87, 110);
    assay_pen_rect(pen, (assay_colour){222, 230, 242}, 20, 12, 80, 46);
    /* The head is a fifth of a person's box and lies on the pillow; the blanket hides the rest. */
    assay_pen head = assay_pen_inside(pen, 50, 60, 97);
    person.age = ASSAY_ADULT;
    assay_person_draw(&head, person);
    assay_pen_rect(pen, main, 8, 54, 92, 118);
    assay_pen_rect(pen, assay_colour_shade(main, 70), 8, 54, 92, 61);
    if (!person.asleep) return;
    assay_pen_text(pen, DARK, 78, 20, 10, "Z");
    assay_pen_text(pen, DARK, 88, 8, 13, "Z");
}

void assay_notice_draw(const assay_pen *pen, int tint, const char *first, const char *second) {
    assay_colour ink = tint == ASSAY_YELLOW ? assay_colour_value(ASSAY_BLACK) : WHITE;
    assay_pen_rect(pen, POST, 45, 70, 55, 110);
    assay_pen_rect(pen, assay_colour_value(tint), 0, 8, 100, 80);
    assay_pen_frame(pen, ink, 2.5, 3, 11, 97, 77);
    if (!second) {
        assay_pen_text(pen, ink, 50, 44, 30, first);
        return;
    }
    assay_pen_text(pen, ink, 50, 29, 23, first);
    assay_pen_text(pen, ink, 50, 60, 23, second);
}
