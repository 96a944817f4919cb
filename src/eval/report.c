/* The report: samples of a record, counted by task, and summed up to domains, dimensions and the
 * whole. */
#include "assay_eval.h"

#include <stdlib.h>
#include <string.h>

#include "eval/scenario.h"
#include "eval/walk.h"

#define MAX_TASKS 4096 /* groups are found by comparing each task with each */

typedef struct tally {
    uint64_t n, correct, ties;
    double chance; /* sum over samples of the share of options that are right */
} tally;

typedef struct task {
    const assay_sample
        *names; /* dimension, domain and task stand in its first sample; NULL while none was seen */
    tally tally;
    bool sight;
} task;

typedef struct counts {
    uint32_t *task_of; /* of every sample of the dataset */
    task *tasks;       /* in the order in which they first appear in the dataset */
    size_t n_tasks;
    tally all, sight;
    double seconds;
} counts;

static void counts_free(counts *c) {
    free(c->task_of);
    free(c->tasks);
}

static void tally_add(tally *t, const tally *other) {
    t->n += other->n;
    t->correct += other->correct;
    t->ties += other->ties;
    t->chance += other->chance;
}

/* ---- counting ---- */

static assay_status prepare(const assay_dataset *dataset, counts *c, assay_error *err) {
    size_t n = assay_dataset_n_samples(dataset);
    c->task_of = assay_calloc(n, sizeof *c->task_of);
    c->tasks = assay_calloc(n, sizeof *c->tasks); /* no more tasks than samples */
    if (c->task_of == NULL || c->tasks == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
    assay_status status = assay_scenario_tasks(dataset, c->task_of, &c->n_tasks, err);
    if (status == ASSAY_OK && c->n_tasks > MAX_TASKS)
        status = assay_fail(err, ASSAY_E_LIMIT, "report: %zu tasks, more than %d", c->n_tasks,
                            MAX_TASKS);
    return status;
}

static void count_sample(const assay_walk_step *step, counts *c) {
    const assay_sample *sample = step->sample;
    const assay_record_sample *read = &step->read;
    tally one = {1, read->correct, read->choice.tie, (double)sample->n_gold / sample->n_options};
    task *t = &c->tasks[c->task_of[step->index]];
    if (t->names == NULL) t->names = sample;
    t->sight = t->sight || sample->sight;
    tally_add(&t->tally, &one);
    tally_add(&c->all, &one);
    if (sample->sight) tally_add(&c->sight, &one);
    c->seconds += read->seconds;
}

static assay_status count_lines(assay_walk *walk, counts *c, assay_error *err) {
    for (;;) {
        assay_walk_step step;
        assay_status status = assay_walk_next(walk, &step, err);
        bool more = status == ASSAY_OK && step.sample != NULL;
        if (more) count_sample(&step, c);
        assay_walk_clear(&step);
        if (!more) return status;
    }
}

/* ---- printing: keys need no order here, the canonical form sorts them -------------------------
 */

static void print_tally(assay_buffer *out, const tally *t) {
    double low, high, n = (double)t->n;
    assay_wilson(t->correct, t->n, ASSAY_Z95, &low, &high);
    assay_buffer_print(
        out, "\"n\":%llu,\"correct\":%llu,\"ties\":%llu,\"accuracy\":", (unsigned long long)t->n,
        (unsigned long long)t->correct, (unsigned long long)t->ties);
    assay_json_number(out, (double)t->correct / n); /* null when n is 0 */
    assay_buffer_print(out, ",\"chance\":");
    assay_json_number(out, t->chance / n);
    assay_buffer_print(out, ",\"ci\":[");
    assay_json_number(out, low);
    assay_buffer_append(out, ",", 1);
    assay_json_number(out, high);
    assay_buffer_append(out, "]", 1);
}

typedef enum level { DIMENSION, DOMAIN, TASK } level;

static bool same_group(const task *a, const task *b, level l) {
    if (strcmp(a->names->dimension, b->names->dimension) != 0) return false;
    if (l >= DOMAIN && strcmp(a->names->domain, b->names->domain) != 0) return false;
    return l < TASK || a == b;
}

/* The groups of level l that lie inside the group of `parent` one level up (NULL: all), as an
 * array. `tasks` are the ones that were seen. Groups stand in the order of their first task. */
static void print_groups(assay_buffer *out, const task *tasks, size_t n, const task *parent,
                         level l) {
    bool any = false;
    assay_buffer_append(out, "[", 1);
    for (size_t i = 0; i < n; i++) {
        if (parent != NULL && !same_group(&tasks[i], parent, l - 1)) continue;
        tally sum = {0};
        bool first = true;
        for (size_t k = 0; k < i && first; k++) first = !same_group(&tasks[k], &tasks[i], l);
        if (!first) continue;
        for (size_t k = i; k < n; k++) {
            if (same_group(&tasks[k], &tasks[i], l)) tally_add(&sum, &tasks[k].tally);
        }
        const assay_sample *names = tasks[i].names;
        assay_buffer_print(out, "%s{\"name\":", any ? "," : "");
        assay_json_string(out, l == DIMENSION ? names->dimension
                               : l == DOMAIN  ? names->domain
                                              : names->task);
        assay_buffer_append(out, ",", 1);
        print_tally(out, &sum);
        if (l == TASK) {
            assay_buffer_print(out, ",\"sight\":%s", tasks[i].sight ? "true" : "false");
        } else {
            assay_buffer_print(out, ",\"%s\":", l == DIMENSION ? "domains" : "tasks");
            print_groups(out, tasks, n, &tasks[i], l == DIMENSION ? DOMAIN : TASK);
        }
        assay_buffer_append(out, "}", 1);
        any = true;
    }
    assay_buffer_append(out, "]", 1);
}

static void print_report(assay_buffer *out, const assay_dataset *dataset,
                         const assay_record_info *info, const char *hallmark, counts *c) {
    size_t seen = 0;
    for (size_t i = 0; i < c->n_tasks; i++) {
        if (c->tasks[i].names != NULL) c->tasks[seen++] = c->tasks[i];
    }
    assay_buffer_print(out, "{\"hallmark\":");
    assay_json_string(out, hallmark[0] == '\0' ? NULL : hallmark);
    assay_buffer_print(out, ",\"n_total\":%zu,\"seconds\":", info->n_samples);
    assay_json_number(out, c->seconds);
    assay_buffer_append(out, ",", 1);
    print_tally(out, &c->all);
    assay_buffer_print(out, ",\"sight\":{");
    print_tally(out, &c->sight);
    assay_buffer_print(out, "},\"dimensions\":");
    print_groups(out, c->tasks, seen, NULL, DIMENSION);
    assay_buffer_print(out, ",\"engine\":");
    assay_json_string(out, info->engine);
    assay_buffer_print(out, ",\"build\":%s,\"recipe\":%s,\"model\":{\"name\":", info->build,
                       info->recipe);
    assay_json_string(out, info->model_name);
    assay_buffer_print(out, ",\"text\":\"%s\",\"vision\":\"%s\"},\"dataset\":{\"name\":",
                       info->text_sha256, info->vision_sha256);
    assay_json_string(out, assay_dataset_name(dataset));
    assay_buffer_print(out, ",\"licence\":");
    assay_json_string(out, assay_dataset_licence(dataset));
    assay_buffer_print(out, ",\"id\":\"%s\"}}", info->dataset_id);
}

static assay_status to_canonical(const assay_buffer *text, char **json, assay_error *err) {
    cJSON *root = NULL;
    assay_buffer out = {0};
    if (text->failed) return assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
    assay_status status = assay_json_parse(text->data, text->len, "report", &root, err);
    if (status == ASSAY_OK) {
        assay_json_canonical(root, &out);
        if (out.failed) {
            assay_buffer_free(&out);
            status = assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
        }
    }
    cJSON_Delete(root);
    *json = out.data;
    return status;
}

assay_status assay_report(const assay_dataset *dataset, const char *record, size_t n, char **json,
                          assay_error *err) {
    assay_walk walk;
    assay_buffer text = {0};
    counts c = {0};
    *json = NULL;
    assay_status status = assay_walk_open(dataset, record, n, &walk, err);
    if (status == ASSAY_OK) status = prepare(dataset, &c, err);
    if (status == ASSAY_OK) status = count_lines(&walk, &c, err);
    if (status == ASSAY_OK) {
        print_report(&text, dataset, &walk.info, walk.hallmark, &c);
        status = to_canonical(&text, json, err);
    }
    assay_buffer_free(&text);
    counts_free(&c);
    assay_walk_close(&walk);
    return status;
}
