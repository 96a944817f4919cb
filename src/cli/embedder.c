#include "cli/embedder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "base/sha256.h"
#include "cli/cache.h"
#include "cli/host.h"
#include "cli/model_files.h"
#include "format/gguf/gguf.h"
#include "kernels/kernels.h"
#include "model/model.h"

#define DEFAULT_ENCODER "models/all-MiniLM-L6-v2-Q8_0.gguf" /* below build/ */

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return assay_host_interrupted();
}

/* ---- texts ---- */

/* One text, cut to what fits. */
static assay_status embed_by_layer(assay_cli_embedder *e, const assay_text *text, size_t number,
                                   float *out, assay_error *err) {
    assay_ids ids = {0};
    size_t most = (size_t)e->max_tokens;
    assay_status status =
        assay_tokenize_framed(e->model->tokenizer, text->bytes, text->n, false, &ids, err);
    if (status == ASSAY_OK && ids.n == 0 && e->strict) {
        status = assay_fail(err, ASSAY_E_FORMAT, "encoder: text %zu has no tokens", number);
    } else if (status == ASSAY_OK && ids.n == 0) {
        memset(out, 0, e->embedder.dim * sizeof *out);
    } else if (status == ASSAY_OK) {
        const assay_prompt prompt = {.ids = ids.ids, .n_ids = ids.n < most ? ids.n : most};
        status =
            assay_session_embed(e->session, &prompt, e->layer, e->pooling, e->normalize, out, err);
    }
    assay_ids_free(&ids);
    return status;
}

assay_status assay_cli_embedder_embed(assay_cli_embedder *e, const assay_text *texts, size_t n,
                                      float *out, assay_error *err) {
    assay_status status = ASSAY_OK;
    if (e->encoder != NULL) status = assay_encoder_embed(e->encoder_session, texts, n, out, err);
    for (size_t i = 0; e->model != NULL && i < n && status == ASSAY_OK; i++)
        status = embed_by_layer(e, &texts[i], e->n_done + i + 1, out + i * e->embedder.dim, err);
    e->n_done += n;
    return status;
}

static assay_status embed(void *context, const char *const *texts, size_t n, float *out,
                          assay_error *err) {
    assay_text *views = assay_alloc(n, sizeof *views);
    if (views == NULL) return assay_fail(err, ASSAY_E_MEMORY, "encoder: out of memory");
    for (size_t i = 0; i < n; i++) views[i] = (assay_text){texts[i], strlen(texts[i])};
    assay_status status = assay_cli_embedder_embed(context, views, n, out, err);
    free(views);
    return status;
}

/* ---- opening ---- */

/* The encoder of make deps: below ./build, or beside the program, or one folder up from it. False when it is not there. */
static bool find_default(const char *program, char *path, size_t size) {
    static const char *const ways[] = {"", "../"};
    const char *slash = strrchr(program, '/');
    snprintf(path, size, "build/%s", DEFAULT_ENCODER);
    for (size_t i = 0; !assay_os_exists(path) && i < sizeof ways / sizeof *ways; i++) {
        snprintf(path, size, "%.*s/%s%s", slash == NULL ? 1 : (int)(slash - program),
                 slash == NULL ? "." : program, ways[i], DEFAULT_ENCODER);
    }
    return assay_os_exists(path);
}

/* File name without folder and ending. */
static int take_name(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".gguf") == 0) n -= 5;
    return snprintf(out, size, "%.*s", n < 200 ? (int)n : 200, name);
}

/* The first part has the metadata. */
static assay_status is_encoder(const assay_model_files *files, bool *yes, assay_error *err) {
    assay_gguf *gguf = NULL;
    const assay_model_file *f = &files->text[0];
    assay_status status = assay_gguf_open(f->bytes, f->n, f->what, &gguf, err);
    if (status != ASSAY_OK) return status;
    *yes = strcmp(assay_gguf_string_or(gguf, "general.architecture", ""), "bert") == 0;
    assay_gguf_close(gguf);
    return ASSAY_OK;
}

static assay_status open_encoder(const assay_cli_embedder_options *o, assay_model_files *files,
                                 assay_cli_embedder *e, assay_error *err) {
    assay_encoder_options options = assay_encoder_defaults();
    assay_status status = assay_encoder_create(files->text, files->n_text, &e->encoder, err);
    for (size_t i = 0; i < files->n_text; i++) files->text[i].bytes = NULL; /* taken over */
    if (status != ASSAY_OK) return status;
    if (o->layer != NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "--layer is for language models");
    options.max_tokens = (int)o->max_tokens;
    options.pooling = o->pooling;
    options.normalize = e->normalize;
    options.kernels = o->kernels;
    options.pool = o->pool;
    options.progress = on_progress;
    const assay_encoder_info *info = assay_encoder_get_info(e->encoder);
    if (e->pooling == ASSAY_POOLING_DEFAULT) e->pooling = info->pooling;
    e->max_tokens = options.max_tokens != 0 ? options.max_tokens : info->n_context;
    snprintf(e->file_sha256, sizeof e->file_sha256, "%s", info->sha256);
    snprintf(e->sha256, sizeof e->sha256, "%s", info->sha256);
    e->embedder.dim = (size_t)info->dim;
    return assay_encoder_session_create(e->encoder, &options, &e->encoder_session, err);
}

/* --layer as a number, or the last one. */
static assay_status find_layer(const char *given, int n_layers, int *layer, assay_error *err) {
    size_t digits = given != NULL ? strspn(given, "0123456789") : 0;
    *layer = n_layers;
    if (given == NULL) return ASSAY_OK;
    *layer = digits > 0 && digits < 6 ? atoi(given) : n_layers + 1;
    if (given[digits] == '\0' && *layer <= n_layers) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "--layer %.40s, the model has 0 to %d", given,
                      n_layers);
}

static assay_status open_layer(const assay_cli_embedder_options *o, assay_model_files *files,
                               assay_cli_embedder *e, assay_error *err) {
    static const char *const poolings[] = {"", "mean", "cls", "last"};
    assay_session_options options = assay_session_defaults();
    char text[120];
    assay_status status = assay_model_files_create(files, &e->model, err);
    if (status != ASSAY_OK) return status;
    const assay_model_info *info = assay_model_get_info(e->model);
    status = find_layer(o->layer, info->n_layers, &e->layer, err);
    options.n_context = (int)o->max_tokens;
    options.kernels = o->kernels;
    options.pool = o->pool;
    options.progress = on_progress;
    if (status == ASSAY_OK) status = assay_session_create(e->model, &options, &e->session, err);
    if (status != ASSAY_OK) return status;
    if (e->pooling == ASSAY_POOLING_DEFAULT) e->pooling = ASSAY_POOLING_MEAN;
    e->max_tokens = e->session->n_context;
    snprintf(e->file_sha256, sizeof e->file_sha256, "%s", info->text_sha256);
    int n = snprintf(text, sizeof text, "%s layer %d %s", e->file_sha256, e->layer,
                     poolings[e->pooling]);
    snprintf(e->sha256, sizeof e->sha256, "%s", assay_sha256_of(text, (size_t)n).hex);
    e->embedder.dim = (size_t)info->dim;
    return ASSAY_OK;
}

static assay_status open_files(const assay_cli_embedder_options *o, const assay_resolved *found,
                               assay_cli_embedder *e, assay_error *err) {
    assay_model_files files = {0};
    bool encoder = false;
    e->pooling = o->pooling;
    e->normalize = !o->raw;
    e->strict = o->strict;
    int n = take_name(found->text, e->name, sizeof e->name);
    assay_status status = assay_model_files_read(found->text, &files, err);
    if (status == ASSAY_OK) status = is_encoder(&files, &encoder, err);
    if (status == ASSAY_OK)
        status = encoder ? open_encoder(o, &files, e, err) : open_layer(o, &files, e, err);
    assay_model_files_free(&files);
    if (status != ASSAY_OK) return status;
    if (!encoder) snprintf(e->name + n, sizeof e->name - (size_t)n, ", layer %d", e->layer);
    if (found->text_sha256[0] != '\0' && strcmp(found->text_sha256, e->file_sha256) != 0)
        return assay_fail(err, ASSAY_E_CHECK, "%.300s: sha256 is %s, it has to be %s", found->text,
                          e->file_sha256, found->text_sha256);
    e->embedder.context = e;
    e->embedder.name = e->name;
    e->embedder.sha256 = e->sha256;
    e->embedder.embed = embed;
    return ASSAY_OK;
}

assay_status assay_cli_embedder_open(const assay_cli_embedder_options *o, assay_cli_embedder *out,
                                     assay_error *err) {
    const assay_cache_options cache = {
        .program = o->program, .folder = o->cache, .offline = o->offline, .quiet = o->quiet};
    assay_status status = ASSAY_OK;
    *out = (assay_cli_embedder){0};
    if (o->encoder != NULL && strcmp(o->encoder, "none") == 0) return ASSAY_OK;
    if (o->kernels != NULL && assay_kernels_find(o->kernels) == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "this build has no kernels %.40s; there are scalar and simd", o->kernels);
    assay_resolved *found = assay_calloc(1, sizeof *found);
    if (found == NULL) return assay_fail(err, ASSAY_E_MEMORY, "encoder: out of memory");
    if (o->encoder != NULL) {
        status = assay_cache_resolve(&cache, o->encoder, found, err);
    } else if (!find_default(o->program, found->text, sizeof found->text)) {
        free(found);
        return ASSAY_OK;
    }
    if (status == ASSAY_OK) status = open_files(o, found, out, err);
    free(found);
    return status;
}

void assay_cli_embedder_close(assay_cli_embedder *e) {
    assay_encoder_session_destroy(e->encoder_session);
    assay_encoder_destroy(e->encoder);
    assay_session_destroy(e->session);
    assay_model_destroy(e->model);
    *e = (assay_cli_embedder){0};
}

assay_status assay_cli_embedder_match(const assay_cli_embedder *e, const char *what,
                                      const char *name, const char *sha256, assay_error *err) {
    if (e->embedder.dim == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "%.200s needs the encoder %.100s: `make deps` gets all-MiniLM-L6-v2, "
                          "--encoder (and --layer) name another",
                          what, name);
    if (strcmp(e->sha256, sha256) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "%.200s needs the encoder %.100s (sha256 %.16s...), not %.100s (%.16s...)",
                      what, name, sha256, e->name, e->sha256);
}
