/* Texts with the noise that people's texts have: typing errors, case, another frame around the same words.
 *
 * Only ASCII letters, and the apostrophes of contractions, are ever looked at: every other byte is passed on, so that
 * UTF-8 stays what it was. */
#include <string.h>

#include "assay_judge.h"
#include "base/rng.h"

typedef struct perturber {
    const char *text;
    size_t n;
    assay_rng rng;
    assay_buffer *out;
} perturber;

const char *assay_perturbation_name(assay_perturbation p) {
    static const char *const names[ASSAY_PERTURB_COUNT] = {"typos", "case", "template"};
    return (unsigned)p < ASSAY_PERTURB_COUNT ? names[p] : "";
}

static bool is_upper(char c) {
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c) {
    return c >= 'a' && c <= 'z';
}

static bool is_letter(char c) {
    return is_upper(c) || is_lower(c);
}

static char lower(char c) {
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static char upper(char c) {
    return is_lower(c) ? (char)(c - 'a' + 'A') : c;
}

static void put(perturber *p, const char *text, size_t n) {
    assay_buffer_append(p->out, text, n);
}

static void put_text(perturber *p, const char *text) {
    put(p, text, strlen(text));
}

static void put_letter(perturber *p, char c) {
    put(p, &c, 1);
}

/* ---- typing errors ---- */

#define LETTERS_A_TYPO 20

/* Keys that touch a letter's on a US keyboard, letters only. */
static const char *const beside[26] = {
    "qwsz",   "vghn",  "xdfv", "serfcx", "wsdr", "drtgvc", "ftyhbv", "gyujnb", "ujko",
    "huikmn", "jiolm", "kop",  "njk",    "bhjm", "iklp",   "ol",     "wa",     "edft",
    "awedxz", "rfgy",  "yhji", "cfgb",   "qase", "zsdc",   "tghu",   "asx"};

static char hit_beside(perturber *p, char c) {
    const char *keys = beside[lower(c) - 'a'];
    char key = keys[assay_rng_below(&p->rng, (uint32_t)strlen(keys))];
    return is_upper(c) ? upper(key) : key;
}

/* How many letters of the text were used up. */
static size_t type_wrongly(perturber *p, size_t at) {
    char c = p->text[at];
    switch (assay_rng_below(&p->rng, 4)) {
    case 0: /* swapped, where a letter follows */
        if (at + 1 == p->n || !is_letter(p->text[at + 1])) {
            put_letter(p, hit_beside(p, c));
            return 1;
        }
        put_letter(p, p->text[at + 1]);
        put_letter(p, c);
        return 2;
    case 1: /* dropped */
        return 1;
    case 2: /* doubled */
        put_letter(p, c);
        put_letter(p, c);
        return 1;
    default:
        put_letter(p, hit_beside(p, c));
        return 1;
    }
}

static void make_typos(perturber *p) {
    for (size_t i = 0; i < p->n;) {
        if (is_letter(p->text[i]) && assay_rng_below(&p->rng, LETTERS_A_TYPO) == 0)
            i += type_wrongly(p, i);
        else
            put_letter(p, p->text[i++]);
    }
}

/* ---- case ---- */

static void change_case(perturber *p) {
    bool up = assay_rng_below(&p->rng, 2) == 0;
    for (size_t i = 0; i < p->n; i++) put_letter(p, up ? upper(p->text[i]) : lower(p->text[i]));
}

/* ---- another frame ---- */

#define SENTENCES_A_FILLER 3

static const char *const openings[] = {"Here is what I would say: ", "Let me put it like this: ",
                                       "My answer to that would be as follows. ",
                                       "If you ask me, it comes down to this: "};
static const char *const closings[] = {" That is what I would say.", " So much for my answer.",
                                       " I hope that makes it clear.",
                                       " That is all there is to it from my side."};
/* They end so that a capital letter may follow. */
static const char *const fillers[] = {"Well: ", "To go on: ", "As I said: ", "Now: "};

#define PICK(p, list) (list)[assay_rng_below(&(p)->rng, sizeof(list) / sizeof *(list))]

/* Letters and digits, and all of UTF-8 beyond ASCII. */
static bool is_word(char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80;
}

/* Whether the letters of `word` (lower case; ' for either apostrophe) stand at text[at], to the end of a word there. How many
 * bytes they are, or 0. */
static size_t match(const perturber *p, size_t at, const char *word) {
    static const char curly[] = "\xE2\x80\x99";
    size_t begin = at;
    for (; *word != '\0'; word++) {
        if (*word == '\'' && p->n - at >= 3 && memcmp(p->text + at, curly, 3) == 0)
            at += 3;
        else if (at < p->n && lower(p->text[at]) == *word)
            at++;
        else
            return 0;
    }
    return at < p->n && is_word(p->text[at]) ? 0 : at - begin;
}

/* In the order in which they are tried. What may stand for several things ('s, 'd) is left alone. */
static const struct {
    const char *word, *full; /* full NULL: what nothing stands for */
    bool whole;              /* the contraction is a word; else it ends one */
} contractions[] = {{"can't", "cannot", true},     {"won't", "will not", true},
                    {"shan't", "shall not", true}, {"ain't", NULL, true},
                    {"i'm", "I am", true},         {"let's", "let us", true},
                    {"n't", " not", false},        {"'re", " are", false},
                    {"'ll", " will", false},       {"'ve", " have", false}};

/* In capitals where the contraction ends in one, else with its first letter's case. */
static void put_full(perturber *p, size_t at, size_t n, const char *full) {
    bool loud = is_upper(p->text[at + n - 1]);
    for (size_t i = 0; full[i] != '\0'; i++)
        put_letter(p, loud || (i == 0 && is_upper(p->text[at])) ? upper(full[i]) : full[i]);
}

/* Bytes of the text that were passed on in another form; 0: none. */
static size_t undo_contraction(perturber *p, size_t at) {
    bool begins = at == 0 || !is_word(p->text[at - 1]);
    for (size_t i = 0; i < sizeof contractions / sizeof contractions[0]; i++) {
        if (contractions[i].whole != begins) continue;
        size_t n = match(p, at, contractions[i].word);
        if (n == 0) continue;
        if (contractions[i].full != NULL)
            put_full(p, at, n, contractions[i].full);
        else
            put(p, p->text + at, n);
        return n;
    }
    return 0;
}

/* Whether a sentence begins at text[at]. */
static bool begins_sentence(const perturber *p, size_t at) {
    if (at < 2 || p->text[at - 1] != ' ' || !is_upper(p->text[at])) return false;
    char end = p->text[at - 2];
    if (end == '!' || end == '?') return true;
    /* "1. Ask" and "J. Doe" are no ends of sentences. */
    return end == '.' && at >= 4 && is_lower(p->text[at - 3]) && is_lower(p->text[at - 4]);
}

static void reframe(perturber *p) {
    put_text(p, PICK(p, openings));
    for (size_t i = 0; i < p->n;) {
        if (begins_sentence(p, i) && assay_rng_below(&p->rng, SENTENCES_A_FILLER) == 0)
            put_text(p, PICK(p, fillers));
        size_t n = undo_contraction(p, i);
        if (n == 0) put_letter(p, p->text[i]);
        i += n > 0 ? n : 1;
    }
    put_text(p, PICK(p, closings));
}

/* ---- the function ---- */

static uint64_t hash_of(const char *text) { /* FNV-1a */
    uint64_t hash = 14695981039346656037u;
    for (; *text != '\0'; text++) hash = (hash ^ (uint8_t)*text) * 1099511628211u;
    return hash;
}

void assay_perturb(const char *text, assay_perturbation how, uint64_t seed, assay_buffer *out) {
    perturber p = {text, strlen(text), assay_rng_seed(seed, hash_of(text)), out};
    put(&p, "", 0); /* even of nothing something is made */
    switch (how) {
    case ASSAY_PERTURB_TYPOS:
        make_typos(&p);
        break;
    case ASSAY_PERTURB_CASE:
        change_case(&p);
        break;
    case ASSAY_PERTURB_TEMPLATE:
        reframe(&p);
        break;
    default:
        put(&p, text, p.n);
    }
}
