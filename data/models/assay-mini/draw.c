/* A flat C interface to the procedural suite, for the training script (ctypes): draws one sample and writes
 * pixels and texts into the caller's buffers. Built as a shared library by data.py together with the sources
 * it needs; it is not part of the program. */
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/status.h"
#include "format/image/image.h"
#include "synth/synth.h"

#define FIELD "\x1f" /* ends every field of a record; never part of a text */

int assay_draw_n_tasks(void) {
    return (int)assay_synth_n_tasks();
}

int assay_draw_sight(int task) {
    return assay_synth_task_at((size_t)task)->sight ? 1 : 0;
}

/* Samples of the task in Ch3Ef. */
int assay_draw_count(int task) {
    return assay_synth_task_at((size_t)task)->count;
}

/* "dimension/domain/task" */
int assay_draw_task_name(int task, char *out, int cap) {
    const assay_synth_task *t = assay_synth_task_at((size_t)task);
    assay_buffer text = {0};
    assay_buffer_print(&text, "%s/%s/%s", t->dimension, t->domain, t->task);
    int ok = !text.failed && text.len < (size_t)cap;
    if (ok) memcpy(out, text.data, text.len + 1);
    assay_buffer_free(&text);
    return ok ? 0 : -1;
}

/* As the engine prepares a picture that is not split into tiles: longest edge to `size`, then to size x size. */
static assay_status fit(const assay_image *image, int size, uint8_t *pixels, assay_error *err) {
    int width = size, height = size;
    double aspect = (double)image->width / image->height;
    if (image->width >= image->height) {
        height = (int)(width / aspect);
        height += height & 1;
    } else {
        width = (int)(height * aspect);
        width += width & 1;
    }
    if (width < 1) width = 1;
    if (height < 1) height = 1;
    assay_image longest = {0}, square = {0};
    assay_status status = assay_image_resize(image, width, height, &longest, err);
    if (status == ASSAY_OK) status = assay_image_resize(&longest, size, size, &square, err);
    if (status == ASSAY_OK) memcpy(pixels, square.rgb, (size_t)size * (size_t)size * 3);
    assay_image_free(&longest);
    assay_image_free(&square);
    return status;
}

static void print_record(const assay_synth_sample *sample, assay_buffer *record) {
    const assay_sample *s = assay_synth_texts(sample);
    assay_buffer_print(record, "%d" FIELD "%s" FIELD "%d" FIELD, s->n_images, s->question,
                       s->interleaved ? 1 : 0);
    for (int i = 0; i < s->n_images && s->interleaved; i++)
        assay_buffer_print(record, "%s" FIELD, s->after[i]);
    assay_buffer_print(record, "%d" FIELD, s->n_options);
    for (int i = 0; i < s->n_options; i++) assay_buffer_print(record, "%s" FIELD, s->options[i]);
    assay_buffer_print(record, "%d" FIELD, s->n_gold);
    for (int i = 0; i < s->n_gold; i++) assay_buffer_print(record, "%d" FIELD, s->gold[i]);
    const char *description = assay_synth_description(sample);
    int n_hints = assay_synth_n_hints(sample);
    assay_buffer_print(record, "%s" FIELD "%d" FIELD, description != NULL ? description : "",
                       n_hints);
    for (int i = 0; i < n_hints; i++) {
        const char *question, *answer;
        assay_synth_hint(sample, i, &question, &answer);
        assay_buffer_print(record, "%s" FIELD "%s" FIELD, question, answer);
    }
}

/* pixels: room for max_images pictures [size, size, 3]; record: room for cap bytes, NUL-terminated after success.
 * error: room for 512 bytes. Returns 0, or -1 with a sentence in error. */
int assay_draw_sample(int task, uint64_t seed, uint64_t number, int size, int max_images,
                      uint8_t *pixels, char *record, int cap, char *error) {
    assay_error err = {0};
    assay_buffer text = {0};
    assay_synth_sample *sample = NULL;
    assay_status status = assay_synth_draw((size_t)task, seed, number, &sample, &err);
    if (status != ASSAY_OK) goto done;
    int n_images = assay_synth_texts(sample)->n_images;
    if (n_images > max_images) {
        status =
            assay_fail(&err, ASSAY_E_LIMIT, "draw: %d images, room for %d", n_images, max_images);
        goto done;
    }
    for (int i = 0; i < n_images && status == ASSAY_OK; i++) {
        size_t at = (size_t)i * (size_t)size * (size_t)size * 3;
        status = fit(assay_synth_image(sample, i), size, pixels + at, &err);
    }
    if (status != ASSAY_OK) goto done;
    print_record(sample, &text);
    if (text.failed || text.len >= (size_t)cap) {
        status = assay_fail(&err, ASSAY_E_LIMIT, "draw: record longer than %d bytes", cap);
        goto done;
    }
    memcpy(record, text.data, text.len + 1);
done:
    if (status != ASSAY_OK) memcpy(error, err.text, sizeof err.text);
    assay_buffer_free(&text);
    assay_synth_free(sample);
    return status == ASSAY_OK ? 0 : -1;
}
