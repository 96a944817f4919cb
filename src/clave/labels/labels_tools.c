/* Readers of label files in which an item holds the answers of many annotators: Label Studio, Argilla. Either is one list,
 * or one object a line. */
#include "clave/labels/labels.h"

#include <string.h>

static const cJSON *member(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNull(item) ? NULL : item;
}

/* What the answers of an item share. */
typedef struct tool_item {
    const char *id,
        *value; /* value: the only one that is asked about; NULL: each answer names its own */
    char digits[24];
} tool_item;

/* The text of an item lies in `data`, under the keys that Assay writes or "text" alone. */
static assay_status read_text(assay_label_reader *r, const cJSON *data, const cJSON *meta,
                              tool_item *t) {
    const char *scenario = "", *response = NULL, *source = "";
    if (t->id == NULL) return assay_reader_fail(r, ASSAY_E_FORMAT, "\"id\" is missing");
    assay_status status = assay_reader_string(r, data, "scenario", &scenario);
    if (status == ASSAY_OK) status = assay_reader_string(r, data, "text", &response);
    if (status == ASSAY_OK) status = assay_reader_string(r, data, "response", &response);
    if (status == ASSAY_OK) status = assay_reader_string(r, meta, "source", &source);
    if (status == ASSAY_OK) status = assay_reader_string(r, meta, "value", &t->value);
    if (status != ASSAY_OK) return status;
    if (response == NULL) return assay_reader_fail(r, ASSAY_E_FORMAT, "\"response\" is missing");
    return assay_reader_text(r, t->id, scenario, response, source);
}

/* The value that a question or control of this name asks about. */
static assay_status find_value(const assay_label_reader *r, const tool_item *t, const char *name,
                               int *value) {
    return assay_reader_value(r, t->value != NULL ? t->value : name, value);
}

static assay_status mark_of(const assay_label_reader *r, const tool_item *t, const char *name,
                            const cJSON *label, assay_label_mark *mark) {
    assay_status status = find_value(r, t, name, &mark->value);
    if (status != ASSAY_OK) return status;
    if (!cJSON_IsString(label))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "the label for %s is not one string",
                                 assay_values_at(r->values, (size_t)mark->value)->id);
    return assay_reader_label(r, label->valuestring, mark);
}

/* ---- Label Studio: a task with annotations, each of one person and with a result for each control ---- */

/* `completed_by` is a user's number, or an object with the address. */
static assay_status read_annotator(const assay_label_reader *r, const cJSON *annotation,
                                   char digits[24], const char **who) {
    const cJSON *by = member(annotation, "completed_by");
    if (!cJSON_IsObject(by)) return assay_reader_name(r, annotation, "completed_by", digits, who);
    assay_status status = assay_reader_name(r, by, "id", digits, who);
    return status == ASSAY_OK ? assay_reader_string(r, by, "email", who) : status;
}

/* Results other than choices (a remark in a text area, say) are none of ours. */
static assay_status read_result(assay_label_reader *r, const tool_item *t, const cJSON *result,
                                const char *who, int64_t time) {
    char show[64];
    const char *type = "", *name = "", *note = "";
    assay_label_mark mark;
    assay_status status = assay_reader_string(r, result, "type", &type);
    if (status != ASSAY_OK || strcmp(type, "choices") != 0) return status;
    const cJSON *choices = member(member(result, "value"), "choices");
    status = assay_reader_string(r, result, "from_name", &name);
    if (status != ASSAY_OK) return status;
    if (cJSON_GetArraySize(choices) != 1 || !cJSON_IsArray(choices))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"choices\" of %s is not a list of one",
                                 assay_reader_shown(name, show));
    const cJSON *notes = member(member(result, "meta"), "text");
    if (cJSON_IsArray(notes) && cJSON_IsString(notes->child)) note = notes->child->valuestring;
    status = mark_of(r, t, name, choices->child, &mark);
    return status == ASSAY_OK ? assay_reader_vote(r, t->id, who, mark, time, note) : status;
}

static assay_status read_annotation(assay_label_reader *r, const tool_item *t,
                                    const cJSON *annotation) {
    char digits[24];
    const char *who = NULL;
    int64_t time = 0;
    if (!cJSON_IsObject(annotation))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "an annotation is not an object");
    assay_status status = read_annotator(r, annotation, digits, &who);
    if (status == ASSAY_OK) status = assay_reader_when(r, annotation, "created_at", &time);
    if (status != ASSAY_OK) return status;
    if (cJSON_IsTrue(member(annotation, "was_cancelled"))) { /* skipped */
        assay_label_mark mark = {.skip = true};
        if (t->value == NULL) return ASSAY_OK;
        status = assay_reader_value(r, t->value, &mark.value);
        return status == ASSAY_OK ? assay_reader_vote(r, t->id, who, mark, time, "") : status;
    }
    const cJSON *results = member(annotation, "result");
    if (!cJSON_IsArray(results))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"result\" is not a list");
    for (const cJSON *x = results->child; x != NULL && status == ASSAY_OK; x = x->next)
        status = read_result(r, t, x, who, time);
    return status;
}

static assay_status read_task(assay_label_reader *r, const cJSON *task) {
    tool_item t = {0};
    const cJSON *data = member(task, "data"), *annotations = member(task, "annotations");
    assay_status status = assay_reader_name(r, data, "id", t.digits, &t.id);
    if (status == ASSAY_OK && t.id == NULL)
        status = assay_reader_name(r, task, "id", t.digits, &t.id);
    if (status == ASSAY_OK) status = read_text(r, data, data, &t);
    if (status != ASSAY_OK) return status;
    if (annotations != NULL && !cJSON_IsArray(annotations))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"annotations\" is not a list");
    for (const cJSON *x = annotations != NULL ? annotations->child : NULL;
         x != NULL && status == ASSAY_OK; x = x->next)
        status = read_annotation(r, &t, x);
    return status;
}

/* ---- Argilla: a record with fields, metadata, responses ---- */

/* 2.x: {"security": [{"value": "adheres", "user_id": "..."}]} */
static assay_status read_by_question(assay_label_reader *r, const tool_item *t,
                                     const cJSON *responses) {
    char show[64];
    assay_status status = ASSAY_OK;
    for (const cJSON *q = responses->child; q != NULL; q = q->next) {
        if (!cJSON_IsArray(q))
            return assay_reader_fail(r, ASSAY_E_FORMAT, "the responses to %s are no list",
                                     assay_reader_shown(q->string, show));
        for (const cJSON *x = q->child; x != NULL; x = x->next) {
            char digits[24];
            const char *who;
            assay_label_mark mark;
            status = assay_reader_name(r, x, "user_id", digits, &who);
            if (status == ASSAY_OK) status = mark_of(r, t, q->string, member(x, "value"), &mark);
            if (status == ASSAY_OK) status = assay_reader_vote(r, t->id, who, mark, 0, "");
            if (status != ASSAY_OK) return status;
        }
    }
    return ASSAY_OK;
}

/* 1.x and the server: [{"user_id": "...", "status": "submitted", "values": {"security": {"value": "adheres"}}}]. What was
 * discarded is a skip, a draft is not an answer yet. */
static assay_status read_by_person(assay_label_reader *r, const tool_item *t, const cJSON *one) {
    char digits[24];
    const char *who, *state = "submitted";
    int64_t time = 0;
    assay_status status = assay_reader_name(r, one, "user_id", digits, &who);
    if (status == ASSAY_OK) status = assay_reader_string(r, one, "status", &state);
    if (status == ASSAY_OK) status = assay_reader_when(r, one, "inserted_at", &time);
    if (status != ASSAY_OK || strcmp(state, "draft") == 0) return status;
    bool discarded = strcmp(state, "discarded") == 0;
    if (discarded && t->value != NULL) {
        assay_label_mark mark = {.skip = true};
        status = assay_reader_value(r, t->value, &mark.value);
        return status == ASSAY_OK ? assay_reader_vote(r, t->id, who, mark, time, "") : status;
    }
    const cJSON *answers = member(one, "values");
    if (answers == NULL && discarded) return ASSAY_OK;
    if (!cJSON_IsObject(answers))
        return assay_reader_fail(r, ASSAY_E_FORMAT, "\"values\" of a response is not an object");
    for (const cJSON *q = answers->child; q != NULL && status == ASSAY_OK; q = q->next) {
        assay_label_mark mark = {.skip = true};
        status = discarded ? find_value(r, t, q->string, &mark.value)
                           : mark_of(r, t, q->string, member(q, "value"), &mark);
        if (status == ASSAY_OK) status = assay_reader_vote(r, t->id, who, mark, time, "");
    }
    return status;
}

static assay_status read_record(assay_label_reader *r, const cJSON *record) {
    tool_item t = {0};
    const cJSON *responses = member(record, "responses");
    assay_status status = assay_reader_name(r, record, "external_id", t.digits, &t.id);
    if (status == ASSAY_OK && t.id == NULL)
        status = assay_reader_name(r, record, "id", t.digits, &t.id);
    if (status == ASSAY_OK)
        status = read_text(r, member(record, "fields"), member(record, "metadata"), &t);
    if (status != ASSAY_OK || responses == NULL) return status;
    if (cJSON_IsObject(responses)) return read_by_question(r, &t, responses);
    if (!cJSON_IsArray(responses))
        return assay_reader_fail(r, ASSAY_E_FORMAT,
                                 "\"responses\" is neither an object nor a list");
    for (const cJSON *x = responses->child; x != NULL && status == ASSAY_OK; x = x->next)
        status = read_by_person(r, &t, x);
    return status;
}

/* ---- both ---- */

assay_status assay_labels_read_label_studio(assay_label_reader *r, const char *bytes, size_t n) {
    return assay_label_items_each(r, bytes, n, read_task);
}

assay_status assay_labels_read_argilla(assay_label_reader *r, const char *bytes, size_t n) {
    return assay_label_items_each(r, bytes, n, read_record);
}
