/* assay model list | get: the known models, which of them are here, and getting one. */
#include "cli/get.h"

#include <stdio.h>
#include <string.h>

#include "cli/cache.h"
#include "cli/cli.h"
#include "cli/fetch.h"
#include "format/json.h"

#define CACHE_HELP "folder of fetched models [$ASSAY_CACHE, else ~/.cache/assay]"

/* ---- list ---- */

typedef struct presence {
    uint64_t total, there; /* bytes; total 0: a size is not known */
    bool bundled, whole;
} presence;

static assay_status look(const assay_registry *registry, const assay_known_model *model,
                         const char *folder, presence *out, assay_error *err) {
    char path[ASSAY_CLI_PATH];
    bool sizes = true;
    *out = (presence){.bundled = true, .whole = true};
    for (size_t i = 0; i < model->n_files; i++) {
        const assay_known_file *file = &model->files[i];
        uint64_t there = 0;
        assay_status status =
            assay_cache_path(registry, model, file, folder, path, sizeof path, err);
        if (status != ASSAY_OK) return status;
        if (!assay_cache_holds(file, path, &there)) out->whole = false;
        if (!file->here) out->bundled = false;
        out->there += there;
        out->total += file->bytes;
        if (file->bytes == 0) sizes = false;
    }
    if (!sizes) out->total = 0;
    return ASSAY_OK;
}

static void describe(const presence *p, char *out, size_t size) {
    char n[32];
    assay_print_bytes(n, sizeof n, p->there);
    if (p->bundled)
        snprintf(out, size, "%s", p->whole ? "bundled" : "missing");
    else if (p->whole)
        snprintf(out, size, "in the cache");
    else if (p->there > 0)
        snprintf(out, size, "%s came in", n);
    else
        snprintf(out, size, "not here");
}

static void print_row(const assay_known_model *m, const presence *p, size_t width) {
    char where[64], size[32] = "?";
    describe(p, where, sizeof where);
    if (p->total > 0) assay_print_bytes(size, sizeof size, p->total);
    printf("%-*s  %-10s  %9s  %-16s  %-11s  %s\n", (int)width, m->id, m->kind, size, where,
           m->licence, m->name);
}

static void print_member(assay_buffer *out, const char *key, const char *text) {
    assay_buffer_print(out, "\"%s\":", key);
    assay_json_string(out, text);
    assay_buffer_append(out, ",", 1);
}

static void append_json(assay_buffer *out, const assay_known_model *m, const presence *p) {
    assay_buffer_append(out, "{", 1);
    print_member(out, "id", m->id);
    print_member(out, "name", m->name);
    print_member(out, "kind", m->kind);
    print_member(out, "licence", m->licence);
    assay_buffer_print(out, "\"bytes\":%llu,\"there\":%llu,\"bundled\":%s,\"here\":%s}",
                       (unsigned long long)p->total, (unsigned long long)p->there,
                       p->bundled ? "true" : "false", p->whole ? "true" : "false");
}

static assay_status list(const char *program, const char *cache, bool json, assay_error *err) {
    char folder[ASSAY_CLI_PATH];
    assay_registry registry = {0};
    assay_buffer out = {0};
    size_t width = 2;
    assay_status status = assay_cache_folder(cache, folder, sizeof folder, err);
    if (status == ASSAY_OK) status = assay_registry_open(program, &registry, err);
    for (size_t i = 0; i < registry.n_models; i++)
        if (strlen(registry.models[i].id) > width) width = strlen(registry.models[i].id);
    if (status == ASSAY_OK && !json)
        printf("%-*s  %-10s  %9s  %-16s  %-11s  %s\n", (int)width, "id", "kind", "size", "where",
               "licence", "name");
    for (size_t i = 0; i < registry.n_models && status == ASSAY_OK; i++) {
        presence p;
        status = look(&registry, &registry.models[i], folder, &p, err);
        if (status != ASSAY_OK) break;
        if (!json) print_row(&registry.models[i], &p, width);
        assay_buffer_append(&out, i > 0 ? "," : "[", 1);
        append_json(&out, &registry.models[i], &p);
    }
    if (status == ASSAY_OK && out.failed) status = assay_fail(err, ASSAY_E_MEMORY, "out of memory");
    if (status == ASSAY_OK && json) printf("%s]\n", out.data);
    if (status == ASSAY_OK && !json) printf("\nThe cache is %s\n", folder);
    assay_buffer_free(&out);
    assay_registry_close(&registry);
    return status;
}

int assay_model_list(int argc, char **argv) {
    bool json = false;
    const char *cache = NULL;
    const assay_arg args[] = {
        {.name = "--cache", .value = "DIR", .help = CACHE_HELP, .text = &cache},
        {.name = "--json", .help = "print one JSON array instead", .flag = &json},
    };
    const assay_usage usage = {.command = "model list",
                               .synopsis = "assay model list [options]",
                               .about = "The known models, and which of them are on this machine. "
                                        "--model of other commands takes their ids.\n",
                               .args = args,
                               .n_args = sizeof args / sizeof *args,
                               .first = 3};
    int code = 0;
    assay_error err = {0};
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    return list(argv[0], cache, json, &err) == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}

/* ---- get ---- */

/* Lower-case copy of what --sha256 says. */
static assay_status take_hash(const char *text, char *out, assay_error *err) {
    size_t n = strlen(text);
    if (n != 64 || strspn(text, "0123456789abcdefABCDEF") != 64)
        return assay_fail(err, ASSAY_E_ARGUMENT, "model get: %.80s is not 64 hex digits (--sha256)",
                          text);
    for (size_t i = 0; i <= n; i++)
        out[i] = (char)(text[i] >= 'A' && text[i] <= 'F' ? text[i] - 'A' + 'a' : text[i]);
    return ASSAY_OK;
}

static assay_status get_file(const assay_cache_options *options, const assay_known_file *file,
                             const char *path, assay_error *err) {
    assay_digest digest;
    bool fresh = false;
    assay_status status = assay_cache_get(options, file, path, true, &digest, &fresh, err);
    if (status != ASSAY_OK) return status;
    printf("%s  %s\n", digest.hex, path);
    fflush(stdout);
    if (fresh && file->sha256[0] == '\0' && !options->quiet)
        fprintf(stderr, "assay: the hash of %s was not known; from now on it is this one\n",
                file->name);
    return ASSAY_OK;
}

static assay_status get_url(const assay_cache_options *options, const char *url, const char *hash,
                            assay_error *err) {
    char folder[ASSAY_CLI_PATH], path[ASSAY_CLI_PATH];
    assay_known_file file = {.url = url};
    assay_status status = assay_fetch_check_url(url, err);
    if (status == ASSAY_OK && hash != NULL) status = take_hash(hash, file.sha256, err);
    if (status == ASSAY_OK && !assay_url_name(url, file.name, sizeof file.name))
        status = assay_fail(err, ASSAY_E_ARGUMENT, "%.300s: does not end in a file name", url);
    if (status == ASSAY_OK)
        status = assay_cache_folder(options->folder, folder, sizeof folder, err);
    if (status != ASSAY_OK) return status;
    const char *end = strstr(url, file.name);
    for (const char *next = end; next != NULL; next = strstr(next + 1, file.name))
        if (next[-1] == '/') end = next;
    assay_digest place = assay_sha256_of(url, (size_t)(end - url));
    int n = snprintf(path, sizeof path, "%s/urls/%.16s/%s", folder, place.hex, file.name);
    if (n < 0 || (size_t)n >= sizeof path)
        return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes",
                          ASSAY_CLI_PATH - 1);
    return get_file(options, &file, path, err);
}

static assay_status get_known(const assay_cache_options *options, const char *id,
                              assay_error *err) {
    char folder[ASSAY_CLI_PATH], path[ASSAY_CLI_PATH];
    assay_registry registry = {0};
    const assay_known_model *model = NULL;
    assay_status status = assay_cache_folder(options->folder, folder, sizeof folder, err);
    if (status == ASSAY_OK) status = assay_registry_open(options->program, &registry, err);
    if (status == ASSAY_OK) model = assay_registry_find(&registry, id);
    if (status == ASSAY_OK && model == NULL)
        status = assay_fail(err, ASSAY_E_ARGUMENT,
                            "model get: %.200s is neither a known model nor an address; assay "
                            "model list names the known ones",
                            id);
    for (size_t i = 0; model != NULL && i < model->n_files && status == ASSAY_OK; i++) {
        const assay_known_file *file = &model->files[i];
        status = assay_cache_path(&registry, model, file, folder, path, sizeof path, err);
        if (status == ASSAY_OK) status = get_file(options, file, path, err);
    }
    assay_registry_close(&registry);
    return status;
}

int assay_model_get(int argc, char **argv) {
    assay_cache_options options = {.program = argv[0]};
    const char *hash = NULL, *words[1] = {NULL};
    const assay_arg args[] = {
        {.name = "--sha256",
         .value = "HASH",
         .help = "of the file at URL [the first one is trusted]",
         .text = &hash},
        {.name = "--cache", .value = "DIR", .help = CACHE_HELP, .text = &options.folder},
        {.name = "--patience",
         .value = "S",
         .help = "seconds without a byte before another try [60]",
         .integer = &options.patience,
         .low = 1,
         .high = 3600},
        {.name = "--quiet", .help = "no progress on standard error", .flag = &options.quiet},
    };
    const assay_usage usage = {
        .command = "model get",
        .synopsis = "assay model get ID|URL [options]",
        .about = "Fetches a known model (see assay model list), or the file at an address of http "
                 "or https, into the cache; prints\n"
                 "hash and path of each file. What was cut off goes on where it stopped when the "
                 "same call is made again; a file\n"
                 "that is there already is read and compared with its hash.\n",
        .args = args,
        .n_args = sizeof args / sizeof *args,
        .words = words,
        .min_words = 1,
        .max_words = 1,
        .first = 3};
    int code = 0;
    assay_error err = {0};
    if (!assay_args_parse(&usage, argc, argv, &code)) return code;
    bool url = strstr(words[0], "://") != NULL;
    assay_status status = ASSAY_OK;
    if (!url && hash != NULL)
        status = assay_fail(&err, ASSAY_E_ARGUMENT, "model get: --sha256 needs an address");
    if (status == ASSAY_OK)
        status =
            url ? get_url(&options, words[0], hash, &err) : get_known(&options, words[0], &err);
    return status == ASSAY_OK ? ASSAY_EXIT_DONE : assay_cli_fail(&err);
}
