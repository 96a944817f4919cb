/* Metadata keys as llama.cpp's converter writes them for SmolVLM: `llama.*` in the text file, `clip.*` in the
 * mmproj file. A key that is absent means what it means to llama.cpp (llama_model_base::load_hparams, clip.cpp):
 *
 *   head_count_kv = head_count   rope.freq_base = 10000   key_length = value_length = rope.dimension_count = width / heads
 *   vocab_size: as many as embeddings   projector.scale_factor: what the connector's shape says
 *
 * and the rest must be there: so must clip's layer_norm_epsilon, image_mean and image_std, which that program too does
 * not guess. What would change the computation and is not implemented (another activation, RoPE scaling, experts) is
 * refused by name instead of being ignored. */
#include "model/hparams.h"

#include <stdbool.h>
#include <string.h>

/* Far above any model that fits a browser, and small enough that no product below overflows. */
#define MAX_LAYERS   256
#define MAX_DIM      16384
#define MAX_FFN      65536
#define MAX_HEADS    256
#define MAX_HEAD_DIM 256
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

/* The architecture of a file that is used as what it is not, with advice where there is one. */
static assay_status check_architecture(const assay_gguf *gguf, const char *want, assay_error *err) {
    static const struct {
        const char *prefix, *what;
    } known[] = {
        {"llama", "is a language model: give it as the text model, and as vision file its mmproj"},
        {"clip", "is a vision tower (mmproj), not a language model: give it as --vision"},
        {"bert", "is an encoder, not a language model: use it with assay embed"},
    };
    const char *value = NULL;
    assay_status status = assay_gguf_string(gguf, "general.architecture", &value, err);
    if (status != ASSAY_OK || strcmp(value, want) == 0) return status;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(value, known[i].prefix) != 0) continue;
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: %s", assay_gguf_what(gguf), known[i].what);
    }
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: architecture \"%.64s\" is not supported; supported are llama (text), "
                      "clip with an idefics3 projector (vision) and bert (assay embed)",
                      assay_gguf_what(gguf), value);
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

/* The width of a head: what key_length says, else the width shared out. */
static assay_status read_text_heads(const assay_gguf *gguf, assay_text_hparams *hp,
                                    assay_error *err) {
    int64_t length = 0;
    if (!assay_gguf_has(gguf, "llama.attention.key_length")) {
        return read_heads(gguf, "llama.attention.head_count", hp->dim, hp->n_heads, &hp->head_dim,
                          err);
    }
    assay_status status =
        assay_gguf_int(gguf, "llama.attention.key_length", 4, MAX_HEAD_DIM, &length, err);
    if (status != ASSAY_OK) return status;
    hp->head_dim = (int)length;
    if (hp->head_dim % 4 == 0) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_FORMAT, "%s: llama.attention.key_length is %d, no multiple of 4",
                      assay_gguf_what(gguf), hp->head_dim);
}

/* A number that may be absent, and may be 0 or 1: both say "not scaled". */
static assay_status expect_unscaled(const assay_gguf *gguf, const char *key, assay_error *err) {
    double value = 0;
    assay_status status = assay_gguf_float_or(gguf, key, 0, &value, err);
    if (status != ASSAY_OK || value == 0 || value == 1) return status;
    return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: RoPE scaling is not supported (%s is %g)",
                      assay_gguf_what(gguf), key, value);
}

/* Rotary embedding: plain only. A scaling type without a factor scales nothing. */
static assay_status read_rope(const assay_gguf *gguf, assay_text_hparams *hp, assay_error *err) {
    assay_status status = expect_int(gguf, "llama.rope.dimension_count", hp->head_dim, err);
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
    if (strcmp(scaling, "none") != 0 && strcmp(scaling, "linear") != 0) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED, "%s: RoPE scaling \"%.64s\" is not supported",
                          assay_gguf_what(gguf), scaling);
    }
    if (strcmp(scaling, "none") == 0 && assay_gguf_has(gguf, "llama.rope.scaling.type"))
        return ASSAY_OK; /* its factor, if any, is not used */
    status = expect_unscaled(gguf, "llama.rope.scaling.factor", err);
    return status == ASSAY_OK ? expect_unscaled(gguf, "llama.rope.scale_linear", err) : status;
}

/* What llama.cpp loads under the same architecture and this engine does not compute. */
static assay_status refuse_variants(const assay_gguf *gguf, assay_error *err) {
    int64_t n_experts = 0;
    assay_status status =
        assay_gguf_int_or(gguf, "llama.expert_count", 0, INT32_MAX, 0, &n_experts, err);
    if (status != ASSAY_OK) return status;
    if (n_experts > 0) {
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "%s: a mixture of %lld experts; only models without are supported",
                          assay_gguf_what(gguf), (long long)n_experts);
    }
    if (assay_gguf_find(gguf, "rope_freqs.weight") == NULL) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: RoPE with factors (rope_freqs.weight, as in Llama 3.1) is not supported",
                      assay_gguf_what(gguf));
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
    assay_status status = check_architecture(gguf, "llama", err);
    if (status == ASSAY_OK) status = refuse_variants(gguf, err);
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
    if (status == ASSAY_OK) status = read_text_heads(gguf, &hp, err);
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

/* The key's older and newer name: files for several senses carry the second. */
static assay_status check_projector(const assay_gguf *gguf, assay_error *err) {
    const char *key = "clip.projector_type", *value = NULL;
    if (!assay_gguf_has(gguf, key) && assay_gguf_has(gguf, "clip.vision.projector_type"))
        key = "clip.vision.projector_type";
    assay_status status = assay_gguf_string(gguf, key, &value, err);
    if (status != ASSAY_OK || strcmp(value, "idefics3") == 0) return status;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: projector \"%.64s\" is not supported, only \"idefics3\" (SmolVLM) is",
                      assay_gguf_what(gguf), value);
}

/* The tower as SigLIP has it: tanh GELU. A file that does not say which activation it wants means another one (quick
 * GELU), so the key must be there. */
static assay_status check_tower(const assay_gguf *gguf, assay_error *err) {
    bool gelu = false, silu = false;
    assay_status status = check_architecture(gguf, "clip", err);
    if (status == ASSAY_OK) status = check_projector(gguf, err);
    if (status == ASSAY_OK) status = assay_gguf_bool_or(gguf, "clip.use_gelu", false, &gelu, err);
    if (status == ASSAY_OK) status = assay_gguf_bool_or(gguf, "clip.use_silu", false, &silu, err);
    if (status != ASSAY_OK) return status;
    if (gelu && !silu) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "%s: only the GELU activation is supported (clip.use_gelu = true)",
                      assay_gguf_what(gguf));
}

/* Absent in some files: scale^2 patches make one input of the connector. */
static assay_status read_scale(const assay_gguf *gguf, assay_vision_hparams *hp, assay_error *err) {
    static const char key[] = "clip.vision.projector.scale_factor";
    const assay_gguf_tensor *connector = assay_gguf_find(gguf, "mm.model.fc.weight");
    const int_key given = {key, MAX_SCALE, &hp->scale};
    for (int scale = 1; connector != NULL && !assay_gguf_has(gguf, key) && scale <= MAX_SCALE;
         scale++) {
        hp->scale = scale;
        if (connector->dims[0] == (uint64_t)hp->dim * (uint64_t)(scale * scale)) return ASSAY_OK;
    }
    return read_ints(gguf, &given, 1, err);
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
    };
    assay_status status = check_tower(gguf, err);
    if (status == ASSAY_OK) status = read_ints(gguf, keys, sizeof keys / sizeof *keys, err);
    if (status == ASSAY_OK) status = read_scale(gguf, &hp, err);
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
