/* One value's regressions, and how they become probabilities. */
#include "clave/classifier/calibrate.h"

#include <stdlib.h>
#include <string.h>

#include "base/maths.h"

const char *const assay_head_names[ASSAY_HEADS] = {"relevance", "valence", "adheres", "opposes"};

assay_status assay_fitter_init(assay_fitter *f, size_t cap, assay_error *err) {
    size_t square;
    *f = (assay_fitter){0};
    assay_status status = assay_logistic_init(&f->logistic, cap, err);
    if (status != ASSAY_OK) return status;
    bool ok = assay_size_mul(cap + 1, cap + 1, &square);
    f->train = ok ? assay_alloc(square, sizeof *f->train) : NULL;
    f->test = ok ? assay_alloc(square, sizeof *f->test) : NULL;
    f->y = assay_alloc(cap + 1, sizeof *f->y);
    f->w = assay_alloc(cap + 1, sizeof *f->w);
    f->left_out = assay_alloc(cap + 1, sizeof *f->left_out);
    f->left_index = assay_alloc(cap + 1, sizeof *f->left_index);
    f->scores = assay_alloc(cap + 1, sizeof *f->scores);
    ok = f->scores != NULL && f->train != NULL && f->test != NULL && f->y != NULL && f->w != NULL &&
         f->left_out != NULL && f->left_index != NULL;
    for (size_t h = 0; h < ASSAY_HEADS; h++) {
        f->a[h] = assay_calloc(cap + 1, sizeof *f->a[h]);
        f->rows[h] = assay_calloc(cap + 1, sizeof *f->rows[h]);
        ok = ok && f->a[h] != NULL && f->rows[h] != NULL;
    }
    f->fold = -2; /* nothing was fitted */
    if (ok) return ASSAY_OK;
    assay_fitter_free(f);
    return assay_fail(err, ASSAY_E_MEMORY, "calibration: out of memory");
}

void assay_fitter_free(assay_fitter *f) {
    assay_logistic_free(&f->logistic);
    free(f->train);
    free(f->test);
    free(f->y);
    free(f->w);
    free(f->left_out);
    free(f->left_index);
    free(f->scores);
    for (size_t h = 0; h < ASSAY_HEADS; h++) {
        free(f->a[h]);
        free(f->rows[h]);
    }
    *f = (assay_fitter){0};
}

bool assay_head_lesson(const assay_target *t, size_t head, size_t i, double *y, double *w) {
    double relevant = t->p[i][0] + t->p[i][2];
    *w = 1.0;
    if (head == ASSAY_HEAD_RELEVANCE) *y = relevant;
    if (head == ASSAY_HEAD_ADHERES) *y = t->p[i][2];
    if (head == ASSAY_HEAD_OPPOSES) *y = t->p[i][0];
    if (head != ASSAY_HEAD_VALENCE) return true;
    *y = relevant > 0 ? t->p[i][2] / relevant : 0.0;
    *w = relevant;
    return *w > 0;
}

/* Half a label of each kind more, so that no odds are infinite: as yes and no of each head. */
static const double half_labels[ASSAY_HEADS][2] = {{1.0, 0.5}, {0.5, 0.5}, {0.5, 1.0}, {0.5, 1.0}};

/* Gathers a head's examples; n is 0 when they are all of one kind, and the score a constant. */
static void gather(assay_fitter *f, const assay_target *t, size_t head, int fold) {
    double yes = 0, no = 0;
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) {
        if (t->fold[i] == fold || !assay_head_lesson(t, head, i, &f->y[n], &f->w[n])) continue;
        yes += f->w[n] * f->y[n];
        no += f->w[n] * (1.0 - f->y[n]);
        f->rows[head][n++] = t->text[i];
    }
    double more_yes = yes + half_labels[head][0], more_no = no + half_labels[head][1];
    f->constant[head] = assay_log_odds(more_yes / (more_yes + more_no));
    f->n[head] = yes > 0 && no > 0 ? n : 0;
}

void assay_fitter_fit(assay_fitter *f, const assay_products *p, const assay_target *target,
                      size_t value, unsigned set, double strength, int fold, unsigned heads) {
    bool again = f->fold == fold && f->set == set && f->value == value;
    f->n_left = 0;
    for (size_t i = 0; i < target->n; i++) {
        if (target->fold[i] != fold) continue;
        f->left_out[f->n_left] = target->text[i];
        f->left_index[f->n_left++] = (uint32_t)i;
    }
    for (size_t head = 0; head < ASSAY_HEADS; head++) {
        gather(f, target, head, fold);
        size_t n = f->n[head];
        if (!again) memset(f->a[head], 0, (target->n + 1) * sizeof *f->a[head]);
        if (n == 0 || !(heads & 1u << head)) continue;
        assay_products_gather(p, set, value, f->rows[head], n, f->rows[head], n, f->train);
        assay_logistic_fit(&f->logistic, f->train, f->y, f->w, n, strength, fold < 0, f->a[head]);
    }
    f->set = set;
    f->value = value;
    f->fold = fold;
}

/* One against the rest leaves what neither claims; both may claim a text. */
void assay_combine_heads(const double score[ASSAY_HEADS], double log_p[3]) {
    const double least = 1e-3, never = 1e-12;
    double relevant = assay_sigmoid(score[ASSAY_HEAD_RELEVANCE]);
    double valence = assay_sigmoid(score[ASSAY_HEAD_VALENCE]);
    double adheres = assay_sigmoid(score[ASSAY_HEAD_ADHERES]);
    double opposes = assay_sigmoid(score[ASSAY_HEAD_OPPOSES]);
    double neither = 1.0 - adheres - opposes;
    double p[3] = {opposes + relevant * (1.0 - valence),
                   (neither > least ? neither : least) + (1.0 - relevant),
                   adheres + relevant * valence};
    double sum = p[0] + p[1] + p[2];
    for (size_t k = 0; k < 3; k++) log_p[k] = assay_log(p[k] / sum + never);
}

/* Scores of all heads into f->scores [n]. */
static void score(assay_fitter *f, const assay_products *p, size_t value, const uint32_t *texts,
                  size_t n_texts) {
    for (size_t head = 0; head < ASSAY_HEADS; head++) {
        size_t n = f->n[head];
        if (n > 0)
            assay_products_gather(p, f->set, value, texts, n_texts, f->rows[head], n, f->test);
        for (size_t i = 0; i < n_texts; i++) {
            f->scores[i][head] =
                n > 0 ? assay_logistic_dot(f->test + i * n, f->a[head], n) : f->constant[head];
        }
    }
}

void assay_fitter_score_texts(assay_fitter *f, const assay_products *p, size_t value,
                              const uint32_t *texts, size_t n, double (*log_p)[3]) {
    score(f, p, value, texts, n);
    for (size_t i = 0; i < n; i++) assay_combine_heads(f->scores[i], log_p[i]);
}

void assay_fitter_score(assay_fitter *f, const assay_products *p, size_t value,
                        double (*scores)[ASSAY_HEADS]) {
    score(f, p, value, f->left_out, f->n_left);
    for (size_t i = 0; i < f->n_left; i++)
        memcpy(scores[f->left_index[i]], f->scores[i], sizeof f->scores[i]);
}
