/* assay gen: draws the procedural suite from a seed and writes it as a dataset, or as one sheet of
 * thumbnails. */
#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "synth/synth.h"

#define DEFAULT_SEED     46
#define DEFAULT_PER_TASK 20
#define SHEET_COLUMNS    12
#define MAX_PATH         4096

static assay_status write_into_folder(void *context, const char *name, const void *bytes, size_t n,
                                      assay_error *err) {
    const char *folder = context;
    char path[MAX_PATH];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return assay_fail(err, ASSAY_E_ARGUMENT, "gen: the folder's name is too long");
    return assay_os_write_file(path, bytes, n, err);
}

static assay_status write_sheet(uint64_t seed, const char *path, assay_error *err) {
    assay_image sheet = {0};
    assay_buffer png = {0};
    assay_status status = assay_synth_sheet(seed, SHEET_COLUMNS, &sheet, err);
    if (status == ASSAY_OK) status = assay_image_encode_png(&sheet, &png, err);
    if (status == ASSAY_OK) status = assay_os_write_file(path, png.data, png.len, err);
    assay_buffer_free(&png);
    assay_image_free(&sheet);
    return status;
}

static int generate(uint64_t seed, int n, const char *out, const char *sheet) {
    assay_error err = {0};
    assay_status status = ASSAY_OK;
    if (out) {
        char folder[MAX_PATH];
        int length = snprintf(folder, sizeof folder, "%s", out);
        if (length < 0 || (size_t)length >= sizeof folder)
            status = assay_fail(&err, ASSAY_E_ARGUMENT, "gen: the folder's name is too long");
        if (status == ASSAY_OK) status = assay_os_make_folder(folder, &err);
        if (status == ASSAY_OK)
            status = assay_synth_dataset(seed, n, write_into_folder, folder, &err);
        if (status == ASSAY_OK)
            printf("%s: hhh46, seed %llu, %zu tasks of %d samples\n", out, (unsigned long long)seed,
                   assay_synth_n_tasks(), n);
    }
    if (status == ASSAY_OK && sheet) {
        status = write_sheet(seed, sheet, &err);
        if (status == ASSAY_OK)
            printf("%s: a row of %d samples of each task\n", sheet, SHEET_COLUMNS);
    }
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}

int assay_command_gen(int argc, char **argv) {
    int64_t seed = DEFAULT_SEED, n = DEFAULT_PER_TASK;
    const char *out = NULL, *sheet = NULL, *words[1] = {NULL};
    const assay_arg args[] = {
        {.name = "--seed",
         .value = "S",
         .help = "seed of every choice [46]",
         .integer = &seed,
         .low = 0,
         .high = INT64_MAX},
        {.name = "--n",
         .value = "N",
         .help = "samples of each task [20]",
         .integer = &n,
         .low = 1,
         .high = ASSAY_SYNTH_MAX_PER_TASK},
        {.name = "--out", .value = "DIR", .help = "folder of the dataset", .text = &out},
        {.name = "--sheet",
         .value = "FILE.png",
         .help = "a page of thumbnails of the same samples",
         .text = &sheet},
    };
    const assay_usage usage = {.command = "gen",
                               .synopsis = "assay gen hhh46 --out DIR [options]",
                               .about = "Draws the procedural suite hhh46: images, questions and "
                                        "options from a seed, the same\n"
                                        "bytes on every platform. Give --out, --sheet, or both.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 2};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    if (strcmp(words[0], "hhh46") != 0) {
        fprintf(stderr, "assay: gen: there is no suite \"%s\", only hhh46\n", words[0]);
        return ASSAY_EXIT_USAGE;
    }
    if (!out && !sheet) {
        fprintf(stderr,
                "assay: gen: give --out DIR, --sheet FILE.png, or both; see assay gen --help\n");
        return ASSAY_EXIT_USAGE;
    }
    return generate((uint64_t)seed, (int)n, out, sheet);
}
