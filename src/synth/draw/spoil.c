/* All in integers, in place. */
#include "synth/draw/spoil.h"

static int edge_of(const assay_image *canvas) {
    return canvas->width < canvas->height ? canvas->width : canvas->height;
}

/* Moves every channel towards 0 or 255; `percent` of the distance is left. */
static void fade(assay_image *canvas, int towards, int percent) {
    size_t n = 3 * (size_t)canvas->width * (size_t)canvas->height;
    for (size_t i = 0; i < n; i++)
        canvas->rgb[i] = (uint8_t)(towards + (canvas->rgb[i] - towards) * percent / 100);
}

static void block(assay_image *canvas, int left, int top, int edge) {
    int right = left + edge < canvas->width ? left + edge : canvas->width,
        bottom = top + edge < canvas->height ? top + edge : canvas->height,
        n = (right - left) * (bottom - top);
    for (int channel = 0; channel < 3; channel++) {
        int sum = 0;
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++)
                sum += canvas->rgb[3 * (y * canvas->width + x) + channel];
        }
        for (int y = top; y < bottom; y++) {
            for (int x = left; x < right; x++)
                canvas->rgb[3 * (y * canvas->width + x) + channel] = (uint8_t)(sum / n);
        }
    }
}

static void blocks(assay_image *canvas, int edge) {
    for (int y = 0; y < canvas->height; y += edge) {
        for (int x = 0; x < canvas->width; x += edge) block(canvas, x, y, edge);
    }
}

/* Running mean over 2 * radius + 1 of `n` bytes that lie `step` apart; the ends are repeated. */
static void blur_line(uint8_t *bytes, int n, int step, int radius) {
    uint8_t line[ASSAY_CANVAS_MAX_EDGE];
    for (int i = 0; i < n; i++) line[i] = bytes[i * step];
    int sum = 0, width = 2 * radius + 1;
    for (int i = -radius; i <= radius; i++) sum += line[i < 0 ? 0 : i < n ? i : n - 1];
    for (int i = 0; i < n; i++) {
        bytes[i * step] = (uint8_t)(sum / width);
        int leaves = i - radius, enters = i + radius + 1;
        sum += line[enters < n ? enters : n - 1] - line[leaves < 0 ? 0 : leaves];
    }
}

/* Three running means in both directions are close to a Gaussian. */
static void blur(assay_image *canvas, int radius) {
    for (int pass = 0; pass < 3; pass++) {
        for (int channel = 0; channel < 3; channel++) {
            for (int y = 0; y < canvas->height; y++)
                blur_line(canvas->rgb + 3 * y * canvas->width + channel, canvas->width, 3, radius);
            for (int x = 0; x < canvas->width; x++)
                blur_line(canvas->rgb + 3 * x + channel, canvas->height, 3 * canvas->width, radius);
        }
    }
}

void assay_spoil_draw(assay_image *canvas, assay_rng *rng, assay_spoil how, bool lost) {
    static const int COARSE[3] = {16, 8, 4};
    int edge = edge_of(canvas), part = (int)assay_rng_below(rng, 3);
    if (edge == 0) return;
    switch (how) {
    case ASSAY_SPOIL_STATIC:
        assay_canvas_static(canvas, rng, lost ? 100 : 15 + 10 * part);
        break;
    case ASSAY_SPOIL_TILES:
        assay_canvas_tiles(canvas, rng, edge / (lost ? COARSE[part] : 16),
                           lost ? 100 : 6 + 4 * part);
        break;
    case ASSAY_SPOIL_DARK:
        fade(canvas, 0, lost ? part / 2 : 40 + 6 * part);
        break;
    case ASSAY_SPOIL_BRIGHT:
        fade(canvas, 255, lost ? part / 2 : 34 + 6 * part);
        break;
    case ASSAY_SPOIL_BLUR:
        blur(canvas, lost ? edge / 5 + edge * part / 20 : edge / 64 + part);
        break;
    default:
        blocks(canvas, lost ? edge / 2 + edge * part / 16 : edge / (24 - 3 * part));
    }
}
