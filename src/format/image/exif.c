/* TIFF 6.0: byte order, 42, offset of the first directory; a directory is a count of entries of 12
 * bytes: tag, type, count of values, and the values or, when they need more than 4 bytes, their
 * offset. */
#include "format/image/exif.h"

#include <stdbool.h>
#include <string.h>

enum { HEADER_BYTES = 8, ENTRY_BYTES = 12, TAG_ORIENTATION = 0x0112 };
enum { TYPE_SHORT = 3, TYPE_LONG = 4, TYPE_SIGNED_BYTE = 6, TYPE_SIGNED_SHORT = 8 };
enum { TYPE_SIGNED_LONG = 9, TYPE_IFD = 13 };

typedef struct tiff {
    const uint8_t *bytes;
    size_t n;
    bool big_endian;
} tiff;

static uint32_t u16_at(const tiff *t, size_t at) {
    const uint8_t *p = t->bytes + at;
    return t->big_endian ? (uint32_t)p[0] << 8 | p[1] : (uint32_t)p[1] << 8 | p[0];
}

static uint32_t u32_at(const tiff *t, size_t at) {
    return t->big_endian ? u16_at(t, at) << 16 | u16_at(t, at + 2)
                         : u16_at(t, at + 2) << 16 | u16_at(t, at);
}

static int value_bytes(uint32_t type) {
    switch (type) {
    case TYPE_SIGNED_BYTE:
        return 1;
    case TYPE_SHORT:
    case TYPE_SIGNED_SHORT:
        return 2;
    case TYPE_LONG:
    case TYPE_SIGNED_LONG:
    case TYPE_IFD:
        return 4;
    default:
        return 0; /* no integer, so no orientation */
    }
}

/* The first value of the entry at `at`, 0 when it has none. */
static int entry_value(const tiff *t, size_t at) {
    uint32_t count = u32_at(t, at + 4);
    int bytes = value_bytes(u16_at(t, at + 2));
    if (bytes == 0 || count == 0) return 0;
    size_t value_at = at + 8;
    if (count > 4 / (uint32_t)bytes) {
        value_at = u32_at(t, value_at);
        if (value_at > t->n || (t->n - value_at) / (size_t)bytes < count) return 0;
    }
    uint32_t value = bytes == 1   ? t->bytes[value_at]
                     : bytes == 2 ? u16_at(t, value_at)
                                  : u32_at(t, value_at);
    return value <= UINT8_MAX ? (int)value : 0;
}

int assay_orientation_of(const assay_orientations *found) {
    int orientation = found->has_exif ? found->exif : found->profile;
    if (orientation == 0) orientation = found->xmp;
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

int assay_exif_orientation(const uint8_t *bytes, size_t n) {
    static const uint8_t little[4] = {'I', 'I', 42, 0}, big[4] = {'M', 'M', 0, 42};
    static const uint8_t name[6] = {'E', 'x', 'i', 'f', 0, 0};
    for (; n >= sizeof name && memcmp(bytes, name, sizeof name) == 0; n -= sizeof name)
        bytes += sizeof name;
    if (n < HEADER_BYTES) return 0;
    tiff t = {bytes, n, memcmp(bytes, big, sizeof big) == 0};
    if (!t.big_endian && memcmp(bytes, little, sizeof little) != 0) return 0;
    size_t at = u32_at(&t, 4);
    if (at > n || n - at < 2) return 0;
    int orientation = 0;
    uint32_t n_entries = u16_at(&t, at);
    at += 2;
    for (uint32_t i = 0; i < n_entries && n - at >= ENTRY_BYTES; i++, at += ENTRY_BYTES) {
        if (u16_at(&t, at) != TAG_ORIENTATION) continue;
        int value = entry_value(&t, at);
        if (value != 0) orientation = value; /* the last one counts */
    }
    return orientation;
}

int assay_xmp_orientation(const uint8_t *text, size_t n) {
    static const char name[] = "tiff:Orientation";
    const size_t length = sizeof name - 1;
    for (size_t at = 0; n - at > length + 1; at++) {
        if (memcmp(text + at, name, length) != 0) continue;
        const uint8_t *after = text + at + length;
        size_t left = n - at - length, skip = after[0] == '>' ? 1 : 2;
        if (skip == 2 && (after[0] != '=' || after[1] != '"')) continue;
        if (left > skip && after[skip] >= '0' && after[skip] <= '9') return after[skip] - '0';
    }
    return 0;
}
