/* The report as a table of text. */
#include "cli/table.h"

#include <string.h>

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

assay_row assay_row_of(const cJSON *group) {
    const cJSON *ci = cJSON_GetObjectItemCaseSensitive(group, "ci"),
                *name = cJSON_GetObjectItemCaseSensitive(group, "name");
    const cJSON *low = cJSON_GetArrayItem(ci, 0), *high = cJSON_GetArrayItem(ci, 1);
    return (assay_row){.name = cJSON_IsString(name) ? name->valuestring : "",
                       .n = number(group, "n"),
                       .correct = number(group, "correct"),
                       .ties = number(group, "ties"),
                       .accuracy = number(group, "accuracy"),
                       .chance = number(group, "chance"),
                       .low = cJSON_IsNumber(low) ? low->valuedouble : 0,
                       .high = cJSON_IsNumber(high) ? high->valuedouble : 1,
                       .sight = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(group, "sight"))};
}

const char *assay_report_text(const cJSON *report, const char *object, const char *key) {
    if (object != NULL) report = cJSON_GetObjectItemCaseSensitive(report, object);
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(report, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

/* Texts come from files: control characters stay off the terminal, those of U+0080 ... U+009F, C2 80 ... C2 9F, too. */
void assay_table_append_text(assay_buffer *out, const char *text) {
    for (const unsigned char *c = (const unsigned char *)text; *c != '\0'; c++) {
        bool space = *c == '\n' || *c == '\r' || *c == '\t',
             high = *c == 0xC2 && c[1] >= 0x80 && c[1] < 0xA0;
        bool control = *c < 0x20 || *c == 0x7F || high;
        assay_buffer_append(out, space ? " " : control ? "?" : (const char *)c, 1);
        if (high) c++;
    }
}

static void print_row(assay_buffer *out, int indent, const char *name, const assay_row *row) {
    const int width = 44;
    size_t columns = (size_t)indent;
    assay_buffer_print(out, "%*s", indent, "");
    assay_table_append_text(out, name);
    for (const char *p = name; *p != '\0'; p++)
        columns += ((unsigned char)*p & 0xC0) != 0x80; /* code points */
    if (row->sight) assay_buffer_print(out, " *");
    columns += row->sight ? 2 : 0;
    assay_buffer_print(out, "%*s", columns < (size_t)width ? width - (int)columns : 1, "");
    if (row->n > 0) {
        assay_buffer_print(out, "%6.0f %8.0f %8.1f %% %6.1f .. %5.1f %7.1f %%\n", row->n,
                           row->correct, 100 * row->accuracy, 100 * row->low, 100 * row->high,
                           100 * row->chance);
    } else {
        assay_buffer_print(out, "%6d %8s %8s\n", 0, "-", "-");
    }
}

static void print_groups(assay_buffer *out, const cJSON *list, int depth) {
    static const char *const inner[] = {"domains", "tasks"};
    const cJSON *group;
    cJSON_ArrayForEach(group, list) {
        assay_row row = assay_row_of(group);
        if (depth == 0) assay_buffer_append(out, "\n", 1);
        print_row(out, 2 * depth, row.name, &row);
        if (depth < 2)
            print_groups(out, cJSON_GetObjectItemCaseSensitive(group, inner[depth]), depth + 1);
    }
}

void assay_table_print(const cJSON *report, assay_buffer *out) {
    assay_row all = assay_row_of(report),
              sight = assay_row_of(cJSON_GetObjectItemCaseSensitive(report, "sight"));
    const char *hallmark = assay_report_text(report, NULL, "hallmark");
    double seconds = number(report, "seconds"), total = number(report, "n_total");
    assay_table_append_text(out, assay_report_text(report, "model", "name"));
    assay_buffer_print(out, " on ");
    assay_table_append_text(out, assay_report_text(report, "dataset", "name"));
    assay_buffer_print(out, ", recipe ");
    assay_table_append_text(out, assay_report_text(report, "recipe", "name"));
    assay_buffer_print(out, "\n\n%-44s%6s %8s %10s %15s %9s\n", "", "n", "correct", "accuracy",
                       "95 % interval", "chance");
    print_row(out, 0, "All", &all);
    print_row(out, 0, "Samples that need sight", &sight);
    print_groups(out, cJSON_GetObjectItemCaseSensitive(report, "dimensions"), 0);
    assay_buffer_print(out, "\n* cannot be answered without the image\n");
    assay_table_print_answers(report, out);
    assay_buffer_print(out, "ties          %.0f of %.0f (the first of the best options counts)\n",
                       all.ties, all.n);
    if (seconds > 0)
        assay_buffer_print(out, "time          %.1f s, %.2f samples/s\n", seconds, all.n / seconds);
    if (hallmark[0] != '\0')
        assay_buffer_print(out, "hallmark      %s\n", hallmark);
    else
        assay_buffer_print(out, "hallmark      none: %.0f of %.0f samples are done\n", all.n,
                           total);
}
