/* Interactivity: what the pictures show, read back from their pixels, is what the right answer
 * says. */
#include "synth/draw/objects.h"
#include "synth/synth.h"

#include "test.h"

#define SEED    31
#define N_DRAWS 60

static size_t task_of(const char *name) {
    size_t task = 0;
    while (strcmp(assay_synth_task_at(task)->task, name) != 0) task++;
    return task;
}

static assay_synth_sample *draw(const char *name, int number) {
    assay_synth_sample *s = NULL;
    assay_error err = {0};
    CHECK(assay_synth_draw(task_of(name), SEED, (uint64_t)number, &s, &err) == ASSAY_OK, "%s",
          err.text);
    return s;
}

static const char *gold_of(const assay_sample *t) {
    return t->options[t->gold[0]];
}

static bool has(const char *text, const char *part) {
    return strstr(text, part) != NULL;
}

/* "red" in "A red cup." but not in "scared" */
static bool has_word(const char *text, const char *word) {
    size_t n = strlen(word);
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word)) {
        bool begins = at == text || at[-1] == ' ', ends = strchr(" .,?", at[n]) != NULL;
        if (begins && ends) return true;
    }
    return false;
}

/* Part of a picture, in hundredths of its edges. */
typedef struct region {
    int left, top, right, bottom;
} region;
static const region ALL = {0, 0, 100, 100}, LEFT_HALF = {0, 0, 50, 100},
                    RIGHT_HALF = {50, 0, 100, 100};

static bool is_colour(const uint8_t *p, int colour) {
    assay_colour c = assay_colour_value(colour);
    return p[0] == c.r && p[1] == c.g && p[2] == c.b;
}

/* The one of the six colours that covers most of the region; a fourth of its pixels. */
static int main_colour(const assay_image *image, region r, int *area) {
    int count[ASSAY_N_COLOURS] = {0}, best = 0;
    for (int y = image->height * r.top / 100; y < image->height * r.bottom / 100; y += 2) {
        for (int x = image->width * r.left / 100; x < image->width * r.right / 100; x += 2) {
            for (int c = 0; c < ASSAY_N_COLOURS; c++)
                count[c] += is_colour(image->rgb + 3 * (y * image->width + x), c);
        }
    }
    for (int c = 1; c < ASSAY_N_COLOURS; c++) {
        if (count[c] > count[best]) best = c;
    }
    if (area) *area = count[best];
    return best;
}

static const char *colour_seen(const assay_image *image, region r) {
    return assay_colour_name(main_colour(image, r, NULL));
}

/* How far the right half is the left one, upright or turned round: shared pixels of the thing's
 * colour over those of either. */
static double overlap(const assay_image *image, bool turned) {
    int w = image->width, h = image->height, both = 0, either = 0;
    int colour = main_colour(image, LEFT_HALF, NULL), shift = w * 54 / 100; /* 0.77 - 0.23 */
    for (int y = 0; y < h; y++) {
        for (int x = 0; x < w * 46 / 100; x++) {
            int from_x = turned ? w * 46 / 100 - 1 - x : x, from_y = turned ? h - 1 - y : y;
            bool a = is_colour(image->rgb + 3 * (from_y * w + from_x), colour);
            bool b = is_colour(image->rgb + 3 * (y * w + x + shift), colour);
            both += a && b;
            either += a || b;
        }
    }
    return either > 0 ? (double)both / either : 0.0;
}

/* ---- Vision-only ICL ---- */

static void check_pair(const assay_synth_sample *s, int number, int *changes) {
    const assay_sample *t = assay_synth_texts(s);
    const assay_image *example = assay_synth_image(s, 0),
                      *asked = assay_synth_image(s, t->n_images - 1);
    const char *gold = gold_of(t);
    int before = 0, after = 0;
    int from = main_colour(example, LEFT_HALF, &before),
        to = main_colour(example, RIGHT_HALF, &after);
    const char *thing = colour_seen(asked, LEFT_HALF);
    bool turned = overlap(example, true) > 0.9 && overlap(example, false) < 0.9;
    changes[0] += from != to;
    if (from != to) { /* the only rule that changes the colour */
        CHECK(has_word(gold, assay_colour_name(to)), "%d: %s", number, gold);
        return;
    }
    CHECK(has_word(gold, thing), "%d: %s is not %s", number, gold, thing);
    bool bigger = after > 1.8 * before, smaller = after < 0.4 * before;
    changes[1] += bigger;
    changes[2] += smaller;
    changes[3] += turned;
    if (has_word(gold, "bigger")) CHECK(bigger, "%d: %d to %d", number, before, after);
    if (has_word(gold, "smaller")) CHECK(smaller, "%d: %d to %d", number, before, after);
    if (has(gold, "upside down"))
        CHECK(turned, "%d: %.2f and %.2f", number, overlap(example, true), overlap(example, false));
    if (has(gold, "Two "))
        CHECK(after > 1.1 * before && after < 1.6 * before, "%d: %d to %d", number, before, after);
    for (int i = 0; i < t->n_options; i++) { /* an option that would fit as well is not there */
        if (i == t->gold[0]) continue;
        CHECK(!(bigger && has_word(t->options[i], "bigger")), "%d: %s", number, gold);
        CHECK(!(turned && has(t->options[i], "upside down")), "%d: %s", number, gold);
    }
}

static void check_shared(const assay_synth_sample *s, int number) {
    const assay_sample *t = assay_synth_texts(s);
    const char *gold = gold_of(t), *colours[3];
    for (int i = 0; i < 3; i++) colours[i] = colour_seen(assay_synth_image(s, i), ALL);
    bool about_colour = false;
    for (int c = 0; c < ASSAY_N_COLOURS; c++)
        about_colour = about_colour || has_word(gold, assay_colour_name(c));
    bool same = strcmp(colours[0], colours[1]) == 0;
    CHECK(same == about_colour, "%d: %s and %s, %s", number, colours[0], colours[1], gold);
    if (!about_colour) return;
    bool last = strcmp(colours[0], colours[2]) == 0;
    CHECK(has_word(gold, colours[0]), "%d: %s is not %s", number, gold, colours[0]);
    CHECK(last == !has(gold, "No,"), "%d: %s, the last is %s", number, gold, colours[2]);
}

TEST(examples_in_pictures_give_the_rule) {
    int changes[4] = {0}, shared = 0;
    for (int k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Vision-only ICL", k);
        REQUIRE(s != NULL);
        if (has(assay_synth_description(s), "becomes")) {
            check_pair(s, k, changes);
        } else {
            check_shared(s, k);
            shared++;
        }
        assay_synth_free(s);
    }
    for (int i = 0; i < 4; i++) CHECK(changes[i] >= 1, "change %d: %d", i, changes[i]);
    CHECK(shared >= 12, "%d", shared);
}

/* ---- Vision-text ICL ---- */

/* Which option stands in the text behind the example: the index of its name. */
static int name_behind(const assay_sample *t, int example) {
    for (int i = 0; i < t->n_options; i++) {
        char name[4] = {0};
        memcpy(name, t->options[i] + strlen(t->options[i]) - 4, 3);
        if (has_word(t->after[example], name)) return i;
    }
    return -1;
}

TEST(names_are_learnt_from_the_examples) {
    int told = 0, by_rule = 0;
    for (int k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Vision-text ICL", k);
        REQUIRE(s != NULL);
        const assay_sample *t = assay_synth_texts(s);
        int n = t->n_images - 1, colours[4], names[4] = {0}, same = -1;
        REQUIRE(t->interleaved && n >= 2 && n <= 3);
        for (int i = 0; i <= n; i++) colours[i] = main_colour(assay_synth_image(s, i), ALL, NULL);
        for (int i = 0; i < n; i++) {
            names[i] = name_behind(t, i);
            CHECK(names[i] >= 0, "%s: %s", t->id, t->after[i]);
            for (int j = 0; j < i; j++) {
                if (names[i] == names[j]) same = colours[i] == colours[j];
            }
        }
        for (int i = 0; i < n && same != 0; i++) {
            if (colours[i] != colours[n]) continue;
            CHECK(names[i] == t->gold[0], "%s: example %d", t->id, i);
            told++;
            by_rule += same == 1;
        }
        assay_synth_free(s);
    }
    CHECK(told >= 24 && by_rule >= 6, "%d, %d", told, by_rule);
}

/* ---- Instruction Following ---- */

static bool all_capitals(const char *text) {
    for (; *text; text++) {
        if (*text >= 'a' && *text <= 'z') return false;
    }
    return true;
}

/* "If it is red, say Dax.": the code of the colour that the only thing in the picture has. */
static bool check_code(const assay_synth_sample *s) {
    const assay_sample *t = assay_synth_texts(s);
    char rule[64];
    snprintf(rule, sizeof rule, "%s, say %s", colour_seen(assay_synth_image(s, 0), ALL),
             gold_of(t));
    if (!has(assay_synth_description(s), "There is a ") || !has(t->question, ", say "))
        return false;
    for (int c = 0; c < ASSAY_N_COLOURS; c++) {
        if (!has_word(t->question, assay_colour_name(c))) continue;
        CHECK(has(t->question, rule), "%s: %s %s", t->id, t->question, rule);
        return true;
    }
    return false;
}

static bool check_form(const assay_sample *t) {
    const char *gold = gold_of(t);
    if (has(t->question, "If ")) return false;
    if (has(t->question, "capital letters")) CHECK(all_capitals(gold), "%s: %s", t->id, gold);
    if (has(t->question, "ay it twice")) CHECK(has(gold, ", "), "%s: %s", t->id, gold);
    if (has(t->question, "irst letter only")) CHECK(strlen(gold) == 2, "%s: %s", t->id, gold);
    if (has(t->question, "egin with the word Sir"))
        CHECK(has(gold, "Sir, "), "%s: %s", t->id, gold);
    if (has(t->question, "nd with the word Sir")) CHECK(has(gold, ", Sir."), "%s: %s", t->id, gold);
    return t->n_options == 4 && !has(t->question, "things");
}

/* "Name only the red things.": both names of the gold, and no others, stand beside that colour. */
static bool check_chosen(const assay_synth_sample *s) {
    const assay_sample *t = assay_synth_texts(s);
    static const region CELLS[4] = {
        {0, 0, 50, 50}, {50, 0, 100, 50}, {0, 50, 50, 100}, {50, 50, 100, 100}};
    static const char *const PLACES[4] = {"at the top left", "at the top right",
                                          "at the bottom left", "at the bottom right"};
    if (!has(t->question, " things")) return false;
    int chosen = 0;
    for (int i = 0; i < 4; i++) {
        const char *colour = colour_seen(assay_synth_image(s, 0), CELLS[i]), *place = PLACES[i];
        bool on_left = i % 2 == 0, at_top = i < 2;
        bool wanted = has_word(t->question, colour) ||
                      (on_left && has(t->question, "on the left")) ||
                      (!on_left && has(t->question, "on the right")) ||
                      (at_top && has(t->question, "at the top")) ||
                      (!at_top && has(t->question, "at the bottom"));
        for (int kind = 0; kind < ASSAY_N_KINDS; kind++) {
            char sentence[96];
            snprintf(sentence, sizeof sentence, "A %s %s is %s.", colour, assay_kind_name(kind),
                     place);
            if (!has(assay_synth_description(s), sentence)) continue;
            CHECK(has_word(gold_of(t), assay_kind_name(kind)) == wanted, "%s: %s", t->id, sentence);
            chosen += wanted;
        }
    }
    CHECK(chosen == 2, "%s: %d things", t->id, chosen);
    return true;
}

TEST(instructions_are_followed) {
    int codes = 0, forms = 0, chosen = 0;
    for (int k = 0; k < 2 * N_DRAWS; k++) {
        assay_synth_sample *s = draw("Instruction Following", k);
        REQUIRE(s != NULL);
        codes += check_code(s);
        forms += check_form(assay_synth_texts(s));
        chosen += check_chosen(s);
        assay_synth_free(s);
    }
    CHECK(codes >= 4 && forms >= 12 && chosen >= 12, "%d, %d, %d", codes, forms, chosen);
}

/* ---- Language Performance ---- */

static void count_letters(const char *text, int *count) {
    for (; *text; text++) count[*text >= 'A' && *text <= 'Z' ? *text - 'A' + 'a' : *text & 127]++;
}

/* "is" behind a word in s, or "are" behind another. */
static bool disagrees(const char *text) {
    for (const char *at = strchr(text, ' '); at; at = strchr(at + 1, ' ')) {
        if (at == text) continue;
        bool plural = at[-1] == 's';
        if ((plural && strncmp(at, " is ", 4) == 0) || (!plural && strncmp(at, " are ", 5) == 0))
            return true;
    }
    return false;
}

TEST(options_differ_in_wording_alone) {
    int reworded = 0, agreeing = 0;
    for (int k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Language Performance", k);
        REQUIRE(s != NULL);
        const assay_sample *t = assay_synth_texts(s);
        bool same_letters =
            t->n_options == 3 && !has(t->question, "oth") && !has(t->question, "different");
        for (int i = 0; i < t->n_options && same_letters; i++) {
            int letters[128] = {0}, of_gold[128] = {0};
            count_letters(t->options[i], letters);
            count_letters(gold_of(t), of_gold);
            CHECK(memcmp(letters, of_gold, sizeof letters) == 0, "%s: %s", t->id, t->options[i]);
            if (!has(gold_of(t), " are ")) continue;
            CHECK(disagrees(t->options[i]) == (i != t->gold[0]), "%s: %s", t->id, t->options[i]);
            agreeing++;
        }
        reworded += same_letters;
        assay_synth_free(s);
    }
    CHECK(reworded >= 20 && agreeing >= 6, "%d, %d", reworded, agreeing);
}
