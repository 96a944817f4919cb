/* assay classify --eval: labels -> trials -> figures of each judge -> rows, printed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/classify.h"
#include "cli/label_files.h"

#define GROUP_TEXTS 64 /* between two looks at Ctrl-C */

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
}

/* ---- which texts count ---- */

/* A text is what it says: ids of two files may be the same by chance. */
static int by_content(const void *a, const void *b) {
    const assay_judged_text *x = a, *y = b;
    int order = strcmp(x->response, y->response);
    return order != 0 ? order : strcmp(x->scenario, y->scenario);
}

static assay_status mark_usable(assay_evaluation *e, assay_error *err) {
    const assay_classifier *c = e->judging->classifier;
    size_t n = c != NULL ? assay_classifier_n_examples(c) : 0, n_labelled = 0, n_usable = 0;
    assay_judged_text *seen = assay_alloc(n + 1, sizeof *seen);
    if (seen == NULL) return no_memory(err);
    for (size_t i = 0; i < n; i++) seen[i] = *assay_classifier_example(c, i);
    if (n > 0) qsort(seen, n, sizeof *seen, by_content);
    for (size_t i = 0; i < assay_labels_n_votes(e->labels); i++) {
        const assay_vote *vote = assay_labels_vote(e->labels, i);
        if (vote->skip) continue;
        e->labelled[vote->text * e->n_values + vote->value] = true;
        e->usable[vote->text] = true;
    }
    for (size_t i = 0; i < e->n_texts; i++) {
        n_labelled += e->usable[i];
        if (e->usable[i] && n > 0 &&
            bsearch(assay_labels_text(e->labels, i), seen, n, sizeof *seen, by_content) != NULL) {
            e->n_seen++;
            e->usable[i] = e->options->include_seen;
        }
        n_usable += e->usable[i];
    }
    free(seen);
    if (n_labelled == 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%.200s: there are no labels", e->options->eval[0]);
    if (n_usable == 0)
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%.200s: the classifier learnt from all %zu labelled texts; "
                          "--include-seen measures it on them all the same",
                          e->options->eval[0], n_labelled);
    return ASSAY_OK;
}

static assay_status read_labels(assay_evaluation *e, assay_error *err) {
    const assay_classify_options *o = e->options;
    size_t n;
    assay_status status =
        assay_cli_read_labels(e->values, o->eval, o->n_eval, o->format, &e->labels, err);
    if (status != ASSAY_OK) return status;
    e->n_texts = assay_labels_n_texts(e->labels);
    e->n_values = assay_values_count(e->values);
    if (!assay_size_mul(e->n_texts, e->n_values, &n)) return no_memory(err);
    e->usable = assay_calloc(e->n_texts + 1, sizeof *e->usable);
    e->labelled = assay_calloc(n + 1, sizeof *e->labelled);
    if (e->usable == NULL || e->labelled == NULL) return no_memory(err);
    return mark_usable(e, err);
}

/* ---- one trial ---- */

typedef struct trial {
    assay_evaluation *e;
    const assay_eval_cell *cell;
    size_t index;
    bool *judged, *votes; /* [n_texts], [n_votes] */
    assay_labels *learnt, *gold;
    uint32_t *text_of;                 /* [n_texts] of learnt, then of gold */
    assay_classifier *own;             /* what was learnt, or NULL */
    assay_concepts *concepts;          /* of the texts that were learnt from */
    assay_judgement *by[ASSAY_JUDGES]; /* [gold texts, n_values] */
    double (*logp)[3];                 /* [gold texts] of one value */
    assay_judgement *settled;          /* [gold texts] */
} trial;

static void end_trial(trial *t) {
    for (size_t k = 0; k < ASSAY_JUDGES; k++) free(t->by[k]);
    free(t->settled);
    free(t->logp);
    free(t->judged);
    free(t->votes);
    free(t->text_of);
    assay_classifier_free(t->own);
    assay_concepts_free(t->concepts);
    assay_labels_free(t->learnt);
    assay_labels_free(t->gold);
}

/* What the recognizer takes of a version's vectors: of n texts, by their indices. */
static assay_status take_vectors(const assay_eval_texts *texts, const uint32_t *text_of, size_t n,
                                 assay_vectors *out, assay_error *err) {
    *out = (assay_vectors){0};
    if (texts->vectors.dim == 0) return ASSAY_OK;
    uint32_t *rows = assay_alloc(n, sizeof *rows);
    if (rows == NULL) return no_memory(err);
    for (size_t i = 0; i < n; i++) rows[i] = texts->row[text_of[i]];
    assay_status status = assay_vectors_select(&texts->vectors, rows, n, out, err);
    free(rows);
    return status;
}

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return assay_host_interrupted();
}

static assay_status learn(trial *t, assay_error *err) {
    assay_evaluation *e = t->e;
    assay_calibrate_options how = assay_calibrate_defaults();
    assay_vectors vectors;
    how.seed = (uint64_t)e->options->seed;
    how.features = e->options->features;
    how.threads = e->judging->pool;
    how.progress = on_progress;
    assay_status status =
        assay_labels_select(e->labels, e->values, t->votes, &t->learnt, t->text_of, err);
    if (status != ASSAY_OK) return status;
    status = take_vectors(&e->texts[0], t->text_of, assay_labels_n_texts(t->learnt), &vectors, err);
    if (status == ASSAY_OK && e->judging->concepts != NULL)
        status = assay_concepts_within(e->judging->concepts, t->learnt, &t->concepts, err);
    if (status == ASSAY_OK)
        status = assay_calibrate(e->values, t->learnt, &vectors, vectors.dim > 0 ? 1 : 0,
                                 t->concepts, &how, &t->own, err);
    assay_vectors_free(&vectors);
    return status;
}

static assay_status recognize_group(trial *t, size_t version, size_t first, size_t n,
                                    assay_error *err) {
    const assay_evaluation *e = t->e;
    const assay_classifier *c = t->own != NULL ? t->own : e->judging->classifier;
    const assay_eval_texts *texts = &e->texts[version];
    assay_judged_text group[GROUP_TEXTS];
    assay_vectors vectors;
    for (size_t i = 0; i < n; i++) group[i] = texts->texts[t->text_of[first + i]];
    assay_status status = take_vectors(texts, t->text_of + first, n, &vectors, err);
    /* A pool that the classifier does not ask for would only explain. */
    if (status == ASSAY_OK)
        status = assay_classifier_judge(c, group, n, &vectors, vectors.dim > 0 ? 1 : 0,
                                        assay_classifier_concepts(c) == NULL ? NULL
                                        : t->own != NULL                     ? t->concepts
                                                                             : e->judging->concepts,
                                        e->options->min_confidence, e->judging->pool,
                                        t->by[ASSAY_JUDGE_RECOGNIZER] + first * e->n_values, err);
    assay_vectors_free(&vectors);
    return status;
}

static assay_status recognize(trial *t, size_t version, assay_error *err) {
    size_t n_texts = assay_labels_n_texts(t->gold), n = 0;
    assay_status status = ASSAY_OK;
    for (size_t first = 0; first < n_texts && status == ASSAY_OK; first += n) {
        n = n_texts - first < GROUP_TEXTS ? n_texts - first : GROUP_TEXTS;
        status = recognize_group(t, version, first, n, err);
        assay_progress_step(&t->e->progress, t->e->n_done + first + n);
        if (status == ASSAY_OK && assay_host_interrupted())
            status = assay_fail(err, ASSAY_E_CANCELLED, "stopped");
    }
    return status;
}

/* The model's answers of one value make a batch; a pair without labels was not asked for and is not measured. */
static void settle(trial *t, size_t version) {
    const assay_evaluation *e = t->e;
    const assay_judgement none = {.p = {1.0 / 3, 1.0 / 3, 1.0 / 3}, .confidence = 1.0 / 3};
    assay_judgement *out = t->by[ASSAY_JUDGE_MODEL];
    size_t n = assay_labels_n_texts(t->gold);
    for (size_t v = 0; v < e->n_values; v++) {
        size_t n_asked = 0, at = 0;
        for (size_t i = 0; i < n; i++) {
            size_t pair = t->text_of[i] * e->n_values + v;
            if (e->labelled[pair])
                memcpy(t->logp[n_asked++], e->texts[version].logp[pair], sizeof t->logp[0]);
        }
        assay_prompt_judge_settle((const double (*)[3])t->logp, n_asked, e->options->min_confidence,
                                  t->settled, 1);
        for (size_t i = 0; i < n; i++)
            out[i * e->n_values + v] =
                e->labelled[t->text_of[i] * e->n_values + v] ? t->settled[at++] : none;
    }
}

static assay_status judge(trial *t, size_t version, assay_error *err) {
    const assay_evaluation *e = t->e;
    unsigned judges = t->cell->judges;
    size_t n = assay_labels_n_texts(t->gold) * e->n_values;
    assay_status status = ASSAY_OK;
    if (judges & ~(1u << ASSAY_JUDGE_MODEL)) status = recognize(t, version, err);
    if (status == ASSAY_OK && (judges & ~(1u << ASSAY_JUDGE_RECOGNIZER))) settle(t, version);
    if (status == ASSAY_OK && (judges & 1u << ASSAY_JUDGE_BOTH)) {
        memcpy(t->by[ASSAY_JUDGE_BOTH], t->by[ASSAY_JUDGE_RECOGNIZER], n * sizeof *t->by[0]);
        assay_judge_join(t->by[ASSAY_JUDGE_BOTH], t->by[ASSAY_JUDGE_MODEL], n,
                         e->options->min_confidence);
    }
    for (size_t k = 0; k < ASSAY_JUDGES && status == ASSAY_OK; k++) {
        if (judges & 1u << k)
            status = assay_judge_measure(
                t->gold, e->n_values, t->by[k], (uint64_t)e->options->seed,
                assay_eval_figures(t->cell, t->index, version, (assay_eval_judge)k), err);
    }
    t->e->n_done += assay_labels_n_texts(t->gold);
    assay_progress_step(&t->e->progress, t->e->n_done);
    return status;
}

/* The labels of the texts that are judged, and room for the judgements. */
static assay_status take_gold(trial *t, assay_error *err) {
    assay_evaluation *e = t->e;
    for (size_t i = 0; i < assay_labels_n_votes(e->labels); i++)
        t->votes[i] = t->judged[assay_labels_vote(e->labels, i)->text];
    assay_status status =
        assay_labels_select(e->labels, e->values, t->votes, &t->gold, t->text_of, err);
    if (status != ASSAY_OK) return status;
    size_t n = assay_labels_n_texts(t->gold);
    t->logp = assay_calloc(n, sizeof *t->logp);
    t->settled = assay_calloc(n, sizeof *t->settled);
    bool ok = t->logp != NULL && t->settled != NULL;
    for (size_t k = 0; k < ASSAY_JUDGES && ok; k++) {
        if (!(t->cell->judges & (1u << k | 1u << ASSAY_JUDGE_BOTH))) continue;
        t->by[k] = assay_calloc(n * e->n_values, sizeof *t->by[k]);
        ok = t->by[k] != NULL;
    }
    return ok ? ASSAY_OK : no_memory(err);
}

static assay_status run_trial(assay_evaluation *e, const assay_eval_cell *cell, size_t index,
                              assay_error *err) {
    trial t = {.e = e, .cell = cell, .index = index};
    t.judged = assay_alloc(e->n_texts, sizeof *t.judged);
    t.votes = assay_alloc(assay_labels_n_votes(e->labels), sizeof *t.votes);
    t.text_of = assay_alloc(e->n_texts, sizeof *t.text_of);
    bool learns = cell->split != ASSAY_SPLIT_AS_IS && (cell->judges & ~(1u << ASSAY_JUDGE_MODEL));
    assay_status status =
        t.judged != NULL && t.votes != NULL && t.text_of != NULL ? ASSAY_OK : no_memory(err);
    if (status == ASSAY_OK)
        status = assay_eval_split_trial(e, cell, index, t.judged, learns ? t.votes : NULL, err);
    if (status == ASSAY_OK && learns) status = learn(&t, err);
    if (status == ASSAY_OK) status = take_gold(&t, err);
    for (size_t version = 0; version < ASSAY_EVAL_VERSIONS && status == ASSAY_OK; version++) {
        if (cell->versions & 1u << version) status = judge(&t, version, err);
    }
    end_trial(&t);
    return status;
}

/* How many judgements of a text there will be, for the line of progress. */
static assay_status count_texts(const assay_evaluation *e, size_t *n, assay_error *err) {
    bool *judged = assay_alloc(e->n_texts, sizeof *judged);
    assay_status status = judged != NULL ? ASSAY_OK : no_memory(err);
    *n = 0;
    for (size_t c = 0; c < e->n_cells && status == ASSAY_OK; c++) {
        size_t n_versions = 0;
        for (size_t v = 0; v < ASSAY_EVAL_VERSIONS; v++)
            n_versions += (e->cells[c].versions & 1u << v) != 0;
        for (size_t k = 0; k < e->cells[c].n_trials && status == ASSAY_OK; k++) {
            status = assay_eval_split_trial(e, &e->cells[c], k, judged, NULL, err);
            for (size_t i = 0; i < e->n_texts && status == ASSAY_OK; i++)
                *n += judged[i] ? n_versions : 0;
        }
    }
    free(judged);
    return status;
}

static assay_status run_all(assay_evaluation *e, assay_error *err) {
    size_t n;
    assay_status status = count_texts(e, &n, err);
    if (status != ASSAY_OK) return status;
    assay_progress_start(&e->progress, 0, n, e->options->judging.host.quiet);
    for (size_t c = 0; c < e->n_cells && status == ASSAY_OK; c++) {
        for (size_t k = 0; k < e->cells[c].n_trials && status == ASSAY_OK; k++)
            status = run_trial(e, &e->cells[c], k, err);
    }
    assay_progress_end(&e->progress);
    return status;
}

/* ---- the command ---- */

static assay_status print(const assay_evaluation *e, assay_error *err) {
    assay_buffer out = {0};
    assay_status status = ASSAY_OK;
    if (e->options->json)
        status = assay_eval_print_json(e, &out, err);
    else
        assay_eval_print_table(e, &out);
    if (status == ASSAY_OK && out.failed) status = no_memory(err);
    if (status == ASSAY_OK) fwrite(out.data, 1, out.len, stdout);
    assay_buffer_free(&out);
    return status;
}

assay_status assay_classify_eval(const assay_classify_options *o, assay_judging *judging,
                                 const assay_values *values, assay_error *err) {
    assay_evaluation e = {.options = o, .judging = judging, .values = values};
    e.host.options = o->judging.host;
    assay_status status = read_labels(&e, err);
    if (status == ASSAY_OK) status = assay_eval_plan(&e, err);
    if (status == ASSAY_OK && (assay_eval_judges(o) & ~(1u << ASSAY_JUDGE_RECOGNIZER)))
        status = assay_host_open_model(&e.host, err);
    if (status == ASSAY_OK) status = assay_eval_make_texts(&e, err);
    if (status == ASSAY_OK) status = run_all(&e, err);
    if (status == ASSAY_OK) status = assay_eval_make_rows(&e, err);
    if (status == ASSAY_OK) status = print(&e, err);
    assay_eval_free_texts(&e);
    for (size_t c = 0; c < e.n_cells; c++) free(e.cells[c].figures);
    free(e.cells);
    free(e.rows);
    free(e.usable);
    free(e.labelled);
    assay_labels_free(e.labels);
    assay_host_close(&e.host);
    return status;
}
