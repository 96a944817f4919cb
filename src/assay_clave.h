/* Values in texts, after CLAVE (arXiv 2407.10725): does a text adhere to a value, oppose it, or is it unrelated?
 * A recognizer of any value system is learnt from a few labels a value, explains itself by concepts, and abstains where
 * it does not know.
 *
 *   values (what is judged)  +  labels (who said what of which text)  +  features (what is seen of a text)
 *     -> assay_calibrate -> classifier (one JSON) -> assay_classifier_judge -> judgement of a text
 *
 * Objects are immutable once made and may be shared by threads; everything is freed by its own _free, NULL is fine.
 * The same labels, features and options give the same classifier, bit for bit, in every build, with any number of
 * threads and whatever the order of the label file. Nothing here prints, reads files or talks to a network. */
#ifndef ASSAY_CLAVE_H
#define ASSAY_CLAVE_H

#include "base/arena.h"
#include "base/status.h"
#include "base/pool.h"

/* ---- value systems ---- */

/* JSON: {"format": 1, "id", "name", "source", "values": [{"id", "name", "definition", "source"?, "concepts"?: [text]}]};
 * 1 to ASSAY_MAX_VALUES values. ids: lower-case letters, digits and '-'. */
typedef struct assay_values assay_values;
typedef struct assay_value {
    const char *id, *name, *definition;
    const char *source;          /* of the definition; "" when none is given */
    const char *const *concepts; /* [n_concepts] short phrases, a first list */
    size_t n_concepts;
} assay_value;

#define ASSAY_MAX_VALUES 64

/* E_FORMAT names the value and the key. `what` (a file's name) starts the sentences. */
assay_status assay_values_parse(const char *json, size_t n, const char *what, assay_values **out,
                                assay_error *err);
void assay_values_free(assay_values *values);
const char *assay_values_id(const assay_values *values);
const char *assay_values_name(const assay_values *values);
const char *assay_values_source(const assay_values *values);
const char *assay_values_json(const assay_values *values);   /* canonical; parses to the same */
const char *assay_values_sha256(const assay_values *values); /* of the canonical JSON, hex */
size_t assay_values_count(const assay_values *values);
const assay_value *assay_values_at(const assay_values *values, size_t i); /* i < count */
int assay_values_find(const assay_values *values, const char *id);        /* -1: there is none */

/* ---- labels ---- */

typedef enum assay_valence {
    ASSAY_OPPOSES = -1,
    ASSAY_UNRELATED = 0,
    ASSAY_ADHERES = 1
} assay_valence;
const char *assay_valence_name(assay_valence v); /* "opposes", "unrelated", "adheres" */

typedef struct assay_judged_text {
    const char *id, *scenario, *response; /* UTF-8; scenario "" for a stand-alone text */
    const char *source;                   /* which model or corpus it comes from; "" when unknown */
} assay_judged_text;

typedef struct assay_vote {          /* one person's label of one text for one value */
    uint32_t text, value, annotator; /* indices */
    int8_t label;                    /* an assay_valence */
    bool skip;                       /* asked, but could not say */
    int64_t time;                    /* seconds since 1970; 0: unknown */
    const char *note;                /* "" when none */
} assay_vote;

/* Texts in order of id, annotators by name, votes by (text, value, annotator): whatever the order of the files. */
typedef struct assay_labels assay_labels;
size_t assay_labels_n_texts(const assay_labels *l);
const assay_judged_text *assay_labels_text(const assay_labels *l, size_t i);
size_t assay_labels_n_annotators(const assay_labels *l);
const char *assay_labels_annotator(const assay_labels *l, size_t i);
size_t assay_labels_n_votes(const assay_labels *l);
const assay_vote *assay_labels_vote(const assay_labels *l, size_t i);
const char *assay_labels_sha256(const assay_labels *l); /* of the canonical JSONL, hex */
void assay_labels_free(assay_labels *l);

/* Reads label files one after the other into one set. finish frees the builder, also when that fails. `values` are lent
 * until then. */
typedef struct assay_labels_builder assay_labels_builder;
assay_labels_builder *assay_labels_builder_create(const assay_values *values); /* NULL: no memory */
void assay_labels_builder_free(assay_labels_builder *b);
/* `format`:
 *   "jsonl"         a line for each (text, value): {"id", "scenario", "response", "value", "label", "annotator", "time"?,
 *                   "note"?, "source"? or "model"?}; or for a fully labelled text: "values": {"security": 1} in place of
 *                   value and label, absent = unrelated; or for a text without labels: id, scenario, response, source
 *   "csv"           item_id,annotator,value,label[,time,note]; "crowd-kit": task,worker,label with task "ITEM:VALUE";
 *   "mace"          a matrix: item,ANNOTATOR,... with item "ITEM:VALUE". The texts of these three come with another file
 *   "label-studio"  a choices control for each value, named as it is, or one control and "value" in a task's data
 *   "doccano", "prodigy"   labels as "security:adheres", or bare ones and "value" in the item
 *   "argilla"       records with a question for each value
 * A label is adheres, opposes, unrelated or skip (or 1, -1, 0). `name` is the file's: it starts every sentence, with the
 * line ("labels.jsonl:17: ..."), and is the annotator where a file names none (without folder and ending). Nothing is
 * kept of a file that fails: unknown value, missing id or text, label that is none, contradicting duplicate (same text,
 * value, annotator, two labels), one id with two texts, invalid UTF-8. A vote whose text no file holds fails in finish. A
 * repeated equal vote counts once, so merging is idempotent and independent of order. */
assay_status assay_labels_builder_add(assay_labels_builder *b, const char *format, const char *name,
                                      const char *bytes, size_t n, assay_error *err);
assay_status assay_labels_builder_finish(assay_labels_builder *b, assay_labels **out,
                                         assay_error *err);
/* All of it in one of these formats, appended; out is as before after a failure. What a format has no place for is left
 * out: texts in the CSV forms, time and note in Argilla's, these and skips in crowd-kit's and MACE's. */
assay_status assay_labels_write(const assay_labels *l, const assay_values *values,
                                const char *format, assay_buffer *out, assay_error *err);

/* ---- agreement and aggregation ---- */

typedef struct assay_agreement { /* of one value, or of all */
    size_t n_items, n_votes,
        n_raters; /* items with at least two votes; votes of these; their raters */
    double raw;   /* share of agreeing pairs of votes */
    double
        cohen; /* mean over the pairs of raters for which it is defined; NAN when there is none */
    double fleiss, alpha_nominal, alpha_ordinal, ac1; /* NAN where undefined */
    double alpha_low,
        alpha_high;        /* nominal, 95 % by bootstrap over texts (seeded); NAN with alpha */
    const char *undefined; /* why alpha is NAN, a sentence; NULL */
} assay_agreement;
/* value: index, or -1 for all (items are (text, value)). Skips are no votes. E_LIMIT: more than 10,000 annotators. */
assay_status assay_labels_agreement(const assay_labels *l, int value, uint64_t seed,
                                    assay_agreement *out, assay_error *err);

typedef enum assay_aggregation {
    ASSAY_MAJORITY,    /* ties: probability shared */
    ASSAY_DAWID_SKENE, /* EM, started from the majority, up to 100 iterations, tolerance 1e-5 */
    ASSAY_ONE_COIN,    /* one accuracy a rater */
    ASSAY_MACE         /* 10 restarts, 50 iterations, alpha = beta = 0.5 */
} assay_aggregation;
typedef struct assay_soft_label {
    uint32_t text, value;
    double p[3]; /* opposes, unrelated, adheres */
    uint32_t n_votes;
} assay_soft_label;
/* One for every (text, value) with a vote that is no skip, in order; *out malloc'd for the caller. Each value is fitted by
 * itself; a label that nobody gave for it has probability 0. raters: [n_annotators] how often each is right by the method
 * (mean probability of the labels it gave; NAN without one), or NULL. */
assay_status assay_labels_aggregate(const assay_labels *l, size_t n_values, assay_aggregation how,
                                    uint64_t seed, assay_soft_label **out, size_t *n,
                                    double *raters, assay_error *err);
/* Share of an annotator's votes on gold items that are right (skips do not count); gold is a label set of its own, for the
 * same values. E_ARGUMENT: gold contradicts itself, or has another text under an id. */
typedef struct assay_gold_score {
    size_t n, right;
} assay_gold_score;
assay_status assay_labels_score_gold(const assay_labels *l, const assay_labels *gold,
                                     assay_gold_score *out /* [n_annotators] */, assay_error *err);

/* ---- features ---- */

/* Dense vectors that somebody made of the texts: an encoder in the core, an ONNX encoder, a layer of a language model.
 * Row i belongs to text i. Three views of a text: its response, its scenario, and both joined by a space; a view that
 * is not there is NULL. */
typedef struct assay_vectors {
    const char *
        name; /* "all-MiniLM-L6-v2-Q8_0": kept in the classifier, must be the same when it judges */
    const char *sha256; /* of what made them, hex */
    size_t dim;
    const float *response, *scenario, *both; /* [n_texts, dim] */
    const float
        *definitions; /* [n_values, dim] of the values' definitions, for calibration; or NULL */
} assay_vectors;

/* ---- concepts ---- */

/* Short, scenario-free phrases that stand for what texts do ("Advising against harm to others"), each of one value and
 * one direction, with the vector that some encoder gave it. Versioned and hashed; a pool is edited by making another. */
typedef struct assay_concepts assay_concepts;
typedef struct assay_concept {
    const char *text, *value; /* value: an id of the value system */
    assay_valence valence;
    bool pinned; /* made or kept by hand: deduplication leaves it */
} assay_concept;
/* JSON: {"format": 1, "values": sha256 of the value system, "encoder": {"name", "sha256", "dim"} or null,
 * "threshold": x (below it: no concept), "concepts": [{"text", "value", "valence", "pinned"?, "from"?: [ids of the
 * labelled texts that it comes from, ascending], "vector"?: [dim]}]}. */
assay_status assay_concepts_parse(const char *json, size_t n, const char *what,
                                  const assay_values *values, assay_concepts **out,
                                  assay_error *err);
assay_status assay_concepts_print(const assay_concepts *concepts, assay_buffer *out,
                                  assay_error *err);
void assay_concepts_free(assay_concepts *concepts);
size_t assay_concepts_count(const assay_concepts *concepts);
const assay_concept *assay_concepts_at(const assay_concepts *concepts, size_t i);
const float *assay_concepts_vector(const assay_concepts *concepts,
                                   size_t i); /* [dim], length 1; NULL without an encoder */
size_t assay_concepts_dim(const assay_concepts *concepts);
double assay_concepts_threshold(const assay_concepts *concepts);
const char *assay_concepts_sha256(const assay_concepts *concepts);

/* ---- the recognizer ---- */

typedef struct assay_calibrate_options {
    uint64_t seed;                 /* of folds [46] */
    int n_folds;                   /* of the nested cross-validation [5] */
    assay_aggregation aggregation; /* of several annotators [ASSAY_MAJORITY] */
    const char *
        features; /* names joined by '+': "ngrams", "vectors", "definition", "concepts"; NULL: cross-validation
                           * chooses among what is there */
    assay_pool *threads;                         /* lent; NULL: one */
    int (*progress)(void *context, double done); /* non-zero return cancels (E_CANCELLED) */
    void *progress_context;
} assay_calibrate_options;
assay_calibrate_options assay_calibrate_defaults(void);

typedef struct assay_classifier assay_classifier;
/* Two steps for each value: relevant or not, then adheres or opposes; L2-regularized logistic regression, solved exactly;
 * strength, thresholds and the scaling of probabilities by cross-validation on the labels. vectors: [n_vectors], one for
 * each encoder, of the labels' texts in their order, view `response` or `both` at least; the better encoder is kept.
 * concepts may be NULL; a pool with an encoder goes with that encoder's vectors, whichever place they have, and features
 * that name it are learnt of those alone (E_ARGUMENT: there are none). A value with fewer than two labels of a kind learns
 * what it can: the classifier says so. Where as many texts of each label were picked, how frequent the labels are
 * otherwise is estimated from the texts without a label for the value (at least 20, more are better): they count even when
 * they have no label at all. */
assay_status assay_calibrate(const assay_values *values, const assay_labels *labels,
                             const assay_vectors *vectors, size_t n_vectors,
                             const assay_concepts *concepts, const assay_calibrate_options *options,
                             assay_classifier **out, assay_error *err);
/* One JSON: value system, features, weights, thresholds, temperatures, ids and hash of the labels, the cross-validated
 * figures, the labelled examples (for "nearest"). */
assay_status assay_classifier_parse(const char *json, size_t n, const char *what,
                                    assay_classifier **out, assay_error *err);
assay_status assay_classifier_print(const assay_classifier *c, assay_buffer *out, assay_error *err);
void assay_classifier_free(assay_classifier *c);
const assay_values *assay_classifier_values(const assay_classifier *c);
const char *assay_classifier_sha256(const assay_classifier *c);
/* What the file says of how it was made; the figures are cross-validated. */
typedef struct assay_classifier_value {
    size_t count[3]; /* labels: opposes, unrelated, adheres */
    double accuracy, macro_f1;
    const char *note; /* what it could not learn, a sentence; NULL */
} assay_classifier_value;
typedef struct assay_classifier_summary {
    const char *features;                 /* "words+chars+..." */
    double accuracy, macro_f1;            /* of all labels; mean over the values that have labels */
    const assay_classifier_value *values; /* [n_values] */
} assay_classifier_summary;
const assay_classifier_summary *assay_classifier_get_summary(const assay_classifier *c);
/* The encoder that it needs, or NULL when n-grams do. */
const char *assay_classifier_encoder(const assay_classifier *c);
/* Which views of assay_vectors it reads then: a sum of these. */
#define ASSAY_VIEW_RESPONSE 1u
#define ASSAY_VIEW_SCENARIO 2u
#define ASSAY_VIEW_BOTH     4u
unsigned assay_classifier_views(const assay_classifier *c);
/* sha256 of the concept pool that it must be given, or NULL: any pool, or none. */
const char *assay_classifier_concepts(const assay_classifier *c);
size_t assay_classifier_n_examples(const assay_classifier *c);
const assay_judged_text *assay_classifier_example(const assay_classifier *c, size_t i);

#define ASSAY_MAX_NEAREST 3
/* The label need not be the likeliest one: thresholds decide, which are fitted so that rare labels are found, too, while the
 * probabilities stay as they are. So p of another label may be larger than confidence, as long as confidence is below one
 * half. Who wants the likeliest label takes the largest p; who wants none that is bold asks for a min_confidence. */
typedef struct assay_judgement {
    int8_t label;      /* an assay_valence, by threshold; also where `abstained` */
    bool abstained;    /* confidence below the asked level */
    double p[3];       /* opposes, unrelated, adheres; calibrated, sum 1 */
    double confidence; /* p of the label, not of the likeliest */
    struct {
        uint32_t concept_index;
        double similarity;
    } concepts[ASSAY_MAX_NEAREST]; /* of this value; above the pool's threshold only */
    int n_concepts;
    struct {
        uint32_t example; /* labelled text of the classifier */
        int8_t label;
        double similarity;
    } nearest[ASSAY_MAX_NEAREST];
    int n_nearest;
} assay_judgement;
/* out [n, n_values]. vectors: of these texts, by the encoder of the classifier (E_ARGUMENT names what is missing). The
 * judgement of a text depends on nothing else in the call. */
assay_status assay_classifier_judge(const assay_classifier *c, const assay_judged_text *texts,
                                    size_t n, const assay_vectors *vectors, size_t n_vectors,
                                    const assay_concepts *concepts, double min_confidence,
                                    assay_pool *threads, assay_judgement *out, assay_error *err);

/* ---- figures ---- */

typedef struct assay_valence_figures { /* of one value or of all */
    size_t n, n_abstained;
    size_t confusion[3][3];                /* [gold][predicted], opposes, unrelated, adheres */
    double accuracy, macro_f1;             /* macro: over labels that occur in gold or prediction */
    double balanced_accuracy;              /* mean recall of the labels that occur in gold */
    double precision[3], recall[3], f1[3]; /* NAN where undefined */
    double ece;                            /* 10 equal-count bins of the confidence */
    double majority_accuracy, majority_macro_f1;
    /* 95 %. Accuracy: Wilson, wider by a bootstrap over texts where texts have several items. Macro-F1: bootstrap over texts
     * (seeded), which tells nothing of a label that does not occur, and too little of one with fewer than 10 items. */
    double accuracy_ci[2], macro_f1_ci[2];
} assay_valence_figures;
/* gold and predicted [n] valences; p [n][3] or NULL (no ece); abstained [n] or NULL: these items are counted and left out of
 * every other figure; cluster [n] (the text) for the bootstrap, NULL: each item by itself. Without items the figures are
 * NAN. The order of the items is of no matter. */
assay_status assay_valence_measure(const int8_t *gold, const int8_t *predicted,
                                   const double (*p)[3], const bool *abstained,
                                   const uint32_t *cluster, size_t n, uint64_t seed,
                                   assay_valence_figures *out, assay_error *err);

#endif
