/* Models by their id: out of the list of known models, kept in a cache folder.
 *
 *   CACHE/models/ID/NAME            a file of a known model; NAME.sha256 beside it keeps its hash
 *   CACHE/urls/HASH/NAME            one that was given by its address; HASH is of the address up to its last slash, so that
 *                                   what lies side by side there lies side by side here */
#ifndef ASSAY_CLI_CACHE_H
#define ASSAY_CLI_CACHE_H

#include "cli/registry.h"

typedef struct assay_cache_options {
    const char *program; /* argv[0] */
    const char *folder;  /* NULL: $ASSAY_CACHE, else $XDG_CACHE_HOME/assay, else ~/.cache/assay */
    int64_t patience;    /* seconds without a byte before another try; 0: 60 */
    bool offline, quiet;
} assay_cache_options;

assay_status assay_cache_folder(const char *given, char *out, size_t size, assay_error *err);

/* Where a file of a known model is, or would be: below the list, or in the cache. */
assay_status assay_cache_path(const assay_registry *registry, const assay_known_model *model,
                              const assay_known_file *file, const char *folder, char *out,
                              size_t size, assay_error *err);
/* Whether the file there can be the one: its size, and the hash that was found when it came. *there: bytes of it, or of its part. */
bool assay_cache_holds(const assay_known_file *file, const char *path, uint64_t *there);

/* Sees to it that the file is at `path`: fetches it unless it is. With `check` the bytes of one that is there are read and
 * compared. *digest: its hash. *fresh (may be NULL): whether it was fetched now. */
assay_status assay_cache_get(const assay_cache_options *options, const assay_known_file *file,
                             const char *path, bool check, assay_digest *digest, bool *fresh,
                             assay_error *err);

/* What --model names, as files. */
typedef struct assay_resolved {
    char text[ASSAY_CLI_PATH];   /* the first part of a split one: the others lie beside it */
    char vision[ASSAY_CLI_PATH]; /* "" when the list has none for it, or the model is a path */
    char text_sha256[65], vision_sha256[65]; /* as they have to be; "" when that is not known */
    bool known;                              /* it was an id */
} assay_resolved;

/* A path that exists stays what it is; else it is an id, and its files are fetched unless they are here or `offline`. */
assay_status assay_cache_resolve(const assay_cache_options *options, const char *given,
                                 assay_resolved *out, assay_error *err);

/* "1.5 MB": decimal units, as download sizes are given. */
void assay_print_bytes(char *out, size_t size, uint64_t n);

#endif
