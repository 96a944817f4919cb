/* The kernel check: every operation of every table of vectors against the scalar specification, bit
 * for bit, on random seeded input of awkward lengths and alignments, with guarded buffers and any
 * number of threads.
 *
 *     test_check [--seed N] [name]          the tests (prints the seed and the shape of a failure)
 *     test_check --bench [seconds [name]]   times the same calls, or those whose line holds name,
 *                                           beside the ceiling measured on this machine */
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
#include "kernels/check.h"
#include "kernels/check_attention.h"
#include "kernels/check_matmul.h"
#include "kernels/check_rows.h"

enum { MAX_TABLES = 4, MAX_QUEUED = 128, SCRATCH = 24 << 20 };

static const assay_kernels *tables[MAX_TABLES];

#define MATMUL(type) {"matmul ", check_matmul, type}
static const struct {
    const char *name;
    void (*check)(int argument);
    int argument;
} ops[] = {MATMUL(ASSAY_F32),
           MATMUL(ASSAY_F16),
           MATMUL(ASSAY_BF16),
           MATMUL(ASSAY_Q4_0),
           MATMUL(ASSAY_Q4_1),
           MATMUL(ASSAY_Q5_0),
           MATMUL(ASSAY_Q5_1),
           MATMUL(ASSAY_Q8_0),
           MATMUL(ASSAY_Q4_K),
           MATMUL(ASSAY_Q5_K),
           MATMUL(ASSAY_Q6_K),
           {"every ", check_every_float, ASSAY_F16},
           {"every ", check_every_float, ASSAY_BF16},
           {"quantize", check_quantize, false},
           {"quantize with sums", check_quantize, true},
           {"norms", check_norms, 0},
           {"add, gelu, swiglu", check_elements, 0},
           {"activation sweep", check_activation_sweep, 0},
           {"log_prob", check_log_prob, 0},
           {"rope", check_rope, 0},
           {"attention", check_attention, 0},
           {"place of a branch", check_branch_place, 0}};
enum { N_OPS = sizeof ops / sizeof *ops };

/* The harness runs functions without arguments, and tells them apart by their names. */
static struct {
    int op, table;
    char name[64];
} queue[MAX_QUEUED];
static int n_queued;

static void run_queued(void) {
    for (int i = 0; i < n_queued; i++) {
        if (test_state.now != queue[i].name) continue;
        k = tables[queue[i].table];
        rng = assay_rng_seed(seed, (uint64_t)queue[i].op); /* every table sees the same cases */
        ops[queue[i].op].check(ops[queue[i].op].argument);
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
            const char *type = ops[op].check == check_matmul || ops[op].check == check_every_float
                                   ? assay_type_name((assay_type)ops[op].argument)
                                   : "";
            snprintf(queue[n_queued].name, sizeof queue->name, "%s%s, %s", ops[op].name, type, isa);
            test_add(queue[n_queued].name, run_queued);
            n_queued++;
        }
    }
}

int main(int argc, char **argv) {
    assay_error err = {0};
    if (argc > 1 && strcmp(argv[1], "--bench") == 0)
        return kernel_bench(argc > 2 ? atof(argv[2]) : 0.3, argc > 3 ? argv[3] : NULL);
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
