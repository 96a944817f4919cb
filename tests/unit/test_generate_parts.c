/* The parts of generation that need no model: sampler, UTF-8 and stop texts. Each against a plain second
 * way to the same result. */
#include "test.h"

#include <math.h>
#include <stdint.h>

#include "base/rng.h"
#include "format/unicode.h"
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
