/* Threads, only ever as one parallel loop. A pool of n threads runs n - 1 workers beside the caller.
 * With a NULL pool, or one of a single thread, everything runs in the caller: the serial twin. */
#ifndef ASSAY_BASE_POOL_H
#define ASSAY_BASE_POOL_H

#include <stddef.h>

#include "base/status.h"

#define ASSAY_MAX_THREADS 64

typedef struct assay_pool assay_pool;

/* n_threads from 1 to ASSAY_MAX_THREADS. A build without threads accepts any n and runs serially. */
assay_status assay_pool_create(int n_threads, assay_pool **out, assay_error *err);
void assay_pool_destroy(assay_pool *pool);      /* NULL is fine */
int assay_pool_threads(const assay_pool *pool); /* 1 for NULL */

/* One piece of the loop: items [begin, end). `worker` is in [0, assay_pool_threads) and no two pieces that
 * run at the same time share it: the index of a thread's own scratch memory. */
typedef void (*assay_loop_body)(void *context, size_t begin, size_t end, int worker);

/* Replaces: for (size_t i = 0; i < n; i += grain) body(context, i, min(i + grain, n), 0);
 * The pieces are exactly those of that serial loop, in any order and on any thread, so a body that writes
 * only what belongs to its own items gives the same bits for any number of threads. Not re-entrant: a body
 * must not start another loop on the same pool. */
void assay_parallel_for(assay_pool *pool, size_t n, size_t grain, assay_loop_body body,
                        void *context);

#endif
