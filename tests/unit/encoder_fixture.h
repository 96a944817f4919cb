/* A BERT encoder made in memory from seeded weights, the very weights that tests/golden/gen/encoder_reference.py gives to
 * Hugging Face's BertModel; with knobs for files that must be refused. */
#ifndef ASSAY_ENCODER_FIXTURE_H
#define ASSAY_ENCODER_FIXTURE_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_encoder.h"
#include "format/gguf/gguf.h"

enum { ENCODER_VOCAB = 77, ENCODER_TENSORS = 256 };

typedef struct encoder_spec {
    int dim, ffn, layers, heads, context;
    float scale;
    assay_type type; /* of the matrices */
    /* What a bad file has instead; NULL or 0: as it should be. */
    const char *architecture, *leave_out_key, *leave_out, *grow, *extra, *zero_key, *nan_in;
    int pooling; /* 0: the key is left out */
    bool causal;
    float eps;
    int n_tokens; /* of the vocabulary */
} encoder_spec;

static inline encoder_spec encoder_tiny(assay_type type) {
    return (encoder_spec){.dim = 64,
                          .ffn = 128,
                          .layers = 3,
                          .heads = 4,
                          .context = 40,
                          .scale = 0.25f,
                          .type = type,
                          .pooling = ASSAY_POOLING_MEAN,
                          .eps = 1e-12f,
                          .n_tokens = ENCODER_VOCAB};
}

static inline encoder_spec encoder_bge_small(assay_type type) {
    encoder_spec spec = encoder_tiny(type);
    spec.dim = 384;
    spec.ffn = 1536;
    spec.layers = spec.heads = 12;
    spec.context = 512;
    spec.scale = 0.0625f;
    spec.pooling = ASSAY_POOLING_CLS;
    return spec;
}

/* [-1, 1) in steps of 2^-23: an integer hash (C. Wellons, lowbias32) of seed and index. */
static inline float encoder_noise(uint32_t seed, uint32_t i) {
    uint32_t h = i * 747796405u + seed * 2891336453u;
    h ^= h >> 16;
    h *= 0x7feb352du;
    h ^= h >> 15;
    h *= 0x846ca68bu;
    h ^= h >> 16;
    return (float)((int32_t)(h >> 8) - (1 << 23)) / 8388608.0f;
}

typedef struct encoder_tensor {
    char name[64];
    int rows, cols; /* rows 0: a vector */
    float base, scale;
    assay_type type;
    uint32_t seed;
} encoder_tensor;

typedef struct encoder_builder {
    const encoder_spec *spec;
    assay_gguf_writer *w;
    encoder_tensor tensors[ENCODER_TENSORS];
    size_t n;
    uint32_t seed;
    char letters[52][8]; /* the writer borrows these */
    const char *tokens[ENCODER_VOCAB];
    int32_t types[ENCODER_VOCAB];
} encoder_builder;

static inline bool encoder_is(const char *a, const char *b) {
    return a != NULL && strcmp(a, b) == 0;
}

static inline void encoder_add(encoder_builder *b, const char *prefix, const char *name, int rows,
                               int cols, float base, float scale) {
    const encoder_spec *s = b->spec;
    encoder_tensor *t = &b->tensors[b->n];
    snprintf(t->name, sizeof t->name, "%s%s", prefix, name);
    b->seed++; /* a tensor that is left out does not change the others */
    if (encoder_is(s->leave_out, t->name)) return;
    bool table = strncmp(t->name, "position", 8) == 0 || strncmp(t->name, "token_types", 11) == 0;
    t->rows = rows;
    t->cols = encoder_is(s->grow, t->name) ? cols + 32 : cols;
    t->base = base;
    t->scale = scale;
    t->type = rows > 0 && !table ? s->type : ASSAY_F32;
    t->seed = b->seed;
    const uint64_t dims[2] = {(uint64_t)t->cols, (uint64_t)rows};
    assay_gguf_put_tensor(b->w, t->name, t->type, rows > 0 ? 2 : 1, dims);
    b->n++;
}

static inline void encoder_norm(encoder_builder *b, const char *prefix, const char *name) {
    char part[32];
    snprintf(part, sizeof part, "%s.weight", name);
    encoder_add(b, prefix, part, 0, b->spec->dim, 1.0f, 0.25f);
    snprintf(part, sizeof part, "%s.bias", name);
    encoder_add(b, prefix, part, 0, b->spec->dim, 0.0f, 0.25f);
}

static inline void encoder_linear(encoder_builder *b, const char *prefix, const char *name,
                                  int rows, int cols) {
    char part[32];
    snprintf(part, sizeof part, "%s.weight", name);
    encoder_add(b, prefix, part, rows, cols, 0.0f, b->spec->scale);
    snprintf(part, sizeof part, "%s.bias", name);
    encoder_add(b, prefix, part, 0, rows, 0.0f, 0.25f);
}

/* In the order of the reference: it numbers the seeds. */
static inline void encoder_add_all(encoder_builder *b) {
    const encoder_spec *s = b->spec;
    int d = s->dim, f = s->ffn;
    encoder_add(b, "", "token_embd.weight", ENCODER_VOCAB, d, 0.0f, 1.0f);
    encoder_add(b, "", "position_embd.weight", s->context, d, 0.0f, 0.5f);
    encoder_add(b, "", "token_types.weight", 2, d, 0.0f, 0.5f);
    encoder_norm(b, "", "token_embd_norm");
    for (int i = 0; i < s->layers; i++) {
        char at[24];
        snprintf(at, sizeof at, "blk.%d.", i);
        encoder_linear(b, at, "attn_q", d, d);
        encoder_linear(b, at, "attn_k", d, d);
        encoder_linear(b, at, "attn_v", d, d);
        encoder_linear(b, at, "attn_output", d, d);
        encoder_norm(b, at, "attn_output_norm");
        encoder_linear(b, at, "ffn_up", f, d);
        encoder_linear(b, at, "ffn_down", d, f);
        encoder_norm(b, at, "layer_output_norm");
    }
    if (s->extra != NULL) encoder_add(b, "", s->extra, 0, d, 0.0f, 1.0f);
}

static inline void encoder_put_u32(encoder_builder *b, const char *key, int value) {
    if (encoder_is(b->spec->leave_out_key, key)) return;
    assay_gguf_put_u32(b->w, key, encoder_is(b->spec->zero_key, key) ? 0 : (uint32_t)value);
}

/* [PAD] [UNK] [CLS] [SEP] [MASK], letters at a word's start and inside it, a few pieces and words. */
static inline void encoder_put_vocabulary(encoder_builder *b) {
    static const char *const others[ENCODER_VOCAB - 57] = {
        "\u2581the", "\u2581cat", "\u2581sat", "\u2581on", "\u2581mat", "ing",         "ed",
        "er",        "ion",       "ly",        "\u2581.",  "\u2581,",   "\u2581!",     "\u2581?",
        "\u25810",   "\u25811",   "0",         "1",        "\u2581-",   "\u2581\u00e9"};
    static const char *const special[5] = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"};
    for (int i = 0; i < ENCODER_VOCAB; i++) b->types[i] = i < 5 ? 3 : 1;
    for (int i = 0; i < 5; i++) b->tokens[i] = special[i];
    for (int i = 0; i < 52; i++) {
        snprintf(b->letters[i], sizeof b->letters[i], "%s%c", i < 26 ? "\u2581" : "", 'a' + i % 26);
        b->tokens[5 + i] = b->letters[i];
    }
    for (int i = 57; i < ENCODER_VOCAB; i++) b->tokens[i] = others[i - 57];
    assay_gguf_put_string(b->w, "tokenizer.ggml.model", "bert");
    assay_gguf_put_string(b->w, "tokenizer.ggml.pre", "bert-bge");
    assay_gguf_put_u32(b->w, "tokenizer.ggml.token_type_count", 2);
    assay_gguf_put_strings(b->w, "tokenizer.ggml.tokens", b->tokens, (size_t)b->spec->n_tokens);
    assay_gguf_put_i32s(b->w, "tokenizer.ggml.token_type", b->types, (size_t)b->spec->n_tokens);
    assay_gguf_put_u32(b->w, "tokenizer.ggml.padding_token_id", 0);
    assay_gguf_put_u32(b->w, "tokenizer.ggml.unknown_token_id", 1);
    assay_gguf_put_u32(b->w, "tokenizer.ggml.cls_token_id", 2);
    assay_gguf_put_u32(b->w, "tokenizer.ggml.seperator_token_id", 3);
    assay_gguf_put_u32(b->w, "tokenizer.ggml.mask_token_id", 4);
    encoder_add_all(b);
}

static inline void encoder_fill(const encoder_tensor *t, bool with_nan, uint8_t *to) {
    size_t n = (size_t)(t->rows > 0 ? t->rows : 1) * (size_t)t->cols;
    float *values = malloc(n * sizeof *values);
    if (values == NULL) abort();
    for (size_t i = 0; i < n; i++)
        values[i] = t->base + t->scale * encoder_noise(t->seed, (uint32_t)i);
    if (with_nan) memset(values, 0xFF, sizeof *values);
    assay_quantize_row(t->type, values, n, to);
    free(values);
}

/* The file; its block is freed by assay_encoder_create or the caller. */
static inline assay_model_file encoder_make(const encoder_spec *spec) {
    encoder_builder *b = calloc(1, sizeof *b);
    assay_model_file file = {.what = "encoder.gguf"};
    assay_error err = {0};
    if (b == NULL || (b->w = assay_gguf_writer_create()) == NULL) abort();
    b->spec = spec;
    assay_gguf_put_string(b->w, "general.architecture",
                          spec->architecture != NULL ? spec->architecture : "bert");
    assay_gguf_put_string(b->w, "general.name", "seeded encoder");
    encoder_put_u32(b, "bert.block_count", spec->layers);
    encoder_put_u32(b, "bert.context_length", spec->context);
    encoder_put_u32(b, "bert.embedding_length", spec->dim);
    encoder_put_u32(b, "bert.feed_forward_length", spec->ffn);
    encoder_put_u32(b, "bert.attention.head_count", spec->heads);
    assay_gguf_put_f32(b->w, "bert.attention.layer_norm_epsilon", spec->eps);
    assay_gguf_put_bool(b->w, "bert.attention.causal", spec->causal);
    if (spec->pooling != 0) encoder_put_u32(b, "bert.pooling_type", spec->pooling);
    encoder_put_vocabulary(b);
    if (assay_gguf_build(b->w, &file.bytes, &file.n, &err) != ASSAY_OK) {
        fprintf(stderr, "%s\n", err.text);
        abort();
    }
    for (size_t i = 0; i < b->n; i++) {
        const encoder_tensor *t = &b->tensors[i];
        encoder_fill(t, encoder_is(spec->nan_in, t->name), assay_gguf_tensor_data(b->w, i));
    }
    assay_gguf_writer_destroy(b->w);
    free(b);
    return file;
}

/* NULL on failure. */
static inline assay_encoder *encoder_load(encoder_spec spec) {
    assay_model_file file = encoder_make(&spec);
    assay_encoder *encoder = NULL;
    assay_error err = {0};
    if (assay_encoder_create(&file, 1, &encoder, &err) != ASSAY_OK)
        printf("# encoder_load: %s\n", err.text);
    return encoder;
}

static inline assay_encoder_session *encoder_start(const assay_encoder *encoder,
                                                   const assay_encoder_options *options) {
    assay_encoder_session *session = NULL;
    assay_error err = {0};
    if (assay_encoder_session_create(encoder, options, &session, &err) != ASSAY_OK)
        printf("# encoder_start: %s\n", err.text);
    return session;
}

#endif
