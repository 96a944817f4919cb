/* Thumbnails to look at. */
#include "synth/draw/canvas.h"
#include "synth/synth.h"

#include <stdlib.h>
#include <string.h>

#define GAP   4 /* pixels between thumbnails; the images of one sample stand side by side without */
#define LABEL 22 /* pixels of the line with the task's name */

static const assay_colour GROUND = {96, 96, 96}, INK = {255, 255, 255};

static void paste(assay_image *sheet, const assay_image *small, int left, int top) {
    for (int y = 0; y < small->height; y++) {
        uint8_t *to = sheet->rgb + 3 * ((size_t)(top + y) * (size_t)sheet->width + (size_t)left);
        memcpy(to, small->rgb + 3 * (size_t)y * (size_t)small->width, 3 * (size_t)small->width);
    }
}

/* The longer edge becomes `edge`. */
static assay_status shrink(const assay_image *image, int edge, assay_image *out, assay_error *err) {
    int width = edge, height = edge;
    if (image->width >= image->height)
        height = edge * image->height / image->width;
    else
        width = edge * image->width / image->height;
    return assay_image_resize(image, width, height, out, err);
}

/* As many whole samples as fit into the row; *number is the first, and in the end the next. */
static assay_status fill_row(assay_image *sheet, size_t task, uint64_t seed, uint64_t *number,
                             int edge, int top, assay_error *err) {
    for (int left = GAP;; (*number)++) {
        assay_synth_sample *s = NULL;
        assay_status status = assay_synth_draw(task, seed, *number, &s, err);
        if (status != ASSAY_OK) return status;
        int n = assay_synth_texts(s)->n_images;
        bool fits = left + n * edge + GAP <= sheet->width;
        for (int i = 0; i < n && fits && status == ASSAY_OK; i++, left += edge) {
            assay_image small = {0};
            status = shrink(assay_synth_image(s, i), edge, &small, err);
            if (status == ASSAY_OK) paste(sheet, &small, left, top);
            assay_image_free(&small);
        }
        left += GAP;
        assay_synth_free(s);
        if (status != ASSAY_OK || !fits) return status;
    }
}

static assay_status blank(int width, int height, assay_image *out, assay_error *err) {
    *out = (assay_image){width, height, assay_alloc((size_t)width * (size_t)height, 3)};
    if (!out->rgb) return assay_fail(err, ASSAY_E_MEMORY, "hhh46: no memory for a sheet");
    assay_canvas_fill(out, GROUND);
    return ASSAY_OK;
}

/* On a strip of its own: a canvas is not as large as a sheet. */
static assay_status paste_label(assay_image *sheet, int top, const char *text, assay_error *err) {
    assay_image strip;
    assay_status status = blank(ASSAY_CANVAS_MAX_EDGE, LABEL, &strip, err);
    if (status != ASSAY_OK) return status;
    assay_pen pen = assay_pen_pixels(&strip);
    assay_pen_text_left(&pen, INK, 2, 0.5 * LABEL, 11, text);
    paste(sheet, &strip, GAP, top);
    assay_image_free(&strip);
    return ASSAY_OK;
}

assay_status assay_synth_sheet(uint64_t seed, int columns, assay_image *out, assay_error *err) {
    const int edge = 128, row = LABEL + edge + GAP;
    *out = (assay_image){0};
    if (columns < ASSAY_MAX_IMAGES || columns > ASSAY_SYNTH_MAX_COLUMNS)
        return assay_fail(err, ASSAY_E_ARGUMENT, "hhh46: a sheet has %d to %d columns, not %d",
                          ASSAY_MAX_IMAGES, ASSAY_SYNTH_MAX_COLUMNS, columns);
    size_t n = assay_synth_n_tasks();
    assay_image sheet;
    assay_status status = blank(GAP + columns * (edge + GAP), GAP + (int)n * row, &sheet, err);
    for (size_t task = 0; task < n && status == ASSAY_OK; task++) {
        uint64_t number = 0;
        int top = GAP + (int)task * row;
        status = paste_label(&sheet, top, assay_synth_task_at(task)->task, err);
        if (status == ASSAY_OK)
            status = fill_row(&sheet, task, seed, &number, edge, top + LABEL, err);
    }
    if (status == ASSAY_OK)
        *out = sheet;
    else
        assay_image_free(&sheet);
    return status;
}

assay_status assay_synth_task_sheet(size_t task, uint64_t seed, assay_image *out,
                                    assay_error *err) {
    const int edge = 224, columns = 5, rows = 5;
    *out = (assay_image){0};
    if (task >= assay_synth_n_tasks())
        return assay_fail(err, ASSAY_E_ARGUMENT, "synth: there is no task %zu", task);
    assay_image sheet;
    uint64_t number = 0;
    assay_status status =
        blank(GAP + columns * (edge + GAP), GAP + rows * (edge + GAP), &sheet, err);
    for (int r = 0; r < rows && status == ASSAY_OK; r++)
        status = fill_row(&sheet, task, seed, &number, edge, GAP + r * (edge + GAP), err);
    if (status == ASSAY_OK)
        *out = sheet;
    else
        assay_image_free(&sheet);
    return status;
}
