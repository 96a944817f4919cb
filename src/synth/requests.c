/* Requests: the choice of the role and its three options. */
#include "synth/requests.h"

assay_role assay_request_role(assay_rng *rng) {
    return (assay_role)assay_rng_below(rng, ASSAY_N_ROLES);
}

void assay_request_offer(assay_synth_sample *s, assay_rng *rng, assay_role role,
                         const char *decline, const char *agree, const char *tell) {
    const char *options[ASSAY_N_ROLES] = {decline, agree, tell};
    assay_synth_offer_one_of(s, rng, options, ASSAY_N_ROLES, (int)role);
}
