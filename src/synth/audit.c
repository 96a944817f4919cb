#include "synth/audit.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define N_BUCKETS   4096 /* of hashed words; the suite has far fewer words than this */
#define MAX_WORDS   64   /* of an option; what comes behind is not looked at */
#define N_PASSES    30
#define RATE        0.3
#define DECAY       1e-4 /* L2, applied to the weights of a sample's words at each step */
#define LEARN_SEEDS 4    /* the samples learnt from are spread over so many seeds */

typedef struct option_words {
    uint16_t buckets[MAX_WORDS];
    int n;
    bool right;
    double bytes; /* of the text */
} option_words;

typedef struct example {
    option_words options[ASSAY_MAX_OPTIONS];
    int n, n_right;
} example;

typedef struct words_model {
    double weight[N_BUCKETS], square[N_BUCKETS]; /* AdaGrad's sums of squared gradients */
} words_model;

/* Letters, digits and signs between spaces, in lower case: FNV-1a. */
static void split(const char *text, option_words *out) {
    out->n = 0;
    while (*text && out->n < MAX_WORDS) {
        uint32_t hash = 2166136261u;
        while (*text == ' ') text++;
        if (!*text) break;
        for (; *text && *text != ' '; text++) {
            unsigned char c = (unsigned char)*text;
            if (c >= 'A' && c <= 'Z') c = (unsigned char)(c - 'A' + 'a');
            if (c == '.' || c == ',') continue;
            hash = (hash ^ c) * 16777619u;
        }
        out->buckets[out->n++] = (uint16_t)((hash ^ hash >> 12) % N_BUCKETS);
    }
}

static assay_status read_example(size_t task, uint64_t seed, uint64_t number, example *out,
                                 assay_error *err) {
    assay_synth_sample *s = NULL;
    assay_status status = assay_synth_draw(task, seed, number, &s, err);
    if (status != ASSAY_OK) return status;
    const assay_sample *t = assay_synth_texts(s);
    out->n = t->n_options;
    out->n_right = t->n_gold;
    for (int i = 0; i < t->n_options; i++) {
        split(t->options[i], &out->options[i]);
        out->options[i].bytes = (double)strlen(t->options[i]);
        out->options[i].right = false;
    }
    for (int i = 0; i < t->n_gold; i++) out->options[t->gold[i]].right = true;
    assay_synth_free(s);
    return ASSAY_OK;
}

/* Sum of weights of each option. */
static void score(const words_model *m, const example *e, double *out) {
    for (int i = 0; i < e->n; i++) {
        out[i] = 0.0;
        for (int k = 0; k < e->options[i].n; k++) out[i] += m->weight[e->options[i].buckets[k]];
    }
}

static void softmax(double *x, int n) {
    double max = x[0], sum = 0.0;
    for (int i = 1; i < n; i++) max = x[i] > max ? x[i] : max;
    for (int i = 0; i < n; i++) sum += x[i] = assay_exp(x[i] - max);
    for (int i = 0; i < n; i++) x[i] /= sum;
}

static void learn(words_model *m, const example *e) {
    double p[ASSAY_MAX_OPTIONS];
    score(m, e, p);
    softmax(p, e->n);
    for (int i = 0; i < e->n; i++) {
        const option_words *o = &e->options[i];
        double error = p[i] - (o->right ? 1.0 / e->n_right : 0.0);
        for (int k = 0; k < o->n; k++) {
            uint16_t b = o->buckets[k];
            double gradient = error + DECAY * m->weight[b];
            m->square[b] += gradient * gradient;
            m->weight[b] -= RATE * gradient / (1e-6 + assay_sqrt(m->square[b]));
        }
    }
}

/* Expected right answers of one who takes any of the options with the highest value. */
static double right_by(const example *e, const double *value) {
    double best = value[0];
    int n = 0, right = 0;
    for (int i = 1; i < e->n; i++) best = value[i] > best ? value[i] : best;
    for (int i = 0; i < e->n; i++) {
        if (value[i] < best) continue;
        n++;
        right += e->options[i].right;
    }
    return (double)right / n;
}

static void try_example(const words_model *m, const example *e, assay_rng *rng,
                        assay_synth_audit *out) {
    double value[ASSAY_MAX_OPTIONS];
    out->chance += (double)e->n_right / e->n;
    out->guess += e->options[assay_rng_below(rng, (uint32_t)e->n)].right;
    for (int i = 0; i < e->n; i++) value[i] = e->options[i].bytes;
    out->longest += right_by(e, value);
    for (int i = 0; i < e->n; i++) value[i] = -value[i];
    out->shortest += right_by(e, value);
    score(m, e, value);
    out->words += right_by(e, value);
}

static assay_status learn_all(words_model *m, size_t task, uint64_t seed, size_t n,
                              assay_error *err) {
    example *all = assay_alloc(n, sizeof *all);
    if (!all) return assay_fail(err, ASSAY_E_MEMORY, "audit: no memory for %zu samples", n);
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < n && status == ASSAY_OK; i++)
        status = read_example(task, seed + 1 + i % LEARN_SEEDS, i / LEARN_SEEDS, &all[i], err);
    for (int pass = 0; pass < N_PASSES && status == ASSAY_OK; pass++) {
        for (size_t i = 0; i < n; i++) learn(m, &all[i]);
    }
    free(all);
    return status;
}

assay_status assay_synth_audit_task(size_t task, uint64_t seed, size_t n, size_t n_learn,
                                    assay_synth_audit *out, assay_error *err) {
    *out = (assay_synth_audit){0};
    if (n < 1 || n > ASSAY_SYNTH_MAX_PER_TASK || n_learn < 1 || n_learn > ASSAY_SYNTH_MAX_PER_TASK)
        return assay_fail(err, ASSAY_E_ARGUMENT, "audit: 1 to %d samples of a task",
                          ASSAY_SYNTH_MAX_PER_TASK);
    words_model *m = assay_calloc(1, sizeof *m);
    if (!m) return assay_fail(err, ASSAY_E_MEMORY, "audit: no memory for a classifier");
    assay_rng rng = assay_rng_seed(seed, task);
    assay_status status = learn_all(m, task, seed, n_learn, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        example e;
        status = read_example(task, seed, i, &e, err);
        if (status == ASSAY_OK) try_example(m, &e, &rng, out);
    }
    out->n = n;
    out->chance /= (double)n;
    free(m);
    return status;
}
