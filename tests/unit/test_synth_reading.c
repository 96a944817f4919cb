/* The font, and the tasks of Machine Reading Comprehension: the right option is what the picture
 * shows, measured on its pixels or by drawing each option again. */
#include "synth/draw/page.h"
#include "test.h"

#define N_DRAWS 60
#define N_PAIRS 12
#define SLACK   12 /* pixels of an edge that looks different on paper of another colour */
#define EDGE    64 /* pixels of a glyph's picture */

static size_t task_named(const char *name) {
    for (size_t i = 0; i < assay_synth_n_tasks(); i++) {
        if (strcmp(assay_synth_task_at(i)->task, name) == 0) return i;
    }
    return assay_synth_n_tasks();
}

static assay_synth_sample *draw(const char *task, uint64_t number) {
    assay_synth_sample *s = NULL;
    assay_error err = {0};
    CHECK(assay_synth_draw(task_named(task), 31, number, &s, &err) == ASSAY_OK, "%s", err.text);
    return s;
}

static const char *gold_of(const assay_sample *t) {
    return t->options[t->gold[0]];
}

static bool is_near(const uint8_t *p, assay_colour c) {
    return abs(p[0] - c.r) <= 6 && abs(p[1] - c.g) <= 6 && abs(p[2] - c.b) <= 6;
}

static int count_colour(const assay_image *image, assay_colour c) {
    int n = 0;
    for (int i = 0; i < image->width * image->height; i++) n += is_near(image->rgb + 3 * i, c);
    return n;
}

static int colour_named(const char *text) {
    for (int i = 0; i < ASSAY_N_COLOURS; i++) {
        if (strstr(text, assay_colour_name(i))) return i;
    }
    return -1;
}

/* ---- the font ---- */

static void draw_character(assay_image *image, char c) {
    const char text[2] = {c, 0};
    assay_pen pen = assay_pen_pixels(image);
    assay_canvas_fill(image, (assay_colour){255, 255, 255});
    assay_pen_text(&pen, (assay_colour){0, 0, 0}, 0.5 * EDGE, 0.5 * EDGE, 0.5 * EDGE, text);
}

static int n_differing(const uint8_t *a, const uint8_t *b, int n) {
    int count = 0;
    for (int i = 0; i < n; i++) count += abs(a[i] - b[i]) > 100;
    return count;
}

TEST(each_character_has_a_glyph_of_its_own) {
    static uint8_t pictures[95][EDGE * EDGE * 3];
    for (int c = ' '; c <= '~'; c++) {
        assay_image image = {EDGE, EDGE, pictures[c - ' ']};
        draw_character(&image, (char)c);
        int ink = EDGE * EDGE - count_colour(&image, (assay_colour){255, 255, 255});
        CHECK(c == ' ' ? ink == 0 : ink > 20, "%d pixels of '%c'", ink, c);
        for (int i = 0; i < EDGE; i++) { /* nothing is cut off */
            CHECK(image.rgb[3 * i] == 255 && image.rgb[3 * (EDGE * (EDGE - 1) + i)] == 255, "%c",
                  c);
            CHECK(image.rgb[3 * EDGE * i] == 255 && image.rgb[3 * (EDGE * i + EDGE - 1)] == 255,
                  "%c", c);
        }
        for (int other = ' '; other < c; other++)
            CHECK(n_differing(pictures[c - ' '], pictures[other - ' '], EDGE * EDGE * 3) > 60,
                  "%c and %c", c, other);
    }
}

TEST(text_width_is_that_of_the_drawing) {
    static uint8_t rgb[256 * 64 * 3];
    static const char *const TEXTS[] = {"Hmm", "Total 14", "lily", "AWAY"};
    for (int k = 0; k < 4; k++) {
        assay_image image = {256, 64, rgb};
        assay_pen pen = assay_pen_pixels(&image);
        assay_canvas_fill(&image, (assay_colour){255, 255, 255});
        assay_pen_text_left(&pen, (assay_colour){0, 0, 0}, 10, 32, 24, TEXTS[k]);
        int left = 256, right = 0;
        for (int i = 0; i < 256 * 64; i++) {
            if (rgb[3 * i] > 127) continue;
            if (i % 256 < left) left = i % 256;
            if (i % 256 > right) right = i % 256;
        }
        double width = assay_text_width(24, TEXTS[k]), thick = right + 1 - left - width;
        CHECK(left <= 10 && left >= 6, "%s begins at %d", TEXTS[k], left);
        CHECK(thick > 1.0 && thick < 8.0, "%s: %d pixels for a width of %.1f", TEXTS[k],
              right + 1 - left, width);
    }
}

/* ---- charts ---- */

static void check_extreme(const assay_sample *t, const assay_image *image, bool most) {
    int areas[ASSAY_MAX_OPTIONS];
    for (int i = 0; i < t->n_options; i++)
        areas[i] = count_colour(image, assay_colour_value(colour_named(t->options[i])));
    for (int i = 0; i < t->n_options; i++) {
        if (i == t->gold[0]) continue;
        int gold = areas[t->gold[0]];
        CHECK(most ? gold > areas[i] : gold < areas[i], "%s: %s", t->id, t->question);
    }
}

static void check_share(const assay_sample *t, const assay_image *image) {
    static const char *const PARTS[3] = {"One quarter.", "One half.", "Three quarters."};
    int asked = colour_named(t->question), all = 0;
    for (int c = 0; c < ASSAY_N_COLOURS; c++) all += count_colour(image, assay_colour_value(c));
    double share = (double)count_colour(image, assay_colour_value(asked)) / all;
    int part = share < 0.37 ? 0 : share < 0.63 ? 1 : 2;
    CHECK(strcmp(gold_of(t), PARTS[part]) == 0, "%s: %s, but a share of %.2f", t->id, gold_of(t),
          share);
}

TEST(bars_and_slices_are_as_large_as_the_answer_says) {
    int n = 0;
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Chart", k);
        REQUIRE(s != NULL, "sample %d", (int)k);
        const assay_sample *t = assay_synth_texts(s);
        const assay_image *image = assay_synth_image(s, 0);
        bool most = strstr(t->question, "tallest") || strstr(t->question, "largest");
        bool least = strstr(t->question, "shortest") || strstr(t->question, "smallest");
        bool share = strstr(t->options[0], "quarter") || strstr(t->options[0], "half");
        bool extreme = (most || least) && colour_named(t->options[0]) >= 0;
        if (extreme) check_extreme(t, image, most);
        if (share) check_share(t, image);
        n += extreme || share;
        assay_synth_free(s);
    }
    CHECK(n >= 10, "%d charts", n);
}

/* ---- the marked thing ---- */

TEST(the_mark_lies_at_the_right_thing) {
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Referred Vision", k);
        REQUIRE(s != NULL, "sample %d", (int)k);
        const assay_sample *t = assay_synth_texts(s);
        const assay_image *image = assay_synth_image(s, 0);
        double x = 0.0, y = 0.0;
        int n = 0;
        for (int i = 0; i < image->width * image->height; i++) {
            if (!is_near(image->rgb + 3 * i, (assay_colour){230, 0, 0})) continue;
            x += i % image->width;
            y += i / image->width;
            n++;
        }
        REQUIRE(n > 50, "%s has no mark", t->id);
        x /= n * (double)image->width;
        y /= n * (double)image->height;
        const char *text = assay_synth_description(s);
        bool grid = strstr(text, "top left") != NULL;
        const char *place = grid       ? y < 0.5   ? x < 0.5 ? "at the top left" : "at the top right"
                                         : x < 0.5 ? "at the bottom left"
                                                   : "at the bottom right"
                            : x < 0.35 ? "on the left"
                            : x < 0.65 ? "in the middle"
                                       : "on the right";
        /* "A blue cup is on the left.": the sentence that ends with the place holds the answer. */
        const char *end = strstr(text, place), *begin = end;
        REQUIRE(end != NULL, "%s: nothing is %s", t->id, place);
        while (begin > text && begin[-1] != '.') begin--;
        char sentence[128], word[32];
        snprintf(sentence, sizeof sentence, "%.*s", (int)(end - begin), begin);
        const char *gold = gold_of(t);
        snprintf(word, sizeof word, "%s", strncmp(gold, "It is ", 6) ? gold + 2 : gold + 6);
        word[strlen(word) - 1] = 0;
        CHECK(strstr(sentence, word) != NULL, "%s: %s is not in \"%s\"", t->id, word, sentence);
        assay_synth_free(s);
    }
}

/* ---- screens ---- */

static const char *alignment_of(const assay_image *image) {
    static const assay_colour INK = {40, 42, 50};
    int least_left = image->width, most_left = 0, least_right = image->width, most_right = 0;
    for (int y = image->height / 4; y < image->height; y++) {
        int left = -1, right = -1;
        for (int x = 0; x < image->width; x++) {
            if (!is_near(image->rgb + 3 * (y * image->width + x), INK)) continue;
            if (left < 0) left = x;
            right = x;
        }
        if (left < 0) continue;
        if (left < least_left) least_left = left;
        if (left > most_left) most_left = left;
        if (right < least_right) least_right = right;
        if (right > most_right) most_right = right;
    }
    if (most_left - least_left < 3) return "To the left.";
    return most_right - least_right < 3 ? "To the right." : "In the centre.";
}

TEST(the_text_is_aligned_as_the_answer_says) {
    int n = 0;
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("GUI", k);
        REQUIRE(s != NULL, "sample %d", (int)k);
        const assay_sample *t = assay_synth_texts(s);
        if (strstr(t->question, "aligned") || strstr(t->question, "alignment")) {
            const char *seen = alignment_of(assay_synth_image(s, 0));
            CHECK(strcmp(gold_of(t), seen) == 0, "%s: %s, but %s", t->id, gold_of(t), seen);
            n++;
        }
        assay_synth_free(s);
    }
    CHECK(n >= 3, "%d texts", n);
}

/* ---- drawing the options again ---- */

typedef struct place { /* of a line of text on a page, and its colours */
    double x, y, height, room;
    assay_align align;
    assay_colour ink;
} place;

/* Pixels that are ink in one picture and not in the other, of a line with the given text. */
static int mismatch(const assay_image *image, const place *p, const char *text) {
    static uint8_t rgb[ASSAY_CANVAS_MAX_EDGE * ASSAY_CANVAS_MAX_EDGE * 3];
    assay_image again = {image->width, image->height, rgb};
    assay_page page = assay_page_of(&again);
    assay_colour paper = {(uint8_t)(255 - p->ink.r), (uint8_t)(255 - p->ink.g),
                          (uint8_t)(255 - p->ink.b)};
    assay_canvas_fill(&again, paper);
    assay_page_text(&page, p->ink, p->x, p->y, p->height, p->room, p->align, text);
    double reach = p->align == ASSAY_ALIGN_CENTRE ? 0.5 * p->room : p->room;
    int n = 0, left = (int)((p->x - reach) * page.unit_x) + 2,
        right = (int)((p->x + (p->align == ASSAY_ALIGN_CENTRE ? reach : 0.0)) * page.unit_x) - 2;
    int top = (int)((p->y - 0.5 * p->height) * page.unit_y),
        bottom = (int)((p->y + 0.5 * p->height) * page.unit_y);
    for (int y = top; y < bottom; y++) {
        for (int x = left; x < right; x++) {
            int i = 3 * (y * image->width + x);
            n += is_near(image->rgb + i, p->ink) != is_near(rgb + i, p->ink);
        }
    }
    return n;
}

/* The option's last word without its full stop. */
static void last_word(const char *option, char *word, size_t size) {
    const char *from = strrchr(option, ' ');
    snprintf(word, size, "%s", from ? from + 1 : option);
    word[strlen(word) - 1] = 0;
}

static int fewest_mismatches(const assay_image *image, const place *p, const char *option) {
    char forms[3][32];
    int best = image->width * image->height;
    for (int k = 0; k < 3; k++) last_word(option, forms[k], sizeof forms[k]);
    if (forms[1][0] >= 'a') forms[1][0] = (char)(forms[1][0] - 'a' + 'A');
    for (char *c = forms[2]; *c; c++) *c = *c >= 'a' ? (char)(*c - 'a' + 'A') : *c;
    for (int k = 0; k < 3; k++) {
        int n = mismatch(image, p, forms[k]);
        if (n < best) best = n;
    }
    return best;
}

/* Of all options the right one, and it alone, is what stands there. */
static void check_reading(const assay_synth_sample *s, const place *p) {
    const assay_sample *t = assay_synth_texts(s);
    for (int i = 0; i < t->n_options; i++) {
        int n = fewest_mismatches(assay_synth_image(s, 0), p, t->options[i]);
        CHECK(i == t->gold[0] ? n <= SLACK : n > 3 * SLACK, "%s: %d pixels of %s differ", t->id, n,
              t->options[i]);
    }
}

TEST(signs_and_doors_say_what_the_answer_says) {
    static const place SIGN = {50, 40.5, 22, 70, ASSAY_ALIGN_CENTRE, {255, 255, 255}};
    static const place DOOR = {50, 36, 22, 27, ASSAY_ALIGN_CENTRE, {52, 54, 62}};
    int n = 0;
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("OCR", k);
        REQUIRE(s != NULL, "sample %d", (int)k);
        bool sign = strstr(assay_synth_description(s), " sign with the word") != NULL;
        bool door = strstr(assay_synth_description(s), " door with the number") != NULL;
        if (sign || door) check_reading(s, sign ? &SIGN : &DOOR);
        n += sign || door;
        assay_synth_free(s);
    }
    CHECK(n >= 8, "%d signs and doors", n);
}

TEST(bills_and_calendars_say_what_the_answer_says) {
    static const place TOTAL = {91, 84, 11.5, 30, ASSAY_ALIGN_RIGHT, {28, 30, 38}};
    static const place DATE = {50, 52, 30, 84, ASSAY_ALIGN_CENTRE, {28, 30, 38}};
    int n = 0;
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = draw("Document", k);
        REQUIRE(s != NULL, "sample %d", (int)k);
        const char *gold = gold_of(assay_synth_texts(s));
        bool total = strncmp(gold, "The total", 9) == 0, date = strncmp(gold, "It is day", 9) == 0;
        if (total || date) check_reading(s, total ? &TOTAL : &DATE);
        n += total || date;
        assay_synth_free(s);
    }
    CHECK(n >= 1, "%d totals and dates", n);
}

TEST(two_different_questions_share_a_page) {
    for (uint64_t k = 0; k < N_PAIRS; k++) {
        assay_synth_sample *a = draw("Document", 2 * k), *b = draw("Document", 2 * k + 1);
        REQUIRE(a != NULL && b != NULL, "pair %d", (int)k);
        const assay_image *one = assay_synth_image(a, 0), *two = assay_synth_image(b, 0);
        CHECK(strcmp(assay_synth_texts(a)->cluster, assay_synth_texts(b)->cluster) == 0, "pair %d",
              (int)k);
        REQUIRE(one->width == two->width && one->height == two->height, "pair %d", (int)k);
        size_t bytes = (size_t)one->width * (size_t)one->height * 3;
        CHECK(memcmp(one->rgb, two->rgb, bytes) == 0, "pair %d", (int)k);
        CHECK(strcmp(assay_synth_texts(a)->question, assay_synth_texts(b)->question) != 0, "%s",
              assay_synth_texts(a)->question);
        assay_synth_free(a);
        assay_synth_free(b);
    }
}
