/* What the tests of the tokenizers share: files with a vocabulary, made ones, lists of ids as text. */
#ifndef ASSAY_TOKENIZER_FIXTURE_H
#define ASSAY_TOKENIZER_FIXTURE_H

#include "base/os.h"
#include "format/tokenizer/tokenizer.h"
#include "test.h"

enum { MAX_FILE = 64 << 20 };

typedef struct loaded {
    uint8_t *bytes;
    assay_gguf *gguf;
    assay_tokenizer *tok;
} loaded;

static inline loaded load(const char *path) {
    loaded l = {0};
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &l.bytes, &n, &err), ASSAY_OK, err);
    if (l.bytes == NULL) return l;
    CHECK_STATUS(assay_gguf_open(l.bytes, n, path, &l.gguf, &err), ASSAY_OK, err);
    if (l.gguf != NULL) CHECK_STATUS(assay_tokenizer_create(l.gguf, &l.tok, &err), ASSAY_OK, err);
    return l;
}

static inline void unload(loaded *l) {
    assay_tokenizer_destroy(l->tok);
    assay_gguf_close(l->gguf);
    free(l->bytes);
}

/* Compares with ids written in decimal; moves past them. */
static inline bool same_ids(const assay_ids *ids, const char *text) {
    for (size_t i = 0; i < ids->n; i++) {
        char *end;
        long want = strtol(text, &end, 10);
        if (end == text || want != ids->ids[i]) return false;
        text = end;
    }
    return text[strspn(text, " \r")] == '\0' || text[0] == '-';
}

/* All bytes of the tokens, joined, are the text again. */
static inline bool spells(const assay_tokenizer *tok, const assay_ids *ids, const char *text,
                          size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < ids->n; i++) {
        size_t length;
        const char *bytes = assay_token_bytes(tok, ids->ids[i], &length);
        if (length > n - at || memcmp(bytes, text + at, length) != 0) return false;
        at += length;
    }
    return at == n;
}

static inline int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; "-" is empty. */
static inline size_t unhex(char *text) {
    size_t n = 0;
    for (; hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0; text += 2) n++;
    char *start = text - 2 * n;
    for (size_t i = 0; i < n; i++)
        start[i] = (char)(hex_digit(start[2 * i]) << 4 | hex_digit(start[2 * i + 1]));
    return n;
}

typedef struct parts {
    const char *model, *pre;
    const char *const *tokens;
    size_t n_tokens, n_types;
    const int32_t *types;
    const char *merges[4];
    size_t n_merges;
} parts;

static inline assay_status create(const parts *p, assay_error *err, loaded *l) {
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL) abort();
    if (p->model != NULL) assay_gguf_put_string(w, "tokenizer.ggml.model", p->model);
    if (p->pre != NULL) assay_gguf_put_string(w, "tokenizer.ggml.pre", p->pre);
    if (p->tokens != NULL)
        assay_gguf_put_strings(w, "tokenizer.ggml.tokens", p->tokens, p->n_tokens);
    if (p->types != NULL) assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", p->types, p->n_types);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", p->merges, p->n_merges);
    size_t n;
    *l = (loaded){0};
    memset(err, 0, sizeof *err);
    CHECK(assay_gguf_build(w, &l->bytes, &n, err) == ASSAY_OK, "%s", err->text);
    assay_gguf_writer_destroy(w);
    CHECK(assay_gguf_open(l->bytes, n, "made", &l->gguf, err) == ASSAY_OK, "%s", err->text);
    return l->gguf != NULL ? assay_tokenizer_create(l->gguf, &l->tok, err) : ASSAY_E_FORMAT;
}

#endif
