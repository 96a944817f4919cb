/* assay verify: a record's samples are scored again, and their bits compared. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/host.h"
#include "format/json.h"

static const char about[] = "Runs a record again with its own recipe and compares every "
                            "log-probability bit by bit. Model and dataset are the\n"
                            "defaults of `assay run`, or named; they must be those of the record "
                            "by their hashes. Exit code 0: equal; 3: it differs\n"
                            "(the first sample that does is named), or the record contradicts "
                            "itself. --samples K takes K samples spread evenly.\n";

typedef struct verifying {
    assay_host host;
    assay_run *run;
    char *record;
    size_t n;
    assay_record_info info;
    int64_t samples; /* 0: all */
    bool json;
} verifying;

/* Dataset first, model second: the first of them that is not the record's is named before anything
 * is computed. */
static assay_status open_all(verifying *v, const char *path, assay_error *err) {
    size_t keep;
    assay_error inner = {0};
    assay_status status = assay_host_read_record(path, &v->record, &v->n, err);
    if (status == ASSAY_OK &&
        assay_record_read_header(v->record, v->n, &v->info, &inner) != ASSAY_OK) {
        status = assay_host_fail_in(path, &inner, err);
    }
    if (status == ASSAY_OK) status = assay_host_open_data(&v->host, err);
    if (status == ASSAY_OK && strcmp(v->info.dataset_id, assay_dataset_id(v->host.dataset)) != 0) {
        status = assay_fail(err, ASSAY_E_CHECK, "%s was made on dataset %s; %s is %s", path,
                            v->info.dataset_id, v->host.data, assay_dataset_id(v->host.dataset));
    }
    if (status == ASSAY_OK) status = assay_host_open_model(&v->host, err);
    if (status == ASSAY_OK) {
        assay_run_options options = {v->host.dataset, v->host.model, v->host.session,
                                     v->info.recipe, NULL};
        status = assay_run_create(&options, &v->run, err);
    }
    if (status == ASSAY_OK &&
        assay_run_resume(v->run, v->record, v->n, &keep, &inner) != ASSAY_OK) {
        status = assay_host_fail_in(path, &inner, err);
    }
    if (status == ASSAY_OK && assay_run_done(v->run) == 0)
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: no finished sample", path);
    return status;
}

static assay_status compare_all(verifying *v, size_t *compared, assay_error *err) {
    size_t done = assay_run_done(v->run),
           count = v->samples == 0 || (uint64_t)v->samples > done ? done : (size_t)v->samples;
    assay_progress progress;
    assay_status status = ASSAY_OK;
    assay_progress_start(&progress, 0, count, v->host.options.quiet);
    for (size_t i = 0; i < count && status == ASSAY_OK; i++) {
        size_t at = (size_t)((uint64_t)i * done / count);
        assay_blob images[ASSAY_MAX_IMAGES];
        status = assay_host_images(&v->host, assay_run_sample(v->run, at), images, err);
        if (status == ASSAY_OK) status = assay_run_verify(v->run, at, images, err);
        if (status == ASSAY_OK) assay_progress_step(&progress, i + 1);
    }
    assay_progress_end(&progress);
    *compared = count;
    return status;
}

static void print_equal(const verifying *v, size_t compared) {
    assay_error err = {0};
    size_t done = assay_run_done(v->run), total = assay_run_total(v->run);
    const char *line = NULL, *hallmark = NULL;
    /* A closed record has the hallmark that its lines give; the run, which took them over, knows
     * that one. */
    if (assay_record_check(v->record, v->n, &err) == ASSAY_OK &&
        assay_run_close(v->run, &line, &err) == ASSAY_OK) {
        hallmark = strstr(line, "\"hallmark\":\"") + strlen("\"hallmark\":\"");
    }
    if (v->json) {
        printf("{\"equal\":true,\"compared\":%zu,\"done\":%zu,\"n_total\":%zu,\"hallmark\":",
               compared, done, total);
        if (hallmark != NULL)
            printf("\"%.64s\"}\n", hallmark);
        else
            printf("null}\n");
        return;
    }
    printf("equal: %zu of %zu samples give the record's bits\n", compared, done);
    if (hallmark != NULL)
        printf("hallmark %.64s\n", hallmark);
    else
        printf("the record is not finished: %zu of %zu samples, no hallmark\n", done, total);
}

int assay_command_verify(int argc, char **argv) {
    verifying v = {0};
    assay_host_options *o = &v.host.options;
    const char *words[1] = {NULL};
    assay_error err = {0};
    size_t compared = 0;
    int code;
    const assay_arg args[] = {
        {.name = "--samples",
         .value = "K",
         .help = "compare only K samples; 0: all [0]",
         .integer = &v.samples,
         .low = 0,
         .high = 1000000},
        ASSAY_HOST_MODEL_ARGS(o),
        {.name = "--data",
         .value = "DIR",
         .help = "the dataset's folder [as assay run]",
         .text = &o->data},
        {.name = "--json", .help = "print one JSON object", .flag = &v.json},
        ASSAY_HOST_ENGINE_ARGS(o),
    };
    const assay_usage usage = {.command = "verify",
                               .synopsis = "assay verify RUN.jsonl [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 2};
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    o->program = argv[0];
    assay_status status = open_all(&v, words[0], &err);
    if (status == ASSAY_OK) status = compare_all(&v, &compared, &err);
    if (status == ASSAY_OK) print_equal(&v, compared);
    code = status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
    assay_run_destroy(v.run);
    assay_record_info_free(&v.info);
    assay_host_close(&v.host);
    free(v.record);
    return code;
}
