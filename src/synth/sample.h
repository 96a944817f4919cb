/* A sample being written: its texts, kept inside it, and its pictures. Private to src/synth.
 *
 * How a task is drawn, so that nothing but the picture (and in the tasks without sight nothing but
 * the question) leads to the right answer: first question and options are chosen, then which of the
 * options shall be right, each as likely as the next, and then the picture is drawn to fit. A guess,
 * the longest or the shortest option, a habit ("always no") and any classifier of the words are then
 * exactly at chance. */
#ifndef ASSAY_SYNTH_SAMPLE_H
#define ASSAY_SYNTH_SAMPLE_H

#include "synth/draw/objects.h"
#include "synth/synth.h"

#define ASSAY_MAX_HINTS   16
#define ASSAY_STORE_BYTES 16384

struct assay_synth_sample {
    assay_sample texts;
    assay_image images[ASSAY_MAX_IMAGES];
    assay_image none; /* 0 x 0: what there is to draw on when memory has run out */
    assay_rng shared; /* see assay_synth_share */
    const char *pair; /* its name: the same for both samples */
    bool second;      /* of its pair */
    const char *description;
    const char *hint_questions[ASSAY_MAX_HINTS], *hint_answers[ASSAY_MAX_HINTS];
    int n_hints;
    size_t used;
    bool full, out_of_memory; /* a text or a picture did not fit: the sample is not usable */
    char store[ASSAY_STORE_BYTES];
};

/* ---- pictures ---- */

/* The sample's next picture, white, of 256 to ASSAY_CANVAS_MAX_EDGE pixels in both directions; at
 * most ASSAY_MAX_IMAGES. Never NULL: a failure is kept in the sample, and the canvas is empty. */
assay_image *assay_synth_add_image(assay_synth_sample *s, int width, int height);
/* The same, of a size drawn from the rng: 256 to 384 pixels, at most 4 : 3 either way. */
assay_image *assay_synth_add_any_image(assay_synth_sample *s, assay_rng *rng);
/* Samples 2k and 2k + 1 of a task have this same stream of random numbers: a task that draws its
 * pictures from it alone asks two questions on the same picture. Sets texts.cluster. */
assay_rng *assay_synth_share(assay_synth_sample *s);

/* ---- texts ---- */

/* Formats a text that lives as long as the sample. Only %s, %d and %c: the same bytes on every
 * platform. */
const char *assay_synth_say(assay_synth_sample *s, const char *format, ...) ASSAY_PRINTF(2, 3);
/* The right answer among wrong ones (n_wrong of them are used), at a random place. */
void assay_synth_offer(assay_synth_sample *s, assay_rng *rng, const char *right,
                       const char *const *wrong, int n_wrong);
/* Options in random order; options[right] is the right one. */
void assay_synth_offer_one_of(assay_synth_sample *s, assay_rng *rng, const char *const *options,
                              int n, int right);
/* A question that stands around the pictures instead of behind them: `before` in front of the first,
 * after[i] behind picture i (n_images of them). */
void assay_synth_interleave(assay_synth_sample *s, const char *before, const char *const *after);
/* A short question on the picture, with its answer. */
void assay_synth_add_hint(assay_synth_sample *s, const char *question, const char *answer);
/* "an owl", "a cat". */
const char *assay_with_article(assay_synth_sample *s, const char *noun);

/* ---- random choices ---- */

const char *assay_pick(assay_rng *rng, const char *const *list, int n);
bool assay_chance(assay_rng *rng, int percent);
void assay_permute(assay_rng *rng, int *list, int n); /* 0..n-1 in random order */
/* Of 0..n-1, neither of the two; -1 excludes nothing. */
int assay_pick_other(assay_rng *rng, int n, int not_this, int nor_this);
#define ASSAY_PICK(rng, ...)                                                                       \
    assay_pick(rng, (const char *const[]){__VA_ARGS__},                                            \
               (int)(sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *)))

const char *assay_number_word(int n); /* "zero" to "twelve" */

/* ---- tasks ---- */

/* One task's drawing and wording; s has its names and no picture yet. */
typedef void assay_task_draw(assay_synth_sample *s, assay_rng *rng);

assay_task_draw assay_draw_art, assay_draw_hand_drawing, assay_draw_animation, assay_draw_comics,
    assay_draw_medical, assay_draw_remote;
assay_task_draw assay_draw_chart, assay_draw_handwriting, assay_draw_ocr,
    assay_draw_referred_vision, assay_draw_gui, assay_draw_document;
assay_task_draw assay_draw_object_views, assay_draw_scene_views, assay_draw_robotic_planning,
    assay_draw_indoor_navigation, assay_draw_outdoor_navigation, assay_draw_driving;
assay_task_draw assay_draw_vision_icl, assay_draw_vision_text_icl, assay_draw_instruction,
    assay_draw_language;
assay_task_draw assay_draw_noisy, assay_draw_hard;
assay_task_draw assay_draw_capability, assay_draw_attribute, assay_draw_object,
    assay_draw_relationship;
assay_task_draw assay_draw_sycophancy;
assay_task_draw assay_draw_racial, assay_draw_age, assay_draw_disability, assay_draw_gender,
    assay_draw_religious, assay_draw_location;
assay_task_draw assay_draw_threaten, assay_draw_harass, assay_draw_insult;
assay_task_draw assay_draw_drug, assay_draw_theft, assay_draw_traffic_crime,
    assay_draw_other_crimes;
assay_task_draw assay_draw_physical_harm, assay_draw_psychological_harm;
assay_task_draw assay_draw_personal, assay_draw_leaking;

#endif
