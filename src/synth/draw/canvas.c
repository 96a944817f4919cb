/* Polygon -> crossings of four sub-scanlines a pixel row -> exact horizontal coverage -> blend.
 * Everything else (ellipses, lines, frames, letters) is a polygon. */
#include "synth/draw/canvas.h"

#include <string.h>

#include "base/maths.h"

#define FIXED          256 /* steps of one pixel */
#define SUB_ROWS       4   /* sub-scanlines of a pixel row */
#define FULL           (FIXED * SUB_ROWS)
#define LEVELS         16 /* of coverage: few colours a drawing, which makes small files */
#define ELLIPSE_POINTS 40
#define CAP_POINTS     8 /* of each round end of a line */
#define PI             3.14159265358979323846

typedef struct point {
    int64_t x, y; /* 1/256 pixel */
} point;

assay_colour assay_colour_shade(assay_colour colour, int percent) {
    assay_colour out = {(uint8_t)(colour.r * percent / 100), (uint8_t)(colour.g * percent / 100),
                        (uint8_t)(colour.b * percent / 100)};
    return out;
}

static void put(uint8_t *pixel, assay_colour colour) {
    pixel[0] = colour.r;
    pixel[1] = colour.g;
    pixel[2] = colour.b;
}

static assay_colour random_colour(assay_rng *rng) {
    uint64_t bits = assay_rng_u64(rng);
    assay_colour out = {(uint8_t)(bits >> 56), (uint8_t)(bits >> 48), (uint8_t)(bits >> 40)};
    return out;
}

void assay_canvas_fill(assay_image *canvas, assay_colour colour) {
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < n; i++) put(canvas->rgb + 3 * i, colour);
}

void assay_canvas_static(assay_image *canvas, assay_rng *rng, int percent) {
    size_t n = (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < n; i++) {
        bool hit = assay_rng_below(rng, 100) < (uint32_t)percent;
        if (hit) put(canvas->rgb + 3 * i, random_colour(rng));
    }
}

void assay_canvas_tiles(assay_image *canvas, assay_rng *rng, int edge, int percent) {
    for (int top = 0; top < canvas->height; top += edge) {
        for (int left = 0; left < canvas->width; left += edge) {
            bool hit = assay_rng_below(rng, 100) < (uint32_t)percent;
            assay_colour colour = random_colour(rng);
            if (!hit) continue;
            for (int y = top; y < top + edge && y < canvas->height; y++) {
                for (int x = left; x < left + edge && x < canvas->width; x++)
                    put(canvas->rgb + 3 * (y * canvas->width + x), colour);
            }
        }
    }
}

assay_pen assay_pen_at(assay_image *canvas, double x, double y, double size, double turn,
                       bool flip) {
    double angle = turn * PI / 180.0;
    assay_pen pen = {canvas, x, y, size / 100.0, assay_cos(angle), assay_sin(angle), flip};
    return pen;
}

assay_pen assay_pen_pixels(assay_image *canvas) {
    assay_pen pen = {canvas, 50.0, 50.0, 1.0, 1.0, 0.0, false};
    return pen;
}

assay_pen assay_pen_page(assay_image *canvas) {
    int edge = canvas->width < canvas->height ? canvas->width : canvas->height;
    return assay_pen_at(canvas, 0.5 * canvas->width, 0.5 * canvas->height, edge, 0, false);
}

/* Nearest 1/256 pixel; far-away points are cut off so that products below stay inside 64 bits. */
static int64_t to_fixed(double v) {
    if (v < -4096.0) v = -4096.0;
    if (v > 4096.0) v = 4096.0;
    return (int64_t)((v + 4096.0) * FIXED + 0.5) - 4096 * FIXED;
}

static point place(const assay_pen *pen, double x, double y) {
    double dx = (x - 50.0) * pen->unit, dy = (y - 50.0) * pen->unit;
    if (pen->flip) dx = -dx;
    point out = {to_fixed(pen->x + (pen->cosine * dx - pen->sine * dy)),
                 to_fixed(pen->y + (pen->sine * dx + pen->cosine * dy))};
    return out;
}

/* Adds the span [a, b), in 1/256 pixel, to one row of coverage. */
static void cover_span(int *cover, int width, int64_t a, int64_t b) {
    int64_t end = (int64_t)width * FIXED;
    if (a < 0) a = 0;
    if (b > end) b = end;
    if (b <= a) return;
    int first = (int)(a / FIXED), last = (int)(b / FIXED);
    if (first == last) {
        cover[first] += (int)(b - a);
        return;
    }
    cover[first] += FIXED - (int)(a % FIXED);
    for (int i = first + 1; i < last; i++) cover[i] += FIXED;
    if (last < width) cover[last] += (int)(b % FIXED);
}

static void cover_sub_row(int *cover, int width, const point *p, int n, int64_t y) {
    int64_t cross[ASSAY_POLYGON_MAX_POINTS];
    int count = 0;
    for (int i = 0; i < n; i++) {
        point a = p[i], b = p[i + 1 < n ? i + 1 : 0];
        if ((a.y <= y) == (b.y <= y)) continue;
        int64_t x = a.x + (b.x - a.x) * (y - a.y) / (b.y - a.y);
        int at = count++;
        for (; at > 0 && cross[at - 1] > x; at--) cross[at] = cross[at - 1];
        cross[at] = x;
    }
    for (int i = 0; i + 1 < count; i += 2) cover_span(cover, width, cross[i], cross[i + 1]);
}

/* Pixels first to last. */
static void blend_row(uint8_t *row, const int *cover, int first, int last, assay_colour colour) {
    for (int x = first; x <= last; x++) {
        int c = (cover[x] + FULL / LEVELS / 2) / (FULL / LEVELS) * (FULL / LEVELS);
        if (c == 0) continue;
        uint8_t *p = row + 3 * x;
        p[0] = (uint8_t)((p[0] * (FULL - c) + colour.r * c + FULL / 2) / FULL);
        p[1] = (uint8_t)((p[1] * (FULL - c) + colour.g * c + FULL / 2) / FULL);
        p[2] = (uint8_t)((p[2] * (FULL - c) + colour.b * c + FULL / 2) / FULL);
    }
}

static void fill_polygon(assay_image *canvas, assay_colour colour, const point *p, int n) {
    int64_t low = p[0].y, high = p[0].y, left = p[0].x, right = p[0].x;
    for (int i = 1; i < n; i++) {
        if (p[i].y < low) low = p[i].y;
        if (p[i].y > high) high = p[i].y;
        if (p[i].x < left) left = p[i].x;
        if (p[i].x > right) right = p[i].x;
    }
    if (high < 0 || right < 0) return;
    int first = left < 0 ? 0 : (int)(left / FIXED), last = (int)(right / FIXED);
    if (last >= canvas->width) last = canvas->width - 1;
    if (first > last) return;
    int top = low < 0 ? 0 : (int)(low / FIXED), bottom = (int)(high / FIXED);
    if (bottom >= canvas->height) bottom = canvas->height - 1;
    int cover[ASSAY_CANVAS_MAX_EDGE];
    for (int y = top; y <= bottom; y++) {
        memset(cover + first, 0, (size_t)(last - first + 1) * sizeof *cover);
        for (int sub = 0; sub < SUB_ROWS; sub++) {
            int64_t at = (int64_t)y * FIXED + sub * (FIXED / SUB_ROWS) + FIXED / SUB_ROWS / 2;
            cover_sub_row(cover, canvas->width, p, n, at);
        }
        blend_row(canvas->rgb + 3 * y * canvas->width, cover, first, last, colour);
    }
}

void assay_pen_polygon(const assay_pen *pen, assay_colour colour, const double *xy, int n) {
    point p[ASSAY_POLYGON_MAX_POINTS];
    if (n < 3 || n > ASSAY_POLYGON_MAX_POINTS) return;
    for (int i = 0; i < n; i++) p[i] = place(pen, xy[2 * i], xy[2 * i + 1]);
    fill_polygon(pen->canvas, colour, p, n);
}

void assay_pen_rect(const assay_pen *pen, assay_colour colour, double x0, double y0, double x1,
                    double y1) {
    const double xy[] = {x0, y0, x1, y0, x1, y1, x0, y1};
    assay_pen_polygon(pen, colour, xy, 4);
}

void assay_pen_frame(const assay_pen *pen, assay_colour colour, double width, double x0, double y0,
                     double x1, double y1) {
    assay_pen_rect(pen, colour, x0, y0, x1, y0 + width);
    assay_pen_rect(pen, colour, x0, y1 - width, x1, y1);
    assay_pen_rect(pen, colour, x0, y0 + width, x0 + width, y1 - width);
    assay_pen_rect(pen, colour, x1 - width, y0 + width, x1, y1 - width);
}

void assay_pen_ellipse(const assay_pen *pen, assay_colour colour, double x, double y, double rx,
                       double ry) {
    double xy[2 * ELLIPSE_POINTS];
    for (int i = 0; i < ELLIPSE_POINTS; i++) {
        double angle = 2.0 * PI * i / ELLIPSE_POINTS;
        xy[2 * i] = x + rx * assay_cos(angle);
        xy[2 * i + 1] = y + ry * assay_sin(angle);
    }
    assay_pen_polygon(pen, colour, xy, ELLIPSE_POINTS);
}

void assay_pen_line(const assay_pen *pen, assay_colour colour, double width, double x0, double y0,
                    double x1, double y1) {
    double dx = x1 - x0, dy = y1 - y0, length = assay_sqrt(dx * dx + dy * dy);
    if (length > 0.0) {
        dx /= length;
        dy /= length;
    } else {
        dx = 1.0;
    }
    double xy[4 * (CAP_POINTS + 1)];
    for (int i = 0; i <= CAP_POINTS; i++) {
        double angle = PI * i / CAP_POINTS;
        double along = 0.5 * width * assay_sin(angle), across = 0.5 * width * assay_cos(angle);
        double *far_end = xy + 2 * i, *near_end = xy + 2 * (CAP_POINTS + 1 + i);
        far_end[0] = x1 + along * dx - across * dy;
        far_end[1] = y1 + along * dy + across * dx;
        near_end[0] = x0 - along * dx + across * dy;
        near_end[1] = y0 - along * dy - across * dx;
    }
    assay_pen_polygon(pen, colour, xy, 2 * (CAP_POINTS + 1));
}

void assay_pen_stroke(const assay_pen *pen, assay_colour colour, double width, const double *xy,
                      int n) {
    for (int i = 0; i + 1 < n; i++)
        assay_pen_line(pen, colour, width, xy[2 * i], xy[2 * i + 1], xy[2 * i + 2], xy[2 * i + 3]);
}
