/* format/tokenizer beside byte-level BPE: SentencePiece, WordPiece and BPE on characters against
 * SentencePiece itself and Hugging Face's tokenizers (golden); specials; long texts. */
#include "test.h"

#include "failing_alloc.h"
#include "tokenizer_fixture.h"

#define GOLDEN "tests/golden/tokenizer_kinds/"

/* ---- golden ---- */

static void check_golden(const char *name) {
    char path[128];
    snprintf(path, sizeof path, GOLDEN "%s.gguf", name);
    loaded l = load(path);
    uint8_t *table = NULL;
    size_t n_table;
    assay_error err = {0};
    snprintf(path, sizeof path, GOLDEN "%s.tsv", name);
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &table, &n_table, &err), ASSAY_OK, err);
    int cases = 0;
    for (char *text = table && l.tok ? strtok((char *)table, "\n") : NULL; text != NULL;
         text = strtok(NULL, "\n"), cases++) {
        char *want = strchr(text, '\t') + 1;
        size_t n = unhex(text);
        assay_ids ids = {0};
        CHECK_STATUS(assay_tokenize(l.tok, text, n, false, &ids, &err), ASSAY_OK, err);
        CHECK(same_ids(&ids, want), "%s, case %d: %zu ids, not %s", name, cases, ids.n, want);
        assay_ids_free(&ids);
    }
    CHECK(cases > 120, "%s: %d cases", name, cases);
    free(table);
    unload(&l);
}

TEST(sentencepiece_bpe_gives_its_ids) {
    check_golden("spm");
}

TEST(unigram_gives_sentencepiece_s_ids) {
    check_golden("unigram");
}

TEST(wordpiece_gives_the_ids_of_tokenizers) {
    check_golden("bert");
}

TEST(bpe_on_characters_gives_the_ids_of_tokenizers) {
    check_golden("gemma4");
}

/* ---- by hand ---- */

enum { MAX_TOKENS = 40 };

/* A vocabulary that a test writes down; tokens may be left out from the end. */
typedef struct made {
    const char *model, *pre, *name;
    const char *tokens[MAX_TOKENS];
    int32_t types[MAX_TOKENS]; /* 0: normal */
    float scores[MAX_TOKENS];
    const char *merges[4];
    const char *bool_keys[3], *int_keys[3]; /* below tokenizer.ggml. */
    bool bools[3];
    uint32_t ints[3];
} made;

static void put_keys(assay_gguf_writer *w, const made *m) {
    char key[64];
    for (int i = 0; i < 3; i++) {
        if (m->bool_keys[i] != NULL) {
            snprintf(key, sizeof key, "tokenizer.ggml.%s", m->bool_keys[i]);
            assay_gguf_put_bool(w, key, m->bools[i]);
        }
        if (m->int_keys[i] != NULL) {
            snprintf(key, sizeof key, "tokenizer.ggml.%s", m->int_keys[i]);
            assay_gguf_put_u32(w, key, m->ints[i]);
        }
    }
}

static assay_status make(const made *m, assay_error *err, loaded *l) {
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL) abort();
    size_t n = 0, n_tokens = 0, n_merges = 0;
    int32_t types[MAX_TOKENS];
    while (n_tokens < MAX_TOKENS && m->tokens[n_tokens] != NULL) n_tokens++;
    while (n_merges < 4 && m->merges[n_merges] != NULL) n_merges++;
    for (size_t i = 0; i < n_tokens; i++) types[i] = m->types[i] != 0 ? m->types[i] : 1;
    assay_gguf_put_string(w, "tokenizer.ggml.model", m->model);
    if (m->pre != NULL) assay_gguf_put_string(w, "tokenizer.ggml.pre", m->pre);
    if (m->name != NULL) assay_gguf_put_string(w, "general.name", m->name);
    assay_gguf_put_strings(w, "tokenizer.ggml.tokens", m->tokens, n_tokens);
    assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", types, n_tokens);
    assay_gguf_put_f32s(w, "tokenizer.ggml.scores", m->scores, n_tokens);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", m->merges, n_merges);
    put_keys(w, m);
    *l = (loaded){0};
    memset(err, 0, sizeof *err);
    CHECK(assay_gguf_build(w, &l->bytes, &n, err) == ASSAY_OK, "%s", err->text);
    assay_gguf_writer_destroy(w);
    CHECK(assay_gguf_open(l->bytes, n, "made", &l->gguf, err) == ASSAY_OK, "%s", err->text);
    return l->gguf != NULL ? assay_tokenizer_create(l->gguf, &l->tok, err) : ASSAY_E_FORMAT;
}

typedef enum manner { PLAIN, PARSED, FRAMED } manner;

static void gives(const made *m, manner how, const char *text, const char *want) {
    loaded l;
    assay_error err;
    CHECK_STATUS(make(m, &err, &l), ASSAY_OK, err);
    assay_ids ids = {0};
    if (l.tok != NULL) {
        assay_status status =
            how == FRAMED ? assay_tokenize_framed(l.tok, text, strlen(text), true, &ids, &err)
                          : assay_tokenize(l.tok, text, strlen(text), how == PARSED, &ids, &err);
        CHECK_STATUS(status, ASSAY_OK, err);
        char got[256] = "";
        for (size_t i = 0; i < ids.n && strlen(got) < 240; i++)
            snprintf(got + strlen(got), 12, "%s%d", i > 0 ? " " : "", (int)ids.ids[i]);
        CHECK(strcmp(got, want) == 0, "\"%s\": %s, not %s", text, got, want);
    }
    assay_ids_free(&ids);
    unload(&l);
}

static const made SPM = {.model = "llama",
                         .tokens = {"<unk>", "<s>", "</s>", "<0x0A>", "<0xC3>", "<0xA4>", "\u2581",
                                    "a", "b", "ab", "\u2581a", "\u2581ab", "aa", "aaaa", "<x>",
                                    "\u2581\u2581"},
                         .types = {2, 3, 3, 6, 6, 6, [14] = 4},
                         .scores = {[6] = -9, -8, -7, -1, -3, -2, -4, -3.5f, 0, -5}};

TEST(sentencepiece_bpe_by_hand) {
    gives(&SPM, PLAIN, "", "");
    gives(&SPM, PLAIN, "ab", "11");
    gives(&SPM, PLAIN, "aab", "10 9");      /* "ab" has the highest score */
    gives(&SPM, PLAIN, " ab", "6 11");      /* one space is put before, one is there */
    gives(&SPM, PLAIN, "  b", "15 6 8");    /* equal scores: from the left */
    gives(&SPM, PLAIN, "\u2581ab", "6 11"); /* the sign itself is a space */
    gives(&SPM, PLAIN, "\n\u00e4", "6 3 4 5");
    gives(&SPM, PLAIN, "c", "6 0"); /* without a token for its byte */
    gives(&SPM, PLAIN, "a<x>ab", "10 14 11");
    gives(&SPM, PLAIN, "<s>a", "6 0 0 0 7");
    gives(&SPM, PARSED, "<s>a", "1 10");
    gives(&SPM, FRAMED, "a</s>", "1 10 2");
    gives(&SPM, FRAMED, "", "1");
    made m = SPM;
    m.bool_keys[0] = "add_space_prefix", m.bools[0] = false;
    gives(&m, FRAMED, "ab a", "1 9 10");
    m.bool_keys[1] = "add_bos_token", m.bool_keys[2] = "add_eos_token", m.bools[2] = true;
    m.int_keys[0] = "eos_token_id", m.ints[0] = 1;
    gives(&m, FRAMED, "ab", "9 1");
}

/* The names of some models' specials take the white space beside them. */
TEST(specials_strip_what_their_model_says) {
    made m = SPM;
    m.name = "a Phi-3 model";
    gives(&m, PARSED, "</s> \n a", "2 10");
    gives(&m, PARSED, "<s> a", "1 6 10");
    m.name = "another model";
    gives(&m, PARSED, "</s> a", "2 6 10");
    m = (made){.model = "gpt2",
               .pre = "jina-v2-de",
               .tokens = {"a", "\u0120", "<mask>"},
               .types = {1, 1, 3}};
    gives(&m, PARSED, "a  <mask> a", "0 2 1 0");
    gives(&m, PLAIN, "a a", "0 1 0");
}

TEST(unigram_by_hand) {
    made m = {
        .model = "t5",
        .tokens = {"<pad>", "</s>", "<unk>", "\u2581", "a", "b", "ab", "\u2581a", "bab", "<y>"},
        .types = {3, 3, 2, [9] = 4},
        .scores = {[3] = -2, -3, -3, -4, -2, -9},
        .bool_keys = {"add_space_prefix", "remove_extra_whitespaces"},
        .bools = {true, true}};
    gives(&m, PLAIN, "ab", "7 5");
    gives(&m, PLAIN, "  a   ab ", "7 7 5");
    gives(&m, PLAIN, "bab", "3 5 6");
    gives(&m, PLAIN, "", "");
    gives(&m, PLAIN, "   ", "");
    gives(&m, PLAIN, "cde a", "3 2 7"); /* a row of unknown characters is one */
    gives(&m, PLAIN, "a<y>a", "7 9 7");
    gives(&m, FRAMED, "a</s>", "7 1 1");
    gives(&m, PLAIN, "\xff", "3 2");
    m.bools[1] = false;
    gives(&m, PLAIN, "a  a", "7 3 7");
    m.bools[0] = false;
    gives(&m, PLAIN, "a a", "4 7");
}

TEST(wordpiece_by_hand) {
    made m = {.model = "bert",
              .tokens = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "\u2581un", "aff", "able", "\u2581a",
                         "\u2581!", "\u2581\u4f60", "\u2581uber", "\u2581na", "\u2581na\u00efve",
                         "a"},
              .types = {3, 3, 3, 3}};
    gives(&m, PLAIN, "Unaffable", "4 5 6");
    gives(&m, PLAIN, "un aff", "4 1"); /* "aff" only goes on with a word */
    gives(&m, PLAIN, "\u00dcBER! a\u4f60!a", "10 8 7 9 8 7");
    gives(&m, PLAIN, "[CLS] a", "1 1 1 7");
    gives(&m, PARSED, "[CLS] a", "2 7");
    gives(&m, FRAMED, "a", "2 7 3");
    gives(&m, FRAMED, "", "2 3");
    gives(&m, PLAIN, "na\u00efve", "1");
    gives(&m, PLAIN, "\u2581", "1"); /* the sign that starts a word is no token */
    m.bool_keys[0] = "normalizer.lowercase", m.bools[0] = false;
    gives(&m, PLAIN, "na\u00efve un", "12 4");
    gives(&m, PLAIN, "Un", "1");
    m.int_keys[0] = "cls_token_id", m.ints[0] = 7;
    m.int_keys[1] = "seperator_token_id", m.ints[1] = 99; /* none of the vocabulary: stays */
    gives(&m, FRAMED, "un", "7 4 3");
}

TEST(bpe_on_characters_by_hand) {
    made m = {.model = "gemma4",
              .tokens = {"<bos>", "<eos>", "\u2581", "a", "b", "\u2581a", "\n", "\n\n", "<0xC3>",
                         "<0xA4>", "\u2581\u2581", "ab"},
              .types = {3, 3, [8] = 6, 6, 4},
              .merges = {"\u2581 a", "\u2581 \u2581", "a b"},
              .bool_keys = {"add_bos_token"},
              .int_keys = {"bos_token_id"}};
    gives(&m, PLAIN, "a ab\n\nb", "3 5 4 7 4");
    gives(&m, PLAIN, "  a\n\n\n", "2 5 6 6 6");
    gives(&m, PLAIN, "\u00e4c", "8 9");
    gives(&m, PLAIN, "acb", "3 4"); /* what has no token still parts its neighbours */
    gives(&m, FRAMED, "ab", "0 11");
}

/* ---- specials ---- */

static assay_tokenizer_specials specials_of(const made *m) {
    loaded l;
    assay_error err;
    assay_tokenizer_specials s = {0};
    CHECK_STATUS(make(m, &err, &l), ASSAY_OK, err);
    if (l.tok != NULL) s = *assay_tokenizer_get_specials(l.tok);
    unload(&l);
    return s;
}

TEST(specials_come_from_the_file_or_the_model) {
    assay_tokenizer_specials s = specials_of(&SPM);
    CHECK(s.bos == 1 && s.eos == 2 && s.unk == 0 && s.eot == -1 && s.pad == -1 && s.cls == -1);
    CHECK(s.add_bos && !s.add_eos);
    made m = {.model = "bert", .tokens = {"[CLS]", "[UNK]", "[SEP]", "a", "[MASK]"}};
    s = specials_of(&m);
    CHECK(s.cls == 0 && s.unk == 1 && s.sep == 2 && s.mask == 4 && s.pad == 0 && s.bos == -1);
    m = (made){.model = "t5", .tokens = {"a", "b"}}; /* too few for the usual ids */
    s = specials_of(&m);
    CHECK(s.bos == -1 && s.eos == 1 && s.unk == -1 && s.pad == 0 && !s.add_bos && s.add_eos);
    m = (made){.model = "gpt2",
               .tokens = {"a", "<|im_end|>", "<|endoftext|>"},
               .int_keys = {"bos_token_id", "eos_token_id"},
               .ints = {2, 7}};
    s = specials_of(&m);
    CHECK(s.bos == 2 && s.eos == -1 && s.eot == 1 && !s.add_bos && !s.add_eos);
    m.pre = "llama-bpe";
    CHECK(specials_of(&m).add_bos);
    gives(&m, FRAMED, "a<|im_end|>", "2 0 1");
    gives(&m, PLAIN, "<|im_end|>", ""); /* control by its name, whatever its type */
}

/* Text and kind of a token, for every spelling. */
TEST(tokens_have_the_bytes_they_add) {
    static const made bert = {
        .model = "bert", .tokens = {"[UNK]", "\u2581un", "able"}, .types = {3}};
    static const made spell = {
        .model = "gpt2", .tokens = {"\u0120a", "\u010a", "\u4f60", "a b"}, .types = {[3] = 4}};
    const struct {
        const made *vocabulary;
        int32_t id;
        const char *text;
        bool special;
    } cases[] = {{&SPM, 0, "<unk>", true}, {&SPM, 3, "\n", false},       {&SPM, 4, "\xc3", false},
                 {&SPM, 11, " ab", false}, {&SPM, 14, "<x>", false},     {&bert, 0, "[UNK]", true},
                 {&bert, 1, " un", false}, {&bert, 2, "able", false},    {&spell, 0, " a", false},
                 {&spell, 1, "\n", false}, {&spell, 2, "\u4f60", false}, {&spell, 3, "a b", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        loaded l;
        assay_error err;
        CHECK_STATUS(make(cases[i].vocabulary, &err, &l), ASSAY_OK, err);
        size_t n = 0;
        const char *text = l.tok != NULL ? assay_token_bytes(l.tok, cases[i].id, &n) : "";
        CHECK(n == strlen(cases[i].text) && memcmp(text, cases[i].text, n) == 0, "case %zu", i);
        if (l.tok != NULL)
            CHECK(assay_token_is_special(l.tok, cases[i].id) == cases[i].special, "case %zu", i);
        unload(&l);
    }
}

/* ---- time ---- */

/* Quadratic work on a million bytes would take hours; n log n takes a second at most. */
TEST(a_megabyte_takes_no_time) {
    enum { N = 1 << 20 };
    static const char *const names[] = {"spm", "unigram", "bert", "gemma4"};
    static const char *const units[] = {
        "a",        " ",      "\n",  "helpfulanswersaaaa", "1234567890", "<image", "\u4f60\u597d",
        "\xff\xc3", "\u2581", "a \n"};
    char *text = malloc(N);
    if (text == NULL) abort();
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char path[128];
        snprintf(path, sizeof path, GOLDEN "%s.gguf", names[k]);
        loaded l = load(path);
        for (size_t u = 0; l.tok != NULL && u < sizeof units / sizeof *units; u++) {
            size_t length = strlen(units[u]);
            for (size_t i = 0; i < N; i++) text[i] = units[u][i % length];
            assay_ids ids = {0};
            assay_error err = {0};
            double begin = assay_os_seconds();
            CHECK_STATUS(assay_tokenize(l.tok, text, N, true, &ids, &err), ASSAY_OK, err);
            double seconds = assay_os_seconds() - begin;
            CHECK(seconds < 30, "%s, \"%s\": %.1f s", names[k], units[u], seconds);
            assay_ids_free(&ids);
        }
        unload(&l);
    }
    free(text);
}

/* ---- bad files ---- */

static void refused(const made *m, assay_status want, const char *part) {
    loaded l;
    assay_error err;
    CHECK_STATUS(make(m, &err, &l), want, err);
    CHECK(l.tok == NULL && strstr(err.text, part) != NULL && strstr(err.text, "made") != NULL, "%s",
          err.text);
    unload(&l);
}

TEST(bad_vocabularies_end_in_their_sentence) {
    made m = SPM;
    uint32_t nan = 0x7fc00000;
    memcpy(&m.scores[9], &nan, sizeof nan);
    refused(&m, ASSAY_E_FORMAT, "the score of token 9 is not a number");
    m = SPM, m.int_keys[0] = "add_space_prefix";
    refused(&m, ASSAY_E_FORMAT, "add_space_prefix");
    m = SPM, m.model = "t5", m.int_keys[0] = "precompiled_charsmap";
    refused(&m, ASSAY_E_FORMAT, "precompiled_charsmap");
    m = SPM, m.bool_keys[0] = "bos_token_id";
    refused(&m, ASSAY_E_FORMAT, "bos_token_id");
    m = SPM, m.model = "gpt2", m.merges[0] = "a", m.tokens[0] = "a";
    refused(&m, ASSAY_E_FORMAT, "merge 0");
}

/* A table of replacements that points anywhere must be read within its bounds. */
TEST(broken_charsmaps_are_harmless) {
    for (uint32_t seed = 1; seed < 200; seed++) {
        int32_t map[4 + 64 * 4 + 8];
        uint32_t x = seed;
        for (size_t i = 0; i < sizeof map / sizeof *map; i++) {
            x = x * 1664525 + 1013904223;
            map[i] = (int32_t)(x >> 24);
        }
        map[0] = seed % 4 == 0 ? (int32_t)(x & 0xff) : 0, map[1] = 1, map[2] = map[3] = 0;
        map[sizeof map / sizeof *map - 1] = seed % 8 == 0;
        assay_gguf_writer *w = assay_gguf_writer_create();
        if (w == NULL) abort();
        static const char *const tokens[] = {"a", "b", "\u2581"};
        static const float scores[] = {-1, -2, -3};
        assay_gguf_put_string(w, "tokenizer.ggml.model", "t5");
        assay_gguf_put_strings(w, "tokenizer.ggml.tokens", tokens, 3);
        assay_gguf_put_f32s(w, "tokenizer.ggml.scores", scores, 3);
        assay_gguf_put_i32s(w, "tokenizer.ggml.precompiled_charsmap", map,
                            sizeof map / sizeof *map);
        loaded l = {0};
        size_t n;
        assay_error err = {0};
        CHECK_STATUS(assay_gguf_build(w, &l.bytes, &n, &err), ASSAY_OK, err);
        CHECK_STATUS(assay_gguf_open(l.bytes, n, "made", &l.gguf, &err), ASSAY_OK, err);
        if (l.gguf != NULL && assay_tokenizer_create(l.gguf, &l.tok, &err) == ASSAY_OK) {
            char text[256];
            for (int i = 0; i < 256; i++) text[i] = (char)i;
            assay_ids ids = {0};
            CHECK_STATUS(assay_tokenize(l.tok, text, 256, false, &ids, &err), ASSAY_OK, err);
            assay_ids_free(&ids);
        } else {
            CHECK(strstr(err.text, "precompiled_charsmap") != NULL, "%s", err.text);
        }
        unload(&l);
        assay_gguf_writer_destroy(w);
    }
}

TEST(failed_allocations_are_reported) {
    if (!failing_alloc_linked()) SKIP("linked without --wrap=malloc,calloc,realloc");
    static const char *const names[] = {"spm", "unigram", "bert", "gemma4"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char path[128];
        snprintf(path, sizeof path, GOLDEN "%s.gguf", names[k]);
        loaded l = load(path);
        REQUIRE(l.tok != NULL);
        int failures = 0;
        for (long i = 0; failing_alloc_arm(i); i++, failures++) {
            assay_tokenizer *tok = NULL;
            assay_error err = {0};
            assay_ids ids = {0};
            assay_status status = assay_tokenizer_create(l.gguf, &tok, &err);
            if (status == ASSAY_OK)
                status =
                    assay_tokenize_framed(tok, "Hello <image> w\u00f6rld", 20, true, &ids, &err);
            bool failed = failing_alloc_disarm();
            CHECK(status == ASSAY_OK || (failed && status == ASSAY_E_MEMORY && ids.n == 0),
                  "%s, allocation %ld: %s", names[k], i, err.text);
            assay_ids_free(&ids);
            assay_tokenizer_destroy(tok);
            if (!failed) break;
        }
        CHECK(failures >= 10, "%s: %d failures", names[k], failures);
        unload(&l);
    }
}
