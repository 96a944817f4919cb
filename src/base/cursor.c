#include "base/cursor.h"

#include <string.h>

assay_cursor assay_cursor_over(const void *bytes, size_t size) {
    return (assay_cursor){.bytes = bytes, .size = size};
}

size_t assay_cursor_left(const assay_cursor *cursor) {
    return cursor->size - cursor->at;
}

const uint8_t *assay_cursor_bytes(assay_cursor *cursor, uint64_t n) {
    if (cursor->failed || n > assay_cursor_left(cursor)) {
        cursor->failed = true;
        return NULL;
    }
    const uint8_t *p = cursor->bytes + cursor->at;
    cursor->at += (size_t)n;
    return p;
}

static uint64_t little_endian(assay_cursor *cursor, size_t n) {
    const uint8_t *p = assay_cursor_bytes(cursor, n);
    uint64_t value = 0;
    if (p)
        for (size_t i = 0; i < n; i++) value |= (uint64_t)p[i] << (8 * i);
    return value;
}

uint8_t assay_cursor_u8(assay_cursor *cursor) {
    return (uint8_t)little_endian(cursor, 1);
}

uint16_t assay_cursor_u16(assay_cursor *cursor) {
    return (uint16_t)little_endian(cursor, 2);
}

uint32_t assay_cursor_u32(assay_cursor *cursor) {
    return (uint32_t)little_endian(cursor, 4);
}

uint64_t assay_cursor_u64(assay_cursor *cursor) {
    return little_endian(cursor, 8);
}

float assay_cursor_f32(assay_cursor *cursor) {
    uint32_t bits = assay_cursor_u32(cursor);
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

double assay_cursor_f64(assay_cursor *cursor) {
    uint64_t bits = assay_cursor_u64(cursor);
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

bool assay_cursor_can_hold(const assay_cursor *cursor, uint64_t n, size_t item_size) {
    return !cursor->failed && (item_size == 0 || n <= assay_cursor_left(cursor) / item_size);
}
