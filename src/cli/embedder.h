/* An encoder that a command lends to the value classifier's functions. */
#ifndef ASSAY_CLI_EMBEDDER_H
#define ASSAY_CLI_EMBEDDER_H

#include "assay_concepts.h"
#include "assay_encoder.h"

typedef struct assay_cli_embedder {
    assay_embedder embedder; /* dim 0: there is none */
    assay_encoder *encoder;
    assay_encoder_session *session;
    char name[200]; /* of the file, without its folder and ending */
} assay_cli_embedder;

typedef struct assay_cli_embedder_options {
    const char *program; /* argv[0] */
    /* A GGUF file or an id of assay model list; "none"; NULL: all-MiniLM-L6-v2 where make deps could get it, else none. */
    const char *encoder;
    const char *kernels, *cache; /* as of the host */
    bool offline, quiet;
    assay_pool *pool; /* lent */
} assay_cli_embedder_options;

/* Zeroed and good to close in every case. Ctrl-C cancels what it computes. */
assay_status assay_cli_embedder_open(const assay_cli_embedder_options *options,
                                     assay_cli_embedder *out, assay_error *err);
void assay_cli_embedder_close(assay_cli_embedder *e);

#endif
