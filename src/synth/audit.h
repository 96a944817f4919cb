/* Shortcuts: how often the right answer can be had without question and picture. Four policies are
 * tried on drawn samples, the fifth, a model without its eyes, needs a model and is the host's. */
#ifndef ASSAY_SYNTH_AUDIT_H
#define ASSAY_SYNTH_AUDIT_H

#include "synth/synth.h"

typedef struct assay_synth_audit {
    size_t n;      /* samples tried */
    double chance; /* mean of 1 / options */
    /* Right answers; a tie of k options counts 1 / k. */
    double guess;    /* an option at random */
    double longest;  /* the option of most bytes */
    double shortest; /* of fewest */
    double words;    /* the best by a classifier of words */
} assay_synth_audit;

/* Tries samples 0 to n - 1 of one task and seed. The classifier of words is a conditional logistic
 * regression (softmax over a sample's options of the sum of their words' weights) on the options
 * alone, learnt from n_learn samples of the same task with the seeds that follow. 1 <= n, n_learn
 * <= ASSAY_SYNTH_MAX_PER_TASK. The same bits on every platform. */
assay_status assay_synth_audit_task(size_t task, uint64_t seed, size_t n, size_t n_learn,
                                    assay_synth_audit *out, assay_error *err);

#endif
