/* Samples to the files of a dataset. */
#include "synth/synth.h"

#include <stdio.h>

#define SHARD_BYTES ((size_t)16 << 20)
#define VERSION     2 /* of the suite: rises when a drawing or a text changes */

assay_status assay_synth_add(assay_dataset_writer *w, size_t task, uint64_t seed, uint64_t number,
                             assay_error *err) {
    assay_synth_sample *s = NULL;
    assay_buffer png[ASSAY_MAX_IMAGES] = {{0}};
    assay_blob blobs[ASSAY_MAX_IMAGES];
    assay_status status = assay_synth_draw(task, seed, number, &s, err);
    int n = status == ASSAY_OK ? assay_synth_texts(s)->n_images : 0;
    for (int i = 0; i < n && status == ASSAY_OK; i++) {
        status = assay_image_encode_png(assay_synth_image(s, i), &png[i], err);
        blobs[i] = (assay_blob){(const uint8_t *)png[i].data, png[i].len};
    }
    if (status == ASSAY_OK) status = assay_dataset_writer_add(w, assay_synth_texts(s), blobs, err);
    for (int i = 0; i < n; i++) assay_buffer_free(&png[i]);
    assay_synth_free(s);
    return status;
}

assay_status assay_synth_dataset(uint64_t seed, int n_per_task, assay_write_file write,
                                 void *context, assay_error *err) {
    if (n_per_task < 0 || n_per_task > ASSAY_SYNTH_MAX_PER_TASK)
        return assay_fail(err, ASSAY_E_ARGUMENT, "hhh46: 1 to %d samples of a task, not %d",
                          ASSAY_SYNTH_MAX_PER_TASK, n_per_task);
    char version[96];
    int length =
        snprintf(version, sizeof version, "%d, seed %llu", VERSION, (unsigned long long)seed);
    if (n_per_task > 0)
        snprintf(version + length, sizeof version - (size_t)length, ", %d of each task",
                 n_per_task);
    assay_dataset_writer *w = assay_dataset_writer_create("hhh46", version, "CC0-1.0", SHARD_BYTES);
    if (!w) return assay_fail(err, ASSAY_E_MEMORY, "hhh46: no memory for a dataset");
    assay_status status = ASSAY_OK;
    for (size_t task = 0; task < assay_synth_n_tasks() && status == ASSAY_OK; task++) {
        int n = n_per_task > 0 ? n_per_task : assay_synth_task_at(task)->count;
        for (int i = 0; i < n && status == ASSAY_OK; i++)
            status = assay_synth_add(w, task, seed, (uint64_t)i, err);
    }
    if (status == ASSAY_OK) status = assay_dataset_writer_finish(w, write, context, err);
    assay_dataset_writer_destroy(w);
    return status;
}
