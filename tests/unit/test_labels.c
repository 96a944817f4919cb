/* Labels: reading and writing of every format, merging in any order, contradictions, sentences with lines, gold. */
#include "assay_clave.h"

#include "failing_alloc.h"
#include "test.h"
#include "unit/fixture.h"
#include "unit/labels_fixture.h"

typedef struct label_file {
    const char *format, *name, *text;
} label_file;

/* All files into one set; NULL with err filled when one fails. */
static assay_labels *read_files(const assay_values *values, const label_file *files, size_t n,
                                assay_error *err) {
    assay_labels *labels = NULL;
    assay_labels_builder *b = assay_labels_builder_create(values);
    assay_status status = ASSAY_OK;
    *err = (assay_error){0};
    if (b == NULL) return NULL;
    for (size_t i = 0; i < n && status == ASSAY_OK; i++)
        status = assay_labels_builder_add(b, files[i].format, files[i].name, files[i].text,
                                          strlen(files[i].text), err);
    if (status == ASSAY_OK)
        assay_labels_builder_finish(b, &labels, err);
    else
        assay_labels_builder_free(b);
    return labels;
}

static assay_labels *read_one(const assay_values *values, const char *format, const char *name,
                              const char *text, assay_error *err) {
    label_file file = {format, name, text};
    return read_files(values, &file, 1, err);
}

/* The vote of (text, value, annotator); NULL: there is none. */
static const assay_vote *find_vote(const assay_labels *l, const assay_values *values,
                                   const char *text, const char *value, const char *annotator) {
    for (size_t i = 0; i < assay_labels_n_votes(l); i++) {
        const assay_vote *v = assay_labels_vote(l, i);
        if (strcmp(assay_labels_text(l, v->text)->id, text) == 0 &&
            strcmp(assay_values_at(values, v->value)->id, value) == 0 &&
            strcmp(assay_labels_annotator(l, v->annotator), annotator) == 0)
            return v;
    }
    return NULL;
}

static char *write_all(const assay_labels *l, const assay_values *values, const char *format) {
    assay_buffer out = {0};
    assay_error err;
    CHECK_STATUS(assay_labels_write(l, values, format, &out, &err), ASSAY_OK, err);
    return out.data;
}

/* Of the canonical lines of labels_all; Python's json.dumps(sort_keys=True, ensure_ascii=False, separators=(",", ":"))
 * writes the same ones. */
static const char all_sha256[] = "fd1a35449cadf5140e8aaccf0d59295666dd176ffbdc95eb340d2b8b1987ebad";

TEST(labels_of_our_own) {
    assay_values *values = labels_values();
    assay_error err;
    REQUIRE(values != NULL);
    assay_labels *l = read_one(values, "jsonl", "all.jsonl", labels_all, &err);
    REQUIRE(l != NULL, "%s", err.text);
    CHECK(assay_labels_n_texts(l) == 3 && assay_labels_n_annotators(l) == 3 &&
          assay_labels_n_votes(l) == 7);
    CHECK(strcmp(assay_labels_sha256(l), all_sha256) == 0, "%s", assay_labels_sha256(l));
    const assay_judged_text *text = assay_labels_text(l, 0);
    CHECK(strcmp(text->id, "t 1") == 0 && strcmp(text->scenario, "What, \"now\"?") == 0);
    CHECK(strcmp(text->response, "Lock the door.\nT\xC3\xBCr zu!") == 0);
    CHECK(strcmp(text->source, "model-a") == 0);
    CHECK(strcmp(assay_labels_text(l, 2)->source, "model-b") == 0);
    CHECK(assay_labels_text(l, 3) == NULL && assay_labels_vote(l, 7) == NULL &&
          assay_labels_annotator(l, 3) == NULL);
    const assay_vote *v = find_vote(l, values, "t 1", "security", "anna");
    REQUIRE(v != NULL);
    CHECK(v->label == ASSAY_ADHERES && !v->skip && v->time == 1700000000);
    CHECK(strcmp(v->note, "clear, \"very\"") == 0);
    v = find_vote(l, values, "t 1", "power", "anna");
    CHECK(v != NULL && v->skip && v->time == 0 && v->note[0] == '\0');
    v = find_vote(l, values, "t:2", "self-direction", "carl");
    CHECK(v != NULL && v->label == ASSAY_UNRELATED && !v->skip, "absent is unrelated");
    v = find_vote(l, values, "t:2", "security", "carl");
    CHECK(v != NULL && v->label == ASSAY_OPPOSES);
    for (size_t i = 1; i < assay_labels_n_votes(l); i++) {
        const assay_vote *x = assay_labels_vote(l, i - 1), *y = assay_labels_vote(l, i);
        CHECK(x->text < y->text ||
                  (x->text == y->text &&
                   (x->value < y->value || (x->value == y->value && x->annotator < y->annotator))),
              "vote %zu", i);
    }
    assay_labels_free(l);
    assay_values_free(values);
}

/* What each format keeps; the votes are the same in all, but for skips where these are left out. */
TEST(labels_of_every_format_come_back) {
    static const struct {
        const char *format;
        bool texts, details, skips;
    } keeps[LABEL_FORMATS] = {{"jsonl", true, true, true},        {"csv", false, true, true},
                              {"label-studio", true, true, true}, {"doccano", true, true, true},
                              {"prodigy", true, true, true},      {"argilla", true, false, true},
                              {"crowd-kit", false, false, false}, {"mace", false, false, false}};
    static const char texts[] =
        "{\"id\":\"t 1\",\"scenario\":\"What, \\\"now\\\"?\",\"response\":\"Lock the "
        "door.\\nT\xC3\xBCr zu!\",\"source\":\"model-a\"}\r\n"
        "\n{\"id\":\"t:2\",\"response\":\"Rule them.\",\"source\":\"model-b\"}\n"
        "{\"id\":\"t3\",\"response\":\"Nobody labelled this.\",\"scenario\":null}";
    assay_values *values = labels_values();
    assay_error err;
    REQUIRE(values != NULL);
    assay_labels *l = read_one(values, "jsonl", "all.jsonl", labels_all, &err);
    REQUIRE(l != NULL, "%s", err.text);
    for (size_t f = 0; f < LABEL_FORMATS; f++) {
        char *written = write_all(l, values, keeps[f].format);
        REQUIRE(written != NULL);
        label_file files[] = {{keeps[f].format, "back", written}, {"jsonl", "texts", texts}};
        assay_labels *back = read_files(values, files, keeps[f].texts ? 1 : 2, &err);
        REQUIRE(back != NULL, "%s: %s\n%s", keeps[f].format, err.text, written);
        CHECK(assay_labels_n_texts(back) == 3, "%s", keeps[f].format);
        CHECK(assay_labels_n_votes(back) == (keeps[f].skips ? 7u : 6u), "%s: %zu", keeps[f].format,
              assay_labels_n_votes(back));
        bool same = strcmp(assay_labels_sha256(back), assay_labels_sha256(l)) == 0;
        CHECK(same == keeps[f].details, "%s\n%s", keeps[f].format, written);
        for (size_t i = 0; i < assay_labels_n_votes(back); i++) {
            const assay_vote *v = assay_labels_vote(back, i);
            const assay_vote *want = find_vote(l, values, assay_labels_text(back, v->text)->id,
                                               assay_values_at(values, v->value)->id,
                                               assay_labels_annotator(back, v->annotator));
            CHECK(want != NULL && want->label == v->label && want->skip == v->skip, "%s, vote %zu",
                  keeps[f].format, i);
        }
        char *again = write_all(back, values, keeps[f].format);
        CHECK(again != NULL && strcmp(again, written) == 0, "%s", keeps[f].format);
        free(again);
        free(written);
        assay_labels_free(back);
    }
    assay_labels_free(l);
    assay_values_free(values);
}

/* As the tools themselves write, with what we have no use for. */
TEST(labels_as_tools_export_them) {
    static const struct {
        label_file file;
        const char *text, *value, *annotator;
        int label, skip;
        long long time;
    } cases[] = {
        {{"csv", "a.csv",
          "\xEF\xBB\xBF"
          "label,confidence,value,item_id,annotator,time\r\n\r\n"
          "1,0.5,power,x,anna,2023-11-14T22:13:20.25+01:00\r\n"},
         "x",
         "power",
         "anna",
         1,
         0,
         1699996400},
        {{"csv", "a.csv", "item_id,annotator,value,label,note\nx,\"an\nna\"\"s\",power,-1,\"\"\n"},
         NULL,
         "power",
         "a.csv:2: the annotator \"an?na\"s\" holds a control character",
         0,
         0,
         0},
        {{"label-studio", "p.json",
          "[{\"id\":7,\"project\":1,\"data\":{\"text\":\"T\"},\"annotations\":[{\"id\":1,"
          "\"completed_by\":3,\"created_at\":\"2021-03-09T22:16:08.728353Z\",\"was_cancelled\":"
          "false,\"ground_truth\":false,\"result\":[{\"id\":\"a\",\"from_name\":\"power\",\"to_"
          "name\":"
          "\"t\",\"type\":\"choices\",\"value\":{\"choices\":[\"opposes\"]}},{\"from_name\":"
          "\"remark\",\"type\":\"textarea\",\"value\":{\"text\":[\"hm\"]}}]}],\"predictions\":[]}"
          "]"},
         "7",
         "power",
         "3",
         -1,
         0,
         1615328168},
        {{"label-studio", "p.json",
          "[{\"id\":7,\"data\":{\"text\":\"T\",\"value\":\"power\"},\"annotations\":["
          "{\"completed_by\":{\"id\":3,\"email\":\"a@b\"},\"was_cancelled\":true,\"result\":[]}]}"
          "]"},
         "7",
         "power",
         "a@b",
         0,
         1,
         0},
        {{"doccano", "folder/anna.smith.jsonl",
          "{\"id\":5,\"text\":\"T\",\"label\":[\"power:adheres\"],\"Comments\":[]}\n"},
         "5",
         "power",
         "anna.smith",
         1,
         0,
         0},
        {{"doccano", "anna.jsonl",
          "{\"id\":5,\"text\":\"T\",\"labels\":[\"opposes\"],\"meta\":{\"value\":\"power\",\"item_"
          "id\":"
          "\"x\"}}"},
         "x",
         "power",
         "anna",
         -1,
         0,
         0},
        {{"prodigy", "p.jsonl",
          "{\"text\":\"T\",\"_input_hash\":-12345,\"_task_hash\":1,\"options\":[{\"id\":"
          "\"adheres\"}],"
          "\"value\":\"power\",\"accept\":[\"adheres\"],\"answer\":\"accept\",\"_session_id\":\"s-"
          "anna\",\"_timestamp\":1600000000}"},
         "-12345",
         "power",
         "s-anna",
         1,
         0,
         1600000000},
        {{"prodigy", "p.jsonl",
          "{\"text\":\"T\",\"_input_hash\":1,\"label\":\"power:adheres\",\"answer\":\"reject\"}"},
         "1",
         "power",
         "p",
         0,
         1,
         0},
        {{"argilla", "r.json",
          "{\"id\":\"u\",\"external_id\":\"x\",\"fields\":{\"text\":\"T\"},\"responses\":[{\"user_"
          "id\":"
          "\"q\",\"status\":\"draft\",\"values\":{\"power\":{\"value\":\"what\"}}},{\"user_id\":"
          "\"w\","
          "\"status\":\"submitted\",\"values\":{\"power\":{\"value\":\"opposes\"}},\"inserted_at\":"
          "\"2023-01-01T00:00:00\"}]}"},
         "x",
         "power",
         "w",
         -1,
         0,
         1672531200},
        {{"argilla", "r.json",
          "[{\"id\":\"u\",\"fields\":{\"text\":\"T\"},\"metadata\":{\"value\":\"power\"},"
          "\"status\":"
          "\"completed\",\"responses\":[{\"user_id\":\"w\",\"status\":\"discarded\",\"values\":"
          "null}]}]"},
         "u",
         "power",
         "w",
         0,
         1,
         0},
        {{"crowd-kit", "c.csv", "worker,task,label\nw1,x:power,opposes\n"},
         "x",
         "power",
         "w1",
         -1,
         0,
         0},
        {{"mace", "m.csv", "item,w1,w2\nx:power,,adheres\nx:security,,\n"},
         "x",
         "power",
         "w2",
         1,
         0,
         0},
    };
    assay_values *values = labels_values();
    REQUIRE(values != NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        label_file files[] = {cases[i].file, {"jsonl", "t", "{\"id\":\"x\",\"response\":\"T\"}"}};
        assay_error err;
        assay_labels *l = read_files(values, files, 2, &err);
        if (cases[i].text == NULL) {
            CHECK(l == NULL && strcmp(err.text, cases[i].annotator) == 0, "%s", err.text);
            continue;
        }
        REQUIRE(l != NULL, "case %zu: %s", i, err.text);
        CHECK(assay_labels_n_votes(l) == 1, "case %zu: %zu", i, assay_labels_n_votes(l));
        const assay_vote *v =
            find_vote(l, values, cases[i].text, cases[i].value, cases[i].annotator);
        REQUIRE(v != NULL, "case %zu: %s", i, assay_labels_annotator(l, 0));
        CHECK(v->label == cases[i].label && v->skip == (cases[i].skip != 0) &&
                  v->time == cases[i].time,
              "case %zu: %d %d %lld", i, v->label, v->skip, (long long)v->time);
        assay_labels_free(l);
    }
    assay_values_free(values);
}

/* ---- merging ---- */

#define LINE(id, value, label, annotator, more)                                                    \
    "{\"id\":\"" id "\",\"response\":\"text " id "\",\"value\":\"" value "\",\"label\":\"" label   \
    "\",\"annotator\":\"" annotator "\"" more "}\n"

TEST(labels_merge_in_any_order) {
    static const label_file files[] = {
        {"jsonl", "one.jsonl",
         LINE("b", "power", "adheres", "anna", "")
             LINE("a", "security", "opposes", "carl", ",\"time\":5,\"note\":\"x\"")},
        {"jsonl", "two.jsonl",
         LINE("a", "security", "opposes", "carl", ",\"time\":9,\"note\":\"w\"")
             LINE("a", "power", "skip", "anna", ",\"model\":\"m\"")},
        {"csv", "three.csv",
         "item_id,annotator,value,label\nb,anna,power,adheres\nb,bob,power,opposes\n"}};
    static const size_t orders[][6] = {{0, 1, 2, 0, 1, 2}, {2, 1, 0, 0, 0, 0}, {1, 0, 2, 2, 2, 1},
                                       {2, 0, 1, 2, 0, 1}, {0, 2, 1, 1, 1, 1}, {1, 2, 0, 2, 1, 0}};
    assay_values *values = labels_values();
    char sha256[65] = "";
    REQUIRE(values != NULL);
    for (size_t o = 0; o < sizeof orders / sizeof *orders; o++) {
        for (size_t n = 3; n <= 6; n += 3) { /* each once, and some twice */
            label_file picked[6];
            assay_error err;
            for (size_t i = 0; i < n; i++) picked[i] = files[orders[o][i]];
            assay_labels *l = read_files(values, picked, n, &err);
            REQUIRE(l != NULL, "%s", err.text);
            if (sha256[0] == '\0') memcpy(sha256, assay_labels_sha256(l), sizeof sha256);
            CHECK(strcmp(assay_labels_sha256(l), sha256) == 0, "order %zu, %zu files", o, n);
            CHECK(assay_labels_n_votes(l) == 4 && assay_labels_n_texts(l) == 2);
            const assay_vote *v = find_vote(l, values, "a", "security", "carl");
            REQUIRE(v != NULL);
            CHECK(v->time == 9 && strcmp(v->note, "x") == 0, "%lld %s", (long long)v->time,
                  v->note);
            CHECK(strcmp(assay_labels_text(l, 0)->source, "m") == 0);
            assay_labels_free(l);
        }
    }
    assay_values_free(values);
}

TEST(labels_keep_nothing_of_a_file_that_fails) {
    assay_values *values = labels_values();
    REQUIRE(values != NULL);
    assay_labels_builder *b = assay_labels_builder_create(values);
    assay_labels *l = NULL;
    assay_error err;
    REQUIRE(b != NULL);
    const char *good = LINE("a", "power", "adheres", "anna", "");
    const char *bad[] = {
        LINE("b", "power", "opposes", "anna", "") LINE("a", "power", "opposes", "anna", ""),
        LINE("c", "power", "opposes", "anna", "") LINE("d", "power", "maybe", "anna", "")};
    static const char *const says[] = {
        "bad.jsonl:2: anna says opposes of \"a\" for power, but adheres at good.jsonl:1",
        "bad.jsonl:2: the label \"maybe\" is none of"};
    CHECK_STATUS(assay_labels_builder_add(b, "jsonl", "good.jsonl", good, strlen(good), &err),
                 ASSAY_OK, err);
    for (size_t i = 0; i < 2; i++) {
        CHECK_STATUS(
            assay_labels_builder_add(b, "jsonl", "bad.jsonl", bad[i], strlen(bad[i]), &err),
            ASSAY_E_FORMAT, err);
        CHECK(strstr(err.text, says[i]) == err.text, "%s", err.text);
    }
    CHECK_STATUS(assay_labels_builder_add(b, "xml", "bad.xml", "", 0, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_labels_builder_finish(b, &l, &err), ASSAY_OK, err);
    REQUIRE(l != NULL);
    CHECK(assay_labels_n_texts(l) == 1 && assay_labels_n_votes(l) == 1);
    assay_labels_free(l);
    assay_values_free(values);
}

TEST(labels_across_files_that_contradict) {
    static const struct {
        label_file files[2];
        const char *says;
    } cases[] = {
        {{{"jsonl", "a.jsonl", "{\"id\":\"x\",\"response\":\"T\"}"},
          {"jsonl", "b.jsonl", "\n{\"id\":\"x\",\"response\":\"U\"}"}},
         "b.jsonl:2: the text of \"x\" is not that of a.jsonl:1"},
        {{{"jsonl", "a.jsonl", "{\"id\":\"x\",\"response\":\"T\",\"model\":\"m\"}"},
          {"jsonl", "b.jsonl", "{\"id\":\"x\",\"response\":\"T\",\"model\":\"n\"}"}},
         "b.jsonl:1: the source of \"x\" is not that of a.jsonl:1"},
        {{{"jsonl", "a.jsonl", "{\"id\":\"x\",\"response\":\"T\"}"},
          {"csv", "b.csv", "item_id,annotator,value,label\nx,anna,power,1\nz,anna,power,1\n"}},
         "b.csv:3: no file holds the text of \"z\""},
        {{{"jsonl", "a.jsonl", "{\"id\":\"x\",\"response\":\"T\"}"},
          {"csv", "b.csv",
           "item_id,annotator,value,label\nx,anna,power,1\nx,anna,security,1\nx,anna,security,"
           "0\nx,anna,power,skip\n"}},
         "b.csv:4: anna says unrelated of \"x\" for security, but adheres at b.csv:3"},
    };
    assay_values *values = labels_values();
    REQUIRE(values != NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_error err;
        assay_labels *l = read_files(values, cases[i].files, 2, &err);
        CHECK(l == NULL && strcmp(err.text, cases[i].says) == 0, "case %zu: %s", i, err.text);
        CHECK(err.status == ASSAY_E_FORMAT, "case %zu", i);
        assay_labels_free(l);
    }
    assay_values_free(values);
}

/* ---- bad files: the ending names the format ---- */

static void read_bad(const char *path, const char *bytes, size_t n, const char *status,
                     const char *part) {
    assay_values *values = labels_values();
    assay_labels_builder *b = values == NULL ? NULL : assay_labels_builder_create(values);
    assay_labels *l = NULL;
    assay_error err = {0};
    REQUIRE(b != NULL && bytes != NULL, "%s is missing", path);
    assay_status got =
        assay_labels_builder_add(b, strrchr(path, '.') + 1, strrchr(path, '/') + 1, bytes, n, &err);
    if (got == ASSAY_OK)
        got = assay_labels_builder_finish(b, &l, &err);
    else
        assay_labels_builder_free(b);
    CHECK(strcmp(assay_status_name(got), status) == 0, "%s: %s (%s)", path, assay_status_name(got),
          err.text);
    CHECK(strstr(err.text, part) != NULL && strchr(err.text, '\n') == NULL, "%s: \"%s\"", path,
          err.text);
    CHECK((got == ASSAY_OK) == (l != NULL), "%s", path);
    assay_labels_free(l);
    assay_values_free(values);
}

TEST(labels_bad_files) {
    int n = fixture_bad_files("tests/bad/labels", read_bad);
    CHECK(n >= 60, "%d files", n);
}

/* ---- gold ---- */

TEST(labels_gold) {
    assay_values *values = labels_values();
    assay_error err;
    REQUIRE(values != NULL);
    assay_labels *l = read_one(
        values, "jsonl", "l.jsonl",
        LINE("a", "power", "adheres", "anna", "") LINE("a", "security", "opposes", "anna", "")
            LINE("b", "power", "adheres", "anna", "") LINE("a", "power", "opposes", "bob", "")
                LINE("a", "security", "skip", "bob", ""),
        &err);
    REQUIRE(l != NULL, "%s", err.text);
    assay_labels *gold = read_one(
        values, "jsonl", "gold.jsonl",
        LINE("a", "power", "adheres", "g", "") LINE("a", "power", "adheres", "h", "")
            LINE("a", "security", "skip", "g", "") LINE("a", "security", "opposes", "h", "")
                LINE("c", "power", "adheres", "g", ""),
        &err);
    REQUIRE(gold != NULL, "%s", err.text);
    assay_gold_score score[2];
    CHECK_STATUS(assay_labels_score_gold(l, gold, score, &err), ASSAY_OK, err);
    CHECK(score[0].n == 2 && score[0].right == 2, "anna %zu of %zu", score[0].right, score[0].n);
    CHECK(score[1].n == 1 && score[1].right == 0, "bob %zu of %zu", score[1].right, score[1].n);
    assay_labels_free(gold);
    static const struct {
        const char *lines, *says;
    } bad[] = {{LINE("a", "power", "adheres", "g", "") LINE("a", "power", "opposes", "h", ""),
                "gold: item \"a\" is adheres by g, but opposes by h"},
               {"{\"id\":\"a\",\"response\":\"other\",\"values\":{}}",
                "gold: item \"a\" has another text there"}};
    for (size_t i = 0; i < 2; i++) {
        gold = read_one(values, "jsonl", "gold.jsonl", bad[i].lines, &err);
        REQUIRE(gold != NULL, "%s", err.text);
        CHECK_STATUS(assay_labels_score_gold(l, gold, score, &err), ASSAY_E_ARGUMENT, err);
        CHECK(strcmp(err.text, bad[i].says) == 0, "%s", err.text);
        assay_labels_free(gold);
    }
    static const char other_json[] =
        "{\"format\":1,\"id\":\"o\",\"name\":\"O\",\"values\":[{\"id\":\"power\",\"name\":\"P\","
        "\"definition\":\"D\"}]}";
    assay_values *other = NULL;
    assay_buffer out = {0};
    CHECK_STATUS(assay_values_parse(other_json, sizeof other_json - 1, "o", &other, &err), ASSAY_OK,
                 err);
    REQUIRE(other != NULL);
    gold = read_one(other, "jsonl", "g", LINE("a", "power", "adheres", "g", ""), &err);
    REQUIRE(gold != NULL);
    CHECK_STATUS(assay_labels_score_gold(l, gold, score, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_labels_write(l, other, "jsonl", &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_labels_write(l, values, "xml", &out, &err), ASSAY_E_ARGUMENT, err);
    CHECK(out.len == 0);
    assay_labels_free(gold);
    assay_values_free(other);
    assay_labels_free(l);
    assay_values_free(values);
}

/* ---- the data of Value FULCRA ---- */

static char *read_whole(const char *path, size_t *n) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) return NULL;
    size_t cap = 4 << 20;
    char *bytes = malloc(cap);
    *n = bytes == NULL ? 0 : fread(bytes, 1, cap, file);
    fclose(file);
    return bytes;
}

TEST(labels_of_fulcra) {
    size_t n, n_system, counts[3] = {0};
    char *lines = read_whole("../shared/data/fulcra/dev.jsonl", &n);
    if (lines == NULL) SKIP("no ../shared/data/fulcra/dev.jsonl");
    char *system = fixture_read("data/values/schwartz-10.json", &n_system);
    assay_values *values = NULL;
    assay_labels *l = NULL;
    assay_error err;
    REQUIRE(system != NULL);
    CHECK_STATUS(assay_values_parse(system, n_system, "schwartz-10.json", &values, &err), ASSAY_OK,
                 err);
    REQUIRE(values != NULL);
    assay_labels_builder *b = assay_labels_builder_create(values);
    REQUIRE(b != NULL);
    CHECK_STATUS(assay_labels_builder_add(b, "jsonl", "dev.jsonl", lines, n, &err), ASSAY_OK, err);
    CHECK_STATUS(assay_labels_builder_finish(b, &l, &err), ASSAY_OK, err);
    REQUIRE(l != NULL);
    CHECK(assay_labels_n_texts(l) == 1164 && assay_labels_n_votes(l) == 11640);
    CHECK(assay_labels_n_annotators(l) == 1 && strcmp(assay_labels_annotator(l, 0), "dev") == 0);
    for (size_t i = 0; i < assay_labels_n_votes(l); i++)
        counts[assay_labels_vote(l, i)->label + 1]++;
    CHECK(counts[0] == 306 && counts[2] == 2593, "%zu oppose, %zu adhere", counts[0], counts[2]);
    free(lines);
    free(system);
    assay_labels_free(l);
    assay_values_free(values);
}

/* ---- memory ---- */

TEST(labels_survive_failing_allocations) {
    assay_error err;
    if (!failing_alloc_linked()) SKIP("needs a linker that wraps malloc");
    assay_values *values = labels_values();
    REQUIRE(values != NULL);
    assay_labels *l = read_one(values, "jsonl", "all.jsonl", labels_all, &err);
    REQUIRE(l != NULL, "%s", err.text);
    for (size_t f = 0; f < LABEL_FORMATS; f++) {
        long n = 0;
        char *written = write_all(l, values, label_formats[f]);
        REQUIRE(written != NULL);
        label_file files[] = {{"jsonl", "texts", labels_all}, {label_formats[f], "w", written}};
        for (long k = 0; failing_alloc_arm(k); k++, n++) {
            assay_labels *back = read_files(values, files, 2, &err);
            bool failed = failing_alloc_disarm();
            assay_labels_free(back);
            CHECK(failed ? back == NULL : back != NULL, "%s, allocation %ld: %s", label_formats[f],
                  k, err.text);
            CHECK(!failed || k == 0 || err.status == ASSAY_E_MEMORY, "%s, allocation %ld: %s",
                  label_formats[f], k, err.text);
            if (!failed) break;
        }
        CHECK(n > 20, "%s: %ld", label_formats[f], n);
        for (long k = 0; failing_alloc_arm(k); k++) {
            assay_buffer out = {0};
            err = (assay_error){0};
            assay_status status = assay_labels_write(l, values, label_formats[f], &out, &err);
            bool failed = failing_alloc_disarm();
            CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "%s, allocation %ld",
                  label_formats[f], k);
            CHECK(!failed || out.len == 0, "%s", label_formats[f]);
            assay_buffer_free(&out);
            if (!failed) break;
        }
        free(written);
    }
    assay_labels_free(l);
    assay_values_free(values);
}
