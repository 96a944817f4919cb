/* assay calibrate: labels -> a classifier of values. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/judging.h"
#include "cli/label_files.h"
#include "format/json.h"

#define MAX_FILES 256

static const char about[] =
    "Learns to tell whether a text adheres to a value, opposes it or is unrelated to it, from a "
    "few "
    "labels of each value.\n"
    "Features, strength, thresholds and temperatures are chosen by cross-validation on the labels; "
    "the same labels give the same\n"
    "classifier, bit for bit, whatever their order. Texts are seen as n-grams and, where an "
    "encoder "
    "is there, as embeddings.\n";

typedef struct calibrate_options {
    const char *values, *labels[MAX_FILES], *format, *out, *features, *aggregate;
    size_t n_labels;
    int64_t seed, folds;
    bool force, json;
    assay_judging_options judging;
} calibrate_options;

typedef struct calibrating {
    calibrate_options options;
    assay_calibrate_options how;
    assay_judging judging;
    assay_values *values;
    assay_labels *labels;
    assay_vectors vectors;
    assay_classifier *classifier;
    double seconds;
} calibrating;

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return assay_host_interrupted();
}

static assay_status check(calibrating *c, assay_error *err) {
    static const char *const methods[] = {"majority", "dawid-skene", "one-coin", "mace"};
    const calibrate_options *o = &c->options;
    if (o->n_labels == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "calibrate: which labels? --labels L");
    if (o->out == NULL) return assay_fail(err, ASSAY_E_ARGUMENT, "calibrate: where to? --out FILE");
    if (!o->force && assay_os_exists(o->out))
        return assay_fail(err, ASSAY_E_ARGUMENT, "%.300s exists; --force replaces it", o->out);
    c->how = assay_calibrate_defaults();
    for (size_t i = 0; i < sizeof methods / sizeof methods[0]; i++) {
        if (strcmp(o->aggregate, methods[i]) != 0) continue;
        c->how.aggregation = (assay_aggregation)i;
        c->how.seed = (uint64_t)o->seed;
        c->how.n_folds = (int)o->folds;
        c->how.features = o->features;
        c->how.progress = on_progress;
        return ASSAY_OK;
    }
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "calibrate: --aggregate %.40s, there are majority, dawid-skene, one-coin, "
                      "mace",
                      o->aggregate);
}

/* Vectors of the texts and of the definitions; none are made when the features asked for have no use for them. */
static assay_status embed(calibrating *c, assay_error *err) {
    size_t n = assay_labels_n_texts(c->labels);
    const char *features = c->options.features;
    if (c->judging.encoder.embedder.dim == 0 ||
        (features != NULL && strcmp(features, "ngrams") == 0))
        return ASSAY_OK;
    assay_judged_text *texts = assay_alloc(n, sizeof *texts);
    if (texts == NULL) return assay_fail(err, ASSAY_E_MEMORY, "calibrate: out of memory");
    for (size_t i = 0; i < n; i++) texts[i] = *assay_labels_text(c->labels, i);
    assay_status status = assay_judging_embed(
        &c->judging, texts, n, ASSAY_VIEW_RESPONSE | ASSAY_VIEW_BOTH, &c->vectors, err);
    if (status == ASSAY_OK)
        status = assay_judging_embed_definitions(&c->judging, c->values, &c->vectors, err);
    free(texts);
    return status;
}

static assay_status write_classifier(const calibrating *c, assay_error *err) {
    assay_buffer text = {0};
    assay_status status = assay_classifier_print(c->classifier, &text, err);
    if (status == ASSAY_OK) status = assay_os_write_file(c->options.out, text.data, text.len, err);
    assay_buffer_free(&text);
    return status;
}

static assay_status calibrate(calibrating *c, assay_error *err) {
    const calibrate_options *o = &c->options;
    assay_status status = check(c, err);
    if (status == ASSAY_OK)
        status = assay_cli_read_values(o->judging.host.program, o->values, &c->values, err);
    if (status == ASSAY_OK)
        status = assay_cli_read_labels(c->values, (const char *const *)o->labels, o->n_labels,
                                       o->format, &c->labels, err);
    c->judging.options = o->judging;
    if (status == ASSAY_OK) status = assay_judging_open(&c->judging, c->values, err);
    if (status != ASSAY_OK) return status;
    assay_host_catch_interrupt();
    status = embed(c, err);
    c->how.threads = c->judging.pool;
    double start = assay_os_seconds();
    if (status == ASSAY_OK)
        status = assay_calibrate(c->values, c->labels, &c->vectors, c->vectors.dim > 0 ? 1 : 0,
                                 c->judging.concepts, &c->how, &c->classifier, err);
    c->seconds = assay_os_seconds() - start;
    return status == ASSAY_OK ? write_classifier(c, err) : status;
}

static void print_summary(const calibrating *c) {
    const assay_classifier_summary *s = assay_classifier_get_summary(c->classifier);
    const char *encoder = assay_classifier_encoder(c->classifier);
    assay_buffer out = {0};
    if (c->options.json) {
        assay_buffer_print(&out,
                           "{\"sha256\":\"%s\",\"labels\":\"%s\",\"n_texts\":%zu,"
                           "\"features\":",
                           assay_classifier_sha256(c->classifier), assay_labels_sha256(c->labels),
                           assay_labels_n_texts(c->labels));
        assay_json_string(&out, s->features);
        assay_buffer_print(&out, ",\"encoder\":");
        assay_json_string(&out, encoder);
        assay_buffer_print(&out,
                           ",\"accuracy\":%.6f,\"macro_f1\":%.6f,\"seconds\":%.3f,"
                           "\"by_value\":{",
                           s->accuracy, s->macro_f1, c->seconds);
    }
    for (size_t v = 0; v < assay_values_count(c->values); v++) {
        const assay_classifier_value *f = &s->values[v];
        const char *id = assay_values_at(c->values, v)->id;
        bool any = f->count[0] + f->count[1] + f->count[2] > 0; /* else there are no figures */
        if (c->options.json) {
            assay_buffer_print(&out,
                               "%s\"%s\":{\"n\":[%zu,%zu,%zu],\"accuracy\":", v > 0 ? "," : "", id,
                               f->count[0], f->count[1], f->count[2]);
            assay_json_number(&out, any ? f->accuracy : NAN);
            assay_buffer_print(&out, ",\"macro_f1\":");
            assay_json_number(&out, any ? f->macro_f1 : NAN);
            assay_buffer_print(&out, ",\"note\":");
            assay_json_string(&out, f->note);
            assay_buffer_print(&out, "}");
        } else {
            assay_buffer_print(&out, "%-24s %5zu %5zu %5zu", id, f->count[2], f->count[0],
                               f->count[1]);
            if (any)
                assay_buffer_print(&out, "  accuracy %.3f  macro-F1 %.3f", f->accuracy,
                                   f->macro_f1);
            assay_buffer_print(&out, "%s%s\n", f->note != NULL ? "  " : "",
                               f->note != NULL ? f->note : "");
        }
    }
    if (c->options.json)
        assay_buffer_print(&out, "}}\n");
    else
        assay_buffer_print(
            &out,
            "cross-validated: accuracy %.3f, mean macro-F1 %.3f, features %s, encoder "
            "%s, %.1f s\nsha256 %s\n",
            s->accuracy, s->macro_f1, s->features, encoder != NULL ? encoder : "none", c->seconds,
            assay_classifier_sha256(c->classifier));
    if (!c->options.json) printf("%-24s %5s %5s %5s\n", "value", "adh.", "opp.", "unr.");
    if (!out.failed) fwrite(out.data, 1, out.len, stdout);
    assay_buffer_free(&out);
}

static bool parse(calibrate_options *o, int argc, char **argv, int *code) {
    assay_host_options *h = &o->judging.host;
    const assay_arg args[] = {
        {.name = "--values",
         .value = "V",
         .help = "value system: a JSON file, or a name of the data folder [schwartz-10]",
         .text = &o->values},
        {.name = "--labels",
         .value = "FILE",
         .help = "labelled texts; again for more files",
         .list = o->labels,
         .n_list = &o->n_labels,
         .list_max = MAX_FILES},
        {.name = "--format",
         .value = "F",
         .help = "of the label files: jsonl, csv, label-studio, doccano, ... [by their ending]",
         .text = &o->format},
        {.name = "--out", .value = "FILE", .help = "the classifier, JSON", .text = &o->out},
        {.name = "--force", .help = "replace --out", .flag = &o->force},
        {.name = "--features",
         .value = "LIST",
         .help = "ngrams, vectors, definition, concepts, joined by + [cross-validation chooses]",
         .text = &o->features},
        ASSAY_EMBEDDER_ARGS(&o->judging),
        {.name = "--concepts",
         .value = "FILE",
         .help = "concept pool of assay concepts [none]",
         .text = &o->judging.concepts},
        {.name = "--aggregate",
         .value = "A",
         .help = "of several annotators: majority, dawid-skene, one-coin, mace [majority]",
         .text = &o->aggregate},
        {.name = "--folds",
         .value = "N",
         .help = "of the cross-validation [5]",
         .integer = &o->folds,
         .low = 2,
         .high = 20},
        {.name = "--seed",
         .value = "N",
         .help = "of the folds [46]",
         .integer = &o->seed,
         .low = 0,
         .high = INT64_MAX},
        {.name = "--json", .help = "print one JSON object", .flag = &o->json},
        ASSAY_HOST_ENGINE_ARGS(h),
    };
    const assay_usage usage = {.command = "calibrate",
                               .synopsis = "assay calibrate --labels L --out C [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .first = 2};
    return assay_args_parse(&usage, argc, argv, code);
}

int assay_command_calibrate(int argc, char **argv) {
    calibrating *c = calloc(1, sizeof *c);
    assay_error err = {0};
    int code;
    if (c == NULL) return ASSAY_EXIT_INPUT;
    c->options.values = "schwartz-10";
    c->options.aggregate = "majority";
    c->options.folds = 5;
    c->options.seed = 46;
    c->options.judging.host.program = argv[0];
    if (!parse(&c->options, argc, argv, &code)) {
        free(c);
        return code;
    }
    code = ASSAY_EXIT_DONE;
    if (calibrate(c, &err) == ASSAY_OK)
        print_summary(c);
    else
        code = assay_cli_fail(&err);
    assay_classifier_free(c->classifier);
    assay_judging_free_vectors(&c->vectors);
    assay_labels_free(c->labels);
    assay_values_free(c->values);
    assay_judging_close(&c->judging);
    free(c);
    return code;
}
