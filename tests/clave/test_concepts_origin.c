/* Where concepts come from: said once, kept by edits, deduplication, threshold and file, and taken away with the texts. */
#include "clave/concepts/concepts.h"

#include "concepts_fixture.h"
#include "failing_alloc.h"
#include "test.h"

static const assay_concept items[] = {
    {"Being kind", "care", ASSAY_ADHERES, false},       /* 0: of the value's own list */
    {"Feeding the poor", "care", ASSAY_ADHERES, false}, /* 1: of a */
    {"Nursing a bird", "care", ASSAY_ADHERES, false},   /* 2: of b */
    {"feeding the poor", "care", ASSAY_ADHERES, false}, /* 3: of b, a double of 1 */
    {"Mocking a child", "care", ASSAY_OPPOSES, false},  /* 4: of c */
    {"being kind.", "care", ASSAY_ADHERES, false},      /* 5: of c, a double of 0 */
    {"Nursing a bird", "care", ASSAY_OPPOSES, false},   /* 6: of a; the other direction of 2 */
};
enum { N = sizeof items / sizeof *items };
static const char *const texts[N] = {NULL, "a", "b", "b", "c", "c", "a"};

static assay_concepts *make_pool(const assay_values *values) {
    assay_concepts *plain = NULL, *traced = NULL;
    assay_error err = {0};
    if (assay_concepts_create(values, items, N, NULL, NULL, &plain, &err) != ASSAY_OK ||
        assay_concepts_trace(plain, texts, &traced, &err) != ASSAY_OK) {
        printf("%s\n", err.text);
        abort();
    }
    assay_concepts_free(plain);
    return traced;
}

/* "a,b" */
static bool comes_from(const assay_concepts *c, size_t i, const char *want) {
    assay_buffer got = {0};
    size_t n = 0;
    const char *const *ids = assay_concepts_origins(c, i, &n);
    for (size_t k = 0; k < n; k++) assay_buffer_print(&got, "%s%s", k > 0 ? "," : "", ids[k]);
    bool same = strcmp(got.data != NULL ? got.data : "", want) == 0;
    if (!same) printf("concept %zu comes from %s\n", i, got.data != NULL ? got.data : "nothing");
    assay_buffer_free(&got);
    return same;
}

TEST(a_pool_says_where_its_concepts_come_from) {
    assay_values *values = fixture_values();
    assay_concepts *c = make_pool(values), *again = NULL, *more = NULL;
    assay_buffer text = {0};
    assay_error err = {0};
    for (size_t i = 0; i < N; i++) CHECK(comes_from(c, i, texts[i] != NULL ? texts[i] : ""));
    CHECK_STATUS(assay_concepts_print(c, &text, &err), ASSAY_OK, err);
    CHECK(strstr(text.data, "\"valence\":\"adheres\",\"from\":[\"a\"]}") != NULL, "%s", text.data);
    CHECK_STATUS(assay_concepts_parse(text.data, text.len, "p", values, &again, &err), ASSAY_OK,
                 err);
    CHECK(strcmp(assay_concepts_sha256(c), assay_concepts_sha256(again)) == 0);
    for (size_t i = 0; i < N; i++) CHECK(comes_from(again, i, texts[i] != NULL ? texts[i] : ""));
    /* A second word on it adds. */
    const char *const others[N] = {NULL, "0", "b", NULL, NULL, NULL, "z"};
    CHECK_STATUS(assay_concepts_trace(c, others, &more, &err), ASSAY_OK, err);
    CHECK(comes_from(more, 1, "0,a") && comes_from(more, 2, "b") && comes_from(more, 6, "a,z"));
    CHECK(assay_concepts_is_own(more, 2, "b") && !assay_concepts_is_own(more, 1, "a"));
    CHECK(!assay_concepts_is_own(more, 0, "a") && !assay_concepts_is_own(more, 2, NULL));
    assay_buffer_free(&text);
    assay_concepts_free(c);
    assay_concepts_free(again);
    assay_concepts_free(more);
    assay_values_free(values);
}

TEST(doubles_and_mergers_have_all_their_texts) {
    assay_values *values = fixture_values();
    assay_concepts *c = make_pool(values), *unique = NULL, *merged = NULL, *with_own = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_concepts_deduplicate(c, 0.7, 2, &unique, &err), ASSAY_OK, err);
    REQUIRE(assay_concepts_count(unique) == 4);
    CHECK(comes_from(unique, 0, "")); /* it is there without the labels */
    CHECK(comes_from(unique, 1, "a,b"));
    CHECK(comes_from(unique, 2, "b")); /* who says the opposite is no witness */
    CHECK(comes_from(unique, 3, "c"));
    static const size_t both[] = {2, 1}, own[] = {1, 0};
    CHECK_STATUS(assay_concepts_merge(unique, both, 2, NULL, NULL, &merged, &err), ASSAY_OK, err);
    CHECK(comes_from(merged, 0, "") && comes_from(merged, 1, "a,b") && comes_from(merged, 2, "c"));
    CHECK_STATUS(assay_concepts_merge(unique, own, 2, NULL, NULL, &with_own, &err), ASSAY_OK, err);
    CHECK(comes_from(with_own, 0, ""));
    assay_concepts_free(c);
    assay_concepts_free(unique);
    assay_concepts_free(merged);
    assay_concepts_free(with_own);
    assay_values_free(values);
}

TEST(other_edits_and_the_threshold_keep_them) {
    assay_values *values = fixture_values();
    assay_labels *labels = fixture_labels(values, 4, "unrelated");
    assay_concepts *c = make_pool(values), *renamed = NULL, *pinned = NULL, *shorter = NULL,
                   *fitted = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_concepts_rename(c, 1, "Giving bread", NULL, &renamed, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_concepts_pin(renamed, 4, true, &pinned, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_concepts_delete(pinned, 2, &shorter, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_concepts_fit(shorter, values, labels, NULL, 0.05, &fitted, &err), ASSAY_OK,
                 err);
    CHECK(comes_from(fitted, 0, "") && comes_from(fitted, 1, "a") && comes_from(fitted, 2, "b"));
    CHECK(comes_from(fitted, 3, "c") && comes_from(fitted, 5, "a"));
    assay_concepts_free(c);
    assay_concepts_free(renamed);
    assay_concepts_free(pinned);
    assay_concepts_free(shorter);
    assay_concepts_free(fitted);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* Unrelated texts with these ids, one letter each. */
static assay_labels *labels_of(const assay_values *values, const char *ids) {
    assay_buffer text = {0};
    for (const char *id = ids; *id != '\0'; id++)
        assay_buffer_print(&text,
                           "{\"id\":\"%c\",\"scenario\":\"\",\"response\":\"R\",\"value\":"
                           "\"care\",\"label\":\"unrelated\",\"annotator\":\"a\"}\n",
                           *id);
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

TEST(some_labels_make_a_part_of_the_pool) {
    static const struct {
        const char *ids, *left[5];
    } cases[] = {{"xyz", {""}},
                 {"a", {"", "a,b"}},
                 {"bx", {"", "a,b", "b"}},
                 {"cab", {"", "a,b", "b", "c"}}};
    assay_values *values = fixture_values();
    assay_concepts *c = make_pool(values), *unique = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_concepts_deduplicate(c, 0.7, 2, &unique, &err), ASSAY_OK, err);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_labels *labels = labels_of(values, cases[i].ids);
        assay_concepts *part = NULL;
        size_t n = 0;
        CHECK_STATUS(assay_concepts_within(unique, labels, &part, &err), ASSAY_OK, err);
        for (; cases[i].left[n] != NULL; n++) {
            REQUIRE(n < assay_concepts_count(part));
            CHECK(comes_from(part, n, cases[i].left[n]), "%s", cases[i].ids);
        }
        CHECK(n == assay_concepts_count(part), "%s", cases[i].ids);
        CHECK(assay_concepts_threshold(part) == assay_concepts_threshold(unique));
        if (n == 4) CHECK(strcmp(assay_concepts_sha256(part), assay_concepts_sha256(unique)) == 0);
        assay_concepts_free(part);
        assay_labels_free(labels);
    }
    assay_concepts_free(c);
    assay_concepts_free(unique);
    assay_values_free(values);
}

TEST(origins_that_are_none_are_refused) {
    static const char *const bad[] = {"[]",     "\"a\"", "[\"b\",\"a\"]", "[\"a\",\"a\"]",
                                      "[\"\"]", "[1]",   "[\"a\",null]"};
    assay_values *values = fixture_values();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assay_concepts *c = NULL;
        assay_buffer text = {0};
        assay_error err = {0};
        assay_buffer_print(&text,
                           "{\"format\":1,\"values\":\"%s\",\"encoder\":null,\"threshold\":0.5,"
                           "\"concepts\":[{\"text\":\"Being kind\",\"value\":\"care\","
                           "\"valence\":\"adheres\",\"from\":%s}]}",
                           assay_values_sha256(values), bad[i]);
        CHECK_STATUS(assay_concepts_parse(text.data, text.len, "p.json", values, &c, &err),
                     ASSAY_E_FORMAT, err);
        CHECK(c == NULL && strstr(err.text, "p.json: concepts[0]: \"from\"") != NULL, "%s",
              err.text);
        assay_buffer_free(&text);
    }
    assay_values_free(values);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    assay_labels *labels = labels_of(values, "c");
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_concepts *plain = NULL, *traced = NULL, *unique = NULL, *left = NULL;
        assay_error err = {0};
        assay_status status = assay_concepts_create(values, items, N, NULL, NULL, &plain, &err);
        if (status == ASSAY_OK) status = assay_concepts_trace(plain, texts, &traced, &err);
        if (status == ASSAY_OK) status = assay_concepts_deduplicate(traced, 0.7, 2, &unique, &err);
        if (status == ASSAY_OK) status = assay_concepts_within(unique, labels, &left, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        assay_concepts_free(plain);
        assay_concepts_free(traced);
        assay_concepts_free(unique);
        assay_concepts_free(left);
        if (!failed) break;
    }
    assay_labels_free(labels);
    assay_values_free(values);
}
