/* Any bytes as the parts of a split model file, each beginning where a GGUF header does: opened, looked up, and when
 * they hold together, written as one file of another type. */
#define N_MUTANTS 500
#include "fuzz.h"

#include "model/loader.h"
#include "model/quantize.h"

enum { MAX_PARTS = 6 };

static size_t cut(const uint8_t *bytes, size_t n, assay_model_file parts[MAX_PARTS]) {
    size_t begin[MAX_PARTS + 1] = {0}, n_parts = 1;
    for (size_t i = 1; i + 8 <= n && n_parts < MAX_PARTS; i++)
        if (memcmp(bytes + i, "GGUF\3\0\0\0", 8) == 0) begin[n_parts++] = i;
    begin[n_parts] = n;
    for (size_t i = 0; i < n_parts; i++) {
        size_t length = begin[i + 1] - begin[i];
        parts[i] = (assay_model_file){malloc(length > 0 ? length : 1), length, "fuzz"};
        PROMISE(parts[i].bytes != NULL);
        if (length > 0) memcpy(parts[i].bytes, bytes + begin[i], length);
    }
    return n_parts;
}

static assay_status count(void *context, const void *bytes, size_t n, assay_error *err) {
    (void)err;
    if (n > 0) (void)*((const uint8_t *)bytes + n - 1);
    *(uint64_t *)context += n;
    return ASSAY_OK;
}

static void look_at(const assay_parts *parts) {
    const assay_gguf_tensor *t = NULL;
    uint8_t *data = NULL;
    size_t i = 0;
    for (; (t = assay_parts_at(parts, i, &data)) != NULL; i++) {
        PROMISE(assay_parts_find(parts, t->name) == i && t->bytes > 0);
        (void)(data[0] + data[t->bytes - 1]);
    }
    PROMISE(i == assay_parts_n_tensors(parts) && assay_parts_find(parts, "") == i);
    PROMISE(strlen(assay_parts_sha256(parts).hex) == 64);
}

static void convert(const assay_parts *parts) {
    uint64_t n = 0;
    assay_error err = {0};
    assay_quantize_report report = {0};
    const assay_quantize_options options = {ASSAY_Q8_0, NULL, count, &n};
    assay_status status = assay_quantize(parts, &options, &report, &err);
    PROMISE((status == ASSAY_OK) == (err.text[0] == '\0'));
    PROMISE(status != ASSAY_OK || report.n_bytes == n);
    assay_quantize_report_free(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    assay_model_file files[MAX_PARTS];
    assay_parts parts = {0};
    assay_error err = {0};
    assay_status status = assay_parts_open(files, cut(bytes, n, files), &parts, &err);
    PROMISE((status == ASSAY_OK) == (parts.n > 0) && (status == ASSAY_OK) == (err.text[0] == '\0'));
    if (status == ASSAY_OK) {
        look_at(&parts);
        convert(&parts);
    }
    assay_parts_close(&parts);
    return 0;
}
