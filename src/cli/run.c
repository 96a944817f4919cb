/* assay run: a whole evaluation, from files to the table and the hallmark. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/table.h"

#define MAX_RECIPE (64u << 10)

static const char about[] =
    "Evaluates a model on a dataset: shows each image and question once, "
    "scores every option, and prints accuracy by\n"
    "dimension, domain and task with 95 % intervals, and the hallmark of "
    "the run. With no options: the default model on\n"
    "the default suite by Ch3Ef's recipe.\n\n"
    "Defaults lie in the folder data: the one in the working directory, or "
    "else ../data or ../../data beside the program.\n"
    "--model X.gguf takes mmproj-X.gguf beside it for its eyes, unless "
    "--vision names another file; the id of a\n"
    "known model fetches its files into the cache when they are not there.\n"
    "With --out every finished sample is appended to a record, so that a "
    "run that was cut (or stopped with Ctrl-C) goes on\n"
    "with --resume and ends in the same hallmark. An existing record is "
    "only replaced with --force.\n";

typedef struct run_options {
    assay_host_options host;
    const char *recipe, *out;
    int64_t limit;
    bool resume, force, json;
} run_options;

typedef struct running { /* all that belongs to one run of the command */
    run_options options;
    assay_host host;
    assay_run *run;
    char *recipe;        /* canonical */
    assay_buffer record; /* text of the whole record, as in the file */
} running;

/* A built-in name, JSON, or the path of a file with JSON; then the limit. */
static assay_status read_recipe(running *r, assay_error *err) {
    const char *given = r->options.recipe,
               *json = given == NULL ? NULL : assay_recipe_builtin(given);
    uint8_t *file = NULL;
    size_t n = 0;
    assay_status status = ASSAY_OK;
    if (given != NULL && json == NULL && given[0] == '{') json = given;
    if (given != NULL && json == NULL && !assay_os_exists(given)) {
        return assay_fail(err, ASSAY_E_IO, "recipe %.200s: neither a recipe's name nor a file",
                          given);
    }
    if (given != NULL && json == NULL) {
        status = assay_os_read_file(given, MAX_RECIPE, &file, &n, err);
        json = (const char *)file;
        if (status == ASSAY_OK && memchr(file, 0, n) != NULL)
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: not JSON", given);
    }
    if (status == ASSAY_OK)
        status = assay_recipe_canonical(json, r->options.limit, &r->recipe, err);
    free(file);
    return status;
}

static assay_status check_out(const run_options *o, assay_error *err) {
    if (o->out == NULL) {
        if (!o->resume && !o->force) return ASSAY_OK;
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: --resume and --force need --out FILE");
    }
    if (o->resume && o->force)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: --resume and --force exclude each other");
    if (!o->resume && !o->force && assay_os_exists(o->out)) {
        return assay_fail(
            err, ASSAY_E_ARGUMENT,
            "run: %s is there already; --resume goes on with it, --force overwrites it", o->out);
    }
    return ASSAY_OK;
}

static assay_status append_line(running *r, const char *line, assay_error *err) {
    assay_buffer_append(&r->record, line, strlen(line));
    if (r->record.failed) return assay_fail(err, ASSAY_E_MEMORY, "run: out of memory");
    return r->options.out == NULL ? ASSAY_OK
                                  : assay_os_append_file(r->options.out, line, strlen(line), err);
}

/* The record up to where this run goes on: what an earlier one left, or the header. */
static assay_status start_record(running *r, assay_error *err) {
    const char *line, *out = r->options.out;
    char *earlier = NULL;
    size_t n = 0, keep = 0;
    assay_error inner = {0};
    assay_status status = ASSAY_OK;
    if (r->options.resume && assay_os_exists(out)) {
        status = assay_host_read_record(out, &earlier, &n, err);
        if (status == ASSAY_OK && assay_run_resume(r->run, earlier, n, &keep, &inner) != ASSAY_OK) {
            status = assay_host_fail_in(out, &inner, err);
        }
        if (status == ASSAY_OK) assay_buffer_append(&r->record, earlier, keep);
        free(earlier);
    }
    if (status == ASSAY_OK && keep == 0) {
        status = assay_run_header(r->run, &line, err);
        if (status == ASSAY_OK) assay_buffer_append(&r->record, line, strlen(line));
    }
    if (status == ASSAY_OK && r->record.failed)
        status = assay_fail(err, ASSAY_E_MEMORY, "run: out of memory");
    if (status == ASSAY_OK && out != NULL && (keep == 0 || keep < n))
        status = assay_os_write_file(out, r->record.data, r->record.len, err);
    return status;
}

static assay_status score_all(running *r, assay_error *err) {
    assay_progress progress;
    const assay_sample *sample;
    const char *line;
    assay_status status = ASSAY_OK;
    assay_progress_start(&progress, assay_run_done(r->run), assay_run_total(r->run),
                         r->options.host.quiet);
    while (status == ASSAY_OK && (sample = assay_run_next(r->run)) != NULL) {
        assay_blob images[ASSAY_MAX_IMAGES];
        if (assay_host_interrupted()) status = assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        if (status == ASSAY_OK) status = assay_host_images(&r->host, sample, images, err);
        if (status == ASSAY_OK) status = assay_run_step(r->run, images, &line, err);
        if (status == ASSAY_OK) status = append_line(r, line, err);
        assay_progress_step(&progress, assay_run_done(r->run));
    }
    assay_progress_end(&progress);
    if (status == ASSAY_OK) status = assay_run_close(r->run, &line, err);
    return status == ASSAY_OK ? append_line(r, line, err) : status;
}

static assay_status print_result(const running *r, assay_error *err) {
    char *json = NULL;
    cJSON *report = NULL;
    assay_buffer table = {0};
    assay_status status = assay_report(r->host.dataset, r->record.data, r->record.len, &json, err);
    if (status == ASSAY_OK && r->options.json) {
        puts(json);
    } else if (status == ASSAY_OK) {
        status = assay_json_parse(json, strlen(json), "report", &report, err);
        if (status == ASSAY_OK) assay_table_print(report, &table);
        if (status == ASSAY_OK && table.failed)
            status = assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
        if (status == ASSAY_OK) fputs(table.data, stdout);
    }
    assay_buffer_free(&table);
    cJSON_Delete(report);
    free(json);
    return status;
}

static assay_status run_all(running *r, assay_error *err) {
    assay_buffer build = {0};
    assay_status status = check_out(&r->options, err);
    if (status == ASSAY_OK) status = read_recipe(r, err);
    if (status == ASSAY_OK) status = assay_host_open_data(&r->host, err);
    if (status == ASSAY_OK) status = assay_host_open_model(&r->host, err);
    if (status == ASSAY_OK) {
        assay_host_describe(&r->host, &build);
        assay_run_options options = {r->host.dataset, r->host.model, r->host.session, r->recipe,
                                     build.data};
        status = assay_run_create(&options, &r->run, err);
    }
    assay_buffer_free(&build);
    if (status == ASSAY_OK) status = start_record(r, err);
    assay_host_catch_interrupt();
    if (status == ASSAY_OK) status = score_all(r, err);
    return status == ASSAY_OK ? print_result(r, err) : status;
}

static int stopped(const running *r) {
    fprintf(stderr, "assay: stopped after %zu of %zu samples", assay_run_done(r->run),
            assay_run_total(r->run));
    if (r->options.out != NULL) fprintf(stderr, "; --resume --out %s goes on", r->options.out);
    fprintf(stderr, "\n");
    return ASSAY_EXIT_STOPPED;
}

static bool parse(run_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        ASSAY_HOST_MODEL_ARGS(&o->host),
        {.name = "--data",
         .value = "DIR",
         .help = "the dataset's folder [data/suites/hhh46]",
         .text = &o->host.data},
        {.name = "--recipe",
         .value = "R",
         .help = "ch3ef, ch3ef-answers (the model also answers in its own words), ch3ef-tiles "
                 "(images in up "
                 "to 16 tiles), grey (blind), a JSON file, or JSON itself [ch3ef]",
         .text = &o->recipe},
        {.name = "--limit",
         .value = "N",
         .help = "only N samples, spread over the tasks; 0: all [the recipe's]",
         .integer = &o->limit,
         .low = 0,
         .high = 1000000},
        {.name = "--out",
         .value = "FILE",
         .help = "append the record to this file, JSONL [none]",
         .text = &o->out},
        {.name = "--resume",
         .help = "go on with the record of --out if it is there",
         .flag = &o->resume},
        {.name = "--force", .help = "overwrite the record of --out", .flag = &o->force},
        {.name = "--json", .help = "print the report as one JSON object", .flag = &o->json},
        ASSAY_HOST_ENGINE_ARGS(&o->host),
    };
    const assay_usage usage = {.command = "run",
                               .synopsis = "assay run [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_run(int argc, char **argv) {
    running r = {.options = {.limit = -1}};
    assay_error err = {0};
    int code;
    if (!parse(&r.options, argc, argv, &code)) return code;
    r.options.host.program = argv[0];
    r.host.options = r.options.host;
    assay_status status = run_all(&r, &err);
    code = status == ASSAY_OK                             ? ASSAY_EXIT_DONE
           : r.run != NULL && status == ASSAY_E_CANCELLED ? stopped(&r)
                                                          : assay_cli_fail(&err);
    assay_run_destroy(r.run);
    assay_host_close(&r.host);
    assay_buffer_free(&r.record);
    free(r.recipe);
    return code;
}
