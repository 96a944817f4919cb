/* The same vectors in AVX2's encoding (three operands, broadcasting loads), for x86 processors that
 * have it. */
#if (defined(__x86_64__) || defined(__i386__)) && !defined(ASSAY_SIMD_EMULATED)

#include <immintrin.h> /* before the target is changed */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/maths.h"
#include "kernels/table.h"

#define ASSAY_SIMD_AVX
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

#include "kernels/simd_attention.h"
#include "kernels/simd_matmul.h"
#include "kernels/simd_rows.h"

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

const assay_kernels assay_kernels_avx = {SIMD_TABLE};

#else
typedef int assay_no_avx; /* a source file must declare something */
#endif
