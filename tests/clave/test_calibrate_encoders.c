/* Several encoders: calibration keeps the better one, whatever the order they come in. Concepts that come from the labelled
 * texts themselves: nobody learns or measures by them. The labels are drawn, the words of the texts say nothing of them: only
 * vectors can. */
#include "test.h"

#include "assay_concepts.h"
#include "assay_judge.h"
#include "base/rng.h"
#include "clave/classifier/classifier.h"
#include "concepts_fixture.h"

enum { N = 60, M = 40, GOOD = 6, BAD = 3 };

static int label_of(uint64_t text, uint64_t value) {
    assay_rng rng = assay_rng_seed(21 + value, text);
    return (int)assay_rng_below(&rng, 3) - 1;
}

/* [n, GOOD] that tell the labels, and [n, BAD] that tell nothing. */
static void make_vectors(uint64_t first, size_t n, float *good, float *bad) {
    for (size_t i = 0; i < n; i++) {
        assay_rng rng = assay_rng_seed(31, first + i);
        for (size_t d = 0; d < GOOD; d++)
            good[i * GOOD + d] = (float)(0.2 * assay_rng_normal(&rng));
        for (size_t d = 0; d < BAD; d++) bad[i * BAD + d] = (float)assay_rng_normal(&rng);
        for (uint64_t v = 0; v < 2; v++)
            good[i * GOOD + 3 * v + (size_t)(label_of(first + i, v) + 1)] += 1.0f;
    }
}

static assay_labels *make_labels(const assay_values *values) {
    static const char *const names[3] = {"opposes", "unrelated", "adheres"};
    static const char *const value_ids[2] = {"care", "fairness"};
    assay_buffer text = {0};
    for (uint64_t i = 0; i < N; i++) {
        for (uint64_t v = 0; v < 2; v++)
            assay_buffer_print(
                &text,
                "{\"id\":\"t%04u\",\"scenario\":\"\",\"response\":\"No word tells "
                "number %u.\",\"value\":\"%s\",\"label\":\"%s\",\"annotator\":\"a\"}\n",
                (unsigned)i, (unsigned)(i * 7919 % 1000), value_ids[v], names[label_of(i, v) + 1]);
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

typedef struct fixture {
    assay_values *values;
    assay_labels *labels;
    char good_hash[65], bad_hash[65];
    float good[N * GOOD], bad[N * BAD];
    assay_vectors vectors[2]; /* good, bad */
} fixture;

static fixture *open_fixture(void) {
    fixture *f = calloc(1, sizeof *f);
    if (f == NULL) abort();
    f->values = fixture_values();
    f->labels = make_labels(f->values);
    memset(f->good_hash, 'a', 64);
    memset(f->bad_hash, 'b', 64);
    make_vectors(0, N, f->good, f->bad);
    f->vectors[0] =
        (assay_vectors){.name = "good", .sha256 = f->good_hash, .dim = GOOD, .response = f->good};
    f->vectors[1] =
        (assay_vectors){.name = "bad", .sha256 = f->bad_hash, .dim = BAD, .response = f->bad};
    return f;
}

static void close_fixture(fixture *f) {
    assay_labels_free(f->labels);
    assay_values_free(f->values);
    free(f);
}

/* The classifier's JSON; NULL after a failure. */
static char *calibrate_with(const fixture *f, const assay_vectors *vectors, size_t n,
                            const assay_concepts *pool, const char *features) {
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_classifier *c = NULL;
    assay_buffer text = {0};
    assay_error err = {0};
    options.features = features;
    assay_status status =
        assay_calibrate(f->values, f->labels, vectors, n, pool, &options, &c, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    if (status == ASSAY_OK) CHECK(assay_classifier_print(c, &text, &err) == ASSAY_OK);
    assay_classifier_free(c);
    return text.data;
}

static char *calibrate(const fixture *f, const assay_vectors *vectors, size_t n,
                       const char *features) {
    return calibrate_with(f, vectors, n, NULL, features);
}

static assay_classifier *parse(const char *text) {
    assay_classifier *c = NULL;
    assay_error err = {0};
    CHECK(assay_classifier_parse(text, strlen(text), "classifier", &c, &err) == ASSAY_OK, "%s",
          err.text);
    return c;
}

TEST(the_better_encoder_is_kept) {
    fixture *f = open_fixture();
    const assay_vectors turned[2] = {f->vectors[1], f->vectors[0]};
    char *alone = calibrate(f, f->vectors, 1, NULL), *worse = calibrate(f, f->vectors + 1, 1, NULL),
         *both = calibrate(f, f->vectors, 2, NULL), *other = calibrate(f, turned, 2, NULL);
    REQUIRE(alone != NULL && worse != NULL && both != NULL && other != NULL);
    CHECK(strcmp(both, alone) == 0, "the other encoder leaves a trace");
    CHECK(strcmp(both, other) == 0, "the order matters");
    assay_classifier *c = parse(both), *d = parse(worse);
    REQUIRE(c != NULL && d != NULL);
    REQUIRE(assay_classifier_encoder(c) != NULL);
    CHECK(strcmp(assay_classifier_encoder(c), "good") == 0);
    double best = assay_classifier_get_summary(c)->macro_f1,
           worst = assay_classifier_get_summary(d)->macro_f1;
    CHECK(best > 0.9 && worst < 0.6, "%g and %g", best, worst);
    assay_classifier_free(c);
    assay_classifier_free(d);
    free(alone);
    free(worse);
    free(both);
    free(other);
    close_fixture(f);
}

TEST(of_equals_the_first_is_kept) {
    fixture *f = open_fixture();
    assay_vectors twins[2] = {f->vectors[0], f->vectors[0]};
    twins[1].name = "twin";
    twins[1].sha256 = f->bad_hash;
    char *text = calibrate(f, twins, 2, NULL);
    REQUIRE(text != NULL);
    assay_classifier *c = parse(text);
    REQUIRE(c != NULL && assay_classifier_encoder(c) != NULL);
    CHECK(strcmp(assay_classifier_encoder(c), "good") == 0, "%s", assay_classifier_encoder(c));
    assay_classifier_free(c);
    free(text);
    close_fixture(f);
}

TEST(encoders_that_are_not_asked_leave_no_trace) {
    fixture *f = open_fixture();
    char *with = calibrate(f, f->vectors, 2, "ngrams"), *without = calibrate(f, NULL, 0, "ngrams");
    REQUIRE(with != NULL && without != NULL);
    CHECK(strcmp(with, without) == 0);
    assay_classifier *c = parse(with);
    REQUIRE(c != NULL);
    CHECK(assay_classifier_encoder(c) == NULL && assay_classifier_views(c) == 0);
    assay_classifier_free(c);
    free(with);
    free(without);
    close_fixture(f);
}

/* Whoever judges may have all encoders' vectors at hand: the classifier takes its own. */
TEST(judging_takes_the_vectors_of_its_encoder) {
    static float good[M * GOOD], bad[M * BAD];
    fixture *f = open_fixture();
    assay_judgement one[M * 2], two[M * 2];
    assay_judged_text texts[M];
    assay_error err = {0};
    char *text = calibrate(f, f->vectors, 2, NULL);
    REQUIRE(text != NULL);
    assay_classifier *c = parse(text);
    REQUIRE(c != NULL);
    make_vectors(5000, M, good, bad);
    for (size_t i = 0; i < M; i++) texts[i] = (assay_judged_text){"x", "", "No word tells.", ""};
    assay_vectors v[2] = {f->vectors[1], f->vectors[0]};
    v[0].response = bad;
    v[1].response = good;
    CHECK_STATUS(assay_classifier_judge(c, texts, M, v, 2, NULL, 0, NULL, one, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_classifier_judge(c, texts, M, v + 1, 1, NULL, 0, NULL, two, &err), ASSAY_OK,
                 err);
    CHECK(memcmp(one, two, sizeof one) == 0);
    size_t right = 0;
    for (uint64_t i = 0; i < 2 * M; i++) right += one[i].label == label_of(5000 + i / 2, i % 2);
    CHECK(right >= 72, "%zu of 80", right);
    CHECK_STATUS(assay_classifier_judge(c, texts, M, v, 1, NULL, 0, NULL, two, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK(strstr(err.text, "good") != NULL, "%s", err.text);
    v[1].dim = GOOD - 1;
    err = (assay_error){0};
    CHECK_STATUS(assay_classifier_judge(c, texts, M, v, 2, NULL, 0, NULL, two, &err),
                 ASSAY_E_ARGUMENT, err);
    assay_classifier_free(c);
    free(text);
    close_fixture(f);
}

typedef struct watch {
    int calls, stop_at;
} watch;

static int count_calls(void *context, double done) {
    watch *w = context;
    CHECK(done >= 0 && done <= 1, "%g", done);
    return ++w->calls == w->stop_at;
}

/* At any moment, in the first encoder's part or in the second's. */
TEST(cancelling_ends_it) {
    fixture *f = open_fixture();
    assay_calibrate_options options = assay_calibrate_defaults();
    watch all = {.stop_at = -1};
    assay_classifier *c = NULL;
    assay_error err = {0};
    options.features = "ngrams+vectors";
    options.progress = count_calls;
    options.progress_context = &all;
    CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, 2, NULL, &options, &c, &err),
                 ASSAY_OK, err);
    assay_classifier_free(c);
    REQUIRE(all.calls >= 2 * options.n_folds);
    for (int at = 1; at <= all.calls; at += 3) {
        watch w = {.stop_at = at};
        c = NULL;
        err = (assay_error){0};
        options.progress_context = &w;
        CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, 2, NULL, &options, &c, &err),
                     ASSAY_E_CANCELLED, err);
        CHECK(c == NULL && w.calls == at, "%d of %d", w.calls, at);
    }
    close_fixture(f);
}

TEST(vectors_that_are_none_are_refused) {
    fixture *f = open_fixture();
    for (int flaw = 0; flaw < 4; flaw++) {
        assay_vectors v[2] = {f->vectors[0], f->vectors[1]};
        assay_classifier *c = NULL;
        assay_error err = {0};
        if (flaw == 0) v[1].name = NULL;
        if (flaw == 1) v[1].sha256 = NULL;
        if (flaw == 2) v[1].dim = 0;
        if (flaw == 3) v[1].response = NULL;
        CHECK_STATUS(assay_calibrate(f->values, f->labels, v, 2, NULL, NULL, &c, &err),
                     ASSAY_E_ARGUMENT, err);
        CHECK(c == NULL);
    }
    close_fixture(f);
}

static assay_concepts *make_pool(const fixture *f, const char *hash, size_t dim) {
    static const assay_concept items[] = {{"no word tells", "care", ASSAY_ADHERES, false},
                                          {"nothing at all", "care", ASSAY_OPPOSES, false}};
    float vectors[2 * GOOD] = {0};
    const assay_concept_encoder e = {"pool's", hash, dim};
    assay_concepts *pool = NULL;
    assay_error err = {0};
    vectors[0] = vectors[dim + 1] = 1;
    CHECK_STATUS(assay_concepts_create(f->values, items, 2, &e, vectors, &pool, &err), ASSAY_OK,
                 err);
    return pool;
}

/* Its vectors would be compared with those of another encoder, of another length. */
TEST(a_pool_of_another_encoder_is_refused) {
    fixture *f = open_fixture();
    char other[65];
    memset(other, 'c', 64);
    other[64] = '\0';
    for (size_t n = 0; n <= 2; n++) {
        assay_concepts *pool = make_pool(f, other, 2);
        assay_classifier *c = NULL;
        assay_error err = {0};
        CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, n, pool, NULL, &c, &err),
                     ASSAY_E_ARGUMENT, err);
        CHECK(c == NULL && strstr(err.text, "pool's") != NULL, "%s", err.text);
        assay_concepts_free(pool);
    }
    close_fixture(f);
}

/* Of two encoders the one that has no pool goes without: the other's pool is nothing to it. */
TEST(a_pool_goes_with_its_own_encoder) {
    fixture *f = open_fixture();
    assay_concepts *pool = make_pool(f, f->bad_hash, BAD);
    assay_classifier *c = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, 2, pool, NULL, &c, &err),
                 ASSAY_OK, err);
    REQUIRE(c != NULL && assay_classifier_encoder(c) != NULL);
    CHECK(strcmp(assay_classifier_encoder(c), "good") == 0);
    CHECK(assay_classifier_concepts(c) == NULL);
    assay_classifier_free(c);
    assay_concepts_free(pool);
    close_fixture(f);
}

/* Named features that hold the pool's mean the encoder it was embedded with, at whichever place. */
TEST(features_that_name_a_pool_take_its_encoder) {
    static const char *const features[] = {"concepts", "ngrams+concepts", "concepts+vectors"};
    fixture *f = open_fixture();
    const assay_vectors turned[2] = {f->vectors[1], f->vectors[0]};
    for (size_t i = 0; i < 2 * sizeof features / sizeof *features; i++) {
        const char *named = features[i / 2];
        const assay_vectors *own = &f->vectors[i % 2];
        assay_concepts *pool = make_pool(f, own->sha256, own->dim);
        char *alone = calibrate_with(f, own, 1, pool, named),
             *both = calibrate_with(f, f->vectors, 2, pool, named),
             *other = calibrate_with(f, turned, 2, pool, named);
        REQUIRE(alone != NULL && both != NULL && other != NULL);
        CHECK(strcmp(both, alone) == 0 && strcmp(other, alone) == 0, "%s", named);
        assay_classifier *c = parse(both);
        REQUIRE(c != NULL && assay_classifier_encoder(c) != NULL);
        CHECK(strcmp(assay_classifier_encoder(c), own->name) == 0, "%s", named);
        CHECK(assay_classifier_concepts(c) != NULL, "%s", named);
        assay_classifier_free(c);
        assay_concepts_free(pool);
        free(alone);
        free(both);
        free(other);
    }
    close_fixture(f);
}

TEST(features_that_name_a_pool_of_another_encoder_are_refused) {
    static const char none[65] = "dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd";
    fixture *f = open_fixture();
    assay_concepts *pool = make_pool(f, none, BAD);
    for (size_t n = 0; n <= 2; n++) {
        assay_calibrate_options options = assay_calibrate_defaults();
        assay_classifier *c = NULL;
        assay_error err = {0};
        options.features = "ngrams+concepts";
        CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, n, pool, &options, &c, &err),
                     ASSAY_E_ARGUMENT, err);
        CHECK(c == NULL);
        CHECK(strcmp(err.text, "the concept pool needs vectors of the encoder pool's") == 0, "%s",
              err.text);
        options.features = "ngrams"; /* asks for neither */
        err = (assay_error){0};
        CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, n, pool, &options, &c, &err),
                     ASSAY_OK, err);
        assay_classifier_free(c);
    }
    assay_concepts_free(pool);
    close_fixture(f);
}

TEST(numbers_that_are_none_are_refused) {
    static const float bad[] = {0.0f / 0.0f, 1.0f / 0.0f, -1e30f};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        fixture *f = open_fixture();
        assay_classifier *c = NULL;
        assay_error err = {0};
        f->good[17] = bad[i];
        CHECK_STATUS(assay_calibrate(f->values, f->labels, f->vectors, 1, NULL, NULL, &c, &err),
                     ASSAY_E_FORMAT, err);
        CHECK(c == NULL && strstr(err.text, "good") != NULL, "%s", err.text);
        close_fixture(f);
    }
}

/* A pool without an encoder: every text that does not call "care" unrelated is a concept of its label. */
static assay_concepts *make_witnesses(const fixture *f, bool traced) {
    assay_concept items[N];
    const char *from[N];
    char texts[N][40];
    assay_concepts *plain = NULL, *out = NULL;
    assay_error err = {0};
    size_t n = 0;
    for (size_t i = 0; i < N; i++) {
        const assay_judged_text *t = assay_labels_text(f->labels, i);
        int label = label_of(i, 0);
        if (label == 0) continue;
        snprintf(texts[n], sizeof texts[n], "%.30s", t->response);
        from[n] = traced ? t->id : NULL;
        items[n] =
            (assay_concept){texts[n], "care", label > 0 ? ASSAY_ADHERES : ASSAY_OPPOSES, false};
        n++;
    }
    CHECK_STATUS(assay_concepts_create(f->values, items, n, NULL, NULL, &plain, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_concepts_trace(plain, from, &out, &err), ASSAY_OK, err);
    assay_concepts_free(plain);
    return out;
}

/* Labels are drawn: who believed such a concept would be right about the text it comes from, and about no other. */
TEST(a_text_does_not_see_its_own_concepts) {
    fixture *f = open_fixture();
    double figure[2] = {0};
    for (int traced = 0; traced < 2; traced++) {
        assay_concepts *pool = make_witnesses(f, traced);
        assay_calibrate_options options = assay_calibrate_defaults();
        assay_classifier *c = NULL;
        assay_error err = {0};
        options.features = "concepts";
        CHECK_STATUS(assay_calibrate(f->values, f->labels, NULL, 0, pool, &options, &c, &err),
                     ASSAY_OK, err);
        if (c != NULL) figure[traced] = assay_classifier_get_summary(c)->values[0].macro_f1;
        assay_classifier_free(c);
        assay_concepts_free(pool);
    }
    CHECK(figure[0] > 0.8 && figure[1] < 0.6, "%g and %g", figure[0], figure[1]);
    close_fixture(f);
}

/* A trial that saw the concepts of the texts it judges would measure what it was told. */
TEST(a_trial_has_the_concepts_of_its_own_labels) {
    static assay_judge_figures out;
    fixture *f = open_fixture();
    double figure[2] = {0};
    for (int traced = 0; traced < 2; traced++) {
        assay_concepts *pool = make_witnesses(f, traced);
        assay_trial_options options = assay_trial_defaults();
        assay_error err = {0};
        options.calibrate.features = "concepts";
        CHECK_STATUS(assay_trial(f->values, f->labels, NULL, 0, pool, &options, &out, &err),
                     ASSAY_OK, err);
        figure[traced] = out.values[0].macro_f1;
        assay_concepts_free(pool);
    }
    CHECK(figure[0] > 0.8 && figure[1] < 0.6, "%g and %g", figure[0], figure[1]);
    close_fixture(f);
}
