/* Built level by level: the items of a node are a range of the sorted list, and so are those of each
 * of its children. */
#include "format/tokenizer/trie.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

static int compare(const void *a, const void *b) {
    const assay_trie_item *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
    if (order != 0) return order;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return x->value < y->value ? -1 : x->value > y->value;
}

/* Bytes that two neighbours in the sorted list have in common. */
static size_t shared(const assay_trie_item *a, const assay_trie_item *b) {
    size_t n = a->n < b->n ? a->n : b->n, i = 0;
    while (i < n && a->text[i] == b->text[i]) i++;
    return i;
}

static size_t count_nodes(const assay_trie_item *items, size_t n) {
    size_t nodes = 1;
    for (size_t i = 0; i < n; i++)
        nodes += items[i].n - (i > 0 ? shared(&items[i - 1], &items[i]) : 0);
    return nodes;
}

/* The items of a node whose children are still to be made. */
typedef struct range {
    size_t begin, end;
} range;

static void fill(assay_trie *trie, const assay_trie_item *items, size_t n, range *ranges) {
    trie->nodes[0] = (assay_trie_node){.value = -1};
    ranges[0] = (range){0, n};
    size_t made = 1, depth = 0, level_end = 1;
    for (size_t at = 0; at < made; at++) {
        if (at == level_end) {
            depth++;
            level_end = made;
        }
        assay_trie_node *node = &trie->nodes[at];
        size_t i = ranges[at].begin, end = ranges[at].end;
        for (; i < end && items[i].n == depth; i++)
            if (node->value < 0) node->value = items[i].value;
        node->first = (uint32_t)made;
        while (i < end) {
            uint8_t byte = (uint8_t)items[i].text[depth];
            size_t begin = i;
            while (i < end && (uint8_t)items[i].text[depth] == byte) i++;
            trie->nodes[made] = (assay_trie_node){.value = -1, .byte = byte};
            ranges[made++] = (range){begin, i};
            node->n++;
        }
    }
    trie->nodes[0].value = -1; /* the empty string */
}

assay_status assay_trie_create(assay_trie *trie, assay_trie_item *items, size_t n,
                               assay_error *err) {
    *trie = (assay_trie){0};
    if (n == 0) return ASSAY_OK;
    qsort(items, n, sizeof *items, compare);
    size_t nodes = count_nodes(items, n);
    range *ranges = assay_alloc(nodes, sizeof *ranges);
    trie->nodes = assay_alloc(nodes, sizeof *trie->nodes);
    trie->n = nodes;
    if (ranges != NULL && trie->nodes != NULL) fill(trie, items, n, ranges);
    free(ranges);
    if (ranges != NULL && trie->nodes != NULL) return ASSAY_OK;
    assay_trie_destroy(trie);
    return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for a tree of %zu bytes of tokens",
                      nodes);
}

void assay_trie_destroy(assay_trie *trie) {
    free(trie->nodes);
    *trie = (assay_trie){0};
}

uint32_t assay_trie_step(const assay_trie *trie, uint32_t at, uint8_t byte) {
    if (trie->n == 0) return 0;
    uint32_t low = trie->nodes[at].first, high = low + trie->nodes[at].n, end = high;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (trie->nodes[middle].byte < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low < end && trie->nodes[low].byte == byte ? low : 0;
}

int32_t assay_trie_longest(const assay_trie *trie, const char *text, size_t n) {
    int32_t best = -1;
    uint32_t at = 0;
    for (size_t i = 0; i < n && (at = assay_trie_step(trie, at, (uint8_t)text[i])) != 0; i++)
        if (trie->nodes[at].value >= 0) best = trie->nodes[at].value;
    return best;
}
