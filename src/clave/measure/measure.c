/* A judge against labels: the figures of each value, of all pairs, and means over the values with intervals. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assay_eval.h"
#include "assay_judge.h"
#include "clave/concepts/concepts.h"
#include "clave/interval.h"

#define NOTHING 9 /* in a cell: no label, or the judge abstained; else 3 * gold + predicted */

typedef struct measurement {
    const assay_judgement *judged; /* [n_texts, n_values] */
    size_t n_texts, n_values;
    int8_t *label; /* [n_texts, n_values] an assay_valence or ASSAY_UNDECIDED */
    /* [n_texts * n_values] the pairs that are measured together */
    int8_t *gold, *predicted;
    double (*p)[3];
    bool *abstained;
    uint32_t *text;
} measurement;

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "measure: out of memory");
}

/* ---- values, one by one ---- */

static assay_status reserve(measurement *m, assay_error *err) {
    size_t n = m->n_texts * m->n_values; /* fits: the labels' table was made */
    m->gold = assay_alloc(n, sizeof *m->gold);
    m->predicted = assay_alloc(n, sizeof *m->predicted);
    m->p = assay_alloc(n, sizeof *m->p);
    m->abstained = assay_alloc(n, sizeof *m->abstained);
    m->text = assay_alloc(n, sizeof *m->text);
    bool ok = m->gold != NULL && m->predicted != NULL && m->p != NULL && m->abstained != NULL &&
              m->text != NULL;
    return ok ? ASSAY_OK : no_memory(err);
}

/* The labelled pairs of the values [first, end). */
static assay_status measure_values(measurement *m, size_t first, size_t end, uint64_t seed,
                                   assay_valence_figures *out, assay_error *err) {
    size_t n = 0;
    for (size_t t = 0; t < m->n_texts; t++) {
        for (size_t v = first; v < end; v++) {
            const assay_judgement *j = &m->judged[t * m->n_values + v];
            if (m->label[t * m->n_values + v] == ASSAY_UNDECIDED) continue;
            m->gold[n] = m->label[t * m->n_values + v];
            m->predicted[n] = j->label;
            memcpy(m->p[n], j->p, sizeof m->p[n]);
            m->abstained[n] = j->abstained;
            m->text[n++] = (uint32_t)t;
        }
    }
    const double (*p)[3] = (const double (*)[3])m->p;
    return assay_valence_measure(m->gold, m->predicted, p, m->abstained, m->text, n, seed, out,
                                 err);
}

/* ---- means over the values ---- */

static void add(double x, double *sum, size_t *n) {
    if (isnan(x)) return;
    *sum += x;
    ++*n;
}

static double mean_of(const assay_judge_figures *f, size_t n_values, size_t offset) {
    double sum = 0;
    size_t n = 0;
    for (size_t v = 0; v < n_values; v++) {
        double x;
        memcpy(&x, (const char *)&f->values[v] + offset, sizeof x);
        add(x, &sum, &n); /* NAN without a judged pair */
    }
    return n > 0 ? sum / (double)n : NAN;
}

static void take_means(assay_judge_figures *f, size_t n_values) {
    f->accuracy = mean_of(f, n_values, offsetof(assay_valence_figures, accuracy));
    f->macro_f1 = mean_of(f, n_values, offsetof(assay_valence_figures, macro_f1));
    f->balanced_accuracy = mean_of(f, n_values, offsetof(assay_valence_figures, balanced_accuracy));
    f->majority_accuracy = mean_of(f, n_values, offsetof(assay_valence_figures, majority_accuracy));
    f->majority_macro_f1 = mean_of(f, n_values, offsetof(assay_valence_figures, majority_macro_f1));
    f->ece = f->all.ece;
}

/* The baseline of all pairs together knows the values, as the judge does: it says each one's most frequent label. */
static void take_majority(assay_judge_figures *f, size_t n_values) {
    size_t gold[3] = {0}, said[3] = {0}, hits[3] = {0}, n = 0, n_gold = 0;
    double sum = 0;
    for (size_t v = 0; v < n_values; v++) {
        size_t count[3], all = 0, best = 0;
        for (size_t k = 0; k < 3; k++) {
            const size_t *row = f->values[v].confusion[k];
            all += count[k] = row[0] + row[1] + row[2];
            gold[k] += count[k];
            if (count[k] > count[best]) best = k;
        }
        hits[best] += count[best];
        said[best] += all;
        n += all;
    }
    if (n == 0) return; /* NAN already */
    for (size_t k = 0; k < 3; k++) {
        if (gold[k] == 0) continue;
        sum += 2.0 * (double)hits[k] / (double)(gold[k] + said[k]);
        n_gold++;
    }
    f->all.majority_accuracy = (double)(hits[0] + hits[1] + hits[2]) / (double)n;
    f->all.majority_macro_f1 = sum / (double)n_gold;
}

/* ---- their intervals ---- */

typedef struct resampling {
    const uint8_t *cells;               /* [texts, n_values] of the texts that have any */
    const assay_valence_figures *whole; /* [n_values] */
    size_t n_values;
    bool accuracy; /* else macro-F1 */
} resampling;

/* A rare label is missing from many replicates. Were it left out there, a macro-F1 of fewer labels would stand for one of all
 * of them, and the interval lie beside the figure; it keeps the F1 that it has in the whole. */
static double macro_f1_of(const uint32_t count[NOTHING + 1], const assay_valence_figures *whole) {
    double sum = 0;
    size_t n = 0;
    for (int k = 0; k < 3; k++) {
        uint32_t gold = count[3 * k] + count[3 * k + 1] + count[3 * k + 2];
        uint32_t predicted = count[k] + count[3 + k] + count[6 + k];
        double f1 = whole->f1[k];
        if (gold + predicted > 0) f1 = 2.0 * count[4 * k] / ((double)gold + predicted);
        add(f1, &sum, &n);
    }
    return n > 0 ? sum / (double)n : NAN;
}

static double accuracy_of(const uint32_t count[NOTHING + 1], size_t n_picks,
                          const assay_valence_figures *whole) {
    size_t n = n_picks - count[NOTHING];
    if (n == 0) return whole->accuracy;
    return ((double)count[0] + count[4] + count[8]) / (double)n;
}

static double mean_of_picks(const void *context, const uint32_t *picks, size_t n) {
    const resampling *r = context;
    uint32_t count[ASSAY_MAX_VALUES][NOTHING + 1] = {{0}};
    double sum = 0;
    size_t n_defined = 0;
    for (size_t i = 0; i < n; i++) {
        const uint8_t *cells = r->cells + picks[i] * r->n_values;
        for (size_t v = 0; v < r->n_values; v++) count[v][cells[v]]++;
    }
    for (size_t v = 0; v < r->n_values; v++)
        add(r->accuracy ? accuracy_of(count[v], n, &r->whole[v])
                        : macro_f1_of(count[v], &r->whole[v]),
            &sum, &n_defined);
    return n_defined > 0 ? sum / (double)n_defined : NAN;
}

/* The mean of one value is that value's, and has its interval. Where all is right, or all wrong, every replicate is alike:
 * then each text counts as one item of Wilson's interval. */
static void widen_accuracy(const measurement *m, assay_judge_figures *out, size_t n_texts) {
    const assay_valence_figures *only = NULL;
    size_t n_right = 0, n_judged = 0, n_values = 0;
    for (size_t v = 0; v < m->n_values; v++) {
        const assay_valence_figures *f = &out->values[v];
        if (f->n == f->n_abstained) continue;
        n_right += f->confusion[0][0] + f->confusion[1][1] + f->confusion[2][2];
        n_judged += f->n - f->n_abstained;
        n_values++;
        only = f;
    }
    if (n_values == 1)
        memcpy(out->accuracy_ci, only->accuracy_ci, sizeof out->accuracy_ci);
    else if (n_judged > 0 && (n_right == 0 || n_right == n_judged))
        assay_wilson(n_right > 0 ? n_texts : 0, n_texts, ASSAY_INTERVAL_Z, &out->accuracy_ci[0],
                     &out->accuracy_ci[1]);
}

/* A cell is one byte, so that a thousand replicates of a thousand texts pass through the cache. */
static assay_status take_intervals(const measurement *m, uint64_t seed, assay_judge_figures *out,
                                   assay_error *err) {
    uint8_t *cells = assay_alloc(m->n_texts * m->n_values, 1);
    size_t n_texts = 0;
    if (cells == NULL) return no_memory(err);
    for (size_t t = 0; t < m->n_texts; t++) {
        uint8_t *row = cells + n_texts * m->n_values;
        bool labelled = false, judged = false;
        for (size_t v = 0; v < m->n_values; v++) {
            const assay_judgement *j = &m->judged[t * m->n_values + v];
            int8_t label = m->label[t * m->n_values + v];
            row[v] = NOTHING;
            if (label == ASSAY_UNDECIDED) continue;
            labelled = true;
            if (j->abstained) continue;
            row[v] = (uint8_t)(3 * (label + 1) + j->label + 1);
            judged = true;
        }
        out->n_texts += labelled;
        n_texts += judged;
    }
    resampling r = {cells, out->values, m->n_values, true};
    assay_status status = assay_bootstrap(mean_of_picks, &r, n_texts, seed, out->accuracy_ci, err);
    widen_accuracy(m, out, n_texts);
    r.accuracy = false;
    if (status == ASSAY_OK)
        status = assay_bootstrap(mean_of_picks, &r, n_texts, seed, out->macro_f1_ci, err);
    free(cells);
    return status;
}

/* ---- all of it ---- */

static assay_status check(const assay_labels *gold, size_t n_values, assay_error *err) {
    if (n_values == 0 || n_values > ASSAY_MAX_VALUES)
        return assay_fail(err, ASSAY_E_ARGUMENT, "measure: %zu values, from 1 to %d are possible",
                          n_values, ASSAY_MAX_VALUES);
    for (size_t i = 0; i < assay_labels_n_votes(gold); i++) {
        const assay_vote *v = assay_labels_vote(gold, i);
        if (v->value >= n_values)
            return assay_fail(err, ASSAY_E_ARGUMENT, "measure: a vote for value %u of %zu",
                              (unsigned)v->value, n_values);
    }
    return ASSAY_OK;
}

assay_status assay_judge_measure(const assay_labels *gold, size_t n_values,
                                 const assay_judgement *judged, uint64_t seed,
                                 assay_judge_figures *out, assay_error *err) {
    measurement m = {.judged = judged, .n_texts = assay_labels_n_texts(gold), .n_values = n_values};
    memset(out, 0, sizeof *out);
    assay_status status = check(gold, n_values, err);
    if (status == ASSAY_OK) status = assay_labels_majority(gold, n_values, &m.label, err);
    if (status == ASSAY_OK) status = reserve(&m, err);
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++) {
        status = measure_values(&m, v, v + 1, seed, &out->values[v], err);
        out->n_values += out->values[v].n > 0;
    }
    if (status == ASSAY_OK) status = measure_values(&m, 0, n_values, seed, &out->all, err);
    if (status == ASSAY_OK) status = take_intervals(&m, seed, out, err);
    if (status == ASSAY_OK) {
        out->n_pairs = out->all.n;
        take_means(out, n_values);
        take_majority(out, n_values);
    }
    free(m.label);
    free(m.gold);
    free(m.predicted);
    free(m.p);
    free(m.abstained);
    free(m.text);
    return status;
}
