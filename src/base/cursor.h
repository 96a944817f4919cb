/* A bounded little-endian reader with a sticky error: reads past the end give zeros and set `failed`,
 * so that a parser may read a group of fields and check once. Everything that comes from a file is read
 * through it. */
#ifndef ASSAY_BASE_CURSOR_H
#define ASSAY_BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct assay_cursor {
    const uint8_t *bytes;
    size_t size;
    size_t at; /* next byte; never beyond size */
    bool failed;
} assay_cursor;

assay_cursor assay_cursor_over(const void *bytes, size_t size);
size_t assay_cursor_left(const assay_cursor *cursor);
uint8_t assay_cursor_u8(assay_cursor *cursor);
uint16_t assay_cursor_u16(assay_cursor *cursor);
uint32_t assay_cursor_u32(assay_cursor *cursor);
uint64_t assay_cursor_u64(assay_cursor *cursor);
float assay_cursor_f32(assay_cursor *cursor);
double assay_cursor_f64(assay_cursor *cursor);

/* n bytes in place, NULL (and failed) when fewer are left. */
const uint8_t *assay_cursor_bytes(assay_cursor *cursor, uint64_t n);

/* True when n items of at least item_size bytes can still be there: the check before any allocation. */
bool assay_cursor_can_hold(const assay_cursor *cursor, uint64_t n, size_t item_size);

#endif
