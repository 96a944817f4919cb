/* Log-probabilities as exact text: the bits of a float in 8 lower-case hex digits. */
#ifndef ASSAY_EVAL_BITS_H
#define ASSAY_EVAL_BITS_H

#include <stdbool.h>

#define ASSAY_BITS_DIGITS 8 /* of a token */

/* Writes 8 digits, no NUL. False, and nothing is written, when x is not finite. */
bool assay_bits_write(float x, char *out);
/* Reads 8 digits. False when they are none, or of no finite number. */
bool assay_bits_read(const char *text, float *out);

#endif
