/* Any bytes as an image, as they are and, for a PNG, with its checksums put right, so that the
 * decoder behind them is reached. */
#define N_MUTANTS 300
#include "fuzz.h"

#include "format/image/image.h"
#include "format/image/image_probe.h"

enum { MAX_PIXELS = 1 << 18 }; /* larger ones cost time and find nothing new */

static void decode(const uint8_t *bytes, size_t n) {
    assay_image_probe probe;
    if (assay_image_inspect(bytes, n, "fuzz", &probe, NULL) == ASSAY_OK &&
        (uint64_t)probe.width * probe.height > MAX_PIXELS && probe.width <= ASSAY_IMAGE_MAX_EDGE &&
        probe.height <= ASSAY_IMAGE_MAX_EDGE)
        return;
    assay_image image, small, back;
    assay_error err = {0};
    assay_status status = assay_image_decode(bytes, n, "fuzz", &image, &err);
    PROMISE((status == ASSAY_OK) == (image.rgb != NULL) &&
            (status == ASSAY_OK) == (err.text[0] == '\0'));
    if (status != ASSAY_OK) return;
    PROMISE(assay_image_resize(&image, 24, 17, &small, &err) == ASSAY_OK);
    assay_buffer png = {0};
    PROMISE(assay_image_encode_png(&small, &png, &err) == ASSAY_OK);
    PROMISE(assay_image_decode((const uint8_t *)png.data, png.len, "fuzz", &back, &err) ==
            ASSAY_OK);
    PROMISE(back.width == 24 && back.height == 17 && memcmp(back.rgb, small.rgb, 24 * 17 * 3) == 0);
    assay_buffer_free(&png);
    assay_image_free(&back);
    assay_image_free(&small);
    assay_image_free(&image);
}

/* False when there is nothing to put right. */
static int repair(uint8_t *bytes, size_t n) {
    int changed = 0;
    if (n < 8 || memcmp(bytes, "\x89PNG\r\n\x1a\n", 8) != 0) return 0;
    for (size_t at = 8; n - at >= 12;) {
        uint8_t *chunk = bytes + at;
        size_t length =
            (size_t)chunk[0] << 24 | (size_t)chunk[1] << 16 | (size_t)chunk[2] << 8 | chunk[3];
        if (length > n - at - 12) break;
        uint32_t crc = assay_crc32(0, chunk + 4, length + 4);
        for (int i = 0; i < 4; i++) {
            changed |= chunk[8 + length + (size_t)i] != (uint8_t)(crc >> (24 - 8 * i));
            chunk[8 + length + (size_t)i] = (uint8_t)(crc >> (24 - 8 * i));
        }
        at += length + 12;
    }
    return changed;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    decode(bytes, n);
    uint8_t *copy = malloc(n > 0 ? n : 1);
    PROMISE(copy != NULL);
    if (n > 0) memcpy(copy, bytes, n);
    if (repair(copy, n)) decode(copy, n);
    free(copy);
    return 0;
}
