/* One request to an endpoint by libcurl, where the program was built with it (ASSAY_CURL); and a key from the keyboard. */
#define _POSIX_C_SOURCE 200809L
#include "cli/endpoint.h"

#ifdef ASSAY_CURL

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
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
    /* A key to this machine travels in the clear: no proxy of the environment may see it. */
    if (post->local) curl_easy_setopt(curl, CURLOPT_PROXY, "");
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

/* Nothing of the key stays in freed memory; volatile, so that no compiler finds it useless. */
static void forget(char *text) {
    for (volatile char *c = text; c != NULL && *c != '\0'; c++) *c = '\0';
}

static void forget_headers(struct curl_slist *list) {
    for (struct curl_slist *line = list; line != NULL; line = line->next) forget(line->data);
    curl_slist_free_all(list);
}

static struct curl_slist *make_headers(const assay_post *post) {
    struct curl_slist *list = NULL;
    assay_buffer line = {0};
    bool made = add_header(&list, "Content-Type: application/json") &&
                add_header(&list, "Accept: application/json") && add_header(&list, "Expect:");
    if (made && post->key != NULL && post->key[0] != '\0') {
        assay_buffer_print(&line, "Authorization: Bearer %s", post->key);
        made = !line.failed && add_header(&list, line.data);
        forget(line.data);
        assay_buffer_free(&line);
    }
    if (made) return list;
    forget_headers(list);
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
    /* With CURLOPT_NOSIGNAL a connection that is gone may end the program otherwise. */
    void (*on_pipe)(int) = signal(SIGPIPE, SIG_IGN);
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
    forget_headers(headers);
    curl_easy_cleanup(curl);
    signal(SIGPIPE, on_pipe);
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

/* A character at a time, so that Ctrl-C finds the terminal put right again, and no buffer keeps a copy. */
static assay_status read_key(int terminal, char *key, size_t size, assay_error *err) {
    enum { CTRL_C = 3, CTRL_D = 4, BACKSPACE = 8, CTRL_U = 21, DELETE = 127 };
    size_t n = 0;
    for (;;) {
        char c = 0;
        ssize_t got = read(terminal, &c, 1);
        if (got < 0 && errno == EINTR) continue;
        if (got == 1 && c == CTRL_C) return assay_fail(err, ASSAY_E_CANCELLED, "stopped");
        if (got != 1 || c == CTRL_D || c == '\n' || c == '\r') break;
        if (c == BACKSPACE || c == DELETE) {
            n -= n > 0;
        } else if (c == CTRL_U) {
            n = 0;
        } else if (n + 1 == size) {
            return assay_fail(err, ASSAY_E_ARGUMENT, "endpoint: a key of %zu bytes and more", size);
        } else {
            key[n++] = c;
        }
    }
    key[n] = '\0';
    return n > 0 ? ASSAY_OK : assay_fail(err, ASSAY_E_ARGUMENT, "endpoint: no key was typed");
}

assay_status assay_endpoint_ask_key(char *key, size_t size, assay_error *err) {
    static const char prompt[] = "Key of the endpoint: ";
    struct termios before, silent;
    int terminal = open("/dev/tty", O_RDWR | O_NOCTTY);
    if (terminal < 0 || tcgetattr(terminal, &before) != 0) {
        if (terminal >= 0) close(terminal);
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "endpoint: no terminal to type the key on; use the environment "
                          "variable " ASSAY_ENDPOINT_KEY);
    }
    silent = before;
    silent.c_lflag &= ~(tcflag_t)(ECHO | ICANON | ISIG);
    silent.c_cc[VMIN] = 1;
    silent.c_cc[VTIME] = 0;
    bool shown = tcsetattr(terminal, TCSAFLUSH, &silent) == 0 &&
                 write(terminal, prompt, sizeof prompt - 1) > 0;
    assay_status status = shown ? read_key(terminal, key, size, err)
                                : assay_fail(err, ASSAY_E_IO, "endpoint: no terminal");
    bool put_right = tcsetattr(terminal, TCSAFLUSH, &before) == 0 && write(terminal, "\n", 1) == 1;
    close(terminal);
    return put_right ? status : assay_fail(err, ASSAY_E_IO, "endpoint: the terminal is gone");
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
