/* The rules of asking an endpoint on a made-up transport: tries, pauses, distances, the log, the key. A real server over real
 * sockets meets the program in tests/cli/concepts.test.mjs. */
#define _POSIX_C_SOURCE 200809L
#include "cli/endpoint.h"

#include <math.h>
#include <unistd.h>

#include "base/os.h"
#include "failing_alloc.h"
#include "test.h"
#include "clave/concepts_fixture.h"

#define KEY "sk-0123456789"
#define GOOD                                                                                       \
    "{\"choices\":[{\"message\":{\"content\":\"{\\\"concepts\\\":[{\\\"text\\\":\\\"Being "        \
    "kind.\\\",\\\"valence\\\":\\\"opposes\\\"}]}\"}}]}"

typedef struct answer {
    int status;
    double retry_after;
    const char *body;
    assay_post_end end;
} answer;

typedef struct server {
    const answer *answers; /* [n], the last one stays */
    int n, asked;
    double clock, slept[64], began[64];
    int n_slept, stop_at; /* the sleep that the user ends; -1: none */
    bool key_came, local;
    char url[200];
} server;

static assay_post_end serve(void *context, const assay_post *post, assay_post_reply *reply) {
    server *s = context;
    const answer *a = &s->answers[s->asked < s->n ? s->asked : s->n - 1];
    s->began[s->asked++ % 64] = s->clock;
    s->clock += 0.25;
    s->key_came = post->key != NULL && strcmp(post->key, KEY) == 0;
    s->local = post->local;
    snprintf(s->url, sizeof s->url, "%s", post->url);
    CHECK(strlen(post->body) == post->n && strstr(post->body, KEY) == NULL);
    reply->status = a->status;
    reply->retry_after = a->retry_after;
    snprintf(reply->why, sizeof reply->why, "%s", "the line is down, " KEY);
    if (a->body != NULL) assay_buffer_append(&reply->body, a->body, strlen(a->body));
    return a->end;
}

static bool rest(void *context, double seconds) {
    server *s = context;
    s->clock += seconds;
    s->slept[s->n_slept % 64] = seconds;
    return s->n_slept++ != s->stop_at;
}

static double now(void *context) {
    return ((server *)context)->clock;
}

static char path[300];

static const char *new_log(void) {
    static int n;
    const char *folder = getenv("TMPDIR");
    snprintf(path, sizeof path, "%s/assay-endpoint-%ld-%d.jsonl", folder != NULL ? folder : "/tmp",
             (long)getpid(), n++);
    unlink(path);
    return path;
}

typedef struct outcome {
    assay_status status;
    assay_error err;
    assay_phrase phrases[ASSAY_MAX_PHRASES];
    size_t n;
} outcome;

/* One text for one value, by the log at `path`. */
static outcome ask(const assay_endpoint_options *options, server *s, const char *id) {
    static outcome o;
    assay_values *values = fixture_values();
    const assay_poster poster = {s, serve, rest, now};
    const assay_extract_request r = {
        .id = id, .scenario = "Why?", .response = id, .value = assay_values_at(values, 0), .k = 2};
    assay_extractor x;
    memset(&o, 0, sizeof o);
    o.status = assay_endpoint_extractor(options, &poster, &x, &o.err);
    if (o.status == ASSAY_OK) o.status = x.extract(x.context, &r, o.phrases, &o.n, &o.err);
    assay_extractor_destroy(&x);
    assay_values_free(values);
    CHECK(strstr(o.err.text, KEY) == NULL, "%s", o.err.text);
    return o;
}

static assay_endpoint_options options(void) {
    assay_endpoint_options o = assay_endpoint_defaults();
    o.url = "https://host.invalid/v1/";
    o.model = "m";
    o.key = KEY;
    o.log = path;
    return o;
}

static size_t log_lines(void) {
    uint8_t *bytes = NULL;
    size_t n = 0, lines = 0;
    if (assay_os_read_file(path, 1 << 20, &bytes, &n, NULL) != ASSAY_OK) return 0;
    CHECK(strstr((const char *)bytes, KEY) == NULL);
    for (size_t i = 0; i < n; i++) lines += bytes[i] == '\n';
    free(bytes);
    return lines;
}

static bool log_has(const char *text) {
    uint8_t *bytes = NULL;
    size_t n = 0;
    CHECK(assay_os_read_file(path, 1 << 20, &bytes, &n, NULL) == ASSAY_OK);
    bool has = bytes != NULL && strstr((const char *)bytes, text) != NULL;
    free(bytes);
    return has;
}

TEST(failures_that_pass_are_tried_again) {
    static const answer answers[] = {{500, -1, "{\"error\":{\"message\":\"busy " KEY "\"}}", 0},
                                     {0, -1, NULL, ASSAY_POST_BROKEN},
                                     {200, -1, "rubbish", 0},
                                     {429, 7, "", 0},
                                     {200, -1, GOOD, 0}};
    server s = {.answers = answers, .n = 5, .stop_at = -1};
    new_log();
    assay_endpoint_options o = options();
    o.per_minute = 0;
    outcome got = ask(&o, &s, "t1");
    CHECK(got.status == ASSAY_OK && got.n == 1, "%s", got.err.text);
    CHECK(strcmp(got.phrases[0].text, "Being kind") == 0);
    CHECK(got.phrases[0].valence == ASSAY_OPPOSES && s.key_came);
    CHECK(s.asked == 5 && s.n_slept == 4);
    CHECK(s.slept[0] == 1 && s.slept[1] == 2 && s.slept[2] == 4 && s.slept[3] == 7);
    CHECK(log_lines() == 1);
    unlink(path);
}

TEST(giving_up) {
    static const struct {
        answer a;
        int asked;
        const char *says;
    } cases[] = {
        {{503, -1, "{\"error\":\"closed for " KEY "\"}", 0}, 5, "503: closed for *************"},
        {{408, -1, "", 0}, 5, "gave up after 5 tries: it answers 408"},
        {{0, -1, NULL, ASSAY_POST_BROKEN}, 5, "the line is down, *************"},
        {{0, -1, NULL, ASSAY_POST_REFUSED}, 1, "the line is down"},
        {{404, -1, "nothing", 0}, 1, "it answers 404"},
        {{301, -1, "", 0}, 1, "it answers 301"},
        {{429, 1e9, "", 0}, 1, "asks for a pause of 1000000000 s"},
        {{200, -1, "{\"choices\":[{\"message\":{\"content\":null}}]}", 0}, 5, "message.content"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        server s = {.answers = &cases[i].a, .n = 1, .stop_at = -1};
        new_log();
        assay_endpoint_options o = options();
        outcome got = ask(&o, &s, "t1");
        CHECK(got.status == ASSAY_E_IO && s.asked == cases[i].asked, "%zu: %d requests", i,
              s.asked);
        CHECK(strstr(got.err.text, cases[i].says) != NULL, "%s", got.err.text);
        CHECK(strncmp(got.err.text, "host.invalid: ", 14) == 0);
        CHECK(log_lines() == 0);
        unlink(path);
    }
}

TEST(stopping) {
    static const answer answers[] = {{500, -1, "", 0}, {0, -1, NULL, ASSAY_POST_STOPPED}};
    server s = {.answers = answers, .n = 2, .stop_at = -1}, t = s;
    new_log();
    assay_endpoint_options o = options();
    CHECK(ask(&o, &s, "t1").status == ASSAY_E_CANCELLED && s.asked == 2);
    t.stop_at = 0;
    CHECK(ask(&o, &t, "t1").status == ASSAY_E_CANCELLED && t.asked == 1);
    unlink(path);
}

TEST(requests_keep_their_distance_and_pauses_their_bound) {
    static const answer bad = {500, -1, "", 0};
    server s = {.answers = &bad, .n = 1, .stop_at = -1};
    new_log();
    assay_endpoint_options o = options();
    o.per_minute = 20;
    o.pause = 0.5;
    o.tries = 12;
    CHECK(ask(&o, &s, "t1").status == ASSAY_E_IO && s.asked == 12);
    for (int i = 1; i < s.asked; i++)
        CHECK(s.began[i] - s.began[i - 1] >= 3 - 1e-9, "%g s", s.began[i] - s.began[i - 1]);
    for (int i = 0; i < s.n_slept; i++) CHECK(s.slept[i] <= 60);
    unlink(path);
}

TEST(the_log_is_gone_on_from) {
    static const answer good = {200, -1, GOOD, 0};
    server s = {.answers = &good, .n = 1, .stop_at = -1};
    assay_error err = {0};
    new_log();
    assay_endpoint_options o = options();
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == 1);
    CHECK(assay_os_append_file(path, "{\"id\":\"t2", 9, &err) == ASSAY_OK); /* cut off */
    outcome got = ask(&o, &s, "t1");
    CHECK(got.status == ASSAY_OK && got.n == 1 && s.asked == 1, "asked again");
    CHECK(strcmp(got.phrases[0].text, "Being kind") == 0 &&
          got.phrases[0].valence == ASSAY_OPPOSES);
    CHECK(log_lines() == 1);
    CHECK(ask(&o, &s, "t2").status == ASSAY_OK && s.asked == 2 && log_lines() == 2);
    o.model = "another";
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == 3 && log_lines() == 3);
    CHECK(assay_os_append_file(path, "{}\n", 3, &err) == ASSAY_OK);
    got = ask(&o, &s, "t1");
    CHECK(got.status == ASSAY_E_FORMAT && strstr(got.err.text, ".jsonl:4: ") != NULL, "%s",
          got.err.text);
    CHECK(log_lines() == 4, "a log that is wrong was changed");
    unlink(path);
}

/* The same question, and the same log: an answer of one address is none of another. */
TEST(the_log_belongs_to_the_address) {
    static const struct {
        const char *url;
        bool same;
    } cases[] = {
        {"https://host.invalid/v1", true},
        {"HTTPS://HOST.Invalid:443/v1/chat/completions", true},
        {"https://host.invalid/v1?key=secret", true}, /* which is not kept */
        {"https://other.invalid/v1", false},
        {"https://host.invalid:8443/v1", false},
        {"https://host.invalid:80/v1", false},
        {"https://host.invalid/v2", false},
        {"https://host.invalid/V1", false},
        {"https://host.invalid", false},
        {"https://[::1]:443/v1", false},
    };
    static const answer good = {200, -1, GOOD, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        server s = {.answers = &good, .n = 1, .stop_at = -1};
        size_t n_others = 0;
        new_log();
        assay_endpoint_options o = options();
        o.n_others = &n_others;
        CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == 1 && n_others == 0);
        o.url = cases[i].url;
        outcome got = ask(&o, &s, "t1");
        CHECK(got.status == ASSAY_OK && got.n == 1, "%s", got.err.text);
        CHECK(s.asked == (cases[i].same ? 1 : 2) && n_others == !cases[i].same, "%s", o.url);
        o.url = "https://host.invalid/v1"; /* whose answer is still there */
        CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == (cases[i].same ? 1 : 2), "%s",
              cases[i].url);
        CHECK(log_lines() == (cases[i].same ? 1 : 2));
        CHECK(!log_has("secret"), "%s", cases[i].url);
        unlink(path);
    }
}

/* As earlier versions wrote it: who answered is not known. */
TEST(a_line_without_an_address_is_not_taken) {
    static const answer good = {200, -1, GOOD, 0};
    static const char member[] = "\"endpoint\":\"https://host.invalid/v1/chat/completions\",";
    server s = {.answers = &good, .n = 1, .stop_at = -1};
    uint8_t *bytes = NULL;
    size_t n = 0, n_others = 0;
    assay_error err = {0};
    new_log();
    assay_endpoint_options o = options();
    o.n_others = &n_others;
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK);
    REQUIRE(assay_os_read_file(path, 1 << 20, &bytes, &n, &err) == ASSAY_OK);
    char *at = strstr((char *)bytes, member);
    REQUIRE(at != NULL);
    memmove(at, at + strlen(member), strlen(at + strlen(member)) + 1);
    REQUIRE(assay_os_write_file(path, bytes, strlen((char *)bytes), &err) == ASSAY_OK);
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == 2 && n_others == 1 &&
          log_lines() == 2);
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && s.asked == 2, "asked a third time");
    memcpy(at - strlen("\"value\":\"care\","), "\"endpoint\":1  ,", strlen("\"value\":\"care\","));
    REQUIRE(assay_os_write_file(path, bytes, strlen((char *)bytes), &err) == ASSAY_OK);
    outcome got = ask(&o, &s, "t1");
    CHECK(got.status == ASSAY_E_FORMAT && strstr(got.err.text, ".jsonl:1: \"endpoint\"") != NULL,
          "%s", got.err.text);
    free(bytes);
    unlink(path);
}

TEST(a_key_in_the_path_is_not_in_the_log) {
    static const answer good = {200, -1, GOOD, 0};
    server s = {.answers = &good, .n = 1, .stop_at = -1};
    new_log();
    assay_endpoint_options o = options();
    o.url = "https://host.invalid/" KEY "/v1";
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && ask(&o, &s, "t1").status == ASSAY_OK);
    CHECK(s.asked == 1 && log_lines() == 1); /* which looks for the key */
    unlink(path);
}

TEST(a_log_that_was_cut_anywhere_loses_what_was_cut) {
    static const answer good = {200, -1, GOOD, 0};
    server s = {.answers = &good, .n = 1, .stop_at = -1};
    uint8_t *bytes = NULL;
    size_t n = 0;
    assay_error err = {0};
    new_log();
    assay_endpoint_options o = options();
    CHECK(ask(&o, &s, "t1").status == ASSAY_OK && ask(&o, &s, "t2").status == ASSAY_OK);
    REQUIRE(assay_os_read_file(path, 1 << 20, &bytes, &n, &err) == ASSAY_OK);
    size_t first = (size_t)((uint8_t *)memchr(bytes, '\n', n) - bytes) + 1;
    for (size_t cut = 0; cut <= n; cut++) {
        int missing = 2 - (cut >= first) - (cut == n);
        s.asked = 0;
        CHECK(assay_os_write_file(path, bytes, cut, &err) == ASSAY_OK);
        CHECK(ask(&o, &s, "t1").status == ASSAY_OK && ask(&o, &s, "t2").status == ASSAY_OK);
        CHECK(s.asked == missing, "cut at %zu: %d asked", cut, s.asked);
        CHECK(log_lines() == 2);
    }
    free(bytes);
    unlink(path);
}

/* One extractor, one text after the other. */
TEST(a_text_without_an_answer_is_left_out_but_not_many) {
    static const answer nonsense = {
        200, -1, "{\"choices\":[{\"message\":{\"content\":\"Sorry, " KEY ".\"}}]}", 0};
    static const answer good = {200, -1, GOOD, 0}, long_text = {413, -1, "", 0};
    static const struct {
        const answer *a;
        int asked;
    } texts[] = {{&nonsense, 2}, {&long_text, 1}, {&good, 1},     {&nonsense, 2},
                 {&good, 1},     {&nonsense, 2},  {&nonsense, 2}, {&long_text, 1}};
    enum { N = sizeof texts / sizeof *texts };
    server s = {.n = 1, .stop_at = -1};
    const assay_poster poster = {&s, serve, rest, now};
    assay_values *values = fixture_values();
    assay_extractor x;
    assay_error err = {0};
    size_t n_unanswered = 0;
    new_log();
    assay_endpoint_options o = options();
    o.tries = 2;
    o.n_unanswered = &n_unanswered;
    CHECK_STATUS(assay_endpoint_extractor(&o, &poster, &x, &err), ASSAY_OK, err);
    for (int i = 0; i < N; i++) {
        char id[16];
        assay_phrase out[2];
        size_t n = 9;
        snprintf(id, sizeof id, "t%d", i);
        const assay_extract_request r = {
            .id = id, .scenario = "", .response = id, .value = assay_values_at(values, 0), .k = 2};
        s.answers = texts[i].a;
        s.asked = 0;
        assay_status status = x.extract(x.context, &r, out, &n, &err);
        CHECK(status == (i == N - 1 ? ASSAY_E_IO : ASSAY_OK), "%d: %s", i, err.text);
        CHECK(n == (texts[i].a == &good ? 1 : 0) && s.asked == texts[i].asked, "%d: %d", i,
              s.asked);
    }
    CHECK(strstr(err.text, "no answer for 3 texts in a row: it answers 413") != NULL, "%s",
          err.text);
    CHECK(n_unanswered == 5 && log_lines() == 2, "%zu", n_unanswered);
    assay_extractor_destroy(&x);
    assay_values_free(values);
    unlink(path);
}

TEST(the_address_that_is_asked) {
    static const struct {
        const char *given, *asked;
        bool local;
    } cases[] = {
        {"https://h/v1", "https://h/v1/chat/completions", false},
        {"https://h/v1//", "https://h/v1/chat/completions", false},
        {"https://h/v1/chat/completions/", "https://h/v1/chat/completions", false},
        {"https://h/d?api-version=1", "https://h/d/chat/completions?api-version=1", false},
        {"https://h/chat/completions?a=/#b", "https://h/chat/completions?a=/", false},
        {"https://h", "https://h/chat/completions", false},
        {"http://localhost:80", "http://localhost:80/chat/completions", true},
        {"http://127.0.0.1", "http://127.0.0.1/chat/completions", true},
        {"http://[::1]:8/v1", "http://[::1]:8/v1/chat/completions", true},
    };
    static const answer good = {200, -1, GOOD, 0};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        server s = {.answers = &good, .n = 1, .stop_at = -1};
        new_log();
        assay_endpoint_options o = options();
        o.url = cases[i].given;
        CHECK(ask(&o, &s, "t1").status == ASSAY_OK);
        CHECK(strcmp(s.url, cases[i].asked) == 0 && s.local == cases[i].local, "%s", s.url);
        unlink(path);
    }
}

TEST(a_key_is_struck_out_whole_and_cut) {
    static const struct {
        const char *text, *key, *struck;
    } cases[] = {
        {"a " KEY " b", KEY, "a ************* b"},
        {KEY KEY, KEY, "**************************"},
        {"cut sk-01234567", KEY, "cut ***********"},
        {"cut sk-01234...", KEY, "cut ********..."},
        {"sk-0123", KEY, "sk-0123"},
        {"an abc key", "abc", "an *** key"},
        {"an ab key", "abc", "an ab key"},
        {"nothing", "", "nothing"},
        {"nothing", NULL, "nothing"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[100];
        snprintf(text, sizeof text, "%s", cases[i].text);
        assay_endpoint_strike(text, strlen(text), cases[i].key);
        CHECK(strcmp(text, cases[i].struck) == 0, "%s", text);
    }
}

TEST(what_is_refused_at_once) {
    static const struct {
        const char *url, *model, *key, *says;
    } cases[] = {
        {"ftp://h/", "m", KEY, "http"},
        {"http://h/", "m", KEY, "over https only"},
        {"http://localhost.evil/", "m", KEY, "over https only"},
        {"http://127.evil/", "m", KEY, "over https only"},
        {"https://h/", "", KEY, "which model"},
        {"https://h/", NULL, KEY, "which model"},
        {"https://h/", "m", "a\r\nX: y", "characters in the key"},
        {"https://h/", "m", "a\xC3\xA4", "characters in the key"},
    };
    static const char *const fine[] = {"http://localhost:80/v1", "http://127.0.0.1:80",
                                       "http://[::1]:80", "HTTPS://h/v1/chat/completions"};
    static const answer good = {200, -1, GOOD, 0};
    server s = {.answers = &good, .n = 1, .stop_at = -1};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        new_log();
        assay_endpoint_options o = options();
        o.url = cases[i].url;
        o.model = cases[i].model;
        o.key = cases[i].key;
        outcome got = ask(&o, &s, "t1");
        CHECK(got.status == ASSAY_E_ARGUMENT && strstr(got.err.text, cases[i].says) != NULL,
              "%zu: %s", i, got.err.text);
        CHECK(strstr(got.err.text, "X: y") == NULL && s.asked == 0 && !assay_os_exists(path));
    }
    for (size_t i = 0; i < sizeof fine / sizeof *fine; i++) {
        new_log();
        assay_endpoint_options o = options();
        o.url = fine[i];
        CHECK(ask(&o, &s, "t1").status == ASSAY_OK);
        unlink(path);
    }
    assay_extractor x;
    assay_error err;
    assay_endpoint_options o = options();
    CHECK_STATUS(assay_endpoint_extractor(&o, NULL, &x, &err), ASSAY_E_UNSUPPORTED, err);
    CHECK(strstr(err.text, "libcurl") != NULL);
}

TEST(every_allocation_may_fail) {
    if (!failing_alloc_linked()) SKIP("not linked with the allocator wrapped");
    assay_values *values = fixture_values();
    const assay_extract_request r = {
        .id = "t", .scenario = "", .response = "R", .value = assay_values_at(values, 0), .k = 2};
    for (long k = 0; failing_alloc_arm(k); k++) {
        assay_buffer body = {0};
        assay_phrase out[2];
        size_t n = 0;
        assay_error err = {0};
        assay_endpoint_body("m", &r, &body);
        assay_status status =
            body.failed ? ASSAY_E_MEMORY
                        : assay_endpoint_phrases(GOOD, sizeof GOOD - 1, KEY, &r, out, &n, &err);
        bool failed = failing_alloc_disarm();
        CHECK(status == (failed ? ASSAY_E_MEMORY : ASSAY_OK), "allocation %ld: %s", k, err.text);
        assay_buffer_free(&body);
        if (!failed) break;
    }
    assay_values_free(values);
}
