/* OCR: words and numbers in a scene: on a sign, a shop, a bus, a car's plate, a T-shirt, a signpost
 * and a door. What is written and what is only offered are drawn alike. */
#include "synth/draw/page.h"
#include "synth/draw/scene.h"

#include <string.h>

#define N_WORDS   20
#define N_OPTIONS 4
#define N_NUMBERS 12

static const char *const WORDS[N_WORDS] = {"bus",  "taxi", "stop", "exit", "open", "shop", "park",
                                           "zoo",  "gym",  "bank", "farm", "lake", "tea",  "milk",
                                           "cake", "soup", "fish", "book", "map",  "home"};
static const assay_colour STREET = {120, 124, 132}, DARK = {52, 54, 62}, WHITE = {255, 255, 255},
                          GLASS = {176, 208, 228}, TYRE = {36, 36, 40}, WOOD = {150, 104, 62};

typedef struct street {
    assay_synth_sample *s;
    assay_rng *rng;
    assay_page page;
    int colour; /* of what carries the text */
    assay_colour tint;
    int words[N_WORDS]; /* in random order: the first is or are written */
} street;

/* ---- wording ---- */

/* Options made of the first four words; `right` is written. */
static void offer_words(const street *g, const char *format, int right) {
    const char *options[N_OPTIONS];
    for (int i = 0; i < N_OPTIONS; i++)
        options[i] = assay_synth_say(g->s, format, WORDS[g->words[i]]);
    assay_synth_offer_one_of(g->s, g->rng, options, N_OPTIONS, right);
}

static void hint_word(const street *g, const char *word, const char *other) {
    bool same = assay_chance(g->rng, 50);
    int length = (int)strlen(word);
    const char *capitals = assay_upper(g->s, word);
    assay_synth_add_hint(g->s, "What does it say?", assay_synth_say(g->s, "It says %s.", word));
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "Is there the word %s?", same ? word : other),
                         same ? "Yes." : "No.");
    assay_synth_add_hint(g->s, "What is the first letter?",
                         assay_synth_say(g->s, "The letter %c.", capitals[0]));
    assay_synth_add_hint(g->s, "What is the last letter?",
                         assay_synth_say(g->s, "The letter %c.", capitals[length - 1]));
    assay_synth_add_hint(g->s, "How many letters are there?",
                         assay_synth_say(g->s, "There are %s.", assay_number_word(length)));
}

static void hint_colour(const street *g, const char *what) {
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "What colour is the %s?", what),
                         assay_synth_say(g->s, "It is %s.", assay_colour_name(g->colour)));
}

/* A thing with one word on it. */
static void ask_word(const street *g, const char *what) {
    const char *format = ASSAY_PICK(g->rng, "What does the %s say?", "Which word is on the %s?",
                                    "Read the word on the %s.");
    const char *word = WORDS[g->words[0]];
    g->s->texts.question = assay_synth_say(g->s, format, what);
    offer_words(g, "It says %s.", 0);
    g->s->description = assay_synth_say(g->s, "A %s %s with the word %s.",
                                        assay_colour_name(g->colour), what, word);
    hint_word(g, word, WORDS[g->words[1]]);
    hint_colour(g, what);
    assay_synth_add_hint(g->s, "Is it a word or a number?", "A word.");
}

/* Half of the words are all of capitals. */
static const char *shown(const street *g, int i) {
    const char *word = WORDS[g->words[i]];
    return assay_chance(g->rng, 50) ? assay_upper(g->s, word) : assay_capital(g->s, word);
}

static void draw_street(const street *g, double ground) {
    static const assay_colour SKIES[3] = {{196, 222, 244}, {232, 240, 250}, {248, 232, 208}};
    assay_canvas_fill(g->page.pen.canvas, SKIES[assay_rng_below(g->rng, 3)]);
    assay_page_rect(&g->page, STREET, 0, ground, 100, 100);
}

static void draw_wheel(const street *g, double x, double y, double radius) {
    assay_pen pen = assay_page_pen(&g->page, x - radius, y - radius, x + radius, y + radius);
    assay_pen_ellipse(&pen, TYRE, 50, 50, 50, 50);
    assay_pen_ellipse(&pen, WHITE, 50, 50, 20, 20);
}

/* ---- one word ---- */

static void draw_sign(street *g) {
    draw_street(g, 88);
    assay_page_rect(&g->page, STREET, 47, 60, 53, 94);
    assay_page_rect(&g->page, WHITE, 6, 16, 94, 66);
    assay_page_rect(&g->page, g->tint, 8.5, 19, 91.5, 63);
    assay_page_text(&g->page, WHITE, 50, 40.5, 22, 70, ASSAY_ALIGN_CENTRE, shown(g, 0));
    ask_word(g, "sign");
}

static void draw_shop(street *g) {
    static const assay_colour WALLS[3] = {{226, 206, 178}, {206, 186, 170}, {214, 218, 222}};
    const assay_page *page = &g->page;
    draw_street(g, 92);
    assay_page_rect(page, WALLS[assay_rng_below(g->rng, 3)], 5, 4, 95, 92);
    assay_page_rect(page, g->tint, 5, 8, 95, 38);
    assay_page_text(page, WHITE, 50, 23, 18, 80, ASSAY_ALIGN_CENTRE, shown(g, 0));
    for (int i = 0; i < 9; i++)
        assay_page_rect(page, i % 2 ? WHITE : g->tint, 5 + 10 * i, 38, 15 + 10 * i, 48);
    bool left = assay_chance(g->rng, 50);
    double door = left ? 12 : 64, window = left ? 42 : 12;
    assay_page_rect(page, DARK, door, 54, door + 24, 92);
    assay_page_rect(page, GLASS, door + 3, 57, door + 21, 78);
    assay_page_rect(page, DARK, window, 54, window + 46, 84);
    assay_page_rect(page, GLASS, window + 2, 56.5, window + 44, 81.5);
    ask_word(g, "shop");
}

static void draw_shirt(street *g) {
    static const double SHIRT[] = {32, 10, 40, 16, 50, 18, 60, 16, 68, 10, 84, 17, 99, 40, 85,
                                   50, 80, 42, 80, 96, 20, 96, 20, 42, 15, 50, 1,  40, 16, 17};
    assay_ground_draw(g->page.pen.canvas, g->rng);
    assay_page_line(&g->page, DARK, 2.4, 34, 11, 50, 3);
    assay_page_line(&g->page, DARK, 2.4, 50, 3, 66, 11);
    assay_page_polygon(&g->page, g->tint, SHIRT, 15);
    assay_page_text(&g->page, WHITE, 50, 46, 19, 54, ASSAY_ALIGN_CENTRE, shown(g, 0));
    ask_word(g, "T-shirt");
}

/* ---- a word and a number ---- */

static void draw_bus(street *g) {
    assay_synth_sample *s = g->s;
    const assay_page *page = &g->page;
    int numbers[9], windows = 4;
    const char *options[N_OPTIONS], *word = WORDS[g->words[0]];
    assay_permute(g->rng, numbers, 9);
    draw_street(g, 78);
    assay_page_rect(page, g->tint, 4, 10, 96, 82);
    assay_page_rect(page, TYRE, 7, 14, 93, 38);
    static const assay_colour LAMPS = {255, 226, 96};
    const char *number = assay_synth_say(s, "%d", numbers[0] + 1);
    assay_page_text(page, LAMPS, 17, 26, 15, 14, ASSAY_ALIGN_CENTRE, number);
    assay_page_text(page, LAMPS, 58, 26, 15, 62, ASSAY_ALIGN_CENTRE, shown(g, 0));
    for (int i = 0; i < windows; i++)
        assay_page_rect(page, GLASS, 8 + 21.6 * i, 43, 26.5 + 21.6 * i, 62);
    draw_wheel(g, 25, 82, 9);
    draw_wheel(g, 75, 82, 9);
    if (assay_chance(g->rng, 60)) {
        s->texts.question = ASSAY_PICK(g->rng, "Where does the bus go?",
                                       "Which word is on the bus?", "What does the bus say?");
        offer_words(g, "It says %s.", 0);
    } else {
        for (int i = 0; i < N_OPTIONS; i++)
            options[i] = assay_synth_say(s, "The number is %d.", numbers[i] + 1);
        s->texts.question = ASSAY_PICK(g->rng, "What is the number of the bus?",
                                       "Which number is on the bus?", "Which bus is it?");
        assay_synth_offer_one_of(s, g->rng, options, N_OPTIONS, 0);
    }
    s->description = assay_synth_say(s, "A %s bus with the number %s and the word %s.",
                                     assay_colour_name(g->colour), number, word);
    hint_word(g, word, WORDS[g->words[1]]);
    assay_synth_add_hint(s, "What is the number?", assay_synth_say(s, "The number is %s.", number));
    hint_colour(g, "bus");
}

static void draw_plate(street *g) {
    assay_synth_sample *s = g->s;
    const assay_page *page = &g->page;
    const char *options[N_OPTIONS], *plates[N_OPTIONS];
    int letters[26], numbers[90];
    assay_permute(g->rng, letters, 26);
    assay_permute(g->rng, numbers, 90);
    for (int i = 0; i < N_OPTIONS; i++) {
        plates[i] = assay_synth_say(s, "%c %d", 'A' + letters[i], numbers[i] + 10);
        options[i] = assay_synth_say(s, "The plate is %s.", plates[i]);
    }
    static const assay_colour RED_LAMP = {230, 60, 50};
    draw_street(g, 70);
    draw_wheel(g, 17, 86, 9);
    draw_wheel(g, 83, 86, 9);
    static const double ROOF[] = {22, 8, 78, 8, 90, 40, 10, 40};
    static const double PANE[] = {27, 13, 73, 13, 81, 37, 19, 37};
    assay_page_polygon(page, g->tint, ROOF, 4);
    assay_page_polygon(page, GLASS, PANE, 4);
    assay_page_rect(page, g->tint, 4, 39, 96, 84);
    assay_page_rect(page, RED_LAMP, 6, 43, 18, 51);
    assay_page_rect(page, RED_LAMP, 82, 43, 94, 51);
    assay_page_rect(page, DARK, 18, 53, 82, 80);
    assay_page_rect(page, WHITE, 19.5, 55, 80.5, 78);
    assay_page_text(page, DARK, 50, 66.5, 15, 54, ASSAY_ALIGN_CENTRE, plates[0]);
    s->texts.question = ASSAY_PICK(g->rng, "What is on the plate of the car?",
                                   "What does the number plate say?", "Read the plate of the car.");
    assay_synth_offer_one_of(s, g->rng, options, N_OPTIONS, 0);
    s->description =
        assay_synth_say(s, "The back of a %s car. %s", assay_colour_name(g->colour), options[0]);
    assay_synth_add_hint(s, "What is the letter on the plate?",
                         assay_synth_say(s, "The letter %c.", 'A' + letters[0]));
    assay_synth_add_hint(s, "What is the number on the plate?",
                         assay_synth_say(s, "The number is %d.", numbers[0] + 10));
    assay_synth_add_hint(s, "What is the first digit?",
                         assay_synth_say(s, "It is %d.", numbers[0] / 10 + 1));
    assay_synth_add_hint(s, "What is the last digit?",
                         assay_synth_say(s, "It is %d.", numbers[0] % 10));
    hint_colour(g, "car");
}

static void draw_door(street *g) {
    assay_synth_sample *s = g->s;
    const assay_page *page = &g->page;
    static const assay_colour BRICK = {206, 178, 152};
    const char *options[N_OPTIONS];
    int numbers[N_NUMBERS];
    assay_permute(g->rng, numbers, N_NUMBERS);
    for (int i = 0; i < N_OPTIONS; i++)
        options[i] = assay_synth_say(s, "The number is %d.", numbers[i] + 1);
    const char *number = assay_synth_say(s, "%d", numbers[0] + 1);
    draw_street(g, 94);
    assay_page_rect(page, BRICK, 0, 0, 100, 94);
    assay_page_rect(page, WHITE, 16, 4, 84, 94);
    assay_page_rect(page, g->tint, 20, 8, 80, 94);
    assay_page_rect(page, WHITE, 32, 18, 68, 54);
    assay_page_text(page, DARK, 50, 36, 22, 27, ASSAY_ALIGN_CENTRE, number);
    assay_pen knob = assay_page_pen(page, 68, 60, 76, 68);
    assay_pen_ellipse(&knob, WHITE, 50, 50, 50, 50);
    s->texts.question = ASSAY_PICK(g->rng, "What number is on the door?",
                                   "Which number does the door show?", "Which house is it?");
    assay_synth_offer_one_of(s, g->rng, options, N_OPTIONS, 0);
    s->description =
        assay_synth_say(s, "A %s door with the number %s.", assay_colour_name(g->colour), number);
    assay_synth_add_hint(s, "Is it a word or a number?", "A number.");
    assay_synth_add_hint(s, "What is the number?", options[0]);
    assay_synth_add_hint(s, "How many digits are there?",
                         number[1] ? "There are two." : "There is one.");
    bool same = assay_chance(g->rng, 50);
    assay_synth_add_hint(s, assay_synth_say(s, "Is it the number %d?", numbers[same ? 0 : 1] + 1),
                         same ? "Yes." : "No.");
    hint_colour(g, "door");
}

/* ---- two words ---- */

/* A board that ends in an arrow. */
static void draw_pointer(const street *g, double y, bool left, const char *word) {
    double xy[10] = {8, y - 15, 78, y - 15, 96, y, 78, y + 15, 8, y + 15};
    for (int i = 0; i < 5; i++) {
        if (left) xy[2 * i] = 100.0 - xy[2 * i];
    }
    assay_page_polygon(&g->page, g->tint, xy, 5);
    assay_page_text(&g->page, WHITE, left ? 54 : 46, y, 15, 62, ASSAY_ALIGN_CENTRE, word);
}

static void draw_signpost(street *g) {
    static const char *const SIDES[2] = {"To the left.", "To the right."};
    static const char *const PLACES[2] = {"top", "bottom"};
    assay_synth_sample *s = g->s;
    draw_street(g, 90);
    assay_page_rect(&g->page, WOOD, 46, 4, 54, 96);
    bool first_left = assay_chance(g->rng, 50);
    int at = (int)assay_rng_below(g->rng, 2);
    for (int i = 0; i < 2; i++) draw_pointer(g, 26 + 38 * i, first_left == (i == 0), shown(g, i));
    const char *words[2] = {WORDS[g->words[0]], WORDS[g->words[1]]};
    const char *sides[2] = {SIDES[first_left ? 0 : 1], SIDES[first_left ? 1 : 0]};
    if (assay_chance(g->rng, 50)) {
        const char *format =
            ASSAY_PICK(g->rng, "Which way does the sign for %s point?",
                       "Where does the sign %s point?", "To which side does %s point?");
        s->texts.question = assay_synth_say(s, format, words[at]);
        assay_synth_offer_one_of(s, g->rng, SIDES, 2, first_left == (at == 0) ? 0 : 1);
    } else {
        const char *format =
            ASSAY_PICK(g->rng, "What does the %s sign say?", "Which word is on the %s sign?",
                       "Read the word on the %s sign.");
        s->texts.question = assay_synth_say(s, format, PLACES[at]);
        offer_words(g, "It says %s.", at);
    }
    s->description =
        assay_synth_say(s,
                        "Two %s signs. The top sign says %s and points to the %s. The bottom sign "
                        "says %s and points to the %s.",
                        assay_colour_name(g->colour), words[0], first_left ? "left" : "right",
                        words[1], first_left ? "right" : "left");
    for (int i = 0; i < 2; i++) {
        assay_synth_add_hint(s, assay_synth_say(s, "What does the %s sign say?", PLACES[i]),
                             assay_synth_say(s, "It says %s.", words[i]));
        assay_synth_add_hint(s, assay_synth_say(s, "Where does the %s sign point?", PLACES[i]),
                             sides[i]);
    }
    assay_synth_add_hint(s, assay_synth_say(s, "Which sign says %s?", words[at]),
                         assay_synth_say(s, "The %s sign.", PLACES[at]));
}

/* ---- the task ---- */

void assay_draw_ocr(assay_synth_sample *s, assay_rng *rng) {
    typedef void maker(street * g);
    static maker *const MAKERS[7] = {draw_sign,  draw_shop, draw_shirt,   draw_bus,
                                     draw_plate, draw_door, draw_signpost};
    static const int TINTS[5] = {ASSAY_RED, ASSAY_GREEN, ASSAY_BLUE, ASSAY_PURPLE, ASSAY_BLACK};
    street g = {.s = s, .rng = rng};
    g.page = assay_page_of(assay_synth_add_any_image(s, rng));
    g.colour = TINTS[assay_rng_below(rng, 5)];
    g.tint = assay_colour_value(g.colour);
    assay_permute(rng, g.words, N_WORDS);
    MAKERS[assay_rng_below(rng, 7)](&g);
}
