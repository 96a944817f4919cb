/* assay agree: how far annotators agree, by value and overall; one soft label from several votes. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_clave.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/label_files.h"
#include "format/json.h"

#define MAX_FILES 256

static const char about[] =
    "Agreement of the annotators of label files, by value and over all: share of agreeing pairs of "
    "votes, Cohen's kappa\n"
    "(mean over pairs of annotators), Fleiss' kappa, Krippendorff's alpha (nominal with a 95 % "
    "bootstrap interval, and ordinal)\n"
    "and Gwet's AC1. Labels are skewed: read alpha and AC1 together. Files are merged; order and "
    "repetitions do not matter.\n";

static const char *const methods[] = {"majority", "dawid-skene", "one-coin", "mace"};

typedef struct agree_options {
    const char *program, *files[MAX_FILES], *values, *format, *gold, *aggregate, *out;
    size_t n_files;
    int64_t seed;
    bool json, force;
} agree_options;

typedef struct agreeing { /* all that belongs to one run of the command */
    agree_options options;
    assay_aggregation method;
    assay_values *values;
    assay_labels *labels, *gold;
    assay_agreement *figures; /* [n_values + 1], the last of all */
    assay_soft_label *soft;   /* with a method */
    size_t n_soft;
    double *accuracy;          /* [n_annotators] with a method */
    assay_gold_score *on_gold; /* [n_annotators] with --gold */
    size_t *n_votes, *n_skips; /* [n_annotators] */
    assay_buffer printed;
} agreeing;

/* ---- what is computed ---- */

static assay_status find_method(agreeing *a, assay_error *err) {
    const char *name = a->options.aggregate;
    if (name == NULL && a->options.out != NULL) name = a->options.aggregate = methods[0];
    for (size_t i = 0; name != NULL && i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(name, methods[i]) != 0) continue;
        a->method = (assay_aggregation)i;
        return ASSAY_OK;
    }
    if (name == NULL) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "agree: --aggregate %.40s, there are majority, dawid-skene, one-coin, mace",
                      name);
}

static assay_status measure(agreeing *a, assay_error *err) {
    size_t n_values = assay_values_count(a->values);
    uint64_t seed = (uint64_t)a->options.seed;
    assay_status status = ASSAY_OK;
    a->figures = assay_calloc(n_values + 1, sizeof *a->figures);
    if (a->figures == NULL) return assay_fail(err, ASSAY_E_MEMORY, "agree: out of memory");
    for (size_t v = 0; v <= n_values && status == ASSAY_OK; v++) {
        status = assay_labels_agreement(a->labels, v < n_values ? (int)v : -1, seed, &a->figures[v],
                                        err);
    }
    return status;
}

static assay_status count_annotators(agreeing *a, assay_error *err) {
    size_t n = assay_labels_n_annotators(a->labels), n_values = assay_values_count(a->values);
    a->n_votes = assay_calloc(n, sizeof *a->n_votes);
    a->n_skips = assay_calloc(n, sizeof *a->n_skips);
    a->accuracy = assay_calloc(n, sizeof *a->accuracy);
    a->on_gold = assay_calloc(n, sizeof *a->on_gold);
    if (a->n_votes == NULL || a->n_skips == NULL || a->accuracy == NULL || a->on_gold == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "agree: out of memory");
    for (size_t i = 0; i < assay_labels_n_votes(a->labels); i++) {
        const assay_vote *v = assay_labels_vote(a->labels, i);
        (v->skip ? a->n_skips : a->n_votes)[v->annotator]++;
    }
    assay_status status = ASSAY_OK;
    if (a->gold != NULL) status = assay_labels_score_gold(a->labels, a->gold, a->on_gold, err);
    if (status == ASSAY_OK && a->options.aggregate != NULL)
        status = assay_labels_aggregate(a->labels, n_values, a->method, (uint64_t)a->options.seed,
                                        &a->soft, &a->n_soft, a->accuracy, err);
    return status;
}

/* {"id", "value", "label", "p": {"opposes", "unrelated", "adheres"}, "n"}, a line each. Of equal probabilities
 * unrelated is named first, then opposes. */
static assay_status write_soft(const agreeing *a, assay_error *err) {
    assay_buffer out = {0};
    for (size_t i = 0; i < a->n_soft; i++) {
        const assay_soft_label *s = &a->soft[i];
        int best = ASSAY_UNRELATED;
        for (int k = ASSAY_OPPOSES; k <= ASSAY_ADHERES; k++) {
            if (s->p[k + 1] > s->p[best + 1]) best = k;
        }
        assay_buffer_print(&out, "{\"id\":");
        assay_json_string(&out, assay_labels_text(a->labels, s->text)->id);
        assay_buffer_print(&out, ",\"value\":");
        assay_json_string(&out, assay_values_at(a->values, s->value)->id);
        assay_buffer_print(&out, ",\"label\":\"%s\",\"p\":{",
                           assay_valence_name((assay_valence)best));
        for (int k = ASSAY_OPPOSES; k <= ASSAY_ADHERES; k++) {
            assay_buffer_print(&out, "%s\"%s\":", k > ASSAY_OPPOSES ? "," : "",
                               assay_valence_name((assay_valence)k));
            assay_json_number(&out, s->p[k + 1]);
        }
        assay_buffer_print(&out, "},\"n\":%u}\n", (unsigned)s->n_votes);
    }
    assay_status status =
        out.failed ? assay_fail(err, ASSAY_E_MEMORY, "agree: out of memory")
                   : assay_os_write_file(a->options.out, out.len > 0 ? out.data : "", out.len, err);
    assay_buffer_free(&out);
    return status;
}

/* ---- what is printed ---- */

/* Names come from files: control characters stay off the terminal. */
static void print_name(assay_buffer *out, const char *name, size_t width) {
    size_t columns = 0;
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        assay_buffer_append(out, c < 0x20 || c == 0x7F ? "?" : p, 1);
        columns += (c & 0xC0) != 0x80; /* code points */
    }
    assay_buffer_print(out, "%*s", columns < width ? (int)(width - columns) : 1, "");
}

static void print_figure(assay_buffer *out, double x) {
    if (isnan(x))
        assay_buffer_print(out, " %8s", "-");
    else
        assay_buffer_print(out, " %8.3f", x);
}

static void print_row(assay_buffer *out, const char *name, const assay_agreement *f) {
    print_name(out, name, 24);
    assay_buffer_print(out, "%7zu %7zu %6zu", f->n_items, f->n_votes, f->n_raters);
    print_figure(out, f->raw);
    print_figure(out, f->cohen);
    print_figure(out, f->fleiss);
    print_figure(out, f->alpha_nominal);
    if (isnan(f->alpha_low))
        assay_buffer_print(out, "  %16s", "-");
    else
        assay_buffer_print(out, "  %6.3f .. %6.3f", f->alpha_low, f->alpha_high);
    print_figure(out, f->alpha_ordinal);
    print_figure(out, f->ac1);
    assay_buffer_print(out, "\n");
}

/* Each reason once, behind the values that it holds for. */
static void print_undefined(agreeing *a) {
    size_t n = assay_values_count(a->values);
    for (size_t v = 0; v <= n; v++) {
        const char *reason = a->figures[v].undefined;
        bool said = reason == NULL;
        for (size_t w = 0; w < v && !said; w++)
            said = a->figures[w].undefined != NULL && strcmp(a->figures[w].undefined, reason) == 0;
        if (said) continue;
        assay_buffer_print(&a->printed, "no alpha for");
        for (size_t w = v; w <= n; w++) {
            if (a->figures[w].undefined == NULL || strcmp(a->figures[w].undefined, reason) != 0)
                continue;
            assay_buffer_print(&a->printed, "%s %s", w > v ? "," : "",
                               w < n ? assay_values_at(a->values, w)->id : "all");
        }
        assay_buffer_print(&a->printed, ": %s\n", reason);
    }
}

static void print_annotators(agreeing *a) {
    assay_buffer *out = &a->printed;
    assay_buffer_print(out, "\n%-24s%7s %7s", "annotator", "votes", "skips");
    if (a->options.aggregate != NULL)
        assay_buffer_print(out, "  right by %s", a->options.aggregate);
    if (a->gold != NULL) assay_buffer_print(out, "  right on gold");
    assay_buffer_print(out, "\n");
    for (size_t i = 0; i < assay_labels_n_annotators(a->labels); i++) {
        print_name(out, assay_labels_annotator(a->labels, i), 24);
        assay_buffer_print(out, "%7zu %7zu", a->n_votes[i], a->n_skips[i]);
        if (a->options.aggregate != NULL) {
            int width = (int)strlen(a->options.aggregate) + 11;
            if (isnan(a->accuracy[i]))
                assay_buffer_print(out, "%*s", width, "-");
            else
                assay_buffer_print(out, "%*.3f", width, a->accuracy[i]);
        }
        if (a->gold != NULL)
            assay_buffer_print(out, "  %zu of %zu", a->on_gold[i].right, a->on_gold[i].n);
        assay_buffer_print(out, "\n");
    }
}

static void print_table(agreeing *a) {
    assay_buffer *out = &a->printed;
    size_t n = assay_values_count(a->values);
    assay_buffer_print(out, "%-24s%7s %7s %6s %8s %8s %8s %8s  %16s %8s %8s\n", "", "items",
                       "votes", "raters", "raw", "Cohen", "Fleiss", "alpha", "95 % interval",
                       "ordinal", "AC1");
    for (size_t v = 0; v < n; v++)
        print_row(out, assay_values_at(a->values, v)->id, &a->figures[v]);
    print_row(out, "all", &a->figures[n]);
    assay_buffer_print(out, "\n");
    print_undefined(a);
    assay_buffer_print(out, "items: texts and values with two votes or more. Alpha from 0.8 is "
                            "called reliable, from 0.667 tentative.\n");
    print_annotators(a);
    if (a->options.out != NULL)
        assay_buffer_print(out, "\n%zu soft labels: %s\n", a->n_soft, a->options.out);
}

static void json_number(assay_buffer *out, const char *key, double x) {
    assay_buffer_print(out, ",\"%s\":", key);
    assay_json_number(out, x);
}

static void json_figures(assay_buffer *out, const char *value, const assay_agreement *f) {
    assay_buffer_print(out, "{\"value\":");
    assay_json_string(out, value);
    assay_buffer_print(out, ",\"n\":%zu,\"n_votes\":%zu,\"n_raters\":%zu", f->n_items, f->n_votes,
                       f->n_raters);
    json_number(out, "raw", f->raw);
    json_number(out, "cohen", f->cohen);
    json_number(out, "fleiss", f->fleiss);
    json_number(out, "alpha", f->alpha_nominal);
    assay_buffer_print(out, ",\"alpha_ci\":[");
    assay_json_number(out, f->alpha_low);
    assay_buffer_print(out, ",");
    assay_json_number(out, f->alpha_high);
    assay_buffer_print(out, "]");
    json_number(out, "alpha_ordinal", f->alpha_ordinal);
    json_number(out, "ac1", f->ac1);
    assay_buffer_print(out, ",\"undefined\":");
    assay_json_string(out, f->undefined);
    assay_buffer_print(out, "}");
}

static void print_json(agreeing *a) {
    assay_buffer *out = &a->printed;
    size_t n = assay_values_count(a->values);
    assay_buffer_print(out, "{\"values\":");
    assay_json_string(out, assay_values_id(a->values));
    assay_buffer_print(out, ",\"labels_sha256\":\"%s\",\"n_texts\":%zu,\"by_value\":[",
                       assay_labels_sha256(a->labels), assay_labels_n_texts(a->labels));
    for (size_t v = 0; v < n; v++) {
        if (v > 0) assay_buffer_print(out, ",");
        json_figures(out, assay_values_at(a->values, v)->id, &a->figures[v]);
    }
    assay_buffer_print(out, "],\"all\":");
    json_figures(out, NULL, &a->figures[n]);
    assay_buffer_print(out, ",\"annotators\":[");
    for (size_t i = 0; i < assay_labels_n_annotators(a->labels); i++) {
        assay_buffer_print(out, "%s{\"name\":", i > 0 ? "," : "");
        assay_json_string(out, assay_labels_annotator(a->labels, i));
        assay_buffer_print(out, ",\"n_votes\":%zu,\"n_skips\":%zu", a->n_votes[i], a->n_skips[i]);
        if (a->options.aggregate != NULL) json_number(out, "accuracy", a->accuracy[i]);
        if (a->gold != NULL)
            assay_buffer_print(out, ",\"gold\":{\"n\":%zu,\"right\":%zu}", a->on_gold[i].n,
                               a->on_gold[i].right);
        assay_buffer_print(out, "}");
    }
    assay_buffer_print(out, "]");
    if (a->options.aggregate != NULL)
        assay_buffer_print(out, ",\"aggregation\":\"%s\",\"n_soft_labels\":%zu",
                           a->options.aggregate, a->n_soft);
    assay_buffer_print(out, "}\n");
}

/* ---- the command ---- */

static assay_status agree(agreeing *a, assay_error *err) {
    const agree_options *o = &a->options;
    assay_status status = find_method(a, err);
    if (status == ASSAY_OK && o->values == NULL)
        status = assay_fail(err, ASSAY_E_ARGUMENT, "agree: which values? --values V");
    if (status == ASSAY_OK && o->out != NULL && !o->force && assay_os_exists(o->out))
        status = assay_fail(err, ASSAY_E_ARGUMENT, "%.300s exists; --force replaces it", o->out);
    if (status == ASSAY_OK) status = assay_cli_read_values(o->program, o->values, &a->values, err);
    if (status == ASSAY_OK)
        status = assay_cli_read_labels(a->values, o->files, o->n_files, o->format, &a->labels, err);
    if (status == ASSAY_OK && o->gold != NULL)
        status = assay_cli_read_labels(a->values, &o->gold, 1, NULL, &a->gold, err);
    if (status == ASSAY_OK) status = measure(a, err);
    if (status == ASSAY_OK) status = count_annotators(a, err);
    if (status == ASSAY_OK && o->out != NULL) status = write_soft(a, err);
    if (status != ASSAY_OK) return status;
    if (o->json)
        print_json(a);
    else
        print_table(a);
    if (a->printed.failed) return assay_fail(err, ASSAY_E_MEMORY, "agree: out of memory");
    fputs(a->printed.data, stdout);
    return ASSAY_OK;
}

static bool parse(agree_options *o, int argc, char **argv, int *code) {
    const assay_arg args[] = {
        {.name = "--values",
         .value = "V",
         .help = "value system: a JSON file, or the name of one in data/values",
         .text = &o->values},
        {.name = "--format",
         .value = "F",
         .help = "jsonl, csv, label-studio, doccano, prodigy, argilla, crowd-kit or mace [by the "
                 "name: csv, else jsonl]; or FORMAT:FILE",
         .text = &o->format},
        {.name = "--gold",
         .value = "FILE",
         .help = "labels that are right: score the annotators on them",
         .text = &o->gold},
        {.name = "--aggregate",
         .value = "M",
         .help = "majority, dawid-skene, one-coin or mace; prints how often each annotator is "
                 "right by it",
         .text = &o->aggregate},
        {.name = "--out",
         .value = "FILE",
         .help = "write the soft labels, one JSON object a line [majority]",
         .text = &o->out},
        {.name = "--force", .help = "replace --out", .flag = &o->force},
        {.name = "--seed",
         .value = "N",
         .help = "of bootstrap and restarts [46]",
         .integer = &o->seed,
         .low = 0,
         .high = INT64_MAX},
        {.name = "--json", .help = "print one JSON object", .flag = &o->json},
    };
    const assay_usage usage = {.command = "agree",
                               .synopsis = "assay agree LABELS... --values V [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = o->files,
                               .min_words = 1,
                               .max_words = MAX_FILES,
                               .first = 2};
    if (!assay_args_parse(&usage, argc, argv, code)) return false;
    while (o->n_files < MAX_FILES && o->files[o->n_files] != NULL) o->n_files++;
    return true;
}

int assay_command_agree(int argc, char **argv) {
    agreeing a = {.options = {.program = argv[0], .seed = 46}};
    assay_error err = {0};
    int code;
    if (!parse(&a.options, argc, argv, &code)) return code;
    assay_status status = agree(&a, &err);
    assay_labels_free(a.labels);
    assay_labels_free(a.gold);
    assay_values_free(a.values);
    assay_buffer_free(&a.printed);
    free(a.figures);
    free(a.soft);
    free(a.accuracy);
    free(a.on_gold);
    free(a.n_votes);
    free(a.n_skips);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
