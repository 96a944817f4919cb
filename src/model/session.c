/* Sessions: the timeline, its key/value store, and the calls that move along it.
 *
 * Arena:  layers | keys and values of each layer | rope table | last hidden state | work of the
 * running call */
#include <stdlib.h>

#include "model/decoder.h"
#include "model/model.h"
#include "model/score.h"
#include "model/vision.h"

#define DEFAULT_CONTEXT 4096
#define DEFAULT_BATCH   512
#define MAX_BATCH       4096

assay_session_options assay_session_defaults(void) {
    return (assay_session_options){0};
}

assay_status assay_session_tick(const assay_session *s, double done, assay_error *err) {
    if (s->progress == NULL || s->progress(s->progress_context, done) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_CANCELLED, "cancelled");
}

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}
static int min_int(int a, int b) {
    return a < b ? a : b;
}

/* Slots come in panels of four. */
static int slots_of(int n_context) {
    return (n_context + 3) / 4 * 4;
}

static assay_status check_options(const assay_model *model, const assay_session_options *options,
                                  assay_session *s, assay_error *err) {
    s->n_context = options->n_context != 0 ? options->n_context
                                           : min_int(model->text.n_context, DEFAULT_CONTEXT);
    s->n_batch = options->n_batch != 0 ? options->n_batch : DEFAULT_BATCH;
    if (s->n_context < 1 || s->n_context > model->text.n_context) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: a context of %d tokens, the model takes 1 to %d", s->n_context,
                          model->text.n_context);
    }
    if (s->n_batch < 1 || s->n_batch > MAX_BATCH) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "session: a batch of %d tokens, expected 1 to %d",
                          s->n_batch, MAX_BATCH);
    }
    s->n_batch = min_int(s->n_batch, s->n_context);
    s->exec.kernels = assay_kernels_find(options->kernels);
    if (s->exec.kernels == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: this build has no kernels named \"%.32s\"",
                          options->kernels != NULL ? options->kernels : "best");
    }
    return ASSAY_OK;
}

/* Bytes of the whole arena. */
static assay_status arena_bytes(const assay_session *s, size_t *bytes, assay_error *err) {
    const assay_text_hparams *hp = &s->model->text;
    uint64_t kv = (uint64_t)slots_of(s->n_context) * (uint64_t)(hp->n_kv_heads * hp->head_dim) * 2 *
                  sizeof(float);
    uint64_t rope = (uint64_t)s->n_context * (uint64_t)hp->head_dim * sizeof(float);
    uint64_t kept = (kv + ASSAY_ALIGN + sizeof(assay_kv)) * (uint64_t)hp->n_layers + rope +
                    (uint64_t)hp->dim * sizeof(float) + 4 * ASSAY_ALIGN;
    if (kept > SIZE_MAX / 2) {
        return assay_fail(err, ASSAY_E_LIMIT,
                          "session: a context of %d tokens needs %llu MiB, too much for this build",
                          s->n_context, (unsigned long long)(kept >> 20));
    }
    size_t prefill = 0, score = 0, vision = 0, work = 0;
    assay_status status =
        assay_decoder_bytes(s->model, &s->exec, s->n_batch, s->n_context, &prefill, err);
    if (status == ASSAY_OK) status = assay_score_bytes(s->model, s->n_batch, &score, err);
    if (status == ASSAY_OK) status = assay_vision_bytes(s->model, &s->exec, &vision, err);
    if (status != ASSAY_OK) return status;
    if (!assay_size_add(prefill, score, &work) ||
        !assay_size_add((size_t)kept, max_size(work, vision), bytes)) {
        return assay_fail(err, ASSAY_E_LIMIT,
                          "session: needs more memory than this build can address");
    }
    return ASSAY_OK;
}

/* The long-lived part; arena_bytes counted it. */
static assay_status arena_fill(assay_session *s, assay_error *err) {
    const assay_text_hparams *hp = &s->model->text;
    int slots = slots_of(s->n_context);
    s->layers = assay_arena_alloc(&s->arena, (size_t)hp->n_layers, sizeof *s->layers);
    float *rope = assay_arena_alloc(&s->arena, 1, assay_rope_bytes(hp->head_dim, s->n_context));
    s->last = assay_arena_alloc(&s->arena, (size_t)hp->dim, sizeof *s->last);
    bool made = s->layers != NULL && rope != NULL && s->last != NULL;
    for (int i = 0; made && i < hp->n_layers; i++) {
        float *memory =
            assay_arena_alloc(&s->arena, 1, assay_kv_bytes(hp->n_kv_heads, hp->head_dim, slots));
        made = memory != NULL;
        if (made) assay_kv_bind(&s->layers[i], memory, hp->n_kv_heads, hp->head_dim, slots);
    }
    if (!made) return assay_fail(err, ASSAY_E_MEMORY, "session: the arena is too small");
    assay_rope_fill(&s->rope, rope, hp->head_dim, s->n_context, hp->rope_theta);
    return ASSAY_OK;
}

assay_status assay_session_create(const assay_model *model, const assay_session_options *options,
                                  assay_session **out, assay_error *err) {
    assay_session_options defaults = assay_session_defaults();
    if (options == NULL) options = &defaults;
    assay_session *s = assay_calloc(1, sizeof *s);
    if (s == NULL) return assay_fail(err, ASSAY_E_MEMORY, "session: out of memory");
    s->model = model;
    s->exec.pool = options->pool;
    s->exec.scratch = &s->arena;
    s->progress = options->progress;
    s->progress_context = options->progress_context;
    size_t bytes = 0;
    assay_status status = check_options(model, options, s, err);
    if (status == ASSAY_OK) status = arena_bytes(s, &bytes, err);
    if (status == ASSAY_OK) status = assay_arena_create(&s->arena, bytes, "session", err);
    if (status == ASSAY_OK) status = arena_fill(s, err);
    if (status != ASSAY_OK) {
        assay_session_destroy(s);
        return status;
    }
    *out = s;
    return ASSAY_OK;
}

void assay_session_destroy(assay_session *session) {
    if (session == NULL) return;
    assay_arena_destroy(&session->arena);
    free(session);
}

size_t assay_session_length(const assay_session *s) {
    return s->length;
}

assay_status assay_session_truncate(assay_session *s, size_t length, assay_error *err) {
    if (length > s->length) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "session: cannot truncate %zu tokens to %zu",
                          s->length, length);
    }
    s->length = length;
    s->has_last = false;
    return ASSAY_OK;
}

assay_status assay_session_check_prompt(const assay_session *s, const assay_prompt *prompt,
                                        assay_error *err) {
    size_t n_images = 0;
    if (prompt->n_ids > (size_t)s->n_context - s->length) {
        return assay_fail(err, ASSAY_E_LIMIT,
                          "session: %zu tokens and %zu more do not fit a context of %d", s->length,
                          prompt->n_ids, s->n_context);
    }
    for (size_t i = 0; i < prompt->n_ids; i++) {
        if (prompt->ids[i] < 0 || prompt->ids[i] >= s->model->text.n_vocab) {
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "session: id %d at %zu is outside the vocabulary of %d",
                              (int)prompt->ids[i], i, s->model->text.n_vocab);
        }
        n_images += prompt->ids[i] == s->model->image_token;
    }
    size_t given = prompt->features != NULL ? prompt->n_features : 0;
    if (n_images != given) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: %zu image tokens in the prompt, but features for %zu", n_images,
                          given);
    }
    return ASSAY_OK;
}

/* Runs the prompt in batches. hidden: [n_ids, dim] or NULL; with NULL, only the last token's state
 * is computed to the end. The timeline moves on only when everything succeeded. */
static assay_status append(assay_session *s, const assay_prompt *prompt, float *hidden,
                           assay_error *err) {
    assay_decoder_work work;
    size_t n_used = 0, dim = (size_t)s->model->text.dim, done = 0;
    assay_status status = assay_decoder_work_make(s, s->n_batch, &work, err);
    while (status == ASSAY_OK && done < prompt->n_ids) {
        int n = min_int(s->n_batch, (int)(prompt->n_ids - done)), first = (int)(s->length + done);
        bool is_last = done + (size_t)n == prompt->n_ids;
        int n_keep = hidden != NULL ? n : is_last ? 1 : 0;
        assay_decoder_embed(s, prompt->ids + done, n, prompt->features, &n_used, &work);
        for (int i = 0; i < n; i++) {
            work.positions[i] = first + i;
            work.spans[i] = (assay_span){.prefix = first + i + 1};
        }
        status = assay_decoder_run(s, &work, n, first, n_keep, (double)done / (double)prompt->n_ids,
                                   (double)n / (double)prompt->n_ids, err);
        if (status == ASSAY_OK && hidden != NULL)
            assay_decoder_norm(s, work.x, n, hidden + done * dim);
        done += (size_t)n;
        if (status == ASSAY_OK && is_last) {
            assay_decoder_norm(s, work.x + (size_t)(n - 1) * dim, 1, s->last);
            s->length += prompt->n_ids;
            s->has_last = true;
        }
    }
    return status;
}

static assay_status append_checked(assay_session *s, const assay_prompt *prompt, float *hidden,
                                   assay_error *err) {
    size_t mark = assay_arena_mark(&s->arena);
    assay_status status = assay_session_check_prompt(s, prompt, err);
    if (status == ASSAY_OK) status = append(s, prompt, hidden, err);
    assay_arena_reset(&s->arena, mark);
    return status;
}

assay_status assay_session_prefill(assay_session *s, const assay_prompt *prompt, assay_error *err) {
    return append_checked(s, prompt, NULL, err);
}

assay_status assay_session_hidden(assay_session *s, const assay_prompt *prompt, float *hidden,
                                  assay_error *err) {
    return append_checked(s, prompt, hidden, err);
}

assay_status assay_session_encode_image(assay_session *s, const uint8_t *pixels, float *features,
                                        assay_error *err) {
    if (s->model->vision_gguf == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "session: the model has no vision file, it cannot see an image");
    }
    size_t mark = assay_arena_mark(&s->arena);
    assay_status status = assay_vision_encode(s, pixels, features, err);
    assay_arena_reset(&s->arena, mark);
    return status;
}
