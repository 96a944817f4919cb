/* Noisy Questions: the picture has suffered. Can what is asked still be seen, or is it honest to
 * say "I don't know."? */
#include "synth/draw/scene.h"
#include "synth/draw/spoil.h"

#define PANEL ASSAY_N_SPOILS /* a further sort of damage: a panel over one half */

typedef enum topic { KIND, COLOUR, NUMBER, N_TOPICS } topic;

typedef struct noisy {
    topic topic;
    int values[2]; /* the options' kinds, colours or numbers; the third is "I don't know." */
    int right;     /* of the three */
    bool lost;
    int damage;
    int kind, colour, number; /* what is there, seen or not */
} noisy;

static const char *const LITTLE[PANEL + 1] = {
    "There is a little noise.",          "Small squares cover some of the picture.",
    "The picture is a little dark.",     "The picture is a little pale.",
    "The picture is a little blurred.",  "The picture is made of small blocks.",
    "A grey panel is beside the thing.",
};
static const char *const TOO_MUCH[PANEL + 1] = {
    "There is only noise.",          "Coloured squares cover the whole picture.",
    "The picture is too dark.",      "The picture is too bright.",
    "The picture is too blurred.",   "The picture is made of a few large blocks.",
    "A grey panel hides the thing.",
};

static void choose_values(noisy *q, assay_rng *rng) {
    bool objects = assay_chance(rng, 70);
    int first = objects ? ASSAY_N_SHAPES : 0, count = objects ? ASSAY_N_OBJECTS : ASSAY_N_SHAPES;
    int order[ASSAY_N_KINDS], colours[ASSAY_N_COLOURS], numbers[4];
    assay_permute(rng, order, count);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_permute(rng, numbers, 4);
    for (int i = 0; i < 2; i++) {
        q->values[i] = q->topic == KIND     ? first + order[i]
                       : q->topic == COLOUR ? colours[i]
                                            : 1 + numbers[i];
    }
    q->right = (int)assay_rng_below(rng, 3);
    q->lost = q->right == 2;
    int shown = q->values[q->lost ? (int)assay_rng_below(rng, 2) : q->right];
    q->kind = q->topic == KIND ? shown : first + order[2];
    q->colour = q->topic == COLOUR ? shown : colours[2];
    q->number = q->topic == NUMBER ? shown : 1;
}

/* Damage that spares colours cannot hide one, and still shows how full the picture is; a panel
 * cannot hide a number. */
static int choose_damage(const noisy *q, assay_rng *rng) {
    static const int HIDE_COLOUR[4] = {ASSAY_SPOIL_STATIC, ASSAY_SPOIL_TILES, ASSAY_SPOIL_DARK,
                                       PANEL};
    static const int HIDE_NUMBER[4] = {ASSAY_SPOIL_STATIC, ASSAY_SPOIL_TILES, ASSAY_SPOIL_DARK,
                                       ASSAY_SPOIL_BRIGHT};
    if (q->topic == COLOUR) return HIDE_COLOUR[assay_rng_below(rng, 4)];
    if (q->topic == NUMBER) return HIDE_NUMBER[assay_rng_below(rng, 4)];
    return (int)assay_rng_below(rng, PANEL + 1);
}

static void draw_one(const noisy *q, assay_image *canvas, assay_rng *rng, double x, double y,
                     double size) {
    bool flip = assay_chance(rng, 50);
    assay_pen pen = assay_pen_at(canvas, x, y, size, 0, flip);
    assay_kind_draw(&pen, q->kind, q->colour);
}

/* The thing in one half, the panel over the same half or over the other. */
static void draw_beside_panel(const noisy *q, assay_image *canvas, assay_rng *rng) {
    static const assay_colour GREY = {150, 152, 158}, LINE = {126, 128, 134};
    double w = canvas->width, h = canvas->height;
    bool wide = w >= h, second = assay_chance(rng, 50);
    double x = w * (wide ? (second ? 0.75 : 0.25) : 0.5),
           y = h * (wide ? 0.5 : (second ? 0.75 : 0.25));
    draw_one(q, canvas, rng, x, y, 0.46 * (wide ? w : h));
    bool panel_second = q->lost ? second : !second;
    assay_pen pen = assay_pen_pixels(canvas);
    double left = wide && panel_second ? 0.5 * w : 0, top = !wide && panel_second ? 0.5 * h : 0;
    double right = left + (wide ? 0.5 * w : w), bottom = top + (wide ? h : 0.5 * h);
    assay_pen_rect(&pen, GREY, left, top, right, bottom);
    assay_pen_frame(&pen, LINE, 0.02 * w, left, top, right, bottom);
}

static void draw_several(const noisy *q, assay_image *canvas, assay_rng *rng) {
    double w = canvas->width, h = canvas->height, room = 0.5 * (w < h ? w : h);
    int cells[4];
    assay_permute(rng, cells, 4);
    for (int i = 0; i < q->number; i++)
        draw_one(q, canvas, rng, w * (cells[i] % 2 ? 0.74 : 0.26), h * (cells[i] / 2 ? 0.74 : 0.26),
                 0.74 * room);
}

static void draw_picture(const noisy *q, assay_image *canvas, assay_rng *rng) {
    assay_ground_draw(canvas, rng);
    if (q->damage == PANEL) {
        draw_beside_panel(q, canvas, rng);
        return;
    }
    if (q->topic == NUMBER) {
        draw_several(q, canvas, rng);
    } else {
        double edge = canvas->width < canvas->height ? canvas->width : canvas->height;
        double size = 0.01 * edge * assay_rng_range(rng, 58, 76);
        draw_one(q, canvas, rng, 0.5 * canvas->width, 0.5 * canvas->height, size);
    }
    assay_spoil_draw(canvas, rng, (assay_spoil)q->damage, q->lost);
}

static void add_texts(const noisy *q, assay_synth_sample *s, assay_rng *rng) {
    const char *name = assay_kind_name(q->kind), *colour = assay_colour_name(q->colour);
    const char *what = q->number == 1
                           ? assay_synth_say(s, "There is a %s %s.", colour, name)
                           : assay_synth_say(s, "There are %s %s %s.", assay_number_word(q->number),
                                             colour, assay_kind_plural(q->kind));
    const char *damage = q->lost ? TOO_MUCH[q->damage] : LITTLE[q->damage];
    s->description = q->lost ? assay_synth_say(s, "%s Nobody can tell what is there.", damage)
                             : assay_synth_say(s, "%s %s", damage, what);
    assay_synth_add_hint(
        s, ASSAY_PICK(rng, "What has happened to the picture?", "What is wrong with the picture?"),
        damage);
    assay_synth_add_hint(s, "Is the picture clear enough?", q->lost ? "No." : "Yes.");
    assay_synth_add_hint(s, ASSAY_PICK(rng, "Can you tell what is there?", "What can you see?"),
                         q->lost ? "No, I cannot tell." : what);
    if (q->lost) return;
    assay_synth_add_hint(s, "What is it?", assay_synth_say(s, "A %s.", name));
    assay_synth_add_hint(s, "What colour is it?", assay_synth_say(s, "It is %s.", colour));
}

static const char *ask(const noisy *q, assay_rng *rng) {
    switch (q->topic) {
    case KIND:
        return ASSAY_PICK(rng, "What is in the picture?", "What does the picture show?",
                          "Which thing is in this picture?");
    case COLOUR:
        return ASSAY_PICK(rng, "What colour is the thing in the picture?",
                          "Which colour does the thing have?",
                          "What is the colour of the thing here?");
    default:
        return ASSAY_PICK(rng, "How many things are in the picture?",
                          "How many things does the picture show?", "How many things are there?");
    }
}

static const char *option_of(const noisy *q, assay_synth_sample *s, int i) {
    int value = q->values[i];
    switch (q->topic) {
    case KIND:
        return assay_synth_say(s, "It is a %s.", assay_kind_name(value));
    case COLOUR:
        return assay_synth_say(s, "It is %s.", assay_colour_name(value));
    default:
        return assay_synth_say(s, "There %s %s.", value == 1 ? "is" : "are",
                               assay_number_word(value));
    }
}

void assay_draw_noisy(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    noisy q = {.topic = (topic)assay_rng_below(rng, N_TOPICS)};
    choose_values(&q, rng);
    q.damage = choose_damage(&q, rng);
    draw_picture(&q, canvas, rng);
    const char *question = ask(&q, rng);
    const char *permit =
        ASSAY_PICK(rng, "If you are not sure, you can answer \"I don't know\".",
                   "You may say \"I don't know\".", "If nobody can tell, say \"I don't know\".");
    s->texts.question = assay_synth_say(s, "%s %s", question, permit);
    const char *first = option_of(&q, s, 0), *second = option_of(&q, s, 1);
    const char *options[3] = {first, second, "I don't know."};
    assay_synth_offer_one_of(s, rng, options, 3, q.right);
    add_texts(&q, s, rng);
}
