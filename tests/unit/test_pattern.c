/* Patterns: regular expressions and words against a plain second way to the same result. */
#include "test.h"

#include <stdint.h>

#include "base/rng.h"
#include "format/unicode.h"
#include "model/pattern.h"

static int label_of(const assay_pattern *p, const char *text, size_t n) {
    int state = ASSAY_PATTERN_START;
    for (size_t i = 0; i < n; i++) state = assay_pattern_step(p, state, (uint8_t)text[i]);
    return p->accept[state] - 1;
}

static bool matches(const char *regex, const char *text) {
    assay_pattern p;
    assay_error err = {0};
    if (assay_pattern_regex(regex, &p, &err) != ASSAY_OK) {
        CHECK(false, "%s: %s", regex, err.text);
        return false;
    }
    bool match = label_of(&p, text, strlen(text)) == 0;
    assay_pattern_free(&p);
    return match;
}

TEST(regex_table) {
    static const struct {
        const char *regex, *yes[5], *no[6];
    } cases[] = {
        {"abc", {"abc", " abc"}, {"", "ab", "abcd", "  abc", "ABC", "abc "}},
        {"", {"", " "}, {"  ", "a"}},
        {"a|bc|", {"a", "bc", "", " a"}, {"b", "abc"}},
        {"(ab)*c?", {"", "c", "ab", "ababc"}, {"a", "cc", "abca"}},
        {"a{2}b{1,}c{0,2}", {"aab", "aabbbcc", "aabc"}, {"ab", "aa", "aaab", "aabccc"}},
        {"[a-c_.-]+", {"a-c", "_.", "-"}, {"", "d", "a c"}},
        {"[^a-c]", {"d", "\xC3\xA4", "\n", "]"}, {"a", "dd", "\xC3", ""}},
        {".", {"x", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}, {"\n", "", "\xFF", "\xE2\x82", "xx"}},
        {"\\d+\\.\\d{2}", {"3.14", "10.00"}, {"3,14", "3.1", ".14"}},
        {"\\w+\\s\\W", {"a_9 !", "Z\t-"}, {"a!", "\xC3\xA4 !", "a b"}},
        {"\\D\\S",
         {"ab", "\xC3\xA4"
                "1"},
         {"1a", "a ", "a"}},
        {"[\\d\\s-]+", {"1 2-3"}, {"a"}},
        {"(?:yes|no)(, (yes|no))*", {"yes", "no, yes, no"}, {"yes,no", "yes, "}},
        {"\\(\\)\\[\\]\\{\\}\\*\\+\\?\\|\\.\\\\\\^\\$", {"()[]{}*+?|.\\^$"}, {"()"}},
        {"\\n\\r\\t", {"\n\r\t"}, {"nrt"}},
        {"[\xC3\xA0-\xC3\xBC]{2}", {"\xC3\xA4\xC3\xB6"}, {"\xC3\xA4", "ab"}},
        {"(a*)*b", {"b", "aaab"}, {"a", ""}},
        {"(a|)+", {"", "aaa"}, {"b"}},
        {"a{0}b", {"b"}, {"ab"}},
        {"x}]", {"x}]"}, {"x"}},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        for (int i = 0; i < 5 && cases[k].yes[i] != NULL; i++)
            CHECK(matches(cases[k].regex, cases[k].yes[i]), "%s does not match \"%s\"",
                  cases[k].regex, cases[k].yes[i]);
        for (int i = 0; i < 6 && cases[k].no[i] != NULL; i++)
            CHECK(!matches(cases[k].regex, cases[k].no[i]), "%s matches \"%s\"", cases[k].regex,
                  cases[k].no[i]);
    }
}

/* Random expressions over a, b, c with a matcher of their own: the set of places where a match from each place ends. */
typedef struct random_regex {
    char text[512];
    size_t n;
    assay_rng rng;
} random_regex;

typedef uint32_t places; /* bit i: the i-th place of the text */

typedef struct tree {
    char kind; /* 'c' class, '.' cat, '|' alt, 'r' repeat */
    unsigned set;
    int a, b, low, high;
} tree;

static int grow(random_regex *r, tree *nodes, int *n, int depth) {
    int i = (*n)++;
    tree t = {.kind = 'c'};
    uint32_t choice = assay_rng_below(&r->rng, depth > 0 ? 6 : 1);
    if (choice <= 1) {
        t.set = 1 + assay_rng_below(&r->rng, 7);
    } else if (choice <= 3) {
        t.kind = choice == 2 ? '.' : '|';
        t.a = grow(r, nodes, n, depth - 1);
        t.b = grow(r, nodes, n, depth - 1);
    } else {
        t.kind = 'r';
        t.a = grow(r, nodes, n, depth - 1);
        t.low = (int)assay_rng_below(&r->rng, 3);
        t.high = assay_rng_below(&r->rng, 2) ? -1 : t.low + (int)assay_rng_below(&r->rng, 3);
    }
    nodes[i] = t;
    return i;
}

static void write_regex(random_regex *r, const tree *nodes, int i) {
    const tree *t = &nodes[i];
    char *end = r->text + r->n;
    if (t->kind == 'c') {
        r->n += (size_t)sprintf(end, "[%s%s%s]", t->set & 1 ? "a" : "", t->set & 2 ? "b" : "",
                                t->set & 4 ? "c" : "");
        return;
    }
    r->text[r->n++] = '(';
    write_regex(r, nodes, t->a);
    if (t->kind == '|') r->text[r->n++] = '|';
    if (t->kind != 'r') write_regex(r, nodes, t->b);
    r->text[r->n++] = ')';
    end = r->text + r->n;
    if (t->kind == 'r' && t->high < 0) r->n += (size_t)sprintf(end, "{%d,}", t->low);
    if (t->kind == 'r' && t->high >= 0) r->n += (size_t)sprintf(end, "{%d,%d}", t->low, t->high);
    r->text[r->n] = '\0';
}

static places follow(const tree *nodes, int i, const char *text, size_t n, places from) {
    const tree *t = &nodes[i];
    places to = 0;
    if (t->kind == 'c') {
        for (size_t k = 0; k < n; k++)
            if (from >> k & 1 && t->set >> (text[k] - 'a') & 1) to |= 2u << k;
        return to;
    }
    if (t->kind == '.') return follow(nodes, t->b, text, n, follow(nodes, t->a, text, n, from));
    if (t->kind == '|')
        return follow(nodes, t->a, text, n, from) | follow(nodes, t->b, text, n, from);
    places at = from;
    for (int k = 0; k < t->low; k++) at = follow(nodes, t->a, text, n, at);
    to = at;
    for (int k = t->low; t->high < 0 ? k < t->low + 32 : k < t->high; k++) {
        at = follow(nodes, t->a, text, n, at);
        to |= at;
    }
    return to;
}

TEST(regex_against_a_plain_matcher) {
    random_regex r = {.rng = assay_rng_seed(21, 0)};
    long yes = 0, no = 0;
    for (int k = 0; k < 400; k++) {
        tree nodes[128];
        int n_nodes = 0;
        r.n = 0;
        int root = grow(&r, nodes, &n_nodes, 4);
        write_regex(&r, nodes, root);
        assay_pattern p;
        assay_error err;
        CHECK_STATUS(assay_pattern_regex(r.text, &p, &err), ASSAY_OK, err);
        for (int length = 0, count = 1; length <= 5; length++, count *= 3) {
            for (int c = 0; c < count; c++) {
                char text[8] = " ";
                for (int i = 0, rest = c; i < length; i++, rest /= 3)
                    text[1 + i] = (char)('a' + rest % 3);
                size_t n = (size_t)length;
                bool want = follow(nodes, root, text + 1, n, 1) >> length & 1;
                CHECK((label_of(&p, text + 1, n) == 0) == want, "%s: \"%.*s\"", r.text, length,
                      text + 1);
                CHECK((label_of(&p, text, n + 1) == 0) == want, "%s: \"%.*s\"", r.text, length + 1,
                      text);
                yes += want;
                no += !want;
            }
        }
        assay_pattern_free(&p);
    }
    CHECK(yes > 1000 && no > 1000, "%ld matches, %ld not", yes, no);
}

/* Of every state but the dead one some text leads to the end, and `final` says that none longer does. */
TEST(regex_states_lead_somewhere) {
    static const char *const regexes[] = {"(ab|c)*d?", "[a-z]{0,9}\\.", "a|ab|abc", "(.|\\n)*x.{3}",
                                          ""};
    for (size_t k = 0; k < sizeof regexes / sizeof *regexes; k++) {
        assay_pattern p;
        assay_error err;
        bool leads[8192] = {false};
        CHECK_STATUS(assay_pattern_regex(regexes[k], &p, &err), ASSAY_OK, err);
        for (int round = 0; round < p.n_states; round++)
            for (int s = 1; s < p.n_states; s++)
                for (int c = 0; c < p.n_classes; c++)
                    leads[s] |= p.accept[s] != 0 || leads[p.next[s * p.n_classes + c]];
        for (int s = 1; s < p.n_states; s++) {
            bool more = false;
            for (int c = 0; c < p.n_classes; c++) more |= p.next[s * p.n_classes + c] != 0;
            CHECK(leads[s] && p.final[s] == !more, "%s: state %d", regexes[k], s);
        }
        for (int c = 0; c < p.n_classes; c++) CHECK(p.next[c] == 0 && p.accept[0] == 0);
        assay_pattern_free(&p);
    }
}

/* How many byte strings of up to four bytes lead to an accepting state, spaces before them left out. */
static long count_strings(const assay_pattern *p, int state, int depth) {
    long n = p->accept[state] != 0;
    if (depth == 4 || state == 0) return n;
    long of_class[256] = {0};
    for (int byte = 0; byte < 256; byte++) of_class[p->class_of[byte]]++;
    for (int c = 0; c < p->n_classes; c++) {
        int next = p->next[(size_t)state * (size_t)p->n_classes + (size_t)c];
        if (next != 0) n += of_class[c] * count_strings(p, next, depth + 1);
    }
    return n;
}

/* Every code point that belongs to the class, and nothing else: the rest is shown by counting. */
TEST(regex_classes_are_exact) {
    static const struct {
        const char *regex;
        uint32_t first, last;
        bool negated;
    } cases[] = {
        {"[^\\n]", '\n', '\n', true},
        {"[^a-z]", 'a', 'z', true},
        {"[\xC2\x80-\xDF\xBF]", 0x80, 0x7FF, false},
        {"[\x7F-\xE0\xA0\x81]", 0x7F, 0x801, false},
        {"[\xE0\xB9\x83-\xF0\x9F\x98\x82]", 0xE43, 0x1F602, false},
        {"[\xED\x9F\xBF-\xEE\x80\x80]", 0xD7FF, 0xE000, false},
        {"[^\xF0\x90\x80\x80-\xF4\x8F\xBF\xBE]", 0x10000, 0x10FFFE, true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assay_pattern p;
        assay_error err;
        long members = 0, wrong = 0;
        CHECK_STATUS(assay_pattern_regex(cases[k].regex, &p, &err), ASSAY_OK, err);
        int start = ASSAY_PATTERN_START;
        for (uint32_t code = 0; code <= 0x10FFFF; code++) {
            char bytes[4];
            if (code >= 0xD800 && code <= 0xDFFF) continue;
            bool want = (code >= cases[k].first && code <= cases[k].last) != cases[k].negated;
            members += want;
            wrong += (label_of(&p, bytes, assay_utf8_put(code, bytes)) == 0) != want;
        }
        CHECK(wrong == 0, "%s: %ld code points", cases[k].regex, wrong);
        /* The space before the text makes each member of up to three bytes count once more. */
        int spaced = assay_pattern_step(&p, start, ' ');
        long strings = count_strings(&p, start, 0), again = 0;
        for (uint32_t code = 0; code <= 0xFFFF; code++) {
            char bytes[4];
            size_t n = assay_utf8_put(code, bytes);
            if (code >= 0xD800 && code <= 0xDFFF) continue;
            int state = spaced;
            for (size_t i = 0; i < n; i++) state = assay_pattern_step(&p, state, (uint8_t)bytes[i]);
            again += p.accept[state] != 0;
        }
        CHECK(strings == members + again, "%s: %ld strings, %ld members", cases[k].regex, strings,
              members + again);
        assay_pattern_free(&p);
    }
}

TEST(regex_refusals) {
    static const struct {
        const char *regex, *part;
        assay_status status;
    } cases[] = {
        {"a**", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"*a", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"(|*)", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"a{2", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{2,1}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{,2}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"a{x}", "{ at byte 1", ASSAY_E_ARGUMENT},
        {"{2}", "nothing to repeat", ASSAY_E_ARGUMENT},
        {"a{1001}", "1000 repetitions", ASSAY_E_LIMIT},
        {"a{99999999999}", "1000 repetitions", ASSAY_E_LIMIT},
        {"(a", "( at byte 0 is not closed", ASSAY_E_ARGUMENT},
        {"a)b", ") at byte 1 closes nothing", ASSAY_E_ARGUMENT},
        {"x[a-", "[ at byte 1 is not closed", ASSAY_E_ARGUMENT},
        {"[]", "empty class", ASSAY_E_ARGUMENT},
        {"[^]", "empty class", ASSAY_E_ARGUMENT},
        {"[\\d\\D]x[^\\d\\D]", "has no character", ASSAY_E_ARGUMENT},
        {"[z-a]", "range", ASSAY_E_ARGUMENT},
        {"[\\d-z]", "range", ASSAY_E_ARGUMENT},
        {"[[:alpha:]]", "named class", ASSAY_E_UNSUPPORTED},
        {"\\", "backslash at the end", ASSAY_E_ARGUMENT},
        {"\\b", "\\b at byte 1", ASSAY_E_UNSUPPORTED},
        {"(a)\\1", "\\1 at byte 4", ASSAY_E_UNSUPPORTED},
        {"^a$", "^ at byte 0", ASSAY_E_UNSUPPORTED},
        {"a$", "$ at byte 1", ASSAY_E_UNSUPPORTED},
        {"a+?", "lazy", ASSAY_E_UNSUPPORTED},
        {"a++", "possessive", ASSAY_E_UNSUPPORTED},
        {"(?=a)", "group at byte 0", ASSAY_E_UNSUPPORTED},
        {"(?i)a", "group at byte 0", ASSAY_E_UNSUPPORTED},
        {"a\xFF", "no UTF-8", ASSAY_E_ARGUMENT},
        {"[a-\xC3]", "no UTF-8", ASSAY_E_ARGUMENT},
        {"(a|b)*a(a|b){20}", "too much work", ASSAY_E_LIMIT},
        {"([a-z]*x[a-z]{30}){2}", "too much work", ASSAY_E_LIMIT},
        {"((((a?){1000}){1000}){1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"((((){1000}){1000}){1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"(.{1000}){1000}", "unrolls", ASSAY_E_LIMIT},
        {"((a*)*)*{2}", "nothing to repeat", ASSAY_E_ARGUMENT},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        assay_pattern p;
        assay_error err;
        CHECK_STATUS(assay_pattern_regex(cases[k].regex, &p, &err), cases[k].status, err);
        CHECK(strstr(err.text, cases[k].part) != NULL, "%s: %s", cases[k].regex, err.text);
        CHECK(p.next == NULL && p.accept == NULL && p.final == NULL, "%s", cases[k].regex);
    }
    char deep[400], wide[5000];
    assay_pattern p;
    assay_error err;
    memset(deep, '(', 65);
    memset(deep + 65, ')', 65);
    deep[130] = '\0';
    CHECK_STATUS(assay_pattern_regex(deep, &p, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_pattern_regex(deep + 1, &p, &err), ASSAY_E_ARGUMENT, err);
    memset(wide, 'a', 4097);
    wide[4097] = '\0';
    CHECK_STATUS(assay_pattern_regex(wide, &p, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_pattern_regex(wide + 1, &p, &err), ASSAY_OK, err);
    CHECK(label_of(&p, wide + 1, 4096) == 0 && label_of(&p, wide + 1, 4095) < 0);
    assay_pattern_free(&p);
}

/* Random bytes must come back with a pattern or a sentence, under the sanitizers. */
TEST(regex_noise) {
    static const char alphabet[] = "ab(|)*+?{,}19[]^-.\\dWn\xC3\xA4\xE2";
    assay_rng rng = assay_rng_seed(77, 0);
    int good = 0;
    for (int k = 0; k < 1500; k++) {
        char text[24];
        size_t n = assay_rng_below(&rng, 16);
        for (size_t i = 0; i < n; i++)
            text[i] = alphabet[assay_rng_below(&rng, sizeof alphabet - 1)];
        text[n] = '\0';
        assay_pattern p;
        assay_error err = {0};
        assay_status status = assay_pattern_regex(text, &p, &err);
        good += status == ASSAY_OK;
        CHECK((status == ASSAY_OK) == (err.text[0] == '\0'), "%s: %s", text, err.text);
        assay_pattern_free(&p);
    }
    CHECK(good > 50, "%d good ones", good);
}

TEST(words_are_told_apart) {
    static const char *const words[] = {"red", "redder", "re",         "blue",
                                        "red", " red",   "gr\xC3\xBCn"};
    static const struct {
        const char *text;
        int label;
        bool final;
    } cases[] = {{"red", 0, false},        {" red", 0, false}, {"  red", 5, true},
                 {"redder", 1, true},      {"re", 2, false},   {"blue", 3, true},
                 {"gr\xC3\xBCn", 6, true}, {"r", -1, false},   {"", -1, false},
                 {" ", -1, false}};
    assay_pattern p;
    assay_error err;
    CHECK_STATUS(assay_pattern_words(words, 7, &p, &err), ASSAY_OK, err);
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        int state = ASSAY_PATTERN_START;
        for (const char *c = cases[k].text; *c != '\0'; c++)
            state = assay_pattern_step(&p, state, (uint8_t)*c);
        CHECK(state != 0 && p.accept[state] - 1 == cases[k].label &&
                  p.final[state] == cases[k].final,
              "\"%s\": label %d", cases[k].text, p.accept[state] - 1);
    }
    CHECK(label_of(&p, "green", 5) == -1);
    assay_pattern_free(&p);
    CHECK_STATUS(assay_pattern_words((const char *[]){"a", ""}, 2, &p, &err), ASSAY_E_ARGUMENT,
                 err);
    CHECK_STATUS(assay_pattern_words((const char *[]){"\xFF"}, 1, &p, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_pattern_words(words, 0, &p, &err), ASSAY_E_ARGUMENT, err);
    CHECK(strstr(err.text, "0 choices") != NULL, "%s", err.text);
}
