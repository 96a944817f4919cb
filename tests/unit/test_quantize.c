/* Model files from one weight type to another: which tensor takes which type, that the rest of the file stays, error
 * bounds, and that nothing depends on threads. */
#include "test.h"

#include "../failing_alloc.h"
#include "base/arena.h"
#include "base/maths.h"
#include "model/quantize.h"
#include "model_fixture.h"

/* Relative error of a matrix of near-normal numbers, root mean square: a step of the type's scale over sqrt(12), with
 * room for the blocks' scales. */
static const struct {
    const char *name, *fallback; /* for the tiny model's rows of 96, 64 and 160 */
    double low, high;
} types[] = {
    {"F32", "F32", 0, 0},          {"F16", "F16", 1e-4, 3e-4},    {"BF16", "BF16", 1e-3, 2e-3},
    {"Q8_0", "Q8_0", 4e-3, 6e-3},  {"Q4_0", "Q4_0", 0.06, 0.10},  {"Q4_1", "Q4_1", 0.06, 0.09},
    {"Q5_0", "Q5_0", 0.03, 0.05},  {"Q5_1", "Q5_1", 0.03, 0.045}, {"Q4_K", "Q5_0", 0.05, 0.08},
    {"Q5_K", "Q5_1", 0.025, 0.04}, {"Q6_K", "Q8_0", 0.012, 0.02}};
enum { N_TYPES = sizeof types / sizeof *types };

static assay_type type_of(const char *name) {
    assay_type type = ASSAY_F32;
    CHECK(assay_type_find(name, &type), "the kernels know no type %s", name);
    return type;
}

/* ---- which type a tensor takes ---- */

TEST(types_by_their_names) {
    assay_type type = ASSAY_F16;
    for (int i = 0; i < N_TYPES; i++)
        CHECK(strcmp(assay_type_name(type_of(types[i].name)), types[i].name) == 0);
    CHECK(!assay_type_find("q8_0", &type) && !assay_type_find("", &type) &&
          !assay_type_find("IQ4_NL", &type) && type == ASSAY_F16);
}

TEST(what_is_stored_in_which_type) {
    static const struct {
        const char *wanted, *name, *stored;
        int n_dims;
        uint64_t dims[4];
    } cases[] = {
        {"Q4_K", "blk.0.ffn_down.weight", "Q4_K", 2, {1536, 576}},
        {"Q4_K", "blk.0.attn_q.weight", "Q5_0", 2, {576, 576}},
        {"Q5_K", "blk.0.attn_q.weight", "Q5_1", 2, {576, 576}},
        {"Q6_K", "output.weight", "Q8_0", 2, {960, 49280}},
        {"Q6_K", "mm.model.fc.weight", "Q6_K", 2, {12288, 576}},
        {"Q4_K", "odd.weight", "F16", 2, {4304, 1152}},
        {"Q8_0", "odd.weight", "F16", 2, {4304, 1152}},
        {"Q4_0", "odd.weight", "F16", 2, {16, 2}},
        {"BF16", "odd.weight", "BF16", 2, {4304, 1152}},
        {"F32", "odd.weight", "F32", 2, {4304, 1152}},
        {"Q8_0", "blk.0.attn_norm.weight", "F32", 1, {576}},
        {"F16", "v.blk.0.ln1.bias", "F32", 1, {768}},
        {"F16", "blk.0.row.weight", "F32", 2, {768, 1}},
        {"Q8_0", "v.position_embd.weight", "F32", 2, {768, 1024}},
        {"F16", "position_embd.weight", "F32", 2, {384, 512}},
        {"Q4_0", "token_types.weight", "F32", 2, {384, 2}},
        {"Q4_0", "token_embd.weight", "Q4_0", 2, {384, 30522}},
        {"F16", "v.patch_embd.weight", "F16", 4, {16, 16, 3, 768}},
        {"Q8_0", "v.patch_embd.weight", "F32", 4, {16, 16, 3, 768}},
        {"BF16", "v.patch_embd.weight", "F32", 4, {16, 16, 3, 768}},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_type got = assay_type_stored(type_of(cases[i].wanted), cases[i].name, cases[i].n_dims,
                                           cases[i].dims);
        CHECK(strcmp(assay_type_name(got), cases[i].stored) == 0, "%s of %s: %s, not %s",
              cases[i].wanted, cases[i].name, assay_type_name(got), cases[i].stored);
    }
}

/* ---- whole files ---- */

typedef struct sink {
    assay_buffer bytes;
    size_t limit; /* of bytes taken; then it fails */
} sink;

static assay_status take(void *context, const void *bytes, size_t n, assay_error *err) {
    sink *s = context;
    if (n > s->limit - s->bytes.len) return assay_fail(err, ASSAY_E_IO, "the sink is full");
    assay_buffer_append(&s->bytes, bytes, n);
    return s->bytes.failed ? assay_fail(err, ASSAY_E_MEMORY, "out of memory") : ASSAY_OK;
}

static assay_status quantize(const assay_parts *parts, const char *type, assay_pool *pool,
                             sink *out, assay_quantize_report *report, assay_error *err) {
    const assay_quantize_options options = {type_of(type), pool, take, out};
    if (out->limit == 0) out->limit = SIZE_MAX;
    return assay_quantize(parts, &options, report, err);
}

/* One file's parts; takes it over. */
static assay_parts open_file(assay_model_file file) {
    assay_parts parts = {0};
    assay_error err;
    CHECK_STATUS(assay_parts_open(&file, 1, &parts, &err), ASSAY_OK, err);
    return parts;
}

static assay_parts tiny_part(const char *type, bool vision) {
    tiny_files f = tiny_make(type, 1);
    free(vision ? f.text.bytes : f.vision.bytes);
    return open_file(vision ? f.vision : f.text);
}

TEST(every_type_of_the_tiny_model) {
    for (int i = 0; i < 2 * N_TYPES; i++) {
        bool vision = i >= N_TYPES;
        const char *name = types[i % N_TYPES].name;
        assay_parts from = tiny_part("F32", vision), made = tiny_part(name, vision);
        sink out = {0};
        assay_quantize_report report;
        assay_error err;
        CHECK_STATUS(quantize(&from, name, NULL, &out, &report, &err), ASSAY_OK, err);
        CHECK(report.n_bytes == out.bytes.len, "%s: %zu bytes", name, out.bytes.len);
        assay_gguf *gguf = NULL;
        CHECK_STATUS(
            assay_gguf_open((const uint8_t *)out.bytes.data, out.bytes.len, "x", &gguf, &err),
            ASSAY_OK, err);
        REQUIRE(gguf != NULL && assay_gguf_n_tensors(gguf) == assay_parts_n_tensors(&made));
        /* The random model of that type was quantized from the same numbers. */
        for (size_t t = 0; t < assay_gguf_n_tensors(gguf); t++) {
            const assay_gguf_tensor *a = assay_gguf_tensor_at(gguf, t);
            uint8_t *data = NULL;
            const assay_gguf_tensor *b = assay_parts_at(&made, t, &data);
            CHECK(strcmp(a->name, b->name) == 0 && a->type == b->type && a->bytes == b->bytes &&
                      memcmp(out.bytes.data + a->offset, data, (size_t)a->bytes) == 0,
                  "%s: tensor %s is not as the random model has it", name, a->name);
        }
        int64_t file_type = -1, version = 0;
        CHECK_STATUS(assay_gguf_int(gguf, "general.file_type", 0, 40, &file_type, &err), ASSAY_OK,
                     err);
        CHECK_STATUS(assay_gguf_int(gguf, "general.quantization_version", 2, 2, &version, &err),
                     ASSAY_OK, err);
        assay_gguf_close(gguf);
        assay_quantize_report_free(&report);
        assay_buffer_free(&out.bytes);
        assay_parts_close(&from);
        assay_parts_close(&made);
    }
}

TEST(errors_are_within_bounds) {
    for (int i = 0; i < N_TYPES; i++) {
        assay_parts from = tiny_part("F32", false);
        sink out = {0};
        assay_quantize_report report;
        assay_error err;
        size_t n = 0;
        CHECK_STATUS(quantize(&from, types[i].name, NULL, &out, &report, &err), ASSAY_OK, err);
        for (size_t k = 0; k < report.n; k++) {
            const assay_quantize_kind *kind = &report.kinds[k];
            const char *to = assay_type_name(kind->to);
            double relative = kind->power > 0 ? assay_sqrt(kind->error / kind->power) : 0;
            bool main = strcmp(to, types[i].name) == 0, copied = kind->from == kind->to;
            n += kind->n;
            CHECK(main || strcmp(to, types[i].fallback) == 0 || kind->to == ASSAY_F32,
                  "%s: %s in %s", types[i].name, kind->name, to);
            CHECK(!copied || kind->error == 0, "%s: %s is copied, but off", types[i].name,
                  kind->name);
            CHECK(!main || copied || (relative > types[i].low && relative < types[i].high),
                  "%s: %s is off by %.4g", types[i].name, kind->name, relative);
        }
        CHECK(n == assay_parts_n_tensors(&from), "%s: %zu tensors counted", types[i].name, n);
        assay_quantize_report_free(&report);
        assay_buffer_free(&out.bytes);
        assay_parts_close(&from);
    }
}

TEST(threads_change_no_byte) {
    for (int i = 0; i < N_TYPES; i++) {
        assay_parts from = tiny_part("F32", false);
        sink alone = {0}, shared = {0};
        assay_quantize_report a, b;
        assay_pool *pool = NULL;
        assay_error err;
        CHECK_STATUS(assay_pool_create(3, &pool, &err), ASSAY_OK, err);
        CHECK_STATUS(quantize(&from, types[i].name, NULL, &alone, &a, &err), ASSAY_OK, err);
        CHECK_STATUS(quantize(&from, types[i].name, pool, &shared, &b, &err), ASSAY_OK, err);
        CHECK(alone.bytes.len == shared.bytes.len &&
                  memcmp(alone.bytes.data, shared.bytes.data, alone.bytes.len) == 0,
              "%s: the files differ", types[i].name);
        CHECK(a.n == b.n && memcmp(a.kinds, b.kinds, a.n * sizeof *a.kinds) == 0,
              "%s: the reports differ", types[i].name);
        assay_pool_destroy(pool);
        assay_quantize_report_free(&a);
        assay_quantize_report_free(&b);
        assay_buffer_free(&alone.bytes);
        assay_buffer_free(&shared.bytes);
        assay_parts_close(&from);
    }
}

/* Several parts become one file, without the keys of the split. */
TEST(parts_become_one_file) {
    tiny_files f = tiny_make("F32", 1);
    assay_model_file files[2] = {part_make(&f.text, 9, 21, (split_keys){1, 2, 21}, "b"),
                                 part_make(&f.text, 0, 9, (split_keys){0, 2, 21}, "a")};
    assay_parts parts = {0}, whole = open_file(f.text);
    sink of_parts = {0}, of_whole = {0};
    assay_quantize_report a, b;
    assay_error err;
    CHECK_STATUS(assay_parts_open(files, 2, &parts, &err), ASSAY_OK, err);
    CHECK_STATUS(quantize(&parts, "Q8_0", NULL, &of_parts, &a, &err), ASSAY_OK, err);
    CHECK_STATUS(quantize(&whole, "Q8_0", NULL, &of_whole, &b, &err), ASSAY_OK, err);
    CHECK(of_parts.bytes.len == of_whole.bytes.len &&
              memcmp(of_parts.bytes.data, of_whole.bytes.data, of_whole.bytes.len) == 0,
          "the files differ");
    assay_quantize_report_free(&a);
    assay_quantize_report_free(&b);
    assay_buffer_free(&of_parts.bytes);
    assay_buffer_free(&of_whole.bytes);
    assay_parts_close(&parts);
    assay_parts_close(&whole);
    free(f.vision.bytes);
}

TEST(a_quantized_file_keeps_its_own_type) {
    assay_parts from = tiny_part("Q8_0", false);
    sink out = {0};
    assay_quantize_report report;
    assay_error err;
    CHECK_STATUS(quantize(&from, "Q8_0", NULL, &out, &report, &err), ASSAY_OK, err);
    for (size_t k = 0; k < report.n; k++)
        CHECK(report.kinds[k].from == report.kinds[k].to && report.kinds[k].error == 0, "%s",
              report.kinds[k].name);
    assay_quantize_report_free(&report);
    assay_buffer_free(&out.bytes);
    assay_parts_close(&from);
}

TEST(refuses_types_that_the_kernels_do_not_know) {
    tiny_files f = tiny_make("F32", 1);
    file_remake(&f.text, &(file_change){.tensor = "odd", .n_dims = 1, .dims = {32}});
    uint8_t *at = NULL;
    for (size_t i = 8; at == NULL && i < f.text.n; i++)
        if (memcmp(f.text.bytes + i - 8, "\3\0\0\0\0\0\0\0odd", 11) == 0) at = f.text.bytes + i + 3;
    REQUIRE(at != NULL);
    at[4 + 8] = 20; /* IQ4_NL */
    assay_parts from = open_file(f.text);
    sink out = {0};
    assay_quantize_report report;
    assay_error err;
    CHECK_STATUS(quantize(&from, "Q8_0", NULL, &out, &report, &err), ASSAY_E_UNSUPPORTED, err);
    CHECK(strstr(err.text, "text.gguf: tensor odd has type IQ4_NL; supported are F32, F16, "), "%s",
          err.text);
    CHECK(out.bytes.len == 0 && report.kinds == NULL, "something was written");
    assay_parts_close(&from);
    free(f.vision.bytes);
}

TEST(a_sink_that_fails_ends_it) {
    assay_parts from = tiny_part("F32", false);
    for (size_t limit = 1; limit < 400000; limit = limit * 3 + 1000) {
        sink out = {.limit = limit};
        assay_quantize_report report;
        assay_error err;
        assay_status want = limit < 326080 ? ASSAY_E_IO : ASSAY_OK;
        CHECK_STATUS(quantize(&from, "Q8_0", NULL, &out, &report, &err), want, err);
        assay_quantize_report_free(&report);
        assay_buffer_free(&out.bytes);
    }
    assay_parts_close(&from);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("this program is not linked for it");
    assay_parts from = tiny_part("F32", false);
    bool done = false;
    for (long k = 0; !done && k < 100000; k += 1 + k / 16) {
        sink out = {0};
        assay_quantize_report report = {0};
        assay_error err = {0};
        failing_alloc_arm(k);
        assay_status status = quantize(&from, "Q8_0", NULL, &out, &report, &err);
        done = !failing_alloc_disarm();
        CHECK(status == (done ? ASSAY_OK : ASSAY_E_MEMORY), "allocation %ld: %s (%s)", k,
              assay_status_name(status), err.text);
        assay_quantize_report_free(&report);
        assay_buffer_free(&out.bytes);
    }
    CHECK(done, "it never succeeded");
    assay_parts_close(&from);
}
