#include "format/unicode.h"

#include "format/unicode_ranges.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* Everything below is asked for ASCII most of the time. */
static assay_category ascii_category(uint32_t code) {
    if (code >= 'a' && code <= 'z') return ASSAY_LL;
    if (code >= 'A' && code <= 'Z') return ASSAY_LU;
    if (code >= '0' && code <= '9') return ASSAY_ND;
    return code == ' ' ? ASSAY_ZS : ASSAY_CN;
}

assay_category assay_unicode_category(uint32_t code) {
    if (code < 0x80 && ascii_category(code) != ASSAY_CN) return ascii_category(code);
    size_t low = 0, high = COUNT(UNICODE_RANGES);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > UNICODE_RANGES[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(UNICODE_RANGES) || code < UNICODE_RANGES[low].first) return ASSAY_CN;
    unsigned category = UNICODE_RANGES[low].category;
    if ((category & ALTERNATING) == 0) return (assay_category)category;
    bool upper = (category & ~(unsigned)ALTERNATING) == ASSAY_LU;
    bool first = (code - UNICODE_RANGES[low].first) % 2 == 0;
    return upper == first ? ASSAY_LU : ASSAY_LL;
}

bool assay_unicode_space(uint32_t code) {
    return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

size_t assay_unicode_lower(uint32_t code, uint32_t out[2]) {
    out[0] = code;
    if (code < 0x80) {
        if (code >= 'A' && code <= 'Z') out[0] = code + ('a' - 'A');
        return 1;
    }
    if (code == 0x130) { /* capital I with dot: the only one whose lower case is two characters */
        out[0] = 'i';
        out[1] = 0x307;
        return 2;
    }
    size_t low = 0, high = COUNT(UNICODE_LOWER);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > UNICODE_LOWER[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low < COUNT(UNICODE_LOWER) && code >= UNICODE_LOWER[low].first &&
        (code - UNICODE_LOWER[low].first) % (uint32_t)UNICODE_LOWER[low].step == 0)
        out[0] = (uint32_t)((int32_t)code + UNICODE_LOWER[low].delta);
    return 1;
}

/* Hangul syllables are decomposed by arithmetic (Unicode 16, 3.12). */
static size_t strip_hangul(uint32_t code, uint32_t out[3]) {
    uint32_t index = code - 0xac00;
    out[0] = 0x1100 + index / 588;
    out[1] = 0x1161 + index % 588 / 28;
    out[2] = 0x11a7 + index % 28;
    return index % 28 != 0 ? 3 : 2;
}

static size_t strip_several(uint32_t code, uint32_t out[3]) {
    size_t low = 0, high = COUNT(UNICODE_PARTS);
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > UNICODE_PARTS[middle].code)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == COUNT(UNICODE_PARTS) || UNICODE_PARTS[low].code != code) return 0;
    for (size_t i = 0; i < UNICODE_PARTS[low].n; i++) out[i] = UNICODE_PARTS[low].parts[i];
    return UNICODE_PARTS[low].n;
}

size_t assay_unicode_strip(uint32_t code, uint32_t out[3]) {
    out[0] = code;
    if (code < 0xc0) return 1;
    if (code >= 0xac00 && code < 0xd7a4) return strip_hangul(code, out);
    if (assay_unicode_category(code) == ASSAY_MN) return 0;
    size_t n = strip_several(code, out), low = 0, high = COUNT(UNICODE_BASES);
    if (n > 0) return n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > UNICODE_BASES[middle][0])
            low = middle + 1;
        else
            high = middle;
    }
    if (low < COUNT(UNICODE_BASES) && UNICODE_BASES[low][0] == code) out[0] = UNICODE_BASES[low][1];
    return 1;
}

size_t assay_utf8_next(const char *text, size_t n, uint32_t *code) {
    const uint8_t *s = (const uint8_t *)text;
    *code = s[0];
    if (s[0] < 0x80) return 1;
    size_t length = s[0] >= 0xf0 ? 4 : s[0] >= 0xe0 ? 3 : 2;
    uint32_t value = s[0] & (0xffu >> (length + 1));
    bool valid = s[0] >= 0xc2 && s[0] <= 0xf4 && length <= n;
    for (size_t i = 1; valid && i < length; i++) {
        valid = (s[i] & 0xc0) == 0x80;
        value = value << 6 | (s[i] & 0x3fu);
    }
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    valid = valid && value >= smallest[length] && value <= 0x10ffff &&
            !(value >= 0xd800 && value <= 0xdfff);
    *code = valid ? value : 0xfffd;
    return valid ? length : 1;
}

/* A byte that is no continuation always starts a character, so that the nearest one decides. */
size_t assay_utf8_last(const char *text, size_t n) {
    size_t k = 1;
    while (k < 4 && k < n && ((uint8_t)text[n - k] & 0xc0) == 0x80) k++;
    uint32_t code;
    return assay_utf8_next(text + n - k, k, &code) == k ? k : 1;
}

size_t assay_utf8_put(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    static const uint8_t lead[5] = {0, 0, 0xc0, 0xe0, 0xf0};
    out[0] = (char)(lead[n] | code);
    return n;
}
