/* Any bytes as a classifier: what is accepted judges any text, with the vectors that it asks for, and reads back as the same. */
#define N_MUTANTS 60 /* each that is accepted builds its tables */
#include "fuzz.h"

#include "clave/classifier/classifier.h"

/* A text and, of the classifier's encoder, all views of it. */
static void check_judging(const assay_classifier *c) {
    static assay_judgement judgements[ASSAY_MAX_VALUES];
    const assay_judged_text text = {"x", "What now?", "They help, they hurt.", ""};
    size_t n_values = assay_values_count(assay_classifier_values(c)), dim = c->dim > 0 ? c->dim : 1;
    assay_error err = {0};
    float *x = malloc(dim * sizeof *x); /* to the byte: the sanitizer sees the end */
    PROMISE(x != NULL);
    for (size_t d = 0; d < dim; d++) x[d] = d % 2 == 0 ? 0.5f : -0.25f;
    const assay_vectors v = {.name = "e",
                             .sha256 = c->encoder_sha256,
                             .dim = c->dim,
                             .response = x,
                             .scenario = x,
                             .both = x};
    PROMISE(assay_classifier_judge(c, &text, 1, &v, c->encoder_sha256 != NULL ? 1 : 0, NULL, 0.5,
                                   NULL, judgements, &err) == ASSAY_OK);
    for (size_t i = 0; i < n_values; i++) {
        const assay_judgement *j = &judgements[i];
        PROMISE(j->label >= -1 && j->label <= 1 && j->p[0] >= 0 && j->p[0] <= 1);
        for (int k = 0; k < j->n_nearest; k++)
            PROMISE(j->nearest[k].example < assay_classifier_n_examples(c));
    }
    free(x);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    assay_classifier *c = NULL, *again = NULL;
    assay_buffer printed = {0};
    assay_error err = {0};
    assay_status status = assay_classifier_parse((const char *)bytes, n, "fuzz", &c, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0') && (status == ASSAY_OK) == (c != NULL));
    if (c == NULL) return 0;
    PROMISE(assay_classifier_print(c, &printed, &err) == ASSAY_OK);
    PROMISE(assay_classifier_parse(printed.data, printed.len, "again", &again, &err) == ASSAY_OK);
    PROMISE(strcmp(assay_classifier_sha256(c), assay_classifier_sha256(again)) == 0);
    if (assay_classifier_concepts(c) == NULL) check_judging(c);
    assay_buffer_free(&printed);
    assay_classifier_free(c);
    assay_classifier_free(again);
    return 0;
}
