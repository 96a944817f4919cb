/* What the two halves of assay gen share. */
#ifndef ASSAY_CLI_GEN_H
#define ASSAY_CLI_GEN_H

#include "cli/host.h"

typedef struct assay_audit_options {
    assay_host_options host;
    int64_t seed, n; /* n: samples tried of each task */
    bool texts_only; /* without the model that sees grey pictures */
    bool json;
} assay_audit_options;

/* Tries the shortcuts on every task and prints the table; returns the exit code. */
int assay_gen_audit(const assay_audit_options *options);

#endif
