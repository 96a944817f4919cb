/* Perturbed texts: what changes, how much of it, and that nothing else does. */
#include "assay_judge.h"
#include "base/rng.h"
#include "format/unicode.h"
#include "test.h"
#include "failing_alloc.h"

static const char mixed[] =
    "1. Na\xC3\xAFve caf\xC3\xA9s serve \xE2\x80\x9Cth\xC3\xA9\xE2\x80\x9D for 3 \xE2\x82\xAC!\n"
    "- \xF0\x9F\x98\x80 Smile, and don\xE2\x80\x99t worry. It isn't that bad; "
    "\xE4\xBD\xA0\xE5\xA5\xBD.";

static char *perturb(const char *text, assay_perturbation how, uint64_t seed) {
    assay_buffer out = {0};
    assay_perturb(text, how, seed, &out);
    if (out.failed) abort();
    return out.data;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_utf8(const char *text) {
    size_t n = strlen(text);
    for (size_t at = 0; at < n;) {
        uint32_t code = 0;
        size_t bytes = assay_utf8_next(text + at, n - at, &code);
        if (code == 0xFFFD) return false; /* none is in what goes in */
        at += bytes;
    }
    return true;
}

/* Without its ASCII letters. */
static void strip(char *text) {
    char *to = text;
    for (; *text != '\0'; text++) {
        if (!is_letter(*text)) *to++ = *text;
    }
    *to = '\0';
}

TEST(kinds_have_names) {
    CHECK(strcmp(assay_perturbation_name(ASSAY_PERTURB_TYPOS), "typos") == 0);
    CHECK(strcmp(assay_perturbation_name(ASSAY_PERTURB_CASE), "case") == 0);
    CHECK(strcmp(assay_perturbation_name(ASSAY_PERTURB_TEMPLATE), "template") == 0);
    CHECK(strcmp(assay_perturbation_name(ASSAY_PERTURB_COUNT), "") == 0);
    char *same = perturb("As it is.", ASSAY_PERTURB_COUNT, 1);
    CHECK(strcmp(same, "As it is.") == 0);
    free(same);
}

TEST(the_same_seed_gives_the_same_text) {
    for (int how = 0; how < ASSAY_PERTURB_COUNT; how++) {
        size_t differ = 0;
        for (uint64_t seed = 0; seed < 20; seed++) {
            char *a = perturb(mixed, (assay_perturbation)how, seed);
            char *b = perturb(mixed, (assay_perturbation)how, seed);
            char *c = perturb(mixed, (assay_perturbation)how, seed + 1);
            CHECK(strcmp(a, b) == 0);
            differ += strcmp(a, c) != 0;
            free(a);
            free(b);
            free(c);
        }
        CHECK(differ >= 4, "%s: %zu of 20", assay_perturbation_name((assay_perturbation)how),
              differ);
    }
}

TEST(only_ascii_letters_change) {
    char want[sizeof mixed];
    memcpy(want, mixed, sizeof mixed);
    strip(want);
    for (int how = 0; how < ASSAY_PERTURB_TEMPLATE; how++) {
        for (uint64_t seed = 0; seed < 200; seed++) {
            char *got = perturb(mixed, (assay_perturbation)how, seed);
            CHECK(is_utf8(got), "%s", got);
            strip(got);
            CHECK(strcmp(got, want) == 0, "%s", got);
            free(got);
        }
    }
}

/* ---- typing errors ---- */

/* Letters that stand alone cannot be swapped: a hit beside stands in for that. */
TEST(one_letter_in_twenty_is_mistyped) {
    enum { LETTERS = 26, TIMES = 8000 };
    static char text[LETTERS * TIMES * 2 + 1];
    static size_t beside[LETTERS][LETTERS];
    size_t wrong = 0, dropped = 0, doubled = 0;
    for (size_t i = 0; i < LETTERS * TIMES; i++) {
        text[2 * i] = (char)('a' + i % LETTERS);
        text[2 * i + 1] = ' ';
    }
    char *got = perturb(text, ASSAY_PERTURB_TYPOS, 1), *at = got;
    for (size_t i = 0; i < LETTERS * TIMES; i++) {
        char want = (char)('a' + i % LETTERS);
        size_t n = strcspn(at, " ");
        if (n == 1 && at[0] != want) beside[i % LETTERS][at[0] - 'a']++;
        CHECK(n <= 2 && (n < 2 || (at[0] == want && at[1] == want)));
        wrong += n != 1 || at[0] != want;
        dropped += n == 0;
        doubled += n == 2;
        at += n + 1;
    }
    CHECK(*at == '\0');
    /* 10,400 of 208,000, and a quarter of these each, within four standard deviations. */
    CHECK(wrong > 10002 && wrong < 10798, "%zu", wrong);
    CHECK(dropped > 2399 && dropped < 2801 && doubled > 2399 && doubled < 2801, "%zu, %zu", dropped,
          doubled);
    for (size_t a = 0; a < LETTERS; a++) {
        size_t keys = 0;
        for (size_t b = 0; b < LETTERS; b++) {
            CHECK((beside[a][b] > 0) == (beside[b][a] > 0), "%c and %c", (int)('a' + a),
                  (int)('a' + b));
            keys += beside[a][b] > 0;
        }
        CHECK(keys >= 2 && keys <= 6 && beside[a][a] == 0, "%c has %zu", (int)('a' + a), keys);
    }
    CHECK(beside['q' - 'a']['w' - 'a'] > 0 && beside['q' - 'a']['p' - 'a'] == 0);
    free(got);
}

TEST(neighbours_are_swapped_and_capitals_stay) {
    size_t swapped = 0, other = 0;
    for (uint64_t seed = 0; seed < 2000; seed++) {
        char *got = perturb("AB", ASSAY_PERTURB_TYPOS, seed);
        for (const char *c = got; *c != '\0'; c++) CHECK(*c >= 'A' && *c <= 'Z', "%s", got);
        swapped += strcmp(got, "BA") == 0;
        other += strcmp(got, "AB") != 0;
        free(got);
    }
    CHECK(swapped > 5 && swapped < 60, "%zu", swapped); /* 25 */
    CHECK(other > 130 && other < 260, "%zu", other);    /* 195 */
}

/* ---- case ---- */

TEST(case_is_all_or_nothing) {
    size_t up = 0;
    for (uint64_t seed = 0; seed < 100; seed++) {
        char *got = perturb(mixed, ASSAY_PERTURB_CASE, seed);
        bool any_upper = false, any_lower = false;
        REQUIRE(strlen(got) == strlen(mixed));
        for (size_t i = 0; got[i] != '\0'; i++) {
            any_upper = any_upper || (got[i] >= 'A' && got[i] <= 'Z');
            any_lower = any_lower || (got[i] >= 'a' && got[i] <= 'z');
            CHECK(lower(got[i]) == lower(mixed[i]));
        }
        CHECK(any_upper != any_lower);
        up += any_upper;
        free(got);
    }
    CHECK(up > 30 && up < 70, "%zu of 100", up);
}

/* ---- template ---- */

TEST(a_frame_holds_the_text) {
    static const char text[] = "Lock the door at night. Call the police! Is that all? Yes.";
    size_t longer = 0;
    for (uint64_t seed = 0; seed < 50; seed++) {
        char *got = perturb(text, ASSAY_PERTURB_TEMPLATE, seed);
        const char *first = strstr(got, "Lock the door at night. "), *at = first;
        REQUIRE(first != NULL && first > got, "%s", got);
        CHECK(got[0] >= 'A' && got[0] <= 'Z' && first[-1] == ' ');
        static const char *const sentences[] = {"Call the police! ", "Is that all? ", "Yes. "};
        for (int i = 0; i < 3 && at != NULL; i++) {
            const char *next = strstr(at, sentences[i]);
            CHECK(next != NULL, "no \"%s\" in order in: %s", sentences[i], got);
            if (next != NULL) CHECK(next[-1] == ' ');
            at = next;
        }
        CHECK(got[strlen(got) - 1] == '.');
        longer += strstr(got, text) == NULL; /* with fillers inside */
        free(got);
    }
    CHECK(longer > 20 && longer < 48, "%zu of 50", longer); /* 1 - (2/3)^3 */
}

static void check_full(const char *text, const char *want) {
    char *got = perturb(text, ASSAY_PERTURB_TEMPLATE, 1);
    CHECK(strstr(got, want) != NULL, "\"%s\" became \"%s\"", text, got);
    free(got);
}

TEST(contractions_are_written_out) {
    check_full("and I don't know", "and I do not know");
    check_full("don\xE2\x80\x99t, doesn\xE2\x80\x99t", "do not, does not");
    check_full("You can't. we won't; Can't", "You cannot. we will not; Cannot");
    check_full("they're, we'll, I've", "they are, we will, I have");
    check_full("I'm sure. let's go", "I am sure. let us go");
    check_full("i'm", "I am");
    check_full("I'M SURE YOU CAN'T, DON'T", "I AM SURE YOU CANNOT, DO NOT");
    check_full("It's Anna's, she'd say", "It's Anna's, she'd say");
    check_full("it ain't so", "it ain't so");
    check_full("it ain\xE2\x80\x99t so", "it ain\xE2\x80\x99t so");
    check_full("a 'really' 'verified' one", "a 'really' 'verified' one");
    check_full("scan'tic, 'll, n't", "scan'tic, 'll, n't");
    check_full("1. Ask J. Doe", "1. Ask J. Doe");
    char *got = perturb(mixed, ASSAY_PERTURB_TEMPLATE, 3);
    CHECK(is_utf8(got) && strstr(got, "do not worry") != NULL && strstr(got, "is not") != NULL);
    free(got);
}

/* ---- edges ---- */

TEST(it_appends_and_takes_anything) {
    assay_buffer out = {0};
    assay_buffer_append(&out, "before|", 7);
    assay_perturb("x", ASSAY_PERTURB_CASE, 1, &out);
    CHECK(out.len == 8 && memcmp(out.data, "before|", 7) == 0);
    assay_buffer_free(&out);
    for (int how = 0; how < ASSAY_PERTURB_COUNT; how++) {
        char *empty = perturb("", (assay_perturbation)how, 1);
        CHECK((empty[0] == '\0') == (how != ASSAY_PERTURB_TEMPLATE));
        free(empty);
        for (uint64_t seed = 0; seed < 300; seed++) { /* bytes that are no UTF-8, too */
            char text[64];
            assay_rng rng = assay_rng_seed(seed, 1);
            size_t n = assay_rng_below(&rng, sizeof text);
            for (size_t i = 0; i < n; i++)
                text[i] = "\x80\xE2\x99'nt.I A"[assay_rng_below(&rng, 10)];
            text[n] = '\0';
            char *got = perturb(text, (assay_perturbation)how, seed);
            CHECK(strlen(got) <= 2 * n + 400, "%s", got);
            free(got);
        }
    }
}

TEST(a_lack_of_memory_is_told) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    static char text[3000];
    memset(text, 'a', sizeof text - 1);
    long failed = 0;
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_buffer out = {0};
        assay_perturb(text, ASSAY_PERTURB_TYPOS, 1, &out);
        bool armed = failing_alloc_disarm();
        CHECK(out.failed == armed);
        assay_buffer_free(&out);
        if (!armed) break;
        failed++;
    }
    CHECK(failed >= 4, "%ld", failed);
}
