/* stb_image, compiled in this one file and without our strict warnings.
 *
 * What the definitions below are for:
 *   STBI_NO_SIMD            the SSE2 and NEON paths of the JPEG decoder round differently from the
 * plain one STBI_NO_FAILURE_STRINGS the reason of a failure would be kept in a mutable global
 *   STBI_MALLOC             zeroed, so that a JPEG that leaves out a component decodes to the same
 * bytes every time; and bounded, so that a few bytes of deflate cannot ask for the whole memory
 * Signed overflow in the inverse DCT of a hostile JPEG is meant to wrap: compile this file with
 * -fwrapv. */
#include "format/stb.h"

#include <stdlib.h>

#include "format/image.h"

/* The largest honest request: 16-bit RGBA rows with their filter bytes, doubled once while growing.
 */
#define MAX_REQUEST ((size_t)ASSAY_IMAGE_MAX_PIXELS * 16 + (1u << 20))

static void *bounded_alloc(size_t size) {
    return size <= MAX_REQUEST ? calloc(1, size) : NULL;
}

static void *bounded_realloc(void *block, size_t size) {
    return size <= MAX_REQUEST ? realloc(block, size) : NULL;
}

#define STBI_MALLOC(size)         bounded_alloc(size)
#define STBI_REALLOC(block, size) bounded_realloc(block, size)
#define STBI_FREE(block)          free(block)
#define STBI_ASSERT(condition)    ((void)0)
#define STBI_MAX_DIMENSIONS       ASSAY_IMAGE_MAX_EDGE
#define STBI_ONLY_PNG
#define STBI_ONLY_JPEG
#define STBI_NO_STDIO
#define STBI_NO_SIMD
#define STBI_NO_FAILURE_STRINGS
#define STB_IMAGE_STATIC
#define STB_IMAGE_IMPLEMENTATION
#include "stb_image.h"

uint8_t *assay_stb_decode(const uint8_t *bytes, int n, int *width, int *height) {
    int channels = 0;
    return stbi_load_from_memory(bytes, n, width, height, &channels, 3);
}
