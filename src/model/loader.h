/* Tensors by name out of a model's files: presence, type and shape checked, matrices repacked in place for the
 * kernels, vectors (norms, biases, small tables) copied out as floats.
 *
 * A loader carries the first failure: after it every call does nothing, so that a layer reads as a list of its
 * tensors and `finish` is checked once.
 *
 *     assay_loader l = assay_loader_start(&parts, &weights.memory, tables, n_tables, n_layers * sizeof *layers, err);
 *     weights.layers = assay_loader_alloc(&l, n_layers, sizeof *layers);
 *     assay_loader_matrix(&l, "token_embd.weight", n_vocab, dim, &weights.embed);
 *     assay_loader_vector(&l, "output_norm.weight", dim, &weights.norm);
 *     return assay_loader_finish(&l, n_layers);
 */
#ifndef ASSAY_MODEL_LOADER_H
#define ASSAY_MODEL_LOADER_H

#include "base/arena.h"
#include "kernels/kernels.h"
#include "model/parts.h"

typedef struct assay_loader {
    const assay_parts *parts;
    assay_arena *memory; /* of what is copied; the weights' own */
    bool *taken;         /* [assay_parts_n_tensors] */
    uint64_t n_parameters;
    assay_status status;
    assay_error *err;
} assay_loader;

/* Makes *memory: room for every vector of the files, for the tables of these names, and for `extra` bytes, which
 * assay_loader_alloc gives out. After a failure the loader does nothing and `finish` says why. */
assay_loader assay_loader_start(const assay_parts *parts, assay_arena *memory,
                                const char *const *tables, size_t n_tables, size_t extra,
                                assay_error *err);
/* count * size zeroed bytes of `extra`, in one piece; NULL after a failure. */
void *assay_loader_alloc(assay_loader *l, size_t count, size_t size);

bool assay_loader_has(const assay_loader *l, const char *name);
/* [rows, cols], repacked where it lies (assay_matrix_pack). */
void assay_loader_matrix(assay_loader *l, const char *name, int rows, int cols, assay_matrix *out);
/* A convolution [rows, channels, size, size] whose stride is its size, as the matrix [rows, channels * size * size]. */
void assay_loader_convolution(assay_loader *l, const char *name, int rows, int channels, int size,
                              assay_matrix *out);
/* [n] and [rows, n] as floats, copied into the memory; the file may hold them in any known type. */
void assay_loader_vector(assay_loader *l, const char *name, int n, const float **out);
void assay_loader_table(assay_loader *l, const char *name, int rows, int n, const float **out);

/* The tensors of one layer, PREFIX.I.NAME.weight and .bias: matrices [rows, cols], or vectors [rows] where cols is 0. */
typedef struct assay_loader_part {
    const char *name;
    int rows, cols;
    assay_matrix *matrix; /* NULL for a vector */
    const float **vector; /* NULL for a matrix */
    const float **bias;   /* [rows]; NULL: there is none */
} assay_loader_part;
void assay_loader_layer(assay_loader *l, const char *prefix, int i, const assay_loader_part *parts,
                        size_t n_parts);

/* The first failure; else E_UNSUPPORTED when the files hold a tensor that nobody took: to ignore a bias without a
 * word would give wrong numbers. After a failure the memory is released and the files' bytes are undefined. */
assay_status assay_loader_finish(assay_loader *l, int n_layers);

/* "F32, F16, ...": the types that the kernels know, for sentences. */
const char *assay_loader_types(char *out, size_t size);

#endif
