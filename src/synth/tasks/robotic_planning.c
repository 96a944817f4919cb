/* Robotic Planning: the first step towards a goal. What lies on top must go first, a full hand must
 * be emptied, a locked door needs its key, a stone blocks the way. */
#include "synth/draw/scene.h"

static const assay_colour DARK = {58, 60, 68}, STEEL = {156, 162, 172}, WHITE = {255, 255, 255},
                          WOOD = {190, 142, 88}, EDGE = {136, 92, 52}, CARTON = {208, 168, 112},
                          LID = {170, 128, 78};

/* ---- things ---- */

/* A mobile robot with a face; `tint` of its body. */
static void draw_robot(const assay_pen *pen, int tint) {
    assay_colour body = assay_colour_value(tint);
    assay_pen_line(pen, DARK, 4, 50, 16, 50, 4);
    assay_pen_ellipse(pen, assay_colour_value(ASSAY_RED), 50, 5, 6, 6);
    assay_pen_rect(pen, STEEL, 22, 14, 78, 50);
    assay_pen_rect(pen, DARK, 28, 20, 72, 44);
    assay_pen_ellipse(pen, WHITE, 40, 31, 7, 7);
    assay_pen_ellipse(pen, WHITE, 60, 31, 7, 7);
    assay_pen_rect(pen, body, 14, 52, 86, 84);
    assay_pen_line(pen, STEEL, 8, 10, 58, 2, 74);
    assay_pen_line(pen, STEEL, 8, 90, 58, 98, 74);
    for (int x = 26; x <= 74; x += 24) assay_pen_ellipse(pen, DARK, x, 88, 11, 11);
}

/* The arm comes from above and ends in a hand; its fingers begin at (x, y). */
static void draw_arm(const assay_pen *page, double x, double y) {
    const double upper[] = {160, 11, 78, -2, x, y - 12};
    assay_pen_stroke(page, STEEL, 9, upper, 3);
    assay_pen_ellipse(page, DARK, 78, -2, 5, 5);
    assay_pen_ellipse(page, DARK, x, y - 12, 6, 6);
    assay_pen_line(page, STEEL, 7, x, y - 12, x, y - 3);
    assay_pen_rect(page, DARK, x - 14, y - 4, x + 14, y + 1);
    assay_pen_rect(page, DARK, x - 14, y, x - 10, y + 14);
    assay_pen_rect(page, DARK, x + 10, y, x + 14, y + 14);
}

static void draw_cube(const assay_pen *page, int colour, double x, double bottom) {
    assay_colour face = assay_colour_value(colour);
    assay_pen_rect(page, assay_colour_shade(face, 72), x - 10, bottom - 20, x + 10, bottom);
    assay_pen_rect(page, face, x - 8, bottom - 18, x + 8, bottom - 2);
}

static void draw_key(const assay_pen *page, double x, double y) {
    assay_pen pen = assay_pen_at(page->canvas, page->x + (x - 50) * page->unit,
                                 page->y + (y - 50) * page->unit, 30 * page->unit, 0, false);
    assay_kind_draw(&pen, ASSAY_KEY, ASSAY_YELLOW);
}

static void draw_lock(const assay_pen *page, double x, double y) {
    const double bow[] = {x - 5, y, x - 5, y - 9, x + 5, y - 9, x + 5, y};
    assay_pen_stroke(page, DARK, 3.5, bow, 4);
    assay_pen_rect(page, assay_colour_value(ASSAY_YELLOW), x - 9, y - 2, x + 9, y + 12);
    assay_pen_ellipse(page, DARK, x, y + 3, 2.5, 2.5);
    assay_pen_rect(page, DARK, x - 1, y + 4, x + 1, y + 9);
}

static assay_pen next_page(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_ground_draw(canvas, rng);
    return assay_pen_page(canvas);
}

/* ---- blocks on a table, and an arm ---- */

enum { N_BLOCKS = 4, HELD = 2 };

/* Block i stands on block on[i], or at place[i] of the table when on[i] < 0; HELD: in the hand. */
typedef struct blocks {
    int colours[N_BLOCKS], on[N_BLOCKS], place[N_BLOCKS], n;
    bool held[N_BLOCKS];
} blocks;

static void draw_blocks(assay_synth_sample *s, assay_rng *rng, const blocks *b) {
    assay_pen page = next_page(s, rng);
    assay_pen_rect(&page, WOOD, -60, 84, 160, 160);
    assay_pen_rect(&page, EDGE, -60, 84, 160, 88);
    double arm_x = 50, arm_y = 16;
    for (int i = 0; i < b->n; i++) {
        if (b->held[i]) draw_cube(&page, b->colours[i], arm_x, arm_y + 22);
    }
    for (int i = 0; i < b->n; i++) {
        if (b->held[i]) continue;
        int below = b->on[i];
        int place = below < 0 ? b->place[i] : b->place[below];
        draw_cube(&page, b->colours[i], 22 + 28 * place, below < 0 ? 84 : 64);
    }
    draw_arm(&page, arm_x, arm_y);
}

static const char *block_text(assay_synth_sample *s, const blocks *b, int i) {
    const char *colour = assay_colour_name(b->colours[i]);
    if (b->held[i]) return assay_synth_say(s, "The robot holds the %s block.", colour);
    if (b->on[i] < 0) return assay_synth_say(s, "The %s block stands on the table.", colour);
    return assay_synth_say(s, "The %s block is on the %s block.", colour,
                           assay_colour_name(b->colours[b->on[i]]));
}

static void hint_blocks(assay_synth_sample *s, const blocks *b) {
    s->description = assay_synth_say(s, "%s %s %s%s%s", block_text(s, b, 0), block_text(s, b, 1),
                                     block_text(s, b, 2), b->n > 3 ? " " : "",
                                     b->n > 3 ? block_text(s, b, 3) : "");
    for (int i = 0; i < b->n; i++) {
        const char *colour = assay_colour_name(b->colours[i]), *over = NULL;
        for (int j = 0; j < b->n; j++) {
            if (b->on[j] == i) over = assay_colour_name(b->colours[j]);
        }
        assay_synth_add_hint(s, assay_synth_say(s, "What is on the %s block?", colour),
                             over ? assay_synth_say(s, "The %s block.", over) : "Nothing.");
        assay_synth_add_hint(s, assay_synth_say(s, "Where is the %s block?", colour),
                             block_text(s, b, i));
    }
}

static const char *goal_of(assay_synth_sample *s, assay_rng *rng, int colour) {
    const char *form = ASSAY_PICK(rng, "The robot must get the %s block. What is its first step?",
                                  "The robot wants the %s block. What must it do first?",
                                  "What must the robot do first to take the %s block?");
    return assay_synth_say(s, form, assay_colour_name(colour));
}

/* Block 0 is wanted. It is free, or block 1 is on it, or the hand still holds block 2. */
static void draw_hand(assay_synth_sample *s, assay_rng *rng) {
    int order[ASSAY_N_COLOURS], places[3], right = (int)assay_rng_below(rng, 3);
    bool extra = assay_chance(rng, 50);
    assay_permute(rng, order, ASSAY_N_COLOURS);
    assay_permute(rng, places, 3);
    blocks b = {.n = 3};
    for (int i = 0; i < 3; i++) {
        b.colours[i] = order[i];
        b.on[i] = -1;
        b.place[i] = places[i];
    }
    if (right == 0 && extra) b.on[0] = 1;
    if (right == 1 || (right == HELD && extra)) b.on[1] = 0;
    b.held[HELD] = right == HELD;
    draw_blocks(s, rng, &b);
    s->texts.question = goal_of(s, rng, order[0]);
    const char *options[3];
    for (int i = 0; i < 3; i++)
        options[i] = assay_synth_say(s, i == HELD ? "Put down the %s block." : "Take the %s block.",
                                     assay_colour_name(order[i]));
    assay_synth_offer_one_of(s, rng, options, 3, right);
    hint_blocks(s, &b);
    assay_synth_add_hint(s, "Is the hand of the robot empty?", right == HELD ? "No." : "Yes.");
    assay_synth_add_hint(s, "What does the robot hold?",
                         right == HELD
                             ? assay_synth_say(s, "The %s block.", assay_colour_name(order[HELD]))
                             : "Nothing.");
}

/* Two stacks of two; block 0 is wanted, right is the block on top of its stack. */
static void draw_stacks(assay_synth_sample *s, assay_rng *rng) {
    int order[ASSAY_N_COLOURS], places[3], right = (int)assay_rng_below(rng, N_BLOCKS);
    assay_permute(rng, order, ASSAY_N_COLOURS);
    assay_permute(rng, places, 3);
    blocks b = {.n = N_BLOCKS};
    for (int i = 0; i < N_BLOCKS; i++) {
        b.colours[i] = order[i];
        b.on[i] = -1;
        b.place[i] = 0;
    }
    /* Partner of the wanted block, and the two of the other stack. */
    int partner = right == 0 ? 1 + (int)assay_rng_below(rng, 3) : right, rest[2], n = 0;
    for (int i = 1; i < N_BLOCKS; i++) {
        if (i != partner) rest[n++] = i;
    }
    bool turned = assay_chance(rng, 50);
    int low = right == 0 ? partner : 0, low_rest = rest[turned];
    b.on[right] = low;
    b.place[low] = places[0];
    b.on[rest[!turned]] = low_rest;
    b.place[low_rest] = places[1];
    draw_blocks(s, rng, &b);
    s->texts.question = goal_of(s, rng, order[0]);
    const char *options[N_BLOCKS];
    for (int i = 0; i < N_BLOCKS; i++)
        options[i] = assay_synth_say(s, "Take the %s block.", assay_colour_name(order[i]));
    assay_synth_offer_one_of(s, rng, options, N_BLOCKS, right);
    hint_blocks(s, &b);
}

/* ---- doors and boxes ---- */

enum { OPEN, SHUT, LOCKED, BLOCKED, N_STATES };

static void draw_door(const assay_pen *page, int state) {
    static const assay_colour FLOOR = {198, 190, 178}, BEYOND = {170, 214, 240},
                              PANEL = {158, 108, 66};
    static const double LEAF[] = {60, 12, 46, 20, 46, 92, 60, 82};
    assay_pen_rect(page, FLOOR, -60, 82, 160, 160);
    assay_pen_rect(page, DARK, 56, 8, 98, 82);
    assay_pen_rect(page, state == OPEN ? BEYOND : PANEL, 60, 12, 94, 82);
    if (state == OPEN)
        assay_pen_polygon(page, PANEL, LEAF, 4);
    else
        assay_pen_ellipse(page, WHITE, 66, 50, 3, 3);
    if (state == LOCKED) draw_lock(page, 77, 40);
    if (state == BLOCKED) {
        assay_pen_rect(page, CARTON, 58, 54, 98, 94);
        assay_pen_rect(page, LID, 58, 54, 98, 60);
        assay_pen_rect(page, WHITE, 75, 54, 81, 94);
    }
}

static void draw_chest(const assay_pen *page, int state) {
    static const assay_colour FLOOR = {198, 190, 178}, INSIDE = {92, 62, 36};
    static const double RAISED[] = {52, 50, 57, 26, 99, 26, 94, 50};
    assay_pen_rect(page, FLOOR, -60, 80, 160, 160);
    if (state == OPEN) {
        assay_pen_polygon(page, LID, RAISED, 4);
        assay_pen_rect(page, INSIDE, 52, 48, 94, 60);
        assay_pen_ellipse(page, assay_colour_value(ASSAY_RED), 73, 46, 12, 12);
    } else {
        assay_pen_rect(page, LID, 50, 44, 96, 56);
    }
    assay_pen_rect(page, CARTON, 52, 54, 94, 90);
    assay_pen_frame(page, LID, 3, 52, 54, 94, 90);
    if (state == LOCKED) draw_lock(page, 73, 58);
    if (state != BLOCKED) return;
    /* A heavy stone lies on the lid. */
    static const double STONE[] = {52, 44, 55, 26, 66, 16, 82, 18, 92, 28, 95, 44};
    assay_pen_polygon(page, (assay_colour){132, 134, 140}, STONE, 6);
}

static void draw_obstacle(assay_synth_sample *s, assay_rng *rng) {
    static const char *const GOALS[2][3] = {
        {"The robot must go out. What is its first step?",
         "The robot wants to leave the room. What must it do first?",
         "What must the robot do first to get through the door?"},
        {"The robot must get the ball out of the box. What is its first step?",
         "The robot wants the ball from the box. What must it do first?",
         "What must the robot do first to take the ball out of the box?"}};
    static const char *const STEPS[2][N_STATES] = {
        {"Drive through the door.", "Open the door.", "Get the key.", "Push the box away."},
        {"Take the ball.", "Open the box.", "Get the key.", "Take the stone away."}};
    static const char *const SEEN[2][N_STATES] = {
        {"The door is open.", "The door is closed, but it is not locked.",
         "The door is closed and has a lock.", "A box stands in front of the door."},
        {"The box is open, and a red ball is in it.", "The box is closed, but it is not locked.",
         "The box is closed and has a lock.", "A stone lies on the closed box."}};
    static const char *const ASKED[2][3] = {
        {"Is the door open?", "Is there a lock on the door?", "Is a box in front of the door?"},
        {"Is the box open?", "Is there a lock on the box?", "Is a stone on the box?"}};
    bool chest = assay_chance(rng, 50);
    int state = (int)assay_rng_below(rng, N_STATES), tint = (int)assay_rng_below(rng, ASSAY_BLACK);
    assay_pen page = next_page(s, rng);
    if (chest)
        draw_chest(&page, state);
    else
        draw_door(&page, state);
    assay_pen robot = assay_pen_at(page.canvas, page.x - 27 * page.unit, page.y + 20 * page.unit,
                                   42 * page.unit, 0, false);
    draw_robot(&robot, tint);
    draw_key(&page, 23, 22);
    s->texts.question = assay_pick(rng, GOALS[chest], 3);
    assay_synth_offer_one_of(s, rng, STEPS[chest], N_STATES, state);
    s->description = assay_synth_say(s, "There is a %s robot and a key. %s",
                                     assay_colour_name(tint), SEEN[chest][state]);
    static const int STATE_OF[3] = {OPEN, LOCKED, BLOCKED};
    for (int i = 0; i < 3; i++)
        assay_synth_add_hint(s, ASKED[chest][i], state == STATE_OF[i] ? "Yes." : "No.");
    assay_synth_add_hint(s, chest ? "What do you see of the box?" : "What do you see of the door?",
                         SEEN[chest][state]);
    assay_synth_add_hint(s, "What colour is the robot?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(tint)));
}

/* ---- a grid with stones ---- */

enum { GRID = 3, N_WAYS = 4 };
static const int STEP_X[N_WAYS] = {0, 0, -1, 1}, STEP_Y[N_WAYS] = {-1, 1, 0, 0};
static const char *const WAYS[N_WAYS] = {"up", "down", "left", "right"};

static bool inside(int x, int y) {
    return x >= 0 && x < GRID && y >= 0 && y < GRID;
}

static void draw_grid(const assay_pen *page, int robot, int goal, int stone, int tint) {
    static const assay_colour CELL = {255, 255, 255}, LINE = {160, 164, 172},
                              ROCK = {120, 122, 128};
    for (int i = 0; i < GRID * GRID; i++) {
        double x = 2 + 32 * (i % GRID), y = 2 + 32 * (i / GRID);
        assay_pen_rect(page, LINE, x, y, x + 32, y + 32);
        assay_pen_rect(page, CELL, x + 1, y + 1, x + 31, y + 31);
        assay_pen pen =
            assay_pen_at(page->canvas, page->x + (x + 16 - 50) * page->unit,
                         page->y + (y + 16 - 50) * page->unit, 26 * page->unit, 0, false);
        if (i == robot) draw_robot(&pen, tint);
        if (i == goal) assay_kind_draw(&pen, ASSAY_STAR, ASSAY_YELLOW);
        if (i == stone) {
            static const double STONE[] = {4, 84, 10, 46, 34, 18, 66, 14, 90, 40, 98, 84};
            assay_pen_polygon(&pen, ROCK, STONE, 6);
            assay_pen_line(&pen, LINE, 5, 34, 40, 52, 32);
        }
    }
}

/* The star is two steps away. Straight ahead the way is free; round a corner a stone leaves one way.
 */
static void draw_way(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[N_WAYS] = {"Go up.", "Go down.", "Go left.", "Go right."};
    int right = (int)assay_rng_below(rng, N_WAYS), tint = (int)assay_rng_below(rng, ASSAY_BLACK);
    int x, y, side;
    do {
        x = (int)assay_rng_below(rng, GRID);
        y = (int)assay_rng_below(rng, GRID);
        side = (int)assay_rng_below(rng, N_WAYS); /* the second step */
    } while ((side ^ 1) == right || !inside(x + STEP_X[right], y + STEP_Y[right]) ||
             !inside(x + STEP_X[right] + STEP_X[side], y + STEP_Y[right] + STEP_Y[side]));
    int robot = x + GRID * y,
        goal = robot + STEP_X[right] + STEP_X[side] + GRID * (STEP_Y[right] + STEP_Y[side]);
    int stone = robot + STEP_X[side] + GRID * STEP_Y[side];
    if (side == right) {
        do stone = (int)assay_rng_below(rng, GRID * GRID);
        while (stone == robot || stone == goal ||
               stone == robot + STEP_X[right] + GRID * STEP_Y[right]);
    }
    assay_pen page = next_page(s, rng);
    draw_grid(&page, robot, goal, stone, tint);
    s->texts.question = ASSAY_PICK(
        rng, "The robot must reach the star in two steps. What is its first step?",
        "Which way must the robot go first to reach the star in two steps?",
        "The robot wants the star, and a stone may be in its way. Where must it go first?");
    assay_synth_offer_one_of(s, rng, OPTIONS, N_WAYS, right);
    const char *path = assay_synth_say(s, "First %s, then %s.", WAYS[right], WAYS[side]);
    s->description =
        assay_synth_say(s,
                        "The robot is in row %d, place %d. The star is in row %d, "
                        "place %d. The stone is in row %d, place %d. The way to the "
                        "star: first %s, then %s.",
                        robot / GRID + 1, robot % GRID + 1, goal / GRID + 1, goal % GRID + 1,
                        stone / GRID + 1, stone % GRID + 1, WAYS[right], WAYS[side]);
    assay_synth_add_hint(s, "How does the robot get to the star?", path);
    static const char *const NAMES[3] = {"robot", "star", "stone"};
    const int cells[3] = {robot, goal, stone};
    for (int i = 0; i < 3; i++)
        assay_synth_add_hint(
            s, assay_synth_say(s, "Where is the %s?", NAMES[i]),
            assay_synth_say(s, "In row %d, place %d.", cells[i] / GRID + 1, cells[i] % GRID + 1));
    for (int i = 0; i < N_WAYS; i += 2) {
        int off = i == 0 ? goal / GRID - robot / GRID : goal % GRID - robot % GRID;
        const char *low = i == 0 ? "Above." : "Left.", *high = i == 0 ? "Below." : "Right.";
        assay_synth_add_hint(s,
                             i == 0 ? "Is the star above or below the robot?"
                                    : "Is the star left or right of the robot?",
                             off == 0  ? "Neither."
                             : off < 0 ? low
                                       : high);
    }
}

void assay_draw_robotic_planning(assay_synth_sample *s, assay_rng *rng) {
    static assay_task_draw *const SORTS[5] = {draw_hand, draw_stacks, draw_obstacle, draw_obstacle,
                                              draw_way};
    SORTS[assay_rng_below(rng, 5)](s, rng);
}
