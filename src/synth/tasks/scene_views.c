/* Scene Multi-view: a table with things on it, seen from two sides. What is on the left from one
 * side is on the right from the other; behind the table the first picture shows a window and the
 * second a door. */
#include "synth/draw/scene.h"

enum { N_PLACES = 3, N_TOYS = 7, EMPTY = -1, SCREEN = -2 };
static const int TOYS[N_TOYS] = {ASSAY_HOUSE, ASSAY_TREE, ASSAY_CAR,   ASSAY_BOAT,
                                 ASSAY_CUP,   ASSAY_CAT,  ASSAY_FLOWER};

/* What stands at a place, from left to right as the first picture shows it: a thing of the sample,
 * EMPTY, or SCREEN: a carton that hides what is behind it. */
typedef struct view {
    int at[N_PLACES];
} view;

typedef struct room {
    int kinds[N_PLACES + 1], colours[N_PLACES + 1];
    int wall;
} room;

static room choose_room(assay_rng *rng) {
    room r;
    int kinds[N_TOYS], colours[ASSAY_N_COLOURS];
    assay_permute(rng, kinds, N_TOYS);
    assay_permute(rng, colours, ASSAY_BLACK);
    for (int i = 0; i <= N_PLACES; i++) {
        r.kinds[i] = TOYS[kinds[i]];
        r.colours[i] = colours[i];
    }
    r.wall = (int)assay_rng_below(rng, 3);
    return r;
}

static const char *name_of(const room *r, int thing) {
    return assay_kind_name(r->kinds[thing]);
}

static void draw_wall(const assay_pen *page, int wall, bool window) {
    static const assay_colour WALLS[3] = {{236, 226, 206}, {214, 226, 238}, {222, 234, 216}};
    static const assay_colour FLOOR = {196, 176, 150}, FRAME = {255, 255, 255},
                              GLASS = {150, 202, 240}, DOOR = {164, 178, 196}, KNOB = {58, 60, 68};
    assay_canvas_fill(page->canvas, WALLS[wall]);
    assay_pen_rect(page, FLOOR, -60, 60, 160, 160);
    if (window) {
        assay_pen_rect(page, FRAME, 30, 2, 70, 30);
        assay_pen_rect(page, GLASS, 33, 5, 67, 27);
        assay_pen_rect(page, FRAME, 48.5, 5, 51.5, 27);
    } else {
        assay_pen_rect(page, FRAME, 36, 0, 64, 60);
        assay_pen_rect(page, DOOR, 39, 2, 61, 60);
        assay_pen_ellipse(page, KNOB, 57, 32, 2, 2);
    }
}

static void draw_table(const assay_pen *page) {
    static const double TOP[] = {14, 60, 86, 60, 99, 84, 1, 84};
    static const assay_colour WOOD = {176, 122, 70}, EDGE = {128, 84, 46};
    assay_pen_rect(page, EDGE, 6, 84, 13, 130);
    assay_pen_rect(page, EDGE, 87, 84, 94, 130);
    assay_pen_polygon(page, WOOD, TOP, 4);
    assay_pen_rect(page, EDGE, 1, 83, 99, 89);
}

static void draw_carton(const assay_pen *pen) {
    static const assay_colour CARTON = {206, 164, 108}, TAPE = {232, 206, 160},
                              LID = {170, 128, 78};
    assay_pen_rect(pen, CARTON, -6, 0, 106, 100);
    assay_pen_rect(pen, LID, -6, 0, 106, 14);
    assay_pen_rect(pen, TAPE, 42, 0, 58, 100);
}

/* From behind, the order is turned round, and so is each thing. */
static void draw_view(assay_synth_sample *s, assay_rng *rng, const room *r, const view *v,
                      bool behind) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_pen page = assay_pen_page(canvas);
    draw_wall(&page, r->wall, !behind);
    draw_table(&page);
    for (int i = 0; i < N_PLACES; i++) {
        int thing = v->at[behind ? N_PLACES - 1 - i : i];
        if (thing == EMPTY) continue;
        int x = 18 + 32 * i + assay_rng_range(rng, -2, 2), y = assay_rng_range(rng, 55, 59);
        assay_pen pen = assay_pen_at(canvas, page.x + (x - 50) * page.unit,
                                     page.y + (y - 50) * page.unit, 31 * page.unit, 0, behind);
        if (thing == SCREEN)
            draw_carton(&pen);
        else
            assay_kind_draw(&pen, r->kinds[thing], r->colours[thing]);
    }
}

/* ---- texts ---- */

/* "a red cup, a blue car and a box" from left to right. */
static const char *list_things(assay_synth_sample *s, const room *r, const view *v, bool behind) {
    const char *names[N_PLACES];
    int n = 0;
    for (int i = 0; i < N_PLACES; i++) {
        int thing = v->at[behind ? N_PLACES - 1 - i : i];
        if (thing == EMPTY) continue;
        names[n++] = thing == SCREEN
                         ? "a box"
                         : assay_synth_say(s, "a %s %s", assay_colour_name(r->colours[thing]),
                                           name_of(r, thing));
    }
    if (n == 1) return names[0];
    if (n == 2) return assay_synth_say(s, "%s and %s", names[0], names[1]);
    return assay_synth_say(s, "%s, %s and %s", names[0], names[1], names[2]);
}

static void describe(assay_synth_sample *s, const room *r, const view *first, const view *second) {
    const char *before = list_things(s, r, first, false), *after = list_things(s, r, second, true);
    s->description =
        assay_synth_say(s,
                        "From left to right the first picture shows %s. The second picture shows "
                        "the table from behind, from left to right: %s.",
                        before, after);
    assay_synth_add_hint(s, "What is on the table in the first picture, from left to right?",
                         assay_synth_say(s, "There is %s.", before));
    assay_synth_add_hint(s, "What is on the table in the second picture, from left to right?",
                         assay_synth_say(s, "There is %s.", after));
}

static void hint_presence(assay_synth_sample *s, const room *r, const view *v, int thing,
                          const char *picture) {
    bool there = false;
    for (int i = 0; i < N_PLACES; i++) there = there || v->at[i] == thing;
    assay_synth_add_hint(
        s, assay_synth_say(s, "Is there a %s in the %s picture?", name_of(r, thing), picture),
        there ? "Yes." : "No.");
}

static const char *end_name(bool left) {
    return left ? "On the left." : "On the right.";
}

/* ---- what has changed ---- */

/* Two things, a and b, at first; c may be put where nothing was. */
static void draw_change(assay_synth_sample *s, assay_rng *rng) {
    enum { NOTHING, TAKEN, ADDED, EXCHANGED };
    room r = choose_room(rng);
    int right = (int)assay_rng_below(rng, 4), free_place = (int)assay_rng_below(rng, N_PLACES);
    view first = {{EMPTY, EMPTY, EMPTY}}, second;
    for (int i = 0, thing = 0; i < N_PLACES; i++) {
        if (i != free_place) first.at[i] = thing++;
    }
    int taken = (int)assay_rng_below(rng, 2);
    second = first;
    for (int i = 0; i < N_PLACES; i++) {
        int thing = first.at[i];
        if (right == TAKEN && thing == taken) second.at[i] = EMPTY;
        if (right == ADDED && thing == EMPTY) second.at[i] = 2;
        if (right == EXCHANGED && thing != EMPTY) second.at[i] = 1 - thing;
    }
    draw_view(s, rng, &r, &first, false);
    draw_view(s, rng, &r, &second, true);
    s->texts.question =
        ASSAY_PICK(rng, "The second picture shows the table from behind. What has changed?",
                   "You see a table from the front, then from behind. What has been done?",
                   "The table is seen from both sides. What is new in the second picture?");
    const char *options[4];
    options[NOTHING] = "Nothing has changed.";
    options[TAKEN] = assay_synth_say(s, "The %s was taken away.", name_of(&r, taken));
    options[ADDED] = assay_synth_say(s, "A %s was added.", name_of(&r, 2));
    options[EXCHANGED] = "Two things changed places.";
    assay_synth_offer_one_of(s, rng, options, 4, right);
    describe(s, &r, &first, &second);
    hint_presence(s, &r, &second, taken, "second");
    hint_presence(s, &r, &second, 2, "second");
    assay_synth_add_hint(s, "How many things are in the second picture?",
                         right == TAKEN   ? "One."
                         : right == ADDED ? "Three."
                                          : "Two.");
    assay_synth_add_hint(s, "Did the things change places?", right == EXCHANGED ? "Yes." : "No.");
    assay_synth_add_hint(s,
                         assay_synth_say(s,
                                         "In the first picture, is the %s left or right of the %s?",
                                         name_of(&r, 0), name_of(&r, 1)),
                         "It is on the left.");
}

/* ---- what is hidden ---- */

static void draw_hidden(assay_synth_sample *s, assay_rng *rng) {
    room r = choose_room(rng);
    int hidden = (int)assay_rng_below(rng, N_PLACES);
    view first = {{0, 1, 2}}, second = first;
    second.at[hidden] = SCREEN;
    draw_view(s, rng, &r, &first, false);
    draw_view(s, rng, &r, &second, true);
    s->texts.question =
        ASSAY_PICK(rng, "In the second picture a box stands on the table. What is behind it?",
                   "Now you look from behind. Which thing is hidden by the box?",
                   "Which thing can you not see in the second picture, because of the box?");
    const char *options[N_PLACES];
    for (int i = 0; i < N_PLACES; i++) options[i] = assay_synth_say(s, "The %s.", name_of(&r, i));
    assay_synth_offer_one_of(s, rng, options, N_PLACES, hidden);
    describe(s, &r, &first, &second);
    for (int i = 0; i < N_PLACES; i++) hint_presence(s, &r, &second, i, "second");
    static const char *const SEEN[N_PLACES] = {"On the right.", "In the middle.", "On the left."};
    assay_synth_add_hint(s, "Where is the box in the second picture?", SEEN[hidden]);
}

/* ---- where a thing belongs ---- */

/* The second picture shows the empty table: where does a thing of the first belong? */
static void draw_place(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[N_PLACES] = {"On the left.", "In the middle.",
                                                  "On the right."};
    room r = choose_room(rng);
    int asked = (int)assay_rng_below(rng, N_PLACES);
    view first = {{0, 1, 2}}, second = {{EMPTY, EMPTY, EMPTY}};
    draw_view(s, rng, &r, &first, false);
    draw_view(s, rng, &r, &second, true);
    const char *form =
        ASSAY_PICK(rng, "Everything was taken away. Seen from behind, where was the %s?",
                   "The second picture is from behind. On which side must the %s be put back?",
                   "Where on the table of the second picture does the %s belong?");
    s->texts.question = assay_synth_say(s, form, name_of(&r, asked));
    assay_synth_offer_one_of(s, rng, OPTIONS, N_PLACES, N_PLACES - 1 - asked);
    s->description = assay_synth_say(
        s,
        "From left to right the first picture shows %s. The second picture shows the empty table "
        "from behind, so left and right are exchanged.",
        list_things(s, &r, &first, false));
    for (int i = 0; i < N_PLACES; i++) {
        assay_synth_add_hint(
            s, assay_synth_say(s, "Where is the %s in the first picture?", name_of(&r, i)),
            OPTIONS[i]);
        assay_synth_add_hint(
            s, assay_synth_say(s, "Seen from behind, where is the %s?", name_of(&r, i)),
            OPTIONS[N_PLACES - 1 - i]);
    }
}

/* ---- which picture is from behind ---- */

static void draw_which(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[3] = {"The second picture.", "The third picture.",
                                           "Neither of them."};
    room r = choose_room(rng);
    int right = (int)assay_rng_below(rng, 3), gap = (int)assay_rng_below(rng, N_PLACES);
    view first = {{EMPTY, EMPTY, EMPTY}}, later[2];
    for (int i = 0, thing = 0; i < N_PLACES; i++) {
        if (i != gap) first.at[i] = thing++;
    }
    for (int k = 0; k < 2; k++) {
        later[k] = first;
        if (right == k) continue;
        /* Places exchanged, or another thing in the place of one. */
        bool exchange = assay_chance(rng, 50);
        int other = (int)assay_rng_below(rng, 2);
        for (int i = 0; i < N_PLACES; i++) {
            if (i == gap) continue;
            if (exchange)
                later[k].at[i] = 1 - first.at[i];
            else if (first.at[i] == other)
                later[k].at[i] = 2 + k;
        }
    }
    draw_view(s, rng, &r, &first, false);
    for (int k = 0; k < 2; k++) draw_view(s, rng, &r, &later[k], true);
    s->texts.question =
        ASSAY_PICK(rng, "Which picture shows the table of the first picture from behind?",
                   "In which picture do you see the same table from the other side?",
                   "Which picture shows the same things, seen from the other side?");
    assay_synth_offer_one_of(s, rng, OPTIONS, 3, right);
    const char *lists[3];
    lists[0] = list_things(s, &r, &first, false);
    for (int k = 0; k < 2; k++) lists[k + 1] = list_things(s, &r, &later[k], true);
    s->description = assay_synth_say(s,
                                     "From left to right the first picture shows %s. The second "
                                     "shows %s. The third shows %s.",
                                     lists[0], lists[1], lists[2]);
    static const char *const ORDINALS[3] = {"first", "second", "third"};
    for (int k = 0; k < 3; k++)
        assay_synth_add_hint(
            s, assay_synth_say(s, "What is on the table in the %s picture?", ORDINALS[k]),
            assay_synth_say(s, "There is %s.", lists[k]));
    int leftmost = first.at[0] == EMPTY ? first.at[1] : first.at[0];
    assay_synth_add_hint(
        s, assay_synth_say(s, "Where must the %s be, seen from behind?", name_of(&r, leftmost)),
        end_name(false));
}

void assay_draw_scene_views(assay_synth_sample *s, assay_rng *rng) {
    static assay_task_draw *const SORTS[10] = {draw_change, draw_change, draw_change, draw_change,
                                               draw_hidden, draw_hidden, draw_hidden, draw_place,
                                               draw_place,  draw_which};
    SORTS[assay_rng_below(rng, 10)](s, rng);
}
