/* Keys that may be absent or say the same thing in another way, and variants of the architecture that are refused by
 * name. Every file is the tiny random model with one thing changed. */
#include "test.h"

#include "model_fixture.h"

static assay_status run(tiny_files f, outputs *out, assay_error *err) {
    assay_model *model = NULL;
    memset(out, 0, sizeof *out);
    assay_status status = assay_model_create(&f.text, 1, f.vision, &model, err);
    assay_session *s = status == ASSAY_OK ? tiny_session(model, NULL, NULL, 0, 0) : NULL;
    if (s != NULL) status = compute_outputs(s, out, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
    return status;
}

/* The tiny model with changes, of which NULL ones are left out. */
static tiny_files changed(const file_change *text, const file_change *vision) {
    tiny_files f = tiny_make("F32", 1);
    if (text != NULL) file_remake(&f.text, text);
    if (vision != NULL) file_remake(&f.vision, vision);
    return f;
}

/* What the model gives unchanged; computed once. */
static const outputs *unchanged(void) {
    static outputs out;
    static bool computed;
    assay_error err;
    if (!computed) CHECK_STATUS(run(tiny_make("F32", 1), &out, &err), ASSAY_OK, err);
    computed = true;
    return &out;
}

static void expect_same(const char *what, const file_change *text, const file_change *vision) {
    outputs out;
    assay_error err;
    CHECK_STATUS(run(changed(text, vision), &out, &err), ASSAY_OK, err);
    CHECK(memcmp(unchanged(), &out, sizeof out) == 0, "%s changes the result", what);
}

static void expect_refusal(const file_change *text, const file_change *vision, assay_status want,
                           const char *words) {
    outputs out;
    assay_error err;
    CHECK_STATUS(run(changed(text, vision), &out, &err), want, err);
    CHECK(strstr(err.text, words) != NULL, "\"%s\" is not in \"%s\"", words, err.text);
    CHECK(strstr(err.text, text != NULL ? "text.gguf" : "vision.gguf") != NULL,
          "\"%s\" names no file", err.text);
}

TEST(keys_that_may_be_absent) {
    static const char *const text[] = {"llama.rope.dimension_count", "llama.vocab_size",
                                       "general.name", "tokenizer.ggml.padding_token_id"};
    static const char *const vision[] = {"clip.vision.projector.scale_factor", "general.type",
                                         "clip.vision.projection_dim", "clip.has_vision_encoder",
                                         "clip.vision.preproc_image_size"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        expect_same(text[i], &(file_change){.drop_key = text[i]}, NULL);
    for (size_t i = 0; i < sizeof vision / sizeof *vision; i++)
        expect_same(vision[i], NULL, &(file_change){.drop_key = vision[i]});
}

TEST(keys_that_say_what_is_so_anyway) {
    static const file_change text[] = {
        {.key = "llama.attention.key_length", .integer = 32},
        {.key = "llama.attention.value_length", .integer = 32},
        {.key = "llama.rope.scaling.type", .text = "none"},
        {.key = "llama.rope.scaling.type", .text = "linear"},
        {.key = "llama.rope.scaling.factor", .number = 1},
        {.key = "llama.expert_count", .integer = 0},
        {.key = "split.count", .integer = 1},
        {.key = "general.alignment", .integer = 32},
    };
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        expect_same(text[i].key, &text[i], NULL);
    expect_same("the projector's other key", NULL,
                &(file_change){.drop_key = "clip.projector_type",
                               .key = "clip.vision.projector_type",
                               .text = "idefics3"});
}

/* The data moved up to where a smaller alignment puts it. */
TEST(alignments_below_32) {
    size_t n_moved = 0;
    for (uint32_t alignment = 4; alignment < 32; alignment *= 2) {
        outputs out;
        assay_error err;
        assay_gguf *gguf = NULL;
        tiny_files f =
            changed(&(file_change){.key = "general.alignment", .integer = alignment}, NULL);
        CHECK_STATUS(assay_gguf_open(f.text.bytes, f.text.n, "x", &gguf, &err), ASSAY_OK, err);
        size_t to = assay_gguf_header_bytes(gguf), from = (to + 31) / 32 * 32;
        memmove(f.text.bytes + to, f.text.bytes + from, f.text.n - from);
        f.text.n -= from - to;
        n_moved += from - to;
        assay_gguf_close(gguf);
        CHECK_STATUS(run(f, &out, &err), ASSAY_OK, err);
        CHECK(memcmp(unchanged(), &out, sizeof out) == 0, "an alignment of %u",
              (unsigned)alignment);
    }
    CHECK(n_moved > 0, "every alignment happened to put the data at the same place");
}

TEST(absent_frequency_base_is_10000) {
    const file_change drop = {.drop_key = "llama.rope.freq_base"};
    const file_change say = {
        .drop_key = "llama.rope.freq_base", .key = "llama.rope.freq_base", .number = 10000};
    outputs absent, said;
    assay_error err;
    CHECK_STATUS(run(changed(&drop, NULL), &absent, &err), ASSAY_OK, err);
    CHECK_STATUS(run(changed(&say, NULL), &said, &err), ASSAY_OK, err);
    CHECK(memcmp(&absent, &said, sizeof said) == 0, "the default is another number");
    CHECK(memcmp(&absent, unchanged(), sizeof absent) != 0, "the number does not matter");
}

/* The tiny model has three heads on one: so many key heads show themselves by the shape that is asked for. */
TEST(absent_key_heads_are_as_many_as_heads) {
    expect_refusal(&(file_change){.drop_key = "llama.attention.head_count_kv"}, NULL,
                   ASSAY_E_FORMAT, "blk.0.attn_k.weight: expected [96, 96], found [32, 96]");
}

TEST(head_width_is_what_the_file_says) {
    const file_change wide = {.drop_key = "llama.rope.dimension_count",
                              .key = "llama.attention.key_length",
                              .integer = 64};
    expect_refusal(&wide, NULL, ASSAY_E_FORMAT,
                   "blk.0.attn_q.weight: expected [192, 96], found [96, 96]");
    expect_refusal(&(file_change){.key = "llama.attention.key_length", .integer = 64}, NULL,
                   ASSAY_E_UNSUPPORTED, "llama.rope.dimension_count is 32, only 64 is supported");
    expect_refusal(&(file_change){.key = "llama.attention.value_length", .integer = 64}, NULL,
                   ASSAY_E_UNSUPPORTED, "llama.attention.value_length is 64, only 32 is supported");
    expect_refusal(&(file_change){.key = "llama.attention.key_length", .integer = 30}, NULL,
                   ASSAY_E_FORMAT, "llama.attention.key_length is 30, no multiple of 4");
    expect_refusal(&(file_change){.key = "llama.attention.key_length", .integer = 512}, NULL,
                   ASSAY_E_FORMAT, "llama.attention.key_length is 512, not 4 to 256");
}

TEST(keys_that_must_be_there) {
    static const char *const text[] = {
        "general.architecture",   "llama.block_count",
        "llama.embedding_length", "llama.feed_forward_length",
        "llama.context_length",   "llama.attention.head_count",
        "tokenizer.ggml.model",   "tokenizer.ggml.tokens",
        "tokenizer.ggml.merges",  "llama.attention.layer_norm_rms_epsilon"};
    static const char *const vision[] = {"general.architecture",
                                         "clip.projector_type",
                                         "clip.vision.image_size",
                                         "clip.vision.patch_size",
                                         "clip.vision.block_count",
                                         "clip.vision.embedding_length",
                                         "clip.vision.image_mean",
                                         "clip.vision.feed_forward_length",
                                         "clip.vision.image_std",
                                         "clip.vision.attention.head_count",
                                         "clip.vision.attention.layer_norm_epsilon"};
    for (size_t i = 0; i < sizeof text / sizeof *text; i++)
        expect_refusal(&(file_change){.drop_key = text[i]}, NULL, ASSAY_E_FORMAT, text[i]);
    for (size_t i = 0; i < sizeof vision / sizeof *vision; i++)
        expect_refusal(NULL, &(file_change){.drop_key = vision[i]}, ASSAY_E_FORMAT, vision[i]);
    expect_refusal(NULL, &(file_change){.drop_key = "clip.use_gelu"}, ASSAY_E_UNSUPPORTED,
                   "only the GELU activation is supported (clip.use_gelu = true)");
    expect_refusal(NULL,
                   &(file_change){.drop_key = "clip.vision.projector.scale_factor",
                                  .drop_tensor = "mm.model.fc.weight"},
                   ASSAY_E_FORMAT, "clip.vision.projector.scale_factor is missing");
}

TEST(variants_are_refused_by_name) {
    static const struct {
        file_change change;
        const char *words;
    } cases[] = {
        {{.key = "llama.rope.scaling.type", .text = "yarn"},
         "RoPE scaling \"yarn\" is not supported"},
        {{.key = "llama.rope.scaling.factor", .number = 8},
         "RoPE scaling is not supported (llama.rope.scaling.factor is 8)"},
        {{.key = "llama.rope.scale_linear", .number = 2},
         "RoPE scaling is not supported (llama.rope.scale_linear is 2)"},
        {{.key = "llama.expert_count", .integer = 8},
         "a mixture of 8 experts; only models without are supported"},
        {{.tensor = "rope_freqs.weight", .n_dims = 1, .dims = {16}},
         "RoPE with factors (rope_freqs.weight, as in Llama 3.1) is not supported"},
        {{.tensor = "blk.1.attn_q.bias", .n_dims = 1, .dims = {96}},
         "tensor blk.1.attn_q.bias is no part of this architecture with 2 layers"},
        {{.drop_key = "llama.block_count", .key = "llama.block_count", .integer = 1},
         "tensor blk.1.attn_norm.weight is no part of this architecture with 1 layers"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_refusal(&cases[i].change, NULL, ASSAY_E_UNSUPPORTED, cases[i].words);
    expect_refusal(NULL, &(file_change){.key = "clip.use_silu", .text = "yes"}, ASSAY_E_FORMAT,
                   "clip.use_silu is string, not a bool");
    expect_refusal(NULL, &(file_change){.tensor = "v.class_embd", .n_dims = 1, .dims = {64}},
                   ASSAY_E_UNSUPPORTED, "tensor v.class_embd is no part of this architecture");
}

/* A connector that says nothing about the scale. */
TEST(a_connector_of_no_scale_is_refused) {
    expect_refusal(NULL,
                   &(file_change){.drop_key = "clip.vision.projector.scale_factor",
                                  .drop_tensor = "mm.model.fc.weight",
                                  .tensor = "mm.model.fc.weight",
                                  .n_dims = 2,
                                  .dims = {64 * 5, 96}},
                   ASSAY_E_FORMAT, "clip.vision.projector.scale_factor is missing");
}

/* Vectors in the types in which some converters leave them. */
TEST(vectors_may_be_of_other_types) {
    static const char *const vectors[] = {"output_norm.weight", "blk.0.attn_norm.weight"};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
        outputs want, out;
        assay_error err;
        tiny_files f = tiny_make("F32", 1), g = tiny_make("F32", 1);
        assay_gguf *gguf = NULL;
        CHECK_STATUS(assay_gguf_open(f.text.bytes, f.text.n, "x", &gguf, &err), ASSAY_OK, err);
        const assay_gguf_tensor *t = assay_gguf_find(gguf, vectors[i]);
        REQUIRE(t != NULL);
        uint8_t *in_f = f.text.bytes + t->offset, *in_g = g.text.bytes + t->offset;
        float values[TINY_DIM];
        /* Half as long: what is left over of its place is padding. */
        assay_dequantize_row(ASSAY_F32, in_f, TINY_DIM, values);
        assay_quantize_row(ASSAY_F16, values, TINY_DIM, in_g);
        assay_dequantize_row(ASSAY_F16, in_g, TINY_DIM, values);
        assay_quantize_row(ASSAY_F32, values, TINY_DIM, in_f);
        uint8_t *type = NULL;
        for (size_t at = 8; type == NULL && at < g.text.n; at++) {
            if (memcmp(g.text.bytes + at, vectors[i], strlen(vectors[i])) == 0)
                type = g.text.bytes + at + strlen(vectors[i]) + 4 + 8;
        }
        REQUIRE(type != NULL);
        *type = ASSAY_F16;
        CHECK_STATUS(run(f, &want, &err), ASSAY_OK, err);
        CHECK_STATUS(run(g, &out, &err), ASSAY_OK, err);
        CHECK(memcmp(&want, &out, sizeof out) == 0, "%s in F16 is read wrongly", vectors[i]);
        assay_gguf_close(gguf);
    }
}
