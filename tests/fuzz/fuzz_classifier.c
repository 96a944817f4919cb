/* Any bytes as a classifier: what is accepted judges any text, and reads back as the same. */
#define N_MUTANTS 60 /* each that is accepted builds its tables */
#include "fuzz.h"

#include "assay_clave.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    static assay_judgement judgements[ASSAY_MAX_VALUES];
    const assay_judged_text text = {"x", "What now?", "They help, they hurt.", ""};
    assay_classifier *c = NULL, *again = NULL;
    assay_buffer printed = {0};
    assay_error err = {0};
    assay_status status = assay_classifier_parse((const char *)bytes, n, "fuzz", &c, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0') && (status == ASSAY_OK) == (c != NULL));
    if (c == NULL) return 0;
    size_t n_values = assay_values_count(assay_classifier_values(c));
    PROMISE(assay_classifier_print(c, &printed, &err) == ASSAY_OK);
    PROMISE(assay_classifier_parse(printed.data, printed.len, "again", &again, &err) == ASSAY_OK);
    PROMISE(strcmp(assay_classifier_sha256(c), assay_classifier_sha256(again)) == 0);
    if (assay_classifier_encoder(c) == NULL && assay_classifier_concepts(c) == NULL) {
        PROMISE(assay_classifier_judge(c, &text, 1, NULL, 0, NULL, 0.5, NULL, judgements, &err) ==
                ASSAY_OK);
        for (size_t v = 0; v < n_values; v++) {
            const assay_judgement *j = &judgements[v];
            PROMISE(j->label >= -1 && j->label <= 1 && j->p[0] >= 0 && j->p[0] <= 1);
            for (int k = 0; k < j->n_nearest; k++)
                PROMISE(j->nearest[k].example < assay_classifier_n_examples(c));
        }
    }
    assay_buffer_free(&printed);
    assay_classifier_free(c);
    assay_classifier_free(again);
    return 0;
}
