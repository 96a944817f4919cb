/* Attention in 128-bit vectors; text of the tables in table_*.c.
 *
 * Up to 32 rows (query, head) of one kv head go together through the keys, then through the values,
 * in tiles of up to 4 rows: scores are a tile of 4 rows x 8 keys with lanes across keys, results 4
 * rows x 8 dimensions with lanes across dimensions. Each key panel and each stretch of values is so
 * read from memory once for all rows. Every row still sees its own slots in its own order: [0,
 * prefix), then [begin, end). */
#ifndef ASSAY_KERNELS_SIMD_ATTENTION_H
#define ASSAY_KERNELS_SIMD_ATTENTION_H

#include "kernels/simd.h"
#include "kernels/simd_matmul.h"
#include "kernels/simd_rows.h"
#include "kernels/table.h"

enum {
    SLOT_PANEL = 4,   /* slots in a key panel */
    SCORE_SLOTS = 32, /* keys that serve all rows at a time: 8 KiB for a head of 64 */
    VALUE_SLOTS = 64  /* values likewise: 16 KiB */
};

/* One stretch of visible slots of one row: slots [begin, end) have their scores at score[0...]. */
typedef struct stretch {
    const float *q;
    float *out;
    float *score;
    int begin, end;
} stretch;

/* Up to 4 neighbouring rows whose stretches begin at the same slot. */
typedef struct row_tile {
    const stretch *rows;
    int width, begin;
    int common, end; /* all rows see [begin, common), some see up to `end` */
    const float *q;  /* their queries, interleaved: [head_dim][width] */
} row_tile;

typedef struct head_view {
    const float *keys;   /* [slot / 4][head_dim][4] */
    const float *values; /* [slot][head_dim] */
    int head_dim;
    float scale;
} head_view;

/* out[i][r] = rows[r][i] for i < n (rounded up to 4 in a full tile): one address to follow instead
 * of four. */
KERNEL void interleave_rows(const float *const *rows, int width, int n, float *out) {
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

/* scores[r][0 ... 8 * n_pairs): `width` queries against pairs of key panels that follow one
 * another, the second panel `step` floats behind the first. */
INLINE void score_tile(const head_view *head, const float *q, const float *keys, size_t step,
                       int n_pairs, float *const *scores, const int width) {
    const int steps = width == 1 ? 4 : width == 2 ? 2 : 1; /* head_dim is a multiple of 4 */
    int head_dim = head->head_dim;
    for (int pair = 0; pair < n_pairs; pair++) {
        const float *panel0 = keys + (size_t)pair * 2 * step, *panel1 = panel0 + step, *query = q;
        f32x4 sum[2 * TILE], scale = f32x4_splat(head->scale);
        UNROLLED for (int r = 0; r < width; r++) sum[2 * r] = sum[2 * r + 1] = f32x4_zero();
        ROLLED for (int d = 0; d < head_dim; d += steps) {
            UNROLLED for (int s = 0; s < steps; s++) {
                f32x4 k0 = f32x4_load(panel0), k1 = f32x4_load(panel1);
                UNROLLED for (int r = 0; r < width; r++) {
                    f32x4 value = f32x4_load_splat(query + r);
                    sum[2 * r] = f32x4_add(sum[2 * r], f32x4_mul(value, k0));
                    sum[2 * r + 1] = f32x4_add(sum[2 * r + 1], f32x4_mul(value, k1));
                }
                panel0 += SLOT_PANEL;
                panel1 += SLOT_PANEL;
                query += width;
            }
        }
        UNROLLED for (int r = 0; r < width; r++) {
            f32x4_store(scores[r] + 8 * pair, f32x4_mul(sum[2 * r], scale));
            f32x4_store(scores[r] + 8 * pair + 4, f32x4_mul(sum[2 * r + 1], scale));
        }
    }
}

/* out[r][d ... d + 4 * vectors) += sum over `count` slots of p[slot][r] * v[slot][d ...]. */
INLINE void value_columns(const float *v, int head_dim, int count, const float *p,
                          float *const *out, int d, const int width, const int vectors) {
    f32x4 sum[2 * TILE];
    v += d;
    UNROLLED for (int r = 0; r < width; r++) {
        UNROLLED for (int i = 0; i < vectors; i++) sum[vectors * r + i] =
            f32x4_load(out[r] + d + 4 * i);
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
            f32x4_store(out[r] + d + 4 * i, sum[vectors * r + i]);
    }
}

INLINE void value_tile(const float *v, int head_dim, int count, const float *p, float *const *out,
                       const int width) {
    int d = 0;
    for (; d + 8 <= head_dim; d += 8) value_columns(v, head_dim, count, p, out, d, width, 2);
    if (d < head_dim) value_columns(v, head_dim, count, p, out, d, width, 1);
}

typedef void (*score_tile_fn)(const head_view *head, const float *q, const float *keys, size_t step,
                              int n_pairs, float *const *scores);
typedef void (*value_tile_fn)(const float *v, int head_dim, int count, const float *p,
                              float *const *out);
#define ATTENTION_TILES(width)                                                                     \
    KERNEL void score_tile_##width(const head_view *head, const float *q, const float *keys,       \
                                   size_t step, int n_pairs, float *const *scores) {               \
        score_tile(head, q, keys, step, n_pairs, scores, width);                                   \
    }                                                                                              \
    KERNEL void value_tile_##width(const float *v, int head_dim, int count, const float *p,        \
                                   float *const *out) {                                            \
        value_tile(v, head_dim, count, p, out, width);                                             \
    }
ATTENTION_TILES(1)
ATTENTION_TILES(2)
ATTENTION_TILES(3)
ATTENTION_TILES(4)
static const score_tile_fn score_tiles[TILE + 1] = {NULL, score_tile_1, score_tile_2, score_tile_3,
                                                    score_tile_4};
static const value_tile_fn value_tiles[TILE + 1] = {NULL, value_tile_1, value_tile_2, value_tile_3,
                                                    value_tile_4};

/* Groups rows into tiles and interleaves their queries into `packed`, [n, head_dim]. */
static int make_tiles(const head_view *head, const stretch *rows, int n, float *packed,
                      row_tile *tiles) {
    int n_tiles = 0;
    for (int r = 0; r < n; r += tiles[n_tiles++].width) {
        row_tile t = {rows + r,    1,           rows[r].begin,
                      rows[r].end, rows[r].end, packed + r * head->head_dim};
        const float *q[TILE] = {rows[r].q};
        while (t.width < TILE && r + t.width < n && t.rows[t.width].begin == t.begin) {
            const stretch *row = t.rows + t.width;
            if (row->end < t.common) t.common = row->end;
            if (row->end > t.end) t.end = row->end;
            q[t.width++] = row->q;
        }
        interleave_rows(q, t.width, head->head_dim, packed + r * head->head_dim);
        tiles[n_tiles] = t;
    }
    return n_tiles;
}

/* Eight scores a row, of slots [slot, slot + 8), to where they belong. What falls behind a row's
 * end is overwritten later or lies in the padding; what falls before its beginning must not be
 * written. */
static void score_edge(const head_view *head, const row_tile *t, const float *keys, size_t step,
                       int slot) {
    float scores[TILE][8], *to[TILE] = {scores[0], scores[1], scores[2], scores[3]};
    bool second = slot + SLOT_PANEL < t->end; /* else there may be no second panel */
    score_tiles[t->width](head, t->q, keys, second ? step : 0, 1, to);
    int skip = slot < t->begin ? t->begin - slot : 0;
    for (int r = 0; r < t->width; r++) {
        if (slot >= t->rows[r].end) continue;
        float *out = t->rows[r].score + (slot + skip - t->begin);
        for (int i = skip; i < 8; i++) out[i - skip] = scores[r][i];
    }
}

/* The tile's scores of slots [from, to), both multiples of 8: whole runs where every row sees all
 * of it. */
static void score_slots(const head_view *head, const row_tile *t, int from, int to) {
    size_t step = (size_t)head->head_dim * SLOT_PANEL;
    for (int slot = from; slot < to && slot < t->end;) {
        const float *keys = head->keys + (size_t)(slot / SLOT_PANEL) * step;
        int stop = to < t->common ? to : t->common,
            n_pairs = slot < t->begin ? 0 : (stop - slot) / 8;
        if (n_pairs > 0) {
            float *out[TILE];
            for (int r = 0; r < t->width; r++) out[r] = t->rows[r].score + (slot - t->begin);
            score_tiles[t->width](head, t->q, keys, step, n_pairs, out);
            slot += 8 * n_pairs;
            continue;
        }
        if (t->begin < slot + 8) score_edge(head, t, keys, step, slot);
        slot += 8;
    }
}

/* out += the slots [begin, end), at most VALUE_SLOTS, which all `width` rows see. */
static void add_values(const head_view *head, const stretch *rows, int width, int begin, int end) {
    if (begin >= end) return;
    const float *p[TILE];
    float *out[TILE], packed[VALUE_SLOTS * TILE];
    for (int r = 0; r < width; r++) {
        p[r] = rows[r].score + (begin - rows[r].begin);
        out[r] = rows[r].out;
    }
    interleave_rows(p, width, end - begin, packed);
    value_tiles[width](head->values + (size_t)begin * (size_t)head->head_dim, head->head_dim,
                       end - begin, packed, out);
}

/* out += the tile's slots within [from, to). */
static void value_slots(const head_view *head, const row_tile *t, int from, int to) {
    int begin = t->begin > from ? t->begin : from, common = t->common < to ? t->common : to;
    add_values(head, t->rows, t->width, begin, common);
    if (t->end == t->common) return;
    for (int r = 0; r < t->width; r++) {
        int end = t->rows[r].end < to ? t->rows[r].end : to;
        add_values(head, t->rows + r, 1, begin > common ? begin : common, end);
    }
}

/* Calls `each` for stretches of slots, for all tiles one after the other, so that keys or values
 * are read from memory once for all rows. */
static void walk_slots(const head_view *head, const row_tile *tiles, int n_tiles, int size,
                       void (*each)(const head_view *, const row_tile *, int, int)) {
    int begin = tiles[0].begin, end = tiles[0].end;
    for (int i = 1; i < n_tiles; i++) {
        if (tiles[i].begin < begin) begin = tiles[i].begin;
        if (tiles[i].end > end) end = tiles[i].end;
    }
    for (int slot = begin / 8 * 8; slot < end; slot += size) {
        for (int i = 0; i < n_tiles; i++) {
            if (tiles[i].begin < slot + size && slot < tiles[i].end)
                each(head, tiles + i, slot, slot + size);
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

static void simd_attend(const attention *a, int kv_head, int row_begin, int row_end,
                        float *scores) {
    stretch prefix[ATTENTION_ROWS], branch[ATTENTION_ROWS];
    row_tile tiles[2][ATTENTION_ROWS];
    int n_tiles[2], n = row_end - row_begin;
    if (n <= 0) return;
    size_t head_dim = (size_t)a->kv->head_dim;
    size_t head_at = (size_t)kv_head * (size_t)a->kv->n_slots * head_dim;
    head_view head = {a->kv->keys + head_at, a->kv->values + head_at, a->kv->head_dim, a->scale};
    float total[ATTENTION_ROWS], *packed = scores + ATTENTION_ROWS * a->stride;
    prepare_rows(a, kv_head, row_begin, n, scores, prefix, branch);
    for (int part = 0; part < 2;
         part++) { /* the branch's scores after the prefix's, see score_edge */
        n_tiles[part] = make_tiles(&head, part ? branch : prefix, n, packed, tiles[part]);
        walk_slots(&head, tiles[part], n_tiles[part], SCORE_SLOTS, score_slots);
    }
    for (int i = 0; i < n; i++) {
        size_t visible = visible_slots(prefix + i, branch + i);
        float *score = prefix[i].score;
        total[i] = simd_exp_sum(score, visible, simd_max(score, visible), score);
    }
    for (int part = 0; part < 2; part++)
        walk_slots(&head, tiles[part], n_tiles[part], VALUE_SLOTS, value_slots);
    for (int i = 0; i < n; i++) {
        if (visible_slots(prefix + i, branch + i) == 0) continue; /* zeros stay */
        f32x4 divisor = f32x4_splat(total[i]);
        for (size_t d = 0; d < head_dim; d += 4)
            f32x4_store(prefix[i].out + d, f32x4_div(f32x4_load(prefix[i].out + d), divisor));
    }
}

#define SIMD_TABLE                                                                                 \
    .name = "simd", .isa = ASSAY_SIMD_ISA, .quantize = simd_quantize, .multiply = simd_multiply,   \
    .attend = simd_attend, .rms_norm = simd_rms_norm, .layer_norm = simd_layer_norm,               \
    .add = simd_add, .gelu_tanh = simd_gelu_tanh, .gelu_erf = simd_gelu_erf,                       \
    .swiglu = simd_swiglu, .rotate = simd_rotate, .max = simd_max, .exp_sum = simd_exp_sum,        \
    .ceiling = simd_ceiling

#endif
