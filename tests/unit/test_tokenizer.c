/* format/tokenizer, byte-level BPE: against Hugging Face's tokenizers (golden), time, bad files. */
#include "test.h"

#include "base/arena.h"
#include "base/os.h"
#include "byte_vocabulary.h"
#include "failing_alloc.h"
#include "format/tokenizer/pretokenize.h"
#include "format/tokenizer/tokenizer.h"
#include "format/unicode.h"
#include "tokenizer_fixture.h"

#define GOLDEN "tests/golden/tokenizer/"

/* ---- pre-tokenizer ---- */

/* The pieces of a text so far, with bars between them. */
static assay_status note_piece(void *context, const char *piece, size_t n, assay_error *err) {
    char *got = context;
    if (got[0] != '\0') strcat(got, "|");
    if (n == 0 || strlen(got) + n + 2 > 256) return assay_fail(err, ASSAY_E_CHECK, "bad piece");
    strncat(got, piece, n);
    return ASSAY_OK;
}

static void cuts(const char *text, bool single_digits, const char *want) {
    char got[256] = "";
    assay_error err = {0};
    assay_pretokenizer *pre;
    CHECK_STATUS(assay_pretokenizer_create(single_digits ? "smollm" : "gpt-2", "made", &pre, &err),
                 ASSAY_OK, err);
    if (pre == NULL) return;
    CHECK_STATUS(assay_pretokenize(pre, text, strlen(text), note_piece, got, &err), ASSAY_OK, err);
    CHECK(strcmp(got, want) == 0, "\"%s\" is not \"%s\"", got, want);
    assay_pretokenizer_destroy(pre);
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
        uint32_t bit = ASSAY_CATEGORY_BIT(assay_unicode_category(code));
        letters += (bit & ASSAY_LETTERS) != 0;
        numbers += (bit & ASSAY_NUMBERS) != 0;
        spaces += assay_unicode_space(code);
    }
    CHECK(letters == 141028 && numbers == 1911 && spaces == 25, "%ld, %ld, %ld", letters, numbers,
          spaces);
}

/* ---- against tokenizers ---- */

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
    p.model = "rwkv";
    refused(&p, ASSAY_E_UNSUPPORTED, "model \"rwkv\"; gpt2 and gemma4 (BPE), llama");
    p = good, p.pre = "gpt-5";
    refused(&p, ASSAY_E_UNSUPPORTED, "\"gpt-5\"; known are default, gpt-2, smollm");
    refused(&p, ASSAY_E_UNSUPPORTED, "sarvam-moe, and other names for these");
    p = good, p.tokens = NULL;
    refused(&p, ASSAY_E_FORMAT, "tokenizer.ggml.tokens");
    p = good, p.n_types = v->n - 1;
    refused(&p, ASSAY_E_FORMAT, "257 tokens, but types of 256");
    p = good, p.merges[1] = "ab", p.n_merges = 2;
    refused(&p, ASSAY_E_FORMAT, "merge 1");
    p = good, p.merges[0] = "";
    refused(&p, ASSAY_E_FORMAT, "merge 0");
    p = good, p.merges[0] = " b";
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
