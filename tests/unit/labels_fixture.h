/* A value system of three values and files of labels in every format: what the tests and the fuzz target of labels share. */
#ifndef ASSAY_TEST_LABELS_FIXTURE_H
#define ASSAY_TEST_LABELS_FIXTURE_H

#include <stdlib.h>
#include <string.h>

#include "assay_clave.h"

#define LABEL_FORMATS 8

static const char *const label_formats[LABEL_FORMATS] = {
    "jsonl", "csv", "label-studio", "doccano", "prodigy", "argilla", "crowd-kit", "mace"};

static const char labels_system[] =
    "{\"format\":1,\"id\":\"three\",\"name\":\"Three\",\"source\":\"made up\",\"values\":["
    "{\"id\":\"security\",\"name\":\"Security\",\"definition\":\"Safety.\",\"concepts\":[\"Being "
    "safe\"]},"
    "{\"id\":\"power\",\"name\":\"Power\",\"definition\":\"Control.\"},"
    "{\"id\":\"self-direction\",\"name\":\"Self-direction\",\"definition\":\"Freedom.\"}]}";

/* NULL when it cannot be had. Freed by assay_values_free. */
static inline assay_values *labels_values(void) {
    assay_values *values = NULL;
    assay_error err = {0};
    assay_values_parse(labels_system, sizeof labels_system - 1, "three.json", &values, &err);
    return values;
}

/* Two texts of three annotators with everything that a vote can have, and a text without votes. */
static const char labels_all[] =
    "{\"id\":\"t 1\",\"scenario\":\"What, \\\"now\\\"?\",\"response\":\"Lock the "
    "door.\\nT\xC3\xBCr zu!\",\"value\":\"security\",\"label\":\"adheres\",\"annotator\":\"anna\","
    "\"time\":1700000000,\"note\":\"clear, \\\"very\\\"\",\"source\":\"model-a\"}\n"
    "{\"id\":\"t 1\",\"scenario\":\"What, \\\"now\\\"?\",\"response\":\"Lock the "
    "door.\\nT\xC3\xBCr zu!\",\"value\":\"security\",\"label\":\"opposes\",\"annotator\":\"b, "
    "\\\"bob\\\"\",\"time\":1700000001}\n"
    "{\"id\":\"t 1\",\"scenario\":\"What, \\\"now\\\"?\",\"response\":\"Lock the "
    "door.\\nT\xC3\xBCr "
    "zu!\",\"value\":\"self-direction\",\"label\":\"unrelated\",\"annotator\":\"b, "
    "\\\"bob\\\"\",\"time\":1700000002}\n"
    "{\"id\":\"t 1\",\"scenario\":\"What, \\\"now\\\"?\",\"response\":\"Lock the "
    "door.\\nT\xC3\xBCr zu!\",\"value\":\"power\",\"label\":\"skip\",\"annotator\":\"anna\"}\n"
    "{\"id\":\"t:2\",\"scenario\":\"\",\"response\":\"Rule them.\",\"values\":{\"power\":1,"
    "\"security\":-1},\"annotator\":\"carl\",\"model\":\"model-b\"}\n"
    "{\"id\":\"t3\",\"response\":\"Nobody labelled this.\"}\n";

#endif
