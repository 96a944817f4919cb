/* Agreement, aggregation and figures: what is undefined, what is skipped, what no order may change, and memory that runs
 * out. Values by other implementations: tests/golden/test_agreement.c. */
#include <math.h>

#include "test.h"

#include "base/rng.h"
#include "failing_alloc.h"
#include "votes_fixture.h"

/* 3 raters on 40 texts and 2 values, some votes missing, some skipped. */
static void fill(votes_fixture *f, uint64_t seed) {
    assay_rng rng = assay_rng_seed(seed, 0);
    for (uint32_t text = 0; text < 40; text++) {
        for (uint32_t value = 0; value < 2; value++) {
            int truth = assay_rng_range(&rng, -1, 1);
            for (uint32_t rater = 0; rater < 3; rater++) {
                uint32_t die = assay_rng_below(&rng, 10);
                int label = die < 6 ? truth : assay_rng_range(&rng, -1, 1);
                if (die == 9) continue;
                votes_fixture_add(f, text, value, rater, die == 8 ? VOTES_FIXTURE_SKIP : label);
            }
        }
    }
    votes_fixture_close(f);
}

static assay_agreement agreement_of(votes_fixture *f, int value) {
    assay_agreement out;
    assay_error err;
    CHECK_STATUS(assay_labels_agreement(&f->labels, value, 46, &out, &err), ASSAY_OK, err);
    return out;
}

TEST(nothing_to_agree_on_is_said) {
    votes_fixture f = {0};
    votes_fixture_close(&f);
    assay_agreement none = agreement_of(&f, -1);
    CHECK(none.n_items == 0 && none.n_votes == 0 && none.n_raters == 0);
    CHECK(isnan(none.raw) && isnan(none.cohen) && isnan(none.fleiss) && isnan(none.ac1));
    CHECK(isnan(none.alpha_nominal) && isnan(none.alpha_ordinal));
    CHECK(isnan(none.alpha_low) && isnan(none.alpha_high));
    CHECK(none.undefined != NULL && strstr(none.undefined, "two raters") != NULL);
    votes_fixture_free(&f);

    votes_fixture_add(&f, 0, 0, 0, 1); /* one vote, a skip beside it, and one of another value */
    votes_fixture_add(&f, 0, 0, 1, VOTES_FIXTURE_SKIP);
    votes_fixture_add(&f, 0, 1, 1, 1);
    votes_fixture_close(&f);
    for (int value = -1; value < 3; value++) {
        assay_agreement single = agreement_of(&f, value);
        CHECK(single.n_items == 0 && isnan(single.raw) && isnan(single.ac1));
        CHECK(single.undefined != NULL);
    }
    votes_fixture_free(&f);
}

TEST(unanimous_votes_have_no_alpha) {
    votes_fixture f = {0};
    for (uint32_t text = 0; text < 5; text++) {
        for (uint32_t rater = 0; rater < 3; rater++) votes_fixture_add(&f, text, 0, rater, 0);
    }
    votes_fixture_close(&f);
    assay_agreement got = agreement_of(&f, 0);
    CHECK(got.n_items == 5 && got.n_votes == 15 && got.n_raters == 3);
    CHECK(got.raw == 1 && got.ac1 == 1, "raw %g, AC1 %g", got.raw, got.ac1);
    CHECK(isnan(got.alpha_nominal) && isnan(got.alpha_ordinal) && isnan(got.alpha_low));
    CHECK(isnan(got.fleiss) && isnan(got.cohen));
    CHECK(got.undefined != NULL && strstr(got.undefined, "same label") != NULL);
    votes_fixture_free(&f);
}

TEST(skips_and_single_votes_change_no_pair) {
    votes_fixture f = {0}, with = {0};
    for (uint32_t text = 0; text < 12; text++) {
        for (uint32_t rater = 0; rater < 2; rater++) {
            int label = (int)((text + rater * (text % 4 == 0)) % 3) - 1;
            votes_fixture_add(&f, text, 0, rater, label);
            votes_fixture_add(&with, text, 0, rater, label);
        }
        votes_fixture_add(&with, text, 0, 2, VOTES_FIXTURE_SKIP);
        votes_fixture_add(&with, text + 12, 0, 2, 1);
    }
    votes_fixture_close(&f);
    votes_fixture_close(&with);
    assay_agreement a = agreement_of(&f, 0), b = agreement_of(&with, 0);
    CHECK(a.n_items == 12 && b.n_items == 12 && a.n_votes == b.n_votes && b.n_raters == 2);
    CHECK(a.raw == b.raw && a.cohen == b.cohen && a.alpha_nominal == b.alpha_nominal);
    CHECK(a.alpha_low == b.alpha_low && a.alpha_high == b.alpha_high);
    CHECK(a.alpha_low < a.alpha_nominal && a.alpha_nominal < a.alpha_high);
    votes_fixture_free(&f);
    votes_fixture_free(&with);
}

/* An opposing vote against an adhering one is worse than against an unrelated one, to the ordinal alpha alone. */
TEST(ordinal_alpha_minds_the_distance) {
    double nominal[2], ordinal[2];
    for (int far = 0; far < 2; far++) {
        votes_fixture f = {0};
        for (uint32_t text = 0; text < 9; text++) {
            int label = (int)(text % 3) - 1, other = label;
            if (text == 0) other = far ? 1 : 0;
            if (text == 8) other = far ? -1 : 0;
            if (text == 4 && far) other = 0;
            votes_fixture_add(&f, text, 0, 0, label);
            votes_fixture_add(&f, text, 0, 1, other);
        }
        votes_fixture_close(&f);
        assay_agreement got = agreement_of(&f, 0);
        nominal[far] = got.alpha_nominal;
        ordinal[far] = got.alpha_ordinal;
        votes_fixture_free(&f);
    }
    CHECK(ordinal[0] > nominal[0], "%g, %g", ordinal[0], nominal[0]);
    CHECK(ordinal[1] < nominal[1], "%g, %g", ordinal[1], nominal[1]);
}

static const assay_aggregation methods[] = {ASSAY_MAJORITY, ASSAY_DAWID_SKENE, ASSAY_ONE_COIN,
                                            ASSAY_MACE};
#define N_METHODS (sizeof methods / sizeof methods[0])

TEST(one_soft_label_for_every_text_and_value_with_a_vote) {
    votes_fixture f = {0};
    fill(&f, 3);
    for (size_t m = 0; m < N_METHODS; m++) {
        assay_soft_label *soft = NULL;
        size_t n = 0, n_votes = 0, want = 0;
        double raters[3];
        assay_error err;
        CHECK_STATUS(assay_labels_aggregate(&f.labels, 2, methods[m], 1, &soft, &n, raters, &err),
                     ASSAY_OK, err);
        for (size_t i = 0; i < f.labels.n_votes; i++) want += !f.labels.votes[i].skip;
        for (size_t i = 0; i < n; i++) {
            double sum = soft[i].p[0] + soft[i].p[1] + soft[i].p[2];
            CHECK(fabs(sum - 1) < 1e-12, "%g", sum);
            for (int k = 0; k < 3; k++) CHECK(soft[i].p[k] >= 0 && soft[i].p[k] <= 1);
            CHECK(i == 0 || soft[i].text > soft[i - 1].text ||
                  (soft[i].text == soft[i - 1].text && soft[i].value > soft[i - 1].value));
            n_votes += soft[i].n_votes;
        }
        CHECK(n_votes == want && n > 70, "%zu votes, %zu labels", n_votes, n);
        for (int r = 0; r < 3; r++) CHECK(raters[r] > 0.5 && raters[r] < 1, "%g", raters[r]);
        free(soft);
    }
    votes_fixture_free(&f);
}

/* A value's soft labels do not depend on the votes for others, nor on annotators who gave none for it. */
TEST(values_are_fitted_apart) {
    votes_fixture both = {0}, one = {0};
    fill(&both, 5);
    for (size_t i = 0; i < both.labels.n_votes; i++) {
        const assay_vote *v = &both.labels.votes[i];
        if (v->value != 1) continue;
        votes_fixture_add(&one, v->text, 1, v->annotator + 1,
                          v->skip ? VOTES_FIXTURE_SKIP : v->label);
    }
    votes_fixture_close(&one);
    for (size_t m = 0; m < N_METHODS; m++) {
        assay_soft_label *a = NULL, *b = NULL;
        size_t n_a = 0, n_b = 0, j = 0;
        double raters[4];
        assay_error err;
        CHECK_STATUS(assay_labels_aggregate(&both.labels, 2, methods[m], 1, &a, &n_a, NULL, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_labels_aggregate(&one.labels, 2, methods[m], 1, &b, &n_b, raters, &err),
                     ASSAY_OK, err);
        for (size_t i = 0; i < n_a; i++) {
            if (a[i].value != 1) continue;
            REQUIRE(j < n_b);
            CHECK(a[i].text == b[j].text && memcmp(a[i].p, b[j].p, sizeof a[i].p) == 0);
            j++;
        }
        CHECK(j == n_b);
        CHECK(isnan(raters[0]), "an annotator without votes is right %g of the time", raters[0]);
        free(a);
        free(b);
    }
    votes_fixture_free(&both);
    votes_fixture_free(&one);
}

TEST(ties_share_and_lone_labels_are_certain) {
    votes_fixture f = {0};
    votes_fixture_add(&f, 0, 0, 0, 1);
    votes_fixture_add(&f, 0, 0, 1, -1);
    votes_fixture_add(&f, 1, 1, 0, 0); /* value 1: one label only */
    votes_fixture_add(&f, 2, 1, 1, VOTES_FIXTURE_SKIP);
    votes_fixture_close(&f);
    for (size_t m = 0; m < N_METHODS; m++) {
        assay_soft_label *soft = NULL;
        size_t n = 0;
        assay_error err;
        CHECK_STATUS(assay_labels_aggregate(&f.labels, 2, methods[m], 1, &soft, &n, NULL, &err),
                     ASSAY_OK, err);
        REQUIRE(n == 2);
        CHECK(soft[0].n_votes == 2 && soft[1].n_votes == 1 && soft[1].text == 1);
        CHECK(soft[0].p[1] == 0 && soft[1].p[1] == 1, "method %zu: %g, %g", m, soft[0].p[1],
              soft[1].p[1]);
        if (methods[m] == ASSAY_MAJORITY) CHECK(soft[0].p[0] == 0.5 && soft[0].p[2] == 0.5);
        free(soft);
    }
    votes_fixture_free(&f);
}

/* Three careful raters, and three who always say "unrelated": where the careful agree, they are right. */
TEST(careful_raters_outweigh_those_who_guess) {
    votes_fixture f = {0};
    assay_rng rng = assay_rng_seed(9, 0);
    int truth[60];
    for (uint32_t text = 0; text < 60; text++) {
        truth[text] = assay_rng_range(&rng, -1, 1);
        for (uint32_t rater = 0; rater < 6; rater++) {
            bool careful = rater < 3 && assay_rng_below(&rng, 20) > 0;
            votes_fixture_add(&f, text, 0, rater, careful ? truth[text] : 0);
        }
    }
    votes_fixture_close(&f);
    for (size_t m = 1; m < N_METHODS; m++) {
        if (methods[m] == ASSAY_ONE_COIN) continue; /* cannot tell a habit from a mistake */
        assay_soft_label *soft = NULL;
        size_t n = 0, right = 0;
        double raters[6];
        assay_error err;
        CHECK_STATUS(assay_labels_aggregate(&f.labels, 1, methods[m], 1, &soft, &n, raters, &err),
                     ASSAY_OK, err);
        REQUIRE(n == 60);
        for (size_t i = 0; i < n; i++) right += soft[i].p[truth[i] + 1] > 0.5;
        CHECK(right >= 58, "method %zu: %zu of 60", m, right);
        CHECK(raters[0] > 0.85 && raters[5] < 0.6, "%g, %g", raters[0], raters[5]);
        free(soft);
    }
    votes_fixture_free(&f);
}

/* Hundreds of votes an item: a product of their probabilities would underflow. */
TEST(many_votes_do_not_underflow) {
    votes_fixture f = {0};
    for (uint32_t text = 0; text < 4; text++) {
        for (uint32_t rater = 0; rater < 3000; rater++)
            votes_fixture_add(&f, text, 0, rater, (int)((text + (rater % 3 == 0)) % 3) - 1);
    }
    votes_fixture_close(&f);
    for (size_t m = 0; m < N_METHODS; m++) {
        assay_soft_label *soft = NULL;
        size_t n = 0;
        assay_error err;
        CHECK_STATUS(assay_labels_aggregate(&f.labels, 1, methods[m], 1, &soft, &n, NULL, &err),
                     ASSAY_OK, err);
        for (size_t i = 0; i < n; i++)
            CHECK(soft[i].p[i % 3] > 0.6, "method %zu, text %zu: %g", m, i, soft[i].p[i % 3]);
        free(soft);
    }
    votes_fixture_free(&f);
}

TEST(what_is_no_method_or_value_is_refused) {
    votes_fixture f = {0};
    assay_soft_label *soft = NULL;
    size_t n = 0;
    assay_error err;
    votes_fixture_add(&f, 0, 3, 0, 1);
    votes_fixture_close(&f);
    CHECK_STATUS(assay_labels_aggregate(&f.labels, 3, ASSAY_MAJORITY, 1, &soft, &n, NULL, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK(soft == NULL && n == 0);
    CHECK_STATUS(
        assay_labels_aggregate(&f.labels, 4, (assay_aggregation)9, 1, &soft, &n, NULL, &err),
        ASSAY_E_ARGUMENT, err);
    votes_fixture_free(&f);
    votes_fixture_close(&f); /* no votes at all */
    CHECK_STATUS(assay_labels_aggregate(&f.labels, 3, ASSAY_MACE, 1, &soft, &n, NULL, &err),
                 ASSAY_OK, err);
    CHECK(n == 0);
    free(soft);
    votes_fixture_free(&f);
}

/* ---- figures ---- */

static const int8_t gold[8] = {1, 1, 0, 0, 0, 0, -1, -1}, predicted[8] = {1, 0, 0, 0, 0, 1, -1, 0};

TEST(abstaining_leaves_items_out) {
    static const bool abstained[8] = {false, true, false, false, false, true, false, true};
    static const bool all[8] = {true, true, true, true, true, true, true, true};
    assay_valence_figures got;
    assay_error err;
    CHECK_STATUS(assay_valence_measure(gold, predicted, NULL, abstained, NULL, 8, 1, &got, &err),
                 ASSAY_OK, err);
    CHECK(got.n == 8 && got.n_abstained == 3);
    CHECK(got.accuracy == 1 && got.macro_f1 == 1 && got.balanced_accuracy == 1);
    CHECK(isnan(got.ece));
    CHECK_STATUS(assay_valence_measure(gold, predicted, NULL, all, NULL, 8, 1, &got, &err),
                 ASSAY_OK, err);
    CHECK(got.n_abstained == 8 && isnan(got.accuracy) && isnan(got.macro_f1));
    CHECK(isnan(got.accuracy_ci[0]) && isnan(got.macro_f1_ci[0]) && isnan(got.majority_macro_f1));
    CHECK_STATUS(assay_valence_measure(NULL, NULL, NULL, NULL, NULL, 0, 1, &got, &err), ASSAY_OK,
                 err);
    CHECK(got.n == 0 && isnan(got.accuracy));
}

TEST(figures_by_hand) {
    assay_valence_figures got;
    assay_error err;
    CHECK_STATUS(assay_valence_measure(gold, predicted, NULL, NULL, NULL, 8, 1, &got, &err),
                 ASSAY_OK, err);
    /* adheres 1 of 2, predicted 2; unrelated 3 of 4, predicted 5; opposes 1 of 2, predicted 1 */
    CHECK(got.accuracy == 5.0 / 8 && got.majority_accuracy == 0.5);
    CHECK(fabs(got.balanced_accuracy - (0.5 + 0.75 + 0.5) / 3) < 1e-15);
    CHECK(fabs(got.macro_f1 - (0.5 + 6.0 / 9 + 2.0 / 3) / 3) < 1e-15);
    CHECK(fabs(got.majority_macro_f1 - 2.0 / 3 / 3) < 1e-15);
    CHECK(got.precision[0] == 1 && got.recall[0] == 0.5 && got.precision[1] == 0.6);
    CHECK(got.accuracy_ci[0] < got.accuracy && got.accuracy < got.accuracy_ci[1]);
}

TEST(figures_do_not_depend_on_the_order) {
    enum { N = 300 };
    static int8_t g[2][N], k[2][N];
    static double p[2][N][3];
    static uint32_t cluster[2][N];
    assay_valence_figures got[2];
    assay_rng rng = assay_rng_seed(4, 0);
    uint32_t order[N];
    for (uint32_t i = 0; i < N; i++) {
        g[0][i] = (int8_t)assay_rng_range(&rng, -1, 1);
        k[0][i] = (int8_t)assay_rng_range(&rng, -1, 1);
        for (int c = 0; c < 3; c++) p[0][i][c] = assay_rng_below(&rng, 5) / 4.0; /* many ties */
        cluster[0][i] = assay_rng_below(&rng, 40);
        order[i] = i;
    }
    assay_rng_shuffle(&rng, order, N, sizeof *order);
    for (uint32_t i = 0; i < N; i++) {
        g[1][i] = g[0][order[i]];
        k[1][i] = k[0][order[i]];
        memcpy(p[1][i], p[0][order[i]], sizeof p[1][i]);
        cluster[1][i] = cluster[0][order[i]];
    }
    for (int i = 0; i < 2; i++) {
        assay_error err;
        CHECK_STATUS(assay_valence_measure(g[i], k[i], (const double (*)[3])p[i], NULL, cluster[i],
                                           N, 46, &got[i], &err),
                     ASSAY_OK, err);
    }
    CHECK(got[0].ece == got[1].ece && got[0].ece > 0);
    CHECK(got[0].macro_f1_ci[0] == got[1].macro_f1_ci[0] &&
          got[0].macro_f1_ci[1] == got[1].macro_f1_ci[1]);
    CHECK(got[0].macro_f1_ci[0] < got[0].macro_f1 && got[0].macro_f1 < got[0].macro_f1_ci[1]);
}

TEST(what_is_no_label_or_probability_is_refused) {
    static const int8_t bad[2] = {0, 2};
    static const double p[2][3] = {{0, 1, 0}, {0, -0.1, 1.1}};
    assay_valence_figures got;
    assay_error err;
    CHECK_STATUS(assay_valence_measure(bad, gold, NULL, NULL, NULL, 2, 1, &got, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_valence_measure(gold, bad, NULL, NULL, NULL, 2, 1, &got, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_valence_measure(gold, gold, p, NULL, NULL, 2, 1, &got, &err),
                 ASSAY_E_ARGUMENT, err);
}

TEST(memory_that_runs_out) {
    if (!failing_alloc_linked()) SKIP("linked without the wrapped allocator");
    votes_fixture f = {0};
    assay_error err;
    long k = 0;
    fill(&f, 1);
    for (bool failed = true; failed; k++) {
        assay_agreement agreement;
        failing_alloc_arm(k);
        memset(&err, 0, sizeof err);
        assay_status status = assay_labels_agreement(&f.labels, -1, 1, &agreement, &err);
        failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
    }
    CHECK(k > 5);
    k = 0;
    for (bool failed = true; failed; k++) {
        assay_soft_label *soft = NULL;
        size_t n = 0;
        failing_alloc_arm(k);
        memset(&err, 0, sizeof err);
        assay_status status =
            assay_labels_aggregate(&f.labels, 2, ASSAY_DAWID_SKENE, 1, &soft, &n, NULL, &err);
        failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        CHECK((soft != NULL) == !failed);
        free(soft);
    }
    CHECK(k > 10);
    k = 0;
    for (bool failed = true; failed; k++) {
        assay_valence_figures figures;
        failing_alloc_arm(k);
        memset(&err, 0, sizeof err);
        assay_status status =
            assay_valence_measure(gold, predicted, NULL, NULL, NULL, 8, 1, &figures, &err);
        failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
    }
    CHECK(k > 4);
    votes_fixture_free(&f);
}
