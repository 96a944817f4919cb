/* Any bytes as a concept pool, as imported concepts, as what an endpoint answers, and as a phrase: a pool that is accepted
 * prints to what reads back as itself, and every phrase that is let in is a clean one. */
#include "fuzz.h"

#include "assay_concepts.h"
#include "cli/endpoint.h"

static const char system_json[] =
    "{\"format\":1,\"id\":\"one\",\"name\":\"One\",\"source\":\"made up\",\"values\":[{\"id\":"
    "\"care\",\"name\":\"Care\",\"definition\":\"Kindness.\"}]}";

static bool is_clean(const char *text) {
    char again[ASSAY_CONCEPT_BYTES + 1];
    return assay_concept_clean(text, strlen(text), again) && strcmp(text, again) == 0;
}

static void check_pool(const char *bytes, size_t n, const assay_values *values) {
    assay_concepts *c = NULL, *again = NULL;
    assay_error err = {0};
    assay_buffer text = {0};
    if (assay_concepts_parse(bytes, n, "fuzz", values, &c, &err) != ASSAY_OK) {
        PROMISE(c == NULL && err.text[0] != '\0');
        return;
    }
    PROMISE(assay_concepts_print(c, &text, &err) == ASSAY_OK &&
            assay_concepts_parse(text.data, text.len, "again", values, &again, &err) == ASSAY_OK &&
            strcmp(assay_concepts_sha256(c), assay_concepts_sha256(again)) == 0);
    assay_concepts_free(again);
    PROMISE(assay_concepts_deduplicate(c, 0.7, 0.9, &again, &err) == ASSAY_OK &&
            assay_concepts_count(again) <= assay_concepts_count(c));
    assay_concepts_free(again);
    assay_concepts_free(c);
    assay_buffer_free(&text);
}

static void check_import(const char *bytes, size_t n, const assay_values *values) {
    assay_extractor x;
    assay_error err = {0};
    if (assay_extractor_import(bytes, n, "fuzz", values, &x, &err) != ASSAY_OK)
        PROMISE(x.context == NULL && err.text[0] != '\0');
    for (size_t i = 0; i < x.n_known; i++) PROMISE(is_clean(x.known[i].text));
    assay_extractor_destroy(&x);
}

static void check_answer(const char *bytes, size_t n, const assay_values *values) {
    const assay_extract_request r = {
        .id = "t", .scenario = "", .response = "R", .value = assay_values_at(values, 0), .k = 3};
    assay_phrase out[3];
    char message[100];
    size_t n_out = 0;
    assay_error err = {0};
    if (assay_endpoint_phrases(bytes, n, "key", &r, out, &n_out, &err) != ASSAY_OK)
        PROMISE(n_out == 0 && err.text[0] != '\0');
    for (size_t i = 0; i < n_out; i++)
        PROMISE(is_clean(out[i].text) && strstr(out[i].text, "key") == NULL);
    assay_endpoint_message(bytes, n, "key", message, sizeof message);
    PROMISE(strstr(message, "key") == NULL);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    assay_values *values = NULL;
    assay_error err = {0};
    char phrase[ASSAY_CONCEPT_BYTES + 1];
    PROMISE(assay_values_parse(system_json, sizeof system_json - 1, "one", &values, &err) ==
            ASSAY_OK);
    check_pool((const char *)bytes, n, values);
    check_import((const char *)bytes, n, values);
    check_answer((const char *)bytes, n, values);
    if (assay_concept_clean((const char *)bytes, n, phrase)) PROMISE(is_clean(phrase));
    assay_values_free(values);
    return 0;
}
