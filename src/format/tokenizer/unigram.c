/* text -> normalised text -> the best way to every position, from the left -> tokens, from the end */
#include "format/tokenizer/unigram.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

#define SPACE "\u2581"
enum { MAX_NORMALISED = 64 << 20 };

struct unigram_best {
    double score;   /* of the best way to here */
    uint32_t begin; /* of its last token */
    int32_t token;  /* -1: unknown */
};

/* ---- loading ---- */

static double score_of(const assay_vocab *vocab, int32_t id) {
    bool user = (vocab->kinds[id] & ASSAY_TOKEN_USER) != 0; /* likelier than any other */
    return user || vocab->scores == NULL ? 0 : (double)vocab->scores[id];
}

static assay_status load_tokens(assay_unigram *model, const assay_vocab *vocab, assay_error *err) {
    assay_trie_item *items = assay_alloc((size_t)vocab->n, sizeof *items);
    if (items == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for %d tokens", vocab->n);
    size_t n_items = 0;
    float lowest = 0;
    bool any = false;
    for (int32_t id = 0; id < vocab->n; id++) {
        size_t n;
        const char *key = assay_vocab_key(vocab, id, &n);
        if ((vocab->kinds[id] & (ASSAY_TOKEN_NORMAL | ASSAY_TOKEN_USER)) == 0) continue;
        items[n_items++] = (assay_trie_item){key, n, id};
        if ((vocab->kinds[id] & ASSAY_TOKEN_NORMAL) == 0 || vocab->scores == NULL) continue;
        if (!any || vocab->scores[id] < lowest) lowest = vocab->scores[id];
        any = true;
    }
    model->unknown_score = (double)(lowest - 10.0f); /* SentencePiece's penalty */
    assay_status status = assay_trie_create(&model->tokens, items, n_items, err);
    free(items);
    return status;
}

assay_status assay_unigram_load(assay_unigram *model, const assay_vocab *vocab,
                                const assay_gguf *gguf, assay_error *err) {
    assay_status status = assay_gguf_bool_or(gguf, "tokenizer.ggml.add_space_prefix", false,
                                             &model->add_space_prefix, err);
    if (status == ASSAY_OK)
        status = assay_gguf_bool_or(gguf, "tokenizer.ggml.remove_extra_whitespaces", false,
                                    &model->merge_spaces, err);
    if (status == ASSAY_OK) status = assay_charsmap_load(&model->charsmap, gguf, err);
    return status == ASSAY_OK ? load_tokens(model, vocab, err) : status;
}

void assay_unigram_destroy(assay_unigram *model) {
    assay_trie_destroy(&model->tokens);
    assay_charsmap_destroy(&model->charsmap);
}

void assay_unigram_work_free(assay_unigram_work *work) {
    free(work->best);
    *work = (assay_unigram_work){0};
}

/* ---- normalisation ---- */

typedef struct normaliser {
    const assay_unigram *model;
    assay_buffer out;
    bool in_word, began;
} normaliser;

static void put(normaliser *z, const char *text, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (text[i] == ' ') {
            z->in_word = false;
            if (!z->model->merge_spaces) assay_buffer_append(&z->out, SPACE, strlen(SPACE));
            continue;
        }
        if (!z->in_word && (z->model->merge_spaces || (z->model->add_space_prefix && !z->began)))
            assay_buffer_append(&z->out, SPACE, strlen(SPACE));
        z->in_word = z->began = true;
        assay_buffer_append(&z->out, text + i, 1);
    }
}

static assay_status normalise(normaliser *z, const assay_vocab *vocab, const char *text, size_t n,
                              assay_error *err) {
    for (size_t at = 0; at < n;) {
        int32_t user = assay_trie_longest(&vocab->users, text + at, n - at);
        size_t taken;
        uint32_t code;
        const char *other;
        if (user >= 0) { /* stays as it is */
            assay_vocab_key(vocab, user, &taken);
            put(z, text + at, taken);
        } else if ((other = assay_charsmap_replace(&z->model->charsmap, text + at, n - at,
                                                   &taken)) != NULL) {
            put(z, other, strlen(other));
        } else {
            taken = assay_utf8_next(text + at, n - at, &code);
            bool broken = taken == 1 && code == 0xfffd;
            put(z, broken ? "\ufffd" : text + at, broken ? 3 : taken);
        }
        at += taken;
        if (z->out.len > MAX_NORMALISED)
            return assay_fail(err, ASSAY_E_LIMIT,
                              "tokenizer: normalisation makes the text longer than %d bytes",
                              MAX_NORMALISED);
    }
    return z->out.failed
               ? assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for the normalised text")
               : ASSAY_OK;
}

/* ---- the best way ---- */

/* Offers a way to `end`; of equal ones the first stays, which has the longest last token. */
static void offer(struct unigram_best *best, size_t begin, size_t end, int32_t token,
                  double score) {
    if (best[end].token == -2 || score > best[end].score)
        best[end] = (struct unigram_best){score, (uint32_t)begin, token};
}

static void search(const assay_unigram *model, const assay_vocab *vocab, struct unigram_best *best,
                   const char *text, size_t n) {
    for (size_t i = 0; i <= n; i++) best[i].token = -2; /* no way yet */
    best[0] = (struct unigram_best){0, 0, -1};
    for (size_t at = 0; at < n;) {
        uint32_t code, node = 0;
        size_t length = assay_utf8_next(text + at, n - at, &code);
        bool covered = false;
        for (size_t i = at;
             i < n && (node = assay_trie_step(&model->tokens, node, (uint8_t)text[i])) != 0; i++) {
            int32_t id = model->tokens.nodes[node].value;
            if (id < 0) continue;
            covered = covered || i + 1 - at == length;
            offer(best, at, i + 1, id, best[at].score + score_of(vocab, id));
        }
        if (!covered) offer(best, at, at + length, -1, best[at].score + model->unknown_score);
        at += length;
    }
}

static assay_status push_way(const struct unigram_best *best, size_t n, int32_t unknown,
                             assay_ids *ids, assay_error *err) {
    assay_status status = ASSAY_OK;
    size_t first = ids->n;
    bool was_unknown = false;
    for (size_t at = n; at > 0 && status == ASSAY_OK; at = best[at].begin) {
        bool is_unknown = best[at].token < 0;
        if (!is_unknown)
            status = assay_ids_push(ids, best[at].token, err);
        else if (!was_unknown && unknown >= 0)
            status = assay_ids_push(ids, unknown, err);
        was_unknown = is_unknown;
    }
    for (size_t a = first, b = ids->n; a + 1 < b; a++) {
        int32_t last = ids->ids[--b];
        ids->ids[b] = ids->ids[a];
        ids->ids[a] = last;
    }
    return status;
}

assay_status assay_unigram_encode(const assay_unigram *model, const assay_vocab *vocab,
                                  int32_t unknown, assay_unigram_work *work, const char *text,
                                  size_t n, assay_ids *ids, assay_error *err) {
    normaliser z = {.model = model};
    assay_status status = normalise(&z, vocab, text, n, err);
    if (status == ASSAY_OK && z.out.len >= work->cap) {
        assay_unigram_work_free(work);
        work->best = assay_alloc(z.out.len + 1, sizeof *work->best);
        if (work->best == NULL)
            status = assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for a text of %zu bytes",
                                z.out.len);
        else
            work->cap = z.out.len + 1;
    }
    if (status == ASSAY_OK && z.out.len > 0) {
        search(model, vocab, work->best, z.out.data, z.out.len);
        status = push_way(work->best, z.out.len, unknown, ids, err);
    }
    assay_buffer_free(&z.out);
    return status;
}
