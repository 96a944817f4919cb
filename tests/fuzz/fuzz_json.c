/* Any bytes as JSON: what is accepted has a canonical form that reads back as itself; and as a
 * recipe. */
#include "fuzz.h"

#include "assay_eval.h"
#include "format/json.h"

static void check_canonical(const cJSON *value) {
    assay_buffer once = {0}, twice = {0};
    assay_error err = {0};
    cJSON *again = NULL;
    assay_json_canonical(value, &once);
    PROMISE(!once.failed &&
            assay_json_parse(once.data, once.len, "again", &again, &err) == ASSAY_OK);
    assay_json_canonical(again, &twice);
    PROMISE(once.len == twice.len && memcmp(once.data, twice.data, once.len) == 0);
    cJSON_Delete(again);
    assay_buffer_free(&once);
    assay_buffer_free(&twice);
}

static void check_recipe(const uint8_t *bytes, size_t n) {
    char *text = assay_strndup((const char *)bytes, n), *once = NULL, *twice = NULL;
    assay_error err = {0};
    PROMISE(text != NULL);
    if (assay_recipe_canonical(text, -1, &once, &err) == ASSAY_OK) {
        PROMISE(assay_recipe_canonical(once, -1, &twice, &err) == ASSAY_OK &&
                strcmp(once, twice) == 0);
    } else {
        PROMISE(once == NULL && err.text[0] != '\0');
    }
    free(text);
    free(once);
    free(twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    cJSON *value = NULL;
    assay_error err = {0};
    assay_status status = assay_json_parse((const char *)bytes, n, "fuzz", &value, &err);
    PROMISE((status == ASSAY_OK) == (value != NULL) &&
            (status == ASSAY_OK) == (err.text[0] == '\0'));
    if (value != NULL) check_canonical(value);
    cJSON_Delete(value);
    check_recipe(bytes, n);
    return 0;
}
