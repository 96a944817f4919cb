/* Texts -> ids -> embeddings of many texts as one batch -> layers -> pooling. For each layer (BERT,
 * arXiv 1810.04805; norms stand behind the sums):
 *     x = layer_norm(x + Wo attention(q, k, v of x)); x = layer_norm(x + Wdown gelu(Wup x))
 * Every text's tokens see its own slots alone, and each row is computed the same way whatever else
 * is in the batch, so nothing depends on what is embedded together.
 *
 * Arena, made once:  buffers of a batch | scratch of the kernels */
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "model/encoder.h"
#include "model/pooling.h"

#define DEFAULT_BATCH 256
#define MAX_BATCH     (1 << 16)
#define MLP_BLOCK     128 /* rows; the wide inner activations of more would not stay in cache */
#define SLOT_ALIGN    8   /* texts begin at whole pairs of key panels: no vector straddles two */

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}
static int min_int(int a, int b) {
    return a < b ? a : b;
}
static int round_up(int n, int to) {
    return (n + to - 1) / to * to;
}

/* Where a text lies in the batch. */
typedef struct span_of_text {
    int first_row, first_slot, n;
    size_t index; /* in the call */
} span_of_text;

struct assay_encoder_session {
    const assay_encoder *encoder;
    assay_exec exec; /* exec.scratch is &arena */
    assay_arena arena;
    assay_pooling pooling;
    bool normalize;
    int max_tokens, n_batch; /* tokens of a text, of a batch; a longer text goes alone */
    int n_slots;             /* for either; a multiple of SLOT_ALIGN */
    int (*progress)(void *context, double done);
    void *progress_context;

    span_of_text *texts; /* [n_slots / SLOT_ALIGN], of the batch */
    int n_texts, n_rows, next_slot;
    int32_t *ids;           /* [n_slots] */
    assay_span *spans;      /* [n_slots] */
    float *x, *h;           /* [n_slots, dim] */
    float *q, *k, *v, *att; /* [n_slots, dim] */
    float *inner;           /* [MLP_BLOCK, ffn_dim] */
    assay_kv kv;            /* of the running layer */
};

assay_encoder_options assay_encoder_defaults(void) {
    return (assay_encoder_options){.normalize = true};
}

/* ---- create ---- */

static assay_status check_options(assay_encoder_session *s, const assay_encoder_options *o,
                                  assay_error *err) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    s->max_tokens = o->max_tokens != 0 ? o->max_tokens : hp->n_context;
    s->n_batch = o->n_batch != 0 ? o->n_batch : DEFAULT_BATCH;
    if (s->max_tokens < 2 || s->max_tokens > hp->n_context) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "encoder: texts of %d tokens, the model takes 2 to %d", s->max_tokens,
                          hp->n_context);
    }
    if (s->n_batch < 1 || s->n_batch > MAX_BATCH) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "encoder: a batch of %d tokens, expected 1 to %d",
                          s->n_batch, MAX_BATCH);
    }
    if ((int)o->pooling < 0 || (int)o->pooling > ASSAY_POOLING_LAST)
        return assay_fail(err, ASSAY_E_ARGUMENT, "encoder: no pooling has the number %d",
                          (int)o->pooling);
    s->pooling = o->pooling != ASSAY_POOLING_DEFAULT ? o->pooling : hp->pooling;
    s->normalize = o->normalize;
    s->n_slots = round_up(s->n_batch > s->max_tokens ? s->n_batch : s->max_tokens, SLOT_ALIGN);
    s->exec = (assay_exec){assay_kernels_find(o->kernels), o->pool, &s->arena};
    s->progress = o->progress;
    s->progress_context = o->progress_context;
    if (s->exec.kernels != NULL) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "encoder: this build has no kernels named \"%.32s\"",
                      o->kernels != NULL ? o->kernels : "best");
}

/* Scratch of the largest kernel call. */
static size_t scratch_bytes(const assay_encoder_session *s) {
    const assay_encoder *e = s->encoder;
    size_t most = assay_attention_scratch(&s->exec, s->max_tokens);
    for (int i = 0; i < e->hparams.n_layers; i++) {
        const assay_encoder_layer *layer = &e->weights.layers[i];
        const assay_matrix *all[] = {&layer->q, &layer->k,  &layer->v,
                                     &layer->o, &layer->up, &layer->down};
        for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
            int n = m < 4 ? s->n_slots : MLP_BLOCK;
            most = max_size(most, assay_matmul_scratch(all[m]->type, all[m]->cols, n));
        }
    }
    return most;
}

enum { BUFFERS = 11 };

/* The first time the arena has no memory and only the bytes are summed; the second time they are
 * there. */
static bool place_buffers(assay_encoder_session *s, size_t *bytes) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    size_t slots = (size_t)s->n_slots, row = (size_t)hp->dim * sizeof(float);
    float *kv = NULL;
    const struct {
        void *to; /* the address of a pointer */
        size_t count, size;
    } buffers[BUFFERS] = {
        {&s->texts, slots / SLOT_ALIGN, sizeof *s->texts},
        {&s->ids, slots, sizeof *s->ids},
        {&s->spans, slots, sizeof *s->spans},
        {&s->x, slots, row},
        {&s->h, slots, row},
        {&s->q, slots, row},
        {&s->k, slots, row},
        {&s->v, slots, row},
        {&s->att, slots, row},
        {&s->inner, (size_t)hp->ffn_dim, MLP_BLOCK * sizeof(float)},
        {&kv, 2 * slots, row}, /* assay_kv_bytes of all heads */
    };
    *bytes = scratch_bytes(s);
    for (int i = 0; i < BUFFERS; i++) {
        size_t one = 0;
        if (!assay_size_mul(buffers[i].count, buffers[i].size, &one) ||
            !assay_size_add(*bytes, one, bytes) || !assay_size_add(*bytes, ASSAY_ALIGN, bytes))
            return false;
        if (s->arena.base == NULL) continue;
        void *made = assay_arena_alloc(&s->arena, buffers[i].count, buffers[i].size);
        if (made == NULL) return false;
        memcpy(buffers[i].to, &made, sizeof made);
    }
    if (kv != NULL) assay_kv_bind(&s->kv, kv, hp->n_heads, hp->head_dim, s->n_slots);
    return true;
}

assay_status assay_encoder_session_create(const assay_encoder *encoder,
                                          const assay_encoder_options *options,
                                          assay_encoder_session **out, assay_error *err) {
    assay_encoder_options defaults = assay_encoder_defaults();
    assay_encoder_session *s = assay_calloc(1, sizeof *s);
    if (s == NULL) return assay_fail(err, ASSAY_E_MEMORY, "encoder: out of memory");
    s->encoder = encoder;
    size_t bytes = 0;
    assay_status status = check_options(s, options != NULL ? options : &defaults, err);
    if (status == ASSAY_OK && !place_buffers(s, &bytes)) {
        status = assay_fail(err, ASSAY_E_LIMIT,
                            "encoder: a batch of %d tokens needs more memory than this build can "
                            "address",
                            s->n_slots);
    }
    if (status == ASSAY_OK) status = assay_arena_create(&s->arena, bytes, "encoder", err);
    if (status == ASSAY_OK && !place_buffers(s, &bytes))
        status = assay_fail(err, ASSAY_E_MEMORY, "encoder: the arena is too small");
    if (status != ASSAY_OK) {
        assay_encoder_session_destroy(s);
        return status;
    }
    *out = s;
    return ASSAY_OK;
}

void assay_encoder_session_destroy(assay_encoder_session *session) {
    if (session == NULL) return;
    assay_arena_destroy(&session->arena);
    free(session);
}

/* ---- one batch ---- */

static void embed_rows(assay_encoder_session *s) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    const assay_encoder_weights *w = &s->encoder->weights;
    size_t dim = (size_t)hp->dim;
    for (int t = 0; t < s->n_texts; t++) {
        const span_of_text *text = &s->texts[t];
        for (int i = 0; i < text->n; i++) {
            int row = text->first_row + i;
            float *x = s->x + (size_t)row * dim;
            const float *position = w->position + (size_t)i * dim;
            assay_matrix_row(&w->embed, s->ids[row], x);
            for (size_t d = 0; d < dim; d++) x[d] = x[d] + w->types[d] + position[d];
            s->spans[row] =
                (assay_span){.begin = text->first_slot, .end = text->first_slot + text->n};
        }
    }
    assay_layer_norm(&s->exec, s->x, s->n_rows, hp->dim, w->norm, w->norm_bias, hp->norm_eps, s->x);
}

static void attention(assay_encoder_session *s, const assay_encoder_layer *layer) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    const assay_exec *exec = &s->exec;
    size_t dim = (size_t)hp->dim;
    int n = s->n_rows;
    float scale = 1.0f / assay_sqrtf((float)hp->head_dim);
    assay_matmul(exec, &layer->q, s->x, n, layer->q_bias, s->q);
    assay_matmul(exec, &layer->k, s->x, n, layer->k_bias, s->k);
    assay_matmul(exec, &layer->v, s->x, n, layer->v_bias, s->v);
    for (int t = 0; t < s->n_texts; t++) {
        const span_of_text *text = &s->texts[t];
        size_t at = (size_t)text->first_row * dim;
        assay_kv_store(exec, &s->kv, text->first_slot, text->n, s->k + at, s->v + at);
    }
    assay_attention(exec, &s->kv, s->q, n, hp->n_heads, s->spans, scale, s->att);
    assay_matmul(exec, &layer->o, s->att, n, layer->o_bias, s->h);
    assay_add(exec, s->x, s->h, (size_t)n * dim);
    assay_layer_norm(exec, s->x, n, hp->dim, layer->att_norm, layer->att_norm_bias, hp->norm_eps,
                     s->x);
}

static void feed_forward(assay_encoder_session *s, const assay_encoder_layer *layer) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    const assay_exec *exec = &s->exec;
    for (int at = 0; at < s->n_rows; at += MLP_BLOCK) {
        int n = min_int(MLP_BLOCK, s->n_rows - at);
        float *x = s->x + (size_t)at * (size_t)hp->dim;
        assay_matmul(exec, &layer->up, x, n, layer->up_bias, s->inner);
        assay_gelu_erf(exec, s->inner, (size_t)n * (size_t)hp->ffn_dim);
        assay_matmul(exec, &layer->down, s->inner, n, layer->down_bias, s->h);
        assay_add(exec, x, s->h, (size_t)n * (size_t)hp->dim);
        assay_layer_norm(exec, x, n, hp->dim, layer->out_norm, layer->out_norm_bias, hp->norm_eps,
                         x);
    }
}

static assay_status tick(const assay_encoder_session *s, double done, assay_error *err) {
    if (s->progress == NULL || s->progress(s->progress_context, done) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_CANCELLED, "cancelled");
}

/* Embeddings of the batch's texts, text i to out[i]; the batch is empty afterwards. `n_call` texts
 * are in the whole call. */
static assay_status run_batch(assay_encoder_session *s, size_t n_call, float *out,
                              assay_error *err) {
    const assay_encoder_hparams *hp = &s->encoder->hparams;
    size_t dim = (size_t)hp->dim;
    int n_texts = s->n_texts;
    if (n_texts == 0) return ASSAY_OK;
    double share = (double)n_texts / (double)n_call;
    double done = (double)s->texts[0].index / (double)n_call;
    embed_rows(s);
    for (int i = 0; i < hp->n_layers; i++) {
        assay_status status = tick(s, done + share * i / hp->n_layers, err);
        if (status != ASSAY_OK) return status;
        attention(s, &s->encoder->weights.layers[i]);
        feed_forward(s, &s->encoder->weights.layers[i]);
    }
    for (int t = 0; t < n_texts; t++) {
        const span_of_text *text = &s->texts[t];
        assay_pooler pooler = assay_pooler_start(s->pooling, dim, out + text->index * dim);
        assay_pooler_add(&pooler, s->x + (size_t)text->first_row * dim, (size_t)text->n);
        if (!assay_pooler_finish(&pooler, s->normalize)) {
            return assay_fail(err, ASSAY_E_FORMAT,
                              "encoder: the model gives no finite numbers for text %zu",
                              text->index + 1);
        }
    }
    s->n_texts = s->n_rows = s->next_slot = 0;
    return tick(s, done + share, err);
}

/* Puts one text into the batch, which is run first when it is full. n is at most max_tokens. */
static assay_status add_text(assay_encoder_session *s, const int32_t *ids, int n, size_t index,
                             size_t n_call, float *out, assay_error *err) {
    assay_status status = ASSAY_OK;
    if (n > s->n_batch - s->next_slot) status = run_batch(s, n_call, out, err);
    if (status != ASSAY_OK) return status;
    s->texts[s->n_texts++] = (span_of_text){s->n_rows, s->next_slot, n, index};
    memcpy(s->ids + s->n_rows, ids, (size_t)n * sizeof *ids);
    s->n_rows += n;
    s->next_slot += round_up(n, SLOT_ALIGN);
    return ASSAY_OK;
}

/* ---- calls ---- */

assay_status assay_encoder_embed(assay_encoder_session *s, const assay_text *texts, size_t n_texts,
                                 float *out, assay_error *err) {
    assay_ids ids = {0};
    assay_status status = ASSAY_OK;
    s->n_texts = s->n_rows = s->next_slot = 0; /* a call that failed may have left something */
    for (size_t i = 0; i < n_texts && status == ASSAY_OK; i++) {
        ids.n = 0;
        status = assay_tokenize_framed(s->encoder->tokenizer, texts[i].bytes, texts[i].n, false,
                                       &ids, err);
        if (status != ASSAY_OK) break;
        int n = ids.n < (size_t)s->max_tokens ? (int)ids.n : s->max_tokens;
        if (n > 0) ids.ids[n - 1] = ids.ids[ids.n - 1]; /* a text that is cut keeps its [SEP] */
        if (n == 0) {
            status = assay_fail(err, ASSAY_E_UNSUPPORTED,
                                "encoder: text %zu has no tokens, not even [CLS] or [SEP]", i + 1);
            break;
        }
        status = add_text(s, ids.ids, n, i, n_texts, out, err);
    }
    if (status == ASSAY_OK) status = run_batch(s, n_texts, out, err);
    assay_ids_free(&ids);
    return status;
}

assay_status assay_encoder_embed_ids(assay_encoder_session *s, const int32_t *ids, size_t n_ids,
                                     float *out, assay_error *err) {
    int n_vocab = s->encoder->hparams.n_vocab;
    if (n_ids == 0) return assay_fail(err, ASSAY_E_ARGUMENT, "encoder: a text without tokens");
    if (n_ids > (size_t)s->max_tokens) {
        return assay_fail(err, ASSAY_E_LIMIT, "encoder: a text of %zu tokens, at most %d are taken",
                          n_ids, s->max_tokens);
    }
    for (size_t i = 0; i < n_ids; i++) {
        if (ids[i] >= 0 && ids[i] < n_vocab) continue;
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "encoder: id %d at %zu is outside the vocabulary of %d", (int)ids[i], i,
                          n_vocab);
    }
    s->n_texts = s->n_rows = s->next_slot = 0;
    assay_status status = add_text(s, ids, (int)n_ids, 0, 1, out, err);
    return status == ASSAY_OK ? run_batch(s, 1, out, err) : status;
}
