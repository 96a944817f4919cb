/* Remote: land seen from above. Where things lie, what they are, and what crosses what. */
#include "synth/draw/land.h"
#include "synth/traits.h"

typedef enum topic { PLACE_OF, USE_AT, HOUSES, CROSSED, COURSE, MOST, BESIDE, N_TOPICS } topic;

static const char *const A_USE[ASSAY_N_LAND_USES] = {"a lake", "a forest",   "fields",
                                                     "houses", "an airport", "a sports field"};
static const char *const THE_USE[ASSAY_N_LAND_USES] = {
    "the lake", "the forest", "the fields", "the houses", "the airport", "the sports field"};
static const char *const PLACES[4] = {"at the top left", "at the top right", "at the bottom left",
                                      "at the bottom right"};
static const char *const WAYS[ASSAY_N_WAYS] = {"river", "road", "railway", "path"};
static const char *const A_WAY[ASSAY_N_WAYS] = {"a river", "a road", "a railway", "a path"};
static const char *const MOSTLY[ASSAY_N_LAND_USES] = {"water",  "forest",   "fields",
                                                      "houses", "airports", "sports fields"};
static const char *const COURSES[2] = {"from left to right", "from top to bottom"};
static const char *const COUNTS[ASSAY_MAX_HOUSES] = {
    "is one house", "are two houses", "are three houses", "are four houses", "are five houses"};

static const char *be(int use) {
    return use == ASSAY_FIELDS || use == ASSAY_HOUSES ? "are" : "is";
}

static assay_land choose_land(assay_rng *rng, topic asked) {
    assay_land land = {0};
    int order[ASSAY_N_LAND_USES];
    assay_permute(rng, order, ASSAY_N_LAND_USES);
    if (asked == HOUSES) { /* the houses come first, in a place of their own */
        for (int i = 0; i < ASSAY_N_LAND_USES; i++) {
            if (order[i] == ASSAY_HOUSES) order[i] = order[0];
        }
        order[0] = ASSAY_HOUSES;
        assay_rng_shuffle(rng, order, 4, sizeof *order);
    }
    int odd = (int)assay_rng_below(rng, 4);
    for (int i = 0; i < 4; i++) {
        int use = asked == MOST && i != odd ? order[0] : order[i == odd ? 1 : i];
        land.quarters[i] = (assay_land_use)(asked == MOST ? use : order[i]);
    }
    land.houses = assay_rng_range(rng, 1, ASSAY_MAX_HOUSES);
    land.across = (assay_way)assay_rng_below(rng, ASSAY_N_WAYS);
    land.down = (assay_way)assay_pick_other(rng, ASSAY_N_WAYS, (int)land.across, -1);
    return land;
}

static int quarter_of(const assay_land *land, assay_land_use use) {
    for (int i = 0; i < 4; i++) {
        if (land->quarters[i] == use) return i;
    }
    return -1;
}

/* ---- traits ---- */

/* All of the list but one; returns where `holds` is among them. */
static int all_but(const char **to, const char *const *list, int n, int not_this, int holds) {
    int count = 0, at = 0;
    for (int i = 0; i < n; i++) {
        if (i == holds) at = count;
        if (i != not_this) to[count++] = list[i];
    }
    return at;
}

static assay_trait place_of(assay_synth_sample *s, const assay_land *land, int at) {
    int use = (int)land->quarters[at];
    const char *the = THE_USE[use], *is = be(use);
    assay_trait trait = {{assay_synth_say(s, "Where %s %s?", is, the),
                          assay_synth_say(s, "In which corner of the land %s %s?", is, the),
                          assay_synth_say(s, "Seen from above, where %s %s?", is, the)},
                         is[0] == 'a' ? "They are %s." : "It is %s.",
                         assay_synth_say(s, "%s %s %%s?", is[0] == 'a' ? "Are" : "Is", the),
                         PLACES,
                         4,
                         at};
    return trait;
}

static assay_trait use_at(assay_synth_sample *s, const assay_land *land, int at) {
    assay_trait trait = {{assay_synth_say(s, "What is %s?", PLACES[at]),
                          assay_synth_say(s, "What is the land %s used for?", PLACES[at]),
                          assay_synth_say(s, "Which kind of land is %s?", PLACES[at])},
                         "One can see %s.",
                         assay_synth_say(s, "Can one see %%s %s?", PLACES[at]),
                         A_USE,
                         ASSAY_N_LAND_USES,
                         (int)land->quarters[at]};
    return trait;
}

static assay_trait count_of_houses(const assay_land *land) {
    assay_trait trait = {{"How many houses are there?", "How many houses can be seen from above?",
                          "Count the houses. How many are there?"},
                         "There %s.",
                         "Is it true that there %s?",
                         COUNTS,
                         ASSAY_MAX_HOUSES,
                         land->houses - 1};
    return trait;
}

/* others: [ASSAY_N_WAYS - 1], filled here. */
static assay_trait crossed_by(assay_synth_sample *s, const assay_land *land, bool from_across,
                              const char **others) {
    int from = (int)(from_across ? land->across : land->down);
    int to = (int)(from_across ? land->down : land->across);
    assay_trait trait = {{assay_synth_say(s, "What does the %s cross?", WAYS[from]),
                          assay_synth_say(s, "The %s meets something. What is it?", WAYS[from])},
                         "It is %s.",
                         assay_synth_say(s, "Does the %s cross %%s?", WAYS[from]),
                         others,
                         ASSAY_N_WAYS - 1,
                         all_but(others, A_WAY, ASSAY_N_WAYS, from, to)};
    return trait;
}

static assay_trait course_of(assay_synth_sample *s, const assay_land *land, bool of_across) {
    const char *way = WAYS[of_across ? land->across : land->down];
    assay_trait trait = {{assay_synth_say(s, "How does the %s run?", way),
                          assay_synth_say(s, "In which direction does the %s run?", way)},
                         "It runs %s.",
                         assay_synth_say(s, "Does the %s run %%s?", way),
                         COURSES,
                         2,
                         of_across ? 0 : 1};
    return trait;
}

static assay_trait most_of(const assay_land *land) {
    int i =
        land->quarters[0] == land->quarters[1] || land->quarters[0] == land->quarters[2] ? 0 : 3;
    assay_trait trait = {{"What covers most of the land?", "What is most of this land used for?",
                          "Which kind of land is there most of?"},
                         "It is mostly %s.",
                         "Is it mostly %s?",
                         MOSTLY,
                         ASSAY_N_LAND_USES,
                         (int)land->quarters[i]};
    return trait;
}

/* What lies on the other side of a way; others: [ASSAY_N_LAND_USES - 1], filled here. */
static assay_trait beside(assay_synth_sample *s, const assay_land *land, int at, bool over_across,
                          const char **others) {
    int from = (int)land->quarters[at], to = (int)land->quarters[over_across ? at ^ 2 : at ^ 1];
    const char *way = WAYS[over_across ? land->across : land->down];
    assay_trait trait = {
        {assay_synth_say(s, "What lies across the %s from %s?", way, THE_USE[from]),
         assay_synth_say(s, "Go from %s over the %s. Where are you?", THE_USE[from], way)},
        "One can see %s.",
        NULL,
        others,
        ASSAY_N_LAND_USES - 1,
        all_but(others, A_USE, ASSAY_N_LAND_USES, from, to)};
    return trait;
}

static const char *describe(assay_synth_sample *s, const assay_land *land, bool several) {
    const char *a = A_USE[land->quarters[0]], *b = A_USE[land->quarters[1]],
               *c = A_USE[land->quarters[2]], *d = A_USE[land->quarters[3]];
    const char *count =
        quarter_of(land, ASSAY_HOUSES) < 0 || several
            ? ""
            : assay_synth_say(s, " Where people live, there %s.", COUNTS[land->houses - 1]);
    return assay_synth_say(s,
                           "Land from above. Top left: %s. Top right: %s. Bottom left: %s. Bottom "
                           "right: %s. A %s runs from left to right, a %s from top to bottom.%s",
                           a, b, c, d, WAYS[land->across], WAYS[land->down], count);
}

void assay_draw_remote(assay_synth_sample *s, assay_rng *rng) {
    static const int SHARES[N_TOPICS] = {4, 4, 3, 2, 1, 3, 2};
    int ticket = (int)assay_rng_below(rng, 19), asked = 0, n = 0, places[N_TOPICS] = {0};
    while (ticket >= SHARES[asked]) ticket -= SHARES[asked++];
    assay_land land = choose_land(rng, (topic)asked);
    assay_land_draw(&land, assay_synth_add_any_image(s, rng), rng);

    int at = (int)assay_rng_below(rng, 4), other = assay_pick_other(rng, 4, at, -1);
    bool across = assay_chance(rng, 50);
    const char *ways[ASSAY_N_WAYS - 1], *uses[ASSAY_N_LAND_USES - 1];
    assay_trait traits[N_TOPICS];
    traits[places[USE_AT] = n++] = use_at(s, &land, at);
    traits[places[CROSSED] = n++] = crossed_by(s, &land, across, ways);
    traits[places[COURSE] = n++] = course_of(s, &land, across);
    if (asked == MOST) {
        traits[places[MOST] = n++] = most_of(&land);
    } else {
        traits[places[PLACE_OF] = n++] = place_of(s, &land, other);
        traits[places[BESIDE] = n++] = beside(s, &land, other, across, uses);
        if (quarter_of(&land, ASSAY_HOUSES) >= 0)
            traits[places[HOUSES] = n++] = count_of_houses(&land);
    }
    assay_traits_ask(s, rng, traits, n, places[asked]);
    s->description = describe(s, &land, asked == MOST);
}
