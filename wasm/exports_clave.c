/* The shim's functions about values, labels and classifiers; conventions: exports.c. */
#include <emscripten.h>
#include <stdlib.h>

#include "assay_clave.h"
#include "assay_concepts.h"
#include "assay_eval.h"
#include "assay_judge.h"
#include "describe.h"
#include "web.h"

#define PROFILE_SEED 46 /* of the bootstrap */

/* Calls the function of the module that is named onProgress, if its host has put one there; non-zero ends the call. */
EM_JS(int, tell_host, (double done),
      { return Module["onProgress"] ? Module["onProgress"](done) : 0; })

static int on_progress(void *context, double done) {
    int stop = web_progress(context, done);
    return tell_host(done) != 0 || stop != 0;
}

/* ---- value systems ---------------------------------------------------------------------------------- */

EXPORT assay_values *assay_web_values_open(assay_web *web, const char *json, size_t n,
                                           const char *what) {
    web_answer(web);
    assay_values *values = NULL;
    return assay_values_parse(json, n, what, &values, &web->err) == ASSAY_OK ? values : NULL;
}
EXPORT void assay_web_values_free(assay_values *values) {
    assay_values_free(values);
}
EXPORT const char *assay_web_values_info(assay_web *web, const assay_values *values) {
    describe_values(web_answer(web), values);
    return web_finish(web);
}

/* ---- labels ----------------------------------------------------------------------------------------- */

EXPORT assay_labels_builder *assay_web_labels_begin(assay_web *web, const assay_values *values) {
    web_answer(web);
    assay_labels_builder *builder = assay_labels_builder_create(values);
    if (builder == NULL) assay_fail(&web->err, ASSAY_E_MEMORY, "labels: out of memory");
    return builder;
}
EXPORT int assay_web_labels_add(assay_web *web, assay_labels_builder *builder, const char *format,
                                const char *name, const char *bytes, size_t n) {
    web_answer(web);
    return (int)assay_labels_builder_add(builder, format, name, bytes, n, &web->err);
}
EXPORT void assay_web_labels_drop(assay_labels_builder *builder) {
    assay_labels_builder_free(builder);
}
/* Frees the builder in every case. */
EXPORT assay_labels *assay_web_labels_finish(assay_web *web, assay_labels_builder *builder) {
    web_answer(web);
    assay_labels *labels = NULL;
    return assay_labels_builder_finish(builder, &labels, &web->err) == ASSAY_OK ? labels : NULL;
}
EXPORT void assay_web_labels_free(assay_labels *labels) {
    assay_labels_free(labels);
}
EXPORT const char *assay_web_labels_info(assay_web *web, const assay_labels *labels,
                                         const assay_values *values) {
    assay_buffer *out = web_answer(web);
    if (describe_labels(out, labels, values, &web->err) != ASSAY_OK) return NULL;
    return web_finish(web);
}
EXPORT const char *assay_web_labels_texts(assay_web *web, const assay_labels *labels) {
    describe_texts(web_answer(web), labels);
    return web_finish(web);
}
EXPORT const char *assay_web_labels_write(assay_web *web, const assay_labels *labels,
                                          const assay_values *values, const char *format) {
    assay_buffer *out = web_answer(web);
    assay_buffer_print(out, "%s", ""); /* a string also where there is nothing to write */
    if (assay_labels_write(labels, values, format, out, &web->err) != ASSAY_OK) return NULL;
    return web_finish(web);
}

/* ---- concept pools ---------------------------------------------------------------------------------- */

EXPORT assay_concepts *assay_web_concepts_open(assay_web *web, const char *json, size_t n,
                                               const char *what, const assay_values *values) {
    web_answer(web);
    assay_concepts *concepts = NULL;
    assay_status status = assay_concepts_parse(json, n, what, values, &concepts, &web->err);
    return status == ASSAY_OK ? concepts : NULL;
}
/* vectors: one by the classifier's encoder, of the concepts of its values; n_vectors 0: none. */
EXPORT assay_concepts *assay_web_concepts_first(assay_web *web, const assay_classifier *classifier,
                                                const assay_vectors *vectors, size_t n_vectors) {
    web_answer(web);
    assay_concepts *concepts = NULL;
    assay_status status =
        assay_concepts_first(classifier, n_vectors > 0 ? vectors : NULL, &concepts, &web->err);
    return status == ASSAY_OK ? concepts : NULL;
}
EXPORT void assay_web_concepts_free(assay_concepts *concepts) {
    assay_concepts_free(concepts);
}
EXPORT const char *assay_web_concepts_info(assay_web *web, const assay_concepts *concepts) {
    describe_concepts(web_answer(web), concepts);
    return web_finish(web);
}
EXPORT const char *assay_web_concepts_json(assay_web *web, const assay_concepts *concepts) {
    assay_buffer *out = web_answer(web);
    if (assay_concepts_print(concepts, out, &web->err) != ASSAY_OK) return NULL;
    return web_finish(web);
}

/* ---- classifiers ------------------------------------------------------------------------------------ */

/* vectors: n_vectors times the words of assay_vectors; concepts: 0 without a pool. */
EXPORT assay_classifier *assay_web_calibrate(assay_web *web, const assay_values *values,
                                             const assay_labels *labels,
                                             const assay_vectors *vectors, size_t n_vectors,
                                             const assay_concepts *concepts, assay_pool *pool) {
    web_answer(web);
    assay_classifier *classifier = NULL;
    assay_calibrate_options options = assay_calibrate_defaults();
    options.threads = pool;
    options.progress = on_progress;
    options.progress_context = web;
    assay_status status = assay_calibrate(values, labels, vectors, n_vectors, concepts, &options,
                                          &classifier, &web->err);
    return status == ASSAY_OK ? classifier : NULL;
}
EXPORT assay_classifier *assay_web_classifier_open(assay_web *web, const char *json, size_t n,
                                                   const char *what) {
    web_answer(web);
    assay_classifier *classifier = NULL;
    assay_status status = assay_classifier_parse(json, n, what, &classifier, &web->err);
    return status == ASSAY_OK ? classifier : NULL;
}
EXPORT void assay_web_classifier_free(assay_classifier *classifier) {
    assay_classifier_free(classifier);
}
EXPORT const char *assay_web_classifier_info(assay_web *web, const assay_classifier *classifier) {
    describe_classifier(web_answer(web), classifier);
    return web_finish(web);
}
EXPORT const char *assay_web_classifier_json(assay_web *web, const assay_classifier *classifier) {
    assay_buffer *out = web_answer(web);
    if (assay_classifier_print(classifier, out, &web->err) != ASSAY_OK) return NULL;
    return web_finish(web);
}
/* Belongs to the classifier. */
EXPORT const assay_values *assay_web_classifier_values(const assay_classifier *classifier) {
    return assay_classifier_values(classifier);
}
/* A labelled text that judgements name by its number. */
EXPORT const char *assay_web_classifier_example(assay_web *web, const assay_classifier *classifier,
                                                size_t i) {
    assay_buffer *out = web_answer(web);
    if (i >= assay_classifier_n_examples(classifier)) {
        assay_fail(&web->err, ASSAY_E_ARGUMENT, "the classifier has no example %zu", i);
        return NULL;
    }
    describe_text(out, assay_classifier_example(classifier, i));
    return web_finish(web);
}

/* ---- judgements ------------------------------------------------------------------------------------- */

/* Bytes of one in a block of assay_web_alloc. */
EXPORT size_t assay_web_judgement_bytes(void) {
    return sizeof(assay_judgement);
}
/* texts: for each the four words of assay_judged_text; out [n, n_values]. */
EXPORT int assay_web_judge(assay_web *web, const assay_classifier *classifier,
                           const assay_judged_text *texts, size_t n, const assay_vectors *vectors,
                           size_t n_vectors, const assay_concepts *concepts, double min_confidence,
                           assay_pool *pool, assay_judgement *out) {
    web_answer(web);
    return (int)assay_classifier_judge(classifier, texts, n, vectors, n_vectors, concepts,
                                       min_confidence, pool, out, &web->err);
}
/* out [n, ASSAY_JUDGEMENT_NUMBERS]: describe_judgements. */
EXPORT void assay_web_judgement_rows(const assay_judgement *judgements, size_t n, double *out) {
    describe_judgements(judgements, n, out);
}

/* ---- figures ---------------------------------------------------------------------------------------- */

/* One point of a learning curve: describe_figures. n_labels: of each value, 0 for all. */
EXPORT const char *assay_web_trial(assay_web *web, const assay_values *values,
                                   const assay_labels *labels, const assay_vectors *vectors,
                                   size_t n_vectors, const assay_concepts *concepts,
                                   size_t n_labels, uint32_t seed, assay_pool *pool) {
    assay_buffer *out = web_answer(web);
    assay_trial_options options = assay_trial_defaults();
    options.n_labels = n_labels;
    options.seed = seed;
    options.calibrate.threads = pool;
    options.calibrate.progress = on_progress;
    options.calibrate.progress_context = web;
    assay_judge_figures *figures = assay_calloc(1, sizeof *figures); /* large for a stack */
    assay_status status = figures != NULL
                              ? assay_trial(values, labels, vectors, n_vectors, concepts, &options,
                                            figures, &web->err)
                              : assay_fail(&web->err, ASSAY_E_MEMORY, "trial: out of memory");
    if (status == ASSAY_OK) describe_figures(out, values, figures);
    free(figures);
    return status == ASSAY_OK ? web_finish(web) : NULL;
}

/* [{"id","question","text","freeText":bool,"cluster"}] of a record's samples. */
EXPORT const char *assay_web_record_answers(assay_web *web, const assay_dataset *dataset,
                                            const char *record, size_t n) {
    assay_buffer *out = web_answer(web);
    assay_answer *answers = NULL;
    size_t n_answers = 0;
    if (assay_record_answers(dataset, record, n, &answers, &n_answers, &web->err) != ASSAY_OK)
        return NULL;
    describe_answers(out, answers, n_answers);
    assay_answers_free(answers, n_answers);
    return web_finish(web);
}

/* judgements [n, n_values]; clusters [n]. An array, a ProfileValue for each value. */
EXPORT const char *assay_web_value_profile(assay_web *web, const assay_classifier *classifier,
                                           const assay_judgement *judgements, size_t n,
                                           const uint32_t *clusters) {
    assay_buffer *out = web_answer(web);
    assay_profile_value profile[ASSAY_MAX_VALUES];
    const assay_values *values = assay_classifier_values(classifier);
    if (assay_value_profile(judgements, n, assay_values_count(values), clusters, PROFILE_SEED,
                            profile, &web->err) != ASSAY_OK)
        return NULL;
    describe_profile(out, values, profile);
    return web_finish(web);
}
