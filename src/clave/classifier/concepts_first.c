/* A classifier's file -> the first concepts of its values, fitted to its labelled texts. */
#include <stdlib.h>
#include <string.h>

#include "clave/classifier/classifier.h"
#include "clave/concepts/concepts.h"

#define OPEN (-2.0) /* a threshold that lets everything pass */

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
}

static assay_status check(const assay_classifier *c, const assay_vectors *v, assay_error *err) {
    if (v == NULL) return ASSAY_OK;
    if (c->encoder_sha256 == NULL || strcmp(v->sha256, c->encoder_sha256) != 0 || v->dim != c->dim)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "concepts: the classifier is made with %.60s, the vectors by %.60s",
                          c->encoder_name != NULL ? c->encoder_name : "no encoder", v->name);
    if (v->response == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: no vectors of the concepts");
    return ASSAY_OK;
}

static assay_status create(const assay_values *values, const assay_vectors *v, assay_concepts **out,
                           assay_error *err) {
    size_t n_values = assay_values_count(values), n = 0;
    for (size_t i = 0; i < n_values; i++) n += assay_values_at(values, i)->n_concepts;
    assay_concept *items = assay_alloc(n + 1, sizeof *items);
    if (items == NULL) return no_memory(err);
    n = 0;
    for (size_t i = 0; i < n_values; i++) {
        const assay_value *value = assay_values_at(values, i);
        for (size_t k = 0; k < value->n_concepts; k++)
            items[n++] = (assay_concept){value->concepts[k], value->id, ASSAY_ADHERES, false};
    }
    const assay_concept_encoder encoder = {v != NULL ? v->name : NULL, v != NULL ? v->sha256 : NULL,
                                           v != NULL ? v->dim : 0};
    assay_status status = assay_concepts_create(values, items, n, v != NULL ? &encoder : NULL,
                                                v != NULL ? v->response : NULL, out, err);
    free(items);
    return status;
}

/* The best similarity of each (text, value) that is labelled unrelated, into best [all labels]; *n of them. */
static assay_status gather(const assay_concepts *open, const assay_classifier *c, double *best,
                           size_t *n, assay_error *err) {
    bool coded = assay_concepts_encoder(open) != NULL;
    float *text = assay_alloc(ASSAY_TEXT_DIM, sizeof *text);
    if (text == NULL) return no_memory(err);
    for (size_t v = 0; v < c->n_values; v++) {
        const assay_value_part *part = &c->parts[v];
        for (size_t k = 0; k < part->n_labels; k++) {
            uint32_t e = part->example[k];
            assay_concept_hit hit;
            if (part->label[k] != ASSAY_UNRELATED) continue;
            if (!coded) assay_text_vector(c->examples[e].response, text);
            if (assay_concepts_nearest(open, assay_values_at(c->values, v)->id,
                                       coded ? c->codes + e * c->dim : text, 1, &hit) == 1)
                best[(*n)++] = hit.similarity;
        }
    }
    free(text);
    return ASSAY_OK;
}

static assay_status fit(const assay_concepts *pool, const assay_classifier *c, assay_concepts **out,
                        assay_error *err) {
    size_t n_labels = 0, n = 0;
    assay_concepts *open = NULL;
    double threshold = ASSAY_CONCEPT_THRESHOLD;
    for (size_t v = 0; v < c->n_values; v++) n_labels += c->parts[v].n_labels;
    double *best = assay_alloc(n_labels + 1, sizeof *best);
    assay_status status =
        best != NULL ? assay_concepts_with_threshold(pool, OPEN, &open, err) : no_memory(err);
    if (status == ASSAY_OK) status = gather(open, c, best, &n, err);
    if (n > 0) threshold = assay_concepts_threshold_for(best, n, ASSAY_CONCEPT_SHARE);
    if (status == ASSAY_OK) status = assay_concepts_with_threshold(pool, threshold, out, err);
    assay_concepts_free(open);
    free(best);
    return status;
}

assay_status assay_concepts_first(const assay_classifier *c, const assay_vectors *vectors,
                                  assay_concepts **out, assay_error *err) {
    assay_concepts *pool = NULL;
    *out = NULL;
    assay_status status = check(c, vectors, err);
    if (status == ASSAY_OK) status = create(c->values, vectors, &pool, err);
    if (status == ASSAY_OK) status = fit(pool, c, out, err);
    assay_concepts_free(pool);
    return status;
}
