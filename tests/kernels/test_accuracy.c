/* The operations against plain formulas in double precision: that the specification itself is
 * right. (That the vectors equal it is test_check's business.) */
#include "test.h"

#include <math.h>
#include <stdint.h>

#include "base/maths.h"
#include "base/rng.h"
#include "kernels/kernels.h"

/* Sums of float products in float: rounding grows like the square root of the length, so relative
 * to the sum of magnitudes a few units in the last place are plenty. */
#define SUM_TOLERANCE 2e-6
/* A chain of few float operations with our own exp or tanh (2e-7, 3e-7). */
#define CHAIN_TOLERANCE 2e-6

enum { MOST = 4096 };

static assay_arena scratch;
static assay_rng rng;

static assay_exec start(uint64_t stream) {
    assay_error err = {0};
    rng = assay_rng_seed(42, stream);
    assay_arena_destroy(&scratch);
    CHECK(assay_arena_create(&scratch, 4 << 20, "scratch", &err) == ASSAY_OK, "%s", err.text);
    return (assay_exec){assay_kernels_find(NULL), NULL, &scratch};
}

static void fill(float *x, int n, double scale) {
    for (int i = 0; i < n; i++) x[i] = (float)(scale * assay_rng_normal(&rng));
}

static void near(const char *what, double got, double want, double scale, double tolerance) {
    CHECK(fabs(got - want) <= tolerance * scale, "%s: %.9g, not %.9g (scale %g)", what, got, want,
          scale);
}

TEST(types_know_their_sizes) {
    size_t bytes = 0;
    CHECK(assay_type_size(ASSAY_F32, 3, 5, &bytes) && bytes == 60);
    CHECK(assay_type_size(ASSAY_F16, 3, 5, &bytes) && bytes == 30);
    CHECK(assay_type_size(ASSAY_Q8_0, 3, 64, &bytes) && bytes == 204);
    CHECK(!assay_type_size(ASSAY_Q8_0, 3, 65, &bytes), "65 is no multiple of 32");
    CHECK(!assay_type_size((assay_type)77, 1, 32, &bytes), "an unknown type");
    CHECK(!assay_type_size(ASSAY_F32, SIZE_MAX / 8, 16, &bytes), "overflow");
    CHECK(assay_type_name((assay_type)77) == NULL && assay_type_block((assay_type)77) == 0);
    CHECK(strcmp(assay_type_name(ASSAY_Q8_0), "Q8_0") == 0);
}

TEST(tables_are_found_by_name) {
    const assay_kernels *scalar = assay_kernels_find("scalar"), *best = assay_kernels_find(NULL);
    REQUIRE(scalar && best);
    CHECK(strcmp(assay_kernels_name(scalar), "scalar") == 0);
    CHECK(assay_kernels_find("gpu") == NULL);
    CHECK(assay_kernels_find("simd") == NULL || assay_kernels_find("simd") == best);
    CHECK(strlen(assay_kernels_isa()) > 0);
}

TEST(packing_refuses_what_is_no_matrix) {
    static uint8_t data[34 * 8];
    assay_matrix w;
    assay_error err;
    CHECK_STATUS(assay_matrix_pack(&w, ASSAY_Q8_0, 8, 33, data, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_matrix_pack(&w, ASSAY_F32, 0, 8, data, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_matrix_pack(&w, ASSAY_F32, 8, -1, data, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_matrix_pack(&w, ASSAY_F32, 1, 1, NULL, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_matrix_pack(&w, (assay_type)77, 1, 32, data, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_matrix_pack(&w, ASSAY_Q8_0, 8, 32, data, &err), ASSAY_OK, err);
}

TEST(q8_0_rows_are_written_as_ggml_writes_them) {
    float x[64], back[64];
    uint8_t row[68];
    for (int i = 0; i < 32; i++) x[i] = (float)(i - 16) * 0.5f;
    for (int i = 32; i < 64; i++) x[i] = 0.0f;
    x[0] = -12.7f; /* the scale is 0.1, so halves fall between codes */
    x[1] = 0.25f, x[2] = -0.25f, x[3] = 0.35f;
    assay_quantize_row(ASSAY_Q8_0, x, 64, row);
    uint16_t d;
    memcpy(&d, row, 2);
    CHECK(d == assay_f32_to_f16(12.7f / 127.0f), "scale %04x", d);
    CHECK((int8_t)row[2] == -127, "%d", (int8_t)row[2]);
    float inverse = 1.0f / (12.7f / 127.0f);
    for (int i = 1; i < 32; i++) {
        double want = round((double)(x[i] * inverse)); /* half away from zero */
        CHECK((int8_t)row[2 + i] == (int)want, "code %d is %d, not %g", i, (int8_t)row[2 + i],
              want);
    }
    for (int i = 34; i < 68; i++) CHECK(row[i] == 0, "a block of zeros has byte %d", row[i]);
    assay_dequantize_row(ASSAY_Q8_0, row, 64, back);
    for (int i = 0; i < 64; i++) near("element", (double)back[i], (double)x[i], 0.1, 0.51);
}

TEST(f16_and_f32_rows_come_back) {
    float x[33], back[33];
    uint8_t row[33 * 4];
    assay_exec exec = start(1);
    (void)exec;
    fill(x, 33, 3);
    assay_quantize_row(ASSAY_F32, x, 33, row);
    assay_dequantize_row(ASSAY_F32, row, 33, back);
    CHECK(memcmp(x, back, sizeof x) == 0);
    assay_quantize_row(ASSAY_F16, x, 33, row);
    assay_dequantize_row(ASSAY_F16, row, 33, back);
    for (int i = 0; i < 33; i++)
        near("half", (double)back[i], (double)x[i], fabs((double)x[i]), 0x1p-11);
}

/* Product of the weights as stored and the input as given, or as quantized for Q8_0. */
static void check_product(assay_type type, int rows, int cols, int n, double tolerance) {
    assay_exec exec = start((uint64_t)type + 10);
    float *w = malloc((size_t)(rows * cols) * 4), *x = malloc((size_t)(n * cols) * 4);
    float *y = malloc((size_t)(n * rows) * 4), *bias = malloc((size_t)rows * 4);
    uint8_t *data = malloc((size_t)(rows * cols) * 4);
    assay_matrix matrix;
    assay_error err;
    REQUIRE(w && x && y && bias && data);
    size_t row_bytes = (size_t)(cols / assay_type_block(type)) * assay_type_bytes(type);
    fill(w, rows * cols, 0.1), fill(x, n * cols, 1), fill(bias, rows, 1);
    for (int r = 0; r < rows; r++) {
        assay_quantize_row(type, w + r * cols, (size_t)cols, data + (size_t)r * row_bytes);
        assay_dequantize_row(type, data + (size_t)r * row_bytes, (size_t)cols, w + r * cols);
    }
    CHECK_STATUS(assay_matrix_pack(&matrix, type, rows, cols, data, &err), ASSAY_OK, err);
    assay_matmul(&exec, &matrix, x, n, bias, y);
    for (int j = 0; j < n; j++) {
        for (int r = 0; r < rows; r++) {
            double want = (double)bias[r], scale = fabs(want);
            for (int i = 0; i < cols; i++) {
                double term = (double)w[r * cols + i] * (double)x[j * cols + i];
                want += term;
                scale += fabs(term);
            }
            near(assay_type_name(type), (double)y[j * rows + r], want, scale, tolerance);
        }
    }
    CHECK(scratch.peak <= assay_matmul_scratch(type, cols, n), "more scratch than promised: %zu",
          scratch.peak);
    free(w), free(x), free(y), free(bias), free(data);
}

TEST(products_equal_the_sums_in_double) {
    check_product(ASSAY_F32, 21, 300, 7, SUM_TOLERANCE);
    check_product(ASSAY_F16, 21, 300, 7, SUM_TOLERANCE);
    /* Activations of 13 bits: each off by at most half of amax / 4095, that is about 1/2500 of a
     * typical one, at random; relative to the sum of magnitudes the error of 288 terms stays below
     * 1/15000. */
    check_product(ASSAY_Q8_0, 21, 288, 7, 7e-5);
}

TEST(norms_equal_their_formulas) {
    enum { DIM = 577 };
    static float x[DIM], weight[DIM], bias[DIM], out[DIM];
    assay_exec exec = start(2);
    fill(x, DIM, 2), fill(weight, DIM, 1), fill(bias, DIM, 1);
    double sum = 0, squares = 0, variance = 0;
    for (int i = 0; i < DIM; i++) sum += (double)x[i], squares += (double)x[i] * (double)x[i];
    double dim = DIM, mean = sum / dim;
    for (int i = 0; i < DIM; i++) variance += ((double)x[i] - mean) * ((double)x[i] - mean);
    assay_rms_norm(&exec, x, 1, DIM, weight, 1e-5f, out);
    for (int i = 0; i < DIM; i++)
        near("rms", (double)out[i], (double)x[i] / sqrt(squares / dim + 1e-5) * (double)weight[i],
             10, CHAIN_TOLERANCE);
    assay_layer_norm(&exec, x, 1, DIM, weight, bias, 1e-6f, out);
    for (int i = 0; i < DIM; i++) {
        double want = ((double)x[i] - mean) / sqrt(variance / dim + 1e-6) * (double)weight[i] +
                      (double)bias[i];
        near("layer", (double)out[i], want, 10, CHAIN_TOLERANCE);
    }
}

TEST(activations_equal_their_formulas) {
    static float x[MOST], y[MOST], up[MOST];
    assay_exec exec = start(3);
    fill(x, MOST, 3), fill(up, MOST, 1);
    memcpy(y, x, sizeof x);
    assay_gelu_tanh(&exec, y, MOST);
    for (int i = 0; i < MOST; i++) {
        double v = (double)x[i], u = 0.7978845608028654 * (v + 0.044715 * v * v * v);
        near("gelu", (double)y[i], 0.5 * v * (1 + tanh(u)), 1 + fabs(v), CHAIN_TOLERANCE);
    }
    memcpy(y, x, sizeof x);
    assay_gelu_erf(&exec, y, MOST);
    for (int i = 0; i < MOST; i++) {
        double v = (double)x[i], want = 0.5 * v * (1 + erf(v * 0.7071067811865476));
        near("gelu_erf", (double)y[i], want, 1 + fabs(v), CHAIN_TOLERANCE);
    }
    memcpy(y, x, sizeof x);
    assay_swiglu(&exec, y, up, MOST);
    for (int i = 0; i < MOST; i++) {
        double v = (double)x[i], want = v / (1 + exp(-v)) * (double)up[i];
        near("swiglu", (double)y[i], want, fabs(want) + 1e-6, CHAIN_TOLERANCE);
    }
    memcpy(y, x, sizeof x);
    assay_add(&exec, y, up, MOST);
    for (int i = 0; i < MOST; i++) CHECK(y[i] == x[i] + up[i], "add at %d", i);
}

TEST(log_probabilities_sum_to_one) {
    enum { N = 301 };
    static float x[N];
    assay_exec exec = start(4);
    fill(x, N, 4);
    double total = 0, sum = 0;
    for (int i = 0; i < N; i++) sum += exp((double)x[i]);
    for (int i = 0; i < N; i++) {
        double got = (double)assay_log_prob(&exec, x, N, i);
        near("log probability", got, (double)x[i] - log(sum), 1 + fabs(got), CHAIN_TOLERANCE);
        total += exp(got);
    }
    near("sum of probabilities", total, 1, 1, 1e-5);
}

TEST(rope_turns_pairs_by_their_angle) {
    enum { DIM = 64, HEADS = 2, POSITIONS = 2000, N = 3 };
    static float table[DIM * POSITIONS], x[N * HEADS * DIM], y[N * HEADS * DIM];
    int positions[N] = {0, 7, POSITIONS - 1};
    assay_exec exec = start(5);
    assay_rope rope;
    CHECK(assay_rope_bytes(DIM, POSITIONS) == sizeof table);
    assay_rope_fill(&rope, table, DIM, POSITIONS, 100000.0);
    fill(x, N * HEADS * DIM, 1);
    memcpy(y, x, sizeof x);
    assay_rope_apply(&exec, &rope, y, N, HEADS, positions);
    for (int at = 0; at < N * HEADS * DIM; at += 2) {
        double part = (double)(at % DIM) / (double)DIM;
        double angle = positions[at / (HEADS * DIM)] * pow(100000.0, -part);
        double a = (double)x[at], b = (double)x[at + 1];
        near("first", (double)y[at], a * cos(angle) - b * sin(angle), 1 + fabs(a) + fabs(b),
             CHAIN_TOLERANCE);
        near("second", (double)y[at + 1], b * cos(angle) + a * sin(angle), 1 + fabs(a) + fabs(b),
             CHAIN_TOLERANCE);
    }
    CHECK(memcmp(x, y, HEADS * DIM * sizeof *x) == 0, "position 0 turns nothing");
}

/* Grouped heads, a prefix and a branch at another place: the softmax of exactly the visible slots.
 */
TEST(attention_equals_its_formula) {
    enum { DIM = 12, KV = 2, GROUP = 3, HEADS = KV * GROUP, SLOTS = 40, N = 5 };
    static float k[SLOTS * KV * DIM], v[SLOTS * KV * DIM], q[N * HEADS * DIM], out[N * HEADS * DIM];
    static float memory[2 * SLOTS * KV * DIM];
    assay_span spans[N] = {{7, 20, 23}, {0, 3, 9}, {40, 0, 0}, {1, 0, 0}, {0, 0, 0}};
    assay_exec exec = start(6);
    assay_kv kv;
    CHECK(assay_kv_bytes(KV, DIM, SLOTS) == sizeof memory);
    assay_kv_bind(&kv, memory, KV, DIM, SLOTS);
    fill(k, SLOTS * KV * DIM, 1), fill(v, SLOTS * KV * DIM, 1), fill(q, N * HEADS * DIM, 1);
    assay_kv_store(&exec, &kv, 0, 13, k, v);
    assay_kv_store(&exec, &kv, 13, SLOTS - 13, k + 13 * KV * DIM, v + 13 * KV * DIM);
    assay_attention(&exec, &kv, q, N, HEADS, spans, 0.3f, out);
    CHECK(scratch.peak <= assay_attention_scratch(&exec, SLOTS), "more scratch than promised: %zu",
          scratch.peak);
    for (int j = 0; j < N * HEADS; j++) {
        assay_span span = spans[j / HEADS];
        double want[DIM] = {0}, total = 0;
        for (int slot = 0; slot < SLOTS; slot++) {
            if (!(slot < span.prefix || (slot >= span.begin && slot < span.end))) continue;
            double score = 0;
            int at = (slot * KV + j % HEADS / GROUP) * DIM;
            for (int d = 0; d < DIM; d++) score += (double)q[j * DIM + d] * (double)k[at + d];
            double weight = exp(0.3 * score);
            total += weight;
            for (int d = 0; d < DIM; d++) want[d] += weight * (double)v[at + d];
        }
        for (int d = 0; d < DIM; d++)
            near("attention", (double)out[j * DIM + d], total > 0 ? want[d] / total : 0, 10,
                 CHAIN_TOLERANCE);
    }
}
