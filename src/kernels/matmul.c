/* The matrix product: quantizes the activations once, then walks (chunk of columns) x (panel of
 * rows). A chunk is as many columns as stay in the second-level cache; within one, a panel's
 * weights are read once and serve every tile of columns from the first-level cache. */
#include "kernels/kernels.h"
#include "kernels/blocks.h"
#include "kernels/table.h"

#include <assert.h>

enum {
    CHUNK_BYTES = 256 * 1024, /* activations that one sweep over the weights uses */
    MIN_CHUNK = 16,           /* columns: fewer would read the weights too often */
    MIN_PIECE = 128 * 1024,   /* multiplications that are worth handing to another thread */
    LINE_PANELS = 2           /* two panels' results share a cache line: one thread writes both */
};

typedef struct matmul_loop {
    const assay_kernels *kernels;
    product p;
    int chunk;       /* columns; a multiple of TILE */
    int n_row_items; /* panels, and one item for the rows that fill none */
    uint8_t *xq;
} matmul_loop;

static bool is_quantized(assay_type type) {
    return assay_type_block(type) > 1;
}

/* Minima need the sums; a single column is multiplied by codes without sign (simd_codes.h). */
static bool needs_sums(assay_type type, int n) {
    const block_format *f = assay_block_format(type);
    return f->minimum || (n == 1 && f->code_bits < 8);
}

static size_t column_bytes(assay_type type, int cols, int n) {
    if (!is_quantized(type)) return (size_t)cols * sizeof(float);
    return (size_t)cols / BLOCK * quantized_bytes(needs_sums(type, n));
}

size_t assay_matmul_scratch(assay_type type, int cols, int n) {
    if (!is_quantized(type) || n <= 0) return 0;
    return (size_t)n * column_bytes(type, cols, n) + ASSAY_ALIGN;
}

static void quantize_tiles(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    matmul_loop *loop = context;
    int cols = loop->p.w->cols;
    for (size_t tile = begin; tile < end; tile++) {
        int j = (int)tile * TILE;
        loop->kernels->quantize(
            loop->p.x + (size_t)j * (size_t)cols, cols, tile_width(&loop->p, j), loop->p.sums,
            loop->xq + (size_t)j * column_bytes(loop->p.w->type, cols, loop->p.n));
    }
}

static void multiply_items(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    matmul_loop *loop = context;
    const product *p = &loop->p;
    for (size_t item = begin; item < end; item++) {
        int row_item = (int)(item % (size_t)loop->n_row_items);
        int first = (int)(item / (size_t)loop->n_row_items) * loop->chunk;
        int last = p->n - first < loop->chunk ? p->n : first + loop->chunk;
        if (row_item < p->w->rows / PANEL)
            loop->kernels->multiply(p, row_item, first, last);
        else
            assay_multiply_rows(p, row_item * PANEL, p->w->rows, first, last);
    }
}

static size_t round_up(size_t n, size_t to) {
    return (n + to - 1) / to * to;
}

static size_t grain_for(size_t work) {
    return 1 + MIN_PIECE / (work + 1);
}

void assay_matmul(const assay_exec *exec, const assay_matrix *w, const float *x, int n,
                  const float *bias, float *y) {
    if (n <= 0) return;
    size_t mark = assay_arena_mark(exec->scratch), per_column = column_bytes(w->type, w->cols, n);
    matmul_loop loop = {.kernels = exec->kernels,
                        .p = {.w = w, .x = x, .n = n, .bias = bias, .y = y},
                        .n_row_items = (w->rows + PANEL - 1) / PANEL};
    if (is_quantized(w->type)) {
        loop.p.sums = needs_sums(w->type, n);
        loop.xq = assay_arena_alloc(exec->scratch, (size_t)n, per_column);
        assert(loop.xq);
        size_t n_tiles = ((size_t)n + TILE - 1) / TILE;
        /* Quantizing an element costs about as much as 8 multiplications. */
        assay_parallel_for(exec->pool, n_tiles, grain_for(8 * (size_t)w->cols * TILE),
                           quantize_tiles, &loop);
        loop.p.xq = loop.xq;
    }
    size_t fit = CHUNK_BYTES / per_column;
    loop.chunk = fit<MIN_CHUNK ? MIN_CHUNK : fit>(size_t) n ? n : (int)fit;
    loop.chunk = (loop.chunk + TILE - 1) / TILE * TILE;
    size_t n_chunks = ((size_t)n + (size_t)loop.chunk - 1) / (size_t)loop.chunk;
    size_t columns = n < loop.chunk ? (size_t)n : (size_t)loop.chunk;
    assay_parallel_for(exec->pool, n_chunks * (size_t)loop.n_row_items,
                       round_up(grain_for(columns * PANEL * (size_t)w->cols), LINE_PANELS),
                       multiply_items, &loop);
    assay_arena_reset(exec->scratch, mark);
}
