/* Intervals over clusters: percentiles of a bootstrap (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993). */
#ifndef ASSAY_CLAVE_INTERVAL_H
#define ASSAY_CLAVE_INTERVAL_H

#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

#define ASSAY_BOOTSTRAP_REPLICATES 1000
#define ASSAY_INTERVAL_Z           1.959963984540054 /* two-sided 95 % of the normal distribution */

/* The figure of one replicate: picks [n_clusters], drawn with replacement. NAN where it is undefined. */
typedef double assay_bootstrap_figure(const void *context, const uint32_t *picks,
                                      size_t n_clusters);

/* 95 %: ends[0], ends[1] are the 2.5th and 97.5th percentiles (linear between order statistics) of the replicates in which
 * the figure is defined; both NAN when it is in fewer than half, or when there is no cluster. Only E_MEMORY. */
assay_status assay_bootstrap(assay_bootstrap_figure *figure, const void *context, size_t n_clusters,
                             uint64_t seed, double ends[2], assay_error *err);

/* How many of a cluster's items are of a kind: of a text's pairs right, of a run's answers with one label. */
typedef struct assay_share_part {
    uint32_t of_kind, all; /* all > 0 */
} assay_share_part;
/* 95 % interval of the share of a kind among the items of all parts. Wilson where every part has one item; else by
 * bootstrap over the parts, but for a share of 0 or 1, which replicates that are all alike cannot widen: Wilson with
 * parts counted as items. A single part of several items with both kinds says nothing of others: (0, 1). Both NAN
 * without parts. Only E_MEMORY. */
assay_status assay_share_interval(const assay_share_part *parts, size_t n_parts, uint64_t seed,
                                  double ends[2], assay_error *err);

#endif
