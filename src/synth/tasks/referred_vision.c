/* Referred Vision: three or four things, of which a red box, circle or arrow marks one. Nothing else
 * is red. */
#include "synth/draw/scene.h"

#include "base/maths.h"

#define PI          3.14159265358979323846
#define RING_POINTS 48

static const assay_colour RED = {230, 0, 0};

typedef enum mark { BOX, RING, ARROW, N_MARKS } mark;

static void draw_box(assay_image *canvas, const assay_thing *thing, double width) {
    assay_pen pen = assay_pen_pixels(canvas);
    double half = 0.55 * thing->size;
    assay_pen_frame(&pen, RED, width, thing->x - half, thing->y - half, thing->x + half,
                    thing->y + half);
}

static void draw_ring(assay_image *canvas, const assay_thing *thing, double width) {
    assay_pen pen = assay_pen_pixels(canvas);
    double xy[2 * (RING_POINTS + 1)], radius = 0.56 * thing->size;
    for (int i = 0; i <= RING_POINTS; i++) {
        double angle = 2.0 * PI * i / RING_POINTS;
        xy[2 * i] = thing->x + radius * assay_cos(angle);
        xy[2 * i + 1] = thing->y + radius * assay_sin(angle);
    }
    assay_pen_stroke(&pen, RED, width, xy, RING_POINTS + 1);
}

/* In a grid from the middle of the picture outwards; to a thing of a row from above or below. */
static void draw_arrow(assay_image *canvas, assay_rng *rng, assay_layout layout, int at,
                       const assay_thing *thing, double edge) {
    static const double TURNS[ASSAY_SCENE_MAX] = {-45, 45, -135, 135};
    double x = thing->x, y = thing->y, turn = 0.0, size = 0.26 * edge;
    if (layout == ASSAY_GRID) {
        turn = TURNS[at];
        x = 0.62 * (0.5 * canvas->width) + 0.38 * thing->x;
        y = 0.62 * (0.5 * canvas->height) + 0.38 * thing->y;
    } else {
        bool above = assay_chance(rng, 50);
        turn = above ? 180.0 : 0.0;
        y += (above ? -1.0 : 1.0) * (0.48 * thing->size + 0.5 * size);
    }
    assay_pen pen = assay_pen_at(canvas, x, y, size, turn, false);
    assay_arrow_draw(&pen, RED);
}

static void draw_mark(assay_image *canvas, assay_rng *rng, const assay_scene *scene, mark sort,
                      int at) {
    const assay_thing *thing = &scene->things[at];
    double edge = canvas->width < canvas->height ? canvas->width : canvas->height;
    double width = 0.032 * edge;
    if (sort == BOX) draw_box(canvas, thing, width);
    if (sort == RING) draw_ring(canvas, thing, width);
    if (sort == ARROW) draw_arrow(canvas, rng, scene->layout, at, thing, edge);
}

static const char *ask(assay_rng *rng, mark sort, bool colour) {
    switch (sort) {
    case BOX:
        return colour ? ASSAY_PICK(rng, "What colour is the thing in the red box?",
                                   "Which colour does the thing in the red box have?",
                                   "The red box is around a thing of which colour?")
                      : ASSAY_PICK(rng, "What is in the red box?", "Which thing is in the red box?",
                                   "What does the red box show?");
    case RING:
        return colour ? ASSAY_PICK(rng, "What colour is the thing in the red circle?",
                                   "Which colour does the thing in the red circle have?",
                                   "The red circle is around a thing of which colour?")
                      : ASSAY_PICK(rng, "What is in the red circle?",
                                   "Which thing is in the red circle?",
                                   "What does the red circle show?");
    default:
        return colour ? ASSAY_PICK(rng, "What colour is the thing that the red arrow points to?",
                                   "Which colour does the thing at the red arrow have?",
                                   "The red arrow points to a thing of which colour?")
                      : ASSAY_PICK(rng, "What does the red arrow point to?",
                                   "Which thing does the red arrow point to?",
                                   "To which thing does the red arrow point?");
    }
}

static void describe(assay_synth_sample *s, assay_rng *rng, const assay_scene *scene, mark sort,
                     int at) {
    static const char *const MARKS[N_MARKS] = {"box", "circle", "arrow"};
    static const char *const SAYINGS[N_MARKS] = {"A %s %s is in the red box. %s",
                                                 "A %s %s is in the red circle. %s",
                                                 "The red arrow points to a %s %s. %s"};
    const char *name = assay_kind_name(scene->things[at].kind),
               *tint = assay_colour_name(scene->things[at].colour);
    const char *all = assay_scene_text(scene, s);
    s->description = assay_synth_say(s, SAYINGS[sort], tint, name, all);
    assay_synth_add_hint(
        s,
        sort == ARROW ? "Where does the red arrow point?"
                      : assay_synth_say(s, "Where is the red %s?", MARKS[sort]),
        sort == ARROW
            ? assay_synth_say(s, "It points to the thing %s.", assay_scene_place(scene, at))
            : assay_synth_say(s, "It is %s.", assay_scene_place(scene, at)));
    assay_synth_add_hint(s, ask(rng, sort, false), assay_synth_say(s, "A %s %s.", tint, name));
    bool same = assay_chance(rng, 50);
    int asked = same ? at : assay_pick_other(rng, scene->n, at, -1);
    assay_synth_add_hint(s,
                         assay_synth_say(s,
                                         sort == ARROW ? "Does the red arrow point to the %s?"
                                         : sort == BOX ? "Is the %s in the red box?"
                                                       : "Is the %s in the red circle?",
                                         assay_kind_name(scene->things[asked].kind)),
                         same ? "Yes." : "No.");
    assay_scene_hint(scene, s, rng, 3);
}

void assay_draw_referred_vision(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_scene_choose(&scene, canvas, rng, assay_chance(rng, 60) ? ASSAY_GRID : ASSAY_ROW,
                       ASSAY_ANY_KIND);
    for (int i = 0; i < scene.n; i++) {
        if (scene.things[i].colour == ASSAY_RED)
            scene.things[i].colour = assay_scene_absent_colour(&scene, rng);
    }
    assay_scene_draw(&scene, canvas, rng);
    int at = (int)assay_rng_below(rng, (uint32_t)scene.n);
    mark sort = (mark)assay_rng_below(rng, N_MARKS);
    draw_mark(canvas, rng, &scene, sort, at);

    bool colour = assay_chance(rng, 35);
    const char *options[ASSAY_SCENE_MAX];
    for (int i = 0; i < scene.n; i++) {
        options[i] =
            colour ? assay_synth_say(s, "It is %s.", assay_colour_name(scene.things[i].colour))
                   : assay_synth_say(s, "A %s.", assay_kind_name(scene.things[i].kind));
    }
    s->texts.question = ask(rng, sort, colour);
    assay_synth_offer_one_of(s, rng, options, scene.n, at);
    describe(s, rng, &scene, sort, at);
}
