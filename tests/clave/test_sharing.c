/* Valence that is learnt of all values together, and the folds that this needs, on made-up texts of three values. */
#include "test.h"

#include <math.h>

#include "base/rng.h"
#include "clave/classifier/classifier.h"
#include "concepts_fixture.h"
#include "failing_alloc.h"

enum { N_VALUES = 3, N_VERBS = 6 };

/* A text is about one thing, which one value is about, and says something good or bad of it. */
static const char *const things[N_VALUES] = {"the old forest", "our small town", "her violin"};
static const char *const verbs[2][N_VERBS] = {
    {"burnt", "robbed", "mocked", "ruined", "cheated", "wrecked"},
    {"mended", "praised", "guarded", "cleaned", "helped", "painted"}};

static assay_values *make_values(void) {
    static const char json[] =
        "{\"format\":1,\"id\":\"three\",\"name\":\"Three\",\"source\":\"made up\",\"values\":["
        "{\"id\":\"forest\",\"name\":\"Forest\",\"definition\":\"Trees.\"},"
        "{\"id\":\"town\",\"name\":\"Town\",\"definition\":\"Houses.\"},"
        "{\"id\":\"violin\",\"name\":\"Violin\",\"definition\":\"Music.\"}]}";
    assay_values *values = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_values_parse(json, sizeof json - 1, "three.json", &values, &err), ASSAY_OK,
                 err);
    return values;
}

static const char *make_text(size_t thing, bool good, size_t verb, uint64_t i, char out[200]) {
    static const char *const openings[4] = {"Yesterday", "In spring", "As always", "For once"};
    snprintf(out, 200, "%s they %s %s, day %u.", openings[i % 4], verbs[good][verb], things[thing],
             (unsigned)(i % 7));
    return out;
}

/* What is labelled under several ids is judged without any of them having been learnt from. */
TEST(folds_hold_what_says_the_same) {
    assay_values *values = make_values();
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_buffer jsonl = {0};
    assay_target *targets = NULL;
    assay_error err = {0};
    uint8_t fold_of[20] = {0};
    size_t n_in_fold[5] = {0};
    for (unsigned i = 0; i < 60; i++)
        assay_buffer_print(&jsonl,
                           "{\"id\":\"%02u\",\"scenario\":\"s\",\"response\":\"text %u\","
                           "\"annotator\":\"a\",\"values\":{\"%s\":%d}}\n",
                           i, i % 20, i % 3 == 0 ? "forest" : "violin", i % 7 == 0 ? -1 : 1);
    assay_labels *labels = fixture_read_labels(values, jsonl.data);
    CHECK_STATUS(assay_targets_build(labels, N_VALUES, &options, &targets, &err), ASSAY_OK, err);
    REQUIRE(targets != NULL && targets[0].n == 60);
    for (size_t i = 0; i < 60; i++) {
        uint8_t fold = targets[0].fold[i];
        REQUIRE(fold < 5 && targets[0].text[i] == i);
        if (i < 20) {
            fold_of[i] = fold;
            n_in_fold[fold]++;
        }
        CHECK(fold == fold_of[i % 20], "text %zu", i);
    }
    for (size_t f = 0; f < 5; f++) CHECK(n_in_fold[f] >= 2, "fold %zu: %zu texts", f, n_in_fold[f]);
    assay_targets_free(targets, N_VALUES);
    assay_buffer_free(&jsonl);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* Every text has labels for all values. The first value is opposed in n_bad texts, fewer than n: by the first verb. contrary:
 * what is good for the third value is bad for the others. */
static assay_labels *make_labels(const assay_values *values, size_t n, size_t n_bad,
                                 bool contrary) {
    assay_buffer text = {0};
    char response[200];
    size_t bad_of_first = 0;
    for (size_t i = 0; i < n; i++) {
        assay_rng rng = assay_rng_seed(11, i);
        size_t thing = i % N_VALUES, verb = assay_rng_below(&rng, N_VERBS);
        bool good = assay_rng_below(&rng, 2) == 0;
        if (thing == 0 && !good) {
            good = bad_of_first++ >= n_bad;
            if (!good && n_bad < n) verb = 0;
        }
        bool adheres = good != (contrary && thing == 2);
        assay_buffer_print(
            &text,
            "{\"id\":\"t%03u\",\"scenario\":\"\",\"response\":\"%s\",\"annotator\":\"a\","
            "\"values\":{\"%s\":%d}}\n",
            (unsigned)i, make_text(thing, good, verb, i, response),
            assay_values_at(values, thing)->id, adheres ? 1 : -1);
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

static assay_classifier *learn(const assay_values *values, const assay_labels *labels) {
    assay_classifier *c = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, NULL, &c, &err), ASSAY_OK, err);
    return c;
}

/* How many of n fresh texts about a thing, good or bad, get this label. */
static size_t count(const assay_classifier *c, size_t thing, bool good, int8_t label, size_t n) {
    size_t found = 0;
    for (size_t i = 0; i < n; i++) {
        char response[200];
        assay_judgement j[N_VALUES];
        assay_error err = {0};
        const assay_judged_text text = {
            "x", "", make_text(thing, good, i % N_VERBS, 1000 + i, response), ""};
        CHECK_STATUS(assay_classifier_judge(c, &text, 1, NULL, 0, NULL, 0, NULL, j, &err), ASSAY_OK,
                     err);
        found += j[thing].label == label;
    }
    return found;
}

/* ---- learning ---- */

TEST(a_value_learns_from_what_opposes_the_others) {
    assay_values *values = make_values();
    assay_labels *labels = make_labels(values, 150, 3, false);
    assay_classifier *c = learn(values, labels);
    REQUIRE(c != NULL);
    CHECK(c->sharing == ASSAY_SHARING, "%g", c->sharing);
    size_t bad = count(c, 0, false, ASSAY_OPPOSES, 60), good = count(c, 0, true, ASSAY_ADHERES, 60);
    CHECK(bad >= 54, "%zu of 60; five of six verbs were never seen with the forest", bad);
    CHECK(good >= 54, "%zu of 60", good);
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(values_may_differ_in_what_opposes_them) {
    assay_values *values = make_values();
    assay_labels *labels = make_labels(values, 150, 150, true);
    assay_classifier *c = learn(values, labels);
    REQUIRE(c != NULL);
    for (size_t v = 0; v < N_VALUES; v++) {
        size_t right = count(c, v, false, v == 2 ? ASSAY_ADHERES : ASSAY_OPPOSES, 60) +
                       count(c, v, true, v == 2 ? ASSAY_OPPOSES : ASSAY_ADHERES, 60);
        CHECK(right >= 108, "value %zu: %zu of 120", v, right);
    }
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* The third value is left without labels: the others' valence says nothing of it. */
TEST(nothing_is_claimed_of_a_value_without_labels) {
    assay_values *values = make_values();
    assay_buffer text = {0};
    char response[200];
    for (size_t i = 0; i < 40; i++) {
        bool good = i / 2 % 2 == 0;
        assay_buffer_print(
            &text,
            "{\"id\":\"t%02u\",\"scenario\":\"\",\"response\":\"%s\",\"annotator\":\"a\","
            "\"value\":\"%s\",\"label\":\"%s\"}\n",
            (unsigned)i, make_text(i % 2, good, i / 4 % N_VERBS, i, response),
            assay_values_at(values, i % 2)->id, good ? "adheres" : "opposes");
    }
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_classifier *c = learn(values, labels);
    REQUIRE(c != NULL && c->sharing > 0);
    assay_judgement j[N_VALUES];
    assay_error err = {0};
    const assay_judged_text bad = {"x", "", make_text(2, false, 0, 0, response), ""};
    CHECK_STATUS(assay_classifier_judge(c, &bad, 1, NULL, 0, NULL, 0, NULL, j, &err), ASSAY_OK,
                 err);
    CHECK(j[2].label == ASSAY_UNRELATED);
    for (size_t k = 0; k < 3; k++) CHECK(fabs(j[2].p[k] - 1.0 / 3) < 1e-9, "%g", j[2].p[k]);
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_buffer_free(&text);
    assay_values_free(values);
}

/* Stopped in the middle: by the call that comes after all trials, when sharing is tried. */
typedef struct patience {
    int calls, most;
} patience;

static int run_out(void *context, double done) {
    patience *p = context;
    (void)done;
    return ++p->calls > p->most;
}

TEST(sharing_can_be_stopped) {
    assay_values *values = make_values();
    assay_labels *labels = make_labels(values, 60, 2, false);
    for (int most = 0; most < 12; most++) {
        assay_calibrate_options options = assay_calibrate_defaults();
        patience left = {0, most};
        assay_classifier *c = NULL;
        assay_error err = {0};
        options.progress = run_out;
        options.progress_context = &left;
        /* Five folds of one set of features, five of what is shared, and the end. */
        CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, &options, &c, &err),
                     most < 11 ? ASSAY_E_CANCELLED : ASSAY_OK, err);
        CHECK((c != NULL) == (most == 11) && left.calls == (most < 11 ? most + 1 : 11), "%d: %d",
              most, left.calls);
        assay_classifier_free(c);
    }
    assay_labels_free(labels);
    assay_values_free(values);
}

/* The file's numbers, read back and made into weights of n-grams, give the scores of the regressions themselves. */
static void compare_with_regressions(const char *features) {
    assay_values *values = make_values();
    assay_labels *labels = make_labels(values, 60, 2, false);
    assay_classifier *c = NULL;
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_products products = {0};
    assay_target *targets = NULL;
    assay_shared_valence shared = {0};
    assay_fitter fitter = {0};
    assay_judgement j[60 * N_VALUES];
    assay_error err = {0};
    options.features = features;
    CHECK_STATUS(assay_calibrate(values, labels, NULL, 0, NULL, &options, &c, &err), ASSAY_OK, err);
    REQUIRE(c != NULL && c->sharing > 0);
    double strength = cJSON_GetObjectItem(c->root, "strength")->valuedouble;
    CHECK_STATUS(assay_products_build(values, labels, NULL, NULL, c->set, &products, &err),
                 ASSAY_OK, err);
    CHECK_STATUS(assay_targets_build(labels, N_VALUES, &options, &targets, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_shared_valence_init(&shared, targets, N_VALUES, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_fitter_init(&fitter, 60, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_classifier_judge(c, assay_labels_text(labels, 0), 60, NULL, 0, NULL, 0, NULL,
                                        j, &err),
                 ASSAY_OK, err);
    assay_shared_valence_fit(&shared, &products, targets, N_VALUES, c->set, strength, -1);
    double worst = 0;
    for (size_t v = 0; v < N_VALUES; v++) {
        double valence[60];
        REQUIRE(targets[v].n == 60);
        assay_fitter_fit(&fitter, &products, &targets[v], v, c->set, strength, -1, ASSAY_ALL_HEADS);
        memset(targets[v].fold, 0, 60); /* all are scored, by what was learnt of all */
        assay_shared_valence_score(&shared, &products, &targets[v], v, c->set, 0, valence);
        for (size_t i = 0; i < 60; i++) {
            double own[3], log_p[3], p[3], score[ASSAY_HEADS];
            assay_fitter_score_texts(&fitter, &products, v, &targets[v].text[i], 1, &own);
            memcpy(score, fitter.scores[0], sizeof score);
            score[ASSAY_HEAD_VALENCE] = valence[i];
            assay_combine_heads(score, log_p);
            assay_probabilities(log_p, c->temperature, c->parts[v].shift, p);
            for (size_t k = 0; k < 3; k++) {
                double off = fabs(p[k] - j[i * N_VALUES + v].p[k]);
                if (off > worst) worst = off;
            }
        }
    }
    /* Weights of n-grams and their sums are floats. */
    CHECK(worst < 2e-4, "%s: %g", features, worst);
    assay_fitter_free(&fitter);
    assay_shared_valence_free(&shared);
    assay_targets_free(targets, N_VALUES);
    assay_products_free(&products);
    assay_classifier_free(c);
    assay_labels_free(labels);
    assay_values_free(values);
}

TEST(judgements_are_those_of_the_regressions) {
    compare_with_regressions("ngrams");
    compare_with_regressions("ngrams+definition");
}

/* ---- choosing ---- */

/* Two values of eight labels each, half adhering and half opposing; valence as given, by itself and shared. */
static bool choose_sharing(double own, double shared) {
    int8_t label[8] = {1, -1, 1, -1, 1, -1, 1, -1};
    double p[8][3], scores[16][ASSAY_HEADS], valence[16], *valences[1] = {valence};
    uint8_t fold[8] = {0};
    size_t offset[2] = {0, 8};
    assay_target targets[2];
    for (size_t v = 0; v < 2; v++) {
        targets[v] = (assay_target){.n = 8,
                                    .p = p,
                                    .label = label,
                                    .fold = fold,
                                    .count = {4, 0, 4},
                                    .allowed = {true, true, true}};
        for (size_t k = 0; k < 3; k++) targets[v].prior[k] = targets[v].natural[k] = log(1.0 / 3);
    }
    for (size_t i = 0; i < 16; i++) {
        double sign = label[i % 8];
        scores[i][ASSAY_HEAD_RELEVANCE] = 8;
        scores[i][ASSAY_HEAD_VALENCE] = sign * own;
        scores[i][ASSAY_HEAD_ADHERES] = scores[i][ASSAY_HEAD_OPPOSES] = 0;
        valence[i] = sign * shared;
    }
    assay_trials t = {.targets = targets,
                      .n_values = 2,
                      .n_labels = 16,
                      .n_candidates = 1,
                      .offset = offset,
                      .scores = scores,
                      .valence = valences,
                      .n_folds = 2};
    assay_choice choice = {.share = 1};
    bool chosen = assay_trials_choose_sharing(&t, &choice, -1);
    valences[0] = NULL;
    CHECK(!assay_trials_choose_sharing(&t, &choice, -1)); /* there is none */
    return chosen;
}

TEST(cross_validation_decides_whether_values_share) {
    CHECK(choose_sharing(3, 3));
    CHECK(choose_sharing(-3, 3));
    CHECK(!choose_sharing(3, -3));
}

TEST(a_single_value_or_too_many_labels_share_nothing) {
    enum { MANY = ASSAY_MAX_SHARED / 2 + 1 };
    static double p[MANY][3];
    assay_target targets[2] = {{.n = 1, .p = p}, {.n = 0}};
    assay_shared_valence s;
    assay_error err = {0};
    for (size_t i = 0; i < MANY; i++) p[i][2] = 1;
    CHECK_STATUS(assay_shared_valence_init(&s, targets, 2, &err), ASSAY_OK, err);
    CHECK(s.cap == 0);
    targets[1] = targets[0];
    CHECK_STATUS(assay_shared_valence_init(&s, targets, 2, &err), ASSAY_OK, err);
    CHECK(s.cap == 2, "%zu", s.cap);
    assay_shared_valence_free(&s);
    targets[0].n = targets[1].n = MANY;
    CHECK_STATUS(assay_shared_valence_init(&s, targets, 2, &err), ASSAY_OK, err);
    CHECK(s.cap == 0);
}

/* ---- folds ---- */

TEST(folds_hold_whole_texts_and_every_label) {
    assay_values *values = make_values();
    assay_labels *labels = make_labels(values, 97, 7, false);
    assay_calibrate_options options = assay_calibrate_defaults();
    assay_target *targets = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_targets_build(labels, N_VALUES, &options, &targets, &err), ASSAY_OK, err);
    size_t texts[ASSAY_MAX_FOLDS] = {0};
    for (size_t v = 0; v < N_VALUES; v++) {
        size_t n[3][ASSAY_MAX_FOLDS] = {{0}};
        REQUIRE(targets[v].n == 97);
        for (size_t i = 0; i < 97; i++) {
            REQUIRE(targets[v].fold[i] < options.n_folds);
            CHECK(targets[v].fold[i] == targets[0].fold[i], "text %zu", i);
            n[targets[v].label[i] + 1][targets[v].fold[i]]++;
            texts[targets[v].fold[i]] += v == 0;
        }
        for (size_t k = 0; k < 3; k++) {
            size_t least = 97, most = 0;
            for (int f = 0; f < options.n_folds; f++) {
                least = n[k][f] < least ? n[k][f] : least;
                most = n[k][f] > most ? n[k][f] : most;
            }
            /* A text is about one thing: relevant labels are dealt freely, unrelated ones follow. */
            CHECK(most - least <= (k == 1 ? 3 : 1), "value %zu label %zu: %zu to %zu", v, k, least,
                  most);
        }
    }
    for (int f = 0; f < options.n_folds; f++)
        CHECK(texts[f] >= 17 && texts[f] <= 22, "%zu", texts[f]);
    assay_targets_free(targets, N_VALUES);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* ---- memory ---- */

TEST(sharing_survives_a_lack_of_memory) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    double p[3][3] = {{1, 0, 0}, {0, 0, 1}, {0, 1, 0}};
    assay_target targets[2] = {{.n = 3, .p = p}, {.n = 3, .p = p}};
    long failed = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_shared_valence s;
        assay_error err = {0};
        assay_status status = assay_shared_valence_init(&s, targets, 2, &err);
        bool armed = failing_alloc_disarm();
        assay_shared_valence_free(&s);
        if (!armed) {
            CHECK(status == ASSAY_OK, "%s", err.text);
            break;
        }
        CHECK(status == ASSAY_E_MEMORY, "%s", err.text);
        failed++;
    }
    CHECK(failed == 6, "%ld", failed);
}
