/* exp: x = n ln2 + r with ln2 in two parts, polynomial in r, 2^n by the exponent's bits.
 * log: x = 2^e m with m near 1, 2 atanh((m - 1) / (m + 1)) by its series.
 * sin, cos: pi/2 in three parts (Cody and Waite, "Software Manual for the Elementary Functions", 1980), then Taylor's series.
 * expf, tanhf: the minimax coefficients of Cephes (S. Moshier), which fit single precision.
 * erff: two polynomials of our own, minimax (Lawson's iteration): of erf(x) / x - 1 in x^2 below 1,
 * and of -log(erfc(x)) in x from there on. */
#include "base/maths.h"

#include <math.h> /* sqrt alone, which IEEE 754 rounds correctly */
#include <string.h>

static double f64_from_bits(uint64_t bits) {
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

static uint64_t f64_bits(double x) {
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* 2^n for n in [-1022, 1023]. */
static double power_of_two(int n) {
    return f64_from_bits((uint64_t)(n + 1023) << 52);
}

#define LN2_HIGH 6.93147180369123816490e-01 /* the first 32 bits of ln 2 */
#define LN2_LOW  1.90821492927058770002e-10

double assay_exp(double x) {
    if (x != x) return x;
    if (x > 709.782712893384) return INFINITY;
    if (x < -745.1332191019412) return 0.0;
    int n = (int)(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
    double r = (x - n * LN2_HIGH) - n * LN2_LOW;
    static const double c[] = {1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800,
                               1.0 / 362880,     1.0 / 40320,     1.0 / 5040,     1.0 / 720,
                               1.0 / 120,        1.0 / 24,        1.0 / 6,        0.5};
    double p = c[0];
    for (int i = 1; i < 12; i++) p = p * r + c[i];
    p = (p * r) * r + r + 1.0;
    int half = n / 2; /* in two steps, so that subnormal results and 2^1024 come out */
    return p * power_of_two(half) * power_of_two(n - half);
}

double assay_log(double x) {
    if (x != x || x < 0) return NAN;
    if (x == 0) return -INFINITY;
    if (x > 1.7976931348623157e308) return x;
    int e = 0;
    if (x < 2.2250738585072014e-308) {
        x *= 0x1p54;
        e = -54;
    }
    uint64_t bits = f64_bits(x);
    e += (int)(bits >> 52) - 1023;
    double m = f64_from_bits((bits & 0xFFFFFFFFFFFFFu) | 0x3FF0000000000000u); /* [1, 2) */
    if (m > 1.4142135623730951) {
        m *= 0.5;
        e++;
    }
    double s = (m - 1.0) / (m + 1.0), z = s * s, p = 1.0 / 25;
    for (int k = 23; k >= 3; k -= 2) p = p * z + 1.0 / k;
    p = p * z; /* atanh(s) = s + s p */
    return e * LN2_HIGH + (2.0 * s + (2.0 * s * p + e * LN2_LOW));
}

double assay_pow(double x, double y) {
    return assay_exp(y * assay_log(x));
}

/* x = k pi/2 + r with |r| <= pi/4 and a little; returns k mod 4. */
static int reduce_angle(double x, double *r) {
    double k = (double)(int64_t)(x * 0.6366197723675814 + (x < 0 ? -0.5 : 0.5));
    double t = x - k * 1.57079632673412561417e+00; /* 33 bits each, so k * part is exact */
    t = t - k * 6.07710050630396597660e-11;
    *r = t - k * 2.02226624879595063154e-21;
    return (int)((int64_t)k & 3);
}

static double sin_near_zero(double r) {
    double z = r * r, p = 1.0 / 355687428096000.0; /* 1/17! */
    static const double c[] = {
        -1.0 / 1307674368000.0, 1.0 / 6227020800.0, -1.0 / 39916800.0, 1.0 / 362880.0,
        -1.0 / 5040.0,          1.0 / 120.0,        -1.0 / 6.0};
    for (int i = 0; i < 7; i++) p = p * z + c[i];
    return r + r * (z * p);
}

static double cos_near_zero(double r) {
    double z = r * r, p = 1.0 / 20922789888000.0; /* 1/16! */
    static const double c[] = {-1.0 / 87178291200.0, 1.0 / 479001600.0, -1.0 / 3628800.0,
                               1.0 / 40320.0,        -1.0 / 720.0,      1.0 / 24.0};
    for (int i = 0; i < 6; i++) p = p * z + c[i];
    return 1.0 - (0.5 * z - z * z * p);
}

double assay_sin(double x) {
    double r;
    int quarter = reduce_angle(x, &r);
    double y = (quarter & 1) ? cos_near_zero(r) : sin_near_zero(r);
    return (quarter & 2) ? -y : y;
}

double assay_cos(double x) {
    double r;
    int quarter = reduce_angle(x, &r);
    double y = (quarter & 1) ? sin_near_zero(r) : cos_near_zero(r);
    return (quarter == 1 || quarter == 2) ? -y : y;
}

double assay_sqrt(double x) {
    return sqrt(x);
}

float assay_sqrtf(float x) {
    return sqrtf(x);
}

uint32_t assay_f32_bits(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

float assay_f32_from_bits(uint32_t bits) {
    float x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

float assay_expf(float x) {
    if (x < -87.3f) return 0.0f;
    if (!(x < 88.72284f)) return x * INFINITY; /* NaN stays NaN */
    /* Adding 1.5 * 2^23 rounds to the nearest integer and leaves it in the low bits. */
    float shifted = x * 1.44269504f + 12582912.0f;
    float n = shifted - 12582912.0f;
    float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = (p * (r * r) + r) + 1.0f;
    return assay_f32_from_bits(assay_f32_bits(p) + (assay_f32_bits(shifted) << 23));
}

float assay_tanhf(float x) {
    float a = x < 0 ? -x : x;
    if (a < 0.625f) {
        float z = x * x, p = -5.70498872745e-3f;
        p = p * z + 2.06390887954e-2f;
        p = p * z - 5.37397155531e-2f;
        p = p * z + 1.33314422036e-1f;
        p = p * z - 3.33332819422e-1f;
        return (p * z) * x + x;
    }
    float e = assay_expf(2.0f * (a < 10.0f ? a : 10.0f));
    float y = 1.0f - 2.0f / (e + 1.0f);
    return x < 0 ? -y : y;
}

float assay_erff(float x) {
    float a = x < 0 ? -x : x;
    if (a < 1.0f) {
        float z = x * x, p = 7.8538607266e-5f;
        p = p * z - 8.0101934356e-4f;
        p = p * z + 5.1883276642e-3f;
        p = p * z - 2.6853811924e-2f;
        p = p * z + 1.1283585148e-1f;
        p = p * z - 3.7612625824e-1f;
        p = p * z + 1.2837916573e-1f;
        return p * x + x;
    }
    float t = a < 3.95f ? a : 3.95f, p = -1.8557412993e-4f; /* 1 - erf(3.95) is below 2^-25 */
    p = p * t + 2.9396084487e-3f;
    p = p * t - 2.1805322782e-2f;
    p = p * t + 1.0303737780e-1f;
    p = p * t + 6.3822566711e-1f;
    p = p * t + 1.1270400420f;
    p = p * t + 3.5371805773e-4f;
    float y = 1.0f - assay_expf(-p);
    return x < 0 ? -y : y;
}

float assay_f16_to_f32(uint16_t half) {
    uint32_t sign = (uint32_t)(half & 0x8000u) << 16, magnitude = half & 0x7FFFu;
    if (magnitude >= 0x7C00u) /* infinity and NaN */
        return assay_f32_from_bits(sign | 0x7F800000u | (magnitude & 0x3FFu) << 13);
    if (magnitude < 0x0400u) { /* zero and subnormal: exact in float */
        float value = (float)magnitude * 0x1p-24f;
        return sign ? -value : value;
    }
    return assay_f32_from_bits(sign | ((magnitude << 13) + 0x38000000u));
}

uint16_t assay_f32_to_f16(float x) {
    uint32_t bits = assay_f32_bits(x), sign = bits >> 16 & 0x8000u;
    bits &= 0x7FFFFFFFu;
    if (bits > 0x7F800000u) return (uint16_t)(sign | 0x7E00u);
    if (bits >= 0x477FF000u) return (uint16_t)(sign | 0x7C00u); /* rounds to 2^16 or more */
    if (bits < 0x38800000u) { /* below 2^-14: adding 0.5 rounds at the subnormals' unit, 2^-24 */
        float rounded = assay_f32_from_bits(bits) + 0.5f;
        return (uint16_t)(sign | (assay_f32_bits(rounded) - 0x3F000000u));
    }
    uint32_t odd = bits >> 13 & 1;
    return (uint16_t)(sign | (bits - 0x38000000u + 0xFFFu + odd) >> 13);
}
