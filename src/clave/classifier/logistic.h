/* L2-regularized logistic regression over products of texts (the dual form): with K [n, n] the products of the features
 * of n examples, finds a [n] that minimizes
 *
 *   sum_i w_i * loss(y_i, f_i) + strength / 2 * a' (K + bias) a,   f = (K + bias) a,   loss(y, f) = log(1 + e^f) - y f
 *
 * which is the regression with weights sum_i a_i x_i on the features and an intercept of prior variance `bias`. y may be
 * anything from 0 to 1. Solved by Newton's method to the last digits that matter; the steps by conjugate gradients. */
#ifndef ASSAY_CLAVE_LOGISTIC_H
#define ASSAY_CLAVE_LOGISTIC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

#define ASSAY_LOGISTIC_BIAS 10.0

double assay_sigmoid(double x);
double assay_log_odds(double p); /* 0 < p < 1 */
/* log(1 + e^f) - y f */
double assay_logistic_loss(double y, double f);

typedef struct assay_logistic { /* scratch of one thread, for up to `cap` examples */
    size_t cap;
    double *memory;
    double *f, *root, *right, *u, *residual, *direction, *image; /* [cap] each */
} assay_logistic;
assay_status assay_logistic_init(assay_logistic *s, size_t cap, assay_error *err);
void assay_logistic_free(assay_logistic *s); /* a zeroed one is fine */

/* K [n, n] with the bias added, symmetric; w NULL: all 1. a [n]: where to start on entry (zeros are fine), the solution
 * on return. `exact` false stops at about four digits: for choosing among strengths. */
void assay_logistic_fit(assay_logistic *s, const float *k, const double *y, const double *w,
                        size_t n, double strength, bool exact, double *a);
/* Sum over n in four partial sums by index mod 4. */
double assay_logistic_dot(const float *k, const double *a, size_t n);

#endif
