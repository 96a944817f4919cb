/* Lines of a run record: written, read back one by one, checked. */
#ifndef ASSAY_EVAL_RECORD_H
#define ASSAY_EVAL_RECORD_H

#include "eval/scores.h"

/* ---- writing: each appends one line with its newline ---- */
void assay_record_print_header(const assay_record_info *info, assay_buffer *out);
void assay_record_print_sample(const assay_sample *sample, const assay_scores *scores,
                               double seconds, assay_buffer *out);
void assay_record_print_end(const char *hallmark, size_t n_samples, assay_buffer *out);

/* ---- reading ---- */
typedef struct assay_record_reader { /* zero but for text and n */
    const char *text;
    size_t n;
    size_t at;    /* behind the last line read */
    size_t lines; /* read so far */
} assay_record_reader;

/* The next whole line (one that ends in a newline). *line is NULL behind the last. Free with
 * cJSON_Delete. */
assay_status assay_record_next(assay_record_reader *reader, cJSON **line, assay_error *err);

/* One sample line, read and checked for itself: scores, prediction, tie and confidence follow from the bits
 * (E_CHECK). free_text: tokens of a free answer by the header; 0: there must be none. `id` belongs to the line. Free
 * the scores. */
typedef struct assay_record_sample {
    const char *id;
    assay_scores scores;
    assay_choice choice;
    bool correct;
    double seconds;
} assay_record_sample;
assay_status assay_record_read_sample(const cJSON *line, size_t number, int free_text,
                                      assay_record_sample *out, assay_error *err);

/* Compares the closing line with what the lines before it gave (E_CHECK). */
assay_status assay_record_check_end(const cJSON *line, const char *hallmark, size_t n_samples,
                                    assay_error *err);

bool assay_record_is(const cJSON *line, const char *type);

/* Whether the choice is among the right answers. */
bool assay_sample_is_right(const assay_sample *sample, int option);

#endif
