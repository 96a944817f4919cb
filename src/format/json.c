/* Text -> strict check of the grammar -> cJSON tree -> check of keys and numbers; and back, in
 * canonical form. */
#include "format/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json_scan.h"

/* ---- keys and numbers -------------------------------------------------------------------------
 */

static int compare_members(const void *a, const void *b) {
    return strcmp((*(const cJSON *const *)a)->string, (*(const cJSON *const *)b)->string);
}

/* The members of an object sorted by key; NULL when there are none or memory is out (*n tells). */
static const cJSON **sorted_members(const cJSON *object, size_t *n) {
    size_t count = 0, i = 0;
    for (const cJSON *m = object->child; m != NULL; m = m->next) count++;
    *n = count;
    if (count == 0) return NULL;
    const cJSON **members = assay_alloc(count, sizeof *members);
    if (members == NULL) return NULL;
    for (const cJSON *m = object->child; m != NULL; m = m->next) members[i++] = m;
    qsort(members, count, sizeof *members, compare_members);
    return members;
}

static assay_status check_tree(const cJSON *value, const char *what, assay_error *err) {
    if (cJSON_IsNumber(value)) {
        double x = value->valuedouble;
        if (!(x - x == 0)) return assay_fail(err, ASSAY_E_FORMAT, "%s: number out of range", what);
        return ASSAY_OK;
    }
    if (cJSON_IsObject(value)) {
        size_t n;
        const cJSON **members = sorted_members(value, &n);
        if (members == NULL && n > 0)
            return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
        const char *twice = NULL;
        for (size_t i = 1; i < n && twice == NULL; i++) {
            if (strcmp(members[i - 1]->string, members[i]->string) == 0) twice = members[i]->string;
        }
        free(members);
        if (twice != NULL)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: key \"%.40s\" twice in one object", what,
                              twice);
    }
    if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        for (const cJSON *child = value->child; child != NULL; child = child->next) {
            assay_status status = check_tree(child, what, err);
            if (status != ASSAY_OK) return status;
        }
    }
    return ASSAY_OK;
}

#define MARK "\xEF\xBB\xBF" /* U+FEFF in UTF-8 */

void assay_json_skip_mark(const char **text, size_t *n) {
    if (*n < 3 || memcmp(*text, MARK, 3) != 0) return;
    *text += 3;
    *n -= 3;
}

/* What an editor saved in another way; the grammar would only say that a character is unexpected. NULL: none of these. */
static const char *other_encoding(const char *text, size_t n) {
    if (n >= 2 && (memcmp(text, "\xFF\xFE", 2) == 0 || memcmp(text, "\xFE\xFF", 2) == 0))
        return "it is UTF-16; save it as UTF-8";
    return n >= 3 && memcmp(text, MARK, 3) == 0 ? "it begins with a byte order mark" : NULL;
}

assay_status assay_json_parse(const char *text, size_t n, const char *what, cJSON **out,
                              assay_error *err) {
    assay_json_scan scan;
    *out = NULL;
    if (n > ASSAY_JSON_MAX_BYTES)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: JSON of more than %u bytes", what,
                          ASSAY_JSON_MAX_BYTES);
    const char *other = other_encoding(text, n);
    if (other != NULL)
        return assay_fail(err, ASSAY_E_FORMAT, "%s: not valid JSON: %s", what, other);
    if (!assay_json_check(text, n, &scan)) {
        return assay_fail(err, scan.limit ? ASSAY_E_LIMIT : ASSAY_E_FORMAT,
                          "%s: not valid JSON at byte %zu: %s", what,
                          (size_t)(scan.at - scan.start), scan.problem);
    }
    /* The text is well formed, so all that can still fail is memory. */
    cJSON *value = cJSON_ParseWithLength(text, n);
    if (value == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", what);
    assay_status status = check_tree(value, what, err);
    if (status != ASSAY_OK) {
        cJSON_Delete(value);
        return status;
    }
    *out = value;
    return ASSAY_OK;
}

/* ---- canonical form ---------------------------------------------------------------------------
 */

void assay_json_string(assay_buffer *out, const char *text) {
    if (text == NULL) {
        assay_buffer_append(out, "null", 4);
        return;
    }
    assay_buffer_append(out, "\"", 1);
    const unsigned char *end = (const unsigned char *)text + strlen(text);
    const char *from = text;
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        size_t length = assay_utf8_length((const unsigned char *)p, end);
        if (length > 0 && c >= 0x20 && c != '"' && c != '\\') {
            p += length - 1;
            continue;
        }
        assay_buffer_append(out, from, (size_t)(p - from));
        from = p + 1;
        if (length == 0) {
            assay_buffer_append(out, "\xEF\xBF\xBD", 3);
            continue;
        }
        const char *pair = c == '"'    ? "\\\""
                           : c == '\\' ? "\\\\"
                           : c == '\b' ? "\\b"
                           : c == '\f' ? "\\f"
                           : c == '\n' ? "\\n"
                           : c == '\r' ? "\\r"
                           : c == '\t' ? "\\t"
                                       : NULL;
        if (pair != NULL)
            assay_buffer_append(out, pair, 2);
        else
            assay_buffer_print(out, "\\u%04x", (unsigned)c);
    }
    assay_buffer_append(out, from, strlen(from));
    assay_buffer_append(out, "\"", 1);
}

void assay_json_number(assay_buffer *out, double x) {
    char text[40];
    if (!(x - x == 0)) {
        assay_buffer_append(out, "null", 4);
        return;
    }
    if (x > -9007199254740992.0 && x < 9007199254740992.0 && x == (double)(int64_t)x) {
        assay_buffer_print(out, "%lld", (long long)x);
        return;
    }
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (strtod(text, NULL) == x) break;
    }
    assay_buffer_append(out, text, strlen(text));
}

void assay_json_canonical(const cJSON *value, assay_buffer *out) {
    if (cJSON_IsTrue(value))
        assay_buffer_append(out, "true", 4);
    else if (cJSON_IsFalse(value))
        assay_buffer_append(out, "false", 5);
    else if (cJSON_IsNumber(value))
        assay_json_number(out, value->valuedouble);
    else if (cJSON_IsString(value))
        assay_json_string(out, value->valuestring);
    else if (cJSON_IsArray(value)) {
        assay_buffer_append(out, "[", 1);
        for (const cJSON *item = value->child; item != NULL; item = item->next) {
            if (item != value->child) assay_buffer_append(out, ",", 1);
            assay_json_canonical(item, out);
        }
        assay_buffer_append(out, "]", 1);
    } else if (cJSON_IsObject(value)) {
        size_t n;
        const cJSON **members = sorted_members(value, &n);
        if (members == NULL && n > 0) {
            out->failed = true;
            return;
        }
        assay_buffer_append(out, "{", 1);
        for (size_t i = 0; i < n; i++) {
            if (i > 0) assay_buffer_append(out, ",", 1);
            assay_json_string(out, members[i]->string);
            assay_buffer_append(out, ":", 1);
            assay_json_canonical(members[i], out);
        }
        assay_buffer_append(out, "}", 1);
        free(members);
    } else
        assay_buffer_append(out, "null", 4);
}

/* ---- typed members ----------------------------------------------------------------------------
 */

static const cJSON *member(const cJSON *object, const char *key, const char *what,
                           assay_error *err) {
    if (!cJSON_IsObject(object)) {
        assay_fail(err, ASSAY_E_FORMAT, "%s: expected an object with \"%s\"", what, key);
        return NULL;
    }
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    if (item == NULL) assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" is missing", what, key);
    return item;
}

static assay_status wrong_kind(const char *key, const char *what, const char *kind,
                               assay_error *err) {
    return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" is not %s", what, key, kind);
}

assay_status assay_json_get_string(const cJSON *object, const char *key, const char *what,
                                   const char **out, assay_error *err) {
    const cJSON *item = member(object, key, what, err);
    if (item == NULL) return ASSAY_E_FORMAT;
    if (!cJSON_IsString(item)) return wrong_kind(key, what, "a string", err);
    *out = item->valuestring;
    return ASSAY_OK;
}

assay_status assay_json_get_name(const cJSON *object, const char *key, const char *what,
                                 char digits[24], const char **out, assay_error *err) {
    const double most = 9007199254740992.0; /* whole numbers are exact below it */
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    *out = NULL;
    if (item == NULL) return ASSAY_OK;
    if (cJSON_IsString(item)) {
        *out = item->valuestring;
        return ASSAY_OK;
    }
    double x = cJSON_IsNumber(item) ? item->valuedouble : 0.5;
    if (!(x > -most && x < most && x == (double)(int64_t)x))
        return wrong_kind(key, what, "a string or a whole number", err);
    snprintf(digits, 24, "%lld", (long long)x);
    *out = digits;
    return ASSAY_OK;
}

assay_status assay_json_get_number(const cJSON *object, const char *key, double low, double high,
                                   const char *what, double *out, assay_error *err) {
    const cJSON *item = member(object, key, what, err);
    if (item == NULL) return ASSAY_E_FORMAT;
    if (!cJSON_IsNumber(item)) return wrong_kind(key, what, "a number", err);
    double x = item->valuedouble;
    if (!(x >= low && x <= high)) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" is %.17g, not within %.17g and %.17g",
                          what, key, x, low, high);
    }
    *out = x;
    return ASSAY_OK;
}

assay_status assay_json_get_integer(const cJSON *object, const char *key, int64_t low, int64_t high,
                                    const char *what, int64_t *out, assay_error *err) {
    double x;
    assay_status status =
        assay_json_get_number(object, key, (double)low, (double)high, what, &x, err);
    if (status != ASSAY_OK) return status;
    if (x != (double)(int64_t)x) return wrong_kind(key, what, "a whole number", err);
    *out = (int64_t)x;
    return ASSAY_OK;
}

assay_status assay_json_get_bool(const cJSON *object, const char *key, const char *what, bool *out,
                                 assay_error *err) {
    const cJSON *item = member(object, key, what, err);
    if (item == NULL) return ASSAY_E_FORMAT;
    if (!cJSON_IsBool(item)) return wrong_kind(key, what, "true or false", err);
    *out = cJSON_IsTrue(item);
    return ASSAY_OK;
}

assay_status assay_json_get_array(const cJSON *object, const char *key, size_t max,
                                  const char *what, const cJSON **out, assay_error *err) {
    const cJSON *item = member(object, key, what, err);
    if (item == NULL) return ASSAY_E_FORMAT;
    if (!cJSON_IsArray(item)) return wrong_kind(key, what, "an array", err);
    size_t n = 0;
    for (const cJSON *child = item->child; child != NULL; child = child->next) {
        if (++n > max)
            return assay_fail(err, ASSAY_E_LIMIT, "%s: \"%s\" has more than %zu items", what, key,
                              max);
    }
    *out = item;
    return ASSAY_OK;
}

assay_status assay_json_get_object(const cJSON *object, const char *key, const char *what,
                                   const cJSON **out, assay_error *err) {
    const cJSON *item = member(object, key, what, err);
    if (item == NULL) return ASSAY_E_FORMAT;
    if (!cJSON_IsObject(item)) return wrong_kind(key, what, "an object", err);
    *out = item;
    return ASSAY_OK;
}

bool assay_json_has(const cJSON *object, const char *key) {
    return cJSON_IsObject(object) && cJSON_GetObjectItemCaseSensitive(object, key) != NULL;
}

assay_status assay_json_only(const cJSON *object, const char *const *keys, size_t n,
                             const char *what, assay_error *err) {
    if (!cJSON_IsObject(object))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: expected an object", what);
    for (const cJSON *m = object->child; m != NULL; m = m->next) {
        size_t i = 0;
        while (i < n && strcmp(keys[i], m->string) != 0) i++;
        if (i == n)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: unknown key \"%.40s\"", what, m->string);
    }
    return ASSAY_OK;
}
