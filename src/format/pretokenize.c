#include "format/pretokenize.h"

#include <string.h>

#include "format/unicode.h"

enum {
    END = -1
}; /* beside the classes of format/unicode.h: no character there, or one that is cut out */

static int class_at(const char *text, size_t n, size_t at, bool single_digits, size_t *length) {
    *length = 0;
    if (at == n) return END;
    uint32_t code;
    *length = assay_utf8_next(text + at, n - at, &code);
    assay_char_class class = assay_unicode_class(code);
    return class == ASSAY_CHAR_NUMBER && single_digits ? END : (int)class;
}

static size_t contraction(const char *text, size_t n) {
    if (n >= 2 && strchr("stmd", text[1]) != NULL && text[1] != '\0') return 2;
    if (n >= 3 && (memcmp(text + 1, "re", 2) == 0 || memcmp(text + 1, "ve", 2) == 0 ||
                   memcmp(text + 1, "ll", 2) == 0))
        return 3;
    return 0;
}

/* White space up to what follows it. Its last character is left to the next piece, unless nothing
 * follows or it is the only one: \s+(?!\S) gives it back, and \s+ takes a lone one. */
static size_t spaces(const char *text, size_t n, bool single_digits) {
    size_t at = 0, last = 0, length;
    int class;
    while ((class = class_at(text, n, at, single_digits, &length)) == ASSAY_CHAR_SPACE) {
        last = at;
        at += length;
    }
    return class == END || last == 0 ? at : last;
}

size_t assay_pretoken(const char *text, size_t n, bool single_digits) {
    size_t length, at;
    int class = class_at(text, n, 0, single_digits, &length);
    if (class == END) return length;
    if (text[0] == '\'' && (at = contraction(text, n)) > 0) return at;
    at = 0;
    if (text[0] == ' ') {
        at = 1;
        class = class_at(text, n, 1, single_digits, &length);
    }
    if (class == ASSAY_CHAR_SPACE || class == END) return spaces(text, n, single_digits);
    int next;
    do {
        at += length;
        next = class_at(text, n, at, single_digits, &length);
    } while (next == class);
    return at;
}
