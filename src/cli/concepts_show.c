/* assay concepts show: what a pool holds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/concepts.h"
#include "cli/label_files.h"
#include "format/json.h"

static const char about[] =
    "Lists the concepts of a pool: number, value, direction, whether it is pinned, text. The "
    "numbers are those of `assay concepts edit`.\n";

/* ---- reading ---- */

/* The value system with this hash among those of the data folder; NULL when none has it. */
static assay_values *find_values(const char *program, const char *sha256) {
    static const char *const known[] = {"schwartz-10", "moral-foundations-5", "social-risks-14"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        assay_values *values = NULL;
        if (assay_cli_read_values(program, known[i], &values, NULL) != ASSAY_OK) continue;
        if (strcmp(assay_values_sha256(values), sha256) == 0) return values;
        assay_values_free(values);
    }
    return NULL;
}

static assay_status read_values(const char *program, const char *path, const char *bytes, size_t n,
                                assay_values **out, assay_error *err) {
    cJSON *json = NULL;
    const char *sha256 = "";
    assay_status status = assay_json_parse(bytes, n, path, &json, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "values", path, &sha256, err);
    if (status == ASSAY_OK) *out = find_values(program, sha256);
    if (status == ASSAY_OK && *out == NULL)
        status = assay_fail(err, ASSAY_E_ARGUMENT,
                            "%.200s: which value system is it for? --values V", path);
    cJSON_Delete(json);
    return status;
}

assay_status assay_concepts_file_read(const char *program, const char *path, const char *values,
                                      assay_concepts_file *out, assay_error *err) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    *out = (assay_concepts_file){0};
    assay_status status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &bytes, &n, err);
    if (status == ASSAY_OK && values != NULL)
        status = assay_cli_read_values(program, values, &out->values, err);
    else if (status == ASSAY_OK)
        status = read_values(program, path, (const char *)bytes, n, &out->values, err);
    if (status == ASSAY_OK)
        status =
            assay_concepts_parse((const char *)bytes, n, path, out->values, &out->concepts, err);
    free(bytes);
    return status;
}

void assay_concepts_file_close(assay_concepts_file *file) {
    assay_concepts_free(file->concepts);
    assay_values_free(file->values);
    *file = (assay_concepts_file){0};
}

/* ---- printing ---- */

static void print_json(const assay_concepts_file *f, assay_buffer *out) {
    const assay_concept_encoder *e = assay_concepts_encoder(f->concepts);
    assay_buffer_print(out, "{\"sha256\":\"%s\",\"values\":\"%s\",\"encoder\":",
                       assay_concepts_sha256(f->concepts), assay_values_id(f->values));
    assay_json_string(out, e != NULL ? e->name : NULL);
    assay_buffer_print(out, ",\"threshold\":");
    assay_json_number(out, assay_concepts_threshold(f->concepts));
    assay_buffer_print(out, ",\"concepts\":[");
    for (size_t i = 0; i < assay_concepts_count(f->concepts); i++) {
        const assay_concept *c = assay_concepts_at(f->concepts, i);
        assay_buffer_print(out,
                           "%s{\"number\":%zu,\"value\":\"%s\",\"valence\":\"%s\",\"pinned\":%s,"
                           "\"text\":",
                           i > 0 ? "," : "", i + 1, c->value, assay_valence_name(c->valence),
                           c->pinned ? "true" : "false");
        assay_json_string(out, c->text);
        size_t n = 0;
        const char *const *ids = assay_concepts_origins(f->concepts, i, &n);
        assay_buffer_print(out, ",\"from\":[");
        for (size_t k = 0; k < n; k++) {
            assay_buffer_print(out, k > 0 ? "," : "");
            assay_json_string(out, ids[k]);
        }
        assay_buffer_print(out, "]}");
    }
    assay_buffer_print(out, "]}\n");
}

static void print_table(const assay_concepts_file *f, assay_buffer *out) {
    const assay_concept_encoder *e = assay_concepts_encoder(f->concepts);
    size_t n = assay_concepts_count(f->concepts), widest = 0;
    for (size_t i = 0; i < n; i++) {
        size_t width = strlen(assay_concepts_at(f->concepts, i)->value);
        if (width > widest) widest = width;
    }
    for (size_t i = 0; i < n; i++) {
        const assay_concept *c = assay_concepts_at(f->concepts, i);
        assay_buffer_print(out, "%4zu  %-*s  %s  %s  %s\n", i + 1, (int)widest, c->value,
                           assay_valence_name(c->valence), c->pinned ? "pinned" : "      ",
                           c->text);
    }
    assay_buffer_print(out, "%zu concepts of %s, encoder %s, no concept below %.4f\nsha256 %s\n", n,
                       assay_values_id(f->values), e != NULL ? e->name : "none",
                       assay_concepts_threshold(f->concepts), assay_concepts_sha256(f->concepts));
}

int assay_concepts_show(int argc, char **argv) {
    const char *path = NULL, *values = NULL;
    bool json = false;
    int code;
    const assay_arg args[] = {
        {.name = "--values",
         .value = "V",
         .help = "value system: a JSON file, or the name of one [found by the pool's hash of it]",
         .text = &values},
        {.name = "--json", .help = "print one JSON object", .flag = &json},
    };
    const assay_usage usage = {.command = "concepts show",
                               .synopsis = "assay concepts show POOL.json [options]",
                               .about = about,
                               .args = args,
                               .n_args = sizeof args / sizeof args[0],
                               .words = &path,
                               .min_words = 1,
                               .max_words = 1,
                               .first = 3};
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    assay_concepts_file file;
    assay_buffer out = {0};
    assay_error err = {0};
    assay_status status = assay_concepts_file_read(argv[0], path, values, &file, &err);
    if (status == ASSAY_OK) {
        if (json)
            print_json(&file, &out);
        else
            print_table(&file, &out);
        if (out.failed) status = assay_fail(&err, ASSAY_E_MEMORY, "concepts: out of memory");
    }
    if (status == ASSAY_OK) fwrite(out.data, 1, out.len, stdout);
    assay_buffer_free(&out);
    assay_concepts_file_close(&file);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
