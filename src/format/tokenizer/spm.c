/* As in bpe.c, symbols are a linked list and pairs wait in a heap; here the rank of a pair is the
 * score of the token that it makes, found by its text. */
#include "format/tokenizer/spm.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

#define NONE  UINT32_MAX
#define SPACE "\u2581"
enum { N_SPACE = 3, MERGED_KINDS = ASSAY_TOKEN_NORMAL | ASSAY_TOKEN_USER };

struct spm_symbol {
    uint32_t begin, n;    /* bytes of the text; n is 0 once merged into the one to its left */
    uint32_t left, right; /* neighbours, or NONE */
    int32_t pair;         /* the token that this and the right one make; -1: none */
};

void assay_spm_work_free(assay_spm_work *work) {
    free(work->symbols);
    free(work->heap.keys);
    *work = (assay_spm_work){0};
}

static bool space_at(const char *text, size_t n, size_t at) {
    return n - at >= N_SPACE && memcmp(text + at, SPACE, N_SPACE) == 0;
}

bool assay_spm_words_apart(const assay_vocab *vocab) {
    for (int32_t id = 0; id < vocab->n; id++) {
        size_t n, at = 0;
        const char *key = assay_vocab_key(vocab, id, &n);
        if ((vocab->kinds[id] & MERGED_KINDS) == 0) continue;
        while (space_at(key, n, at)) at += N_SPACE;
        for (; at < n; at++)
            if (space_at(key, n, at)) return false;
    }
    return true;
}

/* Bytes up to where the next word begins: its first space after something else. */
static size_t next_word(const char *text, size_t n) {
    size_t at = 0;
    while (space_at(text, n, at)) at += N_SPACE;
    while (at < n && !space_at(text, n, at)) at++;
    return at;
}

static assay_status reserve(assay_spm_work *work, size_t n, assay_error *err) {
    if (n <= work->cap) return ASSAY_OK;
    size_t cap = n < 64 ? 64 : n < SIZE_MAX / 2 ? n + n / 2 : n;
    assay_spm_work_free(work);
    work->symbols = assay_alloc(cap, sizeof *work->symbols);
    work->heap.keys = assay_alloc(cap, 2 * sizeof *work->heap.keys);
    if (work->symbols == NULL || work->heap.keys == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for a piece of %zu bytes", n);
    work->cap = cap;
    return ASSAY_OK;
}

/* Higher scores have lower ranks. */
static uint32_t rank_of(const assay_vocab *vocab, int32_t id) {
    float score = vocab->scores != NULL ? vocab->scores[id] + 0.0f : 0.0f; /* no -0 */
    uint32_t bits;
    memcpy(&bits, &score, sizeof bits);
    return bits >> 31 ? bits : ~bits & UINT32_C(0x7fffffff);
}

static void propose(const assay_vocab *vocab, assay_spm_work *w, const char *text, uint32_t at) {
    struct spm_symbol *s = &w->symbols[at];
    s->pair = s->right == NONE ? -1
                               : assay_vocab_find(vocab, text + s->begin,
                                                  s->n + w->symbols[s->right].n, MERGED_KINDS);
    if (s->pair >= 0) assay_heap_push(&w->heap, (uint64_t)rank_of(vocab, s->pair) << 32 | at);
}

static uint32_t first_symbols(assay_spm_work *work, const char *text, size_t n) {
    uint32_t end = 0, code;
    for (size_t at = 0; at < n;) {
        size_t length = assay_utf8_next(text + at, n - at, &code);
        work->symbols[end] = (struct spm_symbol){(uint32_t)at, (uint32_t)length,
                                                 end > 0 ? end - 1 : NONE, end + 1, -1};
        end++;
        at += length;
    }
    work->symbols[end - 1].right = NONE;
    return end;
}

static assay_status push_symbol(const assay_vocab *vocab, int32_t unknown, const char *text,
                                size_t n, assay_ids *ids, assay_error *err) {
    int32_t id = assay_vocab_find(vocab, text, n, MERGED_KINDS);
    if (id >= 0) return assay_ids_push(ids, id, err);
    bool spelled = true;
    for (size_t i = 0; i < n; i++) spelled = spelled && vocab->bytes[(uint8_t)text[i]] >= 0;
    if (!spelled) return unknown >= 0 ? assay_ids_push(ids, unknown, err) : ASSAY_OK;
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < n && status == ASSAY_OK; i++)
        status = assay_ids_push(ids, vocab->bytes[(uint8_t)text[i]], err);
    return status;
}

static assay_status encode_word(const assay_vocab *vocab, int32_t unknown, assay_spm_work *work,
                                const char *text, size_t n, assay_ids *ids, assay_error *err) {
    assay_status status = reserve(work, n, err);
    if (status != ASSAY_OK) return status;
    struct spm_symbol *symbols = work->symbols;
    uint32_t end = first_symbols(work, text, n);
    work->heap.n = 0;
    for (uint32_t i = 0; i + 1 < end; i++) propose(vocab, work, text, i);
    while (work->heap.n > 0) {
        uint64_t key = assay_heap_pop(&work->heap);
        struct spm_symbol *s = &symbols[(uint32_t)key];
        if (s->n == 0 || s->pair < 0 || rank_of(vocab, s->pair) != key >> 32) continue;
        struct spm_symbol *gone = &symbols[s->right];
        s->n += gone->n;
        s->right = gone->right;
        gone->n = 0;
        if (s->right != NONE) symbols[s->right].left = (uint32_t)key;
        if (s->left != NONE) propose(vocab, work, text, s->left);
        propose(vocab, work, text, (uint32_t)key);
    }
    for (uint32_t i = 0; i != NONE && status == ASSAY_OK; i = symbols[i].right)
        status = push_symbol(vocab, unknown, text + symbols[i].begin, symbols[i].n, ids, err);
    return status;
}

assay_status assay_spm_encode(const assay_vocab *vocab, bool words_apart, int32_t unknown,
                              assay_spm_work *work, const char *text, size_t n, assay_ids *ids,
                              assay_error *err) {
    assay_status status = ASSAY_OK;
    while (n > 0 && status == ASSAY_OK) {
        size_t length = words_apart ? next_word(text, n) : n;
        status = encode_word(vocab, unknown, work, text, length, ids, err);
        text += length;
        n -= length;
    }
    return status;
}
