/* Label files -> rows -> one sorted set: what the readers of the formats, the builder and the writers share.
 *
 * A reader turns one file into rows of texts and of votes. Only when the whole file was read do its rows join those of
 * the builder, so that nothing is kept of a file that fails. Sorting the rows makes the set independent of the order
 * of lines and files, and puts duplicates side by side. */
#ifndef ASSAY_CLAVE_LABELS_H
#define ASSAY_CLAVE_LABELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "assay_clave.h"
#include "format/json.h"

#define ASSAY_LABELS_MAX_TEXTS 1000000
#define ASSAY_LABELS_MAX_VOTES 4000000
#define ASSAY_LABELS_MAX_TEXT  (1u << 20)   /* bytes of a scenario, response or note */
#define ASSAY_LABELS_MAX_NAME  200          /* bytes of an id, annotator or source */
#define ASSAY_LABELS_MAX_TIME  253402300799 /* seconds since 1970: the end of the year 9999 */

/* ---- strings, each kept once: equal texts have equal addresses ---- */

typedef struct assay_strings {
    struct assay_strings_chunk *chunks;
    const char **table; /* [size] open addressing; NULL: free */
    size_t size, n;
} assay_strings;

const char *assay_strings_keep(assay_strings *s, const char *text, size_t n); /* NULL: no memory */
void assay_strings_free(assay_strings *s);

/* ---- rows ---- */

typedef struct assay_text_row {
    const char *id, *scenario, *response, *source;
    uint32_t file, line;
} assay_text_row;

typedef struct assay_vote_row {
    const char *id, *annotator, *note;
    int64_t time;
    uint32_t file, line;
    uint8_t value;
    int8_t label;
    bool skip;
} assay_vote_row;

typedef struct assay_label_rows {
    assay_text_row *texts;
    assay_vote_row *votes;
    size_t n_texts, cap_texts, n_votes, cap_votes;
} assay_label_rows;

/* ---- reading one file ---- */

typedef struct assay_label_reader {
    const assay_values *values;
    assay_strings *strings;
    assay_label_rows *rows;
    const char *name; /* of the file, as the caller gave it */
    const char *
        annotator; /* who it is where the format names nobody: the file's name without folder and ending */
    uint32_t file, line; /* line: of what is being read, from 1 */
    assay_error *err;
} assay_label_reader;

/* One label as a format says it, before it is checked. */
typedef struct assay_label_mark {
    int value;
    int8_t label;
    bool skip;
} assay_label_mark;

/* "FILE:LINE: ..." */
assay_status assay_reader_fail(const assay_label_reader *r, assay_status status, const char *format,
                               ...) ASSAY_PRINTF(3, 4);
assay_status assay_reader_memory(const assay_label_reader *r);
/* What a file says, fit for a sentence: at most 48 bytes, cut at a character, control characters as '?'. */
const char *assay_reader_shown(const char *text, char out[64]);
/* Rows of the current line; ids and names are checked, strings copied. annotator NULL: the file's. */
assay_status assay_reader_text(assay_label_reader *r, const char *id, const char *scenario,
                               const char *response, const char *source);
assay_status assay_reader_vote(assay_label_reader *r, const char *id, const char *annotator,
                               assay_label_mark mark, int64_t time, const char *note);
/* A value's id; a label's word (or "1", "0", "-1"); both as "security:adheres". */
assay_status assay_reader_value(const assay_label_reader *r, const char *text, int *value);
assay_status assay_reader_label(const assay_label_reader *r, const char *text,
                                assay_label_mark *mark);
assay_status assay_reader_pair(const assay_label_reader *r, const char *text,
                               assay_label_mark *mark);
/* "ITEM:VALUE" in place, cut at the last colon: formats that know items only. */
assay_status assay_reader_item(const assay_label_reader *r, char *text, int *value);
/* Seconds since 1970, or ISO 8601 ("2026-01-31T09:30:00Z"; fractions are dropped). */
assay_status assay_reader_time(const assay_label_reader *r, const char *text, int64_t *time);

/* Calls `read` for each JSON object of a file, one a line or all in one list; r->line is where it begins. Stops at the
 * first failure. */
typedef assay_status assay_label_item_reader(assay_label_reader *r, const cJSON *item);
assay_status assay_label_items_each(assay_label_reader *r, const char *bytes, size_t n,
                                    assay_label_item_reader *read);

/* Members of a JSON object; what may be absent may also be null. Strings belong to the object. */
assay_status assay_reader_string(const assay_label_reader *r, const cJSON *object, const char *key,
                                 const char **out); /* keeps *out when absent */
/* A string, or a whole number as its digits in `digits`. NULL, without a failure, when absent. */
assay_status assay_reader_name(const assay_label_reader *r, const cJSON *object, const char *key,
                               char digits[24], const char **out);
assay_status assay_reader_when(const assay_label_reader *r, const cJSON *object, const char *key,
                               int64_t *out); /* seconds or ISO 8601; keeps *out when absent */

/* UTF-8 without NUL; a byte order mark is skipped. */
assay_status assay_labels_check_encoding(assay_label_reader *r, const char **bytes, size_t *n);
void assay_time_print(int64_t time, char out[32]); /* ISO 8601, UTC */

typedef assay_status assay_labels_read(assay_label_reader *r, const char *bytes, size_t n);
assay_labels_read assay_labels_read_jsonl, assay_labels_read_doccano, assay_labels_read_prodigy,
    assay_labels_read_label_studio, assay_labels_read_argilla, assay_labels_read_csv,
    assay_labels_read_crowd_kit, assay_labels_read_mace;

/* ---- the set ---- */

struct assay_labels {
    assay_strings strings;
    assay_judged_text *texts; /* [n_texts] by id */
    const char **annotators;  /* [n_annotators] by name */
    assay_vote *votes;        /* [n_votes] by text, value, annotator */
    size_t n_texts, n_annotators, n_votes;
    char sha256[65], values_sha256[65];
};

/* The hash of assay_labels_write's "jsonl", without holding all of it. */
assay_status assay_labels_hash(const assay_labels *l, const assay_values *values, char hex[65],
                               assay_error *err);

/* ---- writing ---- */

/* What assay_labels_write hands to the writer of a format. Failures of memory are the buffer's. */
typedef void assay_labels_writer(const assay_labels *l, const assay_values *values,
                                 assay_buffer *out);
assay_labels_writer assay_labels_write_csv, assay_labels_write_crowd_kit, assay_labels_write_mace;
assay_labels_writer assay_labels_write_label_studio, assay_labels_write_doccano,
    assay_labels_write_prodigy, assay_labels_write_argilla;
/* "adheres", "opposes", "unrelated" or "skip" */
const char *assay_vote_word(const assay_vote *vote);

#endif
