/* A classifier in memory: what it is asked for, and the weights of its n-grams. */
#include "clave/classifier/classifier.h"

#include <stdlib.h>
#include <string.h>

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "classifier: out of memory");
}

static void free_part(assay_value_part *p) {
    free(p->example);
    free(p->label);
    free(p->definition);
    for (size_t h = 0; h < ASSAY_HEADS; h++) {
        free(p->head[h].a);
        for (size_t b = 0; b < ASSAY_SHARED_BLOCKS; b++) free(p->head[h].w[b]);
    }
}

void assay_classifier_free(assay_classifier *c) {
    if (c == NULL) return;
    for (size_t v = 0; c->parts != NULL && v < c->n_values; v++) free_part(&c->parts[v]);
    for (size_t b = 0; b < ASSAY_GRAM_BLOCKS; b++) {
        assay_gram_index_free(&c->grams[b].index);
        free(c->grams[b].row);
        free(c->grams[b].w);
    }
    free(c->postings_begin);
    free(c->postings_example);
    free(c->postings_weight);
    free(c->parts);
    free(c->summaries);
    free(c->examples);
    free(c->codes);
    free(c->json);
    assay_values_free(c->values);
    cJSON_Delete(c->root);
    free(c);
}

assay_status assay_classifier_print(const assay_classifier *c, assay_buffer *out,
                                    assay_error *err) {
    assay_buffer_append(out, c->json, strlen(c->json));
    assay_buffer_append(out, "\n", 1);
    return out->failed ? no_memory(err) : ASSAY_OK;
}

const assay_values *assay_classifier_values(const assay_classifier *c) {
    return c->values;
}

const char *assay_classifier_sha256(const assay_classifier *c) {
    return c->digest.hex;
}

const char *assay_classifier_encoder(const assay_classifier *c) {
    return c->encoder_name;
}

const assay_classifier_summary *assay_classifier_get_summary(const assay_classifier *c) {
    return &c->summary;
}

/* The response is what similarities are of, too; `both` stands in where there was none. */
unsigned assay_classifier_views(const assay_classifier *c) {
    unsigned views = 0;
    if (c->encoder_sha256 == NULL) return 0;
    if (c->set & ASSAY_BLOCK_BIT(ASSAY_BLOCK_RESPONSE)) views |= ASSAY_VIEW_RESPONSE;
    if (c->set & ASSAY_BLOCK_BIT(ASSAY_BLOCK_SCENARIO)) views |= ASSAY_VIEW_SCENARIO;
    if (c->set & ASSAY_BLOCK_BIT(ASSAY_BLOCK_BOTH)) views |= ASSAY_VIEW_BOTH;
    return views != 0 ? views : ASSAY_VIEW_RESPONSE;
}

const char *assay_classifier_concepts(const assay_classifier *c) {
    return c->concepts_sha256;
}

size_t assay_classifier_n_examples(const assay_classifier *c) {
    return c->n_examples;
}

const assay_judged_text *assay_classifier_example(const assay_classifier *c, size_t i) {
    return &c->examples[i];
}

/* ---- weights of n-grams ---- */

static assay_status index_block(assay_classifier *c, unsigned b, assay_gram_counter *counter,
                                assay_error *err) {
    assay_gram_weights *g = &c->grams[b];
    assay_gram_text *texts = assay_alloc(c->n_examples, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    for (size_t i = 0; i < c->n_examples; i++)
        texts[i] =
            (assay_gram_text){assay_block_scenario(b, &c->examples[i]), c->examples[i].response};
    assay_status status =
        assay_gram_index_build(counter, assay_block_grams(b), texts, c->n_examples, &g->index, err);
    free(texts);
    if (status != ASSAY_OK) return status;
    g->row = assay_calloc(ASSAY_GRAM_BUCKETS, sizeof *g->row);
    if (g->row == NULL) return no_memory(err);
    for (size_t k = 0; k < g->index.begin[c->n_examples]; k++) {
        uint32_t *row = &g->row[g->index.bucket[k]];
        if (*row == 0) *row = (uint32_t)++g->n_rows;
    }
    return ASSAY_OK;
}

void assay_add_duals(double *dual, const uint32_t *texts, const double *a, size_t n,
                     double weight) {
    for (size_t i = 0; i < n; i++) dual[texts[i]] += weight * a[i];
}

double assay_dual_weight(double sharing, size_t head, size_t of, size_t from) {
    return of == from ? 1.0 : head == ASSAY_HEAD_VALENCE ? sharing : 0.0;
}

/* Of one head; sums [n_rows] and dual [n_examples] are scratch. As in classifier_write.c. */
static void weigh_head(assay_classifier *c, unsigned b, size_t v, size_t h, double *sums,
                       double *dual) {
    assay_gram_weights *g = &c->grams[b];
    size_t n = c->n_examples, n_heads = c->n_values * ASSAY_HEADS;
    double share = c->scale[b] * assay_block_weight(c->set, b), total = 0;
    memset(sums, 0, g->n_rows * sizeof *sums);
    if (c->parts[v].head[h].a != NULL) {
        memset(dual, 0, n * sizeof *dual);
        for (size_t u = 0; u < c->n_values; u++) {
            const assay_value_part *p = &c->parts[u];
            double weight = assay_dual_weight(c->sharing, h, v, u);
            if (weight > 0 && p->head[h].a != NULL)
                assay_add_duals(dual, p->example, p->head[h].a, p->n_labels, weight);
        }
        for (size_t i = 0; i < n; i++) total += dual[i];
        for (size_t i = 0; i < n; i++) {
            double coefficient = (dual[i] - total / (double)n) * share;
            for (size_t k = g->index.begin[i]; k < g->index.begin[i + 1]; k++)
                sums[g->row[g->index.bucket[k]] - 1] += coefficient * (double)g->index.weight[k];
        }
    }
    for (size_t r = 0; r < g->n_rows; r++) g->w[r * n_heads + v * ASSAY_HEADS + h] = (float)sums[r];
}

static assay_status weigh_block(assay_classifier *c, unsigned b, assay_error *err) {
    assay_gram_weights *g = &c->grams[b];
    size_t n_heads = c->n_values * ASSAY_HEADS, size;
    double *sums = assay_alloc(g->n_rows + 1, sizeof *sums);
    double *dual = assay_alloc(c->n_examples, sizeof *dual);
    if (assay_size_mul(g->n_rows + 1, n_heads, &size)) g->w = assay_alloc(size, sizeof *g->w);
    bool ok = sums != NULL && dual != NULL && g->w != NULL;
    for (size_t v = 0; v < c->n_values && ok; v++) {
        for (size_t h = 0; h < ASSAY_HEADS; h++) weigh_head(c, b, v, h, sums, dual);
    }
    free(sums);
    free(dual);
    return ok ? ASSAY_OK : no_memory(err);
}

/* Which examples hold a gram of words: how the nearest are found without vectors. */
static assay_status post(assay_classifier *c, assay_error *err) {
    const assay_gram_weights *g = &c->grams[ASSAY_BLOCK_WORDS];
    size_t total = g->index.begin[c->n_examples];
    c->postings_begin = assay_calloc(g->n_rows + 2, sizeof *c->postings_begin);
    c->postings_example = assay_alloc(total + 1, sizeof *c->postings_example);
    c->postings_weight = assay_alloc(total + 1, sizeof *c->postings_weight);
    if (c->postings_begin == NULL || c->postings_example == NULL || c->postings_weight == NULL)
        return no_memory(err);
    /* Counts two places on, so that filling leaves begin[r] where row r begins. */
    for (size_t k = 0; k < total; k++) c->postings_begin[g->row[g->index.bucket[k]] + 1]++;
    for (size_t r = 1; r < g->n_rows + 2; r++) c->postings_begin[r] += c->postings_begin[r - 1];
    for (size_t i = 0; i < c->n_examples; i++) {
        for (size_t k = g->index.begin[i]; k < g->index.begin[i + 1]; k++) {
            size_t at = c->postings_begin[g->row[g->index.bucket[k]]]++;
            c->postings_example[at] = (uint32_t)i;
            c->postings_weight[at] = g->index.weight[k];
        }
    }
    return ASSAY_OK;
}

assay_status assay_classifier_weigh(assay_classifier *c, assay_error *err) {
    unsigned words = ASSAY_BLOCK_BIT(ASSAY_BLOCK_WORDS);
    assay_gram_counter counter = {0};
    assay_status status = assay_gram_counter_init(&counter, err);
    for (unsigned b = 0; b < ASSAY_GRAM_BLOCKS && status == ASSAY_OK; b++) {
        bool used = (c->set & ASSAY_BLOCK_BIT(b)) != 0;
        bool nearest = (ASSAY_BLOCK_BIT(b) & words) && c->codes == NULL;
        if (used || nearest) status = index_block(c, b, &counter, err);
        if (status == ASSAY_OK && used) status = weigh_block(c, b, err);
        if (status == ASSAY_OK && nearest) status = post(c, err);
    }
    assay_gram_counter_free(&counter);
    return status;
}
