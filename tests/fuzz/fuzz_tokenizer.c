/* Any bytes as text, through the pre-tokenizers and every kind of tokenizer, with and without
 * specials: byte-level tokens spell the text again, the others' ids are of the vocabulary. */
#include "fuzz.h"

#include "byte_vocabulary.h"
#include "format/tokenizer/pretokenize.h"
#include "format/tokenizer/tokenizer.h"

static assay_tokenizer *finish(assay_gguf_writer *w) {
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
    return tok;
}

static assay_tokenizer *make_bytes(const char *pre) {
    static const char *const merges[] = {
        "a a", "aa aa", "i t", "\u0120 t", "\u0120 \u0120", "\u0120\u0120 \u0120\u0120",
        "1 2", "' s"};
    byte_vocabulary *v = byte_vocabulary_create();
    static const char *const merged[] = {
        "aa", "aaaa", "it", "\u0120t", "\u0120\u0120", "\u0120\u0120\u0120\u0120", "12", "'s"};
    for (int i = 0; i < 8; i++) byte_vocabulary_add(v, merged[i], 1);
    static const char *const specials[] = {"<image>", "<im", "<|im_start|>"};
    for (int i = 0; i < 3; i++) byte_vocabulary_add(v, specials[i], 3);
    byte_vocabulary_add(v, "   ", 4);
    assay_gguf_writer *w = assay_gguf_writer_create();
    PROMISE(w != NULL);
    assay_gguf_put_string(w, "tokenizer.ggml.model", "gpt2");
    assay_gguf_put_string(w, "tokenizer.ggml.pre", pre);
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", v->tokens, v->n);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", v->types, v->n);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", merges, 8);
    assay_tokenizer *tok = finish(w);
    free(v);
    return tok;
}

static assay_tokenizer *make_kind(const char *model) {
    static const char *const tokens[] = {"<unk>",  "<s>", "</s>", "<0x61>",  "<0x0A>",
                                         "\u2581", "a",   "aa",   "\u2581a", "e",
                                         "\u00e9", "ab",  "b",    "<x>",     "\u2581b"};
    static const int32_t types[] = {2, 3, 3, 6, 6, 1, 1, 1, 1, 1, 1, 1, 1, 4, 1};
    static const float scores[] = {0, 0, 0, 0, 0, -3, -2, -1.5f, -1, -4, -5, -2.5f, -3, 0, -2};
    static const char *const merges[] = {"a a", "\u2581 a", "a b"};
    static const int32_t charsmap[] = {4, 0, 0, 0, 0, 4, 0, 0, 'x', 0};
    assay_gguf_writer *w = assay_gguf_writer_create();
    PROMISE(w != NULL);
    size_t n = sizeof tokens / sizeof *tokens;
    assay_gguf_put_string(w, "tokenizer.ggml.model", model);
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", tokens, n);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", types, n);
    assay_gguf_put_f32s(w, "tokenizer.ggml.scores", scores, n);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", merges, 3);
    assay_gguf_put_bool(w, "tokenizer.ggml.remove_extra_whitespaces", true);
    assay_gguf_put_i32s(w, "tokenizer.ggml.precompiled_charsmap", charsmap,
                        sizeof charsmap / sizeof *charsmap);
    return finish(w);
}

static void check(const assay_tokenizer *tok, bool spells, const char *text, size_t n,
                  bool parse_special) {
    assay_ids ids = {0};
    size_t at = 0;
    PROMISE(assay_tokenize(tok, text, n, parse_special, &ids, NULL) == ASSAY_OK);
    for (size_t i = 0; i < ids.n; i++) {
        size_t length;
        PROMISE(ids.ids[i] >= 0 && ids.ids[i] < assay_tokenizer_size(tok));
        const char *bytes = assay_token_bytes(tok, ids.ids[i], &length);
        if (!spells) continue;
        PROMISE(length > 0 && length <= n - at && memcmp(bytes, text + at, length) == 0);
        PROMISE(parse_special || !assay_token_is_special(tok, ids.ids[i]));
        at += length;
    }
    PROMISE(!spells || at == n);
    assay_ids_free(&ids);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static const char *const models[] = {"llama", "t5", "bert", "gemma4"};
    enum { N_MODELS = 4, MAX_RULES = 64 };
    static assay_tokenizer *toks[N_MODELS + MAX_RULES]; /* made once, kept to the end */
    const char *names;
    for (size_t i = 0; i < N_MODELS; i++) {
        if (toks[i] == NULL) toks[i] = make_kind(models[i]);
        check(toks[i], false, (const char *)bytes, n, false);
        check(toks[i], false, (const char *)bytes, n, true);
    }
    for (size_t i = 0; i < MAX_RULES && (names = assay_pretokenizer_names(i)) != NULL; i++) {
        char name[64] = "";
        memcpy(name, names, strcspn(names, " "));
        if (strcmp(name, "gemma4") == 0 || strcmp(name, "sarvam-moe") == 0) continue; /* no bytes */
        if (i % 8 != n % 8) continue; /* an eighth of them for each input */
        if (toks[N_MODELS + i] == NULL) toks[N_MODELS + i] = make_bytes(name);
        check(toks[N_MODELS + i], true, (const char *)bytes, n, false);
        check(toks[N_MODELS + i], true, (const char *)bytes, n, true);
    }
    return 0;
}
