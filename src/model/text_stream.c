#include "model/text_stream.h"

#include <string.h>

void assay_text_stream_drop(assay_text_stream *s) {
    memmove(s->text, s->text + s->shown, s->n - s->shown);
    s->n -= s->shown;
    s->shown = 0;
}

/* The longest stop text that ends at text[end], or -1. */
static int stop_at(const assay_text_stream *s, size_t end) {
    int found = -1;
    for (size_t i = 0; i < s->stops.n; i++) {
        size_t length = s->stops.lengths[i];
        if (length > end || memcmp(s->text + end - length, s->stops.texts[i], length) != 0)
            continue;
        if (found < 0 || length > s->stops.lengths[found]) found = (int)i;
    }
    return found;
}

/* Whether the text from `at` on is how a stop text begins. */
static int may_stop(const assay_text_stream *s, size_t at) {
    size_t rest = s->n - at;
    for (size_t i = 0; i < s->stops.n; i++)
        if (rest < s->stops.lengths[i] && memcmp(s->text + at, s->stops.texts[i], rest) == 0)
            return 1;
    return 0;
}

/* Bytes from `since` on are new. */
static int look(assay_text_stream *s, size_t since) {
    for (size_t end = since + 1; end <= s->n; end++) {
        int stop = stop_at(s, end);
        if (stop < 0) continue;
        s->n = s->shown = end - s->stops.lengths[stop];
        return stop;
    }
    size_t longest = s->stops.longest;
    s->shown = s->n < longest ? 0 : s->n - longest; /* what is earlier begins no stop text */
    while (s->shown < s->n && !may_stop(s, s->shown)) s->shown++;
    return -1;
}

int assay_text_stream_push(assay_text_stream *s, const char *bytes, size_t n) {
    assay_text_stream_drop(s);
    size_t since = s->n;
    s->n += assay_utf8_stream_push(&s->utf8, bytes, n, s->text + since);
    return look(s, since);
}

int assay_text_stream_end(assay_text_stream *s) {
    assay_text_stream_drop(s);
    size_t since = s->n;
    s->n += assay_utf8_stream_end(&s->utf8, s->text + since);
    int stop = look(s, since);
    if (stop < 0) s->shown = s->n;
    return stop;
}
