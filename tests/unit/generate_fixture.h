/* Generators on tiny random models: what the tests of drawing and of turns share. */
#ifndef ASSAY_TEST_GENERATE_FIXTURE_H
#define ASSAY_TEST_GENERATE_FIXTURE_H

#include "assay_generate.h"
#include "model/model.h"
#include "test.h"
#include "unit/model_fixture.h"

enum { MOST = 128, MOST_BYTES = 4096 };

/* What a generator gave, until its end or `most` pieces. */
typedef struct result {
    int32_t ids[MOST];
    float logprobs[MOST];
    size_t n, n_bytes;
    char text[MOST_BYTES];
    assay_piece last;
    assay_status status;
} result;

static inline void run(assay_generator *g, size_t most, result *r) {
    memset(r, 0, sizeof *r);
    while (r->status == ASSAY_OK && r->last.end == ASSAY_END_NONE && r->n < most) {
        assay_error err = {0};
        r->status = assay_generator_next(g, &r->last, &err);
        CHECK(r->status == ASSAY_OK || err.text[0] != '\0');
        if (r->last.id >= 0) {
            r->ids[r->n] = r->last.id;
            r->logprobs[r->n++] = r->last.logprob;
        }
        if (r->n_bytes + r->last.n_bytes >= MOST_BYTES) abort();
        if (r->last.n_bytes > 0) memcpy(r->text + r->n_bytes, r->last.text, r->last.n_bytes);
        r->n_bytes += r->last.n_bytes;
        r->text[r->n_bytes] = '\0';
    }
}

/* An emptied session with a prompt of n ids. */
static inline void start(assay_session *s, size_t n) {
    int32_t ids[64];
    assay_error err;
    noise_ids(ids, n);
    CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, n, NULL, 0}, &err), ASSAY_OK, err);
}

static inline result generate(assay_session *s, const assay_generate_options *options,
                              size_t most) {
    static result r;
    assay_generator *g = NULL;
    assay_error err;
    start(s, 20);
    CHECK_STATUS(assay_generator_create(s, options, &g, &err), ASSAY_OK, err);
    if (g != NULL) run(g, most, &r);
    assay_generator_destroy(g);
    return r;
}

static inline assay_model *load(const char *type, uint64_t seed) {
    tiny_files f = tiny_make(type, seed);
    assay_error err = {0};
    assay_model *model = NULL;
    if (assay_model_create(&f.text, 1, f.vision, &model, &err) != ASSAY_OK) abort();
    return model;
}

static inline bool same_tokens(const result *a, const result *b) {
    return a->n == b->n && memcmp(a->ids, b->ids, a->n * sizeof *a->ids) == 0 &&
           memcmp(a->logprobs, b->logprobs, a->n * sizeof *a->logprobs) == 0 &&
           a->n_bytes == b->n_bytes && memcmp(a->text, b->text, a->n_bytes) == 0;
}

static inline bool is_special(const assay_model *model, int32_t id) {
    return assay_token_is_special(model->tokenizer, id) || id == TINY_IMAGE;
}

#endif
