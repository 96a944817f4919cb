/* JSON of a chat endpoint: one question, one answer. Nothing of what comes in is believed. */
#include "cli/endpoint.h"

#include <stdio.h>
#include <string.h>

#include "format/json.h"

#define MAX_TEXT  8000 /* bytes of scenario and of response, each */
#define BEGINNING 8    /* of a key: this much of it is not shown */

static const char form[] =
    "Answer with nothing but JSON of this form: "
    "{\"concepts\":[{\"text\":\"the phrase\",\"valence\":\"adheres\" or \"opposes\"}]}\n";

void assay_endpoint_body(const char *model, const assay_extract_request *request,
                         assay_buffer *out) {
    assay_buffer prompt = {0};
    assay_extract_prompt(request, MAX_TEXT, &prompt);
    assay_buffer_append(&prompt, form, sizeof form - 1);
    assay_buffer_print(out, "{\"model\":");
    assay_json_string(out, model);
    assay_buffer_print(out, ",\"temperature\":0,\"stream\":false,"
                            "\"messages\":[{\"role\":\"user\",\"content\":");
    assay_json_string(out, prompt.data);
    assay_buffer_print(out, "}]}");
    if (prompt.failed) out->failed = true;
    assay_buffer_free(&prompt);
}

/* ---- the key ---- */

static bool has_key(const char *key) {
    return key != NULL && key[0] != '\0';
}

void assay_endpoint_strike(char *text, size_t n, const char *key) {
    size_t length = has_key(key) ? strlen(key) : 0, least = length < BEGINNING ? length : BEGINNING;
    for (size_t i = 0; length > 0 && i < n; i++) {
        size_t same = 0;
        while (same < length && i + same < n && text[i + same] == key[same]) same++;
        if (same >= least) memset(text + i, '*', same);
    }
}

/* ---- the answer ---- */

static const cJSON *member(const cJSON *object, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(object, key);
}

/* choices[0].message.content */
static const char *content_of(const cJSON *reply) {
    const cJSON *choice = cJSON_GetArrayItem(member(reply, "choices"), 0);
    const cJSON *content = member(member(choice, "message"), "content");
    return cJSON_IsString(content) ? content->valuestring : NULL;
}

static bool take(const cJSON *item, const char *key, const assay_extract_request *r,
                 assay_phrase *out) {
    const cJSON *text = cJSON_IsString(item) ? item : member(item, "text");
    const cJSON *valence = member(item, "valence");
    if (!cJSON_IsString(text) ||
        !assay_concept_clean(text->valuestring, strlen(text->valuestring), out->text))
        return false;
    if (has_key(key) && strstr(text->valuestring, key) != NULL) return false;
    out->valence = ASSAY_ADHERES;
    if (r->labelled)
        out->valence = r->label;
    else if (cJSON_IsString(valence) && strcmp(valence->valuestring, "opposes") == 0)
        out->valence = ASSAY_OPPOSES;
    else if (!cJSON_IsString(valence) || strcmp(valence->valuestring, "adheres") != 0)
        return false;
    return true;
}

/* What the model said -> the list in it. Models like to frame their JSON with words and code fences. */
static assay_status parse_content(const char *content, cJSON **answer, const cJSON **list,
                                  assay_error *err) {
    assay_error inner = {0};
    const char *from = strchr(content, '{'), *to = from != NULL ? strrchr(from, '}') : NULL;
    if (to == NULL) return assay_fail(err, ASSAY_E_CHECK, "the model's answer holds no JSON");
    assay_status status =
        assay_json_parse(from, (size_t)(to - from) + 1, "the model's answer", answer, &inner);
    if (status != ASSAY_OK)
        return assay_fail(err, status == ASSAY_E_MEMORY ? status : ASSAY_E_CHECK, "%s", inner.text);
    *list = member(*answer, "concepts");
    if (cJSON_IsArray(*list)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_CHECK, "the model's answer has no list of concepts");
}

assay_status assay_endpoint_phrases(const char *body, size_t n, const char *key,
                                    const assay_extract_request *request, assay_phrase *out,
                                    size_t *n_out, assay_error *err) {
    cJSON *reply = NULL, *answer = NULL;
    const cJSON *list = NULL, *item;
    *n_out = 0;
    assay_status status = assay_json_parse(body, n, "the answer", &reply, err);
    const char *content = status == ASSAY_OK ? content_of(reply) : NULL;
    if (status == ASSAY_OK && content == NULL)
        status = assay_fail(err, ASSAY_E_FORMAT, "the answer has no choices[0].message.content");
    if (status == ASSAY_OK) status = parse_content(content, &answer, &list, err);
    if (status == ASSAY_OK) {
        cJSON_ArrayForEach(item, list) {
            if (*n_out < request->k && take(item, key, request, &out[*n_out])) (*n_out)++;
        }
    }
    cJSON_Delete(reply);
    cJSON_Delete(answer);
    return status;
}

void assay_endpoint_message(const char *body, size_t n, const char *key, char *out, size_t size) {
    cJSON *reply = NULL;
    out[0] = '\0';
    if (n == 0 || assay_json_parse(body, n, "error", &reply, NULL) != ASSAY_OK) return;
    const cJSON *error = member(reply, "error");
    const cJSON *message = cJSON_IsString(error) ? error : member(error, "message");
    if (cJSON_IsString(message)) {
        /* Struck out before it is cut: half a key would not be found. */
        assay_endpoint_strike(message->valuestring, strlen(message->valuestring), key);
        snprintf(out, size, "%s", message->valuestring);
        out[strcspn(out, "\r\n")] = '\0';
    }
    cJSON_Delete(reply);
}
