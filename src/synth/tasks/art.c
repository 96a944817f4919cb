/* Art: a painting in its frame. Its genre, manner, hour, season, colours, and what it shows. */
#include "synth/draw/painting.h"
#include "synth/traits.h"

typedef enum topic {
    GENRE,
    MANNER,
    FRAME,
    HOUR,
    SEASON,
    VIEW,
    FEELING,
    WEARS,
    SHIRT,
    STILL,
    APPLES,
    CLOTH,
    PATTERN,
    PALETTE,
    N_TOPICS
} topic;

static const char *const COLOURS[ASSAY_N_COLOURS] = {"red",    "green",  "blue",
                                                     "yellow", "purple", "black"};

static const assay_trait TRAITS[N_TOPICS] = {
    [GENRE] = {{"What kind of painting is it?", "Which kind of picture did the artist paint?",
                "What sort of painting hangs here?"},
               "It is %s.",
               "Is it %s?",
               (const char *const[]){"a landscape", "a portrait", "a still life",
                                     "an abstract painting"},
               ASSAY_N_GENRES,
               0},
    [MANNER] = {{"How is it painted?", "In which style is it painted?",
                 "How did the artist put the paint on?"},
                "%s.",
                NULL,
                (const char *const[]){"With smooth paint", "With many dots", "With small squares",
                                      "With short brush strokes"},
                ASSAY_N_MANNERS,
                0},
    [FRAME] = {{"What colour is the frame?", "Which colour does the frame have?"},
               "It is %s.",
               "Is the frame %s?",
               (const char *const[]){"gold", "black", "red", "blue", "white"},
               ASSAY_N_FRAMES,
               0},
    [HOUR] = {{"What time of day is it in the painting?", "Which time of day did the artist paint?",
               "Is it day, sunset or night in the landscape?"},
              "It is %s.",
              "Is it %s?",
              (const char *const[]){"day", "sunset", "night"},
              ASSAY_N_HOURS,
              0},
    [SEASON] = {{"Which season does the landscape show?", "What season is it in the painting?"},
                "It is %s.",
                "Is it %s?",
                (const char *const[]){"spring", "summer", "autumn", "winter"},
                ASSAY_N_SEASONS,
                0},
    [VIEW] = {{"What is beside the tree in the landscape?", "What does the landscape show?",
               "What did the artist paint beside the tree?"},
              "It is %s.",
              "Is there %s?",
              (const char *const[]){"a mountain", "a house", "a boat", "a windmill"},
              ASSAY_N_VIEWS,
              0},
    [FEELING] = {{"How does the person in the portrait feel?", "How does the person look?",
                  "What feeling does the portrait show?"},
                 "The person is %s.",
                 "Is the person %s?",
                 ASSAY_FEELING_NAMES,
                 ASSAY_N_FEELINGS,
                 0},
    [WEARS] = {{"What does the person in the portrait wear besides the shirt?",
                "What does the person wear on the head or face?"},
               "The person wears %s.",
               "Does the person wear %s?",
               (const char *const[]){"nothing", "a hat", "a crown", "a pair of glasses"},
               ASSAY_N_HEADWEAR,
               0},
    [SHIRT] = {{"What colour are the clothes in the portrait?",
                "Which colour does the person wear?"},
               "It is %s.",
               "Is the shirt %s?",
               COLOURS,
               ASSAY_N_COLOURS,
               0},
    [STILL] = {{"What stands on the table behind the apples?",
                "What is in the middle of the still life?",
                "What did the artist put on the table?"},
               "It is %s.",
               "Is there %s?",
               (const char *const[]){"a bowl of fruit", "a vase of flowers", "a brown jug",
                                     "a burning candle"},
               ASSAY_N_STILLS,
               0},
    [APPLES] = {{"How many apples lie on the table?", "How many apples are in front?"},
                "There %s.",
                "Is it true that there %s?",
                (const char *const[]){"is one apple", "are two apples", "are three apples",
                                      "are four apples"},
                4,
                0},
    [CLOTH] = {{"What colour is the table?", "Which colour does the cloth on the table have?"},
               "It is %s.",
               "Is the table %s?",
               COLOURS,
               ASSAY_N_COLOURS,
               0},
    [PATTERN] = {{"What is the abstract painting made of?", "Which shapes did the artist paint?",
                  "Which shapes are in the painting?"},
                 "There are many %s.",
                 "Are there many %s?",
                 (const char *const[]){"squares", "circles", "triangles", "stripes"},
                 ASSAY_N_PATTERNS,
                 0},
    [PALETTE] = {{"Which colours did the artist choose?", "How are the colours of the painting?",
                  "Are the colours warm, cold or grey?"},
                 "They are %s.",
                 "Are the colours %s?",
                 (const char *const[]){"warm", "cold", "grey"},
                 ASSAY_N_PALETTES,
                 0},
};

static const topic OF_GENRE[ASSAY_N_GENRES][3] = {{HOUR, SEASON, VIEW},
                                                  {FEELING, WEARS, SHIRT},
                                                  {STILL, APPLES, CLOTH},
                                                  {PATTERN, PALETTE, FRAME}};

/* Only what is coarse can be told from dots and tiles. */
static int choose_manner(assay_rng *rng, topic asked, int genre) {
    int manner = (int)assay_rng_below(rng, ASSAY_N_MANNERS);
    bool broken = assay_chance(rng, 40);
    if (asked == MANNER) return manner;
    bool coarse =
        asked == GENRE || asked == FRAME || asked == HOUR || asked == SHIRT || asked == CLOTH;
    return coarse && broken && genre != ASSAY_ABSTRACT ? manner : ASSAY_SMOOTH;
}

static assay_painting choose_painting(assay_rng *rng, topic *asked) {
    assay_painting p = {0};
    int sort = (int)assay_rng_below(rng, 12);
    p.genre = (int)assay_rng_below(rng, ASSAY_N_GENRES);
    if (sort < 3)
        *asked = (topic)sort;
    else
        *asked = OF_GENRE[p.genre][sort % (p.genre == ASSAY_ABSTRACT ? 2 : 3)];
    if (*asked == MANNER) p.genre = (int)assay_rng_below(rng, ASSAY_ABSTRACT);
    p.manner = choose_manner(rng, *asked, p.genre);
    p.frame = (int)assay_rng_below(rng, ASSAY_N_FRAMES);
    p.hour = (int)assay_rng_below(rng, ASSAY_N_HOURS);
    p.season = (int)assay_rng_below(rng, ASSAY_N_SEASONS);
    p.view = (int)assay_rng_below(rng, ASSAY_N_VIEWS);
    p.sitter = assay_bust_any(rng);
    p.sitter.feeling = (assay_feeling)assay_rng_below(rng, ASSAY_N_FEELINGS);
    p.sitter.wears = (assay_headwear)assay_rng_below(rng, ASSAY_N_HEADWEAR);
    p.still = (int)assay_rng_below(rng, ASSAY_N_STILLS);
    p.apples = assay_rng_range(rng, 1, 4);
    p.cloth = (int)assay_rng_below(rng, ASSAY_N_COLOURS);
    p.pattern = (int)assay_rng_below(rng, ASSAY_N_PATTERNS);
    p.palette = (int)assay_rng_below(rng, ASSAY_N_PALETTES);
    return p;
}

static assay_trait trait_of(topic about, const assay_painting *p) {
    const int holds[N_TOPICS] = {
        [GENRE] = p->genre,        [MANNER] = p->manner,
        [FRAME] = p->frame,        [HOUR] = p->hour,
        [SEASON] = p->season,      [VIEW] = p->view,
        [STILL] = p->still,        [FEELING] = (int)p->sitter.feeling,
        [SHIRT] = p->sitter.shirt, [WEARS] = (int)p->sitter.wears,
        [CLOTH] = p->cloth,        [APPLES] = p->apples - 1,
        [PATTERN] = p->pattern,    [PALETTE] = p->palette,
    };
    assay_trait trait = TRAITS[about];
    trait.holds = holds[about];
    return trait;
}

static const char *word_of(topic about, const assay_painting *p) {
    assay_trait trait = trait_of(about, p);
    return trait.words[trait.holds];
}

static const char *describe(assay_synth_sample *s, const assay_painting *p) {
    static const char *const MANNERS[ASSAY_N_MANNERS] = {
        " The paint is smooth.", " It is painted with many dots.",
        " It is painted with small squares.", " It is painted with short brush strokes."};
    const char *frame = word_of(FRAME, p), *manner = MANNERS[p->manner];
    switch (p->genre) {
    case ASSAY_LANDSCAPE:
        return assay_synth_say(s, "A landscape in a %s frame: %s and a tree. It is %s in %s.%s",
                               frame, word_of(VIEW, p), word_of(HOUR, p), word_of(SEASON, p),
                               manner);
    case ASSAY_PORTRAIT:
        return assay_synth_say(
            s,
            "A portrait in a %s frame: the person is %s, the shirt is %s. On head or face: %s.%s",
            frame, word_of(FEELING, p), word_of(SHIRT, p), word_of(WEARS, p), manner);
    case ASSAY_STILL_LIFE:
        return assay_synth_say(s, "A still life in a %s frame: %s on a %s table. There %s.%s",
                               frame, word_of(STILL, p), word_of(CLOTH, p), word_of(APPLES, p),
                               manner);
    default:
        return assay_synth_say(s, "An abstract painting in a %s frame: many %s in %s colours.",
                               frame, word_of(PATTERN, p), word_of(PALETTE, p));
    }
}

void assay_draw_art(assay_synth_sample *s, assay_rng *rng) {
    topic asked, about[6];
    assay_trait traits[6];
    int n = 0;
    assay_painting p = choose_painting(rng, &asked);
    about[n++] = GENRE;
    about[n++] = FRAME;
    if (p.genre != ASSAY_ABSTRACT) about[n++] = MANNER;
    for (int i = 0; i < (p.genre == ASSAY_ABSTRACT ? 2 : 3); i++) about[n++] = OF_GENRE[p.genre][i];
    int at = 0;
    for (int i = 0; i < n; i++) {
        traits[i] = trait_of(about[i], &p);
        if (about[i] == asked) at = i;
    }
    assay_painting_draw(&p, assay_synth_add_any_image(s, rng), rng);
    assay_traits_ask(s, rng, traits, n, at);
    s->description = describe(s, &p);
}
