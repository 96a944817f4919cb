/* Pictures and texts of a sample, and random choices. */
#include "synth/sample.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* ---- pictures ---- */

assay_image *assay_synth_add_image(assay_synth_sample *s, int width, int height) {
    if (s->texts.n_images == ASSAY_MAX_IMAGES || width > ASSAY_CANVAS_MAX_EDGE ||
        height > ASSAY_CANVAS_MAX_EDGE) {
        s->full = true;
        return &s->none;
    }
    uint8_t *rgb = assay_alloc((size_t)width * (size_t)height, 3);
    if (!rgb) {
        s->out_of_memory = true;
        return &s->none;
    }
    assay_image *image = &s->images[s->texts.n_images++];
    *image = (assay_image){width, height, rgb};
    assay_canvas_fill(image, (assay_colour){255, 255, 255});
    return image;
}

assay_image *assay_synth_add_any_image(assay_synth_sample *s, assay_rng *rng) {
    static const int SIZES[8][2] = {{256, 256}, {320, 256}, {256, 320}, {320, 320},
                                    {384, 288}, {288, 384}, {336, 272}, {384, 384}};
    const int *size = SIZES[assay_rng_below(rng, 8)];
    return assay_synth_add_image(s, size[0], size[1]);
}

assay_rng *assay_synth_share(assay_synth_sample *s) {
    s->texts.cluster = s->pair;
    return &s->shared;
}

/* ---- texts ---- */

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
    const char *options[ASSAY_MAX_OPTIONS];
    options[0] = right;
    for (int i = 0; i < n_wrong; i++) options[i + 1] = wrong[i];
    assay_synth_offer_one_of(s, rng, options, n_wrong + 1, 0);
}

void assay_synth_offer_one_of(assay_synth_sample *s, assay_rng *rng, const char *const *options,
                              int n, int right) {
    assay_sample *t = &s->texts;
    int order[ASSAY_MAX_OPTIONS];
    assay_permute(rng, order, n);
    t->n_options = n;
    t->n_gold = 1;
    for (int i = 0; i < n; i++) {
        t->options[i] = options[order[i]];
        if (order[i] == right) t->gold[0] = i;
    }
}

void assay_synth_interleave(assay_synth_sample *s, const char *before, const char *const *after) {
    s->texts.interleaved = true;
    s->texts.question = before;
    for (int i = 0; i < s->texts.n_images; i++) s->texts.after[i] = after[i];
}

void assay_synth_add_hint(assay_synth_sample *s, const char *question, const char *answer) {
    if (s->n_hints == ASSAY_MAX_HINTS) return;
    s->hint_questions[s->n_hints] = question;
    s->hint_answers[s->n_hints++] = answer;
}

const char *assay_with_article(assay_synth_sample *s, const char *noun) {
    bool vowel = strchr("aeiou", noun[0]) != NULL;
    return assay_synth_say(s, "%s %s", vowel ? "an" : "a", noun);
}

/* ---- random choices ---- */

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
    static const char *const WORDS[13] = {"zero", "one",    "two",   "three", "four",
                                          "five", "six",    "seven", "eight", "nine",
                                          "ten",  "eleven", "twelve"};
    return WORDS[n];
}
