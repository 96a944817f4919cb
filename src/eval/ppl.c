/* Features of the images -> prefill of image and question once -> all options in one batch -> the free answer, which
 * goes on where the prefill ended: scoring leaves the timeline as it is. Nothing of an earlier sample remains in the
 * session. */
#include "eval/ppl.h"

#include <stdlib.h>

#include "eval/features.h"
#include "eval/instruction.h"

struct assay_ppl {
    const assay_model *model;
    assay_session *session;
    const assay_recipe *recipe;
    assay_features *features;
};

assay_status assay_ppl_create(const assay_model *model, assay_session *session,
                              const assay_recipe *recipe, assay_ppl **out, assay_error *err) {
    assay_ppl *p = assay_calloc(1, sizeof *p);
    *out = NULL;
    if (p == NULL) return assay_fail(err, ASSAY_E_MEMORY, "inferencer: out of memory");
    p->model = model;
    p->session = session;
    p->recipe = recipe;
    assay_status status = assay_features_create(model, session, recipe, &p->features, err);
    if (status != ASSAY_OK) {
        assay_ppl_destroy(p);
        return status;
    }
    *out = p;
    return ASSAY_OK;
}

void assay_ppl_destroy(assay_ppl *p) {
    if (p == NULL) return;
    assay_features_destroy(p->features);
    free(p);
}

static assay_status score_options(assay_ppl *p, const assay_instruction *in, assay_scores *out,
                                  assay_error *err) {
    assay_option options[ASSAY_MAX_OPTIONS];
    size_t n_tokens = 0;
    for (int i = 0; i < in->n_options; i++) n_tokens += in->n_ids[i];
    float *logprobs = assay_alloc(n_tokens, sizeof *logprobs), *at = logprobs;
    if (logprobs == NULL) return assay_fail(err, ASSAY_E_MEMORY, "inferencer: out of memory");
    for (int i = 0; i < in->n_options; i++) {
        options[i] = (assay_option){in->options[i], in->n_ids[i], at};
        at += in->n_ids[i];
    }
    assay_status status = assay_session_score(p->session, options, (size_t)in->n_options, err);
    if (status == ASSAY_OK) status = assay_scores_from_options(options, in->n_options, out, err);
    free(logprobs);
    return status;
}

assay_status assay_ppl_score(assay_ppl *p, const assay_sample *sample, const assay_blob *images,
                             assay_scores *out, assay_error *err) {
    assay_instruction in = {0};
    assay_sample_features features;
    *out = (assay_scores){0};
    assay_status status = assay_features_of(p->features, sample, images, &features, err);
    if (status == ASSAY_OK)
        status = assay_instruction_build(p->model, p->recipe, sample, &features, &in, err);
    if (status == ASSAY_OK) status = assay_session_truncate(p->session, 0, err);
    if (status == ASSAY_OK) {
        assay_prompt prompt = {in.prompt, in.n_prompt, features.rows, features.n_rows};
        status = assay_session_prefill(p->session, &prompt, err);
    }
    if (status == ASSAY_OK) status = score_options(p, &in, out, err);
    if (status == ASSAY_OK && p->recipe->free_text > 0)
        status = assay_free_text_generate(p->session, p->recipe->free_text, &out->free_text, err);
    if (status != ASSAY_OK) assay_scores_free(out);
    assay_instruction_free(&in);
    return status;
}
