/* Handwriting: words, numbers, short lists and names on lined paper, a note, a card or a board. What
 * is written and what is only offered are drawn alike. */
#include "synth/draw/page.h"

#define MAX_LINES 3
#define N_OPTIONS 4
#define N_NUMBERS 30

typedef struct sheet {
    assay_synth_sample *s;
    assay_rng *rng;
    assay_page page;
    assay_colour ink;
    const char *ground, *tint; /* "a note", "blue" */
} sheet;

static void draw_lined_paper(const sheet *h) {
    static const assay_colour PAPER = {253, 252, 246}, LINE = {178, 200, 226},
                              EDGE = {236, 170, 170};
    assay_canvas_fill(h->page.pen.canvas, PAPER);
    for (int i = 0; i < 4; i++)
        assay_page_line(&h->page, LINE, 1.0, 0, 25 + 22 * i, 100, 25 + 22 * i);
    assay_page_line(&h->page, EDGE, 1.0, 8, 0, 8, 100);
}

static void draw_note(const sheet *h) {
    static const assay_colour WALL = {206, 200, 190}, PAPER = {252, 238, 140},
                              SHADE = {170, 164, 152}, PIN = {120, 124, 132};
    assay_canvas_fill(h->page.pen.canvas, WALL);
    assay_page_rect(&h->page, SHADE, 6, 6, 98, 98);
    assay_page_rect(&h->page, PAPER, 3, 3, 96, 96);
    assay_pen pin = assay_page_pen(&h->page, 47, 3, 53, 9);
    assay_pen_ellipse(&pin, PIN, 50, 50, 50, 50);
}

static void draw_board(const sheet *h) {
    static const assay_colour FRAME = {150, 104, 62}, BOARD = {38, 76, 62};
    assay_canvas_fill(h->page.pen.canvas, FRAME);
    assay_page_rect(&h->page, BOARD, 4, 4, 96, 96);
}

static void draw_card(const sheet *h) {
    static const assay_colour PAPER = {255, 250, 244};
    int colour = (int)assay_rng_below(h->rng, ASSAY_N_COLOURS);
    assay_canvas_fill(h->page.pen.canvas, PAPER);
    assay_page_frame(&h->page, assay_colour_value(colour), 3, 1, 1, 99, 99);
}

static void begin(sheet *h, assay_synth_sample *s, assay_rng *rng) {
    static const int INKS[4] = {ASSAY_BLACK, ASSAY_BLUE, ASSAY_PURPLE, ASSAY_RED};
    static const char *const GROUNDS[4] = {"paper with lines", "a note", "a board", "a card"};
    static const assay_colour CHALK = {244, 246, 240};
    *h = (sheet){.s = s, .rng = rng, .page = assay_page_of(assay_synth_add_any_image(s, rng))};
    int ground = (int)assay_rng_below(rng, 4), ink = INKS[assay_rng_below(rng, 4)];
    h->ground = GROUNDS[ground];
    h->ink = ground == 2 ? CHALK : assay_colour_value(ink);
    h->tint = ground == 2 ? "white" : assay_colour_name(ink);
    if (ground == 0) draw_lined_paper(h);
    if (ground == 1) draw_note(h);
    if (ground == 2) draw_board(h);
    if (ground == 3) draw_card(h);
}

/* One line, its capital `height` high, near the middle of the page or at a given side. */
static void write_line(const sheet *h, double x, double y, double height, const char *text) {
    double at_x = x + 0.5 * assay_rng_range(h->rng, -4, 4);
    double at_y = y + 0.5 * assay_rng_range(h->rng, -3, 3);
    assay_page_script(&h->page, h->ink, h->rng, at_x, at_y, height, 93 - x, text);
}

static void hint_ink(const sheet *h) {
    assay_synth_add_hint(h->s, "What colour is the writing?",
                         assay_synth_say(h->s, "It is %s.", h->tint));
}

static void hint_letters(const sheet *h, const char *word) {
    assay_synth_add_hint(h->s, "What is the first letter?",
                         assay_synth_say(h->s, "The letter %c.", word[0]));
}

static void hint_same(const sheet *h, const char *format, const char *word, const char *other) {
    bool same = assay_chance(h->rng, 50);
    assay_synth_add_hint(h->s, assay_synth_say(h->s, format, same ? word : other),
                         same ? "Yes." : "No.");
}

static void write_word(sheet *h) {
    assay_synth_sample *s = h->s;
    int order[ASSAY_N_ITEMS];
    const char *options[N_OPTIONS];
    assay_permute(h->rng, order, ASSAY_N_ITEMS);
    for (int i = 0; i < N_OPTIONS; i++)
        options[i] = assay_synth_say(s, "It says %s.", assay_item_name(order[i]));
    const char *word = assay_item_name(order[0]), *shown = assay_capital(s, word);
    write_line(h, 12, 48, 26, assay_chance(h->rng, 50) ? shown : word);
    s->texts.question =
        ASSAY_PICK(h->rng, "Which word was written by hand?", "What does the writing say?",
                   "Read the word. What does it say?");
    assay_synth_offer_one_of(s, h->rng, options, N_OPTIONS, 0);
    s->description = assay_synth_say(s, "The word %s, written by hand on %s.", word, h->ground);
    assay_synth_add_hint(s, "Is it a word or a number?", "A word.");
    assay_synth_add_hint(s, "What is written there?", options[0]);
    hint_letters(h, shown);
    hint_same(h, "Does it say %s?", word, assay_item_name(order[1]));
}

static void write_number(sheet *h) {
    assay_synth_sample *s = h->s;
    int order[N_NUMBERS];
    const char *options[N_OPTIONS];
    assay_permute(h->rng, order, N_NUMBERS);
    for (int i = 0; i < N_OPTIONS; i++)
        options[i] = assay_synth_say(s, "The number is %d.", order[i] + 1);
    const char *number = assay_synth_say(s, "%d", order[0] + 1);
    write_line(h, 24, 50, 34, number);
    s->texts.question =
        ASSAY_PICK(h->rng, "Which number was written by hand?",
                   "What number does the writing show?", "Read the number. What is it?");
    assay_synth_offer_one_of(s, h->rng, options, N_OPTIONS, 0);
    s->description = assay_synth_say(s, "The number %s, written by hand on %s.", number, h->ground);
    assay_synth_add_hint(s, "Is it a word or a number?", "A number.");
    assay_synth_add_hint(s, "What is written there?", options[0]);
    assay_synth_add_hint(s, "How many digits are there?",
                         number[1] ? "There are two." : "There is one.");
    hint_same(h, "Is it the number %s?", number, assay_synth_say(s, "%d", order[1] + 1));
}

/* Two or three things, one below the other. */
static void write_list(sheet *h) {
    static const char *const PLACES[MAX_LINES] = {"first", "second", "third"};
    assay_synth_sample *s = h->s;
    int order[ASSAY_N_ITEMS], n = assay_rng_range(h->rng, 2, MAX_LINES);
    const char *options[N_OPTIONS], *text = "A list, written by hand:";
    assay_permute(h->rng, order, ASSAY_N_ITEMS);
    for (int i = 0; i < N_OPTIONS; i++)
        options[i] = assay_synth_say(s, "It is %s.", assay_item_name(order[i]));
    for (int i = 0; i < n; i++) {
        const char *word = assay_item_name(order[i]);
        write_line(h, 13, n == 2 ? 32 + 38 * i : 21 + 29 * i, n == 2 ? 18 : 16,
                   assay_capital(s, word));
        text = assay_synth_say(s, "%s %s%s", text, word, i + 1 < n ? "," : ".");
    }
    int at = (int)assay_rng_below(h->rng, (uint32_t)n);
    const char *format = ASSAY_PICK(h->rng, "What is the %s thing on the list?",
                                    "Which thing is %s on the list?", "What does the %s line say?");
    s->texts.question = assay_synth_say(s, format, PLACES[at]);
    assay_synth_offer_one_of(s, h->rng, options, N_OPTIONS, at);
    s->description = text;
    for (int i = 0; i < n; i++)
        assay_synth_add_hint(s, assay_synth_say(s, "What is the %s word?", PLACES[i]), options[i]);
    assay_synth_add_hint(s, "How many lines are there?",
                         assay_synth_say(s, "There are %s.", assay_number_word(n)));
    hint_same(h, "Is %s on the list?", assay_item_name(order[at]), assay_item_name(order[n]));
}

/* A greeting for one person and the name of another one below it. */
static void write_greeting(sheet *h) {
    assay_synth_sample *s = h->s;
    int order[ASSAY_N_NAMES];
    const char *to[N_OPTIONS], *from[N_OPTIONS], *greeting = ASSAY_PICK(h->rng, "Dear", "Hello");
    assay_permute(h->rng, order, ASSAY_N_NAMES);
    const char *reader = assay_person_name(order[0]), *writer = assay_person_name(order[1]);
    for (int i = 0; i < N_OPTIONS; i++) {
        to[i] = assay_synth_say(s, "To %s.", assay_person_name(order[i]));
        from[i] = assay_synth_say(s, "It was %s.", assay_person_name(order[i]));
    }
    write_line(h, 11, 26, 15, assay_synth_say(s, "%s %s", greeting, reader));
    write_line(h, 42, 72, 20, writer);
    if (assay_chance(h->rng, 65)) {
        s->texts.question = ASSAY_PICK(h->rng, "Who signed it?", "Who wrote this?",
                                       "Which person signed at the bottom?");
        assay_synth_offer_one_of(s, h->rng, from, N_OPTIONS, 1);
    } else {
        s->texts.question = ASSAY_PICK(h->rng, "Who is it to?", "To whom was it written?",
                                       "To which person is it?");
        assay_synth_offer_one_of(s, h->rng, to, N_OPTIONS, 0);
    }
    s->description =
        assay_synth_say(s, "It was written by hand to %s. %s signed it.", reader, writer);
    assay_synth_add_hint(s, "Who wrote it?", from[1]);
    assay_synth_add_hint(s, "Who is it written to?", to[0]);
    assay_synth_add_hint(s, "What is the name at the bottom?",
                         assay_synth_say(s, "The name is %s.", writer));
    assay_synth_add_hint(s, "What is the name at the top?",
                         assay_synth_say(s, "The name is %s.", reader));
    hint_same(h, "Did %s sign it?", writer, reader);
}

void assay_draw_handwriting(assay_synth_sample *s, assay_rng *rng) {
    sheet h;
    begin(&h, s, rng);
    switch (assay_rng_below(rng, 4)) {
    case 0:
        write_word(&h);
        break;
    case 1:
        write_number(&h);
        break;
    case 2:
        write_list(&h);
        break;
    default:
        write_greeting(&h);
        break;
    }
    hint_ink(&h);
}
