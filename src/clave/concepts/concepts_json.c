/* A concept pool as JSON: strict on the way in, one form on the way out. */
#include "clave/concepts/concepts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"

#define LOWEST  (-1.0)
#define HIGHEST 2.0 /* thresholds; above 1 nothing maps */

static const char *direction(assay_valence valence) {
    return valence == ASSAY_ADHERES ? "adheres" : "opposes";
}

static void print_concept(const assay_concepts *c, size_t i, assay_buffer *out) {
    assay_buffer_print(out, "%s{\"text\":", i > 0 ? ",\n" : "\n");
    assay_json_string(out, c->items[i].text);
    assay_buffer_print(out, ",\"value\":");
    assay_json_string(out, c->items[i].value);
    assay_buffer_print(out, ",\"valence\":\"%s\"", direction(c->items[i].valence));
    if (c->items[i].pinned) assay_buffer_print(out, ",\"pinned\":true");
    for (size_t k = 0; k < c->origins[i].n; k++) {
        assay_buffer_print(out, "%s", k > 0 ? "," : ",\"from\":[");
        assay_json_string(out, c->origins[i].ids[k]);
    }
    if (c->origins[i].n > 0) assay_buffer_print(out, "]");
    for (size_t d = 0; c->encoder.name != NULL && d < c->dim; d++) {
        /* Nine digits bring the same float back. */
        assay_buffer_print(out, "%s%.9g", d > 0 ? "," : ",\"vector\":[",
                           (double)c->vectors[i * c->dim + d]);
    }
    assay_buffer_print(out, c->encoder.name != NULL ? "]}" : "}");
}

assay_status assay_concepts_print(const assay_concepts *c, assay_buffer *out, assay_error *err) {
    assay_buffer_print(out, "{\"format\":1,\"values\":\"%s\",\n\"encoder\":", c->values_sha256);
    if (c->encoder.name == NULL) {
        assay_buffer_print(out, "null");
    } else {
        assay_buffer_print(out, "{\"name\":");
        assay_json_string(out, c->encoder.name);
        assay_buffer_print(out, ",\"sha256\":\"%s\",\"dim\":%zu}", c->encoder.sha256,
                           c->encoder.dim);
    }
    assay_buffer_print(out, ",\n\"threshold\":");
    assay_json_number(out, c->threshold);
    assay_buffer_print(out, ",\n\"concepts\":[");
    for (size_t i = 0; i < c->n; i++) print_concept(c, i, out);
    assay_buffer_print(out, "]}\n");
    return out->failed ? assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory") : ASSAY_OK;
}

static assay_status read_vector(const cJSON *json, const char *what, size_t dim, float *out,
                                assay_error *err) {
    const cJSON *array, *number;
    size_t d = 0;
    assay_status status = assay_json_get_array(json, "vector", dim, what, &array, err);
    if (status != ASSAY_OK) return status;
    cJSON_ArrayForEach(number, array) {
        /* Read back as a float: no more than a float holds. */
        if (!cJSON_IsNumber(number) || !(number->valuedouble >= -2 && number->valuedouble <= 2))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: \"vector\" is not of length 1", what);
        out[d++] = (float)number->valuedouble;
    }
    if (d < dim)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"vector\" has %zu numbers, the encoder %zu",
                          what, d, dim);
    return ASSAY_OK;
}

static assay_status read_origins(const cJSON *json, const char *what, assay_origins *out,
                                 assay_error *err) {
    const cJSON *array, *id;
    if (!assay_json_has(json, "from")) return ASSAY_OK;
    assay_status status = assay_json_get_array(json, "from", ASSAY_MAX_ORIGINS, what, &array, err);
    if (status != ASSAY_OK) return status;
    cJSON_ArrayForEach(id, array) {
        if (!cJSON_IsString(id) || id->valuestring[0] == '\0' ||
            (out->n > 0 && strcmp(out->ids[out->n - 1], id->valuestring) >= 0))
            return assay_fail(err, ASSAY_E_FORMAT,
                              "%s: \"from\" is not a list of ids in ascending order", what);
        status = assay_origins_add(out, id->valuestring, err);
        if (status != ASSAY_OK) return status;
    }
    return out->n > 0 ? ASSAY_OK : assay_fail(err, ASSAY_E_FORMAT, "%s: \"from\" is empty", what);
}

static assay_status read_concept(const cJSON *json, const char *file, const assay_values *values,
                                 float *vector, assay_concepts *c, assay_error *err) {
    static const char *const keys[] = {"text", "value", "valence", "pinned", "from", "vector"};
    char what[200];
    const char *valence = NULL;
    assay_concept item = {0};
    assay_error inner = {0};
    snprintf(what, sizeof what, "%.120s: concepts[%zu]", file, c->n);
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof *keys, what, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "text", what, &item.text, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "value", what, &item.value, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "valence", what, &valence, err);
    if (status == ASSAY_OK && assay_json_has(json, "pinned"))
        status = assay_json_get_bool(json, "pinned", what, &item.pinned, err);
    if (status == ASSAY_OK && c->encoder.name != NULL)
        status = read_vector(json, what, c->dim, vector, err);
    else if (status == ASSAY_OK && assay_json_has(json, "vector"))
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: a vector, but no encoder", what);
    if (status != ASSAY_OK) return status;
    if (assay_values_find(values, item.value) < 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: there is no value %.60s", what, item.value);
    item.valence = strcmp(valence, "adheres") == 0   ? ASSAY_ADHERES
                   : strcmp(valence, "opposes") == 0 ? ASSAY_OPPOSES
                                                     : ASSAY_UNRELATED;
    status = assay_concepts_append(c, &item, c->encoder.name != NULL ? vector : NULL, true, &inner);
    if (status == ASSAY_OK) return read_origins(json, what, &c->origins[c->n - 1], err);
    return assay_fail(err, status == ASSAY_E_ARGUMENT ? ASSAY_E_FORMAT : status, "%s: %s", file,
                      inner.text);
}

typedef struct head {
    const char *values;
    assay_concept_encoder encoder;
    bool has_encoder;
    double threshold;
    const cJSON *concepts;
} head;

static assay_status read_head(const cJSON *json, const char *what, const assay_values *values,
                              head *h, assay_error *err) {
    static const char *const keys[] = {"format", "values", "encoder", "threshold", "concepts"};
    static const char *const encoder_keys[] = {"name", "sha256", "dim"};
    int64_t format, dim = 0;
    const cJSON *encoder = cJSON_GetObjectItemCaseSensitive(json, "encoder");
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof *keys, what, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(json, "format", 1, 1, what, &format, err);
    if (status == ASSAY_OK) status = assay_json_get_string(json, "values", what, &h->values, err);
    if (status == ASSAY_OK && strcmp(h->values, assay_values_sha256(values)) != 0)
        status = assay_fail(err, ASSAY_E_FORMAT,
                            "%s: made for another version of the value system than %.60s", what,
                            assay_values_id(values));
    if (status == ASSAY_OK)
        status =
            assay_json_get_number(json, "threshold", LOWEST, HIGHEST, what, &h->threshold, err);
    if (status == ASSAY_OK)
        status =
            assay_json_get_array(json, "concepts", ASSAY_MAX_CONCEPTS, what, &h->concepts, err);
    h->has_encoder = encoder != NULL && !cJSON_IsNull(encoder);
    if (status != ASSAY_OK || !h->has_encoder) return status;
    status = assay_json_only(encoder, encoder_keys, 3, what, err);
    if (status == ASSAY_OK)
        status = assay_json_get_string(encoder, "name", what, &h->encoder.name, err);
    if (status == ASSAY_OK)
        status = assay_json_get_string(encoder, "sha256", what, &h->encoder.sha256, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(encoder, "dim", 1, ASSAY_CONCEPT_DIM, what, &dim, err);
    h->encoder.dim = (size_t)dim;
    return status == ASSAY_OK ? assay_concepts_check_encoder(what, &h->encoder, err) : status;
}

assay_status assay_concepts_parse(const char *json, size_t n, const char *what,
                                  const assay_values *values, assay_concepts **out,
                                  assay_error *err) {
    cJSON *root = NULL;
    const cJSON *item;
    assay_concepts *c = NULL;
    float *vector = NULL;
    head h = {0};
    *out = NULL;
    assay_status status = assay_json_parse(json, n, what, &root, err);
    if (status != ASSAY_OK) return status;
    status = read_head(root, what, values, &h, err);
    if (status == ASSAY_OK) {
        status = assay_concepts_alloc(h.values, h.has_encoder ? &h.encoder : NULL, h.threshold,
                                      (size_t)cJSON_GetArraySize(h.concepts), &c, err);
    }
    if (status == ASSAY_OK) {
        vector = assay_alloc(c->dim, sizeof *vector);
        if (vector == NULL) status = assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
    }
    cJSON_ArrayForEach(item, h.concepts) {
        if (status == ASSAY_OK) status = read_concept(item, what, values, vector, c, err);
    }
    free(vector);
    cJSON_Delete(root);
    if (status == ASSAY_OK) return assay_concepts_seal(c, out, err);
    assay_concepts_free(c);
    return status;
}
