/* Vision-text in-context learning: pictures with made-up names between them, then a picture to
 * name. The names mean a colour or a thing; which, the examples tell. Every name in the options stands in
 * the question, and each is as likely to be right. */
#include "synth/draw/cards.h"
#include "synth/words.h"

enum { COLOUR, KIND, MAX_EXAMPLES = 3 };

typedef struct wording {
    const char *example; /* with the name */
    const char *question;
    const char *answer; /* with the name */
} wording;

static const wording WORDINGS[] = {
    {"This is a %s. ", "What is this?", "It is a %s."},
    {"This is called a %s. ", "What is this called?", "It is called a %s."},
    {"The name is %s. ", "What is the name here?", "The name is %s."},
    {"Here I say %s. ", "What do I say here?", "You say %s."},
    {"This goes to %s. ", "Where does this go?", "It goes to %s."},
};
enum { N_WORDINGS = sizeof WORDINGS / sizeof *WORDINGS };

/* The examples and what they are called; cards[n_examples] is the one to name. */
typedef struct lesson {
    int basis, n_examples, n_names, right;
    int named[MAX_EXAMPLES]; /* index of the name */
    assay_card cards[MAX_EXAMPLES + 1];
    const char *names[MAX_EXAMPLES];
} lesson;

/* Values for the property that counts and for the other one. */
static assay_card card_of(const lesson *l, int counts, int other) {
    return l->basis == COLOUR ? (assay_card){other, counts, 1} : (assay_card){counts, other, 1};
}

/* Each example has a name, a thing and a colour of its own; the last picture shares one of the two
 * with one example, and often nothing else. */
static void choose_one_each(lesson *l, assay_rng *rng, const int *counts, const int *others) {
    l->n_names = l->n_examples = assay_rng_range(rng, 2, MAX_EXAMPLES);
    l->right = (int)assay_rng_below(rng, (uint32_t)l->n_names);
    for (int i = 0; i < l->n_examples; i++) {
        l->named[i] = i;
        l->cards[i] = card_of(l, counts[i], others[i]);
    }
    int other = assay_chance(rng, 20) ? l->right : l->n_examples;
    l->cards[l->n_examples] = card_of(l, counts[l->right], others[other]);
}

/* Two examples of the first name differ in what does not count; the one of the second name has it
 * in common with one of them. So the examples say what the names mean. */
static void choose_two_names(lesson *l, assay_rng *rng, const int *counts, const int *others) {
    static const int CASES[MAX_EXAMPLES][2] = {{0, 0}, {0, 1}, {1, 0}}; /* name, other property */
    int order[MAX_EXAMPLES], other = assay_rng_range(rng, 0, 2);
    l->n_examples = MAX_EXAMPLES;
    l->n_names = 2;
    l->right = (int)assay_rng_below(rng, 2);
    assay_permute(rng, order, MAX_EXAMPLES);
    for (int i = 0; i < MAX_EXAMPLES; i++) {
        const int *from = CASES[order[i]];
        l->named[i] = from[0];
        l->cards[i] = card_of(l, counts[from[0]], others[from[1]]);
    }
    l->cards[MAX_EXAMPLES] = card_of(l, counts[l->right], others[other]);
}

static const char *place_of(const lesson *l, int i) {
    static const char *const PLACES[MAX_EXAMPLES] = {"first", "second", "third"};
    return i == l->n_examples ? "last" : PLACES[i];
}

static bool alike(const lesson *l, int i, int property) {
    const assay_card *card = &l->cards[i], *last = &l->cards[l->n_examples];
    return property == COLOUR ? card->colour == last->colour : card->kind == last->kind;
}

static void describe(assay_synth_sample *s, const lesson *l) {
    const char *text = "";
    for (int i = 0; i <= l->n_examples; i++) {
        text = assay_synth_say(s, "%sThe %s picture shows %s. ", text, place_of(l, i),
                               assay_card_text(s, &l->cards[i]));
    }
    int like = 0;
    while (!alike(l, like, l->basis)) like++;
    s->description = assay_synth_say(s, "%sThe last picture shows the %s of the %s.", text,
                                     l->basis == COLOUR ? "colour" : "thing", place_of(l, like));
}

/* "A red thing is a dax." */
static const char *meaning(assay_synth_sample *s, const lesson *l, int name) {
    int at = 0;
    while (l->named[at] != name) at++;
    if (l->basis == KIND) {
        return assay_synth_say(s, "A %s is a %s.", assay_kind_name(l->cards[at].kind),
                               l->names[name]);
    }
    return assay_synth_say(s, "A %s thing is a %s.", assay_colour_name(l->cards[at].colour),
                           l->names[name]);
}

/* What can be seen, which example is like the last picture, and the naming itself step by step. */
static void hint(assay_synth_sample *s, assay_rng *rng, const lesson *l) {
    const assay_card *last = &l->cards[l->n_examples];
    for (int i = 0; i <= l->n_examples; i++) {
        assay_synth_add_hint(
            s, assay_synth_say(s, "What does the %s picture show?", place_of(l, i)),
            assay_synth_say(s, "%s.", assay_first_capital(s, assay_card_text(s, &l->cards[i]))));
    }
    int at = (int)assay_rng_below(rng, (uint32_t)l->n_examples),
        property = (int)assay_rng_below(rng, 2);
    const char *form = property == COLOUR ? "Do the %s and the last picture have the same colour?"
                                          : "Do the %s and the last picture show the same thing?";
    assay_synth_add_hint(s, assay_synth_say(s, form, place_of(l, at)),
                         alike(l, at, property) ? "Yes." : "No.");
    if (l->n_names < l->n_examples) {
        assay_synth_add_hint(s, "Do the names go by colour or by thing?",
                             l->basis == COLOUR ? "By colour." : "By thing.");
    } else {
        assay_synth_add_hint(s, "Which picture is like the last one?",
                             assay_synth_say(s, "The %s picture.", place_of(l, l->right)));
    }
    const char *meanings = meaning(s, l, 0), *name = l->names[l->right];
    for (int i = 1; i < l->n_names; i++)
        meanings = assay_synth_say(s, "%s %s", meanings, meaning(s, l, i));
    const char *asked = l->basis == COLOUR
                            ? assay_synth_say(s, "%s thing", assay_colour_name(last->colour))
                            : assay_kind_name(last->kind);
    assay_synth_add_hint(s, assay_synth_say(s, "%s What is a %s?", meanings, asked),
                         assay_synth_say(s, "It is a %s.", name));
    assay_synth_add_hint(s, assay_synth_say(s, "%s What is in the last picture?", meanings),
                         assay_synth_say(s, "It is a %s.", name));
}

/* The text around the pictures; each piece stands behind its picture. */
static void write(assay_synth_sample *s, assay_rng *rng, const lesson *l) {
    const wording *w = &WORDINGS[assay_rng_below(rng, N_WORDINGS)];
    const char *after[MAX_EXAMPLES + 1], *options[MAX_EXAMPLES];
    for (int i = 0; i < l->n_examples; i++)
        after[i] = assay_synth_say(s, w->example, l->names[l->named[i]]);
    after[l->n_examples] = w->question;
    for (int i = 0; i < l->n_names; i++) options[i] = assay_synth_say(s, w->answer, l->names[i]);
    assay_synth_interleave(
        s, ASSAY_PICK(rng, "", "Learn from the examples. ", "Here are some examples. "), after);
    assay_synth_offer_one_of(s, rng, options, l->n_names, l->right);
}

void assay_draw_vision_text_icl(assay_synth_sample *s, assay_rng *rng) {
    lesson l = {.basis = (int)assay_rng_below(rng, 2)};
    int colours[ASSAY_N_COLOURS], kinds[ASSAY_N_KINDS];
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_permute(rng, kinds, ASSAY_N_KINDS);
    const int *counts = l.basis == COLOUR ? colours : kinds,
              *others = l.basis == COLOUR ? kinds : colours;
    if (assay_chance(rng, 65))
        choose_one_each(&l, rng, counts, others);
    else
        choose_two_names(&l, rng, counts, others);
    assay_made_up_words(s, rng, l.names, l.n_names);
    for (int i = 0; i <= l.n_examples; i++) assay_card_add(s, rng, &l.cards[i]);
    write(s, rng, &l);
    describe(s, &l);
    hint(s, rng, &l);
}
