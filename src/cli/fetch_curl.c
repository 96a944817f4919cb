/* This build's transport: libcurl where the program was built with it (ASSAY_CURL), none elsewhere. */
#define _POSIX_C_SOURCE 200809L
#include "cli/fetch.h"

#ifdef ASSAY_CURL

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/host.h"

#define REDIRECTS 5L
#define CONNECT   30L /* seconds */

typedef struct call {
    const assay_http_sink *sink;
    assay_http_head head;
    bool told, stopped;
} call;

static size_t on_header(char *line, size_t size, size_t n, void *context) {
    call *c = context;
    assay_http_head_line(&c->head, line, size * n);
    return size * n;
}

static bool tell(call *c) {
    if (!c->told && !c->sink->head(c->sink->context, &c->head)) c->stopped = true;
    c->told = true;
    return !c->stopped;
}

static size_t on_write(char *bytes, size_t size, size_t n, void *context) {
    call *c = context;
    if (!tell(c)) return 0;
    if (!c->sink->body(c->sink->context, (const uint8_t *)bytes, size * n)) c->stopped = true;
    return c->stopped ? 0 : size * n;
}

static int on_time(void *context, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e) {
    call *c = context;
    (void)a, (void)b, (void)d, (void)e;
    if (!c->stopped && !c->sink->tick(c->sink->context)) c->stopped = true;
    return c->stopped ? 1 : 0;
}

/* What no other try will mend. */
static bool is_final(CURLcode code) {
    switch (code) {
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
    case CURLE_TOO_MANY_REDIRECTS:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_NOT_BUILT_IN:
    case CURLE_OUT_OF_MEMORY:
        return true;
    default:
        return false;
    }
}

static void set_options(CURL *curl, const assay_http_request *request, call *c, char *why) {
    bool secure = strncmp(request->url, "https:", 6) == 0;
    curl_easy_setopt(curl, CURLOPT_URL, request->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, REDIRECTS);
    /* A secure address never leads to an insecure one. */
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, secure ? "https" : "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS,
                     secure ? CURLPROTO_HTTPS : CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    /* Certificates that a machine's owner trusts besides; libcurl reads neither variable itself. */
    const char *trusted = getenv("CURL_CA_BUNDLE");
    if (trusted == NULL) trusted = getenv("SSL_CERT_FILE");
    if (trusted != NULL && trusted[0] != '\0') curl_easy_setopt(curl, CURLOPT_CAINFO, trusted);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, (long)(request->patience + 0.5));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_write);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_time);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static assay_http_end get(void *context, const assay_http_request *request,
                          const assay_http_sink *sink, char *why) {
    call c = {.sink = sink};
    char text[ASSAY_HTTP_TAG + 32], detail[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    (void)context;
    assay_http_head_clear(&c.head);
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    if (curl == NULL) {
        snprintf(why, ASSAY_HTTP_REASON, "out of memory");
        return ASSAY_HTTP_REFUSED;
    }
    set_options(curl, request, &c, detail);
    if (request->first > 0) {
        snprintf(text, sizeof text, "%llu-", (unsigned long long)request->first);
        curl_easy_setopt(curl, CURLOPT_RANGE, text);
    }
    if (request->first > 0 && request->if_range != NULL) {
        char line[ASSAY_HTTP_TAG + 32];
        snprintf(line, sizeof line, "If-Range: %s", request->if_range);
        headers = curl_slist_append(NULL, line);
        if (headers == NULL) goto done;
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    }
    code = curl_easy_perform(curl);
    if (code == CURLE_OK && !tell(&c)) code = CURLE_WRITE_ERROR; /* an answer without a body */
    if (code != CURLE_OK && !c.stopped)
        snprintf(why, ASSAY_HTTP_REASON, "%.*s", ASSAY_HTTP_REASON - 1,
                 detail[0] != '\0' ? detail : curl_easy_strerror(code));
done:
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (c.stopped) return ASSAY_HTTP_STOPPED;
    if (code == CURLE_OK) return ASSAY_HTTP_DONE;
    return is_final(code) ? ASSAY_HTTP_REFUSED : ASSAY_HTTP_BROKEN;
}

/* In short steps, so that Ctrl-C is seen. */
static void pause_for(void *context, double seconds) {
    (void)context;
    for (double left = seconds; left > 0 && !assay_host_interrupted(); left -= 0.1) {
        struct timespec step = {0, 100000000};
        nanosleep(&step, NULL);
    }
}

const assay_http *assay_http_own(void) {
    static const assay_http own = {NULL, get, pause_for};
    return &own;
}

#else

const assay_http *assay_http_own(void) {
    return NULL;
}

#endif
