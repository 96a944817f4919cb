/* The harness of every C test program: one translation unit, tests in the order they are written.
 *
 *     #include "test.h"
 *     TEST(sums_are_exact) {
 *         REQUIRE(table != NULL);                              // leaves the test when it does not hold
 *         CHECK(sum == 3, "sum is %d for n = %d", sum, n);     // counts a failure and goes on
 *         assay_error err;
 *         CHECK_STATUS(assay_gguf_open(bytes, n, &g, &err), ASSAY_E_FORMAT, err); // clears err first
 *     }
 *
 * The program prints `ok NAME`, `FAIL NAME: file:line: what` or `skip: NAME: reason`, a line for each test, and returns 1 when
 * one failed. Its first argument, if any, runs only the tests whose names contain it. It runs in the repository's root.
 * A test that checked nothing fails. Define TEST_NO_MAIN before the include to write main() yourself and call test_main(). */
#ifndef ASSAY_TEST_H
#define ASSAY_TEST_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/status.h"

#define TEST_MAX         256 /* tests of one program */
#define TEST_MAX_REPORTS 10  /* failures of one test that are printed */

static struct {
    struct {
        const char *name;
        void (*run)(void);
    } tests[TEST_MAX];
    int n;
    const char *now; /* name of the running test */
    long checks, failures;
    bool skipped;
} test_state;

static inline void test_add(const char *name, void (*run)(void)) {
    if (test_state.n == TEST_MAX) abort();
    test_state.tests[test_state.n].name = name;
    test_state.tests[test_state.n++].run = run;
}

#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
static inline void test_fail(const char *file, int line, const char *condition, const char *format,
                             ...) {
    if (++test_state.failures > TEST_MAX_REPORTS) return;
    printf("FAIL %s: %s:%d: %s", test_state.now, file, line, condition);
    va_list args;
    va_start(args, format);
    if (format[0] != '\n') printf(": ");
    vprintf(format, args);
    va_end(args);
    if (format[0] != '\n') printf("\n");
    fflush(stdout);
}

static inline bool test_count(bool holds) {
    test_state.checks++;
    return holds;
}

#define TEST(name)                                                                                 \
    static void test_##name(void);                                                                 \
    __attribute__((constructor)) static void test_add_##name(void) {                               \
        test_add(#name, test_##name);                                                              \
    }                                                                                              \
    static void test_##name(void)

/* CHECK(condition) or CHECK(condition, format, up to 10 arguments). */
#define CHECK(...) TEST_PICK(__VA_ARGS__, M, M, M, M, M, M, M, M, M, M, M, S, 0)(__VA_ARGS__)
#define TEST_PICK(a, b, c, d, e, f, g, h, i, j, k, l, last, ...) TEST_CHECK_##last
#define TEST_CHECK_S(c) (test_count(c) ? (void)0 : test_fail(__FILE__, __LINE__, #c, "\n"))
#define TEST_CHECK_M(c, ...)                                                                       \
    (test_count(c) ? (void)0 : test_fail(__FILE__, __LINE__, #c, __VA_ARGS__))

/* As CHECK, and returns from the (void) function. */
#define REQUIRE(...)                                                                               \
    do {                                                                                           \
        long test_before = test_state.failures;                                                    \
        CHECK(__VA_ARGS__);                                                                        \
        if (test_state.failures != test_before) return;                                            \
    } while (0)

/* `call` returns an assay_status and fills `err`, an assay_error object; a failure must come with a sentence. */
#define CHECK_STATUS(call, want, err)                                                              \
    do {                                                                                           \
        memset(&(err), 0, sizeof(err));                                                            \
        assay_status test_got = (call);                                                            \
        CHECK(test_got == (want), "got %s (%s)", assay_status_name(test_got), (err).text);         \
        if (test_got != ASSAY_OK) CHECK((err).text[0] != '\0', "a failure without a sentence");    \
    } while (0)

#define SKIP(...)                                                                                  \
    do {                                                                                           \
        printf("skip: %s: ", test_state.now);                                                      \
        printf(__VA_ARGS__);                                                                       \
        printf("\n");                                                                              \
        test_state.skipped = true;                                                                 \
        return;                                                                                    \
    } while (0)

static inline int test_main(int argc, char **argv) {
    int ran = 0, failed = 0;
    for (int i = 0; i < test_state.n; i++) {
        if (argc > 1 && strstr(test_state.tests[i].name, argv[1]) == NULL) continue;
        ran++;
        test_state.now = test_state.tests[i].name;
        test_state.checks = test_state.failures = 0;
        test_state.skipped = false;
        test_state.tests[i].run();
        if (test_state.checks == 0 && !test_state.skipped)
            test_fail(__FILE__, __LINE__, "checks > 0", "\n");
        if (test_state.failures > TEST_MAX_REPORTS)
            printf("# %s: %ld failures\n", test_state.now, test_state.failures);
        if (test_state.failures == 0 && !test_state.skipped) printf("ok %s\n", test_state.now);
        failed += test_state.failures > 0;
        fflush(stdout);
    }
    if (ran == 0) printf("FAIL %s: no test of this name\n", argc > 1 ? argv[1] : "main");
    return failed > 0 || ran == 0;
}

#ifndef TEST_NO_MAIN
int main(int argc, char **argv) {
    return test_main(argc, argv);
}
#endif

#endif
