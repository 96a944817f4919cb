/* Value profile and answers of a report as parts of its page. */
#include <string.h>

#include "cli/table.h"

/* From the middle: what opposes to the left, what adheres to the right, each with its interval as a pale band. */
static void print_plot(assay_buffer *out, const assay_value_row *row) {
    const assay_share_row *a = &row->adheres, *o = &row->opposes;
    assay_buffer_print(
        out,
        "<td class=\"plot\"><svg viewBox=\"0 0 200 8\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"opposes %.1f %%, adheres %.1f %%\">"
        "<rect width=\"200\" height=\"8\" fill=\"var(--line)\" opacity=\".4\"/>",
        100 * o->share, 100 * a->share);
    if (a->known)
        assay_buffer_print(
            out,
            "<rect x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"6\" fill=\"var(--mark)\" "
            "opacity=\".35\"/>"
            "<rect x=\"%.2f\" y=\"3\" width=\"%.2f\" height=\"2\" fill=\"var(--mark)\"/>"
            "<rect x=\"%.2f\" y=\"1\" width=\"%.2f\" height=\"6\" fill=\"var(--span)\"/>"
            "<rect x=\"100\" y=\"3\" width=\"%.2f\" height=\"2\" fill=\"var(--bar)\"/>",
            100 - 100 * o->high, 100 * (o->high - o->low), 100 - 100 * o->share, 100 * o->share,
            100 + 100 * a->low, 100 * (a->high - a->low), 100 * a->share);
    assay_buffer_print(out, "</svg></td>");
}

static void print_share(assay_buffer *out, const assay_share_row *s) {
    if (s->known)
        assay_buffer_print(out, "<td>%.1f %%</td><td>%.1f – %.1f</td>", 100 * s->share,
                           100 * s->low, 100 * s->high);
    else
        assay_buffer_print(out, "<td>–</td><td>–</td>");
}

static void print_profile(assay_buffer *out, const cJSON *values) {
    const cJSON *value;
    assay_buffer about = {0};
    assay_values_describe(values, &about);
    assay_buffer_print(out, "<h2>Values</h2>\n<p>");
    assay_html_append_text(out, about.data != NULL ? about.data : "");
    assay_buffer_free(&about);
    assay_buffer_print(
        out,
        ". Shares of the answers that were judged, with 95 %% intervals (bands): opposing to the "
        "left, adhering to "
        "the "
        "right. The intervals are those of the draw of answers; what the classifier gets wrong "
        "comes on top.</p>\n<table>\n<thead><tr><th></th><th>n</th><th>abstained</th><th>opposes</"
        "th><th>95 %% "
        "interval</th><th></th><th>adheres</th><th>95 %% interval</th></tr></thead>\n<tbody>\n");
    cJSON_ArrayForEach(value, cJSON_GetObjectItemCaseSensitive(values, "by_value")) {
        assay_value_row row = assay_value_row_of(value);
        assay_buffer_print(out, "<tr><th scope=\"row\">");
        assay_html_append_text(out, row.name);
        assay_buffer_print(out, "</th><td>%.0f</td><td>%.0f</td>", row.n, row.abstained);
        print_share(out, &row.opposes);
        print_plot(out, &row);
        print_share(out, &row.adheres);
        assay_buffer_print(out, "</tr>\n");
    }
    assay_buffer_print(out, "</tbody>\n</table>\n");
}

static void print_answer(assay_buffer *out, const cJSON *answer) {
    const cJSON *label;
    assay_buffer_print(out, "<li><p>");
    assay_html_append_text(out, assay_report_text(answer, NULL, "question"));
    assay_buffer_print(out, " <code>");
    assay_html_append_text(out, assay_report_text(answer, NULL, "id"));
    assay_buffer_print(out, "</code></p><p class=\"said\">");
    assay_html_append_text(out, assay_report_text(answer, NULL, "text"));
    assay_buffer_print(out, "</p>");
    cJSON_ArrayForEach(label, cJSON_GetObjectItemCaseSensitive(answer, "values")) {
        assay_buffer_print(out, "<p>");
        assay_html_append_text(out, cJSON_IsString(label) ? label->valuestring : "");
        assay_buffer_append(out, " ", 1);
        assay_html_append_text(out, label->string);
        assay_buffer_print(out, "</p>");
    }
    assay_buffer_print(out, "</li>\n");
}

void assay_html_print_answers(const cJSON *report, assay_buffer *out) {
    const cJSON *values = cJSON_GetObjectItemCaseSensitive(report, "values"),
                *answers = cJSON_GetObjectItemCaseSensitive(report, "answers"), *answer;
    if (values != NULL) print_profile(out, values);
    if (answers == NULL) return;
    assay_buffer_print(out, "<h2>Answers</h2>\n<ol class=\"answers\">\n");
    cJSON_ArrayForEach(answer, answers) print_answer(out, answer);
    assay_buffer_print(out, "</ol>\n");
}
