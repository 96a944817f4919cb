/* Any bytes as the index of a dataset whose manifest fits it, and as a manifest. */
#include "fuzz.h"

#include "eval/scenario.h"
#include "format/shard/shard.h"

#define SHARD_BYTES 1048576

static void check_sample(const assay_sample *s) {
    PROMISE(s->n_options >= 2 && s->n_options <= ASSAY_MAX_OPTIONS && s->n_gold >= 1 &&
            s->n_gold <= s->n_options);
    for (int i = 0; i < s->n_gold; i++) PROMISE(s->gold[i] >= 0 && s->gold[i] < s->n_options);
    for (int i = 0; i < s->n_options; i++) PROMISE(s->options[i][0] != '\0');
    PROMISE(s->n_images >= 0 && s->n_images <= ASSAY_MAX_IMAGES && s->cluster != NULL);
    for (int i = 0; i < s->n_images; i++) {
        const assay_member *m = &s->images[i];
        PROMISE(m->shard == 0 && m->offset <= SHARD_BYTES && m->size <= SHARD_BYTES - m->offset &&
                strlen(m->sha256) == 64);
    }
}

static void open_dataset(const char *manifest, size_t n_manifest, const uint8_t *index,
                         size_t n_index) {
    assay_dataset *d = NULL;
    assay_error err = {0};
    size_t *picks = NULL, n_picks = 0;
    assay_status status =
        assay_dataset_open(manifest, n_manifest, (const char *)index, n_index, &d, &err);
    PROMISE((status == ASSAY_OK) == (d != NULL) && (status == ASSAY_OK) == (err.text[0] == '\0'));
    if (d == NULL) return;
    for (size_t i = 0; i < assay_dataset_n_samples(d); i++) {
        check_sample(assay_dataset_sample(d, i));
        for (size_t k = 0; k < i; k++)
            PROMISE(strcmp(assay_dataset_sample(d, i)->id, assay_dataset_sample(d, k)->id) != 0);
    }
    PROMISE(assay_scenario_select(d, 2, &picks, &n_picks, &err) == ASSAY_OK && n_picks >= 1 &&
            n_picks <= 2);
    free(picks);
    assay_dataset_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
    char manifest[1024], file[64];
    uint64_t size;
    size_t lines = 0;
    assay_error err = {0};
    for (size_t i = 0; i < n; i++) lines += bytes[i] == '\n' || i + 1 == n;
    int length =
        snprintf(manifest, sizeof manifest,
                 "{\"format\":1,\"name\":\"n\",\"version\":\"1\",\"licence\":\"l\",\"n_samples\":%"
                 "zu,\"index\":{\"file\":\"i\",\"bytes\":%zu,\"sha256\":\"%s\"},"
                 "\"shards\":[{\"file\":\"a.tar\",\"bytes\":%d,\"sha256\":\"%s\"}]}",
                 lines > 0 ? lines : 1, n, assay_sha256_of(bytes, n).hex, SHARD_BYTES,
                 assay_sha256_of("", 0).hex);
    open_dataset(manifest, (size_t)length, bytes, n);
    open_dataset((const char *)bytes, n, (const uint8_t *)"", 0);
    if (assay_manifest_index((const char *)bytes, n, file, sizeof file, &size, &err) == ASSAY_OK)
        PROMISE(strchr(file, '/') == NULL && file[0] != '.');
    return 0;
}
