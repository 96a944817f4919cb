/* assay classify: its options, and the part that measures a classifier. */
#ifndef ASSAY_CLI_CLASSIFY_H
#define ASSAY_CLI_CLASSIFY_H

#include "cli/judging.h"

typedef struct assay_classify_options {
    const char *values, *input; /* NULL: the classifier's own; standard input */
    double min_confidence;
    assay_judging_options judging;
} assay_classify_options;

#endif
