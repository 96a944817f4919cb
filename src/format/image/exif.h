/* The orientation that a camera or an editor noted beside the pixels, found as PIL finds it. */
#ifndef ASSAY_FORMAT_EXIF_H
#define ASSAY_FORMAT_EXIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that a file may note; 0 where it does not. */
typedef struct assay_orientations {
    bool has_exif;
    int exif;    /* of its own segment or chunk */
    int profile; /* of an Exif block in a PNG's text: counts when there is no such chunk */
    int xmp;     /* counts when Exif has none */
} assay_orientations;

/* 1..8: 1 as stored, the others to be mirrored, turned or both; 1 for anything else. */
int assay_orientation_of(const assay_orientations *found);

/* Both return 0 where there is none. Damaged data count as none: the pixels are whole all the same.
 * Values beyond 1..8 are returned as they are found, they mean nothing. */

/* `tiff` is what follows "Exif\0\0" in a JPEG (which may be repeated), or an eXIf chunk: a TIFF
 * header and its directories (Exif 2.32, tag 0x0112 of the first directory). */
int assay_exif_orientation(const uint8_t *tiff, size_t n);

/* An XMP packet: the digit after tiff:Orientation=" or <tiff:Orientation>. */
int assay_xmp_orientation(const uint8_t *text, size_t n);

#endif
