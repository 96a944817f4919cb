/* Norms, activations, rotary embedding and log-probability: the split over threads. */
#include "kernels/kernels.h"
#include "kernels/table.h"

#include <assert.h>

#include "base/maths.h"

enum { MIN_ELEMENTS = 8192 }; /* worth handing to another thread */

/* ---- rows ---- */

typedef struct norm_loop {
    const assay_kernels *kernels;
    const float *x;
    int dim;
    const float *weight, *bias; /* bias NULL: RMS norm */
    float eps;
    float *out;
} norm_loop;

static void norm_rows(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    const norm_loop *l = context;
    for (size_t j = begin; j < end; j++) {
        const float *x = l->x + j * (size_t)l->dim;
        float *out = l->out + j * (size_t)l->dim;
        if (l->bias)
            l->kernels->layer_norm(x, l->dim, l->weight, l->bias, l->eps, out);
        else
            l->kernels->rms_norm(x, l->dim, l->weight, l->eps, out);
    }
}

static size_t row_grain(size_t row_elements) {
    return 1 + MIN_ELEMENTS / (row_elements + 1);
}

void assay_rms_norm(const assay_exec *exec, const float *x, int n, int dim, const float *weight,
                    float eps, float *out) {
    if (n <= 0) return;
    norm_loop loop = {exec->kernels, x, dim, weight, NULL, eps, out};
    assay_parallel_for(exec->pool, (size_t)n, row_grain((size_t)dim), norm_rows, &loop);
}

void assay_layer_norm(const assay_exec *exec, const float *x, int n, int dim, const float *weight,
                      const float *bias, float eps, float *out) {
    if (n <= 0) return;
    assert(bias);
    norm_loop loop = {exec->kernels, x, dim, weight, bias, eps, out};
    assay_parallel_for(exec->pool, (size_t)n, row_grain((size_t)dim), norm_rows, &loop);
}

/* ---- elements ---- */

typedef struct element_loop {
    void (*unary)(float *x, size_t n);
    void (*binary)(float *x, const float *y, size_t n);
    float *x;
    const float *y;
} element_loop;

static void element_piece(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    const element_loop *l = context;
    if (l->unary)
        l->unary(l->x + begin, end - begin);
    else
        l->binary(l->x + begin, l->y + begin, end - begin);
}

void assay_add(const assay_exec *exec, float *x, const float *y, size_t n) {
    element_loop loop = {NULL, exec->kernels->add, x, y};
    assay_parallel_for(exec->pool, n, 2 * MIN_ELEMENTS, element_piece, &loop);
}

void assay_gelu_tanh(const assay_exec *exec, float *x, size_t n) {
    element_loop loop = {exec->kernels->gelu_tanh, NULL, x, NULL};
    assay_parallel_for(exec->pool, n, MIN_ELEMENTS, element_piece, &loop);
}

void assay_gelu_erf(const assay_exec *exec, float *x, size_t n) {
    element_loop loop = {exec->kernels->gelu_erf, NULL, x, NULL};
    assay_parallel_for(exec->pool, n, MIN_ELEMENTS, element_piece, &loop);
}

void assay_swiglu(const assay_exec *exec, float *gate, const float *up, size_t n) {
    element_loop loop = {NULL, exec->kernels->swiglu, gate, up};
    assay_parallel_for(exec->pool, n, MIN_ELEMENTS, element_piece, &loop);
}

float assay_log_prob(const assay_exec *exec, const float *logits, int n, int target) {
    assert(target >= 0 && target < n);
    float max = exec->kernels->max(logits, (size_t)n);
    float sum = exec->kernels->exp_sum(logits, (size_t)n, max, NULL);
    return (float)((double)logits[target] - (double)max - assay_log((double)sum));
}

/* ---- rotary embedding ---- */

size_t assay_rope_bytes(int head_dim, int max_position) {
    return (size_t)head_dim * (size_t)max_position * sizeof(float);
}

void assay_rope_fill(assay_rope *rope, float *table, int head_dim, int max_position, double theta) {
    *rope = (assay_rope){head_dim, max_position, table};
    for (int i = 0; i < head_dim / 2; i++) {
        double frequency = assay_pow(theta, -2.0 * i / head_dim);
        for (int position = 0; position < max_position; position++) {
            float *at = table + (size_t)position * (size_t)head_dim + 2 * i;
            at[0] = (float)assay_cos(position * frequency);
            at[1] = (float)assay_sin(position * frequency);
        }
    }
}

typedef struct rope_loop {
    const assay_kernels *kernels;
    const assay_rope *rope;
    float *x;
    int n_heads;
    const int *positions;
} rope_loop;

static void rotate_rows(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    const rope_loop *l = context;
    size_t head_dim = (size_t)l->rope->head_dim, row = (size_t)l->n_heads * head_dim;
    for (size_t j = begin; j < end; j++) {
        assert(l->positions[j] >= 0 && l->positions[j] < l->rope->max_position);
        l->kernels->rotate(l->x + j * row, l->rope->cos_sin + (size_t)l->positions[j] * head_dim,
                           l->rope->head_dim, l->n_heads);
    }
}

void assay_rope_apply(const assay_exec *exec, const assay_rope *rope, float *x, int n, int n_heads,
                      const int *positions) {
    if (n <= 0) return;
    rope_loop loop = {exec->kernels, rope, x, n_heads, positions};
    assay_parallel_for(exec->pool, (size_t)n, row_grain((size_t)n_heads * (size_t)rope->head_dim),
                       rotate_rows, &loop);
}
