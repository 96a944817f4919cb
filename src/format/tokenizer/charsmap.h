/* SentencePiece's normalisation: a table of byte strings and what replaces them, as its models carry
 * it (precompiled_charsmap): the size of a double array (u32, bytes), the array (u32 each), and the
 * replacements, each ended by a NUL. The array is that of the darts-clone library: bits 0-7 and 31
 * of a unit are its label, bit 8 says that a value follows, bits 10-30, shifted by 8 where bit 9 is
 * set, lead to the children. */
#ifndef ASSAY_FORMAT_CHARSMAP_H
#define ASSAY_FORMAT_CHARSMAP_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/gguf/gguf.h"

typedef struct assay_charsmap {
    uint32_t *units; /* [n_units] */
    char *texts;     /* [n_texts], the last is NUL */
    size_t n_units, n_texts;
} assay_charsmap; /* a zeroed one replaces nothing */

/* From tokenizer.ggml.precompiled_charsmap, where the file has it. E_FORMAT, E_MEMORY. */
assay_status assay_charsmap_load(assay_charsmap *map, const assay_gguf *gguf, assay_error *err);
void assay_charsmap_destroy(assay_charsmap *map);

/* The replacement of the longest string of the table that text[0..n) starts with, and in *taken the
 * length of that string; NULL when there is none. */
const char *assay_charsmap_replace(const assay_charsmap *map, const char *text, size_t n,
                                   size_t *taken);

#endif
