/* format/image: PNG and JPEG decoding against Pillow, LANCZOS bit for bit, the PNG encoder, bad
 * files. */
#include "test.h"

#include "base/os.h"
#include "base/rng.h"
#include "base/sha256.h"
#include "failing_alloc.h"
#include "format/image.h"

#define GOLDEN "tests/golden/image/"
#define BAD    "tests/bad/image/"

/* Two JPEG decoders may round differently: libjpeg's inverse DCT against stb's, and the upsampling
 * of colour. */
#define JPEG_MAX_DIFFERENCE  6
#define JPEG_MEAN_DIFFERENCE 0.6

enum { MAX_FILE = 1 << 20 };

static bool read_whole(const char *folder, const char *name, uint8_t **bytes, size_t *n) {
    char path[256];
    assay_error err = {0};
    snprintf(path, sizeof path, "%s%s", folder, name);
    bool ok = assay_os_read_file(path, MAX_FILE, bytes, n, &err) == ASSAY_OK;
    CHECK(ok, "%s", err.text);
    return ok;
}

/* The generator's input: bytes from a hash of their index. */
static assay_image noise(int width, int height, uint32_t seed, int kind) {
    size_t n = (size_t)width * (size_t)height * 3;
    assay_image image = {width, height, assay_alloc(n, 1)};
    if (image.rgb == NULL) abort();
    for (uint32_t i = 0; i < n; i++) {
        uint32_t v = (i + seed * 0x9e3779b9u) * 2654435761u;
        v ^= v >> 15;
        v *= 0x85ebca6bu;
        v ^= v >> 13;
        uint8_t byte = (uint8_t)(v >> 24);
        if (kind == 1) byte = byte >= 128 ? 255 : 0;
        if (kind == 2) {
            uint32_t x = i / 3 % (uint32_t)width, y = i / 3 / (uint32_t)width, c = i % 3;
            byte = (uint8_t)(x * 5 + y * 3 + c * 40);
        }
        image.rgb[i] = byte;
    }
    return image;
}

static assay_digest digest(const assay_image *image) {
    return assay_sha256_of(image->rgb, (size_t)image->width * (size_t)image->height * 3);
}

TEST(resize_is_pillows_lanczos_bit_for_bit) {
    uint8_t *table = NULL;
    size_t n;
    if (!read_whole(GOLDEN, "resize.tsv", &table, &n)) return;
    int cases = 0;
    for (char *line = strtok((char *)table, "\n"); line != NULL;
         line = strtok(NULL, "\n"), cases++) {
        int w, h, to_w, to_h, kind;
        unsigned seed;
        char want[65];
        REQUIRE(sscanf(line, "%d %d %d %d %u %d %64s", &w, &h, &to_w, &to_h, &seed, &kind, want) ==
                    7,
                "%s", line);
        assay_image in = noise(w, h, seed, kind), out;
        assay_error err;
        CHECK_STATUS(assay_image_resize(&in, to_w, to_h, &out, &err), ASSAY_OK, err);
        if (out.rgb != NULL) {
            assay_digest got = digest(&out);
            CHECK(out.width == to_w && out.height == to_h);
            CHECK(strcmp(got.hex, want) == 0, "%d x %d -> %d x %d", w, h, to_w, to_h);
        }
        assay_image_free(&in);
        assay_image_free(&out);
    }
    CHECK(cases >= 40, "%d cases", cases);
    free(table);
}

TEST(resize_refuses_sizes_out_of_range) {
    assay_image in = noise(4, 4, 1, 0), out, none = {0};
    assay_error err;
    CHECK_STATUS(assay_image_resize(&in, 0, 4, &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_image_resize(&in, 4, -1, &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_image_resize(&in, 8193, 1, &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_image_resize(&in, 8192, 8192, &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_image_resize(&none, 4, 4, &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK(out.rgb == NULL);
    assay_image_free(&in);
}

TEST(png_of_every_kind_decodes_as_pillow_does) {
    uint8_t *table = NULL;
    size_t n;
    if (!read_whole(GOLDEN, "decode.tsv", &table, &n)) return;
    int cases = 0;
    for (char *line = strtok((char *)table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        char name[64], want[65];
        int w, h;
        REQUIRE(sscanf(line, "%63s %d %d %64s", name, &w, &h, want) == 4, "%s", line);
        uint8_t *bytes = NULL;
        size_t size;
        if (!read_whole(GOLDEN, name, &bytes, &size)) continue;
        assay_image out;
        assay_error err;
        CHECK_STATUS(assay_image_decode(bytes, size, name, &out, &err), ASSAY_OK, err);
        if (out.rgb != NULL) {
            assay_digest got = digest(&out);
            CHECK(out.width == w && out.height == h, "%s", name);
            CHECK(strcmp(got.hex, want) == 0, "%s", name);
        }
        assay_image_free(&out);
        free(bytes);
        cases++;
    }
    CHECK(cases >= 28, "%d cases", cases);
    free(table);
}

static void compare_jpeg(const char *name, const char *want_sha256) {
    char png_name[64];
    snprintf(png_name, sizeof png_name, "%s.png", name);
    uint8_t *jpeg = NULL, *png = NULL;
    size_t n_jpeg, n_png;
    if (!read_whole(GOLDEN, name, &jpeg, &n_jpeg) || !read_whole(GOLDEN, png_name, &png, &n_png))
        return;
    assay_image got, want;
    assay_error err;
    CHECK_STATUS(assay_image_decode(jpeg, n_jpeg, name, &got, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_image_decode(png, n_png, png_name, &want, &err), ASSAY_OK, err);
    if (got.rgb != NULL && want.rgb != NULL && got.width == want.width &&
        got.height == want.height) {
        size_t n = (size_t)got.width * (size_t)got.height * 3;
        int worst = 0;
        double sum = 0;
        for (size_t i = 0; i < n; i++) {
            int d = abs(got.rgb[i] - want.rgb[i]);
            sum += d;
            if (d > worst) worst = d;
        }
        CHECK(worst <= JPEG_MAX_DIFFERENCE, "%s: differs by %d", name, worst);
        CHECK(sum / (double)n <= JPEG_MEAN_DIFFERENCE, "%s: differs by %g in the mean", name,
              sum / (double)n);
        CHECK(strcmp(digest(&got).hex, want_sha256) == 0, "%s: %s", name, digest(&got).hex);
    } else {
        CHECK(false, "%s: no image, or another size", name);
    }
    assay_image_free(&got);
    assay_image_free(&want);
    free(jpeg);
    free(png);
}

/* Near libjpeg, and with stb_image 2.30 always the same bits. */
TEST(jpeg_decodes_near_libjpeg_and_always_the_same) {
    compare_jpeg("full.jpg", "173027983abdf4b17dbb96f1d3212aecf940dd4d664b479cc0ef34e59f86aa42");
    compare_jpeg("half.jpg", "08e77b3cd8a9dc57b014ebca2cd249e3070d20b61387835b010d7c666cb136b0");
    compare_jpeg("wide.jpg", "cd5fb76d2ed9d2e600153fb5292aec5aba5b973460c5c703844dd3c133d85620");
    compare_jpeg("progressive.jpg",
                 "08e77b3cd8a9dc57b014ebca2cd249e3070d20b61387835b010d7c666cb136b0");
    compare_jpeg("grey.jpg", "893dae45da842ec6284ea705abc29eb7c5c2896b077b8cfee606c8e95144fa15");
    compare_jpeg("restart.jpg", "08e77b3cd8a9dc57b014ebca2cd249e3070d20b61387835b010d7c666cb136b0");
}

static void round_trip(assay_image image) {
    assay_buffer png = {0};
    assay_image back;
    assay_error err;
    CHECK_STATUS(assay_image_encode_png(&image, &png, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_image_decode((const uint8_t *)png.data, png.len, "round trip", &back, &err),
                 ASSAY_OK, err);
    CHECK(back.rgb != NULL && back.width == image.width && back.height == image.height &&
              strcmp(digest(&back).hex, digest(&image).hex) == 0,
          "%d x %d", image.width, image.height);
    assay_buffer_free(&png);
    assay_image_free(&back);
    assay_image_free(&image);
}

TEST(png_encoder_round_trips) {
    static const int sizes[][2] = {{1, 1},     {1, 77},    {77, 1},   {13, 9},
                                   {300, 200}, {640, 480}, {8192, 1}, {1, 8192}};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        for (int kind = 0; kind < 3; kind++)
            round_trip(noise(sizes[i][0], sizes[i][1], (uint32_t)i, kind));
    assay_rng rng = assay_rng_seed(46, 0); /* flat rectangles: long matches at every distance */
    assay_image drawn = noise(512, 512, 0, 2);
    memset(drawn.rgb, 200, 512 * 512 * 3);
    for (int k = 0; k < 40; k++) {
        int x0 = assay_rng_range(&rng, 0, 511), y0 = assay_rng_range(&rng, 0, 511);
        int x1 = assay_rng_range(&rng, x0, 511), y1 = assay_rng_range(&rng, y0, 511);
        uint8_t value = (uint8_t)assay_rng_below(&rng, 256);
        for (int y = y0; y <= y1; y++)
            memset(drawn.rgb + (y * 512 + x0) * 3, value, (size_t)(x1 - x0 + 1) * 3);
    }
    round_trip(drawn);
}

TEST(png_encoder_is_deterministic_and_appends) {
    assay_image image = noise(64, 48, 5, 2);
    assay_buffer a = {0}, b = {0};
    assay_error err;
    assay_buffer_append(&b, "before", 6);
    CHECK_STATUS(assay_image_encode_png(&image, &a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_image_encode_png(&image, &b, &err), ASSAY_OK, err);
    CHECK(b.len == a.len + 6 && memcmp(a.data, b.data + 6, a.len) == 0);
    CHECK(strcmp(assay_sha256_of(a.data, a.len).hex,
                 "46d24fdb118fb3d5c7e786d9ab9e4384271429bb983a6a8ab5cfdf500e091240") == 0,
          "%s", assay_sha256_of(a.data, a.len).hex);
    assay_image none = {0};
    CHECK_STATUS(assay_image_encode_png(&none, &a, &err), ASSAY_E_ARGUMENT, err);
    assay_buffer_free(&a);
    assay_buffer_free(&b);
    assay_image_free(&image);
}

TEST(bad_files_end_in_their_sentence) {
    uint8_t *table = NULL;
    size_t n;
    if (!read_whole(BAD, "expected.tsv", &table, &n)) return;
    int cases = 0;
    for (char *line = strtok((char *)table, "\n"); line != NULL;
         line = strtok(NULL, "\n"), cases++) {
        char name[64], status[32], part[128];
        REQUIRE(sscanf(line, "%63s %31s %127[^\n]", name, status, part) == 3, "%s", line);
        uint8_t *bytes = NULL;
        size_t size;
        if (!read_whole(BAD, name, &bytes, &size)) continue;
        assay_image out;
        assay_error err = {0};
        assay_status got = assay_image_decode(bytes, size, name, &out, &err);
        CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", name,
              assay_status_name(got), err.text);
        CHECK(strstr(err.text, part) != NULL && strstr(err.text, name) != NULL, "%s: \"%s\"", name,
              err.text);
        CHECK(out.rgb == NULL);
        assay_image_free(&out);
        free(bytes);
    }
    CHECK(cases >= 30, "%d cases", cases);
    free(table);
}

/* An exact-size heap copy, so that the sanitizer sees a read past the end. Returns the status. */
static assay_status decode_copy(const uint8_t *bytes, size_t n, assay_error *err) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL) abort();
    if (n > 0) memcpy(copy, bytes, n);
    assay_image out;
    memset(err, 0, sizeof *err);
    assay_status status = assay_image_decode(copy, n, "copy", &out, err);
    CHECK((status == ASSAY_OK) == (out.rgb != NULL));
    CHECK((status == ASSAY_OK) == (err->text[0] == '\0'));
    assay_image_free(&out);
    free(copy);
    return status;
}

TEST(every_truncation_is_refused) {
    static const char *const names[] = {"c2d8i0.png", "palette5_alpha.png", "half.jpg",
                                        "progressive.jpg"};
    for (int k = 0; k < 4; k++) {
        uint8_t *bytes = NULL;
        size_t n;
        if (!read_whole(GOLDEN, names[k], &bytes, &n)) return;
        for (size_t cut = 0; cut < n; cut++) {
            assay_error err;
            CHECK(decode_copy(bytes, cut, &err) == ASSAY_E_FORMAT, "%s cut at %zu: %s", names[k],
                  cut, err.text);
        }
        free(bytes);
    }
}

/* A PNG's checksums catch every flipped bit; a JPEG has none, so it must only not crash. */
TEST(flipped_bits_never_crash) {
    static const char *const names[] = {"c2d8i0.png", "palette5_alpha.png", "half.jpg",
                                        "progressive.jpg"};
    for (int k = 0; k < 4; k++) {
        uint8_t *bytes = NULL;
        size_t n;
        if (!read_whole(GOLDEN, names[k], &bytes, &n)) return;
        for (size_t at = 0; at < n; at++) {
            uint8_t flip = (uint8_t)(1u << at % 8);
            bytes[at] ^= flip;
            assay_error err;
            assay_status status = decode_copy(bytes, n, &err);
            CHECK(k >= 2 || status != ASSAY_OK, "%s: byte %zu flipped unnoticed", names[k], at);
            bytes[at] ^= flip;
        }
        free(bytes);
    }
}

TEST(failed_allocations_are_reported) {
    if (!failing_alloc_linked()) SKIP("linked without --wrap=malloc,calloc,realloc");
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole(GOLDEN, "palette5.png", &bytes, &n)) return;
    int steps[3] = {0};
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_image out;
        assay_error err = {0};
        assay_status status = assay_image_decode(bytes, n, "x", &out, &err);
        bool failed = failing_alloc_disarm();
        assay_image_free(&out);
        /* inside stb a failed allocation cannot be told from damage */
        if (failed)
            CHECK(status == ASSAY_E_MEMORY || status == ASSAY_E_FORMAT);
        else
            CHECK(status == ASSAY_OK);
        if (!failed) break;
        steps[0]++;
    }
    free(bytes);
    assay_image in = noise(20, 20, 1, 0);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_image out;
        assay_error err = {0};
        assay_status status = assay_image_resize(&in, 10, 30, &out, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld", k);
        assay_image_free(&out);
        if (!failed) break;
        steps[1]++;
    }
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_buffer png = {0};
        assay_error err = {0};
        assay_status status = assay_image_encode_png(&in, &png, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld", k);
        assay_buffer_free(&png);
        if (!failed) break;
        steps[2]++;
    }
    CHECK(steps[0] >= 5 && steps[1] >= 8 && steps[2] >= 5, "%d, %d, %d failures", steps[0],
          steps[1], steps[2]);
    assay_image_free(&in);
}
