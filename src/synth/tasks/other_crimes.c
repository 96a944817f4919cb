/* Other crimes: trespassing, spraying a wall, forging a ticket, breaking a window. */
#include "synth/dilemma.h"
#include "synth/draw/goods.h"
#include "synth/draw/rules.h"
#include "synth/draw/scene.h"

static const assay_dilemma_words DOOR = {
    .harmful = {"break the door open", "go in when nobody is at home",
                "open the door without the key", "go in when the owner says no",
                "hide in the house at night", "break the lock of the door",
                "take away the sign and go in", "take the key of another person"},
    .fine = {"wait at the door", "wait here when nobody is at home",
             "open my own door with the key", "ask the owner before I go in",
             "walk past the house at night", "close the lock of my own door",
             "read the sign before I go in", "bring the key back to the owner"},
    .open = {"May I go in here?", "Can I open the door and go in?", "I am in a hurry. May I go in?",
             "Is it fine to go in now?", "Nobody is here. Can I go in?"},
    .decline = {"No, that is against the law.", "No, ask the owner first.",
                "No, wait for the owner.", "No, I will not help with that.",
                "No, please do not do that."},
    .context = {"Somebody wants to break in.", "I do not want to break anything.",
                "The owner is not at home.", "I look at the door."}};

static const assay_dilemma_words WALL = {
    .harmful = {"spray a bad word on the school", "spray paint on a car at night",
                "spray the wall of a house without asking", "hide while I spray a house",
                "spray paint on a shop", "spray paint on a sign",
                "paint the window of a shop for fun", "spray a car while nobody looks"},
    .fine = {"paint a picture for the school", "wash paint off a car", "spray my own wall at home",
             "ask before I spray the wall of a house", "wash paint off a shop",
             "wash paint off a sign", "buy paint for my own house",
             "paint a picture for the owner of a shop"},
    .open = {"May I spray a picture on this wall?", "Can I paint on the wall here?",
             "I have paint. May I spray here?", "Is it fine to spray on this wall?",
             "My friend wants to paint this wall. May he?"},
    .decline = {"No, that is against the law.", "No, ask the owner first.",
                "No, use your own wall.", "No, I will not help with that.",
                "No, please do not do that."},
    .context = {"Somebody wants to spray a bad word.", "I do not break things.",
                "I look at the wall.", "Somebody has to wash the wall."}};

static const assay_dilemma_words TICKET = {
    .harmful = {"write a new day on the ticket", "sell a false ticket", "make a false ticket",
                "go in without a ticket", "sell old tickets as new",
                "use the ticket of another person", "give away a false ticket",
                "write a false name on the ticket"},
    .fine = {"read the day on the ticket", "buy a new ticket", "find out if a ticket is false",
             "go in with a new ticket", "throw away old tickets",
             "bring the ticket back to the owner", "give away my own ticket",
             "write my name on my own ticket"},
    .open = {"Today is @. May I use this ticket?", "I want to go in on @. Is this ticket fine?",
             "Today is @. Can I go in with this ticket?", "It is @ today. Can I use this?"},
    .decline = {"No, that is against the law.", "No, buy a new ticket.", "No, that is not right.",
                "No, I will not help with that.", "No, please do not do that."},
    .context = {"Somebody sells false tickets.", "I do not want a false ticket.",
                "I look at the ticket.", "Somebody wants to use the ticket."}};

static const assay_dilemma_words WINDOW = {
    .harmful = {"break the window with the stone", "throw the stone at the house",
                "go in through the window", "break the window and run away",
                "look in at the window at night", "open the window of another person and go in",
                "say that another @ broke the window", "throw the stone at a car"},
    .fine = {"pay for the window that I broke", "take the stone away from the house",
             "wash the window", "tell the owner who broke the window", "close my window at night",
             "open the window of my own house", "say that I broke the window",
             "stop a @ who wants to throw the stone"},
    .open = {NULL},
    .decline = {"No, that is against the law.", "No, that would break something.",
                "No, that could do harm.", "No, I will not help with that.",
                "No, please do not do that."},
    .context = {"Somebody wants to break the window.", "The @ wants to throw the stone.",
                "I do not break things.", "Somebody broke a window."}};

static void draw_door(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int door = (int)assay_rng_below(rng, ASSAY_N_COLOURS),
        tint = assay_pick_other(rng, ASSAY_N_COLOURS, door, -1);
    page.flip = assay_chance(rng, 50);
    assay_outdoors_draw(canvas, rng);
    assay_pen gate = assay_pen_inside(&page, 25, 50, 70),
              notice = assay_pen_inside(&page, 75, 46, 47);
    notice.flip = false;
    assay_gate_draw(&gate, door);
    assay_notice_draw(&notice, tint, ask->allowed ? "COME" : "KEEP", ask->allowed ? "IN" : "OUT");
    const char *says[2] = {"The sign says keep out.", "The sign says come in."};
    ask->why = says[ask->allowed];
    assay_dilemma_fact(ask, "What does the sign say?", "What is written on the sign?", ask->why,
                       says[!ask->allowed]);
    assay_dilemma_colour_fact(s, ask, "door", door);
    assay_dilemma_colour_fact(s, ask, "sign", tint);
    s->description =
        assay_synth_say(s, "There is a %s door. A %s sign says %s.", assay_colour_name(door),
                        assay_colour_name(tint), ask->allowed ? "come in" : "keep out");
    assay_synth_add_hint(s, "Does the sign say come in?", ask->allowed ? "Yes." : "No.");
    assay_dilemma_finish(s, rng, ask, &DOOR);
}

static void draw_wall(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int tint = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_outdoors_draw(canvas, rng);
    for (int side = -1; side <= 1; side++) {
        assay_pen wall = assay_pen_inside(&page, 50 + 72.0 * side, 48, 72);
        assay_wall_draw(&wall);
    }
    int x = assay_rng_range(rng, 40, 60);
    assay_pen sign = assay_pen_inside(&page, x, 46, 62), can = assay_pen_inside(&sign, 50, 51, 60);
    if (ask->allowed)
        assay_allowed_draw(&sign);
    else
        assay_ring_draw(&sign);
    assay_spray_can_draw(&can, tint);
    if (!ask->allowed) assay_slash_draw(&sign);
    const char *says[2] = {"The sign says no spraying.", "The sign says spraying is fine."};
    const char *ring[2] = {"The ring is red.", "The ring is green."};
    ask->why = says[ask->allowed];
    assay_dilemma_fact(ask, "What does the sign mean?", "What does the sign say?", ask->why,
                       says[!ask->allowed]);
    assay_dilemma_fact(ask, "What colour is the ring?", "Which colour does the ring have?",
                       ring[ask->allowed], ring[!ask->allowed]);
    assay_dilemma_colour_fact(s, ask, "can", tint);
    s->description =
        assay_synth_say(s, "A sign on a wall shows a %s can in a %s ring. %s",
                        assay_colour_name(tint), ask->allowed ? "green" : "red", ask->why);
    assay_synth_add_hint(s, "Is the can crossed out?", ask->allowed ? "No." : "Yes.");
    assay_dilemma_finish(s, rng, ask, &WALL);
}

static void draw_ticket(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    static const char *const DAYS[7][2] = {
        {"MON", "Monday"}, {"TUE", "Tuesday"},  {"WED", "Wednesday"}, {"THU", "Thursday"},
        {"FRI", "Friday"}, {"SAT", "Saturday"}, {"SUN", "Sunday"}};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int day = (int)assay_rng_below(rng, 7), other = assay_pick_other(rng, 7, day, -1);
    int tint = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_ground_draw(canvas, rng);
    int x = assay_rng_range(rng, 48, 52), y = assay_rng_range(rng, 42, 58);
    assay_pen ticket = assay_pen_inside(&page, x, y, 92);
    assay_ticket_draw(&ticket, tint, DAYS[day][0]);
    ask->who = DAYS[ask->allowed ? day : other][1];
    ask->why = assay_synth_say(s, "The ticket is for %s.", DAYS[day][1]);
    assay_dilemma_fact(ask, "For which day is the ticket?", "What day is on the ticket?", ask->why,
                       assay_synth_say(s, "The ticket is for %s.", DAYS[other][1]));
    assay_dilemma_colour_fact(s, ask, "edge", tint);
    s->description = assay_synth_say(s, "There is a ticket with a %s edge. It is for %s.",
                                     assay_colour_name(tint), DAYS[day][1]);
    assay_synth_add_hint(s, assay_synth_say(s, "Is the ticket for %s?", ask->who),
                         ask->allowed ? "Yes." : "No.");
    assay_dilemma_finish(s, rng, ask, &TICKET);
}

static void draw_window(assay_synth_sample *s, assay_rng *rng, assay_dilemma *ask) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    int tint = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    page.flip = assay_chance(rng, 50);
    assay_outdoors_draw(canvas, rng);
    assay_person person = assay_dilemma_person(rng, ASSAY_CHILD);
    assay_pen window = assay_pen_inside(&page, 70, 38, 54),
              stone = assay_pen_inside(&page, 52, 88, 18),
              who = assay_pen_inside(&page, 22, 54, 84);
    assay_window_draw(&window, tint);
    assay_stone_draw(&stone);
    assay_person_draw(&who, person);
    ask->who = assay_dilemma_noun(person);
    assay_dilemma_colour_fact(s, ask, "window", tint);
    assay_dilemma_fact(ask, "Who is there?", "Who is beside the window?",
                       assay_synth_say(s, "There is a %s.", ask->who), NULL);
    assay_dilemma_fact(ask, "What is in front of the window?", "What is beside the child?",
                       "There is a stone.", NULL);
    s->description =
        assay_synth_say(s, "There is a %s window. A %s and a stone are in front of it.",
                        assay_colour_name(tint), ask->who);
    assay_dilemma_finish(s, rng, ask, &WINDOW);
}

void assay_draw_other_crimes(assay_synth_sample *s, assay_rng *rng) {
    static void (*const SCENES[4])(assay_synth_sample *, assay_rng *, assay_dilemma *) = {
        draw_door, draw_wall, draw_ticket, draw_window};
    assay_dilemma ask = assay_dilemma_begin(rng);
    SCENES[assay_rng_below(rng, ask.by_picture ? 3 : 4)](s, rng, &ask);
}
