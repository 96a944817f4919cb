/* The list of known models: strict, because what it says decides what is fetched and believed. */
#include "cli/registry.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/fetch.h"
#include "format/json.h"

#define LIST       "models.json"
#define MAX_LIST   ((size_t)1 << 20)
#define MAX_MODELS 200
#define MAX_BYTES  ((int64_t)1 << 36)

static bool is_word(const char *text, const char *letters) {
    size_t n = strlen(text);
    return n > 0 && n < 120 && strspn(text, letters) == n && text[0] != '.' && text[0] != '-';
}

bool assay_url_name(const char *url, char *name, size_t size) {
    size_t n = strcspn(url, "?#");
    size_t start = n;
    while (start > 0 && url[start - 1] != '/') start--;
    if (n - start >= size) return false;
    memcpy(name, url + start, n - start);
    name[n - start] = '\0';
    return is_word(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
}

/* An address, or a path that cannot leave the folder of the list. */
static assay_status read_url(assay_known_file *file, const char *what, assay_error *err) {
    const char *url = file->url;
    file->here = strncasecmp(url, "http", 4) != 0;
    if (!file->here) {
        assay_status status = assay_fetch_check_url(url, err);
        if (status != ASSAY_OK) return status;
    } else if (url[0] == '/' || strstr(url, "..") != NULL || strpbrk(url, ":\\?#") != NULL) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: url is neither an address nor below the list",
                          what);
    }
    if (assay_url_name(url, file->name, sizeof file->name)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: url does not end in a file name", what);
}

static assay_status read_file(const cJSON *json, const char *what, assay_known_file *out,
                              assay_error *err) {
    static const char *const keys[] = {"url", "bytes", "sha256"};
    const char *hash = "";
    int64_t bytes = 0;
    if (!cJSON_IsObject(json)) return assay_fail(err, ASSAY_E_FORMAT, "%s: not an object", what);
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof *keys, what, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "url", what, &out->url, err);
    if (status == ASSAY_OK) status = read_url(out, what, err);
    if (status == ASSAY_OK && assay_json_has(json, "bytes"))
        status = assay_json_get_integer(json, "bytes", 1, MAX_BYTES, what, &bytes, err);
    if (status == ASSAY_OK && assay_json_has(json, "sha256")) {
        status = assay_json_get_string(json, "sha256", what, &hash, err);
        if (status == ASSAY_OK && (strlen(hash) != 64 || strspn(hash, "0123456789abcdef") != 64))
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: sha256 is not 64 hex digits", what);
    }
    if (status == ASSAY_OK) memcpy(out->sha256, hash, strlen(hash) + 1);
    out->bytes = (uint64_t)bytes;
    return status;
}

static assay_status read_files(const cJSON *json, const char *what, assay_known_model *out,
                               assay_error *err) {
    const cJSON *text = cJSON_GetObjectItemCaseSensitive(json, "text");
    const cJSON *vision = cJSON_GetObjectItemCaseSensitive(json, "vision"), *part;
    assay_status status = ASSAY_OK;
    int n = cJSON_IsArray(text) ? cJSON_GetArraySize(text) : 1;
    if (n < 1 || n >= ASSAY_MAX_MODEL_FILES)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: text has %d parts", what, n);
    if (cJSON_IsArray(text)) {
        cJSON_ArrayForEach(part, text) {
            if (status == ASSAY_OK)
                status = read_file(part, what, &out->files[out->n_files++], err);
        }
    } else {
        status = read_file(text, what, &out->files[out->n_files++], err);
    }
    out->n_text = out->n_files;
    if (status == ASSAY_OK && vision != NULL && !cJSON_IsNull(vision))
        status = read_file(vision, what, &out->files[out->n_files++], err);
    for (size_t i = 0; i < out->n_files && status == ASSAY_OK; i++) {
        for (size_t j = 0; j < i; j++) {
            if (strcmp(out->files[i].name, out->files[j].name) == 0)
                status = assay_fail(err, ASSAY_E_FORMAT, "%s: two files of one name", what);
        }
    }
    return status;
}

static assay_status read_model(const cJSON *json, size_t i, assay_known_model *out,
                               assay_error *err) {
    static const char *const keys[] = {"id", "name", "kind", "licence", "note", "text", "vision"};
    char what[64];
    snprintf(what, sizeof what, "%s: models[%zu]", LIST, i);
    if (!cJSON_IsObject(json)) return assay_fail(err, ASSAY_E_FORMAT, "%s: not an object", what);
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof *keys, what, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "id", what, &out->id, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "name", what, &out->name, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "kind", what, &out->kind, err);
    if (status == ASSAY_OK)
        status = assay_json_get_string(json, "licence", what, &out->licence, err);
    out->note = "";
    if (status == ASSAY_OK && assay_json_has(json, "note"))
        status = assay_json_get_string(json, "note", what, &out->note, err);
    if (status == ASSAY_OK && !is_word(out->id, "abcdefghijklmnopqrstuvwxyz0123456789._-"))
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: id is no plain name", what);
    if (status == ASSAY_OK && strcmp(out->kind, "multimodal") != 0 &&
        strcmp(out->kind, "encoder") != 0)
        status =
            assay_fail(err, ASSAY_E_FORMAT, "%s: kind is neither multimodal nor encoder", what);
    return status == ASSAY_OK ? read_files(json, what, out, err) : status;
}

static assay_status read_list(assay_registry *out, assay_error *err) {
    const cJSON *models = NULL, *model;
    int64_t format = 0;
    if (!cJSON_IsObject(out->json))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: not an object", LIST);
    assay_status status = assay_json_get_integer(out->json, "format", 1, 1, LIST, &format, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(out->json, "models", MAX_MODELS, LIST, &models, err);
    if (status != ASSAY_OK) return status;
    out->models = assay_calloc((size_t)cJSON_GetArraySize(models) + 1, sizeof *out->models);
    if (out->models == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", LIST);
    cJSON_ArrayForEach(model, models) {
        assay_known_model *known = &out->models[out->n_models];
        status = read_model(model, out->n_models, known, err);
        if (status == ASSAY_OK && assay_registry_find(out, known->id) != NULL)
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: the id %s stands twice", LIST, known->id);
        if (status != ASSAY_OK) return status;
        out->n_models++;
    }
    return ASSAY_OK;
}

assay_status assay_registry_read(const char *text, size_t n, assay_registry *out,
                                 assay_error *err) {
    assay_status status = assay_json_parse(text, n, LIST, &out->json, err);
    return status == ASSAY_OK ? read_list(out, err) : status;
}

assay_status assay_registry_open(const char *program, assay_registry *out, assay_error *err) {
    char path[ASSAY_CLI_PATH];
    uint8_t *text = NULL;
    size_t n = 0;
    if (!assay_cli_data_path(program, LIST, path, sizeof path))
        return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes",
                          ASSAY_CLI_PATH - 1);
    assay_status status = assay_os_read_file(path, MAX_LIST, &text, &n, err);
    if (status == ASSAY_OK) status = assay_registry_read((const char *)text, n, out, err);
    free(text);
    memcpy(out->folder, path, strlen(path) + 1 - strlen(LIST));
    out->folder[strlen(path) - strlen(LIST)] = '\0';
    return status;
}

void assay_registry_close(assay_registry *registry) {
    free(registry->models);
    cJSON_Delete(registry->json);
    *registry = (assay_registry){0};
}

const assay_known_model *assay_registry_find(const assay_registry *registry, const char *id) {
    for (size_t i = 0; i < registry->n_models; i++)
        if (strcmp(registry->models[i].id, id) == 0) return &registry->models[i];
    return NULL;
}
