/* Any bytes as a regular expression: a table whose every way stays inside it, or a sentence. The same bytes through the
 * stream of text, in pieces of all sizes: always valid UTF-8, and the same text. */
#define N_MUTANTS 250 /* each compiles */
#include "fuzz.h"

#include "base/arena.h"
#include "format/unicode.h"
#include "model/pattern.h"
#include "model/utf8_stream.h"

static void check_pattern(const char *text) {
    assay_pattern p;
    assay_error err = {0};
    assay_status status = assay_pattern_regex(text, &p, &err);
    PROMISE((status == ASSAY_OK) == (p.next != NULL) &&
            (status == ASSAY_OK) == (err.text[0] == '\0'));
    PROMISE(status == ASSAY_OK || status == ASSAY_E_ARGUMENT || status == ASSAY_E_UNSUPPORTED ||
            status == ASSAY_E_LIMIT);
    for (int s = 0; status == ASSAY_OK && s < p.n_states; s++) {
        bool more = false;
        for (int byte = 0; byte < 256; byte++) {
            int next = assay_pattern_step(&p, s, (uint8_t)byte);
            PROMISE(next < p.n_states && p.class_of[byte] < p.n_classes);
            more = more || next != 0;
        }
        PROMISE(s == 0 ? !more && p.accept[s] == 0 : p.final[s] == !more);
        PROMISE(s == 0 || more || p.accept[s] != 0);
    }
    assay_pattern_free(&p);
}

static size_t stream(const uint8_t *bytes, size_t n, size_t piece, char *out) {
    assay_utf8_stream s = {0};
    size_t written = 0;
    for (size_t at = 0; at < n; at += piece)
        written += assay_utf8_stream_push(&s, (const char *)bytes + at,
                                          n - at < piece ? n - at : piece, out + written);
    return written + assay_utf8_stream_end(&s, out + written);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char *text = assay_strndup((const char *)bytes, n), *whole = malloc(ASSAY_UTF8_STREAM_MAX(n)),
         *cut = malloc(ASSAY_UTF8_STREAM_MAX(n));
    PROMISE(text != NULL && whole != NULL && cut != NULL);
    check_pattern(text);
    size_t n_whole = stream(bytes, n, n + 1, whole);
    for (size_t piece = 1; piece < 4; piece++)
        PROMISE(stream(bytes, n, piece, cut) == n_whole && memcmp(whole, cut, n_whole) == 0);
    for (size_t at = 0; at < n_whole;) {
        uint32_t code;
        size_t used = assay_utf8_next(whole + at, n_whole - at, &code);
        PROMISE(code != 0 && (code != 0xFFFD || used == 3));
        at += used;
    }
    free(text);
    free(whole);
    free(cut);
    return 0;
}
