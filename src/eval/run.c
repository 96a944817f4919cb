/* A run: the samples that the recipe selects, one step each, and the hallmark that grows with them.
 */
#include "assay_eval.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/os.h"
#include "eval/ppl.h"
#include "eval/record.h"
#include "eval/scenario.h"

struct assay_run {
    assay_run_options options;
    assay_record_info info; /* the header */
    assay_recipe recipe;
    assay_ppl *ppl;
    size_t *picks; /* [n] indices into the dataset, rising */
    size_t n, done;
    assay_scores *resumed; /* [n], those of an earlier record; .bits NULL for others */
    assay_sha256 sha;      /* over the header and the samples done */
    assay_buffer line;
};

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "run: out of memory");
}

static char *copy(const char *text) {
    return assay_strndup(text, strlen(text));
}

static assay_status canonical_build(const char *build, char **out, assay_error *err) {
    cJSON *root = NULL;
    assay_buffer text = {0};
    if (build == NULL) build = "{}";
    assay_status status = assay_json_parse(build, strlen(build), "build", &root, err);
    if (status == ASSAY_OK && !cJSON_IsObject(root))
        status = assay_fail(err, ASSAY_E_ARGUMENT, "build: not a JSON object");
    if (status == ASSAY_OK) {
        assay_json_canonical(root, &text);
        if (text.failed) {
            assay_buffer_free(&text);
            status = out_of_memory(err);
        }
    }
    cJSON_Delete(root);
    *out = text.data;
    return status;
}

static assay_status fill_info(assay_run *run, assay_error *err) {
    const assay_model_info *model = assay_model_get_info(run->options.model);
    const assay_dataset *dataset = run->options.dataset;
    assay_record_info *info = &run->info;
    assay_status status = canonical_build(run->options.build, &info->build, err);
    if (status != ASSAY_OK) return status;
    info->engine = copy(ASSAY_VERSION);
    info->recipe = copy(run->recipe.canonical);
    info->model_name = copy(model->name);
    info->dataset_name = copy(assay_dataset_name(dataset));
    if (info->engine == NULL || info->recipe == NULL || info->model_name == NULL ||
        info->dataset_name == NULL)
        return out_of_memory(err);
    if (strlen(model->text_sha256) != 64 || strlen(model->vision_sha256) > 64)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: the model has no hash");
    memcpy(info->text_sha256, model->text_sha256, strlen(model->text_sha256) + 1);
    memcpy(info->vision_sha256, model->vision_sha256, strlen(model->vision_sha256) + 1);
    memcpy(info->dataset_id, assay_dataset_id(dataset), sizeof info->dataset_id);
    info->n_samples = run->n;
    info->free_text = run->recipe.free_text;
    return ASSAY_OK;
}

static assay_status check_sight(const assay_run *run, assay_error *err) {
    if (assay_model_get_info(run->options.model)->image_size > 0) return ASSAY_OK;
    for (size_t i = 0; i < run->n; i++) {
        if (assay_run_sample(run, i)->n_images > 0)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "run: the samples have images, but the model has no vision part");
    }
    return ASSAY_OK;
}

assay_status assay_run_create(const assay_run_options *options, assay_run **out, assay_error *err) {
    *out = NULL;
    if (options->dataset == NULL || options->model == NULL || options->session == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: needs a dataset, a model and a session");
    }
    assay_run *run = assay_calloc(1, sizeof *run);
    if (run == NULL) return out_of_memory(err);
    run->options = *options;
    assay_status status = assay_recipe_parse(options->recipe, -1, &run->recipe, err);
    if (status == ASSAY_OK)
        status =
            assay_scenario_select(options->dataset, run->recipe.limit, &run->picks, &run->n, err);
    if (status == ASSAY_OK) status = check_sight(run, err);
    if (status == ASSAY_OK) status = fill_info(run, err);
    if (status == ASSAY_OK)
        status = assay_ppl_create(options->model, options->session, &run->recipe, &run->ppl, err);
    if (status == ASSAY_OK && (run->resumed = assay_calloc(run->n, sizeof *run->resumed)) == NULL)
        status = out_of_memory(err);
    if (status != ASSAY_OK) {
        assay_run_destroy(run);
        return status;
    }
    run->options.recipe = run->options.build = NULL; /* copied; they need not outlive this call */
    assay_hallmark_begin(&run->sha, run->info.text_sha256, run->info.vision_sha256,
                         run->info.dataset_id, run->info.recipe);
    *out = run;
    return ASSAY_OK;
}

void assay_run_destroy(assay_run *run) {
    if (run == NULL) return;
    for (size_t i = 0; i < run->n && run->resumed != NULL; i++) assay_scores_free(&run->resumed[i]);
    free(run->resumed);
    assay_ppl_destroy(run->ppl);
    assay_record_info_free(&run->info);
    assay_recipe_free(&run->recipe);
    assay_buffer_free(&run->line);
    free(run->picks);
    free(run);
}

size_t assay_run_total(const assay_run *run) {
    return run->n;
}

size_t assay_run_done(const assay_run *run) {
    return run->done;
}

const assay_sample *assay_run_sample(const assay_run *run, size_t i) {
    return i < run->n ? assay_dataset_sample(run->options.dataset, run->picks[i]) : NULL;
}

const assay_sample *assay_run_next(const assay_run *run) {
    return assay_run_sample(run, run->done);
}

static assay_status hand_out(assay_run *run, const char **line, assay_error *err) {
    if (run->line.failed) {
        assay_buffer_free(&run->line);
        return out_of_memory(err);
    }
    *line = run->line.data;
    return ASSAY_OK;
}

static void clear_line(assay_run *run) {
    assay_buffer_free(&run->line);
}

assay_status assay_run_header(assay_run *run, const char **line, assay_error *err) {
    clear_line(run);
    assay_record_print_header(&run->info, &run->line);
    return hand_out(run, line, err);
}

static assay_status score(assay_run *run, const assay_sample *sample, const assay_blob *images,
                          assay_scores *out, assay_error *err) {
    assay_error inner = {0};
    assay_status status = assay_ppl_score(run->ppl, sample, images, out, &inner);
    if (status == ASSAY_OK) return ASSAY_OK;
    return assay_fail(err, status, "sample %s: %s", sample->id, inner.text);
}

assay_status assay_run_step(assay_run *run, const assay_blob *images, const char **line,
                            assay_error *err) {
    const assay_sample *sample = assay_run_next(run);
    assay_scores scores = {0};
    if (sample == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: all %zu samples are done", run->n);
    double start = assay_os_seconds();
    assay_status status = score(run, sample, images, &scores, err);
    if (status != ASSAY_OK) return status;
    clear_line(run);
    assay_record_print_sample(sample, &scores, assay_os_seconds() - start, &run->line);
    status = hand_out(run, line, err);
    if (status == ASSAY_OK) {
        assay_hallmark_add(&run->sha, sample->id, &scores);
        run->done++;
    }
    assay_scores_free(&scores);
    return status;
}

static assay_digest hallmark(const assay_run *run) {
    assay_sha256 sha = run->sha;
    return assay_sha256_final(&sha);
}

assay_status assay_run_close(assay_run *run, const char **line, assay_error *err) {
    if (run->done < run->n)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: %zu of %zu samples are missing",
                          run->n - run->done, run->n);
    clear_line(run);
    assay_record_print_end(hallmark(run).hex, run->n, &run->line);
    return hand_out(run, line, err);
}

assay_status assay_run_verify(assay_run *run, size_t i, const assay_blob *images,
                              assay_error *err) {
    assay_scores now = {0};
    if (i >= run->done || run->resumed[i].bits == NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: no record of sample %zu to compare with", i);
    const assay_sample *sample = assay_run_sample(run, i);
    assay_status status = score(run, sample, images, &now, err);
    if (status == ASSAY_OK) status = assay_scores_compare(&run->resumed[i], &now, sample->id, err);
    assay_scores_free(&now);
    return status;
}

/* ---- resume ---- */

static assay_status differs(const char *what, const char *record, const char *now,
                            assay_error *err) {
    return assay_fail(err, ASSAY_E_CHECK,
                      "the record was made with another %s: %.180s; this run has %.180s", what,
                      record[0] == '\0' ? "none" : record, now[0] == '\0' ? "none" : now);
}

static assay_status compare_info(const assay_record_info *record, const assay_record_info *now,
                                 assay_error *err) {
    if (strcmp(record->text_sha256, now->text_sha256) != 0)
        return differs("text model", record->text_sha256, now->text_sha256, err);
    if (strcmp(record->vision_sha256, now->vision_sha256) != 0)
        return differs("vision model", record->vision_sha256, now->vision_sha256, err);
    if (strcmp(record->dataset_id, now->dataset_id) != 0)
        return differs("dataset", record->dataset_id, now->dataset_id, err);
    if (strcmp(record->recipe, now->recipe) != 0)
        return differs("recipe", record->recipe, now->recipe, err);
    if (record->n_samples != now->n_samples) {
        return assay_fail(err, ASSAY_E_CHECK, "the record is of %zu samples; this run has %zu",
                          record->n_samples, now->n_samples);
    }
    return ASSAY_OK;
}

static assay_status check_free_text(const assay_run *run, const assay_free_text *free_text,
                                    size_t number, assay_error *err) {
    char where[48];
    snprintf(where, sizeof where, "record line %zu", number);
    return assay_free_text_check(run->options.model, free_text, where, err);
}

/* One sample line: it must be the next one, and agree with the dataset. */
static assay_status take_sample(assay_run *run, const cJSON *line, size_t number,
                                assay_error *err) {
    assay_record_sample read;
    assay_status status = assay_record_read_sample(line, number, run->info.free_text, &read, err);
    if (status != ASSAY_OK) return status;
    const assay_sample *sample = assay_run_next(run);
    if (sample == NULL)
        status = assay_fail(err, ASSAY_E_CHECK, "record line %zu: more samples than the run has",
                            number);
    else if (strcmp(read.id, sample->id) != 0)
        status = assay_fail(err, ASSAY_E_CHECK, "record line %zu: not sample %s, which comes next",
                            number, sample->id);
    else if (read.scores.n != sample->n_options)
        status = assay_fail(err, ASSAY_E_CHECK, "record line %zu: %d options, but sample %s has %d",
                            number, read.scores.n, sample->id, sample->n_options);
    else if (read.correct != assay_sample_is_right(sample, read.choice.index))
        status = assay_fail(err, ASSAY_E_CHECK,
                            "record line %zu: \"correct\" is not what sample %s says", number,
                            sample->id);
    else if (read.scores.free_text.json != NULL)
        status = check_free_text(run, &read.scores.free_text, number, err);
    if (status != ASSAY_OK) {
        assay_scores_free(&read.scores);
        return status;
    }
    assay_hallmark_add(&run->sha, sample->id, &read.scores);
    run->resumed[run->done++] = read.scores;
    return ASSAY_OK;
}

static assay_status take_end(const assay_run *run, const cJSON *line,
                             const assay_record_reader *reader, assay_error *err) {
    if (run->done != run->n)
        return assay_fail(err, ASSAY_E_CHECK, "the record closes after %zu of %zu samples",
                          run->done, run->n);
    if (reader->at != reader->n)
        return assay_fail(err, ASSAY_E_CHECK, "the record goes on behind its closing line");
    return assay_record_check_end(line, hallmark(run).hex, run->n, err);
}

assay_status assay_run_resume(assay_run *run, const char *record, size_t n, size_t *keep,
                              assay_error *err) {
    assay_record_info info = {0};
    assay_record_reader reader = {.text = record, .n = n};
    static const char start[] = "{\"type\":\"run\",";
    cJSON *line = NULL;
    bool end = false;
    *keep = 0;
    if (run->done > 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "run: resume comes before the first step");
    if (n == 0 ||
        memchr(record, '\n', n) == NULL) { /* cut inside the header, or no record at all */
        size_t known = n < sizeof start - 1 ? n : sizeof start - 1;
        if (memcmp(record, start, known) == 0) return ASSAY_OK;
        return assay_fail(err, ASSAY_E_FORMAT, "record line 1: no header of a run record");
    }
    assay_status status = assay_record_read_header(record, n, &info, err);
    if (status == ASSAY_OK) status = compare_info(&info, &run->info, err);
    if (status == ASSAY_OK)
        status = assay_record_next(&reader, &line, err); /* the header, read above */
    while (status == ASSAY_OK && line != NULL && !end) {
        *keep = reader.at;
        cJSON_Delete(line);
        status = assay_record_next(&reader, &line, err);
        if (status != ASSAY_OK || line == NULL) break;
        end = assay_record_is(line, "end");
        status =
            end ? take_end(run, line, &reader, err) : take_sample(run, line, reader.lines, err);
    }
    cJSON_Delete(line);
    assay_record_info_free(&info);
    return status;
}
