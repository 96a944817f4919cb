/* JPEG to RGB, the same bits as libjpeg(-turbo) and with it PIL: accurate integer inverse DCT,
 * "fancy" upsampling, fixed-point colour conversion. */
#ifndef ASSAY_FORMAT_JPEG_H
#define ASSAY_FORMAT_JPEG_H

#include "format/image/image.h"
#include "format/image/image_probe.h"

/* `probe` is what assay_image_inspect() found in these bytes, and its size is within the limits.
 * `out` is not turned by the orientation. E_FORMAT: damaged; E_UNSUPPORTED: two components. */
assay_status assay_jpeg_decode(const uint8_t *bytes, size_t n, const char *what,
                               const assay_image_probe *probe, assay_image *out, assay_error *err);

#endif
