#include "eval/bits.h"

#include "base/maths.h"

static bool is_finite(float x) {
    return x - x == 0;
}

bool assay_bits_write(float x, char *out) {
    uint32_t bits = assay_f32_bits(x);
    if (!is_finite(x)) return false;
    for (int i = ASSAY_BITS_DIGITS - 1; i >= 0; i--) {
        out[i] = "0123456789abcdef"[bits & 15];
        bits >>= 4;
    }
    return true;
}

bool assay_bits_read(const char *text, float *out) {
    uint32_t bits = 0;
    for (int i = 0; i < ASSAY_BITS_DIGITS; i++) {
        char c = text[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
        bits = bits << 4 | (uint32_t)(c <= '9' ? c - '0' : c - 'a' + 10);
    }
    *out = assay_f32_from_bits(bits);
    return is_finite(*out);
}
