/* Any bytes as an archive: entries lie inside, one behind the other, and have plain names. */
#include "fuzz.h"

#include "format/shard/tar.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    size_t at = 0, before = 0;
    bool end = false;
    while (!end) {
        assay_tar_entry entry;
        assay_error err = {0};
        assay_status status = assay_tar_next(bytes, n, "fuzz", &at, &entry, &end, &err);
        PROMISE((status == ASSAY_OK) == (err.text[0] == '\0'));
        if (status != ASSAY_OK || end) break;
        PROMISE(entry.offset <= n && entry.size <= n - entry.offset && at <= n && at > before);
        PROMISE(assay_tar_name_ok(entry.name) && strstr(entry.name, "..") != entry.name &&
                entry.name[0] != '/');
        before = at;
    }
    return 0;
}
