/* Header lines of an answer: the few that a download needs. */
#define _POSIX_C_SOURCE 200809L
#include "cli/fetch.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

void assay_http_head_clear(assay_http_head *head) {
    *head = (assay_http_head){
        .length = ASSAY_HTTP_UNKNOWN, .first = ASSAY_HTTP_UNKNOWN, .total = ASSAY_HTTP_UNKNOWN};
}

/* Digits at *text, which is moved behind them. */
static uint64_t take_number(const char **text) {
    uint64_t x = 0;
    const char *start = *text;
    for (; **text >= '0' && **text <= '9'; (*text)++) {
        if (x > (ASSAY_HTTP_UNKNOWN - 10) / 10) return ASSAY_HTTP_UNKNOWN;
        x = x * 10 + (uint64_t)(**text - '0');
    }
    return *text == start ? ASSAY_HTTP_UNKNOWN : x;
}

/* "bytes 10-19/20", or of a 416 "bytes *" and "/20". */
static void take_range(assay_http_head *head, const char *value) {
    if (strncasecmp(value, "bytes", 5) != 0) return;
    value += 5;
    while (*value == ' ') value++;
    if (*value == '*') {
        value++;
    } else {
        head->first = take_number(&value);
        if (*value == '-') value++;
        take_number(&value);
    }
    if (*value != '/') return;
    value++;
    head->total = take_number(&value);
}

static void take_mark(char *mark, const char *value) {
    size_t n = strlen(value);
    if (n < ASSAY_HTTP_TAG) memcpy(mark, value, n + 1);
}

void assay_http_head_line(assay_http_head *head, const char *line, size_t n) {
    char text[512];
    while (n > 0 && isspace((unsigned char)line[n - 1])) n--;
    if (n == 0 || n >= sizeof text || memchr(line, 0, n) != NULL) return;
    memcpy(text, line, n);
    text[n] = '\0';
    if (strncmp(text, "HTTP/", 5) == 0) {
        const char *space = strchr(text, ' ');
        assay_http_head_clear(head);
        uint64_t status = 0;
        if (space != NULL) {
            space++;
            status = take_number(&space);
        }
        head->status = status >= 100 && status <= 999 ? (int)status : 0;
        return;
    }
    char *colon = strchr(text, ':');
    if (colon == NULL) return;
    *colon = '\0';
    const char *value = colon + 1;
    while (*value == ' ' || *value == '\t') value++;
    if (strcasecmp(text, "content-length") == 0) head->length = take_number(&value);
    if (strcasecmp(text, "content-range") == 0) take_range(head, value);
    if (strcasecmp(text, "etag") == 0 && value[0] == '"') take_mark(head->etag, value);
    if (strcasecmp(text, "last-modified") == 0) take_mark(head->modified, value);
}
