/* Between quantize.c and quantize_k.c. */
#ifndef ASSAY_KERNELS_QUANTIZE_H
#define ASSAY_KERNELS_QUANTIZE_H

#include <stdint.h>

void assay_store_f16(float x, uint8_t *out); /* little-endian */

/* 256 numbers, none of them NaN, into a block: Q4_K or Q5_K by the bits of a code, and Q6_K. */
void assay_quantize_ranged_k(const float *x, int code_bits, uint8_t *block);
void assay_quantize_q6_k(const float *x, uint8_t *block);

#endif
