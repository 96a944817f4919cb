/* The engine on the tiny random model: same bits for every way to compute the same thing, and
 * refusals of requests that cannot be. Golden values are in tests/golden/test_engine.c, bad files
 * in test_model_bad.c. */
#include "test.h"

#include <math.h>

#include "base/sha256.h"
#include "model_fixture.h"

static const char *const types[] = {"F32",  "F16",  "Q8_0", "BF16", "Q4_0", "Q4_1",
                                    "Q5_0", "Q5_1", "Q4_K", "Q5_K", "Q6_K"};
enum { N_TYPES = sizeof types / sizeof *types };

TEST(model_describes_itself) {
    tiny_files f = tiny_make("Q8_0", 1);
    assay_digest text = assay_sha256_of(f.text.bytes, f.text.n);
    assay_digest vision = assay_sha256_of(f.vision.bytes, f.vision.n);
    uint64_t n_bytes = f.text.n + f.vision.n;
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(&f.text, 1, f.vision, &model, &err), ASSAY_OK, err);
    REQUIRE(model != NULL);
    const assay_model_info *info = assay_model_get_info(model);
    CHECK(strcmp(info->name, "random tiny") == 0, "%s", info->name);
    CHECK(strcmp(info->text_sha256, text.hex) == 0, "the hash is not that of the file as given");
    CHECK(strcmp(info->vision_sha256, vision.hex) == 0,
          "the hash is not that of the file as given");
    CHECK(info->dim == TINY_DIM && info->n_layers == 2 && info->n_heads == 3 &&
          info->n_kv_heads == 1);
    CHECK(info->head_dim == 32 && info->ffn_dim == 256 && info->n_vocab == TINY_VOCAB);
    CHECK(info->n_context == TINY_CONTEXT && info->image_size == TINY_SIZE &&
          info->image_tokens == TINY_TOKENS);
    CHECK(info->vision_layers == 2 && info->vision_dim == 64);
    /* 2 * 509 * 96 embeddings; 2 * (2 * 96^2 + 2 * 32 * 96 + 3 * 96 * 256 + 2 * 96) layers; 96
     * norm; 64 * 769 + 16 * 64 patches; 2 * (4 * 64 * 65 + 64 * 161 + 160 * 65 - 64 + 64 + 4 * 64)
     * tower; 128; 96 * 256 */
    uint64_t text_count =
        2 * 509 * 96 + 2 * (2 * 96 * 96 + 2 * 32 * 96 + 3 * 96 * 256 + 2 * 96) + 96;
    uint64_t layer = 4 * 64 * 65 + (160 * 64 + 160) + (64 * 160 + 64) + 4 * 64;
    uint64_t vision_count = 64 * 768 + 64 + 16 * 64 + 2 * layer + 2 * 64 + 96 * 256;
    CHECK(info->n_parameters == text_count + vision_count, "%llu",
          (unsigned long long)info->n_parameters);
    CHECK(info->n_bytes == n_bytes);
    assay_model_destroy(model);
}

TEST(model_without_eyes) {
    tiny_files f = tiny_make("F32", 1);
    free(f.vision.bytes);
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(&f.text, 1, (assay_model_file){0}, &model, &err), ASSAY_OK,
                 err);
    REQUIRE(model != NULL);
    const assay_model_info *info = assay_model_get_info(model);
    CHECK(info->image_size == 0 && info->image_tokens == 0 && info->vision_sha256[0] == '\0');
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    REQUIRE(s != NULL);
    uint8_t pixel[3] = {0};
    float feature = 0, logits[TINY_VOCAB];
    int32_t ids[3] = {1, 50, 60}, *chat = NULL;
    size_t n = 0;
    CHECK_STATUS(assay_session_encode_image(s, pixel, &feature, &err), ASSAY_E_ARGUMENT, err);
    assay_tiles tiles = {0};
    CHECK_STATUS(assay_model_preprocess(model, pixel, 3, "x.png", 1, &tiles, &err),
                 ASSAY_E_ARGUMENT, err);
    const assay_chat_part image = {NULL, 0, 0};
    const assay_chat_message question = {ASSAY_USER, &image, 1};
    CHECK_STATUS(assay_model_chat(model, &question, 1, true, &chat, &n, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_logits(s, logits, &err), ASSAY_OK, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(random_models_are_repeatable) {
    for (int t = 0; t < N_TYPES; t++) {
        tiny_files a = tiny_make(types[t], 5), b = tiny_make(types[t], 5),
                   c = tiny_make(types[t], 6);
        CHECK(a.text.n == b.text.n && memcmp(a.text.bytes, b.text.bytes, a.text.n) == 0, "%s",
              types[t]);
        CHECK(a.vision.n == b.vision.n && memcmp(a.vision.bytes, b.vision.bytes, a.vision.n) == 0,
              "%s", types[t]);
        CHECK(a.text.n == c.text.n && memcmp(a.text.bytes, c.text.bytes, a.text.n) != 0,
              "the seed is ignored");
        tiny_free(&a);
        tiny_free(&b);
        tiny_free(&c);
    }
    uint8_t *text = NULL, *vision = NULL;
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_model_random("huge", "F32", 1, &text, &n, &vision, &n, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_model_random("tiny", "Q3_K", 1, &text, &n, &vision, &n, &err),
                 ASSAY_E_ARGUMENT, err);
}

TEST(threads_and_kernels_give_the_same_bits) {
    static const struct {
        const char *kernels;
        int threads, batch;
    } ways[] = {{"scalar", 1, 0}, {"scalar", 2, 0}, {"simd", 1, 0}, {"simd", 2, 0},
                {NULL, 3, 0},     {"simd", 1, 1},   {"simd", 2, 7}, {"scalar", 1, 7}};
    for (int t = 0; t < N_TYPES; t++) {
        assay_model *model = tiny_load(types[t]);
        REQUIRE(model != NULL);
        outputs first, out;
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
            assay_pool *pool = NULL;
            assay_error err;
            CHECK_STATUS(assay_pool_create(ways[w].threads, &pool, &err), ASSAY_OK, err);
            assay_session *s = tiny_session(model, ways[w].kernels, pool, ways[w].batch, 0);
            REQUIRE(s != NULL, "no kernels %s", ways[w].kernels);
            CHECK_STATUS(compute_outputs(s, w == 0 ? &first : &out, &err), ASSAY_OK, err);
            CHECK(w == 0 || memcmp(first.features, out.features, sizeof out.features) == 0,
                  "%s: features of way %zu differ", types[t], w);
            CHECK(w == 0 || memcmp(first.hidden, out.hidden, sizeof out.hidden) == 0,
                  "%s: hidden states of way %zu differ", types[t], w);
            CHECK(w == 0 || memcmp(first.logits, out.logits, sizeof out.logits) == 0,
                  "%s: logits of way %zu differ", types[t], w);
            CHECK(w == 0 || memcmp(first.logprobs, out.logprobs, sizeof out.logprobs) == 0,
                  "%s: log-probabilities of way %zu differ", types[t], w);
            assay_session_destroy(s);
            assay_pool_destroy(pool);
        }
        assay_model_destroy(model);
    }
}

/* The chain rule: scoring an option is scoring its tokens one by one as they are appended. */
TEST(score_equals_token_by_token) {
    for (int t = 0; t < N_TYPES; t++) {
        assay_model *model = tiny_load(types[t]);
        assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
        REQUIRE(s != NULL);
        int32_t prompt[20], option[10];
        float logprobs[10] = {0}, one = 0, logits[TINY_VOCAB];
        assay_error err;
        noise_ids(prompt, 20);
        noise_ids(option, 10);
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){prompt, 20, NULL, 0}, &err), ASSAY_OK,
                     err);
        CHECK_STATUS(assay_session_score(s, &(assay_option){option, 10, logprobs}, 1, &err),
                     ASSAY_OK, err);
        CHECK(assay_session_length(s) == 20);
        double total = 0, mass = 0;
        for (int i = 0; i < 10; i++) {
            CHECK_STATUS(assay_session_logits(s, logits, &err), ASSAY_OK, err);
            CHECK(fabsf(logits[option[i]] - logprobs[i]) < 2e-6f, "%s: token %d: %.9g, scored %.9g",
                  types[t], i, (double)logits[option[i]], (double)logprobs[i]);
            CHECK_STATUS(assay_session_score(s, &(assay_option){option + i, 1, &one}, 1, &err),
                         ASSAY_OK, err);
            CHECK(memcmp(&one, &logprobs[i], sizeof one) == 0, "%s: token %d: %.9g, scored %.9g",
                  types[t], i, (double)one, (double)logprobs[i]);
            CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){option + i, 1, NULL, 0}, &err),
                         ASSAY_OK, err);
            total += (double)logprobs[i];
        }
        for (int i = 0; i < TINY_VOCAB; i++) mass += exp((double)logits[i]);
        CHECK(fabs(mass - 1) < 1e-5, "probabilities sum to %.9g", mass);
        CHECK(total < -20 && total > -150, "%s: a total of %g is not that of random text", types[t],
              total);
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
}

TEST(options_score_the_same_together_and_alone) {
    assay_model *model = tiny_load("Q8_0");
    /* The last has room for one long option at a time behind the prompt, in batches of 5. */
    static const struct {
        int batch, context;
    } ways[] = {{0, 0}, {3, 0}, {5, 20 + OUT_IDS + 1}};
    float expected[OUT_OPTIONS][OUT_IDS];
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        assay_session *s = tiny_session(model, NULL, NULL, ways[w].batch, ways[w].context);
        REQUIRE(s != NULL);
        int32_t prompt[20], ids[OUT_OPTIONS][OUT_IDS];
        float together[OUT_OPTIONS][OUT_IDS] = {{0}}, alone[OUT_OPTIONS][OUT_IDS] = {{0}};
        assay_option options[OUT_OPTIONS];
        assay_error err;
        noise_ids(prompt, 20);
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){prompt, 20, NULL, 0}, &err), ASSAY_OK,
                     err);
        make_options(ids, together, options);
        CHECK_STATUS(assay_session_score(s, options, OUT_OPTIONS, &err), ASSAY_OK, err);
        make_options(ids, alone, options);
        for (int i = OUT_OPTIONS - 1; i >= 0; i--) {
            CHECK_STATUS(assay_session_score(s, &options[i], 1, &err), ASSAY_OK, err);
        }
        CHECK(memcmp(together, alone, sizeof alone) == 0, "way %zu", w);
        if (w == 0) memcpy(expected, together, sizeof expected);
        CHECK(memcmp(together, expected, sizeof expected) == 0, "way %zu", w);
        assay_session_destroy(s);
    }
    assay_model_destroy(model);
}

TEST(many_options_fill_the_store_again_and_again) {
    enum { N = 40, LENGTH = 6 };
    assay_model *model = tiny_load("F32");
    assay_session *s = tiny_session(model, NULL, NULL, 16, 32);
    REQUIRE(s != NULL);
    int32_t ids[20 + N * LENGTH];
    float logprobs[N][LENGTH] = {{0}}, one[LENGTH];
    assay_option options[N];
    assay_error err;
    noise_ids(ids, sizeof ids / sizeof *ids);
    for (int i = 0; i < N; i++)
        options[i] = (assay_option){ids + 20 + i * LENGTH, LENGTH, logprobs[i]};
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 20, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_score(s, options, N, &err), ASSAY_OK, err);
    for (int i = 0; i < N; i++) {
        CHECK_STATUS(assay_session_score(s, &(assay_option){options[i].ids, LENGTH, one}, 1, &err),
                     ASSAY_OK, err);
        CHECK(memcmp(one, logprobs[i], sizeof one) == 0, "option %d", i);
    }
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(truncate_and_prefill_again) {
    assay_model *model = tiny_load("Q8_0");
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    REQUIRE(s != NULL);
    int32_t ids[60], other[30];
    float straight[TINY_VOCAB], again[TINY_VOCAB];
    assay_error err;
    noise_ids(ids, 60);
    for (int i = 0; i < 30; i++) other[i] = ids[59 - i];
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 50, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_logits(s, straight, &err), ASSAY_OK, err);
    for (size_t cut = 0; cut < 50; cut += 7) {
        CHECK_STATUS(assay_session_truncate(s, cut, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_logits(s, again, &err), ASSAY_E_ARGUMENT,
                     err); /* the last token's state is gone */
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){other, 30, NULL, 0}, &err), ASSAY_OK,
                     err);
        CHECK_STATUS(assay_session_truncate(s, cut, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids + cut, 50 - cut, NULL, 0}, &err),
                     ASSAY_OK, err);
        CHECK(assay_session_length(s) == 50);
        CHECK_STATUS(assay_session_logits(s, again, &err), ASSAY_OK, err);
        CHECK(memcmp(straight, again, sizeof again) == 0, "cut at %zu", cut);
    }
    CHECK_STATUS(assay_session_truncate(s, 51, &err), ASSAY_E_ARGUMENT, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(the_image_matters) {
    assay_model *model = tiny_load("F32");
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    REQUIRE(s != NULL);
    outputs out;
    float grey_features[TINY_TOKENS * TINY_DIM], logits[TINY_VOCAB];
    uint8_t grey[TINY_SIZE * TINY_SIZE * 3];
    int32_t ids[PROMPT_IDS];
    assay_error err;
    memset(grey, 128, sizeof grey);
    image_prompt(ids);
    CHECK_STATUS(compute_outputs(s, &out, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_encode_image(s, grey, grey_features, &err), ASSAY_OK, err);
    CHECK(memcmp(grey_features, out.features, sizeof grey_features) != 0);
    CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_prefill(
                     s, &(assay_prompt){ids, PROMPT_IDS, grey_features, TINY_TOKENS}, &err),
                 ASSAY_OK, err);
    CHECK_STATUS(assay_session_logits(s, logits, &err), ASSAY_OK, err);
    CHECK(memcmp(logits, out.logits, sizeof logits) != 0);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(requests_that_cannot_be) {
    assay_model *model = tiny_load("F32");
    assay_session *s = tiny_session(model, NULL, NULL, 0, 64), *none = NULL;
    REQUIRE(s != NULL);
    int32_t ids[80];
    float features[2 * TINY_DIM] = {0}, logprobs[80], logits[TINY_VOCAB];
    assay_error err;
    noise_ids(ids, 80);
    assay_option option = {ids, 4, logprobs};
    CHECK_STATUS(assay_session_score(s, &option, 1, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_session_logits(s, logits, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 65, NULL, 0}, &err), ASSAY_E_LIMIT,
                 err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, features, 1}, &err),
                 ASSAY_E_ARGUMENT, err);
    ids[1] = TINY_IMAGE;
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, NULL, 0}, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, features, 2}, &err),
                 ASSAY_E_ARGUMENT, err);
    ids[1] = TINY_VOCAB;
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, NULL, 0}, &err), ASSAY_E_ARGUMENT,
                 err);
    ids[1] = -1;
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, NULL, 0}, &err), ASSAY_E_ARGUMENT,
                 err);
    ids[1] = 50;
    CHECK(assay_session_length(s) == 0, "a refused prompt moved the timeline");
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 60, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 0, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_score(s, &option, 1, &err), ASSAY_OK, err);
    option.n_ids = 5;
    CHECK_STATUS(assay_session_score(s, &option, 1, &err), ASSAY_E_LIMIT, err);
    option.n_ids = 0;
    CHECK_STATUS(assay_session_score(s, &option, 1, &err), ASSAY_E_ARGUMENT, err);
    option = (assay_option){(int32_t[]){5, TINY_IMAGE}, 2, logprobs};
    CHECK_STATUS(assay_session_score(s, &option, 1, &err), ASSAY_E_ARGUMENT, err);
    assay_session_options options = assay_session_defaults();
    options.n_context = TINY_CONTEXT + 1;
    CHECK_STATUS(assay_session_create(model, &options, &none, &err), ASSAY_E_ARGUMENT, err);
    options.n_context = -1;
    CHECK_STATUS(assay_session_create(model, &options, &none, &err), ASSAY_E_ARGUMENT, err);
    options = assay_session_defaults();
    options.n_batch = -3;
    CHECK_STATUS(assay_session_create(model, &options, &none, &err), ASSAY_E_ARGUMENT, err);
    options = assay_session_defaults();
    options.kernels = "magic";
    CHECK_STATUS(assay_session_create(model, &options, &none, &err), ASSAY_E_ARGUMENT, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* Counts its calls, checks that the share only grows, and stops at a given one. */
typedef struct watcher {
    int calls, stop_at;
    double last;
    bool ordered;
} watcher;

static int watch(void *context, double done) {
    watcher *w = context;
    w->ordered = w->ordered && done >= w->last && done >= 0 && done <= 1;
    w->last = done;
    return ++w->calls == w->stop_at;
}

TEST(progress_and_cancel) {
    assay_model *model = tiny_load("Q8_0");
    watcher w = {.ordered = true};
    assay_session_options options = assay_session_defaults();
    options.progress = watch;
    options.progress_context = &w;
    options.n_batch = 8;
    assay_session *s = NULL;
    assay_error err;
    outputs before;
    CHECK_STATUS(assay_session_create(model, &options, &s, &err), ASSAY_OK, err);
    REQUIRE(s != NULL);
    int32_t ids[PROMPT_IDS], option_ids[OUT_OPTIONS][OUT_IDS];
    float after[OUT_OPTIONS][OUT_IDS] = {{0}};
    uint8_t pixels[TINY_SIZE * TINY_SIZE * 3] = {0};
    float features[TINY_TOKENS * TINY_DIM];
    assay_option all[OUT_OPTIONS];
    CHECK_STATUS(compute_outputs(s, &before, &err), ASSAY_OK, err);
    CHECK(w.calls > 10, "%d calls", w.calls);

    noise_ids(ids, PROMPT_IDS);
    make_options(option_ids, after, all);
    for (int stop = 1; stop <= 6; stop++) {
        w = (watcher){.stop_at = stop, .ordered = true};
        CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, PROMPT_IDS, NULL, 0}, &err),
                     ASSAY_E_CANCELLED, err);
        CHECK(w.calls == stop && w.ordered);
        CHECK(assay_session_length(s) == PROMPT_IDS, "a cancelled prompt moved the timeline");
    }
    w = (watcher){.stop_at = 2, .ordered = true};
    CHECK_STATUS(assay_session_score(s, all, OUT_OPTIONS, &err), ASSAY_E_CANCELLED, err);
    w = (watcher){.stop_at = 2, .ordered = true};
    CHECK_STATUS(assay_session_encode_image(s, pixels, features, &err), ASSAY_E_CANCELLED, err);
    w = (watcher){.ordered = true};
    memset(after, 0, sizeof after);
    CHECK_STATUS(assay_session_score(s, all, OUT_OPTIONS, &err), ASSAY_OK, err);
    CHECK(memcmp(after, before.logprobs, sizeof after) == 0, "a cancelled call left a trace");
    CHECK(w.ordered, "the share of progress went back");
    assay_session_destroy(s);
    assay_model_destroy(model);
}
