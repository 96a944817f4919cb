/* Weights of 4, 5 and 6 bits in 128-bit vectors: out of their panels (blocks.h) into the wide
 * layout that the tiles of simd_matmul.h multiply, or straight into the product with a single
 * column, where a buffer would cost more than it saves. All that differs between the types is in
 * `code_format`, known when compiled. */
#ifndef ASSAY_KERNELS_SIMD_CODES_H
#define ASSAY_KERNELS_SIMD_CODES_H

#include "kernels/simd.h"
#include "kernels/table.h"

#define KERNEL   static __attribute__((noinline)) /* V8 optimises functions that are called often */
#define UNROLLED _Pragma("GCC unroll 8")
#define ROLLED   _Pragma("GCC unroll 1")

/* As block_format of blocks.h. */
typedef struct code_format {
    int bits;       /* of a code */
    bool minimum;   /* w = scale * q + minimum; otherwise q - 2^(bits - 1) is meant */
    int sub_scales; /* bytes a row: 0, 12 (six bits, scales and minima), 16 (int8) */
} code_format;

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

/* ---- codes ---- */

/* A step takes `words` words of each row and gives `pairs` pairs of columns, as int16 without sign.
 * With 5 bits a lane has room for 3 codes and one bit; five steps' bits are one more pair,
 * `spare`. */
typedef struct code_step {
    int words, pairs, steps; /* steps for a block of 32 columns */
} code_step;
INLINE code_step step_of(const int bits) {
    return bits == 4   ? (code_step){1, 4, 4}
           : bits == 5 ? (code_step){1, 3, 5}
                       : (code_step){3, 8, 2};
}

INLINE void unpack_6_bits(const uint8_t *w, i32x4 code[8]) {
    i32x4 a = i32x4_load(w), b = i32x4_load(w + 4 * PANEL), c = i32x4_load(w + 8 * PANEL);
    i32x4 low = i16x8_splat(0x3F), high = i16x8_splat(0x30);
    code[0] = i32x4_and(a, low);
    code[1] = i32x4_and(u16x8_shr(a, 6), low);
    code[2] = i32x4_and(b, low);
    code[3] = i32x4_and(u16x8_shr(b, 6), low);
    code[4] = i32x4_and(c, low);
    code[5] = i32x4_and(u16x8_shr(c, 6), low);
    code[6] = i32x4_or(u16x8_shr(a, 12), i32x4_and(u16x8_shr(c, 8), high));
    code[7] = i32x4_or(u16x8_shr(b, 12), i32x4_and(u16x8_shr(c, 10), high));
}

/* 4 rows. */
INLINE void unpack_step(const uint8_t *w, const int bits, i32x4 *spare, i32x4 code[8]) {
    if (bits == 6) {
        unpack_6_bits(w, code);
        return;
    }
    i32x4 v = i32x4_load(w), mask = i16x8_splat((1 << bits) - 1);
    if (bits == 4) {
        code[0] = i32x4_and(v, mask);
        code[1] = i32x4_and(u16x8_shr(v, 4), mask);
        code[2] = i32x4_and(u16x8_shr(v, 8), mask);
        code[3] = u16x8_shr(v, 12);
    } else {
        code[0] = i32x4_and(u16x8_shr(v, 1), mask);
        code[1] = i32x4_and(u16x8_shr(v, 6), mask);
        code[2] = u16x8_shr(v, 11);
        *spare = i32x4_or(i32x4_add(*spare, *spare), i32x4_and(v, i16x8_splat(1)));
    }
}

/* ---- scales ---- */

/* Vector h is rows 4 h ... 4 h + 3. */
typedef struct panel_scales {
    f32x4 scale[2], minimum[2];
} panel_scales;

INLINE panel_scales load_scales(const uint8_t *w, const code_format f) {
    panel_scales s;
    UNROLLED for (int h = 0; h < 2; h++) {
        s.scale[h] = f32x4_load_f16x4(w + 8 * h);
        s.minimum[h] = f.minimum ? f32x4_load_f16x4(w + 16 + 8 * h) : f32x4_zero();
        if (f.sub_scales == 12) s.minimum[h] = f32x4_mul(s.minimum[h], f32x4_splat(-1.0f));
    }
    return s;
}

/* Of block b of 32 of Q4_K or Q5_K: its six-bit scale and minimum applied; see six_bits_read(). */
INLINE panel_scales apply_six_bits(panel_scales s, const uint8_t *sub, int b) {
    i32x4 scale = i16x8_load_i8x8(sub + PANEL * b),
          minimum = i16x8_load_i8x8(sub + PANEL * (b + 4));
    if (b < 4) {
        scale = i32x4_and(scale, i16x8_splat(63));
        minimum = i32x4_and(minimum, i16x8_splat(63));
    } else {
        i32x4 top = i16x8_load_i8x8(sub + PANEL * (b - 4)), low = minimum, high = i16x8_splat(0x30);
        minimum = i32x4_or(i32x4_and(u16x8_shr(low, 4), i16x8_splat(15)),
                           i32x4_and(u16x8_shr(scale, 2), high));
        scale = i32x4_or(i32x4_and(low, i16x8_splat(15)), i32x4_and(u16x8_shr(top, 2), high));
    }
    s.scale[0] = f32x4_mul(s.scale[0], f32x4_from_i32x4(i32x4_low_i16x8(scale)));
    s.scale[1] = f32x4_mul(s.scale[1], f32x4_from_i32x4(i32x4_high_i16x8(scale)));
    s.minimum[0] = f32x4_mul(s.minimum[0], f32x4_from_i32x4(i32x4_low_i16x8(minimum)));
    s.minimum[1] = f32x4_mul(s.minimum[1], f32x4_from_i32x4(i32x4_high_i16x8(minimum)));
    return s;
}

INLINE size_t scales_bytes(const code_format f) {
    return (size_t)PANEL * (size_t)((f.minimum ? 4 : 2) + f.sub_scales);
}

/* ---- widening ---- */

/* The int8 sub-scales of 8 rows (Q6_K) in both lanes of each row. */
INLINE void spread_sub_scales(const uint8_t *bytes, i32x4 sub[2]) {
    i32x4 all = i16x8_load_i8x8(bytes), one = i32x4_splat(0xFFFF);
    sub[0] = i32x4_and(i32x4_low_i16x8(all), one);
    sub[1] = i32x4_and(i32x4_high_i16x8(all), one);
    sub[0] = i32x4_or(sub[0], i32x4_shl(sub[0], 16));
    sub[1] = i32x4_or(sub[1], i32x4_shl(sub[1], 16));
}

/* With its sign, and for Q6_K times its sub-scale: at most 32 * 128. */
INLINE i32x4 wide_code(i32x4 code, i32x4 sub, const code_format f) {
    if (!f.minimum) code = i16x8_sub(code, i16x8_splat(1 << (f.bits - 1)));
    return f.sub_scales == 16 ? i16x8_mul(code, sub) : code;
}

/* 32 columns into out [16][8][2]. */
INLINE void widen_block(const uint8_t *w, const uint8_t *sub_scales, uint8_t *out,
                        const code_format f) {
    const code_step s = step_of(f.bits);
    i32x4 spare[2] = {i32x4_zero(), i32x4_zero()}, sub[2] = {spare[0], spare[0]}, code[8];
    ROLLED for (int i = 0; i < s.steps; i++) {
        if (f.sub_scales == 16) spread_sub_scales(sub_scales + PANEL * i, sub);
        UNROLLED for (int h = 0; h < 2; h++) {
            unpack_step(w + 16 * h, f.bits, &spare[h], code);
            UNROLLED for (int k = 0; k < s.pairs; k++)
                i32x4_store(out + 4 * PANEL * k + 16 * h, wide_code(code[k], sub[h], f));
        }
        w += 4 * PANEL * s.words;
        out += 4 * PANEL * s.pairs;
    }
    if (f.bits == 5) {
        i32x4_store(out, wide_code(spare[0], sub[0], f));
        i32x4_store(out + 16, wide_code(spare[1], sub[1], f));
    }
}

/* Blocks of 32, n_blocks of them: { float scale[8]; [float minimum[8];] int16 q[16][8][2] }. */
INLINE void widen(const uint8_t *w, int n_blocks, uint8_t *out, const code_format f) {
    const int blocks = f.sub_scales ? 8 : 1; /* of 32, that share the scales in front of them */
    for (int first = 0; first < n_blocks; first += blocks) {
        panel_scales all = load_scales(w, f);
        const uint8_t *sub_scales = w + PANEL * (f.minimum ? 4 : 2);
        w += scales_bytes(f);
        ROLLED for (int b = 0; b < blocks; b++) {
            panel_scales s = f.sub_scales == 12 ? apply_six_bits(all, sub_scales, b) : all;
            UNROLLED for (int h = 0; h < 2; h++) {
                f32x4_store(out + 16 * h, s.scale[h]);
                if (f.minimum) f32x4_store(out + 4 * PANEL + 16 * h, s.minimum[h]);
            }
            out += 4 * PANEL * (f.minimum ? 2 : 1);
            widen_block(w, sub_scales + 2 * PANEL * b, out, f);
            w += 4 * PANEL * f.bits;
            out += 64 * PANEL;
        }
    }
}

/* ---- one column ---- */

INLINE i32x4 add_products(i32x4 dot, i32x4 code, const uint8_t *pair) {
    return i32x4_add(dot, i32x4_dot_i16x8(code, i32x4_load_splat(pair)));
}

/* The integer sums of a block of 32. That codes stand for q - 2^(bits - 1) is put right by the sums
 * of the activations, for Q6_K those of each 16 columns, which is what its steps are. */
INLINE void dot_block(const uint8_t *w, const uint8_t *sub_scales, const uint8_t *x,
                      const code_format f, i32x4 dot[2]) {
    const code_step s = step_of(f.bits);
    int32_t sums[2], offset = f.minimum ? 0 : 1 << (f.bits - 1);
    memcpy(sums, x + 4, sizeof sums);
    x += 4 + SUM_BYTES;
    i32x4 spare[2] = {i32x4_zero(), i32x4_zero()}, total[2] = {spare[0], spare[0]}, code[8];
    dot[0] = dot[1] = i32x4_splat(-offset * sums[1]);
    ROLLED for (int i = 0; i < s.steps; i++) {
        if (f.sub_scales == 16)
            dot[0] = dot[1] = i32x4_splat(-offset * (i == 0 ? sums[0] : sums[1] - sums[0]));
        UNROLLED for (int h = 0; h < 2; h++) {
            unpack_step(w + 16 * h, f.bits, &spare[h], code);
            UNROLLED for (int k = 0; k < s.pairs; k++) dot[h] =
                add_products(dot[h], code[k], x + 4 * k);
            dot[h] = i32x4_settled(dot[h]);
        }
        if (f.sub_scales == 16) {
            i32x4 sub = i16x8_load_i8x8(sub_scales + PANEL * i);
            total[0] = i32x4_add(total[0], i32x4_mul(dot[0], i32x4_low_i16x8(sub)));
            total[1] = i32x4_add(total[1], i32x4_mul(dot[1], i32x4_high_i16x8(sub)));
        }
        w += 4 * PANEL * s.words;
        x += 4 * s.pairs;
    }
    UNROLLED for (int h = 0; h < 2; h++) {
        if (f.bits == 5) dot[h] = add_products(dot[h], spare[h], x);
        if (f.sub_scales == 16) dot[h] = total[h];
    }
}

/* y[0..8) += n_blocks blocks of 32 of the panel times one column. */
INLINE void one_column(const uint8_t *w, const uint8_t *x, int n_blocks, float *y,
                       const code_format f) {
    const int blocks = f.sub_scales ? 8 : 1;
    f32x4 y0 = f32x4_load(y), y1 = f32x4_load(y + 4);
    for (int first = 0; first < n_blocks; first += blocks) {
        panel_scales all = load_scales(w, f);
        const uint8_t *sub_scales = w + PANEL * (f.minimum ? 4 : 2);
        w += scales_bytes(f);
        ROLLED for (int b = 0; b < blocks; b++) {
            i32x4 dot[2];
            dot_block(w, sub_scales + 2 * PANEL * b, x, f, dot);
            panel_scales s = f.sub_scales == 12 ? apply_six_bits(all, sub_scales, b) : all;
            f32x4 dx = f32x4_load_splat(x);
            f32x4 t0 = f32x4_from_i32x4(dot[0]), t1 = f32x4_from_i32x4(dot[1]);
            if (f.minimum) {
                f32x4 sum = f32x4_from_i32x4(i32x4_load_splat(x + 8));
                t0 = f32x4_add(f32x4_mul(t0, s.scale[0]), f32x4_mul(sum, s.minimum[0]));
                t1 = f32x4_add(f32x4_mul(t1, s.scale[1]), f32x4_mul(sum, s.minimum[1]));
                t0 = f32x4_mul(t0, dx);
                t1 = f32x4_mul(t1, dx);
            } else {
                t0 = f32x4_mul(t0, f32x4_mul(s.scale[0], dx));
                t1 = f32x4_mul(t1, f32x4_mul(s.scale[1], dx));
            }
            y0 = f32x4_add(y0, t0);
            y1 = f32x4_add(y1, t1);
            w += 4 * PANEL * f.bits;
            x += X_BYTES + SUM_BYTES;
        }
    }
    f32x4_store(y, y0);
    f32x4_store(y + 4, y1);
}

/* ---- the types ---- */

#define CODE_TYPE(type, ...)                                                                       \
    KERNEL void type##_widen(const uint8_t *w, int n_blocks, uint8_t *out) {                       \
        widen(w, n_blocks, out, (code_format){__VA_ARGS__});                                       \
    }                                                                                              \
    KERNEL void type##_column(const uint8_t *w, const uint8_t *x, int n_blocks, float *y,          \
                              size_t stride) {                                                     \
        (void)stride;                                                                              \
        one_column(w, x, n_blocks, y, (code_format){__VA_ARGS__});                                 \
    }
CODE_TYPE(q4_0, 4, false, 0)
CODE_TYPE(q4_1, 4, true, 0)
CODE_TYPE(q5_0, 5, false, 0)
CODE_TYPE(q5_1, 5, true, 0)
CODE_TYPE(q4_k, 4, true, 12)
CODE_TYPE(q5_k, 5, true, 12)
CODE_TYPE(q6_k, 6, false, 16)

#endif
