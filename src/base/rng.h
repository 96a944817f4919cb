/* Seeded random numbers, the same on every platform: xoshiro256** seeded by splitmix64
 * (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2018). */
#ifndef ASSAY_BASE_RNG_H
#define ASSAY_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

typedef struct assay_rng {
    uint64_t s[4];
} assay_rng;

/* `stream` separates independent sequences of one seed (say one for each sample). */
assay_rng assay_rng_seed(uint64_t seed, uint64_t stream);
uint64_t assay_rng_u64(assay_rng *rng);
uint32_t assay_rng_below(assay_rng *rng, uint32_t n);   /* uniform in [0, n), n > 0, without bias */
int assay_rng_range(assay_rng *rng, int low, int high); /* uniform in [low, high], both included */
double assay_rng_unit(assay_rng *rng);                  /* uniform in [0, 1), 53 bits */
double assay_rng_normal(assay_rng *rng); /* standard normal (Box-Muller on our own log, sin, cos) */
/* Fisher-Yates over `count` items of `size` bytes. */
void assay_rng_shuffle(assay_rng *rng, void *items, size_t count, size_t size);

#endif
