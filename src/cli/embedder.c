#include "cli/embedder.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cache.h"
#include "cli/model_files.h"
#include "cli/host.h"
#include "kernels/kernels.h"

#define DEFAULT_ENCODER "models/all-MiniLM-L6-v2-Q8_0.gguf" /* below build/ */

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return assay_host_interrupted();
}

static assay_status embed(void *context, const char *const *texts, size_t n, float *out,
                          assay_error *err) {
    assay_cli_embedder *e = context;
    assay_text *views = assay_alloc(n, sizeof *views);
    if (views == NULL) return assay_fail(err, ASSAY_E_MEMORY, "encoder: out of memory");
    for (size_t i = 0; i < n; i++) views[i] = (assay_text){texts[i], strlen(texts[i])};
    assay_status status = assay_encoder_embed(e->session, views, n, out, err);
    free(views);
    return status;
}

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
static void take_name(const char *path, char *out, size_t size) {
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    size_t n = strlen(name);
    if (n > 5 && strcmp(name + n - 5, ".gguf") == 0) n -= 5;
    snprintf(out, size, "%.*s", (int)n, name);
}

static assay_status open_files(const assay_cli_embedder_options *o, const assay_resolved *found,
                               assay_cli_embedder *e, assay_error *err) {
    assay_model_files files = {0};
    assay_encoder_options options = assay_encoder_defaults();
    assay_status status = assay_model_files_read(found->text, &files, err);
    if (status == ASSAY_OK) {
        status = assay_encoder_create(files.text, files.n_text, &e->encoder, err);
        for (size_t i = 0; i < files.n_text; i++) files.text[i].bytes = NULL; /* taken over */
    }
    assay_model_files_free(&files);
    if (status != ASSAY_OK) return status;
    const assay_encoder_info *info = assay_encoder_get_info(e->encoder);
    if (found->text_sha256[0] != '\0' && strcmp(found->text_sha256, info->sha256) != 0)
        return assay_fail(err, ASSAY_E_CHECK, "%.300s: sha256 is %s, it has to be %s", found->text,
                          info->sha256, found->text_sha256);
    options.kernels = o->kernels;
    options.pool = o->pool;
    options.progress = on_progress;
    status = assay_encoder_session_create(e->encoder, &options, &e->session, err);
    take_name(found->text, e->name, sizeof e->name);
    e->embedder = (assay_embedder){e, e->name, info->sha256, (size_t)info->dim, embed};
    return status;
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
    assay_encoder_session_destroy(e->session);
    assay_encoder_destroy(e->encoder);
    *e = (assay_cli_embedder){0};
}
