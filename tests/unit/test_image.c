/* format/image: PNG and JPEG decoding and LANCZOS against Pillow, bit for bit; the PNG encoder; bad
 * files. */
#include "test.h"

#include "base/os.h"
#include "base/rng.h"
#include "base/sha256.h"
#include "failing_alloc.h"
#include "format/image/exif.h"
#include "format/image/image.h"

#define GOLDEN "tests/golden/image/"
#define BAD    "tests/bad/image/"

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

TEST(every_kind_of_png_and_jpeg_decodes_to_pillows_bits) {
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
    CHECK(cases >= 100, "%d cases", cases);
    free(table);
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

/* Bytes that must never change: with a palette (few colours) and without. Byte 25 is the type of colour. */
static void check_pinned(assay_image image, int type, const char *sha256) {
    assay_buffer a = {0}, b = {0};
    assay_error err;
    assay_buffer_append(&b, "before", 6);
    CHECK_STATUS(assay_image_encode_png(&image, &a, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_image_encode_png(&image, &b, &err), ASSAY_OK, err);
    CHECK(b.len == a.len + 6 && memcmp(a.data, b.data + 6, a.len) == 0);
    CHECK(a.len > 25 && a.data[25] == type);
    CHECK(strcmp(assay_sha256_of(a.data, a.len).hex, sha256) == 0, "%s",
          assay_sha256_of(a.data, a.len).hex);
    assay_buffer_free(&a);
    assay_buffer_free(&b);
}

TEST(png_encoder_is_deterministic_and_appends) {
    assay_image few = noise(64, 48, 5, 2), many = noise(64, 48, 5, 0), none = {0};
    assay_buffer png = {0};
    assay_error err;
    check_pinned(few, 3, "cf9320aa4079d6cf0de010a73ea1af67bc5fcbe737751da57d7f30900ccc0049");
    check_pinned(many, 2, "f5c85500ee905ac93d5ec1d620126db843646cdba2d636494a87f1d787483433");
    CHECK_STATUS(assay_image_encode_png(&none, &png, &err), ASSAY_E_ARGUMENT, err);
    assay_image_free(&few);
    assay_image_free(&many);
}

TEST(png_palette_holds_256_colours_and_not_one_more) {
    for (int n = 256; n <= 257; n++) {
        assay_image image = noise(20, 20, 0, 2);
        assay_buffer png = {0};
        assay_error err;
        for (int i = 0; i < 400; i++) {
            int colour = i < n ? i : 0;
            image.rgb[3 * i] = (uint8_t)colour;
            image.rgb[3 * i + 1] = (uint8_t)(colour >> 8);
            image.rgb[3 * i + 2] = 7;
        }
        CHECK_STATUS(assay_image_encode_png(&image, &png, &err), ASSAY_OK, err);
        CHECK(png.len > 25 && png.data[25] == (n == 256 ? 3 : 2), "%d colours", n);
        assay_buffer_free(&png);
        round_trip(image);
    }
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
    static const char *const names[] = {"c2d8i0.png",   "palette5_alpha.png", "grey16.png",
                                        "half.jpg",     "progressive.jpg",    "exif6.jpg",
                                        "ycck_half.jpg"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
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
    static const char *const names[] = {"c2d8i0.png",      "palette5_alpha.png", "exif6.png",
                                        "half.jpg",        "progressive.jpg",    "exif6.jpg",
                                        "scans.jpg",       "eighth.jpg",         "ycck_half.jpg",
                                        "high_narrow.jpg", "adobe_rgb.jpg"};
    for (size_t k = 0; k < sizeof names / sizeof names[0]; k++) {
        uint8_t *bytes = NULL;
        size_t n;
        if (!read_whole(GOLDEN, names[k], &bytes, &n)) return;
        bool png = strstr(names[k], ".png") != NULL;
        for (size_t at = 0; at < n; at++) {
            uint8_t flip = (uint8_t)(1u << at % 8);
            bytes[at] ^= flip;
            assay_error err;
            assay_status status = decode_copy(bytes, n, &err);
            CHECK(!png || status != ASSAY_OK, "%s: byte %zu flipped unnoticed", names[k], at);
            bytes[at] ^= flip;
        }
        free(bytes);
    }
}

/* An exact-size heap copy again. */
static int orientation_of(const void *bytes, size_t n) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL) abort();
    if (n > 0) memcpy(copy, bytes, n);
    int orientation = assay_exif_orientation(copy, n);
    free(copy);
    return orientation;
}

TEST(damaged_exif_has_no_orientation) {
    /* header, a directory of two entries: a LONG that is no orientation, and the orientation */
    static const uint8_t good[] = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0, 0x0f, 0x01,
                                   4,   0,   1,  0, 0, 0, 6, 0, 0, 0, 0x12, 0x01,
                                   3,   0,   1,  0, 0, 0, 6, 0, 0, 0};
    uint8_t bad[sizeof good];
    const size_t entry = sizeof good - 12;
    CHECK(orientation_of(good, sizeof good) == 6);
    for (size_t cut = 0; cut < sizeof good; cut++)
        CHECK(orientation_of(good, cut) == 0, "%zu", cut);

    static const struct {
        size_t at;
        uint8_t byte;
        int want;
    } cases[] = {
        {0, 'J', 0},          /* no TIFF */
        {2, 43, 0},           /* BigTIFF */
        {4, 7, 0},            /* the directory begins elsewhere */
        {7, 0xff, 0},         /* far beyond the end */
        {8, 200, 6},          /* more entries than there are: those that are there count */
        {8, 1, 0},            /* fewer */
        {entry + 2, 2, 0},    /* text */
        {entry + 2, 7, 0},    /* bytes */
        {entry + 2, 4, 6},    /* a LONG */
        {entry + 4, 0, 0},    /* no value */
        {entry + 4, 2, 6},    /* two SHORTs fit the entry */
        {entry + 4, 3, 0},    /* three do not: read at offset 6, past the end for their number */
        {entry + 7, 0xff, 0}, /* very many */
        {entry + 9, 1, 0},    /* 262 */
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        memcpy(bad, good, sizeof good);
        bad[cases[i].at] = cases[i].byte;
        int got = orientation_of(bad, sizeof bad);
        CHECK(got == cases[i].want, "case %zu: %d", i, got);
    }
}

TEST(xmp_orientation_is_the_first_digit_written_so) {
    static const struct {
        const char *text;
        int want;
    } cases[] = {{"<x tiff:Orientation=\"6\"/>", 6},
                 {"<tiff:Orientation>8</tiff:Orientation>", 8},
                 {"tiff:Orientation='6' tiff:Orientation=\"3\"", 3},
                 {"tiff:Orientation=6", 0},
                 {"tiff:Orientation=\"x\"", 0},
                 {"tiff:Orientation=\"", 0},
                 {"tiff:Orientation>", 0},
                 {"tiff:Orientation", 0},
                 {"", 0}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t n = strlen(cases[i].text);
        uint8_t *copy = malloc(n > 0 ? n : 1);
        if (copy == NULL) abort();
        memcpy(copy, cases[i].text, n);
        CHECK(assay_xmp_orientation(copy, n) == cases[i].want, "%s", cases[i].text);
        free(copy);
    }
}

TEST(failed_allocations_are_reported) {
    if (!failing_alloc_linked()) SKIP("linked without --wrap=malloc,calloc,realloc");
    int steps[3] = {0};
    static const char *const names[] = {"palette5.png", "grey16.png", "exif6.png", "exif6.jpg",
                                        "progressive.jpg"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint8_t *bytes = NULL;
        size_t n;
        if (!read_whole(GOLDEN, names[i], &bytes, &n)) return;
        for (long k = 0; failing_alloc_arm(k); k++) {
            assay_image out;
            assay_error err = {0};
            assay_status status = assay_image_decode(bytes, n, "x", &out, &err);
            bool failed = failing_alloc_disarm();
            CHECK((status == ASSAY_OK) == (out.rgb != NULL));
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
    }
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
    CHECK(steps[0] >= 30 && steps[1] >= 8 && steps[2] >= 5, "%d, %d, %d failures", steps[0],
          steps[1], steps[2]);
    assay_image_free(&in);
}
