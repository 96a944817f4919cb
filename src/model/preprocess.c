/* PNG or JPEG -> the one tile that the vision tower takes, as Hugging Face's slow SmolVLM image
 * processor does it with do_image_splitting = false and longest_edge = image_size: first the
 * longest edge to image_size (up or down, the other edge made even), then to a square, both by
 * PIL's LANCZOS on 8-bit pixels. */
#include <string.h>

#include "format/image.h"
#include "model/model.h"

/* HF _resize_output_size_rescale_to_max_len, in the same double arithmetic as Python's. */
static void rescaled_size(int width, int height, int edge, int *out_width, int *out_height) {
    double aspect = (double)width / (double)height;
    *out_width = *out_height = edge;
    if (width >= height) {
        int h = (int)((double)edge / aspect);
        h += h % 2;
        *out_height = h > 0 ? h : 1;
    } else {
        int w = (int)((double)edge * aspect);
        w += w % 2;
        *out_width = w > 0 ? w : 1;
    }
}

assay_status assay_model_preprocess(const assay_model *model, const uint8_t *encoded, size_t n,
                                    const char *what, uint8_t *pixels, assay_error *err) {
    assay_image image = {0}, scaled = {0}, tile = {0};
    int edge = model->vision.image_size, width = 0, height = 0;
    if (model->vision_gguf == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "%s: the model has no vision file, it cannot see an image", what);
    }
    assay_status status = assay_image_decode(encoded, n, what, &image, err);
    if (status != ASSAY_OK) goto done;
    rescaled_size(image.width, image.height, edge, &width, &height);
    status = assay_image_resize(&image, width, height, &scaled, err);
    if (status != ASSAY_OK) goto done;
    status = assay_image_resize(&scaled, edge, edge, &tile, err);
    if (status != ASSAY_OK) goto done;
    memcpy(pixels, tile.rgb, (size_t)edge * (size_t)edge * 3);
done:
    assay_image_free(&image);
    assay_image_free(&scaled);
    assay_image_free(&tile);
    return status;
}
