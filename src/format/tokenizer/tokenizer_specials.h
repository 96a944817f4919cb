/* Which tokens have a task: from the file's keys, else by model and name. */
#ifndef ASSAY_FORMAT_TOKENIZER_SPECIALS_H
#define ASSAY_FORMAT_TOKENIZER_SPECIALS_H

#include "format/tokenizer/tokenizer.h"
#include "format/tokenizer/vocab.h"

typedef enum assay_tokenizer_kind {
    ASSAY_TOKENIZER_BPE,
    ASSAY_TOKENIZER_SPM,
    ASSAY_TOKENIZER_UNIGRAM,
    ASSAY_TOKENIZER_WORDPIECE
} assay_tokenizer_kind;

/* `adds_bos`: what holds for the pre-tokenizer when the file does not say. */
assay_status assay_tokenizer_specials_load(assay_tokenizer_specials *specials,
                                           assay_tokenizer_kind kind, bool adds_bos,
                                           const assay_vocab *vocab, const assay_gguf *gguf,
                                           assay_error *err);

#endif
