/* Look-up in what gguf.c has read, and typed access to it. */
#include "format/gguf/gguf_impl.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tables ---- */

static int compare_entries(const void *a, const void *b) {
    return strcmp((*(const gguf_entry *const *)a)->key, (*(const gguf_entry *const *)b)->key);
}

static int compare_tensors(const void *a, const void *b) {
    return strcmp((*(const assay_gguf_tensor *const *)a)->name,
                  (*(const assay_gguf_tensor *const *)b)->name);
}

static int compare_key(const void *key, const void *entry) {
    return strcmp(key, (*(const gguf_entry *const *)entry)->key);
}

static int compare_name(const void *name, const void *tensor) {
    return strcmp(name, (*(const assay_gguf_tensor *const *)tensor)->name);
}

const char *gguf_sort_entries(assay_gguf *g) {
    for (size_t i = 0; i < g->n_entries; i++) g->entries_by_key[i] = &g->entries[i];
    qsort(g->entries_by_key, g->n_entries, sizeof(gguf_entry *), compare_entries);
    for (size_t i = 1; i < g->n_entries; i++)
        if (compare_entries(&g->entries_by_key[i - 1], &g->entries_by_key[i]) == 0)
            return g->entries_by_key[i]->key;
    return NULL;
}

const char *gguf_sort_tensors(assay_gguf *g) {
    for (size_t i = 0; i < g->n_tensors; i++) g->tensors_by_name[i] = &g->tensors[i];
    qsort(g->tensors_by_name, g->n_tensors, sizeof(assay_gguf_tensor *), compare_tensors);
    for (size_t i = 1; i < g->n_tensors; i++)
        if (compare_tensors(&g->tensors_by_name[i - 1], &g->tensors_by_name[i]) == 0)
            return g->tensors_by_name[i]->name;
    return NULL;
}

const gguf_entry *gguf_find_entry(const assay_gguf *g, const char *key) {
    const gguf_entry **found =
        bsearch(key, g->entries_by_key, g->n_entries, sizeof(gguf_entry *), compare_key);
    return found != NULL ? *found : NULL;
}

const assay_gguf_tensor *assay_gguf_find(const assay_gguf *g, const char *name) {
    const assay_gguf_tensor **found =
        bsearch(name, g->tensors_by_name, g->n_tensors, sizeof(assay_gguf_tensor *), compare_name);
    return found != NULL ? *found : NULL;
}

/* ---- values ---- */

const char *assay_gguf_what(const assay_gguf *g) {
    return g->what;
}

size_t assay_gguf_header_bytes(const assay_gguf *g) {
    return g->header_bytes;
}

bool assay_gguf_has(const assay_gguf *g, const char *key) {
    return gguf_find_entry(g, key) != NULL;
}

static assay_status missing(const assay_gguf *g, const char *key, assay_error *err) {
    return assay_fail(err, ASSAY_E_FORMAT, "gguf %s: key %s is missing", g->what, key);
}

static assay_status wrong_kind(const assay_gguf *g, const gguf_entry *e, const char *want,
                               assay_error *err) {
    bool array = e->kind == GGUF_ARRAY;
    return assay_fail(err, ASSAY_E_FORMAT, "gguf %s: key %s is %s%s, not %s", g->what, e->key,
                      array ? "array of " : "", gguf_kind_name(array ? e->item_kind : e->kind),
                      want);
}

assay_status assay_gguf_int(const assay_gguf *g, const char *key, int64_t low, int64_t high,
                            int64_t *out, assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    bool is_unsigned = gguf_is_unsigned(e->kind);
    if (!is_unsigned && !gguf_is_signed(e->kind)) return wrong_kind(g, e, "an integer", err);
    bool fits = !is_unsigned || e->value.u <= INT64_MAX;
    int64_t value = !is_unsigned ? e->value.i : fits ? (int64_t)e->value.u : INT64_MAX;
    if (!fits || value < low || value > high)
        return assay_fail(err, ASSAY_E_FORMAT, "gguf %s: key %s is %s%lld, not %lld to %lld",
                          g->what, key, fits ? "" : "above ", (long long)value, (long long)low,
                          (long long)high);
    *out = value;
    return ASSAY_OK;
}

assay_status assay_gguf_int_or(const assay_gguf *g, const char *key, int64_t low, int64_t high,
                               int64_t fallback, int64_t *out, assay_error *err) {
    if (assay_gguf_has(g, key)) return assay_gguf_int(g, key, low, high, out, err);
    *out = fallback;
    return ASSAY_OK;
}

assay_status assay_gguf_float(const assay_gguf *g, const char *key, double *out, assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    if (e->kind != GGUF_F32 && e->kind != GGUF_F64) return wrong_kind(g, e, "a float", err);
    if (!isfinite(e->value.f))
        return assay_fail(err, ASSAY_E_FORMAT, "gguf %s: key %s is not finite", g->what, key);
    *out = e->value.f;
    return ASSAY_OK;
}

assay_status assay_gguf_float_or(const assay_gguf *g, const char *key, double fallback, double *out,
                                 assay_error *err) {
    if (assay_gguf_has(g, key)) return assay_gguf_float(g, key, out, err);
    *out = fallback;
    return ASSAY_OK;
}

assay_status assay_gguf_bool_or(const assay_gguf *g, const char *key, bool fallback, bool *out,
                                assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e != NULL && e->kind != GGUF_BOOL) return wrong_kind(g, e, "a bool", err);
    *out = e != NULL ? e->value.u != 0 : fallback;
    return ASSAY_OK;
}

assay_status assay_gguf_string(const assay_gguf *g, const char *key, const char **out,
                               assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    if (e->kind != GGUF_STRING) return wrong_kind(g, e, "a string", err);
    *out = e->text;
    return ASSAY_OK;
}

const char *assay_gguf_string_or(const assay_gguf *g, const char *key, const char *fallback) {
    const gguf_entry *e = gguf_find_entry(g, key);
    return e != NULL && e->kind == GGUF_STRING ? e->text : fallback;
}

/* ---- arrays ---- */

assay_status assay_gguf_string_array(const assay_gguf *g, const char *key, assay_gguf_strings *out,
                                     assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    if (e->kind != GGUF_ARRAY || e->item_kind != GGUF_STRING)
        return wrong_kind(g, e, "an array of strings", err);
    *out = (assay_gguf_strings){e->n, e->strings, e->lengths};
    return ASSAY_OK;
}

assay_status assay_gguf_int_array(const assay_gguf *g, const char *key, size_t *n,
                                  const int32_t **out, assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    if (e->kind != GGUF_ARRAY || !(gguf_is_signed(e->item_kind) || gguf_is_unsigned(e->item_kind)))
        return wrong_kind(g, e, "an array of integers", err);
    if (e->ints == NULL)
        return assay_fail(err, ASSAY_E_FORMAT, "gguf %s: key %s holds integers beyond 32 bits",
                          g->what, key);
    *n = e->n;
    *out = e->ints;
    return ASSAY_OK;
}

assay_status assay_gguf_float_array(const assay_gguf *g, const char *key, size_t *n,
                                    const float **out, assay_error *err) {
    const gguf_entry *e = gguf_find_entry(g, key);
    if (e == NULL) return missing(g, key, err);
    if (e->floats == NULL) return wrong_kind(g, e, "an array of floats", err);
    *n = e->n;
    *out = e->floats;
    return ASSAY_OK;
}

/* ---- tensors and listing ---- */

size_t assay_gguf_n_tensors(const assay_gguf *g) {
    return g->n_tensors;
}

const assay_gguf_tensor *assay_gguf_tensor_at(const assay_gguf *g, size_t i) {
    return i < g->n_tensors ? &g->tensors[i] : NULL;
}

bool assay_gguf_describe(const assay_gguf *g, size_t i, const char **key, char *value,
                         size_t value_size) {
    if (i >= g->n_entries) return false;
    const gguf_entry *e = &g->entries[i];
    *key = e->key;
    if (e->kind == GGUF_STRING) {
        size_t shown = e->n < 120 ? e->n : 120;
        while (shown < e->n && shown > 0 && ((unsigned char)e->text[shown] & 0xc0) == 0x80)
            shown--; /* whole characters */
        snprintf(value, value_size, "%.*s%s", (int)shown, e->text, shown < e->n ? "..." : "");
    } else if (e->kind == GGUF_ARRAY) {
        snprintf(value, value_size, "[%zu %s]", e->n, gguf_kind_name(e->item_kind));
    } else if (e->kind == GGUF_BOOL) {
        snprintf(value, value_size, "%s", e->value.u ? "true" : "false");
    } else if (gguf_is_unsigned(e->kind)) {
        snprintf(value, value_size, "%llu", (unsigned long long)e->value.u);
    } else if (gguf_is_signed(e->kind)) {
        snprintf(value, value_size, "%lld", (long long)e->value.i);
    } else {
        snprintf(value, value_size, "%g", e->value.f);
    }
    return true;
}
