/* Hard Questions: the picture is clear, but what is asked may be hidden in it: in a closed box,
 * behind a curtain, on a page of a closed book, in letters too small, in a face behind a book, on
 * a clock without hands. "I don't know." is right as often as each of two answers. */
#include "synth/draw/bust.h"
#include "synth/draw/places.h"
#include "synth/draw/scene.h"
#include "synth/draw/stage.h"
#include "synth/words.h"

typedef struct hard {
    const char *question, *options[2];
    int right; /* 0 or 1 of the options, or 2: it is hidden */
} hard;

static double edge_of(const assay_image *canvas) {
    return canvas->width < canvas->height ? canvas->width : canvas->height;
}

static assay_pen pen_in_middle(assay_image *canvas, double share) {
    return assay_pen_at(canvas, 0.5 * canvas->width, 0.5 * canvas->height, share * edge_of(canvas),
                        0, false);
}

/* ---- boxes and curtains ---- */

typedef struct holder {
    int colour;
    bool open;
    int kind, tint; /* what is inside */
} holder;

static void draw_holder(const assay_pen *pen, const holder *h, bool box) {
    if (box)
        assay_box_draw(pen, h->colour, h->open);
    else
        assay_curtain_draw(pen, h->colour, h->open);
    if (!h->open) return;
    assay_pen inside = *pen;
    inside.y += (box ? 8 : 6) * pen->unit;
    inside.unit *= 0.56;
    assay_kind_draw(&inside, h->kind, h->tint);
}

static void draw_holders(assay_image *canvas, const holder *holders, bool box) {
    double w = canvas->width, h = canvas->height;
    bool wide = w >= h;
    double size = 0.9 * (wide ? (0.5 * w < h ? 0.5 * w : h) : (0.5 * h < w ? 0.5 * h : w));
    for (int i = 0; i < 2; i++) {
        double at = i ? 0.745 : 0.255;
        assay_pen pen =
            assay_pen_at(canvas, wide ? at * w : 0.5 * w, wide ? 0.52 * h : at * h, size, 0, false);
        draw_holder(&pen, &holders[i], box);
    }
}

static void describe_holders(assay_synth_sample *s, const holder *holders, const char *what) {
    const char *texts[2];
    for (int i = 0; i < 2; i++) {
        const holder *h = &holders[i];
        const char *colour = assay_colour_name(h->colour), *name = assay_kind_name(h->kind);
        texts[i] = h->open
                       ? assay_synth_say(s, "The %s %s is open and shows a %s.", colour, what, name)
                       : assay_synth_say(s, "The %s %s is closed.", colour, what);
        assay_synth_add_hint(s, assay_synth_say(s, "Is the %s %s open?", colour, what),
                             h->open ? "Yes." : "No.");
        assay_synth_add_hint(s, assay_synth_say(s, "What does the %s %s show?", colour, what),
                             h->open ? assay_synth_say(s, "A %s.", name)
                                     : "Nothing, it is closed.");
    }
    s->description = assay_synth_say(s, "%s %s", texts[0], texts[1]);
}

static void ask_holder(hard *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int kinds[ASSAY_N_OBJECTS], colours[ASSAY_N_COLOURS], at = (int)assay_rng_below(rng, 2);
    bool box = assay_chance(rng, 50), other_open = assay_chance(rng, 70);
    assay_permute(rng, kinds, ASSAY_N_OBJECTS);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    bool hidden = q->right == 2;
    int shown = hidden ? (int)assay_rng_below(rng, 2) : q->right;
    holder holders[2];
    holders[at] = (holder){colours[0], !hidden, ASSAY_N_SHAPES + kinds[shown], colours[1]};
    holders[1 - at] =
        (holder){colours[2], other_open, ASSAY_N_SHAPES + kinds[1 - shown], colours[3]};
    assay_room_draw(canvas, rng);
    draw_holders(canvas, holders, box);
    const char *colour = assay_colour_name(colours[0]);
    q->question = box ? assay_synth_say(s,
                                        ASSAY_PICK(rng, "What is in the %s box?",
                                                   "What does the %s box hold?",
                                                   "Which thing is inside the %s box?"),
                                        colour)
                      : assay_synth_say(s,
                                        ASSAY_PICK(rng, "What is behind the %s curtain?",
                                                   "Which thing is behind the %s curtain?",
                                                   "What stands behind the %s curtain?"),
                                        colour);
    for (int i = 0; i < 2; i++)
        q->options[i] = assay_synth_say(s, "A %s.", assay_kind_name(ASSAY_N_SHAPES + kinds[i]));
    describe_holders(s, holders, box ? "box" : "curtain");
}

/* ---- a book ---- */

static void ask_book(hard *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int kinds[ASSAY_N_KINDS], colours[ASSAY_N_COLOURS];
    assay_permute(rng, kinds, ASSAY_N_KINDS);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    bool open = q->right < 2;
    assay_room_draw(canvas, rng);
    assay_pen pen = pen_in_middle(canvas, open ? 0.94 : 0.7);
    assay_big_book_draw(&pen, colours[0], open);
    const char *colour = assay_colour_name(colours[0]);
    for (int i = 0; i < 2; i++)
        q->options[i] = assay_synth_say(s, "A %s.", assay_kind_name(kinds[i]));
    q->question = ASSAY_PICK(rng, "What is drawn in the book?", "What does the page show?",
                             "Which thing is on the page of the book?");
    if (open) {
        assay_pen page = assay_pen_inside(&pen, 27, 48, 40);
        assay_kind_draw(&page, kinds[q->right], colours[1]);
        const char *name = assay_kind_name(kinds[q->right]);
        s->description =
            assay_synth_say(s, "A %s book is open. A %s is on its page.", colour, name);
        assay_synth_add_hint(s, "What is on the page?", assay_synth_say(s, "A %s.", name));
    } else {
        s->description =
            assay_synth_say(s, "A %s book is closed. Its pages cannot be seen.", colour);
        assay_synth_add_hint(s, "What is on the page?", "Nobody can see it.");
    }
    assay_synth_add_hint(s, "Is the book open?", open ? "Yes." : "No.");
    assay_synth_add_hint(s, "What colour is the book?", assay_synth_say(s, "It is %s.", colour));
}

/* ---- a word ---- */

static void ask_word(hard *q, assay_synth_sample *s, assay_rng *rng) {
    static const char *const WORDS[12] = {"bus", "car", "cat",  "dog",  "hat",  "key",
                                          "map", "tea", "fish", "milk", "park", "shop"};
    static const assay_colour PAPER = {214, 206, 190}, INK = {28, 28, 34};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int words[12], colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_permute(rng, words, 12);
    bool hidden = q->right == 2, tiny = assay_chance(rng, 50);
    const char *word = WORDS[words[hidden ? 0 : q->right]];
    assay_outdoors_draw(canvas, rng);
    assay_pen pen = pen_in_middle(canvas, 0.9);
    assay_board_draw(&pen, colour, hidden ? "" : assay_all_capitals(s, word));
    if (hidden && tiny) assay_pen_text(&pen, INK, 50, 48, 1.6, assay_all_capitals(s, word));
    if (hidden && !tiny) assay_pen_rect(&pen, PAPER, 3, 30, 97, 66);
    for (int i = 0; i < 2; i++) q->options[i] = assay_synth_say(s, "It says %s.", WORDS[words[i]]);
    q->question = ASSAY_PICK(rng, "What does the sign say?", "Which word is on the sign?",
                             "What is the word on the sign?");
    const char *tint = assay_colour_name(colour);
    const char *state = !hidden ? assay_synth_say(s, "It says %s.", word)
                        : tiny  ? "Its word is too small."
                                : "Paper covers its word.";
    s->description = assay_synth_say(s, "There is a %s sign. %s", tint, state);
    assay_synth_add_hint(s, "What about the word on the sign?", state);
    assay_synth_add_hint(s, "Can the word be read?", hidden ? "No." : "Yes.");
    assay_synth_add_hint(s, "What colour is the sign?", assay_synth_say(s, "It is %s.", tint));
}

/* ---- a face ---- */

static void ask_face(hard *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int feelings[ASSAY_N_FEELINGS], book = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_permute(rng, feelings, ASSAY_N_FEELINGS);
    bool hidden = q->right == 2;
    assay_bust bust = assay_bust_any(rng);
    if (bust.shirt == book) bust.shirt = (book + 1) % ASSAY_N_COLOURS;
    bust.feeling = (assay_feeling)feelings[hidden ? 0 : q->right];
    double edge = edge_of(canvas);
    assay_ground_draw(canvas, rng);
    assay_pen pen = assay_pen_at(canvas, 0.5 * canvas->width, canvas->height - 0.45 * edge,
                                 0.9 * edge, 0, false);
    assay_bust_draw(&pen, bust);
    assay_pen at_face = assay_pen_inside(&pen, 50, 50, 76),
              at_chest = assay_pen_inside(&pen, 50, 91, 34);
    assay_kind_draw(hidden ? &at_face : &at_chest, ASSAY_BOOK, book);
    for (int i = 0; i < 2; i++)
        q->options[i] = assay_synth_say(s, "They are %s.", assay_feeling_name(feelings[i]));
    q->question = ASSAY_PICK(rng, "How does the person feel?", "What does the face show?",
                             "Which mood is the person in?");
    const char *mood =
        hidden ? "A book hides the face."
               : assay_synth_say(s, "The person is %s.", assay_feeling_name((int)bust.feeling));
    s->description =
        assay_synth_say(s, "A person holds a %s book. %s", assay_colour_name(book), mood);
    assay_synth_add_hint(s, "Can you see the face?", hidden ? "No." : "Yes.");
    assay_synth_add_hint(s, "What about the face?", mood);
    assay_synth_add_hint(s, "What colour is the book?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(book)));
}

/* ---- a clock ---- */

static void ask_clock(hard *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int hours[4], colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_permute(rng, hours, 4);
    bool hidden = q->right == 2;
    int hour = hidden ? 0 : 3 + 3 * hours[q->right];
    assay_room_draw(canvas, rng);
    assay_pen pen = pen_in_middle(canvas, 0.82);
    assay_dial_draw(&pen, colour, hour);
    for (int i = 0; i < 2; i++)
        q->options[i] =
            assay_synth_say(s, "It is %s o'clock.", assay_number_word(3 + 3 * hours[i]));
    q->question = ASSAY_PICK(rng, "What time does the clock show?", "What time is it?",
                             "Which hour does the clock show?");
    const char *time = hidden ? "It has no hands."
                              : assay_synth_say(s, "It shows %s o'clock.", assay_number_word(hour));
    s->description =
        assay_synth_say(s, "There is a big %s clock. %s", assay_colour_name(colour), time);
    assay_synth_add_hint(s, "Does the clock have hands?", hidden ? "No." : "Yes.");
    assay_synth_add_hint(s, "What does the clock show?", time);
    assay_synth_add_hint(s, "What colour is the clock?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(colour)));
}

void assay_draw_hard(assay_synth_sample *s, assay_rng *rng) {
    typedef void ask(hard * q, assay_synth_sample * s, assay_rng * rng);
    static ask *const ASK[6] = {ask_holder, ask_holder, ask_book, ask_word, ask_face, ask_clock};
    hard q = {.right = (int)assay_rng_below(rng, 3)};
    ASK[assay_rng_below(rng, 6)](&q, s, rng);
    const char *permit =
        ASSAY_PICK(rng, "If you are not sure, you can answer \"I don't know\".",
                   "You may say \"I don't know\".", "If nobody can tell, say \"I don't know\".");
    s->texts.question = assay_synth_say(s, "%s %s", q.question, permit);
    const char *options[3] = {q.options[0], q.options[1], "I don't know."};
    assay_synth_offer_one_of(s, rng, options, 3, q.right);
    assay_synth_add_hint(s, "Can the answer be seen?", q.right == 2 ? "No." : "Yes.");
}
