/* Agreement of annotators, with votes missing as they will be. An item is a (text, value); only items with two votes or
 * more say anything about agreement.
 *
 *   raw      share of agreeing pairs of votes, all pairs of all items alike
 *   Cohen    kappa of two raters on their common items, averaged over the pairs of raters (Cohen 1960)
 *   Fleiss   kappa for any number of raters, in Gwet's form for missing votes (Fleiss 1971; Gwet 2014, ch. 2)
 *   alpha    1 - observed / expected disagreement; nominal, or ordinal with opposes < unrelated < adheres
 *            (Krippendorff, "Content Analysis", 2004, ch. 11)
 *   AC1      which skewed labels do not push down (Gwet 2008); three categories, used or not
 *
 * Gwet's two take the shares of the labels from all items, those with one vote too, as he does. */
#include <math.h>
#include <stdlib.h>

#include "assay_clave.h"
#include "clave/interval.h"

#define N_LABELS 3

/* Pairs of raters are compared with a table of this many rows. */
#define MAX_RATERS 10000

typedef struct agreement_item {
    uint32_t text, count[N_LABELS], n;
    size_t first; /* of its votes in agreement_votes */
} agreement_item;

typedef struct agreement_vote {
    uint32_t item, rater;
    uint8_t label; /* 0 opposes, 1 unrelated, 2 adheres */
} agreement_vote;

typedef struct agreement_table {
    agreement_item *items; /* [n_items] by text and value */
    agreement_vote *votes; /* [n_votes] by item and rater, no skips */
    size_t n_items, n_votes, n_raters;
} agreement_table;

/* What alpha needs to know of the paired items of one text. */
typedef struct alpha_part {
    double count[N_LABELS];
    double apart[N_LABELS]; /* off the diagonal of the coincidences: 0-1, 1-2, 0-2 */
} alpha_part;

/* ---- the table ---- */

static assay_status gather(const assay_labels *l, int value, agreement_table *t, assay_error *err) {
    size_t n = assay_labels_n_votes(l);
    t->n_raters = assay_labels_n_annotators(l);
    t->items = assay_alloc(n, sizeof *t->items);
    t->votes = assay_alloc(n, sizeof *t->votes);
    if (t->items == NULL || t->votes == NULL)
        return assay_fail(err, ASSAY_E_MEMORY, "agreement: out of memory");
    const assay_vote *before = NULL;
    for (size_t i = 0; i < n; i++) {
        const assay_vote *v = assay_labels_vote(l, i);
        if (v->skip || (value >= 0 && v->value != (uint32_t)value)) continue;
        if (before == NULL || before->text != v->text || before->value != v->value)
            t->items[t->n_items++] = (agreement_item){.text = v->text, .first = t->n_votes};
        agreement_item *item = &t->items[t->n_items - 1];
        item->count[v->label + 1]++;
        item->n++;
        t->votes[t->n_votes++] = (agreement_vote){.item = (uint32_t)(t->n_items - 1),
                                                  .rater = v->annotator,
                                                  .label = (uint8_t)(v->label + 1)};
        before = v;
    }
    return ASSAY_OK;
}

/* Sizes and the share of agreeing pairs. */
static assay_status count(const agreement_table *t, assay_agreement *out, assay_error *err) {
    double agree = 0, pairs = 0;
    bool *seen = assay_calloc(t->n_raters, sizeof *seen);
    if (seen == NULL) return assay_fail(err, ASSAY_E_MEMORY, "agreement: out of memory");
    for (size_t i = 0; i < t->n_items; i++) {
        const agreement_item *item = &t->items[i];
        if (item->n < 2) continue;
        out->n_items++;
        out->n_votes += item->n;
        for (size_t k = 0; k < item->n; k++) {
            bool *mark = &seen[t->votes[item->first + k].rater];
            out->n_raters += !*mark;
            *mark = true;
        }
        for (int c = 0; c < N_LABELS; c++) agree += item->count[c] * (item->count[c] - 1.0) / 2;
        pairs += item->n * (item->n - 1.0) / 2;
    }
    free(seen);
    out->raw = pairs > 0 ? agree / pairs : NAN;
    return ASSAY_OK;
}

/* ---- Krippendorff's alpha ---- */

static double alpha_of(const alpha_part *sum, bool ordinal) {
    const double *n = sum->count;
    double total = n[0] + n[1] + n[2];
    double distance[N_LABELS] = {1, 1, 1}; /* 0-1, 1-2, 0-2, squared */
    if (ordinal) {
        double near = (n[0] + n[1]) / 2, far = (n[1] + n[2]) / 2;
        double across = (n[0] + n[2]) / 2 + n[1];
        distance[0] = near * near;
        distance[1] = far * far;
        distance[2] = across * across;
    }
    double observed =
        sum->apart[0] * distance[0] + sum->apart[1] * distance[1] + sum->apart[2] * distance[2];
    double expected =
        n[0] * n[1] * distance[0] + n[1] * n[2] * distance[1] + n[0] * n[2] * distance[2];
    return expected > 0 ? 1 - (total - 1) * observed / expected : NAN;
}

static void add_part(alpha_part *sum, const alpha_part *part) {
    for (int c = 0; c < N_LABELS; c++) {
        sum->count[c] += part->count[c];
        sum->apart[c] += part->apart[c];
    }
}

static double alpha_of_picks(const void *context, const uint32_t *picks, size_t n) {
    const alpha_part *parts = context;
    alpha_part sum = {0};
    for (size_t i = 0; i < n; i++) add_part(&sum, &parts[picks[i]]);
    return alpha_of(&sum, false);
}

/* The bootstrap draws texts: the values of a text are not independent. */
static assay_status alphas(const agreement_table *t, uint64_t seed, assay_agreement *out,
                           assay_error *err) {
    alpha_part *parts = assay_calloc(t->n_items, sizeof *parts), sum = {0};
    double ends[2];
    size_t n = 0;
    uint32_t text = 0;
    if (parts == NULL) return assay_fail(err, ASSAY_E_MEMORY, "agreement: out of memory");
    for (size_t i = 0; i < t->n_items; i++) {
        const agreement_item *item = &t->items[i];
        if (item->n < 2) continue;
        if (n == 0 || item->text != text) n++;
        text = item->text;
        double c[N_LABELS], others = item->n - 1.0;
        for (int k = 0; k < N_LABELS; k++) c[k] = item->count[k];
        const alpha_part part = {
            {c[0], c[1], c[2]}, {c[0] * c[1] / others, c[1] * c[2] / others, c[0] * c[2] / others}};
        add_part(&parts[n - 1], &part);
    }
    for (size_t i = 0; i < n; i++) add_part(&sum, &parts[i]);
    out->alpha_nominal = alpha_of(&sum, false);
    out->alpha_ordinal = alpha_of(&sum, true);
    if (n == 0)
        out->undefined = "No text has votes of two raters, so nothing says how far they agree.";
    else if (isnan(out->alpha_nominal))
        out->undefined = "All votes are the same label, so there is no disagreement that chance "
                         "could have brought.";
    assay_status status = assay_bootstrap(alpha_of_picks, parts, n, seed, ends, err);
    bool defined = out->undefined == NULL;
    out->alpha_low = status == ASSAY_OK && defined ? ends[0] : NAN;
    out->alpha_high = status == ASSAY_OK && defined ? ends[1] : NAN;
    free(parts);
    return status;
}

/* ---- Fleiss' kappa and Gwet's AC1 ---- */

static void fleiss_and_ac1(const agreement_table *t, assay_agreement *out) {
    double share[N_LABELS] = {0}, agree = 0, paired = 0, fleiss = 0, ac1 = 0;
    for (size_t i = 0; i < t->n_items; i++) {
        const agreement_item *item = &t->items[i];
        double n = item->n, same = 0;
        for (int c = 0; c < N_LABELS; c++) {
            share[c] += item->count[c] / n;
            same += item->count[c] * (item->count[c] - 1.0);
        }
        if (item->n < 2) continue;
        agree += same / (n * (n - 1));
        paired++;
    }
    out->fleiss = out->ac1 = NAN;
    if (!(paired > 0)) return;
    agree /= paired;
    for (int c = 0; c < N_LABELS; c++) {
        double p = share[c] / (double)t->n_items;
        fleiss += p * p;
        ac1 += p * (1 - p) / (N_LABELS - 1);
    }
    if (fleiss < 1) out->fleiss = (agree - fleiss) / (1 - fleiss); /* 1: all votes are one label */
    out->ac1 = (agree - ac1) / (1 - ac1);
}

/* ---- Cohen's kappa ---- */

typedef struct cohen_table { /* of one rater with each other: [first's label][other's] */
    uint32_t n[N_LABELS][N_LABELS];
} cohen_table;

static double kappa_of(const cohen_table *table) {
    double n = 0, agree = 0, chance = 0;
    for (int a = 0; a < N_LABELS; a++) {
        double row = 0, column = 0;
        for (int b = 0; b < N_LABELS; b++) {
            row += table->n[a][b];
            column += table->n[b][a];
        }
        agree += table->n[a][a];
        chance += row * column;
        n += row;
    }
    /* Integers until here: n n - chance is 0 exactly where both raters gave one and the same label. */
    return chance < n * n ? (n * agree - chance) / (n * n - chance) : NAN;
}

/* Votes of rater r are by_rater[begin[r]] ... by_rater[begin[r + 1] - 1], indices of t->votes. */
static void sort_by_rater(const agreement_table *t, uint32_t *begin, uint32_t *by_rater) {
    for (size_t i = 0; i < t->n_votes; i++) begin[t->votes[i].rater + 1]++;
    for (size_t r = 0; r < t->n_raters; r++) begin[r + 1] += begin[r];
    for (size_t i = t->n_votes; i-- > 0;) by_rater[--begin[t->votes[i].rater + 1]] = (uint32_t)i;
    /* begin[r + 1] went down to where r begins. */
    for (size_t r = 0; r < t->n_raters; r++) begin[r] = begin[r + 1];
    begin[t->n_raters] = (uint32_t)t->n_votes;
}

/* Adds the votes of `rater` and of those after it on the same items; returns the highest of them. */
static uint32_t compare_rater(const agreement_table *t, uint32_t rater, const uint32_t *votes,
                              size_t n, cohen_table *tables) {
    uint32_t last = rater;
    for (size_t i = 0; i < n; i++) {
        const agreement_vote *vote = &t->votes[votes[i]];
        const agreement_item *item = &t->items[vote->item];
        for (size_t k = votes[i] + 1; k < item->first + item->n; k++) { /* by rater */
            const agreement_vote *other = &t->votes[k];
            tables[other->rater].n[vote->label][other->label]++;
            if (other->rater > last) last = other->rater;
        }
    }
    return last;
}

static assay_status cohen(const agreement_table *t, assay_agreement *out, assay_error *err) {
    if (t->n_raters > MAX_RATERS)
        return assay_fail(err, ASSAY_E_LIMIT, "agreement: %zu annotators, at most %d", t->n_raters,
                          MAX_RATERS);
    uint32_t *begin = assay_calloc(t->n_raters + 1, sizeof *begin);
    uint32_t *by_rater = assay_alloc(t->n_votes, sizeof *by_rater);
    cohen_table *tables = assay_calloc(t->n_raters, sizeof *tables);
    double sum = 0, n = 0;
    assay_status status = ASSAY_OK;
    if (begin != NULL && by_rater != NULL && tables != NULL) {
        sort_by_rater(t, begin, by_rater);
        for (uint32_t a = 0; a < t->n_raters; a++) {
            uint32_t last =
                compare_rater(t, a, by_rater + begin[a], begin[a + 1] - begin[a], tables);
            for (uint32_t b = a + 1; b <= last; b++) {
                double kappa = kappa_of(&tables[b]);
                tables[b] = (cohen_table){0};
                if (isnan(kappa)) continue;
                sum += kappa;
                n++;
            }
        }
        out->cohen = n > 0 ? sum / n : NAN;
    } else {
        status = assay_fail(err, ASSAY_E_MEMORY, "agreement: out of memory");
    }
    free(begin);
    free(by_rater);
    free(tables);
    return status;
}

/* ---- all of it ---- */

assay_status assay_labels_agreement(const assay_labels *l, int value, uint64_t seed,
                                    assay_agreement *out, assay_error *err) {
    agreement_table t = {0};
    *out = (assay_agreement){.cohen = NAN};
    assay_status status = gather(l, value, &t, err);
    if (status == ASSAY_OK) status = count(&t, out, err);
    if (status == ASSAY_OK) status = alphas(&t, seed, out, err);
    if (status == ASSAY_OK) status = cohen(&t, out, err);
    if (status == ASSAY_OK) fleiss_and_ac1(&t, out);
    free(t.items);
    free(t.votes);
    return status;
}
