/* What the parts of the kernel check share: the table under test, random input, the count of
 * distinct cases, and the comparison bit for bit. Included once, by test_check.c. */
#ifndef ASSAY_TESTS_CHECK_H
#define ASSAY_TESTS_CHECK_H

enum { N_POOLS = 3 };

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

#endif
