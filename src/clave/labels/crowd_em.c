/* Majority, Dawid-Skene and its one-coin form. Floors and the stopping rule are those of crowd-kit (Toloka), so that figures
 * can be compared to the last digits. */
#include "base/maths.h"
#include "clave/labels/crowd.h"

#define MAX_ITERATIONS 100
#define TOLERANCE      1e-5
#define FLOOR          1e-10 /* of a probability, before its logarithm */

void assay_crowd_majority(assay_crowd *c) {
    for (size_t i = 0; i < c->n_items; i++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->p[i][k] = 0;
    }
    for (size_t begin = 0, end; begin < c->n_votes; begin = end) {
        double *p = c->p[c->votes[begin].item];
        for (end = begin; end < c->n_votes && c->votes[end].item == c->votes[begin].item; end++)
            p[c->votes[end].label]++;
        for (int k = 0; k < ASSAY_N_LABELS; k++) p[k] /= (double)(end - begin);
    }
}

/* Each true label's column of a rater's matrix sums to 1 over the labels that the rater gave. */
static void confusion_of_raters(assay_crowd *c) {
    for (size_t r = 0; r < c->n_raters * ASSAY_N_LABELS; r++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->errors[r][k] = 0;
    }
    for (size_t v = 0; v < c->n_votes; v++) {
        const assay_crowd_vote *vote = &c->votes[v];
        double *row = c->errors[vote->rater * ASSAY_N_LABELS + vote->label];
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            row[k] += c->p[vote->item][k];
            c->logs[vote->rater * ASSAY_N_LABELS + vote->label][k] = 1; /* given */
        }
    }
    for (size_t r = 0; r < c->n_raters; r++) {
        assay_label_row *errors = c->errors + r * ASSAY_N_LABELS;
        const assay_label_row *given = (const assay_label_row *)c->logs + r * ASSAY_N_LABELS;
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            double sum = 0;
            for (int l = 0; l < ASSAY_N_LABELS; l++) {
                if (given[l][k] != 0 && errors[l][k] < FLOOR) errors[l][k] = FLOOR;
                sum += errors[l][k];
            }
            for (int l = 0; l < ASSAY_N_LABELS && sum > 0; l++) errors[l][k] /= sum;
        }
    }
}

static void coins_of_raters(assay_crowd *c) {
    for (size_t r = 0; r < c->n_raters; r++) c->know[r][0] = 0;
    for (size_t v = 0; v < c->n_votes; v++)
        c->know[c->votes[v].rater][0] += c->p[c->votes[v].item][c->votes[v].label];
    for (size_t r = 0; r < c->n_raters; r++) {
        double right = c->n_by_rater[r] > 0 ? c->know[r][0] / c->n_by_rater[r] : 0;
        double wrong = c->n_seen > 1 ? (1 - right) / (c->n_seen - 1) : 0;
        for (int l = 0; l < ASSAY_N_LABELS; l++) {
            for (int k = 0; k < ASSAY_N_LABELS; k++) {
                double x = k == l ? right : wrong;
                c->errors[r * ASSAY_N_LABELS + (size_t)l][k] = x < FLOOR       ? FLOOR
                                                               : x > 1 - FLOOR ? 1 - FLOOR
                                                                               : x;
            }
        }
    }
}

/* Prior and raters from the soft labels, and their logarithms. */
static void maximize(assay_crowd *c, bool one_coin, assay_label_row log_prior) {
    for (int k = 0; k < ASSAY_N_LABELS; k++) {
        double sum = 0;
        for (size_t i = 0; i < c->n_items; i++) sum += c->p[i][k];
        double share = sum / (double)c->n_items;
        log_prior[k] = assay_log(share > FLOOR ? share : FLOOR);
    }
    for (size_t r = 0; r < c->n_raters * ASSAY_N_LABELS; r++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->logs[r][k] = 0;
    }
    if (one_coin)
        coins_of_raters(c);
    else
        confusion_of_raters(c);
    for (size_t r = 0; r < c->n_raters * ASSAY_N_LABELS; r++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++)
            c->logs[r][k] = c->errors[r][k] > 0 ? assay_log(c->errors[r][k]) : 0;
    }
}

/* Soft labels from prior and raters: products as sums of logarithms, the largest of an item shifted to 0. */
static void expect(assay_crowd *c, const assay_label_row log_prior) {
    for (size_t i = 0; i < c->n_items; i++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->p[i][k] = log_prior[k];
    }
    for (size_t v = 0; v < c->n_votes; v++) {
        const assay_crowd_vote *vote = &c->votes[v];
        const double *row = c->logs[vote->rater * ASSAY_N_LABELS + vote->label];
        for (int k = 0; k < ASSAY_N_LABELS; k++) c->p[vote->item][k] += row[k];
    }
    for (size_t i = 0; i < c->n_items; i++) {
        double *p = c->p[i], most = 0, sum = 0;
        bool any = false;
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            if (c->seen[k] && (!any || p[k] > most)) most = p[k];
            any = any || c->seen[k];
        }
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            p[k] = c->seen[k] ? assay_exp(p[k] - most) : 0;
            sum += p[k];
        }
        for (int k = 0; k < ASSAY_N_LABELS; k++) p[k] /= sum;
    }
}

/* Evidence lower bound a vote. The prior counts once a vote, not once an item, as in crowd-kit: it decides when to stop and
 * nothing else. */
static double bound(const assay_crowd *c, const assay_label_row log_prior) {
    double joint = 0, entropy = 0;
    for (size_t v = 0; v < c->n_votes; v++) {
        const assay_crowd_vote *vote = &c->votes[v];
        const double *row = c->logs[vote->rater * ASSAY_N_LABELS + vote->label];
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            if (c->seen[k]) joint += c->p[vote->item][k] * (row[k] + log_prior[k]);
        }
    }
    for (size_t i = 0; i < c->n_items; i++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) {
            double p = c->p[i][k] > FLOOR ? c->p[i][k] : FLOOR;
            if (c->seen[k]) entropy -= p * assay_log(p);
        }
    }
    return (joint + entropy) / (double)c->n_votes;
}

void assay_crowd_dawid_skene(assay_crowd *c, bool one_coin) {
    assay_label_row log_prior;
    double before = 0;
    assay_crowd_majority(c);
    maximize(c, one_coin, log_prior);
    for (int iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
        expect(c, log_prior);
        maximize(c, one_coin, log_prior);
        double now = bound(c, log_prior);
        if (iteration > 0 && now - before < TOLERANCE) break;
        before = now;
    }
}
