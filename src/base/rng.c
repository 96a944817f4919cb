#include "base/rng.h"

#include <assert.h>
#include <string.h>

#include "base/maths.h"

static uint64_t splitmix64(uint64_t *state) {
    uint64_t z = (*state += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

static uint64_t rotate_left(uint64_t x, int k) {
    return (x << k) | (x >> (64 - k));
}

assay_rng assay_rng_seed(uint64_t seed, uint64_t stream) {
    /* The stream is scrambled before it meets the seed, so that (1, 2) and (2, 1) differ. */
    uint64_t state = stream;
    state = splitmix64(&state) ^ seed;
    assay_rng rng;
    for (int i = 0; i < 4; i++) rng.s[i] = splitmix64(&state);
    return rng;
}

uint64_t assay_rng_u64(assay_rng *rng) {
    uint64_t *s = rng->s;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint32_t assay_rng_below(assay_rng *rng, uint32_t n) {
    assert(n > 0);
    /* Rejects the few values at the bottom that would make some results likelier (Lemire 2019). */
    uint32_t reject = (uint32_t)(-n) % n;
    for (;;) {
        uint64_t wide = (assay_rng_u64(rng) >> 32) * n;
        if ((uint32_t)wide >= reject) return (uint32_t)(wide >> 32);
    }
}

int assay_rng_range(assay_rng *rng, int low, int high) {
    assert(low <= high);
    return low + (int)assay_rng_below(rng, (uint32_t)(high - low) + 1);
}

double assay_rng_unit(assay_rng *rng) {
    return (double)(assay_rng_u64(rng) >> 11) * 0x1p-53;
}

double assay_rng_normal(assay_rng *rng) {
    double u = 1.0 - assay_rng_unit(rng); /* (0, 1], so that the logarithm is finite */
    double v = assay_rng_unit(rng);
    return assay_sqrt(-2.0 * assay_log(u)) * assay_cos(6.283185307179586 * v);
}

void assay_rng_shuffle(assay_rng *rng, void *items, size_t count, size_t size) {
    uint8_t *p = items;
    for (size_t i = count; i > 1; i--) {
        uint8_t *a = p + (i - 1) * size, *b = p + assay_rng_below(rng, (uint32_t)i) * size;
        for (size_t k = 0; k < size; k++) {
            uint8_t held = a[k];
            a[k] = b[k];
            b[k] = held;
        }
    }
}
