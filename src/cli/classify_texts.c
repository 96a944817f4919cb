/* Versions of the texts: as they are and perturbed; each is embedded once, and asked of the language model once, for all
 * trials. */
#include <stdlib.h>
#include <string.h>

#include "cli/classify.h"

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
}

void assay_eval_free_texts(assay_evaluation *e) {
    for (size_t k = 0; k < ASSAY_EVAL_VERSIONS; k++) {
        assay_eval_texts *t = &e->texts[k];
        for (size_t i = 0; t->strings != NULL && i < 2 * e->n_texts; i++) free(t->strings[i]);
        free(t->strings);
        free(t->texts);
        free(t->row);
        free(t->logp);
        assay_judging_free_vectors(&t->vectors);
    }
}

/* ---- strings ---- */

static char *perturb(const char *text, assay_perturbation how, uint64_t seed) {
    assay_buffer out = {0};
    assay_buffer_append(&out, "", 0);
    assay_perturb(text, how, seed, &out);
    if (!out.failed && out.data != NULL) return out.data;
    assay_buffer_free(&out);
    return out.failed ? NULL : assay_calloc(1, 1);
}

/* A frame is put around an answer; typing errors are in questions, too. */
static assay_status perturb_text(assay_eval_texts *t, size_t i, assay_perturbation how,
                                 uint64_t seed, assay_error *err) {
    assay_judged_text *text = &t->texts[i];
    char **strings = t->strings + 2 * i;
    strings[0] = perturb(text->response, how, seed);
    if (strings[0] == NULL) return no_memory(err);
    text->response = strings[0];
    if (how == ASSAY_PERTURB_TEMPLATE) return ASSAY_OK;
    strings[1] = perturb(text->scenario, how, seed);
    if (strings[1] == NULL) return no_memory(err);
    text->scenario = strings[1];
    return ASSAY_OK;
}

static assay_status make_strings(assay_evaluation *e, size_t version, const bool *wanted,
                                 assay_error *err) {
    assay_eval_texts *t = &e->texts[version];
    assay_status status = ASSAY_OK;
    size_t n;
    t->texts = assay_alloc(e->n_texts, sizeof *t->texts);
    t->row = assay_calloc(e->n_texts, sizeof *t->row);
    t->strings = assay_size_mul(2, e->n_texts, &n) ? assay_calloc(n, sizeof *t->strings) : NULL;
    if (t->texts == NULL || t->row == NULL || t->strings == NULL) return no_memory(err);
    for (size_t i = 0; i < e->n_texts && status == ASSAY_OK; i++) {
        t->texts[i] = *assay_labels_text(e->labels, i);
        if (version > 0 && wanted[i])
            status = perturb_text(t, i, (assay_perturbation)(version - 1),
                                  (uint64_t)e->options->seed, err);
    }
    return status;
}

/* ---- vectors ---- */

static assay_status embed(assay_evaluation *e, size_t version, const bool *wanted,
                          assay_error *err) {
    assay_eval_texts *t = &e->texts[version];
    size_t n = 0;
    assay_judged_text *texts = assay_alloc(e->n_texts, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    for (size_t i = 0; i < e->n_texts; i++) {
        if (!wanted[i]) continue;
        t->row[i] = (uint32_t)n;
        texts[n++] = t->texts[i];
    }
    assay_status status = assay_judging_embed(e->judging, texts, n, assay_judging_views(e->judging),
                                              &t->vectors, err);
    if (status == ASSAY_OK && version == 0 && e->judging->classifier == NULL)
        status = assay_judging_embed_definitions(e->judging, e->values, &t->vectors, err);
    free(texts);
    return status;
}

/* ---- the language model ---- */

/* Only of what has labels: the model is slow. */
static assay_status ask(assay_evaluation *e, size_t version, const bool *wanted, assay_error *err) {
    assay_eval_texts *t = &e->texts[version];
    assay_status status = ASSAY_OK;
    assay_progress progress;
    size_t n, n_pairs = 0, done = 0;
    t->logp = assay_size_mul(e->n_texts, e->n_values, &n) ? assay_calloc(n, sizeof *t->logp) : NULL;
    if (t->logp == NULL) return no_memory(err);
    for (size_t k = 0; k < n; k++) n_pairs += wanted[k / e->n_values] && e->labelled[k];
    assay_progress_start(&progress, 0, n_pairs, e->options->judging.host.quiet);
    for (size_t k = 0; k < n && status == ASSAY_OK; k++) {
        size_t i = k / e->n_values, v = k % e->n_values;
        if (!wanted[i] || !e->labelled[k]) continue;
        status = assay_host_interrupted()
                     ? assay_fail(err, ASSAY_E_CANCELLED, "stopped")
                     : assay_prompt_judge(e->host.session, &t->texts[i],
                                          assay_values_at(e->values, v), t->logp[k], err);
        assay_progress_step(&progress, ++done);
    }
    assay_progress_end(&progress);
    return status;
}

/* ---- what the cells ask for ---- */

/* Marks the texts that some trial judges, and those that one learns from, by the judges that are asked of them. */
static assay_status mark(const assay_evaluation *e, size_t version, bool *judged, bool *embedded,
                         assay_error *err) {
    assay_status status = ASSAY_OK;
    bool *texts = assay_alloc(e->n_texts, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    memset(judged, 0, e->n_texts * sizeof *judged);
    memset(embedded, 0, e->n_texts * sizeof *embedded);
    for (size_t c = 0; c < e->n_cells && status == ASSAY_OK; c++) {
        const assay_eval_cell *cell = &e->cells[c];
        bool recognizer = (cell->judges & ~(1u << ASSAY_JUDGE_MODEL)) != 0;
        bool model = (cell->judges & ~(1u << ASSAY_JUDGE_RECOGNIZER)) != 0;
        for (size_t k = 0; k < cell->n_trials && status == ASSAY_OK; k++) {
            status = assay_eval_split_trial(e, cell, k, texts, NULL, err);
            for (size_t i = 0; i < e->n_texts && (cell->versions & 1u << version); i++) {
                judged[i] = judged[i] || (model && texts[i]);
                embedded[i] = embedded[i] || (recognizer && texts[i]);
            }
        }
        /* What is learnt from is seen as it is. */
        for (size_t i = 0; i < e->n_texts && version == 0; i++)
            embedded[i] =
                embedded[i] || (recognizer && cell->split != ASSAY_SPLIT_AS_IS && e->usable[i]);
    }
    free(texts);
    return status;
}

static bool any(const bool *marks, size_t n) {
    bool found = false;
    for (size_t i = 0; i < n; i++) found = found || marks[i];
    return found;
}

assay_status assay_eval_make_texts(assay_evaluation *e, assay_error *err) {
    const char *features = e->options->features;
    bool grams = features != NULL && strcmp(features, "ngrams") == 0;
    bool *judged = assay_alloc(e->n_texts, sizeof *judged);
    bool *embedded = assay_alloc(e->n_texts, sizeof *embedded);
    bool *wanted = assay_alloc(e->n_texts, sizeof *wanted);
    assay_status status =
        judged != NULL && embedded != NULL && wanted != NULL ? ASSAY_OK : no_memory(err);
    for (size_t version = 0; version < ASSAY_EVAL_VERSIONS && status == ASSAY_OK; version++) {
        status = mark(e, version, judged, embedded, err);
        for (size_t i = 0; i < e->n_texts; i++) wanted[i] = judged[i] || embedded[i];
        if (status != ASSAY_OK || !any(wanted, e->n_texts)) continue;
        status = make_strings(e, version, wanted, err);
        if (status == ASSAY_OK && !grams && any(embedded, e->n_texts))
            status = embed(e, version, embedded, err);
        if (status == ASSAY_OK && any(judged, e->n_texts)) status = ask(e, version, judged, err);
    }
    free(judged);
    free(embedded);
    free(wanted);
    return status;
}
