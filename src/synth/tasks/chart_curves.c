/* Charts with a line or a pie. */
#include "synth/tasks/chart.h"

#include "base/maths.h"

#define PI         3.14159265358979323846
#define N_POINTS   4 /* of a line */
#define MAX_SLICES 4

/* ---- a line ---- */

static void draw_line_points(const assay_chart *c, const int *values) {
    assay_colour colour = assay_colour_value((int)assay_rng_below(c->rng, ASSAY_N_COLOURS));
    double xs[N_POINTS], ys[N_POINTS], slot = (ASSAY_CHART_RIGHT - ASSAY_CHART_LEFT) / N_POINTS;
    assay_chart_axes(c);
    for (int i = 0; i < N_POINTS; i++) {
        xs[i] = ASSAY_CHART_LEFT + slot * (i + 0.5);
        ys[i] = c->base - c->step * values[i];
        assay_chart_label(c, xs[i], slot, assay_synth_say(c->s, "%c", 'A' + i));
        if (i) assay_page_line(&c->page, colour, 2.6, xs[i - 1], ys[i - 1], xs[i], ys[i]);
    }
    for (int i = 0; i < N_POINTS; i++) {
        assay_pen dot =
            assay_page_pen(&c->page, xs[i] - 3.6, ys[i] - 3.6, xs[i] + 3.6, ys[i] + 3.6);
        assay_pen_ellipse(&dot, colour, 50, 50, 50, 50);
    }
}

static const char *const COURSES[4] = {"It rises.", "It falls.", "It rises and then falls.",
                                       "It falls and then rises."};

/* Four different values of the course: its turn, if any, at the second or third point. */
static void choose_course(const assay_chart *c, int course, int *values) {
    int order[ASSAY_CHART_TOP];
    assay_permute(c->rng, order, ASSAY_CHART_TOP);
    for (int i = 1; i < N_POINTS; i++) {
        int value = order[i], at = i;
        for (; at > 0 && order[at - 1] > value; at--) order[at] = order[at - 1];
        order[at] = value;
    }
    static const int RANKS[4][2][N_POINTS] = {{{0, 1, 2, 3}, {0, 1, 2, 3}},
                                              {{3, 2, 1, 0}, {3, 2, 1, 0}},
                                              {{1, 3, 2, 0}, {0, 2, 3, 1}},
                                              {{2, 0, 1, 3}, {3, 1, 0, 2}}};
    int late = (int)assay_rng_below(c->rng, 2);
    for (int i = 0; i < N_POINTS; i++) values[i] = order[RANKS[course][late][i]] + 1;
}

static void ask_course(const assay_chart *c, int course) {
    c->s->texts.question =
        ASSAY_PICK(c->rng, "How does the line go?", "Does the line rise or fall?",
                   "What does the line do from left to right?");
    assay_synth_offer_one_of(c->s, c->rng, COURSES, 4, course);
}

static void ask_point(const assay_chart *c, const int *values) {
    const char *options[N_POINTS];
    bool most = assay_chance(c->rng, 50);
    const char *format =
        ASSAY_PICK(c->rng, "Where is the line the %s?", "At which letter is the line the %s?",
                   "Which point is the %s?");
    c->s->texts.question = assay_synth_say(c->s, format, most ? "highest" : "lowest");
    for (int i = 0; i < N_POINTS; i++) options[i] = assay_synth_say(c->s, "At point %c.", 'A' + i);
    assay_synth_offer_one_of(c->s, c->rng, options, N_POINTS,
                             assay_chart_extreme(values, N_POINTS, most));
}

static void ask_height(const assay_chart *c, const int *values) {
    const char *options[N_POINTS];
    int at = (int)assay_rng_below(c->rng, N_POINTS);
    const char *format =
        ASSAY_PICK(c->rng, "How high is the line at point %c?", "What is the value at point %c?",
                   "Which number does the line have at %c?");
    c->s->texts.question = assay_synth_say(c->s, format, 'A' + at);
    for (int i = 0; i < N_POINTS; i++)
        options[i] = assay_synth_say(c->s, "It is %d high.", values[i]);
    assay_synth_offer_one_of(c->s, c->rng, options, N_POINTS, at);
}

void assay_draw_line_chart(assay_synth_sample *s, assay_rng *rng) {
    assay_chart c;
    int values[ASSAY_CHART_TOP], sort = (int)assay_rng_below(rng, 3), course = -1;
    assay_chart_begin(&c, s, rng, true, false);
    if (sort == 0) {
        course = (int)assay_rng_below(rng, 4);
        choose_course(&c, course, values);
    } else {
        assay_permute(rng, values, ASSAY_CHART_TOP);
        for (int i = 0; i < ASSAY_CHART_TOP; i++) values[i]++;
    }
    draw_line_points(&c, values);
    if (sort == 0) ask_course(&c, course);
    if (sort == 1) ask_point(&c, values);
    if (sort == 2) ask_height(&c, values);
    const char *text = assay_chart_titled(&c, "line chart");
    for (int i = 0; i < N_POINTS; i++)
        text = assay_synth_say(s, "%s Point %c is %d high.", text, 'A' + i, values[i]);
    if (sort == 0) text = assay_synth_say(s, "%s %s", text, COURSES[course]);
    s->description = text;
    int at = (int)assay_rng_below(rng, N_POINTS);
    assay_synth_add_hint(s, assay_synth_say(s, "How high is point %c?", 'A' + at),
                         assay_synth_say(s, "It is %d high.", values[at]));
    assay_synth_add_hint(
        s, "Which point is the highest?",
        assay_synth_say(s, "Point %c.", 'A' + assay_chart_extreme(values, N_POINTS, true)));
    assay_synth_add_hint(
        s, "Which point is the lowest?",
        assay_synth_say(s, "Point %c.", 'A' + assay_chart_extreme(values, N_POINTS, false)));
    assay_synth_add_hint(s, "Is the last point higher than the first one?",
                         values[N_POINTS - 1] > values[0] ? "Yes." : "No.");
    assay_chart_hint_title(&c);
}

/* ---- a pie ---- */

static void draw_slice(const assay_pen *pen, assay_colour colour, double from, double to) {
    const int n = 40;
    double xy[2 * 42] = {50, 50};
    for (int i = 0; i <= n; i++) {
        double angle = 2.0 * PI * (from + (to - from) * i / n);
        xy[2 * i + 2] = 50.0 + 46.0 * assay_sin(angle);
        xy[2 * i + 3] = 50.0 - 46.0 * assay_cos(angle);
    }
    assay_pen_polygon(pen, colour, xy, n + 2);
}

/* Shares are parts of their sum; slice i is of colours[i]. */
static void draw_pie(const assay_chart *c, const int *colours, const int *shares, int n) {
    static const assay_colour WHITE = {255, 255, 255};
    assay_pen pen = assay_page_pen(&c->page, 4, c->title ? 16 : 4, 96, 96);
    int order[MAX_SLICES], total = 0;
    double at = 0.01 * assay_rng_range(c->rng, 0, 99), start = at;
    assay_permute(c->rng, order, n);
    for (int i = 0; i < n; i++) total += shares[i];
    for (int i = 0; i < n; i++) {
        double share = (double)shares[order[i]] / total;
        draw_slice(&pen, assay_colour_value(colours[order[i]]), at, at + share);
        at += share;
    }
    at = start;
    for (int i = 0; i < n; i++) {
        assay_pen_line(&pen, WHITE, 1.6, 50, 50, 50.0 + 47.0 * assay_sin(2.0 * PI * at),
                       50.0 - 47.0 * assay_cos(2.0 * PI * at));
        at += (double)shares[order[i]] / total;
    }
}

static void ask_extreme_slice(const assay_chart *c, const char *const *names, int n) {
    const char *options[MAX_SLICES];
    bool most = assay_chance(c->rng, 50);
    const char *format = ASSAY_PICK(c->rng, "Which slice is the %s?", "Which is the %s slice?",
                                    "Which part of the pie is the %s?");
    c->s->texts.question = assay_synth_say(c->s, format, most ? "largest" : "smallest");
    for (int i = 0; i < n; i++) options[i] = assay_synth_say(c->s, "The %s slice.", names[i]);
    assay_synth_offer_one_of(c->s, c->rng, options, n, most ? n - 1 : 0);
}

static const char *const PARTS[3] = {"One quarter.", "One half.", "Three quarters."};

static void ask_share(const assay_chart *c, const char *name, int part) {
    const char *format = ASSAY_PICK(c->rng, "How much of the pie is %s?",
                                    "Which part of the pie is %s?", "How large is the %s slice?");
    c->s->texts.question = assay_synth_say(c->s, format, name);
    assay_synth_offer_one_of(c->s, c->rng, PARTS, 3, part);
}

void assay_draw_pie_chart(assay_synth_sample *s, assay_rng *rng) {
    static const int SHARES[2][MAX_SLICES] = {{17, 31, 52}, {9, 17, 28, 46}}; /* rising */
    assay_chart c;
    assay_chart_begin(&c, s, rng, false, false);
    int colours[ASSAY_N_COLOURS], n = assay_rng_range(rng, 3, MAX_SLICES);
    const char *names[ASSAY_N_COLOURS];
    assay_permute(rng, colours, ASSAY_N_COLOURS);
    for (int i = 0; i < ASSAY_N_COLOURS; i++) names[i] = assay_colour_name(colours[i]);
    if (assay_chance(rng, 60)) {
        draw_pie(&c, colours, SHARES[n - 3], n);
        ask_extreme_slice(&c, names, n);
        s->description =
            assay_synth_say(s, "%s The largest slice is %s. The smallest slice is %s.",
                            assay_chart_titled(&c, "pie chart"), names[n - 1], names[0]);
        assay_synth_add_hint(s, "What colour is the largest slice?",
                             assay_synth_say(s, "It is %s.", names[n - 1]));
        assay_synth_add_hint(s, "What colour is the smallest slice?",
                             assay_synth_say(s, "It is %s.", names[0]));
        assay_synth_add_hint(s, "How many slices are there?",
                             assay_synth_say(s, "There are %s.", assay_number_word(n)));
        bool same = assay_chance(rng, 50);
        assay_synth_add_hint(
            s, assay_synth_say(s, "Is the %s slice the largest?", names[same ? n - 1 : 0]),
            same ? "Yes." : "No.");
    } else {
        int part = (int)assay_rng_below(rng, 3), shares[2] = {part + 1, 3 - part};
        draw_pie(&c, colours, shares, 2);
        ask_share(&c, names[0], part);
        s->description = assay_synth_say(s, "%s It is %s and %s. The %s slice is: %s",
                                         assay_chart_titled(&c, "pie chart"), names[0], names[1],
                                         names[0], PARTS[part]);
        assay_synth_add_hint(s, assay_synth_say(s, "How much of the pie is %s?", names[1]),
                             PARTS[2 - part]);
        assay_synth_add_hint(s, assay_synth_say(s, "Is more than one half %s?", names[0]),
                             part == 2 ? "Yes." : "No.");
        assay_synth_add_hint(s, "How many slices are there?", "There are two.");
    }
    assay_chart_hint_title(&c);
}
