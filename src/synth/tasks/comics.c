/* Comics: a page of two panels. Who speaks and what, who has the thing at the end, how a feeling
 * changes, whether a wish comes true. */
#include "synth/draw/panels.h"
#include "synth/traits.h"

typedef enum story { TALK, GIFT, MOOD, WISH, N_STORIES } story;

#define N_WORDS  6
#define N_THINGS 8

static const char *const WORDS[N_WORDS] = {"HI", "NO", "YES", "WOW", "BYE", "OK"};
static const char *const SAYS[N_WORDS] = {"hi", "no", "yes", "wow", "bye", "ok"};
static const char *const PANELS[2] = {"first", "second"};
static const int THINGS[N_THINGS] = {ASSAY_STAR, ASSAY_HEART, ASSAY_CAR, ASSAY_BOAT,
                                     ASSAY_CUP,  ASSAY_FISH,  ASSAY_KEY, ASSAY_FLOWER};
static const char *const NAMES[N_THINGS] = {"star", "heart", "car", "boat",
                                            "cup",  "fish",  "key", "flower"};

typedef struct comic {
    assay_panel panels[2];
    const char *people[2]; /* "the person in red" */
    const char *owners[3]; /* "The person in red", ..., and nobody */
    assay_trait traits[6];
    int n;
} comic;

static void add(comic *c, assay_trait trait) {
    c->traits[c->n++] = trait;
}

static comic new_comic(assay_synth_sample *s, assay_rng *rng, int n_people) {
    comic c = {0};
    assay_bust people[2];
    for (int i = 0; i < 2; i++) people[i] = assay_bust_any(rng);
    people[1].shirt = assay_pick_other(rng, ASSAY_N_COLOURS, people[0].shirt, -1);
    for (int k = 0; k < 2; k++) {
        assay_panel *p = &c.panels[k];
        *p = (assay_panel){.n_people = n_people, .speaker = ASSAY_NOBODY, .thing = -1};
        for (int i = 0; i < 2; i++) {
            p->people[i] = people[i];
            p->people[i].feeling = ASSAY_FEELS_HAPPY;
        }
    }
    for (int i = 0; i < 2; i++) {
        const char *colour = assay_colour_name(people[i].shirt);
        c.people[i] = assay_synth_say(s, "the person in %s", colour);
        c.owners[i] = assay_synth_say(s, "The person in %s", colour);
    }
    c.owners[2] = "Nobody";
    return c;
}

static void show(const comic *c, assay_synth_sample *s, assay_rng *rng) {
    /* Two people have more room in panels that lie one below the other. */
    static const int SIZES[6][2] = {{384, 288}, {400, 320}, {288, 384},
                                    {320, 400}, {320, 320}, {384, 384}};
    bool two = c->panels[0].n_people == 2;
    const int *size = SIZES[two ? 1 + assay_rng_below(rng, 5) : assay_rng_below(rng, 6)];
    assay_panels_draw(c->panels, 2, assay_synth_add_image(s, size[0], size[1]), rng);
}

/* Where somebody or something is. */
static void hint_place(assay_synth_sample *s, const char *question, int side) {
    static const char *const PLACES[2] = {"On the left.", "On the right."};
    assay_synth_add_hint(s, question, side == ASSAY_NOBODY ? "On the ground." : PLACES[side]);
}

static void hint_colour(assay_synth_sample *s, const comic *c, int side) {
    const char *colour = assay_colour_name(c->panels[0].people[side].shirt);
    assay_synth_add_hint(s,
                         side == 0 ? "What colour is the shirt of the left person?"
                                   : "What colour is the shirt of the right person?",
                         assay_synth_say(s, "It is %s.", colour));
}

/* ---- stories ---- */

static int tell_talk(comic *c, assay_synth_sample *s, assay_rng *rng) {
    int asked = (int)assay_rng_below(rng, 4), words[N_WORDS]; /* who and what, by panels */
    assay_permute(rng, words, N_WORDS);
    for (int k = 0; k < 2; k++) {
        assay_panel *p = &c->panels[k];
        /* There is something to read where that is asked. */
        p->speaker = (int)assay_rng_below(rng, asked == 2 + k ? 2 : 3);
        if (p->speaker == 2) p->speaker = ASSAY_NOBODY;
        p->word = WORDS[words[k]];
        bool silent = p->speaker == ASSAY_NOBODY;
        for (int i = 0; i < 2; i++)
            p->people[i].feeling = (assay_feeling)assay_rng_below(rng, ASSAY_N_FEELINGS);
        const char *part = silent ? assay_synth_say(s, "In the %s panel nobody speaks.", PANELS[k])
                                  : assay_synth_say(s, "In the %s panel %s says %s.", PANELS[k],
                                                    c->people[p->speaker], SAYS[words[k]]);
        if (silent)
            assay_synth_add_hint(
                s, assay_synth_say(s, "Is there a bubble in the %s panel?", PANELS[k]), "No.");
        else
            hint_place(
                s, assay_synth_say(s, "On which side is the speaker in the %s panel?", PANELS[k]),
                p->speaker);
        s->description = k == 0
                             ? assay_synth_say(s, "A comic. On the left is %s, on the right %s. %s",
                                               c->people[0], c->people[1], part)
                             : assay_synth_say(s, "%s %s", s->description, part);
    }
    hint_colour(s, c, (int)assay_rng_below(rng, 2));
    for (int k = 0; k < 2; k++)
        add(c, (assay_trait){{assay_synth_say(s, "Who speaks in the %s panel?", PANELS[k]),
                              assay_synth_say(s, "Who says something in the %s panel?", PANELS[k])},
                             "%s.",
                             NULL,
                             c->owners,
                             3,
                             c->panels[k].speaker == ASSAY_NOBODY ? 2 : c->panels[k].speaker});
    int at = asked;
    for (int k = 0; k < 2; k++) {
        if (c->panels[k].speaker == ASSAY_NOBODY) continue;
        if (asked == 2 + k) at = c->n;
        const char *who = c->people[c->panels[k].speaker];
        add(c, (assay_trait){
                   {assay_synth_say(s, "What is said in the %s panel?", PANELS[k]),
                    assay_synth_say(s, "What does %s say in the %s panel?", who, PANELS[k]),
                    assay_synth_say(s, "What does the bubble in the %s panel say?", PANELS[k])},
                   "It says %s.",
                   assay_synth_say(s, "Does the bubble in the %s panel say %%s?", PANELS[k]),
                   SAYS,
                   N_WORDS,
                   words[k]});
    }
    return at;
}

static int tell_gift(comic *c, assay_synth_sample *s, assay_rng *rng) {
    static const char *const ENDS[3] = {"gives it away", "keeps it", "drops it"};
    int thing = (int)assay_rng_below(rng, N_THINGS), giver = (int)assay_rng_below(rng, 2),
        end = (int)assay_rng_below(rng, 3),
        colour = assay_pick_other(rng, ASSAY_N_COLOURS, c->panels[0].people[0].shirt,
                                  c->panels[0].people[1].shirt),
        asked = (int)assay_rng_below(rng, 3);
    for (int k = 0; k < 2; k++) {
        c->panels[k].thing = THINGS[thing];
        c->panels[k].colour = colour;
        c->panels[k].holder = giver;
    }
    c->panels[1].holder = end == 0 ? 1 - giver : end == 1 ? giver : ASSAY_NOBODY;
    if (end == 2) {
        for (int i = 0; i < 2; i++) c->panels[1].people[i].feeling = ASSAY_FEELS_SURPRISED;
    }
    int owner = end == 2 ? 2 : c->panels[1].holder;
    const char *name = NAMES[thing], *who = c->people[giver];
    add(c, (assay_trait){
               {assay_synth_say(s, "%s has the %s. What happens then?", c->owners[giver], name),
                assay_synth_say(s, "What does %s do with the %s?", who, name)},
               "The person %s.",
               NULL,
               ENDS,
               3,
               end});
    add(c, (assay_trait){{assay_synth_say(s, "Who has the %s at the end?", name),
                          assay_synth_say(s, "Who holds the %s in the last panel?", name)},
                         "%s.",
                         NULL,
                         c->owners,
                         3,
                         owner});
    add(c, (assay_trait){{assay_synth_say(s, "What does %s have in the first panel?", who),
                          "Which thing is this story about?"},
                         "It is the %s.",
                         "Is the story about the %s?",
                         NAMES,
                         N_THINGS,
                         thing});
    hint_colour(s, c, (int)assay_rng_below(rng, 2));
    for (int k = 0; k < 2; k++)
        hint_place(s, assay_synth_say(s, "Where is the %s in the %s panel?", name, PANELS[k]),
                   c->panels[k].holder);
    assay_synth_add_hint(s, assay_synth_say(s, "Who has the %s in the first panel?", name),
                         assay_synth_say(s, "%s.", c->owners[giver]));
    s->description = assay_synth_say(s,
                                     "A comic. On the left is %s, on the right %s. In the first "
                                     "panel %s has the %s. In the second panel the person %s.",
                                     c->people[0], c->people[1], who, name, ENDS[end]);
    return asked;
}

/* Two feelings, and the four ways from one panel to the next, each as likely. */
static int tell_mood(comic *c, assay_synth_sample *s, assay_rng *rng, const char **ways) {
    int a = (int)assay_rng_below(rng, ASSAY_N_FEELINGS),
        b = assay_pick_other(rng, ASSAY_N_FEELINGS, a, -1), way = (int)assay_rng_below(rng, 4);
    int first = way == 0 || way == 2 ? a : b, last = way == 1 || way == 2 ? a : b;
    const char *x = ASSAY_FEELING_NAMES[a], *y = ASSAY_FEELING_NAMES[b];
    c->panels[0].people[0].feeling = (assay_feeling)first;
    c->panels[1].people[0].feeling = (assay_feeling)last;
    ways[0] = assay_synth_say(s, "First %s and then %s", x, y);
    ways[1] = assay_synth_say(s, "First %s and then %s", y, x);
    ways[2] = assay_synth_say(s, "Both times %s", x);
    ways[3] = assay_synth_say(s, "Both times %s", y);
    add(c, (assay_trait){{"How does the person feel in the two panels?",
                          "How does the feeling of the person change?"},
                         "%s.",
                         NULL,
                         ways,
                         4,
                         way});
    for (int k = 0; k < 2; k++)
        add(c, (assay_trait){
                   {assay_synth_say(s, "How does the person feel in the %s panel?", PANELS[k]),
                    k == 0 ? "How does the person feel at first?"
                           : "How does the person feel at the end?"},
                   "The person is %s.",
                   assay_synth_say(s, "Is the person %%s in the %s panel?", PANELS[k]),
                   ASSAY_FEELING_NAMES,
                   ASSAY_N_FEELINGS,
                   k == 0 ? first : last});
    s->description =
        assay_synth_say(s,
                        "A comic. In the first panel %s is %s. In the second panel "
                        "the person is %s.",
                        c->people[0], ASSAY_FEELING_NAMES[first], ASSAY_FEELING_NAMES[last]);
    int asked = (int)assay_rng_below(rng, 4);
    return asked == 3 ? 0 : asked;
}

static int tell_wish(comic *c, assay_synth_sample *s, assay_rng *rng) {
    static const char *const TRUTHS[2] = {"Yes, it comes true", "No, it does not"};
    int wish = (int)assay_rng_below(rng, N_THINGS),
        other = assay_pick_other(rng, N_THINGS, wish, -1), asked = (int)assay_rng_below(rng, 3);
    bool granted = assay_chance(rng, 50);
    int gets = granted ? wish : other,
        colour = assay_pick_other(rng, ASSAY_N_COLOURS, c->panels[0].people[0].shirt, -1);
    c->panels[0].speaker = 0;
    c->panels[0].thought = THINGS[wish];
    c->panels[1].thing = THINGS[gets];
    c->panels[1].holder = 0;
    for (int k = 0; k < 2; k++) c->panels[k].colour = colour;
    if (!granted) c->panels[1].people[0].feeling = ASSAY_FEELS_SAD;
    add(c, (assay_trait){{"What does the person think of in the first panel?",
                          "What does the person wish for?"},
                         "It is the %s.",
                         "Does the person think of the %s?",
                         NAMES,
                         N_THINGS,
                         wish});
    add(c, (assay_trait){{"What does the person get in the second panel?",
                          "What does the person hold at the end?"},
                         "It is the %s.",
                         "Does the person get the %s?",
                         NAMES,
                         N_THINGS,
                         gets});
    add(c, (assay_trait){{"Does the wish of the person come true?",
                          "The person wishes for something. Does the wish come true?"},
                         "%s.",
                         NULL,
                         TRUTHS,
                         2,
                         granted ? 0 : 1});
    s->description = assay_synth_say(s,
                                     "A comic. In the first panel %s thinks of the %s. In the "
                                     "second panel the person gets the %s.",
                                     c->people[0], NAMES[wish], NAMES[gets]);
    return asked;
}

void assay_draw_comics(assay_synth_sample *s, assay_rng *rng) {
    story told = (story)assay_rng_below(rng, N_STORIES);
    comic c = new_comic(s, rng, told == TALK || told == GIFT ? 2 : 1);
    const char *ways[4];
    int asked = 0;
    switch (told) {
    case TALK:
        asked = tell_talk(&c, s, rng);
        break;
    case GIFT:
        asked = tell_gift(&c, s, rng);
        break;
    case MOOD:
        asked = tell_mood(&c, s, rng, ways);
        break;
    default:
        asked = tell_wish(&c, s, rng);
    }
    show(&c, s, rng);
    assay_traits_ask(s, rng, c.traits, c.n, asked);
}
