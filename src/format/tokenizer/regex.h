/* The regular expressions that pre-tokenizers are written in, matched in linear time.
 *
 *   characters, escapes (\r \n \t \s \S \d \p{L} \p{Lu} ...), sets [a-z\p{N}], [^...], [...&&[^...]]
 *   ? * + {n} {m,n} after any of them, greedy with backtracking
 *   (?!X) with X one of them; $ as the end of the text; A|B, the first that matches
 *   (?:A|B), (?:A|B)? and (?:A|B)* at the end of an alternative
 *
 * That is what the patterns in pretokenize.c need, with the meaning that Perl, Python and Oniguruma
 * give it; \s is White_Space, and \d is \p{Nd}. */
#ifndef ASSAY_FORMAT_REGEX_H
#define ASSAY_FORMAT_REGEX_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

typedef struct assay_regex assay_regex; /* immutable; any thread */

/* E_ARGUMENT for a pattern that is none of the above. */
assay_status assay_regex_create(const char *pattern, assay_regex **out, assay_error *err);
void assay_regex_destroy(assay_regex *regex); /* NULL is fine */

/* Matching along one text; what is learnt about it is kept from call to call, so that a whole text
 * takes linear time. Nothing is allocated. */
enum { ASSAY_REGEX_MAX_LOOPS = 20 };
typedef struct assay_regex_scan {
    const assay_regex *regex;
    const char *text;
    size_t n;
    struct {
        size_t begin, end; /* a run of characters that the loop takes */
        size_t failed;     /* what follows the loop fails from here to end */
    } loops[ASSAY_REGEX_MAX_LOOPS];
} assay_regex_scan;

void assay_regex_begin(assay_regex_scan *scan, const assay_regex *regex, const char *text,
                       size_t n);
/* Where the match that starts at byte `at` (of a character) ends; `at` when there is none. */
size_t assay_regex_match(assay_regex_scan *scan, size_t at);

#endif
