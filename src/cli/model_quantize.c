/* assay model quantize: a model file in another weight type. The new file grows under a temporary name beside its
 * own and is renamed when it is complete. */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/maths.h"
#include "base/os.h"
#include "cli/cli.h"
#include "cli/model_commands.h"
#include "cli/model_files.h"
#include "format/json.h"
#include "model/loader.h"
#include "model/quantize.h"

/* ---- the file being written ---- */

typedef struct output {
    FILE *file;
    const char *part; /* the temporary name */
} output;

static assay_status write_piece(void *context, const void *bytes, size_t n, assay_error *err) {
    const output *out = context;
    if (fwrite(bytes, 1, n, out->file) == n) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_IO, "%s: %s", out->part, strerror(errno));
}

/* Everything on the disk, then the name. */
static assay_status finish(output *out, const char *path, assay_error *err) {
    bool good = fflush(out->file) == 0 && (fsync(fileno(out->file)) == 0 || errno == EINVAL);
    good = fclose(out->file) == 0 && good;
    out->file = NULL;
    if (good && rename(out->part, path) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
}

/* ---- what may be written ---- */

static bool is_same_file(const char *a, const char *b) {
    struct stat of_a, of_b;
    return stat(a, &of_a) == 0 && stat(b, &of_b) == 0 && of_a.st_dev == of_b.st_dev &&
           of_a.st_ino == of_b.st_ino;
}

static assay_status check_target(const assay_parts *parts, const char *path, bool force,
                                 assay_error *err) {
    for (size_t i = 0; i < parts->n; i++) {
        if (!is_same_file(assay_gguf_what(parts->items[i].gguf), path)) continue;
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "model quantize: %.200s is the input; write to another name", path);
    }
    if (force || !assay_os_exists(path)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "model quantize: %.200s is there; --force overwrites it", path);
}

/* ---- the report ---- */

static void print_report(const assay_quantize_report *report, uint64_t bytes_before) {
    uint64_t n_elements = 0;
    double error = 0, power = 0;
    printf("%-32s %5s  %-12s %15s %15s %11s %9s\n", "tensors", "n", "type", "bytes before", "after",
           "RMS error", "relative");
    for (size_t i = 0; i < report->n; i++) {
        const assay_quantize_kind *k = &report->kinds[i];
        char types[32];
        snprintf(types, sizeof types, "%s > %s", assay_type_name(k->from), assay_type_name(k->to));
        printf("%-32s %5zu  %-12s %15llu %15llu %11.3g %8.3f%%\n", k->name, k->n, types,
               (unsigned long long)k->bytes_before, (unsigned long long)k->bytes_after,
               assay_sqrt(k->error / (double)k->n_elements),
               k->power > 0 ? 100 * assay_sqrt(k->error / k->power) : 0.0);
        if (k->from != k->to) n_elements += k->n_elements; /* the others are copied */
        error += k->error;
        power += k->power;
    }
    printf("%-32s %5s  %-12s %15llu %15llu %11.3g %8.3f%%\n", "whole file", "",
           "converted:", (unsigned long long)bytes_before, (unsigned long long)report->n_bytes,
           n_elements > 0 ? assay_sqrt(error / (double)n_elements) : 0.0,
           power > 0 ? 100 * assay_sqrt(error / power) : 0.0);
}

static void print_report_json(const assay_quantize_report *report, uint64_t bytes_before) {
    assay_buffer out = {0};
    assay_buffer_print(&out, "{\"bytes_before\":%llu,\"bytes\":%llu,\"kinds\":[",
                       (unsigned long long)bytes_before, (unsigned long long)report->n_bytes);
    for (size_t i = 0; i < report->n; i++) {
        const assay_quantize_kind *k = &report->kinds[i];
        assay_buffer_print(&out, "%s{\"name\":", i > 0 ? "," : "");
        assay_json_string(&out, k->name);
        assay_buffer_print(&out, ",\"n\":%zu,\"from\":\"%s\",\"to\":\"%s\",\"bytes_before\":%llu",
                           k->n, assay_type_name(k->from), assay_type_name(k->to),
                           (unsigned long long)k->bytes_before);
        assay_buffer_print(&out,
                           ",\"bytes\":%llu,\"rms_error\":", (unsigned long long)k->bytes_after);
        assay_json_number(&out, assay_sqrt(k->error / (double)k->n_elements));
        assay_buffer_print(&out, ",\"relative_error\":");
        assay_json_number(&out, k->power > 0 ? assay_sqrt(k->error / k->power) : 0);
        assay_buffer_print(&out, "}");
    }
    assay_buffer_print(&out, "]}");
    if (!out.failed) puts(out.data);
    assay_buffer_free(&out);
}

/* ---- the command ---- */

typedef struct convert_options {
    const char *in, *path;
    assay_type type;
    int64_t threads;
    bool force, json;
} convert_options;

static assay_status convert_to(const assay_parts *parts, const convert_options *o, const char *part,
                               assay_error *err) {
    assay_quantize_report report = {0};
    assay_pool *pool = NULL;
    output out = {fopen(part, "wb"), part};
    if (out.file == NULL) return assay_fail(err, ASSAY_E_IO, "%s: %s", part, strerror(errno));
    assay_status status = assay_pool_create((int)o->threads, &pool, err);
    const assay_quantize_options options = {o->type, pool, write_piece, &out};
    if (status == ASSAY_OK) status = assay_quantize(parts, &options, &report, err);
    if (status == ASSAY_OK) status = finish(&out, o->path, err);
    if (out.file != NULL) fclose(out.file);
    if (status != ASSAY_OK) remove(part);
    if (status == ASSAY_OK && o->json) print_report_json(&report, assay_parts_bytes(parts));
    if (status == ASSAY_OK && !o->json) print_report(&report, assay_parts_bytes(parts));
    assay_quantize_report_free(&report);
    assay_pool_destroy(pool);
    return status;
}

static assay_status convert(const convert_options *o, assay_error *err) {
    assay_parts parts = {0};
    assay_buffer part = {0};
    assay_status status = assay_model_files_open(o->in, &parts, err);
    if (status == ASSAY_OK) status = check_target(&parts, o->path, o->force, err);
    assay_buffer_print(&part, "%s.part", o->path);
    if (status == ASSAY_OK && part.failed)
        status = assay_fail(err, ASSAY_E_MEMORY, "model quantize: out of memory");
    if (status == ASSAY_OK) status = convert_to(&parts, o, part.data, err);
    assay_buffer_free(&part);
    assay_parts_close(&parts);
    return status;
}

int assay_model_convert(int argc, char **argv) {
    const char *words[3] = {0};
    convert_options o = {.threads = assay_os_cpu_count()};
    if (o.threads > ASSAY_MAX_THREADS) o.threads = ASSAY_MAX_THREADS;
    const assay_arg args[] = {
        {.name = "--threads",
         .value = "N",
         .help = "threads; the file does not depend on it [one a core]",
         .integer = &o.threads,
         .low = 1,
         .high = ASSAY_MAX_THREADS},
        {.name = "--force", .help = "overwrite OUT.gguf", .flag = &o.force},
        {.name = "--json", .help = "print one JSON object", .flag = &o.json},
    };
    const assay_usage usage = {
        .command = "model quantize",
        .synopsis = "assay model quantize IN.gguf OUT.gguf TYPE [options]",
        .about =
            "Writes a model (language model, vision tower or encoder; any part of a split one) "
            "as one file\nwith its matrices in TYPE: F32, F16, BF16, Q8_0, Q4_0, Q4_1, Q5_0, "
            "Q5_1, Q4_K, Q5_K or Q6_K.\nVectors and position embeddings become F32, a patch "
            "convolution F32 or F16. Rows that are no multiple of\n256 take Q5_0 for Q4_K, "
            "Q5_1 for Q5_K, Q8_0 for Q6_K; rows that are no multiple of 32 take F16.\n",
        .args = args,
        .n_args = sizeof args / sizeof *args,
        .words = words,
        .min_words = 3,
        .max_words = 3,
        .first = 3};
    int code = 0;
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_error err = {0};
    char known[128];
    o.in = words[0];
    o.path = words[1];
    assay_status status = ASSAY_OK;
    if (!assay_type_find(words[2], &o.type)) {
        status = assay_fail(&err, ASSAY_E_ARGUMENT, "model quantize: type %.32s; known are %s",
                            words[2], assay_loader_types(known, sizeof known));
    }
    if (status == ASSAY_OK) status = convert(&o, &err);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
