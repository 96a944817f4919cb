/* The table of merges, and the merging itself. The symbols of a piece are a linked list, at first its
 * bytes or characters. All pairs that could be merged wait in a heap, ordered by rank, then from the
 * left; an entry whose pair has changed meanwhile is recognised when it comes up, and dropped. */
#include "format/tokenizer/bpe.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

#define NONE UINT32_MAX
enum { GONE = -1, NO_TOKEN = -2 };

struct bpe_symbol {
    int32_t id;           /* GONE: merged into the one to its left; NO_TOKEN: a character without */
    uint32_t left, right; /* neighbours, or NONE */
};

/* ---- table ---- */

static assay_bpe_merge *slot_of(const assay_bpe *bpe, int32_t left, int32_t right) {
    uint64_t hash =
        ((uint64_t)(uint32_t)left << 32 | (uint32_t)right) * UINT64_C(0x9e3779b97f4a7c15);
    size_t at = (size_t)(hash >> 32) & bpe->mask;
    while (bpe->merges[at].id >= 0 &&
           (bpe->merges[at].left != left || bpe->merges[at].right != right))
        at = (at + 1) & bpe->mask;
    return &bpe->merges[at];
}

static assay_status create_table(assay_bpe *bpe, size_t n_merges, assay_error *err) {
    size_t slots = 16;
    while (slots / 2 < n_merges) slots *= 2;
    bpe->merges = assay_alloc(slots, sizeof *bpe->merges);
    if (bpe->merges == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for %zu merges", n_merges);
    for (size_t i = 0; i < slots; i++) bpe->merges[i].id = -1;
    bpe->mask = slots - 1;
    return ASSAY_OK;
}

void assay_bpe_destroy(assay_bpe *bpe) {
    free(bpe->merges);
    *bpe = (assay_bpe){0};
}

/* ---- merges of the file ---- */

typedef struct loader {
    const assay_vocab *vocab;
    assay_byte_spelling spelling;
    char *joined, *bytes; /* [longest merge] */
} loader;

/* The token that the file spells so. One that merges can reach comes first; but some files mark such
 * tokens as added by a user, and then keep the spelling. */
static int32_t token_of(const loader *l, const char *text, size_t n) {
    size_t length = n;
    const char *key = text;
    if (l->vocab->spelling == ASSAY_SPELL_BYTES) {
        if (!assay_unspell(&l->spelling, text, n, l->bytes, &length)) return -1;
        key = l->bytes;
    }
    int32_t id = assay_vocab_find(l->vocab, key, length, ASSAY_TOKEN_NORMAL);
    return id >= 0 ? id : assay_vocab_find(l->vocab, text, n, ASSAY_TOKEN_USER | ASSAY_TOKEN_BYTE);
}

/* False when the text is not two with a space between. */
static bool parse_merge(const loader *l, const char *text, size_t n, assay_bpe_merge *out) {
    const char *space = n > 1 ? memchr(text + 1, ' ', n - 1) : NULL;
    if (space == NULL || space + 1 == text + n) return false;
    size_t n_left = (size_t)(space - text), n_right = n - n_left - 1;
    memcpy(l->joined, text, n_left);
    memcpy(l->joined + n_left, space + 1, n_right);
    out->left = token_of(l, text, n_left);
    out->right = token_of(l, space + 1, n_right);
    out->id = token_of(l, l->joined, n_left + n_right);
    return true;
}

assay_status assay_bpe_load(assay_bpe *bpe, const assay_vocab *vocab, const assay_gguf *gguf,
                            assay_error *err) {
    assay_gguf_strings merges;
    assay_status status = assay_gguf_string_array(gguf, "tokenizer.ggml.merges", &merges, err);
    if (status == ASSAY_OK) status = create_table(bpe, merges.n, err);
    if (status != ASSAY_OK) return status;
    size_t longest = 0;
    for (size_t i = 0; i < merges.n; i++)
        if (merges.lengths[i] > longest) longest = merges.lengths[i];
    loader l = {
        .vocab = vocab, .joined = assay_alloc(longest, 1), .bytes = assay_alloc(longest, 1)};
    assay_byte_spelling_init(&l.spelling);
    if (l.joined == NULL || l.bytes == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory",
                            assay_gguf_what(gguf));
    for (size_t i = 0; i < merges.n && status == ASSAY_OK; i++) {
        assay_bpe_merge merge = {.rank = (uint32_t)i};
        if (!parse_merge(&l, merges.bytes[i], merges.lengths[i], &merge))
            status = assay_fail(err, ASSAY_E_FORMAT,
                                "tokenizer of %s: merge %zu is not two texts with a space between",
                                assay_gguf_what(gguf), i);
        if (merge.left < 0 || merge.right < 0 || merge.id < 0) continue;
        assay_bpe_merge *slot = slot_of(bpe, merge.left, merge.right);
        if (slot->id < 0) *slot = merge; /* a pair that is there already keeps its rank */
    }
    free(l.joined);
    free(l.bytes);
    return status;
}

/* ---- encoding ---- */

void assay_bpe_work_free(assay_bpe_work *work) {
    free(work->symbols);
    free(work->heap.keys);
    *work = (assay_bpe_work){0};
}

/* The heap starts with at most n - 1 pairs; each of at most n - 1 merges takes one out and puts two
 * in. */
static assay_status reserve(assay_bpe_work *work, size_t n, assay_error *err) {
    if (n <= work->cap) return ASSAY_OK;
    size_t cap = n < 64 ? 64 : n < SIZE_MAX / 2 ? n + n / 2 : n;
    assay_bpe_work_free(work);
    work->symbols = assay_alloc(cap, sizeof *work->symbols);
    work->heap.keys = assay_alloc(cap, 2 * sizeof *work->heap.keys);
    if (work->symbols == NULL || work->heap.keys == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "tokenizer: no memory for a piece of %zu bytes", n);
    work->cap = cap;
    return ASSAY_OK;
}

static void put_symbol(assay_bpe_work *work, uint32_t *end, int32_t id) {
    work->symbols[*end] = (struct bpe_symbol){id, *end > 0 ? *end - 1 : NONE, *end + 1};
    ++*end;
}

/* The tokens that merging starts from: bytes, or characters and the bytes of those that are no
 * token. At most n. */
static uint32_t first_symbols(const assay_vocab *vocab, assay_bpe_work *work, const char *piece,
                              size_t n) {
    bool bytes = vocab->spelling == ASSAY_SPELL_BYTES;
    uint32_t end = 0, code;
    for (size_t at = 0, length; at < n; at += length) {
        length = bytes ? 1 : assay_utf8_next(piece + at, n - at, &code);
        int32_t id = bytes ? -1
                           : assay_vocab_find(vocab, piece + at, length,
                                              ASSAY_TOKEN_NORMAL | ASSAY_TOKEN_USER);
        uint32_t before = end;
        if (id >= 0) put_symbol(work, &end, id);
        for (size_t i = 0; i < length && id < 0; i++) {
            int32_t byte = vocab->bytes[(uint8_t)piece[at + i]];
            if (byte >= 0) put_symbol(work, &end, byte);
        }
        if (!bytes && end == before) put_symbol(work, &end, NO_TOKEN);
    }
    if (end > 0) work->symbols[end - 1].right = NONE;
    return end;
}

static const assay_bpe_merge *merge_at(const assay_bpe *bpe, const assay_bpe_work *w, uint32_t at) {
    uint32_t right = w->symbols[at].right;
    if (right == NONE) return NULL;
    const assay_bpe_merge *merge = slot_of(bpe, w->symbols[at].id, w->symbols[right].id);
    return merge->id >= 0 ? merge : NULL;
}

static void propose(const assay_bpe *bpe, assay_bpe_work *w, uint32_t at) {
    const assay_bpe_merge *merge = merge_at(bpe, w, at);
    if (merge != NULL) assay_heap_push(&w->heap, (uint64_t)merge->rank << 32 | at);
}

static void merge_all(const assay_bpe *bpe, assay_bpe_work *work, uint32_t n) {
    struct bpe_symbol *symbols = work->symbols;
    work->heap.n = 0;
    for (uint32_t i = 0; i + 1 < n; i++) propose(bpe, work, i);
    while (work->heap.n > 0) {
        uint64_t key = assay_heap_pop(&work->heap);
        uint32_t at = (uint32_t)key;
        const assay_bpe_merge *merge = symbols[at].id >= 0 ? merge_at(bpe, work, at) : NULL;
        if (merge == NULL || merge->rank != key >> 32) continue;
        uint32_t gone = symbols[at].right, right = symbols[gone].right;
        symbols[at].id = merge->id;
        symbols[at].right = right;
        symbols[gone].id = GONE;
        if (right != NONE) symbols[right].left = at;
        if (symbols[at].left != NONE) propose(bpe, work, symbols[at].left);
        propose(bpe, work, at);
    }
}

assay_status assay_bpe_encode(const assay_bpe *bpe, const assay_vocab *vocab, assay_bpe_work *work,
                              const char *piece, size_t n, assay_ids *ids, assay_error *err) {
    if (bpe->whole_pieces) {
        int32_t id = assay_vocab_find(vocab, piece, n, ASSAY_TOKEN_NORMAL);
        if (id >= 0) return assay_ids_push(ids, id, err);
    }
    assay_status status = reserve(work, n, err);
    if (status != ASSAY_OK) return status;
    uint32_t end = first_symbols(vocab, work, piece, n);
    merge_all(bpe, work, end);
    for (uint32_t i = end > 0 ? 0 : NONE; i != NONE && status == ASSAY_OK;
         i = work->symbols[i].right)
        if (work->symbols[i].id >= 0) status = assay_ids_push(ids, work->symbols[i].id, err);
    return status;
}
