/* Figures of trials -> rows: sums of counts, means of everything else. */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "cli/classify.h"

const char *const assay_eval_judge_names[ASSAY_JUDGES] = {"recognizer", "model", "both"};

const char *assay_eval_split_name(assay_eval_split split) {
    static const char *const names[] = {"as-is", "held-out", "other-source", "curve"};
    return names[split];
}

const char *assay_eval_version_name(size_t version) {
    return version == 0 ? "as-is" : assay_perturbation_name((assay_perturbation)(version - 1));
}

assay_judge_figures *assay_eval_figures(const assay_eval_cell *cell, size_t trial, size_t version,
                                        assay_eval_judge judge) {
    return &cell->figures[(trial * ASSAY_EVAL_VERSIONS + version) * ASSAY_JUDGES + (size_t)judge];
}

/* ---- means ---- */

/* Where the figures of a kind lie that are averaged: n doubles from an offset. */
typedef struct span {
    size_t offset, n;
} span;

static const span value_spans[] = {
    {offsetof(assay_valence_figures, accuracy), 1},
    {offsetof(assay_valence_figures, macro_f1), 1},
    {offsetof(assay_valence_figures, balanced_accuracy), 1},
    {offsetof(assay_valence_figures, precision), 3},
    {offsetof(assay_valence_figures, recall), 3},
    {offsetof(assay_valence_figures, f1), 3},
    {offsetof(assay_valence_figures, ece), 1},
    {offsetof(assay_valence_figures, majority_accuracy), 1},
    {offsetof(assay_valence_figures, majority_macro_f1), 1},
    {offsetof(assay_valence_figures, accuracy_ci), 2},
    {offsetof(assay_valence_figures, macro_f1_ci), 2},
};

static const span judge_spans[] = {
    {offsetof(assay_judge_figures, accuracy), 1},
    {offsetof(assay_judge_figures, macro_f1), 1},
    {offsetof(assay_judge_figures, balanced_accuracy), 1},
    {offsetof(assay_judge_figures, ece), 1},
    {offsetof(assay_judge_figures, accuracy_ci), 2},
    {offsetof(assay_judge_figures, macro_f1_ci), 2},
    {offsetof(assay_judge_figures, majority_accuracy), 1},
    {offsetof(assay_judge_figures, majority_macro_f1), 1},
};

static double get(const void *figures, size_t offset) {
    double x;
    memcpy(&x, (const char *)figures + offset, sizeof x);
    return x;
}

/* Mean and deviation (n - 1) of one figure over the trials in which it is defined; `inner` leads from a trial's figures to the
 * struct that `offset` is in. sd may be NULL. */
static double mean_of(const assay_judge_figures *const *trials, size_t n, size_t inner,
                      size_t offset, double *sd) {
    double sum = 0, squares = 0;
    size_t n_defined = 0;
    for (size_t i = 0; i < n; i++) {
        double x = get(trials[i], inner + offset);
        if (isnan(x)) continue;
        sum += x;
        n_defined++;
    }
    double mean = n_defined > 0 ? sum / (double)n_defined : NAN;
    for (size_t i = 0; i < n; i++) {
        double d = get(trials[i], inner + offset) - mean;
        if (!isnan(d)) squares += d * d;
    }
    if (sd != NULL) *sd = n_defined > 1 ? sqrt(squares / (double)(n_defined - 1)) : NAN;
    return mean;
}

static void take_spans(const assay_judge_figures *const *trials, size_t n, size_t inner,
                       const span *spans, size_t n_spans, assay_judge_figures *out) {
    for (size_t s = 0; s < n_spans; s++) {
        for (size_t k = 0; k < spans[s].n; k++) {
            size_t offset = spans[s].offset + k * sizeof(double);
            double mean = mean_of(trials, n, inner, offset, NULL);
            memcpy((char *)out + inner + offset, &mean, sizeof mean);
        }
    }
}

static void take_value(const assay_judge_figures *const *trials, size_t n, size_t inner,
                       assay_judge_figures *out) {
    assay_valence_figures *sum = (assay_valence_figures *)(void *)((char *)out + inner);
    take_spans(trials, n, inner, value_spans, sizeof value_spans / sizeof value_spans[0], out);
    for (size_t i = 0; i < n; i++) {
        const assay_valence_figures *f =
            (const assay_valence_figures *)(const void *)((const char *)trials[i] + inner);
        sum->n += f->n;
        sum->n_abstained += f->n_abstained;
        for (size_t k = 0; k < 9; k++) sum->confusion[k / 3][k % 3] += f->confusion[k / 3][k % 3];
    }
}

static void take_row(assay_eval_row *row, const assay_judge_figures *const *trials,
                     size_t n_values) {
    assay_judge_figures *out = &row->mean;
    size_t n = row->n_trials;
    take_spans(trials, n, 0, judge_spans, sizeof judge_spans / sizeof judge_spans[0], out);
    mean_of(trials, n, 0, offsetof(assay_judge_figures, accuracy), &row->accuracy_sd);
    mean_of(trials, n, 0, offsetof(assay_judge_figures, macro_f1), &row->macro_f1_sd);
    take_value(trials, n, offsetof(assay_judge_figures, all), out);
    for (size_t v = 0; v < n_values; v++)
        take_value(trials, n,
                   offsetof(assay_judge_figures, values) + v * sizeof(assay_valence_figures), out);
    for (size_t v = 0; v < n_values; v++) out->n_values += out->values[v].n > 0;
    for (size_t i = 0; i < n; i++) {
        out->n_texts += trials[i]->n_texts;
        out->n_pairs += trials[i]->n_pairs;
    }
}

/* ---- rows ---- */

static void add_row(assay_evaluation *e, const assay_eval_cell *cell, size_t version, size_t judge,
                    const assay_judge_figures **trials) {
    assay_eval_row *row = &e->rows[e->n_rows++];
    *row = (assay_eval_row){.cell = cell,
                            .version = version,
                            .judge = (assay_eval_judge)judge,
                            .n_trials = cell->n_trials};
    for (size_t i = 0; i < cell->n_trials; i++)
        trials[i] = assay_eval_figures(cell, i, version, row->judge);
    take_row(row, trials, e->n_values);
}

/* The sources together, behind the last of them. */
static void add_sources(assay_evaluation *e, size_t judge, const assay_judge_figures **trials) {
    assay_eval_row *row = &e->rows[e->n_rows];
    *row = (assay_eval_row){.sources = true, .judge = (assay_eval_judge)judge};
    for (size_t c = 0; c < e->n_cells; c++) {
        const assay_eval_cell *cell = &e->cells[c];
        if (cell->split != ASSAY_SPLIT_SOURCE || !(cell->judges & 1u << judge)) continue;
        row->cell = cell;
        for (size_t i = 0; i < cell->n_trials; i++)
            trials[row->n_trials++] = assay_eval_figures(cell, i, 0, row->judge);
    }
    if (row->cell == NULL) return;
    take_row(row, trials, e->n_values);
    e->n_rows++;
}

assay_status assay_eval_make_rows(assay_evaluation *e, assay_error *err) {
    size_t n_trials = 0, most = (e->n_cells * ASSAY_EVAL_VERSIONS + 1) * ASSAY_JUDGES;
    for (size_t c = 0; c < e->n_cells; c++) n_trials += e->cells[c].n_trials;
    const assay_judge_figures **trials = assay_alloc(n_trials, sizeof *trials);
    e->rows = assay_calloc(most, sizeof *e->rows);
    if (trials == NULL || e->rows == NULL) {
        free(trials);
        return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    }
    for (size_t c = 0; c < e->n_cells; c++) {
        const assay_eval_cell *cell = &e->cells[c];
        for (size_t version = 0; version < ASSAY_EVAL_VERSIONS; version++) {
            for (size_t judge = 0; judge < ASSAY_JUDGES; judge++) {
                if ((cell->versions & 1u << version) && (cell->judges & 1u << judge))
                    add_row(e, cell, version, judge, trials);
            }
        }
        bool last = c + 1 == e->n_cells || e->cells[c + 1].split != ASSAY_SPLIT_SOURCE;
        for (size_t judge = 0; cell->split == ASSAY_SPLIT_SOURCE && last && judge < ASSAY_JUDGES;
             judge++)
            add_sources(e, judge, trials);
    }
    free(trials);
    return ASSAY_OK;
}
