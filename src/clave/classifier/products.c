#include "clave/classifier/products.h"

#include <stdlib.h>
#include <string.h>

#include "assay_concepts.h"
#include "base/maths.h"
#include "clave/classifier/logistic.h"
#include "clave/concepts/concepts.h"

const char *const assay_block_names[ASSAY_BLOCKS] = {
    "words",           "chars",  "response-chars", "response-vector",
    "scenario-vector", "vector", "definition",     "concepts"};

double assay_block_weight(unsigned set, unsigned block) {
    const double similarity = 0.03;
    size_t n = 0;
    for (unsigned b = 0; b < ASSAY_SHARED_BLOCKS; b++) n += (set & ASSAY_BLOCK_BIT(b)) != 0;
    if (n == 0) return block < ASSAY_SHARED_BLOCKS ? 0.0 : 1.0;
    return block < ASSAY_SHARED_BLOCKS ? 1.0 / (double)n : similarity;
}

assay_similarity_range assay_block_similarities(unsigned block) {
    if (block == ASSAY_BLOCK_DEFINITION) return (assay_similarity_range){0, 1};
    if (block == ASSAY_BLOCK_CONCEPTS) return (assay_similarity_range){1, 2};
    return (assay_similarity_range){0, 0};
}

assay_gram_kind assay_block_grams(unsigned block) {
    return block == ASSAY_BLOCK_WORDS ? ASSAY_GRAM_WORDS : ASSAY_GRAM_CHARS;
}

const char *assay_block_scenario(unsigned block, const assay_judged_text *text) {
    return block == ASSAY_BLOCK_RESPONSE_CHARS ? "" : text->scenario;
}

const float *assay_block_view(unsigned block, const assay_vectors *vectors) {
    if (vectors == NULL) return NULL;
    return block == ASSAY_BLOCK_RESPONSE   ? vectors->response
           : block == ASSAY_BLOCK_SCENARIO ? vectors->scenario
                                           : vectors->both;
}

/* ---- similarities ---- */

static double cosine(const float *a, const float *b, size_t dim) {
    double length = assay_vector_length(a, dim) * assay_vector_length(b, dim);
    return length > 0 ? assay_vector_dot(a, b, dim) / length : 0.0;
}

/* id: of a text that is learnt from, or NULL. The concepts that come from it alone are left out: they have its label in
 * their direction, and nothing like them will be there for a text without a label. */
static void similarities(const assay_value *value, const char *id, const char *response,
                         const float *vector, const float *definition, size_t dim,
                         const assay_concepts *concepts, double out[ASSAY_SIMILARITIES]) {
    float text[ASSAY_TEXT_DIM], other[ASSAY_TEXT_DIM];
    bool grams = vector == NULL || definition == NULL;
    bool pool_grams = concepts != NULL && assay_concepts_encoder(concepts) == NULL;
    if (grams || pool_grams) assay_text_vector(response, text);
    if (grams) assay_text_vector(value->definition, other);
    out[0] = grams ? cosine(text, other, ASSAY_TEXT_DIM) : cosine(vector, definition, dim);
    out[1] = out[2] = 0;
    if (concepts == NULL) return;
    const float *mine = pool_grams ? text : vector;
    if (mine == NULL) return;
    size_t size = pool_grams ? ASSAY_TEXT_DIM : dim;
    double length = assay_vector_length(mine, size);
    for (size_t i = 0; i < assay_concepts_count(concepts) && length > 0; i++) {
        const assay_concept *c = assay_concepts_at(concepts, i);
        if (strcmp(c->value, value->id) != 0 || assay_concepts_is_own(concepts, i, id)) continue;
        double s = assay_vector_dot(concepts->vectors + i * size, mine, size) / length;
        double *best = &out[c->valence == ASSAY_OPPOSES ? 2 : 1];
        if (s > *best) *best = s;
    }
}

void assay_similarities(const assay_value *value, const char *response, const float *vector,
                        const float *definition, size_t dim, const assay_concepts *concepts,
                        double out[ASSAY_SIMILARITIES]) {
    similarities(value, NULL, response, vector, definition, dim, concepts, out);
}

/* ---- matrices ---- */

void assay_products_free(assay_products *p) {
    for (size_t b = 0; b < ASSAY_SHARED_BLOCKS; b++) {
        free(p->k[b]);
        free(p->mean[b]);
    }
    free(p->similarity);
    free(p->centre);
    free(p->spread);
    *p = (assay_products){0};
}

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "products of texts: out of memory");
}

/* Centres and scales raw products in place. */
static void centre(assay_products *p, unsigned b) {
    size_t n = p->n;
    float *k = p->k[b];
    double all = 0, diagonal = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t j = 0; j < n; j++) sum += (double)k[i * n + j];
        p->mean[b][i] = sum / (double)n;
        all += p->mean[b][i];
    }
    all /= (double)n;
    for (size_t i = 0; i < n; i++) diagonal += (double)k[i * n + i] - 2 * p->mean[b][i] + all;
    diagonal /= (double)n;
    p->scale[b] = diagonal > 1e-9 ? 1.0 / diagonal : 0.0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double x = (double)k[i * n + j] - p->mean[b][i] - p->mean[b][j] + all;
            k[i * n + j] = (float)(x * p->scale[b]);
        }
    }
}

static assay_status build_grams(assay_products *p, unsigned b, const assay_labels *labels,
                                assay_gram_counter *counter, assay_error *err) {
    assay_gram_index index = {0};
    assay_gram_text *texts = assay_alloc(p->n, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    for (size_t i = 0; i < p->n; i++) {
        const assay_judged_text *text = assay_labels_text(labels, i);
        texts[i] = (assay_gram_text){assay_block_scenario(b, text), text->response};
    }
    assay_status status =
        assay_gram_index_build(counter, assay_block_grams(b), texts, p->n, &index, err);
    if (status == ASSAY_OK) status = assay_gram_index_products(&index, p->k[b], err);
    assay_gram_index_free(&index);
    free(texts);
    return status;
}

static void build_dense(assay_products *p, unsigned b, const float *x) {
    for (size_t i = 0; i < p->n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = assay_vector_dot(x + i * p->dim, x + j * p->dim, p->dim);
            p->k[b][i * p->n + j] = p->k[b][j * p->n + i] = (float)sum;
        }
    }
}

static void standardise(assay_products *p) {
    size_t width = p->n_values * ASSAY_SIMILARITIES;
    for (size_t d = 0; d < width; d++) {
        double sum = 0, square = 0;
        for (size_t i = 0; i < p->n; i++) sum += p->similarity[i * width + d];
        double middle = sum / (double)p->n;
        for (size_t i = 0; i < p->n; i++) {
            double x = p->similarity[i * width + d] - middle;
            square += x * x;
        }
        double deviation = assay_sqrt(square / (double)p->n);
        p->centre[d] = middle;
        p->spread[d] = deviation > 1e-6 ? 1.0 / deviation : 0.0;
        for (size_t i = 0; i < p->n; i++) {
            double *x = &p->similarity[i * width + d];
            *x = (*x - middle) * p->spread[d];
        }
    }
}

static assay_status build_similarities(assay_products *p, const assay_values *values,
                                       const assay_labels *labels, const assay_vectors *vectors,
                                       const assay_concepts *concepts, assay_error *err) {
    size_t width = p->n_values * ASSAY_SIMILARITIES;
    p->similarity = assay_alloc(p->n * width, sizeof *p->similarity);
    p->centre = assay_calloc(width, sizeof *p->centre);
    p->spread = assay_calloc(width, sizeof *p->spread);
    if (p->similarity == NULL || p->centre == NULL || p->spread == NULL) return no_memory(err);
    const float *view = vectors == NULL             ? NULL
                        : vectors->response != NULL ? vectors->response
                                                    : vectors->both;
    const float *definitions = vectors != NULL ? vectors->definitions : NULL;
    for (size_t i = 0; i < p->n; i++) {
        for (size_t v = 0; v < p->n_values; v++) {
            similarities(assay_values_at(values, v), assay_labels_text(labels, i)->id,
                         assay_labels_text(labels, i)->response,
                         view == NULL ? NULL : view + i * p->dim,
                         definitions == NULL ? NULL : definitions + v * p->dim, p->dim, concepts,
                         &p->similarity[i * width + v * ASSAY_SIMILARITIES]);
        }
    }
    standardise(p);
    return ASSAY_OK;
}

assay_status assay_products_build(const assay_values *values, const assay_labels *labels,
                                  const assay_vectors *vectors, const assay_concepts *concepts,
                                  unsigned wanted, assay_products *out, assay_error *err) {
    const unsigned similar =
        ASSAY_BLOCK_BIT(ASSAY_BLOCK_DEFINITION) | ASSAY_BLOCK_BIT(ASSAY_BLOCK_CONCEPTS);
    size_t n = assay_labels_n_texts(labels), n_square;
    assay_gram_counter counter = {0};
    *out = (assay_products){.n = n, .n_values = assay_values_count(values)};
    if (n > ASSAY_MAX_CALIBRATED) {
        return assay_fail(err, ASSAY_E_LIMIT, "%zu labelled texts, at most %d can be learnt from",
                          n, ASSAY_MAX_CALIBRATED);
    }
    out->dim = vectors != NULL ? vectors->dim : 0;
    assay_status status = assay_gram_counter_init(&counter, err);
    for (unsigned b = 0; b < ASSAY_SHARED_BLOCKS && status == ASSAY_OK; b++) {
        const float *view = b >= ASSAY_GRAM_BLOCKS ? assay_block_view(b, vectors) : NULL;
        if (!(wanted & ASSAY_BLOCK_BIT(b)) || (b >= ASSAY_GRAM_BLOCKS && view == NULL)) continue;
        out->k[b] = assay_size_mul(n, n, &n_square) ? assay_alloc(n_square, sizeof(float)) : NULL;
        out->mean[b] = assay_alloc(n, sizeof(double));
        if (out->k[b] == NULL || out->mean[b] == NULL) {
            status = no_memory(err);
            break;
        }
        if (view != NULL)
            build_dense(out, b, view);
        else
            status = build_grams(out, b, labels, &counter, err);
        if (status == ASSAY_OK) centre(out, b);
        out->blocks |= ASSAY_BLOCK_BIT(b);
    }
    if (status == ASSAY_OK && (wanted & similar)) {
        status = build_similarities(out, values, labels, vectors, concepts, err);
        out->blocks |= wanted & ASSAY_BLOCK_BIT(ASSAY_BLOCK_DEFINITION);
        if (concepts != NULL) out->blocks |= wanted & ASSAY_BLOCK_BIT(ASSAY_BLOCK_CONCEPTS);
    }
    assay_gram_counter_free(&counter);
    if (status != ASSAY_OK) assay_products_free(out);
    return status;
}

/* ---- use ---- */

/* Of what does not depend on the value, to be weighed. */
static double shared_product(const assay_products *p, unsigned set, uint32_t row, uint32_t column) {
    double sum = 0;
    for (unsigned b = 0; b < ASSAY_SHARED_BLOCKS; b++) {
        if (set & ASSAY_BLOCK_BIT(b)) sum += (double)p->k[b][(size_t)row * p->n + column];
    }
    return sum;
}

static double own_product(const assay_products *p, unsigned set, size_t value, uint32_t row,
                          uint32_t column) {
    size_t width = p->n_values * ASSAY_SIMILARITIES, base = value * ASSAY_SIMILARITIES;
    double sum = 0;
    for (unsigned b = ASSAY_SHARED_BLOCKS; b < ASSAY_BLOCKS; b++) {
        if (!(set & ASSAY_BLOCK_BIT(b))) continue;
        assay_similarity_range range = assay_block_similarities(b);
        const double *x = p->similarity + row * width + base + range.first;
        const double *y = p->similarity + column * width + base + range.first;
        double some = 0;
        for (size_t d = 0; d < range.n; d++) some += x[d] * y[d] / (double)range.n;
        sum += some * assay_block_weight(set, b);
    }
    return sum;
}

void assay_products_gather(const assay_products *p, unsigned set, size_t value,
                           const uint32_t *rows, size_t n, const uint32_t *columns, size_t m,
                           float *out) {
    double weight = assay_block_weight(set, 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            double sum = weight * shared_product(p, set, rows[i], columns[j]) +
                         own_product(p, set, value, rows[i], columns[j]);
            out[i * m + j] = (float)(sum + ASSAY_LOGISTIC_BIAS);
        }
    }
}

void assay_products_gather_labels(const assay_products *p, unsigned set, double sharing,
                                  const assay_labelled *rows, size_t n,
                                  const assay_labelled *columns, size_t m, float *out) {
    double weight = assay_block_weight(set, 0);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < m; j++) {
            assay_labelled x = rows[i], y = columns[j];
            double sum = weight * shared_product(p, set, x.text, y.text);
            if (x.value == y.value)
                sum += own_product(p, set, x.value, x.text, y.text) + ASSAY_LOGISTIC_BIAS;
            else
                sum *= sharing;
            out[i * m + j] = (float)sum;
        }
    }
}
