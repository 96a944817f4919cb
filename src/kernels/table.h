/* Between the operations (matmul.c, rows.c, attention.c), which split work over threads, and the
 * two implementations of the work (scalar.c; simd_*.h): the table of function pointers and the
 * memory layouts both sides know.
 *
 * Packed weights: panels of 8 rows, as many bytes as the 8 rows had.
 *   F32, F16, BF16  [cols][8]
 *   Q8_0            [cols / 32] blocks of { f16 scale[8]; int8 q[16][8][2] }, 16 pairs of columns
 *   others          [cols / block] blocks of { f16 scale[8]; [f16 minimum[8];] [sub-scales[n][8];]
 *                   then for each 32 columns [high bits, 4-byte words [1 or 2][8];] 4-byte words of
 *                   low nibbles [4][8] }, see blocks.h
 *
 * The rows mod 8 at the end stay row by row, each block with its bits in the same order.
 *
 * Quantized activations: tiles of 4 columns (the last one narrower), each [cols / 32] blocks of
 *   { float scale[width]; [int32 sum[2][width];] int16 q[16][width][2] }, so that a pair is one
 * 32-bit load spread over a vector. The sums, where the product needs them, are of the first 16
 * codes and of all 32. */
#ifndef ASSAY_KERNELS_TABLE_H
#define ASSAY_KERNELS_TABLE_H

#include "kernels/kernels.h"

enum {
    PANEL = 8,               /* rows that lie interleaved */
    TILE = 4,                /* columns of a register tile */
    BLOCK = 32,              /* columns that share a scale */
    X_BYTES = 4 + 2 * BLOCK, /* a block of one quantized column */
    SUM_BYTES = 8,           /* and its sums */
    MAX_HEAD_DIM = 256,
    ATTENTION_ROWS = 32 /* (query, head) pairs that one piece of attention works on */
};

/* Largest quantized activation. They are multiplied as int16, so 8 bits would save nothing and cost
 * a tenth of a nat; with 4095 a block's sum, at most 32 * 128 * 4095 < 2^24, is still exact as an
 * integer and as a float. */
#define X_MAX 4095.0f

/* 1.5 * 2^23: adding it rounds |x| < 2^22 to the nearest (even) integer, left in the low bits of
 * the sum. */
#define ROUND_MAGIC      12582912.0f
#define ROUND_MAGIC_BITS 0x4B400000

/* One assay_matmul. */
typedef struct product {
    const assay_matrix *w;
    const float *x;    /* [n, cols] */
    const uint8_t *xq; /* the same, quantized; NULL where w is plain floats */
    bool sums;         /* in xq */
    int n;
    const float *bias; /* [rows] or NULL */
    float *y;          /* [n, rows] */
} product;

/* One assay_attention. Row r of kv head g is query r / group, head g * group + r % group. */
typedef struct attention {
    const assay_kv *kv;
    const float *q; /* [n, n_heads * head_dim] */
    int n, n_heads, group;
    const assay_span *spans; /* [n] */
    float scale;
    float *out;    /* [n, n_heads * head_dim] */
    size_t stride; /* floats of scratch for one row's scores */
} attention;

struct assay_kernels {
    const char *name, *isa;
    /* One tile: x [width, cols] -> quantized. */
    void (*quantize)(const float *x, int cols, int width, bool sums, uint8_t *out);
    /* Panels of rows times columns [begin, end); begin is a multiple of TILE, end too or n. */
    void (*multiply)(const product *p, int panel, int begin, int end);
    /* scores: [ATTENTION_ROWS, stride], then [ATTENTION_ROWS, head_dim] for what the implementation
     * likes. */
    void (*attend)(const attention *a, int kv_head, int row_begin, int row_end, float *scores);
    void (*rms_norm)(const float *x, int dim, const float *weight, float eps, float *out);
    void (*layer_norm)(const float *x, int dim, const float *weight, const float *bias, float eps,
                       float *out);
    void (*add)(float *x, const float *y, size_t n);
    void (*gelu_tanh)(float *x, size_t n);
    void (*gelu_erf)(float *x, size_t n);
    void (*swiglu)(float *gate, const float *up, size_t n);
    void (*rotate)(float *x, const float *cos_sin, int head_dim, int n_heads);
    float (*max)(const float *x, size_t n);
    /* Sum of exp(x[i] - max); stores the terms in `terms` unless NULL (may be x). */
    float (*exp_sum)(const float *x, size_t n, float max, float *terms);
    /* 4 x 2 sums of products over n in L1, for assay_ceiling_gmacs: w [4, n], x [2, n], out [8][4].
     */
    void (*ceiling)(const int8_t *w, const int16_t *x, int n, int32_t *out);
};

extern const assay_kernels assay_kernels_scalar, assay_kernels_simd, assay_kernels_avx;

/* Rows [row_begin, row_end) of the product by plain loops: the specification, and the way of the
 * rows that fill no panel. */
void assay_multiply_rows(const product *p, int row_begin, int row_end, int begin, int end);

static inline size_t quantized_bytes(bool sums) {
    return X_BYTES + (sums ? SUM_BYTES : 0);
}
/* The tile of column j (a multiple of TILE) from block b on, and the tile's width. */
static inline int tile_width(const product *p, int j) {
    return p->n - j < TILE ? p->n - j : TILE;
}
static inline const uint8_t *quantized_tile(const product *p, int j, int b) {
    size_t before = (size_t)j * ((size_t)p->w->cols / BLOCK) + (size_t)b * (size_t)tile_width(p, j);
    return p->xq + before * quantized_bytes(p->sums);
}

#endif
