/* Medical: X-rays, thermometers, heart traces and cells. What is shown, and what it means. */
#include "synth/draw/medical.h"
#include "synth/traits.h"

typedef enum sort { BONE, TWO_BONES, LUNGS, FEVER, TRACE, CELLS, N_SORTS } sort;

#define MAX_TRAITS     5
#define N_CELL_COLOURS 4

typedef struct findings {
    assay_trait traits[MAX_TRAITS]; /* traits[0]: what kind of picture it is */
    int n;
    const char *description;
} findings;

static const char *const KINDS[4] = {"an X-ray", "a thermometer", "a heart trace",
                                     "cells under a microscope"};
static const int KIND_OF[N_SORTS] = {0, 0, 0, 1, 2, 3};
static const char *const YES_NO[2] = {"Yes", "No"};

static void add(findings *all, assay_trait trait) {
    all->traits[all->n++] = trait;
}

/* A question with the answers "Yes." and "No.": for hints. */
static void add_check(findings *all, const char *question, bool so) {
    add(all, (assay_trait){{question}, "%s.", NULL, YES_NO, 2, so ? 0 : 1});
}

/* ---- X-rays ---- */

static void draw_one_bone(findings *all, assay_synth_sample *s, assay_rng *rng,
                          assay_image *canvas) {
    static const char *const WORDS[ASSAY_N_BREAKS] = {
        "It is broken near the top", "It is broken in the middle", "It is broken near the bottom",
        "It is not broken"};
    int broken = (int)assay_rng_below(rng, ASSAY_N_BREAKS);
    assay_bones_draw(canvas, rng, &broken, 1);
    add(all,
        (assay_trait){{"Where is the bone in the X-ray broken?", "Is the bone broken, and where?",
                       "What does the X-ray of the bone show?"},
                      "%s.",
                      NULL,
                      WORDS,
                      ASSAY_N_BREAKS,
                      broken});
    add_check(all, "Is the bone broken?", broken != ASSAY_NO_BREAK);
    all->description = assay_synth_say(s, "An X-ray of one bone. %s.", WORDS[broken]);
}

static void draw_two_bones(findings *all, assay_synth_sample *s, assay_rng *rng,
                           assay_image *canvas) {
    static const char *const WORDS[4] = {"The left bone", "The right bone", "Both bones",
                                         "Neither bone"};
    int which = (int)assay_rng_below(rng, 4), breaks[2];
    for (int i = 0; i < 2; i++) breaks[i] = (int)assay_rng_below(rng, ASSAY_NO_BREAK);
    bool left = which == 0 || which == 2, right = which == 1 || which == 2;
    if (!left) breaks[0] = ASSAY_NO_BREAK;
    if (!right) breaks[1] = ASSAY_NO_BREAK;
    assay_bones_draw(canvas, rng, breaks, 2);
    add(all,
        (assay_trait){{"Which bone in the X-ray is broken?", "Which of the two bones is broken?",
                       "Where does the X-ray show a break?"},
                      "%s.",
                      NULL,
                      WORDS,
                      4,
                      which});
    add_check(all, "Is the left bone broken?", left);
    add_check(all, "Is the right bone broken?", right);
    all->description =
        assay_synth_say(s,
                        "An X-ray of two bones. The left bone is %s. The right "
                        "bone is %s.",
                        left ? "broken" : "not broken", right ? "broken" : "not broken");
}

static void draw_lungs(findings *all, assay_synth_sample *s, assay_rng *rng, assay_image *canvas) {
    static const char *const WORDS[5] = {
        "The spot is at the top left", "The spot is at the top right",
        "The spot is at the bottom left", "The spot is at the bottom right", "There is no spot"};
    int spot = (int)assay_rng_below(rng, 5);
    assay_lungs_draw(canvas, rng, spot);
    add(all, (assay_trait){{"Where in the lungs is the white spot?",
                            "Is there a white spot in the lungs, and where?",
                            "What does the X-ray of the lungs show?"},
                           "%s.",
                           NULL,
                           WORDS,
                           5,
                           spot});
    add_check(all, "Is there a white spot in the lungs?", spot < 4);
    all->description = assay_synth_say(s, "An X-ray of the lungs. %s.", WORDS[spot]);
}

/* ---- thermometer and heart trace ---- */

static void draw_fever(findings *all, assay_synth_sample *s, assay_rng *rng, assay_image *canvas) {
    enum { N = ASSAY_HIGHEST_DEGREE - ASSAY_LOWEST_DEGREE + 1 };
    static const char *const DEGREES[N] = {"36", "37", "38", "39", "40", "41"};
    static const char *const MEANINGS[3] = {"no fever", "a fever", "a high fever"};
    int level = (int)assay_rng_below(rng, N);
    assay_thermometer_draw(canvas, rng, ASSAY_LOWEST_DEGREE + level);
    add(all, (assay_trait){{"What does the thermometer show?", "How warm is the sick person?",
                            "Read the thermometer. What does it say?"},
                           "It shows %s degrees.",
                           "Does it show %s degrees?",
                           DEGREES,
                           N,
                           level});
    add(all, (assay_trait){{"Fever starts at 38 and high fever at 40 degrees. What is it here?",
                            "From 38 it is a fever, from 40 a high fever. What is it?"},
                           "It is %s.",
                           "Is it %s?",
                           MEANINGS,
                           3,
                           level / 2});
    assay_synth_add_hint(s, "Which number is beside the top of the red line?",
                         assay_synth_say(s, "The number %s.", DEGREES[level]));
    all->description = assay_synth_say(s, "A thermometer shows %s degrees. It is %s.",
                                       DEGREES[level], MEANINGS[level / 2]);
}

static void draw_trace(findings *all, assay_synth_sample *s, assay_rng *rng, assay_image *canvas,
                       bool count_them) {
    static const char *const BEATS[ASSAY_N_BEATS] = {"fast and regular", "slow and regular",
                                                     "not regular", "missing, the line is flat"};
    static const char *const COUNTS[5] = {"two", "three", "four", "five", "six"};
    int beat = (int)assay_rng_below(rng, ASSAY_N_BEATS), count = assay_rng_range(rng, 2, 6);
    assay_heart_trace_draw(canvas, rng, beat, count_them ? count : 0);
    if (count_them) {
        add(all, (assay_trait){{"How many beats does the heart trace show?",
                                "How often does the heart beat in this trace?",
                                "Count the high peaks of the trace. How many are there?"},
                               "There are %s.",
                               "Are there %s beats?",
                               COUNTS,
                               5,
                               count - 2});
        all->description =
            assay_synth_say(s, "A heart trace with %s regular beats.", COUNTS[count - 2]);
        return;
    }
    add(all, (assay_trait){{"How is the heart beat in this trace?",
                            "What does the heart trace show?", "How does this heart beat?"},
                           "The beat is %s.",
                           "Is the beat %s?",
                           BEATS,
                           ASSAY_N_BEATS,
                           beat});
    static const char *const PEAKS[ASSAY_N_BEATS] = {"There are seven.", "There are three.",
                                                     "There are five.", "There is none."};
    add_check(all, "Does the heart beat at all?", beat != ASSAY_NO_BEAT);
    assay_synth_add_hint(s, "How many high peaks does the trace have?", PEAKS[beat]);
    assay_synth_add_hint(s, "Are the peaks equally far from each other?",
                         beat == ASSAY_FAST_BEAT || beat == ASSAY_SLOW_BEAT ? "Yes." : "No.");
    all->description = assay_synth_say(s, "A heart trace. The beat is %s.", BEATS[beat]);
}

/* ---- cells ---- */

static void draw_cells(findings *all, assay_synth_sample *s, assay_rng *rng, assay_image *canvas) {
    static const char *const SHAPES[ASSAY_N_CELL_SHAPES] = {"round", "long", "spiky"};
    static const char *const COLOURS[N_CELL_COLOURS] = {"red", "green", "blue", "yellow"};
    static const char *const COUNTS[6] = {"is one cell",    "are two cells",  "are three cells",
                                          "are four cells", "are five cells", "are many cells"};
    int shape = (int)assay_rng_below(rng, ASSAY_N_CELL_SHAPES),
        colour = (int)assay_rng_below(rng, N_CELL_COLOURS), count = (int)assay_rng_below(rng, 6);
    assay_cells_draw(canvas, rng, shape, colour, count == 5 ? ASSAY_MANY_CELLS : count + 1);
    add(all, (assay_trait){{"Which shape do the cells have?", "How do cells look in this picture?",
                            "Are cells here round, long or spiky?"},
                           "They are %s.",
                           "Are they %s?",
                           SHAPES,
                           ASSAY_N_CELL_SHAPES,
                           shape});
    add(all, (assay_trait){{"How many cells are under the microscope?",
                            "How many cells can you see?", "Count the cells. How many are there?"},
                           "There %s.",
                           "Is it true that there %s?",
                           COUNTS,
                           6,
                           count});
    add(all, (assay_trait){{"What colour are the cells?", "Which colour do the cells have?"},
                           "They are %s.",
                           "Are the cells %s?",
                           COLOURS,
                           N_CELL_COLOURS,
                           colour});
    all->description = assay_synth_say(s, "Cells under a microscope: there %s. They are %s and %s.",
                                       COUNTS[count], SHAPES[shape], COLOURS[colour]);
}

void assay_draw_medical(assay_synth_sample *s, assay_rng *rng) {
    bool ask_kind = assay_chance(rng, 12), second = assay_chance(rng, 50);
    sort what = (sort)assay_rng_below(rng, N_SORTS);
    if (ask_kind) { /* each kind as likely as the next, though there are three sorts of X-ray */
        static const sort FIRST_OF[4] = {BONE, FEVER, TRACE, CELLS};
        int kind = (int)assay_rng_below(rng, 4), which = (int)assay_rng_below(rng, 3);
        what = kind == 0 ? (sort)which : FIRST_OF[kind];
    }
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    findings all = {0};
    add(&all, (assay_trait){{"What kind of medical picture is it?", "What does the doctor look at?",
                             "What is this picture?"},
                            "It is %s.",
                            NULL,
                            KINDS,
                            4,
                            KIND_OF[what]});
    int asked = 1;
    switch (what) {
    case BONE:
        draw_one_bone(&all, s, rng, canvas);
        break;
    case TWO_BONES:
        draw_two_bones(&all, s, rng, canvas);
        break;
    case LUNGS:
        draw_lungs(&all, s, rng, canvas);
        break;
    case FEVER:
        draw_fever(&all, s, rng, canvas);
        if (second) asked = 2;
        break;
    case TRACE:
        draw_trace(&all, s, rng, canvas, second);
        break;
    default:
        draw_cells(&all, s, rng, canvas);
        asked = 1 + (int)assay_rng_below(rng, 3);
    }
    assay_traits_ask(s, rng, all.traits, all.n, ask_kind ? 0 : asked);
    s->description = all.description;
}
