/* Models by their id: the cache folder, and a line of progress while something is fetched into it. */
#include "cli/cache.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "cli/cli.h"
#include "cli/fetch.h"

#define SECONDS_ON_TERMINAL 0.2
#define SECONDS_IN_LOG      5.0

/* ---- where things are ---- */

static assay_status too_long(assay_error *err) {
    return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", ASSAY_CLI_PATH - 1);
}

static bool is_set(const char *text) {
    return text != NULL && text[0] != '\0';
}

assay_status assay_cache_folder(const char *given, char *out, size_t size, assay_error *err) {
    const char *own = getenv("ASSAY_CACHE"), *xdg = getenv("XDG_CACHE_HOME"),
               *home = getenv("HOME");
    int n = -1;
    if (given != NULL || is_set(own))
        n = snprintf(out, size, "%s", given != NULL ? given : own);
    else if (is_set(xdg) && xdg[0] == '/')
        n = snprintf(out, size, "%s/assay", xdg);
    else if (is_set(home))
        n = snprintf(out, size, "%s/.cache/assay", home);
    else
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "no folder for models: neither ASSAY_CACHE nor HOME is set");
    return n > 0 && (size_t)n < size ? ASSAY_OK : too_long(err);
}

assay_status assay_cache_path(const assay_registry *registry, const assay_known_model *model,
                              const assay_known_file *file, const char *folder, char *out,
                              size_t size, assay_error *err) {
    int n = file->here ? snprintf(out, size, "%s%s", registry->folder, file->url)
                       : snprintf(out, size, "%s/models/%s/%s", folder, model->id, file->name);
    return n > 0 && (size_t)n < size ? ASSAY_OK : too_long(err);
}

bool assay_cache_holds(const assay_known_file *file, const char *path, uint64_t *there) {
    char part[ASSAY_CLI_PATH + 8];
    assay_digest found;
    *there = 0;
    if (!assay_fetch_size(path, there)) {
        snprintf(part, sizeof part, "%s.part", path);
        if (!assay_fetch_size(part, there)) *there = 0;
        return false;
    }
    if (file->bytes > 0 && *there != file->bytes) return false;
    if (file->here) return true;
    return assay_fetch_known_hash(path, &found) &&
           (file->sha256[0] == '\0' || strcmp(found.hex, file->sha256) == 0);
}

/* ---- the line of progress ---- */

void assay_print_bytes(char *out, size_t size, uint64_t n) {
    static const char *const units[] = {"kB", "MB", "GB", "TB"};
    double value = (double)n / 1000;
    size_t unit = 0;
    if (n < 1000) {
        snprintf(out, size, "%d bytes", (int)n);
        return;
    }
    for (; value >= 999.5 && unit + 1 < sizeof units / sizeof *units; unit++) value /= 1000;
    snprintf(out, size, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
}

typedef struct meter {
    const char *name;
    bool quiet, terminal, started;
    double start, shown;
    uint64_t first;
    int width;
} meter;

static void show(meter *m, uint64_t done, uint64_t total, double now) {
    char line[400], a[32], b[32], rate[32];
    double speed = now > m->start ? (double)(done - m->first) / (now - m->start) : 0;
    assay_print_bytes(a, sizeof a, done);
    assay_print_bytes(b, sizeof b, total);
    assay_print_bytes(rate, sizeof rate, (uint64_t)speed);
    int n = total > 0 ? snprintf(line, sizeof line, "%s  %s of %s  %.0f %%  %s/s", m->name, a, b,
                                 100.0 * (double)done / (double)total, rate)
                      : snprintf(line, sizeof line, "%s  %s  %s/s", m->name, a, rate);
    if (total > done && speed > 1 && n > 0) {
        double left = (double)(total - done) / speed;
        unsigned long s = left < 1e7 ? (unsigned long)(left + 0.5) : 9999999ul;
        n += snprintf(line + n, sizeof line - (size_t)n, "  %lu:%02lu left", s / 60, s % 60);
    }
    if (m->terminal)
        fprintf(stderr, "\r%s%*s", line, m->width > n ? m->width - n : 0, "");
    else
        fprintf(stderr, "%s\n", line);
    fflush(stderr);
    m->width = n;
    m->shown = now;
}

static int on_progress(void *context, uint64_t done, uint64_t total) {
    meter *m = context;
    double now = assay_os_seconds();
    if (!m->started || done < m->first) {
        m->started = true;
        m->start = now;
        m->first = done;
    }
    if (!m->quiet && now - m->shown >= (m->terminal ? SECONDS_ON_TERMINAL : SECONDS_IN_LOG))
        show(m, done, total, now);
    return assay_host_interrupted();
}

/* ---- getting ---- */

static assay_status make_folder_of(const char *path, assay_error *err) {
    char folder[ASSAY_CLI_PATH];
    const char *slash = strrchr(path, '/');
    snprintf(folder, sizeof folder, "%.*s", slash == NULL ? 1 : (int)(slash - path),
             slash == NULL ? "." : path);
    return assay_os_make_folder(folder, err);
}

static assay_status no_network(const assay_known_file *file, const char *path, assay_error *err) {
    return assay_fail(err, ASSAY_E_IO,
                      "%.60s is not here and this build has no network: fetch %.180s yourself and "
                      "put it at %.180s",
                      file->name, file->url, path);
}

static assay_status fetch(const assay_cache_options *options, const assay_known_file *file,
                          const char *path, assay_digest *digest, assay_error *err) {
    const assay_http *http = assay_http_own();
    meter m = {.name = file->name, .quiet = options->quiet, .terminal = assay_os_is_terminal(2)};
    if (options->offline)
        return assay_fail(err, ASSAY_E_IO,
                          "%.100s is not in the cache, and --offline forbids to fetch it",
                          file->name);
    if (http == NULL) return no_network(file, path, err);
    const assay_fetch_job job = {.url = file->url,
                                 .path = path,
                                 .bytes = file->bytes,
                                 .sha256 = file->sha256,
                                 .patience = (double)options->patience,
                                 .progress = on_progress,
                                 .progress_context = &m};
    assay_status status = make_folder_of(path, err);
    m.shown = assay_os_seconds();
    assay_host_catch_interrupt(); /* Ctrl-C ends it between two pieces */
    if (status == ASSAY_OK) status = assay_fetch(http, &job, digest, err);
    if (m.terminal && m.width > 0) fprintf(stderr, "\r%*s\r", m.width, "");
    return status;
}

/* The hash of a file that is there; an empty one when its bytes are not what they have to be. */
static assay_status look_at(const assay_known_file *file, const char *path, assay_digest *digest,
                            assay_error *err) {
    uint64_t n = 0;
    assay_digest kept = {""};
    const char *wanted = file->sha256;
    assay_status status = assay_fetch_hash(path, digest, &n, err);
    if (wanted[0] == '\0' && assay_fetch_known_hash(path, &kept)) wanted = kept.hex;
    if (status == ASSAY_OK && wanted[0] != '\0' && strcmp(wanted, digest->hex) != 0)
        digest->hex[0] = '\0';
    return status;
}

/* A file that somebody put there, without its hash beside it: taken when its bytes are right. */
static bool adopt(const assay_known_file *file, const char *path) {
    uint64_t n = 0;
    assay_digest digest;
    if (file->here || !assay_fetch_size(path, &n) || (file->bytes > 0 && n != file->bytes))
        return false;
    if (assay_fetch_known_hash(path, &digest)) return false;
    return assay_fetch_hash(path, &digest, &n, NULL) == ASSAY_OK &&
           (file->sha256[0] == '\0' || strcmp(digest.hex, file->sha256) == 0) &&
           assay_fetch_keep_hash(path, &digest, NULL) == ASSAY_OK;
}

assay_status assay_cache_get(const assay_cache_options *options, const assay_known_file *file,
                             const char *path, bool check, assay_digest *digest, bool *fresh,
                             assay_error *err) {
    uint64_t there = 0;
    bool holds = assay_cache_holds(file, path, &there) || adopt(file, path);
    *digest = (assay_digest){""};
    if (fresh != NULL) *fresh = false;
    if (file->here && !holds) {
        if (!assay_os_exists(path)) return assay_fail(err, ASSAY_E_IO, "%s: No such file", path);
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %llu bytes, it has to be %llu", path,
                          (unsigned long long)there, (unsigned long long)file->bytes);
    }
    if (holds && check) {
        assay_status status = look_at(file, path, digest, err);
        if (status != ASSAY_OK) return status;
        holds = digest->hex[0] != '\0';
        if (!holds && file->here)
            return assay_fail(err, ASSAY_E_CHECK, "%s: its sha256 is not that of the list", path);
        if (!holds && !options->quiet)
            fprintf(stderr, "assay: %s has changed since it came; it is fetched again\n", path);
    } else if (holds) {
        if (file->here || !assay_fetch_known_hash(path, digest))
            memcpy(digest->hex, file->sha256, sizeof digest->hex);
    }
    if (holds) return ASSAY_OK;
    if (fresh != NULL) *fresh = true;
    return fetch(options, file, path, digest, err);
}

/* ---- --model ---- */

static assay_status resolve_known(const assay_cache_options *options,
                                  const assay_registry *registry, const assay_known_model *model,
                                  assay_resolved *out, assay_error *err) {
    char folder[ASSAY_CLI_PATH] = "", path[ASSAY_CLI_PATH];
    assay_status status = ASSAY_OK;
    out->known = true;
    if (!model->files[0].here)
        status = assay_cache_folder(options->folder, folder, sizeof folder, err);
    for (size_t i = 0; i < model->n_files && status == ASSAY_OK; i++) {
        const assay_known_file *file = &model->files[i];
        bool vision = i >= model->n_text;
        assay_digest digest;
        status = assay_cache_path(registry, model, file, folder, path, sizeof path, err);
        if (status == ASSAY_OK)
            status = assay_cache_get(options, file, path, false, &digest, NULL, err);
        if (status != ASSAY_OK) break;
        if (i == 0 || vision) memcpy(vision ? out->vision : out->text, path, sizeof path);
        if (vision) memcpy(out->vision_sha256, digest.hex, sizeof digest.hex);
        if (model->n_text == 1 && i == 0) memcpy(out->text_sha256, digest.hex, sizeof digest.hex);
    }
    return status;
}

assay_status assay_cache_resolve(const assay_cache_options *options, const char *given,
                                 assay_resolved *out, assay_error *err) {
    assay_registry registry = {0};
    assay_error list = {0};
    *out = (assay_resolved){0};
    if (strlen(given) >= sizeof out->text) return too_long(err);
    memcpy(out->text, given, strlen(given) + 1);
    /* What looks like a path is one: its own error says best what is wrong with it. */
    if (assay_os_exists(given) || strpbrk(given, "/\\") != NULL) return ASSAY_OK;
    assay_status status = assay_registry_open(options->program, &registry, &list);
    const assay_known_model *model = NULL;
    if (status == ASSAY_OK) model = assay_registry_find(&registry, given);
    if (model != NULL) {
        status = resolve_known(options, &registry, model, out, err);
    } else {
        size_t n = strlen(given);
        bool file = n > 5 && strcmp(given + n - 5, ".gguf") == 0;
        status = file ? ASSAY_OK
                      : assay_fail(err, ASSAY_E_IO,
                                   "%.200s: neither a file nor a known model%s%.200s; assay model "
                                   "list names them",
                                   given, list.status != ASSAY_OK ? ", and the list fails: " : "",
                                   list.text);
    }
    assay_registry_close(&registry);
    return status;
}
