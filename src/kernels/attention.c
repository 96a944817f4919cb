/* The key and value store, and attention's split over threads: pieces of (kv head, up to 32 rows).
 */
#include "kernels/kernels.h"
#include "kernels/table.h"

#include <assert.h>
#include <string.h>

enum { SCORE_PADDING = 16 }; /* floats behind a row's scores that vector stores may touch */

size_t assay_kv_bytes(int n_kv_heads, int head_dim, int n_slots) {
    return 2 * sizeof(float) * (size_t)n_kv_heads * (size_t)head_dim * (size_t)n_slots;
}

void assay_kv_bind(assay_kv *kv, float *memory, int n_kv_heads, int head_dim, int n_slots) {
    assert(n_slots % 4 == 0 && head_dim % 4 == 0 && head_dim <= MAX_HEAD_DIM);
    size_t half = (size_t)n_kv_heads * (size_t)head_dim * (size_t)n_slots;
    *kv = (assay_kv){n_kv_heads, head_dim, n_slots, memory, memory + half};
}

typedef struct store_loop {
    assay_kv *kv;
    int first, n;
    const float *k, *v;
} store_loop;

static void store_head(const store_loop *l, size_t head) {
    size_t head_dim = (size_t)l->kv->head_dim, row = (size_t)l->kv->n_kv_heads * head_dim;
    float *keys = l->kv->keys + head * (size_t)l->kv->n_slots * head_dim;
    float *values = l->kv->values + head * (size_t)l->kv->n_slots * head_dim;
    for (int j = 0; j < l->n; j++) {
        size_t slot = (size_t)(l->first + j), in = (size_t)j * row + head * head_dim;
        float *panel = keys + slot / 4 * 4 * head_dim + slot % 4;
        for (size_t d = 0; d < head_dim; d++) panel[4 * d] = l->k[in + d];
        memcpy(values + slot * head_dim, l->v + in, head_dim * sizeof(float));
    }
}

static void store_heads(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    for (size_t head = begin; head < end; head++) store_head(context, head);
}

void assay_kv_store(const assay_exec *exec, assay_kv *kv, int first, int n, const float *k,
                    const float *v) {
    if (n <= 0) return;
    assert(first >= 0 && n <= kv->n_slots - first);
    store_loop loop = {kv, first, n, k, v};
    size_t grain = 1 + 8192 / ((size_t)n * (size_t)kv->head_dim);
    assay_parallel_for(exec->pool, (size_t)kv->n_kv_heads, grain, store_heads, &loop);
}

static size_t score_stride(int n_visible_max) {
    return ((size_t)n_visible_max + 15) / 16 * 16 + SCORE_PADDING;
}

size_t assay_attention_scratch(const assay_exec *exec, int n_visible_max) {
    size_t rows = (size_t)assay_pool_threads(exec->pool) * ATTENTION_ROWS;
    return rows * (score_stride(n_visible_max) + MAX_HEAD_DIM) * sizeof(float) + ASSAY_ALIGN;
}

typedef struct attend_loop {
    const assay_kernels *kernels;
    attention a;
    size_t n_rows, n_pieces; /* of one kv head */
    float *scores;           /* [worker][worker_floats] */
    size_t worker_floats;
} attend_loop;

static void attend_pieces(void *context, size_t begin, size_t end, int worker) {
    const attend_loop *l = context;
    for (size_t piece = begin; piece < end; piece++) {
        size_t kv_head = piece / l->n_pieces, row = piece % l->n_pieces * ATTENTION_ROWS;
        size_t stop = l->n_rows - row < ATTENTION_ROWS ? l->n_rows : row + ATTENTION_ROWS;
        l->kernels->attend(&l->a, (int)kv_head, (int)row, (int)stop,
                           l->scores + (size_t)worker * l->worker_floats);
    }
}

static int most_visible(const assay_kv *kv, const assay_span *spans, int n) {
    int most = 0;
    for (int j = 0; j < n; j++) {
        int visible = spans[j].prefix + (spans[j].end - spans[j].begin);
        assert(spans[j].prefix >= 0 && spans[j].prefix <= kv->n_slots);
        assert(spans[j].begin >= 0 && spans[j].begin <= spans[j].end &&
               spans[j].end <= kv->n_slots);
        if (visible > most) most = visible;
    }
    (void)kv;
    return most;
}

void assay_attention(const assay_exec *exec, const assay_kv *kv, const float *q, int n, int n_heads,
                     const assay_span *spans, float scale, float *out) {
    if (n <= 0) return;
    assert(n_heads % kv->n_kv_heads == 0);
    size_t mark = assay_arena_mark(exec->scratch);
    int visible = most_visible(kv, spans, n), group = n_heads / kv->n_kv_heads;
    attend_loop loop = {.kernels = exec->kernels,
                        .a = {kv, q, n, n_heads, group, spans, scale, out, score_stride(visible)},
                        .n_rows = (size_t)n * (size_t)group};
    loop.n_pieces = (loop.n_rows + ATTENTION_ROWS - 1) / ATTENTION_ROWS;
    loop.worker_floats = ATTENTION_ROWS * (loop.a.stride + (size_t)kv->head_dim);
    loop.scores = assay_arena_alloc(exec->scratch, (size_t)assay_pool_threads(exec->pool),
                                    loop.worker_floats * sizeof(float));
    assert(loop.scores);
    size_t work = loop.n_rows * (size_t)visible * (size_t)kv->head_dim; /* of one kv head */
    size_t grain = work < 32768 ? 1 + 32768 / (work + 1) : 1;
    assay_parallel_for(exec->pool, (size_t)kv->n_kv_heads * loop.n_pieces, grain, attend_pieces,
                       &loop);
    assay_arena_reset(exec->scratch, mark);
}
