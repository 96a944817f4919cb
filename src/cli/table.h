/* A report (the JSON of assay_report) as text and as a page. */
#ifndef ASSAY_CLI_TABLE_H
#define ASSAY_CLI_TABLE_H

#include "base/arena.h"
#include "format/json.h"

/* The table, samples a second, and the hallmark, for a terminal; with answers and value profile where the report has them
 * (report.h). Appends to out. */
void assay_table_print(const cJSON *report, assay_buffer *out);
/* One self-contained page; all text from the report is escaped. Appends to out. */
void assay_html_print(const cJSON *report, assay_buffer *out);

/* The parts of both about answers and values; nothing where there are none. */
void assay_table_print_answers(const cJSON *report, assay_buffer *out);
void assay_html_print_answers(const cJSON *report, assay_buffer *out);
/* Text from files without its control characters; line breaks become spaces. */
void assay_table_append_text(assay_buffer *out, const char *text);
void assay_html_append_text(assay_buffer *out, const char *text);

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

/* Of one value in the profile. */
typedef struct assay_share_row {
    bool known; /* some answer was judged */
    double share, low, high;
} assay_share_row;
typedef struct assay_value_row {
    const char *id, *name;
    double n, abstained;
    assay_share_row adheres, opposes;
} assay_value_row;
assay_value_row assay_value_row_of(const cJSON *value);
/* "24 answers in the model's own words, judged for ...". Appends to out. */
void assay_values_describe(const cJSON *values, assay_buffer *out);

#endif
