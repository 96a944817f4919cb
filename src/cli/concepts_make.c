/* Texts -> vectors -> the extractor's phrases -> vectors -> pool. */
#include "cli/concepts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"

#define GROUP_TEXTS 64 /* that are embedded together */

/* ---- vectors ---- */

/* n texts in groups, so that Ctrl-C and a line of progress come through. */
static assay_status embed_all(assay_concepts_making *m, const char *const *texts, size_t n,
                              float **out, assay_error *err) {
    const assay_embedder *e = &m->encoder.embedder;
    size_t n_floats = 0;
    assay_progress progress;
    assay_status status = ASSAY_OK;
    *out = assay_size_mul(n, e->dim, &n_floats) ? assay_alloc(n_floats, sizeof **out) : NULL;
    if (*out == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    assay_progress_start(&progress, 0, n, m->options.host.quiet);
    for (size_t i = 0; i < n && status == ASSAY_OK; i += GROUP_TEXTS) {
        size_t group = n - i < GROUP_TEXTS ? n - i : GROUP_TEXTS;
        status = e->embed(e->context, texts + i, group, *out + i * e->dim, err);
        assay_progress_step(&progress, i + group);
    }
    assay_progress_end(&progress);
    return status;
}

static assay_status embed_responses(assay_concepts_making *m, assay_error *err) {
    size_t n = assay_labels_n_texts(m->labels);
    if (m->encoder.embedder.dim == 0) return ASSAY_OK;
    const char **texts = assay_alloc(n, sizeof *texts);
    if (texts == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t i = 0; i < n; i++) texts[i] = assay_labels_text(m->labels, i)->response;
    assay_status status = embed_all(m, texts, n, &m->rows, err);
    free(texts);
    return status;
}

static const assay_vectors *vectors_of(const assay_concepts_making *m, assay_vectors *out) {
    const assay_embedder *e = &m->encoder.embedder;
    *out =
        (assay_vectors){.name = e->name, .sha256 = e->sha256, .dim = e->dim, .response = m->rows};
    return m->rows != NULL ? out : NULL;
}

/* ---- extractors ---- */

static assay_status open_endpoint(assay_concepts_making *m, assay_error *err) {
    assay_endpoint_options *o = &m->options.endpoint;
    char host[200];
    if (o->url == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: which endpoint? --endpoint URL");
    const char *found = getenv(m->options.key_variable);
    if (m->options.ask_key) {
        if (assay_endpoint_ask_key(m->key, sizeof m->key, err) != ASSAY_OK) return err->status;
    } else if (found != NULL &&
               snprintf(m->key, sizeof m->key, "%s", found) >= (int)ASSAY_CLI_KEY) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "endpoint: a key of %d bytes and more",
                          ASSAY_CLI_KEY);
    }
    o->key = m->key;
    o->n_unanswered = &m->n_unanswered;
    o->n_others = &m->n_others;
    if (o->log == NULL) {
        if (snprintf(m->log, sizeof m->log, "%s.asked.jsonl", m->options.out) >= (int)sizeof m->log)
            return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes",
                              ASSAY_CLI_PATH - 1);
        o->log = m->log;
    }
    assay_status status = assay_endpoint_extractor(o, assay_poster_own(), &m->extractor, err);
    if (status != ASSAY_OK) return status;
    assay_endpoint_host(o->url, host, sizeof host);
    if (m->n_others > 0)
        fprintf(stderr,
                "note: %s: %zu line%s of another endpoint, or of none that is named, not taken: "
                "their texts are asked again\n",
                o->log, m->n_others, m->n_others > 1 ? "s" : "");
    fprintf(stderr, "note: scenarios and responses leave this machine: they are sent to %s\n",
            host);
    return ASSAY_OK;
}

assay_status assay_concepts_open_extractor(assay_concepts_making *m, assay_error *err) {
    const char *name = m->options.extractor;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (strcmp(name, "endpoint") == 0) return open_endpoint(m, err);
    if (m->options.endpoint.url != NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "concepts: --endpoint needs --extractor endpoint");
    if (strcmp(name, "builtin") == 0)
        return assay_extractor_builtin(m->encoder.embedder.dim > 0 ? &m->encoder.embedder : NULL,
                                       &m->extractor, err);
    if (strcmp(name, "model") == 0) {
        m->host.options = m->options.host;
        assay_status status = assay_host_open_model(&m->host, err);
        return status == ASSAY_OK ? assay_extractor_model(m->host.session, &m->extractor, err)
                                  : status;
    }
    assay_status status = assay_os_read_file(name, ASSAY_CLI_LABELS_SIZE, &bytes, &n, err);
    if (status == ASSAY_OK)
        status =
            assay_extractor_import((const char *)bytes, n, name, m->values, &m->extractor, err);
    free(bytes);
    return status;
}

/* ---- candidates ---- */

/* The first lists of the values, then what was imported. */
static assay_status take_known(assay_concepts_making *m, assay_error *err) {
    size_t n_values = assay_values_count(m->values), n = m->extractor.n_known;
    for (size_t v = 0; v < n_values; v++) n += assay_values_at(m->values, v)->n_concepts;
    m->cap_texts = m->n_plan * (size_t)m->options.phrases;
    m->cap_items = n + m->cap_texts;
    m->items = assay_calloc(m->cap_items, sizeof *m->items);
    m->from = assay_calloc(m->cap_items, sizeof *m->from);
    m->texts = assay_calloc(m->cap_texts + ASSAY_MAX_PHRASES, sizeof *m->texts);
    if (m->items == NULL || m->from == NULL || m->texts == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t v = 0; v < n_values; v++) {
        const assay_value *value = assay_values_at(m->values, v);
        for (size_t i = 0; i < value->n_concepts; i++)
            m->items[m->n_items++] =
                (assay_concept){value->concepts[i], value->id, ASSAY_ADHERES, false};
    }
    for (size_t i = 0; i < m->extractor.n_known; i++) {
        m->from[m->n_items] = m->extractor.known_ids[i];
        m->items[m->n_items++] = m->extractor.known[i];
    }
    return ASSAY_OK;
}

static assay_status ask_one(assay_concepts_making *m, const assay_concept_plan *p,
                            assay_error *err) {
    const assay_judged_text *text = assay_labels_text(m->labels, p->text);
    const assay_value *value = assay_values_at(m->values, p->value);
    const assay_extract_request request = {.id = text->id,
                                           .scenario = text->scenario,
                                           .response = text->response,
                                           .value = value,
                                           .labelled = true,
                                           .label = p->label,
                                           .k = (size_t)m->options.phrases};
    assay_phrase *phrases = m->texts + m->n_texts;
    size_t n = 0;
    if (assay_host_interrupted()) return assay_fail(err, ASSAY_E_CANCELLED, "stopped");
    assay_status status = m->extractor.extract(m->extractor.context, &request, phrases, &n, err);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        m->from[m->n_items] = text->id;
        m->items[m->n_items++] =
            (assay_concept){phrases[i].text, value->id, phrases[i].valence, false};
    }
    m->n_texts += n;
    return status;
}

static assay_status ask_all(assay_concepts_making *m, assay_error *err) {
    assay_progress progress;
    assay_vectors vectors;
    assay_status status = ASSAY_OK;
    if (m->extractor.n_known == 0)
        status =
            assay_concepts_plan(m->values, m->labels, vectors_of(m, &vectors), (size_t)m->options.k,
                                (uint64_t)m->options.seed, m->pool, &m->plan, &m->n_plan, err);
    if (status == ASSAY_OK) status = take_known(m, err);
    assay_progress_start(&progress, 0, m->n_plan, m->options.host.quiet);
    for (size_t i = 0; i < m->n_plan && status == ASSAY_OK; i++) {
        status = ask_one(m, &m->plan[i], err);
        assay_progress_step(&progress, i + 1);
    }
    assay_progress_end(&progress);
    if (m->n_unanswered > 0)
        fprintf(stderr, "note: for %zu of %zu texts there was no usable answer\n", m->n_unanswered,
                m->n_plan);
    return status;
}

/* ---- the pool ---- */

static assay_status create_pool(assay_concepts_making *m, assay_concepts **out, assay_error *err) {
    const assay_embedder *e = &m->encoder.embedder;
    const assay_concept_encoder encoder = {e->name, e->sha256, e->dim};
    float *rows = NULL;
    if (e->dim == 0)
        return assay_concepts_create(m->values, m->items, m->n_items, NULL, NULL, out, err);
    const char **texts = assay_alloc(m->n_items, sizeof *texts);
    if (texts == NULL) return assay_fail(err, ASSAY_E_MEMORY, "concepts: out of memory");
    for (size_t i = 0; i < m->n_items; i++) texts[i] = m->items[i].text;
    assay_status status = embed_all(m, texts, m->n_items, &rows, err);
    if (status == ASSAY_OK)
        status = assay_concepts_create(m->values, m->items, m->n_items, &encoder, rows, out, err);
    free(rows);
    free(texts);
    return status;
}

static assay_status make_pool(assay_concepts_making *m, assay_error *err) {
    assay_concepts *all = NULL, *traced = NULL, *unique = NULL;
    assay_vectors vectors;
    assay_status status = create_pool(m, &all, err);
    if (status == ASSAY_OK) status = assay_concepts_trace(all, m->from, &traced, err);
    if (status == ASSAY_OK)
        status = assay_concepts_deduplicate(traced, ASSAY_CONCEPT_ROUGE, ASSAY_CONCEPT_COSINE,
                                            &unique, err);
    if (status == ASSAY_OK)
        status = assay_concepts_fit(unique, m->values, m->labels, vectors_of(m, &vectors),
                                    m->options.share, &m->concepts, err);
    assay_concepts_free(all);
    assay_concepts_free(traced);
    assay_concepts_free(unique);
    return status;
}

assay_status assay_concepts_make(assay_concepts_making *m, assay_error *err) {
    assay_status status = embed_responses(m, err);
    if (status == ASSAY_OK) status = ask_all(m, err);
    return status == ASSAY_OK ? make_pool(m, err) : status;
}
