/* Generators: logits -> allowed candidates -> draw -> timeline -> text, a token a call.
 *
 * A token is drawn, then appended, then shown. When appending fails (the caller cancelled it), the token stays drawn, so
 * that going on gives the same text as never having been stopped. */
#include "assay_generate.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/rng.h"
#include "model/decoder.h"
#include "model/sampler.h"
#include "model/text_stream.h"
#include "model/token_mask.h"

struct assay_generator {
    assay_session *session;
    assay_sampler sampler;
    assay_rng rng;
    float penalty;
    int32_t *said; /* [said_cap], a ring of the last tokens; NULL without penalty */
    size_t said_cap, n_said, said_at;
    uint8_t *marks; /* [n_vocab], those of the ring while candidates are listed, else 0 */

    assay_pattern pattern;
    bool constrained, words;
    int state; /* of the pattern */
    assay_token_mask mask;
    bool stop_tokens;

    char *stop_text; /* the stop texts, one behind the other */
    const char *stop_texts[ASSAY_MAX_STOPS];
    size_t stop_lengths[ASSAY_MAX_STOPS];
    assay_text_stream text;

    float *logits;               /* [n_vocab] */
    assay_candidate *candidates; /* [n_vocab] */
    int max_tokens, n_tokens;
    bool drawn; /* id and logprob wait to be appended */
    int32_t id;
    float logprob;
    assay_generate_end end;
    int stop;
};

assay_generate_options assay_generate_defaults(void) {
    return (assay_generate_options){
        .top_p = 1, .repetition_penalty = 1, .penalty_window = 64, .stop_tokens = true};
}

const char *assay_generate_end_name(assay_generate_end end) {
    static const char *const names[] = {"",       "stop",    "text",     "constraint",
                                        "length", "context", "cancelled"};
    return (unsigned)end < sizeof names / sizeof *names ? names[end] : "";
}

/* ---- options ---- */

static assay_status check_float(const char *name, float x, float low, float high,
                                assay_error *err) {
    if (x >= low && x <= high) return ASSAY_OK; /* NaN fails */
    return assay_fail(err, ASSAY_E_ARGUMENT, "generate: %s %g, expected %g to %g", name, (double)x,
                      (double)low, (double)high);
}

static assay_status check_options(const assay_generate_options *o, int n_vocab, assay_error *err) {
    assay_status status = check_float("temperature", o->temperature, 0, 100, err);
    if (status == ASSAY_OK) status = check_float("top_p", o->top_p, 1e-6f, 1, err);
    if (status == ASSAY_OK) status = check_float("min_p", o->min_p, 0, 1, err);
    if (status == ASSAY_OK)
        status = check_float("repetition_penalty", o->repetition_penalty, 0.01f, 100, err);
    if (status != ASSAY_OK) return status;
    if (o->top_k < 0 || o->penalty_window < 0 || o->max_tokens < 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "generate: top_k, penalty_window and max_tokens cannot be negative");
    if (o->n_stops > ASSAY_MAX_STOPS)
        return assay_fail(err, ASSAY_E_LIMIT, "generate: %zu stop texts, at most %d are accepted",
                          o->n_stops, ASSAY_MAX_STOPS);
    if (o->constraint.n_choices > ASSAY_MAX_CHOICES)
        return assay_fail(err, ASSAY_E_LIMIT, "generate: %zu choices, at most %d are accepted",
                          o->constraint.n_choices, ASSAY_MAX_CHOICES);
    if (o->constraint.choices != NULL && o->constraint.regex != NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "generate: choices and a regex exclude each other");
    for (size_t i = 0; o->history != NULL && i < o->n_history; i++)
        if (o->history[i] < 0 || o->history[i] >= n_vocab)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "generate: id %d of the history is outside the vocabulary of %d",
                              (int)o->history[i], n_vocab);
    return ASSAY_OK;
}

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "generate: out of memory");
}

static assay_status copy_stops(assay_generator *g, const assay_generate_options *o,
                               assay_error *err) {
    size_t total = 0;
    g->stop_text = assay_alloc(ASSAY_MAX_STOPS, ASSAY_MAX_STOP_BYTES);
    if (g->stop_text == NULL) return no_memory(err);
    for (size_t i = 0; i < o->n_stops; i++) {
        assay_utf8_stream utf8 = {0};
        char out[ASSAY_UTF8_STREAM_MAX(ASSAY_MAX_STOP_BYTES)];
        size_t n = strlen(o->stops[i]);
        if (n == 0 || n > ASSAY_MAX_STOP_BYTES)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "generate: stop text %zu has %zu bytes, expected 1 to %d", i, n,
                              ASSAY_MAX_STOP_BYTES);
        if (assay_utf8_stream_push(&utf8, o->stops[i], n, out) != n ||
            memcmp(out, o->stops[i], n) != 0)
            return assay_fail(err, ASSAY_E_ARGUMENT, "generate: stop text %zu is no UTF-8", i);
        memcpy(g->stop_text + total, o->stops[i], n);
        g->stop_texts[i] = g->stop_text + total;
        g->stop_lengths[i] = n;
        if (n > g->text.stops.longest) g->text.stops.longest = n;
        total += n;
    }
    g->text.stops.texts = g->stop_texts;
    g->text.stops.lengths = g->stop_lengths;
    g->text.stops.n = o->n_stops;
    return ASSAY_OK;
}

static void say(assay_generator *g, int32_t id) {
    if (g->said == NULL) return;
    g->said[g->said_at] = id;
    g->said_at = (g->said_at + 1) % g->said_cap;
    if (g->n_said < g->said_cap) g->n_said++;
}

static assay_status make_penalty(assay_generator *g, const assay_generate_options *o, int n_vocab,
                                 assay_error *err) {
    size_t context = (size_t)g->session->n_context, window = (size_t)o->penalty_window;
    g->penalty = o->repetition_penalty;
    if (g->penalty == 1) return ASSAY_OK;
    g->said_cap = window > 0 && window < context ? window : context;
    g->said = assay_alloc(g->said_cap, sizeof *g->said);
    g->marks = assay_calloc((size_t)n_vocab, sizeof *g->marks);
    if (g->said == NULL || g->marks == NULL) return no_memory(err);
    for (size_t i = 0; o->history != NULL && i < o->n_history; i++) say(g, o->history[i]);
    return ASSAY_OK;
}

static assay_status make_constraint(assay_generator *g, const assay_constraint *c,
                                    assay_error *err) {
    assay_status status = ASSAY_OK;
    g->state = ASSAY_PATTERN_START;
    g->words = c->choices != NULL;
    g->constrained = g->words || c->regex != NULL;
    if (g->words) status = assay_pattern_words(c->choices, c->n_choices, &g->pattern, err);
    if (c->regex != NULL) status = assay_pattern_regex(c->regex, &g->pattern, err);
    if (status != ASSAY_OK) return status;
    return assay_token_mask_create(g->session->model, g->constrained ? &g->pattern : NULL, &g->mask,
                                   err);
}

static assay_status make_buffers(assay_generator *g, int n_vocab, assay_error *err) {
    size_t bytes = 0, longest = g->mask.longest;
    if (!assay_size_mul(longest + 1, 3, &bytes) ||
        !assay_size_add(bytes, g->text.stops.longest, &bytes))
        return no_memory(err);
    g->text.text = assay_alloc(bytes, 1); /* ASSAY_TEXT_STREAM_MAX */
    g->logits = assay_alloc((size_t)n_vocab, sizeof *g->logits);
    g->candidates = assay_alloc((size_t)n_vocab, sizeof *g->candidates);
    if (g->text.text == NULL || g->logits == NULL || g->candidates == NULL) return no_memory(err);
    return ASSAY_OK;
}

assay_status assay_generator_create(assay_session *session, const assay_generate_options *options,
                                    assay_generator **out, assay_error *err) {
    assay_generate_options defaults = assay_generate_defaults();
    const assay_generate_options *o = options != NULL ? options : &defaults;
    int n_vocab = session->model->text.n_vocab;
    assay_status status = check_options(o, n_vocab, err);
    if (status != ASSAY_OK) return status;
    assay_generator *g = assay_calloc(1, sizeof *g);
    if (g == NULL) return no_memory(err);
    g->session = session;
    g->sampler = (assay_sampler){o->temperature, o->top_k, o->top_p, o->min_p};
    g->rng = assay_rng_seed(o->seed, o->stream);
    g->stop_tokens = o->stop_tokens;
    g->max_tokens = o->max_tokens;
    g->stop = -1;
    status = copy_stops(g, o, err);
    if (status == ASSAY_OK) status = make_penalty(g, o, n_vocab, err);
    if (status == ASSAY_OK) status = make_constraint(g, &o->constraint, err);
    if (status == ASSAY_OK) status = make_buffers(g, n_vocab, err);
    if (status != ASSAY_OK) {
        assay_generator_destroy(g);
        return status;
    }
    *out = g;
    return ASSAY_OK;
}

void assay_generator_destroy(assay_generator *g) {
    if (g == NULL) return;
    assay_token_mask_destroy(&g->mask);
    assay_pattern_free(&g->pattern);
    free(g->said);
    free(g->marks);
    free(g->stop_text);
    free(g->text.text);
    free(g->logits);
    free(g->candidates);
    free(g);
}

/* ---- a step ---- */

static assay_status compute_logits(assay_generator *g, assay_error *err) {
    assay_session *s = g->session;
    if (s->length == 0 || !s->has_last)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "generate: needs a timeline whose last token was just appended");
    size_t mark = assay_arena_mark(&s->arena);
    assay_decoder_logits(s, s->last, 1, g->logits);
    assay_arena_reset(&s->arena, mark);
    for (int32_t id = 0; id < s->model->text.n_vocab; id++)
        if (!isfinite(g->logits[id]))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "generate: the model's logits are not finite numbers");
    return ASSAY_OK;
}

static bool accepts(const assay_generator *g) {
    return !g->constrained || g->pattern.accept[g->state] != 0;
}

/* Lists what may come next, in the order of the ids, with the penalty applied. */
static size_t list_candidates(assay_generator *g) {
    const uint64_t *words = assay_token_mask_at(&g->mask, g->state);
    size_t n = 0, next_stop = 0, n_stops = g->stop_tokens && accepts(g) ? g->mask.n_stops : 0;
    for (size_t i = 0; i < g->n_said; i++) g->marks[g->said[i]] = 1;
    for (int32_t id = 0; id < g->mask.n_vocab; id++) {
        bool stop = next_stop < n_stops && g->mask.stops[next_stop] == id;
        if (stop) next_stop++;
        if (!stop && !(words[id / 64] >> (id % 64) & 1)) continue;
        bool said = g->marks != NULL && g->marks[id];
        float logit = said ? assay_sampler_penalize(g->logits[id], g->penalty) : g->logits[id];
        g->candidates[n++] = (assay_candidate){logit, id};
    }
    for (size_t i = 0; i < g->n_said; i++) g->marks[g->said[i]] = 0;
    return n;
}

static assay_status draw(assay_generator *g, assay_error *err) {
    assay_session *s = g->session;
    assay_status status = compute_logits(g, err);
    if (status != ASSAY_OK) return status;
    size_t n = list_candidates(g);
    if (n == 0)
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          g->constrained
                              ? "generate: no token of the vocabulary goes on where the constraint "
                                "stands after %d tokens"
                              : "generate: no token of the vocabulary is text (after %d tokens)",
                          g->n_tokens);
    g->id = assay_sampler_draw(&g->sampler, &g->rng, g->candidates, n);
    g->logprob = assay_log_prob(&s->exec, g->logits, g->mask.n_vocab, g->id);
    g->drawn = true;
    return ASSAY_OK;
}

/* The end: what was held back comes out. */
static void finish(assay_generator *g, assay_generate_end end, assay_piece *out) {
    int stop = assay_text_stream_end(&g->text);
    g->end = stop < 0 ? end : ASSAY_END_TEXT;
    g->stop = stop;
    out->text = g->text.text;
    out->n_bytes = g->text.shown;
}

/* The token is in the timeline: its text, and whether it was the last one. */
static void show(assay_generator *g, assay_piece *out) {
    size_t n = 0;
    const char *bytes = assay_model_token(g->session->model, g->id, &n);
    g->drawn = false;
    g->n_tokens++;
    g->state = assay_token_mask_step(&g->mask, g->state, g->id);
    say(g, g->id);
    g->stop = assay_text_stream_push(&g->text, bytes, n);
    bool final = g->constrained && g->pattern.final[g->state];
    if (g->stop >= 0) {
        g->end = ASSAY_END_TEXT;
    } else if (final || g->n_tokens == g->max_tokens) {
        /* What is held back now comes behind what this token shows: both in one piece. */
        g->text.shown = 0;
        finish(g, final ? ASSAY_END_CONSTRAINT : ASSAY_END_LENGTH, out);
    }
    out->text = g->text.text;
    out->n_bytes = g->text.shown;
}

static void describe(const assay_generator *g, assay_piece *out) {
    int label = g->constrained ? g->pattern.accept[g->state] : 0;
    out->end = g->end;
    out->stop = g->stop;
    out->complete = accepts(g);
    out->choice = g->words ? label - 1 : -1;
}

static assay_status append(assay_generator *g, assay_error *err) {
    const assay_prompt prompt = {&g->id, 1, NULL, 0};
    return assay_session_prefill(g->session, &prompt, err);
}

assay_status assay_generator_next(assay_generator *g, assay_piece *out, assay_error *err) {
    assay_status status = ASSAY_OK;
    *out = (assay_piece){.id = -1, .text = "", .stop = -1, .choice = -1};
    if (g->end != ASSAY_END_NONE) {
        describe(g, out);
        return ASSAY_OK;
    }
    if (!g->drawn && g->session->length >= (size_t)g->session->n_context) {
        finish(g, ASSAY_END_CONTEXT, out);
        describe(g, out);
        return ASSAY_OK;
    }
    if (!g->drawn) status = draw(g, err);
    if (status == ASSAY_OK && assay_token_mask_is_stop(&g->mask, g->id)) {
        finish(g, ASSAY_END_STOP, out);
    } else if (status == ASSAY_OK) {
        status = append(g, err);
        if (status == ASSAY_OK) show(g, out);
    }
    describe(g, out);
    if (status == ASSAY_E_CANCELLED) out->end = ASSAY_END_CANCELLED;
    if (status != ASSAY_OK) return status;
    out->id = g->id;
    out->logprob = g->logprob;
    return ASSAY_OK;
}
