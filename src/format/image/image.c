/* Decoding: limits -> walk of the container (image_probe.c) -> size limits -> pixels (PNG: stb_image;
 * JPEG: jpeg.c) -> orientation. */
#include "format/image/image.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "format/image/image_probe.h"
#include "format/image/jpeg.h"
#include "format/image/stb.h"

enum { PALETTE_BYTES = 256 * 3 };

static assay_status check_size(uint32_t width, uint32_t height, const char *what,
                               assay_error *err) {
    if (width == 0 || height == 0)
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: zero size", what);
    if (width > ASSAY_IMAGE_MAX_EDGE || height > ASSAY_IMAGE_MAX_EDGE ||
        (uint64_t)width * height > ASSAY_IMAGE_MAX_PIXELS)
        return assay_fail(
            err, ASSAY_E_LIMIT,
            "image %s: %u x %u pixels; at most %d on an edge and %u in all are accepted", what,
            width, height, ASSAY_IMAGE_MAX_EDGE, (unsigned)ASSAY_IMAGE_MAX_PIXELS);
    return ASSAY_OK;
}

/* stb keeps the palette on its stack and lets a pixel index beyond the colours that the file gave.
 * A copy of the file whose palette is filled up with black makes those pixels the same everywhere.
 */
static uint8_t *fill_palette(const uint8_t *bytes, size_t n, const assay_image_probe *probe,
                             size_t *n_out) {
    size_t data_at = probe->palette_at + 8, given = probe->palette_colours * 3;
    uint8_t *copy = assay_alloc(n - given + PALETTE_BYTES, 1);
    if (copy == NULL) return NULL;
    memcpy(copy, bytes, data_at + given);
    copy[probe->palette_at + 2] =
        PALETTE_BYTES >> 8; /* length, big-endian; its high half was 0 already */
    copy[probe->palette_at + 3] = PALETTE_BYTES & 255;
    memset(copy + data_at + given, 0, PALETTE_BYTES - given);
    memcpy(copy + data_at + PALETTE_BYTES, bytes + data_at + given, n - data_at - given);
    *n_out = n - given + PALETTE_BYTES;
    return copy;
}

/* PIL's 16-bit grey is clipped, not scaled, on its way to 8 bit. */
static uint8_t *decode_grey16(const uint8_t *bytes, size_t n, int *width, int *height) {
    uint16_t *grey = assay_stb_png_grey16(bytes, (int)n, width, height);
    if (grey == NULL) return NULL;
    size_t n_pixels = (size_t)*width * (size_t)*height;
    uint8_t *rgb = assay_alloc(n_pixels, 3);
    if (rgb != NULL)
        for (size_t i = 0; i < n_pixels; i++)
            memset(rgb + 3 * i, grey[i] < UINT8_MAX ? grey[i] : UINT8_MAX, 3);
    free(grey);
    return rgb;
}

static assay_status decode_png(const uint8_t *bytes, size_t n, const char *what,
                               const assay_image_probe *probe, assay_image *out, assay_error *err) {
    uint8_t *copy = NULL;
    if (probe->palette_colours > 0 && probe->palette_colours < 256) {
        copy = fill_palette(bytes, n, probe, &n);
        if (copy == NULL) return assay_fail(err, ASSAY_E_MEMORY, "image %s: out of memory", what);
        bytes = copy;
    }
    int width = 0, height = 0;
    uint8_t *rgb = probe->grey16 ? decode_grey16(bytes, n, &width, &height)
                                 : assay_stb_png(bytes, (int)n, &width, &height);
    free(copy);
    if (rgb == NULL) return assay_fail(err, ASSAY_E_FORMAT, "image %s: damaged PNG data", what);
    if ((uint32_t)width != probe->width || (uint32_t)height != probe->height) {
        free(rgb);
        return assay_fail(err, ASSAY_E_FORMAT, "image %s: header and data disagree on the size",
                          what);
    }
    *out = (assay_image){width, height, rgb};
    return ASSAY_OK;
}

/* Exif 2.32: from 5 on rows and columns change places; then columns, rows or both run backwards. */
static assay_status turn(assay_image *image, int orientation, const char *what, assay_error *err) {
    static const struct {
        bool exchange, backward_x, backward_y; /* in the image as it is stored */
    } turns[9] = {{0},       {0},       {0, 1, 0}, {0, 1, 1}, {0, 0, 1},
                  {1, 0, 0}, {1, 0, 1}, {1, 1, 1}, {1, 1, 0}};
    if (orientation == 1) return ASSAY_OK;
    bool exchange = turns[orientation].exchange;
    int width = exchange ? image->height : image->width;
    int height = exchange ? image->width : image->height;
    uint8_t *rgb = assay_alloc((size_t)width * (size_t)height, 3), *to = rgb;
    if (rgb == NULL) {
        assay_image_free(image);
        return assay_fail(err, ASSAY_E_MEMORY, "image %s: out of memory", what);
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++, to += 3) {
            int from_x = exchange ? y : x, from_y = exchange ? x : y;
            if (turns[orientation].backward_x) from_x = image->width - 1 - from_x;
            if (turns[orientation].backward_y) from_y = image->height - 1 - from_y;
            memcpy(to, image->rgb + 3 * ((size_t)from_y * (size_t)image->width + (size_t)from_x),
                   3);
        }
    }
    free(image->rgb);
    *image = (assay_image){width, height, rgb};
    return ASSAY_OK;
}

assay_status assay_image_decode(const uint8_t *bytes, size_t n, const char *what, assay_image *out,
                                assay_error *err) {
    *out = (assay_image){0};
    if (n > ASSAY_IMAGE_MAX_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "image %s: %zu bytes; at most %u are accepted", what,
                          n, (unsigned)ASSAY_IMAGE_MAX_BYTES);
    assay_image_probe probe;
    assay_status status = assay_image_inspect(bytes, n, what, &probe, err);
    if (status == ASSAY_OK) status = check_size(probe.width, probe.height, what, err);
    if (status == ASSAY_OK)
        status = (probe.jpeg ? assay_jpeg_decode : decode_png)(bytes, n, what, &probe, out, err);
    if (status == ASSAY_OK) status = turn(out, probe.orientation, what, err);
    return status;
}

void assay_image_free(assay_image *image) {
    free(image->rgb);
    *image = (assay_image){0};
}
