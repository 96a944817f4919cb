/* Samples to files: a whole dataset, and a sheet of thumbnails to look at. */
#include "synth/synth.h"

#include <stdio.h>
#include <string.h>

#define SHARD_BYTES ((size_t)16 << 20)
#define THUMBNAIL   128 /* pixels, the size at which a small model sees the pictures */
#define GAP         4   /* pixels between thumbnails */

static assay_status add_sample(assay_dataset_writer *w, size_t task, uint64_t seed, uint64_t number,
                               assay_error *err) {
    assay_synth_sample *s = NULL;
    assay_buffer png = {0};
    assay_status status = assay_synth_draw(task, seed, number, &s, err);
    if (status == ASSAY_OK) status = assay_image_encode_png(assay_synth_image(s, 0), &png, err);
    if (status == ASSAY_OK) {
        assay_blob blob = {(const uint8_t *)png.data, png.len};
        status = assay_dataset_writer_add(w, assay_synth_texts(s), &blob, err);
    }
    assay_buffer_free(&png);
    assay_synth_free(s);
    return status;
}

assay_status assay_synth_dataset(uint64_t seed, int n_per_task, assay_write_file write,
                                 void *context, assay_error *err) {
    if (n_per_task < 1 || n_per_task > ASSAY_SYNTH_MAX_PER_TASK)
        return assay_fail(err, ASSAY_E_ARGUMENT, "hhh46: 1 to %d samples of a task, not %d",
                          ASSAY_SYNTH_MAX_PER_TASK, n_per_task);
    char version[64];
    snprintf(version, sizeof version, "1, seed %llu", (unsigned long long)seed);
    assay_dataset_writer *w = assay_dataset_writer_create("hhh46", version, "CC0-1.0", SHARD_BYTES);
    if (!w) return assay_fail(err, ASSAY_E_MEMORY, "hhh46: no memory for a dataset");
    assay_status status = ASSAY_OK;
    for (size_t task = 0; task < assay_synth_n_tasks() && status == ASSAY_OK; task++) {
        for (int i = 0; i < n_per_task && status == ASSAY_OK; i++)
            status = add_sample(w, task, seed, (uint64_t)i, err);
    }
    if (status == ASSAY_OK) status = assay_dataset_writer_finish(w, write, context, err);
    assay_dataset_writer_destroy(w);
    return status;
}

/* ---- sheet ---- */

static void paste(assay_image *sheet, const assay_image *small, int left, int top) {
    for (int y = 0; y < small->height; y++) {
        uint8_t *to = sheet->rgb + 3 * ((size_t)(top + y) * (size_t)sheet->width + (size_t)left);
        memcpy(to, small->rgb + 3 * (size_t)y * (size_t)small->width, 3 * (size_t)small->width);
    }
}

static assay_status paste_sample(assay_image *sheet, size_t task, uint64_t seed, int number,
                                 assay_error *err) {
    assay_synth_sample *s = NULL;
    assay_image small = {0};
    assay_status status = assay_synth_draw(task, seed, (uint64_t)number, &s, err);
    if (status == ASSAY_OK)
        status = assay_image_resize(assay_synth_image(s, 0), THUMBNAIL, THUMBNAIL, &small, err);
    if (status == ASSAY_OK)
        paste(sheet, &small, GAP + number * (THUMBNAIL + GAP), GAP + (int)task * (THUMBNAIL + GAP));
    assay_image_free(&small);
    assay_synth_free(s);
    return status;
}

assay_status assay_synth_sheet(uint64_t seed, int n_per_task, assay_image *out, assay_error *err) {
    *out = (assay_image){0};
    if (n_per_task < 1 || n_per_task > ASSAY_SYNTH_MAX_COLUMNS)
        return assay_fail(err, ASSAY_E_ARGUMENT, "hhh46: a sheet has 1 to %d columns, not %d",
                          ASSAY_SYNTH_MAX_COLUMNS, n_per_task);
    assay_image sheet = {GAP + n_per_task * (THUMBNAIL + GAP),
                         GAP + (int)assay_synth_n_tasks() * (THUMBNAIL + GAP), NULL};
    size_t n = (size_t)sheet.width * (size_t)sheet.height;
    sheet.rgb = assay_alloc(n, 3);
    if (!sheet.rgb) return assay_fail(err, ASSAY_E_MEMORY, "hhh46: no memory for a sheet");
    memset(sheet.rgb, 96, 3 * n);
    assay_status status = ASSAY_OK;
    for (size_t task = 0; task < assay_synth_n_tasks() && status == ASSAY_OK; task++) {
        for (int i = 0; i < n_per_task && status == ASSAY_OK; i++)
            status = paste_sample(&sheet, task, seed, i, err);
    }
    if (status == ASSAY_OK)
        *out = sheet;
    else
        assay_image_free(&sheet);
    return status;
}
