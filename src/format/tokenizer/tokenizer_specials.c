#include "format/tokenizer/tokenizer_specials.h"

#include <string.h>

/* The file's id, when it is one of the vocabulary; else what was there before. */
static assay_status read_id(const assay_vocab *vocab, const assay_gguf *gguf, const char *key,
                            int32_t *id, assay_error *err) {
    int64_t value;
    assay_status status = assay_gguf_int_or(gguf, key, INT64_MIN, INT64_MAX, *id, &value, err);
    if (status == ASSAY_OK && value >= 0 && value < vocab->n) *id = (int32_t)value;
    if (*id >= vocab->n) *id = -1;
    return status;
}

static int32_t named(const assay_vocab *vocab, const char *name, int32_t fallback) {
    int32_t id = assay_vocab_find(vocab, name, strlen(name), ASSAY_TOKEN_KINDS);
    return id >= 0 ? id : fallback;
}

/* The end of a turn: what chat models stop at, by its usual names. */
static int32_t end_of_turn(const assay_vocab *vocab) {
    static const char *const names[] = {
        "<|eot_id|>",      "<|im_end|>",    "<|end|>",
        "<end_of_turn>",   "<turn|>",       "<end_of_utterance>",
        "<EOT>",           "_<EOT>",        "[EOT]",
        "<|end_of_text|>", "<|endoftext|>", "<\uff5cend\u2581of\u2581sentence\uff5c>"};
    int32_t id = -1;
    for (size_t i = 0; i < sizeof names / sizeof *names && id < 0; i++)
        id = named(vocab, names[i], -1);
    return id;
}

static assay_tokenizer_specials defaults_of(assay_tokenizer_kind kind, const assay_vocab *vocab) {
    switch (kind) {
    case ASSAY_TOKENIZER_SPM:
        return (assay_tokenizer_specials){1, 2, -1, 0, -1, -1, -1, -1, true, false};
    case ASSAY_TOKENIZER_UNIGRAM:
        return (assay_tokenizer_specials){-1, 1, -1, 2, -1, 0, -1, -1, false, true};
    case ASSAY_TOKENIZER_WORDPIECE:
        return (assay_tokenizer_specials){.bos = -1,
                                          .eos = -1,
                                          .eot = -1,
                                          .unk = named(vocab, "[UNK]", 100),
                                          .sep = named(vocab, "[SEP]", 102),
                                          .pad = named(vocab, "[PAD]", 0),
                                          .cls = named(vocab, "[CLS]", 101),
                                          .mask = named(vocab, "[MASK]", 103),
                                          .add_bos = true,
                                          .add_eos = true};
    default:
        return (assay_tokenizer_specials){-1, -1, -1, -1, -1, -1, -1, -1, false, false};
    }
}

assay_status assay_tokenizer_specials_load(assay_tokenizer_specials *s, assay_tokenizer_kind kind,
                                           bool adds_bos, const assay_vocab *vocab,
                                           const assay_gguf *gguf, assay_error *err) {
    *s = defaults_of(kind, vocab);
    s->add_bos = s->add_bos || adds_bos;
    s->eot = end_of_turn(vocab);
    const struct {
        const char *key;
        int32_t *id;
    } ids[] = {{"tokenizer.ggml.bos_token_id", &s->bos},
               {"tokenizer.ggml.eos_token_id", &s->eos},
               {"tokenizer.ggml.eot_token_id", &s->eot},
               {"tokenizer.ggml.unknown_token_id", &s->unk},
               {"tokenizer.ggml.seperator_token_id", &s->sep}, /* so spelled in GGUF */
               {"tokenizer.ggml.padding_token_id", &s->pad},
               {"tokenizer.ggml.cls_token_id", &s->cls},
               {"tokenizer.ggml.mask_token_id", &s->mask}};
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < sizeof ids / sizeof *ids && status == ASSAY_OK; i++)
        status = read_id(vocab, gguf, ids[i].key, ids[i].id, err);
    if (status == ASSAY_OK)
        status =
            assay_gguf_bool_or(gguf, "tokenizer.ggml.add_bos_token", s->add_bos, &s->add_bos, err);
    if (status == ASSAY_OK)
        status =
            assay_gguf_bool_or(gguf, "tokenizer.ggml.add_eos_token", s->add_eos, &s->add_eos, err);
    return status;
}
