/* Words that tasks share. */
#include "synth/words.h"

#include <string.h>

static const char ONSETS[] = "bdfgklmnprtvwz", VOWELS[] = "aeiou", CODAS[] = "bfkmpxz";
enum { N_ONSETS = sizeof ONSETS - 1, N_VOWELS = sizeof VOWELS - 1, N_CODAS = sizeof CODAS - 1 };

/* Syllables that are words already, or sound rude in some language. */
static const char REJECTED[] =
    " bam bob bop box bub bum dab dam dik dim dip dom dub dum fab fak fap fax fez fib fik fix fob"
    " fok fox fuk fum gab gap gaz gem gip gob gop gum kaf kik kip kok kuk kum lab lam lap lax lez"
    " lib lip lob lop lox lux map max mik mix mob mom mop mum nab nap naz nib nip nix nob nub pak"
    " pap pep pip pix pop pox pub pup raf ram rap ref rem rep rex rib rim rip rob rub rum tab tap"
    " tax tex tim tip tom top tub tux vax vaz vex vim vip wap wax web wiz wok wop zap zip ";

static bool acceptable(const char *word, const char *const *others, int n) {
    char spaced[6] = {' ', word[0], word[1], word[2], ' ', 0};
    if (strstr(REJECTED, spaced)) return false;
    for (int i = 0; i < n; i++) {
        if (strcmp(others[i], word) == 0) return false;
    }
    return true;
}

void assay_made_up_words(assay_synth_sample *s, assay_rng *rng, const char **out, int n) {
    for (int i = 0; i < n;) {
        char word[4] = {0};
        word[0] = ONSETS[assay_rng_below(rng, N_ONSETS)];
        word[1] = VOWELS[assay_rng_below(rng, N_VOWELS)];
        word[2] = CODAS[assay_rng_below(rng, N_CODAS)];
        if (acceptable(word, out, i)) out[i++] = assay_synth_say(s, "%s", word);
    }
}

static char capital(char c) {
    return c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c;
}

const char *assay_first_capital(assay_synth_sample *s, const char *text) {
    return assay_synth_say(s, "%c%s", capital(text[0]), text + 1);
}

const char *assay_all_capitals(assay_synth_sample *s, const char *text) {
    char out[64] = {0};
    for (size_t i = 0; text[i] && i + 1 < sizeof out; i++) out[i] = capital(text[i]);
    return assay_synth_say(s, "%s", out);
}
