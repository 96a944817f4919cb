/* Figures of judges over several values: against an independent computation (tests/golden/gen/judge.py), and learning
 * curves' points. */
#include <math.h>
#include <time.h>

#include "assay_judge.h"
#include "base/os.h"
#include "base/rng.h"
#include "format/json.h"
#include "test.h"
#include "concepts_fixture.h"
#include "failing_alloc.h"

#include "../unit/votes_fixture.h"

/* Sums of at most a few hundred terms in float64 on both sides; the file keeps 14 digits. */
#define CLOSED 1e-12

static assay_judge_figures figures, again;

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double number(const cJSON *object, const char *key) {
    const cJSON *item = member(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static double number_at(const cJSON *object, const char *key, int i) {
    const cJSON *item = cJSON_GetArrayItem(member(object, key), i);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static bool near(double a, double b) {
    return isnan(a) || isnan(b) ? isnan(a) && isnan(b) : fabs(a - b) <= CLOSED;
}

/* ---- against the golden file ---- */

static int label_of(char c) {
    return c == 'o' || c == 'O' ? -1 : c == 'a' || c == 'A' ? 1 : 0;
}

/* Two people agree about every label; about a text without one they do not. */
static assay_judgement *load(const cJSON *c, votes_fixture *gold, size_t *n_values) {
    const cJSON *rows = member(c, "gold");
    uint32_t n = (uint32_t)cJSON_GetArraySize(rows);
    *n_values = strlen(rows->child->valuestring);
    assay_judgement *judged = calloc(n * *n_values, sizeof *judged);
    if (judged == NULL) abort();
    for (uint32_t t = 0; t < n; t++) {
        const char *row = cJSON_GetArrayItem(rows, (int)t)->valuestring;
        const char *says = cJSON_GetArrayItem(member(c, "judged"), (int)t)->valuestring;
        const cJSON *confidence = cJSON_GetArrayItem(member(c, "confidence"), (int)t);
        for (uint32_t v = 0; v < *n_values; v++) {
            assay_judgement *j = &judged[t * *n_values + v];
            double p = cJSON_GetArrayItem(confidence, (int)v)->valuedouble / 1000;
            j->label = (int8_t)label_of(says[v]);
            j->abstained = says[v] < 'a';
            for (int k = 0; k < 3; k++) j->p[k] = (1 - p) / 2;
            j->p[j->label + 1] = j->confidence = p;
            for (uint32_t who = 0; who < 2; who++)
                votes_fixture_add(gold, t, v, who,
                                  row[v] == '.' ? (int)who - (int)(t % 2) : label_of(row[v]));
            if (row[v] == '.' && t % 3 == 0) votes_fixture_add(gold, t, v, 2, VOTES_FIXTURE_SKIP);
        }
    }
    votes_fixture_close(gold);
    return judged;
}

static void check_part(const char *name, int v, const assay_valence_figures *got,
                       const cJSON *want) {
    CHECK(near(got->accuracy, number(want, "accuracy")), "%s, %d", name, v);
    CHECK(near(got->macro_f1, number(want, "macro_f1")), "%s, %d", name, v);
    CHECK(near(got->balanced_accuracy, number(want, "balanced_accuracy")), "%s, %d", name, v);
    CHECK(near(got->majority_accuracy, number(want, "majority_accuracy")), "%s, %d", name, v);
    CHECK(near(got->majority_macro_f1, number(want, "majority_macro_f1")), "%s, %d", name, v);
    CHECK(near(got->ece, number(want, "ece")), "%s, %d: %g", name, v, got->ece);
}

static void check_case(const cJSON *c, uint64_t seed) {
    const char *name = member(c, "name")->valuestring;
    const cJSON *want = member(c, "want");
    votes_fixture gold = {0};
    size_t n_values;
    assay_error err;
    assay_judgement *judged = load(c, &gold, &n_values);
    CHECK_STATUS(assay_judge_measure(&gold.labels, n_values, judged, seed, &figures, &err),
                 ASSAY_OK, err);
    CHECK(figures.n_texts == (size_t)number(want, "n_texts"), "%s: %zu", name, figures.n_texts);
    CHECK(figures.n_pairs == (size_t)number(want, "n_pairs"), "%s: %zu", name, figures.n_pairs);
    CHECK(figures.n_values == (size_t)number(want, "n_values"), "%s: %zu", name, figures.n_values);
    CHECK(near(figures.accuracy, number(want, "accuracy")), "%s: %g", name, figures.accuracy);
    CHECK(near(figures.macro_f1, number(want, "macro_f1")), "%s: %g", name, figures.macro_f1);
    CHECK(near(figures.balanced_accuracy, number(want, "balanced_accuracy")), "%s", name);
    CHECK(near(figures.ece, number(want, "ece")), "%s", name);
    CHECK(near(figures.majority_accuracy, number(want, "majority_accuracy")), "%s", name);
    CHECK(near(figures.majority_macro_f1, number(want, "majority_macro_f1")), "%s", name);
    for (int e = 0; e < 2; e++) {
        CHECK(near(figures.accuracy_ci[e], number_at(want, "accuracy_ci", e)), "%s: %.15g", name,
              figures.accuracy_ci[e]);
        CHECK(near(figures.macro_f1_ci[e], number_at(want, "macro_f1_ci", e)), "%s: %.15g", name,
              figures.macro_f1_ci[e]);
    }
    check_part(name, -1, &figures.all, member(want, "all"));
    for (size_t v = 0; v < n_values; v++) {
        const cJSON *part = cJSON_GetArrayItem(member(want, "values"), (int)v);
        CHECK(figures.values[v].n == (size_t)number(part, "n"));
        check_part(name, (int)v, &figures.values[v], part);
    }
    free(judged);
    votes_fixture_free(&gold);
}

TEST(figures_are_those_of_an_independent_computation) {
    const char *path = "tests/golden/judge/judge.json";
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *file = NULL;
    const cJSON *c;
    assay_error err;
    CHECK_STATUS(assay_os_read_file(path, 1 << 20, &bytes, &n, &err), ASSAY_OK, err);
    REQUIRE(bytes != NULL);
    CHECK_STATUS(assay_json_parse((const char *)bytes, n, path, &file, &err), ASSAY_OK, err);
    free(bytes);
    REQUIRE(file != NULL && cJSON_GetArraySize(member(file, "cases")) == 3);
    cJSON_ArrayForEach(c, member(file, "cases")) check_case(c, (uint64_t)number(file, "seed"));
    cJSON_Delete(file);
}

/* ---- properties ---- */

/* n texts, of which a share of `right` is judged as labelled. */
static assay_judgement *made_up(votes_fixture *gold, uint32_t n, uint32_t n_values, double right,
                                uint64_t seed) {
    assay_rng rng = assay_rng_seed(seed, 0);
    assay_judgement *judged = calloc((size_t)n * n_values, sizeof *judged);
    if (judged == NULL) abort();
    for (uint32_t i = 0; i < n * n_values; i++) {
        int label = assay_rng_below(&rng, 10) == 0 ? -1 : assay_rng_below(&rng, 4) == 0 ? 1 : 0;
        votes_fixture_add(gold, i / n_values, i % n_values, 0, label);
        bool guess = !(assay_rng_unit(&rng) < right);
        judged[i].label = (int8_t)(guess ? (int)assay_rng_below(&rng, 3) - 1 : label);
        for (int k = 0; k < 3; k++) judged[i].p[k] = k == judged[i].label + 1 ? 0.5 : 0.25;
    }
    votes_fixture_close(gold);
    return judged;
}

TEST(intervals_hold_the_means_and_shrink) {
    double width = 1;
    for (uint32_t n = 25; n <= 1600; n *= 4) {
        votes_fixture gold = {0};
        assay_error err;
        assay_judgement *judged = made_up(&gold, n, 5, 0.6, n);
        CHECK_STATUS(assay_judge_measure(&gold.labels, 5, judged, 1, &figures, &err), ASSAY_OK,
                     err);
        CHECK(figures.accuracy_ci[0] < figures.accuracy &&
              figures.accuracy < figures.accuracy_ci[1]);
        CHECK(figures.macro_f1_ci[0] < figures.macro_f1 &&
              figures.macro_f1 < figures.macro_f1_ci[1]);
        double w = figures.macro_f1_ci[1] - figures.macro_f1_ci[0];
        CHECK(w < 0.75 * width, "%u texts: %g", n, w);
        width = w;
        free(judged);
        votes_fixture_free(&gold);
    }
}

/* A label of one text in fifty, never found: most replicates have one label less, which must not lift the interval. */
TEST(a_rare_label_stays_in_the_interval) {
    votes_fixture gold = {0};
    assay_judgement judged[50] = {{0}};
    assay_error err;
    for (uint32_t t = 0; t < 50; t++) {
        votes_fixture_add(&gold, t, 0, 0, t == 7 ? -1 : t % 2 == 0);
        judged[t].label = (int8_t)(t % 10 == 0 ? 0 : t % 2 == 0);
    }
    votes_fixture_close(&gold);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 1, judged, 1, &figures, &err), ASSAY_OK, err);
    CHECK(figures.values[0].f1[0] == 0);
    CHECK(figures.macro_f1_ci[0] < figures.macro_f1 && figures.macro_f1 < figures.macro_f1_ci[1]);
    CHECK(figures.macro_f1_ci[1] < 2.0 / 3, "%g", figures.macro_f1_ci[1]);
    votes_fixture_free(&gold);
}

/* Replicates that are all alike have no width; the interval of a share of 1 of so many texts has. */
TEST(what_is_all_right_has_an_interval_too) {
    for (uint32_t n_values = 1; n_values <= 2; n_values++) {
        votes_fixture gold = {0};
        assay_error err;
        assay_judgement *judged = made_up(&gold, 16, n_values, 2, 1);
        CHECK_STATUS(assay_judge_measure(&gold.labels, n_values, judged, 1, &figures, &err),
                     ASSAY_OK, err);
        CHECK(figures.accuracy == 1 && figures.accuracy_ci[1] == 1);
        CHECK(near(figures.accuracy_ci[0], 16 / (16 + 3.841458820694124)), "%.15g",
              figures.accuracy_ci[0]);
        for (uint32_t i = 0; i < 16 * n_values; i++)
            judged[i].label = (int8_t)(judged[i].label == 0 ? 1 : 0);
        CHECK_STATUS(assay_judge_measure(&gold.labels, n_values, judged, 1, &figures, &err),
                     ASSAY_OK, err);
        CHECK(figures.accuracy == 0 && figures.accuracy_ci[0] == 0);
        CHECK(near(figures.accuracy_ci[1], 1 - 16 / (16 + 3.841458820694124)));
        free(judged);
        votes_fixture_free(&gold);
    }
}

/* The mean of one value is that value's figure. */
TEST(one_value_has_its_own_interval) {
    votes_fixture gold = {0};
    assay_error err;
    assay_judgement *judged = made_up(&gold, 30, 1, 0.6, 3);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 1, judged, 1, &figures, &err), ASSAY_OK, err);
    for (size_t e = 0; e < 2; e++)
        CHECK(figures.accuracy_ci[e] == figures.values[0].accuracy_ci[e]);
    free(judged);
    votes_fixture_free(&gold);
}

/* Ten copies of every pair are no more evidence than one: the interval is that of the texts, not of the pairs. */
TEST(pairs_of_one_text_count_together) {
    votes_fixture gold = {0};
    assay_error err;
    assay_judgement judged[60 * 10] = {{0}};
    for (uint32_t i = 0; i < 600; i++) {
        votes_fixture_add(&gold, i / 10, i % 10, 0, i / 10 % 3 == 0);
        judged[i].p[1] = 1;
    }
    votes_fixture_close(&gold);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 10, judged, 1, &figures, &err), ASSAY_OK, err);
    const double *pairs = figures.all.accuracy_ci, *texts = figures.values[0].accuracy_ci;
    CHECK(pairs[1] - pairs[0] > 0.8 * (texts[1] - texts[0]), "%g to %g beside %g to %g", pairs[0],
          pairs[1], texts[0], texts[1]);
    votes_fixture_free(&gold);
}

TEST(nothing_judged_is_said_so) {
    votes_fixture gold = {0}, none = {0};
    assay_judgement judged[4] = {{0}};
    assay_error err;
    for (uint32_t i = 0; i < 4; i++) {
        votes_fixture_add(&gold, i / 2, i % 2, 0, 1);
        judged[i].abstained = true;
    }
    votes_fixture_close(&gold);
    votes_fixture_close(&none);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 2, judged, 1, &figures, &err), ASSAY_OK, err);
    CHECK(figures.n_texts == 2 && figures.n_pairs == 4 && figures.n_values == 2);
    CHECK(figures.all.n_abstained == 4 && figures.values[1].n_abstained == 2);
    CHECK(isnan(figures.accuracy) && isnan(figures.macro_f1_ci[0]) && isnan(figures.ece));
    CHECK_STATUS(assay_judge_measure(&none.labels, 2, judged, 1, &figures, &err), ASSAY_OK, err);
    CHECK(figures.n_texts == 0 && figures.n_values == 0 && isnan(figures.macro_f1));
    votes_fixture_free(&gold);
    votes_fixture_free(&none);
}

TEST(what_is_no_judgement_is_refused) {
    votes_fixture gold = {0};
    assay_error err;
    assay_judgement *judged = made_up(&gold, 4, 2, 1, 1);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 1, judged, 1, &figures, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_judge_measure(&gold.labels, 0, judged, 1, &figures, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_judge_measure(&gold.labels, ASSAY_MAX_VALUES + 1, judged, 1, &figures, &err),
                 ASSAY_E_ARGUMENT, err);
    judged[3].label = 2;
    CHECK_STATUS(assay_judge_measure(&gold.labels, 2, judged, 1, &figures, &err), ASSAY_E_ARGUMENT,
                 err);
    judged[3].label = 0;
    judged[3].p[1] = NAN;
    CHECK_STATUS(assay_judge_measure(&gold.labels, 2, judged, 1, &figures, &err), ASSAY_E_ARGUMENT,
                 err);
    free(judged);
    votes_fixture_free(&gold);
}

TEST(measuring_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    votes_fixture gold = {0};
    assay_judgement *judged = made_up(&gold, 10, 3, 0.5, 1);
    long failed = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_error err = {0};
        assay_status status = assay_judge_measure(&gold.labels, 3, judged, 1, &figures, &err);
        bool armed = failing_alloc_disarm();
        CHECK(status == (armed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!armed) break;
        failed++;
    }
    CHECK(failed >= 20, "%ld", failed);
    free(judged);
    votes_fixture_free(&gold);
}

/* The page shows figures at once: a thousand texts of ten values take a tenth of a second as released, and less than ten
 * times that under a sanitizer. Processor time, since other programs run beside this. */
TEST(a_thousand_texts_are_measured_at_once) {
    votes_fixture gold = {0};
    assay_error err;
    assay_judgement *judged = made_up(&gold, 1000, 10, 0.6, 1);
    clock_t begin = clock();
    CHECK_STATUS(assay_judge_measure(&gold.labels, 10, judged, 1, &figures, &err), ASSAY_OK, err);
    double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;
    CHECK(seconds < 2, "%g s", seconds);
    free(judged);
    votes_fixture_free(&gold);
}

/* ---- points of a learning curve ---- */

/* What a text says of care is in its words, three ways; fairness is never opposed. */
static assay_labels *curve_labels(const assay_values *values, size_t n) {
    static const char *const says[3][3] = {
        {"hurt", "kick", "mock"}, {"count", "paint", "measure"}, {"help", "comfort", "feed"}};
    static const char *const names[3] = {"opposes", "unrelated", "adheres"};
    assay_buffer text = {0};
    for (size_t i = 0; i < n; i++) {
        assay_rng rng = assay_rng_seed(3, i);
        uint32_t care = assay_rng_below(&rng, 3), fair = 1 + assay_rng_below(&rng, 2);
        for (int v = 0; v < 2; v++) {
            assay_buffer_print(&text,
                               "{\"id\":\"t%03zu\",\"scenario\":\"What then?\",\"response\":\"%s "
                               "they %s the %zuth person.\",\"value\":\"%s\",\"label\":\"%s\","
                               "\"annotator\":\"a\"}\n",
                               i, fair == 2 ? "Equally" : "Yesterday", says[care][i % 3], i,
                               v == 0 ? "care" : "fairness", names[v == 0 ? care : fair]);
        }
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

TEST(a_trial_is_its_parts) {
    assay_values *values = fixture_values();
    assay_labels *labels = curve_labels(values, 80), *learnt = NULL, *judged = NULL;
    bool test[80], train[80], keep[160];
    assay_judgement j[80 * 2];
    assay_classifier *c = NULL;
    assay_error err;
    assay_trial_options options = assay_trial_defaults();
    options.n_labels = 20;
    options.seed = 5;
    CHECK(options.test_share == 0.3 && options.calibrate.n_folds == 5);
    CHECK_STATUS(assay_trial(values, labels, NULL, 0, NULL, &options, &figures, &err), ASSAY_OK,
                 err);
    assay_labels_hold_out(labels, 0.3, 5, test);
    for (size_t i = 0; i < 80; i++) train[i] = !test[i];
    CHECK_STATUS(assay_labels_draw(labels, 2, 20, 5, train, keep, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_labels_select(labels, values, keep, &learnt, NULL, &err), ASSAY_OK, err);
    for (size_t i = 0; i < 160; i++) keep[i] = test[assay_labels_vote(labels, i)->text];
    CHECK_STATUS(assay_labels_select(labels, values, keep, &judged, NULL, &err), ASSAY_OK, err);
    REQUIRE(learnt != NULL && judged != NULL);
    size_t n = assay_labels_n_texts(judged);
    CHECK_STATUS(assay_calibrate(values, learnt, NULL, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    CHECK_STATUS(
        assay_classifier_judge(c, assay_labels_text(judged, 0), n, NULL, 0, NULL, 0, NULL, j, &err),
        ASSAY_OK, err);
    CHECK_STATUS(assay_judge_measure(judged, 2, j, 5, &again, &err), ASSAY_OK, err);
    CHECK(memcmp(&figures, &again, sizeof figures) == 0);
    CHECK(figures.n_texts == n && figures.n_pairs == 2 * n && n > 10 && n < 40);
    CHECK(figures.all.n_abstained == 0);
    assay_classifier_free(c);
    assay_labels_free(learnt);
    assay_labels_free(judged);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(more_labels_help_on_the_same_texts) {
    assay_values *values = fixture_values();
    assay_labels *labels = curve_labels(values, 150);
    assay_error err;
    assay_trial_options options = assay_trial_defaults();
    double few = 0, all = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        options.seed = seed;
        options.n_labels = 6;
        CHECK_STATUS(assay_trial(values, labels, NULL, 0, NULL, &options, &figures, &err), ASSAY_OK,
                     err);
        options.n_labels = 0;
        CHECK_STATUS(assay_trial(values, labels, NULL, 0, NULL, &options, &again, &err), ASSAY_OK,
                     err);
        CHECK(figures.n_texts == again.n_texts);
        CHECK(figures.majority_macro_f1 == again.majority_macro_f1);
        few += figures.macro_f1 / 3;
        all += again.macro_f1 / 3;
    }
    CHECK(all > 0.9 && few < all - 0.1, "%g with 6 labels, %g with all", few, all);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* Vectors that say each text's place in the whole set: rows of the wrong texts would be found out. */
TEST(a_trial_takes_vectors_along) {
    enum { N = 90 };
    static float x[N * 4];
    char hash[65];
    assay_values *values = fixture_values();
    assay_labels *labels = curve_labels(values, N);
    assay_error err;
    assay_trial_options options = assay_trial_defaults();
    memset(hash, 'b', 64);
    hash[64] = '\0';
    for (size_t i = 0; i < 2 * N; i++) {
        const assay_vote *v = assay_labels_vote(labels, i);
        if (v->value == 0) x[4 * v->text + (size_t)(v->label + 1)] = 1;
        x[4 * v->text + 3] = 0.5f;
    }
    const assay_vectors v = {.name = "toy", .sha256 = hash, .dim = 4, .both = x};
    options.calibrate.features = "vectors";
    CHECK_STATUS(assay_trial(values, labels, &v, 1, NULL, &options, &figures, &err), ASSAY_OK, err);
    CHECK(figures.values[0].accuracy == 1, "%g", figures.values[0].accuracy);
    assay_labels_free(labels);
    assay_values_free(values);
}

static int stop(void *context, double done) {
    (void)context;
    return done > 0;
}

TEST(a_trial_that_cannot_be_is_refused) {
    assay_values *values = fixture_values();
    assay_labels *labels = curve_labels(values, 12), *one = curve_labels(values, 1);
    assay_error err;
    assay_trial_options options = assay_trial_defaults();
    const double shares[] = {0, 1, -1, NAN};
    CHECK_STATUS(assay_trial(values, one, NULL, 0, NULL, NULL, &figures, &err), ASSAY_E_ARGUMENT,
                 err);
    for (size_t i = 0; i < 4; i++) {
        options.test_share = shares[i];
        CHECK_STATUS(assay_trial(values, labels, NULL, 0, NULL, &options, &figures, &err),
                     ASSAY_E_ARGUMENT, err);
    }
    options = assay_trial_defaults();
    options.calibrate.progress = stop;
    CHECK_STATUS(assay_trial(values, labels, NULL, 0, NULL, &options, &figures, &err),
                 ASSAY_E_CANCELLED, err);
    assay_labels_free(one);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(a_trial_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    static float x[10 * 2];
    assay_values *values = fixture_values();
    assay_labels *labels = curve_labels(values, 10);
    char hash[65];
    memset(hash, 'c', 64);
    hash[64] = '\0';
    for (size_t i = 0; i < 20; i++) x[i] = (float)(i % 7);
    const assay_vectors v = {.name = "toy", .sha256 = hash, .dim = 2, .response = x, .both = x};
    assay_trial_options options = assay_trial_defaults();
    options.calibrate.features = "vectors";
    options.calibrate.n_folds = 2;
    long failed = 0, step = 1;
    for (long k = 0; failing_alloc_arm(k); k += step) {
        assay_error err = {0};
        assay_status status = assay_trial(values, labels, &v, 1, NULL, &options, &figures, &err);
        bool armed = failing_alloc_disarm();
        CHECK(status == (armed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!armed) break;
        failed++;
        /* Most of the later ones are cJSON's, each like the one before. */
        if (failed > 150) step = 37;
    }
    CHECK(failed > 150, "%ld", failed);
    assay_labels_free(labels);
    assay_values_free(values);
}
