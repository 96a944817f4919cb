/* The parts of calibration: labels of each value -> scores of texts that were left out -> a choice -> one classifier.
 *
 * Each value has four regressions: relevant or not; adheres or opposes, of the relevant texts; adheres or not; opposes or
 * not. The first two and the last two give the probabilities of the three labels each in their own way, and their mean is
 * taken: two steps do well where few texts are relevant, one label against the rest where opposing texts are many and
 * little like adhering ones.
 *
 * Valence is learnt of all values together: what opposes one value is often like what opposes another, and a value has
 * few relevant texts of its own (see sharing.c). */
#ifndef ASSAY_CLAVE_CALIBRATE_H
#define ASSAY_CLAVE_CALIBRATE_H

#include "clave/classifier/logistic.h"
#include "clave/classifier/products.h"

typedef enum assay_head_kind {
    ASSAY_HEAD_RELEVANCE,
    ASSAY_HEAD_VALENCE,
    ASSAY_HEAD_ADHERES,
    ASSAY_HEAD_OPPOSES
} assay_head_kind;
#define ASSAY_HEADS     4
#define ASSAY_ALL_HEADS 15u /* bits of all */
extern const char *const assay_head_names[ASSAY_HEADS];

/* Log-odds of the heads -> logarithms of the labels' probabilities: opposes, unrelated, adheres. */
void assay_combine_heads(const double score[ASSAY_HEADS], double log_p[3]);

#define ASSAY_MAX_FOLDS 20
/* A direction that was seen once cannot be validated: one text would stand for all. */
#define ASSAY_LEAST_LABELS 2

/* ---- what is to be learnt of one value ---- */

typedef struct assay_target {
    size_t n;
    uint32_t *text;    /* [n] indices, ascending */
    double (*p)[3];    /* [n] soft labels: opposes, unrelated, adheres */
    int8_t *label;     /* [n] the likeliest; of equals, unrelated first */
    uint8_t *fold;     /* [n] the same for a text in all targets */
    size_t count[3];   /* of the labels */
    bool allowed[3];   /* unrelated; the others from ASSAY_LEAST_LABELS labels on */
    double prior[3];   /* logarithm of each label's share */
    double natural[3]; /* the same among texts at large; as `prior` unless it was estimated */
} assay_target;

/* Soft labels of several annotators, by value. Folds hold whole texts, are stratified by the labels of all values, and
 * are drawn from the seed. */
assay_status assay_targets_build(const assay_labels *labels, size_t n_values,
                                 const assay_calibrate_options *options, assay_target **out,
                                 assay_error *err);
void assay_targets_free(assay_target *targets, size_t n_values);

/* ---- fitting ---- */

/* What a head learns of label i: y, and its weight. False: nothing. */
bool assay_head_lesson(const assay_target *t, size_t head, size_t i, double *y, double *w);

/* Scratch of one thread, for values of up to `cap` labels. */
typedef struct assay_fitter {
    assay_logistic logistic;
    float *train, *test;         /* [cap, cap] each */
    double *y, *w;               /* [cap] */
    double *a[ASSAY_HEADS];      /* [cap] of the last fit, by row of `rows` */
    uint32_t *rows[ASSAY_HEADS]; /* [cap] texts learnt from */
    size_t n[ASSAY_HEADS];
    double constant[ASSAY_HEADS];    /* the score when there is nothing to tell apart (n is 0) */
    uint32_t *left_out, *left_index; /* [cap] texts, and their places in the target */
    size_t n_left;
    double (*scores)[ASSAY_HEADS]; /* [cap] of those */
    unsigned set;                  /* of the last fit, to start the next from */
    size_t value;
    int fold;
} assay_fitter;
assay_status assay_fitter_init(assay_fitter *f, size_t cap, assay_error *err);
void assay_fitter_free(assay_fitter *f); /* a zeroed one is fine */

/* Learns `heads` (bits) from all labels that are not of `fold` (-1: from all); the others stay as they are, 0 at first.
 * A fit of the same value, set and fold as the last starts from it. */
void assay_fitter_fit(assay_fitter *f, const assay_products *p, const assay_target *target,
                      size_t value, unsigned set, double strength, int fold, unsigned heads);
/* What the last fit says of texts [n], n up to `cap`, into log_p [n]. */
void assay_fitter_score_texts(assay_fitter *f, const assay_products *p, size_t value,
                              const uint32_t *texts, size_t n, double (*log_p)[3]);
/* The heads' scores of the texts of the last fit's fold, into scores [target->n]. */
void assay_fitter_score(assay_fitter *f, const assay_products *p, size_t value,
                        double (*scores)[ASSAY_HEADS]);

/* ---- valence of all values together ---- */

/* Relevant labels of all values above which each value keeps to its own: their products are a matrix. */
#define ASSAY_MAX_SHARED 4096

typedef struct assay_shared_valence {
    assay_logistic logistic;
    assay_labelled *rows; /* [n] (text, value) learnt from by the last fit */
    double *y, *w, *a;    /* [n] */
    float *products;      /* [n, n]; afterwards scratch */
    size_t n, cap;
    bool learnt; /* the last fit saw both directions */
} assay_shared_valence;

/* There is nothing to share, and *s stays zeroed, where fewer than two values or too many labels are relevant. */
assay_status assay_shared_valence_init(assay_shared_valence *s, const assay_target *targets,
                                       size_t n_values, assay_error *err);
void assay_shared_valence_free(assay_shared_valence *s); /* a zeroed one is fine */
/* Learns from all relevant labels that are not of `fold` (-1: from all). */
void assay_shared_valence_fit(assay_shared_valence *s, const assay_products *p,
                              const assay_target *targets, size_t n_values, unsigned set,
                              double strength, int fold);
/* What the last fit says of the texts of its fold for one value, into scores [target->n]; a fit that learnt nothing
 * leaves them alone. */
void assay_shared_valence_score(assay_shared_valence *s, const assay_products *p,
                                const assay_target *target, size_t value, unsigned set, int fold,
                                double *scores);
/* The last fit's a of one value's labels, into a [target->n]; 0 for labels that are not relevant. */
void assay_shared_valence_get(const assay_shared_valence *s, const assay_target *target,
                              size_t value, double *a);

/* ---- texts at large ---- */

/* Whether the counts of the labels were made equal: their mix says nothing of the texts at large then. */
bool assay_targets_evenly_spread(const assay_target *targets, size_t n_values);
/* Estimates target->natural from the texts that have no label for the value, by the last fit, which was of this value
 * and of all its labels. Fewer than 20 such texts: it stays. */
assay_status assay_target_estimate_mix(assay_fitter *f, const assay_products *p,
                                       assay_target *target, size_t value, assay_error *err);

/* ---- choosing ---- */

typedef struct assay_confusion {
    size_t n[3][3]; /* [gold][predicted]: opposes, unrelated, adheres */
} assay_confusion;

typedef struct assay_candidate {
    unsigned set; /* of blocks */
    double strength;
} assay_candidate;

/* What candidate c says of label i of value v, learnt without its fold: at c * n_labels + offset[v] + i. */
typedef struct assay_trials {
    const assay_target *targets;
    size_t n_values, n_labels, n_candidates, preferred;
    const assay_candidate *candidates; /* [n_candidates] */
    size_t *offset;                    /* [n_values] */
    double (*scores)[ASSAY_HEADS];     /* [n_candidates, n_labels] */
    double **valence; /* [n_candidates] shared valence of the labels [n_labels], or NULL */
    int n_folds;
} assay_trials;

typedef struct assay_choice {
    size_t candidate;
    double share; /* of a label's prior that is taken off; 1: rare labels count as much */
    bool shared;  /* valence is that of all values together */
} assay_choice;

/* What is taken off each label's log_p. */
void assay_target_offsets(const assay_target *target, double share, double offset[3]);
/* Each by the labels that are not of `fold` (-1: all): candidate and share, by each value's own valence; then whether
 * valence is shared, where the candidate has a shared one. */
assay_choice assay_trials_choose(const assay_trials *t, int fold);
bool assay_trials_choose_sharing(const assay_trials *t, const assay_choice *choice, int fold);
/* What a choice says of label i of a value. */
void assay_trials_judge(const assay_trials *t, const assay_choice *choice, size_t value, size_t i,
                        double log_p[3]);
/* The label with the largest log_p - offset among those allowed; of equals, unrelated first. */
int8_t assay_decide(const double log_p[3], const double offset[3], const bool allowed[3]);
/* Accuracy and macro-F1 over labels that occur in gold or prediction. */
void assay_confusion_figures(const assay_confusion *c, double *accuracy, double *macro_f1);

/* ---- scaling ---- */

/* Probabilities are proportional to exp(log_p / temperature + prior * the label's logarithmic prior). */
typedef struct assay_scaling {
    double temperature, prior;
} assay_scaling;
/* The scaling that makes the labels likeliest by what is said of them without their fold. */
assay_scaling assay_trials_scaling(const assay_trials *t, const assay_choice *choice);
/* What is added to each label's log_p / temperature: of the scaling, and from the mix of the labels to that of the texts at
 * large. */
void assay_target_shifts(const assay_target *target, double prior_weight, double shift[3]);
/* Probabilities proportional to exp(log_p / temperature + shift). */
void assay_probabilities(const double log_p[3], double temperature, const double shift[3],
                         double p[3]);

#endif
