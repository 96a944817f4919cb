/* Cards: one to four equal things on a plain ground. */
#include "synth/draw/cards.h"

#include "synth/draw/scene.h"
#include "synth/words.h"

/* Units of the page. */
static const int PLACES[5][ASSAY_CARD_MAX_THINGS][2] = {
    {{50, 50}},                               /* one */
    {{27, 50}, {73, 50}},                     /* two side by side */
    {{29, 29}, {71, 71}},                     /* two aslant */
    {{50, 28}, {27, 73}, {73, 73}},           /* three */
    {{27, 27}, {73, 27}, {27, 73}, {73, 73}}, /* four */
};

void assay_card_add(assay_synth_sample *s, assay_rng *rng, const assay_card *card) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_ground_draw(canvas, rng);
    bool aslant = assay_chance(rng, 50), flip = assay_chance(rng, 50);
    int layout = card->count == 1 ? 0 : card->count == 2 ? 1 + aslant : card->count;
    int size = card->count == 1 ? assay_rng_range(rng, 54, 74) : assay_rng_range(rng, 36, 42);
    int turn = card->kind < ASSAY_N_SHAPES ? assay_rng_range(rng, -10, 10) : 0;
    assay_pen page = assay_pen_page(canvas);
    for (int i = 0; i < card->count; i++) {
        int dx = PLACES[layout][i][0] - 50 + assay_rng_range(rng, -3, 3);
        int dy = PLACES[layout][i][1] - 50 + assay_rng_range(rng, -3, 3);
        assay_pen pen = assay_pen_at(canvas, page.x + page.unit * dx, page.y + page.unit * dy,
                                     page.unit * size, turn, flip);
        assay_kind_draw(&pen, card->kind, card->colour);
    }
}

const char *assay_card_text(assay_synth_sample *s, const assay_card *card) {
    const char *colour = assay_colour_name(card->colour);
    if (card->count == 1) return assay_synth_say(s, "a %s %s", colour, assay_kind_name(card->kind));
    return assay_synth_say(s, "%s %s %s", assay_number_word(card->count), colour,
                           assay_kind_plural(card->kind));
}
