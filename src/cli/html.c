/* The report as one self-contained page: no script, nothing from the network. */
#include <string.h>

#include "cli/table.h"

static const char page_start[] =
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
    "name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n<title>Assay report</title>\n<style>\n"
    ":root { color-scheme: light dark; --ink: #1c2330; --soft: #5b6577; --line: #dfe3ea; --paper: "
    "#fff; --bar: #3566c8; --span: #b9cbf2; --mark: #d0682a; }\n"
    "@media (prefers-color-scheme: dark) { :root { --ink: #e7eaf0; --soft: #9aa4b5; --line: "
    "#333b49; --paper: #14181f; --bar: #7ea2f0; --span: #34466e; --mark: #f0965a; } }\n"
    "body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); "
    "max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }\n"
    "h1 { font-size: 1.5rem; margin: 0; }\np, dl { color: var(--soft); }\ntable { border-collapse: "
    "collapse; width: 100%; font-variant-numeric: tabular-nums; }\n"
    "th, td { padding: .25rem .6rem; text-align: right; border-bottom: 1px solid var(--line); "
    "font-weight: normal; }\nthead th { color: var(--soft); }\n"
    "th:first-child { text-align: left; }\ntr.d0 th, tr.d0 td { font-weight: 600; padding-top: "
    ".9rem; }\ntr.d1 th { padding-left: 1.6rem; }\n"
    "tr.d2 th { padding-left: 3.2rem; color: var(--soft); }\ntd.plot { width: 30%; min-width: "
    "9rem; }\nsvg { display: block; width: 100%; height: 1rem; }\n"
    "dt { float: left; clear: left; width: 7rem; }\ndd { margin-left: 7rem; color: var(--ink); "
    "overflow-wrap: anywhere; }\ncode { font-size: .9em; }\n"
    "h2 { font-size: 1.15rem; margin: 2rem 0 .3rem; }\nol.answers { list-style: none; padding: 0; "
    "}\nol.answers li { "
    "border-bottom: 1px solid var(--line); padding: .5rem 0; overflow-wrap: anywhere; "
    "}\nol.answers p { margin: 0; }\n"
    "ol.answers .said { color: var(--ink); white-space: pre-wrap; }\n</style>\n</head>\n<body>\n";

void assay_html_append_text(assay_buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        const char *entity = *text == '&'    ? "&amp;"
                             : *text == '<'  ? "&lt;"
                             : *text == '>'  ? "&gt;"
                             : *text == '"'  ? "&quot;"
                             : *text == '\'' ? "&#39;"
                                             : NULL;
        if (entity != NULL)
            assay_buffer_append(out, entity, strlen(entity));
        else
            assay_buffer_append(out, (unsigned char)*text < 0x20 ? " " : text, 1);
    }
}

/* Interval as a pale band, accuracy as a bar's end, chance as a tick. */
static void print_plot(assay_buffer *out, const assay_row *row) {
    assay_buffer_print(
        out,
        "<td class=\"plot\"><svg viewBox=\"0 0 100 8\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"%.1f %%\">"
        "<rect width=\"100\" height=\"8\" fill=\"var(--line)\" opacity=\".4\"/><rect x=\"%.2f\" "
        "y=\"1\" width=\"%.2f\" height=\"6\" fill=\"var(--span)\"/>"
        "<rect y=\"3\" width=\"%.2f\" height=\"2\" fill=\"var(--bar)\"/><rect x=\"%.2f\" "
        "width=\".6\" height=\"8\" fill=\"var(--mark)\"/></svg></td>",
        100 * row->accuracy, 100 * row->low, 100 * (row->high - row->low), 100 * row->accuracy,
        100 * row->chance);
}

static void print_row(assay_buffer *out, int depth, const char *name, const assay_row *row) {
    assay_buffer_print(out, "<tr class=\"d%d\"><th scope=\"row\">", depth);
    assay_html_append_text(out, name);
    assay_buffer_print(out, "%s</th><td>%.0f</td>", row->sight ? " *" : "", row->n);
    if (row->n > 0) {
        assay_buffer_print(out, "<td>%.1f %%</td><td>%.1f – %.1f</td><td>%.1f %%</td>",
                           100 * row->accuracy, 100 * row->low, 100 * row->high, 100 * row->chance);
        print_plot(out, row);
    } else {
        assay_buffer_print(out, "<td>–</td><td>–</td><td>–</td><td></td>");
    }
    assay_buffer_print(out, "</tr>\n");
}

static void print_groups(assay_buffer *out, const cJSON *list, int depth) {
    static const char *const inner[] = {"domains", "tasks"};
    const cJSON *group;
    cJSON_ArrayForEach(group, list) {
        assay_row row = assay_row_of(group);
        print_row(out, depth, row.name, &row);
        if (depth < 2)
            print_groups(out, cJSON_GetObjectItemCaseSensitive(group, inner[depth]), depth + 1);
    }
}

static void print_fact(assay_buffer *out, const char *name, const char *value) {
    if (value[0] == '\0') return;
    assay_buffer_print(out, "<dt>%s</dt><dd><code>", name);
    assay_html_append_text(out, value);
    assay_buffer_print(out, "</code></dd>\n");
}

void assay_html_print(const cJSON *report, assay_buffer *out) {
    assay_row all = assay_row_of(report),
              sight = assay_row_of(cJSON_GetObjectItemCaseSensitive(report, "sight"));
    assay_buffer recipe = {0};
    assay_buffer_append(out, page_start, sizeof page_start - 1);
    assay_buffer_print(out, "<h1>");
    assay_html_append_text(out, assay_report_text(report, "model", "name"));
    assay_buffer_print(out, " on ");
    assay_html_append_text(out, assay_report_text(report, "dataset", "name"));
    assay_buffer_print(out, "</h1>\n<p>Recipe ");
    assay_html_append_text(out, assay_report_text(report, "recipe", "name"));
    assay_buffer_print(out,
                       ". Accuracy with 95 %% Wilson intervals (band); the tick is chance. %.0f "
                       "ties. * cannot be answered without the image.</p>\n",
                       all.ties);
    assay_buffer_print(out, "<table>\n<thead><tr><th></th><th>n</th><th>accuracy</th><th>95 %% "
                            "interval</th><th>chance</th><th></th></tr></thead>\n<tbody>\n");
    print_row(out, 0, "All", &all);
    print_row(out, 1, "Samples that need sight", &sight);
    print_groups(out, cJSON_GetObjectItemCaseSensitive(report, "dimensions"), 0);
    assay_buffer_print(out, "</tbody>\n</table>\n");
    assay_html_print_answers(report, out);
    assay_buffer_print(out, "<dl>\n");
    const char *hallmark = assay_report_text(report, NULL, "hallmark");
    print_fact(out, "Hallmark", hallmark[0] != '\0' ? hallmark : "none: the run is not finished");
    print_fact(out, "Text model", assay_report_text(report, "model", "text"));
    print_fact(out, "Vision", assay_report_text(report, "model", "vision"));
    print_fact(out, "Dataset", assay_report_text(report, "dataset", "id"));
    print_fact(out, "Licence", assay_report_text(report, "dataset", "licence"));
    assay_json_canonical(cJSON_GetObjectItemCaseSensitive(report, "recipe"), &recipe);
    print_fact(out, "Recipe", recipe.data != NULL ? recipe.data : "");
    assay_buffer_free(&recipe);
    print_fact(out, "Engine", assay_report_text(report, NULL, "engine"));
    assay_buffer_print(out, "</dl>\n</body>\n</html>\n");
}
