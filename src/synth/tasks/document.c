/* Document: bills, menus, plans, lists, letters, cards, invitations, calendars and tickets. A page
 * and the questions that can be asked on it come from the stream that two samples share; each of
 * them asks another one. The values on a page and those that are only offered are drawn alike, so
 * that each option is as likely as the next. */
#include "synth/tasks/document.h"

#define N_JOBS   6
#define N_MONTHS 6
#define N_DAYS   30 /* of a month */
#define LONGEST  30 /* of the lists of values */

enum {
    BILL,
    MENU,
    BUS_PLAN,
    LUNCH_PLAN,
    ROOM_LIST,
    LETTER,
    CARD,
    PARTY,
    CALENDAR,
    TICKET,
    N_PAGES
};

static const char *const PAGE_NAMES[N_PAGES] = {
    "A bill.",   "A menu.",      "A bus plan.",    "A lunch plan.", "A room list.",
    "A letter.", "A name card.", "An invitation.", "A calendar.",   "A ticket."};
static const char *const JOBS[N_JOBS] = {"cook", "baker", "nurse", "pilot", "driver", "doctor"};
static const char *const MONTHS[N_MONTHS] = {"March", "April", "May", "June", "July", "August"};
static const assay_colour INK = {28, 30, 38}, WHITE = {255, 255, 255};

assay_page_question *assay_page_ask(assay_document *d, const char *a, const char *b,
                                    const char *c) {
    assay_page_question *q = &d->questions[d->n_questions++];
    *q = (assay_page_question){{a, b, c}, {0}, 0, 0};
    return q;
}

/* ---- forms: one value for each of three fields ---- */

/* Four values of a list; the first, which is shown, is returned as the list has it. */
static const char *ask_value(assay_document *d, assay_page_question *q, const char *option,
                             const char *(*value)(int), int n) {
    int order[LONGEST];
    assay_permute(d->rng, order, n);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++)
        q->options[i] = assay_synth_say(d->s, option, value(order[i]));
    q->n = ASSAY_PAGE_OPTIONS;
    return value(order[0]);
}

static const char *ask_number(assay_document *d, assay_page_question *q, const char *option,
                              int n) {
    int order[LONGEST];
    assay_permute(d->rng, order, n);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++)
        q->options[i] = assay_synth_say(d->s, option, order[i] + 1);
    q->n = ASSAY_PAGE_OPTIONS;
    return assay_synth_say(d->s, "%d", order[0] + 1);
}

static const char *job_name(int i) {
    return JOBS[i];
}

static const char *month_name(int i) {
    return MONTHS[i];
}

static void draw_field(const assay_document *d, double y, const char *label, const char *value) {
    assay_page_text(&d->page, INK, 9, y, 11.5, 34, ASSAY_ALIGN_LEFT, label);
    assay_page_text(&d->page, INK, 91, y, 12.5, 43, ASSAY_ALIGN_RIGHT, value);
}

static const char *make_letter(assay_document *d) {
    assay_page_question *to = assay_page_ask(d, "Who is the letter to?", "Who gets the letter?",
                                             "Who should read the letter?");
    assay_page_question *from = assay_page_ask(d, "Who is the letter from?",
                                               "Who wrote the letter?", "Who sent the letter?");
    assay_page_question *about =
        assay_page_ask(d, "What is the letter about?", "What does the letter thank for?",
                       "For what does the writer say thanks?");
    int names[ASSAY_N_NAMES];
    assay_permute(d->rng, names, ASSAY_N_NAMES);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        to->options[i] = assay_synth_say(d->s, "To %s.", assay_person_name(names[i]));
        from->options[i] = assay_synth_say(d->s, "From %s.", assay_person_name(names[i]));
    }
    to->n = from->n = ASSAY_PAGE_OPTIONS;
    from->right = 1;
    const char *reader = assay_person_name(names[0]), *writer = assay_person_name(names[1]);
    const char *item = ask_value(d, about, "The %s.", assay_item_name, ASSAY_N_ITEMS);
    const assay_page *page = &d->page;
    assay_page_text(page, INK, 9, 17, 12, 82, ASSAY_ALIGN_LEFT,
                    assay_synth_say(d->s, "Dear %s,", reader));
    assay_page_text(page, INK, 9, 38, 11, 82, ASSAY_ALIGN_LEFT, "Thanks for");
    assay_page_text(page, INK, 9, 56, 11.5, 82, ASSAY_ALIGN_LEFT,
                    assay_synth_say(d->s, "the %s.", item));
    assay_page_text(page, d->tint, 91, 82, 12, 82, ASSAY_ALIGN_RIGHT,
                    assay_synth_say(d->s, "From %s", writer));
    return assay_synth_say(d->s, "A letter to %s from %s. It says thanks for the %s.", reader,
                           writer, item);
}

static const char *make_card(assay_document *d) {
    assay_page_question *who =
        assay_page_ask(d, "What is the name on the card?", "Which name is on the card?",
                       "What is this person called?");
    assay_page_question *what =
        assay_page_ask(d, "What is the job of this person?", "Which job is on the card?",
                       "What does this person work as?");
    assay_page_question *where =
        assay_page_ask(d, "Which room is on the card?", "In which room is this person?",
                       "Where does this person work?");
    const char *name = ask_value(d, who, "The name is %s.", assay_person_name, ASSAY_N_NAMES);
    const char *job = ask_value(d, what, "A %s.", job_name, N_JOBS);
    const char *room = ask_number(d, where, "In room %d.", ASSAY_PAGE_MAX_ROOM);
    const assay_page *page = &d->page;
    assay_page_rect(page, d->tint, 4, 4, 96, 40);
    assay_page_text(page, WHITE, 50, 22.5, 18, 80, ASSAY_ALIGN_CENTRE, name);
    assay_page_text(page, INK, 50, 56, 13, 80, ASSAY_ALIGN_CENTRE, assay_capital(d->s, job));
    assay_page_text(page, INK, 50, 80, 13, 80, ASSAY_ALIGN_CENTRE,
                    assay_synth_say(d->s, "Room %s", room));
    return assay_synth_say(d->s, "A name card of %s, a %s in room %s.", name, job, room);
}

static const char *make_party(assay_document *d) {
    assay_page_question *when =
        assay_page_ask(d, "On which day is the party?", "Which day is the party?",
                       "Which day is on the invitation?");
    assay_page_question *hour =
        assay_page_ask(d, "At what time is the party?", "When does the party start?",
                       "What is the time of the party?");
    assay_page_question *where = assay_page_ask(
        d, "Where is the party?", "At which place is the party?", "Where do the people meet?");
    const char *day = ask_value(d, when, "On %s.", assay_day_name, ASSAY_N_DAYS);
    const char *time = ask_number(d, hour, "At %d:00.", ASSAY_PAGE_MAX_HOUR);
    const char *place = ask_value(d, where, "At the %s.", assay_place_name, ASSAY_N_PLACES);
    assay_page_rect(&d->page, d->tint, 4, 4, 96, 28);
    assay_page_text(&d->page, WHITE, 50, 16, 15, 80, ASSAY_ALIGN_CENTRE, "Party");
    draw_field(d, 41, "Day", assay_synth_say(d->s, "%.3s", day));
    draw_field(d, 61, "Time", assay_synth_say(d->s, "%s:00", time));
    draw_field(d, 81, "Place", assay_capital(d->s, place));
    return assay_synth_say(d->s, "An invitation to a party on %s at %s:00. It is at the %s.", day,
                           time, place);
}

static const char *make_calendar(assay_document *d) {
    assay_page_question *month = assay_page_ask(d, "Which month is it?", "What is the month?",
                                                "Which month is on the page?");
    assay_page_question *date = assay_page_ask(d, "Which day of the month is it?",
                                               "What is the date?", "Which number is on the page?");
    assay_page_question *week =
        assay_page_ask(d, "Which day of the week is it?", "What is the day of the week?",
                       "Which day of the week is on the page?");
    const char *name = ask_value(d, month, "It is %s.", month_name, N_MONTHS);
    const char *number = ask_number(d, date, "It is day %d.", N_DAYS);
    const char *day = ask_value(d, week, "It is a %s.", assay_day_name, ASSAY_N_DAYS);
    assay_page_rect(&d->page, d->tint, 4, 4, 96, 29);
    assay_page_text(&d->page, WHITE, 50, 17, 14, 84, ASSAY_ALIGN_CENTRE, name);
    assay_page_text(&d->page, INK, 50, 52, 30, 84, ASSAY_ALIGN_CENTRE, number);
    assay_page_text(&d->page, INK, 50, 83, 13, 84, ASSAY_ALIGN_CENTRE, day);
    return assay_synth_say(d->s, "A page of a calendar: %s, %s %s.", day, name, number);
}

static const char *make_ticket(assay_document *d) {
    assay_page_question *from =
        assay_page_ask(d, "Where does the trip start?", "From where is the ticket?",
                       "At which place does the trip start?");
    assay_page_question *to =
        assay_page_ask(d, "Where does the trip end?", "To where is the ticket?",
                       "At which place does the trip end?");
    assay_page_question *seat = assay_page_ask(
        d, "Which seat is it?", "What is the number of the seat?", "Which seat is on the ticket?");
    int places[ASSAY_N_PLACES];
    assay_permute(d->rng, places, ASSAY_N_PLACES);
    for (int i = 0; i < ASSAY_PAGE_OPTIONS; i++) {
        from->options[i] = assay_synth_say(d->s, "At the %s.", assay_place_name(places[i]));
        to->options[i] = from->options[i];
    }
    from->n = to->n = ASSAY_PAGE_OPTIONS;
    to->right = 1;
    const char *start = assay_place_name(places[0]), *end = assay_place_name(places[1]);
    const char *number = ask_number(d, seat, "It is seat %d.", 9);
    assay_page_rect(&d->page, d->tint, 4, 4, 96, 27);
    assay_page_text(&d->page, WHITE, 50, 15.5, 14, 80, ASSAY_ALIGN_CENTRE, "Ticket");
    draw_field(d, 40, "From", assay_capital(d->s, start));
    draw_field(d, 61, "To", assay_capital(d->s, end));
    draw_field(d, 82, "Seat", number);
    return assay_synth_say(d->s, "A ticket from the %s to the %s. The seat is %s.", start, end,
                           number);
}

/* ---- the task ---- */

static void ask_sort(assay_document *d, int what) {
    assay_page_question *q = assay_page_ask(d, "What kind of page is this?", "What is this page?",
                                            "Which sort of page is it?");
    int order[N_PAGES];
    assay_permute(d->rng, order, N_PAGES);
    q->n = ASSAY_PAGE_OPTIONS;
    q->right = ASSAY_PAGE_OPTIONS - 1;
    for (int i = 0, n = 0; n < ASSAY_PAGE_OPTIONS - 1; i++) {
        if (order[i] != what) q->options[n++] = PAGE_NAMES[order[i]];
    }
    q->options[q->right] = PAGE_NAMES[what];
}

static void add_hints(assay_document *d, assay_rng *rng, int what) {
    static const char *const QUESTIONS[N_PAGES] = {
        "Is it a bill?",      "Is it a menu?",   "Is it a bus plan?",  "Is it a lunch plan?",
        "Is it a room list?", "Is it a letter?", "Is it a name card?", "Is it an invitation?",
        "Is it a calendar?",  "Is it a ticket?"};
    for (int i = 0; i < d->n_questions; i++) {
        const assay_page_question *q = &d->questions[i];
        assay_synth_add_hint(d->s, assay_pick(rng, q->wordings, ASSAY_PAGE_WORDINGS),
                             q->options[q->right]);
    }
    for (int i = 0; i < d->n_facts; i++) assay_synth_add_hint(d->s, d->facts[i][0], d->facts[i][1]);
    bool same = assay_chance(rng, 50);
    int asked = same ? what : assay_pick_other(rng, N_PAGES, what, -1);
    assay_synth_add_hint(d->s, QUESTIONS[asked], same ? "Yes." : "No.");
}

void assay_draw_document(assay_synth_sample *s, assay_rng *rng) {
    static assay_page_maker *const MAKERS[N_PAGES] = {
        assay_make_bill,      assay_make_menu, assay_make_bus_plan, assay_make_lunch_plan,
        assay_make_room_list, make_letter,     make_card,           make_party,
        make_calendar,        make_ticket};
    static const int TINTS[4] = {ASSAY_RED, ASSAY_GREEN, ASSAY_BLUE, ASSAY_PURPLE};
    assay_document d = {.s = s, .rng = assay_synth_share(s)};
    d.page = assay_page_of(assay_synth_add_any_image(s, d.rng));
    assay_page_paper(&d.page, d.rng);
    d.tint = assay_colour_value(TINTS[assay_rng_below(d.rng, 4)]);
    int what = (int)assay_rng_below(d.rng, N_PAGES), order[ASSAY_PAGE_MAX_QUESTIONS];
    s->description = MAKERS[what](&d);
    ask_sort(&d, what);
    assay_permute(d.rng, order, d.n_questions);
    /* The pair's first sample has an even number, with which its id ends. */
    bool second = s->second;
    const assay_page_question *q = &d.questions[order[second]];
    s->texts.question = assay_pick(rng, q->wordings, ASSAY_PAGE_WORDINGS);
    assay_synth_offer_one_of(s, rng, q->options, q->n, q->right);
    add_hints(&d, rng, what);
}
