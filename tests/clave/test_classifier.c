/* Calibration, classifier files and judging, on made-up texts of two values. */
#include "test.h"

#include <math.h>

#include "base/os.h"
#include "classifier_fixture.h"
#include "failing_alloc.h"

/* ---- learning ---- */

TEST(it_learns_what_the_words_say) {
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 60, 0, NULL);
    assay_judgement j[100 * 2];
    size_t care = 0, fair = 0;
    REQUIRE(c != NULL);
    judge(c, 1000, 100, 0, NULL, j);
    for (size_t i = 0; i < 100; i++) {
        sample s = make_sample(1000 + i);
        care += j[2 * i].label == s.care;
        fair += j[2 * i + 1].label == s.fair;
        for (size_t v = 0; v < 2; v++) {
            const assay_judgement *one = &j[2 * i + v];
            double sum = one->p[0] + one->p[1] + one->p[2];
            CHECK(fabs(sum - 1) < 1e-12 && one->p[0] >= 0 && one->p[1] >= 0 && one->p[2] >= 0);
            CHECK(one->confidence == one->p[one->label + 1] && !one->abstained);
        }
    }
    CHECK(care >= 95, "care: %zu of 100", care);
    CHECK(fair >= 97, "fairness: %zu of 100", fair);
    const assay_classifier_summary *s = assay_classifier_get_summary(c);
    CHECK(s->macro_f1 > 0.85 && s->macro_f1 <= 1, "%g", s->macro_f1);
    CHECK(s->values[0].note == NULL);
    CHECK(s->values[1].note != NULL && s->values[1].count[0] == 0); /* nobody opposes fairness */
    CHECK(assay_classifier_encoder(c) == NULL && assay_classifier_views(c) == 0);
    assay_classifier_free(c);
    assay_values_free(values);
}

TEST(the_same_labels_give_the_same_classifier) {
    assay_values *values = fixture_values();
    assay_pool *pool = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_pool_create(2, &pool, &err), ASSAY_OK, err);
    assay_classifier *a = make_classifier(values, 40, 0, NULL),
                     *b = make_classifier(values, 40, 99, NULL),
                     *c = make_classifier(values, 40, 3, pool);
    REQUIRE(a != NULL && b != NULL && c != NULL);
    char *text_a = print(a), *text_b = print(b), *text_c = print(c);
    CHECK(strcmp(text_a, text_b) == 0, "the order of the label file matters");
    CHECK(strcmp(text_a, text_c) == 0, "threads matter");
    assay_judgement one[50 * 2], two[50 * 2];
    judge(a, 500, 50, 0.5, NULL, one);
    judge(c, 500, 50, 0.5, pool, two);
    CHECK(memcmp(one, two, sizeof one) == 0, "threads matter when judging");
    free(text_a);
    free(text_b);
    free(text_c);
    assay_classifier_free(a);
    assay_classifier_free(b);
    assay_classifier_free(c);
    assay_pool_destroy(pool);
    assay_values_free(values);
}

TEST(a_judgement_depends_on_its_text_alone) {
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 30, 0, NULL);
    assay_judgement all[40 * 2], one[2];
    REQUIRE(c != NULL);
    judge(c, 700, 40, 0, NULL, all);
    for (size_t i = 0; i < 40; i++) {
        judge(c, 700 + i, 1, 0, NULL, one);
        CHECK(memcmp(one, &all[2 * i], sizeof one) == 0, "text %zu", i);
    }
    assay_classifier_free(c);
    assay_values_free(values);
}

/* An example is its own nearest; the three are in order, and labelled for the value. */
TEST(the_nearest_examples_are_near) {
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 40, 0, NULL);
    assay_judgement j[40 * 2];
    REQUIRE(c != NULL);
    judge(c, 0, 40, 0, NULL, j);
    for (size_t i = 0; i < 40; i++) {
        const assay_judgement *one = &j[2 * i];
        sample s = make_sample(i);
        REQUIRE(one->n_nearest == ASSAY_MAX_NEAREST, "%d", one->n_nearest);
        CHECK(fabs(one->nearest[0].similarity - 1) < 1e-5, "%g", one->nearest[0].similarity);
        CHECK(strcmp(assay_classifier_example(c, one->nearest[0].example)->response, s.response) ==
              0);
        CHECK(one->nearest[0].similarity >= one->nearest[1].similarity &&
              one->nearest[1].similarity >= one->nearest[2].similarity);
    }
    assay_classifier_free(c);
    assay_values_free(values);
}

TEST(a_higher_level_abstains_more) {
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 40, 0, NULL);
    assay_judgement j[100 * 2];
    bool before[200] = {false};
    size_t last = 0;
    REQUIRE(c != NULL);
    for (int level = 0; level <= 10; level++) {
        size_t n = 0;
        judge(c, 2000, 100, level == 10 ? 1.01 : level / 10.0, NULL, j);
        for (size_t i = 0; i < 200; i++) {
            CHECK(!before[i] || j[i].abstained, "judgement %zu came back at %d", i, level);
            before[i] = j[i].abstained;
            n += j[i].abstained;
        }
        if (level == 0) CHECK(n == 0);
        CHECK(n >= last);
        last = n;
    }
    CHECK(last == 200);
    assay_classifier_free(c);
    assay_values_free(values);
}

/* ---- few labels ---- */

static void learn_few(const char *jsonl, const char *note) {
    assay_values *values = fixture_values();
    assay_labels *labels = fixture_read_labels(values, jsonl);
    assay_classifier *c = NULL;
    assay_judgement j[2];
    assay_error err = {0};
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    const char *got = assay_classifier_get_summary(c)->values[0].note;
    CHECK(got != NULL && strstr(got, note) != NULL, "%s", got != NULL ? got : "no note");
    judge(c, 5, 1, 0, NULL, j);
    CHECK(isfinite(j[0].p[0]) && isfinite(j[0].p[1]) && isfinite(j[0].p[2]));
    CHECK(j[1].label == ASSAY_UNRELATED); /* fairness has no labels */
    for (size_t k = 0; k < 3; k++) CHECK(fabs(j[1].p[k] - 1.0 / 3) < 1e-9, "%g", j[1].p[k]);
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

#define LINE(id, text, label)                                                                      \
    "{\"id\":\"" id "\",\"scenario\":\"\",\"response\":\"" text                                    \
    "\",\"value\":\"care\",\"label\":\"" label "\",\"annotator\":\"a\"}\n"

TEST(few_labels_teach_what_they_can) {
    learn_few(LINE("a", "one", "unrelated"), "fewer than 2 relevant");
    learn_few(LINE("a", "one", "adheres") LINE("b", "two", "adheres"), "opposing");
    learn_few(LINE("a", "one", "opposes") LINE("b", "two", "opposes") LINE("c", "3", "unrelated"),
              "adhering");
    learn_few(LINE("a", "same", "adheres") LINE("b", "same", "opposes") LINE("c", "same", "adheres")
                  LINE("d", "same", "opposes"),
              "unrelated texts");
}

/* One label leaves nothing to validate on: no temperature is better than another, so none is taken. */
TEST(one_label_makes_no_certainty) {
    assay_values *values = fixture_values();
    assay_labels *labels = fixture_read_labels(values, LINE("a", "one", "adheres"));
    assay_classifier *c = NULL;
    assay_judgement judged[2];
    const assay_judged_text text = {"x", "", "another one", ""};
    assay_error err = {0};
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    CHECK_STATUS(assay_classifier_judge(c, &text, 1, NULL, 0, NULL, 0, NULL, judged, &err),
                 ASSAY_OK, err);
    CHECK(judged[0].label == ASSAY_UNRELATED && judged[0].p[2] < 0.9, "%g", judged[0].p[2]);
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(texts_without_labels_teach_nothing) {
    assay_values *values = fixture_values();
    assay_labels *labels =
        fixture_read_labels(values, LINE("a", "one", "skip") LINE("b", "two", "skip"));
    assay_classifier *c = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err), ASSAY_E_FORMAT,
                 err);
    CHECK(c == NULL && strcmp(err.text, "calibration: there are no labels") == 0, "%s", err.text);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* ---- vectors and concepts ---- */

/* Vectors that say the label of "care" and nothing else, for samples whose words say nothing. */
static void make_vectors(size_t first, size_t n, float *out /* [n, 4] */) {
    for (size_t i = 0; i < n; i++) {
        sample s = make_sample(first + i);
        assay_rng rng = assay_rng_seed(11, first + i);
        float *x = out + 4 * i;
        for (int d = 0; d < 4; d++) x[d] = (float)(0.2 * assay_rng_normal(&rng));
        x[s.care + 1] += 1.0f;
    }
}

TEST(vectors_are_used_and_asked_for) {
    static float x[60 * 4], y[40 * 4], definitions[2 * 4] = {0, 0, 1, 0, 0, 1, 0, 0};
    char hash[65];
    memset(hash, 'a', 64);
    hash[64] = '\0';
    assay_values *values = fixture_values();
    assay_labels *labels = make_labels(values, 60, 0);
    assay_classifier *c = NULL, *again = NULL;
    assay_judgement j[40 * 2], k[40 * 2];
    assay_judged_text texts[40];
    assay_error err = {0};
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_vectors v = {
        .name = "toy", .sha256 = hash, .dim = 4, .response = x, .definitions = definitions};
    make_vectors(0, 60, x);
    make_vectors(3000, 40, y);
    for (size_t i = 0; i < 40; i++) texts[i] = (assay_judged_text){"i", "", "nothing to see", ""};
    options.features = "vectors+definition";
    CHECK_STATUS(assay_calibrate(values, labels, &v, 1, NULL, &options, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    CHECK(strcmp(assay_classifier_encoder(c), "toy") == 0);
    CHECK(assay_classifier_views(c) == ASSAY_VIEW_RESPONSE);
    CHECK_STATUS(assay_classifier_judge(c, texts, 40, NULL, 0, NULL, 0, NULL, j, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK(strstr(err.text, "toy") != NULL, "%s", err.text);
    v.response = y;
    CHECK_STATUS(assay_classifier_judge(c, texts, 40, &v, 1, NULL, 0, NULL, j, &err), ASSAY_OK,
                 err);
    size_t right = 0;
    for (size_t i = 0; i < 40; i++) right += j[2 * i].label == make_sample(3000 + i).care;
    CHECK(right >= 37, "%zu of 40", right);
    char *text = print(c);
    CHECK_STATUS(assay_classifier_parse(text, strlen(text), "again", &again, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_classifier_judge(again, texts, 40, &v, 1, NULL, 0, NULL, k, &err), ASSAY_OK,
                 err);
    CHECK(memcmp(j, k, sizeof j) == 0);
    options.features = "ngrams+smell";
    assay_classifier *none = NULL;
    CHECK_STATUS(assay_calibrate(values, labels, &v, 1, NULL, &options, &none, &err),
                 ASSAY_E_ARGUMENT, err);
    options.features = "concepts";
    CHECK_STATUS(assay_calibrate(values, labels, &v, 1, NULL, &options, &none, &err),
                 ASSAY_E_ARGUMENT, err);
    free(text);
    assay_classifier_free(c);
    assay_classifier_free(again);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(concepts_are_a_feature_and_a_reason) {
    const assay_concept items[] = {{"they help and feed a friend", "care", ASSAY_ADHERES, false},
                                   {"they hurt and kick the dog", "care", ASSAY_OPPOSES, false}};
    assay_values *values = fixture_values();
    assay_labels *labels = make_labels(values, 60, 0);
    assay_concepts *pool = NULL;
    assay_classifier *c = NULL;
    assay_judgement j[2];
    assay_error err = {0};
    const assay_judged_text text = {"x", "", "They hurt and kick the dog.", ""};
    assay_calibrate_options options = assay_calibrate_defaults();
    options.features = "ngrams+concepts";
    CHECK_STATUS(assay_concepts_create(values, items, 2, NULL, NULL, &pool, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, pool, &options, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    CHECK(strcmp(assay_classifier_concepts(c), assay_concepts_sha256(pool)) == 0);
    CHECK_STATUS(assay_classifier_judge(c, &text, 1, NULL, 0, NULL, 0, NULL, j, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_classifier_judge(c, &text, 1, NULL, 0, pool, 0, NULL, j, &err), ASSAY_OK,
                 err);
    CHECK(j[0].label == ASSAY_OPPOSES, "%d", j[0].label);
    REQUIRE(j[0].n_concepts > 0);
    CHECK(j[0].concepts[0].concept_index == 1 && j[0].concepts[0].similarity > 0.9);
    CHECK(j[1].n_concepts == 0);
    assay_classifier_free(c);
    assay_concepts_free(pool);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* ---- files ---- */

TEST(a_file_says_what_it_was) {
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 20, 0, NULL), *again = NULL;
    assay_error err = {0};
    assay_judgement j[20 * 2], k[20 * 2];
    REQUIRE(c != NULL);
    char *text = print(c);
    CHECK_STATUS(assay_classifier_parse(text, strlen(text), "c.json", &again, &err), ASSAY_OK, err);
    REQUIRE(again != NULL);
    CHECK(strcmp(assay_classifier_sha256(c), assay_classifier_sha256(again)) == 0);
    judge(c, 900, 20, 0, NULL, j);
    judge(again, 900, 20, 0, NULL, k);
    CHECK(memcmp(j, k, sizeof j) == 0);
    free(text);
    assay_classifier_free(c);
    assay_classifier_free(again);
    assay_values_free(values);
}

/* Cut files, and files with something else in place of each part. */
TEST(hostile_files_are_refused) {
    static const struct {
        const char *from, *to;
    } edits[] = {
        {"\"kind\":\"assay-classifier\"", "\"kind\":\"assay-cake\""},
        {"\"format\":1,\"kind\"", "\"format\":9,\"kind\""},
        {"\"features\":[\"words\"", "\"features\":[\"birds\""},
        {"\"features\":[\"words\"", "\"features\":[\"vector\""},
        {"\"features\":[\"words\"", "\"features\":[\"concepts\""},
        {"\"features\":[\"words\"", "\"features\":[\"chars\""},
        {"\"encoder\":null", "\"encoder\":{\"name\":\"x\",\"sha256\":\"y\",\"dim\":400000000}"},
        {"\"encoder\":null", "\"encoder\":{\"name\":\"x\",\"sha256\":\"y\",\"dim\":4}"},
        {"\"temperature\":", "\"temperature\":-"},
        {"\"sharing\":", "\"sharing\":9"},
        {"\"sharing\":", "\"caring\":"},
        {"\"offsets\":[", "\"offsets\":[0,"},
        {"\"scales\":[", "\"scales\":[1e300,"},
        {"\"texts\":[0,1", "\"texts\":[1,0"},
        {"\"texts\":[0,1", "\"texts\":[0,99999"},
        {"\"texts\":[0,1", "\"texts\":[0.5,1"},
        {"\"texts\":[0,1", "\"texts\":[1"},
        {"\"labels\":[", "\"labels\":[7,"},
        {"\"a\":[", "\"a\":[1e99,"},
        {"\"a\":[", "\"a\":[\"x\","},
        {"\"value\":\"fairness\"", "\"value\":\"care\""},
        {"\"id\":\"care\"", "\"id\":\"Care!\""},
        {"\"examples\":[{", "\"examples\":[3,{"},
    };
    assay_values *values = fixture_values();
    assay_classifier *c = make_classifier(values, 20, 0, NULL);
    assay_error err = {0};
    REQUIRE(c != NULL);
    char *text = print(c);
    size_t n = strlen(text);
    for (size_t e = 0; e < sizeof edits / sizeof edits[0]; e++) {
        const char *at = strstr(text, edits[e].from);
        assay_classifier *bad = NULL;
        assay_buffer edited = {0};
        REQUIRE(at != NULL, "no %s", edits[e].from);
        assay_buffer_append(&edited, text, (size_t)(at - text));
        assay_buffer_append(&edited, edits[e].to, strlen(edits[e].to));
        assay_buffer_append(&edited, at + strlen(edits[e].from),
                            strlen(at + strlen(edits[e].from)));
        memset(&err, 0, sizeof err);
        assay_status status =
            assay_classifier_parse(edited.data, edited.len, "bad.json", &bad, &err);
        CHECK(status != ASSAY_OK && bad == NULL, "%s was taken", edits[e].to);
        CHECK(strncmp(err.text, "bad.json", 8) == 0, "%s", err.text);
        assay_classifier_free(bad);
        assay_buffer_free(&edited);
    }
    for (size_t cut = 0; cut < n - 2; cut += 1 + n / 60) {
        assay_classifier *bad = NULL;
        CHECK_STATUS(assay_classifier_parse(text, cut, "cut.json", &bad, &err), ASSAY_E_FORMAT,
                     err);
        CHECK(bad == NULL);
    }
    free(text);
    assay_classifier_free(c);
    assay_values_free(values);
}

static int stop_at_once(void *context, double done) {
    (void)done;
    ++*(int *)context;
    return 1;
}

TEST(calibration_can_be_stopped) {
    assay_values *values = fixture_values();
    assay_labels *labels = make_labels(values, 20, 0);
    assay_classifier *c = NULL;
    assay_error err = {0};
    int calls = 0;
    assay_calibrate_options options = assay_calibrate_defaults();
    options.progress = stop_at_once;
    options.progress_context = &calls;
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, &options, &c, &err),
                 ASSAY_E_CANCELLED, err);
    CHECK(calls == 1 && c == NULL);
    options.progress = NULL;
    options.n_folds = 1;
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, &options, &c, &err),
                 ASSAY_E_ARGUMENT, err);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* ---- memory and time ---- */

TEST(calibration_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    assay_labels *labels = make_labels(values, 4, 0);
    const assay_judged_text text = {"x", "", "help the dog", ""};
    long failed = 0, step = 1;
    for (long k = 0; failing_alloc_arm(k); k += step) {
        assay_classifier *c = NULL;
        assay_judgement j[2];
        assay_error err = {0};
        assay_status status = assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err);
        if (status == ASSAY_OK)
            status = assay_classifier_judge(c, &text, 1, NULL, 0, NULL, 0, NULL, j, &err);
        bool armed = failing_alloc_disarm();
        assay_classifier_free(c);
        if (!armed) {
            CHECK(status == ASSAY_OK, "%s", err.text);
            break;
        }
        CHECK(status == ASSAY_E_MEMORY, "allocation %ld: %s (%s)", k, assay_status_name(status),
              err.text);
        failed++;
        /* Most are cJSON's, each like the one before. */
        if (failed > 100) step = 37;
    }
    CHECK(failed > 100, "%ld", failed);
    assay_labels_free(labels);
    assay_values_free(values);
}
