/* W3C PNG, third edition, 11.3.3:
 *   tEXt  keyword 0 text
 *   zTXt  keyword 0 method, text deflated
 *   iTXt  keyword 0 deflated? method, language 0 translated keyword 0 text */
#include "format/image/png_text.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/image/stb.h"

enum { MAX_TEXT = 1 << 20 }; /* inflated; PIL's own limit */

typedef struct text {
    const uint8_t *bytes;
    size_t n;
    bool deflated;
} text;

/* Steps behind the next zero byte; false when there is none. */
static bool skip_string(text *t) {
    const uint8_t *zero = t->n > 0 ? memchr(t->bytes, 0, t->n) : NULL;
    if (zero == NULL) return false;
    t->n -= (size_t)(zero + 1 - t->bytes);
    t->bytes = zero + 1;
    return true;
}

/* From behind the keyword to the text itself. */
static bool find_text(const uint8_t kind[4], text *t) {
    size_t n_flags = kind[0] == 't' ? 0 : kind[0] == 'z' ? 1 : 2;
    if (t->n < n_flags) return false;
    if (n_flags > 0) {
        t->deflated = n_flags == 1 || t->bytes[0] != 0;
        if (t->deflated && t->bytes[n_flags - 1] != 0) return false; /* another method */
        t->bytes += n_flags;
        t->n -= n_flags;
    }
    return n_flags < 2 || (skip_string(t) && skip_string(t));
}

static int hex_digit(uint8_t c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* ImageMagick's form: an empty line, the profile's name, its length, then lines of hexadecimal. *out
 * stays 0 when it is not that. */
static bool read_profile(const uint8_t *hex, size_t n, int *out) {
    for (int lines = 0; lines < 3; lines++) {
        const uint8_t *end = n > 0 ? memchr(hex, '\n', n) : NULL;
        if (end == NULL) return true;
        n -= (size_t)(end + 1 - hex);
        hex = end + 1;
    }
    uint8_t *bytes = assay_alloc(n / 2 + 1, 1);
    if (bytes == NULL) return false;
    size_t n_digits = 0;
    for (size_t i = 0; i < n; i++) {
        int digit = hex_digit(hex[i]);
        if (digit < 0) continue; /* the ends of the lines */
        if (n_digits % 2 == 0) bytes[n_digits / 2] = 0;
        bytes[n_digits / 2] = (uint8_t)(bytes[n_digits / 2] * 16 + digit);
        n_digits++;
    }
    *out = assay_exif_orientation(bytes, n_digits / 2);
    free(bytes);
    return true;
}

bool assay_png_text(const uint8_t kind[4], const uint8_t *data, size_t n,
                    assay_orientations *found) {
    static const char profile[] = "Raw profile type exif", xmp[] = "XML:com.adobe.xmp";
    if (memcmp(kind + 1, kind[0] == 't' ? "EXt" : "TXt", 3) != 0 || strchr("tzi", kind[0]) == NULL)
        return true;
    bool is_profile = n >= sizeof profile && memcmp(data, profile, sizeof profile) == 0;
    bool is_xmp = n >= sizeof xmp && memcmp(data, xmp, sizeof xmp) == 0;
    text t = {data, n, false};
    if ((!is_profile && !is_xmp) || !skip_string(&t) || !find_text(kind, &t)) return true;

    uint8_t *inflated = NULL;
    if (t.deflated) {
        inflated = assay_alloc(MAX_TEXT, 1);
        if (inflated == NULL) return false;
        int length = assay_stb_inflate(t.bytes, (int)t.n, inflated, MAX_TEXT);
        t = (text){inflated, length < 0 ? 0 : (size_t)length, false};
    }
    bool ok = true;
    if (is_profile)
        ok = read_profile(t.bytes, t.n, &found->profile);
    else
        found->xmp = assay_xmp_orientation(t.bytes, t.n);
    free(inflated);
    return ok;
}
