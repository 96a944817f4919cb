/* Readers of label files that hold one JSON object a line: Assay's own in both shapes, doccano, Prodigy. */
#include "clave/labels/labels.h"

#include <string.h>

/* ---- what an item says besides its labels ---- */

typedef struct item_head {
    const char *id, *scenario, *response, *source, *annotator, *note;
    char id_digits[24], annotator_digits[24];
    int64_t time;
} item_head;

static assay_status missing(const assay_label_reader *r, const char *key) {
    return assay_reader_fail(r, ASSAY_E_FORMAT, "\"%s\" is missing", key);
}

/* Every key that is there; NULL and 0 where it is not. "model" is another word for "source". */
static assay_status read_head(const assay_label_reader *r, const cJSON *item, const char *text_key,
                              item_head *h) {
    *h = (item_head){.scenario = "", .source = "", .note = ""};
    assay_status status = assay_reader_name(r, item, "id", h->id_digits, &h->id);
    if (status == ASSAY_OK)
        status = assay_reader_name(r, item, "annotator", h->annotator_digits, &h->annotator);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "scenario", &h->scenario);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, text_key, &h->response);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "model", &h->source);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "source", &h->source);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "note", &h->note);
    if (status == ASSAY_OK) status = assay_reader_when(r, item, "time", &h->time);
    return status;
}

static assay_status keep_text(assay_label_reader *r, const item_head *h, const char *text_key) {
    if (h->id == NULL) return missing(r, "id");
    if (h->response == NULL) return missing(r, text_key);
    return assay_reader_text(r, h->id, h->scenario, h->response, h->source);
}

/* A label as a word or as 1, 0, -1, for mark->value. */
static assay_status read_label(const assay_label_reader *r, const cJSON *label,
                               assay_label_mark *mark) {
    if (cJSON_IsString(label)) return assay_reader_label(r, label->valuestring, mark);
    double x = cJSON_IsNumber(label) ? label->valuedouble : 2;
    if (x != 1 && x != 0 && x != -1)
        return assay_reader_fail(
            r, ASSAY_E_FORMAT,
            "the label for %s is none of adheres, opposes, unrelated, skip, and not 1, -1 or 0",
            assay_values_at(r->values, (size_t)mark->value)->id);
    mark->label = (int8_t)x;
    mark->skip = false;
    return ASSAY_OK;
}

/* ---- Assay's own ---- */

/* All values of the system: those of the map as it says, the others unrelated. */
static assay_status read_map(assay_label_reader *r, const item_head *h, const cJSON *map) {
    assay_label_mark marks[ASSAY_MAX_VALUES] = {{0}};
    size_t n = assay_values_count(r->values);
    assay_status status = ASSAY_OK;
    if (!cJSON_IsObject(map))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"values\" is not an object");
    for (const cJSON *m = map->child; m != NULL && status == ASSAY_OK; m = m->next) {
        assay_label_mark mark;
        status = assay_reader_value(r, m->string, &mark.value);
        if (status == ASSAY_OK) status = read_label(r, m, &mark);
        if (status == ASSAY_OK) marks[mark.value] = mark;
    }
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        marks[i].value = (int)i;
        status = assay_reader_vote(r, h->id, h->annotator, marks[i], h->time, h->note);
    }
    return status;
}

/* A line without any label gives a text to other files; a misspelt key must not make it one. */
static assay_status check_text_only(const assay_label_reader *r, const cJSON *item) {
    char show[64];
    static const char *const keys[] = {"id", "scenario", "response", "source", "model"};
    for (const cJSON *m = item->child; m != NULL; m = m->next) {
        size_t i = 0;
        while (i < sizeof keys / sizeof keys[0] && strcmp(keys[i], m->string) != 0) i++;
        if (i == sizeof keys / sizeof keys[0])
            return assay_reader_fail(
                r, ASSAY_E_FORMAT,
                "neither \"value\" and \"label\" nor \"values\" is there, but \"%s\" is",
                assay_reader_shown(m->string, show));
    }
    return ASSAY_OK;
}

static assay_status read_own(assay_label_reader *r, const cJSON *item) {
    item_head h;
    const cJSON *map = cJSON_GetObjectItemCaseSensitive(item, "values");
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(item, "value");
    const cJSON *label = cJSON_GetObjectItemCaseSensitive(item, "label");
    assay_status status = read_head(r, item, "response", &h);
    if (status == ASSAY_OK) status = keep_text(r, &h, "response");
    if (status != ASSAY_OK) return status;
    if (map != NULL && (value != NULL || label != NULL))
        return assay_reader_fail(r, ASSAY_E_FORMAT,
                                 "both \"values\" and \"value\" or \"label\" are there");
    if (map != NULL) return read_map(r, &h, map);
    if (value == NULL && label == NULL) return check_text_only(r, item);
    if (value == NULL) return missing(r, "value");
    if (label == NULL) return missing(r, "label");
    if (!cJSON_IsString(value))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"value\" is not a string");
    assay_label_mark mark;
    status = assay_reader_value(r, value->valuestring, &mark.value);
    if (status == ASSAY_OK) status = read_label(r, label, &mark);
    return status == ASSAY_OK ? assay_reader_vote(r, h.id, h.annotator, mark, h.time, h.note)
                              : status;
}

assay_status assay_labels_read_jsonl(assay_label_reader *r, const char *bytes, size_t n) {
    return assay_label_items_each(r, bytes, n, read_own);
}

/* ---- annotation tools with a flat list of labels ---- */

/* These tools number their items themselves: ours is a column (or meta data) of its own, "item_id". */
static assay_status read_tool_head(const assay_label_reader *r, const cJSON *item, item_head *h) {
    const cJSON *meta = cJSON_GetObjectItemCaseSensitive(item, "meta");
    const char *const keys[] = {"item_id", "id"};
    assay_status status = read_head(r, item, "text", h);
    const char *id = NULL;
    for (size_t i = 0; i < 4 && status == ASSAY_OK && id == NULL; i++)
        status = assay_reader_name(r, i % 2 == 0 ? item : meta, keys[i / 2], h->id_digits, &id);
    if (status == ASSAY_OK && id == NULL)
        status = assay_reader_name(r, item, "_input_hash", h->id_digits, &id);
    h->id = id;
    if (status == ASSAY_OK) status = assay_reader_string(r, meta, "scenario", &h->scenario);
    if (status == ASSAY_OK) status = assay_reader_string(r, meta, "source", &h->source);
    if (status == ASSAY_OK) status = assay_reader_string(r, meta, "note", &h->note);
    return status;
}

/* "value:label", or a label alone where the item names the value that it asks about. */
static assay_status read_mark(const assay_label_reader *r, const cJSON *item, const cJSON *label,
                              assay_label_mark *mark) {
    const char *value = NULL;
    assay_status status =
        assay_reader_string(r, cJSON_GetObjectItemCaseSensitive(item, "meta"), "value", &value);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "value", &value);
    if (status != ASSAY_OK) return status;
    if (!cJSON_IsString(label))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "a label is not a string");
    if (value == NULL) return assay_reader_pair(r, label->valuestring, mark);
    status = assay_reader_value(r, value, &mark->value);
    return status == ASSAY_OK ? assay_reader_label(r, label->valuestring, mark) : status;
}

static assay_status read_doccano(assay_label_reader *r, const cJSON *item) {
    item_head h;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(item, "label");
    if (list == NULL) list = cJSON_GetObjectItemCaseSensitive(item, "labels");
    assay_status status = read_tool_head(r, item, &h);
    if (status == ASSAY_OK) status = keep_text(r, &h, "text");
    if (status != ASSAY_OK) return status;
    if (!cJSON_IsArray(list))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"label\" is not a list");
    for (const cJSON *label = list->child; label != NULL && status == ASSAY_OK;
         label = label->next) {
        assay_label_mark mark;
        status = read_mark(r, item, label, &mark);
        if (status == ASSAY_OK)
            status = assay_reader_vote(r, h.id, h.annotator, mark, h.time, h.note);
    }
    return status;
}

assay_status assay_labels_read_doccano(assay_label_reader *r, const char *bytes, size_t n) {
    return assay_label_items_each(r, bytes, n, read_doccano);
}

/* "accept" of the choice interface, or "label" of the binary one. An answer other than "accept" names no label: it is a
 * skip where it is known of which value. */
static assay_status read_prodigy(assay_label_reader *r, const cJSON *item) {
    item_head h;
    const char *answer = NULL, *who = NULL;
    const cJSON *accept = cJSON_GetObjectItemCaseSensitive(item, "accept");
    const cJSON *single = cJSON_GetObjectItemCaseSensitive(item, "label");
    assay_status status = read_tool_head(r, item, &h);
    if (status == ASSAY_OK) status = keep_text(r, &h, "text");
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "answer", &answer);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "_session_id", &who);
    if (status == ASSAY_OK) status = assay_reader_string(r, item, "_annotator_id", &who);
    if (status == ASSAY_OK) status = assay_reader_when(r, item, "_timestamp", &h.time);
    if (status != ASSAY_OK) return status;
    bool skip = answer != NULL && strcmp(answer, "accept") != 0;
    if (skip && strcmp(answer, "reject") != 0 && strcmp(answer, "ignore") != 0)
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"answer\" is none of accept, reject, ignore");
    if (accept != NULL && !cJSON_IsArray(accept))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"accept\" is not a list");
    for (const cJSON *label = accept != NULL ? accept->child : single;
         label != NULL && status == ASSAY_OK; label = accept != NULL ? label->next : NULL) {
        assay_label_mark mark;
        status = read_mark(r, item, label, &mark);
        if (skip) mark = (assay_label_mark){mark.value, ASSAY_UNRELATED, true};
        if (status == ASSAY_OK)
            status = assay_reader_vote(r, h.id, h.annotator != NULL ? h.annotator : who, mark,
                                       h.time, h.note);
    }
    return status;
}

assay_status assay_labels_read_prodigy(assay_label_reader *r, const char *bytes, size_t n) {
    return assay_label_items_each(r, bytes, n, read_prodigy);
}
