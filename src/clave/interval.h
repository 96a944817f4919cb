/* Percentile intervals by bootstrap over clusters (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993). */
#ifndef ASSAY_CLAVE_INTERVAL_H
#define ASSAY_CLAVE_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define ASSAY_BOOTSTRAP_REPLICATES 1000

/* The figure of one replicate: picks [n_clusters], drawn with replacement. NAN where it is undefined. */
typedef double assay_bootstrap_figure(const void *context, const uint32_t *picks,
                                      size_t n_clusters);

/* 95 %: ends[0], ends[1] are the 2.5th and 97.5th percentiles (linear between order statistics) of the replicates in which
 * the figure is defined; both NAN when it is in fewer than half, or when there is no cluster. Only E_MEMORY. */
assay_status assay_bootstrap(assay_bootstrap_figure *figure, const void *context, size_t n_clusters,
                             uint64_t seed, double ends[2], assay_error *err);

#endif
