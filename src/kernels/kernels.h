/* The numerical kernels: matrix products on quantized weights, normalisations, activations, RoPE,
 * softmax, attention.
 *
 * Two implementations stand behind one table: `scalar`, plain loops that are the specification, and
 * `simd`, 128-bit vectors, one text for WebAssembly, SSE4.1/AVX and NEON. They give the same bits:
 *   - products of quantized blocks are sums of integers, exact in any order;
 *   - every float sum has one order, that of the index: the vector lanes lie across output rows (or
 * across keys, or across the columns of V), never along a sum. Where a sum must run along a vector
 * (norms, softmax) it is four partial sums by index mod 4, added as (s0 + s1) + (s2 + s3);
 *   - nothing is fused, and exp and tanh are the functions of base/maths.h.
 * Work is split by output rows, so the number of threads does not change a bit.
 *
 * Weights are repacked once at load, in place, into panels of 8 rows that lie interleaved; the
 * remainder (rows mod 8) stays row by row behind them. Types and block layouts: GGUF / ggml. */
#ifndef ASSAY_KERNELS_H
#define ASSAY_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/pool.h"
#include "base/status.h"

/* Ids as in GGUF. */
typedef enum assay_type {
    ASSAY_F32 = 0,
    ASSAY_F16 = 1,
    ASSAY_Q4_0 = 2,
    ASSAY_Q4_1 = 3,
    ASSAY_Q5_0 = 6,
    ASSAY_Q5_1 = 7,
    ASSAY_Q8_0 = 8,
    ASSAY_Q4_K = 12,
    ASSAY_Q5_K = 13,
    ASSAY_Q6_K = 14,
    ASSAY_BF16 = 30,
    ASSAY_TYPE_END /* ids are below */
} assay_type;

const char *assay_type_name(assay_type type); /* "F32", ...; NULL when unknown */
/* The type of that name; false when there is none. */
bool assay_type_find(const char *name, assay_type *type);
/* Elements in a block (1, 32 or 256) and bytes of a block; 0 when the type is unknown. */
int assay_type_block(assay_type type);
size_t assay_type_bytes(assay_type type);
/* rows * cols elements as GGUF stores them. False when cols is no multiple of the block or it
 * overflows. */
bool assay_type_size(assay_type type, size_t rows, size_t cols, size_t *bytes);
/* One row of a GGUF tensor to float and back. n is a multiple of the block. To float: ggml's
 * values, bit for bit. From float: F16 and BF16 round to nearest even; Q4_0, Q4_1, Q5_0, Q5_1 and
 * Q8_0 are ggml's reference bit for bit; the K types are a search of our own for the least squared
 * error. A NaN counts as 0 in the quantized types; infinities give some code, never undefined
 * behaviour. */
void assay_dequantize_row(assay_type type, const void *row, size_t n, float *out);
void assay_quantize_row(assay_type type, const float *x, size_t n, void *row);

typedef struct assay_kernels assay_kernels; /* the table; static, never freed */
/* "scalar", "simd", or NULL for the best there is. NULL when this build has no such table. */
const assay_kernels *assay_kernels_find(const char *name);
const char *assay_kernels_name(const assay_kernels *kernels);
/* The instruction set behind the table that find("simd") gives on this machine: "wasm-simd128",
 * "sse4.1", "avx2" (128-bit vectors in its encoding), "neon", or "none" (vectors emulated in plain
 * C). */
const char *assay_kernels_isa(void);

/* What every operation below runs with. `scratch` must hold what the operation says it needs; each
 * takes its temporaries there and puts the mark back. */
typedef struct assay_exec {
    const assay_kernels *kernels;
    assay_pool *pool; /* NULL: serial */
    assay_arena *scratch;
} assay_exec;

/* A weight matrix [rows, cols], y = W x. `data` belongs to whoever made it (the model's arena). */
typedef struct assay_matrix {
    assay_type type;
    int rows, cols;
    uint8_t *data; /* assay_type_size() bytes, in panels */
} assay_matrix;

/* Repacks row-major GGUF data in place, into as many bytes. Takes one panel of heap while it runs.
 * E_MEMORY, or E_ARGUMENT when the shape does not fit the type. */
assay_status assay_matrix_pack(assay_matrix *matrix, assay_type type, int rows, int cols,
                               uint8_t *data, assay_error *err);
/* Row `row` as floats (token embedding out of a packed matrix). */
void assay_matrix_row(const assay_matrix *matrix, int row, float *out /* [cols] */);

/* Bytes of scratch that assay_matmul needs for n columns of `cols` inputs. */
size_t assay_matmul_scratch(assay_type type, int cols, int n);
/* y[j, r] = bias[r] + sum_k W[r, k] x[j, k].  x [n, cols], y [n, rows], bias [rows] or NULL.
 *
 * F32, F16, BF16: the sum over k, in order, of (float)W * x.
 *
 * Quantized types: x is quantized to 13 bits in blocks of 32 (dx = amax / 4095 in f32, q = nearest
 * even of x / dx), and y is the sum over blocks of 32, in order, of one term each, with `dot` the
 * integer sum over the block of (weight's code) * q:
 *   Q8_0, Q4_0, Q5_0   (float)dot * (d * dx)      codes signed: byte, nibble - 8, 5 bits - 16
 *   Q6_K               the same, code (6 bits - 32) * (its sub-scale): |dot| stays below 2^30
 *   Q4_1, Q5_1         ((float)dot * d + (float)(sum of q) * m) * dx      codes without sign
 *   Q4_K, Q5_K         the same with d * sc for d and -dmin * m for m, both exact in f32
 * Integer sums are exact and are rounded once, to nearest even, where they become float. Numbers
 * that are not finite reach y: their block's dx is NaN or infinite, their code is within -4095 ...
 * 4095. */
void assay_matmul(const assay_exec *exec, const assay_matrix *w, const float *x, int n,
                  const float *bias, float *y);

/* Element-wise and row-wise operations. x and out may be the same array. */
void assay_rms_norm(const assay_exec *exec, const float *x, int n, int dim, const float *weight,
                    float eps, float *out); /* out[j] = x[j] / sqrt(mean(x[j]^2) + eps) * weight */
void assay_layer_norm(const assay_exec *exec, const float *x, int n, int dim, const float *weight,
                      const float *bias, float eps, float *out);
void assay_add(const assay_exec *exec, float *x, const float *y, size_t n); /* x += y */
void assay_gelu_tanh(const assay_exec *exec, float *x,
                     size_t n); /* 0.5 x (1 + tanh(sqrt(2/pi)(x + 0.044715 x^3))) */
void assay_gelu_erf(const assay_exec *exec, float *x, size_t n); /* 0.5 x (1 + erf(x / sqrt(2))) */
void assay_swiglu(const assay_exec *exec, float *gate, const float *up,
                  size_t n); /* gate = silu(gate) * up */
/* log softmax(logits)[target], without writing the distribution; accumulates in float, see softmax
 * order. */
float assay_log_prob(const assay_exec *exec, const float *logits, int n, int target);

/* Rotary embedding, interleaved pairs (2i, 2i+1) as GGUF's llama stores them. */
typedef struct assay_rope {
    int head_dim, max_position;
    float *cos_sin; /* [max_position, head_dim / 2, 2]; angle = position * theta^(-2i / head_dim),
                       in double */
} assay_rope;
size_t assay_rope_bytes(int head_dim, int max_position);
void assay_rope_fill(assay_rope *rope, float *table, int head_dim, int max_position, double theta);
/* x [n, n_heads * head_dim], rotated in place by positions[j]. */
void assay_rope_apply(const assay_exec *exec, const assay_rope *rope, float *x, int n, int n_heads,
                      const int *positions);

/* Key and value store of one layer, each head on its own so that its slots lie together. Keys in
 * panels of 4 slots, [kv_head][slot / 4][head_dim][4]; values [kv_head][slot][head_dim]. head_dim
 * is a multiple of 4, at most 256. */
typedef struct assay_kv {
    int n_kv_heads, head_dim, n_slots; /* n_slots is a multiple of 4 */
    float *keys, *values;
} assay_kv;
size_t assay_kv_bytes(int n_kv_heads, int head_dim, int n_slots); /* keys and values together */
void assay_kv_bind(assay_kv *kv, float *memory, int n_kv_heads, int head_dim, int n_slots);
/* Stores n rows k, v [n, n_kv_heads * head_dim] at slots first ... first + n - 1. */
void assay_kv_store(const assay_exec *exec, assay_kv *kv, int first, int n, const float *k,
                    const float *v);

/* What one query may see: slots [0, prefix) and then [begin, end). Scores and sums run over the
 * visible slots in this order, so where a branch happens to be stored changes nothing. */
typedef struct assay_span {
    int prefix, begin, end;
} assay_span;
size_t assay_attention_scratch(const assay_exec *exec, int n_visible_max);
/* out[j, h] = softmax(scale * q[j, h] . K) V for each query j and head h; head h reads kv head
 * h / (n_heads / n_kv_heads). q and out [n, n_heads * head_dim]. */
void assay_attention(const assay_exec *exec, const assay_kv *kv, const float *q, int n, int n_heads,
                     const assay_span *spans, float scale, float *out);

#endif
