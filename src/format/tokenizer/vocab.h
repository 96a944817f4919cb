/* The tokens of a vocabulary: their texts, kinds and scores, and a table to find them by text. */
#ifndef ASSAY_FORMAT_VOCAB_H
#define ASSAY_FORMAT_VOCAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/gguf/gguf.h"
#include "format/tokenizer/trie.h"

/* How the file spells tokens. */
typedef enum assay_spelling {
    ASSAY_SPELL_BYTES, /* each byte as a printable character, by GPT-2's table */
    ASSAY_SPELL_TEXT,  /* as it is; U+2581 stands for the space, <0x0A> for a byte */
    ASSAY_SPELL_WORDS  /* likewise; tokens that start a word begin with U+2581 */
} assay_spelling;

/* Kinds of tokens, as bits: a look-up asks for a set of them. */
enum {
    ASSAY_TOKEN_NORMAL = 1,
    ASSAY_TOKEN_LITERAL = 2, /* spells no bytes where it should: never reached by merging */
    ASSAY_TOKEN_CONTROL = 4, /* its name is parsed only where that is asked for */
    ASSAY_TOKEN_USER = 8,    /* user-defined: its name is always parsed */
    ASSAY_TOKEN_BYTE = 16,   /* <0x0A> */
    ASSAY_TOKEN_KINDS = 31,
    /* and what a token takes with it when its name is parsed */
    ASSAY_TOKEN_STRIPS_LEFT = 32, /* white space before it */
    ASSAY_TOKEN_STRIPS_RIGHT = 64 /* and after it */
};

/* Immutable once loaded; any thread. A text of token i is at [starts[i], starts[i + 1]). */
typedef struct assay_vocab {
    int n;
    assay_spelling spelling;
    char *keys;           /* what texts are looked up by: BYTES: the bytes; else as in the file */
    uint32_t *key_starts; /* [n + 1] */
    char *texts;          /* what a token adds to a text; may be `keys` */
    uint32_t *text_starts;
    uint8_t *kinds; /* [n] */
    float *scores;  /* [n]; NULL where the file has none */
    int32_t *slots; /* hash table over the keys: id + 1, 0: free */
    size_t slot_mask;
    size_t longest;      /* bytes of the longest key */
    int32_t bytes[256];  /* token of each byte: BYTES: that spells it; else <0xNN>; -1: none */
    assay_trie specials; /* names of CONTROL and USER tokens; values are ids */
    assay_trie users;    /* of USER tokens alone */
} assay_vocab;

/* Copies what it needs. E_FORMAT, E_LIMIT, E_MEMORY. Zero-initialise; destroy it also on failure. */
assay_status assay_vocab_load(assay_vocab *vocab, const assay_gguf *gguf, assay_spelling spelling,
                              assay_error *err);
void assay_vocab_destroy(assay_vocab *vocab);

/* The lowest id of a token of one of these kinds whose key is text[0..n); -1 when there is none. */
int32_t assay_vocab_find(const assay_vocab *vocab, const char *text, size_t n, unsigned kinds);

/* Key of a token. */
static inline const char *assay_vocab_key(const assay_vocab *vocab, int32_t id, size_t *n) {
    *n = vocab->key_starts[id + 1] - vocab->key_starts[id];
    return vocab->keys + vocab->key_starts[id];
}

/* GPT-2's spelling of bytes. bytes[code]: the byte that the code point spells, or -1. */
enum { ASSAY_N_SPELLED = 256 + 68 /* code points that spell a byte lie below */ };
typedef struct assay_byte_spelling {
    int16_t bytes[ASSAY_N_SPELLED];
} assay_byte_spelling;
void assay_byte_spelling_init(assay_byte_spelling *spelling);
/* Writes the bytes that text[0..n) spells, at most n of them; false when a character spells none or
 * there is no text. */
bool assay_unspell(const assay_byte_spelling *spelling, const char *text, size_t n, char *out,
                   size_t *n_out);

#endif
