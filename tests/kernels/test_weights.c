/* Every type of weights: sizes, how close products come to those of the floats, how good the
 * quantizers are, and inputs that are no numbers. That blocks hold what ggml's hold is
 * tests/golden/test_types.c's business. */
#include "test.h"

#include <math.h>
#include <stdint.h>

#include "base/maths.h"
#include "base/rng.h"
#include "kernels/blocks.h"
#include "kernels/kernels.h"

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

TEST(types_know_their_names_and_sizes) {
    static const struct {
        assay_type type;
        const char *name;
        int id, block, bytes;
    } rows[] = {{ASSAY_F32, "F32", 0, 1, 4},        {ASSAY_F16, "F16", 1, 1, 2},
                {ASSAY_BF16, "BF16", 30, 1, 2},     {ASSAY_Q4_0, "Q4_0", 2, 32, 18},
                {ASSAY_Q4_1, "Q4_1", 3, 32, 20},    {ASSAY_Q5_0, "Q5_0", 6, 32, 22},
                {ASSAY_Q5_1, "Q5_1", 7, 32, 24},    {ASSAY_Q8_0, "Q8_0", 8, 32, 34},
                {ASSAY_Q4_K, "Q4_K", 12, 256, 144}, {ASSAY_Q5_K, "Q5_K", 13, 256, 176},
                {ASSAY_Q6_K, "Q6_K", 14, 256, 210}};
    int n_known = 0;
    assay_type found;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        CHECK((int)rows[i].type == rows[i].id, "%s is %d", rows[i].name, (int)rows[i].type);
        CHECK(strcmp(assay_type_name(rows[i].type), rows[i].name) == 0, "%s", rows[i].name);
        CHECK(assay_type_find(rows[i].name, &found) && found == rows[i].type, "%s", rows[i].name);
        CHECK(assay_type_block(rows[i].type) == rows[i].block, "%s", rows[i].name);
        CHECK(assay_type_bytes(rows[i].type) == (size_t)rows[i].bytes, "%s", rows[i].name);
    }
    for (int id = -1; id < 64; id++) n_known += assay_type_name((assay_type)id) != NULL;
    CHECK(n_known == (int)(sizeof rows / sizeof *rows), "%d types are known", n_known);
    CHECK(!assay_type_find("Q3_K", &found) && !assay_type_find("", &found));
}

/* ---- products ---- */

enum { ROWS = 21, COLS = 768, N = 7 };

static const assay_type all_types[] = {ASSAY_F32,  ASSAY_F16,  ASSAY_BF16, ASSAY_Q4_0,
                                       ASSAY_Q4_1, ASSAY_Q5_0, ASSAY_Q5_1, ASSAY_Q8_0,
                                       ASSAY_Q4_K, ASSAY_Q5_K, ASSAY_Q6_K};
enum { N_TYPES = sizeof all_types / sizeof *all_types };

/* Quantizes w, packs it, multiplies; `kept` are the weights that the type keeps. */
static void multiply(assay_type type, const float *w, const float *x, float *kept, float *y,
                     int n) {
    static uint8_t data[ROWS * COLS * 4];
    assay_exec exec = start(1000);
    assay_matrix matrix;
    assay_error err;
    size_t row_bytes = 0;
    CHECK(assay_type_size(type, 1, COLS, &row_bytes));
    for (size_t r = 0; r < ROWS; r++) {
        assay_quantize_row(type, w + r * COLS, COLS, data + r * row_bytes);
        assay_dequantize_row(type, data + r * row_bytes, COLS, kept + r * COLS);
    }
    CHECK_STATUS(assay_matrix_pack(&matrix, type, ROWS, COLS, data, &err), ASSAY_OK, err);
    assay_matmul(&exec, &matrix, x, n, NULL, y);
    CHECK(scratch.peak <= assay_matmul_scratch(type, COLS, n), "%s: more scratch than promised",
          assay_type_name(type));
}

/* The largest |y - W x|, relative to the sum of magnitudes; infinite when some y is NaN. */
static double product_error(const float *w, const float *x, const float *y, int n) {
    double worst = 0;
    for (int at = 0; at < n * ROWS; at++) {
        const float *row = w + at % ROWS * COLS, *column = x + at / ROWS * COLS;
        double sum = 0, magnitudes = 0;
        for (int i = 0; i < COLS; i++) {
            double term = (double)row[i] * (double)column[i];
            sum += term, magnitudes += fabs(term);
        }
        double error = fabs((double)y[at] - sum) / magnitudes;
        if (error != error) return INFINITY;
        worst = fmax(worst, error);
    }
    return worst;
}

/* Weights as they are kept: activations of 13 bits are off by at most half of amax / 4095 each, and
 * float sums by rounding alone. Weights as they were: the type's own error, which for random signs
 * falls with the square root of the length; llama.cpp's bound of 0.02 for a product's error by
 * element is far above both. */
TEST(products_are_close_to_those_of_the_floats) {
    static float w[ROWS * COLS], kept[ROWS * COLS], x[N * COLS], y[N * ROWS];
    start(1);
    fill(w, ROWS * COLS, 1), fill(x, N * COLS, 1);
    for (int t = 0; t < N_TYPES; t++) {
        bool plain = assay_type_block(all_types[t]) == 1;
        for (int n = 1; n <= N; n += N - 1) { /* a single column takes a way of its own */
            multiply(all_types[t], w, x, kept, y, n);
            double kept_error = product_error(kept, x, y, n), error = product_error(w, x, y, n);
            CHECK(kept_error <= (plain ? 2e-6 : 7e-5), "%s, n = %d: %g off its own weights",
                  assay_type_name(all_types[t]), n, kept_error);
            CHECK(error <= 0.02, "%s, n = %d: %g off", assay_type_name(all_types[t]), n, error);
        }
    }
}

/* llama.cpp's own data and bound (test-quantize-fns): a product's error by element below 0.02. */
TEST(products_keep_llama_cpps_bound) {
    static float w[ROWS * COLS], kept[ROWS * COLS], x[COLS], y[ROWS];
    for (int i = 0; i < ROWS * COLS; i++) w[i] = (float)(0.1 + 2 * cos((double)(i % COLS)));
    for (int i = 0; i < COLS; i++) x[i] = (float)(0.1 + 2 * cos((double)(i + 1)));
    for (int t = 0; t < N_TYPES; t++) {
        multiply(all_types[t], w, x, kept, y, 1);
        double want = 0;
        for (int i = 0; i < COLS; i++) want += (double)w[i] * (double)x[i];
        double error = fabs((double)y[0] - want) / (double)COLS;
        CHECK(error < 0.02, "%s: %g", assay_type_name(all_types[t]), error);
    }
}

/* One text for all platforms: quantizing, packing and multiplying end in these very bits. A change
 * of them changes the hallmark of every run. */
TEST(products_have_the_same_bits_everywhere) {
    static const uint64_t expected[N_TYPES] = {0xc751fbefff3ff536 /* F32 */,
                                               0xc7ed6b305cff04e6 /* F16 */,
                                               0x7531efaa92f4a522 /* BF16 */,
                                               0x837878819f5d9d81 /* Q4_0 */,
                                               0x57e92cf2b7eaf09d /* Q4_1 */,
                                               0xc6c342b7d5cee220 /* Q5_0 */,
                                               0xeab9eb069a445a73 /* Q5_1 */,
                                               0x10cccea95337558b /* Q8_0 */,
                                               0xed851c2d72203a80 /* Q4_K */,
                                               0xdecd674401fc8644 /* Q5_K */,
                                               0x050d0337117a917c /* Q6_K */};
    static float w[ROWS * COLS], kept[ROWS * COLS], x[N * COLS], y[N * ROWS];
    start(11);
    fill(w, ROWS * COLS, 0.05), fill(x, N * COLS, 1);
    for (int t = 0; t < N_TYPES; t++) {
        uint64_t hash = 14695981039346656037u;
        for (int n = 1; n <= N; n += N - 1) {
            multiply(all_types[t], w, x, kept, y, n);
            for (int i = 0; i < n * ROWS; i++)
                hash = (hash ^ assay_f32_bits(y[i])) * 1099511628211u;
        }
        CHECK(hash == expected[t], "%s: 0x%016llx", assay_type_name(all_types[t]),
              (unsigned long long)hash);
    }
}

/* ---- quantizers ---- */

enum { SAMPLE = 256 * 60 };

static double squared_error(assay_type type, const float *x) {
    static uint8_t row[SAMPLE * 4];
    static float back[SAMPLE];
    double error = 0;
    assay_quantize_row(type, x, SAMPLE, row);
    assay_dequantize_row(type, row, SAMPLE, back);
    for (int i = 0; i < SAMPLE; i++)
        error += ((double)back[i] - (double)x[i]) * ((double)back[i] - (double)x[i]);
    return error;
}

/* The error of rounding with exact scales that just span each group: with a minimum (top > 0), or
 * from the extreme to -32 as Q6_K's codes. */
static double plain_error(const float *x, int group, int top) {
    double error = 0;
    for (int g = 0; g < SAMPLE; g += group) {
        double low = 0, high = (double)x[g], extreme = 0;
        for (int i = g; i < g + group; i++) {
            low = fmin(low, (double)x[i]), high = fmax(high, (double)x[i]);
            if (fabs((double)x[i]) > fabs(extreme)) extreme = (double)x[i];
        }
        double scale = top > 0 ? (high - low) / top : extreme / -32;
        for (int i = g; i < g + group; i++) {
            double v = (double)x[i], q = top > 0 ? round((v - low) / scale) : round(v / scale);
            if (top == 0) q = fmin(q, 31);
            double e = q * scale + (top > 0 ? low : 0) - v;
            error += e * e;
        }
    }
    return error;
}

/* The search must win back more than the rounding of its scales costs. */
TEST(k_types_are_better_than_plain_rounding) {
    static float x[SAMPLE];
    for (int shape = 0; shape < 2; shape++) {
        start((uint64_t)shape + 2);
        fill(x, SAMPLE, 0.05);
        for (int i = 0; i < SAMPLE && shape == 1; i++) x[i] *= x[i] * x[i] * 1e3f; /* heavy tails */
        double q4 = squared_error(ASSAY_Q4_K, x) / plain_error(x, 32, 15);
        double q5 = squared_error(ASSAY_Q5_K, x) / plain_error(x, 32, 31);
        double q6 = squared_error(ASSAY_Q6_K, x) / plain_error(x, 16, 0);
        CHECK(q4 < 0.85, "Q4_K has %.3f of plain rounding's error", q4);
        CHECK(q5 < 0.90, "Q5_K has %.3f of plain rounding's error", q5);
        CHECK(q6 < 0.97, "Q6_K has %.3f of plain rounding's error", q6);
    }
}

/* Blocks that each type can hold exactly come back exactly. */
TEST(quantizers_keep_what_fits) {
    static float x[256], back[256];
    static uint8_t row[1024];
    for (int t = 0; t < N_TYPES; t++) {
        for (int value = -1; value <= 1; value++) {
            for (int i = 0; i < 256; i++) x[i] = (float)value * 0.5f;
            assay_quantize_row(all_types[t], x, 256, row);
            assay_dequantize_row(all_types[t], row, 256, back);
            for (int i = 0; i < 256; i++)
                CHECK(fabsf(back[i] - x[i]) <= 0.5f * 0x1p-9f, "%s: %g became %g",
                      assay_type_name(all_types[t]), (double)x[i], (double)back[i]);
        }
    }
}

/* Sub-scales of all 8 groups, whose bits lie in three places. */
TEST(six_bit_scales_come_back) {
    uint8_t scale[8], minimum[8], bytes[12], scale_back[8], minimum_back[8];
    start(9);
    for (int i = 0; i < 1000; i++) {
        for (int j = 0; j < 8; j++) {
            scale[j] = (uint8_t)assay_rng_below(&rng, 64);
            minimum[j] = (uint8_t)assay_rng_below(&rng, 64);
        }
        assay_six_bits_write(scale, minimum, bytes);
        assay_six_bits_read(bytes, scale_back, minimum_back);
        CHECK(memcmp(scale, scale_back, 8) == 0 && memcmp(minimum, minimum_back, 8) == 0, "case %d",
              i);
    }
}

/* What is no number, or none that a scale can hold, must not be undefined behaviour, and a NaN
 * counts as 0 where there are codes. */
TEST(quantizers_take_any_floats) {
    static const float odd[] = {NAN,     INFINITY, -INFINITY, 3.4e38f, -3.4e38f, 1e-45f,
                                -1e-40f, 0.0f,     -0.0f,     65504,   1e9f,     -1.0f};
    static float x[256], clean[256];
    static uint8_t row[1024], clean_row[1024];
    start(10);
    for (int t = 0; t < N_TYPES; t++) {
        for (int i = 0; i < 200; i++) {
            fill(x, 256, i % 2 ? 1 : 1e-39);
            for (int at = 0; at < 256; at += 1 + (int)assay_rng_below(&rng, 90))
                x[at] = odd[assay_rng_below(&rng, sizeof odd / sizeof *odd)];
            for (int k = 0; k < 256; k++) clean[k] = x[k] != x[k] ? 0.0f : x[k];
            size_t bytes =
                256 / (size_t)assay_type_block(all_types[t]) * assay_type_bytes(all_types[t]);
            assay_quantize_row(all_types[t], x, 256, row);
            assay_quantize_row(all_types[t], clean, 256, clean_row);
            CHECK(assay_type_block(all_types[t]) == 1 || memcmp(row, clean_row, bytes) == 0,
                  "%s: a NaN did not count as 0", assay_type_name(all_types[t]));
        }
    }
}
