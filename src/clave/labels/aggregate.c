/* Votes -> soft labels. Each value is fitted by itself: how often it occurs and how raters err at it differ from value to
 * value. */
#include <math.h>
#include <stdlib.h>

#include "assay_clave.h"
#include "clave/labels/crowd.h"

/* Fits with more raters than this would need matrices beyond a browser's memory. */
#define MAX_RATERS 1000000

typedef struct aggregation {
    assay_crowd crowd; /* of the value at hand */
    assay_crowd_vote *votes;
    uint32_t
        *rater; /* [n_annotators] number of an annotator among those of the value; by first use */
    uint32_t *names;   /* [n_annotators] the other way */
    uint32_t *out_of;  /* [n_items] where the item's soft label goes */
    double *right;     /* [n_annotators] expected right votes, all values */
    uint32_t *n_votes; /* [n_annotators] */
} aggregation;

static void release(aggregation *a) {
    assay_crowd *c = &a->crowd;
    void *const blocks[] = {a->votes,    a->rater, a->names,  a->out_of,  a->right,
                            a->n_votes,  c->p,     c->errors, c->logs,    c->theta,
                            c->strategy, c->best,  c->know,   c->knowing, c->n_by_rater};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) free(blocks[i]);
}

static bool reserve(aggregation *a, size_t n_votes, size_t n_raters, size_t n_items) {
    assay_crowd *c = &a->crowd;
    return (a->votes = assay_alloc(n_votes, sizeof *a->votes)) != NULL &&
           (a->rater = assay_alloc(n_raters, sizeof *a->rater)) != NULL &&
           (a->names = assay_alloc(n_raters, sizeof *a->names)) != NULL &&
           (a->out_of = assay_alloc(n_items, sizeof *a->out_of)) != NULL &&
           (a->right = assay_calloc(n_raters, sizeof *a->right)) != NULL &&
           (a->n_votes = assay_calloc(n_raters, sizeof *a->n_votes)) != NULL &&
           (c->p = assay_alloc(n_items, sizeof *c->p)) != NULL &&
           (c->errors = assay_alloc(n_raters, ASSAY_N_LABELS * sizeof *c->errors)) != NULL &&
           (c->logs = assay_alloc(n_raters, ASSAY_N_LABELS * sizeof *c->logs)) != NULL &&
           (c->theta = assay_alloc(n_raters, sizeof *c->theta)) != NULL &&
           (c->strategy = assay_alloc(n_raters, sizeof *c->strategy)) != NULL &&
           (c->best = assay_alloc(n_raters, 2 * sizeof *c->best)) != NULL &&
           (c->know = assay_alloc(n_raters, sizeof *c->know)) != NULL &&
           (c->knowing = assay_alloc(n_raters, sizeof *c->knowing)) != NULL &&
           (c->n_by_rater = assay_alloc(n_raters, sizeof *c->n_by_rater)) != NULL;
}

/* The soft labels' places, in order of (text, value), with their numbers of votes. */
static assay_status place(const assay_labels *l, size_t n_values, assay_soft_label **out, size_t *n,
                          assay_error *err) {
    size_t n_votes = assay_labels_n_votes(l);
    assay_soft_label *soft = assay_alloc(n_votes, sizeof *soft);
    if (soft == NULL) return assay_fail(err, ASSAY_E_MEMORY, "aggregate: out of memory");
    *out = soft;
    for (size_t i = 0; i < n_votes; i++) {
        const assay_vote *v = assay_labels_vote(l, i);
        if (v->value >= n_values)
            return assay_fail(err, ASSAY_E_ARGUMENT, "aggregate: a vote for value %u of %zu",
                              (unsigned)v->value, n_values);
        if (v->skip) continue;
        if (*n == 0 || soft[*n - 1].text != v->text || soft[*n - 1].value != v->value)
            soft[(*n)++] = (assay_soft_label){.text = v->text, .value = v->value};
        soft[*n - 1].n_votes++;
    }
    return ASSAY_OK;
}

/* The votes for one value, its items and raters numbered from 0. */
static void select_value(aggregation *a, const assay_labels *l, uint32_t value,
                         const assay_soft_label *soft, size_t n_soft) {
    assay_crowd *c = &a->crowd;
    size_t n = assay_labels_n_votes(l), at = 0;
    c->n_votes = c->n_items = c->n_raters = 0;
    c->n_seen = 0;
    for (int k = 0; k < ASSAY_N_LABELS; k++) c->seen[k] = false;
    for (size_t r = 0; r < assay_labels_n_annotators(l); r++) a->rater[r] = UINT32_MAX;
    for (size_t i = 0; i < n; i++) { /* annotators keep their order, whichever item comes first */
        const assay_vote *v = assay_labels_vote(l, i);
        if (v->value == value && !v->skip) a->rater[v->annotator] = 0;
    }
    for (size_t r = 0; r < assay_labels_n_annotators(l); r++) {
        if (a->rater[r] != 0) continue;
        c->n_by_rater[c->n_raters] = 0;
        a->names[c->n_raters] = (uint32_t)r;
        a->rater[r] = (uint32_t)c->n_raters++;
    }
    for (size_t i = 0; i < n; i++) {
        const assay_vote *v = assay_labels_vote(l, i);
        if (v->value != value || v->skip) continue;
        while (at < n_soft && (soft[at].text != v->text || soft[at].value != value)) at++;
        if (c->n_items == 0 || a->out_of[c->n_items - 1] != at)
            a->out_of[c->n_items++] = (uint32_t)at;
        int label = v->label + 1;
        c->n_seen += !c->seen[label];
        c->seen[label] = true;
        c->n_by_rater[a->rater[v->annotator]]++;
        a->votes[c->n_votes++] = (assay_crowd_vote){.item = (uint32_t)(c->n_items - 1),
                                                    .rater = a->rater[v->annotator],
                                                    .label = (uint8_t)label};
    }
    c->votes = a->votes;
}

static void fit(assay_crowd *c, assay_aggregation how, uint64_t seed, uint32_t value) {
    switch (how) {
    case ASSAY_MAJORITY:
        assay_crowd_majority(c);
        break;
    case ASSAY_DAWID_SKENE:
    case ASSAY_ONE_COIN:
        assay_crowd_dawid_skene(c, how == ASSAY_ONE_COIN);
        break;
    case ASSAY_MACE:
        assay_crowd_mace(c, seed, value);
        break;
    }
}

static void collect(aggregation *a, assay_soft_label *soft) {
    const assay_crowd *c = &a->crowd;
    for (size_t i = 0; i < c->n_items; i++) {
        for (int k = 0; k < ASSAY_N_LABELS; k++) soft[a->out_of[i]].p[k] = c->p[i][k];
    }
    for (size_t v = 0; v < c->n_votes; v++) {
        const assay_crowd_vote *vote = &c->votes[v];
        a->right[a->names[vote->rater]] += c->p[vote->item][vote->label];
        a->n_votes[a->names[vote->rater]]++;
    }
}

assay_status assay_labels_aggregate(const assay_labels *l, size_t n_values, assay_aggregation how,
                                    uint64_t seed, assay_soft_label **out, size_t *n,
                                    double *raters, assay_error *err) {
    size_t n_raters = assay_labels_n_annotators(l);
    aggregation a = {0};
    *out = NULL;
    *n = 0;
    if (how < ASSAY_MAJORITY || how > ASSAY_MACE)
        return assay_fail(err, ASSAY_E_ARGUMENT, "aggregate: no method %d", (int)how);
    if (n_raters > MAX_RATERS)
        return assay_fail(err, ASSAY_E_LIMIT, "aggregate: %zu annotators, at most %d", n_raters,
                          MAX_RATERS);
    assay_status status = place(l, n_values, out, n, err);
    if (status == ASSAY_OK && !reserve(&a, assay_labels_n_votes(l), n_raters, *n))
        status = assay_fail(err, ASSAY_E_MEMORY, "aggregate: out of memory");
    for (uint32_t value = 0; value < n_values && status == ASSAY_OK; value++) {
        select_value(&a, l, value, *out, *n);
        if (a.crowd.n_items == 0) continue;
        fit(&a.crowd, how, seed, value);
        collect(&a, *out);
    }
    for (size_t r = 0; r < n_raters && status == ASSAY_OK && raters != NULL; r++)
        raters[r] = a.n_votes[r] > 0 ? a.right[r] / a.n_votes[r] : NAN;
    if (status != ASSAY_OK) {
        free(*out);
        *out = NULL;
        *n = 0;
    }
    release(&a);
    return status;
}
