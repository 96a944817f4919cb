/* A page that two samples share, with the questions that can be asked on it. Private to the task
 * Document. */
#ifndef ASSAY_SYNTH_DOCUMENT_H
#define ASSAY_SYNTH_DOCUMENT_H

#include "synth/draw/page.h"

#define ASSAY_PAGE_MAX_ROWS      4
#define ASSAY_PAGE_MAX_QUESTIONS 4
#define ASSAY_PAGE_OPTIONS       4
#define ASSAY_PAGE_WORDINGS      3
#define ASSAY_PAGE_MAX_HOUR      9
#define ASSAY_PAGE_MAX_ROOM      9

typedef struct assay_page_question {
    const char *wordings[ASSAY_PAGE_WORDINGS], *options[ASSAY_PAGE_OPTIONS];
    int n, right;
} assay_page_question;

typedef struct assay_document {
    assay_synth_sample *s;
    assay_rng *rng; /* shared by the pair */
    assay_page page;
    assay_colour tint;
    assay_page_question questions[ASSAY_PAGE_MAX_QUESTIONS];
    int n_questions;
    /* Further questions on what is written, with their answers. */
    const char *facts[ASSAY_PAGE_MAX_ROWS][2];
    int n_facts;
} assay_document;

/* A question in three wordings, without options yet. */
assay_page_question *assay_page_ask(assay_document *d, const char *a, const char *b, const char *c);

/* Each draws a page of this sort, adds three questions and says what the page says. */
typedef const char *assay_page_maker(assay_document *d);
assay_page_maker assay_make_bill, assay_make_menu, assay_make_bus_plan, assay_make_lunch_plan,
    assay_make_room_list;

#endif
