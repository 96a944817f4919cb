/* Token ids of a sample: the prompt that all its options share, and each option's own tokens. */
#ifndef ASSAY_EVAL_INSTRUCTION_H
#define ASSAY_EVAL_INSTRUCTION_H

#include "eval/features.h"
#include "eval/recipe.h"

typedef struct assay_instruction {
    int32_t *prompt; /* [n_prompt] */
    size_t n_prompt;
    int32_t *options[ASSAY_MAX_OPTIONS]; /* [n_ids[i]] */
    size_t n_ids[ASSAY_MAX_OPTIONS];
    int n_options;
} assay_instruction;

/* features: of the sample's images; only their grids are used. On failure *out is zeroed. */
assay_status assay_instruction_build(const assay_model *model, const assay_recipe *recipe,
                                     const assay_sample *sample,
                                     const assay_sample_features *features, assay_instruction *out,
                                     assay_error *err);
void assay_instruction_free(assay_instruction *instruction); /* a zeroed one is fine */

#endif
