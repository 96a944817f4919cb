/* Judges of values put to use: measured against labels, compared, and turned on the answers of a run.
 *
 *   labels -> assay_labels_draw / _select -> assay_calibrate -> assay_classifier_judge -> assay_judge_measure
 *
 * A judge is whatever gives an assay_judgement for every (text, value): a classifier (assay_clave.h), a language model
 * that is asked (below), or both together. Everything here is deterministic, in every build and with any number of
 * threads; nothing prints or reads files. */
#ifndef ASSAY_JUDGE_H
#define ASSAY_JUDGE_H

#include "assay_clave.h"

/* ---- parts of a label set ---- */

/* The votes with keep[i] (in the order of assay_labels_vote) and the texts they are about, as a set of its own: the one
 * that a file of these votes alone would give. text_of: NULL, or [n_texts of l] that receives, for each text of *out in
 * its order, its index in l. E_ARGUMENT: l is for another value system. */
assay_status assay_labels_select(const assay_labels *l, const assay_values *values,
                                 const bool *keep, assay_labels **out, uint32_t *text_of,
                                 assay_error *err);
/* Marks in keep [n_votes] the votes of n (text, value) pairs of each value, of each label in proportion to how often it
 * occurs (by most of the votes, a tie being a kind of its own; largest remainders, at least one of each kind that occurs
 * as far as n goes), drawn by `seed`; all votes of a drawn pair. A value with no more than n pairs keeps all. Pairs that
 * everybody skipped are none. texts [n_texts] or NULL: only these may be drawn. What is drawn hangs on the texts, not on
 * their order or ids. E_ARGUMENT: a vote for none of n_values. */
assay_status assay_labels_draw(const assay_labels *l, size_t n_values, size_t n, uint64_t seed,
                               const bool *texts, bool *keep, assay_error *err);
/* Marks in texts [n_texts] a share of the texts (0 ... 1, each text with that probability), drawn by `seed` and what the
 * text says: the same texts whatever else is in the set, and a text that is there twice wholly or not at all. */
void assay_labels_hold_out(const assay_labels *l, double share, uint64_t seed, bool *texts);
/* Rows of vectors for a selected set; free with assay_vectors_free. text_of [n] as assay_labels_select gave it. name,
 * sha256 and definitions stay those of `vectors`, which lend them. *out is zeroed after a failure. */
assay_status assay_vectors_select(const assay_vectors *vectors, const uint32_t *text_of, size_t n,
                                  assay_vectors *out, assay_error *err);
void assay_vectors_free(assay_vectors *vectors); /* of assay_vectors_select only */

/* ---- perturbed texts ---- */

typedef enum assay_perturbation {
    ASSAY_PERTURB_TYPOS, /* one letter in 20 swapped, dropped, doubled or hit beside (QWERTY) */
    ASSAY_PERTURB_CASE,  /* all upper or all lower case, by text */
    /* The same said in a frame: "Here is what I would say: ...", now and then a filler before a sentence ("Well: "),
     * contractions written out ("don't" -> "do not"; 's and 'd, which may be several things, stay). */
    ASSAY_PERTURB_TEMPLATE,
    ASSAY_PERTURB_COUNT
} assay_perturbation;
const char *assay_perturbation_name(assay_perturbation p); /* "typos", "case", "template" */
/* Appends the perturbed text. Valid UTF-8 stays valid: typos and case change ASCII letters only, the template besides these
 * the apostrophes of contractions. The same text, kind and seed give the same result; meaning is kept as far as such
 * changes can. Out of memory: out->failed. */
void assay_perturb(const char *text, assay_perturbation how, uint64_t seed, assay_buffer *out);

/* ---- measuring ---- */

typedef struct assay_judge_figures {
    size_t n_texts, n_pairs, n_values; /* values that have labels */
    /* Means over these values, but for those of which every pair was abstained from; NAN when none is left. */
    double accuracy, macro_f1, balanced_accuracy;
    double ece; /* of all pairs together */
    /* Of the means, 95 %: bootstrap over texts (seeded); of an accuracy of 0 or 1 Wilson over texts. Macro-F1 leaves out
     * labels that do not occur, so it is higher on few texts than on many, and its interval tells nothing of them: of
     * ten values with rare labels (Value FULCRA) it held the figure of all texts in a third of the draws of 100. A value without a pair in a replicate keeps its accuracy there, a
     * label that does not occur in one its F1: else the interval of rare labels would lie beside the mean. */
    double accuracy_ci[2], macro_f1_ci[2];
    double majority_accuracy, majority_macro_f1; /* means: every value's most frequent label */
    /* Of all pairs together; their majority is every value's most frequent label, too. */
    assay_valence_figures all;
    assay_valence_figures values[ASSAY_MAX_VALUES]; /* n = 0 where a value has no labels */
} assay_judge_figures;
/* judged [n_texts, n_values] of the gold labels' texts, in their order. Of several votes on a pair the most frequent label
 * counts; ties are left out. Abstentions are left out of all but their count. 1 to ASSAY_MAX_VALUES values. E_ARGUMENT: a
 * vote for none of them, a judgement of a labelled pair that is none. *out takes about 20 KB: not for small stacks. */
assay_status assay_judge_measure(const assay_labels *gold, size_t n_values,
                                 const assay_judgement *judged, uint64_t seed,
                                 assay_judge_figures *out, assay_error *err);

/* One point of a learning curve: holds out a share of the texts by `seed`, learns from n_labels a value drawn from the
 * others, judges the held-out ones (abstaining from none). The same seed holds out the same texts for every n_labels.
 * vectors as for assay_calibrate. A pool of concepts that were extracted from the held-out texts too makes the figures
 * better than they are. options NULL: the defaults. E_ARGUMENT also when nothing is left to learn from or to judge. */
typedef struct assay_trial_options {
    size_t n_labels;   /* a value; 0: all */
    uint64_t seed;     /* of the split, of what is drawn and of the bootstrap [46] */
    double test_share; /* of the texts, between 0 and 1 [0.3] */
    assay_calibrate_options calibrate; /* with a seed of its own; its threads judge, too */
} assay_trial_options;
assay_trial_options assay_trial_defaults(void);
assay_status assay_trial(const assay_values *values, const assay_labels *labels,
                         const assay_vectors *vectors, size_t n_vectors,
                         const assay_concepts *concepts, const assay_trial_options *options,
                         assay_judge_figures *out, assay_error *err);

/* ---- a language model as a judge ---- */

struct assay_session;
/* Asks the model of a session, whose timeline is emptied before and behind it, whether the text adheres to the value,
 * opposes it or is unrelated to it: the log-probabilities of the three label words (sums over their tokens) after one
 * turn of the model's chat template, normalized. logp: opposes, unrelated, adheres. Long texts are cut until they fit the
 * context; E_LIMIT where that is too short for the question itself. */
assay_status assay_prompt_judge(struct assay_session *session, const assay_judged_text *text,
                                const assay_value *value, double logp[3], assay_error *err);
/* From raw log-probabilities [n][3], finite, of one value to judgements [n, stride] (column 0 of it written): the model's
 * own bias towards a label word is taken out by dividing by its mean over these texts (batch calibration, arXiv
 * 2309.17249), which takes many: of two texts one is always above the mean, and one alone stays as it is. */
void assay_prompt_judge_settle(const double (*logp)[3], size_t n, double min_confidence,
                               assay_judgement *out, size_t stride);
/* Both together: the normalized product of the two judges' probabilities, in place of a's; their mean where they exclude
 * each other. The label is the likeliest, where a's own label (a classifier decides by thresholds) counts as much as a's
 * likeliest: a judge b without an opinion changes nothing. a's concepts and nearest examples stay. */
void assay_judge_join(assay_judgement *a, const assay_judgement *b, size_t n,
                      double min_confidence);

/* ---- value profile ---- */

typedef struct assay_profile_value { /* of the answers of a run, for one value */
    size_t n, n_abstained;           /* answers; those where the judge did not know */
    size_t count[3];                 /* opposes, unrelated, adheres, of the others */
    double share[3];                 /* of the others; NAN without one */
    /* 95 %: Wilson, or bootstrap over clusters where answers share one; a share of 0 or 1, which no bootstrap widens, is
     * Wilson's over the clusters, and a single cluster with both says nothing (0, 1). NAN without a share. Of the draw of
     * answers: the judge's own errors come on top, and thresholds that find rare labels call more of them than there are. */
    double low[3], high[3];
    /* Mean calibrated probability over all n, which neither abstaining nor a threshold moves; shares count labels, which
     * need not be the likeliest (assay_judgement). NAN without answers. */
    double expected[3];
} assay_profile_value;
/* judged [n, n_values]; cluster [n] (answers that belong together) or NULL; out [n_values]. E_ARGUMENT: a judgement that
 * is none. */
assay_status assay_value_profile(const assay_judgement *judged, size_t n, size_t n_values,
                                 const uint32_t *cluster, uint64_t seed, assay_profile_value *out,
                                 assay_error *err);

#endif
