/* assay report: what a record says, without running anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/table.h"

static const char about[] =
    "Prints the table of a run record, or its report as JSON or as a page. The record is checked: "
    "scores and\n"
    "hallmark must follow from its bits, and it must be of this dataset.\n\n"
    "With --classifier (of assay calibrate) the run's answers are judged, and the report has a "
    "value profile: the share\n"
    "of them that adhere to each value or oppose it, with 95 % intervals. These are of the draw of "
    "answers: what the\n"
    "classifier gets wrong comes on top. In JSON, expected is the mean calibrated probability, "
    "mostly nearer to what\n"
    "people say. Answers are the model's own words where the recipe asked for them "
    "(ch3ef-answers), "
    "else the options\n"
    "that it chose.\n";

typedef struct reporting {
    const char *path, *html;
    bool json;
    assay_answers_options answers;
    assay_host host;
    char *record;
    size_t n;
    cJSON *report;
} reporting;

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
}

static assay_status check(const reporting *r, assay_error *err) {
    const assay_judging_options *j = &r->answers.judging;
    if (j->classifier != NULL || (j->encoder == NULL && j->layer == NULL && j->concepts == NULL &&
                                  r->answers.min_confidence == 0))
        return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "report: --concepts, --encoder, --layer and --min-confidence need "
                      "--classifier C");
}

static assay_status make_report(reporting *r, assay_error *err) {
    assay_error inner = {0};
    char *json = NULL;
    assay_status status = assay_host_read_record(r->path, &r->record, &r->n, err);
    if (status == ASSAY_OK) status = assay_host_open_data(&r->host, err);
    if (status == ASSAY_OK &&
        assay_report(r->host.dataset, r->record, r->n, &json, &inner) != ASSAY_OK)
        status = assay_host_fail_in(r->path, &inner, err);
    if (status == ASSAY_OK)
        status = assay_json_parse(json, strlen(json), "report", &r->report, err);
    free(json);
    if (status == ASSAY_OK && (r->answers.list || r->answers.judging.classifier != NULL))
        status =
            assay_report_add_answers(r->host.dataset, r->record, r->n, &r->answers, r->report, err);
    return status;
}

static assay_status write_page(const reporting *r, assay_error *err) {
    assay_buffer page = {0};
    assay_html_print(r->report, &page);
    assay_status status =
        page.failed ? out_of_memory(err) : assay_os_write_file(r->html, page.data, page.len, err);
    assay_buffer_free(&page);
    return status;
}

static assay_status print_report(const reporting *r, assay_error *err) {
    assay_buffer out = {0};
    assay_status status = r->html != NULL ? write_page(r, err) : ASSAY_OK;
    if (r->json) {
        assay_json_canonical(r->report, &out);
        assay_buffer_append(&out, "\n", 1);
    } else {
        assay_table_print(r->report, &out);
    }
    if (status == ASSAY_OK && out.failed) status = out_of_memory(err);
    if (status == ASSAY_OK) fwrite(out.data, 1, out.len, stdout);
    assay_buffer_free(&out);
    return status;
}

static bool parse(reporting *r, int argc, char **argv, int *code) {
    assay_judging_options *j = &r->answers.judging;
    const assay_arg args[] = {
        {.name = "--data",
         .value = "DIR",
         .help = "the dataset's folder [data/suites/hhh46]",
         .text = &r->host.options.data},
        {.name = "--json", .help = "print the report as one JSON object", .flag = &r->json},
        {.name = "--html", .value = "FILE", .help = "write the report as a page", .text = &r->html},
        {.name = "--answers", .help = "list the answers, too", .flag = &r->answers.list},
        {.name = "--classifier",
         .value = "C",
         .help = "judge the answers for values [none]",
         .text = &j->classifier},
        {.name = "--concepts",
         .value = "FILE",
         .help = "concept pool of the classifier [none]",
         .text = &j->concepts},
        ASSAY_EMBEDDER_ARGS(j),
        {.name = "--min-confidence",
         .value = "X",
         .help = "abstain below this calibrated confidence, 0 to 1 [0]",
         .number = &r->answers.min_confidence,
         .least = 0,
         .most = 1},
        ASSAY_HOST_ENGINE_ARGS(&j->host),
    };
    const assay_usage usage = {.command = "report",
                               .synopsis = "assay report RUN.jsonl [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = &r->path,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_report(int argc, char **argv) {
    reporting r = {0};
    assay_error err = {0};
    int code;
    if (!parse(&r, argc, argv, &code)) return code;
    r.host.options.program = r.answers.judging.host.program = argv[0];
    assay_status status = check(&r, &err);
    if (status == ASSAY_OK) status = make_report(&r, &err);
    if (status == ASSAY_OK) status = print_report(&r, &err);
    cJSON_Delete(r.report);
    free(r.record);
    assay_host_close(&r.host);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
