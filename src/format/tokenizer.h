/* Tokenizers out of a GGUF's metadata. Here: byte-level BPE ("gpt2" model) with the pre-tokenizers
 * `gpt-2` and `smollm` (the same rules as `starcoder` and `refact`), and special tokens. */
#ifndef ASSAY_FORMAT_TOKENIZER_H
#define ASSAY_FORMAT_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/gguf.h"

typedef struct assay_tokenizer assay_tokenizer; /* immutable; any thread */

/* Copies what it needs: the gguf may be closed afterwards. E_UNSUPPORTED for other models and
 * pre-tokenizers, E_FORMAT for a vocabulary whose merges do not make tokens of it or that lacks an
 * ASCII character. */
assay_status assay_tokenizer_create(const assay_gguf *gguf, assay_tokenizer **out,
                                    assay_error *err);
void assay_tokenizer_destroy(assay_tokenizer *tok);   /* NULL is fine */
int assay_tokenizer_size(const assay_tokenizer *tok); /* vocabulary */

/* A growable list of token ids; zero-initialise, free with assay_ids_free. */
typedef struct assay_ids {
    int32_t *ids;
    size_t n, cap;
} assay_ids;
assay_status assay_ids_push(assay_ids *ids, int32_t id, assay_error *err);
void assay_ids_free(assay_ids *ids);

/* Appends the ids of n bytes of UTF-8 (invalid bytes are taken as they are: the model is
 * byte-level; a byte that the vocabulary has no token for is left out, as Hugging Face's tokenizers
 * do). No BOS or EOS is added. On failure ids is as before. At most 16 MiB. With parse_special,
 * text such as "<end_of_utterance>" becomes its token; without, it is plain text: text from data
 * must never be parsed for specials. Time is n log n in the length of the text. */
assay_status assay_tokenize(const assay_tokenizer *tok, const char *text, size_t n,
                            bool parse_special, assay_ids *ids, assay_error *err);
/* Bytes of one token, as text (specials as their name). *n receives the length; owned by the
 * tokenizer. Empty for an id outside the vocabulary. */
const char *assay_token_bytes(const assay_tokenizer *tok, int32_t id, size_t *n);
/* The lowest id of a token whose text is exactly `name`; -1 when there is none. */
int32_t assay_token_find(const assay_tokenizer *tok, const char *name);
bool assay_token_is_special(const assay_tokenizer *tok, int32_t id);

#endif
