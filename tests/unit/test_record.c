/* Records: resumed, verified, checked, reported; and every allocation that may fail. */
#include "assay_eval.h"

#include "format/json.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/bench.h"

/* ---- resume ---- */

/* Cut after any number of bytes, the run goes on and ends in the same record. */
TEST(resume_after_any_cut) {
    bench b;
    assay_error err = {0};
    assay_buffer want = {0};
    if (!bench_open(&b, 9, 5, NULL)) return;
    CHECK_STATUS(whole_record(&b, &want, &err), ASSAY_OK, err);
    bench_close(&b);
    char *clean = assay_strndup(want.data, want.len);
    REQUIRE(clean != NULL);
    without_seconds(clean);
    for (size_t cut = 0; cut <= want.len; cut += cut + 120 > want.len ? 1 : 41) {
        assay_buffer got = {0};
        size_t keep = SIZE_MAX;
        const char *line = NULL;
        char *part = malloc(cut + 1); /* exactly as long as it may be read */
        if (part == NULL || !bench_open(&b, 9, 5, NULL)) return;
        memcpy(part, want.data, cut);
        CHECK_STATUS(assay_run_resume(b.run, part, cut, &keep, &err), ASSAY_OK, err);
        CHECK(keep <= cut && (keep == 0 || want.data[keep - 1] == '\n'), "cut %zu, keep %zu", cut,
              keep);
        if (keep == 0) CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
        assay_buffer_append(&got, want.data, keep);
        if (line != NULL) assay_buffer_append(&got, line, strlen(line));
        CHECK_STATUS(go_on(&b, SIZE_MAX, &got, &err), ASSAY_OK, err);
        CHECK_STATUS(close_record(&b, &got, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_record_check(got.data, got.len, &err), ASSAY_OK, err);
        without_seconds(got.data);
        CHECK(strcmp(got.data, clean) == 0, "cut %zu", cut);
        CHECK_STATUS(assay_run_resume(b.run, part, cut, &keep, &err), ASSAY_E_ARGUMENT,
                     err); /* too late now */
        free(part);
        assay_buffer_free(&got);
        bench_close(&b);
    }
    free(clean);
    assay_buffer_free(&want);
}

/* The record with the first `from` replaced by `to`; the caller frees it. */
static char *replaced(const char *record, const char *from, const char *to) {
    const char *at = strstr(record, from);
    assay_buffer out = {0};
    if (at == NULL) return NULL;
    assay_buffer_append(&out, record, (size_t)(at - record));
    assay_buffer_append(&out, to, strlen(to));
    assay_buffer_append(&out, at + strlen(from), strlen(at + strlen(from)));
    return out.data;
}

static void check_resume(size_t n, unsigned seed, const char *recipe, const char *record,
                         assay_status want, const char *part) {
    bench b;
    assay_error err = {0};
    size_t keep;
    REQUIRE(record != NULL);
    if (!bench_open(&b, n, seed, recipe)) return;
    CHECK_STATUS(assay_run_resume(b.run, record, strlen(record), &keep, &err), want, err);
    CHECK(strstr(err.text, part) != NULL, "%s", err.text);
    bench_close(&b);
}

TEST(resume_names_what_differs) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    if (!bench_open(&b, 6, 1, NULL)) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    bench_close(&b);
    check_resume(6, 1, "{}", record.data, ASSAY_OK, "");
    check_resume(6, 2, "{}", record.data, ASSAY_E_CHECK, "another text model");
    check_resume(7, 1, "{}", record.data, ASSAY_E_CHECK, "another dataset");
    check_resume(6, 1, "{\"image\":\"grey\"}", record.data, ASSAY_E_CHECK, "another recipe");
    check_resume(6, 1, "{\"limit\":6}", record.data, ASSAY_E_CHECK, "another recipe");
    static const struct {
        const char *from, *to, *part;
        assay_status status;
    } changes[] = {
        {"\"samples\":6", "\"samples\":5", "the record is of 5 samples; this run has 6",
         ASSAY_E_CHECK},
        {"sample-000", "sample-001", "record line 2: not sample sample-000", ASSAY_E_CHECK},
        {"\"bits\":[\"c", "\"bits\":[\"4", "record line 2: scores do not follow", ASSAY_E_CHECK},
        {"\"prediction\":", "\"prediction\":9", "record line 2", ASSAY_E_FORMAT},
        {"{\"type\":\"sample\"", "{\"type\":\"simple\"", "neither a sample nor the end",
         ASSAY_E_FORMAT},
        {"\"hallmark\":\"", "\"hallmark\":\"0", "hallmark does not follow", ASSAY_E_CHECK},
        {"{\"type\":\"end\"", "x", "not valid JSON", ASSAY_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *changed = replaced(record.data, changes[i].from, changes[i].to);
        check_resume(6, 1, "{}", changed, changes[i].status, changes[i].part);
        free(changed);
    }
    bool first_right =
        strstr(record.data, "\"correct\":true") < strstr(record.data, "sample-001") &&
        strstr(record.data, "\"correct\":true") != NULL;
    char *flipped = first_right ? replaced(record.data, "\"correct\":true", "\"correct\":false")
                                : replaced(record.data, "\"correct\":false", "\"correct\":true");
    check_resume(6, 1, "{}", flipped, ASSAY_E_CHECK,
                 "\"correct\" is not what sample sample-000 says");
    free(flipped);
    check_resume(6, 1, "{}", "", ASSAY_OK, "");
    check_resume(6, 1, "{}", "{\"type\":\"ru", ASSAY_OK, "");
    check_resume(6, 1, "{}", "notes of mine", ASSAY_E_FORMAT, "no header of a run record");
    check_resume(6, 1, "{}", "{\"type\":\"sample\",\"id\":", ASSAY_E_FORMAT,
                 "no header of a run record");
    check_resume(6, 1, "{}", "notes\nof mine", ASSAY_E_FORMAT, "not valid JSON");
    assay_buffer_append(&record, "{}\n", 3);
    check_resume(6, 1, "{}", record.data, ASSAY_E_CHECK, "goes on behind");
    assay_buffer_free(&record);
}

/* ---- verify ---- */

TEST(verify_compares_bits) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    size_t keep;
    if (!bench_open(&b, 10, 1, NULL)) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_run_verify(b.run, 0, NULL, &err), ASSAY_E_ARGUMENT,
                 err); /* scored now, not resumed */
    bench_close(&b);
    if (!bench_open(&b, 10, 1, NULL)) return;
    CHECK_STATUS(assay_run_resume(b.run, record.data, record.len, &keep, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_run_verify(b.run, 10, NULL, &err), ASSAY_E_ARGUMENT, err);
    for (int noise = 0; noise < 2; noise++) {
        fake_session_counts(b.session)->noise = (unsigned)noise;
        for (size_t i = 0; i < 10; i++) {
            assay_blob images[ASSAY_MAX_IMAGES];
            fixture_images(&b.files, b.dataset, assay_run_sample(b.run, i), images);
            CHECK_STATUS(assay_run_verify(b.run, i, images, &err), noise ? ASSAY_E_CHECK : ASSAY_OK,
                         err);
            if (noise)
                CHECK(strstr(err.text, assay_run_sample(b.run, i)->id) != NULL &&
                          strstr(err.text, "option 0, token 0") != NULL,
                      "%s", err.text);
        }
    }
    assay_buffer again = {0}; /* verifying did not disturb the run */
    CHECK_STATUS(close_record(&b, &again, &err), ASSAY_OK, err);
    CHECK(strcmp(hallmark_in(again.data), hallmark_in(record.data)) == 0);
    bench_close(&b);
    assay_buffer_free(&record);
    assay_buffer_free(&again);
}

/* ---- record ---- */

static void check_record(const char *path, const char *bytes, size_t n, const char *status,
                         const char *part) {
    assay_error err = {0};
    REQUIRE(bytes != NULL, "%s is missing", path);
    char *exact = malloc(n > 0 ? n : 1); /* without a byte behind it */
    REQUIRE(exact != NULL);
    memcpy(exact, bytes, n);
    assay_status got = assay_record_check(exact, n, &err);
    CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", path, assay_status_name(got),
          err.text);
    CHECK(strstr(err.text, part) != NULL, "%s: %s", path, err.text);
    free(exact);
}

TEST(record_bad_files) {
    int n = fixture_bad_files("tests/bad/record", check_record);
    CHECK(n >= 50, "%d files", n);
}

TEST(record_header_is_read_back) {
    bench b;
    assay_error err = {0};
    assay_record_info info;
    const char *line = NULL;
    if (!bench_open(&b, 5, 1, "{\"limit\":3}")) return;
    CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_record_read_header(line, strlen(line), &info, &err), ASSAY_OK, err);
    CHECK(strcmp(info.engine, ASSAY_VERSION) == 0 &&
          strcmp(info.build, "{\"host\":\"test\",\"threads\":2}") == 0);
    CHECK(strcmp(info.dataset_name, "fixture") == 0 &&
          strcmp(info.dataset_id, assay_dataset_id(b.dataset)) == 0 && info.n_samples == 3);
    CHECK(strcmp(info.text_sha256, assay_model_get_info(b.model)->text_sha256) == 0 &&
          strcmp(info.vision_sha256, assay_model_get_info(b.model)->vision_sha256) == 0);
    CHECK(strstr(info.recipe, "\"limit\":3") != NULL, "%s", info.recipe);
    assay_record_info_free(&info);
    bench_close(&b);
}

/* ---- report ---- */

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static bool in_group(const assay_sample *s, const char *dimension, const char *domain,
                     const char *task) {
    return (dimension == NULL || strcmp(s->dimension, dimension) == 0) &&
           (domain == NULL || strcmp(s->domain, domain) == 0) &&
           (task == NULL || strcmp(s->task, task) == 0);
}

/* One group of the report against a plain count over the record's lines. */
static void check_group(const cJSON *group, const bench *b, const char *record,
                        const char *dimension, const char *domain, const char *task, bool sight) {
    double n = 0, correct = 0, ties = 0, chance = 0, low, high;
    const char *line = strchr(record, '\n') + 1;
    for (size_t i = 0; i < assay_run_done(b->run); i++, line = strchr(line, '\n') + 1) {
        const assay_sample *s = assay_run_sample(b->run, i);
        if (!in_group(s, dimension, domain, task) || (sight && !s->sight)) continue;
        const char *end = strchr(line, '\n'), *right = strstr(line, "\"correct\":true"),
                   *tie = strstr(line, "\"tie\":true");
        n++;
        correct += right != NULL && right < end;
        ties += tie != NULL && tie < end;
        chance += (double)s->n_gold / s->n_options;
    }
    const cJSON *ci = cJSON_GetObjectItemCaseSensitive(group, "ci");
    assay_wilson((uint64_t)correct, (uint64_t)n, ASSAY_Z95, &low, &high);
    CHECK(n > 0 && number(group, "n") == n && number(group, "correct") == correct &&
              number(group, "ties") == ties,
          "%s %s", domain, task);
    CHECK(number(group, "accuracy") == correct / n &&
              number(group, "chance") > chance / n - 1e-12 &&
              number(group, "chance") < chance / n + 1e-12,
          "%s %s", domain, task);
    CHECK(cJSON_GetArraySize(ci) == 2 && cJSON_GetArrayItem(ci, 0)->valuedouble == low &&
              cJSON_GetArrayItem(ci, 1)->valuedouble == high,
          "%s %s", domain, task);
}

static void check_report(const bench *b, const assay_buffer *record, const char *hallmark) {
    assay_error err = {0};
    char *json = NULL;
    int tasks = 0;
    REQUIRE(assay_report(b->dataset, record->data, record->len, &json, &err) == ASSAY_OK, "%s",
            err.text);
    cJSON *report = cJSON_Parse(json);
    assay_buffer canonical = {0};
    assay_json_canonical(report, &canonical);
    CHECK(strcmp(canonical.data, json) == 0);
    check_group(report, b, record->data, NULL, NULL, NULL, false);
    check_group(cJSON_GetObjectItem(report, "sight"), b, record->data, NULL, NULL, NULL, true);
    const cJSON *dimension, *domain, *task, *mark = cJSON_GetObjectItem(report, "hallmark");
    cJSON_ArrayForEach(dimension, cJSON_GetObjectItem(report, "dimensions")) {
        const char *a = cJSON_GetObjectItem(dimension, "name")->valuestring;
        check_group(dimension, b, record->data, a, NULL, NULL, false);
        cJSON_ArrayForEach(domain, cJSON_GetObjectItem(dimension, "domains")) {
            const char *c = cJSON_GetObjectItem(domain, "name")->valuestring;
            check_group(domain, b, record->data, a, c, NULL, false);
            cJSON_ArrayForEach(task, cJSON_GetObjectItem(domain, "tasks")) {
                check_group(task, b, record->data, a, c,
                            cJSON_GetObjectItem(task, "name")->valuestring, false);
                tasks++;
            }
        }
    }
    CHECK(tasks == 4 && cJSON_GetArraySize(cJSON_GetObjectItem(report, "dimensions")) == 3,
          "%d tasks", tasks);
    CHECK(hallmark == NULL ? cJSON_IsNull(mark) : strncmp(mark->valuestring, hallmark, 64) == 0);
    CHECK(number(report, "n_total") == (double)assay_run_total(b->run) &&
          number(report, "seconds") >= 0);
    assay_buffer_free(&canonical);
    cJSON_Delete(report);
    free(json);
}

TEST(report_counts) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    const char *line = NULL;
    if (!bench_open(&b, 40, 2, "{\"limit\":37}")) return;
    CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
    assay_buffer_append(&record, line, strlen(line));
    CHECK_STATUS(go_on(&b, 20, &record, &err), ASSAY_OK, err);
    check_report(&b, &record, NULL); /* unfinished */
    CHECK_STATUS(go_on(&b, SIZE_MAX, &record, &err), ASSAY_OK, err);
    CHECK_STATUS(close_record(&b, &record, &err), ASSAY_OK, err);
    check_report(&b, &record, hallmark_in(record.data));
    bench_close(&b);
    assay_buffer_free(&record);
}

TEST(report_of_a_header_alone) {
    bench b;
    assay_error err = {0};
    const char *line = NULL;
    char *json = NULL;
    if (!bench_open(&b, 3, 2, NULL)) return;
    CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_report(b.dataset, line, strlen(line), &json, &err), ASSAY_OK, err);
    REQUIRE(json != NULL);
    CHECK(strstr(json, "{\"accuracy\":null,") == json && strstr(json, "\"ci\":[0,1]") != NULL &&
              strstr(json, "\"dimensions\":[]") != NULL,
          "%s", json);
    free(json);
    bench_close(&b);
}

TEST(report_refuses_contradictions) {
    static const struct {
        const char *from, *to, *part;
    } changes[] = {
        {"\"id\":\"sample-000\"", "\"id\":\"sample-002\"", "not sample sample-000"},
        {"\"samples\":6", "\"samples\":7", "is of 7 samples, but its recipe takes 6"},
        {"\"hallmark\":\"", "\"hallmark\":\"0", "hallmark does not follow"},
        {"\"limit\":0", "\"limit\":5", "its recipe takes 5"},
    };
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    char *json = NULL;
    if (!bench_open(&b, 6, 1, NULL)) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *changed = replaced(record.data, changes[i].from, changes[i].to);
        REQUIRE(changed != NULL);
        CHECK_STATUS(assay_report(b.dataset, changed, strlen(changed), &json, &err), ASSAY_E_CHECK,
                     err);
        CHECK(json == NULL && strstr(err.text, changes[i].part) != NULL, "%s", err.text);
        free(changed);
    }
    bench_close(&b);
    if (!bench_open(&b, 7, 1, NULL)) return; /* another dataset */
    CHECK_STATUS(assay_report(b.dataset, record.data, record.len, &json, &err), ASSAY_E_CHECK, err);
    CHECK(strstr(err.text, "the record is of dataset") != NULL, "%s", err.text);
    bench_close(&b);
    assay_buffer_free(&record);
}

/* ---- memory ---- */

/* Whatever allocation fails: the call says so, nothing is lost, and the step tried again gives the
 * same record. */
TEST(eval_out_of_memory) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    long failures[4] = {0};
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    if (!bench_open(&b, 4, 1, "{\"answer\":\"It is {option}\"}")) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    for (int what = 0; what < 4; what++) {
        for (long k = 0; failing_alloc_arm(k); k++) {
            assay_run_options options = {b.dataset, b.model, b.session,
                                         "{\"answer\":\"It is {option}\"}", NULL};
            assay_run *run = NULL;
            const char *line = NULL;
            char *json = NULL;
            size_t keep;
            assay_blob images[ASSAY_MAX_IMAGES];
            memset(&err, 0, sizeof err);
            assay_status status = ASSAY_OK;
            if (what == 0) status = assay_report(b.dataset, record.data, record.len, &json, &err);
            if (what == 1) status = assay_record_check(record.data, record.len, &err);
            if (what >= 2) status = assay_run_create(&options, &run, &err);
            if (what == 2 && status == ASSAY_OK)
                status = assay_run_resume(run, record.data, record.len, &keep, &err);
            if (what == 3 && status == ASSAY_OK) {
                fixture_images(&b.files, b.dataset, assay_run_next(run), images);
                status = assay_run_step(run, images, &line, &err);
                CHECK(status == ASSAY_OK || assay_run_done(run) == 0, "allocation %ld", k);
            }
            bool failed = failing_alloc_disarm();
            /* The image decoder cannot tell a failed allocation from damaged data. */
            bool decoder =
                failed && status == ASSAY_E_FORMAT && strstr(err.text, "damaged PNG data") != NULL;
            CHECK(decoder || status == (failed ? ASSAY_E_MEMORY : ASSAY_OK),
                  "call %d, allocation %ld: %s (%s)", what, k, assay_status_name(status), err.text);
            if (what == 3 && failed && run != NULL) {
                memset(&err, 0, sizeof err);
                CHECK_STATUS(assay_run_step(run, images, &line, &err), ASSAY_OK, err);
                const char *want = strchr(record.data, '\n') + 1;
                if (line != NULL)
                    CHECK(strncmp(line, want, (size_t)(strstr(want, ",\"seconds\"") - want)) == 0,
                          "allocation %ld", k);
            }
            assay_run_destroy(run);
            free(json);
            if (!failed) break;
            failures[what]++;
        }
    }
    for (int what = 0; what < 4; what++)
        CHECK(failures[what] > 20, "call %d: %ld", what, failures[what]);
    bench_close(&b);
    assay_buffer_free(&record);
}
