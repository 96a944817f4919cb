/* What the commands that judge texts share: an encoder, a concept pool, a classifier, and the vectors of texts. */
#ifndef ASSAY_CLI_JUDGING_H
#define ASSAY_CLI_JUDGING_H

#include "assay_clave.h"
#include "cli/embedder.h"
#include "cli/host.h"

typedef struct assay_judging_options { /* as given on the command line; NULL: the default */
    const char *encoder, *layer, *classifier, *concepts;
    assay_host_options host;
} assay_judging_options;

typedef struct assay_judging {
    assay_judging_options options;
    assay_pool *pool;
    assay_cli_embedder encoder;
    assay_concepts *concepts;     /* NULL: none given */
    assay_classifier *classifier; /* NULL: none given */
} assay_judging;

/* Zero-initialise, set options; close in every case. values: of the concept pool, NULL: the classifier's. An encoder is
 * opened when there is no classifier, or when it or the pool needs one: then it has to be the same. */
assay_status assay_judging_open(assay_judging *j, const assay_values *values, assay_error *err);
void assay_judging_close(assay_judging *j);

/* The views (ASSAY_VIEW_...) that the classifier and the concept pool read; without a classifier, those to learn from. */
unsigned assay_judging_views(const assay_judging *j);
/* Vectors of n texts, the views asked for, with a line of progress. Without an encoder out->dim is 0. */
assay_status assay_judging_embed(assay_judging *j, const assay_judged_text *texts, size_t n,
                                 unsigned views, assay_vectors *out, assay_error *err);
/* Vectors of the values' definitions, into out->definitions. */
assay_status assay_judging_embed_definitions(assay_judging *j, const assay_values *values,
                                             assay_vectors *out, assay_error *err);
void assay_judging_free_vectors(assay_vectors *vectors);

/* Embeds what the classifier needs and judges: out [n, n_values]. */
assay_status assay_judging_judge(assay_judging *j, const assay_judged_text *texts, size_t n,
                                 double min_confidence, assay_judgement *out, assay_error *err);

#endif
