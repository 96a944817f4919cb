/* Free answers and the model that gives them. */
#include <stdlib.h>
#include <string.h>

#include "assay_generate.h"
#include "base/arena.h"
#include "eval/free_text.h"
#include "model/utf8_stream.h"

typedef struct speech { /* what was said so far */
    int32_t *tokens;    /* [max_tokens] */
    float *logprobs;    /* [max_tokens] */
    size_t n;
    assay_buffer text;
    assay_generate_end end;
} speech;

static assay_status speak(assay_generator *generator, size_t max_tokens, speech *s,
                          assay_error *err) {
    while (s->end == ASSAY_END_NONE) {
        assay_piece piece;
        assay_status status = assay_generator_next(generator, &piece, err);
        if (status != ASSAY_OK) return status;
        assay_buffer_append(&s->text, piece.text, piece.n_bytes);
        s->end = piece.end;
        if (piece.id < 0 || s->n == max_tokens) continue;
        s->tokens[s->n] = piece.id;
        s->logprobs[s->n++] = piece.logprob;
    }
    if (s->end == ASSAY_END_CONTEXT)
        return assay_fail(
            err, ASSAY_E_LIMIT,
            "a free answer of up to %zu tokens does not fit: the context is full after %zu",
            max_tokens, s->n);
    return s->text.failed ? assay_fail(err, ASSAY_E_MEMORY, "free answer: out of memory")
                          : ASSAY_OK;
}

assay_status assay_free_text_generate(assay_session *session, int max_tokens, assay_free_text *out,
                                      assay_error *err) {
    assay_generate_options options = assay_generate_defaults();
    assay_generator *generator = NULL;
    size_t most = (size_t)max_tokens;
    speech s = {assay_alloc(most, sizeof *s.tokens),
                assay_alloc(most, sizeof *s.logprobs),
                0,
                {0},
                ASSAY_END_NONE};
    assay_status status = ASSAY_OK;
    *out = (assay_free_text){0};
    options.max_tokens = max_tokens;
    if (s.tokens == NULL || s.logprobs == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "free answer: out of memory");
    if (status == ASSAY_OK) status = assay_generator_create(session, &options, &generator, err);
    if (status == ASSAY_OK) status = speak(generator, most, &s, err);
    if (status == ASSAY_OK)
        status = assay_free_text_make(s.tokens, s.logprobs, s.n, s.end == ASSAY_END_STOP,
                                      s.text.data != NULL ? s.text.data : "", s.text.len, out, err);
    assay_generator_destroy(generator);
    assay_buffer_free(&s.text);
    free(s.tokens);
    free(s.logprobs);
    return status;
}

/* Appends the text of the tokens, as a generator shows it. */
static void spell(const assay_model *model, const int32_t *tokens, size_t n, assay_buffer *out) {
    assay_utf8_stream utf8 = {0};
    char text[ASSAY_UTF8_STREAM_MAX(64)];
    for (size_t i = 0; i < n; i++) {
        size_t left = 0;
        const char *bytes = assay_model_token(model, tokens[i], &left);
        while (left > 0) {
            size_t part = left < 64 ? left : 64;
            assay_buffer_append(out, text, assay_utf8_stream_push(&utf8, bytes, part, text));
            bytes += part;
            left -= part;
        }
    }
    assay_buffer_append(out, text, assay_utf8_stream_end(&utf8, text));
}

assay_status assay_free_text_check(const assay_model *model, const assay_free_text *t,
                                   const char *where, assay_error *err) {
    int32_t n_vocab = assay_model_get_info(model)->n_vocab;
    assay_buffer text = {0};
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < t->n; i++) {
        bool stops = t->stopped && i + 1 == t->n;
        if (t->tokens[i] >= n_vocab)
            return assay_fail(err, ASSAY_E_CHECK,
                              "%s: token %ld of the free answer is outside the vocabulary of %ld",
                              where, (long)t->tokens[i], (long)n_vocab);
        if (assay_model_is_stop(model, t->tokens[i]) != stops)
            return assay_fail(err, ASSAY_E_CHECK,
                              "%s: the free answer does not end where its tokens do", where);
    }
    spell(model, t->tokens, t->stopped ? t->n - 1 : t->n, &text);
    if (text.failed)
        status = assay_fail(err, ASSAY_E_MEMORY, "free answer: out of memory");
    else if (strcmp(text.data != NULL ? text.data : "", t->text) != 0)
        status =
            assay_fail(err, ASSAY_E_CHECK, "%s: the free answer's text is not its tokens'", where);
    assay_buffer_free(&text);
    return status;
}
