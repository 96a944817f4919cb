/* What any language model is asked: the one place where the words of the prompt stand. */
#include "assay_concepts.h"

#include <string.h>

#include "format/unicode.h"

/* Cut at a character; the cut is marked. */
static void append_cut(const char *text, size_t max_bytes, assay_buffer *out) {
    size_t n = strlen(text);
    if (n <= max_bytes) {
        assay_buffer_append(out, text, n);
        return;
    }
    size_t at = 0;
    for (uint32_t code; at < n;) {
        size_t bytes = assay_utf8_next(text + at, n - at, &code);
        if (at + bytes > max_bytes) break;
        at += bytes;
    }
    assay_buffer_append(out, text, at);
    assay_buffer_append(out, " [...]", 6);
}

void assay_extract_prompt(const assay_extract_request *r, size_t max_bytes, assay_buffer *out) {
    assay_buffer_print(out, "A value: %s. %s\n\n", r->value->name, r->value->definition);
    if (r->scenario[0] != '\0') {
        assay_buffer_print(out, "Scenario:\n");
        append_cut(r->scenario, max_bytes, out);
        assay_buffer_print(out, "\n\n");
    }
    assay_buffer_print(out, "Response:\n");
    append_cut(r->response, max_bytes, out);
    assay_buffer_print(out, "\n\n");
    if (r->labelled)
        assay_buffer_print(out, "People say that this response %s this value.\n",
                           r->label == ASSAY_OPPOSES ? "opposes" : "adheres to");
    assay_buffer_print(
        out,
        "Name what the response does that bears on this value, in %zu short general phrase%s of "
        "2 to 12 words each, such as \"Advising against actions that intentionally harm others\". "
        "A phrase must make sense without the scenario: no names, places or details of it.\n",
        r->k, r->k == 1 ? "" : "s");
}
