/* The shim's functions about datasets, runs and records; conventions: exports.c. */
#include <stdlib.h>

#include "assay_eval.h"
#include "describe.h"
#include "web.h"

/* ---- dataset ---------------------------------------------------------------------------------------- */

/* {"file":"index.jsonl","bytes":N} of a manifest. */
EXPORT const char *assay_web_manifest_index(assay_web *web, const char *manifest, size_t n) {
    assay_buffer *out = web_answer(web);
    char file[256];
    uint64_t bytes = 0;
    if (assay_manifest_index(manifest, n, file, sizeof file, &bytes, &web->err) != ASSAY_OK)
        return NULL;
    assay_buffer_append(out, "{", 1);
    describe_member(out, "file", file);
    assay_buffer_print(out, "\"bytes\":%llu}", (unsigned long long)bytes);
    return web_finish(web);
}

EXPORT assay_dataset *assay_web_dataset_open(assay_web *web, const char *manifest,
                                             size_t n_manifest, const char *index, size_t n_index) {
    web_answer(web);
    assay_dataset *dataset = NULL;
    assay_status status =
        assay_dataset_open(manifest, n_manifest, index, n_index, &dataset, &web->err);
    return status == ASSAY_OK ? dataset : NULL;
}
EXPORT void assay_web_dataset_close(assay_dataset *dataset) {
    assay_dataset_close(dataset);
}

EXPORT const char *assay_web_dataset_info(assay_web *web, const assay_dataset *dataset) {
    describe_dataset(web_answer(web), dataset);
    return web_finish(web);
}

EXPORT const char *assay_web_dataset_sample(assay_web *web, const assay_dataset *dataset,
                                            size_t i) {
    assay_buffer *out = web_answer(web);
    if (i >= assay_dataset_n_samples(dataset)) {
        assay_fail(&web->err, ASSAY_E_ARGUMENT, "the dataset has no sample %zu", i);
        return NULL;
    }
    describe_sample(out, assay_dataset_sample(dataset, i));
    return web_finish(web);
}

EXPORT int assay_web_shard_check(assay_web *web, const assay_dataset *dataset, size_t shard,
                                 const uint8_t *bytes, size_t n) {
    web_answer(web);
    return (int)assay_shard_check(dataset, shard, bytes, n, &web->err);
}

/* Checks image `image` of sample i, fetched by range or cut out of a shard, against its hash. */
EXPORT int assay_web_member_check(assay_web *web, const assay_dataset *dataset, size_t i, int image,
                                  const uint8_t *bytes, size_t n) {
    web_answer(web);
    const assay_sample *sample =
        i < assay_dataset_n_samples(dataset) ? assay_dataset_sample(dataset, i) : NULL;
    if (sample == NULL || image < 0 || image >= sample->n_images) {
        return (int)assay_fail(&web->err, ASSAY_E_ARGUMENT,
                               "the dataset has no sample %zu with an image %d", i, image);
    }
    return (int)assay_member_check(&sample->images[image], bytes, n, &web->err);
}

/* ---- run -------------------------------------------------------------------------------------------- */

/* recipe: JSON, or 0 for the default. */
EXPORT assay_run *assay_web_run_create(assay_web *web, const assay_dataset *dataset,
                                       const assay_model *model, assay_session *session,
                                       const char *recipe) {
    describe_build(web_answer(web));
    const char *build = web_finish(web);
    if (build == NULL) return NULL;
    assay_run *run = NULL;
    assay_run_options options = {
        .dataset = dataset, .model = model, .session = session, .recipe = recipe, .build = build};
    return assay_run_create(&options, &run, &web->err) == ASSAY_OK ? run : NULL;
}
EXPORT void assay_web_run_destroy(assay_run *run) {
    assay_run_destroy(run);
}

EXPORT const char *assay_web_run_header(assay_web *web, assay_run *run) {
    web_answer(web);
    const char *line = NULL;
    return assay_run_header(run, &line, &web->err) == ASSAY_OK ? line : NULL;
}

/* Bytes of the earlier record to keep, or -1. */
EXPORT double assay_web_run_resume(assay_web *web, assay_run *run, const char *record, size_t n) {
    web_answer(web);
    size_t keep = 0;
    return assay_run_resume(run, record, n, &keep, &web->err) == ASSAY_OK ? (double)keep : -1;
}

/* The next sample, as assay_web_dataset_sample gives it, or the text "null" when all are done. */
EXPORT const char *assay_web_run_next(assay_web *web, const assay_run *run) {
    assay_buffer *out = web_answer(web);
    const assay_sample *next = assay_run_next(run);
    if (next != NULL)
        describe_sample(out, next);
    else
        assay_buffer_print(out, "null");
    return web_finish(web);
}
EXPORT size_t assay_web_run_total(const assay_run *run) {
    return assay_run_total(run);
}
EXPORT size_t assay_web_run_done(const assay_run *run) {
    return assay_run_done(run);
}

/* images: for each image of the sample two words, address and length of its encoded file. */
EXPORT const char *assay_web_run_step(assay_web *web, assay_run *run, const assay_blob *images) {
    web_answer(web);
    const char *line = NULL;
    return assay_run_step(run, images, &line, &web->err) == ASSAY_OK ? line : NULL;
}

EXPORT const char *assay_web_run_close(assay_web *web, assay_run *run) {
    web_answer(web);
    const char *line = NULL;
    return assay_run_close(run, &line, &web->err) == ASSAY_OK ? line : NULL;
}

/* ---- records ---------------------------------------------------------------------------------------- */

EXPORT int assay_web_record_check(assay_web *web, const char *record, size_t n) {
    web_answer(web);
    return (int)assay_record_check(record, n, &web->err);
}

EXPORT const char *assay_web_report(assay_web *web, const assay_dataset *dataset,
                                    const char *record, size_t n) {
    assay_buffer *out = web_answer(web);
    char *json = NULL;
    if (assay_report(dataset, record, n, &json, &web->err) != ASSAY_OK) return NULL;
    assay_buffer_print(out, "%s", json);
    free(json);
    return web_finish(web);
}
