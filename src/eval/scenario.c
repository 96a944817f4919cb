/* Tasks are found by sorting the samples by their names, so a dataset with very many of them costs
 * no more than n log n. */
#include "eval/scenario.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

typedef struct entry {
    const assay_sample *sample;
    size_t index, rank;   /* rank: how many samples of its task stand before it */
    uint32_t task, place; /* place: how many tasks of its dimension come before its task */
} entry;

static int by_size(size_t a, size_t b) {
    return a < b ? -1 : a > b;
}

static int by_name(const assay_sample *a, const assay_sample *b) {
    int order = strcmp(a->dimension, b->dimension);
    if (order == 0) order = strcmp(a->domain, b->domain);
    return order != 0 ? order : strcmp(a->task, b->task);
}

static int compare_names(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = by_name(x->sample, y->sample);
    return order != 0 ? order : by_size(x->index, y->index);
}

/* By the first sample of the entry's task, which stands in `rank` while tasks are numbered. */
static int compare_first(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = by_size(x->rank, y->rank);
    return order != 0 ? order : by_size(x->index, y->index);
}

static int compare_turn(const void *a, const void *b) {
    const entry *x = a, *y = b;
    int order = by_size(x->rank, y->rank);
    if (order == 0) order = by_size(x->place, y->place);
    return order != 0 ? order : by_size(x->task, y->task);
}

static int compare_picks(const void *a, const void *b) {
    return by_size(*(const size_t *)a, *(const size_t *)b);
}

/* Every sample with its task and its rank in it, task by task. */
static assay_status make_entries(const assay_dataset *dataset, entry **out, size_t *n_tasks,
                                 assay_error *err) {
    size_t n = assay_dataset_n_samples(dataset);
    entry *e = assay_calloc(n, sizeof *e);
    if (e == NULL) return assay_fail(err, ASSAY_E_MEMORY, "scenario: out of memory");
    for (size_t i = 0; i < n; i++)
        e[i] = (entry){.sample = assay_dataset_sample(dataset, i), .index = i};
    qsort(e, n, sizeof *e, compare_names);
    for (size_t i = 0; i < n; i++) {
        bool same = i > 0 && by_name(e[i - 1].sample, e[i].sample) == 0;
        e[i].rank = same ? e[i - 1].rank : e[i].index; /* the first of its task */
    }
    qsort(e, n, sizeof *e, compare_first);
    size_t tasks = 0, rank = 0;
    for (size_t i = 0; i < n; i++) {
        bool first = e[i].rank == e[i].index;
        tasks += first;
        rank = first ? 0 : rank + 1;
        e[i].task = (uint32_t)(tasks - 1);
        e[i].rank = rank;
    }
    *n_tasks = tasks;
    *out = e;
    return ASSAY_OK;
}

/* The place of every entry's task in its dimension; entries come task by task. A reader of datasets lets
 * no other dimension through. */
static void find_places(entry *e, size_t n) {
    static const char *const DIMENSIONS[3] = {"Helpful", "Honest", "Harmless"};
    uint32_t seen[3] = {0};
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && e[i].task == e[i - 1].task) {
            e[i].place = e[i - 1].place;
            continue;
        }
        for (int d = 0; d < 3; d++) {
            if (strcmp(e[i].sample->dimension, DIMENSIONS[d]) == 0) e[i].place = seen[d]++;
        }
    }
}

assay_status assay_scenario_tasks(const assay_dataset *dataset, uint32_t *task_of, size_t *n_tasks,
                                  assay_error *err) {
    entry *entries;
    assay_status status = make_entries(dataset, &entries, n_tasks, err);
    if (status != ASSAY_OK) return status;
    for (size_t i = 0; i < assay_dataset_n_samples(dataset); i++)
        task_of[entries[i].index] = entries[i].task;
    free(entries);
    return ASSAY_OK;
}

assay_status assay_scenario_select(const assay_dataset *dataset, size_t limit, size_t **picks,
                                   size_t *n, assay_error *err) {
    size_t total = assay_dataset_n_samples(dataset), n_tasks;
    size_t count = limit == 0 || limit > total ? total : limit;
    entry *entries;
    assay_status status = make_entries(dataset, &entries, &n_tasks, err);
    if (status != ASSAY_OK) return status;
    size_t *list = assay_alloc(count, sizeof *list);
    if (list == NULL) {
        free(entries);
        return assay_fail(err, ASSAY_E_MEMORY, "scenario: out of memory");
    }
    find_places(entries, total);
    qsort(entries, total, sizeof *entries, compare_turn);
    for (size_t i = 0; i < count; i++) list[i] = entries[i].index;
    qsort(list, count, sizeof *list, compare_picks);
    free(entries);
    *picks = list;
    *n = count;
    return ASSAY_OK;
}
