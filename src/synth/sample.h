/* A sample being written: texts kept inside it, one image. Private to src/synth. */
#ifndef ASSAY_SYNTH_SAMPLE_H
#define ASSAY_SYNTH_SAMPLE_H

#include "synth/objects.h"
#include "synth/synth.h"

#define ASSAY_MAX_HINTS   8
#define ASSAY_STORE_BYTES 4096

struct assay_synth_sample {
    assay_sample texts;
    assay_image image;
    const char *description;
    const char *hint_questions[ASSAY_MAX_HINTS], *hint_answers[ASSAY_MAX_HINTS];
    int n_hints;
    size_t used;
    bool full; /* a text did not fit: the sample is not usable */
    char store[ASSAY_STORE_BYTES];
};

/* Formats a text that lives as long as the sample. Only %s, %d and %c: the same bytes on every
 * platform. */
const char *assay_synth_say(assay_synth_sample *s, const char *format, ...) ASSAY_PRINTF(2, 3);
/* The right answer among wrong ones (n_wrong of them are used), at a random place. */
void assay_synth_offer(assay_synth_sample *s, assay_rng *rng, const char *right,
                       const char *const *wrong, int n_wrong);
void assay_synth_add_hint(assay_synth_sample *s, const char *question, const char *answer);

/* Random choices. */
const char *assay_pick(assay_rng *rng, const char *const *list, int n);
bool assay_chance(assay_rng *rng, int percent);
void assay_permute(assay_rng *rng, int *list, int n); /* 0..n-1 in random order */
/* Of 0..n-1, neither of the two; -1 excludes nothing. */
int assay_pick_other(assay_rng *rng, int n, int not_this, int nor_this);
#define ASSAY_PICK(rng, ...)                                                                       \
    assay_pick(rng, (const char *const[]){__VA_ARGS__},                                            \
               (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))

const char *assay_number_word(int n); /* "zero" to "nine" */

/* One task's drawing and wording; the canvas is there and filled with white. */
typedef void assay_task_draw(assay_synth_sample *s, assay_rng *rng);
assay_task_draw assay_draw_hand_drawing, assay_draw_chart, assay_draw_ocr,
    assay_draw_referred_vision, assay_draw_driving, assay_draw_instruction, assay_draw_noisy,
    assay_draw_capability, assay_draw_attribute, assay_draw_object, assay_draw_relationship,
    assay_draw_theft, assay_draw_traffic_crime, assay_draw_physical_harm, assay_draw_personal,
    assay_draw_insult;

#endif
