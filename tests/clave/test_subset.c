/* Parts of label sets: selections, stratified draws, texts held out, and their vectors. */
#include <math.h>

#include "assay_judge.h"
#include "base/rng.h"
#include "test.h"
#include "concepts_fixture.h"
#include "failing_alloc.h"

static const char *const words[4] = {"opposes", "unrelated", "adheres", "skip"};

/* One vote a line. Texts are told apart by `says` alone. */
static void add_vote(assay_buffer *file, const char *id, unsigned says, const char *value,
                     const char *label, const char *who) {
    assay_buffer_print(file,
                       "{\"id\":\"%s\",\"scenario\":\"S\",\"response\":\"Says %u.\",\"value\":"
                       "\"%s\",\"label\":\"%s\",\"annotator\":\"%s\",\"note\":\"n%u\",\"source\":"
                       "\"m%u\"}\n",
                       id, says, value, label, who, says, says % 2);
}

/* n texts, labelled for "care" in turns by the letters of `labels`: o, u, a, t (a tie), s (skipped by all). Backwards: the ids
 * are given from the end, and the file is read from there. */
static assay_labels *make_labels(const assay_values *values, unsigned n, const char *labels,
                                 bool backwards) {
    assay_buffer file = {0};
    unsigned period = (unsigned)strlen(labels);
    for (unsigned i = 0; i < n; i++) {
        char id[16];
        unsigned says = backwards ? n - 1 - i : i;
        char c = labels[says % period];
        snprintf(id, sizeof id, "%c%04u", backwards ? 'b' : 'f', i);
        const char *label = words[c == 'o' || c == 't' ? 0 : c == 'u' ? 1 : c == 'a' ? 2 : 3];
        add_vote(&file, id, says, "care", label, "anna");
        if (c == 't') add_vote(&file, id, says, "care", "adheres", "bob");
        if (c == 's') add_vote(&file, id, says, "care", "skip", "bob");
    }
    assay_labels *l = fixture_read_labels(values, file.data);
    assay_buffer_free(&file);
    return l;
}

/* ---- selection ---- */

TEST(a_selection_is_a_file_of_its_votes) {
    enum { N = 6, VOTES = N * 2 * 2 };
    assay_values *values = fixture_values();
    assay_buffer all = {0}, some = {0};
    bool keep[VOTES];
    size_t vote = 0;
    assay_error err;
    uint32_t text_of[N];
    char who[2][8] = {"anna", "bob"};
    for (unsigned t = 0; t < N; t++) {
        for (int v = 0; v < 2; v++) {
            for (int a = 0; a < 2; a++, vote++) {
                char id[8];
                const char *value = v == 0 ? "care" : "fairness";
                snprintf(id, sizeof id, "t%u", t);
                /* Nothing of text 2, nothing of anna. */
                keep[vote] = t != 2 && a == 1 && (t + (unsigned)v) % 3 != 0;
                const char *label = words[(t + (unsigned)(v + a)) % 4];
                add_vote(&all, id, t, value, label, who[a]);
                if (keep[vote]) add_vote(&some, id, t, value, label, who[a]);
            }
        }
    }
    assay_labels *l = fixture_read_labels(values, all.data),
                 *want = fixture_read_labels(values, some.data), *got = NULL;
    REQUIRE(assay_labels_n_votes(l) == VOTES);
    CHECK_STATUS(assay_labels_select(l, values, keep, &got, text_of, &err), ASSAY_OK, err);
    REQUIRE(got != NULL);
    size_t n = assay_labels_n_texts(got);
    CHECK(n == assay_labels_n_texts(want) && n == N - 1, "%zu texts", n);
    for (size_t i = 0; i < n; i++)
        CHECK(strcmp(assay_labels_text(got, i)->id, assay_labels_text(l, text_of[i])->id) == 0);
    assay_labels_free(l); /* the selection stands by itself */
    CHECK(strcmp(assay_labels_sha256(got), assay_labels_sha256(want)) == 0);
    CHECK(assay_labels_n_votes(got) == assay_labels_n_votes(want));
    CHECK(assay_labels_n_annotators(got) == 1);
    CHECK(strcmp(assay_labels_annotator(got, 0), "bob") == 0);
    CHECK(strcmp(assay_labels_vote(got, 0)->note, assay_labels_vote(want, 0)->note) == 0);
    CHECK(strcmp(assay_labels_text(got, 1)->source, "m1") == 0);
    assay_buffer a = {0}, b = {0};
    CHECK_STATUS(assay_labels_write(got, values, "jsonl", &a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_labels_write(want, values, "jsonl", &b, &err), ASSAY_OK, err);
    CHECK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
    assay_buffer_free(&a);
    assay_buffer_free(&b);
    assay_buffer_free(&all);
    assay_buffer_free(&some);
    assay_labels_free(got);
    assay_labels_free(want);
    assay_values_free(values);
}

TEST(nothing_selected_is_an_empty_set) {
    assay_values *values = fixture_values(), *other = NULL;
    assay_labels *l = make_labels(values, 3, "oua", false), *got = NULL;
    const bool keep[3] = {false, false, false};
    static const char json[] = "{\"format\":1,\"id\":\"one\",\"name\":\"One\",\"source\":\"\","
                               "\"values\":[{\"id\":\"care\",\"name\":\"Care\",\"definition\":"
                               "\"Kindness.\"}]}";
    assay_error err;
    CHECK_STATUS(assay_labels_select(l, values, keep, &got, NULL, &err), ASSAY_OK, err);
    REQUIRE(got != NULL);
    CHECK(assay_labels_n_texts(got) == 0 && assay_labels_n_votes(got) == 0);
    assay_labels_free(got);
    CHECK_STATUS(assay_values_parse(json, sizeof json - 1, "one.json", &other, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_labels_select(l, other, keep, &got, NULL, &err), ASSAY_E_ARGUMENT, err);
    CHECK(got == NULL);
    assay_labels_free(l);
    assay_values_free(other);
    assay_values_free(values);
}

TEST(selecting_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 300, "ouat", false);
    static bool keep[600];
    static uint32_t text_of[300];
    static float x[300 * 3];
    const assay_vectors v = {
        .name = "x", .sha256 = "", .dim = 3, .response = x, .scenario = x, .both = x};
    long failed = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_labels *got = NULL;
        assay_vectors rows = {0};
        assay_error err = {0};
        assay_status status = assay_labels_draw(l, 2, 100, 1, NULL, keep, &err);
        if (status == ASSAY_OK) status = assay_labels_select(l, values, keep, &got, text_of, &err);
        if (status == ASSAY_OK)
            status = assay_vectors_select(&v, text_of, assay_labels_n_texts(got), &rows, &err);
        bool armed = failing_alloc_disarm();
        CHECK(status == (armed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        CHECK((rows.both != NULL) == !armed && (rows.response != NULL) == !armed);
        assay_labels_free(got);
        assay_vectors_free(&rows);
        if (!armed) break;
        failed++;
    }
    CHECK(failed > 12, "%ld", failed);
    assay_labels_free(l);
    assay_values_free(values);
}

/* ---- draws ---- */

/* How many pairs of each kind: o, u, a, t, s. */
typedef struct drawn {
    size_t n[5], all;
    bool said[512]; /* by what the texts say */
} drawn;

static drawn draw(const assay_labels *l, const char *labels, size_t n, uint64_t seed,
                  const bool *texts) {
    static bool keep[2048];
    drawn d = {.all = 0};
    assay_error err;
    CHECK_STATUS(assay_labels_draw(l, 2, n, seed, texts, keep, &err), ASSAY_OK, err);
    for (size_t i = 0; i < assay_labels_n_votes(l); i++) {
        unsigned says = 0;
        const assay_vote *v = assay_labels_vote(l, i);
        if (!keep[i]) continue;
        CHECK(texts == NULL || texts[v->text]);
        if (sscanf(assay_labels_text(l, v->text)->response, "Says %u.", &says) != 1) abort();
        if (d.said[says]) continue; /* another vote of the pair */
        d.said[says] = true;
        d.n[strchr("ouats", labels[says % strlen(labels)]) - "ouats"]++;
        d.all++;
    }
    return d;
}

static void check_draw(const char *labels, unsigned n_texts, size_t n, const size_t want[4]) {
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, n_texts, labels, false);
    for (uint64_t seed = 1; seed <= 5; seed++) {
        drawn d = draw(l, labels, n, seed, NULL);
        for (int k = 0; k < 4; k++)
            CHECK(d.n[k] == want[k], "%zu of %u: %zu of kind %d, not %zu", n, n_texts, d.n[k], k,
                  want[k]);
        CHECK(d.n[4] == 0, "skipped pairs were drawn");
    }
    assay_labels_free(l);
    assay_values_free(values);
}

TEST(draws_are_stratified) {
    /* 100 texts: 10 oppose, 60 are unrelated, 30 adhere. */
    static const char ten[] = "ouuuuuuaaa";
    check_draw(ten, 100, 20, (size_t[4]){2, 12, 6, 0});
    check_draw(ten, 100, 7, (size_t[4]){1, 4, 2, 0});  /* 0.7, 4.2, 2.1 */
    check_draw(ten, 100, 12, (size_t[4]){1, 7, 4, 0}); /* 1.2, 7.2, 3.6 */
    check_draw(ten, 100, 3, (size_t[4]){1, 1, 1, 0});  /* 0.3, 1.8, 0.9 -> 0, 2, 1 */
    check_draw(ten, 100, 2, (size_t[4]){0, 1, 1, 0});
    check_draw(ten, 100, 0, (size_t[4]){0, 0, 0, 0});
    check_draw(ten, 100, 100, (size_t[4]){10, 60, 30, 0});
    check_draw(ten, 100, SIZE_MAX, (size_t[4]){10, 60, 30, 0});
    check_draw("ouuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuua", 100, 10,
               (size_t[4]){1, 8, 1, 0}); /* 0.2, 9.6, 0.2 */
    /* Ties are a kind of their own, skipped pairs none. */
    check_draw("ouats", 100, 40, (size_t[4]){10, 10, 10, 10});
    check_draw("ouats", 100, 80, (size_t[4]){20, 20, 20, 20});
}

TEST(all_votes_of_a_drawn_pair_are_kept) {
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 40, "tu", false);
    bool keep[60];
    assay_error err;
    REQUIRE(assay_labels_n_votes(l) == 60);
    CHECK_STATUS(assay_labels_draw(l, 2, 11, 3, NULL, keep, &err), ASSAY_OK, err);
    size_t n = 0;
    for (size_t i = 0; i < 60; i++) {
        n += keep[i];
        if (i > 0 && assay_labels_vote(l, i)->text == assay_labels_vote(l, i - 1)->text)
            CHECK(keep[i] == keep[i - 1]);
    }
    CHECK(n >= 16 && n <= 17, "%zu", n); /* 5 or 6 ties of two votes */
    CHECK_STATUS(assay_labels_draw(l, 0, 11, 3, NULL, keep, &err), ASSAY_E_ARGUMENT, err);
    assay_labels_free(l);
    assay_values_free(values);
}

TEST(a_draw_hangs_on_texts_and_seed_alone) {
    static const char labels[] = "oouuuaaau";
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 180, labels, false),
                 *r = make_labels(values, 180, labels, true);
    drawn one = draw(l, labels, 45, 7, NULL), same = draw(r, labels, 45, 7, NULL),
          other = draw(l, labels, 45, 8, NULL), more = draw(l, labels, 90, 7, NULL);
    size_t common = 0;
    CHECK(memcmp(&one, &same, sizeof one) == 0, "order or ids matter");
    for (size_t i = 0; i < 180; i++) {
        common += one.said[i] && other.said[i];
        CHECK(!one.said[i] || more.said[i], "text %zu is not in the larger draw", i);
    }
    CHECK(one.all == 45 && other.all == 45 && more.all == 90);
    CHECK(common < 25, "two seeds have %zu of 45 in common", common);
    assay_labels_free(l);
    assay_labels_free(r);
    assay_values_free(values);
}

TEST(only_the_given_texts_are_drawn) {
    static const char labels[] = "oua";
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 90, labels, false);
    bool texts[90];
    for (size_t i = 0; i < 90; i++) texts[i] = i % 2 == 0;
    drawn d = draw(l, labels, 30, 1, texts), all = draw(l, labels, 1000, 1, texts);
    CHECK(d.all == 30 && d.n[0] == 10 && d.n[1] == 10 && d.n[2] == 10 && all.all == 45);
    assay_labels_free(l);
    assay_values_free(values);
}

/* Each of 20 alike texts is drawn in a quarter of 2,000 draws: 500, give or take four standard deviations of 19.4. */
TEST(draws_are_uniform) {
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 20, "u", false);
    size_t times[20] = {0};
    for (uint64_t seed = 0; seed < 2000; seed++) {
        drawn d = draw(l, "u", 5, seed, NULL);
        for (size_t i = 0; i < 20; i++) times[i] += d.said[i];
    }
    for (size_t i = 0; i < 20; i++)
        CHECK(times[i] > 422 && times[i] < 578, "text %zu: %zu times", i, times[i]);
    assay_labels_free(l);
    assay_values_free(values);
}

/* ---- held out ---- */

TEST(held_out_texts_are_the_same_in_any_set) {
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 400, "oua", false),
                 *r = make_labels(values, 400, "oua", true),
                 *few = make_labels(values, 100, "oua", false);
    bool a[400], b[400], c[100], d[400], e[400];
    size_t n = 0, common = 0;
    assay_labels_hold_out(l, 0.3, 1, a);
    assay_labels_hold_out(r, 0.3, 1, b);
    assay_labels_hold_out(few, 0.3, 1, c);
    assay_labels_hold_out(l, 0.5, 1, d);
    assay_labels_hold_out(l, 0.3, 2, e);
    for (size_t i = 0; i < 400; i++) {
        n += a[i];
        common += a[i] && e[i];
        CHECK(a[i] == b[399 - i], "order or ids matter");
        CHECK(i >= 100 || a[i] == c[i], "other texts matter");
        CHECK(!a[i] || d[i], "a larger share leaves texts out");
    }
    /* 120, give or take four standard deviations of 9.2; of two seeds 36, 5.7. */
    CHECK(n > 83 && n < 157, "%zu", n);
    CHECK(common > 13 && common < 59, "%zu", common);
    const double shares[] = {0, -1, NAN, 1, 2};
    for (int s = 0; s < 5; s++) {
        assay_labels_hold_out(l, shares[s], 1, a);
        for (size_t i = 0; i < 400; i++) CHECK(a[i] == (s > 2));
    }
    assay_labels_free(l);
    assay_labels_free(r);
    assay_labels_free(few);
    assay_values_free(values);
}

/* Else the texts next in a draw would be those next to be held out. */
TEST(drawing_and_holding_out_are_independent) {
    assay_values *values = fixture_values();
    assay_labels *l = make_labels(values, 400, "u", false);
    bool out[400];
    size_t common = 0;
    drawn d = draw(l, "u", 200, 1, NULL);
    assay_labels_hold_out(l, 0.5, 1, out);
    for (size_t i = 0; i < 400; i++) common += d.said[i] == out[i];
    CHECK(common > 160 && common < 240, "%zu", common); /* 200, 10 */
    assay_labels_free(l);
    assay_values_free(values);
}

TEST(the_same_text_twice_is_on_one_side) {
    assay_values *values = fixture_values();
    assay_buffer file = {0};
    bool out[200];
    for (unsigned i = 0; i < 200; i++) {
        char id[16];
        snprintf(id, sizeof id, "t%03u", i);
        add_vote(&file, id, 0x10000 * (i % 100), "care", "adheres", "anna");
    }
    assay_labels *l = fixture_read_labels(values, file.data);
    assay_labels_hold_out(l, 0.5, 1, out);
    for (size_t i = 0; i < 100; i++) CHECK(out[i] == out[i + 100]);
    assay_buffer_free(&file);
    assay_labels_free(l);
    assay_values_free(values);
}

/* ---- vectors ---- */

TEST(vectors_go_along) {
    static const float response[8] = {0, 1, 2, 3, 4, 5, 6, 7}, both[8] = {9, 8, 7, 6, 5, 4, 3, 2};
    static const float definitions[4] = {1, 0, 0, 1};
    const assay_vectors v = {.name = "x",
                             .sha256 = "y",
                             .dim = 2,
                             .response = response,
                             .both = both,
                             .definitions = definitions};
    const uint32_t text_of[3] = {3, 0, 3};
    assay_vectors got;
    assay_error err;
    CHECK_STATUS(assay_vectors_select(&v, text_of, 3, &got, &err), ASSAY_OK, err);
    REQUIRE(got.response != NULL && got.both != NULL);
    const float want[6] = {6, 7, 0, 1, 6, 7}, other[6] = {3, 2, 9, 8, 3, 2};
    CHECK(memcmp(got.response, want, sizeof want) == 0);
    CHECK(memcmp(got.both, other, sizeof other) == 0);
    CHECK(got.scenario == NULL && got.definitions == definitions && got.dim == 2);
    assay_vectors_free(&got);
    CHECK(got.response == NULL && got.both == NULL);
    assay_vectors_free(&got);
    CHECK_STATUS(assay_vectors_select(&v, text_of, 0, &got, &err), ASSAY_OK, err);
    CHECK(got.response != NULL); /* a view of no texts is still there */
    assay_vectors_free(&got);
}
