/* The platform: the only place that may know on which system this runs. Implementations: os_posix.c
 * (any POSIX, Emscripten included), os_wasm.c (the heap of a
 * WebAssembly module). In a browser there are no files and the file functions fail. The library above base/ and format/ never calls the
 * file functions; only cli/ and tests do. */
#ifndef ASSAY_BASE_OS_H
#define ASSAY_BASE_OS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/status.h"

/* The whole file in one heap allocation (free()), at most `limit` bytes. One extra NUL follows the bytes. */
assay_status assay_os_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *n,
                                assay_error *err);
/* `n` bytes from `offset`, exactly; ASSAY_E_IO when the file is shorter. */
assay_status assay_os_read_range(const char *path, uint64_t offset, uint8_t *bytes, size_t n,
                                 assay_error *err);
/* Writes to a temporary name beside `path` and renames, so that a cut leaves the old file or the new one. */
assay_status assay_os_write_file(const char *path, const void *bytes, size_t n, assay_error *err);
/* Appends and flushes to the disk. */
assay_status assay_os_append_file(const char *path, const void *bytes, size_t n, assay_error *err);
assay_status assay_os_make_folder(const char *path,
                                  assay_error *err); /* with its parents; fine if there */
bool assay_os_exists(const char *path);
bool assay_os_is_terminal(int stream); /* 1 standard output, 2 standard error: a person watches */

double assay_os_seconds(void); /* monotonic clock */
int assay_os_cpu_count(void);  /* at least 1 */
uint64_t assay_os_peak_memory(
    void); /* peak resident bytes of this process, or of the heap in wasm; 0 if unknown */

#endif
