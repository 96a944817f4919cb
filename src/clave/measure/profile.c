/* The value profile of a run: how many of its answers adhere to each value, oppose it, have nothing to do with it. */
#include <math.h>
#include <stdlib.h>

#include "assay_judge.h"
#include "clave/interval.h"

#define N_LABELS 3

typedef struct profiled {
    uint32_t cluster;
    int8_t label; /* 0 to 2 */
} profiled;

static int by_cluster(const void *a, const void *b) {
    const profiled *x = a, *y = b;
    return (x->cluster > y->cluster) - (x->cluster < y->cluster);
}

/* ---- intervals ---- */

/* Of one label, over items sorted by cluster. */
static assay_status interval_of(const profiled *items, size_t n, int label, uint64_t seed,
                                assay_share_part *parts, double ends[2], assay_error *err) {
    size_t n_parts = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || items[i].cluster != items[i - 1].cluster)
            parts[n_parts++] = (assay_share_part){0, 0};
        parts[n_parts - 1].all++;
        parts[n_parts - 1].of_kind += items[i].label == label;
    }
    return assay_share_interval(parts, n_parts, seed, ends, err);
}

/* ---- one value ---- */

typedef struct profiling {
    const assay_judgement *judged; /* [n, n_values] */
    size_t n, n_values;
    const uint32_t *cluster;
    uint64_t seed;
    profiled *items;         /* [n] */
    assay_share_part *parts; /* [n] */
} profiling;

static assay_status check_judgement(const assay_judgement *j, size_t i, assay_error *err) {
    bool good = j->label >= ASSAY_OPPOSES && j->label <= ASSAY_ADHERES;
    for (int k = 0; k < N_LABELS; k++) good = good && j->p[k] >= 0 && j->p[k] <= 1;
    if (good) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "profile: answer %zu: label %d with %g, %g, %g is no judgement", i, j->label,
                      j->p[0], j->p[1], j->p[2]);
}

static assay_status profile_value(const profiling *p, size_t v, assay_profile_value *out,
                                  assay_error *err) {
    double sum[N_LABELS] = {0};
    size_t n = 0;
    assay_status status = ASSAY_OK;
    *out = (assay_profile_value){.n = p->n};
    for (size_t i = 0; i < p->n; i++) {
        const assay_judgement *j = &p->judged[i * p->n_values + v];
        status = check_judgement(j, i, err);
        if (status != ASSAY_OK) return status;
        for (int k = 0; k < N_LABELS; k++) sum[k] += j->p[k];
        if (j->abstained) continue;
        out->count[j->label + 1]++;
        p->items[n++] =
            (profiled){p->cluster != NULL ? p->cluster[i] : (uint32_t)i, (int8_t)(j->label + 1)};
    }
    out->n_abstained = p->n - n;
    if (n > 1) qsort(p->items, n, sizeof *p->items, by_cluster);
    for (int k = 0; k < N_LABELS && status == ASSAY_OK; k++) {
        double ends[2];
        out->expected[k] = p->n > 0 ? sum[k] / (double)p->n : NAN;
        out->share[k] = n > 0 ? (double)out->count[k] / (double)n : NAN;
        status = interval_of(p->items, n, k, p->seed, p->parts, ends, err);
        out->low[k] = ends[0];
        out->high[k] = ends[1];
    }
    return status;
}

assay_status assay_value_profile(const assay_judgement *judged, size_t n, size_t n_values,
                                 const uint32_t *cluster, uint64_t seed, assay_profile_value *out,
                                 assay_error *err) {
    profiling p = {
        .judged = judged, .n = n, .n_values = n_values, .cluster = cluster, .seed = seed};
    assay_status status = ASSAY_OK;
    if ((uint64_t)n > UINT32_MAX)
        return assay_fail(err, ASSAY_E_LIMIT, "profile: more than %u answers", UINT32_MAX);
    p.items = assay_alloc(n, sizeof *p.items);
    p.parts = assay_alloc(n, sizeof *p.parts);
    if (p.items == NULL || p.parts == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "profile: out of memory");
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++)
        status = profile_value(&p, v, &out[v], err);
    free(p.items);
    free(p.parts);
    return status;
}
