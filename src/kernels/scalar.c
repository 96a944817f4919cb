/* The specification: every operation as plain loops, in the one order of every float sum. */
#include "kernels/table.h"

#include <math.h> /* INFINITY */
#include <string.h>

#include "base/maths.h"

static float load_f32(const void *p) {
    float x;
    memcpy(&x, p, sizeof x);
    return x;
}

static float load_f16(const void *p) {
    uint16_t half;
    memcpy(&half, p, sizeof half);
    return assay_f16_to_f32(half);
}

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

static void scalar_quantize(const float *x, int cols, int width, uint8_t *out) {
    for (int b = 0; b < cols / BLOCK; b++) {
        for (int c = 0; c < width; c++) {
            const float *in = x + (size_t)c * (size_t)cols + (size_t)b * BLOCK;
            float d = largest_magnitude(in) / X_MAX;
            memcpy(out + 4 * c, &d, sizeof d);
            for (int k = 0; k < BLOCK; k++) {
                int16_t q = quantize_one(in[k], d > 0 ? d : 1.0f);
                memcpy(out + 4 * ((k / 2 + 1) * width + c) + 2 * (k % 2), &q, sizeof q);
            }
        }
        out += X_BYTES * width;
    }
}

static float dot_q8(row_view w, const uint8_t *x, int n_blocks, int width, int c) {
    float sum = 0.0f;
    for (int b = 0; b < n_blocks; b++) {
        const uint8_t *values = w.values + (size_t)b * w.block_step;
        const uint8_t *block = x + (size_t)b * X_BYTES * (size_t)width;
        int32_t dot = 0;
        for (int k = 0; k < BLOCK / 2; k++) {
            int16_t pair[2];
            memcpy(pair, block + 4 * ((k + 1) * width + c), sizeof pair);
            dot += (int8_t)values[(size_t)k * w.step] * pair[0];
            dot += (int8_t)values[(size_t)k * w.step + 1] * pair[1];
        }
        float dw = load_f16(w.scales + (size_t)b * w.block_step), dx = load_f32(block + 4 * c);
        sum += (float)dot * (dw * dx);
    }
    return sum;
}

static float dot_float(assay_type type, row_view w, const float *x, int n) {
    float sum = 0.0f;
    for (int k = 0; k < n; k++) {
        const uint8_t *at = w.values + (size_t)k * w.step;
        sum += (type == ASSAY_F32 ? load_f32(at) : load_f16(at)) * x[k];
    }
    return sum;
}

void assay_multiply_rows(const product *p, int row_begin, int row_end, int begin, int end) {
    int cols = p->w->cols;
    for (int row = row_begin; row < row_end; row++) {
        row_view w = assay_row_view(p->w, row);
        for (int j = begin; j < end; j++) {
            int tile = j / TILE * TILE;
            float sum = p->w->type == ASSAY_Q8_0
                            ? dot_q8(w, quantized_tile(p, tile), cols / BLOCK, tile_width(p, tile),
                                     j - tile)
                            : dot_float(p->w->type, w, p->x + (size_t)j * (size_t)cols, cols);
            p->y[(size_t)j * (size_t)p->w->rows + (size_t)row] = p->bias ? sum + p->bias[row] : sum;
        }
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
                                            .swiglu = scalar_swiglu,
                                            .rotate = scalar_rotate,
                                            .max = scalar_max,
                                            .exp_sum = scalar_exp_sum,
                                            .ceiling = scalar_ceiling};
