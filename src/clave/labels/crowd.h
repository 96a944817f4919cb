/* Several votes an item -> one soft label an item: the methods behind assay_labels_aggregate. Each fits the items of one value. */
#ifndef ASSAY_CLAVE_CROWD_H
#define ASSAY_CLAVE_CROWD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ASSAY_N_LABELS 3 /* opposes, unrelated, adheres */

typedef struct assay_crowd_vote {
    uint32_t item, rater;
    uint8_t label; /* 0 opposes, 1 unrelated, 2 adheres */
} assay_crowd_vote;

typedef double assay_label_row[ASSAY_N_LABELS];

/* One value's votes, and the room that a fit needs. Labels that nobody gave do not take part: their probability is 0. */
typedef struct assay_crowd {
    const assay_crowd_vote *votes; /* [n_votes] by item, then rater */
    size_t n_votes, n_items, n_raters;
    bool seen[ASSAY_N_LABELS]; /* given by somebody */
    int n_seen;
    assay_label_row *p; /* [n_items] out: probability of each label */
    /* Scratch. */
    assay_label_row *errors; /* [n_raters * 3] of rater r giving label l: [r * 3 + l][true label] */
    assay_label_row *logs;   /* [n_raters * 3] their logarithms */
    assay_label_row *theta;  /* [n_raters] MACE: what a rater answers when not knowing */
    assay_label_row *strategy; /* [n_raters] its expected counts */
    assay_label_row *best;     /* [n_raters * 2] the best restart: theta, then (guess, know, -) */
    double (*know)[2];         /* [n_raters] probability that the rater guesses, that it knows */
    double (*knowing)[2];      /* [n_raters] expected counts of the same */
    uint32_t *n_by_rater;      /* [n_raters] votes */
} assay_crowd;

/* Shares of the votes. */
void assay_crowd_majority(assay_crowd *c);
/* Dawid and Skene 1979: a confusion matrix a rater; one_coin: one accuracy a rater, errors spread evenly (Zhang et al.
 * 2016). EM from the shares of the votes, up to 100 iterations, until the bound on the log-likelihood, a vote, grows by
 * less than 1e-5. */
void assay_crowd_dawid_skene(assay_crowd *c, bool one_coin);
/* Hovy et al. 2013: a rater knows, or guesses from a distribution of its own. Variational EM, 50 iterations from each of
 * 10 random starts; the start with the highest marginal likelihood is kept. Priors: Beta(0.5, 0.5) on knowing, Dirichlet(10)
 * on the guesses, as in the authors' program. */
void assay_crowd_mace(assay_crowd *c, uint64_t seed, uint64_t stream);

#endif
