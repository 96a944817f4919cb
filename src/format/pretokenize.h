/* How text is cut before byte-pair merging: no merge crosses a cut. */
#ifndef ASSAY_FORMAT_PRETOKENIZE_H
#define ASSAY_FORMAT_PRETOKENIZE_H

#include <stdbool.h>
#include <stddef.h>

/* Length of the first piece of text[0..n), n > 0, by GPT-2's regular expression
 *     's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
 * With single_digits, numbers (\p{N}) are cut out one by one before, and what lies between them is
 * text of its own. */
size_t assay_pretoken(const char *text, size_t n, bool single_digits);

#endif
