/* Rules and text form of one sample. */
#include "format/shard/sample.h"

#include <string.h>

#include "format/json.h"

static bool is_plain(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
}

bool assay_file_name_ok(const char *name) {
    size_t n = strlen(name);
    if (n == 0 || n > ASSAY_MAX_NAME || name[0] == '.') return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_plain((unsigned char)name[i]) && name[i] != '.') return false;
    }
    return true;
}

bool assay_sha256_ok(const char *hex) {
    size_t i = 0;
    while (i < 64 && ((hex[i] >= '0' && hex[i] <= '9') || (hex[i] >= 'a' && hex[i] <= 'f'))) i++;
    return i == 64 && hex[64] == '\0';
}

/* No dot: WebDataset takes what stands before the first dot of a member's name as its sample. */
static bool id_ok(const char *id) {
    size_t n = strlen(id);
    if (n == 0 || n > ASSAY_MAX_ID) return false;
    for (size_t i = 0; i < n; i++) {
        if (!is_plain((unsigned char)id[i])) return false;
    }
    return true;
}

static assay_status check_length(const char *text, size_t low, size_t high, const char *name,
                                 const char *where, assay_error *err) {
    size_t n = strlen(text);
    if (n < low) return assay_fail(err, ASSAY_E_FORMAT, "%s: %s is empty", where, name);
    if (n > high)
        return assay_fail(err, ASSAY_E_LIMIT, "%s: %s has %zu bytes, more than %zu", where, name, n,
                          high);
    return ASSAY_OK;
}

static assay_status check_gold(const assay_sample *s, const char *where, assay_error *err) {
    bool seen[ASSAY_MAX_OPTIONS] = {false};
    if (s->n_gold < 1 || s->n_gold > s->n_options) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: gold names %d of %d options", where, s->n_gold,
                          s->n_options);
    }
    for (int i = 0; i < s->n_gold; i++) {
        int gold = s->gold[i];
        if (gold < 0 || gold >= s->n_options)
            return assay_fail(err, ASSAY_E_FORMAT, "%s: gold %d of %d options", where, gold,
                              s->n_options);
        if (seen[gold]) return assay_fail(err, ASSAY_E_FORMAT, "%s: gold %d twice", where, gold);
        seen[gold] = true;
    }
    return ASSAY_OK;
}

static assay_status check_question(const assay_sample *s, const char *where, assay_error *err) {
    size_t n = strlen(s->question);
    if (s->interleaved && s->n_images == 0) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: a question around images, but there are no images", where);
    }
    for (int i = 0; s->interleaved && i < s->n_images; i++) n += strlen(s->after[i]);
    if (n == 0) return assay_fail(err, ASSAY_E_FORMAT, "%s: question is empty", where);
    if (n > ASSAY_MAX_QUESTION) {
        return assay_fail(err, ASSAY_E_LIMIT, "%s: question has %zu bytes, more than %u", where, n,
                          ASSAY_MAX_QUESTION);
    }
    return ASSAY_OK;
}

assay_status assay_sample_check(const assay_sample *s, const char *where, assay_error *err) {
    const struct {
        const char *name, *text;
        size_t low, high;
    } texts[] = {
        {"dimension", s->dimension, 1, ASSAY_MAX_NAME},
        {"domain", s->domain, 1, ASSAY_MAX_NAME},
        {"task", s->task, 1, ASSAY_MAX_NAME},
        {"cluster", s->cluster, 0, ASSAY_MAX_NAME},
    };
    assay_status status;
    if (!id_ok(s->id))
        return assay_fail(err, ASSAY_E_FORMAT, "%s: id is not 1 to %d letters, digits, '_' or '-'",
                          where, ASSAY_MAX_ID);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        status =
            check_length(texts[i].text, texts[i].low, texts[i].high, texts[i].name, where, err);
        if (status != ASSAY_OK) return status;
    }
    if (strcmp(s->dimension, "Helpful") != 0 && strcmp(s->dimension, "Honest") != 0 &&
        strcmp(s->dimension, "Harmless") != 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: dimension is none of Helpful, Honest, Harmless",
                          where);
    }
    if (s->n_options < 2 || s->n_options > ASSAY_MAX_OPTIONS) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %d options, not 2 to %d", where, s->n_options,
                          ASSAY_MAX_OPTIONS);
    }
    for (int i = 0; i < s->n_options; i++) {
        status = check_length(s->options[i], 1, ASSAY_MAX_OPTION, "an option", where, err);
        if (status != ASSAY_OK) return status;
    }
    if (s->n_images < 0 || s->n_images > ASSAY_MAX_IMAGES) {
        return assay_fail(err, ASSAY_E_LIMIT, "%s: %d images, more than %d", where, s->n_images,
                          ASSAY_MAX_IMAGES);
    }
    status = check_question(s, where, err);
    return status == ASSAY_OK ? check_gold(s, where, err) : status;
}

static void print_images(const assay_sample *s, assay_buffer *out) {
    assay_buffer_print(out, ",\"images\":[");
    for (int i = 0; i < s->n_images; i++) {
        const assay_member *m = &s->images[i];
        assay_buffer_print(out, "%s{\"name\":", i > 0 ? "," : "");
        assay_json_string(out, m->name);
        assay_buffer_print(out, ",\"offset\":%llu,\"sha256\":", (unsigned long long)m->offset);
        assay_json_string(out, m->sha256);
        assay_buffer_print(out, ",\"shard\":%d,\"size\":%llu}", m->shard,
                           (unsigned long long)m->size);
    }
    assay_buffer_print(out, "]");
}

void assay_sample_print_question(const assay_sample *s, assay_buffer *out) {
    assay_buffer_append(out, s->question, strlen(s->question));
    for (int i = 0; s->interleaved && i < s->n_images; i++)
        assay_buffer_print(out, "[image %d]%s", i + 1, s->after[i]);
}

static void print_question(const assay_sample *s, assay_buffer *out) {
    if (!s->interleaved) {
        assay_json_string(out, s->question);
        return;
    }
    assay_buffer_append(out, "[", 1);
    assay_json_string(out, s->question);
    for (int i = 0; i < s->n_images; i++) {
        assay_buffer_append(out, ",", 1);
        assay_json_string(out, s->after[i]);
    }
    assay_buffer_append(out, "]", 1);
}

/* Keys stand in their sorted order. */
void assay_sample_print(const assay_sample *s, bool with_images, assay_buffer *out) {
    assay_buffer_print(out, "{\"cluster\":");
    assay_json_string(out, s->cluster);
    assay_buffer_print(out, ",\"dimension\":");
    assay_json_string(out, s->dimension);
    assay_buffer_print(out, ",\"domain\":");
    assay_json_string(out, s->domain);
    assay_buffer_print(out, ",\"gold\":[");
    for (int i = 0; i < s->n_gold; i++)
        assay_buffer_print(out, "%s%d", i > 0 ? "," : "", s->gold[i]);
    assay_buffer_print(out, "],\"id\":");
    assay_json_string(out, s->id);
    if (with_images) print_images(s, out);
    assay_buffer_print(out, ",\"options\":[");
    for (int i = 0; i < s->n_options; i++) {
        if (i > 0) assay_buffer_append(out, ",", 1);
        assay_json_string(out, s->options[i]);
    }
    assay_buffer_print(out, "],\"question\":");
    print_question(s, out);
    assay_buffer_print(out, ",\"sight\":%s,\"task\":", s->sight ? "true" : "false");
    assay_json_string(out, s->task);
    assay_buffer_append(out, "}", 1);
}
