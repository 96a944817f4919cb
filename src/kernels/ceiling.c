/* Every thread runs the same tile again and again; a round is one parallel loop. */
#include "kernels/ceiling.h"

#include <string.h>

#include "base/os.h"
#include "kernels/table.h"

enum {
    STEPS = 1024,   /* 8 KiB of operands */
    REPEATS = 2000, /* tiles a piece: about half a millisecond */
    PIECES = 8      /* a thread, so that one that was put aside does not decide alone */
};

typedef struct operands {
    int8_t w[4 * STEPS];
    int16_t x[2 * STEPS];
} operands;

static void run_tiles(void *context, size_t begin, size_t end, int worker) {
    (void)worker;
    const assay_kernels *kernels = ((const assay_exec *)context)->kernels;
    operands o;
    int32_t out[32];
    memset(&o, 1, sizeof o);
    for (size_t i = begin * REPEATS; i < end * REPEATS; i++) kernels->ceiling(o.w, o.x, STEPS, out);
}

double assay_ceiling_gmacs(const assay_exec *exec, double seconds) {
    assay_exec copy = *exec; /* the loop's context, which is not const */
    size_t pieces = PIECES * (size_t)assay_pool_threads(exec->pool);
    double start = assay_os_seconds(), best = 0;
    do {
        double t = assay_os_seconds();
        assay_parallel_for(exec->pool, pieces, 1, run_tiles, &copy);
        double elapsed = assay_os_seconds() - t;
        double work = (double)pieces * (double)(REPEATS * 8 * STEPS) * 1e-9;
        double rate = elapsed > 0 ? work / elapsed : 0;
        if (rate > best) best = rate;
    } while (assay_os_seconds() - start < seconds);
    return best;
}
