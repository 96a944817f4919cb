/* Number formats of weights: sizes, conversion to and from float, and the packing into panels
 * (table.h). */
#include "kernels/kernels.h"
#include "kernels/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

const char *assay_type_name(assay_type type) {
    switch (type) {
    case ASSAY_F32:
        return "F32";
    case ASSAY_F16:
        return "F16";
    case ASSAY_Q8_0:
        return "Q8_0";
    }
    return NULL;
}

int assay_type_block(assay_type type) {
    switch (type) {
    case ASSAY_F32:
    case ASSAY_F16:
        return 1;
    case ASSAY_Q8_0:
        return BLOCK;
    }
    return 0;
}

size_t assay_type_bytes(assay_type type) {
    switch (type) {
    case ASSAY_F32:
        return 4;
    case ASSAY_F16:
        return 2;
    case ASSAY_Q8_0:
        return Q8_BYTES;
    }
    return 0;
}

bool assay_type_size(assay_type type, size_t rows, size_t cols, size_t *bytes) {
    size_t block = (size_t)assay_type_block(type), row_bytes;
    if (block == 0 || cols % block != 0) return false;
    return assay_size_mul(cols / block, assay_type_bytes(type), &row_bytes) &&
           assay_size_mul(row_bytes, rows, bytes);
}

static uint16_t load_u16(const uint8_t *p) {
    return (uint16_t)(p[0] | p[1] << 8);
}

static float load_f32(const uint8_t *p) {
    return assay_f32_from_bits((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
                               (uint32_t)p[3] << 24);
}

/* n elements of a row, wherever it lies. */
static void row_to_float(assay_type type, row_view view, size_t n, float *out) {
    for (size_t i = 0; i < n; i++) {
        if (type == ASSAY_F32) {
            out[i] = load_f32(view.values + i * view.step);
        } else if (type == ASSAY_F16) {
            out[i] = assay_f16_to_f32(load_u16(view.values + i * view.step));
        } else {
            size_t block = i / BLOCK * view.block_step, k = i % BLOCK;
            float d = assay_f16_to_f32(load_u16(view.scales + block));
            out[i] = d * (float)(int8_t)view.values[block + k / 2 * view.step + k % 2];
        }
    }
}

static row_view plain_row(assay_type type, const uint8_t *row) {
    if (type == ASSAY_Q8_0) return (row_view){row, row + 2, Q8_BYTES, 2};
    return (row_view){NULL, row, 0, assay_type_bytes(type)};
}

row_view assay_row_view(const assay_matrix *matrix, int row) {
    size_t bytes = assay_type_bytes(matrix->type);
    size_t row_bytes = (size_t)(matrix->cols / assay_type_block(matrix->type)) * bytes;
    int panel = row / PANEL, lane = row % PANEL;
    if (panel == matrix->rows / PANEL)
        return plain_row(matrix->type, matrix->data + (size_t)row * row_bytes);
    const uint8_t *base = matrix->data + (size_t)panel * PANEL * row_bytes;
    if (matrix->type == ASSAY_Q8_0) {
        const uint8_t *scales = base + 2 * lane;
        return (row_view){scales, base + 2 * PANEL + 2 * lane, Q8_PANEL_BYTES, 2 * PANEL};
    }
    return (row_view){NULL, base + (size_t)lane * bytes, 0, PANEL * bytes};
}

void assay_dequantize_row(assay_type type, const void *row, size_t n, float *out) {
    row_to_float(type, plain_row(type, row), n, out);
}

void assay_matrix_row(const assay_matrix *matrix, int row, float *out) {
    assert(row >= 0 && row < matrix->rows);
    row_to_float(matrix->type, assay_row_view(matrix, row), (size_t)matrix->cols, out);
}

/* Nearest integer, half away from zero, within what 8 bits hold (NaN gives 0). */
static int8_t round_to_i8(float x) {
    float a = x < 0 ? -x : x;
    if (!(a < 127.0f)) return (int8_t)(a != a ? 0 : x < 0 ? -127 : 127);
    int whole = (int)a;
    if (a - (float)whole >= 0.5f) whole++;
    return (int8_t)(x < 0 ? -whole : whole);
}

static void quantize_block(const float *x, uint8_t *block) {
    float amax = 0.0f;
    for (int i = 0; i < BLOCK; i++) {
        float a = x[i] < 0 ? -x[i] : x[i];
        if (a > amax) amax = a;
    }
    float d = amax / 127.0f, inverse = d > 0 ? 1.0f / d : 0.0f;
    uint16_t half = assay_f32_to_f16(d);
    block[0] = (uint8_t)half;
    block[1] = (uint8_t)(half >> 8);
    for (int i = 0; i < BLOCK; i++) block[2 + i] = (uint8_t)round_to_i8(x[i] * inverse);
}

void assay_quantize_row(assay_type type, const float *x, size_t n, void *row) {
    uint8_t *out = row;
    if (type == ASSAY_F32) {
        memcpy(out, x, n * sizeof *x);
    } else if (type == ASSAY_F16) {
        for (size_t i = 0; i < n; i++) {
            uint16_t half = assay_f32_to_f16(x[i]);
            memcpy(out + 2 * i, &half, sizeof half);
        }
    } else {
        for (size_t b = 0; b < n / BLOCK; b++) quantize_block(x + b * BLOCK, out + b * Q8_BYTES);
    }
}

/* `rows`: 8 rows one after the other; `panel`: the same bytes interleaved. */
static void interleave(assay_type type, const uint8_t *rows, size_t row_bytes, uint8_t *panel) {
    size_t bytes = assay_type_bytes(type);
    for (size_t at = 0; at < row_bytes; at += bytes) {
        uint8_t *out = panel + at * PANEL;
        for (size_t r = 0; r < PANEL; r++) {
            const uint8_t *in = rows + r * row_bytes + at;
            if (type != ASSAY_Q8_0) {
                memcpy(out + r * bytes, in, bytes);
                continue;
            }
            memcpy(out + 2 * r, in, 2);
            for (size_t k = 0; k < BLOCK / 2; k++)
                memcpy(out + 2 * PANEL * (k + 1) + 2 * r, in + 2 * (k + 1), 2);
        }
    }
}

assay_status assay_matrix_pack(assay_matrix *matrix, assay_type type, int rows, int cols,
                               uint8_t *data, assay_error *err) {
    size_t bytes;
    if (!assay_type_name(type))
        return assay_fail(err, ASSAY_E_ARGUMENT, "matrix: unknown type %d", (int)type);
    if (!data || rows <= 0 || cols <= 0 ||
        !assay_type_size(type, (size_t)rows, (size_t)cols, &bytes))
        return assay_fail(err, ASSAY_E_ARGUMENT, "matrix: %d x %d is no shape for type %s", rows,
                          cols, assay_type_name(type));
    size_t row_bytes = bytes / (size_t)rows;
    uint8_t *copy = assay_alloc(PANEL, row_bytes);
    if (!copy) return assay_fail(err, ASSAY_E_MEMORY, "matrix: out of memory while packing");
    for (size_t panel = 0; panel < (size_t)(rows / PANEL); panel++) {
        uint8_t *at = data + panel * PANEL * row_bytes;
        memcpy(copy, at, PANEL * row_bytes);
        interleave(type, copy, row_bytes, at);
    }
    free(copy);
    *matrix = (assay_matrix){.type = type, .rows = rows, .cols = cols, .data = data};
    return ASSAY_OK;
}
