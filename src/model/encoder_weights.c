/* Metadata keys and tensor names of the architecture bert, as llama.cpp's converter writes them.
 * The pooler of the original checkpoints is not among the tensors: nothing here reads it. */
#include <string.h>

#include "model/encoder.h"
#include "model/loader.h"

/* Far above any encoder that fits a browser, and small enough that no product overflows. */
#define MAX_LAYERS   128
#define MAX_DIM      8192
#define MAX_FFN      32768
#define MAX_HEADS    128
#define MAX_HEAD_DIM 256 /* of the attention kernel */
#define MAX_CONTEXT  (1 << 16)
#define MAX_VOCAB    (1 << 20)
#define MAX_TYPES    64

/* ---- hyper-parameters ---- */

static assay_status check_architecture(const assay_gguf *gguf, assay_error *err) {
    const char *name = NULL;
    assay_status status = assay_gguf_string(gguf, "general.architecture", &name, err);
    if (status != ASSAY_OK || strcmp(name, "bert") == 0) return status;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: architecture \"%.64s\" is no encoder; supported is \"bert\"",
                      assay_gguf_what(gguf), name);
}

static assay_status read_numbers(const assay_gguf *gguf, assay_encoder_hparams *hp,
                                 assay_error *err) {
    const struct {
        const char *key;
        int64_t high;
        int *out;
    } keys[] = {
        {"bert.block_count", MAX_LAYERS, &hp->n_layers},
        {"bert.embedding_length", MAX_DIM, &hp->dim},
        {"bert.feed_forward_length", MAX_FFN, &hp->ffn_dim},
        {"bert.attention.head_count", MAX_HEADS, &hp->n_heads},
        {"bert.context_length", MAX_CONTEXT, &hp->n_context},
    };
    assay_status status = ASSAY_OK;
    for (size_t i = 0; i < sizeof keys / sizeof *keys && status == ASSAY_OK; i++) {
        int64_t value = 0;
        status = assay_gguf_int(gguf, keys[i].key, 1, keys[i].high, &value, err);
        *keys[i].out = (int)value;
    }
    if (status != ASSAY_OK) return status;
    hp->head_dim = hp->dim / hp->n_heads;
    if (hp->dim % hp->n_heads == 0 && hp->head_dim % 4 == 0 && hp->head_dim <= MAX_HEAD_DIM)
        return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT,
                      "%s: bert.attention.head_count is %d, which does not cut a width of %d into "
                      "heads of 4, 8, ... %d",
                      assay_gguf_what(gguf), hp->n_heads, hp->dim, MAX_HEAD_DIM);
}

static assay_status read_epsilon(const assay_gguf *gguf, assay_encoder_hparams *hp,
                                 assay_error *err) {
    double eps = 0;
    assay_status status = assay_gguf_float(gguf, "bert.attention.layer_norm_epsilon", &eps, err);
    if (status != ASSAY_OK) return status;
    hp->norm_eps = (float)eps;
    if (eps > 0 && eps <= 0.1) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT,
                      "%s: bert.attention.layer_norm_epsilon is %g, expected a number in (0, 0.1]",
                      assay_gguf_what(gguf), eps);
}

/* What would change the computation and is not implemented. */
static assay_status check_variant(const assay_gguf *gguf, const assay_encoder_hparams *hp,
                                  assay_error *err) {
    bool causal = false;
    int64_t kv_heads = 0;
    assay_status status = assay_gguf_bool_or(gguf, "bert.attention.causal", false, &causal, err);
    if (status == ASSAY_OK) {
        status = assay_gguf_int_or(gguf, "bert.attention.head_count_kv", 0, INT32_MAX, hp->n_heads,
                                   &kv_heads, err);
    }
    if (status != ASSAY_OK) return status;
    if (causal) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "%s: bert.attention.causal is true, only encoders that look both ways "
                          "are supported",
                          assay_gguf_what(gguf));
    }
    if (kv_heads == hp->n_heads) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: bert.attention.head_count_kv is %lld, only as many as heads (%d) are "
                      "supported",
                      assay_gguf_what(gguf), (long long)kv_heads, hp->n_heads);
}

static assay_status read_pooling(const assay_gguf *gguf, assay_encoder_hparams *hp,
                                 assay_error *err) {
    int64_t type = 0;
    assay_status status =
        assay_gguf_int_or(gguf, "bert.pooling_type", INT32_MIN, INT32_MAX, 0, &type, err);
    if (status != ASSAY_OK) return status;
    if (type < 0 || type > ASSAY_POOLING_LAST) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "%s: bert.pooling_type is %lld%s; supported are 0 to 3 (none, mean, cls, "
                          "last)",
                          assay_gguf_what(gguf), (long long)type, type == 4 ? " (a reranker)" : "");
    }
    hp->pooling = type == 0 ? ASSAY_POOLING_MEAN : (assay_pooling)type;
    return ASSAY_OK;
}

/* Rows of a table that no key counts. A missing one is left to the loader, which says so. */
static assay_status count_rows(const assay_parts *parts, const char *name, uint64_t most, int *out,
                               assay_error *err) {
    const assay_gguf_tensor *t = assay_parts_at(parts, assay_parts_find(parts, name), NULL);
    uint64_t rows = t == NULL ? 0 : t->n_dims > 1 ? t->dims[1] : 1;
    if (rows > most) {
        return assay_fail(err, ASSAY_E_LIMIT, "%s: tensor %s has %llu rows, at most %llu are taken",
                          assay_gguf_what(assay_parts_head(parts)), name, (unsigned long long)rows,
                          (unsigned long long)most);
    }
    *out = (int)rows;
    return ASSAY_OK;
}

assay_status assay_encoder_hparams_read(const assay_parts *parts, assay_encoder_hparams *out,
                                        assay_error *err) {
    const assay_gguf *gguf = assay_parts_head(parts);
    assay_encoder_hparams hp = {0};
    assay_status status = check_architecture(gguf, err);
    if (status == ASSAY_OK) status = read_numbers(gguf, &hp, err);
    if (status == ASSAY_OK) status = read_epsilon(gguf, &hp, err);
    if (status == ASSAY_OK) status = check_variant(gguf, &hp, err);
    if (status == ASSAY_OK) status = read_pooling(gguf, &hp, err);
    if (status == ASSAY_OK)
        status = count_rows(parts, "token_embd.weight", MAX_VOCAB, &hp.n_vocab, err);
    if (status == ASSAY_OK)
        status = count_rows(parts, "token_types.weight", MAX_TYPES, &hp.n_types, err);
    *out = hp;
    return status;
}

/* ---- weights ---- */

static void load_layer(assay_loader *l, int i, const assay_encoder_hparams *hp,
                       assay_encoder_layer *out) {
    const assay_loader_part parts[] = {
        {"attn_q", hp->dim, hp->dim, &out->q, NULL, &out->q_bias},
        {"attn_k", hp->dim, hp->dim, &out->k, NULL, &out->k_bias},
        {"attn_v", hp->dim, hp->dim, &out->v, NULL, &out->v_bias},
        {"attn_output", hp->dim, hp->dim, &out->o, NULL, &out->o_bias},
        {"attn_output_norm", hp->dim, 0, NULL, &out->att_norm, &out->att_norm_bias},
        {"ffn_up", hp->ffn_dim, hp->dim, &out->up, NULL, &out->up_bias},
        {"ffn_down", hp->dim, hp->ffn_dim, &out->down, NULL, &out->down_bias},
        {"layer_output_norm", hp->dim, 0, NULL, &out->out_norm, &out->out_norm_bias},
    };
    assay_loader_layer(l, "blk", i, parts, sizeof parts / sizeof *parts);
}

assay_status assay_encoder_weights_load(const assay_parts *parts, const assay_encoder_hparams *hp,
                                        assay_encoder_weights *out, assay_error *err) {
    static const char *const tables[] = {"token_types.weight", "position_embd.weight"};
    assay_encoder_weights w = {0};
    size_t n_layers = (size_t)hp->n_layers;
    assay_loader l = assay_loader_start(parts, &w.memory, tables, sizeof tables / sizeof *tables,
                                        n_layers * sizeof *w.layers, err);
    w.layers = assay_loader_alloc(&l, n_layers, sizeof *w.layers);
    assay_loader_matrix(&l, "token_embd.weight", hp->n_vocab, hp->dim, &w.embed);
    assay_loader_table(&l, "token_types.weight", hp->n_types, hp->dim, &w.types);
    assay_loader_table(&l, "position_embd.weight", hp->n_context, hp->dim, &w.position);
    assay_loader_vector(&l, "token_embd_norm.weight", hp->dim, &w.norm);
    assay_loader_vector(&l, "token_embd_norm.bias", hp->dim, &w.norm_bias);
    for (int i = 0; i < hp->n_layers && l.status == ASSAY_OK; i++)
        load_layer(&l, i, hp, &w.layers[i]);
    assay_status status = assay_loader_finish(&l, hp->n_layers);
    if (status != ASSAY_OK) return status;
    w.n_parameters = l.n_parameters;
    *out = w;
    return ASSAY_OK;
}
