/* Of the kernel check: matrix products of every type, quantization of activations, packing.
 * Included once, by test_check.c. */
#ifndef ASSAY_TESTS_CHECK_MATMUL_H
#define ASSAY_TESTS_CHECK_MATMUL_H

#include "kernels/blocks.h"

/* The f16 scales of a block: where they are, and how many. */
static size_t find_scales(assay_type type, int *n) {
    const block_format *f = assay_block_format(type);
    *n = f->code_bits == 0 ? 0 : f->minimum ? 2 : 1;
    return type == ASSAY_Q6_K ? 208 : 0;
}

static uint16_t random_scale(int kind) {
    uint16_t bits = (uint16_t)assay_rng_u64(&rng);
    switch (kind) {
    case SUBNORMAL:
        return bits & 0x83FF;
    case HUGE_ONES:
        return (uint16_t)((bits & 0x83FF) | 0x7800);
    case ANY_FINITE:
        return (bits & 0x7C00) == 0x7C00 ? bits & 0xBFFF : bits;
    case ANY_BITS:
        return bits;
    default:
        return assay_f32_to_f16(0.01f * random_float(kind));
    }
}

/* Rows as GGUF has them. In the quantized types any bytes are legal: every code there is, most of
 * them under scales of a sane size. */
static guarded random_weights(assay_type type, int rows, int cols, int kind) {
    size_t bytes = 0, block = assay_type_bytes(type);
    assay_type_size(type, (size_t)rows, (size_t)cols, &bytes);
    guarded g = guarded_alloc(bytes);
    uint8_t *data = g.data;
    int n_scales;
    size_t scales = find_scales(type, &n_scales);
    for (size_t i = 0; i < bytes; i++) data[i] = (uint8_t)assay_rng_u64(&rng);
    for (size_t at = 0; at < bytes; at += block) {
        for (int i = 0; i < n_scales; i++) {
            uint16_t half = random_scale(kind);
            memcpy(data + at + scales + 2 * i, &half, sizeof half);
        }
        float x = random_float(kind);
        if (n_scales == 0) assay_quantize_row(type, &x, 1, data + at);
    }
    return g;
}

static void matmul_case(assay_type type, int rows, int cols, int n, int kind) {
    bool with_bias = assay_rng_below(&rng, 2);
    begin_case(assay_type_name(type), (int[]){rows, cols, n, kind, with_bias}, 5);
    guarded weights = random_weights(type, rows, cols, kind);
    guarded x = random_floats((size_t)n * (size_t)cols, kind),
            bias = random_floats((size_t)rows, PLAIN);
    guarded got = guarded_alloc((size_t)n * (size_t)rows * 4), want = guarded_alloc(got.size);
    assay_error err = {0};
    assay_matrix w;
    CHECK(assay_matrix_pack(&w, type, rows, cols, weights.data, &err) == ASSAY_OK, "%s", err.text);
    assay_exec reference = scalar_exec(), exec = random_exec();
    const float *b = with_bias ? bias.data : NULL;
    assay_matmul(&reference, &w, x.data, n, b, want.data);
    assay_matmul(&exec, &w, x.data, n, b, got.data);
    expect_same(&got, &want, "%s rows %d cols %d n %d bias %d %s, %d threads",
                assay_type_name(type), rows, cols, n, with_bias, kind_names[kind],
                assay_pool_threads(exec.pool));
    CHECK(scratch.used == 0, "scratch was not given back");
    CHECK(guarded_intact(&weights), "packing or reading wrote outside the weights");
    guarded_free(&weights), guarded_free(&x), guarded_free(&bias), guarded_free(&got),
        guarded_free(&want);
}

static void check_matmul(int id) {
    assay_type type = (assay_type)id;
    int block = assay_type_block(type);
    for (int i = 0; i < 120; i++) {
        int rows = PICK(1, 5, 7, 8, 9, 15, 16, 17, 24, 31, 40),
            n = PICK(1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17);
        int cols = block == 1    ? PICK(1, 2, 3, 5, 31, 64, 100, 257, 300)
                   : block == 32 ? 32 * PICK(1, 2, 3, 8, 18, 23, 24, 25, 30)
                                 : 256 * PICK(1, 2, 3, 4, 6, 7);
        matmul_case(type, rows, cols, n, (int)assay_rng_below(&rng, N_KINDS));
    }
    for (int n = 1; n <= 9; n++) matmul_case(type, 16, block == 256 ? 768 : 576, n, PLAIN);
    matmul_case(type, 19, 12288, 1, PLAIN); /* the connector's length */
    matmul_case(type, 8, 12288, 21, PLAIN); /* more than one chunk of columns */
    matmul_case(type, 8, 12288, 17, PLAIN); /* one column more than a chunk */
    matmul_case(type, 27, 3072, 70, PLAIN);
    matmul_case(type, 400, 768, 3, PLAIN); /* enough rows to go to other threads */
}

/* All 65536 values of a 16-bit float, one a row: the product with 1 is the value as float. */
static void check_every_float(int id) {
    enum { N = 65536 };
    assay_type type = (assay_type)id;
    guarded w = guarded_alloc(2 * N), got = guarded_alloc(4 * N), want = guarded_alloc(4 * N);
    for (int i = 0; i < N; i++) ((uint16_t *)w.data)[i] = (uint16_t)i;
    for (int i = 0; i < N; i++) {
        uint16_t bits = (uint16_t)i;
        float value =
            type == ASSAY_F16 ? assay_f16_to_f32(bits) : assay_f32_from_bits((uint32_t)bits << 16);
        ((float *)want.data)[i] = value + 0.0f;
    }
    assay_matrix matrix;
    assay_error err = {0};
    float one = 1.0f;
    CHECK(assay_matrix_pack(&matrix, type, N, 1, w.data, &err) == ASSAY_OK, "%s", err.text);
    assay_exec exec = random_exec();
    assay_matmul(&exec, &matrix, &one, 1, NULL, got.data);
    begin_case("every float", (int[]){(int)type}, 1);
    expect_same(&got, &want, "every %s", assay_type_name(type));
    guarded_free(&w), guarded_free(&got), guarded_free(&want);
}

/* Scales are floats, codes are bytes. */
static bool same_tile(const uint8_t *a, const uint8_t *b, int width, int n_blocks, bool sums) {
    size_t scales = 4 * (size_t)width, block = quantized_bytes(sums) * (size_t)width;
    for (int i = 0; i < n_blocks; i++, a += block, b += block) {
        for (int c = 0; c < width; c++) {
            float x, y;
            memcpy(&x, a + 4 * c, sizeof x);
            memcpy(&y, b + 4 * c, sizeof y);
            if (!same(x, y)) return false;
        }
        if (memcmp(a + scales, b + scales, block - scales) != 0) return false;
    }
    return true;
}

static void check_quantize(int sums) {
    for (int i = 0; i < 200; i++) {
        int width = PICK(1, 2, 3, 4), blocks = PICK(1, 2, 3, 7),
            kind = (int)assay_rng_below(&rng, N_KINDS);
        begin_case("quantize", (int[]){width, blocks, kind, i, sums}, 5);
        guarded x = random_floats((size_t)(width * blocks * BLOCK), kind);
        float *values = x.data;
        if (i % 5 == 0) values[assay_rng_below(&rng, BLOCK)] = i % 2 ? INFINITY : NAN;
        if (i % 7 == 0) memset(values, 0, BLOCK * sizeof *values);
        guarded got = guarded_alloc((size_t)(width * blocks) * quantized_bytes(sums)),
                want = guarded_alloc(got.size);
        k->quantize(x.data, blocks * BLOCK, width, sums, got.data);
        assay_kernels_scalar.quantize(x.data, blocks * BLOCK, width, sums, want.data);
        CHECK(same_tile(got.data, want.data, width, blocks, sums),
              "seed %llu, width %d blocks %d sums %d %s case %d", (unsigned long long)seed, width,
              blocks, sums, kind_names[kind], i);
        CHECK(guarded_intact(&got), "wrote outside");
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

/* Rows read back out of a packed matrix are the rows that went in. */
static void check_packing(void) {
    for (int i = 0; i < 20 * ASSAY_TYPE_END; i++) {
        assay_type type = (assay_type)(i % ASSAY_TYPE_END);
        if (!assay_type_name(type)) continue;
        int rows = PICK(1, 3, 7, 8, 9, 16, 29), cols = assay_type_block(type) * PICK(1, 2, 3, 10);
        begin_case("pack", (int[]){(int)type, rows, cols}, 3);
        guarded data = random_weights(type, rows, cols, PLAIN), original = copy_of(&data);
        size_t row_bytes = data.size / (size_t)rows;
        assay_matrix w;
        assay_error err = {0};
        CHECK_STATUS(assay_matrix_pack(&w, type, rows, cols, data.data, &err), ASSAY_OK, err);
        CHECK(guarded_intact(&data), "packing wrote outside");
        guarded got = guarded_alloc((size_t)cols * 4), want = guarded_alloc((size_t)cols * 4);
        for (int r = 0; r < rows; r++) {
            assay_dequantize_row(type, (uint8_t *)original.data + (size_t)r * row_bytes,
                                 (size_t)cols, want.data);
            assay_matrix_row(&w, r, got.data);
            expect_same(&got, &want, "%s rows %d cols %d row %d", assay_type_name(type), rows, cols,
                        r);
        }
        guarded_free(&data), guarded_free(&original), guarded_free(&got), guarded_free(&want);
    }
}

#endif
