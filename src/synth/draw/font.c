/* A stroke font: each glyph is a few polylines on a fine grid, written as pairs of characters, the
 * column (0 to 9, and : for 10) and the row (a the top of a capital, d that of a small letter, m
 * the line they stand on, q the end of a descender). A comma starts a new polyline; ~ in front of it
 * makes it a curve: its inner points are the control points of a quadratic spline. */
#include "synth/draw/canvas.h"

#include <stddef.h>
#include <string.h>

#define ROWS             12.0 /* grid steps of a capital's height */
#define GAP              3.4  /* grid steps between the strokes of two letters */
#define SPACE            3.0  /* grid steps, width of a character without strokes */
#define THICKNESS        2.15 /* grid steps */
#define SCRIPT_THICKNESS 1.7
#define SCRIPT_SLANT     0.22 /* to the right for each step upwards */
#define CURVE_STEPS      4    /* lines for each control point */
#define PIECE_POINTS     16   /* of the longest polyline */
#define FIRST            ' '
#define LAST             '~'

/* Small letters from whose lower right end a pen goes on to the next letter. */
static const char JOINED[] = "acdehikmntuxz";

static const char *const GLYPHS[LAST - FIRST + 1] = {
    "",                                 /* space */
    "0a0h,0m0m",                        /* ! */
    "0a0c,3a3c",                        /* " */
    "2b1l,6b5l,0e7e,0i7i",              /* # */
    "~7d6b3b0b0g4g7g7l4l1l0j,4a4m",     /* $ */
    "8a0m,~1a0a0d2d2a1a,~7j6j6m8m8j7j", /* % */
    "~8m1f1a4a6a6d3g0h0m4m6m8h",        /* & */
    "0a0c",                             /* ' */
    "~2a0d0j2m",                        /* ( */
    "~0a2d2j0m",                        /* ) */
    "3b3h,0c6g,6c0g",                   /* * */
    "3e3k,0h6h",                        /* + */
    "1l0o",                             /* , */
    "0h4h",                             /* - */
    "0m0m",                             /* . */
    "5a0m",                             /* / */
    "~3a0a0m6m6a3a",                    /* 0 */
    "0d3a3m,0m6m",                      /* 1 */
    "~0d0a3a7a7g0m,0m7m",               /* 2 */
    "~0c0a3a7a7g3g,~3g7g7m3m0m0j",      /* 3 */
    "5m5a0i7i",                         /* 4 */
    "7a1a0g,~0g1e4e7e7m3m0m0j",         /* 5 */
    "~3f0f0m7m7f3f,~6b5a3a0a0i",        /* 6 */
    "0a7a2m",                           /* 7 */
    "~3a0a0g7g7a3a,~3g0g0m7m7g3g",      /* 8 */
    "~4h7h7a0a0h4h,~1l2m4m7m7e",        /* 9 */
    "0f0f,0m0m",                        /* : */
    "1f1f,1l0o",                        /* ; */
    "6c0h6m",                           /* < */
    "0f6f,0j6j",                        /* = */
    "0c6h0m",                           /* > */
    "~0c0a3a7a7f3f3i,3m3m",             /* ? */
    "~8l4m0m0b4b8b8i6i5i,~5f3f3i5i5f",  /* @ */
    "0m4a8m,1i7i",                      /* A */
    "0a0m,~0a4a7a7g4g0g,~0g4g8g8m4m0m", /* B */
    "~8c7a4a0a0m4m7m8k",                /* C */
    "0a0m,~0a4a8a8m4m0m",               /* D */
    "7a0a0m7m,0g6g",                    /* E */
    "7a0a0m,0g6g",                      /* F */
    "~8c7a4a0a0m4m8m8i8g,8g5g",         /* G */
    "0a0m,8a8m,0g8g",                   /* H */
    "0a4a,2a2m,0m4m",                   /* I */
    "~6a6i6m3m0m0j",                    /* J */
    "0a0m,8a0h,2f8m",                   /* K */
    "0a0m7m",                           /* L */
    "0m0a5i:a:m",                       /* M */
    "0m0a8m8a",                         /* N */
    "~4a0a0m8m8a4a",                    /* O */
    "0a0m,~0a4a8a8h4h0h",               /* P */
    "~4a0a0m8m8a4a,5i8n",               /* Q */
    "0a0m,~0a4a8a8g4g0g,4g8m",          /* R */
    "~8c7a4a0a0g4g8g8m4m1m0k",          /* S */
    "0a8a,4a4m",                        /* T */
    "~0a0h0m8m8h8a",                    /* U */
    "0a4m8a",                           /* V */
    "0a2m5d8m:a",                       /* W */
    "0a8m,8a0m",                        /* X */
    "0a4g8a,4g4m",                      /* Y */
    "0a8a0m8m",                         /* Z */
    "2a0a0m2m",                         /* [ */
    "0a5m",                             /* \ */
    "0a2a2m0m",                         /* ] */
    "0d3a6d",                           /* ^ */
    "0n6n",                             /* _ */
    "0a2c",                             /* ` */
    "~0f0d3d6d6g6m,~6h3h0h0m3m6m6i",    /* a */
    "0a0m,~0f1d3d6d6m3m1m0k",           /* b */
    "~6f5d3d0d0m3m5m6k",                /* c */
    "6a6m,~6f5d3d0d0m3m5m6k",           /* d */
    "0h6h,~6h6d3d0d0m3m5m6k",           /* e */
    "~5a2a2f2m,0e5e",                   /* f */
    "~6f5d3d0d0l3l5l6j,~6d6k6q3q1q0p",  /* g */
    "0a0m,~0g1d3d6d6h6m",               /* h */
    "0e0m,0a0a",                        /* i */
    "~2e2m2q0q,2a2a",                   /* j */
    "0a0m,6d0j,2h6m",                   /* k */
    "~0a0j0m2m",                        /* l */
    "0d0m,~0g1d3d5d5h5m,~5g6d8d:d:h:m", /* m */
    "0d0m,~0g1d3d6d6h6m",               /* n */
    "~3d0d0m6m6d3d",                    /* o */
    "0d0q,~0f1d3d6d6m3m1m0k",           /* p */
    "6d6q,~6f5d3d0d0m3m5m6k",           /* q */
    "0d0m,~0h1d5d",                     /* r */
    "~6f5d3d0d0h3h6h6m3m1m0k",          /* s */
    "~2b2i2m5m,0e5e",                   /* t */
    "~0d0i0m3m5m6j,6d6m",               /* u */
    "0d3m6d",                           /* v */
    "0d2m5f8m:d",                       /* w */
    "0d6m,6d0m",                        /* x */
    "0d3l,6d2q",                        /* y */
    "0d6d0m6m",                         /* z */
    "~3a1a1f0g,~0g1h1m3m",              /* { */
    "0a0n",                             /* | */
    "~0a2a2f3g,~3g2h2m0m",              /* } */
    "~0i1f3g5i6f",                      /* ~ */
};

/* How letters are put down; the place of the letter at work in drawing units. */
typedef struct hand {
    const assay_pen *pen;
    assay_colour colour;
    assay_rng *rng; /* NULL: nothing wavers */
    double x, top, step, slant, thickness, waver;
} hand;

static const char *glyph_of(char c) {
    return c >= FIRST && c <= LAST ? GLYPHS[c - FIRST] : "";
}

static double width_of(const char *glyph) {
    int width = -1;
    for (; *glyph; glyph++) {
        if (*glyph >= '0' && *glyph <= ':' && *glyph - '0' > width) width = *glyph - '0';
    }
    return width < 0 ? SPACE : width;
}

static double off_by(const hand *h) {
    return h->rng ? h->waver * (assay_rng_unit(h->rng) - 0.5) : 0.0;
}

static void put_point(const hand *h, double column, double row, double *xy) {
    double off_x = off_by(h), off_y = off_by(h);
    xy[0] = h->x + h->step * (column + h->slant * (ROWS - row) + off_x);
    xy[1] = h->top + h->step * (row + off_y);
}

/* The spline of control points p, [n][2] with n up to PIECE_POINTS: from one middle of two
 * neighbours to the next, and from and to the ends. */
static void draw_curve(const hand *h, const double *p, int n) {
    double xy[2 * (CURVE_STEPS * PIECE_POINTS + 1)];
    int count = 0;
    xy[2 * count] = p[0];
    xy[2 * count++ + 1] = p[1];
    for (int i = 1; i + 1 < n; i++) {
        for (int k = 1; k <= CURVE_STEPS; k++, count++) {
            double t = (double)k / CURVE_STEPS;
            for (int axis = 0; axis < 2; axis++) {
                double before = p[2 * (i - 1) + axis], at = p[2 * i + axis],
                       after = p[2 * (i + 1) + axis];
                double from = i == 1 ? before : 0.5 * (before + at);
                double to = i == n - 2 ? after : 0.5 * (at + after);
                double a = from + t * (at - from), b = at + t * (to - at);
                xy[2 * count + axis] = a + t * (b - a);
            }
        }
    }
    assay_pen_stroke(h->pen, h->colour, h->thickness * h->step, xy, count);
}

static void draw_glyph(const hand *h, const char *glyph) {
    while (*glyph) {
        double p[2 * PIECE_POINTS];
        int n = 0;
        bool curve = *glyph == '~';
        if (curve) glyph++;
        for (; *glyph && *glyph != ','; glyph += 2)
            put_point(h, glyph[0] - '0', glyph[1] - 'a', p + 2 * n++);
        if (*glyph == ',') glyph++;
        if (curve)
            draw_curve(h, p, n);
        else
            assay_pen_stroke(h->pen, h->colour, h->thickness * h->step, p, n);
    }
}

double assay_text_width(double height, const char *text) {
    double steps = 0.0;
    for (const char *c = text; *c; c++) steps += width_of(glyph_of(*c)) + (c[1] ? GAP : 0.0);
    return height / ROWS * steps;
}

void assay_pen_text_left(const assay_pen *pen, assay_colour colour, double x, double y,
                         double height, const char *text) {
    hand h = {pen, colour, NULL, x, y - 0.5 * height, height / ROWS, 0.0, THICKNESS, 0.0};
    for (; *text; text++) {
        draw_glyph(&h, glyph_of(*text));
        h.x += h.step * (width_of(glyph_of(*text)) + GAP);
    }
}

void assay_pen_text(const assay_pen *pen, assay_colour colour, double x, double y, double height,
                    const char *text) {
    assay_pen_text_left(pen, colour, x - 0.5 * assay_text_width(height, text), y, height, text);
}

/* The way from a letter's lower right end towards the next one. */
static void draw_joint(const hand *h, double width) {
    double p[8];
    put_point(h, width, ROWS - 1.0, p);
    put_point(h, width + 0.5, ROWS, p + 2);
    put_point(h, width + 1.5, ROWS, p + 4);
    put_point(h, width + GAP - 0.5, ROWS - 3.0, p + 6);
    draw_curve(h, p, 4);
}

void assay_pen_script(const assay_pen *pen, assay_colour colour, assay_rng *rng, double x, double y,
                      double height, const char *text) {
    double step = height / ROWS, base = y + 0.5 * height;
    hand h = {pen, colour, rng, x, 0.0, step, SCRIPT_SLANT, SCRIPT_THICKNESS, 0.9};
    for (; *text; text++) {
        double size = 0.92 + 0.16 * assay_rng_unit(rng), lift = assay_rng_unit(rng) - 0.5;
        double width = width_of(glyph_of(*text));
        h.step = step * size;
        h.top = base - h.step * ROWS + 0.9 * step * lift;
        draw_glyph(&h, glyph_of(*text));
        if (strchr(JOINED, *text) && text[1] >= 'a' && text[1] <= 'z') draw_joint(&h, width);
        h.x += h.step * (width + GAP - 0.3);
    }
}
