/* Files -> dataset, model, session. */
#include "cli/host.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cache.h"
#include "cli/cli.h"
#include "cli/model_files.h"
#include "format/json.h"
#include "kernels/kernels.h"

#define DEFAULT_MODEL "models/assay-mini/assay-mini-Q8_0.gguf"
#define DEFAULT_DATA  "suites/hhh46"

/* ---- Ctrl-C ---- */

static volatile sig_atomic_t
    interrupted; /* set by the handler: a program's, not the library's state */

static void on_interrupt(int number) {
    interrupted = 1;
    signal(number, SIG_DFL);
}

void assay_host_catch_interrupt(void) {
    signal(SIGINT, on_interrupt);
}

bool assay_host_interrupted(void) {
    return interrupted != 0;
}

static int on_progress(void *context, double done) {
    (void)context;
    (void)done;
    return interrupted != 0;
}

/* ---- data ---- */

static assay_status join(char *path, const char *folder, const char *file, assay_error *err) {
    int n = snprintf(path, ASSAY_CLI_PATH, "%s/%s", folder, file);
    if (n >= 0 && n < ASSAY_CLI_PATH) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", ASSAY_CLI_PATH - 1);
}

static assay_status default_path(const assay_host *host, const char *relative, char *path,
                                 assay_error *err) {
    if (assay_cli_data_path(host->options.program, relative, path, ASSAY_CLI_PATH)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", ASSAY_CLI_PATH - 1);
}

assay_status assay_host_fail_in(const char *path, const assay_error *inner, assay_error *err) {
    return assay_fail(err, inner->status, "%.200s: %s", path, inner->text);
}

static assay_status open_dataset(assay_host *host, const uint8_t *manifest, size_t n_manifest,
                                 const uint8_t *index, size_t n_index, assay_error *err) {
    assay_error inner = {0};
    if (assay_dataset_open((const char *)manifest, n_manifest, (const char *)index, n_index,
                           &host->dataset, &inner) == ASSAY_OK)
        return ASSAY_OK;
    return assay_host_fail_in(host->data, &inner, err);
}

assay_status assay_host_open_data(assay_host *host, assay_error *err) {
    char path[ASSAY_CLI_PATH], file[256];
    uint8_t *manifest = NULL, *index = NULL;
    size_t n_manifest = 0, n_index = 0;
    uint64_t bytes = 0;
    assay_error inner = {0};
    assay_status status = ASSAY_OK;
    if (host->options.data == NULL) {
        status = default_path(host, DEFAULT_DATA, host->data, err);
    } else if (strlen(host->options.data) < sizeof host->data) {
        memcpy(host->data, host->options.data, strlen(host->options.data) + 1);
    } else {
        status =
            assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", ASSAY_CLI_PATH - 1);
    }
    if (status == ASSAY_OK) status = join(path, host->data, "manifest.json", err);
    if (status == ASSAY_OK)
        status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &manifest, &n_manifest, err);
    if (status == ASSAY_OK && assay_manifest_index((const char *)manifest, n_manifest, file,
                                                   sizeof file, &bytes, &inner) != ASSAY_OK) {
        status = assay_host_fail_in(host->data, &inner, err);
    }
    if (status == ASSAY_OK) status = join(path, host->data, file, err);
    if (status == ASSAY_OK)
        status = assay_os_read_file(path, ASSAY_JSON_MAX_BYTES, &index, &n_index, err);
    if (status == ASSAY_OK) status = open_dataset(host, manifest, n_manifest, index, n_index, err);
    free(manifest);
    free(index);
    return status;
}

/* Only one shard is held: the samples of a run come in the order of the shards. */
static assay_status load_shard(assay_host *host, int shard, assay_error *err) {
    char path[ASSAY_CLI_PATH];
    assay_error inner = {0};
    const assay_shard_info *info = assay_dataset_shard(host->dataset, (size_t)shard);
    if (host->shard != NULL && host->shard_index == (size_t)shard) return ASSAY_OK;
    free(host->shard);
    host->shard = NULL;
    assay_status status = join(path, host->data, info->file, err);
    if (status == ASSAY_OK)
        status = assay_os_read_file(path, SIZE_MAX / 2, &host->shard, &host->n_shard, err);
    if (status == ASSAY_OK && assay_shard_check(host->dataset, (size_t)shard, host->shard,
                                                host->n_shard, &inner) != ASSAY_OK) {
        status = assay_host_fail_in(host->data, &inner, err);
    }
    if (status != ASSAY_OK) {
        free(host->shard);
        host->shard = NULL;
    }
    host->shard_index = (size_t)shard;
    return status;
}

assay_status assay_host_images(assay_host *host, const assay_sample *sample, assay_blob *images,
                               assay_error *err) {
    size_t at = 0;
    assay_buffer_free(&host->images);
    for (int i = 0; i < sample->n_images;
         i++) { /* the index was checked: members lie inside their shards */
        const assay_member *m = &sample->images[i];
        assay_status status = load_shard(host, m->shard, err);
        if (status != ASSAY_OK) return status;
        assay_buffer_append(&host->images, host->shard + m->offset, (size_t)m->size);
    }
    if (host->images.failed)
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", sample->id);
    for (int i = 0; i < sample->n_images; i++) {
        images[i] =
            (assay_blob){(const uint8_t *)host->images.data + at, (size_t)sample->images[i].size};
        at += (size_t)sample->images[i].size;
    }
    return ASSAY_OK;
}

assay_status assay_host_read_record(const char *path, char **bytes, size_t *n, assay_error *err) {
    uint8_t *read = NULL;
    assay_status status = assay_os_read_file(path, SIZE_MAX / 2, &read, n, err);
    *bytes = (char *)read;
    return status;
}

/* ---- model ---- */

static assay_status load_model(assay_host *host, assay_error *err) {
    char text_path[ASSAY_CLI_PATH];
    const char *text = host->options.model, *vision = host->options.vision;
    assay_model_files files = {0};
    assay_status status = ASSAY_OK;
    if (text == NULL) {
        status = default_path(host, DEFAULT_MODEL, text_path, err);
        text = text_path;
    }
    if (status == ASSAY_OK) status = assay_model_files_read(text, &files, err);
    if (status == ASSAY_OK) status = assay_model_files_read_vision(text, vision, &files, err);
    if (status != ASSAY_OK) {
        assay_model_files_free(&files);
        return status;
    }
    if (vision == NULL && files.vision.what != NULL && !files.namesake && !host->options.quiet)
        fprintf(stderr, "vision tower: %s\n", files.vision.what);
    return assay_model_files_create(&files, &host->model, err);
}

/* --model may be the id of a known model: from here on options.model and options.vision are paths. */
static assay_status resolve_model(assay_host *host, assay_error *err) {
    assay_host_options *o = &host->options;
    const assay_cache_options cache = {
        .program = o->program, .folder = o->cache, .offline = o->offline, .quiet = o->quiet};
    if (o->model == NULL) return ASSAY_OK;
    host->resolved = assay_calloc(1, sizeof *host->resolved);
    if (host->resolved == NULL) return assay_fail(err, ASSAY_E_MEMORY, "out of memory");
    assay_status status = assay_cache_resolve(&cache, o->model, host->resolved, err);
    o->model = host->resolved->text;
    if (o->vision == NULL && host->resolved->vision[0] != '\0') o->vision = host->resolved->vision;
    return status;
}

/* A file of a known model that is not what the list says it is. */
static assay_status check_model(const assay_host *host, assay_error *err) {
    const assay_model_info *info = assay_model_get_info(host->model);
    const assay_resolved *r = host->resolved;
    if (r == NULL) return ASSAY_OK;
    bool text = r->text_sha256[0] == '\0' || strcmp(r->text_sha256, info->text_sha256) == 0;
    bool vision = r->vision_sha256[0] == '\0' || host->options.vision != r->vision ||
                  strcmp(r->vision_sha256, info->vision_sha256) == 0;
    if (text && vision) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_CHECK, "%.300s: sha256 is %s, it has to be %s",
                      text ? r->vision : r->text, text ? info->vision_sha256 : info->text_sha256,
                      text ? r->vision_sha256 : r->text_sha256);
}

assay_status assay_host_open_model(assay_host *host, assay_error *err) {
    assay_session_options options = assay_session_defaults();
    int64_t threads = host->options.threads;
    if (threads == 0) threads = assay_os_cpu_count();
    if (threads > ASSAY_MAX_THREADS) threads = ASSAY_MAX_THREADS;
    if (host->options.kernels != NULL && assay_kernels_find(host->options.kernels) == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "this build has no kernels %.40s; there are scalar and simd",
                          host->options.kernels);
    }
    assay_status status = resolve_model(host, err);
    if (status == ASSAY_OK) status = load_model(host, err);
    if (status == ASSAY_OK) status = check_model(host, err);
    if (status == ASSAY_OK) status = assay_pool_create((int)threads, &host->pool, err);
    options.pool = host->pool;
    options.kernels = host->options.kernels;
    options.n_context = (int)host->options.context;
    options.progress = on_progress;
    if (status == ASSAY_OK)
        status = assay_session_create(host->model, &options, &host->session, err);
    return status;
}

void assay_host_describe(const assay_host *host, assay_buffer *out) {
    const assay_kernels *kernels = assay_kernels_find(host->options.kernels);
    assay_buffer_print(out, "{\"isa\":");
    assay_json_string(out, assay_kernels_isa());
    assay_buffer_print(out, ",\"kernels\":");
    assay_json_string(out, assay_kernels_name(kernels));
    assay_buffer_print(out, ",\"threads\":%d}", assay_pool_threads(host->pool));
}

void assay_host_close(assay_host *host) {
    assay_session_destroy(host->session);
    assay_model_destroy(host->model);
    assay_pool_destroy(host->pool);
    assay_dataset_close(host->dataset);
    assay_buffer_free(&host->images);
    free(host->resolved);
    free(host->shard);
    *host = (assay_host){0};
}
