/* What --eval measured, as tables of text of at most 120 columns. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cli/classify.h"

/* Names come from files: control characters stay off the terminal, long ones are cut at a character. */
static void print_name(assay_buffer *out, const char *name, size_t width) {
    size_t columns = 0;
    for (const char *p = name; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool starts = (c & 0xC0) != 0x80; /* a code point */
        if (starts && columns == width) break;
        assay_buffer_append(out, c < 0x20 || c == 0x7F ? "?" : p, 1);
        columns += starts;
    }
    assay_buffer_print(out, "%*s", (int)(width - columns), "");
}

/* " 0.123", or a dash; NAN where a figure is not defined. */
static void print_figure(assay_buffer *out, double x, int width) {
    if (isnan(x))
        assay_buffer_print(out, " %*s", width, "-");
    else
        assay_buffer_print(out, " %*.3f", width, x);
}

static void print_interval(assay_buffer *out, const double ends[2]) {
    if (isnan(ends[0]))
        assay_buffer_print(out, " %11s", "-");
    else
        assay_buffer_print(out, " %.3f-%.3f", ends[0], ends[1]);
}

/* ---- rows ---- */

static void name_of(const assay_eval_row *row, char *out, size_t size) {
    const assay_eval_cell *cell = row->cell;
    switch (cell->split) {
    case ASSAY_SPLIT_AS_IS:
    case ASSAY_SPLIT_HELD_OUT:
        if (row->version == 0)
            snprintf(out, size, "%s",
                     cell->split == ASSAY_SPLIT_AS_IS ? "as they are" : "held out");
        else
            snprintf(out, size, "%s%s", cell->split == ASSAY_SPLIT_AS_IS ? "" : "held out, ",
                     assay_eval_version_name(row->version));
        break;
    case ASSAY_SPLIT_SOURCE:
        if (row->sources)
            snprintf(out, size, "other sources, mean");
        else
            snprintf(out, size, "source: %.100s", cell->source);
        break;
    case ASSAY_SPLIT_CURVE:
        snprintf(out, size, "%zu labels a value", cell->n_labels);
        break;
    }
}

static void print_head(assay_buffer *out, const char *name) {
    assay_buffer_print(out, "\n%-27s%-10s %6s %8s %11s %5s %8s %11s %5s %8s %5s %6s\n", name,
                       "judge", "texts", "accuracy", "95 %", "sd", "macro-F1", "95 %", "sd",
                       "balanced", "ECE", "abst.");
}

static void print_row(assay_buffer *out, const assay_eval_row *row) {
    const assay_judge_figures *f = &row->mean;
    char name[160];
    name_of(row, name, sizeof name);
    print_name(out, name, 26);
    assay_buffer_print(out, " %-10s %6zu", assay_eval_judge_names[row->judge], f->n_texts);
    print_figure(out, f->accuracy, 8);
    print_interval(out, f->accuracy_ci);
    print_figure(out, row->accuracy_sd, 5);
    print_figure(out, f->macro_f1, 8);
    print_interval(out, f->macro_f1_ci);
    print_figure(out, row->macro_f1_sd, 5);
    print_figure(out, f->balanced_accuracy, 8);
    print_figure(out, f->ece, 5);
    assay_buffer_print(out, " %6zu\n", f->all.n_abstained);
}

/* The baseline of a row: every value's most frequent label. */
static void print_majority(assay_buffer *out, const assay_eval_row *row) {
    const assay_judge_figures *f = &row->mean;
    char name[160];
    name_of(row, name, sizeof name);
    print_name(out, name, 26);
    assay_buffer_print(out, " %-10s %6zu", "majority", f->n_texts);
    print_figure(out, f->majority_accuracy, 8);
    assay_buffer_print(out, " %11s %5s", "", "");
    print_figure(out, f->majority_macro_f1, 8);
    assay_buffer_print(out, "\n");
}

/* Rows of the learning curve, or the others; a baseline behind the judges of a cell. */
static void print_rows(assay_buffer *out, const assay_evaluation *e, bool curve) {
    bool head = false;
    for (size_t r = 0; r < e->n_rows; r++) {
        const assay_eval_row *row = &e->rows[r], *next = r + 1 < e->n_rows ? row + 1 : NULL;
        if ((row->cell->split == ASSAY_SPLIT_CURVE) != curve) continue;
        if (!head) print_head(out, curve ? "learning curve" : "split");
        head = true;
        print_row(out, row);
        bool last = next == NULL || next->cell->split != row->cell->split ||
                    next->cell->source != row->cell->source || next->sources != row->sources;
        if (last && !curve) print_majority(out, row);
    }
}

/* ---- values ---- */

static void print_share(assay_buffer *out, double precision, double recall) {
    const double pair[2] = {precision, recall};
    assay_buffer_print(out, "  ");
    for (int k = 0; k < 2; k++) {
        if (isnan(pair[k]))
            assay_buffer_print(out, "%s%4s", k > 0 ? "/" : "", "-");
        else
            assay_buffer_print(out, "%s%4.2f", k > 0 ? "/" : "", pair[k]);
    }
}

static void print_value(assay_buffer *out, const char *name, const assay_valence_figures *f) {
    print_name(out, name, 17);
    assay_buffer_print(out, " %6zu", f->n);
    print_figure(out, f->accuracy, 8);
    print_figure(out, f->macro_f1, 8);
    print_interval(out, f->macro_f1_ci);
    print_figure(out, f->balanced_accuracy, 8);
    print_figure(out, f->ece, 5);
    print_figure(out, f->majority_accuracy, 6);
    print_figure(out, f->majority_macro_f1, 5);
    for (int k = 0; k < 3; k++) print_share(out, f->precision[k], f->recall[k]);
    assay_buffer_print(out, "\n");
}

static void print_confusion(assay_buffer *out, const assay_valence_figures *f) {
    assay_buffer_print(out, "\n%-17s %10s %10s %10s\n", "label / judged", "opposes", "unrelated",
                       "adheres");
    for (int k = 0; k < 3; k++)
        assay_buffer_print(out, "%-17s %10zu %10zu %10zu\n",
                           assay_valence_name((assay_valence)(k - 1)), f->confusion[k][0],
                           f->confusion[k][1], f->confusion[k][2]);
}

static void print_values(assay_buffer *out, const assay_evaluation *e, const assay_eval_row *row) {
    char name[160];
    name_of(row, name, sizeof name);
    assay_buffer_print(out, "\nby value: %s, %s\n", name, assay_eval_judge_names[row->judge]);
    assay_buffer_print(out, "%-17s %6s %8s %8s %11s %8s %5s %6s %5s  %9s  %9s  %9s\n", "", "labels",
                       "accuracy", "macro-F1", "95 %", "balanced", "ECE", "majty", "F1", "opposes",
                       "unrelated", "adheres");
    for (size_t v = 0; v < e->n_values; v++) {
        if (row->mean.values[v].n > 0)
            print_value(out, assay_values_at(e->values, v)->id, &row->mean.values[v]);
    }
    print_value(out, "all together", &row->mean.all);
    print_confusion(out, &row->mean.all);
}

/* ---- all of it ---- */

static void print_origin(assay_buffer *out, const assay_evaluation *e) {
    const assay_classifier *c = e->judging->classifier;
    const char *encoder =
        e->judging->encoder.embedder.dim > 0 ? e->judging->encoder.embedder.name : "none";
    print_name(out, assay_values_id(e->values), strlen(assay_values_id(e->values)));
    if (c != NULL)
        assay_buffer_print(out, ", classifier %.12s, features %s, encoder %s\n",
                           assay_classifier_sha256(c), assay_classifier_get_summary(c)->features,
                           encoder);
    else if (e->options->labels > 0)
        assay_buffer_print(out,
                           ", learnt from %lld labels a value of the other texts, encoder %s\n",
                           (long long)e->options->labels, encoder);
    else
        assay_buffer_print(out, ", learnt from all labels of the other texts, encoder %s\n",
                           encoder);
    if (e->n_seen > 0)
        assay_buffer_print(
            out,
            e->options->include_seen
                ? "%zu of these texts are among those that the classifier learnt from.\n"
                : "%zu texts that the classifier learnt from are left out.\n",
            e->n_seen);
    if (e->note != NULL) assay_buffer_print(out, "%s.\n", e->note);
}

void assay_eval_print_table(const assay_evaluation *e, assay_buffer *out) {
    print_origin(out, e);
    print_rows(out, e, false);
    print_rows(out, e, true);
    for (size_t r = 0; r < e->n_rows; r++) {
        const assay_eval_row *row = &e->rows[r];
        if (row->cell == e->rows[0].cell && row->version == e->rows[0].version)
            print_values(out, e, row);
    }
    assay_buffer_print(
        out, "\naccuracy, macro-F1, balanced: means over the values; of several seeds or sources, "
             "means over these, and sd\n"
             "between them. 95 %%: bootstrap over the texts. majority: every value's most frequent "
             "label. ECE: of all pairs\n"
             "together. texts, labels, judged: sums over the seeds. opposes, unrelated, adheres: "
             "precision/recall of the label.\n");
}
