/* Embodiment tasks: the pictures alone lead to the right option, recomputed here from their pixels. */
#include "synth/synth.h"

#include "synth/draw/objects.h"
#include "test.h"

enum { N_DRAWS = 70, N_COLOURS = ASSAY_N_COLOURS };

/* Where the pixels of exactly one colour are; x and y from 0 to 1. */
typedef struct spot {
    int n;
    double x, y, left, right, top, bottom;
} spot;

static spot find(const assay_image *image, assay_colour colour) {
    spot found = {0, 0.0, 0.0, 1.0, 0.0, 1.0, 0.0};
    for (int i = 0; i < image->width * image->height; i++) {
        const uint8_t *p = image->rgb + 3 * i;
        if (p[0] != colour.r || p[1] != colour.g || p[2] != colour.b) continue;
        double x = (i % image->width + 0.5) / image->width;
        double y = (i / image->width + 0.5) / image->height;
        found.n++;
        found.x += x;
        found.y += y;
        if (x < found.left) found.left = x;
        if (x > found.right) found.right = x;
        if (y < found.top) found.top = y;
        if (y > found.bottom) found.bottom = y;
    }
    if (found.n > 0) {
        found.x /= found.n;
        found.y /= found.n;
    }
    return found;
}

static spot find_named(const assay_image *image, int colour) {
    return find(image, assay_colour_value(colour));
}

/* Colours of large parts of the picture, as bits. */
static unsigned colours_of(const assay_image *image) {
    unsigned set = 0;
    for (int c = 0; c < ASSAY_BLACK; c++) {
        if (find_named(image, c).n > image->width * image->height / 100) set |= 1u << c;
    }
    return set;
}

/* The colour whose name stands in front of `noun` ("red cup"), or -1. */
static int colour_before(const char *text, const char *noun) {
    for (int c = 0; c < N_COLOURS; c++) {
        char both[64];
        snprintf(both, sizeof both, "%s %s", assay_colour_name(c), noun);
        if (strstr(text, both)) return c;
    }
    return -1;
}

static int colour_in(const char *text) {
    for (int c = 0; c < N_COLOURS; c++) {
        if (strstr(text, assay_colour_name(c))) return c;
    }
    return -1;
}

static bool starts(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* ---- every task is checked sample by sample ---- */

/* Returns whether the sample is of a sort that it can check. */
typedef bool check_sample(const assay_synth_sample *s, const assay_sample *t, const char *answer);

static void check_task(const char *name, check_sample *check, int at_least) {
    size_t task = 0;
    while (assay_synth_task_at(task) && strcmp(assay_synth_task_at(task)->task, name) != 0) task++;
    REQUIRE(assay_synth_task_at(task) != NULL);
    int n = 0;
    for (uint64_t k = 0; k < N_DRAWS; k++) {
        assay_synth_sample *s = NULL;
        assay_error err = {0};
        CHECK_STATUS(assay_synth_draw(task, 31, k, &s, &err), ASSAY_OK, err);
        if (s == NULL) return;
        const assay_sample *t = assay_synth_texts(s);
        n += check(s, t, t->options[t->gold[0]]);
        assay_synth_free(s);
    }
    CHECK(n >= at_least, "%d samples checked", n);
}

/* ---- Object Multi-view ---- */

/* Faces of a block, told by their places. */
typedef struct faces {
    int front, right, top;
} faces;

static faces faces_of(const assay_image *image) {
    faces f = {-1, -1, -1};
    double right = 0.0, top = 1.0;
    unsigned set = colours_of(image);
    for (int c = 0; c < ASSAY_BLACK; c++) {
        spot s = find_named(image, c);
        if (!(set >> c & 1)) continue;
        if (s.right - 0.5 * (s.right - s.left) > right) {
            right = s.right - 0.5 * (s.right - s.left);
            f.right = c;
        }
        if (s.bottom < top) {
            top = s.bottom;
            f.top = c;
        }
    }
    for (int c = 0; c < ASSAY_BLACK; c++) {
        if ((set >> c & 1) && c != f.right && c != f.top) f.front = c;
    }
    return f;
}

static bool check_object(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    const assay_image *first = assay_synth_image(s, 0), *second = assay_synth_image(s, 1);
    if (strstr(answer, " the same ") || strstr(answer, " has another colour.")) {
        bool same = colours_of(first) == colours_of(second);
        CHECK(same == starts(answer, "Yes"), "%s", t->id);
        return true;
    }
    if (!starts(answer, "It was ")) return false;
    faces a = faces_of(first), b = faces_of(second);
    const char *turned = b.front == a.right   ? "It was turned to the left."
                         : b.right == a.front ? "It was turned to the right."
                         : b.front == a.top   ? "It was tipped to the front."
                                              : "It was not turned.";
    CHECK(strcmp(turned, answer) == 0, "%s: %s", t->id, turned);
    return true;
}

TEST(object_views_show_the_answer) {
    check_task("Object Multi-view", check_object, 15);
}

/* ---- Scene Multi-view ---- */

static bool check_scene(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    const assay_image *first = assay_synth_image(s, 0), *second = assay_synth_image(s, 1);
    const char *about = assay_synth_description(s);
    unsigned before = colours_of(first), after = colours_of(second);
    if (starts(answer, "The ") && !strstr(answer, "taken") && !strstr(answer, "picture")) {
        char noun[32];
        snprintf(noun, sizeof noun, "%s", answer + 4);
        noun[strlen(noun) - 1] = '\0';
        int hidden = colour_before(about, noun);
        CHECK(hidden >= 0 && before == (after | 1u << hidden) && before != after, "%s", t->id);
        return true;
    }
    if (starts(answer, "Nothing") || starts(answer, "Two things")) {
        int c = 0;
        while (!(before >> c & 1)) c++;
        int d = c + 1;
        while (!(before >> d & 1)) d++;
        bool left_before = find_named(first, c).x < find_named(first, d).x;
        bool left_after = find_named(second, c).x < find_named(second, d).x;
        CHECK((left_before == left_after) == starts(answer, "Two"), "%s", t->id);
        return true;
    }
    return false;
}

TEST(scene_views_show_the_answer) {
    check_task("Scene Multi-view", check_scene, 15);
}

/* ---- Robotic Planning ---- */

static bool check_robot(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    int taken = colour_in(answer), wanted = colour_in(t->question);
    if (!strstr(answer, " block.") || wanted < 0) return false;
    const assay_image *image = assay_synth_image(s, 0);
    spot first = find_named(image, taken), goal = find_named(image, wanted);
    if (starts(answer, "Put down")) {
        CHECK(first.y < 0.5 && first.y < goal.y - 0.2, "%s", t->id);
        return true;
    }
    CHECK(first.x - goal.x < 0.05 && goal.x - first.x < 0.05, "%s: another stack", t->id);
    for (int c = 0; c < N_COLOURS; c++) {
        spot other = find_named(image, c);
        bool above = other.n > 50 && other.x > first.left && other.x < first.right &&
                     other.y < first.y - 0.05 && other.bottom > 0.45;
        CHECK(!above, "%s: %s is above", t->id, assay_colour_name(c));
    }
    return true;
}

TEST(robot_takes_what_is_on_top) {
    check_task("Robotic Planning", check_robot, 15);
}

/* ---- navigation ---- */

static const assay_colour POINTER = {24, 84, 226};

/* Directions clockwise from up, of an offset. */
static int side_of(double dx, double dy) {
    if (dx * dx > dy * dy) return dx > 0 ? 1 : 3;
    return dy > 0 ? 2 : 0;
}

/* The pointer's tip is thin: its middle lies beyond the centre of its mass. */
static int look_of(const assay_image *image) {
    spot p = find(image, POINTER);
    return side_of((0.5 * (p.left + p.right) - p.x) * image->width,
                   (0.5 * (p.top + p.bottom) - p.y) * image->height);
}

static bool check_indoor(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    static const char *const ROOMS[5][2] = {{"bedroom", "bed?"},
                                            {"bathroom", "bath?"},
                                            {"kitchen", "stove"},
                                            {"living room", "sofa"},
                                            {"dining room", "table"}};
    static const assay_colour FLOORS[5] = {
        {250, 226, 226}, {218, 238, 250}, {252, 240, 206}, {222, 242, 224}, {238, 226, 212}};
    static const char *const TURNS[4] = {"Go straight on.", "Turn right.", "Turn around.",
                                         "Turn left."};
    const assay_image *image = assay_synth_image(s, 0);
    for (int turn = 0; turn < 4; turn++) {
        if (strcmp(answer, TURNS[turn]) != 0) continue;
        int goal = -1;
        for (int i = 0; i < 5; i++) {
            if (strstr(t->question, ROOMS[i][0]) || strstr(t->question, ROOMS[i][1])) goal = i;
        }
        if (goal < 0) return false; /* "to the bed and ..." */
        spot floor = find(image, FLOORS[goal]);
        int side = side_of(floor.x - 0.5, floor.y - 0.5);
        CHECK(floor.n > 100 && (side - look_of(image) + 4) % 4 == turn, "%s", t->id);
        return true;
    }
    return false;
}

TEST(floor_plan_shows_the_turn) {
    check_task("Indoor Navigation", check_indoor, 10);
}

/* Way (0 left, 1 ahead, 2 right) to the place on the map that the question names. */
static int way_to(const assay_image *map, const char *question) {
    static const char *const SPOTS[5] = {"hospital", "park", "coffee shop", "port", "house"};
    static const int COLOURS[5] = {ASSAY_RED, ASSAY_GREEN, ASSAY_PURPLE, ASSAY_BLUE, ASSAY_YELLOW};
    for (int i = 0; i < 5; i++) {
        if (!strstr(question, SPOTS[i])) continue;
        spot place = find_named(map, COLOURS[i]);
        int side = side_of((place.x - 0.5) * map->width, (place.y - 0.5) * map->height);
        return (side - look_of(map) + 5) % 4;
    }
    return -1;
}

static int lane_of(const assay_image *road) {
    for (int c = 0; c < ASSAY_BLACK; c++) {
        spot bonnet = find_named(road, c);
        if (bonnet.n > 50) return bonnet.x < 0.4 ? 0 : bonnet.x > 0.6 ? 2 : 1;
    }
    return -1;
}

static bool check_outdoor(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    static const char *const TURNS[3] = {"Turn left.", "Drive straight on.", "Turn right."};
    int way = way_to(assay_synth_image(s, 0), t->question);
    if (way < 0) return false;
    CHECK(way < 3, "%s: the way leads back", t->id);
    if (way > 2) return true;
    if (starts(answer, "Yes") || starts(answer, "No")) {
        int lane = lane_of(assay_synth_image(s, 1));
        const char *want = way < lane   ? "Yes, change to the left."
                           : way > lane ? "Yes, change to the right."
                                        : "No, stay in this lane.";
        CHECK(strcmp(answer, want) == 0, "%s: %s", t->id, want);
    } else {
        CHECK(strcmp(answer, TURNS[way]) == 0, "%s: %s", t->id, TURNS[way]);
    }
    return true;
}

TEST(map_and_road_show_the_way) {
    check_task("Outdoor Navigation", check_outdoor, 40);
}

/* ---- Autonomous Driving ---- */

static bool check_driving(const assay_synth_sample *s, const assay_sample *t, const char *answer) {
    static const assay_colour RED = {255, 30, 30}, GREEN = {30, 230, 80}, CARTON = {208, 168, 112};
    const assay_image *image = assay_synth_image(s, 0);
    bool red = find(image, RED).n > 100, green = find(image, GREEN).n > 100;
    if (red) CHECK(starts(answer, "Stop") || strstr(answer, "red"), "%s: %s", t->id, answer);
    if (green) CHECK(starts(answer, "Drive on"), "%s: %s", t->id, answer);
    if (!starts(answer, "Change")) return red || green;
    spot box = find(image, CARTON);
    CHECK(box.n > 100 && (box.x < 0.5) == (strstr(answer, "right") != NULL), "%s", t->id);
    return true;
}

TEST(road_shows_what_to_do) {
    check_task("Autonomous Driving", check_driving, 15);
}
