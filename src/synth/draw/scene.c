/* Choosing, drawing and describing scenes. */
#include "synth/draw/scene.h"

assay_image *assay_scene_wide_image(assay_synth_sample *s, assay_rng *rng) {
    static const int SIZES[4][2] = {{256, 256}, {320, 256}, {320, 320}, {384, 288}};
    const int *size = SIZES[assay_rng_below(rng, 4)];
    return assay_synth_add_image(s, size[0], size[1]);
}

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

/* Places in hundredths of the canvas, sizes in hundredths of the room between two places. */
typedef struct layout_plan {
    int n, columns, rows, low, high;
    int places[ASSAY_SCENE_MAX][2];
} layout_plan;

static const layout_plan PLANS[] = {
    [ASSAY_CENTRE] = {1, 1, 1, 50, 68, {{50, 50}}},
    [ASSAY_SIDE_BY_SIDE] = {2, 2, 1, 76, 88, {{26, 50}, {74, 50}}},
    [ASSAY_STACKED] = {2, 1, 2, 76, 88, {{50, 26}, {50, 74}}},
    [ASSAY_ROW] = {3, 3, 1, 82, 92, {{18, 50}, {50, 50}, {82, 50}}},
    [ASSAY_GRID] = {4, 2, 2, 70, 80, {{26, 26}, {74, 26}, {26, 74}, {74, 74}}},
};

void assay_scene_choose(assay_scene *scene, const assay_image *canvas, assay_rng *rng,
                        assay_layout layout, assay_kinds kinds) {
    const layout_plan *plan = &PLANS[layout];
    int chosen[ASSAY_SCENE_MAX], colours[ASSAY_N_COLOURS];
    double width = 0.01 * canvas->width, height = 0.01 * canvas->height;
    double across = width / plan->columns, down = height / plan->rows;
    double room = across < down ? across : down;
    scene->layout = layout;
    scene->n = plan->n;
    choose_kinds(rng, kinds, chosen, scene->n);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    for (int i = 0; i < scene->n; i++) {
        assay_thing *thing = &scene->things[i];
        thing->kind = chosen[i];
        thing->colour = colours[i];
        thing->size = room * assay_rng_range(rng, plan->low, plan->high);
        thing->x = width * plan->places[i][0] + 0.02 * room * assay_rng_range(rng, -100, 100);
        thing->y = height * plan->places[i][1] + 0.02 * room * assay_rng_range(rng, -100, 100);
        /* Across the line that joins two things their places are free. */
        double slack = 0.01 * assay_rng_range(rng, -100, 100);
        if (layout == ASSAY_SIDE_BY_SIDE || layout == ASSAY_ROW) thing->y += 12.0 * height * slack;
        if (layout == ASSAY_STACKED) thing->x += 12.0 * width * slack;
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
    static const char *const NAMES[][ASSAY_SCENE_MAX] = {
        {"in the middle"},
        {"on the left", "on the right"},
        {"at the top", "at the bottom"},
        {"on the left", "in the middle", "on the right"},
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
    const char *text = "";
    for (int i = 0; i < scene->n; i++)
        text = assay_synth_say(s, "%s%sA %s %s is %s.", text, i ? " " : "", colour_of(scene, i),
                               name_of(scene, i), assay_scene_place(scene, i));
    return text;
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
