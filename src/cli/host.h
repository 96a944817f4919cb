/* What the commands that run a model share: model, session, dataset and the images of a sample,
 * from files. */
#ifndef ASSAY_CLI_HOST_H
#define ASSAY_CLI_HOST_H

#include "assay_eval.h"
#include "base/arena.h"

#define ASSAY_CLI_PATH        4096
#define ASSAY_CLI_MAX_CONTEXT (1 << 20)

typedef struct assay_host_options { /* as given on the command line; NULL: the default */
    const char *program;            /* argv[0] */
    const char *model, *vision, *data, *kernels;
    const char *cache; /* folder of fetched models */
    bool offline;      /* fetch none */
    int64_t threads;   /* 0: one a core */
    int64_t context;   /* tokens; 0: the session's default */
    bool quiet;
} assay_host_options;

typedef struct assay_host {
    assay_host_options options;
    char data[ASSAY_CLI_PATH]; /* the dataset's folder */
    assay_dataset *dataset;
    assay_pool *pool;
    struct assay_resolved *resolved; /* what options.model named, as files; NULL for the default */
    assay_model *model;
    assay_session *session;
    uint8_t *shard; /* the shard read last, checked as a whole */
    size_t n_shard, shard_index;
    assay_buffer images; /* encoded images of the sample asked for last, one behind the other */
} assay_host;

/* Options of the commands that run a model, for their lists of assay_arg; `o` points to assay_host_options, or to another
 * struct with these members. */
#define ASSAY_HOST_MODEL_ARGS(o)                                                                   \
    {.name = "--model",                                                                            \
     .value = "M",                                                                                 \
     .help = "language model: a GGUF file, or an id of assay model list [assay-mini]",             \
     .text = &(o)->model},                                                                         \
        {.name = "--vision",                                                                       \
         .value = "FILE",                                                                          \
         .help = "its vision part, GGUF [mmproj-NAME beside the model]",                           \
         .text = &(o)->vision},                                                                    \
    {                                                                                              \
        .name = "--context", .value = "N",                                                         \
        .help = "tokens of prompt and answer [the model's own, at most 4096]",                     \
        .integer = &(o)->context, .low = 1, .high = ASSAY_CLI_MAX_CONTEXT                          \
    }
#define ASSAY_HOST_ENGINE_ARGS(o)                                                                  \
    {.name = "--threads",                                                                          \
     .value = "N",                                                                                 \
     .help = "threads; no result depends on it [one a core]",                                      \
     .integer = &(o)->threads,                                                                     \
     .low = 1,                                                                                     \
     .high = ASSAY_MAX_THREADS},                                                                   \
        {.name = "--kernels",                                                                      \
         .value = "K",                                                                             \
         .help = "scalar or simd; no result depends on it [simd]",                                 \
         .text = &(o)->kernels},                                                                   \
        {.name = "--cache",                                                                        \
         .value = "DIR",                                                                           \
         .help = "folder of fetched models [$ASSAY_CACHE, else ~/.cache/assay]",                   \
         .text = &(o)->cache},                                                                     \
        {.name = "--offline",                                                                      \
         .help = "never fetch a model that is not here",                                           \
         .flag = &(o)->offline},                                                                   \
    {                                                                                              \
        .name = "--quiet", .help = "no progress on standard error", .flag = &(o)->quiet            \
    }

/* Zero-initialise, set options; close in every case. */
assay_status assay_host_open_data(assay_host *host, assay_error *err);
assay_status assay_host_open_model(assay_host *host, assay_error *err);
void assay_host_close(assay_host *host);

/* JSON for a record's header: version of the instruction set, kernels, threads. Appends to out. */
void assay_host_describe(const assay_host *host, assay_buffer *out);

/* The images of a sample; they stay until the next call. */
assay_status assay_host_images(assay_host *host, const assay_sample *sample, assay_blob *images,
                               assay_error *err);

/* The failure in `inner` with the name of the file or folder it is about. */
assay_status assay_host_fail_in(const char *path, const assay_error *inner, assay_error *err);

/* Reads a record file. */
assay_status assay_host_read_record(const char *path, char **bytes, size_t *n, assay_error *err);

/* From assay_host_catch_interrupt on, Ctrl-C cancels what the session computes instead of ending
 * the program; a second one ends it. */
void assay_host_catch_interrupt(void);
bool assay_host_interrupted(void);

/* A line on standard error that counts samples: rewritten in place on a terminal, else a new line
 * every few seconds. */
typedef struct assay_progress {
    bool quiet, terminal;
    size_t total, first, done; /* first: done before this program started */
    double start, shown;       /* seconds */
    size_t width;              /* of the line that is shown */
} assay_progress;
void assay_progress_start(assay_progress *p, size_t first, size_t total, bool quiet);
void assay_progress_step(assay_progress *p, size_t done);
void assay_progress_end(assay_progress *p);

#endif
