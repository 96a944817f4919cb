/* Which labelled texts an extractor shall be asked about: the central ones of the clusters of each value and direction. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

#include "clave/concepts/kmeans.h"

#define MAX_CLUSTERS   256
#define MAX_ITERATIONS 100

typedef struct planning {
    const assay_labels *labels;
    size_t n_values;
    const int8_t *label; /* [n_texts, n_values] */
    const float *rows;   /* [n_texts, dim] */
    size_t dim, k;
    uint64_t seed;
    assay_pool *threads;
    float *x;       /* [n_texts, dim]: the rows of one value and direction */
    uint32_t *text; /* [n_texts]: whose they are */
    assay_concept_plan *out;
    size_t n;
} planning;

static size_t select_rows(planning *p, size_t value, assay_valence label) {
    size_t n = 0;
    for (size_t t = 0; t < assay_labels_n_texts(p->labels); t++) {
        if (p->label[t * p->n_values + value] != label) continue;
        memcpy(p->x + n * p->dim, p->rows + t * p->dim, p->dim * sizeof *p->x);
        p->text[n++] = (uint32_t)t;
    }
    return n;
}

static int larger_first(const void *a, const void *b) {
    const assay_concept_plan *x = a, *y = b;
    if (x->cluster_size != y->cluster_size) return x->cluster_size > y->cluster_size ? -1 : 1;
    return x->text < y->text ? -1 : x->text > y->text;
}

static assay_status plan_direction(planning *p, size_t value, assay_valence label,
                                   assay_error *err) {
    assay_clusters clusters;
    size_t n = select_rows(p, value, label), first = p->n;
    if (n == 0) return ASSAY_OK;
    assay_status status =
        assay_kmeans(p->x, n, p->dim, p->k, p->seed, MAX_ITERATIONS, p->threads, &clusters, err);
    if (status != ASSAY_OK) return status;
    for (size_t j = 0; j < clusters.k; j++) {
        p->out[p->n++] = (assay_concept_plan){p->text[clusters.central[j]], (uint32_t)value, label,
                                              clusters.size[j]};
    }
    qsort(p->out + first, p->n - first, sizeof *p->out, larger_first);
    assay_clusters_free(&clusters);
    return ASSAY_OK;
}

/* The rows that the host gave, or text vectors in *own. */
static assay_status take_rows(planning *p, const assay_vectors *vectors, float **own,
                              assay_error *err) {
    size_t n = assay_labels_n_texts(p->labels), n_floats = 0;
    if (vectors != NULL) {
        p->rows = vectors->response != NULL ? vectors->response : vectors->both;
        p->dim = vectors->dim;
        if (p->rows == NULL || p->dim == 0)
            return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: no vectors of the responses");
        return ASSAY_OK;
    }
    p->dim = ASSAY_TEXT_DIM;
    if (assay_size_mul(n, p->dim, &n_floats)) *own = assay_alloc(n_floats, sizeof **own);
    if (*own == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t t = 0; t < n; t++)
        assay_text_vector(assay_labels_text(p->labels, t)->response, *own + t * p->dim);
    p->rows = *own;
    return ASSAY_OK;
}

static assay_status plan_all(planning *p, size_t n_texts, assay_error *err) {
    assay_status status = ASSAY_OK;
    size_t n_floats = 0, most = p->k < n_texts ? p->k : n_texts;
    if (assay_size_mul(n_texts, p->dim, &n_floats)) p->x = assay_alloc(n_floats, sizeof *p->x);
    p->text = assay_alloc(n_texts, sizeof *p->text);
    p->out = assay_alloc(2 * most * p->n_values, sizeof *p->out);
    if (p->x == NULL || p->text == NULL || p->out == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t v = 0; v < p->n_values && status == ASSAY_OK; v++) {
        status = plan_direction(p, v, ASSAY_ADHERES, err);
        if (status == ASSAY_OK) status = plan_direction(p, v, ASSAY_OPPOSES, err);
    }
    return status;
}

assay_status assay_concepts_plan(const assay_values *values, const assay_labels *labels,
                                 const assay_vectors *vectors, size_t k, uint64_t seed,
                                 assay_pool *threads, assay_concept_plan **out, size_t *n,
                                 assay_error *err) {
    float *own = NULL;
    int8_t *label = NULL;
    planning p = {.labels = labels,
                  .n_values = assay_values_count(values),
                  .k = k,
                  .seed = seed,
                  .threads = threads};
    *out = NULL;
    *n = 0;
    if (k < 1 || k > MAX_CLUSTERS)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "concepts: %zu clusters, from 1 to %d are possible", k, MAX_CLUSTERS);
    assay_status status = take_rows(&p, vectors, &own, err);
    if (status == ASSAY_OK) status = assay_labels_majority(labels, p.n_values, &label, err);
    p.label = label;
    if (status == ASSAY_OK) status = plan_all(&p, assay_labels_n_texts(labels), err);
    free(own);
    free(label);
    free(p.x);
    free(p.text);
    if (status != ASSAY_OK) {
        free(p.out);
        return status;
    }
    *out = p.out;
    *n = p.n;
    return ASSAY_OK;
}
