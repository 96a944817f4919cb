/* Number formats of weights: names, sizes, rows to float, and the packing of a matrix into
 * panels. */
#include "kernels/kernels.h"
#include "kernels/blocks.h"
#include "kernels/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* name, elements, bytes, bits of a code, minimum, bytes of sub-scales */
static const block_format FORMATS[ASSAY_TYPE_END] = {
    [ASSAY_F32] = {"F32", 1, 4, 0, false, 0},        [ASSAY_F16] = {"F16", 1, 2, 0, false, 0},
    [ASSAY_BF16] = {"BF16", 1, 2, 0, false, 0},      [ASSAY_Q4_0] = {"Q4_0", 32, 18, 4, false, 0},
    [ASSAY_Q4_1] = {"Q4_1", 32, 20, 4, true, 0},     [ASSAY_Q5_0] = {"Q5_0", 32, 22, 5, false, 0},
    [ASSAY_Q5_1] = {"Q5_1", 32, 24, 5, true, 0},     [ASSAY_Q8_0] = {"Q8_0", 32, 34, 8, false, 0},
    [ASSAY_Q4_K] = {"Q4_K", 256, 144, 4, true, 12},  [ASSAY_Q5_K] = {"Q5_K", 256, 176, 5, true, 12},
    [ASSAY_Q6_K] = {"Q6_K", 256, 210, 6, false, 16},
};

const block_format *assay_block_format(assay_type type) {
    if ((unsigned)type >= ASSAY_TYPE_END || !FORMATS[type].name) return NULL;
    return &FORMATS[type];
}

const char *assay_type_name(assay_type type) {
    const block_format *f = assay_block_format(type);
    return f ? f->name : NULL;
}

bool assay_type_find(const char *name, assay_type *type) {
    for (int i = 0; i < ASSAY_TYPE_END; i++) {
        if (!FORMATS[i].name || strcmp(FORMATS[i].name, name) != 0) continue;
        *type = (assay_type)i;
        return true;
    }
    return false;
}

int assay_type_block(assay_type type) {
    const block_format *f = assay_block_format(type);
    return f ? f->elements : 0;
}

size_t assay_type_bytes(assay_type type) {
    const block_format *f = assay_block_format(type);
    return f ? (size_t)f->bytes : 0;
}

bool assay_type_size(assay_type type, size_t rows, size_t cols, size_t *bytes) {
    size_t block = (size_t)assay_type_block(type), row_bytes;
    if (block == 0 || cols % block != 0) return false;
    return assay_size_mul(cols / block, assay_type_bytes(type), &row_bytes) &&
           assay_size_mul(row_bytes, rows, bytes);
}

void assay_dequantize_row(assay_type type, const void *row, size_t n, float *out) {
    const block_format *f = assay_block_format(type);
    const uint8_t *bytes = row;
    if (f->code_bits == 0) {
        assay_floats_read(f, bytes, n, out);
        return;
    }
    for (size_t at = 0; at < n; at += (size_t)f->elements, bytes += f->bytes) {
        block_weights w;
        assay_block_read(f, bytes, &w);
        assay_block_values(f, &w, out + at);
    }
}

void assay_matrix_row(const assay_matrix *matrix, int row, float *out) {
    assert(row >= 0 && row < matrix->rows);
    const block_format *f = assay_block_format(matrix->type);
    size_t cols = (size_t)matrix->cols, step = f->code_bits == 0 ? MAX_BLOCK : (size_t)f->elements;
    for (size_t at = 0; at < cols; at += step) {
        block_weights w;
        if (f->code_bits == 0) {
            assay_floats_unpack(matrix, row, at, cols - at < step ? cols - at : step, out + at);
        } else {
            assay_block_unpack(matrix, row, at / step, &w);
            assay_block_values(f, &w, out + at);
        }
    }
}

assay_status assay_matrix_pack(assay_matrix *matrix, assay_type type, int rows, int cols,
                               uint8_t *data, assay_error *err) {
    size_t bytes;
    const block_format *f = assay_block_format(type);
    if (!f) return assay_fail(err, ASSAY_E_ARGUMENT, "matrix: unknown type %d", (int)type);
    if (!data || rows <= 0 || cols <= 0 ||
        !assay_type_size(type, (size_t)rows, (size_t)cols, &bytes))
        return assay_fail(err, ASSAY_E_ARGUMENT, "matrix: %d x %d is no shape for type %s", rows,
                          cols, f->name);
    size_t row_bytes = bytes / (size_t)rows, n_panels = (size_t)rows / PANEL;
    uint8_t *copy = assay_alloc(PANEL, row_bytes);
    if (!copy) return assay_fail(err, ASSAY_E_MEMORY, "matrix: out of memory while packing");
    for (size_t panel = 0; panel < n_panels; panel++) {
        uint8_t *at = data + panel * PANEL * row_bytes;
        memcpy(copy, at, PANEL * row_bytes);
        assay_panel_pack(f, copy, row_bytes, at);
    }
    free(copy);
    for (size_t row = n_panels * PANEL; row < (size_t)rows; row++)
        assay_row_pack(f, data + row * row_bytes, row_bytes);
    *matrix = (assay_matrix){.type = type, .rows = rows, .cols = cols, .data = data};
    return ASSAY_OK;
}
