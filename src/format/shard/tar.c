/* Header fields by offset: name 0 (100), mode 100 (8), uid 108 (8), gid 116 (8), size 124 (12),
 * mtime 136 (12), checksum 148 (8), type 156 (1), link name 157 (100), magic 257 (6), version 263
 * (2), user 265, group 297, device numbers 329 and 337 (8 each), prefix 345 (155). Numbers are
 * octal text. */
#include "format/shard/tar.h"

#include <stdio.h>
#include <string.h>

enum {
    AT_SIZE = 124,
    AT_CHECKSUM = 148,
    AT_TYPE = 156,
    AT_LINK = 157,
    AT_MAGIC = 257,
    AT_PREFIX = 345
};

/* Sum of all header bytes, those of the checksum itself counted as spaces. */
static unsigned header_sum(const uint8_t *header) {
    unsigned sum = 0;
    for (int i = 0; i < ASSAY_TAR_BLOCK; i++) {
        sum += i >= AT_CHECKSUM && i < AT_CHECKSUM + 8 ? (unsigned)' ' : header[i];
    }
    return sum;
}

/* `width` - 1 octal digits and a NUL. */
static void put_octal(uint8_t *field, int width, uint64_t x) {
    for (int i = width - 2; i >= 0; i--) {
        field[i] = (uint8_t)('0' + (x & 7));
        x >>= 3;
    }
    field[width - 1] = 0;
}

void assay_tar_append(assay_buffer *tar, const char *name, const void *bytes, size_t n) {
    static const uint8_t zeros[ASSAY_TAR_BLOCK];
    uint8_t header[ASSAY_TAR_BLOCK] = {0};
    if (!assay_tar_name_ok(name) || (uint64_t)n >= (uint64_t)1 << 33) { /* 11 octal digits */
        tar->failed = true;
        return;
    }
    memcpy(header, name, strlen(name));
    put_octal(header + 100, 8, 0644);
    put_octal(header + 108, 8, 0);
    put_octal(header + 116, 8, 0);
    put_octal(header + AT_SIZE, 12, n);
    put_octal(header + 136, 12, 0);
    header[AT_TYPE] = '0';
    memcpy(header + AT_MAGIC, "ustar", 6);
    memcpy(header + 263, "00", 2);
    put_octal(header + AT_CHECKSUM, 7, header_sum(header)); /* six digits, NUL, space */
    header[AT_CHECKSUM + 7] = ' ';
    assay_buffer_append(tar, header, sizeof header);
    assay_buffer_append(tar, bytes, n);
    assay_buffer_append(tar, zeros, (ASSAY_TAR_BLOCK - n % ASSAY_TAR_BLOCK) % ASSAY_TAR_BLOCK);
}

void assay_tar_finish(assay_buffer *tar) {
    static const uint8_t zeros[2 * ASSAY_TAR_BLOCK];
    assay_buffer_append(tar, zeros, sizeof zeros);
}

bool assay_tar_name_ok(const char *name) {
    size_t n = strlen(name);
    if (n == 0 || n > ASSAY_TAR_MAX_NAME || name[0] == '/') return false;
    const char *part = name;
    for (const char *p = name;; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '/' || c == 0) {
            size_t length = (size_t)(p - part);
            if (length == 0 || (length == 1 && part[0] == '.') ||
                (length == 2 && memcmp(part, "..", 2) == 0))
                return false;
            part = p + 1;
            if (c == 0) return true;
        } else if (c < 0x20 || c == 0x7F || c == '\\' || c == ':') {
            return false; /* the colon: a drive or a stream on Windows */
        }
    }
}

/* Octal digits, then only NULs and spaces. */
static bool get_octal(const uint8_t *field, int width, uint64_t *out) {
    uint64_t x = 0;
    int i = 0;
    while (i < width && field[i] == ' ') i++;
    int first = i;
    while (i < width && field[i] >= '0' && field[i] <= '7')
        x = x << 3 | (uint64_t)(field[i++] - '0');
    if (i == first) return false;
    while (i < width && (field[i] == 0 || field[i] == ' ')) i++;
    *out = x;
    return i == width;
}

static bool all_zero(const uint8_t *bytes, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (bytes[i] != 0) return false;
    }
    return true;
}

static assay_status check_kind(const uint8_t *header, const char *what, size_t at,
                               assay_error *err) {
    uint8_t type = header[AT_TYPE];
    if (type == '0' || type == 0) return ASSAY_OK;
    const char *kind = type == '1' || type == '2'                  ? "a link"
                       : type == '3' || type == '4' || type == '6' ? "a device"
                       : type == '5'                               ? "a folder"
                                                                   : "an extension";
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: entry at byte %zu is %s; only plain files are accepted", what, at, kind);
}

assay_status assay_tar_next(const uint8_t *bytes, size_t n, const char *what, size_t *at,
                            assay_tar_entry *entry, bool *end, assay_error *err) {
    size_t start = *at;
    uint64_t size, sum;
    *end = false;
    if (start > n || n - start < 2 * ASSAY_TAR_BLOCK)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: tar ends without its closing blocks", what);
    const uint8_t *header = bytes + start;
    if (all_zero(header, 2 * ASSAY_TAR_BLOCK)) {
        *end = true;
        return ASSAY_OK;
    }
    if (memcmp(header + AT_MAGIC, "ustar", 5) != 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: no tar header at byte %zu", what, start);
    if (!get_octal(header + AT_CHECKSUM, 8, &sum) || sum != header_sum(header)) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: wrong checksum of the tar header at byte %zu",
                          what, start);
    }
    assay_status status = check_kind(header, what, start, err);
    if (status != ASSAY_OK) return status;
    memcpy(entry->name, header, ASSAY_TAR_MAX_NAME);
    entry->name[ASSAY_TAR_MAX_NAME] = '\0';
    if (header[AT_PREFIX] != 0 || header[AT_LINK] != 0 || !assay_tar_name_ok(entry->name)) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: entry at byte %zu has no plain relative name inside the archive",
                          what, start);
    }
    if (!get_octal(header + AT_SIZE, 12, &size))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: malformed size of the entry at byte %zu", what,
                          start);
    size_t left = n - start - ASSAY_TAR_BLOCK; /* whole blocks of data must fit */
    if (size > left || (size + ASSAY_TAR_BLOCK - 1) / ASSAY_TAR_BLOCK * ASSAY_TAR_BLOCK > left) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: entry at byte %zu goes past the end of the archive", what, start);
    }
    entry->offset = start + ASSAY_TAR_BLOCK;
    entry->size = (size_t)size;
    *at = entry->offset + (entry->size + ASSAY_TAR_BLOCK - 1) / ASSAY_TAR_BLOCK * ASSAY_TAR_BLOCK;
    return ASSAY_OK;
}
