/* Scaling of what was said of left-out texts to probabilities, on made-up log-odds with known answers. */
#include "test.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/rng.h"
#include "clave/classifier/calibrate.h"

enum { N = 4000 };

typedef struct made_up {
    assay_target target;
    assay_candidate candidate;
    assay_trials trials;
    assay_choice choice;
    size_t offset;
    double *valence;
    double (*scores)[ASSAY_HEADS];
    double (*p)[3];
} made_up;

/* Heads that say these probabilities. */
static void set_heads(const double p[3], double score[ASSAY_HEADS]) {
    score[ASSAY_HEAD_RELEVANCE] = assay_log_odds(p[0] + p[2]);
    score[ASSAY_HEAD_VALENCE] = assay_log_odds(p[2] / (p[0] + p[2]));
    score[ASSAY_HEAD_ADHERES] = assay_log_odds(p[2]);
    score[ASSAY_HEAD_OPPOSES] = assay_log_odds(p[0]);
}

static void softmax(const double z[3], double p[3]) {
    double sum = 0;
    for (size_t k = 0; k < 3; k++) sum += p[k] = exp(z[k]);
    for (size_t k = 0; k < 3; k++) p[k] /= sum;
}

/* n labels, drawn from softmax(prior + stretch * e) with normal e, of which the heads say softmax(prior + e). */
static void make(made_up *m, size_t n, const double share[3], double stretch) {
    assay_rng rng = assay_rng_seed(7, 0);
    *m = (made_up){.target = {.n = n}, .choice = {.share = 1.0}};
    m->scores = assay_calloc(n, sizeof *m->scores);
    m->p = assay_calloc(n, sizeof *m->p);
    for (size_t k = 0; k < 3; k++) m->target.prior[k] = m->target.natural[k] = log(share[k]);
    for (size_t i = 0; i < n; i++) {
        double said[3], meant[3], p[3], dice = assay_rng_unit(&rng);
        for (size_t k = 0; k < 3; k++) {
            double e = assay_rng_normal(&rng);
            said[k] = m->target.prior[k] + e;
            meant[k] = m->target.prior[k] + stretch * e;
        }
        softmax(said, p);
        set_heads(p, m->scores[i]);
        softmax(meant, p);
        m->p[i][dice < p[0] ? 0 : dice < p[0] + p[1] ? 1 : 2] = 1.0;
    }
    m->target.p = m->p;
    m->trials = (assay_trials){.targets = &m->target,
                               .n_values = 1,
                               .n_labels = n,
                               .n_candidates = 1,
                               .candidates = &m->candidate,
                               .offset = &m->offset,
                               .scores = m->scores,
                               .valence = &m->valence,
                               .n_folds = 2};
}

static void release(made_up *m) {
    free(m->scores);
    free(m->p);
}

/* Mean |share of the likeliest label that was right - its probability| over ten bins of equally many texts: by how much
 * somebody who trusts the numbers is misled. */
static double calibration_error(const made_up *m, assay_scaling s) {
    double n[10] = {0}, gap[10] = {0}, error = 0;
    double shift[3], log_p[3], p[3];
    assay_target_shifts(&m->target, s.prior, shift);
    for (size_t i = 0; i < m->target.n; i++) {
        assay_combine_heads(m->scores[i], log_p);
        assay_probabilities(log_p, s.temperature, shift, p);
        size_t best = p[0] > p[1] ? 0 : 1;
        if (p[2] > p[best]) best = 2;
        size_t bin = p[best] < 1 ? (size_t)(p[best] * 10) : 9;
        n[bin]++;
        gap[bin] += m->p[i][best] - p[best];
    }
    for (size_t b = 0; b < 10; b++) error += fabs(gap[b]);
    return error / (double)m->target.n;
}

TEST(what_was_drawn_to_the_priors_is_stretched_back) {
    static const double shares[2][3] = {{0.1, 0.6, 0.3}, {0.02, 0.18, 0.8}};
    static const double stretches[3] = {2.0, 1.0, 0.5};
    for (size_t s = 0; s < 2; s++) {
        for (size_t k = 0; k < 3; k++) {
            made_up m;
            make(&m, N, shares[s], stretches[k]);
            assay_scaling found = assay_trials_scaling(&m.trials, &m.choice);
            CHECK(fabs(1.0 / found.temperature - stretches[k]) < 0.12, "case %zu %zu: %g", s, k,
                  1.0 / found.temperature);
            CHECK(fabs(found.prior - (1.0 - stretches[k])) < 0.12, "case %zu %zu: %g", s, k,
                  found.prior);
            double before = calibration_error(&m, (assay_scaling){.temperature = 1.0});
            double after = calibration_error(&m, found);
            CHECK(after < 0.025, "case %zu %zu: %g", s, k, after);
            if (k != 1) CHECK(before > 1.8 * after, "case %zu %zu: %g, %g", s, k, before, after);
            release(&m);
        }
    }
}

/* The loss that the scaling is said to be least of, written down once more. */
static double loss(const made_up *m, double x, double y) {
    double sum = 0.5 * ((x - 1) * (x - 1) + y * y);
    double mixed = 1.5 / ((double)m->target.n + 1.5);
    for (size_t i = 0; i < m->target.n; i++) {
        double log_p[3], z[3], p[3];
        assay_combine_heads(m->scores[i], log_p);
        for (size_t k = 0; k < 3; k++) z[k] = x * log_p[k] + y * m->target.prior[k];
        softmax(z, p);
        for (size_t k = 0; k < 3; k++) sum -= ((1 - mixed) * m->p[i][k] + mixed / 3) * log(p[k]);
    }
    return sum;
}

TEST(no_scaling_nearby_is_better) {
    static const double share[3] = {0.1, 0.6, 0.3};
    static const size_t sizes[] = {1, 2, 10, 300};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        made_up m;
        make(&m, sizes[s], share, 1.5);
        assay_scaling found = assay_trials_scaling(&m.trials, &m.choice);
        double x = 1.0 / found.temperature, y = found.prior, least = loss(&m, x, y);
        for (int turn = 0; turn < 8; turn++) {
            double dx = 1e-3 * cos(turn * 0.785398), dy = 1e-3 * sin(turn * 0.785398);
            CHECK(loss(&m, x + dx, y + dy) > least, "%zu labels, direction %d", sizes[s], turn);
        }
        release(&m);
    }
}

/* Heads that are sure of the wrong label each time: a negative temperature would turn them around. */
TEST(worse_than_chance_is_not_turned_around) {
    static const double share[3] = {0.3, 0.4, 0.3};
    made_up m;
    make(&m, 400, share, 1.0);
    for (size_t i = 0; i < 400; i++) {
        double p[3] = {0.98, 0.01, 0.01};
        if (m.p[i][0] > 0) p[0] = 0.01, p[2] = 0.98;
        set_heads(p, m.scores[i]);
    }
    assay_scaling found = assay_trials_scaling(&m.trials, &m.choice);
    CHECK(found.temperature > 12 && found.temperature < 13, "%g", found.temperature);
    CHECK(isfinite(found.prior), "%g", found.prior);
    release(&m);
}
