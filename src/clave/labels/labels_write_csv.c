/* Writers of the CSV forms (see labels_csv.c). crowd-kit and MACE aggregate what they read, so they get no skips. */
#include "clave/labels/labels.h"

#include <string.h>

static void write_field(assay_buffer *out, const char *text) {
    if (text[strcspn(text, ",\"\r\n")] == '\0') {
        assay_buffer_append(out, text, strlen(text));
        return;
    }
    assay_buffer_append(out, "\"", 1);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == '"') assay_buffer_append(out, c, 1);
        assay_buffer_append(out, c, 1);
    }
    assay_buffer_append(out, "\"", 1);
}

static void write_text(assay_buffer *out, const char *text) {
    assay_buffer_append(out, text, strlen(text));
}

void assay_labels_write_csv(const assay_labels *l, const assay_values *values, assay_buffer *out) {
    write_text(out, "item_id,annotator,value,label,time,note\n");
    for (size_t i = 0; i < l->n_votes; i++) {
        const assay_vote *v = &l->votes[i];
        write_field(out, l->texts[v->text].id);
        write_text(out, ",");
        write_field(out, l->annotators[v->annotator]);
        assay_buffer_print(out, ",%s,%s,", assay_values_at(values, v->value)->id,
                           assay_vote_word(v));
        if (v->time != 0) assay_buffer_print(out, "%lld", (long long)v->time);
        write_text(out, ",");
        write_field(out, v->note);
        write_text(out, "\n");
    }
}

/* "ITEM:VALUE" as a field. */
static void write_item(assay_buffer *out, const assay_labels *l, const assay_values *values,
                       const assay_vote *v) {
    assay_buffer item = {0};
    assay_buffer_print(&item, "%s:%s", l->texts[v->text].id, assay_values_at(values, v->value)->id);
    if (item.failed)
        out->failed = true;
    else
        write_field(out, item.data);
    assay_buffer_free(&item);
}

void assay_labels_write_crowd_kit(const assay_labels *l, const assay_values *values,
                                  assay_buffer *out) {
    write_text(out, "task,worker,label\n");
    for (size_t i = 0; i < l->n_votes; i++) {
        const assay_vote *v = &l->votes[i];
        if (v->skip) continue;
        write_item(out, l, values, v);
        write_text(out, ",");
        write_field(out, l->annotators[v->annotator]);
        assay_buffer_print(out, ",%s\n", assay_vote_word(v));
    }
}

/* Votes of an item, which begin at `first`, stand together and in the order of annotators, as the columns do. */
static void write_row(const assay_labels *l, const assay_values *values, size_t first, size_t end,
                      assay_buffer *out) {
    bool asked = false;
    for (size_t i = first; i < end; i++) asked |= !l->votes[i].skip;
    if (!asked) return;
    write_item(out, l, values, &l->votes[first]);
    for (size_t a = 0, i = first; a < l->n_annotators; a++) {
        bool voted = i < end && l->votes[i].annotator == a;
        write_text(out, ",");
        if (voted && !l->votes[i].skip) write_text(out, assay_vote_word(&l->votes[i]));
        i += voted;
    }
    write_text(out, "\n");
}

void assay_labels_write_mace(const assay_labels *l, const assay_values *values, assay_buffer *out) {
    write_text(out, "item");
    for (size_t a = 0; a < l->n_annotators; a++) {
        write_text(out, ",");
        write_field(out, l->annotators[a]);
    }
    write_text(out, "\n");
    for (size_t i = 0; i < l->n_votes;) {
        size_t first = i;
        while (i < l->n_votes && l->votes[i].text == l->votes[first].text &&
               l->votes[i].value == l->votes[first].value)
            i++;
        write_row(l, values, first, i, out);
    }
}
