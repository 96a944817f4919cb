#include "clave/concepts/rouge.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "format/unicode.h"

#define FEW 128 /* words of a phrase: their row needs no allocation */

static bool is_word_character(uint32_t code) {
    uint32_t kinds = ASSAY_LETTERS | ASSAY_MARKS | ASSAY_NUMBERS;
    return code != 0xFFFD && (ASSAY_CATEGORY_BIT(assay_unicode_category(code)) & kinds) != 0;
}

assay_status assay_words_split(const char *text, assay_words *out, assay_error *err) {
    size_t n = strlen(text), used = 0, size = 0;
    bool inside = false;
    *out = (assay_words){0};
    if (n >= UINT32_MAX / 8) return assay_fail(err, ASSAY_E_LIMIT, "a text of %zu bytes", n);
    /* Lower case is at most two characters of four bytes for one of one byte. */
    if (!assay_size_mul(n, 8, &size)) size = SIZE_MAX;
    out->text = assay_alloc(size, 1);
    out->end = assay_alloc(n / 2 + 1, sizeof *out->end); /* between two words lies a byte */
    if (out->text == NULL || out->end == NULL) {
        assay_words_free(out);
        return assay_fail(err, ASSAY_E_MEMORY, "out of memory for a text's words");
    }
    for (size_t at = 0; at < n;) {
        uint32_t code, lower[2];
        at += assay_utf8_next(text + at, n - at, &code);
        if (is_word_character(code)) {
            size_t n_lower = assay_unicode_lower(code, lower);
            for (size_t i = 0; i < n_lower; i++) used += assay_utf8_put(lower[i], out->text + used);
            inside = true;
        } else if (inside) {
            out->end[out->n++] = (uint32_t)used;
            inside = false;
        }
    }
    if (inside) out->end[out->n++] = (uint32_t)used;
    return ASSAY_OK;
}

void assay_words_free(assay_words *words) {
    free(words->text);
    free(words->end);
    *words = (assay_words){0};
}

static bool same(const assay_words *a, size_t i, const assay_words *b, size_t j) {
    uint32_t from_a = i > 0 ? a->end[i - 1] : 0, from_b = j > 0 ? b->end[j - 1] : 0;
    uint32_t n = a->end[i] - from_a;
    return n == b->end[j] - from_b && memcmp(a->text + from_a, b->text + from_b, n) == 0;
}

bool assay_words_equal(const assay_words *a, const assay_words *b) {
    if (a->n != b->n) return false;
    for (size_t i = 0; i < a->n; i++) {
        if (!same(a, i, b, i)) return false;
    }
    return true;
}

assay_status assay_rouge_l(const assay_words *a, const assay_words *b, double *f,
                           assay_error *err) {
    uint32_t few[FEW + 1],
        *row = few; /* row[j]: length for the words so far of a, the first j of b */
    *f = 0;
    if (a->n == 0 || b->n == 0) return ASSAY_OK;
    if (b->n > FEW) row = assay_alloc(b->n + 1, sizeof *row);
    if (row == NULL) return assay_fail(err, ASSAY_E_MEMORY, "rouge: out of memory");
    memset(row, 0, (b->n + 1) * sizeof *row);
    for (size_t i = 0; i < a->n; i++) {
        uint32_t diagonal = 0;
        for (size_t j = 0; j < b->n; j++) {
            uint32_t above = row[j + 1];
            if (same(a, i, b, j))
                row[j + 1] = diagonal + 1;
            else if (row[j] > above)
                row[j + 1] = row[j];
            diagonal = above;
        }
    }
    double common = (double)row[b->n];
    double precision = common / (double)b->n, recall = common / (double)a->n;
    if (common > 0) *f = 2 * precision * recall / (precision + recall);
    if (row != few) free(row);
    return ASSAY_OK;
}
