/* Vision-only in-context learning: pictures without a word give the examples, the last picture is
 * to be treated like them. Three sorts: what follows from pairs of before and after; does the last
 * picture fit the first two; what do all pictures share. */
#include "synth/draw/cards.h"
#include "synth/draw/scene.h"
#include "synth/words.h"

static const char *const ORDINALS[3] = {"first", "second", "third"};

/* ---- before and after ---- */

typedef enum change {
    BIGGER,
    SMALLER,
    UPSIDE_DOWN,
    TWO,
    OTHER_COLOUR,
    OTHER_KIND,
    N_CHANGES
} change;

/* What the things on the left turn into. */
typedef struct rule {
    change change;
    int value; /* colour or kind, if that changes */
} rule;

typedef struct thing {
    int kind, colour;
} thing;

enum { N_TARGETS = 2, N_RULES = OTHER_COLOUR + 2 * N_TARGETS, N_CHOICES = 4, MAX_EXAMPLES = 2 };

/* Shares of the picture's width. */
static const double MEDIUM = 0.27, LARGE = 0.38, SMALL = 0.14, HALF = 0.22;

static void draw_panel(assay_image *canvas, double x0, double x1) {
    static const assay_colour WHITE = {255, 255, 255}, EDGE = {150, 154, 164};
    assay_pen pen = assay_pen_pixels(canvas);
    double margin = 0.03 * canvas->height, line = 0.008 * canvas->width;
    assay_pen_rect(&pen, WHITE, x0, margin, x1, canvas->height - margin);
    assay_pen_frame(&pen, EDGE, line, x0, margin, x1, canvas->height - margin);
}

static void draw_thing(assay_image *canvas, double x, double y, double share, double turn,
                       thing t) {
    assay_pen pen = assay_pen_at(canvas, x * canvas->width, y * canvas->height,
                                 share * canvas->width, turn, false);
    assay_kind_draw(&pen, t.kind, t.colour);
}

static void draw_after(assay_image *canvas, thing t, const rule *r) {
    if (r->change == OTHER_COLOUR) t.colour = r->value;
    if (r->change == OTHER_KIND) t.kind = r->value;
    if (r->change == TWO) {
        draw_thing(canvas, 0.77, 0.28, HALF, 0, t);
        draw_thing(canvas, 0.77, 0.72, HALF, 0, t);
        return;
    }
    double share = r->change == BIGGER ? LARGE : r->change == SMALLER ? SMALL : MEDIUM;
    draw_thing(canvas, 0.77, 0.5, share, r->change == UPSIDE_DOWN ? 180 : 0, t);
}

/* Left half, an arrow, right half; a question mark there if r is NULL. */
static void add_pair(assay_synth_sample *s, assay_rng *rng, thing t, const rule *r) {
    static const int SIZES[4][2] = {{320, 256}, {384, 288}, {336, 272}, {400, 320}};
    static const assay_colour INK = {58, 60, 68};
    const int *size = SIZES[assay_rng_below(rng, 4)];
    assay_image *canvas = assay_synth_add_image(s, size[0], size[1]);
    assay_ground_draw(canvas, rng);
    double w = canvas->width, h = canvas->height;
    draw_panel(canvas, 0.02 * w, 0.44 * w);
    draw_panel(canvas, 0.56 * w, 0.98 * w);
    assay_pen arrow = assay_pen_at(canvas, 0.5 * w, 0.5 * h, 0.11 * w, 90, false);
    assay_arrow_draw(&arrow, INK);
    draw_thing(canvas, 0.23, 0.5, MEDIUM, 0, t);
    if (r) {
        draw_after(canvas, t, r);
        return;
    }
    assay_pen mark = assay_pen_at(canvas, 0.77 * w, 0.5 * h, 0.4 * w, 0, false);
    assay_pen_text(&mark, INK, 50, 50, 70, "?");
}

static const char *thing_text(assay_synth_sample *s, thing t) {
    return assay_synth_say(s, "a %s %s", assay_colour_name(t.colour), assay_kind_name(t.kind));
}

/* What stands on the right: "a bigger red cup". */
static const char *outcome(assay_synth_sample *s, thing t, const rule *r) {
    const char *colour = assay_colour_name(t.colour), *kind = assay_kind_name(t.kind);
    switch (r->change) {
    case BIGGER:
        return assay_synth_say(s, "a bigger %s %s", colour, kind);
    case SMALLER:
        return assay_synth_say(s, "a smaller %s %s", colour, kind);
    case UPSIDE_DOWN:
        return assay_synth_say(s, "a %s %s upside down", colour, kind);
    case TWO:
        return assay_synth_say(s, "two %s %s", colour, assay_kind_plural(t.kind));
    case OTHER_COLOUR:
        t.colour = r->value;
        return thing_text(s, t);
    default:
        t.kind = r->value;
        return thing_text(s, t);
    }
}

static const char *rule_text(assay_synth_sample *s, const rule *r) {
    static const char *const TEXTS[OTHER_COLOUR] = {
        "The thing becomes bigger.", "The thing becomes smaller.", "The thing turns upside down.",
        "The thing becomes two."};
    if (r->change < OTHER_COLOUR) return TEXTS[r->change];
    if (r->change == OTHER_COLOUR)
        return assay_synth_say(s, "The thing becomes %s.", assay_colour_name(r->value));
    return assay_synth_say(s, "The thing becomes a %s.", assay_kind_name(r->value));
}

static void hint_pairs(assay_synth_sample *s, assay_rng *rng, const thing *things, int n_examples,
                       const rule *r) {
    static const struct {
        const char *question;
        change change;
    } CHECKS[N_CHANGES] = {{"Does the thing become bigger?", BIGGER},
                           {"Does the thing become smaller?", SMALLER},
                           {"Does the thing turn upside down?", UPSIDE_DOWN},
                           {"Does one thing become two?", TWO},
                           {"Does the colour change?", OTHER_COLOUR},
                           {"Does it become another thing?", OTHER_KIND}};
    int at = (int)assay_rng_below(rng, (uint32_t)n_examples);
    const char *name = ORDINALS[at];
    const char *before = assay_first_capital(s, thing_text(s, things[at]));
    const char *after = assay_first_capital(s, outcome(s, things[at], r));
    const char *last = assay_first_capital(s, thing_text(s, things[MAX_EXAMPLES]));
    int check = assay_chance(rng, 50) ? (int)r->change : (int)assay_rng_below(rng, N_CHANGES);
    assay_synth_add_hint(s, assay_synth_say(s, "What is on the left in the %s picture?", name),
                         assay_synth_say(s, "%s.", before));
    assay_synth_add_hint(s, assay_synth_say(s, "What is on the right in the %s picture?", name),
                         assay_synth_say(s, "%s.", after));
    assay_synth_add_hint(s, "What is on the left in the last picture?",
                         assay_synth_say(s, "%s.", last));
    assay_synth_add_hint(s, "What happens in the first picture?", rule_text(s, r));
    assay_synth_add_hint(s, "What is the rule?", rule_text(s, r));
    assay_synth_add_hint(s, CHECKS[check].question,
                         CHECKS[check].change == r->change ? "Yes." : "No.");
    assay_synth_add_hint(
        s,
        assay_synth_say(s, "%s What follows from %s?", rule_text(s, r),
                        thing_text(s, things[MAX_EXAMPLES])),
        assay_synth_say(s, "%s.", assay_first_capital(s, outcome(s, things[MAX_EXAMPLES], r))));
}

static void describe_pairs(assay_synth_sample *s, const thing *things, int n_examples,
                           const rule *r) {
    const char *first = assay_synth_say(s, "In the first picture %s becomes %s.",
                                        thing_text(s, things[0]), outcome(s, things[0], r));
    if (n_examples == 2) {
        first = assay_synth_say(s, "%s In the second picture %s becomes %s.", first,
                                thing_text(s, things[1]), outcome(s, things[1], r));
    }
    s->description = assay_synth_say(s, "%s In the last picture %s becomes something unknown.",
                                     first, thing_text(s, things[MAX_EXAMPLES]));
}

/* Kinds that can be told when they stand on their head. */
enum { N_UPRIGHT = 8 };
static const int UPRIGHT[N_UPRIGHT] = {ASSAY_HOUSE, ASSAY_TREE, ASSAY_CAR,   ASSAY_BOAT,
                                       ASSAY_CUP,   ASSAY_CAT,  ASSAY_HEART, ASSAY_TRIANGLE};

static void draw_pairs(assay_synth_sample *s, assay_rng *rng) {
    int kinds[N_UPRIGHT], colours[ASSAY_N_COLOURS], order[N_RULES];
    assay_permute(rng, kinds, N_UPRIGHT);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_permute(rng, order, N_RULES);
    thing things[MAX_EXAMPLES + 1]; /* the examples, and the one that is asked */
    for (int i = 0; i <= MAX_EXAMPLES; i++) things[i] = (thing){UPRIGHT[kinds[i]], colours[i]};
    rule rules[N_CHOICES];
    const char *options[N_CHOICES];
    for (int i = 0; i < N_CHOICES; i++) {
        int which = order[i], target = MAX_EXAMPLES + 1 + which % N_TARGETS;
        rules[i] = (rule){(change)which, 0};
        if (which >= OTHER_COLOUR + N_TARGETS)
            rules[i] = (rule){OTHER_KIND, UPRIGHT[kinds[target]]};
        else if (which >= OTHER_COLOUR)
            rules[i] = (rule){OTHER_COLOUR, colours[target]};
        const char *text = outcome(s, things[MAX_EXAMPLES], &rules[i]);
        options[i] = assay_synth_say(s, "%s.", assay_first_capital(s, text));
    }
    int right = (int)assay_rng_below(rng, N_CHOICES);
    const rule *r = &rules[right];
    /* One example of a new colour could as well mean "red becomes blue". */
    int n_examples = r->change >= OTHER_COLOUR || assay_chance(rng, 60) ? 2 : 1;
    for (int i = 0; i < n_examples; i++) add_pair(s, rng, things[i], r);
    add_pair(s, rng, things[MAX_EXAMPLES], NULL);
    s->texts.question = ASSAY_PICK(rng, "What belongs in the place of the question mark?",
                                   "Find the rule. What comes behind the last arrow?",
                                   "The same happens in each picture. What is missing?",
                                   "What should replace the question mark?");
    assay_synth_offer_one_of(s, rng, options, N_CHOICES, right);
    describe_pairs(s, things, n_examples, r);
    hint_pairs(s, rng, things, n_examples, r);
}

/* ---- what pictures share ---- */

enum { COLOUR, KIND, NUMBER, N_PROPERTIES, N_CARDS = 3 };
static const int LEAST = 2; /* things of a card, where the number matters; up to four */

static int *property_of(assay_card *card, int property) {
    return property == COLOUR ? &card->colour : property == KIND ? &card->kind : &card->count;
}

static int other_value(assay_rng *rng, int property, int not_this, int nor_this) {
    if (property == COLOUR) return assay_pick_other(rng, ASSAY_N_COLOURS, not_this, nor_this);
    if (property == KIND) return assay_pick_other(rng, ASSAY_N_KINDS, not_this, nor_this);
    int n = ASSAY_CARD_MAX_THINGS - LEAST + 1;
    return LEAST + assay_pick_other(rng, n, not_this - LEAST, nor_this - LEAST);
}

/* "red", "stars" or "a star", "two" */
static const char *value_name(assay_synth_sample *s, int property, int value, bool single) {
    if (property == COLOUR) return assay_colour_name(value);
    if (property == NUMBER) return assay_number_word(value);
    return single ? assay_with_article(s, assay_kind_name(value)) : assay_kind_plural(value);
}

static const char *property_name(int property) {
    return property == COLOUR ? "The colour." : property == KIND ? "The thing." : "The number.";
}

static void hint_cards(assay_synth_sample *s, assay_rng *rng, assay_card *cards, int shared) {
    static const char *const SAME[N_PROPERTIES] = {
        "Do the first two pictures have the same colour?",
        "Do the first two pictures show the same thing?",
        "Do the first two pictures show the same number?"};
    for (int i = 0; i < N_CARDS; i++) {
        const char *name = i + 1 == N_CARDS ? "last" : ORDINALS[i];
        const char *text = assay_first_capital(s, assay_card_text(s, &cards[i]));
        assay_synth_add_hint(s, assay_synth_say(s, "What does the %s picture show?", name),
                             assay_synth_say(s, "%s.", text));
    }
    assay_synth_add_hint(s, "What do the first two pictures share?", property_name(shared));
    int property = assay_chance(rng, 50) ? shared : (int)assay_rng_below(rng, N_PROPERTIES);
    bool same = *property_of(&cards[0], property) == *property_of(&cards[1], property);
    assay_synth_add_hint(s, SAME[property], same ? "Yes." : "No.");
    const char *colour = assay_colour_name(cards[N_CARDS - 1].colour);
    assay_synth_add_hint(s, "What colour is in the last picture?",
                         assay_synth_say(s, "It is %s.", colour));
    s->description =
        assay_synth_say(s,
                        "The first picture shows %s. The second picture shows %s. The last "
                        "picture shows %s.",
                        assay_card_text(s, &cards[0]), assay_card_text(s, &cards[1]),
                        assay_card_text(s, &cards[2]));
}

/* Gives the first n cards one value of `shared`, and different values of the other properties: one
 * card at most has the value that stands in the options. */
static void choose_cards(assay_rng *rng, assay_card *cards, int n, int shared, const int *values,
                         bool single) {
    for (int p = 0; p < N_PROPERTIES; p++) {
        int odd = assay_chance(rng, 40) ? (int)assay_rng_below(rng, (uint32_t)n) : -1, last = -1;
        for (int i = 0; i < n; i++) {
            int *value = property_of(&cards[i], p);
            if (p == NUMBER && single)
                *value = 1;
            else if (p == shared || i == odd)
                *value = values[p];
            else
                last = *value = other_value(rng, p, values[p], last);
        }
    }
}

/* Does the last picture fit the first two? Yes or no, for either of two properties: the examples
 * tell which property counts. */
static void draw_fit(assay_synth_sample *s, assay_rng *rng) {
    int order[N_PROPERTIES], values[N_PROPERTIES];
    assay_permute(rng, order, N_PROPERTIES);
    int right = (int)assay_rng_below(rng, 4), shared = order[right / 2];
    bool single = order[2] == NUMBER;
    for (int p = 0; p < N_PROPERTIES; p++) values[p] = other_value(rng, p, -1, -1);

    assay_card cards[N_CARDS];
    choose_cards(rng, cards, 2, shared, values, single);
    for (int p = 0; p < N_PROPERTIES; p++) {
        bool same = p == shared ? right % 2 == 0 : assay_chance(rng, 50);
        int value = same ? values[p] : other_value(rng, p, values[p], -1);
        *property_of(&cards[2], p) = p == NUMBER && single ? 1 : value;
    }
    for (int i = 0; i < N_CARDS; i++) assay_card_add(s, rng, &cards[i]);

    const char *options[4], *subject = single ? "it is" : "they are";
    for (int i = 0; i < 4; i++) {
        int p = order[i / 2];
        const char *name = value_name(s, p, values[p], single);
        options[i] = assay_synth_say(s, i % 2 == 0 ? "Yes, %s also %s." : "No, %s not %s.",
                                     p == NUMBER ? "there are" : subject, name);
    }
    s->texts.question = ASSAY_PICK(rng, "Does the last picture fit the first two?",
                                   "The first two pictures share a rule. Does the last one fit?",
                                   "Find what the first two share. Does the last picture fit?",
                                   "Does the third picture follow the rule of the first two?");
    assay_synth_offer_one_of(s, rng, options, 4, right);
    hint_cards(s, rng, cards, shared);
    const char *name = value_name(s, shared, values[shared], single);
    const char *stated = shared == NUMBER ? "There are" : single ? "It is" : "They are";
    const char *ask = shared == NUMBER ? "Are there" : single ? "Is it" : "Are they";
    assay_synth_add_hint(s, "What is the rule of the first two pictures?",
                         assay_synth_say(s, "%s %s.", stated, name));
    assay_synth_add_hint(s, assay_synth_say(s, "%s %s in the last picture?", ask, name),
                         right % 2 == 0 ? "Yes." : "No.");
}

/* What do all three share? */
static void draw_rule(assay_synth_sample *s, assay_rng *rng) {
    int values[N_PROPERTIES], shared = (int)assay_rng_below(rng, N_PROPERTIES);
    for (int p = 0; p < N_PROPERTIES; p++) values[p] = other_value(rng, p, -1, -1);
    assay_card cards[N_CARDS];
    choose_cards(rng, cards, N_CARDS, shared, values, false);
    for (int i = 0; i < N_CARDS; i++) assay_card_add(s, rng, &cards[i]);
    const char *options[N_PROPERTIES];
    for (int p = 0; p < N_PROPERTIES; p++) {
        options[p] = assay_synth_say(s, p == NUMBER ? "There are %s in each." : "All are %s.",
                                     value_name(s, p, values[p], false));
    }
    s->texts.question =
        ASSAY_PICK(rng, "What do all three pictures share?", "Which rule do the pictures follow?",
                   "What is the rule of these pictures?");
    assay_synth_offer_one_of(s, rng, options, N_PROPERTIES, shared);
    hint_cards(s, rng, cards, shared);
    assay_synth_add_hint(s, "What is the same in all pictures?", property_name(shared));
}

void assay_draw_vision_icl(assay_synth_sample *s, assay_rng *rng) {
    int sort = (int)assay_rng_below(rng, 100);
    if (sort < 50)
        draw_pairs(s, rng);
    else if (sort < 80)
        draw_fit(s, rng);
    else
        draw_rule(s, rng);
}
