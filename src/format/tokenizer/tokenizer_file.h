/* A tokenizer out of any file that an encoder comes with: GGUF, or Hugging Face's tokenizer.json or vocab.txt of the
 * WordPiece kind (BERT and its kin). Which one it is, its bytes tell. */
#ifndef ASSAY_FORMAT_TOKENIZER_FILE_H
#define ASSAY_FORMAT_TOKENIZER_FILE_H

#include "format/tokenizer/tokenizer.h"

/* Copies what it needs; `what` names the file in sentences. Of a tokenizer.json the BertNormalizer, the BertPreTokenizer,
 * a WordPiece model and [CLS] text [SEP] are read, all else is refused (E_UNSUPPORTED); its truncation and padding are
 * left to the caller. A vocab.txt names a token a line; it does not say whether text is made lower case: it is when no
 * token has an upper-case ASCII letter. E_FORMAT, E_LIMIT, E_MEMORY. */
assay_status assay_tokenizer_open(const uint8_t *bytes, size_t n, const char *what,
                                  assay_tokenizer **out, assay_error *err);

/* As assay_tokenize_framed, as an encoder reads a text: names of specials are text, and one of more than max_tokens (at
 * least 2) tokens is cut behind max_tokens - 1 and keeps its last. */
assay_status assay_tokenize_within(const assay_tokenizer *tok, const char *text, size_t n,
                                   size_t max_tokens, assay_ids *ids, assay_error *err);

#endif
