/* Figures of a classifier of three labels against gold: confusion and what follows from it, calibration, intervals. */
#include <math.h>
#include <stdlib.h>

#include "assay_clave.h"
#include "assay_eval.h"
#include "clave/interval.h"

#define N_LABELS 3
#define N_BINS   10

typedef struct counts {
    size_t n[N_LABELS][N_LABELS]; /* [gold][predicted] */
} counts;

static size_t row_of(const counts *c, int k) {
    return c->n[k][0] + c->n[k][1] + c->n[k][2];
}

static size_t column_of(const counts *c, int k) {
    return c->n[0][k] + c->n[1][k] + c->n[2][k];
}

static double share(size_t part, size_t all) {
    return all > 0 ? (double)part / (double)all : NAN;
}

/* F1 = 2 TP / (gold + predicted): defined as soon as the label occurs in either. */
static double f1_of(const counts *c, int k) {
    return share(2 * c->n[k][k], row_of(c, k) + column_of(c, k));
}

/* absent [3]: the F1 of a label that occurs in neither; NAN leaves it out. */
static double macro_f1_of(const counts *c, const double *absent) {
    double sum = 0;
    int n = 0;
    for (int k = 0; k < N_LABELS; k++) {
        double f1 = f1_of(c, k);
        if (isnan(f1)) f1 = absent[k];
        if (isnan(f1)) continue;
        sum += f1;
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

static void from_confusion(const counts *c, assay_valence_figures *out) {
    size_t right = c->n[0][0] + c->n[1][1] + c->n[2][2], n = 0, most = 0;
    double recalls = 0;
    int n_gold = 0;
    for (int k = 0; k < N_LABELS; k++) {
        size_t gold = row_of(c, k);
        n += gold;
        if (gold > most) most = gold;
        out->precision[k] = share(c->n[k][k], column_of(c, k));
        out->recall[k] = share(c->n[k][k], gold);
        out->f1[k] = f1_of(c, k);
        for (int j = 0; j < N_LABELS; j++) out->confusion[k][j] = c->n[k][j];
        if (gold == 0) continue;
        recalls += out->recall[k];
        n_gold++;
    }
    out->accuracy = share(right, n);
    out->macro_f1 = macro_f1_of(c, out->f1);
    out->balanced_accuracy = n_gold > 0 ? recalls / n_gold : NAN;
    out->majority_accuracy = share(most, n);
    out->majority_macro_f1 = n_gold > 0 ? share(2 * most, n + most) / n_gold : NAN;
}

/* ---- calibration ---- */

typedef struct confident {
    double confidence;
    bool right;
} confident;

/* A total order of what counts: items that compare equal are alike, so their order in the call is of no matter. */
static int by_confidence(const void *a, const void *b) {
    const confident *x = a, *y = b;
    if (x->confidence != y->confidence) return x->confidence < y->confidence ? -1 : 1;
    return (int)x->right - (int)y->right;
}

/* Expected calibration error: mean |accuracy - confidence| of bins of equally many items. */
static double ece_of(confident *items, size_t n) {
    double sum = 0;
    if (n == 0) return NAN;
    qsort(items, n, sizeof *items, by_confidence);
    for (size_t bin = 0; bin < N_BINS; bin++) {
        size_t end = (size_t)((uint64_t)n * (bin + 1) / N_BINS);
        double gap = 0;
        for (size_t i = (size_t)((uint64_t)n * bin / N_BINS); i < end; i++)
            gap += (items[i].right ? 1.0 : 0.0) - items[i].confidence;
        sum += gap < 0 ? -gap : gap;
    }
    return sum / (double)n;
}

/* ---- bootstrap over clusters ---- */

typedef struct clustered {
    uint32_t cluster;
    int8_t gold, predicted; /* 0 to 2 */
} clustered;

static int by_cluster(const void *a, const void *b) {
    const clustered *x = a, *y = b;
    return (x->cluster > y->cluster) - (x->cluster < y->cluster);
}

typedef struct resampling {
    const counts *clusters;
    const double *f1; /* of the whole */
} resampling;

/* A rare label is missing from many replicates. Were it left out there, a mean of fewer labels would stand for one of all of
 * them, and the interval lie beside the figure; it keeps the F1 that it has in the whole. */
static double macro_f1_of_picks(const void *context, const uint32_t *picks, size_t n) {
    const resampling *r = context;
    const counts *clusters = r->clusters;
    counts sum = {0};
    for (size_t i = 0; i < n; i++) {
        for (int g = 0; g < N_LABELS; g++) {
            for (int k = 0; k < N_LABELS; k++) sum.n[g][k] += clusters[picks[i]].n[g][k];
        }
    }
    return macro_f1_of(&sum, r->f1);
}

/* Wilson's interval over the items, which holds where each is a text of its own. Items of one text are right or wrong
 * together, which a bootstrap over texts sees, unless the texts are few: the wider end of both is taken. */
static assay_status accuracy_interval(const assay_share_part *parts, size_t n_parts, uint64_t seed,
                                      double ends[2], assay_error *err) {
    uint64_t right = 0, n = 0;
    double low, high;
    for (size_t i = 0; i < n_parts; i++) {
        right += parts[i].of_kind;
        n += parts[i].all;
    }
    assay_status status = assay_share_interval(parts, n_parts, seed, ends, err);
    if (status != ASSAY_OK || n == 0) return status;
    assay_wilson(right, n, ASSAY_INTERVAL_Z, &low, &high);
    if (low < ends[0]) ends[0] = low;
    if (high > ends[1]) ends[1] = high;
    return ASSAY_OK;
}

/* Sorts the items. */
static assay_status intervals_of(clustered *items, size_t n, uint64_t seed,
                                 assay_valence_figures *out, assay_error *err) {
    counts *clusters = assay_calloc(n, sizeof *clusters);
    assay_share_part *parts = assay_calloc(n, sizeof *parts);
    size_t n_clusters = 0;
    assay_status status = ASSAY_OK;
    if (clusters == NULL || parts == NULL)
        status = assay_fail(err, ASSAY_E_MEMORY, "figures: out of memory");
    if (status == ASSAY_OK && n > 0) qsort(items, n, sizeof *items, by_cluster);
    for (size_t i = 0; i < n && status == ASSAY_OK; i++) {
        if (i == 0 || items[i].cluster != items[i - 1].cluster) n_clusters++;
        clusters[n_clusters - 1].n[items[i].gold][items[i].predicted]++;
        parts[n_clusters - 1].all++;
        parts[n_clusters - 1].of_kind += items[i].gold == items[i].predicted;
    }
    resampling r = {clusters, out->f1};
    if (status == ASSAY_OK)
        status = accuracy_interval(parts, n_clusters, seed, out->accuracy_ci, err);
    if (status == ASSAY_OK)
        status = assay_bootstrap(macro_f1_of_picks, &r, n_clusters, seed, out->macro_f1_ci, err);
    free(clusters);
    free(parts);
    return status;
}

/* ---- all of it ---- */

static assay_status check(const int8_t *gold, const int8_t *predicted, const double (*p)[3],
                          size_t n, assay_error *err) {
    for (size_t i = 0; i < n; i++) {
        if (gold[i] < ASSAY_OPPOSES || gold[i] > ASSAY_ADHERES || predicted[i] < ASSAY_OPPOSES ||
            predicted[i] > ASSAY_ADHERES)
            return assay_fail(err, ASSAY_E_ARGUMENT, "figures: item %zu: %d and %d are no labels",
                              i, gold[i], predicted[i]);
        double confidence = p != NULL ? p[i][predicted[i] + 1] : 0;
        if (!(confidence >= 0 && confidence <= 1))
            return assay_fail(err, ASSAY_E_ARGUMENT, "figures: item %zu: %g is no probability", i,
                              confidence);
    }
    return ASSAY_OK;
}

assay_status assay_valence_measure(const int8_t *gold, const int8_t *predicted,
                                   const double (*p)[3], const bool *abstained,
                                   const uint32_t *cluster, size_t n, uint64_t seed,
                                   assay_valence_figures *out, assay_error *err) {
    counts all = {0};
    size_t judged = 0;
    *out = (assay_valence_figures){.n = n};
    assay_status status = check(gold, predicted, p, n, err);
    if (status != ASSAY_OK) return status;
    if ((uint64_t)n > UINT32_MAX)
        return assay_fail(err, ASSAY_E_LIMIT, "figures: more than %u items", UINT32_MAX);
    confident *confidences = assay_alloc(n, sizeof *confidences);
    clustered *items = assay_alloc(n, sizeof *items);
    if (confidences == NULL || items == NULL) {
        free(confidences);
        free(items);
        return assay_fail(err, ASSAY_E_MEMORY, "figures: out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        if (abstained != NULL && abstained[i]) continue;
        int g = gold[i] + 1, k = predicted[i] + 1;
        all.n[g][k]++;
        confidences[judged] = (confident){p != NULL ? p[i][k] : 0, g == k};
        items[judged++] =
            (clustered){cluster != NULL ? cluster[i] : (uint32_t)i, (int8_t)g, (int8_t)k};
    }
    out->n_abstained = n - judged;
    from_confusion(&all, out);
    out->ece = p != NULL ? ece_of(confidences, judged) : NAN;
    status = intervals_of(items, judged, seed, out, err);
    free(confidences);
    free(items);
    return status;
}
