/* What a text chunk of a PNG says about the image's orientation. */
#ifndef ASSAY_FORMAT_PNG_TEXT_H
#define ASSAY_FORMAT_PNG_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/image/exif.h"

/* kind: "tEXt", "zTXt" or "iTXt"; other kinds and other texts are passed over, so are damaged ones.
 * Fills found->profile (an Exif block in hexadecimal, "Raw profile type exif") or found->xmp. False
 * when memory ran out. */
bool assay_png_text(const uint8_t kind[4], const uint8_t *data, size_t n,
                    assay_orientations *found);

#endif
