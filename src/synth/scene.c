/* Choosing, drawing and describing scenes. */
#include "synth/scene.h"

void assay_ground_draw(assay_image *canvas, assay_rng *rng) {
    static const assay_colour GROUNDS[4] = {
        {250, 250, 247}, {228, 236, 246}, {248, 238, 220}, {230, 242, 230}};
    assay_canvas_fill(canvas, GROUNDS[assay_rng_below(rng, 4)]);
}

/* Kinds in random order, those of the wanted sort first. Mixed scenes have one sort each: a
 * question may then speak of "shape" or of "thing" without ambiguity. */
static void choose_kinds(assay_rng *rng, assay_kinds kinds, int *list, int n) {
    int order[ASSAY_N_KINDS];
    bool objects = kinds == ASSAY_OBJECTS_ONLY;
    if (kinds == ASSAY_ANY_KIND) objects = assay_chance(rng, 60);
    int count = objects ? ASSAY_N_OBJECTS : ASSAY_N_SHAPES;
    assay_permute(rng, order, count);
    for (int i = 0; i < n; i++) list[i] = order[i] + (objects ? ASSAY_N_SHAPES : 0);
}

void assay_scene_choose(assay_scene *scene, assay_rng *rng, assay_layout layout,
                        assay_kinds kinds) {
    static const double PLACES[4][4][2] = {{{128, 128}},
                                           {{66, 128}, {190, 128}},
                                           {{128, 66}, {128, 190}},
                                           {{66, 66}, {190, 66}, {66, 190}, {190, 190}}};
    static const int COUNTS[4] = {1, 2, 2, 4}, LOW[4] = {124, 96, 94, 88},
                     HIGH[4] = {168, 112, 110, 100};
    int chosen[ASSAY_SCENE_MAX], colours[ASSAY_N_COLOURS];
    scene->layout = layout;
    scene->n = COUNTS[layout];
    choose_kinds(rng, kinds, chosen, scene->n);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    for (int i = 0; i < scene->n; i++) {
        assay_thing *thing = &scene->things[i];
        thing->kind = chosen[i];
        thing->colour = colours[i];
        thing->size = assay_rng_range(rng, LOW[layout], HIGH[layout]);
        thing->x = PLACES[layout][i][0] + assay_rng_range(rng, -6, 6);
        thing->y = PLACES[layout][i][1] + assay_rng_range(rng, -6, 6);
    }
    /* Across the line that joins two things their places are free. */
    for (int i = 0; i < scene->n; i++) {
        if (layout == ASSAY_SIDE_BY_SIDE) scene->things[i].y += assay_rng_range(rng, -24, 24);
        if (layout == ASSAY_STACKED) scene->things[i].x += assay_rng_range(rng, -24, 24);
    }
}

void assay_scene_draw(const assay_scene *scene, assay_image *canvas, assay_rng *rng) {
    assay_ground_draw(canvas, rng);
    for (int i = 0; i < scene->n; i++) {
        const assay_thing *thing = &scene->things[i];
        int turn = thing->kind < ASSAY_N_SHAPES ? assay_rng_range(rng, -10, 10) : 0;
        bool flip = assay_chance(rng, 50);
        assay_pen pen = assay_pen_at(canvas, thing->x, thing->y, thing->size, turn, flip);
        assay_kind_draw(&pen, thing->kind, thing->colour);
    }
}

const char *assay_scene_place(const assay_scene *scene, int i) {
    static const char *const NAMES[4][4] = {
        {"in the middle"},
        {"on the left", "on the right"},
        {"at the top", "at the bottom"},
        {"at the top left", "at the top right", "at the bottom left", "at the bottom right"}};
    return NAMES[scene->layout][i];
}

const char *assay_relation(assay_layout layout, bool second) {
    if (layout == ASSAY_STACKED) return second ? "below" : "above";
    return second ? "right of" : "left of";
}

static const char *colour_of(const assay_scene *scene, int i) {
    return assay_colour_name(scene->things[i].colour);
}

static const char *name_of(const assay_scene *scene, int i) {
    return assay_kind_name(scene->things[i].kind);
}

const char *assay_scene_text(const assay_scene *scene, assay_synth_sample *s) {
    if (scene->n == 1)
        return assay_synth_say(s, "There is a %s %s.", colour_of(scene, 0), name_of(scene, 0));
    if (scene->n == 2) {
        return assay_synth_say(s, "A %s %s is %s a %s %s.", colour_of(scene, 0), name_of(scene, 0),
                               assay_relation(scene->layout, false), colour_of(scene, 1),
                               name_of(scene, 1));
    }
    return assay_synth_say(s, "A %s %s is %s. A %s %s is %s. A %s %s is %s. A %s %s is %s.",
                           colour_of(scene, 0), name_of(scene, 0), assay_scene_place(scene, 0),
                           colour_of(scene, 1), name_of(scene, 1), assay_scene_place(scene, 1),
                           colour_of(scene, 2), name_of(scene, 2), assay_scene_place(scene, 2),
                           colour_of(scene, 3), name_of(scene, 3), assay_scene_place(scene, 3));
}

int assay_scene_absent_kind(const assay_scene *scene, assay_rng *rng) {
    bool objects = scene->things[0].kind >= ASSAY_N_SHAPES;
    int first = objects ? ASSAY_N_SHAPES : 0, count = objects ? ASSAY_N_OBJECTS : ASSAY_N_SHAPES;
    for (;;) {
        int kind = first + (int)assay_rng_below(rng, (uint32_t)count);
        bool there = false;
        for (int i = 0; i < scene->n; i++) there = there || scene->things[i].kind == kind;
        if (!there) return kind;
    }
}

int assay_scene_absent_colour(const assay_scene *scene, assay_rng *rng) {
    for (;;) {
        int colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
        bool there = false;
        for (int i = 0; i < scene->n; i++) there = there || scene->things[i].colour == colour;
        if (!there) return colour;
    }
}

static void hint_of_sort(const assay_scene *scene, assay_synth_sample *s, assay_rng *rng,
                         int sort) {
    int i = (int)assay_rng_below(rng, (uint32_t)scene->n);
    const char *colour = colour_of(scene, i), *name = name_of(scene, i),
               *place = assay_scene_place(scene, i);
    switch (sort) {
    case 0:
        assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", name),
                             assay_synth_say(s, "It is %s.", colour));
        break;
    case 1:
        assay_synth_add_hint(s, assay_synth_say(s, "What is %s?", place),
                             assay_synth_say(s, "A %s %s.", colour, name));
        break;
    case 2:
        assay_synth_add_hint(s, assay_synth_say(s, "Where is the %s?", name),
                             assay_synth_say(s, "It is %s.", place));
        break;
    case 3:
        assay_synth_add_hint(s, assay_synth_say(s, "What is %s?", colour),
                             assay_synth_say(s, "The %s is %s.", name, colour));
        break;
    case 4: {
        bool there = assay_chance(rng, 50);
        const char *asked = there ? name : assay_kind_name(assay_scene_absent_kind(scene, rng));
        assay_synth_add_hint(s, assay_synth_say(s, "Is there a %s?", asked),
                             there ? "Yes." : "No.");
        break;
    }
    default:
        assay_synth_add_hint(s, "How many things are there?",
                             assay_synth_say(s, "There %s %s.", scene->n == 1 ? "is" : "are",
                                             assay_number_word(scene->n)));
    }
}

void assay_scene_hint(const assay_scene *scene, assay_synth_sample *s, assay_rng *rng, int n) {
    int order[6];
    assay_permute(rng, order, 6);
    for (int i = 0; i < n && i < 6; i++) hint_of_sort(scene, s, rng, order[i]);
}
