/* format/tokenizer: against Hugging Face's tokenizers (golden), llama.cpp's own vectors (where they
 * are), time, bad files. */
#include "test.h"

#include "base/arena.h"
#include "base/os.h"
#include "byte_vocabulary.h"
#include "failing_alloc.h"
#include "format/pretokenize.h"
#include "format/tokenizer.h"
#include "format/unicode.h"

#define GOLDEN "tests/golden/tokenizer/"

enum { MAX_FILE = 64 << 20 };

typedef struct loaded {
    uint8_t *bytes;
    assay_gguf *gguf;
    assay_tokenizer *tok;
} loaded;

static loaded load(const char *path) {
    loaded l = {0};
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &l.bytes, &n, &err), ASSAY_OK, err);
    if (l.bytes == NULL) return l;
    CHECK_STATUS(assay_gguf_open(l.bytes, n, path, &l.gguf, &err), ASSAY_OK, err);
    if (l.gguf != NULL) CHECK_STATUS(assay_tokenizer_create(l.gguf, &l.tok, &err), ASSAY_OK, err);
    return l;
}

static void unload(loaded *l) {
    assay_tokenizer_destroy(l->tok);
    assay_gguf_close(l->gguf);
    free(l->bytes);
}

/* Compares with ids written in decimal; moves past them. */
static bool same_ids(const assay_ids *ids, const char *text) {
    for (size_t i = 0; i < ids->n; i++) {
        char *end;
        long want = strtol(text, &end, 10);
        if (end == text || want != ids->ids[i]) return false;
        text = end;
    }
    return text[strspn(text, " \r")] == '\0' || text[0] == '-';
}

/* All bytes of the tokens, joined, are the text again. */
static bool spells(const assay_tokenizer *tok, const assay_ids *ids, const char *text, size_t n) {
    size_t at = 0;
    for (size_t i = 0; i < ids->n; i++) {
        size_t length;
        const char *bytes = assay_token_bytes(tok, ids->ids[i], &length);
        if (length > n - at || memcmp(bytes, text + at, length) != 0) return false;
        at += length;
    }
    return at == n;
}

/* ---- pre-tokenizer ---- */

static void cuts(const char *text, bool single_digits, const char *want) {
    char got[256] = "";
    size_t n = strlen(text), at = 0;
    while (at < n) {
        size_t piece = assay_pretoken(text + at, n - at, single_digits);
        REQUIRE(piece > 0 && piece <= n - at, "%s", text);
        strncat(got, text + at, piece);
        at += piece;
        if (at < n) strcat(got, "|");
    }
    CHECK(strcmp(got, want) == 0, "\"%s\" is not \"%s\"", got, want);
}

TEST(text_is_cut_as_gpt2_does) {
    cuts("Hello world", false, "Hello| world");
    cuts("it's we'll I'm you'd they've isn't we're", false,
         "it|'s| we|'ll| I|'m| you|'d| they|'ve| isn|'t| we|'re");
    cuts("it'S", false, "it|'|S");
    cuts("!'s", false, "!'|s");
    cuts(" 's", false, " '|s");
    cuts("a  b", false, "a| | b");
    cuts("a   b  ", false, "a|  | b|  ");
    cuts("a\n\nb", false, "a|\n|\n|b");
    cuts("a\n b", false, "a|\n| b");
    cuts("x 123 4", false, "x| 123| 4");
    cuts("x 123 4", true, "x| |1|2|3| |4");
    cuts("x  12", true, "x|  |1|2");
    cuts("x  12", false, "x| | 12");
    cuts("1\u00bd\u2167", true, "1|\u00bd|\u2167");
    cuts("\u00a0a", false, "\u00a0|a");
    cuts("\u00e4\u4f60...", false, "\u00e4\u4f60|...");
    cuts("a\xff\xfe"
         "b",
         false, "a|\xff\xfe|b");
    cuts("\xe4\xbd", false, "\xe4\xbd");
}

TEST(utf8_is_decoded_strictly) {
    static const struct {
        const char *text;
        size_t n, length;
        uint32_t code;
    } cases[] = {
        {"a", 1, 1, 'a'},
        {"\xc3\xa4", 2, 2, 0xe4},
        {"\xe4\xbd\xa0", 3, 3, 0x4f60},
        {"\xf0\x9f\x98\x80", 4, 4, 0x1f600},
        {"\xf4\x8f\xbf\xbf", 4, 4, 0x10ffff},
        {"\xed\x9f\xbf", 3, 3, 0xd7ff},
        {"\xc3", 1, 1, 0xfffd},
        {"\xe4\xbd", 2, 1, 0xfffd},
        {"\x80", 1, 1, 0xfffd},
        {"\xc0\x80", 2, 1, 0xfffd},
        {"\xe0\x80\x80", 3, 1, 0xfffd},
        {"\xf0\x80\x80\x80", 4, 1, 0xfffd},
        {"\xed\xa0\x80", 3, 1, 0xfffd},
        {"\xf4\x90\x80\x80", 4, 1, 0xfffd},
        {"\xff\xff", 2, 1, 0xfffd},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint32_t code;
        size_t length = assay_utf8_next(cases[i].text, cases[i].n, &code);
        CHECK(length == cases[i].length && code == cases[i].code, "case %zu: %zu bytes, %x", i,
              length, code);
    }
    for (uint32_t code = 0; code < 0x110000; code++) {
        if (code >= 0xd800 && code < 0xe000) continue;
        char bytes[4];
        uint32_t back;
        size_t n = assay_utf8_put(code, bytes);
        if (assay_utf8_next(bytes, n, &back) != n || back != code) CHECK(false, "U+%04X", code);
    }
}

/* Counts of Unicode 16.0 (DerivedGeneralCategory.txt): 141,028 letters, 1,911 numbers; 25
 * characters are white space. */
TEST(character_classes_are_complete) {
    long letters = 0, numbers = 0, spaces = 0;
    for (uint32_t code = 0; code < 0x110000; code++) {
        assay_char_class class = assay_unicode_class(code);
        letters += class == ASSAY_CHAR_LETTER;
        numbers += class == ASSAY_CHAR_NUMBER;
        spaces += class == ASSAY_CHAR_SPACE;
    }
    CHECK(letters == 141028 && numbers == 1911 && spaces == 25, "%ld, %ld, %ld", letters, numbers,
          spaces);
}

/* ---- against tokenizers ---- */

static int hex_digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decodes in place; "-" is empty. */
static size_t unhex(char *text) {
    size_t n = 0;
    for (; hex_digit(text[0]) >= 0 && hex_digit(text[1]) >= 0; text += 2) n++;
    char *start = text - 2 * n;
    for (size_t i = 0; i < n; i++)
        start[i] = (char)(hex_digit(start[2 * i]) << 4 | hex_digit(start[2 * i + 1]));
    return n;
}

static void check_golden(const char *pre) {
    char path[128];
    snprintf(path, sizeof path, GOLDEN "%s.gguf", pre);
    loaded l = load(path);
    uint8_t *table = NULL;
    size_t n_table;
    assay_error err;
    snprintf(path, sizeof path, GOLDEN "%s.tsv", pre);
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &table, &n_table, &err), ASSAY_OK, err);
    int cases = 0;
    for (char *line = table && l.tok ? strtok((char *)table, "\n") : NULL; line != NULL;
         line = strtok(NULL, "\n"), cases++) {
        char *text = strchr(line, '\t') + 1, *want = strchr(text, '\t') + 1;
        bool special = line[0] == 's';
        size_t n = unhex(text);
        assay_ids ids = {0};
        CHECK_STATUS(assay_tokenize(l.tok, text, n, special, &ids, &err), ASSAY_OK, err);
        CHECK(same_ids(&ids, want), "%s, case %d: %zu ids, not %s", pre, cases, ids.n, want);
        CHECK(spells(l.tok, &ids, text, n), "%s, case %d", pre, cases);
        assay_ids_free(&ids);
    }
    CHECK(cases > 400, "%s: %d cases", pre, cases);
    free(table);
    unload(&l);
}

TEST(ids_are_those_of_tokenizers) {
    check_golden("smollm");
    check_golden("gpt-2");
}

TEST(tokens_are_found_by_their_text) {
    loaded l = load(GOLDEN "smollm.gguf");
    REQUIRE(l.tok != NULL);
    int size = assay_tokenizer_size(l.tok), specials = 0;
    CHECK(size > 300);
    for (int32_t id = 0; id < size; id++) {
        size_t n;
        const char *bytes = assay_token_bytes(l.tok, id, &n);
        char name[64] = "";
        REQUIRE(n > 0 && n < sizeof name);
        memcpy(name, bytes, n);
        specials += assay_token_is_special(l.tok, id);
        if (strlen(name) == n) CHECK(assay_token_find(l.tok, name) == id, "%d: %s", id, name);
    }
    CHECK(specials == 7, "%d specials", specials);
    int32_t image = assay_token_find(l.tok, "<image>");
    CHECK(image >= 0 && assay_token_is_special(l.tok, image));
    CHECK(assay_token_find(l.tok, "<nothing>") == -1 && assay_token_find(l.tok, "") == -1);
    size_t n = 7;
    CHECK(assay_token_bytes(l.tok, -1, &n)[0] == '\0' && n == 0);
    CHECK(assay_token_bytes(l.tok, size, &n)[0] == '\0' && !assay_token_is_special(l.tok, size));
    unload(&l);
}

TEST(specials_in_data_are_plain_text) {
    loaded l = load(GOLDEN "smollm.gguf");
    REQUIRE(l.tok != NULL);
    static const char text[] = "x<image><end_of_utterance>";
    assay_ids ids = {0};
    assay_error err;
    CHECK_STATUS(assay_tokenize(l.tok, text, strlen(text), false, &ids, &err), ASSAY_OK, err);
    for (size_t i = 0; i < ids.n; i++) CHECK(!assay_token_is_special(l.tok, ids.ids[i]));
    size_t plain = ids.n;
    CHECK_STATUS(assay_tokenize(l.tok, text, strlen(text), true, &ids, &err), ASSAY_OK,
                 err); /* appends */
    CHECK(ids.n == plain + 3 && ids.ids[plain + 1] == assay_token_find(l.tok, "<image>"));
    assay_ids_free(&ids);
    unload(&l);
}

/* ---- llama.cpp's vectors: real vocabularies, not part of the repository ---- */

static const char *shared_data(void) {
    const char *folder = getenv("ASSAY_SHARED_DATA");
    return folder != NULL ? folder : "../shared/data";
}

static int check_vectors(const char *name) {
    static const char separator[] = "\n__ggml_vocab_test__\n";
    char path[512];
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf", shared_data(), name);
    loaded l = load(path);
    uint8_t *inputs = NULL, *outputs = NULL;
    size_t n;
    assay_error err;
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf.inp", shared_data(), name);
    CHECK_STATUS(assay_os_read_file(path, MAX_FILE, &inputs, &n, &err), ASSAY_OK, err);
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-%s.gguf.out", shared_data(), name);
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
    char path[512];
    snprintf(path, sizeof path, "%s/tokenizers/ggml-vocab-starcoder.gguf", shared_data());
    if (!assay_os_exists(path)) SKIP("no %s (ASSAY_SHARED_DATA)", path);
    int starcoder = check_vectors("starcoder"), gpt2 = check_vectors("gpt-2");
    CHECK(starcoder > 40 && gpt2 > 40, "%d and %d cases", starcoder, gpt2);
}

/* ---- time ---- */

/* Quadratic merging of a piece of a million bytes would take hours; n log n takes well under a
 * second. */
static void check_long(const assay_tokenizer *tok, const char *what, const char *unit) {
    size_t n = 1 << 20, length = strlen(unit);
    char *text = malloc(n);
    if (text == NULL) abort();
    for (size_t i = 0; i < n; i++) text[i] = unit[i % length];
    assay_ids ids = {0};
    assay_error err;
    double begin = assay_os_seconds();
    CHECK_STATUS(assay_tokenize(tok, text, n, true, &ids, &err), ASSAY_OK, err);
    double seconds = assay_os_seconds() - begin;
    CHECK(spells(tok, &ids, text, n), "%s", what);
    CHECK(seconds < 20, "%s: %.1f s", what, seconds);
    assay_ids_free(&ids);
    free(text);
}

TEST(a_megabyte_takes_no_time) {
    loaded l = load(GOLDEN "smollm.gguf");
    REQUIRE(l.tok != NULL);
    check_long(l.tok, "one letter", "a");
    check_long(l.tok, "spaces", " ");
    check_long(l.tok, "letters", "helpfulanswersaaaawhatthepicture");
    check_long(l.tok, "almost specials", "<|im_<");
    check_long(l.tok, "digits", "1234567890");
    check_long(l.tok, "words", "A helpful answer says what the picture shows, ");
    char *huge = calloc(1, (16u << 20) + 1);
    if (huge == NULL) abort();
    assay_ids ids = {0};
    assay_error err;
    CHECK_STATUS(assay_tokenize(l.tok, huge, (16u << 20) + 1, false, &ids, &err), ASSAY_E_LIMIT,
                 err);
    CHECK(ids.n == 0);
    free(huge);
    unload(&l);
}

/* ---- vocabularies that are refused ---- */

typedef struct parts {
    const char *model, *pre;
    const char *const *tokens;
    size_t n_tokens, n_types;
    const int32_t *types;
    const char *merges[4];
    size_t n_merges;
} parts;

static assay_status create(const parts *p, assay_error *err, loaded *l) {
    assay_gguf_writer *w = assay_gguf_writer_create();
    if (w == NULL) abort();
    if (p->model != NULL) assay_gguf_put_string(w, "tokenizer.ggml.model", p->model);
    if (p->pre != NULL) assay_gguf_put_string(w, "tokenizer.ggml.pre", p->pre);
    if (p->tokens != NULL)
        assay_gguf_put_strings(w, "tokenizer.ggml.tokens", p->tokens, p->n_tokens);
    if (p->types != NULL) assay_gguf_put_i32s(w, "tokenizer.ggml.token_type", p->types, p->n_types);
    assay_gguf_put_strings(w, "tokenizer.ggml.merges", p->merges, p->n_merges);
    size_t n;
    *l = (loaded){0};
    memset(err, 0, sizeof *err);
    CHECK(assay_gguf_build(w, &l->bytes, &n, err) == ASSAY_OK, "%s", err->text);
    assay_gguf_writer_destroy(w);
    CHECK(assay_gguf_open(l->bytes, n, "made", &l->gguf, err) == ASSAY_OK, "%s", err->text);
    return l->gguf != NULL ? assay_tokenizer_create(l->gguf, &l->tok, err) : ASSAY_E_FORMAT;
}

static void refused(const parts *p, assay_status want, const char *part) {
    loaded l;
    assay_error err;
    CHECK_STATUS(create(p, &err, &l), want, err);
    CHECK(l.tok == NULL && strstr(err.text, part) != NULL && strstr(err.text, "made") != NULL, "%s",
          err.text);
    unload(&l);
}

TEST(bad_vocabularies_end_in_their_sentence) {
    byte_vocabulary *v = byte_vocabulary_create();
    byte_vocabulary_add(v, "ab", 1);
    const parts good = {"gpt2", "smollm", v->tokens, v->n, v->n, v->types, {"a b"}, 1};
    loaded l;
    assay_error err;
    CHECK_STATUS(create(&good, &err, &l), ASSAY_OK, err);
    unload(&l);
    parts p = good;
    p.model = NULL;
    refused(&p, ASSAY_E_FORMAT, "tokenizer.ggml.model");
    p.model = "llama";
    refused(&p, ASSAY_E_UNSUPPORTED, "model \"llama\"");
    p = good, p.pre = NULL;
    refused(&p, ASSAY_E_FORMAT, "tokenizer.ggml.pre");
    p.pre = "llama-bpe";
    refused(&p, ASSAY_E_UNSUPPORTED, "\"llama-bpe\"");
    p = good, p.tokens = NULL;
    refused(&p, ASSAY_E_FORMAT, "tokenizer.ggml.tokens");
    p = good, p.n_types = v->n - 1;
    refused(&p, ASSAY_E_FORMAT, "257 tokens, but types of 256");
    p = good, p.n_tokens = 97, p.n_types = 97, p.n_merges = 0;
    refused(&p, ASSAY_E_FORMAT, "no token for the byte 0x61");
    p = good, p.merges[0] = "a c";
    refused(&p, ASSAY_E_FORMAT, "merge 0");
    p = good, p.merges[1] = "ab", p.n_merges = 2;
    refused(&p, ASSAY_E_FORMAT, "merge 1");
    p = good, p.merges[0] = "";
    refused(&p, ASSAY_E_FORMAT, "merge 0");
    p = good, p.merges[0] = " b";
    refused(&p, ASSAY_E_FORMAT, "merge 0");
    p = good, p.merges[0] = "a \u4f60";
    refused(&p, ASSAY_E_FORMAT, "merge 0");
    free(v);
}

TEST(bytes_without_a_token_are_left_out) {
    byte_vocabulary *v = byte_vocabulary_create();
    v->tokens[0xff] = "ab";
    const parts p = {"gpt2", "gpt-2", v->tokens, v->n, 0, NULL, {"a b"}, 1};
    loaded l;
    assay_error err;
    CHECK_STATUS(create(&p, &err, &l), ASSAY_OK, err);
    assay_ids ids = {0};
    if (l.tok != NULL) {
        CHECK_STATUS(assay_tokenize(l.tok,
                                    "ab\xff"
                                    "a \xff\xff b",
                                    9, false, &ids, &err),
                     ASSAY_OK, err);
        CHECK(same_ids(&ids, "255 97 32 32 98"), "%zu ids", ids.n);
    }
    assay_ids_free(&ids);
    unload(&l);
    free(v);
}

/* The table of texts must not degrade to a list. */
TEST(a_vocabulary_of_equal_tokens_takes_no_time) {
    enum { N = 400000 };
    byte_vocabulary *v = byte_vocabulary_create();
    const char **tokens = calloc(N, sizeof *tokens);
    if (tokens == NULL) abort();
    for (int i = 0; i < N; i++) tokens[i] = i < N_BYTE_TOKENS ? v->tokens[i] : "same";
    const parts p = {"gpt2", "gpt-2", tokens, N, 0, NULL, {0}, 0};
    loaded l;
    assay_error err;
    double begin = assay_os_seconds();
    CHECK_STATUS(create(&p, &err, &l), ASSAY_OK, err);
    double seconds = assay_os_seconds() - begin;
    CHECK(seconds < 20, "%.1f s", seconds);
    if (l.tok != NULL) CHECK(assay_token_find(l.tok, "same") == N_BYTE_TOKENS);
    unload(&l);
    free(tokens);
    free(v);
}

/* Names that coincide, are empty or spell no bytes. */
TEST(odd_vocabularies_still_work) {
    byte_vocabulary *v = byte_vocabulary_create();
    byte_vocabulary_add(v, "ab", 3);     /* 256: the special */
    byte_vocabulary_add(v, "ab", 1);     /* 257: the one that merges reach */
    byte_vocabulary_add(v, "", 1);       /* 258 */
    byte_vocabulary_add(v, "", 3);       /* 259: special without a name */
    byte_vocabulary_add(v, "\u4f60", 1); /* 260: spells no bytes */
    const parts p = {"gpt2", "gpt-2", v->tokens, v->n, v->n, v->types, {"a b", "a b"}, 2};
    loaded l;
    assay_error err;
    CHECK_STATUS(create(&p, &err, &l), ASSAY_OK, err);
    assay_ids ids = {0};
    if (l.tok != NULL) {
        CHECK_STATUS(assay_tokenize(l.tok, "ab\u4f60", 5, false, &ids, &err), ASSAY_OK, err);
        CHECK(same_ids(&ids, "257 228 189 160"), "%d", ids.ids[0]);
        ids.n = 0;
        CHECK_STATUS(assay_tokenize(l.tok, "abb", 3, true, &ids, &err), ASSAY_OK, err);
        CHECK(same_ids(&ids, "256 98"));
        ids.n = 0;
        CHECK_STATUS(assay_tokenize(l.tok, "", 0, true, &ids, &err), ASSAY_OK, err);
        CHECK(ids.n == 0);
    }
    assay_ids_free(&ids);
    unload(&l);
    free(v);
}

TEST(failed_allocations_are_reported) {
    if (!failing_alloc_linked()) SKIP("linked without --wrap=malloc,calloc,realloc");
    loaded l = load(GOLDEN "smollm.gguf");
    REQUIRE(l.tok != NULL);
    int created = 0, encoded = 0;
    for (long k = 0; failing_alloc_arm(k); k++, created++) {
        assay_tokenizer *tok = NULL;
        assay_error err = {0};
        assay_status status = assay_tokenizer_create(l.gguf, &tok, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == ASSAY_OK || (failed && status == ASSAY_E_MEMORY), "allocation %ld: %s", k,
              err.text);
        assay_tokenizer_destroy(tok);
        if (!failed) break;
    }
    for (long k = 0; failing_alloc_arm(k); k++, encoded++) {
        assay_ids ids = {0};
        assay_error err = {0};
        assay_status status = assay_tokenize(l.tok, "Hello <image> world", 19, true, &ids, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK) && (!failed || ids.n == 0),
              "allocation %ld", k);
        assay_ids_free(&ids);
        if (!failed) break;
    }
    CHECK(created >= 7 && encoded >= 3, "%d, %d failures", created, encoded);
    unload(&l);
}
