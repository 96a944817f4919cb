/* A vocabulary of the 256 bytes as GPT-2 spells them, to which tests add tokens. Token i < 256 is
 * the byte i. */
#ifndef ASSAY_BYTE_VOCABULARY_H
#define ASSAY_BYTE_VOCABULARY_H

#include <stdbool.h>
#include <stdlib.h>

#include "format/gguf/gguf.h"
#include "format/unicode.h"

enum { N_BYTE_TOKENS = 256, N_EXTRA_TOKENS = 16 };

typedef struct byte_vocabulary {
    char spelled[N_BYTE_TOKENS][3];
    const char *tokens[N_BYTE_TOKENS + N_EXTRA_TOKENS];
    int32_t types[N_BYTE_TOKENS + N_EXTRA_TOKENS]; /* tokenizer.ggml.token_type */
    size_t n;
} byte_vocabulary;

static inline byte_vocabulary *byte_vocabulary_create(void) {
    byte_vocabulary *v = calloc(1, sizeof *v);
    if (v == NULL) abort();
    uint32_t next = 256;
    for (uint32_t byte = 0; byte < N_BYTE_TOKENS; byte++) {
        bool itself = (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
        assay_utf8_put(itself ? byte : next++, v->spelled[byte]);
        v->tokens[v->n] = v->spelled[byte];
        v->types[v->n++] = 1;
    }
    return v;
}

static inline void byte_vocabulary_add(byte_vocabulary *v, const char *token, int32_t type) {
    if (v->n == N_BYTE_TOKENS + N_EXTRA_TOKENS) abort();
    v->tokens[v->n] = token;
    v->types[v->n++] = type;
}

#endif
