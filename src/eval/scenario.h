/* Which samples of a dataset a run takes, and which belong to one task. */
#ifndef ASSAY_EVAL_SCENARIO_H
#define ASSAY_EVAL_SCENARIO_H

#include "assay_eval.h"

/* The task of every sample, task_of[n_samples]; tasks (dimension, domain and task together) are
 * numbered in the order in which they first appear. */
assay_status assay_scenario_tasks(const assay_dataset *dataset, uint32_t *task_of, size_t *n_tasks,
                                  assay_error *err);

/* Indices of the samples to take, rising; allocated for the caller. limit 0: all. */
assay_status assay_scenario_select(const assay_dataset *dataset, size_t limit, size_t **picks,
                                   size_t *n, assay_error *err);

#endif
