/* GGUF (ggml's model file): reader of versions 2 and 3 over bytes in memory, and writer of version 3.
 *
 * The reader trusts nothing: every count is bounded by the bytes that are left before anything is
 * allocated, and every offset, type and shape is checked before a tensor is handed out. Tensors
 * follow one another without sharing a byte. An opened file is immutable: any thread may read it.
 */
#ifndef ASSAY_FORMAT_GGUF_H
#define ASSAY_FORMAT_GGUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "kernels/kernels.h"

#define ASSAY_GGUF_ALIGNMENT 32 /* of tensor data, where a file does not say otherwise */

typedef struct assay_gguf
    assay_gguf; /* index of a file; the bytes stay with the caller and must outlive it */

typedef struct assay_gguf_tensor {
    const char *name;
    uint32_t type; /* ggml type id, of a type whose size is known; the kernels know fewer */
    int n_dims;
    uint64_t dims[4]; /* dims[0] is the fastest: a [rows, cols] matrix has dims {cols, rows} */
    uint64_t offset;  /* from the start of the file */
    uint64_t bytes;
} assay_gguf_tensor;

/* `what` names the file in error sentences. */
assay_status assay_gguf_open(const uint8_t *bytes, size_t n, const char *what, assay_gguf **out,
                             assay_error *err);
void assay_gguf_close(assay_gguf *gguf); /* NULL is fine */
const char *assay_gguf_what(const assay_gguf *gguf);
size_t assay_gguf_header_bytes(const assay_gguf *gguf); /* everything before the tensor data */

/* Metadata. The plain forms fail with the key's name when it is missing or of another kind; `_or`
 * forms take a default when it is missing, and still fail when it is of another kind. Integers of
 * any width are accepted where they fit. Strings are NUL-terminated copies owned by the gguf and
 * may not hold a NUL. */
assay_status assay_gguf_int(const assay_gguf *g, const char *key, int64_t low, int64_t high,
                            int64_t *out, assay_error *err);
assay_status assay_gguf_int_or(const assay_gguf *g, const char *key, int64_t low, int64_t high,
                               int64_t fallback, int64_t *out, assay_error *err);
assay_status assay_gguf_float(const assay_gguf *g, const char *key, double *out, assay_error *err);
assay_status assay_gguf_float_or(const assay_gguf *g, const char *key, double fallback, double *out,
                                 assay_error *err);
assay_status assay_gguf_bool_or(const assay_gguf *g, const char *key, bool fallback, bool *out,
                                assay_error *err);
assay_status assay_gguf_string(const assay_gguf *g, const char *key, const char **out,
                               assay_error *err);
const char *assay_gguf_string_or(const assay_gguf *g, const char *key, const char *fallback);
bool assay_gguf_has(const assay_gguf *g, const char *key);

/* Arrays. For strings: item i is bytes[i] of lengths[i], not NUL-terminated, pointing into the
 * file. */
typedef struct assay_gguf_strings {
    size_t n;
    const char **bytes;
    const uint32_t *lengths;
} assay_gguf_strings;
assay_status assay_gguf_string_array(const assay_gguf *g, const char *key, assay_gguf_strings *out,
                                     assay_error *err);
assay_status assay_gguf_int_array(const assay_gguf *g, const char *key, size_t *n,
                                  const int32_t **out, assay_error *err);
assay_status assay_gguf_float_array(const assay_gguf *g, const char *key, size_t *n,
                                    const float **out, assay_error *err);

/* ggml's tensor types, also those that the kernels do not know. Name ("Q4_K"), NULL when unknown;
 * bytes of a tensor of dims[0..3] (unused ones 1), false when the type is unknown, dims[0] does not
 * fill whole blocks, a dimension is 0 or the size overflows. */
const char *assay_gguf_type_name(uint32_t type);
bool assay_gguf_type_bytes(uint32_t type, const uint64_t dims[4], uint64_t *bytes);

size_t assay_gguf_n_tensors(const assay_gguf *g);
const assay_gguf_tensor *assay_gguf_tensor_at(const assay_gguf *g,
                                              size_t i); /* in file order; NULL past the end */
const assay_gguf_tensor *assay_gguf_find(const assay_gguf *g,
                                         const char *name); /* NULL when missing */
/* Iterates metadata for listing: key and value as display text (arrays shortened) into `value`.
 * False past the end. */
bool assay_gguf_describe(const assay_gguf *g, size_t i, const char **key, char *value,
                         size_t value_size);

/* Writer: collect metadata and tensors, then build the file in memory, or its header alone. All strings and tensor bytes
 * are borrowed until assay_gguf_build, except keys and names, which are copied. Errors are sticky
 * and reported by build, which also reads back what it wrote: E_FORMAT for duplicate or unprintable
 * names, E_ARGUMENT for impossible shapes. */
typedef struct assay_gguf_writer assay_gguf_writer;
assay_gguf_writer *assay_gguf_writer_create(void); /* NULL: out of memory */
void assay_gguf_writer_destroy(assay_gguf_writer *w);
void assay_gguf_put_u32(assay_gguf_writer *w, const char *key, uint32_t value);
void assay_gguf_put_f32(assay_gguf_writer *w, const char *key, float value);
void assay_gguf_put_bool(assay_gguf_writer *w, const char *key, bool value);
void assay_gguf_put_string(assay_gguf_writer *w, const char *key, const char *value);
void assay_gguf_put_strings(assay_gguf_writer *w, const char *key, const char *const *values,
                            size_t n);
void assay_gguf_put_i32s(assay_gguf_writer *w, const char *key, const int32_t *values, size_t n);
void assay_gguf_put_f32s(assay_gguf_writer *w, const char *key, const float *values, size_t n);
/* The i-th entry of another file, as it is. Nothing past the end. */
void assay_gguf_put_copy(assay_gguf_writer *w, const assay_gguf *from, size_t i);
/* Reserves a tensor; returns its index. */
size_t assay_gguf_put_tensor(assay_gguf_writer *w, const char *name, assay_type type, int n_dims,
                             const uint64_t *dims);
/* Lays the file out: one malloc'd block owned by the caller, tensor data zeroed.
 * assay_gguf_tensor_data then points to where tensor i must be written (row-major). */
assay_status assay_gguf_build(assay_gguf_writer *w, uint8_t **bytes, size_t *n, assay_error *err);
uint8_t *assay_gguf_tensor_data(assay_gguf_writer *w, size_t i);
/* For a file that is written piece by piece: all before the tensor data, one malloc'd block owned by the caller. The
 * tensors follow in the order in which they were put, each padded with zeros to a multiple of ASSAY_GGUF_ALIGNMENT. */
assay_status assay_gguf_build_header(assay_gguf_writer *w, uint8_t **bytes, size_t *n,
                                     assay_error *err);

#endif
