/* What --eval measured, as one JSON object: the main row at the top, then every row. */
#include <stdlib.h>

#include "cli/classify.h"
#include "format/json.h"

static void put_number(assay_buffer *out, const char *key, double x) {
    assay_buffer_print(out, ",\"%s\":", key);
    assay_json_number(out, x);
}

static void put_string(assay_buffer *out, const char *key, const char *text) {
    assay_buffer_print(out, ",\"%s\":", key);
    assay_json_string(out, text);
}

static void put_interval(assay_buffer *out, const char *key, const double ends[2]) {
    assay_buffer_print(out, ",\"%s\":[", key);
    assay_json_number(out, ends[0]);
    assay_buffer_print(out, ",");
    assay_json_number(out, ends[1]);
    assay_buffer_print(out, "]");
}

/* {"opposes": x, "unrelated": y, "adheres": z} */
static void put_labels(assay_buffer *out, const char *key, const double x[3]) {
    assay_buffer_print(out, ",\"%s\":{", key);
    for (int k = 0; k < 3; k++) {
        assay_buffer_print(out, "%s\"%s\":", k > 0 ? "," : "",
                           assay_valence_name((assay_valence)(k - 1)));
        assay_json_number(out, x[k]);
    }
    assay_buffer_print(out, "}");
}

/* Of one value, or of all pairs together; an object. */
static void put_valence(assay_buffer *out, const assay_valence_figures *f) {
    assay_buffer_print(out, "{\"n\":%zu,\"n_abstained\":%zu", f->n, f->n_abstained);
    put_number(out, "accuracy", f->accuracy);
    put_interval(out, "accuracy_ci", f->accuracy_ci);
    put_number(out, "macro_f1", f->macro_f1);
    put_interval(out, "macro_f1_ci", f->macro_f1_ci);
    put_number(out, "balanced_accuracy", f->balanced_accuracy);
    put_number(out, "ece", f->ece);
    put_number(out, "majority_accuracy", f->majority_accuracy);
    put_number(out, "majority_macro_f1", f->majority_macro_f1);
    put_labels(out, "precision", f->precision);
    put_labels(out, "recall", f->recall);
    put_labels(out, "f1", f->f1);
    assay_buffer_print(out, ",\"confusion\":[");
    for (int k = 0; k < 3; k++)
        assay_buffer_print(out, "%s[%zu,%zu,%zu]", k > 0 ? "," : "", f->confusion[k][0],
                           f->confusion[k][1], f->confusion[k][2]);
    assay_buffer_print(out, "]}");
}

/* Members of a row's figures, each behind a comma. */
static void put_figures(assay_buffer *out, const assay_evaluation *e, const assay_eval_row *row) {
    const assay_judge_figures *f = &row->mean;
    assay_buffer_print(out, ",\"n\":%zu,\"n_pairs\":%zu,\"n_abstained\":%zu,\"n_trials\":%zu",
                       f->n_texts, f->n_pairs, f->all.n_abstained, row->n_trials);
    put_number(out, "accuracy", f->accuracy);
    put_interval(out, "accuracy_ci", f->accuracy_ci);
    put_number(out, "accuracy_sd", row->accuracy_sd);
    put_number(out, "macro_f1", f->macro_f1);
    put_interval(out, "macro_f1_ci", f->macro_f1_ci);
    put_number(out, "macro_f1_sd", row->macro_f1_sd);
    put_number(out, "balanced_accuracy", f->balanced_accuracy);
    put_number(out, "ece", f->ece);
    put_number(out, "majority_accuracy", f->majority_accuracy);
    put_number(out, "majority_macro_f1", f->majority_macro_f1);
    assay_buffer_print(out, ",\"by_value\":{");
    for (size_t v = 0; v < e->n_values; v++) {
        assay_buffer_print(out, "%s\"%s\":", v > 0 ? "," : "", assay_values_at(e->values, v)->id);
        put_valence(out, &f->values[v]);
    }
    assay_buffer_print(out, "},\"all\":");
    put_valence(out, &f->all);
}

static void put_row(assay_buffer *out, const assay_evaluation *e, const assay_eval_row *row) {
    const assay_eval_cell *cell = row->cell;
    assay_buffer_print(out, "{\"split\":\"%s\"", assay_eval_split_name(cell->split));
    put_string(out, "source", row->sources ? NULL : cell->source);
    put_string(out, "texts", assay_eval_version_name(row->version));
    put_string(out, "judge", assay_eval_judge_names[row->judge]);
    if (cell->n_labels > 0)
        assay_buffer_print(out, ",\"labels\":%zu", cell->n_labels);
    else
        assay_buffer_print(out, ",\"labels\":null");
    put_figures(out, e, row);
    assay_buffer_print(out, "}");
}

/* Rows of the learning curve, or the others. */
static void put_rows(assay_buffer *out, const assay_evaluation *e, const char *key, bool curve) {
    bool first = true;
    assay_buffer_print(out, ",\"%s\":[", key);
    for (size_t r = 0; r < e->n_rows; r++) {
        if ((e->rows[r].cell->split == ASSAY_SPLIT_CURVE) != curve) continue;
        if (!first) assay_buffer_print(out, ",");
        put_row(out, e, &e->rows[r]);
        first = false;
    }
    assay_buffer_print(out, "]");
}

static void put_origin(assay_buffer *out, const assay_evaluation *e) {
    const assay_classify_options *o = e->options;
    const assay_classifier *c = e->judging->classifier;
    assay_buffer_print(out, "{\"values\":");
    assay_json_string(out, assay_values_id(e->values));
    put_string(out, "values_sha256", assay_values_sha256(e->values));
    put_string(out, "labels_sha256", assay_labels_sha256(e->labels));
    put_string(out, "classifier", c != NULL ? assay_classifier_sha256(c) : NULL);
    put_string(out, "features",
               c != NULL ? assay_classifier_get_summary(c)->features : o->features);
    put_string(out, "encoder",
               e->judging->encoder.embedder.dim > 0 ? e->judging->encoder.embedder.name : NULL);
    put_string(out, "concepts",
               e->judging->concepts != NULL ? assay_concepts_sha256(e->judging->concepts) : NULL);
    put_string(out, "model",
               e->host.model != NULL ? assay_model_get_info(e->host.model)->name : NULL);
    put_string(out, "model_sha256",
               e->host.model != NULL ? assay_model_get_info(e->host.model)->text_sha256 : NULL);
    put_number(out, "min_confidence", o->min_confidence);
    assay_buffer_print(out, ",\"seed\":%lld,\"n_seen\":%zu", (long long)o->seed, e->n_seen);
    put_string(out, "note", e->note);
}

/* ---- the splits ---- */

static void put_ids(assay_buffer *out, const assay_evaluation *e, const bool *texts) {
    bool first = true;
    assay_buffer_print(out, "[");
    for (size_t i = 0; i < e->n_texts; i++) {
        if (!texts[i]) continue;
        if (!first) assay_buffer_print(out, ",");
        assay_json_string(out, assay_labels_text(e->labels, i)->id);
        first = false;
    }
    assay_buffer_print(out, "]");
}

/* texts [n_texts] is scratch. */
static void put_trial(assay_buffer *out, const assay_evaluation *e, const assay_eval_cell *cell,
                      size_t trial, const bool *judged, const bool *votes, bool *texts) {
    assay_buffer_print(out, "{\"split\":\"%s\"", assay_eval_split_name(cell->split));
    put_string(out, "source", cell->source);
    assay_buffer_print(out, ",\"labels\":%zu,\"seed\":%llu,\"test\":", cell->n_labels,
                       (unsigned long long)assay_eval_seed(e, trial));
    put_ids(out, e, judged);
    assay_buffer_print(out, ",\"train\":{");
    for (size_t v = 0; v < e->n_values; v++) {
        for (size_t i = 0; i < e->n_texts; i++) texts[i] = false;
        for (size_t i = 0; i < assay_labels_n_votes(e->labels); i++) {
            const assay_vote *vote = assay_labels_vote(e->labels, i);
            if (votes[i] && vote->value == v) texts[vote->text] = true;
        }
        assay_buffer_print(out, "%s\"%s\":", v > 0 ? "," : "", assay_values_at(e->values, v)->id);
        put_ids(out, e, texts);
    }
    assay_buffer_print(out, "}}");
}

static assay_status put_trials(assay_buffer *out, const assay_evaluation *e, assay_error *err) {
    size_t n_votes = assay_labels_n_votes(e->labels);
    bool *judged = assay_alloc(e->n_texts, sizeof *judged);
    bool *texts = assay_alloc(e->n_texts, sizeof *texts);
    bool *votes = assay_alloc(n_votes, sizeof *votes);
    bool ok = judged != NULL && texts != NULL && votes != NULL, first = true;
    assay_status status =
        ok ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    assay_buffer_print(out, ",\"trials\":[");
    for (size_t c = 0; c < e->n_cells && status == ASSAY_OK; c++) {
        for (size_t k = 0; k < e->cells[c].n_trials && status == ASSAY_OK; k++) {
            for (size_t i = 0; i < n_votes; i++) votes[i] = false;
            status =
                assay_eval_split_trial(e, &e->cells[c], k, judged,
                                       e->cells[c].split == ASSAY_SPLIT_AS_IS ? NULL : votes, err);
            if (status != ASSAY_OK) break;
            if (!first) assay_buffer_print(out, ",");
            put_trial(out, e, &e->cells[c], k, judged, votes, texts);
            first = false;
        }
    }
    assay_buffer_print(out, "]");
    free(judged);
    free(texts);
    free(votes);
    return status;
}

assay_status assay_eval_print_json(const assay_evaluation *e, assay_buffer *out, assay_error *err) {
    assay_status status = ASSAY_OK;
    put_origin(out, e);
    put_string(out, "judge", assay_eval_judge_names[e->rows[0].judge]);
    put_figures(out, e, &e->rows[0]);
    put_rows(out, e, "splits", false);
    put_rows(out, e, "curve", true);
    if (e->options->list_splits) status = put_trials(out, e, err);
    assay_buffer_print(out, "}\n");
    return status;
}
