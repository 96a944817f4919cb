/* Outdoor Navigation: a map with a place at the end of each road, and the view from the car. Must it
 * change lanes, where does it turn, where does its lane lead? */
#include "synth/draw/road.h"
#include "synth/draw/rooms.h"
#include "synth/sample.h"

enum { N_SPOTS = 5, N_LANES = 3 };

static const char *const SPOTS[N_SPOTS] = {"hospital", "park", "coffee shop", "port", "house"};
static const char *const SIGNS[N_SPOTS] = {"a red cross", "a tree", "a cup", "a boat", "a house"};

/* spots[way]: where the roads to the left, straight on and to the right lead, seen from the car.
 * Directions on the map are counted clockwise: 0 up, 1 right, 2 down, 3 left. */
typedef struct trip {
    int spots[N_SPOTS];
    int look, lane;
} trip;

static void draw_spot(const assay_pen *page, int spot, double x, double y) {
    static const int KINDS[N_SPOTS] = {ASSAY_CROSS, ASSAY_TREE, ASSAY_CUP, ASSAY_BOAT, ASSAY_HOUSE};
    static const int COLOURS[N_SPOTS] = {ASSAY_RED, ASSAY_GREEN, ASSAY_PURPLE, ASSAY_BLUE,
                                         ASSAY_YELLOW};
    static const assay_colour PAPER = {255, 255, 255}, RIM = {90, 94, 104};
    assay_pen_rect(page, RIM, x - 15, y - 15, x + 15, y + 15);
    assay_pen_rect(page, PAPER, x - 13.5, y - 13.5, x + 13.5, y + 13.5);
    assay_pen pen = assay_pen_at(page->canvas, page->x + (x - 50) * page->unit,
                                 page->y + (y - 50) * page->unit, 22 * page->unit, 0, false);
    assay_kind_draw(&pen, KINDS[spot], COLOURS[spot]);
}

static void draw_map(assay_synth_sample *s, assay_rng *rng, const trip *t) {
    static const int SIDE_X[4] = {0, 1, 0, -1}, SIDE_Y[4] = {-1, 0, 1, 0};
    static const assay_colour LAND = {232, 228, 216}, BLOCK = {206, 200, 188},
                              ROAD = {255, 255, 255}, EDGE = {176, 172, 164};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_canvas_fill(canvas, LAND);
    assay_pen page = assay_pen_page(canvas);
    for (int i = 0; i < 4; i++) {
        double x = i % 2 ? 68 : 4, y = i / 2 ? 68 : 4;
        assay_pen_rect(&page, BLOCK, x, y, x + 28, y + 28);
    }
    assay_pen_rect(&page, EDGE, 39, 6, 61, 94);
    assay_pen_rect(&page, EDGE, 6, 39, 94, 61);
    assay_pen_rect(&page, ROAD, 41, 6, 59, 94);
    assay_pen_rect(&page, ROAD, 6, 41, 94, 59);
    for (int way = 0; way < N_LANES; way++) {
        int side = (t->look + way + 3) % 4;
        draw_spot(&page, t->spots[way], 50 + 34 * SIDE_X[side], 50 + 34 * SIDE_Y[side]);
    }
    assay_pen car = assay_pen_at(canvas, page.x - 30 * SIDE_X[t->look] * page.unit,
                                 page.y - 30 * SIDE_Y[t->look] * page.unit, 24 * page.unit,
                                 90.0 * t->look, false);
    assay_plan_walker_draw(&car);
}

static void draw_trip(assay_synth_sample *s, assay_rng *rng, const trip *t) {
    draw_map(s, rng, t);
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int colour = (int)assay_rng_below(rng, ASSAY_BLACK);
    assay_lanes street = assay_lanes_draw(canvas, rng, N_LANES);
    for (int way = 0; way < N_LANES; way++) assay_lanes_arrow(&street, way, way);
    assay_lanes_bonnet(&street, t->lane, colour);
}

static void describe(assay_synth_sample *s, const trip *t) {
    static const char *const LOOKS[4] = {"up", "right", "down", "left"};
    static const char *const LANES[N_LANES] = {"left", "middle", "right"};
    static const char *const TURNS[N_LANES] = {"left", "straight on", "right"};
    static const char *const ANSWERS[N_LANES] = {"Left.", "Straight on.", "Right."};
    s->description = assay_synth_say(
        s,
        "The blue pointer on the map looks %s. Left leads to the %s, straight on to the %s, right "
        "to the %s. In the second picture the car is in the %s lane.",
        LOOKS[t->look], SPOTS[t->spots[0]], SPOTS[t->spots[1]], SPOTS[t->spots[2]], LANES[t->lane]);
    assay_synth_add_hint(s, "Which way does the blue pointer look?",
                         assay_synth_say(s, "It looks %s.", LOOKS[t->look]));
    assay_synth_add_hint(s, "Which lane is the car in?",
                         assay_synth_say(s, "In the %s lane.", LANES[t->lane]));
    assay_synth_add_hint(s, "Where does the arrow in the lane of the car point?",
                         assay_synth_say(s, "It points %s.", TURNS[t->lane]));
    for (int way = 0; way < N_LANES; way++) {
        int spot = t->spots[way], side = (t->look + way + 3) % 4;
        assay_synth_add_hint(s, assay_synth_say(s, "Which way is the %s?", SPOTS[spot]),
                             ANSWERS[way]);
        assay_synth_add_hint(s, assay_synth_say(s, "Where on the map is %s?", SIGNS[spot]),
                             side == 0   ? "At the top."
                             : side == 1 ? "On the right."
                             : side == 2 ? "At the bottom."
                                         : "On the left.");
    }
}

/* The lane that leads there lies to the left of the car's, to the right, or is its own. */
static void ask_lane(assay_synth_sample *s, assay_rng *rng, trip *t) {
    static const char *const OPTIONS[3] = {"Yes, change to the left.", "Yes, change to the right.",
                                           "No, stay in this lane."};
    static const int PAIRS[3][3][2] = {
        {{0, 1}, {0, 2}, {1, 2}}, {{1, 0}, {2, 0}, {2, 1}}, {{0, 0}, {1, 1}, {2, 2}}};
    int right = (int)assay_rng_below(rng, 3);
    const int *pair = PAIRS[right][assay_rng_below(rng, 3)];
    t->lane = pair[1];
    draw_trip(s, rng, t);
    const char *form = ASSAY_PICK(rng, "I drive to the %s. Must I change lanes?",
                                  "I am on my way to the %s. Do I need to change lanes?",
                                  "I want to get to the %s. Is another lane needed?");
    s->texts.question = assay_synth_say(s, form, SPOTS[t->spots[pair[0]]]);
    assay_synth_offer_one_of(s, rng, OPTIONS, 3, right);
}

static void ask_turn(assay_synth_sample *s, assay_rng *rng, trip *t) {
    static const char *const OPTIONS[N_LANES] = {"Turn left.", "Drive straight on.", "Turn right."};
    int right = (int)assay_rng_below(rng, N_LANES);
    draw_trip(s, rng, t);
    const char *form = ASSAY_PICK(rng, "I am at the blue pointer. How do I get to the %s?",
                                  "Where must I turn to reach the %s?",
                                  "I drive to the %s. What do I do at the crossing?");
    s->texts.question = assay_synth_say(s, form, SPOTS[t->spots[right]]);
    assay_synth_offer_one_of(s, rng, OPTIONS, N_LANES, right);
}

static void ask_end(assay_synth_sample *s, assay_rng *rng, trip *t) {
    draw_trip(s, rng, t);
    s->texts.question = ASSAY_PICK(rng, "I stay in my lane. Where do I end up?",
                                   "Where does the lane of the car lead?",
                                   "Which place do I reach if I do not change lanes?");
    const char *options[N_LANES];
    for (int i = 0; i < N_LANES; i++)
        options[i] = assay_synth_say(s, "The %s.", SPOTS[t->spots[i]]);
    assay_synth_offer_one_of(s, rng, options, N_LANES, t->lane);
}

void assay_draw_outdoor_navigation(assay_synth_sample *s, assay_rng *rng) {
    typedef void (*ask)(assay_synth_sample *, assay_rng *, trip *);
    static const ask SORTS[5] = {ask_lane, ask_lane, ask_lane, ask_turn, ask_end};
    trip t;
    assay_permute(rng, t.spots, N_SPOTS);
    t.look = (int)assay_rng_below(rng, 4);
    t.lane = (int)assay_rng_below(rng, N_LANES);
    SORTS[assay_rng_below(rng, 5)](s, rng, &t);
    describe(s, &t);
}
