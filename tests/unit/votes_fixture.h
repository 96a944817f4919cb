/* A label set straight from votes in an array, for tests of what is computed from labels. */
#ifndef ASSAY_TEST_VOTES_FIXTURE_H
#define ASSAY_TEST_VOTES_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clave/labels/labels.h"

#define VOTES_FIXTURE_SKIP 9 /* as a label: asked, but could not say */

typedef struct votes_fixture {
    assay_labels labels; /* zeroed strings: names lie in here */
    char (*names)[16];
    size_t capacity;
} votes_fixture;

/* Votes may come in any order; texts and annotators are numbered from 0. */
static inline void votes_fixture_add(votes_fixture *f, uint32_t text, uint32_t value,
                                     uint32_t rater, int label) {
    assay_labels *l = &f->labels;
    if (l->n_votes == f->capacity) {
        f->capacity = f->capacity * 2 + 64;
        l->votes = realloc(l->votes, f->capacity * sizeof *l->votes);
        if (l->votes == NULL) abort();
    }
    bool skip = label == VOTES_FIXTURE_SKIP;
    l->votes[l->n_votes++] = (assay_vote){.text = text,
                                          .value = value,
                                          .annotator = rater,
                                          .label = (int8_t)(skip ? 0 : label),
                                          .skip = skip,
                                          .note = ""};
    if (text >= l->n_texts) l->n_texts = text + 1;
    if (rater >= l->n_annotators) l->n_annotators = rater + 1;
}

static inline int votes_fixture_order(const void *a, const void *b) {
    const assay_vote *x = a, *y = b;
    if (x->text != y->text) return x->text < y->text ? -1 : 1;
    if (x->value != y->value) return x->value < y->value ? -1 : 1;
    return (x->annotator > y->annotator) - (x->annotator < y->annotator);
}

/* Call once, when all votes are in. */
static inline void votes_fixture_close(votes_fixture *f) {
    assay_labels *l = &f->labels;
    size_t n = l->n_texts + l->n_annotators;
    f->names = calloc(n + 1, sizeof *f->names);
    l->texts = calloc(l->n_texts + 1, sizeof *l->texts);
    l->annotators = calloc(l->n_annotators + 1, sizeof *l->annotators);
    if (f->names == NULL || l->texts == NULL || l->annotators == NULL) abort();
    for (size_t i = 0; i < n; i++)
        snprintf(f->names[i], sizeof f->names[i], "%06u", (unsigned)i % 1000000);
    for (size_t i = 0; i < l->n_texts; i++)
        l->texts[i] = (assay_judged_text){f->names[i], "", f->names[i], ""};
    for (size_t i = 0; i < l->n_annotators; i++) l->annotators[i] = f->names[l->n_texts + i];
    if (l->n_votes > 0) qsort(l->votes, l->n_votes, sizeof *l->votes, votes_fixture_order);
}

static inline void votes_fixture_free(votes_fixture *f) {
    free(f->labels.texts);
    free(f->labels.annotators);
    free(f->labels.votes);
    free(f->names);
    *f = (votes_fixture){0};
}

#endif
