/* Files and clock for any POSIX system. Under Emscripten the same calls reach the host's files in Node, and find
 * none in a browser. */
#define _POSIX_C_SOURCE   200809L
#define _FILE_OFFSET_BITS 64
#include "base/os.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"

static assay_status read_exactly(int file, const char *path, uint8_t *bytes, size_t n,
                                 assay_error *err) {
    for (size_t at = 0; at < n;) {
        ssize_t got = read(file, bytes + at, n - at);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
        if (got == 0)
            return assay_fail(err, ASSAY_E_IO, "%s: ends %zu bytes too early", path, n - at);
        at += (size_t)got;
    }
    return ASSAY_OK;
}

static assay_status write_exactly(int file, const char *path, const uint8_t *bytes, size_t n,
                                  assay_error *err) {
    for (size_t at = 0; at < n;) {
        ssize_t put = write(file, bytes + at, n - at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
        at += (size_t)put;
    }
    return ASSAY_OK;
}

assay_status assay_os_read_file(const char *path, size_t limit, uint8_t **bytes, size_t *n,
                                assay_error *err) {
    assay_status status = ASSAY_OK;
    uint8_t *block = NULL;
    struct stat info;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || fstat(file, &info) != 0) {
        status = assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
        goto done;
    }
    if (!S_ISREG(info.st_mode)) {
        status = assay_fail(err, ASSAY_E_IO, "%s: not a plain file", path);
        goto done;
    }
    if (info.st_size < 0 || (uintmax_t)info.st_size > limit) {
        status = assay_fail(err, ASSAY_E_LIMIT, "%s: %lld bytes, more than the limit of %zu", path,
                            (long long)info.st_size, limit);
        goto done;
    }
    size_t size = (size_t)info.st_size;
    block = size < SIZE_MAX ? malloc(size + 1) : NULL;
    if (!block) {
        status = assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory (%zu bytes)", path, size);
        goto done;
    }
    if ((status = read_exactly(file, path, block, size, err))) goto done;
    block[size] = 0;
    *bytes = block;
    *n = size;
    block = NULL;
done:
    free(block);
    if (file >= 0) close(file);
    return status;
}

assay_status assay_os_read_range(const char *path, uint64_t offset, uint8_t *bytes, size_t n,
                                 assay_error *err) {
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    assay_status status = ASSAY_OK;
    if (offset > INT64_MAX || lseek(file, (off_t)offset, SEEK_SET) < 0)
        status = assay_fail(err, ASSAY_E_IO, "%s: cannot seek to %llu", path,
                            (unsigned long long)offset);
    else
        status = read_exactly(file, path, bytes, n, err);
    close(file);
    return status;
}

/* Opens, writes, flushes to the disk, closes; the first failure is the one told. */
static assay_status write_through(const char *path, int flags, const void *bytes, size_t n,
                                  assay_error *err) {
    int file = open(path, flags | O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    if (file < 0) return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    assay_status status = write_exactly(file, path, bytes, n, err);
    if (!status && fsync(file) != 0 && errno != EINVAL && errno != EROFS)
        status = assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    if (close(file) != 0 && !status)
        status = assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    return status;
}

assay_status assay_os_write_file(const char *path, const void *bytes, size_t n, assay_error *err) {
    assay_buffer part = {0};
    assay_buffer_print(&part, "%s.part", path);
    if (part.failed) {
        assay_buffer_free(&part);
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", path);
    }
    assay_status status = write_through(part.data, O_TRUNC, bytes, n, err);
    if (!status && rename(part.data, path) != 0)
        status = assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    if (status) unlink(part.data);
    assay_buffer_free(&part);
    return status;
}

assay_status assay_os_append_file(const char *path, const void *bytes, size_t n, assay_error *err) {
    return write_through(path, O_APPEND, bytes, n, err);
}

assay_status assay_os_make_folder(const char *path, assay_error *err) {
    size_t n = strlen(path);
    char *copy = assay_strndup(path, n);
    if (!copy) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", path);
    assay_status status = ASSAY_OK;
    for (size_t i = 1; i <= n && !status; i++) {
        if (copy[i] != '/' && copy[i] != '\0') continue;
        copy[i] = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST)
            status = assay_fail(err, ASSAY_E_IO, "%s: %s", copy, strerror(errno));
        if (i < n) copy[i] = '/';
    }
    free(copy);
    return status;
}

bool assay_os_exists(const char *path) {
    return access(path, F_OK) == 0;
}

bool assay_os_is_terminal(int stream) {
    return isatty(stream) == 1;
}

double assay_os_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

int assay_os_cpu_count(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : (int)n;
}

#ifndef __EMSCRIPTEN__
#include <sys/resource.h>

uint64_t assay_os_peak_memory(void) {
    struct rusage usage;
    if (getrusage(RUSAGE_SELF, &usage) != 0) return 0;
#ifdef __APPLE__
    return (uint64_t)usage.ru_maxrss;
#else
    return (uint64_t)usage.ru_maxrss * 1024;
#endif
}
#endif
