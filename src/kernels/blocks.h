/* Blocks of weights, for everything that reads them one at a time: GGUF's layouts, and the packed
 * one that the vectors read.
 *
 * Packed, a block of any quantized type is { scales; codes }: its f16 scale, its f16 minimum if the
 * type has one, its bytes of sub-scales if it has some; then 4 * bits bytes for each 32 codes of so
 * many bits. Q8_0's are the codes in order. The others' are 32-bit words of two 16-bit lanes, the
 * low one for even columns, the high one for odd ones, so that a vector of 4 rows holds pairs of
 * columns, each a shift and a mask away. In a lane, from bit 0, the codes of pairs of columns
 *   4 bits   4 i, 4 i + 1, 4 i + 2, 4 i + 3 in word i
 *   5 bits   one bit, 3 i, 3 i + 1, 3 i + 2 in word i; the single bits, word 0's on top: pair 15
 *   6 bits   for each 8 pairs three words: 0, 1, the low 4 bits of 6; 2, 3, the low 4 bits of 7;
 *            4, 5, the high 2 bits of 6 and those of 7
 * A matrix holds 8 such rows as a panel, interleaved by granules: f16s by 2 bytes, sub-scales by 1,
 * codes by 4 (Q8_0: by 2). */
#ifndef ASSAY_KERNELS_BLOCKS_H
#define ASSAY_KERNELS_BLOCKS_H

#include "kernels/kernels.h"

enum {
    MAX_BLOCK = 256,       /* elements */
    MAX_BLOCK_BYTES = 210, /* Q6_K */
    MAX_SCALE_BYTES = 18   /* Q6_K */
};

/* What a type is made of. Static tables; NULL for a type that is unknown. */
typedef struct block_format {
    const char *name;
    int elements, bytes; /* of a block */
    int code_bits;       /* 4, 5, 6, 8; 0: plain floats */
    bool minimum;        /* w = scale * q + minimum, q without sign */
    int sub_scales;      /* bytes of them: 0; 12: 8 six-bit scales and minima; 16: int8 */
} block_format;
const block_format *assay_block_format(assay_type type);

/* Weights of one block: w[k] = scale[k / 32] * sub[k / 16] * q[k] (+ minimum[k / 32], where the
 * type has one). sub is 1 but for Q6_K. */
typedef struct block_weights {
    float scale[MAX_BLOCK / 32], minimum[MAX_BLOCK / 32];
    int16_t sub[MAX_BLOCK / 16], q[MAX_BLOCK];
} block_weights;

/* Quantized types: a block as GGUF has it, and block b of row `row` of a packed matrix. */
void assay_block_read(const block_format *f, const uint8_t *gguf, block_weights *out);
void assay_block_unpack(const assay_matrix *matrix, int row, size_t b, block_weights *out);
void assay_block_values(const block_format *f, const block_weights *w, float *out /* [elements] */);

/* Plain floats: n from GGUF's bytes; elements [first, first + n) of a row of a packed matrix, n <=
 * MAX_BLOCK. */
void assay_floats_read(const block_format *f, const uint8_t *bytes, size_t n, float *out);
void assay_floats_unpack(const assay_matrix *matrix, int row, size_t first, size_t n, float *out);

/* 8 rows of GGUF bytes, row_bytes apart, into a panel that does not overlap them; and one row in
 * place. */
void assay_panel_pack(const block_format *f, const uint8_t *rows, size_t row_bytes, uint8_t *panel);
void assay_row_pack(const block_format *f, uint8_t *row, size_t row_bytes);

/* The 8 six-bit scales and minima of Q4_K and Q5_K, out of and into their 12 bytes. */
void assay_six_bits_read(const uint8_t *bytes, uint8_t scale[8], uint8_t minimum[8]);
void assay_six_bits_write(const uint8_t scale[8], const uint8_t minimum[8], uint8_t *bytes);

#endif
