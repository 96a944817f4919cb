/* Tree -> NFA (Thompson 1968), built from the end: each part is made with the state that follows it already there.
 *
 * A range of code points becomes sequences of byte ranges, as in the automata of re2 and Go's and Rust's regex
 * packages: [U+0080, U+10FFFF] is C2-DF 80-BF | E0 A0-BF 80-BF | ... Tails that are alike, as those of "any character" are,
 * are shared within one set. */
#include "model/pattern_tree.h"

#define MAX_WORK (1 << 20) /* visits of nodes: ((){1000}){1000} makes no state */

enum { EMPTY_FIRST = 1, EMPTY_LAST = 0 }; /* takes no byte */

int assay_nfa_add(assay_nfa *nfa, assay_nfa_state state) {
    if (nfa->n == ASSAY_MAX_NFA) nfa->full = true;
    if (nfa->full) return 0;
    nfa->states[nfa->n] = state;
    return nfa->n++;
}

static int add_split(assay_nfa *nfa, int a, int b) {
    return assay_nfa_add(nfa, (assay_nfa_state){EMPTY_FIRST, EMPTY_LAST, a, b});
}

static int add_bytes(assay_nfa *nfa, uint32_t first, uint32_t last, int next) {
    return assay_nfa_add(nfa, (assay_nfa_state){(uint8_t)first, (uint8_t)last, next, -1});
}

int assay_nfa_bytes(assay_nfa *nfa, const char *bytes, size_t n, int next) {
    for (size_t i = n; i > 0; i--)
        next = add_bytes(nfa, (uint8_t)bytes[i - 1], (uint8_t)bytes[i - 1], next);
    return next;
}

/* The state [first, last] -> next, made once in a set; states from `since` on belong to it. */
static int tail(assay_nfa *nfa, int since, uint32_t first, uint32_t last, int next) {
    for (int i = since; i < nfa->n; i++) {
        const assay_nfa_state *s = &nfa->states[i];
        if (s->first == first && s->last == last && s->to == next) return i;
    }
    return add_bytes(nfa, first, last, next);
}

static int length_of(uint32_t code) {
    return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

/* The part of one set that its next sequence of bytes is added to. */
typedef struct set_build {
    assay_nfa *nfa;
    int since, next; /* first state of the set, state behind it */
    int start;       /* of what is there; -1: nothing */
} set_build;

/* One sequence: code points first ... last of equal length, whose bytes vary independently of each other. */
static void add_sequence(set_build *b, uint32_t first, uint32_t last) {
    int n = length_of(first), next = b->next;
    for (int i = 0; i < n - 1; i++, first >>= 6, last >>= 6)
        next = tail(b->nfa, b->since, 0x80 | (first & 0x3F), 0x80 | (last & 0x3F), next);
    uint32_t mark = n == 1 ? 0 : 0xF00u >> n & 0xFF;
    int lead = tail(b->nfa, b->since, mark | first, mark | last, next);
    b->start = b->start < 0 ? lead : add_split(b->nfa, lead, b->start);
}

/* Cuts a range where its bytes would depend on each other: at changes of length, and so that below the first byte in
 * which its ends differ all bytes run over their whole range. At most 4 cuts deep a level. */
static void add_codes(set_build *b, uint32_t first, uint32_t last) {
    static const uint32_t ends[] = {0x7F, 0x7FF, 0xFFFF};
    for (int i = 0; i < 3; i++) {
        if (first <= ends[i] && last > ends[i]) {
            add_codes(b, first, ends[i]);
            add_codes(b, ends[i] + 1, last);
            return;
        }
    }
    for (int i = 1; i < length_of(first); i++) {
        uint32_t low = (1u << 6 * i) - 1;
        if ((first & ~low) == (last & ~low)) continue;
        if ((first & low) != 0) {
            add_codes(b, first, first | low);
            add_codes(b, (first | low) + 1, last);
            return;
        }
        if ((last & low) != low) {
            add_codes(b, first, (last & ~low) - 1);
            add_codes(b, last & ~low, last);
            return;
        }
    }
    add_sequence(b, first, last);
}

static int build_set(assay_nfa *nfa, const assay_tree *tree, const assay_node *node, int next) {
    set_build b = {nfa, nfa->n, next, -1};
    for (int i = node->low; i < node->high; i++)
        add_codes(&b, tree->ranges[i].first, tree->ranges[i].last);
    return b.start;
}

static int build(assay_nfa *nfa, const assay_tree *tree, int index, int next);

static int build_repeat(assay_nfa *nfa, const assay_tree *tree, const assay_node *node, int next) {
    int at = next, low = node->low;
    if (node->high < 0) { /* the last copy comes back to this split, which goes on or leaves */
        at = add_split(nfa, next, next);
        int body = build(nfa, tree, node->child, at);
        nfa->states[at].to = body;
        if (low-- > 0) at = body;
    }
    for (int i = node->low; i < node->high && !nfa->full; i++)
        at = add_split(nfa, build(nfa, tree, node->child, at), next);
    for (int i = 0; i < low && !nfa->full; i++) at = build(nfa, tree, node->child, at);
    return at;
}

static int build(assay_nfa *nfa, const assay_tree *tree, int index, int next) {
    const assay_node *node = &tree->nodes[index];
    if (++nfa->work > MAX_WORK) nfa->full = true;
    if (nfa->full) return 0;
    if (node->kind == ASSAY_NODE_SET) return build_set(nfa, tree, node, next);
    if (node->kind == ASSAY_NODE_REPEAT) return build_repeat(nfa, tree, node, next);
    int start = node->kind == ASSAY_NODE_CAT ? next : -1;
    for (int child = node->child; child >= 0; child = tree->nodes[child].sibling) {
        if (node->kind == ASSAY_NODE_CAT) {
            start = build(nfa, tree, child, start);
        } else {
            int one = build(nfa, tree, child, next);
            start = start < 0 ? one : add_split(nfa, one, start);
        }
    }
    return start;
}

int assay_nfa_tree(assay_nfa *nfa, const assay_tree *tree, int next) {
    return build(nfa, tree, tree->root, next);
}
