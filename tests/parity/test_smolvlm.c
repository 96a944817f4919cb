/* SmolVLM's true shapes with seeded random weights, held against Hugging Face's own classes, a plain
 * float64 reference and native llama.cpp, once with the weights dequantized and once with its own
 * products of quantized weights (tests/parity/README.md; the golden files say the versions):
 *
 *     256M in F32 and Q8_0: one tile, a split image beside a second one, and text in turns
 *     500M in F32 and Q8_0: the same without the split image
 *     test_smolvlm GOLDEN.json TEXT.gguf VISION.gguf: any other model, with golden values made for it
 *
 * Bounds. Float weights: the engine, Hugging Face and llama.cpp round to float32 at every step, in
 * different orders, which leaves 1e-5 nat; llama.cpp's GELU is a table in f16, which moves a prompt with an image by 1e-3. Promised are
 * 2e-3. Quantized weights: the engine's products round activations to 13 bits, where the references round nothing; llama.cpp's own round
 * them to 8, and it is as far from float64 as it is from us. */
#define TEST_NO_MAIN
#include "parity.h"

enum { POOL_THREADS = 2 };

/* Members of a golden case. */
enum { N_REFERENCES = 4 };
static const char *const references[N_REFERENCES] = {"float64", "logprobs", "llamacpp",
                                                     "llamacpp_native"};

typedef struct bounds {
    double features, hidden;  /* relative L2, against Hugging Face */
    double nat[N_REFERENCES]; /* from each of the references */
} bounds;

static const bounds f32_bounds = {1e-4, 1e-4, {2e-3, 2e-3, 2e-3, 2e-3}};
static const bounds q8_bounds = {1e-2, 1e-2, {2e-2, 2e-2, 2e-2, 0.2}};

/* Largest differences of one case from each. */
typedef struct distances {
    double nat[N_REFERENCES];
} distances;

static distances score_case(assay_session *s, const cJSON *one) {
    distances d = {0};
    const cJSON *option = NULL;
    int i = 0;
    cJSON_ArrayForEach(option, parity_get(one, "options")) {
        size_t n = 0;
        int32_t *ids = parity_ids(option, &n);
        float *found = parity_alloc(n, sizeof *found);
        assay_error err;
        CHECK_STATUS(assay_session_score(s, &(assay_option){ids, n, found}, 1, &err), ASSAY_OK,
                     err);
        for (int k = 0; k < N_REFERENCES; k++) {
            const cJSON *want = cJSON_GetArrayItem(parity_get(one, references[k]), i);
            d.nat[k] = parity_larger(d.nat[k], parity_nat(found, n, want));
        }
        free(found);
        free(ids);
        i++;
    }
    return d;
}

static void check_case(assay_session *s, const assay_model_info *info, const cJSON *one,
                       const float *features, size_t samples, const bounds *b) {
    const char *name = cJSON_GetStringValue(parity_get(one, "name"));
    size_t n = 0, n_tiles = (size_t)parity_get(one, "n_tiles")->valuedouble;
    int32_t *ids = parity_ids(parity_get(one, "prompt"), &n);
    float *hidden = parity_alloc(n * (size_t)info->dim, sizeof *hidden);
    const assay_prompt prompt = {ids, n, n_tiles > 0 ? features : NULL,
                                 n_tiles * (size_t)info->image_tokens};
    assay_error err;
    CHECK_STATUS(assay_session_truncate(s, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_hidden(s, &prompt, hidden, &err), ASSAY_OK, err);
    double l2 = parity_l2(hidden, n, (size_t)info->dim, samples, parity_get(one, "hidden"));
    distances d = score_case(s, one);
    printf("# %s, %s: hidden %.2g; nat: %.2g from float64, %.2g from Hugging Face, %.2g from "
           "llama.cpp, %.2g from its own products\n",
           test_state.now, name, l2, d.nat[0], d.nat[1], d.nat[2], d.nat[3]);
    CHECK(l2 < b->hidden, "%s: hidden states are off by %.3g", name, l2);
    for (int k = 0; k < N_REFERENCES; k++) {
        CHECK(d.nat[k] < b->nat[k], "%s: %.3g nat from %s", name, d.nat[k], references[k]);
    }
    free(hidden);
    free(ids);
}

/* Takes the model over. */
static void check_model(assay_model *model, const char *golden, const bounds *b) {
    cJSON *json = parity_read(golden);
    REQUIRE(json != NULL && model != NULL);
    const assay_model_info *info = assay_model_get_info(model);
    assay_pool *pool = NULL;
    assay_error err;
    CHECK_STATUS(assay_pool_create(POOL_THREADS, &pool, &err), ASSAY_OK, err);
    assay_session *s = parity_session(model, NULL, pool);
    REQUIRE(s != NULL);

    size_t samples = (size_t)parity_get(json, "samples")->valuedouble;
    size_t n_tokens = (size_t)info->image_tokens, dim = (size_t)info->dim;
    int n_tiles = cJSON_GetArraySize(parity_get(json, "features"));
    float *features = parity_features(s, info, n_tiles);
    for (int t = 0; t < n_tiles; t++) {
        double l2 = parity_l2(features + (size_t)t * n_tokens * dim, n_tokens, dim, samples,
                              cJSON_GetArrayItem(parity_get(json, "features"), t));
        printf("# %s, tile %d: features %.2g\n", test_state.now, t, l2);
        CHECK(l2 < b->features, "tile %d: features are off by %.3g", t, l2);
    }
    const cJSON *one = NULL, *cases = parity_get(json, "cases");
    CHECK(cJSON_GetArraySize(cases) >= 2, "%d cases", cJSON_GetArraySize(cases));
    cJSON_ArrayForEach(one, cases) check_case(s, info, one, features, samples, b);
    free(features);
    assay_session_destroy(s);
    assay_pool_destroy(pool);
    assay_model_destroy(model);
    cJSON_Delete(json);
}

static void check_random(const char *preset, const char *type, const char *golden,
                         const bounds *b) {
    check_model(parity_load(preset, type), golden, b);
}

TEST(smolvlm_256m_f32) {
    check_random("smolvlm-256m", "F32", "tests/golden/parity/smolvlm-256m-f32.json", &f32_bounds);
}
TEST(smolvlm_256m_q8_0) {
    check_random("smolvlm-256m", "Q8_0", "tests/golden/parity/smolvlm-256m-q8_0.json", &q8_bounds);
}
TEST(smolvlm_500m_q8_0) {
    check_random("smolvlm-500m", "Q8_0", "tests/golden/parity/smolvlm-500m-q8_0.json", &q8_bounds);
}

TEST(smolvlm_500m_f32) {
    check_random("smolvlm-500m", "F32", "tests/golden/parity/smolvlm-500m-f32.json", &f32_bounds);
}

/* Any other model, with golden values made for it; `argv`: golden file, language model, vision tower. */
static int check_files(char **argv) {
    assay_model_file files[2] = {{.what = argv[1]}, {.what = argv[2]}};
    assay_model *model = NULL;
    assay_error err;
    test_state.now = "files";
    for (int i = 0; i < 2; i++) {
        CHECK_STATUS(
            assay_os_read_file(files[i].what, (size_t)3 << 30, &files[i].bytes, &files[i].n, &err),
            ASSAY_OK, err);
    }
    CHECK_STATUS(assay_model_create(files, 1, files[1], &model, &err), ASSAY_OK, err);
    check_model(model, argv[0], &q8_bounds);
    if (test_state.failures == 0) printf("ok %s\n", test_state.now);
    return test_state.failures > 0;
}

int main(int argc, char **argv) {
    return argc == 4 ? check_files(argv + 1) : test_main(argc, argv);
}
