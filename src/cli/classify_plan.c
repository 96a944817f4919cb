/* What is measured: options -> cells, each a split with its trials; a trial -> the texts that are judged and the votes that are
 * learnt from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "cli/classify.h"

#define DEFAULT_SEEDS  5
#define CURVE_SEEDS    10
#define MAX_SOURCES    16 /* a classifier is learnt for each */
#define LIMIT_STREAM   7  /* of the seed: which texts a limit leaves */
#define PERTURBED_BITS (((1u << ASSAY_EVAL_VERSIONS) - 1) & ~ASSAY_EVAL_AS_IS)

static const size_t curve_labels[] = {10, 25, 50, 100};
enum { N_CURVE = sizeof curve_labels / sizeof curve_labels[0] };

/* ---- options ---- */

enum { ASKED_WHOLE = 1, ASKED_PERTURBED = 2, ASKED_SOURCES = 4 };

/* "held-out+perturbed" -> bits; 0 when a word is none. */
static unsigned read_splits(const assay_classify_options *o) {
    const char *whole = o->judging.classifier != NULL ? "as-is" : "held-out";
    unsigned asked = 0;
    for (const char *at = o->splits;; at++) {
        size_t n = strcspn(at, "+");
        if (n == strlen(whole) && strncmp(at, whole, n) == 0)
            asked |= ASKED_WHOLE;
        else if (n == strlen("perturbed") && strncmp(at, "perturbed", n) == 0)
            asked |= ASKED_PERTURBED;
        else if (o->judging.classifier == NULL && n == strlen("other-source") &&
                 strncmp(at, "other-source", n) == 0)
            asked |= ASKED_SOURCES;
        else
            return 0;
        at += n;
        if (*at == '\0') return asked;
    }
}

unsigned assay_eval_judges(const assay_classify_options *o) {
    if (o->judge == NULL) return 1u << ASSAY_JUDGE_RECOGNIZER;
    if (strcmp(o->judge, "all") == 0) return (1u << ASSAY_JUDGES) - 1;
    for (size_t k = 0; k < ASSAY_JUDGES; k++) {
        if (strcmp(o->judge, assay_eval_judge_names[k]) == 0) return 1u << k;
    }
    return 0;
}

/* Options that mean nothing without --eval. */
static const char *only_for_eval(const assay_classify_options *o) {
    const struct {
        bool given;
        const char *name;
    } options[] = {
        {o->format != NULL, "--format"},     {o->splits != NULL, "--splits"},
        {o->judge != NULL, "--judge"},       {o->judging.host.model != NULL, "--model"},
        {o->features != NULL, "--features"}, {o->seeds != 0, "--seeds"},
        {o->labels != 0, "--labels"},        {o->limit != 0, "--limit"},
        {o->include_seen, "--include-seen"}, {o->curve, "--curve"},
        {o->list_splits, "--list-splits"},   {o->json, "--json"},
    };
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++) {
        if (options[i].given) return options[i].name;
    }
    return NULL;
}

assay_status assay_eval_check(const assay_classify_options *o, assay_error *err) {
    const char *stray = only_for_eval(o);
    bool learnt = o->judging.classifier != NULL;
    if (o->n_eval == 0) {
        if (stray == NULL) return ASSAY_OK;
        return assay_fail(err, ASSAY_E_ARGUMENT, "classify: %s needs --eval LABELS", stray);
    }
    if (o->input != NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "classify: --eval takes its texts from the labels, not from %.200s",
                          o->input);
    if (assay_eval_judges(o) == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "classify: --judge %.40s, there are recognizer, model, both, all",
                          o->judge);
    if (o->judging.host.model != NULL && assay_eval_judges(o) == 1u << ASSAY_JUDGE_RECOGNIZER)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "classify: --model needs --judge model, both or all");
    if (o->splits != NULL && read_splits(o) == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "classify: --splits %.60s, there are %s",
                          o->splits,
                          learnt ? "as-is, perturbed" : "held-out, perturbed, other-source");
    if (learnt && (o->features != NULL || o->seeds != 0 || o->labels != 0 || o->curve))
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "classify: with --classifier nothing is learnt: no --features, --seeds, "
                          "--labels or --curve");
    if (!learnt && o->include_seen)
        return assay_fail(err, ASSAY_E_ARGUMENT, "classify: --include-seen needs --classifier");
    if (o->list_splits && !o->json)
        return assay_fail(err, ASSAY_E_ARGUMENT, "classify: --list-splits needs --json");
    return ASSAY_OK;
}

/* ---- cells ---- */

static assay_status add_cell(assay_evaluation *e, assay_eval_cell cell, assay_error *err) {
    size_t n = ASSAY_EVAL_VERSIONS * ASSAY_JUDGES;
    if (!assay_size_mul(n, cell.n_trials, &n))
        return assay_fail(err, ASSAY_E_LIMIT, "classify: too many trials");
    cell.figures = assay_calloc(n, sizeof *cell.figures);
    if (cell.figures == NULL) return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    e->cells[e->n_cells++] = cell;
    return ASSAY_OK;
}

/* Named sources of the labelled texts, in the order of the texts; MAX_SOURCES + 1: there are more. */
static size_t list_sources(const assay_evaluation *e, const char *out[MAX_SOURCES]) {
    size_t n = 0;
    for (size_t i = 0; i < e->n_texts; i++) {
        const char *source = assay_labels_text(e->labels, i)->source;
        bool known = !e->usable[i] || source[0] == '\0';
        for (size_t k = 0; k < n && !known; k++) known = strcmp(out[k], source) == 0;
        if (known) continue;
        if (n == MAX_SOURCES) return MAX_SOURCES + 1;
        out[n++] = source;
    }
    return n;
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static assay_status add_sources(assay_evaluation *e, assay_eval_cell cell, bool asked,
                                assay_error *err) {
    const char *sources[MAX_SOURCES];
    size_t n = list_sources(e, sources);
    assay_status status = ASSAY_OK;
    if (n < 2) e->note = "other-source: the labels name fewer than two sources of their texts";
    if (n > MAX_SOURCES) e->note = "other-source: the labels name more than 16 sources";
    if (e->note != NULL)
        return asked ? assay_fail(err, ASSAY_E_FORMAT, "%.200s: %s", e->options->eval[0], e->note)
                     : ASSAY_OK;
    qsort(sources, n, sizeof *sources, by_text);
    cell.split = ASSAY_SPLIT_SOURCE;
    cell.versions = ASSAY_EVAL_AS_IS;
    /* With all labels every seed would learn the same. */
    if (cell.n_labels == 0) cell.n_trials = 1;
    for (size_t k = 0; k < n && status == ASSAY_OK; k++) {
        cell.source = sources[k];
        status = add_cell(e, cell, err);
    }
    return status;
}

static assay_status add_curve(assay_evaluation *e, assay_error *err) {
    assay_status status = ASSAY_OK;
    assay_eval_cell cell = {.split = ASSAY_SPLIT_CURVE,
                            .n_trials = CURVE_SEEDS,
                            .versions = ASSAY_EVAL_AS_IS,
                            .judges = 1u << ASSAY_JUDGE_RECOGNIZER};
    for (size_t k = 0; k < N_CURVE && status == ASSAY_OK; k++) {
        cell.n_labels = curve_labels[k];
        status = add_cell(e, cell, err);
    }
    return status;
}

assay_status assay_eval_plan(assay_evaluation *e, assay_error *err) {
    const assay_classify_options *o = e->options;
    const assay_classifier *classifier = e->judging->classifier;
    unsigned asked = ASKED_WHOLE | ASKED_PERTURBED | ASKED_SOURCES;
    assay_status status = ASSAY_OK;
    assay_eval_cell cell = {.split = classifier != NULL ? ASSAY_SPLIT_AS_IS : ASSAY_SPLIT_HELD_OUT,
                            .n_labels = (size_t)o->labels,
                            .n_trials = o->seeds > 0 ? (size_t)o->seeds : DEFAULT_SEEDS,
                            .judges = assay_eval_judges(o)};
    if (classifier != NULL) {
        cell.n_trials = 1;
        /* Each perturbation would have to be embedded as well: that waits until it is asked for. */
        asked = assay_classifier_encoder(classifier) != NULL ? ASKED_WHOLE
                                                             : ASKED_WHOLE | ASKED_PERTURBED;
    }
    if (o->splits != NULL) asked = read_splits(o);
    if (asked & ASKED_WHOLE) cell.versions |= ASSAY_EVAL_AS_IS;
    if (asked & ASKED_PERTURBED) cell.versions |= PERTURBED_BITS;
    e->cells = assay_calloc(1 + MAX_SOURCES + N_CURVE, sizeof *e->cells);
    if (e->cells == NULL) return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    if (cell.versions != 0) status = add_cell(e, cell, err);
    if (status == ASSAY_OK && (asked & ASKED_SOURCES))
        status = add_sources(e, cell, o->splits != NULL, err);
    return status == ASSAY_OK && o->curve ? add_curve(e, err) : status;
}

/* ---- trials ---- */

uint64_t assay_eval_seed(const assay_evaluation *e, size_t trial) {
    return (uint64_t)e->options->seed + trial;
}

/* Leaves `limit` of the marked texts, drawn by the seed. */
static assay_status apply_limit(const assay_evaluation *e, uint64_t seed, bool *texts,
                                assay_error *err) {
    uint32_t *order = assay_alloc(e->n_texts, sizeof *order);
    assay_rng rng = assay_rng_seed(seed, LIMIT_STREAM);
    size_t n = 0;
    if (order == NULL) return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    for (size_t i = 0; i < e->n_texts; i++) {
        if (texts[i]) order[n++] = (uint32_t)i;
    }
    assay_rng_shuffle(&rng, order, n, sizeof *order);
    for (size_t i = (size_t)e->options->limit; i < n; i++) texts[order[i]] = false;
    free(order);
    return ASSAY_OK;
}

static size_t count(const bool *marks, size_t n) {
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += marks[i];
    return sum;
}

/* Which texts may be learnt from [n_texts]; `judged` as the split alone says. */
static void divide(const assay_evaluation *e, const assay_eval_cell *cell, uint64_t seed,
                   bool *judged, bool *others) {
    if (cell->split == ASSAY_SPLIT_HELD_OUT || cell->split == ASSAY_SPLIT_CURVE)
        assay_labels_hold_out(e->labels, ASSAY_EVAL_TEST_SHARE, seed, judged);
    for (size_t i = 0; i < e->n_texts; i++) {
        const char *source = assay_labels_text(e->labels, i)->source;
        if (cell->split == ASSAY_SPLIT_AS_IS) judged[i] = true;
        if (cell->split == ASSAY_SPLIT_SOURCE) judged[i] = strcmp(source, cell->source) == 0;
        /* A text of an unknown source may be of the one that is judged. */
        others[i] = !judged[i] && (cell->split != ASSAY_SPLIT_SOURCE || source[0] != '\0');
        judged[i] = judged[i] && e->usable[i];
        others[i] = others[i] && e->usable[i];
    }
}

assay_status assay_eval_split_trial(const assay_evaluation *e, const assay_eval_cell *cell,
                                    size_t trial, bool *judged, bool *learn, assay_error *err) {
    uint64_t seed = assay_eval_seed(e, trial);
    bool *others = assay_alloc(e->n_texts, sizeof *others);
    assay_status status = ASSAY_OK;
    if (others == NULL) return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    divide(e, cell, seed, judged, others);
    size_t n_judged = count(judged, e->n_texts), n_others = count(others, e->n_texts);
    if (n_judged == 0 || (n_others == 0 && cell->split != ASSAY_SPLIT_AS_IS))
        status = assay_fail(err, ASSAY_E_FORMAT,
                            "%.200s: %zu labelled texts leave %zu to learn from and %zu to judge",
                            e->options->eval[0], count(e->usable, e->n_texts), n_others, n_judged);
    if (status == ASSAY_OK && e->options->limit > 0 && cell->split != ASSAY_SPLIT_CURVE)
        status = apply_limit(e, seed, judged, err);
    if (status == ASSAY_OK && learn != NULL)
        status = assay_labels_draw(e->labels, e->n_values,
                                   cell->n_labels > 0 ? cell->n_labels : SIZE_MAX, seed, others,
                                   learn, err);
    free(others);
    return status;
}
