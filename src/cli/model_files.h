/* The files of a model in a folder: all parts of a split one from any of their names, and the vision tower beside it. */
#ifndef ASSAY_CLI_MODEL_FILES_H
#define ASSAY_CLI_MODEL_FILES_H

#include "model/parts.h"

typedef struct assay_model_files {
    assay_model_file *text; /* [n_text] */
    size_t n_text;
    assay_model_file vision; /* bytes NULL: none */
    bool namesake;           /* it is the mmproj-X.gguf of X.gguf */
} assay_model_files;         /* the blocks and the names (`what`, the paths) are owned */

/* Reads X.gguf, or with X-0000I-of-0000N.gguf all N parts of it. */
assay_status assay_model_files_read(const char *text, assay_model_files *out, assay_error *err);

/* The vision tower: `path` when it is not NULL, else what lies beside the text model under a name that fits:
 *
 *   mmproj-X.gguf for X.gguf; else, with the type at the end of X and of the other name (Q8_0, Q4_K_M, f16, ...) left out,
 *   mmproj-BASE-TYPE.gguf, BASE-mmproj-TYPE.gguf or BASE.mmproj-TYPE.gguf: the type of X first, then F16, Q8_0, F32, BF16
 *
 * No file that fits: none is read. Several that fit alike, or none of those types among several: E_ARGUMENT. */
assay_status assay_model_files_read_vision(const char *text, const char *path,
                                           assay_model_files *files, assay_error *err);

/* Gives the model's files to assay_model_create; they are empty afterwards. */
assay_status assay_model_files_create(assay_model_files *files, assay_model **out,
                                      assay_error *err);
/* Reads and indexes, for a look into any model file. What each part calls itself (assay_gguf_what) is its path. */
assay_status assay_model_files_open(const char *path, assay_parts *out, assay_error *err);
void assay_model_files_free(
    assay_model_files *files); /* zeroed ones are fine; leaves them zeroed */

#endif
