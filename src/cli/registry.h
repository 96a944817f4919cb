/* The list of known models, data/models.json:
 *
 *   {"format": 1, "models": [{"id", "name", "kind": "multimodal" | "encoder", "licence", "note",
 *     "text": FILE or [FILE, ...] (all parts of a split one), "vision": FILE (absent: none)}]}
 *   FILE: {"url", "bytes" (absent: not known), "sha256" (absent: not known)}
 *
 * A url is an address of http or https, or the path of a file that lies below the list itself. */
#ifndef ASSAY_CLI_REGISTRY_H
#define ASSAY_CLI_REGISTRY_H

#include "cli/host.h"
#include "format/json.h"

#define ASSAY_MAX_MODEL_FILES 33 /* 32 parts and a vision tower */

typedef struct assay_known_file {
    const char *url;
    char name[256];  /* last part of the url */
    char sha256[65]; /* "" when it is not known */
    uint64_t bytes;  /* 0 when it is not known */
    bool here;       /* lies below the list */
} assay_known_file;

typedef struct assay_known_model {
    const char *id, *name, *kind, *licence, *note;
    assay_known_file
        files[ASSAY_MAX_MODEL_FILES]; /* the parts of the language model, then the vision tower */
    size_t n_files, n_text;
} assay_known_model;

typedef struct assay_registry {
    char folder[ASSAY_CLI_PATH]; /* of the list */
    assay_known_model *models;
    size_t n_models;
    cJSON *json; /* owner of the texts */
} assay_registry;

/* The list from its text; nothing is known of its folder. Close in every case. */
assay_status assay_registry_read(const char *text, size_t n, assay_registry *out, assay_error *err);
/* Opens the list that belongs to the program (argv[0]); refuses it as a whole when an entry is wrong. Close in every case. */
assay_status assay_registry_open(const char *program, assay_registry *out, assay_error *err);
void assay_registry_close(assay_registry *registry);
/* NULL when there is none of this id. */
const assay_known_model *assay_registry_find(const assay_registry *registry, const char *id);

/* The last part of an address as a file name: letters, digits, dots, hyphens and underscores, not beginning with a dot or a
 * hyphen. False when it is none. */
bool assay_url_name(const char *url, char *name, size_t size);

#endif
