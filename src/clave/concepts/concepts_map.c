/* From vectors to concepts: the nearest ones, and the threshold below which there is none. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

/* ---- majority ---- */

static int8_t winner(const uint32_t votes[3]) {
    int best = 0;
    bool tie = false;
    for (int l = 1; l < 3; l++) {
        if (votes[l] > votes[best]) {
            best = l;
            tie = false;
        } else if (votes[l] == votes[best]) {
            tie = true;
        }
    }
    return (int8_t)(tie ? ASSAY_UNDECIDED : best - 1);
}

/* The votes of a (text, value) stand together. */
assay_status assay_labels_majority(const assay_labels *labels, size_t n_values, int8_t **out,
                                   assay_error *err) {
    size_t n_votes = assay_labels_n_votes(labels), n = 0;
    *out = assay_size_mul(assay_labels_n_texts(labels), n_values, &n) ? assay_alloc(n, 1) : NULL;
    if (*out == NULL) return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    memset(*out, ASSAY_UNDECIDED, n);
    for (size_t i = 0; i < n_votes;) {
        const assay_vote *first = assay_labels_vote(labels, i), *vote = first;
        uint32_t votes[3] = {0};
        for (; i < n_votes; i++) {
            vote = assay_labels_vote(labels, i);
            if (vote->text != first->text || vote->value != first->value) break;
            if (!vote->skip) votes[vote->label + 1]++;
        }
        if (first->value < n_values) (*out)[first->text * n_values + first->value] = winner(votes);
    }
    return ASSAY_OK;
}

/* ---- nearest ---- */

size_t assay_concepts_nearest(const assay_concepts *c, const char *value, const float *vector,
                              size_t max, assay_concept_hit *out) {
    size_t n = 0;
    double length = assay_vector_length(vector, c->dim);
    if (!(length > 0) || max == 0) return 0;
    for (size_t i = 0; i < c->n; i++) {
        if (value != NULL && strcmp(c->items[i].value, value) != 0) continue;
        double similarity = assay_vector_dot(c->vectors + i * c->dim, vector, c->dim) / length;
        if (!(similarity >= c->threshold) || (n == max && similarity <= out[n - 1].similarity))
            continue;
        size_t at = n < max ? n++ : n - 1;
        for (; at > 0 && out[at - 1].similarity < similarity; at--) out[at] = out[at - 1];
        out[at] = (assay_concept_hit){(uint32_t)i, similarity};
    }
    return n;
}

/* ---- threshold ---- */

static int descending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x > y ? -1 : x < y;
}

/* Between two similarities, as far from the one that shall pass as from the one that shall not. */
double assay_concepts_threshold_for(double *s, size_t n, double share) {
    size_t allowed = (size_t)(share * (double)n);
    if (allowed >= n) return -1;
    qsort(s, n, sizeof *s, descending);
    while (allowed > 0 && s[allowed - 1] == s[allowed]) allowed--;
    double above = allowed > 0 ? s[allowed - 1] : s[0] < 1 ? 1 : s[0] + 1e-6;
    double middle = s[allowed] + (above - s[allowed]) / 2;
    return middle > s[allowed] ? middle : above; /* two neighbouring doubles have no middle */
}

/* The best similarity of each unrelated (text, value); those of a value without concepts cannot map and do not count. */
static assay_status gather(assay_concepts *open, const assay_values *values,
                           const assay_labels *labels, const assay_vectors *vectors,
                           const int8_t *label, double *best, size_t *n, assay_error *err) {
    size_t n_values = assay_values_count(values), n_texts = assay_labels_n_texts(labels);
    float *own = assay_alloc(ASSAY_TEXT_DIM, sizeof *own);
    const float *rows = vectors == NULL             ? NULL
                        : vectors->response != NULL ? vectors->response
                                                    : vectors->both;
    if (own == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    *n = 0;
    for (size_t t = 0; t < n_texts; t++) {
        const float *vector = rows != NULL ? rows + t * open->dim : own;
        if (rows == NULL) assay_text_vector(assay_labels_text(labels, t)->response, own);
        for (size_t v = 0; v < n_values; v++) {
            assay_concept_hit hit;
            if (label[t * n_values + v] == ASSAY_UNRELATED &&
                assay_concepts_nearest(open, assay_values_at(values, v)->id, vector, 1, &hit) == 1)
                best[(*n)++] = hit.similarity;
        }
    }
    free(own);
    return ASSAY_OK;
}

static assay_status check_vectors(const assay_concepts *c, const assay_vectors *vectors,
                                  assay_error *err) {
    if (vectors == NULL && c->encoder.name == NULL) return ASSAY_OK;
    if (vectors == NULL || c->encoder.name == NULL || vectors->dim != c->encoder.dim ||
        strcmp(vectors->sha256, c->encoder.sha256) != 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "concepts: the pool is made by %.60s, the vectors by %.60s",
                          c->encoder.name != NULL ? c->encoder.name : "no encoder",
                          vectors != NULL ? vectors->name : "no encoder");
    if (vectors->response == NULL && vectors->both == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: no vectors of the responses");
    return ASSAY_OK;
}

assay_status assay_concepts_with_threshold(const assay_concepts *c, double threshold,
                                           assay_concepts **out, assay_error *err) {
    assay_concepts *made = NULL;
    assay_status status = assay_concepts_alloc(c->values_sha256, assay_concepts_encoder(c),
                                               threshold, c->n, &made, err);
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++)
        status = assay_concepts_append(made, &c->items[i], c->vectors + i * c->dim, true, err);
    if (status == ASSAY_OK) status = assay_concepts_carry(c, NULL, NULL, made, err);
    if (status == ASSAY_OK) return assay_concepts_seal(made, out, err);
    assay_concepts_free(made);
    return status;
}

assay_status assay_concepts_fit(const assay_concepts *c, const assay_values *values,
                                const assay_labels *labels, const assay_vectors *vectors,
                                double share, assay_concepts **out, assay_error *err) {
    size_t n = 0, n_pairs = 0, n_texts = assay_labels_n_texts(labels);
    int8_t *label = NULL;
    double *best = NULL;
    assay_concepts *open = NULL;
    double threshold = c->threshold;
    *out = NULL;
    if (!(share >= 0 && share <= 1))
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: a share of %g", share);
    assay_status status = check_vectors(c, vectors, err);
    if (status == ASSAY_OK)
        status = assay_labels_majority(labels, assay_values_count(values), &label, err);
    if (status == ASSAY_OK && assay_size_mul(n_texts, assay_values_count(values), &n_pairs))
        best = assay_alloc(n_pairs, sizeof *best);
    if (status == ASSAY_OK && best == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    if (status == ASSAY_OK) status = assay_concepts_with_threshold(c, -2, &open, err);
    if (status == ASSAY_OK) status = gather(open, values, labels, vectors, label, best, &n, err);
    if (status == ASSAY_OK && n > 0) threshold = assay_concepts_threshold_for(best, n, share);
    if (status == ASSAY_OK) status = assay_concepts_with_threshold(c, threshold, out, err);
    assay_concepts_free(open);
    free(label);
    free(best);
    return status;
}
