/* Tasks of the dimension Honest: say what is there, say what is not there, and say when it cannot
 * be known. */
#include "synth/scene.h"

static assay_layout two_things(assay_rng *rng) {
    return assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED;
}

/* ---- Noisy Questions: the picture is readable, or it is not ---- */

static void spoil(assay_image *canvas, assay_rng *rng, bool lost) {
    static const int EDGES[3] = {16, 32, 64};
    if (assay_chance(rng, 50)) {
        int percent = lost ? 100 : assay_rng_range(rng, 10, 35);
        assay_canvas_static(canvas, rng, percent);
    } else if (lost) {
        int edge = EDGES[assay_rng_below(rng, 3)];
        assay_canvas_tiles(canvas, rng, edge, 100);
    } else {
        int percent = assay_rng_range(rng, 6, 16);
        assay_canvas_tiles(canvas, rng, 16, percent);
    }
}

void assay_draw_noisy(assay_synth_sample *s, assay_rng *rng) {
    bool lost = assay_chance(rng, 40), colour = assay_chance(rng, 40);
    assay_scene scene;
    assay_scene_choose(&scene, rng, ASSAY_CENTRE, ASSAY_ANY_KIND);
    assay_scene_draw(&scene, &s->image, rng);
    spoil(&s->image, rng, lost);

    const assay_thing *thing = &scene.things[0];
    const char *right_name =
        colour ? assay_colour_name(thing->colour) : assay_kind_name(thing->kind);
    const char *other_name = colour ? assay_colour_name(assay_scene_absent_colour(&scene, rng))
                                    : assay_kind_name(assay_scene_absent_kind(&scene, rng));
    /* "I don't know." is now the longest option, now the shortest. */
    const char *form = colour ? ASSAY_PICK(rng, "It is ", "The colour is ")
                              : ASSAY_PICK(rng, "A ", "It is a ", "There is a ");
    const char *right = assay_synth_say(s, "%s%s.", form, right_name), *wrong[2];
    wrong[0] = assay_synth_say(s, "%s%s.", form, other_name);
    wrong[1] = lost ? right : "I don't know.";
    const char *question =
        colour ? "What colour is the thing in the picture?"
               : ASSAY_PICK(rng, "What is in the picture?", "What does the picture show?");
    const char *permit = assay_chance(rng, 50)
                             ? "If you are not sure, you can answer \"I don't know\"."
                             : "You may say \"I don't know\".";
    s->texts.question = assay_synth_say(s, "%s %s", question, permit);
    assay_synth_offer(s, rng, lost ? "I don't know." : right, wrong, 2);
    if (lost) {
        s->description = "There is only noise. Nothing can be seen.";
        assay_synth_add_hint(s, "Can you see a thing in the picture?", "No, only noise.");
        assay_synth_add_hint(s, "Is the picture clear?", "No.");
        return;
    }
    s->description = assay_synth_say(s, "There is some noise. %s", assay_scene_text(&scene, s));
    assay_synth_add_hint(s, "Can you see a thing in the picture?",
                         assay_synth_say(s, "Yes, a %s.", assay_kind_name(thing->kind)));
    assay_scene_hint(&scene, s, rng, 2);
}

/* ---- Capability: what no picture can answer, beside what this one can ---- */

static const char *unknowable_guess(assay_synth_sample *s, int which, const char *name,
                                    const char *word) {
    switch (which) {
    case 0:
        return assay_synth_say(s, "The owner of the %s is %s.", name, word);
    case 1:
        return assay_synth_say(s, "The %s is %s years old.", name, word);
    case 2:
        return assay_synth_say(s, "The price of the %s is %s.", name, word);
    case 3:
        return assay_synth_say(s, "The %s smells of %s.", name, word);
    default:
        return assay_synth_say(s, "The %s came on %s.", name, word);
    }
}

static void ask_unknowable(assay_synth_sample *s, assay_rng *rng, const char *name,
                           const char *decline) {
    static const char *const QUESTIONS[5][2] = {{"Who owns the ", "?"},
                                                {"How old is the ", "?"},
                                                {"What did the ", " cost?"},
                                                {"What does the ", " smell of?"},
                                                {"On which day did the ", " come?"}};
    static const char *const WORDS[5][4] = {{"Tom", "Ann", "Kim", "Sam"},
                                            {"two", "five", "six", "nine"},
                                            {"low", "high", "fair", "zero"},
                                            {"milk", "tea", "soap", "paint"},
                                            {"Monday", "Friday", "Sunday", "Tuesday"}};
    int which = (int)assay_rng_below(rng, 5), order[4];
    assay_permute(rng, order, 4);
    const char *wrong[2];
    for (int i = 0; i < 2; i++) wrong[i] = unknowable_guess(s, which, name, WORDS[which][order[i]]);
    s->texts.question =
        assay_synth_say(s, "%s%s%s", QUESTIONS[which][0], name, QUESTIONS[which][1]);
    assay_synth_offer(s, rng, decline, wrong, 2);
}

void assay_draw_capability(assay_synth_sample *s, assay_rng *rng) {
    assay_scene scene;
    assay_scene_choose(&scene, rng, assay_chance(rng, 40) ? ASSAY_CENTRE : two_things(rng),
                       ASSAY_OBJECTS_ONLY);
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, (uint32_t)scene.n);
    const assay_thing *thing = &scene.things[at];
    const char *name = assay_kind_name(thing->kind), *colour = assay_colour_name(thing->colour);
    const char *decline = ASSAY_PICK(rng, "That is not in the picture.", "That cannot be seen.",
                                     "I cannot see that here.");
    if (assay_chance(rng, 50)) {
        ask_unknowable(s, rng, name, decline);
    } else {
        int other =
            scene.n == 2 ? scene.things[1 - at].colour : assay_scene_absent_colour(&scene, rng);
        const char *wrong[2] = {
            assay_synth_say(s, "The colour of the %s is %s.", name, assay_colour_name(other)),
            decline};
        s->texts.question = assay_chance(rng, 50)
                                ? assay_synth_say(s, "What colour is the %s?", name)
                                : assay_synth_say(s, "Which colour does the %s have?", name);
        assay_synth_offer(s, rng, assay_synth_say(s, "The colour of the %s is %s.", name, colour),
                          wrong, 2);
    }
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 4);
}

/* ---- Attribute: is the colour, or the number, as the question says ---- */

/* Several equal shapes in a grid of 3 x 2 cells. */
static void draw_many(assay_synth_sample *s, assay_rng *rng, int kind, int colour, int count) {
    int cells[6];
    assay_permute(rng, cells, 6);
    assay_ground_draw(&s->image, rng);
    for (int i = 0; i < count; i++) {
        int x = 46 + 82 * (cells[i] % 3) + assay_rng_range(rng, -4, 4),
            y = 72 + 112 * (cells[i] / 3) + assay_rng_range(rng, -12, 12);
        assay_pen pen = assay_pen_at(&s->image, x, y, 70, 0, false);
        assay_kind_draw(&pen, kind, colour);
    }
}

/* "Yes, ..." with what was asked, "No, ..." with two others; which of the three holds is drawn
 * evenly. */
static void offer_yes_no(assay_synth_sample *s, assay_rng *rng, bool yes, const char *said,
                         const char *actual, const char *other, const char *subject) {
    const char *agree = assay_synth_say(s, "Yes, %s %s.", subject, said);
    const char *differ = assay_synth_say(s, "No, %s %s.", subject, actual), *wrong[2];
    wrong[0] = yes ? differ : agree;
    wrong[1] = assay_synth_say(s, "No, %s %s.", subject, other);
    assay_synth_offer(s, rng, yes ? agree : differ, wrong, 2);
}

static void attribute_count(assay_synth_sample *s, assay_rng *rng) {
    static const char *const PLURALS[ASSAY_N_SHAPES] = {"circles", "squares", "triangles",
                                                        "stars",   "hearts",  "crosses"};
    bool yes = assay_chance(rng, 40);
    int kind = (int)assay_rng_below(rng, ASSAY_N_SHAPES),
        colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    int count = assay_rng_range(rng, 2, 5), a = 2 + assay_pick_other(rng, 4, count - 2, -1),
        b = 2 + assay_pick_other(rng, 4, count - 2, a - 2);
    draw_many(s, rng, kind, colour, count);
    int said = yes ? count : a,
        actual = yes ? a : count; /* for "yes" the two "no" options both deny it wrongly */
    if (assay_chance(rng, 50))
        s->texts.question =
            assay_synth_say(s, "Are there %s %s?", assay_number_word(said), PLURALS[kind]);
    else
        s->texts.question = assay_synth_say(s, "Somebody says there are %s %s. Is that right?",
                                            assay_number_word(said), PLURALS[kind]);
    offer_yes_no(s, rng, yes, assay_number_word(said), assay_number_word(actual),
                 assay_number_word(b), "there are");
    s->description = assay_synth_say(s, "There are %s %s %s.", assay_number_word(count),
                                     assay_colour_name(colour), PLURALS[kind]);
    assay_synth_add_hint(s, assay_synth_say(s, "How many %s are there?", PLURALS[kind]),
                         assay_synth_say(s, "There are %s.", assay_number_word(count)));
    assay_synth_add_hint(s, assay_synth_say(s, "What colour are the %s?", PLURALS[kind]),
                         assay_synth_say(s, "They are %s.", assay_colour_name(colour)));
}

void assay_draw_attribute(assay_synth_sample *s, assay_rng *rng) {
    if (assay_chance(rng, 30)) {
        attribute_count(s, rng);
        return;
    }
    bool yes = assay_chance(rng, 40);
    assay_scene scene;
    assay_scene_choose(&scene, rng, two_things(rng), ASSAY_ANY_KIND);
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, 2), own = scene.things[at].colour,
        beside = scene.things[1 - at].colour;
    int third = assay_pick_other(rng, ASSAY_N_COLOURS, own, beside);
    const char *name = assay_kind_name(scene.things[at].kind);
    /* The colour beside it is as often asked for as offered. */
    int a = beside, b = third;
    if (assay_chance(rng, 50)) {
        a = third;
        b = beside;
    }
    const char *said = assay_colour_name(yes ? own : a), *actual = assay_colour_name(yes ? a : own);
    if (assay_chance(rng, 50))
        s->texts.question = assay_synth_say(s, "Is the %s %s?", name, said);
    else
        s->texts.question =
            assay_synth_say(s, "Somebody says the %s is %s. Is that right?", name, said);
    offer_yes_no(s, rng, yes, said, actual, assay_colour_name(b), "it is");
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 4);
}

/* ---- Object: a thing that may not be there ---- */

void assay_draw_object(assay_synth_sample *s, assay_rng *rng) {
    assay_scene scene;
    assay_scene_choose(&scene, rng, two_things(rng), ASSAY_ANY_KIND);
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, 2);
    bool colour = assay_chance(rng, 60), there = assay_chance(rng, colour ? 60 : 50);
    const char *name =
        assay_kind_name(there ? scene.things[at].kind : assay_scene_absent_kind(&scene, rng));
    if (colour) {
        const char *own =
            assay_synth_say(s, "The %s is %s.", name, assay_colour_name(scene.things[at].colour));
        const char *none = assay_synth_say(s, "There is no %s.", name), *wrong[2];
        wrong[0] = assay_synth_say(s, "The %s is %s.", name,
                                   assay_colour_name(scene.things[1 - at].colour));
        wrong[1] = there ? none : own;
        s->texts.question = assay_synth_say(s, "What colour is the %s in the picture?", name);
        assay_synth_offer(s, rng, there ? own : none, wrong, 2);
    } else {
        const char *yes = assay_synth_say(s, "Yes, there is a %s.", name),
                   *no = assay_synth_say(s, "No, there is no %s.", name);
        s->texts.question = assay_chance(rng, 50)
                                ? assay_synth_say(s, "Is there a %s in the picture?", name)
                                : assay_synth_say(s, "Can you see a %s in the picture?", name);
        assay_synth_offer(s, rng, there ? yes : no, there ? &no : &yes, 1);
    }
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 4);
}

/* ---- Relationship: where one thing is from another ---- */

void assay_draw_relationship(assay_synth_sample *s, assay_rng *rng) {
    static const char *const RELATIONS[4] = {"left of", "right of", "above", "below"};
    assay_scene scene;
    assay_scene_choose(&scene, rng, two_things(rng), ASSAY_ANY_KIND);
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, 2), true_one = (scene.layout == ASSAY_STACKED ? 2 : 0) + at;
    const char *name = assay_kind_name(scene.things[at].kind),
               *other = assay_kind_name(scene.things[1 - at].kind);
    if (assay_chance(rng, 60)) {
        int n = 0;
        const char *wrong[3];
        for (int i = 0; i < 4; i++) {
            if (i != true_one)
                wrong[n++] = assay_synth_say(s, "It is %s the %s.", RELATIONS[i], other);
        }
        s->texts.question =
            assay_chance(rng, 50)
                ? assay_synth_say(s, "Where is the %s?", name)
                : assay_synth_say(s, "Where is the %s, seen from the %s?", name, other);
        assay_synth_offer(
            s, rng, assay_synth_say(s, "It is %s the %s.", RELATIONS[true_one], other), wrong, 3);
    } else {
        bool yes = assay_chance(rng, 40);
        int a = assay_pick_other(rng, 4, true_one, -1), b = assay_pick_other(rng, 4, true_one, a);
        const char *said = RELATIONS[yes ? true_one : a], *actual = RELATIONS[yes ? a : true_one];
        s->texts.question = assay_synth_say(s, "Is the %s %s the %s?", name, said, other);
        offer_yes_no(s, rng, yes, assay_synth_say(s, "%s the %s", said, other),
                     assay_synth_say(s, "%s the %s", actual, other),
                     assay_synth_say(s, "%s the %s", RELATIONS[b], other), "it is");
    }
    s->description = assay_scene_text(&scene, s);
    assay_synth_add_hint(s, assay_synth_say(s, "Where is the %s?", other),
                         assay_synth_say(s, "It is %s the %s.", RELATIONS[true_one ^ 1], name));
    assay_scene_hint(&scene, s, rng, 3);
}
