/* files as given -> index of each -> split.no, split.count checked -> parts in their order.
 *
 * Keys as gguf-split of llama.cpp writes them: split.no (from 0), split.count and split.tensors.count (of all parts
 * together) in every part; everything else is in the first part alone. */
#include "model/parts.h"

#include <stdlib.h>
#include <string.h>

/* ---- order ---- */

/* What a file says about its place in a split. */
typedef struct place {
    int64_t no, count;
    int64_t n_tensors; /* of all parts; negative when the file does not say */
} place;

static assay_status read_place(const assay_gguf *gguf, place *out, assay_error *err) {
    assay_status status =
        assay_gguf_int_or(gguf, "split.count", 0, UINT16_MAX, 1, &out->count, err);
    if (status == ASSAY_OK && out->count == 0) out->count = 1; /* as llama.cpp reads it */
    if (status == ASSAY_OK)
        status = assay_gguf_int_or(gguf, "split.no", 0, UINT16_MAX, 0, &out->no, err);
    if (status == ASSAY_OK) {
        status =
            assay_gguf_int_or(gguf, "split.tensors.count", 0, INT32_MAX, -1, &out->n_tensors, err);
    }
    if (status != ASSAY_OK || out->no < out->count) return status;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: calls itself part %lld of %lld",
                      assay_gguf_what(gguf), (long long)out->no + 1, (long long)out->count);
}

/* All files must speak of the same split. */
static assay_status check_count(const assay_parts *p, const place *places, size_t i,
                                assay_error *err) {
    const char *what = assay_gguf_what(p->items[i].gguf);
    const char *first = assay_gguf_what(p->items[0].gguf);
    long long count = places[i].count, wanted = places[0].count;
    if (p->n == 1 && count > 1) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: part %lld of %lld of a split file, and all parts are needed", what,
                          (long long)places[i].no + 1, count);
    }
    if (p->n > 1 && count == 1) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: is no part of a split file, but one of %zu files given", what, p->n);
    }
    if (count != wanted || places[i].n_tensors != places[0].n_tensors) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s is one of %lld parts with %lld tensors, %s one of %lld with %lld: "
                          "they are not of one split",
                          first, wanted, (long long)places[0].n_tensors, what, count,
                          (long long)places[i].n_tensors);
    }
    return ASSAY_OK;
}

/* Insertion sort by number; few parts. */
static void sort_parts(assay_parts *p, place *places) {
    for (size_t i = 1; i < p->n; i++) {
        assay_part item = p->items[i];
        place at = places[i];
        size_t k = i;
        for (; k > 0 && places[k - 1].no > at.no; k--) {
            p->items[k] = p->items[k - 1];
            places[k] = places[k - 1];
        }
        p->items[k] = item;
        places[k] = at;
    }
}

static assay_status check_order(const assay_parts *p, const place *places, assay_error *err) {
    for (size_t i = 1; i < p->n; i++) {
        if (places[i].no != places[i - 1].no) continue;
        return assay_fail(err, ASSAY_E_FORMAT, "%s and %s are both part %lld of %lld",
                          assay_gguf_what(p->items[i - 1].gguf), assay_gguf_what(p->items[i].gguf),
                          (long long)places[i].no + 1, (long long)places[i].count);
    }
    for (size_t i = 0; i < p->n || (int64_t)i < places[0].count; i++) {
        if (i < p->n && places[i].no == (int64_t)i) continue;
        return assay_fail(err, ASSAY_E_FORMAT, "%s: part %zu of %lld is missing",
                          assay_gguf_what(p->items[0].gguf), i + 1, (long long)places[0].count);
    }
    return ASSAY_OK;
}

/* ---- tensors of all parts ---- */

static assay_status check_tensors(const assay_parts *p, const place *places, assay_error *err) {
    size_t n = assay_parts_n_tensors(p);
    if (places[0].n_tensors >= 0 && (uint64_t)places[0].n_tensors != n) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: %zu tensors in %zu file%s, but split.tensors.count is %lld",
                          assay_gguf_what(p->items[0].gguf), n, p->n, p->n == 1 ? "" : "s",
                          (long long)places[0].n_tensors);
    }
    for (size_t i = 1; i < p->n; i++) {
        const assay_gguf_tensor *t = NULL;
        for (size_t k = 0; (t = assay_gguf_tensor_at(p->items[i].gguf, k)) != NULL; k++) {
            for (size_t before = 0; before < i; before++) {
                if (assay_gguf_find(p->items[before].gguf, t->name) == NULL) continue;
                return assay_fail(err, ASSAY_E_FORMAT, "tensor %s is in %s and in %s", t->name,
                                  assay_gguf_what(p->items[before].gguf),
                                  assay_gguf_what(p->items[i].gguf));
            }
        }
    }
    return ASSAY_OK;
}

/* ---- open and close ---- */

static assay_status open_parts(assay_parts *p, const assay_model_file *files, assay_error *err) {
    place places[ASSAY_MAX_PARTS];
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < p->n && status == ASSAY_OK; i++) {
        const char *what = files[i].what != NULL ? files[i].what : "model";
        if (files[i].bytes == NULL || files[i].n == 0)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: the file is empty", what);
        status = assay_gguf_open(files[i].bytes, files[i].n, what, &p->items[i].gguf, err);
        if (status == ASSAY_OK) status = read_place(p->items[i].gguf, &places[i], err);
        if (status == ASSAY_OK) status = check_count(p, places, i, err);
    }
    if (status != ASSAY_OK) return status;
    sort_parts(p, places);
    status = check_order(p, places, err);
    return status == ASSAY_OK ? check_tensors(p, places, err) : status;
}

assay_status assay_parts_open(const assay_model_file *files, size_t n_files, assay_parts *out,
                              assay_error *err) {
    assay_parts p = {0};
    assay_status status = ASSAY_OK;
    *out = p;
    if (n_files == 0 || n_files > ASSAY_MAX_PARTS) {
        status = assay_fail(err, n_files == 0 ? ASSAY_E_ARGUMENT : ASSAY_E_LIMIT,
                            "model: %zu files, expected 1 to %d", n_files, ASSAY_MAX_PARTS);
    } else if ((p.items = assay_calloc(n_files, sizeof *p.items)) == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "model: out of memory");
    }
    if (status != ASSAY_OK) {
        for (size_t i = 0; i < n_files; i++) free(files[i].bytes);
        return status;
    }
    p.n = n_files;
    for (size_t i = 0; i < n_files; i++)
        p.items[i] = (assay_part){.bytes = files[i].bytes, .n = files[i].n};
    status = open_parts(&p, files, err);
    if (status != ASSAY_OK) {
        assay_parts_close(&p);
        return status;
    }
    *out = p;
    return ASSAY_OK;
}

void assay_parts_close(assay_parts *parts) {
    for (size_t i = 0; i < parts->n; i++) {
        assay_gguf_close(parts->items[i].gguf);
        free(parts->items[i].bytes);
    }
    free(parts->items);
    *parts = (assay_parts){0};
}

/* ---- questions ---- */

const assay_gguf *assay_parts_head(const assay_parts *parts) {
    return parts->items[0].gguf;
}

const assay_gguf_tensor *assay_parts_at(const assay_parts *parts, size_t i, uint8_t **data) {
    for (size_t k = 0; k < parts->n; k++) {
        size_t n = assay_gguf_n_tensors(parts->items[k].gguf);
        if (i < n) {
            const assay_gguf_tensor *t = assay_gguf_tensor_at(parts->items[k].gguf, i);
            if (data != NULL) *data = parts->items[k].bytes + (size_t)t->offset;
            return t;
        }
        i -= n;
    }
    return NULL;
}

size_t assay_parts_find(const assay_parts *parts, const char *name) {
    size_t before = 0;
    for (size_t k = 0; k < parts->n; k++) {
        const assay_gguf *gguf = parts->items[k].gguf;
        const assay_gguf_tensor *t = assay_gguf_find(gguf, name);
        if (t != NULL) return before + (size_t)(t - assay_gguf_tensor_at(gguf, 0));
        before += assay_gguf_n_tensors(gguf);
    }
    return before;
}

size_t assay_parts_n_tensors(const assay_parts *parts) {
    size_t n = 0;
    for (size_t k = 0; k < parts->n; k++) n += assay_gguf_n_tensors(parts->items[k].gguf);
    return n;
}

uint64_t assay_parts_bytes(const assay_parts *parts) {
    uint64_t n = 0;
    for (size_t k = 0; k < parts->n; k++) n += parts->items[k].n;
    return n;
}

assay_digest assay_parts_sha256(const assay_parts *parts) {
    assay_sha256 sha;
    assay_sha256_init(&sha);
    for (size_t k = 0; k < parts->n; k++)
        assay_sha256_update(&sha, parts->items[k].bytes, parts->items[k].n);
    return assay_sha256_final(&sha);
}
