/* Models that must be refused, each with a sentence that says what and where, and files that look
 * odd but must load. The bad files are made from the tiny random model by changing its bytes. */
#include "test.h"

#include "../failing_alloc.h"
#include "base/rng.h"
#include "model_fixture.h"

static uint32_t get_u32(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(uint8_t *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (uint8_t)(value >> (8 * i));
}

/* Just behind a GGUF string (length, bytes) of this text; NULL when there is none. */
static uint8_t *behind_string(const assay_model_file *f, const char *text) {
    size_t n = strlen(text);
    for (size_t i = 8; i + n < f->n; i++) {
        if (memcmp(f->bytes + i, text, n) == 0 && get_u32(f->bytes + i - 8) == n)
            return f->bytes + i + n;
    }
    return NULL;
}

/* Metadata value of a u32 or f32 key. */
static bool patch_value(assay_model_file *f, const char *key, uint32_t value) {
    uint8_t *at = behind_string(f, key);
    if (at != NULL) put_u32(at + 4, value);
    return at != NULL;
}

/* Metadata value of a string key, by one of the same length. */
static bool patch_string(assay_model_file *f, const char *key, const char *value) {
    uint8_t *at = behind_string(f, key);
    bool fits = at != NULL && get_u32(at + 4) == strlen(value);
    if (fits) memcpy(at + 12, value, strlen(value));
    return fits;
}

/* A tensor's dimension or, behind the last one, its type. */
static bool patch_tensor(assay_model_file *f, const char *name, int field, uint32_t value) {
    uint8_t *at = behind_string(f, name);
    if (at == NULL) return false;
    int n_dims = (int)get_u32(at);
    put_u32(at + 4 + 8 * (field < 0 ? n_dims : field), value);
    return true;
}

static bool rename_tensor(assay_model_file *f, const char *name, const char *to) {
    uint8_t *at = behind_string(f, name);
    bool fits = at != NULL && strlen(name) == strlen(to);
    if (fits) memcpy(at - strlen(name), to, strlen(to));
    return fits;
}

/* Copies of both blocks, each exactly as long as it says, so that the sanitizer sees a read behind
 * the end. */
static tiny_files copy_files(const tiny_files *whole, size_t n_text, size_t n_vision) {
    tiny_files f = {{malloc(n_text > 0 ? n_text : 1), n_text, "text.gguf"},
                    {malloc(n_vision > 0 ? n_vision : 1), n_vision, "vision.gguf"}};
    if (f.text.bytes == NULL || f.vision.bytes == NULL) abort();
    memcpy(f.text.bytes, whole->text.bytes, n_text);
    memcpy(f.vision.bytes, whole->vision.bytes, n_vision);
    return f;
}

/* Loads, and expects a refusal whose sentence holds `words`. Takes the files over. */
static void expect_refusal(tiny_files f, assay_status want, const char *words) {
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(&f.text, 1, f.vision, &model, &err), want, err);
    CHECK(strstr(err.text, words) != NULL, "\"%s\" is not in \"%s\"", words, err.text);
    CHECK(model == NULL, "a model in spite of a failure");
}

TEST(refuses_wrong_tensors) {
    tiny_files f = tiny_make("F32", 1);
    REQUIRE(rename_tensor(&f.text, "blk.1.attn_q.weight", "blk.1.attn_Q.weight"));
    expect_refusal(f, ASSAY_E_FORMAT, "text.gguf: tensor blk.1.attn_q.weight is missing");
    f = tiny_make("F32", 1);
    REQUIRE(patch_tensor(&f.text, "blk.1.attn_q.weight", 1, 64));
    expect_refusal(f, ASSAY_E_FORMAT,
                   "text.gguf: tensor blk.1.attn_q.weight: expected [96, 96], found [64, 96]");
    f = tiny_make("F32", 1);
    REQUIRE(patch_tensor(&f.text, "blk.0.attn_norm.weight", 0, 64));
    expect_refusal(f, ASSAY_E_FORMAT,
                   "text.gguf: tensor blk.0.attn_norm.weight: expected [96], found [64]");
    f = tiny_make("F32", 1);
    REQUIRE(patch_tensor(&f.text, "blk.0.ffn_up.weight", -1, 20)); /* IQ4_NL */
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "blk.0.ffn_up.weight has type IQ4_NL; supported are F32, F16, ");
    f = tiny_make("F32", 1);
    REQUIRE(rename_tensor(&f.text, "output.weight", "outpux.weight"));
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "text.gguf: tensor outpux.weight is no part of this architecture with 2 layers");
    f = tiny_make("F32", 1);
    REQUIRE(patch_tensor(&f.vision, "v.patch_embd.weight", 0, 8));
    expect_refusal(
        f, ASSAY_E_FORMAT,
        "vision.gguf: tensor v.patch_embd.weight: expected [64, 3, 16, 16], found [64, 3, 16, 8]");
    f = tiny_make("F32", 1);
    REQUIRE(rename_tensor(&f.vision, "v.blk.1.ln2.bias", "v.blk.1.ln2.Bias"));
    expect_refusal(f, ASSAY_E_FORMAT, "vision.gguf: tensor v.blk.1.ln2.bias is missing");
    f = tiny_make("F32", 1);
    REQUIRE(patch_tensor(&f.vision, "mm.model.fc.weight", 1, 32));
    expect_refusal(f, ASSAY_E_FORMAT,
                   "vision.gguf: tensor mm.model.fc.weight: expected [96, 256], found [32, 256]");
}

TEST(refuses_other_architectures) {
    tiny_files f = tiny_make("F32", 1);
    REQUIRE(patch_string(&f.text, "general.architecture", "qwen2"));
    expect_refusal(
        f, ASSAY_E_UNSUPPORTED,
        "architecture \"qwen2\" is not supported; supported are llama (text), clip with an "
        "idefics3 projector (vision) and bert (assay embed)");
    f = tiny_make("F32", 1);
    file_remake(&f.text, &(file_change){.drop_key = "general.architecture",
                                        .key = "general.architecture",
                                        .text = "bert"});
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "text.gguf: is an encoder, not a language model: use it with assay embed");
    f = tiny_make("F32", 1);
    REQUIRE(patch_string(&f.vision, "clip.projector_type", "resample"));
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "projector \"resample\" is not supported, only \"idefics3\" (SmolVLM) is");
    f = tiny_make("F32", 1);
    uint8_t *gelu = behind_string(&f.vision, "clip.use_gelu");
    REQUIRE(gelu != NULL);
    gelu[4] = 0;
    expect_refusal(f, ASSAY_E_UNSUPPORTED, "GELU");
    f = tiny_make("F32", 1);
    tiny_files swapped = {f.vision, f.text};
    expect_refusal(
        swapped, ASSAY_E_UNSUPPORTED,
        "vision.gguf: is a vision tower (mmproj), not a language model: give it as --vision");
    tiny_files twice = tiny_make("F32", 1);
    f = tiny_make("F32", 1);
    free(f.vision.bytes);
    free(twice.vision.bytes);
    f.vision = twice.text;
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "text.gguf: is a language model: give it as the text model");
    f = tiny_make("F32", 1);
    REQUIRE(patch_value(&f.text, "llama.rope.dimension_count", 16));
    expect_refusal(f, ASSAY_E_UNSUPPORTED,
                   "llama.rope.dimension_count is 16, only 32 is supported");
}

TEST(refuses_absurd_numbers) {
    static const struct {
        bool vision;
        const char *key;
        uint32_t value; /* bits */
    } cases[] = {
        {false, "llama.block_count", 1000000000},
        {false, "llama.block_count", 0},
        {false, "llama.block_count", 0xFFFFFFFF},
        {false, "llama.block_count", 3},
        {false, "llama.block_count", 1},
        {false, "llama.embedding_length", 1u << 30},
        {false, "llama.embedding_length", 97},
        {false, "llama.embedding_length", 192},
        {false, "llama.feed_forward_length", 0x80000000},
        {false, "llama.feed_forward_length", 128},
        {false, "llama.attention.head_count", 0},
        {false, "llama.attention.head_count", 7},
        {false, "llama.attention.head_count", 200},
        {false, "llama.attention.head_count_kv", 0},
        {false, "llama.attention.head_count_kv", 2},
        {false, "llama.attention.head_count_kv", 3},
        {false, "llama.context_length", 0},
        {false, "llama.context_length", 0x7FFFFFFF},
        {false, "llama.vocab_size", 0x7FFFFFFF},
        {false, "llama.vocab_size", 508},
        {false, "llama.attention.layer_norm_rms_epsilon", 0},
        {false, "llama.attention.layer_norm_rms_epsilon", 0x7FC00000}, /* NaN */
        {false, "llama.attention.layer_norm_rms_epsilon", 0x7F800000}, /* infinity */
        {false, "llama.rope.freq_base", 0xC7C35000},                   /* -100000 */
        {false, "llama.rope.freq_base", 0x7F800000},
        {true, "clip.vision.image_size", 1u << 31},
        {true, "clip.vision.image_size", 65},
        {true, "clip.vision.image_size", 96},
        {true, "clip.vision.image_size", 2048},
        {true, "clip.vision.patch_size", 0},
        {true, "clip.vision.patch_size", 1},
        {true, "clip.vision.patch_size", 64},
        {true, "clip.vision.embedding_length", 1u << 20},
        {true, "clip.vision.embedding_length", 32},
        {true, "clip.vision.feed_forward_length", 1u << 31},
        {true, "clip.vision.block_count", 100000000},
        {true, "clip.vision.block_count", 3},
        {true, "clip.vision.attention.head_count", 0},
        {true, "clip.vision.attention.head_count", 3},
        {true, "clip.vision.attention.layer_norm_epsilon", 0xBF800000}, /* -1 */
        {true, "clip.vision.projection_dim", 576},
        {true, "clip.vision.projector.scale_factor", 0},
        {true, "clip.vision.projector.scale_factor", 3},
        {true, "clip.vision.projector.scale_factor", 4},
    };
    tiny_files whole = tiny_make("Q8_0", 1);
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        tiny_files f = copy_files(&whole, whole.text.n, whole.vision.n);
        assay_model *model = NULL;
        assay_error err = {0};
        bool patched =
            patch_value(cases[c].vision ? &f.vision : &f.text, cases[c].key, cases[c].value);
        assay_status status = assay_model_create(&f.text, 1, f.vision, &model, &err);
        CHECK(patched, "no key %s", cases[c].key);
        CHECK(status == ASSAY_E_FORMAT || status == ASSAY_E_LIMIT || status == ASSAY_E_UNSUPPORTED,
              "%s = %u: %s (%s)", cases[c].key, (unsigned)cases[c].value, assay_status_name(status),
              err.text);
        CHECK(strstr(err.text, cases[c].vision ? "vision.gguf" : "text.gguf") != NULL,
              "\"%s\" names no file", err.text);
        assay_model_destroy(model);
    }
    tiny_free(&whole);
}

TEST(refuses_a_tower_of_another_model) {
    tiny_files f = tiny_make("F32", 1);
    REQUIRE(patch_value(&f.vision, "clip.vision.projection_dim", 960));
    expect_refusal(f, ASSAY_E_FORMAT, "vision.gguf: made for a language model of width 960");
}

TEST(refuses_truncated_files) {
    tiny_files whole = tiny_make("Q8_0", 1);
    for (int i = 0; i <= 40; i++) {
        bool cut_vision = i % 2 == 1;
        size_t n_text = cut_vision ? whole.text.n : whole.text.n * (size_t)i / 41;
        size_t n_vision = cut_vision ? whole.vision.n * (size_t)i / 41 : whole.vision.n;
        tiny_files f = copy_files(&whole, n_text, n_vision);
        expect_refusal(f, ASSAY_E_FORMAT, cut_vision ? "vision.gguf" : "text.gguf");
    }
    tiny_free(&whole);
}

/* Flipped bytes in the header: refused, or loaded and usable without a crash. */
TEST(survives_flipped_bytes) {
    tiny_files whole = tiny_make("Q8_0", 1);
    assay_rng rng = assay_rng_seed(11, 0);
    int n_loaded = 0, n_refused = 0;
    for (int i = 0; i < 300; i++) {
        tiny_files f = copy_files(&whole, whole.text.n, whole.vision.n);
        assay_model_file *target = i % 2 == 0 ? &f.text : &f.vision;
        uint32_t header = target == &f.text ? 12000 : 4500; /* of metadata and tensor list, about */
        for (int k = 0; k < 1 + i % 3; k++)
            target->bytes[assay_rng_below(&rng, header)] ^=
                (uint8_t)(1 << assay_rng_below(&rng, 8));
        assay_model *model = NULL;
        assay_error err = {0};
        assay_status status = assay_model_create(&f.text, 1, f.vision, &model, &err);
        if (status != ASSAY_OK) {
            CHECK(err.text[0] != '\0', "a failure without a sentence");
            n_refused++;
            continue;
        }
        n_loaded++;
        int32_t ids[2] = {1, 60};
        assay_session_options options = assay_session_defaults();
        assay_session *s = NULL;
        options.n_context = 8;
        if (assay_session_create(model, &options, &s, &err) == ASSAY_OK) {
            status = assay_session_prefill(s, &(assay_prompt){ids, 2, NULL, 0}, &err);
            CHECK(status == ASSAY_OK || err.text[0] != '\0');
        }
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    CHECK(n_loaded > 0 && n_refused > 0, "%d loaded, %d refused", n_loaded, n_refused);
    tiny_free(&whole);
}

TEST(refuses_weights_that_give_no_number) {
    tiny_files f = tiny_make("F32", 1);
    /* The last tensor of the text file is the output matrix: its last row to NaN. */
    for (size_t i = 0; i < TINY_DIM; i++)
        put_u32(f.text.bytes + f.text.n - 4 * (i + 1), 0x7FC00000);
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(&f.text, 1, f.vision, &model, &err), ASSAY_OK, err);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 0);
    REQUIRE(s != NULL);
    int32_t ids[3] = {1, 50, 60};
    float logprobs[3];
    CHECK_STATUS(assay_session_prefill(s, &(assay_prompt){ids, 3, NULL, 0}, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_session_score(s, &(assay_option){ids, 3, logprobs}, 1, &err), ASSAY_E_FORMAT,
                 err);
    assay_session_destroy(s);
    assay_model_destroy(model);
}

/* ---- odd, but right ---- */

static outputs run_model(tiny_files f) {
    outputs out = {{0}, {0}, {{0}}, {0}};
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(&f.text, 1, f.vision, &model, &err), ASSAY_OK, err);
    assay_session *s = model != NULL ? tiny_session(model, NULL, NULL, 0, 0) : NULL;
    CHECK(s != NULL);
    if (s != NULL) CHECK_STATUS(compute_outputs(s, &out, &err), ASSAY_OK, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
    return out;
}

/* Old mmproj files: ffn_up and ffn_down under each other's name. The list of tensors keeps its
 * length. */
static void swap_ffn_names(assay_model_file *f) {
    uint8_t *begin = behind_string(f, "v.patch_embd.weight");
    uint8_t *end = behind_string(f, "mm.model.fc.weight");
    size_t n = (size_t)(end - begin), in = 0, out = 0;
    uint8_t *copy = malloc(n + 16);
    if (copy == NULL) abort();
    while (in < n) {
        bool up = n - in >= 7 && memcmp(begin + in, ".ffn_up", 7) == 0;
        bool down = n - in >= 9 && memcmp(begin + in, ".ffn_down", 9) == 0;
        const char *to = up ? ".ffn_down" : ".ffn_up";
        if (!up && !down) {
            copy[out++] = begin[in++];
            continue;
        }
        /* "v.blk.N" stands before the dot, the length of the whole name eight bytes before that. */
        put_u32(copy + out - 7 - 8,
                get_u32(copy + out - 7 - 8) + (uint32_t)strlen(to) - (up ? 7 : 9));
        memcpy(copy + out, to, strlen(to));
        out += strlen(to);
        in += up ? 7 : 9;
    }
    CHECK(out == n, "%zu of %zu bytes", out, n);
    memcpy(begin, copy, n);
    free(copy);
}

TEST(old_files_with_swapped_names) {
    tiny_files f = tiny_make("Q8_0", 1);
    outputs expected = run_model(f);
    f = tiny_make("Q8_0", 1);
    swap_ffn_names(&f.vision);
    CHECK(behind_string(&f.vision, "v.blk.1.ffn_down.bias") != NULL, "the names are lost");
    outputs out = run_model(f);
    CHECK(memcmp(&out, &expected, sizeof out) == 0, "swapped names change the result");
}

/* Takes output.weight, the last tensor, out of the list; its data stays where it is, unused. */
static void drop_output(assay_model_file *f) {
    uint8_t *at = behind_string(f, "output.weight");
    size_t n_name = strlen("output.weight"), n_entry = 8 + n_name + 4 + 16 + 4 + 8;
    size_t begin = (size_t)(at - f->bytes) - n_name - 8;
    size_t old_data = (begin + n_entry + 31) / 32 * 32, new_data = (begin + 31) / 32 * 32;
    put_u32(f->bytes + 8, get_u32(f->bytes + 8) - 1);
    memset(f->bytes + begin, 0, old_data - begin);
    memmove(f->bytes + new_data, f->bytes + old_data, f->n - old_data);
    f->n -= old_data - new_data;
}

TEST(tied_embeddings) {
    tiny_files f = tiny_make("F32", 1);
    outputs untied = run_model(f);
    f = tiny_make("F32", 1);
    drop_output(&f.text);
    outputs tied = run_model(f);
    CHECK(memcmp(tied.hidden, untied.hidden, sizeof tied.hidden) == 0, "the layers changed");
    CHECK(memcmp(tied.logits, untied.logits, sizeof tied.logits) != 0,
          "the embeddings were not used");
    /* Tied on purpose: output.weight replaced by the embeddings, which are the first tensor. */
    f = tiny_make("F32", 1);
    size_t n = sizeof(float) * TINY_VOCAB * TINY_DIM, padded = (n + 31) / 32 * 32;
    uint8_t *at = behind_string(&f.text, "output.weight");
    size_t data = ((size_t)(at - f.text.bytes) + 4 + 16 + 4 + 8 + 31) / 32 * 32;
    memcpy(f.text.bytes + f.text.n - padded, f.text.bytes + data, n);
    outputs copied = run_model(f);
    CHECK(memcmp(&tied, &copied, sizeof tied) == 0, "tied embeddings differ from copied ones");
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("this program is not linked for it");
    tiny_files whole = tiny_make("Q8_0", 1);
    bool done = false;
    for (long k = 0; !done && k < 100000; k += 1 + k / 16) {
        tiny_files f = copy_files(&whole, whole.text.n, whole.vision.n);
        assay_model *model = NULL;
        assay_session *s = NULL;
        assay_error err = {0};
        failing_alloc_arm(k);
        assay_status status = assay_model_create(&f.text, 1, f.vision, &model, &err);
        if (status == ASSAY_OK) status = assay_session_create(model, NULL, &s, &err);
        done = !failing_alloc_disarm();
        CHECK(status == (done ? ASSAY_OK : ASSAY_E_MEMORY), "allocation %ld: %s (%s)", k,
              assay_status_name(status), err.text);
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    CHECK(done, "it never succeeded");
    tiny_free(&whole);
}
