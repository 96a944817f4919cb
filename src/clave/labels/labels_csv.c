/* Label files in CSV (RFC 4180): the long form, crowd-kit's, MACE's matrix.
 *
 *   csv        item_id,annotator,value,label[,time,note]   columns in any order, others are passed over
 *   crowd-kit  task,worker,label                           task is "ITEM:VALUE"
 *   mace       item,ANNOTATOR,ANNOTATOR,...                item is "ITEM:VALUE"; an empty cell: not asked
 *
 * The texts come with another file. MACE itself wants neither the first line nor the first column. */
#include "clave/labels/labels.h"

#include <stdlib.h>
#include <string.h>

#define MAX_FIELDS 10000 /* of a line */

/* ---- reading rows ---- */

typedef struct csv {
    const char *at, *end;
    uint32_t line;     /* of `at` */
    assay_buffer text; /* of the row's fields, each with its NUL */
    size_t *starts;    /* [n_fields] in text */
    size_t n_fields, cap;
} csv;

static void csv_free(csv *c) {
    assay_buffer_free(&c->text);
    free(c->starts);
}

static char *field(const csv *c, size_t i) {
    return c->text.data + c->starts[i];
}

static assay_status begin_field(assay_label_reader *r, csv *c) {
    if (c->n_fields == MAX_FIELDS)
        return assay_reader_fail(r, ASSAY_E_LIMIT, "more than %d fields in a line", MAX_FIELDS);
    if (c->n_fields == c->cap) {
        size_t cap = c->cap > 0 ? c->cap * 2 : 16;
        size_t *starts = realloc(c->starts, cap * sizeof *starts);
        if (starts == NULL) return assay_reader_memory(r);
        c->starts = starts;
        c->cap = cap;
    }
    c->starts[c->n_fields++] = c->text.len;
    return ASSAY_OK;
}

/* The inside of "...", doubled quotes made single; c->at stands behind the opening one. */
static assay_status quoted(assay_label_reader *r, csv *c) {
    while (c->at < c->end) {
        if (*c->at == '"' && (c->at + 1 == c->end || c->at[1] != '"')) {
            c->at++;
            if (c->at < c->end && *c->at != ',' && *c->at != '\n' && *c->at != '\r') {
                r->line = c->line;
                return assay_reader_fail(r, ASSAY_E_FORMAT, "text stands behind a closing quote");
            }
            return ASSAY_OK;
        }
        c->line += *c->at == '\n';
        c->at += *c->at == '"';
        assay_buffer_append(&c->text, c->at++, 1);
    }
    return assay_reader_fail(r, ASSAY_E_FORMAT, "a quote is not closed");
}

static assay_status plain(assay_label_reader *r, csv *c) {
    const char *from = c->at;
    while (c->at < c->end && *c->at != ',' && *c->at != '\n' && *c->at != '\r') {
        if (*c->at++ == '"')
            return assay_reader_fail(r, ASSAY_E_FORMAT, "a quote stands inside a plain field");
    }
    assay_buffer_append(&c->text, from, (size_t)(c->at - from));
    return ASSAY_OK;
}

/* The next line that is not empty, r->line its number; n_fields 0 at the end. */
static assay_status next_row(assay_label_reader *r, csv *c) {
    for (; c->at < c->end && (*c->at == '\n' || *c->at == '\r'); c->at++) c->line += *c->at == '\n';
    c->text.len = c->n_fields = 0;
    r->line = c->line;
    for (bool more = c->at < c->end; more;) {
        assay_status status = begin_field(r, c);
        if (status != ASSAY_OK) return status;
        bool quote = c->at < c->end && *c->at == '"';
        c->at += quote;
        status = quote ? quoted(r, c) : plain(r, c);
        if (status != ASSAY_OK) return status;
        assay_buffer_append(&c->text, "", 1);
        more = c->at < c->end && *c->at == ',';
        c->at += more;
    }
    return c->text.failed ? assay_reader_memory(r) : ASSAY_OK;
}

/* A row of as many fields as the header has; n_fields 0 at the end. */
static assay_status next_record(assay_label_reader *r, csv *c, size_t n_columns) {
    assay_status status = next_row(r, c);
    if (status != ASSAY_OK || c->n_fields == 0 || c->n_fields == n_columns) return status;
    return assay_reader_fail(r, ASSAY_E_FORMAT, "the line has %zu fields, the header %zu",
                             c->n_fields, n_columns);
}

/* ---- the long form and crowd-kit's ---- */

enum { ITEM, ANNOTATOR, LABEL, VALUE, TIME, NOTE, N_COLUMNS };

/* names [n]: of the columns above, the first `required` of which must be there; at[i] is SIZE_MAX for one that is not. */
static assay_status read_header(assay_label_reader *r, csv *c, const char *const *names, size_t n,
                                size_t required, size_t *at) {
    assay_status status = next_row(r, c);
    if (status != ASSAY_OK) return status;
    for (size_t i = 0; i < n; i++) {
        at[i] = SIZE_MAX;
        for (size_t j = 0; j < c->n_fields; j++) {
            if (strcmp(field(c, j), names[i]) != 0) continue;
            if (at[i] != SIZE_MAX)
                return assay_reader_fail(r, ASSAY_E_FORMAT, "the column \"%s\" stands twice",
                                         names[i]);
            at[i] = j;
        }
        if (at[i] == SIZE_MAX && i < required)
            return assay_reader_fail(r, ASSAY_E_FORMAT, "there is no column \"%s\"", names[i]);
    }
    return ASSAY_OK;
}

static assay_status read_long(assay_label_reader *r, csv *c, const char *const *names, size_t n,
                              size_t required) {
    size_t at[N_COLUMNS];
    assay_status status = read_header(r, c, names, n, required, at);
    for (size_t n_columns = c->n_fields; status == ASSAY_OK;) {
        assay_label_mark mark;
        int64_t time = 0;
        status = next_record(r, c, n_columns);
        if (status != ASSAY_OK || c->n_fields == 0) return status;
        char *item = field(c, at[ITEM]);
        const char *note = n > NOTE && at[NOTE] != SIZE_MAX ? field(c, at[NOTE]) : "";
        status = n > VALUE ? assay_reader_value(r, field(c, at[VALUE]), &mark.value)
                           : assay_reader_item(r, item, &mark.value);
        if (status == ASSAY_OK) status = assay_reader_label(r, field(c, at[LABEL]), &mark);
        if (status == ASSAY_OK && n > TIME && at[TIME] != SIZE_MAX && *field(c, at[TIME]) != '\0')
            status = assay_reader_time(r, field(c, at[TIME]), &time);
        if (status == ASSAY_OK)
            status = assay_reader_vote(r, item, field(c, at[ANNOTATOR]), mark, time, note);
    }
    return status;
}

assay_status assay_labels_read_csv(assay_label_reader *r, const char *bytes, size_t n) {
    static const char *const names[N_COLUMNS] = {"item_id", "annotator", "label",
                                                 "value",   "time",      "note"};
    csv c = {.at = bytes, .end = bytes + n, .line = 1};
    assay_status status = read_long(r, &c, names, N_COLUMNS, VALUE + 1);
    csv_free(&c);
    return status;
}

assay_status assay_labels_read_crowd_kit(assay_label_reader *r, const char *bytes, size_t n) {
    static const char *const names[] = {"task", "worker", "label"};
    csv c = {.at = bytes, .end = bytes + n, .line = 1};
    assay_status status = read_long(r, &c, names, 3, 3);
    csv_free(&c);
    return status;
}

/* ---- MACE's matrix ---- */

/* The names in the first line, which the rows overwrite: NUL-terminated, one after the other. */
static assay_status matrix_header(assay_label_reader *r, csv *c, assay_buffer *names) {
    static const char *const first[] = {"item", "item_id", "id", "task"};
    assay_status status = next_row(r, c);
    if (status != ASSAY_OK) return status;
    bool known = false;
    for (size_t i = 0; i < 4 && c->n_fields > 0; i++) known |= strcmp(field(c, 0), first[i]) == 0;
    if (!known || c->n_fields < 2)
        return assay_reader_fail(
            r, ASSAY_E_FORMAT,
            "the first line is not \"item\" and the annotators: a matrix alone "
            "does not say of which text a line is");
    assay_buffer_append(names, field(c, 1), c->text.len - c->starts[1]);
    return names->failed ? assay_reader_memory(r) : ASSAY_OK;
}

static assay_status read_matrix(assay_label_reader *r, csv *c, assay_buffer *names) {
    assay_status status = matrix_header(r, c, names);
    for (size_t n_columns = c->n_fields; status == ASSAY_OK;) {
        assay_label_mark mark;
        status = next_record(r, c, n_columns);
        if (status != ASSAY_OK || c->n_fields == 0) return status;
        char *item = field(c, 0);
        const char *name = names->data;
        status = assay_reader_item(r, item, &mark.value);
        for (size_t i = 1; i < n_columns && status == ASSAY_OK; i++) {
            if (*field(c, i) != '\0') {
                status = assay_reader_label(r, field(c, i), &mark);
                if (status == ASSAY_OK) status = assay_reader_vote(r, item, name, mark, 0, "");
            }
            name += strlen(name) + 1;
        }
    }
    return status;
}

assay_status assay_labels_read_mace(assay_label_reader *r, const char *bytes, size_t n) {
    csv c = {.at = bytes, .end = bytes + n, .line = 1};
    assay_buffer names = {0};
    assay_status status = read_matrix(r, &c, &names);
    csv_free(&c);
    assay_buffer_free(&names);
    return status;
}
