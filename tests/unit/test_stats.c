/* Wilson intervals against values computed independently (exact rationals and a decimal square
 * root, 40 digits), and choices. */
#include "assay_eval.h"

#include "test.h"

TEST(wilson_known_values) {
    /* Computed with Python's decimal module from the formula of Wilson 1927, z = 1.959964. */
    static const struct {
        uint64_t k, n;
        double low, high;
    } cases[] = {
        {0, 1, 0, 0.79345068820819731},
        {1, 1, 0.20654931179180275, 1},
        {1, 2, 0.094531204639200797, 0.90546879536079916},
        {0, 10, 0, 0.27753280302605771},
        {3, 10, 0.107791266556394, 0.60322185465402911},
        {10, 10, 0.72246719697394224, 1},
        {12, 20, 0.38658149923475427, 0.78119346872821982},
        {33, 46, 0.5745143865162271, 0.82675797687170327},
        {328, 494, 0.62119090290974643, 0.70421389636918796},
        {142, 153, 0.87585495027721472, 0.95938339125814509},
        {328, 355, 0.89160476489538087, 0.94720578096066577},
        {1, 1000000, 1.7652457479622383e-07, 5.6649118668618774e-06},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        double low, high;
        assay_wilson(cases[i].k, cases[i].n, ASSAY_Z95, &low, &high);
        CHECK(low - cases[i].low < 1e-12 && cases[i].low - low < 1e-12, "%llu of %llu: low %.17g",
              (unsigned long long)cases[i].k, (unsigned long long)cases[i].n, low);
        CHECK(high - cases[i].high < 1e-12 && cases[i].high - high < 1e-12,
              "%llu of %llu: high %.17g", (unsigned long long)cases[i].k,
              (unsigned long long)cases[i].n, high);
    }
}

/* Both ends of the interval solve the score equation: |p - x| = z sqrt(x (1 - x) / n). And it is
 * symmetric in right and wrong. */
TEST(wilson_solves_its_equation) {
    for (uint64_t n = 1; n <= 60; n++) {
        for (uint64_t k = 0; k <= n; k++) {
            double ends[2], mirror[2], p = (double)k / (double)n;
            assay_wilson(k, n, ASSAY_Z95, &ends[0], &ends[1]);
            assay_wilson(n - k, n, ASSAY_Z95, &mirror[0], &mirror[1]);
            CHECK(ends[0] >= 0 && ends[0] <= p && p <= ends[1] && ends[1] <= 1, "%d of %d", (int)k,
                  (int)n);
            CHECK(ends[0] + mirror[1] > 1 - 1e-14 && ends[0] + mirror[1] < 1 + 1e-14, "%d of %d",
                  (int)k, (int)n);
            for (int e = 0; e < 2; e++) {
                double left = (p - ends[e]) * (p - ends[e]),
                       right = ASSAY_Z95 * ASSAY_Z95 * ends[e] * (1 - ends[e]) / (double)n;
                CHECK(left - right < 1e-12 && right - left < 1e-12, "%d of %d end %d: %.17g",
                      (int)k, (int)n, e, ends[e]);
            }
        }
    }
    double low, high;
    assay_wilson(0, 0, ASSAY_Z95, &low, &high);
    CHECK(low == 0 && high == 1);
    assay_wilson(0, 7, ASSAY_Z95, &low, &high);
    CHECK(low == 0 && high < 0.36);
    assay_wilson(7, 7, ASSAY_Z95, &low, &high);
    CHECK(low > 0.64 && high == 1);
}

TEST(choice_takes_first_argmax) {
    static const struct {
        double s[4];
        int n, index;
        bool tie;
    } cases[] = {
        {{-1, -2, -3, -4}, 4, 0, false}, {{-4, -3, -2, -1}, 4, 3, false},
        {{-2, -1, -1, -3}, 4, 1, true},  {{-1, -1, -1, -1}, 4, 0, true},
        {{-5, -5, -1}, 3, 2, false},     {{-0.5}, 1, 0, false},
        {{-1e9, -1e-9}, 2, 1, false},    {{-1, -1.0000000000000002}, 2, 0, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assay_choice c = assay_choose(cases[i].s, cases[i].n);
        CHECK(c.index == cases[i].index && c.tie == cases[i].tie, "case %zu: %d", i, c.index);
        CHECK(c.confidence > 0 && c.confidence <= 1, "case %zu: %g", i, c.confidence);
    }
}

TEST(choice_confidence_is_max_softmax) {
    static const double a[] = {-1, -1}, b[] = {-1, -2}, c[] = {-700, -3000},
                        d[] = {0, -0.69314718055994531, -1.3862943611198906};
    CHECK(assay_choose(a, 2).confidence == 0.5);
    double x = assay_choose(b, 2).confidence - 0.7310585786300049; /* 1 / (1 + 1/e) */
    CHECK(x < 1e-15 && x > -1e-15, "%g", x);
    CHECK(assay_choose(c, 2).confidence == 1);
    x = assay_choose(d, 3).confidence - 1 / 1.75;
    CHECK(x < 1e-15 && x > -1e-15, "%g", x);
}
