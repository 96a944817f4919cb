/* Every weight type on a model as wide as SmolVLM-256M with two layers and a short vocabulary ("smolvlm-slice"),
 * so that each meets rows of 576, 768, 1536, 3072 and 12288; those that do not fill a K-quant's blocks
 * are stored in the type that published files take for them.
 *
 *     distances   from float64 on the same dequantized weights, and from native llama.cpp, with those
 *                 weights and with its own products of quantized ones
 *     bits        the hash of everything computed for one image and its options is that of the golden
 *                 file, for scalar and SIMD kernels, one thread and two, in every build that this program is of
 *
 * Bounds as in test_smolvlm.c; llama.cpp's products of F16 and BF16 weights round activations to the same type. */
#include "parity.h"

enum { BITS_CASE = 0 };
static const char golden[] = "tests/golden/parity/types.json";

/* Members of golden values, and how far (nat) the engine may be from each. */
enum { N_REFERENCES = 3 };
static const char *const references[N_REFERENCES] = {"float64", "llamacpp", "llamacpp_native"};

typedef struct bounds {
    double nat[N_REFERENCES];
} bounds;
static const bounds f32_bounds = {{2e-3, 2e-3, 2e-3}};
static const bounds f16_bounds = {{2e-3, 2e-3, 1e-2}};
static const bounds bf16_bounds = {{2e-3, 2e-3, 5e-2}};
static const bounds quantized_bounds = {{2e-2, 2e-2, 0.2}};

static void check_bits(const assay_model *model, const cJSON *one, const cJSON *expected) {
    static const struct {
        const char *kernels;
        int n_threads;
    } ways[] = {{"simd", 2}, {"simd", 1}, {"scalar", 2}};
    const char *want = cJSON_GetStringValue(expected);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        assay_pool *pool = NULL;
        assay_error err;
        CHECK_STATUS(assay_pool_create(ways[i].n_threads, &pool, &err), ASSAY_OK, err);
        assay_digest found = parity_hash(model, one, ways[i].kernels, pool);
        CHECK(want != NULL && strcmp(found.hex, want) == 0, "%s, threads: %d: bits %s",
              ways[i].kernels, ways[i].n_threads, found.hex);
        assay_pool_destroy(pool);
    }
}

static void check_distances(assay_session *s, const assay_model_info *info, const cJSON *cases,
                            const cJSON *values, const bounds *b) {
    const cJSON *one = NULL, *option = NULL;
    int n_tiles = 0, at = 0;
    double nat[N_REFERENCES] = {0};
    cJSON_ArrayForEach(one, cases) {
        int n = (int)parity_get(one, "n_tiles")->valuedouble;
        n_tiles = n > n_tiles ? n : n_tiles;
    }
    float *features = parity_features(s, info, n_tiles);
    cJSON_ArrayForEach(one, cases) {
        int i = 0;
        if (!parity_show(s, info, one, features)) break;
        cJSON_ArrayForEach(option, parity_get(one, "options")) {
            size_t n = 0;
            float *found = parity_score(s, option, &n);
            for (int k = 0; k < N_REFERENCES; k++) {
                const cJSON *case_values =
                    cJSON_GetArrayItem(parity_get(values, references[k]), at);
                nat[k] =
                    parity_larger(nat[k], parity_nat(found, n, cJSON_GetArrayItem(case_values, i)));
            }
            free(found);
            i++;
        }
        at++;
    }
    printf("# %s: %.2g nat from float64, %.2g from llama.cpp, %.2g from its own products\n",
           test_state.now, nat[0], nat[1], nat[2]);
    for (int k = 0; k < N_REFERENCES; k++)
        CHECK(nat[k] < b->nat[k], "%.3g nat from %s", nat[k], references[k]);
    free(features);
}

static void check_type(const char *type, const bounds *b) {
    cJSON *json = parity_read(golden);
    assay_model *model = parity_load("smolvlm-slice", type);
    assay_session *s = model != NULL ? parity_session(model, NULL, NULL) : NULL;
    REQUIRE(json != NULL && s != NULL);
    const cJSON *cases = parity_get(json, "cases");
    const cJSON *values = parity_get(parity_get(json, "types"), type);
    REQUIRE(cJSON_GetArraySize(cases) > BITS_CASE && values != NULL, "no golden values of %s",
            type);
    check_distances(s, assay_model_get_info(model), cases, values, b);
    assay_session_destroy(s);
    check_bits(model, cJSON_GetArrayItem(cases, BITS_CASE), parity_get(values, "bits"));
    assay_model_destroy(model);
    cJSON_Delete(json);
}

/* The prompts of the golden file are Hugging Face's template and image strings, tokenized by
 * `tokenizers`. */
TEST(chat_gives_the_golden_prompts) {
    static const assay_chat_part picture[] = {{.text = NULL},
                                              {.text = "How many dots does the picture show?"}};
    static const assay_chat_part two[] = {{.rows = 1, .cols = 2},
                                          {.text = "Look at this one,\nthen at the other: "},
                                          {.text = NULL},
                                          {.text = " Which is brighter?"}};
    static const assay_chat_part first[] = {{.text = "Is 7 a prime number? Say why."}};
    static const assay_chat_part answer[] = {{.text = "Yes: only 1 and 7 divide it."}};
    static const assay_chat_part second[] = {{.text = "And 9?"}};
    static const assay_chat_message shown[] = {{ASSAY_USER, picture, 2}};
    static const assay_chat_message compared[] = {{ASSAY_USER, two, 4}};
    static const assay_chat_message turns[] = {
        {ASSAY_USER, first, 1}, {ASSAY_ASSISTANT, answer, 1}, {ASSAY_USER, second, 1}};
    static const struct {
        const assay_chat_message *messages;
        size_t n;
    } chats[] = {{shown, 1}, {compared, 1}, {turns, 3}};
    cJSON *json = parity_read(golden);
    assay_model *model = parity_load("smolvlm-slice", "Q8_0");
    REQUIRE(json != NULL && model != NULL);
    for (int i = 0; i < 3; i++) {
        int32_t *ids = NULL;
        size_t n = 0, n_want = 0;
        assay_error err;
        const cJSON *one = cJSON_GetArrayItem(parity_get(json, "cases"), i);
        int32_t *want = parity_ids(parity_get(one, "prompt"), &n_want);
        CHECK_STATUS(assay_model_chat(model, chats[i].messages, chats[i].n, true, &ids, &n, &err),
                     ASSAY_OK, err);
        CHECK(n == n_want && memcmp(ids, want, n * sizeof *ids) == 0, "case %d: %zu ids, not %zu",
              i, n, n_want);
        free(ids);
        free(want);
    }
    assay_model_destroy(model);
    cJSON_Delete(json);
}

TEST(f32) {
    check_type("F32", &f32_bounds);
}
TEST(f16) {
    check_type("F16", &f16_bounds);
}
TEST(bf16) {
    check_type("BF16", &bf16_bounds);
}
TEST(q8_0) {
    check_type("Q8_0", &quantized_bounds);
}
TEST(q4_0) {
    check_type("Q4_0", &quantized_bounds);
}
TEST(q4_1) {
    check_type("Q4_1", &quantized_bounds);
}
TEST(q5_0) {
    check_type("Q5_0", &quantized_bounds);
}
TEST(q5_1) {
    check_type("Q5_1", &quantized_bounds);
}
TEST(q4_k) {
    check_type("Q4_K", &quantized_bounds);
}
TEST(q5_k) {
    check_type("Q5_K", &quantized_bounds);
}
TEST(q6_k) {
    check_type("Q6_K", &quantized_bounds);
}
