/* The pool against its serial twin; also the program that ThreadSanitizer watches. */
#include "test.h"

#include "base/pool.h"

enum { N = 1000 };

typedef struct sums {
    int touched[N];
    int pieces_wrong;
    size_t grain;
} sums;

static void touch(void *context, size_t begin, size_t end, int worker) {
    sums *s = context;
    if (begin % s->grain || (end - begin != s->grain && end != N) || worker < 0)
        s->pieces_wrong = 1;
    for (size_t i = begin; i < end; i++) s->touched[i] += (int)i;
}

TEST(every_item_once_for_any_threads_and_grain) {
    for (int threads = 1; threads <= 5; threads++) {
        assay_pool *pool = NULL;
        assay_error err;
        CHECK_STATUS(assay_pool_create(threads, &pool, &err), ASSAY_OK, err);
        for (size_t grain = 1; grain <= 2 * N; grain = grain * 3 + 1) {
            sums s = {.grain = grain};
            for (int round = 1; round <= 20; round++) assay_parallel_for(pool, N, grain, touch, &s);
            for (int i = 0; i < N; i++)
                CHECK(s.touched[i] == 20 * i, "item %d, grain %zu", i, grain);
            CHECK(!s.pieces_wrong);
        }
        assay_pool_destroy(pool);
    }
}

static void own_slot(void *context, size_t begin, size_t end, int worker) {
    /* Without a data race: each worker writes its own counter alone. */
    long *counters = context;
    counters[worker * 16] += (long)(end - begin);
}

TEST(workers_do_not_share_an_index) {
    assay_pool *pool = NULL;
    assay_error err;
    CHECK_STATUS(assay_pool_create(4, &pool, &err), ASSAY_OK, err);
    CHECK(assay_pool_threads(pool) == 4, "%d threads", assay_pool_threads(pool));
    long counters[4 * 16] = {0};
    for (int i = 0; i < 2000; i++) assay_parallel_for(pool, 64, 1, own_slot, counters);
    CHECK(counters[0] + counters[16] + counters[32] + counters[48] == 2000 * 64);
    assay_pool_destroy(pool);
}

TEST(edges) {
    assay_error err;
    assay_pool *pool = NULL;
    CHECK_STATUS(assay_pool_create(0, &pool, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_pool_create(ASSAY_MAX_THREADS + 1, &pool, &err), ASSAY_E_ARGUMENT, err);
    CHECK(pool == NULL && assay_pool_threads(NULL) == 1);
    assay_pool_destroy(NULL);
    CHECK_STATUS(assay_pool_create(3, &pool, &err), ASSAY_OK, err);
    sums s = {.grain = N};
    assay_parallel_for(pool, 0, 1, touch, &s); /* nothing to do */
    assay_parallel_for(NULL, N, N, touch, &s); /* without a pool */
    CHECK(s.touched[3] == 3 && s.touched[N - 1] == N - 1 && !s.pieces_wrong);
    assay_pool_destroy(pool); /* a pool that was never used ends too */
}
