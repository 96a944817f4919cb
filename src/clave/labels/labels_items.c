/* The bytes of a label file -> checked UTF-8 -> JSON values with the line where each begins -> their members. A list is
 * taken apart before it is parsed, because the parser keeps no lines, and so that only one item is held at a time. */
#include "clave/labels/labels.h"

#include <stdio.h>
#include <string.h>

#include "format/json_scan.h"

/* ---- encoding ---- */

assay_status assay_labels_check_encoding(assay_label_reader *r, const char **bytes, size_t *n) {
    const unsigned char *p = (const unsigned char *)*bytes, *line = p;
    r->line = 1;
    if (*n > ASSAY_JSON_MAX_BYTES)
        return assay_reader_fail(r, ASSAY_E_LIMIT, "the file has more than %u bytes",
                                 ASSAY_JSON_MAX_BYTES);
    const unsigned char *end = p + *n;
    if (*n >= 2 && ((p[0] == 0xFF && p[1] == 0xFE) || (p[0] == 0xFE && p[1] == 0xFF)))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "the file is UTF-16; save it as UTF-8");
    if (*n >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0) {
        p += 3;
        *bytes += 3;
        *n -= 3;
    }
    while (p < end) {
        size_t length = assay_utf8_length(p, end);
        if (length == 0)
            return assay_reader_fail(
                r, ASSAY_E_FORMAT,
                "byte %zu of the line, 0x%02X, is not UTF-8; save the file as UTF-8",
                (size_t)(p - line) + 1, (unsigned)*p);
        if (*p == '\0')
            return assay_reader_fail(r, ASSAY_E_FORMAT, "byte %zu of the line is NUL",
                                     (size_t)(p - line) + 1);
        p += length;
        if (p[-1] != '\n') continue;
        line = p;
        r->line++;
    }
    return ASSAY_OK;
}

/* ---- items ---- */

typedef struct items { /* the JSON values of a file, one a line or all in one list */
    const char *at, *end;
    uint32_t line;             /* of `at` */
    bool array, first, closed; /* one list; nothing of it was read yet; its end was */
} items;

static void skip_space(items *it) {
    for (; it->at < it->end; it->at++) {
        if (*it->at == '\n')
            it->line++;
        else if (*it->at != ' ' && *it->at != '\t' && *it->at != '\r')
            return;
    }
}

static items items_over(const char *bytes, size_t n) {
    items it = {.at = bytes, .end = bytes + n, .line = 1};
    skip_space(&it);
    it.array = it.at < it.end && *it.at == '[';
    it.at += it.array;
    it.first = true;
    return it;
}

/* Behind the value that begins at `at`: at the ',' or ']' that ends it, or at the end. */
static const char *value_end(const char *at, const char *end) {
    size_t depth = 0;
    for (; at < end; at++) {
        if (*at == '"') {
            for (at++; at < end && *at != '"'; at++) at += *at == '\\';
            if (at >= end) return end;
        } else if (*at == '[' || *at == '{') {
            depth++;
        } else if (depth == 0 && (*at == ',' || *at == ']')) {
            return at;
        } else if (depth > 0 && (*at == ']' || *at == '}')) {
            depth--;
        }
    }
    return end;
}

/* The value in [it->at, end), which it then stands behind. */
static assay_status parse_item(assay_label_reader *r, items *it, const char *end, cJSON **out) {
    char what[240];
    assay_json_scan scan;
    size_t n = (size_t)(end - it->at);
    const char *text = it->at;
    r->line = it->line;
    if (!assay_json_check(text, n, &scan)) {
        for (const unsigned char *p = scan.start; p < scan.at; p++) r->line += *p == '\n';
        return assay_reader_fail(r, scan.limit ? ASSAY_E_LIMIT : ASSAY_E_FORMAT,
                                 "not valid JSON: %s", scan.problem);
    }
    for (; it->at < end; it->at++) it->line += *it->at == '\n';
    snprintf(what, sizeof what, "%.200s:%u", r->name, r->line);
    return assay_json_parse(text, n, what, out, r->err);
}

static assay_status next_of_array(assay_label_reader *r, items *it, cJSON **out) {
    if (it->closed) return ASSAY_OK;
    r->line = it->line;
    if (!it->first) it->at++; /* the ',' that ended the value before */
    skip_space(it);
    if (it->first && it->at < it->end && *it->at == ']') { /* an empty list */
        it->closed = true;
    } else {
        const char *end = value_end(it->at, it->end);
        if (end == it->end)
            return assay_reader_fail(r, ASSAY_E_FORMAT, "the list does not end with the file");
        assay_status status = parse_item(r, it, end, out);
        if (status != ASSAY_OK) return status;
        it->closed = *end == ']';
    }
    it->first = false;
    if (!it->closed) return ASSAY_OK;
    it->at++;
    skip_space(it);
    if (it->at == it->end) return ASSAY_OK;
    cJSON_Delete(*out);
    *out = NULL;
    r->line = it->line;
    return assay_reader_fail(r, ASSAY_E_FORMAT, "something stands behind the end of the list");
}

static assay_status next_item(assay_label_reader *r, items *it, cJSON **out) {
    *out = NULL;
    if (it->array) return next_of_array(r, it, out);
    skip_space(it);
    if (it->at == it->end) return ASSAY_OK;
    const char *end = memchr(it->at, '\n', (size_t)(it->end - it->at));
    return parse_item(r, it, end != NULL ? end : it->end, out);
}

assay_status assay_label_items_each(assay_label_reader *r, const char *bytes, size_t n,
                                    assay_label_item_reader *read) {
    items it = items_over(bytes, n);
    for (;;) {
        cJSON *item;
        assay_status status = next_item(r, &it, &item);
        if (status != ASSAY_OK || item == NULL) return status;
        status = cJSON_IsObject(item)
                     ? read(r, item)
                     : assay_reader_fail(r, ASSAY_E_FORMAT, "expected a JSON object");
        cJSON_Delete(item);
        if (status != ASSAY_OK) return status;
    }
}

/* ---- members ---- */

/* NULL when absent or null. */
static const cJSON *member(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNull(item) ? NULL : item;
}

assay_status assay_reader_string(const assay_label_reader *r, const cJSON *object, const char *key,
                                 const char **out) {
    const cJSON *item = member(object, key);
    if (item == NULL) return ASSAY_OK;
    if (!cJSON_IsString(item))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"%s\" is not a string", key);
    *out = item->valuestring;
    return ASSAY_OK;
}

assay_status assay_reader_name(const assay_label_reader *r, const cJSON *object, const char *key,
                               char digits[24], const char **out) {
    const cJSON *item = member(object, key);
    *out = NULL;
    if (item == NULL) return ASSAY_OK;
    if (cJSON_IsString(item)) {
        *out = item->valuestring;
        return ASSAY_OK;
    }
    double x = cJSON_IsNumber(item) ? item->valuedouble : 0.5;
    if (!(x > -9007199254740992.0 && x < 9007199254740992.0 && x == (double)(int64_t)x))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"%s\" is neither a string nor a whole number",
                                 key);
    snprintf(digits, 24, "%lld", (long long)x);
    *out = digits;
    return ASSAY_OK;
}

assay_status assay_reader_when(const assay_label_reader *r, const cJSON *object, const char *key,
                               int64_t *out) {
    const cJSON *item = member(object, key);
    if (item == NULL) return ASSAY_OK;
    if (cJSON_IsString(item)) return assay_reader_time(r, item->valuestring, out);
    double x = cJSON_IsNumber(item) ? item->valuedouble : -1;
    if (!(x >= 0 && x <= (double)ASSAY_LABELS_MAX_TIME))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"%s\" is no time in seconds since 1970", key);
    *out = (int64_t)x;
    return ASSAY_OK;
}
