/* Bits of log-probabilities as text, and the hallmark over them. */
#include "eval/scores.h"

#include <stdlib.h>
#include <string.h>

#include "eval/bits.h"

#define DIGITS ASSAY_BITS_DIGITS

void assay_scores_free(assay_scores *scores) {
    free(scores->bits);
    assay_free_text_free(&scores->free_text);
    *scores = (assay_scores){0};
}

assay_status assay_scores_from_options(const assay_option *options, int n, assay_scores *out,
                                       assay_error *err) {
    size_t tokens = 0;
    *out = (assay_scores){.n = n};
    for (int i = 0; i < n; i++) tokens += options[i].n_ids;
    out->bits = assay_alloc(tokens * DIGITS + (size_t)n + 1, 1);
    if (out->bits == NULL) return assay_fail(err, ASSAY_E_MEMORY, "scores: out of memory");
    char *at = out->bits;
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (size_t t = 0; t < options[i].n_ids; t++, at += DIGITS) {
            float x = options[i].logprobs[t];
            if (!assay_bits_write(x, at)) {
                assay_scores_free(out);
                return assay_fail(
                    err, ASSAY_E_CHECK,
                    "the model gave no finite log-probability for token %zu of option %d", t, i);
            }
            sum += (double)x;
        }
        out->means[i] = sum / (double)options[i].n_ids;
        *at++ = '\n';
    }
    *at = '\0';
    return ASSAY_OK;
}

assay_status assay_scores_from_json(const cJSON *bits, const char *where, assay_scores *out,
                                    assay_error *err) {
    assay_buffer text = {0};
    *out = (assay_scores){0};
    for (const cJSON *item = bits->child; item != NULL && out->n < ASSAY_MAX_OPTIONS;
         item = item->next) {
        size_t n = cJSON_IsString(item) ? strlen(item->valuestring) : 0;
        double sum = 0;
        bool good = n > 0 && n % DIGITS == 0;
        for (size_t at = 0; at < n && good; at += DIGITS) {
            float x = 0;
            good = assay_bits_read(item->valuestring + at, &x);
            sum += (double)x;
        }
        if (!good) {
            assay_buffer_free(&text);
            return assay_fail(err, ASSAY_E_FORMAT,
                              "%s: \"bits\" are not 8 hex digits for each token's finite number",
                              where);
        }
        assay_buffer_append(&text, item->valuestring, n);
        assay_buffer_append(&text, "\n", 1);
        out->means[out->n++] = sum / (double)(n / DIGITS);
    }
    if (text.failed) {
        assay_buffer_free(&text);
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", where);
    }
    if (out->n < 2) {
        assay_buffer_free(&text);
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"bits\" of %d options", where, out->n);
    }
    out->bits = text.data;
    return ASSAY_OK;
}

assay_status assay_scores_compare(const assay_scores *record, const assay_scores *now,
                                  const char *id, assay_error *err) {
    const char *a = record->bits, *b = now->bits;
    if (record->n != now->n)
        return assay_fail(err, ASSAY_E_CHECK,
                          "sample %s: the record has %d options, the dataset %d", id, record->n,
                          now->n);
    for (int i = 0; i < record->n; i++) {
        size_t length_a = strcspn(a, "\n"), length_b = strcspn(b, "\n");
        if (length_a != length_b) {
            return assay_fail(err, ASSAY_E_CHECK,
                              "sample %s differs: option %d has %zu tokens in the record, %zu now",
                              id, i, length_a / DIGITS, length_b / DIGITS);
        }
        for (size_t at = 0; at < length_a; at += DIGITS) {
            if (memcmp(a + at, b + at, DIGITS) == 0) continue;
            return assay_fail(
                err, ASSAY_E_CHECK,
                "sample %s differs: option %d, token %zu is %.8s in the record, %.8s now", id, i,
                at / DIGITS, a + at, b + at);
        }
        a += length_a + 1;
        b += length_b + 1;
    }
    return assay_free_text_compare(&record->free_text, &now->free_text, id, err);
}

static void add_line(assay_sha256 *sha, const char *text) {
    assay_sha256_update(sha, text, strlen(text));
    assay_sha256_update(sha, "\n", 1);
}

void assay_hallmark_begin(assay_sha256 *sha, const char *text_sha256, const char *vision_sha256,
                          const char *dataset_id, const char *recipe) {
    assay_sha256_init(sha);
    add_line(sha, "assay 1");
    add_line(sha, text_sha256);
    add_line(sha, vision_sha256);
    add_line(sha, dataset_id);
    add_line(sha, recipe);
}

void assay_hallmark_add(assay_sha256 *sha, const char *id, const assay_scores *scores) {
    add_line(sha, id);
    assay_sha256_update(sha, scores->bits, strlen(scores->bits));
    if (scores->free_text.json != NULL) add_line(sha, scores->free_text.json);
}
