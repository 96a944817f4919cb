/* For each layer (Llama, arXiv 2302.13971):
 *     h = rms_norm(x); q, k, v = W h; rope(q), rope(k); store k, v; x += Wo attention(q)
 *     h = rms_norm(x); x += Wdown (silu(Wgate h) * (Wup h))
 * Every token is computed the same way whatever else is in its batch, so any cut of a prompt into
 * batches, and any set of options scored together, gives the same bits. */
#include "model/decoder.h"

#include <string.h>

#include "base/maths.h"

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}

enum { BUFFERS = 10 };

/* Elements and element size of each buffer, in the order of assay_decoder_work. */
static void buffer_sizes(const assay_text_hparams *hp, size_t counts[BUFFERS],
                         size_t sizes[BUFFERS]) {
    size_t dim = (size_t)hp->dim, ffn = (size_t)hp->ffn_dim;
    size_t q = (size_t)(hp->n_heads * hp->head_dim), kv = (size_t)(hp->n_kv_heads * hp->head_dim);
    const size_t of_token[BUFFERS] = {dim, dim, q, q, kv, kv, ffn, ffn, 1, 1};
    for (int i = 0; i < BUFFERS; i++) {
        counts[i] = of_token[i];
        sizes[i] = i < 8 ? sizeof(float) : i == 8 ? sizeof(int) : sizeof(assay_span);
    }
}

/* Scratch of the largest kernel call. */
static size_t scratch_bytes(const assay_model *model, const assay_exec *exec, int n, int visible) {
    size_t most = assay_attention_scratch(exec, visible);
    for (int i = 0; i < model->text.n_layers; i++) {
        const assay_text_layer *layer = &model->text_weights.layers[i];
        const assay_matrix *all[] = {&layer->q,    &layer->k,  &layer->v,   &layer->o,
                                     &layer->gate, &layer->up, &layer->down};
        for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
            most = max_size(most, assay_matmul_scratch(all[m]->type, all[m]->cols, n));
        }
    }
    const assay_matrix *output = &model->text_weights.output;
    return max_size(most, assay_matmul_scratch(output->type, output->cols, n));
}

assay_status assay_decoder_bytes(const assay_model *model, const assay_exec *exec, int n,
                                 int visible, size_t *bytes, assay_error *err) {
    size_t counts[BUFFERS], sizes[BUFFERS];
    size_t total = scratch_bytes(model, exec, n, visible);
    buffer_sizes(&model->text, counts, sizes);
    for (int i = 0; i < BUFFERS; i++) {
        size_t one = 0;
        if (!assay_size_mul(counts[i] * sizes[i], (size_t)n, &one) ||
            !assay_size_add(total, one, &total) || !assay_size_add(total, ASSAY_ALIGN, &total)) {
            return assay_fail(err, ASSAY_E_LIMIT,
                              "session: a batch of %d tokens needs too much memory", n);
        }
    }
    *bytes = total;
    return ASSAY_OK;
}

assay_status assay_decoder_work_make(assay_session *s, int n, assay_decoder_work *out,
                                     assay_error *err) {
    size_t counts[BUFFERS], sizes[BUFFERS];
    void *made[BUFFERS];
    buffer_sizes(&s->model->text, counts, sizes);
    for (int i = 0; i < BUFFERS; i++) {
        made[i] = assay_arena_alloc(&s->arena, counts[i] * (size_t)n, sizes[i]);
        if (made[i] == NULL) {
            return assay_fail(err, ASSAY_E_MEMORY, "session: the arena is too small for %d tokens",
                              n);
        }
    }
    *out = (assay_decoder_work){.n_max = n,
                                .x = made[0],
                                .h = made[1],
                                .q = made[2],
                                .att = made[3],
                                .k = made[4],
                                .v = made[5],
                                .gate = made[6],
                                .up = made[7],
                                .positions = made[8],
                                .spans = made[9]};
    return ASSAY_OK;
}

void assay_decoder_embed(const assay_session *s, const int32_t *ids, int n, const float *features,
                         size_t *n_used, assay_decoder_work *work) {
    size_t dim = (size_t)s->model->text.dim;
    for (int i = 0; i < n; i++) {
        float *row = work->x + (size_t)i * dim;
        if (ids[i] == s->model->image_token) {
            memcpy(row, features + *n_used * dim, dim * sizeof *row);
            ++*n_used;
        } else {
            assay_matrix_row(&s->model->text_weights.embed, ids[i], row);
        }
    }
}

/* x += MLP(norm(x)) for n rows. */
static void feed_forward(const assay_session *s, const assay_text_layer *layer,
                         const assay_decoder_work *work, float *x, int n) {
    const assay_text_hparams *hp = &s->model->text;
    const assay_exec *exec = &s->exec;
    assay_rms_norm(exec, x, n, hp->dim, layer->ffn_norm, hp->norm_eps, work->h);
    assay_matmul(exec, &layer->gate, work->h, n, NULL, work->gate);
    assay_matmul(exec, &layer->up, work->h, n, NULL, work->up);
    assay_swiglu(exec, work->gate, work->up, (size_t)n * (size_t)hp->ffn_dim);
    assay_matmul(exec, &layer->down, work->gate, n, NULL, work->h);
    assay_add(exec, x, work->h, (size_t)n * (size_t)hp->dim);
}

static assay_status run(assay_session *s, assay_decoder_work *work, int n, int first_slot,
                        int n_layers, int n_keep, double done, double share, assay_error *err) {
    const assay_text_hparams *hp = &s->model->text;
    const assay_exec *exec = &s->exec;
    float scale = 1.0f / assay_sqrtf((float)hp->head_dim);
    for (int i = 0; i < n_layers; i++) {
        const assay_text_layer *layer = &s->model->text_weights.layers[i];
        assay_status status = assay_session_tick(s, done + share * i / n_layers, err);
        if (status != ASSAY_OK) return status;
        assay_rms_norm(exec, work->x, n, hp->dim, layer->attn_norm, hp->norm_eps, work->h);
        assay_matmul(exec, &layer->k, work->h, n, NULL, work->k);
        assay_matmul(exec, &layer->v, work->h, n, NULL, work->v);
        assay_rope_apply(exec, &s->rope, work->k, n, hp->n_kv_heads, work->positions);
        assay_kv_store(exec, &s->layers[i], first_slot, n, work->k, work->v);

        /* Behind the last layer nobody reads the rows that are not kept: its keys and values were
         * all they gave. */
        int skip = i == n_layers - 1 ? n - n_keep : 0, rows = n - skip;
        if (rows == 0) break;
        float *x = work->x + (size_t)skip * (size_t)hp->dim;
        assay_matmul(exec, &layer->q, work->h + (size_t)skip * (size_t)hp->dim, rows, NULL,
                     work->q);
        assay_rope_apply(exec, &s->rope, work->q, rows, hp->n_heads, work->positions + skip);
        assay_attention(exec, &s->layers[i], work->q, rows, hp->n_heads, work->spans + skip, scale,
                        work->att);
        assay_matmul(exec, &layer->o, work->att, rows, NULL, work->h);
        assay_add(exec, x, work->h, (size_t)rows * (size_t)hp->dim);
        feed_forward(s, layer, work, x, rows);
    }
    return ASSAY_OK;
}

assay_status assay_decoder_run(assay_session *s, assay_decoder_work *work, int n, int first_slot,
                               int n_keep, double done, double share, assay_error *err) {
    return run(s, work, n, first_slot, s->model->text.n_layers, n_keep, done, share, err);
}

assay_status assay_decoder_run_layers(assay_session *s, assay_decoder_work *work, int n,
                                      int first_slot, int n_layers, double done, double share,
                                      assay_error *err) {
    return run(s, work, n, first_slot, n_layers, n, done, share, err);
}

void assay_decoder_norm(const assay_session *s, const float *x, int n, float *out) {
    const assay_text_hparams *hp = &s->model->text;
    assay_rms_norm(&s->exec, x, n, hp->dim, s->model->text_weights.norm, hp->norm_eps, out);
}

void assay_decoder_logits(const assay_session *s, const float *h, int n, float *logits) {
    assay_matmul(&s->exec, &s->model->text_weights.output, h, n, NULL, logits);
}
