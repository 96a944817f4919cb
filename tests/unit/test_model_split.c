/* A language model in several files: the same model whatever the order of the parts, and refusals of parts that do
 * not make one. */
#include "test.h"

#include "../failing_alloc.h"
#include "base/os.h"
#include "base/sha256.h"
#include "model/parts.h"
#include "model_fixture.h"

enum { N_PARTS = 3, N_TENSORS = 21 };

static const char *const names[N_PARTS] = {"t-00001-of-00003.gguf", "t-00002-of-00003.gguf",
                                           "t-00003-of-00003.gguf"};

typedef struct split {
    assay_model_file parts[N_PARTS], vision;
} split;

/* The tiny model: no tensor in the first part, the others 8 and 13. */
static split split_make(void) {
    static const size_t begin[N_PARTS + 1] = {0, 0, 8, N_TENSORS};
    split s;
    tiny_files f = tiny_make("Q8_0", 1);
    for (int i = 0; i < N_PARTS; i++) {
        s.parts[i] = part_make(&f.text, begin[i], begin[i + 1], (split_keys){i, N_PARTS, N_TENSORS},
                               names[i]);
    }
    s.vision = f.vision;
    free(f.text.bytes);
    return s;
}

/* Puts another part in the place of one. */
static void replace(assay_model_file *part, size_t begin, size_t end, split_keys keys) {
    tiny_files f = tiny_make("Q8_0", 1);
    const char *what = part->what;
    free(part->bytes);
    *part = part_make(&f.text, begin, end, keys, what);
    tiny_free(&f);
}

static assay_status load(const assay_model_file *parts, size_t n, assay_model_file vision,
                         outputs *out, assay_error *err) {
    assay_model *model = NULL;
    assay_status status = assay_model_create(parts, n, vision, &model, err);
    assay_session *s = status == ASSAY_OK ? tiny_session(model, NULL, NULL, 0, 0) : NULL;
    if (s != NULL && out != NULL) status = compute_outputs(s, out, err);
    assay_session_destroy(s);
    assay_model_destroy(model);
    return status;
}

/* Loads, and expects a refusal whose sentence holds `words`. Takes the files over. */
static void expect_refusal(const assay_model_file *parts, size_t n, assay_model_file vision,
                           const char *words) {
    assay_error err = {0};
    CHECK_STATUS(load(parts, n, vision, NULL, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, words) != NULL, "\"%s\" is not in \"%s\"", words, err.text);
}

TEST(parts_in_any_order_are_one_model) {
    static const int orders[][N_PARTS] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
    outputs whole, out;
    assay_error err;
    tiny_files f = tiny_make("Q8_0", 1);
    CHECK_STATUS(load(&f.text, 1, f.vision, &whole, &err), ASSAY_OK, err);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        split s = split_make();
        assay_model_file parts[N_PARTS];
        for (int i = 0; i < N_PARTS; i++) parts[i] = s.parts[orders[o][i]];
        CHECK_STATUS(load(parts, N_PARTS, s.vision, &out, &err), ASSAY_OK, err);
        CHECK(memcmp(&whole, &out, sizeof out) == 0, "order %zu changes the result", o);
    }
}

TEST(the_hash_is_that_of_the_parts_in_their_order) {
    split s = split_make();
    assay_sha256 sha;
    uint64_t n = s.vision.n;
    assay_sha256_init(&sha);
    for (int i = 0; i < N_PARTS; i++) {
        assay_sha256_update(&sha, s.parts[i].bytes, s.parts[i].n);
        n += s.parts[i].n;
    }
    assay_digest want = assay_sha256_final(&sha);
    assay_model_file turned[N_PARTS] = {s.parts[1], s.parts[2], s.parts[0]};
    assay_model *model = NULL;
    assay_error err;
    CHECK_STATUS(assay_model_create(turned, N_PARTS, s.vision, &model, &err), ASSAY_OK, err);
    REQUIRE(model != NULL);
    const assay_model_info *info = assay_model_get_info(model);
    CHECK(strcmp(info->text_sha256, want.hex) == 0, "%s", info->text_sha256);
    CHECK(info->n_bytes == n && strcmp(info->name, "random tiny") == 0);
    assay_model_destroy(model);
}

/* Parts as ggml's own package writes them: the last has one tensor, the others two. */
TEST(parts_by_ggmls_writer) {
    assay_model_file files[N_PARTS] = {{0}};
    assay_error err = {0};
    for (int i = 0; i < N_PARTS; i++) {
        char path[64];
        snprintf(path, sizeof path, "tests/golden/gguf/split-0000%d-of-00003.gguf", i + 1);
        files[N_PARTS - 1 - i].what = "split";
        REQUIRE(assay_os_read_file(path, 1 << 20, &files[N_PARTS - 1 - i].bytes,
                                   &files[N_PARTS - 1 - i].n, &err) == ASSAY_OK,
                "%s", err.text);
    }
    assay_parts parts;
    CHECK_STATUS(assay_parts_open(files, N_PARTS, &parts, &err), ASSAY_OK, err);
    REQUIRE(parts.n == N_PARTS && assay_parts_n_tensors(&parts) == 5);
    CHECK(strcmp(assay_gguf_string_or(assay_parts_head(&parts), "general.name", ""), "in parts") ==
          0);
    for (size_t i = 0; i < 5; i++) {
        char name[32];
        uint8_t *data = NULL;
        float values[64];
        snprintf(name, sizeof name, "blk.%zu.weight", i);
        CHECK(assay_parts_find(&parts, name) == i, "%s", name);
        REQUIRE(assay_parts_at(&parts, i, &data) != NULL);
        assay_dequantize_row(ASSAY_F32, data, 64, values);
        CHECK(values[0] == (float)i + 0.5f && values[63] == (float)i + 0.5f, "%s", name);
    }
    CHECK(assay_parts_at(&parts, 5, NULL) == NULL && assay_parts_find(&parts, "blk.5.weight") == 5);
    assay_parts_close(&parts);
}

TEST(one_part_may_be_all) {
    split s = split_make();
    outputs out;
    assay_error err;
    replace(&s.parts[0], 0, N_TENSORS, (split_keys){0, 1, N_TENSORS});
    CHECK_STATUS(load(s.parts, 1, s.vision, &out, &err), ASSAY_OK, err);
    free(s.parts[1].bytes);
    free(s.parts[2].bytes);
}

TEST(refuses_missing_and_doubled_parts) {
    split s = split_make();
    free(s.parts[0].bytes);
    free(s.parts[2].bytes);
    expect_refusal(&s.parts[1], 1, s.vision,
                   "t-00002-of-00003.gguf: part 2 of 3 of a split file, and all parts are needed");
    s = split_make();
    free(s.parts[1].bytes);
    s.parts[1] = s.parts[2];
    expect_refusal(s.parts, 2, s.vision, "part 2 of 3 is missing");
    s = split_make();
    free(s.parts[0].bytes);
    expect_refusal(s.parts + 1, 2, s.vision, "part 1 of 3 is missing");
    s = split_make();
    free(s.parts[2].bytes);
    expect_refusal(s.parts, 2, s.vision, "part 3 of 3 is missing");
    s = split_make();
    replace(&s.parts[2], 0, 8, (split_keys){1, N_PARTS, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision,
                   "t-00002-of-00003.gguf and t-00003-of-00003.gguf are both part 2 of 3");
}

TEST(refuses_foreign_parts) {
    split s = split_make();
    replace(&s.parts[2], 8, N_TENSORS, (split_keys){2, 4, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision,
                   "t-00001-of-00003.gguf is one of 3 parts with 21 tensors, t-00003-of-00003.gguf "
                   "one of 4 with 21: they are not of one split");
    s = split_make();
    replace(&s.parts[1], 0, 8, (split_keys){1, N_PARTS, 40});
    expect_refusal(s.parts, N_PARTS, s.vision, "one of 3 with 40: they are not of one split");
    s = split_make();
    replace(&s.parts[1], 0, 8, (split_keys){-1, -1, -1});
    expect_refusal(s.parts, N_PARTS, s.vision,
                   "t-00002-of-00003.gguf: is no part of a split file, but one of 3 files given");
    s = split_make();
    replace(&s.parts[2], 8, N_TENSORS, (split_keys){3, N_PARTS, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision, "t-00003-of-00003.gguf: calls itself part 4 of 3");
    s = split_make();
    replace(&s.parts[2], 8, N_TENSORS, (split_keys){2, 1 << 20, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision, "split.count is 1048576, not 0 to 65535");
}

TEST(refuses_wrong_tensors_of_parts) {
    split s = split_make();
    replace(&s.parts[2], 9, N_TENSORS, (split_keys){2, N_PARTS, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision,
                   "20 tensors in 3 files, but split.tensors.count is 21");
    s = split_make();
    replace(&s.parts[1], 0, 7, (split_keys){1, N_PARTS, N_TENSORS});
    replace(&s.parts[2], 7, N_TENSORS - 1, (split_keys){2, N_PARTS, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision, "20 tensors in 3 files");
    s = split_make();
    replace(&s.parts[0], 3, 4, (split_keys){0, N_PARTS, N_TENSORS});
    replace(&s.parts[2], 9, N_TENSORS, (split_keys){2, N_PARTS, N_TENSORS});
    expect_refusal(s.parts, N_PARTS, s.vision,
                   " is in t-00001-of-00003.gguf and in t-00002-of-00003.gguf");
    for (int i = 0; i < N_PARTS; i++) { /* without the count of tensors: the missing one is named */
        static const size_t begin[N_PARTS + 1] = {0, 0, 8, N_TENSORS - 1};
        if (i == 0) s = split_make();
        replace(&s.parts[i], begin[i], begin[i + 1], (split_keys){i, N_PARTS, -1});
    }
    outputs tied;
    assay_error err;
    CHECK_STATUS(load(s.parts, N_PARTS, s.vision, &tied, &err), ASSAY_OK, err);
}

TEST(refuses_wrong_numbers_of_files) {
    assay_error err = {0};
    assay_model *model = NULL;
    CHECK_STATUS(assay_model_create(NULL, 0, (assay_model_file){0}, &model, &err), ASSAY_E_ARGUMENT,
                 err);
    split s = split_make();
    free(s.parts[1].bytes);
    s.parts[1].bytes = NULL;
    expect_refusal(s.parts, N_PARTS, s.vision, "t-00002-of-00003.gguf: the file is empty");
    static assay_model_file many[300];
    tiny_files f = tiny_make("F32", 1);
    many[0] = f.text;
    err = (assay_error){0};
    CHECK_STATUS(assay_model_create(many, 300, f.vision, &model, &err), ASSAY_E_LIMIT, err);
    s = split_make();
    tiny_files g = tiny_make("F32", 1);
    assay_model_file half = part_make(&g.vision, 0, 5, (split_keys){0, 2, 38}, "mmproj.gguf");
    tiny_free(&g);
    free(s.vision.bytes);
    expect_refusal(s.parts, N_PARTS, half, "mmproj.gguf: part 1 of 2 of a split file");
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("this program is not linked for it");
    bool done = false;
    for (long k = 0; !done && k < 100000; k += 1 + k / 16) {
        split s = split_make();
        assay_model *model = NULL;
        assay_error err = {0};
        failing_alloc_arm(k);
        assay_status status = assay_model_create(s.parts, N_PARTS, s.vision, &model, &err);
        done = !failing_alloc_disarm();
        CHECK(status == (done ? ASSAY_OK : ASSAY_E_MEMORY), "allocation %ld: %s (%s)", k,
              assay_status_name(status), err.text);
        assay_model_destroy(model);
    }
    CHECK(done, "it never succeeded");
}
