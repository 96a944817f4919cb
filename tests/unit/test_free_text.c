/* Free answers: recipes that ask for them, and runs that hold them. */
#include "assay_eval.h"

#include "test.h"
#include "unit/free_text_fixture.h"

/* ---- recipe ---- */

static void check_canonical(const char *recipe, const char *want) {
    assay_error err = {0};
    char *text = NULL;
    CHECK_STATUS(assay_recipe_canonical(recipe, -1, &text, &err), ASSAY_OK, err);
    if (text != NULL) CHECK(strcmp(text, want) == 0, "%s", text);
    free(text);
}

/* What stood in records before there were free answers stands there now, byte for byte. */
TEST(recipes_without_answers_stay_as_they_were) {
    static const char ch3ef[] =
        "{\"answer\":\"{option}\",\"image\":\"normal\",\"inferencer\":\"ppl\","
        "\"limit\":0,\"name\":\"ch3ef\",\"query\":\"{question}\"}";
    check_canonical(NULL, ch3ef);
    check_canonical("{\"free_text\":0}", ch3ef);
    check_canonical(assay_recipe_builtin("ch3ef"), ch3ef);
    check_canonical(
        assay_recipe_builtin("ch3ef-tiles"),
        "{\"answer\":\"{option}\",\"image\":\"normal\",\"inferencer\":\"ppl\",\"limit\":0,"
        "\"name\":\"ch3ef-tiles\",\"query\":\"{question}\",\"tile_edge\":4}");
    check_canonical(
        assay_recipe_builtin("grey"),
        "{\"answer\":\"{option}\",\"image\":\"grey\",\"inferencer\":\"ppl\",\"limit\":0,"
        "\"name\":\"grey\",\"query\":\"{question}\"}");
}

TEST(recipe_asks_for_answers) {
    assay_error err = {0};
    char *text = NULL;
    check_canonical(assay_recipe_builtin("ch3ef-answers"),
                    "{\"answer\":\"{option}\",\"free_text\":48,\"image\":\"normal\",\"inferencer\":"
                    "\"ppl\",\"limit\":0,\"name\":\"ch3ef-answers\",\"query\":\"{question}\"}");
    check_canonical(
        "{\"free_text\":512}",
        "{\"answer\":\"{option}\",\"free_text\":512,\"image\":\"normal\",\"inferencer\":"
        "\"ppl\",\"limit\":0,\"name\":\"ch3ef\",\"query\":\"{question}\"}");
    static const char *const bad[] = {"{\"free_text\":513}", "{\"free_text\":-1}",
                                      "{\"free_text\":1.5}", "{\"free_text\":\"48\"}",
                                      "{\"free_text\":true}"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK_STATUS(assay_recipe_canonical(bad[i], -1, &text, &err), ASSAY_E_FORMAT, err);
        CHECK(text == NULL && strstr(err.text, "free_text") != NULL, "%s: %s", bad[i], err.text);
    }
}

/* ---- run ---- */

/* Cuts the free answers out of a record. */
static void without_answers(char *record) {
    for (char *at = record; (at = strstr(at, ",\"free_text\":{")) != NULL;) {
        char *end = strstr(at, "]}") + 2;
        memmove(at, end, strlen(end) + 1);
    }
}

/* The hallmark of such a run as it was before there were free answers. */
TEST(hallmark_without_answers_stays_as_it_was) {
    static const char want[] = "2ccc6d661305c982285d6c9883e71c181313e63363af9ec968a5c0979624b412";
    static const char *const recipes[] = {"{}", "{\"free_text\":0}"};
    for (int i = 0; i < 2; i++) {
        assay_buffer record;
        if (!make_record(recipes[i], &record)) return;
        CHECK(strncmp(hallmark_in(record.data), want, 64) == 0, "%.64s", hallmark_in(record.data));
        CHECK(strstr(record.data, "free_text") == NULL);
        assay_buffer_free(&record);
    }
}

TEST(answers_add_to_a_run_and_change_nothing_else) {
    assay_buffer plain, answered;
    assay_error err = {0};
    if (!make_record("{}", &plain) || !make_record(FREE, &answered)) return;
    CHECK_STATUS(assay_record_check(answered.data, answered.len, &err), ASSAY_OK, err);
    CHECK(strncmp(hallmark_in(answered.data), hallmark_of(answered.data).hex, 64) == 0);
    CHECK(strncmp(hallmark_in(answered.data), hallmark_in(plain.data), 64) != 0);
    int stops = 0, lengths = 0;
    for (const char *at = answered.data; (at = strstr(at, "\"end\":\"")) != NULL; at++) {
        stops += strncmp(at + 7, "stop", 4) == 0;
        lengths += strncmp(at + 7, "length", 6) == 0;
    }
    CHECK(stops + lengths == N && stops > 0 && lengths > 0, "%d stop, %d are cut", stops, lengths);
    without_seconds(plain.data);
    without_seconds(answered.data);
    without_answers(answered.data);
    char *a = strchr(plain.data, '\n'), *b = strchr(answered.data, '\n'); /* behind the headers */
    *strstr(a, "{\"type\":\"end\"") = *strstr(b, "{\"type\":\"end\"") = '\0';
    CHECK(strcmp(a, b) == 0);
    assay_buffer_free(&plain);
    assay_buffer_free(&answered);
}

/* Prompts go through once; behind each only the tokens of its answer do. */
TEST(answers_go_on_where_the_prompt_ended) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    int said = 0;
    if (!bench_open(&b, N, 1, FREE)) return;
    CHECK_STATUS(whole_record(&b, &record, &err), ASSAY_OK, err);
    const char *line = strchr(record.data, '\n') + 1;
    for (size_t i = 0; i < N; i++, line = strchr(line, '\n') + 1) {
        cJSON *json = parse_line(line), *answer = cJSON_GetObjectItem(json, "free_text");
        bool stopped = strcmp(cJSON_GetObjectItem(answer, "end")->valuestring, "stop") == 0;
        int n = cJSON_GetArraySize(cJSON_GetObjectItem(answer, "tokens"));
        CHECK(n >= 1 && n <= 6 && (stopped || n == 6), "%d tokens", n);
        said += n - stopped;
        cJSON_Delete(json);
    }
    fake_counts *counts = fake_session_counts(b.session);
    CHECK(counts->prefilled == N + said && counts->scored == N, "%d prefilled, %d said",
          counts->prefilled, said);
    bench_close(&b);
    assay_buffer_free(&record);
}

TEST(failed_answers_change_nothing) {
    bench b;
    assay_error err = {0};
    assay_buffer want = {0}, got = {0};
    const char *line = NULL;
    if (!make_record(FREE, &want) || !bench_open(&b, N, 1, FREE)) return;
    fake_counts *counts = fake_session_counts(b.session);
    CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
    assay_buffer_append(&got, line, strlen(line));
    while (assay_run_next(b.run) != NULL) {
        const assay_sample *s = assay_run_next(b.run);
        size_t done = assay_run_done(b.run);
        assay_blob images[ASSAY_MAX_IMAGES];
        fixture_images(&b.files, b.dataset, s, images);
        counts->speaks_no_number = true;
        CHECK_STATUS(assay_run_step(b.run, images, &line, &err), ASSAY_E_CHECK, err);
        counts->speaks_no_number = false;
        counts->n_context = (int)assay_session_length(b.session) - 1;
        CHECK_STATUS(assay_run_step(b.run, images, &line, &err), ASSAY_E_LIMIT, err);
        CHECK(strstr(err.text, s->id) != NULL && assay_run_done(b.run) == done, "%s", err.text);
        counts->n_context = FAKE_CONTEXT;
        err = (assay_error){0};
        counts->fail_after = 2; /* the images are known, the prompt and the options go through */
        assay_status status = assay_run_step(b.run, images, &line, &err);
        counts->fail_after = -1;
        if (status == ASSAY_OK) { /* it stopped at once */
            assay_buffer_append(&got, line, strlen(line));
            continue;
        }
        CHECK(status == ASSAY_E_CANCELLED && assay_run_done(b.run) == done);
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

TEST(answers_survive_any_cut) {
    bench b;
    assay_error err = {0};
    assay_buffer want = {0};
    if (!make_record(FREE, &want)) return;
    char *clean = assay_strndup(want.data, want.len);
    REQUIRE(clean != NULL);
    without_seconds(clean);
    for (size_t cut = 1; cut <= want.len; cut += cut + 90 > want.len ? 1 : 131) {
        assay_buffer got = {0};
        size_t keep = SIZE_MAX;
        const char *line = NULL;
        if (!bench_open(&b, N, 1, FREE)) return;
        CHECK_STATUS(assay_run_resume(b.run, want.data, cut, &keep, &err), ASSAY_OK, err);
        if (keep == 0) CHECK_STATUS(assay_run_header(b.run, &line, &err), ASSAY_OK, err);
        assay_buffer_append(&got, want.data, keep);
        if (line != NULL) assay_buffer_append(&got, line, strlen(line));
        CHECK_STATUS(go_on(&b, SIZE_MAX, &got, &err), ASSAY_OK, err);
        CHECK_STATUS(close_record(&b, &got, &err), ASSAY_OK, err);
        without_seconds(got.data);
        CHECK(strcmp(got.data, clean) == 0, "cut %zu", cut);
        assay_buffer_free(&got);
        bench_close(&b);
    }
    free(clean);
    assay_buffer_free(&want);
}

TEST(verify_compares_answers) {
    bench b;
    assay_error err = {0};
    assay_buffer record = {0};
    size_t keep;
    int texts = 0;
    if (!make_record(FREE, &record) || !bench_open(&b, N, 1, FREE)) return;
    CHECK_STATUS(assay_run_resume(b.run, record.data, record.len, &keep, &err), ASSAY_OK, err);
    for (unsigned noise = 0; noise < 2; noise++) {
        fake_session_counts(b.session)->answer_noise = noise;
        for (size_t i = 0; i < N; i++) {
            assay_blob images[ASSAY_MAX_IMAGES];
            fixture_images(&b.files, b.dataset, assay_run_sample(b.run, i), images);
            CHECK_STATUS(assay_run_verify(b.run, i, images, &err), noise ? ASSAY_E_CHECK : ASSAY_OK,
                         err);
            texts += strstr(err.text, "free answer, token 0") != NULL;
        }
    }
    CHECK(texts == N, "%d of %d name the token", texts, N);
    bench_close(&b);
    assay_buffer_free(&record);
}
