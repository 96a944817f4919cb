/* Turns of a conversation, options and memory of a generator, on tiny random models. */
#include "test.h"

#include <math.h>

#include "failing_alloc.h"
#include "fixture.h"
#include "generate_fixture.h"

/* ---- turns ---- */

/* The conversation as one: the template over all its messages. */
static size_t whole_chat(const assay_model *model, const char *first, const char *answer,
                         const char *second, int32_t *ids, size_t cap) {
    const assay_chat_part parts[] = {{first, 0, 0}, {answer, 0, 0}, {second, 0, 0}};
    const assay_chat_message messages[] = {
        {ASSAY_USER, &parts[0], 1}, {ASSAY_ASSISTANT, &parts[1], 1}, {ASSAY_USER, &parts[2], 1}};
    int32_t *made = NULL;
    size_t n = 0;
    assay_error err = {0};
    if (assay_model_chat(model, messages, 3, true, &made, &n, &err) != ASSAY_OK || n > cap) abort();
    memcpy(ids, made, n * sizeof *ids);
    free(made);
    return n;
}

/* Turn by turn is the whole conversation at once, bit for bit. */
TEST(turns_continue_the_timeline) {
    static const char *const answers[] = {"fine.", "Yes, 2", "<end_of_utterance>"};
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0),
                  *whole = tiny_session(model, NULL, NULL, 0, 0);
    for (size_t k = 0; k < 3; k++) {
        int32_t ids[256], answer[64];
        size_t n_answer = 0;
        char text[64];
        float a[TINY_VOCAB], b[TINY_VOCAB];
        assay_error err;
        size_t n = whole_chat(model, "How are you?", answers[k], "Really? \xC3\xA4h", ids, 256);
        snprintf(text, sizeof text, " %s", answers[k]);
        CHECK_STATUS(assay_model_tokenize(model, text, strlen(text), answer, 64, &n_answer, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_truncate(whole, 0, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = "How are you?"}, &err), ASSAY_OK,
                     err);
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){answer, n_answer, NULL, 0}, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = "Really? \xC3\xA4h"}, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_session_prefill(whole, &(assay_prompt){ids, n, NULL, 0}, &err), ASSAY_OK,
                     err);
        CHECK(assay_session_length(s) == n, "%zu tokens, the whole has %zu",
              assay_session_length(s), n);
        CHECK_STATUS(assay_session_logits(s, a, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_logits(whole, b, &err), ASSAY_OK, err);
        CHECK(memcmp(a, b, sizeof a) == 0, "answer %zu", k);
    }
    assay_session_destroy(s);
    assay_session_destroy(whole);
    assay_model_destroy(model);
}

/* Images of one tile and of several, in the first turn and in a later one, against the same by hand. */
TEST(turns_with_images) {
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0),
                  *hand = tiny_session(model, NULL, NULL, 0, 0);
    for (int edge = 0; edge <= 2; edge++) {
        assay_buffer png = {0};
        assay_error err;
        assay_tiles tiles = {0};
        int32_t *ids = NULL;
        size_t n_ids = 0;
        float a[TINY_VOCAB], b[TINY_VOCAB];
        CHECK_STATUS(fixture_png(5, 40, 30, &png, &err), ASSAY_OK, err);
        const uint8_t *bytes = (const uint8_t *)png.data;
        CHECK_STATUS(assay_model_preprocess(model, bytes, png.len, "a.png", edge > 0 ? edge : 1,
                                            &tiles, &err),
                     ASSAY_OK, err);
        CHECK((tiles.n > 1) == (edge == 2), "%d tiles", tiles.n);
        float *features = malloc((size_t)tiles.n * 2 * TINY_TOKENS * TINY_DIM * sizeof *features);
        size_t rows = 0;
        for (int image = 0; image < 2; image++)
            for (int t = 0; t < tiles.n; t++, rows += TINY_TOKENS)
                CHECK_STATUS(assay_session_encode_image(
                                 hand, tiles.pixels + (size_t)t * TINY_SIZE * TINY_SIZE * 3,
                                 features + rows * TINY_DIM, &err),
                             ASSAY_OK, err);
        const assay_chat_part parts[] = {
            {NULL, tiles.rows, tiles.cols}, {NULL, tiles.rows, tiles.cols}, {"What?", 0, 0}};
        CHECK_STATUS(assay_model_chat(model, &(assay_chat_message){ASSAY_USER, parts, 3}, 1, true,
                                      &ids, &n_ids, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_session_truncate(hand, 0, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_prefill(hand, &(assay_prompt){ids, n_ids, features, rows}, &err),
                     ASSAY_OK, err);
        const assay_ask_image images[] = {{bytes, png.len, "a.png"}, {bytes, png.len, NULL}};
        const assay_ask ask = {.text = "What?", .images = images, .n_images = 2, .tile_edge = edge};
        CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_ask(s, &ask, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_logits(s, a, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_logits(hand, b, &err), ASSAY_OK, err);
        CHECK(memcmp(a, b, sizeof a) == 0 && assay_session_length(s) == n_ids, "edge %d", edge);
        CHECK_STATUS(assay_session_ask(s, &ask, &err), ASSAY_OK, err);
        /* <end_of_utterance> and a line end where <|im_start|> was. */
        CHECK(assay_session_length(s) == 2 * n_ids + 1, "edge %d: %zu after %zu", edge,
              assay_session_length(s), n_ids);
        free(features);
        free(ids);
        assay_tiles_free(&tiles);
        assay_buffer_free(&png);
    }
    assay_session_destroy(s);
    assay_session_destroy(hand);
    assay_model_destroy(model);
}

TEST(turns_that_cannot_be_leave_the_timeline) {
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 64);
    assay_error err;
    char text[200];
    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    const uint8_t junk[] = "no image";
    const assay_ask_image image = {junk, sizeof junk, "junk.png"};
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = "Hi"}, &err), ASSAY_OK, err);
    size_t before = assay_session_length(s);
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = text}, &err), ASSAY_E_LIMIT, err);
    CHECK(strstr(err.text, "context of 64") != NULL, "%s", err.text);
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = "", .raw = true}, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(
        assay_session_ask(
            s, &(assay_ask){.text = "a", .raw = true, .images = &image, .n_images = 1}, &err),
        ASSAY_E_ARGUMENT, err);
    memset(&err, 0, sizeof err);
    CHECK(assay_session_ask(s, &(assay_ask){.text = "a", .images = &image, .n_images = 1}, &err) !=
          ASSAY_OK);
    CHECK(strstr(err.text, "junk.png") != NULL, "%s", err.text);
    CHECK_STATUS(
        assay_session_ask(s, &(assay_ask){.text = "a", .images = &image, .n_images = 65}, &err),
        ASSAY_E_LIMIT, err);
    CHECK_STATUS(
        assay_session_ask(
            s, &(assay_ask){.text = "a", .images = &image, .n_images = 1, .tile_edge = 7}, &err),
        ASSAY_E_ARGUMENT, err);
    CHECK(assay_session_length(s) == before);
    CHECK_STATUS(assay_session_ask(s, &(assay_ask){.text = "raw", .raw = true}, &err), ASSAY_OK,
                 err);
    CHECK(assay_session_length(s) == before + 3);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* ---- options ---- */

TEST(options_out_of_range_are_refused) {
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    static const char *const choice[] = {"a"}, *const empty[] = {""}, *const bad[] = {"\xC3"};
    const int32_t outside[] = {TINY_VOCAB};
    char longest[ASSAY_MAX_STOP_BYTES + 2];
    memset(longest, 'x', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    const char *stops[] = {longest};
    for (int k = 0; k < 20; k++) {
        assay_generate_options o = assay_generate_defaults();
        assay_status want = ASSAY_E_ARGUMENT;
        if (k == 0) o.temperature = -1;
        if (k == 1) o.temperature = NAN;
        if (k == 2) o.temperature = 101;
        if (k == 3) o.top_p = 0;
        if (k == 4) o.top_p = 1.1f;
        if (k == 5) o.min_p = -0.1f;
        if (k == 6) o.repetition_penalty = 0;
        if (k == 7) o.top_k = -1;
        if (k == 8) o.max_tokens = -1;
        if (k == 9) o.penalty_window = -1;
        if (k == 10) o.n_stops = 1, o.stops = empty;
        if (k == 11) o.n_stops = 1, o.stops = bad;
        if (k == 12) o.n_stops = 1, o.stops = stops;
        if (k == 13) o.n_stops = ASSAY_MAX_STOPS + 1, o.stops = choice, want = ASSAY_E_LIMIT;
        if (k == 14) o.constraint = (assay_constraint){choice, 1, "a"};
        if (k == 15)
            o.constraint = (assay_constraint){choice, ASSAY_MAX_CHOICES + 1, NULL},
            want = ASSAY_E_LIMIT;
        if (k == 16) o.constraint = (assay_constraint){choice, 0, NULL};
        if (k == 17) o.constraint = (assay_constraint){empty, 1, NULL};
        if (k == 18) o.constraint.regex = "(";
        if (k == 19) o.history = outside, o.n_history = 1;
        assay_generator *g = NULL;
        assay_error err;
        CHECK_STATUS(assay_generator_create(s, &o, &g, &err), want, err);
        CHECK(g == NULL, "case %d", k);
    }
    assay_generator *g = NULL;
    assay_piece piece;
    assay_error err;
    CHECK_STATUS(assay_generator_create(s, NULL, &g, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_generator_next(g, &piece, &err), ASSAY_E_ARGUMENT,
                 err); /* an empty timeline */
    CHECK(piece.id == -1 && piece.n_bytes == 0 && piece.end == ASSAY_END_NONE);
    assay_generator_destroy(g);
    assay_generator_destroy(NULL);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

static result generate_json(assay_session *s, const char *json) {
    static result r;
    assay_generator *g = NULL;
    assay_error err;
    start(s, 20);
    CHECK_STATUS(assay_generator_create_json(s, json, strlen(json), &g, &err), ASSAY_OK, err);
    if (g != NULL) run(g, MOST, &r);
    assay_generator_destroy(g);
    return r;
}

TEST(options_as_json) {
    static const char *const bad[] = {"",
                                      "[]",
                                      "{\"temperatur\":1}",
                                      "{\"temperature\":\"1\"}",
                                      "{\"temperature\":101}",
                                      "{\"top_k\":1.5}",
                                      "{\"seed\":-1}",
                                      "{\"stops\":\"a\"}",
                                      "{\"stops\":[1]}",
                                      "{\"stops\":[\"\"]}",
                                      "{\"choices\":[]}",
                                      "{\"choices\":[\"a\"],\"regex\":\"a\"}",
                                      "{\"regex\":5}",
                                      "{\"stop_tokens\":1}",
                                      "{\"max_tokens\":3000000000}"};
    static const char *const stops[] = {"qq", "zz"};
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    for (size_t k = 0; k < sizeof bad / sizeof *bad; k++) {
        assay_generator *g = NULL;
        assay_error err = {0};
        CHECK(assay_generator_create_json(s, bad[k], strlen(bad[k]), &g, &err) != ASSAY_OK &&
                  g == NULL,
              "%s", bad[k]);
        CHECK(err.text[0] != '\0', "%s", bad[k]);
    }
    assay_generate_options o = assay_generate_defaults();
    o.temperature = 0.7f;
    o.top_k = 50;
    o.top_p = 0.9f;
    o.min_p = 0.01f;
    o.repetition_penalty = 1.5f;
    o.penalty_window = 5;
    o.seed = 123;
    o.stream = 4;
    o.max_tokens = 30;
    o.stop_tokens = false;
    o.stops = stops;
    o.n_stops = 2;
    result want = generate(s, &o, MOST);
    result got = generate_json(s, "{\"temperature\":0.7,\"top_k\":50,\"top_p\":0.9,\"min_p\":0.01,"
                                  "\"repetition_penalty\":1.5,\"penalty_window\":5,"
                                  "\"seed\":123,\"stream\":4,\"max_tokens\":30,\"stop_tokens\":"
                                  "false,\"stops\":[\"qq\",\"zz\"]}");
    CHECK(same_tokens(&want, &got));
    result choice = generate_json(s, "{\"choices\":[\"alpha\",\"beta\"]}");
    CHECK(choice.last.choice >= 0 && choice.last.end == ASSAY_END_CONSTRAINT);
    result regex = generate_json(s, "{\"regex\":\"\\\\d{4}\"}");
    CHECK(regex.last.complete && regex.last.end == ASSAY_END_CONSTRAINT);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* ---- memory ---- */

TEST(no_memory_for_a_generator) {
    if (!failing_alloc_linked()) SKIP("not linked with the failing allocator");
    static const char *const json =
        "{\"regex\":\"(a|b){3}\",\"repetition_penalty\":2,\"stops\":[\"x\"]}";
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    long k = 0;
    for (; failing_alloc_arm(k); k++) {
        assay_generator *g = NULL;
        assay_error err = {0};
        assay_status status = assay_generator_create_json(s, json, strlen(json), &g, &err);
        bool failed = failing_alloc_disarm();
        assay_generator_destroy(g);
        if (!failed) {
            CHECK(status == ASSAY_OK, "%s", err.text);
            break;
        }
        /* A table that could not be made smaller is kept as it is: the one failure that does no harm. */
        CHECK(status == ASSAY_E_MEMORY || status == ASSAY_OK, "allocation %ld: %s", k, err.text);
    }
    CHECK(k > 15, "%ld allocations", k);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(no_memory_for_a_turn) {
    if (!failing_alloc_linked()) SKIP("not linked with the failing allocator");
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    assay_buffer png = {0};
    assay_error err = {0};
    CHECK_STATUS(fixture_png(5, 20, 10, &png, &err), ASSAY_OK, err);
    const assay_ask_image image = {(const uint8_t *)png.data, png.len, NULL};
    const assay_ask ask = {.text = "What is it?", .images = &image, .n_images = 1};
    long k = 0;
    for (; failing_alloc_arm(k); k++) {
        memset(&err, 0, sizeof err);
        assay_status status = assay_session_ask(s, &ask, &err);
        if (!failing_alloc_disarm()) {
            CHECK(status == ASSAY_OK, "%s", err.text);
            break;
        }
        /* Inside the decoder of images a failure looks like a damaged image. */
        CHECK(status == ASSAY_E_MEMORY ||
                  (status == ASSAY_E_FORMAT && strstr(err.text, "PNG") != NULL),
              "allocation %ld: %s", k, err.text);
        CHECK(assay_session_length(s) == 0 && err.text[0] != '\0', "allocation %ld", k);
    }
    CHECK(k > 5, "%ld allocations", k);
    assay_buffer_free(&png);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(steps_allocate_nothing) {
    if (!failing_alloc_linked()) SKIP("not linked with the failing allocator");
    static const char *const stops[] = {"zzzz"};
    assay_model *model = load("Q8_0", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    assay_generate_options o = assay_generate_defaults();
    assay_generator *g = NULL;
    assay_error err;
    result r;
    o.temperature = 1;
    o.top_p = 0.9f;
    o.repetition_penalty = 1.1f;
    o.stops = stops;
    o.n_stops = 1;
    o.constraint.regex = "[a-z ]{40,}";
    start(s, 20);
    CHECK_STATUS(assay_generator_create(s, &o, &g, &err), ASSAY_OK, err);
    failing_alloc_arm(0);
    run(g, 30, &r);
    CHECK(!failing_alloc_disarm());
    CHECK(r.status == ASSAY_OK && r.n == 30);
    assay_generator_destroy(g);
    assay_session_destroy(s);
    assay_model_destroy(model);
}
