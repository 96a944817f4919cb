/* Any bytes as text: whatever it holds, the tokens spell it again, with either pre-tokenizer, with
 * and without specials. */
#include "fuzz.h"

#include "byte_vocabulary.h"
#include "format/tokenizer.h"

static assay_tokenizer *make(const char *pre) {
    static const char *const merges[] = {
        "a a", "aa aa", "i t", "\u0120 t", "\u0120 \u0120", "\u0120\u0120 \u0120\u0120",
        "1 2", "' s"};
    byte_vocabulary *v = byte_vocabulary_create();
    static const char *const merged[] = {
        "aa", "aaaa", "it", "\u0120t", "\u0120\u0120", "\u0120\u0120\u0120\u0120", "12", "'s"};
    for (int i = 0; i < 8; i++) byte_vocabulary_add(v, merged[i], 1);
    static const char *const specials[] = {"<image>", "<im", "<|im_start|>"};
    for (int i = 0; i < 3; i++) byte_vocabulary_add(v, specials[i], 3);
    assay_gguf_writer *w = assay_gguf_writer_create();
    PROMISE(w != NULL);
    assay_gguf_put_string(w, "tokenizer.ggml.model", "gpt2");
    assay_gguf_put_string(w, "tokenizer.ggml.pre", pre);
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", v->tokens, v->n);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", v->types, v->n);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", merges, 8);
    uint8_t *bytes;
    size_t n;
    assay_gguf *g;
    assay_tokenizer *tok;
    PROMISE(assay_gguf_build(w, &bytes, &n, NULL) == ASSAY_OK);
    PROMISE(assay_gguf_open(bytes, n, "fuzz", &g, NULL) == ASSAY_OK);
    PROMISE(assay_tokenizer_create(g, &tok, NULL) == ASSAY_OK);
    assay_gguf_close(g);
    assay_gguf_writer_destroy(w);
    free(bytes);
    free(v);
    return tok;
}

static void check(const assay_tokenizer *tok, const char *text, size_t n, bool parse_special) {
    assay_ids ids = {0};
    size_t at = 0;
    PROMISE(assay_tokenize(tok, text, n, parse_special, &ids, NULL) == ASSAY_OK);
    for (size_t i = 0; i < ids.n; i++) {
        size_t length;
        const char *bytes = assay_token_bytes(tok, ids.ids[i], &length);
        PROMISE(length > 0 && length <= n - at && memcmp(bytes, text + at, length) == 0);
        PROMISE(parse_special || !assay_token_is_special(tok, ids.ids[i]));
        at += length;
    }
    PROMISE(at == n);
    assay_ids_free(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const pre[] = {"gpt-2", "smollm"};
    static assay_tokenizer *toks[2]; /* made once, kept to the end */
    for (int i = 0; i < 2; i++) {
        if (toks[i] == NULL) toks[i] = make(pre[i]);
        check(toks[i], (const char *)bytes, n, false);
        check(toks[i], (const char *)bytes, n, true);
    }
    return 0;
}
