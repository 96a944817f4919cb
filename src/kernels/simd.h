/* 128-bit vectors: one set of names over WebAssembly SIMD128, SSE4.1 (or AVX encodings of the
 * same), NEON, and plain C that does the same lane by lane. The names are those of WebAssembly.
 * Every operation has one defined result on every platform: no fused, approximate or
 * implementation-defined operation is here.
 *
 * On x86 the including file chooses the instruction set (see table_avx.c), so this header is
 * included once a file. */
#ifndef ASSAY_KERNELS_SIMD_H
#define ASSAY_KERNELS_SIMD_H

#include <stdint.h>
#include <string.h>

/* clang-format off */

#define INLINE static inline __attribute__((always_inline, unused))

#if !defined(ASSAY_SIMD_EMULATED) && defined(__wasm_simd128__)

#include <wasm_simd128.h>
#define ASSAY_SIMD_ISA "wasm-simd128"
typedef v128_t f32x4;
typedef v128_t i32x4;

INLINE f32x4 f32x4_load(const void *p) { return wasm_v128_load(p); }
INLINE void f32x4_store(void *p, f32x4 a) { wasm_v128_store(p, a); }
INLINE f32x4 f32x4_splat(float a) { return wasm_f32x4_splat(a); }
INLINE f32x4 f32x4_load_splat(const void *p) { return wasm_v128_load32_splat(p); }
INLINE f32x4 f32x4_add(f32x4 a, f32x4 b) { return wasm_f32x4_add(a, b); }
INLINE f32x4 f32x4_sub(f32x4 a, f32x4 b) { return wasm_f32x4_sub(a, b); }
INLINE f32x4 f32x4_mul(f32x4 a, f32x4 b) { return wasm_f32x4_mul(a, b); }
INLINE f32x4 f32x4_div(f32x4 a, f32x4 b) { return wasm_f32x4_div(a, b); }
INLINE f32x4 f32x4_pmin(f32x4 a, f32x4 b) { return wasm_f32x4_pmin(a, b); }
INLINE f32x4 f32x4_pmax(f32x4 a, f32x4 b) { return wasm_f32x4_pmax(a, b); }
INLINE i32x4 f32x4_lt(f32x4 a, f32x4 b) { return wasm_f32x4_lt(a, b); }
INLINE f32x4 f32x4_select(i32x4 mask, f32x4 a, f32x4 b) { return wasm_v128_bitselect(a, b, mask); }
INLINE f32x4 f32x4_and_not(f32x4 a, i32x4 mask) { return wasm_v128_andnot(a, mask); }
INLINE f32x4 f32x4_even(f32x4 a) { return wasm_i32x4_shuffle(a, a, 0, 0, 2, 2); }
INLINE f32x4 f32x4_odd(f32x4 a) { return wasm_i32x4_shuffle(a, a, 1, 1, 3, 3); }
INLINE f32x4 f32x4_swap(f32x4 a) { return wasm_i32x4_shuffle(a, a, 1, 0, 3, 2); }
INLINE f32x4 f32x4_interleave_low(f32x4 a, f32x4 b) { return wasm_i32x4_shuffle(a, b, 0, 4, 1, 5); }
INLINE f32x4 f32x4_interleave_high(f32x4 a, f32x4 b) {
    return wasm_i32x4_shuffle(a, b, 2, 6, 3, 7);
}
INLINE f32x4 f32x4_from_i32x4(i32x4 a) { return wasm_f32x4_convert_i32x4(a); }
INLINE i32x4 f32x4_bits(f32x4 a) { return a; }
INLINE f32x4 f32x4_from_bits(i32x4 a) { return a; }
INLINE i32x4 i32x4_load(const void *p) { return wasm_v128_load(p); }
INLINE void i32x4_store(void *p, i32x4 a) { wasm_v128_store(p, a); }
INLINE i32x4 i32x4_splat(int32_t a) { return wasm_i32x4_splat(a); }
INLINE i32x4 i32x4_load_splat(const void *p) { return wasm_v128_load32_splat(p); }
INLINE i32x4 i32x4_load_u16x4(const void *p) { return wasm_u32x4_load16x4(p); }
INLINE i32x4 i16x8_load_i8x8(const void *p) { return wasm_i16x8_load8x8(p); }
INLINE i32x4 i32x4_low_i16x8(i32x4 a) { return wasm_i32x4_extend_low_i16x8(a); }
INLINE i32x4 i32x4_high_i16x8(i32x4 a) { return wasm_i32x4_extend_high_i16x8(a); }
INLINE i32x4 i32x4_add(i32x4 a, i32x4 b) { return wasm_i32x4_add(a, b); }
INLINE i32x4 i32x4_sub(i32x4 a, i32x4 b) { return wasm_i32x4_sub(a, b); }
INLINE i32x4 i32x4_max(i32x4 a, i32x4 b) { return wasm_i32x4_max(a, b); }
INLINE i32x4 i32x4_mul(i32x4 a, i32x4 b) { return wasm_i32x4_mul(a, b); }
INLINE i32x4 i16x8_sub(i32x4 a, i32x4 b) { return wasm_i16x8_sub(a, b); }
INLINE i32x4 i16x8_mul(i32x4 a, i32x4 b) { return wasm_i16x8_mul(a, b); }
INLINE i32x4 i32x4_gt(i32x4 a, i32x4 b) { return wasm_i32x4_gt(a, b); }
INLINE i32x4 i32x4_and(i32x4 a, i32x4 b) { return wasm_v128_and(a, b); }
INLINE i32x4 i32x4_or(i32x4 a, i32x4 b) { return wasm_v128_or(a, b); }
INLINE i32x4 i32x4_xor(i32x4 a, i32x4 b) { return wasm_v128_xor(a, b); }
#define i32x4_shl(a, n) wasm_i32x4_shl(a, n)
#define u16x8_shr(a, n) wasm_u16x8_shr(a, n)
INLINE i32x4 i32x4_dot_i16x8(i32x4 a, i32x4 b) { return wasm_i32x4_dot_i16x8(a, b); }
INLINE i32x4 i16x8_narrow_i32x4(i32x4 a, i32x4 b) { return wasm_i16x8_narrow_i32x4(a, b); }

#elif !defined(ASSAY_SIMD_EMULATED) && (defined(__x86_64__) || defined(__i386__))

#include <immintrin.h>
#ifdef ASSAY_SIMD_AVX
#define ASSAY_SIMD_ISA "avx2"
#else
#define ASSAY_SIMD_ISA "sse4.1"
#endif
typedef __m128 f32x4;
typedef __m128i i32x4;

INLINE f32x4 f32x4_load(const void *p) { return _mm_loadu_ps(p); }
INLINE void f32x4_store(void *p, f32x4 a) { _mm_storeu_ps(p, a); }
INLINE f32x4 f32x4_splat(float a) { return _mm_set1_ps(a); }
#ifdef ASSAY_SIMD_AVX
INLINE f32x4 f32x4_load_splat(const void *p) { return _mm_broadcast_ss(p); }
#else
INLINE f32x4 f32x4_load_splat(const void *p) {
    float a;
    memcpy(&a, p, sizeof a);
    return _mm_set1_ps(a);
}
#endif
INLINE f32x4 f32x4_add(f32x4 a, f32x4 b) { return _mm_add_ps(a, b); }
INLINE f32x4 f32x4_sub(f32x4 a, f32x4 b) { return _mm_sub_ps(a, b); }
INLINE f32x4 f32x4_mul(f32x4 a, f32x4 b) { return _mm_mul_ps(a, b); }
INLINE f32x4 f32x4_div(f32x4 a, f32x4 b) { return _mm_div_ps(a, b); }
INLINE f32x4 f32x4_pmin(f32x4 a, f32x4 b) { return _mm_min_ps(b, a); }
INLINE f32x4 f32x4_pmax(f32x4 a, f32x4 b) { return _mm_max_ps(b, a); }
INLINE i32x4 f32x4_lt(f32x4 a, f32x4 b) { return _mm_castps_si128(_mm_cmplt_ps(a, b)); }
INLINE f32x4 f32x4_select(i32x4 mask, f32x4 a, f32x4 b) {
    return _mm_blendv_ps(b, a, _mm_castsi128_ps(mask));
}
INLINE f32x4 f32x4_and_not(f32x4 a, i32x4 mask) { return _mm_andnot_ps(_mm_castsi128_ps(mask), a); }
INLINE f32x4 f32x4_even(f32x4 a) { return _mm_shuffle_ps(a, a, _MM_SHUFFLE(2, 2, 0, 0)); }
INLINE f32x4 f32x4_odd(f32x4 a) { return _mm_shuffle_ps(a, a, _MM_SHUFFLE(3, 3, 1, 1)); }
INLINE f32x4 f32x4_swap(f32x4 a) { return _mm_shuffle_ps(a, a, _MM_SHUFFLE(2, 3, 0, 1)); }
INLINE f32x4 f32x4_interleave_low(f32x4 a, f32x4 b) { return _mm_unpacklo_ps(a, b); }
INLINE f32x4 f32x4_interleave_high(f32x4 a, f32x4 b) { return _mm_unpackhi_ps(a, b); }
INLINE f32x4 f32x4_from_i32x4(i32x4 a) { return _mm_cvtepi32_ps(a); }
INLINE i32x4 f32x4_bits(f32x4 a) { return _mm_castps_si128(a); }
INLINE f32x4 f32x4_from_bits(i32x4 a) { return _mm_castsi128_ps(a); }
INLINE i32x4 i32x4_load(const void *p) { return _mm_loadu_si128(p); }
INLINE void i32x4_store(void *p, i32x4 a) { _mm_storeu_si128(p, a); }
INLINE i32x4 i32x4_splat(int32_t a) { return _mm_set1_epi32(a); }
INLINE i32x4 i32x4_load_splat(const void *p) { return f32x4_bits(f32x4_load_splat(p)); }
INLINE i32x4 i32x4_load_u16x4(const void *p) { return _mm_cvtepu16_epi32(_mm_loadl_epi64(p)); }
INLINE i32x4 i16x8_load_i8x8(const void *p) { return _mm_cvtepi8_epi16(_mm_loadl_epi64(p)); }
INLINE i32x4 i32x4_low_i16x8(i32x4 a) { return _mm_cvtepi16_epi32(a); }
INLINE i32x4 i32x4_high_i16x8(i32x4 a) { return _mm_cvtepi16_epi32(_mm_srli_si128(a, 8)); }
INLINE i32x4 i32x4_add(i32x4 a, i32x4 b) { return _mm_add_epi32(a, b); }
INLINE i32x4 i32x4_sub(i32x4 a, i32x4 b) { return _mm_sub_epi32(a, b); }
INLINE i32x4 i32x4_max(i32x4 a, i32x4 b) { return _mm_max_epi32(a, b); }
INLINE i32x4 i32x4_mul(i32x4 a, i32x4 b) { return _mm_mullo_epi32(a, b); }
INLINE i32x4 i16x8_sub(i32x4 a, i32x4 b) { return _mm_sub_epi16(a, b); }
INLINE i32x4 i16x8_mul(i32x4 a, i32x4 b) { return _mm_mullo_epi16(a, b); }
INLINE i32x4 i32x4_gt(i32x4 a, i32x4 b) { return _mm_cmpgt_epi32(a, b); }
INLINE i32x4 i32x4_and(i32x4 a, i32x4 b) { return _mm_and_si128(a, b); }
INLINE i32x4 i32x4_or(i32x4 a, i32x4 b) { return _mm_or_si128(a, b); }
INLINE i32x4 i32x4_xor(i32x4 a, i32x4 b) { return _mm_xor_si128(a, b); }
#define i32x4_shl(a, n) _mm_slli_epi32(a, n)
#define u16x8_shr(a, n) _mm_srli_epi16(a, n)
INLINE i32x4 i32x4_dot_i16x8(i32x4 a, i32x4 b) { return _mm_madd_epi16(a, b); }
INLINE i32x4 i16x8_narrow_i32x4(i32x4 a, i32x4 b) { return _mm_packs_epi32(a, b); }
#ifndef __clang__
#define HAS_SETTLED
INLINE i32x4 i32x4_settled(i32x4 a) {
    __asm__("" : "+x"(a));
    return a;
}
#endif

#elif !defined(ASSAY_SIMD_EMULATED) && defined(__aarch64__)

#include <arm_neon.h>
#define ASSAY_SIMD_ISA  "neon"
typedef float32x4_t f32x4;
typedef int32x4_t i32x4;

INLINE f32x4 f32x4_load(const void *p) { return vreinterpretq_f32_u8(vld1q_u8(p)); }
INLINE void f32x4_store(void *p, f32x4 a) { vst1q_u8(p, vreinterpretq_u8_f32(a)); }
INLINE f32x4 f32x4_splat(float a) { return vdupq_n_f32(a); }
INLINE f32x4 f32x4_load_splat(const void *p) {
    float a;
    memcpy(&a, p, sizeof a);
    return vdupq_n_f32(a);
}
INLINE f32x4 f32x4_add(f32x4 a, f32x4 b) { return vaddq_f32(a, b); }
INLINE f32x4 f32x4_sub(f32x4 a, f32x4 b) { return vsubq_f32(a, b); }
INLINE f32x4 f32x4_mul(f32x4 a, f32x4 b) { return vmulq_f32(a, b); }
INLINE f32x4 f32x4_div(f32x4 a, f32x4 b) { return vdivq_f32(a, b); }
INLINE f32x4 f32x4_pmin(f32x4 a, f32x4 b) { return vbslq_f32(vcltq_f32(b, a), b, a); }
INLINE f32x4 f32x4_pmax(f32x4 a, f32x4 b) { return vbslq_f32(vcltq_f32(a, b), b, a); }
INLINE i32x4 f32x4_lt(f32x4 a, f32x4 b) { return vreinterpretq_s32_u32(vcltq_f32(a, b)); }
INLINE f32x4 f32x4_select(i32x4 mask, f32x4 a, f32x4 b) {
    return vbslq_f32(vreinterpretq_u32_s32(mask), a, b);
}
INLINE f32x4 f32x4_and_not(f32x4 a, i32x4 mask) {
    return vreinterpretq_f32_s32(vbicq_s32(vreinterpretq_s32_f32(a), mask));
}
INLINE f32x4 f32x4_even(f32x4 a) { return vtrn1q_f32(a, a); }
INLINE f32x4 f32x4_odd(f32x4 a) { return vtrn2q_f32(a, a); }
INLINE f32x4 f32x4_swap(f32x4 a) { return vrev64q_f32(a); }
INLINE f32x4 f32x4_interleave_low(f32x4 a, f32x4 b) { return vzip1q_f32(a, b); }
INLINE f32x4 f32x4_interleave_high(f32x4 a, f32x4 b) { return vzip2q_f32(a, b); }
INLINE f32x4 f32x4_from_i32x4(i32x4 a) { return vcvtq_f32_s32(a); }
INLINE i32x4 f32x4_bits(f32x4 a) { return vreinterpretq_s32_f32(a); }
INLINE f32x4 f32x4_from_bits(i32x4 a) { return vreinterpretq_f32_s32(a); }
INLINE i32x4 i32x4_load(const void *p) { return vreinterpretq_s32_u8(vld1q_u8(p)); }
INLINE void i32x4_store(void *p, i32x4 a) { vst1q_u8(p, vreinterpretq_u8_s32(a)); }
INLINE i32x4 i32x4_splat(int32_t a) { return vdupq_n_s32(a); }
INLINE i32x4 i32x4_load_splat(const void *p) {
    int32_t a;
    memcpy(&a, p, sizeof a);
    return vdupq_n_s32(a);
}
INLINE i32x4 i32x4_load_u16x4(const void *p) {
    return vreinterpretq_s32_u32(vmovl_u16(vreinterpret_u16_u8(vld1_u8(p))));
}
INLINE i32x4 i16x8_load_i8x8(const void *p) { return vreinterpretq_s32_s16(vmovl_s8(vld1_s8(p))); }
INLINE i32x4 i32x4_low_i16x8(i32x4 a) { return vmovl_s16(vget_low_s16(vreinterpretq_s16_s32(a))); }
INLINE i32x4 i32x4_high_i16x8(i32x4 a) { return vmovl_high_s16(vreinterpretq_s16_s32(a)); }
INLINE i32x4 i32x4_add(i32x4 a, i32x4 b) { return vaddq_s32(a, b); }
INLINE i32x4 i32x4_sub(i32x4 a, i32x4 b) { return vsubq_s32(a, b); }
INLINE i32x4 i32x4_max(i32x4 a, i32x4 b) { return vmaxq_s32(a, b); }
INLINE i32x4 i32x4_mul(i32x4 a, i32x4 b) { return vmulq_s32(a, b); }
INLINE i32x4 i16x8_sub(i32x4 a, i32x4 b) {
    return vreinterpretq_s32_s16(vsubq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}
INLINE i32x4 i16x8_mul(i32x4 a, i32x4 b) {
    return vreinterpretq_s32_s16(vmulq_s16(vreinterpretq_s16_s32(a), vreinterpretq_s16_s32(b)));
}
INLINE i32x4 i32x4_gt(i32x4 a, i32x4 b) { return vreinterpretq_s32_u32(vcgtq_s32(a, b)); }
INLINE i32x4 i32x4_and(i32x4 a, i32x4 b) { return vandq_s32(a, b); }
INLINE i32x4 i32x4_or(i32x4 a, i32x4 b) { return vorrq_s32(a, b); }
INLINE i32x4 i32x4_xor(i32x4 a, i32x4 b) { return veorq_s32(a, b); }
#define i32x4_shl(a, n) vshlq_n_s32(a, n)
#define u16x8_shr(a, n) vreinterpretq_s32_u16(vshrq_n_u16(vreinterpretq_u16_s32(a), n))
INLINE i32x4 i32x4_dot_i16x8(i32x4 a, i32x4 b) {
    int16x8_t x = vreinterpretq_s16_s32(a), y = vreinterpretq_s16_s32(b);
    int32x4_t low = vmull_s16(vget_low_s16(x), vget_low_s16(y));
    return vpaddq_s32(low, vmull_high_s16(x, y));
}
INLINE i32x4 i16x8_narrow_i32x4(i32x4 a, i32x4 b) {
    return vreinterpretq_s32_s16(vcombine_s16(vqmovn_s32(a), vqmovn_s32(b)));
}

#else /* plain C, lane by lane */

#undef ASSAY_SIMD_EMULATED
#define ASSAY_SIMD_EMULATED 1
#define ASSAY_SIMD_ISA      "none"
#ifndef LANEWISE
#define LANEWISE INLINE
#endif
typedef struct f32x4 {
    float v[4];
} f32x4;
typedef struct i32x4 {
    int32_t v[4];
} i32x4;

#define LANES(result, expression)                                                                  \
    for (int l = 0; l < 4; l++) (result).v[l] = (expression)
#define F32_OP(name, parameters, expression)                                                       \
    LANEWISE f32x4 name parameters {                                                               \
        f32x4 r;                                                                                   \
        LANES(r, expression);                                                                      \
        return r;                                                                                  \
    }
#define I32_OP(name, parameters, expression)                                                       \
    LANEWISE i32x4 name parameters {                                                               \
        i32x4 r;                                                                                   \
        LANES(r, expression);                                                                      \
        return r;                                                                                  \
    }

LANEWISE f32x4 f32x4_load(const void *p) {
    f32x4 r;
    memcpy(&r, p, sizeof r);
    return r;
}
LANEWISE i32x4 i32x4_load(const void *p) {
    i32x4 r;
    memcpy(&r, p, sizeof r);
    return r;
}
LANEWISE void f32x4_store(void *p, f32x4 a) { memcpy(p, &a, sizeof a); }
LANEWISE void i32x4_store(void *p, i32x4 a) { memcpy(p, &a, sizeof a); }
LANEWISE i32x4 f32x4_bits(f32x4 a) { return i32x4_load(&a); }
LANEWISE f32x4 f32x4_from_bits(i32x4 a) { return f32x4_load(&a); }
F32_OP(f32x4_splat, (float a), a)
I32_OP(i32x4_splat, (int32_t a), a)
LANEWISE f32x4 f32x4_load_splat(const void *p) {
    float a;
    memcpy(&a, p, sizeof a);
    return f32x4_splat(a);
}
LANEWISE i32x4 i32x4_load_splat(const void *p) {
    int32_t a;
    memcpy(&a, p, sizeof a);
    return i32x4_splat(a);
}
F32_OP(f32x4_add, (f32x4 a, f32x4 b), a.v[l] + b.v[l])
F32_OP(f32x4_sub, (f32x4 a, f32x4 b), a.v[l] - b.v[l])
F32_OP(f32x4_mul, (f32x4 a, f32x4 b), a.v[l] * b.v[l])
F32_OP(f32x4_div, (f32x4 a, f32x4 b), a.v[l] / b.v[l])
F32_OP(f32x4_pmin, (f32x4 a, f32x4 b), b.v[l] < a.v[l] ? b.v[l] : a.v[l])
F32_OP(f32x4_pmax, (f32x4 a, f32x4 b), a.v[l] < b.v[l] ? b.v[l] : a.v[l])
I32_OP(f32x4_lt, (f32x4 a, f32x4 b), a.v[l] < b.v[l] ? -1 : 0)
F32_OP(f32x4_select, (i32x4 mask, f32x4 a, f32x4 b), mask.v[l] ? a.v[l] : b.v[l])
LANEWISE f32x4 f32x4_and_not(f32x4 a, i32x4 mask) {
    i32x4 bits = f32x4_bits(a), r;
    LANES(r, bits.v[l] & ~mask.v[l]);
    return f32x4_from_bits(r);
}
F32_OP(f32x4_even, (f32x4 a), a.v[l & 2])
F32_OP(f32x4_odd, (f32x4 a), a.v[l | 1])
F32_OP(f32x4_swap, (f32x4 a), a.v[l ^ 1])
F32_OP(f32x4_interleave_low, (f32x4 a, f32x4 b), l % 2 ? b.v[l / 2] : a.v[l / 2])
F32_OP(f32x4_interleave_high, (f32x4 a, f32x4 b), l % 2 ? b.v[2 + l / 2] : a.v[2 + l / 2])
F32_OP(f32x4_from_i32x4, (i32x4 a), (float)a.v[l])
LANEWISE i32x4 i32x4_load_u16x4(const void *p) {
    uint16_t h[4];
    memcpy(h, p, sizeof h);
    i32x4 r;
    LANES(r, h[l]);
    return r;
}
LANEWISE i32x4 i16x8_load_i8x8(const void *p) {
    int8_t b[8];
    int16_t h[8];
    memcpy(b, p, sizeof b);
    for (int l = 0; l < 8; l++) h[l] = b[l];
    return i32x4_load(h);
}
#define I16_OP(name, parameters, expression)                                                       \
    LANEWISE i32x4 name parameters {                                                               \
        int16_t x[8], y[8];                                                                        \
        memcpy(x, &a, sizeof x);                                                                   \
        memcpy(y, &b, sizeof y);                                                                   \
        for (int l = 0; l < 8; l++) x[l] = (int16_t)(expression);                                  \
        return i32x4_load(x);                                                                      \
    }
I16_OP(i16x8_sub, (i32x4 a, i32x4 b), x[l] - y[l])
I16_OP(i16x8_mul, (i32x4 a, i32x4 b), x[l] * y[l])
LANEWISE i32x4 u16x8_shr(i32x4 a, int n) {
    uint16_t h[8];
    memcpy(h, &a, sizeof h);
    for (int l = 0; l < 8; l++) h[l] = (uint16_t)(h[l] >> n);
    return i32x4_load(h);
}
LANEWISE i32x4 i32x4_low_i16x8(i32x4 a) {
    int16_t h[8];
    memcpy(h, &a, sizeof h);
    i32x4 r;
    LANES(r, h[l]);
    return r;
}
LANEWISE i32x4 i32x4_high_i16x8(i32x4 a) {
    int16_t h[8];
    memcpy(h, &a, sizeof h);
    i32x4 r;
    LANES(r, h[4 + l]);
    return r;
}
/* Through unsigned, where vectors wrap around. */
I32_OP(i32x4_add, (i32x4 a, i32x4 b), (int32_t)((uint32_t)a.v[l] + (uint32_t)b.v[l]))
I32_OP(i32x4_sub, (i32x4 a, i32x4 b), (int32_t)((uint32_t)a.v[l] - (uint32_t)b.v[l]))
I32_OP(i32x4_shl, (i32x4 a, int n), (int32_t)((uint32_t)a.v[l] << n))
I32_OP(i32x4_max, (i32x4 a, i32x4 b), a.v[l] > b.v[l] ? a.v[l] : b.v[l])
I32_OP(i32x4_mul, (i32x4 a, i32x4 b), (int32_t)((uint32_t)a.v[l] * (uint32_t)b.v[l]))
I32_OP(i32x4_gt, (i32x4 a, i32x4 b), a.v[l] > b.v[l] ? -1 : 0)
I32_OP(i32x4_and, (i32x4 a, i32x4 b), a.v[l] & b.v[l])
I32_OP(i32x4_or, (i32x4 a, i32x4 b), a.v[l] | b.v[l])
I32_OP(i32x4_xor, (i32x4 a, i32x4 b), a.v[l] ^ b.v[l])
LANEWISE i32x4 i32x4_dot_i16x8(i32x4 a, i32x4 b) {
    int16_t x[8], y[8];
    memcpy(x, &a, sizeof x);
    memcpy(y, &b, sizeof y);
    i32x4 r;
    LANES(r, x[2 * l] * y[2 * l] + x[2 * l + 1] * y[2 * l + 1]);
    return r;
}
LANEWISE i32x4 i16x8_narrow_i32x4(i32x4 a, i32x4 b) {
    int16_t h[8];
    for (int l = 0; l < 8; l++) {
        int32_t x = l < 4 ? a.v[l] : b.v[l - 4];
        h[l] = (int16_t)(x > 32767 ? 32767 : x < -32768 ? -32768 : x);
    }
    return i32x4_load(h);
}

#endif

/* clang-format on */

/* The same value, computed up to here. Gcc would add the terms of a long integer sum as a tree, all
 * of them at the end, and spill them until then. */
#ifndef HAS_SETTLED
INLINE i32x4 i32x4_settled(i32x4 a) {
    return a;
}
#endif
INLINE i32x4 i32x4_zero(void) {
    return i32x4_splat(0);
}
/* 16-bit lanes, all of them n in 0 ... 0x7FFF. */
INLINE i32x4 i16x8_splat(int n) {
    return i32x4_splat(n | n << 16);
}
INLINE f32x4 f32x4_zero(void) {
    return f32x4_splat(0.0f);
}
/* (s0 + s1) + (s2 + s3): the one order in which four partial sums are added. */
INLINE float f32x4_sum(f32x4 a) {
    float s[4];
    f32x4_store(s, a);
    return (s[0] + s[1]) + (s[2] + s[3]);
}

#endif
