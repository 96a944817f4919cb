/* GUI: windows and telephone screens with boxes, switches, sliders, tabs, menus, buttons and text.
 * The question is on their state or on where to press; the options are all the states there are. */
#include "synth/draw/page.h"

#define MAX_ENTRIES 4
#define N_SETTINGS  6
#define N_TABS      6
#define N_ACTIONS   6
#define N_ICONS     8

static const char *const SETTINGS[N_SETTINGS] = {"sound", "light", "music",
                                                 "video", "radio", "clock"};
static const char *const TABS[N_TABS] = {"home", "mail", "map", "help", "shop", "book"};
static const char *const ACTIONS[N_ACTIONS] = {"save", "send", "stop", "back", "open", "print"};
static const int ICONS[N_ICONS] = {ASSAY_HOUSE, ASSAY_CAR,  ASSAY_KEY,   ASSAY_LAMP,
                                   ASSAY_CLOCK, ASSAY_BOOK, ASSAY_PLANE, ASSAY_PHONE};
static const assay_colour INK = {40, 42, 50}, WHITE = {255, 255, 255}, BACK = {240, 242, 246},
                          EDGE = {150, 156, 168}, OFF = {206, 210, 218};

typedef struct screen {
    assay_synth_sample *s;
    assay_rng *rng;
    assay_page page;
    assay_colour tint;
} screen;

/* ---- parts ---- */

/* A window with a title bar; what it holds lies between 22 and 95 of the height. */
static void draw_window(const screen *g, const char *title) {
    static const assay_colour DESKS[3] = {{92, 132, 168}, {120, 150, 132}, {148, 132, 164}};
    const assay_page *page = &g->page;
    assay_canvas_fill(page->pen.canvas, DESKS[assay_rng_below(g->rng, 3)]);
    assay_page_rect(page, EDGE, 2.4, 2.4, 97.6, 97.6);
    assay_page_rect(page, BACK, 3.2, 3.2, 96.8, 96.8);
    assay_page_rect(page, g->tint, 3.2, 3.2, 96.8, 18);
    assay_page_text(page, WHITE, 8, 10, 9, 60, ASSAY_ALIGN_LEFT, title);
    assay_page_rect(page, WHITE, 83, 6, 93, 15);
    assay_page_line(page, INK, 1.6, 85.6, 8.2, 90.4, 12.8);
    assay_page_line(page, INK, 1.6, 85.6, 12.8, 90.4, 8.2);
}

static void draw_button(const screen *g, double x0, double y0, double x1, double y1,
                        assay_colour face, assay_colour letters, const char *word) {
    assay_page_rect(&g->page, EDGE, x0, y0, x1, y1);
    assay_page_rect(&g->page, face, x0 + 0.7, y0 + 0.7, x1 - 0.7, y1 - 0.7);
    assay_page_text(&g->page, letters, 0.5 * (x0 + x1), 0.5 * (y0 + y1), 10.5, x1 - x0 - 6,
                    ASSAY_ALIGN_CENTRE, assay_capital(g->s, word));
}

static void draw_tick_box(const screen *g, double x, double y, bool ticked) {
    assay_pen pen = assay_page_pen(&g->page, x - 8, y - 8, x + 8, y + 8);
    assay_pen_rect(&pen, INK, 4, 4, 96, 96);
    assay_pen_rect(&pen, WHITE, 12, 12, 88, 88);
    if (!ticked) return;
    static const double TICK[] = {22, 48, 44, 72, 80, 22};
    assay_pen_stroke(&pen, g->tint, 21, TICK, 3);
}

static void draw_switch(const screen *g, double x, double y, bool on) {
    assay_pen pen = assay_page_pen(&g->page, x - 10, y - 10, x + 10, y + 10);
    assay_pen_line(&pen, on ? g->tint : OFF, 56, 24, 50, 76, 50);
    assay_pen_ellipse(&pen, WHITE, on ? 76 : 24, 50, 22, 22);
}

/* n different words of a list, in random order. */
static void choose_words(const screen *g, const char *const *list, int size, const char **words,
                         int n) {
    int order[N_ICONS];
    assay_permute(g->rng, order, size);
    for (int i = 0; i < n; i++) words[i] = list[order[i]];
}

static void offer_words(const screen *g, const char *format, const char *const *words, int n,
                        int right) {
    const char *options[MAX_ENTRIES];
    for (int i = 0; i < n; i++) options[i] = assay_synth_say(g->s, format, words[i]);
    assay_synth_offer_one_of(g->s, g->rng, options, n, right);
}

/* ---- text alignment ---- */

static void draw_alignment(screen *g) {
    static const char *const SIDES[3] = {"To the left.", "In the centre.", "To the right."};
    static const char *const NAMES[3] = {"left", "centre", "right"};
    assay_synth_sample *s = g->s;
    int side = (int)assay_rng_below(g->rng, 3), n = assay_rng_range(g->rng, 4, 5);
    draw_window(g, "Text");
    assay_page_rect(&g->page, WHITE, 9, 23, 91, 93);
    double last = 0.0, pitch = 64.0 / n;
    for (int i = 0; i < n; i++) {
        double length = 0.0;
        do length = assay_rng_range(g->rng, 24, 70);
        while (i > 0 && length - last < 12.0 && last - length < 12.0);
        double left = side == 0 ? 14.0 : side == 1 ? 50.0 - 0.5 * length : 86.0 - length;
        double y = 26.0 + pitch * (i + 0.5);
        assay_page_rect(&g->page, INK, left, y - 3.2, left + length, y + 3.2);
        last = length;
    }
    s->texts.question =
        ASSAY_PICK(g->rng, "What is the current text alignment?", "How is the text aligned?",
                   "To which side is the text aligned?");
    assay_synth_offer_one_of(s, g->rng, SIDES, 3, side);
    s->description = assay_synth_say(s, "A window with a text. The text is aligned %s.",
                                     side == 1 ? "in the centre"
                                     : side    ? "to the right"
                                               : "to the left");
    bool same = assay_chance(g->rng, 50);
    int asked = same ? side : assay_pick_other(g->rng, 3, side, -1);
    assay_synth_add_hint(s, "Which edges of the lines are in one place?",
                         side == 1 ? "No edges."
                         : side    ? "The right edges."
                                   : "The left edges.");
    assay_synth_add_hint(s, assay_synth_say(s, "Is the text aligned to the %s?", NAMES[asked]),
                         same ? "Yes." : "No.");
    assay_synth_add_hint(s, "How many lines does the text have?",
                         assay_synth_say(s, "It has %s.", assay_number_word(n)));
}

/* ---- settings: boxes or switches ---- */

typedef struct settings {
    const char *words[3];
    bool on[3], switches;
} settings;

static void draw_settings(const screen *g, const settings *t) {
    draw_window(g, "Settings");
    for (int i = 0; i < 3; i++) {
        double y = 33.0 + 25.0 * i;
        if (i) assay_page_line(&g->page, OFF, 0.8, 8, y - 12.5, 92, y - 12.5);
        assay_page_text(&g->page, INK, 9, y, 11.5, 54, ASSAY_ALIGN_LEFT,
                        assay_capital(g->s, t->words[i]));
        if (t->switches)
            draw_switch(g, 81, y, t->on[i]);
        else
            draw_tick_box(g, 81, y, t->on[i]);
    }
}

static void describe_settings(const screen *g, const settings *t) {
    const char *on = t->switches ? "on" : "ticked", *off = t->switches ? "off" : "not ticked";
    const char *text = "A window with settings.";
    int at = (int)assay_rng_below(g->rng, 3), other = (int)assay_rng_below(g->rng, 3), n = 0;
    for (int i = 0; i < 3; i++) {
        text = assay_synth_say(g->s, "%s The %s is %s.", text, t->words[i], t->on[i] ? on : off);
        n += t->on[i];
    }
    g->s->description = text;
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "Is the %s %s?", t->words[at], on),
                         t->on[at] ? "Yes." : "No.");
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "What about the %s?", t->words[other]),
                         assay_synth_say(g->s, "It is %s.", t->on[other] ? on : off));
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "How many of them are %s?", on),
                         assay_synth_say(g->s, "The number is %s.", assay_number_word(n)));
    assay_synth_add_hint(g->s, "What is in the first row?",
                         assay_synth_say(g->s, "The %s.", t->words[0]));
    assay_synth_add_hint(g->s, "What is in the last row?",
                         assay_synth_say(g->s, "The %s.", t->words[2]));
}

/* One row differs from the two others. */
static void draw_odd_setting(screen *g) {
    settings t = {.switches = assay_chance(g->rng, 50)};
    bool on = assay_chance(g->rng, 50);
    int odd = (int)assay_rng_below(g->rng, 3);
    choose_words(g, SETTINGS, N_SETTINGS, t.words, 3);
    for (int i = 0; i < 3; i++) t.on[i] = (i == odd) == on;
    draw_settings(g, &t);
    const char *state = t.switches ? on ? "on" : "off" : on ? "ticked" : "not ticked";
    const char *format = ASSAY_PICK(g->rng, "Which setting is %s?", "What is %s in this window?",
                                    "Which of the three is %s?");
    g->s->texts.question = assay_synth_say(g->s, format, state);
    offer_words(g, "The %s.", t.words, 3, odd);
    describe_settings(g, &t);
}

static void draw_setting_count(screen *g) {
    static const char *const COUNTS[4] = {"None.", "One.", "Two.", "Three."};
    settings t = {.switches = assay_chance(g->rng, 50)};
    int n = (int)assay_rng_below(g->rng, 4), order[3];
    choose_words(g, SETTINGS, N_SETTINGS, t.words, 3);
    assay_permute(g->rng, order, 3);
    for (int i = 0; i < 3; i++) t.on[i] = order[i] < n;
    draw_settings(g, &t);
    g->s->texts.question =
        t.switches ? ASSAY_PICK(g->rng, "How many settings are on?", "How many switches are on?",
                                "How many of the three are on?")
                   : ASSAY_PICK(g->rng, "How many settings are ticked?",
                                "How many boxes are ticked?", "How many of the three are ticked?");
    assay_synth_offer_one_of(g->s, g->rng, COUNTS, 4, n);
    describe_settings(g, &t);
}

/* ---- slider and progress ---- */

static void draw_slider(screen *g) {
    static const char *const LEVELS[3] = {"It is low.", "It is in the middle.", "It is high."};
    assay_synth_sample *s = g->s;
    int level = (int)assay_rng_below(g->rng, 3);
    const char *what = ASSAY_PICK(g->rng, "sound", "light");
    draw_window(g, "Settings");
    double x = (level == 0 ? 18.0 : level == 1 ? 50.0 : 82.0) + assay_rng_range(g->rng, -3, 3);
    assay_page_text(&g->page, INK, 50, 38, 13, 80, ASSAY_ALIGN_CENTRE, assay_capital(s, what));
    assay_page_line(&g->page, OFF, 7, 12, 68, 88, 68);
    assay_page_line(&g->page, g->tint, 7, 12, 68, x, 68);
    assay_pen knob = assay_page_pen(&g->page, x - 9, 58, x + 9, 78);
    assay_pen_ellipse(&knob, INK, 50, 50, 50, 50);
    assay_pen_ellipse(&knob, WHITE, 50, 50, 38, 38);
    const char *format = ASSAY_PICK(g->rng, "How is the %s set?", "How high is the %s?",
                                    "Where is the slider for the %s?");
    s->texts.question = assay_synth_say(s, format, what);
    assay_synth_offer_one_of(s, g->rng, LEVELS, 3, level);
    s->description =
        assay_synth_say(s, "A window with a slider for the %s. %s", what, LEVELS[level]);
    assay_synth_add_hint(s, "What is the slider for?", assay_synth_say(s, "For the %s.", what));
    assay_synth_add_hint(s, "Is the slider on the right?", level == 2 ? "Yes." : "No.");
    assay_synth_add_hint(s, "Is the slider on the left?", level == 0 ? "Yes." : "No.");
}

static void draw_progress(screen *g) {
    static const char *const PARTS[4] = {"One quarter.", "One half.", "Three quarters.",
                                         "All of it."};
    static const char *const TITLES[3] = {"Copy", "Load", "Send"};
    assay_synth_sample *s = g->s;
    int part = (int)assay_rng_below(g->rng, 4), title = (int)assay_rng_below(g->rng, 3);
    draw_window(g, TITLES[title]);
    assay_page_frame(&g->page, INK, 1.6, 8, 38, 92, 58);
    assay_page_rect(&g->page, WHITE, 9.6, 39.6, 90.4, 56.4);
    assay_page_rect(&g->page, g->tint, 9.6, 39.6, 9.6 + 80.8 * (part + 1) / 4.0, 56.4);
    draw_button(g, 30, 70, 70, 88, OFF, INK, "stop");
    s->texts.question = ASSAY_PICK(g->rng, "How much is done?", "How much of the bar is full?",
                                   "How much of the work is done?");
    assay_synth_offer_one_of(s, g->rng, PARTS, 4, part);
    s->description =
        assay_synth_say(s, "A window with the title %s and a bar. How much is done: %s",
                        TITLES[title], PARTS[part]);
    assay_synth_add_hint(s, "Is the bar full?", part == 3 ? "Yes." : "No.");
    assay_synth_add_hint(s, "Is more than one half done?", part >= 2 ? "Yes." : "No.");
    assay_synth_add_hint(s, "What is the title of the window?",
                         assay_synth_say(s, "The title is %s.", TITLES[title]));
    assay_synth_add_hint(s, "What does the button say?", "It says stop.");
}

/* ---- tabs, menu, buttons ---- */

static void hint_words(const screen *g, const char *sort, const char *const *words, int n) {
    int at = (int)assay_rng_below(g->rng, (uint32_t)n);
    static const char *const PLACES[2][3] = {{"left", "middle", "right"},
                                             {"first", "second", "third"}};
    const char *place = n == 3 ? PLACES[0][at] : at < 3 ? PLACES[1][at] : "last";
    assay_synth_add_hint(g->s, assay_synth_say(g->s, "What does the %s %s say?", place, sort),
                         assay_synth_say(g->s, "It says %s.", words[at]));
}

static void draw_tabs(screen *g) {
    const char *words[3];
    assay_synth_sample *s = g->s;
    int open = (int)assay_rng_below(g->rng, 3);
    choose_words(g, TABS, N_TABS, words, 3);
    draw_window(g, "Files");
    assay_page_rect(&g->page, WHITE, 5, 42, 95, 94);
    for (int i = 0; i < 3; i++) {
        double x = 5.0 + 30.0 * i;
        bool active = i == open;
        assay_page_rect(&g->page, active ? WHITE : EDGE, x + 0.6, active ? 21 : 25, x + 29.4, 42.2);
        assay_page_text(&g->page, active ? INK : WHITE, x + 15, active ? 31.5 : 33.5, 9.5, 25,
                        ASSAY_ALIGN_CENTRE, assay_capital(s, words[i]));
    }
    assay_pen pen = assay_page_pen(&g->page, 30, 48, 70, 90);
    assay_kind_draw(&pen, ICONS[assay_rng_below(g->rng, N_ICONS)],
                    (int)assay_rng_below(g->rng, ASSAY_N_COLOURS));
    s->texts.question =
        ASSAY_PICK(g->rng, "Which tab is open?", "Which tab is active?", "Which tab is chosen?");
    offer_words(g, "The %s tab.", words, 3, open);
    s->description = assay_synth_say(s, "A window with the tabs %s, %s and %s. The %s tab is open.",
                                     words[0], words[1], words[2], words[open]);
    assay_synth_add_hint(s, "What does the white tab say?",
                         assay_synth_say(s, "It says %s.", words[open]));
    hint_words(g, "tab", words, 3);
    int asked = (int)assay_rng_below(g->rng, 3);
    assay_synth_add_hint(s, assay_synth_say(s, "Is the %s tab open?", words[asked]),
                         asked == open ? "Yes." : "No.");
}

static void draw_menu(screen *g) {
    const char *words[MAX_ENTRIES];
    assay_synth_sample *s = g->s;
    int chosen = (int)assay_rng_below(g->rng, MAX_ENTRIES);
    choose_words(g, ACTIONS, N_ACTIONS, words, MAX_ENTRIES);
    draw_window(g, "Menu");
    for (int i = 0; i < MAX_ENTRIES; i++) {
        double top = 21.0 + 18.5 * i;
        assay_page_rect(&g->page, i == chosen ? g->tint : WHITE, 6, top, 94, top + 17.5);
        assay_page_text(&g->page, i == chosen ? WHITE : INK, 12, top + 8.6, 11.5, 76,
                        ASSAY_ALIGN_LEFT, assay_capital(s, words[i]));
    }
    s->texts.question = ASSAY_PICK(g->rng, "Which entry of the menu is chosen?",
                                   "What is chosen in the menu?", "Which entry is the active one?");
    offer_words(g, "It is %s.", words, MAX_ENTRIES, chosen);
    s->description = assay_synth_say(s, "A menu: %s, %s, %s, %s. The entry %s is chosen.", words[0],
                                     words[1], words[2], words[3], words[chosen]);
    static const char *const PLACES[MAX_ENTRIES] = {"The first one.", "The second one.",
                                                    "The third one.", "The last one."};
    assay_synth_add_hint(s, "Which entry has a colour?", PLACES[chosen]);
    assay_synth_add_hint(s, "What does the entry with a colour say?",
                         assay_synth_say(s, "It says %s.", words[chosen]));
    hint_words(g, "entry", words, MAX_ENTRIES);
    int asked = (int)assay_rng_below(g->rng, MAX_ENTRIES);
    assay_synth_add_hint(s, assay_synth_say(s, "Is the entry %s chosen?", words[asked]),
                         asked == chosen ? "Yes." : "No.");
}

/* Which of three buttons to press, or what one of them says. */
static void draw_buttons(screen *g) {
    static const char *const PLACES[3] = {"top", "middle", "bottom"};
    const char *words[3];
    assay_synth_sample *s = g->s;
    int at = (int)assay_rng_below(g->rng, 3);
    choose_words(g, ACTIONS, N_ACTIONS, words, 3);
    draw_window(g, "File");
    for (int i = 0; i < 3; i++)
        draw_button(g, 18, 23 + 24 * i, 82, 43 + 24 * i, g->tint, WHITE, words[i]);
    if (assay_chance(g->rng, 60)) {
        const char *format =
            ASSAY_PICK(g->rng, "Which button says %s?", "Which button do you press for %s?",
                       "You want to press %s. Which button is it?");
        s->texts.question = assay_synth_say(s, format, words[at]);
        offer_words(g, "The %s button.", PLACES, 3, at);
    } else {
        const char *format =
            ASSAY_PICK(g->rng, "What does the %s button say?", "Which word is on the %s button?",
                       "What is the %s button for?");
        s->texts.question = assay_synth_say(s, format, PLACES[at]);
        offer_words(g, "It says %s.", words, 3, at);
    }
    s->description = assay_synth_say(
        s, "A window with three buttons: %s at the top, %s in the middle, %s at the bottom.",
        words[0], words[1], words[2]);
    for (int i = 0; i < 3; i++)
        assay_synth_add_hint(s, assay_synth_say(s, "What does the %s button say?", PLACES[i]),
                             assay_synth_say(s, "It says %s.", words[i]));
    at = (int)assay_rng_below(g->rng, 3);
    assay_synth_add_hint(s, assay_synth_say(s, "Where is the button %s?", words[at]),
                         assay_synth_say(s, "It is the %s button.", PLACES[at]));
}

/* ---- a telephone's icons ---- */

static void draw_icons(screen *g) {
    static const char *const PLACES[4] = {"at the top left", "at the top right",
                                          "at the bottom left", "at the bottom right"};
    assay_synth_sample *s = g->s;
    const char *names[4], *places[4], *icons[4], *text = "A screen with four icons.";
    int order[N_ICONS], colours[ASSAY_N_COLOURS], at = (int)assay_rng_below(g->rng, 4);
    assay_permute(g->rng, order, N_ICONS);
    assay_permute(g->rng, colours, ASSAY_N_COLOURS);
    assay_canvas_fill(g->page.pen.canvas, INK);
    assay_page_rect(&g->page, g->tint, 4, 4, 96, 96);
    assay_page_line(&g->page, WHITE, 2.4, 38, 92, 62, 92);
    for (int i = 0; i < 4; i++) {
        double x = 9.0 + 43.0 * (i % 2), y = 8.0 + 41.0 * (i / 2);
        assay_page_rect(&g->page, WHITE, x, y, x + 39, y + 37);
        assay_pen pen = assay_page_pen(&g->page, x + 3, y + 3, x + 36, y + 34);
        assay_kind_draw(&pen, ICONS[order[i]], colours[i]);
        names[i] = assay_kind_name(ICONS[order[i]]);
        places[i] = assay_synth_say(s, "It is %s.", PLACES[i]);
        icons[i] = assay_synth_say(s, "The %s.", names[i]);
        text = assay_synth_say(s, "%s The %s is %s.", text, names[i], PLACES[i]);
    }
    s->description = text;
    if (assay_chance(g->rng, 50)) {
        const char *format =
            ASSAY_PICK(g->rng, "Where is the %s icon?", "Where do you press for the %s?",
                       "In which corner is the %s?");
        s->texts.question = assay_synth_say(s, format, names[at]);
        assay_synth_offer_one_of(s, g->rng, places, 4, at);
    } else {
        const char *format = ASSAY_PICK(g->rng, "Which icon is %s?", "What do you press %s?",
                                        "What does the icon %s show?");
        s->texts.question = assay_synth_say(s, format, PLACES[at]);
        assay_synth_offer_one_of(s, g->rng, icons, 4, at);
    }
    for (int i = 0; i < 4; i++)
        assay_synth_add_hint(s, assay_synth_say(s, "Which icon is %s?", PLACES[i]), icons[i]);
}

/* ---- the task ---- */

void assay_draw_gui(assay_synth_sample *s, assay_rng *rng) {
    typedef void maker(screen * g);
    static maker *const MAKERS[9] = {draw_alignment, draw_odd_setting, draw_setting_count,
                                     draw_slider,    draw_progress,    draw_tabs,
                                     draw_menu,      draw_buttons,     draw_icons};
    static const int TINTS[4] = {ASSAY_RED, ASSAY_GREEN, ASSAY_BLUE, ASSAY_PURPLE};
    screen g = {.s = s, .rng = rng};
    g.page = assay_page_of(assay_synth_add_any_image(s, rng));
    g.tint = assay_colour_value(TINTS[assay_rng_below(rng, 4)]);
    MAKERS[assay_rng_below(rng, 9)](&g);
}
