/* What goes into the engine: chat template, tokens, pixels. */
#include "test.h"

#include "format/image.h"
#include "model_fixture.h"

/* Ids as text, specials by name. */
static void spell(const assay_model *model, const int32_t *ids, size_t n, char *out, size_t size) {
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        size_t length = 0;
        const char *token = assay_model_token(model, ids[i], &length);
        if (used + length < size) memcpy(out + used, token, length);
        used += length;
    }
    out[used < size ? used : size - 1] = '\0';
}

TEST(chat_template) {
    assay_model *model = tiny_load("F32");
    REQUIRE(model != NULL);
    int32_t *ids = NULL;
    size_t n = 0;
    char text[512];
    assay_error err;
    CHECK_STATUS(assay_model_chat(model, 1, "What is the cat?", &ids, &n, &err), ASSAY_OK, err);
    REQUIRE(ids != NULL);
    spell(model, ids, n, text, sizeof text);
    CHECK(
        strcmp(text,
               "<|im_start|>User:<fake_token_around_image><global-img><image><image><image><image>"
               "<fake_token_around_image>What is the cat?<end_of_utterance>\nAssistant:") == 0,
        "%s", text);
    CHECK(ids[0] == 1);
    int n_images = 0;
    for (size_t i = 0; i < n; i++) n_images += ids[i] == TINY_IMAGE;
    CHECK(n_images == TINY_TOKENS);
    free(ids);
    ids = NULL;
    CHECK_STATUS(assay_model_chat(model, 0, "Hi<image><end_of_utterance>", &ids, &n, &err),
                 ASSAY_OK, err);
    REQUIRE(ids != NULL);
    spell(model, ids, n, text, sizeof text);
    CHECK(strcmp(text,
                 "<|im_start|>User: Hi<image><end_of_utterance><end_of_utterance>\nAssistant:") ==
              0,
          "%s", text);
    int n_ends = 0;
    for (size_t i = 0; i < n; i++) {
        CHECK(ids[i] != TINY_IMAGE, "text became an image token");
        n_ends += ids[i] == TINY_END;
    }
    CHECK(n_ends == 1, "text ended the turn");
    free(ids);
    ids = NULL;
    CHECK_STATUS(assay_model_chat(model, -1, "x", &ids, &n, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_model_chat(model, 1000, "x", &ids, &n, &err), ASSAY_E_ARGUMENT, err);
    assay_model_destroy(model);
}

TEST(tokenize_writes_what_fits) {
    assay_model *model = tiny_load("F32");
    REQUIRE(model != NULL);
    int32_t ids[4] = {-7, -7, -7, -7};
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_model_tokenize(model, "the xyz", 7, ids, 2, &n, &err), ASSAY_OK, err);
    CHECK(n == 5, "%zu", n); /* the| |x|y|z would be five tokens: "the", " x" has no merge */
    CHECK(ids[0] >= 3 && ids[1] >= 3 && ids[2] == -7);
    size_t length = 0;
    const char *token = assay_model_token(model, ids[0], &length);
    CHECK(length == 3 && memcmp(token, "the", 3) == 0, "%.*s", (int)length, token);
    assay_model_destroy(model);
}

/* An encoded picture of a size whose pixels are noise. */
static assay_status make_png(int width, int height, assay_buffer *out, uint8_t *pixels,
                             assay_error *err) {
    noise_pixels(pixels, (size_t)width * (size_t)height * 3);
    const assay_image image = {width, height, pixels};
    return assay_image_encode_png(&image, out, err);
}

TEST(preprocess_makes_one_tile) {
    static const struct {
        int width, height;
        int first_width, first_height; /* after the first of HF's two resizes */
    } cases[] = {{64, 64, 64, 64}, {96, 33, 64, 22}, {33, 96, 22, 64},
                 {20, 20, 64, 64}, {128, 1, 64, 1},  {100, 47, 64, 30}};
    assay_model *model = tiny_load("F32");
    REQUIRE(model != NULL);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        uint8_t pixels[128 * 128 * 3], tile[TINY_SIZE * TINY_SIZE * 3];
        assay_buffer png = {0};
        assay_image image = {cases[c].width, cases[c].height, pixels}, first = {0}, second = {0};
        assay_error err;
        CHECK_STATUS(make_png(cases[c].width, cases[c].height, &png, pixels, &err), ASSAY_OK, err);
        CHECK_STATUS(
            assay_model_preprocess(model, (const uint8_t *)png.data, png.len, "x.png", tile, &err),
            ASSAY_OK, err);
        CHECK_STATUS(
            assay_image_resize(&image, cases[c].first_width, cases[c].first_height, &first, &err),
            ASSAY_OK, err);
        CHECK_STATUS(assay_image_resize(&first, TINY_SIZE, TINY_SIZE, &second, &err), ASSAY_OK,
                     err);
        CHECK(memcmp(tile, second.rgb, sizeof tile) == 0, "%d x %d", cases[c].width,
              cases[c].height);
        CHECK(c > 0 || memcmp(tile, pixels, sizeof tile) == 0,
              "an image of the right size was changed");
        CHECK_STATUS(assay_model_preprocess(model, (const uint8_t *)png.data, png.len / 2, "x.png",
                                            tile, &err),
                     ASSAY_E_FORMAT, err);
        CHECK(strstr(err.text, "x.png") != NULL, "%s", err.text);
        assay_image_free(&first);
        assay_image_free(&second);
        assay_buffer_free(&png);
    }
    assay_model_destroy(model);
}
