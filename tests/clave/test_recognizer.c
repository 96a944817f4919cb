/* N-grams and regressions against scikit-learn and SciPy (tests/golden/gen/recognizer.py). */
#include "test.h"

#include <math.h>

#include "base/os.h"
#include "clave/classifier/logistic.h"
#include "clave/classifier/ngrams.h"
#include "failing_alloc.h"
#include "format/json.h"

static cJSON *read_golden(const char *name) {
    char path[200];
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *root = NULL;
    assay_error err = {0};
    snprintf(path, sizeof path, "tests/golden/recognizer/%s", name);
    if (assay_os_read_file(path, 1u << 20, &bytes, &n, &err) == ASSAY_OK)
        (void)assay_json_parse((const char *)bytes, n, name, &root, &err);
    free(bytes);
    return root;
}

static double number(const cJSON *array, int i) {
    return cJSON_GetArrayItem(array, i)->valuedouble;
}

/* ---- n-grams ---- */

static void compare_products(const cJSON *root, const char *key, assay_gram_kind kind) {
    const cJSON *texts = cJSON_GetObjectItem(root, "texts"), *want = cJSON_GetObjectItem(root, key);
    size_t n = (size_t)cJSON_GetArraySize(texts);
    assay_gram_text views[16];
    assay_gram_counter counter;
    assay_gram_index index;
    float got[16 * 16];
    assay_error err = {0};
    REQUIRE(n > 0 && n <= 16);
    for (size_t i = 0; i < n; i++) {
        const cJSON *pair = cJSON_GetArrayItem(texts, (int)i);
        views[i] = (assay_gram_text){cJSON_GetArrayItem(pair, 0)->valuestring,
                                     cJSON_GetArrayItem(pair, 1)->valuestring};
    }
    CHECK_STATUS(assay_gram_counter_init(&counter, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_gram_index_build(&counter, kind, views, n, &index, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_gram_index_products(&index, got, &err), ASSAY_OK, err);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++) {
            double right = number(cJSON_GetArrayItem(want, (int)i), (int)j);
            CHECK(fabs((double)got[i * n + j] - right) < 1e-6, "%s %zu %zu: %.9g, not %.9g", key, i,
                  j, (double)got[i * n + j], right);
        }
    }
    assay_gram_index_free(&index);
    assay_gram_counter_free(&counter);
}

TEST(ngrams_are_those_of_scikit_learn) {
    cJSON *root = read_golden("texts.json");
    REQUIRE(root != NULL);
    compare_products(root, "words", ASSAY_GRAM_WORDS);
    compare_products(root, "chars", ASSAY_GRAM_CHARS);
    cJSON_Delete(root);
}

TEST(counting_leaves_nothing_behind) {
    assay_gram_counter c;
    assay_error err = {0};
    CHECK_STATUS(assay_gram_counter_init(&c, &err), ASSAY_OK, err);
    for (int turn = 0; turn < 2; turn++) {
        CHECK_STATUS(assay_gram_counter_read(&c, "Be Kind", "be kind, be kind", &err), ASSAY_OK,
                     err);
        CHECK_STATUS(assay_gram_counter_count(&c, ASSAY_GRAM_WORDS, &err), ASSAY_OK, err);
        CHECK(c.n == 4, "%zu grams: be, kind, be kind, kind be", c.n);
        CHECK(c.grams[0].count == 3 && c.grams[2].count == 3, "%u %u", c.grams[0].count,
              c.grams[2].count);
        CHECK_STATUS(assay_gram_counter_read(&c, "", "", &err), ASSAY_OK, err);
        CHECK_STATUS(assay_gram_counter_count(&c, ASSAY_GRAM_CHARS, &err), ASSAY_OK, err);
        CHECK(c.n == 0);
    }
    for (size_t b = 0; b < ASSAY_GRAM_BUCKETS; b++) {
        if (c.slots[b] != 0) CHECK(false, "slot %zu is not free", b);
    }
    assay_gram_counter_free(&c);
}

/* ---- regression ---- */

static void compare_fit(const cJSON *json, int number_of_case) {
    const cJSON *x = cJSON_GetObjectItem(json, "x"), *f = cJSON_GetObjectItem(json, "f");
    double y[64], w[64], a[64] = {0}, strength = cJSON_GetObjectItem(json, "strength")->valuedouble;
    static float k[64 * 64];
    size_t n = (size_t)cJSON_GetArraySize(x);
    assay_logistic scratch;
    assay_error err = {0};
    REQUIRE(n > 0 && n <= 64);
    for (size_t i = 0; i < n; i++) {
        const cJSON *row = cJSON_GetArrayItem(x, (int)i);
        y[i] = number(cJSON_GetObjectItem(json, "y"), (int)i);
        w[i] = number(cJSON_GetObjectItem(json, "w"), (int)i);
        for (size_t j = 0; j < n; j++) {
            double sum = ASSAY_LOGISTIC_BIAS;
            for (int d = 0; d < cJSON_GetArraySize(row); d++)
                sum += number(row, d) * number(cJSON_GetArrayItem(x, (int)j), d);
            k[i * n + j] = (float)sum;
        }
    }
    CHECK_STATUS(assay_logistic_init(&scratch, n, &err), ASSAY_OK, err);
    assay_logistic_fit(&scratch, k, y, w, n, strength, true, a);
    for (size_t i = 0; i < n; i++) {
        /* Products are floats: 24 bits of what the reference has 53 of. */
        double got = assay_logistic_dot(k + i * n, a, n), want = number(f, (int)i);
        CHECK(fabs(got - want) < 2e-4 * (1 + fabs(want)), "case %d, example %zu: %.9g, not %.9g",
              number_of_case, i, got, want);
    }
    assay_logistic_free(&scratch);
}

TEST(regressions_are_those_of_scipy) {
    cJSON *root = read_golden("regression.json");
    const cJSON *item;
    int n = 0;
    REQUIRE(root != NULL);
    cJSON_ArrayForEach(item, cJSON_GetObjectItem(root, "cases")) compare_fit(item, n++);
    CHECK(n == 4);
    cJSON_Delete(root);
}

/* Two examples that can be told apart perfectly, next to no penalty: large but finite. */
TEST(separable_examples_stay_finite) {
    const float k[4] = {11, 9, 9, 11};
    const double y[2] = {1, 0};
    double a[2] = {0, 0};
    assay_logistic scratch;
    assay_error err = {0};
    CHECK_STATUS(assay_logistic_init(&scratch, 2, &err), ASSAY_OK, err);
    assay_logistic_fit(&scratch, k, y, NULL, 2, 1e-8, true, a);
    double f = assay_logistic_dot(k, a, 2);
    CHECK(f > 5 && f < 1000, "%g", f);
    CHECK(fabs(a[0] + a[1]) < 1e-6 * fabs(a[0]), "%g %g", a[0], a[1]);
    assay_logistic_free(&scratch);
}

TEST(sigmoid_and_its_inverse) {
    for (double x = -30; x <= 30; x += 1.5) {
        double p = assay_sigmoid(x);
        CHECK(p > 0 && p < 1 && fabs(assay_sigmoid(-x) - (1 - p)) < 1e-15);
        CHECK(fabs(p - 1 / (1 + exp(-x))) < 1e-15);
        if (fabs(x) < 15) CHECK(fabs(assay_log_odds(p) - x) < 1e-8, "%g", x);
        CHECK(fabs(assay_logistic_loss(0.25, x) -
                   (-0.25 * log(p) - 0.75 * log(assay_sigmoid(-x)))) < 1e-12);
    }
    CHECK(assay_sigmoid(-800) == 0 && assay_sigmoid(800) == 1);
}

/* ---- memory ---- */

TEST(ngrams_survive_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    const assay_gram_text texts[] = {{"To whom?", "To those who ask."}, {"", "nobody"}};
    float products[4];
    long failed = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_gram_counter c = {0};
        assay_gram_index index = {0};
        assay_error err = {0};
        assay_status status = assay_gram_counter_init(&c, &err);
        if (status == ASSAY_OK)
            status = assay_gram_index_build(&c, ASSAY_GRAM_CHARS, texts, 2, &index, &err);
        if (status == ASSAY_OK) status = assay_gram_index_products(&index, products, &err);
        bool armed = failing_alloc_disarm();
        assay_gram_index_free(&index);
        assay_gram_counter_free(&c);
        if (!armed) {
            CHECK_STATUS(status, ASSAY_OK, err);
            break;
        }
        CHECK(status == ASSAY_E_MEMORY, "allocation %ld: %d", k, (int)status);
        failed++;
    }
    CHECK(failed > 8, "%ld", failed);
}
