/* Of the kernel check: norms, element-wise operations, log-probability, rotary embedding. Included
 * once, by test_check.c. */
#ifndef ASSAY_TESTS_CHECK_ROWS_H
#define ASSAY_TESTS_CHECK_ROWS_H

static void check_norms(int unused) {
    (void)unused;
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
    if (op == 3) assay_gelu_erf(exec, x, n);
}

static void elements_case(int op, int n, int kind) {
    static const char *const names[] = {"add", "gelu", "swiglu", "gelu_erf"};
    begin_case(names[op], (int[]){n, kind}, 2);
    guarded want = random_floats((size_t)n, kind), got = copy_of(&want),
            y = random_floats((size_t)n, kind);
    assay_exec reference = scalar_exec(), exec = random_exec();
    run_elements(&reference, op, want.data, y.data, (size_t)n);
    run_elements(&exec, op, got.data, y.data, (size_t)n);
    expect_same(&got, &want, "%s n %d %s", names[op], n, kind_names[kind]);
    guarded_free(&want), guarded_free(&got), guarded_free(&y);
}

static void check_elements(int unused) {
    (void)unused;
    for (int op = 0; op < 4; op++) {
        for (int n = 0; n <= 35; n++) elements_case(op, n, n % N_KINDS);
        for (int kind = 0; kind < N_KINDS; kind++) elements_case(op, 50001, kind);
    }
}

/* Every 3079th float there is: all exponents, both signs. */
static void check_activation_sweep(int unused) {
    (void)unused;
    enum { STEP = 3079, N = (int)(4294967296 / STEP), PART = 1 << 16 };
    guarded got = guarded_alloc(4 * PART), want = guarded_alloc(4 * PART),
            ones = guarded_alloc(4 * PART);
    for (int i = 0; i < PART; i++) ((float *)ones.data)[i] = 1.0f;
    assay_exec reference = scalar_exec(), exec = random_exec();
    for (int part = 0; part < N / PART; part++) {
        for (int op = 1; op <= 3; op++) {
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

static void check_log_prob(int unused) {
    (void)unused;
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

static void check_rope(int unused) {
    (void)unused;
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

#endif
