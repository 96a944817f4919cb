/* The machine's own ceiling for the quantized product: how fast the multiply-add of its inner loop
 * can go at all, measured here and now. `assay bench` and the kernel check give speeds as a
 * fraction of it. */
#ifndef ASSAY_KERNELS_CEILING_H
#define ASSAY_KERNELS_CEILING_H

#include "kernels/kernels.h"

/* 10^9 multiply-adds a second over all threads of exec->pool, of int8 x int16 products summed in
 * int32: tiles of 4 rows x 2 columns over operands in the first-level cache, nothing else. Best of
 * several rounds that together take about `seconds`. */
double assay_ceiling_gmacs(const assay_exec *exec, double seconds);

#endif
