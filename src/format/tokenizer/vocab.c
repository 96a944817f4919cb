/* tokens, their types and scores -> keys and texts -> hash table -> names of specials */
#include "format/tokenizer/vocab.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

enum { MAX_VOCAB_BYTES = 1 << 30 };

/* tokenizer.ggml.token_type */
enum {
    GGML_TYPE_UNKNOWN = 2,
    GGML_TYPE_CONTROL = 3,
    GGML_TYPE_USER_DEFINED = 4,
    GGML_TYPE_BYTE = 6
};

/* A refusal that names the file. */
#define REFUSE(status, format, ...)                                                                \
    assay_fail(err, status, "tokenizer of %s: " format, assay_gguf_what(gguf), __VA_ARGS__)

static assay_status no_memory(const assay_gguf *gguf, assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "tokenizer of %s: out of memory", assay_gguf_what(gguf));
}

/* ---- spelling of bytes ---- */

static bool spells_itself(int byte) {
    return (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || byte >= 174;
}

void assay_byte_spelling_init(assay_byte_spelling *spelling) {
    int next = 256;
    for (int i = 0; i < ASSAY_N_SPELLED; i++) spelling->bytes[i] = -1;
    for (int byte = 0; byte < 256; byte++)
        spelling->bytes[spells_itself(byte) ? byte : next++] = (int16_t)byte;
}

bool assay_unspell(const assay_byte_spelling *spelling, const char *text, size_t n, char *out,
                   size_t *n_out) {
    size_t written = 0;
    for (size_t at = 0; at < n;) {
        uint32_t code;
        at += assay_utf8_next(text + at, n - at, &code);
        if (code >= ASSAY_N_SPELLED || spelling->bytes[code] < 0) return false;
        out[written++] = (char)spelling->bytes[code];
    }
    *n_out = written;
    return n > 0;
}

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The byte that "<0x0A>" stands for, or -1. */
static int named_byte(const char *text, size_t n) {
    if (n != 6 || memcmp(text, "<0x", 3) != 0 || text[5] != '>') return -1;
    int high = hex_digit(text[3]), low = hex_digit(text[4]);
    return high >= 0 && low >= 0 ? high * 16 + low : -1;
}

/* ---- hash table ---- */

static size_t hash_of(const char *text, size_t n) {
    uint64_t hash = UINT64_C(0xcbf29ce484222325); /* FNV-1a */
    for (size_t i = 0; i < n; i++) hash = (hash ^ (uint8_t)text[i]) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

static bool has_key(const assay_vocab *v, int32_t id, const char *text, size_t n) {
    size_t length;
    const char *key = assay_vocab_key(v, id, &length);
    return length == n && memcmp(key, text, n) == 0;
}

int32_t assay_vocab_find(const assay_vocab *v, const char *text, size_t n, unsigned kinds) {
    if (n > v->longest) return -1;
    size_t at = hash_of(text, n) & v->slot_mask;
    for (; v->slots[at] != 0; at = (at + 1) & v->slot_mask) {
        int32_t id = v->slots[at] - 1;
        if ((v->kinds[id] & kinds) != 0 && has_key(v, id, text, n)) return id;
    }
    return -1;
}

/* Of tokens that are alike only the first enters: a file full of them must not make long chains. */
static void insert(assay_vocab *v, int32_t id) {
    size_t n;
    const char *key = assay_vocab_key(v, id, &n);
    size_t at = hash_of(key, n) & v->slot_mask;
    for (; v->slots[at] != 0; at = (at + 1) & v->slot_mask) {
        int32_t other = v->slots[at] - 1;
        if (v->kinds[other] == v->kinds[id] && has_key(v, other, key, n)) return;
    }
    v->slots[at] = id + 1;
    if (n > v->longest) v->longest = n;
}

/* ---- kinds ---- */

/* Names that mean a control token even where the file does not mark it so. */
static bool names_control(const char *text, size_t n) {
    static const char *const names[] = {"<|eot_id|>",
                                        "<|im_end|>",
                                        "<|end|>",
                                        "<end_of_turn>",
                                        "<|endoftext|>",
                                        "<|end_of_text|>",
                                        "<EOT>",
                                        "_<EOT>",
                                        "[EOT]",
                                        "[EOS]",
                                        "<|eom_id|>",
                                        "<|return|>",
                                        "<|call|>",
                                        "<|calls|>",
                                        "<|flush|>",
                                        "<end_of_utterance>",
                                        "<eos>",
                                        "<turn|>",
                                        "<|tool_response>",
                                        "<|fim_prefix|>",
                                        "<fim-prefix>",
                                        "<fim_prefix>",
                                        "<PRE>",
                                        "\u2581<PRE>",
                                        "<|fim_suffix|>",
                                        "<fim-suffix>",
                                        "<fim_suffix>",
                                        "<SUF>",
                                        "\u2581<SUF>",
                                        "<|fim_middle|>",
                                        "<fim-middle>",
                                        "<fim_middle>",
                                        "<MID>",
                                        "\u2581<MID>",
                                        "<|fim_pad|>",
                                        "<fim-pad>",
                                        "<fim_pad>",
                                        "<PAD>",
                                        "[PAD]",
                                        "<|fim_repo|>",
                                        "<|repo_name|>",
                                        "<fim-repo>",
                                        "<REPO>",
                                        "<reponame>",
                                        "<|file_sep|>",
                                        "<\uff5cend\u2581of\u2581sentence\uff5c>",
                                        "<\uff5cfim\u2581begin\uff5c>",
                                        "<\uff5cfim\u2581hole\uff5c>",
                                        "<\uff5cfim\u2581end\uff5c>",
                                        "<|code_prefix|>",
                                        "<|code_suffix|>",
                                        "<|code_middle|>"};
    if (n < 5 || (text[0] != '<' && text[0] != '[' && text[0] != '_' && text[0] != '\xe2'))
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(names[i], text, n) == 0) return true;
    return false;
}

static uint8_t kind_of(int32_t type, const char *text, size_t n, assay_spelling spelling) {
    if (type == GGML_TYPE_UNKNOWN || type == GGML_TYPE_CONTROL || names_control(text, n))
        return ASSAY_TOKEN_CONTROL;
    if (type == GGML_TYPE_USER_DEFINED) return ASSAY_TOKEN_USER;
    if (type == GGML_TYPE_BYTE && spelling == ASSAY_SPELL_TEXT && named_byte(text, n) >= 0)
        return ASSAY_TOKEN_BYTE;
    return ASSAY_TOKEN_NORMAL;
}

static assay_status load_types(const assay_vocab *v, const assay_gguf *gguf, const int32_t **types,
                               assay_error *err) {
    *types = NULL;
    if (!assay_gguf_has(gguf, "tokenizer.ggml.token_type")) return ASSAY_OK; /* all normal */
    size_t n;
    assay_status status = assay_gguf_int_array(gguf, "tokenizer.ggml.token_type", &n, types, err);
    if (status == ASSAY_OK && n != (size_t)v->n)
        return REFUSE(ASSAY_E_FORMAT, "%d tokens, but types of %zu", v->n, n);
    return status;
}

static assay_status load_scores(assay_vocab *v, const assay_gguf *gguf, assay_error *err) {
    bool used = v->spelling == ASSAY_SPELL_TEXT; /* some files carry zeros for other models */
    if (!used || !assay_gguf_has(gguf, "tokenizer.ggml.scores")) return ASSAY_OK;
    size_t n;
    const float *scores;
    assay_status status = assay_gguf_float_array(gguf, "tokenizer.ggml.scores", &n, &scores, err);
    if (status != ASSAY_OK) return status;
    if (n != (size_t)v->n) return REFUSE(ASSAY_E_FORMAT, "%d tokens, but scores of %zu", v->n, n);
    v->scores = assay_alloc(n, sizeof *v->scores);
    if (v->scores == NULL) return no_memory(gguf, err);
    for (size_t i = 0; i < n; i++) {
        if (isnan(scores[i]))
            return REFUSE(ASSAY_E_FORMAT, "the score of token %zu is not a number", i);
        v->scores[i] = scores[i];
    }
    return ASSAY_OK;
}

/* ---- texts ---- */

static assay_status reserve(assay_vocab *v, const assay_gguf *gguf,
                            const assay_gguf_strings *tokens, assay_error *err) {
    size_t n_bytes = 0, slots = 16;
    for (size_t i = 0; i < tokens->n; i++) n_bytes += tokens->lengths[i];
    if (n_bytes > MAX_VOCAB_BYTES)
        return REFUSE(ASSAY_E_LIMIT, "a vocabulary of %zu bytes is too large", n_bytes);
    while (slots / 2 < tokens->n) slots *= 2;
    v->n = (int)tokens->n;
    v->keys = assay_alloc(n_bytes, 1);
    v->key_starts = assay_calloc(tokens->n + 1, sizeof *v->key_starts);
    v->kinds = assay_calloc(tokens->n, sizeof *v->kinds);
    v->slots = assay_calloc(slots, sizeof *v->slots);
    v->slot_mask = slots - 1;
    bool there = v->keys && v->key_starts && v->kinds && v->slots;
    if (v->spelling == ASSAY_SPELL_BYTES) {
        v->texts = v->keys;
        v->text_starts = v->key_starts;
    } else {
        v->texts = assay_alloc(n_bytes, 1);
        v->text_starts = assay_calloc(tokens->n + 1, sizeof *v->text_starts);
        there = there && v->texts && v->text_starts;
    }
    return there ? ASSAY_OK : no_memory(gguf, err);
}

static void load_keys(assay_vocab *v, const assay_gguf_strings *tokens, const int32_t *types) {
    assay_byte_spelling spelling;
    assay_byte_spelling_init(&spelling);
    uint32_t end = 0;
    for (int32_t i = 0; i < v->n; i++) {
        const char *name = tokens->bytes[i];
        size_t n = tokens->lengths[i];
        v->kinds[i] = kind_of(types != NULL ? types[i] : 1, name, n, v->spelling);
        bool spelled = v->spelling == ASSAY_SPELL_BYTES && v->kinds[i] == ASSAY_TOKEN_NORMAL;
        if (!spelled || !assay_unspell(&spelling, name, n, v->keys + end, &n)) {
            n = tokens->lengths[i];
            if (n > 0) memcpy(v->keys + end, name, n);
            if (spelled) v->kinds[i] = ASSAY_TOKEN_LITERAL;
        }
        v->key_starts[i + 1] = end += (uint32_t)n;
    }
}

/* What tokens add to a text, where that is not their key. */
static void load_texts(assay_vocab *v) {
    uint32_t end = 0;
    for (int32_t i = 0; i < v->n; i++) {
        size_t n;
        const char *key = assay_vocab_key(v, i, &n);
        if (v->kinds[i] == ASSAY_TOKEN_BYTE) {
            v->texts[end++] = (char)named_byte(key, n);
        } else if (v->kinds[i] == ASSAY_TOKEN_NORMAL) {
            for (size_t at = 0; at < n;) {
                bool space = n - at >= 3 && memcmp(key + at, "\u2581", 3) == 0;
                v->texts[end++] = space ? ' ' : key[at];
                at += space ? 3 : 1;
            }
        } else if (n > 0) {
            memcpy(v->texts + end, key, n);
            end += (uint32_t)n;
        }
        v->text_starts[i + 1] = end;
    }
}

static void find_bytes(assay_vocab *v) {
    for (int byte = 0; byte < 256; byte++) {
        const char *digits = "0123456789ABCDEF";
        char itself = (char)byte;
        char name[] = {'<', '0', 'x', digits[byte >> 4], digits[byte & 15], '>'};
        v->bytes[byte] = v->spelling == ASSAY_SPELL_BYTES
                             ? assay_vocab_find(v, &itself, 1, ASSAY_TOKEN_NORMAL)
                             : assay_vocab_find(v, name, sizeof name, ASSAY_TOKEN_KINDS);
        if (v->bytes[byte] < 0 && v->spelling == ASSAY_SPELL_TEXT)
            v->bytes[byte] = assay_vocab_find(v, &itself, 1, ASSAY_TOKEN_NORMAL);
    }
}

/* ---- specials ---- */

static assay_status load_names(const assay_vocab *v, unsigned kind, assay_trie *trie,
                               const assay_gguf *gguf, assay_error *err) {
    size_t n = 0;
    for (int32_t i = 0; i < v->n; i++) n += (v->kinds[i] & kind) != 0;
    assay_trie_item *items = assay_alloc(n, sizeof *items);
    if (items == NULL) return no_memory(gguf, err);
    n = 0;
    for (int32_t i = 0; i < v->n; i++) {
        size_t length;
        const char *key = assay_vocab_key(v, i, &length);
        if ((v->kinds[i] & kind) != 0 && length > 0) items[n++] = (assay_trie_item){key, length, i};
    }
    assay_status status = assay_trie_create(trie, items, n, err);
    free(items);
    return status;
}

static bool contains(const char *text, const char *part) {
    size_t n = strlen(part);
    for (; *text != '\0'; text++) {
        size_t i = 0;
        while (i < n && (text[i] | ('A' <= text[i] && text[i] <= 'Z' ? 0x20 : 0)) == part[i]) i++;
        if (i == n) return true;
    }
    return false;
}

static void strip(assay_vocab *v, const char *name, unsigned flag, bool on) {
    int32_t id = assay_vocab_find(v, name, strlen(name), ASSAY_TOKEN_KINDS);
    if (id >= 0) v->kinds[id] = (uint8_t)(on ? v->kinds[id] | flag : v->kinds[id] & ~flag);
}

/* GGUF has no place for what Hugging Face calls lstrip and rstrip: it is known by the model. */
static void load_strips(assay_vocab *v, const assay_gguf *gguf) {
    const char *name = assay_gguf_string_or(gguf, "general.name", "");
    const char *arch = assay_gguf_string_or(gguf, "general.architecture", "");
    const char *pre = assay_gguf_string_or(gguf, "tokenizer.ggml.pre", "");
    if (contains(pre, "jina-v2-") || strcmp(arch, "nomic-bert-moe") == 0 ||
        strcmp(arch, "jina-bert-v3") == 0) {
        strip(v, "<mask>", ASSAY_TOKEN_STRIPS_LEFT, true);
    } else if (contains(name, "phi-3") || contains(name, "phi3")) {
        for (int32_t i = 0; i < v->n; i++)
            if ((v->kinds[i] & (ASSAY_TOKEN_CONTROL | ASSAY_TOKEN_USER)) != 0)
                v->kinds[i] |= ASSAY_TOKEN_STRIPS_RIGHT;
        strip(v, "<unk>", ASSAY_TOKEN_STRIPS_RIGHT, false);
        strip(v, "<s>", ASSAY_TOKEN_STRIPS_RIGHT, false);
        strip(v, "<|endoftext|>", ASSAY_TOKEN_STRIPS_RIGHT, false);
    } else if (contains(name, "modern-bert")) {
        strip(v, "[MASK]", ASSAY_TOKEN_STRIPS_LEFT, true);
    }
}

/* ---- public ---- */

assay_status assay_vocab_load(assay_vocab *v, const assay_gguf *gguf, assay_spelling spelling,
                              assay_error *err) {
    v->spelling = spelling;
    assay_gguf_strings tokens;
    const int32_t *types = NULL;
    assay_status status = assay_gguf_string_array(gguf, "tokenizer.ggml.tokens", &tokens, err);
    if (status == ASSAY_OK) status = reserve(v, gguf, &tokens, err);
    if (status == ASSAY_OK) status = load_types(v, gguf, &types, err);
    if (status == ASSAY_OK) status = load_scores(v, gguf, err);
    if (status != ASSAY_OK) return status;
    load_keys(v, &tokens, types);
    if (spelling != ASSAY_SPELL_BYTES) load_texts(v);
    for (int32_t i = 0; i < v->n; i++) insert(v, i);
    find_bytes(v);
    load_strips(v, gguf);
    status = load_names(v, ASSAY_TOKEN_CONTROL | ASSAY_TOKEN_USER, &v->specials, gguf, err);
    if (status == ASSAY_OK) status = load_names(v, ASSAY_TOKEN_USER, &v->users, gguf, err);
    return status;
}

void assay_vocab_destroy(assay_vocab *v) {
    if (v->texts != v->keys) free(v->texts);
    if (v->text_starts != v->key_starts) free(v->text_starts);
    free(v->keys);
    free(v->key_starts);
    free(v->kinds);
    free(v->scores);
    free(v->slots);
    assay_trie_destroy(&v->specials);
    assay_trie_destroy(&v->users);
    *v = (assay_vocab){0};
}
