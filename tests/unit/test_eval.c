/* Recipes, the choice of samples, and runs, over the engine's stand-in. */
#include "assay_eval.h"

#include "base/sha256.h"
#include "eval/instruction.h"
#include "eval/scenario.h"
#include "format/json.h"

#include "test.h"
#include "unit/bench.h"

/* ---- recipe ---- */

TEST(recipe_canonical) {
    static const char want[] = "{\"answer\":\"{option}\",\"image\":\"normal\",\"inferencer\":"
                               "\"ppl\",\"limit\":0,\"name\":\"ch3ef\",\"query\":\"{question}\"}";
    assay_error err = {0};
    char *text = NULL;
    CHECK_STATUS(assay_recipe_canonical(NULL, -1, &text, &err), ASSAY_OK, err);
    REQUIRE(text != NULL);
    CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical(assay_recipe_builtin("ch3ef"), -1, &text, &err), ASSAY_OK,
                 err);
    CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical(
                     "{\"query\":\"Q: {question}\\nA:\",\"limit\":5,\"answer\":\"It is {option}\"}",
                     7, &text, &err),
                 ASSAY_OK, err);
    CHECK(strcmp(text, "{\"answer\":\"It is "
                       "{option}\",\"image\":\"normal\",\"inferencer\":\"ppl\",\"limit\":7,"
                       "\"name\":\"ch3ef\",\"query\":\"Q: {question}\\nA:\"}") == 0,
          "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical(assay_recipe_builtin("grey"), 0, &text, &err), ASSAY_OK,
                 err);
    CHECK(strstr(text, "\"image\":\"grey\"") != NULL && strstr(text, "\"name\":\"grey\"") != NULL,
          "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical("{\"tile_edge\":1}", -1, &text, &err), ASSAY_OK, err);
    CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
    CHECK_STATUS(assay_recipe_canonical("{\"tile_edge\":4}", -1, &text, &err), ASSAY_OK, err);
    CHECK(strstr(text, ",\"tile_edge\":4}") != NULL, "%s", text);
    free(text);
    CHECK(assay_recipe_builtin("Ch3Ef") == NULL && assay_recipe_builtin("") == NULL);
}

TEST(recipe_refuses) {
    static const struct {
        const char *json, *part;
        assay_status status;
    } cases[] = {
        {"", "not valid JSON", ASSAY_E_FORMAT},
        {"[]", "expected an object", ASSAY_E_FORMAT},
        {"{\"Name\":\"x\"}", "unknown key \"Name\"", ASSAY_E_FORMAT},
        {"{\"limit\":1,\"limit\":2}", "twice", ASSAY_E_FORMAT},
        {"{\"limit\":-1}", "\"limit\" is -1", ASSAY_E_FORMAT},
        {"{\"limit\":1.5}", "whole", ASSAY_E_FORMAT},
        {"{\"limit\":\"3\"}", "not a number", ASSAY_E_FORMAT},
        {"{\"name\":\"\"}", "\"name\"", ASSAY_E_FORMAT},
        {"{\"name\":null}", "not a string", ASSAY_E_FORMAT},
        {"{\"query\":\"no slot\"}", "{question} exactly once", ASSAY_E_FORMAT},
        {"{\"query\":\"{question}{question}\"}", "exactly once", ASSAY_E_FORMAT},
        {"{\"answer\":\"{option}.\"}", "must end", ASSAY_E_FORMAT},
        {"{\"answer\":\"({option}\"}", "must end", ASSAY_E_FORMAT},
        {"{\"answer\":\"\"}", "exactly once", ASSAY_E_FORMAT},
        {"{\"inferencer\":\"direct\"}", "\"inferencer\"", ASSAY_E_UNSUPPORTED},
        {"{\"image\":\"none\"}", "\"image\"", ASSAY_E_FORMAT},
        {"{\"tile_edge\":0}", "\"tile_edge\" is 0", ASSAY_E_FORMAT},
        {"{\"tile_edge\":7}", "\"tile_edge\" is 7", ASSAY_E_FORMAT},
        {"{\"tile_edge\":\"4\"}", "not a number", ASSAY_E_FORMAT},
    };
    assay_error err;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char *text = NULL;
        CHECK_STATUS(assay_recipe_canonical(cases[i].json, -1, &text, &err), cases[i].status, err);
        CHECK(text == NULL && strstr(err.text, cases[i].part) != NULL, "%s: %s", cases[i].json,
              err.text);
        free(text);
    }
}

/* ---- instruction ---- */

/* The prompt as text: bytes as they are, '#' an image token, '|' the end of an image, '>' the assistant tag. */
static void spell_prompt(const assay_instruction *in, char *out, size_t size) {
    size_t at = 0;
    for (size_t i = 0; i < in->n_prompt && at + 1 < size; i++) {
        int32_t id = in->prompt[i];
        out[at++] = id == FAKE_IMAGE_TOKEN ? '#'
                    : id == FAKE_FINAL     ? '|'
                    : id == FAKE_ASSISTANT ? '>'
                                           : (char)id;
    }
    out[at] = '\0';
}

TEST(instruction_places_images) {
    static const struct {
        const char *question, *after[2], *recipe, *want;
        bool interleaved;
    } cases[] = {
        {"Why?", {"", ""}, "{}", "###|######|Why?>", false},
        {"a", {"b", "c"}, "{}", "a###|b######|c>", true},
        {"", {"", "Same?"}, "{\"query\":\"{question} Say.\"}", "###|######|Same? Say.>", true},
        {"",
         {" ", ""},
         "{\"query\":\"Q: {question}!\",\"answer\":\"It is {option}\"}",
         "Q: ###| ######|!> It is",
         true},
    };
    assay_model *model = fake_model_create(1, true);
    REQUIRE(model != NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_recipe recipe;
        assay_instruction in;
        assay_error err = {0};
        char text[128];
        assay_sample s = {.question = cases[i].question,
                          .interleaved = cases[i].interleaved,
                          .after = {cases[i].after[0], cases[i].after[1]},
                          .n_images = 2,
                          .n_options = 2,
                          .options = {"x", "y"}};
        const assay_sample_features features = {.grids = {{0, 0}, {1, 1}}};
        CHECK_STATUS(assay_recipe_parse(cases[i].recipe, -1, &recipe, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_instruction_build(model, &recipe, &s, &features, &in, &err), ASSAY_OK,
                     err);
        spell_prompt(&in, text, sizeof text);
        CHECK(strcmp(text, cases[i].want) == 0, "%s", text);
        assay_instruction_free(&in);
        assay_recipe_free(&recipe);
    }
    assay_model_destroy(model);
}

/* ---- scenario ---- */

static bool same_task(const assay_sample *a, const assay_sample *b) {
    return strcmp(a->dimension, b->dimension) == 0 && strcmp(a->domain, b->domain) == 0 &&
           strcmp(a->task, b->task) == 0;
}

static bool is_first_of_task(const assay_dataset *d, size_t i) {
    for (size_t k = 0; k < i; k++) {
        if (same_task(assay_dataset_sample(d, k), assay_dataset_sample(d, i))) return false;
    }
    return true;
}

/* How many tasks of the same dimension appear before the task of sample i. */
static size_t place_of_task(const assay_dataset *d, size_t i) {
    size_t place = 0;
    for (size_t k = 0; k < i; k++)
        place += is_first_of_task(d, k) && strcmp(assay_dataset_sample(d, k)->dimension,
                                                  assay_dataset_sample(d, i)->dimension) == 0;
    return place;
}

/* The rule, told plainly: rounds over the tasks in the order of their first sample, each round
 * taking the task's next one. */
static size_t plain_select(const assay_dataset *d, size_t limit, bool *taken) {
    size_t n = assay_dataset_n_samples(d), count = 0;
    memset(taken, 0, n);
    while (count < limit && count < n) {
        bool this_round[64] = {false};
        for (size_t place = 0; place < n && count < limit; place++) {
            for (size_t i = 0; i < n && count < limit; i++) {
                if (!is_first_of_task(d, i) || place_of_task(d, i) != place) continue;
                for (size_t k = i; k < n; k++) {
                    if (taken[k] ||
                        !same_task(assay_dataset_sample(d, k), assay_dataset_sample(d, i)))
                        continue;
                    this_round[k] = true;
                    count++;
                    break;
                }
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
    REQUIRE(fixture_make(&f, 41, 1 << 20, &err) == ASSAY_OK &&
                fixture_open(&f, &d, &err) == ASSAY_OK,
            "%s", err.text);
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
        CHECK(task_of[i] <= seen, "task %u at %zu", (unsigned)task_of[i],
              i); /* numbered as they appear */
        if (task_of[i] == seen) seen++;
        for (size_t k = 0; k < i; k++)
            CHECK((task_of[i] == task_of[k]) ==
                      same_task(assay_dataset_sample(d, i), assay_dataset_sample(d, k)),
                  "%zu %zu", i, k);
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
            parts[n++] =
                cJSON_GetObjectItem(cJSON_GetObjectItem(json, "model"), "text")->valuestring;
            parts[n++] =
                cJSON_GetObjectItem(cJSON_GetObjectItem(json, "model"), "vision")->valuestring;
            parts[n++] =
                cJSON_GetObjectItem(cJSON_GetObjectItem(json, "dataset"), "id")->valuestring;
            parts[n++] = recipe.data;
        } else if (strcmp(type, "sample") == 0) {
            parts[n++] = cJSON_GetObjectItem(json, "id")->valuestring;
            for (cJSON *bits = cJSON_GetObjectItem(json, "bits")->child; bits != NULL;
                 bits = bits->next)
                parts[n++] = bits->valuestring;
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
    static const char start[] =
        "{\"type\":\"run\",\"format\":1,\"engine\":\"0.1.0\",\"build\":{\"host\":\"test\","
        "\"threads\":2},\"model\":{\"name\":\"fake \\\"\xEF\xBF\xBD\\\"\",\"text\":\"";
    CHECK(strncmp(record.data, start, strlen(start)) == 0, "%.200s", record.data);
    CHECK(strncmp(hallmark_in(record.data), hallmark_of(record.data).hex, 64) == 0, "%s",
          hallmark_in(record.data));
    bench_close(&b);
    assay_buffer_free(&record);
}

/* Image and prompt are computed once for all options of a sample, an image once for all samples
 * that show it. */
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
                    for (int m = 0; m < before->n_images; m++)
                        again = again || strcmp(before->images[m].sha256, s->images[k].sha256) == 0;
                }
                distinct += !again;
            }
        }
        CHECK(distinct > 8 && distinct < 13, "%d distinct images", distinct);
        CHECK(counts->encoded == (grey ? 1 : distinct), "%d encoded", counts->encoded);
        CHECK(counts->prefilled == 12 && counts->scored == 12, "%d, %d", counts->prefilled,
              counts->scored);
        bench_close(&b);
        assay_buffer_free(&record);
    }
}

/* Each of what the hallmark covers changes it; more images than the cache holds do not. */
TEST(run_hallmark_depends) {
    static const struct {
        size_t n;
        unsigned seed;
        const char *recipe;
    } cases[] = {
        {23, 1, "{}"},
        {23, 2, "{}"},
        {22, 1, "{}"},
        {23, 1, "{\"image\":\"grey\"}"},
        {23, 1, "{\"name\":\"other\"}"},
        {23, 1, "{\"query\":\"{question} \"}"},
        {23, 1, "{\"answer\":\"It is {option}\"}"},
        {23, 1, "{\"limit\":9}"},
        {23, 1, "{\"tile_edge\":2}"},
        {23, 1, "{\"tile_edge\":3}"},
    };
    char marks[10][65];
    for (size_t i = 0; i < 10; i++) {
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
            for (int k = 0; k < s->n_options; k++)
                CHECK(strlen(cJSON_GetArrayItem(bits, k)->valuestring) ==
                          8 * (1 + strlen(s->options[k])),
                      "%s", s->id);
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
            CHECK(assay_run_done(b.run) == (size_t)i && strstr(err.text, s->id) != NULL, "%s",
                  err.text);
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
