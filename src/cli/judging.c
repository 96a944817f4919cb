#include "cli/judging.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay_concepts.h"
#include "base/os.h"
#include "format/json.h"

#define GROUP_TEXTS 16 /* between two looks at Ctrl-C */

static assay_status no_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "judging: out of memory");
}

/* ---- files ---- */

static assay_status read_classifier(assay_judging *j, assay_error *err) {
    const char *path = j->options.classifier;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) return ASSAY_OK;
    assay_status status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &bytes, &n, err);
    if (status == ASSAY_OK)
        status = assay_classifier_parse((const char *)bytes, n, path, &j->classifier, err);
    free(bytes);
    return status;
}

static assay_status read_concepts(assay_judging *j, const assay_values *values, assay_error *err) {
    const char *path = j->options.concepts;
    uint8_t *bytes = NULL;
    size_t n = 0;
    if (path == NULL) return ASSAY_OK;
    assay_status status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &bytes, &n, err);
    if (status == ASSAY_OK)
        status = assay_concepts_parse((const char *)bytes, n, path, values, &j->concepts, err);
    free(bytes);
    return status;
}

static assay_status open_encoder(assay_judging *j, assay_error *err) {
    const assay_host_options *h = &j->options.host;
    const assay_cli_embedder_options options = {.program = h->program,
                                                .encoder = j->options.encoder,
                                                .layer = j->options.layer,
                                                .kernels = h->kernels,
                                                .cache = h->cache,
                                                .offline = h->offline,
                                                .quiet = h->quiet,
                                                .pool = j->pool};
    bool pool_needs = j->concepts != NULL && assay_concepts_encoder(j->concepts) != NULL;
    bool needs = j->classifier != NULL && assay_classifier_encoder(j->classifier) != NULL;
    if (j->classifier != NULL && !needs && !pool_needs) return ASSAY_OK;
    assay_status status = assay_cli_embedder_open(&options, &j->encoder, err);
    if (status == ASSAY_OK && pool_needs) {
        const assay_concept_encoder *pool = assay_concepts_encoder(j->concepts);
        status = assay_cli_embedder_match(&j->encoder, j->options.concepts, pool->name,
                                          pool->sha256, err);
    }
    if (status == ASSAY_OK && needs && j->encoder.embedder.dim == 0)
        status = assay_cli_embedder_match(&j->encoder, j->options.classifier,
                                          assay_classifier_encoder(j->classifier), "", err);
    return status;
}

assay_status assay_judging_open(assay_judging *j, const assay_values *values, assay_error *err) {
    int64_t threads = j->options.host.threads > 0 ? j->options.host.threads : assay_os_cpu_count();
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    assay_status status = assay_pool_create((int)threads, &j->pool, err);
    if (status == ASSAY_OK) status = read_classifier(j, err);
    if (status == ASSAY_OK && values == NULL && j->classifier != NULL)
        values = assay_classifier_values(j->classifier);
    if (status == ASSAY_OK) status = read_concepts(j, values, err);
    return status == ASSAY_OK ? open_encoder(j, err) : status;
}

void assay_judging_close(assay_judging *j) {
    assay_cli_embedder_close(&j->encoder);
    assay_concepts_free(j->concepts);
    assay_classifier_free(j->classifier);
    assay_pool_destroy(j->pool);
    j->concepts = NULL;
    j->classifier = NULL;
    j->pool = NULL;
}

/* ---- vectors ---- */

static assay_status embed_all(assay_judging *j, const char *const *texts, size_t n, float **out,
                              assay_error *err) {
    const assay_embedder *e = &j->encoder.embedder;
    size_t n_floats;
    assay_progress progress;
    assay_status status = ASSAY_OK;
    *out = assay_size_mul(n, e->dim, &n_floats) ? assay_alloc(n_floats, sizeof **out) : NULL;
    if (*out == NULL) return no_memory(err);
    assay_progress_start(&progress, 0, n, j->options.host.quiet);
    for (size_t i = 0; i < n && status == ASSAY_OK; i += GROUP_TEXTS) {
        size_t group = n - i < GROUP_TEXTS ? n - i : GROUP_TEXTS;
        status = e->embed(e->context, texts + i, group, *out + i * e->dim, err);
        assay_progress_step(&progress, i + group);
    }
    assay_progress_end(&progress);
    return status;
}

/* "scenario response", or what there is of it. */
static char *join(const assay_judged_text *text) {
    assay_buffer joined = {0};
    assay_buffer_print(&joined, "%s%s%s", text->scenario, text->scenario[0] != '\0' ? " " : "",
                       text->response);
    if (!joined.failed) return joined.data;
    assay_buffer_free(&joined);
    return NULL;
}

static assay_status embed_view(assay_judging *j, const assay_judged_text *texts, size_t n,
                               unsigned view, float **out, assay_error *err) {
    const char **strings = assay_calloc(n, sizeof *strings);
    char **own = assay_calloc(n, sizeof *own);
    bool ok = strings != NULL && own != NULL;
    for (size_t i = 0; i < n && ok; i++) {
        strings[i] = view == ASSAY_VIEW_SCENARIO ? texts[i].scenario : texts[i].response;
        if (view != ASSAY_VIEW_BOTH) continue;
        own[i] = join(&texts[i]);
        ok = own[i] != NULL;
        strings[i] = own[i];
    }
    assay_status status = ok ? embed_all(j, strings, n, out, err) : no_memory(err);
    for (size_t i = 0; own != NULL && i < n; i++) free(own[i]);
    free(own);
    free(strings);
    return status;
}

void assay_judging_free_vectors(assay_vectors *v) {
    const float *const rows[] = {v->response, v->scenario, v->both, v->definitions};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i] != NULL) free((void *)(uintptr_t)rows[i]);
    }
    *v = (assay_vectors){0};
}

unsigned assay_judging_views(const assay_judging *j) {
    unsigned views = ASSAY_VIEW_RESPONSE | ASSAY_VIEW_BOTH;
    if (j->classifier != NULL) views = assay_classifier_views(j->classifier);
    if (j->concepts != NULL && assay_concepts_encoder(j->concepts) != NULL)
        views |= ASSAY_VIEW_RESPONSE;
    return views;
}

assay_status assay_judging_embed(assay_judging *j, const assay_judged_text *texts, size_t n,
                                 unsigned views, assay_vectors *out, assay_error *err) {
    const assay_embedder *e = &j->encoder.embedder;
    const struct {
        unsigned view;
        const float **rows;
    } kinds[] = {{ASSAY_VIEW_RESPONSE, &out->response},
                 {ASSAY_VIEW_SCENARIO, &out->scenario},
                 {ASSAY_VIEW_BOTH, &out->both}};
    assay_status status = ASSAY_OK;
    *out = (assay_vectors){.name = e->name, .sha256 = e->sha256, .dim = e->dim};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0] && status == ASSAY_OK; k++) {
        float *rows = NULL;
        if (e->dim == 0 || !(views & kinds[k].view)) continue;
        status = embed_view(j, texts, n, kinds[k].view, &rows, err);
        *kinds[k].rows = rows;
    }
    if (status != ASSAY_OK) assay_judging_free_vectors(out);
    return status;
}

assay_status assay_judging_embed_definitions(assay_judging *j, const assay_values *values,
                                             assay_vectors *out, assay_error *err) {
    size_t n = assay_values_count(values);
    float *rows = NULL;
    if (out->dim == 0) return ASSAY_OK;
    const char **texts = assay_alloc(n, sizeof *texts);
    if (texts == NULL) return no_memory(err);
    for (size_t v = 0; v < n; v++) texts[v] = assay_values_at(values, v)->definition;
    assay_status status = embed_all(j, texts, n, &rows, err);
    out->definitions = rows;
    free(texts);
    return status;
}

/* ---- judging ---- */

assay_status assay_judging_judge(assay_judging *j, const assay_judged_text *texts, size_t n,
                                 double min_confidence, assay_judgement *out, assay_error *err) {
    assay_vectors vectors = {0};
    assay_status status = assay_judging_embed(j, texts, n, assay_judging_views(j), &vectors, err);
    if (status == ASSAY_OK)
        status = assay_classifier_judge(j->classifier, texts, n, &vectors, vectors.dim > 0 ? 1 : 0,
                                        j->concepts, min_confidence, j->pool, out, err);
    assay_judging_free_vectors(&vectors);
    return status;
}
