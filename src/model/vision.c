/* pixels -> patches -> SigLIP tower (arXiv 2303.15343) -> pixel shuffle -> connector:
 *     x = Wp patch + b + position
 *     for each layer: x += Wo attention(q, k, v of layer_norm(x)); x += Wdown gelu(Wup
 * layer_norm(x)) x = layer_norm(x); every scale x scale square of patches becomes one row; features
 * = Wc row Position ids are the identity, row * side + column, as the model was trained.
 *
 * All patches of a tile go through a matrix together. The MLP alone is cut into blocks of rows,
 * because its wide inner activations would not stay in cache. */
#include "model/vision.h"

#include <string.h>

#include "base/maths.h"

#define MLP_BLOCK 256 /* patches */

static size_t max_size(size_t a, size_t b) {
    return a > b ? a : b;
}
static int min_int(int a, int b) {
    return a < b ? a : b;
}

typedef struct vision_work {
    float *x;         /* [n_patches, dim], the residual stream */
    float *h;         /* [n_patches, dim]; and the shuffled rows, [n_tokens, dim * scale * scale] */
    float *q, *k, *v; /* [n_patches, dim]; q also receives the attention's output, by way of att */
    float *att;   /* [n_patches, dim]; and the patches' pixels, [n_patches, 3 * patch * patch] */
    float *inner; /* [MLP_BLOCK, ffn_dim] */
    float *kv;    /* keys and values in the layout of the attention kernel */
    assay_span *spans; /* [n_patches], all of them all patches */
} vision_work;

enum { BUFFERS = 9 };

/* Counts of floats; the last one of spans. */
static void buffer_counts(const assay_vision_hparams *hp, size_t counts[BUFFERS]) {
    size_t n = (size_t)hp->n_patches, dim = (size_t)hp->dim;
    size_t pixels = (size_t)(3 * hp->patch_size * hp->patch_size);
    counts[0] = counts[1] = counts[2] = counts[3] = counts[4] = n * dim;
    counts[5] = n * max_size(dim, pixels);
    counts[6] = (size_t)MLP_BLOCK * (size_t)hp->ffn_dim;
    counts[7] =
        assay_kv_bytes(hp->n_heads, hp->head_dim, (hp->n_patches + 3) / 4 * 4) / sizeof(float);
    counts[8] = n;
}

static size_t item_size(int buffer) {
    return buffer == 8 ? sizeof(assay_span) : sizeof(float);
}

static size_t scratch_bytes(const assay_model *model, const assay_exec *exec) {
    const assay_vision_hparams *hp = &model->vision;
    const assay_vision_weights *w = &model->vision_weights;
    size_t most = assay_attention_scratch(exec, hp->n_patches);
    most = max_size(most, assay_matmul_scratch(w->patch.type, w->patch.cols, hp->n_patches));
    most = max_size(most, assay_matmul_scratch(w->connector.type, w->connector.cols, hp->n_tokens));
    for (int i = 0; i < hp->n_layers; i++) {
        const assay_vision_layer *layer = &w->layers[i];
        const assay_matrix *all[] = {&layer->q, &layer->k,  &layer->v,
                                     &layer->o, &layer->up, &layer->down};
        for (size_t m = 0; m < sizeof all / sizeof *all; m++) {
            int n = m < 4 ? hp->n_patches : min_int(MLP_BLOCK, hp->n_patches);
            most = max_size(most, assay_matmul_scratch(all[m]->type, all[m]->cols, n));
        }
    }
    return most;
}

assay_status assay_vision_bytes(const assay_model *model, const assay_exec *exec, size_t *bytes,
                                assay_error *err) {
    *bytes = 0;
    if (model->vision_gguf == NULL) return ASSAY_OK;
    size_t counts[BUFFERS],
        total = scratch_bytes(model, exec); /* within the limits of hparams.c neither overflows */
    bool fits = true;
    buffer_counts(&model->vision, counts);
    for (int i = 0; fits && i < BUFFERS; i++) {
        size_t one = 0;
        fits = assay_size_mul(counts[i], item_size(i), &one) &&
               assay_size_add(total, one, &total) && assay_size_add(total, ASSAY_ALIGN, &total);
    }
    if (!fits) return assay_fail(err, ASSAY_E_LIMIT, "session: an image needs too much memory");
    *bytes = total;
    return ASSAY_OK;
}

static assay_status work_make(assay_session *s, vision_work *out, assay_error *err) {
    size_t counts[BUFFERS];
    void *made[BUFFERS];
    buffer_counts(&s->model->vision, counts);
    for (int i = 0; i < BUFFERS; i++) {
        made[i] = assay_arena_alloc(&s->arena, counts[i], item_size(i));
        if (made[i] == NULL)
            return assay_fail(err, ASSAY_E_MEMORY, "session: the arena is too small for an image");
    }
    *out = (vision_work){made[0], made[1], made[2], made[3], made[4],
                         made[5], made[6], made[7], made[8]};
    return ASSAY_OK;
}

typedef struct unfold_job {
    const assay_vision_hparams *hp;
    const uint8_t *pixels;
    float *out;          /* [n_patches, 3, patch, patch] */
    float table[3][256]; /* (value / 255 - mean) / std */
} unfold_job;

static void unfold_patches(void *context, size_t begin, size_t end, int worker) {
    const unfold_job *job = context;
    size_t side = (size_t)job->hp->side, p = (size_t)job->hp->patch_size,
           width = (size_t)job->hp->image_size;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        float *out = job->out + i * 3 * p * p;
        for (size_t c = 0; c < 3; c++) {
            for (size_t y = 0; y < p; y++) {
                const uint8_t *row =
                    job->pixels + ((i / side * p + y) * width + i % side * p) * 3 + c;
                for (size_t x = 0; x < p; x++) *out++ = job->table[c][row[3 * x]];
            }
        }
    }
}

/* Patch embedding and position. */
static void embed(assay_session *s, const uint8_t *pixels, vision_work *work) {
    const assay_vision_hparams *hp = &s->model->vision;
    const assay_vision_weights *w = &s->model->vision_weights;
    unfold_job job = {.hp = hp, .pixels = pixels, .out = work->att};
    for (int c = 0; c < 3; c++) {
        for (int i = 0; i < 256; i++)
            job.table[c][i] = ((float)i / 255.0f - hp->mean[c]) / hp->std[c];
    }
    assay_parallel_for(s->exec.pool, (size_t)hp->n_patches, 32, unfold_patches, &job);
    assay_matmul(&s->exec, &w->patch, work->att, hp->n_patches, w->patch_bias, work->x);
    assay_add(&s->exec, work->x, w->position, (size_t)hp->n_patches * (size_t)hp->dim);
}

static void attention(assay_session *s, const assay_vision_layer *layer, assay_kv *kv,
                      vision_work *work) {
    const assay_vision_hparams *hp = &s->model->vision;
    const assay_exec *exec = &s->exec;
    int n = hp->n_patches;
    float scale = 1.0f / assay_sqrtf((float)hp->head_dim);
    assay_layer_norm(exec, work->x, n, hp->dim, layer->ln1_weight, layer->ln1_bias, hp->norm_eps,
                     work->h);
    assay_matmul(exec, &layer->q, work->h, n, layer->q_bias, work->q);
    assay_matmul(exec, &layer->k, work->h, n, layer->k_bias, work->k);
    assay_matmul(exec, &layer->v, work->h, n, layer->v_bias, work->v);
    assay_kv_store(exec, kv, 0, n, work->k, work->v);
    assay_attention(exec, kv, work->q, n, hp->n_heads, work->spans, scale, work->att);
    assay_matmul(exec, &layer->o, work->att, n, layer->o_bias, work->h);
    assay_add(exec, work->x, work->h, (size_t)n * (size_t)hp->dim);
}

static void feed_forward(assay_session *s, const assay_vision_layer *layer, vision_work *work) {
    const assay_vision_hparams *hp = &s->model->vision;
    const assay_exec *exec = &s->exec;
    size_t dim = (size_t)hp->dim;
    for (int at = 0; at < hp->n_patches; at += MLP_BLOCK) {
        int n = min_int(MLP_BLOCK, hp->n_patches - at);
        float *x = work->x + (size_t)at * dim, *h = work->h;
        assay_layer_norm(exec, x, n, hp->dim, layer->ln2_weight, layer->ln2_bias, hp->norm_eps, h);
        assay_matmul(exec, &layer->up, h, n, layer->up_bias, work->inner);
        assay_gelu_tanh(exec, work->inner, (size_t)n * (size_t)hp->ffn_dim);
        assay_matmul(exec, &layer->down, work->inner, n, layer->down_bias, h);
        assay_add(exec, x, h, (size_t)n * dim);
    }
}

/* [side, side, dim] -> [n_tokens, scale * scale * dim]: token (R, C) is its square's patches, row
 * by row. */
static void pixel_shuffle(const assay_vision_hparams *hp, const float *x, float *out) {
    size_t side = (size_t)hp->side, scale = (size_t)hp->scale, dim = (size_t)hp->dim,
           across = side / scale;
    for (size_t token = 0; token < across * across; token++) {
        for (size_t dr = 0; dr < scale; dr++) {
            size_t row = token / across * scale + dr, col = token % across * scale;
            memcpy(out, x + (row * side + col) * dim,
                   scale * dim * sizeof *out); /* neighbours in a row of patches */
            out += scale * dim;
        }
    }
}

assay_status assay_vision_encode(assay_session *s, const uint8_t *pixels, float *features,
                                 assay_error *err) {
    const assay_vision_hparams *hp = &s->model->vision;
    const assay_vision_weights *w = &s->model->vision_weights;
    vision_work work = {0};
    assay_status status = work_make(s, &work, err);
    if (status != ASSAY_OK) return status;
    assay_kv kv;
    assay_kv_bind(&kv, work.kv, hp->n_heads, hp->head_dim, (hp->n_patches + 3) / 4 * 4);
    for (int i = 0; i < hp->n_patches; i++) work.spans[i] = (assay_span){.prefix = hp->n_patches};
    embed(s, pixels, &work);
    for (int i = 0; i < hp->n_layers; i++) {
        status = assay_session_tick(s, (double)i / hp->n_layers, err);
        if (status != ASSAY_OK) return status;
        attention(s, &w->layers[i], &kv, &work);
        feed_forward(s, &w->layers[i], &work);
    }
    assay_layer_norm(&s->exec, work.x, hp->n_patches, hp->dim, w->post_weight, w->post_bias,
                     hp->norm_eps, work.x);
    pixel_shuffle(hp, work.x, work.h);
    assay_matmul(&s->exec, &w->connector, work.h, hp->n_tokens, NULL, features);
    return assay_session_tick(s, 1, err);
}
