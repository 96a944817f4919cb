#include "model/utf8_stream.h"

#include <string.h>

static size_t put_replacement(char *out) {
    memcpy(out, "\xEF\xBF\xBD", 3);
    return 3;
}

/* A byte where a character begins. The second byte's range keeps out overlong forms, surrogates and what lies above
 * U+10FFFF (Unicode 16, table 3-7). */
static size_t begin(assay_utf8_stream *s, uint8_t byte, char *out) {
    if (byte == 0) return put_replacement(out); /* so that text can be a C string */
    if (byte < 0x80) {
        out[0] = (char)byte;
        return 1;
    }
    if (byte < 0xC2 || byte > 0xF4) return put_replacement(out);
    s->held[0] = byte;
    s->n_held = 1;
    s->n_needed = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    s->lowest = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
    s->highest = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
    return 0;
}

size_t assay_utf8_stream_push(assay_utf8_stream *s, const char *bytes, size_t n, char *out) {
    size_t written = 0;
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = (uint8_t)bytes[i];
        if (s->n_held > 0 && (byte < s->lowest || byte > s->highest))
            written += assay_utf8_stream_end(s, out + written);
        if (s->n_held == 0) {
            written += begin(s, byte, out + written);
            continue;
        }
        s->held[s->n_held++] = byte;
        s->lowest = 0x80;
        s->highest = 0xBF;
        if (s->n_held < s->n_needed) continue;
        memcpy(out + written, s->held, (size_t)s->n_held);
        written += (size_t)s->n_held;
        s->n_held = 0;
    }
    return written;
}

size_t assay_utf8_stream_end(assay_utf8_stream *s, char *out) {
    if (s->n_held == 0) return 0;
    s->n_held = 0;
    return put_replacement(out);
}
