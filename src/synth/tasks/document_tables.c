/* Pages of the task Document that are tables: a key and its value in each row. */
#include "synth/tasks/document.h"

#define LEAST_TOTAL 10
#define MOST_TOTAL  20

enum { BILL, MENU, BUS_PLAN, LUNCH_PLAN, ROOM_LIST };

static const assay_colour INK = {28, 30, 38}, WHITE = {255, 255, 255}, RULE = {168, 172, 180};

typedef struct table_words {
    const char *title, *row; /* `row` says one of them */
    const char *value_wordings[ASSAY_PAGE_WORDINGS], *value_option,
        *key_wordings[ASSAY_PAGE_WORDINGS], *key_option;
} table_words;

static const table_words TABLES[] = {
    [BILL] = {"Bill",
              "The price of the %s is %s.",
              {"What is the price of the %s?", "How much is the %s?", "What does the %s cost?"},
              "The price is %s.",
              {"What costs %s?", "Which thing costs %s?", "What was bought for %s?"},
              "The %s."},
    [MENU] = {"Menu",
              "The price of the %s is %s.",
              {"What is the price of the %s?", "How much is the %s?", "What does the %s cost?"},
              "The price is %s.",
              {"What costs %s?", "Which thing costs %s?", "What can you get for %s?"},
              "The %s."},
    [BUS_PLAN] = {"Bus",
                  "The bus to the %s leaves at %s.",
                  {"When does the bus to the %s leave?", "When is the bus to the %s?",
                   "At what time does the bus go to the %s?"},
                  "At %s.",
                  {"Where does the bus go at %s?", "Which place has a bus at %s?",
                   "Where does the bus at %s go?"},
                  "To the %s."},
    [LUNCH_PLAN] = {"Lunch",
                    "On %s there is %s.",
                    {"What is for lunch on %s?", "What can you eat on %s?",
                     "Which food is there on %s?"},
                    "There is %s.",
                    {"On which day is there %s?", "When is there %s for lunch?",
                     "Which day has %s?"},
                    "On %s."},
    [ROOM_LIST] = {"Rooms",
                   "%s is in room %s.",
                   {"Which room is %s in?", "Where can you find %s?", "In which room is %s?"},
                   "In room %s.",
                   {"Who is in room %s?", "Which person has room %s?", "Whose room is room %s?"},
                   "It is %s."},
};

/* keys and values as the texts say them, both with absent ones behind the n that are shown. */
typedef struct table {
    int n;
    const char *keys[ASSAY_PAGE_OPTIONS], *values[ASSAY_PAGE_OPTIONS], *labels[ASSAY_PAGE_MAX_ROWS];
} table;

static void draw_table(const assay_document *d, const table *t, const char *title,
                       const char *total) {
    const assay_page *page = &d->page;
    double band = total ? 19.0 : 22.0, pitch = total ? 17.0 : 72.0 / t->n;
    double height = total ? 10.5 : 11.2;
    assay_page_rect(page, d->tint, 4, 4, 96, band);
    assay_page_text(page, WHITE, 50, 0.5 * (4 + band), total ? 10.5 : 12, 80, ASSAY_ALIGN_CENTRE,
                    title);
    for (int i = 0; i < t->n; i++) {
        double y = band + 0.5 + pitch * (i + 0.5);
        assay_page_text(page, INK, 9, y, height, 40, ASSAY_ALIGN_LEFT, t->labels[i]);
        assay_page_text(page, INK, 91, y, height, 35, ASSAY_ALIGN_RIGHT,
                        assay_capital(d->s, t->values[i]));
        double below = y + 0.5 * pitch + 0.8;
        if (i + 1 < t->n && !total) assay_page_line(page, RULE, 0.6, 8, below, 92, below);
    }
    if (!total) return;
    assay_page_line(page, INK, 1.4, 8, 72.5, 92, 72.5);
    assay_page_text(page, INK, 9, 84, 11.5, 46, ASSAY_ALIGN_LEFT, "Total");
    assay_page_text(page, INK, 91, 84, 11.5, 30, ASSAY_ALIGN_RIGHT, total);
}

/* One question for the value of a key, one for the key of a value. */
static const char *ask_table(assay_document *d, const table *t, const table_words *words,
                             int n_values) {
    int at = (int)assay_rng_below(d->rng, (uint32_t)t->n);
    int from = (int)assay_rng_below(d->rng, (uint32_t)t->n);
    assay_page_question *value = assay_page_ask(d, "", "", ""),
                        *key = assay_page_ask(d, "", "", "");
    for (int i = 0; i < ASSAY_PAGE_WORDINGS; i++) {
        value->wordings[i] = assay_synth_say(d->s, words->value_wordings[i], t->keys[at]);
        key->wordings[i] = assay_synth_say(d->s, words->key_wordings[i], t->values[from]);
    }
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        value->options[i] = assay_synth_say(d->s, words->value_option, t->values[i]);
        key->options[i] = assay_synth_say(d->s, words->key_option, t->keys[i]);
    }
    value->n = n_values;
    value->right = at;
    key->n = ASSAY_PAGE_OPTIONS;
    key->right = from;
    const char *text = "";
    for (int i = 0; i < t->n; i++) {
        if (i != at) {
            d->facts[d->n_facts][0] = assay_synth_say(d->s, words->value_wordings[0], t->keys[i]);
            d->facts[d->n_facts++][1] = value->options[i];
        }
        const char *row = assay_synth_say(d->s, words->row, t->keys[i], t->values[i]);
        text = assay_synth_say(d->s, "%s %s", text, row);
    }
    return text;
}

static void choose_items(const assay_document *d, table *t, bool as_values) {
    int order[ASSAY_N_ITEMS];
    assay_permute(d->rng, order, ASSAY_N_ITEMS);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        if (as_values)
            t->values[i] = assay_item_name(order[i]);
        else
            t->keys[i] = assay_item_name(order[i]);
    }
    for (int i = 0; i < t->n && !as_values; i++) t->labels[i] = assay_capital(d->s, t->keys[i]);
}

/* The total is uniform, so that its place among other totals tells nothing; the prices follow. */
const char *assay_make_bill(assay_document *d) {
    table t = {3, {0}, {0}, {0}};
    int totals[MOST_TOTAL - LEAST_TOTAL + 1], prices[3];
    assay_permute(d->rng, totals, MOST_TOTAL - LEAST_TOTAL + 1);
    do {
        prices[0] = assay_rng_range(d->rng, 1, 9);
        prices[1] = assay_rng_range(d->rng, 1, 9);
        prices[2] = LEAST_TOTAL + totals[0] - prices[0] - prices[1];
    } while (prices[2] < 1 || prices[2] > 9 || prices[0] == prices[1] || prices[0] == prices[2] ||
             prices[1] == prices[2]);
    choose_items(d, &t, false);
    for (int i = 0; i < t.n; i++) t.values[i] = assay_synth_say(d->s, "%d", prices[i]);
    t.values[t.n] = ""; /* no absent price: its distribution would differ */
    const char *total = assay_synth_say(d->s, "%d", LEAST_TOTAL + totals[0]);
    draw_table(d, &t, TABLES[BILL].title, total);
    const char *text = ask_table(d, &t, &TABLES[BILL], t.n);
    assay_page_question *q = assay_page_ask(d, "What is the total?", "How much is it in all?",
                                            "What must be paid in all?");
    q->n = ASSAY_PAGE_OPTIONS;
    for (int i = 0; i < q->n; i++)
        q->options[i] = assay_synth_say(d->s, "The total is %d.", LEAST_TOTAL + totals[i]);
    return assay_synth_say(d->s, "A bill.%s The total is %s.", text, total);
}

const char *assay_make_menu(assay_document *d) {
    table t = {assay_rng_range(d->rng, 3, 4), {0}, {0}, {0}};
    int prices[9], dearest = 0, cheapest = 0;
    assay_permute(d->rng, prices, 9);
    choose_items(d, &t, false);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        t.values[i] = assay_synth_say(d->s, "%d", prices[i] + 1);
        if (i < t.n && prices[i] > prices[dearest]) dearest = i;
        if (i < t.n && prices[i] < prices[cheapest]) cheapest = i;
    }
    draw_table(d, &t, TABLES[MENU].title, NULL);
    const char *text = ask_table(d, &t, &TABLES[MENU], ASSAY_PAGE_OPTIONS);
    bool most = assay_chance(d->rng, 50);
    assay_page_question *q =
        most ? assay_page_ask(d, "What costs the most?", "Which thing has the highest price?",
                              "Which thing on the menu costs the most?")
             : assay_page_ask(d, "What costs the least?", "Which thing has the lowest price?",
                              "Which thing on the menu costs the least?");
    q->n = t.n;
    q->right = most ? dearest : cheapest;
    for (int i = 0; i < t.n; i++) q->options[i] = assay_synth_say(d->s, "The %s.", t.keys[i]);
    return assay_synth_say(d->s, "A menu.%s", text);
}

/* The first n in rising order. */
static void sort_first(int *list, int n) {
    for (int i = 1; i < n; i++) {
        int value = list[i], at = i;
        for (; at > 0 && list[at - 1] > value; at--) list[at] = list[at - 1];
        list[at] = value;
    }
}

const char *assay_make_bus_plan(assay_document *d) {
    table t = {assay_rng_range(d->rng, 3, 4), {0}, {0}, {0}};
    int hours[ASSAY_PAGE_MAX_HOUR], places[ASSAY_N_PLACES];
    assay_permute(d->rng, hours, ASSAY_PAGE_MAX_HOUR);
    assay_permute(d->rng, places, ASSAY_N_PLACES);
    sort_first(hours, t.n);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        t.keys[i] = assay_place_name(places[i]);
        t.values[i] = assay_synth_say(d->s, "%d:00", hours[i] + 1);
        if (i < t.n) t.labels[i] = assay_capital(d->s, t.keys[i]);
    }
    draw_table(d, &t, TABLES[BUS_PLAN].title, NULL);
    const char *text = ask_table(d, &t, &TABLES[BUS_PLAN], ASSAY_PAGE_OPTIONS);
    bool first = assay_chance(d->rng, 50);
    assay_page_question *q =
        first ? assay_page_ask(d, "Where does the first bus go?", "Which place has the first bus?",
                               "What does the first row of the plan say?")
              : assay_page_ask(d, "Where does the last bus go?", "Which place has the last bus?",
                               "What does the last row of the plan say?");
    q->n = ASSAY_PAGE_OPTIONS;
    q->right = first ? 0 : t.n - 1;
    for (int i = 0; i < q->n; i++) q->options[i] = assay_synth_say(d->s, "To the %s.", t.keys[i]);
    return assay_synth_say(d->s, "A bus plan.%s", text);
}

static void ask_rows(assay_document *d, int n, const char *a, const char *b, const char *c) {
    static const char *const COUNTS[3] = {"Two.", "Three.", "Four."};
    assay_page_question *q = assay_page_ask(d, a, b, c);
    q->n = 3;
    q->right = n - 2;
    for (int i = 0; i < q->n; i++) q->options[i] = COUNTS[i];
}

const char *assay_make_lunch_plan(assay_document *d) {
    table t = {assay_rng_range(d->rng, 2, 4), {0}, {0}, {0}};
    int days[ASSAY_N_DAYS];
    assay_permute(d->rng, days, ASSAY_N_DAYS);
    sort_first(days, t.n);
    choose_items(d, &t, true);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        t.keys[i] = assay_day_name(days[i]);
        if (i < t.n) t.labels[i] = assay_synth_say(d->s, "%.3s", t.keys[i]);
    }
    draw_table(d, &t, TABLES[LUNCH_PLAN].title, NULL);
    const char *text = ask_table(d, &t, &TABLES[LUNCH_PLAN], ASSAY_PAGE_OPTIONS);
    ask_rows(d, t.n, "How many days are on the plan?", "The plan is for how many days?",
             "How many rows does the plan have?");
    return assay_synth_say(d->s, "A lunch plan.%s", text);
}

const char *assay_make_room_list(assay_document *d) {
    table t = {assay_rng_range(d->rng, 2, 4), {0}, {0}, {0}};
    int rooms[ASSAY_PAGE_MAX_ROOM], names[ASSAY_N_NAMES];
    assay_permute(d->rng, rooms, ASSAY_PAGE_MAX_ROOM);
    assay_permute(d->rng, names, ASSAY_N_NAMES);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        t.keys[i] = assay_person_name(names[i]);
        t.values[i] = assay_synth_say(d->s, "%d", rooms[i] + 1);
        if (i < t.n) t.labels[i] = t.keys[i];
    }
    draw_table(d, &t, TABLES[ROOM_LIST].title, NULL);
    const char *text = ask_table(d, &t, &TABLES[ROOM_LIST], ASSAY_PAGE_OPTIONS);
    ask_rows(d, t.n, "How many people are on the list?", "How many names are on the list?",
             "How many rows does the list have?");
    return assay_synth_say(d->s, "A room list.%s", text);
}
