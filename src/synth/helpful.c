/* Tasks of the dimension Helpful. */
#include "synth/scene.h"

#include "base/maths.h"

/* ---- Hand Drawing: which shape or object was sketched ---- */

enum { N_SKETCHES = 10 };
static const char *const SKETCH_NAMES[N_SKETCHES] = {
    "circle", "square", "triangle", "star", "heart", "cross", "house", "boat", "cup", "fish"};
/* Sketched objects: polylines of drawing units, one number list each, -1 ends a line, -2 the
 * sketch. */
static const double HOUSE_LINES[] = {14, 46, 14, 94, 86, 94, 86, 46, -1, 4,  50, 50, 8,
                                     96, 50, -1, 54, 94, 54, 64, 72, 64, 72, 94, -1, 26,
                                     60, 42, 60, 42, 76, 26, 76, 26, 60, -1, -2};
static const double BOAT_LINES[] = {4, 66, 96, 66, 78, 92, 22, 92, 4,  66, -1, 50, 66, 50,
                                    8, 88, 56, 50, 56, -1, 50, 18, 18, 56, 50, 56, -1, -2};
static const double CUP_LINES[] = {14, 20, 20, 90, 62, 90, 68, 20, 14, 20, -1, 66, 36,
                                   84, 34, 92, 46, 88, 60, 76, 70, 63, 72, -1, -2};
static const double FISH_LINES[] = {66, 50, 54, 66, 36, 72, 16, 64, 4,  50, 16, 36, 36,
                                    28, 54, 34, 66, 50, 96, 26, 90, 50, 96, 74, 66, 50,
                                    -1, 18, 44, 22, 44, 22, 48, 18, 48, 18, 44, -1, -2};

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

static void sketch_lines(hand *h, const double *at) {
    for (; *at > -2.0; at++) {
        for (; at[2] >= 0.0; at += 2) sketch_line(h, at[0], at[1], at[2], at[3]);
        at += 2;
    }
}

void assay_draw_hand_drawing(assay_synth_sample *s, assay_rng *rng) {
    static const double *const OBJECTS[4] = {HOUSE_LINES, BOAT_LINES, CUP_LINES, FISH_LINES};
    static const int INKS[3] = {ASSAY_BLACK, ASSAY_BLUE, ASSAY_RED};
    int order[N_SKETCHES];
    assay_permute(rng, order, N_SKETCHES);
    int what = order[0], ink = INKS[assay_rng_below(rng, 3)];
    int x = assay_rng_range(rng, 118, 138), y = assay_rng_range(rng, 118, 138),
        size = assay_rng_range(rng, 150, 190);
    int turn = assay_rng_range(rng, -8, 8);
    assay_ground_draw(&s->image, rng);
    hand h = {assay_pen_at(&s->image, x, y, size, turn, false), assay_colour_value(ink), rng, 0.0,
              0.0};
    if (what < ASSAY_N_SHAPES)
        sketch_shape(&h, what);
    else
        sketch_lines(&h, OBJECTS[what - ASSAY_N_SHAPES]);

    const char *name = SKETCH_NAMES[what], *wrong[3];
    for (int i = 0; i < 3; i++) wrong[i] = assay_synth_say(s, "A %s.", SKETCH_NAMES[order[i + 1]]);
    s->texts.question = ASSAY_PICK(rng, "What was drawn by hand?", "What does the sketch show?",
                                   "What is this a drawing of?");
    assay_synth_offer(s, rng, assay_synth_say(s, "A %s.", name), wrong, 3);
    s->description =
        assay_synth_say(s, "A hand drawing of a %s in %s.", name, assay_colour_name(ink));
    assay_synth_add_hint(s, "What colour is the line?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(ink)));
    bool same = assay_chance(rng, 50);
    assay_synth_add_hint(
        s, assay_synth_say(s, "Is it a drawing of a %s?", same ? name : SKETCH_NAMES[order[1]]),
        same ? "Yes." : "No.");
    assay_synth_add_hint(s, "What is it?", assay_synth_say(s, "A %s.", name));
}

/* ---- Chart: tallest and shortest bar ---- */

static void draw_bars(assay_image *canvas, const int *colours, const int *heights, int n) {
    static const assay_colour AXIS = {58, 60, 68};
    assay_pen pen = assay_pen_pixels(canvas);
    int slot = 204 / n, width = slot * 7 / 10;
    for (int i = 0; i < n; i++) {
        int left = 38 + slot * i + (slot - width) / 2;
        assay_pen_rect(&pen, assay_colour_value(colours[i]), left, 226 - heights[i], left + width,
                       226);
    }
    assay_pen_rect(&pen, AXIS, 30, 20, 34, 230);
    assay_pen_rect(&pen, AXIS, 30, 226, 246, 230);
}

void assay_draw_chart(assay_synth_sample *s, assay_rng *rng) {
    int n = assay_rng_range(rng, 3, 4), colours[ASSAY_N_COLOURS], ranks[4], heights[4], tallest = 0,
        shortest = 0;
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_permute(rng, ranks, n);
    for (int i = 0; i < n; i++) {
        heights[i] = 36 + ranks[i] * (154 / (n - 1)) + assay_rng_range(rng, -8, 8);
        if (ranks[i] == n - 1) tallest = i;
        if (ranks[i] == 0) shortest = i;
    }
    assay_ground_draw(&s->image, rng);
    draw_bars(&s->image, colours, heights, n);

    bool tall = assay_chance(rng, 50);
    int right = tall ? tallest : shortest, n_wrong = 0;
    const char *wrong[3], *names[4], *sort = tall ? "tallest" : "shortest";
    for (int i = 0; i < n; i++) names[i] = assay_colour_name(colours[i]);
    for (int i = 0; i < n; i++) {
        if (i != right) wrong[n_wrong++] = assay_synth_say(s, "The %s bar.", names[i]);
    }
    const char *in_chart = assay_chance(rng, 50) ? " in the chart" : "";
    if (assay_chance(rng, 50))
        s->texts.question = assay_synth_say(s, "Which bar is the %s%s?", sort, in_chart);
    else
        s->texts.question = assay_synth_say(s, "Which is the %s bar%s?", sort, in_chart);
    assay_synth_offer(s, rng, assay_synth_say(s, "The %s bar.", names[right]), wrong, n_wrong);
    s->description =
        n == 3 ? assay_synth_say(s,
                                 "A chart with three bars: %s, %s and %s. The tallest bar is %s. "
                                 "The shortest bar is %s.",
                                 names[0], names[1], names[2], names[tallest], names[shortest])
               : assay_synth_say(s,
                                 "A chart with four bars: %s, %s, %s and %s. The tallest bar is "
                                 "%s. The shortest bar is %s.",
                                 names[0], names[1], names[2], names[3], names[tallest],
                                 names[shortest]);
    int other = tall ? shortest : tallest;
    assay_synth_add_hint(
        s, assay_synth_say(s, "What colour is the %s bar?", tall ? "shortest" : "tallest"),
        assay_synth_say(s, "It is %s.", names[other]));
    assay_synth_add_hint(s, "How many bars are there?",
                         assay_synth_say(s, "There are %s.", assay_number_word(n)));
    assay_synth_add_hint(s, "What colour is the left bar?",
                         assay_synth_say(s, "It is %s.", names[0]));
    assay_synth_add_hint(s, "What colour is the right bar?",
                         assay_synth_say(s, "It is %s.", names[n - 1]));
}

/* ---- OCR: the word or number on a sign ---- */

enum { N_WORDS = 20 };
static const char *const WORDS[N_WORDS] = {"BUS",  "CAR",  "CAT",  "DOG", "EXIT", "FISH", "GYM",
                                           "HAT",  "ICE",  "KEY",  "MAP", "MILK", "OPEN", "PARK",
                                           "SHOP", "STOP", "TAXI", "TEA", "TOY",  "ZOO"};

static const char *lower_case(assay_synth_sample *s, const char *word) {
    char text[8] = {0};
    for (int i = 0; word[i] && i < 7; i++) text[i] = (char)(word[i] - 'A' + 'a');
    return assay_synth_say(s, "%s", text);
}

static void draw_number_sign(assay_synth_sample *s, assay_rng *rng, int tint) {
    int order[10];
    assay_permute(rng, order, 10);
    char text[2] = {(char)('0' + order[0]), 0};
    assay_pen pen = assay_pen_at(&s->image, 128 + assay_rng_range(rng, -8, 8), 130, 200, 0, false);
    assay_sign_draw(&pen, tint, text);
    const char *wrong[3];
    for (int i = 0; i < 3; i++)
        wrong[i] = assay_synth_say(s, "The number %s.", assay_number_word(order[i + 1]));
    s->texts.question =
        ASSAY_PICK(rng, "What number is on the sign?", "Which number does the sign show?",
                   "Read the number on the sign.");
    const char *name = assay_number_word(order[0]);
    assay_synth_offer(s, rng, assay_synth_say(s, "The number %s.", name), wrong, 3);
    s->description =
        assay_synth_say(s, "A %s sign with the number %s.", assay_colour_name(tint), name);
    assay_synth_add_hint(s, "Is there a word or a number on the sign?", "A number.");
}

static void draw_word_sign(assay_synth_sample *s, assay_rng *rng, int tint) {
    int order[N_WORDS], length = 0;
    assay_permute(rng, order, N_WORDS);
    const char *word = WORDS[order[0]];
    while (word[length]) length++;
    assay_pen pen = assay_pen_at(&s->image, 128 + assay_rng_range(rng, -8, 8), 130, 200, 0, false);
    assay_sign_draw(&pen, tint, word);
    const char *wrong[3], *name = lower_case(s, word);
    for (int i = 0; i < 3; i++)
        wrong[i] = assay_synth_say(s, "It says %s.", lower_case(s, WORDS[order[i + 1]]));
    s->texts.question = ASSAY_PICK(rng, "What does the sign say?", "Which word is on the sign?",
                                   "Read the word on the sign.");
    assay_synth_offer(s, rng, assay_synth_say(s, "It says %s.", name), wrong, 3);
    s->description = assay_synth_say(s, "A %s sign says %s.", assay_colour_name(tint), name);
    assay_synth_add_hint(s, "Is there a word or a number on the sign?", "A word.");
    assay_synth_add_hint(s, "What is the first letter?",
                         assay_synth_say(s, "The letter %c.", word[0]));
    assay_synth_add_hint(s, "What is the last letter?",
                         assay_synth_say(s, "The letter %c.", word[length - 1]));
    assay_synth_add_hint(s, "How many letters are there?",
                         assay_synth_say(s, "There are %s.", assay_number_word(length)));
}

void assay_draw_ocr(assay_synth_sample *s, assay_rng *rng) {
    int tint = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_ground_draw(&s->image, rng);
    if (assay_chance(rng, 25))
        draw_number_sign(s, rng, tint);
    else
        draw_word_sign(s, rng, tint);
    assay_synth_add_hint(s, "What colour is the sign?",
                         assay_synth_say(s, "It is %s.", assay_colour_name(tint)));
}

/* ---- Referred Vision: what is in the red box ---- */

void assay_draw_referred_vision(assay_synth_sample *s, assay_rng *rng) {
    static const assay_colour BOX = {230, 0, 0};
    assay_scene scene;
    assay_scene_choose(&scene, rng, ASSAY_GRID, ASSAY_ANY_KIND);
    for (int i = 0; i < scene.n; i++) { /* nothing else is red */
        if (scene.things[i].colour == ASSAY_RED)
            scene.things[i].colour = assay_scene_absent_colour(&scene, rng);
    }
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, (uint32_t)scene.n), n_wrong = 0;
    double left = at % 2 ? 130 : 4, top = at / 2 ? 130 : 4;
    assay_pen pen = assay_pen_pixels(&s->image);
    assay_pen_frame(&pen, BOX, 8, left, top, left + 122, top + 122);

    bool colour = assay_chance(rng, 35);
    const char *texts[4], *wrong[3];
    for (int i = 0; i < scene.n; i++) {
        texts[i] = colour
                       ? assay_synth_say(s, "It is %s.", assay_colour_name(scene.things[i].colour))
                       : assay_synth_say(s, "A %s.", assay_kind_name(scene.things[i].kind));
        if (i != at) wrong[n_wrong++] = texts[i];
    }
    s->texts.question =
        colour ? ASSAY_PICK(rng, "What colour is the thing in the red box?",
                            "Which colour does the thing in the red box have?")
               : ASSAY_PICK(rng, "What is in the red box?", "Which thing is in the red box?",
                            "What does the red box show?");
    assay_synth_offer(s, rng, texts[at], wrong, n_wrong);
    const char *name = assay_kind_name(scene.things[at].kind),
               *tint = assay_colour_name(scene.things[at].colour);
    s->description = assay_synth_say(s, "A %s %s is in the red box. %s", tint, name,
                                     assay_scene_text(&scene, s));
    assay_synth_add_hint(s, "Where is the red box?",
                         assay_synth_say(s, "It is %s.", assay_scene_place(&scene, at)));
    assay_synth_add_hint(s, "What is in the red box?", assay_synth_say(s, "A %s %s.", tint, name));
    assay_scene_hint(&scene, s, rng, 2);
}

/* ---- Autonomous Driving: light, arrow or stop sign ---- */

static void draw_stop_sign(const assay_pen *pen) {
    static const double POST[] = {46, 90, 54, 90, 54, 130, 46, 130};
    static const double PLATE[] = {30, 2, 70, 2, 98, 30, 98, 70, 70, 98, 30, 98, 2, 70, 2, 30};
    static const assay_colour GREY = {120, 122, 128}, WHITE = {255, 255, 255};
    assay_pen_polygon(pen, GREY, POST, 4);
    assay_pen_polygon(pen, assay_colour_value(ASSAY_RED), PLATE, 8);
    assay_pen_text(pen, WHITE, 50, 50, 22, "STOP");
}

static void draw_arrow_sign(assay_image *canvas, double x, double y, double size, double turn) {
    static const assay_colour GREY = {120, 122, 128}, WHITE = {255, 255, 255};
    assay_pen board = assay_pen_at(canvas, x, y, size, 0, false);
    assay_pen arrow = assay_pen_at(canvas, x, y, 0.8 * size, turn, false);
    assay_pen_rect(&board, GREY, 46, 90, 54, 130);
    assay_pen_ellipse(&board, assay_colour_value(ASSAY_BLUE), 50, 50, 50, 50);
    assay_arrow_draw(&arrow, WHITE);
}

typedef struct order_sign {
    const char *order, *description, *hint_question, *hint_answer;
    int sort; /* 0..2 a light, 3 stop sign, 4.. arrow, turned by (sort - 5) * 90 degrees */
} order_sign;

void assay_draw_driving(assay_synth_sample *s, assay_rng *rng) {
    static const char *const ORDERS[5] = {"Stop now.", "Slow down.", "Drive on.", "Turn left.",
                                          "Turn right."};
    static const order_sign SIGNS[8] = {
        {"Stop now.", "The traffic light is red.", "What colour is the light?", "It is red.", 0},
        {"Stop now.", "A red stop sign is beside the road.", "Is there a light or a sign?",
         "A stop sign.", 3},
        {"Slow down.", "The traffic light is yellow.", "What colour is the light?", "It is yellow.",
         1},
        {"Slow down.", "The traffic light is yellow.", "Is there a light or a sign?",
         "A traffic light.", 1},
        {"Drive on.", "The traffic light is green.", "What colour is the light?", "It is green.",
         2},
        {"Drive on.", "The arrow on the sign points up.", "Where does the arrow point?",
         "It points up.", 5},
        {"Turn left.", "The arrow on the sign points left.", "Where does the arrow point?",
         "It points left.", 4},
        {"Turn right.", "The arrow on the sign points right.", "Where does the arrow point?",
         "It points right.", 6},
    };
    int what = (int)assay_rng_below(rng, 5), which = (int)assay_rng_below(rng, 2);
    const order_sign *sign = &SIGNS[what < 3 ? 2 * what + which : what + 3];
    assay_road_draw(&s->image, rng);
    int x = 128 + assay_rng_range(rng, -50, 50), y = 92 + assay_rng_range(rng, -12, 6),
        size = assay_rng_range(rng, 120, 140);
    if (sign->sort <= 2) {
        assay_pen pen = assay_pen_at(&s->image, x, y, size + 16, 0, false);
        assay_traffic_light_draw(&pen, sign->sort);
    } else if (sign->sort == 3) {
        assay_pen pen = assay_pen_at(&s->image, x, y, size, 0, false);
        draw_stop_sign(&pen);
    } else {
        draw_arrow_sign(&s->image, x, y, size, (sign->sort - 5) * 90.0);
    }
    int n = 0;
    const char *wrong[4];
    for (int i = 0; i < 5; i++) {
        if (i != what) wrong[n++] = ORDERS[i];
    }
    assay_rng_shuffle(rng, wrong, 4, sizeof *wrong);
    s->texts.question = ASSAY_PICK(rng, "What should the car do?", "What should the driver do now?",
                                   "What must the car do here?");
    assay_synth_offer(s, rng, sign->order, wrong, 3);
    s->description = sign->description;
    assay_synth_add_hint(s, sign->hint_question, sign->hint_answer);
    assay_synth_add_hint(s, "What does the car do?", sign->order);
    assay_synth_add_hint(s, "Is there a traffic light?", sign->sort <= 2 ? "Yes." : "No.");
}

/* ---- Instruction Following: answer by the code word that the question gives ---- */

void assay_draw_instruction(assay_synth_sample *s, assay_rng *rng) {
    static const char *const CODES[8] = {"Dax", "Fep", "Hip", "Lum", "Nok", "Tam", "Wug", "Zip"};
    assay_scene scene;
    assay_layout layout = assay_chance(rng, 50)   ? ASSAY_CENTRE
                          : assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE
                                                  : ASSAY_STACKED;
    assay_scene_choose(&scene, rng, layout, ASSAY_ANY_KIND);
    assay_scene_draw(&scene, &s->image, rng);
    int at = (int)assay_rng_below(rng, (uint32_t)scene.n), codes[8], choices[3], places[3];
    const char *name = assay_kind_name(scene.things[at].kind), *shown[3];
    choices[0] = scene.things[at].colour;
    choices[1] = scene.n == 2 ? scene.things[1 - at].colour
                              : assay_pick_other(rng, ASSAY_N_COLOURS, choices[0], -1);
    choices[2] = assay_pick_other(rng, ASSAY_N_COLOURS, choices[0], choices[1]);
    assay_permute(rng, codes, 8);
    assay_permute(rng, places, 3); /* choice places[i] is named i-th */
    for (int i = 0; i < 3; i++) shown[i] = assay_colour_name(choices[places[i]]);
    const char *a = CODES[codes[places[0]]], *b = CODES[codes[places[1]]],
               *c = CODES[codes[places[2]]];
    if (assay_chance(rng, 50)) {
        s->texts.question = assay_synth_say(
            s, "What colour is the %s? If %s, say %s. If %s, say %s. If %s, say %s.", name,
            shown[0], a, shown[1], b, shown[2], c);
    } else {
        s->texts.question =
            assay_synth_say(s, "Look at the %s. If %s, say %s. If %s, say %s. If %s, say %s.", name,
                            shown[0], a, shown[1], b, shown[2], c);
    }
    const char *wrong[2] = {assay_synth_say(s, "%s.", CODES[codes[1]]),
                            assay_synth_say(s, "%s.", CODES[codes[2]])};
    assay_synth_offer(s, rng, assay_synth_say(s, "%s.", CODES[codes[0]]), wrong, 2);
    s->description = assay_scene_text(&scene, s);
    assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", name),
                         assay_synth_say(s, "It is %s.", assay_colour_name(choices[0])));
    assay_scene_hint(&scene, s, rng, 2);
}
