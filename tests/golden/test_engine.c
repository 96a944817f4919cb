/* The engine against the float64 reference of tests/golden/gen/engine_reference.py.
 *
 *     test_engine                                   the tiny random model, made in memory
 *     test_engine GOLDEN.json TEXT.gguf VISION.gguf  any other model, with golden values made for
 * it
 *
 * Bounds: relative L2 of features and hidden states 1e-3 with F32 weights, log-probabilities within
 * 2e-3 nat; with Q8_0, whose products quantize the activations too, 2e-2 nat. */
#define TEST_NO_MAIN
#include "test.h"

#include <math.h>

#include "../unit/model_fixture.h"
#include "base/os.h"
#include "base/sha256.h"
#include "format/json.h"

#define MAX_FILE ((size_t)3 << 30)

typedef struct bounds {
    double relative_l2, nat;
} bounds;
static const bounds float_bounds = {1e-3, 2e-3};
static const bounds f16_bounds = {1e-3, 2e-3}; /* the reference reads the same rounded weights */
static const bounds q8_bounds = {4e-2, 2e-2};  /* the states' bound only catches blunders */

static cJSON *read_json(const char *path) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *json = NULL;
    assay_error err = {0};
    assay_status status = assay_os_read_file(path, MAX_FILE, &bytes, &n, &err);
    if (status == ASSAY_OK) status = assay_json_parse((const char *)bytes, n, path, &json, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    free(bytes);
    return json;
}

static const char *text_of(const cJSON *json, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* ||found - expected|| / ||expected|| */
static double relative_l2(const float *found, const cJSON *expected, size_t n) {
    double above = 0, below = 0;
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, expected) {
        if (i == n) return INFINITY;
        double d = (double)found[i++] - item->valuedouble;
        above += d * d;
        below += item->valuedouble * item->valuedouble;
    }
    return i == n && below > 0 ? sqrt(above / below) : INFINITY;
}

static int32_t *read_ids(const cJSON *array, size_t *n) {
    int32_t *ids = calloc((size_t)cJSON_GetArraySize(array) + 1, sizeof *ids);
    const cJSON *item = NULL;
    *n = 0;
    if (ids == NULL) abort();
    cJSON_ArrayForEach(item, array) ids[(*n)++] = (int32_t)item->valuedouble;
    return ids;
}

/* The largest difference of the options' log-probabilities from the reference. */
static double check_options(assay_session *s, const cJSON *one, double most) {
    const cJSON *option = NULL, *want = cJSON_GetObjectItemCaseSensitive(one, "logprobs")->child;
    cJSON_ArrayForEach(option, cJSON_GetObjectItemCaseSensitive(one, "options")) {
        size_t n = 0;
        int32_t *ids = read_ids(option, &n);
        float *logprobs = calloc(n + 1, sizeof *logprobs);
        assay_error err;
        if (logprobs == NULL) abort();
        CHECK_STATUS(assay_session_score(s, &(assay_option){ids, n, logprobs}, 1, &err), ASSAY_OK,
                     err);
        const cJSON *value = want->child;
        for (size_t i = 0; i < n && value != NULL; i++, value = value->next) {
            double d = fabs((double)logprobs[i] - value->valuedouble);
            most = d > most || isnan(d) ? d : most;
        }
        CHECK((size_t)cJSON_GetArraySize(want) == n, "%zu log-probabilities", n);
        want = want->next;
        free(logprobs);
        free(ids);
    }
    return most;
}

static void check_case(assay_session *s, const assay_model_info *info, const cJSON *one,
                       const float *features, const bounds *b, int index) {
    size_t n = 0, dim = (size_t)info->dim;
    int32_t *ids = read_ids(cJSON_GetObjectItemCaseSensitive(one, "prompt"), &n);
    float *hidden = calloc(n * dim, sizeof *hidden);
    const cJSON *expected = cJSON_GetObjectItemCaseSensitive(one, "hidden");
    size_t n_expected = (size_t)cJSON_GetArraySize(expected);
    assay_error err;
    assay_prompt prompt = {.ids = ids, .n_ids = n};
    if (hidden == NULL) abort();
    if (index == 0) { /* the first case shows the image */
        prompt.features = features;
        prompt.n_features = (size_t)info->image_tokens;
    }
    CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_hidden(s, &prompt, hidden, &err), ASSAY_OK, err);
    CHECK(n_expected == n * dim || n_expected == dim, "%zu hidden values", n_expected);
    double l2 = relative_l2(hidden + n * dim - n_expected, expected, n_expected);
    CHECK(l2 < b->relative_l2, "case %d: hidden states are off by %.3g", index, l2);
    double nat = check_options(s, one, 0);
    CHECK(nat < b->nat, "case %d: a log-probability is off by %.3g nat", index, nat);
    printf("# case %d: hidden states %.2g, log-probabilities %.2g nat\n", index, l2, nat);
    free(hidden);
    free(ids);
}

/* Takes the files over. */
static void check_model(const char *golden, assay_model_file text, assay_model_file vision,
                        const bounds *b) {
    assay_model *model = NULL;
    assay_session *s = NULL;
    assay_error err;
    cJSON *json = read_json(golden);
    CHECK_STATUS(assay_model_create(&text, 1, vision, &model, &err), ASSAY_OK, err);
    REQUIRE(json != NULL && model != NULL);
    const assay_model_info *info = assay_model_get_info(model);
    CHECK(strcmp(info->text_sha256, text_of(json, "text_sha256")) == 0, "another text model: %s",
          info->text_sha256);
    CHECK(strcmp(info->vision_sha256, text_of(json, "vision_sha256")) == 0,
          "another vision model: %s", info->vision_sha256);
    CHECK_STATUS(assay_session_create(model, NULL, &s, &err), ASSAY_OK, err);
    REQUIRE(s != NULL);

    size_t n_pixels = (size_t)info->image_size * (size_t)info->image_size * 3;
    size_t n_features = (size_t)info->image_tokens * (size_t)info->dim;
    uint8_t *pixels = malloc(n_pixels);
    float *features = calloc(n_features, sizeof *features);
    if (pixels == NULL || features == NULL) abort();
    noise_pixels(pixels, n_pixels);
    CHECK_STATUS(assay_session_encode_image(s, pixels, features, &err), ASSAY_OK, err);
    double l2 =
        relative_l2(features, cJSON_GetObjectItemCaseSensitive(json, "features"), n_features);
    printf("# %s: features %.2g\n", golden, l2);
    CHECK(l2 < b->relative_l2, "features are off by %.3g", l2);
    int index = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(json, "cases"))
        check_case(s, info, one, features, b, index++);
    CHECK(index == 2, "%d cases", index);
    free(pixels);
    free(features);
    assay_session_destroy(s);
    assay_model_destroy(model);
    cJSON_Delete(json);
}

static void check_tiny(const char *golden, const char *type, const bounds *b) {
    tiny_files f = tiny_make(type, 1);
    check_model(golden, f.text, f.vision, b);
}

TEST(tiny_f32) {
    check_tiny("tests/golden/engine/tiny-f32.json", "F32", &float_bounds);
}
TEST(tiny_f16) {
    check_tiny("tests/golden/engine/tiny-f16.json", "F16", &f16_bounds);
}
TEST(tiny_q8_0) {
    check_tiny("tests/golden/engine/tiny-q8_0.json", "Q8_0", &q8_bounds);
}

/* The same bits in every build: compiler, instruction set, WebAssembly. A change of the numerics on
 * purpose changes these, and every hallmark with them. */
TEST(bits_are_those_of_every_build) {
    static const struct {
        const char *type, *sha256;
    } expected[] = {
        {"F32", "a34bece2bb7208ffb66479e8f72c91bb0cf2be0b3457115c7583f809373c2343"},
        {"F16", "3b88c96502ca72e3436273348a08f5416b348da0e3336075d230d9b1627ffdcc"},
        {"Q8_0", "e890bb55f03214c94ff4ed422654e4c529c0b3385064fb7163db094f6b9a2b1b"},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        assay_model *model = tiny_load(expected[i].type);
        assay_session *s = model != NULL ? tiny_session(model, NULL, NULL, 0, 0) : NULL;
        REQUIRE(s != NULL);
        outputs out;
        assay_error err;
        CHECK_STATUS(compute_outputs(s, &out, &err), ASSAY_OK, err);
        assay_digest digest = assay_sha256_of(&out, sizeof out);
        CHECK(strcmp(digest.hex, expected[i].sha256) == 0, "%s: %s", expected[i].type, digest.hex);
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
}

static int check_other(char **argv) {
    assay_model_file files[2] = {{.what = argv[2]}, {.what = argv[3]}};
    assay_error err;
    test_state.now = "other";
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(
            assay_os_read_file(files[i].what, MAX_FILE, &files[i].bytes, &files[i].n, &err),
            ASSAY_OK, err);
    }
    check_model(argv[1], files[0], files[1],
                strstr(argv[2], "Q8_0") != NULL ? &q8_bounds : &float_bounds);
    if (test_state.failures == 0) printf("ok %s\n", test_state.now);
    return test_state.failures > 0;
}

int main(int argc, char **argv) {
    return argc == 4 ? check_other(argv) : test_main(argc, argv);
}
