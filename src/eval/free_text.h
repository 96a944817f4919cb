/* What a model says of its own accord behind image and question: the tokens it chose, their log-probabilities as exact
 * bits, and the text that they are. In a record's line, as canonical JSON:
 *
 *   {"bits":"hex of each token's f32, 8 digits each","end":"stop" or "length","text":"...","tokens":[id, ...]} */
#ifndef ASSAY_EVAL_FREE_TEXT_H
#define ASSAY_EVAL_FREE_TEXT_H

#include "assay_eval.h"
#include "format/json.h"

#define ASSAY_MAX_FREE_BYTES (256u << 10) /* of the text */

typedef struct assay_free_text {
    size_t n; /* tokens that were chosen; the last one is the stop token when it ended there */
    int32_t *tokens; /* [n] */
    char *bits;      /* [8 * n] and a NUL */
    bool stopped;    /* at a stop token; else the recipe's number of tokens was reached */
    char *text;      /* of the tokens but the stop token, UTF-8 */
    char *json;      /* all this in its one canonical form; NULL: there is no free answer */
} assay_free_text;

void assay_free_text_free(assay_free_text *free_text); /* a zeroed one is fine; leaves it zeroed */

/* All are copied. E_CHECK when a log-probability is not finite, E_LIMIT. On failure *out is zeroed. */
assay_status assay_free_text_make(const int32_t *tokens, const float *logprobs, size_t n,
                                  bool stopped, const char *text, size_t n_bytes,
                                  assay_free_text *out, assay_error *err);
/* From a record's line (`line` names it): an answer of up to max_tokens tokens. E_FORMAT, E_LIMIT; E_CHECK when its
 * parts contradict each other. Whether the text is that of the tokens, only their model knows. On failure *out is
 * zeroed. */
assay_status assay_free_text_from_json(const cJSON *object, int max_tokens, const char *line,
                                       assay_free_text *out, assay_error *err);

/* E_CHECK says at which token of which sample they part. */
assay_status assay_free_text_compare(const assay_free_text *record, const assay_free_text *now,
                                     const char *id, assay_error *err);

/* ---- with the model (free_text_model.c) ---- */

/* Goes on behind the session's timeline, which must end in a token that was just appended: always the likeliest
 * token, until the model stops or there are max_tokens. E_LIMIT when the context is full before: an answer never
 * depends on how large a context somebody gave. */
assay_status assay_free_text_generate(assay_session *session, int max_tokens, assay_free_text *out,
                                      assay_error *err);
/* Whether the model has these tokens, stops where the answer says so and nowhere before, and spells the text
 * (E_CHECK). */
assay_status assay_free_text_check(const assay_model *model, const assay_free_text *free_text,
                                   const char *where, assay_error *err);

#endif
