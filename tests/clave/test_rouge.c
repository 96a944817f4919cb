/* ROUGE-L against the Python package rouge-score; words of other scripts; long texts. */
#include "clave/concepts/rouge.h"

#include <math.h>

#include "failing_alloc.h"
#include "test.h"
#include "unit/fixture.h"

/* Two divisions and a product, in the package's order or ours. */
#define TOLERANCE 1e-15

static double rouge(const char *a, const char *b) {
    assay_words x = {0}, y = {0};
    assay_error err;
    double f = -1;
    CHECK_STATUS(assay_words_split(a, &x, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_words_split(b, &y, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_rouge_l(&x, &y, &f, &err), ASSAY_OK, err);
    CHECK(assay_words_equal(&x, &y) == (x.n == y.n && (f == 1 || x.n == 0)));
    assay_words_free(&x);
    assay_words_free(&y);
    return f;
}

TEST(figures_of_rouge_score) {
    size_t n;
    int count = 0;
    char *text = fixture_read("tests/golden/concepts/rouge.tsv", &n), *line = text;
    REQUIRE(text != NULL);
    while (*line != '\0') {
        char *end = strchr(line, '\n'), *b = strchr(line, '\t'), *f = strchr(b + 1, '\t');
        *end = *b = *f = '\0';
        double want = strtod(f + 1, NULL), got = rouge(line, b + 1);
        CHECK(fabs(got - want) <= TOLERANCE, "%s | %s: %.17g, expected %.17g", line, b + 1, got,
              want);
        CHECK(fabs(rouge(b + 1, line) - want) <= TOLERANCE);
        line = end + 1;
        count++;
    }
    CHECK(count >= 60);
    free(text);
}

TEST(words_of_any_script) {
    assay_words words;
    assay_error err;
    /* "Ein GROẞES Maß — 3,5 км" */
    CHECK_STATUS(assay_words_split("Ein GRO\xE1\xBA\x9E"
                                   "ES Ma\xC3\x9F \xE2\x80\x94 3,5 \xD0\x9A\xD0\x9C\xFF",
                                   &words, &err),
                 ASSAY_OK, err);
    CHECK(words.n == 6, "%zu words", words.n);
    CHECK(words.end[0] == 3 && memcmp(words.text, "ein", 3) == 0);
    assay_words_free(&words);
    CHECK(rouge("\xC3\x84rger MEIDEN", "\xC3\xA4rger meiden") == 1);
    CHECK_STATUS(assay_words_split("", &words, &err), ASSAY_OK, err);
    CHECK(words.n == 0);
    assay_words_free(&words);
}

TEST(every_allocation_may_fail) {
    char text[400];
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    for (size_t i = 0; i < sizeof text - 1; i++) text[i] = i % 2 ? ' ' : 'a';
    text[sizeof text - 1] = '\0';
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_words a = {0};
        assay_error err = {0};
        double f = 0;
        assay_status status = assay_words_split(text, &a, &err);
        if (status == ASSAY_OK) status = assay_rouge_l(&a, &a, &f, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld", k);
        CHECK(failed || f == 1);
        assay_words_free(&a);
        if (!failed) break;
    }
}
