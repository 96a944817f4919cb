/* assay report: what is added to the core's report before it is shown. */
#ifndef ASSAY_CLI_REPORT_H
#define ASSAY_CLI_REPORT_H

#include "cli/judging.h"
#include "format/json.h"

typedef struct assay_answers_options {
    bool list;                     /* the answers themselves */
    assay_judging_options judging; /* without a classifier nothing is judged */
    double min_confidence;
} assay_answers_options;

/* Adds to the report (the JSON of assay_report), as asked:
 *
 *   "answers": [{"id", "question", "text", "free_text": bool, "values": {VALUE: "adheres" or "opposes"}}]
 *   "values": {"classifier": sha256, "system": {"id", "name", "sha256"}, "concepts": sha256 or null, "min_confidence",
 *     "free_text": bool, "n", "by_value": {VALUE: {"name", "n", "abstained", "adheres": SHARE, "opposes": SHARE,
 *     "unrelated": SHARE}}}
 *   SHARE: n, share and ci: [low, high] (of the answers that were judged; null without any), expected (assay_judge.h)
 *
 * free_text: the model's own words; false: of the options that it chose. by_value stands in the order of the system. */
assay_status assay_report_add_answers(const assay_dataset *dataset, const char *record, size_t n,
                                      const assay_answers_options *options, cJSON *report,
                                      assay_error *err);

#endif
