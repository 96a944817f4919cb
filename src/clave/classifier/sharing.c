/* Valence, learnt of all values together.
 *
 * Of a hundred labels a value has some twenty relevant texts, and of these perhaps two oppose it: too few to tell what
 * opposing looks like. Across values they are ten times as many, and what opposes one value is often like what opposes
 * another. So the weights of a value are the sum of weights common to all values and of weights of its own, both
 * regularized (Evgeniou and Pontil, "Regularized multi-task learning", 2004), which is one regression over all labels
 * with products that are larger within a value. Cross-validation decides whether a value system is better off without. */
#include <stdlib.h>

#include "clave/classifier/calibrate.h"

assay_status assay_shared_valence_init(assay_shared_valence *s, const assay_target *targets,
                                       size_t n_values, assay_error *err) {
    size_t n = 0, n_sharing = 0, square;
    double y, w;
    *s = (assay_shared_valence){0};
    for (size_t v = 0; v < n_values; v++) {
        size_t before = n;
        for (size_t i = 0; i < targets[v].n; i++)
            n += assay_head_lesson(&targets[v], ASSAY_HEAD_VALENCE, i, &y, &w);
        n_sharing += n > before;
    }
    if (n_sharing < 2 || n > ASSAY_MAX_SHARED) return ASSAY_OK;
    assay_status status = assay_logistic_init(&s->logistic, n, err);
    if (status != ASSAY_OK) return status;
    s->cap = n;
    s->rows = assay_alloc(n + 1, sizeof *s->rows);
    s->y = assay_alloc(n + 1, sizeof *s->y);
    s->w = assay_alloc(n + 1, sizeof *s->w);
    s->a = assay_alloc(n + 1, sizeof *s->a);
    if (assay_size_mul(n, n, &square)) s->products = assay_alloc(square, sizeof *s->products);
    if (s->rows != NULL && s->y != NULL && s->w != NULL && s->a != NULL && s->products != NULL)
        return ASSAY_OK;
    assay_shared_valence_free(s);
    return assay_fail(err, ASSAY_E_MEMORY, "calibration: out of memory");
}

void assay_shared_valence_free(assay_shared_valence *s) {
    assay_logistic_free(&s->logistic);
    free(s->rows);
    free(s->y);
    free(s->w);
    free(s->a);
    free(s->products);
    *s = (assay_shared_valence){0};
}

void assay_shared_valence_fit(assay_shared_valence *s, const assay_products *p,
                              const assay_target *targets, size_t n_values, unsigned set,
                              double strength, int fold) {
    double adheres = 0, opposes = 0;
    s->n = 0;
    for (size_t v = 0; v < n_values; v++) {
        const assay_target *t = &targets[v];
        for (size_t i = 0; i < t->n; i++) {
            double *y = &s->y[s->n], *w = &s->w[s->n];
            if (t->fold[i] == fold || !assay_head_lesson(t, ASSAY_HEAD_VALENCE, i, y, w)) continue;
            adheres += *w * *y;
            opposes += *w * (1.0 - *y);
            s->rows[s->n] = (assay_labelled){t->text[i], (uint32_t)v};
            s->a[s->n++] = 0;
        }
    }
    s->learnt = adheres > 0 && opposes > 0;
    if (!s->learnt) return;
    assay_products_gather_labels(p, set, ASSAY_SHARING, s->rows, s->n, s->rows, s->n, s->products);
    assay_logistic_fit(&s->logistic, s->products, s->y, s->w, s->n, strength, fold < 0, s->a);
}

void assay_shared_valence_score(assay_shared_valence *s, const assay_products *p,
                                const assay_target *target, size_t value, unsigned set, int fold,
                                double *scores) {
    for (size_t i = 0; s->learnt && i < target->n; i++) {
        if (target->fold[i] != fold) continue;
        assay_labelled label = {target->text[i], (uint32_t)value};
        assay_products_gather_labels(p, set, ASSAY_SHARING, &label, 1, s->rows, s->n, s->products);
        scores[i] = assay_logistic_dot(s->products, s->a, s->n);
    }
}

void assay_shared_valence_get(const assay_shared_valence *s, const assay_target *target,
                              size_t value, double *a) {
    size_t row = 0;
    while (row < s->n && s->rows[row].value < value) row++;
    for (size_t i = 0; i < target->n; i++) {
        bool is_row =
            row < s->n && s->rows[row].value == value && s->rows[row].text == target->text[i];
        a[i] = is_row ? s->a[row++] : 0.0;
    }
}
