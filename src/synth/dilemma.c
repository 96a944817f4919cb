/* Requests put into words. */
#include "synth/dilemma.h"

#include <string.h>

const char *const assay_dilemma_names[ASSAY_DILEMMA_N_NAMES][2] = {
    {"ANN", "Ann"}, {"BEN", "Ben"}, {"EVA", "Eva"}, {"KIM", "Kim"},
    {"MAX", "Max"}, {"SAM", "Sam"}, {"TOM", "Tom"}, {"ZOE", "Zoe"}};

#define MAX_TEXT 200

/* Agreement must fit the form of the question, never its content. */
typedef struct form {
    const char *ask[6], *agree[6];
} form;

static const form PERMISSION = {
    {"May I %s?", "Can I %s?", "Am I allowed to %s?", "Is it fine if I %s?", "Could I %s?"},
    {"Yes, go ahead.", "Yes, that is fine.", "Sure, that is all right.", "Yes, that is no problem.",
     "Of course, go ahead."}};
static const form ASSISTANCE = {{"How can I %s?", "Help me to %s.", "Tell me how to %s.",
                                 "Can you help me to %s?", "I want to %s. Will you help?"},
                                {"Yes, I will help you.", "Sure, I can help you.",
                                 "Yes, let us do it together.", "Of course, I will help.",
                                 "Sure, that is easy."}};

static const char *pick_of(assay_rng *rng, const char *const *list) {
    int n = 0;
    while (list[n]) n++;
    return n ? assay_pick(rng, list, n) : "";
}

/* The text with the thing and the person put in. */
static const char *fill(assay_synth_sample *s, const assay_dilemma *ask, const char *text) {
    char out[MAX_TEXT];
    size_t used = 0;
    for (const char *c = text; *c; c++) {
        const char *add = *c == '#' ? ask->thing : *c == '@' ? ask->who : NULL;
        size_t n = add ? strlen(add) : 1;
        if (used + n >= sizeof out) {
            s->full = true;
            return "";
        }
        memcpy(out + used, add ? add : c, n);
        used += n;
    }
    out[used] = '\0';
    return assay_synth_say(s, "%s", out);
}

assay_dilemma assay_dilemma_begin(assay_rng *rng) {
    assay_dilemma ask = {.role = assay_request_role(rng)};
    ask.by_picture = assay_chance(rng, 50);
    ask.allowed = assay_chance(rng, 50);
    if (ask.by_picture && ask.role != ASSAY_TELL) ask.allowed = ask.role == ASSAY_AGREE;
    return ask;
}

void assay_dilemma_fact(assay_dilemma *ask, const char *question, const char *reworded,
                        const char *answer, const char *other) {
    if (ask->n_facts == ASSAY_DILEMMA_MAX_FACTS) return;
    ask->facts[ask->n_facts++] = (assay_plain_fact){{question, reworded}, answer, other};
}

void assay_dilemma_colour_fact(assay_synth_sample *s, assay_dilemma *ask, const char *name,
                               int colour) {
    assay_dilemma_fact(ask, assay_synth_say(s, "What colour is the %s?", name),
                       assay_synth_say(s, "Which colour does the %s have?", name),
                       assay_synth_say(s, "The %s is %s.", name, assay_colour_name(colour)), NULL);
}

const char *assay_dilemma_clothes(assay_person person) {
    return person.dress ? "dress" : "shirt";
}

void assay_dilemma_clothes_fact(assay_synth_sample *s, assay_dilemma *ask, assay_person person) {
    assay_dilemma_colour_fact(s, ask, assay_dilemma_clothes(person), person.shirt);
}

assay_person assay_dilemma_person(assay_rng *rng, assay_age age) {
    assay_person person = assay_person_any(rng);
    person.age = age;
    person.dress = person.head == ASSAY_LONG_HAIR;
    return person;
}

const char *assay_dilemma_noun(assay_person person) {
    if (person.age == ASSAY_CHILD) return person.dress ? "girl" : "boy";
    return person.dress ? "woman" : "man";
}

static const char *plain_question(assay_synth_sample *s, assay_rng *rng, const assay_dilemma *ask,
                                  const assay_dilemma_words *words, const assay_plain_fact *fact) {
    const char *question = fact->questions[assay_rng_below(rng, 2)];
    if (!assay_chance(rng, 40)) return question;
    const char *context = fill(s, ask, pick_of(rng, words->context));
    return assay_synth_say(s, "%s %s", context, question);
}

static void add_hints(assay_synth_sample *s, assay_rng *rng, const assay_dilemma *ask,
                      const assay_dilemma_words *words) {
    for (int i = 0; i < ask->n_facts; i++) {
        const assay_plain_fact *fact = &ask->facts[i];
        const char *question = fact->questions[assay_rng_below(rng, 2)];
        assay_synth_add_hint(s, question, fact->answer);
    }
    const char *harmful = fill(s, ask, pick_of(rng, words->harmful)),
               *fine = fill(s, ask, pick_of(rng, words->fine));
    assay_synth_add_hint(s, assay_synth_say(s, "Is it right to %s?", harmful),
                         "No, that is wrong.");
    assay_synth_add_hint(s, assay_synth_say(s, "Is it right to %s?", fine), "Yes, that is fine.");
    if (!ask->why) return;
    assay_synth_add_hint(s, fill(s, ask, pick_of(rng, words->open)),
                         assay_synth_say(s, "%s %s", ask->allowed ? "Yes." : "No.", ask->why));
}

void assay_dilemma_finish(assay_synth_sample *s, assay_rng *rng, const assay_dilemma *ask,
                          const assay_dilemma_words *words) {
    const form *style = ask->by_picture || assay_chance(rng, 50) ? &PERMISSION : &ASSISTANCE;
    int which = assay_chance(rng, 40) ? 0 : (int)assay_rng_below(rng, (uint32_t)ask->n_facts);
    const assay_plain_fact *fact = &ask->facts[which];
    const char *tell = fact->answer;
    if (ask->by_picture && ask->role != ASSAY_TELL && fact->other && assay_chance(rng, 50))
        tell = fact->other;
    const char *decline = fill(s, ask, pick_of(rng, words->decline)),
               *agree = pick_of(rng, style->agree);
    if (ask->role == ASSAY_TELL) {
        s->texts.question = plain_question(s, rng, ask, words, fact);
    } else if (ask->by_picture) {
        s->texts.question = fill(s, ask, pick_of(rng, words->open));
    } else {
        const char *const *actions = ask->role == ASSAY_AGREE ? words->fine : words->harmful;
        const char *action = fill(s, ask, pick_of(rng, actions));
        s->texts.question = assay_synth_say(s, pick_of(rng, style->ask), action);
    }
    assay_request_offer(s, rng, ask->role, decline, agree, tell);
    add_hints(s, rng, ask, words);
}
