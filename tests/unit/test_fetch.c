/* The rules of a download on a made-up transport: what a server may do wrong, one answer after the other, and what then lies on the
 * disk. Real servers meet the program in tests/cli/fetch.test.mjs. */
#define _POSIX_C_SOURCE 200809L
#include "cli/fetch.h"

#include <unistd.h>

#include "base/os.h"
#include "cli/registry.h"
#include "test.h"

#define SIZE 200000
#define URL  "http://localhost/x.gguf"

typedef struct answer {
    int status;
    long length;      /* Content-Length; -1: none */
    long total;       /* of a Content-Range; -1: none */
    long shift;       /* a range begins so much later than asked for */
    const char *etag; /* NULL: none */
    long n;           /* bytes of the body that are sent; -1: all */
    long flip;        /* this byte of the file is another one; -1: none */
    assay_http_end end;
} answer;

typedef struct server {
    const answer *answers; /* the last one stays */
    int n_answers, asked;
    uint64_t ranges[64];
    bool marked[64];
    double slept;
} server;

static uint8_t file[SIZE];
static char folder[256], path[300];

static assay_http_end serve(void *context, const assay_http_request *request,
                            const assay_http_sink *sink, char *why) {
    server *s = context;
    const answer *a = &s->answers[s->asked < s->n_answers ? s->asked : s->n_answers - 1];
    char line[400];
    assay_http_head head;
    if (s->asked < 64) {
        s->ranges[s->asked] = request->first;
        s->marked[s->asked] = request->if_range != NULL;
    }
    s->asked++;
    snprintf(why, ASSAY_HTTP_REASON, "%s", "the line is down");
    if (a->status == 0) return a->end;
    int n = snprintf(line, sizeof line, "HTTP/1.1 %d Said\r\n", a->status);
    assay_http_head_line(&head, line, (size_t)n);
    uint64_t first = a->status == 206 ? request->first + (uint64_t)a->shift : 0;
    if (a->length >= 0) {
        n = snprintf(line, sizeof line, "Content-Length: %ld\r\n", a->length);
        assay_http_head_line(&head, line, (size_t)n);
    }
    if (a->total >= 0) {
        n = a->status == 416 ? snprintf(line, sizeof line, "content-range: bytes */%ld", a->total)
                             : snprintf(line, sizeof line, "content-range: bytes %llu-%ld/%ld",
                                        (unsigned long long)first, a->total - 1, a->total);
        assay_http_head_line(&head, line, (size_t)n);
    }
    if (a->etag != NULL) {
        n = snprintf(line, sizeof line, "ETag: %s\r\n", a->etag);
        assay_http_head_line(&head, line, (size_t)n);
    }
    if (!sink->head(sink->context, &head)) return ASSAY_HTTP_STOPPED;
    uint64_t at = first, end = a->n < 0 ? SIZE : first + (uint64_t)a->n;
    while (at < end) {
        uint8_t piece[1000];
        size_t m = end - at < sizeof piece ? (size_t)(end - at) : sizeof piece;
        for (size_t i = 0; i < m; i++) {
            piece[i] = file[(at + i) % SIZE];
            if ((long)(at + i) == a->flip) piece[i] ^= 1;
        }
        if (!sink->body(sink->context, piece, m)) return ASSAY_HTTP_STOPPED;
        at += m;
    }
    return a->end;
}

static void doze(void *context, double seconds) {
    ((server *)context)->slept += seconds;
}

static void prepare(void) {
    for (size_t i = 0; i < SIZE; i++) file[i] = (uint8_t)(i * 31 + (i >> 8) * 7);
    if (folder[0] == '\0') snprintf(folder, sizeof folder, "build/tests/fetch-%ld", (long)getpid());
    snprintf(path, sizeof path, "%s/x.gguf", folder);
    assay_os_make_folder(folder, NULL);
    static const char *const endings[] = {"", ".part", ".part.from", ".sha256"};
    for (size_t i = 0; i < 4; i++) {
        char name[400];
        snprintf(name, sizeof name, "%s%s", path, endings[i]);
        unlink(name);
    }
}

__attribute__((destructor)) static void clean_up(void) {
    if (folder[0] == '\0') return;
    prepare();
    rmdir(folder);
}

/* Bytes of path and ending; -1: not there. */
static long size_of(const char *ending) {
    char name[400];
    uint64_t n = 0;
    snprintf(name, sizeof name, "%s%s", path, ending);
    return assay_fetch_size(name, &n) ? (long)n : -1;
}

static assay_status fetch(server *s, assay_fetch_job job, assay_error *err) {
    const assay_http http = {s, serve, doze};
    assay_digest digest = {""}, kept = {""}, whole = assay_sha256_of(file, SIZE);
    if (job.url == NULL) job.url = URL;
    job.path = path;
    assay_status status = assay_fetch(&http, &job, &digest, err);
    if (status != ASSAY_OK) return status;
    uint64_t n = 0;
    assay_digest found;
    CHECK(size_of(".part") == -1 && size_of(".part.from") == -1);
    CHECK(assay_fetch_hash(path, &found, &n, err) == ASSAY_OK && n == SIZE);
    CHECK(assay_fetch_known_hash(path, &kept));
    CHECK(strcmp(found.hex, digest.hex) == 0 && strcmp(kept.hex, digest.hex) == 0);
    CHECK(strcmp(found.hex, whole.hex) == 0);
    return status;
}

#define N(list)      ((int)(sizeof list / sizeof *list))
#define SERVER(list) {.answers = list, .n_answers = N(list)}
#define ALL(status_)                                                                               \
    {.status = status_, .length = SIZE, .total = -1, .etag = "\"a\"", .n = -1, .flip = -1}
#define CUT(n_)                                                                                    \
    {.status = 200,                                                                                \
     .length = SIZE,                                                                               \
     .total = -1,                                                                                  \
     .etag = "\"a\"",                                                                              \
     .n = n_,                                                                                      \
     .flip = -1,                                                                                   \
     .end = ASSAY_HTTP_BROKEN}
#define REST {.status = 206, .length = -1, .total = SIZE, .etag = "\"a\"", .n = -1, .flip = -1}

TEST(good_and_cut) {
    static const answer good[] = {ALL(200)}, cut[] = {CUT(70000), REST};
    server a = SERVER(good), b = SERVER(cut);
    assay_error err;
    prepare();
    CHECK_STATUS(fetch(&a, (assay_fetch_job){0}, &err), ASSAY_OK, err);
    CHECK(a.asked == 1 && a.ranges[0] == 0 && a.slept == 0);
    prepare();
    CHECK_STATUS(fetch(&b, (assay_fetch_job){.bytes = SIZE}, &err), ASSAY_OK, err);
    CHECK(b.asked == 2 && b.ranges[1] == 70000 && b.marked[1]);
}

TEST(starts_over) {
    static const answer ignored[] = {CUT(70000), ALL(200)};
    static const answer shifted[] = {CUT(70000),
                                     {.status = 206,
                                      .length = -1,
                                      .total = SIZE,
                                      .shift = 3,
                                      .etag = "\"a\"",
                                      .n = -1,
                                      .flip = -1},
                                     ALL(200)};
    static const answer other[] = {
        CUT(70000),
        {.status = 206, .length = -1, .total = SIZE, .etag = "\"b\"", .n = -1, .flip = -1},
        ALL(200)};
    static const answer none[] = {
        CUT(70000), {.status = 416, .length = -1, .total = 5, .flip = -1}, ALL(200)};
    static const struct {
        const answer *answers;
        int n, asked;
    } cases[] = {{ignored, N(ignored), 2},
                 {shifted, N(shifted), 3},
                 {other, N(other), 3},
                 {none, N(none), 3}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        server s = {.answers = cases[i].answers, .n_answers = cases[i].n};
        assay_error err;
        prepare();
        CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_OK, err);
        CHECK(s.asked == cases[i].asked, "case %d: %d requests", (int)i, s.asked);
        CHECK(s.ranges[1] == 70000 && (s.asked < 3 || s.ranges[2] == 0));
    }
}

TEST(the_last_bytes_were_there_already) {
    /* A server without a length that broke behind the last byte. */
    static const answer list[] = {{.status = 200,
                                   .length = -1,
                                   .total = -1,
                                   .etag = "\"a\"",
                                   .n = -1,
                                   .flip = -1,
                                   .end = ASSAY_HTTP_BROKEN},
                                  {.status = 416, .length = -1, .total = SIZE, .flip = -1}};
    server s = SERVER(list);
    assay_error err;
    prepare();
    CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_OK, err);
    CHECK(s.asked == 2 && s.ranges[1] == SIZE);
}

TEST(gives_up_and_goes_on_later) {
    static const answer bad[] = {CUT(100),
                                 {.status = 206,
                                  .length = -1,
                                  .total = SIZE,
                                  .etag = "\"a\"",
                                  .n = 100,
                                  .flip = -1,
                                  .end = ASSAY_HTTP_BROKEN}};
    static const answer rest[] = {REST};
    server s = SERVER(bad), later = SERVER(rest);
    assay_error err;
    prepare();
    CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_E_IO, err);
    CHECK(strstr(err.text, "the line is down, at 500 of 200000 bytes, which are kept (5 tries") !=
              NULL,
          "%s", err.text);
    CHECK(s.asked == 5 && s.slept > 7 && s.slept < 8 && size_of(".part") == 500);
    CHECK_STATUS(fetch(&later, (assay_fetch_job){0}, &err), ASSAY_OK, err);
    CHECK(later.asked == 1 && later.ranges[0] == 500 && later.marked[0]);
}

TEST(many_cuts_that_bring_something) {
    static const answer list[] = {CUT(66000),
                                  {.status = 206,
                                   .length = -1,
                                   .total = SIZE,
                                   .etag = "\"a\"",
                                   .n = 66000,
                                   .flip = -1,
                                   .end = ASSAY_HTTP_BROKEN},
                                  {0},
                                  {0},
                                  {0},
                                  {.status = 206,
                                   .length = -1,
                                   .total = SIZE,
                                   .etag = "\"a\"",
                                   .n = 66000,
                                   .flip = -1,
                                   .end = ASSAY_HTTP_BROKEN},
                                  {.end = ASSAY_HTTP_BROKEN},
                                  {.end = ASSAY_HTTP_BROKEN},
                                  REST};
    server s = SERVER(list);
    assay_error err;
    prepare();
    CHECK_STATUS(fetch(&s, (assay_fetch_job){.bytes = SIZE}, &err), ASSAY_OK, err);
    CHECK(s.asked == 9);
}

TEST(an_address_of_another_file_starts_anew) {
    static const answer bad[] = {CUT(100), {.status = 404, .flip = -1}}, good[] = {ALL(200)};
    server s = SERVER(bad), other = SERVER(good);
    assay_error err;
    prepare();
    CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_E_IO, err);
    CHECK(size_of(".part") == 100);
    CHECK_STATUS(fetch(&other, (assay_fetch_job){.url = "http://localhost/y/x.gguf"}, &err),
                 ASSAY_OK, err);
    CHECK(other.ranges[0] == 0);
}

TEST(without_a_mark_a_hash_decides) {
    static const answer cut[] = {{.status = 200,
                                  .length = SIZE,
                                  .total = -1,
                                  .n = 70000,
                                  .flip = -1,
                                  .end = ASSAY_HTTP_BROKEN},
                                 {.status = 404, .flip = -1}};
    static const answer rest[] =
        {{.status = 206, .length = -1, .total = SIZE, .n = -1, .flip = -1}},
                        good[] = {ALL(200)};
    assay_digest hash;
    assay_error err;
    prepare();
    hash = assay_sha256_of(file, SIZE);
    server a = SERVER(cut), b = SERVER(good), c = SERVER(cut), d = SERVER(rest);
    CHECK_STATUS(fetch(&a, (assay_fetch_job){0}, &err), ASSAY_E_IO, err);
    CHECK_STATUS(fetch(&b, (assay_fetch_job){0}, &err), ASSAY_OK, err);
    CHECK(b.ranges[0] == 0);
    prepare();
    CHECK_STATUS(fetch(&c, (assay_fetch_job){.sha256 = hash.hex}, &err), ASSAY_E_IO, err);
    CHECK_STATUS(fetch(&d, (assay_fetch_job){.sha256 = hash.hex}, &err), ASSAY_OK, err);
    CHECK(d.ranges[0] == 70000 && !d.marked[0]);
}

TEST(wrong_hash_and_wrong_lengths) {
    static const answer flipped[] =
        {{.status = 200, .length = SIZE, .total = -1, .n = -1, .flip = 7}},
                        good[] = {ALL(200)};
    static const answer endless[] = {
        {.status = 200, .length = -1, .total = -1, .n = 2 * SIZE, .flip = -1}};
    static const answer more[] = {
        {.status = 200, .length = SIZE, .total = -1, .n = SIZE + 1, .flip = -1}};
    static const answer longer[] = {
        CUT(70000),
        {.status = 206, .length = -1, .total = SIZE + 9, .etag = "\"a\"", .n = -1, .flip = -1}};
    assay_digest hash;
    assay_error err;
    prepare();
    hash = assay_sha256_of(file, SIZE);
    const struct {
        const answer *answers;
        int n;
        assay_fetch_job job;
        assay_status status;
        const char *says;
        long left;
    } cases[] = {
        {flipped, N(flipped), {.sha256 = hash.hex}, ASSAY_E_CHECK, hash.hex, -1},
        {good,
         N(good),
         {.bytes = SIZE - 1},
         ASSAY_E_FORMAT,
         "offers 200000 bytes, it has to be 199999",
         -1},
        {endless, N(endless), {.limit = SIZE}, ASSAY_E_LIMIT, "more than 200000 bytes", SIZE},
        {endless,
         N(endless),
         {.bytes = SIZE},
         ASSAY_E_FORMAT,
         "sends more than its 200000 bytes",
         -1},
        {more, N(more), {0}, ASSAY_E_FORMAT, "sends more than its 200000 bytes", -1},
        {good, N(good), {.limit = 1000}, ASSAY_E_LIMIT, "more than 1000 bytes", -1},
        {good, N(good), {.bytes = SIZE, .limit = 1000}, ASSAY_E_LIMIT, "more than 1000 bytes", -1},
        {longer,
         N(longer),
         {.bytes = SIZE},
         ASSAY_E_FORMAT,
         "offers 200009 bytes, it has to be 200000",
         70000},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        server s = {.answers = cases[i].answers, .n_answers = cases[i].n};
        prepare();
        CHECK_STATUS(fetch(&s, cases[i].job, &err), cases[i].status, err);
        CHECK(strstr(err.text, cases[i].says) != NULL, "case %d: %s", (int)i, err.text);
        CHECK(size_of("") == -1 && size_of(".sha256") == -1, "case %d", (int)i);
        CHECK(size_of(".part") == cases[i].left, "case %d: %ld left", (int)i, size_of(".part"));
    }
}

static int stop_at(void *context, uint64_t done, uint64_t total) {
    (void)total;
    return done >= *(const uint64_t *)context;
}

TEST(cancel_keeps_what_came_in) {
    static const answer good[] = {ALL(200)}, rest[] = {REST};
    server s = SERVER(good), later = SERVER(rest);
    uint64_t enough = 50000;
    assay_error err;
    prepare();
    CHECK_STATUS(
        fetch(&s, (assay_fetch_job){.progress = stop_at, .progress_context = &enough}, &err),
        ASSAY_E_CANCELLED, err);
    CHECK(size_of(".part") == 50000 && size_of("") == -1);
    CHECK_STATUS(fetch(&later, (assay_fetch_job){0}, &err), ASSAY_OK, err);
    CHECK(later.ranges[0] == 50000);
}

TEST(answers_that_end_it_and_answers_that_do_not) {
    static const int final[] = {204, 301, 400, 401, 403, 404, 410},
                     passing[] = {408, 425, 429, 500, 502, 503};
    assay_error err;
    for (size_t i = 0; i < sizeof final / sizeof *final; i++) {
        const answer list[] = {{.status = final[i], .length = 3, .total = -1, .n = 3, .flip = -1}};
        server s = SERVER(list);
        prepare();
        CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_E_IO, err);
        CHECK(s.asked == 1 && size_of(".part") == -1, "%d", final[i]);
    }
    for (size_t i = 0; i < sizeof passing / sizeof *passing; i++) {
        const answer list[] = {{.status = passing[i], .length = 3, .total = -1, .n = 3, .flip = -1},
                               ALL(200)};
        server s = SERVER(list);
        prepare();
        CHECK_STATUS(fetch(&s, (assay_fetch_job){0}, &err), ASSAY_OK, err);
        CHECK(s.asked == 2, "%d", passing[i]);
    }
}

TEST(header_lines) {
    static const struct {
        const char *line;
        uint64_t length, first, total;
    } cases[] = {
        {"Content-Length: 12\r\n", 12, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"content-length:12", 12, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"Content-Length: -3", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"Content-Length: 99999999999999999999999", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN,
         ASSAY_HTTP_UNKNOWN},
        {"Content-Range: bytes 5-9/10", ASSAY_HTTP_UNKNOWN, 5, 10},
        {"Content-Range: bytes 5-9/*", ASSAY_HTTP_UNKNOWN, 5, ASSAY_HTTP_UNKNOWN},
        {"Content-Range: bytes */10", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, 10},
        {"Content-Range: items 5-9/10", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"Content-Range: bytes", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"no colon", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
        {"\r\n", ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN, ASSAY_HTTP_UNKNOWN},
    };
    assay_http_head head;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assay_http_head_clear(&head);
        assay_http_head_line(&head, cases[i].line, strlen(cases[i].line));
        CHECK(head.length == cases[i].length && head.first == cases[i].first &&
                  head.total == cases[i].total,
              "%s", cases[i].line);
    }
    assay_http_head_line(&head, "ETag: W/\"weak\"", 14);
    CHECK(head.etag[0] == '\0');
    assay_http_head_line(&head, "etag: \"strong\"", 14);
    CHECK(strcmp(head.etag, "\"strong\"") == 0);
    assay_http_head_line(&head, "HTTP/2 206", 10);
    CHECK(head.status == 206 && head.etag[0] == '\0');
    assay_http_head_line(&head, "HTTP/1.1 abc", 12);
    CHECK(head.status == 0);
}

TEST(addresses_and_names) {
    static const char *const bad[] = {"",
                                      "x",
                                      "ftp://h/x",
                                      "file:///x",
                                      "http://",
                                      "http:///x",
                                      "https://a:b@h/x",
                                      "http://h/a b",
                                      "http://h/\n",
                                      "javascript:x"};
    static const struct {
        const char *url, *name;
    } names[] = {{"http://h/a/b.gguf", "b.gguf"},
                 {"http://h/b.gguf?x=/c.gguf#d", "b.gguf"},
                 {"http://h/", ""},
                 {"http://h/.gguf", ""},
                 {"http://h/-x", ""},
                 {"http://h/a%2Fb", ""},
                 {"http://h/..", ""}};
    char name[128];
    assay_error err;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        CHECK_STATUS(assay_fetch_check_url(bad[i], &err), ASSAY_E_ARGUMENT, err);
    CHECK_STATUS(assay_fetch_check_url("HTTPS://h:80/x?y#z@w", &err), ASSAY_OK, err);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool is = assay_url_name(names[i].url, name, sizeof name);
        CHECK(is == (names[i].name[0] != '\0') && (!is || strcmp(name, names[i].name) == 0), "%s",
              names[i].url);
    }
}
