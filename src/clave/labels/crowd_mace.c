/* MACE (Hovy, Berg-Kirkpatrick, Vaswani, Hovy: "Learning Whom to Trust with MACE", NAACL 2013) by variational EM. */
#include <string.h>

#include "base/maths.h"
#include "base/rng.h"
#include "clave/labels/crowd.h"

#define RESTARTS       10
#define ITERATIONS     50
#define PRIOR_KNOWING  0.5  /* alpha = beta */
#define PRIOR_STRATEGY 10.0 /* Dirichlet */
#define START_NOISE    0.5  /* starts are 1 + noise * uniform, normalized */

/* x > 0. Recurrence up to 10, then the asymptotic series: error below 1e-13. */
static double digamma(double x) {
    double shift = 0;
    for (; x < 10; x++) shift -= 1 / x;
    double y = 1 / (x * x);
    double series =
        y * (1.0 / 12 - y * (1.0 / 120 - y * (1.0 / 252 - y * (1.0 / 240 - y * (1.0 / 132)))));
    return shift + assay_log(x) - 0.5 / x - series;
}

static void start(assay_crowd *c, assay_rng *rng) {
    for (size_t r = 0; r < c->n_raters; r++) {
        double sum = 0;
        for (int s = 0; s < 2; s++) c->know[r][s] = 1 + START_NOISE * assay_rng_unit(rng);
        sum = c->know[r][0] + c->know[r][1];
        for (int s = 0; s < 2; s++) c->know[r][s] /= sum;
        sum = 0;
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            c->theta[r][k] = c->seen[k] ? 1 + START_NOISE * assay_rng_unit(rng) : 0;
            sum += c->theta[r][k];
        }
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->theta[r][k] /= sum;
    }
}

/* Probability of a vote when the true label is k. */
static double chance_of(const assay_crowd *c, const assay_crowd_vote *vote, int k) {
    double guess = c->know[vote->rater][0] * c->theta[vote->rater][vote->label];
    return vote->label == k ? guess + c->know[vote->rater][1] : guess;
}

/* Soft label of the item whose votes these are; returns the logarithm of its marginal likelihood. */
static double item_posterior(const assay_crowd *c, const assay_crowd_vote *votes, size_t n,
                             double *p) {
    double scale = 0, sum = 0;
    for (int k = 0; k < ASSAY_N_LABELS; k++) p[k] = c->seen[k] ? 1.0 / c->n_seen : 0;
    for (size_t v = 0; v < n; v++) {
        double most = 0;
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            p[k] *= chance_of(c, &votes[v], k);
            if (p[k] > most) most = p[k];
        }
        if (most > 0x1p-500) continue; /* hundreds of votes: no underflow */
        for (int k = 0; k < ASSAY_N_LABELS; k++) p[k] *= 0x1p500;
        scale -= 500 * 0.69314718055994531;
    }
    for (int k = 0; k < ASSAY_N_LABELS; k++) sum += p[k];
    for (int k = 0; k < ASSAY_N_LABELS; k++) p[k] /= sum;
    return scale + assay_log(sum);
}

/* Soft labels and expected counts; returns the marginal log-likelihood. */
static double expect(assay_crowd *c) {
    double likelihood = 0;
    memset(c->strategy, 0, c->n_raters * sizeof *c->strategy);
    memset(c->knowing, 0, c->n_raters * sizeof *c->knowing);
    for (size_t begin = 0, end; begin < c->n_votes; begin = end) {
        const assay_crowd_vote *first = &c->votes[begin];
        double *p = c->p[first->item];
        for (end = begin; end < c->n_votes && c->votes[end].item == first->item;) end++;
        likelihood += item_posterior(c, first, end - begin, p);
        for (size_t v = begin; v < end; v++) {
            const assay_crowd_vote *vote = &c->votes[v];
            double guess = c->know[vote->rater][0] * c->theta[vote->rater][vote->label];
            double knew =
                p[vote->label] * c->know[vote->rater][1] / chance_of(c, vote, vote->label);
            double guessed = 0;
            for (int k = 0; k < ASSAY_N_LABELS; k++) {
                if (c->seen[k]) guessed += p[k] * guess / chance_of(c, vote, k);
            }
            c->strategy[vote->rater][vote->label] += guessed;
            c->knowing[vote->rater][0] += guessed;
            c->knowing[vote->rater][1] += knew;
        }
    }
    return likelihood;
}

static void maximize(assay_crowd *c) {
    for (size_t r = 0; r < c->n_raters; r++) {
        const double *knowing = c->knowing[r], *strategy = c->strategy[r];
        double norm = digamma(knowing[0] + knowing[1] + 2 * PRIOR_KNOWING), sum = 0;
        for (int s = 0; s < 2; s++)
            c->know[r][s] = assay_exp(digamma(knowing[s] + PRIOR_KNOWING) - norm);
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            if (c->seen[k]) sum += strategy[k] + PRIOR_STRATEGY;
        }
        norm = digamma(sum);
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            c->theta[r][k] =
                c->seen[k] ? assay_exp(digamma(strategy[k] + PRIOR_STRATEGY) - norm) : 0;
        }
    }
}

void assay_crowd_mace(assay_crowd *c, uint64_t seed, uint64_t stream) {
    double best = 0;
    for (uint64_t restart = 0; restart < RESTARTS; restart++) {
        assay_rng rng = assay_rng_seed(seed, stream * RESTARTS + restart);
        start(c, &rng);
        double likelihood = expect(c);
        for (int i = 0; i < ITERATIONS; i++) {
            maximize(c);
            likelihood = expect(c);
        }
        if (restart > 0 && !(likelihood > best)) continue;
        best = likelihood;
        for (size_t r = 0; r < c->n_raters; r++) {
            memcpy(c->best[2 * r], c->theta[r], sizeof c->theta[r]);
            memcpy(c->best[2 * r + 1], c->know[r], sizeof c->know[r]);
        }
    }
    for (size_t r = 0; r < c->n_raters; r++) {
        memcpy(c->theta[r], c->best[2 * r], sizeof c->theta[r]);
        memcpy(c->know[r], c->best[2 * r + 1], sizeof c->know[r]);
    }
    expect(c);
}
