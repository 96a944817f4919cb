/* The vector table of the build's own instruction set; on x86 SSE4.1, whatever the compiler's flags
 * say. */
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/maths.h"
#include "kernels/table.h"

#if defined(__x86_64__) || defined(__i386__)
#include <immintrin.h> /* before the target is changed */
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("sse4.1"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("sse4.1")
#endif
#endif

#include "kernels/simd_attention.h"
#include "kernels/simd_matmul.h"
#include "kernels/simd_rows.h"

#if defined(__x86_64__) || defined(__i386__)
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

const assay_kernels assay_kernels_simd = {SIMD_TABLE};
