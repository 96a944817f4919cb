/* A stroke font: each glyph is a few polylines on a grid of 5 columns and 7 rows, written as pairs
 * of digits (column, row from the top); a comma starts a new polyline. */
#include "synth/canvas.h"

#include <stddef.h>

#define ROWS      6.0 /* grid steps from the top to the bottom of a letter */
#define COLUMNS   4.0
#define ADVANCE   5.7  /* grid steps from one letter to the next */
#define THICKNESS 1.15 /* grid steps */

static const char *const LETTERS[26] = {
    "062046,1434",               /* A */
    "00063645443303,3342413000", /* B */
    "4130100105163645",          /* C */
    "00062644422000",            /* D */
    "40000646,0333",             /* E */
    "400006,0333",               /* F */
    "41301001051636454323",      /* G */
    "0006,4046,0343",            /* H */
    "1030,2026,1636",            /* I */
    "4045361605",                /* J */
    "0006,400346",               /* K */
    "000646",                    /* L */
    "0600234046",                /* M */
    "06004640",                  /* N */
    "103041453616050110",        /* O */
    "06003041423303",            /* P */
    "103041453616050110,2446",   /* Q */
    "06003041423303,2346",       /* R */
    "413010010213334445361605",  /* S */
    "0040,2026",                 /* T */
    "000516364540",              /* U */
    "002640",                    /* V */
    "0016233640",                /* W */
    "0046,4006",                 /* X */
    "002340,2326",               /* Y */
    "00400646",                  /* Z */
};

static const char *const DIGITS[10] = {
    "103041453616050110",                 /* 0 */
    "112026,1636",                        /* 1 */
    "01103041420646",                     /* 2 */
    "01103041423323,334445361605",        /* 3 */
    "36300444",                           /* 4 */
    "400003334445361605",                 /* 5 */
    "4130100105163645443303",             /* 6 */
    "004016",                             /* 7 */
    "1302011030414233130405163645443313", /* 8 */
    "0516364541301001021343",             /* 9 */
};

static const char *glyph_of(char c) {
    if (c >= 'A' && c <= 'Z') return LETTERS[c - 'A'];
    if (c >= '0' && c <= '9') return DIGITS[c - '0'];
    return "";
}

static void draw_glyph(const assay_pen *pen, assay_colour colour, double x, double y, double step,
                       const char *glyph) {
    bool joined = false;
    double last_x = 0.0, last_y = 0.0;
    while (*glyph) {
        if (*glyph == ',') {
            joined = false;
            glyph++;
            continue;
        }
        double at_x = x + step * (glyph[0] - '0'), at_y = y + step * (glyph[1] - '0');
        if (joined) assay_pen_line(pen, colour, THICKNESS * step, last_x, last_y, at_x, at_y);
        joined = true;
        last_x = at_x;
        last_y = at_y;
        glyph += 2;
    }
}

double assay_text_width(double height, const char *text) {
    int n = 0;
    while (text[n]) n++;
    return n == 0 ? 0.0 : height / ROWS * (ADVANCE * (n - 1) + COLUMNS);
}

void assay_pen_text(const assay_pen *pen, assay_colour colour, double x, double y, double height,
                    const char *text) {
    double step = height / ROWS, left = x - 0.5 * assay_text_width(height, text),
           top = y - 0.5 * height;
    for (; *text; text++, left += step * ADVANCE)
        draw_glyph(pen, colour, left, top, step, glyph_of(*text));
}
