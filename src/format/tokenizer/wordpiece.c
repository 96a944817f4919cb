/* The rules are those of BertNormalizer, BertPreTokenizer and WordPiece in Hugging Face's
 * tokenizers, with the properties of characters of our Unicode version. */
#include "format/tokenizer/wordpiece.h"

#include <string.h>

#include "format/unicode.h"

#define START "\u2581" /* of tokens that start a word */
enum { MAX_WORD = 100 /* characters */, N_START = sizeof START - 1 };

assay_status assay_wordpiece_load(assay_wordpiece *model, const assay_gguf *gguf,
                                  assay_error *err) {
    assay_status status = assay_gguf_bool_or(gguf, "tokenizer.ggml.normalizer.lowercase", true,
                                             &model->lowercase, err);
    if (status != ASSAY_OK) return status;
    return assay_gguf_bool_or(gguf, "tokenizer.ggml.normalizer.strip_accents", model->lowercase,
                              &model->strip_accents, err);
}

/* The word that is being collected, with START before it. */
typedef struct words {
    const assay_wordpiece *model;
    const assay_vocab *vocab;
    int32_t unknown;
    assay_ids *ids;
    assay_error *err;
    int n_chars; /* counted on beyond what is kept */
    size_t n;
    char word[N_START + 4 * MAX_WORD];
} words;

static assay_status end_word(words *w) {
    assay_status status = ASSAY_OK;
    size_t before = w->ids->n, at = 0;
    bool found = w->n_chars <= MAX_WORD;
    while (found && at < w->n && w->n_chars > 0 && status == ASSAY_OK) {
        size_t end = w->n - at <= w->vocab->longest ? w->n : at + w->vocab->longest;
        size_t least = at == 0 ? N_START : at; /* the sign alone is no piece */
        int32_t id = -1;
        while (end > least &&
               (id = assay_vocab_find(w->vocab, w->word + at, end - at, ASSAY_TOKEN_NORMAL)) < 0)
            end--;
        found = id >= 0;
        if (found) status = assay_ids_push(w->ids, id, w->err);
        at = end;
    }
    if (!found) {
        w->ids->n = before;
        if (w->unknown >= 0) status = assay_ids_push(w->ids, w->unknown, w->err);
    }
    w->n_chars = 0;
    w->n = N_START;
    return status;
}

static void add_to_word(words *w, uint32_t code) {
    if (++w->n_chars > MAX_WORD) return;
    w->n += assay_utf8_put(code, w->word + w->n);
}

static bool is_punctuation(uint32_t code, assay_category category) {
    uint32_t bit = ASSAY_CATEGORY_BIT(category);
    return (bit & ASSAY_PUNCTUATION) != 0 || (code < 0x80 && (bit & ASSAY_SYMBOLS) != 0);
}

/* Ideographs are words of their own. The ranges are those of the tokenizers library, which begins
 * Extension E at 2B920 where Unicode has 2B820. */
static bool is_ideograph(uint32_t code) {
    return (code >= 0x4e00 && code <= 0x9fff) || (code >= 0x3400 && code <= 0x4dbf) ||
           (code >= 0xf900 && code <= 0xfaff) || (code >= 0x20000 && code <= 0x2a6df) ||
           (code >= 0x2a700 && code <= 0x2b81f) || (code >= 0x2b920 && code <= 0x2ceaf) ||
           (code >= 0x2f800 && code <= 0x2fa1f);
}

/* A character after normalisation. */
static assay_status add(words *w, uint32_t code, bool alone) {
    assay_category category = assay_unicode_category(code);
    if (!alone && !is_punctuation(code, category)) {
        add_to_word(w, code);
        return ASSAY_OK;
    }
    assay_status status = end_word(w);
    if (status != ASSAY_OK) return status;
    add_to_word(w, code);
    return end_word(w);
}

static bool is_dropped(uint32_t code) {
    assay_category category = assay_unicode_category(code);
    return code == 0 || code == 0xfffd ||
           (code != '\t' && code != '\n' && code != '\r' &&
            (category == ASSAY_CC || category == ASSAY_CF || category == ASSAY_CO));
}

static assay_status add_normalised(words *w, uint32_t code) {
    if (is_dropped(code)) return ASSAY_OK;
    if (assay_unicode_space(code)) return end_word(w);
    bool alone = is_ideograph(code);
    uint32_t parts[3] = {code}, lower[2];
    size_t n = w->model->strip_accents ? assay_unicode_strip(code, parts) : 1;
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        lower[0] = parts[i];
        size_t m = w->model->lowercase ? assay_unicode_lower(parts[i], lower) : 1;
        for (size_t k = 0; k < m && status == ASSAY_OK; k++) status = add(w, lower[k], alone);
    }
    return status;
}

assay_status assay_wordpiece_encode(const assay_wordpiece *model, const assay_vocab *vocab,
                                    int32_t unknown, const char *text, size_t n, assay_ids *ids,
                                    assay_error *err) {
    words w = {.model = model, .vocab = vocab, .unknown = unknown, .ids = ids, .err = err};
    memcpy(w.word, START, N_START);
    w.n = N_START;
    assay_status status = ASSAY_OK;
    for (size_t at = 0; at < n && status == ASSAY_OK;) {
        uint32_t code;
        at += assay_utf8_next(text + at, n - at, &code);
        status = add_normalised(&w, code);
    }
    return status == ASSAY_OK ? end_word(&w) : status;
}
