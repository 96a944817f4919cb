/* Status codes and the one error object.
 *
 * Every function that can fail returns an assay_status and takes an assay_error as its last argument. The
 * error keeps one sentence that says what went wrong and where; the first failure wins, so a caller may
 * pass the error up without hiding the cause. */
#ifndef ASSAY_BASE_STATUS_H
#define ASSAY_BASE_STATUS_H

typedef enum assay_status {
    ASSAY_OK = 0,
    ASSAY_E_ARGUMENT,    /* the caller asked for something that cannot be: a usage error */
    ASSAY_E_IO,          /* a file could not be opened, read or written */
    ASSAY_E_FORMAT,      /* bytes from outside are not what their format says */
    ASSAY_E_LIMIT,       /* well formed, but larger than this build accepts */
    ASSAY_E_UNSUPPORTED, /* well formed, but of a kind this build does not handle */
    ASSAY_E_MEMORY,      /* out of memory */
    ASSAY_E_CANCELLED,   /* a progress callback asked to stop */
    ASSAY_E_CHECK        /* it ran, but what it verified does not hold */
} assay_status;

/* Zero-initialise before first use: `assay_error err = {0};`. Plain data, owned by the caller. */
typedef struct assay_error {
    assay_status status;
    char text[512]; /* UTF-8, one sentence, NUL-terminated, no trailing newline */
} assay_error;

#if defined(__GNUC__)
#define ASSAY_PRINTF(a, b) __attribute__((format(printf, a, b)))
#else
#define ASSAY_PRINTF(a, b)
#endif

/* Records a failure and returns `status`: `return assay_fail(err, ASSAY_E_FORMAT, "gguf: ...", ...)`.
 * err may be NULL. If err already holds a failure it is kept and its own status is returned. */
assay_status assay_fail(assay_error *err, assay_status status, const char *format, ...)
    ASSAY_PRINTF(3, 4);

/* Short lower-case name of a status ("format", "io", ...), a static string. */
const char *assay_status_name(assay_status status);

#endif
