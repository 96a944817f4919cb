/* The first concepts of a classifier's values: the pool that assay_concepts_fit gives of the same labels, from the
 * classifier's file alone. */
#include "assay_concepts.h"
#include "classifier_fixture.h"
#include "failing_alloc.h"

enum { N = 60, DIM = 8, N_FIRST = 2 };

typedef struct fixture {
    assay_values *values;
    assay_labels *labels;
    float rows[N * DIM], definitions[2 * DIM], phrases[N_FIRST * DIM];
    assay_vectors texts, concepts;
} fixture;

static void draw(float *out, size_t n, uint64_t seed) {
    for (size_t i = 0; i < n; i++) {
        assay_rng rng = assay_rng_seed(seed, i);
        out[i] = (float)assay_rng_normal(&rng);
    }
}

static void open_fixture(fixture *f) {
    static const char hash[65] = "abababababababababababababababababababababababababababababababab";
    f->values = fixture_values();
    f->labels = make_labels(f->values, N, 0);
    draw(f->rows, N * DIM, 1);
    draw(f->definitions, 2 * DIM, 2);
    draw(f->phrases, N_FIRST * DIM, 3);
    f->texts = (assay_vectors){.name = "e",
                               .sha256 = hash,
                               .dim = DIM,
                               .response = f->rows,
                               .definitions = f->definitions};
    f->concepts = (assay_vectors){.name = "e", .sha256 = hash, .dim = DIM, .response = f->phrases};
}

static void close_fixture(fixture *f) {
    assay_labels_free(f->labels);
    assay_values_free(f->values);
}

static assay_classifier *learn(const fixture *f, const char *features) {
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_classifier *c = NULL;
    assay_error err = {0};
    options.features = features;
    CHECK_STATUS(assay_calibrate(f->values, f->labels, &f->texts, 1, NULL, &options, &c, &err),
                 ASSAY_OK, err);
    return c;
}

/* The lists of fixture_values, fitted to the labels themselves. */
static assay_concepts *fitted(const fixture *f, bool dense) {
    const assay_concept items[N_FIRST] = {
        {"Being kind to others", "care", ASSAY_ADHERES, false},
        {"Protecting people from harm", "care", ASSAY_ADHERES, false}};
    const assay_concept_encoder encoder = {f->concepts.name, f->concepts.sha256, DIM};
    assay_concepts *plain = NULL, *out = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_concepts_create(f->values, items, N_FIRST, dense ? &encoder : NULL,
                                       dense ? f->phrases : NULL, &plain, &err),
                 ASSAY_OK, err);
    CHECK_STATUS(assay_concepts_fit(plain, f->values, f->labels, dense ? &f->texts : NULL,
                                    ASSAY_CONCEPT_SHARE, &out, &err),
                 ASSAY_OK, err);
    assay_concepts_free(plain);
    return out;
}

static assay_concepts *first(const assay_classifier *c, const assay_vectors *vectors) {
    assay_concepts *out = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_concepts_first(c, vectors, &out, &err), ASSAY_OK, err);
    return out;
}

TEST(without_an_encoder_it_is_the_pool_of_the_labels) {
    fixture f;
    open_fixture(&f);
    assay_classifier *c = learn(&f, "ngrams"), *d = learn(&f, "vectors");
    REQUIRE(c != NULL && d != NULL);
    assay_concepts *want = fitted(&f, false), *got = first(c, NULL), *other = first(d, NULL);
    REQUIRE(want != NULL && got != NULL && other != NULL);
    CHECK(assay_concepts_threshold(want) != ASSAY_CONCEPT_THRESHOLD, "nothing was fitted");
    CHECK(strcmp(assay_concepts_sha256(got), assay_concepts_sha256(want)) == 0, "%.9g for %.9g",
          assay_concepts_threshold(got), assay_concepts_threshold(want));
    CHECK(strcmp(assay_concepts_sha256(other), assay_concepts_sha256(want)) == 0);
    assay_concepts_free(want);
    assay_concepts_free(got);
    assay_concepts_free(other);
    assay_classifier_free(c);
    assay_classifier_free(d);
    close_fixture(&f);
}

/* The classifier holds its texts' vectors as bytes: the threshold differs by no more than these do. */
TEST(with_its_encoder_nearly_so) {
    fixture f;
    open_fixture(&f);
    assay_classifier *c = learn(&f, "ngrams+vectors");
    REQUIRE(c != NULL);
    assay_concepts *want = fitted(&f, true), *got = first(c, &f.concepts);
    REQUIRE(want != NULL && got != NULL);
    double apart = assay_concepts_threshold(got) - assay_concepts_threshold(want);
    CHECK(apart < 0.02 && apart > -0.02, "%.9g", apart);
    REQUIRE(assay_concepts_count(got) == N_FIRST);
    for (size_t i = 0; i < N_FIRST; i++) {
        const assay_concept *a = assay_concepts_at(got, i), *b = assay_concepts_at(want, i);
        CHECK(strcmp(a->text, b->text) == 0 && strcmp(a->value, b->value) == 0 &&
              a->valence == ASSAY_ADHERES && !a->pinned);
        CHECK(memcmp(assay_concepts_vector(got, i), assay_concepts_vector(want, i),
                     DIM * sizeof(float)) == 0);
    }
    assay_concepts_free(want);
    assay_concepts_free(got);
    assay_classifier_free(c);
    close_fixture(&f);
}

TEST(vectors_of_another_encoder_are_refused) {
    static const char hash[65] = "cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd";
    fixture f;
    open_fixture(&f);
    assay_classifier *with = learn(&f, "vectors"), *without = learn(&f, "ngrams");
    REQUIRE(with != NULL && without != NULL);
    for (int flaw = 0; flaw < 4; flaw++) {
        static const char *const says[4] = {
            "made with e, the vectors by other", "made with e, the vectors by e",
            "no vectors of the concepts", "made with no encoder, the vectors by e"};
        assay_vectors v = f.concepts;
        assay_concepts *out = NULL;
        assay_error err = {0};
        if (flaw == 0) {
            v.name = "other";
            v.sha256 = hash;
        }
        if (flaw == 1) v.dim = DIM - 1;
        if (flaw == 2) v.response = NULL;
        CHECK_STATUS(assay_concepts_first(flaw == 3 ? without : with, &v, &out, &err),
                     ASSAY_E_ARGUMENT, err);
        CHECK(out == NULL && strstr(err.text, says[flaw]) != NULL, "%s", err.text);
    }
    assay_classifier_free(with);
    assay_classifier_free(without);
    close_fixture(&f);
}

TEST(values_without_concepts_give_an_empty_pool) {
    static const char json[] = "{\"format\":1,\"id\":\"bare\",\"name\":\"Bare\",\"source\":\"\","
                               "\"values\":[{\"id\":\"care\",\"name\":\"Care\","
                               "\"definition\":\"Kindness.\"},{\"id\":\"fairness\",\"name\":"
                               "\"Fairness\",\"definition\":\"Equal treatment.\"}]}";
    assay_values *values = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_values_parse(json, sizeof json - 1, "bare.json", &values, &err), ASSAY_OK,
                 err);
    REQUIRE(values != NULL);
    assay_classifier *c = make_classifier(values, N, 0, NULL);
    REQUIRE(c != NULL);
    assay_concepts *pool = first(c, NULL);
    REQUIRE(pool != NULL);
    CHECK(assay_concepts_count(pool) == 0);
    CHECK(assay_concepts_threshold(pool) == ASSAY_CONCEPT_THRESHOLD);
    assay_concepts_free(pool);
    assay_classifier_free(c);
    assay_values_free(values);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    fixture f;
    open_fixture(&f);
    assay_classifier *c = learn(&f, "ngrams+vectors");
    REQUIRE(c != NULL);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_concepts *out = NULL;
        assay_error err = {0};
        assay_status status = assay_concepts_first(c, &f.concepts, &out, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        CHECK((out == NULL) == failed);
        assay_concepts_free(out);
        if (!failed) break;
    }
    assay_classifier_free(c);
    close_fixture(&f);
}
