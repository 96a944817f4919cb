/* Files -> value system, label set. */
#include "cli/label_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/host.h"
#include "format/json.h"

assay_status assay_cli_read_values(const char *program, const char *given, assay_values **out,
                                   assay_error *err) {
    char relative[300], path[ASSAY_CLI_PATH];
    const char *name = given;
    uint8_t *bytes = NULL;
    size_t n = 0;
    bool plain = strchr(given, '/') == NULL && strlen(given) < 200;
    if (plain && !assay_os_exists(given)) {
        snprintf(relative, sizeof relative, "values/%s.json", given);
        if (assay_cli_data_path(program, relative, path, sizeof path) && assay_os_exists(path))
            name = path;
    }
    assay_status status = assay_os_read_file(name, ASSAY_JSON_MAX_BYTES, &bytes, &n, err);
    if (status == ASSAY_OK) status = assay_values_parse((const char *)bytes, n, name, out, err);
    free(bytes);
    return status;
}

static const char *const formats[] = {"jsonl",   "csv",     "label-studio", "doccano",
                                      "prodigy", "argilla", "crowd-kit",    "mace"};

/* The format that a word "FORMAT:PATH" names, else `given`, else by the ending; *path becomes the path alone. */
static const char *format_of(const char *given, const char **path) {
    for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
        size_t n = strlen(formats[i]);
        if (strncmp(*path, formats[i], n) != 0 || (*path)[n] != ':') continue;
        *path += n + 1;
        return formats[i];
    }
    size_t n = strlen(*path);
    if (given != NULL) return given;
    return n > 4 && strcmp(*path + n - 4, ".csv") == 0 ? "csv" : "jsonl";
}

assay_status assay_cli_read_labels(const assay_values *values, const char *const *paths, size_t n,
                                   const char *format, assay_labels **out, assay_error *err) {
    assay_labels_builder *builder = assay_labels_builder_create(values);
    assay_status status = ASSAY_OK;
    if (builder == NULL) return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        const char *path = paths[i], *form = format_of(format, &path);
        uint8_t *bytes = NULL;
        size_t n_bytes = 0;
        status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &bytes, &n_bytes, err);
        if (status == ASSAY_OK)
            status =
                assay_labels_builder_add(builder, form, path, (const char *)bytes, n_bytes, err);
        free(bytes);
    }
    if (status == ASSAY_OK) return assay_labels_builder_finish(builder, out, err);
    assay_labels_builder_free(builder);
    return status;
}
