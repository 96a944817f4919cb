/* Images to tiles, bit for bit as Hugging Face's load_image() and slow SmolVLM processor make them:
 * tests/golden/gen/preprocess.py. */
#include "test.h"

#include "base/os.h"
#include "base/sha256.h"
#include "model/model.h"

#define GOLDEN "tests/golden/image/"

enum { MAX_FILE = 1 << 20 };

static bool read_whole(const char *name, uint8_t **bytes, size_t *n) {
    char path[256];
    assay_error err = {0};
    snprintf(path, sizeof path, GOLDEN "%s", name);
    bool ok = assay_os_read_file(path, MAX_FILE, bytes, n, &err) == ASSAY_OK;
    CHECK(ok, "%s", err.text);
    return ok;
}

typedef struct expected {
    char name[64], sha256[65];
    int tile, edge, rows, cols, n;
} expected;

static void compare(const expected *want) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole(want->name, &bytes, &n)) return;
    /* all of the model that preprocessing looks at */
    const assay_model model = {.vision = {.image_size = want->tile}};
    assay_tiles tiles;
    assay_error err;
    CHECK_STATUS(assay_model_preprocess(&model, bytes, n, want->name, want->edge, &tiles, &err),
                 ASSAY_OK, err);
    if (tiles.pixels != NULL) {
        size_t size = (size_t)tiles.n * (size_t)want->tile * (size_t)want->tile * 3;
        CHECK(tiles.rows == want->rows && tiles.cols == want->cols && tiles.n == want->n,
              "%s, edge %d: %d x %d, %d tiles", want->name, want->edge, tiles.rows, tiles.cols,
              tiles.n);
        CHECK(strcmp(assay_sha256_of(tiles.pixels, size).hex, want->sha256) == 0,
              "%s, %d tiles of %d", want->name, tiles.n, want->tile);
    }
    assay_tiles_free(&tiles);
    free(bytes);
}

TEST(tiles_are_hugging_faces_bit_for_bit) {
    uint8_t *table = NULL;
    size_t n;
    if (!read_whole("preprocess.tsv", &table, &n)) return;
    int cases = 0, whole_size = 0;
    for (char *line = strtok((char *)table, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        expected want;
        REQUIRE(sscanf(line, "%63s %d %d %d %d %d %64s", want.name, &want.tile, &want.edge,
                       &want.rows, &want.cols, &want.n, want.sha256) == 7,
                "%s", line);
        compare(&want);
        cases++;
        whole_size += want.tile == 512;
    }
    CHECK(cases >= 200 && whole_size >= 60, "%d cases, %d of them with tiles of 512", cases,
          whole_size);
    free(table);
}

TEST(preprocessing_refuses_what_is_no_image) {
    const assay_model model = {.vision = {.image_size = 512}}, blind = {0};
    const uint8_t text[] = "no image";
    assay_tiles tiles;
    assay_error err;
    CHECK_STATUS(assay_model_preprocess(&model, text, sizeof text, "x.png", 1, &tiles, &err),
                 ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "x.png") != NULL && tiles.pixels == NULL, "%s", err.text);
    CHECK_STATUS(assay_model_preprocess(&model, text, sizeof text, "x.png", 0, &tiles, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_model_preprocess(&model, text, sizeof text, "x.png", ASSAY_MAX_TILE_EDGE + 1,
                                        &tiles, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_model_preprocess(&blind, text, sizeof text, "x.png", 1, &tiles, &err),
                 ASSAY_E_ARGUMENT, err);
}
