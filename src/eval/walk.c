#include "eval/walk.h"

#include <stdlib.h>
#include <string.h>

#include "eval/recipe.h"
#include "eval/scenario.h"

static assay_status find_picks(assay_walk *w, assay_error *err) {
    assay_recipe recipe;
    const char *id = assay_dataset_id(w->dataset);
    if (strcmp(w->info.dataset_id, id) != 0)
        return assay_fail(err, ASSAY_E_CHECK, "the record is of dataset %s, not of %s",
                          w->info.dataset_id, id);
    assay_status status = assay_recipe_parse(w->info.recipe, -1, &recipe, err);
    if (status != ASSAY_OK) return status;
    status = assay_scenario_select(w->dataset, recipe.limit, &w->picks, &w->n_picks, err);
    assay_recipe_free(&recipe);
    if (status == ASSAY_OK && w->n_picks != w->info.n_samples)
        status =
            assay_fail(err, ASSAY_E_CHECK, "the record is of %zu samples, but its recipe takes %zu",
                       w->info.n_samples, w->n_picks);
    return status;
}

assay_status assay_walk_open(const assay_dataset *dataset, const char *record, size_t n,
                             assay_walk *out, assay_error *err) {
    cJSON *header = NULL;
    *out = (assay_walk){.dataset = dataset, .reader = {.text = record, .n = n}};
    assay_status status = assay_record_read_header(record, n, &out->info, err);
    if (status == ASSAY_OK) status = find_picks(out, err);
    if (status == ASSAY_OK) status = assay_record_next(&out->reader, &header, err); /* read above */
    cJSON_Delete(header);
    if (status == ASSAY_OK)
        assay_hallmark_begin(&out->sha, out->info.text_sha256, out->info.vision_sha256,
                             out->info.dataset_id, out->info.recipe);
    return status;
}

void assay_walk_close(assay_walk *walk) {
    free(walk->picks);
    assay_record_info_free(&walk->info);
    *walk = (assay_walk){0};
}

static assay_status close_record(assay_walk *w, const cJSON *line, assay_error *err) {
    if (w->done != w->n_picks)
        return assay_fail(err, ASSAY_E_CHECK, "the record closes after %zu of %zu samples", w->done,
                          w->n_picks);
    memcpy(w->hallmark, assay_sha256_final(&w->sha).hex, sizeof w->hallmark);
    assay_status status = assay_record_check_end(line, w->hallmark, w->done, err);
    if (status == ASSAY_OK && w->reader.at != w->reader.n)
        status = assay_fail(err, ASSAY_E_CHECK, "the record goes on behind its closing line");
    return status;
}

static assay_status take_sample(assay_walk *w, assay_walk_step *step, assay_error *err) {
    size_t number = w->reader.lines;
    assay_status status =
        assay_record_read_sample(step->line, number, w->info.free_text, &step->read, err);
    if (status != ASSAY_OK) return status;
    if (w->done == w->n_picks)
        return assay_fail(err, ASSAY_E_CHECK, "record line %zu: more samples than the run has",
                          number);
    size_t index = w->picks[w->done];
    const assay_sample *sample = assay_dataset_sample(w->dataset, index);
    if (strcmp(step->read.id, sample->id) != 0)
        return assay_fail(err, ASSAY_E_CHECK, "record line %zu: not sample %s, which comes next",
                          number, sample->id);
    if (step->read.scores.n != sample->n_options ||
        step->read.correct != assay_sample_is_right(sample, step->read.choice.index))
        return assay_fail(err, ASSAY_E_CHECK, "record line %zu: does not agree with sample %s",
                          number, sample->id);
    assay_hallmark_add(&w->sha, sample->id, &step->read.scores);
    step->index = index;
    step->sample = sample;
    w->done++;
    return ASSAY_OK;
}

assay_status assay_walk_next(assay_walk *w, assay_walk_step *out, assay_error *err) {
    *out = (assay_walk_step){0};
    if (w->hallmark[0] != '\0') return ASSAY_OK;
    assay_status status = assay_record_next(&w->reader, &out->line, err);
    if (status != ASSAY_OK || out->line == NULL) return status;
    return assay_record_is(out->line, "end") ? close_record(w, out->line, err)
                                             : take_sample(w, out, err);
}

void assay_walk_clear(assay_walk_step *step) {
    assay_scores_free(&step->read.scores);
    cJSON_Delete(step->line);
    *step = (assay_walk_step){0};
}
