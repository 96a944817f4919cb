/* Edits of a concept pool by hand, and its deduplication: each makes another pool. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

#include "clave/concepts/rouge.h"

/* What becomes of a pool's concepts: those that are dropped, and one that is another now. */
typedef struct edit {
    const bool *drop;   /* [n], or NULL */
    const size_t *into; /* [n] which concept a dropped one becomes part of; NULL: none does */
    size_t at;          /* index of the changed concept; n: none */
    assay_concept item; /* what it is now */
    const float
        *vector; /* of its new text; NULL: the old one, or its text's own without an encoder */
    bool new_text;
} edit;

static assay_status apply(const assay_concepts *c, const edit *e, double threshold,
                          assay_concepts **out, assay_error *err) {
    assay_concepts *made = NULL;
    size_t n_kept = 0;
    *out = NULL;
    for (size_t i = 0; i < c->n; i++) n_kept += e->drop == NULL || !e->drop[i];
    assay_status status = assay_concepts_alloc(c->values_sha256, assay_concepts_encoder(c),
                                               threshold, n_kept, &made, err);
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++) {
        if (e->drop != NULL && e->drop[i]) continue;
        if (i == e->at && e->new_text)
            status = assay_concepts_append(made, &e->item, e->vector, false, err);
        else
            status = assay_concepts_append(made, i == e->at ? &e->item : &c->items[i],
                                           c->vectors + i * c->dim, true, err);
    }
    if (status == ASSAY_OK) status = assay_concepts_carry(c, e->drop, e->into, made, err);
    if (status == ASSAY_OK) return assay_concepts_seal(made, out, err);
    assay_concepts_free(made);
    return status;
}

static assay_status check_index(const assay_concepts *c, size_t i, assay_error *err) {
    if (i < c->n) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "there is no concept %zu, the pool has %zu", i + 1,
                      c->n);
}

/* A new text comes with its vector exactly when the pool has an encoder. */
static assay_status check_vector(const assay_concepts *c, const float *vector, assay_error *err) {
    if ((vector != NULL) == (c->encoder.name != NULL)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "%s",
                      vector != NULL ? "a vector for a pool without an encoder"
                                     : "a new text needs its vector by the pool's encoder");
}

assay_status assay_concepts_rename(const assay_concepts *c, size_t i, const char *text,
                                   const float *vector, assay_concepts **out, assay_error *err) {
    *out = NULL;
    assay_status status = check_index(c, i, err);
    if (status == ASSAY_OK) status = check_vector(c, vector, err);
    if (status != ASSAY_OK) return status;
    edit e = {.at = i, .item = c->items[i], .vector = vector, .new_text = true};
    e.item.text = text;
    e.item.pinned = true;
    return apply(c, &e, c->threshold, out, err);
}

assay_status assay_concepts_pin(const assay_concepts *c, size_t i, bool pinned,
                                assay_concepts **out, assay_error *err) {
    *out = NULL;
    assay_status status = check_index(c, i, err);
    if (status != ASSAY_OK) return status;
    edit e = {.at = i, .item = c->items[i]};
    e.item.pinned = pinned;
    return apply(c, &e, c->threshold, out, err);
}

assay_status assay_concepts_delete(const assay_concepts *c, size_t i, assay_concepts **out,
                                   assay_error *err) {
    *out = NULL;
    assay_status status = check_index(c, i, err);
    if (status != ASSAY_OK) return status;
    bool *drop = assay_calloc(c->n, sizeof *drop);
    if (drop == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    drop[i] = true;
    const edit e = {.drop = drop, .at = c->n};
    status = apply(c, &e, c->threshold, out, err);
    free(drop);
    return status;
}

/* Marks what goes into which[0]. */
static assay_status mark_merged(const assay_concepts *c, const size_t *which, size_t n, bool *drop,
                                assay_error *err) {
    for (size_t k = 0; k < n; k++) {
        assay_status status = check_index(c, which[k], err);
        if (status != ASSAY_OK) return status;
        const assay_concept *item = &c->items[which[k]], *first = &c->items[which[0]];
        if (strcmp(item->value, first->value) != 0 || item->valence != first->valence)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "concepts %zu and %zu are of two values or directions", which[0] + 1,
                              which[k] + 1);
        if (drop[which[k]] || (k > 0 && which[k] == which[0]))
            return assay_fail(err, ASSAY_E_ARGUMENT, "concept %zu is named twice", which[k] + 1);
        drop[which[k]] = k > 0;
    }
    return ASSAY_OK;
}

assay_status assay_concepts_merge(const assay_concepts *c, const size_t *which, size_t n,
                                  const char *text, const float *vector, assay_concepts **out,
                                  assay_error *err) {
    *out = NULL;
    if (n < 2) return assay_fail(err, ASSAY_E_ARGUMENT, "a merger of %zu concepts", n);
    if (text != NULL && check_vector(c, vector, err) != ASSAY_OK) return ASSAY_E_ARGUMENT;
    bool *drop = assay_calloc(c->n, sizeof *drop);
    size_t *into = assay_calloc(c->n, sizeof *into);
    assay_status status = drop == NULL || into == NULL
                              ? assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory")
                              : mark_merged(c, which, n, drop, err);
    if (status == ASSAY_OK) {
        for (size_t i = 0; i < c->n; i++) into[i] = which[0];
        edit e = {.drop = drop,
                  .into = into,
                  .at = which[0],
                  .item = c->items[which[0]],
                  .vector = vector,
                  .new_text = text != NULL};
        if (text != NULL) e.item.text = text;
        e.item.pinned = true;
        status = apply(c, &e, c->threshold, out, err);
    }
    free(drop);
    free(into);
    return status;
}

/* ---- deduplication ---- */

typedef struct pruning {
    const assay_concepts *c;
    assay_words *words; /* [n] */
    bool *drop;         /* [n] */
    bool *kept;         /* [n] decided to stay */
    size_t *into; /* [n] the kept one of the same direction that a dropped one doubles; n: none */
    double rouge, cosine;
} pruning;

static assay_status is_double(const pruning *p, size_t i, size_t kept, bool *yes,
                              assay_error *err) {
    const assay_concept *a = &p->c->items[i], *b = &p->c->items[kept];
    double f = 0;
    if (strcmp(a->value, b->value) != 0) return ASSAY_OK;
    *yes = assay_words_equal(&p->words[i], &p->words[kept]);
    if (*yes || a->valence != b->valence) return ASSAY_OK;
    assay_status status = assay_rouge_l(&p->words[i], &p->words[kept], &f, err);
    *yes = f >= p->rouge;
    if (status == ASSAY_OK && !*yes && p->cosine <= 1)
        *yes = assay_vector_dot(p->c->vectors + i * p->c->dim, p->c->vectors + kept * p->c->dim,
                                p->c->dim) >= p->cosine;
    return status;
}

/* The pinned first, so that nothing else can drive them out. */
static assay_status prune(pruning *p, assay_error *err) {
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < p->c->n; i++) {
        p->kept[i] = p->c->items[i].pinned;
        status = assay_words_split(p->c->items[i].text, &p->words[i], err);
        if (status != ASSAY_OK) return status;
    }
    for (size_t i = 0; i < p->c->n; i++) {
        bool yes = false;
        p->into[i] = p->c->n;
        if (p->kept[i]) continue;
        for (size_t k = 0; k < p->c->n && !yes && status == ASSAY_OK; k++) {
            if (p->kept[k]) status = is_double(p, i, k, &yes, err);
            if (yes && p->c->items[i].valence == p->c->items[k].valence) p->into[i] = k;
        }
        if (status != ASSAY_OK) return status;
        p->kept[i] = !yes;
        p->drop[i] = yes;
    }
    return ASSAY_OK;
}

assay_status assay_concepts_deduplicate(const assay_concepts *c, double rouge, double cosine,
                                        assay_concepts **out, assay_error *err) {
    pruning p = {.c = c, .rouge = rouge, .cosine = cosine};
    assay_status status = ASSAY_OK;
    *out = NULL;
    p.words = assay_calloc(c->n, sizeof *p.words);
    p.drop = assay_calloc(c->n, sizeof *p.drop);
    p.kept = assay_calloc(c->n, sizeof *p.kept);
    p.into = assay_calloc(c->n, sizeof *p.into);
    if (p.words == NULL || p.drop == NULL || p.kept == NULL || p.into == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    if (status == ASSAY_OK) status = prune(&p, err);
    if (status == ASSAY_OK) {
        const edit e = {.drop = p.drop, .into = p.into, .at = c->n};
        status = apply(c, &e, c->threshold, out, err);
    }
    for (size_t i = 0; p.words != NULL && i < c->n; i++) assay_words_free(&p.words[i]);
    free(p.words);
    free(p.drop);
    free(p.kept);
    free(p.into);
    return status;
}
