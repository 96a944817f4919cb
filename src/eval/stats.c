/* Statistics of a run: choice among options, interval of a share. */
#include "assay_eval.h"
#include "base/maths.h"

void assay_wilson(uint64_t k, uint64_t n, double z, double *low, double *high) {
    *low = 0;
    *high = 1;
    if (n == 0) return;
    double count = (double)n, p = (double)k / count, z2 = z * z;
    double scale = 1 / (1 + z2 / count);
    double centre = (p + z2 / (2 * count)) * scale;
    double half = z * scale * assay_sqrt(p * (1 - p) / count + z2 / (4 * count * count));
    /* At the ends the formula gives 0 and 1 but for rounding. */
    if (k > 0 && centre > half) *low = centre - half;
    if (k < n && centre + half < 1) *high = centre + half;
}

assay_choice assay_choose(const double *scores, int n) {
    assay_choice choice = {0};
    double sum = 0;
    for (int i = 1; i < n; i++) {
        if (scores[i] > scores[choice.index]) choice.index = i;
    }
    for (int i = 0; i < n; i++) {
        if (i != choice.index && scores[i] == scores[choice.index]) choice.tie = true;
        sum += assay_exp(scores[i] - scores[choice.index]);
    }
    choice.confidence = 1 / sum;
    return choice;
}
