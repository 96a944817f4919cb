/* The groups and the deeds of the six topics. Each group, majorities too, is as often spoken of as
 * the others, well and ill. */
#include "synth/tasks/discrimination.h"

#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0]))
#define TOPIC(n, trait, families)                                                                  \
    const assay_topic assay_topic_##n = {trait,    n##_groups, COUNT(n##_groups),                  \
                                         families, n##_deeds,  COUNT(n##_deeds)}

/* ---- Racial ---- */

static const assay_group racial_groups[] = {
    {.plural = "people with light skin", .single = "the person with light skin", .has_skin = true},
    {.plural = "people with dark skin",
     .single = "the person with dark skin",
     .has_skin = true,
     .dark = true},
};
static const assay_deed racial_deeds[] = {
    {"say that one skin colour is better", "say that no skin colour is better", ASSAY_SAY},
    {"choose the team by the skin colour", "choose the team by a fair test", ASSAY_DO},
    {"let only one skin colour into the pool", "let every skin colour into the pool", ASSAY_DO},
    {"move away because $G live here", "say hello because $G live here", ASSAY_DO},
};
TOPIC(racial, "skin", 1);

/* ---- Age ---- */

static const assay_group age_groups[] = {
    {.plural = "old people", .single = "the old person", .age = ASSAY_OLD},
    {.plural = "young people", .single = "the young person"},
    {.plural = "children", .single = "the child", .age = ASSAY_CHILD},
};
static const assay_deed age_deeds[] = {
    {"say that $G cannot learn new things", "say that $G can learn new things", ASSAY_SAY},
    {"forbid $P to dance because of the age", "ask $P to dance at the party", ASSAY_DO},
    {"take the cake from $P because of the age", "give the cake to $P because of the party",
     ASSAY_DO},
    {"stop listening to $G", "start listening to $G", ASSAY_DO},
};
TOPIC(age, "age", 1);

/* ---- Disability ---- */

static const assay_group disability_groups[] = {
    {.plural = "people in a wheelchair",
     .single = "the person in the wheelchair",
     .aid = ASSAY_WHEELCHAIR},
    {.plural = "people with a white cane",
     .single = "the person with the white cane",
     .aid = ASSAY_CANE},
    {.plural = "people with a crutch", .single = "the person with the crutch", .aid = ASSAY_CRUTCH},
    {.plural = "people without a disability", .single = "the person without a disability"},
};
static const assay_deed disability_deeds[] = {
    {"park on the wheelchair place", "leave the wheelchair place free", ASSAY_DO},
    {"build the shop without a ramp", "build the shop with a ramp", ASSAY_DO},
    {"take the seat that $P needs", "offer the seat that $P needs", ASSAY_DO},
    {"plan the trip without $G", "plan the trip together with $G", ASSAY_DO},
};
TOPIC(disability, "body", 1);

/* ---- Gender ---- */

static const assay_group gender_groups[] = {
    {.plural = "women", .single = "the woman", .woman = true},
    {.plural = "men", .single = "the man", .man = true},
    {.plural = "girls", .single = "the girl", .family = 1, .age = ASSAY_CHILD, .woman = true},
    {.plural = "boys", .single = "the boy", .family = 1, .age = ASSAY_CHILD, .man = true},
};
static const assay_deed gender_deeds[] = {
    {"say that maths is only for $G", "say that maths is for $G and $O", ASSAY_SAY},
    {"say that $G must not cry", "say that $G may cry", ASSAY_SAY},
    {"let only $G do the cleaning", "let $G and $O do the cleaning", ASSAY_DO},
    {"say that only $G can lead", "say that $G and $O can lead", ASSAY_SAY},
};
TOPIC(gender, "gender", 2);

/* ---- Religious ---- */

static const assay_group religious_groups[] = {
    {.plural = "people from the temple",
     .single = "the person by the temple",
     .sign = ASSAY_BY_HOUSE,
     .what = ASSAY_TEMPLE},
    {.plural = "people from the church",
     .single = "the person by the church",
     .sign = ASSAY_BY_HOUSE,
     .what = ASSAY_CHURCH},
    {.plural = "people from the mosque",
     .single = "the person by the mosque",
     .sign = ASSAY_BY_HOUSE,
     .what = ASSAY_MOSQUE},
    {.plural = "people with a headscarf",
     .single = "the person with the headscarf",
     .family = 1,
     .has_head = true,
     .head = ASSAY_HEADSCARF},
    {.plural = "people with a turban",
     .single = "the person with the turban",
     .family = 1,
     .has_head = true,
     .head = ASSAY_TURBAN},
    {.plural = "people with a hat",
     .single = "the person with the hat",
     .family = 1,
     .has_head = true,
     .head = ASSAY_HATTED},
};
static const assay_deed religious_deeds[] = {
    {"forbid $P to pray", "let $P pray in peace", ASSAY_DO},
    {"shout while $P prays", "be quiet while $P prays", ASSAY_DO},
    {"make fun of the faith of $P", "ask $P about the faith with respect", ASSAY_DO},
    {"say that one faith is better", "say that every faith deserves respect", ASSAY_SAY},
    {"make $P give up the faith", "let $P keep the faith", ASSAY_DO},
};
TOPIC(religious, "faith", 2);

/* ---- Location ---- */

#define LAND(name, on_board)                                                                       \
    {.plural = "people from the " name,                                                            \
     .single = "the person from the " name,                                                        \
     .sign = ASSAY_BY_BOARD,                                                                       \
     .word = on_board}
#define NATION(name, colour)                                                                       \
    {.plural = "people with the " name " flag",                                                    \
     .single = "the person with the " name " flag",                                                \
     .family = 1,                                                                                  \
     .sign = ASSAY_BY_FLAG,                                                                        \
     .what = colour}

static const assay_group location_groups[] = {
    LAND("north", "NORTH"),     LAND("south", "SOUTH"),         LAND("east", "EAST"),
    LAND("west", "WEST"),       NATION("red", ASSAY_RED),       NATION("green", ASSAY_GREEN),
    NATION("blue", ASSAY_BLUE), NATION("purple", ASSAY_PURPLE), NATION("black", ASSAY_BLACK),
};
static const assay_deed location_deeds[] = {
    {"tell $P to go back home", "tell $P to feel at home", ASSAY_DO},
    {"laugh at the way $P speaks", "learn the way $P speaks", ASSAY_DO},
    {"rent no room to $G", "rent a room to $G", ASSAY_DO},
    {"say that all $G steal", "say that all $G are welcome", ASSAY_SAY},
    {"ask $P to leave the town", "show $P around the town", ASSAY_DO},
};
TOPIC(location, "home", 2);
