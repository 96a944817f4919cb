/* Recursive descent over the text; nothing is built and nothing allocated. */
#include "format/json_scan.h"

#include <string.h>

#include "format/json.h"

typedef assay_json_scan scan;

static bool scan_fail(scan *s, const char *problem) {
    if (s->problem == NULL) s->problem = problem;
    return false;
}

static void scan_space(scan *s) {
    while (s->at < s->end && (*s->at == ' ' || *s->at == '\t' || *s->at == '\n' || *s->at == '\r'))
        s->at++;
}

static bool scan_word(scan *s, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(s->end - s->at) < n || memcmp(s->at, word, n) != 0)
        return scan_fail(s, "unexpected text");
    s->at += n;
    return true;
}

static size_t scan_digits(scan *s) {
    const unsigned char *from = s->at;
    while (s->at < s->end && *s->at >= '0' && *s->at <= '9') s->at++;
    return (size_t)(s->at - from);
}

static bool scan_number(scan *s) {
    const unsigned char *from = s->at;
    if (*s->at == '-') s->at++;
    const unsigned char *whole = s->at;
    size_t n = scan_digits(s);
    if (n == 0 || (n > 1 && *whole == '0')) return scan_fail(s, "malformed number");
    if (s->at < s->end && *s->at == '.') {
        s->at++;
        if (scan_digits(s) == 0) return scan_fail(s, "malformed number");
    }
    if (s->at < s->end && (*s->at == 'e' || *s->at == 'E')) {
        s->at++;
        if (s->at < s->end && (*s->at == '+' || *s->at == '-')) s->at++;
        if (scan_digits(s) == 0) return scan_fail(s, "malformed number");
    }
    if (s->at - from > ASSAY_JSON_MAX_NUMBER) return scan_fail(s, "number with too many digits");
    return true;
}

/* Unicode 15, table 3-7. */
size_t assay_utf8_length(const unsigned char *p, const unsigned char *end) {
    size_t left = (size_t)(end - p);
    unsigned char a = p[0], low = 0x80, high = 0xBF;
    if (a < 0x80) return 1;
    if (a < 0xC2 || a > 0xF4) return 0;
    size_t n = a < 0xE0 ? 2 : a < 0xF0 ? 3 : 4;
    if (left < n) return 0;
    if (a == 0xE0) low = 0xA0;  /* overlong */
    if (a == 0xED) high = 0x9F; /* surrogates */
    if (a == 0xF0) low = 0x90;  /* overlong */
    if (a == 0xF4) high = 0x8F; /* above U+10FFFF */
    if (p[1] < low || p[1] > high) return 0;
    for (size_t i = 2; i < n; i++) {
        if (p[i] < 0x80 || p[i] > 0xBF) return 0;
    }
    return n;
}

/* Four hex digits behind \u; -1 when there are not four. */
static int scan_hex4(scan *s) {
    int code = 0;
    if (s->end - s->at < 4) return -1;
    for (int i = 0; i < 4; i++) {
        unsigned char c = *s->at++;
        int digit = c >= '0' && c <= '9'   ? c - '0'
                    : c >= 'a' && c <= 'f' ? c - 'a' + 10
                    : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                           : -1;
        if (digit < 0) return -1;
        code = code * 16 + digit;
    }
    return code;
}

static bool scan_escape(scan *s) {
    if (s->at == s->end) return scan_fail(s, "string without its end");
    unsigned char c = *s->at++;
    if (c != 0 && strchr("\"\\/bfnrt", c) != NULL) return true;
    if (c != 'u') return scan_fail(s, "unknown escape in a string");
    int code = scan_hex4(s);
    if (code < 0) return scan_fail(s, "malformed \\u escape");
    if (code == 0) return scan_fail(s, "NUL in a string");
    if (code >= 0xDC00 && code <= 0xDFFF) return scan_fail(s, "lone surrogate in a string");
    if (code < 0xD800 || code > 0xDBFF) return true;
    if (s->end - s->at < 6 || s->at[0] != '\\' || s->at[1] != 'u')
        return scan_fail(s, "lone surrogate in a string");
    s->at += 2;
    code = scan_hex4(s);
    return code >= 0xDC00 && code <= 0xDFFF ? true : scan_fail(s, "lone surrogate in a string");
}

static bool scan_string(scan *s) {
    if (s->at == s->end || *s->at != '"') return scan_fail(s, "expected a string");
    s->at++;
    while (s->at < s->end) {
        unsigned char c = *s->at;
        if (c == '"') {
            s->at++;
            return true;
        }
        if (c < 0x20) return scan_fail(s, "control character in a string");
        if (c == '\\') {
            s->at++;
            if (!scan_escape(s)) return false;
            continue;
        }
        size_t n = assay_utf8_length(s->at, s->end);
        if (n == 0) return scan_fail(s, "invalid UTF-8");
        s->at += n;
    }
    return scan_fail(s, "string without its end");
}

static bool scan_value(scan *s, int depth);

/* Behind the opening bracket: members of an object, or items of an array, up to the closing one. */
static bool scan_list(scan *s, int depth, char close, bool keys) {
    scan_space(s);
    if (s->at < s->end && *s->at == close) {
        s->at++;
        return true;
    }
    for (;;) {
        scan_space(s);
        if (keys) {
            if (!scan_string(s)) return false;
            scan_space(s);
            if (s->at == s->end || *s->at != ':') return scan_fail(s, "expected a colon");
            s->at++;
        }
        if (!scan_value(s, depth + 1)) return false;
        scan_space(s);
        if (s->at == s->end) return scan_fail(s, "unexpected end");
        unsigned char c = *s->at++;
        if (c == (unsigned char)close) return true;
        if (c != ',') return scan_fail(s, "expected a comma or the closing bracket");
    }
}

static bool scan_value(scan *s, int depth) {
    scan_space(s);
    if (s->at == s->end) return scan_fail(s, "unexpected end");
    switch (*s->at) {
    case '{':
    case '[': {
        bool keys = *s->at == '{';
        if (depth >= ASSAY_JSON_MAX_DEPTH) {
            s->limit = true;
            return scan_fail(s, "nested too deep");
        }
        s->at++;
        return scan_list(s, depth, keys ? '}' : ']', keys);
    }
    case '"':
        return scan_string(s);
    case 't':
        return scan_word(s, "true");
    case 'f':
        return scan_word(s, "false");
    case 'n':
        return scan_word(s, "null");
    default:
        break;
    }
    if (*s->at == '-' || (*s->at >= '0' && *s->at <= '9')) return scan_number(s);
    return scan_fail(s, "unexpected character");
}

bool assay_json_check(const char *text, size_t n, assay_json_scan *s) {
    const unsigned char *bytes = (const unsigned char *)text;
    *s = (assay_json_scan){.start = bytes, .at = bytes, .end = bytes + n};
    if (!scan_value(s, 0)) return false;
    scan_space(s);
    return s->at == s->end || scan_fail(s, "text behind the JSON value");
}
