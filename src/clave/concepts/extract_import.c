/* Concepts that were extracted elsewhere: JSONL, read as a whole and checked before the first answer. */
#include "assay_concepts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

#define MAX_LINES ((size_t)1 << 20)

typedef struct imported {
    char *id, *value; /* id NULL: of every text */
    assay_phrase phrase;
} imported;

typedef struct import {
    imported *items;
    size_t n, cap;
    assay_concept *known;       /* [n] the same as concepts */
    const char **known_ids;     /* [n] */
    const assay_values *values; /* only while it is read */
} import;

static void destroy(void *context) {
    import *m = context;
    if (m == NULL) return;
    for (size_t i = 0; i < m->n; i++) {
        free(m->items[i].id);
        free(m->items[i].value);
    }
    free(m->items);
    free(m->known);
    free(m->known_ids);
    free(m);
}

static assay_status grow(import *m, assay_error *err) {
    if (m->n < m->cap) return ASSAY_OK;
    size_t cap = m->cap > 0 ? m->cap * 2 : 64, bytes = 0;
    imported *items = assay_size_mul(cap, sizeof *items, &bytes) ? realloc(m->items, bytes) : NULL;
    if (items == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    m->items = items;
    m->cap = cap;
    return ASSAY_OK;
}

/* {"text", "valence"} of this text (id NULL: of all) and value. */
static assay_status add(import *m, const cJSON *json, const char *id, const char *value,
                        const char *what, assay_error *err) {
    const char *text = NULL, *valence = "adheres";
    imported item = {0};
    assay_status status = assay_json_get_string(json, "text", what, &text, err);
    if (status == ASSAY_OK && assay_json_has(json, "valence"))
        status = assay_json_get_string(json, "valence", what, &valence, err);
    if (status == ASSAY_OK) status = grow(m, err);
    if (status != ASSAY_OK) return status;
    if (!assay_concept_clean(text, strlen(text), item.phrase.text))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%.40s\" is no phrase of at most %d bytes",
                          what, text, ASSAY_CONCEPT_BYTES);
    if (strcmp(valence, "adheres") != 0 && strcmp(valence, "opposes") != 0)
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: valence \"%.40s\" is neither adheres nor opposes", what, valence);
    item.phrase.valence = valence[0] == 'a' ? ASSAY_ADHERES : ASSAY_OPPOSES;
    item.id = id != NULL ? assay_strndup(id, strlen(id)) : NULL;
    item.value = assay_strndup(value, strlen(value));
    if (item.value == NULL || (id != NULL && item.id == NULL)) {
        free(item.id);
        free(item.value);
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    }
    m->items[m->n++] = item;
    return ASSAY_OK;
}

static assay_status read_object(import *m, const cJSON *json, const char *what, assay_error *err) {
    char digits[24];
    const char *id = NULL, *value = NULL;
    const cJSON *list = NULL, *item;
    assay_status status = assay_json_get_string(json, "value", what, &value, err);
    if (status == ASSAY_OK) status = assay_json_get_name(json, "id", what, digits, &id, err);
    if (status != ASSAY_OK) return status;
    if (assay_values_find(m->values, value) < 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: there is no value \"%.60s\"", what, value);
    if (!assay_json_has(json, "concepts")) return add(m, json, id, value, what, err);
    status = assay_json_get_array(json, "concepts", ASSAY_MAX_CONCEPTS, what, &list, err);
    cJSON_ArrayForEach(item, list) {
        if (status == ASSAY_OK) status = add(m, item, id, value, what, err);
    }
    return status;
}

static assay_status read_line(import *m, const char *line, size_t n, const char *what,
                              assay_error *err) {
    cJSON *json = NULL;
    assay_status status = assay_json_parse(line, n, what, &json, err);
    if (status == ASSAY_OK) status = read_object(m, json, what, err);
    cJSON_Delete(json);
    return status;
}

static assay_status read_lines(import *m, const char *bytes, size_t n, const char *name,
                               assay_error *err) {
    assay_status status = ASSAY_OK;
    size_t number = 1;
    assay_json_skip_mark(&bytes, &n);
    for (size_t at = 0; at < n && status == ASSAY_OK; number++) {
        char what[200];
        const char *line = bytes + at, *end = memchr(line, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - line) : n - at;
        at += length + 1;
        if (length > 0 && line[length - 1] == '\r') length--;
        snprintf(what, sizeof what, "%.150s:%zu", name, number);
        if (number > MAX_LINES)
            return assay_fail(err, ASSAY_E_LIMIT, "%.150s: more than %zu lines", name, MAX_LINES);
        if (length > 0) status = read_line(m, line, length, what, err);
    }
    return status;
}

static assay_status list_known(import *m, assay_error *err) {
    m->known = assay_alloc(m->n, sizeof *m->known);
    m->known_ids = assay_alloc(m->n, sizeof *m->known_ids);
    if (m->known == NULL || m->known_ids == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t i = 0; i < m->n; i++) {
        m->known[i] = (assay_concept){m->items[i].phrase.text, m->items[i].value,
                                      m->items[i].phrase.valence, false};
        m->known_ids[i] = m->items[i].id;
    }
    return ASSAY_OK;
}

/* Of this text, in the order of the file. */
static assay_status extract(void *context, const assay_extract_request *r, assay_phrase *out,
                            size_t *n, assay_error *err) {
    const import *m = context;
    (void)err;
    *n = 0;
    for (size_t i = 0; i < m->n && *n < r->k; i++) {
        const imported *item = &m->items[i];
        if (strcmp(item->value, r->value->id) == 0 &&
            (item->id == NULL || strcmp(item->id, r->id) == 0))
            out[(*n)++] = item->phrase;
    }
    return ASSAY_OK;
}

assay_status assay_extractor_import(const char *bytes, size_t n, const char *name,
                                    const assay_values *values, assay_extractor *out,
                                    assay_error *err) {
    import *m = assay_calloc(1, sizeof *m);
    *out = (assay_extractor){0};
    if (m == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    m->values = values;
    assay_status status = read_lines(m, bytes, n, name, err);
    m->values = NULL;
    if (status == ASSAY_OK) status = list_known(m, err);
    if (status != ASSAY_OK) {
        destroy(m);
        return status;
    }
    *out = (assay_extractor){.context = m,
                             .name = "import",
                             .known = m->known,
                             .known_ids = m->known_ids,
                             .n_known = m->n,
                             .extract = extract,
                             .destroy = destroy};
    return ASSAY_OK;
}
