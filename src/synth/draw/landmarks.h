/* By what people are known, and what they hold up: houses of prayer, flags, boards, badges. */
#ifndef ASSAY_SYNTH_LANDMARKS_H
#define ASSAY_SYNTH_LANDMARKS_H

#include "synth/draw/objects.h"

typedef enum assay_prayer_house {
    ASSAY_TEMPLE, /* steps, pillars, a flat gable */
    ASSAY_CHURCH, /* a tower with a cross */
    ASSAY_MOSQUE  /* a dome and two thin towers */
} assay_prayer_house;

/* Fills the pen's box. */
void assay_prayer_house_draw(const assay_pen *pen, assay_prayer_house house);
/* On a mast at the left; `mark` is a shape on it, white. */
void assay_flag_draw(const assay_pen *pen, int colour, int mark);
/* Boards are white with a dark edge, 100 units wide, from `top` to `bottom`; the one word on them
 * is as high as fits. */
void assay_word_board_draw(const assay_pen *pen, double top, double bottom, const char *word);
/* With round corners and a tip at the lower left, for something said; still empty. */
void assay_speech_draw(const assay_pen *pen, double top, double bottom);
void assay_word_in_draw(const assay_pen *pen, double top, double bottom, const char *word);
/* 100 units wide, its seat at 50. */
void assay_bench_draw(const assay_pen *pen);
/* Pale, to stand behind people. */
void assay_far_tree_draw(const assay_pen *pen);
void assay_far_window_draw(const assay_pen *pen);
/* A round white badge with a star on it; fills the box. */
void assay_badge_draw(const assay_pen *pen);

#endif
