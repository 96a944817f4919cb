/* Pillow's ImagingResample for 8-bit pixels: coefficients of both axes in double, rounded to 22
 * fractional bits; a horizontal pass over the rows that the vertical one will read, rounded and
 * clipped to 8 bit; then the vertical pass. An axis that keeps its size is not filtered.
 * (Pillow 12.2 swaps the passes for images more than 100 times as high as wide, 13 wherever that is
 * cheaper, which changes the bits; this is the order of every version before them, and the one that
 * models were trained with.) */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"
#include "format/image/image.h"

#define PRECISION_BITS                                                                             \
    22 /* of a coefficient: 32 less 8 of the pixel, less 2 for sums beyond 1 and below 0 */
#define LANCZOS_SUPPORT 3.0
#define PI              3.14159265358979323846

/* Filter of one axis: output i is the sum over k < count[i] of weights[i * n_taps + k] *
 * input[first[i] + k]. */
typedef struct axis {
    int n_taps;
    int *first, *count; /* [n_out] */
    int32_t *weights;   /* [n_out, n_taps] */
} axis;

static void axis_free(axis *a) {
    free(a->first);
    free(a->count);
    free(a->weights);
}

static double sinc(double x) {
    if (x == 0.0) return 1.0;
    x *= PI;
    return assay_sin(x) / x;
}

static double lanczos(double x) {
    return x >= -LANCZOS_SUPPORT && x < LANCZOS_SUPPORT ? sinc(x) * sinc(x / 3) : 0.0;
}

static int32_t to_fixed(double weight) {
    double scaled = weight * (1 << PRECISION_BITS);
    return (int32_t)(weight < 0 ? scaled - 0.5 : scaled + 0.5);
}

static bool axis_create(axis *a, int n_in, int n_out) {
    double scale = (double)n_in / n_out;
    double stretch = scale < 1.0 ? 1.0 : scale; /* enlarging keeps the filter at its own width */
    double support = LANCZOS_SUPPORT * stretch, step = 1.0 / stretch;
    int whole = (int)support;
    a->n_taps = (whole + (support > whole)) * 2 + 1;
    a->first = assay_alloc((size_t)n_out, sizeof *a->first);
    a->count = assay_alloc((size_t)n_out, sizeof *a->count);
    a->weights = assay_calloc((size_t)n_out * (size_t)a->n_taps, sizeof *a->weights);
    double *taps = assay_alloc((size_t)a->n_taps, sizeof *taps);
    bool ok = a->first != NULL && a->count != NULL && a->weights != NULL && taps != NULL;
    for (int i = 0; ok && i < n_out; i++) {
        double centre = (i + 0.5) * scale, sum = 0.0;
        int low = (int)(centre - support + 0.5), high = (int)(centre + support + 0.5);
        if (low < 0) low = 0;
        if (high > n_in) high = n_in;
        for (int k = 0; k < high - low; k++) {
            taps[k] = lanczos((k + low - centre + 0.5) * step);
            sum += taps[k];
        }
        int32_t *weights = a->weights + (size_t)i * (size_t)a->n_taps;
        for (int k = 0; k < high - low; k++)
            weights[k] = to_fixed(sum != 0.0 ? taps[k] / sum : taps[k]);
        a->first[i] = low;
        a->count[i] = high - low;
    }
    free(taps);
    return ok;
}

static uint8_t to_byte(int32_t sum) {
    int32_t value = sum >> PRECISION_BITS;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* in [n_rows, n_in, 3] -> out [n_rows, n_out, 3] */
static void resample_rows(const axis *a, const uint8_t *in, int n_rows, int n_in, int n_out,
                          uint8_t *out) {
    for (int row = 0; row < n_rows; row++) {
        const uint8_t *line = in + (size_t)row * (size_t)n_in * 3;
        for (int i = 0; i < n_out; i++) {
            const int32_t *weights = a->weights + (size_t)i * (size_t)a->n_taps;
            const uint8_t *pixel = line + (size_t)a->first[i] * 3;
            int32_t red = 1 << (PRECISION_BITS - 1), green = red, blue = red;
            for (int k = 0; k < a->count[i]; k++, pixel += 3) {
                red += pixel[0] * weights[k];
                green += pixel[1] * weights[k];
                blue += pixel[2] * weights[k];
            }
            *out++ = to_byte(red);
            *out++ = to_byte(green);
            *out++ = to_byte(blue);
        }
    }
}

/* in [., n_bytes] whose row 0 is the image's row `skipped` -> out [n_out, n_bytes]. sums [n_bytes]:
 * whole rows are added at a time, so that memory is read in order. */
static void resample_columns(const axis *a, const uint8_t *in, int skipped, size_t n_bytes,
                             int n_out, int32_t *sums, uint8_t *out) {
    for (int i = 0; i < n_out; i++) {
        const int32_t *weights = a->weights + (size_t)i * (size_t)a->n_taps;
        const uint8_t *line = in + (size_t)(a->first[i] - skipped) * n_bytes;
        for (size_t x = 0; x < n_bytes; x++) sums[x] = 1 << (PRECISION_BITS - 1);
        for (int k = 0; k < a->count[i]; k++, line += n_bytes)
            for (size_t x = 0; x < n_bytes; x++) sums[x] += line[x] * weights[k];
        for (size_t x = 0; x < n_bytes; x++) *out++ = to_byte(sums[x]);
    }
}

assay_status assay_image_resize(const assay_image *image, int width, int height, assay_image *out,
                                assay_error *err) {
    axis across = {0}, down = {0};
    uint8_t *rgb = NULL, *between = NULL; /* the result; the rows between the passes */
    int32_t *sums = NULL;
    assay_status status = ASSAY_OK;
    *out = (assay_image){0};
    if (width < 1 || height < 1 || width > ASSAY_IMAGE_MAX_EDGE || height > ASSAY_IMAGE_MAX_EDGE ||
        (uint64_t)width * (uint64_t)height > ASSAY_IMAGE_MAX_PIXELS || image->rgb == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "image: cannot be resized to %d x %d pixels",
                          width, height);

    bool change_width = width != image->width, change_height = height != image->height;
    size_t n_bytes = (size_t)width * 3; /* of a row of the result */
    int top = 0, n_rows = image->height;
    rgb = assay_alloc((size_t)height, n_bytes);
    if (rgb == NULL || (change_width && !axis_create(&across, image->width, width)) ||
        (change_height && !axis_create(&down, image->height, height)))
        goto no_memory;
    if (change_height) {
        top = down.first[0];
        n_rows = down.first[height - 1] + down.count[height - 1] - top;
    }
    const uint8_t *source = image->rgb + (size_t)top * (size_t)image->width * 3;
    if (change_width) {
        if (change_height && (between = assay_alloc((size_t)n_rows, n_bytes)) == NULL)
            goto no_memory;
        resample_rows(&across, source, n_rows, image->width, width, change_height ? between : rgb);
        source = between;
    }
    if (change_height) {
        sums = assay_alloc(n_bytes, sizeof *sums);
        if (sums == NULL) goto no_memory;
        resample_columns(&down, source, top, n_bytes, height, sums, rgb);
    } else if (!change_width) {
        memcpy(rgb, image->rgb, (size_t)height * n_bytes);
    }
    *out = (assay_image){width, height, rgb};
    goto done;

no_memory:
    status = assay_fail(err, ASSAY_E_MEMORY, "image: no memory to resize to %d x %d pixels", width,
                        height);
    free(rgb);
done:
    free(between);
    free(sums);
    axis_free(&across);
    axis_free(&down);
    return status;
}
