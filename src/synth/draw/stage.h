/* Where things stand, hide and are written: boxes, curtains, a book, a table, a clock, boards
 * with a word, patterned cloth. Each fills its pen's box of 100 x 100 units. */
#ifndef ASSAY_SYNTH_STAGE_H
#define ASSAY_SYNTH_STAGE_H

#include "synth/draw/objects.h"

/* A box with its front open and pale inside, or closed by a lid. Inside is (20, 28) to (80, 88). */
void assay_box_draw(const assay_pen *pen, int colour, bool open);
/* A window with its curtain drawn aside or closed. The view is (20, 20) to (80, 92). */
void assay_curtain_draw(const assay_pen *pen, int colour, bool open);
/* A book that lies open, its left page free from (8, 20) to (48, 80), or closed. */
void assay_big_book_draw(const assay_pen *pen, int colour, bool open);

/* A table; its top is at y = 50, the space below it (22, 62) to (78, 100). */
void assay_desk_draw(const assay_pen *pen);
/* A plain wooden crate. */
void assay_crate_draw(const assay_pen *pen);
/* A clock that shows a full hour, 1 to 12, or has no hands (0). */
void assay_dial_draw(const assay_pen *pen, int colour, int hour);

/* A pale board in a coloured frame with one word of up to 5 letters. */
void assay_board_draw(const assay_pen *pen, int colour, const char *word);
/* A sheet of a calendar with the first letters of a day. */
void assay_calendar_draw(const assay_pen *pen, int colour, const char *day);
/* A radio whose display shows a word. */
void assay_radio_draw(const assay_pen *pen, int colour, const char *word);
/* A jar with a word on its label. */
void assay_jar_draw(const assay_pen *pen, int colour, const char *word);

typedef enum assay_pattern {
    ASSAY_PLAIN,
    ASSAY_STRIPED,
    ASSAY_DOTTED,
    ASSAY_CHECKED,
    ASSAY_N_PATTERNS
} assay_pattern;
typedef enum assay_cloth { ASSAY_FLAG, ASSAY_RUG, ASSAY_SHIRT, ASSAY_N_CLOTHS } assay_cloth;

const char *assay_pattern_name(int pattern); /* "striped" */
const char *assay_cloth_name(int cloth);     /* "flag" */
void assay_cloth_draw(const assay_pen *pen, int cloth, int pattern, int colour);

#endif
