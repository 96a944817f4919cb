/* Models: two files in memory -> indexes, hashes, hyper-parameters, tokenizer, weights.
 *
 * The hashes are taken first: repacking changes the bytes. */
#include "model/model.h"

#include <stdlib.h>

static assay_status check_file(const assay_model_file *file, assay_error *err) {
    if (file->bytes != NULL && file->n > 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: the file is empty",
                      file->what != NULL ? file->what : "text model");
}

static assay_status load_text(assay_model *m, assay_error *err) {
    assay_model_file *f = &m->text_file;
    assay_status status = assay_gguf_open(f->bytes, f->n, f->what, &m->text_gguf, err);
    if (status == ASSAY_OK) status = assay_text_hparams_read(m->text_gguf, &m->text, err);
    if (status == ASSAY_OK) status = assay_tokenizer_create(m->text_gguf, &m->tokenizer, err);
    if (status != ASSAY_OK) return status;
    m->text_sha256 = assay_sha256_of(f->bytes, f->n);
    status = assay_text_weights_load(m->text_gguf, f->bytes, &m->text, &m->text_weights, err);
    if (status != ASSAY_OK) return status;
    if (assay_tokenizer_size(m->tokenizer) != m->text.n_vocab) {
        return assay_fail(
            err, ASSAY_E_FORMAT, "%s: %d tokens in the vocabulary, but embeddings for %d",
            assay_gguf_what(m->text_gguf), assay_tokenizer_size(m->tokenizer), m->text.n_vocab);
    }
    return ASSAY_OK;
}

static assay_status load_vision(assay_model *m, assay_error *err) {
    assay_model_file *f = &m->vision_file;
    assay_status status = assay_gguf_open(f->bytes, f->n, f->what, &m->vision_gguf, err);
    if (status == ASSAY_OK)
        status = assay_vision_hparams_read(m->vision_gguf, &m->text, &m->vision, err);
    if (status != ASSAY_OK) return status;
    m->image_token = assay_token_find(m->tokenizer, "<image>");
    if (m->image_token < 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: the vocabulary has no token <image>",
                          assay_gguf_what(m->text_gguf));
    }
    m->vision_sha256 = assay_sha256_of(f->bytes, f->n);
    return assay_vision_weights_load(m->vision_gguf, f->bytes, &m->vision, m->text.dim,
                                     &m->vision_weights, err);
}

static void describe(assay_model *m) {
    const assay_text_hparams *hp = &m->text;
    m->info = (assay_model_info){
        .name = assay_gguf_string_or(m->text_gguf, "general.name", ""),
        .text_sha256 = m->text_sha256.hex,
        .vision_sha256 = m->vision_sha256.hex,
        .n_vocab = hp->n_vocab,
        .n_layers = hp->n_layers,
        .n_heads = hp->n_heads,
        .n_kv_heads = hp->n_kv_heads,
        .head_dim = hp->head_dim,
        .dim = hp->dim,
        .ffn_dim = hp->ffn_dim,
        .n_context = hp->n_context,
        .image_size = m->vision.image_size,
        .image_tokens = m->vision.n_tokens,
        .vision_layers = m->vision.n_layers,
        .vision_dim = m->vision.dim,
        .n_parameters = m->text_weights.n_parameters + m->vision_weights.n_parameters,
        .n_bytes = (uint64_t)m->text_file.n + (uint64_t)m->vision_file.n,
    };
}

assay_status assay_model_create(assay_model_file text, assay_model_file vision, assay_model **out,
                                assay_error *err) {
    assay_model *m = assay_calloc(1, sizeof *m);
    if (m == NULL) {
        free(text.bytes);
        free(vision.bytes);
        return assay_fail(err, ASSAY_E_MEMORY, "model: out of memory");
    }
    if (text.what == NULL) text.what = "text model";
    if (vision.what == NULL) vision.what = "vision model";
    m->text_file = text;
    m->vision_file = vision;
    m->image_token = -1;
    assay_status status = check_file(&text, err);
    if (status == ASSAY_OK) status = load_text(m, err);
    if (status == ASSAY_OK && vision.bytes != NULL) status = load_vision(m, err);
    if (status != ASSAY_OK) {
        assay_model_destroy(m);
        return status;
    }
    describe(m);
    m->text_file.what = m->vision_file.what = NULL; /* they were borrowed */
    *out = m;
    return ASSAY_OK;
}

void assay_model_destroy(assay_model *model) {
    if (model == NULL) return;
    assay_text_weights_free(&model->text_weights);
    assay_vision_weights_free(&model->vision_weights);
    assay_tokenizer_destroy(model->tokenizer);
    assay_gguf_close(model->text_gguf);
    assay_gguf_close(model->vision_gguf);
    free(model->text_file.bytes);
    free(model->vision_file.bytes);
    free(model);
}

const assay_model_info *assay_model_get_info(const assay_model *model) {
    return &model->info;
}

assay_status assay_model_tokenize(const assay_model *model, const char *text, size_t n_bytes,
                                  int32_t *ids, size_t cap, size_t *n, assay_error *err) {
    assay_ids all = {0};
    assay_status status = assay_tokenize(model->tokenizer, text, n_bytes, false, &all, err);
    if (status == ASSAY_OK) {
        for (size_t i = 0; i < all.n && i < cap; i++) ids[i] = all.ids[i];
        *n = all.n;
    }
    assay_ids_free(&all);
    return status;
}

const char *assay_model_token(const assay_model *model, int32_t id, size_t *n_bytes) {
    return assay_token_bytes(model->tokenizer, id, n_bytes);
}
