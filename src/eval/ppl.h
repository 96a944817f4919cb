/* Inferencer "ppl": mean log-probability of each option's own tokens behind image and question (Ch3Ef's scoring);
 * then a free answer, where the recipe asks for one. */
#ifndef ASSAY_EVAL_PPL_H
#define ASSAY_EVAL_PPL_H

#include "eval/recipe.h"
#include "eval/scores.h"

typedef struct assay_ppl assay_ppl;

/* All three are lent. */
assay_status assay_ppl_create(const assay_model *model, assay_session *session,
                              const assay_recipe *recipe, assay_ppl **out, assay_error *err);
void assay_ppl_destroy(assay_ppl *ppl); /* NULL is fine */

/* images: encoded, checked against their hashes. Uses the whole timeline of the session. */
assay_status assay_ppl_score(assay_ppl *ppl, const assay_sample *sample, const assay_blob *images,
                             assay_scores *out, assay_error *err);

#endif
