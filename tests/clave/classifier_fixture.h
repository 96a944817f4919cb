/* Made-up texts of two values, their labels, and the classifier that learns from them. */
#ifndef ASSAY_TEST_CLASSIFIER_FIXTURE_H
#define ASSAY_TEST_CLASSIFIER_FIXTURE_H

#include "base/rng.h"
#include "clave/classifier/classifier.h"
#include "concepts_fixture.h"

/* Words that go with each label of "care"; "fairness" goes by the first word alone. */
static const char *const words[3][4] = {{"hurt", "kick", "mock", "abandon"},
                                        {"count", "paint", "measure", "drive"},
                                        {"help", "comfort", "protect", "feed"}};
static const char *const things[6] = {"the dog",      "a friend",     "my neighbour",
                                      "those people", "an old chair", "the new car"};

typedef struct sample {
    char id[16], response[200];
    int care, fair;
} sample;

static inline sample make_sample(uint64_t i) {
    sample s;
    assay_rng rng = assay_rng_seed(7, i);
    s.care = (int)assay_rng_below(&rng, 3) - 1;
    s.fair = assay_rng_below(&rng, 4) == 0 ? 1 : 0;
    const char *const *w = words[s.care + 1];
    snprintf(s.id, sizeof s.id, "t%04u", (unsigned)i);
    snprintf(s.response, sizeof s.response, "%s they %s %s and then %s %s.",
             s.fair ? "Equal shares for all:" : "Yesterday", w[assay_rng_below(&rng, 4)],
             things[assay_rng_below(&rng, 6)], w[assay_rng_below(&rng, 4)],
             things[assay_rng_below(&rng, 6)]);
    return s;
}

/* Labels of n samples in the order that `order` shuffles them into. */
static inline assay_labels *make_labels(const assay_values *values, size_t n, uint64_t order) {
    static const char *const names[3] = {"opposes", "unrelated", "adheres"};
    uint32_t rows[512];
    assay_buffer text = {0};
    for (size_t i = 0; i < 2 * n; i++) rows[i] = (uint32_t)i;
    assay_rng rng = assay_rng_seed(order, 0);
    if (order > 0) assay_rng_shuffle(&rng, rows, 2 * n, sizeof rows[0]);
    for (size_t i = 0; i < 2 * n; i++) {
        sample s = make_sample(rows[i] / 2);
        bool fair = rows[i] % 2 != 0;
        assay_buffer_print(&text,
                           "{\"id\":\"%s\",\"scenario\":\"What did they do?\",\"response\":\"%s\","
                           "\"value\":\"%s\",\"label\":\"%s\",\"annotator\":\"a\"}\n",
                           s.id, s.response, fair ? "fairness" : "care",
                           names[(fair ? s.fair : s.care) + 1]);
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

static inline assay_classifier *make_classifier(const assay_values *values, size_t n,
                                                uint64_t order, assay_pool *pool) {
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_labels *labels = make_labels(values, n, order);
    assay_classifier *c = NULL;
    assay_error err = {0};
    options.threads = pool;
    assay_status status = assay_calibrate(values, labels, NULL, 0, NULL, &options, &c, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    assay_labels_free(labels);
    return c;
}

static inline char *print(const assay_classifier *c) {
    assay_buffer text = {0};
    assay_error err = {0};
    CHECK(assay_classifier_print(c, &text, &err) == ASSAY_OK);
    return text.data;
}

/* Judgements of samples first ... first + n - 1: [n, 2]. */
static inline void judge(const assay_classifier *c, size_t first, size_t n, double level,
                         assay_pool *pool, assay_judgement *out) {
    static sample samples[256];
    static assay_judged_text texts[256];
    assay_error err = {0};
    for (size_t i = 0; i < n; i++) {
        samples[i] = make_sample(first + i);
        texts[i] = (assay_judged_text){samples[i].id, "What did they do?", samples[i].response, ""};
    }
    assay_status status =
        assay_classifier_judge(c, texts, n, NULL, 0, NULL, level, pool, out, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
}

#endif
