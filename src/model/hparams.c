/* Metadata keys as llama.cpp's converter writes them for SmolVLM: `llama.*` in the text file,
 * `clip.*` in the mmproj file. What would change the computation and is not implemented (another
 * activation, RoPE scaling, a split file) is refused by name instead of being ignored. */
#include "model/hparams.h"

#include <stdbool.h>
#include <string.h>

/* Far above any model that fits a browser, and small enough that no product below overflows. */
#define MAX_LAYERS   256
#define MAX_DIM      16384
#define MAX_FFN      65536
#define MAX_HEADS    256
#define MAX_HEAD_DIM 512
#define MAX_VOCAB    (1 << 20)
#define MAX_CONTEXT  (1 << 20)
#define MAX_IMAGE    2048
#define MAX_PATCH    64
#define MAX_PATCHES  4096
#define MAX_SCALE    16

/* One integer that must be there. */
typedef struct int_key {
    const char *key;
    int64_t high;
    int *out;
} int_key;

static assay_status read_ints(const assay_gguf *gguf, const int_key *keys, size_t n,
                              assay_error *err) {
    for (size_t i = 0; i < n; i++) {
        int64_t value = 0;
        assay_status status = assay_gguf_int(gguf, keys[i].key, 1, keys[i].high, &value, err);
        if (status != ASSAY_OK) return status;
        *keys[i].out = (int)value;
    }
    return ASSAY_OK;
}

static assay_status read_epsilon(const assay_gguf *gguf, const char *key, float *out,
                                 assay_error *err) {
    double value = 0;
    assay_status status = assay_gguf_float(gguf, key, &value, err);
    if (status != ASSAY_OK) return status;
    if (!(value > 0 && value <= 0.1)) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %s is %g, expected a number in (0, 0.1]",
                          assay_gguf_what(gguf), key, value);
    }
    *out = (float)value;
    return ASSAY_OK;
}

static assay_status expect_string(const assay_gguf *gguf, const char *key, const char *noun,
                                  const char *want, assay_error *err) {
    const char *value = NULL;
    assay_status status = assay_gguf_string(gguf, key, &value, err);
    if (status != ASSAY_OK) return status;
    if (strcmp(value, want) == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: %s \"%.64s\" is not supported, only \"%s\" is (%s)",
                      assay_gguf_what(gguf), noun, value, want, key);
}

static assay_status refuse_split(const assay_gguf *gguf, assay_error *err) {
    int64_t n_files = 0;
    assay_status status = assay_gguf_int_or(gguf, "split.count", 0, INT32_MAX, 1, &n_files, err);
    if (status != ASSAY_OK || n_files <= 1) return status;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: one of %lld parts of a split file; merge them into one first",
                      assay_gguf_what(gguf), (long long)n_files);
}

/* Keys that may be absent, and must repeat what the others say when they are there. */
static assay_status expect_int(const assay_gguf *gguf, const char *key, int want,
                               assay_error *err) {
    int64_t value = 0;
    assay_status status = assay_gguf_int_or(gguf, key, INT32_MIN, INT32_MAX, want, &value, err);
    if (status != ASSAY_OK || value == want) return status;
    return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: %s is %lld, only %d is supported here",
                      assay_gguf_what(gguf), key, (long long)value, want);
}

static assay_status read_heads(const assay_gguf *gguf, const char *key, int dim, int n_heads,
                               int *head_dim, assay_error *err) {
    if (dim % n_heads == 0 && dim / n_heads <= MAX_HEAD_DIM && dim / n_heads % 4 == 0) {
        *head_dim = dim / n_heads;
        return ASSAY_OK;
    }
    return assay_fail(err, ASSAY_E_FORMAT,
                      "%s: %s is %d, which does not cut a width of %d into heads of 4, 8, ... %d",
                      assay_gguf_what(gguf), key, n_heads, dim, MAX_HEAD_DIM);
}

/* Rotary embedding: plain only. */
static assay_status read_rope(const assay_gguf *gguf, assay_text_hparams *hp, assay_error *err) {
    assay_status status = expect_int(gguf, "llama.rope.dimension_count", hp->head_dim, err);
    if (status == ASSAY_OK)
        status = expect_int(gguf, "llama.attention.key_length", hp->head_dim, err);
    if (status == ASSAY_OK)
        status = expect_int(gguf, "llama.attention.value_length", hp->head_dim, err);
    if (status == ASSAY_OK)
        status = assay_gguf_float_or(gguf, "llama.rope.freq_base", 10000, &hp->rope_theta, err);
    if (status != ASSAY_OK) return status;
    if (!(hp->rope_theta >= 1 && hp->rope_theta <= 1e9)) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: llama.rope.freq_base is %g, expected 1 to 1e9",
                          assay_gguf_what(gguf), hp->rope_theta);
    }
    const char *scaling = assay_gguf_string_or(gguf, "llama.rope.scaling.type", "none");
    if (strcmp(scaling, "none") != 0) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: RoPE scaling \"%.64s\" is not supported",
                          assay_gguf_what(gguf), scaling);
    }
    return ASSAY_OK;
}

assay_status assay_text_hparams_read(const assay_gguf *gguf, assay_text_hparams *out,
                                     assay_error *err) {
    assay_text_hparams hp = {0};
    const int_key keys[] = {
        {"llama.block_count", MAX_LAYERS, &hp.n_layers},
        {"llama.embedding_length", MAX_DIM, &hp.dim},
        {"llama.feed_forward_length", MAX_FFN, &hp.ffn_dim},
        {"llama.attention.head_count", MAX_HEADS, &hp.n_heads},
        {"llama.context_length", MAX_CONTEXT, &hp.n_context},
    };
    int64_t n_kv_heads = 0, n_vocab = 0;
    assay_status status = expect_string(gguf, "general.architecture", "architecture", "llama", err);
    if (status == ASSAY_OK) status = refuse_split(gguf, err);
    if (status == ASSAY_OK) status = read_ints(gguf, keys, sizeof keys / sizeof *keys, err);
    if (status == ASSAY_OK) {
        status = assay_gguf_int_or(gguf, "llama.attention.head_count_kv", 1, MAX_HEADS, hp.n_heads,
                                   &n_kv_heads, err);
    }
    if (status == ASSAY_OK)
        status = assay_gguf_int_or(gguf, "llama.vocab_size", 1, MAX_VOCAB, 0, &n_vocab, err);
    if (status == ASSAY_OK) {
        status = read_epsilon(gguf, "llama.attention.layer_norm_rms_epsilon", &hp.norm_eps, err);
    }
    if (status == ASSAY_OK) {
        status =
            read_heads(gguf, "llama.attention.head_count", hp.dim, hp.n_heads, &hp.head_dim, err);
    }
    if (status == ASSAY_OK) status = read_rope(gguf, &hp, err);
    if (status != ASSAY_OK) return status;
    hp.n_kv_heads = (int)n_kv_heads;
    hp.n_vocab = (int)n_vocab;
    if (hp.n_heads % hp.n_kv_heads != 0) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: %d attention heads cannot share %d key/value heads",
                          assay_gguf_what(gguf), hp.n_heads, hp.n_kv_heads);
    }
    *out = hp;
    return ASSAY_OK;
}

/* The tower as SigLIP has it: tanh GELU. A file that does not say which activation it wants means
 * another one (quick GELU), so the key must be there. */
static assay_status check_tower(const assay_gguf *gguf, assay_error *err) {
    bool gelu = false, silu = false;
    assay_status status = expect_string(gguf, "general.architecture", "architecture", "clip", err);
    if (status == ASSAY_OK) status = refuse_split(gguf, err);
    if (status == ASSAY_OK)
        status = expect_string(gguf, "clip.projector_type", "projector", "idefics3", err);
    if (status == ASSAY_OK) status = assay_gguf_bool_or(gguf, "clip.use_gelu", false, &gelu, err);
    if (status == ASSAY_OK) status = assay_gguf_bool_or(gguf, "clip.use_silu", false, &silu, err);
    if (status != ASSAY_OK) return status;
    if (gelu && !silu) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: only the GELU activation is supported (clip.use_gelu = true)",
                      assay_gguf_what(gguf));
}

static assay_status read_channels(const assay_gguf *gguf, const char *key, float low, float *out,
                                  assay_error *err) {
    const float *values = NULL;
    size_t n = 0;
    assay_status status = assay_gguf_float_array(gguf, key, &n, &values, err);
    if (status != ASSAY_OK) return status;
    bool good = n == 3;
    for (size_t i = 0; good && i < 3; i++) good = values[i] >= low && values[i] <= 1;
    if (!good) {
        return assay_fail(err, ASSAY_E_FORMAT, "%s: %s must be 3 numbers in [%g, 1]",
                          assay_gguf_what(gguf), key, (double)low);
    }
    memcpy(out, values, 3 * sizeof *out);
    return ASSAY_OK;
}

static assay_status check_patches(const assay_gguf *gguf, assay_vision_hparams *hp,
                                  assay_error *err) {
    hp->side = hp->image_size / hp->patch_size;
    hp->n_patches = hp->side * hp->side;
    if (hp->side * hp->patch_size != hp->image_size || hp->side % hp->scale != 0) {
        return assay_fail(
            err, ASSAY_E_FORMAT,
            "%s: an image of %d pixels does not divide into patches of %d in groups of %d x %d",
            assay_gguf_what(gguf), hp->image_size, hp->patch_size, hp->scale, hp->scale);
    }
    if (hp->n_patches > MAX_PATCHES) {
        return assay_fail(err, ASSAY_E_LIMIT,
                          "%s: %d patches in an image, at most %d are supported",
                          assay_gguf_what(gguf), hp->n_patches, MAX_PATCHES);
    }
    hp->n_tokens = hp->n_patches / (hp->scale * hp->scale);
    return ASSAY_OK;
}

assay_status assay_vision_hparams_read(const assay_gguf *gguf, const assay_text_hparams *text,
                                       assay_vision_hparams *out, assay_error *err) {
    assay_vision_hparams hp = {0};
    int64_t projection = 0;
    const int_key keys[] = {
        {"clip.vision.image_size", MAX_IMAGE, &hp.image_size},
        {"clip.vision.patch_size", MAX_PATCH, &hp.patch_size},
        {"clip.vision.block_count", MAX_LAYERS, &hp.n_layers},
        {"clip.vision.embedding_length", MAX_DIM, &hp.dim},
        {"clip.vision.feed_forward_length", MAX_FFN, &hp.ffn_dim},
        {"clip.vision.attention.head_count", MAX_HEADS, &hp.n_heads},
        {"clip.vision.projector.scale_factor", MAX_SCALE, &hp.scale},
    };
    assay_status status = check_tower(gguf, err);
    if (status == ASSAY_OK) status = read_ints(gguf, keys, sizeof keys / sizeof *keys, err);
    if (status == ASSAY_OK) {
        status = read_epsilon(gguf, "clip.vision.attention.layer_norm_epsilon", &hp.norm_eps, err);
    }
    if (status == ASSAY_OK) {
        status = read_heads(gguf, "clip.vision.attention.head_count", hp.dim, hp.n_heads,
                            &hp.head_dim, err);
    }
    if (status == ASSAY_OK) status = read_channels(gguf, "clip.vision.image_mean", 0, hp.mean, err);
    if (status == ASSAY_OK)
        status = read_channels(gguf, "clip.vision.image_std", 1e-3f, hp.std, err);
    if (status == ASSAY_OK) status = check_patches(gguf, &hp, err);
    if (status == ASSAY_OK) {
        status = assay_gguf_int_or(gguf, "clip.vision.projection_dim", 1, INT32_MAX, text->dim,
                                   &projection, err);
    }
    if (status != ASSAY_OK) return status;
    if (projection != text->dim) {
        return assay_fail(err, ASSAY_E_FORMAT,
                          "%s: made for a language model of width %lld "
                          "(clip.vision.projection_dim), this one has %d",
                          assay_gguf_what(gguf), (long long)projection, text->dim);
    }
    *out = hp;
    return ASSAY_OK;
}
