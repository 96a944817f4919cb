/* How text is cut before byte-pair merging: no merge crosses a cut. */
#ifndef ASSAY_FORMAT_PRETOKENIZE_H
#define ASSAY_FORMAT_PRETOKENIZE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

typedef struct assay_pretokenizer assay_pretokenizer; /* immutable; any thread */

/* By the name in tokenizer.ggml.pre. E_UNSUPPORTED for one that is not known: the sentence lists
 * those that are. `what` names the file. */
assay_status assay_pretokenizer_create(const char *name, const char *what, assay_pretokenizer **out,
                                       assay_error *err);
void assay_pretokenizer_destroy(assay_pretokenizer *pre); /* NULL is fine */

/* What else goes with the name. */
bool assay_pretokenizer_whole_pieces(
    const assay_pretokenizer *pre); /* a piece that is a token is taken without merging */
bool assay_pretokenizer_adds_bos(
    const assay_pretokenizer *pre); /* unless the file says otherwise */
bool assay_pretokenizer_always_bos(const assay_pretokenizer *pre); /* whatever the file says */
/* Tokens are spelled as text with U+2581 for the space, not byte by byte as GPT-2 does. */
bool assay_pretokenizer_plain(const assay_pretokenizer *pre);

/* The names of row i of the table, which stand for the same rules, with a space between; NULL past
 * the end. */
const char *assay_pretokenizer_names(size_t i);

/* Calls `piece` for each piece of text[0..n), from left to right; together they are the text. Stops
 * at a status that is not OK, and returns it. Time is linear in n. */
typedef assay_status (*assay_piece_fn)(void *context, const char *piece, size_t n,
                                       assay_error *err);
assay_status assay_pretokenize(const assay_pretokenizer *pre, const char *text, size_t n,
                               assay_piece_fn piece, void *context, assay_error *err);

#endif
