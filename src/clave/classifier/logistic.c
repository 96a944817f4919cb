/* Newton's method: with p = sigmoid(f), W = w p (1 - p) and z = f + w (y - p) / W, the next a solves
 *   (K + strength W^-1) a = z,
 * or, with S = sqrt(W) and a = S u, the well-conditioned
 *   (strength + S K S) u = S z
 * (Rasmussen and Williams, "Gaussian Processes for Machine Learning", 2006, section 3.4). The matrix is positive definite
 * whatever K's rank. When a step does not lower the objective it is halved. */
#include "clave/classifier/logistic.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/maths.h"

enum { MAX_NEWTON = 40, MAX_GRADIENTS = 400, MAX_HALVES = 12 };

static const double least_weight = 1e-10; /* of an example: where p is 0 or 1 to the last bit */

double assay_sigmoid(double x) {
    if (x >= 0) return 1.0 / (1.0 + assay_exp(-x));
    double e = assay_exp(x);
    return e / (1.0 + e);
}

double assay_log_odds(double p) {
    return assay_log(p / (1.0 - p));
}

double assay_logistic_loss(double y, double f) {
    double size = f > 0 ? f : -f;
    return (f > 0 ? f : 0.0) + assay_log(1.0 + assay_exp(-size)) - y * f;
}

assay_status assay_logistic_init(assay_logistic *s, size_t cap, assay_error *err) {
    *s = (assay_logistic){.cap = cap, .memory = assay_calloc(7 * (cap + 1), sizeof *s->memory)};
    if (s->memory == NULL) return assay_fail(err, ASSAY_E_MEMORY, "regression: out of memory");
    double **parts[] = {&s->f, &s->root, &s->right, &s->u, &s->residual, &s->direction, &s->image};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        *parts[i] = s->memory + i * (cap + 1);
    return ASSAY_OK;
}

void assay_logistic_free(assay_logistic *s) {
    free(s->memory);
    *s = (assay_logistic){0};
}

double assay_logistic_dot(const float *k, const double *a, size_t n) {
    double sum[4] = {0, 0, 0, 0};
    size_t i = 0;
    for (; i + 4 <= n; i += 4) {
        for (size_t j = 0; j < 4; j++) sum[j] += (double)k[i + j] * a[i + j];
    }
    for (; i < n; i++) sum[i % 4] += (double)k[i] * a[i];
    return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static double dot(const double *a, const double *b, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* image = (strength + S K S) v; `scaled` is scratch. */
static void apply(const assay_logistic *s, const float *k, size_t n, double strength,
                  const double *v, double *scaled, double *image) {
    for (size_t i = 0; i < n; i++) scaled[i] = s->root[i] * v[i];
    for (size_t i = 0; i < n; i++)
        image[i] = strength * v[i] + s->root[i] * assay_logistic_dot(k + i * n, scaled, n);
}

/* Conjugate gradients from s->u for the right-hand side in s->right, until the residual is `share` of it. */
static void solve(assay_logistic *s, const float *k, size_t n, double strength, double share) {
    double *scaled = s->f; /* its values are in the right-hand side already */
    double limit = share * share * dot(s->right, s->right, n);
    apply(s, k, n, strength, s->u, scaled, s->image);
    for (size_t i = 0; i < n; i++) s->residual[i] = s->direction[i] = s->right[i] - s->image[i];
    double now = dot(s->residual, s->residual, n);
    for (int turn = 0; turn < MAX_GRADIENTS && now > limit; turn++) {
        apply(s, k, n, strength, s->direction, scaled, s->image);
        double step = now / dot(s->direction, s->image, n);
        for (size_t i = 0; i < n; i++) {
            s->u[i] += step * s->direction[i];
            s->residual[i] -= step * s->image[i];
        }
        double next = dot(s->residual, s->residual, n);
        for (size_t i = 0; i < n; i++)
            s->direction[i] = s->residual[i] + next / now * s->direction[i];
        now = next;
    }
}

/* f = K a and the objective there. */
static double evaluate(const float *k, const double *y, const double *w, size_t n, double strength,
                       const double *a, double *f) {
    double loss = 0, penalty = 0;
    for (size_t i = 0; i < n; i++) {
        f[i] = assay_logistic_dot(k + i * n, a, n);
        loss += (w != NULL ? w[i] : 1.0) * assay_logistic_loss(y[i], f[i]);
        penalty += a[i] * f[i];
    }
    return loss + 0.5 * strength * penalty;
}

/* The right-hand side of the Newton step from f, and where its solution starts. */
static void prepare(assay_logistic *s, const double *y, const double *w, size_t n,
                    const double *a) {
    for (size_t i = 0; i < n; i++) {
        double p = assay_sigmoid(s->f[i]), weight = w != NULL ? w[i] : 1.0;
        double curve = weight * p * (1.0 - p);
        if (curve < least_weight) curve = least_weight;
        s->root[i] = assay_sqrt(curve);
        s->right[i] = s->root[i] * s->f[i] + weight * (y[i] - p) / s->root[i];
        s->u[i] = a[i] / s->root[i];
    }
}

void assay_logistic_fit(assay_logistic *s, const float *k, const double *y, const double *w,
                        size_t n, double strength, bool exact, double *a) {
    double gain = exact ? 1e-13 : 1e-6; /* of the objective: where to stop */
    double now = evaluate(k, y, w, n, strength, a, s->f);
    for (int turn = 0; turn < MAX_NEWTON; turn++) {
        prepare(s, y, w, n, a);
        solve(s, k, n, strength, exact ? 1e-11 : 1e-3);
        double next = 0;
        int half = 0;
        for (size_t i = 0; i < n; i++) s->direction[i] = s->root[i] * s->u[i] - a[i];
        for (double step = 1.0; half < MAX_HALVES; half++, step *= 0.5) {
            for (size_t i = 0; i < n; i++) s->image[i] = a[i] + step * s->direction[i];
            next = evaluate(k, y, w, n, strength, s->image, s->f);
            if (next < now) break;
        }
        if (half == MAX_HALVES) return; /* as low as doubles can tell */
        memcpy(a, s->image, n * sizeof *a);
        if (now - next <= gain * (1.0 + next)) return;
        now = next;
    }
}
