/* Regular expression -> tree, by recursive descent:
 *
 *   alternatives = sequence { "|" sequence }      sequence = { repeat }
 *   repeat = atom [ "*" | "+" | "?" | "{m,n}" ]   atom = character | "." | class | escape | group
 *
 * Children are linked from the last to the first, which is the order in which the NFA is built. */
#include "model/pattern_tree.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

#define MAX_DEPTH  64
#define MAX_REPEAT 1000
#define LAST_CODE  0x10FFFFu

typedef struct parser {
    const char *text;
    size_t at, n;
    int depth;
    assay_tree *tree;
    assay_error *err;
} parser;

/* Nodes are returned as indexes; -1 stands for a failure whose sentence is told. */
static int no_node(assay_status told) {
    (void)told;
    return -1;
}

#define REFUSE(p, status, ...) no_node(assay_fail((p)->err, status, "regex: " __VA_ARGS__))

static int alternatives(parser *p);

static int add_node(parser *p, assay_node node) {
    int i = p->tree->n_nodes++; /* there is room for four nodes a byte of text */
    p->tree->nodes[i] = node;
    return i;
}

static void add_range(assay_tree *tree, uint32_t first, uint32_t last) {
    tree->ranges[tree->n_ranges++] = (assay_code_range){first, last};
}

static bool see(const parser *p, char c) {
    return p->at < p->n && p->text[p->at] == c;
}

static bool take(parser *p, char c) {
    if (!see(p, c)) return false;
    p->at++;
    return true;
}

/* ---- sets ---- */

static int by_first(const void *a, const void *b) {
    const assay_code_range *x = a, *y = b;
    return x->first < y->first ? -1 : x->first > y->first;
}

/* The ranges from `low` on become sorted, apart, and without surrogates; negated when asked. */
static void finish_set(assay_tree *tree, int low, bool negated) {
    assay_code_range *r = tree->ranges + low;
    int n = tree->n_ranges - low, out = n;
    uint32_t open = 0; /* the first code point that no range before covers */
    if (n > 0) qsort(r, (size_t)n, sizeof *r, by_first);
    for (int i = 0; i <= n; i++) { /* behind the ranges: what they cover, or the gaps between */
        uint32_t first = i < n ? r[i].first : LAST_CODE + 1;
        if (negated && first > open) r[out++] = (assay_code_range){open, first - 1};
        if (i == n) break;
        if (!negated && r[i].last >= open)
            r[out++] = (assay_code_range){first > open ? first : open, r[i].last};
        if (r[i].last >= open) open = r[i].last + 1;
    }
    int kept = 0; /* written over what came in, at least one range behind what is read */
    for (int i = n; i < out; i++) {
        assay_code_range range = r[i];
        if (range.first < 0xD800 && range.last > 0xDFFF) {
            r[kept++] = (assay_code_range){range.first, 0xD7FF};
            range.first = 0xE000;
        }
        if (range.last >= 0xD800 && range.first < 0xD800) range.last = 0xD7FF;
        if (range.first >= 0xD800 && range.first < 0xE000) range.first = 0xE000;
        if (range.first <= range.last) r[kept++] = range;
    }
    tree->n_ranges = low + kept;
}

/* \d \w \s and their opposites; false when the letter is none of them. */
static bool add_shorthand(assay_tree *tree, char letter) {
    int low = tree->n_ranges;
    switch (letter) {
    case 'd':
    case 'D':
        add_range(tree, '0', '9');
        break;
    case 'w':
    case 'W':
        add_range(tree, '0', '9');
        add_range(tree, 'A', 'Z');
        add_range(tree, '_', '_');
        add_range(tree, 'a', 'z');
        break;
    case 's':
    case 'S':
        add_range(tree, '\t', '\r');
        add_range(tree, ' ', ' ');
        break;
    default:
        return false;
    }
    finish_set(tree, low, letter < 'a');
    return true;
}

/* The character at the parser's place; false, and the sentence told, when it is no UTF-8. */
static bool take_code(parser *p, uint32_t *code) {
    size_t used = assay_utf8_next(p->text + p->at, p->n - p->at, code);
    if (*code == 0xFFFD && used == 1) {
        REFUSE(p, ASSAY_E_ARGUMENT, "byte %zu is no UTF-8", p->at);
        return false;
    }
    p->at += used;
    return true;
}

/* Behind a backslash: a shorthand (its ranges are added, *code is UINT32_MAX) or a character. */
static bool take_escape(parser *p, uint32_t *code) {
    static const char names[] = "nrt", values[] = "\n\r\t";
    if (p->at == p->n) {
        REFUSE(p, ASSAY_E_ARGUMENT, "a backslash at the end");
        return false;
    }
    char c = p->text[p->at];
    bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (!letter) return take_code(p, code);
    const char *name = strchr(names, c);
    *code = name != NULL ? (uint32_t)values[name - names] : UINT32_MAX;
    if (name == NULL && !add_shorthand(p->tree, c)) {
        REFUSE(p, ASSAY_E_UNSUPPORTED,
               "\\%c at byte %zu; there are \\d \\w \\s \\D \\W \\S \\n \\r \\t", c, p->at);
        return false;
    }
    p->at++;
    return true;
}

/* One end of a range, or a single item of a class. */
static bool take_item(parser *p, uint32_t *code) {
    if (take(p, '\\')) return take_escape(p, code);
    if (see(p, '[') && p->at + 1 < p->n && p->text[p->at + 1] == ':') {
        REFUSE(p, ASSAY_E_UNSUPPORTED, "a named class at byte %zu", p->at);
        return false;
    }
    return take_code(p, code);
}

/* Behind "[". */
static int set_of_class(parser *p) {
    size_t start = p->at - 1;
    int low = p->tree->n_ranges;
    bool negated = take(p, '^');
    do {
        uint32_t first, last;
        if (p->at == p->n) return REFUSE(p, ASSAY_E_ARGUMENT, "[ at byte %zu is not closed", start);
        if (see(p, ']')) return REFUSE(p, ASSAY_E_ARGUMENT, "an empty class at byte %zu", start);
        if (!take_item(p, &first)) return -1;
        last = first;
        if (see(p, '-') && p->at + 1 < p->n && p->text[p->at + 1] != ']') {
            p->at++;
            if (!take_item(p, &last)) return -1;
            if (first == UINT32_MAX || last == UINT32_MAX || last < first)
                return REFUSE(p, ASSAY_E_ARGUMENT, "a range that is none before byte %zu", p->at);
        }
        if (first != UINT32_MAX) add_range(p->tree, first, last);
    } while (!take(p, ']'));
    finish_set(p->tree, low, negated);
    if (p->tree->n_ranges == low)
        return REFUSE(p, ASSAY_E_ARGUMENT, "the class at byte %zu has no character", start);
    return low;
}

/* ---- grammar ---- */

/* Behind "(". */
static int group(parser *p) {
    size_t start = p->at - 1;
    if (take(p, '?') && !take(p, ':'))
        return REFUSE(p, ASSAY_E_UNSUPPORTED, "the group at byte %zu; there are ( ) and (?: )",
                      start);
    if (++p->depth > MAX_DEPTH)
        return REFUSE(p, ASSAY_E_LIMIT, "more than %d groups inside each other", MAX_DEPTH);
    int node = alternatives(p);
    p->depth--;
    if (node < 0) return -1;
    if (!take(p, ')')) return REFUSE(p, ASSAY_E_ARGUMENT, "( at byte %zu is not closed", start);
    return node;
}

static int atom(parser *p) {
    int low = p->tree->n_ranges;
    char c = p->text[p->at];
    uint32_t code;
    if (strchr("*+?{", c) != NULL)
        return REFUSE(p, ASSAY_E_ARGUMENT, "nothing to repeat before %c at byte %zu", c, p->at);
    if (c == '^' || c == '$')
        return REFUSE(
            p, ASSAY_E_UNSUPPORTED,
            "%c at byte %zu; the whole text must match anyway, write \\%c for the character", c,
            p->at, c);
    if (take(p, '(')) return group(p);
    if (take(p, '[')) {
        if (set_of_class(p) < 0) return -1;
    } else if (take(p, '.')) {
        add_range(p->tree, '\n', '\n');
        finish_set(p->tree, low, true);
    } else {
        if (!(take(p, '\\') ? take_escape(p, &code) : take_code(p, &code))) return -1;
        if (code != UINT32_MAX) add_range(p->tree, code, code);
    }
    return add_node(p, (assay_node){ASSAY_NODE_SET, -1, -1, low, p->tree->n_ranges});
}

/* A number up to MAX_REPEAT; -1 when there is none, MAX_REPEAT + 1 when it is larger. */
static int number(parser *p) {
    int x = -1;
    for (; p->at < p->n && p->text[p->at] >= '0' && p->text[p->at] <= '9'; p->at++) {
        x = (x < 0 ? 0 : x) * 10 + (p->text[p->at] - '0');
        if (x > MAX_REPEAT) x = MAX_REPEAT + 1;
    }
    return x;
}

/* Behind "{". */
static bool counts(parser *p, int *low, int *high) {
    size_t start = p->at - 1;
    *low = *high = number(p);
    if (take(p, ',')) *high = see(p, '}') ? -1 : number(p);
    bool bounded = *high >= 0 || p->text[p->at - 1] == ',';
    if (*low < 0 || !bounded || !take(p, '}') || (*high >= 0 && *high < *low)) {
        REFUSE(p, ASSAY_E_ARGUMENT, "{ at byte %zu begins no {m}, {m,} or {m,n}; write \\{", start);
        return false;
    }
    if (*low <= MAX_REPEAT && *high <= MAX_REPEAT) return true;
    REFUSE(p, ASSAY_E_LIMIT, "more than %d repetitions at byte %zu", MAX_REPEAT, start);
    return false;
}

static int repeat(parser *p) {
    int low = 1, high = 1, node = atom(p);
    if (node < 0 || p->at == p->n || strchr("*+?{", p->text[p->at]) == NULL) return node;
    char c = p->text[p->at++];
    if (c == '*' || c == '?') low = 0;
    if (c == '*' || c == '+') high = -1;
    if (c == '{' && !counts(p, &low, &high)) return -1;
    if (see(p, '?') || see(p, '+'))
        return REFUSE(p, ASSAY_E_UNSUPPORTED, "a lazy or possessive form at byte %zu", p->at);
    return add_node(p, (assay_node){ASSAY_NODE_REPEAT, node, -1, low, high});
}

static int sequence(parser *p) {
    int cat = add_node(p, (assay_node){ASSAY_NODE_CAT, -1, -1, 0, 0});
    while (p->at < p->n && p->text[p->at] != '|' && p->text[p->at] != ')') {
        int node = repeat(p);
        if (node < 0) return -1;
        p->tree->nodes[node].sibling = p->tree->nodes[cat].child;
        p->tree->nodes[cat].child = node;
    }
    return cat;
}

static int alternatives(parser *p) {
    int alt = add_node(p, (assay_node){ASSAY_NODE_ALT, -1, -1, 0, 0});
    do {
        int node = sequence(p);
        if (node < 0) return -1;
        p->tree->nodes[node].sibling = p->tree->nodes[alt].child;
        p->tree->nodes[alt].child = node;
    } while (take(p, '|'));
    return alt;
}

assay_status assay_tree_parse(const char *text, assay_tree *out, assay_error *err) {
    size_t n = strlen(text);
    assay_error inner = {0};
    *out = (assay_tree){0};
    if (n > ASSAY_MAX_PATTERN)
        return assay_fail(err, ASSAY_E_LIMIT, "regex: %zu bytes, at most %d are accepted", n,
                          ASSAY_MAX_PATTERN);
    /* A byte of text makes at most four nodes and three ranges; a class is turned beside itself. */
    out->nodes = assay_alloc(4 * n + 8, sizeof *out->nodes);
    out->ranges = assay_alloc(8 * n + 32, sizeof *out->ranges);
    if (out->nodes == NULL || out->ranges == NULL) {
        assay_tree_free(out);
        return assay_fail(err, ASSAY_E_MEMORY, "regex: out of memory");
    }
    parser p = {text, 0, n, 0, out, &inner};
    out->root = alternatives(&p);
    if (out->root >= 0 && p.at < n)
        out->root = REFUSE(&p, ASSAY_E_ARGUMENT, ") at byte %zu closes nothing", p.at);
    if (out->root >= 0) return ASSAY_OK;
    assay_tree_free(out);
    return assay_fail(err, inner.status, "%s", inner.text);
}

void assay_tree_free(assay_tree *tree) {
    free(tree->nodes);
    free(tree->ranges);
    *tree = (assay_tree){0};
}
