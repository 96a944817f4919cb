/* The little of Unicode that tokenizers ask for: decoding, general categories, lower case and
 * letters without their accents. */
#ifndef ASSAY_FORMAT_UNICODE_H
#define ASSAY_FORMAT_UNICODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* General categories, in the order of the Unicode standard (table 4-4). */
typedef enum assay_category {
    ASSAY_LU,
    ASSAY_LL,
    ASSAY_LT,
    ASSAY_LM,
    ASSAY_LO,
    ASSAY_MN,
    ASSAY_MC,
    ASSAY_ME,
    ASSAY_ND,
    ASSAY_NL,
    ASSAY_NO,
    ASSAY_PC,
    ASSAY_PD,
    ASSAY_PS,
    ASSAY_PE,
    ASSAY_PI,
    ASSAY_PF,
    ASSAY_PO,
    ASSAY_SM,
    ASSAY_SC,
    ASSAY_SK,
    ASSAY_SO,
    ASSAY_ZS,
    ASSAY_ZL,
    ASSAY_ZP,
    ASSAY_CC,
    ASSAY_CF,
    ASSAY_CS,
    ASSAY_CO,
    ASSAY_CN
} assay_category;

/* Sets of them: bit c is category c. */
#define ASSAY_CATEGORY_BIT(category) (UINT32_C(1) << (category))
#define ASSAY_LETTERS                UINT32_C(0x0000001f) /* \p{L} */
#define ASSAY_MARKS                  UINT32_C(0x000000e0) /* \p{M} */
#define ASSAY_NUMBERS                UINT32_C(0x00000700) /* \p{N} */
#define ASSAY_PUNCTUATION            UINT32_C(0x0003f800) /* \p{P} */
#define ASSAY_SYMBOLS                UINT32_C(0x003c0000) /* \p{S} */

assay_category assay_unicode_category(uint32_t code);
bool assay_unicode_space(uint32_t code); /* White_Space */

/* Lower case of one character, without regard to its neighbours; 1 or 2 code points. */
size_t assay_unicode_lower(uint32_t code, uint32_t out[2]);

/* The canonical decomposition (NFD) without its nonspacing marks (Mn): 0 to 3 code points. Marks
 * are not put in order: among those that stay, order makes no difference in practice. */
size_t assay_unicode_strip(uint32_t code, uint32_t out[3]);

/* Bytes of the character at text[0..n), n > 0, and its code point. A byte that starts no
 * well-formed UTF-8 (Unicode 16, table 3-7) is a character of its own, with the code 0xfffd. */
size_t assay_utf8_next(const char *text, size_t n, uint32_t *code);

/* Bytes of the last character of text[0..n), n > 0, in the same reading. text must start where a
 * character does. */
size_t assay_utf8_last(const char *text, size_t n);

/* Writes 1 to 4 bytes; returns how many. */
size_t assay_utf8_put(uint32_t code, char out[4]);

#endif
