/* Autonomous Driving: the view ahead from a car. What should it do, and why, how fast may it go,
 * which lane is free? */
#include "synth/draw/people.h"
#include "synth/draw/road.h"
#include "synth/draw/views.h"
#include "synth/sample.h"

enum { N_LANES = 2 };

/* What is to be seen, beside the street and the bonnet. */
typedef enum sight {
    RED_LIGHT,
    YELLOW_LIGHT,
    GREEN_LIGHT,
    STOP_SIGN,
    LEFT_SIGN,
    AHEAD_SIGN,
    RIGHT_SIGN,
    PERSON,    /* on a crossing */
    NOBODY,    /* a crossing without anybody */
    CAT,       /* in front of the car */
    BRAKING,   /* a car ahead with its brake lights on */
    LEFT_BOX,  /* a box in the left lane, where the car is */
    RIGHT_BOX, /* likewise on the right */
    N_SIGHTS
} sight;

static const char *const SEEN[N_SIGHTS] = {
    "The traffic light is red.",           "The traffic light is yellow.",
    "The traffic light is green.",         "A stop sign stands beside the road.",
    "The arrow on the sign points left.",  "The arrow on the sign points up.",
    "The arrow on the sign points right.", "A person is on the crossing.",
    "Nobody is on the crossing.",          "A cat is on the road.",
    "The car ahead is braking.",           "A box lies in the left lane.",
    "A box lies in the right lane."};

/* Of the lane that the car is on. */
static const char *const LANE_NAMES[N_LANES] = {"left", "right"};

static void draw_box(const assay_lanes *street, int lane) {
    static const assay_colour CARTON = {208, 168, 112}, LID = {170, 128, 78},
                              TAPE = {238, 214, 170};
    assay_pen pen = assay_lanes_pen(street, assay_lanes_middle(street, lane, 66), 60, 26);
    assay_pen_rect(&pen, CARTON, 0, 10, 100, 100);
    assay_pen_rect(&pen, LID, 0, 10, 100, 28);
    assay_pen_rect(&pen, TAPE, 42, 10, 58, 100);
}

/* The rear of a car on a lane; when it brakes its lamps shine. */
static void draw_car_ahead(const assay_lanes *street, int lane, int colour, bool brakes) {
    static const assay_colour SHINE = {255, 120, 90}, LAMP = {255, 40, 30};
    assay_toy car = {ASSAY_TOY_CAR, colour, colour, {-1, -1, -1, -1}};
    assay_pen pen = assay_lanes_pen(street, assay_lanes_middle(street, lane, 64), 56, 32);
    assay_toy_draw(&pen, &car, ASSAY_FROM_BACK);
    for (int x = 14; brakes && x <= 86; x += 72) {
        assay_pen_ellipse(&pen, SHINE, x, 61, 20, 20);
        assay_pen_ellipse(&pen, LAMP, x, 61, 13, 13);
    }
}

static void draw_person(const assay_lanes *street, assay_rng *rng, double x) {
    assay_person person = assay_person_any(rng);
    assay_pen pen = assay_lanes_pen(street, x, 48, 44);
    assay_person_draw(&pen, person);
}

static void draw_beside(const assay_lanes *street, assay_rng *rng, sight what) {
    double x = assay_chance(rng, 50) ? 17 : 83, y = assay_rng_range(rng, 24, 28);
    assay_pen light = assay_lanes_pen(street, x, y, 46), sign = assay_lanes_pen(street, x, y, 34);
    if (what <= GREEN_LIGHT)
        assay_traffic_light_draw(&light, (int)what);
    else if (what == STOP_SIGN)
        assay_stop_sign_draw(&sign);
    else
        assay_way_sign_draw(&sign, ASSAY_LANE_LEFT + (int)(what - LEFT_SIGN));
}

/* Draws the street with the car on the lane that is returned, and what is to be seen. */
static int draw_sight(assay_synth_sample *s, assay_rng *rng, sight what) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_lanes street = assay_lanes_draw(canvas, rng, N_LANES);
    int lane = (int)assay_rng_below(rng, N_LANES), own = (int)assay_rng_below(rng, ASSAY_BLACK);
    int colour = assay_pick_other(rng, ASSAY_BLACK, own, ASSAY_RED);
    if (what == LEFT_BOX || what == RIGHT_BOX) lane = what == RIGHT_BOX;
    double x = assay_lanes_middle(&street, lane, 70);
    if (what <= RIGHT_SIGN) draw_beside(&street, rng, what);
    if (what == PERSON || what == NOBODY) assay_lanes_crossing(&street);
    if (what == PERSON) draw_person(&street, rng, x);
    if (what == CAT) {
        assay_pen pen = assay_lanes_pen(&street, x, 66, 28);
        assay_kind_draw(&pen, ASSAY_CAT, ASSAY_BLACK);
    }
    if (what == BRAKING) draw_car_ahead(&street, lane, colour, true);
    if (what == LEFT_BOX || what == RIGHT_BOX) draw_box(&street, lane);
    assay_lanes_bonnet(&street, lane, own);
    return lane;
}

static void hint_sight(assay_synth_sample *s, assay_rng *rng, sight what, int lane) {
    static const char *const NAMES[6] = {"a traffic light", "a sign", "a person",
                                         "a cat",           "a box",  "a crossing"};
    const bool there[6] = {what <= GREEN_LIGHT,
                           what >= STOP_SIGN && what <= RIGHT_SIGN,
                           what == PERSON,
                           what == CAT,
                           what == LEFT_BOX || what == RIGHT_BOX,
                           what == PERSON || what == NOBODY};
    assay_synth_add_hint(s, "What does the driver see?", SEEN[what]);
    for (int i = 0; i < 6; i++) {
        if (there[i] || assay_chance(rng, 30))
            assay_synth_add_hint(s, assay_synth_say(s, "Is there %s?", NAMES[i]),
                                 there[i] ? "Yes." : "No.");
    }
    assay_synth_add_hint(s, "Which lane is the car in?",
                         assay_synth_say(s, "In the %s lane.", LANE_NAMES[lane]));
    s->description =
        assay_synth_say(s, "The car drives in the %s lane. %s", LANE_NAMES[lane], SEEN[what]);
}

/* ---- what to do ---- */

enum { STOP, SLOW_DOWN, DRIVE_ON, TURN_LEFT, TURN_RIGHT, TO_LEFT, TO_RIGHT, N_ORDERS };

static void draw_order(assay_synth_sample *s, assay_rng *rng) {
    static const char *const ORDERS[N_ORDERS] = {"Stop now.",
                                                 "Slow down.",
                                                 "Drive on.",
                                                 "Turn left.",
                                                 "Turn right.",
                                                 "Change to the left lane.",
                                                 "Change to the right lane."};
    static const sight SIGHTS[N_ORDERS][4] = {{RED_LIGHT, STOP_SIGN, PERSON, CAT},
                                              {YELLOW_LIGHT, BRAKING, YELLOW_LIGHT, BRAKING},
                                              {GREEN_LIGHT, AHEAD_SIGN, NOBODY, GREEN_LIGHT},
                                              {LEFT_SIGN, LEFT_SIGN, LEFT_SIGN, LEFT_SIGN},
                                              {RIGHT_SIGN, RIGHT_SIGN, RIGHT_SIGN, RIGHT_SIGN},
                                              {RIGHT_BOX, RIGHT_BOX, RIGHT_BOX, RIGHT_BOX},
                                              {LEFT_BOX, LEFT_BOX, LEFT_BOX, LEFT_BOX}};
    int order[N_ORDERS], right = (int)assay_rng_below(rng, 4);
    assay_permute(rng, order, N_ORDERS);
    sight what = SIGHTS[order[right]][assay_rng_below(rng, 4)];
    int lane = draw_sight(s, rng, what);
    const char *options[4];
    for (int i = 0; i < 4; i++) options[i] = ORDERS[order[i]];
    s->texts.question = ASSAY_PICK(rng, "What should the car do?", "What should the driver do now?",
                                   "What must the car do here?", "How should the car go on?");
    assay_synth_offer_one_of(s, rng, options, 4, right);
    hint_sight(s, rng, what, lane);
    assay_synth_add_hint(s, "What does the car do?", options[right]);
}

/* ---- why to stop ---- */

static void draw_reason(assay_synth_sample *s, assay_rng *rng) {
    static const char *const REASONS[4] = {"The light is red.", "There is a stop sign.",
                                           "A person is on the road.", "A cat is on the road."};
    static const sight SIGHTS[4] = {RED_LIGHT, STOP_SIGN, PERSON, CAT};
    int right = (int)assay_rng_below(rng, 4);
    int lane = draw_sight(s, rng, SIGHTS[right]);
    s->texts.question = ASSAY_PICK(rng, "Why must the car stop?", "Why does the car stop here?",
                                   "The car must stop. What is the reason?");
    assay_synth_offer_one_of(s, rng, REASONS, 4, right);
    hint_sight(s, rng, SIGHTS[right], lane);
}

/* ---- how fast ---- */

static void draw_speed(assay_synth_sample *s, assay_rng *rng) {
    static const char *const ACTS[3] = {"Slow down.", "Keep this speed.", "It may go faster."};
    enum { N_LIMITS = 6 };
    bool read = assay_chance(rng, 50);
    int now = 10 * assay_rng_range(rng, 4, 6), act = (int)assay_rng_below(rng, 3);
    int limits[N_LIMITS], limit = now + 20 * (act - 1);
    assay_permute(rng, limits, N_LIMITS);
    if (read) limit = 30 + 10 * limits[act];
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_lanes street = assay_lanes_draw(canvas, rng, N_LANES);
    double x = assay_chance(rng, 50) ? 23 : 77, y = assay_rng_range(rng, 24, 28);
    assay_pen sign = assay_lanes_pen(&street, x, y, 41);
    assay_limit_sign_draw(&sign, assay_synth_say(s, "%d", limit));
    int lane = (int)assay_rng_below(rng, N_LANES), own = (int)assay_rng_below(rng, ASSAY_BLACK);
    assay_lanes_bonnet(&street, lane, own);
    if (read) {
        const char *options[3];
        for (int i = 0; i < 3; i++)
            options[i] = assay_synth_say(s, "At most %d.", 30 + 10 * limits[i]);
        s->texts.question =
            ASSAY_PICK(rng, "How fast may the car go here?", "Which speed does the sign allow?",
                       "What is the speed limit on this road?");
        assay_synth_offer_one_of(s, rng, options, 3, act);
    } else {
        const char *form = ASSAY_PICK(rng, "The car drives at %d. What should it do?",
                                      "The car goes at %d. What does the sign tell it?",
                                      "At a speed of %d, what should the car do here?");
        s->texts.question = assay_synth_say(s, form, now);
        assay_synth_offer_one_of(s, rng, ACTS, 3, act);
        assay_synth_add_hint(s, assay_synth_say(s, "Is %d more than %d?", now, limit),
                             now > limit ? "Yes." : "No.");
    }
    const char *number = assay_synth_say(s, "%d.", limit);
    s->description = assay_synth_say(s, "A sign beside the road allows a speed of %d.", limit);
    assay_synth_add_hint(s, "Which number is on the sign?", number);
    assay_synth_add_hint(s, "What is the speed limit?", number);
    assay_synth_add_hint(s, "On which side is the sign?",
                         x < 50 ? "On the left." : "On the right.");
}

/* ---- which lane is free ---- */

static void draw_lanes(assay_synth_sample *s, assay_rng *rng) {
    static const char *const OPTIONS[4] = {"The left lane.", "The right lane.", "Both lanes.",
                                           "Neither of them."};
    static const char *const ON_LANE[3] = {"no car", "a car", "a box"};
    int right = (int)assay_rng_below(rng, 4), on[N_LANES];
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_lanes street = assay_lanes_draw(canvas, rng, N_LANES);
    for (int lane = 0; lane < N_LANES; lane++) {
        bool is_free = right == lane || right == 2;
        int colour = (int)assay_rng_below(rng, ASSAY_BLACK);
        on[lane] = 1 + (int)assay_rng_below(rng, 2);
        if (is_free) on[lane] = 0;
        if (on[lane] == 1) draw_car_ahead(&street, lane, colour, false);
        if (on[lane] == 2) draw_box(&street, lane);
    }
    s->texts.question = ASSAY_PICK(rng, "Which lane is free?", "Which lane can the car take?",
                                   "In which lane is the way free?");
    assay_synth_offer_one_of(s, rng, OPTIONS, 4, right);
    s->description = assay_synth_say(s, "There is %s in the left lane and %s in the right lane.",
                                     ON_LANE[on[0]], ON_LANE[on[1]]);
    for (int lane = 0; lane < N_LANES; lane++) {
        assay_synth_add_hint(s, assay_synth_say(s, "Is the %s lane free?", LANE_NAMES[lane]),
                             on[lane] == 0 ? "Yes." : "No.");
        assay_synth_add_hint(s, assay_synth_say(s, "What is in the %s lane?", LANE_NAMES[lane]),
                             on[lane] == 0   ? "Nothing."
                             : on[lane] == 1 ? "A car."
                                             : "A box.");
    }
}

void assay_draw_driving(assay_synth_sample *s, assay_rng *rng) {
    static assay_task_draw *const SORTS[10] = {draw_order, draw_order,  draw_order,  draw_order,
                                               draw_order, draw_reason, draw_reason, draw_speed,
                                               draw_speed, draw_lanes};
    SORTS[assay_rng_below(rng, 10)](s, rng);
}
