/* The procedural suite: the same bits everywhere, Ch3Ef's tasks and counts, every sample well formed, datasets and sheets
 * that hold what was drawn. What the pictures show is checked task by task in the tests beside this one. */
#include "synth/synth.h"

#include "base/sha256.h"
#include "failing_alloc.h"
#include "format/shard/sample.h"
#include "synth/audit.h"
#include "synth_digests.h"
#include "test.h"
#include "unit/fixture.h"

static assay_synth_sample *draw(size_t task, uint64_t seed, uint64_t number) {
    assay_synth_sample *s = NULL;
    assay_error err = {0};
    CHECK(assay_synth_draw(task, seed, number, &s, &err) == ASSAY_OK, "%s", err.text);
    return s;
}

static void hash_text(assay_sha256 *sha, const char *text) {
    assay_sha256_update(sha, text, strlen(text) + 1);
}

static void hash_sample(assay_sha256 *sha, const assay_synth_sample *s) {
    const assay_sample *t = assay_synth_texts(s);
    hash_text(sha, t->id);
    hash_text(sha, t->cluster);
    hash_text(sha, t->question);
    for (int i = 0; i < t->n_images; i++) {
        const assay_image *image = assay_synth_image(s, i);
        assay_sha256_update(sha, image->rgb, (size_t)image->width * (size_t)image->height * 3);
        if (t->interleaved) hash_text(sha, t->after[i]);
    }
    for (int i = 0; i < t->n_options; i++) hash_text(sha, t->options[i]);
    char gold = (char)('0' + t->gold[0]);
    assay_sha256_update(sha, &gold, 1);
    hash_text(sha, assay_synth_description(s));
    for (int i = 0; i < assay_synth_n_hints(s); i++) {
        const char *question = NULL, *answer = NULL;
        assay_synth_hint(s, i, &question, &answer);
        hash_text(sha, question);
        hash_text(sha, answer);
    }
}

static assay_digest digest_of(size_t task, uint64_t seed, uint64_t first, uint64_t count) {
    assay_sha256 sha;
    assay_sha256_init(&sha);
    for (uint64_t k = first; k < first + count; k++) {
        assay_synth_sample *s = draw(task, seed, k);
        if (s == NULL) break;
        hash_sample(&sha, s);
        assay_synth_free(s);
    }
    return assay_sha256_final(&sha);
}

TEST(same_bits_for_the_same_seed) {
    REQUIRE(assay_synth_n_tasks() == sizeof DIGESTS / sizeof *DIGESTS, "%zu tasks",
            assay_synth_n_tasks());
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        assay_digest digest = digest_of(task, 46, 0, 8);
        CHECK(strcmp(assay_synth_task_at(task)->task, DIGESTS[task][0]) == 0, "%s",
              assay_synth_task_at(task)->task);
        CHECK(strncmp(digest.hex, DIGESTS[task][1], strlen(DIGESTS[task][1])) == 0, "%s: %s",
              DIGESTS[task][0], digest.hex);
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

TEST(tasks_and_counts_are_those_of_ch3ef) {
    static const char *const DIMENSIONS[3] = {"Helpful", "Honest", "Harmless"};
    static const int TASKS[3] = {22, 7, 17}, SAMPLES[3] = {494, 153, 355};
    int tasks[3] = {0}, samples[3] = {0}, domains = 0;
    size_t n = assay_synth_n_tasks();
    for (size_t i = 0; i < n; i++) {
        const assay_synth_task *task = assay_synth_task_at(i);
        for (int d = 0; d < 3; d++) {
            if (strcmp(task->dimension, DIMENSIONS[d]) != 0) continue;
            tasks[d]++;
            samples[d] += task->count;
        }
        domains += i == 0 || strcmp(task->domain, assay_synth_task_at(i - 1)->domain) != 0;
        for (size_t j = 0; j < i; j++)
            CHECK(strcmp(task->task, assay_synth_task_at(j)->task) != 0, "%s twice", task->task);
    }
    for (int d = 0; d < 3; d++)
        CHECK(tasks[d] == TASKS[d] && samples[d] == SAMPLES[d], "%s: %d tasks, %d samples",
              DIMENSIONS[d], tasks[d], samples[d]);
    CHECK(n == 46 && domains == 12, "%zu tasks, %d domains", n, domains);
    CHECK(assay_synth_task_at(n) == NULL);
}

static bool ends_in(const char *text, const char *marks) {
    size_t n = strlen(text);
    return n > 1 && strchr(marks, text[n - 1]) != NULL;
}

static void check_options(const assay_sample *t) {
    CHECK(t->n_options >= 2 && t->n_options <= 5, "%s: %d options", t->id, t->n_options);
    for (int i = 0; i < t->n_options; i++) {
        int words = 1;
        for (const char *c = t->options[i]; *c; c++) words += *c == ' ';
        CHECK(words <= 12, "%s: \"%s\"", t->id, t->options[i]);
        CHECK(ends_in(t->options[i], "."), "%s: \"%s\"", t->id, t->options[i]);
        for (int j = 0; j < i; j++)
            CHECK(strcmp(t->options[i], t->options[j]) != 0, "%s: \"%s\" twice", t->id,
                  t->options[i]);
    }
    CHECK(t->n_gold == 1 && t->gold[0] >= 0 && t->gold[0] < t->n_options, "%s", t->id);
}

static void check_images(const assay_synth_sample *s) {
    const assay_sample *t = assay_synth_texts(s);
    CHECK(t->n_images >= 1 && t->n_images <= 5, "%s: %d images", t->id, t->n_images);
    for (int i = 0; i < t->n_images; i++) {
        const assay_image *image = assay_synth_image(s, i);
        CHECK(image->width >= 256 && image->width <= 512 && image->height >= 256 &&
                  image->height <= 512,
              "%s: %d x %d", t->id, image->width, image->height);
    }
    CHECK(assay_synth_image(s, t->n_images) == NULL && assay_synth_image(s, -1) == NULL);
}

static void check_lessons(const assay_synth_sample *s) {
    const char *id = assay_synth_texts(s)->id;
    CHECK(ends_in(assay_synth_description(s), "."), "%s: \"%s\"", id, assay_synth_description(s));
    CHECK(assay_synth_n_hints(s) >= 2, "%s: %d hints", id, assay_synth_n_hints(s));
    for (int i = 0; i < assay_synth_n_hints(s); i++) {
        const char *question = NULL, *answer = NULL;
        assay_synth_hint(s, i, &question, &answer);
        CHECK(ends_in(question, "?.") && ends_in(answer, "."), "%s: %s %s", id, question, answer);
    }
}

TEST(samples_are_well_formed) {
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        const assay_synth_task *about = assay_synth_task_at(task);
        for (uint64_t k = 0; k < 24; k++) {
            assay_synth_sample *s = draw(task, 12, k);
            REQUIRE(s != NULL);
            const assay_sample *t = assay_synth_texts(s);
            assay_error err = {0};
            CHECK_STATUS(assay_sample_check(t, "sample", &err), ASSAY_OK, err);
            CHECK(strcmp(t->task, about->task) == 0 && t->sight == about->sight, "%s", t->id);
            check_options(t);
            check_images(s);
            check_lessons(s);
            assay_synth_free(s);
        }
    }
}

/* Two samples with the same cluster have the same pictures, two without have not. */
TEST(clusters_share_their_pictures) {
    size_t shared = 0;
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        assay_synth_sample *a = draw(task, 9, 6), *b = draw(task, 9, 7);
        REQUIRE(a != NULL && b != NULL);
        const assay_image *p = assay_synth_image(a, 0), *q = assay_synth_image(b, 0);
        bool same = p->width == q->width && p->height == q->height &&
                    memcmp(p->rgb, q->rgb, (size_t)p->width * (size_t)p->height * 3) == 0;
        bool cluster = assay_synth_texts(a)->cluster[0] != '\0' &&
                       strcmp(assay_synth_texts(a)->cluster, assay_synth_texts(b)->cluster) == 0;
        CHECK(same == cluster, "%s", assay_synth_texts(a)->id);
        shared += cluster;
        assay_synth_free(a);
        assay_synth_free(b);
    }
    CHECK(shared >= 1);
}

/* ---- shortcuts ---- */

TEST(right_answer_is_anywhere) {
    /* Chi-square at a level of 0.0001 for 2 to 5 places. */
    static const double LIMITS[6] = {0, 0, 15.1, 18.4, 21.1, 23.5};
    int placed[6][5] = {{0}};
    for (size_t task = 0; task < assay_synth_n_tasks(); task++) {
        for (uint64_t k = 0; k < 16; k++) {
            assay_synth_sample *s = draw(task, 7, k);
            REQUIRE(s != NULL);
            placed[assay_synth_texts(s)->n_options][assay_synth_texts(s)->gold[0]]++;
            assay_synth_free(s);
        }
    }
    for (int options = 2; options <= 5; options++) {
        int total = 0;
        for (int i = 0; i < options; i++) total += placed[options][i];
        if (total < 40) continue;
        double square = 0.0, expected = (double)total / options;
        for (int i = 0; i < options; i++) {
            double off = placed[options][i] - expected;
            square += off * off / expected;
        }
        CHECK(square < LIMITS[options], "chi-square %.1f for %d options", square, options);
    }
}

TEST(audit_finds_what_is_there) {
    /* The audit is what `assay gen --audit` prints; that its baselines are at chance is tested there, on more samples. Here:
     * that it counts right, and that it is the same for the same seed. */
    assay_synth_audit a, b;
    assay_error err = {0};
    CHECK_STATUS(assay_synth_audit_task(0, 5, 40, 40, &a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_synth_audit_task(0, 5, 40, 40, &b, &err), ASSAY_OK, err);
    CHECK(a.n == 40 && a.chance >= 0.2 && a.chance <= 0.5, "%f", a.chance);
    CHECK(memcmp(&a, &b, sizeof a) == 0);
    CHECK(a.longest >= 0 && a.longest <= 40 && a.shortest >= 0 && a.shortest <= 40 &&
          a.words >= 0 && a.words <= 40 && a.guess >= 0 && a.guess <= 40);
    CHECK_STATUS(assay_synth_audit_task(0, 5, 0, 40, &a, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_synth_audit_task(assay_synth_n_tasks(), 5, 1, 1, &a, &err), ASSAY_E_ARGUMENT,
                 err);
}

/* ---- files ---- */

static void check_member(const fixture *f, const assay_dataset *d, size_t i, size_t task,
                         uint64_t number) {
    const assay_sample *got = assay_dataset_sample(d, i);
    assay_synth_sample *s = draw(task, 8, number);
    REQUIRE(s != NULL);
    const assay_sample *want = assay_synth_texts(s);
    assay_blob blobs[ASSAY_MAX_IMAGES] = {{0}};
    assay_error err = {0};
    CHECK(strcmp(got->id, want->id) == 0 && strcmp(got->question, want->question) == 0 &&
              got->gold[0] == want->gold[0] && got->n_options == want->n_options &&
              got->n_images == want->n_images && got->interleaved == want->interleaved,
          "%s", got->id);
    fixture_images(f, d, got, blobs);
    for (int k = 0; k < got->n_images; k++) {
        const assay_image *drawn = assay_synth_image(s, k);
        assay_image read = {0};
        CHECK_STATUS(assay_image_decode(blobs[k].bytes, blobs[k].n, got->id, &read, &err), ASSAY_OK,
                     err);
        size_t n = (size_t)drawn->width * (size_t)drawn->height * 3;
        CHECK(read.width == drawn->width && read.height == drawn->height, "%s", got->id);
        CHECK(read.rgb != NULL && memcmp(read.rgb, drawn->rgb, n) == 0, "%s: other pixels",
              got->id);
        assay_image_free(&read);
    }
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
    CHECK_STATUS(assay_synth_sheet(1, 8, &sheet, &err), ASSAY_OK, err);
    CHECK(sheet.width == 4 + 8 * 132 && sheet.height == 4 + (int)assay_synth_n_tasks() * 154,
          "%d x %d", sheet.width, sheet.height);
    CHECK(sheet.rgb != NULL && sheet.rgb[0] == 96);
    assay_image_free(&sheet);
    CHECK_STATUS(assay_synth_task_sheet(3, 1, &sheet, &err), ASSAY_OK, err);
    CHECK(sheet.rgb != NULL && sheet.width > 1000);
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
    CHECK_STATUS(assay_synth_dataset(1, -1, refuse_to_write, NULL, &err), ASSAY_E_ARGUMENT, err);
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
    CHECK(failures >= 2, "%d allocations", failures);
}
