/* Row-wise and element-wise operations in 128-bit vectors; text of the tables in table_*.c.
 * Sums are four partial sums by index mod 4: exactly the lanes of one vector. */
#ifndef ASSAY_KERNELS_SIMD_ROWS_H
#define ASSAY_KERNELS_SIMD_ROWS_H

#include <math.h> /* INFINITY */

#include "base/maths.h"
#include "kernels/simd.h"
#include "kernels/table.h"

/* assay_expf, operation for operation. */
INLINE f32x4 f32x4_exp(f32x4 x) {
    f32x4 magic = f32x4_splat(ROUND_MAGIC);
    f32x4 shifted = f32x4_add(f32x4_mul(x, f32x4_splat(1.44269504f)), magic);
    f32x4 n = f32x4_sub(shifted, magic);
    f32x4 r = f32x4_sub(f32x4_sub(x, f32x4_mul(n, f32x4_splat(0.693359375f))),
                        f32x4_mul(n, f32x4_splat(-2.12194440e-4f)));
    f32x4 p = f32x4_splat(1.9875691500e-4f);
    p = f32x4_add(f32x4_mul(p, r), f32x4_splat(1.3981999507e-3f));
    p = f32x4_add(f32x4_mul(p, r), f32x4_splat(8.3334519073e-3f));
    p = f32x4_add(f32x4_mul(p, r), f32x4_splat(4.1665795894e-2f));
    p = f32x4_add(f32x4_mul(p, r), f32x4_splat(1.6666665459e-1f));
    p = f32x4_add(f32x4_mul(p, r), f32x4_splat(5.0000001201e-1f));
    p = f32x4_add(f32x4_add(f32x4_mul(p, f32x4_mul(r, r)), r), f32x4_splat(1.0f));
    p = f32x4_from_bits(i32x4_add(f32x4_bits(p), i32x4_shl(f32x4_bits(shifted), 23)));
    p = f32x4_and_not(p, f32x4_lt(x, f32x4_splat(-87.3f)));
    return f32x4_select(f32x4_lt(x, f32x4_splat(88.72284f)), p,
                        f32x4_mul(x, f32x4_splat(INFINITY)));
}

/* assay_tanhf, operation for operation; both its branches are computed and one is chosen. */
INLINE f32x4 f32x4_tanh(f32x4 x) {
    f32x4 z = f32x4_mul(x, x), p = f32x4_splat(-5.70498872745e-3f), one = f32x4_splat(1.0f);
    p = f32x4_add(f32x4_mul(p, z), f32x4_splat(2.06390887954e-2f));
    p = f32x4_sub(f32x4_mul(p, z), f32x4_splat(5.37397155531e-2f));
    p = f32x4_add(f32x4_mul(p, z), f32x4_splat(1.33314422036e-1f));
    p = f32x4_sub(f32x4_mul(p, z), f32x4_splat(3.33332819422e-1f));
    f32x4 small = f32x4_add(f32x4_mul(f32x4_mul(p, z), x), x), two = f32x4_splat(2.0f);
    i32x4 sign_bit = i32x4_splat(INT32_MIN);
    f32x4 a = f32x4_and_not(x, sign_bit);
    f32x4 grown = f32x4_exp(f32x4_mul(two, f32x4_pmin(f32x4_splat(10.0f), a)));
    f32x4 y = f32x4_sub(one, f32x4_div(two, f32x4_add(grown, one)));
    i32x4 sign = i32x4_and(f32x4_lt(x, f32x4_zero()), sign_bit);
    y = f32x4_from_bits(i32x4_xor(f32x4_bits(y), sign));
    return f32x4_select(f32x4_lt(a, f32x4_splat(0.625f)), small, y);
}

INLINE f32x4 f32x4_gelu(f32x4 x) {
    f32x4 cube = f32x4_mul(f32x4_mul(x, x), x);
    f32x4 u = f32x4_add(x, f32x4_mul(f32x4_splat(0.044715f), cube));
    f32x4 y = f32x4_tanh(f32x4_mul(f32x4_splat(0.79788456f), u));
    return f32x4_mul(f32x4_mul(f32x4_splat(0.5f), x), f32x4_add(f32x4_splat(1.0f), y));
}

/* assay_erff, operation for operation; both its branches are computed and one is chosen. */
INLINE f32x4 f32x4_erf(f32x4 x) {
    f32x4 z = f32x4_mul(x, x), q = f32x4_splat(7.8538607266e-5f);
    q = f32x4_sub(f32x4_mul(q, z), f32x4_splat(8.0101934356e-4f));
    q = f32x4_add(f32x4_mul(q, z), f32x4_splat(5.1883276642e-3f));
    q = f32x4_sub(f32x4_mul(q, z), f32x4_splat(2.6853811924e-2f));
    q = f32x4_add(f32x4_mul(q, z), f32x4_splat(1.1283585148e-1f));
    q = f32x4_sub(f32x4_mul(q, z), f32x4_splat(3.7612625824e-1f));
    q = f32x4_add(f32x4_mul(q, z), f32x4_splat(1.2837916573e-1f));
    f32x4 small = f32x4_add(f32x4_mul(q, x), x);
    i32x4 sign_bit = i32x4_splat(INT32_MIN);
    f32x4 a = f32x4_and_not(x, sign_bit);
    f32x4 t = f32x4_pmin(f32x4_splat(3.95f), a), p = f32x4_splat(-1.8557412993e-4f);
    p = f32x4_add(f32x4_mul(p, t), f32x4_splat(2.9396084487e-3f));
    p = f32x4_sub(f32x4_mul(p, t), f32x4_splat(2.1805322782e-2f));
    p = f32x4_add(f32x4_mul(p, t), f32x4_splat(1.0303737780e-1f));
    p = f32x4_add(f32x4_mul(p, t), f32x4_splat(6.3822566711e-1f));
    p = f32x4_add(f32x4_mul(p, t), f32x4_splat(1.1270400420f));
    p = f32x4_add(f32x4_mul(p, t), f32x4_splat(3.5371805773e-4f));
    f32x4 minus = f32x4_from_bits(i32x4_xor(f32x4_bits(p), sign_bit));
    f32x4 y = f32x4_sub(f32x4_splat(1.0f), f32x4_exp(minus));
    i32x4 sign = i32x4_and(f32x4_lt(x, f32x4_zero()), sign_bit);
    y = f32x4_from_bits(i32x4_xor(f32x4_bits(y), sign));
    return f32x4_select(f32x4_lt(a, f32x4_splat(1.0f)), small, y);
}

INLINE f32x4 f32x4_gelu_erf(f32x4 x) {
    f32x4 y = f32x4_erf(f32x4_mul(x, f32x4_splat(0.70710678f)));
    return f32x4_mul(f32x4_mul(f32x4_splat(0.5f), x), f32x4_add(f32x4_splat(1.0f), y));
}

INLINE f32x4 f32x4_swiglu(f32x4 gate, f32x4 up) {
    f32x4 minus = f32x4_from_bits(i32x4_xor(f32x4_bits(gate), i32x4_splat(INT32_MIN)));
    f32x4 silu = f32x4_div(gate, f32x4_add(f32x4_splat(1.0f), f32x4_exp(minus)));
    return f32x4_mul(silu, up);
}

/* Up to three elements at the end of an array, as a vector whose other lanes are zero. */
INLINE f32x4 f32x4_load_part(const float *x, size_t n) {
    float lane[4] = {0};
    memcpy(lane, x, n * sizeof *x);
    return f32x4_load(lane);
}
INLINE void f32x4_store_part(float *x, f32x4 a, size_t n) {
    float lane[4];
    f32x4_store(lane, a);
    memcpy(x, lane, n * sizeof *x);
}

static void simd_gelu_tanh(float *x, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) f32x4_store(x + i, f32x4_gelu(f32x4_load(x + i)));
    if (i < n) f32x4_store_part(x + i, f32x4_gelu(f32x4_load_part(x + i, n - i)), n - i);
}

static void simd_gelu_erf(float *x, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) f32x4_store(x + i, f32x4_gelu_erf(f32x4_load(x + i)));
    if (i < n) f32x4_store_part(x + i, f32x4_gelu_erf(f32x4_load_part(x + i, n - i)), n - i);
}

static void simd_swiglu(float *gate, const float *up, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4)
        f32x4_store(gate + i, f32x4_swiglu(f32x4_load(gate + i), f32x4_load(up + i)));
    if (i < n) {
        f32x4 y = f32x4_swiglu(f32x4_load_part(gate + i, n - i), f32x4_load_part(up + i, n - i));
        f32x4_store_part(gate + i, y, n - i);
    }
}

static void simd_add(float *x, const float *y, size_t n) {
    size_t i = 0;
    for (; i + 4 <= n; i += 4) f32x4_store(x + i, f32x4_add(f32x4_load(x + i), f32x4_load(y + i)));
    for (; i < n; i++) x[i] += y[i];
}

static void simd_rms_norm(const float *x, int dim, const float *weight, float eps, float *out) {
    size_t n = (size_t)dim, i = 0;
    f32x4 squares = f32x4_zero();
    for (; i + 4 <= n; i += 4) {
        f32x4 v = f32x4_load(x + i);
        squares = f32x4_add(squares, f32x4_mul(v, v));
    }
    if (i < n) {
        f32x4 v = f32x4_load_part(x + i, n - i);
        squares =
            f32x4_add(squares, f32x4_mul(v, v)); /* adding +0 to a sum of squares changes no bit */
    }
    float scale = 1.0f / assay_sqrtf(f32x4_sum(squares) / (float)dim + eps);
    f32x4 scales = f32x4_splat(scale);
    for (i = 0; i + 4 <= n; i += 4)
        f32x4_store(out + i,
                    f32x4_mul(f32x4_mul(f32x4_load(x + i), scales), f32x4_load(weight + i)));
    for (; i < n; i++) out[i] = x[i] * scale * weight[i];
}

/* Adds x[i] to the lanes of `sum` by index mod 4: a tail touches only its own lanes, since adding 0
 * to a sum of -0 would change a bit. */
INLINE f32x4 f32x4_add_part(f32x4 sum, const float *x, size_t n) {
    float lane[4];
    f32x4_store(lane, sum);
    for (size_t i = 0; i < n; i++) lane[i] += x[i];
    return f32x4_load(lane);
}

static void simd_layer_norm(const float *x, int dim, const float *weight, const float *bias,
                            float eps, float *out) {
    size_t n = (size_t)dim, i = 0;
    f32x4 sum = f32x4_zero(), squares = f32x4_zero();
    for (; i + 4 <= n; i += 4) sum = f32x4_add(sum, f32x4_load(x + i));
    sum = f32x4_add_part(sum, x + i, n - i);
    float mean = f32x4_sum(sum) / (float)dim;
    f32x4 means = f32x4_splat(mean);
    for (i = 0; i + 4 <= n; i += 4) {
        f32x4 v = f32x4_sub(f32x4_load(x + i), means);
        squares = f32x4_add(squares, f32x4_mul(v, v));
    }
    float tail[4] = {0};
    for (size_t t = 0; i + t < n; t++) tail[t] = (x[i + t] - mean) * (x[i + t] - mean);
    squares = f32x4_add_part(squares, tail, n - i);
    float scale = 1.0f / assay_sqrtf(f32x4_sum(squares) / (float)dim + eps);
    f32x4 scales = f32x4_splat(scale);
    for (i = 0; i + 4 <= n; i += 4) {
        f32x4 v = f32x4_mul(f32x4_sub(f32x4_load(x + i), means), scales);
        f32x4_store(out + i, f32x4_add(f32x4_mul(v, f32x4_load(weight + i)), f32x4_load(bias + i)));
    }
    for (; i < n; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

/* The largest, ignoring NaN. */
static float simd_max(const float *x, size_t n) {
    float best = -INFINITY;
    size_t i = 0;
    if (n >= 4) {
        f32x4 largest = f32x4_splat(best);
        for (; i + 4 <= n; i += 4) largest = f32x4_pmax(largest, f32x4_load(x + i));
        float lane[4];
        f32x4_store(lane, largest);
        for (int l = 0; l < 4; l++) best = best < lane[l] ? lane[l] : best;
    }
    for (; i < n; i++) best = best < x[i] ? x[i] : best;
    return best;
}

static float simd_exp_sum(const float *x, size_t n, float max, float *terms) {
    f32x4 sum = f32x4_zero(), maxima = f32x4_splat(max);
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        f32x4 e = f32x4_exp(f32x4_sub(f32x4_load(x + i), maxima));
        sum = f32x4_add(sum, e);
        if (terms) f32x4_store(terms + i, e);
    }
    if (i < n) {
        f32x4 e = f32x4_exp(f32x4_sub(f32x4_load_part(x + i, n - i), maxima));
        float part[4];
        f32x4_store(part, e);
        sum = f32x4_add_part(sum, part, n - i);
        if (terms) f32x4_store_part(terms + i, e, n - i);
    }
    return f32x4_sum(sum);
}

/* Pairs (a, b) -> (a c - b s, b c + a s). */
static void simd_rotate(float *x, const float *cos_sin, int head_dim, int n_heads) {
    static const float signs[4] = {-1.0f, 1.0f, -1.0f, 1.0f};
    f32x4 sign = f32x4_load(signs);
    for (int i = 0; i < head_dim; i += 4) {
        f32x4 table = f32x4_load(cos_sin + i);
        f32x4 c = f32x4_even(table), s = f32x4_mul(f32x4_odd(table), sign);
        for (int h = 0; h < n_heads; h++) {
            float *at = x + (size_t)h * (size_t)head_dim + i;
            f32x4 v = f32x4_load(at);
            f32x4_store(at, f32x4_add(f32x4_mul(v, c), f32x4_mul(f32x4_swap(v), s)));
        }
    }
}

#endif
