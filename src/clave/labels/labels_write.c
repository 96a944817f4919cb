/* Writing of labels: Assay's own JSONL, which is also what is hashed, and the choice among the formats. */
#include "clave/labels/labels.h"

#include <string.h>

#include "base/sha256.h"

/* ---- Assay's own ---- */

typedef struct line_writer { /* of lines that share a text */
    const assay_labels *l;
    const assay_values *values;
    assay_buffer *out;
    assay_buffer id, text; /* JSON of the text's members, made once for all its lines */
} line_writer;

static void begin_text(line_writer *w, const assay_judged_text *text) {
    w->id.len = w->text.len = 0;
    assay_buffer_print(&w->id, "\"id\":");
    assay_json_string(&w->id, text->id);
    assay_buffer_print(&w->text, ",\"response\":");
    assay_json_string(&w->text, text->response);
    assay_buffer_print(&w->text, ",\"scenario\":");
    assay_json_string(&w->text, text->scenario);
    if (text->source[0] != '\0') {
        assay_buffer_print(&w->text, ",\"source\":");
        assay_json_string(&w->text, text->source);
    }
    if (w->id.failed || w->text.failed) w->out->failed = true;
}

/* One vote; NULL: the text alone. Keys are in order, as in all canonical JSON. */
static void write_line(line_writer *w, const assay_vote *v) {
    assay_buffer *out = w->out;
    assay_buffer_print(out, "{");
    if (v != NULL) {
        assay_buffer_print(out, "\"annotator\":");
        assay_json_string(out, w->l->annotators[v->annotator]);
        assay_buffer_print(out, ",");
    }
    assay_buffer_append(out, w->id.data, w->id.len);
    if (v != NULL) {
        assay_buffer_print(out, ",\"label\":\"%s\"", assay_vote_word(v));
        if (v->note[0] != '\0') {
            assay_buffer_print(out, ",\"note\":");
            assay_json_string(out, v->note);
        }
    }
    assay_buffer_append(out, w->text.data, w->text.len);
    if (v != NULL) {
        if (v->time != 0) assay_buffer_print(out, ",\"time\":%lld", (long long)v->time);
        assay_buffer_print(out, ",\"value\":\"%s\"", assay_values_at(w->values, v->value)->id);
    }
    assay_buffer_print(out, "}\n");
}

/* All lines; with a hash they go there instead, and `out` holds one at a time. */
static void write_lines(const assay_labels *l, const assay_values *values, assay_buffer *out,
                        assay_sha256 *sha) {
    line_writer w = {.l = l, .values = values, .out = out};
    size_t i = 0;
    for (size_t t = 0; t < l->n_texts && !out->failed; t++) {
        bool alone = i == l->n_votes || l->votes[i].text != t;
        begin_text(&w, &l->texts[t]);
        while (!out->failed && (alone || (i < l->n_votes && l->votes[i].text == t))) {
            write_line(&w, alone ? NULL : &l->votes[i]);
            if (sha != NULL && !out->failed) {
                assay_sha256_update(sha, out->data, out->len);
                out->len = 0;
            }
            i += !alone;
            alone = false;
        }
    }
    assay_buffer_free(&w.id);
    assay_buffer_free(&w.text);
}

static void write_jsonl(const assay_labels *l, const assay_values *values, assay_buffer *out) {
    write_lines(l, values, out, NULL);
}

assay_status assay_labels_hash(const assay_labels *l, const assay_values *values, char hex[65],
                               assay_error *err) {
    assay_buffer line = {0};
    assay_sha256 sha;
    assay_sha256_init(&sha);
    write_lines(l, values, &line, &sha);
    bool failed = line.failed;
    assay_buffer_free(&line);
    if (failed) return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
    assay_digest digest = assay_sha256_final(&sha);
    memcpy(hex, digest.hex, sizeof digest.hex);
    return ASSAY_OK;
}

/* ---- the formats ---- */

assay_status assay_labels_write(const assay_labels *l, const assay_values *values,
                                const char *format, assay_buffer *out, assay_error *err) {
    static const struct {
        const char *name;
        assay_labels_writer *write;
    } formats[] = {{"jsonl", write_jsonl},
                   {"csv", assay_labels_write_csv},
                   {"label-studio", assay_labels_write_label_studio},
                   {"doccano", assay_labels_write_doccano},
                   {"prodigy", assay_labels_write_prodigy},
                   {"argilla", assay_labels_write_argilla},
                   {"crowd-kit", assay_labels_write_crowd_kit},
                   {"mace", assay_labels_write_mace}};
    size_t i = 0, before = out->len;
    while (i < sizeof formats / sizeof formats[0] && strcmp(formats[i].name, format) != 0) i++;
    if (i == sizeof formats / sizeof formats[0])
        return assay_fail(err, ASSAY_E_ARGUMENT,
                          "there is no label format \"%.40s\"; it is one of jsonl, csv, "
                          "label-studio, doccano, prodigy, argilla, crowd-kit, mace",
                          format);
    if (strcmp(assay_values_sha256(values), l->values_sha256) != 0)
        return assay_fail(err, ASSAY_E_ARGUMENT, "the labels are for another value system than %s",
                          assay_values_id(values));
    formats[i].write(l, values, out);
    if (!out->failed) return ASSAY_OK;
    out->len = before;
    if (out->data != NULL) out->data[before] = '\0';
    return assay_fail(err, ASSAY_E_MEMORY, "labels: out of memory");
}
