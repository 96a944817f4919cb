/* Attention in 128-bit vectors; text of the tables in table_*.c.
 *
 * Up to 32 rows (query, head) of one kv head go together through the keys, then through the values, in tiles of up to
 * 4 rows: scores are a tile of 4 rows x 8 keys with lanes across keys, results 4 rows x 8 dimensions with
 * lanes across dimensions. Each key panel and each stretch of values is so read from memory once for all
 * rows. Every row still sees its own slots in its own order: [0, prefix), then [begin, end). */
#ifndef ASSAY_KERNELS_SIMD_ATTENTION_H
#define ASSAY_KERNELS_SIMD_ATTENTION_H

#include "kernels/simd.h"
#include "kernels/simd_matmul.h"
#include "kernels/simd_rows.h"
#include "kernels/table.h"

enum {
    SLOT_PANEL = 4,  /* slots in a key panel */
    VALUE_SLOTS = 64 /* values worked on at a time: 16 KiB for a head of 64 */
};

/* One stretch of visible slots of one row: slots [begin, end) have their scores at score[0...]. */
typedef struct stretch {
    const float *q;
    float *out;
    float *score;
    int begin, end;
} stretch;

typedef struct head_view {
    const float *keys;   /* [slot / 4][head_dim][4] */
    const float *values; /* [slot][head_dim] */
    int head_dim;
    float scale;
    float *packed; /* [ATTENTION_ROWS, head_dim]: queries of a tile interleaved, [head_dim][width] */
} head_view;

/* out[i][r] = rows[r][i] for i < n (rounded up to 4): with one address to follow instead of four, the inner loops
 * have fewer instructions. */
KERNEL void pack_tile(const float *const *rows, int width, int n, float *out) {
    if (width < TILE) {
        for (int i = 0; i < n; i++) {
            for (int r = 0; r < width; r++) *out++ = rows[r][i];
        }
        return;
    }
    for (int i = 0; i < n; i += 4) {
        f32x4 a = f32x4_load(rows[0] + i), b = f32x4_load(rows[1] + i);
        f32x4 c = f32x4_load(rows[2] + i), d = f32x4_load(rows[3] + i);
        f32x4 ac = f32x4_interleave_low(a, c), bd = f32x4_interleave_low(b, d);
        f32x4 ac_high = f32x4_interleave_high(a, c), bd_high = f32x4_interleave_high(b, d);
        f32x4_store(out + 4 * i, f32x4_interleave_low(ac, bd));
        f32x4_store(out + 4 * i + 4, f32x4_interleave_high(ac, bd));
        f32x4_store(out + 4 * i + 8, f32x4_interleave_low(ac_high, bd_high));
        f32x4_store(out + 4 * i + 12, f32x4_interleave_high(ac_high, bd_high));
    }
}

/* scores[r][0..8): `width` queries, packed, against two key panels. */
INLINE void score_tile(const head_view *head, const float *q, const float *panel0, const float *panel1,
                       float *scores, const int width) {
    f32x4 sum[2 * TILE], scale = f32x4_splat(head->scale);
    int head_dim = head->head_dim;
    UNROLLED for (int r = 0; r < width; r++) sum[2 * r] = sum[2 * r + 1] = f32x4_zero();
    ROLLED for (int d = 0; d < head_dim; d++) {
        f32x4 k0 = f32x4_load(panel0), k1 = f32x4_load(panel1);
        UNROLLED for (int r = 0; r < width; r++) {
            f32x4 value = f32x4_load_splat(q + r);
            sum[2 * r] = f32x4_add(sum[2 * r], f32x4_mul(value, k0));
            sum[2 * r + 1] = f32x4_add(sum[2 * r + 1], f32x4_mul(value, k1));
        }
        panel0 += SLOT_PANEL;
        panel1 += SLOT_PANEL;
        q += width;
    }
    UNROLLED for (int r = 0; r < width; r++) {
        f32x4_store(scores + 8 * r, f32x4_mul(sum[2 * r], scale));
        f32x4_store(scores + 8 * r + 4, f32x4_mul(sum[2 * r + 1], scale));
    }
}

/* out[r][0 .. 4 * vectors) += sum over `count` slots of p[slot][r] * v[slot][...]. */
INLINE void value_tile(const float *v, size_t head_dim, int count, const float *p, float *const *out,
                       const int width, const int vectors) {
    f32x4 sum[2 * TILE];
    UNROLLED for (int r = 0; r < width; r++) {
        UNROLLED for (int i = 0; i < vectors; i++)
            sum[vectors * r + i] = f32x4_load(out[r] + 4 * i);
    }
    ROLLED for (int s = 0; s < count; s++) {
        f32x4 v0 = f32x4_load(v), v1 = vectors > 1 ? f32x4_load(v + 4) : v0;
        UNROLLED for (int r = 0; r < width; r++) {
            f32x4 value = f32x4_load_splat(p + r);
            sum[vectors * r] = f32x4_add(sum[vectors * r], f32x4_mul(value, v0));
            if (vectors > 1)
                sum[vectors * r + 1] = f32x4_add(sum[vectors * r + 1], f32x4_mul(value, v1));
        }
        v += head_dim;
        p += width;
    }
    UNROLLED for (int r = 0; r < width; r++) {
        UNROLLED for (int i = 0; i < vectors; i++)
            f32x4_store(out[r] + 4 * i, sum[vectors * r + i]);
    }
}

typedef void (*score_tile_fn)(const head_view *head, const float *q, const float *panel0,
                              const float *panel1, float *scores);
typedef void (*value_tile_fn)(const float *v, size_t head_dim, int count, const float *p,
                              float *const *out);
#define ATTENTION_TILES(width) \
    KERNEL void score_tile_##width(const head_view *head, const float *q, const float *panel0, \
                                   const float *panel1, float *scores) { \
        score_tile(head, q, panel0, panel1, scores, width); \
    } \
    KERNEL void value_tile_##width(const float *v, size_t head_dim, int count, const float *p, \
                                   float *const *out) { \
        value_tile(v, head_dim, count, p, out, width, 2); \
    } \
    KERNEL void value_half_tile_##width(const float *v, size_t head_dim, int count, const float *p, \
                                        float *const *out) { \
        value_tile(v, head_dim, count, p, out, width, 1); \
    }
ATTENTION_TILES(1)
ATTENTION_TILES(2)
ATTENTION_TILES(3)
ATTENTION_TILES(4)
static const score_tile_fn score_tiles[TILE + 1] = {NULL, score_tile_1, score_tile_2, score_tile_3,
                                                    score_tile_4};
static const value_tile_fn value_tiles[2][TILE + 1] = {
    {NULL, value_half_tile_1, value_half_tile_2, value_half_tile_3, value_half_tile_4},
    {NULL, value_tile_1, value_tile_2, value_tile_3, value_tile_4}};

static int largest_end(const stretch *rows, int n) {
    int end = rows[0].end;
    for (int r = 1; r < n; r++) end = rows[r].end > end ? rows[r].end : end;
    return end;
}

static int smallest_end(const stretch *rows, int n) {
    int end = rows[0].end;
    for (int r = 1; r < n; r++) end = rows[r].end < end ? rows[r].end : end;
    return end;
}

/* Rows from `first` that begin at the same slot, at most a tile. */
static int tile_rows(const stretch *rows, int first, int n) {
    int width = 1;
    while (width < TILE && first + width < n && rows[first + width].begin == rows[first].begin) width++;
    return width;
}

/* Eight scores of slots [slot, slot + 8) to their places. What falls behind the row's end is overwritten
 * later or lies in the padding; what falls before its beginning must not be written. */
static void place_scores(const stretch *row, int slot, const float *scores) {
    if (slot >= row->begin) {
        float *at = row->score + (slot - row->begin);
        f32x4_store(at, f32x4_load(scores));
        f32x4_store(at + 4, f32x4_load(scores + 4));
        return;
    }
    for (int i = row->begin - slot; i < 8; i++) row->score[i - (row->begin - slot)] = scores[i];
}

static void score_tile_at(const head_view *head, const stretch *rows, const float *q, int width, int slot,
                          int end) {
    float scores[8 * TILE];
    size_t panel_floats = (size_t)head->head_dim * SLOT_PANEL;
    const float *panel = head->keys + (size_t)(slot / SLOT_PANEL) * panel_floats;
    bool second = slot + SLOT_PANEL < end; /* else there may be no second panel */
    score_tiles[width](head, q, panel, second ? panel + panel_floats : panel, scores);
    for (int r = 0; r < width; r++) {
        if (slot < rows[r].end) place_scores(rows + r, slot, scores + 8 * r);
    }
}

static void pack_queries(const head_view *head, const stretch *rows, int n) {
    for (int r = 0; r < n;) {
        const float *q[TILE];
        int width = tile_rows(rows, r, n);
        for (int i = 0; i < width; i++) q[i] = rows[r + i].q;
        pack_tile(q, width, head->head_dim, head->packed + r * head->head_dim);
        r += width;
    }
}

/* All scores of the stretches, a panel pair of keys at a time for all rows. */
static void score_stretches(const head_view *head, const stretch *rows, int n) {
    int first_slot = rows[0].begin, end_slot = largest_end(rows, n);
    for (int r = 1; r < n; r++) first_slot = rows[r].begin < first_slot ? rows[r].begin : first_slot;
    if (first_slot >= end_slot) return;
    pack_queries(head, rows, n);
    for (int slot = first_slot / 8 * 8; slot < end_slot; slot += 8) {
        for (int r = 0; r < n;) {
            int width = tile_rows(rows, r, n), end = largest_end(rows + r, width);
            const float *q = head->packed + r * head->head_dim;
            if (rows[r].begin < slot + 8 && slot < end)
                score_tile_at(head, rows + r, q, width, slot, end);
            r += width;
        }
    }
}

/* out += the slots [begin, end), at most VALUE_SLOTS, which all `width` rows see. */
static void add_values(const head_view *head, const stretch *rows, int width, int begin, int end) {
    if (begin >= end) return;
    const float *p[TILE], *v = head->values + (size_t)begin * (size_t)head->head_dim;
    float *out[TILE], packed[VALUE_SLOTS * TILE];
    for (int r = 0; r < width; r++) {
        p[r] = rows[r].score + (begin - rows[r].begin);
        out[r] = rows[r].out;
    }
    pack_tile(p, width, end - begin, packed);
    for (int d = 0; d < head->head_dim;) {
        int vectors = head->head_dim - d >= 8 ? 2 : 1;
        value_tiles[vectors - 1][width](v + d, (size_t)head->head_dim, end - begin, packed, out);
        for (int r = 0; r < width; r++) out[r] += 4 * vectors;
        d += 4 * vectors;
    }
}

static void value_stretches(const head_view *head, const stretch *rows, int n) {
    int first_slot = rows[0].begin, end_slot = largest_end(rows, n);
    for (int r = 1; r < n; r++) first_slot = rows[r].begin < first_slot ? rows[r].begin : first_slot;
    for (int slot = first_slot; slot < end_slot; slot += VALUE_SLOTS) {
        int stop = slot + VALUE_SLOTS;
        for (int r = 0; r < n;) {
            int width = tile_rows(rows, r, n), common = smallest_end(rows + r, width);
            int begin = rows[r].begin > slot ? rows[r].begin : slot;
            add_values(head, rows + r, width, begin, common < stop ? common : stop);
            for (int i = r; i < r + width; i++) {
                int end = rows[i].end < stop ? rows[i].end : stop;
                add_values(head, rows + i, 1, begin > common ? begin : common, end);
            }
            r += width;
        }
    }
}

static size_t visible_slots(const stretch *prefix, const stretch *branch) {
    return (size_t)(prefix->end + (branch->end - branch->begin));
}

/* Sets up the stretches of rows [row_begin, row_begin + n) and clears their results. */
static void prepare_rows(const attention *a, int kv_head, int row_begin, int n, float *scores,
                         stretch *prefix, stretch *branch) {
    size_t head_dim = (size_t)a->kv->head_dim;
    for (int i = 0; i < n; i++) {
        int row = row_begin + i, query = row / a->group;
        int head = kv_head * a->group + row % a->group;
        size_t at = ((size_t)query * (size_t)a->n_heads + (size_t)head) * head_dim;
        assay_span span = a->spans[query];
        float *score = scores + (size_t)i * a->stride;
        prefix[i] = (stretch){a->q + at, a->out + at, score, 0, span.prefix};
        branch[i] = (stretch){a->q + at, a->out + at, score + span.prefix, span.begin, span.end};
        memset(a->out + at, 0, head_dim * sizeof *a->out);
    }
}

static void simd_attend(const attention *a, int kv_head, int row_begin, int row_end, float *scores) {
    stretch prefix[ATTENTION_ROWS], branch[ATTENTION_ROWS];
    float total[ATTENTION_ROWS];
    size_t head_dim = (size_t)a->kv->head_dim;
    size_t head_at = (size_t)kv_head * (size_t)a->kv->n_slots * head_dim;
    head_view head = {a->kv->keys + head_at, a->kv->values + head_at, a->kv->head_dim, a->scale,
                      scores + ATTENTION_ROWS * a->stride};
    int n = row_end - row_begin;
    if (n <= 0) return;
    prepare_rows(a, kv_head, row_begin, n, scores, prefix, branch);
    score_stretches(&head, prefix, n);
    score_stretches(&head, branch, n);
    for (int i = 0; i < n; i++) {
        size_t visible = visible_slots(prefix + i, branch + i);
        float *score = prefix[i].score;
        total[i] = simd_exp_sum(score, visible, simd_max(score, visible), score);
    }
    value_stretches(&head, prefix, n);
    value_stretches(&head, branch, n);
    for (int i = 0; i < n; i++) {
        if (visible_slots(prefix + i, branch + i) == 0) continue; /* zeros stay */
        f32x4 divisor = f32x4_splat(total[i]);
        for (size_t d = 0; d < head_dim; d += 4)
            f32x4_store(prefix[i].out + d, f32x4_div(f32x4_load(prefix[i].out + d), divisor));
    }
}

#define SIMD_TABLE \
    .name = "simd", .isa = ASSAY_SIMD_ISA, .quantize = simd_quantize, .multiply = simd_multiply, \
    .attend = simd_attend, .rms_norm = simd_rms_norm, .layer_norm = simd_layer_norm, \
    .add = simd_add, .gelu_tanh = simd_gelu_tanh, .swiglu = simd_swiglu, .rotate = simd_rotate, \
    .max = simd_max, .exp_sum = simd_exp_sum, .ceiling = simd_ceiling

#endif
