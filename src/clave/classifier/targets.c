/* Labels of several people -> what each value's regressions learn, and its folds. */
#include "clave/classifier/calibrate.h"

#include <stdlib.h>
#include <string.h>

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

/* ---- folds ---- */

enum { NO_FOLD = 255 }; /* above ASSAY_MAX_FOLDS */

typedef struct kind { /* the texts with one label for one value */
    size_t value, n;
    int8_t label;
} kind;

/* The rarest first; of equals, the first value's. */
static int compare_kinds(const void *a, const void *b) {
    const kind *x = a, *y = b;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return x->label < y->label ? -1 : 1;
}

typedef struct dealer {
    const assay_target *targets;
    const assay_calibrate_options *options;
    uint32_t *same_as;                 /* [n_texts] the first text that says the same */
    uint8_t *fold_of;                  /* [n_texts] of such first texts */
    uint32_t *order;                   /* [n_texts] */
    size_t n_in_fold[ASSAY_MAX_FOLDS]; /* texts dealt */
} dealer;

/* Deals the texts of a kind that have no fold yet, each to the fold that has the fewest of this kind; of equals the one
 * with the fewest texts, then the first. */
static void deal_kind(dealer *d, const kind *k) {
    const assay_target *t = &d->targets[k->value];
    size_t n_folds = (size_t)d->options->n_folds, n_left = 0, n_of_kind[ASSAY_MAX_FOLDS] = {0};
    for (size_t i = 0; i < t->n; i++) {
        uint32_t text = d->same_as[t->text[i]];
        if (t->label[i] != k->label) continue;
        if (d->fold_of[text] == NO_FOLD)
            d->order[n_left++] = text;
        else
            n_of_kind[d->fold_of[text]]++;
    }
    assay_rng rng = assay_rng_seed(d->options->seed, k->value * 3 + (size_t)(k->label + 1));
    assay_rng_shuffle(&rng, d->order, n_left, sizeof *d->order);
    for (size_t i = 0; i < n_left; i++) {
        size_t best = 0;
        if (d->fold_of[d->order[i]] != NO_FOLD) { /* dealt already, under another id */
            n_of_kind[d->fold_of[d->order[i]]]++;
            continue;
        }
        for (size_t f = 1; f < n_folds; f++) {
            if (n_of_kind[f] < n_of_kind[best] ||
                (n_of_kind[f] == n_of_kind[best] && d->n_in_fold[f] < d->n_in_fold[best]))
                best = f;
        }
        n_of_kind[best]++;
        d->n_in_fold[best]++;
        d->fold_of[d->order[i]] = (uint8_t)best;
    }
}

typedef struct said { /* what a text says, and which one it is */
    const assay_judged_text *text;
    uint32_t index;
} said;

static int compare_said(const void *a, const void *b) {
    const said *x = a, *y = b;
    int order = strcmp(x->text->response, y->text->response);
    if (order == 0) order = strcmp(x->text->scenario, y->text->scenario);
    return order != 0 ? order : (x->index > y->index) - (x->index < y->index);
}

static assay_status find_same(const assay_labels *labels, uint32_t *same_as, assay_error *err) {
    size_t n = assay_labels_n_texts(labels);
    said *texts = assay_alloc(n, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    for (size_t i = 0; i < n; i++) texts[i] = (said){assay_labels_text(labels, i), (uint32_t)i};
    if (n > 1) qsort(texts, n, sizeof *texts, compare_said);
    for (size_t i = 0; i < n; i++) {
        bool again = i > 0 && strcmp(texts[i - 1].text->response, texts[i].text->response) == 0 &&
                     strcmp(texts[i - 1].text->scenario, texts[i].text->scenario) == 0;
        same_as[texts[i].index] = again ? same_as[texts[i - 1].index] : texts[i].index;
    }
    free(texts);
    return ASSAY_OK;
}

/* After "On the stratification of multi-label data" (Sechidis, Tsoumakas and Vlahavas, 2011): the rarest label first. A
 * text has one fold whatever the value, since values learn from each other's texts, and whatever its id. */
static assay_status deal(assay_target *targets, size_t n_values, const assay_labels *labels,
                         const assay_calibrate_options *options, assay_error *err) {
    size_t n_texts = assay_labels_n_texts(labels);
    kind *kinds = assay_alloc(n_values, 3 * sizeof *kinds);
    dealer d = {.targets = targets,
                .options = options,
                .same_as = assay_alloc(n_texts, sizeof *d.same_as),
                .fold_of = assay_alloc(n_texts, sizeof *d.fold_of),
                .order = assay_alloc(n_texts, sizeof *d.order)};
    assay_status status = ASSAY_OK;
    if (kinds == NULL || d.same_as == NULL || d.fold_of == NULL || d.order == NULL)
        status = no_memory(err);
    if (status == ASSAY_OK) status = find_same(labels, d.same_as, err);
    if (status == ASSAY_OK) {
        memset(d.fold_of, NO_FOLD, n_texts);
        for (size_t k = 0; k < 3 * n_values; k++)
            kinds[k] = (kind){k / 3, targets[k / 3].count[k % 3], (int8_t)(k % 3) - 1};
        qsort(kinds, 3 * n_values, sizeof *kinds, compare_kinds);
        for (size_t k = 0; k < 3 * n_values; k++) deal_kind(&d, &kinds[k]);
        for (size_t v = 0; v < n_values; v++) {
            for (size_t i = 0; i < targets[v].n; i++)
                targets[v].fold[i] = d.fold_of[d.same_as[targets[v].text[i]]];
        }
    }
    free(kinds);
    free(d.same_as);
    free(d.fold_of);
    free(d.order);
    return status;
}

/* ---- targets ---- */

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
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++) count(&targets[v]);
    if (status == ASSAY_OK) status = deal(targets, n_values, labels, options, err);
    free(soft);
    free(sizes);
    if (status != ASSAY_OK) {
        assay_targets_free(targets, n_values);
        return status;
    }
    *out = targets;
    return ASSAY_OK;
}
