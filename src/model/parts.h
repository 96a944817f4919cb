/* The GGUF files that make one model: a single file, or all parts of a split one. The metadata is that of the
 * first part (split.no = 0), a tensor may lie in any. Order and completeness are checked once, here. */
#ifndef ASSAY_MODEL_PARTS_H
#define ASSAY_MODEL_PARTS_H

#include "assay.h"
#include "base/sha256.h"
#include "format/gguf/gguf.h"

#define ASSAY_MAX_PARTS 256

typedef struct assay_part {
    assay_gguf *gguf;
    uint8_t *bytes; /* [n], owned; weights are repacked inside */
    size_t n;
} assay_part;

typedef struct assay_parts {
    assay_part *items; /* [n], by split.no */
    size_t n;
} assay_parts;

/* Takes the files' bytes over, on failure too. A missing, doubled or foreign part, and a wrong number of tensors,
 * are refused (E_FORMAT). */
assay_status assay_parts_open(const assay_model_file *files, size_t n_files, assay_parts *out,
                              assay_error *err);
void assay_parts_close(assay_parts *parts); /* a zeroed one is fine; leaves it zeroed */

const assay_gguf *assay_parts_head(const assay_parts *parts); /* the metadata */
/* Tensors of all parts, those of the first part first. NULL past the end; *data points to its bytes, may be NULL. */
const assay_gguf_tensor *assay_parts_at(const assay_parts *parts, size_t i, uint8_t **data);
/* Its number, for assay_parts_at; assay_parts_n_tensors when there is none of that name. */
size_t assay_parts_find(const assay_parts *parts, const char *name);
size_t assay_parts_n_tensors(const assay_parts *parts);
uint64_t assay_parts_bytes(const assay_parts *parts);
/* Of the parts one behind the other, as given: to be asked before weights are loaded, which repacks them. */
assay_digest assay_parts_sha256(const assay_parts *parts);

#endif
