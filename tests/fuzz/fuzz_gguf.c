/* Any bytes as a model file: opened, listed, looked up; its tokenizer, if it has one, is made and
 * used. */
#include "fuzz.h"

#include "format/gguf/gguf.h"
#include "format/tokenizer/tokenizer.h"

static void look_at(const assay_gguf *g, size_t n) {
    const char *key;
    char value[64];
    uint64_t end = assay_gguf_header_bytes(g);
    for (size_t i = 0; assay_gguf_describe(g, i, &key, value, sizeof value); i++) {
        size_t items;
        const int32_t *ints;
        const float *floats;
        double number;
        int64_t integer;
        assay_gguf_strings strings;
        PROMISE(assay_gguf_has(g, key) && strlen(value) < sizeof value);
        (void)assay_gguf_int(g, key, -5, 5, &integer, NULL);
        (void)assay_gguf_float(g, key, &number, NULL);
        if (assay_gguf_int_array(g, key, &items, &ints, NULL) == ASSAY_OK && items > 0)
            (void)(ints[items - 1] + 0.0);
        if (assay_gguf_float_array(g, key, &items, &floats, NULL) == ASSAY_OK && items > 0)
            (void)floats[items - 1];
        if (assay_gguf_string_array(g, key, &strings, NULL) == ASSAY_OK)
            for (size_t k = 0; k < strings.n; k++) PROMISE(strings.lengths[k] <= n);
    }
    for (size_t i = 0; i < assay_gguf_n_tensors(g); i++) {
        const assay_gguf_tensor *t = assay_gguf_tensor_at(g, i);
        PROMISE(assay_gguf_find(g, t->name) == t);
        PROMISE(t->offset >= end && t->offset <= n && t->bytes > 0 && t->bytes <= n - t->offset);
        end = t->offset + t->bytes;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    assay_gguf *g = NULL;
    assay_error err = {0};
    assay_status status = assay_gguf_open(bytes, n, "fuzz", &g, &err);
    PROMISE((status == ASSAY_OK) == (g != NULL) && (status == ASSAY_OK) == (err.text[0] == '\0'));
    if (g == NULL) return 0;
    look_at(g, n);
    assay_tokenizer *tok = NULL;
    status = assay_tokenizer_create(g, &tok, &err);
    PROMISE((status == ASSAY_OK) == (tok != NULL) && (status == ASSAY_OK) == (err.text[0] == '\0'));
    assay_gguf_close(g);
    if (tok != NULL) {
        assay_ids ids = {0};
        PROMISE(assay_tokenize(tok, "It's <image> 12  a\xff", 19, true, &ids, &err) == ASSAY_OK);
        for (size_t i = 0; i < ids.n; i++)
            PROMISE(ids.ids[i] >= 0 && ids.ids[i] < assay_tokenizer_size(tok));
        assay_ids_free(&ids);
    }
    assay_tokenizer_destroy(tok);
    return 0;
}
