/* name -> tensor of some part -> type and shape checked -> assay_matrix_pack in place | copied as floats. */
#include "model/loader.h"

#include <stdio.h>
#include <string.h>

static const char *head_name(const assay_loader *l) {
    return assay_gguf_what(assay_parts_head(l->parts));
}

/* ---- sentences ---- */

const char *assay_loader_types(char *out, size_t size) {
    size_t used = 0;
    out[0] = '\0';
    for (int id = 0; id < ASSAY_TYPE_END && used < size; id++) {
        const char *name = assay_type_name((assay_type)id);
        if (name == NULL) continue;
        used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? ", " : "", name);
    }
    return out;
}

/* "[576, 1536]", slowest dimension first, as papers and NumPy write a shape. */
static void print_shape(char *out, size_t size, int n_dims, const uint64_t *dims) {
    size_t used = (size_t)snprintf(out, size, "[");
    for (int i = n_dims - 1; i >= 0 && used < size; i--) {
        used += (size_t)snprintf(out + used, size - used, "%llu%s", (unsigned long long)dims[i],
                                 i > 0 ? ", " : "");
    }
    if (used < size) snprintf(out + used, size - used, "]");
}

/* ---- one tensor ---- */

static void check_shape(assay_loader *l, const assay_gguf_tensor *t, int n_dims,
                        const uint64_t *dims) {
    bool same = true;
    for (int i = 0; i < 4; i++) {
        uint64_t want = i < n_dims ? dims[i] : 1, found = i < t->n_dims ? t->dims[i] : 1;
        same = same && want == found;
    }
    if (same) return;
    char want[96], found[96];
    print_shape(want, sizeof want, n_dims, dims);
    print_shape(found, sizeof found, t->n_dims, t->dims);
    l->status = assay_fail(l->err, ASSAY_E_FORMAT, "%s: tensor %s: expected %s, found %s",
                           head_name(l), t->name, want, found);
}

static void check_type(assay_loader *l, const assay_gguf_tensor *t) {
    if (t->type < ASSAY_TYPE_END && assay_type_name((assay_type)t->type) != NULL) return;
    char known[128];
    const char *name = assay_gguf_type_name(t->type);
    l->status = assay_fail(
        l->err, ASSAY_E_UNSUPPORTED, "%s: tensor %s has type %s; supported are %s", head_name(l),
        t->name, name != NULL ? name : "unknown", assay_loader_types(known, sizeof known));
}

/* The tensor, or NULL after a failure. Dims as in GGUF, the fastest first. */
static const assay_gguf_tensor *take(assay_loader *l, const char *name, int n_dims,
                                     const uint64_t *dims, uint8_t **data) {
    if (l->status != ASSAY_OK) return NULL;
    size_t i = assay_parts_find(l->parts, name);
    const assay_gguf_tensor *t = assay_parts_at(l->parts, i, data);
    if (t == NULL) {
        l->status =
            assay_fail(l->err, ASSAY_E_FORMAT, "%s: tensor %s is missing", head_name(l), name);
        return NULL;
    }
    check_type(l, t);
    if (l->status == ASSAY_OK) check_shape(l, t, n_dims, dims);
    if (l->status == ASSAY_OK && t->offset % sizeof(float) != 0) {
        l->status =
            assay_fail(l->err, ASSAY_E_UNSUPPORTED,
                       "%s: tensor %s does not start at a multiple of 4 bytes", head_name(l), name);
    }
    if (l->status != ASSAY_OK) return NULL;
    uint64_t n = 1;
    for (int d = 0; d < t->n_dims; d++) n *= t->dims[d];
    l->taken[i] = true;
    l->n_parameters += n;
    return t;
}

bool assay_loader_has(const assay_loader *l, const char *name) {
    return assay_parts_find(l->parts, name) < assay_parts_n_tensors(l->parts);
}

void assay_loader_matrix(assay_loader *l, const char *name, int rows, int cols, assay_matrix *out) {
    const uint64_t dims[2] = {(uint64_t)cols, (uint64_t)rows};
    uint8_t *data = NULL;
    const assay_gguf_tensor *t = take(l, name, 2, dims, &data);
    if (t != NULL)
        l->status = assay_matrix_pack(out, (assay_type)t->type, rows, cols, data, l->err);
}

void assay_loader_convolution(assay_loader *l, const char *name, int rows, int channels, int size,
                              assay_matrix *out) {
    const uint64_t edge = (uint64_t)size;
    const uint64_t dims[4] = {edge, edge, (uint64_t)channels, (uint64_t)rows};
    uint8_t *data = NULL;
    const assay_gguf_tensor *t = take(l, name, 4, dims, &data);
    if (t != NULL) {
        l->status =
            assay_matrix_pack(out, (assay_type)t->type, rows, channels * size * size, data, l->err);
    }
}

void assay_loader_table(assay_loader *l, const char *name, int rows, int n, const float **out) {
    const uint64_t dims[2] = {(uint64_t)n, (uint64_t)rows};
    uint8_t *data = NULL;
    const assay_gguf_tensor *t = take(l, name, rows > 1 ? 2 : 1, dims, &data);
    if (t == NULL) return;
    float *copy = assay_arena_alloc(l->memory, (size_t)rows * (size_t)n, sizeof *copy);
    if (copy == NULL) { /* the arena was sized by the same tensors */
        l->status =
            assay_fail(l->err, ASSAY_E_MEMORY, "%s: no memory for tensor %s", head_name(l), name);
        return;
    }
    assay_dequantize_row((assay_type)t->type, data, (size_t)rows * (size_t)n, copy);
    *out = copy;
}

void assay_loader_vector(assay_loader *l, const char *name, int n, const float **out) {
    assay_loader_table(l, name, 1, n, out);
}

/* ---- start and finish ---- */

/* Bytes of everything that is copied out. Bounded by the files: the elements are all there. */
static bool memory_size(const assay_parts *parts, const char *const *tables, size_t n_tables,
                        size_t *need) {
    bool fits = true;
    const assay_gguf_tensor *t = NULL;
    for (size_t i = 0; (t = assay_parts_at(parts, i, NULL)) != NULL; i++) {
        uint64_t n = 1;
        for (int d = 0; d < t->n_dims; d++) n *= t->dims[d];
        bool copied = n == t->dims[0];
        for (size_t k = 0; k < n_tables; k++) copied = copied || strcmp(t->name, tables[k]) == 0;
        if (!copied) continue;
        fits = fits && n < SIZE_MAX / 8 && assay_size_add(*need, (size_t)n * 4 + ASSAY_ALIGN, need);
    }
    return fits;
}

assay_loader assay_loader_start(const assay_parts *parts, assay_arena *memory,
                                const char *const *tables, size_t n_tables, size_t extra,
                                assay_error *err) {
    assay_loader l = {.parts = parts, .memory = memory, .err = err};
    size_t n = assay_parts_n_tensors(parts), need = n + 3 * ASSAY_ALIGN;
    if (!assay_size_add(need, extra, &need) || !memory_size(parts, tables, n_tables, &need)) {
        l.status = assay_fail(err, ASSAY_E_LIMIT, "%s: vectors are too large", head_name(&l));
        return l;
    }
    l.status = assay_arena_create(memory, need, "norms and biases", err);
    if (l.status != ASSAY_OK) return l;
    l.taken = assay_arena_alloc(memory, n, sizeof *l.taken);
    memset(l.taken, 0, n * sizeof *l.taken);
    return l;
}

void *assay_loader_alloc(assay_loader *l, size_t count, size_t size) {
    if (l->status != ASSAY_OK) return NULL;
    void *block = assay_arena_alloc(l->memory, count, size);
    if (block == NULL) {
        l->status = assay_fail(l->err, ASSAY_E_MEMORY, "%s: no memory for layers", head_name(l));
        return NULL;
    }
    memset(block, 0, count * size);
    return block;
}

void assay_loader_layer(assay_loader *l, const char *prefix, int i, const assay_loader_part *parts,
                        size_t n_parts) {
    char name[64];
    for (const assay_loader_part *part = parts; part < parts + n_parts; part++) {
        snprintf(name, sizeof name, "%s.%d.%s.weight", prefix, i, part->name);
        if (part->cols > 0) {
            assay_loader_matrix(l, name, part->rows, part->cols, part->matrix);
        } else {
            assay_loader_vector(l, name, part->rows, part->vector);
        }
        if (part->bias == NULL) continue;
        snprintf(name, sizeof name, "%s.%d.%s.bias", prefix, i, part->name);
        assay_loader_vector(l, name, part->rows, part->bias);
    }
}

assay_status assay_loader_finish(assay_loader *l, int n_layers) {
    size_t n = assay_parts_n_tensors(l->parts);
    for (size_t i = 0; l->status == ASSAY_OK && i < n; i++) {
        if (l->taken[i]) continue;
        l->status = assay_fail(l->err, ASSAY_E_UNSUPPORTED,
                               "%s: tensor %s is no part of this architecture with %d layers",
                               head_name(l), assay_parts_at(l->parts, i, NULL)->name, n_layers);
    }
    if (l->status != ASSAY_OK) assay_arena_destroy(l->memory);
    return l->status;
}
