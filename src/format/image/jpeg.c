/* The pixel half of a JPEG decoder; stb_image reads the file and decodes the coefficients.
 *
 *   coefficients -> inverse DCT -> sample planes -> rows of the image's width -> RGB
 *
 * A JPEG (ITU-T T.81) leaves the rounding of all three steps to the decoder. What everybody compares
 * with is libjpeg, so this is its arithmetic:
 *   inverse DCT  Loeffler, Ligtenberg, Moschytz (ICASSP 1989): 11 multiplications a line, constants of
 *                13 fractional bits, 2 more fractional bits kept between the columns and the rows;
 *   upsampling   by 2 a triangle filter, weights 3/4 and 1/4 to the nearer and the farther sample; by
 *                any other factor, and across planes of one or two columns, repetition;
 *   colour       BT.601 full range as in JFIF, constants of 16 fractional bits.
 * Four components are ink as Adobe stores it, inverted, and become RGB by PIL's formula.
 * One thing is left out: libjpeg smooths blocks of a progressive file that ends before its last
 * refinements. */
#include "format/image/jpeg.h"

#include <stdlib.h>
#include <string.h>

#include "format/image/stb.h"

enum {
    CONST_BITS = 13, /* of the constants of the inverse DCT */
    PASS_BITS = 2,   /* kept from the columns to the rows */
    COLOUR_BITS = 16
};

typedef enum colour { GREY, YCC, RGB, CMYK, YCCK } colour;

static uint8_t to_byte(int32_t value) {
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* ---- inverse DCT ---- */

/* x times a constant; unsigned, so that a hostile file's numbers wrap */
#define TIMES(x, constant) ((x) * (uint32_t)(int32_t)((constant) * (1 << CONST_BITS) + 0.5))

static uint32_t wrap16(uint32_t x) {
    return (uint32_t)(int16_t)x;
}

static int16_t clip16(int32_t value) {
    return (int16_t)(value < INT16_MIN ? INT16_MIN : value > INT16_MAX ? INT16_MAX : value);
}

/* One line: coefficients line[0], line[step], ... become 8 values, each divided by 2^shift and
 * rounded. Clipping and wrapping at 16 bit happen in broken files alone; that is where libjpeg-turbo
 * has vectors of 16 bit on x86. */
static void idct_line(int16_t *line, int step, int shift) {
    uint32_t c[8];
    for (int k = 0; k < 8; k++) c[k] = (uint32_t)line[k * step];

    /* even: the 4-point transform of c0, c2, c4, c6 */
    uint32_t turn = TIMES(c[2] + c[6], 0.541196100);
    uint32_t low = turn - TIMES(c[6], 1.847759065), high = turn + TIMES(c[2], 0.765366865);
    uint32_t sum = wrap16(c[0] + c[4]) << CONST_BITS;
    uint32_t difference = wrap16(c[0] - c[4]) << CONST_BITS;
    uint32_t half = (uint32_t)1 << (shift - 1);
    const uint32_t even[4] = {sum + high + half, difference + low + half, difference - low + half,
                              sum - high + half};

    /* odd: c1, c3, c5, c7 */
    uint32_t sum73 = wrap16(c[7] + c[3]), sum51 = wrap16(c[5] + c[1]);
    uint32_t both = TIMES(sum73 + sum51, 1.175875602);
    uint32_t near = both - TIMES(sum73, 1.961570560), far = both - TIMES(sum51, 0.390180644);
    uint32_t outer = TIMES(c[7] + c[1], 0.899976223), inner = TIMES(c[5] + c[3], 2.562915447);
    const uint32_t odd[4] = {
        TIMES(c[1], 1.501321110) - outer + far, TIMES(c[3], 3.072711026) - inner + near,
        TIMES(c[5], 2.053119869) - inner + far, TIMES(c[7], 0.298631336) - outer + near};

    for (int k = 0; k < 4; k++) {
        line[k * step] = clip16((int32_t)(even[k] + odd[k]) >> shift);
        line[(7 - k) * step] = clip16((int32_t)(even[k] - odd[k]) >> shift);
    }
}

/* c [8, 8], the first index is the vertical frequency. */
static void idct(uint8_t *out, int stride, short c[64]) {
    for (int x = 0; x < 8; x++) idct_line(c + x, 8, CONST_BITS - PASS_BITS);
    for (int y = 0; y < 8; y++, out += stride) {
        int16_t *row = c + y * 8;
        idct_line(row, 1, CONST_BITS + PASS_BITS + 3);
        for (int x = 0; x < 8; x++) out[x] = to_byte(row[x] + 128);
    }
}

/* ---- upsampling ---- */

/* Twice as wide: in [n] -> out [2 * n], (3 * nearer + farther) / 2^shift. The biases differ, so that
 * rounding leaves no shift of brightness. */
static void widen(const int32_t *in, int n, int shift, int left_bias, int right_bias,
                  uint8_t *out) {
    for (int x = 0; x < n; x++) {
        int32_t before = in[x > 0 ? x - 1 : 0], after = in[x < n - 1 ? x + 1 : n - 1];
        *out++ = (uint8_t)((in[x] * 3 + before + left_bias) >> shift);
        *out++ = (uint8_t)((in[x] * 3 + after + right_bias) >> shift);
    }
}

/* Row y of the image from one plane -> out [width, rounded up to whole samples]; sums [plane width]. */
static void upsample_row(const assay_stb_plane *p, int y, int32_t *sums, int width, uint8_t *out) {
    int row = y / p->down;
    const uint8_t *near = p->samples + (size_t)row * (size_t)p->stride;
    bool wide = p->across == 2 && p->width > 2; /* filtered across */
    if (p->down == 2 && (p->across == 1 || wide)) {
        int other = y % 2 == 0 ? row - 1 : row + 1;
        other = other < 0 ? 0 : other > p->height - 1 ? p->height - 1 : other;
        const uint8_t *far = p->samples + (size_t)other * (size_t)p->stride;
        if (wide) {
            for (int x = 0; x < p->width; x++) sums[x] = near[x] * 3 + far[x];
            widen(sums, p->width, 4, 8, 7, out);
        } else {
            int bias = y % 2 == 0 ? 1 : 2;
            for (int x = 0; x < width; x++) out[x] = (uint8_t)((near[x] * 3 + far[x] + bias) >> 2);
        }
    } else if (p->down == 1 && wide) {
        for (int x = 0; x < p->width; x++) sums[x] = near[x];
        widen(sums, p->width, 2, 1, 2, out);
    } else if (p->across == 1) {
        memcpy(out, near, (size_t)width);
    } else {
        for (int x = 0; x < width; x++) out[x] = near[x / p->across];
    }
}

/* ---- colour ---- */

/* libjpeg's rules: what a JFIF or an Adobe segment says, else the names of the components. */
static colour colour_of(const assay_image_probe *probe) {
    if (probe->components == 1) return GREY;
    if (probe->components == 4)
        return probe->adobe == ASSAY_JPEG_NO_ADOBE || probe->adobe == 0 ? CMYK : YCCK;
    if (probe->jfif) return YCC;
    if (probe->adobe != ASSAY_JPEG_NO_ADOBE) return probe->adobe == 0 ? RGB : YCC;
    return memcmp(probe->component_ids, "RGB", 3) == 0 ? RGB : YCC;
}

#define FIXED(constant) ((int32_t)((constant) * (1 << COLOUR_BITS) + 0.5))

static void ycc_to_rgb(const uint8_t *const rows[], int n, uint8_t *out) {
    const int32_t half = 1 << (COLOUR_BITS - 1);
    for (int x = 0; x < n; x++, out += 3) {
        int32_t luma = rows[0][x], blue = rows[1][x] - 128, red = rows[2][x] - 128;
        out[0] = to_byte(luma + ((FIXED(1.40200) * red + half) >> COLOUR_BITS));
        out[1] =
            to_byte(luma + ((half - FIXED(0.34414) * blue - FIXED(0.71414) * red) >> COLOUR_BITS));
        out[2] = to_byte(luma + ((FIXED(1.77200) * blue + half) >> COLOUR_BITS));
    }
}

/* PIL's 8-bit product of what cyan, magenta and yellow let through, out [n, 3], and what black
 * lets through, black [n]. */
static void apply_black(const uint8_t *black, int n, uint8_t *out) {
    for (int x = 0; x < n; x++, out += 3) {
        for (int c = 0; c < 3; c++) {
            int32_t light = black[x], product = (255 - out[c]) * light + 128;
            out[c] = (uint8_t)(light - ((product + (product >> 8)) >> 8));
        }
    }
}

static void convert_row(colour kind, const uint8_t *const rows[], int n, uint8_t *out) {
    switch (kind) {
    case GREY:
        for (int x = 0; x < n; x++) memset(out + 3 * x, rows[0][x], 3);
        break;
    case RGB:
    case CMYK:
        for (int x = 0; x < n; x++)
            for (int c = 0; c < 3; c++) out[3 * x + c] = rows[c][x];
        break;
    case YCC:
    case YCCK:
        ycc_to_rgb(rows, n, out);
        break;
    }
    if (kind == YCCK) /* the colours are those of the ink */
        for (int i = 0; i < 3 * n; i++) out[i] = (uint8_t)(255 - out[i]);
    if (kind == CMYK || kind == YCCK) apply_black(rows[3], n, out);
}

/* ---- the whole ---- */

assay_status assay_jpeg_decode(const uint8_t *bytes, size_t n, const char *what,
                               const assay_image_probe *probe, assay_image *out, assay_error *err) {
    assay_stb_jpeg jpeg;
    uint8_t *rgb = NULL, *rows = NULL;
    int32_t *sums = NULL;
    assay_status status = ASSAY_OK;
    *out = (assay_image){0};
    if (!assay_stb_jpeg_decode(bytes, (int)n, idct, &jpeg))
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged JPEG data", what);
    if (jpeg.n_planes != probe->components || jpeg.width != (int)probe->width ||
        jpeg.height != (int)probe->height) {
        status =
            assay_fail(err, ASSAY_E_FORMAT, "image %s: header and data disagree on the size", what);
        goto done;
    }

    size_t width = (size_t)jpeg.width, row_bytes = width + 4; /* a widened row ends later */
    rgb = assay_alloc((size_t)jpeg.height, width * 3);
    rows = assay_alloc(ASSAY_STB_PLANES, row_bytes);
    sums = assay_alloc(width, sizeof *sums);
    if (rgb == NULL || rows == NULL || sums == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "image %s: out of memory", what);
        free(rgb);
        goto done;
    }
    uint8_t *lines[ASSAY_STB_PLANES];
    for (int i = 0; i < ASSAY_STB_PLANES; i++) lines[i] = rows + (size_t)i * row_bytes;
    colour kind = colour_of(probe);
    for (int y = 0; y < jpeg.height; y++) {
        for (int i = 0; i < jpeg.n_planes; i++)
            upsample_row(&jpeg.planes[i], y, sums, jpeg.width, lines[i]);
        convert_row(kind, (const uint8_t *const *)lines, jpeg.width, rgb + (size_t)y * width * 3);
    }
    *out = (assay_image){jpeg.width, jpeg.height, rgb};

done:
    free(rows);
    free(sums);
    assay_stb_jpeg_free(&jpeg);
    return status;
}
