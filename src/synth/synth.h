/* hhh46: a procedural suite after Ch3Ef's 46 tasks. Draws images and writes questions and options
 * from a seed: bit for bit the same on every platform, public domain, impossible to contaminate. */
#ifndef ASSAY_SYNTH_H
#define ASSAY_SYNTH_H

#include "base/rng.h"
#include "format/image/image.h"
#include "format/shard/shard.h"

typedef struct assay_synth_task {
    const char *dimension, *domain, *task; /* Ch3Ef's names */
    bool sight;
    int count; /* samples of it in Ch3Ef, 1002 in all */
} assay_synth_task;

size_t assay_synth_n_tasks(void);
const assay_synth_task *assay_synth_task_at(size_t i);

/* A drawn sample: texts and images owned by it. `description` says plainly what the images show;
 * `hints` are further short question-answer pairs on them. Both are for training only and never
 * enter a dataset. */
typedef struct assay_synth_sample assay_synth_sample;
/* number below 2^32. Depends on (task, seed, number) alone. */
assay_status assay_synth_draw(size_t task, uint64_t seed, uint64_t number, assay_synth_sample **out,
                              assay_error *err);
void assay_synth_free(assay_synth_sample *s);
const assay_sample *assay_synth_texts(const assay_synth_sample *s);
const assay_image *assay_synth_image(const assay_synth_sample *s, int i); /* i < texts->n_images */
const char *assay_synth_description(const assay_synth_sample *s);
int assay_synth_n_hints(const assay_synth_sample *s);
/* i < assay_synth_n_hints; the texts are owned by the sample. */
void assay_synth_hint(const assay_synth_sample *s, int i, const char **question,
                      const char **answer);

#define ASSAY_SYNTH_MAX_PER_TASK 10000
#define ASSAY_SYNTH_MAX_COLUMNS  16

/* Adds one sample, its images as PNG. */
assay_status assay_synth_add(assay_dataset_writer *w, size_t task, uint64_t seed, uint64_t number,
                             assay_error *err);
/* A whole dataset, in task order: samples 0 to n - 1 of every task, n = n_per_task, or the task's
 * own count when that is 0. `write` receives the files. */
assay_status assay_synth_dataset(uint64_t seed, int n_per_task, assay_write_file write,
                                 void *context, assay_error *err);

/* One picture to look at: for every task its name and a row of thumbnails, `columns` of them. Free
 * with assay_image_free. */
assay_status assay_synth_sheet(uint64_t seed, int columns, assay_image *out, assay_error *err);
/* The same of one task: a page of larger ones. */
assay_status assay_synth_task_sheet(size_t task, uint64_t seed, assay_image *out, assay_error *err);

#endif
