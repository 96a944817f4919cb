/* Images: decode (stb_image, PNG and JPEG), resize exactly as PIL does, encode PNG. */
#ifndef ASSAY_FORMAT_IMAGE_H
#define ASSAY_FORMAT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define ASSAY_IMAGE_MAX_EDGE 8192               /* pixels; larger images are refused before they are decoded */
#define ASSAY_IMAGE_MAX_PIXELS (32u << 20)
#define ASSAY_IMAGE_MAX_BYTES (64u << 20)        /* of the encoded file */

typedef struct assay_image {
    int width, height;
    uint8_t *rgb; /* [height, width, 3], owned: assay_image_free */
} assay_image;

/* `what` names the image in error sentences. Grey is widened; alpha is dropped as PIL's convert("RGB") does. */
assay_status assay_image_decode(const uint8_t *bytes, size_t n, const char *what, assay_image *out, assay_error *err);
void assay_image_free(assay_image *image); /* zeroed image is fine; leaves it zeroed */

/* PIL's Image.resize(..., LANCZOS) on 8-bit RGB, bit for bit: horizontal pass, rounding to 8 bit, vertical pass. */
assay_status assay_image_resize(const assay_image *image, int width, int height, assay_image *out, assay_error *err);

/* PNG (RGB, 8 bit), deterministic. Appends to `out`. */
assay_status assay_image_encode_png(const assay_image *image, assay_buffer *out, assay_error *err);

#endif
