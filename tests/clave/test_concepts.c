/* Concept pools: JSON there and back, what is refused, edits, deduplication, mapping, the fitted threshold. */
#include "assay_concepts.h"

#include <math.h>

#include "failing_alloc.h"
#include "test.h"
#include "clave/concepts_fixture.h"

/* ---- pools to test with ---- */

enum { DIM = 3 };
static const assay_concept_encoder encoder = {
    "tiny", "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", DIM};

static const assay_concept items[] = {
    {"Being kind to strangers", "care", ASSAY_ADHERES, false},
    {"  \"Helping people in need.\" ", "care", ASSAY_ADHERES, true},
    {"Hurting others", "care", ASSAY_OPPOSES, false},
    {"Sharing in equal parts", "fairness", ASSAY_ADHERES, false},
};
static const float vectors[4 * DIM] = {3, 4, 0, 0, 2, 0, 0, 0, 0.5f, 1, 1, 1};
enum { N = 4 };

static assay_concepts *make(const assay_values *values, bool encoded) {
    assay_concepts *c = NULL;
    assay_error err;
    CHECK_STATUS(assay_concepts_create(values, items, N, encoded ? &encoder : NULL,
                                       encoded ? vectors : NULL, &c, &err),
                 ASSAY_OK, err);
    return c;
}

static bool same(const assay_concepts *a, const assay_concepts *b) {
    return strcmp(assay_concepts_sha256(a), assay_concepts_sha256(b)) == 0;
}

/* ---- making, printing, parsing ---- */

TEST(a_pool_holds_what_it_was_made_of) {
    assay_values *values = fixture_values();
    assay_concepts *c = make(values, true);
    REQUIRE(c != NULL);
    CHECK(assay_concepts_count(c) == N && assay_concepts_dim(c) == DIM);
    CHECK(strcmp(assay_concepts_at(c, 1)->text, "Helping people in need") == 0);
    CHECK(assay_concepts_at(c, 1)->pinned && !assay_concepts_at(c, 0)->pinned);
    CHECK(assay_concepts_at(c, 2)->valence == ASSAY_OPPOSES);
    CHECK(strcmp(assay_concepts_at(c, 3)->value, "fairness") == 0);
    CHECK(assay_concepts_vector(c, 0)[0] == 0.6f && assay_concepts_vector(c, 0)[1] == 0.8f);
    CHECK(strcmp(assay_concepts_encoder(c)->name, "tiny") == 0);
    CHECK(strcmp(assay_concepts_values_sha256(c), assay_values_sha256(values)) == 0);
    CHECK(assay_concepts_threshold(c) == ASSAY_CONCEPT_THRESHOLD);
    assay_concepts_free(c);
    c = make(values, false);
    CHECK(assay_concepts_vector(c, 0) == NULL && assay_concepts_dim(c) == 0 &&
          assay_concepts_encoder(c) == NULL);
    assay_concepts_free(c);
    assay_concepts_free(NULL);
    assay_values_free(values);
}

TEST(print_and_parse_give_the_same_pool) {
    assay_values *values = fixture_values();
    for (int encoded = 0; encoded < 2; encoded++) {
        assay_concepts *c = make(values, encoded), *again = NULL;
        assay_buffer text = {0}, second = {0};
        assay_error err;
        CHECK_STATUS(assay_concepts_print(c, &text, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_concepts_parse(text.data, text.len, "p.json", values, &again, &err),
                     ASSAY_OK, err);
        REQUIRE(again != NULL);
        CHECK(same(c, again));
        CHECK_STATUS(assay_concepts_print(again, &second, &err), ASSAY_OK, err);
        CHECK(text.len == second.len && memcmp(text.data, second.data, text.len) == 0);
        if (encoded)
            CHECK(memcmp(assay_concepts_vector(c, 3), assay_concepts_vector(again, 3),
                         DIM * sizeof(float)) == 0);
        assay_buffer_free(&text);
        assay_buffer_free(&second);
        assay_concepts_free(c);
        assay_concepts_free(again);
    }
    assay_values_free(values);
}

#define POOL(encoder, threshold, concepts)                                                         \
    "{\"format\":1,\"values\":\"%s\",\"encoder\":" encoder ",\"threshold\":" threshold             \
    ",\"concepts\":[" concepts "]}"
#define GOOD "{\"text\":\"Being kind\",\"value\":\"care\",\"valence\":\"adheres\"}"
#define TINY                                                                                       \
    "{\"name\":\"t\",\"sha256\":\"0123456789abcdef0123456789abcdef0123456789abcdef0123456789"      \
    "abcdef\",\"dim\":2}"
#define ENCODED(vector)                                                                            \
    "{\"text\":\"Being kind\",\"value\":\"care\",\"valence\":\"adheres\",\"vector\":" vector "}"

TEST(wrong_pools) {
    static const struct {
        const char *json, *says;
    } cases[] = {
        {"[]", "expected an object"},
        {"{\"format\":2,\"values\":\"%s\"}", "format"},
        {"{\"format\":1,\"values\":\"%sx\"}", "another version"},
        {POOL("null", "3", GOOD), "threshold"},
        {POOL("null", "0.5", "{\"text\":\"Being kind\",\"value\":\"care\"}"), "\"valence\""},
        {POOL("null", "0.5", "1"), "concepts[0]"},
        {POOL("null", "0.5", GOOD ",{\"text\":\"x\",\"value\":\"y\",\"valence\":\"adheres\"}"),
         "concepts[1]: there is no value y"},
        {POOL("null", "0.5", "{\"text\":\"x\",\"value\":\"care\",\"valence\":\"unrelated\"}"),
         "neither adheres nor opposes"},
        {POOL("null", "0.5", "{\"text\":\" ... \",\"value\":\"care\",\"valence\":\"adheres\"}"),
         "no phrase"},
        {POOL("null", "0.5", "{\"text\":\"a  b\",\"value\":\"care\",\"valence\":\"adheres\"}"),
         "has to be"},
        {POOL("null", "0.5", ENCODED("[1,0]")), "no encoder"},
        {POOL("null", "0.5", "{\"txt\":\"x\"}"), "unknown key"},
        {POOL(TINY, "0.5", GOOD), "\"vector\" is missing"},
        {POOL(TINY, "0.5", ENCODED("[1]")), "has 1 numbers"},
        {POOL(TINY, "0.5", ENCODED("[1,0,0]")), "more than 2 items"},
        {POOL(TINY, "0.5", ENCODED("[1,1]")), "length"},
        {POOL(TINY, "0.5", ENCODED("[0,0]")), "length"},
        {POOL(TINY, "0.5", ENCODED("[\"1\",0]")), "vector"},
        {POOL(TINY, "0.5", ENCODED("[1e300,0]")), "vector"},
        {POOL("{\"name\":\"t\",\"sha256\":\"00\",\"dim\":2}", "0.5", GOOD), "sha256"},
        {POOL("{\"name\":\"t\",\"sha256\":\"00\",\"dim\":99999}", "0.5", GOOD), "dim"},
        {POOL("7", "0.5", GOOD), "object"},
    };
    assay_values *values = fixture_values();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_buffer text = {0};
        assay_concepts *c = NULL;
        assay_error err = {0};
        const char *mark = strstr(cases[i].json, "%s"), *rest = mark != NULL ? mark + 2 : "";
        assay_buffer_append(&text, cases[i].json,
                            mark != NULL ? (size_t)(mark - cases[i].json) : strlen(cases[i].json));
        if (mark != NULL) assay_buffer_print(&text, "%s%s", assay_values_sha256(values), rest);
        assay_status status = assay_concepts_parse(text.data, text.len, "p.json", values, &c, &err);
        CHECK((status == ASSAY_E_FORMAT || status == ASSAY_E_LIMIT) && c == NULL, "%s: %s",
              text.data, assay_status_name(status));
        CHECK(strncmp(err.text, "p.json", 6) == 0 && strstr(err.text, cases[i].says) != NULL,
              "%s: \"%s\"", text.data, err.text);
        assay_buffer_free(&text);
    }
    assay_values_free(values);
}

TEST(what_cannot_be_made) {
    assay_values *values = fixture_values();
    const assay_concept wrong[] = {{"Being kind", "nothing", ASSAY_ADHERES, false},
                                   {"Being kind", "care", ASSAY_UNRELATED, false},
                                   {"\xFF", "care", ASSAY_ADHERES, false},
                                   {"", "care", ASSAY_ADHERES, false}};
    const float zero[DIM] = {0}, nan[DIM] = {NAN, 0, 0};
    assay_concepts *c = NULL;
    assay_error err;
    for (size_t i = 0; i < 4; i++)
        CHECK_STATUS(assay_concepts_create(values, &wrong[i], 1, NULL, NULL, &c, &err),
                     ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_create(values, items, 1, &encoder, NULL, &c, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_create(values, items, 1, &encoder, zero, &c, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_create(values, items, 1, &encoder, nan, &c, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK(c == NULL);
    CHECK_STATUS(assay_concepts_create(values, items, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    CHECK(assay_concepts_count(c) == 0);
    assay_concepts_free(c);
    assay_values_free(values);
}

TEST(phrases_are_cleaned) {
    static const char *const cases[][2] = {
        {"  Being \n kind\t ", "Being kind"},
        {"1. Being kind.", "Being kind"},
        {"- \"Being kind\"", "Being kind"},
        {"\xE2\x80\xA2 \xE2\x80\x9C"
         "Being kind\xE2\x80\x9D,",
         "Being kind"},
        {"12) being kind;", "being kind"},
        {"3 wishes", "3 wishes"},
        {"**Be kind**", "Be kind"},
        {"\xC3\x9C", "\xC3\x9C"},
        {"?!", NULL},
        {"", NULL},
        {"a\xC3", NULL},
    };
    char out[ASSAY_CONCEPT_BYTES + 1], longest[ASSAY_CONCEPT_BYTES + 2];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is = assay_concept_clean(cases[i][0], strlen(cases[i][0]), out);
        CHECK(is == (cases[i][1] != NULL), "%s", cases[i][0]);
        CHECK(!is || strcmp(out, cases[i][1]) == 0, "\"%s\": \"%s\"", cases[i][0], out);
    }
    memset(longest, 'a', sizeof longest);
    CHECK(assay_concept_clean(longest, ASSAY_CONCEPT_BYTES, out));
    CHECK(strlen(out) == ASSAY_CONCEPT_BYTES);
    CHECK(!assay_concept_clean(longest, ASSAY_CONCEPT_BYTES + 1, out));
    CHECK(!assay_concept_clean("a\0b", 3, out));
}

/* ---- edits ---- */

TEST(edits_make_another_pool) {
    assay_values *values = fixture_values();
    assay_concepts *c = make(values, true), *e = NULL, *back = NULL;
    const float other[DIM] = {0, 3, 4};
    const size_t pair[] = {1, 0}, cross[] = {0, 2}, values_cross[] = {0, 3}, twice[] = {0, 0};
    assay_error err;
    char before[65];
    memcpy(before, assay_concepts_sha256(c), sizeof before);

    CHECK_STATUS(assay_concepts_rename(c, 0, "Being gentle.", other, &e, &err), ASSAY_OK, err);
    CHECK(strcmp(assay_concepts_at(e, 0)->text, "Being gentle") == 0);
    CHECK(assay_concepts_at(e, 0)->pinned && assay_concepts_vector(e, 0)[2] == 0.8f);
    CHECK(memcmp(assay_concepts_vector(e, 3), assay_concepts_vector(c, 3), sizeof other) == 0);
    CHECK(!same(c, e) && strcmp(before, assay_concepts_sha256(c)) == 0);
    assay_concepts_free(e);

    CHECK_STATUS(assay_concepts_pin(c, 0, true, &e, &err), ASSAY_OK, err);
    CHECK(assay_concepts_at(e, 0)->pinned && !same(c, e));
    CHECK_STATUS(assay_concepts_pin(e, 0, false, &back, &err), ASSAY_OK, err);
    CHECK(same(c, back));
    assay_concepts_free(e);
    assay_concepts_free(back);

    CHECK_STATUS(assay_concepts_delete(c, 1, &e, &err), ASSAY_OK, err);
    CHECK(assay_concepts_count(e) == 3 && assay_concepts_at(e, 1)->valence == ASSAY_OPPOSES);
    CHECK(memcmp(assay_concepts_vector(e, 1), assay_concepts_vector(c, 2), sizeof other) == 0);
    assay_concepts_free(e);

    CHECK_STATUS(assay_concepts_merge(c, pair, 2, NULL, NULL, &e, &err), ASSAY_OK, err);
    CHECK(assay_concepts_count(e) == 3 && assay_concepts_at(e, 0)->pinned);
    CHECK(strcmp(assay_concepts_at(e, 0)->text, "Helping people in need") == 0);
    assay_concepts_free(e);
    CHECK_STATUS(assay_concepts_merge(c, pair, 2, "Being good", other, &e, &err), ASSAY_OK, err);
    CHECK(strcmp(assay_concepts_at(e, 0)->text, "Being good") == 0);
    assay_concepts_free(e);

    e = NULL;
    CHECK_STATUS(assay_concepts_rename(c, N, "x", other, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_rename(c, 0, "x", NULL, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_rename(c, 0, "...", other, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_delete(c, N, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_pin(c, N, true, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_merge(c, pair, 1, NULL, NULL, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_merge(c, cross, 2, NULL, NULL, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_merge(c, values_cross, 2, NULL, NULL, &e, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_concepts_merge(c, twice, 2, NULL, NULL, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK(e == NULL);
    assay_concepts_free(c);
    c = make(values, false);
    CHECK_STATUS(assay_concepts_rename(c, 0, "x", other, &e, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_rename(c, 0, "Being gentle", NULL, &e, &err), ASSAY_OK, err);
    assay_concepts_free(e);
    assay_concepts_free(c);
    assay_values_free(values);
}

/* ---- deduplication ---- */

static void check_kept(const assay_concepts *c, const char *const *texts, size_t n) {
    CHECK(assay_concepts_count(c) == n, "%zu kept, expected %zu", assay_concepts_count(c), n);
    for (size_t i = 0; i < n && i < assay_concepts_count(c); i++)
        CHECK(strcmp(assay_concepts_at(c, i)->text, texts[i]) == 0, "%zu: %s", i,
              assay_concepts_at(c, i)->text);
}

TEST(doubles_go) {
    static const assay_concept given[] = {
        {"Advising against harming others", "care", ASSAY_ADHERES, false},
        {"advising AGAINST harming others", "care", ASSAY_OPPOSES, false},     /* the same words */
        {"Advising against harming others", "fairness", ASSAY_ADHERES, false}, /* another value */
        {"Advising harming others", "care", ASSAY_OPPOSES, false}, /* much alike, but opposite */
        {"Advising against badly harming others", "care", ASSAY_ADHERES, false}, /* ROUGE-L */
        {"Being gentle", "care", ASSAY_ADHERES, false}, /* near to the pinned one below */
        {"Showing tenderness", "care", ASSAY_ADHERES, true},
        {"Advising against harming others!", "care", ASSAY_ADHERES, true},
    };
    static const float at[] = {1, 0, 0, 1, 0, 0, 1, 0, 0,    1, 0, 0,
                               1, 0, 0, 0, 1, 0, 0, 1, 0.1f, 0, 0, 1};
    static const char *const by_both[] = {"Advising against harming others",
                                          "Advising harming others", "Showing tenderness",
                                          "Advising against harming others!"};
    static const char *const by_rouge[] = {
        "Advising against harming others", "Advising harming others", "Being gentle",
        "Showing tenderness", "Advising against harming others!"};
    assay_values *values = fixture_values();
    assay_concepts *c = NULL, *e = NULL;
    assay_error err;
    CHECK_STATUS(assay_concepts_create(values, given, 8, &encoder, at, &c, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_concepts_deduplicate(c, ASSAY_CONCEPT_ROUGE, ASSAY_CONCEPT_COSINE, &e, &err),
                 ASSAY_OK, err);
    check_kept(e, by_both, 4);
    CHECK(strcmp(assay_concepts_at(e, 0)->value, "fairness") == 0);
    assay_concepts_free(e);
    CHECK_STATUS(assay_concepts_deduplicate(c, ASSAY_CONCEPT_ROUGE, 1.1, &e, &err), ASSAY_OK, err);
    check_kept(e, by_rouge, 5);
    assay_concepts_free(e);
    CHECK_STATUS(assay_concepts_deduplicate(c, 1.1, 1.1, &e, &err), ASSAY_OK, err);
    CHECK(assay_concepts_count(e) == 6, "only equal words go: %zu", assay_concepts_count(e));
    assay_concepts_free(e);
    assay_concepts_free(c);
    assay_values_free(values);
}

/* ---- mapping ---- */

TEST(nearest_concepts) {
    assay_values *values = fixture_values();
    assay_concepts *c = make(values, true);
    const float x[DIM] = {0, 10, 0}, y[DIM] = {-1, 0, -1}, zero[DIM] = {0};
    assay_concept_hit hits[4];
    CHECK(assay_concepts_nearest(c, NULL, x, 4, hits) == 3);
    CHECK(hits[0].concept_index == 1 && hits[0].similarity == 1);
    CHECK(hits[1].concept_index == 0 && fabs(hits[1].similarity - 0.8) < 1e-7);
    CHECK(hits[2].concept_index == 3 && fabs(hits[2].similarity - sqrt(1.0 / 3)) < 1e-7);
    CHECK(assay_concepts_nearest(c, NULL, x, 1, hits) == 1 && hits[0].concept_index == 1);
    CHECK(assay_concepts_nearest(c, "fairness", x, 4, hits) == 1 && hits[0].concept_index == 3);
    CHECK(assay_concepts_nearest(c, "nothing", x, 4, hits) == 0);
    CHECK(assay_concepts_nearest(c, NULL, y, 4, hits) == 0, "below the threshold is no concept");
    CHECK(assay_concepts_nearest(c, NULL, zero, 4, hits) == 0);
    CHECK(assay_concepts_nearest(c, NULL, x, 0, hits) == 0);
    assay_concepts_free(c);
    assay_values_free(values);
}

/* How many of the unrelated pairs map by a pool. */
static size_t count_mapped(const assay_concepts *c, const assay_labels *labels, const float *rows) {
    size_t n = 0;
    for (size_t t = 0; t < assay_labels_n_texts(labels); t++) {
        assay_concept_hit hit;
        n += assay_concepts_nearest(c, "care", rows + t * DIM, 1, &hit);
    }
    return n;
}

TEST(the_threshold_keeps_unrelated_texts_out) {
    enum { TEXTS = 40 };
    assay_values *values = fixture_values();
    assay_labels *labels = fixture_labels(values, TEXTS, "unrelated");
    static float rows[TEXTS * DIM];
    const assay_vectors v = {
        .name = "tiny", .sha256 = encoder.sha256, .dim = DIM, .response = rows};
    assay_concepts *c = NULL, *e = NULL;
    assay_error err;
    double last = 2;
    REQUIRE(labels != NULL);
    for (size_t t = 0; t < TEXTS; t++) {
        rows[t * DIM] = 1;
        rows[t * DIM + 1] = (float)(t / 2) * 0.25f; /* in pairs of equal similarity */
    }
    CHECK_STATUS(
        assay_concepts_create(values, items, 1, &encoder, (const float[]){1, 0, 0}, &c, &err),
        ASSAY_OK, err);
    for (int percent = 0; percent <= 100; percent += 5) {
        CHECK_STATUS(assay_concepts_fit(c, values, labels, &v, percent / 100.0, &e, &err), ASSAY_OK,
                     err);
        double threshold = assay_concepts_threshold(e);
        size_t n = count_mapped(e, labels, rows), most = (size_t)(percent / 100.0 * (double)TEXTS);
        CHECK(n == most / 2 * 2, "%d %%: %zu of %d map at %g", percent, n, TEXTS, threshold);
        CHECK(threshold <= last);
        last = threshold;
        assay_concepts_free(e);
    }
    assay_labels_free(labels);
    labels = fixture_labels(values, TEXTS, "adheres");
    CHECK_STATUS(assay_concepts_fit(c, values, labels, &v, 0.05, &e, &err), ASSAY_OK, err);
    CHECK(assay_concepts_threshold(e) == ASSAY_CONCEPT_THRESHOLD, "nothing to fit to");
    assay_concepts_free(e);
    CHECK_STATUS(assay_concepts_fit(c, values, labels, NULL, 0.05, &e, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_concepts_fit(c, values, labels, &v, 1.5, &e, &err), ASSAY_E_ARGUMENT, err);
    assay_concepts_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(text_vectors_tell_texts_apart) {
    static float a[ASSAY_TEXT_DIM], b[ASSAY_TEXT_DIM], c[ASSAY_TEXT_DIM];
    double ab = 0, ac = 0, aa = 0;
    assay_text_vector("Helping people in need", a);
    assay_text_vector("people needed help: he helped them!", b);
    assay_text_vector("The stock market fell sharply", c);
    for (size_t d = 0; d < ASSAY_TEXT_DIM; d++) {
        aa += (double)a[d] * (double)a[d];
        ab += (double)a[d] * (double)b[d];
        ac += (double)a[d] * (double)c[d];
    }
    CHECK(fabs(aa - 1) < 1e-6 && ab > 0.3 && ac < 0.15, "%g %g %g", aa, ab, ac);
    assay_text_vector("HELPING,  People in need", b);
    CHECK(memcmp(a, b, sizeof a) == 0);
    assay_text_vector("... \xFF ", c);
    for (size_t d = 0; d < ASSAY_TEXT_DIM; d++) CHECK(c[d] == 0);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    assay_concepts *c = make(values, true);
    assay_buffer text = {0};
    assay_error err;
    CHECK_STATUS(assay_concepts_print(c, &text, &err), ASSAY_OK, err);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_concepts *parsed = NULL, *unique = NULL, *pinned = NULL;
        memset(&err, 0, sizeof err);
        assay_status status =
            assay_concepts_parse(text.data, text.len, "p.json", values, &parsed, &err);
        if (status == ASSAY_OK)
            status = assay_concepts_deduplicate(parsed, 0.7, 0.9, &unique, &err);
        if (status == ASSAY_OK) status = assay_concepts_pin(unique, 0, true, &pinned, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        assay_concepts_free(parsed);
        assay_concepts_free(unique);
        assay_concepts_free(pinned);
        if (!failed) break;
    }
    assay_buffer_free(&text);
    assay_concepts_free(c);
    assay_values_free(values);
}
