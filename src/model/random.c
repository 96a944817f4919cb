/* Models with seeded weights in the shapes of published ones, for tests and timing.
 *
 *     preset -> metadata and a plan of tensors -> GGUF laid out by the writer -> rows filled and
 * quantized
 *
 * Weights are near-normal with a deviation that keeps activations of order one: 1 / sqrt(inputs)
 * for a matrix, less for those that add to the residual stream, 2 / sqrt(dim) for the output, so
 * that next-token distributions are neither flat nor one-hot. Every tensor draws from its own
 * stream of the seed: the same model in another type holds the same numbers, rounded. */
#include "model/random.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "assay.h"
#include "base/maths.h"
#include "base/rng.h"
#include "model/loader.h"
#include "model/quantize.h"

typedef struct preset {
    const char *name;
    int n_layers, dim, ffn_dim, n_heads, n_kv_heads, n_vocab, n_context;
    double rope_theta;
    int image_size, patch_size, scale, vision_layers, vision_dim, vision_ffn_dim, vision_heads;
} preset;

/* smolvlm-slice: the widths of the 256M model, so every type meets its true rows, but few layers,
 * tokens and patches. tiny: odd in what must not matter, a vocabulary of no multiple of the panel,
 * three query heads on one key head. */
static const preset presets[] = {
    {"smolvlm-256m", 30, 576, 1536, 9, 3, 49280, 8192, 100000, 512, 16, 4, 12, 768, 3072, 12},
    {"smolvlm-500m", 32, 960, 2560, 15, 5, 49280, 8192, 100000, 512, 16, 4, 12, 768, 3072, 12},
    {"smolvlm-slice", 2, 576, 1536, 9, 3, 1000, 2048, 100000, 128, 16, 4, 1, 768, 3072, 12},
    {"tiny", 2, 96, 256, 3, 1, 509, 512, 100000, 64, 16, 2, 2, 64, 160, 2},
};

/* A tensor and how it is filled: mean + deviation * (near-normal). */
typedef struct plan_item {
    size_t index; /* in the writer */
    assay_type type;
    int rows, cols;
    double mean, deviation;
} plan_item;

enum { PLAN_MAX = 512, NAME_SIZE = 64 };

typedef struct plan {
    assay_gguf_writer *writer;
    assay_type type; /* of matrices that fill its blocks */
    size_t n;
    plan_item items[PLAN_MAX];
} plan;

static void add(plan *p, const char *name, int n_dims, const uint64_t *dims, double mean,
                double deviation) {
    assay_type type = assay_type_stored(p->type, name, n_dims, dims);
    uint64_t rows = 1;
    for (int i = 1; i < n_dims; i++) rows *= dims[i];
    plan_item item = {0, type, (int)rows, (int)dims[0], mean, deviation};
    item.index = assay_gguf_put_tensor(p->writer, name, type, n_dims, dims);
    if (p->n < PLAN_MAX) p->items[p->n++] = item;
}

static void add_matrix(plan *p, const char *name, int rows, int cols, double deviation) {
    const uint64_t dims[2] = {(uint64_t)cols, (uint64_t)rows};
    add(p, name, 2, dims, 0, deviation);
}

static void add_vector(plan *p, const char *name, int n, double mean, double deviation) {
    const uint64_t dims[1] = {(uint64_t)n};
    add(p, name, 1, dims, mean, deviation);
}

/* 1 / sqrt(n), for fan-in. */
static double per_root(double n) {
    return 1 / assay_sqrt(n);
}

static void plan_text(plan *p, const preset *m) {
    char name[NAME_SIZE];
    int head_dim = m->dim / m->n_heads, kv_dim = m->n_kv_heads * head_dim;
    double in = per_root(m->dim), residual = per_root(2.0 * m->n_layers);
    const struct {
        const char *name;
        int rows, cols;
        double deviation;
    } parts[] = {
        {"attn_q", m->dim, m->dim, 1.5 * in},
        {"attn_k", kv_dim, m->dim, 1.5 * in},
        {"attn_v", kv_dim, m->dim, in},
        {"attn_output", m->dim, m->dim, 2 * in * residual},
        {"ffn_gate", m->ffn_dim, m->dim, in},
        {"ffn_up", m->ffn_dim, m->dim, in},
        {"ffn_down", m->dim, m->ffn_dim, 2 * per_root(m->ffn_dim) * residual},
    };
    add_matrix(p, "token_embd.weight", m->n_vocab, m->dim, 1);
    for (int i = 0; i < m->n_layers; i++) {
        snprintf(name, sizeof name, "blk.%d.attn_norm.weight", i);
        add_vector(p, name, m->dim, 1, 0.1);
        snprintf(name, sizeof name, "blk.%d.ffn_norm.weight", i);
        add_vector(p, name, m->dim, 1, 0.1);
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            snprintf(name, sizeof name, "blk.%d.%s.weight", i, parts[k].name);
            add_matrix(p, name, parts[k].rows, parts[k].cols, parts[k].deviation);
        }
    }
    add_vector(p, "output_norm.weight", m->dim, 1, 0.1);
    add_matrix(p, "output.weight", m->n_vocab, m->dim, 2 * in);
}

static void plan_vision(plan *p, const preset *m) {
    char name[NAME_SIZE];
    int side = m->image_size / m->patch_size, patch = m->patch_size, dim = m->vision_dim;
    double in = per_root(dim), residual = per_root(2.0 * m->vision_layers);
    const struct {
        const char *name;
        int rows, cols;
        double deviation;
    } parts[] = {
        {"attn_q", dim, dim, 1.5 * in},
        {"attn_k", dim, dim, 1.5 * in},
        {"attn_v", dim, dim, in},
        {"attn_out", dim, dim, 2 * in * residual},
        {"ffn_up", m->vision_ffn_dim, dim, in},
        {"ffn_down", dim, m->vision_ffn_dim, 2 * per_root(m->vision_ffn_dim) * residual},
    };
    const uint64_t conv[4] = {(uint64_t)patch, (uint64_t)patch, 3, (uint64_t)dim};
    const uint64_t position[2] = {(uint64_t)dim, (uint64_t)(side * side)};
    add(p, "v.patch_embd.weight", 4, conv, 0, per_root(3.0 * patch * patch));
    add_vector(p, "v.patch_embd.bias", dim, 0, 0.1);
    add(p, "v.position_embd.weight", 2, position, 0, 0.5);
    for (int i = 0; i < m->vision_layers; i++) {
        for (int ln = 1; ln <= 2; ln++) {
            snprintf(name, sizeof name, "v.blk.%d.ln%d.weight", i, ln);
            add_vector(p, name, dim, 1, 0.1);
            snprintf(name, sizeof name, "v.blk.%d.ln%d.bias", i, ln);
            add_vector(p, name, dim, 0, 0.1);
        }
        for (size_t k = 0; k < sizeof parts / sizeof *parts; k++) {
            snprintf(name, sizeof name, "v.blk.%d.%s.weight", i, parts[k].name);
            add_matrix(p, name, parts[k].rows, parts[k].cols, parts[k].deviation);
            snprintf(name, sizeof name, "v.blk.%d.%s.bias", i, parts[k].name);
            add_vector(p, name, parts[k].rows, 0, 0.1);
        }
    }
    add_vector(p, "v.post_ln.weight", dim, 1, 0.1);
    add_vector(p, "v.post_ln.bias", dim, 0, 0.1);
    add_matrix(p, "mm.model.fc.weight", m->dim, dim * m->scale * m->scale,
               per_root(dim * m->scale * m->scale));
}

static void put_text_metadata(assay_gguf_writer *w, const preset *m) {
    char name[NAME_SIZE];
    snprintf(name, sizeof name, "random %s", m->name);
    assay_gguf_put_string(w, "general.architecture", "llama");
    assay_gguf_put_string(w, "general.name", name);
    assay_gguf_put_u32(w, "llama.block_count", (uint32_t)m->n_layers);
    assay_gguf_put_u32(w, "llama.context_length", (uint32_t)m->n_context);
    assay_gguf_put_u32(w, "llama.embedding_length", (uint32_t)m->dim);
    assay_gguf_put_u32(w, "llama.feed_forward_length", (uint32_t)m->ffn_dim);
    assay_gguf_put_u32(w, "llama.attention.head_count", (uint32_t)m->n_heads);
    assay_gguf_put_u32(w, "llama.attention.head_count_kv", (uint32_t)m->n_kv_heads);
    assay_gguf_put_f32(w, "llama.attention.layer_norm_rms_epsilon", 1e-5f);
    assay_gguf_put_f32(w, "llama.rope.freq_base", (float)m->rope_theta);
    assay_gguf_put_u32(w, "llama.rope.dimension_count", (uint32_t)(m->dim / m->n_heads));
    assay_gguf_put_u32(w, "llama.vocab_size", (uint32_t)m->n_vocab);
}

static void put_vision_metadata(assay_gguf_writer *w, const preset *m) {
    static const float half[3] = {0.5f, 0.5f, 0.5f};
    assay_gguf_put_string(w, "general.architecture", "clip");
    assay_gguf_put_string(w, "general.type", "mmproj");
    assay_gguf_put_bool(w, "clip.has_vision_encoder", true);
    assay_gguf_put_string(w, "clip.projector_type", "idefics3");
    assay_gguf_put_bool(w, "clip.use_gelu", true);
    assay_gguf_put_u32(w, "clip.vision.image_size", (uint32_t)m->image_size);
    assay_gguf_put_u32(w, "clip.vision.patch_size", (uint32_t)m->patch_size);
    assay_gguf_put_u32(w, "clip.vision.embedding_length", (uint32_t)m->vision_dim);
    assay_gguf_put_u32(w, "clip.vision.feed_forward_length", (uint32_t)m->vision_ffn_dim);
    assay_gguf_put_u32(w, "clip.vision.block_count", (uint32_t)m->vision_layers);
    assay_gguf_put_u32(w, "clip.vision.projection_dim", (uint32_t)m->dim);
    assay_gguf_put_u32(w, "clip.vision.attention.head_count", (uint32_t)m->vision_heads);
    assay_gguf_put_f32(w, "clip.vision.attention.layer_norm_epsilon", 1e-6f);
    assay_gguf_put_f32s(w, "clip.vision.image_mean", half, 3);
    assay_gguf_put_f32s(w, "clip.vision.image_std", half, 3);
    assay_gguf_put_u32(w, "clip.vision.projector.scale_factor", (uint32_t)m->scale);
    assay_gguf_put_u32(w, "clip.vision.preproc_image_size", (uint32_t)m->image_size);
}

/* Sum of four uniform 16-bit numbers (Irwin-Hall), scaled to deviation 1: fast, bounded by 3.5,
 * near enough to normal. */
static float near_normal(assay_rng *rng) {
    uint64_t bits = assay_rng_u64(rng);
    int sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) +
              (int)(bits >> 48);
    return (float)(sum - 2 * 65535) * (1.0f / 37837.23f); /* 65536 * sqrt(4 / 12) */
}

/* The file with its weights. `stream` is that of the first tensor. */
static assay_status build(plan *p, uint64_t seed, uint64_t stream, uint8_t **bytes, size_t *n,
                          assay_error *err) {
    uint8_t *file = NULL;
    size_t most = 1;
    for (size_t i = 0; i < p->n; i++)
        most = (size_t)p->items[i].cols > most ? (size_t)p->items[i].cols : most;
    float *row = assay_alloc(most, sizeof *row);
    assay_status status = row != NULL
                              ? assay_gguf_build(p->writer, &file, n, err)
                              : assay_fail(err, ASSAY_E_MEMORY, "random model: out of memory");
    for (size_t i = 0; status == ASSAY_OK && i < p->n; i++) {
        const plan_item *item = &p->items[i];
        assay_rng rng = assay_rng_seed(seed, stream + i);
        uint8_t *out = assay_gguf_tensor_data(p->writer, item->index);
        size_t row_bytes = 0;
        if (!assay_type_size(item->type, 1, (size_t)item->cols, &row_bytes)) {
            status =
                assay_fail(err, ASSAY_E_ARGUMENT, "random model: %d columns do not fit the type %s",
                           item->cols, assay_type_name(item->type));
            break;
        }
        for (int r = 0; r < item->rows; r++) {
            for (int c = 0; c < item->cols; c++) {
                row[c] = (float)item->mean + (float)item->deviation * near_normal(&rng);
            }
            assay_quantize_row(item->type, row, (size_t)item->cols, out + (size_t)r * row_bytes);
        }
    }
    free(row);
    if (status != ASSAY_OK) {
        free(file);
        return status;
    }
    *bytes = file;
    return ASSAY_OK;
}

static assay_status find_type(const char *name, assay_type *type, assay_error *err) {
    char known[128];
    if (assay_type_find(name, type)) return ASSAY_OK;
    return assay_fail(err, ASSAY_E_ARGUMENT, "random model: type \"%.32s\"; known are %s", name,
                      assay_loader_types(known, sizeof known));
}

static assay_status find_preset(const char *name, const preset **out, assay_error *err) {
    for (size_t i = 0; i < sizeof presets / sizeof *presets; i++) {
        *out = &presets[i];
        if (strcmp(name, presets[i].name) == 0) return ASSAY_OK;
    }
    return assay_fail(err, ASSAY_E_ARGUMENT,
                      "random model: preset \"%.32s\"; known are smolvlm-256m, smolvlm-500m, "
                      "smolvlm-slice, tiny",
                      name);
}

static assay_status make_text(const preset *m, assay_type type, uint64_t seed, uint8_t **bytes,
                              size_t *n, assay_error *err) {
    assay_random_vocab vocab = {0};
    plan *p = assay_calloc(1, sizeof *p);
    assay_gguf_writer *w = assay_gguf_writer_create();
    assay_status status = p != NULL && w != NULL
                              ? assay_random_vocab_make(m->n_vocab, &vocab, err)
                              : assay_fail(err, ASSAY_E_MEMORY, "random model: out of memory");
    if (status == ASSAY_OK) {
        p->writer = w;
        p->type = type;
        put_text_metadata(w, m);
        assay_random_vocab_put(&vocab, w);
        plan_text(p, m);
        status = build(p, seed, 0, bytes, n, err);
    }
    assay_gguf_writer_destroy(w);
    free(p);
    assay_random_vocab_free(&vocab);
    return status;
}

static assay_status make_vision(const preset *m, assay_type type, uint64_t seed, uint8_t **bytes,
                                size_t *n, assay_error *err) {
    plan *p = assay_calloc(1, sizeof *p);
    assay_gguf_writer *w = assay_gguf_writer_create();
    assay_status status = ASSAY_OK;
    if (p == NULL || w == NULL) {
        status = assay_fail(err, ASSAY_E_MEMORY, "random model: out of memory");
    } else {
        p->writer = w;
        p->type = type;
        put_vision_metadata(w, m);
        plan_vision(p, m);
        status = build(p, seed, PLAN_MAX, bytes, n, err);
    }
    assay_gguf_writer_destroy(w);
    free(p);
    return status;
}

assay_status assay_model_random(const char *preset_name, const char *type_name, uint64_t seed,
                                uint8_t **text, size_t *n_text, uint8_t **vision, size_t *n_vision,
                                assay_error *err) {
    const preset *m = NULL;
    assay_type type = ASSAY_F32;
    *text = *vision = NULL;
    assay_status status = find_preset(preset_name, &m, err);
    if (status == ASSAY_OK) status = find_type(type_name, &type, err);
    if (status == ASSAY_OK) status = make_text(m, type, seed, text, n_text, err);
    if (status == ASSAY_OK) status = make_vision(m, type, seed, vision, n_vision, err);
    if (status != ASSAY_OK) {
        free(*text);
        *text = NULL;
    }
    return status;
}
