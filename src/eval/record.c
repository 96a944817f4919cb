/* The record: a header line, a line a sample, a closing line. What is read comes from anywhere, so
 * nothing in it is believed that can be computed from its bits. */
#include "eval/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "eval/recipe.h"
#include "format/shard/sample.h"

/* ---- writing ---- */

void assay_record_print_header(const assay_record_info *info, assay_buffer *out) {
    assay_buffer_print(out, "{\"type\":\"run\",\"format\":1,\"engine\":");
    assay_json_string(out, info->engine);
    assay_buffer_print(out, ",\"build\":%s,\"model\":{\"name\":", info->build);
    assay_json_string(out, info->model_name);
    assay_buffer_print(out, ",\"text\":\"%s\",\"vision\":\"%s\"},\"dataset\":{\"name\":",
                       info->text_sha256, info->vision_sha256);
    assay_json_string(out, info->dataset_name);
    assay_buffer_print(out, ",\"id\":\"%s\"},\"recipe\":%s,\"samples\":%zu}\n", info->dataset_id,
                       info->recipe, info->n_samples);
}

static const char *word(bool b) {
    return b ? "true" : "false";
}

void assay_record_print_sample(const assay_sample *sample, const assay_scores *scores,
                               double seconds, assay_buffer *out) {
    assay_choice choice = assay_choose(scores->means, scores->n);
    bool correct = assay_sample_is_right(sample, choice.index);
    assay_buffer_print(out, "{\"type\":\"sample\",\"id\":");
    assay_json_string(out, sample->id);
    assay_buffer_print(out,
                       ",\"prediction\":%d,\"tie\":%s,\"correct\":%s,\"confidence\":", choice.index,
                       word(choice.tie), word(correct));
    assay_json_number(out, choice.confidence);
    assay_buffer_print(out, ",\"scores\":[");
    for (int i = 0; i < scores->n; i++) {
        if (i > 0) assay_buffer_append(out, ",", 1);
        assay_json_number(out, scores->means[i]);
    }
    assay_buffer_print(out, "],\"bits\":[");
    const char *bits = scores->bits;
    for (int i = 0; i < scores->n; i++) {
        size_t n = strcspn(bits, "\n");
        assay_buffer_print(out, "%s\"%.*s\"", i > 0 ? "," : "", (int)n, bits);
        bits += n + 1;
    }
    assay_buffer_append(out, "]", 1);
    if (scores->free_text.json != NULL) {
        assay_buffer_print(out, ",\"free_text\":");
        assay_buffer_append(out, scores->free_text.json, strlen(scores->free_text.json));
    }
    assay_buffer_print(out, ",\"seconds\":%.4f}\n", seconds);
}

void assay_record_print_end(const char *hallmark, size_t n_samples, assay_buffer *out) {
    assay_buffer_print(out, "{\"type\":\"end\",\"hallmark\":\"%s\",\"samples\":%zu}\n", hallmark,
                       n_samples);
}

bool assay_sample_is_right(const assay_sample *sample, int option) {
    for (int i = 0; i < sample->n_gold; i++) {
        if (sample->gold[i] == option) return true;
    }
    return false;
}

/* ---- reading ---- */

assay_status assay_record_next(assay_record_reader *reader, cJSON **line, assay_error *err) {
    char where[48];
    *line = NULL;
    const char *start = reader->text + reader->at;
    const char *end = reader->at < reader->n ? memchr(start, '\n', reader->n - reader->at) : NULL;
    if (end == NULL) return ASSAY_OK;
    snprintf(where, sizeof where, "record line %zu", reader->lines + 1);
    assay_status status = assay_json_parse(start, (size_t)(end - start), where, line, err);
    if (status != ASSAY_OK) return status;
    reader->at += (size_t)(end - start) + 1;
    reader->lines++;
    return ASSAY_OK;
}

bool assay_record_is(const cJSON *line, const char *type) {
    const cJSON *item =
        cJSON_IsObject(line) ? cJSON_GetObjectItemCaseSensitive(line, "type") : NULL;
    return cJSON_IsString(item) && strcmp(item->valuestring, type) == 0;
}

static assay_status copy_text(const cJSON *object, const char *key, const char *where, char **out,
                              assay_error *err) {
    const char *text;
    assay_status status = assay_json_get_string(object, key, where, &text, err);
    if (status != ASSAY_OK) return status;
    *out = assay_strndup(text, strlen(text));
    return *out == NULL ? assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", where) : ASSAY_OK;
}

static assay_status copy_hash(const cJSON *object, const char *key, bool may_be_empty,
                              const char *where, char *out, assay_error *err) {
    const char *text;
    assay_status status = assay_json_get_string(object, key, where, &text, err);
    if (status != ASSAY_OK) return status;
    if (!assay_sha256_ok(text) && !(may_be_empty && text[0] == '\0')) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: \"%s\" is not 64 lower-case hex digits", where,
                          key);
    }
    memcpy(out, text, strlen(text) + 1);
    return ASSAY_OK;
}

static assay_status copy_canonical(const cJSON *object, const char *key, const char *where,
                                   char **out, assay_error *err) {
    const cJSON *item;
    assay_buffer text = {0};
    assay_status status = assay_json_get_object(object, key, where, &item, err);
    if (status != ASSAY_OK) return status;
    assay_json_canonical(item, &text);
    if (text.failed) {
        assay_buffer_free(&text);
        return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", where);
    }
    *out = text.data;
    return ASSAY_OK;
}

/* The recipe must be one that this build would run, and already canonical: its text is hashed. */
static assay_status read_recipe(const char *where, assay_record_info *out, assay_error *err) {
    assay_recipe recipe;
    assay_status status = assay_recipe_parse(out->recipe, -1, &recipe, err);
    if (status == ASSAY_OK && strcmp(recipe.canonical, out->recipe) != 0)
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: the recipe lacks keys", where);
    out->free_text = recipe.free_text;
    assay_recipe_free(&recipe);
    return status;
}

static assay_status read_header(const cJSON *line, assay_record_info *out, assay_error *err) {
    static const char where[] = "record line 1";
    const cJSON *model, *dataset;
    int64_t format, samples = 0;
    if (!assay_record_is(line, "run"))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: no header of a run record", where);
    assay_status status = assay_json_get_integer(line, "format", 0, 1000000, where, &format, err);
    if (status == ASSAY_OK && format != 1) {
        status = assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: format %lld; this build reads format 1",
                            where, (long long)format);
    }
    if (status == ASSAY_OK) status = copy_text(line, "engine", where, &out->engine, err);
    if (status == ASSAY_OK) status = copy_canonical(line, "build", where, &out->build, err);
    if (status == ASSAY_OK) status = copy_canonical(line, "recipe", where, &out->recipe, err);
    if (status == ASSAY_OK) status = read_recipe(where, out, err);
    if (status == ASSAY_OK) status = assay_json_get_object(line, "model", where, &model, err);
    if (status == ASSAY_OK) status = copy_text(model, "name", where, &out->model_name, err);
    if (status == ASSAY_OK) status = copy_hash(model, "text", false, where, out->text_sha256, err);
    if (status == ASSAY_OK)
        status = copy_hash(model, "vision", true, where, out->vision_sha256, err);
    if (status == ASSAY_OK) status = assay_json_get_object(line, "dataset", where, &dataset, err);
    if (status == ASSAY_OK) status = copy_text(dataset, "name", where, &out->dataset_name, err);
    if (status == ASSAY_OK) status = copy_hash(dataset, "id", false, where, out->dataset_id, err);
    if (status == ASSAY_OK)
        status =
            assay_json_get_integer(line, "samples", 1, ASSAY_MAX_SAMPLES, where, &samples, err);
    out->n_samples = (size_t)samples;
    return status;
}

assay_status assay_record_read_header(const char *record, size_t n, assay_record_info *out,
                                      assay_error *err) {
    assay_record_reader reader = {.text = record, .n = n};
    cJSON *line = NULL;
    *out = (assay_record_info){0};
    assay_status status = assay_record_next(&reader, &line, err);
    if (status == ASSAY_OK && line == NULL)
        status = assay_fail(err, ASSAY_E_FORMAT, "record line 1: no whole line");
    if (status == ASSAY_OK) status = read_header(line, out, err);
    cJSON_Delete(line);
    if (status != ASSAY_OK) assay_record_info_free(out);
    return status;
}

void assay_record_info_free(assay_record_info *info) {
    free(info->engine);
    free(info->build);
    free(info->recipe);
    free(info->model_name);
    free(info->dataset_name);
    *info = (assay_record_info){0};
}

/* Whether "scores" are exactly the means of the bits: both went through the same arithmetic, and
 * numbers read back as they were. */
static assay_status check_scores(const cJSON *line, const assay_scores *scores, const char *where,
                                 assay_error *err) {
    const cJSON *list;
    int i = 0;
    assay_status status =
        assay_json_get_array(line, "scores", ASSAY_MAX_OPTIONS, where, &list, err);
    if (status != ASSAY_OK) return status;
    for (const cJSON *item = list->child; item != NULL; item = item->next, i++) {
        if (!cJSON_IsNumber(item))
            return assay_fail(err, ASSAY_E_FORMAT, "%s: a score is not a number", where);
        if (i >= scores->n || item->valuedouble != scores->means[i]) break;
    }
    if (i != scores->n || cJSON_GetArraySize(list) != scores->n)
        return assay_fail(err, ASSAY_E_CHECK, "%s: scores do not follow from the bits", where);
    return ASSAY_OK;
}

/* Present exactly when the recipe asks for it: nothing that the hallmark does not cover may pass for an answer. */
static assay_status read_free_text(const cJSON *line, int max_tokens, const char *where,
                                   assay_free_text *out, assay_error *err) {
    const cJSON *object;
    if (max_tokens == 0) {
        if (!assay_json_has(line, "free_text")) return ASSAY_OK;
        return assay_fail(err, ASSAY_E_CHECK, "%s: a free answer, but the recipe asks for none",
                          where);
    }
    assay_status status = assay_json_get_object(line, "free_text", where, &object, err);
    if (status != ASSAY_OK) return status;
    return assay_free_text_from_json(object, max_tokens, where, out, err);
}

assay_status assay_record_read_sample(const cJSON *line, size_t number, int free_text,
                                      assay_record_sample *out, assay_error *err) {
    char where[48];
    const cJSON *bits;
    int64_t prediction;
    bool tie;
    double confidence;
    *out = (assay_record_sample){0};
    snprintf(where, sizeof where, "record line %zu", number);
    if (!assay_record_is(line, "sample"))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: neither a sample nor the end", where);
    assay_status status = assay_json_get_string(line, "id", where, &out->id, err);
    if (status == ASSAY_OK && strlen(out->id) > ASSAY_MAX_ID)
        status =
            assay_fail(err, ASSAY_E_FORMAT, "%s: id of more than %d bytes", where, ASSAY_MAX_ID);
    if (status == ASSAY_OK)
        status = assay_json_get_array(line, "bits", ASSAY_MAX_OPTIONS, where, &bits, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(line, "prediction", 0, ASSAY_MAX_OPTIONS - 1, where,
                                        &prediction, err);
    if (status == ASSAY_OK) status = assay_json_get_bool(line, "tie", where, &tie, err);
    if (status == ASSAY_OK)
        status = assay_json_get_bool(line, "correct", where, &out->correct, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(line, "confidence", 0, 1, where, &confidence, err);
    if (status == ASSAY_OK)
        status = assay_json_get_number(line, "seconds", 0, 1e9, where, &out->seconds, err);
    if (status == ASSAY_OK) status = assay_scores_from_json(bits, where, &out->scores, err);
    if (status == ASSAY_OK) status = check_scores(line, &out->scores, where, err);
    if (status == ASSAY_OK)
        status = read_free_text(line, free_text, where, &out->scores.free_text, err);
    if (status == ASSAY_OK) {
        out->choice = assay_choose(out->scores.means, out->scores.n);
        if (out->choice.index != prediction || out->choice.tie != tie ||
            out->choice.confidence != confidence) {
            status =
                assay_fail(err, ASSAY_E_CHECK,
                           "%s: prediction, tie or confidence do not follow from the bits", where);
        }
    }
    if (status != ASSAY_OK) assay_scores_free(&out->scores);
    return status;
}

assay_status assay_record_check_end(const cJSON *line, const char *hallmark, size_t n_samples,
                                    assay_error *err) {
    const char *claimed;
    int64_t samples;
    assay_status status =
        assay_json_get_string(line, "hallmark", "record's closing line", &claimed, err);
    if (status == ASSAY_OK)
        status = assay_json_get_integer(line, "samples", 0, ASSAY_MAX_SAMPLES,
                                        "record's closing line", &samples, err);
    if (status != ASSAY_OK) return status;
    if ((size_t)samples != n_samples) {
        return assay_fail(err, ASSAY_E_CHECK, "the record closes with %lld samples, but has %zu",
                          (long long)samples, n_samples);
    }
    if (strcmp(claimed, hallmark) != 0)
        return assay_fail(err, ASSAY_E_CHECK,
                          "the record's hallmark does not follow from its lines, which give %s",
                          hallmark);
    return ASSAY_OK;
}

/* ---- whole record -----------------------------------------------------------------------------
 */

/* Lines behind the header, up to the closing one. */
static assay_status check_lines(assay_record_reader *reader, const assay_record_info *info,
                                assay_sha256 *sha, assay_error *err) {
    size_t done = 0;
    for (;;) {
        cJSON *line = NULL;
        assay_record_sample sample = {0};
        assay_status status = assay_record_next(reader, &line, err);
        if (status == ASSAY_OK && line == NULL) {
            status = assay_fail(err, ASSAY_E_CHECK,
                                "the record is not finished: %zu of %zu samples, no closing line",
                                done, info->n_samples);
        }
        bool end = status == ASSAY_OK && assay_record_is(line, "end");
        if (end && done != info->n_samples)
            status = assay_fail(err, ASSAY_E_CHECK, "the record closes after %zu of %zu samples",
                                done, info->n_samples);
        if (end && status == ASSAY_OK)
            status = assay_record_check_end(line, assay_sha256_final(sha).hex, done, err);
        if (!end && status == ASSAY_OK)
            status = assay_record_read_sample(line, reader->lines, info->free_text, &sample, err);
        if (!end && status == ASSAY_OK) assay_hallmark_add(sha, sample.id, &sample.scores);
        assay_scores_free(&sample.scores);
        cJSON_Delete(line);
        if (end || status != ASSAY_OK) return status;
        done++;
    }
}

assay_status assay_record_check(const char *record, size_t n, assay_error *err) {
    assay_record_info info;
    assay_record_reader reader = {.text = record, .n = n};
    cJSON *header = NULL;
    assay_sha256 sha;
    assay_status status = assay_record_read_header(record, n, &info, err);
    if (status != ASSAY_OK) return status;
    status = assay_record_next(&reader, &header, err); /* again, to stand behind it */
    cJSON_Delete(header);
    assay_hallmark_begin(&sha, info.text_sha256, info.vision_sha256, info.dataset_id, info.recipe);
    if (status == ASSAY_OK) status = check_lines(&reader, &info, &sha, err);
    if (status == ASSAY_OK && reader.at != n)
        status = assay_fail(err, ASSAY_E_CHECK, "the record goes on behind its closing line");
    assay_record_info_free(&info);
    return status;
}
