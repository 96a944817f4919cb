/* What is taken from stb_image: inflating and unfiltering of PNG, the entropy decoder of JPEG. The
 * caller has checked the container (image_probe.h); pixels of a JPEG are made in jpeg.c. */
#ifndef ASSAY_FORMAT_STB_H
#define ASSAY_FORMAT_STB_H

#include <stdbool.h>
#include <stdint.h>

/* PNG to 8-bit RGB: [*height, *width, 3], malloc'd and owned by the caller (free()); NULL when the
 * data are damaged, of a kind that stb does not know, or memory ran out. n is the length of
 * `bytes`. */
uint8_t *assay_stb_png(const uint8_t *bytes, int n, int *width, int *height);

/* The same for 16-bit grey: [*height, *width]. */
uint16_t *assay_stb_png_grey16(const uint8_t *bytes, int n, int *width, int *height);

/* A zlib stream into a buffer: the number of bytes, or -1 when it is damaged or does not fit. */
int assay_stb_inflate(const uint8_t *bytes, int n, uint8_t *out, int capacity);

enum { ASSAY_STB_PLANES = 4 };

/* One colour component of a JPEG, not yet enlarged to the image's size. */
typedef struct assay_stb_plane {
    int width, height; /* samples that count; more lie behind them, up to whole blocks */
    int stride;        /* bytes from one row to the next */
    int across, down;  /* how often a sample is repeated in the image */
    const uint8_t *samples;
    void *block; /* what `samples` lies in */
} assay_stb_plane;

typedef struct assay_stb_jpeg {
    int width, height, n_planes;
    assay_stb_plane planes[ASSAY_STB_PLANES];
} assay_stb_jpeg;

/* Inverse DCT of the dequantized coefficients [8, 8] (first index: vertical frequency), which it
 * may overwrite, into 8 rows of 8 samples. */
typedef void assay_stb_idct(uint8_t *out, int stride, short coefficients[64]);

/* False when the data are damaged, of a kind that stb does not know, or memory ran out; *out is
 * then empty. assay_stb_jpeg_free() releases the planes; a zeroed one is fine. */
bool assay_stb_jpeg_decode(const uint8_t *bytes, int n, assay_stb_idct *idct, assay_stb_jpeg *out);
void assay_stb_jpeg_free(assay_stb_jpeg *jpeg);

#endif
