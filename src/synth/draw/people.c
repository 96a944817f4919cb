/* A person in a box of 100 x 100 units: head at the top, feet at 98. */
#include "synth/draw/people.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */
#define FEET     98.0

static const assay_colour DARK = {58, 60, 68}, TROUSERS = {92, 98, 116}, METAL = {120, 124, 132},
                          GREY_HAIR = {206, 206, 210}, WHITE = {255, 255, 255};
static const assay_colour SKIN[4] = {
    {244, 208, 178}, {222, 170, 128}, {164, 112, 76}, {108, 72, 50}};
static const assay_colour HAIR[4] = {{40, 34, 32}, {92, 60, 40}, {150, 104, 60}, {196, 150, 80}};

assay_person assay_person_any(assay_rng *rng) {
    assay_person person = {.age = ASSAY_ADULT, .aid = ASSAY_NO_AID, .mood = ASSAY_CALM};
    person.shirt = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    int step = 1 + (int)assay_rng_below(rng, ASSAY_N_COLOURS - 1);
    person.cloth = (person.shirt + step) % ASSAY_N_COLOURS;
    person.skin = (int)assay_rng_below(rng, 4);
    person.hair = (int)assay_rng_below(rng, 4);
    person.head = assay_rng_below(rng, 2) == 0 ? ASSAY_SHORT_HAIR : ASSAY_LONG_HAIR;
    return person;
}

static assay_colour hair_of(assay_person person) {
    return person.age == ASSAY_OLD ? GREY_HAIR : HAIR[person.hair];
}

/* ---- head ---- */

/* Lips and lids that stand out from every skin. */
static assay_colour line_of(assay_person person) {
    return person.skin == 3 ? (assay_colour){236, 190, 170} : DARK;
}

static void draw_mouth(const assay_pen *pen, assay_mood mood, assay_colour line) {
    static const double HAPPY[] = {43, 26, 46, 29, 50, 30, 54, 29, 57, 26};
    static const double SAD[] = {43, 30, 46, 27, 50, 26, 54, 27, 57, 30};
    if (mood == ASSAY_HAPPY)
        assay_pen_stroke(pen, line, 2.2, HAPPY, COUNT(HAPPY));
    else if (mood == ASSAY_SAD)
        assay_pen_stroke(pen, line, 2.2, SAD, COUNT(SAD));
    else
        assay_pen_line(pen, line, 2.2, 45, 27, 55, 27);
}

static void draw_face(const assay_pen *pen, assay_person person) {
    assay_pen_ellipse(pen, SKIN[person.skin], 50, 21, 14, 14);
    for (int side = -1; side <= 1; side += 2) {
        double x = 50.0 + 6.0 * side;
        if (person.asleep) {
            assay_pen_line(pen, line_of(person), 2, x - 2.5, 20, x + 2.5, 20);
        } else {
            assay_pen_ellipse(pen, WHITE, x, 19, 3.2, 3.4);
            assay_pen_ellipse(pen, DARK, x, 19, 1.9, 2.3);
        }
    }
    draw_mouth(pen, person.mood, line_of(person));
}

static void draw_head(const assay_pen *pen, assay_person person) {
    assay_colour hair = hair_of(person), cloth = assay_colour_value(person.cloth);
    switch (person.head) {
    case ASSAY_LONG_HAIR:
        assay_pen_ellipse(pen, hair, 50, 18, 18, 18);
        assay_pen_rect(pen, hair, 32, 18, 68, 44);
        draw_face(pen, person);
        assay_pen_ellipse(pen, hair, 50, 7, 12, 5);
        break;
    case ASSAY_HEADSCARF:
        assay_pen_ellipse(pen, cloth, 50, 20, 19, 20);
        assay_pen_rect(pen, cloth, 34, 24, 66, 44);
        draw_face(pen, person);
        assay_pen_ellipse(pen, cloth, 50, 7, 13, 5);
        break;
    case ASSAY_TURBAN:
        draw_face(pen, person);
        assay_pen_ellipse(pen, cloth, 50, 7, 19, 9);
        assay_pen_ellipse(pen, cloth, 50, 2, 13, 8);
        assay_pen_line(pen, assay_colour_shade(cloth, 70), 2, 34, 9, 62, -1);
        assay_pen_line(pen, assay_colour_shade(cloth, 70), 2, 38, 13, 68, 5);
        break;
    case ASSAY_HATTED:
        assay_pen_ellipse(pen, hair, 50, 17, 16, 15);
        draw_face(pen, person);
        assay_pen_rect(pen, cloth, 37, -6, 63, 9);
        assay_pen_rect(pen, cloth, 28, 7, 72, 13);
        break;
    default:
        assay_pen_ellipse(pen, hair, 50, 17, 17, 17);
        draw_face(pen, person);
    }
}

/* ---- body ---- */

static void draw_arms(const assay_pen *pen, assay_person person) {
    assay_colour shirt = assay_colour_value(person.shirt), skin = SKIN[person.skin];
    assay_pen_ellipse(pen, skin, 14, 64, 6, 6);
    assay_pen_ellipse(pen, skin, 86, 64, 6, 6);
    assay_pen_line(pen, shirt, 12, 34, 44, 17, 59);
    assay_pen_line(pen, shirt, 12, 66, 44, 83, 59);
}

static void draw_standing(const assay_pen *pen, assay_person person) {
    static const double SHIRT[] = {31, 37, 69, 37, 72, 72, 28, 72};
    static const double DRESS[] = {33, 37, 67, 37, 80, 84, 20, 84};
    assay_colour shirt = assay_colour_value(person.shirt);
    assay_colour legs = person.dress ? SKIN[person.skin] : TROUSERS;
    double inner = person.dress ? 5.0 : 2.0;
    assay_pen_rect(pen, legs, 33, 70, 50 - inner, FEET);
    assay_pen_rect(pen, legs, 50 + inner, 70, 67, FEET);
    assay_pen_rect(pen, DARK, 30, FEET - 4, 50 - inner, FEET);
    assay_pen_rect(pen, DARK, 50 + inner, FEET - 4, 70, FEET);
    draw_arms(pen, person);
    if (person.dress)
        assay_pen_polygon(pen, shirt, DRESS, COUNT(DRESS));
    else
        assay_pen_polygon(pen, shirt, SHIRT, COUNT(SHIRT));
}

static void draw_wheel(const assay_pen *pen, double x) {
    assay_pen_ellipse(pen, DARK, x, 78, 20, 20);
    assay_pen_ellipse(pen, WHITE, x, 78, 15.5, 15.5);
    assay_pen_line(pen, METAL, 2, x - 15, 78, x + 15, 78);
    assay_pen_line(pen, METAL, 2, x, 63, x, 93);
    assay_pen_ellipse(pen, METAL, x, 78, 3.5, 3.5);
}

/* Seen from the front: both wheels, the seat and the legs bent over it. */
static void draw_sitting(const assay_pen *pen, assay_person person) {
    static const double SHIRT[] = {31, 37, 69, 37, 71, 70, 29, 70};
    assay_pen_rect(pen, METAL, 26, 40, 74, 72);
    draw_wheel(pen, 14);
    draw_wheel(pen, 86);
    draw_arms(pen, person);
    assay_pen_polygon(pen, assay_colour_value(person.shirt), SHIRT, COUNT(SHIRT));
    assay_pen_rect(pen, TROUSERS, 31, 66, 69, 78);
    assay_pen_rect(pen, TROUSERS, 34, 76, 47, 94);
    assay_pen_rect(pen, TROUSERS, 53, 76, 66, 94);
    assay_pen_rect(pen, DARK, 32, 92, 48, 97);
    assay_pen_rect(pen, DARK, 52, 92, 68, 97);
}

static void draw_aid(const assay_pen *pen, assay_aid aid) {
    if (aid == ASSAY_CANE) { /* white with a dark edge, held forward */
        assay_pen_line(pen, DARK, 6.5, 86, 62, 100, FEET - 2);
        assay_pen_line(pen, WHITE, 4, 86, 62, 100, FEET - 2);
        assay_pen_line(pen, (assay_colour){216, 36, 36}, 4, 96.5, 89, 99, 95);
    } else if (aid == ASSAY_CRUTCH) {
        assay_pen_line(pen, METAL, 5, 88, 40, 88, FEET);
        assay_pen_line(pen, DARK, 6, 80, 40, 96, 40);
        assay_pen_line(pen, DARK, 5, 82, 64, 94, 64);
    }
}

void assay_person_draw(const assay_pen *pen, assay_person person) {
    assay_pen own = *pen;
    if (person.age == ASSAY_CHILD) { /* two thirds as tall, on the same foot line */
        double down = (FEET - 50.0) * (1.0 - 0.66) * pen->unit;
        own.unit *= 0.66;
        own.x -= pen->sine * down;
        own.y += pen->cosine * down;
    }
    if (person.aid == ASSAY_WHEELCHAIR)
        draw_sitting(&own, person);
    else
        draw_standing(&own, person);
    draw_head(&own, person);
    draw_aid(&own, person.aid);
}
