#include "format/unicode.h"

#include "format/unicode_ranges.h"

static bool is_space(uint32_t code) {
    return (code >= 0x09 && code <= 0x0d) || code == 0x20 || code == 0x85 || code == 0xa0 ||
           code == 0x1680 || (code >= 0x2000 && code <= 0x200a) || code == 0x2028 ||
           code == 0x2029 || code == 0x202f || code == 0x205f || code == 0x3000;
}

assay_char_class assay_unicode_class(uint32_t code) {
    if (is_space(code)) return ASSAY_CHAR_SPACE;
    size_t low = 0, high = sizeof UNICODE_RANGES / sizeof UNICODE_RANGES[0];
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (code > UNICODE_RANGES[middle].last)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == sizeof UNICODE_RANGES / sizeof UNICODE_RANGES[0] || code < UNICODE_RANGES[low].first)
        return ASSAY_CHAR_OTHER;
    return UNICODE_RANGES[low].kind == LETTER ? ASSAY_CHAR_LETTER : ASSAY_CHAR_NUMBER;
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

size_t assay_utf8_put(uint32_t code, char out[4]) {
    if (code < 0x80) {
        out[0] = (char)code;
        return 1;
    }
    size_t n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = n - 1; i > 0; i--, code >>= 6) out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(code | (0xf00u >> n & 0xff));
    return n;
}
