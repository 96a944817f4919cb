/* Instruction Following: what to say is seen in the picture, how to say it stands in the question.
 * Three sorts: a form of the answer; code words for what is seen; which of the things to name. */
#include "synth/draw/cards.h"
#include "synth/draw/scene.h"
#include "synth/words.h"

/* ---- a form of the answer ---- */

/* Each style has two forms, the question asks for one of them. The options are two contents in two
 * forms, so that neither alone is enough. */
typedef enum style { CAPITALS, TWICE, YES_OR_NO, LENGTH, LETTER, SIR, WITH_COLOUR, N_STYLES } style;

enum { N_WORDINGS = 2 };
static const char *const FORMS[N_STYLES][2][N_WORDINGS] = {
    [CAPITALS] = {{"answer in capital letters", "use capital letters only"},
                  {"answer in small letters", "use small letters only"}},
    [TWICE] = {{"say it once", "say it one time"}, {"say it twice", "say it two times"}},
    [YES_OR_NO] = {{"answer with yes or no only", "say just yes or no"},
                   {"answer with a whole sentence", "say it in a whole sentence"}},
    [LENGTH] = {{"answer with one word", "say it in one word"},
                {"answer with a whole sentence", "say it in a whole sentence"}},
    [LETTER] = {{"give the first letter only", "answer with the first letter"},
                {"give the whole word", "answer with the whole word"}},
    [SIR] = {{"begin with the word Sir", "put the word Sir first"},
             {"end with the word Sir", "put the word Sir last"}},
    [WITH_COLOUR] = {{"name its colour too", "say its colour as well"},
                     {"do not name its colour", "leave out its colour"}},
};

static const char *wording(assay_rng *rng, style how, int form) {
    return assay_pick(rng, FORMS[how][form], N_WORDINGS);
}

/* One answer in lower case, as a word and so on; unused ones NULL. */
typedef struct content {
    const char *word, *sentence, *thing, *coloured_thing;
} content;

static const char *formed(assay_synth_sample *s, style how, int form, const content *c) {
    switch (how) {
    case CAPITALS:
        return assay_synth_say(s, "%s.", form == 0 ? assay_all_capitals(s, c->word) : c->word);
    case TWICE:
        if (form == 0) break;
        return assay_synth_say(s, "%s, %s.", assay_first_capital(s, c->word), c->word);
    case YES_OR_NO:
    case LENGTH:
        if (form == 0) break;
        return assay_synth_say(s, "%s.", assay_first_capital(s, c->sentence));
    case LETTER:
        if (form == 1) break;
        return assay_synth_say(s, "%c.", c->word[0] - 'a' + 'A');
    case SIR:
        if (form == 0) return assay_synth_say(s, "Sir, %s.", c->sentence);
        return assay_synth_say(s, "%s, Sir.", assay_first_capital(s, c->sentence));
    default: {
        const char *text = form == 0 ? c->coloured_thing : c->thing;
        return assay_synth_say(s, "%s.", assay_first_capital(s, text));
    }
    }
    return assay_synth_say(s, "%s.", assay_first_capital(s, c->word));
}

typedef struct topic {
    enum { ITS_COLOUR, ITS_KIND, IS_IT_SO } sort;
    content contents[2];
    int right;
    const char *question;
    const char *condition; /* "it is on the left": something else to be seen */
    const char *check;     /* that, asked */
    bool holds;
} topic;

/* Contents are taken from both things, the question is about one of them. */
static void choose_topic(topic *t, assay_synth_sample *s, assay_rng *rng, const assay_scene *scene,
                         int at) {
    const assay_thing *things = scene->things;
    const char *kind = assay_kind_name(things[at].kind);
    int cut = assay_chance(rng, 50); /* the condition speaks of this thing */
    t->sort = (int)assay_rng_below(rng, 10) < 4 ? ITS_COLOUR
              : assay_chance(rng, 65)           ? ITS_KIND
                                                : IS_IT_SO;
    t->right = at;
    t->holds = cut == at;
    t->condition = assay_synth_say(s, "it is %s", assay_scene_place(scene, cut));
    t->check = assay_synth_say(s, "Is the %s %s?", kind, assay_scene_place(scene, cut));
    for (int i = 0; i < 2; i++) {
        const char *colour = assay_colour_name(things[i].colour),
                   *name = assay_kind_name(things[i].kind);
        t->contents[i] =
            (content){.word = colour, .sentence = assay_synth_say(s, "it is %s", colour)};
        if (t->sort != ITS_KIND) continue;
        t->contents[i] = (content){name, assay_synth_say(s, "it is a %s", name),
                                   assay_synth_say(s, "a %s", name),
                                   assay_synth_say(s, "a %s %s", colour, name)};
    }
    if (t->sort == ITS_COLOUR) {
        t->question = assay_synth_say(s, "What colour is the %s?", kind);
    } else if (t->sort == ITS_KIND) {
        t->question = assay_synth_say(s, "What is %s?", assay_scene_place(scene, at));
        t->condition = assay_synth_say(s, "it is %s", assay_colour_name(things[cut].colour));
        t->check = assay_synth_say(s, "Is the thing %s %s?", assay_scene_place(scene, at),
                                   assay_colour_name(things[cut].colour));
    } else {
        int asked = assay_chance(rng, 50);
        const char *colour = assay_colour_name(things[asked].colour);
        t->question = assay_synth_say(s, "Is the %s %s?", kind, colour);
        t->right = asked != at;
        t->contents[0] =
            (content){.word = "yes", .sentence = assay_synth_say(s, "yes, it is %s", colour)};
        t->contents[1] =
            (content){.word = "no", .sentence = assay_synth_say(s, "no, it is not %s", colour)};
    }
}

static style choose_style(const topic *t, assay_rng *rng) {
    if (t->sort == IS_IT_SO) return (style)assay_rng_below(rng, LENGTH);
    bool same_letter = t->contents[0].word[0] == t->contents[1].word[0];
    for (;;) {
        style how = (style)assay_rng_below(rng, N_STYLES);
        if (how == YES_OR_NO || (how == LETTER && same_letter)) continue;
        if (how == WITH_COLOUR && t->sort != ITS_KIND) continue;
        return how;
    }
}

static void hint_forms(assay_synth_sample *s, assay_rng *rng, const topic *t, style how) {
    for (int i = 0; i < 2; i++) {
        int form = assay_chance(rng, 50);
        const content *c = &t->contents[i];
        const char *told = how == WITH_COLOUR ? c->coloured_thing
                           : how == SIR       ? c->sentence
                                              : c->word;
        assay_synth_add_hint(s,
                             assay_synth_say(s, "The answer is: %s. Please %s. What do you say?",
                                             told, wording(rng, how, form)),
                             formed(s, how, form, c));
    }
    assay_synth_add_hint(
        s, t->question,
        assay_synth_say(s, "%s.", assay_first_capital(s, t->contents[t->right].sentence)));
}

static void draw_form(assay_synth_sample *s, assay_rng *rng) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_scene_choose(&scene, canvas, rng,
                       assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE : ASSAY_STACKED, ASSAY_ANY_KIND);
    assay_scene_draw(&scene, canvas, rng);
    int at = (int)assay_rng_below(rng, 2), form = (int)assay_rng_below(rng, 2);
    topic t;
    choose_topic(&t, s, rng, &scene, at);
    style how = choose_style(&t, rng);
    const char *forms[2];
    for (int i = 0; i < 2; i++) forms[i] = wording(rng, how, i);
    if (assay_chance(rng, 50)) {
        /* What is seen decides on the form, too: the words alone do not even tell that. */
        s->texts.question = assay_synth_say(s, "%s If %s, %s. If not, %s.", t.question, t.condition,
                                            forms[form], forms[1 - form]);
        if (!t.holds) form = 1 - form;
        assay_synth_add_hint(s, t.check, t.holds ? "Yes." : "No.");
    } else if (assay_chance(rng, 60)) {
        const char *text = assay_first_capital(s, forms[form]);
        s->texts.question = assay_chance(rng, 50) ? assay_synth_say(s, "%s %s.", t.question, text)
                                                  : assay_synth_say(s, "%s. %s", text, t.question);
    } else {
        s->texts.question = assay_synth_say(s, "%s Please %s.", t.question, forms[form]);
    }
    const char *options[4];
    for (int i = 0; i < 4; i++) options[i] = formed(s, how, i % 2, &t.contents[i / 2]);
    assay_synth_offer_one_of(s, rng, options, 4, 2 * t.right + form);
    s->description = assay_scene_text(&scene, s);
    hint_forms(s, rng, &t, how);
    assay_scene_hint(&scene, s, rng, 3);
}

/* ---- code words ---- */

enum { MAX_CASES = 3 };

static void choose_codes(assay_synth_sample *s, assay_rng *rng, const char **codes, int n) {
    static const char *const SETS[][MAX_CASES] = {{"One", "Two", "Three"},
                                                  {"First", "Second", "Third"},
                                                  {"Smith", "Johnson", "Brown"},
                                                  {"Foo", "Dog", "Hip"},
                                                  {"A", "B", "C"}};
    int order[MAX_CASES], set = (int)assay_rng_below(rng, sizeof SETS / sizeof *SETS);
    assay_permute(rng, order, n);
    for (int i = 0; i < n; i++) codes[i] = SETS[set][order[i]];
    if (assay_chance(rng, 30)) return;
    const char *words[MAX_CASES];
    assay_made_up_words(s, rng, words, n);
    for (int i = 0; i < n; i++) codes[i] = assay_first_capital(s, words[i]);
}

typedef struct mapping {
    int n, right;
    const char *look;             /* "Look at the star." */
    const char *asked;            /* "What colour is the star?" */
    const char *subject;          /* "it is" */
    const char *cases[MAX_CASES]; /* "red" */
    const char *codes[MAX_CASES];
} mapping;

static const char *rule_of(assay_synth_sample *s, const mapping *m) {
    const char *rule = "";
    for (int i = 0; i < m->n; i++) {
        const char *subject = m->n == 2 ? assay_synth_say(s, "%s ", m->subject) : "";
        rule = assay_synth_say(s, "%s%sIf %s%s, say %s.", rule, i > 0 ? " " : "", subject,
                               m->cases[i], m->codes[i]);
    }
    return rule;
}

/* What is seen of one case: "It is red." */
static const char *case_text(assay_synth_sample *s, const mapping *m, int i) {
    const char *text = assay_synth_say(s, "%s %s", m->subject, m->cases[i]);
    return assay_synth_say(s, "%s.", assay_first_capital(s, text));
}

/* From the word itself over one rule to all of them. */
static void hint_mapping(assay_synth_sample *s, assay_rng *rng, const mapping *m) {
    int other = assay_pick_other(rng, m->n, m->right, -1), order[2];
    const int asked[2] = {m->right, other};
    const char *rule = rule_of(s, m);
    assay_permute(rng, order, 2);
    assay_synth_add_hint(s, m->asked, case_text(s, m, m->right));
    for (int i = 0; i < 2; i++) {
        int at = asked[order[i]];
        assay_synth_add_hint(
            s, assay_synth_say(s, "%s %s What do you say?", rule, case_text(s, m, at)),
            assay_synth_say(s, "%s.", m->codes[at]));
    }
    assay_synth_add_hint(s, assay_synth_say(s, "Can you say %s?", m->codes[m->right]),
                         assay_synth_say(s, "%s.", m->codes[m->right]));
    assay_synth_add_hint(s,
                         assay_synth_say(s, "If %s, say %s. %s What do you say?", m->cases[other],
                                         m->codes[other], case_text(s, m, other)),
                         assay_synth_say(s, "%s.", m->codes[other]));
}

/* How many: a card of its own. */
static void draw_number(assay_synth_sample *s, assay_rng *rng, mapping *m) {
    int counts[MAX_CASES];
    assay_permute(rng, counts, MAX_CASES);
    assay_card card = {.count = 2 + counts[m->right]};
    card.kind = (int)assay_rng_below(rng, ASSAY_N_KINDS);
    card.colour = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    assay_card_add(s, rng, &card);
    const char *name = assay_kind_plural(card.kind);
    m->look = assay_synth_say(s, "Count the %s.", name);
    for (int i = 0; i < m->n; i++) m->cases[i] = assay_number_word(2 + counts[i]);
    m->asked = assay_synth_say(s, "How many %s are there?", name);
    m->subject = "there are";
    s->description = assay_synth_say(s, "There are %s.", assay_card_text(s, &card));
}

/* Fills what is to be said of thing `at`, so that cases[right] holds. */
static void choose_cases(assay_synth_sample *s, assay_rng *rng, mapping *m,
                         const assay_scene *scene, int at) {
    int colours[ASSAY_N_COLOURS], kinds[ASSAY_N_KINDS], used = 0;
    const assay_thing *thing = &scene->things[at];
    int other = scene->n == 2 ? 1 - at : -1;
    bool colour = assay_chance(rng, 50);
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    assay_permute(rng, kinds, ASSAY_N_KINDS);
    const char *kind = assay_kind_name(thing->kind), *place = assay_scene_place(scene, at);
    m->look = colour ? assay_synth_say(s, "Look at the %s.", kind)
                     : assay_synth_say(s, "Look at the thing %s.", place);
    m->asked = colour ? assay_synth_say(s, "What colour is the %s?", kind)
                      : assay_synth_say(s, "What is %s?", place);
    for (int i = 0; i < m->n; i++) {
        int value = colour ? thing->colour : thing->kind;
        if (i != m->right && other >= 0) { /* first what is seen elsewhere */
            value = colour ? scene->things[other].colour : scene->things[other].kind;
            other = -1;
        } else if (i != m->right) {
            const int *list = colour ? colours : kinds;
            bool seen;
            do {
                value = list[used++];
                seen = false;
                for (int j = 0; j < scene->n; j++) {
                    const assay_thing *t = &scene->things[j];
                    seen = seen || value == (colour ? t->colour : t->kind);
                }
            } while (seen);
        }
        m->cases[i] =
            colour ? assay_colour_name(value) : assay_with_article(s, assay_kind_name(value));
    }
}

static void draw_things(assay_synth_sample *s, assay_rng *rng, mapping *m) {
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    assay_layout layout = assay_chance(rng, 40)   ? ASSAY_CENTRE
                          : assay_chance(rng, 50) ? ASSAY_SIDE_BY_SIDE
                                                  : ASSAY_STACKED;
    assay_scene_choose(&scene, canvas, rng, layout, ASSAY_ANY_KIND);
    assay_scene_draw(&scene, canvas, rng);
    if (scene.n == 2 && m->n == 2 && assay_chance(rng, 40)) {
        const char *kind = assay_kind_name(scene.things[m->right].kind);
        m->look = assay_synth_say(s, "Look at the %s.", kind);
        m->asked = assay_synth_say(s, "Where is the %s?", kind);
        for (int i = 0; i < 2; i++) m->cases[i] = assay_scene_place(&scene, i);
    } else {
        choose_cases(s, rng, m, &scene, scene.n == 2 ? (int)assay_rng_below(rng, 2) : 0);
    }
    s->description = assay_scene_text(&scene, s);
    assay_scene_hint(&scene, s, rng, 3);
}

static void draw_mapping(assay_synth_sample *s, assay_rng *rng) {
    mapping m = {.n = assay_rng_range(rng, 2, MAX_CASES), .subject = "it is"};
    m.right = (int)assay_rng_below(rng, (uint32_t)m.n);
    choose_codes(s, rng, m.codes, m.n);
    if (assay_chance(rng, 15))
        draw_number(s, rng, &m);
    else
        draw_things(s, rng, &m);
    const char *rule = rule_of(s, &m);
    s->texts.question = m.n > 2 || assay_chance(rng, 50)
                            ? assay_synth_say(s, "%s %s", m.look, rule)
                            : assay_synth_say(s, "%s %s What do you say?", m.look, rule);
    const char *options[MAX_CASES];
    for (int i = 0; i < m.n; i++) options[i] = assay_synth_say(s, "%s.", m.codes[i]);
    assay_synth_offer_one_of(s, rng, options, m.n, m.right);
    hint_mapping(s, rng, &m);
}

/* ---- which things to name ---- */

/* The three ways to part four places into two pairs, the first place in the first pair. */
enum { COLUMNS, ROWS, CROSSWISE, N_PARTS };
static const int PARTS[N_PARTS][2][2] = {{{0, 2}, {1, 3}}, {{0, 1}, {2, 3}}, {{0, 3}, {1, 2}}};

static const char *pair_text(assay_synth_sample *s, assay_rng *rng, const assay_scene *scene,
                             const int *pair) {
    int turned = assay_chance(rng, 50);
    return assay_synth_say(s, "A %s and a %s.", assay_kind_name(scene->things[pair[turned]].kind),
                           assay_kind_name(scene->things[pair[1 - turned]].kind));
}

static void draw_choice(assay_synth_sample *s, assay_rng *rng) {
    static const char *const PLACES[CROSSWISE][2] = {{"on the left", "on the right"},
                                                     {"at the top", "at the bottom"}};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    assay_scene scene;
    int order[N_PARTS], half = (int)assay_rng_below(rng, 2);
    bool by_colour = assay_chance(rng, 40);
    assay_scene_choose(&scene, canvas, rng, ASSAY_GRID, ASSAY_ANY_KIND);
    assay_permute(rng, order, by_colour ? N_PARTS : CROSSWISE);
    int part = order[0]; /* the one that is asked for; order[1] gives the other options */
    if (by_colour) {
        int colours[2] = {scene.things[0].colour, scene.things[1].colour};
        for (int i = 0; i < 4; i++) scene.things[PARTS[part][i / 2][i % 2]].colour = colours[i / 2];
    }
    assay_scene_draw(&scene, canvas, rng);
    const int *asked = PARTS[part][half];
    const char *which =
        by_colour
            ? assay_synth_say(s, "the %s things", assay_colour_name(scene.things[asked[0]].colour))
            : assay_synth_say(s, "the things %s", PLACES[part][half]);
    const char *form = ASSAY_PICK(rng, "Name only %s.", "Name %s and nothing else.",
                                  "Please name %s, not the others.");
    s->texts.question = assay_synth_say(s, form, which);
    const char *options[4];
    for (int i = 0; i < 4; i++) options[i] = pair_text(s, rng, &scene, PARTS[order[i / 2]][i % 2]);
    assay_synth_offer_one_of(s, rng, options, 4, half);
    s->description = assay_scene_text(&scene, s);
    for (int i = 0; i < 2; i++) {
        const int *pair = PARTS[part][i];
        const char *question =
            by_colour ? assay_synth_say(s, "Which things are %s?",
                                        assay_colour_name(scene.things[pair[0]].colour))
                      : assay_synth_say(s, "Which things are %s?", PLACES[part][i]);
        assay_synth_add_hint(s, question, pair_text(s, rng, &scene, pair));
    }
    for (int i = 0; i < 2; i++) {
        const assay_thing *thing = &scene.things[asked[i]];
        assay_synth_add_hint(s,
                             assay_synth_say(s, "What is %s?", assay_scene_place(&scene, asked[i])),
                             assay_synth_say(s, "A %s %s.", assay_colour_name(thing->colour),
                                             assay_kind_name(thing->kind)));
    }
}

void assay_draw_instruction(assay_synth_sample *s, assay_rng *rng) {
    int sort = (int)assay_rng_below(rng, 100);
    if (sort < 40)
        draw_form(s, rng);
    else if (sort < 80)
        draw_mapping(s, rng);
    else
        draw_choice(s, rng);
}
