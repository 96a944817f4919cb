/* Object Multi-view: a toy or a block in two or three pictures. Is it the same one, from which side
 * is it seen, what is on the side that only one picture shows, how was it turned? */
#include "synth/draw/scene.h"
#include "synth/draw/views.h"

enum { N_TOY_COLOURS = ASSAY_BLACK }; /* black is left to wheels and windows */

static assay_pen next_picture(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_ground_draw(canvas, rng);
    assay_pen page = assay_pen_page(canvas);
    int x = assay_rng_range(rng, -4, 4), y = assay_rng_range(rng, -4, 4);
    int percent = assay_rng_range(rng, 80, 90);
    return assay_pen_at(canvas, page.x + x * page.unit, page.y + y * page.unit, percent * page.unit,
                        0, false);
}

static void show(assay_synth_sample *s, assay_rng *rng, const assay_toy *toy, assay_view view) {
    assay_pen pen = next_picture(s, rng);
    if (view == ASSAY_FROM_SIDE || view == ASSAY_FROM_ABOVE) pen.flip = assay_chance(rng, 50);
    assay_toy_draw(&pen, toy, view);
}

static assay_toy choose_toy(assay_rng *rng, int n_kinds) {
    assay_toy toy;
    toy.kind = (assay_toy_kind)assay_rng_below(rng, (uint32_t)n_kinds);
    toy.body = (int)assay_rng_below(rng, N_TOY_COLOURS);
    toy.trim = assay_pick_other(rng, N_TOY_COLOURS, toy.body, -1);
    for (int i = 0; i < ASSAY_N_VIEWS; i++) toy.marks[i] = -1;
    return toy;
}

/* Two or three distinct views on which body and trim can both be seen. */
static void choose_views(assay_rng *rng, assay_toy_kind kind, int *views) {
    assay_permute(rng, views, kind == ASSAY_TOY_HOUSE ? ASSAY_FROM_ABOVE : ASSAY_N_VIEWS);
}

static const char *toy_text(assay_synth_sample *s, const assay_toy *toy) {
    return assay_synth_say(s, "%s %s with a %s %s", assay_colour_name(toy->body),
                           assay_toy_name(toy->kind), assay_colour_name(toy->trim),
                           assay_toy_trim(toy->kind));
}

static void hint_colours(assay_synth_sample *s, const assay_toy *toy, const char *picture) {
    const char *kind = assay_toy_name(toy->kind), *trim = assay_toy_trim(toy->kind);
    assay_synth_add_hint(
        s, assay_synth_say(s, "What colour is the %s in the %s picture?", kind, picture),
        assay_synth_say(s, "It is %s.", assay_colour_name(toy->body)));
    assay_synth_add_hint(
        s, assay_synth_say(s, "What colour is the %s in the %s picture?", trim, picture),
        assay_synth_say(s, "It is %s.", assay_colour_name(toy->trim)));
}

static void hint_view(assay_synth_sample *s, const assay_toy *toy, const char *picture, int view) {
    assay_synth_add_hint(s,
                         assay_synth_say(s, "From which side is the %s seen in the %s picture?",
                                         assay_toy_name(toy->kind), picture),
                         assay_synth_say(s, "It is seen %s.", assay_view_name((assay_view)view)));
}

/* One of the two colours is exchanged for one that neither toy had. */
static assay_toy other_toy(assay_rng *rng, const assay_toy *toy, bool trim) {
    assay_toy other = *toy;
    int colour = assay_pick_other(rng, N_TOY_COLOURS, toy->body, toy->trim);
    if (trim)
        other.trim = colour;
    else
        other.body = colour;
    return other;
}

/* ---- the same toy or another one ---- */

static void draw_same(assay_synth_sample *s, assay_rng *rng) {
    assay_toy toy = choose_toy(rng, ASSAY_N_TOYS), second = toy;
    int right = (int)assay_rng_below(rng, 3), views[ASSAY_N_VIEWS];
    choose_views(rng, toy.kind, views);
    if (right > 0) second = other_toy(rng, &toy, right == 1);
    show(s, rng, &toy, (assay_view)views[0]);
    show(s, rng, &second, (assay_view)views[1]);
    const char *kind = assay_toy_name(toy.kind), *trim = assay_toy_trim(toy.kind);
    const char *form = ASSAY_PICK(rng, "Do both pictures show the same %s?",
                                  "Is this the same %s, seen from two sides?",
                                  "Is the %s in the second picture the same as in the first?");
    s->texts.question = assay_synth_say(s, form, kind);
    const char *options[3];
    options[0] = assay_synth_say(s, "Yes, it is the same %s.", kind);
    options[1] = assay_synth_say(s, "No, the %s has another colour.", trim);
    options[2] = assay_synth_say(s, "No, the %s has another colour.", kind);
    assay_synth_offer_one_of(s, rng, options, 3, right);
    s->description = assay_synth_say(
        s, "The first picture shows a %s, seen %s. The second picture shows a %s, seen %s.",
        toy_text(s, &toy), assay_view_name((assay_view)views[0]), toy_text(s, &second),
        assay_view_name((assay_view)views[1]));
    hint_colours(s, &toy, "first");
    hint_colours(s, &second, "second");
    assay_synth_add_hint(s,
                         assay_synth_say(s, "Is the %s of the same colour in both pictures?", trim),
                         right == 1 ? "No." : "Yes.");
    assay_synth_add_hint(s,
                         assay_synth_say(s, "Is the %s of the same colour in both pictures?", kind),
                         right == 2 ? "No." : "Yes.");
    hint_view(s, &second, "second", views[1]);
}

/* The second or the third picture shows the toy of the first, or neither does. */
static void draw_which(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[3] = {"The second picture.", "The third picture.",
                                           "Neither of them."};
    assay_toy toy = choose_toy(rng, ASSAY_N_TOYS), later[2];
    int right = (int)assay_rng_below(rng, 3), views[ASSAY_N_VIEWS];
    choose_views(rng, toy.kind, views);
    for (int i = 0; i < 2; i++) {
        bool trim = assay_chance(rng, 50);
        later[i] = other_toy(rng, &toy, trim);
        if (right == i) later[i] = toy;
    }
    show(s, rng, &toy, (assay_view)views[0]);
    show(s, rng, &later[0], (assay_view)views[1]);
    show(s, rng, &later[1], (assay_view)views[1]);
    const char *form = ASSAY_PICK(rng, "Which picture shows the %s of the first picture again?",
                                  "In which picture is the same %s as in the first picture?",
                                  "Where do you see the %s of the first picture again?");
    const char *kind = assay_toy_name(toy.kind);
    s->texts.question = assay_synth_say(s, form, kind);
    assay_synth_offer_one_of(s, rng, OPTIONS, 3, right);
    s->description = assay_synth_say(
        s, "The first picture shows a %s. The second picture shows a %s. The third shows a %s.",
        toy_text(s, &toy), toy_text(s, &later[0]), toy_text(s, &later[1]));
    hint_colours(s, &toy, "first");
    hint_colours(s, &later[0], "second");
    hint_colours(s, &later[1], "third");
    for (int i = 0; i < 2; i++) {
        const char *picture = i == 0 ? "second" : "third";
        assay_synth_add_hint(
            s, assay_synth_say(s, "Does the %s picture show the %s of the first?", picture, kind),
            right == i ? "Yes." : "No.");
    }
}

/* ---- the side that is seen ---- */

static void draw_side(assay_synth_sample *s, assay_rng *rng) {
    static const char *const ORDINALS[2] = {"first", "second"};
    static const char *const OPTIONS[ASSAY_N_VIEWS] = {"From the front.", "From the back.",
                                                       "From the side.", "From above."};
    assay_toy toy = choose_toy(rng, ASSAY_TOY_CUP);
    int views[ASSAY_N_VIEWS], asked = (int)assay_rng_below(rng, 2);
    assay_permute(rng, views, ASSAY_N_VIEWS);
    for (int i = 0; i < 2; i++) show(s, rng, &toy, (assay_view)views[i]);
    const char *kind = assay_toy_name(toy.kind);
    const char *form = ASSAY_PICK(rng, "From which side is the %s seen in the %s picture?",
                                  "From where do you see the %s in the %s picture?",
                                  "From which direction is the %s seen in the %s picture?");
    s->texts.question = assay_synth_say(s, form, kind, ORDINALS[asked]);
    assay_synth_offer_one_of(s, rng, OPTIONS, ASSAY_N_VIEWS, views[asked]);
    s->description = assay_synth_say(
        s, "In the first picture a %s is seen %s. In the second picture it is seen %s.", kind,
        assay_view_name((assay_view)views[0]), assay_view_name((assay_view)views[1]));
    for (int i = 0; i < 2; i++) hint_view(s, &toy, ORDINALS[i], views[i]);
    int claimed = (int)assay_rng_below(rng, 2);
    assay_synth_add_hint(s,
                         assay_synth_say(s, "Is the %s seen %s in the first picture?", kind,
                                         assay_view_name((assay_view)views[claimed])),
                         claimed == 0 ? "Yes." : "No.");
    assay_synth_add_hint(s, "What do you see in both pictures?",
                         assay_synth_say(s, "A %s.", assay_toy_name(toy.kind)));
}

/* ---- what is painted on one side ---- */

static const char *side_text(assay_toy_kind kind, int view) {
    static const char *const SIDES[3] = {"on the front", "on the back", "on the side"};
    static const char *const HANDLES[2] = {"where the handle is on the right",
                                           "where the handle is on the left"};
    return kind == ASSAY_TOY_CUP ? HANDLES[view] : SIDES[view];
}

static void draw_mark(assay_synth_sample *s, assay_rng *rng) {
    static const assay_toy_kind KINDS[3] = {ASSAY_TOY_CAR, ASSAY_TOY_HOUSE, ASSAY_TOY_CUP};
    assay_toy toy = choose_toy(rng, 3);
    int shapes[ASSAY_N_SHAPES], views[3], asked = (int)assay_rng_below(rng, 2);
    toy.kind = KINDS[toy.kind];
    assay_permute(rng, shapes, ASSAY_N_SHAPES);
    assay_permute(rng, views, toy.kind == ASSAY_TOY_CUP ? 2 : 3);
    const char *options[3], *kind = assay_toy_name(toy.kind);
    for (int i = 0; i < 3; i++) {
        options[i] = assay_synth_say(s, "A %s.", assay_kind_name(shapes[i]));
        if (i < 2) toy.marks[views[i]] = shapes[i];
    }
    for (int i = 0; i < 2; i++) show(s, rng, &toy, (assay_view)views[i]);
    const char *form = ASSAY_PICK(rng, "Both pictures show one %s. Which shape is %s?",
                                  "You see the same %s twice. What is painted %s?",
                                  "Look at the %s from both sides. Which shape is %s?");
    s->texts.question = assay_synth_say(s, form, kind, side_text(toy.kind, views[asked]));
    assay_synth_offer_one_of(s, rng, options, 3, asked);
    s->description =
        assay_synth_say(s,
                        "In the first picture a %s is seen %s, with a %s on it. In the second "
                        "picture it is seen %s, with a %s on it.",
                        kind, assay_view_name((assay_view)views[0]), assay_kind_name(shapes[0]),
                        assay_view_name((assay_view)views[1]), assay_kind_name(shapes[1]));
    for (int i = 0; i < 2; i++) {
        const char *picture = i == 0 ? "first" : "second";
        assay_synth_add_hint(
            s, assay_synth_say(s, "Which shape is on the %s in the %s picture?", kind, picture),
            options[i]);
        if (toy.kind == ASSAY_TOY_CUP)
            assay_synth_add_hint(
                s, assay_synth_say(s, "Where is the handle in the %s picture?", picture),
                views[i] == ASSAY_FROM_FRONT ? "On the right." : "On the left.");
        else
            hint_view(s, &toy, picture, views[i]);
        assay_synth_add_hint(
            s, assay_synth_say(s, "Which shape is %s?", side_text(toy.kind, views[i])), options[i]);
    }
}

/* ---- a block with coloured faces ---- */

typedef struct faces {
    int front, right, top;
} faces;

static void describe_blocks(assay_synth_sample *s, const faces *seen) {
    static const char *const ORDINALS[2] = {"first", "second"};
    for (int i = 0; i < 2; i++) {
        assay_synth_add_hint(
            s,
            assay_synth_say(s, "Which colours do you see on the block in the %s picture?",
                            ORDINALS[i]),
            assay_synth_say(s, "The front is %s, the right is %s, the top is %s.",
                            assay_colour_name(seen[i].front), assay_colour_name(seen[i].right),
                            assay_colour_name(seen[i].top)));
        assay_synth_add_hint(
            s, assay_synth_say(s, "What colour is the front in the %s picture?", ORDINALS[i]),
            assay_synth_say(s, "It is %s.", assay_colour_name(seen[i].front)));
        assay_synth_add_hint(
            s, assay_synth_say(s, "What colour is the right side in the %s picture?", ORDINALS[i]),
            assay_synth_say(s, "It is %s.", assay_colour_name(seen[i].right)));
    }
    s->description = assay_synth_say(
        s,
        "In the first picture the front of the block is %s, the right side is %s and the top is "
        "%s. In the second picture the front is %s, the right side is %s and the top is %s.",
        assay_colour_name(seen[0].front), assay_colour_name(seen[0].right),
        assay_colour_name(seen[0].top), assay_colour_name(seen[1].front),
        assay_colour_name(seen[1].right), assay_colour_name(seen[1].top));
}

static void show_blocks(assay_synth_sample *s, assay_rng *rng, const faces *seen) {
    for (int i = 0; i < 2; i++) {
        assay_pen pen = next_picture(s, rng);
        assay_block_draw(&pen, seen[i].front, seen[i].right, seen[i].top);
    }
    describe_blocks(s, seen);
}

static const char *option_of_colour(assay_synth_sample *s, int colour) {
    return assay_synth_say(s, "It is %s.", assay_colour_name(colour));
}

static void draw_turn(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[4] = {"It was turned to the left.",
                                           "It was turned to the right.",
                                           "It was tipped to the front.", "It was not turned."};
    int c[N_TOY_COLOURS], right = (int)assay_rng_below(rng, 4);
    assay_permute(rng, c, N_TOY_COLOURS);
    faces first = {c[0], c[1], c[2]};
    /* The front goes out of sight on the left; it comes to the right; the top comes to the front. */
    const faces turned[4] = {
        {c[1], c[3], c[2]}, {c[3], c[0], c[2]}, {c[2], c[1], c[3]}, {c[0], c[1], c[2]}};
    const faces seen[2] = {first, turned[right]};
    show_blocks(s, rng, seen);
    s->texts.question = ASSAY_PICK(rng, "How was the block turned between the two pictures?",
                                   "What happened to the block before the second picture?",
                                   "How was the block moved for the second picture?");
    assay_synth_offer_one_of(s, rng, OPTIONS, 4, right);
    static const char *const NOW[4] = {"It is at the front.", "It is on the right.",
                                       "It is at the top.", "It is out of sight."};
    static const int FRONT_TO[4] = {3, 1, 3, 0}, RIGHT_TO[4] = {0, 3, 1, 1},
                     TOP_TO[4] = {2, 2, 0, 2};
    const char *form = "Where is the %s side in the second picture?";
    assay_synth_add_hint(s, assay_synth_say(s, form, assay_colour_name(first.front)),
                         NOW[FRONT_TO[right]]);
    assay_synth_add_hint(s, assay_synth_say(s, form, assay_colour_name(first.right)),
                         NOW[RIGHT_TO[right]]);
    assay_synth_add_hint(s, assay_synth_say(s, form, assay_colour_name(first.top)),
                         NOW[TOP_TO[right]]);
}

/* A quarter turn hides one side and shows another. */
static void draw_only(assay_synth_sample *s, assay_rng *rng) {
    int c[N_TOY_COLOURS], asked = (int)assay_rng_below(rng, 3);
    assay_permute(rng, c, N_TOY_COLOURS);
    bool left = assay_chance(rng, 50);
    faces first = {c[0], c[1], c[2]};
    faces second = {left ? c[1] : c[3], left ? c[3] : c[0], c[2]};
    const faces seen[2] = {first, second};
    show_blocks(s, rng, seen);
    /* Seen in the first picture alone, in the second alone, on top of both. */
    const int answers[3] = {left ? c[0] : c[1], c[3], c[2]};
    static const char *const FORMS[3][2] = {
        {"What colour is the side that only the first picture shows?",
         "Which side of the block do you see in the first picture alone?"},
        {"What colour is the side that only the second picture shows?",
         "Which side of the block do you see in the second picture alone?"},
        {"The block was turned. What colour is its top?",
         "What colour is on top of the block in both pictures?"}};
    s->texts.question = assay_pick(rng, FORMS[asked], 2);
    const char *options[4];
    for (int i = 0; i < 4; i++) options[i] = option_of_colour(s, c[i]);
    for (int i = 0; i < 4; i++) {
        if (c[i] == answers[asked]) assay_synth_offer_one_of(s, rng, options, 4, i);
    }
    assay_synth_add_hint(s, "Which side is only in the first picture?",
                         assay_synth_say(s, "The %s one.", assay_colour_name(answers[0])));
    assay_synth_add_hint(s, "Which side is only in the second picture?",
                         assay_synth_say(s, "The %s one.", assay_colour_name(answers[1])));
}

/* From behind, what is seen on the right is the block's left side. */
static void draw_behind(assay_synth_sample *s, assay_rng *rng) {
    static const char *const SIDES[4] = {"front", "right side", "back", "left side"};
    int c[N_TOY_COLOURS], asked = (int)assay_rng_below(rng, 4);
    assay_permute(rng, c, N_TOY_COLOURS);
    const faces seen[2] = {{c[0], c[1], c[4]}, {c[2], c[3], c[4]}};
    show_blocks(s, rng, seen);
    const char *form =
        ASSAY_PICK(rng, "The second picture shows the block from behind. What colour is its %s?",
                   "First you see a block from the front, then from behind. What colour is its %s?",
                   "A block, from the front and from behind: what colour is the %s?");
    s->texts.question = assay_synth_say(s, form, SIDES[asked]);
    const char *options[4];
    for (int i = 0; i < 4; i++) options[i] = option_of_colour(s, c[i]);
    assay_synth_offer_one_of(s, rng, options, 4, asked);
    for (int i = 0; i < 4; i++)
        assay_synth_add_hint(
            s,
            assay_synth_say(s, "From the front and from behind: what colour is the %s?", SIDES[i]),
            options[i]);
}

void assay_draw_object_views(assay_synth_sample *s, assay_rng *rng) {
    static assay_task_draw *const SORTS[20] = {
        draw_same,  draw_same, draw_same, draw_same, draw_same, draw_side,  draw_side,
        draw_side,  draw_side, draw_side, draw_mark, draw_mark, draw_mark,  draw_which,
        draw_which, draw_turn, draw_turn, draw_only, draw_only, draw_behind};
    SORTS[assay_rng_below(rng, 20)](s, rng);
}
