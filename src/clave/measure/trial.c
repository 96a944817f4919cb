/* One point of a learning curve: texts held out -> a draw of labels from the others -> a classifier -> its figures on the
 * texts held out. */
#include <stdlib.h>

#include "assay_concepts.h"
#include "assay_judge.h"

assay_trial_options assay_trial_defaults(void) {
    return (assay_trial_options){
        .seed = 46, .test_share = 0.3, .calibrate = assay_calibrate_defaults()};
}

/* One side of the split: labels of its own, and the vectors of their texts. */
typedef struct trial_side {
    assay_labels *labels;
    assay_vectors *vectors; /* [n_vectors] */
    size_t n_vectors;
} trial_side;

typedef struct trial {
    const assay_values *values;
    const assay_labels *labels;
    const assay_vectors *vectors;
    size_t n_vectors;
    const assay_concepts *concepts;
    const assay_trial_options *options;
} trial;

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "trial: out of memory");
}

static void release_side(trial_side *side) {
    for (size_t i = 0; i < side->n_vectors; i++) assay_vectors_free(&side->vectors[i]);
    free(side->vectors);
    assay_labels_free(side->labels);
}

static assay_status make_side(const trial *t, const bool *keep, trial_side *side,
                              assay_error *err) {
    uint32_t *text_of = assay_alloc(assay_labels_n_texts(t->labels), sizeof *text_of);
    assay_status status = text_of != NULL ? ASSAY_OK : no_memory(err);
    if (status == ASSAY_OK)
        status = assay_labels_select(t->labels, t->values, keep, &side->labels, text_of, err);
    if (status == ASSAY_OK) {
        side->vectors = assay_alloc(t->n_vectors, sizeof *side->vectors);
        if (side->vectors == NULL) status = no_memory(err);
    }
    for (size_t i = 0; i < t->n_vectors && status == ASSAY_OK; i++) {
        status = assay_vectors_select(&t->vectors[i], text_of, assay_labels_n_texts(side->labels),
                                      &side->vectors[i], err);
        if (status == ASSAY_OK) side->n_vectors++;
    }
    free(text_of);
    return status;
}

static assay_status split(const trial *t, trial_side *learnt, trial_side *judged,
                          assay_error *err) {
    size_t n_texts = assay_labels_n_texts(t->labels), n_votes = assay_labels_n_votes(t->labels);
    size_t n = t->options->n_labels > 0 ? t->options->n_labels : SIZE_MAX;
    bool *texts = assay_alloc(n_texts, sizeof *texts), *keep = assay_alloc(n_votes, sizeof *keep);
    assay_status status = texts != NULL && keep != NULL ? ASSAY_OK : no_memory(err);
    if (status == ASSAY_OK) {
        assay_labels_hold_out(t->labels, t->options->test_share, t->options->seed, texts);
        for (size_t i = 0; i < n_votes; i++) keep[i] = texts[assay_labels_vote(t->labels, i)->text];
        status = make_side(t, keep, judged, err);
    }
    if (status == ASSAY_OK) {
        for (size_t i = 0; i < n_texts; i++) texts[i] = !texts[i];
        status = assay_labels_draw(t->labels, assay_values_count(t->values), n, t->options->seed,
                                   texts, keep, err);
    }
    if (status == ASSAY_OK) status = make_side(t, keep, learnt, err);
    free(texts);
    free(keep);
    if (status != ASSAY_OK) return status;
    size_t n_learnt = assay_labels_n_texts(learnt->labels);
    size_t n_judged = assay_labels_n_texts(judged->labels);
    if (n_learnt == 0 || n_judged == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "trial: %zu labelled texts leave %zu to learn from and %zu to judge",
                          n_texts, n_learnt, n_judged);
    return ASSAY_OK;
}

static assay_status judge(const trial *t, const assay_classifier *c, const trial_side *side,
                          assay_judge_figures *out, assay_error *err) {
    size_t n_texts = assay_labels_n_texts(side->labels), n = 0;
    size_t n_values = assay_values_count(t->values);
    /* A pool that the classifier does not ask for would only explain. */
    const assay_concepts *concepts = assay_classifier_concepts(c) != NULL ? t->concepts : NULL;
    assay_judgement *judged =
        assay_size_mul(n_texts, n_values, &n) ? assay_alloc(n, sizeof *judged) : NULL;
    if (judged == NULL) return no_memory(err);
    assay_status status = assay_classifier_judge(c, assay_labels_text(side->labels, 0), n_texts,
                                                 side->vectors, side->n_vectors, concepts, 0,
                                                 t->options->calibrate.threads, judged, err);
    if (status == ASSAY_OK)
        status = assay_judge_measure(side->labels, n_values, judged, t->options->seed, out, err);
    free(judged);
    return status;
}

assay_status assay_trial(const assay_values *values, const assay_labels *labels,
                         const assay_vectors *vectors, size_t n_vectors,
                         const assay_concepts *concepts, const assay_trial_options *options,
                         assay_judge_figures *out, assay_error *err) {
    const assay_trial_options defaults = assay_trial_defaults();
    if (options == NULL) options = &defaults;
    trial t = {values, labels, vectors, n_vectors, NULL, options};
    trial_side learnt = {0}, judged = {0};
    assay_concepts *known =
        NULL; /* of the texts that are learnt from: the others would tell their labels */
    assay_classifier *classifier = NULL;
    if (!(options->test_share > 0 && options->test_share < 1))
        return assay_fail(err, ASSAY_E_ARGUMENT, "trial: a test share of %g", options->test_share);
    assay_status status = split(&t, &learnt, &judged, err);
    if (status == ASSAY_OK && concepts != NULL)
        status = assay_concepts_within(concepts, learnt.labels, &known, err);
    t.concepts = known;
    if (status == ASSAY_OK)
        status = assay_calibrate(values, learnt.labels, learnt.vectors, n_vectors, known,
                                 &options->calibrate, &classifier, err);
    if (status == ASSAY_OK) status = judge(&t, classifier, &judged, out, err);
    assay_classifier_free(classifier);
    assay_concepts_free(known);
    release_side(&learnt);
    release_side(&judged);
    return status;
}
