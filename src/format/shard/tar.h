/* Plain ustar (POSIX.1-1988) archives: writing with nothing in it that depends on time or user, and
 * walking with every header checked. Only regular files with plain relative names are accepted;
 * links, devices, folders, and the extensions of GNU and pax are refused. */
#ifndef ASSAY_FORMAT_TAR_H
#define ASSAY_FORMAT_TAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"

#define ASSAY_TAR_BLOCK    512
#define ASSAY_TAR_MAX_NAME 100 /* bytes; the prefix field is not used */

/* Appends one file: header and data, padded to whole blocks. The name is one assay_tar_name_ok
 * accepts. */
void assay_tar_append(assay_buffer *tar, const char *name, const void *bytes, size_t n);
/* Two empty blocks end the archive. */
void assay_tar_finish(assay_buffer *tar);

/* Relative, no "..", no empty part, no backslash, no control character, at most ASSAY_TAR_MAX_NAME
 * bytes. */
bool assay_tar_name_ok(const char *name);

typedef struct assay_tar_entry {
    char name[ASSAY_TAR_MAX_NAME + 1];
    size_t offset, size; /* of the data */
} assay_tar_entry;

/* The entry whose header is at *at (start with 0); moves *at behind it. *end becomes true, and the
 * entry is not set, at the two empty blocks that close the archive. `what` names the archive.
 * E_FORMAT, E_UNSUPPORTED. */
assay_status assay_tar_next(const uint8_t *bytes, size_t n, const char *what, size_t *at,
                            assay_tar_entry *entry, bool *end, assay_error *err);

#endif
