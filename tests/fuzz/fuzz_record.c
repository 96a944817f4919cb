/* Any bytes as a run record: its header, the whole check, and report and answers over the dataset of the
 * seeds (tests/golden/gen/bad_records.py writes the same index and manifest). */
#include "fuzz.h"

#include "assay_eval.h"
#include "format/json.h"

static const char index_text[] =
    "{\"dimension\":\"Honest\",\"domain\":\"d\",\"gold\":[0],\"id\":\"a\",\"images\":[],"
    "\"options\":[\"x\",\"y\"],\"question\":\"q\",\"sight\":false,\"task\":\"t\"}\n"
    "{\"dimension\":\"Honest\",\"domain\":\"d\",\"gold\":[1],\"id\":\"b\",\"images\":[],"
    "\"options\":[\"x\",\"y\"],\"question\":\"q\",\"sight\":true,\"task\":\"u\"}\n";

static assay_dataset *open_dataset(void) {
    char manifest[512];
    assay_dataset *d = NULL;
    assay_error err = {0};
    int n = snprintf(
        manifest, sizeof manifest,
        "{\"format\":1,\"index\":{\"bytes\":%zu,\"file\":\"i\",\"sha256\":\"%s\"},\"licence\":"
        "\"l\",\"n_samples\":2,\"name\":\"n\",\"shards\":[],\"version\":\"1\"}",
        sizeof index_text - 1, assay_sha256_of(index_text, sizeof index_text - 1).hex);
    PROMISE(assay_dataset_open(manifest, (size_t)n, index_text, sizeof index_text - 1, &d, &err) ==
            ASSAY_OK);
    return d;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    const char *record = (const char *)bytes;
    assay_record_info info;
    assay_error header_err = {0}, check_err = {0}, report_err = {0}, answers_err = {0};
    assay_answer *answers = NULL;
    size_t n_answers = 0;
    char *json = NULL;
    assay_dataset *d = open_dataset();
    assay_status header = assay_record_read_header(record, n, &info, &header_err);
    assay_status check = assay_record_check(record, n, &check_err);
    assay_status report = assay_report(d, record, n, &json, &report_err);
    assay_status texts = assay_record_answers(d, record, n, &answers, &n_answers, &answers_err);
    PROMISE(header != ASSAY_OK || info.n_samples >= 1);
    PROMISE(header == ASSAY_OK ||
            (check != ASSAY_OK && report != ASSAY_OK && header_err.text[0] != '\0'));
    PROMISE((report == ASSAY_OK) == (json != NULL) && report == texts);
    PROMISE((n_answers > 0) == (answers != NULL) && n_answers <= 2);
    for (size_t i = 0; i < n_answers; i++)
        PROMISE(answers[i].free_text == (info.free_text > 0) && answers[i].cluster == i);
    if (json != NULL) {
        cJSON *value = NULL;
        PROMISE(assay_json_parse(json, strlen(json), "report", &value, &report_err) == ASSAY_OK);
        bool closed = cJSON_IsString(cJSON_GetObjectItemCaseSensitive(value, "hallmark"));
        PROMISE(closed == (check == ASSAY_OK)); /* a hallmark exactly when the whole record holds */
        cJSON_Delete(value);
    }
    if (header == ASSAY_OK) assay_record_info_free(&info);
    free(json);
    assay_answers_free(answers, n_answers);
    assay_dataset_close(d);
    return 0;
}
