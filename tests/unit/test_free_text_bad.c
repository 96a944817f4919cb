/* Records whose free answers are not to be believed: each is refused with one sentence. */
#include "assay_eval.h"

#include "eval/free_text.h"

#include "test.h"
#include "unit/free_text_fixture.h"

#define ONE "{\"free_text\":6,\"limit\":1}"

/* A record of one sample, whose free answer is given, closed with the hallmark that its lines have. */
static char *forge(const char *record, const char *answer) {
    assay_buffer out = {0};
    const char *line = strchr(record, '\n') + 1, *cut = strstr(line, ",\"free_text\":"),
               *rest = strstr(cut, "]}") + 2, *end = strchr(rest, '\n') + 1;
    assay_buffer_append(&out, record, (size_t)(cut - record));
    assay_buffer_print(&out, "%s%s", answer[0] != '\0' ? ",\"free_text\":" : "", answer);
    assay_buffer_append(&out, rest, (size_t)(end - rest));
    assay_buffer_print(&out, "{\"type\":\"end\",\"hallmark\":\"%s\",\"samples\":1}\n",
                       hallmark_of(out.data).hex);
    return out.data;
}

/* Refused by the check of a record alone, or where the model is there to tell. */
static void check_forged(const char *record, const char *answer, assay_status want,
                         const char *part, bool needs_model) {
    bench b;
    assay_error err = {0};
    size_t keep;
    char *forged = forge(record, answer);
    REQUIRE(forged != NULL);
    CHECK_STATUS(assay_record_check(forged, strlen(forged), &err), needs_model ? ASSAY_OK : want,
                 err);
    if (!needs_model) CHECK(strstr(err.text, part) != NULL, "%.80s: %s", answer, err.text);
    if (bench_open(&b, N, 1, ONE)) {
        CHECK_STATUS(assay_run_resume(b.run, forged, strlen(forged), &keep, &err), want, err);
        CHECK(strstr(err.text, part) != NULL, "%.80s: %s", answer, err.text);
        CHECK(strchr(err.text, '\n') == NULL);
    }
    bench_close(&b);
    free(forged);
}

#define BITS_3  "bf800000bf800000bf800000"
#define BITS(n) (&"bf800000bf800000bf800000bf800000bf800000bf800000bf800000"[8 * (7 - (n))])

TEST(hostile_answers_are_refused) {
    static const struct {
        const char *bits, *end, *text, *tokens, *part;
        assay_status status;
        bool needs_model;
    } cases[] = {
        {BITS(3), "stop", "ab", "97,98,303", "", ASSAY_OK, false},
        {BITS(6), "length", "abcdef", "97,98,99,100,101,102", "", ASSAY_OK, false},
        {BITS(1), "stop", "", "303", "", ASSAY_OK, false},
        {BITS(3), "stop", "\xEF\xBF\xBD\xC3\xA4", "195,195,164", "does not end where its tokens do",
         ASSAY_E_CHECK, true},
        {BITS(4), "stop", "\xEF\xBF\xBD\xC3\xA4", "195,195,164,303", "", ASSAY_OK, false},
        {BITS(3), "stop", "ac", "97,98,303", "text is not its tokens'", ASSAY_E_CHECK, true},
        {BITS(3), "stop", "ab ", "97,98,303", "text is not its tokens'", ASSAY_E_CHECK, true},
        {BITS(3), "stop", "ab", "97,98,512", "outside the vocabulary of 512", ASSAY_E_CHECK, true},
        {BITS(3), "stop", "ab", "97,98,2147483647", "outside the vocabulary", ASSAY_E_CHECK, true},
        {BITS(4), "stop", "ab", "97,303,98,303", "does not end where", ASSAY_E_CHECK, true},
        {BITS(3), "stop", "ab", "97,98,99", "does not end where", ASSAY_E_CHECK, true},
        {BITS(6), "length", "abcde", "97,98,99,100,101,303", "does not end where", ASSAY_E_CHECK,
         true},
        {BITS(3), "stop", "ab", "97,98,2147483648", "not all ids", ASSAY_E_FORMAT, false},
        {BITS(3), "stop", "ab", "97,98,-1", "not all ids", ASSAY_E_FORMAT, false},
        {BITS(3), "stop", "ab", "97,98,1.5", "not all ids", ASSAY_E_FORMAT, false},
        {BITS(3), "stop", "ab", "97,98,\"303\"", "not all ids", ASSAY_E_FORMAT, false},
        {BITS(3), "stop", "ab", "97,98,null", "not all ids", ASSAY_E_FORMAT, false},
        {BITS(1), "stop", "", "", "has no tokens", ASSAY_E_FORMAT, false},
        {BITS(7), "length", "abcdefg", "97,98,99,100,101,102,103", "more than 6", ASSAY_E_LIMIT,
         false},
        {BITS(5), "length", "abcde", "97,98,99,100,101", "after 5 of 6 tokens", ASSAY_E_CHECK,
         false},
        {BITS(3), "stop", "", "97,98,303", "text is not its tokens'", ASSAY_E_CHECK, false},
        {BITS(1), "stop", "a", "303", "text is not its tokens'", ASSAY_E_CHECK, false},
        {BITS(3), "context", "ab", "97,98,303", "neither \"stop\" nor", ASSAY_E_FORMAT, false},
        {BITS(2), "stop", "ab", "97,98,303", "\"bits\" are not", ASSAY_E_FORMAT, false},
        {BITS(4), "stop", "ab", "97,98,303", "\"bits\" are not", ASSAY_E_FORMAT, false},
        {"bf800000bf8000007fc00000", "stop", "ab", "97,98,303", "\"bits\" are not", ASSAY_E_FORMAT,
         false},
        {"bf800000bf800000BF800000", "stop", "ab", "97,98,303", "\"bits\" are not", ASSAY_E_FORMAT,
         false},
        {"bf800000bf800000bf80000\\u0000", "stop", "ab", "97,98,303", "NUL", ASSAY_E_FORMAT, false},
    };
    assay_buffer record;
    if (!make_record(ONE, &record)) return;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_buffer answer = {0};
        assay_buffer_print(&answer,
                           "{\"bits\":\"%s\",\"end\":\"%s\",\"text\":\"%s\",\"tokens\":[%s]}",
                           cases[i].bits, cases[i].end, cases[i].text, cases[i].tokens);
        check_forged(record.data, answer.data, cases[i].status, cases[i].part,
                     cases[i].needs_model);
        assay_buffer_free(&answer);
    }
    static const struct {
        const char *answer, *part;
        assay_status status;
    } forms[] = {
        {"", "\"free_text\" is missing", ASSAY_E_FORMAT},
        {"[]", "not an object", ASSAY_E_FORMAT},
        {"\"a\"", "not an object", ASSAY_E_FORMAT},
        {"{}", "\"tokens\" is missing", ASSAY_E_FORMAT},
        {"{\"bits\":\"bf800000\",\"end\":\"stop\",\"text\":\"\",\"tokens\":[303],\"note\":1}",
         "unknown key \"note\"", ASSAY_E_FORMAT},
        {"{\"bits\":\"bf800000\",\"end\":\"stop\",\"text\":\"\",\"tokens\":303}", "not an array",
         ASSAY_E_FORMAT},
        {"{\"bits\":\"bf800000\",\"end\":\"stop\",\"text\":3,\"tokens\":[303]}", "not a string",
         ASSAY_E_FORMAT},
        {"{\"bits\":[\"bf800000\"],\"end\":\"stop\",\"text\":\"\",\"tokens\":[303]}",
         "not a string", ASSAY_E_FORMAT},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        check_forged(record.data, forms[i].answer, forms[i].status, forms[i].part, false);
    assay_buffer_free(&record);
}

TEST(huge_answers_are_refused) {
    assay_buffer record, answer = {0};
    if (!make_record(ONE, &record)) return;
    assay_buffer_print(&answer, "{\"bits\":\"" BITS_3 "\",\"end\":\"stop\",\"text\":\"");
    for (unsigned i = 0; i <= ASSAY_MAX_FREE_BYTES; i++) assay_buffer_append(&answer, "a", 1);
    assay_buffer_print(&answer, "\",\"tokens\":[97,98,303]}");
    check_forged(record.data, answer.data, ASSAY_E_LIMIT, "more than 262144 bytes of text", false);
    assay_buffer_free(&answer);
    assay_buffer_print(&answer, "{\"bits\":\"\",\"end\":\"stop\",\"text\":\"a\",\"tokens\":[97");
    for (int i = 0; i < 100000; i++) assay_buffer_append(&answer, ",97", 3);
    assay_buffer_print(&answer, "]}");
    check_forged(record.data, answer.data, ASSAY_E_LIMIT, "\"tokens\" has more than 6", false);
    assay_buffer_free(&answer);
    assay_buffer_free(&record);
}

/* What the hallmark does not cover must not pass for an answer. */
TEST(answers_nobody_asked_for_are_refused) {
    assay_buffer record;
    bench b;
    assay_error err = {0};
    size_t keep;
    char *json = NULL;
    if (!make_record("{}", &record)) return;
    char *at = strstr(record.data, ",\"seconds\":");
    assay_buffer forged = {0};
    assay_buffer_append(&forged, record.data, (size_t)(at - record.data));
    assay_buffer_print(&forged, ",\"free_text\":{\"text\":\"I never said this.\"}%s", at);
    static const char part[] = "record line 2: a free answer, but the recipe asks for none";
    CHECK_STATUS(assay_record_check(forged.data, forged.len, &err), ASSAY_E_CHECK, err);
    CHECK(strcmp(err.text, part) == 0, "%s", err.text);
    if (bench_open(&b, N, 1, "{}")) {
        CHECK_STATUS(assay_run_resume(b.run, forged.data, forged.len, &keep, &err), ASSAY_E_CHECK,
                     err);
        CHECK_STATUS(assay_report(b.dataset, forged.data, forged.len, &json, &err), ASSAY_E_CHECK,
                     err);
    }
    bench_close(&b);
    assay_buffer_free(&forged);
    assay_buffer_free(&record);
}
