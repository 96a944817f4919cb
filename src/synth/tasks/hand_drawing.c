/* Hand Drawing: a sketch by an unsteady hand. What it shows, or which part of it was left out. */
#include "synth/draw/scene.h"

#include <string.h>

#include "base/maths.h"

enum { N_SKETCHES = 16, N_OBJECTS = N_SKETCHES - ASSAY_N_SHAPES, N_PARTS = 4 };
static const char *const NAMES[N_SKETCHES] = {
    "circle", "square", "triangle", "star", "heart",  "cross", "house",  "boat",
    "cup",    "fish",   "car",      "cat",  "flower", "tree",  "ladder", "umbrella"};

/* Polylines of drawing units: -1 ends a line, -2 the part. */
typedef struct part {
    const char *name; /* NULL: the sketch is not the sketch without it */
    const double *lines;
} part;

#define LINES(...) (const double[]){__VA_ARGS__, -1, -2}

static const part OBJECTS[N_OBJECTS][N_PARTS] = {
    /* house */
    {{NULL, LINES(14, 46, 14, 94, 86, 94, 86, 46, 14, 46)},
     {"The roof", LINES(14, 46, 4, 50, 50, 8, 96, 50, 86, 46)},
     {"The door", LINES(54, 94, 54, 64, 72, 64, 72, 94)},
     {"The window", LINES(24, 58, 44, 58, 44, 78, 24, 78, 24, 58, -1, 34, 58, 34, 78)}},
    /* boat */
    {{NULL, LINES(4, 66, 96, 66, 78, 92, 22, 92, 4, 66, -1, 50, 66, 50, 8)},
     {NULL, LINES(50, 8, 88, 56, 50, 56)},
     {NULL, LINES(50, 18, 18, 56, 50, 56)},
     {NULL, LINES(36, 78, 40, 78)}},
    /* cup */
    {{NULL, LINES(14, 26, 20, 90, 62, 90, 68, 26, 14, 26)},
     {NULL, LINES(66, 36, 84, 34, 92, 46, 88, 60, 76, 70, 63, 72)},
     {NULL, LINES(28, 18, 32, 10, 28, 2)},
     {NULL, LINES(50, 18, 54, 10, 50, 2)}},
    /* fish */
    {{NULL, LINES(66, 50, 54, 66, 36, 72, 16, 64, 4, 50, 16, 36, 36, 28, 54, 34, 66, 50)},
     {"The tail", LINES(66, 50, 96, 24, 90, 50, 96, 76, 66, 50)},
     {"The eye", LINES(16, 42, 24, 42, 24, 50, 16, 50, 16, 42)},
     {"The fin", LINES(28, 28, 46, 6, 54, 34)}},
    /* car */
    {{NULL, LINES(4, 50, 96, 50, 98, 74, 2, 74, 4, 50)},
     {"The roof", LINES(20, 50, 34, 22, 68, 22, 82, 50, -1, 51, 22, 51, 50)},
     {"The left wheel",
      LINES(14, 74, 16, 66, 25, 62, 34, 66, 36, 76, 34, 86, 25, 90, 16, 86, 14, 74)},
     {"The right wheel",
      LINES(64, 74, 66, 66, 75, 62, 84, 66, 86, 76, 84, 86, 75, 90, 66, 86, 64, 74)}},
    /* cat */
    {{NULL, LINES(26, 34, 34, 20, 50, 14, 66, 20, 74, 34, 70, 50, 50, 58, 30, 50, 26, 34, -1, 36,
                  56, 26, 76, 30, 96, 70, 96, 74, 76, 64, 56, -1, 46, 44, 50, 48, 54, 44)},
     {"The ears", LINES(27, 32, 24, 2, 44, 15, -1, 56, 15, 76, 2, 73, 32)},
     {"The eyes", LINES(38, 30, 38, 38, -1, 62, 30, 62, 38)},
     {"The tail", LINES(72, 90, 88, 84, 94, 68, 88, 54)}},
    /* flower */
    {{NULL, LINES(42, 30, 50, 22, 58, 30, 50, 38, 42, 30)},
     {"The petals",
      LINES(50, 22, 41, 15, 42, 5, 50, 0, 58, 5, 59, 15, 50, 22, -1, 58, 30, 65, 21, 75, 22, 80, 30,
            75, 38, 65, 39, 58, 30, -1, 50, 38, 59, 45, 58, 55, 50, 60, 42, 55, 41, 45, 50, 38, -1,
            42, 30, 35, 39, 25, 38, 20, 30, 25, 22, 35, 21, 42, 30)},
     {"The stem", LINES(50, 60, 50, 98)},
     {"The leaves",
      LINES(50, 84, 66, 66, 82, 66, 70, 82, 50, 84, -1, 50, 84, 34, 66, 18, 66, 30, 82, 50, 84)}},
    /* tree */
    {{NULL, LINES(42, 58, 42, 96, 58, 96, 58, 58)},
     {NULL, LINES(50, 58, 24, 60, 10, 44, 18, 26, 34, 22, 42, 6, 60, 6, 68, 22, 84, 28, 90, 44, 76,
                  60, 50, 58)},
     {NULL, LINES(50, 62, 50, 74)},
     {NULL, LINES(50, 84, 50, 92)}},
    /* ladder */
    {{NULL, LINES(30, 4, 26, 96, -1, 70, 4, 74, 96)},
     {NULL, LINES(30, 18, 70, 18, -1, 29, 38, 71, 38)},
     {NULL, LINES(28, 58, 72, 58)},
     {NULL, LINES(27, 78, 73, 78)}},
    /* umbrella */
    {{NULL, LINES(4, 50, 12, 28, 30, 12, 50, 8, 70, 12, 88, 28, 96, 50, 80, 42, 66, 50, 50, 42, 34,
                  50, 20, 42, 4, 50)},
     {NULL, LINES(50, 42, 50, 86, 44, 94, 36, 92, 34, 84)},
     {NULL, LINES(50, 8, 34, 50)},
     {NULL, LINES(50, 8, 66, 50)}},
};

typedef struct hand {
    assay_pen pen;
    assay_colour ink;
    assay_rng *rng;
    double off_x, off_y; /* where the hand is beside the line, drawing units */
} hand;

/* Walks along a straight line in small steps; the offset wanders and is pulled back. */
static void sketch_line(hand *h, double x0, double y0, double x1, double y1) {
    double dx = x1 - x0, dy = y1 - y0;
    int steps = 1 + (int)(assay_sqrt(dx * dx + dy * dy) / 6.0);
    double from_x = x0 + h->off_x, from_y = y0 + h->off_y;
    for (int i = 1; i <= steps; i++) {
        double wander_x = assay_rng_unit(h->rng) - 0.5, wander_y = assay_rng_unit(h->rng) - 0.5;
        h->off_x = 0.85 * h->off_x + 2.2 * wander_x;
        h->off_y = 0.85 * h->off_y + 2.2 * wander_y;
        double x = x0 + dx * i / steps + h->off_x, y = y0 + dy * i / steps + h->off_y;
        assay_pen_line(&h->pen, h->ink, 4.5, from_x, from_y, x, y);
        from_x = x;
        from_y = y;
    }
}

static void sketch_shape(hand *h, int shape) {
    double xy[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(shape, xy);
    for (int i = 0; i < n; i++) {
        int j = i + 1 < n ? i + 1 : 0;
        sketch_line(h, xy[2 * i], xy[2 * i + 1], xy[2 * j], xy[2 * j + 1]);
    }
}

static void sketch_part(hand *h, const double *at) {
    for (; *at > -2.0; at++) {
        for (; at[2] >= 0.0; at += 2) sketch_line(h, at[0], at[1], at[2], at[3]);
        at += 2;
    }
}

static hand hand_of(assay_image *canvas, assay_rng *rng, int ink) {
    assay_pen page = assay_pen_page(canvas);
    int dx = assay_rng_range(rng, -5, 5), dy = assay_rng_range(rng, -5, 5);
    int size = assay_rng_range(rng, 64, 80), turn = assay_rng_range(rng, -8, 8);
    bool flip = assay_chance(rng, 30);
    hand h = {assay_pen_at(canvas, page.x + dx * page.unit, page.y + dy * page.unit,
                           size * page.unit, turn, flip),
              assay_colour_value(ink), rng, 0.0, 0.0};
    return h;
}

/* Lines of a writing pad or squared paper, pale. */
static void draw_paper(assay_image *canvas, assay_rng *rng) {
    static const assay_colour RULE = {206, 220, 236};
    int sort = (int)assay_rng_below(rng, 3), gap = canvas->height / 12;
    assay_pen pen = assay_pen_pixels(canvas);
    assay_ground_draw(canvas, rng);
    if (sort == 0) return;
    for (int y = gap; y < canvas->height; y += gap)
        assay_pen_rect(&pen, RULE, 0, y, canvas->width, y + 1);
    for (int x = gap; x < canvas->width && sort == 2; x += gap)
        assay_pen_rect(&pen, RULE, x, 0, x + 1, canvas->height);
}

/* Draws all but one part (0: all) and tells of the colour. */
static void sketch(assay_synth_sample *s, assay_rng *rng, int what, int without) {
    static const int INKS[3] = {ASSAY_BLACK, ASSAY_BLUE, ASSAY_RED};
    int ink = INKS[assay_rng_below(rng, 3)];
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    draw_paper(canvas, rng);
    hand h = hand_of(canvas, rng, ink);
    /* Left and right of a sketch are named. */
    if (without > 0) h.pen.flip = false;
    if (what < ASSAY_N_SHAPES) sketch_shape(&h, what);
    for (int i = 0; what >= ASSAY_N_SHAPES && i < N_PARTS; i++) {
        if (without == 0 || i != without) sketch_part(&h, OBJECTS[what - ASSAY_N_SHAPES][i].lines);
    }
    s->description = assay_synth_say(s, "A hand drawing of %s in %s.",
                                     assay_with_article(s, NAMES[what]), assay_colour_name(ink));
    assay_synth_add_hint(s, "What colour is the line?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(ink)));
}

static const char *is_or_are(const char *name) {
    return name[strlen(name) - 1] == 's' ? "are" : "is";
}

static void ask_what_is_missing(assay_synth_sample *s, assay_rng *rng) {
    static const int WITH_PARTS[5] = {6, 9, 10, 11, 12}; /* house, fish, car, cat, flower */
    int what = WITH_PARTS[assay_rng_below(rng, 5)], missing = assay_rng_range(rng, 1, 3);
    const part *parts = OBJECTS[what - ASSAY_N_SHAPES];
    const char *options[3];
    for (int i = 0; i < 3; i++) options[i] = assay_synth_say(s, "%s.", parts[i + 1].name);
    sketch(s, rng, what, missing);
    if (assay_chance(rng, 50))
        s->texts.question =
            assay_synth_say(s, "What is missing in this drawing of a %s?", NAMES[what]);
    else
        s->texts.question = assay_synth_say(s, "Which part of the %s was not drawn?", NAMES[what]);
    assay_synth_offer_one_of(s, rng, options, 3, missing - 1);
    const char *part_name = parts[missing].name;
    s->description =
        assay_synth_say(s, "%s %s %s missing.", s->description, part_name, is_or_are(part_name));
    assay_synth_add_hint(s, "What is missing?", options[missing - 1]);
    int asked = assay_rng_range(rng, 1, 3);
    assay_synth_add_hint(s,
                         assay_synth_say(s, "%s the %s in the drawing?",
                                         is_or_are(parts[asked].name)[0] == 'a' ? "Are" : "Is",
                                         parts[asked].name + 4),
                         asked == missing ? "No." : "Yes.");
    assay_synth_add_hint(s, "What is it?", assay_synth_say(s, "A %s.", NAMES[what]));
}

static void ask_what_it_shows(assay_synth_sample *s, assay_rng *rng) {
    int order[N_SKETCHES];
    assay_permute(rng, order, N_SKETCHES);
    int what = order[0];
    sketch(s, rng, what, 0);
    const char *options[4];
    for (int i = 0; i < 4; i++) {
        const char *name = NAMES[order[i]];
        options[i] = name[0] == 'u' ? "An umbrella." : assay_synth_say(s, "A %s.", name);
    }
    s->texts.question = ASSAY_PICK(rng, "What was drawn by hand?", "What does the sketch show?",
                                   "What is this a drawing of?");
    assay_synth_offer_one_of(s, rng, options, 4, 0);
    bool same = assay_chance(rng, 50);
    assay_synth_add_hint(s,
                         assay_synth_say(s, "Is it a drawing of %s?",
                                         assay_with_article(s, NAMES[same ? what : order[1]])),
                         same ? "Yes." : "No.");
    assay_synth_add_hint(s, "What is it?", options[0]);
    assay_synth_add_hint(s, "Is it a shape or an object?",
                         what < ASSAY_N_SHAPES ? "A shape." : "An object.");
}

void assay_draw_hand_drawing(assay_synth_sample *s, assay_rng *rng) {
    if (assay_chance(rng, 30))
        ask_what_is_missing(s, rng);
    else
        ask_what_it_shows(s, rng);
}
