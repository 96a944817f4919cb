/* Model files from one weight type to another, tensor by tensor: at no time is the result held as a whole.
 * Any GGUF file whose types the kernels know: language models, vision towers, encoders. */
#ifndef ASSAY_MODEL_QUANTIZE_H
#define ASSAY_MODEL_QUANTIZE_H

#include "kernels/kernels.h"
#include "model/parts.h"

/* The type in which a tensor is stored in a model of type `wanted`, as published files have it: vectors, position and
 * token type embeddings in F32; a convolution in F32, in F16 files in F16; a matrix in `wanted`, or where its rows do
 * not fill that type's blocks in the nearest that they fill (Q4_K -> Q5_0, Q5_K -> Q5_1, Q6_K -> Q8_0, all -> F16). */
assay_type assay_type_stored(assay_type wanted, const char *name, int n_dims, const uint64_t *dims);

typedef struct assay_quantize_options {
    assay_type type;
    assay_pool *pool; /* lent; NULL = one thread. The file does not depend on it. */
    /* Takes the file piece by piece; its failure ends the work. */
    assay_status (*write)(void *context, const void *bytes, size_t n, assay_error *err);
    void *context;
} assay_quantize_options;

/* Tensors of the same name but for the layer's number, from the same type into the same. */
typedef struct assay_quantize_kind {
    char name[64]; /* "blk.*.attn_q.weight" */
    assay_type from, to;
    size_t n;
    uint64_t n_elements, bytes_before, bytes_after;
    double error, power; /* sums of (new - old)^2 and of old^2 over all elements */
} assay_quantize_kind;

typedef struct assay_quantize_report {
    assay_quantize_kind
        *kinds; /* [n], in the order of the file; owned: assay_quantize_report_free */
    size_t n;
    uint64_t n_bytes; /* of the new file */
} assay_quantize_report;

/* One file out of one or more parts. Metadata is kept, but for general.file_type, general.quantization_version and
 * the keys of a split. E_UNSUPPORTED: a tensor of a type that the kernels do not know. */
assay_status assay_quantize(const assay_parts *parts, const assay_quantize_options *options,
                            assay_quantize_report *out, assay_error *err);
void assay_quantize_report_free(assay_quantize_report *report); /* a zeroed one is fine */

#endif
