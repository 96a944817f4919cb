/* Two values and texts labelled for them: what the tests of concepts share. */
#ifndef ASSAY_TEST_CONCEPTS_FIXTURE_H
#define ASSAY_TEST_CONCEPTS_FIXTURE_H

#include "assay_concepts.h"
#include "test.h"

static inline assay_values *fixture_values(void) {
    static const char json[] =
        "{\"format\":1,\"id\":\"two\",\"name\":\"Two values\",\"source\":\"made up\",\"values\":["
        "{\"id\":\"care\",\"name\":\"Care\",\"definition\":\"Kindness and protection from harm.\","
        "\"concepts\":[\"Being kind to others\",\"Protecting people from harm\"]},"
        "{\"id\":\"fairness\",\"name\":\"Fairness\",\"definition\":\"Equal treatment.\"}]}";
    assay_values *values = NULL;
    assay_error err = {0};
    if (assay_values_parse(json, sizeof json - 1, "two.json", &values, &err) != ASSAY_OK) {
        printf("%s\n", err.text);
        abort();
    }
    return values;
}

static inline assay_labels *fixture_read_labels(const assay_values *values, const char *jsonl) {
    assay_labels_builder *b = assay_labels_builder_create(values);
    assay_labels *labels = NULL;
    assay_error err = {0};
    if (b == NULL ||
        assay_labels_builder_add(b, "jsonl", "l.jsonl", jsonl, strlen(jsonl), &err) != ASSAY_OK ||
        assay_labels_builder_finish(b, &labels, &err) != ASSAY_OK) {
        printf("%s\n", err.text);
        abort();
    }
    return labels;
}

/* n texts "t0000", ..., all of them labelled so for "care" and for nothing else. */
static inline assay_labels *fixture_labels(const assay_values *values, size_t n,
                                           const char *label) {
    assay_buffer text = {0};
    for (size_t i = 0; i < n; i++)
        assay_buffer_print(&text,
                           "{\"id\":\"t%04zu\",\"scenario\":\"S%zu\",\"response\":\"R%zu\","
                           "\"value\":\"care\",\"label\":\"%s\",\"annotator\":\"a\"}\n",
                           i, i, i, label);
    assay_labels *labels = fixture_read_labels(values, text.data);
    assay_buffer_free(&text);
    return labels;
}

#endif
