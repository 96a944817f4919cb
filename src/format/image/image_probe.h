/* What an encoded image is, found out before any pixel is decoded: the container is walked from end
 * to end, so that a cut, a flipped bit in a PNG, or an unsupported kind gets its own sentence. */
#ifndef ASSAY_FORMAT_IMAGE_PROBE_H
#define ASSAY_FORMAT_IMAGE_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

enum { ASSAY_JPEG_NO_ADOBE = -1 };

typedef struct assay_image_probe {
    uint32_t width, height; /* as stored; an orientation from 5 on exchanges them */
    int orientation;        /* Exif's: 1 as stored, 2..8 to be turned or mirrored */
    bool jpeg;

    /* PNG */
    bool grey16;
    /* with a palette: where the PLTE chunk starts (its length field) and how many colours it has;
     * else 0 */
    size_t palette_at, palette_colours;

    /* JPEG */
    int components; /* 1, 3 or 4 */
    uint8_t component_ids[4];
    bool jfif;
    int adobe; /* colour transform of an Adobe segment, or ASSAY_JPEG_NO_ADOBE */
} assay_image_probe;

/* E_FORMAT when the bytes are no PNG or JPEG or are damaged, E_UNSUPPORTED for kinds of PNG and
 * JPEG that are not decoded. Sizes are as the header claims and not yet compared with any limit. */
assay_status assay_image_inspect(const uint8_t *bytes, size_t n, const char *what,
                                 assay_image_probe *out, assay_error *err);

/* CRC-32 as PNG and zlib define it, over n more bytes. Start with 0. */
uint32_t assay_crc32(uint32_t crc, const uint8_t *bytes, size_t n);

#endif
