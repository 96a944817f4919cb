/* Reader of datasets: manifest -> index, line by line -> samples. All text is copied into one
 * block, which is large enough by construction: decoded JSON strings are never longer than the text
 * they stand in, quotes included. */
#include "format/shard/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/shard/sample.h"
#include "format/shard/tar.h"

#define MANIFEST           "manifest.json"
#define MAX_MANIFEST_BYTES (4u << 20)
#define MAX_INTEGER        ((int64_t)1 << 53)

struct assay_dataset {
    char *text; /* every string below points in here */
    size_t text_used;
    const char *name, *licence;
    char id[65];
    size_t n_samples, n_shards;
    assay_sample *samples;
    assay_shard_info *shards;
};

/* ---- text ---- */

static const char *keep(assay_dataset *d, const char *text) {
    size_t n = strlen(text) + 1;
    char *copy = d->text + d->text_used;
    memcpy(copy, text, n);
    d->text_used += n;
    return copy;
}

static assay_status get_text(assay_dataset *d, const cJSON *object, const char *key,
                             const char *where, const char **out, assay_error *err) {
    const char *text;
    assay_status status = assay_json_get_string(object, key, where, &text, err);
    if (status == ASSAY_OK) *out = keep(d, text);
    return status;
}

static assay_status get_sha256(assay_dataset *d, const cJSON *object, const char *where,
                               const char **out, assay_error *err) {
    const char *text;
    assay_status status = assay_json_get_string(object, "sha256", where, &text, err);
    if (status != ASSAY_OK) return status;
    if (!assay_sha256_ok(text))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"sha256\" is not 64 lower-case hex digits",
                          where);
    *out = keep(d, text);
    return ASSAY_OK;
}

/* ---- manifest ---- */

/* A plain file name, which stays the entry's, and a size. */
static assay_status read_file_entry(const cJSON *entry, const char *where, uint64_t max_bytes,
                                    const char **file, uint64_t *bytes, assay_error *err) {
    int64_t n;
    assay_status status = assay_json_get_string(entry, "file", where, file, err);
    if (status == ASSAY_OK && !assay_file_name_ok(*file)) {
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"file\" is not a plain file name", where);
    }
    if (status == ASSAY_OK)
        status = assay_json_get_integer(entry, "bytes", 0, (int64_t)max_bytes, where, &n, err);
    if (status == ASSAY_OK) *bytes = (uint64_t)n;
    return status;
}

static assay_status parse_manifest(const char *manifest, size_t n, cJSON **root,
                                   const cJSON **index, assay_error *err) {
    int64_t format;
    if (n > MAX_MANIFEST_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, MANIFEST ": more than %u bytes", MAX_MANIFEST_BYTES);
    assay_status status = assay_json_parse(manifest, n, MANIFEST, root, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(*root, "format", 0, MAX_INTEGER, MANIFEST, &format, err);
    if (status == ASSAY_OK && format != 1) {
        status = assay_fail(err, ASSAY_E_UNSUPPORTED,
                            MANIFEST ": format %lld; this build reads format 1", (long long)format);
    }
    if (status == ASSAY_OK) status = assay_json_get_object(*root, "index", MANIFEST, index, err);
    return status;
}

assay_status assay_manifest_index(const char *manifest, size_t n, char *file, size_t file_size,
                                  uint64_t *bytes, assay_error *err) {
    cJSON *root = NULL;
    const cJSON *index = NULL;
    const char *name = NULL;
    assay_status status = parse_manifest(manifest, n, &root, &index, err);
    if (status == ASSAY_OK)
        status = read_file_entry(index, MANIFEST " index", ASSAY_JSON_MAX_BYTES, &name, bytes, err);
    if (status == ASSAY_OK && strlen(name) >= file_size) {
        status = assay_fail(err, ASSAY_E_ARGUMENT, MANIFEST ": no room for the name of the index");
    }
    if (status == ASSAY_OK) memcpy(file, name, strlen(name) + 1);
    cJSON_Delete(root);
    return status;
}

static assay_status read_shards(assay_dataset *d, const cJSON *root, assay_error *err) {
    const cJSON *list;
    char where[48];
    assay_status status =
        assay_json_get_array(root, "shards", ASSAY_MAX_SHARDS, MANIFEST, &list, err);
    if (status != ASSAY_OK) return status;
    size_t n = (size_t)cJSON_GetArraySize(list);
    d->shards = assay_calloc(n, sizeof *d->shards);
    if (d->shards == NULL) return assay_fail(err, ASSAY_E_MEMORY, MANIFEST ": out of memory");
    for (const cJSON *entry = list->child; entry != NULL; entry = entry->next) {
        assay_shard_info *shard = &d->shards[d->n_shards];
        const char *file = "";
        snprintf(where, sizeof where, MANIFEST " shard %zu", d->n_shards);
        status = read_file_entry(entry, where, ASSAY_MAX_SHARD, &file, &shard->bytes, err);
        if (status == ASSAY_OK) status = get_sha256(d, entry, where, &shard->sha256, err);
        if (status != ASSAY_OK) return status;
        shard->file = keep(d, file);
        d->n_shards++;
    }
    return ASSAY_OK;
}

/* Names, shards and id of the dataset, and whether the index is the one the manifest means. */
static assay_status read_manifest(assay_dataset *d, const cJSON *root, const cJSON *index_entry,
                                  const char *index, size_t index_bytes, assay_error *err) {
    const char *file, *sha256, *version;
    uint64_t bytes;
    int64_t n_samples;
    assay_buffer canonical = {0};
    assay_status status = get_text(d, root, "name", MANIFEST, &d->name, err);
    if (status == ASSAY_OK) status = get_text(d, root, "licence", MANIFEST, &d->licence, err);
    if (status == ASSAY_OK) status = get_text(d, root, "version", MANIFEST, &version, err);
    if (status != ASSAY_OK) return status;
    if (d->name[0] == '\0' || strlen(d->name) > ASSAY_MAX_NAME ||
        strlen(d->licence) > ASSAY_MAX_NAME || strlen(version) > ASSAY_MAX_NAME) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          MANIFEST
                          ": name, version and licence have at most %d bytes, and there is a name",
                          ASSAY_MAX_NAME);
    }
    status =
        assay_json_get_integer(root, "n_samples", 1, ASSAY_MAX_SAMPLES, MANIFEST, &n_samples, err);
    if (status == ASSAY_OK)
        status = read_file_entry(index_entry, MANIFEST " index", ASSAY_JSON_MAX_BYTES, &file,
                                 &bytes, err);
    if (status == ASSAY_OK) status = get_sha256(d, index_entry, MANIFEST " index", &sha256, err);
    if (status == ASSAY_OK) status = read_shards(d, root, err);
    if (status != ASSAY_OK) return status;
    if (bytes != index_bytes) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %zu bytes, but the manifest says %llu", file,
                          index_bytes, (unsigned long long)bytes);
    }
    if (strcmp(assay_sha256_of(index, index_bytes).hex, sha256) != 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: hash differs from the manifest's", file);
    }
    d->n_samples = (size_t)n_samples;
    assay_json_canonical(root, &canonical);
    if (canonical.failed)
        status = assay_fail(err, ASSAY_E_MEMORY, MANIFEST ": out of memory");
    else
        memcpy(d->id, assay_sha256_of(canonical.data, canonical.len).hex, sizeof d->id);
    assay_buffer_free(&canonical);
    return status;
}

/* ---- index ---- */

static assay_status read_image(assay_dataset *d, const cJSON *entry, const char *where,
                               assay_member *m, assay_error *err) {
    int64_t shard, offset, size;
    if (d->n_shards == 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: an image, but the manifest has no shards",
                          where);
    assay_status status =
        assay_json_get_integer(entry, "shard", 0, (int64_t)d->n_shards - 1, where, &shard, err);
    if (status == ASSAY_OK) status = get_text(d, entry, "name", where, &m->name, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(entry, "offset", 0, MAX_INTEGER, where, &offset, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(entry, "size", 1, MAX_INTEGER, where, &size, err);
    if (status == ASSAY_OK) status = get_sha256(d, entry, where, &m->sha256, err);
    if (status != ASSAY_OK) return status;
    uint64_t bytes = d->shards[shard].bytes;
    m->shard = (int)shard;
    m->offset = (uint64_t)offset;
    m->size = (uint64_t)size;
    if (!assay_tar_name_ok(m->name))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: image name is no plain relative name", where);
    if (m->offset < ASSAY_TAR_BLOCK || m->offset % ASSAY_TAR_BLOCK != 0 || m->offset > bytes ||
        m->size > bytes - m->offset) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: image at %llu with %llu bytes does not lie in a shard of %llu bytes",
                          where, (unsigned long long)m->offset, (unsigned long long)m->size,
                          (unsigned long long)bytes);
    }
    return ASSAY_OK;
}

static assay_status read_lists(assay_dataset *d, const cJSON *line, const char *where,
                               assay_sample *s, assay_error *err) {
    const cJSON *options, *gold, *images = NULL;
    assay_status status =
        assay_json_get_array(line, "options", ASSAY_MAX_OPTIONS, where, &options, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(line, "gold", ASSAY_MAX_OPTIONS, where, &gold, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(line, "images", ASSAY_MAX_IMAGES, where, &images, err);
    if (status != ASSAY_OK) return status;
    for (const cJSON *option = options->child; option != NULL; option = option->next) {
        if (!cJSON_IsString(option))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: an option is not a string", where);
        s->options[s->n_options++] = keep(d, option->valuestring);
    }
    for (const cJSON *item = gold->child; item != NULL; item = item->next) {
        double x = cJSON_IsNumber(item) ? item->valuedouble : -1;
        if (!(x >= 0 && x < ASSAY_MAX_OPTIONS) || x != (double)(int)x)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: gold is not the number of an option",
                              where);
        s->gold[s->n_gold++] = (int)x;
    }
    for (const cJSON *image = images->child; image != NULL; image = image->next) {
        status = read_image(d, image, where, &s->images[s->n_images], err);
        if (status != ASSAY_OK) return status;
        s->n_images++;
    }
    return ASSAY_OK;
}

/* A text, or the texts around the images, which have been read. */
static assay_status read_question(assay_dataset *d, const cJSON *line, const char *where,
                                  assay_sample *s, assay_error *err) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(line, "question");
    if (!cJSON_IsArray(list)) return get_text(d, line, "question", where, &s->question, err);
    int n = cJSON_GetArraySize(list), i = 0;
    if (n != s->n_images + 1) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: a question of %d texts around %d images", where,
                          n, s->n_images);
    }
    for (const cJSON *text = list->child; text != NULL; text = text->next, i++) {
        if (!cJSON_IsString(text))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: part %d of the question is not a string",
                              where, i + 1);
        const char *kept = keep(d, text->valuestring);
        if (i == 0)
            s->question = kept;
        else
            s->after[i - 1] = kept;
    }
    s->interleaved = true;
    return ASSAY_OK;
}

static assay_status read_sample(assay_dataset *d, const cJSON *line, const char *where,
                                assay_sample *s, assay_error *err) {
    assay_status status = get_text(d, line, "id", where, &s->id, err);
    if (status == ASSAY_OK) status = get_text(d, line, "dimension", where, &s->dimension, err);
    if (status == ASSAY_OK) status = get_text(d, line, "domain", where, &s->domain, err);
    if (status == ASSAY_OK) status = get_text(d, line, "task", where, &s->task, err);
    s->cluster = "";
    if (status == ASSAY_OK && assay_json_has(line, "cluster"))
        status = get_text(d, line, "cluster", where, &s->cluster, err);
    if (status == ASSAY_OK) status = assay_json_get_bool(line, "sight", where, &s->sight, err);
    if (status == ASSAY_OK) status = read_lists(d, line, where, s, err);
    if (status == ASSAY_OK) status = read_question(d, line, where, s, err);
    if (status == ASSAY_OK) status = assay_sample_check(s, where, err);
    return status;
}

static int compare_ids(const void *a, const void *b) {
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static assay_status check_unique(const assay_dataset *d, assay_error *err) {
    const char **ids = assay_alloc(d->n_samples, sizeof *ids);
    assay_status status = ASSAY_OK;
    if (ids == NULL) return assay_fail(err, ASSAY_E_MEMORY, "index: out of memory");
    for (size_t i = 0; i < d->n_samples; i++) ids[i] = d->samples[i].id;
    qsort(ids, d->n_samples, sizeof *ids, compare_ids);
    for (size_t i = 1; i < d->n_samples && status == ASSAY_OK; i++) {
        if (strcmp(ids[i - 1], ids[i]) == 0)
            status = assay_fail(err, ASSAY_E_FORMAT, "index: id %s twice", ids[i]);
    }
    free(ids);
    return status;
}

static assay_status read_index(assay_dataset *d, const char *index, size_t n, assay_error *err) {
    size_t at = 0, lines = 0;
    char where[48];
    for (size_t i = 0; i < n; i++) lines += index[i] == '\n' || i + 1 == n;
    if (lines != d->n_samples)
        return assay_fail(err, ASSAY_E_FORMAT, "index: %zu lines for %zu samples", lines,
                          d->n_samples);
    d->samples = assay_calloc(lines, sizeof *d->samples);
    if (d->samples == NULL) return assay_fail(err, ASSAY_E_MEMORY, "index: out of memory");
    for (size_t i = 0; i < lines; i++) {
        const char *end = memchr(index + at, '\n', n - at);
        size_t length = end != NULL ? (size_t)(end - (index + at)) : n - at;
        cJSON *line = NULL;
        snprintf(where, sizeof where, "index line %zu", i + 1);
        assay_status status = assay_json_parse(index + at, length, where, &line, err);
        if (status == ASSAY_OK) status = read_sample(d, line, where, &d->samples[i], err);
        cJSON_Delete(line);
        if (status != ASSAY_OK) return status;
        at += length + 1;
    }
    return check_unique(d, err);
}

/* ---- public ---- */

assay_status assay_dataset_open(const char *manifest, size_t manifest_bytes, const char *index,
                                size_t index_bytes, assay_dataset **out, assay_error *err) {
    cJSON *root = NULL;
    const cJSON *index_entry = NULL;
    size_t room;
    *out = NULL;
    assay_dataset *d = assay_calloc(1, sizeof *d);
    assay_status status = parse_manifest(manifest, manifest_bytes, &root, &index_entry, err);
    if (status != ASSAY_OK) goto done;
    if (d == NULL || !assay_size_add(manifest_bytes, index_bytes, &room) ||
        (d->text = assay_alloc(room, 1)) == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "dataset: out of memory");
        goto done;
    }
    status = read_manifest(d, root, index_entry, index, index_bytes, err);
    if (status == ASSAY_OK) status = read_index(d, index, index_bytes, err);
    if (status != ASSAY_OK) goto done;
    *out = d;
    d = NULL;
done:
    cJSON_Delete(root);
    assay_dataset_close(d);
    return status;
}

void assay_dataset_close(assay_dataset *d) {
    if (d == NULL) return;
    free(d->text);
    free(d->samples);
    free(d->shards);
    free(d);
}

const char *assay_dataset_name(const assay_dataset *d) {
    return d->name;
}

const char *assay_dataset_licence(const assay_dataset *d) {
    return d->licence;
}

const char *assay_dataset_id(const assay_dataset *d) {
    return d->id;
}

size_t assay_dataset_n_samples(const assay_dataset *d) {
    return d->n_samples;
}

const assay_sample *assay_dataset_sample(const assay_dataset *d, size_t i) {
    return i < d->n_samples ? &d->samples[i] : NULL;
}

size_t assay_dataset_n_shards(const assay_dataset *d) {
    return d->n_shards;
}

const assay_shard_info *assay_dataset_shard(const assay_dataset *d, size_t i) {
    return i < d->n_shards ? &d->shards[i] : NULL;
}

assay_status assay_shard_check(const assay_dataset *d, size_t shard, const uint8_t *bytes, size_t n,
                               assay_error *err) {
    if (shard >= d->n_shards) return assay_fail(err, ASSAY_E_ARGUMENT, "no shard %zu", shard);
    const assay_shard_info *info = &d->shards[shard];
    if (n != info->bytes) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %zu bytes, but the manifest says %llu",
                          info->file, n, (unsigned long long)info->bytes);
    }
    if (strcmp(assay_sha256_of(bytes, n).hex, info->sha256) != 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: hash differs from the manifest's", info->file);
    }
    size_t at = 0;
    bool end = false;
    while (!end) {
        assay_tar_entry entry;
        assay_status status = assay_tar_next(bytes, n, info->file, &at, &entry, &end, err);
        if (status != ASSAY_OK) return status;
    }
    return ASSAY_OK;
}

assay_status assay_member_check(const assay_member *member, const uint8_t *bytes, size_t n,
                                assay_error *err) {
    if (n != member->size) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %zu bytes, but the index says %llu",
                          member->name, n, (unsigned long long)member->size);
    }
    if (strcmp(assay_sha256_of(bytes, n).hex, member->sha256) != 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: hash differs from the index's", member->name);
    }
    return ASSAY_OK;
}
