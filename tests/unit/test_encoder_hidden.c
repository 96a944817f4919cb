/* Hidden states of any layer of a language model, and their pooling, against tests/golden/gen/hidden_reference.py. */
#include "test.h"

#include <math.h>

#include "assay_encoder.h"
#include "base/os.h"
#include "format/json.h"
#include "model_fixture.h"

enum { MAX_LAYERS = 8 };
static const char golden[] = "tests/golden/encoder/hidden.json";

static cJSON *read_golden(void) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    cJSON *json = NULL;
    assay_error err = {0};
    assay_status status = assay_os_read_file(golden, (size_t)1 << 24, &bytes, &n, &err);
    if (status == ASSAY_OK) status = assay_json_parse((const char *)bytes, n, golden, &json, &err);
    CHECK(status == ASSAY_OK, "%s", err.text);
    free(bytes);
    return json;
}

static double relative_l2(const float *found, const cJSON *expected) {
    double off = 0, all = 0;
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, expected) {
        if (i == TINY_DIM) return INFINITY;
        double d = (double)found[i++] - item->valuedouble;
        off += d * d;
        all += item->valuedouble * item->valuedouble;
    }
    return i == TINY_DIM && all > 0 ? sqrt(off / all) : INFINITY;
}

static bool same_bits(const float *a, const float *b, size_t n) {
    return memcmp(a, b, n * sizeof *a) == 0;
}

/* 1e-5, as for encoders: F32 weights, three layers. */
TEST(every_layer_equals_the_reference) {
    cJSON *json = read_golden();
    assay_model *model = tiny_load("F32");
    assay_session *s = model != NULL ? tiny_session(model, NULL, NULL, 0, 0) : NULL;
    REQUIRE(json != NULL && s != NULL);
    const cJSON *made_with = cJSON_GetObjectItemCaseSensitive(json, "model_sha256");
    CHECK(cJSON_IsString(made_with) &&
              strcmp(made_with->valuestring, assay_model_get_info(model)->text_sha256) == 0,
          "the golden file was made with another model");
    int32_t ids[PROMPT_IDS];
    noise_ids(ids, PROMPT_IDS);
    const assay_prompt prompt = {.ids = ids, .n_ids = PROMPT_IDS};
    int layer = 0;
    double worst = 0;
    const cJSON *one = NULL;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(json, "layers")) {
        float mean[TINY_DIM], last[TINY_DIM];
        assay_error err;
        CHECK_STATUS(assay_session_embed(s, &prompt, layer, ASSAY_POOLING_MEAN, false, mean, &err),
                     ASSAY_OK, err);
        CHECK_STATUS(assay_session_embed(s, &prompt, layer, ASSAY_POOLING_LAST, false, last, &err),
                     ASSAY_OK, err);
        double a = relative_l2(mean, cJSON_GetObjectItemCaseSensitive(one, "mean"));
        double b = relative_l2(last, cJSON_GetObjectItemCaseSensitive(one, "last"));
        CHECK(a < 1e-5 && b < 1e-5, "layer %d: %.3g, %.3g", layer, a, b);
        worst = fmax(worst, fmax(a, b));
        layer++;
    }
    printf("# relative l2 at most %.2g\n", worst);
    CHECK(layer == assay_model_get_info(model)->n_layers + 1, "%d layers", layer);
    assay_session_destroy(s);
    assay_model_destroy(model);
    cJSON_Delete(json);
}

/* With an image in the prompt, in batches of any size and on any table: the same bits, and the last layer is what
 * assay_session_hidden gives. The timeline stays where it was. */
TEST(bits_do_not_depend_on_batches) {
    static const struct {
        const char *kernels;
        int n_batch;
    } ways[] = {{NULL, 0}, {"scalar", 0}, {NULL, 1}, {NULL, 7}, {NULL, 39}};
    static float first[MAX_LAYERS][PROMPT_IDS * TINY_DIM], rows[PROMPT_IDS * TINY_DIM];
    assay_model *model = tiny_load("Q8_0");
    REQUIRE(model != NULL);
    int n_layers = assay_model_get_info(model)->n_layers;
    REQUIRE(n_layers < MAX_LAYERS);
    static uint8_t pixels[TINY_SIZE * TINY_SIZE * 3];
    float features[TINY_TOKENS * TINY_DIM];
    int32_t ids[PROMPT_IDS];
    noise_pixels(pixels, sizeof pixels);
    image_prompt(ids);
    const assay_prompt prompt = {ids, PROMPT_IDS, features, TINY_TOKENS},
                       before = {.ids = ids, .n_ids = 3};
    for (size_t w = 0; w < sizeof ways / sizeof *ways; w++) {
        assay_session *s = tiny_session(model, ways[w].kernels, NULL, ways[w].n_batch, 0);
        REQUIRE(s != NULL);
        assay_error err;
        CHECK_STATUS(assay_session_encode_image(s, pixels, features, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_session_prefill(s, &before, &err), ASSAY_OK, err);
        float logits[2][TINY_VOCAB];
        CHECK_STATUS(assay_session_logits(s, logits[0], &err), ASSAY_OK, err);
        for (int layer = 0; layer <= n_layers; layer++) {
            CHECK_STATUS(assay_session_hidden_layer(s, &prompt, layer, rows, &err), ASSAY_OK, err);
            CHECK(assay_session_length(s) == 3);
            if (w == 0) memcpy(first[layer], rows, sizeof rows);
            CHECK(same_bits(first[layer], rows, PROMPT_IDS * TINY_DIM), "way %zu, layer %d", w,
                  layer);
        }
        CHECK_STATUS(assay_session_logits(s, logits[1], &err), ASSAY_OK, err);
        CHECK(same_bits(logits[0], logits[1], TINY_VOCAB), "the timeline was disturbed");
        CHECK_STATUS(assay_session_hidden(s, &prompt, rows, &err), ASSAY_OK, err);
        CHECK(same_bits(first[n_layers], rows, PROMPT_IDS * TINY_DIM), "way %zu: the last layer",
              w);
        assay_session_destroy(s);
    }
    CHECK(!same_bits(first[0], first[1], TINY_DIM) && !same_bits(first[1], first[2], TINY_DIM));
    assay_model_destroy(model);
}

TEST(pooling_is_what_it_says) {
    assay_model *model = tiny_load("F16");
    assay_session *s = model != NULL ? tiny_session(model, NULL, NULL, 7, 0) : NULL;
    REQUIRE(s != NULL);
    static float rows[PROMPT_IDS * TINY_DIM];
    float mean[TINY_DIM] = {0}, out[TINY_DIM], unit[TINY_DIM];
    int32_t ids[PROMPT_IDS];
    assay_error err;
    noise_ids(ids, PROMPT_IDS);
    const assay_prompt prompt = {.ids = ids, .n_ids = PROMPT_IDS};
    CHECK_STATUS(assay_session_hidden_layer(s, &prompt, 1, rows, &err), ASSAY_OK, err);
    for (int j = 0; j < PROMPT_IDS; j++) {
        for (int i = 0; i < TINY_DIM; i++) mean[i] += rows[j * TINY_DIM + i];
    }
    for (int i = 0; i < TINY_DIM; i++) mean[i] /= (float)PROMPT_IDS;
    CHECK_STATUS(assay_session_embed(s, &prompt, 1, ASSAY_POOLING_DEFAULT, false, out, &err),
                 ASSAY_OK, err);
    CHECK(same_bits(out, mean, TINY_DIM));
    CHECK_STATUS(assay_session_embed(s, &prompt, 1, ASSAY_POOLING_CLS, false, out, &err), ASSAY_OK,
                 err);
    CHECK(same_bits(out, rows, TINY_DIM));
    CHECK_STATUS(assay_session_embed(s, &prompt, 1, ASSAY_POOLING_LAST, false, out, &err), ASSAY_OK,
                 err);
    CHECK(same_bits(out, rows + (PROMPT_IDS - 1) * TINY_DIM, TINY_DIM));
    CHECK_STATUS(assay_session_embed(s, &prompt, 1, ASSAY_POOLING_LAST, true, unit, &err), ASSAY_OK,
                 err);
    double squares = 0, dot = 0, length = 0;
    for (int i = 0; i < TINY_DIM; i++) {
        squares += (double)unit[i] * (double)unit[i];
        dot += (double)unit[i] * (double)out[i];
        length += (double)out[i] * (double)out[i];
    }
    CHECK(fabs(squares - 1) < 1e-6 && fabs(dot - sqrt(length)) < 1e-5 * sqrt(length));
    assay_session_destroy(s);
    assay_model_destroy(model);
}

TEST(what_cannot_be_is_refused) {
    assay_model *model = tiny_load("F32");
    assay_session *s = model != NULL ? tiny_session(model, NULL, NULL, 0, 64) : NULL;
    REQUIRE(s != NULL);
    static int32_t ids[65];
    static float rows[65 * TINY_DIM];
    assay_error err;
    noise_ids(ids, 65);
    int n_layers = assay_model_get_info(model)->n_layers;
    const assay_prompt good = {.ids = ids, .n_ids = 10}, empty = {.ids = ids},
                       much = {.ids = ids, .n_ids = 65};
    CHECK_STATUS(assay_session_hidden_layer(s, &good, -1, rows, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_session_hidden_layer(s, &good, n_layers + 1, rows, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_session_hidden_layer(s, &much, 0, rows, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_session_hidden_layer(s, &empty, 0, rows, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_embed(s, &empty, 0, ASSAY_POOLING_MEAN, true, rows, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_session_embed(s, &good, 1, (assay_pooling)9, true, rows, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){.ids = ids, .n_ids = 60}, &err), ASSAY_OK,
                 err);
    CHECK_STATUS(assay_session_hidden_layer(s, &good, 1, rows, &err), ASSAY_E_LIMIT, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
}
