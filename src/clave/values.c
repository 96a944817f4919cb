/* Value systems: strict JSON -> values in the order of the file, and the canonical JSON that is hashed. */
#include "assay_clave.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "format/json.h"

#define MAX_BYTES      (4u << 20) /* of a file */
#define MAX_ID         64         /* bytes */
#define MAX_NAME       200        /* bytes */
#define MAX_DEFINITION 4096       /* bytes */
#define MAX_SOURCE     2000       /* bytes */
#define MAX_CONCEPT    300        /* bytes */
#define MAX_CONCEPTS   1000       /* of a value */

struct assay_values {
    cJSON *root; /* owns every string that is not computed here */
    char *json;  /* canonical */
    assay_digest digest;
    const char *id, *name, *source;
    size_t n;
    assay_value values[ASSAY_MAX_VALUES];
};

static bool id_ok(const char *id) {
    size_t n = strlen(id);
    return n >= 1 && n <= MAX_ID && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") == n;
}

/* Names and phrases are shown in one line of a terminal, a prompt or a page; longer texts may have several. */
static bool has_control(const char *text, const char *but) {
    for (; *text != '\0'; text++) {
        if (((unsigned char)*text < 0x20 && strchr(but, *text) == NULL) || *text == 0x7f)
            return true;
    }
    return false;
}

/* A string member of at most `max` bytes; not empty when it is required, "" when it may be absent and is. */
static assay_status get_text(const cJSON *object, const char *key, bool required, size_t max,
                             const char *what, const char **out, assay_error *err) {
    *out = "";
    if (!required && !assay_json_has(object, key)) return ASSAY_OK;
    assay_status status = assay_json_get_string(object, key, what, out, err);
    if (status != ASSAY_OK) return status;
    if (strlen(*out) > max)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: \"%s\" has more than %zu bytes", what, key, max);
    if (required && (*out)[strspn(*out, " \t\r\n")] == '\0')
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" is empty", what, key);
    if (has_control(*out, strcmp(key, "name") == 0 ? "" : "\t\r\n"))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" holds a control character", what, key);
    return ASSAY_OK;
}

static assay_status get_id(const cJSON *object, const char *what, const char **out,
                           assay_error *err) {
    assay_status status = assay_json_get_string(object, "id", what, out, err);
    if (status == ASSAY_OK && !id_ok(*out)) {
        status = assay_fail(err, ASSAY_E_FORMAT,
                            "%s: \"id\" is not 1 to %d lower-case letters, digits and '-'", what,
                            MAX_ID);
    }
    return status;
}

static assay_status read_concepts(const cJSON *json, const char *what, assay_value *value,
                                  assay_error *err) {
    const cJSON *list;
    if (!assay_json_has(json, "concepts")) return ASSAY_OK;
    assay_status status = assay_json_get_array(json, "concepts", MAX_CONCEPTS, what, &list, err);
    if (status != ASSAY_OK) return status;
    const char **concepts = assay_alloc((size_t)cJSON_GetArraySize(list), sizeof *concepts);
    if (concepts == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
    value->concepts = concepts;
    for (const cJSON *item = list->child; item != NULL; item = item->next) {
        if (!cJSON_IsString(item) || item->valuestring[0] == '\0' ||
            strlen(item->valuestring) > MAX_CONCEPT)
            return assay_fail(err, ASSAY_E_FORMAT,
                              "%s: \"concepts\" holds something other than texts of 1 to %d bytes",
                              what, MAX_CONCEPT);
        if (has_control(item->valuestring, ""))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "%s: \"concepts\" holds a text with a control character", what);
        concepts[value->n_concepts++] = item->valuestring;
    }
    return ASSAY_OK;
}

/* Value number v->n. The sentences name it by number until its id is known to be one. */
static assay_status read_value(assay_values *v, const cJSON *json, const char *file,
                               assay_error *err) {
    static const char *const keys[] = {"id", "name", "definition", "source", "concepts"};
    char what[320];
    assay_value *value = &v->values[v->n];
    snprintf(what, sizeof what, "%.200s: value %zu", file, v->n + 1);
    if (!cJSON_IsObject(json)) return assay_fail(err, ASSAY_E_FORMAT, "%s is not an object", what);
    assay_status status = get_id(json, what, &value->id, err);
    if (status != ASSAY_OK) return status;
    snprintf(what, sizeof what, "%.200s: value %s", file, value->id);
    if (assay_values_find(v, value->id) >= 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s stands twice: \"id\" must differ", what);
    v->n++; /* from here on its concepts are freed with the system */
    status = assay_json_only(json, keys, sizeof keys / sizeof keys[0], what, err);
    if (status == ASSAY_OK)
        status = get_text(json, "name", true, MAX_NAME, what, &value->name, err);
    if (status == ASSAY_OK)
        status = get_text(json, "definition", true, MAX_DEFINITION, what, &value->definition, err);
    if (status == ASSAY_OK)
        status = get_text(json, "source", false, MAX_SOURCE, what, &value->source, err);
    return status == ASSAY_OK ? read_concepts(json, what, value, err) : status;
}

static assay_status read_system(assay_values *v, const char *what, assay_error *err) {
    static const char *const keys[] = {"format", "id", "name", "source", "values"};
    int64_t format;
    const cJSON *list = NULL;
    assay_status status = assay_json_only(v->root, keys, sizeof keys / sizeof keys[0], what, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(v->root, "format", 0, 1000, what, &format, err);
    if (status == ASSAY_OK && format != 1) {
        status = assay_fail(err, ASSAY_E_UNSUPPORTED,
                            "%s: \"format\" is %d; this build reads format 1", what, (int)format);
    }
    if (status == ASSAY_OK) status = get_id(v->root, what, &v->id, err);
    if (status == ASSAY_OK) status = get_text(v->root, "name", true, MAX_NAME, what, &v->name, err);
    if (status == ASSAY_OK)
        status = get_text(v->root, "source", false, MAX_SOURCE, what, &v->source, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(v->root, "values", ASSAY_MAX_VALUES, what, &list, err);
    if (status == ASSAY_OK && list->child == NULL)
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"values\" is empty", what);
    if (status != ASSAY_OK) return status;
    for (const cJSON *item = list->child; item != NULL && status == ASSAY_OK; item = item->next)
        status = read_value(v, item, what, err);
    return status;
}

static assay_status hash_system(assay_values *v, const char *what, assay_error *err) {
    assay_buffer text = {0};
    assay_json_canonical(v->root, &text);
    if (text.failed) {
        assay_buffer_free(&text);
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
    }
    v->json = text.data;
    v->digest = assay_sha256_of(text.data, text.len);
    return ASSAY_OK;
}

assay_status assay_values_parse(const char *json, size_t n, const char *what, assay_values **out,
                                assay_error *err) {
    *out = NULL;
    if (n > MAX_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: more than %u bytes", what, MAX_BYTES);
    assay_values *v = assay_calloc(1, sizeof *v);
    if (v == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
    assay_json_skip_mark(&json, &n);
    assay_status status = assay_json_parse(json, n, what, &v->root, err);
    if (status == ASSAY_OK) status = read_system(v, what, err);
    if (status == ASSAY_OK) status = hash_system(v, what, err);
    if (status != ASSAY_OK) {
        assay_values_free(v);
        return status;
    }
    *out = v;
    return ASSAY_OK;
}

void assay_values_free(assay_values *v) {
    if (v == NULL) return;
    for (size_t i = 0; i < v->n; i++) free((void *)(uintptr_t)v->values[i].concepts);
    cJSON_Delete(v->root);
    free(v->json);
    free(v);
}

const char *assay_values_id(const assay_values *v) {
    return v->id;
}

const char *assay_values_name(const assay_values *v) {
    return v->name;
}

const char *assay_values_source(const assay_values *v) {
    return v->source;
}

const char *assay_values_json(const assay_values *v) {
    return v->json;
}

const char *assay_values_sha256(const assay_values *v) {
    return v->digest.hex;
}

size_t assay_values_count(const assay_values *v) {
    return v->n;
}

const assay_value *assay_values_at(const assay_values *v, size_t i) {
    return i < v->n ? &v->values[i] : NULL;
}

int assay_values_find(const assay_values *v, const char *id) {
    for (size_t i = 0; i < v->n; i++) {
        if (strcmp(v->values[i].id, id) == 0) return (int)i;
    }
    return -1;
}
