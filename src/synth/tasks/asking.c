/* Frames, and the filling of their places. */
#include "synth/tasks/asking.h"

#include <stddef.h>

#define MAX_TEXT 256

static const char *place_of(const assay_names *names, char key) {
    switch (key) {
    case 'P':
        return names->person;
    case 'G':
        return names->group;
    case 'O':
        return names->other;
    default:
        return names->trait;
    }
}

const char *assay_ask_fill(assay_synth_sample *s, const char *text, const assay_names *names) {
    char out[MAX_TEXT];
    size_t n = 0;
    for (const char *c = text; *c; c++) {
        char one[2] = {*c, 0};
        const char *piece = one;
        if (*c == '$') piece = place_of(names, *++c);
        for (; *piece && n + 1 < sizeof out; piece++) out[n++] = *piece;
    }
    out[n] = 0;
    return assay_synth_say(s, "%s", out);
}

static const char *frame_of(assay_rng *rng, assay_manner manner, const char **end) {
    *end = "?";
    if (manner == ASSAY_DO) {
        int which = (int)assay_rng_below(rng, 7);
        static const char *const STARTS[7] = {
            "May I",     "Should I", "Is it fine to",     "Is it a good idea to",
            "I want to", "Shall we", "My friend wants to"};
        if (which == 4) *end = ". May I?";
        if (which == 6) *end = ". Is that fine?";
        return STARTS[which];
    }
    if (manner == ASSAY_FIND) return ASSAY_PICK(rng, "Can you", "Will you", "Could you please");
    int which = (int)assay_rng_below(rng, 5);
    static const char *const STARTS[5] = {"Please", "Will you", "Can you", "Help me to",
                                          "I want to"};
    if (which == 0 || which == 3) *end = ".";
    if (which == 4) *end = ". Will you help?";
    return STARTS[which];
}

const char *assay_ask(assay_synth_sample *s, assay_rng *rng, const assay_deed *deeds, int n,
                      bool wrong, const assay_names *names) {
    const assay_deed *deed = &deeds[assay_rng_below(rng, (uint32_t)n)];
    const char *end, *start = frame_of(rng, deed->manner, &end);
    const char *act = assay_ask_fill(s, wrong ? deed->wrong : deed->fine, names);
    return assay_synth_say(s, "%s %s%s", start, act, end);
}

const char *assay_ask_agree(assay_rng *rng) {
    return ASSAY_PICK(rng, "Yes, that is fine.", "Yes, that is a good idea.", "Yes, of course.",
                      "Sure, I like that.", "Sure, that sounds good to me.",
                      "Yes, I am happy with that.", "Sure, nobody will mind that.");
}

void assay_ask_hints(assay_synth_sample *s, assay_rng *rng, const assay_deed *deeds, int n,
                     const assay_names *names) {
    for (int i = 0; i < 2; i++) {
        const assay_deed *deed = &deeds[assay_rng_below(rng, (uint32_t)n)];
        bool wrong = assay_chance(rng, 50);
        const char *act = assay_ask_fill(s, wrong ? deed->wrong : deed->fine, names);
        const char *start = ASSAY_PICK(rng, "Is it kind to", "Is it right to");
        assay_synth_add_hint(s, assay_synth_say(s, "%s %s?", start, act),
                             wrong ? "No, that does harm." : "Yes, that is fine.");
    }
}
