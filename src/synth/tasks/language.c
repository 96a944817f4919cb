/* Language Performance: which answer is worded well. All options say the same about the picture, or
 * all are true of it; they have the same words and nearly the same length, and one of them is
 * fluent, agrees in number, keeps to the question, or is complete. */
#include "synth/draw/scene.h"
#include "synth/words.h"

#include <string.h>

static const char *good_english(assay_synth_sample *s, assay_rng *rng, const char *question) {
    return assay_synth_say(s, "%s %s", question,
                           ASSAY_PICK(rng, "Answer in good English.", "Choose the best sentence.",
                                      "Give a well written answer.", "Which answer reads well?"));
}

static void choose_two(assay_synth_sample *s, assay_rng *rng, assay_scene *scene) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_layout layout = assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED;
    assay_scene_choose(scene, canvas, rng, layout, ASSAY_ANY_KIND);
}

static void draw_two(assay_synth_sample *s, assay_rng *rng, const assay_scene *scene) {
    assay_scene_draw(scene, &s->images[0], rng);
    s->description = assay_scene_text(scene, s);
}

/* ---- the order of the words ---- */

/* Words c, k, K and p stand for the colour and the kind of the thing, the kind of the other thing
 * and the place. Every option begins and ends with the same words. */
enum { MAX_WORDS = 9, N_ORDERS = 3, N_SCRAMBLED = 2 };
typedef struct sentence {
    const char *question; /* %s is the kind of the thing, or the place */
    const char *words[MAX_WORDS];
    const char *orders[N_ORDERS]; /* wrong ones */
    bool asks_place;
} sentence;

static const sentence SENTENCES[] = {
    {"Where is the %s?", {"the", "c", "k", "is", "p"}, {"02134", "01324", "03214"}, false},
    {"What is %s?", {"there", "is", "a", "c", "k", "p"}, {"021345", "012435", "013245"}, true},
    {"What is %s?", {"a", "c", "k", "is", "p"}, {"02134", "01324", "03214"}, true},
    {"What colour is the thing %s?",
     {"the", "thing", "p", "is", "c"},
     {"01324", "02134", "03214"},
     true},
    {"Where is the %s?",
     {"the", "k", "is", "next", "to", "the", "K"},
     {"0213456", "0132456", "0124356"},
     false},
};

static const char *in_order(assay_synth_sample *s, const char *const *words, int n,
                            const char *order) {
    const char *text = "";
    for (int i = 0; i < n; i++)
        text = assay_synth_say(s, "%s%s%s", text, i > 0 ? " " : "", words[order[i] - '0']);
    return assay_synth_say(s, "%s.", assay_first_capital(s, text));
}

static void draw_order(assay_synth_sample *s, assay_rng *rng) {
    static const char *const STRAIGHT = "012345678";
    const sentence *form = &SENTENCES[assay_rng_below(rng, sizeof SENTENCES / sizeof *SENTENCES)];
    assay_scene scene;
    choose_two(s, rng, &scene);
    draw_two(s, rng, &scene);
    int at = (int)assay_rng_below(rng, 2), n = 0, order[N_ORDERS];
    const assay_thing *thing = &scene.things[at];
    const char *kind = assay_kind_name(thing->kind), *place = assay_scene_place(&scene, at);
    const char *words[MAX_WORDS], *wrong[N_SCRAMBLED];
    for (; n < MAX_WORDS && form->words[n]; n++) {
        const char *word = form->words[n];
        bool variable = word[1] == 0;
        words[n] = variable && word[0] == 'c'   ? assay_colour_name(thing->colour)
                   : variable && word[0] == 'k' ? kind
                   : variable && word[0] == 'K' ? assay_kind_name(scene.things[1 - at].kind)
                   : variable && word[0] == 'p' ? place
                                                : word;
    }
    assay_permute(rng, order, N_ORDERS);
    for (int i = 0; i < N_SCRAMBLED; i++) wrong[i] = in_order(s, words, n, form->orders[order[i]]);
    const char *right = in_order(s, words, n, STRAIGHT);
    const char *question = assay_synth_say(s, form->question, form->asks_place ? place : kind);
    s->texts.question = good_english(s, rng, question);
    assay_synth_offer(s, rng, right, wrong, N_SCRAMBLED);
    assay_synth_add_hint(s, question, right);
    assay_scene_hint(&scene, s, rng, 4);
}

/* ---- agreement in number ---- */

/* One large thing in one half, two smaller ones of another kind in the other half. */
static void draw_one_and_two(assay_synth_sample *s, assay_rng *rng, const int *kinds,
                             const int *colours) {
    static const int PLACES[3][2] = {{26, 50}, {74, 27}, {74, 73}};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    double edge = canvas->width < canvas->height ? canvas->width : canvas->height;
    bool mirrored = assay_chance(rng, 50);
    assay_ground_draw(canvas, rng);
    for (int i = 0; i < 3; i++) {
        int two = i > 0, size = two ? 38 : 44;
        double x = 0.01 * canvas->width * (mirrored ? 100 - PLACES[i][0] : PLACES[i][0]);
        double y = 0.01 * canvas->height * PLACES[i][1];
        assay_pen pen = assay_pen_at(canvas, x, y, 0.01 * edge * size, 0, false);
        assay_kind_draw(&pen, kinds[two], colours[two]);
    }
}

/* Whose plural is its name and an s. */
static int regular_kind(assay_rng *rng, int not_this) {
    for (;;) {
        int kind = assay_pick_other(rng, ASSAY_N_KINDS, not_this, ASSAY_CROSS);
        if (kind != ASSAY_FISH) return kind;
    }
}

static void draw_agreement(assay_synth_sample *s, assay_rng *rng) {
    int kinds[2], colours[ASSAY_N_COLOURS], swap = assay_chance(rng, 50);
    kinds[0] = regular_kind(rng, -1);
    kinds[1] = regular_kind(rng, kinds[0]);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    draw_one_and_two(s, rng, kinds, colours);
    const char *single = assay_kind_name(kinds[0]), *plural = assay_kind_plural(kinds[1]);
    const char *singles = assay_kind_plural(kinds[0]), *one = assay_kind_name(kinds[1]);
    const char *red = assay_colour_name(colours[0]), *blue = assay_colour_name(colours[1]);
    const char *right, *wrong[2], *question;
    if (assay_chance(rng, 50)) {
        const char *form = "The %s %s %s, the %s %s %s.";
        right = swap ? assay_synth_say(s, form, plural, "are", blue, single, "is", red)
                     : assay_synth_say(s, form, single, "is", red, plural, "are", blue);
        wrong[0] = swap ? assay_synth_say(s, form, plural, "is", blue, single, "are", red)
                        : assay_synth_say(s, form, single, "are", red, plural, "is", blue);
        wrong[1] = swap ? assay_synth_say(s, form, one, "are", blue, singles, "is", red)
                        : assay_synth_say(s, form, singles, "is", red, one, "are", blue);
        question = "What colour are the things?";
    } else {
        const char *form = "%s %s and %s %s.", *scrambled = "%s and %s %s %s.";
        right = swap ? assay_synth_say(s, form, "Two", plural, "one", single)
                     : assay_synth_say(s, form, "One", single, "two", plural);
        wrong[0] = swap ? assay_synth_say(s, form, "Two", one, "one", singles)
                        : assay_synth_say(s, form, "One", singles, "two", one);
        wrong[1] = swap ? assay_synth_say(s, scrambled, "Two", plural, "one", single)
                        : assay_synth_say(s, scrambled, "One", single, "two", plural);
        question = ASSAY_PICK(rng, "Which things are there?", "What does the picture show?");
    }
    s->texts.question = good_english(s, rng, question);
    assay_synth_offer(s, rng, right, wrong, 2);
    s->description =
        assay_synth_say(s, "There is one %s %s. There are two %s %s.", red, single, blue, plural);
    assay_synth_add_hint(s, question, right);
    assay_synth_add_hint(s, assay_synth_say(s, "How many %s are there?", plural),
                         assay_synth_say(s, "There are two %s.", plural));
    assay_synth_add_hint(s, assay_synth_say(s, "How many %s are there?", singles),
                         assay_synth_say(s, "There is one %s.", single));
    assay_synth_add_hint(s, assay_synth_say(s, "What colour are the %s?", plural),
                         assay_synth_say(s, "The %s are %s.", plural, blue));
    assay_synth_add_hint(s, assay_synth_say(s, "What colour is the %s?", single),
                         assay_synth_say(s, "The %s is %s.", single, red));
}

/* ---- to the point ---- */

/* All four answers are true; each is the answer to one of the four questions. */
static void draw_topic(assay_synth_sample *s, assay_rng *rng) {
    assay_scene scene;
    choose_two(s, rng, &scene);
    draw_two(s, rng, &scene);
    const char *questions[4], *options[4];
    for (int i = 0; i < 4; i++) {
        const assay_thing *thing = &scene.things[i / 2];
        const char *kind = assay_kind_name(thing->kind);
        bool place = i % 2 == 0;
        questions[i] =
            assay_synth_say(s, place ? "Where is the %s?" : "What colour is the %s?", kind);
        options[i] = assay_synth_say(s, "The %s is %s.", kind,
                                     place ? assay_scene_place(&scene, i / 2)
                                           : assay_colour_name(thing->colour));
    }
    int right = (int)assay_rng_below(rng, 4);
    const char *form = ASSAY_PICK(rng, "%s Keep to the question.", "%s Say only what is asked.",
                                  "%s Stay with the topic.");
    s->texts.question = assay_synth_say(s, form, questions[right]);
    assay_synth_offer_one_of(s, rng, options, 4, right);
    for (int i = 0; i < 4; i++) assay_synth_add_hint(s, questions[i], options[i]);
    assay_scene_hint(&scene, s, rng, 2);
}

/* ---- complete ---- */

/* Two kinds whose names are equally long. */
static void draw_complete(assay_synth_sample *s, assay_rng *rng) {
    assay_scene scene;
    choose_two(s, rng, &scene);
    const char *names[2];
    do {
        for (int i = 0; i < 2; i++) {
            int other = i > 0 ? scene.things[0].kind : -1;
            scene.things[i].kind = assay_pick_other(rng, ASSAY_N_KINDS, other, -1);
            names[i] = assay_kind_name(scene.things[i].kind);
        }
    } while (strlen(names[0]) != strlen(names[1]));
    draw_two(s, rng, &scene);
    int first = assay_chance(rng, 50);
    const char *form =
        ASSAY_PICK(rng, "There is a %s and a %s.", "I see a %s and a %s.", "A %s and a %s.");
    const char *right = assay_synth_say(s, form, names[first], names[1 - first]), *wrong[2];
    for (int i = 0; i < 2; i++) wrong[i] = assay_synth_say(s, form, names[i], names[i]);
    s->texts.question = ASSAY_PICK(rng, "Which two different things are there? Name both.",
                                   "Name both things. Do not say one of them twice.",
                                   "What two different things does the picture show?");
    assay_synth_offer(s, rng, right, wrong, 2);
    assay_synth_add_hint(s, "Which two things are there?", right);
    for (int i = 0; i < 2; i++) {
        assay_synth_add_hint(s, assay_synth_say(s, "What is %s?", assay_scene_place(&scene, i)),
                             assay_synth_say(s, "A %s.", names[i]));
    }
    assay_scene_hint(&scene, s, rng, 3);
}

void assay_draw_language(assay_synth_sample *s, assay_rng *rng) {
    int sort = (int)assay_rng_below(rng, 100);
    if (sort < 35)
        draw_order(s, rng);
    else if (sort < 60)
        draw_agreement(s, rng);
    else if (sort < 85)
        draw_topic(s, rng);
    else
        draw_complete(s, rng);
}
