/* A set of byte strings, each with a number, walked byte by byte. */
#ifndef ASSAY_FORMAT_TRIE_H
#define ASSAY_FORMAT_TRIE_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct assay_trie_node {
    int32_t value;  /* of the string that ends here; -1: none */
    uint32_t first; /* children are in a row, sorted by their byte */
    uint16_t n;     /* how many */
    uint8_t byte;   /* that leads here */
} assay_trie_node;

/* Immutable once filled; any thread. A zeroed one holds nothing and may be walked. */
typedef struct assay_trie {
    assay_trie_node *nodes; /* [0] is the root */
    size_t n;
} assay_trie;

/* A string to enter; of those that are alike the one with the smallest value stays. Empty ones are
 * left out. */
typedef struct assay_trie_item {
    const char *text;
    size_t n;
    int32_t value;
} assay_trie_item;

/* Sorts the items. E_MEMORY. */
assay_status assay_trie_create(assay_trie *trie, assay_trie_item *items, size_t n,
                               assay_error *err);
void assay_trie_destroy(assay_trie *trie); /* accepts a zeroed one */

/* The child of node `at` (0: the root) under this byte; 0 when there is none. */
uint32_t assay_trie_step(const assay_trie *trie, uint32_t at, uint8_t byte);

/* The value of the longest entry that text[0..n) starts with, -1 when there is none. */
int32_t assay_trie_longest(const assay_trie *trie, const char *text, size_t n);

#endif
