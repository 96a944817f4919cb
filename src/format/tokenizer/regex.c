/* pattern -> alternatives, each a row of nodes -> matching by recursion along the row
 *
 * Every character of a pattern is a set; for ASCII a table says with one bit for each set which of
 * them hold it. The depth of the recursion is the length of a row. Time is linear because a loop
 * remembers how far its run of characters reaches, and from where on the rest of its row is known to
 * fail: what follows a loop depends on the position alone. */
#include "format/tokenizer/regex.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

enum { MAX_SETS = 32, MAX_RANGES = 128, MAX_NODES = 96, MAX_ROWS = 40, UNLIMITED = 0xffff };
#define FAIL SIZE_MAX

typedef struct char_set {
    uint32_t categories;
    bool spaces, negated;
    int8_t minus;     /* another set, whose characters are not in this one; -1: none */
    uint8_t first, n; /* ranges */
} char_set;

typedef enum node_kind { TAKE, NOT_BEFORE, AT_END, ROWS } node_kind;

typedef struct node {
    uint8_t kind;
    uint8_t set;       /* TAKE, NOT_BEFORE */
    int8_t loop;       /* TAKE without limit: index of its memory; else -1 */
    int8_t rows;       /* ROWS: the first */
    uint16_t min, max; /* TAKE, ROWS */
} node;

typedef struct row {
    uint8_t first, n; /* nodes */
    int8_t next;      /* alternative; -1: none */
} row;

struct assay_regex {
    int n_sets, n_ranges, n_nodes, n_rows, n_loops;
    int first; /* row of the whole: those of groups may come before it */
    char_set sets[MAX_SETS];
    uint32_t ranges[MAX_RANGES][2];
    node nodes[MAX_NODES];
    row rows[MAX_ROWS];
    uint32_t ascii[128]; /* bit s: set s holds the character */
};

/* ---- sets ---- */

static bool in_set(const assay_regex *re, int index, uint32_t code, assay_category category) {
    const char_set *set = &re->sets[index];
    bool in = (set->categories & ASSAY_CATEGORY_BIT(category)) != 0 ||
              (set->spaces && assay_unicode_space(code));
    for (int i = set->first; !in && i < set->first + set->n; i++)
        in = code >= re->ranges[i][0] && code <= re->ranges[i][1];
    return in != set->negated && (set->minus < 0 || !in_set(re, set->minus, code, category));
}

static uint32_t sets_of(const assay_regex *re, uint32_t code) {
    assay_category category = assay_unicode_category(code);
    uint32_t bits = 0;
    for (int i = 0; i < re->n_sets; i++)
        bits |= in_set(re, i, code, category) ? UINT32_C(1) << i : 0;
    return bits;
}

/* ---- parsing ---- */

typedef struct parser {
    assay_regex *re;
    const char *at;
    bool failed;
} parser;

static bool take(parser *p, const char *text) {
    size_t n = strlen(text);
    if (strncmp(p->at, text, n) != 0) return false;
    p->at += n;
    return true;
}

static uint32_t next_code(parser *p) {
    uint32_t code = 0;
    size_t left = strlen(p->at);
    if (left == 0)
        p->failed = true;
    else
        p->at += assay_utf8_next(p->at, left, &code);
    return code;
}

/* After "\p{": a category or its first letter. */
static uint32_t parse_property(parser *p) {
    static const char names[] = "LuLlLtLmLoMnMcMeNdNlNoPcPdPsPePiPfPoSmScSkSoZsZlZpCcCfCsCo";
    uint32_t bits = 0;
    size_t n = strcspn(p->at, "}");
    for (size_t i = 0; i + 1 < sizeof names && (n == 1 || n == 2); i += 2)
        if (strncmp(names + i, p->at, n) == 0) bits |= ASSAY_CATEGORY_BIT(i / 2);
    p->failed |= bits == 0 || p->at[n] != '}';
    if (!p->failed) p->at += n + 1;
    return bits;
}

/* A single character, escaped or not, or a class of them, which goes into the set: then false. */
static bool parse_character(parser *p, char_set *set, uint32_t *code) {
    if (take(p, "\\p{")) {
        set->categories |= parse_property(p);
    } else if (take(p, "\\s")) {
        set->spaces = true;
    } else if (take(p, "\\d")) {
        set->categories |= ASSAY_CATEGORY_BIT(ASSAY_ND);
    } else {
        *code = take(p, "\\r")   ? '\r'
                : take(p, "\\n") ? '\n'
                : take(p, "\\t") ? '\t'
                                 : (take(p, "\\"), next_code(p));
        return true;
    }
    return false;
}

static void add_range(parser *p, char_set *set, uint32_t first, uint32_t last) {
    if (p->re->n_ranges == MAX_RANGES || first > last) {
        p->failed = true;
        return;
    }
    p->re->ranges[p->re->n_ranges][0] = first;
    p->re->ranges[p->re->n_ranges++][1] = last;
    set->n++;
}

/* Sets that are alike are one. */
static int add_set(parser *p, char_set set) {
    assay_regex *re = p->re;
    for (int i = 0; i < re->n_sets; i++) {
        const char_set *other = &re->sets[i];
        if (other->categories == set.categories && other->spaces == set.spaces &&
            other->negated == set.negated && other->minus == set.minus && other->n == set.n &&
            memcmp(re->ranges[other->first], re->ranges[set.first], set.n * sizeof *re->ranges) ==
                0) {
            re->n_ranges = set.first;
            return i;
        }
    }
    if (re->n_sets == MAX_SETS) {
        p->failed = true;
        return 0;
    }
    re->sets[re->n_sets] = set;
    return re->n_sets++;
}

static char_set empty_set(const parser *p) {
    return (char_set){.minus = -1, .first = (uint8_t)p->re->n_ranges};
}

/* After "[". What is taken away comes first into the table: the ranges of a set are in a row. */
static int parse_set(parser *p) {
    const char *taken_away = strstr(p->at, "&&[^"), *end = strchr(p->at, ']');
    int8_t minus = -1;
    if (taken_away != NULL && end != NULL && taken_away < end) {
        parser inner = {p->re, taken_away + 4, false};
        minus = (int8_t)parse_set(&inner);
        p->failed |= inner.failed;
    }
    char_set set = empty_set(p);
    set.minus = minus;
    set.negated = take(p, "^");
    while (!p->failed && !take(p, "]")) {
        uint32_t first = 0, last = 0;
        if (take(p, "&&[^")) {
            while (!p->failed && *p->at != ']') parse_character(p, &(char_set){0}, &first);
            p->failed |= !take(p, "]");
        } else if (parse_character(p, &set, &first)) {
            last = first;
            if (p->at[0] == '-' && p->at[1] != ']' && take(p, "-")) parse_character(p, &set, &last);
            add_range(p, &set, first, last);
        }
    }
    return add_set(p, set);
}

static int parse_atom(parser *p) {
    if (take(p, "[")) return parse_set(p);
    char_set set = empty_set(p);
    uint32_t code = 0;
    if (take(p, "\\S"))
        set.spaces = set.negated = true;
    else if (parse_character(p, &set, &code))
        add_range(p, &set, code, code);
    return add_set(p, set);
}

static void parse_count(parser *p, uint16_t *min, uint16_t *max) {
    *min = *max = 1;
    if (take(p, "?")) {
        *min = 0;
    } else if (take(p, "*")) {
        *min = 0;
        *max = UNLIMITED;
    } else if (take(p, "+")) {
        *max = UNLIMITED;
    } else if (take(p, "{")) {
        char *end;
        *min = *max = (uint16_t)strtoul(p->at, &end, 10);
        if (*end == ',') *max = (uint16_t)strtoul(end + 1, &end, 10);
        p->failed |= *end != '}' || *min > *max || *max == 0;
        p->at = end + (*end == '}');
    }
}

static int parse_rows(parser *p);

static node parse_node(parser *p) {
    node made = {.loop = -1, .min = 1, .max = 1};
    if (take(p, "(?!")) {
        made.kind = NOT_BEFORE;
        made.set = (uint8_t)parse_atom(p);
        p->failed |= !take(p, ")");
    } else if (take(p, "(?:")) {
        made.kind = ROWS;
        made.rows = (int8_t)parse_rows(p);
        p->failed |= !take(p, ")");
        parse_count(p, &made.min, &made.max);
        p->failed |= *p->at != '\0' && *p->at != '|' && *p->at != ')';
    } else if (take(p, "$")) {
        made.kind = AT_END;
    } else {
        made.kind = TAKE;
        made.set = (uint8_t)parse_atom(p);
        parse_count(p, &made.min, &made.max);
        if (made.max == UNLIMITED) made.loop = (int8_t)p->re->n_loops++;
        p->failed |= p->re->n_loops > ASSAY_REGEX_MAX_LOOPS;
    }
    return made;
}

/* One alternative. Its nodes are collected first: those of a group within it come between. */
static int parse_row(parser *p) {
    assay_regex *re = p->re;
    node nodes[MAX_NODES];
    int n = 0;
    while (!p->failed && *p->at != '\0' && *p->at != '|' && *p->at != ')' && n < MAX_NODES)
        nodes[n++] = parse_node(p);
    p->failed |= n == 0 || n > MAX_NODES - re->n_nodes || re->n_rows == MAX_ROWS;
    if (p->failed) return 0;
    memcpy(re->nodes + re->n_nodes, nodes, (size_t)n * sizeof *nodes);
    re->rows[re->n_rows] = (row){(uint8_t)re->n_nodes, (uint8_t)n, -1};
    re->n_nodes += n;
    return re->n_rows++;
}

static int parse_rows(parser *p) {
    int first = parse_row(p), last = first;
    while (!p->failed && take(p, "|")) {
        int next = parse_row(p);
        p->re->rows[last].next = (int8_t)next;
        last = next;
    }
    return first;
}

assay_status assay_regex_create(const char *pattern, assay_regex **out, assay_error *err) {
    *out = NULL;
    assay_regex *re = assay_calloc(1, sizeof *re);
    if (re == NULL) return assay_fail(err, ASSAY_E_MEMORY, "regular expression: out of memory");
    parser p = {re, pattern, false};
    re->first = parse_rows(&p);
    if (p.failed || *p.at != '\0') {
        free(re);
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "regular expression: not understood from \"%.20s\" on", p.at);
    }
    for (uint32_t code = 0; code < 128; code++) re->ascii[code] = sets_of(re, code);
    *out = re;
    return ASSAY_OK;
}

void assay_regex_destroy(assay_regex *regex) {
    free(regex);
}

/* ---- matching ---- */

void assay_regex_begin(assay_regex_scan *scan, const assay_regex *regex, const char *text,
                       size_t n) {
    scan->regex = regex;
    scan->text = text;
    scan->n = n;
    for (int i = 0; i < regex->n_loops; i++) scan->loops[i].begin = SIZE_MAX;
}

/* Length of the character at `at` when it is in the set, 0 when it is not or there is none. */
static size_t step(const assay_regex_scan *scan, size_t at, int set) {
    if (at == scan->n) return 0;
    uint8_t byte = (uint8_t)scan->text[at];
    if (byte < 0x80) return scan->regex->ascii[byte] >> set & 1;
    uint32_t code;
    size_t length = assay_utf8_next(scan->text + at, scan->n - at, &code);
    return in_set(scan->regex, set, code, assay_unicode_category(code)) ? length : 0;
}

static size_t match_row(assay_regex_scan *scan, const node *at_node, const node *end, size_t at);

static size_t match_rows(assay_regex_scan *scan, int index, size_t at) {
    const assay_regex *re = scan->regex;
    for (; index >= 0; index = re->rows[index].next) {
        const node *nodes = re->nodes + re->rows[index].first;
        size_t end = match_row(scan, nodes, nodes + re->rows[index].n, at);
        if (end != FAIL) return end;
    }
    return FAIL;
}

/* A group ends its row, so that what it took first stands. */
static size_t match_group(assay_regex_scan *scan, const node *group, size_t at) {
    size_t end = match_rows(scan, group->rows, at);
    if (end == FAIL) return group->min == 0 ? at : FAIL;
    while (group->max == UNLIMITED && end > at) {
        at = end;
        end = match_rows(scan, group->rows, at);
        if (end == FAIL) return at;
    }
    return end;
}

static size_t match_bounded(assay_regex_scan *scan, const node *loop, const node *end, size_t at) {
    size_t low = at, high = at, length;
    int n = 0;
    for (; n < loop->max && (length = step(scan, high, loop->set)) > 0; n++) {
        high += length;
        if (n < loop->min) low = high;
    }
    if (n < loop->min) return FAIL;
    for (;;) {
        size_t found = match_row(scan, loop + 1, end, high);
        if (found != FAIL || high == low) return found;
        high -= assay_utf8_last(scan->text + at, high - at);
    }
}

static size_t match_unlimited(assay_regex_scan *scan, const node *loop, const node *end,
                              size_t at) {
    size_t length, low = at;
    if (loop->min > 0) {
        if ((length = step(scan, at, loop->set)) == 0) return FAIL;
        low += length;
    }
    size_t *run_begin = &scan->loops[loop->loop].begin, *run_end = &scan->loops[loop->loop].end;
    size_t *failed = &scan->loops[loop->loop].failed;
    if (at < *run_begin || at > *run_end) {
        *run_begin = at;
        for (*run_end = low; (length = step(scan, *run_end, loop->set)) > 0;) *run_end += length;
        *failed = SIZE_MAX;
    }
    if (loop + 1 == end) return *run_end;
    size_t high = *run_end;
    if (*failed != SIZE_MAX) {
        if (*failed <= low) return FAIL;
        high = *failed - assay_utf8_last(scan->text + at, *failed - at);
    }
    for (;;) {
        size_t found = match_row(scan, loop + 1, end, high);
        if (found != FAIL) return found;
        *failed = high;
        if (high == low) return FAIL;
        high -= assay_utf8_last(scan->text + at, high - at);
    }
}

static size_t match_row(assay_regex_scan *scan, const node *at_node, const node *end, size_t at) {
    for (; at_node < end; at_node++) {
        size_t length;
        switch ((node_kind)at_node->kind) {
        case NOT_BEFORE:
            if (step(scan, at, at_node->set) > 0) return FAIL;
            break;
        case AT_END:
            if (at != scan->n) return FAIL;
            break;
        case ROWS:
            return match_group(scan, at_node, at);
        case TAKE:
            if (at_node->max == UNLIMITED) return match_unlimited(scan, at_node, end, at);
            if (at_node->min != 1 || at_node->max != 1)
                return match_bounded(scan, at_node, end, at);
            if ((length = step(scan, at, at_node->set)) == 0) return FAIL;
            at += length;
            break;
        }
    }
    return at;
}

size_t assay_regex_match(assay_regex_scan *scan, size_t at) {
    assert(at < scan->n);
    size_t end = match_rows(scan, scan->regex->first, at);
    return end == FAIL ? at : end;
}
