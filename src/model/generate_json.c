/* Options of a generator as JSON, for hosts that are not written in C. */
#include <stdlib.h>

#include "assay_generate.h"
#include "format/json.h"

#define WHAT     "generation options"
#define MAX_JSON (1 << 20)
#define MAX_INT  2147483647

static assay_status get_float(const cJSON *o, const char *key, float *out, assay_error *err) {
    double x = 0;
    if (!assay_json_has(o, key)) return ASSAY_OK;
    assay_status status = assay_json_get_number(o, key, 0, 100, WHAT, &x, err);
    if (status == ASSAY_OK) *out = (float)x;
    return status;
}

static assay_status get_int(const cJSON *o, const char *key, int *out, assay_error *err) {
    int64_t x = 0;
    if (!assay_json_has(o, key)) return ASSAY_OK;
    assay_status status = assay_json_get_integer(o, key, 0, MAX_INT, WHAT, &x, err);
    if (status == ASSAY_OK) *out = (int)x;
    return status;
}

/* The strings belong to the object. */
static assay_status get_strings(const cJSON *o, const char *key, size_t max, const char **out,
                                size_t *n, assay_error *err) {
    const cJSON *array = NULL, *item = NULL;
    if (!assay_json_has(o, key)) return ASSAY_OK;
    assay_status status = assay_json_get_array(o, key, max, WHAT, &array, err);
    if (status != ASSAY_OK) return status;
    cJSON_ArrayForEach(item, array) {
        if (!cJSON_IsString(item))
            return assay_fail(err, ASSAY_E_FORMAT,
                              WHAT ": \"%s\" holds something that is no string", key);
        out[(*n)++] = item->valuestring;
    }
    return ASSAY_OK;
}

static assay_status read_numbers(const cJSON *json, assay_generate_options *o, assay_error *err) {
    int64_t seed = 0, stream = 0;
    assay_status status = get_float(json, "temperature", &o->temperature, err);
    if (status == ASSAY_OK) status = get_int(json, "top_k", &o->top_k, err);
    if (status == ASSAY_OK) status = get_float(json, "top_p", &o->top_p, err);
    if (status == ASSAY_OK) status = get_float(json, "min_p", &o->min_p, err);
    if (status == ASSAY_OK)
        status = get_float(json, "repetition_penalty", &o->repetition_penalty, err);
    if (status == ASSAY_OK) status = get_int(json, "penalty_window", &o->penalty_window, err);
    if (status == ASSAY_OK) status = get_int(json, "max_tokens", &o->max_tokens, err);
    if (status == ASSAY_OK && assay_json_has(json, "seed"))
        status = assay_json_get_integer(json, "seed", 0, INT64_C(1) << 53, WHAT, &seed, err);
    if (status == ASSAY_OK && assay_json_has(json, "stream"))
        status = assay_json_get_integer(json, "stream", 0, INT64_C(1) << 53, WHAT, &stream, err);
    if (status == ASSAY_OK && assay_json_has(json, "stop_tokens"))
        status = assay_json_get_bool(json, "stop_tokens", WHAT, &o->stop_tokens, err);
    o->seed = (uint64_t)seed;
    o->stream = (uint64_t)stream;
    return status;
}

static assay_status create(assay_session *session, const cJSON *json, assay_generator **out,
                           assay_error *err) {
    static const char *const keys[] = {
        "temperature",    "top_k",   "top_p",  "min_p",      "repetition_penalty",
        "penalty_window", "seed",    "stream", "max_tokens", "stops",
        "stop_tokens",    "choices", "regex"};
    const char *stops[ASSAY_MAX_STOPS], *choices[ASSAY_MAX_CHOICES];
    assay_generate_options o = assay_generate_defaults();
    assay_constraint *c = &o.constraint;
    if (!cJSON_IsObject(json)) return assay_fail(err, ASSAY_E_FORMAT, WHAT ": this is no object");
    assay_status status = assay_json_only(json, keys, sizeof keys / sizeof *keys, WHAT, err);
    if (status == ASSAY_OK) status = read_numbers(json, &o, err);
    if (status == ASSAY_OK)
        status = get_strings(json, "stops", ASSAY_MAX_STOPS, stops, &o.n_stops, err);
    if (status == ASSAY_OK)
        status = get_strings(json, "choices", ASSAY_MAX_CHOICES, choices, &c->n_choices, err);
    if (status == ASSAY_OK && assay_json_has(json, "regex"))
        status = assay_json_get_string(json, "regex", WHAT, &c->regex, err);
    if (status != ASSAY_OK) return status;
    o.stops = stops;
    if (assay_json_has(json, "choices")) c->choices = choices;
    return assay_generator_create(session, &o, out, err);
}

assay_status assay_generator_create_json(assay_session *session, const char *json, size_t n,
                                         assay_generator **out, assay_error *err) {
    cJSON *root = NULL;
    if (n > MAX_JSON)
        return assay_fail(err, ASSAY_E_LIMIT, WHAT ": %zu bytes, at most %d are accepted", n,
                          MAX_JSON);
    assay_status status = assay_json_parse(json, n, WHAT, &root, err);
    if (status == ASSAY_OK) status = create(session, root, out, err);
    cJSON_Delete(root);
    return status;
}
