/* Value profiles: against an independent computation (tests/golden/gen/judge.py), and at their edges. */
#include <math.h>

#include "assay_judge.h"
#include "base/os.h"
#include "base/rng.h"
#include "format/json.h"
#include "test.h"
#include "failing_alloc.h"

/* Sums of a few dozen terms in float64 on both sides; the file keeps 14 digits. */
#define CLOSED 1e-12

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

static double number_at(const cJSON *array, int i) {
    const cJSON *item = cJSON_GetArrayItem(array, i);
    return cJSON_IsNumber(item) ? item->valuedouble : NAN;
}

static assay_judgement judgement(char c) {
    assay_judgement j = {.label = (int8_t)(strchr("oO", c) != NULL   ? -1
                                           : strchr("aA", c) != NULL ? 1
                                                                     : 0),
                         .abstained = c < 'a',
                         .p = {0.125, 0.125, 0.125}};
    j.p[j.label + 1] = 0.75;
    return j;
}

static void check_profile(const cJSON *c, uint64_t seed, bool clustered) {
    const char *name = member(c, "name")->valuestring, *says = member(c, "judged")->valuestring;
    const cJSON *want = member(c, "want");
    size_t n = strlen(says);
    /* Two values, the second the other way round: the same with each label's mirror. */
    assay_judgement *judged = calloc(2 * n, sizeof *judged);
    uint32_t *cluster = calloc(n, sizeof *cluster);
    assay_profile_value got[2];
    assay_error err;
    if (judged == NULL || cluster == NULL) abort();
    for (size_t i = 0; i < n; i++) {
        judged[2 * i] = judged[2 * i + 1] = judgement(says[i]);
        judged[2 * i + 1].label = (int8_t)-judged[2 * i].label;
        /* Any numbers, in any order: only which are equal counts, and their order draws. */
        cluster[i] = 1000 + 3 * (uint32_t)number_at(member(c, "cluster"), (int)i);
    }
    CHECK_STATUS(assay_value_profile(judged, n, 2, clustered ? cluster : NULL, seed, got, &err),
                 ASSAY_OK, err);
    CHECK(got[0].n == n && got[1].n == n);
    CHECK(got[0].n_abstained == (size_t)member(want, "n_abstained")->valuedouble, "%s", name);
    for (int k = 0; k < 3; k++) {
        double share = number_at(member(want, "share"), k);
        CHECK(fabs(got[0].share[k] - share) < CLOSED, "%s, %d: %g", name, k, got[0].share[k]);
        CHECK(fabs(got[0].low[k] - number_at(member(want, "low"), k)) < CLOSED, "%s, %d: %.15g",
              name, k, got[0].low[k]);
        CHECK(fabs(got[0].high[k] - number_at(member(want, "high"), k)) < CLOSED, "%s, %d: %.15g",
              name, k, got[0].high[k]);
        CHECK(got[0].low[k] <= share && share <= got[0].high[k], "%s, %d", name, k);
        CHECK(got[0].count[k] == got[1].count[2 - k] && got[0].low[k] == got[1].low[2 - k]);
    }
    free(judged);
    free(cluster);
}

TEST(profiles_are_those_of_an_independent_computation) {
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
    REQUIRE(file != NULL && cJSON_GetArraySize(member(file, "profiles")) == 4);
    uint64_t seed = (uint64_t)member(file, "seed")->valuedouble;
    cJSON_ArrayForEach(c, member(file, "profiles")) check_profile(c, seed, true);
    /* Answers by themselves need no clusters. */
    check_profile(member(file, "profiles")->child, seed, false);
    cJSON_Delete(file);
}

/* Answers that say the same within their cluster are worth as many as there are clusters. */
TEST(clusters_widen_the_interval) {
    enum { N = 200 };
    assay_judgement judged[N];
    uint32_t cluster[N];
    assay_profile_value alone, together;
    assay_error err;
    for (uint32_t i = 0; i < N; i++) {
        cluster[i] = i / 10;
        judged[i] = judgement("oua"[cluster[i] % 3]);
    }
    CHECK_STATUS(assay_value_profile(judged, N, 1, NULL, 1, &alone, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_value_profile(judged, N, 1, cluster, 1, &together, &err), ASSAY_OK, err);
    for (int k = 0; k < 3; k++) {
        double narrow = alone.high[k] - alone.low[k], wide = together.high[k] - together.low[k];
        CHECK(alone.share[k] == together.share[k]);
        CHECK(wide > 2 * narrow && wide < 4.5 * narrow, "%g and %g", narrow, wide);
    }
}

/* Twelve answers that all adhere, in four clusters: Wilson's interval of 4 of 4. */
TEST(what_all_say_has_an_interval_too) {
    assay_judgement judged[12];
    uint32_t cluster[12];
    assay_profile_value v;
    assay_error err;
    for (uint32_t i = 0; i < 12; i++) {
        cluster[i] = i % 4;
        judged[i] = judgement('a');
    }
    CHECK_STATUS(assay_value_profile(judged, 12, 1, cluster, 1, &v, &err), ASSAY_OK, err);
    CHECK(v.share[2] == 1 && v.high[2] == 1 && fabs(v.low[2] - 0.51011) < 1e-5, "%g", v.low[2]);
    CHECK(v.share[1] == 0 && v.low[1] == 0 && fabs(v.high[1] - 0.48989) < 1e-5, "%g", v.high[1]);
}

TEST(abstaining_shows_in_the_difference) {
    assay_judgement judged[4] = {judgement('a'), judgement('a'), judgement('O'), judgement('O')};
    assay_profile_value v;
    assay_error err;
    CHECK_STATUS(assay_value_profile(judged, 4, 1, NULL, 1, &v, &err), ASSAY_OK, err);
    CHECK(v.n == 4 && v.n_abstained == 2 && v.count[2] == 2 && v.count[0] == 0);
    CHECK(v.share[2] == 1 && v.high[2] == 1 && v.low[2] > 0.3 && v.low[2] < 0.4, "%g", v.low[2]);
    CHECK(v.expected[0] == (0.75 + 0.125) / 2 && v.expected[1] == 0.125);
}

TEST(no_answers_have_no_shares) {
    assay_judgement judged[2] = {judgement('O'), judgement('U')};
    assay_profile_value v[2];
    assay_error err;
    CHECK_STATUS(assay_value_profile(NULL, 0, 2, NULL, 1, v, &err), ASSAY_OK, err);
    CHECK(v[1].n == 0 && isnan(v[1].share[0]) && isnan(v[1].low[2]) && isnan(v[1].expected[1]));
    CHECK_STATUS(assay_value_profile(judged, 2, 1, NULL, 1, v, &err), ASSAY_OK, err);
    CHECK(v[0].n_abstained == 2 && isnan(v[0].share[0]) && isnan(v[0].high[0]));
    CHECK(v[0].expected[0] > 0.4);
}

TEST(what_is_no_judgement_is_refused) {
    assay_judgement judged[3] = {judgement('a'), judgement('u'), judgement('o')};
    assay_profile_value v;
    assay_error err;
    judged[1].label = 3;
    CHECK_STATUS(assay_value_profile(judged, 3, 1, NULL, 1, &v, &err), ASSAY_E_ARGUMENT, err);
    CHECK(strstr(err.text, "answer 1") != NULL, "%s", err.text);
    judged[1] = judgement('u');
    judged[2].p[0] = NAN;
    CHECK_STATUS(assay_value_profile(judged, 3, 1, NULL, 1, &v, &err), ASSAY_E_ARGUMENT, err);
    judged[2].p[0] = -0.1;
    CHECK_STATUS(assay_value_profile(judged, 3, 1, NULL, 1, &v, &err), ASSAY_E_ARGUMENT, err);
}

TEST(profiling_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_judgement judged[6];
    const uint32_t cluster[6] = {0, 0, 1, 1, 2, 2};
    long failed = 0;
    for (size_t i = 0; i < 6; i++) judged[i] = judgement("ouaaou"[i]);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_profile_value v;
        assay_error err = {0};
        assay_status status = assay_value_profile(judged, 6, 1, cluster, 1, &v, &err);
        bool armed = failing_alloc_disarm();
        CHECK(status == (armed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!armed) break;
        failed++;
    }
    CHECK(failed == 8, "%ld", failed); /* two of the call, two of each of three bootstraps */
}
