/* The sample lines of a record over its dataset, one by one, each checked: what report and answers have in common. */
#ifndef ASSAY_EVAL_WALK_H
#define ASSAY_EVAL_WALK_H

#include "eval/record.h"

typedef struct assay_walk {
    const assay_dataset *dataset; /* lent, as the record */
    assay_record_info info;
    size_t *picks; /* [n_picks] the samples that the recipe takes, rising */
    size_t n_picks, done;
    char hallmark[65]; /* once the closing line was met; "" before */
    assay_record_reader reader;
    assay_sha256 sha;
} assay_walk;

/* Reads the header. E_CHECK when the record is of another dataset. Close in every case. */
assay_status assay_walk_open(const assay_dataset *dataset, const char *record, size_t n,
                             assay_walk *out, assay_error *err);
void assay_walk_close(assay_walk *walk);

/* The next sample that is done; `line` holds its id. */
typedef struct assay_walk_step {
    size_t index; /* into the dataset */
    const assay_sample *sample;
    assay_record_sample read;
    cJSON *line;
} assay_walk_step;
/* sample is NULL behind the last line, whole or cut. Clear every step, also after a failure. */
assay_status assay_walk_next(assay_walk *walk, assay_walk_step *out, assay_error *err);
void assay_walk_clear(assay_walk_step *step);

#endif
