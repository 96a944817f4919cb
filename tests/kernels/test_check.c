/* The kernel check: every operation of every table of vectors against the scalar specification, bit
 * for bit, on random seeded input of awkward lengths and alignments, with guarded buffers and any
 * number of threads.
 *
 *     test_check [--seed N] [name]     the tests (prints the seed and the shape of a failure)
 *     test_check --bench [seconds]     times the same calls, beside the ceiling measured on this
 * machine */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#define TEST_NO_MAIN
#include "test.h"

#include <math.h> /* NAN, INFINITY */

#include "base/maths.h"
#include "base/os.h"
#include "base/rng.h"
#include "kernels/ceiling.h"
#include "kernels/guard.h"
#include "kernels/table.h"

/* The vectors' text once more, emulated in plain C, so that it is tested on every machine. */
#ifndef ASSAY_SIMD_EMULATED
#define ASSAY_SIMD_EMULATED
#endif
#define LANEWISE                                                                                   \
    static __attribute__((                                                                         \
        noinline, unused)) /* inlined, these loops keep gcc's sanitizers busy for minutes */
#include "kernels/simd_attention.h"
#include "kernels/simd_matmul.h"
#include "kernels/simd_rows.h"
static const assay_kernels emulated = {SIMD_TABLE};

#include "kernels/bench.h"

enum { MAX_TABLES = 4, N_POOLS = 3, SCRATCH = 24 << 20 };

static const assay_kernels *tables[MAX_TABLES];
static const assay_kernels *k;     /* the table under test */
static assay_pool *pools[N_POOLS]; /* 1, 2 and 3 threads */
static assay_arena scratch;
static uint64_t seed = 1;
static assay_rng rng;

/* ---- cases ---- */

enum { KEYS = 1 << 15 };
static uint64_t keys[KEYS];
static int n_distinct;

/* Starts a case: counts its shape among the distinct ones. */
static void begin_case(const char *op, const int *shape, int n) {
    uint64_t key = 14695981039346656037u ^ (uint64_t)(uintptr_t)k;
    for (; *op; op++) key = (key ^ (uint8_t)*op) * 1099511628211u;
    for (int i = 0; i < n; i++) key = (key ^ (uint32_t)shape[i]) * 1099511628211u;
    key |= 1;
    for (size_t at = key >> 49, tried = 0; tried < KEYS; at = (at + 1) % KEYS, tried++) {
        if (keys[at] == key) return;
        if (keys[at] != 0) continue;
        keys[at] = key;
        n_distinct++;
        return;
    }
}

static int pick(const int *from, int n) {
    return from[assay_rng_below(&rng, (uint32_t)n)];
}
#define PICK(...) pick((const int[]){__VA_ARGS__}, (int)(sizeof(int[]){__VA_ARGS__} / sizeof(int)))

/* What the numbers are like. */
enum { PLAIN, SPARSE, SUBNORMAL, HUGE_ONES, ANY_FINITE, ANY_BITS, N_KINDS };
static const char *const kind_names[] = {"plain", "sparse", "subnormal", "huge", "finite", "any"};

static float random_float(int kind) {
    uint32_t bits = (uint32_t)assay_rng_u64(&rng);
    float unit = (float)(2 * assay_rng_unit(&rng) - 1);
    switch (kind) {
    case SPARSE:
        return bits % 3 == 0 ? unit : bits % 3 == 1 ? 0.0f : -0.0f;
    case SUBNORMAL:
        return assay_f32_from_bits(bits & 0x807FFFFFu);
    case HUGE_ONES:
        return unit * 1e37f;
    case ANY_FINITE:
        return assay_f32_from_bits((bits & 0x7F800000u) == 0x7F800000u ? bits & 0xBFFFFFFFu : bits);
    case ANY_BITS:
        return assay_f32_from_bits(bits);
    default:
        return 3 * unit;
    }
}

static guarded random_floats(size_t n, int kind) {
    guarded g = guarded_alloc(n * sizeof(float));
    for (size_t i = 0; i < n; i++) ((float *)g.data)[i] = random_float(kind);
    return g;
}

static guarded copy_of(const guarded *g) {
    guarded copy = guarded_alloc(g->size);
    if (g->size) memcpy(copy.data, g->data, g->size);
    return copy;
}

/* The same bits, or both NaN: which NaN an operation gives is the machine's choice. */
static bool same(float a, float b) {
    return assay_f32_bits(a) == assay_f32_bits(b) || (a != a && b != b);
}

/* Index of the first difference, -1 when there is none. */
static long difference(const guarded *a, const guarded *b) {
    const float *x = a->data, *y = b->data;
    for (size_t i = 0; i < a->size / sizeof(float); i++) {
        if (!same(x[i], y[i])) return (long)i;
    }
    return -1;
}

static float element(const guarded *g, long at) {
    return at < 0 ? 0.0f : ((const float *)g->data)[at];
}

/* The rest of the arguments say the shape. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
static void expect_same(const guarded *got, const guarded *want, const char *format, ...) {
    char shape[256];
    va_list args;
    va_start(args, format);
    vsnprintf(shape, sizeof shape, format, args);
    va_end(args);
    long at = difference(got, want);
    CHECK(at < 0, "seed %llu, %s: element %ld is %a, not %a", (unsigned long long)seed, shape, at,
          (double)element(got, at), (double)element(want, at));
    CHECK(guarded_intact(got), "seed %llu, %s: wrote outside", (unsigned long long)seed, shape);
}

static assay_exec scalar_exec(void) {
    return (assay_exec){&assay_kernels_scalar, NULL, &scratch};
}

static assay_exec random_exec(void) {
    uint32_t i = assay_rng_below(&rng, N_POOLS + 1);
    return (assay_exec){k, i < N_POOLS ? pools[i] : NULL, &scratch};
}

/* ---- matrix products ---- */

/* Rows as GGUF has them; any bytes are legal, but most cases want weights of a sane scale. */
static guarded random_weights(assay_type type, int rows, int cols, int kind) {
    size_t bytes = 0;
    assay_type_size(type, (size_t)rows, (size_t)cols, &bytes);
    guarded g = guarded_alloc(bytes);
    float *row = malloc((size_t)cols * sizeof *row);
    if (!row) abort();
    for (int r = 0; r < rows; r++) {
        for (int i = 0; i < cols; i++) row[i] = random_float(kind);
        assay_quantize_row(type, row, (size_t)cols,
                           (uint8_t *)g.data + (size_t)r * (bytes / (size_t)rows));
    }
    free(row);
    if (type == ASSAY_Q8_0 &&
        kind == SPARSE) { /* codes beyond what our own quantizer writes: -128 */
        for (size_t i = 0; i < bytes; i++) {
            if (i % Q8_BYTES >= 2) ((uint8_t *)g.data)[i] = (uint8_t)assay_rng_u64(&rng);
        }
    }
    return g;
}

static void matmul_case(assay_type type, int rows, int cols, int n, int kind) {
    bool with_bias = assay_rng_below(&rng, 2);
    begin_case(assay_type_name(type), (int[]){rows, cols, n, kind, with_bias}, 5);
    guarded weights = random_weights(type, rows, cols, kind);
    guarded x = random_floats((size_t)n * (size_t)cols, kind),
            bias = random_floats((size_t)rows, PLAIN);
    guarded got = guarded_alloc((size_t)n * (size_t)rows * 4), want = guarded_alloc(got.size);
    assay_error err = {0};
    assay_matrix w;
    CHECK(assay_matrix_pack(&w, type, rows, cols, weights.data, &err) == ASSAY_OK, "%s", err.text);
    assay_exec reference = scalar_exec(), exec = random_exec();
    const float *b = with_bias ? bias.data : NULL;
    assay_matmul(&reference, &w, x.data, n, b, want.data);
    assay_matmul(&exec, &w, x.data, n, b, got.data);
    expect_same(&got, &want, "%s rows %d cols %d n %d bias %d %s, %d threads",
                assay_type_name(type), rows, cols, n, with_bias, kind_names[kind],
                assay_pool_threads(exec.pool));
    CHECK(scratch.used == 0, "scratch was not given back");
    CHECK(guarded_intact(&weights), "packing or reading wrote outside the weights");
    guarded_free(&weights), guarded_free(&x), guarded_free(&bias), guarded_free(&got),
        guarded_free(&want);
}

static void check_matmul(assay_type type) {
    int block = assay_type_block(type);
    for (int i = 0; i < 120; i++) {
        int rows = PICK(1, 5, 7, 8, 9, 15, 16, 17, 24, 31, 40),
            n = PICK(1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 17);
        int cols = block == 1 ? PICK(1, 2, 3, 5, 31, 64, 100, 257, 300)
                              : 32 * PICK(1, 2, 3, 8, 18, 23, 24, 25, 30);
        matmul_case(type, rows, cols, n, (int)assay_rng_below(&rng, N_KINDS));
    }
    for (int n = 1; n <= 9; n++) matmul_case(type, 16, 576, n, PLAIN);
    matmul_case(type, 19, 12288, 1, PLAIN); /* the connector's length */
    matmul_case(type, 8, 12288, 21, PLAIN); /* more than one chunk of columns */
    matmul_case(type, 27, 3072, 70, PLAIN);
    matmul_case(type, 400, 768, 3, PLAIN); /* enough rows to go to other threads */
}
static void check_matmul_f32(void) {
    check_matmul(ASSAY_F32);
}
static void check_matmul_f16(void) {
    check_matmul(ASSAY_F16);
}
static void check_matmul_q8_0(void) {
    check_matmul(ASSAY_Q8_0);
}

/* All 65536 halves, one a row: the product with 1 is the half as float. */
static void check_every_half(void) {
    enum { N = 65536 };
    guarded w = guarded_alloc(2 * N), got = guarded_alloc(4 * N), want = guarded_alloc(4 * N);
    for (int i = 0; i < N; i++) ((uint16_t *)w.data)[i] = (uint16_t)i;
    for (int i = 0; i < N; i++) ((float *)want.data)[i] = assay_f16_to_f32((uint16_t)i) + 0.0f;
    assay_matrix matrix;
    assay_error err = {0};
    float one = 1.0f;
    CHECK(assay_matrix_pack(&matrix, ASSAY_F16, N, 1, w.data, &err) == ASSAY_OK, "%s", err.text);
    assay_exec exec = random_exec();
    assay_matmul(&exec, &matrix, &one, 1, NULL, got.data);
    begin_case("halves", NULL, 0);
    expect_same(&got, &want, "half %d", 0);
    guarded_free(&w), guarded_free(&got), guarded_free(&want);
}

/* Scales are floats, codes are bytes. */
static bool same_tile(const uint8_t *a, const uint8_t *b, int width, int n_blocks) {
    size_t scales = 4 * (size_t)width, block = (size_t)(X_BYTES * width);
    for (int i = 0; i < n_blocks; i++, a += block, b += block) {
        for (int c = 0; c < width; c++) {
            float x, y;
            memcpy(&x, a + 4 * c, sizeof x);
            memcpy(&y, b + 4 * c, sizeof y);
            if (!same(x, y)) return false;
        }
        if (memcmp(a + scales, b + scales, block - scales) != 0) return false;
    }
    return true;
}

static void check_quantize(void) {
    for (int i = 0; i < 200; i++) {
        int width = PICK(1, 2, 3, 4), blocks = PICK(1, 2, 3, 7),
            kind = (int)assay_rng_below(&rng, N_KINDS);
        begin_case("quantize", (int[]){width, blocks, kind, i}, 4);
        guarded x = random_floats((size_t)(width * blocks * BLOCK), kind);
        float *values = x.data;
        if (i % 5 == 0) values[assay_rng_below(&rng, BLOCK)] = i % 2 ? INFINITY : NAN;
        if (i % 7 == 0) memset(values, 0, BLOCK * sizeof *values);
        guarded got = guarded_alloc((size_t)(width * blocks * X_BYTES)),
                want = guarded_alloc(got.size);
        k->quantize(x.data, blocks * BLOCK, width, got.data);
        assay_kernels_scalar.quantize(x.data, blocks * BLOCK, width, want.data);
        CHECK(same_tile(got.data, want.data, width, blocks),
              "seed %llu, width %d blocks %d %s case %d", (unsigned long long)seed, width, blocks,
              kind_names[kind], i);
        CHECK(guarded_intact(&got), "wrote outside");
        guarded_free(&x), guarded_free(&got), guarded_free(&want);
    }
}

/* ---- rows and elements ---- */

static void check_norms(void) {
    for (int i = 0; i < 150; i++) {
        int dim = PICK(1, 2, 3, 4, 5, 7, 8, 13, 31, 64, 100, 576, 577), n = PICK(1, 2, 5, 40);
        int kind = (int)assay_rng_below(&rng, N_KINDS);
        bool layer = i % 2, in_place = assay_rng_below(&rng, 2);
        begin_case(layer ? "layer" : "rms", (int[]){dim, n, kind, in_place}, 4);
        guarded x = random_floats((size_t)(n * dim), kind), want = guarded_alloc(x.size);
        guarded weight = random_floats((size_t)dim, PLAIN),
                bias = random_floats((size_t)dim, SPARSE);
        guarded got = in_place ? copy_of(&x) : guarded_alloc(x.size);
        const float *in = in_place ? got.data : x.data;
        assay_exec reference = scalar_exec(), exec = random_exec();
        if (layer) {
            assay_layer_norm(&reference, x.data, n, dim, weight.data, bias.data, 1e-6f, want.data);
            assay_layer_norm(&exec, in, n, dim, weight.data, bias.data, 1e-6f, got.data);
        } else {
            assay_rms_norm(&reference, x.data, n, dim, weight.data, 1e-5f, want.data);
            assay_rms_norm(&exec, in, n, dim, weight.data, 1e-5f, got.data);
        }
        expect_same(&got, &want, "%s dim %d n %d %s in place %d", layer ? "layer" : "rms", dim, n,
                    kind_names[kind], in_place);
        guarded_free(&x), guarded_free(&want), guarded_free(&weight), guarded_free(&bias),
            guarded_free(&got);
    }
}

static void run_elements(const assay_exec *exec, int op, float *x, const float *y, size_t n) {
    if (op == 0) assay_add(exec, x, y, n);
    if (op == 1) assay_gelu_tanh(exec, x, n);
    if (op == 2) assay_swiglu(exec, x, y, n);
}

static void elements_case(int op, int n, int kind) {
    static const char *const names[] = {"add", "gelu", "swiglu"};
    begin_case(names[op], (int[]){n, kind}, 2);
    guarded want = random_floats((size_t)n, kind), got = copy_of(&want),
            y = random_floats((size_t)n, kind);
    assay_exec reference = scalar_exec(), exec = random_exec();
    run_elements(&reference, op, want.data, y.data, (size_t)n);
    run_elements(&exec, op, got.data, y.data, (size_t)n);
    expect_same(&got, &want, "%s n %d %s", names[op], n, kind_names[kind]);
    guarded_free(&want), guarded_free(&got), guarded_free(&y);
}

static void check_elements(void) {
    for (int op = 0; op < 3; op++) {
        for (int n = 0; n <= 35; n++) elements_case(op, n, n % N_KINDS);
        for (int kind = 0; kind < N_KINDS; kind++) elements_case(op, 50001, kind);
    }
}

/* Every 3079th float there is: all exponents, both signs. */
static void check_activation_sweep(void) {
    enum { STEP = 3079, N = (int)(4294967296 / STEP), PART = 1 << 16 };
    guarded got = guarded_alloc(4 * PART), want = guarded_alloc(4 * PART),
            ones = guarded_alloc(4 * PART);
    for (int i = 0; i < PART; i++) ((float *)ones.data)[i] = 1.0f;
    assay_exec reference = scalar_exec(), exec = random_exec();
    for (int part = 0; part < N / PART; part++) {
        for (int op = 1; op <= 2; op++) {
            for (uint32_t i = 0; i < PART; i++)
                ((float *)want.data)[i] = assay_f32_from_bits(((uint32_t)part * PART + i) * STEP);
            memcpy(got.data, want.data, got.size);
            begin_case("sweep", (int[]){part, op}, 2);
            run_elements(&reference, op, want.data, ones.data, PART);
            run_elements(&exec, op, got.data, ones.data, PART);
            expect_same(&got, &want, "sweep op %d part %d", op, part);
        }
    }
    guarded_free(&got), guarded_free(&want), guarded_free(&ones);
}

static void check_log_prob(void) {
    for (int i = 0; i < 120; i++) {
        int n = PICK(1, 2, 3, 4, 5, 6, 7, 9, 31, 500, 49280),
            kind = (int)assay_rng_below(&rng, N_KINDS);
        int target = (int)assay_rng_below(&rng, (uint32_t)n);
        begin_case("log_prob", (int[]){n, kind, target}, 3);
        guarded x = random_floats((size_t)n, kind);
        assay_exec reference = scalar_exec(), exec = random_exec();
        float want = assay_log_prob(&reference, x.data, n, target);
        float got = assay_log_prob(&exec, x.data, n, target);
        CHECK(same(got, want), "seed %llu n %d target %d %s: %a, not %a", (unsigned long long)seed,
              n, target, kind_names[kind], (double)got, (double)want);
        guarded_free(&x);
    }
}

static void check_rope(void) {
    enum { POSITIONS = 50 };
    for (int i = 0; i < 60; i++) {
        int head_dim = PICK(4, 8, 12, 20, 64), heads = PICK(1, 2, 3, 9), n = PICK(1, 2, 7, 40);
        int kind = (int)assay_rng_below(&rng, N_KINDS);
        begin_case("rope", (int[]){head_dim, heads, n, kind}, 4);
        guarded table = guarded_alloc(assay_rope_bytes(head_dim, POSITIONS));
        guarded want = random_floats((size_t)(n * heads * head_dim), kind), got = copy_of(&want);
        int positions[40];
        for (int j = 0; j < n; j++) positions[j] = (int)assay_rng_below(&rng, POSITIONS);
        assay_rope rope;
        assay_rope_fill(&rope, table.data, head_dim, POSITIONS, 100000.0);
        assay_exec reference = scalar_exec(), exec = random_exec();
        assay_rope_apply(&reference, &rope, want.data, n, heads, positions);
        assay_rope_apply(&exec, &rope, got.data, n, heads, positions);
        expect_same(&got, &want, "head_dim %d heads %d n %d %s", head_dim, heads, n,
                    kind_names[kind]);
        CHECK(guarded_intact(&table), "the table's fill wrote outside");
        guarded_free(&table), guarded_free(&want), guarded_free(&got);
    }
}

/* ---- attention ---- */

/* Spans of n queries over `slots` slots: causal, options behind a common prefix, or anything. */
static void random_spans(assay_span *spans, int n, int slots) {
    int mode = (int)assay_rng_below(&rng, 4), prefix = assay_rng_range(&rng, 0, slots - 1);
    int begin = assay_rng_range(&rng, 0, slots - 1);
    bool together = assay_rng_below(&rng, 2); /* all branches begin at the same slot */
    for (int j = 0; j < n; j++) {
        int causal = slots - n + 1 + j > 0 ? slots - n + 1 + j : 1;
        int left = slots - begin < j % 5 + 1 ? slots - begin : j % 5 + 1;
        if (mode == 0) spans[j] = (assay_span){causal, 0, 0};
        if (mode == 1) spans[j] = (assay_span){prefix, begin, begin + left};
        if (mode == 2) spans[j] = (assay_span){slots, slots, slots};
        if (mode != 3) continue;
        spans[j].prefix = assay_rng_range(&rng, 0, slots);
        spans[j].begin = together ? begin : assay_rng_range(&rng, 0, slots);
        spans[j].end = assay_rng_range(&rng, spans[j].begin, slots);
    }
}

static bool is_seen(const assay_span *spans, int n, int slot) {
    for (int j = 0; j < n; j++) {
        if (slot < spans[j].prefix || (slot >= spans[j].begin && slot < spans[j].end)) return true;
    }
    return false;
}

/* Fills the slots that some query sees, the others with NaN: what is not seen must not matter. */
static void fill_kv(assay_kv *kv, const assay_span *spans, int n, int kind) {
    int row = kv->n_kv_heads * kv->head_dim;
    guarded key = guarded_alloc((size_t)row * 4), value = guarded_alloc((size_t)row * 4);
    assay_exec exec = scalar_exec();
    for (int slot = 0; slot < kv->n_slots; slot++) {
        bool seen = is_seen(spans, n, slot);
        for (int i = 0; i < row; i++) {
            ((float *)key.data)[i] = seen ? random_float(kind) : NAN;
            ((float *)value.data)[i] = seen ? random_float(kind) : NAN;
        }
        assay_kv_store(&exec, kv, slot, 1, key.data, value.data);
    }
    guarded_free(&key), guarded_free(&value);
}

static void attention_case(int head_dim, int kv_heads, int group, int slots, int n, int kind) {
    begin_case("attention", (int[]){head_dim, kv_heads, group, slots, n, kind}, 6);
    int heads = kv_heads * group;
    guarded memory = guarded_alloc(assay_kv_bytes(kv_heads, head_dim, slots));
    guarded q = random_floats((size_t)(n * heads * head_dim), kind);
    guarded got = guarded_alloc(q.size), want = guarded_alloc(q.size);
    guarded spans = guarded_alloc((size_t)n * sizeof(assay_span));
    assay_kv kv;
    random_spans(spans.data, n, slots);
    assay_kv_bind(&kv, memory.data, kv_heads, head_dim, slots);
    fill_kv(&kv, spans.data, n, kind);
    assay_exec reference = scalar_exec(), exec = random_exec();
    assay_attention(&reference, &kv, q.data, n, heads, spans.data, 0.125f, want.data);
    assay_attention(&exec, &kv, q.data, n, heads, spans.data, 0.125f, got.data);
    expect_same(&got, &want, "head_dim %d kv heads %d group %d slots %d n %d %s, %d threads",
                head_dim, kv_heads, group, slots, n, kind_names[kind],
                assay_pool_threads(exec.pool));
    CHECK(guarded_intact(&memory), "the store wrote outside");
    if (kind == PLAIN) {
        for (size_t i = 0; i < got.size / 4; i++) {
            if (((float *)got.data)[i] != ((float *)got.data)[i]) {
                CHECK(false, "seed %llu: a slot that is not visible was read",
                      (unsigned long long)seed);
                break;
            }
        }
    }
    CHECK(scratch.used == 0, "scratch was not given back");
    guarded_free(&memory), guarded_free(&q), guarded_free(&got), guarded_free(&want),
        guarded_free(&spans);
}

static void check_attention(void) {
    for (int i = 0; i < 150; i++) {
        int head_dim = PICK(4, 8, 12, 16, 20, 64), kv_heads = PICK(1, 2, 3),
            group = PICK(1, 2, 3, 5);
        int slots = 4 * PICK(1, 2, 3, 5, 8, 17, 35), n = PICK(1, 2, 3, 4, 5, 11, 33);
        attention_case(head_dim, kv_heads, group, slots, n,
                       i % 3 ? PLAIN : (int)assay_rng_below(&rng, N_KINDS));
    }
    attention_case(64, 3, 3, 300, 40, PLAIN);
}

/* The same branch at another place of the store gives the same bits. */
static void check_branch_place(void) {
    enum { DIM = 16, PREFIX = 13, N = 6, SLOTS = 64 };
    guarded memory = guarded_alloc(assay_kv_bytes(1, DIM, SLOTS)),
            q = random_floats(N * DIM, PLAIN);
    guarded key = random_floats(SLOTS * DIM, PLAIN), value = random_floats(SLOTS * DIM, PLAIN);
    guarded first = guarded_alloc(q.size), other = guarded_alloc(q.size);
    for (int begin = PREFIX; begin + N <= SLOTS; begin++) {
        assay_kv kv;
        assay_span spans[N];
        assay_exec exec = random_exec();
        const float *keys_in = key.data, *values_in = value.data;
        memset(memory.data, 0xFF, memory.size); /* NaN */
        assay_kv_bind(&kv, memory.data, 1, DIM, SLOTS);
        assay_kv_store(&exec, &kv, 0, PREFIX, keys_in, values_in);
        assay_kv_store(&exec, &kv, begin, N, keys_in + PREFIX * DIM, values_in + PREFIX * DIM);
        for (int j = 0; j < N; j++) spans[j] = (assay_span){PREFIX, begin, begin + j + 1};
        begin_case("place", &begin, 1);
        assay_attention(&exec, &kv, q.data, N, 1, spans, 0.25f,
                        begin == PREFIX ? first.data : other.data);
        if (begin > PREFIX) expect_same(&other, &first, "branch at %d", begin);
    }
    CHECK(difference(&first, &first) < 0);
    guarded_free(&memory), guarded_free(&q), guarded_free(&key), guarded_free(&value);
    guarded_free(&first), guarded_free(&other);
}

/* ---- packing ---- */

/* Rows read back out of a packed matrix are the rows that went in. */
static void check_packing(void) {
    static const assay_type types[] = {ASSAY_F32, ASSAY_F16, ASSAY_Q8_0};
    for (int i = 0; i < 60; i++) {
        assay_type type = types[i % 3];
        int rows = PICK(1, 3, 7, 8, 9, 16, 29), cols = assay_type_block(type) * PICK(1, 2, 3, 10);
        begin_case("pack", (int[]){(int)type, rows, cols}, 3);
        guarded data = random_weights(type, rows, cols, PLAIN), original = copy_of(&data);
        size_t row_bytes = data.size / (size_t)rows;
        assay_matrix w;
        assay_error err = {0};
        CHECK_STATUS(assay_matrix_pack(&w, type, rows, cols, data.data, &err), ASSAY_OK, err);
        CHECK(guarded_intact(&data), "packing wrote outside");
        guarded got = guarded_alloc((size_t)cols * 4), want = guarded_alloc((size_t)cols * 4);
        for (int r = 0; r < rows; r++) {
            assay_dequantize_row(type, (uint8_t *)original.data + (size_t)r * row_bytes,
                                 (size_t)cols, want.data);
            assay_matrix_row(&w, r, got.data);
            expect_same(&got, &want, "%s rows %d cols %d row %d", assay_type_name(type), rows, cols,
                        r);
        }
        guarded_free(&data), guarded_free(&original), guarded_free(&got), guarded_free(&want);
    }
}

/* ---- the program ---- */

static const struct {
    const char *name;
    void (*check)(void);
} ops[] = {{"matmul F32", check_matmul_f32},      {"matmul F16", check_matmul_f16},
           {"matmul Q8_0", check_matmul_q8_0},    {"every half", check_every_half},
           {"quantize", check_quantize},          {"norms", check_norms},
           {"add, gelu, swiglu", check_elements}, {"activation sweep", check_activation_sweep},
           {"log_prob", check_log_prob},          {"rope", check_rope},
           {"attention", check_attention},        {"place of a branch", check_branch_place}};
enum { N_OPS = sizeof ops / sizeof *ops };

/* The harness runs functions without arguments, in order: each call takes the next (operation,
 * table). */
static struct {
    int op, table;
    char name[64];
} queue[N_OPS * MAX_TABLES];
static int n_queued;

static void run_queued(void) {
    for (int i = 0; i < n_queued; i++) {
        if (test_state.now != queue[i].name) continue;
        k = tables[queue[i].table];
        rng = assay_rng_seed(seed, (uint64_t)queue[i].op); /* every table sees the same cases */
        ops[queue[i].op].check();
    }
}

static void run_packing(void) {
    k = &assay_kernels_scalar;
    rng = assay_rng_seed(seed, 1000);
    check_packing();
}

static int find_tables(void) {
    int n = 0;
    const assay_kernels *best = assay_kernels_find("simd");
    if (best) tables[n++] = best;
#if defined(__x86_64__) || defined(__i386__)
    if (best && best != &assay_kernels_simd) tables[n++] = &assay_kernels_simd;
#endif
    tables[n++] = &emulated;
    return n;
}

static void queue_tests(int n_tables) {
    test_add("packed rows read back", run_packing);
    for (int t = 0; t < n_tables; t++) {
        for (int op = 0; op < N_OPS; op++) {
            const char *isa = tables[t] == &emulated ? "emulated" : tables[t]->isa;
            queue[n_queued].op = op;
            queue[n_queued].table = t;
            snprintf(queue[n_queued].name, sizeof queue->name, "%s, %s", ops[op].name, isa);
            test_add(queue[n_queued].name, run_queued);
            n_queued++;
        }
    }
}

int main(int argc, char **argv) {
    assay_error err = {0};
    if (argc > 1 && strcmp(argv[1], "--bench") == 0)
        return kernel_bench(argc > 2 ? atof(argv[2]) : 0.3);
    if (argc > 2 && strcmp(argv[1], "--seed") == 0) {
        seed = strtoull(argv[2], NULL, 10);
        argc -= 2;
        argv += 2;
    }
    for (int i = 0; i < N_POOLS; i++) {
        if (assay_pool_create(i + 1, &pools[i], &err) != ASSAY_OK) return 1;
    }
    if (assay_arena_create(&scratch, SCRATCH, "the scratch of the check", &err) != ASSAY_OK)
        return 1;
    queue_tests(find_tables());
    int status = test_main(argc, argv);
    printf("# %d distinct cases, seed %llu\n", n_distinct, (unsigned long long)seed);
    for (int i = 0; i < N_POOLS; i++) assay_pool_destroy(pools[i]);
    assay_arena_destroy(&scratch);
    return status;
}
