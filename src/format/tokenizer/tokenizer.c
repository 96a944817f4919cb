/* text -> names of specials cut out -> bpe.c, spm.c, unigram.c or wordpiece.c for what lies between */
#include "format/tokenizer/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/tokenizer/bpe.h"
#include "format/tokenizer/pretokenize.h"
#include "format/tokenizer/spm.h"
#include "format/tokenizer/tokenizer_specials.h"
#include "format/tokenizer/unigram.h"
#include "format/tokenizer/vocab.h"
#include "format/tokenizer/wordpiece.h"

enum { MAX_TEXT_BYTES = 16 << 20 /* of one call: work memory is up to 36 bytes for each */ };
#define SPACE "\u2581"

struct assay_tokenizer {
    assay_tokenizer_kind kind;
    assay_vocab vocab;
    assay_tokenizer_specials specials;
    assay_pretokenizer *pre; /* BPE */
    assay_bpe bpe;
    assay_unigram unigram;
    assay_wordpiece wordpiece;
    bool add_space_prefix, words_apart; /* SPM */
};

/* ---- ids ---- */

assay_status assay_ids_push(assay_ids *ids, int32_t id, assay_error *err) {
    if (ids->n == ids->cap) {
        size_t cap = ids->cap == 0 ? 64 : 2 * ids->cap;
        int32_t *grown =
            cap <= SIZE_MAX / sizeof *grown ? realloc(ids->ids, cap * sizeof *grown) : NULL;
        if (grown == NULL)
            return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for %zu ids", cap);
        ids->ids = grown;
        ids->cap = cap;
    }
    ids->ids[ids->n++] = id;
    return ASSAY_OK;
}

void assay_ids_free(assay_ids *ids) {
    free(ids->ids);
    *ids = (assay_ids){0};
}

/* ---- loading ---- */

static assay_status load_bpe(assay_tokenizer *tok, const char *model, const assay_gguf *gguf,
                             assay_error *err) {
    const char *pre = "gemma4";
    assay_status status = ASSAY_OK;
    if (strcmp(model, "gemma4") != 0) {
        pre = "default";
        if (assay_gguf_has(gguf, "tokenizer.ggml.pre"))
            status = assay_gguf_string(gguf, "tokenizer.ggml.pre", &pre, err);
    }
    if (status == ASSAY_OK)
        status = assay_pretokenizer_create(pre, assay_gguf_what(gguf), &tok->pre, err);
    if (status != ASSAY_OK) return status;
    bool plain = assay_pretokenizer_plain(tok->pre);
    tok->bpe.whole_pieces = assay_pretokenizer_whole_pieces(tok->pre);
    status = assay_vocab_load(&tok->vocab, gguf, plain ? ASSAY_SPELL_TEXT : ASSAY_SPELL_BYTES, err);
    return status == ASSAY_OK ? assay_bpe_load(&tok->bpe, &tok->vocab, gguf, err) : status;
}

static assay_status load_spm(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    tok->kind = ASSAY_TOKENIZER_SPM;
    assay_status status = assay_gguf_bool_or(gguf, "tokenizer.ggml.add_space_prefix", true,
                                             &tok->add_space_prefix, err);
    if (status == ASSAY_OK) status = assay_vocab_load(&tok->vocab, gguf, ASSAY_SPELL_TEXT, err);
    if (status == ASSAY_OK) tok->words_apart = assay_spm_words_apart(&tok->vocab);
    return status;
}

static assay_status load_unigram(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    tok->kind = ASSAY_TOKENIZER_UNIGRAM;
    assay_status status = assay_vocab_load(&tok->vocab, gguf, ASSAY_SPELL_TEXT, err);
    return status == ASSAY_OK ? assay_unigram_load(&tok->unigram, &tok->vocab, gguf, err) : status;
}

static assay_status load_wordpiece(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    tok->kind = ASSAY_TOKENIZER_WORDPIECE;
    assay_status status = assay_vocab_load(&tok->vocab, gguf, ASSAY_SPELL_WORDS, err);
    return status == ASSAY_OK ? assay_wordpiece_load(&tok->wordpiece, gguf, err) : status;
}

static assay_status load(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    const char *model;
    assay_status status = assay_gguf_string(gguf, "tokenizer.ggml.model", &model, err);
    if (status != ASSAY_OK) return status;
    if (strcmp(model, "gpt2") == 0 || strcmp(model, "gemma4") == 0)
        status = load_bpe(tok, model, gguf, err);
    else if (strcmp(model, "llama") == 0)
        status = load_spm(tok, gguf, err);
    else if (strcmp(model, "t5") == 0)
        status = load_unigram(tok, gguf, err);
    else if (strcmp(model, "bert") == 0)
        status = load_wordpiece(tok, gguf, err);
    else
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "tokenizer of %s: model \"%.40s\"; gpt2 and gemma4 (BPE), llama and t5 "
                          "(SentencePiece) and bert (WordPiece) are read",
                          assay_gguf_what(gguf), model);
    if (status != ASSAY_OK) return status;
    bool adds_bos = tok->pre != NULL && assay_pretokenizer_adds_bos(tok->pre);
    status =
        assay_tokenizer_specials_load(&tok->specials, tok->kind, adds_bos, &tok->vocab, gguf, err);
    if (tok->pre != NULL && assay_pretokenizer_always_bos(tok->pre)) tok->specials.add_bos = true;
    return status;
}

assay_status assay_tokenizer_create(const assay_gguf *gguf, assay_tokenizer **out,
                                    assay_error *err) {
    *out = NULL;
    assay_tokenizer *tok = assay_calloc(1, sizeof *tok);
    if (tok == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory",
                          assay_gguf_what(gguf));
    assay_status status = load(tok, gguf, err);
    if (status == ASSAY_OK)
        *out = tok;
    else
        assay_tokenizer_destroy(tok);
    return status;
}

void assay_tokenizer_destroy(assay_tokenizer *tok) {
    if (tok == NULL) return;
    assay_unigram_destroy(&tok->unigram);
    assay_bpe_destroy(&tok->bpe);
    assay_pretokenizer_destroy(tok->pre);
    assay_vocab_destroy(&tok->vocab);
    free(tok);
}

/* ---- plain text ---- */

/* One call of assay_tokenize. */
typedef struct encoder {
    const assay_tokenizer *tok;
    assay_ids *ids;
    bool after_special; /* or at the start: SentencePiece puts a space before what follows */
    assay_buffer escaped;
    assay_bpe_work bpe;
    assay_spm_work spm;
    assay_unigram_work unigram;
} encoder;

/* The text with U+2581 for its spaces, and before it. */
static assay_status escape_spaces(encoder *e, bool prefix, const char *text, size_t n,
                                  assay_error *err) {
    e->escaped.len = 0;
    if (prefix) assay_buffer_append(&e->escaped, SPACE, strlen(SPACE));
    while (n > 0) {
        const char *space = memchr(text, ' ', n);
        size_t plain = space != NULL ? (size_t)(space - text) : n;
        assay_buffer_append(&e->escaped, text, plain);
        if (space != NULL) assay_buffer_append(&e->escaped, SPACE, strlen(SPACE));
        text += plain + (space != NULL);
        n -= plain + (space != NULL);
    }
    return e->escaped.failed ? assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for the text")
                             : ASSAY_OK;
}

static assay_status encode_piece(void *context, const char *piece, size_t n, assay_error *err) {
    encoder *e = context;
    return assay_bpe_encode(&e->tok->bpe, &e->tok->vocab, &e->bpe, piece, n, e->ids, err);
}

/* A piece of nothing but line ends is a token of its own where there is one; else it is merged. */
static assay_status encode_plain_piece(void *context, const char *piece, size_t n,
                                       assay_error *err) {
    encoder *e = context;
    int32_t id = piece[0] != '\n' ? -1
                                  : assay_vocab_find(&e->tok->vocab, piece, n,
                                                     ASSAY_TOKEN_NORMAL | ASSAY_TOKEN_USER);
    return id >= 0 ? assay_ids_push(e->ids, id, err) : encode_piece(context, piece, n, err);
}

static assay_status encode_text(encoder *e, const char *text, size_t n, assay_error *err) {
    const assay_tokenizer *tok = e->tok;
    if (n == 0) return ASSAY_OK;
    bool prefix = tok->add_space_prefix && e->after_special;
    e->after_special = false;
    assay_status status;
    switch (tok->kind) {
    case ASSAY_TOKENIZER_SPM:
        status = escape_spaces(e, prefix, text, n, err);
        if (status != ASSAY_OK) return status;
        return assay_spm_encode(&tok->vocab, tok->words_apart, tok->specials.unk, &e->spm,
                                e->escaped.data, e->escaped.len, e->ids, err);
    case ASSAY_TOKENIZER_UNIGRAM:
        return assay_unigram_encode(&tok->unigram, &tok->vocab, tok->specials.unk, &e->unigram,
                                    text, n, e->ids, err);
    case ASSAY_TOKENIZER_WORDPIECE:
        return assay_wordpiece_encode(&tok->wordpiece, &tok->vocab, tok->specials.unk, text, n,
                                      e->ids, err);
    case ASSAY_TOKENIZER_BPE:
        break;
    }
    if (!assay_pretokenizer_plain(tok->pre))
        return assay_pretokenize(tok->pre, text, n, encode_piece, e, err);
    status = escape_spaces(e, false, text, n, err);
    if (status != ASSAY_OK) return status;
    return assay_pretokenize(tok->pre, e->escaped.data, e->escaped.len, encode_plain_piece, e, err);
}

/* ---- specials ---- */

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* text[begin..at) is plain and not encoded yet. */
static assay_status encode(encoder *e, const char *text, size_t n, bool parse_special,
                           assay_error *err) {
    const assay_vocab *vocab = &e->tok->vocab;
    const assay_trie *names = parse_special ? &vocab->specials : &vocab->users;
    assay_status status = ASSAY_OK;
    size_t begin = 0, at = 0, length;
    while (names->n > 0 && at < n && status == ASSAY_OK) {
        int32_t id = assay_trie_longest(names, text + at, n - at);
        if (id < 0) {
            at++;
            continue;
        }
        size_t end = at;
        if ((vocab->kinds[id] & ASSAY_TOKEN_STRIPS_LEFT) != 0)
            while (end > begin && is_space(text[end - 1])) end--;
        status = encode_text(e, text + begin, end - begin, err);
        if (status == ASSAY_OK) status = assay_ids_push(e->ids, id, err);
        e->after_special = true;
        assay_vocab_key(vocab, id, &length);
        at += length;
        if ((vocab->kinds[id] & ASSAY_TOKEN_STRIPS_RIGHT) != 0)
            while (at < n && is_space(text[at])) at++;
        begin = at;
    }
    return status == ASSAY_OK ? encode_text(e, text + begin, n - begin, err) : status;
}

/* ---- public ---- */

assay_status assay_tokenize(const assay_tokenizer *tok, const char *text, size_t n,
                            bool parse_special, assay_ids *ids, assay_error *err) {
    if (n > MAX_TEXT_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT,
                          "tokenizer: text of %zu bytes; at most %d are accepted", n,
                          MAX_TEXT_BYTES);
    encoder e = {.tok = tok, .ids = ids, .after_special = true};
    size_t before = ids->n;
    assay_status status = encode(&e, text, n, parse_special, err);
    if (status != ASSAY_OK) ids->n = before;
    assay_buffer_free(&e.escaped);
    assay_bpe_work_free(&e.bpe);
    assay_spm_work_free(&e.spm);
    assay_unigram_work_free(&e.unigram);
    return status;
}

assay_status assay_tokenize_framed(const assay_tokenizer *tok, const char *text, size_t n,
                                   bool parse_special, assay_ids *ids, assay_error *err) {
    const assay_tokenizer_specials *s = &tok->specials;
    bool bert = tok->kind == ASSAY_TOKENIZER_WORDPIECE;
    int32_t first = bert ? s->cls : s->add_bos ? s->bos : -1;
    int32_t last = bert ? s->sep : s->add_eos ? s->eos : -1;
    size_t before = ids->n;
    assay_status status = first >= 0 ? assay_ids_push(ids, first, err) : ASSAY_OK;
    if (status == ASSAY_OK) status = assay_tokenize(tok, text, n, parse_special, ids, err);
    if (status == ASSAY_OK && last >= 0) status = assay_ids_push(ids, last, err);
    if (status != ASSAY_OK) ids->n = before;
    return status;
}

int assay_tokenizer_size(const assay_tokenizer *tok) {
    return tok->vocab.n;
}

const char *assay_token_bytes(const assay_tokenizer *tok, int32_t id, size_t *n) {
    *n = 0;
    if (id < 0 || id >= tok->vocab.n) return "";
    *n = tok->vocab.text_starts[id + 1] - tok->vocab.text_starts[id];
    return tok->vocab.texts + tok->vocab.text_starts[id];
}

int32_t assay_token_find(const assay_tokenizer *tok, const char *name) {
    return assay_vocab_find(&tok->vocab, name, strlen(name), ASSAY_TOKEN_KINDS);
}

bool assay_token_is_special(const assay_tokenizer *tok, int32_t id) {
    return id >= 0 && id < tok->vocab.n && (tok->vocab.kinds[id] & ASSAY_TOKEN_CONTROL) != 0;
}

const assay_tokenizer_specials *assay_tokenizer_get_specials(const assay_tokenizer *tok) {
    return &tok->specials;
}
