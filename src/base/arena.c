#include "base/arena.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool assay_size_add(size_t a, size_t b, size_t *out) {
    if (a > SIZE_MAX - b) return false;
    *out = a + b;
    return true;
}

bool assay_size_mul(size_t a, size_t b, size_t *out) {
    if (b != 0 && a > SIZE_MAX / b) return false;
    *out = a * b;
    return true;
}

static bool round_up(size_t n, size_t *out) {
    size_t padded;
    if (!assay_size_add(n, ASSAY_ALIGN - 1, &padded)) return false;
    *out = padded / ASSAY_ALIGN * ASSAY_ALIGN;
    return true;
}

assay_status assay_arena_create(assay_arena *arena, size_t size, const char *what,
                                assay_error *err) {
    *arena = (assay_arena){0};
    size_t rounded;
    if (!round_up(size ? size : 1, &rounded))
        return assay_fail(err, ASSAY_E_MEMORY, "%s: a size that no machine has", what);
    arena->base = aligned_alloc(ASSAY_ALIGN, rounded);
    if (!arena->base)
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory (%zu bytes)", what, rounded);
    arena->size = rounded;
    return ASSAY_OK;
}

void assay_arena_destroy(assay_arena *arena) {
    free(arena->base);
    *arena = (assay_arena){0};
}

void *assay_arena_alloc(assay_arena *arena, size_t count, size_t size) {
    size_t bytes;
    if (!assay_size_mul(count, size, &bytes) || !round_up(bytes, &bytes)) return NULL;
    if (bytes > arena->size - arena->used) return NULL;
    void *block = arena->base + arena->used;
    arena->used += bytes;
    if (arena->used > arena->peak) arena->peak = arena->used;
    return block;
}

size_t assay_arena_mark(const assay_arena *arena) {
    return arena->used;
}

void assay_arena_reset(assay_arena *arena, size_t mark) {
    assert(mark <= arena->used);
    arena->used = mark;
}

void *assay_alloc(size_t count, size_t size) {
    size_t bytes;
    return assay_size_mul(count, size, &bytes) ? malloc(bytes ? bytes : 1) : NULL;
}

void *assay_calloc(size_t count, size_t size) {
    return calloc(count ? count : 1, size ? size : 1);
}

char *assay_strndup(const char *text, size_t n) {
    char *copy = n < SIZE_MAX ? malloc(n + 1) : NULL;
    if (!copy) return NULL;
    if (n) memcpy(copy, text, n);
    copy[n] = '\0';
    return copy;
}

/* Room for n more bytes and the NUL. */
static bool buffer_reserve(assay_buffer *buffer, size_t n) {
    size_t need;
    if (buffer->failed || !assay_size_add(buffer->len, n, &need) ||
        !assay_size_add(need, 1, &need)) {
        buffer->failed = true;
        return false;
    }
    if (need <= buffer->cap) return true;
    size_t cap = buffer->cap ? buffer->cap : 256;
    while (cap < need) cap = cap > SIZE_MAX / 2 ? need : cap * 2;
    char *data = realloc(buffer->data, cap);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->cap = cap;
    return true;
}

void assay_buffer_append(assay_buffer *buffer, const void *bytes, size_t n) {
    if (!buffer_reserve(buffer, n)) return;
    if (n) memcpy(buffer->data + buffer->len, bytes, n);
    buffer->len += n;
    buffer->data[buffer->len] = '\0';
}

void assay_buffer_print(assay_buffer *buffer, const char *format, ...) {
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (n < 0) {
        buffer->failed = true;
    } else if (buffer_reserve(buffer, (size_t)n)) {
        vsnprintf(buffer->data + buffer->len, (size_t)n + 1, format, again);
        buffer->len += (size_t)n;
    }
    va_end(again);
}

void assay_buffer_free(assay_buffer *buffer) {
    free(buffer->data);
    *buffer = (assay_buffer){0};
}
