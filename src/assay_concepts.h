/* Concept pools and where their phrases come from (after CLAVE, arXiv 2407.10725); reading and printing of a pool are in
 * assay_clave.h.
 *
 *   labels + vectors -> assay_concepts_plan: the texts to ask about (a cluster's most central one each)
 *     -> an extractor: a few short phrases a text
 *     -> assay_concepts_create -> _deduplicate -> _fit -> pool (one JSON)
 *
 * Everything here is deterministic: the same input and seed give the same pool in every build, with any number of
 * threads. A pool is never changed: an edit makes another one, which the caller frees like the first. */
#ifndef ASSAY_CONCEPTS_H
#define ASSAY_CONCEPTS_H

#include "assay_clave.h"

#define ASSAY_MAX_CONCEPTS      4096
#define ASSAY_CONCEPT_BYTES     200 /* UTF-8 of one phrase, without the NUL */
#define ASSAY_CONCEPT_DIM       8192
#define ASSAY_CONCEPT_ROUGE     0.7  /* ROUGE-L F from which two phrases count as one [default] */
#define ASSAY_CONCEPT_COSINE    0.9  /* the same for the cosine of their vectors [default] */
#define ASSAY_CONCEPT_THRESHOLD 0.5  /* of a pool that was fitted to nothing */
#define ASSAY_CONCEPT_SHARE     0.05 /* of unrelated texts that may map to a concept [default] */

/* ---- what stands in for an encoder ---- */

/* Hashed words and character 3- to 5-grams of the lower-cased text (signed hashing, Weinberger et al. 2009), length 1;
 * zeros where the text has neither letter nor digit. Pools without an encoder compare by these. */
#define ASSAY_TEXT_DIM 1024
void assay_text_vector(const char *text, float out[ASSAY_TEXT_DIM]);

/* Turns texts into vectors, length 1 or not: lent by a host that has an encoder. */
typedef struct assay_embedder {
    void *context;
    const char *name, *sha256; /* of the encoder, hex */
    size_t dim;
    assay_status (*embed)(void *context, const char *const *texts, size_t n,
                          float *out /* [n, dim] */, assay_error *err);
} assay_embedder;

/* ---- which texts to ask about ---- */

typedef struct assay_concept_plan {
    uint32_t text, value; /* indices in the labels, in the value system */
    assay_valence label;  /* what most people said of it: never unrelated */
    uint32_t cluster_size;
} assay_concept_plan;
/* For each value and direction the texts that most of their annotators labelled so (ties: none) are clustered into up
 * to k clusters (1 ... 256) by K-means, and the text nearest to each centre is taken; by value, adheres before opposes,
 * larger clusters first. vectors: [n_texts] as in assay_vectors, view `response` (else `both`); NULL: text vectors of
 * the responses. *out malloc'd for the caller. */
assay_status assay_concepts_plan(const assay_values *values, const assay_labels *labels,
                                 const assay_vectors *vectors, size_t k, uint64_t seed,
                                 assay_pool *threads, assay_concept_plan **out, size_t *n,
                                 assay_error *err);

/* ---- extractors ---- */

#define ASSAY_MAX_PHRASES 8

typedef struct assay_extract_request {
    const char *id, *scenario, *response; /* of the text */
    const assay_value *value;
    bool labelled; /* whether `label` is known; then every phrase has it */
    assay_valence label;
    size_t k; /* phrases asked for, 1 ... ASSAY_MAX_PHRASES */
} assay_extract_request;

typedef struct assay_phrase {
    char text[ASSAY_CONCEPT_BYTES + 1]; /* as assay_concept_clean leaves it; never empty */
    assay_valence valence;              /* adheres or opposes */
} assay_phrase;

/* One interface for all: up to request->k phrases in out, *n of them (0: nothing was found, which is no failure). */
typedef struct assay_extractor {
    void *context;
    const char *name; /* "builtin", "model", "endpoint", "import" */
    const assay_concept
        *known; /* [n_known] what it has without being asked: goes into a pool whole */
    const char *const
        *known_ids; /* [n_known] the text each comes from; NULL: of no text, or of all */
    size_t n_known;
    assay_status (*extract)(void *context, const assay_extract_request *request, assay_phrase *out,
                            size_t *n, assay_error *err);
    void (*destroy)(void *context);
} assay_extractor;
void assay_extractor_destroy(assay_extractor *extractor); /* a zeroed one is fine */

/* (a) The language model of a session, whose timeline is emptied for each text. Greedy; a regular expression holds it to
 * phrases of 2 to 12 words. Long texts are cut until they fit the context. */
struct assay_session;
assay_status assay_extractor_model(struct assay_session *session, assay_extractor *out,
                                   assay_error *err);
/* (b) Without any model: sentences and clauses of the response and the value's own concepts, by similarity to the
 * response and to the value's definition, less that to the scenario. embedder NULL: text vectors. It is borrowed. */
assay_status assay_extractor_builtin(const assay_embedder *embedder, assay_extractor *out,
                                     assay_error *err);
/* (c) What somebody extracted elsewhere, JSONL: {"value", "text", "valence", "id"?} or, for several of one text,
 * {"id", "value", "concepts": [{"text", "valence"}]}; valence "adheres" (the default) or "opposes". A line without an id
 * answers for every text; all lines are `known`. `name` starts the sentences ("FILE:12: ..."). The valence of the line stands, whatever the label. */
assay_status assay_extractor_import(const char *bytes, size_t n, const char *name,
                                    const assay_values *values, assay_extractor *out,
                                    assay_error *err);

/* The prompt for any language model, appended to out: scenario and response are cut behind max_bytes each. */
void assay_extract_prompt(const assay_extract_request *request, size_t max_bytes,
                          assay_buffer *out);

/* A phrase as a pool holds it: blanks folded, list marks, quotes and a full stop at its ends taken off, at most
 * ASSAY_CONCEPT_BYTES. False when nothing with a letter or digit is left, the text is longer, or it is no UTF-8. */
bool assay_concept_clean(const char *text, size_t n, char out[ASSAY_CONCEPT_BYTES + 1]);

/* ---- pools ---- */

typedef struct assay_concept_encoder {
    const char *name, *sha256;
    size_t dim;
} assay_concept_encoder;

/* items [n], copied, in the order of their importance; valence adheres or opposes; value an id of `values`. encoder and
 * vectors [n, dim] (made length 1 here) or both NULL. E_ARGUMENT names the item. */
assay_status assay_concepts_create(const assay_values *values, const assay_concept *items, size_t n,
                                   const assay_concept_encoder *encoder, const float *vectors,
                                   assay_concepts **out, assay_error *err);
const assay_concept_encoder *assay_concepts_encoder(const assay_concepts *c); /* NULL: none */
const char *assay_concepts_values_sha256(const assay_concepts *c);

/* Edits. vector [dim]: of the new text, by the pool's encoder; NULL without one. A concept that was renamed or merged by
 * hand is pinned. E_ARGUMENT: no such index, a text that is none, concepts of two values or directions. */
assay_status assay_concepts_rename(const assay_concepts *c, size_t i, const char *text,
                                   const float *vector, assay_concepts **out, assay_error *err);
/* Into the first of `which`, [n >= 2] different indices; text NULL: it keeps its own (vector is not read then). */
assay_status assay_concepts_merge(const assay_concepts *c, const size_t *which, size_t n,
                                  const char *text, const float *vector, assay_concepts **out,
                                  assay_error *err);
assay_status assay_concepts_delete(const assay_concepts *c, size_t i, assay_concepts **out,
                                   assay_error *err);
assay_status assay_concepts_pin(const assay_concepts *c, size_t i, bool pinned,
                                assay_concepts **out, assay_error *err);
/* Pinned concepts stay. Of the others, in their order, one goes when a kept one of the same value has the same words
 * (whatever its direction), or one of the same value and direction has a ROUGE-L F of at least `rouge`, then a cosine of
 * at least `cosine` (of vectors, or of text vectors without an encoder). Above 1: not by this. */
assay_status assay_concepts_deduplicate(const assay_concepts *c, double rouge, double cosine,
                                        assay_concepts **out, assay_error *err);
/* Fits the threshold: the lowest at which at most `share` (0 ... 1) of the (text, value) pairs that most people call
 * unrelated map to a concept of that value. vectors as for the plan, by the pool's encoder (E_ARGUMENT otherwise); NULL
 * for a pool without one. Without such a pair the threshold stays as it is. */
assay_status assay_concepts_fit(const assay_concepts *c, const assay_values *values,
                                const assay_labels *labels, const assay_vectors *vectors,
                                double share, assay_concepts **out, assay_error *err);

/* A pool to explain a classifier's judgements by before anybody has made one: the first lists of its values, in their order,
 * all adhering; the threshold is fitted as above, with ASSAY_CONCEPT_SHARE, to the labelled texts that the classifier holds
 * (its vectors of them are there as bytes). vectors: of these concepts, view `response`, by the classifier's encoder
 * (E_ARGUMENT otherwise); NULL: text vectors. Empty where the values have no concepts. */
assay_status assay_concepts_first(const assay_classifier *classifier, const assay_vectors *vectors,
                                  assay_concepts **out, assay_error *err);

/* Origins: the ids of the labelled texts that a concept was extracted from; none for a value's own list. A concept that others
 * were merged into, or that stands for doubles of its direction, has all of theirs; none if one of them has none. Its
 * direction is their label, so that who learns from these labels, or measures on them, must not take it for a witness. */
/* Says that concept i comes from the text ids[i] (NULL: of none), beside what was said before. */
assay_status assay_concepts_trace(const assay_concepts *c, const char *const *ids /* [n] */,
                                  assay_concepts **out, assay_error *err);
/* In ascending order; *n 0: of none. */
const char *const *assay_concepts_origins(const assay_concepts *c, size_t i, size_t *n);
/* The pool as far as these labels made it: concepts that come from other texts alone are left out. The threshold stays. */
assay_status assay_concepts_within(const assay_concepts *c, const assay_labels *labels,
                                   assay_concepts **out, assay_error *err);

typedef struct assay_concept_hit {
    uint32_t concept_index;
    double similarity; /* cosine */
} assay_concept_hit;
/* The nearest concepts to a vector [dim] (of any length; text vectors for a pool without an encoder: [ASSAY_TEXT_DIM]),
 * nearest first, ties in the pool's order; only of the value with this id (NULL: of all), and only from the threshold
 * on: 0 hits means no concept. Writes up to `max`, returns how many. */
size_t assay_concepts_nearest(const assay_concepts *c, const char *value, const float *vector,
                              size_t max, assay_concept_hit *out);

#endif
