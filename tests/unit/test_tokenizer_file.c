/* format/tokenizer, files: tokenizer.json, vocab.txt and GGUF of one vocabulary give the same ids;
 * what is refused. And assay_encoder_pool, the other end of an encoder that another runtime
 * computes. */
#include "test.h"

#include <math.h>

#include "assay_encoder.h"
#include "base/os.h"
#include "failing_alloc.h"
#include "format/tokenizer/tokenizer_file.h"

#define GOLDEN "tests/golden/onnx/"
#define SMALL  "[PAD]\n[UNK]\n[CLS]\n[SEP]\nab\n##c\nb\n"

static assay_status open_text(const char *text, assay_tokenizer **out, assay_error *err) {
    return assay_tokenizer_open((const uint8_t *)text, strlen(text), "vocab.txt", out, err);
}

static void check_ids(const assay_tokenizer *tok, const char *text, size_t most, const char *want) {
    char got[400] = "";
    assay_ids ids = {0};
    assay_error err;
    CHECK_STATUS(assay_tokenize_within(tok, text, strlen(text), most, &ids, &err), ASSAY_OK, err);
    for (size_t i = 0, at = 0; i < ids.n && at < sizeof got - 12; i++)
        at += (size_t)sprintf(got + at, "%s%d", i > 0 ? " " : "", (int)ids.ids[i]);
    CHECK(strcmp(got, want) == 0, "\"%s\": %s, not %s", text, got, want);
    assay_ids_free(&ids);
}

TEST(a_vocabulary_of_lines) {
    assay_tokenizer *tok = NULL;
    assay_error err;
    CHECK_STATUS(open_text(SMALL, &tok, &err), ASSAY_OK, err);
    REQUIRE(tok != NULL);
    CHECK(assay_tokenizer_size(tok) == 7);
    CHECK(assay_tokenizer_get_specials(tok)->pad == 0);
    check_ids(tok,
              "ab ABC b x \xC3\xA1"
              "b",
              100, "2 4 4 5 6 1 4 3");
    check_ids(tok, "", 100, "2 3");
    check_ids(tok, "[SEP] ##c", 100, "2 1 1 1 1 1 1 3"); /* names in a text are text */
    check_ids(tok, "ab b ab b", 4, "2 4 6 3");
    check_ids(tok, "ab b ab b", 2, "2 3");
    assay_tokenizer_destroy(tok);
}

TEST(capitals_in_a_vocabulary_keep_those_of_a_text) {
    assay_tokenizer *tok = NULL;
    assay_error err;
    CHECK_STATUS(open_text("[UNK]\r\n[CLS]\r\n[SEP]\r\nAb\r\nab\r\n\xC3\xA1\r\na", &tok, &err),
                 ASSAY_OK, err);
    REQUIRE(tok != NULL);
    check_ids(tok, "Ab ab \xC3\xA1 a AB", 100, "1 3 4 5 6 0 2");
    assay_tokenizer_destroy(tok);
}

static const char *const files[] = {GOLDEN "encoder.gguf", GOLDEN "tokenizer.json",
                                    GOLDEN "vocab.txt"};

TEST(three_files_of_one_vocabulary_are_one_tokenizer) {
    const char *text = "Don't HELP the unbelievable caf\xC3\xA9, 42 \xE6\x9D\xB1\xE4\xBA\xAC!";
    assay_ids first = {0};
    assay_error err;
    for (int i = 0; i < 3; i++) {
        assay_tokenizer *tok = NULL;
        assay_ids ids = {0};
        uint8_t *bytes = NULL;
        size_t n = 0;
        CHECK_STATUS(assay_os_read_file(files[i], 1 << 20, &bytes, &n, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_tokenizer_open(bytes, n, files[i], &tok, &err), ASSAY_OK, err);
        free(bytes);
        REQUIRE(tok != NULL);
        CHECK_STATUS(assay_tokenize_within(tok, text, strlen(text), 512, &ids, &err), ASSAY_OK,
                     err);
        CHECK(ids.n > 20);
        if (i == 0) {
            first = ids;
        } else {
            CHECK(ids.n == first.n && memcmp(ids.ids, first.ids, ids.n * sizeof *ids.ids) == 0,
                  "%s", files[i]);
            assay_ids_free(&ids);
        }
        assay_tokenizer_destroy(tok);
    }
    assay_ids_free(&first);
}

#define JSON(model, normalizer, pre, post)                                                         \
    "{\"model\":" model ",\"normalizer\":" normalizer ",\"pre_tokenizer\":" pre                    \
    ",\"post_processor\":" post "}"
#define VOCAB  "\"vocab\":{\"[UNK]\":0,\"[CLS]\":1,\"[SEP]\":2,\"a\":3}"
#define NORMAL "{\"type\":\"BertNormalizer\",\"lowercase\":false,\"strip_accents\":true}"
#define PRE    "{\"type\":\"BertPreTokenizer\"}"
#define POST   "{\"type\":\"BertProcessing\",\"sep\":[\"[SEP]\",2],\"cls\":[\"[CLS]\",1]}"

TEST(what_a_tokenizer_json_says_is_done) {
    assay_tokenizer *tok = NULL;
    assay_error err;
    CHECK_STATUS(open_text(" \n" JSON("{" VOCAB "}", NORMAL, PRE, POST), &tok, &err), ASSAY_OK,
                 err);
    REQUIRE(tok != NULL);
    check_ids(tok, "a \xC3\xA1 A", 100, "1 3 3 0 2"); /* accents go, capitals stay */
    assay_tokenizer_destroy(tok);
}

TEST(what_is_refused) {
    static const struct {
        const char *text, *says;
        assay_status status;
    } bad[] = {
        {"", "0 tokens", ASSAY_E_LIMIT},
        {"a\nb\n", "[UNK]", ASSAY_E_FORMAT},
        {"[UNK]\n[CLS]\n", "[SEP]", ASSAY_E_FORMAT},
        {SMALL "ab\n", "\"ab\" stands twice", ASSAY_E_FORMAT},
        {"[UNK]\n\xFF\n", "vocab.txt:2: this is not UTF-8", ASSAY_E_FORMAT},
        {"GGUF", "cut off", ASSAY_E_FORMAT},
        {"{\"model\":", "not valid JSON", ASSAY_E_FORMAT},
        {"{}", "no model", ASSAY_E_FORMAT},
        {JSON("{\"type\":\"BPE\"}", NORMAL, PRE, POST), "no WordPiece", ASSAY_E_UNSUPPORTED},
        {JSON("{\"merges\":[]," VOCAB "}", NORMAL, PRE, POST), "no WordPiece", ASSAY_E_UNSUPPORTED},
        {JSON("{\"vocab\":[]}", NORMAL, PRE, POST), "no model.vocab", ASSAY_E_FORMAT},
        {JSON("{\"vocab\":{}}", NORMAL, PRE, POST), "0 tokens", ASSAY_E_LIMIT},
        {JSON("{\"vocab\":{\"[UNK]\":0,\"a\":0}}", NORMAL, PRE, POST), "0 to 1", ASSAY_E_FORMAT},
        {JSON("{\"vocab\":{\"[UNK]\":-1}}", NORMAL, PRE, POST), "0 to 0", ASSAY_E_FORMAT},
        {JSON("{\"vocab\":{\"[UNK]\":0.5,\"b\":1}}", NORMAL, PRE, POST), "0 to 1", ASSAY_E_FORMAT},
        {JSON("{\"vocab\":{\"[UNK]\":\"0\"}}", NORMAL, PRE, POST), "0 to 0", ASSAY_E_FORMAT},
        {JSON("{\"max_input_chars_per_word\":5," VOCAB "}", NORMAL, PRE, POST), "not 100",
         ASSAY_E_UNSUPPORTED},
        {JSON("{\"unk_token\":\"<unk>\"," VOCAB "}", NORMAL, PRE, POST), "<unk>", ASSAY_E_FORMAT},
        {JSON("{" VOCAB "}", "null", PRE, POST), "normalizer", ASSAY_E_UNSUPPORTED},
        {JSON("{" VOCAB "}", NORMAL, "[]", POST), "pre_tokenizer", ASSAY_E_UNSUPPORTED},
        {JSON("{" VOCAB "}", NORMAL, PRE, "{\"type\":\"BertProcessing\",\"sep\":7}"), "one token",
         ASSAY_E_UNSUPPORTED},
        {JSON("{" VOCAB "}", NORMAL, PRE, "{\"type\":\"TemplateProcessing\",\"single\":[1,2,3]}"),
         "one token", ASSAY_E_UNSUPPORTED},
    };
    assay_error err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assay_tokenizer *tok = NULL;
        CHECK_STATUS(open_text(bad[i].text, &tok, &err), bad[i].status, err);
        CHECK(strstr(err.text, bad[i].says) != NULL, "%zu: %s", i, err.text);
        CHECK(tok == NULL);
        assay_tokenizer_destroy(tok);
    }
    assay_tokenizer *tok = NULL;
    CHECK_STATUS(assay_tokenizer_open((const uint8_t *)"[UNK]\0\n", 7, "v", &tok, &err),
                 ASSAY_E_FORMAT, err);
    CHECK_STATUS(open_text(SMALL, &tok, &err), ASSAY_OK, err);
    assay_ids ids = {0};
    CHECK_STATUS(assay_tokenize_within(tok, "a", 1, 1, &ids, &err), ASSAY_E_ARGUMENT, err);
    assay_tokenizer_destroy(tok);
}

TEST(memory_may_run_out_anywhere) {
    static const char *const texts[] = {SMALL, JSON("{" VOCAB "}", NORMAL, PRE, POST)};
    if (!failing_alloc_linked()) SKIP("the allocator is not wrapped");
    for (int i = 0; i < 2; i++) {
        bool failed = true;
        for (long k = 0; failed && k < 1000; k++) {
            assay_tokenizer *tok = NULL;
            assay_error err = {0};
            failing_alloc_arm(k);
            assay_status status = open_text(texts[i], &tok, &err);
            failed = failing_alloc_disarm();
            CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k,
                  err.text);
            assay_tokenizer_destroy(tok);
        }
        CHECK(!failed);
    }
}

TEST(rows_are_pooled) {
    const float rows[] = {3, 4, 1, 0, 2, 2};
    float out[2];
    assay_error err;
    CHECK_STATUS(assay_encoder_pool(rows, 3, 2, ASSAY_POOLING_DEFAULT, false, out, &err), ASSAY_OK,
                 err);
    CHECK(out[0] == 2 && out[1] == 2);
    CHECK_STATUS(assay_encoder_pool(rows, 3, 2, ASSAY_POOLING_CLS, true, out, &err), ASSAY_OK, err);
    CHECK(out[0] == 0.6f && out[1] == 0.8f);
    CHECK_STATUS(assay_encoder_pool(rows, 2, 2, ASSAY_POOLING_LAST, true, out, &err), ASSAY_OK,
                 err);
    CHECK(out[0] == 1 && out[1] == 0);
    const float bad[] = {1, NAN};
    CHECK_STATUS(assay_encoder_pool(bad, 1, 2, ASSAY_POOLING_MEAN, true, out, &err), ASSAY_E_FORMAT,
                 err);
    CHECK_STATUS(assay_encoder_pool(rows, 0, 2, ASSAY_POOLING_MEAN, true, out, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_encoder_pool(rows, 1, 2, (assay_pooling)4, true, out, &err),
                 ASSAY_E_ARGUMENT, err);
}
