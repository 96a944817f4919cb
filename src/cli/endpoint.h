/* Concepts from any chat endpoint that speaks OpenAI's protocol (POST .../chat/completions), local or remote.
 *
 *   - Off unless asked for; one line on standard error says which host the texts go to.
 *   - The key comes from an environment variable or from the keyboard, travels only in the Authorization header, only over
 *     HTTPS or to this machine (then past any proxy), never along a redirect, and is struck out of whatever the server sends
 *     back.
 *   - Failures that may pass (429, 408, 5xx, broken or silent connections, answers that are no answer) are tried again after
 *     growing pauses, or after what Retry-After asks for; requests keep their distance in time.
 *   - A text that the model cannot answer for (no list of phrases after all tries; 400, 413, 422: too long, or against its
 *     rules) gives no phrases, is counted and is asked again by a later run; three in a row end the run.
 *   - Every finished (text, value) is appended to a log, JSONL in the form of imported concepts: {"id", "value", "endpoint",
 *     "request", "concepts"}. endpoint: the address that answered, without query and key; request: sha256 of the body, which
 *     names the model. A later run with the same questions to the same address goes on behind them and asks nothing twice.
 *     Lines that name another address, or none as those of earlier versions do, stay where they are and are not taken for
 *     answers: their texts are asked again.
 *
 * The rules are in endpoint.c and know no transport; a transport makes one request. */
#ifndef ASSAY_CLI_ENDPOINT_H
#define ASSAY_CLI_ENDPOINT_H

#include "assay_concepts.h"

#define ASSAY_ENDPOINT_KEY    "ASSAY_ENDPOINT_KEY" /* environment variable */
#define ASSAY_ENDPOINT_REASON 240
#define ASSAY_ENDPOINT_ANSWER ((size_t)1 << 20) /* bytes of an answer's body */

/* ---- the seam: one request ---- */

typedef struct assay_post {
    const char *url, *key; /* key NULL: none */
    bool local;            /* the address is this machine: not by a proxy */
    const char *body;      /* JSON */
    size_t n;
    double timeout; /* seconds for all of it; connecting gets at most 30 of them */
} assay_post;

typedef struct assay_post_reply {    /* zeroed by the caller, who frees the body */
    int status;                      /* HTTP */
    double retry_after;              /* seconds; negative: the server names none */
    assay_buffer body;               /* at most ASSAY_ENDPOINT_ANSWER bytes */
    char why[ASSAY_ENDPOINT_REASON]; /* the reason when it was broken or refused */
} assay_post_reply;

typedef enum assay_post_end {
    ASSAY_POST_DONE,    /* an answer, whatever its status */
    ASSAY_POST_BROKEN,  /* worth another try */
    ASSAY_POST_REFUSED, /* never going to work */
    ASSAY_POST_STOPPED  /* the user wants no more */
} assay_post_end;

typedef struct assay_poster {
    void *context;
    assay_post_end (*post)(void *context, const assay_post *post, assay_post_reply *reply);
    bool (*sleep)(void *context, double seconds); /* false: the user wants no more */
    double (*now)(void *context);                 /* seconds, monotonic */
} assay_poster;

/* This build's own: libcurl, or NULL when the program was built without it. */
const assay_poster *assay_poster_own(void);
/* Reads a key from the terminal, unseen. E_ARGUMENT where there is no terminal. */
assay_status assay_endpoint_ask_key(char *key, size_t size, assay_error *err);

/* ---- the rules ---- */

typedef struct assay_endpoint_options {
    const char *url;   /* up to and without /chat/completions, or with it */
    const char *model; /* as the endpoint calls it */
    const char *key;   /* NULL or "": none. Borrowed */
    const char *log;   /* path of the finished pairs; made when it is not there */
    double timeout;    /* seconds of one request [60] */
    double pause;  /* seconds before the second try, doubled for each further one up to 60 [1] */
    int64_t tries; /* of one request [5] */
    int64_t per_minute;   /* requests; 0: no limit [60] */
    size_t *n_unanswered; /* counts the texts without an answer; NULL: nobody asks */
    size_t *n_others;     /* counts the log's lines that are not this address's; NULL likewise */
} assay_endpoint_options;
assay_endpoint_options assay_endpoint_defaults(void);

/* Checks everything before the first text leaves: address, model, key, log. The options' strings and the poster are
 * borrowed. E_ARGUMENT, E_FORMAT (a log of another kind), E_IO. Its extract: E_IO when the endpoint gives up or refuses,
 * E_CANCELLED. */
assay_status assay_endpoint_extractor(const assay_endpoint_options *options,
                                      const assay_poster *poster, assay_extractor *out,
                                      assay_error *err);
/* Host and port of an address, for the line that names it. */
void assay_endpoint_host(const char *url, char *out, size_t size);

/* ---- what is sent and what comes back (endpoint_json.c) ---- */

/* Appends the body of a request. */
void assay_endpoint_body(const char *model, const assay_extract_request *request,
                         assay_buffer *out);
/* Phrases of an answer's body; those that are none are left out, and any that holds the key. E_FORMAT: not what an endpoint
 * answers; E_CHECK: an answer, but no list of phrases in it. */
assay_status assay_endpoint_phrases(const char *body, size_t n, const char *key,
                                    const assay_extract_request *request, assay_phrase *out,
                                    size_t *n_out, assay_error *err);
/* The message of an error body, in one line, without the key; "" when there is none. */
void assay_endpoint_message(const char *body, size_t n, const char *key, char *out, size_t size);
/* Overwrites every occurrence of the key by '*', and of its beginning: it may have been cut. */
void assay_endpoint_strike(char *text, size_t n, const char *key);

#endif
