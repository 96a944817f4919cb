/* Encoders: files in memory -> index, hash, hyper-parameters, tokenizer, weights.
 *
 * The hash is taken first: repacking changes the bytes. */
#include "model/encoder.h"

#include <stdlib.h>

#include "model/pooling.h"

static assay_status load(assay_encoder *e, assay_error *err) {
    const assay_gguf *gguf = assay_parts_head(&e->files);
    assay_status status = assay_encoder_hparams_read(&e->files, &e->hparams, err);
    if (status == ASSAY_OK) status = assay_tokenizer_create(gguf, &e->tokenizer, err);
    if (status != ASSAY_OK) return status;
    e->sha256 = assay_parts_sha256(&e->files);
    status = assay_encoder_weights_load(&e->files, &e->hparams, &e->weights, err);
    if (status != ASSAY_OK) return status;
    if (assay_tokenizer_size(e->tokenizer) != e->hparams.n_vocab) {
        return assay_fail(
            err, ASSAY_E_FORMAT, "%s: %d tokens in the vocabulary, but embeddings for %d",
            assay_gguf_what(gguf), assay_tokenizer_size(e->tokenizer), e->hparams.n_vocab);
    }
    return ASSAY_OK;
}

static void describe(assay_encoder *e) {
    const assay_encoder_hparams *hp = &e->hparams;
    e->info = (assay_encoder_info){
        .name = assay_gguf_string_or(assay_parts_head(&e->files), "general.name", ""),
        .sha256 = e->sha256.hex,
        .n_vocab = hp->n_vocab,
        .n_layers = hp->n_layers,
        .n_heads = hp->n_heads,
        .head_dim = hp->head_dim,
        .dim = hp->dim,
        .ffn_dim = hp->ffn_dim,
        .n_context = hp->n_context,
        .pooling = hp->pooling,
        .n_parameters = e->weights.n_parameters,
        .n_bytes = assay_parts_bytes(&e->files),
    };
}

assay_status assay_encoder_create(const assay_model_file *files, size_t n_files,
                                  assay_encoder **out, assay_error *err) {
    assay_encoder *e = assay_calloc(1, sizeof *e);
    if (e == NULL) {
        for (size_t i = 0; i < n_files; i++) free(files[i].bytes);
        return assay_fail(err, ASSAY_E_MEMORY, "encoder: out of memory");
    }
    assay_status status = assay_parts_open(files, n_files, &e->files, err);
    if (status == ASSAY_OK) status = load(e, err);
    if (status != ASSAY_OK) {
        assay_encoder_destroy(e);
        return status;
    }
    describe(e);
    *out = e;
    return ASSAY_OK;
}

void assay_encoder_destroy(assay_encoder *encoder) {
    if (encoder == NULL) return;
    assay_arena_destroy(&encoder->weights.memory);
    assay_tokenizer_destroy(encoder->tokenizer);
    assay_parts_close(&encoder->files);
    free(encoder);
}

const assay_encoder_info *assay_encoder_get_info(const assay_encoder *encoder) {
    return &encoder->info;
}

assay_status assay_encoder_tokenize(const assay_encoder *encoder, const char *text, size_t n_bytes,
                                    int32_t *ids, size_t cap, size_t *n, assay_error *err) {
    assay_ids all = {0};
    assay_status status =
        assay_tokenize_framed(encoder->tokenizer, text, n_bytes, false, &all, err);
    if (status == ASSAY_OK) {
        for (size_t i = 0; i < all.n && i < cap; i++) ids[i] = all.ids[i];
        *n = all.n;
    }
    assay_ids_free(&all);
    return status;
}

assay_status assay_encoder_pool(const float *rows, size_t n_rows, size_t dim, assay_pooling pooling,
                                bool normalize, float *out, assay_error *err) {
    if ((int)pooling < 0 || (int)pooling > ASSAY_POOLING_LAST || n_rows == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "encoder: pooling %d of %zu rows", (int)pooling,
                          n_rows);
    if (pooling == ASSAY_POOLING_DEFAULT) pooling = ASSAY_POOLING_MEAN;
    assay_pooler pooler = assay_pooler_start(pooling, dim, out);
    assay_pooler_add(&pooler, rows, n_rows);
    if (assay_pooler_finish(&pooler, normalize)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "encoder: the model gives no finite numbers");
}
