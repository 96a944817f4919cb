/* SHA-256 (FIPS 180-4). */
#ifndef ASSAY_BASE_SHA256_H
#define ASSAY_BASE_SHA256_H

#include <stddef.h>
#include <stdint.h>

typedef struct assay_sha256 {
    uint32_t state[8];
    uint64_t n_bytes;
    uint8_t block[64];
} assay_sha256;

typedef struct assay_digest {
    char hex[65]; /* 64 lower-case hex digits and a NUL */
} assay_digest;

void assay_sha256_init(assay_sha256 *sha);
void assay_sha256_update(assay_sha256 *sha, const void *bytes, size_t n);
assay_digest assay_sha256_final(assay_sha256 *sha);
assay_digest assay_sha256_of(const void *bytes, size_t n);

#endif
