/* What is to be merged next: a heap of keys, the smallest first. A key is rank << 32 | position, so
 * that of equal ranks the leftmost comes first. */
#ifndef ASSAY_FORMAT_HEAP_H
#define ASSAY_FORMAT_HEAP_H

#include <stddef.h>
#include <stdint.h>

typedef struct assay_heap {
    uint64_t *keys; /* room is the user's business */
    size_t n;
} assay_heap;

static inline void assay_heap_push(assay_heap *heap, uint64_t key) {
    size_t at = heap->n++;
    for (; at > 0 && heap->keys[(at - 1) / 2] > key; at = (at - 1) / 2)
        heap->keys[at] = heap->keys[(at - 1) / 2];
    heap->keys[at] = key;
}

static inline uint64_t assay_heap_pop(assay_heap *heap) {
    uint64_t top = heap->keys[0], key = heap->keys[--heap->n];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < heap->n; at = child) {
        if (child + 1 < heap->n && heap->keys[child + 1] < heap->keys[child]) child++;
        if (heap->keys[child] >= key) break;
        heap->keys[at] = heap->keys[child];
    }
    heap->keys[at] = key;
    return top;
}

#endif
