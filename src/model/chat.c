/* The idefics3 chat template, straight to token ids. Specials are put in by id, and text is always
 * tokenized as plain text: a question that contains "<end_of_utterance>" cannot end its own turn.
 */
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#define MAX_IMAGES 64

static assay_status push_special(const assay_model *model, const char *name, assay_ids *out,
                                 assay_error *err) {
    int32_t id = assay_token_find(model->tokenizer, name);
    if (id < 0) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "chat: the model's vocabulary has no token %s",
                          name);
    }
    return assay_ids_push(out, id, err);
}

static assay_status push_image(const assay_model *model, assay_ids *out, assay_error *err) {
    assay_status status = push_special(model, "<fake_token_around_image>", out, err);
    if (status == ASSAY_OK) status = push_special(model, "<global-img>", out, err);
    for (int i = 0; i < model->vision.n_tokens && status == ASSAY_OK; i++) {
        status = assay_ids_push(out, model->image_token, err);
    }
    if (status == ASSAY_OK) status = push_special(model, "<fake_token_around_image>", out, err);
    return status;
}

/* "User: " and the text form one piece for the tokenizer when no special stands between them. */
static assay_status push_turn(const assay_model *model, int n_images, const char *text,
                              assay_ids *out, assay_error *err) {
    const assay_tokenizer *tok = model->tokenizer;
    assay_status status = ASSAY_OK;
    if (n_images == 0) {
        assay_buffer turn = {0};
        assay_buffer_append(&turn, "User: ", 6);
        assay_buffer_append(&turn, text, strlen(text));
        status = turn.failed ? assay_fail(err, ASSAY_E_MEMORY, "chat: out of memory")
                             : assay_tokenize(tok, turn.data, turn.len, false, out, err);
        assay_buffer_free(&turn);
        return status;
    }
    status = assay_tokenize(tok, "User:", 5, false, out, err);
    for (int i = 0; i < n_images && status == ASSAY_OK; i++) status = push_image(model, out, err);
    if (status == ASSAY_OK) status = assay_tokenize(tok, text, strlen(text), false, out, err);
    return status;
}

assay_status assay_model_chat(const assay_model *model, int n_images, const char *text,
                              int32_t **ids, size_t *n, assay_error *err) {
    static const char tag[] = "\nAssistant:";
    assay_ids out = {0};
    if (n_images < 0 || n_images > MAX_IMAGES) {
        return assay_fail(err, ASSAY_E_ARGUMENT, "chat: %d images, expected 0 to %d", n_images,
                          MAX_IMAGES);
    }
    if (n_images > 0 && model->vision_gguf == NULL) {
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "chat: the model has no vision file, it cannot see an image");
    }
    assay_status status = push_special(model, "<|im_start|>", &out, err);
    if (status == ASSAY_OK) status = push_turn(model, n_images, text, &out, err);
    if (status == ASSAY_OK) status = push_special(model, "<end_of_utterance>", &out, err);
    if (status == ASSAY_OK)
        status = assay_tokenize(model->tokenizer, tag, sizeof tag - 1, false, &out, err);
    if (status != ASSAY_OK) {
        assay_ids_free(&out);
        return status;
    }
    *ids = out.ids;
    *n = out.n;
    return ASSAY_OK;
}
