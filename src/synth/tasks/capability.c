/* Capability: what no picture can tell, beside what this one does tell. Both sorts of question
 * have the same options, two values and a refusal, each right a third of the time; the picture
 * shows one of the values in either case. */
#include "synth/draw/places.h"
#include "synth/draw/scene.h"
#include "synth/draw/stage.h"
#include "synth/words.h"

typedef struct capability {
    int shown;                   /* 0 or 1: which value the picture shows */
    const char *values[2];       /* "red", "a cup" */
    const char *known, *unknown; /* questions */
} capability;

static const char *about(assay_synth_sample *s, const char *format, const char *name) {
    return assay_synth_say(s, format, name);
}

/* ---- things ---- */

static void ask_colour(capability *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_layout layout = assay_chance(rng, 50)   ? ASSAY_CENTRE
                          : assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE
                                                  : ASSAY_STACKED;
    assay_scene_choose(&scene, canvas, rng, layout, ASSAY_OBJECTS_ONLY);
    int at = (int)assay_rng_below(rng, (uint32_t)scene.n), colours[ASSAY_N_COLOURS];
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    for (int i = 0; i < scene.n; i++) /* the other thing has the other colour */
        scene.things[i].colour = colours[i == at ? q->shown : 1 - q->shown];
    assay_scene_draw(&scene, canvas, rng);
    for (int i = 0; i < 2; i++) q->values[i] = assay_colour_name(colours[i]);
    const char *name = assay_kind_name(scene.things[at].kind);
    q->known = about(s,
                     ASSAY_PICK(rng, "What colour is the %s?", "Which colour does the %s have?",
                                "What is the colour of the %s?"),
                     name);
    q->unknown = about(s,
                       ASSAY_PICK(rng, "What colour was the %s last year?",
                                  "Which colour does the owner of the %s like best?",
                                  "Which colour will the next %s have?",
                                  "What colour is the room of the owner?"),
                       name);
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 3);
}

static void ask_number(capability *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int numbers[4], cells[4], kind = ASSAY_N_SHAPES + (int)assay_rng_below(rng, ASSAY_N_OBJECTS),
                              colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_permute(rng, numbers, 3);
    assay_permute(rng, cells, 4);
    double w = canvas->width, h = canvas->height, size = 0.4 * (w < h ? w : h);
    assay_ground_draw(canvas, rng);
    for (int i = 0; i < 2 + numbers[q->shown]; i++) {
        assay_pen pen = assay_pen_at(canvas, w * (cells[i] % 2 ? 0.74 : 0.26),
                                     h * (cells[i] / 2 ? 0.74 : 0.26), size, 0, false);
        assay_kind_draw(&pen, kind, colour);
    }
    for (int i = 0; i < 2; i++) q->values[i] = assay_number_word(2 + numbers[i]);
    const char *names = assay_kind_plural(kind);
    q->known = about(s,
                     ASSAY_PICK(rng, "How many %s are in the picture?",
                                "How many %s does the picture show?", "How many %s are there?"),
                     names);
    q->unknown =
        about(s,
              ASSAY_PICK(rng, "How many %s does the owner have at home?",
                         "How many %s were here yesterday?", "How many people paid for the %s?",
                         "How many %s will be here tomorrow?"),
              names);
    s->description = assay_synth_say(s, "There are %s %s %s.", q->values[q->shown],
                                     assay_colour_name(colour), names);
    assay_synth_add_hint(s, assay_synth_say(s, "What colour are the %s?", names),
                         assay_synth_say(s, "They are %s.", assay_colour_name(colour)));
}

static void ask_thing(capability *q, assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    bool stacked = assay_chance(rng, 50);
    assay_scene_choose(&scene, canvas, rng, stacked ? ASSAY_STACKED : ASSAY_SIDE_BY_SIDE,
                       ASSAY_OBJECTS_ONLY);
    int at = (int)assay_rng_below(rng, 2), kinds[ASSAY_N_OBJECTS];
    assay_permute(rng, kinds, ASSAY_N_OBJECTS);
    scene.things[at].kind = ASSAY_N_SHAPES + kinds[q->shown];
    scene.things[1 - at].kind = ASSAY_N_SHAPES + kinds[2];
    assay_scene_draw(&scene, canvas, rng);
    for (int i = 0; i < 2; i++)
        q->values[i] = assay_with_article(s, assay_kind_name(ASSAY_N_SHAPES + kinds[i]));
    const char *name = assay_kind_name(scene.things[1 - at].kind);
    q->known =
        assay_chance(rng, 50)
            ? assay_synth_say(s, "What is %s?", assay_scene_place(&scene, at))
            : assay_synth_say(s, "What is %s the %s?", assay_relation(scene.layout, at == 1), name);
    q->unknown = about(s,
                       ASSAY_PICK(rng, "What will the owner of the %s buy tomorrow?",
                                  "What was beside the %s yesterday?",
                                  "What does the owner of the %s dream of?",
                                  "What did the owner of the %s lose?"),
                       name);
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 3);
}

/* ---- words ---- */

typedef void draw_carrier(const assay_pen *pen, int colour, const char *word);

typedef struct carrier {
    const char *name;
    draw_carrier *draw;
    const char *words[6];
    const char *known[2], *unknown[4];
} carrier;

static const carrier CARRIERS[4] = {
    {"sign",
     assay_board_draw,
     {"Ann", "Ben", "Kim", "Mia", "Sam", "Tom"},
     {"Which name is on the sign?", "Whose name does the sign show?"},
     {"Who made the %s?", "Who cleaned the %s yesterday?", "Who will buy the %s?",
      "Who drew this picture of the %s?"}},
    {"calendar",
     assay_calendar_draw,
     {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Sunday"},
     {"Which day does the calendar show?", "Which day is on the calendar?"},
     {"On which day was the %s bought?", "On which day was the %s made?",
      "On which day will the owner of the %s come back?",
      "On which day was the owner of the %s born?"}},
    {"radio",
     assay_radio_draw,
     {"moon", "rain", "snow", "star", "sun", "wind"},
     {"Which word is on the radio?", "What does the radio show?"},
     {"Which song did the owner of the %s sing yesterday?",
      "Which song will the owner of the %s sing tomorrow?",
      "Which song does the owner of the %s like best?",
      "Which song does the owner of the %s hate?"}},
    {"jar",
     assay_jar_draw,
     {"honey", "milk", "mint", "rose", "soap", "tea"},
     {"Which word is on the jar?", "What does the label of the jar say?"},
     {"What does the air around the %s smell of?", "What did the owner of the %s buy last week?",
      "What did the room of the %s smell of yesterday?",
      "What does the owner of the %s like to smell?"}},
};

/* The first three letters of a day, else the word: what there is room for. */
static const char *written(assay_synth_sample *s, const carrier *c, const char *word) {
    const char *text = assay_all_capitals(s, word);
    return c->draw == assay_calendar_draw ? assay_synth_say(s, "%c%c%c", text[0], text[1], text[2])
                                          : text;
}

static void ask_word(capability *q, assay_synth_sample *s, assay_rng *rng) {
    const carrier *c = &CARRIERS[assay_rng_below(rng, 4)];
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    int words[6], colours[ASSAY_N_COLOURS],
        kind = ASSAY_N_SHAPES + (int)assay_rng_below(rng, ASSAY_N_OBJECTS);
    assay_permute(rng, words, 6);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    bool swap = assay_chance(rng, 50);
    double w = canvas->width, h = canvas->height, edge = w < h ? w : h;
    double near_end = swap ? 0.66 : 0.34, far_end = swap ? 0.16 : 0.84;
    bool wide = w >= h;
    assay_pen at_word = assay_pen_at(canvas, wide ? near_end * w : 0.5 * w,
                                     wide ? 0.5 * h : near_end * h, 0.62 * edge, 0, false);
    assay_pen at_thing = assay_pen_at(canvas, wide ? far_end * w : 0.5 * w,
                                      wide ? 0.58 * h : far_end * h, 0.3 * edge, 0, false);
    assay_room_draw(canvas, rng);
    for (int i = 0; i < 2; i++) q->values[i] = c->words[words[i]];
    const char *word = q->values[q->shown], *name = assay_kind_name(kind),
               *colour = assay_colour_name(colours[1]);
    c->draw(&at_word, colours[0], written(s, c, word));
    assay_kind_draw(&at_thing, kind, colours[1]);
    q->known = c->known[assay_rng_below(rng, 2)];
    q->unknown = about(s, c->unknown[assay_rng_below(rng, 4)], name);
    s->description = assay_synth_say(s, "There is a %s and a %s %s. The %s says %s.", c->name,
                                     colour, name, c->name, word);
    assay_synth_add_hint(s, assay_synth_say(s, "What does the %s say?", c->name),
                         assay_synth_say(s, "It says %s.", word));
    assay_synth_add_hint(s, assay_synth_say(s, "What is beside the %s?", c->name),
                         assay_synth_say(s, "A %s %s.", colour, name));
    assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", c->name),
                         assay_synth_say(s, "It is %s.", assay_colour_name(colours[0])));
}

void assay_draw_capability(assay_synth_sample *s, assay_rng *rng) {
    typedef void ask(capability * q, assay_synth_sample * s, assay_rng * rng);
    static ask *const ASK[5] = {ask_colour, ask_number, ask_thing, ask_word, ask_word};
    int right = (int)assay_rng_below(rng, 3);
    capability q = {.shown = right < 2 ? right : (int)assay_rng_below(rng, 2)};
    ASK[assay_rng_below(rng, 5)](&q, s, rng);
    s->texts.question = right < 2 ? q.known : q.unknown;
    const char *refuse = ASSAY_PICK(rng, "The picture does not show that.",
                                    "That cannot be seen here.", "Nobody can see that here.");
    const char *options[3];
    for (int i = 0; i < 2; i++)
        options[i] = assay_synth_say(s, "%s.", assay_first_capital(s, q.values[i]));
    options[2] = refuse;
    assay_synth_offer_one_of(s, rng, options, 3, right);
    bool ask_known = assay_chance(rng, 50);
    assay_synth_add_hint(
        s, assay_synth_say(s, "Can a picture answer this: %s", ask_known ? q.known : q.unknown),
        ask_known ? "Yes." : "No.");
    assay_synth_add_hint(s, right == 2 ? q.known : q.unknown,
                         right == 2 ? options[q.shown] : refuse);
}
