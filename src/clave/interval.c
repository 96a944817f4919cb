/* Percentile bootstrap; shares over clusters. */
#include "clave/interval.h"

#include <math.h>
#include <stdlib.h>

#include "assay_eval.h"
#include "base/arena.h"
#include "base/rng.h"

static int by_size(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, size_t n, double share) {
    double at = share * (double)(n - 1);
    size_t below = (size_t)at, above = below + 1 < n ? below + 1 : below;
    return sorted[below] + (at - (double)below) * (sorted[above] - sorted[below]);
}

assay_status assay_bootstrap(assay_bootstrap_figure *figure, const void *context, size_t n_clusters,
                             uint64_t seed, double ends[2], assay_error *err) {
    ends[0] = ends[1] = NAN;
    if (n_clusters == 0) return ASSAY_OK;
    uint32_t *picks = assay_alloc(n_clusters, sizeof *picks);
    double *figures = assay_alloc(ASSAY_BOOTSTRAP_REPLICATES, sizeof *figures);
    size_t n = 0;
    if (picks == NULL || figures == NULL) {
        free(picks);
        free(figures);
        return assay_fail(err, ASSAY_E_MEMORY, "bootstrap: out of memory");
    }
    assay_rng rng = assay_rng_seed(seed, 0);
    for (int b = 0; b < ASSAY_BOOTSTRAP_REPLICATES; b++) {
        for (size_t i = 0; i < n_clusters; i++)
            picks[i] = assay_rng_below(&rng, (uint32_t)n_clusters);
        double x = figure(context, picks, n_clusters);
        if (!isnan(x)) figures[n++] = x;
    }
    if (2 * n >= ASSAY_BOOTSTRAP_REPLICATES) {
        qsort(figures, n, sizeof *figures, by_size);
        ends[0] = percentile(figures, n, 0.025);
        ends[1] = percentile(figures, n, 0.975);
    }
    free(picks);
    free(figures);
    return ASSAY_OK;
}

/* ---- shares ---- */

static double share_of_picks(const void *context, const uint32_t *picks, size_t n) {
    const assay_share_part *parts = context;
    uint64_t of_kind = 0, all = 0;
    for (size_t i = 0; i < n; i++) {
        of_kind += parts[picks[i]].of_kind;
        all += parts[picks[i]].all;
    }
    return (double)of_kind / (double)all;
}

assay_status assay_share_interval(const assay_share_part *parts, size_t n_parts, uint64_t seed,
                                  double ends[2], assay_error *err) {
    uint64_t of_kind = 0, all = 0;
    ends[0] = ends[1] = NAN;
    if (n_parts == 0) return ASSAY_OK;
    for (size_t i = 0; i < n_parts; i++) {
        of_kind += parts[i].of_kind;
        all += parts[i].all;
    }
    if (of_kind == 0 || of_kind == all || all == n_parts) {
        assay_wilson(of_kind == all ? n_parts : of_kind, n_parts, ASSAY_INTERVAL_Z, &ends[0],
                     &ends[1]);
        return ASSAY_OK;
    }
    if (n_parts == 1) {
        ends[0] = 0;
        ends[1] = 1;
        return ASSAY_OK;
    }
    return assay_bootstrap(share_of_picks, parts, n_parts, seed, ends, err);
}
