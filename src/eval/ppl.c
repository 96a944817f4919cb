/* Images -> features (cached by hash) -> prefill of image and question once -> all options in one
 * batch. Nothing of an earlier sample remains in the session, and what was cached changes no bit.
 */
#include "eval/ppl.h"

#include <stdlib.h>
#include <string.h>

#include "eval/instruction.h"

#define N_CACHED 16 /* images; the samples of a suite that share an image lie close together */
#define GREY     128

typedef struct cached {
    char key[65];    /* the image's sha256, "grey", or "" when empty */
    uint64_t used;   /* step of the last use */
    float *features; /* [image_tokens, dim] */
} cached;

struct assay_ppl {
    const assay_model *model;
    assay_session *session;
    const assay_recipe *recipe;
    uint8_t *pixels;             /* [image_size, image_size, 3] */
    size_t n_pixels, n_features; /* bytes of pixels; floats of one image's features */
    float *features;             /* [ASSAY_MAX_IMAGES, image_tokens, dim], those of the sample */
    uint64_t step;
    cached cache[N_CACHED];
};

assay_status assay_ppl_create(const assay_model *model, assay_session *session,
                              const assay_recipe *recipe, assay_ppl **out, assay_error *err) {
    const assay_model_info *info = assay_model_get_info(model);
    assay_ppl *p = assay_calloc(1, sizeof *p);
    *out = NULL;
    if (p == NULL) return assay_fail(err, ASSAY_E_MEMORY, "inferencer: out of memory");
    p->model = model;
    p->session = session;
    p->recipe = recipe;
    if (info->image_size > 0) { /* sizes that the model has checked */
        p->n_pixels = (size_t)info->image_size * (size_t)info->image_size * 3;
        p->n_features = (size_t)info->image_tokens * (size_t)info->dim;
        p->pixels = assay_alloc(p->n_pixels, 1);
        p->features = assay_alloc(p->n_features, ASSAY_MAX_IMAGES * sizeof *p->features);
        if (p->pixels == NULL || p->features == NULL) {
            assay_ppl_destroy(p);
            return assay_fail(err, ASSAY_E_MEMORY, "inferencer: out of memory");
        }
    }
    *out = p;
    return ASSAY_OK;
}

void assay_ppl_destroy(assay_ppl *p) {
    if (p == NULL) return;
    for (int i = 0; i < N_CACHED; i++) free(p->cache[i].features);
    free(p->pixels);
    free(p->features);
    free(p);
}

/* The slot that holds `key`, or else the one that was not used for longest. */
static cached *find_cached(assay_ppl *p, const char *key) {
    cached *oldest = &p->cache[0];
    for (int i = 0; i < N_CACHED; i++) {
        if (strcmp(p->cache[i].key, key) == 0) return &p->cache[i];
        if (p->cache[i].used < oldest->used) oldest = &p->cache[i];
    }
    return oldest;
}

/* Features of one image into out [image_tokens, dim]. */
static assay_status image_features(assay_ppl *p, const assay_member *member, assay_blob image,
                                   float *out, assay_error *err) {
    const char *key = p->recipe->grey ? "grey" : member->sha256;
    cached *slot = find_cached(p, key);
    if (strcmp(slot->key, key) != 0) {
        assay_status status = ASSAY_OK;
        if (slot->features == NULL)
            slot->features = assay_alloc(p->n_features, sizeof *slot->features);
        if (slot->features == NULL)
            return assay_fail(err, ASSAY_E_MEMORY, "inferencer: out of memory");
        slot->key[0] = '\0';
        if (p->recipe->grey)
            memset(p->pixels, GREY, p->n_pixels);
        else
            status = assay_model_preprocess(p->model, image.bytes, image.n, member->name, p->pixels,
                                            err);
        if (status == ASSAY_OK)
            status = assay_session_encode_image(p->session, p->pixels, slot->features, err);
        if (status != ASSAY_OK) return status;
        memcpy(slot->key, key, strlen(key) + 1);
    }
    slot->used = ++p->step;
    memcpy(out, slot->features, p->n_features * sizeof *out);
    return ASSAY_OK;
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
    assay_status status = ASSAY_OK;
    *out = (assay_scores){0};
    for (int i = 0; i < sample->n_images && status == ASSAY_OK; i++) {
        status = assay_member_check(&sample->images[i], images[i].bytes, images[i].n, err);
        if (status == ASSAY_OK)
            status = image_features(p, &sample->images[i], images[i],
                                    p->features + (size_t)i * p->n_features, err);
    }
    if (status == ASSAY_OK) status = assay_instruction_build(p->model, p->recipe, sample, &in, err);
    if (status == ASSAY_OK) status = assay_session_truncate(p->session, 0, err);
    if (status == ASSAY_OK) {
        size_t n_rows =
            (size_t)sample->n_images * (size_t)assay_model_get_info(p->model)->image_tokens;
        assay_prompt prompt = {in.prompt, in.n_prompt, n_rows > 0 ? p->features : NULL, n_rows};
        status = assay_session_prefill(p->session, &prompt, err);
    }
    if (status == ASSAY_OK) status = score_options(p, &in, out, err);
    assay_instruction_free(&in);
    return status;
}
