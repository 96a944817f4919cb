/* Matrix products and quantization of activations in 128-bit vectors; text of the tables in
 * table_*.c.
 *
 * The register tile is 8 rows x 4 columns: two vectors of weights, one activation at a time spread
 * over a vector, eight sums. Its loop runs one step of k at a time: with more, V8 moves all loads
 * to the front of the loop's body and spills. With more than one tile of columns the panel is first
 * widened into a buffer of the first-level cache: codes of any type to int16, scales to float, F16
 * and BF16 to float. With a single column nothing is widened: F16, BF16 and the types of fewer than
 * 8 bits (simd_codes.h) each have a tile of their own for it. */
#ifndef ASSAY_KERNELS_SIMD_MATMUL_H
#define ASSAY_KERNELS_SIMD_MATMUL_H

#include "kernels/simd.h"
#include "kernels/simd_codes.h"
#include "kernels/table.h"

enum {
    WIDE_BLOCK_BYTES = /* { float scale[8]; [float minimum[8];] int16 q[16][8][2] } */
    2 * 4 * PANEL + 2 * PANEL * BLOCK,
    WIDE_BLOCKS = 24, /* a multiple of 8; 14 KiB of widened weights beside the activations in L1 */
    FLOAT_STEPS = 256 /* columns of a float panel worked on at a time: 8 KiB */
};

/* ---- quantized types ---- */

/* How the tile finds its weights: Q8_0 as it is packed, or widened, without or with minima. */
typedef enum tile_kind { NARROW, WIDE, WIDE_MINIMUM } tile_kind;

/* sum[c] += (float)dot * (d * dx), or with minima ((float)dot * d + (float)(sum of x) * m) * dx;
 * h: rows 0 ... 3 or 4 ... 7. */
INLINE f32x4 add_term(f32x4 sum, i32x4 dot, f32x4 d, f32x4 m, const uint8_t *x, const int width,
                      const tile_kind kind) {
    f32x4 dx = f32x4_load_splat(x), t = f32x4_from_i32x4(dot);
    if (kind != WIDE_MINIMUM) return f32x4_add(sum, f32x4_mul(t, f32x4_mul(d, dx)));
    f32x4 sum_x = f32x4_from_i32x4(i32x4_load_splat(x + 8 * width));
    t = f32x4_add(f32x4_mul(t, d), f32x4_mul(sum_x, m));
    return f32x4_add(sum, f32x4_mul(t, dx));
}

/* y[c][0..8) += n_blocks blocks of the panel times column c, y's rows `stride` apart. */
INLINE void code_tile(const uint8_t *w, const uint8_t *x, int n_blocks, float *y, size_t stride,
                      const int width, const tile_kind kind) {
    const int scale_bytes = PANEL * (kind == NARROW ? 2 : kind == WIDE ? 4 : 8);
    const int pair_bytes = PANEL * (kind == NARROW ? 2 : 4);
    const int steps = width == 1 ? 4 : width == 2 ? 2 : 1; /* as many as fit in 16 registers */
    f32x4 sum[2 * TILE];
    UNROLLED for (int c = 0; c < width; c++) {
        sum[2 * c] = f32x4_load(y + (size_t)c * stride);
        sum[2 * c + 1] = f32x4_load(y + (size_t)c * stride + 4);
    }
    for (int b = 0; b < n_blocks; b++) {
        const uint8_t *scales = w, *x_scales = x;
        i32x4 dot[2 * TILE];
        UNROLLED for (int c = 0; c < width; c++) dot[2 * c] = dot[2 * c + 1] = i32x4_zero();
        w += scale_bytes;
        x += (4 + (kind == WIDE_MINIMUM ? SUM_BYTES : 0)) * width;
        ROLLED for (int k = 0; k < BLOCK / 2; k += steps) {
            UNROLLED for (int s = 0; s < steps; s++) {
                i32x4 w0 = kind == NARROW ? i16x8_load_i8x8(w) : i32x4_load(w);
                i32x4 w1 = kind == NARROW ? i16x8_load_i8x8(w + 8) : i32x4_load(w + 16);
                UNROLLED for (int c = 0; c < width; c++) {
                    i32x4 pair = i32x4_load_splat(x + 4 * c);
                    dot[2 * c] = i32x4_add(dot[2 * c], i32x4_dot_i16x8(w0, pair));
                    dot[2 * c + 1] = i32x4_add(dot[2 * c + 1], i32x4_dot_i16x8(w1, pair));
                }
                w += pair_bytes;
                x += 4 * width;
            }
        }
        f32x4 d0 = kind == NARROW ? f32x4_load_f16x4(scales) : f32x4_load(scales);
        f32x4 d1 = kind == NARROW ? f32x4_load_f16x4(scales + 8) : f32x4_load(scales + 16);
        f32x4 m0 = kind == WIDE_MINIMUM ? f32x4_load(scales + 32) : f32x4_zero();
        f32x4 m1 = kind == WIDE_MINIMUM ? f32x4_load(scales + 48) : f32x4_zero();
        UNROLLED for (int c = 0; c < width; c++) {
            const uint8_t *at = x_scales + 4 * c;
            sum[2 * c] = add_term(sum[2 * c], dot[2 * c], d0, m0, at, width, kind);
            sum[2 * c + 1] = add_term(sum[2 * c + 1], dot[2 * c + 1], d1, m1, at, width, kind);
        }
    }
    UNROLLED for (int c = 0; c < width; c++) {
        f32x4_store(y + (size_t)c * stride, sum[2 * c]);
        f32x4_store(y + (size_t)c * stride + 4, sum[2 * c + 1]);
    }
}

typedef void (*code_tile_fn)(const uint8_t *w, const uint8_t *x, int n_blocks, float *y,
                             size_t stride);
#define CODE_TILE(name, width, kind)                                                               \
    KERNEL void name(const uint8_t *w, const uint8_t *x, int n_blocks, float *y, size_t stride) {  \
        code_tile(w, x, n_blocks, y, stride, width, kind);                                         \
    }
CODE_TILE(narrow_1, 1, NARROW)
CODE_TILE(narrow_2, 2, NARROW)
CODE_TILE(narrow_3, 3, NARROW)
CODE_TILE(narrow_4, 4, NARROW)
CODE_TILE(wide_1, 1, WIDE)
CODE_TILE(wide_2, 2, WIDE)
CODE_TILE(wide_3, 3, WIDE)
CODE_TILE(wide_4, 4, WIDE)
CODE_TILE(minimum_1, 1, WIDE_MINIMUM)
CODE_TILE(minimum_2, 2, WIDE_MINIMUM)
CODE_TILE(minimum_3, 3, WIDE_MINIMUM)
CODE_TILE(minimum_4, 4, WIDE_MINIMUM)
static const code_tile_fn code_tiles[3][TILE + 1] = {
    [NARROW] = {NULL, narrow_1, narrow_2, narrow_3, narrow_4},
    [WIDE] = {NULL, wide_1, wide_2, wide_3, wide_4},
    [WIDE_MINIMUM] = {NULL, minimum_1, minimum_2, minimum_3, minimum_4}};

KERNEL void q8_0_widen(const uint8_t *w, int n_blocks, uint8_t *out) {
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

/* What a type brings: `narrow` the widest tile that multiplies it as it is packed. */
typedef struct code_path {
    void (*widen)(const uint8_t *w, int n_blocks, uint8_t *out);
    tile_kind wide;
    int narrow;
    code_tile_fn narrow_tiles[TILE + 1];
} code_path;
static const code_path code_paths[ASSAY_TYPE_END] = {
    [ASSAY_Q4_0] = {q4_0_widen, WIDE, 1, {NULL, q4_0_column}},
    [ASSAY_Q4_1] = {q4_1_widen, WIDE_MINIMUM, 1, {NULL, q4_1_column}},
    [ASSAY_Q5_0] = {q5_0_widen, WIDE, 1, {NULL, q5_0_column}},
    [ASSAY_Q5_1] = {q5_1_widen, WIDE_MINIMUM, 1, {NULL, q5_1_column}},
    [ASSAY_Q8_0] = {q8_0_widen, WIDE, TILE, {NULL, narrow_1, narrow_2, narrow_3, narrow_4}},
    [ASSAY_Q4_K] = {q4_k_widen, WIDE_MINIMUM, 1, {NULL, q4_k_column}},
    [ASSAY_Q5_K] = {q5_k_widen, WIDE_MINIMUM, 1, {NULL, q5_k_column}},
    [ASSAY_Q6_K] = {q6_k_widen, WIDE, 1, {NULL, q6_k_column}},
};

static void code_panel(const product *p, const uint8_t *w, int begin, int end, float *y) {
    uint8_t buffer[WIDE_BLOCKS * WIDE_BLOCK_BYTES];
    const code_path *path = &code_paths[p->w->type];
    int n_blocks = p->w->cols / BLOCK, per_block = assay_type_block(p->w->type) / BLOCK;
    size_t stride = (size_t)p->w->rows, bytes = PANEL * assay_type_bytes(p->w->type);
    bool wide = p->n > path->narrow;
    const code_tile_fn *tiles = wide ? code_tiles[path->wide] : path->narrow_tiles;
    for (int b = 0; b < n_blocks; b += WIDE_BLOCKS) {
        int count = n_blocks - b < WIDE_BLOCKS ? n_blocks - b : WIDE_BLOCKS;
        const uint8_t *weights = w + (size_t)(b / per_block) * bytes;
        if (wide) {
            path->widen(weights, count, buffer);
            weights = buffer;
        }
        for (int j = begin; j < end; j += TILE) {
            float *out = y + (size_t)j * stride;
            tiles[tile_width(p, j)](weights, quantized_tile(p, j, b), count, out, stride);
        }
    }
}

/* ---- F32, F16, BF16 ---- */

INLINE f32x4 load_weights(const uint8_t *w, const assay_type type) {
    if (type == ASSAY_F16) return f32x4_load_f16x4(w);
    return type == ASSAY_F32 ? f32x4_load(w) : f32x4_from_bits(i32x4_shl(i32x4_load_u16x4(w), 16));
}

/* y[c][0..8) += the sum over n_steps of w[k][8] * x[c][k], x's columns `cols` apart. */
INLINE void float_tile(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,
                       size_t stride, const int width, const assay_type type) {
    const int bytes = type == ASSAY_F32 ? 4 : 2;
    f32x4 sum[2 * TILE];
    const float *column[TILE];
    UNROLLED for (int c = 0; c < width; c++) {
        column[c] = x + (size_t)c * cols;
        sum[2 * c] = f32x4_load(y + (size_t)c * stride);
        sum[2 * c + 1] = f32x4_load(y + (size_t)c * stride + 4);
    }
    ROLLED for (int k = 0; k < n_steps; k++) {
        f32x4 w0 = load_weights(w, type), w1 = load_weights(w + 4 * bytes, type);
        UNROLLED for (int c = 0; c < width; c++) {
            f32x4 value = f32x4_load_splat(column[c] + k);
            sum[2 * c] = f32x4_add(sum[2 * c], f32x4_mul(w0, value));
            sum[2 * c + 1] = f32x4_add(sum[2 * c + 1], f32x4_mul(w1, value));
        }
        w += bytes * PANEL;
    }
    UNROLLED for (int c = 0; c < width; c++) {
        f32x4_store(y + (size_t)c * stride, sum[2 * c]);
        f32x4_store(y + (size_t)c * stride + 4, sum[2 * c + 1]);
    }
}

typedef void (*float_tile_fn)(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,
                              size_t stride);
#define FLOAT_TILE(name, width, type)                                                              \
    KERNEL void name(const uint8_t *w, const float *x, size_t cols, int n_steps, float *y,         \
                     size_t stride) {                                                              \
        float_tile(w, x, cols, n_steps, y, stride, width, type);                                   \
    }
FLOAT_TILE(float_tile_1, 1, ASSAY_F32)
FLOAT_TILE(float_tile_2, 2, ASSAY_F32)
FLOAT_TILE(float_tile_3, 3, ASSAY_F32)
FLOAT_TILE(float_tile_4, 4, ASSAY_F32)
FLOAT_TILE(f16_column, 1, ASSAY_F16)
FLOAT_TILE(bf16_column, 1, ASSAY_BF16)
static const float_tile_fn float_tiles[TILE + 1] = {NULL, float_tile_1, float_tile_2, float_tile_3,
                                                    float_tile_4};

KERNEL void f16_widen(const uint8_t *w, int n, uint8_t *out) {
    for (int i = 0; i < n; i += 4) f32x4_store(out + 4 * i, load_weights(w + 2 * i, ASSAY_F16));
}

KERNEL void bf16_widen(const uint8_t *w, int n, uint8_t *out) {
    for (int i = 0; i < n; i += 4) f32x4_store(out + 4 * i, load_weights(w + 2 * i, ASSAY_BF16));
}

static void float_panel(const product *p, const uint8_t *w, int begin, int end, float *y) {
    uint8_t buffer[4 * FLOAT_STEPS * PANEL];
    int cols = p->w->cols;
    size_t stride = (size_t)p->w->rows;
    bool f16 = p->w->type == ASSAY_F16, f32 = p->w->type == ASSAY_F32;
    if (p->n == 1 && !f32) {
        (f16 ? f16_column : bf16_column)(w, p->x, (size_t)cols, cols, y, stride);
        return;
    }
    for (int k = 0; k < cols; k += FLOAT_STEPS) {
        int count = cols - k < FLOAT_STEPS ? cols - k : FLOAT_STEPS;
        const uint8_t *weights = w + assay_type_bytes(p->w->type) * PANEL * (size_t)k;
        if (!f32) {
            (f16 ? f16_widen : bf16_widen)(weights, PANEL * count, buffer);
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
    if (p->xq)
        code_panel(p, w, begin, end, y);
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

/* Sums of the first 16 of 32 int16 and of all of them. */
INLINE void sum_codes(const int32_t pairs[BLOCK / 2], int32_t sums[2]) {
    i32x4 sum = i32x4_zero(), one = i16x8_splat(1);
    int32_t part[4];
    ROLLED for (int half = 0; half < 2; half++) {
        sum = i32x4_add(sum, i32x4_dot_i16x8(i32x4_load(pairs + 8 * half), one));
        sum = i32x4_add(sum, i32x4_dot_i16x8(i32x4_load(pairs + 8 * half + 4), one));
        i32x4_store(part, sum);
        sums[half] = part[0] + part[1] + part[2] + part[3];
    }
}

static void simd_quantize(const float *x, int cols, int width, bool with_sums, uint8_t *out) {
    for (int b = 0; b < cols / BLOCK; b++) {
        for (int c = 0; c < width; c++) {
            const float *in = x + (size_t)c * (size_t)cols + (size_t)b * BLOCK;
            float d = block_amax(in) / X_MAX;
            f32x4 divisor = f32x4_splat(d > 0 ? d : 1.0f);
            int32_t pairs[BLOCK / 2], sums[2];
            ROLLED for (int i = 0; i < BLOCK; i += 8)
                i32x4_store(pairs + i / 2, i16x8_narrow_i32x4(quantize4(in + i, divisor),
                                                              quantize4(in + i + 4, divisor)));
            uint8_t *at = out + 4 * c;
            memcpy(at, &d, sizeof d);
            if (with_sums) {
                sum_codes(pairs, sums);
                memcpy(at + 4 * width, sums, sizeof *sums);
                memcpy(at + 8 * width, sums + 1, sizeof *sums);
                at += SUM_BYTES * width;
            }
            for (int k = 0; k < BLOCK / 2; k++)
                memcpy(at + 4 * (k + 1) * width, pairs + k, sizeof *pairs);
        }
        out += quantized_bytes(with_sums) * (size_t)width;
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
