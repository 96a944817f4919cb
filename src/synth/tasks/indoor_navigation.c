/* Indoor Navigation: a floor plan, and somebody in it who looks one way. Which room is on the left,
 * where to turn, through which room to go. */
#include "synth/draw/rooms.h"
#include "synth/sample.h"

static const assay_colour WALL = {70, 72, 82}, HALL = {244, 242, 236}, GARDEN = {184, 214, 168};

/* Directions are counted clockwise: 0 up, 1 right, 2 down, 3 left; relative to where one looks:
 * 0 ahead, 1 right, 2 behind, 3 left. */
enum { N_SIDES = 4 };
static const int SIDE_X[N_SIDES] = {0, 1, 0, -1}, SIDE_Y[N_SIDES] = {-1, 0, 1, 0};
static const char *const LOOKS[N_SIDES] = {"up", "right", "down", "left"};
static const char *const PLACES[N_SIDES] = {"at the top", "on the right", "at the bottom",
                                            "on the left"};

static assay_pen cell_at(const assay_pen *page, double x, double y, double size, double turn) {
    return assay_pen_at(page->canvas, page->x + (x - 50) * page->unit,
                        page->y + (y - 50) * page->unit, size * page->unit, turn, false);
}

/* ---- four rooms around a hall ---- */

/* rooms[side] of the hall; somebody in the middle looks to the side `look`. */
static void draw_star_plan(assay_synth_sample *s, assay_rng *rng, const int *rooms, int look) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_canvas_fill(canvas, GARDEN);
    assay_pen page = assay_pen_page(canvas);
    assay_pen_rect(&page, WALL, 33, 1, 67, 99);
    assay_pen_rect(&page, WALL, 1, 33, 99, 67);
    assay_pen_rect(&page, HALL, 36, 36, 64, 64);
    for (int i = 0; i < N_SIDES; i++) {
        double x = 50 + 32 * SIDE_X[i], y = 50 + 32 * SIDE_Y[i];
        assay_pen pen = cell_at(&page, x, y, 29, 0);
        assay_plan_room_draw(&pen, (assay_plan_room)rooms[i]);
        double door_x = 50 + 15.5 * SIDE_X[i], door_y = 50 + 15.5 * SIDE_Y[i];
        double half_x = SIDE_X[i] ? 3 : 6, half_y = SIDE_X[i] ? 6 : 3;
        assay_pen_rect(&page, HALL, door_x - half_x, door_y - half_y, door_x + half_x,
                       door_y + half_y);
    }
    assay_pen walker = cell_at(&page, 50, 50, 21, 90.0 * look);
    assay_plan_walker_draw(&walker);
}

static void describe_star(assay_synth_sample *s, const int *rooms, int look) {
    static const char *const WHERE[N_SIDES] = {"ahead", "on the right", "behind", "on the left"};
    const char *names[N_SIDES];
    for (int i = 0; i < N_SIDES; i++)
        names[i] = assay_plan_room_name((assay_plan_room)rooms[(look + i) % N_SIDES]);
    s->description = assay_synth_say(
        s,
        "You stand in the hall and look %s in the plan. The %s is ahead, the %s is on your right, "
        "the %s is behind you and the %s is on your left.",
        LOOKS[look], names[0], names[1], names[2], names[3]);
    assay_synth_add_hint(s, "Which way does the blue pointer look?",
                         assay_synth_say(s, "It looks %s.", LOOKS[look]));
    for (int i = 0; i < N_SIDES; i++) {
        assay_synth_add_hint(
            s, assay_synth_say(s, "Which room is %s in the plan?", PLACES[i]),
            assay_synth_say(s, "The %s.", assay_plan_room_name((assay_plan_room)rooms[i])));
        assay_synth_add_hint(
            s, assay_synth_say(s, "You look %s. Which room is %s?", LOOKS[look], WHERE[i]),
            assay_synth_say(s, "The %s.", names[i]));
    }
}

static void draw_beside(assay_synth_sample *s, assay_rng *rng) {
    static const char *const WHERE[N_SIDES] = {"in front of you", "on your right", "behind you",
                                               "on your left"};
    int rooms[ASSAY_N_ROOMS], look = (int)assay_rng_below(rng, N_SIDES),
                              asked = (int)assay_rng_below(rng, N_SIDES);
    assay_permute(rng, rooms, ASSAY_N_ROOMS);
    draw_star_plan(s, rng, rooms, look);
    const char *form = ASSAY_PICK(rng, "You are at the blue pointer. Which room is %s?",
                                  "You look where the blue pointer looks. Which room is %s?",
                                  "You stand in the hall. Which room is %s?");
    s->texts.question = assay_synth_say(s, form, WHERE[asked]);
    const char *options[N_SIDES];
    for (int i = 0; i < N_SIDES; i++)
        options[i] = assay_synth_say(s, "The %s.", assay_plan_room_name((assay_plan_room)rooms[i]));
    assay_synth_offer_one_of(s, rng, options, N_SIDES, (look + asked) % N_SIDES);
    describe_star(s, rooms, look);
}

static void draw_turn(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[N_SIDES] = {"Go straight on.", "Turn right.", "Turn around.",
                                                 "Turn left."};
    int rooms[ASSAY_N_ROOMS], look = (int)assay_rng_below(rng, N_SIDES),
                              right = (int)assay_rng_below(rng, N_SIDES);
    assay_permute(rng, rooms, ASSAY_N_ROOMS);
    draw_star_plan(s, rng, rooms, look);
    assay_plan_room goal = (assay_plan_room)rooms[(look + right) % N_SIDES];
    bool furniture = assay_chance(rng, 50);
    const char *form =
        ASSAY_PICK(rng, "You are at the blue pointer. Where must you go to reach the %s?",
                   "You look where the blue pointer looks. How do you get to the %s?",
                   "You stand in the hall and want to go to the %s. Where do you turn?");
    s->texts.question = assay_synth_say(
        s, form, furniture ? assay_plan_room_furniture(goal) : assay_plan_room_name(goal));
    assay_synth_offer_one_of(s, rng, OPTIONS, N_SIDES, right);
    describe_star(s, rooms, look);
    assay_synth_add_hint(
        s, assay_synth_say(s, "Where in the plan is the %s?", assay_plan_room_furniture(goal)),
        assay_synth_say(s, "It is %s.", PLACES[(look + right) % N_SIDES]));
}

/* ---- four rooms in a square, with doors between them ---- */

/* Rooms clockwise from the top left; door i joins room i and the next one. */
static void draw_square_plan(assay_synth_sample *s, assay_rng *rng, const int *rooms,
                             const bool *doors, int start) {
    static const double ROOM_X[4] = {26, 74, 74, 26}, ROOM_Y[4] = {26, 26, 74, 74},
                        DOOR_X[4] = {50, 74, 50, 26}, DOOR_Y[4] = {26, 50, 74, 50};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_canvas_fill(canvas, GARDEN);
    assay_pen page = assay_pen_page(canvas);
    assay_pen_rect(&page, WALL, 1, 1, 99, 99);
    for (int i = 0; i < 4; i++) {
        assay_pen pen = cell_at(&page, ROOM_X[i], ROOM_Y[i], 44, 0);
        assay_plan_room_draw(&pen, (assay_plan_room)rooms[i]);
    }
    for (int i = 0; i < 4; i++) {
        if (!doors[i]) continue;
        double half_x = i % 2 ? 11 : 4, half_y = i % 2 ? 4 : 11;
        assay_pen_rect(&page, HALL, DOOR_X[i] - half_x, DOOR_Y[i] - half_y, DOOR_X[i] + half_x,
                       DOOR_Y[i] + half_y);
    }
    /* In the outer corner, so that the furniture can be seen. */
    double x = ROOM_X[start] < 50 ? 14 : 86, y = ROOM_Y[start] < 50 ? 14 : 86;
    assay_pen walker = cell_at(&page, x, y, 20, 0);
    assay_pen_ellipse(&walker, WALL, 50, 50, 50, 50);
    assay_pen_ellipse(&walker, (assay_colour){255, 255, 255}, 50, 50, 45, 45);
    assay_pen_ellipse(&walker, (assay_colour){24, 84, 226}, 50, 50, 36, 36);
}

static const char *const NO_WAY = "No way leads there.";

/* From one corner to the opposite one: the next room clockwise, the one before, or no way. */
static void draw_through(assay_synth_sample *s, assay_rng *rng) {
    int rooms[ASSAY_N_ROOMS], start = (int)assay_rng_below(rng, 4),
                              right = (int)assay_rng_below(rng, 3);
    assay_permute(rng, rooms, ASSAY_N_ROOMS);
    bool doors[4] = {true, true, true, true}, second = assay_chance(rng, 50);
    bool other_second = assay_chance(rng, 50);
    /* Of each way that is closed one of its two doors is missing. */
    if (right != 0) doors[(start + second) % 4] = false;
    if (right != 1) doors[(start + 2 + other_second) % 4] = false;
    draw_square_plan(s, rng, rooms, doors, start);
    const char *names[4];
    for (int i = 0; i < 4; i++)
        names[i] = assay_plan_room_name((assay_plan_room)rooms[(start + i) % 4]);
    const char *form = ASSAY_PICK(rng, "You are at the blue dot. Which way leads to the %s?",
                                  "How do you get from the blue dot to the %s?",
                                  "Through which room must you go from the dot to the %s?");
    s->texts.question = assay_synth_say(s, form, names[2]);
    const char *options[3];
    options[0] = assay_synth_say(s, "Through the %s.", names[1]);
    options[1] = assay_synth_say(s, "Through the %s.", names[3]);
    options[2] = NO_WAY;
    assay_synth_offer_one_of(s, rng, options, 3, right);
    s->description = assay_synth_say(
        s, "The blue dot is in the %s. %s", names[0],
        right == 2 ? assay_synth_say(s, "No way leads from there to the %s.", names[2])
                   : assay_synth_say(s, "The way to the %s goes through the %s.", names[2],
                                     names[right == 0 ? 1 : 3]));
    assay_synth_add_hint(s, "In which room is the blue dot?",
                         assay_synth_say(s, "In the %s.", names[0]));
    for (int i = 0; i < 4; i++) {
        bool open = doors[(start + i) % 4];
        assay_synth_add_hint(s,
                             assay_synth_say(s, "Is there a door between the %s and the %s?",
                                             names[i], names[(i + 1) % 4]),
                             open ? "Yes." : "No.");
    }
    static const char *const CORNERS[4] = {"at the top left", "at the top right",
                                           "at the bottom right", "at the bottom left"};
    for (int i = 0; i < 4; i++)
        assay_synth_add_hint(
            s, assay_synth_say(s, "Which room is %s?", CORNERS[i]),
            assay_synth_say(s, "The %s.", assay_plan_room_name((assay_plan_room)rooms[i])));
}

void assay_draw_indoor_navigation(assay_synth_sample *s, assay_rng *rng) {
    static assay_task_draw *const SORTS[3] = {draw_beside, draw_turn, draw_through};
    SORTS[assay_rng_below(rng, 3)](s, rng);
}
