/* Shared by gguf.c (reading), gguf_get.c (typed access) and gguf_writer.c. */
#ifndef ASSAY_FORMAT_GGUF_IMPL_H
#define ASSAY_FORMAT_GGUF_IMPL_H

#include "format/gguf/gguf.h"

enum { GGUF_VERSION = 3 };

typedef enum gguf_kind {
    GGUF_U8,
    GGUF_I8,
    GGUF_U16,
    GGUF_I16,
    GGUF_U32,
    GGUF_I32,
    GGUF_F32,
    GGUF_BOOL,
    GGUF_STRING,
    GGUF_ARRAY,
    GGUF_U64,
    GGUF_I64,
    GGUF_F64,
    GGUF_N_KINDS
} gguf_kind;

/* One metadata value, in the form in which it is asked for. */
typedef struct gguf_entry {
    char *key;
    gguf_kind kind;      /* of the value */
    gguf_kind item_kind; /* of an array's items */
    union {
        uint64_t u; /* U8, U16, U32, U64, BOOL */
        int64_t i;  /* I8, I16, I32, I64 */
        double f;   /* F32, F64 */
    } value;
    char *text;           /* STRING: NUL-terminated, owned */
    size_t n;             /* items of an array, or bytes of a string */
    int32_t *ints;        /* array of integers or bools, owned; NULL when one does not fit */
    float *floats;        /* array of F32 or F64, owned */
    const char **strings; /* array of strings: [n] pointers into the file, owned list */
    uint32_t *lengths;    /* [n], owned */
    const uint8_t *bytes; /* [n_bytes]: key, kind and value as they stand in the file */
    size_t n_bytes;
} gguf_entry;

struct assay_gguf {
    char *what;
    size_t header_bytes;
    size_t n_entries, n_tensors;
    gguf_entry *entries;                       /* in file order */
    const gguf_entry **entries_by_key;         /* sorted */
    assay_gguf_tensor *tensors;                /* in file order; names owned */
    const assay_gguf_tensor **tensors_by_name; /* sorted */
};

/* Opens the first n bytes of a file of n_file bytes: all that stands before the tensor data. */
assay_status gguf_open_header(const uint8_t *bytes, size_t n, uint64_t n_file, const char *what,
                              assay_gguf **out, assay_error *err);

const gguf_entry *gguf_find_entry(const assay_gguf *g, const char *key); /* NULL when missing */
/* Sort the table by name. Return a name that is there twice, or NULL. */
const char *gguf_sort_entries(assay_gguf *g);
const char *gguf_sort_tensors(assay_gguf *g);

const char *gguf_kind_name(gguf_kind kind);
/* Bytes of a value; of a string its length field; 0 for an array. */
size_t gguf_kind_size(gguf_kind kind);
uint32_t gguf_type_block(uint32_t type); /* elements in a block; 0 when the type is unknown */

static inline bool gguf_is_unsigned(gguf_kind kind) {
    return kind == GGUF_U8 || kind == GGUF_U16 || kind == GGUF_U32 || kind == GGUF_U64;
}

static inline bool gguf_is_signed(gguf_kind kind) {
    return kind == GGUF_I8 || kind == GGUF_I16 || kind == GGUF_I32 || kind == GGUF_I64;
}

#endif
