/* A classifier's JSON -> what judges. Every number and index is checked: the file may come from anybody. */
#include "clave/classifier/classifier.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define MAX_DIM  16384
#define MAX_SIZE 1e9 /* of any weight */

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "classifier: out of memory");
}

/* Exactly n finite numbers; *out malloc'd. */
static assay_status get_numbers(const cJSON *json, const char *key, size_t n, const char *what,
                                double **out, assay_error *err) {
    const cJSON *array, *item;
    size_t i = 0;
    assay_status status = assay_json_get_array(json, key, n, what, &array, err);
    if (status != ASSAY_OK) return status;
    *out = assay_alloc(n + 1, sizeof **out);
    if (*out == NULL) return no_memory(err);
    cJSON_ArrayForEach(item, array) {
        if (!cJSON_IsNumber(item) ||
            !(item->valuedouble >= -MAX_SIZE && item->valuedouble <= MAX_SIZE))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\"[%zu] is no number within 1e9", what,
                              key, i);
        (*out)[i++] = item->valuedouble;
    }
    if (i == n) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" has %zu numbers, not %zu", what, key, i, n);
}

static assay_status get_few(const cJSON *json, const char *key, size_t n, const char *what,
                            double *out, assay_error *err) {
    double *numbers = NULL;
    assay_status status = get_numbers(json, key, n, what, &numbers, err);
    if (status == ASSAY_OK) memcpy(out, numbers, n * sizeof *out);
    free(numbers);
    return status;
}

static assay_status get_floats(const cJSON *json, const char *key, size_t n, const char *what,
                               float **out, assay_error *err) {
    double *numbers = NULL;
    assay_status status = get_numbers(json, key, n, what, &numbers, err);
    if (status == ASSAY_OK) *out = assay_alloc(n + 1, sizeof **out);
    if (status == ASSAY_OK && *out == NULL) status = no_memory(err);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) (*out)[i] = (float)numbers[i];
    free(numbers);
    return status;
}

/* n whole numbers from low to high. */
static assay_status get_integers(const cJSON *json, const char *key, size_t n, double low,
                                 double high, const char *what, int64_t *out, assay_error *err) {
    double *numbers = NULL;
    assay_status status = get_numbers(json, key, n, what, &numbers, err);
    for (size_t i = 0; status == ASSAY_OK && i < n; i++) {
        if (!(numbers[i] >= low && numbers[i] <= high) || numbers[i] != (double)(int64_t)numbers[i])
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\"[%zu] is out of its range", what,
                                key, i);
        else
            out[i] = (int64_t)numbers[i];
    }
    free(numbers);
    return status;
}

/* ---- head of the file ---- */

static assay_status read_encoder(assay_classifier *c, const char *what, assay_error *err) {
    const cJSON *encoder = cJSON_GetObjectItemCaseSensitive(c->root, "encoder");
    const cJSON *concepts = cJSON_GetObjectItemCaseSensitive(c->root, "concepts");
    int64_t dim = 0;
    assay_status status = ASSAY_OK;
    if (!cJSON_IsNull(encoder)) {
        status = assay_json_get_object(c->root, "encoder", what, &encoder, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(encoder, "name", what, &c->encoder_name, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(encoder, "sha256", what, &c->encoder_sha256, err);
        if (status == ASSAY_OK)
            status = assay_json_get_integer(encoder, "dim", 1, MAX_DIM, what, &dim, err);
        c->dim = (size_t)dim;
    }
    if (status == ASSAY_OK && !cJSON_IsNull(concepts))
        status = assay_json_get_string(c->root, "concepts", what, &c->concepts_sha256, err);
    return status;
}

static assay_status read_features(assay_classifier *c, const char *what, assay_error *err) {
    const cJSON *features, *name;
    assay_status status =
        assay_json_get_array(c->root, "features", ASSAY_BLOCKS, what, &features, err);
    if (status != ASSAY_OK) return status;
    cJSON_ArrayForEach(name, features) {
        unsigned b = 0;
        while (b < ASSAY_BLOCKS &&
               (!cJSON_IsString(name) || strcmp(name->valuestring, assay_block_names[b]) != 0))
            b++;
        if (b == ASSAY_BLOCKS || (c->set & ASSAY_BLOCK_BIT(b)))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: \"features\" has an unknown name", what);
        bool vectors = b >= ASSAY_GRAM_BLOCKS && b < ASSAY_SHARED_BLOCKS;
        if ((vectors && c->dim == 0) || (b == ASSAY_BLOCK_CONCEPTS && c->concepts_sha256 == NULL))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: feature %s without its source", what,
                              assay_block_names[b]);
        c->set |= ASSAY_BLOCK_BIT(b);
        size_t used = strlen(c->features);
        snprintf(c->features + used, sizeof c->features - used, "%s%s", used > 0 ? "+" : "",
                 assay_block_names[b]);
    }
    if (c->set == 0) return assay_fail(err, ASSAY_E_FORMAT, "%s: no features", what);
    return get_few(c->root, "scales", ASSAY_SHARED_BLOCKS, what, c->scale, err);
}

static assay_status read_values(assay_classifier *c, const char *what, assay_error *err) {
    const cJSON *values;
    assay_buffer text = {0};
    char name[200];
    assay_status status = assay_json_get_object(c->root, "values", what, &values, err);
    if (status != ASSAY_OK) return status;
    snprintf(name, sizeof name, "%.120s: values", what);
    assay_json_canonical(values, &text);
    status = text.failed ? no_memory(err)
                         : assay_values_parse(text.data, text.len, name, &c->values, err);
    assay_buffer_free(&text);
    if (status == ASSAY_OK) c->n_values = assay_values_count(c->values);
    return status;
}

/* ---- examples ---- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Signed bytes in hex -> a vector of length 1. */
static assay_status read_code(const cJSON *json, size_t dim, const char *what, float *out,
                              assay_error *err) {
    const char *code;
    double square = 0;
    assay_status status = assay_json_get_string(json, "code", what, &code, err);
    if (status != ASSAY_OK) return status;
    if (strlen(code) != 2 * dim)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"code\" has not %zu digits", what, 2 * dim);
    for (size_t d = 0; d < dim; d++) {
        int high = hex_digit(code[2 * d]), low = hex_digit(code[2 * d + 1]);
        if (high < 0 || low < 0)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: \"code\" is not hexadecimal", what);
        int byte = high * 16 + low;
        out[d] = (float)(byte > 127 ? byte - 256 : byte);
        square += (double)out[d] * (double)out[d];
    }
    double scale = square > 0 ? 1.0 / assay_sqrt(square) : 0.0;
    for (size_t d = 0; d < dim; d++) out[d] = (float)((double)out[d] * scale);
    return ASSAY_OK;
}

static assay_status read_examples(assay_classifier *c, const char *what, assay_error *err) {
    const cJSON *array, *item;
    char where[200];
    size_t n, size;
    assay_status status =
        assay_json_get_array(c->root, "examples", ASSAY_MAX_CALIBRATED, what, &array, err);
    if (status != ASSAY_OK) return status;
    n = (size_t)cJSON_GetArraySize(array);
    if (n == 0) return assay_fail(err, ASSAY_E_FORMAT, "%s: no examples", what);
    c->examples = assay_calloc(n, sizeof *c->examples);
    bool ok = c->examples != NULL && assay_size_mul(n, c->dim, &size);
    if (ok && c->dim > 0) ok = (c->codes = assay_alloc(size, sizeof *c->codes)) != NULL;
    if (!ok) return no_memory(err);
    cJSON_ArrayForEach(item, array) {
        size_t i = c->n_examples++;
        assay_judged_text *t = &c->examples[i];
        snprintf(where, sizeof where, "%.120s: examples[%zu]", what, i);
        status = assay_json_get_string(item, "id", where, &t->id, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(item, "scenario", where, &t->scenario, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(item, "response", where, &t->response, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(item, "source", where, &t->source, err);
        if (status == ASSAY_OK && c->dim > 0)
            status = read_code(item, c->dim, where, c->codes + i * c->dim, err);
        if (status != ASSAY_OK) return status;
    }
    return ASSAY_OK;
}

/* ---- parts ---- */

static assay_status read_head(const assay_classifier *c, const cJSON *part, size_t h,
                              assay_value_part *p, const char *what, assay_error *err) {
    const cJSON *json, *vectors;
    assay_head *head = &p->head[h];
    assay_status status = assay_json_get_object(part, assay_head_names[h], what, &json, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(json, "intercept", -MAX_SIZE, MAX_SIZE, what,
                                       &head->intercept, err);
    if (status != ASSAY_OK || !assay_json_has(json, "a")) return status;
    status = get_numbers(json, "a", p->n_labels, what, &head->a, err);
    if (status == ASSAY_OK)
        status = get_few(json, "similarities", ASSAY_SIMILARITIES, what, head->similarity, err);
    if (status == ASSAY_OK) status = assay_json_get_object(json, "vectors", what, &vectors, err);
    for (unsigned b = ASSAY_GRAM_BLOCKS; b < ASSAY_SHARED_BLOCKS && status == ASSAY_OK; b++) {
        if (c->set & ASSAY_BLOCK_BIT(b))
            status = get_floats(vectors, assay_block_names[b], c->dim, what, &head->w[b], err);
    }
    return status;
}

static assay_status read_texts(assay_classifier *c, const cJSON *json, assay_value_part *p,
                               const char *what, assay_error *err) {
    const cJSON *array;
    int64_t *numbers = NULL;
    size_t count[3] = {0};
    assay_status status = assay_json_get_array(json, "texts", c->n_examples, what, &array, err);
    if (status != ASSAY_OK) return status;
    size_t n = p->n_labels = (size_t)cJSON_GetArraySize(array);
    p->example = assay_alloc(n + 1, sizeof *p->example);
    p->label = assay_alloc(n + 1, sizeof *p->label);
    numbers = assay_alloc(n + 1, sizeof *numbers);
    if (p->example == NULL || p->label == NULL || numbers == NULL) status = no_memory(err);
    if (status == ASSAY_OK)
        status = get_integers(json, "texts", n, 0, (double)c->n_examples - 1, what, numbers, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        p->example[i] = (uint32_t)numbers[i];
        if (i > 0 && p->example[i] <= p->example[i - 1])
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"texts\" do not ascend", what);
    }
    if (status == ASSAY_OK) status = get_integers(json, "labels", n, -1, 1, what, numbers, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        p->label[i] = (int8_t)numbers[i];
        count[p->label[i] + 1]++;
    }
    p->allowed[0] = count[0] >= ASSAY_LEAST_LABELS;
    p->allowed[1] = true;
    p->allowed[2] = count[2] >= ASSAY_LEAST_LABELS;
    free(numbers);
    return status;
}

/* Figures of the whole, or of one value. */
static assay_status read_figures(const cJSON *json, const char *what, double *accuracy,
                                 double *macro_f1, assay_error *err) {
    const cJSON *figures;
    assay_status status = assay_json_get_object(json, "figures", what, &figures, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(figures, "accuracy", 0, 1, what, accuracy, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(figures, "macro_f1", 0, 1, what, macro_f1, err);
    return status;
}

static assay_status read_summary(const cJSON *json, const char *what, assay_classifier_value *out,
                                 assay_error *err) {
    int64_t count[3];
    assay_status status =
        get_integers(json, "counts", 3, 0, ASSAY_MAX_CALIBRATED, what, count, err);
    for (size_t k = 0; k < 3 && status == ASSAY_OK; k++) out->count[k] = (size_t)count[k];
    if (status == ASSAY_OK && assay_json_has(json, "note"))
        status = assay_json_get_string(json, "note", what, &out->note, err);
    if (status == ASSAY_OK) status = read_figures(json, what, &out->accuracy, &out->macro_f1, err);
    return status;
}

static assay_status read_parts(assay_classifier *c, const char *what, assay_error *err) {
    const cJSON *array, *item;
    char where[200];
    size_t v = 0;
    assay_status status = assay_json_get_array(c->root, "parts", c->n_values, what, &array, err);
    if (status != ASSAY_OK) return status;
    c->parts = assay_calloc(c->n_values, sizeof *c->parts);
    c->summaries = assay_calloc(c->n_values, sizeof *c->summaries);
    if (c->parts == NULL || c->summaries == NULL) return no_memory(err);
    c->summary.features = c->features;
    c->summary.values = c->summaries;
    status = read_figures(c->root, what, &c->summary.accuracy, &c->summary.macro_f1, err);
    if (status != ASSAY_OK) return status;
    cJSON_ArrayForEach(item, array) {
        const char *id;
        assay_value_part *p = &c->parts[v];
        snprintf(where, sizeof where, "%.120s: parts[%zu]", what, v);
        status = assay_json_get_string(item, "value", where, &id, err);
        if (status == ASSAY_OK && strcmp(id, assay_values_at(c->values, v)->id) != 0)
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: is not of value %.64s", where,
                                assay_values_at(c->values, v)->id);
        if (status == ASSAY_OK) status = read_summary(item, where, &c->summaries[v], err);
        if (status == ASSAY_OK) status = read_texts(c, item, p, where, err);
        if (status == ASSAY_OK) status = get_few(item, "offsets", 3, where, p->offset, err);
        if (status == ASSAY_OK && assay_json_has(item, "shifts"))
            status = get_few(item, "shifts", 3, where, p->shift, err);
        if (status == ASSAY_OK && c->dim > 0 && assay_json_has(item, "definition"))
            status = get_floats(item, "definition", c->dim, where, &p->definition, err);
        for (size_t h = 0; h < ASSAY_HEADS && status == ASSAY_OK; h++)
            status = read_head(c, item, h, p, where, err);
        if (status != ASSAY_OK) return status;
        v++;
    }
    if (v == c->n_values) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: %zu parts, %zu values", what, v, c->n_values);
}

static assay_status read_all(assay_classifier *c, const char *what, assay_error *err) {
    int64_t format;
    const char *kind;
    assay_status status =
        assay_json_get_integer(c->root, "format", 1, ASSAY_CLASSIFIER_FORMAT, what, &format, err);
    if (status == ASSAY_OK) status = assay_json_get_string(c->root, "kind", what, &kind, err);
    if (status == ASSAY_OK && strcmp(kind, "assay-classifier") != 0)
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: is no classifier", what);
    if (status == ASSAY_OK) status = read_values(c, what, err);
    if (status == ASSAY_OK) status = read_encoder(c, what, err);
    if (status == ASSAY_OK) status = read_features(c, what, err);
    if (status == ASSAY_OK)
        status =
            assay_json_get_number(c->root, "temperature", 1e-3, 1e3, what, &c->temperature, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(c->root, "sharing", 0, 1, what, &c->sharing, err);
    if (status == ASSAY_OK) status = read_examples(c, what, err);
    if (status == ASSAY_OK) status = read_parts(c, what, err);
    return status;
}

assay_status assay_classifier_parse(const char *json, size_t n, const char *what,
                                    assay_classifier **out, assay_error *err) {
    assay_buffer canonical = {0};
    assay_classifier *c = assay_calloc(1, sizeof *c);
    if (c == NULL) return no_memory(err);
    assay_status status = assay_json_parse(json, n, what, &c->root, err);
    if (status == ASSAY_OK) status = read_all(c, what, err);
    if (status == ASSAY_OK) status = assay_classifier_weigh(c, err);
    if (status == ASSAY_OK) {
        assay_json_canonical(c->root, &canonical);
        if (canonical.failed) status = no_memory(err);
    }
    if (status == ASSAY_OK) {
        c->json = canonical.data;
        c->digest = assay_sha256_of(canonical.data, canonical.len);
        *out = c;
        return ASSAY_OK;
    }
    assay_buffer_free(&canonical);
    assay_classifier_free(c);
    return status;
}
