/* The rules of asking an endpoint: see endpoint.h. */
#define _POSIX_C_SOURCE 200809L
#include "cli/endpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/os.h"
#include "base/sha256.h"
#include "cli/fetch.h"
#include "format/json.h"

#define PATH          "/chat/completions"
#define LONGEST_PAUSE 60.0
#define LONGEST_WAIT  600.0 /* that a Retry-After may ask for */
#define MAX_LOG       ((size_t)256 << 20)
#define MAX_HOST      200
#define MAX_IN_A_ROW  3 /* texts without an answer: then it is not the texts */

typedef struct finished { /* a pair of the log */
    assay_digest request;
    assay_phrase phrases[ASSAY_MAX_PHRASES];
    size_t n;
} finished;

typedef struct endpoint {
    assay_endpoint_options options;
    const assay_poster *poster;
    char *url, *address, host[MAX_HOST];
    double last;       /* when the last request began; negative: none yet */
    size_t unanswered; /* texts in a row */
    finished *done;
    size_t n_done, cap;
} endpoint;

assay_endpoint_options assay_endpoint_defaults(void) {
    return (assay_endpoint_options){.timeout = 60, .pause = 1, .tries = 5, .per_minute = 60};
}

void assay_endpoint_host(const char *url, char *out, size_t size) {
    const char *at = strstr(url, "://");
    at = at != NULL ? at + 3 : url;
    snprintf(out, size, "%.*s", (int)strcspn(at, "/?#"), at);
}

static bool is_this_machine(const char *host) {
    size_t n = strcspn(host, ":");
    return strncmp(host, "[::1]", 5) == 0 || (n == 9 && strncasecmp(host, "localhost", 9) == 0) ||
           (strncmp(host, "127.", 4) == 0 && strspn(host, "0123456789.") == n);
}

/* What the log knows the endpoint of `url` by: scheme and host in small letters, the port unless it is the scheme's own, the
 * path. A query is left out: it may hold a key. */
static char *address_of(const char *url) {
    assay_buffer out = {0};
    const char *own_port = strncasecmp(url, "https:", 6) == 0 ? ":443" : ":80";
    size_t n = strcspn(url, "?#"), host = (size_t)(strstr(url, "://") - url) + 3;
    size_t path = host + strcspn(url + host, "/?#"), end = path, port = strlen(own_port);
    if (end - host > port && strncmp(url + end - port, own_port, port) == 0) end -= port;
    for (size_t i = 0; i < end; i++) {
        char c = url[i];
        if (c >= 'A' && c <= 'Z') c = (char)(c - 'A' + 'a');
        assay_buffer_append(&out, &c, 1);
    }
    assay_buffer_append(&out, url + path, n - path);
    if (out.failed) assay_buffer_free(&out);
    return out.data;
}

/* ---- the log ---- */

static assay_status remember(endpoint *e, const finished *pair, assay_error *err) {
    if (e->n_done == e->cap) {
        size_t cap = e->cap > 0 ? e->cap * 2 : 64, bytes = 0;
        finished *more = assay_size_mul(cap, sizeof *more, &bytes) ? realloc(e->done, bytes) : NULL;
        if (more == NULL) return assay_fail(err, ASSAY_E_MEMORY, "endpoint: out of memory");
        e->done = more;
        e->cap = cap;
    }
    e->done[e->n_done++] = *pair;
    return ASSAY_OK;
}

static assay_status read_pair(endpoint *e, const cJSON *json, const char *what, assay_error *err) {
    const char *address = "", *request = NULL, *text, *valence;
    const cJSON *list = NULL, *item;
    finished pair = {0};
    assay_status status = assay_json_get_string(json, "request", what, &request, err);
    if (status == ASSAY_OK && assay_json_has(json, "endpoint"))
        status = assay_json_get_string(json, "endpoint", what, &address, err);
    if (status == ASSAY_OK)
        status = assay_json_get_array(json, "concepts", ASSAY_MAX_PHRASES, what, &list, err);
    if (status == ASSAY_OK && strlen(request) != 64)
        status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"request\" is no sha256", what);
    if (status != ASSAY_OK) return status;
    memcpy(pair.request.hex, request, sizeof pair.request.hex);
    cJSON_ArrayForEach(item, list) {
        assay_phrase *phrase = &pair.phrases[pair.n++];
        if (status == ASSAY_OK) status = assay_json_get_string(item, "text", what, &text, err);
        if (status == ASSAY_OK)
            status = assay_json_get_string(item, "valence", what, &valence, err);
        if (status == ASSAY_OK && !assay_concept_clean(text, strlen(text), phrase->text))
            status = assay_fail(err, ASSAY_E_FORMAT, "%s: \"%.40s\" is no phrase", what, text);
        if (status == ASSAY_OK)
            phrase->valence = strcmp(valence, "opposes") == 0 ? ASSAY_OPPOSES : ASSAY_ADHERES;
    }
    if (status != ASSAY_OK) return status;
    if (strcmp(address, e->address) == 0) return remember(e, &pair, err);
    if (e->options.n_others != NULL) (*e->options.n_others)++;
    return ASSAY_OK;
}

/* A line that was cut off at the end is taken away: its pair was not finished. */
static assay_status mend(const char *path, const char *bytes, size_t *n, assay_error *err) {
    size_t whole = *n;
    while (whole > 0 && bytes[whole - 1] != '\n') whole--;
    if (whole == *n) return ASSAY_OK;
    *n = whole;
    return assay_os_write_file(path, bytes, whole, err);
}

static assay_status read_log(endpoint *e, assay_error *err) {
    uint8_t *bytes = NULL;
    size_t n = 0, number = 1;
    const char *path = e->options.log;
    if (!assay_os_exists(path)) return assay_os_append_file(path, "", 0, err);
    assay_status status = assay_os_read_file(path, MAX_LOG, &bytes, &n, err);
    if (status == ASSAY_OK) status = mend(path, (const char *)bytes, &n, err);
    for (size_t at = 0; at < n && status == ASSAY_OK; number++) {
        char what[200];
        const char *line = (const char *)bytes + at;
        size_t length = (size_t)((const char *)memchr(line, '\n', n - at) - line);
        cJSON *json = NULL;
        snprintf(what, sizeof what, "%.150s:%zu", path, number);
        status = assay_json_parse(line, length, what, &json, err);
        if (status == ASSAY_OK) status = read_pair(e, json, what, err);
        cJSON_Delete(json);
        at += length + 1;
    }
    free(bytes);
    return status;
}

static const finished *find_done(const endpoint *e, const assay_digest *request) {
    for (size_t i = 0; i < e->n_done; i++) {
        if (strcmp(e->done[i].request.hex, request->hex) == 0) return &e->done[i];
    }
    return NULL;
}

static assay_status append_pair(endpoint *e, const assay_extract_request *r, const finished *pair,
                                assay_error *err) {
    assay_buffer line = {0};
    assay_buffer_print(&line, "{\"id\":");
    assay_json_string(&line, r->id);
    assay_buffer_print(&line, ",\"value\":");
    assay_json_string(&line, r->value->id);
    assay_buffer_print(&line, ",\"endpoint\":");
    assay_json_string(&line, e->address);
    assay_buffer_print(&line, ",\"request\":\"%s\",\"concepts\":[", pair->request.hex);
    for (size_t i = 0; i < pair->n; i++) {
        assay_buffer_print(&line, "%s{\"text\":", i > 0 ? "," : "");
        assay_json_string(&line, pair->phrases[i].text);
        assay_buffer_print(&line, ",\"valence\":\"%s\"}",
                           pair->phrases[i].valence == ASSAY_OPPOSES ? "opposes" : "adheres");
    }
    assay_buffer_print(&line, "]}\n");
    assay_status status = line.failed
                              ? assay_fail(err, ASSAY_E_MEMORY, "endpoint: out of memory")
                              : assay_os_append_file(e->options.log, line.data, line.len, err);
    assay_buffer_free(&line);
    return status == ASSAY_OK ? remember(e, pair, err) : status;
}

/* ---- one question ---- */

static assay_status stopped(assay_error *err) {
    return assay_fail(err, ASSAY_E_CANCELLED, "stopped; a later run goes on from here");
}

/* Keeps the distance between the beginnings of two requests. */
static bool take_turn(endpoint *e) {
    const assay_poster *p = e->poster;
    double distance = e->options.per_minute > 0 ? 60.0 / (double)e->options.per_minute : 0;
    double wait = e->last < 0 ? 0 : e->last + distance - p->now(p->context);
    if (wait > 0 && !p->sleep(p->context, wait)) return false;
    e->last = p->now(p->context);
    return true;
}

/* UNFIT: this text will not do, others may; NONSENSE: the same unless another try mends it. */
typedef enum verdict { ANSWERED, TRY_AGAIN, NONSENSE, UNFIT, GIVE_UP, STOPPED } verdict;

static verdict judge_status(int status) {
    if (status == 429 || status == 408 || status >= 500) return TRY_AGAIN;
    return status == 400 || status == 413 || status == 422 ? UNFIT : GIVE_UP;
}

/* What a request came to; a sentence in `why` unless it was answered. */
static verdict judge(const endpoint *e, assay_post_end end, assay_post_reply *reply,
                     const assay_extract_request *r, finished *pair, char *why) {
    assay_error inner = {0};
    if (end == ASSAY_POST_STOPPED) return STOPPED;
    if (end != ASSAY_POST_DONE) {
        assay_endpoint_strike(reply->why, strlen(reply->why), e->options.key);
        snprintf(why, ASSAY_ENDPOINT_REASON, "%s", reply->why);
        return end == ASSAY_POST_BROKEN ? TRY_AGAIN : GIVE_UP;
    }
    const char *body = reply->body.data != NULL ? reply->body.data : "";
    if (reply->status < 200 || reply->status > 299) {
        char message[ASSAY_ENDPOINT_REASON - 40];
        assay_endpoint_message(body, reply->body.len, e->options.key, message, sizeof message);
        snprintf(why, ASSAY_ENDPOINT_REASON, "it answers %d%s%s", reply->status,
                 message[0] != '\0' ? ": " : "", message);
        return judge_status(reply->status);
    }
    if (assay_endpoint_phrases(body, reply->body.len, e->options.key, r, pair->phrases, &pair->n,
                               &inner) == ASSAY_OK)
        return ANSWERED;
    assay_endpoint_strike(inner.text, strlen(inner.text), e->options.key);
    snprintf(why, ASSAY_ENDPOINT_REASON, "%.*s", ASSAY_ENDPOINT_REASON - 1, inner.text);
    return inner.status == ASSAY_E_MEMORY  ? GIVE_UP
           : inner.status == ASSAY_E_CHECK ? NONSENSE
                                           : TRY_AGAIN;
}

/* The text stays without phrases; not when it is one of many, for then something else is wrong. */
static assay_status leave_out(endpoint *e, finished *pair, const char *why, assay_error *err) {
    pair->n = 0;
    if (++e->unanswered == MAX_IN_A_ROW)
        return assay_fail(err, ASSAY_E_IO, "%s: no answer for %d texts in a row: %s", e->host,
                          MAX_IN_A_ROW, why);
    if (e->options.n_unanswered != NULL) (*e->options.n_unanswered)++;
    return ASSAY_OK;
}

static assay_status ask(endpoint *e, const char *body, size_t n, const assay_extract_request *r,
                        finished *pair, bool *answered, assay_error *err) {
    char why[ASSAY_ENDPOINT_REASON] = "";
    double pause = e->options.pause;
    const assay_post post = {.url = e->url,
                             .key = e->options.key,
                             .local = is_this_machine(e->host),
                             .body = body,
                             .n = n,
                             .timeout = e->options.timeout};
    *answered = false;
    for (int64_t tries = 1;; tries++) {
        assay_post_reply reply = {.retry_after = -1};
        if (!take_turn(e)) return stopped(err);
        assay_post_end end = e->poster->post(e->poster->context, &post, &reply);
        verdict v = judge(e, end, &reply, r, pair, why);
        double wait = reply.retry_after >= 0 ? reply.retry_after : pause;
        assay_buffer_free(&reply.body);
        if (v == ANSWERED) {
            e->unanswered = 0;
            *answered = true;
            return ASSAY_OK;
        }
        if (v == STOPPED) return stopped(err);
        if (v == UNFIT || (v == NONSENSE && tries >= e->options.tries))
            return leave_out(e, pair, why, err);
        if (v == GIVE_UP) return assay_fail(err, ASSAY_E_IO, "%s: %s", e->host, why);
        if (wait > LONGEST_WAIT)
            return assay_fail(err, ASSAY_E_IO,
                              "%s: %s; it asks for a pause of %.0f s: run again then", e->host, why,
                              wait);
        if (tries >= e->options.tries)
            return assay_fail(err, ASSAY_E_IO, "%s: gave up after %lld %s: %s", e->host,
                              (long long)tries, tries == 1 ? "try" : "tries", why);
        if (!e->poster->sleep(e->poster->context, wait)) return stopped(err);
        pause = pause * 2 < LONGEST_PAUSE ? pause * 2 : LONGEST_PAUSE;
    }
}

static assay_status extract(void *context, const assay_extract_request *r, assay_phrase *out,
                            size_t *n, assay_error *err) {
    endpoint *e = context;
    assay_buffer body = {0};
    finished *pair = assay_calloc(1, sizeof *pair);
    assay_status status = ASSAY_OK;
    bool answered = false;
    *n = 0;
    assay_endpoint_body(e->options.model, r, &body);
    if (body.failed || pair == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "endpoint: out of memory");
    if (status == ASSAY_OK) {
        pair->request = assay_sha256_of(body.data, body.len);
        const finished *before = find_done(e, &pair->request);
        if (before != NULL) *pair = *before;
        if (before == NULL) status = ask(e, body.data, body.len, r, pair, &answered, err);
        if (status == ASSAY_OK && answered) status = append_pair(e, r, pair, err);
    }
    for (; status == ASSAY_OK && *n < pair->n && *n < r->k; (*n)++) out[*n] = pair->phrases[*n];
    assay_buffer_free(&body);
    free(pair);
    return status;
}

/* ---- set-up ---- */

static assay_status check(const endpoint *e, assay_error *err) {
    const char *key = e->options.key;
    if (e->options.model == NULL || e->options.model[0] == '\0')
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "endpoint: which model of it? --endpoint-model NAME");
    for (const char *c = key; c != NULL && *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x7F)
            return assay_fail(err, ASSAY_E_ARGUMENT,
                              "endpoint: blanks or other characters in the key that no key has");
    }
    if (key != NULL && key[0] != '\0' && strncasecmp(e->url, "https:", 6) != 0 &&
        !is_this_machine(e->host))
        return assay_fail(err, ASSAY_E_ARGUMENT, "endpoint %s: a key is sent over https only",
                          e->host);
    return ASSAY_OK;
}

static void destroy(void *context) {
    endpoint *e = context;
    if (e == NULL) return;
    free(e->url);
    free(e->address);
    free(e->done);
    free(e);
}

/* With PATH where it has none; a query stays behind it. */
static char *full_url(const char *url) {
    assay_buffer out = {0};
    size_t whole = strcspn(url, "#"), path = strcspn(url, "?#"), n = path, wanted = strlen(PATH);
    while (n > 0 && url[n - 1] == '/') n--;
    assay_buffer_append(&out, url, n);
    if (n < wanted || strncmp(url + n - wanted, PATH, wanted) != 0)
        assay_buffer_append(&out, PATH, wanted);
    assay_buffer_append(&out, url + path, whole - path);
    if (out.failed) assay_buffer_free(&out);
    return out.data;
}

assay_status assay_endpoint_extractor(const assay_endpoint_options *options,
                                      const assay_poster *poster, assay_extractor *out,
                                      assay_error *err) {
    *out = (assay_extractor){0};
    if (poster == NULL)
        return assay_fail(err, ASSAY_E_UNSUPPORTED,
                          "this build cannot ask an endpoint: it was made without libcurl");
    assay_status status = assay_fetch_check_url(options->url, err);
    if (status != ASSAY_OK) return status;
    endpoint *e = assay_calloc(1, sizeof *e);
    if (e != NULL) e->url = full_url(options->url);
    if (e != NULL && e->url != NULL) e->address = address_of(e->url);
    if (e == NULL || e->address == NULL) {
        destroy(e);
        return assay_fail(err, ASSAY_E_MEMORY, "endpoint: out of memory");
    }
    e->options = *options;
    e->poster = poster;
    e->last = -1;
    assay_endpoint_host(e->url, e->host, sizeof e->host);
    assay_endpoint_strike(e->address, strlen(e->address), options->key);
    status = check(e, err);
    if (status == ASSAY_OK) status = read_log(e, err);
    if (status != ASSAY_OK) {
        destroy(e);
        return status;
    }
    *out =
        (assay_extractor){.context = e, .name = "endpoint", .extract = extract, .destroy = destroy};
    return ASSAY_OK;
}
