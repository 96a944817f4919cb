/* The lists of tensors, in the names that llama.cpp's converter gives them. */
#include "model/weights.h"

/* ---- language model ---- */

static void text_layer(assay_loader *l, int i, const assay_text_hparams *hp,
                       assay_text_layer *out) {
    int q_dim = hp->n_heads * hp->head_dim, kv_dim = hp->n_kv_heads * hp->head_dim;
    const assay_loader_part parts[] = {
        {"attn_norm", hp->dim, 0, NULL, &out->attn_norm, NULL},
        {"attn_q", q_dim, hp->dim, &out->q, NULL, NULL},
        {"attn_k", kv_dim, hp->dim, &out->k, NULL, NULL},
        {"attn_v", kv_dim, hp->dim, &out->v, NULL, NULL},
        {"attn_output", hp->dim, q_dim, &out->o, NULL, NULL},
        {"ffn_norm", hp->dim, 0, NULL, &out->ffn_norm, NULL},
        {"ffn_gate", hp->ffn_dim, hp->dim, &out->gate, NULL, NULL},
        {"ffn_up", hp->ffn_dim, hp->dim, &out->up, NULL, NULL},
        {"ffn_down", hp->dim, hp->ffn_dim, &out->down, NULL, NULL},
    };
    assay_loader_layer(l, "blk", i, parts, sizeof parts / sizeof *parts);
}

assay_status assay_text_weights_load(const assay_parts *parts, assay_text_hparams *hp,
                                     assay_text_weights *out, assay_error *err) {
    assay_text_weights w = {0};
    size_t n_layers = (size_t)hp->n_layers;
    assay_loader l =
        assay_loader_start(parts, &w.memory, NULL, 0, n_layers * sizeof *w.layers, err);
    w.layers = assay_loader_alloc(&l, n_layers, sizeof *w.layers);

    size_t at = assay_parts_find(parts, "token_embd.weight");
    const assay_gguf_tensor *embed = assay_parts_at(parts, at, NULL);
    if (hp->n_vocab == 0 && embed != NULL && embed->n_dims == 2 && embed->dims[1] <= INT32_MAX) {
        hp->n_vocab = (int)embed->dims[1];
    }
    assay_loader_matrix(&l, "token_embd.weight", hp->n_vocab, hp->dim, &w.embed);
    if (assay_loader_has(&l, "output.weight")) {
        assay_loader_matrix(&l, "output.weight", hp->n_vocab, hp->dim, &w.output);
    } else {
        w.output = w.embed;
    }
    assay_loader_vector(&l, "output_norm.weight", hp->dim, &w.norm);
    for (int i = 0; i < hp->n_layers && l.status == ASSAY_OK; i++)
        text_layer(&l, i, hp, &w.layers[i]);
    assay_status status = assay_loader_finish(&l, hp->n_layers);
    if (status != ASSAY_OK) return status;
    w.n_parameters = l.n_parameters;
    *out = w;
    return ASSAY_OK;
}

/* ---- vision tower ---- */

/* Files of an old converter hold the two matrices of the MLP, and their biases, under each other's name. */
static bool ffn_names_swapped(const assay_parts *parts, const assay_vision_hparams *hp) {
    size_t i = assay_parts_find(parts, "v.blk.0.ffn_down.weight");
    const assay_gguf_tensor *down = assay_parts_at(parts, i, NULL);
    return down != NULL && hp->dim != hp->ffn_dim && down->n_dims == 2 &&
           down->dims[0] == (uint64_t)hp->dim && down->dims[1] == (uint64_t)hp->ffn_dim;
}

static void vision_layer(assay_loader *l, int i, const assay_vision_hparams *hp, bool swapped,
                         assay_vision_layer *out) {
    const assay_loader_part parts[] = {
        {"ln1", hp->dim, 0, NULL, &out->ln1_weight, &out->ln1_bias},
        {"attn_q", hp->dim, hp->dim, &out->q, NULL, &out->q_bias},
        {"attn_k", hp->dim, hp->dim, &out->k, NULL, &out->k_bias},
        {"attn_v", hp->dim, hp->dim, &out->v, NULL, &out->v_bias},
        {"attn_out", hp->dim, hp->dim, &out->o, NULL, &out->o_bias},
        {"ln2", hp->dim, 0, NULL, &out->ln2_weight, &out->ln2_bias},
        {swapped ? "ffn_down" : "ffn_up", hp->ffn_dim, hp->dim, &out->up, NULL, &out->up_bias},
        {swapped ? "ffn_up" : "ffn_down", hp->dim, hp->ffn_dim, &out->down, NULL, &out->down_bias},
    };
    assay_loader_layer(l, "v.blk", i, parts, sizeof parts / sizeof *parts);
}

assay_status assay_vision_weights_load(const assay_parts *parts, const assay_vision_hparams *hp,
                                       int text_dim, assay_vision_weights *out, assay_error *err) {
    static const char *const tables[] = {"v.position_embd.weight"};
    assay_vision_weights w = {0};
    size_t n_layers = (size_t)hp->n_layers;
    assay_loader l =
        assay_loader_start(parts, &w.memory, tables, 1, n_layers * sizeof *w.layers, err);
    w.layers = assay_loader_alloc(&l, n_layers, sizeof *w.layers);

    assay_loader_convolution(&l, "v.patch_embd.weight", hp->dim, 3, hp->patch_size, &w.patch);
    assay_loader_vector(&l, "v.patch_embd.bias", hp->dim, &w.patch_bias);
    assay_loader_table(&l, "v.position_embd.weight", hp->n_patches, hp->dim, &w.position);
    bool swapped = ffn_names_swapped(parts, hp);
    for (int i = 0; i < hp->n_layers && l.status == ASSAY_OK; i++) {
        vision_layer(&l, i, hp, swapped, &w.layers[i]);
    }
    assay_loader_vector(&l, "v.post_ln.weight", hp->dim, &w.post_weight);
    assay_loader_vector(&l, "v.post_ln.bias", hp->dim, &w.post_bias);
    assay_loader_matrix(&l, "mm.model.fc.weight", text_dim, hp->dim * hp->scale * hp->scale,
                        &w.connector);
    assay_status status = assay_loader_finish(&l, hp->n_layers);
    if (status != ASSAY_OK) return status;
    w.n_parameters = l.n_parameters;
    *out = w;
    return ASSAY_OK;
}

void assay_text_weights_free(assay_text_weights *weights) {
    assay_arena_destroy(&weights->memory);
    *weights = (assay_text_weights){0};
}

void assay_vision_weights_free(assay_vision_weights *weights) {
    assay_arena_destroy(&weights->memory);
    *weights = (assay_vision_weights){0};
}
