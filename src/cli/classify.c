/* assay classify: JSONL texts -> labels with probabilities, concepts and the nearest labelled examples; --eval measures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/classify.h"
#include "cli/cli.h"
#include "cli/label_files.h"
#include "format/json.h"

#define MAX_INPUT   ((size_t)1 << 30) /* bytes */
#define GROUP_TEXTS 64                /* judged and printed together */
#define MAX_SEEDS   100

static const char about[] =
    "Judges texts by a classifier of assay calibrate: for each value whether a text adheres to\n"
    "it, opposes it or is unrelated to it. Reads JSONL, {\"id\", \"scenario\", \"response\"} or\n"
    "{\"text\"} a line, from FILE or standard input; prints one JSON object a line. Where the\n"
    "calibrated confidence is below --min-confidence the label is \"abstained\".\n"
    "\n"
    "A line: {\"id\", \"values\": {ID: {\"label\", \"confidence\", \"p\", \"concepts\", "
    "\"nearest\"}}}.\n"
    "The label need not be the likeliest: thresholds decide, which are fitted to find rare\n"
    "labels, too. p holds the calibrated probability of each label, which no threshold moves;\n"
    "confidence is that of the one that is named, so it can be below one half, and below\n"
    "another's. Who wants the likeliest takes the largest p; with --min-confidence 0.5 nothing\n"
    "else is named.\n"
    "\n"
    "With --eval LABELS it measures instead, on labelled texts: accuracy, macro-F1, balanced\n"
    "accuracy, precision and recall of the labels, confusion and ECE, by value and over the\n"
    "values, with 95 % intervals and the majority baseline. With --classifier: that one, on the\n"
    "texts that it has not learnt from. Without: classifiers learnt from a part of the labels\n"
    "and tried on the rest: held out (30 % of the texts), the same texts perturbed (typos, case,\n"
    "a frame of words), and each source of texts by what was learnt from the others. A concept\n"
    "pool should not come from texts that are judged.\n"
    "\n"
    "--json prints one object. At its top is the first row of the table: judge, n (texts),\n"
    "n_pairs, n_abstained, n_trials, accuracy and macro_f1 (each with _ci and, of several seeds,\n"
    "_sd), balanced_accuracy, ece, majority_accuracy, majority_macro_f1, by_value {ID: the same,\n"
    "and precision, recall and f1 by label, confusion [label][judged]}, all (pairs together).\n"
    "Macro-F1 is over the labels that occur, so few texts flatter it, and its interval tells\n"
    "nothing of a label that does not occur, and too little of one with fewer than 10 texts.\n"
    "Counts are sums over the seeds, the rest means. splits and curve hold such rows, each with\n"
    "split, source, texts, judge and labels. n_seen counts the texts that the classifier learnt\n"
    "from. Also: values, labels_sha256, classifier, features, encoder, concepts, model,\n"
    "min_confidence, seed, note. With --list-splits trials holds the ids: {split, source,\n"
    "labels, seed, test: [ID], train: {VALUE: [ID]}}.\n";

typedef struct classifying {
    assay_classify_options options;
    assay_judging judging;
    size_t n_values;
    assay_judged_text texts[GROUP_TEXTS];
    cJSON *lines[GROUP_TEXTS]; /* own the texts' strings */
    char ids[GROUP_TEXTS][24]; /* of texts that have a number, or none: the line's */
    size_t n, line;
    assay_judgement *judgements; /* [GROUP_TEXTS, n_values] */
} classifying;

/* ---- printing ---- */

static void print_reasons(const classifying *c, const assay_judgement *j, assay_buffer *out) {
    assay_buffer_print(out, ",\"concepts\":[");
    for (int k = 0; k < j->n_concepts; k++) {
        const assay_concept *concept =
            assay_concepts_at(c->judging.concepts, j->concepts[k].concept_index);
        assay_buffer_print(out, "%s{\"text\":", k > 0 ? "," : "");
        assay_json_string(out, concept->text);
        assay_buffer_print(out, ",\"valence\":\"%s\",\"similarity\":%.6f}",
                           assay_valence_name(concept->valence), j->concepts[k].similarity);
    }
    assay_buffer_print(out, "],\"nearest\":[");
    for (int k = 0; k < j->n_nearest; k++) {
        const assay_judged_text *example =
            assay_classifier_example(c->judging.classifier, j->nearest[k].example);
        assay_buffer_print(out, "%s{\"id\":", k > 0 ? "," : "");
        assay_json_string(out, example->id);
        assay_buffer_print(out, ",\"label\":\"%s\",\"similarity\":%.6f}",
                           assay_valence_name((assay_valence)j->nearest[k].label),
                           j->nearest[k].similarity);
    }
    assay_buffer_print(out, "]}");
}

static void print_text(const classifying *c, size_t i, assay_buffer *out) {
    const assay_values *values = assay_classifier_values(c->judging.classifier);
    assay_buffer_print(out, "{\"id\":");
    assay_json_string(out, c->texts[i].id);
    assay_buffer_print(out, ",\"values\":{");
    for (size_t v = 0; v < c->n_values; v++) {
        const assay_judgement *j = &c->judgements[i * c->n_values + v];
        assay_buffer_print(out, "%s\"%s\":{\"label\":\"%s\",\"confidence\":%.6f,\"p\":{",
                           v > 0 ? "," : "", assay_values_at(values, v)->id,
                           j->abstained ? "abstained" : assay_valence_name((assay_valence)j->label),
                           j->confidence);
        for (int k = 0; k < 3; k++)
            assay_buffer_print(out, "%s\"%s\":%.6f", k > 0 ? "," : "",
                               assay_valence_name((assay_valence)(k - 1)), j->p[k]);
        assay_buffer_print(out, "}");
        print_reasons(c, j, out);
    }
    assay_buffer_print(out, "}}\n");
}

static void drop_group(classifying *c) {
    for (size_t i = 0; i < c->n; i++) cJSON_Delete(c->lines[i]);
    c->n = 0;
}

static assay_status judge_group(classifying *c, assay_error *err) {
    assay_buffer out = {0};
    if (c->n == 0) return ASSAY_OK;
    assay_status status = assay_judging_judge(&c->judging, c->texts, c->n,
                                              c->options.min_confidence, c->judgements, err);
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++) print_text(c, i, &out);
    if (out.failed) status = assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    if (status == ASSAY_OK) {
        fwrite(out.data, 1, out.len, stdout);
        fflush(stdout);
    }
    assay_buffer_free(&out);
    drop_group(c);
    return status;
}

/* ---- reading ---- */

/* A member that may be absent. */
static assay_status get_text(const cJSON *json, const char *key, const char *what, const char **out,
                             assay_error *err) {
    *out = "";
    return assay_json_has(json, key) ? assay_json_get_string(json, key, what, out, err) : ASSAY_OK;
}

static assay_status take_line(classifying *c, const char *line, size_t n, const char *what,
                              assay_error *err) {
    assay_judged_text *text = &c->texts[c->n];
    char *id = c->ids[c->n];
    assay_status status = assay_json_parse(line, n, what, &c->lines[c->n], err);
    if (status != ASSAY_OK) return status;
    const cJSON *json = c->lines[c->n++];
    if (!cJSON_IsObject(json)) return assay_fail(err, ASSAY_E_FORMAT, "%s: is no object", what);
    status = assay_json_get_name(json, "id", what, id, &text->id, err);
    if (status == ASSAY_OK) status = get_text(json, "scenario", what, &text->scenario, err);
    if (status == ASSAY_OK) status = get_text(json, "source", what, &text->source, err);
    if (status == ASSAY_OK)
        status = assay_json_get_string(json, assay_json_has(json, "text") ? "text" : "response",
                                       what, &text->response, err);
    if (text->id == NULL || text->id[0] == '\0') {
        snprintf(id, sizeof c->ids[0], "%zu", c->line);
        text->id = id;
    }
    return status;
}

static assay_status judge_lines(classifying *c, const char *name, const char *bytes, size_t n,
                                assay_error *err) {
    assay_status status = ASSAY_OK;
    assay_json_skip_mark(&bytes, &n);
    for (size_t at = 0; at < n && status == ASSAY_OK;) {
        const char *end = memchr(bytes + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - (bytes + at)) : n - at;
        char what[300];
        c->line++;
        snprintf(what, sizeof what, "%.200s:%zu", name, c->line);
        bool blank = true;
        for (size_t i = at; i < at + length; i++)
            blank = blank && (bytes[i] == ' ' || bytes[i] == '\t' || bytes[i] == '\r');
        if (!blank) status = take_line(c, bytes + at, length, what, err);
        if (status == ASSAY_OK && c->n == GROUP_TEXTS) status = judge_group(c, err);
        at += length + 1;
    }
    return status == ASSAY_OK ? judge_group(c, err) : status;
}

/* All of standard input. */
static assay_status read_input(assay_buffer *out, assay_error *err) {
    char chunk[65536];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0) {
        if (out->len + n > MAX_INPUT)
            return assay_fail(err, ASSAY_E_LIMIT, "standard input: more than %zu bytes", MAX_INPUT);
        assay_buffer_append(out, chunk, n);
    }
    if (ferror(stdin)) return assay_fail(err, ASSAY_E_IO, "standard input: cannot be read");
    return out->failed ? assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory") : ASSAY_OK;
}

/* ---- the command ---- */

/* The classifier brings its values; a file that is named has to be the same. */
static assay_status check_values(const classifying *c, assay_error *err) {
    const assay_classify_options *o = &c->options;
    assay_values *values = NULL;
    if (o->values == NULL) return ASSAY_OK;
    assay_status status = assay_cli_read_values(o->judging.host.program, o->values, &values, err);
    if (status != ASSAY_OK) return status;
    const assay_values *own = assay_classifier_values(c->judging.classifier);
    if (strcmp(assay_values_sha256(values), assay_values_sha256(own)) != 0)
        status =
            assay_fail(err, ASSAY_E_ARGUMENT,
                       "%.200s: the classifier was made for another version of the values %.60s",
                       o->values, assay_values_id(own));
    assay_values_free(values);
    return status;
}

static assay_status measure(classifying *c, assay_error *err) {
    const assay_classify_options *o = &c->options;
    assay_values *values = NULL; /* to learn */
    assay_status status = ASSAY_OK;
    c->judging.options = o->judging;
    if (o->judging.classifier == NULL)
        status = assay_cli_read_values(o->judging.host.program,
                                       o->values != NULL ? o->values : "schwartz-10", &values, err);
    if (status == ASSAY_OK) status = assay_judging_open(&c->judging, values, err);
    if (status == ASSAY_OK && values == NULL) status = check_values(c, err);
    assay_host_catch_interrupt();
    if (status == ASSAY_OK)
        status = assay_classify_eval(
            o, &c->judging,
            values != NULL ? values : assay_classifier_values(c->judging.classifier), err);
    assay_values_free(values);
    return status;
}

static assay_status classify(classifying *c, assay_error *err) {
    const assay_classify_options *o = &c->options;
    assay_buffer input = {0};
    uint8_t *bytes = NULL;
    size_t n = 0;
    assay_status status = assay_eval_check(o, err);
    if (status != ASSAY_OK) return status;
    if (o->n_eval > 0) return measure(c, err);
    if (o->judging.classifier == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "classify: which classifier? --classifier C");
    c->judging.options = o->judging;
    c->judging.options.host.quiet = true; /* what it prints is the progress */
    status = assay_judging_open(&c->judging, NULL, err);
    if (status == ASSAY_OK) status = check_values(c, err);
    if (status != ASSAY_OK) return status;
    c->n_values = assay_values_count(assay_classifier_values(c->judging.classifier));
    c->judgements = assay_calloc(GROUP_TEXTS * c->n_values, sizeof *c->judgements);
    if (c->judgements == NULL) return assay_fail(err, ASSAY_E_MEMORY, "classify: out of memory");
    assay_host_catch_interrupt();
    if (o->input != NULL) {
        status = assay_os_read_file(o->input, MAX_INPUT, &bytes, &n, err);
        if (status == ASSAY_OK) status = judge_lines(c, o->input, (const char *)bytes, n, err);
    } else {
        status = read_input(&input, err);
        if (status == ASSAY_OK && input.len > 0)
            status = judge_lines(c, "standard input", input.data, input.len, err);
    }
    free(bytes);
    assay_buffer_free(&input);
    return status;
}

static bool parse(assay_classify_options *o, int argc, char **argv, int *code) {
    assay_host_options *h = &o->judging.host;
    const assay_arg args[] = {
        {.name = "--classifier",
         .value = "C",
         .help = "of assay calibrate",
         .text = &o->judging.classifier},
        {.name = "--values",
         .value = "V",
         .help = "value system: the classifier's own, or what --eval learns [schwartz-10]",
         .text = &o->values},
        {.name = "--min-confidence",
         .value = "X",
         .help = "abstain below this calibrated confidence, 0 to 1 [0]",
         .number = &o->min_confidence,
         .least = 0,
         .most = 1},
        {.name = "--concepts",
         .value = "FILE",
         .help = "concept pool to explain by, or to learn with [none]",
         .text = &o->judging.concepts},
        ASSAY_EMBEDDER_ARGS(&o->judging),
        {.name = "--eval",
         .value = "LABELS",
         .help = "measure on labelled texts; again for more files",
         .list = o->eval,
         .n_list = &o->n_eval,
         .list_max = ASSAY_CLASSIFY_MAX_FILES},
        {.name = "--format",
         .value = "F",
         .help = "of the label files: jsonl, csv, label-studio, doccano, ... [by their ending]",
         .text = &o->format},
        {.name = "--splits",
         .value = "LIST",
         .help = "as-is+perturbed [without an encoder; as-is with one]; or "
                 "held-out+perturbed+other-source [all]",
         .text = &o->splits},
        {.name = "--judge",
         .value = "J",
         .help = "recognizer, model (a language model is asked), both together, or all to compare "
                 "[recognizer]",
         .text = &o->judge},
        {.name = "--model",
         .value = "M",
         .help = "language model that is asked: GGUF, or an id of assay model list [assay-mini]",
         .text = &h->model},
        {.name = "--limit",
         .value = "N",
         .help = "judge N texts of each split, drawn by the seed [all]",
         .integer = &o->limit,
         .low = 1,
         .high = INT32_MAX},
        {.name = "--include-seen",
         .help = "measure the classifier also on texts that it learnt from",
         .flag = &o->include_seen},
        {.name = "--labels",
         .value = "N",
         .help = "learn from N labels of each value, stratified [all]",
         .integer = &o->labels,
         .low = 1,
         .high = INT32_MAX},
        {.name = "--seeds",
         .value = "N",
         .help = "splits that are tried [5]",
         .integer = &o->seeds,
         .low = 1,
         .high = MAX_SEEDS},
        {.name = "--seed",
         .value = "N",
         .help = "the first of them; also of folds, bootstrap and perturbations [46]",
         .integer = &o->seed,
         .low = 0,
         .high = INT32_MAX},
        {.name = "--features",
         .value = "LIST",
         .help = "that are learnt from, as of assay calibrate [cross-validation chooses]",
         .text = &o->features},
        {.name = "--curve",
         .help = "learning curve: 10, 25, 50 and 100 labels a value, 10 seeds each",
         .flag = &o->curve},
        {.name = "--json", .help = "print one JSON object", .flag = &o->json},
        {.name = "--list-splits",
         .help = "with the ids of what was learnt from and judged",
         .flag = &o->list_splits},
        ASSAY_HOST_ENGINE_ARGS(h),
    };
    const assay_usage usage = {.command = "classify",
                               .synopsis = "assay classify --classifier C [options] [FILE]\n"
                                           "       assay classify --eval LABELS [--classifier C] "
                                           "[options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = &o->input,
                               .min_words = 0,
                               .max_words = 1,
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_classify(int argc, char **argv) {
    classifying *c = calloc(1, sizeof *c);
    assay_error err = {0};
    int code;
    if (c == NULL) return ASSAY_EXIT_INPUT;
    c->options.judging.host.program = argv[0];
    c->options.seed = 46;
    if (!parse(&c->options, argc, argv, &code)) {
        free(c);
        return code;
    }
    code = classify(c, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
    drop_group(c);
    free(c->judgements);
    assay_judging_close(&c->judging);
    free(c);
    return code;
}
