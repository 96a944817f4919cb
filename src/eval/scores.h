/* What a model gave for one sample: the log-probability of every token of every option, as exact bits, and the means;
 * and its free answer, where one was asked for. */
#ifndef ASSAY_EVAL_SCORES_H
#define ASSAY_EVAL_SCORES_H

#include "assay_eval.h"
#include "base/sha256.h"
#include "eval/free_text.h"

typedef struct assay_scores {
    int n;                           /* options */
    double means[ASSAY_MAX_OPTIONS]; /* of the tokens' log-probabilities, summed in their order, in
                                        double */
    char *bits; /* 8 hex digits a token, options ended by '\n': what the hallmark covers */
    assay_free_text free_text; /* .json NULL: none */
} assay_scores;

void assay_scores_free(assay_scores *scores); /* a zeroed one is fine */

/* From the session's answer. E_CHECK when a log-probability is not finite. On failure *out is
 * zeroed. */
assay_status assay_scores_from_options(const assay_option *options, int n, assay_scores *out,
                                       assay_error *err);
/* From the "bits" of a record's line. E_FORMAT. On failure *out is zeroed. */
assay_status assay_scores_from_json(const cJSON *bits, const char *where, assay_scores *out,
                                    assay_error *err);

/* Compares bits; E_CHECK says at which option and token of which sample they part. */
assay_status assay_scores_compare(const assay_scores *record, const assay_scores *now,
                                  const char *id, assay_error *err);

/* The hallmark's text, piece by piece. */
void assay_hallmark_begin(assay_sha256 *sha, const char *text_sha256, const char *vision_sha256,
                          const char *dataset_id, const char *recipe);
void assay_hallmark_add(assay_sha256 *sha, const char *id, const assay_scores *scores);

#endif
