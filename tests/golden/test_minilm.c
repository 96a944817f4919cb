/* The real all-MiniLM-L6-v2 (build/models, made by deps/minilm.mjs) against sentence-transformers on 200 texts of many
 * lengths and scripts (tests/golden/gen/minilm.py): the same ids, and embeddings of the same direction.
 *
 * Bounds, the cosine of the worst text: F32 0.9999, F16 0.9999, Q8_0 0.999. The golden embeddings are halves, which costs
 * 1e-7. Builds that are slow, under a sanitizer or in WebAssembly, embed every 25th text. */
#include "test.h"

#include <math.h>

#include "assay_encoder.h"
#include "base/maths.h"
#include "base/os.h"
#include "format/json.h"

enum { N_TEXTS = 200, DIM = 384, MAX_TOKENS = 256, MAX_IDS = 2048 };

#if defined(__SANITIZE_ADDRESS__) || defined(__EMSCRIPTEN__)
enum { STEP = 25 };
#else
enum { STEP = 1 };
#endif

static const char golden_texts[] = "tests/golden/minilm/minilm.json";
static const char golden_embeddings[] = "tests/golden/minilm/minilm.f16";

static void path_of(const char *type, char *path, size_t size) {
    snprintf(path, size, "build/models/all-MiniLM-L6-v2-%s.gguf", type);
}

static uint8_t *read_file(const char *path, size_t *n) {
    uint8_t *bytes = NULL;
    assay_error err = {0};
    assay_status status = assay_os_read_file(path, (size_t)1 << 30, &bytes, n, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    return bytes;
}

static cJSON *read_texts(void) {
    size_t n = 0;
    uint8_t *bytes = read_file(golden_texts, &n);
    cJSON *json = NULL;
    assay_error err = {0};
    if (bytes != NULL)
        CHECK_STATUS(assay_json_parse((const char *)bytes, n, golden_texts, &json, &err), ASSAY_OK,
                     err);
    free(bytes);
    return json;
}

static assay_encoder *load(const char *type) {
    char path[64];
    assay_encoder *encoder = NULL;
    assay_error err;
    path_of(type, path, sizeof path);
    assay_model_file file = {.what = path};
    file.bytes = read_file(path, &file.n);
    if (file.bytes != NULL)
        CHECK_STATUS(assay_encoder_create(&file, 1, &encoder, &err), ASSAY_OK, err);
    return encoder;
}

static bool there(const char *type) {
    char path[64];
    path_of(type, path, sizeof path);
    return assay_os_exists(path);
}

TEST(token_ids_are_equal) {
    if (!there("Q8_0")) SKIP("no build/models/all-MiniLM-L6-v2-Q8_0.gguf; make deps gets it");
    cJSON *json = read_texts();
    assay_encoder *encoder = load("Q8_0");
    REQUIRE(json != NULL && encoder != NULL);
    int n_texts = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(json, "texts")) {
        const char *text = cJSON_GetObjectItemCaseSensitive(one, "text")->valuestring;
        const cJSON *want = cJSON_GetObjectItemCaseSensitive(one, "ids");
        static int32_t ids[MAX_IDS];
        size_t n = 0, i = 0;
        assay_error err;
        CHECK_STATUS(assay_encoder_tokenize(encoder, text, strlen(text), ids, MAX_IDS, &n, &err),
                     ASSAY_OK, err);
        CHECK((int)n == cJSON_GetArraySize(want), "text %d \"%.60s\": %zu ids, not %d", n_texts,
              text, n, cJSON_GetArraySize(want));
        const cJSON *id = NULL;
        cJSON_ArrayForEach(id, want) {
            if (i < n && ids[i] != (int32_t)id->valuedouble) break;
            i++;
        }
        CHECK(id == NULL, "text %d \"%.60s\" differs at %zu", n_texts, text, i);
        n_texts++;
    }
    CHECK(n_texts == N_TEXTS, "%d texts", n_texts);
    assay_encoder_destroy(encoder);
    cJSON_Delete(json);
}

static double cosine(const float *found, const uint8_t *halves) {
    double dot = 0, a = 0, b = 0;
    for (int i = 0; i < DIM; i++) {
        uint16_t half = (uint16_t)(halves[2 * i] | halves[2 * i + 1] << 8);
        double x = (double)found[i], y = (double)assay_f16_to_f32(half);
        dot += x * y;
        a += x * x;
        b += y * y;
    }
    return dot / sqrt(a * b);
}

/* Every STEP-th text, in one call. */
static void check_embeddings(const char *type, double bound) {
    static float out[N_TEXTS * DIM];
    assay_text texts[N_TEXTS];
    size_t n = 0, n_halves = 0, at = 0;
    cJSON *json = read_texts();
    uint8_t *halves = read_file(golden_embeddings, &n_halves);
    assay_encoder *encoder = load(type);
    assay_encoder_session *s = NULL;
    assay_pool *pool = NULL;
    assay_error err;
    REQUIRE(json != NULL && encoder != NULL && n_halves == 2 * N_TEXTS * DIM);
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(json, "texts")) {
        const char *text = cJSON_GetObjectItemCaseSensitive(one, "text")->valuestring;
        if (at++ % STEP == 0) texts[n++] = (assay_text){text, strlen(text)};
    }
    CHECK(n == N_TEXTS / STEP, "%zu texts", n);
    CHECK_STATUS(assay_pool_create(2, &pool, &err), ASSAY_OK, err);
    assay_encoder_options options = assay_encoder_defaults();
    options.max_tokens = MAX_TOKENS;
    options.pool = pool;
    CHECK_STATUS(assay_encoder_session_create(encoder, &options, &s, &err), ASSAY_OK, err);
    double start = assay_os_seconds(), least = 2, sum = 0;
    CHECK_STATUS(assay_encoder_embed(s, texts, n, out, &err), ASSAY_OK, err);
    double seconds = assay_os_seconds() - start;
    for (size_t i = 0; i < n; i++) {
        double c = cosine(out + i * DIM, halves + 2 * i * STEP * DIM);
        CHECK(c > bound, "text %zu \"%.60s\": cosine %.6f", i * STEP, texts[i].bytes, c);
        least = c < least || isnan(c) ? c : least;
        sum += c;
    }
    printf("# %s: cosine at least %.6f, mean %.6f; %.0f texts/s\n", type, least, sum / (double)n,
           (double)n / seconds);
    assay_encoder_session_destroy(s);
    assay_pool_destroy(pool);
    assay_encoder_destroy(encoder);
    free(halves);
    cJSON_Delete(json);
}

TEST(embeddings_f32) {
    if (!there("F32")) SKIP("no build/models/all-MiniLM-L6-v2-F32.gguf; make deps gets it");
    check_embeddings("F32", 0.9999);
}
TEST(embeddings_f16) {
    if (!there("F16")) SKIP("no build/models/all-MiniLM-L6-v2-F16.gguf; make deps gets it");
    check_embeddings("F16", 0.9999);
}
TEST(embeddings_q8_0) {
    if (!there("Q8_0")) SKIP("no build/models/all-MiniLM-L6-v2-Q8_0.gguf; make deps gets it");
    check_embeddings("Q8_0", 0.999);
}
