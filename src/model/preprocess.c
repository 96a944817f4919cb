/* PNG or JPEG -> the tiles that the vision tower takes, as Hugging Face's slow SmolVLM image processor makes them,
 * with do_image_splitting = true, size.longest_edge = tile_edge * image_size and max_image_size.longest_edge = image_size:
 *
 *   longest edge to tile_edge * image_size, up or down, the other edge made even
 *   -> both edges stretched to multiples of image_size
 *   -> cut into tiles, and once more the whole of it resized to one tile: the global image, last
 *
 * An image that fills one tile is that tile alone (as do_image_splitting = false gives it). All resizes are PIL's LANCZOS on
 * 8-bit pixels. */
#include <stdlib.h>
#include <string.h>

#include "format/image/image.h"
#include "model/model.h"

#define MAX_EDGE 4096 /* the processor's own cap on the first step */

static int multiple_above(int n, int of) {
    return (n + of - 1) / of * of;
}

/* HF _resize_output_size_rescale_to_max_len and _resize_output_size_scale_below_upper_bound, in the same double
 * arithmetic as Python's. */
static void longest_edge_size(int width, int height, int edge, int *out_width, int *out_height) {
    double aspect = (double)width / (double)height;
    int w = edge, h = edge;
    if (width >= height) {
        h = (int)((double)edge / aspect);
        h += h % 2;
    } else {
        w = (int)((double)edge * aspect);
        w += w % 2;
    }
    *out_width = w > 0 ? w : 1;
    *out_height = h > 0 ? h : 1;
}

/* HF resize_for_vision_encoder. */
static void grid_size(int width, int height, int tile, int *out_width, int *out_height) {
    double aspect = (double)width / (double)height;
    if (width >= height) {
        *out_width = multiple_above(width, tile);
        *out_height = multiple_above((int)((double)*out_width / aspect), tile);
    } else {
        *out_height = multiple_above(height, tile);
        *out_width = multiple_above((int)((double)*out_height * aspect), tile);
    }
    if (*out_width < tile) *out_width = tile;
    if (*out_height < tile) *out_height = tile;
}

/* Tile (row, col) of the stretched image. */
static void crop(const assay_image *image, int row, int col, int tile, uint8_t *out) {
    size_t line = (size_t)tile * 3, stride = (size_t)image->width * 3;
    const uint8_t *in = image->rgb + (size_t)row * (size_t)tile * stride + (size_t)col * line;
    for (int y = 0; y < tile; y++) memcpy(out + (size_t)y * line, in + (size_t)y * stride, line);
}

static assay_status cut(const assay_image *image, int tile, const char *what, assay_tiles *out,
                        assay_error *err) {
    assay_image global = {0};
    size_t tile_bytes = (size_t)tile * (size_t)tile * 3, at = 0;
    int rows = image->height / tile, cols = image->width / tile;
    bool is_grid = rows > 1 || cols > 1;
    int n = is_grid ? rows * cols + 1 : 1;
    uint8_t *pixels = assay_alloc((size_t)n, tile_bytes);
    if (pixels == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: no memory for its tiles", what);
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < cols; c++, at += tile_bytes) crop(image, r, c, tile, pixels + at);
    }
    if (is_grid) {
        assay_status status = assay_image_resize(image, tile, tile, &global, err);
        if (status != ASSAY_OK) {
            free(pixels);
            return status;
        }
        memcpy(pixels + at, global.rgb, tile_bytes);
        assay_image_free(&global);
    }
    *out = (assay_tiles){is_grid ? rows : 0, is_grid ? cols : 0, n, pixels};
    return ASSAY_OK;
}

assay_status assay_model_preprocess(const assay_model *model, const uint8_t *encoded, size_t n,
                                    const char *what, int tile_edge, assay_tiles *out,
                                    assay_error *err) {
    assay_image image = {0}, scaled = {0}, stretched = {0};
    int tile = model->vision.image_size, edge, width = 0, height = 0;
    *out = (assay_tiles){0};
    if (tile == 0) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "%s: the model has no vision file, it cannot see an image", what);
    }
    if (tile_edge < 1 || tile_edge > ASSAY_MAX_TILE_EDGE) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "%s: a longest edge of %d tiles, expected 1 to %d",
                          what, tile_edge, ASSAY_MAX_TILE_EDGE);
    }
    edge = tile_edge * tile < MAX_EDGE ? tile_edge * tile : MAX_EDGE;
    assay_status status = assay_image_decode(encoded, n, what, &image, err);
    if (status != ASSAY_OK) goto done;
    longest_edge_size(image.width, image.height, edge, &width, &height);
    status = assay_image_resize(&image, width, height, &scaled, err);
    if (status != ASSAY_OK) goto done;
    assay_image_free(&image);
    grid_size(scaled.width, scaled.height, tile, &width, &height);
    status = assay_image_resize(&scaled, width, height, &stretched, err);
    if (status != ASSAY_OK) goto done;
    assay_image_free(&scaled);
    status = cut(&stretched, tile, what, out, err);
done:
    assay_image_free(&image);
    assay_image_free(&scaled);
    assay_image_free(&stretched);
    return status;
}

void assay_tiles_free(assay_tiles *tiles) {
    free(tiles->pixels);
    *tiles = (assay_tiles){0};
}
