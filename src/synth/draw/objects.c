/* All drawings are in a box of 100 x 100 units, y downwards. The main colour covers most of each
 * object; what is not of the main colour (wheels, eyes, stems) is grey or brown, which no question
 * asks about. */
#include "synth/draw/objects.h"

#include "base/maths.h"

#define PI       3.14159265358979323846
#define COUNT(a) ((int)(sizeof(a) / sizeof(a)[0] / 2)) /* points of an [n][2] list */

static const assay_colour DARK = {58, 60, 68}, PALE = {240, 242, 245}, BROWN = {128, 84, 50};

static const char *const COLOUR_NAMES[ASSAY_N_COLOURS] = {"red",    "green",  "blue",
                                                          "yellow", "purple", "black"};
static const assay_colour COLOUR_VALUES[ASSAY_N_COLOURS] = {
    {216, 36, 36}, {34, 152, 58}, {34, 88, 216}, {246, 196, 16}, {150, 52, 176}, {24, 24, 26}};
static const char *const KIND_NAMES[ASSAY_N_KINDS] = {
    "circle", "square", "triangle", "star",  "heart", "cross", "house",  "tree",
    "car",    "boat",   "cup",      "fish",  "cat",   "key",   "flower", "bike",
    "bird",   "chair",  "lamp",     "clock", "book",  "hat",   "plane",  "phone"};

static const char *const KIND_PLURALS[ASSAY_N_KINDS] = {
    "circles", "squares", "triangles", "stars",  "hearts", "crosses", "houses",  "trees",
    "cars",    "boats",   "cups",      "fish",   "cats",   "keys",    "flowers", "bikes",
    "birds",   "chairs",  "lamps",     "clocks", "books",  "hats",    "planes",  "phones"};

const char *assay_colour_name(int colour) {
    return COLOUR_NAMES[colour];
}

assay_colour assay_colour_value(int colour) {
    return COLOUR_VALUES[colour];
}

const char *assay_kind_name(int kind) {
    return KIND_NAMES[kind];
}

const char *assay_kind_plural(int kind) {
    return KIND_PLURALS[kind];
}

/* ---- shapes ---- */

static int copy_points(double *to, const double *from, int n) {
    for (int i = 0; i < 2 * n; i++) to[i] = from[i];
    return n;
}

static int outline_star(double *xy) {
    for (int i = 0; i < 10; i++) {
        double angle = PI * i / 5.0, radius = i % 2 ? 20.0 : 50.0;
        xy[2 * i] = 50.0 + radius * assay_sin(angle);
        xy[2 * i + 1] = 53.0 - radius * assay_cos(angle);
    }
    return 10;
}

/* The classical heart curve: x = 16 sin^3 t, y = 13 cos t - 5 cos 2t - 2 cos 3t - cos 4t. */
static int outline_heart(double *xy) {
    const int n = 48;
    for (int i = 0; i < n; i++) {
        double t = 2.0 * PI * i / n, s = assay_sin(t);
        double y = 13.0 * assay_cos(t) - 5.0 * assay_cos(2.0 * t) - 2.0 * assay_cos(3.0 * t) -
                   assay_cos(4.0 * t);
        xy[2 * i] = 50.0 + 46.0 * s * s * s;
        xy[2 * i + 1] = 45.0 - 2.9 * y;
    }
    return n;
}

static int outline_circle(double *xy) {
    const int n = 48;
    for (int i = 0; i < n; i++) {
        xy[2 * i] = 50.0 + 46.0 * assay_sin(2.0 * PI * i / n);
        xy[2 * i + 1] = 50.0 - 46.0 * assay_cos(2.0 * PI * i / n);
    }
    return n;
}

int assay_shape_outline(int shape, double *xy) {
    static const double SQUARE[] = {10, 10, 90, 10, 90, 90, 10, 90};
    static const double TRIANGLE[] = {50, 6, 98, 90, 2, 90};
    static const double CROSS[] = {34, 4,  66, 4,  66, 34, 96, 34, 96, 66, 66, 66,
                                   66, 96, 34, 96, 34, 66, 4,  66, 4,  34, 34, 34};
    switch (shape) {
    case ASSAY_SQUARE:
        return copy_points(xy, SQUARE, COUNT(SQUARE));
    case ASSAY_TRIANGLE:
        return copy_points(xy, TRIANGLE, COUNT(TRIANGLE));
    case ASSAY_CROSS:
        return copy_points(xy, CROSS, COUNT(CROSS));
    case ASSAY_STAR:
        return outline_star(xy);
    case ASSAY_HEART:
        return outline_heart(xy);
    default:
        return outline_circle(xy);
    }
}

/* ---- objects ---- */

static void draw_house(const assay_pen *pen, assay_colour main) {
    static const double ROOF[] = {0, 50, 50, 6, 100, 50};
    assay_pen_rect(pen, main, 12, 48, 88, 96);
    assay_pen_polygon(pen, assay_colour_shade(main, 70), ROOF, COUNT(ROOF));
    assay_pen_rect(pen, PALE, 54, 62, 74, 96);
    assay_pen_rect(pen, PALE, 24, 60, 44, 78);
}

static void draw_tree(const assay_pen *pen, assay_colour main) {
    assay_pen_rect(pen, BROWN, 43, 56, 57, 98);
    assay_pen_ellipse(pen, main, 50, 26, 26, 24);
    assay_pen_ellipse(pen, main, 30, 46, 24, 21);
    assay_pen_ellipse(pen, main, 70, 46, 24, 21);
}

static void draw_wheel(const assay_pen *pen, double x, double y, double radius) {
    assay_pen_ellipse(pen, DARK, x, y, radius, radius);
    assay_pen_ellipse(pen, PALE, x, y, 0.4 * radius, 0.4 * radius);
}

static void draw_car(const assay_pen *pen, assay_colour main) {
    static const double CABIN[] = {20, 50, 34, 24, 68, 24, 84, 50};
    static const double REAR[] = {31, 47, 39, 31, 49, 31, 49, 47},
                        FRONT[] = {54, 47, 54, 31, 65, 31, 73, 47};
    static const double BODY[] = {4, 50, 90, 50, 98, 58, 98, 76, 2, 76, 2, 56};
    assay_pen_polygon(pen, main, CABIN, COUNT(CABIN));
    assay_pen_polygon(pen, main, BODY, COUNT(BODY));
    assay_pen_polygon(pen, PALE, REAR, COUNT(REAR));
    assay_pen_polygon(pen, PALE, FRONT, COUNT(FRONT));
    draw_wheel(pen, 25, 76, 13);
    draw_wheel(pen, 76, 76, 13);
}

static void draw_boat(const assay_pen *pen, assay_colour main) {
    static const double HULL[] = {2, 68, 98, 68, 80, 94, 20, 94};
    static const double SAIL[] = {54, 6, 92, 58, 54, 58}, JIB[] = {42, 16, 42, 58, 12, 58};
    assay_pen_line(pen, DARK, 5, 48, 6, 48, 68);
    assay_pen_polygon(pen, main, SAIL, COUNT(SAIL));
    assay_pen_polygon(pen, main, JIB, COUNT(JIB));
    assay_pen_polygon(pen, BROWN, HULL, COUNT(HULL));
}

static void draw_cup(const assay_pen *pen, assay_colour main) {
    static const double HANDLE[] = {66, 38, 84, 36, 93, 46, 90, 60, 76, 70, 62, 72};
    static const double BODY[] = {10, 24, 72, 24, 66, 92, 16, 92};
    assay_pen_stroke(pen, main, 9, HANDLE, COUNT(HANDLE));
    assay_pen_polygon(pen, main, BODY, COUNT(BODY));
    assay_pen_ellipse(pen, PALE, 41, 24, 31, 10);
    assay_pen_ellipse(pen, DARK, 41, 25, 26, 7);
}

static void draw_fish(const assay_pen *pen, assay_colour main) {
    static const double TAIL[] = {64, 50, 98, 22, 90, 50, 98, 78}, FIN[] = {34, 32, 52, 12, 62, 34};
    assay_pen_polygon(pen, main, TAIL, COUNT(TAIL));
    assay_pen_polygon(pen, main, FIN, COUNT(FIN));
    assay_pen_ellipse(pen, main, 40, 51, 38, 26);
    assay_pen_ellipse(pen, PALE, 21, 45, 7, 7);
    assay_pen_ellipse(pen, DARK, 20, 45, 3.5, 3.5);
}

static void draw_cat(const assay_pen *pen, assay_colour main) {
    static const double TAIL[] = {68, 86, 84, 84, 92, 72, 88, 56};
    static const double LEFT_EAR[] = {26, 34, 24, 2, 46, 16}, RIGHT_EAR[] = {54, 16, 76, 2, 74, 34};
    assay_pen_stroke(pen, main, 9, TAIL, COUNT(TAIL));
    assay_pen_ellipse(pen, main, 50, 76, 26, 23);
    assay_pen_polygon(pen, main, LEFT_EAR, COUNT(LEFT_EAR));
    assay_pen_polygon(pen, main, RIGHT_EAR, COUNT(RIGHT_EAR));
    assay_pen_ellipse(pen, main, 50, 34, 27, 24);
    for (int side = -1; side <= 1; side += 2) {
        assay_pen_ellipse(pen, PALE, 50 + 11 * side, 30, 6.5, 6.5);
        assay_pen_ellipse(pen, DARK, 50 + 11 * side, 30, 3, 4.5);
        assay_pen_line(pen, DARK, 2, 50 + 14 * side, 43, 50 + 38 * side, 39);
        assay_pen_line(pen, DARK, 2, 50 + 14 * side, 47, 50 + 38 * side, 49);
    }
    assay_pen_ellipse(pen, PALE, 50, 43, 4, 3);
}

static void draw_ring(const assay_pen *pen, assay_colour colour, double width, double x, double y,
                      double radius) {
    double xy[2 * 33];
    for (int i = 0; i <= 32; i++) {
        xy[2 * i] = x + radius * assay_cos(PI * i / 16.0);
        xy[2 * i + 1] = y + radius * assay_sin(PI * i / 16.0);
    }
    assay_pen_stroke(pen, colour, width, xy, 33);
}

static void draw_key(const assay_pen *pen, assay_colour main) {
    draw_ring(pen, main, 12, 24, 42, 18);
    assay_pen_rect(pen, main, 40, 36, 98, 48);
    assay_pen_rect(pen, main, 86, 40, 98, 68);
    assay_pen_rect(pen, main, 66, 40, 77, 62);
}

static void draw_flower(const assay_pen *pen, assay_colour main) {
    static const assay_colour STEM = {96, 122, 84};
    assay_pen_line(pen, STEM, 6, 50, 50, 50, 96);
    assay_pen_ellipse(pen, STEM, 66, 78, 14, 7);
    for (int i = 0; i < 6; i++) {
        double angle = PI * i / 3.0;
        assay_pen_ellipse(pen, main, 50 + 21 * assay_sin(angle), 32 - 21 * assay_cos(angle), 13,
                          13);
    }
    assay_pen_ellipse(pen, BROWN, 50, 32, 11, 11);
}

static void draw_bike(const assay_pen *pen, assay_colour main) {
    static const double FRAME[] = {22, 70, 40, 40, 68, 40, 50, 70, 22, 70},
                        FORK[] = {78, 70, 66, 26, 80, 22};
    draw_ring(pen, main, 7, 22, 70, 18);
    draw_ring(pen, main, 7, 78, 70, 18);
    assay_pen_stroke(pen, main, 7, FRAME, COUNT(FRAME));
    assay_pen_stroke(pen, main, 7, FORK, COUNT(FORK));
    assay_pen_line(pen, main, 7, 50, 70, 37, 32);
    assay_pen_line(pen, DARK, 8, 30, 30, 45, 30);
}

static void draw_bird(const assay_pen *pen, assay_colour main) {
    static const double BEAK[] = {14, 22, 0, 32, 14, 38},
                        TAIL[] = {66, 46, 100, 24, 100, 50, 72, 66};
    static const double WING[] = {36, 46, 74, 46, 86, 72, 58, 70};
    assay_pen_line(pen, BROWN, 5, 44, 70, 40, 97);
    assay_pen_line(pen, BROWN, 5, 58, 70, 60, 97);
    assay_pen_polygon(pen, BROWN, BEAK, COUNT(BEAK));
    assay_pen_polygon(pen, main, TAIL, COUNT(TAIL));
    assay_pen_ellipse(pen, main, 50, 56, 32, 23);
    assay_pen_ellipse(pen, main, 27, 30, 19, 18);
    assay_pen_polygon(pen, assay_colour_shade(main, 70), WING, COUNT(WING));
    assay_pen_ellipse(pen, PALE, 22, 26, 6, 6);
    assay_pen_ellipse(pen, DARK, 21, 26, 3, 3);
}

static void draw_chair(const assay_pen *pen, assay_colour main) {
    static const double SEAT[] = {24, 48, 76, 48, 84, 66, 16, 66};
    assay_colour shade = assay_colour_shade(main, 70);
    assay_pen_rect(pen, shade, 28, 66, 36, 90);
    assay_pen_rect(pen, shade, 64, 66, 72, 90);
    for (int y = 2; y < 50; y += 18) assay_pen_rect(pen, main, 24, y, 76, y + 11);
    assay_pen_rect(pen, main, 24, 2, 34, 50);
    assay_pen_rect(pen, main, 66, 2, 76, 50);
    assay_pen_polygon(pen, main, SEAT, COUNT(SEAT));
    assay_pen_rect(pen, shade, 16, 62, 84, 70);
    assay_pen_rect(pen, main, 16, 66, 26, 98);
    assay_pen_rect(pen, main, 74, 66, 84, 98);
}

static void draw_lamp(const assay_pen *pen, assay_colour main) {
    static const double CLOTH[] = {32, 4, 68, 4, 94, 52, 6, 52};
    assay_pen_rect(pen, DARK, 46, 52, 54, 88);
    assay_pen_line(pen, DARK, 2.5, 74, 52, 74, 68);
    assay_pen_ellipse(pen, DARK, 74, 70, 4, 4);
    assay_pen_polygon(pen, main, CLOTH, COUNT(CLOTH));
    assay_pen_ellipse(pen, main, 50, 90, 28, 8);
}

/* A round alarm clock. */
static void draw_clock(const assay_pen *pen, assay_colour main) {
    for (int side = -1; side <= 1; side += 2) {
        assay_pen_line(pen, DARK, 8, 50 + 24 * side, 84, 50 + 36 * side, 96);
        assay_pen_ellipse(pen, main, 50 + 30 * side, 14, 16, 12);
    }
    assay_pen_ellipse(pen, main, 50, 54, 44, 42);
    assay_pen_ellipse(pen, PALE, 50, 54, 31, 30);
    assay_pen_line(pen, DARK, 6, 50, 54, 50, 32);
    assay_pen_line(pen, DARK, 6, 50, 54, 66, 62);
}

static void draw_book(const assay_pen *pen, assay_colour main) {
    static const double PAGES[] = {26, 84, 86, 84, 90, 94, 30, 94};
    assay_pen_rect(pen, main, 12, 4, 86, 96);
    assay_pen_polygon(pen, PALE, PAGES, COUNT(PAGES));
    assay_pen_rect(pen, assay_colour_shade(main, 60), 12, 4, 26, 96);
    assay_pen_rect(pen, PALE, 38, 18, 76, 48);
    assay_pen_rect(pen, DARK, 44, 25, 70, 29);
    assay_pen_rect(pen, DARK, 44, 36, 64, 40);
}

static void draw_hat(const assay_pen *pen, assay_colour main) {
    assay_pen_ellipse(pen, assay_colour_shade(main, 80), 50, 74, 50, 15);
    assay_pen_ellipse(pen, main, 50, 42, 29, 28);
    assay_pen_rect(pen, main, 21, 42, 79, 72);
    assay_pen_ellipse(pen, main, 50, 72, 29, 8);
    assay_pen_rect(pen, PALE, 21, 56, 79, 67);
}

/* Seen from above. */
static void draw_plane(const assay_pen *pen, assay_colour main) {
    static const double WINGS[] = {50, 28, 100, 62, 100, 72, 50, 58, 0, 72, 0, 62};
    static const double TAIL[] = {50, 76, 74, 92, 74, 99, 50, 92, 26, 99, 26, 92};
    assay_pen_polygon(pen, main, WINGS, COUNT(WINGS));
    assay_pen_polygon(pen, main, TAIL, COUNT(TAIL));
    assay_pen_ellipse(pen, main, 50, 50, 11, 49);
    assay_pen_ellipse(pen, PALE, 50, 16, 6, 6);
}

static void draw_phone(const assay_pen *pen, assay_colour main) {
    assay_pen_rect(pen, main, 24, 6, 76, 94);
    assay_pen_rect(pen, main, 30, 2, 70, 98);
    for (int side = -1; side <= 1; side += 2) {
        assay_pen_ellipse(pen, main, 50 + 20 * side, 8, 6, 6);
        assay_pen_ellipse(pen, main, 50 + 20 * side, 92, 6, 6);
    }
    assay_pen_rect(pen, PALE, 32, 14, 68, 76);
    for (int i = 0; i < 6; i++)
        assay_pen_rect(pen, DARK, 37 + 15 * (i % 2), 20 + 18 * (i / 2), 48 + 15 * (i % 2),
                       31 + 18 * (i / 2));
    assay_pen_ellipse(pen, PALE, 50, 87, 6, 6);
}

void assay_kind_draw(const assay_pen *pen, int kind, int colour) {
    typedef void (*draw_object)(const assay_pen *, assay_colour);
    static const draw_object OBJECTS[ASSAY_N_OBJECTS] = {
        draw_house, draw_tree,  draw_car,    draw_boat, draw_cup,   draw_fish,
        draw_cat,   draw_key,   draw_flower, draw_bike, draw_bird,  draw_chair,
        draw_lamp,  draw_clock, draw_book,   draw_hat,  draw_plane, draw_phone};
    assay_colour main = COLOUR_VALUES[colour];
    if (kind >= ASSAY_N_SHAPES) {
        OBJECTS[kind - ASSAY_N_SHAPES](pen, main);
        return;
    }
    double xy[2 * ASSAY_POLYGON_MAX_POINTS];
    int n = assay_shape_outline(kind, xy);
    assay_pen_polygon(pen, main, xy, n);
}
