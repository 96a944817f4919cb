/* Datasets: writer and reader agree, archives load, everything crooked is refused with its
 * sentence. */
#include "format/json.h"
#include "format/shard/sample.h"
#include "format/shard/shard.h"
#include "format/shard/tar.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/fixture.h"

static void check_sample(const assay_sample *got, const assay_sample *want) {
    CHECK(strcmp(got->id, want->id) == 0, "id %s", got->id);
    CHECK(strcmp(got->dimension, want->dimension) == 0 && strcmp(got->domain, want->domain) == 0 &&
              strcmp(got->task, want->task) == 0,
          "%s", want->id);
    CHECK(strcmp(got->question, want->question) == 0, "%s: %s", want->id, got->question);
    CHECK(strcmp(got->cluster, want->cluster) == 0 && got->sight == want->sight, "%s", want->id);
    CHECK(got->n_options == want->n_options && got->n_gold == want->n_gold &&
              got->n_images == want->n_images,
          "%s", want->id);
    CHECK(got->interleaved == want->interleaved, "%s", want->id);
    for (int i = 0; got->interleaved && i < want->n_images; i++)
        CHECK(strcmp(got->after[i], want->after[i]) == 0, "%s: %s", want->id, got->after[i]);
    for (int i = 0; i < want->n_options; i++)
        CHECK(strcmp(got->options[i], want->options[i]) == 0, "%s", want->id);
    for (int i = 0; i < want->n_gold; i++) CHECK(got->gold[i] == want->gold[i], "%s", want->id);
}

/* The tar holds the sample's images and json, in this order, where the index says. */
static void check_members(const fixture *f, const assay_dataset *d, const assay_sample *s,
                          int *shard, size_t *at) {
    assay_error err = {0};
    assay_tar_entry entry;
    bool end = false;
    for (int k = 0; k <= s->n_images; k++) {
        const fixture_file *file = fixture_find(f, assay_dataset_shard(d, (size_t)*shard)->file);
        REQUIRE(assay_tar_next(file->bytes, file->n, file->name, at, &entry, &end, &err) ==
                    ASSAY_OK,
                "%s", err.text);
        if (end) { /* the sample lies in the next shard */
            *at = 0;
            file = fixture_find(f, assay_dataset_shard(d, (size_t)++*shard)->file);
            REQUIRE(assay_tar_next(file->bytes, file->n, file->name, at, &entry, &end, &err) ==
                        ASSAY_OK,
                    "%s", err.text);
        }
        if (k < s->n_images) {
            const assay_member *m = &s->images[k];
            CHECK(m->shard == *shard && m->offset == entry.offset && m->size == entry.size &&
                      strcmp(m->name, entry.name) == 0,
                  "%s", s->id);
            CHECK_STATUS(assay_member_check(m, file->bytes + m->offset, (size_t)m->size, &err),
                         ASSAY_OK, err);
        } else {
            assay_buffer json = {0};
            assay_sample_print(s, false, &json);
            CHECK(json.len == entry.size &&
                      memcmp(json.data, file->bytes + entry.offset, json.len) == 0,
                  "%s", s->id);
            assay_buffer_free(&json);
        }
    }
}

TEST(dataset_written_is_dataset_read) {
    static const size_t sizes[] = {1, 6000, 1 << 20};
    for (size_t round = 0; round < 3; round++) {
        fixture f;
        assay_dataset *d = NULL;
        assay_error err = {0};
        REQUIRE(fixture_make(&f, 23, sizes[round], &err) == ASSAY_OK, "%s", err.text);
        REQUIRE(fixture_open(&f, &d, &err) == ASSAY_OK, "%s", err.text);
        CHECK(assay_dataset_n_samples(d) == 23 && strcmp(assay_dataset_name(d), "fixture") == 0 &&
              strcmp(assay_dataset_licence(d), "CC0-1.0") == 0);
        size_t n_shards = assay_dataset_n_shards(d), at = 0;
        CHECK(round == 0   ? n_shards == 23
              : round == 1 ? n_shards > 2 && n_shards < 23
                           : n_shards == 1,
              "%zu shards", n_shards);
        int shard = 0;
        for (size_t i = 0; i < 23; i++) {
            char text[8][64];
            assay_sample want = fixture_sample(i, text);
            check_sample(assay_dataset_sample(d, i), &want);
            check_members(&f, d, assay_dataset_sample(d, i), &shard, &at);
        }
        for (size_t i = 0; i < n_shards; i++) {
            const fixture_file *file = fixture_find(&f, assay_dataset_shard(d, i)->file);
            CHECK_STATUS(assay_shard_check(d, i, file->bytes, file->n, &err), ASSAY_OK, err);
        }
        CHECK(assay_dataset_sample(d, 23) == NULL && assay_dataset_shard(d, n_shards) == NULL);
        CHECK_STATUS(assay_shard_check(d, n_shards, (const uint8_t *)"", 0, &err), ASSAY_E_ARGUMENT,
                     err);
        assay_dataset_close(d);
        fixture_free(&f);
    }
}

/* The same calls give the same bytes; the manifest is canonical, so its hash without the newline is
 * the dataset's id. */
TEST(dataset_writer_repeats_itself) {
    fixture a, b;
    assay_dataset *d = NULL;
    assay_error err = {0};
    REQUIRE(fixture_make(&a, 9, 6000, &err) == ASSAY_OK &&
                fixture_make(&b, 9, 6000, &err) == ASSAY_OK,
            "%s", err.text);
    REQUIRE(a.n == b.n);
    for (size_t i = 0; i < a.n; i++)
        CHECK(a.files[i].n == b.files[i].n &&
                  memcmp(a.files[i].bytes, b.files[i].bytes, a.files[i].n) == 0,
              "%s", a.files[i].name);
    CHECK(strcmp(a.files[a.n - 1].name, "manifest.json") == 0);
    REQUIRE(fixture_open(&a, &d, &err) == ASSAY_OK, "%s", err.text);
    const fixture_file *m = fixture_find(&a, "manifest.json");
    CHECK(strcmp(assay_dataset_id(d), assay_sha256_of(m->bytes, m->n - 1).hex) == 0);
    assay_dataset_close(d);
    fixture_free(&a);
    fixture_free(&b);
}

TEST(dataset_id_ignores_white_space_and_order) {
    fixture f;
    assay_dataset *d = NULL;
    assay_error err = {0};
    char id[65], text[4096];
    REQUIRE(fixture_make(&f, 3, 1 << 20, &err) == ASSAY_OK &&
                fixture_open(&f, &d, &err) == ASSAY_OK,
            "%s", err.text);
    memcpy(id, assay_dataset_id(d), sizeof id);
    assay_dataset_close(d);
    const fixture_file *m = fixture_find(&f, "manifest.json"),
                       *index = fixture_find(&f, "index.jsonl");
    /* {"format":1,REST  ->  { "format" : 1 , REST; and the last member, the version, moved to the
     * front */
    int n =
        snprintf(text, sizeof text, "{ \"version\" : \"1\" , %.*s}",
                 (int)(m->n - 2 - strlen(",\"version\":\"1\"") - 1), (const char *)m->bytes + 1);
    CHECK_STATUS(
        assay_dataset_open(text, (size_t)n, (const char *)index->bytes, index->n, &d, &err),
        ASSAY_OK, err);
    if (d != NULL) CHECK(strcmp(assay_dataset_id(d), id) == 0);
    assay_dataset_close(d);
    fixture_free(&f);
}

TEST(dataset_changed_bytes_are_noticed) {
    fixture f;
    assay_dataset *d = NULL, *none = NULL;
    assay_error err = {0};
    REQUIRE(fixture_make(&f, 5, 1 << 20, &err) == ASSAY_OK &&
                fixture_open(&f, &d, &err) == ASSAY_OK,
            "%s", err.text);
    const fixture_file *index = fixture_find(&f, "index.jsonl"),
                       *shard = fixture_find(&f, "shard-0000.tar");
    const assay_member *m = &assay_dataset_sample(d, 0)->images[0];
    index->bytes[20] ^= 1;
    CHECK_STATUS(fixture_open(&f, &none, &err), ASSAY_E_FORMAT, err);
    CHECK(none == NULL && strcmp(err.text, "index.jsonl: hash differs from the manifest's") == 0,
          "%s", err.text);
    index->bytes[20] ^= 1;
    shard->bytes[m->offset + 3] ^= 1;
    CHECK_STATUS(assay_shard_check(d, 0, shard->bytes, shard->n, &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(err.text, "shard-0000.tar: hash differs from the manifest's") == 0, "%s",
          err.text);
    CHECK_STATUS(assay_member_check(m, shard->bytes + m->offset, (size_t)m->size, &err),
                 ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_member_check(m, shard->bytes + m->offset, (size_t)m->size - 1, &err),
                 ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_shard_check(d, 0, shard->bytes, shard->n - 1, &err), ASSAY_E_FORMAT, err);
    assay_dataset_close(d);
    fixture_free(&f);
}

TEST(dataset_writer_refuses) {
    char text[8][64];
    fixture f = {.n = 0};
    assay_error err;
    assay_buffer png = {0};
    memset(&err, 0, sizeof err);
    REQUIRE(fixture_png(1, 2, 2, &png, &err) == ASSAY_OK, "%s", err.text);
    assay_blob good = {(const uint8_t *)png.data, png.len}, bad = {(const uint8_t *)"GIF89a..", 8};
    assay_dataset_writer *w = assay_dataset_writer_create("x", "1", "CC0-1.0", 1000);
    REQUIRE(w != NULL);
    CHECK_STATUS(assay_dataset_writer_finish(w, fixture_write, &f, &err), ASSAY_E_FORMAT,
                 err); /* no samples */
    CHECK(f.n == 0);
    assay_sample s = fixture_sample(0, text);
    CHECK_STATUS(assay_dataset_writer_add(w, &s, &bad, &err), ASSAY_E_FORMAT, err);
    s.id = "a/b";
    CHECK_STATUS(assay_dataset_writer_add(w, &s, &good, &err), ASSAY_E_FORMAT, err);
    s.id = "same";
    CHECK_STATUS(assay_dataset_writer_add(w, &s, &good, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_dataset_writer_add(w, &s, &good, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_dataset_writer_finish(w, fixture_write, &f, &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(err.text, "index: id same twice") == 0 && f.n == 0, "%s", err.text);
    assay_dataset_writer_destroy(w);
    assay_buffer_free(&png);
}

static void check_bad(const char *path, const char *status, const char *part, assay_status got,
                      const assay_error *err) {
    CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", path, assay_status_name(got),
          err->text);
    CHECK(strstr(err->text, part) != NULL, "%s: %s", path, err->text);
}

/* A manifest with right hashes around the index, one shard of 4,096 bytes. */
static void open_index(const char *path, const char *index, size_t n, const char *status,
                       const char *part) {
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    char manifest[1024], file[32];
    uint64_t bytes = 0;
    size_t lines = 0;
    assay_error err = {0};
    assay_dataset *d = NULL;
    REQUIRE(index != NULL, "%s is missing", path);
    for (size_t i = 0; i < n; i++) lines += index[i] == '\n' || i + 1 == n;
    int m = snprintf(
        manifest, sizeof manifest,
        "{\"format\":1,\"name\":\"n\",\"version\":\"1\",\"licence\":\"CC0-1.0\",\"n_samples\":%zu,"
        "\"index\":{\"file\":\"i.jsonl\",\"bytes\":%zu,"
        "\"sha256\":\"%s\"},\"shards\":[{\"file\":\"a.tar\",\"bytes\":4096,\"sha256\":\"%s\"}]}",
        lines > 0 ? lines : 1, n, assay_sha256_of(index, n).hex, zeros);
    CHECK_STATUS(assay_manifest_index(manifest, (size_t)m, file, sizeof file, &bytes, &err),
                 ASSAY_OK, err);
    CHECK(strcmp(file, "i.jsonl") == 0 && bytes == n);
    assay_status got = assay_dataset_open(manifest, (size_t)m, index, n, &d, &err);
    check_bad(path, status, part, got, &err);
    CHECK((d != NULL) == (got == ASSAY_OK), "%s", path);
    assay_dataset_close(d);
}

TEST(dataset_bad_indexes) {
    int n = fixture_bad_files("tests/bad/index", open_index);
    CHECK(n >= 40, "%d files", n);
}

static void open_manifest(const char *path, const char *manifest, size_t n, const char *status,
                          const char *part) {
    assay_error err = {0};
    assay_dataset *d = NULL;
    REQUIRE(manifest != NULL, "%s is missing", path);
    assay_status got = assay_dataset_open(manifest, n, "", 0, &d, &err);
    check_bad(path, status, part, got, &err);
    CHECK(d == NULL, "%s", path);
    assay_dataset_close(d);
}

TEST(dataset_bad_manifests) {
    int n = fixture_bad_files("tests/bad/manifest", open_manifest);
    CHECK(n >= 25, "%d files", n);
}

static void walk_tar(const char *path, const char *bytes, size_t n, const char *status,
                     const char *part) {
    assay_error err = {0};
    assay_status got = ASSAY_OK;
    size_t at = 0;
    bool end = false;
    REQUIRE(bytes != NULL, "%s is missing", path);
    while (got == ASSAY_OK && !end) {
        assay_tar_entry entry;
        got = assay_tar_next((const uint8_t *)bytes, n, path, &at, &entry, &end, &err);
        if (got == ASSAY_OK && !end)
            CHECK(entry.offset + entry.size <= n && assay_tar_name_ok(entry.name), "%s", path);
    }
    check_bad(path, status, part, got, &err);
}

TEST(dataset_bad_archives) {
    int n = fixture_bad_files("tests/bad/tar", walk_tar);
    CHECK(n >= 25, "%d files", n);
}

/* A whole shard with a right hash, but with a member that points outside. */
TEST(shard_check_looks_at_every_entry) {
    char manifest[1024];
    size_t n = 0;
    assay_error err = {0};
    assay_dataset *d = NULL;
    fixture f;
    char *tar = fixture_read("tests/bad/tar/up.tar", &n);
    REQUIRE(tar != NULL && fixture_make(&f, 7, 1 << 20, &err) == ASSAY_OK, "%s", err.text);
    const char *line =
        "{\"id\":\"a\",\"dimension\":\"Honest\",\"domain\":\"d\",\"task\":\"t\",\"question\":\"q\","
        "\"options\":[\"x\",\"y\"],\"gold\":[1],\"images\":[],\"sight\":false}";
    int m = snprintf(manifest, sizeof manifest,
                     "{\"format\":1,\"name\":\"n\",\"version\":\"1\",\"licence\":\"l\",\"n_"
                     "samples\":1,\"index\":{\"file\":\"i\",\"bytes\":%zu,\"sha256\":\"%s\"},"
                     "\"shards\":[{\"file\":\"a.tar\",\"bytes\":%zu,\"sha256\":\"%s\"}]}",
                     strlen(line), assay_sha256_of(line, strlen(line)).hex, n,
                     assay_sha256_of(tar, n).hex);
    CHECK_STATUS(assay_dataset_open(manifest, (size_t)m, line, strlen(line), &d, &err), ASSAY_OK,
                 err);
    REQUIRE(d != NULL);
    CHECK_STATUS(assay_shard_check(d, 0, (const uint8_t *)tar, n, &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(err.text,
                 "a.tar: entry at byte 0 has no plain relative name inside the archive") == 0,
          "%s", err.text);
    assay_dataset_close(d);
    fixture_free(&f);
    free(tar);
}

/* A question around images has one text more than there are images. */
TEST(dataset_bad_questions) {
    static const struct {
        const char *question, *part;
    } cases[] = {
        {"[\"q\"]", "around images, but there are no images"},
        {"[]", "a question of 0 texts around 0 images"},
        {"[\"a\",\"b\"]", "a question of 2 texts around 0 images"},
        {"[7]", "part 1 of the question is not a string"},
        {"{}", "\"question\" is not a string"},
        {"\"\"", "question is empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char manifest[512], line[256];
        assay_error err = {0};
        assay_dataset *d = NULL;
        int n = snprintf(line, sizeof line,
                         "{\"id\":\"a\",\"dimension\":\"Honest\",\"domain\":\"d\",\"task\":\"t\","
                         "\"question\":%s,\"options\":[\"x\",\"y\"],\"gold\":[1],\"images\":[],"
                         "\"sight\":false}",
                         cases[i].question);
        int m = snprintf(manifest, sizeof manifest,
                         "{\"format\":1,\"name\":\"n\",\"version\":\"1\",\"licence\":\"l\","
                         "\"n_samples\":1,\"index\":{\"file\":\"i\",\"bytes\":%d,\"sha256\":"
                         "\"%s\"},\"shards\":[]}",
                         n, assay_sha256_of(line, (size_t)n).hex);
        CHECK_STATUS(assay_dataset_open(manifest, (size_t)m, line, (size_t)n, &d, &err),
                     ASSAY_E_FORMAT, err);
        CHECK(strstr(err.text, cases[i].part) != NULL, "%s", err.text);
    }
}

/* Whatever allocation fails, the call says so, and nothing is lost or half done (the sanitizer
 * watches). */
TEST(dataset_out_of_memory) {
    fixture f;
    assay_error err = {0};
    long opens = 0, writes = 0;
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    REQUIRE(fixture_make(&f, 4, 6000, &err) == ASSAY_OK, "%s", err.text);
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_dataset *d = NULL;
        memset(&err, 0, sizeof err);
        assay_status status = fixture_open(&f, &d, &err);
        bool failed = failing_alloc_disarm();
        assay_dataset_close(d);
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        if (!failed) break;
        opens++;
    }
    for (long k = 0; failing_alloc_arm(k); k++) {
        fixture g;
        memset(&err, 0, sizeof err);
        assay_status status = fixture_make(&g, 4, 6000, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        fixture_free(&g);
        if (!failed) break;
        writes++;
    }
    CHECK(opens > 100 && writes > 200, "%ld, %ld", opens, writes);
    fixture_free(&f);
}
