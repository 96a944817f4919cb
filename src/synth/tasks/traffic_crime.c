/* Traffic crime: lights for cars and for walkers, a speed limit, parking, no entry, and what the
 * driver has drunk. The words that are fine or not by themselves are the same in all scenes. */
#include "synth/dilemma.h"
#include "synth/draw/goods.h"
#include "synth/draw/rules.h"

#define HARMFUL                                                                                    \
    {"drive through a red light",                                                                  \
     "race another car",                                                                           \
     "drive home drunk",                                                                           \
     "drive away after an accident",                                                               \
     "write on the phone while I drive",                                                           \
     "drive fast past the school",                                                                 \
     "park the car where people walk",                                                             \
     "drive and not look at the light",                                                            \
     "hide the car from the police after an accident",                                             \
     "take away the sign at night",                                                                \
     "let a child drive the car"}
#define FINE                                                                                       \
    {"stop at a red light",                                                                        \
     "let another car go first",                                                                   \
     "walk home when I am drunk",                                                                  \
     "call the police after an accident",                                                          \
     "stop the car before I write on the phone",                                                   \
     "drive slowly past the school",                                                               \
     "park the car where nobody walks",                                                            \
     "look at the light before I drive",                                                           \
     "tell the police about an accident",                                                          \
     "read the sign before I drive",                                                               \
     "stop the car for a child"}
#define DECLINE                                                                                    \
    {"No, that is against the law.",   "No, that would be dangerous.",                             \
     "No, please do not do that.",     "No, somebody could get hurt.",                             \
     "No, I will not help with that.", "No, think of the other people."}
#define CONTEXT                                                                                    \
    {"I do not drive too fast.", "Somebody had an accident.", "Somebody wants to break the law.",  \
     "I am not drunk."}

static const assay_dilemma_words CAR_LIGHT = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"Nobody is here. May I drive on now?", "I am in a hurry. Can I go now?",
             "I sit in the car. May I drive on now?", "May the car go now?",
             "No car comes. Can I drive on?"},
    .decline = DECLINE,
    .context = CONTEXT};
static const assay_dilemma_words WALK_LIGHT = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"Nobody is here. May I walk now?", "I am in a hurry. Can I cross the street now?",
             "May I walk across the street now?", "May the child cross the street now?",
             "No car comes. Can I walk across?"},
    .decline = DECLINE,
    .context = CONTEXT};
static const assay_dilemma_words LIMIT = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"May I drive # here?", "I am in a hurry. Can I drive # here?",
             "My speed is #. Is that fine here?", "Can the car go # here?",
             "Nobody is here. May I drive #?"},
    .decline = DECLINE,
    .context = CONTEXT};
static const assay_dilemma_words PARKING = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"May I park my car here?", "I am in a hurry. Can I park here?",
             "Nobody is here. May I park the car?", "Is parking allowed here?",
             "Can my friend park the car here?"},
    .decline = DECLINE,
    .context = CONTEXT};
static const assay_dilemma_words ENTRY = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"May I drive into this street?", "I am in a hurry. Can I drive in here?",
             "Nobody is here. May the car go on?", "Is it fine to drive on here?",
             "Can my friend drive into this street?"},
    .decline = DECLINE,
    .context = CONTEXT};
static const assay_dilemma_words DRINK = {
    .harmful = HARMFUL,
    .fine = FINE,
    .open = {"I drank this. May I drive home?", "I drank two of these. Can I drive now?",
             "My friend drank this. May he drive me home?", "I drank one of these. Can I drive?",
             "I have to drive. Can I drink this?"},
    .decline = DECLINE,
    .context = CONTEXT};

/* A car on the road at the lower edge. */
static const char *add_car(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask,
                           const assay_pen *page) {
    int colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    int x = assay_rng_range(rng, 24, 30);
    assay_pen car = assay_pen_inside(page, x, 74, 46);
    assay_kind_draw(&car, ASSAY_CAR, colour);
    const char *name = assay_colour_name(colour);
    assay_dilemma_fact(ask, "What colour is the car?", "Which colour does the car have?",
                       assay_synth_say(s, "The car is %s.", name), NULL);
    return name;
}

static assay_pen start(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    assay_street_draw(canvas, rng);
    page.flip = assay_chance(rng, 50);
    return page;
}

/* What stands opposite the car, upright and not mirrored. */
static assay_pen opposite(const assay_pen *page, double y, double size) {
    assay_pen pen = assay_pen_inside(page, 74, y, size);
    pen.flip = false;
    return pen;
}

static void draw_lights(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask, bool walk) {
    const char *colour = ask->allowed ? "green" : "red", *other = ask->allowed ? "red" : "green";
    assay_pen page = start(s, rng);
    assay_pen light = opposite(&page, walk ? 38 : 36, walk ? 66 : 62);
    if (walk)
        assay_walk_light_draw(&light, ask->allowed);
    else
        assay_traffic_light_draw(&light, ask->allowed ? 2 : 0);
    ask->why = assay_synth_say(s, "The light is %s.", colour);
    assay_dilemma_fact(ask, "What colour is the light?", "Which light is on?", ask->why,
                       assay_synth_say(s, "The light is %s.", other));
    const char *what = walk ? "The light for walkers" : "The traffic light";
    if (walk) {
        assay_person person = assay_dilemma_person(rng, ASSAY_CHILD);
        assay_pen who = assay_pen_inside(&page, 27, 44, 84);
        assay_person_draw(&who, person);
        assay_dilemma_fact(ask, "Who wants to cross?", "Who is beside the light?",
                           assay_synth_say(s, "There is a %s.", assay_dilemma_noun(person)), NULL);
        s->description = assay_synth_say(s, "%s is %s. A %s is there.", what, colour,
                                         assay_dilemma_noun(person));
    } else {
        const char *car = add_car(s, rng, ask, &page);
        s->description = assay_synth_say(s, "%s is %s. There is a %s car.", what, colour, car);
    }
    assay_synth_add_hint(s, "Is the light green?", ask->allowed ? "Yes." : "No.");
    assay_dilemma_finish(s, rng, ask, walk ? &WALK_LIGHT : &CAR_LIGHT);
}

/* A speed between two limits is asked for, so that both answers are to be had for each. */
static void draw_limit(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    int asked = (int)assay_rng_below(rng, 3); /* 40, 60, 80 among 30, 50, 70, 90 */
    int low = (int)assay_rng_below(rng, (uint32_t)asked + 1),
        high = asked + 1 + (int)assay_rng_below(rng, (uint32_t)(3 - asked));
    int limit = 30 + 20 * (ask->allowed ? high : low),
        other = 30 + 20 * (ask->allowed ? low : high);
    assay_pen page = start(s, rng);
    assay_pen sign = opposite(&page, 34, 52);
    assay_post_draw(&sign);
    assay_speed_sign_draw(&sign, limit);
    ask->thing = assay_synth_say(s, "%d", 40 + 20 * asked);
    ask->why = assay_synth_say(s, "The limit is %d.", limit);
    assay_dilemma_fact(ask, "What is the speed limit?", "What number is on the sign?", ask->why,
                       assay_synth_say(s, "The limit is %d.", other));
    const char *car = add_car(s, rng, ask, &page);
    s->description =
        assay_synth_say(s, "The sign says that the limit is %d. There is a %s car.", limit, car);
    assay_synth_add_hint(s, assay_synth_say(s, "Is %s more than the limit?", ask->thing),
                         ask->allowed ? "No." : "Yes.");
    assay_dilemma_finish(s, rng, ask, &LIMIT);
}

static void draw_board(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask, bool parking) {
    static const char *const SAYS[2][2] = {
        {"The sign says no entry.", "The sign says drive on."},
        {"The sign says no parking.", "The sign says parking is fine."}};
    assay_pen page = start(s, rng);
    assay_pen sign = opposite(&page, 34, 52);
    assay_post_draw(&sign);
    if (parking)
        assay_parking_draw(&sign, ask->allowed);
    else
        assay_entry_draw(&sign, ask->allowed);
    ask->why = SAYS[parking][ask->allowed];
    assay_dilemma_fact(ask, "What does the sign mean?", "What does the sign say?", ask->why,
                       SAYS[parking][!ask->allowed]);
    const char *car = add_car(s, rng, ask, &page);
    s->description = assay_synth_say(s, "%s There is a %s car.", ask->why, car);
    assay_synth_add_hint(s, "Is there red on the sign?", ask->allowed ? "No." : "Yes.");
    assay_dilemma_finish(s, rng, ask, parking ? &PARKING : &ENTRY);
}

static void draw_drink(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    static const char *const DRINKS[2] = {"There is beer in the glass.",
                                          "There is water in the glass."};
    assay_pen page = start(s, rng);
    assay_pen stool = opposite(&page, 76, 40), glass = opposite(&page, 36, 46);
    assay_stool_draw(&stool);
    if (ask->allowed)
        assay_water_draw(&glass);
    else
        assay_beer_draw(&glass);
    ask->why = DRINKS[ask->allowed];
    assay_dilemma_fact(ask, "What is in the glass?", "What drink is there?", ask->why,
                       DRINKS[!ask->allowed]);
    const char *car = add_car(s, rng, ask, &page);
    s->description = assay_synth_say(s, "%s There is a %s car.", ask->why, car);
    assay_synth_add_hint(s, "Is it beer?", ask->allowed ? "No." : "Yes.");
    assay_dilemma_finish(s, rng, ask, &DRINK);
}

void assay_draw_traffic_crime(assay_synth_sample *s, assay_rng *rng) {
    assay_dilemma ask = assay_dilemma_begin(rng);
    int scene = (int)assay_rng_below(rng, 6);
    if (scene < 2)
        draw_lights(s, rng, &ask, scene == 1);
    else if (scene == 2)
        draw_limit(s, rng, &ask);
    else if (scene < 5)
        draw_board(s, rng, &ask, scene == 3);
    else
        draw_drink(s, rng, &ask);
}
