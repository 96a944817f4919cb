/* Strict check of JSON's grammar (RFC 8259), before a lenient parser sees the text. */
#ifndef ASSAY_FORMAT_JSON_SCAN_H
#define ASSAY_FORMAT_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

typedef struct assay_json_scan {
    const unsigned char *start, *at, *end; /* `at` is where the check stopped */
    const char *problem;                   /* what is wrong there; NULL when nothing is */
    bool limit;                            /* the problem is one of size */
} assay_json_scan;

/* Whether the n bytes are exactly one value, with white space around it at most. */
bool assay_json_check(const char *text, size_t n, assay_json_scan *scan);

/* Length of the well-formed UTF-8 sequence at p, 0 when there is none. p < end. */
size_t assay_utf8_length(const unsigned char *p, const unsigned char *end);

#endif
