/* Value profile and answers of a report as text. */
#include "cli/table.h"

#include <string.h>

static double number(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsNumber(item) ? item->valuedouble : 0;
}

assay_value_row assay_value_row_of(const cJSON *value) {
    static const char *const labels[] = {"adheres", "opposes"};
    assay_value_row row = {.id = value->string,
                           .name = assay_report_text(value, NULL, "name"),
                           .n = number(value, "n"),
                           .abstained = number(value, "abstained")};
    for (int k = 0; k < 2; k++) {
        const cJSON *share = cJSON_GetObjectItemCaseSensitive(value, labels[k]),
                    *ci = cJSON_GetObjectItemCaseSensitive(share, "ci"),
                    *low = cJSON_GetArrayItem(ci, 0), *high = cJSON_GetArrayItem(ci, 1);
        assay_share_row *out = k == 0 ? &row.adheres : &row.opposes;
        out->known = cJSON_IsNumber(low) && cJSON_IsNumber(high);
        if (!out->known) continue;
        *out = (assay_share_row){true, number(share, "share"), low->valuedouble, high->valuedouble};
    }
    return row;
}

void assay_values_describe(const cJSON *values, assay_buffer *out) {
    bool own = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(values, "free_text"));
    double level = number(values, "min_confidence");
    assay_buffer_print(out, "%.0f answers (%s) judged for ", number(values, "n"),
                       own ? "the model's own words" : "the options that it chose");
    assay_table_append_text(out, assay_report_text(values, "system", "name"));
    assay_buffer_print(out, " by classifier %.12s", assay_report_text(values, NULL, "classifier"));
    if (level > 0) assay_buffer_print(out, ", which abstains below a confidence of %.2f", level);
}

static void print_share(assay_buffer *out, const assay_share_row *s) {
    if (s->known)
        assay_buffer_print(out, " %7.1f %% %6.1f .. %5.1f", 100 * s->share, 100 * s->low,
                           100 * s->high);
    else
        assay_buffer_print(out, " %9s %15s", "-", "-");
}

static void print_profile(assay_buffer *out, const cJSON *values) {
    const cJSON *value;
    assay_buffer_append(out, "\n", 1);
    assay_values_describe(values, out);
    assay_buffer_print(out, "\n%-28s%6s %9s %9s %15s %9s %15s\n", "", "n", "abstained", "adheres",
                       "95 % interval", "opposes", "95 % interval");
    cJSON_ArrayForEach(value, cJSON_GetObjectItemCaseSensitive(values, "by_value")) {
        assay_value_row row = assay_value_row_of(value);
        size_t columns = 0;
        for (const char *p = row.name; *p != '\0'; p++)
            columns += ((unsigned char)*p & 0xC0) != 0x80; /* code points */
        assay_table_append_text(out, row.name);
        assay_buffer_print(out, "%*s%6.0f %9.0f", columns < 28 ? 28 - (int)columns : 1, "", row.n,
                           row.abstained);
        print_share(out, &row.adheres);
        print_share(out, &row.opposes);
        assay_buffer_append(out, "\n", 1);
    }
    assay_buffer_print(out,
                       "95 %%: of the draw of answers; what the classifier gets wrong comes on "
                       "top.\n");
}

static void print_answer(assay_buffer *out, const cJSON *answer) {
    const cJSON *label;
    assay_buffer_append(out, "\n", 1);
    assay_table_append_text(out, assay_report_text(answer, NULL, "id"));
    assay_buffer_print(out, "  ");
    assay_table_append_text(out, assay_report_text(answer, NULL, "question"));
    assay_buffer_print(out, "\n    > ");
    assay_table_append_text(out, assay_report_text(answer, NULL, "text"));
    assay_buffer_append(out, "\n", 1);
    cJSON_ArrayForEach(label, cJSON_GetObjectItemCaseSensitive(answer, "values")) {
        assay_buffer_print(out, "    %s ", cJSON_IsString(label) ? label->valuestring : "");
        assay_table_append_text(out, label->string);
        assay_buffer_append(out, "\n", 1);
    }
}

void assay_table_print_answers(const cJSON *report, assay_buffer *out) {
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(report, "values"),
                *answers = cJSON_GetObjectItemCaseSensitive(report, "answers"), *answer;
    if (values != NULL) print_profile(out, values);
    cJSON_ArrayForEach(answer, answers) print_answer(out, answer);
    if (values != NULL || answers != NULL) assay_buffer_append(out, "\n", 1);
}
