/* What reader and writer of datasets share: the rules a sample must obey, and its canonical JSON.
 */
#ifndef ASSAY_FORMAT_SAMPLE_H
#define ASSAY_FORMAT_SAMPLE_H

#include "format/shard/shard.h"

#define ASSAY_MAX_ID 64 /* bytes of a sample's id */
#define ASSAY_MAX_NAME                                                                             \
    128 /* of dimension, domain, task, cluster, dataset name, version, licence                     \
         */
#define ASSAY_MAX_QUESTION (64u << 10) /* bytes */
#define ASSAY_MAX_OPTION   (16u << 10) /* bytes */
#define ASSAY_MAX_SAMPLES  1000000
#define ASSAY_MAX_SHARDS   4096
#define ASSAY_MAX_SHARD    ((uint64_t)1 << 32) /* bytes; shards are meant to have 16 to 32 MiB */

/* A file name without a folder: letters, digits, '.', '_', '-', not starting with a dot, at most
 * ASSAY_MAX_NAME bytes. */
bool assay_file_name_ok(const char *name);
bool assay_sha256_ok(const char *hex); /* 64 lower-case hex digits */

/* Everything but the images: id, names, lengths, options, gold. `where` starts the sentence. */
assay_status assay_sample_check(const assay_sample *sample, const char *where, assay_error *err);
/* Canonical JSON; with_images: the "images" member too (the index), else without (the json beside
 * the images in a shard). */
void assay_sample_print(const assay_sample *sample, bool with_images, assay_buffer *out);

#endif
