/* What an encoded image is, found out before any pixel is decoded: the container is walked from end
 * to end, so that a cut, a flipped bit in a PNG, or an unsupported kind gets its own sentence. */
#ifndef ASSAY_FORMAT_IMAGE_PROBE_H
#define ASSAY_FORMAT_IMAGE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct assay_image_probe {
    uint32_t width, height;
    bool jpeg;
    /* PNG with a palette: where the PLTE chunk starts (its length field) and how many colours it
     * has; else 0. */
    size_t palette_at, palette_colours;
} assay_image_probe;

/* E_FORMAT when the bytes are no PNG or JPEG or are damaged, E_UNSUPPORTED for kinds of PNG and
 * JPEG that are not decoded. Sizes are as the header claims and not yet compared with any limit. */
assay_status assay_image_inspect(const uint8_t *bytes, size_t n, const char *what,
                                 assay_image_probe *out, assay_error *err);

/* CRC-32 as PNG and zlib define it, over n more bytes. Start with 0. */
uint32_t assay_crc32(uint32_t crc, const uint8_t *bytes, size_t n);

#endif
