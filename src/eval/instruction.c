/* Query template -> chat turn with the images -> assistant tag -> answer prefix; then each option
 * as " " + its text, tokenized for itself (Ch3Ef's rule), so that exactly the option's own tokens
 * are scored. Text of a sample is never parsed for special tokens, nor for the templates' slots. */
#include "eval/instruction.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"

/* Ids of " " + text: at most a token a byte. Writes into a new block. */
static assay_status tokenize(const assay_model *model, const char *text, int32_t **ids, size_t *n,
                             assay_error *err) {
    assay_buffer spaced = {0};
    assay_status status = ASSAY_OK;
    *ids = NULL;
    assay_buffer_append(&spaced, " ", 1);
    assay_buffer_append(&spaced, text, strlen(text));
    size_t cap = spaced.len;
    if (!spaced.failed) *ids = assay_alloc(cap, sizeof **ids);
    if (*ids == NULL) status = assay_fail(err, ASSAY_E_MEMORY, "instruction: out of memory");
    if (status == ASSAY_OK)
        status = assay_model_tokenize(model, spaced.data, spaced.len, *ids, cap, n, err);
    if (status == ASSAY_OK && (*n == 0 || *n > cap))
        status = assay_fail(err, ASSAY_E_FORMAT, "instruction: a text of %zu bytes has %zu tokens",
                            cap, *n);
    assay_buffer_free(&spaced);
    if (status != ASSAY_OK) {
        free(*ids);
        *ids = NULL;
    }
    return status;
}

static assay_status append_ids(assay_instruction *out, const int32_t *ids, size_t n,
                               assay_error *err) {
    size_t total, bytes;
    int32_t *longer = NULL;
    if (assay_size_add(out->n_prompt, n, &total) && assay_size_mul(total, sizeof *longer, &bytes))
        longer = realloc(out->prompt, bytes);
    if (longer == NULL) return assay_fail(err, ASSAY_E_MEMORY, "instruction: out of memory");
    memcpy(longer + out->n_prompt, ids, n * sizeof *ids);
    out->prompt = longer;
    out->n_prompt = total;
    return ASSAY_OK;
}

static assay_status build_prompt(const assay_model *model, const assay_recipe *recipe,
                                 const assay_sample *sample, assay_instruction *out,
                                 assay_error *err) {
    assay_buffer query = {0};
    int32_t *prefix = NULL;
    size_t n_prefix = 0;
    assay_status status = ASSAY_OK;
    assay_buffer_append(&query, recipe->query_before, strlen(recipe->query_before));
    assay_buffer_append(&query, sample->question, strlen(sample->question));
    assay_buffer_append(&query, recipe->query_after, strlen(recipe->query_after));
    if (query.failed) status = assay_fail(err, ASSAY_E_MEMORY, "instruction: out of memory");
    if (status == ASSAY_OK)
        status = assay_model_chat(model, sample->n_images, query.data, &out->prompt, &out->n_prompt,
                                  err);
    if (status == ASSAY_OK && recipe->answer_prefix[0] != '\0') {
        status = tokenize(model, recipe->answer_prefix, &prefix, &n_prefix, err);
        if (status == ASSAY_OK) status = append_ids(out, prefix, n_prefix, err);
    }
    free(prefix);
    assay_buffer_free(&query);
    return status;
}

assay_status assay_instruction_build(const assay_model *model, const assay_recipe *recipe,
                                     const assay_sample *sample, assay_instruction *out,
                                     assay_error *err) {
    *out = (assay_instruction){0};
    assay_status status = build_prompt(model, recipe, sample, out, err);
    for (int i = 0; i < sample->n_options && status == ASSAY_OK; i++) {
        status = tokenize(model, sample->options[i], &out->options[i], &out->n_ids[i], err);
        if (status == ASSAY_OK) out->n_options++;
    }
    if (status != ASSAY_OK) assay_instruction_free(out);
    return status;
}

void assay_instruction_free(assay_instruction *instruction) {
    for (int i = 0; i < instruction->n_options; i++) free(instruction->options[i]);
    free(instruction->prompt);
    *instruction = (assay_instruction){0};
}
