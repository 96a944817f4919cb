/* The default model against its own training code: prompt ids, pixels and log-probabilities of a
 * few drawn samples, as tests/golden/gen/assay_mini.py computed them in float32 from the same
 * weights.
 *
 *     test_assay_mini                        the committed model
 *     test_assay_mini MODELS GOLDEN.json     the two GGUF files of another folder */
#define TEST_NO_MAIN
#include "test.h"

#include <math.h>

#include "assay.h"
#include "base/os.h"
#include "base/sha256.h"
#include "format/json.h"
#include "synth/synth.h"

#define MAX_FILE   ((size_t)1 << 30)
#define MAX_IMAGES ASSAY_MAX_IMAGES
#define MAX_TEXT   512
#define NAT        2e-2 /* the engine quantizes activations, the reference does not */

static const char *models = "data/models/assay-mini";
static const char *golden = "tests/golden/assay-mini/logprobs.json";

typedef struct subject {
    assay_model *model;
    assay_session *session;
    double most, sum; /* differences in nat */
    size_t n;
} subject;

static assay_model *load(assay_error *err) {
    static const char *const names[2] = {"assay-mini-Q8_0.gguf", "mmproj-assay-mini-Q8_0.gguf"};
    assay_model_file files[2] = {{0}, {0}};
    assay_model *model = NULL;
    assay_status status = ASSAY_OK;
    for (int i = 0; i < 2 && status == ASSAY_OK; i++) {
        char path[MAX_TEXT];
        snprintf(path, sizeof path, "%s/%s", models, names[i]);
        files[i].what = names[i];
        status = assay_os_read_file(path, MAX_FILE, &files[i].bytes, &files[i].n, err);
    }
    if (status == ASSAY_OK) {
        assay_model_create(files, 1, files[1], &model, err);
    } else {
        free(files[0].bytes);
    }
    return model;
}

static const char *text_of(const cJSON *json, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static size_t number_of(const cJSON *json, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(json, key);
    return cJSON_IsNumber(item) ? (size_t)item->valuedouble : 0;
}

static bool same_ids(const cJSON *expected, const int32_t *ids, size_t n) {
    const cJSON *item = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(item, expected) {
        if (i == n || ids[i++] != (int32_t)item->valuedouble) return false;
    }
    return i == n;
}

/* An image of the sample as the engine sees it -> features. */
static void see(subject *s, const assay_image *image, const cJSON *expected_sha256,
                float *features) {
    size_t size = (size_t)assay_model_get_info(s->model)->image_size, n = size * size * 3;
    assay_tiles tiles = {0};
    assay_buffer png = {0};
    assay_error err;
    CHECK_STATUS(assay_image_encode_png(image, &png, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_model_preprocess(s->model, (const uint8_t *)png.data, png.len, "drawn", 1,
                                        &tiles, &err),
                 ASSAY_OK, err);
    if (tiles.pixels == NULL) abort();
    assay_digest digest = assay_sha256_of(tiles.pixels, n);
    CHECK(cJSON_IsString(expected_sha256) && strcmp(digest.hex, expected_sha256->valuestring) == 0,
          "other pixels: %s", digest.hex);
    CHECK_STATUS(assay_session_encode_image(s->session, tiles.pixels, features, &err), ASSAY_OK,
                 err);
    assay_buffer_free(&png);
    assay_tiles_free(&tiles);
}

static void check_option(subject *s, const cJSON *option) {
    char text[MAX_TEXT];
    int32_t ids[MAX_TEXT];
    float logprobs[MAX_TEXT];
    size_t n = 0;
    assay_error err;
    int length = snprintf(text, sizeof text, " %s", text_of(option, "text"));
    CHECK_STATUS(assay_model_tokenize(s->model, text, (size_t)length, ids, MAX_TEXT, &n, &err),
                 ASSAY_OK, err);
    REQUIRE(same_ids(cJSON_GetObjectItemCaseSensitive(option, "ids"), ids, n),
            "other ids for \"%s\"", text);
    CHECK_STATUS(assay_session_score(s->session, &(assay_option){ids, n, logprobs}, 1, &err),
                 ASSAY_OK, err);
    const cJSON *expected = NULL;
    size_t i = 0;
    cJSON_ArrayForEach(expected, cJSON_GetObjectItemCaseSensitive(option, "logprobs")) {
        REQUIRE(i < n, "%zu log-probabilities", n);
        double d = fabs((double)logprobs[i] - expected->valuedouble);
        CHECK(d < NAT, "\"%s\", token %zu: %.6f, expected %.6f", text, i, (double)logprobs[i],
              expected->valuedouble);
        s->most = d > s->most ? d : s->most;
        s->sum += d;
        s->n++;
        i++;
    }
    CHECK(i == n, "%zu of %zu log-probabilities", i, n);
}

/* As the evaluation orders them: images, then the question, or an interleaved question around its
 * images; an empty text is no part. Returns how many. */
static size_t list_parts(const assay_sample *texts, assay_chat_part *parts) {
    size_t n = 0;
    if (texts->interleaved && texts->question[0] != '\0') parts[n++].text = texts->question;
    for (int i = 0; i < texts->n_images; i++) {
        n++;
        if (texts->interleaved && texts->after[i][0] != '\0') parts[n++].text = texts->after[i];
    }
    if (!texts->interleaved) parts[n++].text = texts->question;
    return n;
}

static void check_sample(subject *s, const cJSON *sample) {
    const assay_model_info *info = assay_model_get_info(s->model);
    const cJSON *images = cJSON_GetObjectItemCaseSensitive(sample, "pixels_sha256"), *option = NULL;
    size_t per_image = (size_t)info->image_tokens * (size_t)info->dim, n_ids = 0;
    int n_images = cJSON_GetArraySize(images);
    assay_synth_sample *drawn = NULL;
    int32_t *ids = NULL;
    float *features = calloc(MAX_IMAGES * per_image, sizeof *features);
    assay_error err;
    if (features == NULL) abort();
    CHECK_STATUS(assay_synth_draw(number_of(sample, "task"), number_of(sample, "seed"),
                                  number_of(sample, "number"), &drawn, &err),
                 ASSAY_OK, err);
    if (drawn == NULL || n_images > MAX_IMAGES || n_images != assay_synth_texts(drawn)->n_images) {
        CHECK(false, "%s: cannot be drawn", text_of(sample, "task_name"));
        goto done;
    }
    for (int i = 0; i < n_images; i++) {
        see(s, assay_synth_image(drawn, i), cJSON_GetArrayItem(images, i),
            features + (size_t)i * per_image);
    }
    assay_chat_part parts[2 * MAX_IMAGES + 1] = {0};
    const assay_chat_message message = {ASSAY_USER, parts,
                                        list_parts(assay_synth_texts(drawn), parts)};
    CHECK_STATUS(assay_model_chat(s->model, &message, 1, true, &ids, &n_ids, &err), ASSAY_OK, err);
    CHECK(same_ids(cJSON_GetObjectItemCaseSensitive(sample, "prompt"), ids, n_ids),
          "%s: other prompt ids", text_of(sample, "question"));
    const assay_prompt prompt = {ids, n_ids, features, (size_t)(n_images * info->image_tokens)};
    CHECK_STATUS(assay_session_truncate(s->session, 0, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_prefill(s->session, &prompt, &err), ASSAY_OK, err);
    cJSON_ArrayForEach(option, cJSON_GetObjectItemCaseSensitive(sample, "options"))
        check_option(s, option);
done:
    assay_synth_free(drawn);
    free(ids);
    free(features);
}

TEST(default_model_agrees_with_its_training_code) {
    if (!assay_os_exists(golden)) SKIP("%s is not there", golden);
    subject s = {0};
    cJSON *json = NULL;
    uint8_t *bytes = NULL;
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_os_read_file(golden, MAX_FILE, &bytes, &n, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_json_parse((const char *)bytes, n, golden, &json, &err), ASSAY_OK, err);
    free(bytes);
    s.model = load(&err);
    REQUIRE(json != NULL && s.model != NULL, "%s", err.text);
    const assay_model_info *info = assay_model_get_info(s.model);
    CHECK(strcmp(info->text_sha256, text_of(json, "text_sha256")) == 0,
          "golden values of another text model");
    CHECK(strcmp(info->vision_sha256, text_of(json, "vision_sha256")) == 0,
          "golden values of another vision model");
    CHECK_STATUS(assay_session_create(s.model, NULL, &s.session, &err), ASSAY_OK, err);
    REQUIRE(s.session != NULL);
    const cJSON *sample = NULL;
    cJSON_ArrayForEach(sample, cJSON_GetObjectItemCaseSensitive(json, "samples"))
        check_sample(&s, sample);
    CHECK(s.n >= 20, "only %zu log-probabilities", s.n);
    printf("# %zu log-probabilities, off by %.2g nat on average, %.2g at most\n", s.n,
           s.n > 0 ? s.sum / (double)s.n : 0, s.most);
    assay_session_destroy(s.session);
    assay_model_destroy(s.model);
    cJSON_Delete(json);
}

int main(int argc, char **argv) {
    if (argc != 3) return test_main(argc, argv);
    models = argv[1];
    golden = argv[2];
    return test_main(1, argv);
}
