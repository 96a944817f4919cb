/* One question and its hints from a list of traits. */
#include "synth/traits.h"

#define MAX_TRAITS  12
#define MAX_WORDS   16
#define MAX_CHOICES 4
#define N_HINTS     8

const char *assay_trait_answer(assay_synth_sample *s, const assay_trait *trait, int word) {
    return assay_synth_say(s, trait->answer, trait->words[word]);
}

static const char *wording(const assay_trait *trait, assay_rng *rng) {
    int n = 0;
    while (n < ASSAY_TRAIT_WORDINGS && trait->questions[n]) n++;
    return assay_pick(rng, trait->questions, n);
}

static void hint_open(assay_synth_sample *s, assay_rng *rng, const assay_trait *trait) {
    assay_synth_add_hint(s, wording(trait, rng), assay_trait_answer(s, trait, trait->holds));
}

static void hint_check(assay_synth_sample *s, assay_rng *rng, const assay_trait *trait) {
    if (!trait->check) {
        hint_open(s, rng, trait);
        return;
    }
    bool so = assay_chance(rng, 50);
    int word = so ? trait->holds : assay_pick_other(rng, trait->n, trait->holds, -1);
    assay_synth_add_hint(s, assay_synth_say(s, trait->check, trait->words[word]),
                         so ? "Yes." : "No.");
}

static void ask(assay_synth_sample *s, assay_rng *rng, const assay_trait *trait) {
    int order[MAX_WORDS], n_wrong = 0;
    const char *wrong[MAX_CHOICES - 1];
    assay_permute(rng, order, trait->n);
    for (int i = 0; i < trait->n && n_wrong < MAX_CHOICES - 1; i++) {
        if (order[i] != trait->holds) wrong[n_wrong++] = assay_trait_answer(s, trait, order[i]);
    }
    s->texts.question = wording(trait, rng);
    assay_synth_offer(s, rng, assay_trait_answer(s, trait, trait->holds), wrong, n_wrong);
}

void assay_traits_ask(assay_synth_sample *s, assay_rng *rng, const assay_trait *traits, int n,
                      int asked) {
    ask(s, rng, &traits[asked]);
    hint_check(s, rng, &traits[asked]);
    hint_open(s, rng, &traits[asked]);
    int order[MAX_TRAITS];
    assay_permute(rng, order, n);
    for (int i = 0; i < n && s->n_hints < N_HINTS; i++) {
        if (order[i] == asked) continue;
        if (assay_chance(rng, 40))
            hint_check(s, rng, &traits[order[i]]);
        else
            hint_open(s, rng, &traits[order[i]]);
    }
}
