/* The little of Unicode that pre-tokenizers ask for: decoding, and \p{L}, \p{N}, \s. */
#ifndef ASSAY_FORMAT_UNICODE_H
#define ASSAY_FORMAT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum assay_char_class {
    ASSAY_CHAR_OTHER,
    ASSAY_CHAR_LETTER, /* general category L* */
    ASSAY_CHAR_NUMBER, /* N* */
    ASSAY_CHAR_SPACE   /* White_Space */
} assay_char_class;

assay_char_class assay_unicode_class(uint32_t code);

/* Bytes of the character at text[0..n), n > 0, and its code point. A byte that starts no
 * well-formed UTF-8 (Unicode 16, table 3-7) is a character of its own, with the code 0xfffd. */
size_t assay_utf8_next(const char *text, size_t n, uint32_t *code);

/* Writes 1 to 4 bytes; returns how many. */
size_t assay_utf8_put(uint32_t code, char out[4]);

#endif
