/* The bytes of tokens to text that can be shown: whole characters, and nothing that may still turn out to be the
 * beginning of a stop text. */
#ifndef ASSAY_MODEL_TEXT_STREAM_H
#define ASSAY_MODEL_TEXT_STREAM_H

#include "model/utf8_stream.h"

typedef struct assay_stops { /* texts of UTF-8, none empty; borrowed */
    const char *const *texts;
    const size_t *lengths;
    size_t n, longest; /* bytes of the longest, 0 without any */
} assay_stops;

/* Zero-initialise, then set `stops` and `text`. */
typedef struct assay_text_stream {
    assay_stops stops;
    assay_utf8_stream utf8;
    char *text;      /* [ASSAY_TEXT_STREAM_MAX(longest stop, longest piece)] */
    size_t n, shown; /* bytes of text; the first `shown` can be shown and go at the next call */
} assay_text_stream;

#define ASSAY_TEXT_STREAM_MAX(stop, piece) ((stop) + ASSAY_UTF8_STREAM_MAX(piece))

/* Afterwards text[0 ... shown) is new. Returns the index of the stop text that was completed first (of several that end
 * at the same place the longest), or -1; the text then ends before it. */
int assay_text_stream_push(assay_text_stream *s, const char *bytes, size_t n);
/* The end: all that was held back. */
int assay_text_stream_end(assay_text_stream *s);
/* Nothing is shown any more, and nothing new comes. */
void assay_text_stream_drop(assay_text_stream *s);

#endif
