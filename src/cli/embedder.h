/* What turns texts into vectors for a command: an encoder of the BERT kind, or the hidden states of one layer of a language
 * model, pooled. */
#ifndef ASSAY_CLI_EMBEDDER_H
#define ASSAY_CLI_EMBEDDER_H

#include "assay_concepts.h"
#include "assay_encoder.h"

typedef struct assay_cli_embedder {
    assay_embedder embedder; /* dim 0: there is none */
    /* An encoder has its file's name (without folder and ending) and hash. A layer of a language model is an encoder of its
     * own: it is called "NAME, layer N", and its hash is that of the text "FILE'S HASH layer N POOLING". */
    char name[240], sha256[65];
    assay_encoder *encoder; /* one of the two */
    assay_encoder_session *encoder_session;
    assay_model *model;
    assay_session *session;
    char file_sha256[65];
    int layer, max_tokens;
    assay_pooling pooling;
    bool normalize, strict;
    size_t n_done; /* texts so far: sentences count from the first */
} assay_cli_embedder;

typedef struct assay_cli_embedder_options { /* zero-initialise */
    const char *program;                    /* argv[0] */
    /* A GGUF file or an id of assay model list; "none"; NULL: all-MiniLM-L6-v2 where make deps could get it, else none. */
    const char *encoder;
    /* Of a language model, as assay_session_hidden_layer counts; NULL: the last. */
    const char *layer;
    const char *kernels, *cache; /* as of the host */
    bool offline, quiet;
    assay_pool *pool; /* lent */
    assay_pooling pooling;
    int64_t max_tokens; /* 0: the model's own */
    bool raw;           /* vectors keep their length */
    bool strict;        /* a text without tokens is E_FORMAT; else it is zeros */
} assay_cli_embedder_options;

/* What the commands say of these options, for their lists of assay_arg; `o` points to a struct with these members. */
#define ASSAY_EMBEDDER_LAYER_ARG(o)                                                                \
    {.name = "--layer",                                                                            \
     .value = "N",                                                                                 \
     .help = "its hidden states, where the encoder is a language model [the last layer]",          \
     .text = &(o)->layer}
#define ASSAY_EMBEDDER_ARGS(o)                                                                     \
    {.name = "--encoder",                                                                          \
     .value = "M",                                                                                 \
     .help = "a GGUF encoder or language model, or none [all-MiniLM-L6-v2 where make deps got "    \
             "it]",                                                                                \
     .text = &(o)->encoder},                                                                       \
        ASSAY_EMBEDDER_LAYER_ARG(o)

/* Zeroed and good to close in every case. Ctrl-C cancels what it computes. */
assay_status assay_cli_embedder_open(const assay_cli_embedder_options *options,
                                     assay_cli_embedder *out, assay_error *err);
void assay_cli_embedder_close(assay_cli_embedder *e);
/* What e->embedder does, of texts with their lengths. */
assay_status assay_cli_embedder_embed(assay_cli_embedder *e, const assay_text *texts, size_t n,
                                      float *out /* [n, dim] */, assay_error *err);
/* E_ARGUMENT unless it is the encoder of this name and hash, which `what` (a file) was made with. */
assay_status assay_cli_embedder_match(const assay_cli_embedder *e, const char *what,
                                      const char *name, const char *sha256, assay_error *err);

#endif
