/* The rules of a download: see fetch.h. A part on the disk, tries that go on where the last one broke, and at the end
 * length, hash and name. */
#define _POSIX_C_SOURCE   200809L
#define _FILE_OFFSET_BITS 64
#include "cli/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/os.h"

#define TRIES          5                    /* in a row that bring next to nothing */
#define WORTH          ((uint64_t)64 << 10) /* bytes of a try that brought something */
#define FIRST_PAUSE    0.5                  /* seconds; doubled for each further try */
#define PATIENCE       60.0
#define LIMIT          ((uint64_t)16 << 30)
#define PIECE          ((size_t)1 << 20)
#define MAX_PATH_BYTES 4200
#define MAX_URL        2000

/* What a try came to. */
typedef enum verdict { GO_ON, TRY_AGAIN, START_OVER, WHOLE, FAILED } verdict;

typedef struct transfer {
    const assay_fetch_job *job;
    const char *name; /* last part of the path, for sentences */
    char part[MAX_PATH_BYTES], from[MAX_PATH_BYTES];
    int file;
    uint64_t at;    /* bytes of the part; all of them are in `sha` */
    uint64_t total; /* of the whole file, ASSAY_HTTP_UNKNOWN until an answer says it */
    assay_sha256 sha;
    char mark[ASSAY_HTTP_TAG]; /* ETag or date of the version the part is of; "" none */
    verdict verdict;
    assay_http_head head;
    char why[ASSAY_HTTP_REASON]; /* of the last try */
    assay_error *err;
} transfer;

/* ---- small things ---- */

assay_status assay_fetch_check_url(const char *url, assay_error *err) {
    size_t scheme = strncasecmp(url, "https://", 8) == 0  ? 8
                    : strncasecmp(url, "http://", 7) == 0 ? 7
                                                          : 0;
    if (scheme == 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "%.200s: not an address of http or https", url);
    size_t host = strcspn(url + scheme, "/?#");
    if (host == 0) return assay_fail(err, ASSAY_E_ARGUMENT, "%.200s: names no server", url);
    if (memchr(url + scheme, '@', host) != NULL)
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "an address with a user name or password in it is not fetched");
    for (const char *c = url; *c != '\0'; c++) {
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            return assay_fail(err, ASSAY_E_ARGUMENT, "%.200s: blanks in an address", url);
    }
    if (strlen(url) > MAX_URL)
        return assay_fail(err, ASSAY_E_ARGUMENT, "an address of more than %d bytes", MAX_URL);
    return ASSAY_OK;
}

bool assay_fetch_size(const char *path, uint64_t *n) {
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < 0) return false;
    *n = (uint64_t)info.st_size;
    return true;
}

static bool is_hash(const char *text) {
    return strspn(text, "0123456789abcdef") == 64 &&
           (text[64] == '\0' || text[64] == ' ' || text[64] == '\n');
}

static bool beside(char *out, const char *path, const char *ending) {
    int n = snprintf(out, MAX_PATH_BYTES, "%s%s", path, ending);
    return n >= 0 && n < MAX_PATH_BYTES;
}

bool assay_fetch_known_hash(const char *path, assay_digest *digest) {
    char from[MAX_PATH_BYTES];
    uint8_t *text = NULL;
    size_t n = 0;
    if (!beside(from, path, ".sha256") || !assay_os_exists(from) ||
        assay_os_read_file(from, 8192, &text, &n, NULL) != ASSAY_OK)
        return false;
    bool known = n >= 64 && is_hash((const char *)text);
    if (known) snprintf(digest->hex, sizeof digest->hex, "%.64s", (const char *)text);
    free(text);
    return known;
}

/* Reads the file from its start, up to its end, into sha; *n bytes. */
static assay_status hash_file(int file, const char *name, assay_sha256 *sha, uint64_t *n,
                              assay_error *err) {
    uint8_t *piece = assay_alloc(PIECE, 1);
    assay_status status = ASSAY_OK;
    *n = 0;
    assay_sha256_init(sha);
    if (piece == NULL) return assay_fail(err, ASSAY_E_MEMORY, "%s: out of memory", name);
    if (lseek(file, 0, SEEK_SET) < 0)
        status = assay_fail(err, ASSAY_E_IO, "%s: %s", name, strerror(errno));
    while (status == ASSAY_OK) {
        ssize_t got = read(file, piece, PIECE);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) status = assay_fail(err, ASSAY_E_IO, "%s: %s", name, strerror(errno));
        if (got <= 0) break;
        assay_sha256_update(sha, piece, (size_t)got);
        *n += (uint64_t)got;
    }
    free(piece);
    return status;
}

assay_status assay_fetch_hash(const char *path, assay_digest *digest, uint64_t *n,
                              assay_error *err) {
    assay_sha256 sha;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) return assay_fail(err, ASSAY_E_IO, "%s: %s", path, strerror(errno));
    assay_status status = hash_file(file, path, &sha, n, err);
    close(file);
    if (status == ASSAY_OK) *digest = assay_sha256_final(&sha);
    return status;
}

/* ---- the part ---- */

static assay_status disk_error(const transfer *t) {
    const char *full = errno == ENOSPC || errno == EDQUOT || errno == EFBIG
                           ? "; what came in is kept, the same call goes on with it"
                           : "";
    return assay_fail(t->err, ASSAY_E_IO, "%s: %s after %llu bytes%s", t->part, strerror(errno),
                      (unsigned long long)t->at, full);
}

/* The address and the mark in PATH.part.from, a line each. */
static bool read_from(transfer *t) {
    uint8_t *text = NULL;
    size_t n = 0;
    if (!assay_os_exists(t->from) ||
        assay_os_read_file(t->from, MAX_URL + ASSAY_HTTP_TAG + 2, &text, &n, NULL) != ASSAY_OK)
        return false;
    size_t url = strlen(t->job->url);
    bool same = n > url && memcmp(text, t->job->url, url) == 0 && text[url] == '\n' &&
                memchr(text, 0, n) == NULL;
    if (same) {
        const char *mark = (const char *)text + url + 1;
        size_t length = strcspn(mark, "\n");
        if (length < ASSAY_HTTP_TAG) {
            memcpy(t->mark, mark, length);
            t->mark[length] = '\0';
        }
    }
    free(text);
    return same;
}

static assay_status write_from(const transfer *t) {
    char text[MAX_URL + ASSAY_HTTP_TAG + 3];
    int n = snprintf(text, sizeof text, "%s\n%s\n", t->job->url, t->mark);
    return assay_os_write_file(t->from, text, (size_t)n, t->err);
}

static assay_status empty_part(transfer *t) {
    t->at = 0;
    assay_sha256_init(&t->sha);
    if (ftruncate(t->file, 0) != 0 || lseek(t->file, 0, SEEK_SET) < 0) return disk_error(t);
    return ASSAY_OK;
}

static bool hash_known(const transfer *t) {
    return t->job->sha256 != NULL && t->job->sha256[0] != '\0';
}

static assay_status open_part(transfer *t) {
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    t->file = open(t->part, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (t->file < 0) return assay_fail(t->err, ASSAY_E_IO, "%s: %s", t->part, strerror(errno));
    if (fcntl(t->file, F_SETLK, &lock) != 0 && (errno == EACCES || errno == EAGAIN)) {
        close(t->file);
        t->file = -1; /* not ours to remove */
        return assay_fail(t->err, ASSAY_E_IO, "%s: another program is fetching it", t->part);
    }
    /* An earlier part goes on only if it is of this address, and if its end can be checked: by a mark now, or by a hash later. */
    bool same = read_from(t);
    assay_status status = hash_file(t->file, t->part, &t->sha, &t->at, t->err);
    if (status != ASSAY_OK || t->at == 0) return status;
    if (!same || (t->mark[0] == '\0' && !hash_known(t)) || t->at > t->job->limit ||
        (t->total != ASSAY_HTTP_UNKNOWN && t->at > t->total))
        return empty_part(t);
    return status;
}

static bool write_all(const transfer *t, const uint8_t *bytes, size_t n) {
    for (size_t at = 0; at < n;) {
        ssize_t put = write(t->file, bytes + at, n - at);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return false;
        at += (size_t)put;
    }
    return true;
}

/* ---- one try ---- */

static bool fail_try(transfer *t, assay_status status) {
    (void)status; /* its sentence is in t->err */
    t->verdict = FAILED;
    return false;
}

static bool again(transfer *t, verdict how, const char *why) {
    snprintf(t->why, sizeof t->why, "%s", why);
    t->verdict = how;
    return false;
}

static bool wrong_length(transfer *t, uint64_t offered) {
    return fail_try(t, assay_fail(t->err, ASSAY_E_FORMAT,
                                  "%s: the server offers %llu bytes, it has to be %llu", t->name,
                                  (unsigned long long)offered, (unsigned long long)t->total));
}

static bool too_large(transfer *t) {
    return fail_try(t, assay_fail(t->err, ASSAY_E_LIMIT, "%s: more than %llu bytes", t->name,
                                  (unsigned long long)t->job->limit));
}

/* The whole file begins. */
static bool on_whole(transfer *t, const assay_http_head *head) {
    if (t->job->bytes == 0) t->total = head->length;
    if (head->length != ASSAY_HTTP_UNKNOWN && head->length != t->total)
        return wrong_length(t, head->length);
    if (t->total != ASSAY_HTTP_UNKNOWN && t->total > t->job->limit) return too_large(t);
    if (t->at > 0 && empty_part(t) != ASSAY_OK) return fail_try(t, ASSAY_E_IO);
    const char *mark = head->etag[0] != '\0' ? head->etag : head->modified;
    memcpy(t->mark, mark, strlen(mark) + 1);
    if (write_from(t) != ASSAY_OK) return fail_try(t, ASSAY_E_IO);
    return true;
}

/* The rest of it begins, if it is the rest of the same. */
static bool on_rest(transfer *t, const assay_http_head *head) {
    const char *mark = t->mark[0] == '"' ? head->etag : head->modified;
    if (mark[0] != '\0' && t->mark[0] != '\0' && strcmp(mark, t->mark) != 0)
        return again(t, START_OVER, "the server has another version by now");
    if (t->at == 0 || head->first != t->at)
        return again(t, START_OVER, "the server sent another range than it was asked for");
    if (head->total == ASSAY_HTTP_UNKNOWN) return true;
    if (t->total == ASSAY_HTTP_UNKNOWN) t->total = head->total;
    if (head->total == t->total) return true;
    if (t->job->bytes > 0) return wrong_length(t, head->total);
    return again(t, START_OVER, "the server has a file of another length by now");
}

static bool on_head(void *context, const assay_http_head *head) {
    transfer *t = context;
    int s = head->status;
    char why[64];
    t->head = *head;
    if (s == 200) return on_whole(t, head);
    if (s == 206) return on_rest(t, head);
    if (s == 416 && t->at > 0) {
        bool complete =
            head->total == t->at && (t->total == ASSAY_HTTP_UNKNOWN || t->total == t->at);
        return again(t, complete ? WHOLE : START_OVER, "the server has no such range");
    }
    snprintf(why, sizeof why, "the server answered %d", s);
    if (s >= 500 || s == 408 || s == 425 || s == 429) return again(t, TRY_AGAIN, why);
    return fail_try(t, assay_fail(t->err, ASSAY_E_IO, "%s could not be fetched: %s (%.200s)",
                                  t->name, why, t->job->url));
}

static bool on_tick(void *context) {
    transfer *t = context;
    const assay_fetch_job *job = t->job;
    uint64_t total = t->total == ASSAY_HTTP_UNKNOWN ? 0 : t->total;
    if (job->progress == NULL || job->progress(job->progress_context, t->at, total) == 0)
        return true;
    return fail_try(t, assay_fail(t->err, ASSAY_E_CANCELLED,
                                  "stopped; the same call goes on with what came in"));
}

static bool on_body(void *context, const uint8_t *bytes, size_t n) {
    transfer *t = context;
    uint64_t most = t->total == ASSAY_HTTP_UNKNOWN ? t->job->limit : t->total;
    if (n > most - t->at) {
        if (t->total == ASSAY_HTTP_UNKNOWN) return too_large(t);
        assay_fail(t->err, ASSAY_E_FORMAT, "%s: the server sends more than its %llu bytes", t->name,
                   (unsigned long long)t->total);
        return fail_try(t, empty_part(t));
    }
    if (!write_all(t, bytes, n)) {
        disk_error(t);
        if (ftruncate(t->file, (off_t)t->at) != 0) t->at = 0; /* half a piece is none */
        return fail_try(t, ASSAY_E_IO);
    }
    assay_sha256_update(&t->sha, bytes, n);
    t->at += n;
    return on_tick(t);
}

/* One request, for what is missing. */
static verdict try_once(transfer *t, const assay_http *http) {
    const assay_http_sink sink = {t, on_head, on_body, on_tick};
    const assay_http_request request = {t->job->url, t->at, t->mark[0] != '\0' ? t->mark : NULL,
                                        t->job->patience};
    t->verdict = GO_ON;
    t->why[0] = '\0';
    if (t->total != ASSAY_HTTP_UNKNOWN && t->at == t->total) return WHOLE;
    char why[ASSAY_HTTP_REASON] = "";
    assay_http_end end = http->get(http->context, &request, &sink, why);
    if (t->verdict != GO_ON) return t->verdict;
    if (end == ASSAY_HTTP_REFUSED) {
        assay_fail(t->err, ASSAY_E_IO, "%s could not be fetched: %s (%.200s)", t->name, why,
                   t->job->url);
        return FAILED;
    }
    if (end == ASSAY_HTTP_DONE && (t->total == ASSAY_HTTP_UNKNOWN || t->at == t->total))
        return WHOLE;
    snprintf(t->why, sizeof t->why, "%s", end == ASSAY_HTTP_BROKEN ? why : "it ended too early");
    return TRY_AGAIN;
}

static assay_status give_up(const transfer *t) {
    if (t->total == ASSAY_HTTP_UNKNOWN || t->at == 0)
        return assay_fail(t->err, ASSAY_E_IO, "%s could not be fetched: %s (%d tries, %.200s)",
                          t->name, t->why, TRIES, t->job->url);
    return assay_fail(
        t->err, ASSAY_E_IO,
        "%s could not be fetched: %s, at %llu of %llu bytes, which are kept (%d tries, %.100s)",
        t->name, t->why, (unsigned long long)t->at, (unsigned long long)t->total, TRIES,
        t->job->url);
}

static assay_status all_tries(transfer *t, const assay_http *http) {
    double pause = FIRST_PAUSE;
    uint64_t most = t->at; /* a server that starts over again and again brings nothing */
    for (int tries = 0; tries < TRIES;) {
        verdict v = try_once(t, http);
        if (v == FAILED) return t->err->status;
        if (v == WHOLE) return ASSAY_OK;
        bool worth = t->at > most && t->at - most >= WORTH;
        tries = worth ? 1 : tries + 1;
        if (worth) pause = FIRST_PAUSE;
        if (t->at > most) most = t->at;
        if (v == START_OVER && empty_part(t) != ASSAY_OK) return t->err->status;
        if (v == START_OVER) t->mark[0] = '\0';
        if (tries == TRIES) break;
        if (v == TRY_AGAIN) {
            http->sleep(http->context, pause);
            pause *= 2;
        }
        if (!on_tick(t)) return t->err->status;
    }
    return give_up(t);
}

/* ---- the end: hash and name ---- */

assay_status assay_fetch_keep_hash(const char *path, const assay_digest *digest, assay_error *err) {
    char hash_path[MAX_PATH_BYTES], line[MAX_PATH_BYTES + 70];
    const char *slash = strrchr(path, '/');
    if (!beside(hash_path, path, ".sha256"))
        return assay_fail(err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", MAX_PATH_BYTES);
    int n = snprintf(line, sizeof line, "%s  %s\n", digest->hex, slash != NULL ? slash + 1 : path);
    return assay_os_write_file(hash_path, line, (size_t)n, err);
}

static assay_status finish(transfer *t, assay_digest *digest) {
    const assay_fetch_job *job = t->job;
    *digest = assay_sha256_final(&t->sha);
    if (hash_known(t) && strcmp(digest->hex, job->sha256) != 0) {
        unlink(t->part);
        unlink(t->from);
        return assay_fail(t->err, ASSAY_E_CHECK, "%s: sha256 is %s, it has to be %.64s; removed",
                          t->name, digest->hex, job->sha256);
    }
    if (fsync(t->file) != 0 && errno != EINVAL && errno != EROFS) return disk_error(t);
    /* The hash first: a file that has its name always has its hash. */
    assay_status status = assay_fetch_keep_hash(job->path, digest, t->err);
    if (status == ASSAY_OK && rename(t->part, job->path) != 0)
        status = assay_fail(t->err, ASSAY_E_IO, "%s: %s", job->path, strerror(errno));
    if (status == ASSAY_OK) unlink(t->from);
    return status;
}

assay_status assay_fetch(const assay_http *http, const assay_fetch_job *given, assay_digest *digest,
                         assay_error *err) {
    assay_fetch_job job = *given;
    assay_error local = {0};
    transfer t = {.job = &job, .file = -1, .err = err != NULL ? err : &local};
    const char *slash = strrchr(job.path, '/');
    t.name = slash != NULL ? slash + 1 : job.path;
    if (job.limit == 0) job.limit = LIMIT;
    if (job.patience <= 0) job.patience = PATIENCE;
    t.total = job.bytes > 0 ? job.bytes : ASSAY_HTTP_UNKNOWN;
    assay_status status = assay_fetch_check_url(job.url, t.err);
    if (status == ASSAY_OK && job.bytes > job.limit) {
        too_large(&t);
        status = t.err->status;
    }
    if (status == ASSAY_OK &&
        (!beside(t.part, job.path, ".part") || !beside(t.from, job.path, ".part.from")))
        status =
            assay_fail(t.err, ASSAY_E_ARGUMENT, "a path of more than %d bytes", MAX_PATH_BYTES);
    if (status == ASSAY_OK) status = open_part(&t);
    if (status == ASSAY_OK) status = all_tries(&t, http);
    if (status == ASSAY_OK) status = finish(&t, digest);
    if (status != ASSAY_OK && t.file >= 0 && t.at == 0) { /* nothing came: nothing to go on with */
        unlink(t.part);
        unlink(t.from);
    }
    if (t.file >= 0) close(t.file);
    return status;
}
