/* assay report: what a record says, without running anything. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "cli/table.h"

static const char about[] = "Prints the table of a run record, or its report as JSON or as a page. "
                            "The record is checked: scores and\n"
                            "hallmark must follow from its bits, and it must be of this dataset.\n";

static assay_status write_page(const cJSON *report, const char *path, assay_error *err) {
    assay_buffer page = {0};
    assay_html_print(report, &page);
    assay_status status = page.failed ? assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", path)
                                      : assay_os_write_file(path, page.data, page.len, err);
    assay_buffer_free(&page);
    return status;
}

static assay_status print_report(const char *json, bool as_json, const char *html,
                                 assay_error *err) {
    cJSON *report = NULL;
    assay_buffer table = {0};
    if (as_json) puts(json);
    assay_status status = assay_json_parse(json, strlen(json), "report", &report, err);
    if (status == ASSAY_OK && html != NULL) status = write_page(report, html, err);
    if (status == ASSAY_OK && !as_json) {
        assay_table_print(report, &table);
        if (table.failed)
            status = assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
        else
            fputs(table.data, stdout);
    }
    assay_buffer_free(&table);
    cJSON_Delete(report);
    return status;
}

int assay_command_report(int argc, char **argv) {
    const char *words[1] = {NULL}, *html = NULL;
    bool as_json = false;
    assay_host host = {0};
    assay_error err = {0}, inner = {0};
    char *record = NULL, *json = NULL;
    size_t n = 0;
    int code;
    const assay_arg args[] = {
        {.name = "--data",
         .value = "DIR",
         .help = "the dataset's folder [data/suites/hhh46]",
         .text = &host.options.data},
        {.name = "--json", .help = "print the report as one JSON object", .flag = &as_json},
        {.name = "--html", .value = "FILE", .help = "write the report as a page", .text = &html},
    };
    const assay_usage usage = {.command = "report",
                               .synopsis = "assay report RUN.jsonl [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 2};
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    host.options.program = argv[0];
    assay_status status = assay_host_read_record(words[0], &record, &n, &err);
    if (status == ASSAY_OK) status = assay_host_open_data(&host, &err);
    if (status == ASSAY_OK && assay_report(host.dataset, record, n, &json, &inner) != ASSAY_OK) {
        status = assay_host_fail_in(words[0], &inner, &err);
    }
    if (status == ASSAY_OK) status = print_report(json, as_json, html, &err);
    free(json);
    free(record);
    assay_host_close(&host);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
