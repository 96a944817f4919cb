/* Encoders: what is refused, what does not change a bit, running out of memory at every allocation. The numbers themselves
 * are compared in tests/golden/test_encoder.c and test_minilm.c. */
#include "test.h"

#include <math.h>

#include "../failing_alloc.h"
#include "encoder_fixture.h"

enum { DIM = 64, N_TEXTS = 9 };

static const char *const texts_of_words[N_TEXTS] = {
    "the cat sat on the mat.",
    "",
    "a",
    "zigzagging quietly, the older lion was wading",
    "the the the the the the the the the the the the the the the the the the the the the the the",
    "no?",
    "onlooker 0101 - 10!",
    "qwertyuiopasdfghjklzxcvbnm and more of it, more than a text may be",
    "mat",
};

static void fill_texts(assay_text texts[N_TEXTS]) {
    for (int i = 0; i < N_TEXTS; i++)
        texts[i] = (assay_text){texts_of_words[i], strlen(texts_of_words[i])};
}

static bool same_bits(const float *a, const float *b, size_t n) {
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* ---- what it computes ---- */

TEST(info_tells_the_shape) {
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_Q8_0));
    REQUIRE(encoder != NULL);
    const assay_encoder_info *i = assay_encoder_get_info(encoder);
    CHECK(strcmp(i->name, "seeded encoder") == 0 && strlen(i->sha256) == 64);
    CHECK(i->n_vocab == 77 && i->n_layers == 3 && i->n_heads == 4 && i->head_dim == 16);
    CHECK(i->dim == DIM && i->ffn_dim == 128 && i->n_context == 40);
    CHECK(i->pooling == ASSAY_POOLING_MEAN);
    uint64_t layer = 4 * (64 * 64 + 64) + 2 * 64 * 128 + 128 + 64 + 4 * 64;
    CHECK(i->n_parameters == (77 + 40 + 2) * 64 + 2 * 64 + 3 * layer, "%llu parameters",
          (unsigned long long)i->n_parameters);
    assay_encoder_destroy(encoder);
    encoder_spec spec = encoder_tiny(ASSAY_F32);
    spec.pooling = 0;
    encoder = encoder_load(spec);
    REQUIRE(encoder != NULL);
    CHECK(assay_encoder_get_info(encoder)->pooling == ASSAY_POOLING_MEAN);
    assay_encoder_destroy(encoder);
}

TEST(embeddings_depend_on_their_text_alone) {
    static const struct {
        const char *kernels;
        int threads, n_batch;
    } ways[] = {{"scalar", 1, 0}, {NULL, 1, 0},      {NULL, 2, 0},
                {NULL, 5, 41},    {"scalar", 2, 56}, {NULL, 1, 1024}};
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_Q8_0));
    REQUIRE(encoder != NULL);
    assay_text texts[N_TEXTS];
    float first[N_TEXTS * DIM], out[N_TEXTS * DIM], alone[DIM];
    assay_error err;
    fill_texts(texts);
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        assay_encoder_options options = assay_encoder_defaults();
        options.kernels = ways[w].kernels;
        options.n_batch = ways[w].n_batch;
        assay_pool *pool = NULL;
        CHECK_STATUS(assay_pool_create(ways[w].threads, &pool, &err), ASSAY_OK, err);
        options.pool = pool;
        assay_encoder_session *s = encoder_start(encoder, &options);
        REQUIRE(s != NULL);
        CHECK_STATUS(assay_encoder_embed(s, texts, N_TEXTS, out, &err), ASSAY_OK, err);
        if (w == 0) memcpy(first, out, sizeof out);
        CHECK(same_bits(first, out, N_TEXTS * DIM), "way %zu", w);
        for (size_t i = 0; i < N_TEXTS; i++) {
            CHECK_STATUS(assay_encoder_embed(s, &texts[i], 1, alone, &err), ASSAY_OK, err);
            CHECK(same_bits(first + i * DIM, alone, DIM), "way %zu, text %zu alone", w, i);
        }
        assay_encoder_session_destroy(s);
        assay_pool_destroy(pool);
    }
    CHECK(!same_bits(first, first + DIM, DIM));
    assay_encoder_destroy(encoder);
}

TEST(a_long_text_is_cut_and_keeps_its_end) {
    enum { MOST = 12, CAP = 128 };
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_F32));
    assay_encoder_options options = assay_encoder_defaults();
    options.max_tokens = MOST;
    assay_encoder_session *s = encoder != NULL ? encoder_start(encoder, &options) : NULL;
    REQUIRE(s != NULL);
    assay_text text = {texts_of_words[7], strlen(texts_of_words[7])};
    int32_t ids[CAP];
    size_t n = 0;
    float whole[DIM], cut[DIM];
    assay_error err;
    CHECK_STATUS(assay_encoder_tokenize(encoder, text.bytes, text.n, ids, CAP, &n, &err), ASSAY_OK,
                 err);
    REQUIRE(n > MOST && n < CAP, "%zu tokens", n);
    CHECK(ids[0] == 2 && ids[n - 1] == 3, "ids %d ... %d", (int)ids[0], (int)ids[n - 1]);
    CHECK_STATUS(assay_encoder_embed(s, &text, 1, whole, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_encoder_embed_ids(s, ids, MOST + 1, cut, &err), ASSAY_E_LIMIT, err);
    ids[MOST - 1] = 3;
    CHECK_STATUS(assay_encoder_embed_ids(s, ids, MOST, cut, &err), ASSAY_OK, err);
    CHECK(same_bits(whole, cut, DIM));
    int32_t few[3];
    CHECK_STATUS(assay_encoder_tokenize(encoder, text.bytes, text.n, few, 3, &n, &err), ASSAY_OK,
                 err);
    CHECK(few[0] == ids[0] && few[2] == ids[2] && n > MOST);
    assay_encoder_session_destroy(s);
    assay_encoder_destroy(encoder);
}

TEST(normalized_is_the_same_direction_at_length_one) {
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_F16));
    assay_encoder_options options = assay_encoder_defaults();
    REQUIRE(encoder != NULL);
    assay_encoder_session *unit = encoder_start(encoder, &options);
    options.normalize = false;
    assay_encoder_session *raw = encoder_start(encoder, &options);
    REQUIRE(unit != NULL && raw != NULL);
    assay_text text = {texts_of_words[0], strlen(texts_of_words[0])};
    float a[DIM], b[DIM];
    assay_error err;
    CHECK_STATUS(assay_encoder_embed(unit, &text, 1, a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_encoder_embed(raw, &text, 1, b, &err), ASSAY_OK, err);
    double squares = 0, length = 0;
    for (int i = 0; i < DIM; i++) {
        squares += (double)a[i] * (double)a[i];
        length += (double)b[i] * (double)b[i];
    }
    length = sqrt(length);
    CHECK(fabs(squares - 1) < 1e-6, "%g", squares);
    CHECK(fabs(length - 1) > 0.1, "the raw vector has length 1 already");
    for (int i = 0; i < DIM; i++) CHECK(fabs((double)a[i] * length - (double)b[i]) < 1e-6);
    assay_encoder_session_destroy(unit);
    assay_encoder_session_destroy(raw);
    assay_encoder_destroy(encoder);
}

/* ---- progress ---- */

typedef struct progress_log {
    int n, stop_at; /* stop_at 0: never */
    double last;
    bool rises;
} progress_log;

static int on_progress(void *context, double done) {
    progress_log *log = context;
    log->rises = log->rises && done >= log->last && done <= 1;
    log->last = done;
    return ++log->n == log->stop_at;
}

TEST(progress_rises_to_one_and_cancels) {
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_F32));
    progress_log log = {.rises = true};
    assay_encoder_options options = assay_encoder_defaults();
    options.progress = on_progress;
    options.progress_context = &log;
    assay_encoder_session *s = encoder != NULL ? encoder_start(encoder, &options) : NULL;
    REQUIRE(s != NULL);
    assay_text texts[N_TEXTS];
    float want[N_TEXTS * DIM], out[N_TEXTS * DIM];
    assay_error err;
    fill_texts(texts);
    CHECK_STATUS(assay_encoder_embed(s, texts, N_TEXTS, want, &err), ASSAY_OK, err);
    CHECK(log.rises && fabs(log.last - 1) < 1e-9, "ended at %g", log.last);
    int n_calls = log.n;
    CHECK(n_calls >= 4);
    for (int k = 1; k <= n_calls; k++) {
        log = (progress_log){.stop_at = k, .rises = true};
        CHECK_STATUS(assay_encoder_embed(s, texts, N_TEXTS, out, &err), ASSAY_E_CANCELLED, err);
        CHECK(log.n == k, "went on after a cancel");
    }
    log = (progress_log){.rises = true};
    CHECK_STATUS(assay_encoder_embed(s, texts, N_TEXTS, out, &err), ASSAY_OK, err);
    CHECK(same_bits(want, out, N_TEXTS * DIM), "a cancelled call left something behind");
    assay_encoder_session_destroy(s);
    assay_encoder_destroy(encoder);
}

/* ---- what is refused ---- */

TEST(options_are_checked) {
    assay_encoder *encoder = encoder_load(encoder_tiny(ASSAY_F32));
    REQUIRE(encoder != NULL);
    assay_encoder_options bad[6];
    for (int i = 0; i < 6; i++) bad[i] = assay_encoder_defaults();
    bad[0].max_tokens = 1;
    bad[1].max_tokens = 41;
    bad[2].n_batch = -1;
    bad[3].kernels = "fast";
    bad[4].pooling = (assay_pooling)4;
    bad[5].max_tokens = -3;
    for (int i = 0; i < 6; i++) {
        assay_encoder_session *s = NULL;
        assay_error err;
        CHECK_STATUS(assay_encoder_session_create(encoder, &bad[i], &s, &err), ASSAY_E_ARGUMENT,
                     err);
        CHECK(s == NULL, "options %d", i);
    }
    assay_encoder_session *s = encoder_start(encoder, NULL);
    REQUIRE(s != NULL);
    float out[DIM];
    assay_error err;
    const int32_t ids[3] = {2, 77, 3}, negative[1] = {-1};
    CHECK_STATUS(assay_encoder_embed_ids(s, ids, 3, out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_encoder_embed_ids(s, negative, 1, out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_encoder_embed_ids(s, ids, 0, out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_encoder_embed(s, NULL, 0, NULL, &err), ASSAY_OK, err);
    assay_encoder_session_destroy(s);
    assay_encoder_destroy(encoder);
}

typedef struct bad_file {
    encoder_spec spec;
    assay_status status;
    const char *says;
} bad_file;

static void check_bad(const bad_file *bad) {
    assay_model_file file = encoder_make(&bad->spec);
    assay_encoder *encoder = NULL;
    assay_error err;
    CHECK_STATUS(assay_encoder_create(&file, 1, &encoder, &err), bad->status, err);
    CHECK(strstr(err.text, bad->says) != NULL, "\"%s\" does not say \"%s\"", err.text, bad->says);
    CHECK(encoder == NULL);
    assay_encoder_destroy(encoder);
}

TEST(bad_files_are_refused_in_a_sentence) {
    encoder_spec good = encoder_tiny(ASSAY_F32);
    bad_file bad[] = {
        {good, ASSAY_E_UNSUPPORTED, "architecture \"llama\""},
        {good, ASSAY_E_FORMAT, "bert.block_count"},
        {good, ASSAY_E_FORMAT, "bert.embedding_length"},
        {good, ASSAY_E_FORMAT, "bert.attention.head_count is 5"},
        {good, ASSAY_E_FORMAT, "layer_norm_epsilon is 0"},
        {good, ASSAY_E_UNSUPPORTED, "bert.attention.causal"},
        {good, ASSAY_E_UNSUPPORTED, "pooling_type is 4 (a reranker)"},
        {good, ASSAY_E_FORMAT, "tensor token_embd.weight is missing"},
        {good, ASSAY_E_FORMAT, "tensor token_types.weight is missing"},
        {good, ASSAY_E_FORMAT, "tensor blk.2.attn_output_norm.bias is missing"},
        {good, ASSAY_E_FORMAT, "tensor blk.0.ffn_down.weight: expected [64, 128], found [64, 160]"},
        {good, ASSAY_E_FORMAT, "tensor position_embd.weight: expected [40, 64], found [40, 96]"},
        {good, ASSAY_E_UNSUPPORTED, "cls.weight"},
        {good, ASSAY_E_FORMAT, "76 tokens in the vocabulary, but embeddings for 77"},
    };
    bad[0].spec.architecture = "llama";
    bad[1].spec.leave_out_key = "bert.block_count";
    bad[2].spec.zero_key = "bert.embedding_length";
    bad[3].spec.heads = 5;
    bad[4].spec.eps = 0;
    bad[5].spec.causal = true;
    bad[6].spec.pooling = 4;
    bad[7].spec.leave_out = "token_embd.weight";
    bad[8].spec.leave_out = "token_types.weight";
    bad[9].spec.leave_out = "blk.2.attn_output_norm.bias";
    bad[10].spec.grow = "blk.0.ffn_down.weight";
    bad[11].spec.grow = "position_embd.weight";
    bad[12].spec.extra = "cls.weight";
    bad[13].spec.n_tokens = 76;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_bad(&bad[i]);
}

/* Cut anywhere: never accepted, never read past the end. */
TEST(cut_files_are_refused) {
    encoder_spec spec = encoder_tiny(ASSAY_Q8_0);
    assay_model_file file = encoder_make(&spec);
    for (size_t n = 0; n < file.n; n += n < 4096 ? 61 : 4099) {
        assay_model_file part = {malloc(n > 0 ? n : 1), n, "cut.gguf"};
        assay_encoder *encoder = NULL;
        assay_error err = {0};
        if (part.bytes == NULL) abort();
        memcpy(part.bytes, file.bytes, n);
        CHECK(assay_encoder_create(&part, 1, &encoder, &err) != ASSAY_OK, "%zu bytes", n);
        CHECK(err.text[0] != '\0' && encoder == NULL);
    }
    free(file.bytes);
}

TEST(numbers_that_are_not_finite_are_reported) {
    encoder_spec spec = encoder_tiny(ASSAY_F32);
    spec.nan_in = "blk.1.ffn_up.bias";
    assay_encoder *encoder = encoder_load(spec);
    assay_encoder_session *s = encoder != NULL ? encoder_start(encoder, NULL) : NULL;
    REQUIRE(s != NULL);
    assay_text texts[N_TEXTS];
    float out[N_TEXTS * DIM];
    assay_error err;
    fill_texts(texts);
    CHECK_STATUS(assay_encoder_embed(s, texts, N_TEXTS, out, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "finite") != NULL, "%s", err.text);
    assay_encoder_session_destroy(s);
    assay_encoder_destroy(encoder);
}

/* ---- running out of memory ---- */

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("the allocator is not wrapped");
    encoder_spec spec = encoder_tiny(ASSAY_Q8_0);
    assay_model_file file = encoder_make(&spec);
    assay_text texts[N_TEXTS];
    float out[N_TEXTS * DIM];
    fill_texts(texts);
    long k = 0;
    for (bool failed = true; failed && k < 2000; k++) {
        assay_model_file copy = {malloc(file.n), file.n, "encoder.gguf"};
        assay_encoder *encoder = NULL;
        assay_encoder_session *s = NULL;
        assay_error err = {0};
        if (copy.bytes == NULL) abort();
        memcpy(copy.bytes, file.bytes, file.n);
        failing_alloc_arm(k);
        assay_status status = assay_encoder_create(&copy, 1, &encoder, &err);
        if (status == ASSAY_OK) status = assay_encoder_session_create(encoder, NULL, &s, &err);
        if (status == ASSAY_OK) status = assay_encoder_embed(s, texts, N_TEXTS, out, &err);
        failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s (%s)", k,
              assay_status_name(status), err.text);
        assay_encoder_session_destroy(s);
        assay_encoder_destroy(encoder);
    }
    printf("# %ld allocations\n", k - 1);
    CHECK(k > 10 && k < 2000);
    free(file.bytes);
}
