/* A small dataset made in memory by the writer, and files of tests/bad/: what the tests of data and
 * evaluation share. */
#ifndef ASSAY_TEST_FIXTURE_H
#define ASSAY_TEST_FIXTURE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/image/image.h"
#include "format/shard/shard.h"

#define FIXTURE_MAX_FILES 40

typedef struct fixture_file {
    char name[64];
    uint8_t *bytes;
    size_t n;
} fixture_file;

typedef struct fixture { /* the files of a dataset */
    fixture_file files[FIXTURE_MAX_FILES];
    size_t n;
} fixture;

static inline assay_status fixture_write(void *context, const char *name, const void *bytes,
                                         size_t n, assay_error *err) {
    fixture *f = context;
    if (f->n == FIXTURE_MAX_FILES) return assay_fail(err, ASSAY_E_LIMIT, "fixture: too many files");
    fixture_file *file = &f->files[f->n];
    file->bytes = malloc(n + 1);
    if (file->bytes == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fixture: out of memory");
    if (n > 0) memcpy(file->bytes, bytes, n);
    file->n = n;
    snprintf(file->name, sizeof file->name, "%s", name);
    f->n++;
    return ASSAY_OK;
}

static inline void fixture_free(fixture *f) {
    for (size_t i = 0; i < f->n; i++) free(f->files[i].bytes);
    f->n = 0;
}

static inline const fixture_file *fixture_find(const fixture *f, const char *name) {
    for (size_t i = 0; i < f->n; i++) {
        if (strcmp(f->files[i].name, name) == 0) return &f->files[i];
    }
    return NULL;
}

/* A grey-level picture of w x h that differs with `seed`, as PNG. The caller frees the buffer. */
static inline assay_status fixture_png(unsigned seed, int w, int h, assay_buffer *out,
                                       assay_error *err) {
    assay_image image = {w, h, malloc((size_t)w * (size_t)h * 3)};
    if (image.rgb == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fixture: out of memory");
    for (int i = 0; i < w * h * 3; i++)
        image.rgb[i] = (uint8_t)((unsigned)i * (seed * 2 + 3) + seed * 40);
    assay_status status = assay_image_encode_png(&image, out, err);
    assay_image_free(&image);
    return status;
}

/* Sample number i of the fixture: 4 tasks in 3 dimensions, 2 to 4 options, two images for every
 * fifth sample (between the texts of its question for every tenth), none for every seventh, two right
 * answers for every sixth. Samples of a task lie scattered. Texts belong to `text`. */
static inline assay_sample fixture_sample(size_t i, char text[][64]) {
    static const char *const names[4][3] = {{"Helpful", "Machine Reading Comprehension", "OCR"},
                                            {"Helpful", "Embodiment", "Robotic Planning"},
                                            {"Honest", "Hallucination", "Object"},
                                            {"Harmless", "Privacy", "Leaking Private Information"}};
    const char *const *name = names[(i * 3 + i / 5) % 4];
    assay_sample s = {
        .dimension = name[0], .domain = name[1], .task = name[2], .cluster = i % 2 ? "pair" : ""};
    snprintf(text[0], 64, "sample-%03zu", i);
    snprintf(text[1], 64, "What is \"number\" %zu?\nAnswer \xC3\xA4 or <image>.", i);
    s.id = text[0];
    s.question = text[1];
    s.n_options = 2 + (int)(i % 3);
    for (int k = 0; k < s.n_options; k++) {
        snprintf(text[2 + k], 64, "option %zu of %d", i * 7 % 11, k);
        s.options[k] = text[2 + k];
    }
    s.n_gold = i % 6 == 5 ? 2 : 1;
    s.gold[0] = (int)(i % 2);
    if (s.n_gold == 2) s.gold[1] = (int)(1 - i % 2);
    s.n_images = i % 7 == 6 ? 0 : i % 5 == 4 ? 2 : 1;
    s.sight = i % 3 == 0;
    s.interleaved = i % 10 == 9 && s.n_images == 2;
    for (int k = 0; s.interleaved && k < 2; k++) {
        snprintf(text[6 + k], 64, "%s", k == 0 ? " or \"this\"" : "");
        s.after[k] = text[6 + k];
    }
    return s;
}

/* Every fourth image is the same as one before, so that a cache of features meets repetitions. */
static inline assay_status fixture_make(fixture *f, size_t n_samples, size_t shard_bytes,
                                        assay_error *err) {
    assay_status status = ASSAY_OK;
    f->n = 0;
    assay_dataset_writer *w = assay_dataset_writer_create("fixture", "1", "CC0-1.0", shard_bytes);
    if (w == NULL) return assay_fail(err, ASSAY_E_MEMORY, "fixture: out of memory");
    for (size_t i = 0; i < n_samples && status == ASSAY_OK; i++) {
        char text[8][64];
        assay_buffer png[2] = {{0}};
        assay_blob images[2];
        assay_sample s = fixture_sample(i, text);
        for (int k = 0; k < s.n_images && status == ASSAY_OK; k++) {
            status = fixture_png((unsigned)(i % 4 == 3 ? i - 1 : i) + (unsigned)k * 100, 5, 4,
                                 &png[k], err);
            images[k] = (assay_blob){(const uint8_t *)png[k].data, png[k].len};
        }
        if (status == ASSAY_OK) status = assay_dataset_writer_add(w, &s, images, err);
        assay_buffer_free(&png[0]);
        assay_buffer_free(&png[1]);
    }
    if (status == ASSAY_OK) status = assay_dataset_writer_finish(w, fixture_write, f, err);
    assay_dataset_writer_destroy(w);
    return status;
}

static inline assay_status fixture_open(const fixture *f, assay_dataset **out, assay_error *err) {
    const fixture_file *manifest = fixture_find(f, "manifest.json"),
                       *index = fixture_find(f, "index.jsonl");
    if (manifest == NULL || index == NULL)
        return assay_fail(err, ASSAY_E_IO, "fixture: incomplete");
    return assay_dataset_open((const char *)manifest->bytes, manifest->n,
                              (const char *)index->bytes, index->n, out, err);
}

/* The images of a sample inside the shards. */
static inline void fixture_images(const fixture *f, const assay_dataset *d, const assay_sample *s,
                                  assay_blob *images) {
    for (int k = 0; k < s->n_images; k++) {
        const fixture_file *shard =
            fixture_find(f, assay_dataset_shard(d, (size_t)s->images[k].shard)->file);
        images[k] = (assay_blob){shard->bytes + s->images[k].offset, (size_t)s->images[k].size};
    }
}

/* A file below the repository's root, with a NUL behind it; NULL when it is not there. */
static inline char *fixture_read(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    size_t cap = 1 << 20;
    char *bytes = malloc(cap + 1);
    *n = bytes == NULL ? 0 : fread(bytes, 1, cap, file);
    if (bytes != NULL) bytes[*n] = '\0';
    fclose(file);
    return bytes;
}

/* Walks `folder`/expected.tsv: lines "file TAB status TAB part of the sentence", '#' starts a
 * comment. Calls `each` with the file's bytes; returns how many lines there were. */
typedef void (*fixture_bad)(const char *path, const char *bytes, size_t n, const char *status,
                            const char *part);
static inline int fixture_bad_files(const char *folder, fixture_bad each) {
    char path[256];
    size_t n;
    int count = 0;
    snprintf(path, sizeof path, "%s/expected.tsv", folder);
    char *list = fixture_read(path, &n), *next = list;
    while (next != NULL && *next != '\0') {
        char *line = next, *end = strchr(line, '\n');
        next = end == NULL ? NULL : end + 1;
        if (end != NULL) *end = '\0';
        char *status = strchr(line, '\t'), *part = status == NULL ? NULL : strchr(status + 1, '\t');
        if (line[0] == '#' || part == NULL) continue;
        *status++ = *part++ = '\0';
        snprintf(path, sizeof path, "%s/%s", folder, line);
        char *bytes = fixture_read(path, &n);
        each(path, bytes, n, status, part);
        free(bytes);
        count++;
    }
    free(list);
    return count;
}

#endif
