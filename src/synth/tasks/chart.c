/* Chart: bars, a line or a pie. Heights are whole numbers of the axis; each of the options is as
 * likely as the next, and the chart is drawn to fit the chosen one. */
#include "synth/tasks/chart.h"
#include "synth/draw/scene.h"

#define MAX_BARS 4
#define BASE     86.0 /* of the bars, hundredths of the height */

static const assay_colour AXIS = {58, 60, 68}, GRID = {208, 212, 220}, RED_LINE = {216, 36, 36};

typedef struct bars {
    int n, colours[ASSAY_N_COLOURS], values[ASSAY_CHART_TOP];
    bool labelled;               /* by words below; otherwise by their colours */
    const char *names[MAX_BARS]; /* "red", "tea" */
} bars;

/* ---- what all charts share ---- */

void assay_chart_begin(assay_chart *c, assay_synth_sample *s, assay_rng *rng, bool room_below,
                       bool foods) {
    static const char *const TITLES[2][4] = {{"Games", "Cars", "Trees", "Birds"},
                                             {"Sales", "Food", "Lunch", "Shop"}};
    assay_image *canvas = assay_synth_add_any_image(s, rng);
    *c = (assay_chart){.s = s, .rng = rng, .page = assay_page_of(canvas)};
    assay_ground_draw(canvas, rng);
    if (assay_chance(rng, 50)) c->title = assay_pick(rng, TITLES[foods], 4);
    c->base = room_below ? BASE : BASE + 8.0;
    double top = 8.0;
    if (c->title) {
        assay_page_text(&c->page, AXIS, 57, 8, 9.5, 76, ASSAY_ALIGN_CENTRE, c->title);
        top = 18.0;
    }
    c->step = (c->base - top) / ASSAY_CHART_TOP;
}

void assay_chart_axes(const assay_chart *c) {
    for (int i = 0; i <= ASSAY_CHART_TOP; i++) {
        double y = c->base - c->step * i;
        if (i) assay_page_line(&c->page, GRID, 0.8, ASSAY_CHART_LEFT, y, ASSAY_CHART_RIGHT, y);
        if (i)
            assay_page_text(&c->page, AXIS, ASSAY_CHART_LEFT - 4, y, 9.0, 10, ASSAY_ALIGN_RIGHT,
                            assay_synth_say(c->s, "%d", i));
    }
    assay_page_rect(&c->page, AXIS, ASSAY_CHART_LEFT - 1, c->base - c->step * ASSAY_CHART_TOP - 2,
                    ASSAY_CHART_LEFT + 0.6, c->base + 1);
    assay_page_rect(&c->page, AXIS, ASSAY_CHART_LEFT - 1, c->base - 0.6, ASSAY_CHART_RIGHT,
                    c->base + 1);
}

void assay_chart_label(const assay_chart *c, double x, double room, const char *text) {
    assay_page_text(&c->page, AXIS, x, c->base + 6.2, 9.0, room, ASSAY_ALIGN_CENTRE, text);
}

const char *assay_chart_titled(const assay_chart *c, const char *sort) {
    return c->title ? assay_synth_say(c->s, "A %s with the title %s.", sort, c->title)
                    : assay_synth_say(c->s, "A %s.", sort);
}

void assay_chart_hint_title(const assay_chart *c) {
    if (c->title)
        assay_synth_add_hint(c->s, "What is the title of the chart?",
                             assay_synth_say(c->s, "The title is %s.", c->title));
}

/* ---- bars ---- */

static void choose_bars(const assay_chart *c, bars *b) {
    int items[ASSAY_N_SHORT_ITEMS];
    b->n = b->labelled ? 3 : assay_rng_range(c->rng, 3, MAX_BARS);
    assay_permute(c->rng, b->values, ASSAY_CHART_TOP);
    assay_permute(c->rng, b->colours, ASSAY_N_COLOURS);
    assay_permute(c->rng, items, ASSAY_N_SHORT_ITEMS);
    for (int i = 0; i < ASSAY_CHART_TOP; i++) b->values[i]++;
    for (int i = 0; i < b->n; i++)
        b->names[i] = b->labelled ? assay_item_name(items[i]) : assay_colour_name(b->colours[i]);
}

static void draw_bars(const assay_chart *c, const bars *b) {
    double slot = (ASSAY_CHART_RIGHT - ASSAY_CHART_LEFT) / b->n;
    assay_chart_axes(c);
    for (int i = 0; i < b->n; i++) {
        double middle = ASSAY_CHART_LEFT + slot * (i + 0.5);
        int colour = b->colours[b->labelled ? 0 : i];
        assay_page_rect(&c->page, assay_colour_value(colour), middle - 0.34 * slot,
                        c->base - c->step * b->values[i], middle + 0.34 * slot, c->base - 0.6);
        if (b->labelled)
            assay_page_text(&c->page, AXIS, middle, c->base + 6.2, 9.0, slot - 3,
                            ASSAY_ALIGN_CENTRE, assay_capital(c->s, b->names[i]));
    }
}

static const char *describe_bars(const assay_chart *c, const bars *b) {
    const char *text = assay_chart_titled(c, "bar chart");
    for (int i = 0; i < b->n; i++)
        text = assay_synth_say(c->s, "%s The %s bar is %d high.", text, b->names[i], b->values[i]);
    return text;
}

int assay_chart_extreme(const int *values, int n, bool most) {
    int at = 0;
    for (int i = 1; i < n; i++) {
        if (most ? values[i] > values[at] : values[i] < values[at]) at = i;
    }
    return at;
}

static void hint_bars(const assay_chart *c, const bars *b) {
    int i = (int)assay_rng_below(c->rng, (uint32_t)b->n),
        tall = assay_chart_extreme(b->values, b->n, true),
        low = assay_chart_extreme(b->values, b->n, false);
    bool same = assay_chance(c->rng, 50);
    assay_synth_add_hint(c->s, assay_synth_say(c->s, "How high is the %s bar?", b->names[i]),
                         assay_synth_say(c->s, "It is %d high.", b->values[i]));
    assay_synth_add_hint(c->s, "Which bar is the tallest?",
                         assay_synth_say(c->s, "The %s bar.", b->names[tall]));
    assay_synth_add_hint(c->s, "Which bar is the shortest?",
                         assay_synth_say(c->s, "The %s bar.", b->names[low]));
    assay_synth_add_hint(c->s, "How many bars are there?",
                         assay_synth_say(c->s, "There are %s.", assay_number_word(b->n)));
    assay_synth_add_hint(c->s, "What is the left bar?",
                         assay_synth_say(c->s, "The %s bar.", b->names[0]));
    assay_synth_add_hint(
        c->s, assay_synth_say(c->s, "Is the %s bar the tallest?", b->names[same ? tall : low]),
        same ? "Yes." : "No.");
}

static void offer_bars(const assay_chart *c, const bars *b, int right) {
    const char *options[MAX_BARS];
    for (int i = 0; i < b->n; i++) options[i] = assay_synth_say(c->s, "The %s bar.", b->names[i]);
    assay_synth_offer_one_of(c->s, c->rng, options, b->n, right);
}

static void ask_extreme_bar(const assay_chart *c, const bars *b) {
    bool most = assay_chance(c->rng, 50);
    const char *sort = most ? "tallest" : "shortest";
    const char *format = ASSAY_PICK(c->rng, "Which bar is the %s?", "Which is the %s bar?",
                                    "Which bar of the chart is the %s?");
    c->s->texts.question = assay_synth_say(c->s, format, sort);
    offer_bars(c, b, assay_chart_extreme(b->values, b->n, most));
}

/* Of four different values of the axis the bars show the first ones. */
static void ask_value(const assay_chart *c, const bars *b) {
    const char *options[4];
    int at = (int)assay_rng_below(c->rng, (uint32_t)b->n);
    for (int i = 0; i < 4; i++) options[i] = assay_synth_say(c->s, "It is %d high.", b->values[i]);
    const char *format =
        ASSAY_PICK(c->rng, "How high is the %s bar?", "What is the value of the %s bar?",
                   "Which number does the %s bar reach?");
    c->s->texts.question = assay_synth_say(c->s, format, b->names[at]);
    assay_synth_offer_one_of(c->s, c->rng, options, 4, at);
}

static void ask_bar_of_value(const assay_chart *c, const bars *b) {
    int at = (int)assay_rng_below(c->rng, (uint32_t)b->n);
    const char *format = ASSAY_PICK(c->rng, "Which bar is %d high?", "Which bar has the value %d?",
                                    "Which bar reaches the number %d?");
    c->s->texts.question = assay_synth_say(c->s, format, b->values[at]);
    offer_bars(c, b, at);
}

/* A red line between two numbers of the axis, and the wanted number of bars above it. */
static const char *draw_line_question(const assay_chart *c, bars *b) {
    static const char *const COUNTS[3] = {"One bar.", "Two bars.", "Three bars."};
    int above = (int)assay_rng_below(c->rng, 3), order[MAX_BARS];
    int line = assay_rng_range(c->rng, 2, 3); /* it lies half a step above this number */
    assay_permute(c->rng, order, b->n);
    for (int i = 0; i < b->n; i++) {
        bool high = order[i] <= above;
        b->values[i] = high ? assay_rng_range(c->rng, line + 1, ASSAY_CHART_TOP)
                            : assay_rng_range(c->rng, 1, line);
        if (b->colours[i] == ASSAY_RED) b->colours[i] = b->colours[MAX_BARS];
        b->names[i] = b->labelled ? b->names[i] : assay_colour_name(b->colours[i]);
    }
    draw_bars(c, b);
    double y = c->base - c->step * (line + 0.5);
    assay_page_line(&c->page, RED_LINE, 2.4, ASSAY_CHART_LEFT, y, ASSAY_CHART_RIGHT, y);
    c->s->texts.question =
        ASSAY_PICK(c->rng, "How many bars are higher than the red line?",
                   "How many bars go above the red line?", "How many bars cross the red line?");
    assay_synth_offer_one_of(c->s, c->rng, COUNTS, 3, above);
    int at = (int)assay_rng_below(c->rng, (uint32_t)b->n);
    assay_synth_add_hint(c->s,
                         assay_synth_say(c->s, "Does the %s bar cross the red line?", b->names[at]),
                         b->values[at] > line ? "Yes." : "No.");
    at = (int)assay_rng_below(c->rng, (uint32_t)b->n);
    assay_synth_add_hint(c->s,
                         assay_synth_say(c->s, "Is the %s bar below the red line?", b->names[at]),
                         b->values[at] > line ? "No." : "Yes.");
    assay_synth_add_hint(c->s, "How many bars are there?",
                         assay_synth_say(c->s, "There are %s.", assay_number_word(b->n)));
    const char *text = "";
    for (int i = 0; i < b->n; i++)
        text = assay_synth_say(c->s, "%s The %s bar is %s it.", text, b->names[i],
                               b->values[i] > line ? "above" : "below");
    return assay_synth_say(c->s, "%s There is a red line.%s", assay_chart_titled(c, "bar chart"),
                           text);
}

static void draw_bar_chart(assay_synth_sample *s, assay_rng *rng) {
    assay_chart c;
    bars b = {.labelled = assay_chance(rng, 50)};
    assay_chart_begin(&c, s, rng, b.labelled, b.labelled);
    choose_bars(&c, &b);
    int sort = (int)assay_rng_below(rng, 4);
    if (sort == 0) {
        if (!b.labelled) b.n = MAX_BARS;
        if (!b.labelled) b.names[3] = assay_colour_name(b.colours[3]);
        s->description = draw_line_question(&c, &b);
    } else {
        draw_bars(&c, &b);
        s->description = describe_bars(&c, &b);
        if (sort == 1) ask_extreme_bar(&c, &b);
        if (sort == 2) ask_value(&c, &b);
        if (sort == 3) ask_bar_of_value(&c, &b);
        hint_bars(&c, &b);
    }
    assay_chart_hint_title(&c);
}

void assay_draw_chart(assay_synth_sample *s, assay_rng *rng) {
    int sort = (int)assay_rng_below(rng, 10);
    if (sort < 5)
        draw_bar_chart(s, rng);
    else if (sort < 8)
        assay_draw_line_chart(s, rng);
    else
        assay_draw_pie_chart(s, rng);
}
