/* What ggml calls its types, and their sizes. */
#include "format/gguf/gguf_impl.h"

/* ggml's tensor types: elements in a block and bytes of a block. Types that only live in memory
 * (Q8_1, Q8_K) and ids that ggml has withdrawn are left out. */
static const struct tensor_type {
    uint32_t id;
    const char *name;
    uint32_t elements, bytes;
} TYPES[] = {
    {0, "F32", 1, 4},         {1, "F16", 1, 2},         {2, "Q4_0", 32, 18},
    {3, "Q4_1", 32, 20},      {6, "Q5_0", 32, 22},      {7, "Q5_1", 32, 24},
    {8, "Q8_0", 32, 34},      {10, "Q2_K", 256, 84},    {11, "Q3_K", 256, 110},
    {12, "Q4_K", 256, 144},   {13, "Q5_K", 256, 176},   {14, "Q6_K", 256, 210},
    {16, "IQ2_XXS", 256, 66}, {17, "IQ2_XS", 256, 74},  {18, "IQ3_XXS", 256, 98},
    {19, "IQ1_S", 256, 50},   {20, "IQ4_NL", 32, 18},   {21, "IQ3_S", 256, 110},
    {22, "IQ2_S", 256, 82},   {23, "IQ4_XS", 256, 136}, {24, "I8", 1, 1},
    {25, "I16", 1, 2},        {26, "I32", 1, 4},        {27, "I64", 1, 8},
    {28, "F64", 1, 8},        {29, "IQ1_M", 256, 56},   {30, "BF16", 1, 2},
    {34, "TQ1_0", 256, 54},   {35, "TQ2_0", 256, 66},   {39, "MXFP4", 32, 17},
};

static const struct tensor_type *find_type(uint32_t id) {
    for (size_t i = 0; i < sizeof TYPES / sizeof TYPES[0]; i++)
        if (TYPES[i].id == id) return &TYPES[i];
    return NULL;
}

uint32_t gguf_type_block(uint32_t type) {
    const struct tensor_type *t = find_type(type);
    return t != NULL ? t->elements : 0;
}

const char *assay_gguf_type_name(uint32_t type) {
    const struct tensor_type *t = find_type(type);
    return t != NULL ? t->name : NULL;
}

bool assay_gguf_type_bytes(uint32_t type, const uint64_t dims[4], uint64_t *bytes) {
    const struct tensor_type *t = find_type(type);
    if (t == NULL || dims[0] % t->elements != 0) return false;
    uint64_t elements = 1;
    for (int i = 0; i < 4; i++) {
        if (dims[i] == 0 || dims[i] > INT64_MAX / elements) return false;
        elements *= dims[i];
    }
    uint64_t blocks = elements / t->elements;
    if (blocks > INT64_MAX / t->bytes) return false;
    *bytes = blocks * t->bytes;
    return true;
}

const char *gguf_kind_name(gguf_kind kind) {
    static const char *const names[GGUF_N_KINDS] = {"u8",  "i8",  "u16",  "i16",    "u32",
                                                    "i32", "f32", "bool", "string", "array",
                                                    "u64", "i64", "f64"};
    return kind < GGUF_N_KINDS ? names[kind] : "unknown";
}

size_t gguf_kind_size(gguf_kind kind) {
    static const uint8_t sizes[GGUF_N_KINDS] = {1, 1, 2, 2, 4, 4, 4, 1, 8, 0, 8, 8, 8};
    return kind < GGUF_N_KINDS ? sizes[kind] : 0;
}
