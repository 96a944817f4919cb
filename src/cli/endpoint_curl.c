/* One request to an endpoint by libcurl, where the program was built with it (ASSAY_CURL); and a key from the keyboard. */
#define _POSIX_C_SOURCE 200809L
#include "cli/endpoint.h"

#ifdef ASSAY_CURL

#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/os.h"
#include "cli/host.h"

#define CONNECT 30.0 /* seconds */

typedef struct call {
    assay_post_reply *reply;
    bool stopped, too_large;
} call;

/* ---- callbacks ---- */

/* "Retry-After: 120" or a date. */
static size_t on_header(char *line, size_t size, size_t n, void *context) {
    static const char name[] = "retry-after:";
    call *c = context;
    char value[100];
    size_t length = size * n, skip = sizeof name - 1;
    if (length > 5 && strncasecmp(line, "HTTP/", 5) == 0) c->reply->retry_after = -1;
    if (length <= skip || strncasecmp(line, name, skip) != 0) return length;
    snprintf(value, sizeof value, "%.*s", (int)(length - skip), line + skip);
    const char *text = value + strspn(value, " \t");
    char *end = NULL;
    double seconds = strtod(text, &end);
    if (end == text || (*end != '\0' && strchr("\r\n ", *end) == NULL)) {
        time_t date = curl_getdate(text, NULL);
        if (date < 0) return length;
        seconds = difftime(date, time(NULL));
    }
    c->reply->retry_after = seconds > 0 ? seconds : 0;
    return length;
}

static size_t on_body(char *bytes, size_t size, size_t n, void *context) {
    call *c = context;
    if (size * n > ASSAY_ENDPOINT_ANSWER - c->reply->body.len) {
        c->too_large = true;
        return 0;
    }
    assay_buffer_append(&c->reply->body, bytes, size * n);
    return c->reply->body.failed ? 0 : size * n;
}

static int on_time(void *context, curl_off_t a, curl_off_t b, curl_off_t d, curl_off_t e) {
    call *c = context;
    (void)a, (void)b, (void)d, (void)e;
    c->stopped = assay_host_interrupted();
    return c->stopped ? 1 : 0;
}

/* ---- the request ---- */

static void set_options(CURL *curl, const assay_post *post, call *c, char *why) {
    double connect = post->timeout < CONNECT ? post->timeout : CONNECT;
    curl_easy_setopt(curl, CURLOPT_URL, post->url);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    /* No redirects: the key and the text go where the user said. */
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS, CURLPROTO_HTTP | CURLPROTO_HTTPS);
#endif
    const char *trusted = getenv("CURL_CA_BUNDLE");
    if (trusted == NULL) trusted = getenv("SSL_CERT_FILE");
    if (trusted != NULL && trusted[0] != '\0') curl_easy_setopt(curl, CURLOPT_CAINFO, trusted);
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay/" ASSAY_VERSION);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)(connect * 1000));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)(post->timeout * 1000));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)post->n);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, post->body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, c);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, on_time);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, c);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
}

static bool add_header(struct curl_slist **list, const char *line) {
    struct curl_slist *longer = curl_slist_append(*list, line);
    if (longer != NULL) *list = longer;
    return longer != NULL;
}

static struct curl_slist *make_headers(const assay_post *post) {
    struct curl_slist *list = NULL;
    assay_buffer line = {0};
    bool made = add_header(&list, "Content-Type: application/json") &&
                add_header(&list, "Accept: application/json") && add_header(&list, "Expect:");
    if (made && post->key != NULL && post->key[0] != '\0') {
        assay_buffer_print(&line, "Authorization: Bearer %s", post->key);
        made = !line.failed && add_header(&list, line.data);
        assay_buffer_free(&line);
    }
    if (made) return list;
    curl_slist_free_all(list);
    return NULL;
}

/* What no other try will mend. */
static bool is_final(CURLcode code) {
    return code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT ||
           code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
           code == CURLE_NOT_BUILT_IN || code == CURLE_OUT_OF_MEMORY;
}

static assay_post_end post_once(void *context, const assay_post *post, assay_post_reply *reply) {
    call c = {.reply = reply};
    char detail[CURL_ERROR_SIZE] = "";
    long status = 0;
    (void)context;
    CURL *curl = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
    struct curl_slist *headers = curl != NULL ? make_headers(post) : NULL;
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (headers != NULL) {
        set_options(curl, post, &c, detail);
        curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
        code = curl_easy_perform(curl);
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    }
    reply->status = (int)status;
    if (c.too_large)
        snprintf(reply->why, sizeof reply->why, "an answer of more than %zu bytes",
                 ASSAY_ENDPOINT_ANSWER);
    else if (code != CURLE_OK)
        snprintf(reply->why, sizeof reply->why, "%.*s", ASSAY_ENDPOINT_REASON - 1,
                 detail[0] != '\0' ? detail : curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (c.stopped) return ASSAY_POST_STOPPED;
    if (code == CURLE_OK) return ASSAY_POST_DONE;
    return is_final(code) ? ASSAY_POST_REFUSED : ASSAY_POST_BROKEN;
}

/* In short steps, so that Ctrl-C is seen. */
static bool sleep_for(void *context, double seconds) {
    double until = assay_os_seconds() + seconds;
    (void)context;
    for (double left = seconds; left > 0; left = until - assay_os_seconds()) {
        if (assay_host_interrupted()) return false;
        double step = left < 0.1 ? left : 0.1;
        struct timespec time = {0, (long)(step * 1e9)};
        nanosleep(&time, NULL);
    }
    return !assay_host_interrupted();
}

static double now(void *context) {
    (void)context;
    return assay_os_seconds();
}

const assay_poster *assay_poster_own(void) {
    static const assay_poster own = {NULL, post_once, sleep_for, now};
    return &own;
}

/* ---- the key ---- */

assay_status assay_endpoint_ask_key(char *key, size_t size, assay_error *err) {
    struct termios before, silent;
    FILE *terminal = fopen("/dev/tty", "r+");
    if (terminal == NULL || tcgetattr(fileno(terminal), &before) != 0) {
        if (terminal != NULL) fclose(terminal);
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "endpoint: no terminal to type the key on; use the environment "
                          "variable " ASSAY_ENDPOINT_KEY);
    }
    setvbuf(terminal, NULL, _IONBF, 0); /* no copy of the key stays in a buffer */
    silent = before;
    silent.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(terminal), TCSAFLUSH, &silent);
    fprintf(terminal, "Key of the endpoint: ");
    bool read = fgets(key, (int)size, terminal) != NULL;
    tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    fprintf(terminal, "\n");
    fclose(terminal);
    if (read) key[strcspn(key, "\r\n")] = '\0';
    return read ? ASSAY_OK : assay_fail(err, ASSAY_E_ARGUMENT, "endpoint: no key was typed");
}

#else

const assay_poster *assay_poster_own(void) {
    return NULL;
}

assay_status assay_endpoint_ask_key(char *key, size_t size, assay_error *err) {
    (void)key, (void)size;
    return assay_fail(err, ASSAY_E_UNSUPPORTED,
                      "this build cannot ask an endpoint: it was made without libcurl");
}

#endif
