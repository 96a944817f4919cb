/* K-means against NumPy on the same random numbers; empty clusters, duplicates, threads. */
#include "clave/concepts/kmeans.h"

#include <math.h>

#include "base/rng.h"
#include "format/json.h"
#include "failing_alloc.h"
#include "test.h"
#include "unit/fixture.h"

/* Means are sums in another order: rounding. */
#define TOLERANCE 1e-12

static double number(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key)->valuedouble;
}

static double item(const cJSON *object, const char *key, size_t i) {
    return cJSON_GetArrayItem(cJSON_GetObjectItemCaseSensitive(object, key), (int)i)->valuedouble;
}

static void check_case(const cJSON *json) {
    size_t n = (size_t)number(json, "n"), dim = (size_t)number(json, "dim"),
           k = (size_t)number(json, "k"),
           n_found = (size_t)cJSON_GetArraySize(cJSON_GetObjectItem(json, "size"));
    float *x = malloc(n * dim * sizeof *x);
    assay_clusters c;
    assay_error err;
    for (size_t i = 0; i < n * dim; i++) x[i] = (float)item(json, "x", i);
    CHECK_STATUS(assay_kmeans(x, n, dim, k, (uint64_t)number(json, "seed"), 100, NULL, &c, &err),
                 ASSAY_OK, err);
    CHECK(c.k == n_found, "%zu clusters, expected %zu", c.k, n_found);
    CHECK(c.n_iterations == (int)number(json, "iterations"));
    CHECK(fabs(c.inertia - number(json, "inertia")) <= TOLERANCE * (1 + c.inertia));
    for (size_t i = 0; i < n; i++) CHECK(c.of[i] == (uint32_t)item(json, "of", i), "row %zu", i);
    for (size_t j = 0; j < c.k && c.k == n_found; j++) {
        CHECK(c.size[j] == (uint32_t)item(json, "size", j) && c.size[j] > 0);
        CHECK(c.central[j] == (uint32_t)item(json, "central", j), "cluster %zu", j);
        for (size_t d = 0; d < dim; d++)
            CHECK(fabs(c.centres[j * dim + d] - item(json, "centres", j * dim + d)) <= TOLERANCE);
    }
    assay_clusters_free(&c);
    free(x);
}

TEST(clusters_of_numpy) {
    size_t n;
    char *text = fixture_read("tests/golden/concepts/kmeans.json", &n);
    cJSON *cases = NULL;
    const cJSON *json;
    assay_error err;
    REQUIRE(text != NULL);
    CHECK_STATUS(assay_json_parse(text, n, "kmeans.json", &cases, &err), ASSAY_OK, err);
    CHECK(cJSON_GetArraySize(cases) >= 9);
    cJSON_ArrayForEach(json, cases) {
        check_case(json);
    }
    cJSON_Delete(cases);
    free(text);
}

static void noise(float *x, size_t n) {
    assay_rng rng = assay_rng_seed(1, 0);
    for (size_t i = 0; i < n; i++) x[i] = (float)assay_rng_normal(&rng);
}

TEST(same_bits_with_any_number_of_threads) {
    enum { N = 300, DIM = 24 };
    static float x[N * DIM];
    assay_clusters one, other;
    assay_error err;
    noise(x, N * DIM);
    CHECK_STATUS(assay_kmeans(x, N, DIM, 12, 7, 100, NULL, &one, &err), ASSAY_OK, err);
    for (int threads = 1; threads <= 4; threads++) {
        assay_pool *pool = NULL;
        CHECK_STATUS(assay_pool_create(threads, &pool, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_kmeans(x, N, DIM, 12, 7, 100, pool, &other, &err), ASSAY_OK, err);
        CHECK(one.k == other.k && memcmp(&one.inertia, &other.inertia, sizeof one.inertia) == 0);
        CHECK(memcmp(one.of, other.of, N * sizeof *one.of) == 0);
        CHECK(memcmp(one.centres, other.centres, 12 * DIM * sizeof *one.centres) == 0);
        assay_clusters_free(&other);
        assay_pool_destroy(pool);
    }
    CHECK_STATUS(assay_kmeans(x, N, DIM, 12, 8, 100, NULL, &other, &err), ASSAY_OK, err);
    CHECK(memcmp(one.of, other.of, N * sizeof *one.of) != 0, "the seed makes no difference");
    assay_clusters_free(&other);
    assay_clusters_free(&one);
}

TEST(nothing_to_cluster) {
    const float x[2] = {1, 2};
    assay_clusters c;
    assay_error err;
    CHECK_STATUS(assay_kmeans(x, 0, 1, 1, 0, 10, NULL, &c, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_kmeans(x, 2, 1, 0, 0, 10, NULL, &c, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_kmeans(x, 2, 1, 1, 0, 0, NULL, &c, &err), ASSAY_E_ARGUMENT, err);
    assay_clusters_free(&c);
}

TEST(every_allocation_may_fail) {
    const float x[6] = {1, 2, 3, 10, 11, 12};
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_clusters c;
        assay_error err = {0};
        assay_status status = assay_kmeans(x, 6, 1, 2, 0, 10, NULL, &c, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld", k);
        assay_clusters_free(&c);
        if (!failed) break;
    }
}
