/* What must be in order comes from a heap: the k best out of n, or the best ones one after the other until their
 * probabilities suffice. The vocabulary is never sorted as a whole. */
#include "model/sampler.h"

#include <float.h>
#include <stdbool.h>

#include "base/maths.h"

static bool before(assay_candidate a, assay_candidate b) {
    return a.logit > b.logit || (a.logit == b.logit && a.id < b.id);
}

static void swap(assay_candidate *a, assay_candidate *b) {
    assay_candidate held = *a;
    *a = *b;
    *b = held;
}

/* Sifts c[at] down in a heap of n. best_up: the best candidate is at the root, else the worst one. */
static void sift(assay_candidate *c, size_t n, size_t at, bool best_up) {
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= n) return;
        if (child + 1 < n && before(c[child + 1], c[child]) == best_up) child++;
        if (before(c[child], c[at]) != best_up) return;
        swap(&c[child], &c[at]);
        at = child;
    }
}

static void heapify(assay_candidate *c, size_t n, bool best_up) {
    for (size_t i = n / 2; i > 0; i--) sift(c, n, i - 1, best_up);
}

/* The k best of n to the front, best first. */
static void select_best(assay_candidate *c, size_t n, size_t k) {
    heapify(c, k, false);
    for (size_t i = k; i < n; i++) {
        if (!before(c[i], c[0])) continue;
        c[0] = c[i];
        sift(c, k, 0, false);
    }
    for (size_t left = k; left > 1; left--) {
        swap(&c[0], &c[left - 1]);
        sift(c, left - 1, 0, false);
    }
}

/* In proportion to the probability; the best candidate's is 1. */
static double weight(const assay_sampler *s, assay_candidate c, float best) {
    return (double)assay_expf((c.logit - best) / s->temperature);
}

static double weigh_all(const assay_sampler *s, const assay_candidate *c, size_t n, float best) {
    double total = 0;
    for (size_t i = 0; i < n; i++) total += weight(s, c[i], best);
    return total;
}

/* How many of the candidates, which are in order, make up top_p of their sum. */
static size_t cut_sorted(const assay_sampler *s, const assay_candidate *c, size_t n, float best) {
    double enough = (double)s->top_p * weigh_all(s, c, n, best), sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += weight(s, c[i], best);
        if (sum >= enough) return i + 1;
    }
    return n;
}

/* The same, of candidates in any order; those that stay come to the front, best first. */
static size_t cut_unsorted(const assay_sampler *s, assay_candidate *c, size_t n, float best) {
    double enough = (double)s->top_p * weigh_all(s, c, n, best), sum = 0;
    size_t kept = 0;
    heapify(c, n, true);
    while (kept < n && (kept == 0 || sum < enough)) { /* to the end, the best of all last */
        size_t left = n - kept++;
        sum += weight(s, c[0], best);
        swap(&c[0], &c[left - 1]);
        sift(c, left - 1, 0, true);
    }
    for (size_t i = 0; i < n / 2; i++) swap(&c[i], &c[n - 1 - i]);
    return kept;
}

int32_t assay_sampler_draw(const assay_sampler *s, assay_rng *rng, assay_candidate *c, size_t n) {
    size_t best = 0, kept = 0;
    for (size_t i = 1; i < n; i++) best = before(c[i], c[best]) ? i : best;
    if (s->temperature == 0) return c[best].id;
    float most = c[best].logit;
    bool top_k = s->top_k > 0 && (size_t)s->top_k < n;
    if (top_k) {
        select_best(c, n, (size_t)s->top_k);
        n = (size_t)s->top_k;
    }
    if (s->top_p < 1) n = top_k ? cut_sorted(s, c, n, most) : cut_unsorted(s, c, n, most);
    double total = 0, sum = 0;
    for (size_t i = 0; i < n; i++) {
        double w = weight(s, c[i], most);
        if (w < (double)s->min_p || w == 0) continue;
        c[kept++] = c[i];
        total += w;
    }
    double drawn = assay_rng_unit(rng) * total;
    for (size_t i = 0; i < kept; i++) {
        sum += weight(s, c[i], most);
        if (sum > drawn) return c[i].id;
    }
    return c[kept - 1].id; /* `drawn` was rounded up to the total; the best one is always kept */
}

float assay_sampler_penalize(float logit, float penalty) {
    float x = logit > 0 ? logit / penalty : logit * penalty;
    return x > FLT_MAX ? FLT_MAX : x < -FLT_MAX ? -FLT_MAX : x; /* differences must be numbers */
}
