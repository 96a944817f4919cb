/* Inside of patterns: the syntax tree of a regular expression, and the NFA made of it. */
#ifndef ASSAY_MODEL_PATTERN_TREE_H
#define ASSAY_MODEL_PATTERN_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* ---- tree ---- */

typedef enum assay_node_kind {
    ASSAY_NODE_SET,   /* one character out of ranges */
    ASSAY_NODE_CAT,   /* children in order; without any, the empty text */
    ASSAY_NODE_ALT,   /* one of the children */
    ASSAY_NODE_REPEAT /* its child, low ... high times */
} assay_node_kind;

typedef struct assay_node {
    assay_node_kind kind;
    int child, sibling; /* index of the last child, of the one before this; -1: none */
    int low, high;      /* REPEAT; high -1: no bound. SET: ranges [low, high) */
} assay_node;

typedef struct assay_code_range {
    uint32_t first, last; /* code points, both included; never surrogates */
} assay_code_range;

typedef struct assay_tree {
    assay_node *nodes;
    assay_code_range *ranges;
    int n_nodes, n_ranges, root;
} assay_tree;

#define ASSAY_MAX_PATTERN 4096 /* bytes of a regular expression */

assay_status assay_tree_parse(const char *text, assay_tree *out, assay_error *err);
void assay_tree_free(assay_tree *tree); /* a zeroed one is fine */

/* ---- NFA ---- */

#define ASSAY_MAX_NFA 32768 /* states */

/* A state takes one byte of [first, last] and goes to `to`; or, with first > last, goes to `to` and `other` (-1: none)
 * without one; or, with to < 0, accepts with the label `other`. */
typedef struct assay_nfa_state {
    uint8_t first, last;
    int32_t to, other;
} assay_nfa_state;

typedef struct assay_nfa {
    assay_nfa_state *states; /* [ASSAY_MAX_NFA] */
    int n, start;
    long work; /* done so far while building: bounds unrolling of what makes no state */
    bool full;
} assay_nfa;

/* Index of a new state; 0 and nfa->full when there are too many. */
int assay_nfa_add(assay_nfa *nfa, assay_nfa_state state);
/* The start of `tree`, which goes on at state `next`. */
int assay_nfa_tree(assay_nfa *nfa, const assay_tree *tree, int next);
/* The start of a byte string. */
int assay_nfa_bytes(assay_nfa *nfa, const char *bytes, size_t n, int next);

#endif
