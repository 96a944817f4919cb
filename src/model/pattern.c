/* NFA -> DFA by the subset construction. A state of the DFA is the sorted list of the NFA's states that the text read
 * so far may have led to: those that take a byte or accept, all others are followed at once. */
#include "model/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"
#include "model/pattern_tree.h"

#define MAX_STATES  8192      /* of the DFA */
#define MAX_MEMBERS (1 << 20) /* of all lists together */
#define MAX_WORK    (1 << 25) /* NFA states looked at, times classes: some tens of milliseconds */
#define MAX_LABELS  65535

typedef struct builder {
    assay_nfa nfa;
    assay_pattern *out;
    int32_t *members; /* [MAX_MEMBERS], list after list */
    uint32_t *starts; /* [MAX_STATES + 1], of each state's list */
    int32_t *slots;   /* [2 * MAX_STATES], hash table over the lists: state + 1; 0: free */
    int32_t *stack;   /* [2 * ASSAY_MAX_NFA + 2] */
    uint32_t *seen;   /* [ASSAY_MAX_NFA], the closure that met it last */
    uint32_t closure;
    long work;
    bool full;
} builder;

static bool takes_byte(const assay_nfa_state *s) {
    return s->first <= s->last;
}

/* ---- classes of bytes ---- */

/* A new class begins wherever some state's range begins or has ended. */
static void find_classes(builder *b) {
    bool begins[257] = {false};
    for (int i = 0; i < b->nfa.n; i++) {
        const assay_nfa_state *s = &b->nfa.states[i];
        if (takes_byte(s)) begins[s->first] = begins[s->last + 1] = true;
    }
    int class = 0;
    for (int byte = 0; byte < 256; byte++) {
        if (begins[byte] && byte > 0) class++;
        b->out->class_of[byte] = (uint8_t)class;
    }
    b->out->n_classes = class + 1;
}

/* ---- lists ---- */

/* Puts `state`, or what it leads to without a byte, on the list being made at members[*end]. */
static void add_closure(builder *b, int state, uint32_t *end) {
    int depth = 0;
    b->stack[depth++] = state;
    while (depth > 0) {
        int i = b->stack[--depth];
        const assay_nfa_state *s = &b->nfa.states[i];
        if (b->seen[i] == b->closure) continue;
        b->seen[i] = b->closure;
        b->work++;
        if (takes_byte(s) || s->to < 0) {
            if (*end == MAX_MEMBERS)
                b->full = true;
            else
                b->members[(*end)++] = i;
        } else { /* pushes two for each that it meets first: never more than the stack holds */
            if (s->other >= 0 && b->seen[s->other] != b->closure) b->stack[depth++] = s->other;
            if (b->seen[s->to] != b->closure) b->stack[depth++] = s->to;
        }
    }
}

static int by_value(const void *a, const void *b) {
    int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

static size_t hash_of(const int32_t *list, size_t n) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint32_t)list[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

/* The DFA's state of the list members[starts[n_states] ... end), made when it is new. */
static int state_of(builder *b, uint32_t end) {
    uint32_t begin = b->starts[b->out->n_states];
    int32_t *list = b->members + begin;
    size_t n = end - begin;
    if (n == 0) return 0;
    qsort(list, n, sizeof *list, by_value);
    size_t mask = 2 * MAX_STATES - 1, at = hash_of(list, n) & mask;
    for (; b->slots[at] != 0; at = (at + 1) & mask) {
        int state = b->slots[at] - 1;
        uint32_t first = b->starts[state];
        if (b->starts[state + 1] - first == n &&
            memcmp(b->members + first, list, n * sizeof *list) == 0)
            return state;
    }
    if (b->out->n_states == MAX_STATES) {
        b->full = true;
        return 0;
    }
    int state = b->out->n_states++;
    b->slots[at] = state + 1;
    b->starts[state + 1] = end;
    return state;
}

/* ---- states ---- */

static int follow(builder *b, int state, int byte) {
    uint32_t end = b->starts[b->out->n_states];
    b->closure++;
    b->work += b->starts[state + 1] - b->starts[state];
    for (uint32_t i = b->starts[state]; i < b->starts[state + 1] && !b->full; i++) {
        const assay_nfa_state *s = &b->nfa.states[b->members[i]];
        if (takes_byte(s) && s->first <= byte && byte <= s->last) add_closure(b, s->to, &end);
    }
    if (b->work > MAX_WORK) b->full = true;
    return b->full ? 0 : state_of(b, end);
}

static int label_of(const builder *b, int state) {
    int label = MAX_LABELS;
    for (uint32_t i = b->starts[state]; i < b->starts[state + 1]; i++) {
        const assay_nfa_state *s = &b->nfa.states[b->members[i]];
        if (!takes_byte(s) && s->other < label) label = s->other;
    }
    return label == MAX_LABELS ? 0 : label + 1;
}

/* Fills the table; every state was met on a way from the start. */
static void fill(builder *b) {
    assay_pattern *p = b->out;
    int bytes[256]; /* one of each class */
    for (int byte = 255; byte >= 0; byte--) bytes[p->class_of[byte]] = byte;
    for (int state = 1; state < p->n_states && !b->full; state++) {
        uint16_t *row = p->next + (size_t)state * (size_t)p->n_classes;
        p->final[state] = true;
        p->accept[state] = (uint16_t)label_of(b, state);
        for (int class = 0; class < p->n_classes && !b->full; class++) {
            row[class] = (uint16_t)follow(b, state, bytes[class]);
            if (row[class] != 0) p->final[state] = false;
        }
    }
}

/* The tables in the size that turned out to be needed; keeps the large ones when there is no memory to do so. */
static void shrink(assay_pattern *p) {
    size_t n = (size_t)p->n_states;
    uint16_t *next = realloc(p->next, n * (size_t)p->n_classes * sizeof *next);
    if (next != NULL) p->next = next;
}

static assay_status determinize(builder *b, int start, assay_error *err) {
    assay_pattern *p = b->out;
    find_classes(b);
    p->next = assay_calloc(MAX_STATES, (size_t)p->n_classes * sizeof *p->next);
    p->accept = assay_calloc(MAX_STATES, sizeof *p->accept);
    p->final = assay_calloc(MAX_STATES, sizeof *p->final);
    b->members = assay_alloc(MAX_MEMBERS, sizeof *b->members);
    b->starts = assay_calloc(MAX_STATES + 1, sizeof *b->starts);
    b->slots = assay_calloc(2 * MAX_STATES, sizeof *b->slots);
    b->stack = assay_alloc(2 * ASSAY_MAX_NFA + 2, sizeof *b->stack);
    b->seen = assay_calloc(ASSAY_MAX_NFA, sizeof *b->seen);
    if (!p->next || !p->accept || !p->final || !b->members || !b->starts || !b->slots ||
        !b->stack || !b->seen)
        return assay_fail(err, ASSAY_E_MEMORY, "constraint: out of memory");
    uint32_t end = 0;
    p->n_states = 1; /* the dead state, with an empty list */
    b->closure = 1;
    add_closure(b, start, &end);
    state_of(b, end);
    fill(b);
    if (b->full)
        return assay_fail(err, ASSAY_E_LIMIT,
                          "constraint: it needs a table of more than %d states or too much work to "
                          "make one",
                          MAX_STATES);
    shrink(p);
    return ASSAY_OK;
}

/* ---- the two forms ---- */

static int add_accept(assay_nfa *nfa, int label) {
    return assay_nfa_add(nfa, (assay_nfa_state){1, 0, -1, label});
}

static assay_status finish(builder *b, int start, assay_error *err) {
    assay_nfa *nfa = &b->nfa;
    int space = assay_nfa_bytes(nfa, " ", 1, start);
    start = assay_nfa_add(nfa, (assay_nfa_state){1, 0, space, start});
    assay_status status =
        nfa->full ? assay_fail(err, ASSAY_E_LIMIT, "constraint: it unrolls to more than %d states",
                               ASSAY_MAX_NFA)
                  : determinize(b, start, err);
    if (status != ASSAY_OK) assay_pattern_free(b->out);
    return status;
}

static assay_status begin(builder *b, assay_pattern *out, assay_error *err) {
    *out = (assay_pattern){0};
    b->out = out;
    b->nfa.states = assay_alloc(ASSAY_MAX_NFA, sizeof *b->nfa.states);
    if (b->nfa.states != NULL) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_MEMORY, "constraint: out of memory");
}

static void end(builder *b) {
    free(b->nfa.states);
    free(b->members);
    free(b->starts);
    free(b->slots);
    free(b->stack);
    free(b->seen);
}

assay_status assay_pattern_regex(const char *text, assay_pattern *out, assay_error *err) {
    builder b = {0};
    assay_tree tree = {0};
    assay_status status = begin(&b, out, err);
    if (status == ASSAY_OK) status = assay_tree_parse(text, &tree, err);
    if (status == ASSAY_OK)
        status = finish(&b, assay_nfa_tree(&b.nfa, &tree, add_accept(&b.nfa, 0)), err);
    assay_tree_free(&tree);
    end(&b);
    return status;
}

static bool is_utf8(const char *text, size_t n) {
    uint32_t code = 0;
    for (size_t at = 0, used; at < n; at += used) {
        used = assay_utf8_next(text + at, n - at, &code);
        if (code == 0xFFFD && used == 1) return false;
    }
    return true;
}

assay_status assay_pattern_words(const char *const *words, size_t n, assay_pattern *out,
                                 assay_error *err) {
    builder b = {0};
    int start = -1;
    assay_status status = begin(&b, out, err);
    if (status == ASSAY_OK && (n == 0 || n >= MAX_LABELS))
        status = assay_fail(err, ASSAY_E_ARGUMENT, "constraint: %zu choices", n);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        size_t length = strlen(words[i]);
        if (length == 0 || !is_utf8(words[i], length)) {
            status = assay_fail(err, ASSAY_E_ARGUMENT, "constraint: choice %zu is %s", i,
                                length == 0 ? "empty" : "no UTF-8");
            break;
        }
        int word = assay_nfa_bytes(&b.nfa, words[i], length, add_accept(&b.nfa, (int)i));
        start = start < 0 ? word : assay_nfa_add(&b.nfa, (assay_nfa_state){1, 0, word, start});
    }
    if (status == ASSAY_OK) status = finish(&b, start, err);
    end(&b);
    return status;
}

void assay_pattern_free(assay_pattern *pattern) {
    free(pattern->next);
    free(pattern->accept);
    free(pattern->final);
    *pattern = (assay_pattern){0};
}
