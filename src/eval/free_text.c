#include "eval/free_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "eval/bits.h"

void assay_free_text_free(assay_free_text *t) {
    free(t->tokens);
    free(t->bits);
    free(t->text);
    free(t->json);
    *t = (assay_free_text){0};
}

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "free answer: out of memory");
}

static assay_status allocate(size_t n, const char *text, size_t n_bytes, assay_free_text *out) {
    *out = (assay_free_text){.n = n};
    out->tokens = assay_alloc(n, sizeof *out->tokens);
    out->bits = assay_calloc(n + 1, ASSAY_BITS_DIGITS);
    out->text = assay_strndup(text, n_bytes);
    return out->tokens != NULL && out->bits != NULL && out->text != NULL ? ASSAY_OK
                                                                         : ASSAY_E_MEMORY;
}

static assay_status print(assay_free_text *t) {
    assay_buffer out = {0};
    assay_buffer_print(&out, "{\"bits\":\"%s\",\"end\":\"%s\",\"text\":", t->bits,
                       t->stopped ? "stop" : "length");
    assay_json_string(&out, t->text);
    assay_buffer_print(&out, ",\"tokens\":[");
    for (size_t i = 0; i < t->n; i++)
        assay_buffer_print(&out, "%s%ld", i > 0 ? "," : "", (long)t->tokens[i]);
    assay_buffer_print(&out, "]}");
    if (out.failed) assay_buffer_free(&out);
    t->json = out.data;
    return t->json != NULL ? ASSAY_OK : ASSAY_E_MEMORY;
}

assay_status assay_free_text_make(const int32_t *tokens, const float *logprobs, size_t n,
                                  bool stopped, const char *text, size_t n_bytes,
                                  assay_free_text *out, assay_error *err) {
    *out = (assay_free_text){0};
    if (n_bytes > ASSAY_MAX_FREE_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "free answer: more than %u bytes of text",
                          ASSAY_MAX_FREE_BYTES);
    bool ok = allocate(n, text, n_bytes, out) == ASSAY_OK;
    for (size_t i = 0; i < n && ok; i++) {
        out->tokens[i] = tokens[i];
        if (assay_bits_write(logprobs[i], out->bits + i * ASSAY_BITS_DIGITS)) continue;
        assay_free_text_free(out);
        return assay_fail(err, ASSAY_E_CHECK,
                          "the model gave no finite log-probability for token %zu of its answer",
                          i);
    }
    out->stopped = stopped;
    if (ok && print(out) == ASSAY_OK) return ASSAY_OK;
    assay_free_text_free(out);
    return out_of_memory(err);
}

/* ---- reading ---- */

static assay_status read_tokens(const cJSON *list, const char *where, assay_free_text *out,
                                assay_error *err) {
    size_t i = 0;
    for (const cJSON *item = list->child; item != NULL; item = item->next, i++) {
        double x = cJSON_IsNumber(item) ? item->valuedouble : -1;
        if (!(x >= 0 && x <= INT32_MAX) || x != (double)(int32_t)x)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: \"tokens\" are not all ids", where);
        out->tokens[i] = (int32_t)x;
    }
    return ASSAY_OK;
}

static assay_status read_bits(const char *bits, const char *where, assay_free_text *out,
                              assay_error *err) {
    float x;
    bool good = strlen(bits) == out->n * ASSAY_BITS_DIGITS;
    for (size_t i = 0; i < out->n && good; i++)
        good = assay_bits_read(bits + i * ASSAY_BITS_DIGITS, &x);
    if (!good)
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: \"bits\" are not 8 hex digits for each token's finite number",
                          where);
    memcpy(out->bits, bits, out->n * ASSAY_BITS_DIGITS);
    return ASSAY_OK;
}

/* A token is never without text, but for the stop token. */
static assay_status check_parts(const assay_free_text *t, const char *end, int max_tokens,
                                const char *where, assay_error *err) {
    if (!t->stopped && strcmp(end, "length") != 0)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"end\" is neither \"stop\" nor \"length\"",
                          where);
    if (!t->stopped && t->n != (size_t)max_tokens)
        return assay_fail(err, ASSAY_E_CHECK,
                          "%s: it ends after %zu of %d tokens, but not at a stop", where, t->n,
                          max_tokens);
    if ((t->n == (t->stopped ? 1u : 0u)) != (t->text[0] == '\0'))
        return assay_fail(err, ASSAY_E_CHECK, "%s: the text is not its tokens'", where);
    return ASSAY_OK;
}

assay_status assay_free_text_from_json(const cJSON *object, int max_tokens, const char *line,
                                       assay_free_text *out, assay_error *err) {
    char where[80];
    static const char *const keys[] = {"bits", "end", "text", "tokens"};
    const char *text, *bits, *end;
    const cJSON *tokens;
    *out = (assay_free_text){0};
    snprintf(where, sizeof where, "%.48s, free answer", line);
    assay_status status = assay_json_only(object, keys, sizeof keys / sizeof keys[0], where, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(object, "tokens", (size_t)max_tokens, where, &tokens, err);
    if (status == ASSAY_OK) status = assay_json_get_string(object, "text", where, &text, err);
    if (status == ASSAY_OK) status = assay_json_get_string(object, "bits", where, &bits, err);
    if (status == ASSAY_OK) status = assay_json_get_string(object, "end", where, &end, err);
    if (status != ASSAY_OK) return status;
    if (tokens->child == NULL)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: it has no tokens", where);
    if (strlen(text) > ASSAY_MAX_FREE_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: more than %u bytes of text", where,
                          ASSAY_MAX_FREE_BYTES);
    if (allocate((size_t)cJSON_GetArraySize(tokens), text, strlen(text), out) != ASSAY_OK)
        status = out_of_memory(err);
    out->stopped = strcmp(end, "stop") == 0;
    if (status == ASSAY_OK) status = read_tokens(tokens, where, out, err);
    if (status == ASSAY_OK) status = read_bits(bits, where, out, err);
    if (status == ASSAY_OK) status = check_parts(out, end, max_tokens, where, err);
    if (status == ASSAY_OK && print(out) != ASSAY_OK) status = out_of_memory(err);
    if (status != ASSAY_OK) assay_free_text_free(out);
    return status;
}

/* ---- comparing ---- */

static assay_status differs(const char *id, const char *how, assay_error *err) {
    return assay_fail(err, ASSAY_E_CHECK, "sample %s differs: free answer, %s", id, how);
}

assay_status assay_free_text_compare(const assay_free_text *record, const assay_free_text *now,
                                     const char *id, assay_error *err) {
    char how[120];
    if (record->json == NULL && now->json == NULL) return ASSAY_OK;
    if (record->json == NULL || now->json == NULL) return differs(id, "there is only one", err);
    size_t n = record->n < now->n ? record->n : now->n;
    for (size_t i = 0; i < n; i++) {
        const char *a = record->bits + i * ASSAY_BITS_DIGITS,
                   *b = now->bits + i * ASSAY_BITS_DIGITS;
        if (record->tokens[i] != now->tokens[i])
            snprintf(how, sizeof how, "token %zu has id %ld in the record, %ld now", i,
                     (long)record->tokens[i], (long)now->tokens[i]);
        else if (memcmp(a, b, ASSAY_BITS_DIGITS) != 0)
            snprintf(how, sizeof how, "token %zu is %.8s in the record, %.8s now", i, a, b);
        else
            continue;
        return differs(id, how, err);
    }
    if (record->n != now->n) {
        snprintf(how, sizeof how, "%zu tokens in the record, %zu now", record->n, now->n);
        return differs(id, how, err);
    }
    return strcmp(record->json, now->json) == 0 ? ASSAY_OK : differs(id, "its text or end", err);
}
