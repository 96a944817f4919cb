/* The list of known models: what is accepted, and what is refused in a sentence. The page's reader is held to the same in
 * tests/web/pure.test.mjs. */
#include "cli/registry.h"

#include "test.h"

#define FILE_X "{\"url\":\"models/x.gguf\",\"bytes\":10}"
#define HASH   "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static assay_status read_text(const char *text, assay_registry *list, assay_error *err) {
    *list = (assay_registry){0};
    return assay_registry_read(text, strlen(text), list, err);
}

static assay_status read_model(const char *id, const char *kind, const char *files,
                               assay_registry *list, assay_error *err) {
    char text[2000];
    snprintf(text, sizeof text,
             "{\"format\":1,\"models\":[{\"id\":\"%s\",\"name\":\"X\",\"kind\":\"%s\",\"licence\":"
             "\"MIT\",%s}]}",
             id, kind, files);
    return read_text(text, list, err);
}

TEST(what_a_list_may_hold) {
    assay_registry list;
    assay_error err;
    CHECK_STATUS(
        read_model("x", "multimodal",
                   "\"note\":\"n\",\"text\":[{\"url\":\"https://h/a/1.gguf?download=true\","
                   "\"sha256\":\"" HASH "\"},{\"url\":\"HTTP://h/2.gguf\"}],\"vision\":" FILE_X,
                   &list, &err),
        ASSAY_OK, err);
    const assay_known_model *m = assay_registry_find(&list, "x");
    REQUIRE(m != NULL && m->n_files == 3 && m->n_text == 2);
    CHECK(strcmp(m->files[0].name, "1.gguf") == 0 && strcmp(m->files[0].sha256, HASH) == 0);
    CHECK(m->files[0].bytes == 0 && !m->files[0].here && m->files[1].sha256[0] == '\0');
    CHECK(m->files[2].here && m->files[2].bytes == 10 && strcmp(m->files[2].name, "x.gguf") == 0);
    CHECK(strcmp(m->note, "n") == 0 && assay_registry_find(&list, "y") == NULL);
    assay_registry_close(&list);
    CHECK_STATUS(read_model("x", "encoder", "\"text\":" FILE_X ",\"vision\":null", &list, &err),
                 ASSAY_OK, err);
    CHECK(list.models[0].n_files == 1 && strcmp(list.models[0].note, "") == 0);
    assay_registry_close(&list);
}

TEST(wrong_models) {
    static const struct {
        const char *id, *kind, *files, *says;
    } cases[] = {
        {"../x", "encoder", "\"text\":" FILE_X, "id is no plain name"},
        {"", "encoder", "\"text\":" FILE_X, "id is no plain name"},
        {"X", "encoder", "\"text\":" FILE_X, "id is no plain name"},
        {"x", "both", "\"text\":" FILE_X, "kind is neither"},
        {"x", "encoder", "\"note\":\"n\"", "not an object"},
        {"x", "encoder", "\"text\":[]", "text has 0 parts"},
        {"x", "encoder", "\"text\":[" FILE_X "," FILE_X "]", "two files of one name"},
        {"x", "encoder", "\"text\":" FILE_X ",\"vision\":" FILE_X, "two files of one name"},
        {"x", "encoder", "\"text\":" FILE_X ",\"size\":1", "size"},
        {"x", "encoder", "\"text\":{\"bytes\":1}", "url"},
        {"x", "encoder", "\"text\":{\"url\":\"a.gguf\",\"bytes\":0}", "bytes"},
        {"x", "encoder", "\"text\":{\"url\":\"a.gguf\",\"bytes\":1.5}", "bytes"},
        {"x", "encoder", "\"text\":{\"url\":\"a.gguf\",\"sha256\":\"\"}", "64 hex digits"},
        {"x", "encoder", "\"text\":{\"url\":\"a.gguf\",\"sha256\":\"ABC\"}", "64 hex digits"},
        {"x", "encoder", "\"text\":{\"url\":\"/etc/passwd\"}", "below the list"},
        {"x", "encoder", "\"text\":{\"url\":\"a/../../x.gguf\"}", "below the list"},
        {"x", "encoder", "\"text\":{\"url\":\"ftp://h/x.gguf\"}", "below the list"},
        {"x", "encoder", "\"text\":{\"url\":\"a\\\\b.gguf\"}", "below the list"},
        {"x", "encoder", "\"text\":{\"url\":\"http://me:pw@h/x.gguf\"}", "user name"},
        {"x", "encoder", "\"text\":{\"url\":\"https://h/\"}", "does not end in a file name"},
        {"x", "encoder", "\"text\":{\"url\":\"a/.gguf\"}", "does not end in a file name"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_registry list;
        assay_error err = {0};
        assay_status status = read_model(cases[i].id, cases[i].kind, cases[i].files, &list, &err);
        CHECK(status == ASSAY_E_FORMAT || status == ASSAY_E_ARGUMENT, "case %d: status %d", (int)i,
              (int)status);
        CHECK(strstr(err.text, cases[i].says) != NULL, "case %d: %s", (int)i, err.text);
        assay_registry_close(&list);
    }
}

TEST(wrong_lists) {
    static const char *const cases[] = {"",
                                        "<html>",
                                        "[]",
                                        "{\"models\":[]}",
                                        "{\"format\":2,\"models\":[]}",
                                        "{\"format\":1}",
                                        "{\"format\":1,\"models\":[1]}",
                                        "{\"format\":1,\"models\":[null]}"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_registry list;
        assay_error err;
        CHECK_STATUS(read_text(cases[i], &list, &err), ASSAY_E_FORMAT, err);
        assay_registry_close(&list);
    }
    char text[1000];
    const char *model =
        "{\"id\":\"x\",\"name\":\"X\",\"kind\":\"encoder\",\"licence\":\"MIT\",\"text\":" FILE_X
        "}";
    assay_registry list;
    assay_error err;
    snprintf(text, sizeof text, "{\"format\":1,\"models\":[%s,%s]}", model, model);
    CHECK_STATUS(read_text(text, &list, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "stands twice") != NULL, "%s", err.text);
    assay_registry_close(&list);
}
