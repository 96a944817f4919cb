/* A concept pool: making one, and what it holds. */
#include "clave/concepts/concepts.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

#define LENGTH_TOLERANCE 1e-3 /* of a vector of length 1 that was rounded to float */
#define MAX_NAME         200

/* ---- vectors ---- */

double assay_vector_dot(const float *a, const float *b, size_t dim) {
    double sum = 0;
    for (size_t d = 0; d < dim; d++) sum += (double)a[d] * (double)b[d];
    return sum;
}

double assay_vector_length(const float *a, size_t dim) {
    return assay_sqrt(assay_vector_dot(a, a, dim));
}

/* ---- building ---- */

assay_status assay_concepts_alloc(const char *values_sha256, const assay_concept_encoder *encoder,
                                  double threshold, size_t n, assay_concepts **out,
                                  assay_error *err) {
    size_t n_floats = 0;
    assay_concepts *c = assay_calloc(1, sizeof *c);
    *out = NULL;
    if (n > ASSAY_MAX_CONCEPTS) {
        free(c);
        return assay_fail(err, ASSAY_E_LIMIT, "concepts: more than %d", ASSAY_MAX_CONCEPTS);
    }
    if (c == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    c->dim = encoder != NULL ? encoder->dim : ASSAY_TEXT_DIM;
    c->threshold = threshold;
    strncpy(c->values_sha256, values_sha256, sizeof c->values_sha256 - 1);
    if (encoder != NULL) {
        c->encoder.name = assay_strndup(encoder->name, strlen(encoder->name));
        c->encoder.sha256 = assay_strndup(encoder->sha256, strlen(encoder->sha256));
        c->encoder.dim = encoder->dim;
    }
    c->items = assay_calloc(n, sizeof *c->items);
    c->origins = assay_calloc(n, sizeof *c->origins);
    if (assay_size_mul(n, c->dim, &n_floats)) c->vectors = assay_alloc(n_floats, sizeof(float));
    if (c->items == NULL || c->origins == NULL || c->vectors == NULL ||
        (encoder != NULL && (c->encoder.name == NULL || c->encoder.sha256 == NULL))) {
        assay_concepts_free(c);
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    }
    *out = c;
    return ASSAY_OK;
}

static assay_status take_vector(assay_concepts *c, size_t i, const float *vector, bool exact,
                                assay_error *err) {
    float *own = c->vectors + i * c->dim;
    if (vector == NULL) {
        assay_text_vector(c->items[i].text, own);
        return ASSAY_OK;
    }
    double length = assay_vector_length(vector, c->dim);
    if (!(length > 0) || !(length - length == 0) ||
        (exact && (length < 1 - LENGTH_TOLERANCE || length > 1 + LENGTH_TOLERANCE)))
        return assay_fail(err, ASSAY_E_ARGUMENT, "concept %zu: a vector of length %.9g", i + 1,
                          length);
    for (size_t d = 0; d < c->dim; d++)
        own[d] = exact ? vector[d] : (float)((double)vector[d] / length);
    return ASSAY_OK;
}

assay_status assay_concepts_append(assay_concepts *c, const assay_concept *item,
                                   const float *vector, bool exact, assay_error *err) {
    char clean[ASSAY_CONCEPT_BYTES + 1];
    size_t i = c->n;
    if (!assay_concept_clean(item->text, strlen(item->text), clean))
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "concept %zu: \"%.40s\" is no phrase of at most %d bytes", i + 1,
                          item->text, ASSAY_CONCEPT_BYTES);
    if (exact && strcmp(clean, item->text) != 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concept %zu: \"%.40s\" has to be \"%.40s\"",
                          i + 1, item->text, clean);
    if (item->valence != ASSAY_ADHERES && item->valence != ASSAY_OPPOSES)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concept %zu: neither adheres nor opposes", i + 1);
    c->items[i] = (assay_concept){assay_strndup(clean, strlen(clean)),
                                  assay_strndup(item->value, strlen(item->value)), item->valence,
                                  item->pinned};
    c->n++;
    if (c->items[i].text == NULL || c->items[i].value == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    return take_vector(c, i, vector, exact, err);
}

void assay_concepts_free(assay_concepts *c) {
    if (c == NULL) return;
    for (size_t i = 0; i < c->n; i++) {
        free((char *)c->items[i].text);
        free((char *)c->items[i].value);
        assay_origins_free(&c->origins[i]);
    }
    free((char *)c->encoder.name);
    free((char *)c->encoder.sha256);
    free(c->items);
    free(c->origins);
    free(c->vectors);
    free(c);
}

assay_status assay_concepts_seal(assay_concepts *c, assay_concepts **out, assay_error *err) {
    assay_buffer text = {0};
    assay_status status = assay_concepts_print(c, &text, err);
    if (status == ASSAY_OK) {
        c->digest = assay_sha256_of(text.data, text.len);
        *out = c;
    } else {
        assay_concepts_free(c);
    }
    assay_buffer_free(&text);
    return status;
}

assay_status assay_concepts_check_encoder(const char *what, const assay_concept_encoder *e,
                                          assay_error *err) {
    size_t n = strlen(e->name);
    bool printable = n > 0 && n <= MAX_NAME; /* it is shown on terminals */
    for (size_t i = 0; i < n; i++)
        printable = printable && (unsigned char)e->name[i] >= 0x20 && e->name[i] != 0x7F;
    if (!printable) return assay_fail(err, ASSAY_E_FORMAT, "%s: the encoder's name", what);
    if (strlen(e->sha256) != 64 || strspn(e->sha256, "0123456789abcdef") != 64)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: the encoder's sha256 is not 64 hex digits",
                          what);
    if (e->dim < 1 || e->dim > ASSAY_CONCEPT_DIM)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: an encoder of %zu dimensions", what, e->dim);
    return ASSAY_OK;
}

assay_status assay_concepts_create(const assay_values *values, const assay_concept *items, size_t n,
                                   const assay_concept_encoder *encoder, const float *vectors,
                                   assay_concepts **out, assay_error *err) {
    assay_concepts *c = NULL;
    *out = NULL;
    if ((encoder == NULL) != (vectors == NULL))
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "concepts: an encoder and its vectors, or neither");
    assay_status status =
        encoder != NULL ? assay_concepts_check_encoder("concepts", encoder, err) : ASSAY_OK;
    if (status == ASSAY_OK)
        status = assay_concepts_alloc(assay_values_sha256(values), encoder, ASSAY_CONCEPT_THRESHOLD,
                                      n, &c, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        if (assay_values_find(values, items[i].value) < 0)
            status = assay_fail(err, ASSAY_E_ARGUMENT, "concept %zu: there is no value %.60s",
                                i + 1, items[i].value);
        else
            status = assay_concepts_append(
                c, &items[i], vectors != NULL ? vectors + i * encoder->dim : NULL, false, err);
    }
    if (status == ASSAY_OK) return assay_concepts_seal(c, out, err);
    assay_concepts_free(c);
    return status;
}

/* ---- what it holds ---- */

size_t assay_concepts_count(const assay_concepts *c) {
    return c->n;
}

const assay_concept *assay_concepts_at(const assay_concepts *c, size_t i) {
    return &c->items[i];
}

const float *assay_concepts_vector(const assay_concepts *c, size_t i) {
    return c->encoder.name != NULL ? c->vectors + i * c->dim : NULL;
}

size_t assay_concepts_dim(const assay_concepts *c) {
    return c->encoder.dim;
}

double assay_concepts_threshold(const assay_concepts *c) {
    return c->threshold;
}

const char *assay_concepts_sha256(const assay_concepts *c) {
    return c->digest.hex;
}

const assay_concept_encoder *assay_concepts_encoder(const assay_concepts *c) {
    return c->encoder.name != NULL ? &c->encoder : NULL;
}

const char *assay_concepts_values_sha256(const assay_concepts *c) {
    return c->values_sha256;
}
