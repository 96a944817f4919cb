/* Runs, records, resume, verify, reports, over the engine's stand-in. */
#include "assay_eval.h"

#include "base/sha256.h"
#include "eval/recipe.h"
#include "eval/scenario.h"
#include "format/json.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/fake_model.h"
#include "unit/fixture.h"

typedef struct bench { /* everything a run needs */
    fixture files;
    assay_dataset *dataset;
    assay_model *model;
    assay_session *session;
    assay_run *run;
} bench;

static void bench_close(bench *b) {
    assay_run_destroy(b->run);
    assay_session_destroy(b->session);
    assay_model_destroy(b->model);
    assay_dataset_close(b->dataset);
    fixture_free(&b->files);
    *b = (bench){0};
}

static bool bench_open(bench *b, size_t n_samples, unsigned seed, const char *recipe) {
    assay_error err = {0};
    *b = (bench){0};
    bool good = fixture_make(&b->files, n_samples, 6000, &err) == ASSAY_OK && fixture_open(&b->files, &b->dataset, &err) == ASSAY_OK;
    good = good && (b->model = fake_model_create(seed, true)) != NULL;
    good = good && assay_session_create(b->model, NULL, &b->session, &err) == ASSAY_OK;
    if (good) {
        assay_run_options options = {b->dataset, b->model, b->session, recipe, "{\"threads\":2,\"host\":\"test\"}"};
        good = assay_run_create(&options, &b->run, &err) == ASSAY_OK;
    }
    CHECK(good, "%s", err.text);
    if (!good) bench_close(b);
    return good;
}

/* Steps until all samples are done or n more are, appending to the record. */
static assay_status go_on(bench *b, size_t n, assay_buffer *record, assay_error *err) {
    assay_status status = ASSAY_OK;
    const char *line = NULL;
    for (size_t i = 0; i < n && assay_run_next(b->run) != NULL && status == ASSAY_OK; i++) {
        assay_blob images[ASSAY_MAX_IMAGES];
        fixture_images(&b->files, b->dataset, assay_run_next(b->run), images);
        status = assay_run_step(b->run, images, &line, err);
        if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    }
    return status;
}

static assay_status close_record(bench *b, assay_buffer *record, assay_error *err) {
    const char *line = NULL;
    assay_status status = assay_run_close(b->run, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    return status;
}

static assay_status whole_record(bench *b, assay_buffer *record, assay_error *err) {
    const char *line = NULL;
    assay_status status = assay_run_header(b->run, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    if (status == ASSAY_OK) status = go_on(b, SIZE_MAX, record, err);
    return status == ASSAY_OK ? close_record(b, record, err) : status;
}

/* The record without its times. */
static void without_seconds(char *record) {
    for (char *at = record; (at = strstr(at, ",\"seconds\":")) != NULL;) {
        char *end = strchr(at, '}');
        memmove(at, end, strlen(end) + 1);
    }
}

/* ---- recipe ---- */

TEST(recipe_canonical) {
    static const char want[] = "{\"answer\":\"{option}\",\"image\":\"normal\",\"inferencer\":\"ppl\",\"limit\":0,\"name\":\"ch3ef\",\"query\":\"{question}\"}";
    assay_error err = {0};
    char *text = NULL;
    CHECK_STATUS(assay_recipe_canonical(NULL, -1, &text, &err), ASSAY_OK, err);
    REQUIRE(text != NULL);
    CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical(assay_recipe_builtin("ch3ef"), -1, &text, &err), ASSAY_OK, err);
    CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical("{\"query\":\"Q: {question}\\nA:\",\"limit\":5,\"answer\":\"It is {option}\"}", 7, &text, &err), ASSAY_OK, err);
    CHECK(strcmp(text, "{\"answer\":\"It is {option}\",\"image\":\"normal\",\"inferencer\":\"ppl\",\"limit\":7,\"name\":\"ch3ef\",\"query\":\"Q: {question}\\nA:\"}") == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical(assay_recipe_builtin("grey"), 0, &text, &err), ASSAY_OK, err);
    CHECK(strstr(text, "\"image\":\"grey\"") != NULL && strstr(text, "\"name\":\"grey\"") != NULL, "%s", text);
    free(text);
    CHECK(assay_recipe_builtin("Ch3Ef") == NULL && assay_recipe_builtin("") == NULL);
}

TEST(recipe_refuses) {
    static const struct { const char *json, *part; assay_status status; } cases[] = {
        {"", "not valid JSON", ASSAY_E_FORMAT}, {"[]", "expected an object", ASSAY_E_FORMAT}, {"{\"Name\":\"x\"}", "unknown key \"Name\"", ASSAY_E_FORMAT},
        {"{\"limit\":1,\"limit\":2}", "twice", ASSAY_E_FORMAT}, {"{\"limit\":-1}", "\"limit\" is -1", ASSAY_E_FORMAT}, {"{\"limit\":1.5}", "whole", ASSAY_E_FORMAT},
        {"{\"limit\":\"3\"}", "not a number", ASSAY_E_FORMAT}, {"{\"name\":\"\"}", "\"name\"", ASSAY_E_FORMAT}, {"{\"name\":null}", "not a string", ASSAY_E_FORMAT},
        {"{\"query\":\"no slot\"}", "{question} exactly once", ASSAY_E_FORMAT}, {"{\"query\":\"{question}{question}\"}", "exactly once", ASSAY_E_FORMAT},
        {"{\"answer\":\"{option}.\"}", "must end", ASSAY_E_FORMAT}, {"{\"answer\":\"({option}\"}", "must end", ASSAY_E_FORMAT}, {"{\"answer\":\"\"}", "exactly once", ASSAY_E_FORMAT},
        {"{\"inferencer\":\"direct\"}", "\"inferencer\"", ASSAY_E_UNSUPPORTED}, {"{\"image\":\"none\"}", "\"image\"", ASSAY_E_FORMAT},
    };
    assay_error err;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL;
        CHECK_STATUS(assay_recipe_canonical(cases[i].json, -1, &text, &err), cases[i].status, err);
        CHECK(text == NULL && strstr(err.text, cases[i].part) != NULL, "%s: %s", cases[i].json, err.text);
        free(text);
    }
}

/* ---- scenario ---- */

static bool same_task(const assay_sample *a, const assay_sample *b) {
    return strcmp(a->dimension, b->dimension) == 0 && strcmp(a->domain, b->domain) == 0 && strcmp(a->task, b->task) == 0;
}

/* The rule, told plainly: rounds over the tasks in the order of their first sample, each round taking the task's next one. */
static size_t plain_select(const assay_dataset *d, size_t limit, bool *taken) {
    size_t n = assay_dataset_n_samples(d), count = 0;
    memset(taken, 0, n);
    while (count < limit && count < n) {
        bool this_round[64] = {false};
        for (size_t i = 0; i < n && count < limit; i++) {
            const assay_sample *first = assay_dataset_sample(d, i);
            bool is_first = true;
            for (size_t k = 0; k < i; k++) is_first = is_first && !same_task(assay_dataset_sample(d, k), first);
            for (size_t k = i; is_first && k < n; k++) {
                if (taken[k] || this_round[k] || !same_task(assay_dataset_sample(d, k), first)) continue;
                this_round[k] = true;
                count++;
                break;
            }
        }
        for (size_t i = 0; i < n; i++) taken[i] = taken[i] || this_round[i];
    }
    return count;
}

TEST(scenario_limit) {
    fixture f;
    assay_dataset *d = NULL;
    assay_error err = {0};
    bool taken[64];
    REQUIRE(fixture_make(&f, 41, 1 << 20, &err) == ASSAY_OK && fixture_open(&f, &d, &err) == ASSAY_OK, "%s", err.text);
    for (size_t limit = 0; limit <= 45; limit++) {
        size_t *picks = NULL, n = 0, at = 0;
        CHECK_STATUS(assay_scenario_select(d, limit, &picks, &n, &err), ASSAY_OK, err);
        size_t want = plain_select(d, limit == 0 ? 41 : limit, taken);
        CHECK(n == want, "limit %zu: %zu, not %zu", limit, n, want);
        for (size_t i = 0; i < 41; i++) {
            if (taken[i]) CHECK(at < n && picks[at++] == i, "limit %zu, sample %zu", limit, i);
        }
        free(picks);
    }
    uint32_t task_of[41];
    size_t n_tasks = 0, seen = 0;
    CHECK_STATUS(assay_scenario_tasks(d, task_of, &n_tasks, &err), ASSAY_OK, err);
    CHECK(n_tasks == 4);
    for (size_t i = 0; i < 41; i++) {
        CHECK(task_of[i] <= seen, "task %u at %zu", (unsigned)task_of[i], i); /* numbered as they appear */
        if (task_of[i] == seen) seen++;
        for (size_t k = 0; k < i; k++) CHECK((task_of[i] == task_of[k]) == same_task(assay_dataset_sample(d, i), assay_dataset_sample(d, k)), "%zu %zu", i, k);
    }
    assay_dataset_close(d);
    fixture_free(&f);
}

/* ---- run ---- */

/* The hallmark by its definition, from the text of the record. */
static assay_digest hallmark_of(const char *record) {
    assay_sha256 sha;
    assay_sha256_init(&sha);
    for (const char *line = record; *line != '\0'; line = strchr(line, '\n') + 1) {
        cJSON *json = cJSON_ParseWithLength(line, (size_t)(strchr(line, '\n') - line));
        const char *type = cJSON_GetObjectItem(json, "type")->valuestring;
        const char *parts[20] = {0};
        size_t n = 0;
        assay_buffer recipe = {0};
        if (strcmp(type, "run") == 0) {
            assay_json_canonical(cJSON_GetObjectItem(json, "recipe"), &recipe);
            parts[n++] = "assay 1";
            parts[n++] = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "model"), "text")->valuestring;
            parts[n++] = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "model"), "vision")->valuestring;
            parts[n++] = cJSON_GetObjectItem(cJSON_GetObjectItem(json, "dataset"), "id")->valuestring;
            parts[n++] = recipe.data;
        } else if (strcmp(type, "sample") == 0) {
            parts[n++] = cJSON_GetObjectItem(json, "id")->valuestring;
            for (cJSON *bits = cJSON_GetObjectItem(json, "bits")->child; bits != NULL; bits = bits->next) parts[n++] = bits->valuestring;
        }
        for (size_t i = 0; i < n; i++) {
            assay_sha256_update(&sha, parts[i], strlen(parts[i]));
            assay_sha256_update(&sha, "\n", 1);
        }
        assay_buffer_free(&recipe);
        cJSON_Delete(json);
    }
    return assay_sha256_final(&sha);
}

static const char *hallmark_in(const char *record) {
    const char *at = strstr(record, "\"hallmark\":\"");
    return at == NULL ? "" : at + strlen("\"hallmark\":\"");
}

TEST(run_whole) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    const char *line = NULL;
    if (!bench_open(&b, 23, 1, NULL)) return;
    CHECK(assay_run_total(b.run) == 23 && assay_run_done(b.run) == 0);
    CHECK_STATUS(assay_run_close(b.run, &line, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    CHECK(assay_run_done(b.run) == 23 && assay_run_next(b.run) == NULL);
    CHECK_STATUS(assay_run_step(b.run, NULL, &line, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_record_check(record.data, record.len, &err), ASSAY_OK, err);
    static const char start[] = "{\"type\":\"run\",\"format\":1,\"engine\":\"0.1.0\",\"build\":{\"host\":\"test\",\"threads\":2},\"model\":{\"name\":\"fake \\\"\xEF\xBF\xBD\\\"\",\"text\":\"";
    CHECK(strncmp(record.data, start, strlen(start)) == 0, "%.200s", record.data);
    CHECK(strncmp(hallmark_in(record.data), hallmark_of(record.data).hex, 64) == 0, "%s", hallmark_in(record.data));
    bench_close(&b);
    assay_buffer_free(&record);
}

/* Image and prompt are computed once for all options of a sample, an image once for all samples that show it. */
TEST(run_computes_nothing_twice) {
    static const char *const recipes[] = {"{}", "{\"image\":\"grey\"}"};
    for (int grey = 0; grey < 2; grey++) {
        bench b;
        assay_error err = {0};
        assay_buffer record = {0};
        if (!bench_open(&b, 12, 1, recipes[grey])) return;
        CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
        fake_counts *counts = fake_session_counts(b.session);
        int distinct = 0;
        for (size_t i = 0; i < 12; i++) {
            const assay_sample *s = assay_dataset_sample(b.dataset, i);
            for (int k = 0; k < s->n_images; k++) {
                bool again = false;
                for (size_t j = 0; j < i; j++) {
                    const assay_sample *before = assay_dataset_sample(b.dataset, j);
                    for (int m = 0; m < before->n_images; m++) again = again || strcmp(before->images[m].sha256, s->images[k].sha256) == 0;
                }
                distinct += !again;
            }
        }
        CHECK(distinct > 8 && distinct < 13, "%d distinct images", distinct);
        CHECK(counts->encoded == (grey ? 1 : distinct), "%d encoded", counts->encoded);
        CHECK(counts->prefilled == 12 && counts->scored == 12, "%d, %d", counts->prefilled, counts->scored);
        bench_close(&b);
        assay_buffer_free(&record);
    }
}

/* Each of what the hallmark covers changes it; more images than the cache holds do not. */
TEST(run_hallmark_depends) {
    static const struct { size_t n; unsigned seed; const char *recipe; } cases[] = {
        {23, 1, "{}"}, {23, 2, "{}"}, {22, 1, "{}"}, {23, 1, "{\"image\":\"grey\"}"}, {23, 1, "{\"name\":\"other\"}"},
        {23, 1, "{\"query\":\"{question} \"}"}, {23, 1, "{\"answer\":\"It is {option}\"}"}, {23, 1, "{\"limit\":9}"},
    };
    char marks[8][65];
    for (size_t i = 0; i < 8; i++) {
        bench b;
        assay_error err = {0};
        assay_buffer record = {0};
        if (!bench_open(&b, cases[i].n, cases[i].seed, cases[i].recipe)) return;
        CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_record_check(record.data, record.len, &err), ASSAY_OK, err);
        snprintf(marks[i], 65, "%s", hallmark_in(record.data));
        for (size_t k = 0; k < i; k++) CHECK(strcmp(marks[i], marks[k]) != 0, "%zu and %zu", i, k);
        bench_close(&b);
        assay_buffer_free(&record);
    }
}

/* " " + option is scored, a token a byte here; the answer's prefix is not. */
TEST(run_scores_the_option_alone) {
    static const char *const recipes[] = {"{}", "{\"answer\":\"The answer is {option}\"}"};
    for (int round = 0; round < 2; round++) {
        bench b;
        assay_error err = {0};
        assay_buffer record = {0};
        if (!bench_open(&b, 8, 1, recipes[round])) return;
        CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
        const char *line = strchr(record.data, '\n') + 1;
        for (size_t i = 0; i < 8; i++, line = strchr(line, '\n') + 1) {
            const assay_sample *s = assay_dataset_sample(b.dataset, i);
            cJSON *json = cJSON_ParseWithLength(line, (size_t)(strchr(line, '\n') - line));
            cJSON *bits = cJSON_GetObjectItem(json, "bits");
            CHECK(cJSON_GetArraySize(bits) == s->n_options);
            for (int k = 0; k < s->n_options; k++) CHECK(strlen(cJSON_GetArrayItem(bits, k)->valuestring) == 8 * (1 + strlen(s->options[k])), "%s", s->id);
            cJSON_Delete(json);
        }
        bench_close(&b);
        assay_buffer_free(&record);
    }
}

/* A step that fails leaves everything as it was: tried again, the run ends in the same record. */
TEST(run_failed_step_changes_nothing) {
    bench b;
    assay_error err = {0};
    assay_buffer want = {0}, got = {0};
    const char *line = NULL;
    if (!bench_open(&b, 14, 3, NULL)) return;
    CHECK_STATUS(whole_record(&b, &want, &err), ASSAY_OK, err);
    bench_close(&b);
    if (!bench_open(&b, 14, 3, NULL)) return;
    fake_counts *counts = fake_session_counts(b.session);
    CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
    assay_buffer_append(&got, line, strlen(line));
    for (int i = 0; assay_run_next(b.run) != NULL; i++) {
        const assay_sample *s = assay_run_next(b.run);
        assay_blob images[ASSAY_MAX_IMAGES];
        fixture_images(&b.files, b.dataset, s, images);
        for (int fail = 0; fail < 2; fail++) {
            counts->fail_after = fail;
            CHECK_STATUS(assay_run_step(b.run, images, &line, &err), ASSAY_E_CANCELLED, err);
            CHECK(assay_run_done(b.run) == (size_t)i && strstr(err.text, s->id) != NULL, "%s", err.text);
        }
        counts->fail_after = -1;
        counts->not_a_number = true;
        CHECK_STATUS(assay_run_step(b.run, images, &line, &err), ASSAY_E_CHECK, err);
        if (s->n_images > 0) {
            images[0].n--;
            CHECK_STATUS(assay_run_step(b.run, images, &line, &err), ASSAY_E_FORMAT, err);
        }
        CHECK_STATUS(go_on(&b, 1, &got, &err), ASSAY_OK, err);
    }
    CHECK_STATUS(close_record(&b, &got, &err), ASSAY_OK, err);
    without_seconds(want.data);
    without_seconds(got.data);
    CHECK(strcmp(want.data, got.data) == 0);
    bench_close(&b);
    assay_buffer_free(&want);
    assay_buffer_free(&got);
}

TEST(run_refuses) {
    bench b;
    assay_error err = {0};
    assay_run *run = NULL;
    if (!bench_open(&b, 3, 1, NULL)) return;
    assay_model *blind = fake_model_create(1, false);
    assay_run_options options = {b.dataset, blind, b.session, NULL, NULL};
    CHECK_STATUS(assay_run_create(&options, &run, &err), ASSAY_E_ARGUMENT, err);
    CHECK(run == NULL && strstr(err.text, "no vision part") != NULL, "%s", err.text);
    options.model = b.model;
    options.recipe = "{\"x\":1}";
    CHECK_STATUS(assay_run_create(&options, &run, &err), ASSAY_E_FORMAT, err);
    options.recipe = NULL;
    options.build = "[]";
    CHECK_STATUS(assay_run_create(&options, &run, &err), ASSAY_E_ARGUMENT, err);
    options.build = NULL;
    options.session = NULL;
    CHECK_STATUS(assay_run_create(&options, &run, &err), ASSAY_E_ARGUMENT, err);
    CHECK(run == NULL);
    assay_model_destroy(blind);
    bench_close(&b);
}

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
        CHECK(keep <= cut && (keep == 0 || want.data[keep - 1] == '\n'), "cut %zu, keep %zu", cut, keep);
        if (keep == 0) CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
        assay_buffer_append(&got, want.data, keep);
        if (line != NULL) assay_buffer_append(&got, line, strlen(line));
        CHECK_STATUS(go_on(&b, SIZE_MAX, &got, &err), ASSAY_OK, err);
        CHECK_STATUS(close_record(&b, &got, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_record_check(got.data, got.len, &err), ASSAY_OK, err);
        without_seconds(got.data);
        CHECK(strcmp(got.data, clean) == 0, "cut %zu", cut);
        CHECK_STATUS(assay_run_resume(b.run, part, cut, &keep, &err), ASSAY_E_ARGUMENT, err); /* too late now */
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

static void check_resume(size_t n, unsigned seed, const char *recipe, const char *record, assay_status want, const char *part) {
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
    static const struct { const char *from, *to, *part; assay_status status; } changes[] = {
        {"\"samples\":6", "\"samples\":5", "the record is of 5 samples; this run has 6", ASSAY_E_CHECK},
        {"sample-000", "sample-001", "record line 2: not sample sample-000", ASSAY_E_CHECK},
        {"\"bits\":[\"c", "\"bits\":[\"4", "record line 2: scores do not follow", ASSAY_E_CHECK},
        {"\"prediction\":", "\"prediction\":9", "record line 2", ASSAY_E_FORMAT},
        {"{\"type\":\"sample\"", "{\"type\":\"simple\"", "neither a sample nor the end", ASSAY_E_FORMAT},
        {"\"hallmark\":\"", "\"hallmark\":\"0", "hallmark does not follow", ASSAY_E_CHECK},
        {"{\"type\":\"end\"", "x", "not valid JSON", ASSAY_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        char *changed = replaced(record.data, changes[i].from, changes[i].to);
        check_resume(6, 1, "{}", changed, changes[i].status, changes[i].part);
        free(changed);
    }
    bool first_right = strstr(record.data, "\"correct\":true") < strstr(record.data, "sample-001") && strstr(record.data, "\"correct\":true") != NULL;
    char *flipped = first_right ? replaced(record.data, "\"correct\":true", "\"correct\":false") : replaced(record.data, "\"correct\":false", "\"correct\":true");
    check_resume(6, 1, "{}", flipped, ASSAY_E_CHECK, "\"correct\" is not what sample sample-000 says");
    free(flipped);
    check_resume(6, 1, "{}", "", ASSAY_OK, "");
    check_resume(6, 1, "{}", "{\"type\":\"ru", ASSAY_OK, "");
    check_resume(6, 1, "{}", "notes of mine", ASSAY_E_FORMAT, "no header of a run record");
    check_resume(6, 1, "{}", "{\"type\":\"sample\",\"id\":", ASSAY_E_FORMAT, "no header of a run record");
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
    CHECK_STATUS(assay_run_verify(b.run, 0, NULL, &err), ASSAY_E_ARGUMENT, err); /* scored now, not resumed */
    bench_close(&b);
    if (!bench_open(&b, 10, 1, NULL)) return;
    CHECK_STATUS(assay_run_resume(b.run, record.data, record.len, &keep, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_run_verify(b.run, 10, NULL, &err), ASSAY_E_ARGUMENT, err);
    for (int noise = 0; noise < 2; noise++) {
        fake_session_counts(b.session)->noise = (unsigned)noise;
        for (size_t i = 0; i < 10; i++) {
            assay_blob images[ASSAY_MAX_IMAGES];
            fixture_images(&b.files, b.dataset, assay_run_sample(b.run, i), images);
            CHECK_STATUS(assay_run_verify(b.run, i, images, &err), noise ? ASSAY_E_CHECK : ASSAY_OK, err);
            if (noise) CHECK(strstr(err.text, assay_run_sample(b.run, i)->id) != NULL && strstr(err.text, "option 0, token 0") != NULL, "%s", err.text);
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

static void check_record(const char *path, const char *bytes, size_t n, const char *status, const char *part) {
    assay_error err = {0};
    REQUIRE(bytes != NULL, "%s is missing", path);
    char *exact = malloc(n > 0 ? n : 1); /* without a byte behind it */
    REQUIRE(exact != NULL);
    memcpy(exact, bytes, n);
    assay_status got = assay_record_check(exact, n, &err);
    CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", path, assay_status_name(got), err.text);
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
    CHECK(strcmp(info.engine, ASSAY_VERSION) == 0 && strcmp(info.build, "{\"host\":\"test\",\"threads\":2}") == 0);
    CHECK(strcmp(info.dataset_name, "fixture") == 0 && strcmp(info.dataset_id, assay_dataset_id(b.dataset)) == 0 && info.n_samples == 3);
    CHECK(strcmp(info.text_sha256, assay_model_get_info(b.model)->text_sha256) == 0 && strcmp(info.vision_sha256, assay_model_get_info(b.model)->vision_sha256) == 0);
    CHECK(strstr(info.recipe, "\"limit\":3") != NULL, "%s", info.recipe);
    assay_record_info_free(&info);
    bench_close(&b);
}

/* ---- report ---- */

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : -1;
}

static bool in_group(const assay_sample *s, const char *dimension, const char *domain, const char *task) {
    return (dimension == NULL || strcmp(s->dimension, dimension) == 0) && (domain == NULL || strcmp(s->domain, domain) == 0) && (task == NULL || strcmp(s->task, task) == 0);
}

/* One group of the report against a plain count over the record's lines. */
static void check_group(const cJSON *group, const bench *b, const char *record, const char *dimension, const char *domain, const char *task, bool sight) {
    double n = 0, correct = 0, ties = 0, chance = 0, low, high;
    const char *line = strchr(record, '\n') + 1;
    for (size_t i = 0; i < assay_run_done(b->run); i++, line = strchr(line, '\n') + 1) {
        const assay_sample *s = assay_run_sample(b->run, i);
        if (!in_group(s, dimension, domain, task) || (sight && !s->sight)) continue;
        const char *end = strchr(line, '\n'), *right = strstr(line, "\"correct\":true"), *tie = strstr(line, "\"tie\":true");
        n++;
        correct += right != NULL && right < end;
        ties += tie != NULL && tie < end;
        chance += (double)s->n_gold / s->n_options;
    }
    const cJSON *ci = cJSON_GetObjectItemCaseSensitive(group, "ci");
    assay_wilson((uint64_t)correct, (uint64_t)n, ASSAY_Z95, &low, &high);
    CHECK(n > 0 && number(group, "n") == n && number(group, "correct") == correct && number(group, "ties") == ties, "%s %s", domain, task);
    CHECK(number(group, "accuracy") == correct / n && number(group, "chance") > chance / n - 1e-12 && number(group, "chance") < chance / n + 1e-12, "%s %s", domain, task);
    CHECK(cJSON_GetArraySize(ci) == 2 && cJSON_GetArrayItem(ci, 0)->valuedouble == low && cJSON_GetArrayItem(ci, 1)->valuedouble == high, "%s %s", domain, task);
}

static void check_report(const bench *b, const assay_buffer *record, const char *hallmark) {
    assay_error err = {0};
    char *json = NULL;
    int tasks = 0;
    REQUIRE(assay_report(b->dataset, record->data, record->len, &json, &err) == ASSAY_OK, "%s", err.text);
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
                check_group(task, b, record->data, a, c, cJSON_GetObjectItem(task, "name")->valuestring, false);
                tasks++;
            }
        }
    }
    CHECK(tasks == 4 && cJSON_GetArraySize(cJSON_GetObjectItem(report, "dimensions")) == 3, "%d tasks", tasks);
    CHECK(hallmark == NULL ? cJSON_IsNull(mark) : strncmp(mark->valuestring, hallmark, 64) == 0);
    CHECK(number(report, "n_total") == (double)assay_run_total(b->run) && number(report, "seconds") >= 0);
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
    CHECK(strstr(json, "{\"accuracy\":null,") == json && strstr(json, "\"ci\":[0,1]") != NULL && strstr(json, "\"dimensions\":[]") != NULL, "%s", json);
    free(json);
    bench_close(&b);
}

TEST(report_refuses_contradictions) {
    static const struct { const char *from, *to, *part; } changes[] = {
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
        CHECK_STATUS(assay_report(b.dataset, changed, strlen(changed), &json, &err), ASSAY_E_CHECK, err);
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

/* Whatever allocation fails: the call says so, nothing is lost, and the step tried again gives the same record. */
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
            assay_run_options options = {b.dataset, b.model, b.session, "{\"answer\":\"It is {option}\"}", NULL};
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
            if (what == 2 && status == ASSAY_OK) status = assay_run_resume(run, record.data, record.len, &keep, &err);
            if (what == 3 && status == ASSAY_OK) {
                fixture_images(&b.files, b.dataset, assay_run_next(run), images);
                status = assay_run_step(run, images, &line, &err);
                CHECK(status == ASSAY_OK || assay_run_done(run) == 0, "allocation %ld", k);
            }
            bool failed = failing_alloc_disarm();
            /* The image decoder cannot tell a failed allocation from damaged data. */
            bool decoder = failed && status == ASSAY_E_FORMAT && strstr(err.text, "damaged PNG data") != NULL;
            CHECK(decoder || status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "call %d, allocation %ld: %s (%s)", what, k, assay_status_name(status), err.text);
            if (what == 3 && failed && run != NULL) {
                memset(&err, 0, sizeof err);
                CHECK_STATUS(assay_run_step(run, images, &line, &err), ASSAY_OK, err);
                const char *want = strchr(record.data, '\n') + 1;
                if (line != NULL) CHECK(strncmp(line, want, (size_t)(strstr(want, ",\"seconds\"") - want)) == 0, "allocation %ld", k);
            }
            assay_run_destroy(run);
            free(json);
            if (!failed) break;
            failures[what]++;
        }
    }
    for (int what = 0; what < 4; what++) CHECK(failures[what] > 20, "call %d: %ld", what, failures[what]);
    bench_close(&b);
    assay_buffer_free(&record);
}
