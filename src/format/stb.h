/* The one thing taken from stb_image: encoded PNG or JPEG bytes to 8-bit RGB. The caller has
 * checked the container (format/image_probe.h); stb only decompresses. */
#ifndef ASSAY_FORMAT_STB_H
#define ASSAY_FORMAT_STB_H

#include <stdint.h>

/* [*height, *width, 3], malloc'd and owned by the caller (free()); NULL when the data are damaged,
 * of a kind that stb does not know, or memory ran out. n is the length of `bytes`. */
uint8_t *assay_stb_decode(const uint8_t *bytes, int n, int *width, int *height);

#endif
