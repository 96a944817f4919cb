/* Matrix products and quantization of activations in 128-bit vectors; text of the tables in
 * table_*.c.
 *
 * The register tile is 8 rows x 4 columns: two vectors of weights, one activation at a time spread
 * over a vector, eight sums. Its loop runs one step of k at a time: with more, V8 moves all loads
 * to the front of the loop's body and spills. With more than one tile of columns the panel is first
 * widened into a buffer of the first-level cache, Q8_0 to int16 and its scales to float, F16 to
 * float. */
#ifndef ASSAY_KERNELS_SIMD_MATMUL_H
#define ASSAY_KERNELS_SIMD_MATMUL_H

#include "kernels/simd.h"
#include "kernels/table.h"

#define KERNEL   static __attribute__((noinline)) /* V8 optimises functions that are called often */
#define UNROLLED _Pragma("GCC unroll 4")
#define ROLLED   _Pragma("GCC unroll 1")

enum {
    WIDE_BLOCK_BYTES =
        2 * PANEL * 2 + 2 * PANEL * BLOCK, /* { float scale[8]; int16 q[16][8][2] } */
    WIDE_BLOCKS = 24, /* 13 KiB of widened weights beside the activations in 32 KiB */
    FLOAT_STEPS = 256 /* columns of a float panel worked on at a time: 8 KiB */
};

/* Four halves to float, exact for subnormals, infinities and NaN: as the bits of a float, a half's
 * exponent is 112 too low. */
INLINE f32x4 f32x4_load_f16x4(const void *p) {
    i32x4 half = i32x4_load_u16x4(p);
    i32x4 magnitude = i32x4_and(half, i32x4_splat(0x7FFF));
    f32x4 value = f32x4_mul(f32x4_from_bits(i32x4_shl(magnitude, 13)), f32x4_splat(0x1p112f));
    i32x4 sign = i32x4_shl(i32x4_and(half, i32x4_splat(0x8000)), 16);
    i32x4 special = i32x4_and(i32x4_gt(magnitude, i32x4_splat(0x7BFF)), i32x4_splat(0x7F800000));
    return f32x4_from_bits(i32x4_or(i32x4_or(f32x4_bits(value), sign), special));
}

/* ---- Q8_0 ---- */

/* y[c][0..8) += n_blocks blocks of the panel times column c, y's rows `stride` apart. */
INLINE void q8_tile(const uint8_t *w, const uint8_t *x, int n_blocks, float *y, size_t stride,
                    const int width, const bool wide) {
    const int scale_bytes = wide ? 4 * PANEL : 2 * PANEL, pair_bytes = wide ? 4 * PANEL : 2 * PANEL;
    const int steps = width == 1 ? 4 : width == 2 ? 2 : 1; /* as many as fit in 16 registers */
    f32x4 sum[2 * TILE];
    UNROLLED for (int c = 0; c < width; c++) {
        sum[2 * c] = f32x4_load(y + (size_t)c * stride);
        sum[2 * c + 1] = f32x4_load(y + (size_t)c * stride + 4);
    }
    for (int b = 0; b < n_blocks; b++) {
        const uint8_t *scales = w;
        f32x4 d0, d1;
        i32x4 dot[2 * TILE];
        UNROLLED for (int c = 0; c < width; c++) dot[2 * c] = dot[2 * c + 1] = i32x4_zero();
        w += scale_bytes;
        const uint8_t *x_scales = x;
        x += 4 * width;
        ROLLED for (int k = 0; k < BLOCK / 2; k += steps) {
            UNROLLED for (int s = 0; s < steps; s++) {
                i32x4 w0 = wide ? i32x4_load(w) : i16x8_load_i8x8(w);
                i32x4 w1 = wide ? i32x4_load(w + 16) : i16x8_load_i8x8(w + 8);
                UNROLLED for (int c = 0; c < width; c++) {
                    i32x4 pair = i32x4_load_splat(x + 4 * c);
                    dot[2 * c] = i32x4_add(dot[2 * c], i32x4_dot_i16x8(w0, pair));
                    dot[2 * c + 1] = i32x4_add(dot[2 * c + 1], i32x4_dot_i16x8(w1, pair));
                }
                w += pair_bytes;
                x += 4 * width;
            }
        }
        d0 = wide ? f32x4_load(scales) : f32x4_load_f16x4(scales);
        d1 = wide ? f32x4_load(scales + 16) : f32x4_load_f16x4(scales + 8);
        UNROLLED for (int c = 0; c < width; c++) {
            f32x4 dx = f32x4_load_splat(x_scales + 4 * c);
            f32x4 t0 = f32x4_mul(f32x4_from_i32x4(dot[2 * c]), f32x4_mul(d0, dx));
            f32x4 t1 = f32x4_mul(f32x4_from_i32x4(dot[2 * c + 1]), f32x4_mul(d1, dx));
            sum[2 * c] = f32x4_add(sum[2 * c], t0);
            sum[2 * c + 1] = f32x4_add(sum[2 * c + 1], t1);
        }
    }
    UNROLLED for (int c = 0; c < width; c++) {
        f32x4_store(y + (size_t)c * stride, sum[2 * c]);
        f32x4_store(y + (size_t)c * stride + 4, sum[2 * c + 1]);
    }
}

typedef void (*q8_tile_fn)(const uint8_t *w, const uint8_t *x, int n_blocks, float *y,
                           size_t stride);
#define Q8_TILE(name, width, wide)                                                                 \
    KERNEL void name(const uint8_t *w, const uint8_t *x, int n_blocks, float *y, size_t stride) {  \
        q8_tile(w, x, n_blocks, y, stride, width, wide);                                           \
    }
Q8_TILE(q8_tile_1, 1, false)
Q8_TILE(q8_tile_2, 2, false)
Q8_TILE(q8_tile_3, 3, false)
Q8_TILE(q8_tile_4, 4, false)
Q8_TILE(q8_wide_1, 1, true)
Q8_TILE(q8_wide_2, 2, true)
Q8_TILE(q8_wide_3, 3, true)
Q8_TILE(q8_wide_4, 4, true)
static const q8_tile_fn q8_tiles[2][TILE + 1] = {
    {NULL, q8_tile_1, q8_tile_2, q8_tile_3, q8_tile_4},
    {NULL, q8_wide_1, q8_wide_2, q8_wide_3, q8_wide_4}};

KERNEL void q8_widen(const uint8_t *w, int n_blocks, uint8_t *out) {
    for (int b = 0; b < n_blocks; b++) {
        f32x4_store(out, f32x4_load_f16x4(w));
        f32x4_store(out + 16, f32x4_load_f16x4(w + 8));
        w += 2 * PANEL;
        out += 4 * PANEL;
        ROLLED for (int k = 0; k < BLOCK / 2; k++) {
            i32x4_store(out, i16x8_load_i8x8(w));
            i32x4_store(out + 16, i16x8_load_i8x8(w + 8));
            w += 2 * PANEL;
            out += 4 * PANEL;
        }
    }
}

static void q8_panel(const product *p, const uint8_t *w, int begin, int end, float *y) {
    uint8_t buffer[WIDE_BLOCKS * WIDE_BLOCK_BYTES];
    int n_blocks = p->w->cols / BLOCK;
    size_t stride = (size_t)p->w->rows;
    bool wide = end - begin > TILE;
    for (int b = 0; b < n_blocks; b += WIDE_BLOCKS) {
        int count = n_blocks - b < WIDE_BLOCKS ? n_blocks - b : WIDE_BLOCKS;
        const uint8_t *weights = w + (size_t)b * Q8_PANEL_BYTES;
        if (wide) {
            q8_widen(weights, count, buffer);
            weights = buffer;
        }
        for (int j = begin; j < end; j += TILE) {
            int width = tile_width(p, j);
            const uint8_t *x = quantized_tile(p, j) + (size_t)b * X_BYTES * (size_t)width;
            q8_tiles[wide][width](weights, x, count, y + (size_t)j * stride, stride);
        }
    }
}

/* ---- F32 and F16 ---- */

/* y[c][0..8) += the sum over n_steps of w[k][8] * x[c][k], x's columns `cols` apart. */
INLINE void float_tile(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,
                       size_t stride, const int width) {
    f32x4 sum[2 * TILE];
    const float *column[TILE];
    UNROLLED for (int c = 0; c < width; c++) {
        column[c] = x + (size_t)c * cols;
        sum[2 * c] = f32x4_load(y + (size_t)c * stride);
        sum[2 * c + 1] = f32x4_load(y + (size_t)c * stride + 4);
    }
    ROLLED for (int k = 0; k < n_steps; k++) {
        f32x4 w0 = f32x4_load(w), w1 = f32x4_load(w + 16);
        UNROLLED for (int c = 0; c < width; c++) {
            f32x4 value = f32x4_load_splat(column[c] + k);
            sum[2 * c] = f32x4_add(sum[2 * c], f32x4_mul(w0, value));
            sum[2 * c + 1] = f32x4_add(sum[2 * c + 1], f32x4_mul(w1, value));
        }
        w += 4 * PANEL;
    }
    UNROLLED for (int c = 0; c < width; c++) {
        f32x4_store(y + (size_t)c * stride, sum[2 * c]);
        f32x4_store(y + (size_t)c * stride + 4, sum[2 * c + 1]);
    }
}

typedef void (*float_tile_fn)(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,
                              size_t stride);
#define FLOAT_TILE(name, width)                                                                    \
    KERNEL void name(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,         \
                     size_t stride) {                                                              \
        float_tile(w, x, cols, n_steps, y, stride, width);                                         \
    }
FLOAT_TILE(float_tile_1, 1)
FLOAT_TILE(float_tile_2, 2)
FLOAT_TILE(float_tile_3, 3)
FLOAT_TILE(float_tile_4, 4)
static const float_tile_fn float_tiles[TILE + 1] = {NULL, float_tile_1, float_tile_2, float_tile_3,
                                                    float_tile_4};

KERNEL void f16_widen(const uint8_t *w, int n, uint8_t *out) {
    for (int i = 0; i < n; i += 4) f32x4_store(out + 4 * i, f32x4_load_f16x4(w + 2 * i));
}

static void float_panel(const product *p, const uint8_t *w, int begin, int end, float *y) {
    uint8_t buffer[4 * FLOAT_STEPS * PANEL];
    int cols = p->w->cols;
    size_t stride = (size_t)p->w->rows;
    for (int k = 0; k < cols; k += FLOAT_STEPS) {
        int count = cols - k < FLOAT_STEPS ? cols - k : FLOAT_STEPS;
        const uint8_t *weights = w + assay_type_bytes(p->w->type) * PANEL * (size_t)k;
        if (p->w->type == ASSAY_F16) {
            f16_widen(weights, PANEL * count, buffer);
            weights = buffer;
        }
        for (int j = begin; j < end; j += TILE)
            float_tiles[tile_width(p, j)](weights, p->x + (size_t)j * (size_t)cols + k,
                                          (size_t)cols, count, y + (size_t)j * stride, stride);
    }
}

/* ---- the table's entries ---- */

static void simd_multiply(const product *p, int panel, int begin, int end) {
    size_t stride = (size_t)p->w->rows, row = (size_t)panel * PANEL;
    size_t row_bytes =
        (size_t)(p->w->cols / assay_type_block(p->w->type)) * assay_type_bytes(p->w->type);
    const uint8_t *w = p->w->data + row * row_bytes;
    float *y = p->y + row;
    for (int j = begin; j < end; j++) {
        f32x4_store(y + (size_t)j * stride, f32x4_zero());
        f32x4_store(y + (size_t)j * stride + 4, f32x4_zero());
    }
    if (p->w->type == ASSAY_Q8_0)
        q8_panel(p, w, begin, end, y);
    else
        float_panel(p, w, begin, end, y);
    if (!p->bias) return;
    f32x4 b0 = f32x4_load(p->bias + row), b1 = f32x4_load(p->bias + row + 4);
    for (int j = begin; j < end; j++) {
        float *out = y + (size_t)j * stride;
        f32x4_store(out, f32x4_add(f32x4_load(out), b0));
        f32x4_store(out + 4, f32x4_add(f32x4_load(out + 4), b1));
    }
}

/* Largest |x| of a block. As integers the magnitudes order like the numbers, with NaN above
 * infinity, so that a NaN reaches the scale and is not lost. */
INLINE float block_amax(const float *x) {
    i32x4 largest = i32x4_zero(), magnitude = i32x4_splat(0x7FFFFFFF);
    for (int i = 0; i < BLOCK; i += 4)
        largest = i32x4_max(largest, i32x4_and(i32x4_load(x + i), magnitude));
    int32_t lane[4];
    i32x4_store(lane, largest);
    int32_t a = lane[0] > lane[1] ? lane[0] : lane[1], b = lane[2] > lane[3] ? lane[2] : lane[3];
    float amax;
    memcpy(&amax, a > b ? &a : &b, sizeof amax);
    return amax;
}

/* x / divisor, to the nearest even integer, within [-X_MAX, X_MAX]; NaN gives -X_MAX. */
INLINE i32x4 quantize4(const float *x, f32x4 divisor) {
    f32x4 t = f32x4_div(f32x4_load(x), divisor);
    t = f32x4_pmin(f32x4_splat(X_MAX), f32x4_pmax(f32x4_splat(-X_MAX), t));
    t = f32x4_add(t, f32x4_splat(ROUND_MAGIC));
    return i32x4_sub(f32x4_bits(t), i32x4_splat(ROUND_MAGIC_BITS));
}

static void simd_quantize(const float *x, int cols, int width, uint8_t *out) {
    for (int b = 0; b < cols / BLOCK; b++) {
        for (int c = 0; c < width; c++) {
            const float *in = x + (size_t)c * (size_t)cols + (size_t)b * BLOCK;
            float d = block_amax(in) / X_MAX;
            f32x4 divisor = f32x4_splat(d > 0 ? d : 1.0f);
            int32_t pairs[BLOCK / 2];
            ROLLED for (int i = 0; i < BLOCK; i += 8)
                i32x4_store(pairs + i / 2, i16x8_narrow_i32x4(quantize4(in + i, divisor),
                                                              quantize4(in + i + 4, divisor)));
            memcpy(out + 4 * c, &d, sizeof d);
            for (int k = 0; k < BLOCK / 2; k++)
                memcpy(out + 4 * ((k + 1) * width + c), pairs + k, sizeof *pairs);
        }
        out += X_BYTES * width;
    }
}

static void simd_ceiling(const int8_t *w, const int16_t *x, int n, int32_t *out) {
    i32x4 sum[8];
    const int8_t *w1 = w + n, *w2 = w1 + n, *w3 = w2 + n;
    const int16_t *x1 = x + n;
    for (int i = 0; i < 8; i++) sum[i] = i32x4_zero();
    ROLLED for (int k = 0; k < n; k += 8) {
        i32x4 a = i32x4_load(x + k), b = i32x4_load(x1 + k);
        i32x4 row[4] = {i16x8_load_i8x8(w + k), i16x8_load_i8x8(w1 + k), i16x8_load_i8x8(w2 + k),
                        i16x8_load_i8x8(w3 + k)};
        UNROLLED for (int i = 0; i < 4; i++) {
            sum[2 * i] = i32x4_add(sum[2 * i], i32x4_dot_i16x8(row[i], a));
            sum[2 * i + 1] = i32x4_add(sum[2 * i + 1], i32x4_dot_i16x8(row[i], b));
        }
    }
    for (int i = 0; i < 8; i++) i32x4_store(out + 4 * i, sum[i]);
}

#endif
