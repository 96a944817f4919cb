/* JSON (RFC 8259) on cJSON, with limits, error sentences, and a canonical form that can be hashed.
 *
 * cJSON is lenient where files from outside must not be, so the text is checked first: strict
 * grammar, valid UTF-8, no NUL (escaped or not), no lone surrogate, at most ASSAY_JSON_MAX_DEPTH
 * levels, no key twice in one object, finite numbers. */
#ifndef ASSAY_FORMAT_JSON_H
#define ASSAY_FORMAT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/status.h"
#include "cJSON.h"

#define ASSAY_JSON_MAX_BYTES  (256u << 20)
#define ASSAY_JSON_MAX_DEPTH  64
#define ASSAY_JSON_MAX_NUMBER 60 /* characters of one number */

/* Parses exactly one value with nothing but white space behind it. Free with cJSON_Delete. `what`
 * starts the sentence ("manifest.json"). E_FORMAT, E_LIMIT, E_MEMORY. */
assay_status assay_json_parse(const char *text, size_t n, const char *what, cJSON **out,
                              assay_error *err);

/* Steps over the byte order mark (U+FEFF) that some editors put before UTF-8: for files that people write. */
void assay_json_skip_mark(const char **text, size_t *n);

/* Canonical text: keys sorted bytewise, no white space, integers without a point, other numbers in
 * the shortest form that reads back the same ("%.17g" at most), strings with the least escaping.
 * Appends to out. */
void assay_json_canonical(const cJSON *value, assay_buffer *out);
/* A string as a JSON literal, quotes included; NULL writes null. Bytes that are no UTF-8 become
 * U+FFFD. */
void assay_json_string(assay_buffer *out, const char *text);
/* A number as the canonical form writes it; null when it is not finite. */
void assay_json_number(assay_buffer *out, double x);

/* Typed members; the sentence names `what` and the key. Strings belong to the object. */
assay_status assay_json_get_string(const cJSON *object, const char *key, const char *what,
                                   const char **out, assay_error *err);
/* A string, or a whole number within +-2^53, whose digits are written then; NULL where the key is absent. */
assay_status assay_json_get_name(const cJSON *object, const char *key, const char *what,
                                 char digits[24], const char **out, assay_error *err);
assay_status assay_json_get_number(const cJSON *object, const char *key, double low, double high,
                                   const char *what, double *out, assay_error *err);
/* A number without a fraction; low and high within +-2^53. */
assay_status assay_json_get_integer(const cJSON *object, const char *key, int64_t low, int64_t high,
                                    const char *what, int64_t *out, assay_error *err);
assay_status assay_json_get_bool(const cJSON *object, const char *key, const char *what, bool *out,
                                 assay_error *err);
assay_status assay_json_get_array(const cJSON *object, const char *key, size_t max,
                                  const char *what, const cJSON **out, assay_error *err);
assay_status assay_json_get_object(const cJSON *object, const char *key, const char *what,
                                   const cJSON **out, assay_error *err);
bool assay_json_has(const cJSON *object, const char *key);
/* Refuses a member that is not among the n keys. */
assay_status assay_json_only(const cJSON *object, const char *const *keys, size_t n,
                             const char *what, assay_error *err);

#endif
