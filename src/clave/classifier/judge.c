/* texts -> n-grams, vectors, similarities -> scores of the heads of every value -> labels, probabilities, and why. */
#include <stdlib.h>
#include <string.h>

#include "assay_concepts.h"
#include "clave/classifier/classifier.h"
#include "clave/concepts/concepts.h"

typedef struct judge_scratch { /* of one thread */
    assay_gram_counter counter;
    float *weight; /* [cap] of the counted grams */
    size_t cap;
    float *block;      /* [n_values, ASSAY_HEADS] what one block of n-grams adds to the scores */
    double *score;     /* [n_values, ASSAY_HEADS] */
    double *nearness;  /* [n_examples] */
    assay_error error; /* the first on this thread */
    size_t failed;     /* its text */
    assay_status status;
} judge_scratch;

typedef struct judge {
    const assay_classifier *c;
    const assay_judged_text *texts;
    const assay_vectors *vectors;      /* of the classifier's encoder, or NULL */
    const assay_vectors *pool_vectors; /* of the pool's encoder, or NULL */
    const assay_concepts *concepts;
    double min_confidence;
    assay_judgement *out;
    judge_scratch *scratch;
} judge;

/* ---- scores ---- */

/* Most of the time goes here. Sums are floats: their errors are far below what moves a label. */
static void add_row(float *restrict sums, float x, const float *restrict w, size_t n) {
    for (size_t h = 0; h < n; h++) sums[h] += x * w[h];
}

static assay_status add_grams(const judge *j, judge_scratch *s, unsigned b,
                              const assay_judged_text *text) {
    const assay_gram_weights *g = &j->c->grams[b];
    size_t n_heads = j->c->n_values * ASSAY_HEADS;
    assay_status status = assay_gram_counter_read(&s->counter, assay_block_scenario(b, text),
                                                  text->response, &s->error);
    if (status == ASSAY_OK)
        status = assay_gram_counter_count(&s->counter, assay_block_grams(b), &s->error);
    if (status != ASSAY_OK) return status;
    if (s->counter.n > s->cap) {
        free(s->weight);
        s->cap = 2 * s->counter.n;
        s->weight = assay_alloc(s->cap, sizeof *s->weight);
        if (s->weight == NULL) {
            s->cap = 0;
            return assay_fail(&s->error, ASSAY_E_MEMORY, "judging: out of memory");
        }
    }
    assay_gram_index_weigh(&g->index, &s->counter, s->weight);
    memset(s->block, 0, n_heads * sizeof *s->block);
    for (size_t k = 0; k < s->counter.n; k++) {
        uint32_t row = g->row[s->counter.grams[k].bucket];
        if (row == 0) continue;
        double x = (double)s->weight[k];
        if (g->w != NULL) add_row(s->block, s->weight[k], g->w + (row - 1) * n_heads, n_heads);
        if (b != ASSAY_BLOCK_WORDS || j->c->postings_begin == NULL) continue;
        for (size_t at = j->c->postings_begin[row - 1]; at < j->c->postings_begin[row]; at++)
            s->nearness[j->c->postings_example[at]] += x * (double)j->c->postings_weight[at];
    }
    for (size_t h = 0; h < n_heads; h++) s->score[h] += (double)s->block[h];
    return ASSAY_OK;
}

/* The view that similarities are of. */
static const float *row_of(const assay_vectors *v, size_t i) {
    if (v == NULL) return NULL;
    const float *view = v->response != NULL ? v->response : v->both;
    return view != NULL ? view + i * v->dim : NULL;
}

static void add_vectors(const judge *j, judge_scratch *s, size_t i) {
    const assay_classifier *c = j->c;
    for (size_t k = 0; k < c->n_values * ASSAY_HEADS; k++) {
        const assay_head *head = &c->parts[k / ASSAY_HEADS].head[k % ASSAY_HEADS];
        for (unsigned b = ASSAY_GRAM_BLOCKS; b < ASSAY_SHARED_BLOCKS; b++) {
            if (head->w[b] == NULL) continue;
            const float *x = assay_block_view(b, j->vectors) + i * c->dim;
            s->score[k] += assay_vector_dot(head->w[b], x, c->dim);
        }
    }
}

static void add_similarities(const judge *j, judge_scratch *s, size_t i) {
    const assay_classifier *c = j->c;
    double x[ASSAY_SIMILARITIES];
    for (size_t v = 0; v < c->n_values; v++) {
        const assay_value_part *p = &c->parts[v];
        assay_similarities(assay_values_at(c->values, v), j->texts[i].response,
                           row_of(j->vectors, i), p->definition, c->dim,
                           c->concepts_sha256 != NULL ? j->concepts : NULL, x);
        for (size_t h = 0; h < ASSAY_HEADS; h++) {
            for (size_t d = 0; d < ASSAY_SIMILARITIES; d++)
                s->score[v * ASSAY_HEADS + h] += p->head[h].similarity[d] * x[d];
        }
    }
}

static void find_nearness(const judge *j, judge_scratch *s, size_t i) {
    const assay_classifier *c = j->c;
    const float *x = row_of(j->vectors, i);
    double length = x != NULL ? assay_vector_length(x, c->dim) : 0.0;
    if (c->codes == NULL || !(length > 0)) return;
    for (size_t e = 0; e < c->n_examples; e++)
        s->nearness[e] = assay_vector_dot(c->codes + e * c->dim, x, c->dim) / length;
}

/* ---- the judgement ---- */

static void explain(const judge *j, const judge_scratch *s, size_t v, const float *for_pool,
                    assay_judgement *out) {
    const assay_classifier *c = j->c;
    const assay_value_part *p = &c->parts[v];
    for (size_t k = 0; k < p->n_labels; k++) {
        double nearness = s->nearness[p->example[k]];
        int at = out->n_nearest;
        while (at > 0 && out->nearest[at - 1].similarity < nearness) at--;
        if (!(nearness > 0) || at == ASSAY_MAX_NEAREST) continue;
        if (out->n_nearest < ASSAY_MAX_NEAREST) out->n_nearest++;
        for (int m = out->n_nearest - 1; m > at; m--) out->nearest[m] = out->nearest[m - 1];
        out->nearest[at].example = p->example[k];
        out->nearest[at].label = p->label[k];
        out->nearest[at].similarity = nearness;
    }
    if (j->concepts == NULL || for_pool == NULL) return;
    assay_concept_hit hits[ASSAY_MAX_NEAREST];
    size_t n = assay_concepts_nearest(j->concepts, assay_values_at(c->values, v)->id, for_pool,
                                      ASSAY_MAX_NEAREST, hits);
    for (size_t k = 0; k < n; k++) {
        out->concepts[k].concept_index = hits[k].concept_index;
        out->concepts[k].similarity = hits[k].similarity;
    }
    out->n_concepts = (int)n;
}

static void decide(const judge *j, const judge_scratch *s, size_t v, assay_judgement *out) {
    const assay_value_part *p = &j->c->parts[v];
    double log_p[3];
    assay_combine_heads(s->score + v * ASSAY_HEADS, log_p);
    *out = (assay_judgement){.label = assay_decide(log_p, p->offset, p->allowed)};
    assay_probabilities(log_p, j->c->temperature, p->shift, out->p);
    out->confidence = out->p[out->label + 1];
    out->abstained = out->confidence < j->min_confidence;
}

static assay_status judge_text(const judge *j, judge_scratch *s, size_t i) {
    const assay_classifier *c = j->c;
    const unsigned similar =
        ASSAY_BLOCK_BIT(ASSAY_BLOCK_DEFINITION) | ASSAY_BLOCK_BIT(ASSAY_BLOCK_CONCEPTS);
    float text[ASSAY_TEXT_DIM];
    const float *for_pool = row_of(j->pool_vectors, i);
    assay_status status = ASSAY_OK;
    for (size_t k = 0; k < c->n_values * ASSAY_HEADS; k++)
        s->score[k] = c->parts[k / ASSAY_HEADS].head[k % ASSAY_HEADS].intercept;
    memset(s->nearness, 0, c->n_examples * sizeof *s->nearness);
    for (unsigned b = 0; b < ASSAY_GRAM_BLOCKS && status == ASSAY_OK; b++) {
        if (c->grams[b].row != NULL) status = add_grams(j, s, b, &j->texts[i]);
    }
    if (status != ASSAY_OK) return status;
    if (j->vectors != NULL) add_vectors(j, s, i);
    if (c->set & similar) add_similarities(j, s, i);
    find_nearness(j, s, i);
    if (j->concepts != NULL && assay_concepts_encoder(j->concepts) == NULL) {
        assay_text_vector(j->texts[i].response, text);
        for_pool = text;
    }
    for (size_t v = 0; v < c->n_values; v++) {
        decide(j, s, v, &j->out[i * c->n_values + v]);
        explain(j, s, v, for_pool, &j->out[i * c->n_values + v]);
    }
    return ASSAY_OK;
}

static void judge_some(void *context, size_t begin, size_t end, int worker) {
    const judge *j = context;
    judge_scratch *s = &j->scratch[worker];
    for (size_t i = begin; i < end && s->status == ASSAY_OK; i++) {
        s->status = judge_text(j, s, i);
        s->failed = i;
    }
}

/* ---- the call ---- */

static const assay_vectors *find_vectors(const assay_vectors *v, size_t n, const char *sha256) {
    for (size_t i = 0; i < n; i++) {
        if (strcmp(v[i].sha256, sha256) == 0) return &v[i];
    }
    return NULL;
}

static assay_status check_vectors(const assay_classifier *c, const assay_vectors *v,
                                  assay_error *err) {
    if (v == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "the classifier needs vectors of the encoder %.100s (sha256 %.16s...)",
                          c->encoder_name, c->encoder_sha256);
    if (v->dim != c->dim)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "vectors of %zu numbers, the classifier's have %zu", v->dim, c->dim);
    for (unsigned b = ASSAY_GRAM_BLOCKS; b < ASSAY_SHARED_BLOCKS; b++) {
        if ((c->set & ASSAY_BLOCK_BIT(b)) && assay_block_view(b, v) == NULL)
            return assay_fail(err, ASSAY_E_ARGUMENT, "the classifier needs the view %s",
                              assay_block_names[b]);
    }
    return ASSAY_OK;
}

static assay_status check(judge *j, const assay_vectors *vectors, size_t n_vectors,
                          assay_error *err) {
    const assay_classifier *c = j->c;
    assay_status status = ASSAY_OK;
    if (c->encoder_sha256 != NULL) {
        j->vectors = find_vectors(vectors, n_vectors, c->encoder_sha256);
        status = check_vectors(c, j->vectors, err);
    }
    if (status != ASSAY_OK) return status;
    if (c->concepts_sha256 != NULL &&
        (j->concepts == NULL ||
         strcmp(assay_concepts_sha256(j->concepts), c->concepts_sha256) != 0))
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "the classifier needs the concept pool with sha256 %.16s...",
                          c->concepts_sha256);
    if (j->concepts == NULL) return ASSAY_OK;
    const assay_concept_encoder *e = assay_concepts_encoder(j->concepts);
    if (e != NULL) {
        if (c->concepts_sha256 != NULL &&
            (c->encoder_sha256 == NULL || strcmp(e->sha256, c->encoder_sha256) != 0))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "the classifier and its concept pool have two encoders");
        j->pool_vectors = find_vectors(vectors, n_vectors, e->sha256);
        if (j->pool_vectors == NULL || j->pool_vectors->dim != e->dim)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "the concept pool needs vectors of the encoder %.100s", e->name);
    }
    return ASSAY_OK;
}

static assay_status scratch_init(judge_scratch *s, const assay_classifier *c, assay_error *err) {
    assay_status status = assay_gram_counter_init(&s->counter, err);
    s->score = assay_calloc(c->n_values, ASSAY_HEADS * sizeof *s->score);
    s->block = assay_calloc(c->n_values, ASSAY_HEADS * sizeof *s->block);
    s->nearness = assay_calloc(c->n_examples, sizeof *s->nearness);
    if (status == ASSAY_OK && (s->block == NULL || s->score == NULL || s->nearness == NULL))
        status = assay_fail(err, ASSAY_E_MEMORY, "judging: out of memory");
    return status;
}

assay_status assay_classifier_judge(const assay_classifier *c, const assay_judged_text *texts,
                                    size_t n, const assay_vectors *vectors, size_t n_vectors,
                                    const assay_concepts *concepts, double min_confidence,
                                    assay_pool *threads, assay_judgement *out, assay_error *err) {
    judge j = {
        .c = c, .texts = texts, .concepts = concepts, .min_confidence = min_confidence, .out = out};
    size_t n_threads = (size_t)assay_pool_threads(threads), first = 0;
    assay_status status = check(&j, vectors, n_vectors, err);
    if (status != ASSAY_OK || n == 0) return status;
    j.scratch = assay_calloc(n_threads, sizeof *j.scratch);
    if (j.scratch == NULL) return assay_fail(err, ASSAY_E_MEMORY, "judging: out of memory");
    for (size_t t = 0; t < n_threads && status == ASSAY_OK; t++)
        status = scratch_init(&j.scratch[t], c, err);
    if (status == ASSAY_OK) assay_parallel_for(threads, n, 8, judge_some, &j);
    for (size_t t = 0; t < n_threads && status == ASSAY_OK; t++) {
        const judge_scratch *s = &j.scratch[t], *f = &j.scratch[first];
        if (s->status != ASSAY_OK && (f->status == ASSAY_OK || s->failed < f->failed)) first = t;
    }
    if (status == ASSAY_OK && j.scratch[first].status != ASSAY_OK) {
        status = assay_fail(err, j.scratch[first].status, "text %zu: %s",
                            j.scratch[first].failed + 1, j.scratch[first].error.text);
    }
    for (size_t t = 0; t < n_threads; t++) {
        assay_gram_counter_free(&j.scratch[t].counter);
        free(j.scratch[t].weight);
        free(j.scratch[t].block);
        free(j.scratch[t].score);
        free(j.scratch[t].nearness);
    }
    free(j.scratch);
    return status;
}
