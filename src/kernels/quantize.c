/* Floats to blocks. The simple types follow ggml's reference operation for operation, each rounded
 * to f32, so that a file quantized here holds the bytes that llama.cpp's reference would write. */
#include "kernels/quantize.h"

#include <string.h>

#include "base/maths.h"
#include "kernels/blocks.h"
#include "kernels/table.h"

void assay_store_f16(float x, uint8_t *out) {
    uint16_t half = assay_f32_to_f16(x);
    out[0] = (uint8_t)half;
    out[1] = (uint8_t)(half >> 8);
}

/* The integer part within 0 ... top; NaN, of infinities, gives 0. */
static int truncated(float x, int top) {
    if (!(x > 0)) return 0;
    return x < (float)top ? (int)x : top;
}

/* Nearest integer, half away from zero, within what 8 bits hold. */
static int8_t round_to_i8(float x) {
    float a = x < 0 ? -x : x;
    int whole = truncated(a, 127);
    if (whole < 127 && a - (float)whole >= 0.5f) whole++;
    return (int8_t)(x < 0 ? -whole : whole);
}

static float inverse_of(float d) {
    return d != 0 ? 1.0f / d : 0.0f;
}

static void quantize_q8_0(const float *x, uint8_t *block) {
    float amax = 0.0f;
    for (int i = 0; i < BLOCK; i++) {
        float a = x[i] < 0 ? -x[i] : x[i];
        if (a > amax) amax = a;
    }
    float d = amax / 127.0f, inverse = inverse_of(d);
    assay_store_f16(d, block);
    for (int i = 0; i < BLOCK; i++) block[2 + i] = (uint8_t)round_to_i8(x[i] * inverse);
}

/* Codes of 4 or 5 bits as GGUF's simple types have them: [32 fifth bits], nibbles j and j + 16. */
static void store_codes(const int q[BLOCK], int code_bits, uint8_t *out) {
    if (code_bits == 5) {
        memset(out, 0, 4);
        for (int j = 0; j < BLOCK; j++) out[j / 8] |= (uint8_t)(q[j] >> 4 << j % 8);
        out += 4;
    }
    for (int j = 0; j < 16; j++) out[j] = (uint8_t)((q[j] & 15) | (q[j + 16] & 15) << 4);
}

/* Q4_0, Q5_0: the number of largest magnitude gets the code 0, which stands for -2^(bits - 1). */
static void quantize_signed(const float *x, int code_bits, uint8_t *block) {
    int half = 1 << (code_bits - 1), q[BLOCK];
    float amax = 0.0f, max = 0.0f;
    for (int i = 0; i < BLOCK; i++) {
        float a = x[i] < 0 ? -x[i] : x[i];
        if (a > amax) amax = a, max = x[i];
    }
    float d = max / (float)-half, inverse = inverse_of(d);
    assay_store_f16(d, block);
    for (int i = 0; i < BLOCK; i++)
        q[i] = truncated(x[i] * inverse + ((float)half + 0.5f), 2 * half - 1);
    store_codes(q, code_bits, block + 2);
}

/* Q4_1, Q5_1: from the least to the largest. */
static void quantize_ranged(const float *x, int code_bits, uint8_t *block) {
    int top = (1 << code_bits) - 1, q[BLOCK];
    float min = x[0], max = x[0];
    for (int i = 1; i < BLOCK; i++) {
        if (x[i] < min) min = x[i];
        if (x[i] > max) max = x[i];
    }
    float d = (max - min) / (float)top, inverse = inverse_of(d);
    assay_store_f16(d, block);
    assay_store_f16(min, block + 2);
    for (int i = 0; i < BLOCK; i++) q[i] = truncated((x[i] - min) * inverse + 0.5f, top);
    store_codes(q, code_bits, block + 4);
}

static uint16_t f32_to_bf16(float x) {
    uint32_t bits = assay_f32_bits(x);
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return (uint16_t)(bits >> 16 | 64); /* quiet */
    return (uint16_t)((bits + 0x7FFFu + (bits >> 16 & 1)) >> 16);
}

static void quantize_floats(assay_type type, const float *x, size_t n, uint8_t *out) {
    for (size_t i = 0; i < n; i++) {
        uint16_t half = type == ASSAY_F16 ? assay_f32_to_f16(x[i]) : f32_to_bf16(x[i]);
        memcpy(out + 2 * i, &half, sizeof half);
    }
}

static void quantize_block(const block_format *f, const float *x, uint8_t *block) {
    float clean[MAX_BLOCK];
    for (int i = 0; i < f->elements; i++) clean[i] = x[i] != x[i] ? 0.0f : x[i];
    if (f->sub_scales == 16)
        assay_quantize_q6_k(clean, block);
    else if (f->sub_scales == 12)
        assay_quantize_ranged_k(clean, f->code_bits, block);
    else if (f->code_bits == 8)
        quantize_q8_0(clean, block);
    else if (f->minimum)
        quantize_ranged(clean, f->code_bits, block);
    else
        quantize_signed(clean, f->code_bits, block);
}

void assay_quantize_row(assay_type type, const float *x, size_t n, void *row) {
    const block_format *f = assay_block_format(type);
    uint8_t *out = row;
    if (type == ASSAY_F32) {
        memcpy(out, x, n * sizeof *x);
    } else if (f->code_bits == 0) {
        quantize_floats(type, x, n, out);
    } else {
        for (size_t at = 0; at < n; at += (size_t)f->elements, out += f->bytes)
            quantize_block(f, x + at, out);
    }
}
