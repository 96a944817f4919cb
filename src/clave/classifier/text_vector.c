/* Text without an encoder: hashed n-grams as one dense vector. */
#include "assay_concepts.h"

#include <string.h>

#include "base/maths.h"
#include "format/unicode.h"

#define LONGEST 64 /* bytes of a word that n-grams are taken of; the word itself counts whole */

enum { SHORT_GRAM = 3, LONG_GRAM = 5 };

/* FNV-1a, then a mix so that the lowest and the highest bits depend on all of them. */
static uint64_t hash_bytes(const char *bytes, size_t n, uint64_t kind) {
    uint64_t h = 0xCBF29CE484222325u ^ kind;
    for (size_t i = 0; i < n; i++) h = (h ^ (uint8_t)bytes[i]) * 0x100000001B3u;
    h = (h ^ (h >> 32)) * 0x9E3779B97F4A7C15u;
    return h ^ (h >> 29);
}

static void add(const char *bytes, size_t n, uint64_t kind, float weight, float *out) {
    uint64_t h = hash_bytes(bytes, n, kind);
    out[h % ASSAY_TEXT_DIM] += h >> 63 ? weight : -weight;
}

/* The word stands between blanks, as "<word>": its beginning and end are part of the n-grams. */
static void add_word(const char *word, size_t n, float *out) {
    char framed[LONGEST + 2];
    size_t starts[LONGEST + 3], n_starts = 0, cut = n;
    add(word, n, 1, 1.0f, out);
    while (cut > LONGEST) cut -= assay_utf8_last(word, cut);
    framed[0] = ' ';
    memcpy(framed + 1, word, cut);
    framed[cut + 1] = ' ';
    for (size_t at = 0; at < cut + 2;) {
        uint32_t code;
        starts[n_starts++] = at;
        at += assay_utf8_next(framed + at, cut + 2 - at, &code);
    }
    starts[n_starts] = cut + 2;
    for (size_t gram = SHORT_GRAM; gram <= LONG_GRAM; gram++) {
        for (size_t i = 0; i + gram <= n_starts; i++)
            add(framed + starts[i], starts[i + gram] - starts[i], gram, 0.5f, out);
    }
}

/* A count tells less the larger it is: its square root is taken, with its sign. */
static void finish(float *out) {
    double sum = 0;
    for (size_t d = 0; d < ASSAY_TEXT_DIM; d++) {
        float x = out[d];
        out[d] = x < 0 ? -assay_sqrtf(-x) : assay_sqrtf(x);
        sum += (double)out[d] * (double)out[d];
    }
    double length = assay_sqrt(sum);
    for (size_t d = 0; d < ASSAY_TEXT_DIM && sum > 0; d++)
        out[d] = (float)((double)out[d] / length);
}

void assay_text_vector(const char *text, float out[ASSAY_TEXT_DIM]) {
    char word[256];
    size_t n = strlen(text), used = 0;
    for (size_t d = 0; d < ASSAY_TEXT_DIM; d++) out[d] = 0;
    for (size_t at = 0; at < n;) {
        uint32_t code, lower[2], kinds = ASSAY_LETTERS | ASSAY_MARKS | ASSAY_NUMBERS;
        at += assay_utf8_next(text + at, n - at, &code);
        bool inside = code != 0xFFFD && (ASSAY_CATEGORY_BIT(assay_unicode_category(code)) & kinds);
        if (used > 0 && (!inside || used > sizeof word - 8)) {
            add_word(word, used, out);
            used = 0;
        }
        if (!inside) continue;
        size_t n_lower = assay_unicode_lower(code, lower);
        for (size_t i = 0; i < n_lower; i++) used += assay_utf8_put(lower[i], word + used);
    }
    if (used > 0) add_word(word, used, out);
    finish(out);
}
