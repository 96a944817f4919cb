/* The inside of a concept pool. */
#ifndef ASSAY_CLAVE_CONCEPTS_H
#define ASSAY_CLAVE_CONCEPTS_H

#include "assay_concepts.h"
#include "base/sha256.h"

#define ASSAY_MAX_ORIGINS 65536 /* texts of one concept */

typedef struct assay_origins {
    char **ids; /* [n] of labelled texts, ascending, different; owned */
    size_t n;
} assay_origins;

struct assay_concepts {
    char values_sha256[65];
    assay_concept_encoder encoder; /* name NULL: none */
    double threshold;
    size_t n;
    assay_concept *items;   /* [n]; its strings are owned */
    assay_origins *origins; /* [n] */
    size_t dim;             /* of the vectors: the encoder's, or ASSAY_TEXT_DIM */
    float *vectors;         /* [n, dim] of length 1 */
    assay_digest digest;    /* of the printed form */
};

/* E_FORMAT, E_LIMIT: a name, hash or size that no encoder has. */
assay_status assay_concepts_check_encoder(const char *what, const assay_concept_encoder *e,
                                          assay_error *err);
/* An empty pool with room for n concepts. */
assay_status assay_concepts_alloc(const char *values_sha256, const assay_concept_encoder *encoder,
                                  double threshold, size_t n, assay_concepts **out,
                                  assay_error *err);
/* Appends a copy. vector NULL: the text's own vector. It is made length 1, or taken bit for bit with `exact`. E_ARGUMENT: a
 * text, a direction or a vector that no concept can have. */
assay_status assay_concepts_append(assay_concepts *c, const assay_concept *item,
                                   const float *vector, bool exact, assay_error *err);
/* ---- where concepts come from (concepts_origin.c) ---- */

void assay_origins_free(assay_origins *o);
assay_status assay_origins_add(assay_origins *o, const char *id, assay_error *err);
/* The origins of c for `made`, which has the concepts of c without those with drop[i] (NULL: all). into NULL, or [n]: the
 * concept that a dropped one becomes part of; n and above: none. */
assay_status assay_concepts_carry(const assay_concepts *c, const bool *drop, const size_t *into,
                                  assay_concepts *made, assay_error *err);
/* Whether concept i would not be there without the text `id`; NULL is no text. */
bool assay_concepts_is_own(const assay_concepts *c, size_t i, const char *id);

/* Computes the hash; frees the pool when that fails. */
assay_status assay_concepts_seal(assay_concepts *c, assay_concepts **out, assay_error *err);

/* ---- thresholds (concepts_map.c) ---- */

/* The pool as it is, with another threshold. */
assay_status assay_concepts_with_threshold(const assay_concepts *c, double threshold,
                                           assay_concepts **out, assay_error *err);
/* The lowest threshold that at most a share of n >= 1 similarities, sorted here, pass. */
double assay_concepts_threshold_for(double *similarities, size_t n, double share);

double assay_vector_dot(const float *a, const float *b, size_t dim);
double assay_vector_length(const float *a, size_t dim);

/* What most people said of each (text, value): [n_texts, n_values] of an assay_valence, or ASSAY_UNDECIDED where nobody
 * voted or two labels are ahead. malloc'd. */
#define ASSAY_UNDECIDED 2
assay_status assay_labels_majority(const assay_labels *labels, size_t n_values, int8_t **out,
                                   assay_error *err);

#endif
