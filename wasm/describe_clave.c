/* Values, labels and classifiers as JSON: the members are named as web/js/engine/judging-protocol.js names them. */
#include <stdlib.h>

#include "describe.h"
#include "format/json.h"

#define ALPHA_SEED 46 /* of the bootstrap, as assay agree takes it */

static void number(assay_buffer *out, const char *key, double x) {
    assay_buffer_print(out, "\"%s\":", key);
    assay_json_number(out, x);
    assay_buffer_append(out, ",", 1);
}

static void counts(assay_buffer *out, const size_t n[3]) {
    assay_buffer_print(out, "\"counts\":[%zu,%zu,%zu],", n[0], n[1], n[2]);
}

/* An array of n numbers; null where the first is none. */
static void numbers(assay_buffer *out, const char *key, const double *x, size_t n) {
    bool known = x[0] - x[0] == 0; /* false for NAN */
    assay_buffer_print(out, "\"%s\":%s", key, known ? "[" : "null,");
    for (size_t i = 0; i < n && known; i++) {
        assay_json_number(out, x[i]);
        assay_buffer_append(out, i + 1 < n ? "," : "]", 1);
    }
    if (known) assay_buffer_append(out, ",", 1);
}

/* Ends an object or array: a comma behind the last member gives way. */
static void end(assay_buffer *out, const char *close) {
    if (!out->failed && out->len > 0 && out->data[out->len - 1] == ',') out->len--;
    assay_buffer_append(out, close, 1);
}

/* ---- value systems ---- */

static void describe_value(assay_buffer *out, const assay_value *value) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "id", value->id);
    describe_member(out, "name", value->name);
    describe_member(out, "definition", value->definition);
    describe_member(out, "source", value->source);
    assay_buffer_print(out, "\"concepts\":[");
    for (size_t i = 0; i < value->n_concepts; i++) {
        assay_json_string(out, value->concepts[i]);
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
}

void describe_values(assay_buffer *out, const assay_values *values) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "id", assay_values_id(values));
    describe_member(out, "name", assay_values_name(values));
    describe_member(out, "source", assay_values_source(values));
    describe_member(out, "sha256", assay_values_sha256(values));
    describe_member(out, "json", assay_values_json(values));
    assay_buffer_print(out, "\"values\":[");
    for (size_t v = 0; v < assay_values_count(values); v++) {
        describe_value(out, assay_values_at(values, v));
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
}

/* ---- labels ---- */

typedef struct label_counts { /* of one value */
    size_t pairs[3], skips;   /* pairs by the label that most people gave; ties: none */
} label_counts;

static assay_status count_labels(const assay_labels *labels, size_t n_values, label_counts *out,
                                 assay_error *err) {
    assay_soft_label *soft = NULL;
    size_t n = 0;
    assay_status status =
        assay_labels_aggregate(labels, n_values, ASSAY_MAJORITY, 0, &soft, &n, NULL, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        const double *p = soft[i].p;
        for (size_t k = 0; k < 3; k++) {
            if (p[k] > p[(k + 1) % 3] && p[k] > p[(k + 2) % 3]) out[soft[i].value].pairs[k]++;
        }
    }
    for (size_t i = 0; i < assay_labels_n_votes(labels); i++) {
        const assay_vote *vote = assay_labels_vote(labels, i);
        if (vote->skip) out[vote->value].skips++;
    }
    free(soft);
    return status;
}

static void describe_agreement(assay_buffer *out, const assay_agreement *a) {
    assay_buffer_print(out, "\"nItems\":%zu,", a->n_items);
    number(out, "raw", a->raw);
    number(out, "alpha", a->alpha_nominal);
    numbers(out, "alphaInterval", (const double[]){a->alpha_low, a->alpha_high}, 2);
    number(out, "ac1", a->ac1);
    describe_member(out, "undefinedBecause", a->undefined != NULL ? a->undefined : "");
}

assay_status describe_labels(assay_buffer *out, const assay_labels *labels,
                             const assay_values *values, assay_error *err) {
    size_t n_values = assay_values_count(values);
    label_counts *found = assay_calloc(n_values, sizeof *found);
    if (found == NULL) return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    assay_status status = count_labels(labels, n_values, found, err);
    assay_buffer_append(out, "{", 1);
    describe_member(out, "sha256", assay_labels_sha256(labels));
    assay_buffer_print(out, "\"nTexts\":%zu,\"nVotes\":%zu,\"annotators\":[",
                       assay_labels_n_texts(labels), assay_labels_n_votes(labels));
    for (size_t i = 0; i < assay_labels_n_annotators(labels); i++) {
        assay_json_string(out, assay_labels_annotator(labels, i));
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_print(out, ",\"byValue\":[");
    for (size_t v = 0; v < n_values && status == ASSAY_OK; v++) {
        assay_agreement agreement = {0};
        status = assay_labels_agreement(labels, (int)v, ALPHA_SEED, &agreement, err);
        assay_buffer_append(out, "{", 1);
        describe_member(out, "id", assay_values_at(values, v)->id);
        counts(out, found[v].pairs);
        assay_buffer_print(out, "\"skips\":%zu,", found[v].skips);
        describe_agreement(out, &agreement);
        end(out, "}");
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
    free(found);
    return status;
}

void describe_text(assay_buffer *out, const assay_judged_text *text) {
    assay_buffer_append(out, "{", 1);
    describe_member(out, "id", text->id);
    describe_member(out, "scenario", text->scenario);
    describe_member(out, "response", text->response);
    end(out, "}");
}

void describe_texts(assay_buffer *out, const assay_labels *labels) {
    assay_buffer_append(out, "[", 1);
    for (size_t i = 0; i < assay_labels_n_texts(labels); i++) {
        describe_text(out, assay_labels_text(labels, i));
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
}

/* ---- concepts, classifiers, judgements ---- */

void describe_concepts(assay_buffer *out, const assay_concepts *concepts) {
    const assay_concept_encoder *encoder = assay_concepts_encoder(concepts);
    assay_buffer_append(out, "{", 1);
    describe_member(out, "sha256", assay_concepts_sha256(concepts));
    describe_member(out, "encoder", encoder != NULL ? encoder->name : "");
    assay_buffer_print(out, "\"concepts\":[");
    for (size_t i = 0; i < assay_concepts_count(concepts); i++) {
        const assay_concept *concept = assay_concepts_at(concepts, i);
        assay_buffer_append(out, "{", 1);
        describe_member(out, "text", concept->text);
        assay_buffer_print(out, "\"valence\":%d},", (int)concept->valence);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
}

void describe_classifier(assay_buffer *out, const assay_classifier *classifier) {
    const assay_classifier_summary *summary = assay_classifier_get_summary(classifier);
    const assay_values *values = assay_classifier_values(classifier);
    const char *encoder = assay_classifier_encoder(classifier);
    const char *concepts = assay_classifier_concepts(classifier);
    assay_buffer_append(out, "{", 1);
    describe_member(out, "sha256", assay_classifier_sha256(classifier));
    assay_buffer_print(out, "\"values\":");
    describe_values(out, values);
    assay_buffer_append(out, ",", 1);
    describe_member(out, "features", summary->features);
    describe_member(out, "encoder", encoder != NULL ? encoder : "");
    describe_member(out, "concepts", concepts != NULL ? concepts : "");
    assay_buffer_print(out, "\"views\":%u,", assay_classifier_views(classifier));
    number(out, "accuracy", summary->accuracy);
    number(out, "macroF1", summary->macro_f1);
    assay_buffer_print(out, "\"nExamples\":%zu,\"byValue\":[",
                       assay_classifier_n_examples(classifier));
    for (size_t v = 0; v < assay_values_count(values); v++) {
        const assay_classifier_value *value = &summary->values[v];
        assay_buffer_append(out, "{", 1);
        describe_member(out, "id", assay_values_at(values, v)->id);
        counts(out, value->count);
        number(out, "accuracy", value->accuracy);
        number(out, "macroF1", value->macro_f1);
        describe_member(out, "note", value->note != NULL ? value->note : "");
        end(out, "}");
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
}

void describe_judgements(const assay_judgement *judgements, size_t n, double *out) {
    for (size_t i = 0; i < n; i++) {
        const assay_judgement *j = &judgements[i];
        double *row = out + i * ASSAY_JUDGEMENT_NUMBERS;
        *row++ = j->label;
        *row++ = j->abstained;
        for (int k = 0; k < 3; k++) *row++ = j->p[k];
        *row++ = j->confidence;
        *row++ = j->n_concepts;
        for (int k = 0; k < ASSAY_MAX_NEAREST; k++) {
            *row++ = j->concepts[k].concept_index;
            *row++ = j->concepts[k].similarity;
        }
        *row++ = j->n_nearest;
        for (int k = 0; k < ASSAY_MAX_NEAREST; k++) {
            *row++ = j->nearest[k].example;
            *row++ = j->nearest[k].label;
            *row++ = j->nearest[k].similarity;
        }
    }
}

/* ---- figures ---- */

void describe_figures(assay_buffer *out, const assay_values *values,
                      const assay_judge_figures *figures) {
    assay_buffer_print(out, "{\"nTexts\":%zu,", figures->n_texts);
    number(out, "accuracy", figures->accuracy);
    number(out, "macroF1", figures->macro_f1);
    assay_buffer_print(out, "\"byValue\":[");
    for (size_t v = 0; v < assay_values_count(values); v++) {
        const assay_valence_figures *f = &figures->values[v];
        if (f->n == 0) continue;
        assay_buffer_append(out, "{", 1);
        describe_member(out, "id", assay_values_at(values, v)->id);
        assay_buffer_print(out, "\"n\":%zu,", f->n);
        number(out, "accuracy", f->accuracy);
        number(out, "macroF1", f->macro_f1);
        numbers(out, "accuracyInterval", f->accuracy_ci, 2);
        numbers(out, "macroF1Interval", f->macro_f1_ci, 2);
        number(out, "majorityMacroF1", f->majority_macro_f1);
        end(out, "}");
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
    assay_buffer_append(out, "}", 1);
}

void describe_answers(assay_buffer *out, const assay_answer *answers, size_t n) {
    assay_buffer_append(out, "[", 1);
    for (size_t i = 0; i < n; i++) {
        assay_buffer_append(out, "{", 1);
        describe_member(out, "id", answers[i].id);
        describe_member(out, "question", answers[i].question);
        describe_member(out, "text", answers[i].text);
        assay_buffer_print(out, "\"freeText\":%s,\"cluster\":%u},",
                           answers[i].free_text ? "true" : "false", (unsigned)answers[i].cluster);
    }
    end(out, "]");
}

void describe_profile(assay_buffer *out, const assay_values *values,
                      const assay_profile_value *profile) {
    assay_buffer_append(out, "[", 1);
    for (size_t v = 0; v < assay_values_count(values); v++) {
        const assay_profile_value *p = &profile[v];
        assay_buffer_append(out, "{", 1);
        describe_member(out, "id", assay_values_at(values, v)->id);
        assay_buffer_print(out, "\"n\":%zu,\"nAbstained\":%zu,", p->n, p->n_abstained);
        counts(out, p->count);
        numbers(out, "shares", p->share, 3);
        numbers(out, "low", p->low, 3);
        numbers(out, "high", p->high, 3);
        numbers(out, "expected", p->expected, 3);
        end(out, "}");
        assay_buffer_append(out, ",", 1);
    }
    end(out, "]");
}
