/* Log-probabilities of continuations that share the timeline as their prefix.
 *
 * The first token of every option follows from the state of the timeline's last token, which the
 * session keeps; token t + 1 follows from token t. So an option of n tokens feeds n - 1 of them, at
 * slots behind the timeline, one option after the other; each sees the timeline and its own option,
 * by its span. Positions go on from the timeline in each option alike. Nothing of it counts as
 * timeline afterwards.
 *
 * Logits are never held for more than LOGIT_BLOCK tokens: a vocabulary of 49,280 is 197 kB a token.
 */
#include "model/score.h"

#include <math.h>

#include "model/decoder.h"

#define LOGIT_BLOCK 32 /* tokens */

static size_t min_size(size_t a, size_t b) {
    return a < b ? a : b;
}

/* A fed token's row asks for the log-probability of the token behind it. */
typedef struct target {
    int32_t id;
    float *out;
} target;

/* Where the walk over all fed tokens stands. */
typedef struct walk {
    const assay_option *options;
    size_t n_options;
    size_t option, token; /* next token to feed */
    int first_slot;       /* of that option */
    int slot;             /* of that token */
} walk;

assay_status assay_score_bytes(const assay_model *model, int n, size_t *bytes, assay_error *err) {
    size_t logits = 0;
    if (!assay_size_mul((size_t)model->text.n_vocab, LOGIT_BLOCK * sizeof(float), &logits) ||
        !assay_size_add(logits, (size_t)n * sizeof(target) + 2 * ASSAY_ALIGN, bytes)) {
        return assay_fail(err, ASSAY_E_LIMIT, "session: a vocabulary of %d is too large",
                          model->text.n_vocab);
    }
    return ASSAY_OK;
}

static assay_status check_options(const assay_session *s, const assay_option *options, size_t n,
                                  assay_error *err) {
    if (s->length == 0 || !s->has_last) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: scoring needs a timeline whose last token was just appended");
    }
    for (size_t i = 0; i < n; i++) {
        if (options[i].n_ids == 0)
            return assay_fail(err, ASSAY_E_ARGUMENT, "session: option %zu is empty", i);
        if (options[i].n_ids > (size_t)s->n_context - s->length) {
            return assay_fail(
                err, ASSAY_E_LIMIT,
                "session: %zu tokens and option %zu of %zu do not fit a context of %d", s->length,
                i, options[i].n_ids, s->n_context);
        }
        for (size_t t = 0; t < options[i].n_ids; t++) {
            int32_t id = options[i].ids[t];
            if (id < 0 || id >= s->model->text.n_vocab || id == s->model->image_token) {
                return assay_fail(err, ASSAY_E_ARGUMENT,
                                  "session: option %zu holds id %d, which is no token of text", i,
                                  (int)id);
            }
        }
    }
    return ASSAY_OK;
}

/* Log-probabilities out of h [n, dim], normed states; row j answers targets[j]. */
static assay_status score_rows(assay_session *s, const float *h, size_t n, const target *targets,
                               float *logits, assay_error *err) {
    size_t dim = (size_t)s->model->text.dim, n_vocab = (size_t)s->model->text.n_vocab;
    for (size_t at = 0; at < n; at += LOGIT_BLOCK) {
        size_t block = min_size(LOGIT_BLOCK, n - at);
        assay_decoder_logits(s, h + at * dim, (int)block, logits);
        for (size_t j = 0; j < block; j++) {
            const target *t = &targets[at + j];
            *t->out = assay_log_prob(&s->exec, logits + j * n_vocab, (int)n_vocab, t->id);
            if (!isfinite(*t->out)) {
                return assay_fail(err, ASSAY_E_FORMAT,
                                  "session: the model's logits are not finite numbers");
            }
        }
    }
    return ASSAY_OK;
}

/* First tokens: all options ask the same row. */
static assay_status score_first(assay_session *s, const assay_option *options, size_t n,
                                float *logits, assay_error *err) {
    assay_decoder_logits(s, s->last, 1, logits);
    for (size_t i = 0; i < n; i++) {
        float value = assay_log_prob(&s->exec, logits, s->model->text.n_vocab, options[i].ids[0]);
        if (!isfinite(value)) {
            return assay_fail(err, ASSAY_E_FORMAT,
                              "session: the model's logits are not finite numbers");
        }
        options[i].logprobs[0] = value;
    }
    return ASSAY_OK;
}

/* Fills the next batch with what still fits the store; a batch never holds slots from both sides of
 * a restart. Returns its size, 0 at the end. */
static int walk_batch(walk *w, const assay_session *s, assay_decoder_work *work, target *targets,
                      int *first_slot) {
    int n = 0;
    while (n < work->n_max && w->option < w->n_options) {
        const assay_option *option = &w->options[w->option];
        size_t fed = option->n_ids - 1;
        if (w->token == fed) { /* this option is through */
            w->option++;
            w->token = 0;
            w->first_slot = w->slot;
            continue;
        }
        if (w->token == 0 &&
            fed > (size_t)(s->n_context - w->slot)) { /* start over behind the timeline */
            if (n > 0) break;
            w->slot = w->first_slot = (int)s->length;
        }
        if (n == 0) *first_slot = w->slot;
        assay_matrix_row(&s->model->text_weights.embed, option->ids[w->token],
                         work->x + (size_t)n * (size_t)s->model->text.dim);
        work->positions[n] = (int)(s->length + w->token);
        work->spans[n] = (assay_span){(int)s->length, w->first_slot, w->slot + 1};
        targets[n] = (target){option->ids[w->token + 1], &option->logprobs[w->token + 1]};
        w->token++;
        w->slot++;
        n++;
    }
    return n;
}

static assay_status score(assay_session *s, const assay_option *options, size_t n_options,
                          assay_error *err) {
    assay_decoder_work work;
    float *logits =
        assay_arena_alloc(&s->arena, (size_t)s->model->text.n_vocab, LOGIT_BLOCK * sizeof *logits);
    target *targets = assay_arena_alloc(&s->arena, (size_t)s->n_batch, sizeof *targets);
    if (logits == NULL || targets == NULL) {
        return assay_fail(err, ASSAY_E_MEMORY, "session: the arena is too small to score");
    }
    assay_status status = assay_decoder_work_make(s, s->n_batch, &work, err);
    if (status == ASSAY_OK) status = score_first(s, options, n_options, logits, err);
    size_t total = 1, done = 0;
    for (size_t i = 0; i < n_options; i++) total += options[i].n_ids;
    walk w = {options, n_options, 0, 0, (int)s->length, (int)s->length};
    while (status == ASSAY_OK) {
        int first_slot = 0, n = walk_batch(&w, s, &work, targets, &first_slot);
        if (n == 0) break;
        status = assay_decoder_run(s, &work, n, first_slot, n, (double)done / (double)total,
                                   (double)n / (double)total, err);
        if (status != ASSAY_OK) break;
        assay_decoder_norm(s, work.x, n, work.h);
        status = score_rows(s, work.h, (size_t)n, targets, logits, err);
        done += (size_t)n;
    }
    return status;
}

assay_status assay_session_score(assay_session *s, const assay_option *options, size_t n_options,
                                 assay_error *err) {
    size_t mark = assay_arena_mark(&s->arena);
    assay_status status = check_options(s, options, n_options, err);
    if (status == ASSAY_OK) status = score(s, options, n_options, err);
    assay_arena_reset(&s->arena, mark);
    return status;
}

/* The largest logit's log-probability is minus the logarithm of the sum, rounded; the others follow
 * from it, within 1e-6 of what assay_session_score gives for them. */
static void log_softmax(const assay_session *s, const float *logits, int n, float *out) {
    int best = 0;
    for (int i = 1; i < n; i++) best = logits[i] > logits[best] ? i : best;
    double most = (double)logits[best],
           log_sum = -(double)assay_log_prob(&s->exec, logits, n, best);
    for (int i = 0; i < n; i++) out[i] = (float)((double)logits[i] - most - log_sum);
}

assay_status assay_session_logits(assay_session *s, float *logits, assay_error *err) {
    if (s->length == 0 || !s->has_last) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "session: no logits before a token was appended");
    }
    int n = s->model->text.n_vocab;
    size_t mark = assay_arena_mark(&s->arena);
    float *raw = assay_arena_alloc(&s->arena, (size_t)n, sizeof *raw);
    if (raw == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "session: the arena is too small for the logits");
    assay_decoder_logits(s, s->last, 1, raw);
    log_softmax(s, raw, n, logits);
    assay_arena_reset(&s->arena, mark);
    return ASSAY_OK;
}
