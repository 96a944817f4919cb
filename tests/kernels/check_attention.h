/* Of the kernel check: attention. Included once, by test_check.c. */
#ifndef ASSAY_TESTS_CHECK_ATTENTION_H
#define ASSAY_TESTS_CHECK_ATTENTION_H

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

static void check_attention(int unused) {
    (void)unused;
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
static void check_branch_place(int unused) {
    (void)unused;
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

#endif
