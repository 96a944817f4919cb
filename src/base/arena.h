/* Memory by lifetime: one fixed block, bump-allocated, released as a whole or back to a mark.
 * Also the checked size arithmetic that every size computed from a file must go through. */
#ifndef ASSAY_BASE_ARENA_H
#define ASSAY_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define ASSAY_ALIGN 64 /* every allocation; a cache line, and more than any SIMD load needs */

typedef struct assay_arena {
    uint8_t *base;
    size_t size; /* bytes */
    size_t used; /* bytes, always a multiple of ASSAY_ALIGN */
    size_t peak; /* largest `used` seen */
} assay_arena;

/* Allocates one block of `size` bytes. `what` names it in the error sentence. */
assay_status assay_arena_create(assay_arena *arena, size_t size, const char *what,
                                assay_error *err);
void assay_arena_destroy(assay_arena *arena); /* accepts a zeroed arena */

/* count * size bytes, aligned to ASSAY_ALIGN, not cleared; NULL when the arena is too small. */
void *assay_arena_alloc(assay_arena *arena, size_t count, size_t size);

size_t assay_arena_mark(const assay_arena *arena);
void assay_arena_reset(assay_arena *arena, size_t mark);

/* False, and *out untouched, when the result does not fit. */
bool assay_size_add(size_t a, size_t b, size_t *out);
bool assay_size_mul(size_t a, size_t b, size_t *out);

/* malloc/calloc with overflow check; NULL on failure. Released with free(). */
void *assay_alloc(size_t count, size_t size);
void *assay_calloc(size_t count, size_t size);
char *assay_strndup(const char *text, size_t n); /* NUL-terminated copy */

/* A growable byte string, for text that is built piece by piece. Zero-initialise. `data` is always
 * NUL-terminated once anything was appended. After an allocation failure `failed` stays true and appends
 * do nothing: check once at the end. */
typedef struct assay_buffer {
    char *data;
    size_t len, cap;
    bool failed;
} assay_buffer;

void assay_buffer_append(assay_buffer *buffer, const void *bytes, size_t n);
void assay_buffer_print(assay_buffer *buffer, const char *format, ...) ASSAY_PRINTF(2, 3);
void assay_buffer_free(assay_buffer *buffer);

#endif
