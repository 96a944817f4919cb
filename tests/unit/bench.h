/* A run over the fixture and the engine's stand-in, for the tests of evaluation. */
#ifndef ASSAY_TEST_BENCH_H
#define ASSAY_TEST_BENCH_H

#include "assay_eval.h"

#include "test.h"
#include "unit/fake_model.h"
#include "unit/fixture.h"

typedef struct bench { /* everything a run needs */
    fixture files;
    assay_dataset *dataset;
    assay_model *model;
    assay_session *session;
    assay_run *run;
} bench;

static inline void bench_close(bench *b) {
    assay_run_destroy(b->run);
    assay_session_destroy(b->session);
    assay_model_destroy(b->model);
    assay_dataset_close(b->dataset);
    fixture_free(&b->files);
    *b = (bench){0};
}

static inline bool bench_open(bench *b, size_t n_samples, unsigned seed, const char *recipe) {
    assay_error err = {0};
    *b = (bench){0};
    bool good = fixture_make(&b->files, n_samples, 6000, &err) == ASSAY_OK &&
                fixture_open(&b->files, &b->dataset, &err) == ASSAY_OK;
    good = good && (b->model = fake_model_create(seed, true)) != NULL;
    good = good && assay_session_create(b->model, NULL, &b->session, &err) == ASSAY_OK;
    if (good) {
        assay_run_options options = {b->dataset, b->model, b->session, recipe,
                                     "{\"threads\":2,\"host\":\"test\"}"};
        good = assay_run_create(&options, &b->run, &err) == ASSAY_OK;
    }
    CHECK(good, "%s", err.text);
    if (!good) bench_close(b);
    return good;
}

/* Steps until all samples are done or n more are, appending to the record. */
static inline assay_status go_on(bench *b, size_t n, assay_buffer *record, assay_error *err) {
    assay_status status = ASSAY_OK;
    const char *line = NULL;
    for (size_t i = 0; i < n && assay_run_next(b->run) != NULL && status == ASSAY_OK; i++) {
        assay_blob images[ASSAY_MAX_IMAGES];
        fixture_images(&b->files, b->dataset, assay_run_next(b->run), images);
        status = assay_run_step(b->run, images, &line, err);
        if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    }
    return status;
}

static inline assay_status close_record(bench *b, assay_buffer *record, assay_error *err) {
    const char *line = NULL;
    assay_status status = assay_run_close(b->run, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    return status;
}

static inline assay_status whole_record(bench *b, assay_buffer *record, assay_error *err) {
    const char *line = NULL;
    assay_status status = assay_run_header(b->run, &line, err);
    if (status == ASSAY_OK) assay_buffer_append(record, line, strlen(line));
    if (status == ASSAY_OK) status = go_on(b, SIZE_MAX, record, err);
    return status == ASSAY_OK ? close_record(b, record, err) : status;
}

/* The record without its times. */
static inline void without_seconds(char *record) {
    for (char *at = record; (at = strstr(at, ",\"seconds\":")) != NULL;) {
        char *end = strchr(at, '}');
        memmove(at, end, strlen(end) + 1);
    }
}

static inline const char *hallmark_in(const char *record) {
    const char *at = strstr(record, "\"hallmark\":\"");
    return at == NULL ? "" : at + strlen("\"hallmark\":\"");
}

#endif
