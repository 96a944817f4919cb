/* Images: decode (PNG and JPEG) and resize exactly as PIL does, encode PNG. All functions are pure:
 * any thread. */
#ifndef ASSAY_FORMAT_IMAGE_H
#define ASSAY_FORMAT_IMAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define ASSAY_IMAGE_MAX_EDGE   8192 /* pixels; larger images are refused before they are decoded */
#define ASSAY_IMAGE_MAX_PIXELS (32u << 20)
#define ASSAY_IMAGE_MAX_BYTES  (64u << 20) /* of the encoded file */

typedef struct assay_image {
    int width, height;
    uint8_t *rgb; /* [height, width, 3], owned: assay_image_free */
} assay_image;

/* The pixels that PIL gives, bit for bit, as Hugging Face's load_image() asks for them:
 * ImageOps.exif_transpose(Image.open(...)).convert("RGB"). So the orientation noted in Exif or XMP is
 * applied; grey and palettes are widened; alpha and transparent colours are dropped, not laid over a
 * background; 16-bit colour is cut to its high byte, 16-bit grey clipped at 255; CMYK becomes RGB by
 * PIL's formula. JPEGs are those of libjpeg-turbo. `what` names the image in error sentences.
 * E_FORMAT: no PNG or JPEG, cut off or damaged; E_UNSUPPORTED: other kinds; E_LIMIT: above the
 * limits. */
assay_status assay_image_decode(const uint8_t *bytes, size_t n, const char *what, assay_image *out,
                                assay_error *err);
void assay_image_free(assay_image *image); /* zeroed image is fine; leaves it zeroed */

/* PIL's Image.resize(..., LANCZOS) on 8-bit RGB, bit for bit: horizontal pass, rounding to 8 bit,
 * vertical pass (Pillow up to 12.1; later ones sometimes swap the passes). E_ARGUMENT for sizes
 * outside the limits above. */
assay_status assay_image_resize(const assay_image *image, int width, int height, assay_image *out,
                                assay_error *err);

/* PNG (RGB, 8 bit). Appends to `out`. The same pixels give the same bytes, always: they enter the
 * hashes of datasets. */
assay_status assay_image_encode_png(const assay_image *image, assay_buffer *out, assay_error *err);

#endif
