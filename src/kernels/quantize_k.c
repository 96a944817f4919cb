/* Floats to blocks of 256, with scales that are themselves quantized. There is no one right answer;
 * this is a search for the least squared error:
 *   1. each group of 32 (16) on its own: codes for a number of trial scales around the one that
 *      just spans the group, for each of them the best real scale (and minimum) by least squares;
 *   2. the block's f16 scale spans the groups' scales, which become integers;
 *   3. each group again: its integer scale (and minimum) and their neighbours, the best of them by
 *      the error that is really made. */
#include "kernels/quantize.h"

#include <string.h>

#include "base/maths.h"
#include "kernels/blocks.h"
#include "kernels/table.h"

enum { GROUP = 16, TRIALS = 20, TOP_SIX_BITS = 63 };
#define TRIAL_STEP 0.1f
#define LIMIT      1e9f     /* more than a block can hold, and its squares are finite */
#define F16_MAX    65504.0f /* so that no scale is infinite */

static int nearest(float x, int low, int high) {
    if (!(x > (float)low)) return low;
    if (!(x < (float)high)) return high;
    return (int)assay_f32_bits(x + ROUND_MAGIC) - ROUND_MAGIC_BITS;
}

static void limited(const float *x, float *out) {
    for (int i = 0; i < MAX_BLOCK; i++)
        out[i] = x[i] > LIMIT ? LIMIT : x[i] < -LIMIT ? -LIMIT : x[i];
}

/* A scale as the file will hold it. */
static float store_scale(float d, uint8_t *out) {
    assay_store_f16(d > F16_MAX ? F16_MAX : d < -F16_MAX ? -F16_MAX : d, out);
    return assay_f16_to_f32((uint16_t)(out[0] | out[1] << 8));
}

/* ---- Q4_K, Q5_K: x = scale * q - minimum, q in 0 ... top, minimum not negative ---- */

typedef struct range {
    float scale, minimum;
} range;

/* Codes of 32 numbers, and the squared error. */
static float encode(const float *x, range r, int top, uint8_t *q) {
    float inverse = r.scale > 0 ? 1.0f / r.scale : 0.0f, error = 0.0f;
    for (int i = 0; i < BLOCK; i++) {
        int code = nearest((x[i] + r.minimum) * inverse, 0, top);
        float e = r.scale * (float)code - r.minimum - x[i];
        error += e * e;
        q[i] = (uint8_t)code;
    }
    return error;
}

/* The scale and minimum of the least squared error for given codes. */
static range fit_codes(const float *x, const uint8_t *q, range fallback) {
    int sum = 0, squares = 0;
    float sum_x = 0.0f, products = 0.0f;
    for (int i = 0; i < BLOCK; i++) {
        sum += q[i];
        squares += q[i] * q[i];
        sum_x += x[i];
        products += (float)q[i] * x[i];
    }
    int determinant = BLOCK * squares - sum * sum;
    if (determinant <= 0) return fallback;
    float scale = ((float)BLOCK * products - (float)sum * sum_x) / (float)determinant;
    float minimum = ((float)sum * products - (float)squares * sum_x) / (float)determinant;
    if (minimum < 0) scale = products / (float)squares, minimum = 0.0f;
    return scale > 0 ? (range){scale, minimum} : fallback;
}

static range fit_range(const float *x, int top) {
    uint8_t q[BLOCK];
    float low = 0.0f, high = x[0];
    for (int i = 0; i < BLOCK; i++) {
        if (x[i] < low) low = x[i];
        if (x[i] > high) high = x[i];
    }
    range best = {(high - low) / (float)top, -low};
    if (!(best.scale > 0)) return best;
    float least = encode(x, best, top, q);
    for (int t = -TRIALS / 2; t <= TRIALS / 2; t++) {
        range trial = {(high - low) / ((float)top + TRIAL_STEP * (float)t), -low};
        encode(x, trial, top, q);
        trial = fit_codes(x, q, trial);
        float error = encode(x, trial, top, q);
        if (error < least) least = error, best = trial;
    }
    return best;
}

/* The best integers near the group's scale and minimum, d and m the block's units; codes to q. */
static void choose_integers(const float *x, range want, float d, float m, int top, uint8_t *scale,
                            uint8_t *minimum, uint8_t *q) {
    int s = d > 0 ? nearest(want.scale / d, 0, TOP_SIX_BITS) : 0;
    int n = m > 0 ? nearest(want.minimum / m, 0, TOP_SIX_BITS) : 0;
    float least = -1.0f;
    for (int ds = -1; ds <= 1; ds++) {
        for (int dn = -1; dn <= 1; dn++) {
            if (s + ds < 0 || s + ds > TOP_SIX_BITS || n + dn < 0 || n + dn > TOP_SIX_BITS)
                continue;
            uint8_t trial[BLOCK];
            range r = {d * (float)(s + ds), m * (float)(n + dn)};
            float error = encode(x, r, top, trial);
            if (least >= 0 && !(error < least)) continue;
            least = error;
            *scale = (uint8_t)(s + ds), *minimum = (uint8_t)(n + dn);
            memcpy(q, trial, BLOCK);
        }
    }
}

void assay_quantize_ranged_k(const float *x, int code_bits, uint8_t *block) {
    enum { N = MAX_BLOCK / BLOCK };
    float clean[MAX_BLOCK], largest = 0.0f, deepest = 0.0f;
    range want[N];
    uint8_t scale[N], minimum[N], q[MAX_BLOCK];
    int top = (1 << code_bits) - 1;
    limited(x, clean);
    for (int g = 0; g < N; g++) {
        want[g] = fit_range(clean + g * BLOCK, top);
        if (want[g].scale > largest) largest = want[g].scale;
        if (want[g].minimum > deepest) deepest = want[g].minimum;
    }
    float d = store_scale(largest / (float)TOP_SIX_BITS, block);
    float m = store_scale(deepest / (float)TOP_SIX_BITS, block + 2);
    for (int g = 0; g < N; g++)
        choose_integers(clean + g * BLOCK, want[g], d, m, top, scale + g, minimum + g,
                        q + g * BLOCK);
    assay_six_bits_write(scale, minimum, block + 4);
    uint8_t *high = block + 16, *low = high + (code_bits == 5 ? 32 : 0);
    memset(high, 0, (size_t)(low - high) + MAX_BLOCK / 2);
    for (int k = 0; k < MAX_BLOCK; k++) {
        low[k / 64 * 32 + k % 32] |= (uint8_t)((q[k] & 15) << k % 64 / 32 * 4);
        if (code_bits == 5) high[k % 32] |= (uint8_t)(q[k] >> 4 << k / 32);
    }
}

/* ---- Q6_K: x = scale * q, q in -32 ... 31 ---- */

static float encode_signed(const float *x, float scale, int8_t *q) {
    float inverse = scale != 0 ? 1.0f / scale : 0.0f, error = 0.0f;
    for (int i = 0; i < GROUP; i++) {
        int code = nearest(x[i] * inverse, -32, 31);
        float e = scale * (float)code - x[i];
        error += e * e;
        q[i] = (int8_t)code;
    }
    return error;
}

static float fit_signed(const float *x) {
    float extreme = 0.0f, magnitude = 0.0f;
    int8_t q[GROUP];
    for (int i = 0; i < GROUP; i++) {
        float a = x[i] < 0 ? -x[i] : x[i];
        if (a > magnitude) magnitude = a, extreme = x[i];
    }
    if (!(magnitude > 0)) return 0.0f;
    float best = extreme / -32.0f, least = encode_signed(x, best, q);
    for (int t = -TRIALS / 2; t <= TRIALS / 2; t++) {
        float trial = extreme / -(32.0f + TRIAL_STEP * (float)t), products = 0.0f;
        int squares = 0;
        encode_signed(x, trial, q);
        for (int i = 0; i < GROUP; i++) {
            products += (float)q[i] * x[i];
            squares += q[i] * q[i];
        }
        if (squares > 0) trial = products / (float)squares;
        float error = encode_signed(x, trial, q);
        if (error < least) least = error, best = trial;
    }
    return best;
}

static void choose_signed_integer(const float *x, float want, float d, int8_t *scale, int8_t *q) {
    int s = d != 0 ? nearest(want / d, -128, 127) : 0;
    float least = -1.0f;
    for (int ds = -1; ds <= 1; ds++) {
        int8_t trial[GROUP];
        if (s + ds < -128 || s + ds > 127) continue;
        float error = encode_signed(x, d * (float)(s + ds), trial);
        if (least >= 0 && !(error < least)) continue;
        least = error;
        *scale = (int8_t)(s + ds);
        memcpy(q, trial, GROUP);
    }
}

void assay_quantize_q6_k(const float *x, uint8_t *block) {
    enum { N = MAX_BLOCK / GROUP };
    float clean[MAX_BLOCK], want[N], largest = 0.0f, magnitude = 0.0f;
    int8_t scale[N], q[MAX_BLOCK];
    uint8_t *low = block, *high = block + 128;
    limited(x, clean);
    for (int g = 0; g < N; g++) {
        want[g] = fit_signed(clean + g * GROUP);
        float a = want[g] < 0 ? -want[g] : want[g];
        if (a > magnitude) magnitude = a, largest = want[g];
    }
    float d = store_scale(largest / -128.0f, block + 208);
    for (int g = 0; g < N; g++)
        choose_signed_integer(clean + g * GROUP, want[g], d, scale + g, q + g * GROUP);
    memcpy(block + 192, scale, N);
    memset(block, 0, 192);
    for (int k = 0; k < MAX_BLOCK; k++) {
        int half = k / 128, quarter = k % 128 / 32, code = q[k] + 32;
        low[half * 64 + quarter % 2 * 32 + k % 32] |= (uint8_t)((code & 15) << quarter / 2 * 4);
        high[half * 32 + k % 32] |= (uint8_t)(code >> 4 << 2 * quarter);
    }
}
