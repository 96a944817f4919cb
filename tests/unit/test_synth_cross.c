/* Cross-domain Understanding: what the pictures show is read off their pixels, and the right option
 * must say the same. */
#include "synth/synth.h"

#include "test.h"

#define SEED 17

typedef struct pixel {
    int r, g, b;
} pixel;

static size_t task_named(const char *name) {
    size_t i = 0;
    while (i < assay_synth_n_tasks() && strcmp(assay_synth_task_at(i)->task, name) != 0) i++;
    return i;
}

static assay_synth_sample *draw(size_t task, uint64_t number) {
    assay_synth_sample *s = NULL;
    assay_error err = {0};
    CHECK(assay_synth_draw(task, SEED, number, &s, &err) == ASSAY_OK, "%s", err.text);
    return s;
}

static const char *gold_of(const assay_synth_sample *s) {
    const assay_sample *t = assay_synth_texts(s);
    return t->options[t->gold[0]];
}

static bool asks(const assay_synth_sample *s, const char *part) {
    return strstr(assay_synth_texts(s)->question, part) != NULL;
}

static pixel at(const assay_image *image, double x, double y) {
    int column = (int)x, row = (int)y;
    const uint8_t *p = image->rgb + 3 * (row * image->width + column);
    return (pixel){p[0], p[1], p[2]};
}

static bool is_near(pixel p, int r, int g, int b) {
    int distance = abs(p.r - r) + abs(p.g - g) + abs(p.b - b);
    return distance <= 12;
}

/* Pixels of about that colour in a part of the image, edges as shares of its own. */
static int count_colour(const assay_image *image, double x0, double y0, double x1, double y1, int r,
                        int g, int b) {
    int n = 0;
    for (int y = (int)(y0 * image->height); y < (int)(y1 * image->height); y++) {
        for (int x = (int)(x0 * image->width); x < (int)(x1 * image->width); x++)
            n += is_near(at(image, x, y), r, g, b);
    }
    return n;
}

static double page_edge(const assay_image *image) {
    return image->width < image->height ? image->width : image->height;
}

/* ---- Art ---- */

static const struct {
    const char *answer;
    pixel frame, table;
} COLOURS[] = {
    {"It is gold.", {206, 164, 56}, {-99, 0, 0}},   {"It is black.", {30, 28, 30}, {24, 24, 26}},
    {"It is red.", {170, 34, 34}, {216, 36, 36}},   {"It is blue.", {40, 80, 170}, {34, 88, 216}},
    {"It is white.", {246, 246, 244}, {-99, 0, 0}}, {"It is green.", {-99, 0, 0}, {34, 152, 58}},
    {"It is yellow.", {-99, 0, 0}, {246, 196, 16}}, {"It is purple.", {-99, 0, 0}, {150, 52, 176}},
};

static void check_colour(const assay_synth_sample *s, bool frame) {
    const assay_image *image = assay_synth_image(s, 0);
    double edge = page_edge(image), x = 0.5 * image->width;
    /* in the frame's outer part, or just below the table's far edge, beside what stands there */
    pixel p = frame ? at(image, x, 0.02 * edge)
                    : at(image, x - 0.36 * edge, 0.5 * image->height + 0.15 * edge);
    int matches = 0;
    for (size_t i = 0; i < sizeof COLOURS / sizeof *COLOURS; i++) {
        if (strcmp(COLOURS[i].answer, gold_of(s)) != 0) continue;
        pixel want = frame ? COLOURS[i].frame : COLOURS[i].table;
        matches += is_near(p, want.r, want.g, want.b);
    }
    CHECK(matches == 1, "%s, but %d %d %d", gold_of(s), p.r, p.g, p.b);
}

static void check_sky(const assay_synth_sample *s) {
    const assay_image *image = assay_synth_image(s, 0);
    pixel sum = {0, 0, 0};
    int n = 0;
    double y = 0.11 * page_edge(image);
    for (int x = image->width * 2 / 5; x < image->width * 3 / 5; x++) {
        for (int row = 0; row < 8; row++, n++) {
            pixel p = at(image, x, y + row);
            sum = (pixel){sum.r + p.r, sum.g + p.g, sum.b + p.b};
        }
    }
    const char *hour = sum.r > sum.b    ? "It is sunset."
                       : sum.g > 90 * n ? "It is day."
                                        : "It is night.";
    CHECK(strcmp(hour, gold_of(s)) == 0, "%s, but %s", gold_of(s), hour);
}

TEST(paintings_have_the_colours_of_the_answer) {
    size_t task = task_named("Art");
    int frames = 0, tables = 0, skies = 0;
    for (uint64_t k = 0; k < 48; k++) {
        assay_synth_sample *s = draw(task, k);
        bool smooth = strstr(assay_synth_description(s), "painted with") == NULL;
        bool frame = asks(s, "the frame"),
             table = asks(s, "colour") && asks(s, "the table") && smooth,
             sky = asks(s, "time of day") || asks(s, "sunset or night");
        if (frame || table) check_colour(s, frame);
        if (sky) check_sky(s);
        frames += frame;
        tables += table;
        skies += sky;
        assay_synth_free(s);
    }
    CHECK(frames > 0 && tables > 0 && skies > 0, "%d, %d, %d", frames, tables, skies);
}

/* ---- Hand Drawing ---- */

TEST(sketches_are_in_the_ink_that_is_told) {
    static const struct {
        const char *name;
        pixel ink;
    } INKS[3] = {{"black", {24, 24, 26}}, {"blue", {34, 88, 216}}, {"red", {216, 36, 36}}};
    size_t task = task_named("Hand Drawing");
    for (uint64_t k = 0; k < 16; k++) {
        assay_synth_sample *s = draw(task, k);
        for (int i = 0; i < 3; i++) {
            pixel ink = INKS[i].ink;
            int n = count_colour(assay_synth_image(s, 0), 0, 0, 1, 1, ink.r, ink.g, ink.b);
            bool told = strstr(assay_synth_description(s), INKS[i].name) != NULL;
            CHECK(told ? n > 300 : n == 0, "%s: %d pixels", INKS[i].name, n);
        }
        assay_synth_free(s);
    }
}

/* ---- Animation ---- */

typedef struct blob {
    double x, y, n;
} blob;

/* Where the strongly coloured pixels of a picture lie. */
static blob find_blob(const assay_image *image) {
    blob found = {0};
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++) {
            pixel p = at(image, x, y);
            int high = p.r > p.g ? p.r : p.g, low = p.r < p.g ? p.r : p.g;
            if (p.b > high) high = p.b;
            if (p.b < low) low = p.b;
            if (high - low < 90) continue;
            found.x += x;
            found.y += y;
            found.n++;
        }
    }
    if (found.n > 0) {
        found.x /= found.n;
        found.y /= found.n;
    }
    return found;
}

TEST(things_move_as_the_answer_says) {
    size_t task = task_named("Animation");
    int seen = 0;
    for (uint64_t k = 0; k < 30; k++) {
        assay_synth_sample *s = draw(task, k);
        const char *gold = gold_of(s);
        bool apart = assay_synth_texts(s)->n_images == 3;
        if (apart && strncmp(gold, "It ", 3) == 0 && !strstr(gold, "colour") &&
            !strstr(gold, "turns")) {
            blob a = find_blob(assay_synth_image(s, 0)), b = find_blob(assay_synth_image(s, 2));
            if (a.n > 200 && b.n > 200) {
                double dx = b.x - a.x, dy = b.y - a.y, ratio = b.n / a.n;
                const char *word = ratio > 2     ? "bigger"
                                   : ratio < 0.5 ? "smaller"
                                   : dx > 40     ? "right"
                                   : dx < -40    ? "left"
                                   : dy > 40     ? "down"
                                                 : "up";
                const char *other = strcmp(word, "down") == 0 ? "lower" : "higher";
                CHECK(strstr(gold, word) || strstr(gold, other), "%s, but %s", gold, word);
                seen++;
            }
        }
        assay_synth_free(s);
    }
    CHECK(seen >= 2, "%d", seen);
}

/* ---- Comics ---- */

TEST(bubbles_are_where_somebody_speaks) {
    size_t task = task_named("Comics");
    int spoken = 0, silent = 0;
    for (uint64_t k = 0; k < 40; k++) {
        assay_synth_sample *s = draw(task, k);
        int panel = asks(s, "in the first panel?") ? 0 : 1;
        if (asks(s, "Who speaks") || asks(s, "Who says")) {
            const assay_image *image = assay_synth_image(s, 0);
            bool stacked = image->height >= image->width;
            double from = 0.5 * panel, to = from + 0.5;
            int n = stacked
                        ? count_colour(image, 0.05, from + 0.03, 0.95, to - 0.03, 255, 255, 255)
                        : count_colour(image, from + 0.03, 0.05, to - 0.03, 0.95, 255, 255, 255);
            bool nobody = strcmp(gold_of(s), "Nobody.") == 0;
            double share = (double)n / (image->width * image->height);
            CHECK(nobody ? share < 0.02 : share > 0.03, "%s: %d white pixels", gold_of(s), n);
            spoken += !nobody;
            silent += nobody;
        }
        assay_synth_free(s);
    }
    CHECK(spoken > 0 && silent > 0, "%d, %d", spoken, silent);
}

/* ---- Medical ---- */

static void check_degrees(const assay_synth_sample *s) {
    const assay_image *image = assay_synth_image(s, 0);
    double edge = page_edge(image), top = 0.5 * (image->height - edge);
    int row = 0;
    while (row < image->height && count_colour(image, 0.2, (double)row / image->height, 0.6,
                                               (row + 1.0) / image->height, 214, 24, 34) < 5)
        row++;
    double degrees = 36 + (70 - 100 * (row - top) / edge) / 12;
    const char *digits = strpbrk(gold_of(s), "0123456789");
    CHECK(abs((int)(10 * degrees + 0.5) - 10 * atoi(digits)) <= 2, "%s, but %g", gold_of(s),
          degrees);
}

static void check_beats(const assay_synth_sample *s) {
    static const char *const COUNTS[5] = {"There are two.", "There are three.", "There are four.",
                                          "There are five.", "There are six."};
    const assay_image *image = assay_synth_image(s, 0);
    double row = 0.5 * image->height - 0.19 * page_edge(image);
    int beats = 0, last = -100;
    for (int x = 0; x < image->width; x++) { /* the two flanks of a peak lie close together */
        if (at(image, x, row).g >= 120) continue;
        beats += x > last + 12;
        last = x;
    }
    CHECK(beats >= 2 && beats <= 6 && strcmp(gold_of(s), COUNTS[beats - 2]) == 0, "%s, but %d",
          gold_of(s), beats);
}

static void check_breaks(const assay_synth_sample *s) {
    /* the marrow runs through the whole of a sound bone, along its axis */
    const assay_image *image = assay_synth_image(s, 0);
    double edge = page_edge(image);
    int sound[2] = {0};
    for (int side = 0; side < 2; side++) {
        double middle = 0.5 + (side ? 0.24 : -0.24) * edge / image->width;
        int marrow = count_colour(image, middle - 0.2 * edge / image->width, 0,
                                  middle + 0.2 * edge / image->width, 1, 176, 186, 200);
        sound[side] = marrow > 0.0205 * edge * edge;
    }
    const char *told = sound[0] && sound[1] ? "Neither bone."
                       : sound[0]           ? "The right bone."
                       : sound[1]           ? "The left bone."
                                            : "Both bones.";
    CHECK(strcmp(told, gold_of(s)) == 0, "%s, but %s", gold_of(s), told);
}

TEST(medical_pictures_show_the_answer) {
    size_t task = task_named("Medical");
    int degrees = 0, beats = 0, breaks = 0;
    for (uint64_t k = 0; k < 48; k++) {
        assay_synth_sample *s = draw(task, k);
        bool has_degrees = strstr(gold_of(s), "degrees") != NULL,
             has_beats = strstr(assay_synth_description(s), "regular beats") != NULL &&
                         strncmp(gold_of(s), "There are ", 10) == 0,
             has_breaks = strstr(gold_of(s), " bone") != NULL &&
                          strstr(assay_synth_description(s), "two bones") != NULL;
        if (has_degrees) check_degrees(s);
        if (has_beats) check_beats(s);
        if (has_breaks) check_breaks(s);
        degrees += has_degrees;
        beats += has_beats;
        breaks += has_breaks;
        assay_synth_free(s);
    }
    CHECK(degrees > 0 && beats > 0 && breaks > 0, "%d, %d, %d", degrees, beats, breaks);
}

/* ---- Remote ---- */

static pixel in_corner(const assay_image *image, int corner, double dx, double dy) {
    return at(image, image->width * (corner % 2 ? 0.765 : 0.235) + dx,
              image->height * (corner / 2 ? 0.765 : 0.235) + dy);
}

static void check_lake(const assay_synth_sample *s, const char *told) {
    static const char *const CORNERS[4] = {"top left", "top right", "bottom left", "bottom right"};
    for (int i = 0; i < 4; i++) {
        bool water = is_near(in_corner(assay_synth_image(s, 0), i, 0, 0), 44, 112, 196);
        CHECK(water == (strstr(told, CORNERS[i]) != NULL), "%s: %s", told, CORNERS[i]);
    }
}

/* The chimney of each house is a white square beside the middle of its roof. */
static void check_houses(const assay_synth_sample *s) {
    static const char *const NUMBERS[6] = {"none", "one", "two", "three", "four", "five"};
    static const double PLACES[5][2] = {{24, 24}, {76, 76}, {76, 24}, {24, 76}, {50, 50}};
    const assay_image *image = assay_synth_image(s, 0);
    double unit = 0.004 * page_edge(image);
    int chimneys = 0;
    for (int corner = 0; corner < 4; corner++) {
        if (!is_near(in_corner(image, corner, 0, -30 * unit), 168, 204, 130)) continue;
        for (int i = 0; i < 5; i++) {
            pixel p = in_corner(image, corner, unit * (PLACES[i][0] - 43.5),
                                unit * (PLACES[i][1] - 55.5));
            chimneys += is_near(p, 245, 245, 240);
        }
    }
    CHECK(strstr(gold_of(s), NUMBERS[chimneys]), "%s, but %d", gold_of(s), chimneys);
}

TEST(land_from_above_shows_the_answer) {
    size_t task = task_named("Remote");
    int lakes = 0, houses = 0;
    for (uint64_t k = 0; k < 48; k++) {
        assay_synth_sample *s = draw(task, k);
        bool where = asks(s, "here is the lake") || asks(s, "land is the lake"),
             what = strcmp(gold_of(s), "One can see a lake.") == 0 && !asks(s, "across") &&
                    !asks(s, "Go from"),
             count = asks(s, "any houses") || asks(s, "Count the houses");
        if (where) check_lake(s, gold_of(s));
        if (what) check_lake(s, assay_synth_texts(s)->question);
        if (count) check_houses(s);
        lakes += where || what;
        houses += count;
        assay_synth_free(s);
    }
    CHECK(lakes > 0 && houses > 0, "%d, %d", lakes, houses);
}
