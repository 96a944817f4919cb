/* Datasets: a folder `manifest.json` + `index.jsonl` + `*.tar`.
 *
 *   manifest.json  {"format": 1, "name", "version", "licence", "n_samples",
 *                   "index": {"file", "bytes", "sha256"}, "shards": [{"file", "bytes", "sha256"}]}
 *   index.jsonl    a line a sample:
 *                  {"id", "dimension", "domain", "task", "question", "options": [text],
 *                   "gold": [i], "cluster", "sight": bool,
 *                   "images": [{"shard": i, "name", "offset", "size", "sha256"}]}
 *                  question: a text, shown behind all images; or a list of the texts between which
 *                  the images stand, one more than there are images
 *   *.tar          plain ustar of `<id>.<n>.png` (or jpg) and `<id>.json` (WebDataset); offsets in
 *                  the index point at a member's data, right behind its header
 *
 * Rules, checked by reader and writer (sample.h has the bounds): ids are unique, of letters,
 * digits, '_' and '-'; dimension is Helpful, Honest or Harmless; 2 to 16 options; gold names at
 * least one of them, none twice; at most 8 images, each inside its shard. Other keys are allowed
 * and covered by the hashes; `cluster` may be absent.
 *
 * This reader works on bytes that the host fetched (a file, HTTP, a dropped folder). Listing never
 * opens a tar. */
#ifndef ASSAY_FORMAT_SHARD_H
#define ASSAY_FORMAT_SHARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/sha256.h"
#include "base/status.h"

#define ASSAY_MAX_OPTIONS 16
#define ASSAY_MAX_IMAGES  8 /* of one sample */

typedef struct assay_member { /* one image inside a shard */
    int shard;                /* index into the manifest's shards */
    const char *name;
    uint64_t offset, size; /* of its data inside the tar */
    const char *sha256;    /* 64 hex digits */
} assay_member;

typedef struct assay_sample {
    const char *id, *dimension, *domain, *task, *question, *cluster; /* cluster: "" when none */
    /* Interleaved: question stands before the first image, after[i] behind image i. Otherwise all
     * images stand before the question. */
    bool interleaved;
    const char *after[ASSAY_MAX_IMAGES];
    int n_options, n_gold, n_images;
    const char *options[ASSAY_MAX_OPTIONS];
    int gold[ASSAY_MAX_OPTIONS];
    assay_member images[ASSAY_MAX_IMAGES];
    bool sight; /* the task cannot be answered without the image */
} assay_sample;

/* The question as one line of text for people: "[image 1]" where an interleaved image stands. */
void assay_sample_print_question(const assay_sample *sample, assay_buffer *out);

typedef struct assay_shard_info {
    const char *file; /* plain name, no folder */
    uint64_t bytes;
    const char *sha256;
} assay_shard_info;

typedef struct assay_dataset assay_dataset;

/* Checks the manifest, the index against its hash, and every line. Copies what it keeps. */
assay_status assay_dataset_open(const char *manifest, size_t manifest_bytes, const char *index,
                                size_t index_bytes, assay_dataset **out, assay_error *err);
/* Only the manifest: which file the index is and how large, for a host that must fetch it. */
assay_status assay_manifest_index(const char *manifest, size_t n, char *file, size_t file_size,
                                  uint64_t *bytes, assay_error *err);
void assay_dataset_close(assay_dataset *dataset);
const char *assay_dataset_name(const assay_dataset *d);
const char *assay_dataset_licence(const assay_dataset *d);
const char *assay_dataset_id(const assay_dataset *d); /* SHA-256 of the canonical manifest, hex */
size_t assay_dataset_n_samples(const assay_dataset *d);
const assay_sample *assay_dataset_sample(const assay_dataset *d, size_t i);
size_t assay_dataset_n_shards(const assay_dataset *d);
const assay_shard_info *assay_dataset_shard(const assay_dataset *d, size_t i);

/* Checks a whole shard: length, hash, and that every entry is a plain file with a plain relative
 * name inside the archive. */
assay_status assay_shard_check(const assay_dataset *d, size_t shard, const uint8_t *bytes, size_t n,
                               assay_error *err);
/* Checks one member's bytes (fetched by range, or cut out of a whole shard) against its hash. */
assay_status assay_member_check(const assay_member *member, const uint8_t *bytes, size_t n,
                                assay_error *err);

/* Writer. Samples are appended in order; shards are cut at about `shard_bytes`. */
typedef struct assay_dataset_writer assay_dataset_writer;
typedef struct assay_blob {
    const uint8_t *bytes;
    size_t n;
} assay_blob;
assay_dataset_writer *assay_dataset_writer_create(const char *name, const char *version,
                                                  const char *licence, size_t shard_bytes);
void assay_dataset_writer_destroy(assay_dataset_writer *w);
/* Uses the texts of `sample` (its images' fields are ignored) and n_images encoded PNG or JPEG
 * files. */
assay_status assay_dataset_writer_add(assay_dataset_writer *w, const assay_sample *sample,
                                      const assay_blob *images, assay_error *err);
/* Hands every finished file to `write` (name, bytes), the manifest last. */
typedef assay_status (*assay_write_file)(void *context, const char *name, const void *bytes,
                                         size_t n, assay_error *err);
assay_status assay_dataset_writer_finish(assay_dataset_writer *w, assay_write_file write,
                                         void *context, assay_error *err);

#endif
