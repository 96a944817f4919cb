/* People stand at a panel's lower edge, the bubble is above them. What hangs over an edge is covered
 * by the gutters, which are drawn last. */
#include "synth/draw/panels.h"

typedef struct box {
    double x, y, w, h; /* pixels */
} box;

static const assay_colour INK = {24, 24, 28}, WHITE = {255, 255, 255},
                          SKIN[4] = {
                              {244, 208, 178}, {222, 170, 128}, {164, 112, 76}, {116, 78, 54}};

static double smaller(double a, double b) {
    return a < b ? a : b;
}

static bool is_wide(box at) {
    return at.w > 1.3 * at.h;
}

/* There is nothing but one person in the panel. */
static bool is_close_up(const assay_panel *p) {
    return p->n_people == 1 && p->speaker == ASSAY_NOBODY && p->thing < 0;
}

/* Edge of the box that a person fills. */
static double bust_size(const assay_panel *p, box at) {
    if (is_close_up(p)) return smaller(0.95 * at.w, 0.90 * at.h);
    return smaller((p->n_people == 1 ? 0.80 : 0.50) * at.w, 0.62 * at.h);
}

static double bust_x(const assay_panel *p, box at, int who) {
    double off = is_wide(at) ? 0.30 : 0.255;
    bool beside_bubble = is_wide(at) && p->speaker != ASSAY_NOBODY;
    if (p->n_people == 1) return at.x + (beside_bubble ? 0.28 : 0.5) * at.w;
    return at.x + (who == 0 ? 0.5 - off : 0.5 + off) * at.w;
}

static void draw_blob(const assay_pen *pen, double x, double y, double rx, double ry) {
    assay_pen_ellipse(pen, INK, x, y, rx + 2, ry + 2);
    assay_pen_ellipse(pen, WHITE, x, y, rx, ry);
}

/* The bubble lies at (x, y), its tail points to (to_x, to_y). */
static void draw_bubble(const assay_panel *p, const assay_pen *pen, double x, double y, double rx,
                        double ry, double to_x, double to_y) {
    if (p->word) {
        double dx = to_x - x, side = dx < 0 ? -1 : 1;
        const double tail[] = {x + 0.1 * rx * side, y + 0.5 * ry, x + 0.62 * rx * side,
                               y + 0.4 * ry,        to_x,         to_y};
        assay_pen_stroke(pen, INK, 4,
                         (const double[]){tail[0], tail[1], tail[4], tail[5], tail[2], tail[3]}, 3);
        draw_blob(pen, x, y, rx, ry);
        assay_pen_polygon(pen, WHITE, tail, 3);
        double height = 0.95 * ry, width = assay_text_width(height, p->word);
        if (width > 1.55 * rx) height *= 1.55 * rx / width;
        assay_pen_text(pen, INK, x, y, height, p->word);
        return;
    }
    for (int i = 0; i < 2; i++) {
        double t = 0.62 + 0.3 * i, r = (i == 0 ? 0.2 : 0.13) * ry;
        draw_blob(pen, x + t * (to_x - x), y + t * (to_y - y), r, r);
    }
    draw_blob(pen, x, y, rx, ry);
    assay_pen thing = assay_pen_at(pen->canvas, x, y, 1.55 * smaller(rx, ry), 0, false);
    assay_kind_draw(&thing, p->thought, p->colour);
}

static void draw_speech(const assay_panel *p, const assay_pen *pen, box at) {
    if (p->speaker == ASSAY_NOBODY) return;
    bool wide = is_wide(at);
    double size = bust_size(p, at), top = at.y + at.h - size, head = bust_x(p, at, p->speaker);
    double ry = wide ? 0.23 * at.h : smaller(0.44 * at.w, 0.42 * (top - at.y)),
           rx = wide ? 0.24 * at.w : 0.44 * at.w;
    double x = at.x + 0.5 * at.w, y = at.y + ry + 5;
    if (wide) x = p->n_people == 1 ? at.x + 0.72 * at.w : x;
    draw_bubble(p, pen, x, y, rx, ry, head + (x - head) * 0.2 * (wide ? 1.5 : 0.4),
                wide ? top + 0.25 * size : top - 1);
}

/* Held up with both hands, or upside down on the ground. */
static void draw_thing(const assay_panel *p, assay_image *canvas, box at) {
    if (p->thing < 0) return;
    double size = bust_size(p, at), edge = 0.56 * size, bottom = at.y + at.h;
    if (p->holder == ASSAY_NOBODY) {
        double x = at.x + 0.5 * at.w;
        assay_pen fallen = assay_pen_at(canvas, x, bottom - 0.5 * edge, edge, 150, false);
        assay_kind_draw(&fallen, p->thing, p->colour);
        return;
    }
    double x = bust_x(p, at, p->holder), y = bottom - size - 0.5 * edge + 0.03 * size;
    const assay_bust *holder = &p->people[p->holder];
    assay_pen pen = assay_pen_at(canvas, x, y, edge, 0, false), arms = assay_pen_pixels(canvas);
    for (int side = -1; side <= 1; side += 2) {
        double shoulder = x + 0.38 * size * side, hand = x + 0.36 * size * side;
        assay_pen_line(&arms, assay_colour_value(holder->shirt), 0.12 * size, shoulder,
                       bottom - 0.12 * size, hand, y + 0.2 * size);
        assay_pen_ellipse(&arms, SKIN[holder->skin], hand - 0.03 * size * side, y + 0.08 * size,
                          0.075 * size, 0.085 * size);
    }
    assay_kind_draw(&pen, p->thing, p->colour);
}

/* A strip of ground and pale clouds, so that a panel is not bare where nothing else is above. */
static void draw_backdrop(const assay_panel *p, const assay_pen *pen, box at, assay_colour wall) {
    assay_colour cloud = {(uint8_t)(128 + wall.r / 2), (uint8_t)(128 + wall.g / 2),
                          (uint8_t)(128 + wall.b / 2)};
    double unit = smaller(at.w, at.h);
    assay_pen_rect(pen, wall, at.x, at.y, at.x + at.w, at.y + at.h);
    bool clear = !is_close_up(p) && p->speaker == ASSAY_NOBODY;
    for (int i = 0; clear && i < 3; i++) {
        double x = at.x + 0.5 * at.w + 0.13 * unit * (i - 1);
        assay_pen_ellipse(pen, cloud, x, at.y + (i == 1 ? 0.15 : 0.19) * unit, 0.13 * unit,
                          0.09 * unit);
    }
    assay_pen_rect(pen, assay_colour_shade(wall, 86), at.x, at.y + 0.84 * at.h, at.x + at.w,
                   at.y + at.h);
}

static void draw_panel(const assay_panel *p, assay_image *canvas, box at, assay_colour wall) {
    assay_pen pen = assay_pen_pixels(canvas);
    double size = bust_size(p, at);
    draw_backdrop(p, &pen, at, wall);
    for (int i = 0; i < p->n_people; i++) {
        assay_pen bust =
            assay_pen_at(canvas, bust_x(p, at, i), at.y + at.h - 0.5 * size, size, 0, false);
        assay_bust_draw(&bust, p->people[i]);
    }
    draw_thing(p, canvas, at);
    draw_speech(p, &pen, at);
}

void assay_panels_draw(const assay_panel *panels, int n, assay_image *canvas, assay_rng *rng) {
    static const assay_colour WALLS[5] = {
        {252, 232, 176}, {196, 226, 246}, {208, 238, 206}, {246, 214, 222}, {226, 220, 246}};
    const double gap = 8;
    double w = canvas->width, h = canvas->height;
    bool upright = h >= w;
    int wall = (int)assay_rng_below(rng, 5);
    double step = ((upright ? h : w) - gap) / n;
    assay_pen pen = assay_pen_pixels(canvas);
    for (int i = 0; i < n; i++) {
        box at = {gap, gap, w - 2 * gap, h - 2 * gap};
        if (upright) {
            at.y = gap + step * i;
            at.h = step - gap;
        } else {
            at.x = gap + step * i;
            at.w = step - gap;
        }
        draw_panel(&panels[i], canvas, at, WALLS[(wall + 2 * i) % 5]);
        assay_pen_frame(&pen, INK, 3, at.x - 3, at.y - 3, at.x + at.w + 3, at.y + at.h + 3);
    }
    assay_pen_frame(&pen, WHITE, gap - 3, 0, 0, w, h);
}
