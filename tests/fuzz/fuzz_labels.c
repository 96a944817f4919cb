/* Any bytes as a label file of any format, or as a value system: the first byte picks. What is accepted is sorted, comes
 * back from every format that it is written in, and does not depend on the file being read once or twice. */
#include "fuzz.h"

#include "unit/labels_fixture.h"

static const char texts[] = "{\"id\":\"a\",\"scenario\":\"S\",\"response\":\"R\"}\n";

static void check_system(const char *json, size_t n) {
    assay_values *v = NULL, *again = NULL;
    assay_error err = {0};
    assay_status status = assay_values_parse(json, n, "fuzz", &v, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0') && (status == ASSAY_OK) == (v != NULL));
    if (v == NULL) return;
    const char *canonical = assay_values_json(v);
    PROMISE(assay_values_parse(canonical, strlen(canonical), "fuzz", &again, &err) == ASSAY_OK);
    PROMISE(strcmp(assay_values_sha256(v), assay_values_sha256(again)) == 0);
    PROMISE(assay_values_count(v) >= 1 && assay_values_count(v) <= ASSAY_MAX_VALUES);
    for (size_t i = 0; i < assay_values_count(v); i++)
        PROMISE(assay_values_find(v, assay_values_at(v, i)->id) == (int)i);
    assay_values_free(v);
    assay_values_free(again);
}

static void check_order(const assay_labels *l, const assay_values *values) {
    for (size_t i = 0; i < assay_labels_n_votes(l); i++) {
        const assay_vote *v = assay_labels_vote(l, i), *last = i > 0 ? v - 1 : NULL;
        PROMISE(v->text < assay_labels_n_texts(l) && v->value < assay_values_count(values) &&
                v->annotator < assay_labels_n_annotators(l));
        PROMISE(v->label >= -1 && v->label <= 1 && v->time >= 0 && v->note != NULL);
        PROMISE(last == NULL || last->text < v->text ||
                (last->text == v->text &&
                 (last->value < v->value ||
                  (last->value == v->value && last->annotator < v->annotator))));
    }
    for (size_t i = 1; i < assay_labels_n_texts(l); i++)
        PROMISE(strcmp(assay_labels_text(l, i - 1)->id, assay_labels_text(l, i)->id) < 0);
}

/* The set of one file, read `times` times, and of the texts for the formats that have none. */
static assay_labels *read_labels(const assay_values *values, const char *format, const char *bytes,
                                 size_t n, int times) {
    assay_labels *l = NULL;
    assay_labels_builder *b = assay_labels_builder_create(values);
    PROMISE(b != NULL);
    assay_error err = {0};
    assay_status status =
        assay_labels_builder_add(b, "jsonl", "texts", texts, sizeof texts - 1, &err);
    for (int i = 0; i < times && status == ASSAY_OK; i++)
        status = assay_labels_builder_add(b, format, "fuzz.x", bytes, n, &err);
    PROMISE(status == ASSAY_OK || err.text[0] != '\0');
    if (status == ASSAY_OK)
        assay_labels_builder_finish(b, &l, &err);
    else
        assay_labels_builder_free(b);
    PROMISE((l != NULL) == (err.text[0] == '\0'));
    return l;
}

static void check_labels(const char *format, const char *bytes, size_t n) {
    static const char *const whole[] = {"jsonl", "label-studio", "doccano", "prodigy"};
    assay_values *values = labels_values();
    PROMISE(values != NULL);
    assay_labels *l = read_labels(values, format, bytes, n, 1);
    assay_labels *twice = read_labels(values, format, bytes, n, 2);
    PROMISE((l == NULL) == (twice == NULL));
    if (l != NULL) {
        check_order(l, values);
        PROMISE(strcmp(assay_labels_sha256(l), assay_labels_sha256(twice)) == 0);
        for (size_t f = 0; f < LABEL_FORMATS; f++) {
            assay_buffer out = {0};
            assay_error err = {0};
            PROMISE(assay_labels_write(l, values, label_formats[f], &out, &err) == ASSAY_OK);
            for (size_t w = 0; w < sizeof whole / sizeof *whole; w++) {
                if (strcmp(whole[w], label_formats[f]) != 0) continue;
                assay_labels *back = read_labels(values, whole[w], out.data, out.len, 1);
                PROMISE(back != NULL);
                PROMISE(strcmp(assay_labels_sha256(back), assay_labels_sha256(l)) == 0);
                assay_labels_free(back);
            }
            assay_buffer_free(&out);
        }
    }
    assay_labels_free(l);
    assay_labels_free(twice);
    assay_values_free(values);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    if (n == 0) return 0;
    const char *file = (const char *)bytes + 1;
    if (bytes[0] == 'v')
        check_system(file, n - 1);
    else
        check_labels(label_formats[bytes[0] % LABEL_FORMATS], file, n - 1);
    return 0;
}
