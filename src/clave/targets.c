/* Labels of several people -> what each value's regressions learn, and its folds. */
#include "clave/calibrate.h"

#include <stdlib.h>

#include "base/maths.h"
#include "base/rng.h"

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "calibration: out of memory");
}

void assay_targets_free(assay_target *targets, size_t n_values) {
    for (size_t v = 0; targets != NULL && v < n_values; v++) {
        free(targets[v].text);
        free(targets[v].p);
        free(targets[v].label);
        free(targets[v].fold);
    }
    free(targets);
}

/* Unrelated wins a tie: it claims least. */
static int8_t likeliest(const double p[3]) {
    int best = 1;
    if (p[0] > p[best]) best = 0;
    if (p[2] > p[best]) best = 2;
    return (int8_t)(best - 1);
}

static assay_status room(assay_target *t, size_t n) {
    t->text = assay_alloc(n + 1, sizeof *t->text);
    t->p = assay_alloc(n + 1, sizeof *t->p);
    t->label = assay_alloc(n + 1, sizeof *t->label);
    t->fold = assay_alloc(n + 1, sizeof *t->fold);
    bool ok = t->text != NULL && t->p != NULL && t->label != NULL && t->fold != NULL;
    return ok ? ASSAY_OK : ASSAY_E_MEMORY;
}

/* Each label's texts are shuffled and dealt out in turn; the next label goes on where the last one stopped. */
static assay_status deal(assay_target *t, size_t value, const assay_calibrate_options *options) {
    assay_rng rng = assay_rng_seed(options->seed, value);
    uint32_t *order = assay_alloc(t->n + 1, sizeof *order);
    size_t turn = 0;
    if (order == NULL) return ASSAY_E_MEMORY;
    for (int8_t label = ASSAY_OPPOSES; label <= ASSAY_ADHERES; label++) {
        size_t n = 0;
        for (size_t i = 0; i < t->n; i++) {
            if (t->label[i] == label) order[n++] = (uint32_t)i;
        }
        assay_rng_shuffle(&rng, order, n, sizeof *order);
        for (size_t i = 0; i < n; i++)
            t->fold[order[i]] = (uint8_t)(turn++ % (size_t)options->n_folds);
    }
    free(order);
    return ASSAY_OK;
}

static void count(assay_target *t) {
    for (size_t i = 0; i < t->n; i++) t->count[t->label[i] + 1]++;
    /* Half a label more of each, so that none is impossible. */
    for (size_t k = 0; k < 3; k++)
        t->natural[k] = t->prior[k] = assay_log(((double)t->count[k] + 0.5) / ((double)t->n + 1.5));
    t->allowed[0] = t->count[0] >= ASSAY_LEAST_LABELS;
    t->allowed[1] = true;
    t->allowed[2] = t->count[2] >= ASSAY_LEAST_LABELS;
}

assay_status assay_targets_build(const assay_labels *labels, size_t n_values,
                                 const assay_calibrate_options *options, assay_target **out,
                                 assay_error *err) {
    assay_soft_label *soft = NULL;
    size_t n = 0;
    assay_target *targets = assay_calloc(n_values, sizeof *targets);
    size_t *sizes = assay_calloc(n_values, sizeof *sizes);
    assay_status status = ASSAY_OK;
    if (targets == NULL || sizes == NULL) status = no_memory(err);
    if (status == ASSAY_OK)
        status = assay_labels_aggregate(labels, n_values, options->aggregation, options->seed,
                                        &soft, &n, NULL, err);
    for (size_t k = 0; k < n && status == ASSAY_OK; k++) {
        if (soft[k].n_votes > 0) sizes[soft[k].value]++;
    }
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++) {
        if (room(&targets[v], sizes[v]) != ASSAY_OK) status = no_memory(err);
    }
    for (size_t k = 0; k < n && status == ASSAY_OK; k++) {
        if (soft[k].n_votes == 0) continue;
        assay_target *t = &targets[soft[k].value];
        t->text[t->n] = soft[k].text;
        for (size_t c = 0; c < 3; c++) t->p[t->n][c] = soft[k].p[c];
        t->label[t->n++] = likeliest(soft[k].p);
    }
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++) {
        count(&targets[v]);
        if (deal(&targets[v], v, options) != ASSAY_OK) status = no_memory(err);
    }
    free(soft);
    free(sizes);
    if (status != ASSAY_OK) {
        assay_targets_free(targets, n_values);
        return status;
    }
    *out = targets;
    return ASSAY_OK;
}
