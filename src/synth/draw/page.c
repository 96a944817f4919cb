/* Pages in hundredths of the picture, and the words on them. */
#include "synth/draw/page.h"

#define TEXT_ROOM   24   /* bytes of a word that is capitalised */
#define SCRIPT_ROOM 0.92 /* of a slanted line's room that its width may take */

static const assay_colour SHADOW = {120, 116, 112};

assay_page assay_page_of(assay_image *canvas) {
    assay_page page = {assay_pen_pixels(canvas), 0.01 * canvas->width, 0.01 * canvas->height};
    return page;
}

void assay_page_paper(const assay_page *page, assay_rng *rng) {
    static const assay_colour DESKS[4] = {
        {176, 140, 104}, {148, 160, 176}, {160, 172, 152}, {190, 180, 172}};
    static const assay_colour PAPERS[3] = {{255, 255, 255}, {252, 248, 236}, {244, 248, 252}};
    const assay_colour *desk = &DESKS[assay_rng_below(rng, 4)];
    const assay_colour *paper = &PAPERS[assay_rng_below(rng, 3)];
    assay_canvas_fill(page->pen.canvas, *desk);
    assay_page_rect(page, SHADOW, 5.5, 5.5, 97.5, 97.5);
    assay_page_rect(page, *paper, 4, 4, 96, 96);
}

void assay_page_rect(const assay_page *page, assay_colour colour, double x0, double y0, double x1,
                     double y1) {
    assay_pen_rect(&page->pen, colour, x0 * page->unit_x, y0 * page->unit_y, x1 * page->unit_x,
                   y1 * page->unit_y);
}

void assay_page_frame(const assay_page *page, assay_colour colour, double width, double x0,
                      double y0, double x1, double y1) {
    assay_pen_frame(&page->pen, colour, width * page->unit_y, x0 * page->unit_x, y0 * page->unit_y,
                    x1 * page->unit_x, y1 * page->unit_y);
}

void assay_page_line(const assay_page *page, assay_colour colour, double width, double x0,
                     double y0, double x1, double y1) {
    assay_pen_line(&page->pen, colour, width * page->unit_y, x0 * page->unit_x, y0 * page->unit_y,
                   x1 * page->unit_x, y1 * page->unit_y);
}

void assay_page_polygon(const assay_page *page, assay_colour colour, const double *xy, int n) {
    double pixels[2 * ASSAY_POLYGON_MAX_POINTS];
    if (n > ASSAY_POLYGON_MAX_POINTS) return;
    for (int i = 0; i < n; i++) {
        pixels[2 * i] = xy[2 * i] * page->unit_x;
        pixels[2 * i + 1] = xy[2 * i + 1] * page->unit_y;
    }
    assay_pen_polygon(&page->pen, colour, pixels, n);
}

/* Height in pixels at which the text keeps to its room, in hundredths of the width. */
static double fitting(const assay_page *page, double height, double room, const char *text) {
    double pixels = height * page->unit_y, width = assay_text_width(pixels, text);
    double limit = room * page->unit_x;
    return width > limit ? pixels * limit / width : pixels;
}

void assay_page_text(const assay_page *page, assay_colour colour, double x, double y, double height,
                     double room, assay_align align, const char *text) {
    double pixels = fitting(page, height, room, text), left = x * page->unit_x;
    double width = assay_text_width(pixels, text);
    if (align == ASSAY_ALIGN_CENTRE) left -= 0.5 * width;
    if (align == ASSAY_ALIGN_RIGHT) left -= width;
    assay_pen_text_left(&page->pen, colour, left, y * page->unit_y, pixels, text);
}

void assay_page_script(const assay_page *page, assay_colour colour, assay_rng *rng, double x,
                       double y, double height, double room, const char *text) {
    double pixels = fitting(page, height, SCRIPT_ROOM * room, text);
    assay_pen_script(&page->pen, colour, rng, x * page->unit_x, y * page->unit_y, pixels, text);
}

assay_pen assay_page_pen(const assay_page *page, double x0, double y0, double x1, double y1) {
    double width = (x1 - x0) * page->unit_x, height = (y1 - y0) * page->unit_y;
    return assay_pen_at(page->pen.canvas, 0.5 * (x0 + x1) * page->unit_x,
                        0.5 * (y0 + y1) * page->unit_y, width < height ? width : height, 0, false);
}

const char *assay_item_name(int i) {
    static const char *const ITEMS[ASSAY_N_ITEMS] = {
        "tea", "jam", "pie", "egg", "ham", "ice", "milk", "cake", "soup", "rice", "fish", "bread"};
    return ITEMS[i];
}

const char *assay_person_name(int i) {
    static const char *const NAMES[ASSAY_N_NAMES] = {"Ann", "Ben", "Eva", "Kim",
                                                     "Leo", "Max", "Sue", "Tom"};
    return NAMES[i];
}

const char *assay_place_name(int i) {
    static const char *const PLACES[ASSAY_N_PLACES] = {"zoo",  "park", "bank", "beach",
                                                       "lake", "gym",  "shop", "farm"};
    return PLACES[i];
}

const char *assay_day_name(int i) {
    static const char *const DAYS[ASSAY_N_DAYS] = {"Monday", "Tuesday", "Wednesday", "Thursday",
                                                   "Friday"};
    return DAYS[i];
}

static const char *with_capitals(assay_synth_sample *s, const char *word, int n) {
    char text[TEXT_ROOM] = {0};
    for (int i = 0; word[i] && i + 1 < TEXT_ROOM; i++) {
        bool raise = i < n && word[i] >= 'a' && word[i] <= 'z';
        text[i] = raise ? (char)(word[i] - 'a' + 'A') : word[i];
    }
    return assay_synth_say(s, "%s", text);
}

const char *assay_capital(assay_synth_sample *s, const char *word) {
    return with_capitals(s, word, 1);
}

const char *assay_upper(assay_synth_sample *s, const char *word) {
    return with_capitals(s, word, TEXT_ROOM);
}
