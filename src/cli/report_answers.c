/* The answers of a run: listed, and judged for the values they hold. */
#include "cli/report.h"

#include <stdlib.h>
#include <string.h>

#include "assay_judge.h"

#define SEED 46 /* of the bootstrap */

typedef struct judging {
    const assay_answers_options *options;
    assay_answer *answers;
    size_t n;
    assay_judging judging;
    const assay_values *values; /* NULL: nothing is judged */
    size_t n_values;
    assay_judgement *judged;                       /* [n, n_values] */
    assay_profile_value profile[ASSAY_MAX_VALUES]; /* [n_values] */
} judging;

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "report: out of memory");
}

/* ---- judging ---- */

static assay_status judge_all(judging *j, assay_error *err) {
    assay_judged_text *texts = assay_calloc(j->n, sizeof *texts);
    size_t n_judged = 0;
    bool fits = assay_size_mul(j->n, j->n_values, &n_judged);
    j->judged = fits ? assay_alloc(n_judged, sizeof *j->judged) : NULL;
    assay_status status = texts != NULL && j->judged != NULL ? ASSAY_OK : out_of_memory(err);
    for (size_t i = 0; i < j->n && status == ASSAY_OK; i++) {
        const assay_answer *a = &j->answers[i];
        texts[i] = (assay_judged_text){a->id, a->question, a->text, ""};
    }
    if (status == ASSAY_OK && j->n > 0)
        status = assay_judging_judge(&j->judging, texts, j->n, j->options->min_confidence,
                                     j->judged, err);
    free(texts);
    return status;
}

static assay_status make_profile(judging *j, assay_error *err) {
    uint32_t *clusters = assay_alloc(j->n, sizeof *clusters);
    if (clusters == NULL) return out_of_memory(err);
    for (size_t i = 0; i < j->n; i++) clusters[i] = j->answers[i].cluster;
    assay_status status =
        assay_value_profile(j->judged, j->n, j->n_values, clusters, SEED, j->profile, err);
    free(clusters);
    return status;
}

static assay_status judge(judging *j, assay_error *err) {
    j->judging.options = j->options->judging;
    if (j->options->judging.classifier == NULL) return ASSAY_OK;
    assay_status status = assay_judging_open(&j->judging, NULL, err);
    if (status != ASSAY_OK) return status;
    j->values = assay_classifier_values(j->judging.classifier);
    j->n_values = assay_values_count(j->values);
    status = judge_all(j, err);
    return status == ASSAY_OK ? make_profile(j, err) : status;
}

/* ---- JSON ---- */

static const char *word(bool b) {
    return b ? "true" : "false";
}

/* Of the values that an answer has to do with, as far as the judge knows. */
static void print_labels(const judging *j, size_t i, assay_buffer *out) {
    bool any = false;
    for (size_t v = 0; v < j->n_values; v++) {
        const assay_judgement *judged = &j->judged[i * j->n_values + v];
        if (judged->abstained || judged->label == ASSAY_UNRELATED) continue;
        assay_buffer_print(out, "%s\"%s\":\"%s\"", any ? "," : "",
                           assay_values_at(j->values, v)->id,
                           assay_valence_name((assay_valence)judged->label));
        any = true;
    }
}

static void print_answers(const judging *j, assay_buffer *out) {
    assay_buffer_append(out, "[", 1);
    for (size_t i = 0; i < j->n; i++) {
        const assay_answer *a = &j->answers[i];
        assay_buffer_print(out, "%s{\"id\":", i > 0 ? "," : "");
        assay_json_string(out, a->id);
        assay_buffer_print(out, ",\"question\":");
        assay_json_string(out, a->question);
        assay_buffer_print(out, ",\"text\":");
        assay_json_string(out, a->text);
        assay_buffer_print(out, ",\"free_text\":%s", word(a->free_text));
        if (j->values != NULL) {
            assay_buffer_print(out, ",\"values\":{");
            print_labels(j, i, out);
            assay_buffer_append(out, "}", 1);
        }
        assay_buffer_append(out, "}", 1);
    }
    assay_buffer_append(out, "]", 1);
}

static void print_value(const assay_profile_value *p, const char *name, assay_buffer *out) {
    assay_buffer_print(out, "{\"name\":");
    assay_json_string(out, name);
    assay_buffer_print(out, ",\"n\":%zu,\"abstained\":%zu", p->n, p->n_abstained);
    for (int k = 2; k >= 0; k--) {
        assay_buffer_print(out, ",\"%s\":{\"n\":%zu,\"share\":",
                           assay_valence_name((assay_valence)(k - 1)), p->count[k]);
        assay_json_number(out, p->share[k]);
        assay_buffer_print(out, ",\"ci\":[");
        assay_json_number(out, p->low[k]);
        assay_buffer_append(out, ",", 1);
        assay_json_number(out, p->high[k]);
        assay_buffer_print(out, "],\"expected\":");
        assay_json_number(out, p->expected[k]);
        assay_buffer_append(out, "}", 1);
    }
    assay_buffer_append(out, "}", 1);
}

static void print_values(const judging *j, assay_buffer *out) {
    const assay_concepts *concepts = j->judging.concepts;
    assay_buffer_print(out, "{\"classifier\":\"%s\",\"system\":{\"id\":",
                       assay_classifier_sha256(j->judging.classifier));
    assay_json_string(out, assay_values_id(j->values));
    assay_buffer_print(out, ",\"name\":");
    assay_json_string(out, assay_values_name(j->values));
    assay_buffer_print(out, ",\"sha256\":\"%s\"},\"concepts\":", assay_values_sha256(j->values));
    assay_json_string(out, concepts != NULL ? assay_concepts_sha256(concepts) : NULL);
    assay_buffer_print(out, ",\"min_confidence\":");
    assay_json_number(out, j->options->min_confidence);
    assay_buffer_print(out, ",\"free_text\":%s,\"n\":%zu,\"by_value\":{",
                       word(j->n > 0 && j->answers[0].free_text), j->n);
    for (size_t v = 0; v < j->n_values; v++) {
        const assay_value *value = assay_values_at(j->values, v);
        assay_buffer_print(out, "%s\"%s\":", v > 0 ? "," : "", value->id);
        print_value(&j->profile[v], value->name, out);
    }
    assay_buffer_print(out, "}}");
}

static assay_status add(cJSON *report, const char *key, assay_buffer *text, assay_error *err) {
    cJSON *item = NULL;
    assay_status status = ASSAY_OK;
    if (text->failed) return out_of_memory(err);
    status = assay_json_parse(text->data, text->len, "report", &item, err);
    if (status == ASSAY_OK && !cJSON_AddItemToObject(report, key, item)) {
        cJSON_Delete(item);
        status = out_of_memory(err);
    }
    return status;
}

static assay_status add_all(const judging *j, cJSON *report, assay_error *err) {
    assay_buffer text = {0};
    assay_status status = ASSAY_OK;
    if (j->options->list) {
        print_answers(j, &text);
        status = add(report, "answers", &text, err);
        assay_buffer_free(&text);
    }
    if (status == ASSAY_OK && j->values != NULL) {
        print_values(j, &text);
        status = add(report, "values", &text, err);
        assay_buffer_free(&text);
    }
    return status;
}

assay_status assay_report_add_answers(const assay_dataset *dataset, const char *record, size_t n,
                                      const assay_answers_options *options, cJSON *report,
                                      assay_error *err) {
    judging *j = assay_calloc(1, sizeof *j);
    if (j == NULL) return out_of_memory(err);
    j->options = options;
    assay_status status = assay_record_answers(dataset, record, n, &j->answers, &j->n, err);
    if (status == ASSAY_OK) status = judge(j, err);
    if (status == ASSAY_OK) status = add_all(j, report, err);
    free(j->judged);
    assay_answers_free(j->answers, j->n);
    assay_judging_close(&j->judging);
    free(j);
    return status;
}
