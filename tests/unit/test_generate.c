/* Generators on tiny random models: each draw against the engine's other ways to the same number, ends, stop texts,
 * constraints, cancelling at every step. */
#include "test.h"

#include <math.h>

#include "assay_generate.h"
#include "base/rng.h"
#include "format/unicode.h"
#include "model/decoder.h"
#include "model/pattern.h"
#include "model/utf8_stream.h"
#include "generate_fixture.h"

/* ---- draws ---- */

/* Greedy with a penalty, recomputed from the logits of a second session; without one it is the plain largest. */
TEST(greedy_and_penalty_against_the_logits) {
    static const struct {
        float penalty;
        int window;
        size_t n_history;
    } cases[] = {{1, 64, 0}, {1.3f, 64, 0}, {5, 3, 0}, {0.5f, 4, 0}, {4, 0, 30}, {4, 8, 30}};
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0),
                  *other = tiny_session(model, NULL, NULL, 0, 0);
    int32_t said[30 + MOST];
    float raw[TINY_VOCAB], logprob;
    noise_ids(said, 30);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assay_generate_options o = assay_generate_defaults();
        assay_error err;
        o.repetition_penalty = cases[k].penalty;
        o.penalty_window = cases[k].window;
        o.history = said;
        o.n_history = cases[k].n_history;
        o.max_tokens = 40;
        o.stop_tokens = false;
        result r = generate(s, &o, MOST);
        CHECK(r.status == ASSAY_OK && r.n == 40 && r.last.end == ASSAY_END_LENGTH);
        start(other, 20);
        size_t n_said = cases[k].n_history;
        for (size_t t = 0; t < r.n; t++) {
            size_t mark = assay_arena_mark(&other->arena);
            assay_decoder_logits(other, other->last, 1, raw);
            assay_arena_reset(&other->arena, mark);
            size_t from = cases[k].window > 0 && n_said > (size_t)cases[k].window
                              ? n_said - (size_t)cases[k].window
                              : 0;
            bool penalized[TINY_VOCAB] = {false};
            for (size_t i = from; i < n_said; i++) penalized[said[i]] = true;
            int32_t best = -1;
            for (int32_t id = 0; id < TINY_VOCAB; id++) {
                if (penalized[id])
                    raw[id] = raw[id] > 0 ? raw[id] / cases[k].penalty : raw[id] * cases[k].penalty;
                if (!is_special(model, id) && (best < 0 || raw[id] > raw[best])) best = id;
            }
            CHECK(r.ids[t] == best, "case %zu, token %zu: %d, expected %d", k, t, (int)r.ids[t],
                  (int)best);
            CHECK_STATUS(
                assay_session_score(other, &(assay_option){&r.ids[t], 1, &logprob}, 1, &err),
                ASSAY_OK, err);
            CHECK(memcmp(&logprob, &r.logprobs[t], sizeof logprob) == 0);
            CHECK_STATUS(assay_session_prefill(other, &(assay_prompt){&r.ids[t], 1, NULL, 0}, &err),
                         ASSAY_OK, err);
            said[n_said++] = r.ids[t];
        }
    }
    assay_session_destroy(s);
    assay_session_destroy(other);
    assay_model_destroy(model);
}

TEST(same_tokens_with_any_kernels_and_threads) {
    static const char *const types[] = {"F32", "Q8_0"};
    assay_generate_options sampled = assay_generate_defaults();
    sampled.temperature = 1.2f;
    sampled.top_p = 0.95f;
    sampled.min_p = 0.001f;
    sampled.repetition_penalty = 1.1f;
    sampled.seed = 9;
    assay_generate_options top = sampled, greedy = assay_generate_defaults(), other = sampled;
    top.top_k = 40;
    other.stream = 1;
    const assay_generate_options *options[] = {&greedy, &sampled, &top};
    for (int t = 0; t < 2; t++) {
        assay_model *model = load(types[t], 1);
        result first[3];
        for (int way = 0; way < 4; way++) {
            assay_pool *pool = NULL;
            assay_error err;
            CHECK_STATUS(assay_pool_create(way % 2 ? 3 : 1, &pool, &err), ASSAY_OK, err);
            assay_session *s = tiny_session(model, way < 2 ? "simd" : "scalar", pool, 0, 0);
            for (int k = 0; k < 3; k++) {
                result r = generate(s, options[k], 60);
                CHECK(r.status == ASSAY_OK && r.n > 0);
                if (way == 0) first[k] = r;
                CHECK(same_tokens(&first[k], &r), "%s, options %d, way %d", types[t], k, way);
            }
            result r = generate(s, &other, 60);
            CHECK(!same_tokens(&first[1], &r), "%s: another stream gives the same text", types[t]);
            assay_session_destroy(s);
            assay_pool_destroy(pool);
        }
        assay_model_destroy(model);
    }
}

/* Control tokens are never drawn, whatever the temperature; text is whole UTF-8 and nothing of it gets lost. */
TEST(text_is_the_tokens_as_utf8) {
    int repaired = 0;
    for (uint64_t seed = 1; seed <= 4; seed++) {
        assay_model *model = load("F32", seed);
        assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
        assay_generate_options o = assay_generate_defaults();
        o.temperature = 3;
        o.seed = seed;
        o.stop_tokens = false;
        o.max_tokens = 100;
        result r = generate(s, &o, MOST);
        CHECK(r.n == 100 && r.last.end == ASSAY_END_LENGTH);
        char want[MOST_BYTES];
        size_t n_want = 0;
        assay_utf8_stream utf8 = {0};
        for (size_t i = 0; i < r.n; i++) {
            size_t n;
            const char *bytes = assay_model_token(model, r.ids[i], &n);
            CHECK(!is_special(model, r.ids[i]), "id %d", (int)r.ids[i]);
            n_want += assay_utf8_stream_push(&utf8, bytes, n, want + n_want);
        }
        n_want += assay_utf8_stream_end(&utf8, want + n_want);
        CHECK(n_want == r.n_bytes && memcmp(want, r.text, n_want) == 0);
        for (size_t at = 0; at < r.n_bytes;) {
            uint32_t code;
            size_t n = assay_utf8_next(r.text + at, r.n_bytes - at, &code);
            CHECK(code != 0xFFFD || n == 3);
            repaired += code == 0xFFFD;
            at += n;
        }
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    CHECK(repaired > 0, "random bytes were all valid");
}

/* ---- ends ---- */

TEST(ends_at_a_stop_token) {
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    int stopped = 0, went_on = 0;
    for (uint64_t seed = 0; seed < 300; seed++) {
        assay_generate_options o = assay_generate_defaults();
        o.temperature = 4;
        o.seed = seed;
        o.max_tokens = 20;
        result r = generate(s, &o, MOST);
        bool stop = r.last.end == ASSAY_END_STOP;
        stopped += stop;
        went_on += !stop;
        CHECK(assay_session_length(s) == 20 + r.n - stop);
        for (size_t i = 0; i < r.n; i++) {
            bool is_stop = assay_model_is_stop(model, r.ids[i]);
            CHECK(is_stop == (stop && i + 1 == r.n) && (is_stop || !is_special(model, r.ids[i])));
        }
    }
    CHECK(stopped > 2 && went_on > 100, "%d stopped, %d went on", stopped, went_on);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(ends_with_the_context_and_stays_ended) {
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 32);
    assay_generate_options o = assay_generate_defaults();
    assay_generator *g = NULL;
    assay_error err;
    result r;
    o.stop_tokens = false;
    start(s, 20);
    CHECK_STATUS(assay_generator_create(s, &o, &g, &err), ASSAY_OK, err);
    run(g, MOST, &r);
    CHECK(r.status == ASSAY_OK && r.n == 12 && r.last.end == ASSAY_END_CONTEXT && r.last.id == -1);
    CHECK(assay_session_length(s) == 32);
    for (int i = 0; i < 3; i++) {
        assay_piece piece;
        CHECK_STATUS(assay_generator_next(g, &piece, &err), ASSAY_OK, err);
        CHECK(piece.end == ASSAY_END_CONTEXT && piece.id == -1 && piece.n_bytes == 0);
    }
    assay_generator_destroy(g);
    CHECK(strcmp(assay_generate_end_name(ASSAY_END_CONTEXT), "context") == 0);
    CHECK(strcmp(assay_generate_end_name(ASSAY_END_CANCELLED), "cancelled") == 0);
    CHECK(strcmp(assay_generate_end_name(ASSAY_END_NONE), "") == 0);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* Any part of what a model says is a stop text that ends it there. */
TEST(ends_before_a_stop_text) {
    assay_model *model = load("Q8_0", 2);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    assay_generate_options o = assay_generate_defaults();
    o.temperature = 1;
    o.seed = 4;
    o.stop_tokens = false;
    o.max_tokens = 60;
    result whole = generate(s, &o, MOST);
    int tried = 0;
    for (size_t at = 0; at + 7 < whole.n_bytes; at += 3) {
        size_t from = at, to = at + 1 + at % 6;
        while (((unsigned char)whole.text[from] & 0xC0) == 0x80) from++;
        while (((unsigned char)whole.text[to] & 0xC0) == 0x80) to++;
        if (to <= from) continue;
        char stop[16] = {0};
        memcpy(stop, whole.text + from, to - from);
        const char *stops[] = {"nowhere in it", stop};
        o.stops = stops;
        o.n_stops = 2;
        const char *found = strstr(whole.text, stop);
        result r = generate(s, &o, MOST);
        CHECK(r.last.end == ASSAY_END_TEXT && r.last.stop == 1, "\"%s\": %s", stop,
              assay_generate_end_name(r.last.end));
        CHECK(r.n_bytes == (size_t)(found - whole.text) &&
                  memcmp(r.text, whole.text, r.n_bytes) == 0,
              "\"%s\"", stop);
        CHECK(assay_session_length(s) == 20 + r.n);
        tried++;
    }
    CHECK(tried > 10, "%d stop texts", tried);
    const char *absent[] = {"nowhere in it"};
    o.stops = absent;
    o.n_stops = 1;
    result r = generate(s, &o, MOST);
    CHECK(same_tokens(&whole, &r) && r.last.stop == -1);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* ---- constraints ---- */

static bool in_form(const char *regex, const char *text, size_t n) {
    assay_pattern p;
    assay_error err = {0};
    if (assay_pattern_regex(regex, &p, &err) != ASSAY_OK) return false;
    int state = ASSAY_PATTERN_START;
    for (size_t i = 0; i < n; i++) state = assay_pattern_step(&p, state, (uint8_t)text[i]);
    bool match = p.accept[state] != 0;
    assay_pattern_free(&p);
    return match;
}

/* Whatever the weights: what ends by itself has the form, and no step leaves it. */
TEST(answers_have_the_form) {
    static const char *const regexes[] = {"(yes|no), because [a-z ]{3,12}\\.",
                                          "\\d{1,3}(\\.\\d{2})?",
                                          "[\xC3\xA0-\xC3\xBF\xE2\x82\xAC]{2,4}",
                                          "\\{\"a\": (true|false|\\d+)\\}",
                                          "(ab?)*c",
                                          ".{0,10}!"};
    int complete = 0;
    for (uint64_t seed = 1; seed <= 3; seed++) {
        assay_model *model = load(seed % 2 ? "F32" : "Q8_0", seed);
        assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
        for (size_t k = 0; k < sizeof regexes / sizeof *regexes; k++) {
            for (int t = 0; t < 3; t++) {
                assay_generate_options o = assay_generate_defaults();
                o.temperature = (float)t;
                o.seed = seed * 10 + k;
                o.constraint.regex = regexes[k];
                o.max_tokens = 60;
                result r = generate(s, &o, MOST);
                bool ended = r.last.end == ASSAY_END_CONSTRAINT || r.last.end == ASSAY_END_STOP;
                CHECK(r.status == ASSAY_OK && (ended || r.last.end == ASSAY_END_LENGTH));
                CHECK(r.last.choice == -1 && (!ended || r.last.complete));
                CHECK(r.last.complete == in_form(regexes[k], r.text, r.n_bytes), "%s: \"%s\"",
                      regexes[k], r.text);
                complete += ended;
            }
        }
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    CHECK(complete > 40, "%d of 54 came to their end", complete);
}

TEST(answers_are_one_of_the_choices) {
    static const char *const choices[] = {"yes", "yes, of course", "no", "\xC3\xA4hm", "never"};
    int seen[5] = {0};
    for (uint64_t seed = 1; seed <= 3; seed++) {
        assay_model *model = load("F32", seed);
        assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
        for (uint64_t k = 0; k < 25; k++) {
            assay_generate_options o = assay_generate_defaults();
            o.temperature = 2;
            o.seed = k;
            o.constraint = (assay_constraint){choices, 5, NULL};
            result r = generate(s, &o, MOST);
            const char *text = r.text[0] == ' ' ? r.text + 1 : r.text;
            REQUIRE(r.last.choice >= 0 && r.last.choice < 5 && r.last.complete);
            CHECK(strcmp(text, choices[r.last.choice]) == 0, "%d: \"%s\"", r.last.choice, r.text);
            CHECK(r.last.end == ASSAY_END_CONSTRAINT ||
                  (r.last.end == ASSAY_END_STOP && r.last.choice == 0));
            seen[r.last.choice]++;
        }
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    for (int i = 0; i < 5; i++) CHECK(seen[i] > 0, "choice %d never came", i);
}

/* A vocabulary without the byte F4: U+100000 cannot be said in it. */
TEST(no_token_goes_on) {
    static const uint8_t spelled[] = {2, 0, 0, 0, 0, 0, 0, 0, 0xC3, 0xB4};
    tiny_files f = tiny_make("F32", 1);
    assay_model *model = NULL;
    assay_error err;
    int found = 0;
    for (size_t i = 0; i + sizeof spelled <= f.text.n; i++) {
        if (memcmp(f.text.bytes + i, spelled, sizeof spelled) != 0) continue;
        f.text.bytes[i + sizeof spelled - 1] = 0xB5;
        found++;
    }
    CHECK(found == 1, "the token was found %d times", found);
    CHECK_STATUS(assay_model_create(&f.text, 1, f.vision, &model, &err), ASSAY_OK, err);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    assay_generate_options o = assay_generate_defaults();
    assay_generator *g = NULL;
    assay_piece piece;
    o.constraint.regex = "a\xF4\x80\x80\x80";
    start(s, 20);
    CHECK_STATUS(assay_generator_create(s, &o, &g, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_generator_next(g, &piece, &err), ASSAY_OK, err);
    size_t length = assay_session_length(s);
    for (int i = 0; i < 3; i++) { /* after " " and "a", or "a" alone */
        memset(&err, 0, sizeof err);
        if (assay_generator_next(g, &piece, &err) == ASSAY_OK) length++;
    }
    CHECK(err.status == ASSAY_E_UNSUPPORTED &&
              strstr(err.text, "no token of the vocabulary") != NULL,
          "%s", err.text);
    CHECK(piece.id == -1 && !piece.complete && assay_session_length(s) == length);
    assay_generator_destroy(g);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* ---- cancelling ---- */

typedef struct canceller {
    long left; /* ticks until it cancels; negative: never */
    long ticks;
} canceller;

static int on_tick(void *context, double done) {
    canceller *c = context;
    (void)done;
    c->ticks++;
    return c->left >= 0 && c->left-- == 0;
}

/* Cancelled at every place where it can be: nothing is lost, and going on gives what would have come anyway. */
TEST(cancelled_anywhere_it_goes_on_alike) {
    assay_model *model = load("Q8_0", 1);
    canceller c = {-1, 0};
    assay_session_options options = assay_session_defaults();
    assay_session *s = NULL;
    assay_error err;
    options.progress = on_tick;
    options.progress_context = &c;
    CHECK_STATUS(assay_session_create(model, &options, &s, &err), ASSAY_OK, err);
    assay_generate_options o = assay_generate_defaults();
    o.temperature = 1;
    o.repetition_penalty = 1.2f;
    o.max_tokens = 12;
    o.stop_tokens = false;
    start(s, 20);
    c.ticks = 0;
    result whole = generate(s, &o, MOST);
    long ticks = c.ticks;
    CHECK(ticks >= 12, "%ld ticks", ticks);
    for (long k = 0; k < ticks; k++) {
        assay_generator *g = NULL;
        result before, after;
        c.left = -1;
        start(s, 20);
        CHECK_STATUS(assay_generator_create(s, &o, &g, &err), ASSAY_OK, err);
        c.left = k;
        run(g, MOST, &before);
        c.left = -1;
        if (before.status == ASSAY_OK) { /* the ticks of the prompt were counted too */
            assay_generator_destroy(g);
            break;
        }
        CHECK(before.status == ASSAY_E_CANCELLED && before.last.end == ASSAY_END_CANCELLED &&
              before.last.id == -1);
        CHECK(assay_session_length(s) == 20 + before.n);
        run(g, MOST, &after);
        CHECK(after.status == ASSAY_OK && before.n + after.n == whole.n);
        CHECK(memcmp(before.ids, whole.ids, before.n * sizeof *whole.ids) == 0 &&
                  memcmp(after.ids, whole.ids + before.n, after.n * sizeof *whole.ids) == 0,
              "tick %ld", k);
        CHECK(memcmp(after.logprobs, whole.logprobs + before.n, after.n * sizeof *whole.logprobs) ==
                  0,
              "tick %ld", k);
        CHECK(before.n_bytes + after.n_bytes == whole.n_bytes &&
              memcmp(before.text, whole.text, before.n_bytes) == 0 &&
              memcmp(after.text, whole.text + before.n_bytes, after.n_bytes) == 0);
        assay_generator_destroy(g);
    }
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* After a cancelled step the timeline is that of the tokens shown, as if nothing else had ever been there. */
TEST(cancelled_timeline_is_consistent) {
    assay_model *model = load("F32", 1);
    canceller c = {-1, 0};
    assay_session_options options = assay_session_defaults();
    assay_session *s = NULL, *fresh = tiny_session(model, NULL, NULL, 0, 0);
    assay_error err;
    options.progress = on_tick;
    options.progress_context = &c;
    CHECK_STATUS(assay_session_create(model, &options, &s, &err), ASSAY_OK, err);
    assay_generator *g = NULL;
    result r;
    float a[TINY_VOCAB], b[TINY_VOCAB];
    start(s, 20);
    CHECK_STATUS(assay_generator_create(s, NULL, &g, &err), ASSAY_OK, err);
    c.left = 10;
    run(g, MOST, &r);
    CHECK(r.status == ASSAY_E_CANCELLED && r.n > 0);
    assay_generator_destroy(g);
    start(fresh, 20);
    CHECK_STATUS(assay_session_prefill(fresh, &(assay_prompt){r.ids, r.n, NULL, 0}, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_session_logits(s, a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_logits(fresh, b, &err), ASSAY_OK, err);
    CHECK(memcmp(a, b, sizeof a) == 0);
    assay_session_destroy(s);
    assay_session_destroy(fresh);
    assay_model_destroy(model);
}
