/* Labels that somebody spread evenly -> how frequent each label is among the texts at large.
 *
 * People who label often pick as many adhering, opposing and unrelated texts as they can get, since most texts are
 * unrelated to most values. A classifier that takes the mix of its labels for that of all texts then sees far too much.
 * Where the counts show such a pick, the mix is estimated from the texts of the label file that were picked for other
 * values, by expectation maximization over the posteriors that the value's own regressions give them (Saerens, Latinne
 * and Decaestecker, "Adjusting the outputs of a classifier to new a priori probabilities", 2002). */
#include "clave/classifier/calibrate.h"

#include <stdlib.h>

#include "base/maths.h"

enum {
    LEAST_COUNTED = 12, /* labels of a value below which equal counts say nothing */
    LEAST_EVEN = 3,     /* values with equal counts, and a third of all: more than chance brings */
    LEAST_OTHERS = 20,  /* texts without a label below which nothing is estimated */
    MAX_TURNS = 200
};
/* What the mix of the labels counts for, in labels, and each label by itself: posteriors of few labels are rough, and a
 * label that they hardly see must not become impossible. */
static const double trusted_mix = 20.0, trusted_label = 0.5;

static bool same_count(size_t a, size_t b) {
    return a > 0 && b > 0 && (a > b ? a - b : b - a) <= 1;
}

/* The two most frequent labels, or the relevant and the unrelated texts. */
static bool evenly_spread(const assay_target *t) {
    const size_t *n = t->count;
    size_t least = n[0] < n[1] ? 0 : 1;
    if (n[2] < n[least]) least = 2;
    return t->n >= LEAST_COUNTED &&
           (same_count(n[(least + 1) % 3], n[(least + 2) % 3]) || same_count(n[0] + n[2], n[1]));
}

bool assay_targets_evenly_spread(const assay_target *targets, size_t n_values) {
    size_t even = 0, labelled = 0;
    for (size_t v = 0; v < n_values; v++) {
        labelled += targets[v].n > 0;
        even += evenly_spread(&targets[v]);
    }
    size_t wanted = labelled < LEAST_EVEN ? labelled : LEAST_EVEN;
    return even > 0 && even >= wanted && 3 * even >= labelled;
}

/* Posteriors of the texts without a label over the mix of the labels, into ratio. */
static void weigh_others(assay_fitter *f, const assay_products *p, const assay_target *target,
                         size_t value, const uint32_t *others, size_t n, double (*ratio)[3]) {
    size_t room = f->logistic.cap;
    for (size_t begin = 0; begin < n; begin += room) {
        size_t some = n - begin < room ? n - begin : room;
        assay_fitter_score_texts(f, p, value, others + begin, some, ratio + begin);
    }
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < 3; k++) ratio[i][k] = assay_exp(ratio[i][k] - target->prior[k]);
    }
}

static void maximize(const double (*ratio)[3], size_t n, assay_target *target) {
    double first[3], mix[3];
    for (size_t k = 0; k < 3; k++) mix[k] = first[k] = assay_exp(target->prior[k]);
    double change = 1;
    for (int turn = 0; turn < MAX_TURNS && change > 1e-6; turn++) {
        double next[3], all = 0;
        for (size_t k = 0; k < 3; k++) next[k] = trusted_mix * first[k] + trusted_label;
        for (size_t i = 0; i < n; i++) {
            double p[3], sum = 0;
            for (size_t k = 0; k < 3; k++) sum += p[k] = ratio[i][k] * mix[k];
            for (size_t k = 0; k < 3; k++) next[k] += p[k] / sum;
        }
        for (size_t k = 0; k < 3; k++) all += next[k];
        change = 0;
        for (size_t k = 0; k < 3; k++) {
            double now = next[k] / all, moved = now > mix[k] ? now - mix[k] : mix[k] - now;
            if (moved > change) change = moved;
            mix[k] = now;
        }
    }
    for (size_t k = 0; k < 3; k++) target->natural[k] = assay_log(mix[k]);
}

assay_status assay_target_estimate_mix(assay_fitter *f, const assay_products *p,
                                       assay_target *target, size_t value, assay_error *err) {
    size_t n = 0, next = 0;
    if (target->n == 0 || p->n - target->n < LEAST_OTHERS) return ASSAY_OK;
    uint32_t *others = assay_alloc(p->n, sizeof *others);
    double (*ratio)[3] = assay_alloc(p->n, sizeof *ratio);
    bool ok = others != NULL && ratio != NULL;
    for (size_t i = 0; ok && i < p->n; i++) {
        if (next < target->n && target->text[next] == i)
            next++;
        else
            others[n++] = (uint32_t)i;
    }
    if (ok) {
        weigh_others(f, p, target, value, others, n, ratio);
        maximize((const double (*)[3])ratio, n, target);
    }
    free(others);
    free(ratio);
    return ok ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "calibration: out of memory");
}
