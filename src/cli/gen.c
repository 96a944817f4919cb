/* assay gen: draws the procedural suite from a seed and writes it as a dataset or as thumbnails, or looks for shortcuts in it. */
#include "cli/gen.h"

#include <stdio.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "synth/synth.h"

#define DEFAULT_SEED  46
#define DEFAULT_AUDIT 200 /* samples of a task */
#define MAX_AUDIT     2000
#define SHEET_COLUMNS 12

typedef struct generating {
    int64_t seed, n; /* n 0: the counts of Ch3Ef */
    const char *out, *sheet, *task;
    bool audit;
    assay_audit_options audit_options;
} generating;

static const char about[] = "Draws the procedural suite hhh46: images, questions and options from "
                            "a seed, the same bytes on every platform, public\n"
                            "domain. Without --n each task has as many samples as in Ch3Ef, 1002 "
                            "in all. Give --out, --sheet, --audit, or several.\n"
                            "--audit tries what knows the options alone: a random guess, the "
                            "longest and the shortest option, a classifier of words\n"
                            "learnt on other seeds, and a model that is shown grey pictures. Exit "
                            "code 3 when one of them is above chance on a task\n"
                            "that needs the picture.\n";

static assay_status write_into_folder(void *context, const char *name, const void *bytes, size_t n,
                                      assay_error *err) {
    const char *folder = context;
    char path[ASSAY_CLI_PATH];
    int length = snprintf(path, sizeof path, "%s/%s", folder, name);
    if (length < 0 || (size_t)length >= sizeof path)
        return assay_fail(err, ASSAY_E_ARGUMENT, "gen: the folder's name is too long");
    return assay_os_write_file(path, bytes, n, err);
}

static assay_status write_dataset(const generating *g, assay_error *err) {
    char folder[ASSAY_CLI_PATH];
    int length = snprintf(folder, sizeof folder, "%s", g->out);
    if (length < 0 || (size_t)length >= sizeof folder)
        return assay_fail(err, ASSAY_E_ARGUMENT, "gen: the folder's name is too long");
    assay_status status = assay_os_make_folder(folder, err);
    if (status == ASSAY_OK)
        status = assay_synth_dataset((uint64_t)g->seed, (int)g->n, write_into_folder, folder, err);
    if (status != ASSAY_OK) return status;
    size_t total = 0;
    for (size_t i = 0; i < assay_synth_n_tasks(); i++)
        total += (size_t)(g->n > 0 ? g->n : assay_synth_task_at(i)->count);
    printf("%s: hhh46, seed %lld, %zu samples of %zu tasks\n", g->out, (long long)g->seed, total,
           assay_synth_n_tasks());
    return ASSAY_OK;
}

static assay_status find_task(const char *name, size_t *task, assay_error *err) {
    for (*task = 0; *task < assay_synth_n_tasks(); (*task)++) {
        if (strcmp(assay_synth_task_at(*task)->task, name) == 0) return ASSAY_OK;
    }
    return assay_fail(err, ASSAY_E_ARGUMENT, "gen: hhh46 has no task \"%.80s\"", name);
}

static assay_status write_sheet(const generating *g, assay_error *err) {
    assay_image sheet = {0};
    assay_buffer png = {0};
    size_t task = 0;
    assay_status status = ASSAY_OK;
    if (g->task != NULL) status = find_task(g->task, &task, err);
    if (status == ASSAY_OK && g->task != NULL)
        status = assay_synth_task_sheet(task, (uint64_t)g->seed, &sheet, err);
    else if (status == ASSAY_OK)
        status = assay_synth_sheet((uint64_t)g->seed, SHEET_COLUMNS, &sheet, err);
    if (status == ASSAY_OK) status = assay_image_encode_png(&sheet, &png, err);
    if (status == ASSAY_OK) status = assay_os_write_file(g->sheet, png.data, png.len, err);
    if (status == ASSAY_OK)
        printf("%s: %s\n", g->sheet, g->task != NULL ? g->task : "a row of each task");
    assay_buffer_free(&png);
    assay_image_free(&sheet);
    return status;
}

static int generate(generating *g) {
    assay_error err = {0};
    assay_status status = ASSAY_OK;
    if (g->out) status = write_dataset(g, &err);
    if (status == ASSAY_OK && g->sheet) status = write_sheet(g, &err);
    if (status != ASSAY_OK) return assay_cli_fail(&err);
    if (!g->audit) return ASSAY_EXIT_DONE;
    g->audit_options.seed = g->seed;
    g->audit_options.n = g->n > 0 ? g->n : DEFAULT_AUDIT;
    return assay_gen_audit(&g->audit_options);
}

static bool check(const generating *g, const char *suite) {
    if (strcmp(suite, "hhh46") != 0) {
        fprintf(stderr, "assay: gen: there is no suite \"%s\", only hhh46\n", suite);
        return false;
    }
    if (!g->out && !g->sheet && !g->audit) {
        fprintf(stderr, "assay: gen: give --out DIR, --sheet FILE.png, --audit, or several; see "
                        "assay gen --help\n");
        return false;
    }
    if (g->audit && g->n > MAX_AUDIT) {
        fprintf(stderr, "assay: gen: --audit takes at most %d samples of a task\n", MAX_AUDIT);
        return false;
    }
    return true;
}

int assay_command_gen(int argc, char **argv) {
    generating g = {.seed = DEFAULT_SEED};
    assay_audit_options *o = &g.audit_options;
    const char *words[1] = {NULL};
    const assay_arg args[] = {
        {.name = "--seed",
         .value = "S",
         .help = "seed of every choice [46]",
         .integer = &g.seed,
         .low = 0,
         .high = INT64_MAX},
        {.name = "--n",
         .value = "N",
         .help = "samples of each task [as in Ch3Ef; 200 for --audit]",
         .integer = &g.n,
         .low = 1,
         .high = ASSAY_SYNTH_MAX_PER_TASK},
        {.name = "--out", .value = "DIR", .help = "folder of the dataset", .text = &g.out},
        {.name = "--sheet",
         .value = "FILE.png",
         .help = "a page of thumbnails: a row of each task",
         .text = &g.sheet},
        {.name = "--task", .value = "T", .help = "for --sheet: this task alone", .text = &g.task},
        {.name = "--audit", .help = "look for shortcuts, task by task", .flag = &g.audit},
        {.name = "--texts-only", .help = "for --audit: without the model", .flag = &o->texts_only},
        {.name = "--json", .help = "for --audit: one JSON object", .flag = &o->json},
        ASSAY_HOST_MODEL_ARGS(&o->host),
        ASSAY_HOST_ENGINE_ARGS(&o->host),
    };
    const assay_usage usage = {.command = "gen",
                               .synopsis = "assay gen hhh46 --out DIR [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .words = words,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 2};
    int code = 0;
    o->host.program = argv[0];
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    return check(&g, words[0]) ? generate(&g) : ASSAY_EXIT_USAGE;
}
