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

/* One user turn. Its texts lie in `text`, one behind the other, each with its NUL. */
typedef struct turn {
    assay_buffer text;
    size_t offsets[ASSAY_MAX_IMAGES + 1]; /* of the texts, in order */
    bool is_image[2 * ASSAY_MAX_IMAGES + 1];
    assay_chat_part parts[2 * ASSAY_MAX_IMAGES + 1];
    size_t n_texts, n_images, n_parts;
} turn;

static void add_image(turn *t, const assay_sample_features *features) {
    t->is_image[t->n_parts] = true;
    t->parts[t->n_parts].rows = features->grids[t->n_images].rows;
    t->parts[t->n_parts++].cols = features->grids[t->n_images++].cols;
}

/* An empty text is no part: a message that begins with an image is told from one that does not. */
static void add_text(turn *t, const char *before, const char *text, const char *after) {
    size_t start = t->text.len;
    assay_buffer_append(&t->text, before, strlen(before));
    assay_buffer_append(&t->text, text, strlen(text));
    assay_buffer_append(&t->text, after, strlen(after));
    if (t->text.len == start) return;
    assay_buffer_append(&t->text, "", 1);
    t->offsets[t->n_texts++] = start;
    t->n_parts++;
}

static void compose(turn *t, const assay_recipe *recipe, const assay_sample *sample,
                    const assay_sample_features *features) {
    const char *before = recipe->query_before, *after = recipe->query_after;
    if (!sample->interleaved) {
        for (int i = 0; i < sample->n_images; i++) add_image(t, features);
        add_text(t, before, sample->question, after);
        return;
    }
    add_text(t, before, sample->question, "");
    for (int i = 0; i < sample->n_images; i++) {
        add_image(t, features);
        add_text(t, "", sample->after[i], i + 1 == sample->n_images ? after : "");
    }
}

static assay_status chat(const assay_model *model, turn *t, assay_instruction *out,
                         assay_error *err) {
    if (t->text.failed) return assay_fail(err, ASSAY_E_MEMORY, "instruction: out of memory");
    for (size_t i = 0, text = 0; i < t->n_parts; i++) {
        if (!t->is_image[i]) t->parts[i].text = t->text.data + t->offsets[text++];
    }
    const assay_chat_message message = {ASSAY_USER, t->parts, t->n_parts};
    return assay_model_chat(model, &message, 1, true, &out->prompt, &out->n_prompt, err);
}

static assay_status build_prompt(const assay_model *model, const assay_recipe *recipe,
                                 const assay_sample *sample, const assay_sample_features *features,
                                 assay_instruction *out, assay_error *err) {
    turn t = {0};
    int32_t *prefix = NULL;
    size_t n_prefix = 0;
    compose(&t, recipe, sample, features);
    assay_status status = chat(model, &t, out, err);
    if (status == ASSAY_OK && recipe->answer_prefix[0] != '\0') {
        status = tokenize(model, recipe->answer_prefix, &prefix, &n_prefix, err);
        if (status == ASSAY_OK) status = append_ids(out, prefix, n_prefix, err);
    }
    free(prefix);
    assay_buffer_free(&t.text);
    return status;
}

assay_status assay_instruction_build(const assay_model *model, const assay_recipe *recipe,
                                     const assay_sample *sample,
                                     const assay_sample_features *features, assay_instruction *out,
                                     assay_error *err) {
    *out = (assay_instruction){0};
    assay_status status = build_prompt(model, recipe, sample, features, out, err);
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
