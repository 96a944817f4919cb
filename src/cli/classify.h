/* assay classify: its options, and --eval, which measures judges of values against labels.
 *
 *   label files -> splits (what is learnt from, what is judged) -> trials -> judgements of each judge on each version of
 *   the texts -> figures -> rows -> a table, or one JSON object */
#ifndef ASSAY_CLI_CLASSIFY_H
#define ASSAY_CLI_CLASSIFY_H

#include "assay_judge.h"
#include "cli/judging.h"

#define ASSAY_CLASSIFY_MAX_FILES 256

typedef struct assay_classify_options { /* NULL and 0: the default */
    const char *values, *input;         /* the classifier's own, or schwartz-10; standard input */
    double min_confidence;
    assay_judging_options judging;
    const char *eval[ASSAY_CLASSIFY_MAX_FILES]; /* label files */
    size_t n_eval;
    const char *format, *splits, *judge, *features;
    int64_t seed, seeds, labels,
        limit; /* labels: a value that are learnt from; limit: texts judged */
    bool include_seen, curve, list_splits, json;
} assay_classify_options;

/* ---- what is measured ---- */

typedef enum assay_eval_split {
    ASSAY_SPLIT_AS_IS,    /* all texts, by a classifier that is there */
    ASSAY_SPLIT_HELD_OUT, /* a share of the texts, learnt from labels of the others */
    ASSAY_SPLIT_SOURCE,   /* the texts of one source, learnt from the others */
    ASSAY_SPLIT_CURVE     /* held out, at a point of the learning curve */
} assay_eval_split;

typedef enum assay_eval_judge {
    ASSAY_JUDGE_RECOGNIZER,
    ASSAY_JUDGE_MODEL, /* the language model, asked */
    ASSAY_JUDGE_BOTH,
    ASSAY_JUDGES
} assay_eval_judge;

/* Versions of the texts: as they are, and by each perturbation. */
#define ASSAY_EVAL_VERSIONS   (1 + ASSAY_PERTURB_COUNT)
#define ASSAY_EVAL_AS_IS      1u /* bit of the first version */
#define ASSAY_EVAL_TEST_SHARE 0.3

typedef struct assay_eval_texts { /* one version of the texts, as far as somebody judges them */
    assay_judged_text *texts;     /* [n_texts] */
    char **strings;               /* [2 * n_texts] their own, or NULL */
    uint32_t *row;                /* [n_texts] of vectors */
    assay_vectors vectors;
    double (*logp)[3]; /* [n_texts, n_values] what the language model says; NULL: it is not asked */
} assay_eval_texts;

typedef struct assay_eval_cell { /* trials that differ by their seed only */
    assay_eval_split split;
    const char *source; /* ASSAY_SPLIT_SOURCE: the one that is judged */
    size_t n_labels;    /* a value; 0: all */
    size_t n_trials;
    unsigned versions, judges;    /* bits */
    assay_judge_figures *figures; /* [n_trials, versions, judges] */
} assay_eval_cell;

typedef struct assay_eval_row { /* a judge on one version of a cell's texts, over its trials */
    const assay_eval_cell *cell;
    bool sources; /* the mean over all cells of a source */
    size_t version, n_trials;
    assay_eval_judge judge;
    /* Counts are sums over the trials, all else means; NAN where no trial has a figure. */
    assay_judge_figures mean;
    double accuracy_sd, macro_f1_sd; /* between trials; NAN for one */
} assay_eval_row;

typedef struct assay_evaluation {
    const assay_classify_options *options;
    assay_judging *judging; /* open; with a classifier, or none */
    const assay_values *values;
    assay_host host; /* of the language model */
    assay_labels *labels;
    size_t n_values, n_texts;
    size_t n_seen;  /* texts that the classifier learnt from */
    bool *usable;   /* [n_texts] labelled, and not left out */
    bool *labelled; /* [n_texts, n_values] somebody said something */
    assay_eval_texts texts[ASSAY_EVAL_VERSIONS];
    assay_eval_cell *cells;
    size_t n_cells;
    assay_eval_row *rows; /* the first one is what the whole is about */
    size_t n_rows;
    const char *note; /* a sentence about a split that cannot be made; NULL */
    assay_progress progress;
    size_t n_done; /* texts, once for each version and trial */
} assay_evaluation;

/* classify_plan.c: which cells there are, and which texts a trial judges [n_texts], which votes it learns from
 * [n_votes]; learn may be NULL. E_FORMAT: there is nothing on one side. */
assay_status assay_eval_plan(assay_evaluation *e, assay_error *err);
assay_status assay_eval_split_trial(const assay_evaluation *e, const assay_eval_cell *cell,
                                    size_t trial, bool *judged, bool *learn, assay_error *err);
/* E_ARGUMENT: a judge or split that there is not, options that do not go together. */
assay_status assay_eval_check(const assay_classify_options *o, assay_error *err);
unsigned assay_eval_judges(const assay_classify_options *o); /* bits */
uint64_t assay_eval_seed(const assay_evaluation *e, size_t trial);

/* classify_texts.c: makes the versions that the cells ask for. */
assay_status assay_eval_make_texts(assay_evaluation *e, assay_error *err);
void assay_eval_free_texts(assay_evaluation *e);

/* classify_eval.c: all of it, printed. values: of the judging's classifier, or those to learn. */
assay_status assay_classify_eval(const assay_classify_options *o, assay_judging *judging,
                                 const assay_values *values, assay_error *err);
assay_judge_figures *assay_eval_figures(const assay_eval_cell *cell, size_t trial, size_t version,
                                        assay_eval_judge judge);

/* classify_rows.c: means over trials -> e->rows; names. */
assay_status assay_eval_make_rows(assay_evaluation *e, assay_error *err);
const char *assay_eval_split_name(assay_eval_split split);
const char *assay_eval_version_name(size_t version); /* "as-is", "typos", ... */
extern const char *const assay_eval_judge_names[ASSAY_JUDGES];

/* classify_table.c, classify_json.c: append. */
void assay_eval_print_table(const assay_evaluation *e, assay_buffer *out);
assay_status assay_eval_print_json(const assay_evaluation *e, assay_buffer *out, assay_error *err);

#endif
