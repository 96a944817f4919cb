/* K-means: k-means++ seeding (Arthur and Vassilvitskii 2007), then Lloyd's iterations. The same clusters in every build
 * and with any number of threads: distances and sums are double, in the order of dimensions and rows. */
#ifndef ASSAY_CLAVE_KMEANS_H
#define ASSAY_CLAVE_KMEANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/status.h"

typedef struct assay_clusters {
    size_t k; /* clusters, none empty: fewer than asked for when there are fewer distinct rows */
    uint32_t *of;      /* [n]: the cluster of each row; of equally near ones the first */
    double *centres;   /* [k, dim] means of their rows */
    uint32_t *size;    /* [k] rows */
    uint32_t *central; /* [k] the row nearest to the centre; of equally near ones the first */
    double inertia;    /* sum of squared distances to the centres */
    int n_iterations;
} assay_clusters;

/* x [n, dim] finite, n >= 1, dim >= 1, k >= 1. Seeding: the first centre is row rng_below(n), each further one the first
 * row at which the running sum of squared distances exceeds rng_unit * their total, by assay_rng_seed(seed, 0). An empty
 * cluster takes the row that lies farthest from its centre (the first of them) among clusters of several rows. Ends when
 * no row moves, or after max_iterations. E_MEMORY. */
assay_status assay_kmeans(const float *x, size_t n, size_t dim, size_t k, uint64_t seed,
                          int max_iterations, assay_pool *threads, assay_clusters *out,
                          assay_error *err);
void assay_clusters_free(assay_clusters *clusters); /* a zeroed one is fine */

#endif
