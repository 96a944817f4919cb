/* A name -> the names of its parts; a folder's names -> the one whose base is the text model's. */
#define _POSIX_C_SOURCE 200809L
#include "cli/model_files.h"

#include <ctype.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/os.h"
#include "cli/host.h"

#define MAX_FILE   (SIZE_MAX / 2)
#define MAX_NAME   256
#define SPLIT_TAIL "-00001-of-00001.gguf"

/* ---- names ---- */

static size_t digits(const char *text, size_t n, int *value) {
    *value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return 0;
        *value = *value * 10 + (text[i] - '0');
    }
    return n;
}

/* "X-00002-of-00003.gguf": 3, and how long X is. */
static bool parse_split(const char *path, int *count, size_t *n_stem) {
    size_t n = strlen(path), n_tail = strlen(SPLIT_TAIL);
    if (n <= n_tail) return false;
    const char *tail = path + n - n_tail;
    int number = 0;
    *n_stem = n - n_tail;
    return tail[0] == '-' && digits(tail + 1, 5, &number) == 5 &&
           strncmp(tail + 6, "-of-", 4) == 0 && digits(tail + 10, 5, count) == 5 &&
           strcmp(tail + 15, ".gguf") == 0 && number >= 1 && number <= *count;
}

static const char *file_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* The base of a model's file name, without extension, number of the part and type; and its type, "" for none. */
typedef struct model_name {
    char base[MAX_NAME], type[16];
} model_name;

/* "Q4_K_M", "IQ4_XS", "f16", "bf16", "F32" */
static bool is_type(const char *text) {
    if (text[0] == 'I' || text[0] == 'i') text++;
    if ((text[0] == 'Q' || text[0] == 'q') && isdigit((unsigned char)text[1])) return true;
    return strcasecmp(text, "f16") == 0 || strcasecmp(text, "bf16") == 0 ||
           strcasecmp(text, "f32") == 0;
}

static bool parse_name(const char *name, model_name *out) {
    int count = 0;
    size_t n = 0, length = strlen(name);
    memset(out, 0, sizeof *out);
    if (length < 6 || length >= MAX_NAME || strcasecmp(name + length - 5, ".gguf") != 0)
        return false;
    if (!parse_split(name, &count, &n)) n = length - 5;
    memcpy(out->base, name, n);
    for (char *at = out->base + n; at > out->base; at--) {
        if (at[0] != '-' && at[0] != '.') continue;
        if (is_type(at + 1) && strlen(at + 1) < sizeof out->type) {
            memcpy(out->type, at + 1, strlen(at + 1) + 1);
            at[0] = '\0';
        }
        break;
    }
    return true;
}

/* Takes "mmproj" off a vision tower's base; false when it has none. */
static bool strip_mmproj(char *base) {
    size_t n = strlen(base);
    if (strncasecmp(base, "mmproj-", 7) == 0) {
        memmove(base, base + 7, n - 7 + 1);
        return true;
    }
    if (n > 7 && strcasecmp(base + n - 6, "mmproj") == 0 &&
        (base[n - 7] == '-' || base[n - 7] == '.')) {
        base[n - 7] = '\0';
        return true;
    }
    return false;
}

/* ---- the vision tower beside a text model ---- */

typedef struct choice {
    char name[MAX_NAME], other[MAX_NAME]; /* other: one that fits alike */
    int rank;                             /* the lower the better */
    size_t n;                             /* how many have this rank */
} choice;

enum { RANK_SAME_NAME, RANK_SAME_TYPE, RANK_OTHER = 6, RANK_NONE };

static int rank_of(const model_name *text, const char *type) {
    static const char *const order[] = {"f16", "q8_0", "f32", "bf16"};
    if (text->type[0] != '\0' && strcasecmp(type, text->type) == 0) return RANK_SAME_TYPE;
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        if (strcasecmp(type, order[i]) == 0) return RANK_SAME_TYPE + 1 + (int)i;
    return RANK_OTHER;
}

static void consider(choice *best, const model_name *text, const char *text_name,
                     const char *name) {
    model_name tower;
    bool same = strncmp(name, "mmproj-", 7) == 0 && strcmp(name + 7, text_name) == 0;
    if (!same && (!parse_name(name, &tower) || !strip_mmproj(tower.base) ||
                  strcasecmp(tower.base, text->base) != 0))
        return;
    int rank = same ? RANK_SAME_NAME : rank_of(text, tower.type);
    if (rank > best->rank) return;
    if (rank < best->rank) *best = (choice){.rank = rank};
    memcpy(best->n == 0 ? best->name : best->other, name, strlen(name) + 1);
    best->n++;
}

/* Path of the tower that fits best, "" for none. */
static assay_status find_vision(const char *text, char *path, size_t size, bool *namesake,
                                assay_error *err) {
    const char *text_name = file_name(text);
    int n_folder = (int)(text_name - text);
    model_name name;
    choice best = {.rank = RANK_NONE};
    path[0] = '\0';
    if (!parse_name(text_name, &name)) return ASSAY_OK;
    snprintf(path, size, "%.*s", n_folder, text);
    DIR *folder = opendir(n_folder > 0 ? path : ".");
    path[0] = '\0';
    if (folder == NULL) return ASSAY_OK; /* a folder may be searchable but not readable */
    for (const struct dirent *entry = NULL; (entry = readdir(folder)) != NULL;)
        consider(&best, &name, text_name, entry->d_name);
    closedir(folder);
    *namesake = best.rank == RANK_SAME_NAME;
    if (best.n == 0) return ASSAY_OK;
    if (best.n > 1) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "%.120s: %.80s and %.80s beside it fit alike; name one with --vision",
                          text, best.name, best.other);
    }
    int n = snprintf(path, size, "%.*s%s", n_folder, text, best.name);
    if (n >= 0 && (size_t)n < size) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %zu bytes", size - 1);
}

/* ---- reading ---- */

static assay_status read_file(const char *path, assay_model_file *out, assay_error *err) {
    char *what = assay_strndup(path, strlen(path));
    if (what == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%.200s: out of memory", path);
    out->what = what;
    return assay_os_read_file(path, MAX_FILE, &out->bytes, &out->n, err);
}

assay_status assay_model_files_read(const char *text, assay_model_files *out, assay_error *err) {
    char path[ASSAY_CLI_PATH];
    int count = 1;
    size_t n_stem = 0;
    *out = (assay_model_files){0};
    bool split = parse_split(text, &count, &n_stem);
    if (!split) count = 1;
    if (count > ASSAY_MAX_PARTS) {
        return assay_fail(err, ASSAY_E_LIMIT, "%.200s: %d parts, at most %d are accepted", text,
                          count, ASSAY_MAX_PARTS);
    }
    out->text = assay_calloc((size_t)count, sizeof *out->text);
    if (out->text == NULL) return assay_fail(err, ASSAY_E_MEMORY, "model: out of memory");
    out->n_text = (size_t)count;
    assay_status status = ASSAY_OK;
    for (int i = 0; i < count && status == ASSAY_OK; i++) {
        int n = split ? snprintf(path, sizeof path, "%.*s-%05d-of-%05d.gguf", (int)n_stem, text,
                                 i + 1, count)
                      : snprintf(path, sizeof path, "%s", text);
        status = n >= 0 && n < (int)sizeof path
                     ? read_file(path, &out->text[i], err)
                     : assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %zu bytes",
                                  sizeof path - 1);
    }
    if (status != ASSAY_OK) assay_model_files_free(out);
    return status;
}

assay_status assay_model_files_read_vision(const char *text, const char *path,
                                           assay_model_files *files, assay_error *err) {
    char found[ASSAY_CLI_PATH];
    if (path == NULL) {
        assay_status status = find_vision(text, found, sizeof found, &files->namesake, err);
        if (status != ASSAY_OK || found[0] == '\0') return status;
        path = found;
    }
    return read_file(path, &files->vision, err);
}

assay_status assay_model_files_create(assay_model_files *files, assay_model **out,
                                      assay_error *err) {
    assay_status status = assay_model_create(files->text, files->n_text, files->vision, out, err);
    for (size_t i = 0; i < files->n_text; i++) files->text[i].bytes = NULL;
    files->vision.bytes = NULL;
    assay_model_files_free(files);
    return status;
}

assay_status assay_model_files_open(const char *path, assay_parts *out, assay_error *err) {
    assay_model_files files = {0};
    *out = (assay_parts){0};
    assay_status status = assay_model_files_read(path, &files, err);
    if (status == ASSAY_OK) {
        status = assay_parts_open(files.text, files.n_text, out, err);
        for (size_t i = 0; i < files.n_text; i++) files.text[i].bytes = NULL; /* taken over */
    }
    assay_model_files_free(&files);
    return status;
}

static void free_file(assay_model_file *file) {
    free(file->bytes);
    free((void *)(uintptr_t)file->what); /* ours: drops the const */
}

void assay_model_files_free(assay_model_files *files) {
    for (size_t i = 0; i < files->n_text; i++) free_file(&files->text[i]);
    free_file(&files->vision);
    free(files->text);
    *files = (assay_model_files){0};
}
