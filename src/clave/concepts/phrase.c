/* A phrase as a pool holds it. */
#include "assay_concepts.h"

#include <assert.h>
#include <string.h>

#include "format/json_scan.h"
#include "format/unicode.h"

static bool is_kind(const char *text, size_t n, uint32_t kinds) {
    uint32_t code;
    assay_utf8_next(text, n, &code);
    return (ASSAY_CATEGORY_BIT(assay_unicode_category(code)) & kinds) != 0;
}

static bool has_word(const char *text, size_t n) {
    for (size_t at = 0; at < n;) {
        uint32_t code;
        if (is_kind(text + at, n - at, ASSAY_LETTERS | ASSAY_NUMBERS)) return true;
        at += assay_utf8_next(text + at, n - at, &code);
    }
    return false;
}

static bool is_valid(const char *text, size_t n) {
    const unsigned char *p = (const unsigned char *)text, *end = p + n;
    while (p < end) {
        size_t length = assay_utf8_length(p, end);
        if (length == 0 || *p == 0) return false;
        p += length;
    }
    return true;
}

/* "1. ", "12) ", "- ", "* " and bullets before a phrase. */
static size_t list_mark(const char *text, size_t n) {
    size_t digits = 0;
    while (digits < n && digits < 3 && text[digits] >= '0' && text[digits] <= '9') digits++;
    if (digits > 0 && digits + 1 < n && (text[digits] == '.' || text[digits] == ')') &&
        text[digits + 1] == ' ')
        return digits + 2;
    if (n > 1 && (text[0] == '-' || text[0] == '*') && text[1] == ' ') return 2;
    return n > 3 && memcmp(text, "\xE2\x80\xA2", 3) == 0 ? 3 : 0;
}

/* What may stand around a phrase and is none of it. */
static bool is_edge(const char *text, size_t n) {
    static const char *const edges[] = {
        " ",           "\"", "'", "`", "*", "\n", "\xE2\x80\x9C", "\xE2\x80\x9D", "\xE2\x80\x98",
        "\xE2\x80\x99"};
    for (size_t i = 0; i < sizeof edges / sizeof *edges; i++) {
        if (strlen(edges[i]) == n && memcmp(edges[i], text, n) == 0) return true;
    }
    return false;
}

static void trim(const char **text, size_t *n) {
    for (size_t before = *n + 1; *n < before;) {
        uint32_t code;
        before = *n;
        if (*n == 0) return;
        size_t first = assay_utf8_next(*text, *n, &code), mark = list_mark(*text, *n);
        if (is_edge(*text, first)) mark = first;
        *text += mark;
        *n -= mark;
        if (*n == 0) return;
        size_t last = assay_utf8_last(*text, *n);
        const char *end = *text + *n - last;
        if (is_edge(end, last) || (last == 1 && strchr(".,;:", *end) != NULL)) *n -= last;
    }
}

bool assay_concept_clean(const char *text, size_t n, char out[ASSAY_CONCEPT_BYTES + 1]) {
    size_t used = 0;
    bool blank = false;
    out[0] = '\0';
    if (!is_valid(text, n)) return false;
    char *folded = out;
    for (size_t at = 0; at < n;) {
        uint32_t code;
        size_t bytes = assay_utf8_next(text + at, n - at, &code);
        if (assay_unicode_space(code) || assay_unicode_category(code) == ASSAY_CC) {
            blank = used > 0;
        } else {
            if (used + bytes + (blank ? 1 : 0) > ASSAY_CONCEPT_BYTES) return false;
            if (blank) folded[used++] = ' ';
            memcpy(folded + used, text + at, bytes);
            used += bytes;
            blank = false;
        }
        at += bytes;
    }
    const char *kept = folded;
    trim(&kept, &used);
    assert(used <= ASSAY_CONCEPT_BYTES); /* trimming only shortens */
    memmove(out, kept, used);
    out[used] = '\0';
    return has_word(out, used);
}
