/* Builds a GGUF v3 file, or its header. What was built is read back before it is handed out, so that the
 * rules (names, duplicates, block sizes) are written down once, in the reader. */
#include "format/gguf/gguf_impl.h"

#include <stdlib.h>
#include <string.h>

typedef struct pending {
    char *name;
    uint32_t type;
    int n_dims;
    uint64_t dims[4];
    uint64_t offset; /* into the data part */
} pending;

struct assay_gguf_writer {
    assay_buffer entries; /* serialised */
    uint64_t n_entries;
    pending *tensors;
    size_t n_tensors, cap_tensors;
    uint64_t data_bytes;
    bool no_memory, too_large;
    uint8_t *data; /* after build: into the caller's block */
};

assay_gguf_writer *assay_gguf_writer_create(void) {
    return assay_calloc(1, sizeof(assay_gguf_writer));
}

void assay_gguf_writer_destroy(assay_gguf_writer *w) {
    if (w == NULL) return;
    for (size_t i = 0; i < w->n_tensors; i++) free(w->tensors[i].name);
    free(w->tensors);
    assay_buffer_free(&w->entries);
    free(w);
}

/* ---- serialising ---- */

static void put_bytes(assay_buffer *out, uint64_t value, size_t n) {
    uint8_t bytes[8];
    for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(value >> (8 * i));
    assay_buffer_append(out, bytes, n);
}

static void put_f32(assay_buffer *out, float value) {
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    put_bytes(out, bits, 4);
}

static void put_text(assay_buffer *out, const char *text) {
    size_t n = strlen(text);
    put_bytes(out, n, 8);
    assay_buffer_append(out, text, n);
}

static void put_key(assay_gguf_writer *w, const char *key, gguf_kind kind) {
    w->n_entries++;
    put_text(&w->entries, key);
    put_bytes(&w->entries, kind, 4);
}

static void put_array(assay_gguf_writer *w, const char *key, gguf_kind item, size_t n) {
    put_key(w, key, GGUF_ARRAY);
    put_bytes(&w->entries, item, 4);
    put_bytes(&w->entries, n, 8);
}

void assay_gguf_put_u32(assay_gguf_writer *w, const char *key, uint32_t value) {
    put_key(w, key, GGUF_U32);
    put_bytes(&w->entries, value, 4);
}

void assay_gguf_put_f32(assay_gguf_writer *w, const char *key, float value) {
    put_key(w, key, GGUF_F32);
    put_f32(&w->entries, value);
}

void assay_gguf_put_bool(assay_gguf_writer *w, const char *key, bool value) {
    put_key(w, key, GGUF_BOOL);
    put_bytes(&w->entries, value, 1);
}

void assay_gguf_put_string(assay_gguf_writer *w, const char *key, const char *value) {
    put_key(w, key, GGUF_STRING);
    put_text(&w->entries, value);
}

void assay_gguf_put_strings(assay_gguf_writer *w, const char *key, const char *const *values,
                            size_t n) {
    put_array(w, key, GGUF_STRING, n);
    for (size_t i = 0; i < n; i++) put_text(&w->entries, values[i]);
}

void assay_gguf_put_i32s(assay_gguf_writer *w, const char *key, const int32_t *values, size_t n) {
    put_array(w, key, GGUF_I32, n);
    for (size_t i = 0; i < n; i++) put_bytes(&w->entries, (uint32_t)values[i], 4);
}

void assay_gguf_put_f32s(assay_gguf_writer *w, const char *key, const float *values, size_t n) {
    put_array(w, key, GGUF_F32, n);
    for (size_t i = 0; i < n; i++) put_f32(&w->entries, values[i]);
}

void assay_gguf_put_copy(assay_gguf_writer *w, const assay_gguf *from, size_t i) {
    if (i >= from->n_entries) return;
    w->n_entries++;
    assay_buffer_append(&w->entries, from->entries[i].bytes, from->entries[i].n_bytes);
}

/* ---- tensors ---- */

static uint64_t align_up(uint64_t n) {
    return (n + ASSAY_GGUF_ALIGNMENT - 1) / ASSAY_GGUF_ALIGNMENT * ASSAY_GGUF_ALIGNMENT;
}

size_t assay_gguf_put_tensor(assay_gguf_writer *w, const char *name, assay_type type, int n_dims,
                             const uint64_t *dims) {
    if (w->n_tensors == w->cap_tensors) {
        size_t cap = w->cap_tensors == 0 ? 64 : 2 * w->cap_tensors;
        pending *grown = realloc(w->tensors, cap * sizeof *grown);
        if (grown == NULL) {
            w->no_memory = true;
            return w->n_tensors;
        }
        w->tensors = grown;
        w->cap_tensors = cap;
    }
    pending *t = &w->tensors[w->n_tensors];
    *t = (pending){
        .name = assay_strndup(name, strlen(name)), .type = (uint32_t)type, .n_dims = n_dims};
    if (t->name == NULL) w->no_memory = true;
    for (int i = 0; i < 4; i++) t->dims[i] = i < n_dims ? dims[i] : 1;
    uint64_t bytes = 0;
    if (!assay_gguf_type_bytes(t->type, t->dims, &bytes) || bytes > SIZE_MAX / 4 ||
        w->data_bytes > SIZE_MAX / 4)
        w->too_large = true; /* or a shape that its type cannot have: build says which */
    t->offset = w->data_bytes;
    if (!w->too_large) w->data_bytes = align_up(w->data_bytes + bytes);
    return w->n_tensors++;
}

uint8_t *assay_gguf_tensor_data(assay_gguf_writer *w, size_t i) {
    return w->data != NULL && i < w->n_tensors ? w->data + w->tensors[i].offset : NULL;
}

/* ---- build ---- */

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "gguf: out of memory while writing");
}

static void put_header(const assay_gguf_writer *w, assay_buffer *out) {
    assay_buffer_append(out, "GGUF", 4);
    put_bytes(out, GGUF_VERSION, 4);
    put_bytes(out, w->n_tensors, 8);
    put_bytes(out, w->n_entries, 8);
    assay_buffer_append(out, w->entries.data, w->entries.len);
    for (size_t i = 0; i < w->n_tensors; i++) {
        const pending *t = &w->tensors[i];
        put_text(out, t->name);
        put_bytes(out, (uint32_t)t->n_dims, 4);
        for (int k = 0; k < t->n_dims && k < 4; k++) put_bytes(out, t->dims[k], 8);
        put_bytes(out, t->type, 4);
        put_bytes(out, t->offset, 8);
    }
}

static assay_status check_shapes(const assay_gguf_writer *w, assay_error *err) {
    for (size_t i = 0; i < w->n_tensors; i++) {
        const pending *t = &w->tensors[i];
        uint64_t bytes;
        if (t->n_dims < 1 || t->n_dims > 4 || !assay_gguf_type_bytes(t->type, t->dims, &bytes))
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "gguf: tensor %s: its type cannot have this shape", t->name);
    }
    if (w->too_large)
        return assay_fail(err, ASSAY_E_LIMIT, "gguf: the tensors do not fit into memory");
    return ASSAY_OK;
}

assay_status assay_gguf_build_header(assay_gguf_writer *w, uint8_t **bytes, size_t *n,
                                     assay_error *err) {
    *bytes = NULL;
    *n = 0;
    assay_buffer header = {0};
    assay_gguf *check = NULL;
    assay_status status = ASSAY_OK;
    if (w->no_memory || w->entries.failed) return no_memory(err);
    if ((status = check_shapes(w, err)) != ASSAY_OK) return status;
    put_header(w, &header);
    static const uint8_t zeros[ASSAY_GGUF_ALIGNMENT];
    assay_buffer_append(&header, zeros, (size_t)align_up(header.len) - header.len);
    status = header.failed
                 ? no_memory(err)
                 : gguf_open_header((const uint8_t *)header.data, header.len,
                                    header.len + w->data_bytes, "being written", &check, err);
    assay_gguf_close(check);
    if (status != ASSAY_OK) {
        assay_buffer_free(&header);
        return status;
    }
    *bytes = (uint8_t *)header.data;
    *n = header.len;
    return ASSAY_OK;
}

assay_status assay_gguf_build(assay_gguf_writer *w, uint8_t **bytes, size_t *n, assay_error *err) {
    uint8_t *header = NULL;
    size_t n_header = 0, total = 0;
    assay_status status = assay_gguf_build_header(w, &header, &n_header, err);
    *bytes = NULL;
    *n = 0;
    if (status != ASSAY_OK) return status;
    if (assay_size_add(n_header, (size_t)w->data_bytes, &total)) *bytes = assay_calloc(total, 1);
    if (*bytes != NULL) {
        memcpy(*bytes, header, n_header);
        w->data = *bytes + n_header;
        *n = total;
    }
    free(header);
    return *bytes != NULL ? ASSAY_OK : no_memory(err);
}
