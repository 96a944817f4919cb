/* The inside of a classifier, and its text.
 *
 * The file holds the solution of the regressions in their dual form (a number for each labelled text) where features are
 * n-grams, which the examples' texts bring back, and plain weights where they are vectors. Whoever calibrates writes the
 * text and reads it back, so that there is one way only for a classifier to come into being. */
#ifndef ASSAY_CLAVE_CLASSIFIER_H
#define ASSAY_CLAVE_CLASSIFIER_H

#include "base/sha256.h"
#include "clave/classifier/calibrate.h"
#include "format/json.h"

#define ASSAY_CLASSIFIER_FORMAT 1

/* ---- what calibration found, for the writer ---- */

typedef struct assay_learnt {     /* of one value */
    double *a[ASSAY_HEADS];       /* [target->n] by label; 0 where a head has not learnt from it */
    double constant[ASSAY_HEADS]; /* the score of a head that learnt nothing */
    bool empty[ASSAY_HEADS];
    assay_confusion confusion; /* cross-validated */
} assay_learnt;

typedef struct assay_calibration {
    const assay_values *values;
    const assay_labels *labels;
    const assay_vectors *vectors; /* those used, or NULL */
    const assay_concepts *concepts;
    const assay_calibrate_options *options;
    const assay_products *products;
    const assay_target *targets; /* [n_values] */
    assay_learnt *learnt;        /* [n_values] */
    unsigned set;
    double strength, share;
    assay_scaling scaling;
    double sharing; /* ASSAY_SHARING where valence was learnt of all values together; else 0 */
    size_t n_candidates;
} assay_calibration;

/* Scores are f(x) = sum over the labelled texts of dual_i (x x_i), and what is of a value alone. Adds the part of one
 * value's labels, weight * a [n], at their texts [n], to dual. */
void assay_add_duals(double *dual, const uint32_t *texts, const double *a, size_t n, double weight);
/* What the labels of value `from` weigh in a head of value `of`. */
double assay_dual_weight(double sharing, size_t head, size_t of, size_t from);

/* Appends the classifier's JSON. */
assay_status assay_classifier_write(const assay_calibration *c, assay_buffer *out,
                                    assay_error *err);

/* ---- what judges ---- */

typedef struct assay_gram_weights { /* of one gram block, all heads */
    assay_gram_index index;
    uint32_t *row; /* [ASSAY_GRAM_BUCKETS] 1 + row in w, 0: none */
    float *w;      /* [n_rows, n_heads] */
    size_t n_rows;
} assay_gram_weights;

typedef struct assay_head {
    double intercept;
    float *w[ASSAY_SHARED_BLOCKS];         /* [dim] of vector blocks, or NULL */
    double similarity[ASSAY_SIMILARITIES]; /* weights */
    double *a;                             /* [n_labels] of its value; NULL: nothing was learnt */
} assay_head;

typedef struct assay_value_part {
    size_t n_labels;
    uint32_t *example; /* [n_labels] ascending */
    int8_t *label;
    bool allowed[3];
    double offset[3]; /* of the labels */
    double shift[3];  /* of log-probabilities, once the temperature has scaled them; zeros: none */
    assay_head head[ASSAY_HEADS];
    float *definition; /* [dim] or NULL */
} assay_value_part;

struct assay_classifier {
    cJSON *root; /* owns the strings */
    char *json;  /* canonical */
    assay_digest digest;
    assay_values *values;
    size_t n_values, n_examples, dim;
    unsigned set;
    const char *encoder_name, *encoder_sha256; /* NULL: n-grams do */
    const char *concepts_sha256;               /* of the pool that is a feature; NULL: none */
    assay_classifier_summary summary;
    assay_classifier_value *summaries; /* [n_values] */
    char features[160];
    double temperature, sharing; /* as of assay_calibration */
    double scale[ASSAY_SHARED_BLOCKS];
    assay_judged_text *examples; /* [n_examples] */
    float *codes;                /* [n_examples, dim] of their responses, length 1, or NULL */
    assay_value_part *parts;     /* [n_values] */
    assay_gram_weights grams[ASSAY_GRAM_BLOCKS];
    size_t
        *postings_begin; /* [rows of words + 1]: which examples hold a gram, when codes is NULL */
    uint32_t *postings_example;
    float *postings_weight;
};

/* The runtime weights of the gram blocks, from examples and dual solutions. */
assay_status assay_classifier_weigh(assay_classifier *c, assay_error *err);

#endif
