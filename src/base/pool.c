/* Workers spin briefly for the next loop, then sleep on a condition. A loop is open from its start until
 * its last piece is taken; a worker that wakes late finds it closed and goes back to wait, so that the
 * caller never waits for a thread that has nothing to do. */
#include "base/pool.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

enum { SPINS = 20000 }; /* about 10 microseconds: longer than the gap between two layers' loops */

typedef struct worker {
    assay_pool *pool;
    pthread_t thread;
    int index;
} worker;

struct assay_pool {
    int n_workers; /* beside the caller */
    worker workers[ASSAY_MAX_THREADS];
    pthread_mutex_t lock;
    pthread_cond_t wake, idle;
    atomic_uint generation; /* changes when a loop starts or the pool ends */
    atomic_int inside;      /* workers within the open loop; changed under the lock */
    bool open, ending;      /* under the lock */

    assay_loop_body body; /* the loop, written before it opens */
    void *context;
    size_t n, grain;
    atomic_size_t next;
};

static void run_pieces(assay_pool *pool, int worker_index) {
    for (;;) {
        size_t begin = atomic_fetch_add(&pool->next, pool->grain);
        if (begin >= pool->n) return;
        size_t end = pool->n - begin < pool->grain ? pool->n : begin + pool->grain;
        pool->body(pool->context, begin, end, worker_index);
    }
}

static void *worker_main(void *argument) {
    worker *self = argument;
    assay_pool *pool = self->pool;
    unsigned seen = 0;
    for (;;) {
        for (int i = 0; i < SPINS && atomic_load(&pool->generation) == seen; i++) {
        }
        pthread_mutex_lock(&pool->lock);
        while (atomic_load(&pool->generation) == seen) pthread_cond_wait(&pool->wake, &pool->lock);
        seen = atomic_load(&pool->generation);
        bool ending = pool->ending, join = pool->open;
        if (join) atomic_fetch_add(&pool->inside, 1);
        pthread_mutex_unlock(&pool->lock);
        if (ending) return NULL;
        if (!join) continue;
        run_pieces(pool, self->index);
        pthread_mutex_lock(&pool->lock);
        if (atomic_fetch_sub(&pool->inside, 1) == 1) pthread_cond_signal(&pool->idle);
        pthread_mutex_unlock(&pool->lock);
    }
}

assay_status assay_pool_create(int n_threads, assay_pool **out, assay_error *err) {
    *out = NULL;
    if (n_threads < 1 || n_threads > ASSAY_MAX_THREADS)
        return assay_fail(err, ASSAY_E_ARGUMENT, "threads: %d is not in 1 ... %d", n_threads,
                          ASSAY_MAX_THREADS);
    assay_pool *pool = calloc(1, sizeof *pool);
    if (!pool) return assay_fail(err, ASSAY_E_MEMORY, "threads: out of memory");
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->wake, NULL);
    pthread_cond_init(&pool->idle, NULL);
    for (int i = 0; i < n_threads - 1; i++) {
        worker *w = &pool->workers[pool->n_workers];
        *w = (worker){.pool = pool, .index = pool->n_workers + 1};
        /* A platform that gives no (more) threads runs with those it gave: slower, the same bits. */
        if (pthread_create(&w->thread, NULL, worker_main, w) != 0) break;
        pool->n_workers++;
    }
    *out = pool;
    return ASSAY_OK;
}

void assay_pool_destroy(assay_pool *pool) {
    if (!pool) return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    atomic_fetch_add(&pool->generation, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);
    for (int i = 0; i < pool->n_workers; i++) pthread_join(pool->workers[i].thread, NULL);
    pthread_cond_destroy(&pool->idle);
    pthread_cond_destroy(&pool->wake);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

int assay_pool_threads(const assay_pool *pool) {
    return pool ? pool->n_workers + 1 : 1;
}

static void run_serial(size_t n, size_t grain, assay_loop_body body, void *context) {
    for (size_t begin = 0; begin < n;) {
        size_t end = n - begin < grain ? n : begin + grain;
        body(context, begin, end, 0);
        begin = end;
    }
}

void assay_parallel_for(assay_pool *pool, size_t n, size_t grain, assay_loop_body body,
                        void *context) {
    if (grain == 0) grain = 1;
    if (!pool || pool->n_workers == 0 || n <= grain) {
        run_serial(n, grain, body, context);
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->body = body;
    pool->context = context;
    pool->n = n;
    pool->grain = grain;
    atomic_store(&pool->next, 0);
    pool->open = true;
    atomic_fetch_add(&pool->generation, 1);
    pthread_cond_broadcast(&pool->wake);
    pthread_mutex_unlock(&pool->lock);

    run_pieces(pool, 0);

    for (int i = 0; i < SPINS && atomic_load(&pool->inside) > 0; i++) {
    }
    pthread_mutex_lock(&pool->lock);
    pool->open = false;
    while (atomic_load(&pool->inside) > 0) pthread_cond_wait(&pool->idle, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
}
