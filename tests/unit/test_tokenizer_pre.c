/* format/tokenizer: regex and pretokenize, by hand, against Oniguruma (golden: the engine that
 * Hugging Face's tokenizers cut with), time. */
#include "test.h"

#include "format/tokenizer/pretokenize.h"
#include "format/tokenizer/regex.h"
#include "format/unicode.h"
#include "tokenizer_fixture.h"

#define GOLDEN "tests/golden/tokenizer_kinds/"

/* ---- regular expressions ---- */

static void matches(const char *pattern, const char *text, size_t at, size_t want) {
    assay_regex *re;
    assay_error err = {0};
    CHECK_STATUS(assay_regex_create(pattern, &re, &err), ASSAY_OK, err);
    if (re == NULL) return;
    assay_regex_scan scan;
    assay_regex_begin(&scan, re, text, strlen(text));
    size_t end = assay_regex_match(&scan, at);
    CHECK(end == want, "%s on \"%s\" at %zu: to %zu, not %zu", pattern, text, at, end, want);
    assay_regex_destroy(re);
}

TEST(expressions_match_as_perl_s_do) {
    matches("ab|a", "ac", 0, 1);
    matches("a|ab", "ab", 0, 1); /* the first alternative, not the longest */
    matches("a*b", "aaab", 0, 4);
    matches("a*b", "aaac", 0, 0);
    matches("a*ab", "aaab", 0, 4);
    matches("a+a+a", "aa", 0, 0);
    matches("a+a+a", "aaa", 0, 3);
    matches("a?a", "a", 0, 1);
    matches("a{2}", "aaa", 0, 2);
    matches("a{1,2}b", "aab", 0, 3);
    matches("a{1,3}a", "aa", 0, 2);
    matches("\\s+(?!\\S)|\\s+", "   x", 0, 2);
    matches("\\s+(?!\\S)|\\s+", "   x", 2, 3);
    matches("\\s+(?!\\S)", "   ", 0, 3);
    matches("\\s+$", "  ", 0, 2);
    matches("\\s+$", "  x", 0, 0);
    matches("\\s*[\\r\\n]+", " \n \n x", 0, 4);
    matches("[^\\s\\p{L}]+", "12 a", 0, 2);
    matches("[a\\-z]+", "a-z", 0, 3);
    matches("[a\\-z]+", "b", 0, 0);
    matches("[!-/]+", "#$%a", 0, 3);
    matches("\\p{Lu}\\p{Ll}*", "\u00c4\u00f6\u00fcX", 0, 6);
    matches("[\\p{L}&&[^b-d]]+", "abc", 0, 1);
    matches("[^\\p{N}&&[^x]]+", "ax1", 0, 1);
    matches("a(?:b|c)?", "ac", 0, 2);
    matches("a(?:b|c)?", "ad", 0, 1);
    matches("a(?: b)*", "a b b c", 0, 5);
    matches("[\u4e00-\u9fa5]+", "\u4f60\u597dx", 0, 6);
    matches("\u4f60{1,2}\u4f60", "\u4f60\u4f60", 0, 6);
    matches("\\d+", "\u0661\u0662x", 0, 4);
    matches("[^a]+", "\xff\xc3", 0, 2); /* bytes that are no UTF-8 are characters of their own */
    matches("[^a]+\xc3?b",
            "\xe4\xbd"
            "b",
            0, 3);
}

TEST(what_is_no_expression_is_refused) {
    static const char *const patterns[] = {"",       "a|",      "(?:a", "a)",    "[a",     "a{2",
                                           "a{3,2}", "\\p{Xx}", "(?!a", "[z-a]", "(?:a)b", "\\"};
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        assay_regex *re;
        assay_error err = {0};
        CHECK(assay_regex_create(patterns[i], &re, &err) == ASSAY_E_ARGUMENT && re == NULL,
              "\"%s\"", patterns[i]);
    }
}

/* ---- characters ---- */

TEST(categories_are_those_of_unicode) {
    static const struct {
        uint32_t code;
        assay_category category;
    } cases[] = {{'a', ASSAY_LL},    {'Z', ASSAY_LU},      {'5', ASSAY_ND},    {' ', ASSAY_ZS},
                 {'_', ASSAY_PC},    {'-', ASSAY_PD},      {'(', ASSAY_PS},    {')', ASSAY_PE},
                 {'!', ASSAY_PO},    {'+', ASSAY_SM},      {'$', ASSAY_SC},    {'^', ASSAY_SK},
                 {0xa9, ASSAY_SO},   {0xab, ASSAY_PI},     {0xbb, ASSAY_PF},   {0x100, ASSAY_LU},
                 {0x101, ASSAY_LL},  {0x17e, ASSAY_LL},    {0x1c5, ASSAY_LT},  {0x2b0, ASSAY_LM},
                 {0x4e00, ASSAY_LO}, {0x301, ASSAY_MN},    {0x903, ASSAY_MC},  {0x20dd, ASSAY_ME},
                 {0x2167, ASSAY_NL}, {0xbd, ASSAY_NO},     {0x2028, ASSAY_ZL}, {0x2029, ASSAY_ZP},
                 {10, ASSAY_CC},     {0xad, ASSAY_CF},     {0xe000, ASSAY_CO}, {0xd800, ASSAY_CS},
                 {0x378, ASSAY_CN},  {0x10ffff, ASSAY_CN}, {0x1f600, ASSAY_SO}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        CHECK(assay_unicode_category(cases[i].code) == cases[i].category, "U+%04X: %d",
              cases[i].code, (int)assay_unicode_category(cases[i].code));
}

TEST(letters_lose_case_and_accents) {
    static const struct {
        uint32_t code, lower, n;
        uint32_t parts[3];
    } cases[] = {{'A', 'a', 1, {'A'}},
                 {0xc4, 0xe4, 1, {'A'}},
                 {0x178, 0xff, 1, {'Y'}},
                 {0x1e9e, 0xdf, 1, {0x1e9e}},
                 {0x3a3, 0x3c3, 1, {0x3a3}},
                 {0x1fbe, 0x1fbe, 1, {0x3b9}},
                 {0x301, 0x301, 0, {0}},
                 {0xac00, 0xac00, 2, {0x1100, 0x1161}},
                 {0xac01, 0xac01, 3, {0x1100, 0x1161, 0x11a8}},
                 {0x9cb, 0x9cb, 2, {0x9c7, 0x9be}},
                 {0x212b, 0xe5, 1, {'A'}},
                 {0x10400, 0x10428, 1, {0x10400}},
                 {0xf900, 0xf900, 1, {0x8c48}},
                 {0x4e00, 0x4e00, 1, {0x4e00}},
                 {0x2c62, 0x26b, 1, {0x2c62}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t lower[2], left[3] = {0};
        CHECK(assay_unicode_lower(cases[i].code, lower) == 1 && lower[0] == cases[i].lower,
              "U+%04X: U+%04X", cases[i].code, lower[0]);
        size_t n = assay_unicode_strip(cases[i].code, left);
        CHECK(n == cases[i].n && (n == 0 || memcmp(left, cases[i].parts, n * sizeof *left) == 0),
              "U+%04X: %zu, U+%04X", cases[i].code, n, left[0]);
    }
    uint32_t lower[2];
    CHECK(assay_unicode_lower(0x130, lower) == 2 && lower[0] == 'i' && lower[1] == 0x307);
}

/* ---- against Oniguruma ---- */

typedef struct expected {
    const char *want; /* lengths, in decimal; moves on */
    bool same;
} expected;

static assay_status compare_piece(void *context, const char *piece, size_t n, assay_error *err) {
    expected *e = context;
    char *end;
    (void)piece;
    (void)err;
    e->same = e->same && strtoul(e->want, &end, 10) == n;
    if (e->same) e->want = end;
    return ASSAY_OK;
}

/* A row of pieces.tsv: a name, then the lengths of the pieces of each text. */
static int check_row(char *row, char *const *texts, const size_t *lengths, int n_texts) {
    char *column = strchr(row, '\t');
    if (column == NULL) return 0;
    *column++ = '\0';
    assay_pretokenizer *pre;
    assay_error err = {0};
    CHECK_STATUS(assay_pretokenizer_create(row, "golden", &pre, &err), ASSAY_OK, err);
    int same = 0;
    for (int i = 0; i < n_texts && pre != NULL && column != NULL; i++) {
        char *next = strchr(column, '\t');
        if (next != NULL) *next++ = '\0';
        expected e = {column, true};
        CHECK_STATUS(assay_pretokenize(pre, texts[i], lengths[i], compare_piece, &e, &err),
                     ASSAY_OK, err);
        e.same = e.same && e.want[strspn(e.want, " ")] == '\0';
        CHECK(e.same, "%s, text %d \"%s\": not %s", row, i, texts[i], column);
        same += e.same;
        column = next;
    }
    assay_pretokenizer_destroy(pre);
    return same;
}

TEST(pieces_are_those_of_oniguruma) {
    uint8_t *hex = NULL, *table = NULL;
    size_t n;
    assay_error err = {0};
    CHECK_STATUS(assay_os_read_file(GOLDEN "texts.tsv", MAX_FILE, &hex, &n, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_os_read_file(GOLDEN "pieces.tsv", MAX_FILE, &table, &n, &err), ASSAY_OK,
                 err);
    enum { MAX_TEXTS = 200 };
    char *texts[MAX_TEXTS];
    size_t lengths[MAX_TEXTS];
    int n_texts = 0, rows = 0, same = 0;
    char *line = (char *)hex;
    while (line != NULL && *line != '\0' && n_texts < MAX_TEXTS) {
        char *next = strchr(line, '\n');
        if (next != NULL) *next++ = '\0';
        texts[n_texts] = line;
        lengths[n_texts] = unhex(line);
        line[lengths[n_texts++]] = '\0';
        line = next;
    }
    for (char *row = (char *)table; row != NULL && *row != '\0'; rows++) {
        char *next = strchr(row, '\n');
        if (next != NULL) *next++ = '\0';
        same += check_row(row, texts, lengths, n_texts);
        row = next;
    }
    CHECK(n_texts > 100 && rows > 25 && same == n_texts * rows, "%d texts, %d rows, %d the same",
          n_texts, rows, same);
    free(hex);
    free(table);
}

/* ---- names ---- */

TEST(every_name_is_known_once) {
    int names = 0;
    const char *row;
    for (size_t i = 0; (row = assay_pretokenizer_names(i)) != NULL; i++) {
        for (const char *at = row; *at != '\0'; names++) {
            char name[64];
            size_t n = strcspn(at, " ");
            REQUIRE(n > 0 && n < sizeof name, "%s", row);
            memcpy(name, at, n);
            name[n] = '\0';
            at += n + (at[n] == ' ');
            assay_pretokenizer *pre;
            assay_error err = {0};
            CHECK_STATUS(assay_pretokenizer_create(name, "made", &pre, &err), ASSAY_OK, err);
            assay_pretokenizer_destroy(pre);
            for (size_t k = 0; k < i; k++) {
                const char *other = assay_pretokenizer_names(k), *found = strstr(other, name);
                bool whole = found != NULL && (found == other || found[-1] == ' ') &&
                             (found[n] == ' ' || found[n] == '\0');
                CHECK(!whole, "%s is in two rows", name);
            }
        }
    }
    CHECK(names >= 80, "%d names", names);
}

/* ---- time ---- */

static assay_status count_piece(void *context, const char *piece, size_t n, assay_error *err) {
    (void)piece;
    (void)err;
    *(size_t *)context += n;
    return ASSAY_OK;
}

/* Quadratic work on these texts would take many minutes. */
TEST(every_pretokenizer_takes_linear_time) {
    enum { N = 1 << 18 };
    static const char *const units[] = {"a",      "A",      " ",  "\n",    "1",   ".",
                                        "\u4f60", "\u0301", " a", "\t\n ", "\xff"};
    static const char *const ends[] = {"", "x", "1", "\n", "\u0301"};
    char *text = malloc(N + 8);
    if (text == NULL) abort();
    double begin = assay_os_seconds();
    const char *row;
    for (size_t i = 0; (row = assay_pretokenizer_names(i)) != NULL; i++) {
        char name[64] = "";
        memcpy(name, row, strcspn(row, " "));
        assay_pretokenizer *pre;
        assay_error err = {0};
        CHECK_STATUS(assay_pretokenizer_create(name, "made", &pre, &err), ASSAY_OK, err);
        for (size_t u = 0; pre != NULL && u < sizeof units / sizeof *units; u++) {
            const char *end = ends[(u + i) % 5];
            size_t length = strlen(units[u]), n = N + strlen(end), got = 0;
            for (size_t k = 0; k < N; k++) text[k] = units[u][k % length];
            memcpy(text + N, end, strlen(end));
            CHECK_STATUS(assay_pretokenize(pre, text, n, count_piece, &got, &err), ASSAY_OK, err);
            CHECK(got == n, "%s: %zu of %zu bytes", name, got, n);
        }
        assay_pretokenizer_destroy(pre);
    }
    double seconds = assay_os_seconds() - begin;
    CHECK(seconds < 120, "%.1f s", seconds);
    free(text);
}
