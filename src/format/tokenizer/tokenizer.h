/* Tokenizers out of a GGUF's metadata:
 *
 *   gpt2     byte-level BPE, with the pre-tokenizers of pretokenize.c
 *   gemma4   BPE on characters, with byte tokens for those that are no token
 *   llama    SentencePiece's BPE by scores, likewise
 *   t5       SentencePiece's unigram model, with its normalisation
 *   bert     WordPiece
 *
 * Ids are those of Hugging Face's tokenizers for the same model, and of llama.cpp where the two
 * agree. */
#ifndef ASSAY_FORMAT_TOKENIZER_H
#define ASSAY_FORMAT_TOKENIZER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"
#include "format/gguf/gguf.h"

typedef struct assay_tokenizer assay_tokenizer; /* immutable; any thread */

/* Copies what it needs: the gguf may be closed afterwards. E_UNSUPPORTED for other models and
 * pre-tokenizers (none named: `default`), E_FORMAT for lists that do not fit together. */
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

/* Appends the ids of n bytes of UTF-8, without BOS or EOS. On failure ids is as before. At most
 * 16 MiB. With parse_special, the names of control tokens such as "<end_of_utterance>" become those
 * tokens; without, they are plain text: text from data must never be parsed for them. User-defined
 * tokens (token type 4), which only stand for longer pieces of text, are found in either case.
 * Invalid bytes are taken as they are by byte-level models; of a byte or character without a token
 * comes nothing (BPE) or the unknown token. Time is n log n in the length of the text. */
assay_status assay_tokenize(const assay_tokenizer *tok, const char *text, size_t n,
                            bool parse_special, assay_ids *ids, assay_error *err);
/* Likewise with what the model wants around a text: BOS and EOS as the file asks for them, [CLS] and
 * [SEP] for `bert`. */
assay_status assay_tokenize_framed(const assay_tokenizer *tok, const char *text, size_t n,
                                   bool parse_special, assay_ids *ids, assay_error *err);

/* Bytes that a token adds to a text. *n receives the length; owned by the tokenizer. SentencePiece:
 * U+2581 is a space and <0x0A> its byte; `bert`: a token that starts a word has a space before it,
 * one that goes on with it has not; specials: their name. Empty for an id outside the vocabulary. */
const char *assay_token_bytes(const assay_tokenizer *tok, int32_t id, size_t *n);
/* The lowest id of a token whose text is exactly `name`, as the file spells it (byte-level: the
 * bytes that it spells); -1 when there is none. */
int32_t assay_token_find(const assay_tokenizer *tok, const char *name);
bool assay_token_is_special(const assay_tokenizer *tok, int32_t id); /* control or unknown */

/* Tokens with a task; -1: none. `cls` and `sep` go around a text for `bert`. */
typedef struct assay_tokenizer_specials {
    int32_t bos, eos, eot, unk, sep, pad, cls, mask;
    bool add_bos, add_eos; /* around a text: assay_tokenize_framed */
} assay_tokenizer_specials;
const assay_tokenizer_specials *assay_tokenizer_get_specials(const assay_tokenizer *tok);

#endif
