/* Agreement, aggregation and figures against published implementations (tests/golden/gen/agreement.py says which). */
#include <math.h>

#include "assay_clave.h"
#include "base/os.h"
#include "format/json.h"
#include "test.h"

#include "../unit/votes_fixture.h"

/* Closed formulas: both sides round in float64, and the file keeps 14 digits. */
#define CLOSED 1e-12
/* EM from the same start with the same stopping rule: rounding of both sides, through up to 100 iterations, and crowd-kit's
 * floor of 1e-10 under the probabilities that it returns. */
#define EM 1e-8
/* crowd-kit's MACE starts elsewhere, in one place instead of ten, and both stop after 50 iterations, converged or not. */
#define OTHER_START 0.005

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double at(const cJSON *array, int i) {
    const cJSON *item = cJSON_GetArrayItem(array, i);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static bool near(double a, double b, double tolerance) {
    return isnan(a) || isnan(b) ? isnan(a) && isnan(b) : fabs(a - b) <= tolerance;
}

static cJSON *golden(void) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *json = NULL;
    assay_error err = {0};
    const char *path = "tests/golden/agreement/agreement.json";
    if (assay_os_read_file(path, 1 << 24, &bytes, &n, &err) == ASSAY_OK)
        assay_json_parse((const char *)bytes, n, path, &json, &err);
    CHECK(json != NULL, "%s", err.text);
    free(bytes);
    return json;
}

/* Rows are raters, columns are texts, null is no vote; one value. */
static void load(const cJSON *votes, votes_fixture *f) {
    const cJSON *row, *cell;
    uint32_t rater = 0;
    cJSON_ArrayForEach(row, votes) {
        uint32_t text = 0;
        cJSON_ArrayForEach(cell, row) {
            if (cJSON_IsNumber(cell)) votes_fixture_add(f, text, 0, rater, (int)cell->valuedouble);
            text++;
        }
        rater++;
    }
    votes_fixture_close(f);
}

TEST(agreement_is_that_of_published_implementations) {
    static const char *const keys[] = {"raw", "cohen", "fleiss", "ac1", "alpha", "alpha_ordinal"};
    cJSON *file = golden();
    const cJSON *c;
    REQUIRE(file != NULL);
    cJSON_ArrayForEach(c, member(file, "cases")) {
        const cJSON *want = member(c, "agreement");
        const char *name = member(c, "name")->valuestring;
        votes_fixture f = {0};
        assay_agreement got;
        assay_error err;
        load(member(c, "votes"), &f);
        for (int value = 0; value >= -1; value--) { /* the one value is all of it */
            CHECK_STATUS(assay_labels_agreement(&f.labels, value, (uint64_t)number(file, "seed"),
                                                &got, &err),
                         ASSAY_OK, err);
            const double found[] = {got.raw, got.cohen,         got.fleiss,
                                    got.ac1, got.alpha_nominal, got.alpha_ordinal};
            for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
                CHECK(near(found[k], number(want, keys[k]), CLOSED), "%s: %s is %.17g, not %.17g",
                      name, keys[k], found[k], number(want, keys[k]));
            const cJSON *ci = member(want, "alpha_ci");
            CHECK(near(got.alpha_low, at(ci, 0), CLOSED) && near(got.alpha_high, at(ci, 1), CLOSED),
                  "%s: alpha in %.17g .. %.17g, not %.17g .. %.17g", name, got.alpha_low,
                  got.alpha_high, at(ci, 0), at(ci, 1));
            CHECK((got.undefined != NULL) == isnan(got.alpha_nominal), "%s", name);
        }
        votes_fixture_free(&f);
    }
    cJSON_Delete(file);
}

/* Two vectors known beforehand. */
TEST(alpha_of_the_known_vectors) {
    static const int votes[2][3][2] = {{{1, 1}, {0, 0}, {1, 1}}, {{1, 1}, {0, 0}, {1, 0}}};
    static const double want[2] = {1.0, 0.4444};
    for (int v = 0; v < 2; v++) {
        votes_fixture f = {0};
        assay_agreement got;
        assay_error err;
        for (uint32_t text = 0; text < 3; text++) {
            for (uint32_t r = 0; r < 2; r++) votes_fixture_add(&f, text, 0, r, votes[v][text][r]);
        }
        votes_fixture_close(&f);
        CHECK_STATUS(assay_labels_agreement(&f.labels, 0, 1, &got, &err), ASSAY_OK, err);
        CHECK(near(got.alpha_nominal, want[v], 0.00005), "%.6f", got.alpha_nominal);
        votes_fixture_free(&f);
    }
}

/* Largest distance of the soft labels from the file's. */
static double apart(const assay_soft_label *soft, size_t n, const cJSON *want) {
    double most = (size_t)cJSON_GetArraySize(want) == n ? 0 : INFINITY;
    const cJSON *row = want->child;
    for (size_t i = 0; i < n && row != NULL; i++, row = row->next) {
        for (int k = 0; k < 3; k++) {
            double d = fabs(soft[i].p[k] - at(row, k));
            if (!(d <= most)) most = d;
        }
    }
    return most;
}

TEST(soft_labels_are_those_of_published_implementations) {
    static const struct {
        const char *key;
        assay_aggregation how;
        double tolerance;
    } methods[] = {{"dawid-skene", ASSAY_DAWID_SKENE, EM},
                   {"one-coin", ASSAY_ONE_COIN, EM},
                   {"mace", ASSAY_MACE, EM},
                   {"mace_crowdkit", ASSAY_MACE, OTHER_START}};
    cJSON *file = golden();
    const cJSON *c;
    REQUIRE(file != NULL);
    cJSON_ArrayForEach(c, member(file, "cases")) {
        votes_fixture f = {0};
        if (member(c, "soft") == NULL) continue; /* one label only */
        load(member(c, "votes"), &f);
        for (size_t m = 0; m < sizeof methods / sizeof methods[0]; m++) {
            assay_soft_label *soft = NULL;
            size_t n = 0;
            assay_error err;
            CHECK_STATUS(assay_labels_aggregate(&f.labels, 1, methods[m].how,
                                                (uint64_t)number(file, "seed"), &soft, &n, NULL,
                                                &err),
                         ASSAY_OK, err);
            double d = apart(soft, n, member(member(c, "soft"), methods[m].key));
            CHECK(d <= methods[m].tolerance, "%s, %s: %g apart", member(c, "name")->valuestring,
                  methods[m].key, d);
            free(soft);
        }
        votes_fixture_free(&f);
    }
    cJSON_Delete(file);
}

#define MAX_FIGURES 300

TEST(figures_are_those_of_published_implementations) {
    static int8_t gold[MAX_FIGURES], predicted[MAX_FIGURES];
    static double p[MAX_FIGURES][3];
    static uint32_t cluster[MAX_FIGURES];
    cJSON *file = golden();
    const cJSON *c;
    REQUIRE(file != NULL);
    cJSON_ArrayForEach(c, member(file, "figures")) {
        int n = cJSON_GetArraySize(member(c, "gold"));
        assay_valence_figures got;
        assay_error err;
        REQUIRE(n > 0 && n <= MAX_FIGURES);
        for (int i = 0; i < n; i++) {
            gold[i] = (int8_t)at(member(c, "gold"), i);
            predicted[i] = (int8_t)at(member(c, "predicted"), i);
            cluster[i] = (uint32_t)at(member(c, "cluster"), i);
            for (int k = 0; k < 3; k++) p[i][k] = at(cJSON_GetArrayItem(member(c, "p"), i), k);
        }
        CHECK_STATUS(assay_valence_measure(gold, predicted, (const double (*)[3])p, NULL, cluster,
                                           (size_t)n, (uint64_t)number(file, "seed"), &got, &err),
                     ASSAY_OK, err);
        const struct {
            const char *key;
            double found;
        } single[] = {{"accuracy", got.accuracy},
                      {"macro_f1", got.macro_f1},
                      {"balanced_accuracy", got.balanced_accuracy},
                      {"ece", got.ece},
                      {"majority_accuracy", got.majority_accuracy},
                      {"majority_macro_f1", got.majority_macro_f1}};
        for (size_t k = 0; k < sizeof single / sizeof single[0]; k++)
            CHECK(near(single[k].found, number(c, single[k].key), CLOSED), "%s of %d: %.17g",
                  single[k].key, n, single[k].found);
        for (int k = 0; k < 3; k++) {
            CHECK(near(got.precision[k], at(member(c, "precision"), k), CLOSED));
            CHECK(near(got.recall[k], at(member(c, "recall"), k), CLOSED));
            CHECK(near(got.f1[k], at(member(c, "f1"), k), CLOSED));
            for (int j = 0; j < 3; j++)
                CHECK((double)got.confusion[k][j] ==
                      at(cJSON_GetArrayItem(member(c, "confusion"), k), j));
        }
        for (int k = 0; k < 2; k++) {
            CHECK(near(got.accuracy_ci[k], at(member(c, "accuracy_ci"), k), CLOSED));
            CHECK(near(got.macro_f1_ci[k], at(member(c, "macro_f1_ci"), k), CLOSED),
                  "macro-F1 of %d: end %d is %.17g", n, k, got.macro_f1_ci[k]);
        }
    }
    cJSON_Delete(file);
}
