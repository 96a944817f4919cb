/* Allocation-failure sweeps. A program that is linked with
 *     -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc
 * runs a call again and again, with the first, second, third, ... allocation failing, until it
 * succeeds:
 *
 *     for (long k = 0; failing_alloc_arm(k); k++) { status = call(); if (failing_alloc_disarm())
 * expect E_MEMORY; else break; }
 *
 * Without these flags failing_alloc_linked() is false and the test skips itself. */
#ifndef ASSAY_FAILING_ALLOC_H
#define ASSAY_FAILING_ALLOC_H

#include <stdbool.h>
#include <stddef.h>

void *__real_malloc(size_t size) __attribute__((weak));
void *__real_calloc(size_t count, size_t size) __attribute__((weak));
void *__real_realloc(void *block, size_t size) __attribute__((weak));
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);

static long failing_alloc_left = -1; /* allocations until the one that fails; negative: none will */
static bool failing_alloc_failed;

static inline bool failing_alloc_now(void) {
    if (failing_alloc_left < 0 || failing_alloc_left-- > 0) return false;
    failing_alloc_failed = true;
    return true;
}

void *__wrap_malloc(size_t size) {
    return failing_alloc_now() ? NULL : __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size) {
    return failing_alloc_now() ? NULL : __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size) {
    return failing_alloc_now() ? NULL : __real_realloc(block, size);
}

static inline bool failing_alloc_linked(void) {
    return __real_malloc != NULL;
}

/* The k-th allocation from here fails, once. Always true, so that it can head a loop. */
static inline bool failing_alloc_arm(long k) {
    failing_alloc_left = k;
    failing_alloc_failed = false;
    return true;
}

/* Whether an allocation failed since it was armed. */
static inline bool failing_alloc_disarm(void) {
    failing_alloc_left = -1;
    return failing_alloc_failed;
}

#endif
