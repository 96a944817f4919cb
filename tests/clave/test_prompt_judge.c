/* A language model as a judge, by a tiny random one, and what is made of its answers. */
#include <math.h>

#include "assay_generate.h"
#include "assay_judge.h"
#include "test.h"
#include "clave/concepts_fixture.h"
#include "failing_alloc.h"
#include "unit/generate_fixture.h"

static const assay_judged_text text = {"t1", "What shall I do?", "Help her, please.", ""};

/* ---- asking ---- */

/* What is asked about this text for "care". */
static const char prompt[] =
    "A value: Care. Kindness and protection from harm.\n\nScenario:\nWhat shall I do?\n\n"
    "Response:\nHelp her, please.\n\nDoes the response adhere to this value, oppose it, or is it "
    "unrelated to it? Answer adheres, opposes or unrelated.";

/* The sum of a word's log-probabilities, token by token. */
static double by_steps(const assay_model *model, assay_session *s, const char *word) {
    static float logits[TINY_VOCAB];
    int32_t ids[32];
    size_t n = 0;
    double sum = 0;
    assay_error err = {0};
    CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = prompt}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_model_tokenize(model, word, strlen(word), ids, 32, &n, &err), ASSAY_OK, err);
    CHECK(n > 1 && n <= 32);
    for (size_t t = 0; t < n; t++) {
        CHECK_STATUS(assay_session_logits(s, logits, &err), ASSAY_OK, err);
        sum += (double)logits[ids[t]];
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids + t, 1, NULL, 0}, &err), ASSAY_OK,
                     err);
    }
    return sum;
}

TEST(words_have_the_probability_of_their_tokens) {
    static const char *const words[3] = {" opposes", " unrelated", " adheres"};
    assay_values *values = fixture_values();
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, TINY_CONTEXT);
    double want[3], got[3], all = 0;
    assay_error err;
    REQUIRE(s != NULL);
    for (int k = 0; k < 3; k++) want[k] = by_steps(model, s, words[k]);
    for (int k = 0; k < 3; k++) all += exp(want[k] - want[0]);
    CHECK_STATUS(assay_prompt_judge(s, &text, assay_values_at(values, 0), got, &err), ASSAY_OK,
                 err);
    for (int k = 0; k < 3; k++) {
        /* A dozen tokens, each within what assay_session_logits promises. */
        double x = want[k] - want[0] - log(all);
        CHECK(fabs(got[k] - x) < 3e-5, "%s: %.9g, not %.9g", words[k], got[k], x);
    }
    CHECK(fabs(exp(got[0]) + exp(got[1]) + exp(got[2]) - 1) < 1e-12);
    CHECK(assay_session_length(s) == 0);
    assay_session_destroy(s);
    assay_model_destroy(model);
    assay_values_free(values);
}

TEST(the_answer_hangs_on_text_and_value_alone) {
    assay_values *values = fixture_values();
    assay_model *model = load("Q8_0", 1);
    assay_pool *pool = NULL;
    assay_error err;
    CHECK_STATUS(assay_pool_create(2, &pool, &err), ASSAY_OK, err);
    assay_session *a = tiny_session(model, "simd", pool, 0, TINY_CONTEXT),
                  *b = tiny_session(model, "scalar", NULL, 7, TINY_CONTEXT);
    const assay_judged_text other = {"t2", "", "Help him, please.", ""};
    double one[3], same[3], value[3], response[3];
    REQUIRE(a != NULL && b != NULL);
    CHECK_STATUS(assay_prompt_judge(a, &text, assay_values_at(values, 0), one, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_prompt_judge(a, &text, assay_values_at(values, 1), value, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_prompt_judge(a, &other, assay_values_at(values, 0), response, &err),
                 ASSAY_OK, err);
    start(b, 20); /* what stands in the timeline is forgotten */
    CHECK_STATUS(assay_prompt_judge(b, &text, assay_values_at(values, 0), same, &err), ASSAY_OK,
                 err);
    CHECK(memcmp(one, same, sizeof one) == 0);
    CHECK(memcmp(one, value, sizeof one) != 0 && memcmp(one, response, sizeof one) != 0);
    assay_session_destroy(a);
    assay_session_destroy(b);
    assay_pool_destroy(pool);
    assay_model_destroy(model);
    assay_values_free(values);
}

/* Tries of 6000, 3000, ... bytes: 187 are the first that fit, 62 characters of three bytes. */
TEST(long_texts_are_cut_at_a_character) {
    static char response[40000], cut[62 * 3 + 7];
    assay_values *values = fixture_values();
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, TINY_CONTEXT);
    double got[3], want[3];
    assay_error err;
    REQUIRE(s != NULL);
    for (size_t i = 0; i + 3 < sizeof response; i += 3) memcpy(response + i, "\xE2\x82\xAC", 3);
    memcpy(cut, response, 62 * 3);
    memcpy(cut + 62 * 3, " [...]", 7);
    const assay_judged_text all = {"e", "Say it.", response, ""}, some = {"e", "Say it.", cut, ""};
    CHECK_STATUS(assay_prompt_judge(s, &all, assay_values_at(values, 0), got, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_prompt_judge(s, &some, assay_values_at(values, 0), want, &err), ASSAY_OK,
                 err);
    CHECK(memcmp(got, want, sizeof got) == 0);
    assay_session_destroy(s);
    assay_model_destroy(model);
    assay_values_free(values);
}

/* It takes the turn and the longest of the answers; this text is too short to be cut. */
TEST(a_short_context_is_told) {
    assay_values *values = fixture_values();
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, TINY_CONTEXT);
    int32_t ids[32];
    size_t n = 0;
    double logp[3];
    assay_error err;
    REQUIRE(s != NULL);
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = prompt}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_model_tokenize(model, " unrelated", 10, ids, 32, &n, &err), ASSAY_OK, err);
    int enough = (int)(assay_session_length(s) + n);
    assay_session_destroy(s);
    const int contexts[4] = {40, enough - (int)n, enough - 1, enough};
    for (int i = 0; i < 4; i++) {
        s = tiny_session(model, NULL, NULL, 0, contexts[i]);
        REQUIRE(s != NULL);
        CHECK_STATUS(assay_prompt_judge(s, &text, assay_values_at(values, 0), logp, &err),
                     i == 3 ? ASSAY_OK : ASSAY_E_LIMIT, err);
        if (i < 3) CHECK(strstr(err.text, "care") != NULL, "%s", err.text);
        assay_session_destroy(s);
    }
    assay_model_destroy(model);
    assay_values_free(values);
}

TEST(asking_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, TINY_CONTEXT);
    long failed = 0;
    REQUIRE(s != NULL);
    for (long k = 0; failing_alloc_arm(k); k++) {
        double logp[3];
        assay_error err = {0};
        assay_status status = assay_prompt_judge(s, &text, assay_values_at(values, 0), logp, &err);
        bool armed = failing_alloc_disarm();
        CHECK(status == (armed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!armed) break;
        failed++;
    }
    CHECK(failed > 3, "%ld", failed);
    assay_session_destroy(s);
    assay_model_destroy(model);
    assay_values_free(values);
}

/* ---- batch calibration ---- */

static const double raw[4][3] = {
    {-4.0, -3.0, -0.068}, {-3.5, -1.5, -0.297}, {-2.0, -3.0, -0.204}, {-5.0, -4.0, -0.025}};

TEST(the_bias_of_a_batch_is_taken_out) {
    assay_judgement got[4 * 3];
    double mean[3] = {0};
    memset(got, 0x55, sizeof got);
    assay_prompt_judge_settle(raw, 4, 0.45, got + 1, 3);
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 3; k++) mean[k] += exp(raw[i][k]) / 4;
    }
    for (int i = 0; i < 4; i++) {
        const assay_judgement *j = &got[3 * i + 1];
        double p[3], sum = 0;
        for (int k = 0; k < 3; k++) sum += p[k] = exp(raw[i][k]) / mean[k];
        for (int k = 0; k < 3; k++) CHECK(fabs(j->p[k] - p[k] / sum) < 1e-14);
        CHECK(j->confidence == j->p[j->label + 1]);
        CHECK(j->abstained == (j->confidence < 0.45));
        CHECK(j->n_concepts == 0 && j->n_nearest == 0);
        CHECK(got[3 * i].label == 0x55 && got[3 * i + 2].label == 0x55); /* other values' columns */
    }
    /* The model says "adheres" of all four. */
    CHECK(got[1].label == 0 || got[1].label == 1);
    CHECK(got[4].label == 0 && got[7].label == -1 && got[10].label == 1);
}

/* A bias is a factor of a word's probability, the same for all texts: none is left, however large. */
TEST(no_factor_of_a_word_matters) {
    assay_judgement one[4], two[4];
    double shifted[4][3];
    for (int i = 0; i < 4; i++) {
        for (int k = 0; k < 3; k++) shifted[i][k] = raw[i][k] - 800.0 * k;
    }
    assay_prompt_judge_settle(raw, 4, 0, one, 1);
    assay_prompt_judge_settle((const double (*)[3])shifted, 4, 0, two, 1);
    for (int i = 0; i < 4; i++) {
        CHECK(one[i].label == two[i].label);
        for (int k = 0; k < 3; k++) CHECK(fabs(one[i].p[k] - two[i].p[k]) < 1e-11);
    }
}

TEST(one_text_alone_stays_as_it_is) {
    const double equal[2][3] = {{-1, -1, -1}, {-1, -1, -1}};
    assay_judgement j[2];
    assay_prompt_judge_settle(raw, 1, 0.99, j, 1);
    CHECK(j[0].label == 1 && j[0].abstained);
    double sum = exp(-4) + exp(-3) + exp(-0.068);
    CHECK(fabs(j[0].p[2] - exp(-0.068) / sum) < 1e-14);
    assay_prompt_judge_settle(equal, 2, 0, j, 1);
    CHECK(j[0].label == 0 && j[1].label == 0); /* it claims least */
    assay_prompt_judge_settle(raw, 0, 0, j, 1);
    CHECK(j[0].label == 0);
}

/* ---- both judges ---- */

static assay_judgement judgement(int label, double o, double u, double a) {
    assay_judgement j = {.label = (int8_t)label, .p = {o, u, a}, .n_concepts = 2, .n_nearest = 1};
    j.concepts[1].concept_index = 7;
    j.confidence = j.p[label + 1];
    return j;
}

static void check_join(assay_judgement a, assay_judgement b, int label, const double p[3]) {
    assay_judge_join(&a, &b, 1, 0.6);
    CHECK(a.label == label, "%d", a.label);
    for (int k = 0; k < 3; k++) CHECK(fabs(a.p[k] - p[k]) < 1e-15, "%g for %d", a.p[k], k);
    CHECK(a.confidence == a.p[a.label + 1] && a.abstained == (a.confidence < 0.6));
    CHECK(a.n_concepts == 2 && a.n_nearest == 1 && a.concepts[1].concept_index == 7);
}

TEST(both_judges_together) {
    const double third = 1.0 / 3;
    check_join(judgement(1, 0.125, 0.25, 0.625), judgement(0, 0.25, 0.5, 0.25), 1,
               (double[3]){1 / 10.0, 4 / 10.0, 5 / 10.0});
    check_join(judgement(1, 0.125, 0.375, 0.5), judgement(0, 0.125, 0.75, 0.125), 0,
               (double[3]){1 / 23.0, 18 / 23.0, 4 / 23.0});
    /* A threshold's decision stands where the other has no opinion, or the same, and falls otherwise. */
    check_join(judgement(-1, 0.25, 0.5, 0.25), judgement(0, third, third, third), -1,
               (double[3]){0.25, 0.5, 0.25});
    check_join(judgement(-1, 0.25, 0.5, 0.25), judgement(-1, 0.5, 0.25, 0.25), -1,
               (double[3]){0.4, 0.4, 0.2});
    check_join(judgement(-1, 0.25, 0.5, 0.25), judgement(0, 0.25, 0.5, 0.25), 0,
               (double[3]){1 / 6.0, 4 / 6.0, 1 / 6.0});
    /* They exclude each other. */
    check_join(judgement(1, 0, 0, 1), judgement(-1, 1, 0, 0), 1, (double[3]){0.5, 0, 0.5});
    assay_judgement many[2] = {judgement(1, 0, 0, 1), judgement(-1, 1, 0, 0)};
    const assay_judgement others[2] = {judgement(1, 0, 0.5, 0.5), judgement(-1, 1, 0, 0)};
    assay_judge_join(many, others, 2, 0);
    CHECK(many[0].label == 1 && many[0].confidence == 1 && many[1].label == -1);
}
