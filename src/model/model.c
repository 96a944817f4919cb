/* Models: files in memory -> indexes, hashes, hyper-parameters, tokenizer, weights.
 *
 * The hashes are taken first: repacking changes the bytes. */
#include "model/model.h"

#include <stdlib.h>

static assay_status load_text(assay_model *m, assay_error *err) {
    m->text_gguf = assay_parts_head(&m->text_files);
    assay_status status = assay_text_hparams_read(m->text_gguf, &m->text, err);
    if (status == ASSAY_OK) status = assay_tokenizer_create(m->text_gguf, &m->tokenizer, err);
    if (status != ASSAY_OK) return status;
    m->text_sha256 = assay_parts_sha256(&m->text_files);
    status = assay_text_weights_load(&m->text_files, &m->text, &m->text_weights, err);
    if (status != ASSAY_OK) return status;
    if (assay_tokenizer_size(m->tokenizer) != m->text.n_vocab) {
        return assay_fail(
            err, ASSAY_E_FORMAT, "%s: %d tokens in the vocabulary, but embeddings for %d",
            assay_gguf_what(m->text_gguf), assay_tokenizer_size(m->tokenizer), m->text.n_vocab);
    }
    return ASSAY_OK;
}

static assay_status load_vision(assay_model *m, assay_error *err) {
    m->vision_gguf = assay_parts_head(&m->vision_files);
    assay_status status = assay_vision_hparams_read(m->vision_gguf, &m->text, &m->vision, err);
    if (status != ASSAY_OK) return status;
    m->image_token = assay_token_find(m->tokenizer, "<image>");
    if (m->image_token < 0) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: the vocabulary has no token <image>",
                          assay_gguf_what(m->text_gguf));
    }
    m->vision_sha256 = assay_parts_sha256(&m->vision_files);
    return assay_vision_weights_load(&m->vision_files, &m->vision, m->text.dim, &m->vision_weights,
                                     err);
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
        .n_bytes = assay_parts_bytes(&m->text_files) + assay_parts_bytes(&m->vision_files),
    };
}

/* Takes the files over. */
static assay_status open_files(assay_model *m, const assay_model_file *text, size_t n_text,
                               assay_model_file vision, assay_error *err) {
    assay_status status = assay_parts_open(text, n_text, &m->text_files, err);
    if (vision.bytes == NULL) return status;
    if (status != ASSAY_OK) {
        free(vision.bytes);
        return status;
    }
    return assay_parts_open(&vision, 1, &m->vision_files, err);
}

assay_status assay_model_create(const assay_model_file *text, size_t n_text,
                                assay_model_file vision, assay_model **out, assay_error *err) {
    assay_model *m = assay_calloc(1, sizeof *m);
    if (m == NULL) {
        for (size_t i = 0; i < n_text; i++) free(text[i].bytes);
        free(vision.bytes);
        return assay_fail(err, ASSAY_E_MEMORY, "model: out of memory");
    }
    m->image_token = -1;
    assay_status status = open_files(m, text, n_text, vision, err);
    if (status == ASSAY_OK) status = load_text(m, err);
    if (status == ASSAY_OK && m->vision_files.n > 0) status = load_vision(m, err);
    if (status != ASSAY_OK) {
        assay_model_destroy(m);
        return status;
    }
    describe(m);
    *out = m;
    return ASSAY_OK;
}

void assay_model_destroy(assay_model *model) {
    if (model == NULL) return;
    assay_text_weights_free(&model->text_weights);
    assay_vision_weights_free(&model->vision_weights);
    assay_tokenizer_destroy(model->tokenizer);
    assay_parts_close(&model->text_files);
    assay_parts_close(&model->vision_files);
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
