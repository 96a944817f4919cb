/* Times the kernels on the shapes of a 256M model: the vision tower (1024 patches), prefill,
 * options, decode; and every type of weights on one shape of each kind. Every line gives the best
 * and the median of many calls; products also as a fraction of the ceiling. */
#ifndef ASSAY_TESTS_BENCH_H
#define ASSAY_TESTS_BENCH_H

typedef struct bench {
    assay_exec exec;
    double seconds, ceiling; /* GMAC/s */
    const char *only;        /* lines whose name holds it; NULL: all */
    float *x, *y;
    assay_error err;
} bench;

enum { BENCH_FLOATS = 4 << 20, BENCH_SAMPLES = 512 };

static int by_value(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef void (*bench_call)(bench *b, const void *what);

static void bench_line(bench *b, const char *name, double work, bool macs, bench_call call,
                       const void *what) {
    double times[BENCH_SAMPLES], start = assay_os_seconds();
    int n = 0;
    if (b->only && !strstr(name, b->only)) return;
    for (int warm = 0; warm < 3; warm++) call(b, what);
    while (n < BENCH_SAMPLES && (n < 5 || assay_os_seconds() - start < b->seconds)) {
        double t = assay_os_seconds();
        call(b, what);
        times[n++] = assay_os_seconds() - t;
    }
    qsort(times, (size_t)n, sizeof *times, by_value);
    double best = work / times[0] * 1e-9, median = work / times[n / 2] * 1e-9;
    printf("%-34s %9.3f ms %7.1f best %7.1f median %s", name, times[n / 2] * 1e3, best, median,
           macs ? "GMAC/s" : "Gelem/s");
    if (macs) printf("  %3.0f %% of the ceiling", 100 * best / b->ceiling);
    printf("\n");
    fflush(stdout);
}

typedef struct matmul_shape {
    const char *name;
    assay_type type;
    int n, cols, rows;
    const assay_matrix *w;
} matmul_shape;

static void call_matmul(bench *b, const void *what) {
    const matmul_shape *s = what;
    assay_matmul(&b->exec, s->w, b->x, s->n, NULL, b->y);
}

static void bench_matmul(bench *b, matmul_shape s) {
    char name[64];
    snprintf(name, sizeof name, "%s %s %d x %d -> %d", s.name, assay_type_name(s.type), s.n, s.cols,
             s.rows);
    if (b->only && !strstr(name, b->only)) return;
    size_t bytes = 0, row_bytes = 0;
    assay_type_size(s.type, (size_t)s.rows, (size_t)s.cols, &bytes);
    assay_type_size(s.type, 1, (size_t)s.cols, &row_bytes);
    uint8_t *data = calloc(1, bytes);
    float *row = malloc((size_t)s.cols * sizeof *row);
    assay_matrix w;
    if (!data || !row) abort();
    for (int i = 0; i < s.cols; i++) row[i] = (float)(i * 7 % 13 - 6);
    assay_quantize_row(s.type, row, (size_t)s.cols, data);
    for (int r = 1; r < s.rows; r++) memcpy(data + (size_t)r * row_bytes, data, row_bytes);
    if (assay_matrix_pack(&w, s.type, s.rows, s.cols, data, &b->err) == ASSAY_OK) {
        s.w = &w;
        bench_line(b, name, (double)s.n * s.cols * s.rows, true, call_matmul, &s);
    }
    free(data);
    free(row);
}

typedef struct attention_shape {
    const char *name;
    int n, heads, kv_heads, slots;
    assay_kv kv;
    const assay_span *spans;
} attention_shape;

static void call_attention(bench *b, const void *what) {
    const attention_shape *s = what;
    assay_attention(&b->exec, &s->kv, b->x, s->n, s->heads, s->spans, 0.125f, b->y);
}

static void bench_attention(bench *b, attention_shape s, bool causal) {
    enum { DIM = 64 };
    float *memory = calloc(1, assay_kv_bytes(s.kv_heads, DIM, s.slots));
    assay_span *spans = malloc((size_t)s.n * sizeof *spans);
    if (!memory || !spans) abort();
    double visible = 0;
    for (int j = 0; j < s.n; j++) {
        spans[j] = (assay_span){causal ? s.slots - s.n + j + 1 : s.slots, 0, 0};
        visible += spans[j].prefix;
    }
    assay_kv_bind(&s.kv, memory, s.kv_heads, DIM, s.slots);
    assay_kv_store(&b->exec, &s.kv, 0, s.slots, b->x, b->x);
    s.spans = spans;
    char name[64];
    snprintf(name, sizeof name, "%s %d x %d, %d heads", s.name, s.n, s.slots, s.heads);
    bench_line(b, name, 2 * visible * (double)(s.heads * DIM), true, call_attention, &s);
    free(memory);
    free(spans);
}

enum { PATCHES = 1024, WIDTH = 768, HIDDEN = 3072, VOCABULARY = 49280 };

static void call_gelu(bench *b, const void *what) {
    (void)what;
    assay_gelu_tanh(&b->exec, b->y, (size_t)PATCHES * HIDDEN);
}
static void call_swiglu(bench *b, const void *what) {
    (void)what;
    assay_swiglu(&b->exec, b->y, b->x, 512 * 1536);
}
static void call_layer_norm(bench *b, const void *what) {
    (void)what;
    assay_layer_norm(&b->exec, b->x, PATCHES, WIDTH, b->x, b->x, 1e-6f, b->y);
}
static void call_rms_norm(bench *b, const void *what) {
    (void)what;
    assay_rms_norm(&b->exec, b->x, 512, 576, b->x, 1e-5f, b->y);
}
static void call_log_prob(bench *b, const void *what) {
    (void)what;
    b->y[0] = assay_log_prob(&b->exec, b->x, VOCABULARY, 7);
}

static void bench_all(bench *b) {
    b->ceiling = assay_ceiling_gmacs(&b->exec, 2 * b->seconds);
    printf("-- %s, %s, %d threads; ceiling %.1f GMAC/s (int8 x int16 tiles of 4 x 2 in L1)\n",
           assay_kernels_name(b->exec.kernels), b->exec.kernels->isa,
           assay_pool_threads(b->exec.pool), b->ceiling);
    bench_matmul(b, (matmul_shape){"vision", ASSAY_Q8_0, PATCHES, WIDTH, WIDTH, NULL});
    bench_matmul(b, (matmul_shape){"vision", ASSAY_Q8_0, PATCHES, WIDTH, HIDDEN, NULL});
    bench_matmul(b, (matmul_shape){"vision", ASSAY_Q8_0, PATCHES, HIDDEN, WIDTH, NULL});
    bench_matmul(b, (matmul_shape){"connector", ASSAY_Q8_0, 64, 12288, 576, NULL});
    bench_matmul(b, (matmul_shape){"prefill", ASSAY_Q8_0, 512, 576, 1536, NULL});
    bench_matmul(b, (matmul_shape){"options", ASSAY_Q8_0, 8, 576, 1536, NULL});
    bench_matmul(b, (matmul_shape){"options", ASSAY_Q8_0, 4, 576, VOCABULARY, NULL});
    bench_matmul(b, (matmul_shape){"decode", ASSAY_Q8_0, 1, 576, 1536, NULL});
    bench_matmul(b, (matmul_shape){"decode", ASSAY_Q8_0, 1, 576, VOCABULARY, NULL});
    bench_matmul(b, (matmul_shape){"vision", ASSAY_F16, PATCHES, WIDTH, WIDTH, NULL});
    bench_matmul(b, (matmul_shape){"vision", ASSAY_F32, PATCHES, WIDTH, WIDTH, NULL});
    for (int type = 0; type < ASSAY_TYPE_END; type++) {
        if (!assay_type_name((assay_type)type)) continue;
        bench_matmul(b, (matmul_shape){"type, prefill", (assay_type)type, 512, WIDTH, 1536, NULL});
        bench_matmul(b, (matmul_shape){"type, options", (assay_type)type, 4, WIDTH, 1536, NULL});
        bench_matmul(b, (matmul_shape){"type, decode", (assay_type)type, 1, WIDTH, 1536, NULL});
        bench_matmul(b,
                     (matmul_shape){"type, decode", (assay_type)type, 1, WIDTH, VOCABULARY, NULL});
    }
    bench_attention(b,
                    (attention_shape){.name = "vision attention",
                                      .n = PATCHES,
                                      .heads = 12,
                                      .kv_heads = 12,
                                      .slots = PATCHES},
                    false);
    bench_attention(
        b,
        (attention_shape){
            .name = "prefill attention", .n = 512, .heads = 9, .kv_heads = 3, .slots = 1152},
        true);
    bench_attention(
        b,
        (attention_shape){
            .name = "decode attention", .n = 1, .heads = 9, .kv_heads = 3, .slots = 1152},
        true);
    bench_line(b, "gelu 1024 x 3072", (double)(PATCHES * HIDDEN), false, call_gelu, NULL);
    bench_line(b, "swiglu 512 x 1536", 512 * 1536, false, call_swiglu, NULL);
    bench_line(b, "layer norm 1024 x 768", PATCHES * WIDTH, false, call_layer_norm, NULL);
    bench_line(b, "rms norm 512 x 576", 512 * 576, false, call_rms_norm, NULL);
    bench_line(b, "log probability of 49280", VOCABULARY, false, call_log_prob, NULL);
}

static int kernel_bench(double seconds, const char *only) {
    bench b = {.seconds = seconds, .only = only};
    assay_arena arena = {0};
    b.x = malloc(BENCH_FLOATS * sizeof *b.x);
    b.y = malloc(BENCH_FLOATS * sizeof *b.y);
    if (!b.x || !b.y) return 1;
    for (int i = 0; i < BENCH_FLOATS; i++) b.x[i] = (float)(i % 61 - 30) * 0.1f;
    memcpy(b.y, b.x, BENCH_FLOATS * sizeof *b.x);
    if (assay_arena_create(&arena, 32 << 20, "the scratch of the bench", &b.err) != ASSAY_OK)
        return 1;
    for (int threads = 1; threads <= 2; threads++) {
        assay_pool *pool = NULL;
        if (assay_pool_create(threads, &pool, &b.err) != ASSAY_OK) return 1;
        b.exec = (assay_exec){assay_kernels_find(NULL), pool, &arena};
        if (assay_pool_threads(pool) == threads) bench_all(&b);
        assay_pool_destroy(pool);
    }
    assay_arena_destroy(&arena);
    free(b.x);
    free(b.y);
    return 0;
}

#endif
