/* Attribute, Object and Relationship: does the model say what is there, or what it was led to
 * expect? The question names something that may be otherwise, or not there at all. */
#include "synth/claims.h"
#include "synth/draw/scene.h"
#include "synth/words.h"

/* ---- a claim that may be wrong ---- */

static void ask_claim(const assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    switch (assay_rng_below(rng, 4)) {
    case 0:
        s->texts.question = assay_synth_say(s, "Somebody says %s. Is that right?", claim->says[0]);
        break;
    case 1:
        s->texts.question =
            assay_synth_say(s, "Look at the picture. %s?", assay_first_capital(s, claim->asks[0]));
        break;
    case 2:
        s->texts.question = assay_synth_say(s, "Can you see that %s?", claim->says[0]);
        break;
    default:
        s->texts.question = assay_synth_say(s, "%s?", assay_first_capital(s, claim->asks[0]));
    }
    assay_claim_offer(claim, s, rng, "Yes", "No");
}

static void ask_openly(const assay_claim *claim, assay_synth_sample *s, assay_rng *rng) {
    const char *options[3];
    for (int i = 0; i < 3; i++)
        options[i] = assay_synth_say(s, "%s.", assay_first_capital(s, claim->brief[i]));
    s->texts.question = claim->open;
    assay_synth_offer_one_of(s, rng, options, 3, claim->holds);
}

void assay_draw_attribute(assay_synth_sample *s, assay_rng *rng) {
    static assay_claim_draw *const LIST[] = {assay_claim_colour, assay_claim_number,
                                             assay_claim_kind, assay_claim_pattern,
                                             assay_claim_size};
    assay_claim claim;
    assay_claim_any(&claim, s, rng, LIST, 5);
    ask_claim(&claim, s, rng);
}

void assay_draw_relationship(assay_synth_sample *s, assay_rng *rng) {
    static assay_claim_draw *const LIST[] = {assay_claim_place, assay_claim_side,
                                             assay_claim_stand};
    assay_claim claim;
    assay_claim_any(&claim, s, rng, LIST, 3);
    if (assay_chance(rng, 40))
        ask_openly(&claim, s, rng);
    else
        ask_claim(&claim, s, rng);
}

/* ---- Object: something that may not be there ---- */

typedef struct absent {
    assay_image *canvas;
    assay_scene scene;
    int right; /* of the options */
} absent;

/* A scene of two or three things, and a kind of their sort that is not among them. */
static int choose_scene(absent *q, assay_synth_sample *s, assay_rng *rng, assay_layout layout) {
    q->canvas =
        layout == ASSAY_ROW ? assay_scene_wide_image(s, rng) : assay_synth_add_any_image(s, rng);
    assay_scene_choose(&q->scene, q->canvas, rng, layout, ASSAY_ANY_KIND);
    return assay_scene_absent_kind(&q->scene, rng);
}

/* Both colours that are offered are to be seen in any case; the third option denies the thing. */
static void ask_colour(absent *q, assay_synth_sample *s, assay_rng *rng) {
    assay_layout layout = assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED;
    int kind = choose_scene(q, s, rng, layout);
    const char *name = assay_kind_name(kind), *options[3];
    q->right = (int)assay_rng_below(rng, 3);
    if (q->right < 2) q->scene.things[q->right].kind = kind;
    for (int i = 0; i < 2; i++)
        options[i] =
            assay_synth_say(s, "The %s is %s.", name, assay_colour_name(q->scene.things[i].colour));
    options[2] = assay_synth_say(s, "There is no %s.", name);
    s->texts.question =
        assay_synth_say(s,
                        ASSAY_PICK(rng, "What colour is the %s in the picture?",
                                   "Which colour does the %s have?", "The %s has which colour?"),
                        name);
    assay_synth_offer_one_of(s, rng, options, 3, q->right);
}

static void ask_place(absent *q, assay_synth_sample *s, assay_rng *rng) {
    assay_layout layout = assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED;
    int kind = choose_scene(q, s, rng, layout);
    const char *name = assay_kind_name(kind), *options[3];
    q->right = (int)assay_rng_below(rng, 3);
    if (q->right < 2) q->scene.things[q->right].kind = kind;
    for (int i = 0; i < 2; i++)
        options[i] = assay_synth_say(s, "Yes, it is %s.", assay_scene_place(&q->scene, i));
    options[2] = assay_synth_say(s, "No, there is no %s.", name);
    s->texts.question =
        assay_synth_say(s,
                        ASSAY_PICK(rng, "Is there a %s in the picture?",
                                   "Can you see a %s anywhere?", "Do you see a %s here? Where?"),
                        name);
    assay_synth_offer_one_of(s, rng, options, 3, q->right);
}

static void ask_number(absent *q, assay_synth_sample *s, assay_rng *rng) {
    int kind = choose_scene(q, s, rng, ASSAY_ROW), order[3];
    const char *name = assay_kind_name(kind);
    q->right = (int)assay_rng_below(rng, 3);
    assay_permute(rng, order, 3);
    for (int i = 0; i < q->right; i++) q->scene.things[order[i]].kind = kind;
    const char *options[3] = {assay_synth_say(s, "There is no %s.", name),
                              assay_synth_say(s, "There is one %s.", name),
                              assay_synth_say(s, "There are two %s.", assay_kind_plural(kind))};
    s->texts.question =
        assay_synth_say(s,
                        ASSAY_PICK(rng, "How many %s are in the picture?",
                                   "How many %s can you see?", "Count the %s. How many are there?"),
                        assay_kind_plural(kind));
    assay_synth_offer_one_of(s, rng, options, 3, q->right);
}

/* One, the other, both or neither. */
static void ask_which(absent *q, assay_synth_sample *s, assay_rng *rng) {
    int first = choose_scene(q, s, rng, ASSAY_ROW), second = first, order[3];
    while (second == first) second = assay_scene_absent_kind(&q->scene, rng);
    q->right = (int)assay_rng_below(rng, 4);
    assay_permute(rng, order, 3);
    if (q->right == 0 || q->right == 2) q->scene.things[order[0]].kind = first;
    if (q->right == 1 || q->right == 2) q->scene.things[order[1]].kind = second;
    const char *a = assay_kind_name(first), *b = assay_kind_name(second);
    const char *options[4] = {assay_synth_say(s, "Only a %s.", a),
                              assay_synth_say(s, "Only a %s.", b), "Both of them.",
                              "Neither of them."};
    s->texts.question =
        assay_synth_say(s,
                        ASSAY_PICK(rng, "What do you see, a %s or a %s?", "Is there a %s or a %s?",
                                   "Which of these is in the picture, a %s or a %s?"),
                        a, b);
    assay_synth_offer_one_of(s, rng, options, 4, q->right);
}

void assay_draw_object(assay_synth_sample *s, assay_rng *rng) {
    typedef void ask(absent * q, assay_synth_sample * s, assay_rng * rng);
    static ask *const ASK[4] = {ask_colour, ask_place, ask_number, ask_which};
    absent q;
    ASK[assay_rng_below(rng, 4)](&q, s, rng);
    assay_scene_draw(&q.scene, q.canvas, rng);
    s->description = assay_scene_text(&q.scene, s);
    assay_scene_hint(&q.scene, s, rng, 6);
}
