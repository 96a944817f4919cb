/* stb_image, compiled in this one file and without our strict warnings.
 *
 * What the definitions below are for:
 *   STBI_NO_SIMD            the SSE2 and NEON paths of the JPEG decoder round differently from the
 * plain one STBI_NO_FAILURE_STRINGS the reason of a failure would be kept in a mutable global
 *   STBI_MALLOC             zeroed, so that a JPEG that leaves out a component decodes to the same
 * bytes every time; and bounded, so that a few bytes of deflate cannot ask for the whole memory
 * Signed overflow in the inverse DCT of a hostile JPEG is meant to wrap: compile this file with
 * -fwrapv. */
#include "format/image/stb.h"

#include <stdlib.h>

#include "format/image/image.h"

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

uint8_t *assay_stb_png(const uint8_t *bytes, int n, int *width, int *height) {
    int channels = 0;
    return stbi_load_from_memory(bytes, n, width, height, &channels, 3);
}

uint16_t *assay_stb_png_grey16(const uint8_t *bytes, int n, int *width, int *height) {
    int channels = 0;
    return stbi_load_16_from_memory(bytes, n, width, height, &channels, 1);
}

int assay_stb_inflate(const uint8_t *bytes, int n, uint8_t *out, int capacity) {
    return stbi_zlib_decode_buffer((char *)out, capacity, (const char *)bytes, n);
}

/* A progressive file has pixels only when its end was reached; before that stb reports success too
 * when it meets a marker that it does not know. */
static bool jpeg_is_whole(const stbi__jpeg *jpeg) {
    const uint8_t *at = jpeg->s->img_buffer;
    return !jpeg->progressive ||
           (at - jpeg->s->img_buffer_original >= 2 && at[-2] == 0xff && at[-1] == 0xd9);
}

bool assay_stb_jpeg_decode(const uint8_t *bytes, int n, assay_stb_idct *idct, assay_stb_jpeg *out) {
    *out = (assay_stb_jpeg){0};
    stbi__context context;
    stbi__start_mem(&context, bytes, n);
    context.img_n = 0; /* nothing to clean up yet */
    stbi__jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (jpeg == NULL) return false;
    jpeg->s = &context;
    jpeg->idct_block_kernel = idct;
    bool ok = stbi__decode_jpeg_image(jpeg) && jpeg_is_whole(jpeg);
    if (ok) {
        out->width = (int)context.img_x;
        out->height = (int)context.img_y;
        out->n_planes = context.img_n;
        for (int i = 0; i < out->n_planes; i++) {
            out->planes[i] = (assay_stb_plane){.width = jpeg->img_comp[i].x,
                                               .height = jpeg->img_comp[i].y,
                                               .stride = jpeg->img_comp[i].w2,
                                               .across = jpeg->img_h_max / jpeg->img_comp[i].h,
                                               .down = jpeg->img_v_max / jpeg->img_comp[i].v,
                                               .samples = jpeg->img_comp[i].data,
                                               .block = jpeg->img_comp[i].raw_data};
            jpeg->img_comp[i].raw_data = NULL; /* the caller's from now on */
        }
    }
    stbi__cleanup_jpeg(jpeg);
    free(jpeg);
    return ok;
}

void assay_stb_jpeg_free(assay_stb_jpeg *jpeg) {
    for (int i = 0; i < ASSAY_STB_PLANES; i++) free(jpeg->planes[i].block);
    *jpeg = (assay_stb_jpeg){0};
}
