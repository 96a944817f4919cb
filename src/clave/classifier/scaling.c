/* What was said of left-out texts -> probabilities, one scaling for all values together.
 *
 * Regularization draws what the regressions say of a text towards what is true of all texts, so probabilities of few
 * labels are too near to the priors. A temperature alone cannot take that back: it would move the priors, too. So what a
 * text adds and what the priors say are weighed apart,
 *
 *     z_k = x log_p_k + y prior_k,    p = softmax(z),
 *
 * which is temperature scaling (Guo et al., "On calibration of modern neural networks", 2017) with x its inverse and y 0. */
#include "clave/classifier/calibrate.h"

#include "base/maths.h"

void assay_target_shifts(const assay_target *t, double prior_weight, double shift[3]) {
    for (size_t k = 0; k < 3; k++)
        shift[k] = prior_weight * t->prior[k] + (t->natural[k] - t->prior[k]);
}

void assay_probabilities(const double log_p[3], double temperature, const double shift[3],
                         double p[3]) {
    double most = 0, sum = 0;
    for (size_t k = 0; k < 3; k++) {
        p[k] = log_p[k] / temperature + shift[k];
        if (k == 0 || p[k] > most) most = p[k];
    }
    for (size_t k = 0; k < 3; k++) sum += p[k] = assay_exp(p[k] - most);
    for (size_t k = 0; k < 3; k++) p[k] /= sum;
}

/* ---- fitting ---- */

typedef struct scaling_cost {
    double value, slope[2], curve[3]; /* of (x, y); of (xx, xy, yy) */
} scaling_cost;

/* Adds the loss of one label, q the shares of it. */
static void add_cost(const double log_p[3], const double prior[3], const double q[3], double x,
                     double y, scaling_cost *c) {
    double z[3], p[3], most = 0, total = 0, a = 0, b = 0;
    for (size_t k = 0; k < 3; k++) {
        z[k] = x * log_p[k] + y * prior[k];
        if (k == 0 || z[k] > most) most = z[k];
    }
    for (size_t k = 0; k < 3; k++) total += p[k] = assay_exp(z[k] - most);
    c->value += assay_log(total) + most;
    for (size_t k = 0; k < 3; k++) {
        p[k] /= total;
        a += p[k] * log_p[k];
        b += p[k] * prior[k];
        c->value -= q[k] * z[k];
        c->slope[0] -= q[k] * log_p[k];
        c->slope[1] -= q[k] * prior[k];
    }
    c->slope[0] += a;
    c->slope[1] += b;
    for (size_t k = 0; k < 3; k++) {
        c->curve[0] += p[k] * (log_p[k] - a) * (log_p[k] - a);
        c->curve[1] += p[k] * (log_p[k] - a) * (prior[k] - b);
        c->curve[2] += p[k] * (prior[k] - b) * (prior[k] - b);
    }
}

/* Loss of a choice's probabilities over all labels, and a weak pull to the regressions as they are: (1, 0). Half a label of
 * each kind is mixed into each value's, so that a few labels that were all guessed right do not make certainty (Platt,
 * "Probabilistic outputs for support vector machines", 1999). */
static scaling_cost cost_of(const assay_trials *t, const assay_choice *choice, double x, double y) {
    scaling_cost c = {0.5 * ((x - 1.0) * (x - 1.0) + y * y), {x - 1.0, y}, {1.0, 0.0, 1.0}};
    double log_p[3], q[3];
    for (size_t v = 0; v < t->n_values; v++) {
        const assay_target *target = &t->targets[v];
        double mixed = 1.5 / ((double)target->n + 1.5);
        for (size_t i = 0; i < target->n; i++) {
            assay_trials_judge(t, choice, v, i, log_p);
            for (size_t k = 0; k < 3; k++) q[k] = (1.0 - mixed) * target->p[i][k] + mixed / 3.0;
            add_cost(log_p, target->prior, q, x, y, &c);
        }
    }
    return c;
}

/* Newton's method; the loss is convex. A step is halved until it gains, and x stays where temperatures are. */
assay_scaling assay_trials_scaling(const assay_trials *t, const assay_choice *choice) {
    const double least = 0.08, most = 12.0;
    double x = 1.0, y = 0.0;
    scaling_cost here = cost_of(t, choice, x, y);
    for (int turn = 0; turn < 50; turn++) {
        double det = here.curve[0] * here.curve[2] - here.curve[1] * here.curve[1];
        double dx = (here.curve[2] * here.slope[0] - here.curve[1] * here.slope[1]) / det;
        double dy = (here.curve[0] * here.slope[1] - here.curve[1] * here.slope[0]) / det;
        bool gained = false;
        for (int halving = 0; halving < 30 && !gained; halving++, dx *= 0.5, dy *= 0.5) {
            double to = x - dx < least ? least : x - dx > most ? most : x - dx;
            scaling_cost there = cost_of(t, choice, to, y - dy);
            gained = there.value < here.value;
            if (!gained) continue;
            x = to;
            y -= dy;
            here = there;
        }
        if (!gained || dx * dx + dy * dy < 1e-20) break;
    }
    return (assay_scaling){.temperature = 1.0 / x, .prior = y};
}
