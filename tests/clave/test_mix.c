/* Labels that were picked evenly: how frequent each is among the texts at large, on made-up texts of two values. */
#include "test.h"

#include <math.h>

#include "classifier_fixture.h"
#include "failing_alloc.h"

/* Whether sample i is among the texts at large: of those that care is about, one in six. */
static bool at_large(uint64_t i) {
    return make_sample(i).care == 0 || i % 6 == 0;
}

/* Of texts at large: as many of each label of care, and other texts for fairness, half of them fair. */
static assay_labels *pick_labels(const assay_values *values, size_t n) {
    static const char *const names[3] = {"opposes", "unrelated", "adheres"};
    size_t care[3] = {0}, fair[2] = {0};
    assay_buffer text = {0};
    for (uint64_t i = 0; i < 8000; i++) {
        sample s = make_sample(i);
        bool about_care = i < 4000;
        size_t *count = about_care ? &care[s.care + 1] : &fair[s.fair];
        if (!at_large(i) || *count == n) continue;
        ++*count;
        assay_buffer_print(&text,
                           "{\"id\":\"%s\",\"scenario\":\"What did they do?\",\"response\":\"%s\","
                           "\"value\":\"%s\",\"label\":\"%s\",\"annotator\":\"a\"}\n",
                           s.id, s.response, about_care ? "care" : "fairness",
                           names[(about_care ? s.care : s.fair) + 1]);
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

/* The probabilities add up to how frequent a label is at large, not to how often it was picked. */
TEST(evenly_picked_labels_do_not_make_every_text_relevant) {
    assay_values *values = fixture_values();
    assay_labels *labels = pick_labels(values, 20);
    assay_classifier *c = NULL, *again = NULL;
    assay_judgement j[2], k[2];
    assay_error err = {0};
    double sum = 0, unrelated = 0;
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL);
    char *text = print(c);
    REQUIRE(strstr(text, "\"shifts\":[") != NULL);
    CHECK_STATUS(assay_classifier_parse(text, strlen(text), "c.json", &again, &err), ASSAY_OK, err);
    REQUIRE(again != NULL);
    const double *shift = c->parts[0].shift;
    CHECK(shift[1] - shift[0] > 0.3 && shift[1] - shift[2] > 0.3, "%g %g %g", shift[0], shift[1],
          shift[2]);
    char *shifts = strstr(text, "\"shifts\":[");
    shifts[strlen("\"shifts\":")] = '3';
    assay_classifier *bad = NULL;
    CHECK_STATUS(assay_classifier_parse(text, strlen(text), "bad.json", &bad, &err), ASSAY_E_FORMAT,
                 err);
    CHECK(bad == NULL);
    for (size_t i = 9000, n = 0; n < 100; i++) {
        if (!at_large(i)) continue;
        judge(c, i, 1, 0, NULL, j);
        judge(again, i, 1, 0, NULL, k);
        CHECK(memcmp(j, k, sizeof j) == 0);
        sum += j[0].p[1];
        unrelated += make_sample(i).care == 0;
        n++;
    }
    CHECK(fabs(sum - unrelated) < 10, "%g of %g unrelated", sum, unrelated);
    free(text);
    assay_classifier_free(c);
    assay_classifier_free(again);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(a_pick_is_told_from_chance) {
    static const struct {
        size_t count[3][3]; /* of three values */
        bool even;
    } cases[] = {
        {{{33, 33, 34}, {0, 50, 50}, {3, 49, 48}}, true},
        {{{33, 33, 34}, {0, 50, 50}, {3, 80, 17}}, false},  /* two of three may be chance */
        {{{10, 50, 40}, {20, 50, 30}, {25, 50, 25}}, true}, /* as many relevant as unrelated */
        {{{33, 33, 34}, {0}, {0}}, true},                   /* the only value with labels */
        {{{5, 80, 15}, {0}, {0}}, false},
        {{{3, 4, 4}, {3, 4, 4}, {3, 4, 4}}, false}, /* too few to say */
        {{{0, 100, 0}, {100, 0, 0}, {0, 0, 100}}, false},
        {{{0}, {0}, {0}}, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assay_target targets[3] = {{0}};
        for (size_t v = 0; v < 3; v++) {
            for (size_t k = 0; k < 3; k++)
                targets[v].n += targets[v].count[k] = cases[i].count[v][k];
        }
        CHECK(assay_targets_evenly_spread(targets, 3) == cases[i].even, "case %zu", i);
    }
}

TEST(offsets_and_shifts_follow_the_mix) {
    const double share[3] = {0.01, 0.54, 0.45}, natural[3] = {0.002, 0.9, 0.098};
    const double zeros[3] = {0, 0, 0};
    assay_target t = {0};
    double offset[3], shift[3], log_p[3], p[3];
    for (size_t k = 0; k < 3; k++) t.natural[k] = t.prior[k] = log_p[k] = log(share[k]);
    assay_target_offsets(&t, 1.0, offset);
    CHECK(fabs(offset[0] - log(0.02)) < 1e-12, "a rare label: %g", offset[0]);
    CHECK(fabs(offset[2] - log(0.45)) < 1e-12, "%g", offset[2]);
    assay_target_shifts(&t, 0.0, shift);
    CHECK(memcmp(shift, zeros, sizeof shift) == 0);
    for (size_t k = 0; k < 3; k++) t.natural[k] = log(natural[k]);
    assay_target_offsets(&t, 0.5, offset);
    CHECK(fabs(offset[2] - (0.5 * log(0.45) + log(0.45 / 0.098) / 3)) < 1e-12, "%g", offset[2]);
    assay_target_shifts(&t, 0.0, shift);
    assay_probabilities(log_p, 1.0, shift, p);
    for (size_t k = 0; k < 3; k++) CHECK(fabs(p[k] - natural[k]) < 1e-12, "%g", p[k]);
    assay_target_shifts(&t, -0.5, shift);
    for (size_t k = 0; k < 3; k++)
        CHECK(fabs(shift[k] - (log(natural[k]) - 1.5 * log(share[k]))) < 1e-12, "%g", shift[k]);
}

static bool mix_was_estimated(const assay_target *t) {
    return memcmp(t->natural, t->prior, sizeof t->prior) != 0;
}

TEST(estimating_the_mix_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    const assay_calibrate_options options = assay_calibrate_defaults();
    const unsigned words_only = ASSAY_BLOCK_BIT(ASSAY_BLOCK_WORDS);
    assay_values *values = fixture_values();
    assay_labels *labels = pick_labels(values, 12);
    assay_products products;
    assay_target *targets = NULL;
    assay_fitter fitter;
    assay_error err = {0};
    CHECK_STATUS(assay_products_build(values, labels, NULL, NULL, words_only, &products, &err),
                 ASSAY_OK, err);
    CHECK_STATUS(assay_targets_build(labels, 2, &options, &targets, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_fitter_init(&fitter, targets[0].n, &err), ASSAY_OK, err);
    assay_fitter_fit(&fitter, &products, &targets[0], 0, words_only, 0.1, -1, ASSAY_ALL_HEADS);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_error failure = {0};
        assay_status status =
            assay_target_estimate_mix(&fitter, &products, &targets[0], 0, &failure);
        if (!failing_alloc_disarm()) {
            CHECK(status == ASSAY_OK && k == 2 && mix_was_estimated(&targets[0]), "%s",
                  failure.text);
            break;
        }
        CHECK(status == ASSAY_E_MEMORY && failure.text[0] != '\0' &&
              !mix_was_estimated(&targets[0]));
    }
    assay_fitter_free(&fitter);
    assay_targets_free(targets, 2);
    assay_products_free(&products);
    assay_labels_free(labels);
    assay_values_free(values);
}
