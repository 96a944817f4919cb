/* Bytes that come in pieces, cut anywhere, to whole UTF-8 characters; U+0000 becomes U+FFFD too, as in CommonMark. */
#ifndef ASSAY_MODEL_UTF8_STREAM_H
#define ASSAY_MODEL_UTF8_STREAM_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise. The bytes of one character that is not complete yet wait inside. */
typedef struct assay_utf8_stream {
    uint8_t held[4];
    int n_held, n_needed;    /* bytes there, and in all */
    uint8_t lowest, highest; /* of the next byte */
} assay_utf8_stream;

/* What n bytes can become at most: a byte that is no UTF-8 becomes the three of U+FFFD. */
#define ASSAY_UTF8_STREAM_MAX(n) (3 * (n) + 3)

/* Writes the characters that are complete now; bytes that belong to none become U+FFFD, one for each "maximal subpart of an
 * ill-formed subsequence" (Unicode 16, 3.9; the decoder of the WHATWG Encoding Standard). Returns the bytes written, at
 * most ASSAY_UTF8_STREAM_MAX(n). */
size_t assay_utf8_stream_push(assay_utf8_stream *s, const char *bytes, size_t n, char *out);
/* The end: what still waits becomes U+FFFD. 0 or 3 bytes. */
size_t assay_utf8_stream_end(assay_utf8_stream *s, char *out);

#endif
