/* Runs whose model answers freely, over the engine's stand-in, and what their records say. */
#ifndef ASSAY_TEST_FREE_TEXT_FIXTURE_H
#define ASSAY_TEST_FREE_TEXT_FIXTURE_H

#include "base/sha256.h"
#include "format/json.h"

#include "test.h"
#include "unit/bench.h"

#define N    14 /* samples */
#define FREE "{\"free_text\":6}"

static inline cJSON *parse_line(const char *line) {
    return cJSON_ParseWithLength(line, (size_t)(strchr(line, '\n') - line));
}

/* The hallmark by its definition, from the text of the record. */
static inline assay_digest hallmark_of(const char *record) {
    assay_buffer text = {0};
    for (const char *line = record; *line != '\0'; line = strchr(line, '\n') + 1) {
        cJSON *json = parse_line(line), *bits;
        cJSON *id = cJSON_GetObjectItem(json, "id"), *model = cJSON_GetObjectItem(json, "model");
        cJSON *free_text = cJSON_GetObjectItem(json, "free_text");
        if (model != NULL) {
            assay_buffer_print(
                &text, "assay 1\n%s\n%s\n%s\n", cJSON_GetObjectItem(model, "text")->valuestring,
                cJSON_GetObjectItem(model, "vision")->valuestring,
                cJSON_GetObjectItem(cJSON_GetObjectItem(json, "dataset"), "id")->valuestring);
            assay_json_canonical(cJSON_GetObjectItem(json, "recipe"), &text);
            assay_buffer_append(&text, "\n", 1);
        }
        if (id != NULL) assay_buffer_print(&text, "%s\n", id->valuestring);
        cJSON_ArrayForEach(bits, cJSON_GetObjectItem(json, "bits"))
            assay_buffer_print(&text, "%s\n", bits->valuestring);
        if (free_text != NULL) {
            assay_json_canonical(free_text, &text);
            assay_buffer_append(&text, "\n", 1);
        }
        cJSON_Delete(json);
    }
    assay_digest digest = assay_sha256_of(text.data, text.len);
    assay_buffer_free(&text);
    return digest;
}

static inline bool make_record(const char *recipe, assay_buffer *out) {
    bench b;
    assay_error err = {0};
    *out = (assay_buffer){0};
    if (!bench_open(&b, N, 1, recipe)) return false;
    assay_status status = whole_record(&b, out, &err);
    CHECK_STATUS(status, ASSAY_OK, err);
    bench_close(&b);
    return status == ASSAY_OK;
}

#endif
