/* Which labelled texts a concept was extracted from. Its direction is what people said of them: to a text that it comes from it
 * tells the label, so whoever learns from the same labels has to look away from it. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

void assay_origins_free(assay_origins *o) {
    for (size_t i = 0; i < o->n; i++) free(o->ids[i]);
    free(o->ids);
    *o = (assay_origins){0};
}

assay_status assay_origins_add(assay_origins *o, const char *id, assay_error *err) {
    size_t at = 0;
    while (at < o->n && strcmp(o->ids[at], id) < 0) at++;
    if (at < o->n && strcmp(o->ids[at], id) == 0) return ASSAY_OK;
    if (o->n == ASSAY_MAX_ORIGINS)
        return assay_fail(err, ASSAY_E_LIMIT, "concepts: too many texts");
    char *copy = assay_strndup(id, strlen(id));
    char **more = copy != NULL ? realloc(o->ids, (o->n + 1) * sizeof *more) : NULL;
    if (more == NULL) {
        free(copy);
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    }
    o->ids = more;
    memmove(more + at + 1, more + at, (o->n - at) * sizeof *more);
    more[at] = copy;
    o->n++;
    return ASSAY_OK;
}

static assay_status add_all(assay_origins *to, const assay_origins *from, assay_error *err) {
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < from->n && status == ASSAY_OK; i++)
        status = assay_origins_add(to, from->ids[i], err);
    return status;
}

/* One that is there without any text stays so: it would be there without the labels. */
static assay_status join(assay_origins *kept, const assay_origins *gone, assay_error *err) {
    if (kept->n == 0) return ASSAY_OK;
    if (gone->n > 0) return add_all(kept, gone, err);
    assay_origins_free(kept);
    return ASSAY_OK;
}

assay_status assay_concepts_carry(const assay_concepts *c, const bool *drop, const size_t *into,
                                  assay_concepts *made, assay_error *err) {
    size_t *place = assay_calloc(c->n, sizeof *place), n = 0;
    assay_status status = ASSAY_OK;
    if (place == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++) {
        place[i] = n;
        if (drop != NULL && drop[i]) continue;
        status = add_all(&made->origins[n++], &c->origins[i], err);
    }
    for (size_t i = 0; into != NULL && i < c->n && status == ASSAY_OK; i++) {
        if (drop[i] && into[i] < c->n)
            status = join(&made->origins[place[into[i]]], &c->origins[i], err);
    }
    free(place);
    return status;
}

bool assay_concepts_is_own(const assay_concepts *c, size_t i, const char *id) {
    return id != NULL && c->origins[i].n == 1 && strcmp(c->origins[i].ids[0], id) == 0;
}

/* ---- the functions ---- */

const char *const *assay_concepts_origins(const assay_concepts *c, size_t i, size_t *n) {
    *n = c->origins[i].n;
    return (const char *const *)c->origins[i].ids;
}

static assay_status make(const assay_concepts *c, const bool *drop, const char *const *ids,
                         assay_concepts **out, assay_error *err) {
    assay_concepts *made = NULL;
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) n += drop == NULL || !drop[i];
    assay_status status = assay_concepts_alloc(c->values_sha256, assay_concepts_encoder(c),
                                               c->threshold, n, &made, err);
    for (size_t i = 0; i < c->n && status == ASSAY_OK; i++) {
        if (drop == NULL || !drop[i])
            status = assay_concepts_append(made, &c->items[i], c->vectors + i * c->dim, true, err);
    }
    if (status == ASSAY_OK) status = assay_concepts_carry(c, drop, NULL, made, err);
    for (size_t i = 0; ids != NULL && i < c->n && status == ASSAY_OK; i++) {
        if (ids[i] != NULL) status = assay_origins_add(&made->origins[i], ids[i], err);
    }
    if (status == ASSAY_OK) return assay_concepts_seal(made, out, err);
    assay_concepts_free(made);
    return status;
}

assay_status assay_concepts_trace(const assay_concepts *c, const char *const *ids,
                                  assay_concepts **out, assay_error *err) {
    *out = NULL;
    return make(c, NULL, ids, out, err);
}

/* The texts of a label set lie in the order of their ids. */
static bool has_text(const assay_labels *labels, const char *id) {
    size_t low = 0, high = assay_labels_n_texts(labels);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(assay_labels_text(labels, middle)->id, id);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

assay_status assay_concepts_within(const assay_concepts *c, const assay_labels *labels,
                                   assay_concepts **out, assay_error *err) {
    bool *drop = assay_calloc(c->n, sizeof *drop);
    *out = NULL;
    if (drop == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t i = 0; i < c->n; i++) {
        drop[i] = c->origins[i].n > 0;
        for (size_t k = 0; k < c->origins[i].n && drop[i]; k++)
            drop[i] = !has_text(labels, c->origins[i].ids[k]);
    }
    assay_status status = make(c, drop, NULL, out, err);
    free(drop);
    return status;
}
