/* Which table this machine runs. */
#include "kernels/kernels.h"
#include "kernels/table.h"

#include <string.h>

#if (defined(__x86_64__) || defined(__i386__)) && !defined(ASSAY_SIMD_EMULATED)
static const assay_kernels *best_vectors(void) {
    if (__builtin_cpu_supports("avx2")) return &assay_kernels_avx;
    return __builtin_cpu_supports("sse4.1") ? &assay_kernels_simd : NULL;
}
#else
static const assay_kernels *best_vectors(void) {
    return &assay_kernels_simd;
}
#endif

const assay_kernels *assay_kernels_find(const char *name) {
    if (!name) {
        const assay_kernels *vectors = best_vectors();
        return vectors ? vectors : &assay_kernels_scalar;
    }
    if (strcmp(name, "scalar") == 0) return &assay_kernels_scalar;
    return strcmp(name, "simd") == 0 ? best_vectors() : NULL;
}

const char *assay_kernels_name(const assay_kernels *kernels) {
    return kernels->name;
}

const char *assay_kernels_isa(void) {
    const assay_kernels *vectors = best_vectors();
    return vectors ? vectors->isa : "none";
}
