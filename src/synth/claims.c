/* Choosing, drawing and wording claims. */
#include "synth/claims.h"

#include "synth/draw/bust.h"
#include "synth/draw/places.h"
#include "synth/draw/scene.h"
#include "synth/draw/stage.h"
#include "synth/words.h"

/* Three of 0..n-1 in random order, then further ones. */
static void choose(assay_rng *rng, int *list, int n, assay_claim *claim) {
    assay_permute(rng, list, n);
    claim->holds = (int)assay_rng_below(rng, 3);
}

/* Of the two statements that do not hold, one. */
static int false_one(const assay_claim *claim, assay_rng *rng) {
    return (claim->holds + assay_rng_range(rng, 1, 2)) % 3;
}

static void say_it_is(assay_claim *claim, assay_synth_sample *s, int i, const char *subject,
                      const char *value) {
    claim->says[i] = assay_synth_say(s, "%s is %s", subject, value);
    claim->brief[i] = assay_synth_say(s, "it is %s", value);
    claim->asks[i] = assay_synth_say(s, "is %s %s", subject, value);
}

static double edge_of(const assay_image *canvas) {
    return canvas->width < canvas->height ? canvas->width : canvas->height;
}

/* There is no room for three in a row where the picture is narrow. */
static assay_layout any_layout(const assay_image *canvas, assay_rng *rng) {
    static const assay_layout LAYOUTS[3] = {ASSAY_SIDE_BY_SIDE, ASSAY_STACKED, ASSAY_ROW};
    return LAYOUTS[assay_rng_below(rng, canvas->height > canvas->width ? 2 : 3)];
}

/* ---- what it is like ---- */

void assay_claim_colour(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_layout layout = any_layout(canvas, rng);
    assay_scene_choose(&scene, canvas, rng, layout, ASSAY_ANY_KIND);
    int colours[ASSAY_N_COLOURS], at = (int)assay_rng_below(rng, (uint32_t)scene.n);
    choose(rng, colours, ASSAY_N_COLOURS, claim);
    int first = false_one(claim, rng), second = 3 - claim->holds - first;
    bool tempt = assay_chance(rng, 70); /* the other things have the colours that it has not */
    int others[2] = {colours[tempt ? first : 3], colours[tempt ? second : 4]}, k = 0;
    for (int i = 0; i < scene.n; i++)
        scene.things[i].colour = i == at ? colours[claim->holds] : others[k++];
    assay_scene_draw(&scene, canvas, rng);
    const char *name = assay_kind_name(scene.things[at].kind);
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, assay_synth_say(s, "the %s", name), assay_colour_name(colours[i]));
    claim->open = assay_synth_say(s, "What colour is the %s?", name);
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 2);
}

void assay_claim_kind(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_layout layout = any_layout(canvas, rng);
    assay_scene_choose(&scene, canvas, rng, layout, ASSAY_ANY_KIND);
    bool objects = scene.things[0].kind >= ASSAY_N_SHAPES, tempt = assay_chance(rng, 70);
    int first_kind = objects ? ASSAY_N_SHAPES : 0,
        count = objects ? ASSAY_N_OBJECTS : ASSAY_N_SHAPES, kinds[ASSAY_N_KINDS],
        at = (int)assay_rng_below(rng, (uint32_t)scene.n);
    choose(rng, kinds, count, claim);
    int first = false_one(claim, rng), second = 3 - claim->holds - first;
    int others[2] = {kinds[tempt ? first : 3], kinds[tempt ? second : 4]}, k = 0;
    for (int i = 0; i < scene.n; i++)
        scene.things[i].kind = first_kind + (i == at ? kinds[claim->holds] : others[k++]);
    assay_scene_draw(&scene, canvas, rng);
    const char *subject =
        assay_synth_say(s, "the %s thing", assay_colour_name(scene.things[at].colour));
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, subject,
                  assay_with_article(s, assay_kind_name(first_kind + kinds[i])));
    claim->open = assay_synth_say(s, "What is %s?", subject);
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 2);
}

void assay_claim_number(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int numbers[5], cells[6], kind = (int)assay_rng_below(rng, ASSAY_N_KINDS),
                              colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    choose(rng, numbers, 5, claim);
    int count = 2 + numbers[claim->holds], columns = canvas->width >= canvas->height ? 3 : 2;
    double w = (double)canvas->width / columns, h = (double)canvas->height / (5 - columns);
    assay_permute(rng, cells, 6);
    assay_ground_draw(canvas, rng);
    for (int i = 0; i < count; i++) {
        double size = 0.01 * (w < h ? w : h) * assay_rng_range(rng, 68, 84);
        double x = w * (cells[i] % columns + 0.5) + 0.01 * w * assay_rng_range(rng, -6, 6);
        double y = h * (cells[i] / columns + 0.5) + 0.01 * h * assay_rng_range(rng, -8, 8);
        assay_pen pen = assay_pen_at(canvas, x, y, size, 0, false);
        assay_kind_draw(&pen, kind, colour);
    }
    const char *names = assay_kind_plural(kind), *tint = assay_colour_name(colour);
    for (int i = 0; i < 3; i++) {
        const char *word = assay_number_word(2 + numbers[i]);
        claim->says[i] = assay_synth_say(s, "there are %s %s", word, names);
        claim->brief[i] = assay_synth_say(s, "there are %s", word);
        claim->asks[i] = assay_synth_say(s, "are there %s %s", word, names);
    }
    claim->open = assay_synth_say(s, "How many %s are there?", names);
    s->description =
        assay_synth_say(s, "There are %s %s %s.", assay_number_word(count), tint, names);
    assay_synth_add_hint(s, assay_synth_say(s, "What colour are the %s?", names),
                         assay_synth_say(s, "They are %s.", tint));
    assay_synth_add_hint(s, "What is in the picture?", s->description);
}

void assay_claim_pattern(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int patterns[ASSAY_N_PATTERNS], cloth = (int)assay_rng_below(rng, ASSAY_N_CLOTHS),
                                    colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    choose(rng, patterns, ASSAY_N_PATTERNS, claim);
    double size = 0.01 * edge_of(canvas) * assay_rng_range(rng, 64, 82);
    assay_room_draw(canvas, rng);
    assay_pen pen = assay_pen_at(canvas, 0.5 * canvas->width, 0.5 * canvas->height, size, 0, false);
    assay_cloth_draw(&pen, cloth, patterns[claim->holds], colour);
    const char *name = assay_cloth_name(cloth), *tint = assay_colour_name(colour),
               *pattern = assay_pattern_name(patterns[claim->holds]);
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, assay_synth_say(s, "the %s", name), assay_pattern_name(patterns[i]));
    claim->open = assay_synth_say(s, "What pattern does the %s have?", name);
    s->description = assay_synth_say(s, "There is a %s %s. It is %s.", tint, name, pattern);
    assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", name),
                         assay_synth_say(s, "It is %s.", tint));
    assay_synth_add_hint(s, "What is in the picture?",
                         assay_synth_say(s, "A %s %s.", pattern, name));
}

void assay_claim_size(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    static const char *const SIZES[3] = {"bigger than", "smaller than", "as big as"},
                             *const BRIEF[3] = {"it is bigger", "it is smaller", "they are equal"};
    static const double SCALES[3][2] = {{1.0, 0.5}, {0.5, 1.0}, {0.8, 0.8}};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int order[3], at = (int)assay_rng_below(rng, 2);
    choose(rng, order, 3, claim);
    assay_scene scene;
    assay_scene_choose(&scene, canvas, rng,
                       assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED, ASSAY_ANY_KIND);
    assay_thing *thing = &scene.things[at], *other = &scene.things[1 - at];
    double size = thing->size;
    other->kind = thing->kind;
    thing->size = size * SCALES[order[claim->holds]][0];
    other->size = size * SCALES[order[claim->holds]][1];
    assay_scene_draw(&scene, canvas, rng);
    const char *name = assay_kind_name(thing->kind), *one = assay_colour_name(thing->colour),
               *two = assay_colour_name(other->colour);
    for (int i = 0; i < 3; i++) {
        const char *than = SIZES[order[i]];
        claim->says[i] = assay_synth_say(s, "the %s %s is %s the %s one", one, name, than, two);
        claim->brief[i] = BRIEF[order[i]];
        claim->asks[i] = assay_synth_say(s, "is the %s %s %s the %s one", one, name, than, two);
    }
    claim->open = assay_synth_say(s, "How big is the %s %s beside the %s one?", one, name, two);
    s->description = assay_synth_say(s, "There is a %s %s and a %s %s. %s.", one, name, two, name,
                                     assay_first_capital(s, claim->says[claim->holds]));
    bool equal = order[claim->holds] == 2;
    assay_synth_add_hint(s, assay_synth_say(s, "Which %s is bigger?", name),
                         equal
                             ? "They are equal."
                             : assay_synth_say(s, "The %s one.", order[claim->holds] ? two : one));
    assay_synth_add_hint(
        s, assay_synth_say(s, "Have the two %s the same size?", assay_kind_plural(thing->kind)),
        equal ? "Yes." : "No.");
}

void assay_claim_feeling(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int feelings[ASSAY_N_FEELINGS];
    choose(rng, feelings, ASSAY_N_FEELINGS, claim);
    assay_bust bust = assay_bust_any(rng);
    bust.feeling = (assay_feeling)feelings[claim->holds];
    double edge = edge_of(canvas);
    assay_ground_draw(canvas, rng);
    assay_pen pen = assay_pen_at(canvas, 0.5 * canvas->width, canvas->height - 0.45 * edge,
                                 0.9 * edge, 0, false);
    assay_bust_draw(&pen, bust);
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, "the person", assay_feeling_name(feelings[i]));
    for (int i = 0; i < 3; i++)
        claim->brief[i] = assay_synth_say(s, "they are %s", assay_feeling_name(feelings[i]));
    claim->open = "How does the person feel?";
    const char *shirt = assay_colour_name(bust.shirt);
    s->description = assay_synth_say(s, "A person in a %s shirt is %s.", shirt,
                                     assay_feeling_name((int)bust.feeling));
    assay_synth_add_hint(s, "What colour is the shirt?", assay_synth_say(s, "It is %s.", shirt));
    assay_synth_add_hint(
        s, "What does the face show?",
        assay_synth_say(s, "The person is %s.", assay_feeling_name((int)bust.feeling)));
}

/* ---- where it is ---- */

/* Left, in the middle or right, of three in a row. */
void assay_claim_place(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_scene_wide_image(s, rng);
    int order[3];
    choose(rng, order, 3, claim);
    assay_scene scene;
    assay_scene_choose(&scene, canvas, rng, ASSAY_ROW, ASSAY_ANY_KIND);
    assay_scene_draw(&scene, canvas, rng);
    const char *name = assay_kind_name(scene.things[order[claim->holds]].kind);
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, assay_synth_say(s, "the %s", name),
                  assay_scene_place(&scene, order[i]));
    claim->open = assay_synth_say(s, "Where is the %s?", name);
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 2);
}

/* Left, right, above or below, of two. */
void assay_claim_side(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    static const char *const SIDES[4] = {"left of", "right of", "above", "below"};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int order[4];
    choose(rng, order, 4, claim);
    int side = order[claim->holds], at = side % 2;
    assay_scene scene;
    assay_scene_choose(&scene, canvas, rng, side < 2 ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED,
                       ASSAY_ANY_KIND);
    for (int i = 0; i < 2; i++) { /* not aslant */
        if (side < 2) scene.things[i].y = 0.5 * canvas->height;
        if (side >= 2) scene.things[i].x = 0.5 * canvas->width;
    }
    assay_scene_draw(&scene, canvas, rng);
    const char *name = assay_kind_name(scene.things[at].kind),
               *other = assay_kind_name(scene.things[1 - at].kind);
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, assay_synth_say(s, "the %s", name),
                  assay_synth_say(s, "%s the %s", SIDES[order[i]], other));
    claim->open = assay_chance(rng, 50)
                      ? assay_synth_say(s, "Where is the %s?", name)
                      : assay_synth_say(s, "Where is the %s, seen from the %s?", name, other);
    s->description = assay_scene_text(&scene, s);
    assay_synth_add_hint(s, assay_synth_say(s, "Where is the %s?", other),
                         assay_synth_say(s, "It is %s the %s.", SIDES[side ^ 1], name));
    assay_scene_hint(&scene, s, rng, 2);
}

enum { ON, UNDER, BESIDE, BEHIND, BEFORE, N_STANDS };

/* The thing and a crate or a table in the lower part of the canvas; (x, y) is the middle of the
 * furniture, `size` its edge. A table hides nothing, a crate has nothing below it. */
static void draw_stand(assay_image *canvas, assay_rng *rng, int stand, bool table, int kind,
                       int colour) {
    double edge = edge_of(canvas), size = (table ? 0.54 : 0.44) * edge,
           small = (table ? stand == UNDER ? 0.21 : 0.32 : 0.38) * edge;
    double x = 0.5 * canvas->width, y = canvas->height - 0.06 * edge - 0.5 * size;
    double floor = y + 0.5 * size, side = assay_chance(rng, 50) ? 1.0 : -1.0;
    if (stand == BESIDE) x += 0.53 * side * small;
    double tx = x, ty = floor - 0.5 * small;
    if (stand == ON) ty = y - (table ? 0.0 : 0.5) * size - 0.48 * small;
    if (stand == BESIDE) tx -= side * (0.5 * size + 0.55 * small);
    if (stand == BEHIND || stand == BEFORE) tx += 0.08 * side * edge;
    if (stand == BEHIND) ty = y - 0.5 * size - 0.24 * small;
    if (stand == BEFORE) ty = floor - 0.3 * small;
    assay_pen thing = assay_pen_at(canvas, tx, ty, small, 0, false),
              furniture = assay_pen_at(canvas, x, y, size, 0, false);
    if (stand == BEHIND) assay_kind_draw(&thing, kind, colour);
    if (table)
        assay_desk_draw(&furniture);
    else
        assay_crate_draw(&furniture);
    if (stand != BEHIND) assay_kind_draw(&thing, kind, colour);
}

/* On, under, beside, behind or in front of something. */
void assay_claim_stand(assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    static const char *const STANDS[N_STANDS] = {"on", "under", "beside", "behind", "in front of"};
    static const int OF_TABLE[3] = {ON, UNDER, BESIDE}, OF_CRATE[4] = {ON, BESIDE, BEHIND, BEFORE};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    bool table = assay_chance(rng, 40);
    int order[4], stands[3];
    choose(rng, order, table ? 3 : 4, claim);
    for (int i = 0; i < 3; i++) stands[i] = table ? OF_TABLE[order[i]] : OF_CRATE[order[i]];
    int kind = ASSAY_N_SHAPES + (int)assay_rng_below(rng, ASSAY_N_OBJECTS),
        colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_room_draw(canvas, rng);
    draw_stand(canvas, rng, stands[claim->holds], table, kind, colour);
    const char *name = assay_kind_name(kind), *tint = assay_colour_name(colour),
               *furniture = table ? "table" : "crate";
    for (int i = 0; i < 3; i++)
        say_it_is(claim, s, i, assay_synth_say(s, "the %s", name),
                  assay_synth_say(s, "%s the %s", STANDS[stands[i]], furniture));
    for (int i = 0; i < 3; i++)
        claim->brief[i] = assay_synth_say(s, "it is %s it", STANDS[stands[i]]);
    claim->open = assay_synth_say(s, "Where is the %s, seen from the %s?", name, furniture);
    s->description = assay_synth_say(s, "There is a %s. A %s %s is %s it.", furniture, tint, name,
                                     STANDS[stands[claim->holds]]);
    assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", name),
                         assay_synth_say(s, "It is %s.", tint));
    assay_synth_add_hint(s, "Is there a crate or a table?", assay_synth_say(s, "A %s.", furniture));
}

/* ---- asking ---- */

void assay_claim_any(assay_claim *claim, assay_synth_sample *s, assay_rng *rng,
                     assay_claim_draw *const *list, int n) {
    list[assay_rng_below(rng, (uint32_t)n)](claim, s, rng);
    const char *truth = claim->brief[claim->holds];
    assay_synth_add_hint(s, claim->open, assay_synth_say(s, "%s.", assay_first_capital(s, truth)));
    int i = (int)assay_rng_below(rng, 3);
    assay_synth_add_hint(s, assay_synth_say(s, "%s?", assay_first_capital(s, claim->asks[i])),
                         i == claim->holds ? "Yes." : "No.");
    i = (i + 1) % 3;
    assay_synth_add_hint(s, assay_synth_say(s, "Is it true that %s?", claim->says[i]),
                         assay_synth_say(s, "%s, %s.", i == claim->holds ? "Yes" : "No", truth));
}

void assay_claim_offer(const assay_claim *claim, assay_synth_sample *s, assay_rng *rng,
                       const char *yes, const char *no) {
    const char *options[3];
    for (int i = 0; i < 3; i++)
        options[i] = assay_synth_say(s, "%s, %s.", i == 0 ? yes : no, claim->brief[i]);
    assay_synth_offer_one_of(s, rng, options, 3, claim->holds);
}
