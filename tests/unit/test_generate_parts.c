/* The parts of generation that need no model: sampler, UTF-8 and stop texts, patterns. Each against a plain second
 * way to the same result. */
#include "test.h"

#include <math.h>
#include <stdint.h>

#include "base/rng.h"
#include "format/unicode.h"
#include "model/pattern.h"
#include "model/sampler.h"
#include "model/text_stream.h"

/* ---- sampler ---- */

typedef struct ranked {
    double logit, p;
    int id;
} ranked;

static int by_rank(const void *a, const void *b) {
    const ranked *x = a, *y = b;
    if (x->logit != y->logit) return x->logit > y->logit ? -1 : 1;
    return x->id - y->id;
}

static int by_id(const void *a, const void *b) {
    return ((const ranked *)a)->id - ((const ranked *)b)->id;
}

static void normalize(ranked *r, int n) {
    double sum = 0;
    for (int i = 0; i < n; i++) sum += r[i].p;
    for (int i = 0; i < n; i++) r[i].p /= sum;
}

#define NEAR 1e-5 /* the sampler's exp is one of floats */

/* What the options leave of n logits, by sorting all of them; -1 when a limit is too near to tell. r is best first. */
static int leave(const assay_sampler *s, ranked *r, int n) {
    qsort(r, (size_t)n, sizeof *r, by_rank);
    double best = r[0].logit, sum = 0;
    for (int i = 0; i < n; i++) r[i].p = exp((r[i].logit - best) / (double)s->temperature);
    if (s->top_k > 0 && s->top_k < n) n = s->top_k;
    normalize(r, n);
    if (s->top_p < 1) {
        int kept = 0;
        while (kept < n && (kept == 0 || sum < (double)s->top_p)) {
            sum += r[kept++].p;
            if (fabs(sum - (double)s->top_p) < NEAR) return -1;
        }
        n = kept;
    }
    double most = r[0].p;
    int kept = 0;
    for (int i = 0; i < n; i++) {
        if (s->min_p > 0 && fabs(r[i].p / most - (double)s->min_p) < NEAR * (double)s->min_p)
            return -1;
        if (r[i].p >= (double)s->min_p * most) kept = i + 1;
    }
    normalize(r, kept);
    return kept;
}

/* The id that a random number picks; -1 when it is too near to the next one. */
static int pick(const ranked *r, int n, double u) {
    double sum = 0;
    for (int i = 0; i < n; i++) {
        sum += r[i].p;
        if (fabs(sum - u) < NEAR && i + 1 < n) return -1;
        if (sum > u) return r[i].id;
    }
    return r[n - 1].id;
}

typedef struct sampler_case {
    assay_sampler s;
    int n;
    double spread, step; /* of the logits; step > 0 makes ties */
} sampler_case;

static sampler_case random_case(assay_rng *rng, int round) {
    static const float temperatures[] = {0.1f, 0.7f, 1, 1.5f, 5}, ps[] = {1, 0.95f, 0.5f, 0.1f},
                       mins[] = {0, 0.02f, 0.3f, 0.9f};
    sampler_case c;
    c.n = round % 40 == 39 ? 49280 : assay_rng_range(rng, 1, 300);
    c.s.temperature = temperatures[assay_rng_below(rng, 5)];
    c.s.top_k = assay_rng_below(rng, 2) ? assay_rng_range(rng, 1, c.n + 1) : 0;
    c.s.top_p = ps[assay_rng_below(rng, 4)];
    c.s.min_p = mins[assay_rng_below(rng, 4)];
    c.spread = assay_rng_below(rng, 2) ? 3 : 0.3;
    c.step = assay_rng_below(rng, 2) ? 0.25 : 0;
    return c;
}

static void make_logits(const sampler_case *c, assay_rng *rng, assay_candidate *candidates,
                        ranked *r) {
    for (int i = 0; i < c->n; i++) {
        double x = assay_rng_normal(rng) * c->spread;
        if (c->step > 0) x = floor(x / c->step) * c->step;
        candidates[i] = (assay_candidate){(float)x, i * 3};
        r[i] = (ranked){(double)(float)x, 0, i * 3};
    }
}

/* The same draw from the same random number, with everything sorted and exp of the C library. */
TEST(sampler_against_sorting_everything) {
    enum { MOST = 49280 };
    assay_rng rng = assay_rng_seed(11, 0);
    assay_candidate *c = malloc(MOST * sizeof *c);
    ranked *r = malloc(MOST * sizeof *r);
    int compared = 0, near = 0;
    for (int round = 0; round < 4000; round++) {
        sampler_case t = random_case(&rng, round);
        make_logits(&t, &rng, c, r);
        assay_rng drawn = assay_rng_seed((uint64_t)round, 1), same = drawn;
        int left = leave(&t.s, r, t.n);
        if (left > 0 && (t.s.top_k == 0 || t.s.top_k >= t.n) && t.s.top_p == 1)
            qsort(r, (size_t)left, sizeof *r, by_id); /* nothing had to be sorted */
        int want = left > 0 ? pick(r, left, assay_rng_unit(&same)) : -1;
        int got = assay_sampler_draw(&t.s, &drawn, c, (size_t)t.n);
        near += want < 0;
        if (want < 0) continue;
        compared++;
        CHECK(got == want, "round %d: %d, expected %d (n %d, T %g, k %d, p %g, min %g)", round, got,
              want, t.n, (double)t.s.temperature, t.s.top_k, (double)t.s.top_p, (double)t.s.min_p);
    }
    CHECK(compared > 3000, "%d compared, %d too near to tell", compared, near);
    free(c);
    free(r);
}

TEST(sampler_greedy_takes_the_lower_id_and_no_random_number) {
    assay_candidate c[] = {{1, 4}, {2, 5}, {2, 7}, {-3, 9}};
    assay_rng rng = assay_rng_seed(1, 0), before = rng;
    const assay_sampler greedy = {.temperature = 0, .top_k = 3, .top_p = 0.5f};
    CHECK(assay_sampler_draw(&greedy, &rng, c, 4) == 5);
    CHECK(memcmp(&rng, &before, sizeof rng) == 0);
}

/* Pearson's test with 9 degrees of freedom: above 27.88 in one of a thousand honest samplers; the seed is fixed. */
TEST(sampler_frequencies) {
    enum { N = 10, DRAWS = 200000 };
    const assay_sampler s = {.temperature = 1.3f, .top_p = 1};
    assay_rng rng = assay_rng_seed(5, 0);
    ranked r[N];
    long counts[N] = {0};
    for (int i = 0; i < N; i++) r[i] = (ranked){(double)(0.37f * (float)(i * i % 7)), 0, i};
    for (int k = 0; k < DRAWS; k++) {
        assay_candidate c[N];
        for (int i = 0; i < N; i++) c[i] = (assay_candidate){0.37f * (float)(i * i % 7), i};
        counts[assay_sampler_draw(&s, &rng, c, N)]++;
    }
    CHECK(leave(&s, r, N) == N);
    double chi = 0;
    for (int i = 0; i < N; i++) {
        double expected = r[i].p * (double)DRAWS, d = (double)counts[r[i].id] - expected;
        chi += d * d / expected;
    }
    CHECK(chi < 27.88, "chi-square %.2f", chi);
    CHECK(chi > 0.5, "chi-square %.3f: too good to be drawn", chi);
}

TEST(sampler_extreme_logits) {
    const float big = 3.4e38f;
    assay_candidate c[] = {{-big, 0}, {big, 1}, {0, 2}};
    assay_rng rng = assay_rng_seed(1, 0);
    const assay_sampler s = {.temperature = 1e-30f, .top_p = 0.9f, .min_p = 0.1f};
    CHECK(assay_sampler_draw(&s, &rng, c, 3) == 1);
    CHECK(assay_sampler_penalize(2, 4) == 0.5f && assay_sampler_penalize(-2, 4) == -8);
    CHECK(isfinite(assay_sampler_penalize(-big, 100)) &&
          isfinite(assay_sampler_penalize(big, 0.01f)));
    CHECK(assay_sampler_penalize(0, 100) == 0);
}

/* ---- UTF-8 ---- */

/* The tables 3-8 to 3-11 of Unicode 16, chapter 3.9, and plain cases. R stands for U+FFFD. */
static const struct {
    const char *bytes, *text;
} utf8_cases[] = {
    {"plain", "plain"},
    {"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z", "\xC3\xA4\xE2\x82\xAC\xF0\x9F\x98\x80z"},
    {"\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF",
     "\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"},
    {"\xC0\xAF\xE0\x80\xBF\xF0\x81\x82\x41", "RRRRRRRRA"},
    {"\xED\xA0\x80\xED\xBF\xBF\xED\xAF\x41", "RRRRRRRRA"},
    {"\xF4\x91\x92\x93\xFF\x41\x80\xBF\x42", "RRRRRARRB"},
    {"\xE1\x80\xE2\xF0\x91\x92\xF1\xBF\x41", "RRRRA"},
    {"\x61\xF1\x80\x80\xE1\x80\xC2\x62\x80\x63\x80\xBF\x64", "aRRRbRcRRd"},
    {"\xF0\x9F\x98", "R"},
    {"x\xE2\x82", "xR"},
    {"\xC3", "R"},
};

static size_t spell(const char *text, char *out) {
    size_t n = 0;
    for (; *text != '\0'; text++) {
        if (*text == 'R') {
            memcpy(out + n, "\xEF\xBF\xBD", 3);
            n += 3;
        } else {
            out[n++] = *text;
        }
    }
    return n;
}

/* Every way to cut the bytes in three; what is out early is a beginning of the whole, in whole characters. */
TEST(utf8_every_split) {
    for (size_t k = 0; k < sizeof utf8_cases / sizeof *utf8_cases; k++) {
        const char *bytes = utf8_cases[k].bytes;
        char want[128], got[128];
        size_t n = strlen(bytes), n_want = spell(utf8_cases[k].text, want);
        for (size_t a = 0; a <= n; a++) {
            for (size_t b = a; b <= n; b++) {
                assay_utf8_stream s = {0};
                size_t out = assay_utf8_stream_push(&s, bytes, a, got);
                CHECK(out <= ASSAY_UTF8_STREAM_MAX(a));
                CHECK(memcmp(got, want, out) == 0 && (out == n_want || (want[out] & 0xC0) != 0x80),
                      "case %zu: %zu bytes out after %zu", k, out, a);
                out += assay_utf8_stream_push(&s, bytes + a, b - a, got + out);
                out += assay_utf8_stream_push(&s, bytes + b, n - b, got + out);
                out += assay_utf8_stream_end(&s, got + out);
                CHECK(out == n_want && memcmp(got, want, out) == 0, "case %zu cut at %zu, %zu", k,
                      a, b);
            }
        }
    }
}

/* A character comes out with its last byte, not later. */
TEST(utf8_holds_back_no_longer_than_needed) {
    for (uint32_t code = 1; code <= 0x10FFFF; code += code < 0x3000 ? 1 : 97) {
        char bytes[4], out[16];
        if (code >= 0xD800 && code <= 0xDFFF) continue;
        size_t n = assay_utf8_put(code, bytes);
        assay_utf8_stream s = {0};
        size_t early = assay_utf8_stream_push(&s, bytes, n - 1, out);
        size_t late = assay_utf8_stream_push(&s, bytes + n - 1, 1, out);
        CHECK(early == 0 && late == n && memcmp(out, bytes, n) == 0, "U+%04X", code);
    }
    assay_utf8_stream s = {0};
    char out[16];
    CHECK(assay_utf8_stream_push(&s, "a\0b", 3, out) == 5 && memcmp(out,
                                                                    "a\xEF\xBF\xBD"
                                                                    "b",
                                                                    5) == 0);
}

/* ---- stop texts ---- */

enum { STOP_TEXT = 24, STOP_CASES = 6000 };

/* The first end of any stop text in the whole text; of several there the longest. */
static size_t cut_of(const char *text, size_t n, const char *const *stops, size_t n_stops,
                     int *which) {
    *which = -1;
    for (size_t end = 1; end <= n; end++) {
        size_t longest = 0;
        for (size_t i = 0; i < n_stops; i++) {
            size_t length = strlen(stops[i]);
            if (length <= end && length > longest &&
                strncmp(text + end - length, stops[i], length) == 0) {
                longest = length;
                *which = (int)i;
            }
        }
        if (longest > 0) return end - longest;
    }
    return n;
}

static bool begins_a_stop(const char *text, size_t n, const char *const *stops, size_t n_stops) {
    for (size_t i = 0; i < n_stops; i++)
        if (n < strlen(stops[i]) && strncmp(text, stops[i], n) == 0) return true;
    return n == 0;
}

static void random_word(assay_rng *rng, char *out, int n) {
    for (int i = 0; i < n; i++) out[i] = (char)('a' + (int)assay_rng_below(rng, 2));
    out[n] = '\0';
}

TEST(stop_texts_across_pieces) {
    assay_rng rng = assay_rng_seed(3, 0);
    int stopped = 0, held_back = 0;
    for (int k = 0; k < STOP_CASES; k++) {
        char whole[STOP_TEXT + 1], words[3][8], out[STOP_TEXT + 8], memory[256];
        const char *stops[3] = {words[0], words[1], words[2]};
        size_t lengths[3], n_out = 0, longest = 0, n_stops = 1 + assay_rng_below(&rng, 3);
        for (size_t i = 0; i < n_stops; i++) {
            random_word(&rng, words[i], assay_rng_range(&rng, 1, 7));
            lengths[i] = strlen(words[i]);
            if (lengths[i] > longest) longest = lengths[i];
        }
        random_word(&rng, whole, STOP_TEXT);
        assay_text_stream s = {.stops = {stops, lengths, n_stops, longest}, .text = memory};
        int which = -1, want_which;
        size_t at = 0, want = cut_of(whole, STOP_TEXT, stops, n_stops, &want_which);
        while (at < STOP_TEXT && which < 0) {
            size_t piece = 1 + assay_rng_below(&rng, 5);
            if (piece > STOP_TEXT - at) piece = STOP_TEXT - at;
            which = assay_text_stream_push(&s, whole + at, piece);
            memcpy(out + n_out, s.text, s.shown);
            n_out += s.shown;
            at += piece;
            if (which < 0 && at > n_out) {
                held_back++;
                CHECK(begins_a_stop(whole + n_out, at - n_out, stops, n_stops),
                      "case %d: %zu bytes held for nothing", k, at - n_out);
            }
        }
        if (which < 0) which = assay_text_stream_end(&s);
        if (at == STOP_TEXT && which < 0) {
            memcpy(out + n_out, s.text, s.shown);
            n_out += s.shown;
        }
        stopped += which >= 0;
        CHECK(which == want_which && n_out == want && memcmp(out, whole, want) == 0,
              "case %d: stop %d after %zu bytes, expected %d after %zu", k, which, n_out,
              want_which, want);
    }
    CHECK(stopped > 1000 && stopped < STOP_CASES && held_back > 1000, "%d stopped, %d held back",
          stopped, held_back);
}

/* ---- patterns ---- */

static int label_of(const assay_pattern *p, const char *text, size_t n) {
    int state = ASSAY_PATTERN_START;
    for (size_t i = 0; i < n; i++) state = assay_pattern_step(p, state, (uint8_t)text[i]);
    return p->accept[state] - 1;
}

static bool matches(const char *regex, const char *text) {
    assay_pattern p;
    assay_error err = {0};
    if (assay_pattern_regex(regex, &p, &err) != ASSAY_OK) {
        CHECK(false, "%s: %s", regex, err.text);
        return false;
    }
    bool match = label_of(&p, text, strlen(text)) == 0;
    assay_pattern_free(&p);
    return match;
}

TEST(regex_table) {
    static const struct {
        const char *regex, *yes[5], *no[6];
    } cases[] = {
        {"abc", {"abc", " abc"}, {"", "ab", "abcd", "  abc", "ABC", "abc "}},
        {"", {"", " "}, {"  ", "a"}},
        {"a|bc|", {"a", "bc", "", " a"}, {"b", "abc"}},
        {"(ab)*c?", {"", "c", "ab", "ababc"}, {"a", "cc", "abca"}},
        {"a{2}b{1,}c{0,2}", {"aab", "aabbbcc", "aabc"}, {"ab", "aa", "aaab", "aabccc"}},
        {"[a-c_.-]+", {"a-c", "_.", "-"}, {"", "d", "a c"}},
        {"[^a-c]", {"d", "\xC3\xA4", "\n", "]"}, {"a", "dd", "\xC3", ""}},
        {".", {"x", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}, {"\n", "", "\xFF", "\xE2\x82", "xx"}},
        {"\\d+\\.\\d{2}", {"3.14", "10.00"}, {"3,14", "3.1", ".14"}},
        {"\\w+\\s\\W", {"a_9 !", "Z\t-"}, {"a!", "\xC3\xA4 !", "a b"}},
        {"\\D\\S",
         {"ab", "\xC3\xA4"
                "1"},
         {"1a", "a ", "a"}},
        {"[\\d\\s-]+", {"1 2-3"}, {"a"}},
        {"(?:yes|no)(, (yes|no))*", {"yes", "no, yes, no"}, {"yes,no", "yes, "}},
        {"\\(\\)\\[\\]\\{\\}\\*\\+\\?\\|\\.\\\\\\^\\$", {"()[]{}*+?|.\\^$"}, {"()"}},
        {"\\n\\r\\t", {"\n\r\t"}, {"nrt"}},
        {"[\xC3\xA0-\xC3\xBC]{2}", {"\xC3\xA4\xC3\xB6"}, {"\xC3\xA4", "ab"}},
        {"(a*)*b", {"b", "aaab"}, {"a", ""}},
        {"(a|)+", {"", "aaa"}, {"b"}},
        {"a{0}b", {"b"}, {"ab"}},
        {"x}]", {"x}]"}, {"x"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (int i = 0; i < 5 && cases[k].yes[i] != NULL; i++)
            CHECK(matches(cases[k].regex, cases[k].yes[i]), "%s does not match \"%s\"",
                  cases[k].regex, cases[k].yes[i]);
        for (int i = 0; i < 6 && cases[k].no[i] != NULL; i++)
            CHECK(!matches(cases[k].regex, cases[k].no[i]), "%s matches \"%s\"", cases[k].regex,
                  cases[k].no[i]);
    }
}

/* Random expressions over a, b, c with a matcher of their own: the set of places where a match from each place ends. */
typedef struct random_regex {
    char text[512];
    size_t n;
    assay_rng rng;
} random_regex;

typedef uint32_t places; /* bit i: the i-th place of the text */

typedef struct tree {
    char kind; /* 'c' class, '.' cat, '|' alt, 'r' repeat */
    unsigned set;
    int a, b, low, high;
} tree;

static int grow(random_regex *r, tree *nodes, int *n, int depth) {
    int i = (*n)++;
    tree t = {.kind = 'c'};
    uint32_t choice = assay_rng_below(&r->rng, depth > 0 ? 6 : 1);
    if (choice <= 1) {
        t.set = 1 + assay_rng_below(&r->rng, 7);
    } else if (choice <= 3) {
        t.kind = choice == 2 ? '.' : '|';
        t.a = grow(r, nodes, n, depth - 1);
        t.b = grow(r, nodes, n, depth - 1);
    } else {
        t.kind = 'r';
        t.a = grow(r, nodes, n, depth - 1);
        t.low = (int)assay_rng_below(&r->rng, 3);
        t.high = assay_rng_below(&r->rng, 2) ? -1 : t.low + (int)assay_rng_below(&r->rng, 3);
    }
    nodes[i] = t;
    return i;
}

static void write_regex(random_regex *r, const tree *nodes, int i) {
    const tree *t = &nodes[i];
    char *end = r->text + r->n;
    if (t->kind == 'c') {
        r->n += (size_t)sprintf(end, "[%s%s%s]", t->set & 1 ? "a" : "", t->set & 2 ? "b" : "",
                                t->set & 4 ? "c" : "");
        return;
    }
    r->text[r->n++] = '(';
    write_regex(r, nodes, t->a);
    if (t->kind == '|') r->text[r->n++] = '|';
    if (t->kind != 'r') write_regex(r, nodes, t->b);
    r->text[r->n++] = ')';
    end = r->text + r->n;
    if (t->kind == 'r' && t->high < 0) r->n += (size_t)sprintf(end, "{%d,}", t->low);
    if (t->kind == 'r' && t->high >= 0) r->n += (size_t)sprintf(end, "{%d,%d}", t->low, t->high);
    r->text[r->n] = '\0';
}

static places follow(const tree *nodes, int i, const char *text, size_t n, places from) {
    const tree *t = &nodes[i];
    places to = 0;
    if (t->kind == 'c') {
        for (size_t k = 0; k < n; k++)
            if (from >> k & 1 && t->set >> (text[k] - 'a') & 1) to |= 2u << k;
        return to;
    }
    if (t->kind == '.') return follow(nodes, t->b, text, n, follow(nodes, t->a, text, n, from));
    if (t->kind == '|')
        return follow(nodes, t->a, text, n, from) | follow(nodes, t->b, text, n, from);
    places at = from;
    for (int k = 0; k < t->low; k++) at = follow(nodes, t->a, text, n, at);
    to = at;
    for (int k = t->low; t->high < 0 ? k < t->low + 32 : k < t->high; k++) {
        at = follow(nodes, t->a, text, n, at);
        to |= at;
    }
    return to;
}

TEST(regex_against_a_plain_matcher) {
    random_regex r = {.rng = assay_rng_seed(21, 0)};
    long yes = 0, no = 0;
    for (int k = 0; k < 400; k++) {
        tree nodes[128];
        int n_nodes = 0;
        r.n = 0;
        int root = grow(&r, nodes, &n_nodes, 4);
        write_regex(&r, nodes, root);
        assay_pattern p;
        assay_error err;
        CHECK_STATUS(assay_pattern_regex(r.text, &p, &err), ASSAY_OK, err);
        for (int length = 0, count = 1; length <= 5; length++, count *= 3) {
            for (int c = 0; c < count; c++) {
                char text[8] = " ";
                for (int i = 0, rest = c; i < length; i++, rest /= 3)
                    text[1 + i] = (char)('a' + rest % 3);
                size_t n = (size_t)length;
                bool want = follow(nodes, root, text + 1, n, 1) >> length & 1;
                CHECK((label_of(&p, text + 1, n) == 0) == want, "%s: \"%.*s\"", r.text, length,
                      text + 1);
                CHECK((label_of(&p, text, n + 1) == 0) == want, "%s: \"%.*s\"", r.text, length + 1,
                      text);
                yes += want;
                no += !want;
            }
        }
        assay_pattern_free(&p);
    }
    CHECK(yes > 1000 && no > 1000, "%ld matches, %ld not", yes, no);
}

/* Of every state but the dead one some text leads to the end, and `final` says that none longer does. */
TEST(regex_states_lead_somewhere) {
    static const char *const regexes[] = {"(ab|c)*d?", "[a-z]{0,9}\\.", "a|ab|abc", "(.|\\n)*x.{3}",
                                          ""};
    for (size_t k = 0; k < sizeof regexes / sizeof *regexes; k++) {
        assay_pattern p;
        assay_error err;
        bool leads[8192] = {false};
        CHECK_STATUS(assay_pattern_regex(regexes[k], &p, &err), ASSAY_OK, err);
        for (int round = 0; round < p.n_states; round++)
            for (int s = 1; s < p.n_states; s++)
                for (int c = 0; c < p.n_classes; c++)
                    leads[s] |= p.accept[s] != 0 || leads[p.next[s * p.n_classes + c]];
        for (int s = 1; s < p.n_states; s++) {
            bool more = false;
            for (int c = 0; c < p.n_classes; c++) more |= p.next[s * p.n_classes + c] != 0;
            CHECK(leads[s] && p.final[s] == !more, "%s: state %d", regexes[k], s);
        }
        for (int c = 0; c < p.n_classes; c++) CHECK(p.next[c] == 0 && p.accept[0] == 0);
        assay_pattern_free(&p);
    }
}

/* How many byte strings of up to four bytes lead to an accepting state, spaces before them left out. */
static long count_strings(const assay_pattern *p, int state, int depth) {
    long n = p->accept[state] != 0;
    if (depth == 4 || state == 0) return n;
    long of_class[256] = {0};
    for (int byte = 0; byte < 256; byte++) of_class[p->class_of[byte]]++;
    for (int c = 0; c < p->n_classes; c++) {
        int next = p->next[(size_t)state * (size_t)p->n_classes + (size_t)c];
        if (next != 0) n += of_class[c] * count_strings(p, next, depth + 1);
    }
    return n;
}

/* Every code point that belongs to the class, and nothing else: the rest is shown by counting. */
TEST(regex_classes_are_exact) {
    static const struct {
        const char *regex;
        uint32_t first, last;
        bool negated;
    } cases[] = {
        {"[^\\n]", '\n', '\n', true},
        {"[^a-z]", 'a', 'z', true},
        {"[\xC2\x80-\xDF\xBF]", 0x80, 0x7FF, false},
        {"[\x7F-\xE0\xA0\x81]", 0x7F, 0x801, false},
        {"[\xE0\xB9\x83-\xF0\x9F\x98\x82]", 0xE43, 0x1F602, false},
        {"[\xED\x9F\xBF-\xEE\x80\x80]", 0xD7FF, 0xE000, false},
        {"[^\xF0\x90\x80\x80-\xF4\x8F\xBF\xBE]", 0x10000, 0x10FFFE, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assay_pattern p;
        assay_error err;
        long members = 0, wrong = 0;
        CHECK_STATUS(assay_pattern_regex(cases[k].regex, &p, &err), ASSAY_OK, err);
        int start = ASSAY_PATTERN_START;
        for (uint32_t code = 0; code <= 0x10FFFF; code++) {
            char bytes[4];
            if (code >= 0xD800 && code <= 0xDFFF) continue;
            bool want = (code >= cases[k].first && code <= cases[k].last) != cases[k].negated;
            members += want;
            wrong += (label_of(&p, bytes, assay_utf8_put(code, bytes)) == 0) != want;
        }
        CHECK(wrong == 0, "%s: %ld code points", cases[k].regex, wrong);
        /* The space before the text makes each member of up to three bytes count once more. */
        int spaced = assay_pattern_step(&p, start, ' ');
        long strings = count_strings(&p, start, 0), again = 0;
        for (uint32_t code = 0; code <= 0xFFFF; code++) {
            char bytes[4];
            size_t n = assay_utf8_put(code, bytes);
            if (code >= 0xD800 && code <= 0xDFFF) continue;
            int state = spaced;
            for (size_t i = 0; i < n; i++) state = assay_pattern_step(&p, state, (uint8_t)bytes[i]);
            again += p.accept[state] != 0;
        }
        CHECK(strings == members + again, "%s: %ld strings, %ld members", cases[k].regex, strings,
              members + again);
        assay_pattern_free(&p);
    }
}

TEST(regex_refusals) {
    static const struct {
        const char *regex, *part;
        assay_status status;
    } cases[] = {
        {"a**", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"*a", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"(|*)", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"a{2", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{2,1}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{,2}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{x}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"{2}", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"a{1001}", "1000 repetitions", ASSAY_E_LIMIT},
        {"a{99999999999}", "1000 repetitions", ASSAY_E_LIMIT},
        {"(a", "( at byte 0 is not closed", ASSAY_E_ARGUMENT},
        {"a)b", ") at byte 1 closes nothing", ASSAY_E_ARGUMENT},
        {"x[a-", "[ at byte 1 is not closed", ASSAY_E_ARGUMENT},
        {"[]", "empty class", ASSAY_E_ARGUMENT},
        {"[^]", "empty class", ASSAY_E_ARGUMENT},
        {"[\\d\\D]x[^\\d\\D]", "has no character", ASSAY_E_ARGUMENT},
        {"[z-a]", "range", ASSAY_E_ARGUMENT},
        {"[\\d-z]", "range", ASSAY_E_ARGUMENT},
        {"[[:alpha:]]", "named class", ASSAY_E_UNSUPPORTED},
        {"\\", "backslash at the end", ASSAY_E_ARGUMENT},
        {"\\b", "\\b at byte 1", ASSAY_E_UNSUPPORTED},
        {"(a)\\1", "\\1 at byte 4", ASSAY_E_UNSUPPORTED},
        {"^a$", "^ at byte 0", ASSAY_E_UNSUPPORTED},
        {"a$", "$ at byte 1", ASSAY_E_UNSUPPORTED},
        {"a+?", "lazy", ASSAY_E_UNSUPPORTED},
        {"a++", "possessive", ASSAY_E_UNSUPPORTED},
        {"(?=a)", "group at byte 0", ASSAY_E_UNSUPPORTED},
        {"(?i)a", "group at byte 0", ASSAY_E_UNSUPPORTED},
        {"a\xFF", "no UTF-8", ASSAY_E_ARGUMENT},
        {"[a-\xC3]", "no UTF-8", ASSAY_E_ARGUMENT},
        {"(a|b)*a(a|b){20}", "too much work", ASSAY_E_LIMIT},
        {"([a-z]*x[a-z]{30}){2}", "too much work", ASSAY_E_LIMIT},
        {"((((a?){1000}){1000}){1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"((((){1000}){1000}){1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"(.{1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"((a*)*)*{2}", "nothing to repeat", ASSAY_E_ARGUMENT},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assay_pattern p;
        assay_error err;
        CHECK_STATUS(assay_pattern_regex(cases[k].regex, &p, &err), cases[k].status, err);
        CHECK(strstr(err.text, cases[k].part) != NULL, "%s: %s", cases[k].regex, err.text);
        CHECK(p.next == NULL && p.accept == NULL && p.final == NULL, "%s", cases[k].regex);
    }
    char deep[400], wide[5000];
    assay_pattern p;
    assay_error err;
    memset(deep, '(', 65);
    memset(deep + 65, ')', 65);
    deep[130] = '\0';
    CHECK_STATUS(assay_pattern_regex(deep, &p, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_pattern_regex(deep + 1, &p, &err), ASSAY_E_ARGUMENT, err);
    memset(wide, 'a', 4097);
    wide[4097] = '\0';
    CHECK_STATUS(assay_pattern_regex(wide, &p, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_pattern_regex(wide + 1, &p, &err), ASSAY_OK, err);
    CHECK(label_of(&p, wide + 1, 4096) == 0 && label_of(&p, wide + 1, 4095) < 0);
    assay_pattern_free(&p);
}

/* Random bytes must come back with a pattern or a sentence, under the sanitizers. */
TEST(regex_noise) {
    static const char alphabet[] = "ab(|)*+?{,}19[]^-.\\dWn\xC3\xA4\xE2";
    assay_rng rng = assay_rng_seed(77, 0);
    int good = 0;
    for (int k = 0; k < 1500; k++) {
        char text[24];
        size_t n = assay_rng_below(&rng, 16);
        for (size_t i = 0; i < n; i++)
            text[i] = alphabet[assay_rng_below(&rng, sizeof alphabet - 1)];
        text[n] = '\0';
        assay_pattern p;
        assay_error err = {0};
        assay_status status = assay_pattern_regex(text, &p, &err);
        good += status == ASSAY_OK;
        CHECK((status == ASSAY_OK) == (err.text[0] == '\0'), "%s: %s", text, err.text);
        assay_pattern_free(&p);
    }
    CHECK(good > 50, "%d good ones", good);
}

TEST(words_are_told_apart) {
    static const char *const words[] = {"red", "redder", "re",         "blue",
                                        "red", " red",   "gr\xC3\xBCn"};
    static const struct {
        const char *text;
        int label;
        bool final;
    } cases[] = {{"red", 0, false},        {" red", 0, false}, {"  red", 5, true},
                 {"redder", 1, true},      {"re", 2, false},   {"blue", 3, true},
                 {"gr\xC3\xBCn", 6, true}, {"r", -1, false},   {"", -1, false},
                 {" ", -1, false}};
    assay_pattern p;
    assay_error err;
    CHECK_STATUS(assay_pattern_words(words, 7, &p, &err), ASSAY_OK, err);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int state = ASSAY_PATTERN_START;
        for (const char *c = cases[k].text; *c != '\0'; c++)
            state = assay_pattern_step(&p, state, (uint8_t)*c);
        CHECK(state != 0 && p.accept[state] - 1 == cases[k].label &&
                  p.final[state] == cases[k].final,
              "\"%s\": label %d", cases[k].text, p.accept[state] - 1);
    }
    CHECK(label_of(&p, "green", 5) == -1);
    assay_pattern_free(&p);
    CHECK_STATUS(assay_pattern_words((const char *[]){"a", ""}, 2, &p, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_pattern_words((const char *[]){"\xFF"}, 1, &p, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_pattern_words(words, 0, &p, &err), ASSAY_E_ARGUMENT, err);
    CHECK(strstr(err.text, "0 choices") != NULL, "%s", err.text);
}
