/* The answers of a record as texts; and every allocation that may fail. */
#include "assay_eval.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/free_text_fixture.h"

static bool linked(const assay_sample *a, const assay_sample *b) {
    bool same = a->cluster[0] != '\0' && strcmp(a->cluster, b->cluster) == 0;
    for (int i = 0; i < a->n_images; i++)
        for (int k = 0; k < b->n_images; k++)
            same = same || strcmp(a->images[i].sha256, b->images[k].sha256) == 0;
    return same;
}

/* Clusters, told plainly: whoever is linked to somebody of a cluster is in it. */
static void check_clusters(const assay_dataset *d, const assay_answer *answers, size_t n) {
    uint32_t plain[64], next = 0;
    bool seen[64] = {false};
    for (uint32_t i = 0; i < n; i++) plain[i] = i;
    for (size_t round = 0; round < n; round++)
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < n; k++)
                if (linked(assay_dataset_sample(d, i), assay_dataset_sample(d, k)) &&
                    plain[k] > plain[i])
                    plain[k] = plain[i];
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < n; k++)
            CHECK((plain[i] == plain[k]) == (answers[i].cluster == answers[k].cluster),
                  "%zu and %zu", i, k);
        CHECK(answers[i].cluster <= next, "%u at %zu", (unsigned)answers[i].cluster, i);
        if (answers[i].cluster == next) next++;
        seen[answers[i].cluster] = true;
    }
    for (uint32_t i = 0; i < next; i++) CHECK(seen[i]);
    CHECK(next > 3 && next < n, "%u clusters", (unsigned)next);
}

static void check_answers(const bench *b, const char *record, size_t n_done, bool own) {
    assay_error err = {0};
    assay_answer *answers = NULL;
    size_t n = 0;
    CHECK_STATUS(assay_record_answers(b->dataset, record, strlen(record), &answers, &n, &err),
                 ASSAY_OK, err);
    REQUIRE(n == n_done, "%zu answers", n);
    const char *line = strchr(record, '\n') + 1;
    for (size_t i = 0; i < n; i++, line = strchr(line, '\n') + 1) {
        const assay_sample *s = assay_dataset_sample(b->dataset, i);
        cJSON *json = parse_line(line), *said = cJSON_GetObjectItem(json, "free_text");
        const char *want = own ? cJSON_GetObjectItem(said, "text")->valuestring
                               : s->options[cJSON_GetObjectItem(json, "prediction")->valueint];
        while (*want == ' ') want++;
        size_t length = strlen(answers[i].text);
        CHECK(answers[i].free_text == own && strcmp(answers[i].id, s->id) == 0);
        CHECK(strncmp(answers[i].text, want, length) == 0 &&
                  strspn(want + length, " ") == strlen(want + length),
              "\"%s\", not \"%s\"", answers[i].text, want);
        CHECK(length == 0 || answers[i].text[length - 1] != ' ');
        CHECK(strstr(answers[i].question, "\"number\"") != NULL);
        cJSON_Delete(json);
    }
    check_clusters(b->dataset, answers, n);
    assay_answers_free(answers, n);
}

TEST(answers_of_a_record) {
    static const char *const recipes[] = {"{}", FREE};
    for (int own = 0; own < 2; own++) {
        bench b;
        assay_buffer record;
        assay_error err = {0};
        assay_answer *answers = NULL;
        size_t n = 1;
        if (!make_record(recipes[own], &record) || !bench_open(&b, N, 1, recipes[own])) return;
        check_answers(&b, record.data, N, own);
        *strstr(record.data, "{\"type\":\"end\"") = '\0'; /* unfinished */
        check_answers(&b, record.data, N, own);
        char *cut = strstr(record.data, "sample-009");
        cut[20] = '\0'; /* in the middle of a line */
        check_answers(&b, record.data, 9, own);
        size_t header = (size_t)(strchr(record.data, '\n') + 1 - record.data);
        CHECK_STATUS(assay_record_answers(b.dataset, record.data, header, &answers, &n, &err),
                     ASSAY_OK, err);
        CHECK(n == 0 && answers == NULL);
        assay_answers_free(answers, n);
        bench_close(&b);
        if (!bench_open(&b, N + 1, 1, "{}")) return;
        CHECK_STATUS(assay_record_answers(b.dataset, record.data, header, &answers, &n, &err),
                     ASSAY_E_CHECK, err);
        CHECK(n == 0 && answers == NULL && strstr(err.text, "of dataset") != NULL, "%s", err.text);
        bench_close(&b);
        assay_buffer_free(&record);
    }
}

/* ---- memory ---- */

TEST(free_text_out_of_memory) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    long failures[3] = {0};
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    if (!bench_open(&b, 3, 1, FREE)) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    for (int what = 0; what < 3; what++) {
        for (long k = 0; failing_alloc_arm(k); k++) {
            assay_run_options options = {b.dataset, b.model, b.session, FREE, NULL};
            assay_run *run = NULL;
            assay_answer *answers = NULL;
            size_t n = 0, keep;
            const char *line = NULL;
            assay_blob images[ASSAY_MAX_IMAGES];
            assay_status status = ASSAY_OK;
            memset(&err, 0, sizeof err);
            if (what == 0)
                status =
                    assay_record_answers(b.dataset, record.data, record.len, &answers, &n, &err);
            if (what > 0) status = assay_run_create(&options, &run, &err);
            if (what == 1 && status == ASSAY_OK)
                status = assay_run_resume(run, record.data, record.len, &keep, &err);
            if (what == 2 && status == ASSAY_OK) {
                fixture_images(&b.files, b.dataset, assay_run_next(run), images);
                status = assay_run_step(run, images, &line, &err);
            }
            bool failed = failing_alloc_disarm();
            bool decoder = /* which cannot tell a failed allocation from damaged data */
                failed && status == ASSAY_E_FORMAT && strstr(err.text, "damaged PNG data") != NULL;
            CHECK(decoder || status == (failed ? ASSAY_E_MEMORY : ASSAY_OK),
                  "call %d, allocation %ld: %s (%s)", what, k, assay_status_name(status), err.text);
            assay_answers_free(answers, n);
            assay_run_destroy(run);
            if (!failed) break;
            failures[what]++;
        }
    }
    for (int what = 0; what < 3; what++)
        CHECK(failures[what] > 20, "call %d: %ld", what, failures[what]);
    bench_close(&b);
    assay_buffer_free(&record);
}
