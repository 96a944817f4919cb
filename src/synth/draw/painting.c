/* The picture is painted flat over the whole canvas, then broken up into dots, tiles or strokes of
 * its own colours, then framed. */
#include "synth/draw/painting.h"

#include "synth/sample.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */
#define FAR      40.0 /* drawing units beyond the page that reach the edge of any canvas */
#define HORIZON  60.0

static const assay_colour WHITE = {255, 255, 255}, DARK = {52, 46, 50}, BROWN = {120, 78, 46};

static assay_colour mix(assay_colour a, assay_colour b, int percent_b) {
    int keep = 100 - percent_b;
    assay_colour out = {(uint8_t)((a.r * keep + b.r * percent_b) / 100),
                        (uint8_t)((a.g * keep + b.g * percent_b) / 100),
                        (uint8_t)((a.b * keep + b.b * percent_b) / 100)};
    return out;
}

static void fill_down(const assay_pen *pen, assay_colour top, assay_colour bottom, double y0,
                      double y1) {
    const int bands = 12;
    for (int i = 0; i < bands; i++) {
        double a = y0 + (y1 - y0) * i / bands;
        assay_pen_rect(pen, mix(top, bottom, 100 * i / (bands - 1)), -FAR, a, 100 + FAR, y1);
    }
}

/* ---- landscapes ---- */

static void draw_star_dots(const assay_pen *pen, assay_rng *rng) {
    static const assay_colour STAR = {255, 244, 190};
    for (int i = 0; i < 16; i++) {
        double x = -10 + 8.0 * i + 4.0 * assay_rng_unit(rng);
        double y = 11.0 + 34.0 * assay_rng_unit(rng);
        assay_pen_ellipse(pen, STAR, x, y, 1.3, 1.3);
    }
}

static void draw_sky(const assay_pen *pen, assay_rng *rng, int hour, double light_x) {
    static const assay_colour TOP[ASSAY_N_HOURS] = {{92, 164, 236}, {196, 60, 74}, {10, 14, 52}},
                              LOW[ASSAY_N_HOURS] = {{206, 230, 248}, {252, 190, 84}, {44, 56, 124}};
    static const assay_colour SUN = {255, 226, 60}, LATE_SUN = {255, 120, 30},
                              MOON = {255, 246, 204}, CRATER = {226, 214, 168};
    fill_down(pen, TOP[hour], LOW[hour], -FAR, HORIZON);
    if (hour == ASSAY_BY_DAY) {
        assay_pen_ellipse(pen, SUN, light_x, 22, 9, 9);
        for (int i = 0; i < 3; i++)
            assay_pen_ellipse(pen, WHITE, 100 - light_x - 8 + 8 * i, i == 1 ? 20 : 24, 9, 6);
    } else if (hour == ASSAY_AT_SUNSET) {
        assay_pen_ellipse(pen, (assay_colour){255, 170, 70}, light_x, 48, 19, 19);
        assay_pen_ellipse(pen, LATE_SUN, light_x, 48, 14, 14);
    } else {
        draw_star_dots(pen, rng);
        assay_pen_ellipse(pen, MOON, light_x, 24, 10, 10);
        assay_pen_ellipse(pen, CRATER, light_x - 3, 21, 2.4, 2.4);
        assay_pen_ellipse(pen, CRATER, light_x + 4, 26, 3, 3);
    }
}

static void draw_crown(const assay_pen *pen, int season, double x, double y, double r) {
    static const assay_colour LEAVES[3] = {{244, 160, 196}, {40, 130, 56}, {226, 110, 24}};
    assay_pen_line(pen, BROWN, 0.3 * r, x, y, x, y + 2.3 * r);
    if (season == ASSAY_WINTER) {
        for (int i = -2; i <= 2; i++) {
            double dx = 0.45 * r * i, tip = y - 0.9 * r + 0.25 * r * (i < 0 ? -i : i);
            assay_pen_line(pen, BROWN, 0.14 * r, x, y + 0.7 * r, x + dx, tip);
        }
        return;
    }
    assay_pen_ellipse(pen, LEAVES[season], x - 0.6 * r, y + 0.3 * r, 0.7 * r, 0.65 * r);
    assay_pen_ellipse(pen, LEAVES[season], x + 0.6 * r, y + 0.3 * r, 0.7 * r, 0.65 * r);
    assay_pen_ellipse(pen, assay_colour_shade(LEAVES[season], 94), x, y - 0.2 * r, 0.8 * r,
                      0.8 * r);
}

static void draw_windmill(const assay_pen *pen, double x) {
    static const assay_colour WALL = {236, 226, 206}, CAP = {150, 60, 44}, SAIL = {250, 248, 240};
    const double tower[] = {x - 9, 84, x - 6, 42, x + 6, 42, x + 9, 84};
    const double cap[] = {x - 8, 43, x, 32, x + 8, 43};
    assay_pen_polygon(pen, WALL, tower, COUNT(tower));
    assay_pen_polygon(pen, CAP, cap, COUNT(cap));
    assay_pen_rect(pen, BROWN, x - 3, 73, x + 3, 84);
    for (int i = 0; i < 4; i++) {
        double dx = i % 2 ? 15 : -15, dy = i / 2 ? 15 : -15;
        assay_pen_line(pen, DARK, 1.6, x, 41, x + 1.2 * dx, 41 + 1.2 * dy);
        assay_pen_line(pen, SAIL, 5.5, x + 0.4 * dx, 41 + 0.4 * dy, x + 1.1 * dx, 41 + 1.1 * dy);
    }
    assay_pen_ellipse(pen, DARK, x, 41, 2.5, 2.5);
}

static void draw_view(const assay_pen *pen, int view, double x, bool snow) {
    static const assay_colour ROCK = {112, 112, 128}, WATER = {58, 120, 200};
    if (view == ASSAY_VIEW_MOUNTAIN) {
        const double left[] = {x - 40, HORIZON + 1, x - 14, 30, x + 10, HORIZON + 1};
        const double peak[] = {x - 24, HORIZON + 1, x + 6, 14, x + 38, HORIZON + 1};
        const double top[] = {x - 5, 31, x + 6, 14, x + 18, 31, x + 11, 28, x + 6, 33, x + 1, 28};
        assay_pen_polygon(pen, assay_colour_shade(ROCK, 82), left, COUNT(left));
        assay_pen_polygon(pen, ROCK, peak, COUNT(peak));
        assay_pen_polygon(pen, WHITE, top, COUNT(top));
    } else if (view == ASSAY_VIEW_HOUSE) {
        const double roof[] = {x - 24, 55, x, 33, x + 24, 55};
        assay_pen_rect(pen, (assay_colour){246, 232, 206}, x - 19, 54, x + 19, 82);
        assay_pen_polygon(pen, snow ? (assay_colour){248, 250, 255} : (assay_colour){176, 52, 40},
                          roof, COUNT(roof));
        assay_pen_rect(pen, BROWN, x + 2, 64, x + 11, 82);
        assay_pen_rect(pen, (assay_colour){255, 214, 96}, x - 13, 61, x - 4, 70);
    } else if (view == ASSAY_VIEW_BOAT) {
        assay_pen_ellipse(pen, WATER, x, 76, 44, 14);
        assay_pen boat = assay_pen_at(pen->canvas, pen->x + (x - 50) * pen->unit,
                                      pen->y + 10 * pen->unit, 40 * pen->unit, 0, false);
        assay_pen_line(&boat, DARK, 5, 48, 2, 48, 70);
        const double sail[] = {54, 4, 92, 58, 54, 58}, jib[] = {42, 14, 42, 58, 10, 58};
        const double hull[] = {0, 66, 100, 66, 82, 94, 18, 94};
        assay_pen_polygon(&boat, WHITE, sail, COUNT(sail));
        assay_pen_polygon(&boat, (assay_colour){230, 70, 50}, jib, COUNT(jib));
        assay_pen_polygon(&boat, BROWN, hull, COUNT(hull));
    } else {
        draw_windmill(pen, x);
    }
}

static void paint_landscape(const assay_painting *p, const assay_pen *pen, assay_rng *rng) {
    static const assay_colour GROUND[ASSAY_N_SEASONS] = {
        {150, 206, 96}, {84, 152, 62}, {196, 148, 70}, {240, 244, 250}};
    bool tree_left = assay_chance(rng, 50);
    double light_x = tree_left ? 76 : 24, tree_x = tree_left ? 15 : 85;
    double view_x = tree_left ? 62 : 38;
    assay_colour ground = GROUND[p->season], night = {30, 36, 84}, glow = {226, 110, 60};
    if (p->hour == ASSAY_BY_NIGHT) ground = mix(ground, night, 40);
    if (p->hour == ASSAY_AT_SUNSET) ground = mix(ground, glow, 15);
    draw_sky(pen, rng, p->hour, light_x);
    if (p->view == ASSAY_VIEW_MOUNTAIN) draw_view(pen, p->view, view_x, false);
    fill_down(pen, ground, assay_colour_shade(ground, 84), HORIZON, 100 + FAR);
    if (p->season == ASSAY_SPRING) {
        for (int i = 0; i < 14; i++) {
            double x = -10 + 9.0 * i + 4.0 * assay_rng_unit(rng);
            double y = 66 + 24.0 * assay_rng_unit(rng);
            assay_pen_ellipse(pen, i % 2 ? WHITE : (assay_colour){250, 120, 170}, x, y, 1.8, 1.8);
        }
    }
    if (p->view != ASSAY_VIEW_MOUNTAIN) draw_view(pen, p->view, view_x, p->season == ASSAY_WINTER);
    draw_crown(pen, p->season, tree_x, 50, 14);
}

/* ---- portraits and still lifes ---- */

static void paint_portrait(const assay_painting *p, const assay_pen *pen, assay_rng *rng) {
    static const assay_colour WALLS[4] = {
        {70, 92, 84}, {160, 148, 120}, {96, 84, 110}, {134, 160, 176}};
    assay_colour wall = WALLS[assay_rng_below(rng, 4)];
    fill_down(pen, assay_colour_shade(wall, 80), wall, -FAR, 100 + FAR);
    assay_pen_rect(pen, assay_colour_value(p->sitter.shirt), 14, 92, 86, 100 + FAR);
    assay_pen bust =
        assay_pen_at(pen->canvas, pen->x, pen->y + 7 * pen->unit, 84 * pen->unit, 0, false);
    assay_bust_draw(&bust, p->sitter);
}

static void draw_apple(const assay_pen *pen, assay_colour skin, double x, double y, double r) {
    assay_pen_ellipse(pen, skin, x, y, r, 0.94 * r);
    assay_pen_ellipse(pen, mix(skin, WHITE, 55), x - 0.35 * r, y - 0.35 * r, 0.22 * r, 0.3 * r);
    assay_pen_line(pen, BROWN, 0.22 * r, x, y - 0.8 * r, x + 0.2 * r, y - 1.35 * r);
}

static void draw_flowers(const assay_pen *pen, double x) {
    static const assay_colour STEM = {60, 120, 60},
                              BLOOMS[3] = {{240, 96, 130}, {250, 190, 40}, {244, 244, 250}};
    const double vase[] = {x - 8, 44, x + 8, 44, x + 14, 60, x + 8, 74, x - 8, 74, x - 14, 60};
    for (int i = 0; i < 3; i++) {
        double at = x + 15.0 * (i - 1), y = i == 1 ? 18 : 27;
        assay_pen_line(pen, STEM, 2, x, 46, at, y);
        for (int k = 0; k < 4; k++)
            assay_pen_ellipse(pen, BLOOMS[i], at + (k % 2 ? 4.5 : -4.5), y + (k / 2 ? 4.5 : -4.5),
                              5.5, 5.5);
        assay_pen_ellipse(pen, BROWN, at, y, 3.5, 3.5);
    }
    assay_pen_polygon(pen, (assay_colour){60, 110, 190}, vase, COUNT(vase));
}

static void draw_still(const assay_pen *pen, int still, double x) {
    static const assay_colour CLAY = {190, 104, 60}, WAX = {250, 244, 226};
    if (still == ASSAY_STILL_FRUIT) {
        static const assay_colour FRUIT[4] = {
            {250, 150, 20}, {120, 60, 150}, {250, 216, 50}, {250, 150, 20}};
        const double bowl[] = {x - 25, 54, x + 25, 54, x + 14, 74, x - 14, 74};
        for (int i = 0; i < 4; i++)
            assay_pen_ellipse(pen, FRUIT[i], x - 16 + 11 * i, i % 3 ? 42 : 48, 9, 9);
        assay_pen_polygon(pen, CLAY, bowl, COUNT(bowl));
    } else if (still == ASSAY_STILL_FLOWERS) {
        draw_flowers(pen, x);
    } else if (still == ASSAY_STILL_JUG) {
        const double handle[] = {x + 10, 36, x + 24, 38, x + 24, 56, x + 12, 62};
        const double neck[] = {x - 16, 24, x + 10, 24, x + 9, 42, x - 9, 42};
        assay_pen_stroke(pen, CLAY, 4.5, handle, COUNT(handle));
        assay_pen_polygon(pen, CLAY, neck, COUNT(neck));
        assay_pen_ellipse(pen, CLAY, x, 57, 18, 18);
        assay_pen_rect(pen, assay_colour_shade(CLAY, 70), x - 17, 54, x + 17, 58);
    } else {
        const double flame[] = {x, 12, x + 6, 24, x, 31, x - 6, 24};
        assay_pen_ellipse(pen, (assay_colour){255, 224, 130}, x, 23, 12, 14);
        assay_pen_polygon(pen, (assay_colour){250, 130, 20}, flame, COUNT(flame));
        assay_pen_line(pen, DARK, 1.6, x, 30, x, 35);
        assay_pen_rect(pen, WAX, x - 7, 34, x + 7, 70);
        assay_pen_ellipse(pen, (assay_colour){212, 170, 60}, x, 71, 18, 5);
    }
}

static void paint_still_life(const assay_painting *p, const assay_pen *pen, assay_rng *rng) {
    static const assay_colour WALLS[3] = {{84, 66, 60}, {64, 80, 84}, {140, 128, 104}};
    static const assay_colour APPLE = {206, 40, 40}, GREEN_APPLE = {140, 190, 60};
    assay_colour wall = WALLS[assay_rng_below(rng, 3)], cloth = assay_colour_value(p->cloth);
    assay_colour skin = p->cloth == ASSAY_RED || assay_chance(rng, 50) ? GREEN_APPLE : APPLE;
    if (p->cloth == ASSAY_GREEN) skin = APPLE;
    fill_down(pen, assay_colour_shade(wall, 80), wall, -FAR, 64);
    fill_down(pen, cloth, assay_colour_shade(cloth, 84), 64, 100 + FAR);
    draw_still(pen, p->still, 50);
    double first = 50 - 9.5 * (p->apples - 1);
    for (int i = 0; i < p->apples; i++) draw_apple(pen, skin, first + 19.0 * i, 80, 8);
}

/* ---- abstract pictures ---- */

static void draw_piece(const assay_pen *pen, assay_colour tint, int pattern, double x, double y,
                       double r) {
    const double triangle[] = {x, y - r, x + r, y + 0.8 * r, x - r, y + 0.8 * r};
    if (pattern == ASSAY_OF_SQUARES)
        assay_pen_rect(pen, tint, x - 0.85 * r, y - 0.85 * r, x + 0.85 * r, y + 0.85 * r);
    else if (pattern == ASSAY_OF_CIRCLES)
        assay_pen_ellipse(pen, tint, x, y, 0.9 * r, 0.9 * r);
    else
        assay_pen_polygon(pen, tint, triangle, COUNT(triangle));
}

static void paint_abstract(const assay_painting *p, const assay_pen *pen, assay_rng *rng) {
    static const assay_colour TINTS[ASSAY_N_PALETTES][4] = {
        {{214, 40, 40}, {246, 130, 30}, {250, 200, 40}, {160, 30, 50}},
        {{30, 70, 180}, {40, 150, 190}, {60, 170, 110}, {90, 60, 160}},
        {{30, 30, 32}, {90, 90, 94}, {150, 150, 152}, {200, 200, 202}}};
    static const assay_colour GROUNDS[ASSAY_N_PALETTES] = {
        {254, 232, 196}, {208, 232, 246}, {244, 244, 242}};
    assay_canvas_fill(pen->canvas, GROUNDS[p->palette]);
    int tint = (int)assay_rng_below(rng, 4);
    bool upright = assay_chance(rng, 50);
    if (p->pattern == ASSAY_OF_STRIPES) {
        assay_pen turned = *pen;
        if (upright) turned = assay_pen_at(pen->canvas, pen->x, pen->y, 100 * pen->unit, 90, false);
        for (double y = -38; y < 140; y += 16) {
            tint = (tint + 1 + (int)assay_rng_below(rng, 2)) % 4;
            assay_pen_rect(&turned, TINTS[p->palette][tint], -FAR, y, 100 + FAR, y + 11);
        }
        return;
    }
    for (int row = -1; row < 5; row++) {
        for (int column = -1; column < 5; column++) {
            tint = (tint + 1 + (int)assay_rng_below(rng, 3)) % 4;
            double r = 10.0 + 3.0 * assay_rng_unit(rng);
            draw_piece(pen, TINTS[p->palette][tint], p->pattern, 9.5 + 27.0 * column,
                       9.5 + 27.0 * row, r);
        }
    }
}

/* ---- manners ---- */

static assay_colour mean_of(const assay_image *canvas, int x0, int y0, int x1, int y1) {
    int sum[3] = {0}, n = 0;
    for (int y = y0; y < y1; y++) {
        for (int x = x0; x < x1; x++) {
            const uint8_t *p = canvas->rgb + 3 * (y * canvas->width + x);
            for (int c = 0; c < 3; c++) sum[c] += p[c];
            n++;
        }
    }
    if (n == 0) return WHITE;
    return (assay_colour){(uint8_t)(sum[0] / n), (uint8_t)(sum[1] / n), (uint8_t)(sum[2] / n)};
}

/* Lighter or darker: the hand never mixes the same paint twice. */
static assay_colour remix(assay_colour colour, assay_rng *rng) {
    int percent = assay_rng_range(rng, -16, 16);
    return percent < 0 ? assay_colour_shade(colour, 100 + percent) : mix(colour, WHITE, percent);
}

static void break_up(assay_image *canvas, assay_rng *rng, int manner) {
    static const assay_colour GROUT = {70, 66, 64}, LINEN = {240, 232, 214};
    int edge = canvas->width < canvas->height ? canvas->width : canvas->height;
    int high = edge / 26, wide = manner == ASSAY_STROKES ? 2 * high : high;
    assay_pen pen = assay_pen_pixels(canvas);
    for (int y = 0, row = 0; y < canvas->height; y += high, row++) {
        int start = manner != ASSAY_TILES && row % 2 ? -wide / 2 : 0;
        for (int x = start; x < canvas->width; x += wide) {
            int x0 = x < 0 ? 0 : x, x1 = x + wide < canvas->width ? x + wide : canvas->width,
                y1 = y + high < canvas->height ? y + high : canvas->height;
            assay_colour paint = remix(mean_of(canvas, x0, y, x1, y1), rng);
            assay_colour under = manner == ASSAY_TILES  ? GROUT
                                 : manner == ASSAY_DOTS ? LINEN
                                                        : assay_colour_shade(paint, 86);
            assay_pen_rect(&pen, under, x, y, x + wide, y + high);
            if (manner == ASSAY_TILES)
                assay_pen_rect(&pen, paint, x, y, x + wide - 1.5, y + high - 1.5);
            else if (manner == ASSAY_DOTS)
                assay_pen_ellipse(&pen, paint, x + 0.5 * wide, y + 0.5 * high, 0.52 * wide,
                                  0.52 * high);
            else
                assay_pen_line(&pen, paint, 0.5 * high, x + 0.2 * wide, y + 0.75 * high,
                               x + 0.8 * wide, y + 0.25 * high);
        }
    }
}

static void draw_frame(assay_image *canvas, int frame) {
    static const assay_colour COLOURS[ASSAY_N_FRAMES] = {
        {206, 164, 56}, {30, 28, 30}, {170, 34, 34}, {40, 80, 170}, {246, 246, 244}};
    assay_pen pen = assay_pen_pixels(canvas);
    int w = canvas->width, h = canvas->height;
    double thick = 0.075 * (w < h ? w : h);
    assay_colour main = COLOURS[frame];
    assay_pen_frame(&pen, main, thick, 0, 0, w, h);
    assay_pen_frame(&pen, assay_colour_shade(main, 70), 2, 0, 0, w, h);
    assay_pen_frame(&pen, mix(main, WHITE, 45), 0.25 * thick, 0.35 * thick, 0.35 * thick,
                    w - 0.35 * thick, h - 0.35 * thick);
    assay_pen_frame(&pen, assay_colour_shade(main, 70), 2, thick - 2, thick - 2, w - thick + 2,
                    h - thick + 2);
}

void assay_painting_draw(const assay_painting *p, assay_image *canvas, assay_rng *rng) {
    assay_pen pen = assay_pen_page(canvas);
    switch (p->genre) {
    case ASSAY_LANDSCAPE:
        paint_landscape(p, &pen, rng);
        break;
    case ASSAY_PORTRAIT:
        paint_portrait(p, &pen, rng);
        break;
    case ASSAY_STILL_LIFE:
        paint_still_life(p, &pen, rng);
        break;
    default:
        paint_abstract(p, &pen, rng);
    }
    if (p->manner != ASSAY_SMOOTH) break_up(canvas, rng, p->manner);
    draw_frame(canvas, p->frame);
}
