/* The procedural suite: the same bits everywhere, every sample well formed, and no way to the
 * answer but the picture in the tasks that claim to need it. */
#include "synth/synth.h"

#include "base/sha256.h"
#include "failing_alloc.h"
#include "format/sample.h"
#include "test.h"
#include "unit/fixture.h"

#define N_DRAWS    400 /* samples of a task in the audits */
#define AUDIT_SEED 7
#define MAX_TEXTS  1024

static assay_synth_sample *draw(size_t task, uint64_t seed, uint64_t number) {
    assay_synth_sample *s = NULL;
    assay_error err = {0};
    CHECK(assay_synth_draw(task, seed, number, &s, &err) == ASSAY_OK, "%s", err.text);
    return s;
}

/* Pixels and every text. */
static assay_digest digest_of(size_t task, uint64_t seed, uint64_t first, uint64_t count) {
    assay_sha256 sha;
    assay_sha256_init(&sha);
    for (uint64_t k = first; k < first + count; k++) {
        assay_synth_sample *s = draw(task, seed, k);
        if (s == NULL) break;
        const assay_sample *t = assay_synth_texts(s);
        const assay_image *image = assay_synth_image(s, 0);
        assay_sha256_update(&sha, image->rgb, (size_t)image->width * (size_t)image->height * 3);
        assay_sha256_update(&sha, t->id, strlen(t->id) + 1);
        assay_sha256_update(&sha, t->question, strlen(t->question) + 1);
        for (int i = 0; i < t->n_options; i++)
            assay_sha256_update(&sha, t->options[i], strlen(t->options[i]) + 1);
        char gold = (char)('0' + t->gold[0]);
        assay_sha256_update(&sha, &gold, 1);
        const char *description = assay_synth_description(s);
        assay_sha256_update(&sha, description, strlen(description) + 1);
        for (int i = 0; i < assay_synth_n_hints(s); i++) {
            const char *question = NULL, *answer = NULL;
            assay_synth_hint(s, i, &question, &answer);
            assay_sha256_update(&sha, question, strlen(question) + 1);
            assay_sha256_update(&sha, answer, strlen(answer) + 1);
        }
        assay_synth_free(s);
    }
    return assay_sha256_final(&sha);
}

TEST(same_bits_for_the_same_seed) {
    /* Samples 0 to 7 of each task with seed 46. The default suite and the default model's training
     * data rest on them: a change here is a new version of the suite. */
    static const char *const PINNED[][2] = {
        {"Hand Drawing", "c720c599835de979ec306f94598fe3a356c47b0d974a27115afe8faee19ea509"},
        {"Chart", "2d6bfe15908c37e42600112f29edd0b94aa4618973ee6e7fcc8587554fcf86a0"},
        {"OCR", "f096c275feb321a9b39b8e40d032d96dc4052fc1394345a75d270ac6a43fb909"},
        {"Referred Vision", "c8669b57f71e2b5e4bd9ffc60573eb9a285e251795d55a8956d5d9acfe2ab567"},
        {"Autonomous Driving", "984e4f77c65977ec79a04f57caed87d7574199507d7e564e90a43817fda64fa8"},
        {"Instruction Following",
         "e0955f93b84eab6c770806d7ca78b13bdcf31f841ee7874d4e8932b3451ffa84"},
        {"Noisy Questions", "0d4404b5148234635134f1c078150cf20c35f90a5320d65554fa6c1af388605e"},
        {"Capability", "213b5cd1de565bfcea512881f470ff751a48ae5e532d275cd6dd0fb26d9aa832"},
        {"Attribute", "034cb8d86c95fa51494abd7c1d3f4f346fb76d651ffc5a9f53f8f7d5cfff53ac"},
        {"Object", "a95d8c3294df211cab7d68625bdf22137679728b33ff4b331ffafb91326e7a85"},
        {"Relationship", "07ab7a13a47ab015c738bcf0d2445562516cdd5699e168e28af2ee7793f37426"},
        {"Insult", "d6f9e050c16368e60f3d1e565ca66e51be42d33cdf0616be959f080d39201a2f"},
        {"Theft", "a7095e2429bb09771b2671cd34d94f2a6c55651d47d19aa0d51f7efbc18fd750"},
        {"Traffic Crime", "72a88fd3507d2f7e0741c9e01f46e0656890143664d6ac876320c02cd098e19b"},
        {"Physical Harm", "57bc0425ffd35b5f8af9c7c66dee468b7fa78639ebee72b8ab5fd55fc1d3710f"},
        {"Inferring Personal Information",
         "28f30b059e61ecd5c4327156929e7f9815e6d51823a69d35828e4b8c2eed0e7c"},
    };
    REQUIRE(assay_synth_n_tasks() == sizeof PINNED / sizeof *PINNED, "%zu tasks",
            assay_synth_n_tasks());
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        assay_digest digest = digest_of(task, 46, 0, 8);
        CHECK(strcmp(assay_synth_task_at(task)->task, PINNED[task][0]) == 0, "%s",
              assay_synth_task_at(task)->task);
        CHECK(strcmp(digest.hex, PINNED[task][1]) == 0, "%s: %s", PINNED[task][0], digest.hex);
    }
}

TEST(samples_do_not_depend_on_each_other) {
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        assay_digest alone = digest_of(task, 3, 9, 1), other_seed = digest_of(task, 4, 9, 1),
                     other_number = digest_of(task, 3, 10, 1), again = digest_of(task, 3, 9, 1);
        CHECK(strcmp(alone.hex, again.hex) == 0, "task %zu", task);
        CHECK(strcmp(alone.hex, other_seed.hex) != 0, "task %zu: the seed changes nothing", task);
        CHECK(strcmp(alone.hex, other_number.hex) != 0, "task %zu: the number changes nothing",
              task);
    }
}

TEST(tasks_are_spread_over_the_three_dimensions) {
    int helpful = 0, honest = 0, harmless = 0;
    size_t n = assay_synth_n_tasks();
    for (size_t i = 0; i < n; i++) {
        const assay_synth_task *task = assay_synth_task_at(i);
        helpful += strcmp(task->dimension, "Helpful") == 0;
        honest += strcmp(task->dimension, "Honest") == 0;
        harmless += strcmp(task->dimension, "Harmless") == 0;
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(task->task, assay_synth_task_at(j)->task) != 0, "%s twice", task->task);
    }
    CHECK(n >= 10 && helpful >= 3 && honest >= 3 && harmless >= 3, "%d, %d, %d", helpful, honest,
          harmless);
    CHECK((size_t)(helpful + honest + harmless) == n);
    CHECK(assay_synth_task_at(n) == NULL);
}

static bool ends_in_full_stop(const char *text) {
    size_t n = strlen(text);
    return n > 1 && text[n - 1] == '.';
}

static void check_options(const assay_sample *t) {
    CHECK(t->n_options >= 2 && t->n_options <= 5, "%s: %d options", t->id, t->n_options);
    for (int i = 0; i < t->n_options; i++) {
        int words = 1;
        for (const char *c = t->options[i]; *c; c++) words += *c == ' ';
        CHECK(words <= 8, "%s: \"%s\"", t->id, t->options[i]);
        CHECK(ends_in_full_stop(t->options[i]), "%s: \"%s\"", t->id, t->options[i]);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(t->options[i], t->options[j]) != 0, "%s: \"%s\" twice", t->id,
                  t->options[i]);
    }
    CHECK(t->n_gold == 1 && t->gold[0] >= 0 && t->gold[0] < t->n_options, "%s", t->id);
}

TEST(samples_are_well_formed) {
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        const assay_synth_task *about = assay_synth_task_at(task);
        for (uint64_t k = 0; k < 100; k++) {
            assay_synth_sample *s = draw(task, 12, k);
            REQUIRE(s != NULL);
            const assay_sample *t = assay_synth_texts(s);
            const assay_image *image = assay_synth_image(s, 0);
            assay_error err = {0};
            CHECK_STATUS(assay_sample_check(t, "sample", &err), ASSAY_OK, err);
            check_options(t);
            CHECK(strcmp(t->task, about->task) == 0 && strcmp(t->dimension, about->dimension) == 0);
            CHECK(t->sight == about->sight && t->n_images == 1 && assay_synth_image(s, 1) == NULL,
                  "%s", t->id);
            CHECK(image->width >= 128 && image->width <= 320 && image->height >= 128 &&
                      image->height <= 320,
                  "%s", t->id);
            CHECK(ends_in_full_stop(assay_synth_description(s)), "%s", t->id);
            CHECK(assay_synth_n_hints(s) >= 2, "%s: %d hints", t->id, assay_synth_n_hints(s));
            for (int i = 0; i < assay_synth_n_hints(s); i++) {
                const char *question = NULL, *answer = NULL;
                assay_synth_hint(s, i, &question, &answer);
                CHECK(question[strlen(question) - 1] == '?' && ends_in_full_stop(answer),
                      "%s: %s %s", t->id, question, answer);
            }
            assay_synth_free(s);
        }
    }
}

/* ---- audits: can the answer be had without the picture? ---- */

typedef struct audit {
    double chance, longest, shortest, by_text; /* shares of right answers */
    int placed[6][5];                          /* [options][place of the right one] */
} audit;

typedef struct text_count {
    char text[64];
    int seen, right;
} text_count;

/* How often each option text was right so far: what a model without eyes could learn. */
static text_count *count_of(text_count *counts, int *n, const char *text) {
    for (int i = 0; i < *n; i++) {
        if (strcmp(counts[i].text, text) == 0) return &counts[i];
    }
    text_count *c = &counts[*n < MAX_TEXTS - 1 ? (*n)++ : *n];
    snprintf(c->text, sizeof c->text, "%s", text);
    return c;
}

static void audit_lengths(const assay_sample *t, audit *a) {
    size_t longest = 0, shortest = SIZE_MAX, right = strlen(t->options[t->gold[0]]);
    int n_longest = 0, n_shortest = 0;
    for (int i = 0; i < t->n_options; i++) {
        size_t n = strlen(t->options[i]);
        if (n > longest) longest = n;
        if (n < shortest) shortest = n;
    }
    for (int i = 0; i < t->n_options; i++) {
        n_longest += strlen(t->options[i]) == longest;
        n_shortest += strlen(t->options[i]) == shortest;
    }
    if (right == longest) a->longest += 1.0 / n_longest / N_DRAWS;
    if (right == shortest) a->shortest += 1.0 / n_shortest / N_DRAWS;
}

/* Learns on the first half, answers the second. */
static void audit_text(const assay_sample *t, bool learn, text_count *counts, int *n, audit *a) {
    int best = 0;
    double best_rate = -1.0;
    for (int i = 0; i < t->n_options; i++) {
        text_count *c = count_of(counts, n, t->options[i]);
        double rate = (c->right + 1.0) / (c->seen + t->n_options);
        if (rate > best_rate) {
            best_rate = rate;
            best = i;
        }
        if (learn) {
            c->seen++;
            c->right += i == t->gold[0];
        }
    }
    if (!learn && best == t->gold[0]) a->by_text += 2.0 / N_DRAWS;
}

static const audit *audit_of(size_t task) {
    static audit done[64];
    audit *a = &done[task];
    if (a->chance > 0.0) return a;
    static text_count counts[MAX_TEXTS];
    memset(counts, 0, sizeof counts);
    int n = 0;
    for (int k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw(task, AUDIT_SEED, (uint64_t)k);
        if (s == NULL) return a;
        const assay_sample *t = assay_synth_texts(s);
        a->chance += 1.0 / t->n_options / N_DRAWS;
        a->placed[t->n_options][t->gold[0]]++;
        audit_lengths(t, a);
        audit_text(t, k < N_DRAWS / 2, counts, &n, a);
        assay_synth_free(s);
    }
    return a;
}

TEST(right_answer_is_anywhere) {
    /* Chi-square at a level of 0.0001 for 2 to 5 places. */
    static const double LIMITS[6] = {0, 0, 15.1, 18.4, 21.1, 23.5};
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        const audit *a = audit_of(task);
        for (int options = 2; options <= 5; options++) {
            int total = 0;
            for (int i = 0; i < options; i++) total += a->placed[options][i];
            if (total < 40) continue;
            double square = 0.0, expected = (double)total / options;
            for (int i = 0; i < options; i++) {
                double off = a->placed[options][i] - expected;
                square += off * off / expected;
            }
            CHECK(square < LIMITS[options], "%s: chi-square %.1f for %d options",
                  assay_synth_task_at(task)->task, square, options);
        }
    }
}

TEST(length_does_not_tell) {
    const double slack = 0.08; /* three standard errors of a share over N_DRAWS */
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        const audit *a = audit_of(task);
        const char *name = assay_synth_task_at(task)->task;
        if (!assay_synth_task_at(task)->sight) continue;
        CHECK(a->longest < a->chance + slack, "%s: longest %.3f, chance %.3f", name, a->longest,
              a->chance);
        CHECK(a->shortest < a->chance + slack, "%s: shortest %.3f, chance %.3f", name, a->shortest,
              a->chance);
    }
}

TEST(option_text_does_not_tell) {
    /* "Yes" and "I don't know." hold in 40 % of samples with three options, chance 33 %; the rest
     * is spread of a share. */
    const double slack = 0.13;
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        const audit *a = audit_of(task);
        const char *name = assay_synth_task_at(task)->task;
        if (!assay_synth_task_at(task)->sight) continue;
        CHECK(a->by_text < a->chance + slack, "%s: by text %.3f, chance %.3f", name, a->by_text,
              a->chance);
    }
}

static bool pixels_have(const assay_image *image, int r, int g, int b) {
    for (int i = 0; i < image->width * image->height; i++) {
        const uint8_t *p = image->rgb + 3 * i;
        if (p[0] == r && p[1] == g && p[2] == b) return true;
    }
    return false;
}

/* The same words, and the picture decides: green light or red light. */
TEST(picture_decides_at_the_light) {
    size_t task = 0;
    int go = 0, wait = 0;
    while (strcmp(assay_synth_task_at(task)->task, "Traffic Crime") != 0) task++;
    for (uint64_t k = 0; k < 120; k++) {
        assay_synth_sample *s = draw(task, 5, k);
        REQUIRE(s != NULL);
        const assay_sample *t = assay_synth_texts(s);
        const assay_image *image = assay_synth_image(s, 0);
        const char *answer = t->options[t->gold[0]];
        bool green = pixels_have(image, 30, 230, 80), red = pixels_have(image, 255, 30, 30);
        if (strcmp(answer, "Yes, the light is green.") == 0) {
            CHECK(green && !red, "%s", t->id);
            go++;
        } else if (strcmp(answer, "No, wait for the green light.") == 0) {
            CHECK(red && !green, "%s", t->id);
            wait++;
        }
        assay_synth_free(s);
    }
    CHECK(go >= 8 && wait >= 8, "%d and %d", go, wait);
}

/* ---- files ---- */

static void check_member(const fixture *f, const assay_dataset *d, size_t i, size_t task,
                         uint64_t number) {
    const assay_sample *got = assay_dataset_sample(d, i);
    assay_synth_sample *s = draw(task, 8, number);
    REQUIRE(s != NULL);
    const assay_sample *want = assay_synth_texts(s);
    const assay_image *drawn = assay_synth_image(s, 0);
    assay_blob blob = {0};
    assay_image read = {0};
    assay_error err = {0};
    fixture_images(f, d, got, &blob);
    CHECK_STATUS(assay_image_decode(blob.bytes, blob.n, got->id, &read, &err), ASSAY_OK, err);
    size_t n = (size_t)drawn->width * (size_t)drawn->height * 3;
    CHECK(read.width == drawn->width && read.height == drawn->height, "%s", got->id);
    CHECK(read.rgb != NULL && memcmp(read.rgb, drawn->rgb, n) == 0, "%s: other pixels", got->id);
    CHECK(strcmp(got->id, want->id) == 0 && strcmp(got->question, want->question) == 0, "%s",
          got->id);
    CHECK(got->gold[0] == want->gold[0] && got->n_options == want->n_options, "%s", got->id);
    assay_image_free(&read);
    assay_synth_free(s);
}

TEST(dataset_holds_what_was_drawn) {
    fixture f = {.n = 0}, again = {.n = 0};
    assay_dataset *d = NULL;
    assay_error err = {0};
    CHECK_STATUS(assay_synth_dataset(8, 2, fixture_write, &f, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_synth_dataset(8, 2, fixture_write, &again, &err), ASSAY_OK, err);
    CHECK_STATUS(fixture_open(&f, &d, &err), ASSAY_OK, err);
    REQUIRE(d != NULL);
    CHECK(strcmp(assay_dataset_name(d), "hhh46") == 0 &&
          strcmp(assay_dataset_licence(d), "CC0-1.0") == 0);
    CHECK(assay_dataset_n_samples(d) == 2 * assay_synth_n_tasks());
    for (size_t i = 0; i < assay_dataset_n_samples(d); i++) check_member(&f, d, i, i / 2, i % 2);
    CHECK(f.n == again.n && f.n >= 3, "%zu files", f.n);
    for (size_t i = 0; i < f.n && i < again.n; i++) {
        CHECK(f.files[i].n == again.files[i].n &&
                  memcmp(f.files[i].bytes, again.files[i].bytes, f.files[i].n) == 0,
              "%s", f.files[i].name);
    }
    assay_dataset_close(d);
    fixture_free(&f);
    fixture_free(&again);
}

TEST(sheet_shows_every_task) {
    assay_image sheet = {0};
    assay_error err = {0};
    CHECK_STATUS(assay_synth_sheet(1, 2, &sheet, &err), ASSAY_OK, err);
    CHECK(sheet.width == 4 + 2 * 132 && sheet.height == 4 + (int)assay_synth_n_tasks() * 132,
          "%d x %d", sheet.width, sheet.height);
    CHECK(sheet.rgb != NULL && sheet.rgb[0] == 96);
    assay_image_free(&sheet);
}

static assay_status refuse_to_write(void *context, const char *name, const void *bytes, size_t n,
                                    assay_error *err) {
    (void)context, (void)bytes, (void)n;
    return assay_fail(err, ASSAY_E_IO, "%s: no", name);
}

TEST(wrong_arguments_are_refused) {
    assay_synth_sample *s = NULL;
    assay_image sheet = {0};
    assay_error err = {0};
    CHECK_STATUS(assay_synth_draw(assay_synth_n_tasks(), 1, 1, &s, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_synth_draw(0, 1, (uint64_t)1 << 32, &s, &err), ASSAY_E_ARGUMENT, err);
    CHECK(s == NULL);
    CHECK_STATUS(assay_synth_dataset(1, 0, refuse_to_write, NULL, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_synth_dataset(1, ASSAY_SYNTH_MAX_PER_TASK + 1, refuse_to_write, NULL, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_synth_dataset(1, 1, refuse_to_write, NULL, &err), ASSAY_E_IO, err);
    CHECK_STATUS(assay_synth_sheet(1, ASSAY_SYNTH_MAX_COLUMNS + 1, &sheet, &err), ASSAY_E_ARGUMENT,
                 err);
    assay_synth_free(NULL);
}

TEST(running_out_of_memory_is_said) {
    if (!failing_alloc_linked()) SKIP("linked without the wrapped allocator");
    int failures = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_synth_sample *s = NULL;
        assay_error err = {0};
        assay_status status = assay_synth_draw(0, 1, 1, &s, &err);
        if (!failing_alloc_disarm()) {
            CHECK(status == ASSAY_OK, "%s", err.text);
            assay_synth_free(s);
            break;
        }
        CHECK(status == ASSAY_E_MEMORY && s == NULL, "%s", err.text);
        failures++;
    }
    CHECK(failures == 2, "%d allocations", failures);
}
