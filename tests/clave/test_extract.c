/* Which texts are asked about, and the extractors: built in, imported, a tiny language model. */
#include "assay_concepts.h"

#include <math.h>

#include "assay_generate.h"
#include "failing_alloc.h"
#include "test.h"
#include "clave/concepts_fixture.h"
#include "unit/generate_fixture.h"

/* ---- the plan ---- */

#define VOTE(id, who, label)                                                                       \
    "{\"id\":\"" id "\",\"scenario\":\"\",\"response\":\"R " id "\",\"value\":\"care\","           \
    "\"label\":\"" label "\",\"annotator\":\"" who "\"}\n"

TEST(central_texts_of_each_direction) {
    enum { TEXTS = 8 };
    /* a-d adhere in two groups, e and f oppose, g is a tie, h is unrelated. */
    assay_values *values = fixture_values();
    assay_labels *labels = fixture_read_labels(
        values,
        VOTE("a", "1", "adheres") VOTE("b", "1", "adheres") VOTE("c", "1", "adheres")
            VOTE("d", "1", "adheres") VOTE("e", "1", "opposes") VOTE("e", "2", "opposes")
                VOTE("e", "3", "adheres") VOTE("f", "1", "opposes") VOTE("g", "1", "adheres")
                    VOTE("g", "2", "opposes") VOTE("h", "1", "unrelated"));
    static const float rows[TEXTS * 2] = {0, 1, 0, 1.5f, 0, 1.75f, 9, 9, 1, 0, 3, 0, 5, 5, 6, 6};
    const assay_vectors v = {.name = "x", .sha256 = "", .dim = 2, .response = rows};
    assay_concept_plan *plan = NULL;
    size_t n = 0;
    assay_error err;
    REQUIRE(assay_labels_n_texts(labels) == TEXTS);
    CHECK_STATUS(assay_concepts_plan(values, labels, &v, 2, 1, NULL, &plan, &n, &err), ASSAY_OK,
                 err);
    REQUIRE(n == 4, "%zu texts", n);
    CHECK(plan[0].text == 1 && plan[0].label == ASSAY_ADHERES && plan[0].cluster_size == 3);
    CHECK(plan[1].text == 3 && plan[1].label == ASSAY_ADHERES && plan[1].cluster_size == 1);
    CHECK(plan[2].label == ASSAY_OPPOSES && plan[3].label == ASSAY_OPPOSES);
    CHECK(plan[2].text == 4 && plan[3].text == 5 && plan[3].value == 0);
    free(plan);
    CHECK_STATUS(assay_concepts_plan(values, labels, NULL, 1, 1, NULL, &plan, &n, &err), ASSAY_OK,
                 err);
    CHECK(n == 2 && plan[0].cluster_size == 4 && plan[1].cluster_size == 2);
    free(plan);
    CHECK_STATUS(assay_concepts_plan(values, labels, &v, 0, 1, NULL, &plan, &n, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_concepts_plan(values, labels, &v, 257, 1, NULL, &plan, &n, &err),
                 ASSAY_E_ARGUMENT, err);
    CHECK(plan == NULL);
    assay_labels_free(labels);
    assay_values_free(values);
}

/* ---- built in ---- */

static const char long_response[] =
    "You could help your neighbour with the shopping. It costs nothing; protecting old people from "
    "harm matters.\n1. Visit her every week\n2. Visit her every week\nYes.\nThe 3.5 percent rate "
    "of "
    "this particular and very long sentence makes it unfit for any phrase of a pool, because "
    "nobody wants that. if total == 7 then stop, and she will surely be glad.";

static assay_extract_request request_of(const assay_values *values, const char *response) {
    return (assay_extract_request){.id = "t1",
                                   .scenario = "What shall I do?",
                                   .response = response,
                                   .value = assay_values_at(values, 0),
                                   .labelled = true,
                                   .label = ASSAY_ADHERES,
                                   .k = 3};
}

TEST(builtin_takes_clauses_and_listed_concepts) {
    assay_values *values = fixture_values();
    assay_extractor x;
    assay_phrase out[ASSAY_MAX_PHRASES], again[ASSAY_MAX_PHRASES];
    size_t n = 0, n_again = 0;
    assay_error err;
    assay_extract_request r = request_of(values, long_response);
    CHECK_STATUS(assay_extractor_builtin(NULL, &x, &err), ASSAY_OK, err);
    CHECK(strcmp(x.name, "builtin") == 0 && x.n_known == 0);
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 3);
    bool listed = false;
    for (size_t i = 0; i < n; i++) {
        CHECK(out[i].valence == ASSAY_ADHERES && strpbrk(out[i].text, "0123456789=") == NULL);
        CHECK(strncmp(out[i].text, "and ", 4) != 0);
        listed = listed || strstr(out[i].text, "from harm") != NULL;
        for (size_t j = 0; j < i; j++) CHECK(strcmp(out[i].text, out[j].text) != 0);
    }
    CHECK(listed, "%s | %s | %s", out[0].text, out[1].text, out[2].text);
    CHECK_STATUS(x.extract(x.context, &r, again, &n_again, &err), ASSAY_OK, err);
    for (size_t i = 0; i < n; i++) CHECK(strcmp(out[i].text, again[i].text) == 0);

    r.label = ASSAY_OPPOSES; /* the value's own list says what adheres */
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    for (size_t i = 0; i < n; i++) {
        CHECK(out[i].valence == ASSAY_OPPOSES);
        CHECK(strcmp(out[i].text, "Being kind to others") != 0);
    }
    r.k = 1;
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 1);
    r.response = "";
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 0, "nothing to say of an empty text that opposes");
    assay_extractor_destroy(&x);
    assay_extractor_destroy(&x);
    assay_values_free(values);
}

/* An encoder that finds one phrase nearest to everything. */
static assay_status embed_one(void *context, const char *const *texts, size_t n, float *out,
                              assay_error *err) {
    const char *favourite = context;
    for (size_t i = 0; i < n; i++) {
        if (strcmp(texts[i], "fail") == 0) return assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        bool near = strcmp(texts[i], favourite) == 0 || i + 3 >= n;
        out[2 * i] = near ? 3 : 0;
        out[2 * i + 1] = near ? 0 : 1;
    }
    return ASSAY_OK;
}

TEST(builtin_asks_the_encoder) {
    assay_values *values = fixture_values();
    char favourite[] = "It costs nothing";
    const assay_embedder encoder = {favourite, "e", "", 2, embed_one};
    assay_extractor x;
    assay_phrase out[ASSAY_MAX_PHRASES];
    size_t n = 0;
    assay_error err;
    assay_extract_request r = request_of(values, long_response);
    CHECK_STATUS(assay_extractor_builtin(&encoder, &x, &err), ASSAY_OK, err);
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 3 && strcmp(out[0].text, favourite) == 0, "%s", out[0].text);
    r.response = "fail";
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_E_CANCELLED, err);
    assay_extractor_destroy(&x);
    assay_values_free(values);
}

/* ---- imported ---- */

TEST(imported_lines) {
    static const char lines[] =
        "\xEF\xBB\xBF{\"value\":\"care\",\"text\":\"Comforting the sick.\"}\n"
        "\r\n"
        "{\"value\":\"care\",\"id\":\"t1\",\"concepts\":[{\"text\":\"Visiting "
        "neighbours\"},{\"text\":\"Leaving people alone\",\"valence\":\"opposes\"}]}\n"
        "{\"value\":\"care\",\"id\":2,\"text\":\"Feeding birds\",\"extra\":1}\n"
        "{\"value\":\"fairness\",\"text\":\"Cheating at games\",\"valence\":\"opposes\"}";
    assay_values *values = fixture_values();
    assay_extractor x;
    assay_phrase out[ASSAY_MAX_PHRASES];
    size_t n = 0;
    assay_error err;
    assay_extract_request r = request_of(values, "R");
    CHECK_STATUS(assay_extractor_import(lines, sizeof lines - 1, "f", values, &x, &err), ASSAY_OK,
                 err);
    CHECK(x.n_known == 5 && strcmp(x.known[0].text, "Comforting the sick") == 0);
    CHECK(strcmp(x.known_ids[3], "2") == 0 && x.known_ids[4] == NULL);
    CHECK(strcmp(x.known[4].value, "fairness") == 0 && x.known[4].valence == ASSAY_OPPOSES);
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 3 && strcmp(out[1].text, "Visiting neighbours") == 0);
    CHECK(out[2].valence == ASSAY_OPPOSES && out[0].valence == ASSAY_ADHERES);
    r.k = 1;
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
    CHECK(n == 1);
    assay_extractor_destroy(&x);
    CHECK_STATUS(assay_extractor_import("", 0, "f", values, &x, &err), ASSAY_OK, err);
    CHECK(x.n_known == 0);
    assay_extractor_destroy(&x);
    assay_values_free(values);
}

TEST(wrong_lines) {
    static const char *const cases[][2] = {
        {"x", "f:1: not valid JSON"},
        {"{\"value\":\"care\",\"text\":\"ok\"}\n[]", "f:2: expected an object"},
        {"{\"text\":\"a\"}", "f:1: \"value\" is missing"},
        {"{\"value\":\"none\",\"text\":\"a\"}", "there is no value \"none\""},
        {"{\"value\":\"care\",\"text\":\"...\"}", "no phrase"},
        {"{\"value\":\"care\",\"text\":\"a\",\"valence\":\"maybe\"}", "neither adheres nor"},
        {"{\"value\":\"care\",\"text\":\"a\",\"id\":7.5}", "\"id\" is not a string or a whole"},
        {"{\"value\":\"care\",\"concepts\":7}", "not an array"},
        {"{\"value\":\"care\",\"concepts\":[7]}", "expected an object"},
        {"\n\n{\"value\":\"care\",\"text\":\"\xFF\"}", "f:3: not valid JSON"},
    };
    assay_values *values = fixture_values();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_extractor x;
        assay_error err;
        CHECK_STATUS(
            assay_extractor_import(cases[i][0], strlen(cases[i][0]), "f", values, &x, &err),
            ASSAY_E_FORMAT, err);
        CHECK(strstr(err.text, cases[i][1]) != NULL, "%s: %s", cases[i][0], err.text);
        CHECK(x.context == NULL);
    }
    assay_values_free(values);
}

/* ---- a language model ---- */

enum { LONG_CONTEXT = 1600 };

static bool is_phrase(const char *text) {
    size_t words = 1;
    if (!(text[0] >= 'A' && text[0] <= 'Z')) return false;
    for (const char *c = text + 1; *c != '\0'; c++) {
        words += *c == ' ';
        if (!((*c >= 'a' && *c <= 'z') || strchr(" '-", *c) != NULL)) return false;
    }
    return words >= 2 && words <= 12;
}

/* The tiny model with room for a question: its context length is a number in the file. */
static assay_model *load_long(uint64_t seed) {
    static const char key[] = "llama.context_length";
    tiny_files f = tiny_make("F32", seed);
    assay_error err = {0};
    assay_model *model = NULL;
    for (size_t i = 0; i + sizeof key + 8 < f.text.n; i++) {
        uint8_t *at = f.text.bytes + i + sizeof key - 1;
        if (memcmp(f.text.bytes + i, key, sizeof key - 1) != 0) continue;
        at[4] = LONG_CONTEXT & 0xFF; /* behind the type of the value */
        at[5] = LONG_CONTEXT >> 8;
        break;
    }
    if (assay_model_create(&f.text, 1, f.vision, &model, &err) != ASSAY_OK) abort();
    return model;
}

/* Whatever the weights: what comes out has the form of phrases, and is the same at every call. */
TEST(a_model_is_held_to_phrases) {
    assay_values *values = fixture_values();
    size_t total = 0;
    for (uint64_t seed = 1; seed <= 2; seed++) {
        assay_model *model = load_long(seed);
        assay_session *s = tiny_session(model, NULL, NULL, 0, LONG_CONTEXT);
        assay_extract_request r = request_of(values, long_response);
        assay_extractor x;
        assay_phrase out[ASSAY_MAX_PHRASES], again[ASSAY_MAX_PHRASES];
        size_t n = 0, n_again = 0;
        assay_error err;
        r.k = 2;
        CHECK_STATUS(assay_extractor_model(s, &x, &err), ASSAY_OK, err);
        CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
        CHECK_STATUS(x.extract(x.context, &r, again, &n_again, &err), ASSAY_OK, err);
        CHECK(n <= 2 && n == n_again);
        for (size_t i = 0; i < n; i++) {
            CHECK(is_phrase(out[i].text), "\"%s\"", out[i].text);
            CHECK(out[i].valence == ASSAY_ADHERES && strcmp(out[i].text, again[i].text) == 0);
        }
        r.labelled = false;
        CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_OK, err);
        for (size_t i = 0; i < n; i++)
            CHECK(out[i].valence == ASSAY_ADHERES || out[i].valence == ASSAY_OPPOSES);
        total += n;
        assay_extractor_destroy(&x);
        assay_session_destroy(s);
        assay_model_destroy(model);
    }
    CHECK(total > 0, "no model said anything");
    assay_values_free(values);
}

TEST(a_short_context_is_said) {
    assay_values *values = fixture_values();
    assay_model *model = load("F32", 1);
    assay_session *s = tiny_session(model, NULL, NULL, 0, 64);
    assay_extract_request r = request_of(values, long_response);
    assay_extractor x;
    assay_phrase out[ASSAY_MAX_PHRASES];
    size_t n = 0;
    assay_error err;
    CHECK_STATUS(assay_extractor_model(s, &x, &err), ASSAY_OK, err);
    CHECK_STATUS(x.extract(x.context, &r, out, &n, &err), ASSAY_E_LIMIT, err);
    CHECK(n == 0 && strstr(err.text, "context of 64") != NULL, "%s", err.text);
    assay_extractor_destroy(&x);
    assay_session_destroy(s);
    assay_model_destroy(model);
    assay_values_free(values);
}

TEST(the_prompt_is_cut_at_characters) {
    assay_values *values = fixture_values();
    assay_extract_request r = request_of(values, "a\xC3\xA4\xC3\xA4");
    for (size_t most = 0; most < 8; most++) {
        assay_buffer text = {0};
        assay_extract_prompt(&r, most, &text);
        const char *from = strstr(text.data, "Response:\n") + 10;
        size_t want = most >= 5 ? 5 : most >= 3 ? 3 : most >= 1 ? 1 : 0;
        CHECK(strncmp(from, r.response, want) == 0);
        CHECK(strncmp(from + want, want == 5 ? "\n" : " [...]\n", want == 5 ? 1 : 7) == 0);
        CHECK(strstr(text.data, "adheres to this value") != NULL);
        assay_buffer_free(&text);
    }
    assay_values_free(values);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    static const char line[] = "{\"value\":\"care\",\"id\":\"t1\",\"text\":\"Visiting people\"}";
    assay_values *values = fixture_values();
    assay_extract_request r = request_of(values, "Help them with it. Go there now, now.");
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_extractor builtin, import = {0};
        assay_phrase out[ASSAY_MAX_PHRASES];
        size_t n = 0;
        assay_error err = {0};
        assay_status status = assay_extractor_builtin(NULL, &builtin, &err);
        if (status == ASSAY_OK) status = builtin.extract(builtin.context, &r, out, &n, &err);
        if (status == ASSAY_OK)
            status = assay_extractor_import(line, sizeof line - 1, "f", values, &import, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        assay_extractor_destroy(&builtin);
        assay_extractor_destroy(&import);
        if (!failed) break;
    }
    assay_values_free(values);
}
