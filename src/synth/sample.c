/* Texts of a sample and random choices. */
#include "synth/sample.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *assay_synth_say(assay_synth_sample *s, const char *format, ...) {
    size_t left = sizeof s->store - s->used;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(s->store + s->used, left, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= left) {
        s->full = true;
        return "";
    }
    const char *text = s->store + s->used;
    s->used += (size_t)n + 1;
    return text;
}

void assay_synth_offer(assay_synth_sample *s, assay_rng *rng, const char *right,
                       const char *const *wrong, int n_wrong) {
    assay_sample *t = &s->texts;
    t->n_options = n_wrong + 1;
    int gold = (int)assay_rng_below(rng, (uint32_t)t->n_options);
    int order[ASSAY_MAX_OPTIONS];
    assay_permute(rng, order, n_wrong);
    for (int i = 0, next = 0; i < t->n_options; i++)
        t->options[i] = i == gold ? right : wrong[order[next++]];
    t->gold[0] = gold;
    t->n_gold = 1;
}

void assay_synth_add_hint(assay_synth_sample *s, const char *question, const char *answer) {
    if (s->n_hints == ASSAY_MAX_HINTS) return;
    s->hint_questions[s->n_hints] = question;
    s->hint_answers[s->n_hints++] = answer;
}

const char *assay_pick(assay_rng *rng, const char *const *list, int n) {
    return list[assay_rng_below(rng, (uint32_t)n)];
}

bool assay_chance(assay_rng *rng, int percent) {
    return assay_rng_below(rng, 100) < (uint32_t)percent;
}

void assay_permute(assay_rng *rng, int *list, int n) {
    for (int i = 0; i < n; i++) list[i] = i;
    assay_rng_shuffle(rng, list, (size_t)n, sizeof *list);
}

int assay_pick_other(assay_rng *rng, int n, int not_this, int nor_this) {
    for (;;) {
        int i = (int)assay_rng_below(rng, (uint32_t)n);
        if (i != not_this && i != nor_this) return i;
    }
}

const char *assay_number_word(int n) {
    static const char *const WORDS[10] = {"zero", "one", "two",   "three", "four",
                                          "five", "six", "seven", "eight", "nine"};
    return WORDS[n];
}
