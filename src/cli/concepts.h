/* assay concepts, inside: the run of the command, from what was read to the pool (concepts_make.c); a pool that is there, shown
 * (concepts_show.c) and edited by hand (concepts_edit.c). */
#ifndef ASSAY_CLI_CONCEPTS_H
#define ASSAY_CLI_CONCEPTS_H

#include "cli/embedder.h"
#include "cli/endpoint.h"
#include "cli/host.h"

#define ASSAY_CLI_LABEL_FILES 64
#define ASSAY_CLI_KEY         1000 /* bytes of an endpoint's key */
#define ASSAY_CLI_LABELS_SIZE ((size_t)256 << 20)

typedef struct assay_concepts_options {
    assay_host_options host;
    const char *values, *out, *extractor, *encoder, *layer, *key_variable;
    const char *labels[ASSAY_CLI_LABEL_FILES];
    size_t n_labels;
    int64_t k, phrases, seed;
    double share;
    assay_endpoint_options endpoint;
    bool ask_key, force, json;
} assay_concepts_options;

typedef struct assay_concepts_making { /* all that belongs to one run of the command */
    assay_concepts_options options;
    assay_host host; /* opened with --extractor model only */
    assay_pool *pool;
    assay_cli_embedder encoder;
    assay_values *values;
    assay_labels *labels;
    float *rows; /* [n_texts, dim] of the responses; NULL without an encoder */
    assay_extractor extractor;
    assay_concept_plan *plan;
    size_t n_plan;
    assay_concept *items; /* [n_items]; extracted texts are owned by `texts` */
    const char **from;    /* [n_items] id of the text that an item comes from, or NULL */
    assay_phrase *texts;
    size_t n_items, cap_items, n_texts, cap_texts;
    assay_concepts *concepts;
    char key[ASSAY_CLI_KEY], log[ASSAY_CLI_PATH];
    size_t n_unanswered; /* texts that an endpoint gave nothing for */
    size_t n_others;     /* lines of its log that are of another address, or of none */
} assay_concepts_making;

/* m->extractor, as the options name it; an endpoint is announced on standard error. Values and the encoder are there. */
assay_status assay_concepts_open_extractor(assay_concepts_making *m, assay_error *err);
/* Embeds the responses, asks the extractor, makes m->concepts. */
assay_status assay_concepts_make(assay_concepts_making *m, assay_error *err);

/* ---- a pool by hand ---- */

typedef struct assay_concepts_file {
    assay_values *values;
    assay_concepts *concepts;
} assay_concepts_file;

/* values: a file or a name; NULL: the one of the data folder that the pool says it is for. Zeroed and good to close in every
 * case. */
assay_status assay_concepts_file_read(const char *program, const char *path, const char *values,
                                      assay_concepts_file *out, assay_error *err);
void assay_concepts_file_close(assay_concepts_file *file);

/* Sub-commands; the exit code. */
int assay_concepts_show(int argc, char **argv);
int assay_concepts_edit(int argc, char **argv);

#endif
