/* text -> lower-case letters -> grams -> buckets with counts -> weights. Sums run in the order in which a text's grams
 * first appear, so that nothing depends on how they are stored. */
#include "clave/classifier/ngrams.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/maths.h"
#include "format/unicode.h"

#define MAX_TEXT ((size_t)4 << 20) /* bytes of a scenario or a response */

enum { SHORT_GRAM = 3, LONG_GRAM = 5 };

static const uint64_t hash_start = UINT64_C(0xcbf29ce484222325); /* FNV-1a, over code points */

static uint64_t hash_step(uint64_t h, uint64_t code) {
    return (h ^ code) * UINT64_C(0x100000001b3);
}

/* The finish of splitmix64: every bit of the bucket depends on all of the hash. */
static uint32_t hash_bucket(uint64_t h) {
    h = (h ^ (h >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    h = (h ^ (h >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)(h >> 46);
}

/* ---- reading ---- */

assay_status assay_gram_counter_init(assay_gram_counter *c, assay_error *err) {
    *c = (assay_gram_counter){.slots = assay_calloc(ASSAY_GRAM_BUCKETS, sizeof *c->slots)};
    return c->slots != NULL ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
}

void assay_gram_counter_free(assay_gram_counter *c) {
    free(c->slots);
    free(c->letters);
    free(c->grams);
    *c = (assay_gram_counter){0};
}

/* Appends the letters of one text; a blank ends it. */
static void take_letters(assay_gram_counter *c, const char *text, size_t n) {
    for (size_t at = 0; at < n;) {
        uint32_t code, lower[2];
        at += assay_utf8_next(text + at, n - at, &code);
        if (assay_unicode_space(code)) {
            if (c->n_letters > 0 && c->letters[c->n_letters - 1] != ' ')
                c->letters[c->n_letters++] = ' ';
            continue;
        }
        size_t k = assay_unicode_lower(code, lower);
        for (size_t i = 0; i < k; i++) c->letters[c->n_letters++] = lower[i];
    }
    if (c->n_letters > 0 && c->letters[c->n_letters - 1] != ' ') c->letters[c->n_letters++] = ' ';
}

assay_status assay_gram_counter_read(assay_gram_counter *c, const char *scenario,
                                     const char *response, assay_error *err) {
    size_t n_scenario = strlen(scenario), n_response = strlen(response);
    if (n_scenario > MAX_TEXT || n_response > MAX_TEXT)
        return assay_fail(err, ASSAY_E_LIMIT, "a text of more than %zu bytes", MAX_TEXT);
    size_t most = 2 * (n_scenario + n_response) + 2; /* one character may become two */
    if (most > c->cap_letters) {
        uint32_t *letters = assay_alloc(most, sizeof *letters);
        if (letters == NULL) return assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
        free(c->letters);
        c->letters = letters;
        c->cap_letters = most;
    }
    c->n_letters = 0;
    take_letters(c, scenario, n_scenario);
    take_letters(c, response, n_response);
    return ASSAY_OK;
}

/* ---- counting ---- */

static bool add(assay_gram_counter *c, uint64_t hash) {
    uint32_t bucket = hash_bucket(hash);
    if (c->slots[bucket] != 0) {
        c->grams[c->slots[bucket] - 1].count++;
        return true;
    }
    if (c->n == c->cap) {
        size_t cap = c->cap == 0 ? 4096 : 2 * c->cap;
        assay_gram *grams = assay_alloc(cap, sizeof *grams);
        if (grams == NULL) return false;
        if (c->n > 0) memcpy(grams, c->grams, c->n * sizeof *grams);
        free(c->grams);
        c->grams = grams;
        c->cap = cap;
    }
    c->grams[c->n++] = (assay_gram){bucket, 1};
    c->slots[bucket] = (uint32_t)c->n;
    return true;
}

/* `word` [n] lies between blanks in c->letters. A word that is shorter than a gram counts as one, once. */
static bool add_word_chars(assay_gram_counter *c, const uint32_t *word, size_t n) {
    size_t framed = n + 2;
    size_t longest = framed < LONG_GRAM ? framed : LONG_GRAM;
    bool ok = true;
    for (size_t begin = 0; begin + SHORT_GRAM <= framed && ok; begin++) {
        uint64_t h = hash_start;
        for (size_t k = 1; k <= longest && begin + k <= framed && ok; k++) {
            size_t at = begin + k - 1;
            h = hash_step(h, at == 0 || at > n ? ' ' : word[at - 1]);
            if (k >= SHORT_GRAM) ok = add(c, h);
        }
    }
    return ok;
}

static bool count_chars(assay_gram_counter *c) {
    bool ok = true;
    for (size_t begin = 0, at = 0; at < c->n_letters && ok; at++) {
        if (c->letters[at] != ' ') continue;
        if (at > begin) ok = add_word_chars(c, c->letters + begin, at - begin);
        begin = at + 1;
    }
    return ok;
}

static bool in_word(uint32_t code) {
    uint32_t kinds = ASSAY_LETTERS | ASSAY_MARKS | ASSAY_NUMBERS;
    if (code < 128) return (code >= 'a' && code <= 'z') || (code >= '0' && code <= '9');
    return code != 0xfffd && (ASSAY_CATEGORY_BIT(assay_unicode_category(code)) & kinds) != 0;
}

static bool count_words(assay_gram_counter *c) {
    uint64_t h = hash_start, last = 0;
    size_t length = 0, n_words = 0;
    bool ok = true;
    for (size_t at = 0; at < c->n_letters && ok; at++) {
        if (in_word(c->letters[at])) {
            h = hash_step(h, c->letters[at]);
            length++;
            continue;
        }
        if (length >= 2) {
            ok = add(c, h);
            if (ok && n_words++ > 0) ok = add(c, hash_step(last * 3, h));
            last = h;
        }
        h = hash_start;
        length = 0;
    }
    return ok;
}

assay_status assay_gram_counter_count(assay_gram_counter *c, assay_gram_kind kind,
                                      assay_error *err) {
    c->n = 0;
    bool ok = kind == ASSAY_GRAM_WORDS ? count_words(c) : count_chars(c);
    for (size_t i = 0; i < c->n; i++) c->slots[c->grams[i].bucket] = 0;
    return ok ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
}

/* ---- texts ---- */

/* Most counts are small: their logarithms are asked for once. */
static double log_count(uint32_t count) {
    return count == 1 ? 1.0 : 1.0 + assay_log((double)count);
}

static void weigh(const float *idf, const assay_gram *grams, size_t n, float *weight) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double w = log_count(grams[i].count) * (double)idf[grams[i].bucket];
        weight[i] = (float)w;
        sum += w * w;
    }
    double scale = sum > 0 ? 1.0 / assay_sqrt(sum) : 0.0;
    for (size_t i = 0; i < n; i++) weight[i] = (float)((double)weight[i] * scale);
}

void assay_gram_index_weigh(const assay_gram_index *index, const assay_gram_counter *c,
                            float *weight) {
    weigh(index->idf, c->grams, c->n, weight);
}

void assay_gram_index_free(assay_gram_index *index) {
    free(index->begin);
    free(index->bucket);
    free(index->weight);
    free(index->idf);
    *index = (assay_gram_index){0};
}

/* Twice as much room for the rows when they do not fit. */
static bool grow(assay_gram **all, size_t *cap, size_t used, size_t more) {
    if (more <= *cap - used) return true;
    size_t wanted = used + more > 2 * *cap ? used + more : 2 * *cap;
    assay_gram *grams = assay_alloc(wanted, sizeof *grams);
    if (grams == NULL) return false;
    if (used > 0) memcpy(grams, *all, used * sizeof *grams);
    free(*all);
    *all = grams;
    *cap = wanted;
    return true;
}

static assay_status count_all(assay_gram_counter *c, assay_gram_kind kind,
                              const assay_gram_text *texts, size_t n, assay_gram_index *out,
                              assay_gram **grams, assay_error *err) {
    size_t cap = 0, used = 0;
    for (size_t i = 0; i < n; i++) {
        assay_status status = assay_gram_counter_read(c, texts[i].scenario, texts[i].response, err);
        if (status == ASSAY_OK) status = assay_gram_counter_count(c, kind, err);
        if (status != ASSAY_OK) return status;
        if (!grow(grams, &cap, used, c->n))
            return assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
        if (c->n > 0) memcpy(*grams + used, c->grams, c->n * sizeof **grams);
        used += c->n;
        out->begin[i + 1] = used;
    }
    return ASSAY_OK;
}

assay_status assay_gram_index_build(assay_gram_counter *c, assay_gram_kind kind,
                                    const assay_gram_text *texts, size_t n, assay_gram_index *out,
                                    assay_error *err) {
    assay_gram *grams = NULL;
    *out = (assay_gram_index){.n = n};
    out->begin = assay_calloc(n + 1, sizeof *out->begin);
    out->idf = assay_calloc(ASSAY_GRAM_BUCKETS, sizeof *out->idf);
    assay_status status = out->begin != NULL && out->idf != NULL
                              ? count_all(c, kind, texts, n, out, &grams, err)
                              : assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
    if (status != ASSAY_OK) goto done;
    size_t total = out->begin[n];
    out->bucket = assay_alloc(total + 1, sizeof *out->bucket);
    out->weight = assay_alloc(total + 1, sizeof *out->weight);
    if (out->bucket == NULL || out->weight == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
        goto done;
    }
    for (size_t k = 0; k < total; k++) {
        out->bucket[k] = grams[k].bucket;
        out->idf[grams[k].bucket] += 1.0f; /* for now the number of texts */
    }
    float unseen = (float)(1.0 + assay_log(1.0 + (double)n));
    for (size_t b = 0; b < ASSAY_GRAM_BUCKETS; b++) {
        double with = (double)out->idf[b];
        out->idf[b] =
            with == 0 ? unseen : (float)(1.0 + assay_log((1.0 + (double)n) / (1.0 + with)));
    }
    for (size_t i = 0; i < n; i++) {
        weigh(out->idf, grams + out->begin[i], out->begin[i + 1] - out->begin[i],
              out->weight + out->begin[i]);
    }
done:
    free(grams);
    if (status != ASSAY_OK) assay_gram_index_free(out);
    return status;
}

/* Which rows hold a bucket, and with what weight: the rows the other way round. */
typedef struct postings {
    size_t *begin; /* [ASSAY_GRAM_BUCKETS + 1] */
    uint32_t *row; /* ascending inside a bucket */
    float *weight;
} postings;

static bool invert(const assay_gram_index *index, postings *p) {
    size_t total = index->begin[index->n];
    p->begin = assay_calloc(ASSAY_GRAM_BUCKETS + 2, sizeof *p->begin);
    p->row = assay_alloc(total + 1, sizeof *p->row);
    p->weight = assay_alloc(total + 1, sizeof *p->weight);
    if (p->begin == NULL || p->row == NULL || p->weight == NULL) return false;
    for (size_t k = 0; k < total; k++) p->begin[index->bucket[k] + 2]++;
    for (size_t b = 2; b < ASSAY_GRAM_BUCKETS + 2; b++) p->begin[b] += p->begin[b - 1];
    for (size_t i = 0; i < index->n; i++) {
        for (size_t k = index->begin[i]; k < index->begin[i + 1]; k++) {
            size_t at = p->begin[index->bucket[k] + 1]++;
            p->row[at] = (uint32_t)i;
            p->weight[at] = index->weight[k];
        }
    }
    return true;
}

assay_status assay_gram_index_products(const assay_gram_index *index, float *out,
                                       assay_error *err) {
    size_t n = index->n;
    postings p = {0};
    double *sums = assay_alloc(n + 1, sizeof *sums);
    bool ok = sums != NULL && invert(index, &p);
    for (size_t i = 0; i < n && ok; i++) {
        memset(sums, 0, (i + 1) * sizeof *sums);
        for (size_t k = index->begin[i]; k < index->begin[i + 1]; k++) {
            double w = (double)index->weight[k];
            size_t end = p.begin[index->bucket[k] + 1];
            for (size_t at = p.begin[index->bucket[k]]; at < end && p.row[at] <= i; at++)
                sums[p.row[at]] += w * (double)p.weight[at];
        }
        for (size_t j = 0; j <= i; j++) out[i * n + j] = out[j * n + i] = (float)sums[j];
    }
    free(sums);
    free(p.begin);
    free(p.row);
    free(p.weight);
    return ok ? ASSAY_OK : assay_fail(err, ASSAY_E_MEMORY, "n-grams: out of memory");
}
