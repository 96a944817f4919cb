/* Byte-level BPE (GPT-2 and its kin) out of a GGUF's metadata.
 *
 *   text -> specials cut out (if asked for) -> pretokenize.c: pieces -> bpe.c: tokens of each piece
 *
 * The file spells every byte of a token as one printable character (GPT-2's table: U+0100 and up
 * stand for the bytes that are not printable in Latin-1); here tokens are kept as the bytes
 * themselves. Specials are spelled as they are. */
#include "format/tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/bpe.h"
#include "format/pretokenize.h"
#include "format/unicode.h"

enum {
    N_SPELLED = 256 + 68,      /* code points that spell a byte lie below */
    MAX_TEXT_BYTES = 16 << 20, /* of one call: work memory is 28 bytes for each */
    MAX_VOCAB_BYTES = 1 << 30
};

typedef enum token_kind {
    TOKEN_NORMAL,  /* reached by merges */
    TOKEN_LITERAL, /* its text spells no bytes: never reached */
    TOKEN_SPECIAL  /* control or user-defined: reached by its name, where that is parsed */
} token_kind;

/* tokenizer.ggml.token_type */
enum { GGML_TYPE_UNKNOWN = 2, GGML_TYPE_CONTROL = 3, GGML_TYPE_USER_DEFINED = 4 };

struct assay_tokenizer {
    int n_vocab;
    bool single_digits;
    char *text;       /* bytes of all tokens, one after the other */
    uint32_t *starts; /* [n_vocab + 1], into text */
    uint8_t *kinds;   /* [n_vocab] token_kind */
    int32_t *slots;   /* hash table over the texts: id + 1, 0: free */
    size_t slot_mask;
    int32_t *specials; /* [n_specials], sorted by their bytes */
    size_t n_specials;
    assay_bpe bpe;
};

/* ---- vocabulary ---- */

static bool spells_itself(int byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

/* bytes[code]: the byte that the code point spells, or -1. */
static void fill_spelling(int16_t bytes[N_SPELLED]) {
    int next = 256;
    for (int i = 0; i < N_SPELLED; i++) bytes[i] = -1;
    for (int byte = 0; byte < 256; byte++)
        bytes[spells_itself(byte) ? byte : next++] = (int16_t)byte;
}

/* Writes the bytes that `text` spells, at most n of them; false when a character spells none. */
static bool unspell(const int16_t spelling[N_SPELLED], const char *text, size_t n, char *out,
                    size_t *n_out) {
    size_t written = 0;
    for (size_t at = 0; at < n;) {
        uint32_t code;
        at += assay_utf8_next(text + at, n - at, &code);
        if (code >= N_SPELLED || spelling[code] < 0) return false;
        out[written++] = (char)spelling[code];
    }
    *n_out = written;
    return n > 0;
}

static size_t hash_of(const char *text, size_t n) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

static size_t length_of(const assay_tokenizer *tok, int32_t id) {
    return tok->starts[id + 1] - tok->starts[id];
}

static bool has_text(const assay_tokenizer *tok, int32_t id, const char *text, size_t n) {
    return length_of(tok, id) == n && memcmp(tok->text + tok->starts[id], text, n) == 0;
}

/* The first token of this text; only_normal: that merges can reach. -1 when there is none. */
static int32_t find(const assay_tokenizer *tok, const char *text, size_t n, bool only_normal) {
    size_t at = hash_of(text, n) & tok->slot_mask;
    for (; tok->slots[at] != 0; at = (at + 1) & tok->slot_mask) {
        int32_t id = tok->slots[at] - 1;
        if (has_text(tok, id, text, n) && (!only_normal || tok->kinds[id] == TOKEN_NORMAL))
            return id;
    }
    return -1;
}

/* Of tokens that are alike only the first enters: a file full of them must not make long chains. */
static void insert(assay_tokenizer *tok, int32_t id) {
    const char *text = tok->text + tok->starts[id];
    size_t n = length_of(tok, id), at = hash_of(text, n) & tok->slot_mask;
    for (; tok->slots[at] != 0; at = (at + 1) & tok->slot_mask) {
        int32_t other = tok->slots[at] - 1;
        if (tok->kinds[other] == tok->kinds[id] && has_text(tok, other, text, n)) return;
    }
    tok->slots[at] = id + 1;
}

/* A refusal that names the file. */
#define REFUSE(status, format, ...)                                                                \
    assay_fail(err, status, "tokenizer of %s: " format, assay_gguf_what(gguf), __VA_ARGS__)

static assay_status no_memory(const assay_gguf *gguf, assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory", assay_gguf_what(gguf));
}

static assay_status load_kinds(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    if (!assay_gguf_has(gguf, "tokenizer.ggml.token_type")) return ASSAY_OK; /* all normal */
    size_t n;
    const int32_t *types;
    assay_status status = assay_gguf_int_array(gguf, "tokenizer.ggml.token_type", &n, &types, err);
    if (status != ASSAY_OK) return status;
    if (n != (size_t)tok->n_vocab)
        return REFUSE(ASSAY_E_FORMAT, "%d tokens, but types of %zu", tok->n_vocab, n);
    for (size_t i = 0; i < n; i++)
        if (types[i] == GGML_TYPE_UNKNOWN || types[i] == GGML_TYPE_CONTROL ||
            types[i] == GGML_TYPE_USER_DEFINED)
            tok->kinds[i] = TOKEN_SPECIAL;
    return ASSAY_OK;
}

static assay_status load_tokens(assay_tokenizer *tok, const assay_gguf *gguf,
                                const int16_t spelling[N_SPELLED], assay_error *err) {
    assay_gguf_strings tokens;
    assay_status status = assay_gguf_string_array(gguf, "tokenizer.ggml.tokens", &tokens, err);
    if (status != ASSAY_OK) return status;
    size_t n_bytes = 0, slots = 16;
    for (size_t i = 0; i < tokens.n; i++) n_bytes += tokens.lengths[i];
    if (n_bytes > MAX_VOCAB_BYTES)
        return REFUSE(ASSAY_E_LIMIT, "a vocabulary of %zu bytes is too large", n_bytes);
    while (slots / 2 < tokens.n) slots *= 2;
    tok->n_vocab = (int)tokens.n;
    tok->text = assay_alloc(n_bytes, 1);
    tok->starts = assay_alloc(tokens.n + 1, sizeof *tok->starts);
    tok->kinds = assay_calloc(tokens.n, sizeof *tok->kinds);
    tok->slots = assay_calloc(slots, sizeof *tok->slots);
    tok->slot_mask = slots - 1;
    if (!tok->text || !tok->starts || !tok->kinds || !tok->slots) return no_memory(gguf, err);
    if ((status = load_kinds(tok, gguf, err)) != ASSAY_OK) return status;

    uint32_t end = tok->starts[0] = 0;
    for (size_t i = 0; i < tokens.n; i++) {
        size_t n = tokens.lengths[i];
        if (tok->kinds[i] == TOKEN_SPECIAL ||
            !unspell(spelling, tokens.bytes[i], n, tok->text + end, &n)) {
            n = tokens.lengths[i];
            memcpy(tok->text + end, tokens.bytes[i], n);
            if (tok->kinds[i] == TOKEN_NORMAL) tok->kinds[i] = TOKEN_LITERAL;
        }
        tok->starts[i + 1] = end += (uint32_t)n;
        insert(tok, (int32_t)i);
    }
    for (int byte = 0; byte < 256; byte++) {
        int32_t id = find(tok, &(char){(char)byte}, 1, true);
        /* Published vocabularies lack bytes that well-formed UTF-8 never or hardly ever has, but
         * none lacks ASCII. */
        if (id < 0 && byte < 128)
            return REFUSE(ASSAY_E_FORMAT, "no token for the byte 0x%02x", (unsigned)byte);
        tok->bpe.byte_ids[byte] = id;
    }
    return ASSAY_OK;
}

/* ---- merges ---- */

/* A merge is written as two spelled tokens with a space between. */
static bool parse_merge(const assay_tokenizer *tok, const int16_t spelling[N_SPELLED],
                        const char *text, size_t n, char *bytes, assay_bpe_merge *out) {
    size_t n_left, n_right;
    const char *space = n > 1 ? memchr(text + 1, ' ', n - 1) : NULL;
    if (space == NULL) return false;
    size_t split = (size_t)(space - text);
    if (!unspell(spelling, text, split, bytes, &n_left) ||
        !unspell(spelling, space + 1, n - split - 1, bytes + n_left, &n_right))
        return false;
    out->left = find(tok, bytes, n_left, true);
    out->right = find(tok, bytes + n_left, n_right, true);
    out->id = find(tok, bytes, n_left + n_right, true);
    return out->left >= 0 && out->right >= 0 && out->id >= 0;
}

static assay_status load_merges(assay_tokenizer *tok, const assay_gguf *gguf,
                                const int16_t spelling[N_SPELLED], assay_error *err) {
    assay_gguf_strings merges;
    assay_status status = assay_gguf_string_array(gguf, "tokenizer.ggml.merges", &merges, err);
    if (status != ASSAY_OK) return status;
    if ((status = assay_bpe_create(&tok->bpe, merges.n, err)) != ASSAY_OK) return status;
    size_t longest = 0;
    for (size_t i = 0; i < merges.n; i++)
        if (merges.lengths[i] > longest) longest = merges.lengths[i];
    char *bytes = assay_alloc(longest, 1);
    if (bytes == NULL) return no_memory(gguf, err);
    for (size_t i = 0; i < merges.n && status == ASSAY_OK; i++) {
        assay_bpe_merge merge = {.rank = (uint32_t)i};
        if (parse_merge(tok, spelling, merges.bytes[i], merges.lengths[i], bytes, &merge))
            assay_bpe_add(&tok->bpe, merge);
        else
            status = REFUSE(ASSAY_E_FORMAT, "merge %zu is not two tokens that make a third", i);
    }
    free(bytes);
    return status;
}

/* ---- specials ---- */

/* A special as the sort sees it: qsort has no context, so that the text is carried along. */
typedef struct named {
    const char *text;
    size_t n;
    int32_t id;
} named;

static int compare_named(const void *a, const void *b) {
    const named *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->n < y->n ? x->n : y->n);
    if (order != 0) return order;
    if (x->n != y->n) return x->n < y->n ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

static assay_status load_specials(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    size_t n = 0;
    for (int i = 0; i < tok->n_vocab; i++)
        n += tok->kinds[i] == TOKEN_SPECIAL && length_of(tok, i) > 0;
    named *list = assay_alloc(n, sizeof *list);
    tok->specials = assay_alloc(n, sizeof *tok->specials);
    if (list == NULL || tok->specials == NULL) {
        free(list);
        return no_memory(gguf, err);
    }
    for (int32_t i = 0; i < tok->n_vocab; i++)
        if (tok->kinds[i] == TOKEN_SPECIAL && length_of(tok, i) > 0)
            list[tok->n_specials++] = (named){tok->text + tok->starts[i], length_of(tok, i), i};
    qsort(list, n, sizeof *list, compare_named);
    for (size_t i = 0; i < n; i++) tok->specials[i] = list[i].id;
    free(list);
    return ASSAY_OK;
}

/* First of specials[low..high), which all share `depth` bytes, whose next byte is at least `byte`.
 */
static size_t lower_bound(const assay_tokenizer *tok, size_t low, size_t high, size_t depth,
                          int byte) {
    while (low < high) {
        size_t middle = (low + high) / 2;
        int32_t id = tok->specials[middle];
        int here = depth < length_of(tok, id) ? (uint8_t)tok->text[tok->starts[id] + depth] : -1;
        if (here < byte)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The longest special that text[0..n) starts with, -1 when there is none: the range of those that
 * share a prefix with the text is narrowed byte by byte. */
static int32_t special_at(const assay_tokenizer *tok, const char *text, size_t n) {
    int32_t best = -1;
    size_t low = 0, high = tok->n_specials;
    for (size_t depth = 0; low < high; depth++) {
        if (depth > 0 && length_of(tok, tok->specials[low]) == depth) best = tok->specials[low];
        if (depth == n) break;
        int byte = (uint8_t)text[depth];
        low = lower_bound(tok, low, high, depth, byte);
        high = lower_bound(tok, low, high, depth, byte + 1);
    }
    return best;
}

/* ---- public ---- */

static assay_status load_rules(assay_tokenizer *tok, const assay_gguf *gguf, assay_error *err) {
    static const struct {
        const char *pre;
        bool single_digits;
    } rules[] = {{"gpt-2", false}, {"smollm", true}, {"starcoder", true}, {"refact", true}};
    const char *model, *pre;
    assay_status status = assay_gguf_string(gguf, "tokenizer.ggml.model", &model, err);
    if (status == ASSAY_OK) status = assay_gguf_string(gguf, "tokenizer.ggml.pre", &pre, err);
    if (status != ASSAY_OK) return status;
    if (strcmp(model, "gpt2") != 0)
        return REFUSE(ASSAY_E_UNSUPPORTED,
                      "model \"%.40s\"; only \"gpt2\" (byte-level BPE) is read", model);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (strcmp(pre, rules[i].pre) == 0) {
            tok->single_digits = rules[i].single_digits;
            return ASSAY_OK;
        }
    return REFUSE(ASSAY_E_UNSUPPORTED,
                  "pre-tokenizer \"%.40s\"; gpt-2, smollm, starcoder and refact are known", pre);
}

assay_status assay_tokenizer_create(const assay_gguf *gguf, assay_tokenizer **out,
                                    assay_error *err) {
    *out = NULL;
    assay_tokenizer *tok = assay_calloc(1, sizeof *tok);
    if (tok == NULL) return no_memory(gguf, err);
    int16_t spelling[N_SPELLED];
    fill_spelling(spelling);
    assay_status status = load_rules(tok, gguf, err);
    if (status == ASSAY_OK) status = load_tokens(tok, gguf, spelling, err);
    if (status == ASSAY_OK) status = load_merges(tok, gguf, spelling, err);
    if (status == ASSAY_OK) status = load_specials(tok, gguf, err);
    if (status == ASSAY_OK)
        *out = tok;
    else
        assay_tokenizer_destroy(tok);
    return status;
}

void assay_tokenizer_destroy(assay_tokenizer *tok) {
    if (tok == NULL) return;
    free(tok->text);
    free(tok->starts);
    free(tok->kinds);
    free(tok->slots);
    free(tok->specials);
    assay_bpe_destroy(&tok->bpe);
    free(tok);
}

int assay_tokenizer_size(const assay_tokenizer *tok) {
    return tok->n_vocab;
}

static assay_status encode_plain(const assay_tokenizer *tok, assay_bpe_work *work, const char *text,
                                 size_t n, assay_ids *ids, assay_error *err) {
    assay_status status = ASSAY_OK;
    while (n > 0 && status == ASSAY_OK) {
        size_t piece = assay_pretoken(text, n, tok->single_digits);
        status = assay_bpe_encode(&tok->bpe, work, text, piece, ids, err);
        text += piece;
        n -= piece;
    }
    return status;
}

static assay_status encode_with_specials(const assay_tokenizer *tok, assay_bpe_work *work,
                                         const char *text, size_t n, assay_ids *ids,
                                         assay_error *err) {
    assay_status status = ASSAY_OK;
    size_t begin = 0, at = 0; /* text[begin..at) is plain and not encoded yet */
    while (at < n && status == ASSAY_OK) {
        int32_t id = special_at(tok, text + at, n - at);
        if (id < 0) {
            at++;
            continue;
        }
        status = encode_plain(tok, work, text + begin, at - begin, ids, err);
        if (status == ASSAY_OK) status = assay_ids_push(ids, id, err);
        begin = at += length_of(tok, id);
    }
    return status == ASSAY_OK ? encode_plain(tok, work, text + begin, n - begin, ids, err) : status;
}

assay_status assay_tokenize(const assay_tokenizer *tok, const char *text, size_t n,
                            bool parse_special, assay_ids *ids, assay_error *err) {
    if (n > MAX_TEXT_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT,
                          "tokenizer: text of %zu bytes; at most %d are accepted", n,
                          MAX_TEXT_BYTES);
    assay_bpe_work work = {0};
    size_t before = ids->n;
    assay_status status = parse_special ? encode_with_specials(tok, &work, text, n, ids, err)
                                        : encode_plain(tok, &work, text, n, ids, err);
    if (status != ASSAY_OK) ids->n = before;
    assay_bpe_work_free(&work);
    return status;
}

const char *assay_token_bytes(const assay_tokenizer *tok, int32_t id, size_t *n) {
    *n = 0;
    if (id < 0 || id >= tok->n_vocab) return "";
    *n = length_of(tok, id);
    return tok->text + tok->starts[id];
}

int32_t assay_token_find(const assay_tokenizer *tok, const char *name) {
    return find(tok, name, strlen(name), false);
}

bool assay_token_is_special(const assay_tokenizer *tok, int32_t id) {
    return id >= 0 && id < tok->n_vocab && tok->kinds[id] == TOKEN_SPECIAL;
}
