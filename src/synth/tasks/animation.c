/* Animation: three frames of a film, on one strip or as three pictures. What moves, how, when, and
 * what comes next. */
#include "synth/traits.h"

#define N_FRAMES 3

enum { LEFT, RIGHT, UP, DOWN, BIGGER, SMALLER, N_TRENDS, TURNING = N_TRENDS, RECOLOURED, N_EVENTS };

typedef enum topic { WHAT_HAPPENS, WHAT_NEXT, WHEN, WHO } topic;

/* One thing in one frame; x and y from -1 to 1, over the room that its size leaves. */
typedef struct shot {
    double x, y, size; /* size: share of the frame's shorter edge */
    int turn, colour;
} shot;

typedef struct actor {
    int kind;
    shot shots[N_FRAMES];
} actor;

typedef struct film {
    actor actors[2];
    int n_actors;
    assay_colour sky, ground;
} film;

/* Things that look different when they are turned. */
static const int KINDS[] = {ASSAY_HOUSE, ASSAY_TREE,   ASSAY_CAR,  ASSAY_BOAT,
                            ASSAY_CUP,   ASSAY_FISH,   ASSAY_CAT,  ASSAY_KEY,
                            ASSAY_BIKE,  ASSAY_FLOWER, ASSAY_HEART};
#define N_KINDS ((int)(sizeof KINDS / sizeof KINDS[0]))

static const char *const HAPPENS[N_EVENTS] = {
    "moves to the left", "moves to the right", "moves up",     "moves down",
    "gets bigger",       "gets smaller",       "turns around", "changes its colour"};
static const char *const NEXT[N_TRENDS] = {
    "further to the left", "further to the right", "higher up", "lower down", "bigger", "smaller"};
static const char *const MOST[N_TRENDS] = {
    "furthest to the left", "furthest to the right", "highest", "lowest", "biggest", "smallest"};
/* In the first frame and in the last. */
static const char *const STATES[N_TRENDS][2] = {{"on the right", "on the left"},
                                                {"on the left", "on the right"},
                                                {"at the bottom", "at the top"},
                                                {"at the top", "at the bottom"},
                                                {"small", "big"},
                                                {"big", "small"}};
static const char *const FRAMES[N_FRAMES] = {"first", "second", "third"};

/* ---- drawing ---- */

static void draw_actor(assay_image *canvas, const actor *a, int frame, double x, double y, double w,
                       double h) {
    const shot *now = &a->shots[frame];
    double edge = w < h ? w : h, size = now->size * edge;
    double room_x = 0.5 * (w - size) - 3, room_y = 0.5 * (h - size) - 3;
    assay_pen pen = assay_pen_at(canvas, x + 0.5 * w + now->x * room_x,
                                 y + 0.5 * h + now->y * room_y, size, now->turn, false);
    assay_kind_draw(&pen, a->kind, now->colour);
}

static void draw_frame(const film *f, assay_image *canvas, int frame, double x, double y, double w,
                       double h) {
    assay_pen pen = assay_pen_pixels(canvas);
    assay_pen_rect(&pen, f->sky, x, y, x + w, y + h);
    assay_pen_rect(&pen, f->ground, x, y + 0.78 * h, x + w, y + h);
    for (int i = 0; i < f->n_actors; i++) draw_actor(canvas, &f->actors[i], frame, x, y, w, h);
}

/* A dark strip with holes along both edges; the frames between them. `upright`: from top to
 * bottom. */
static void draw_strip(const film *f, assay_image *canvas, int first, int n, bool upright) {
    static const assay_colour STRIP = {34, 34, 38}, HOLE = {236, 236, 232};
    assay_pen pen = assay_pen_pixels(canvas);
    double length = upright ? canvas->height : canvas->width,
           across = upright ? canvas->width : canvas->height;
    double edge = 0.085 * across, gap = 5, step = (length - gap) / n;
    assay_canvas_fill(canvas, STRIP);
    for (int i = 0; i < 4 * n; i++) {
        double a = length * (i + 0.25) / (4 * n), b = a + 0.5 * length / (4 * n);
        double near_a = 0.25 * edge, near_b = 0.75 * edge;
        for (int side = 0; side < 2; side++) {
            double c = side ? across - near_b : near_a, d = side ? across - near_a : near_b;
            if (upright)
                assay_pen_rect(&pen, HOLE, c, a, d, b);
            else
                assay_pen_rect(&pen, HOLE, a, c, b, d);
        }
    }
    for (int i = 0; i < n; i++) {
        double at = gap + step * i, wide = across - 2 * edge;
        if (upright)
            draw_frame(f, canvas, first + i, edge, at, wide, step - gap);
        else
            draw_frame(f, canvas, first + i, at, edge, step - gap, wide);
    }
}

static void show(const film *f, assay_synth_sample *s, assay_rng *rng) {
    static const int SIZES[4][2] = {{256, 256}, {320, 256}, {256, 320}, {288, 288}};
    const int *size = SIZES[assay_rng_below(rng, 4)];
    bool apart = assay_chance(rng, 50), upright = assay_chance(rng, 50);
    if (apart) {
        for (int i = 0; i < N_FRAMES; i++)
            draw_strip(f, assay_synth_add_image(s, size[0], size[1]), i, 1, false);
    } else {
        int wide = upright ? 320 : 416, high = upright ? 416 : 320;
        draw_strip(f, assay_synth_add_image(s, wide, high), 0, N_FRAMES, upright);
    }
}

/* ---- what happens ---- */

static film plain_film(assay_rng *rng) {
    static const assay_colour SKIES[4] = {
        {226, 238, 250}, {250, 240, 222}, {238, 232, 246}, {244, 246, 244}};
    static const assay_colour GROUNDS[4] = {
        {190, 214, 172}, {226, 208, 168}, {206, 196, 222}, {208, 212, 214}};
    int tint = (int)assay_rng_below(rng, 4), kinds[N_KINDS];
    film f = {.n_actors = 1, .sky = SKIES[tint], .ground = GROUNDS[tint]};
    assay_permute(rng, kinds, N_KINDS);
    int first = (int)assay_rng_below(rng, ASSAY_N_COLOURS),
        second = assay_pick_other(rng, ASSAY_N_COLOURS, first, -1);
    for (int a = 0; a < 2; a++) {
        f.actors[a].kind = KINDS[kinds[a]];
        double x = 0.8 * (assay_rng_unit(rng) - 0.5), y = 0.8 * (assay_rng_unit(rng) - 0.5);
        for (int i = 0; i < N_FRAMES; i++)
            f.actors[a].shots[i] = (shot){x, y, 0.5, 0, a == 0 ? first : second};
    }
    return f;
}

/* The frames of a trend in order; `step` is -1, 0 or 1. */
static void put_shot(shot *now, int trend, int step) {
    static const double SIZES[3] = {0.28, 0.52, 0.86};
    switch (trend) {
    case LEFT:
    case RIGHT:
        now->x = trend == LEFT ? -step : step;
        break;
    case UP:
    case DOWN:
        now->y = trend == UP ? -step : step;
        break;
    default:
        now->size = SIZES[trend == BIGGER ? step + 1 : 1 - step];
        break;
    }
}

static void act(actor *a, assay_rng *rng, int event) {
    int turn = assay_chance(rng, 50) ? 60 : -60, colours[ASSAY_N_COLOURS];
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    for (int i = 0; i < N_FRAMES; i++) {
        if (event < N_TRENDS)
            put_shot(&a->shots[i], event, i - 1);
        else if (event == TURNING)
            a->shots[i].turn = turn * i;
        else
            a->shots[i].colour = colours[i];
    }
}

/* ---- questions ---- */

static assay_trait colour_of(assay_synth_sample *s, const film *f) {
    static const char *const COLOURS[ASSAY_N_COLOURS] = {"red",    "green",  "blue",
                                                         "yellow", "purple", "black"};
    const char *name = assay_kind_name(f->actors[0].kind);
    return (assay_trait){{assay_synth_say(s, "What colour is the %s in the first frame?", name)},
                         "It is %s.",
                         assay_synth_say(s, "Is the %s %%s in the first frame?", name),
                         COLOURS,
                         ASSAY_N_COLOURS,
                         f->actors[0].shots[0].colour};
}

static void hint_states(assay_synth_sample *s, int event, const char *name) {
    if (event >= N_TRENDS) return;
    static const char *const WHEN_SHOWN[2] = {"first", "last"};
    for (int i = 0; i < 2; i++) {
        const char *question =
            assay_synth_say(s,
                            event < BIGGER ? "Where is the %s in the %s frame?"
                                           : "How big is the %s in the %s frame?",
                            name, WHEN_SHOWN[i]);
        assay_synth_add_hint(s, question, assay_synth_say(s, "It is %s.", STATES[event][i]));
    }
}

static void ask_what(assay_synth_sample *s, assay_rng *rng, bool next) {
    film f = plain_film(rng);
    int event = (int)assay_rng_below(rng, next ? N_TRENDS : N_EVENTS), n = 0;
    act(&f.actors[0], rng, event);
    show(&f, s, rng);
    const char *name = assay_kind_name(f.actors[0].kind);
    assay_trait traits[3];
    traits[n++] =
        (assay_trait){{assay_synth_say(s, "What happens to the %s?", name),
                       assay_synth_say(s, "What does the %s do in this film?", name),
                       assay_synth_say(s, "How does the %s change from frame to frame?", name)},
                      "It %s.",
                      NULL,
                      HAPPENS,
                      N_EVENTS,
                      event};
    traits[n++] = colour_of(s, &f);
    if (event < N_TRENDS)
        traits[n++] = (assay_trait){
            {assay_synth_say(s, "How will the %s be in the next frame?", name),
             assay_synth_say(s, "Think of the next frame. How is the %s there?", name),
             assay_synth_say(s, "The film goes on. How is the %s then?", name)},
            "It is %s.",
            assay_synth_say(s, "Will the %s be %%s in the next frame?", name),
            NEXT,
            N_TRENDS,
            event};
    assay_traits_ask(s, rng, traits, n, next ? 2 : 0);
    hint_states(s, event, name);
    const char *colour = assay_colour_name(f.actors[0].shots[0].colour);
    s->description = assay_synth_say(s, "Three frames of a film with a %s %s at first. It %s.",
                                     colour, name, HAPPENS[event]);
    if (event < N_TRENDS)
        s->description = assay_synth_say(s, "%s First it is %s, at the end it is %s.",
                                         s->description, STATES[event][0], STATES[event][1]);
}

static void ask_when(assay_synth_sample *s, assay_rng *rng) {
    film f = plain_film(rng);
    int trend = (int)assay_rng_below(rng, N_TRENDS), steps[N_FRAMES], most = 0, least = 0;
    assay_permute(rng, steps, N_FRAMES);
    for (int i = 0; i < N_FRAMES; i++) {
        put_shot(&f.actors[0].shots[i], trend, steps[i] - 1);
        if (steps[i] == N_FRAMES - 1) most = i;
        if (steps[i] == 0) least = i;
    }
    show(&f, s, rng);
    const char *name = assay_kind_name(f.actors[0].kind);
    assay_trait traits[3];
    for (int k = 0; k < 2; k++) {
        const char *sort = MOST[k == 0 ? trend : trend ^ 1];
        traits[k] = (assay_trait){{assay_synth_say(s, "In which frame is the %s %s?", name, sort),
                                   assay_synth_say(s, "When is the %s %s?", name, sort)},
                                  "In the %s frame.",
                                  assay_synth_say(s, "Is the %s %s in the %%s frame?", name, sort),
                                  FRAMES,
                                  N_FRAMES,
                                  k == 0 ? most : least};
    }
    traits[2] = colour_of(s, &f);
    assay_traits_ask(s, rng, traits, 3, 0);
    s->description = assay_synth_say(
        s, "Three frames of a film with a %s %s. It is %s in the %s frame and %s in the %s frame.",
        assay_colour_name(f.actors[0].shots[0].colour), name, MOST[trend], FRAMES[most],
        MOST[trend ^ 1], FRAMES[least]);
}

/* Two things, one above the other; each moves to one side or stands still. */
static void ask_who(assay_synth_sample *s, assay_rng *rng) {
    film f = plain_film(rng);
    f.n_actors = 2;
    int who = (int)assay_rng_below(rng, 4);
    for (int a = 0; a < 2; a++) {
        int trend = (int)assay_rng_below(rng, 2);
        bool moves = who == a || who == 2;
        for (int i = 0; i < N_FRAMES; i++) {
            shot *now = &f.actors[a].shots[i];
            now->size = 0.42;
            now->y = a == 0 ? -0.9 : 0.9;
            if (moves) put_shot(now, trend, i - 1);
        }
    }
    show(&f, s, rng);
    const char *first = assay_kind_name(f.actors[0].kind),
               *second = assay_kind_name(f.actors[1].kind);
    const char *words[4] = {assay_synth_say(s, "Only the %s", first),
                            assay_synth_say(s, "Only the %s", second), "Both of them",
                            "Neither of them"};
    bool swap = assay_chance(rng, 50);
    const char *a = swap ? second : first, *b = swap ? first : second;
    assay_trait traits[2] = {
        {{assay_synth_say(s, "Which thing moves, the %s or the %s?", a, b),
          assay_synth_say(s, "What moves in the film, the %s or the %s?", a, b)},
         "%s.",
         NULL,
         words,
         4,
         who},
        colour_of(s, &f),
    };
    assay_traits_ask(s, rng, traits, 2, 0);
    bool moves[2] = {who == 0 || who == 2, who == 1 || who == 2};
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? first : second;
        assay_synth_add_hint(s, assay_synth_say(s, "Does the %s move?", name),
                             moves[i] ? "Yes." : "No.");
    }
    s->description = assay_synth_say(
        s, "Three frames of a film with a %s above and a %s below. The %s %s. The %s %s.", first,
        second, first, moves[0] ? "moves" : "stands still", second,
        moves[1] ? "moves" : "stands still");
}

void assay_draw_animation(assay_synth_sample *s, assay_rng *rng) {
    static const topic TOPICS[8] = {WHAT_HAPPENS, WHAT_HAPPENS, WHAT_HAPPENS, WHAT_NEXT,
                                    WHAT_NEXT,    WHEN,         WHEN,         WHO};
    topic asked = TOPICS[assay_rng_below(rng, 8)];
    if (asked == WHEN)
        ask_when(s, rng);
    else if (asked == WHO)
        ask_who(s, rng);
    else
        ask_what(s, rng, asked == WHAT_NEXT);
}
