/* The idefics3 chat template, straight to token ids. Hugging Face's processor writes the conversation as one text,
 * in which special tokens are cut out and what lies between them is tokenized; here the plain text is gathered
 * until a special token, put in by its id, ends it. So a question that contains "<end_of_utterance>" cannot end its own
 * turn. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/model.h"

#define MAX_MESSAGES 4096
#define MAX_PARTS    4096 /* of a message */

static const char *const role_names[] = {"User", "Assistant", "System"};

typedef struct writer {
    const assay_model *model;
    assay_buffer text; /* plain text since the last special token */
    assay_ids ids;
    assay_status status;
    assay_error *err;
} writer;

static void put_text(writer *w, const char *text) {
    assay_buffer_append(&w->text, text, strlen(text));
}

static void flush(writer *w) {
    if (w->status == ASSAY_OK && w->text.failed)
        w->status = assay_fail(w->err, ASSAY_E_MEMORY, "chat: out of memory");
    if (w->status == ASSAY_OK && w->text.len > 0) {
        w->status =
            assay_tokenize(w->model->tokenizer, w->text.data, w->text.len, false, &w->ids, w->err);
    }
    w->text.len = 0;
}

static void put_special(writer *w, const char *name) {
    flush(w);
    if (w->status != ASSAY_OK) return;
    int32_t id = assay_token_find(w->model->tokenizer, name);
    w->status = id >= 0 ? assay_ids_push(&w->ids, id, w->err)
                        : assay_fail(w->err, ASSAY_E_UNSUPPORTED,
                                     "chat: the model's vocabulary has no token %s", name);
}

/* <fake_token_around_image>NAME<image>...<image> */
static void put_tile(writer *w, const char *name) {
    put_special(w, "<fake_token_around_image>");
    put_special(w, name);
    for (int i = 0; i < w->model->vision.n_tokens && w->status == ASSAY_OK; i++)
        w->status = assay_ids_push(&w->ids, w->model->image_token, w->err);
}

static void put_image(writer *w, int rows, int cols) {
    if (w->status == ASSAY_OK && rows > 0 &&
        assay_token_find(w->model->tokenizer, "<row_1_col_1>") < 0) {
        w->status = assay_fail(w->err, ASSAY_E_UNSUPPORTED,
                               "chat: this model takes an image as one tile, its vocabulary has no "
                               "token <row_1_col_1>");
        return;
    }
    for (int r = 1; r <= rows; r++) {
        for (int c = 1; c <= cols; c++) {
            char name[32];
            snprintf(name, sizeof name, "<row_%d_col_%d>", r, c);
            put_tile(w, name);
        }
        put_text(w, "\n");
    }
    if (rows > 0) put_text(w, "\n");
    put_tile(w, "<global-img>");
    put_special(w, "<fake_token_around_image>");
}

static void put_message(writer *w, const assay_chat_message *m) {
    put_text(w, role_names[m->role]);
    put_text(w, m->n_parts > 0 && m->parts[0].text == NULL ? ":" : ": ");
    for (size_t i = 0; i < m->n_parts; i++) {
        const assay_chat_part *part = &m->parts[i];
        if (part->text != NULL)
            put_text(w, part->text);
        else
            put_image(w, part->rows, part->cols);
    }
    put_special(w, "<end_of_utterance>");
    put_text(w, "\n");
}

static bool grid_ok(int rows, int cols) {
    return (rows == 0 && cols == 0) ||
           (rows >= 1 && rows <= ASSAY_MAX_TILE_EDGE && cols >= 1 && cols <= ASSAY_MAX_TILE_EDGE);
}

static assay_status check_message(const assay_model *model, const assay_chat_message *m,
                                  assay_error *err) {
    if ((unsigned)m->role >= sizeof role_names / sizeof *role_names)
        return assay_fail(err, ASSAY_E_ARGUMENT, "chat: unknown role %d", (int)m->role);
    if (m->n_parts > MAX_PARTS) {
        return assay_fail(err, ASSAY_E_LIMIT, "chat: a message of %zu parts, at most %d fit",
                          m->n_parts, MAX_PARTS);
    }
    for (size_t i = 0; i < m->n_parts; i++) {
        const assay_chat_part *part = &m->parts[i];
        if (part->text != NULL) continue;
        if (model->vision.n_tokens == 0) {
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "chat: the model has no vision file, it cannot see an image");
        }
        if (!grid_ok(part->rows, part->cols)) {
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "chat: an image of %d x %d tiles, at most %d x %d have names",
                              part->rows, part->cols, ASSAY_MAX_TILE_EDGE, ASSAY_MAX_TILE_EDGE);
        }
    }
    return ASSAY_OK;
}

assay_status assay_model_chat(const assay_model *model, const assay_chat_message *messages,
                              size_t n_messages, bool answer, int32_t **ids, size_t *n,
                              assay_error *err) {
    writer w = {.model = model, .status = ASSAY_OK, .err = err};
    if (n_messages > MAX_MESSAGES) {
        return assay_fail(err, ASSAY_E_LIMIT, "chat: %zu messages, at most %d fit", n_messages,
                          MAX_MESSAGES);
    }
    for (size_t i = 0; i < n_messages; i++) {
        assay_status status = check_message(model, &messages[i], err);
        if (status != ASSAY_OK) return status;
    }
    put_special(&w, "<|im_start|>");
    for (size_t i = 0; i < n_messages && w.status == ASSAY_OK; i++) put_message(&w, &messages[i]);
    if (answer) put_text(&w, "Assistant:");
    flush(&w);
    assay_buffer_free(&w.text);
    if (w.status != ASSAY_OK) {
        assay_ids_free(&w.ids);
        return w.status;
    }
    *ids = w.ids.ids;
    *n = w.ids.n;
    return ASSAY_OK;
}

bool assay_model_is_stop(const assay_model *model, int32_t id) {
    const assay_tokenizer_specials *special = assay_tokenizer_get_specials(model->tokenizer);
    return id >= 0 && (id == special->eos || id == special->eot ||
                       id == assay_token_find(model->tokenizer, "<end_of_utterance>"));
}
