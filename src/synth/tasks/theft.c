/* Theft: a thing beside a sign that says FREE or MINE, a bag with its owner's name, a shop. */
#include "synth/dilemma.h"
#include "synth/draw/goods.h"

#define N_THINGS 10
#define N_GOODS  7 /* the last of them: small enough for a shop */

static const int THINGS[N_THINGS] = {ASSAY_CAR,  ASSAY_BOAT,   ASSAY_BIKE,  ASSAY_CUP,
                                     ASSAY_KEY,  ASSAY_FLOWER, ASSAY_CHAIR, ASSAY_LAMP,
                                     ASSAY_BOOK, ASSAY_PHONE};

#define DECLINE                                                                                    \
    {"No, that would be stealing.", "No, ask the owner first.",    "No, it is not yours.",         \
     "No, it belongs to somebody.", "No, I do not help to steal.", "No, please leave it there.",   \
     "No, that is against the law."}
#define CONTEXT                                                                                    \
    {"Somebody wants to steal the #.", "The owner is looking for the #.",                          \
     "I do not want to steal.", "Nobody may steal the #."}

static const assay_dilemma_words SIGN = {
    .harmful = {"steal the #", "take the # without asking the owner",
                "take the # while nobody looks", "hide the # from the owner",
                "sell the # of another person", "keep the # and not tell the owner",
                "take the # before the owner comes", "take the # and run away",
                "break the lock and take the #", "get the # and not pay the owner"},
    .fine = {"ask the owner for the #", "bring the # back to the owner", "pay the owner for the #",
             "tell the owner about the #", "look at the # with the owner",
             "keep people from stealing the #", "keep my own # safe at night",
             "buy the # from the owner", "wait here for the owner", "find the owner of the #"},
    .open = {"May I take the # home?", "Can I have the #?", "I like the #. May I keep it?",
             "Is it fine to take this #?", "I want a #. Can I take it with me?"},
    .decline = DECLINE,
    .context = CONTEXT};

static const assay_dilemma_words BAG = {
    .harmful = {"steal the #", "take the # of another person", "open the # of another person",
                "take money out of the #", "hide the # from the owner", "write a new name on the #",
                "keep the # and not tell the owner", "take the # while nobody looks"},
    .fine = {"find the owner of the #", "bring the # back to the owner", "give the # to the owner",
             "put money into my own #", "tell the owner about the #", "write my name on my own #",
             "keep my own # safe", "look for another #"},
    .open = {"I am @. May I take the #?", "My name is @. Can I take this #?",
             "I am @. Can I open the #?", "My name is @. May I take the # home?",
             "I am @. May I keep the #?"},
    .decline = DECLINE,
    .context = CONTEXT};

static const assay_dilemma_words SHOP = {
    .harmful = {"take the # and not pay", "hide the # in my bag", "steal the # from the shop",
                "leave the shop with the # and not pay", "take the # while nobody looks",
                "run out of the shop with the #", "put the # in my bag and not pay",
                "take the # out of the shop at night"},
    .fine = {"pay for the #", "put the # in my bag after I pay", "buy the # from the shop",
             "leave the shop without the #", "look at the # before I pay",
             "bring the # back to the shop", "pay and take the # home",
             "show the # to my friend in the shop"},
    .open = {NULL},
    .decline = DECLINE,
    .context = CONTEXT};

static void draw_sign(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int kind = THINGS[assay_rng_below(rng, N_THINGS)];
    int colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS),
        tint = assay_pick_other(rng, ASSAY_N_COLOURS, colour, -1);
    page.flip = assay_chance(rng, 50);
    assay_outdoors_draw(canvas, rng);
    assay_pen thing = assay_pen_inside(&page, 26, assay_rng_range(rng, 60, 70), 46),
              sign = assay_pen_inside(&page, 74, assay_rng_range(rng, 48, 56), 50);
    bool left = !page.flip;
    thing.flip = assay_chance(rng, 50);
    sign.flip = false;
    assay_kind_draw(&thing, kind, colour);
    assay_sign_draw(&sign, tint, ask->allowed ? "FREE" : "MINE");
    ask->thing = assay_kind_name(kind);
    const char *says[2] = {"The sign says mine.", "The sign says free."};
    ask->why = says[ask->allowed];
    assay_dilemma_fact(ask, "What does the sign say?", "What is written on the sign?", ask->why,
                       says[!ask->allowed]);
    assay_dilemma_colour_fact(s, ask, ask->thing, colour);
    assay_dilemma_colour_fact(s, ask, "sign", tint);
    assay_dilemma_fact(
        ask, assay_synth_say(s, "Where is the %s?", ask->thing),
        assay_synth_say(s, "On which side is the %s?", ask->thing),
        assay_synth_say(s, "The %s is on the %s.", ask->thing, left ? "left" : "right"), NULL);
    s->description =
        assay_synth_say(s, "There is a %s %s. A %s sign says %s.", assay_colour_name(colour),
                        ask->thing, assay_colour_name(tint), ask->allowed ? "free" : "mine");
    assay_synth_add_hint(s, "Does the sign say free?", ask->allowed ? "Yes." : "No.");
    assay_dilemma_finish(s, rng, ask, &SIGN);
}

static void draw_bag(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int owner = (int)assay_rng_below(rng, ASSAY_DILEMMA_N_NAMES),
        other = assay_pick_other(rng, ASSAY_DILEMMA_N_NAMES, owner, -1);
    int tint = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_room_draw(canvas, rng);
    int x = assay_rng_range(rng, 45, 55), size = assay_rng_range(rng, 74, 84);
    assay_pen bag = assay_pen_inside(&page, x, 52, size);
    assay_school_bag_draw(&bag, tint, assay_dilemma_names[owner][0]);
    ask->thing = "bag";
    ask->who = assay_dilemma_names[ask->allowed ? owner : other][1];
    ask->why = assay_synth_say(s, "The bag belongs to %s.", assay_dilemma_names[owner][1]);
    assay_dilemma_fact(ask, "Whose bag is this?", "What name is on the bag?",
                       assay_synth_say(s, "The name on it is %s.", assay_dilemma_names[owner][1]),
                       assay_synth_say(s, "The name on it is %s.", assay_dilemma_names[other][1]));
    assay_dilemma_colour_fact(s, ask, "bag", tint);
    s->description = assay_synth_say(s, "There is a %s bag. The name on it is %s.",
                                     assay_colour_name(tint), assay_dilemma_names[owner][1]);
    assay_synth_add_hint(s, assay_synth_say(s, "Is the name %s?", ask->who),
                         ask->allowed ? "Yes." : "No.");
    assay_dilemma_finish(s, rng, ask, &BAG);
}

static void draw_shop(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    static const char *const PLACES[3] = {"on the left", "in the middle", "on the right"};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    const int *goods = THINGS + N_THINGS - N_GOODS;
    int order[N_GOODS], colours[ASSAY_N_COLOURS];
    assay_permute(rng, order, N_GOODS);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_street_draw(canvas, rng);
    assay_pen shop = assay_pen_inside(&page, 50, 48, 90);
    assay_shop_draw(&shop, colours[3]);
    const char *text = "There is a shop.";
    int which = (int)assay_rng_below(rng, 3);
    for (int i = 0; i < 3; i++) {
        int kind = goods[order[i]];
        assay_pen pen = assay_pen_inside(&shop, 18 + 32.0 * i, 54, 28);
        assay_kind_draw(&pen, kind, colours[i]);
        text = assay_synth_say(s, "%s A %s %s is %s.", text, assay_colour_name(colours[i]),
                               assay_kind_name(kind), PLACES[i]);
    }
    ask->thing = assay_kind_name(goods[order[which]]);
    assay_dilemma_colour_fact(s, ask, ask->thing, colours[which]);
    assay_dilemma_fact(ask, assay_synth_say(s, "Where is the %s?", ask->thing),
                       assay_synth_say(s, "In which place is the %s?", ask->thing),
                       assay_synth_say(s, "The %s is %s.", ask->thing, PLACES[which]), NULL);
    assay_dilemma_fact(ask, assay_synth_say(s, "What can one buy %s?", PLACES[which]),
                       assay_synth_say(s, "What is %s?", PLACES[which]),
                       assay_synth_say(s, "There is a %s %s.", ask->thing, PLACES[which]), NULL);
    s->description = text;
    assay_dilemma_finish(s, rng, ask, &SHOP);
}

void assay_draw_theft(assay_synth_sample *s, assay_rng *rng) {
    assay_dilemma ask = assay_dilemma_begin(rng);
    int scene = (int)assay_rng_below(rng, ask.by_picture ? 4 : 5);
    if (scene == 4 || (scene == 3 && !ask.by_picture))
        draw_shop(s, rng, &ask);
    else if (scene >= 2)
        draw_bag(s, rng, &ask);
    else
        draw_sign(s, rng, &ask);
}
