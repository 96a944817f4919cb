/* Lists of ids, the table of merges, and the merging itself. The symbols of a piece are a linked
 * list, at first its bytes. All pairs that could be merged wait in a heap, ordered by rank, then
 * from the left; an entry whose pair has changed meanwhile is recognised when it comes up, and
 * dropped. */
#include "format/bpe.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/arena.h"

#define NONE UINT32_MAX

struct bpe_symbol {
    int32_t id;           /* -1: merged into the one to its left */
    uint32_t left, right; /* neighbours, or NONE */
};

/* ---- ids ---- */

assay_status assay_ids_push(assay_ids *ids, int32_t id, assay_error *err) {
    if (ids->n == ids->cap) {
        size_t cap = ids->cap == 0 ? 64 : 2 * ids->cap;
        int32_t *grown =
            cap <= SIZE_MAX / sizeof *grown ? realloc(ids->ids, cap * sizeof *grown) : NULL;
        if (grown == NULL)
            return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for %zu ids", cap);
        ids->ids = grown;
        ids->cap = cap;
    }
    ids->ids[ids->n++] = id;
    return ASSAY_OK;
}

void assay_ids_free(assay_ids *ids) {
    free(ids->ids);
    *ids = (assay_ids){0};
}

/* ---- table ---- */

assay_status assay_bpe_create(assay_bpe *bpe, size_t n_merges, assay_error *err) {
    size_t slots = 16;
    while (slots / 2 < n_merges) slots *= 2;
    bpe->merges = assay_alloc(slots, sizeof *bpe->merges);
    if (bpe->merges == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for %zu merges", n_merges);
    for (size_t i = 0; i < slots; i++) bpe->merges[i].id = -1;
    bpe->mask = slots - 1;
    return ASSAY_OK;
}

void assay_bpe_destroy(assay_bpe *bpe) {
    free(bpe->merges);
    *bpe = (assay_bpe){0};
}

/* The slot of the pair, or the free one where it would be. */
static assay_bpe_merge *slot_of(const assay_bpe *bpe, int32_t left, int32_t right) {
    uint64_t hash =
        ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & bpe->mask;
    while (bpe->merges[at].id >= 0 &&
           (bpe->merges[at].left != left || bpe->merges[at].right != right))
        at = (at + 1) & bpe->mask;
    return &bpe->merges[at];
}

void assay_bpe_add(assay_bpe *bpe, assay_bpe_merge merge) {
    assay_bpe_merge *slot = slot_of(bpe, merge.left, merge.right);
    if (slot->id < 0) *slot = merge;
}

/* ---- heap: the smallest key first; a key is rank << 32 | position ---- */

static void heap_push(assay_bpe_work *w, uint64_t key) {
    size_t at = w->n_heap++;
    for (; at > 0 && w->heap[(at - 1) / 2] > key; at = (at - 1) / 2)
        w->heap[at] = w->heap[(at - 1) / 2];
    w->heap[at] = key;
}

static uint64_t heap_pop(assay_bpe_work *w) {
    uint64_t top = w->heap[0], key = w->heap[--w->n_heap];
    size_t at = 0;
    for (size_t child; (child = 2 * at + 1) < w->n_heap; at = child) {
        if (child + 1 < w->n_heap && w->heap[child + 1] < w->heap[child]) child++;
        if (w->heap[child] >= key) break;
        w->heap[at] = w->heap[child];
    }
    w->heap[at] = key;
    return top;
}

/* ---- encoding ---- */

void assay_bpe_work_free(assay_bpe_work *work) {
    free(work->symbols);
    free(work->heap);
    *work = (assay_bpe_work){0};
}

/* The heap starts with at most n - 1 pairs; each of at most n - 1 merges takes one out and puts two
 * in. */
static assay_status reserve(assay_bpe_work *work, size_t n, assay_error *err) {
    if (n <= work->cap) return ASSAY_OK;
    size_t cap = n < 64 ? 64 : n < SIZE_MAX / 2 ? n + n / 2 : n;
    assay_bpe_work_free(work);
    work->symbols = assay_alloc(cap, sizeof *work->symbols);
    work->heap = assay_alloc(cap, 2 * sizeof *work->heap);
    if (work->symbols == NULL || work->heap == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for a piece of %zu bytes", n);
    work->cap = cap;
    return ASSAY_OK;
}

static const assay_bpe_merge *merge_at(const assay_bpe *bpe, const assay_bpe_work *w, uint32_t at) {
    uint32_t right = w->symbols[at].right;
    if (right == NONE) return NULL;
    const assay_bpe_merge *merge = slot_of(bpe, w->symbols[at].id, w->symbols[right].id);
    return merge->id >= 0 ? merge : NULL;
}

static void propose(const assay_bpe *bpe, assay_bpe_work *w, uint32_t at) {
    const assay_bpe_merge *merge = merge_at(bpe, w, at);
    if (merge != NULL) heap_push(w, (uint64_t)merge->rank << 32 | at);
}

assay_status assay_bpe_encode(const assay_bpe *bpe, assay_bpe_work *work, const char *piece,
                              size_t n, assay_ids *ids, assay_error *err) {
    assay_status status = reserve(work, n, err);
    if (status != ASSAY_OK) return status;
    struct bpe_symbol *symbols = work->symbols;
    uint32_t end = 0;
    for (size_t i = 0; i < n; i++) {
        int32_t id = bpe->byte_ids[(uint8_t)piece[i]];
        if (id < 0) continue;
        symbols[end] = (struct bpe_symbol){id, end > 0 ? end - 1 : NONE, end + 1};
        end++;
    }
    if (end == 0) return ASSAY_OK;
    symbols[end - 1].right = NONE;
    work->n_heap = 0;
    for (uint32_t i = 0; i + 1 < end; i++) propose(bpe, work, i);

    while (work->n_heap > 0) {
        uint64_t key = heap_pop(work);
        uint32_t at = (uint32_t)key;
        const assay_bpe_merge *merge = symbols[at].id >= 0 ? merge_at(bpe, work, at) : NULL;
        if (merge == NULL || merge->rank != key >> 32) continue;
        uint32_t gone = symbols[at].right, right = symbols[gone].right;
        symbols[at].id = merge->id;
        symbols[at].right = right;
        symbols[gone].id = -1;
        if (right != NONE) symbols[right].left = at;
        if (symbols[at].left != NONE) propose(bpe, work, symbols[at].left);
        propose(bpe, work, at);
    }
    for (uint32_t i = 0; i != NONE && status == ASSAY_OK; i = symbols[i].right)
        status = assay_ids_push(ids, symbols[i].id, err);
    return status;
}
