/* Seeding -> (assign -> fill empty clusters -> means) until no row moves -> central rows. */
#include "clave/concepts/kmeans.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/rng.h"

#define GRAIN 16 /* rows of a piece */

typedef struct lloyd {
    const float *x; /* [n, dim] */
    size_t n, dim;
    assay_clusters *c;
    double *distance; /* [n] squared, to the row's own centre */
    bool *moved;      /* [n] in the last assignment */
} lloyd;

static double distance(const float *row, const double *centre, size_t dim) {
    double sum = 0;
    for (size_t d = 0; d < dim; d++) {
        double diff = (double)row[d] - centre[d];
        sum += diff * diff;
    }
    return sum;
}

static void set_centre(lloyd *l, size_t cluster, size_t row) {
    for (size_t d = 0; d < l->dim; d++)
        l->c->centres[cluster * l->dim + d] = (double)l->x[row * l->dim + d];
}

/* ---- k-means++ ---- */

/* Distances to the nearest centre so far, of which the last one is new. */
static void narrow(void *context, size_t begin, size_t end, int worker) {
    lloyd *l = context;
    size_t last = l->c->k - 1;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        double d = distance(l->x + i * l->dim, l->c->centres + last * l->dim, l->dim);
        if (last == 0 || d < l->distance[i]) l->distance[i] = d;
    }
}

static void seed_centres(lloyd *l, size_t k, uint64_t seed, assay_pool *threads) {
    assay_rng rng = assay_rng_seed(seed, 0);
    set_centre(l, 0, assay_rng_below(&rng, (uint32_t)l->n));
    for (l->c->k = 1;; l->c->k++) {
        double total = 0, sum = 0;
        size_t row = l->n;
        assay_parallel_for(threads, l->n, GRAIN, narrow, l);
        for (size_t i = 0; i < l->n; i++) total += l->distance[i];
        if (l->c->k == k || !(total > 0)) return; /* no further distinct row */
        double drawn = assay_rng_unit(&rng) * total;
        for (size_t i = 0; i < l->n && sum <= drawn; i++) {
            sum += l->distance[i];
            if (l->distance[i] > 0) row = i;
        }
        set_centre(l, l->c->k, row);
    }
}

/* ---- Lloyd ---- */

static void assign(void *context, size_t begin, size_t end, int worker) {
    lloyd *l = context;
    (void)worker;
    for (size_t i = begin; i < end; i++) {
        uint32_t best = 0;
        double least = 0;
        for (size_t j = 0; j < l->c->k; j++) {
            double d = distance(l->x + i * l->dim, l->c->centres + j * l->dim, l->dim);
            if (j == 0 || d < least) {
                best = (uint32_t)j;
                least = d;
            }
        }
        l->moved[i] = l->c->of[i] != best;
        l->c->of[i] = best;
        l->distance[i] = least;
    }
}

static void count(lloyd *l) {
    memset(l->c->size, 0, l->c->k * sizeof *l->c->size);
    for (size_t i = 0; i < l->n; i++) l->c->size[l->c->of[i]]++;
}

/* There are at least k distinct rows, so a cluster of several always has one to give. */
static void fill_empty(lloyd *l) {
    count(l);
    for (size_t j = 0; j < l->c->k; j++) {
        size_t far = l->n;
        if (l->c->size[j] > 0) continue;
        for (size_t i = 0; i < l->n; i++) {
            if (l->c->size[l->c->of[i]] > 1 && (far == l->n || l->distance[i] > l->distance[far]))
                far = i;
        }
        l->c->size[l->c->of[far]]--;
        l->c->size[j] = 1;
        l->c->of[far] = (uint32_t)j;
        l->distance[far] = 0;
        l->moved[far] = true;
    }
}

static void take_means(lloyd *l) {
    double *centres = l->c->centres;
    for (size_t i = 0; i < l->c->k * l->dim; i++) centres[i] = 0;
    for (size_t i = 0; i < l->n; i++) {
        double *centre = centres + l->c->of[i] * l->dim;
        for (size_t d = 0; d < l->dim; d++) centre[d] += (double)l->x[i * l->dim + d];
    }
    for (size_t j = 0; j < l->c->k; j++) {
        for (size_t d = 0; d < l->dim; d++) centres[j * l->dim + d] /= (double)l->c->size[j];
    }
}

static bool any_moved(const lloyd *l) {
    for (size_t i = 0; i < l->n; i++) {
        if (l->moved[i]) return true;
    }
    return false;
}

static void iterate(lloyd *l, int max_iterations, assay_pool *threads) {
    for (size_t i = 0; i < l->n; i++) l->c->of[i] = UINT32_MAX;
    do {
        assay_parallel_for(threads, l->n, GRAIN, assign, l);
        fill_empty(l);
        take_means(l);
        l->c->n_iterations++;
    } while (any_moved(l) && l->c->n_iterations < max_iterations);
}

/* Distances to the final means, and the row nearest to each. */
static void find_central(lloyd *l) {
    for (size_t j = 0; j < l->c->k; j++) l->c->central[j] = UINT32_MAX;
    l->c->inertia = 0;
    for (size_t i = 0; i < l->n; i++) {
        uint32_t j = l->c->of[i], *central = &l->c->central[j];
        l->distance[i] = distance(l->x + i * l->dim, l->c->centres + j * l->dim, l->dim);
        l->c->inertia += l->distance[i];
        if (*central == UINT32_MAX || l->distance[i] < l->distance[*central])
            *central = (uint32_t)i;
    }
}

assay_status assay_kmeans(const float *x, size_t n, size_t dim, size_t k, uint64_t seed,
                          int max_iterations, assay_pool *threads, assay_clusters *out,
                          assay_error *err) {
    size_t n_centres = 0;
    *out = (assay_clusters){0};
    if (n == 0 || n >= UINT32_MAX || dim == 0 || k == 0 || max_iterations < 1)
        return assay_fail(err, ASSAY_E_ARGUMENT, "k-means: nothing to cluster");
    if (k > n) k = n;
    lloyd l = {.x = x, .n = n, .dim = dim, .c = out};
    if (assay_size_mul(k, dim, &n_centres))
        out->centres = assay_alloc(n_centres, sizeof *out->centres);
    out->of = assay_alloc(n, sizeof *out->of);
    out->size = assay_calloc(k, sizeof *out->size);
    out->central = assay_alloc(k, sizeof *out->central);
    l.distance = assay_alloc(n, sizeof *l.distance);
    l.moved = assay_calloc(n, sizeof *l.moved);
    assay_status status = ASSAY_OK;
    if (out->centres == NULL || out->of == NULL || out->size == NULL || out->central == NULL ||
        l.distance == NULL || l.moved == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "k-means: out of memory");
        assay_clusters_free(out);
    } else {
        seed_centres(&l, k, seed, threads);
        iterate(&l, max_iterations, threads);
        find_central(&l);
    }
    free(l.distance);
    free(l.moved);
    return status;
}

void assay_clusters_free(assay_clusters *clusters) {
    free(clusters->of);
    free(clusters->centres);
    free(clusters->size);
    free(clusters->central);
    *clusters = (assay_clusters){0};
}
