/* assay gen --audit: can the answers be had without looking? Four policies that know only the options, and the model with its
 * eyes shut, task by task, against chance. */
#include "cli/gen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "format/json.h"
#include "synth/audit.h"

#define LEARN_SHARE 5 /* samples learnt from for each that is tried: the classifier of words */
#define MAX_FILES   8 /* of the dataset of one task: index, manifest, shards */
#define SHARD_BYTES ((size_t)1 << 30)
/* Two-sided 95 % for about 150 intervals at once (Bonferroni): what lies beyond is no accident. */
#define Z_TOGETHER 3.6

enum { GUESS, LONGEST, SHORTEST, WORDS, BLIND, N_BASELINES };
static const char *const NAMES[N_BASELINES] = {"guess", "longest", "shortest", "words", "blind"};

typedef struct memory_files { /* a dataset that is never written to a disk */
    char *names[MAX_FILES];
    assay_buffer bytes[MAX_FILES];
    int n;
} memory_files;

typedef struct auditing {
    const assay_audit_options *options;
    assay_host host;
    size_t n_tasks;                             /* printed */
    size_t n_intervals, n_missing, n_shortcuts; /* of the tasks that need sight */
} auditing;

/* ---- the model with its eyes shut ---- */

static assay_status keep_file(void *context, const char *name, const void *bytes, size_t n,
                              assay_error *err) {
    memory_files *files = context;
    size_t length = strlen(name) + 1;
    char *copy = files->n < MAX_FILES ? assay_alloc(length, 1) : NULL;
    if (copy == NULL) return assay_fail(err, ASSAY_E_MEMORY, "audit: no memory for %s", name);
    memcpy(copy, name, length);
    files->names[files->n] = copy;
    assay_buffer_append(&files->bytes[files->n], bytes, n);
    files->n++;
    return ASSAY_OK;
}

static void free_files(memory_files *files) {
    for (int i = 0; i < files->n; i++) {
        free(files->names[i]);
        assay_buffer_free(&files->bytes[i]);
    }
}

static const assay_buffer *find_file(const memory_files *files, const char *name) {
    for (int i = 0; i < files->n; i++) {
        if (strcmp(files->names[i], name) == 0) return &files->bytes[i];
    }
    return NULL;
}

static assay_status draw_task(const auditing *a, size_t task, memory_files *files,
                              assay_dataset **dataset, assay_error *err) {
    assay_status status = ASSAY_OK;
    assay_dataset_writer *w = assay_dataset_writer_create("hhh46", "audit", "CC0-1.0", SHARD_BYTES);
    if (w == NULL) return assay_fail(err, ASSAY_E_MEMORY, "audit: no memory for a dataset");
    for (int64_t i = 0; i < a->options->n && status == ASSAY_OK; i++)
        status = assay_synth_add(w, task, (uint64_t)a->options->seed, (uint64_t)i, err);
    if (status == ASSAY_OK) status = assay_dataset_writer_finish(w, keep_file, files, err);
    assay_dataset_writer_destroy(w);
    if (status != ASSAY_OK) return status;
    const assay_buffer *manifest = find_file(files, "manifest.json"),
                       *index = find_file(files, "index.jsonl");
    return assay_dataset_open(manifest->data, manifest->len, index->data, index->len, dataset, err);
}

static assay_status step(assay_run *run, const assay_dataset *dataset, const memory_files *files,
                         const assay_sample *sample, assay_buffer *record, assay_error *err) {
    assay_blob images[ASSAY_MAX_IMAGES];
    const char *line;
    for (int i = 0; i < sample->n_images; i++) {
        const assay_member *m = &sample->images[i];
        const assay_buffer *shard =
            find_file(files, assay_dataset_shard(dataset, (size_t)m->shard)->file);
        images[i] = (assay_blob){(const uint8_t *)shard->data + m->offset, (size_t)m->size};
    }
    assay_status status = assay_run_step(run, images, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    return status;
}

static assay_status read_correct(const assay_dataset *dataset, const assay_buffer *record,
                                 double *correct, assay_error *err) {
    char *json = NULL;
    cJSON *report = NULL;
    assay_status status = assay_report(dataset, record->data, record->len, &json, err);
    if (status == ASSAY_OK) status = assay_json_parse(json, strlen(json), "report", &report, err);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(report, "correct");
    if (cJSON_IsNumber(item)) *correct = item->valuedouble;
    cJSON_Delete(report);
    free(json);
    return status;
}

static assay_status try_blind(auditing *a, size_t task, double *correct, assay_error *err) {
    memory_files files = {.n = 0};
    assay_dataset *dataset = NULL;
    assay_run *run = NULL;
    assay_buffer record = {0};
    const assay_sample *sample;
    const char *line;
    assay_status status = draw_task(a, task, &files, &dataset, err);
    if (status == ASSAY_OK) {
        assay_run_options options = {dataset, a->host.model, a->host.session,
                                     assay_recipe_builtin("grey"), NULL};
        status = assay_run_create(&options, &run, err);
    }
    if (status == ASSAY_OK) status = assay_run_header(run, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(&record, line, strlen(line));
    while (status == ASSAY_OK && (sample = assay_run_next(run)) != NULL) {
        if (assay_host_interrupted()) status = assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        if (status == ASSAY_OK) status = step(run, dataset, &files, sample, &record, err);
    }
    if (status == ASSAY_OK && record.failed)
        status = assay_fail(err, ASSAY_E_MEMORY, "audit: out of memory");
    if (status == ASSAY_OK) status = read_correct(dataset, &record, correct, err);
    assay_buffer_free(&record);
    assay_run_destroy(run);
    assay_dataset_close(dataset);
    free_files(&files);
    return status;
}

/* ---- table ---- */

/* Counts a baseline of a task that needs sight; whether its interval misses chance. */
static bool misses(auditing *a, bool sight, double k, size_t n, double chance, double ci[2]) {
    double low, high;
    assay_wilson((uint64_t)(k + 0.5), n, ASSAY_Z95, &ci[0], &ci[1]);
    assay_wilson((uint64_t)(k + 0.5), n, Z_TOGETHER, &low, &high);
    bool missing = chance < ci[0] || chance > ci[1];
    if (sight) {
        a->n_intervals++;
        a->n_missing += missing;
        a->n_shortcuts += chance < low;
    }
    return missing;
}

static void print_task(auditing *a, const assay_synth_task *task, const assay_synth_audit *audit,
                       double blind) {
    const double right[N_BASELINES] = {audit->guess, audit->longest, audit->shortest, audit->words,
                                       blind};
    bool json = a->options->json, first = a->n_tasks++ == 0;
    int n = a->options->texts_only ? BLIND : N_BASELINES;
    if (json)
        printf("%s{\"task\":\"%s\",\"sight\":%s,\"chance\":%.4f", first ? "" : ",", task->task,
               task->sight ? "true" : "false", audit->chance);
    else
        printf("%-32s%s %5.1f", task->task, task->sight ? "*" : " ", 100.0 * audit->chance);
    for (int i = 0; i < n; i++) {
        double ci[2], share = right[i] / (double)audit->n;
        bool missing = misses(a, task->sight, right[i], audit->n, audit->chance, ci);
        if (json)
            printf(",\"%s\":{\"accuracy\":%.4f,\"ci\":[%.4f,%.4f]}", NAMES[i], share, ci[0], ci[1]);
        else
            printf("  %5.1f (%4.1f-%5.1f)%s", 100.0 * share, 100.0 * ci[0], 100.0 * ci[1],
                   missing ? "!" : " ");
    }
    printf(json ? "}" : "\n");
    fflush(stdout);
}

static void print_head(const auditing *a) {
    const assay_audit_options *o = a->options;
    if (o->json) {
        printf("{\"seed\":%lld,\"n\":%lld,\"tasks\":[", (long long)o->seed, (long long)o->n);
        return;
    }
    printf("hhh46, seed %lld, %lld samples of each task: right answers in %% (95 %% interval)\n\n",
           (long long)o->seed, (long long)o->n);
    printf("%-32s  chance", "");
    for (int i = 0; i < (o->texts_only ? BLIND : N_BASELINES); i++) printf("  %-19s", NAMES[i]);
    printf("\n");
}

static void print_foot(const auditing *a) {
    if (a->options->json) {
        printf("],\"intervals\":%zu,\"missing\":%zu,\"shortcuts\":%zu}\n", a->n_intervals,
               a->n_missing, a->n_shortcuts);
        return;
    }
    printf(
        "\n* needs the picture. Of the %zu intervals of these tasks %zu miss chance (marked !); by "
        "accident it would be about %.0f.\n"
        "Above chance by more than all intervals together allow (z = %.1f): %zu.\n",
        a->n_intervals, a->n_missing, 0.05 * (double)a->n_intervals, Z_TOGETHER, a->n_shortcuts);
}

static assay_status audit_all(auditing *a, assay_error *err) {
    const assay_audit_options *o = a->options;
    assay_status status = o->texts_only ? ASSAY_OK : assay_host_open_model(&a->host, err);
    assay_host_catch_interrupt();
    if (status == ASSAY_OK) print_head(a);
    for (size_t task = 0; task < assay_synth_n_tasks() && status == ASSAY_OK; task++) {
        assay_synth_audit audit;
        double blind = 0.0;
        status = assay_synth_audit_task(task, (uint64_t)o->seed, (size_t)o->n,
                                        (size_t)(LEARN_SHARE * o->n), &audit, err);
        if (status == ASSAY_OK && !o->texts_only) status = try_blind(a, task, &blind, err);
        if (status == ASSAY_OK) print_task(a, assay_synth_task_at(task), &audit, blind);
    }
    if (status == ASSAY_OK) print_foot(a);
    return status;
}

int assay_gen_audit(const assay_audit_options *options) {
    auditing a = {.options = options, .host = {.options = options->host}};
    assay_error err = {0};
    assay_status status = audit_all(&a, &err);
    assay_host_close(&a.host);
    if (status != ASSAY_OK) return assay_cli_fail(&err);
    return a.n_shortcuts == 0 ? ASSAY_EXIT_DONE : ASSAY_EXIT_CHECK;
}
