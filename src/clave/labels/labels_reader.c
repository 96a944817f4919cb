/* What the readers of all formats share: sentences with file and line, rows, labels, times. */
#include "clave/labels/labels.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format/json_scan.h"

/* ---- sentences ---- */

assay_status assay_reader_fail(const assay_label_reader *r, assay_status status, const char *format,
                               ...) {
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return assay_fail(r->err, status, "%.200s:%u: %s", r->name, r->line, text);
}

assay_status assay_reader_memory(const assay_label_reader *r) {
    return assay_fail(r->err, ASSAY_E_MEMORY, "%.200s: out of memory", r->name);
}

const char *assay_reader_shown(const char *text, char out[64]) {
    const unsigned char *end = (const unsigned char *)text + strlen(text);
    size_t n = 0;
    while (*text != '\0') {
        size_t length = assay_utf8_length((const unsigned char *)text, end);
        if (length == 0 || n + length > 48) break;
        if (length == 1 && ((unsigned char)*text < 0x20 || *text == 0x7f))
            out[n] = '?';
        else
            memcpy(out + n, text, length);
        n += length;
        text += length;
    }
    memcpy(out + n, *text == '\0' ? "" : "...", *text == '\0' ? 1 : 4);
    return out;
}

/* ---- rows ---- */

static bool grow(void **rows, size_t n, size_t *cap, size_t size) {
    size_t bytes, want = *cap > 0 ? *cap * 2 : 64;
    if (n < *cap) return true;
    if (!assay_size_mul(want, size, &bytes)) return false;
    void *bigger = realloc(*rows, bytes);
    if (bigger == NULL) return false;
    *rows = bigger;
    *cap = want;
    return true;
}

static assay_status check_name(const assay_label_reader *r, const char *what, const char *name) {
    char show[64];
    size_t n = strlen(name);
    if (n == 0) return assay_reader_fail(r, ASSAY_E_FORMAT, "the %s is empty", what);
    if (n > ASSAY_LABELS_MAX_NAME)
        return assay_reader_fail(r, ASSAY_E_LIMIT, "the %s \"%s\" has more than %d bytes", what,
                                 assay_reader_shown(name, show), ASSAY_LABELS_MAX_NAME);
    for (const char *c = name; *c != '\0'; c++) {
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            return assay_reader_fail(r, ASSAY_E_FORMAT, "the %s \"%s\" holds a control character",
                                     what, assay_reader_shown(name, show));
    }
    return ASSAY_OK;
}

static assay_status check_text(const assay_label_reader *r, const char *what, const char *text) {
    if (strlen(text) <= ASSAY_LABELS_MAX_TEXT) return ASSAY_OK;
    return assay_reader_fail(r, ASSAY_E_LIMIT, "the %s has more than %u bytes", what,
                             ASSAY_LABELS_MAX_TEXT);
}

assay_status assay_reader_text(assay_label_reader *r, const char *id, const char *scenario,
                               const char *response, const char *source) {
    assay_label_rows *rows = r->rows;
    assay_status status = check_name(r, "id", id);
    if (status == ASSAY_OK) status = check_text(r, "scenario", scenario);
    if (status == ASSAY_OK) status = check_text(r, "response", response);
    if (status == ASSAY_OK && source[0] != '\0') status = check_name(r, "source", source);
    if (status != ASSAY_OK) return status;
    if (scenario[0] == '\0' && response[0] == '\0')
        return assay_reader_fail(r, ASSAY_E_FORMAT, "item \"%s\" has no text", id);
    if (rows->n_texts == ASSAY_LABELS_MAX_TEXTS)
        return assay_reader_fail(r, ASSAY_E_LIMIT, "more than %d texts", ASSAY_LABELS_MAX_TEXTS);
    assay_text_row row = {.file = r->file, .line = r->line};
    row.id = assay_strings_keep(r->strings, id, strlen(id));
    row.scenario = assay_strings_keep(r->strings, scenario, strlen(scenario));
    row.response = assay_strings_keep(r->strings, response, strlen(response));
    row.source = assay_strings_keep(r->strings, source, strlen(source));
    if (row.id == NULL || row.scenario == NULL || row.response == NULL || row.source == NULL ||
        !grow((void **)&rows->texts, rows->n_texts, &rows->cap_texts, sizeof row))
        return assay_reader_memory(r);
    rows->texts[rows->n_texts++] = row;
    return ASSAY_OK;
}

assay_status assay_reader_vote(assay_label_reader *r, const char *id, const char *annotator,
                               assay_label_mark mark, int64_t time, const char *note) {
    assay_label_rows *rows = r->rows;
    if (annotator == NULL) annotator = r->annotator;
    assay_status status = check_name(r, "id", id);
    if (status == ASSAY_OK) status = check_name(r, "annotator", annotator);
    if (status == ASSAY_OK) status = check_text(r, "note", note);
    if (status != ASSAY_OK) return status;
    if (rows->n_votes == ASSAY_LABELS_MAX_VOTES)
        return assay_reader_fail(r, ASSAY_E_LIMIT, "more than %d labels", ASSAY_LABELS_MAX_VOTES);
    assay_vote_row row = {.time = time,
                          .file = r->file,
                          .line = r->line,
                          .value = (uint8_t)mark.value,
                          .label = mark.label,
                          .skip = mark.skip};
    row.id = assay_strings_keep(r->strings, id, strlen(id));
    row.annotator = assay_strings_keep(r->strings, annotator, strlen(annotator));
    row.note = assay_strings_keep(r->strings, note, strlen(note));
    if (row.id == NULL || row.annotator == NULL || row.note == NULL ||
        !grow((void **)&rows->votes, rows->n_votes, &rows->cap_votes, sizeof row))
        return assay_reader_memory(r);
    rows->votes[rows->n_votes++] = row;
    return ASSAY_OK;
}

/* ---- values, labels, times ---- */

assay_status assay_reader_value(const assay_label_reader *r, const char *text, int *value) {
    char show[64];
    *value = assay_values_find(r->values, text);
    if (*value >= 0) return ASSAY_OK;
    return assay_reader_fail(r, ASSAY_E_FORMAT, "there is no value \"%s\" in %s",
                             assay_reader_shown(text, show), assay_values_id(r->values));
}

assay_status assay_reader_label(const assay_label_reader *r, const char *text,
                                assay_label_mark *mark) {
    static const struct {
        const char *word, *number;
        int8_t label;
        bool skip;
    } words[] = {{"adheres", "1", ASSAY_ADHERES, false},
                 {"opposes", "-1", ASSAY_OPPOSES, false},
                 {"unrelated", "0", ASSAY_UNRELATED, false},
                 {"skip", "skip", ASSAY_UNRELATED, true}};
    char show[64];
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strcmp(text, words[i].word) != 0 && strcmp(text, words[i].number) != 0) continue;
        mark->label = words[i].label;
        mark->skip = words[i].skip;
        return ASSAY_OK;
    }
    return assay_reader_fail(r, ASSAY_E_FORMAT,
                             "the label \"%s\" is none of adheres, opposes, unrelated, skip",
                             assay_reader_shown(text, show));
}

assay_status assay_reader_pair(const assay_label_reader *r, const char *text,
                               assay_label_mark *mark) {
    char id[80], show[64];
    const char *colon = strrchr(text, ':');
    if (colon == NULL)
        return assay_reader_fail(r, ASSAY_E_FORMAT,
                                 "\"%s\" is not a value and a label, as \"security:adheres\" is",
                                 assay_reader_shown(text, show));
    size_t n = (size_t)(colon - text);
    if (n >= sizeof id) n = sizeof id - 1; /* longer than any value's id */
    memcpy(id, text, n);
    id[n] = '\0';
    assay_status status = assay_reader_value(r, id, &mark->value);
    return status == ASSAY_OK ? assay_reader_label(r, colon + 1 + strspn(colon + 1, " "), mark)
                              : status;
}

assay_status assay_reader_item(const assay_label_reader *r, char *text, int *value) {
    char show[64];
    char *colon = strrchr(text, ':');
    if (colon == NULL)
        return assay_reader_fail(r, ASSAY_E_FORMAT,
                                 "\"%s\" is not an item and a value, as \"text-7:security\" is",
                                 assay_reader_shown(text, show));
    *colon = '\0';
    return assay_reader_value(r, colon + 1, value);
}

/* n digits at *at as a number; -1 when there are fewer. */
static int digits(const char **at, int n) {
    int x = 0;
    for (; n > 0; n--, (*at)++) {
        if (**at < '0' || **at > '9') return -1;
        x = x * 10 + (**at - '0');
    }
    return x;
}

/* Days from 1970-01-01 in the Gregorian calendar; years of 400 x 365.2425 days, beginning in March. */
static int64_t days_of(int year, int month, int day) {
    year -= month <= 2;
    int era = year / 400, of_era = year - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return (int64_t)era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static bool parse_iso(const char *text, int64_t *time) {
    int part[6] = {0};
    static const char before[] = "\0--T::";
    for (int i = 0; i < 6; i++) {
        if (i > 0 && *text != before[i] && !(i == 3 && *text == ' ')) return false;
        text += i > 0;
        if ((part[i] = digits(&text, i == 0 ? 4 : 2)) < 0) return false;
    }
    if (part[0] < 1970 || part[1] < 1 || part[1] > 12 || part[2] < 1 || part[2] > 31 ||
        part[3] > 23 || part[4] > 59 || part[5] > 60)
        return false;
    if (*text == '.') text += 1 + strspn(text + 1, "0123456789");
    int64_t offset = 0;
    if (*text == '+' || *text == '-') {
        int sign = *text++ == '+' ? 1 : -1, hours = digits(&text, 2);
        if (*text == ':') text++;
        int minutes = digits(&text, 2);
        if (hours < 0 || minutes < 0) return false;
        offset = sign * (hours * 3600 + minutes * 60);
    } else if (*text == 'Z') {
        text++;
    }
    *time = days_of(part[0], part[1], part[2]) * 86400 + part[3] * 3600 + part[4] * 60 + part[5] -
            offset;
    return *text == '\0' && *time >= 0 && *time <= ASSAY_LABELS_MAX_TIME;
}

assay_status assay_reader_time(const assay_label_reader *r, const char *text, int64_t *time) {
    char show[64];
    size_t n = strlen(text);
    if (n >= 1 && n <= 12 && strspn(text, "0123456789") == n) {
        *time = 0;
        for (size_t i = 0; i < n; i++) *time = *time * 10 + (text[i] - '0');
        if (*time <= ASSAY_LABELS_MAX_TIME) return ASSAY_OK;
    } else if (parse_iso(text, time)) {
        return ASSAY_OK;
    }
    return assay_reader_fail(
        r, ASSAY_E_FORMAT,
        "the time \"%s\" is neither seconds since 1970 nor of the form 2026-01-31T09:30:00Z",
        assay_reader_shown(text, show));
}

void assay_time_print(int64_t time, char out[32]) {
    int64_t day = time / 86400;
    unsigned year = 1970, month = 1, second = (unsigned)(time % 86400);
    while (year < 9999 && days_of((int)year + 1, 1, 1) <= day) year++;
    while (month < 12 && days_of((int)year, (int)month + 1, 1) <= day) month++;
    unsigned of_month = (unsigned)(day - days_of((int)year, (int)month, 1)) + 1;
    snprintf(out, 32, "%04u-%02u-%02uT%02u:%02u:%02uZ", year, month, of_month % 100, second / 3600,
             second / 60 % 60, second % 60);
}
