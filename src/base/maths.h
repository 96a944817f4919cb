/* Our own elementary functions, so that results do not depend on a platform's libm. Built from IEEE
 * add, subtract, multiply and divide alone (and sqrt, which IEEE rounds correctly); never fused.
 *
 * The float functions are the scalar specification of the SIMD ones in kernels/: the same polynomial in
 * the same order, so that both give the same bits. */
#ifndef ASSAY_BASE_MATHS_H
#define ASSAY_BASE_MATHS_H

#include <stdint.h>

double assay_exp(double x); /* relative error below 4e-16; 0 and inf outside the range */
double assay_log(double x); /* x > 0; -inf at 0, NaN below */
double
assay_pow(double x,
          double y); /* exp(y log x), x > 0; relative error below 1e-13 for |y log x| < 700 */
double assay_sin(double x); /* |x| up to 1e6: absolute error below 1e-15 * max(1, |x| * 1e-3) */
double assay_cos(double x);
double assay_sqrt(double x); /* correctly rounded */

float assay_expf(float x);  /* relative error below 2e-7; 0 below -87.3, inf above 88.7 */
float assay_tanhf(float x); /* absolute error below 3e-7 */
float assay_erff(float x);  /* absolute error below 8e-8, at most 2 units in the last place */
float assay_sqrtf(float x); /* correctly rounded */

/* IEEE binary16. To half: round to nearest even, overflow to infinity. */
float assay_f16_to_f32(uint16_t half);
uint16_t assay_f32_to_f16(float x);

uint32_t assay_f32_bits(float x);
float assay_f32_from_bits(uint32_t bits);

#endif
