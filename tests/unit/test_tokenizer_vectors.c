/* format/tokenizer against llama.cpp's own vectors: real vocabularies, not part of the repository. */
#include "test.h"

#include "tokenizer_fixture.h"

static int check_vectors(const char *folder, const char *name) {
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char path[512];
    uint8_t *inputs = NULL, *outputs = NULL;
    size_t n;
    assay_error err = {0};
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf", folder, name);
    loaded l = load(path);
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf.inp", folder, name);
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &inputs, &n, &err), ASSAY_OK, err);
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf.out", folder, name);
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &outputs, &n, &err), ASSAY_OK, err);
    int cases = 0;
    char *text = (char *)inputs, *line = (char *)outputs;
    while (l.tok != NULL && text != NULL && line != NULL && *line != '\0') {
        char *end = strstr(text, separator), *line_end = strchr(line, '\n');
        if (end != NULL) *end = '\0';
        if (line_end != NULL) *line_end = '\0';
        assay_ids ids = {0};
        CHECK_STATUS(assay_tokenize(l.tok, text, strlen(text), false, &ids, &err), ASSAY_OK, err);
        CHECK(same_ids(&ids, line), "%s: \"%s\"", name, text);
        assay_ids_free(&ids);
        cases++;
        text = end != NULL ? end + strlen(separator) : NULL;
        line = line_end != NULL ? line_end + 1 : NULL;
    }
    CHECK(text == NULL || *text == '\0', "%s: more texts than lines of ids", name);
    CHECK(line == NULL || *line == '\0', "%s: more lines of ids than texts", name);
    free(inputs);
    free(outputs);
    unload(&l);
    return cases;
}

TEST(ids_are_those_of_llama_cpp) {
    const char *folder = getenv("ASSAY_SHARED_DATA");
    if (folder == NULL) folder = "../shared/data";
    static const char *const names[] = {"bert-bge", "gpt-2", "llama-spm", "starcoder"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf", folder, names[i]);
        if (!assay_os_exists(path)) SKIP("no %s (ASSAY_SHARED_DATA)", path);
        int cases = check_vectors(folder, names[i]);
        CHECK(cases > 40, "%s: %d cases", names[i], cases);
    }
}
