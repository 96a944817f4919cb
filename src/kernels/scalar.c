/* The specification: every operation as plain loops, in the one order of every float sum. */
#include "kernels/table.h"

#include <math.h> /* INFINITY */
#include <string.h>

#include "base/maths.h"
#include "kernels/blocks.h"

/* ---- quantized activations and matrix products ---- */

static float largest_magnitude(const float *x) {
    uint32_t largest = 0; /* as bits, where NaN is above infinity */
    for (int i = 0; i < BLOCK; i++) {
        uint32_t bits = assay_f32_bits(x[i]) & 0x7FFFFFFFu;
        if (bits > largest) largest = bits;
    }
    return assay_f32_from_bits(largest);
}

static int16_t quantize_one(float x, float divisor) {
    float t = x / divisor;
    t = -X_MAX < t ? t : -X_MAX; /* NaN gives -X_MAX; its block's scale is NaN too */
    t = t < X_MAX ? t : X_MAX;
    return (int16_t)((int32_t)assay_f32_bits(t + ROUND_MAGIC) - ROUND_MAGIC_BITS);
}

static void scalar_quantize(const float *x, int cols, int width, bool sums, uint8_t *out) {
    for (int b = 0; b < cols / BLOCK; b++) {
        for (int c = 0; c < width; c++) {
            const float *in = x + (size_t)c * (size_t)cols + (size_t)b * BLOCK;
            float d = largest_magnitude(in) / X_MAX;
            int32_t sum = 0;
            memcpy(out + 4 * c, &d, sizeof d);
            for (int k = 0; k < BLOCK; k++) {
                int16_t q = quantize_one(in[k], d > 0 ? d : 1.0f);
                memcpy(out + 4 * ((k / 2 + (sums ? 3 : 1)) * width + c) + 2 * (k % 2), &q,
                       sizeof q);
                sum += q;
                if (sums && k % 16 == 15)
                    memcpy(out + 4 * ((k / 16 + 1) * width + c), &sum, sizeof sum);
            }
        }
        out += quantized_bytes(sums) * (size_t)width;
    }
}

/* The term of 32 columns, x their block in a tile of `width` columns and c the column there. */
static float block_term(const block_format *f, const block_weights *w, int first, const uint8_t *x,
                        bool sums, int width, int c) {
    int32_t dot = 0, sum = 0;
    float dx, d = w->scale[first / BLOCK], m = w->minimum[first / BLOCK];
    memcpy(&dx, x + 4 * c, sizeof dx);
    for (int k = 0; k < BLOCK; k++) {
        int16_t q;
        memcpy(&q, x + 4 * ((k / 2 + (sums ? 3 : 1)) * width + c) + 2 * (k % 2), sizeof q);
        dot += w->q[first + k] * w->sub[(first + k) / 16] * q;
        sum += q;
    }
    return f->minimum ? ((float)dot * d + (float)sum * m) * dx : (float)dot * (d * dx);
}

/* y[j] += the terms of block b of a row. */
static void add_block(const product *p, const block_format *f, int row, int b, int begin, int end) {
    block_weights w;
    assay_block_unpack(p->w, row, (size_t)b, &w);
    for (int j = begin; j < end; j++) {
        int tile = j / TILE * TILE, width = tile_width(p, tile);
        float *y = p->y + (size_t)j * (size_t)p->w->rows + row;
        for (int k = 0; k < f->elements; k += BLOCK) {
            const uint8_t *x = quantized_tile(p, tile, (b * f->elements + k) / BLOCK);
            *y += block_term(f, &w, k, x, p->sums, width, j - tile);
        }
    }
}

static void add_floats(const product *p, int row, int first, int n, int begin, int end) {
    float w[MAX_BLOCK];
    assay_floats_unpack(p->w, row, (size_t)first, (size_t)n, w);
    for (int j = begin; j < end; j++) {
        const float *x = p->x + (size_t)j * (size_t)p->w->cols + first;
        float *y = p->y + (size_t)j * (size_t)p->w->rows + row, sum = *y;
        for (int k = 0; k < n; k++) sum += w[k] * x[k];
        *y = sum;
    }
}

void assay_multiply_rows(const product *p, int row_begin, int row_end, int begin, int end) {
    const block_format *f = assay_block_format(p->w->type);
    int cols = p->w->cols, step = f->code_bits == 0 ? MAX_BLOCK : f->elements;
    for (int row = row_begin; row < row_end; row++) {
        float *y = p->y + row;
        size_t stride = (size_t)p->w->rows;
        for (int j = begin; j < end; j++) y[(size_t)j * stride] = 0.0f;
        for (int at = 0; at < cols; at += step) {
            if (f->code_bits == 0)
                add_floats(p, row, at, cols - at < step ? cols - at : step, begin, end);
            else
                add_block(p, f, row, at / step, begin, end);
        }
        for (int j = begin; p->bias && j < end; j++) y[(size_t)j * stride] += p->bias[row];
    }
}

static void scalar_multiply(const product *p, int panel, int begin, int end) {
    assay_multiply_rows(p, panel * PANEL, (panel + 1) * PANEL, begin, end);
}

/* ---- rows and elements ---- */

static float add_partial(const float s[4]) {
    return (s[0] + s[1]) + (s[2] + s[3]);
}

static void scalar_rms_norm(const float *x, int dim, const float *weight, float eps, float *out) {
    float s[4] = {0};
    for (int i = 0; i < dim; i++) s[i % 4] += x[i] * x[i];
    float scale = 1.0f / assay_sqrtf(add_partial(s) / (float)dim + eps);
    for (int i = 0; i < dim; i++) out[i] = x[i] * scale * weight[i];
}

static void scalar_layer_norm(const float *x, int dim, const float *weight, const float *bias,
                              float eps, float *out) {
    float s[4] = {0}, v[4] = {0};
    for (int i = 0; i < dim; i++) s[i % 4] += x[i];
    float mean = add_partial(s) / (float)dim;
    for (int i = 0; i < dim; i++) v[i % 4] += (x[i] - mean) * (x[i] - mean);
    float scale = 1.0f / assay_sqrtf(add_partial(v) / (float)dim + eps);
    for (int i = 0; i < dim; i++) out[i] = (x[i] - mean) * scale * weight[i] + bias[i];
}

static void scalar_add(float *x, const float *y, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] += y[i];
}

static void scalar_gelu_tanh(float *x, size_t n) {
    for (size_t i = 0; i < n; i++) {
        float cube = x[i] * x[i] * x[i];
        float t = assay_tanhf(0.79788456f * (x[i] + 0.044715f * cube));
        x[i] = 0.5f * x[i] * (1.0f + t);
    }
}

static void scalar_gelu_erf(float *x, size_t n) {
    for (size_t i = 0; i < n; i++) x[i] = 0.5f * x[i] * (1.0f + assay_erff(x[i] * 0.70710678f));
}

static void scalar_swiglu(float *gate, const float *up, size_t n) {
    for (size_t i = 0; i < n; i++) gate[i] = gate[i] / (1.0f + assay_expf(-gate[i])) * up[i];
}

static void scalar_rotate(float *x, const float *cos_sin, int head_dim, int n_heads) {
    for (int h = 0; h < n_heads; h++) {
        for (int i = 0; i < head_dim; i += 2) {
            float *pair = x + (size_t)h * (size_t)head_dim + i;
            float a = pair[0], b = pair[1], c = cos_sin[i], s = cos_sin[i + 1];
            pair[0] = a * c - b * s;
            pair[1] = b * c + a * s;
        }
    }
}

static float scalar_max(const float *x, size_t n) {
    float best = -INFINITY;
    for (size_t i = 0; i < n; i++) best = best < x[i] ? x[i] : best;
    return best;
}

static float scalar_exp_sum(const float *x, size_t n, float max, float *terms) {
    float s[4] = {0};
    for (size_t i = 0; i < n; i++) {
        float e = assay_expf(x[i] - max);
        s[i % 4] += e;
        if (terms) terms[i] = e;
    }
    return add_partial(s);
}

/* ---- attention ---- */

/* The slot that a query sees as its i-th. */
static size_t visible_slot(assay_span span, int i) {
    return (size_t)(i < span.prefix ? i : span.begin + (i - span.prefix));
}

static float score_one(const assay_kv *kv, int kv_head, size_t slot, const float *q) {
    size_t head_dim = (size_t)kv->head_dim;
    const float *panel =
        kv->keys + ((size_t)kv_head * (size_t)kv->n_slots + slot / 4 * 4) * head_dim;
    float sum = 0.0f;
    for (size_t d = 0; d < head_dim; d++) sum += q[d] * panel[4 * d + slot % 4];
    return sum;
}

static void scalar_attend(const attention *a, int kv_head, int row_begin, int row_end,
                          float *scores) {
    const assay_kv *kv = a->kv;
    size_t head_dim = (size_t)kv->head_dim;
    for (int row = row_begin; row < row_end; row++) {
        int query = row / a->group, head = kv_head * a->group + row % a->group;
        size_t at = ((size_t)query * (size_t)a->n_heads + (size_t)head) * head_dim;
        assay_span span = a->spans[query];
        int n = span.prefix + (span.end - span.begin);
        for (int i = 0; i < n; i++)
            scores[i] = score_one(kv, kv_head, visible_slot(span, i), a->q + at) * a->scale;
        float total = scalar_exp_sum(scores, (size_t)n, scalar_max(scores, (size_t)n), scores);
        for (size_t d = 0; d < head_dim; d++) {
            float sum = 0.0f;
            for (int i = 0; i < n; i++) {
                size_t slot = (size_t)kv_head * (size_t)kv->n_slots + visible_slot(span, i);
                sum += scores[i] * kv->values[slot * head_dim + d];
            }
            a->out[at + d] = n > 0 ? sum / total : 0.0f;
        }
    }
}

static void scalar_ceiling(const int8_t *w, const int16_t *x, int n, int32_t *out) {
    memset(out, 0, 32 * sizeof *out);
    for (int i = 0; i < 8; i++) {
        for (int k = 0; k < n; k++) out[4 * i + k % 8 / 2] += w[i / 2 * n + k] * x[i % 2 * n + k];
    }
}

const assay_kernels assay_kernels_scalar = {.name = "scalar",
                                            .isa = "none",
                                            .quantize = scalar_quantize,
                                            .multiply = scalar_multiply,
                                            .attend = scalar_attend,
                                            .rms_norm = scalar_rms_norm,
                                            .layer_norm = scalar_layer_norm,
                                            .add = scalar_add,
                                            .gelu_tanh = scalar_gelu_tanh,
                                            .gelu_erf = scalar_gelu_erf,
                                            .swiglu = scalar_swiglu,
                                            .rotate = scalar_rotate,
                                            .max = scalar_max,
                                            .exp_sum = scalar_exp_sum,
                                            .ceiling = scalar_ceiling};
