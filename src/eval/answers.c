/* The answers of a run as texts, and which of them hang together. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "eval/walk.h"

static assay_status out_of_memory(assay_error *err) {
    return assay_fail(err, ASSAY_E_MEMORY, "answers: out of memory");
}

void assay_answers_free(assay_answer *answers, size_t n) {
    for (size_t i = 0; i < n && answers != NULL; i++) {
        free(answers[i].id);
        free(answers[i].question);
        free(answers[i].text);
    }
    free(answers);
}

/* ---- texts ---- */

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static char *copy_trimmed(const char *text) {
    while (is_space(*text)) text++;
    size_t n = strlen(text);
    while (n > 0 && is_space(text[n - 1])) n--;
    return assay_strndup(text, n);
}

static assay_status fill(const assay_walk_step *step, assay_answer *out, assay_error *err) {
    const assay_sample *sample = step->sample;
    const assay_scores *scores = &step->read.scores;
    const char *option = sample->options[step->read.choice.index];
    assay_buffer question = {0};
    assay_buffer_append(&question, "", 0); /* an empty question is text, too */
    assay_sample_print_question(sample, &question);
    bool failed = question.failed;
    if (failed) assay_buffer_free(&question);
    out->free_text = scores->free_text.json != NULL;
    out->id = assay_strndup(sample->id, strlen(sample->id));
    out->question = question.data;
    out->text = out->free_text ? copy_trimmed(scores->free_text.text)
                               : assay_strndup(option, strlen(option));
    if (failed || out->id == NULL || out->text == NULL) return out_of_memory(err);
    return ASSAY_OK;
}

/* ---- clusters ---- */

typedef struct tie { /* answers with the same key belong together */
    const char *key; /* hash of an image, or name of a cluster */
    uint32_t answer;
    bool image;
} tie;

static int compare_ties(const void *a, const void *b) {
    const tie *x = a, *y = b;
    int order = (int)x->image - (int)y->image;
    if (order == 0) order = strcmp(x->key, y->key);
    return order != 0 ? order : x->answer < y->answer ? -1 : x->answer > y->answer;
}

/* The first of the answers that are joined to i. */
static uint32_t root_of(assay_answer *answers, uint32_t i) {
    while (answers[i].cluster != i) i = answers[i].cluster = answers[answers[i].cluster].cluster;
    return i;
}

static size_t list_ties(const assay_walk *walk, tie *ties) {
    size_t n = 0;
    for (size_t i = 0; i < walk->done; i++) {
        const assay_sample *sample = assay_dataset_sample(walk->dataset, walk->picks[i]);
        for (int k = 0; k < sample->n_images; k++)
            ties[n++] = (tie){sample->images[k].sha256, (uint32_t)i, true};
        if (sample->cluster[0] != '\0') ties[n++] = (tie){sample->cluster, (uint32_t)i, false};
    }
    return n;
}

static assay_status find_clusters(const assay_walk *walk, assay_answer *answers, assay_error *err) {
    tie *ties = assay_alloc(walk->done, (ASSAY_MAX_IMAGES + 1) * sizeof *ties);
    if (ties == NULL) return out_of_memory(err);
    size_t n = list_ties(walk, ties);
    qsort(ties, n, sizeof *ties, compare_ties);
    for (size_t i = 0; i < walk->done; i++) answers[i].cluster = (uint32_t)i;
    for (size_t i = 1; i < n; i++) {
        if (ties[i].image != ties[i - 1].image || strcmp(ties[i].key, ties[i - 1].key) != 0)
            continue;
        uint32_t a = root_of(answers, ties[i - 1].answer), b = root_of(answers, ties[i].answer);
        answers[a > b ? a : b].cluster = a > b ? b : a;
    }
    free(ties);
    /* Numbers without gaps: a root comes before all that are joined to it. */
    uint32_t next = 0;
    for (uint32_t i = 0; i < walk->done; i++) {
        uint32_t above = answers[i].cluster;
        answers[i].cluster = above == i ? next++ : answers[above].cluster;
    }
    return ASSAY_OK;
}

/* ---- the record ---- */

assay_status assay_record_answers(const assay_dataset *dataset, const char *record, size_t n,
                                  assay_answer **out, size_t *n_out, assay_error *err) {
    assay_walk walk;
    assay_answer *answers = NULL;
    bool more = true;
    *out = NULL;
    *n_out = 0;
    assay_status status = assay_walk_open(dataset, record, n, &walk, err);
    if (status == ASSAY_OK && (answers = assay_calloc(walk.n_picks, sizeof *answers)) == NULL)
        status = out_of_memory(err);
    while (status == ASSAY_OK && more) {
        assay_walk_step step;
        status = assay_walk_next(&walk, &step, err);
        more = step.sample != NULL;
        if (status == ASSAY_OK && more) status = fill(&step, &answers[walk.done - 1], err);
        assay_walk_clear(&step);
    }
    if (status == ASSAY_OK) status = find_clusters(&walk, answers, err);
    if (status == ASSAY_OK && walk.done > 0) {
        *out = answers;
        *n_out = walk.done;
    } else {
        assay_answers_free(answers, walk.done);
    }
    assay_walk_close(&walk);
    return status;
}
