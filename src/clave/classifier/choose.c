/* What was said of left-out texts -> features, strength and offsets, one choice for all values together: a value with a
 * handful of relevant texts cannot tell by itself. Each value's labels get offsets of their own, a share of their logarithmic
 * priors (Menon et al., "Long-tail learning via logit adjustment", 2021).
 *
 * The measure is the mean macro-F1 of the values. It is noisy, so the preferred candidate stays unless another one is
 * better by more than twice the standard error of the difference over the values: after the one-standard-error rule
 * (Breiman et al., "Classification and Regression Trees", 1984), but the best of many candidates is better by one such
 * error by luck alone. Valence that is learnt of all values together stays by the same rule. Where the mix of the labels
 * is not that of the texts at large, each label counts for as much as it stands for there. */
#include "clave/classifier/calibrate.h"

#include <string.h>

#include "base/maths.h"

static const double shares[] = {1.0, 0.5, 0.75, 1.25}; /* the first is the preferred one */
enum { N_SHARES = sizeof shares / sizeof shares[0] };

/* A rarer label is treated like one of this prior: its few examples do not show what others of its kind look like, and the
 * offset of its own prior would find them everywhere. */
static const double least_prior = 0.02;

/* Where the natural mix was estimated, this share of the way from it to the mix that was learnt from is taken off, too.
 * None would suit the mean recall of the labels, all of it their accuracy; macro-F1 lies between, since false alarms cost
 * it more where few are right (Lipton, Elkan and Naryanaswamy, "Optimal thresholding of classifiers to maximize F1
 * measure", 2014). */
static const double natural_share = 1.0 / 3.0;

int8_t assay_decide(const double log_p[3], const double offset[3], const bool allowed[3]) {
    size_t best = 1;
    for (size_t k = 0; k < 3; k += 2) {
        if (allowed[k] && log_p[k] - offset[k] > log_p[best] - offset[best]) best = k;
    }
    return (int8_t)((int)best - 1);
}

void assay_target_offsets(const assay_target *t, double share, double offset[3]) {
    const double least = assay_log(least_prior);
    for (size_t k = 0; k < 3; k++) {
        double prior = t->prior[k] > least ? t->prior[k] : least;
        offset[k] = share * prior + natural_share * (t->prior[k] - t->natural[k]);
    }
}

/* Macro-F1 over labels that occur, of counts or of weights. */
static double macro_f1_of(const double n[3][3]) {
    double sum = 0;
    int kinds = 0;
    for (size_t c = 0; c < 3; c++) {
        double both = 0;
        for (size_t d = 0; d < 3; d++) both += n[c][d] + n[d][c];
        if (!(both > 0)) continue;
        sum += 2.0 * n[c][c] / both;
        kinds++;
    }
    return kinds > 0 ? sum / kinds : 0.0;
}

void assay_confusion_figures(const assay_confusion *confusion, double *accuracy, double *macro_f1) {
    double n[3][3], right = 0, all = 0;
    for (size_t c = 0; c < 3; c++) {
        for (size_t d = 0; d < 3; d++) all += n[c][d] = (double)confusion->n[c][d];
        right += n[c][c];
    }
    *accuracy = all > 0 ? right / all : 0.0;
    *macro_f1 = macro_f1_of((const double (*)[3])n);
}

void assay_trials_judge(const assay_trials *t, const assay_choice *choice, size_t value, size_t i,
                        double log_p[3]) {
    size_t label = t->offset[value] + i;
    double score[ASSAY_HEADS];
    memcpy(score, t->scores[choice->candidate * t->n_labels + label], sizeof score);
    if (choice->shared) score[ASSAY_HEAD_VALENCE] = t->valence[choice->candidate][label];
    assay_combine_heads(score, log_p);
}

/* Macro-F1 of a value by the labels that are not of `fold`, in their natural mix. */
static double measure(const assay_trials *t, const assay_choice *choice, size_t value, int fold) {
    const assay_target *target = &t->targets[value];
    double n[3][3] = {{0}}, offset[3], weight[3], log_p[3];
    assay_target_offsets(target, choice->share, offset);
    assay_target_shifts(target, 0.0, weight);
    for (size_t k = 0; k < 3; k++) weight[k] = assay_exp(weight[k]);
    for (size_t i = 0; i < target->n; i++) {
        if (target->fold[i] == fold) continue;
        assay_trials_judge(t, choice, value, i, log_p);
        int8_t label = assay_decide(log_p, offset, target->allowed);
        n[target->label[i] + 1][label + 1] += weight[target->label[i] + 1];
    }
    return macro_f1_of((const double (*)[3])n);
}

static void measure_all(const assay_trials *t, const assay_choice *choice, int fold,
                        double figures[ASSAY_MAX_VALUES]) {
    for (size_t v = 0; v < t->n_values; v++) figures[v] = measure(t, choice, v, fold);
}

/* How much b is better than a over the values, less twice the standard error of that. */
static double advantage(const double *a, const double *b, size_t n) {
    double sum = 0, square = 0;
    for (size_t v = 0; v < n; v++) sum += b[v] - a[v];
    double mean = sum / (double)n;
    for (size_t v = 0; v < n; v++) square += (b[v] - a[v] - mean) * (b[v] - a[v] - mean);
    if (n < 2) return mean; /* of a single value there is no error to be had */
    return mean - 2.0 * assay_sqrt(square / (double)(n * (n - 1)));
}

assay_choice assay_trials_choose(const assay_trials *t, int fold) {
    assay_choice best = {.candidate = t->preferred, .share = shares[0]};
    double preferred[ASSAY_MAX_VALUES], figures[ASSAY_MAX_VALUES], most = 0;
    assay_choice trial = best;
    measure_all(t, &best, fold, preferred);
    for (size_t c = 0; c < t->n_candidates; c++) {
        trial.candidate = c;
        measure_all(t, &trial, fold, figures);
        double gain = advantage(preferred, figures, t->n_values);
        if (gain > most) {
            most = gain;
            best = trial;
        }
    }
    most = 0;
    measure_all(t, &best, fold, preferred);
    trial = best;
    for (size_t k = 0; k < N_SHARES; k++) {
        trial.share = shares[k];
        measure_all(t, &trial, fold, figures);
        double gain = advantage(preferred, figures, t->n_values);
        if (gain > most) {
            most = gain;
            best = trial;
        }
    }
    return best;
}

bool assay_trials_choose_sharing(const assay_trials *t, const assay_choice *choice, int fold) {
    if (t->valence[choice->candidate] == NULL) return false;
    assay_choice trial = *choice;
    double shared[ASSAY_MAX_VALUES], own[ASSAY_MAX_VALUES];
    trial.shared = true;
    measure_all(t, &trial, fold, shared);
    trial.shared = false;
    measure_all(t, &trial, fold, own);
    return !(advantage(shared, own, t->n_values) > 0);
}
