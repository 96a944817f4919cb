/* Writer of datasets: shards grow in memory one after the other, a new one starts when the next
 * sample would pass the wanted size; the index grows beside them. Nothing depends on time, user or
 * platform. */
#include "format/shard/shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json.h"
#include "format/shard/sample.h"
#include "format/shard/tar.h"

typedef struct shard_list {
    assay_buffer *items; /* finished ones, and the growing one last */
    size_t n, cap;
} shard_list;

struct assay_dataset_writer {
    char *name, *version, *licence;
    size_t shard_bytes;
    uint64_t n_samples;
    shard_list shards;
    assay_buffer index;
};

void assay_dataset_writer_destroy(assay_dataset_writer *w) {
    if (w == NULL) return;
    for (size_t i = 0; i < w->shards.n; i++) assay_buffer_free(&w->shards.items[i]);
    free(w->shards.items);
    assay_buffer_free(&w->index);
    free(w->name);
    free(w->version);
    free(w->licence);
    free(w);
}

assay_dataset_writer *assay_dataset_writer_create(const char *name, const char *version,
                                                  const char *licence, size_t shard_bytes) {
    assay_dataset_writer *w = assay_calloc(1, sizeof *w);
    if (w == NULL) return NULL;
    w->shard_bytes = shard_bytes;
    w->name = assay_strndup(name, strlen(name));
    w->version = assay_strndup(version, strlen(version));
    w->licence = assay_strndup(licence, strlen(licence));
    if (w->name == NULL || w->version == NULL || w->licence == NULL) {
        assay_dataset_writer_destroy(w);
        return NULL;
    }
    return w;
}

static void shard_name(size_t i, char *name, size_t size) {
    snprintf(name, size, "shard-%04zu.tar", i);
}

/* The shard that takes `need` more bytes; NULL when memory is out. */
static assay_buffer *open_shard(assay_dataset_writer *w, size_t need) {
    shard_list *list = &w->shards;
    if (list->n > 0) {
        assay_buffer *last = &list->items[list->n - 1];
        if (last->len == 0 || (last->len <= w->shard_bytes && need <= w->shard_bytes - last->len))
            return last;
        assay_tar_finish(last);
    }
    if (list->n == list->cap) {
        size_t cap = list->cap == 0 ? 8 : list->cap * 2;
        assay_buffer *items =
            cap > ASSAY_MAX_SHARDS ? NULL : realloc(list->items, cap * sizeof *items);
        if (items == NULL) return NULL;
        list->items = items;
        list->cap = cap;
    }
    list->items[list->n] = (assay_buffer){0};
    return &list->items[list->n++];
}

/* "png" or "jpg" by the file's first bytes; NULL when it is neither. */
static const char *image_suffix(assay_blob image) {
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'},
                         jpeg[] = {0xFF, 0xD8, 0xFF};
    if (image.n >= sizeof png && memcmp(image.bytes, png, sizeof png) == 0) return "png";
    if (image.n >= sizeof jpeg && memcmp(image.bytes, jpeg, sizeof jpeg) == 0) return "jpg";
    return NULL;
}

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "dataset writer: out of memory");
}

assay_status assay_dataset_writer_add(assay_dataset_writer *w, const assay_sample *sample,
                                      const assay_blob *images, assay_error *err) {
    char where[80], names[ASSAY_MAX_IMAGES][ASSAY_TAR_MAX_NAME + 1],
        json_name[ASSAY_TAR_MAX_NAME + 1];
    assay_digest digests[ASSAY_MAX_IMAGES];
    assay_sample placed = *sample;
    assay_buffer json = {0};
    snprintf(where, sizeof where, "sample %llu", (unsigned long long)w->n_samples);
    if (placed.cluster == NULL) placed.cluster = "";
    assay_status status = assay_sample_check(&placed, where, err);
    if (status != ASSAY_OK) return status;
    if (w->n_samples >= ASSAY_MAX_SAMPLES)
        return assay_fail(err, ASSAY_E_LIMIT, "dataset writer: more than %d samples",
                          ASSAY_MAX_SAMPLES);

    assay_sample_print(&placed, false, &json);
    size_t need = json.len + 4 * ASSAY_TAR_BLOCK; /* of the json, and the end of the archive */
    for (int i = 0; i < placed.n_images; i++) {
        const char *suffix = image_suffix(images[i]);
        if (suffix == NULL) {
            assay_buffer_free(&json);
            return assay_fail(err, ASSAY_E_FORMAT, "%s: image %d is neither PNG nor JPEG", where,
                              i);
        }
        snprintf(names[i], sizeof names[i], "%s.%d.%s", placed.id, i, suffix);
        need += images[i].n + 2 * ASSAY_TAR_BLOCK;
    }
    snprintf(json_name, sizeof json_name, "%s.json", placed.id);

    assay_buffer *tar = open_shard(w, need);
    if (tar == NULL) {
        assay_buffer_free(&json);
        return out_of_memory(err);
    }
    for (int i = 0; i < placed.n_images; i++) {
        digests[i] = assay_sha256_of(images[i].bytes, images[i].n);
        placed.images[i] = (assay_member){.shard = (int)(w->shards.n - 1),
                                          .name = names[i],
                                          .offset = tar->len + ASSAY_TAR_BLOCK,
                                          .size = images[i].n,
                                          .sha256 = digests[i].hex};
        assay_tar_append(tar, names[i], images[i].bytes, images[i].n);
    }
    if (!json.failed) assay_tar_append(tar, json_name, json.data, json.len);
    assay_sample_print(&placed, true, &w->index);
    assay_buffer_append(&w->index, "\n", 1);
    bool failed = json.failed || tar->failed || w->index.failed;
    assay_buffer_free(&json);
    if (failed) return out_of_memory(err);
    w->n_samples++;
    return ASSAY_OK;
}

static void print_file(assay_buffer *out, const char *name, const assay_buffer *content) {
    assay_digest digest = assay_sha256_of(content->data, content->len);
    assay_buffer_print(out, "{\"bytes\":%zu,\"file\":\"%s\",\"sha256\":\"%s\"}", content->len, name,
                       digest.hex);
}

/* Canonical: keys in sorted order. */
static void print_manifest(const assay_dataset_writer *w, assay_buffer *out) {
    char name[32];
    assay_buffer_print(out, "{\"format\":1,\"index\":");
    print_file(out, "index.jsonl", &w->index);
    assay_buffer_print(out, ",\"licence\":");
    assay_json_string(out, w->licence);
    assay_buffer_print(out, ",\"n_samples\":%llu,\"name\":", (unsigned long long)w->n_samples);
    assay_json_string(out, w->name);
    assay_buffer_print(out, ",\"shards\":[");
    for (size_t i = 0; i < w->shards.n; i++) {
        shard_name(i, name, sizeof name);
        if (i > 0) assay_buffer_append(out, ",", 1);
        print_file(out, name, &w->shards.items[i]);
    }
    assay_buffer_print(out, "],\"version\":");
    assay_json_string(out, w->version);
    assay_buffer_print(out, "}\n");
}

assay_status assay_dataset_writer_finish(assay_dataset_writer *w, assay_write_file write,
                                         void *context, assay_error *err) {
    assay_buffer manifest = {0};
    assay_dataset *dataset = NULL;
    char name[32];
    assay_status status = ASSAY_OK;
    if (w->shards.n > 0) assay_tar_finish(&w->shards.items[w->shards.n - 1]);
    for (size_t i = 0; i < w->shards.n; i++) {
        if (w->shards.items[i].failed) return out_of_memory(err);
    }
    print_manifest(w, &manifest);
    if (manifest.failed) status = out_of_memory(err);
    /* The reader has the last word: ids that appear twice, a name without text, and whatever else
     * it refuses. */
    if (status == ASSAY_OK) {
        status = assay_dataset_open(manifest.data, manifest.len,
                                    w->index.data == NULL ? "" : w->index.data, w->index.len,
                                    &dataset, err);
    }
    for (size_t i = 0; i < w->shards.n && status == ASSAY_OK; i++) {
        shard_name(i, name, sizeof name);
        status = write(context, name, w->shards.items[i].data, w->shards.items[i].len, err);
    }
    if (status == ASSAY_OK)
        status = write(context, "index.jsonl", w->index.data, w->index.len, err);
    if (status == ASSAY_OK)
        status = write(context, "manifest.json", manifest.data, manifest.len, err);
    assay_dataset_close(dataset);
    assay_buffer_free(&manifest);
    return status;
}
