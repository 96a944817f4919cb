/* A report (the JSON of assay_report) as text and as a page. */
#ifndef ASSAY_CLI_TABLE_H
#define ASSAY_CLI_TABLE_H

#include "base/arena.h"
#include "format/json.h"

/* The table, samples a second, and the hallmark, for a terminal. Appends to out. */
void assay_table_print(const cJSON *report, assay_buffer *out);
/* One self-contained page; all text from the report is escaped. Appends to out. */
void assay_html_print(const cJSON *report, assay_buffer *out);

/* What both read of a group. */
typedef struct assay_row {
    const char *name;
    double n, correct, ties, accuracy, chance, low,
        high; /* shares of 1; accuracy and chance are 0 when n is 0 */
    bool sight;
} assay_row;
assay_row assay_row_of(const cJSON *group);
const char *
assay_report_text(const cJSON *report, const char *object,
                  const char *key); /* object NULL: of the report itself; "" when absent */

#endif
