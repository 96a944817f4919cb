/* Getting a large file over HTTP. The rules are here and know no transport; a transport only makes one request.
 *
 *   - What came in stays in PATH.part and gets its name only when it is whole and right; beside it PATH.part.from keeps where it
 *     came from and how its server marked that version, so that a later call goes on where this one ended.
 *   - A cut connection is tried again with growing pauses, from where it broke (Range, with If-Range on the server's ETag or date).
 *     A server that knows no ranges, or has another version by now, starts it over.
 *   - The length is that of the caller, or else of the first answer; the hash is computed while the bytes come in (once over what
 *     was there before) and kept beside the file as PATH.sha256, in the form of sha256sum. A wrong one removes the file.
 *   - Stopping, a full disk and a server that gives up leave the part where it is. Nothing is held in memory. */
#ifndef ASSAY_CLI_FETCH_H
#define ASSAY_CLI_FETCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/sha256.h"
#include "base/status.h"

#define ASSAY_HTTP_UNKNOWN UINT64_MAX
#define ASSAY_HTTP_TAG     200 /* bytes of a version's mark; a longer one is not used */

/* ---- the seam: one request ---- */

typedef struct assay_http_request {
    const char *url;
    uint64_t first;       /* > 0: only from this byte on (Range) */
    const char *if_range; /* mark of the version that is wanted then (If-Range); NULL: none */
    double patience;      /* seconds without a byte after which the connection counts as broken */
} assay_http_request;

/* What the last answer's header says; after redirects, of where they led. */
typedef struct assay_http_head {
    int status;
    uint64_t length;           /* of the body that follows */
    uint64_t first, total;     /* Content-Range: first byte of a 206, size of the whole file */
    char etag[ASSAY_HTTP_TAG]; /* only a strong one; "" without */
    char modified[ASSAY_HTTP_TAG];
} assay_http_head;

void assay_http_head_clear(assay_http_head *head);
/* Takes a header line with or without its line end; a status line begins a new head. */
void assay_http_head_line(assay_http_head *head, const char *line, size_t n);

/* Called by a transport: the head once, then the body piece by piece, `tick` now and then. False ends the transfer. */
typedef struct assay_http_sink {
    void *context;
    bool (*head)(void *context, const assay_http_head *head);
    bool (*body)(void *context, const uint8_t *bytes, size_t n);
    bool (*tick)(void *context);
} assay_http_sink;

typedef enum assay_http_end {
    ASSAY_HTTP_DONE,    /* all that the server announced */
    ASSAY_HTTP_BROKEN,  /* worth another try */
    ASSAY_HTTP_REFUSED, /* never going to work */
    ASSAY_HTTP_STOPPED  /* the sink wanted no more */
} assay_http_end;

#define ASSAY_HTTP_REASON 200

typedef struct assay_http {
    void *context;
    /* `why` [ASSAY_HTTP_REASON]: the reason when it was broken or refused, in a few words. */
    assay_http_end (*get)(void *context, const assay_http_request *request,
                          const assay_http_sink *sink, char *why);
    void (*sleep)(void *context, double seconds); /* may end earlier */
} assay_http;

/* This build's own: libcurl, or NULL when the program was built without it. */
const assay_http *assay_http_own(void);

/* ---- the rules ---- */

typedef struct assay_fetch_job {
    const char *url;    /* http or https, without user name or password */
    const char *path;   /* the file to make; its folder is there */
    uint64_t bytes;     /* its size; 0: not known */
    uint64_t limit;     /* never more than this; 0: 16 GB */
    const char *sha256; /* 64 hex digits; "" or NULL: not known, the first one is trusted */
    double patience;    /* as in a request; 0: 60 */
    /* Bytes that are there and their full number (0: not known); non-zero cancels (E_CANCELLED). May be NULL. */
    int (*progress)(void *context, uint64_t done, uint64_t total);
    void *progress_context;
} assay_fetch_job;

/* Gets the file; one that is there already is replaced. E_IO, E_FORMAT (not the promised length), E_CHECK (another hash),
 * E_ARGUMENT (an address of another kind), E_CANCELLED. */
assay_status assay_fetch(const assay_http *http, const assay_fetch_job *job, assay_digest *digest,
                         assay_error *err);

/* Whether the address may be fetched at all. */
assay_status assay_fetch_check_url(const char *url, assay_error *err);
/* Hash of a file, read once in pieces. */
assay_status assay_fetch_hash(const char *path, assay_digest *digest, uint64_t *n,
                              assay_error *err);
/* Bytes of a file; false when there is none. */
bool assay_fetch_size(const char *path, uint64_t *n);
/* The hash that PATH.sha256 keeps; false when there is none. */
bool assay_fetch_known_hash(const char *path, assay_digest *digest);
assay_status assay_fetch_keep_hash(const char *path, const assay_digest *digest, assay_error *err);

#endif
