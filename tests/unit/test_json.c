/* JSON: what is refused, the canonical form, typed members. */
#include "format/json.h"

#include "failing_alloc.h"
#include "test.h"

/* Parses, prints canonically; "" when it was refused. */
static void canonical(const char *text, char *out, size_t size) {
    assay_error err = {0};
    assay_buffer buffer = {0};
    cJSON *value = NULL;
    out[0] = '\0';
    if (assay_json_parse(text, strlen(text), "test", &value, &err) == ASSAY_OK) {
        assay_json_canonical(value, &buffer);
        if (!buffer.failed) snprintf(out, size, "%s", buffer.data);
    }
    cJSON_Delete(value);
    assay_buffer_free(&buffer);
}

TEST(json_canonical_form) {
    static const char *const cases[][2] = {
        {"{\"b\":1,\"a\":[true,false,null]}", "{\"a\":[true,false,null],\"b\":1}"},
        {" { \"z\" : { \"y\" : 2.50 , \"x\" : -0 } } \n", "{\"z\":{\"x\":0,\"y\":2.5}}"},
        {"[1e3,1000.0,0.1,1e-7,1.5e300,-12345678901234567890]",
         "[1000,1000,0.1,1e-07,1.5e+300,-1.2345678901234567e+19]"},
        {"[9007199254740991,0.30000000000000004,3.141592653589793]",
         "[9007199254740991,0.30000000000000004,3.141592653589793]"},
        {"\"a\\/b\\u0041\\u00e4\\ud83d\\ude00\\n\\t\\\\\\\"\\u001f\\u007f\"",
         "\"a/bA\xC3\xA4\xF0\x9F\x98\x80\\n\\t\\\\\\\"\\u001f\x7F\""},
        {"{\"\":0,\"A\":1,\"a\":2,\"\xC3\xA4\":3,\"aa\":4}",
         "{\"\":0,\"A\":1,\"a\":2,\"aa\":4,\"\xC3\xA4\":3}"},
        {"{}", "{}"},
        {"[]", "[]"},
        {"[[],{}]", "[[],{}]"},
    };
    char once[256], twice[256];
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        canonical(cases[i][0], once, sizeof once);
        CHECK(strcmp(once, cases[i][1]) == 0, "%s gave %s", cases[i][0], once);
        canonical(once, twice, sizeof twice);
        CHECK(strcmp(once, twice) == 0, "not stable: %s", twice);
    }
}

/* Every double that is printed reads back as itself. */
TEST(json_numbers_read_back) {
    uint64_t state = 88172645463325252u;
    for (int i = 0; i < 20000; i++) {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        double x;
        memcpy(&x, &state, sizeof x);
        if (!(x - x == 0)) continue;
        assay_buffer buffer = {0};
        assay_json_number(&buffer, x);
        CHECK(buffer.data != NULL && strtod(buffer.data, NULL) == x, "%.17g printed as %s", x,
              buffer.data);
        assay_buffer_free(&buffer);
    }
}

TEST(json_refuses) {
    static const char *const cases[] = {
        "",
        " ",
        "{",
        "[",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "[1 2]",
        "1 2",
        "[1]]",
        "nul",
        "tru",
        "True",
        "NaN",
        "Infinity",
        "-",
        "+1",
        "01",
        "1.",
        ".5",
        "1e",
        "1e+",
        "0x10",
        "1e999",
        "-1e999",
        "\"",
        "\"a",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\ud800x\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "\"a\nb\"",
        "\"\x01\"",
        "\"\xC0\x80\"",
        "\"\xED\xA0\x80\"",
        "\"\xF4\x90\x80\x80\"",
        "\"\xE2\x82\"",
        "\"\x80\"",
        "\"\xFF\"",
        "\xEF\xBB\xBF{}",
        "{\"a\":1,\"a\":2}",
        "[{\"x\":{\"k\":1,\"j\":0,\"k\":1}}]",
        "{\"\\u0061\":1,\"a\":2}",
        "/**/1",
        "[1,\v2]",
        "1000000000000000000000000000000000000000000000000000000000000000000000",
    };
    assay_error err;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        cJSON *value = NULL;
        CHECK_STATUS(assay_json_parse(cases[i], strlen(cases[i]), "test", &value, &err),
                     ASSAY_E_FORMAT, err);
        CHECK(value == NULL && strncmp(err.text, "test: ", 6) == 0, "case %zu: %s", i, err.text);
        cJSON_Delete(value);
    }
    cJSON *value = NULL;
    CHECK_STATUS(assay_json_parse("[1\0]", 4, "test", &value, &err), ASSAY_E_FORMAT, err);
}

TEST(json_limits_depth) {
    char text[2 * ASSAY_JSON_MAX_DEPTH + 3];
    assay_error err;
    for (int depth = ASSAY_JSON_MAX_DEPTH; depth <= ASSAY_JSON_MAX_DEPTH + 1; depth++) {
        cJSON *value = NULL;
        memset(text, '[', (size_t)depth);
        memset(text + depth, ']', (size_t)depth);
        CHECK_STATUS(assay_json_parse(text, 2 * (size_t)depth, "test", &value, &err),
                     depth > ASSAY_JSON_MAX_DEPTH ? ASSAY_E_LIMIT : ASSAY_OK, err);
        cJSON_Delete(value);
    }
}

/* Text without a NUL behind it: nothing past its end is read (the sanitizer watches). */
TEST(json_reads_no_byte_too_many) {
    static const char text[] = "{\"key\":[1.5e2,true,\"a\\u00e4\\ud83d\\ude00\"]}";
    for (size_t n = 0; n < sizeof text; n++) {
        assay_error err = {0};
        cJSON *value = NULL;
        char *copy = malloc(n > 0 ? n : 1);
        REQUIRE(copy != NULL);
        memcpy(copy, text, n);
        assay_status status = assay_json_parse(copy, n, "test", &value, &err);
        CHECK((status == ASSAY_OK) == (n == sizeof text - 1), "%zu bytes: %s", n, err.text);
        cJSON_Delete(value);
        free(copy);
    }
}

TEST(json_writes_any_text) {
    static const char *const cases[][2] = {
        {"a\xFF"
         "b\xC3",
         "\"a\xEF\xBF\xBD"
         "b\xEF\xBF\xBD\""},
        {"\xED\xA0\x80", "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\""},
        {"\xC3\xA4\x1B", "\"\xC3\xA4\\u001b\""},
        {"", "\"\""},
        {NULL, "null"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assay_buffer out = {0};
        assay_error err = {0};
        cJSON *value = NULL;
        assay_json_string(&out, cases[i][0]);
        CHECK(strcmp(out.data, cases[i][1]) == 0, "case %zu: %s", i, out.data);
        CHECK_STATUS(assay_json_parse(out.data, out.len, "test", &value, &err), ASSAY_OK, err);
        cJSON_Delete(value);
        assay_buffer_free(&out);
    }
}

TEST(json_out_of_memory) {
    static const char text[] = "{\"b\":[1,2.5,{\"d\":null,\"c\":\"text\"}],\"a\":true}";
    long parses = 0, prints = 0;
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_error err = {0};
        cJSON *value = NULL;
        assay_status status = assay_json_parse(text, sizeof text - 1, "test", &value, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK) && (value == NULL) == failed,
              "allocation %ld: %s", k, err.text);
        if (!failed) {
            for (long j = 0; failing_alloc_arm(j); j++) {
                assay_buffer out = {0};
                assay_json_canonical(value, &out);
                failed = failing_alloc_disarm();
                CHECK(out.failed == failed, "allocation %ld", j);
                assay_buffer_free(&out);
                if (!failed) break;
                prints++;
            }
            cJSON_Delete(value);
            break;
        }
        parses++;
    }
    CHECK(parses > 10 && prints >= 3, "%ld, %ld", parses, prints);
}

TEST(json_typed_members) {
    static const char text[] =
        "{\"s\":\"x\",\"n\":1.5,\"i\":7,\"b\":false,\"a\":[1,2,3],\"o\":{\"k\":0}}";
    static const char *const all[] = {"s", "n", "i", "b", "a", "o"};
    assay_error err = {0};
    cJSON *v = NULL;
    const cJSON *item;
    const char *s;
    double x;
    int64_t i;
    bool b;
    REQUIRE(assay_json_parse(text, sizeof text - 1, "test", &v, &err) == ASSAY_OK);
    CHECK_STATUS(assay_json_get_string(v, "s", "test", &s, &err), ASSAY_OK, err);
    CHECK(strcmp(s, "x") == 0);
    CHECK_STATUS(assay_json_get_number(v, "n", 0, 2, "test", &x, &err), ASSAY_OK, err);
    CHECK(x == 1.5);
    CHECK_STATUS(assay_json_get_integer(v, "i", 0, 7, "test", &i, &err), ASSAY_OK, err);
    CHECK(i == 7);
    CHECK_STATUS(assay_json_get_bool(v, "b", "test", &b, &err), ASSAY_OK, err);
    CHECK(!b);
    CHECK_STATUS(assay_json_get_array(v, "a", 3, "test", &item, &err), ASSAY_OK, err);
    CHECK(cJSON_GetArraySize(item) == 3);
    CHECK_STATUS(assay_json_get_object(v, "o", "test", &item, &err), ASSAY_OK, err);
    CHECK(assay_json_has(item, "k") && !assay_json_has(item, "K") && !assay_json_has(v, "S"));
    CHECK_STATUS(assay_json_only(v, all, 6, "test", &err), ASSAY_OK, err);

    CHECK_STATUS(assay_json_get_string(v, "S", "test", &s, &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(err.text, "test: \"S\" is missing") == 0, "%s", err.text);
    CHECK_STATUS(assay_json_get_string(v, "n", "test", &s, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_json_get_number(v, "n", 2, 3, "test", &x, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_json_get_integer(v, "n", 0, 3, "test", &i, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_json_get_bool(v, "i", "test", &b, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_json_get_array(v, "a", 2, "test", &item, &err), ASSAY_E_LIMIT, err);
    CHECK_STATUS(assay_json_get_object(v, "a", "test", &item, &err), ASSAY_E_FORMAT, err);
    CHECK_STATUS(assay_json_only(v, all, 5, "test", &err), ASSAY_E_FORMAT, err);
    CHECK(strcmp(err.text, "test: unknown key \"o\"") == 0, "%s", err.text);
    cJSON_Delete(v);
}

TEST(json_other_encodings) {
    static const char marked[] = "\xEF\xBB\xBF{}";
    const char *text = marked;
    size_t n = sizeof marked - 1;
    cJSON *v = NULL;
    assay_error err;
    CHECK_STATUS(assay_json_parse(text, n, "test", &v, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "byte order mark") != NULL, "%s", err.text);
    CHECK_STATUS(assay_json_parse("\xFF\xFE{\0}\0", 6, "test", &v, &err), ASSAY_E_FORMAT, err);
    CHECK(strstr(err.text, "UTF-16") != NULL, "%s", err.text);
    assay_json_skip_mark(&text, &n);
    CHECK(n == 2 && strcmp(text, "{}") == 0);
    assay_json_skip_mark(&text, &n);
    CHECK(n == 2);
}

TEST(json_names_may_be_numbers) {
    static const char text[] =
        "{\"s\":\"x\",\"n\":-7,\"most\":9007199254740991,\"over\":9007199254740992,\"part\":1.5,"
        "\"none\":null}";
    static const char *const wrong[] = {"over", "part", "none"};
    char digits[24];
    const char *name = NULL;
    cJSON *v = NULL;
    assay_error err = {0};
    REQUIRE(assay_json_parse(text, sizeof text - 1, "test", &v, &err) == ASSAY_OK);
    CHECK_STATUS(assay_json_get_name(v, "s", "test", digits, &name, &err), ASSAY_OK, err);
    CHECK(strcmp(name, "x") == 0);
    CHECK_STATUS(assay_json_get_name(v, "n", "test", digits, &name, &err), ASSAY_OK, err);
    CHECK(name == digits && strcmp(name, "-7") == 0);
    CHECK_STATUS(assay_json_get_name(v, "most", "test", digits, &name, &err), ASSAY_OK, err);
    CHECK(strcmp(name, "9007199254740991") == 0);
    CHECK_STATUS(assay_json_get_name(v, "absent", "test", digits, &name, &err), ASSAY_OK, err);
    CHECK(name == NULL);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        CHECK_STATUS(assay_json_get_name(v, wrong[i], "test", digits, &name, &err), ASSAY_E_FORMAT,
                     err);
        CHECK(strstr(err.text, "is not a string or a whole number") != NULL, "%s", err.text);
    }
    cJSON_Delete(v);
}
