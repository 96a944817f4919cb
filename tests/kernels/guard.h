/* Buffers that notice a touch outside: canaries in front, and behind them natively a page that may
 * not be touched at all (in WebAssembly canaries again). Buffers end where the page begins, so
 * their alignment follows from their size: odd sizes give every alignment that the element type
 * allows. */
#ifndef ASSAY_TESTS_GUARD_H
#define ASSAY_TESTS_GUARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef __wasm__
#include <sys/mman.h>
#include <unistd.h>
#endif

enum { CANARY = 0xA5, CANARIES = 64 };

typedef struct guarded {
    void *data;
    uint8_t *base;
    size_t size, total;
} guarded;

static inline guarded guarded_alloc(size_t size) {
    guarded g = {.size = size};
#ifndef __wasm__
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t usable = (size + CANARIES + page - 1) / page * page;
    g.total = usable + page;
    g.base = mmap(NULL, g.total, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (g.base == MAP_FAILED || mprotect(g.base + usable, page, PROT_NONE) != 0) abort();
    memset(g.base, CANARY, usable);
    g.data = g.base + usable - size;
#else
    g.total = size + 2 * CANARIES;
    g.base = malloc(g.total);
    if (!g.base) abort();
    memset(g.base, CANARY, g.total);
    g.data = g.base + CANARIES;
#endif
    return g;
}

static inline bool guarded_intact(const guarded *g) {
    const uint8_t *data = g->data;
    for (size_t i = 1; i <= CANARIES; i++) {
        if (*(data - i) != CANARY) return false;
#ifdef __wasm__
        if (data[g->size + i - 1] != CANARY) return false;
#endif
    }
    return true;
}

static inline void guarded_free(guarded *g) {
#ifndef __wasm__
    munmap(g->base, g->total);
#else
    free(g->base);
#endif
    memset(g, 0, sizeof *g);
}

#endif
