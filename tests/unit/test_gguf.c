/* format/gguf: a file by ggml's own writer, round trips through ours, and every way to be refused.
 */
#include "test.h"

#include "base/os.h"
#include "failing_alloc.h"
#include "format/gguf/gguf.h"

#define BAD "tests/bad/gguf/"

enum { MAX_FILE = 1 << 20 };

static bool read_whole(const char *path, uint8_t **bytes, size_t *n) {
    assay_error err = {0};
    bool ok = assay_os_read_file(path, MAX_FILE, bytes, n, &err) == ASSAY_OK;
    CHECK(ok, "%s", err.text);
    return ok;
}

/* ---- a good file ---- */

static void check_int(const assay_gguf *g, const char *key, int64_t want) {
    int64_t got = 0;
    assay_error err;
    CHECK_STATUS(assay_gguf_int(g, key, INT64_MIN, INT64_MAX, &got, &err), ASSAY_OK, err);
    CHECK(got == want, "%s is %lld", key, (long long)got);
}

static void check_values(const assay_gguf *g) {
    assay_error err;
    check_int(g, "k.u8", 200);
    check_int(g, "k.i8", -100);
    check_int(g, "k.u16", 60000);
    check_int(g, "k.i16", -30000);
    check_int(g, "k.u32", 4000000000);
    check_int(g, "k.i32", -2000000000);
    check_int(g, "k.i64", -(INT64_C(1) << 62));
    int64_t i = 7;
    CHECK_STATUS(assay_gguf_int(g, "k.u64", INT64_MIN, INT64_MAX, &i, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_int(g, "k.u8", 0, 199, &i, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_int(g, "k.f32", 0, 9, &i, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_int(g, "k.ints", 0, 9, &i, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_int(g, "k.none", 0, 9, &i, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "k.none") != NULL && strstr(err.text, "missing") != NULL, "%s",
          err.text);
    CHECK_STATUS(assay_gguf_int_or(g, "k.none", 0, 9, 5, &i, &err), ASSAY_OK, err);
    CHECK(i == 5);
    CHECK_STATUS(assay_gguf_int_or(g, "k.string", 0, 9, 5, &i, &err), ASSAY_E_FORMAT, err);
    double f = 0;
    CHECK_STATUS(assay_gguf_float(g, "k.f32", &f, &err), ASSAY_OK, err);
    CHECK(f == (double)0.1f);
    CHECK_STATUS(assay_gguf_float(g, "k.f64", &f, &err), ASSAY_OK, err);
    CHECK(f == 0.1);
    CHECK_STATUS(assay_gguf_float_or(g, "k.none", 2.5, &f, &err), ASSAY_OK, err);
    CHECK(f == 2.5);
    CHECK_STATUS(assay_gguf_float(g, "k.u8", &f, &err), ASSAY_E_FORMAT, err);
    bool b = false;
    CHECK_STATUS(assay_gguf_bool_or(g, "k.bool", false, &b, &err), ASSAY_OK, err);
    CHECK(b);
    CHECK_STATUS(assay_gguf_bool_or(g, "k.none", false, &b, &err), ASSAY_OK, err);
    CHECK(!b);
    CHECK_STATUS(assay_gguf_bool_or(g, "k.u8", false, &b, &err), ASSAY_E_FORMAT, err);
    const char *text = "";
    CHECK_STATUS(assay_gguf_string(g, "k.string", &text, &err), ASSAY_OK, err);
    CHECK(strcmp(text, "gr\u00fc\u00df dich") == 0, "%s", text);
    CHECK_STATUS(assay_gguf_string(g, "k.bool", &text, &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(assay_gguf_string_or(g, "k.none", "x"), "x") == 0);
    CHECK(assay_gguf_has(g, "general.architecture") && !assay_gguf_has(g, "k"));
}

static void check_arrays(const assay_gguf *g) {
    assay_error err;
    assay_gguf_strings strings = {0};
    CHECK_STATUS(assay_gguf_string_array(g, "k.strings", &strings, &err), ASSAY_OK, err);
    REQUIRE(strings.n == 3);
    CHECK(strings.lengths[0] == 1 && strings.bytes[0][0] == 'a' && strings.lengths[1] == 0 &&
          strings.lengths[2] == 6);
    CHECK(memcmp(strings.bytes[2], "\u4f60\u597d", 6) == 0);
    size_t n = 0;
    const int32_t *ints = NULL;
    CHECK_STATUS(assay_gguf_int_array(g, "k.ints", &n, &ints, &err), ASSAY_OK, err);
    CHECK(n == 3 && ints[0] == 1 && ints[1] == -2 && ints[2] == 3);
    const float *floats = NULL;
    CHECK_STATUS(assay_gguf_float_array(g, "k.floats", &n, &floats, &err), ASSAY_OK, err);
    CHECK(n == 2 && floats[0] == 0.5f && floats[1] == -1.5f);
    CHECK_STATUS(assay_gguf_int_array(g, "k.floats", &n, &ints, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_int_array(g, "k.bools", &n, &ints, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_float_array(g, "k.ints", &n, &floats, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_string_array(g, "k.ints", &strings, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_gguf_string_array(g, "k.string", &strings, &err), ASSAY_E_FORMAT, err);
}

TEST(a_file_by_ggmls_writer_is_read) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    assay_gguf *g = NULL;
    assay_error err;
    CHECK_STATUS(assay_gguf_open(bytes, n, "small", &g, &err), ASSAY_OK, err);
    if (g != NULL) {
        check_values(g);
        check_arrays(g);
        static const struct {
            const char *name;
            uint32_t type;
            int n_dims;
            uint64_t dims[4], bytes;
        } want[] = {
            {"a.weight", 0, 2, {4, 3, 1, 1}, 48},   {"b.weight", 1, 1, {5, 1, 1, 1}, 10},
            {"c.weight", 8, 2, {64, 2, 1, 1}, 136}, {"d.weight", 12, 2, {256, 2, 1, 1}, 288},
            {"e.weight", 0, 4, {5, 4, 3, 2}, 480},
        };
        CHECK(assay_gguf_n_tensors(g) == 5);
        for (size_t i = 0; i < 5; i++) {
            const assay_gguf_tensor *t = assay_gguf_find(g, want[i].name);
            CHECK(t == assay_gguf_tensor_at(g, i));
            CHECK(t->type == want[i].type && t->n_dims == want[i].n_dims &&
                      t->bytes == want[i].bytes,
                  "%s", t->name);
            CHECK(memcmp(t->dims, want[i].dims, sizeof t->dims) == 0, "%s", t->name);
            CHECK(t->offset % 32 == 0 && t->offset >= assay_gguf_header_bytes(g) &&
                  t->offset + t->bytes <= n);
        }
        float last;
        memcpy(&last, bytes + assay_gguf_find(g, "a.weight")->offset + 44, 4);
        CHECK(last == 11.0f);
        CHECK(assay_gguf_find(g, "a") == NULL && assay_gguf_tensor_at(g, 5) == NULL);
        CHECK(strcmp(assay_gguf_what(g), "small") == 0);
    }
    assay_gguf_close(g);
    free(bytes);
}

TEST(version_2_is_read_alike) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    bytes[4] = 2;
    assay_gguf *g = NULL;
    assay_error err;
    CHECK_STATUS(assay_gguf_open(bytes, n, "small", &g, &err), ASSAY_OK, err);
    CHECK(g != NULL && assay_gguf_n_tensors(g) == 5);
    assay_gguf_close(g);
    free(bytes);
}

TEST(metadata_is_described_for_listing) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    assay_gguf *g = NULL;
    assay_error err;
    CHECK_STATUS(assay_gguf_open(bytes, n, "small", &g, &err), ASSAY_OK, err);
    static const char *const want[][2] = {{"k.u64", "9223372036854775813"},
                                          {"k.i8", "-100"},
                                          {"k.bool", "true"},
                                          {"k.f64", "0.1"},
                                          {"k.strings", "[3 string]"},
                                          {"general.architecture", "test"}};
    int found = 0;
    const char *key;
    char value[64];
    for (size_t i = 0; g != NULL && assay_gguf_describe(g, i, &key, value, sizeof value); i++)
        for (size_t k = 0; k < sizeof want / sizeof want[0]; k++)
            if (strcmp(key, want[k][0]) == 0) {
                found++;
                CHECK(strcmp(value, want[k][1]) == 0, "%s: %s", key, value);
            }
    CHECK(found == 6, "%d found", found);
    assay_gguf_close(g);
    free(bytes);
}

/* ---- writer ---- */

static assay_gguf_writer *sample_writer(void) {
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL) return NULL;
    static const char *const words[] = {"one", "", "three"};
    static const int32_t ints[] = {-1, 0, INT32_MAX};
    static const float floats[] = {0.25f, -3.0f};
    assay_gguf_put_u32(w, "n", 7);
    assay_gguf_put_f32(w, "x", 0.5f);
    assay_gguf_put_bool(w, "yes", true);
    assay_gguf_put_string(w, "name", "n\u00e4me");
    assay_gguf_put_string(w, "empty", "");
    assay_gguf_put_strings(w, "words", words, 3);
    assay_gguf_put_i32s(w, "ints", ints, 3);
    assay_gguf_put_f32s(w, "floats", floats, 2);
    assay_gguf_put_tensor(w, "m", ASSAY_Q8_0, 2, (const uint64_t[]){64, 3});
    assay_gguf_put_tensor(w, "v", ASSAY_F32, 1, (const uint64_t[]){5});
    return w;
}

TEST(what_is_written_is_read_back) {
    assay_gguf_writer *w = sample_writer();
    uint8_t *bytes = NULL;
    size_t n = 0;
    assay_error err;
    REQUIRE(w != NULL);
    CHECK_STATUS(assay_gguf_build(w, &bytes, &n, &err), ASSAY_OK, err);
    uint8_t *m = assay_gguf_tensor_data(w, 0), *v = assay_gguf_tensor_data(w, 1);
    REQUIRE(m != NULL && v != NULL && assay_gguf_tensor_data(w, 2) == NULL);
    memset(m, 1, 204);
    memset(v, 2, 20);
    assay_gguf *g = NULL;
    CHECK_STATUS(assay_gguf_open(bytes, n, "written", &g, &err), ASSAY_OK, err);
    REQUIRE(g != NULL);
    check_int(g, "n", 7);
    const char *name = "";
    CHECK_STATUS(assay_gguf_string(g, "name", &name, &err), ASSAY_OK, err);
    CHECK(strcmp(name, "n\u00e4me") == 0 && strcmp(assay_gguf_string_or(g, "empty", "x"), "") == 0);
    assay_gguf_strings words = {0};
    CHECK_STATUS(assay_gguf_string_array(g, "words", &words, &err), ASSAY_OK, err);
    CHECK(words.n == 3 && words.lengths[2] == 5 && memcmp(words.bytes[2], "three", 5) == 0);
    size_t n_ints = 0;
    const int32_t *ints = NULL;
    CHECK_STATUS(assay_gguf_int_array(g, "ints", &n_ints, &ints, &err), ASSAY_OK, err);
    CHECK(n_ints == 3 && ints[0] == -1 && ints[2] == INT32_MAX);
    const assay_gguf_tensor *tm = assay_gguf_find(g, "m"), *tv = assay_gguf_find(g, "v");
    REQUIRE(tm != NULL && tv != NULL);
    CHECK(tm->bytes == 204 && tm->dims[0] == 64 && tm->dims[1] == 3 && tm->n_dims == 2 &&
          bytes + tm->offset == m);
    CHECK(tv->bytes == 20 && bytes[tv->offset] == 2 && bytes[tv->offset - 1] == 0);
    assay_gguf_close(g);
    assay_gguf_writer_destroy(w);
    free(bytes);
}

/* Entries of every kind, also those that this program does not use, go from file to file as they are. */
TEST(entries_are_copied_as_they_are) {
    uint8_t *bytes = NULL, *copy = NULL;
    size_t n = 0, n_copy = 0, n_header = 0;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    assay_gguf *from = NULL, *to = NULL;
    assay_error err;
    CHECK_STATUS(assay_gguf_open(bytes, n, "small", &from, &err), ASSAY_OK, err);
    assay_gguf_writer *w = assay_gguf_writer_create();
    REQUIRE(from != NULL && w != NULL);
    const char *key = NULL, *key_copy = NULL;
    char value[200], value_copy[200];
    for (size_t i = 0; assay_gguf_describe(from, i, &key, value, sizeof value); i++)
        assay_gguf_put_copy(w, from, i);
    assay_gguf_put_copy(w, from, 1000000); /* nothing there */
    CHECK_STATUS(assay_gguf_build(w, &copy, &n_copy, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_gguf_open(copy, n_copy, "copy", &to, &err), ASSAY_OK, err);
    REQUIRE(to != NULL);
    size_t i = 0;
    for (; assay_gguf_describe(from, i, &key, value, sizeof value); i++) {
        REQUIRE(assay_gguf_describe(to, i, &key_copy, value_copy, sizeof value_copy));
        CHECK(strcmp(key, key_copy) == 0 && strcmp(value, value_copy) == 0, "%s", key);
        n_header = i;
    }
    CHECK(n_header > 10 && !assay_gguf_describe(to, i, &key, value, sizeof value));
    size_t n_entries = n_copy - 24 - ASSAY_GGUF_ALIGNMENT; /* less the padding at most */
    CHECK(memcmp(bytes + 24, copy + 24, n_entries) == 0, "the bytes of the entries differ");
    assay_gguf_close(from);
    assay_gguf_close(to);
    assay_gguf_writer_destroy(w);
    free(bytes);
    free(copy);
}

TEST(a_header_alone_is_that_of_the_file) {
    assay_gguf_writer *w = sample_writer(), *again = sample_writer();
    uint8_t *header = NULL, *file = NULL;
    size_t n_header = 0, n_file = 0;
    assay_error err;
    REQUIRE(w != NULL && again != NULL);
    CHECK_STATUS(assay_gguf_build_header(w, &header, &n_header, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_gguf_build(again, &file, &n_file, &err), ASSAY_OK, err);
    REQUIRE(header != NULL && file != NULL);
    CHECK(n_header % ASSAY_GGUF_ALIGNMENT == 0 && assay_gguf_tensor_data(w, 0) == NULL);
    CHECK(assay_gguf_tensor_data(again, 0) == file + n_header);
    CHECK(n_file == n_header + 224 + 32 && memcmp(header, file, n_header) == 0);
    free(header);
    assay_gguf_put_u32(w, "n", 8);
    CHECK_STATUS(assay_gguf_build_header(w, &header, &n_header, &err), ASSAY_E_FORMAT, err);
    CHECK(header == NULL && strstr(err.text, "key n is there twice") != NULL, "%s", err.text);
    assay_gguf_writer_destroy(w);
    assay_gguf_writer_destroy(again);
    free(file);
}

static void build_fails(assay_gguf_writer *w, assay_status want, const char *part) {
    uint8_t *bytes = NULL;
    size_t n;
    assay_error err;
    CHECK_STATUS(assay_gguf_build(w, &bytes, &n, &err), want, err);
    CHECK(bytes == NULL && strstr(err.text, part) != NULL, "%s", err.text);
    assay_gguf_writer_destroy(w);
}

TEST(the_writer_refuses_what_the_reader_would) {
    assay_gguf_writer *w = sample_writer();
    assay_gguf_put_u32(w, "n", 8);
    build_fails(w, ASSAY_E_FORMAT, "key n is there twice");
    w = sample_writer();
    assay_gguf_put_tensor(w, "m", ASSAY_F32, 1, (const uint64_t[]){1});
    build_fails(w, ASSAY_E_FORMAT, "tensor m is there twice");
    w = sample_writer();
    assay_gguf_put_tensor(w, "q", ASSAY_Q8_0, 1, (const uint64_t[]){33});
    build_fails(w, ASSAY_E_ARGUMENT, "tensor q");
    w = sample_writer();
    assay_gguf_put_tensor(w, "q", ASSAY_F32, 5, (const uint64_t[]){1, 1, 1, 1, 1});
    build_fails(w, ASSAY_E_ARGUMENT, "tensor q");
    w = sample_writer();
    assay_gguf_put_tensor(w, "q", ASSAY_F32, 2,
                          (const uint64_t[]){UINT64_C(1) << 30, UINT64_C(1) << 30});
    build_fails(w, ASSAY_E_LIMIT, "do not fit");
}

/* ---- bad files ---- */

/* An exact-size heap copy, so that the sanitizer sees a read past the end. */
static assay_status open_copy(const uint8_t *bytes, size_t n, const char *what, assay_error *err) {
    uint8_t *copy = malloc(n > 0 ? n : 1);
    if (copy == NULL) abort();
    if (n > 0) memcpy(copy, bytes, n);
    assay_gguf *g = NULL;
    memset(err, 0, sizeof *err);
    assay_status status = assay_gguf_open(copy, n, what, &g, err);
    CHECK((status == ASSAY_OK) == (g != NULL) && (status == ASSAY_OK) == (err->text[0] == '\0'));
    const char *key;
    char value[40];
    for (size_t i = 0; g != NULL && assay_gguf_describe(g, i, &key, value, sizeof value); i++)
        CHECK(assay_gguf_has(g, key));
    assay_gguf_close(g);
    free(copy);
    return status;
}

TEST(bad_files_end_in_their_sentence) {
    uint8_t *table = NULL;
    size_t n;
    if (!read_whole(BAD "expected.tsv", &table, &n)) return;
    int cases = 0;
    for (char *line = strtok((char *)table, "\n"); line != NULL;
         line = strtok(NULL, "\n"), cases++) {
        char name[64], status[32], part[128], path[128];
        REQUIRE(sscanf(line, "%63s %31s %127[^\n]", name, status, part) == 3, "%s", line);
        snprintf(path, sizeof path, BAD "%s", name);
        uint8_t *bytes = NULL;
        size_t size;
        if (!read_whole(path, &bytes, &size)) continue;
        assay_error err;
        assay_status got = open_copy(bytes, size, name, &err);
        CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", name,
              assay_status_name(got), err.text);
        CHECK(strstr(err.text, part) != NULL && strstr(err.text, name) != NULL, "%s: \"%s\"", name,
              err.text);
        free(bytes);
    }
    CHECK(cases >= 40, "%d cases", cases);
    free(table);
}

TEST(every_truncation_is_refused) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    assay_error err;
    for (size_t cut = 0; cut < n; cut++)
        CHECK(open_copy(bytes, cut, "cut", &err) == ASSAY_E_FORMAT, "%zu: %s", cut, err.text);
    CHECK(open_copy(bytes, n, "whole", &err) == ASSAY_OK);
    free(bytes);
}

TEST(flipped_bits_never_crash) {
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    int refused = 0;
    for (size_t at = 0; at < n; at++)
        for (int bit = 0; bit < 8; bit++) {
            bytes[at] ^= (uint8_t)(1 << bit);
            assay_error err;
            refused += open_copy(bytes, n, "flipped", &err) != ASSAY_OK;
            bytes[at] ^= (uint8_t)(1 << bit);
        }
    CHECK(refused > 1000, "%d refused", refused);
    free(bytes);
}

TEST(failed_allocations_are_reported) {
    if (!failing_alloc_linked()) SKIP("linked without --wrap=malloc,calloc,realloc");
    uint8_t *bytes = NULL;
    size_t n;
    if (!read_whole("tests/golden/gguf/small.gguf", &bytes, &n)) return;
    int opened = 0, built = 0;
    for (long k = 0; failing_alloc_arm(k); k++, opened++) {
        assay_gguf *g = NULL;
        assay_error err = {0};
        assay_status status = assay_gguf_open(bytes, n, "small", &g, &err);
        bool failed = failing_alloc_disarm();
        /* qsort of the C library may try an allocation and do without it */
        CHECK(status == ASSAY_OK || (failed && status == ASSAY_E_MEMORY), "allocation %ld: %s", k,
              err.text);
        assay_gguf_close(g);
        if (!failed) break;
    }
    free(bytes);
    for (long k = 0; failing_alloc_arm(k); k++, built++) {
        assay_gguf_writer *w = sample_writer();
        uint8_t *out = NULL;
        assay_error err = {0};
        assay_status status = w != NULL ? assay_gguf_build(w, &out, &n, &err) : ASSAY_E_MEMORY;
        bool failed = failing_alloc_disarm();
        CHECK(status == ASSAY_OK || (failed && status == ASSAY_E_MEMORY), "allocation %ld: %s", k,
              err.text);
        assay_gguf_writer_destroy(w);
        free(out);
        if (!failed) break;
    }
    CHECK(opened > 20 && built > 10, "%d, %d failures", opened, built);
}
