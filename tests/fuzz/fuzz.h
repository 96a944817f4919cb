/* The frame of a fuzz target: LLVMFuzzerTestOneInput(bytes, n) aborts on a broken promise, and the
 * sanitizers find the rest.
 *
 * Built with -DASSAY_LIBFUZZER, clang's libFuzzer brings main(). Otherwise main() is here, a
 * regression test: it runs every file of the folder that is its argument, and N_MUTANTS seeded
 * mutations of each. */
#ifndef ASSAY_FUZZ_H
#define ASSAY_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define PROMISE(condition)                                                                         \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: broken promise: %s\n", __FILE__, __LINE__, #condition);        \
            abort();                                                                               \
        }                                                                                          \
    } while (0)

#ifndef ASSAY_LIBFUZZER

#include <dirent.h>

#include "base/os.h"
#include "base/rng.h"

#ifndef N_MUTANTS
#define N_MUTANTS 1000
#endif

/* A few edits: bytes set, bits flipped, 64-bit fields overwritten by telling values, pieces cut out
 * or doubled. */
static size_t fuzz_mutate(assay_rng *rng, uint8_t *bytes, size_t n, size_t cap) {
    static const uint64_t telling[] = {0,      1,         0x7f,       0x80,      0xff,      0x7fff,
                                       0xffff, INT32_MAX, UINT32_MAX, INT64_MAX, UINT64_MAX};
    for (int edits = assay_rng_range(rng, 1, 4); edits > 0 && n > 8; edits--) {
        size_t at = assay_rng_below(rng, (uint32_t)n), left = n - at, length;
        switch (assay_rng_below(rng, 5)) {
        case 0:
            bytes[at] = (uint8_t)assay_rng_below(rng, 256);
            break;
        case 1:
            bytes[at] ^= (uint8_t)(1u << assay_rng_below(rng, 8));
            break;
        case 2:
            memcpy(bytes + at, &telling[assay_rng_below(rng, sizeof telling / sizeof telling[0])],
                   left < 8 ? left : 8);
            break;
        case 3:
            n = at + (left > 16 ? left - 1 - assay_rng_below(rng, 16) : left / 2);
            break;
        default:
            length = 1 + assay_rng_below(rng, (uint32_t)(left < 32 ? left : 32));
            if (n + length > cap) break;
            memmove(bytes + at + length, bytes + at, left);
            n += length;
        }
    }
    return n;
}

/* Exactly n bytes of heap, so that the sanitizer sees the end. */
static void fuzz_one(const uint8_t *bytes, size_t n) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    PROMISE(copy != NULL);
    if (n > 0) memcpy(copy, bytes, n);
    LLVMFuzzerTestOneInput(copy, n);
    free(copy);
}

static void fuzz_seed(const char *path, uint64_t number) {
    uint8_t *seed = NULL;
    size_t n;
    assay_error err = {0};
    if (assay_os_read_file(path, 1 << 20, &seed, &n, &err) != ASSAY_OK) {
        printf("FAIL %s\n", err.text);
        exit(1);
    }
    uint8_t *mutant = malloc(2 * n + 64);
    PROMISE(mutant != NULL);
    fuzz_one(seed, n);
    assay_rng rng = assay_rng_seed(46, number);
    for (int i = 0; i < N_MUTANTS; i++) {
        memcpy(mutant, seed, n);
        fuzz_one(mutant, fuzz_mutate(&rng, mutant, n, 2 * n + 64));
    }
    free(mutant);
    free(seed);
}

int main(int argc, char **argv) {
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    if (folder == NULL) {
        printf("FAIL %s: give the folder of its seeds\n", argv[0]);
        return 1;
    }
    uint64_t seeds = 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        char path[512];
        if (entry->d_name[0] == '.') continue;
        snprintf(path, sizeof path, "%s/%s", argv[1], entry->d_name);
        uint64_t number = 0; /* by name: the order of a folder is not defined */
        for (const char *c = entry->d_name; *c != '\0'; c++) number = number * 31 + (uint8_t)*c;
        fuzz_seed(path, number);
        seeds++;
    }
    closedir(folder);
    printf("%s %s: %llu seeds, %d mutants of each\n", seeds > 0 ? "ok" : "FAIL", argv[1],
           (unsigned long long)seeds, N_MUTANTS);
    return seeds == 0;
}

#endif
#endif
