/* file's tensors -> name, type and shape checked -> assay_matrix_pack in place | copy as floats.
 *
 * A loader carries the first failure, so that a layer reads as a list of its tensors and is checked
 * once. */
#include "model/weights.h"

#include <stdio.h>
#include <string.h>

#define NAME_SIZE 64

typedef struct loader {
    const assay_gguf *gguf;
    uint8_t *bytes;
    assay_arena *memory;
    size_t n_taken;
    uint64_t n_parameters;
    assay_status status;
    assay_error *err;
} loader;

/* Types that occur in published files and need another file of the same model. */
static const char *type_name(uint32_t type) {
    static const struct {
        uint32_t id;
        const char *name;
    } others[] = {{2, "Q4_0"},  {3, "Q4_1"},  {6, "Q5_0"},  {7, "Q5_1"},  {10, "Q2_K"},
                  {11, "Q3_K"}, {12, "Q4_K"}, {13, "Q5_K"}, {14, "Q6_K"}, {30, "BF16"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (others[i].id == type) return others[i].name;
    }
    const char *known = type <= INT32_MAX ? assay_type_name((assay_type)type) : NULL;
    return known != NULL ? known : "unknown";
}

/* "[576, 1536]", slowest dimension first, as papers and NumPy write a shape. */
static void print_shape(char *out, size_t size, int n_dims, const uint64_t *dims) {
    size_t used = (size_t)snprintf(out, size, "[");
    for (int i = n_dims - 1; i >= 0 && used < size; i--) {
        used += (size_t)snprintf(out + used, size - used, "%llu%s", (unsigned long long)dims[i],
                                 i > 0 ? ", " : "");
    }
    if (used < size) snprintf(out + used, size - used, "]");
}

static void check_shape(loader *l, const assay_gguf_tensor *t, int n_dims, const uint64_t *dims) {
    bool same = true;
    for (int i = 0; i < 4; i++) {
        uint64_t want = i < n_dims ? dims[i] : 1, found = i < t->n_dims ? t->dims[i] : 1;
        same = same && want == found;
    }
    if (same) return;
    char want[96], found[96];
    print_shape(want, sizeof want, n_dims, dims);
    print_shape(found, sizeof found, t->n_dims, t->dims);
    l->status = assay_fail(l->err, ASSAY_E_FORMAT, "%s: tensor %s: expected %s, found %s",
                           assay_gguf_what(l->gguf), t->name, want, found);
}

/* The tensor, or NULL after a failure. Dims as in GGUF, the fastest first. */
static const assay_gguf_tensor *take(loader *l, const char *name, int n_dims,
                                     const uint64_t *dims) {
    if (l->status != ASSAY_OK) return NULL;
    const assay_gguf_tensor *t = assay_gguf_find(l->gguf, name);
    if (t == NULL) {
        l->status = assay_fail(l->err, ASSAY_E_FORMAT, "%s: tensor %s is missing",
                               assay_gguf_what(l->gguf), name);
        return NULL;
    }
    if (t->type != ASSAY_F32 && t->type != ASSAY_F16 && t->type != ASSAY_Q8_0) {
        l->status =
            assay_fail(l->err, ASSAY_E_UNSUPPORTED,
                       "%s: tensor %s has type %s (%u); supported are F32, F16 and Q8_0",
                       assay_gguf_what(l->gguf), name, type_name(t->type), (unsigned)t->type);
        return NULL;
    }
    check_shape(l, t, n_dims, dims);
    if (l->status == ASSAY_OK && t->offset % sizeof(float) != 0) {
        l->status = assay_fail(l->err, ASSAY_E_FORMAT,
                               "%s: tensor %s does not start at a multiple of 4 bytes",
                               assay_gguf_what(l->gguf), name);
    }
    if (l->status != ASSAY_OK) return NULL;
    uint64_t n = 1;
    for (int i = 0; i < t->n_dims; i++) n *= t->dims[i];
    l->n_taken++;
    l->n_parameters += n;
    return t;
}

static void pack(loader *l, const assay_gguf_tensor *t, int rows, int cols, assay_matrix *out) {
    if (t == NULL) return;
    uint8_t *data = l->bytes + (size_t)t->offset;
    l->status = assay_matrix_pack(out, (assay_type)t->type, rows, cols, data, l->err);
}

static void matrix(loader *l, const char *name, int rows, int cols, assay_matrix *out) {
    const uint64_t dims[2] = {(uint64_t)cols, (uint64_t)rows};
    pack(l, take(l, name, 2, dims), rows, cols, out);
}

/* [rows, n] floats; a vector is one row. */
static void floats(loader *l, const char *name, int rows, int n, const float **out) {
    const uint64_t dims[2] = {(uint64_t)n, (uint64_t)rows};
    const assay_gguf_tensor *t = take(l, name, rows > 1 ? 2 : 1, dims);
    if (t == NULL) return;
    float *copy = assay_arena_alloc(l->memory, (size_t)rows * (size_t)n, sizeof *copy);
    if (copy == NULL) { /* the arena was sized by the same tensors */
        l->status = assay_fail(l->err, ASSAY_E_MEMORY, "%s: no memory for tensor %s",
                               assay_gguf_what(l->gguf), name);
        return;
    }
    assay_dequantize_row((assay_type)t->type, l->bytes + (size_t)t->offset,
                         (size_t)rows * (size_t)n, copy);
    *out = copy;
}

/* Bytes of everything that `floats` will copy. Bounded by the file: the elements are all there. */
static assay_status memory_create(loader *l, const char *position, size_t layers_bytes) {
    size_t need = layers_bytes + ASSAY_ALIGN;
    bool fits = true;
    for (size_t i = 0; i < assay_gguf_n_tensors(l->gguf); i++) {
        const assay_gguf_tensor *t = assay_gguf_tensor_at(l->gguf, i);
        uint64_t n = 1;
        for (int d = 0; d < t->n_dims; d++) n *= t->dims[d];
        bool copied = t->n_dims == 1 || n == t->dims[0] || strcmp(t->name, position) == 0;
        if (copied)
            fits = fits && n < SIZE_MAX / 8 &&
                   assay_size_add(need, (size_t)n * 4 + ASSAY_ALIGN, &need);
    }
    if (!fits)
        return assay_fail(l->err, ASSAY_E_LIMIT, "%s: vectors are too large",
                          assay_gguf_what(l->gguf));
    return assay_arena_create(l->memory, need, "norms and biases", l->err);
}

/* Everything that is in the file must have been used. */
static void expect_all_taken(loader *l, const char *prefix_of_layers, int n_layers) {
    size_t n = assay_gguf_n_tensors(l->gguf);
    if (l->status != ASSAY_OK || l->n_taken == n) return;
    l->status =
        assay_fail(l->err, ASSAY_E_UNSUPPORTED,
                   "%s: holds %zu tensors where this architecture with %d layers (%s*) has %zu",
                   assay_gguf_what(l->gguf), n, n_layers, prefix_of_layers, l->n_taken);
}

static void text_layer(loader *l, int i, const assay_text_hparams *hp, assay_text_layer *out) {
    char name[NAME_SIZE];
    int q_dim = hp->n_heads * hp->head_dim, kv_dim = hp->n_kv_heads * hp->head_dim;
    const struct {
        const char *name;
        int rows, cols; /* rows 0: a vector */
        assay_matrix *matrix;
        const float **vector;
    } parts[] = {
        {"attn_norm", 0, hp->dim, NULL, &out->attn_norm},
        {"attn_q", q_dim, hp->dim, &out->q, NULL},
        {"attn_k", kv_dim, hp->dim, &out->k, NULL},
        {"attn_v", kv_dim, hp->dim, &out->v, NULL},
        {"attn_output", hp->dim, q_dim, &out->o, NULL},
        {"ffn_norm", 0, hp->dim, NULL, &out->ffn_norm},
        {"ffn_gate", hp->ffn_dim, hp->dim, &out->gate, NULL},
        {"ffn_up", hp->ffn_dim, hp->dim, &out->up, NULL},
        {"ffn_down", hp->dim, hp->ffn_dim, &out->down, NULL},
    };
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        snprintf(name, sizeof name, "blk.%d.%s.weight", i, parts[p].name);
        if (parts[p].rows > 0) {
            matrix(l, name, parts[p].rows, parts[p].cols, parts[p].matrix);
        } else {
            floats(l, name, 1, parts[p].cols, parts[p].vector);
        }
    }
}

assay_status assay_text_weights_load(const assay_gguf *gguf, uint8_t *bytes, assay_text_hparams *hp,
                                     assay_text_weights *out, assay_error *err) {
    assay_text_weights w = {0};
    loader l = {.gguf = gguf, .bytes = bytes, .memory = &w.memory, .err = err};
    size_t layers_bytes = (size_t)hp->n_layers * sizeof *w.layers;
    assay_status status = memory_create(&l, "", layers_bytes);
    if (status != ASSAY_OK) return status;
    w.layers = assay_arena_alloc(&w.memory, 1, layers_bytes);
    memset(w.layers, 0, layers_bytes);

    const assay_gguf_tensor *embed = assay_gguf_find(gguf, "token_embd.weight");
    if (hp->n_vocab == 0 && embed != NULL && embed->n_dims == 2 && embed->dims[1] <= INT32_MAX) {
        hp->n_vocab = (int)embed->dims[1];
    }
    matrix(&l, "token_embd.weight", hp->n_vocab, hp->dim, &w.embed);
    if (assay_gguf_find(gguf, "output.weight") != NULL) {
        matrix(&l, "output.weight", hp->n_vocab, hp->dim, &w.output);
    } else {
        w.output = w.embed;
    }
    floats(&l, "output_norm.weight", 1, hp->dim, &w.norm);
    for (int i = 0; i < hp->n_layers && l.status == ASSAY_OK; i++)
        text_layer(&l, i, hp, &w.layers[i]);
    expect_all_taken(&l, "blk.", hp->n_layers);
    if (l.status != ASSAY_OK) {
        assay_arena_destroy(&w.memory);
        return l.status;
    }
    w.n_parameters = l.n_parameters;
    *out = w;
    return ASSAY_OK;
}

/* Files of an old converter hold the two matrices of the MLP under each other's name. */
static bool ffn_names_swapped(const assay_gguf *gguf, const assay_vision_hparams *hp) {
    const assay_gguf_tensor *down = assay_gguf_find(gguf, "v.blk.0.ffn_down.weight");
    return down != NULL && hp->dim != hp->ffn_dim && down->n_dims == 2 &&
           down->dims[0] == (uint64_t)hp->dim && down->dims[1] == (uint64_t)hp->ffn_dim;
}

static void vision_layer(loader *l, int i, const assay_vision_hparams *hp, bool swapped,
                         assay_vision_layer *out) {
    char name[NAME_SIZE];
    const struct {
        const char *name;
        int rows, cols; /* cols 0: a norm, its weight is a vector */
        assay_matrix *matrix;
        const float **weight, **bias;
    } parts[] = {
        {"ln1", hp->dim, 0, NULL, &out->ln1_weight, &out->ln1_bias},
        {"attn_q", hp->dim, hp->dim, &out->q, NULL, &out->q_bias},
        {"attn_k", hp->dim, hp->dim, &out->k, NULL, &out->k_bias},
        {"attn_v", hp->dim, hp->dim, &out->v, NULL, &out->v_bias},
        {"attn_out", hp->dim, hp->dim, &out->o, NULL, &out->o_bias},
        {"ln2", hp->dim, 0, NULL, &out->ln2_weight, &out->ln2_bias},
        {swapped ? "ffn_down" : "ffn_up", hp->ffn_dim, hp->dim, &out->up, NULL, &out->up_bias},
        {swapped ? "ffn_up" : "ffn_down", hp->dim, hp->ffn_dim, &out->down, NULL, &out->down_bias},
    };
    for (size_t p = 0; p < sizeof parts / sizeof *parts; p++) {
        snprintf(name, sizeof name, "v.blk.%d.%s.weight", i, parts[p].name);
        if (parts[p].cols > 0) {
            matrix(l, name, parts[p].rows, parts[p].cols, parts[p].matrix);
        } else {
            floats(l, name, 1, parts[p].rows, parts[p].weight);
        }
        snprintf(name, sizeof name, "v.blk.%d.%s.bias", i, parts[p].name);
        floats(l, name, 1, parts[p].rows, parts[p].bias);
    }
}

assay_status assay_vision_weights_load(const assay_gguf *gguf, uint8_t *bytes,
                                       const assay_vision_hparams *hp, int text_dim,
                                       assay_vision_weights *out, assay_error *err) {
    assay_vision_weights w = {0};
    loader l = {.gguf = gguf, .bytes = bytes, .memory = &w.memory, .err = err};
    size_t layers_bytes = (size_t)hp->n_layers * sizeof *w.layers;
    assay_status status = memory_create(&l, "v.position_embd.weight", layers_bytes);
    if (status != ASSAY_OK) return status;
    w.layers = assay_arena_alloc(&w.memory, 1, layers_bytes);
    memset(w.layers, 0, layers_bytes);

    uint64_t patch = (uint64_t)hp->patch_size;
    const uint64_t conv[4] = {patch, patch, 3, (uint64_t)hp->dim};
    pack(&l, take(&l, "v.patch_embd.weight", 4, conv), hp->dim, 3 * hp->patch_size * hp->patch_size,
         &w.patch);
    floats(&l, "v.patch_embd.bias", 1, hp->dim, &w.patch_bias);
    floats(&l, "v.position_embd.weight", hp->n_patches, hp->dim, &w.position);
    bool swapped = ffn_names_swapped(gguf, hp);
    for (int i = 0; i < hp->n_layers && l.status == ASSAY_OK; i++) {
        vision_layer(&l, i, hp, swapped, &w.layers[i]);
    }
    floats(&l, "v.post_ln.weight", 1, hp->dim, &w.post_weight);
    floats(&l, "v.post_ln.bias", 1, hp->dim, &w.post_bias);
    matrix(&l, "mm.model.fc.weight", text_dim, hp->dim * hp->scale * hp->scale, &w.connector);
    expect_all_taken(&l, "v.blk.", hp->n_layers);
    if (l.status != ASSAY_OK) {
        assay_arena_destroy(&w.memory);
        return l.status;
    }
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
